//! The portfolio: every project that one may see, with stage, readiness, next blocker and days to go-live.

use super::shell::{Again, PageCaller, Posted, Shown, model_word, stage_words, standings};
use crate::caller::Query;
use crate::components::action::{Action, Look};
use crate::components::facts::{Card, Fig, figs};
use crate::components::form::{self, Choice, Field, Input, filter};
use crate::components::measure::{Measure, meas};
use crate::components::notice::empty;
use crate::components::path::notches;
use crate::components::state::State;
use crate::components::table::{Column, Row, Sorted, Table, table};
use crate::layout::{self, Nav};
use crate::words;
use axum::Router;
use axum::routing::get;
use golive_app::path::PathView;
use golive_app::portfolio::{PortfolioQuery, PortfolioView};
use golive_app::project::NewProject;
use golive_app::{App, Error};
use jiff::civil::Date;
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new().route("/portfolio", get(show)).route("/portfolio/new", get(new).post(create))
}

/// The choices of `show`, each with its label.
const SHOWN: [(&str, &str); 5] = [
    ("", "All"),
    ("soon", "Go-live in 90 days"),
    ("blocked", "Blocked"),
    ("live", "Live"),
    ("undated", "Without a date"),
];

/// The address of a view.
fn href(query: &PortfolioQuery, show: &str, sort: &str) -> String {
    let q = super::shell::encode(&query.q);
    format!("/portfolio?q={q}&show={show}&sort={sort}")
}

async fn show(here: PageCaller, Query(query): Query<PortfolioQuery>) -> Shown {
    let view = here.app.portfolio_view(&here.actor, &query).await?;
    let does = if here.actor.server_administrator {
        vec![Action::go("project_create", "New project", "/portfolio/new").look(Look::Primary)]
    } else {
        vec![]
    };
    let lead = html! { (view.fitting) " of " (words::count(view.projects, "project", "projects")) ". Everything here is computed from what the projects hold." };
    let body = html! {
        (layout::head("Portfolio", &lead, &does))
        @if view.projects == 0 { (nothing(&here, &does)) }
        @else {
            (figures(&view))
            (controls(&query))
            @if view.paths.is_empty() { (empty("No project fits", "Other words or another view may show more.", &[Action::go("all", "Show all", "/portfolio")])) }
            @else {
                (Card::new("projects", "Projects").count(view.fitting).around(&list(&view.paths, &query)))
                (turn(&view, &query))
            }
        }
    };
    here.page(Nav::Portfolio, "Portfolio", body).await
}

/// To the pages before and after.
fn turn(view: &PortfolioView, query: &PortfolioQuery) -> Markup {
    let to = |page: usize| format!("{}&page={page}", href(query, &query.show, &query.sort));
    html! {
        @if view.pages > 1 {
            nav.between.mt4 aria-label="Pages" {
                @if view.page > 1 { a.btn.btn-s href=(to(view.page - 1)) { "Before" } } @else { span {} }
                span.small.muted.num { "Page " (view.page) " of " (view.pages) }
                @if view.page < view.pages { a.btn.btn-s href=(to(view.page + 1)) { "Next" } } @else { span {} }
            }
        }
    }
}

fn nothing(here: &PageCaller, does: &[Action]) -> Markup {
    let text = if here.actor.server_administrator {
        "A project carries one ERP from its first plan to its first day of live operations: phases, acceptance, checklist, \
         review, production, cutover, and every gate between them. It begins with an organisation, a project, and its members."
    } else {
        "You are not a member of a project yet. A project manager or the server administrator gives you a seat; then \
         the project stands here with its stage, its next blocker, and the days to go-live."
    };
    empty("No project yet", text, does)
}

fn figures(view: &PortfolioView) -> Markup {
    let at_risk = view.at_risk;
    let risk = Fig::new("At risk", at_risk.to_string(), "late, or something critical is open");
    let risk = if at_risk > 0 { risk.state(State::Warn) } else { risk };
    figs(
        "figures",
        "Key figures",
        &[
            Fig::new("Go-lives", view.live_in_30_days.to_string(), "in the next 30 days"),
            Fig::new("Go-lives", view.live_in_90_days.to_string(), "in the next 90 days")
                .href("/portfolio?show=soon"),
            risk.href("/portfolio?show=blocked"),
            Fig::new("Without a date", view.undated.to_string(), "nothing can be counted back")
                .href("/portfolio?show=undated"),
            Fig::new("Live", view.live.to_string(), "in hypercare or operation")
                .href("/portfolio?show=live"),
        ],
    )
}

fn controls(query: &PortfolioQuery) -> Markup {
    html! {
        div.between.mt4.mb3 {
            (filter("q", "Filter projects", &query.q))
            nav.row aria-label="Views" {
                @for (show, label) in SHOWN {
                    a.btn.btn-s href=(href(query, show, &query.sort)) aria-current=[(query.show == show).then_some("true")] { (label) }
                }
            }
        }
    }
}

