//! Pages of the service requests: the list with one conversation beside it, and the form for a new one.

use super::shell::{Again, InProject, Posted, Shown};
use crate::components::action::{Action, Look, actions};
use crate::components::facts::{Card, Fig, figs_bare};
use crate::components::feed::{Entry, Voice, thread};
use crate::components::form::{self, Choice, Field, Input};
use crate::components::icon::Icon;
use crate::components::notice::{banner, empty};
use crate::components::person::Person;
use crate::components::state::{State, badge};
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use golive_app::service_request::{
    NewServiceRequest, ServiceRequestFilter, ServiceRequestView, WindowForm,
};
use golive_app::{App, Error};
use golive_core::deadline::Deadline;
use golive_core::id::ServiceRequestId;
use golive_core::service_request::{Kind, State as Stands};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Where the pages stand below the project's own address.
const HERE: &str = "service-requests";

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/service-requests", get(all).post(submit))
        .route("/projects/{slug}/service-requests/new", get(new))
        .route("/projects/{slug}/service-requests/{id}", get(show))
        .route("/projects/{slug}/service-requests/{id}/{verb}", post(command))
}

async fn all(
    here: InProject,
    axum::extract::Query(filter): axum::extract::Query<ServiceRequestFilter>,
) -> Shown {
    let list = here.app.service_request_list(&here.actor, here.id, &filter).await?;
    let chosen = list.iter().find(|one| one.is_open).or(list.first()).cloned();
    page(&here, &list, (&filter, chosen), Again::none()).await
}

async fn show(here: InProject, Path((_, id)): Path<(String, ServiceRequestId)>) -> Shown {
    one(&here, id, Again::none()).await
}

async fn one(here: &InProject, id: ServiceRequestId, again: Again) -> Shown {
    let chosen = here.app.service_request_view(&here.actor, id).await?;
    let filter = ServiceRequestFilter::default();
    let list = here.app.service_request_list(&here.actor, here.id, &filter).await?;
    page(here, &list, (&filter, Some(chosen)), again).await
}

async fn page(
    here: &InProject,
    list: &[ServiceRequestView],
    (filter, chosen): (&ServiceRequestFilter, Option<ServiceRequestView>),
    again: Again,
) -> Shown {
    let lead = html! { "The conversation with the operator. Every request has a clock; it stops while it waits for you." };
    let file =
        Action::go("service_request_submit", "New request…", here.at("service-requests/new"));
    let people = here.people().await?;
    let body = html! {
        (layout::head("Service requests", &lead, &[file.look(Look::Primary)]))
        @if list.is_empty() && filter.state.is_none() && filter.kind.is_none() {
            (empty("Nothing has been asked yet", "Ask the operator for a package, a database copy, a restore or anything else. The sign-off of the production request files one by itself.", &[]))
        } @else {
            div.desk {
                (side(here, list, filter, chosen.as_ref().map(|one| one.id.as_str())))
                div.stack.gap5 { @if let Some(chosen) = &chosen { (conversation(here, chosen, &people, &again)) } @else { p.muted { "No request is like this." } } }
            }
        }
    };
    here.live_page(ProjectPage::ServiceRequests, "Service requests", body).await
}

/// The list beside the conversation.
fn side(
    here: &InProject,
    list: &[ServiceRequestView],
    filter: &ServiceRequestFilter,
    chosen: Option<&str>,
) -> Markup {
    let open = list.iter().filter(|one| one.is_open).count();
    let late = list.iter().filter(|one| one.is_late && one.is_open).count();
    let only_open = filter.state.as_deref() == Some("open");
    let foot = html! {
        div.between {
            span { (open) " open, " (words::count(late, "promise broken", "promises broken")) }
            @if only_open { a href=(here.at(HERE)) { "All" } } @else { a href=(format!("{}?state=open", here.at(HERE))) { "Only open" } }
        }
    };
    Card::new("requests", "Requests").count(list.len()).foot(foot).around(&html! {
        ul.flist {
            @for one in list {
                @let (state, word) = standing(one);
                li {
                    a.frow href=(here.at(&format!("{HERE}/{}", one.id))) aria-current=[(chosen == Some(one.id.as_str())).then_some("true")] {
                        span.between { span.mono.xs.faint { (one.number) } (badge(state, word)) }
                        b { (one.title) }
                        span.between.xs.muted { span { (kind_words(&one.kind)) } span { (left(here, one)) } }
                    }
                }
            }
        }
    })
}

