//! The production request: asked for, signed off, deployed; its gate beside it.

mod spoken;

use self::spoken::{SPOKEN, spoken_dialog};
use super::environment::places;
use super::gate::verdict_of;
use super::shell::{Again, InProject, Posted, Shown};
use crate::components::action::{Action, Look, action};
use crate::components::facts::{Card, kv};
use crate::components::form::{self, Field, Form, Input};
use crate::components::notice::{banner, empty};
use crate::components::person::{Person, who};
use crate::components::state::State;
use crate::components::steps::{Step, StepStands, sbar};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use golive_app::request::{RequestForm, RequestView};
use golive_app::{App, Error};
use golive_core::id::{RequestId, UserId};
use golive_core::request::{Clock, State as Stands};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/request", get(all).post(create))
        .route("/projects/{slug}/request/new", get(new))
        .route("/projects/{slug}/request/{id}", get(show))
        .route("/projects/{slug}/request/{id}/configure", post(configure))
        .route("/projects/{slug}/request/{id}/{verb}", post(command))
}

type InRequest = Path<(String, RequestId)>;

async fn all(here: InProject) -> Shown {
    let requests = here.app.request_list(&here.actor, here.id).await?;
    match requests.as_slice() {
        [] => new_page(&here, Again::none()).await,
        [one] => page(&here, one.clone(), Again::none()).await,
        _ => list_page(&here, &requests).await,
    }
}

async fn list_page(here: &InProject, requests: &[RequestView]) -> Shown {
    let columns = vec![
        Column::name("Environment"),
        Column::short("Version"),
        Column::short("Region"),
        Column::summary("State"),
    ];
    let rows = requests.iter().map(|request| {
        let asked = &request.configuration;
        Row::new(
            &asked.name,
            vec![
                html! { a.ink href=(here.at(&format!("request/{}", request.id))) { (asked.name) } },
                html! { (asked.version) },
                html! { (asked.region) },
                html! { (words::role(&request.state)) },
            ],
        )
    });
    let another = Action::go("request_create", "Another environment", here.at("request/new"));
    let body = html! {
        (layout::head("Production requests", &html! { "One for each production environment." }, &[another]))
        (Card::new("requests", "All").count(requests.len()).around(&table(&Table::new("Production requests", columns, rows))))
    };
    here.live_page(ProjectPage::Request, "Production requests", body).await
}

async fn new(here: InProject) -> Shown {
    new_page(&here, Again::none()).await
}

async fn new_page(here: &InProject, again: Again) -> Shown {
    let form = request_form(here, None, ("request_create", "request", "Open the request")).await?;
    let lead = html! { "It names the environment to be. Opening it asks for nothing yet: it can be changed until it is signed off." };
    let gate = here
        .app
        .gate_explain(&here.actor, here.id, golive_core::gate::Gate::ProductionRequest)
        .await?;
    let owners = here.owners().await?;
    let body = html! {
        (layout::head("Production request", &lead, &[]))
        div.cols {
            div.stack.gap5 {
                @if again == Again::none() { (empty("Production is not asked for yet", "Open the request with what you know; region and version are those of the sandbox that was signed off.", &[])) }
                (Card::new("request-new", "What is asked for").padded(&form::form(&form, &again.of("request_create"))))
            }
            div.stack.gap5 { (verdict_of(here, &gate, &owners)) }
        }
    };
    here.page(ProjectPage::Request, "Production request", body).await
}

