//! Database copies: all of a project, and a new one with everything that it would change. One that was done has a page
//! of its own.

mod report;

use super::operation::{ends, state_badge};
use super::package::{deployed, instant, window_fields};
use super::shell::{Again, InProject, Last, Posted, Shown};
use crate::components::action::{Action, Look, action};
use crate::components::facts::{Card, Item, items};
use crate::components::form::{self, Field, Form, Input};
use crate::components::notice::{banner, empty};
use crate::components::state::{State, badge};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use golive_app::datacopy::{CopyRequest, CopyView, PreviewView};
use golive_app::environment::EnvironmentView;
use golive_app::operation::OperationView;
use golive_app::{App, Error};
use golive_core::id::EnvironmentId;
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/copies", get(list))
        .route("/projects/{slug}/copies/into/{id}", get(plan).post(start))
        .route("/projects/{slug}/copies/{id}", get(report::show))
        .route("/projects/{slug}/copies/{id}/sign-off", post(report::sign_off))
        .route("/projects/{slug}/copies/{id}/tasks", post(report::task_done))
}

/// State and word of a copy that was done.
fn standing(copy: &CopyView) -> (State, &'static str) {
    match (copy.state.as_str(), copy.proven) {
        ("signed", _) => (State::Done, "Signed off"),
        ("rolled_back", _) => (State::Idle, "Rolled back"),
        ("waiting", true) => (State::Wait, "Waits for its signature"),
        ("waiting", false) => (State::Bad, "Not proven"),
        _ => (State::Warn, "Unknown"),
    }
}

/// The name of an environment by its id.
fn name_of(environments: &[EnvironmentView], id: &str) -> String {
    let found = environments.iter().find(|one| one.id == id);
    found.map_or_else(|| "an environment".to_owned(), |one| one.name.clone())
}

async fn list(here: InProject) -> Shown {
    let copies = here.app.datacopy_list(&here.actor, here.id).await?;
    let environments = here.app.environment_list(&here.actor, here.id).await?;
    let operations = here.app.operation_list(&here.actor, here.id, None).await?;
    let running: Vec<&OperationView> = operations
        .iter()
        .filter(|op| op.kind == "copy_database" && !copies.iter().any(|copy| copy.id == op.id))
        .collect();
    let lead = html! { "Copied beside what is there, proven table by table, neutralised, proven again, then exchanged in one go. Somebody else signs the report." };
    let does = [Action::go("gate", "Explain the gate", here.at("gates/production_copy"))];
    let body = html! {
        (layout::head("Database copies", &lead, &does))
        div.stack.gap5 {
            @if copies.is_empty() && running.is_empty() {
                (empty("No copy yet", "Practise it into a sandbox first. The gate of production asks for it.", &[]))
            }
            @if !copies.is_empty() { (done_card(&here, &copies, &environments)) }
            @if !running.is_empty() { (running_card(&here, &running, &environments)) }
            (destinations(&here, &environments))
        }
    };
    here.live_page(ProjectPage::Copies, "Database copies", body).await
}

fn done_card(here: &InProject, copies: &[CopyView], environments: &[EnvironmentView]) -> Markup {
    let columns = vec![
        Column::name("Copy"),
        Column::short("Done"),
        Column::figure("Tables"),
        Column::figure("Totals that agree"),
        Column::figure("Tasks done"),
        Column::summary("State"),
    ];
    let rows = copies.iter().map(|copy| {
        let (state, word) = standing(copy);
        let title = format!(
            "{} into {}",
            name_of(environments, &copy.source),
            name_of(environments, &copy.destination)
        );
        let agree = copy.report.totals.iter().filter(|line| line.agrees).count();
        let tasks = copy.tasks.iter().filter(|task| task.done.is_some()).count();
        let cells = vec![
            html! { a.ink href=(here.at(&format!("copies/{}", copy.id))) { (title) } },
            time::time(copy.at, &here.clock),
            html! { (copy.report.lines.len()) },
            html! { (agree) " of " (copy.report.totals.len()) },
            html! { (tasks) " of " (copy.tasks.len()) },
            badge(state, word),
        ];
        let row = Row::new(title, cells).id(format!("copy-{}", copy.id));
        if state == State::Bad { row.state(State::Bad) } else { row }
    });
    Card::new("copies", "Done")
        .count(copies.len())
        .around(&table(&Table::new("Copies", columns, rows).folding()))
}

fn running_card(
    here: &InProject,
    running: &[&OperationView],
    environments: &[EnvironmentView],
) -> Markup {
    let columns = vec![
        Column::name("Operation"),
        Column::short("Into"),
        Column::short("Starts"),
        Column::summary("State"),
        Column::plain("How far"),
    ];
    let rows = running.iter().map(|op| {
        let into = op.environment.as_deref().map(|id| name_of(environments, id));
        let cells = vec![
            html! { a.ink href=(here.at(&format!("operations/{}", op.id))) { (op.title) } },
            html! { (into.unwrap_or_default()) },
            time::time(op.due, &here.clock),
            state_badge(&op.state),
            ends(op),
        ];
        Row::new(&op.title, cells)
    });
    Card::new("copies-running", "Asked for, running or ended without a copy")
        .count(running.len())
        .around(&table(&Table::new("Operations that copy", columns, rows).folding()))
}

