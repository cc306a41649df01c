//! Environments: all of a project, and one with what is there and what can be done to it.

use super::operation::{ends, state_badge};
use super::shell::{Again, InProject, Last, Posted, Shown, folded_form};
use crate::components::action::{Action, Look, action, command};
use crate::components::facts::{Card, kv};
use crate::components::form::{self, Choice, Field, Input};
use crate::components::notice::{banner, empty};
use crate::components::state::{State, badge, tag};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use golive_app::environment::{EnvironmentView, LeftoverView, NewEnvironment, Servicing};
use golive_app::operation::OperationView;
use golive_app::views::ActionView;
use golive_app::{App, Error};
use golive_core::id::EnvironmentId;
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/environments", get(list).post(create))
        .route("/projects/{slug}/environments/{id}", get(show))
        .route("/projects/{slug}/environments/{id}/deploy", post(deploy))
        .route("/projects/{slug}/environments/{id}/password", post(password))
        .route("/projects/{slug}/environments/{id}/restore", post(restore))
        .route("/projects/{slug}/environments/{id}/seed", post(seed))
        .route("/projects/{slug}/environments/{id}/clean-up", post(clean_up))
        .route("/projects/{slug}/environments/{id}/service/{kind}", post(service))
}

/// State and word of an environment.
pub(crate) fn standing(state: &str) -> (State, &'static str) {
    match state {
        "planned" => (State::Idle, "Planned"),
        "working" => (State::Run, "Being worked on"),
        "running" => (State::Done, "Running"),
        "stopped" => (State::Held, "Stopped"),
        "blocked" => (State::Bad, "Blocked"),
        "deleted" => (State::Idle, "Deleted"),
        _ => (State::Warn, "Unknown"),
    }
}

async fn list(here: InProject) -> Shown {
    list_page(&here, Again::none()).await
}

async fn list_page(here: &InProject, again: Again) -> Shown {
    let all = here.app.environment_list(&here.actor, here.id).await?;
    let lead = html! { "One operation at a time on each. Production is never a test environment, and is asked for with a production request." };
    let does = [Action::go("request", "Production request", here.at("request"))];
    let form = new_form(here).await?;
    let body = html! {
        (layout::head("Environments", &lead, &does))
        div.stack.gap5 {
            @if all.is_empty() {
                (empty("No environment yet", "Acceptance needs a sandbox of tier 2 or higher; development and golden configuration help before it.", &[]))
            } @else {
                (Card::new("environments", "All").count(all.len()).around(&list_table(here, &all)))
            }
            (folded_form(("environment-new", "New environment"), all.is_empty(), &form, &again))
        }
    };
    here.live_page(ProjectPage::Environments, "Environments", body).await
}

fn list_table(here: &InProject, all: &[EnvironmentView]) -> Markup {
    let columns = vec![
        Column::name("Environment"),
        Column::short("Purpose"),
        Column::short("Version"),
        Column::short("Region"),
        Column::plain("Administrator").wide_only(),
        Column::summary("State"),
    ];
    let rows = all.iter().map(|e| {
        let (state, word) = standing(&e.state);
        Row::new(
            &e.name,
            vec![
                html! { a.ink href=(here.at(&format!("environments/{}", e.id))) { (e.name) } },
                html! { (words::role(&e.purpose)) ", tier " (e.tier) },
                html! { (e.version) },
                html! { (e.region) },
                html! { (e.administrator) },
                html! { (badge(state, word)) @if let Some(op) = &e.operation { " " a.small href=(here.at(&format!("operations/{op}"))) { "operation" } } },
            ],
        )
        .id(format!("environment-{}", e.id))
    });
    table(&Table::new("Environments", columns, rows).folding())
}

/// Blueprints and targets are the server's; the rest is typed.
pub(crate) async fn places(here: &InProject) -> Result<(Vec<Choice>, Vec<Choice>), Error> {
    let blueprints = here.app.blueprint_list(&here.actor).await?;
    let blueprints =
        blueprints.iter().map(|b| Choice::new(&b.id, format!("{} {}", b.title, b.version)));
    let targets = here.app.drivers.keys().map(|name| Choice::new(name, name));
    Ok((blueprints.collect(), targets.collect()))
}