/// The form of a request, new or to be changed.
async fn request_form(
    here: &InProject,
    request: Option<&RequestView>,
    (op, to, submit): (&str, &str, &str),
) -> Result<Form, Error> {
    let (blueprints, targets) = places(here).await?;
    let asked = request.map(|request| &request.configuration);
    let value = |of: fn(&golive_core::request::Configuration) -> &String| {
        asked.map(|asked| of(asked).clone()).unwrap_or_default()
    };
    // What the environment is made from stands with the environment to be.
    let (blueprint, target) = match request {
        Some(request) => {
            let id = parsed(&request.environment)?;
            let planned = here.app.environment_view(&here.actor, id).await?;
            (planned.blueprint, planned.target)
        }
        None => (String::new(), "local".to_owned()),
    };
    let fields = vec![
        Field::text("name", "Environment's name").value(value(|a| &a.name)),
        Field::text("region", "Region")
            .value(value(|a| &a.region))
            .hint("Equal to that of the signed-off sandbox"),
        Field::text("topology", "Size")
            .value(value(|a| &a.topology))
            .hint("Its name, from the sizing of the active estimate"),
        Field::text("version", "Version")
            .value(value(|a| &a.version))
            .hint("Equal to that of the signed-off sandbox"),
        Field::text("administrator", "Administrator's login")
            .value(value(|a| &a.administrator))
            .hint("A service account of this server; a person may leave"),
        Field::new("notify", "Who is told", Input::Area(2))
            .value(asked.map(|asked| asked.notify.join("\n")).unwrap_or_default())
            .optional()
            .hint("Mail addresses, one on each line"),
        Field::new("blueprint", "Application", Input::Select(blueprints)).value(blueprint),
        Field::new("target", "Target", Input::Select(targets)).value(target),
    ];
    Ok(here.form(op, to, submit, fields))
}

fn parsed<T: std::str::FromStr>(id: &str) -> Result<T, Error> {
    id.parse().map_err(|_| Error::not_found("thing", id))
}

async fn create(here: InProject, posted: Posted) -> Shown {
    let made = match posted.read::<RequestForm>() {
        Ok(wanted) => here.app.request_create(&here.actor, here.id, &wanted).await,
        Err(error) => Err(error),
    };
    let to =
        made.as_ref().map_or("request".to_owned(), |request| format!("request/{}", request.id));
    here.settle(made, ("The request is open", &to), &posted, |again| new_page(&here, again)).await
}

async fn show(here: InProject, Path((_, id)): InRequest) -> Shown {
    let request = here.app.request_view(&here.actor, id).await?;
    page(&here, request, Again::none()).await
}

async fn page(here: &InProject, request: RequestView, again: Again) -> Shown {
    let owners = here.owners().await?;
    let people = here.people().await?;
    let own = format!("request/{}", request.id);
    let body = html! {
        (layout::head("Production request", &lead(&request), &main_actions(here, &request)))
        (sbar("request-state", "Where the request stands", &bar(here, &request)))
        (news(here, &request))
        div.cols.mt4 {
            div.stack.gap5 { (verdict_of(here, &request.gate, &owners)) }
            div.stack.gap5 {
                (Card::new("asked", "What is asked for").padded(&asked(here, &request)))
                (clock_card(here, &request, &people))
                (configure_card(here, &request, &again).await?)
            }
        }
        @for (op, verb, _) in SPOKEN { (spoken_dialog(here, &request, (op, &format!("{own}/{verb}")), &again)) }
    };
    here.live_page(ProjectPage::Request, "Production request", body).await
}

fn lead(request: &RequestView) -> Markup {
    html! {
        @if request.service_model == "managed" {
            "Managed. The customer may sign off early; the operator's people deploy once the review is complete and the gate is open."
        } @else {
            "Self-service. The sign-off needs the open gate; golive then deploys by itself."
        }
    }
}

/// What each command is called on its button.
const VERBS: [(&str, &str, &str); 3] = [
    ("request_clear_sign_off", "clear-sign-off", "Clear the sign-off"),
    ("request_sign_off", "sign-off", "Sign off"),
    ("request_deploy", "deploy", "Deploy"),
];

/// The buttons: those of the other service model, and those that make no sense in this state, are left out; what is
/// only refused stays, with its reasons.
fn main_actions(here: &InProject, request: &RequestView) -> Vec<Action> {
    let managed = request.service_model == "managed";
    let wanted = |op: &str| match (op, request.state.as_str()) {
        ("request_sign_off", "configure" | "failed") => true,
        ("request_clear_sign_off", "queued") => true,
        ("request_answer", "queued") => managed && is_asked(request),
        ("request_ask", "queued") => managed && !is_asked(request),
        ("request_deploy" | "request_deny", "queued") => managed,
        _ => false,
    };
    let mut does: Vec<Action> = Vec::new();
    for (op, verb, label) in SPOKEN {
        if wanted(op) {
            let opens = Action::open(format!("{op}.open"), label, format!("{verb}-dialog"));
            does.push(opens.refused(refusals(request, op)));
        }
    }
    for (op, verb, label) in VERBS {
        if wanted(op) {
            let button = here.act(
                &request.actions,
                op,
                "",
                (label, &format!("request/{}/{verb}", request.id)),
            );
            let primary = matches!(op, "request_sign_off" | "request_deploy");
            does.push(if primary { button.look(Look::Primary) } else { button });
        }
    }
    does
}