/// How a request stands, in a word.
fn standing(one: &ServiceRequestView) -> (State, &'static str) {
    match &one.particulars {
        Stands::Submitted => (State::Wait, "With the operator"),
        Stands::WaitingForCustomer { .. } => (State::Wait, "Waiting for you"),
        Stands::InProgress { .. } => (State::Run, "In work"),
        Stands::Denied { .. } => (State::Warn, "Denied"),
        Stands::Cancelled { .. } => (State::Idle, "Taken back"),
        Stands::Done { .. } => (State::Wait, "To be signed off"),
        Stands::SignedOff { issues: None, .. } => (State::Done, "Signed off"),
        Stands::SignedOff { .. } => (State::Warn, "Signed off with issues"),
        Stands::Failed { .. } => (State::Bad, "Failed"),
    }
}

/// What is left of the operator's time, in words.
fn left(here: &InProject, one: &ServiceRequestView) -> String {
    match &one.clock {
        Deadline::Running { due, .. } => {
            let distance = words::span(due.duration_since(here.clock.now).abs());
            if *due < here.clock.now {
                format!("{distance} late")
            } else {
                format!("{distance} left")
            }
        }
        Deadline::Paused { .. } => "paused".to_owned(),
        Deadline::Stopped { at, .. } => {
            format!("took {}", words::span(at.duration_since(one.submitted_at)))
        }
    }
}