/// Where a copy can go: the plan for each shows what it would change.
fn destinations(here: &InProject, environments: &[EnvironmentView]) -> Markup {
    let there: Vec<&EnvironmentView> =
        environments.iter().filter(|one| one.installed.is_some()).collect();
    if there.len() < 2 {
        let text = html! {
            p.small.muted { "A copy needs two environments that are deployed, with the same application. " a href=(here.at("environments")) { "Environments" } }
        };
        return Card::new("copy-into", "Copy a database").padded(&text);
    }
    let list: Vec<Item> = there
        .iter()
        .map(|one| {
            let to = here.at(&format!("copies/into/{}", one.id));
            let go =
                Action::go(format!("datacopy_preview.{}", one.id), "Show what would change", to);
            let purpose = format!("{}, {}", words::role(&one.purpose), one.region);
            Item::new(State::Idle, format!("Into {}", one.name))
                .note(html! { (purpose) })
                .action(go.look(Look::Small))
        })
        .collect();
    Card::new("copy-into", "Copy a database").around(&items(&list))
}

async fn plan(here: InProject, Last(id): Last<EnvironmentId>) -> Shown {
    plan_page(&here, id, Again::none()).await
}

async fn plan_page(here: &InProject, id: EnvironmentId, again: Again) -> Shown {
    let into = here.app.environment_view(&here.actor, id).await?;
    if into.project != here.id.to_string() {
        return Err(Error::not_found("environment", id).into());
    }
    let environments = here.app.environment_list(&here.actor, here.id).await?;
    let preview = here.app.datacopy_preview(&here.actor, id).await?;
    let title = format!("Copy into {}", into.name);
    let lead = html! { "Everything that is in " b { (into.name) } " is replaced. What is there now is set aside first and can be put back." };
    let back = Action::go("copies", "All copies", here.at("copies"));
    let form = start_form(here, &into, &environments);
    let body = html! {
        (layout::head(&title, &lead, &[back]))
        @if into.purpose == "production" {
            (banner("production", State::Warn, "This is production.", &html! { "Its gate, its window and its lead time are judged when you ask, and again when the work starts." }, &[gate(here)]))
        }
        div.cols.mt4 {
            div.stack.gap5 {
                (changes_card(&preview))
                (Card::new("datacopy-start", "Ask for it").padded(&form::form(&form, &again.of("datacopy_start"))))
            }
            aside.stack.gap5 aria-label="Afterwards" { (tasks_card(&preview)) }
        }
    };
    here.page(ProjectPage::Copies, &title, body).await
}

fn gate(here: &InProject) -> Action {
    Action::go("gate", "Explain the gate", here.at("gates/production_copy")).look(Look::Small)
}

fn changes_card(view: &PreviewView) -> Markup {
    let preview = &view.preview;
    let columns =
        vec![Column::name("Table"), Column::plain("What happens"), Column::plain("Columns")];
    let rows = preview.changes.iter().map(|change| {
        let cells = vec![
            html! { code.nowrap { (change.table) } @if let Some(rows) = change.rows { div.xs.muted { (rows) " rows now" } } },
            html! { (change.what) },
            html! {
                @if change.columns.is_empty() { span.muted { "whole rows" } }
                @else { code.small { (change.columns.join(", ")) } }
            },
        ];
        Row::new(&change.table, cells)
    });
    Card::new("changes", "What will be changed in the copy")
        .count(preview.changes.len())
        .foot(html! { "Profile " b { (preview.profile) } ", digest " code { (words::digest(&preview.digest)) } ". Only this may differ from the source; the second proof looks for anything else." })
        .around(&table(&Table::new("What will be changed", columns, rows)))
}

fn tasks_card(view: &PreviewView) -> Markup {
    let list: Vec<Item> = view
        .tasks
        .iter()
        .map(|task| {
            Item::new(State::Idle, &task.task.title)
                .note(html! { (words::role(&task.task.role)) ": " (task.task.instructions) })
        })
        .collect();
    Card::new("tasks", "What people do afterwards").count(list.len()).around(&items(&list))
}

fn start_form(here: &InProject, into: &EnvironmentView, all: &[EnvironmentView]) -> Form {
    let others: Vec<EnvironmentView> =
        all.iter().filter(|one| one.id != into.id).cloned().collect();
    let [starts, ends] = window_fields(here);
    let fields = vec![
        Field::new("source", "From", Input::Select(deployed(&others)))
            .hint("Read in one snapshot; people there go on working"),
        starts,
        ends,
        Field::text("typed_name", format!("Type the name of the destination: {}", into.name))
            .autocomplete("off")
            .hint("So that nobody replaces the wrong database"),
    ];
    here.form("datacopy_start", &format!("copies/into/{}", into.id), "Copy into it", fields)
}

async fn start(
    here: InProject,
    Path((_, id)): Path<(String, EnvironmentId)>,
    posted: Posted,
) -> Shown {
    let begun = match wanted(&here, id, &posted) {
        Ok(wanted) => here.app.datacopy_start(&here.actor, here.id, &wanted).await,
        Err(error) => Err(error),
    };
    let to = begun.as_ref().map_or("copies".to_owned(), |op| format!("operations/{}", op.id));
    here.settle(begun, ("On record. The page follows it.", &to), &posted, |again| {
        plan_page(&here, id, again)
    })
    .await
}

fn wanted(here: &InProject, id: EnvironmentId, posted: &Posted) -> Result<CopyRequest, Error> {
    Ok(CopyRequest {
        source: posted.value("source", "an environment")?,
        destination: id,
        typed_name: posted.text("typed_name").to_owned(),
        starts: instant(here, posted, "starts")?,
        ends: instant(here, posted, "ends")?,
    })
}

/// The button that opens the log of the operation that copied.
fn log_of(here: &InProject, copy: &CopyView) -> Markup {
    let to = here.at(&format!("operations/{}", copy.id));
    action(&Action::go("operation", "Log of the operation", to))
}