fn is_asked(request: &RequestView) -> bool {
    matches!(&request.particulars, Stands::Queued { clock, .. } if clock.asked.is_some())
}

fn refusals(request: &RequestView, op: &str) -> Vec<String> {
    request.actions.iter().find(|a| a.name == op).map(|a| a.refused.clone()).unwrap_or_default()
}

fn bar(here: &InProject, request: &RequestView) -> Vec<Step> {
    let at = |at: jiff::Timestamp| words::moment(at, &here.clock);
    let notes: [(&str, String); 4] = match &request.particulars {
        Stands::Configure => [
            ("Configure", "here: everything may change".into()),
            ("Queued", "after the sign-off".into()),
            ("Deploying", String::new()),
            ("Deployed", String::new()),
        ],
        Stands::Queued { at: since, .. } => [
            ("Configure", "signed off".into()),
            ("Queued", format!("since {}", at(*since))),
            ("Deploying", "after the gate is open".into()),
            ("Deployed", String::new()),
        ],
        Stands::Deploying { since, .. } => [
            ("Configure", "signed off".into()),
            ("Queued", String::new()),
            ("Deploying", format!("since {}", at(*since))),
            ("Deployed", String::new()),
        ],
        Stands::Deployed { since, .. } => [
            ("Configure", String::new()),
            ("Queued", String::new()),
            ("Deploying", String::new()),
            ("Deployed", format!("since {}", at(*since))),
        ],
        Stands::Failed { since, .. } => [
            ("Configure", "signed off".into()),
            ("Queued", String::new()),
            ("Deploying", format!("failed {}, undone", at(*since))),
            ("Deployed", String::new()),
        ],
    };
    let place = match &request.particulars {
        Stands::Configure => 0,
        Stands::Queued { .. } => 1,
        Stands::Deploying { .. } | Stands::Failed { .. } => 2,
        Stands::Deployed { .. } => 3,
    };
    let mut steps = Step::bar(&notes, place);
    if matches!(request.particulars, Stands::Failed { .. }) {
        steps[2].stands = StepStands::Failed;
    }
    steps
}

fn news(here: &InProject, request: &RequestView) -> Markup {
    let look = |operation: &golive_core::id::OperationId| {
        Action::go("look", "Watch the operation", here.at(&format!("operations/{operation}")))
            .look(Look::Small)
    };
    match &request.particulars {
        Stands::Configure => html! {},
        Stands::Queued { clock, .. } if clock.asked.is_some() => banner(
            "news",
            State::Wait,
            "The customer was asked something.",
            &html! { @if !clock.question.is_empty() { q { (clock.question) } " " } "The clock stands still until the answer." },
            &[],
        ),
        Stands::Queued { .. } if request.gate.open => banner(
            "news",
            State::Run,
            "Queued, and the gate is open.",
            &html! { @if request.service_model == "managed" { "The operator can deploy." } @else { "golive starts by itself." } },
            &[],
        ),
        Stands::Queued { .. } => banner(
            "news",
            State::Wait,
            "Queued.",
            &html! { "It waits for its gate; the reasons stand below. It stays queued meanwhile." },
            &[],
        ),
        Stands::Deploying { operation, .. } => banner(
            "news",
            State::Run,
            "Deploying.",
            &html! { "golive works on it." },
            &[look(operation)],
        ),
        Stands::Deployed { operation, .. } => banner(
            "news",
            State::Done,
            "Production is there.",
            &html! { "The first sign-in is the administrator's only." },
            &[look(operation)],
        ),
        Stands::Failed { operation, why, .. } => banner(
            "news",
            State::Bad,
            "The deployment failed; everything is undone.",
            &html! { (why) ". Sign off again to try again, or configure it anew." },
            &[look(operation)],
        ),
    }
}

