//! Defects: the open ones on the page, all of them on their own, each with what can be done now.

use super::{fold, nothing};
use crate::components::facts::Card;
use crate::components::form::{Choice, Field, Input, form};
use crate::components::state::{State, badge, st};
use crate::components::table::{Column, Row, Table, table};
use crate::layout::{self, ProjectPage};
use crate::pages::shell::{Again, InProject, Last, Posted, Shown};
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use golive_app::App;
use golive_app::acceptance::{AcceptanceView, DefectChange, DefectForm, DefectView};
use golive_core::id::DefectId;
use maud::{Markup, html};

/// Defects on the main page.
const SHOWN: usize = 10;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/acceptance/defects", get(list).post(record))
        .route("/projects/{slug}/acceptance/defects/{defect}", post(change))
}

pub(super) fn card(here: &InProject, view: &AcceptanceView) -> Markup {
    if view.defects.is_empty() {
        return nothing("defects", "Open defects", "No defect is open.");
    }
    let foot =
        html! { a href=(here.at("acceptance/defects")) { "All defects, and what can be done" } };
    let shown = &view.defects[..view.defects.len().min(SHOWN)];
    Card::new("defects", "Open defects").count(view.defects.len()).foot(foot).around(&rows(shown))
}

fn rows(defects: &[DefectView]) -> Markup {
    let columns = vec![
        Column::id("Defect"),
        Column::name("What is broken"),
        Column::summary("State"),
        Column::short("Severity"),
        Column::short("Who, until"),
    ];
    let row = |defect: &DefectView| Row::new(defect.title.clone(), cells(defect));
    table(&Table::new("Defects", columns, defects.iter().map(row)).folding())
}

fn cells(defect: &DefectView) -> Vec<Markup> {
    let (state, word) = stands(&defect.state);
    vec![
        html! { span.nowrap { (defect.name) } },
        html! {
            (defect.title)
            div.xs.muted.fw4 { @if let Some(case) = &defect.case { (case) " " } @if let Some(cause) = &defect.cause { (cause) } }
        },
        html! { (badge(state, word)) @if let Some(by) = &defect.accepted_by { div.xs.muted { "accepted by " (by) } } },
        st(severity(&defect.severity), defect.severity.as_str()),
        html! {
            (defect.owner.as_deref().unwrap_or("nobody"))
            @if let Some(due) = defect.due { div.xs.muted { (words::date_short(due)) } }
        },
    ]
}

fn stands(state: &str) -> (State, &'static str) {
    match state {
        "mitigated" => (State::Warn, "Worked around"),
        "fixed" => (State::Wait, "To be verified"),
        "closed" => (State::Done, "Closed"),
        "rejected" => (State::Idle, "None"),
        _ => (State::Bad, "Open"),
    }
}

fn severity(word: &str) -> State {
    match word {
        "critical" | "high" => State::Bad,
        "medium" => State::Warn,
        _ => State::Idle,
    }
}

async fn list(here: InProject) -> Shown {
    page(&here, Again::none()).await
}

async fn page(here: &InProject, again: Again) -> Shown {
    let defects = here.app.defect_list(&here.actor, here.id, (None, None)).await?;
    let severities = ["critical", "high", "medium", "low"].map(|word| Choice::new(word, word));
    let fields = vec![
        Field::text("name", "Name").hint("Such as D-204"),
        Field::text("title", "What is broken"),
        Field::new("severity", "Severity", Input::Select(severities.into())),
        Field::text("case", "Case that found it").optional(),
        Field::text("owner", "Who mends it").optional(),
        Field::new("due", "Until", Input::Line("date")).optional(),
    ];
    let it = here.form("defect_record", "acceptance/defects", "Record", fields);
    let body = html! {
        (layout::head("Defects", &html! { a href=(here.at("acceptance")) { "Acceptance" } ". A fix counts once somebody else has seen it." }, &[]))
        div.cols {
            div.stack.gap5 {
                @if defects.is_empty() { (nothing("all", "All defects", "None is recorded.")) }
                @for defect in &defects { (one(here, defect, &again)) }
            }
            aside.stack.gap5 { (Card::new("record", "Record a defect").padded(&form(&it, &again.of("defect_record")))) }
        }
    };
    here.page(ProjectPage::Acceptance, "Defects", body).await
}

fn one(here: &InProject, defect: &DefectView, again: &Again) -> Markup {
    let (state, word) = stands(&defect.state);
    let open: Vec<Choice> = defect
        .actions
        .iter()
        .filter(|action| action.refused.is_empty())
        .map(|action| Choice::new(&action.name, words::role(&action.name)))
        .collect();
    let id = format!("defect_change.{}", defect.name);
    let filled = again.of(&id);
    let fields = vec![
        Field::new("change", "What happens", Input::Select(open.clone())),
        Field::text("mitigation", "The way to live with it").optional(),
        Field::text("owner", "Who does that").optional(),
        Field::new("until", "Until when", Input::Line("date")).optional(),
        Field::text("version_set", "Mended with version").optional(),
        Field::text("reason", "Why").optional(),
    ];
    let it = here.form(&id, &format!("acceptance/defects/{}", defect.id), "Record", fields).plain();
    Card::new(format!("defect-{}", defect.name), format!("{} {}", defect.name, defect.title)).end(badge(state, word)).padded(&html! {
        p.small {
            (st(severity(&defect.severity), defect.severity.as_str())) " "
            @if let Some(owner) = &defect.owner { (owner) } @else { "nobody mends it" }
            @if let Some(due) = defect.due { ", until " (words::date(due)) }
            @if !defect.lacks.is_empty() { span.muted { ", without " (words::and(&defect.lacks)) } }
        }
        @if let golive_core::acceptance::defect::State::Mitigated { mitigation } = &defect.particulars {
            p.small { (mitigation.text) span.muted { ", " (mitigation.owner) ", until " (words::date(mitigation.until)) } }
        }
        @if !open.is_empty() { details open[filled.is_refused()] { (fold("Change")) (form(&it, &filled)) } }
    })
}

async fn record(here: InProject, posted: Posted) -> Shown {
    let done = match posted.read::<DefectForm>() {
        Ok(wanted) => here.app.defect_record(&here.actor, here.id, &wanted).await,
        Err(error) => Err(error),
    };
    here.settle(done, ("Recorded", "acceptance/defects"), &posted, |again| page(&here, again)).await
}

async fn change(here: InProject, Last(id): Last<DefectId>, posted: Posted) -> Shown {
    let done = match posted.read::<DefectChange>() {
        Ok(wanted) => here.app.defect_change(&here.actor, id, &wanted).await,
        Err(error) => Err(error),
    };
    here.settle(done, ("Recorded", "acceptance/defects"), &posted, |again| page(&here, again)).await
}