async fn new_form(here: &InProject) -> Result<form::Form, Error> {
    let (blueprints, targets) = places(here).await?;
    let purposes = vec![
        Choice::new("sandbox", "Sandbox"),
        Choice::new("development", "Development"),
        Choice::new("golden_configuration", "Golden configuration"),
    ];
    let hostings = ["self_service", "operator", "cloud_hosted", "image"];
    let hostings = hostings.map(|name| Choice::new(name, words::role(name))).to_vec();
    let fields = vec![
        Field::text("name", "Name").hint("Unique in the project: small letters, digits, -"),
        Field::new("purpose", "Purpose", Input::Select(purposes)).value("sandbox"),
        Field::new("tier", "Tier", Input::Line("number"))
            .value("2")
            .hint("1 to 5; acceptance counts from tier 2"),
        Field::new("hosting", "Hosted by", Input::Select(hostings)).value("self_service"),
        Field::text("region", "Region"),
        Field::new("blueprint", "Application", Input::Select(blueprints)),
        Field::new("target", "Target", Input::Select(targets)).value("local"),
        Field::text("version", "Version"),
        Field::text("administrator", "Administrator's login")
            .hint("A service account of this server; a person may leave"),
    ];
    Ok(here.form("environment_create", "environments", "Plan it", fields).plain())
}

async fn create(here: InProject, posted: Posted) -> Shown {
    let made = match posted.read::<NewEnvironment>() {
        Ok(new) => here.app.environment_create(&here.actor, here.id, &new).await,
        Err(error) => Err(error),
    };
    let to = made.as_ref().map(|e| format!("environments/{}", e.id));
    let to = to.unwrap_or_else(|_| "environments".to_owned());
    here.settle(made, ("Planned. Deploy it when you are ready.", &to), &posted, |again| {
        list_page(&here, again)
    })
    .await
}

async fn show(here: InProject, Last(id): Last<EnvironmentId>) -> Shown {
    page(&here, id, Again::none(), None).await
}

async fn page(here: &InProject, id: EnvironmentId, again: Again, secret: Option<&str>) -> Shown {
    let e = here.app.environment_view(&here.actor, id).await?;
    let operations = here.app.operation_list(&here.actor, here.id, Some(id)).await?;
    // A target that cannot be reached says nothing of what is left there; the page says so.
    let leftovers = match e.state.as_str() {
        "planned" | "deleted" => Ok(vec![]),
        _ => here.app.environment_leftovers(&here.actor, id).await,
    };
    let points = restore_points(leftovers.as_ref().map_or(&[], Vec::as_slice));
    let (state, word) = standing(&e.state);
    let lead = html! { (badge(state, word)) " " (words::role(&e.purpose)) ", tier " (e.tier) ", " (e.region) };
    let body = html! {
        (layout::head(&e.name, &lead, &main_actions(here, &e)))
        @if let Some(secret) = secret { (password_shown(&e, secret)) }
        @if let (Some(op), "blocked") = (&e.operation, e.state.as_str()) { (blocked(here, op)) }
        div.cols {
            div.stack.gap5 {
                (Card::new("facts", "What is there").padded(&facts(here, &e)))
                (history(here, &operations))
                (leftover_card(here, &e, leftovers))
            }
            div.stack.gap5 {
                (Card::new("servicing", "Service it").padded(&servicing(here, &e)))
                (Card::new("restore", "Restore").padded(&restore_form(here, &e, points, &again)))
                @if e.purpose != "production" { (Card::new("seed", "Sample data").padded(&seed_form(here, &e, &again))) }
                (Card::new("administrator", "Administrator").padded(&administrator(here, &e)))
            }
        }
    };
    here.live_unless(secret.is_some(), (ProjectPage::Environments, &e.name), body).await
}