fn kind_words(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn conversation(
    here: &InProject,
    one: &ServiceRequestView,
    people: &BTreeMap<String, Person>,
    again: &Again,
) -> Markup {
    let (state, word) = standing(one);
    let end = html! { (badge(state, word)) };
    html! {
        (Card::new("conversation", format!("{} {}", one.number, one.title)).state(state).end(end).around(&html! {
            div.figs { (figs_bare(&figures(here, one))) }
            (thread(&entries(one, people), &here.clock))
            (decision(one))
        }))
        @if one.linked_request.is_some() { (banner("linked", State::Run, "It follows the production request.", &html! { "What is done with it is done " a href=(here.at("request")) { "there" } "; here it can be talked about and signed off." }, &[])) }
        (what_to_do(here, one, again))
    }
}

fn figures(here: &InProject, one: &ServiceRequestView) -> Vec<Fig> {
    let clock = &here.clock;
    let due = match (&one.clock, one.due) {
        (Deadline::Paused { why, .. }, _) => Fig::new("Clock", "stands still", why),
        (Deadline::Running { .. }, Some(due)) => {
            let fig = Fig::new("Due", words::moment(due, clock), left(here, one));
            if one.is_late { fig.state(State::Bad) } else { fig }
        }
        (_, Some(due)) => Fig::new("Was due", words::moment(due, clock), left(here, one)),
        (_, None) => Fig::new("Due", "–", ""),
    };
    let asked = one.requested_by.clone().unwrap_or_else(|| "golive".to_owned());
    let by = Fig::new("Asked by", asked, words::moment(one.submitted_at, clock));
    let window = one.window.map_or_else(
        || Fig::new("Wanted window", "none", kind_words(&one.kind)),
        |window| {
            let length = words::span(window.end.duration_since(window.start));
            Fig::new("Wanted window", words::moment(window.start, clock), format!("for {length}"))
        },
    );
    vec![due, by, window]
}

fn entries(one: &ServiceRequestView, people: &BTreeMap<String, Person>) -> Vec<Entry> {
    let began = Entry {
        id: None,
        voice: Voice::System(Icon::Timer, State::Run),
        at: one.submitted_at,
        text: html! { "Filed. The operator's clock started." @for warning in &one.warnings { br; (warning) } },
    };
    let said = one.comments.iter().map(|comment| Entry {
        id: None,
        voice: Voice::Person(
            people.get(&comment.by).cloned().unwrap_or_else(|| Person::named(&comment.name)),
        ),
        at: comment.at,
        text: html! { @for line in comment.text.lines() { p { (line) } } },
    });
    std::iter::once(began).chain(said).collect()
}

/// What the state adds to the conversation: a denial with its suggestion, a failure with its activity.
fn decision(one: &ServiceRequestView) -> Markup {
    html! {
        @match &one.particulars {
            Stands::Denied { reason, suggestion, .. } => { div.card-b.stack-s { p { b { "Denied: " } (reason) } p { b { "Suggestion: " } (suggestion) } } }
            Stands::Failed { activity, diagnosis, .. } => { div.card-b.stack-s { p { b { "Failed: " } (diagnosis) } @if let Some(activity) = activity { p.small { "Activity " code { (activity) } } } } }
            Stands::Cancelled { reason, .. } => { div.card-b { p { b { "Taken back: " } (reason) } } }
            Stands::SignedOff { issues: Some(issues), .. } => { div.card-b { p { b { "Issues: " } (issues) } } }
            Stands::Submitted | Stands::WaitingForCustomer { .. } | Stands::InProgress { .. } | Stands::Done { .. } | Stands::SignedOff { issues: None, .. } => {}
        }
    }
}

/// Buttons and forms: those that can be used now, and the next one of the state with its reasons if it cannot.
fn what_to_do(here: &InProject, one: &ServiceRequestView, again: &Again) -> Markup {
    let next = match one.particulars {
        Stands::Submitted | Stands::Failed { .. } => "take_up",
        Stands::InProgress { .. } => "finish",
        Stands::WaitingForCustomer { .. } => "answer",
        Stands::Done { .. } => "sign_off",
        Stands::Denied { .. } => "resubmit",
        Stands::Cancelled { .. } | Stands::SignedOff { .. } => "comment",
    };
    let action = |verb: &str| {
        let name = format!("service_request_{verb}");
        one.actions.iter().find(|action| action.name == name)
    };
    let is_open = |verb: &str| action(verb).is_some_and(golive_app::views::ActionView::is_open);
    let shown = |verb: &&str| is_open(verb) || *verb == next;
    let buttons = ["take_up", "finish"].into_iter().filter(shown).map(|verb| {
        let label = if verb == "take_up" { "Take it up" } else { "It is done" };
        let to = format!("{HERE}/{}/{}", one.id, verb.replace('_', "-"));
        here.act(&one.actions, &format!("service_request_{verb}"), "", (label, &to))
    });
    let buttons: Vec<Action> = buttons.collect();
    let forms = [
        "answer",
        "sign_off",
        "resubmit",
        "ask",
        "deny",
        "fail",
        "comment",
        "move_window",
        "cancel",
    ];
    let forms = forms.into_iter().filter(|verb| is_open(verb));
    html! {
        @if !buttons.is_empty() { (Card::new("next", "Next").padded(&actions(&buttons))) }
        @for verb in forms { (form_card(here, one, verb, again)) }
    }
}

fn form_card(here: &InProject, one: &ServiceRequestView, verb: &str, again: &Again) -> Markup {
    let area = |name: &str, label: &str| Field::new(name, label, Input::Area(3));
    let (title, submit, fields) = match verb {
        "answer" => ("Answer", "Answer", vec![area("text", "Your answer")]),
        "ask" => ("Ask the customer", "Ask", vec![area("question", "Your question")]),
        "deny" => (
            "Deny",
            "Deny",
            vec![area("reason", "Why"), area("suggestion", "What would be possible instead")],
        ),
        "fail" => ("It went wrong", "Report", vec![area("diagnosis", "What went wrong")]),
        "sign_off" => {
            ("Sign off", "Sign off", vec![area("issues", "Issues, if there are any").optional()])
        }
        "resubmit" => ("Ask again", "Ask again", window_fields(here, one, false)),
        "move_window" => ("Another window", "Offer it", window_fields(here, one, true)),
        "cancel" => ("Take it back", "Take it back", vec![area("reason", "Why")]),
        _ => ("Comment", "Comment", vec![area("text", "Your words")]),
    };
    let op = format!("service_request_{verb}");
    let to = format!("{HERE}/{}/{}", one.id, verb.replace('_', "-"));
    let mut form = here.form(&op, &to, submit, fields);
    if !matches!(verb, "answer" | "sign_off") {
        form = form.plain();
    }
    Card::new(format!("do-{verb}"), title).padded(&form::form(&form, &again.of(&op)))
}

fn window_fields(here: &InProject, one: &ServiceRequestView, is_required: bool) -> Vec<Field> {
    let at = |of: Option<Timestamp>| {
        of.map(|at| zone(here).to_datetime(at).strftime("%Y-%m-%dT%H:%M").to_string())
            .unwrap_or_default()
    };
    let field = |name: &str, label: &str, value: String| {
        let field = Field::new(name, label, Input::Line("datetime-local")).value(value);
        if is_required { field } else { field.optional() }
    };
    let earliest = format!(
        "At the earliest {}, times of {}",
        words::moment(one.earliest, &here.clock),
        here.project().time_zone
    );
    vec![
        field("window_start", "Window from", at(one.window.map(|w| w.start))).hint(earliest),
        field("window_end", "Window until", at(one.window.map(|w| w.end))),
    ]
}

fn zone(here: &InProject) -> TimeZone {
    TimeZone::get(&here.project().time_zone).unwrap_or(TimeZone::UTC)
}

/// A civil time of a form, in the project's zone.
fn instant(here: &InProject, posted: &Posted, name: &str) -> Result<Option<Timestamp>, Error> {
    let text = posted.text(name);
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || Error::invalid(name, "a day and a time", text);
    let civil: DateTime = text.parse().map_err(|_| wrong())?;
    zone(here).to_timestamp(civil).map(Some).map_err(|_| wrong())
}

async fn new(here: InProject) -> Shown {
    new_page(&here, Again::none()).await
}

async fn new_page(here: &InProject, again: Again) -> Shown {
    let kinds = Kind::ALL.map(|kind| Choice::new(kind.name(), kind_words(kind.name()))).to_vec();
    let environments = here.app.environment_list(&here.actor, here.id).await?;
    let mut places = vec![Choice::new("", "None")];
    places.extend(environments.iter().map(|one| Choice::new(&one.id, &one.name)));
    let hint = format!(
        "Times of {}. Leave both empty where no downtime is needed.",
        here.project().time_zone
    );
    let fields = vec![
        Field::new("kind", "What is asked", Input::Select(kinds)).value("other"),
        Field::text("title", "In a few words"),
        Field::new("text", "What the operator must know", Input::Area(4)).optional(),
        Field::new("environment", "Environment", Input::Select(places)).optional(),
        Field::new("window_start", "Downtime from", Input::Line("datetime-local"))
            .optional()
            .hint(hint),
        Field::new("window_end", "Downtime until", Input::Line("datetime-local")).optional(),
    ];
    let form = here.form("service_request_submit", HERE, "File it", fields);
    let lead = html! { "Lead time and length of the window are checked when it is filed; all that is wrong is said at once." };
    let body = html! {
        (layout::head("New service request", &lead, &[]))
        (Card::new("new", "What is asked").padded(&form::form(&form, &again.of("service_request_submit"))))
    };
    here.page(ProjectPage::ServiceRequests, "New service request", body).await
}

async fn submit(here: InProject, posted: Posted) -> Shown {
    let wanted = wanted(&here, &posted);
    let done = match wanted {
        Ok(wanted) => here.app.service_request_submit(&here.actor, here.id, &wanted).await,
        Err(error) => Err(error),
    };
    let to = done.as_ref().map_or_else(|_| HERE.to_owned(), |made| format!("{HERE}/{}", made.id));
    here.settle(done, ("Filed", &to), &posted, |again| new_page(&here, again)).await
}

fn wanted(here: &InProject, posted: &Posted) -> Result<NewServiceRequest, Error> {
    let environment = match posted.text("environment") {
        "" => None,
        _ => Some(posted.value("environment", "an environment of this project")?),
    };
    Ok(NewServiceRequest {
        kind: posted.text("kind").to_owned(),
        title: posted.text("title").to_owned(),
        text: posted.text("text").to_owned(),
        environment,
        window_start: instant(here, posted, "window_start")?,
        window_end: instant(here, posted, "window_end")?,
    })
}

async fn command(
    here: InProject,
    Path((_, id, verb)): Path<(String, ServiceRequestId, String)>,
    posted: Posted,
) -> Shown {
    let done = carry_out(&here, id, &verb, &posted).await;
    let said = match verb.as_str() {
        "ask" => "The clock stands still",
        "answer" => "The clock runs on",
        "sign-off" => "Signed off",
        "deny" => "Denied",
        _ => "Done",
    };
    let to = format!("{HERE}/{id}");
    here.settle(done, (said, &to), &posted, |again| one(&here, id, again)).await
}

async fn carry_out(
    here: &InProject,
    id: ServiceRequestId,
    verb: &str,
    posted: &Posted,
) -> Result<ServiceRequestView, Error> {
    let (app, actor) = (&here.app, &here.actor);
    let window = || {
        let (window_start, window_end) =
            (instant(here, posted, "window_start")?, instant(here, posted, "window_end")?);
        Ok::<_, Error>(WindowForm { window_start, window_end })
    };
    match verb {
        "comment" => app.service_request_comment(actor, id, posted.text("text")).await,
        "take-up" => app.service_request_take_up(actor, id).await,
        "ask" => app.service_request_ask(actor, id, posted.text("question")).await,
        "answer" => app.service_request_answer(actor, id, posted.text("text")).await,
        "deny" => {
            let (reason, suggestion) = (posted.text("reason"), posted.text("suggestion"));
            app.service_request_deny(actor, id, reason, suggestion).await
        }
        "resubmit" => app.service_request_resubmit(actor, id, &window()?).await,
        "move-window" => app.service_request_move_window(actor, id, &window()?).await,
        "cancel" => app.service_request_cancel(actor, id, posted.text("reason")).await,
        "finish" => app.service_request_finish(actor, id).await,
        "fail" => app.service_request_fail(actor, id, posted.text("diagnosis")).await,
        "sign-off" => app.service_request_sign_off(actor, id, Some(posted.text("issues"))).await,
        _ => Err(Error::not_found("page", verb)),
    }
}