fn asked(here: &InProject, request: &RequestView) -> Markup {
    let asked = &request.configuration;
    kv(&[
        (
            "Environment",
            html! { a href=(here.at(&format!("environments/{}", request.environment))) { (asked.name) } },
        ),
        ("Region", html! { (asked.region) }),
        ("Size", html! { (asked.topology) }),
        ("Version", html! { (asked.version) }),
        ("Administrator", html! { (asked.administrator) }),
        (
            "Who is told",
            html! { @if asked.notify.is_empty() { span.muted { "nobody named" } } @else { (asked.notify.join(", ")) } },
        ),
    ])
}

fn clock_card(
    here: &InProject,
    request: &RequestView,
    people: &BTreeMap<String, Person>,
) -> Markup {
    let (by, clock): (&UserId, &Clock) = match &request.particulars {
        Stands::Queued { by, clock, .. } | Stands::Deploying { by, clock, .. } => (by, clock),
        Stands::Configure | Stands::Deployed { .. } | Stands::Failed { .. } => return html! {},
    };
    let paused = jiff::SignedDuration::from_secs(clock.paused_seconds);
    let signer = people.get(&by.to_string());
    Card::new("clock", "Promised time").padded(&html! {
        div.stack-s {
            @match (request.due, clock.started, clock.asked) {
                (Some(due), _, _) => { p { b.big { (time::countdown(due, &here.clock)) } " until " (time::time(due, &here.clock)) } },
                (None, _, Some(asked)) => { p { "It stands still since " (time::time(asked, &here.clock)) ": the customer was asked." } },
                (None, None, None) => { p.muted { "It does not run yet: it begins once the request is signed off and released by the review." } },
                (None, Some(started), None) => { p { "Since " (time::time(started, &here.clock)) "; the policy promises no time." } },
            }
            @if clock.paused_seconds > 0 { p.small.muted { "It stood still for " (words::duration(paused)) " before." } }
            @if let Some(signer) = signer { p.small.row.row-tight { "Signed off by " (who(signer)) } }
        }
    })
}

async fn configure_card(
    here: &InProject,
    request: &RequestView,
    again: &Again,
) -> Result<Markup, Error> {
    let refused = refusals(request, "request_configure");
    let card = Card::new("configure", "Change it");
    if !refused.is_empty() {
        let button = Action::post("request_configure", "Change it", "").refused(refused);
        return Ok(card.padded(&action(&button)));
    }
    let to = format!("request/{}/configure", request.id);
    let form =
        request_form(here, Some(request), ("request_configure", &to, "Keep the changes")).await?;
    Ok(card.padded(&form::form(&form.plain(), &again.of("request_configure"))))
}

async fn configure(here: InProject, Path((_, id)): InRequest, posted: Posted) -> Shown {
    let changed = match posted.read::<RequestForm>() {
        Ok(wanted) => here.app.request_configure(&here.actor, id, &wanted).await,
        Err(error) => Err(error),
    };
    let to = format!("request/{id}");
    here.settle(changed, ("Changed", &to), &posted, |again| again_page(&here, id, again)).await
}

async fn again_page(here: &InProject, id: RequestId, again: Again) -> Shown {
    let request = here.app.request_view(&here.actor, id).await?;
    page(here, request, again).await
}

async fn command(
    here: InProject,
    Path((_, id, verb)): Path<(String, RequestId, String)>,
    posted: Posted,
) -> Shown {
    let (app, actor) = (&here.app, &here.actor);
    let (done, said) = match verb.as_str() {
        "sign-off" => (app.request_sign_off(actor, id).await, "Signed off"),
        "clear-sign-off" => {
            (app.request_clear_sign_off(actor, id).await, "The sign-off is cleared")
        }
        "deploy" => (app.request_deploy(actor, id).await, "The deployment begins"),
        "ask" => {
            (app.request_ask(actor, id, posted.text("question")).await, "The clock stands still")
        }
        "answer" => {
            (app.request_answer(actor, id, posted.text("answer")).await, "The clock runs again")
        }
        "deny" => {
            let denied =
                app.request_deny(actor, id, posted.text("reason"), posted.text("suggestion")).await;
            (denied, "Denied")
        }
        _ => return Err(Error::not_found("page", verb).into()),
    };
    let to = format!("request/{id}");
    if matches!(verb.as_str(), "ask" | "answer" | "deny") {
        return here.settle(done, (said, &to), &posted, |again| again_page(&here, id, again)).await;
    }
    here.done(done, said, &to)
}