/// Whether the administrator is a generic account.
pub(crate) fn account_tag(is_service_account: bool) -> Markup {
    html! { @if is_service_account { (tag("service account")) } @else { (badge(State::Warn, "no service account")) } }
}

fn below(e: &EnvironmentView, what: &str) -> String {
    format!("environments/{}/{what}", e.id)
}

fn main_actions(here: &InProject, e: &EnvironmentView) -> Vec<Action> {
    let mut does = vec![
        Action::go("copies", "Database copies", here.at("copies")),
        Action::go("packages", "Packages", here.at("packages")),
    ];
    if e.purpose == "production" {
        does.push(
            Action::go("request", "Production request", here.at("request")).look(Look::Primary),
        );
    } else {
        let deploy =
            here.act(&e.actions, "environment_deploy", "", ("Deploy", &below(e, "deploy")));
        does.push(deploy.look(Look::Primary));
    }
    does
}

fn password_shown(e: &EnvironmentView, secret: &str) -> Markup {
    let text = html! {
        p { "For " code { (e.administrator) } ". That it was shown is on record." }
        (command(secret))
    };
    banner("password", State::Warn, "The administrator's password.", &text, &[])
}

fn blocked(here: &InProject, op: &str) -> Markup {
    let look = Action::go("blocked-operation", "Look at it", here.at(&format!("operations/{op}")))
        .look(Look::Small);
    let text = html! { "An operation could not be undone. Nothing else starts here before a person has settled it." };
    banner("blocked", State::Bad, "Blocked.", &text, &[look])
}

fn facts(here: &InProject, e: &EnvironmentView) -> Markup {
    let mut list = vec![
        ("Version wanted", html! { (e.version) }),
        ("Application", html! { code { (e.blueprint) } " on " code { (e.target) } }),
        ("Hosted by", html! { (words::role(&e.hosting)) }),
        (
            "Administrator",
            html! { (e.administrator) " " (account_tag(e.administrator_is_service_account)) },
        ),
    ];
    if let Some(op) = &e.operation {
        list.push((
            "Operation",
            html! { a href=(here.at(&format!("operations/{op}"))) { "Watch it" } },
        ));
    }
    if let Some(there) = &e.installed {
        list.push(("Release", html! { code { (there.release) } }));
        list.push(("Data", html! { code.wrapany { (there.data_set) } }));
        list.push(("Address", html! { a href=(there.url) rel="noreferrer" { (there.url) } }));
        list.push((
            "Sign-in",
            html! { @if there.locked { "administrator only" } @else { "open for its users" } },
        ));
        list.push(("Modules", html! { div.row.gap-s { @for (name, version) in &there.modules { (tag(&format!("{name} {version}"))) } @if there.modules.is_empty() { span.muted { "no package is installed" } } } }));
    } else {
        list.push(("Installed", html! { span.muted { "nothing yet" } }));
    }
    kv(&list)
}

/// Label of a small operation; those that need more than a click have forms of their own.
const SERVICES: [(&str, &str, &str); 5] = [
    ("start", "environment_start", "Start"),
    ("stop", "environment_stop", "Stop"),
    ("lock_accounts", "environment_lock_accounts", "Lock accounts"),
    ("unlock_accounts", "environment_unlock_accounts", "Unlock accounts"),
    ("restore_point", "environment_restore_point", "Keep a restore point"),
];

fn servicing(here: &InProject, e: &EnvironmentView) -> Markup {
    html! {
        p.small.muted { "Each is an operation: durable, with a log, and undone if it fails." }
        div.row.mt2 {
            @for (kind, op, label) in SERVICES {
                (action(&here.act(&e.actions, op, "", (label, &below(e, &format!("service/{kind}")))).look(Look::Small)))
            }
        }
    }
}

fn refusals<'a>(actions: &'a [ActionView], op: &str) -> &'a [String] {
    actions.iter().find(|a| a.name == op).map_or(&[], |a| a.refused.as_slice())
}

fn restore_points(left: &[LeftoverView]) -> Vec<Choice> {
    let points = left.iter().filter(|left| left.kind == "restore_point");
    points.map(|left| Choice::new(&left.name, &left.name)).collect()
}