fn list(paths: &[PathView], query: &PortfolioQuery) -> Markup {
    let sorted = |name: &str| {
        let now = if query.sort.is_empty() { "date" } else { query.sort.as_str() };
        if now == name { Sorted::Up } else { Sorted::No }
    };
    let by = |column: Column, name: &str| column.sort(href(query, &query.show, name), sorted(name));
    let columns = vec![
        by(Column::name("Project"), "name"),
        by(Column::short("Go-live"), "date"),
        by(Column::short("Stage of nine"), "stage"),
        Column::short("Gates open"),
        Column::plain("Next blocker"),
    ];
    table(&Table::new("Projects", columns, paths.iter().map(row)))
}

fn row(path: &PathView) -> Row {
    let project = &path.project;
    let href = format!("/projects/{}", project.slug);
    let date = project.go_live_date.as_deref().and_then(|date| date.parse::<Date>().ok());
    #[expect(clippy::cast_precision_loss, reason = "a few gates")]
    let share = path.gates_open as f64 / path.gates.max(1) as f64 * 100.0;
    let state = if path.is_at_risk() { State::Warn } else { State::Run };
    let cells = vec![
        html! { a.ink href=(href) { (project.name) } div.xs.muted.fw4 { (model_word(&project.service_model)) " · " (words::role(&project.project_type)) } },
        html! {
            @match (date, project.days_to_go_live) {
                (Some(date), Some(days)) => { time datetime=(date) { (words::date(date)) } div.xs.muted.num { (days_words(days)) } },
                _ => { span.muted { "no date yet" } }
            }
        },
        html! { span.mini { (notches(&standings(&path.stages))) span.lbl { b { (path.stage.map_or_else(|| "Live".to_owned(), |n| n.to_string())) } } } div.xs.muted { (stage_words(path)) } },
        html! { div.ready { span.num { (path.gates_open) "/" (path.gates) } (meas(Measure { value: share, threshold: None, state })) } },
        html! { @if let Some(block) = &path.next_block { a.ink href=(format!("{href}/{}", block.page)) { (block.title) } div.xs.muted { (words::role(&block.owner)) } } @else { span.muted { "nothing blocks" } } },
    ];
    let row = Row::new(&project.name, cells).id(format!("project-{}", project.slug));
    if path.is_at_risk() { row.state(State::Warn) } else { row }
}

fn days_words(days: i32) -> String {
    match days {
        0 => "T".to_owned(),
        days if days > 0 => format!("T−{days}"),
        days => format!("T+{}", -days),
    }
}

async fn new(here: PageCaller) -> Shown {
    new_page(&here, Again::none()).await
}

/// The choices of a new project. Organisations come from the server; packs and calendars from the content.
async fn new_page(here: &PageCaller, again: Again) -> Shown {
    let organisations = here.app.organisation_list(&here.actor).await?;
    let choice = |pair: (&str, &str)| Choice::new(pair.0, pair.1);
    let organisations = organisations.iter().map(|o| choice((&o.id, &o.name))).collect::<Vec<_>>();
    let packs = here.app.content.policies.keys().map(|name| choice((name, name))).collect();
    let calendars: Vec<Choice> =
        here.app.content.calendars.keys().map(|name| choice((name, name))).collect();
    let models = vec![
        choice(("self_service", "Self-service"))
            .note("golive deploys by itself once the gate is open"),
        choice(("managed", "Managed")).note("people of the operator's side release and deploy"),
    ];
    let kinds = golive_core::portfolio::PROJECT_TYPES
        .map(|kind| Choice::new(kind, words::role(kind)))
        .to_vec();
    let fields = vec![
        Field::text("name", "Name"),
        Field::text("slug", "Short name").hint("In addresses: small letters, digits, -"),
        Field::new("organisation", "Customer's organisation", Input::Select(organisations.clone())),
        Field::new("service_model", "Service model", Input::Radios(models)).value("self_service"),
        Field::new("project_type", "Kind of project", Input::Select(kinds)).value("new_production"),
        Field::new("policy", "Policy pack", Input::Select(packs)),
        Field::new("calendar", "Business days", Input::Select(calendars)),
        Field::text("time_zone", "Time zone")
            .value(&here.actor.time_zone)
            .hint("Its dates are meant in this zone"),
    ];
    let form = PageCaller::form_to("project_create", "/portfolio/new", "Make the project", fields);
    let body = html! {
        (layout::head("New project", &html! { "Members, methodology and dates follow once it is there." }, &[]))
        @if organisations.is_empty() {
            (empty("An organisation comes first", "A project belongs to a customer's organisation, and there is none yet.", &[Action::go("organisations", "Make an organisation", "/server#organisations").look(Look::Primary)]))
        } @else {
            (Card::new("new", "The project").padded(&form::form(&form, &again.of("project_create"))))
        }
    };
    here.page(Nav::Portfolio, "New project", body).await
}

async fn create(here: PageCaller, posted: Posted) -> Shown {
    let wanted: Result<NewProject, Error> = posted.read();
    let slug = wanted.as_ref().map(|new| new.slug.clone()).unwrap_or_default();
    let made = match wanted {
        Ok(wanted) => here.app.project_create(&here.actor, &wanted).await,
        Err(error) => Err(error),
    };
    let to = format!("/projects/{slug}/members");
    here.settle_at(
        made,
        ("The project is there. Give people their seats.", &to),
        &posted,
        |again| new_page(&here, again),
    )
    .await
}
