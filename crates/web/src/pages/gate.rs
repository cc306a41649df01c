//! Gates: all of them, and one with every criterion.

use super::shell::{InProject, Last, Shown};
use crate::components::facts::Card;
use crate::components::state::{State, badge};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::components::verdict::{self, Around};
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::routing::get;
use golive_app::App;
use golive_app::views::GateView;
use golive_core::gate::{Gate, Status};
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/gates", get(list))
        .route("/projects/{slug}/gates/{gate}", get(explain))
}

/// What a gate stands before, in words.
pub(crate) fn before(gate: Gate) -> &'static str {
    match gate {
        Gate::Phase => "completing a phase",
        Gate::Acceptance => "the customer's acceptance sign-off",
        Gate::Checklist => "submitting the checklist",
        Gate::ProductionRequest => "requesting production",
        Gate::ProductionPackage => "a package on production",
        Gate::ProductionCopy => "a copy into production",
        Gate::ProductionReady => "handing production to the customer",
        Gate::CutoverStart => "starting the live cutover",
        Gate::GoLive => "going live",
        Gate::CutoverEnd => "closing the cutover",
        Gate::HypercareExit => "closing the project",
    }
}

async fn list(here: InProject) -> Shown {
    let gates = here.app.gate_list(&here.actor, here.id).await?;
    let open = gates.iter().filter(|gate| gate.open).count();
    let lead = html! {
        (open) " of " (gates.len()) " are open. Each is judged when you ask, when you send, and again when the work starts."
    };
    let columns = vec![
        Column::name("Gate"),
        Column::plain("Stands before"),
        Column::summary("Answer"),
        Column::figure("Not met"),
        Column::plain("First reason"),
        Column::short("Holds until").wide_only(),
    ];
    let rows = gates.iter().map(|gate| row(&here, gate));
    let body = html! {
        (layout::head("Gates", &lead, &[]))
        (Card::new("gates", "All gates").count(gates.len()).around(&table(&Table::new("Gates", columns, rows).folding())))
    };
    here.live_page(ProjectPage::Gates, "Gates", body).await
}

fn row(here: &InProject, gate: &GateView) -> Row {
    let verdict = &gate.verdict;
    let name = words::gate(verdict.gate);
    let conditions = verdict
        .criteria
        .iter()
        .filter(|j| matches!(j.status, Status::Waived | Status::Warning))
        .count();
    let (state, word) = match (gate.open, conditions) {
        (true, 0) => (State::Done, "Open".to_owned()),
        (true, n) => (State::Warn, format!("Open, {}", words::count(n, "condition", "conditions"))),
        (false, _) => (State::Lock, "Shut".to_owned()),
    };
    Row::new(
        name,
        vec![
            html! { a href=(here.at(&format!("gates/{}", verdict.gate.name()))) { (name) } },
            html! { (before(verdict.gate)) },
            badge(state, word.as_str()),
            html! { (verdict.reasons().count()) " of " (verdict.criteria.len()) },
            html! { @if let Some(first) = verdict.reasons().next() { (first.title) span.muted { ", " (words::role(&first.owner)) } } @else { span.muted { "none" } } },
            html! { @match verdict.holds_until { Some(until) => (time::time(until, &here.clock)), None => { span.muted { "something changes" } } } },
        ],
    )
}

async fn explain(here: InProject, Last(gate): Last<Gate>) -> Shown {
    let view = here.app.gate_explain(&here.actor, here.id, gate).await?;
    let lead = html! { "Every criterion with what was measured, what is asked, who can mend it, and how." };
    let owners = here.owners().await?;
    let shown = verdict_of(&here, &view, &owners);
    let body = html! {
        (layout::head(words::gate(gate), &lead, &[]))
        (shown)
    };
    here.live_page(ProjectPage::Gates, words::gate(gate), body).await
}

/// A verdict with all criteria: beside a request, on its own page, as a live part.
pub(crate) fn verdict_of(
    here: &InProject,
    view: &GateView,
    owners: &std::collections::BTreeMap<String, Vec<crate::components::person::Person>>,
) -> Markup {
    let id = here.id.to_string();
    let around = Around {
        project: &here.href,
        id: &id,
        clock: &here.clock,
        owners,
        before: before(view.verdict.gate),
    };
    verdict::gate(&view.verdict, &around)
}