fn restore_form(
    here: &InProject,
    e: &EnvironmentView,
    points: Vec<Choice>,
    again: &Again,
) -> Markup {
    let refused = refusals(&e.actions, "environment_restore");
    if !refused.is_empty() {
        let button = Action::post("environment_restore", "Restore", "").refused(refused.to_vec());
        return html! { p.small.muted { "Puts the database back to a restore point. What was entered since is lost." } (action(&button)) };
    }
    if points.is_empty() {
        return html! { p.small.muted { "There is no restore point yet. Keep one before work that may have to be taken back." } };
    }
    let point = Field::new("point", "Restore point", Input::Select(points))
        .hint("What was entered since is lost.");
    let form = here
        .form("environment_restore", &below(e, "restore"), "Restore to it", vec![point])
        .plain();
    form::form(&form, &again.of("environment_restore"))
}

fn seed_form(here: &InProject, e: &EnvironmentView, again: &Again) -> Markup {
    let refused = refusals(&e.actions, "environment_seed");
    if !refused.is_empty() {
        let button = Action::post("environment_seed", "Load", "").refused(refused.to_vec());
        return html! { p.small.muted { "Loads made-up data to try things with; never into production." } (action(&button)) };
    }
    let size = Field::new("size", "How many of each kind", Input::Line("number"))
        .value("100")
        .hint("1 to 100000; made-up data, never into production");
    let form =
        here.form("environment_seed", &below(e, "seed"), "Load sample data", vec![size]).plain();
    form::form(&form, &again.of("environment_seed"))
}

fn administrator(here: &InProject, e: &EnvironmentView) -> Markup {
    let show =
        here.post("environment_administrator_password", "Show the password", &below(e, "password"));
    html! {
        p.small { "The first sign-in is the administrator's (" code { (e.administrator) } "). That the password is shown goes on record." }
        div.mt2 { (action(&show.look(Look::Small))) }
    }
}

fn history(here: &InProject, operations: &[OperationView]) -> Markup {
    let card = Card::new("operations", "Operations").count(operations.len());
    if operations.is_empty() {
        return card.padded(&html! { p.muted { "Nothing has been done here yet." } });
    }
    let columns = vec![
        Column::name("What"),
        Column::short("Asked"),
        Column::summary("State"),
        Column::plain("Result").wide_only(),
    ];
    let rows = operations.iter().take(20).map(|op| {
        Row::new(
            &op.title,
            vec![
                html! { a.ink href=(here.at(&format!("operations/{}", op.id))) { (op.title) } },
                time::time(op.created, &here.clock),
                state_badge(&op.state),
                ends(op),
            ],
        )
    });
    card.around(&table(&Table::new("Operations", columns, rows).folding()))
}

fn leftover_card(
    here: &InProject,
    e: &EnvironmentView,
    found: Result<Vec<LeftoverView>, Error>,
) -> Markup {
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            return Card::new("leftovers", "What is left there")
                .padded(&html! { p.muted { "The target does not say: " (error) } });
        }
    };
    let card = Card::new("leftovers", "What is left there").count(found.len());
    if found.is_empty() {
        return card.padded(
            &html! { p.muted { "Nothing: no old release, no side database, no restore point." } },
        );
    }
    let columns = vec![
        Column::name("Name"),
        Column::short("Kind"),
        Column::figure("Size"),
        Column::short("Made"),
        Column::plain("Action"),
    ];
    let rows = found.iter().map(|left| {
        Row::new(
            &left.name,
            vec![
                html! { code.wrapany { (left.name) } },
                html! { (words::role(&left.kind)) },
                html! { (words::bytes(left.bytes)) },
                time::ago(left.made, &here.clock),
                action(&clean_button(here, e, left)),
            ],
        )
    });
    card.around(&table(&Table::new("What is left there", columns, rows)))
}

fn clean_button(here: &InProject, e: &EnvironmentView, left: &LeftoverView) -> Action {
    let row = format!("{}-{}", left.kind, left.name);
    let mut refused = refusals(&e.actions, "environment_clean_up").to_vec();
    if left.in_use {
        refused.push("something still needs it".to_owned());
    }
    here.post(&format!("environment_clean_up.{row}"), "Remove", &below(e, "clean-up"))
        .with("kind", &left.kind)
        .with("name", &left.name)
        .look(Look::Small)
        .refused(refused)
}

/// The first parameter that is an id: `/projects/{slug}/environments/{id}/service/{kind}`.
type Pair = axum::extract::Path<(String, EnvironmentId, String)>;

async fn started(
    here: &InProject,
    id: EnvironmentId,
    begun: Result<OperationView, Error>,
) -> Shown {
    let to = match &begun {
        Ok(op) => format!("operations/{}", op.id),
        Err(_) => format!("environments/{id}"),
    };
    here.done(begun, "Begun. The page follows it.", &to)
}

async fn deploy(
    here: InProject,
    axum::extract::Path((_, id)): axum::extract::Path<(String, EnvironmentId)>,
) -> Shown {
    let begun = here.app.environment_deploy_view(&here.actor, id).await;
    started(&here, id, begun).await
}

async fn service(here: InProject, axum::extract::Path((_, id, kind)): Pair) -> Shown {
    let servicing = match kind.as_str() {
        "start" => Servicing::Start,
        "stop" => Servicing::Stop,
        "lock_accounts" => Servicing::LockAccounts,
        "unlock_accounts" => Servicing::UnlockAccounts,
        "restore_point" => Servicing::RestorePoint,
        _ => return Err(Error::not_found("service", kind).into()),
    };
    let begun = here.app.environment_service(&here.actor, id, &servicing).await;
    started(&here, id, begun).await
}

async fn restore(
    here: InProject,
    axum::extract::Path((_, id)): axum::extract::Path<(String, EnvironmentId)>,
    posted: Posted,
) -> Shown {
    let servicing = Servicing::Restore { point: posted.text("point").to_owned() };
    let begun = here.app.environment_service(&here.actor, id, &servicing).await;
    let to = begun.as_ref().map(|op| format!("operations/{}", op.id)).unwrap_or_default();
    here.settle(begun, ("Restoring. The page follows it.", &to), &posted, |again| {
        page(&here, id, again, None)
    })
    .await
}

async fn seed(
    here: InProject,
    axum::extract::Path((_, id)): axum::extract::Path<(String, EnvironmentId)>,
    posted: Posted,
) -> Shown {
    let begun = match posted.value::<u64>("size", "a whole number from 1 to 100000") {
        Ok(size @ 1..=100_000) => {
            here.app.environment_service(&here.actor, id, &Servicing::Seed { size }).await
        }
        Ok(size) => {
            Err(Error::invalid("size", "a whole number from 1 to 100000", size.to_string()))
        }
        Err(error) => Err(error),
    };
    let to = begun.as_ref().map(|op| format!("operations/{}", op.id)).unwrap_or_default();
    here.settle(begun, ("Loading. The page follows it.", &to), &posted, |again| {
        page(&here, id, again, None)
    })
    .await
}

async fn clean_up(
    here: InProject,
    axum::extract::Path((_, id)): axum::extract::Path<(String, EnvironmentId)>,
    posted: Posted,
) -> Shown {
    let servicing = Servicing::CleanUp {
        kind: posted.text("kind").to_owned(),
        name: posted.text("name").to_owned(),
    };
    let begun = here.app.environment_service(&here.actor, id, &servicing).await;
    started(&here, id, begun).await
}

async fn password(
    here: InProject,
    axum::extract::Path((_, id)): axum::extract::Path<(String, EnvironmentId)>,
) -> Shown {
    let shown = here.app.environment_administrator_password(&here.actor, id).await;
    match shown {
        Ok(secret) => page(&here, id, Again::none(), Some(&secret)).await,
        other => here.done(other, "", &format!("environments/{id}")),
    }
}
