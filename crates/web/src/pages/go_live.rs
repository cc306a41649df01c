//! Go-live and hypercare: production in the customer's hand, the go/no-go, live, the hand-over until hypercare ends.

mod follow;
mod handover;
mod meeting;
mod records;
mod seats;

use super::certificate;
use super::gate::verdict_of;
use super::package::instant;
use super::shell::{Again, InProject, Posted, Shown};
use crate::components::action::{Action, Look, action_explained};
use crate::components::dialog::{Dialog, dialog};
use crate::components::facts::{Card, Fig, figs};
use crate::components::form::{Field, Input};
use crate::components::person::Person;
use crate::components::state::{State, badge};
use crate::components::steps::{Step, StepStands, sbar};
use crate::components::time;
use crate::components::verdict;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use golive_app::go_live::GoLiveView;
use golive_app::views::GateView;
use golive_app::{App, Error};
use golive_core::go_live::State as Stands;
use maud::{Markup, html};
use std::collections::BTreeMap;

type People = BTreeMap<String, Person>;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/go-live", get(show))
        .route("/projects/{slug}/go-live/take-control", post(take_control))
        .route("/projects/{slug}/go-live/call", post(meeting::call))
        .route("/projects/{slug}/go-live/vote", post(meeting::vote))
        .route("/projects/{slug}/go-live/propose", post(meeting::propose))
        .route("/projects/{slug}/go-live/decide", post(meeting::decide))
        .route("/projects/{slug}/go-live/minutes", post(meeting::minutes))
        .route("/projects/{slug}/go-live/fulfil", post(follow::fulfil))
        .route("/projects/{slug}/go-live/release", post(follow::release))
        .route("/projects/{slug}/go-live/seats", post(seats::set))
        .route("/projects/{slug}/go-live/record", post(record))
        .route("/projects/{slug}/go-live/handover", post(handover::take))
        .route("/projects/{slug}/go-live/close", post(close))
        .route("/projects/{slug}/go-live/values", get(records::show).post(records::record))
}

async fn show(here: InProject) -> Shown {
    page(&here, Again::none()).await
}

async fn page(here: &InProject, again: Again) -> Shown {
    let view = here.app.go_live_view(&here.actor, here.id).await?;
    let people = here.people().await?;
    let owners = here.owners().await?;
    let state = &view.particulars.state;
    let is_live = matches!(state, Stands::Live { .. } | Stands::Ended { .. });
    let gate = if is_live { &view.hypercare_exit } else { &view.go_no_go };
    let body = html! {
        (layout::head("Go-live and hypercare", &lead(here, &view), &main_actions(here, &view)))
        (figures(here, &view))
        div.mt4 { (sbar("go-live-state", "How far going live is", &bar(here, state))) }
        div.cols.mt4 {
            div.stack.gap5 {
                (control_card(here, &view, &people))
                @if is_live { (handover::card(here, &view, &people, &again)) }
                (meeting::card(here, &view, &people))
                (meeting::forms(here, &view, &again).await?)
                (verdict_of(here, gate, &owners))
            }
            aside.stack.gap5 aria-label="Seats, values and certificate" {
                (seats::card(here, &view, &people, &again).await?)
                (records::link(here))
                (certificate::card(here))
            }
        }
        (record_dialog(here, &view, &again))
        (close_dialog(here, &view, &again))
    };
    here.live_page(ProjectPage::GoLive, "Go-live and hypercare", body).await
}

/// The name of a member by the account's id.
fn who(people: &People, id: &impl ToString) -> String {
    people.get(&id.to_string()).map_or_else(|| "somebody".to_owned(), |one| one.name.clone())
}

fn refusals(view: &GoLiveView, op: &str) -> Vec<String> {
    view.actions.iter().find(|a| a.name == op).map(|a| a.refused.clone()).unwrap_or_default()
}

/// Why a condition cannot be released by whoever looks: only the authority releases one.
fn refusals_of_release(view: &GoLiveView, here: &InProject) -> Vec<String> {
    let authority = view.particulars.table.authority();
    if authority.is_some_and(|seat| seat.is_held_by(here.actor.user)) {
        vec![]
    } else {
        vec!["only the seat of the authority releases a condition".to_owned()]
    }
}

fn lead(here: &InProject, view: &GoLiveView) -> Markup {
    match &view.particulars.state {
        Stands::Ahead => {
            html! { "Criteria are measured, seats vote, one named authority decides. Whoever calls the meeting does not decide it." }
        }
        Stands::Meeting { since, .. } => {
            html! { "The table sits since " (time::time(*since, &here.clock)) ". Votes bind to the values that were shown." }
        }
        Stands::NoGo { .. } => {
            html! { "It was decided not to go live. Another meeting may be called." }
        }
        Stands::Go { .. } => {
            html! { "It was decided to go live. Record the moment when the business works in the new system." }
        }
        Stands::Live { live, .. } => {
            html! { "Live since " (time::time(live.since, &here.clock)) ". Hypercare ends when its criteria hold and the hand-over list is signed." }
        }
        Stands::Ended { live, at, .. } => {
            html! { "Live since " (time::time(live.since, &here.clock)) ". Hypercare ended " (time::time(*at, &here.clock)) "; the project is closed." }
        }
    }
}

fn main_actions(here: &InProject, view: &GoLiveView) -> Vec<Action> {
    let open = |op: &str, label: &str, dialog: &str| {
        let id = format!("{op}.open");
        Action::open(id, label, dialog).refused(refusals(view, op)).look(Look::Primary)
    };
    match &view.particulars.state {
        Stands::Ahead | Stands::NoGo { .. } => {
            let call =
                here.act(&view.actions, "go_no_go_call", "", ("Call the go/no-go", "go-live/call"));
            vec![call.look(Look::Primary)]
        }
        Stands::Meeting { .. } => vec![
            Action::go("decide", "Vote and decide", "#go-no-go-vote"),
            Action::go("gate", "Explain the gate", here.at("gates/go_live")),
        ],
        Stands::Go { .. } => vec![open("go_live_record", "Record the go-live…", "record-dialog")],
        Stands::Live { .. } => vec![open("project_close", "Close hypercare…", "close-dialog")],
        Stands::Ended { .. } => vec![],
    }
}

fn figures(here: &InProject, view: &GoLiveView) -> Markup {
    let gate = |name: &str, gate: &GateView| {
        let all = gate.verdict.criteria.len();
        let shut = gate.verdict.reasons().count();
        let state = if gate.open { State::Done } else { State::Lock };
        let note = if gate.open { "open" } else { "shut" };
        Fig::new(name, format!("{} of {all}", all - shut), note)
            .state(state)
            .href(here.at(&format!("gates/{}", gate.verdict.gate.name())))
    };
    let project = here.project();
    let date = match &project.go_live_date {
        Some(date) => {
            let date = words::day(date);
            let left = project.days_to_go_live.map_or_else(String::new, |days| match days {
                0 => "today".to_owned(),
                1.. => format!("in {}", words::count(count(days), "day", "days")),
                _ => format!("{} ago", words::count(count(days), "day", "days")),
            });
            Fig::new("Go-live date", date, left)
        }
        None => Fig::new("Go-live date", "not set", "").href(here.at("schedule")),
    };
    let list = [
        date,
        gate("Production to the customer", &view.production_ready),
        gate("Go or no-go", &view.go_no_go),
        gate("End of hypercare", &view.hypercare_exit),
    ];
    figs("go-live-figures", "How far it is", &list)
}

fn count(days: i32) -> usize {
    usize::try_from(days.unsigned_abs()).unwrap_or_default()
}

fn bar(here: &InProject, state: &Stands) -> Vec<Step> {
    let at = |at| words::moment(at, &here.clock);
    let mut notes = [const { String::new() }; 4];
    if let Some(decision) = state.decision() {
        notes[1] = at(decision.at);
    }
    if let Some(live) = state.live() {
        notes[2] = format!("since {}", at(live.since));
    }
    let place = match state {
        Stands::Ahead => 0,
        Stands::Meeting { since, .. } => {
            notes[0] = format!("since {}", at(*since));
            0
        }
        Stands::NoGo { .. } => 1,
        Stands::Go { .. } => 2,
        Stands::Live { .. } => 3,
        Stands::Ended { at: when, .. } => {
            notes[3] = at(*when);
            4
        }
    };
    let [meeting, decided, live, ended] = notes;
    let word = match state {
        Stands::NoGo { .. } => "No-go",
        Stands::Go { .. } | Stands::Live { .. } | Stands::Ended { .. } => "Go",
        Stands::Ahead | Stands::Meeting { .. } => "Decision",
    };
    let names = [("Meeting", meeting), (word, decided), ("Live", live), ("Hypercare over", ended)];
    let mut steps = Step::bar(&names, place);
    if matches!(state, Stands::NoGo { .. }) {
        steps[1].stands = StepStands::Failed;
    }
    steps
}

fn control_card(here: &InProject, view: &GoLiveView, people: &People) -> Markup {
    let card = Card::new("control", "Production in the customer's hand");
    if let Some(control) = &view.particulars.control {
        let text = html! { p.small { (who(people, &control.by)) " took it " (time::time(control.at, &here.clock)) ". From then on the customer decides what happens there." } };
        return card.end(badge(State::Done, "Taken")).padded(&text);
    }
    let gate = &view.production_ready;
    let mut refused = refusals(view, "production_take_control");
    if !gate.open {
        refused.extend(verdict::reasons(&gate.verdict));
    }
    let button = here
        .act(&view.actions, "production_take_control", "", ("Take control", "go-live/take-control"))
        .refused(refused);
    let inside = html! {
        p.small.muted.mb3 { (verdict::answer(&gate.verdict)) " Whoever takes it has seen that production is as it was asked for." }
        (action_explained(&button))
    };
    card.end(html! { a.small href=(here.at("gates/production_ready")) { "Explain the gate" } })
        .padded(&inside)
}

fn record_dialog(here: &InProject, view: &GoLiveView, again: &Again) -> Markup {
    if !matches!(view.particulars.state, Stands::Go { .. })
        || !refusals(view, "go_live_record").is_empty()
    {
        return html! {};
    }
    let since = Field::new("since", "Live since", Input::Line("datetime-local"))
        .hint(format!("Times of {}", here.project().time_zone));
    dialog(
        &Dialog {
            id: "record-dialog".into(),
            title: "Record the go-live".into(),
            text: html! { "The moment since when the business works in the new system. The gate is judged once more." },
            keep: "Not yet".into(),
            form: here.form("go_live_record", "go-live/record", "We are live", vec![since]),
            is_danger: false,
        },
        &again.of("go_live_record"),
    )
}

fn close_dialog(here: &InProject, view: &GoLiveView, again: &Again) -> Markup {
    if !refusals(view, "project_close").is_empty() {
        return html! {};
    }
    dialog(
        &Dialog {
            id: "close-dialog".into(),
            title: "Close hypercare and the project".into(),
            text: html! { p { (verdict::answer(&view.hypercare_exit.verdict)) } p { "After this nothing of the project can be changed. Its records stay." } },
            keep: "Keep hypercare".into(),
            form: here.form("project_close", "go-live/close", "Close the project", vec![]),
            is_danger: true,
        },
        &again.of("project_close"),
    )
}

async fn take_control(here: InProject, posted: Posted) -> Shown {
    let taken = here.app.production_take_control(&here.actor, here.id).await;
    settle(&here, taken, "Production is in the customer's hand", &posted).await
}

async fn record(here: InProject, posted: Posted) -> Shown {
    let since = match instant(&here, &posted, "since") {
        Ok(Some(since)) => since.parse().map_err(Error::internal),
        Ok(None) => Err(Error::invalid("since", "a day and a time", "nothing")),
        Err(error) => Err(error),
    };
    let live = match since {
        Ok(since) => here.app.go_live_record(&here.actor, here.id, since).await,
        Err(error) => Err(error),
    };
    settle(&here, live, "Live", &posted).await
}

async fn close(here: InProject, posted: Posted) -> Shown {
    let closed = here.app.project_close(&here.actor, here.id).await;
    settle(&here, closed, "Hypercare is over", &posted).await
}

/// After a call of this page: back to it, or the form again. A button that is not a form shows a problem page.
async fn settle<T>(
    here: &InProject,
    result: Result<T, Error>,
    toast: &str,
    posted: &Posted,
) -> Shown {
    if posted.form().is_empty() {
        return here.done(result, toast, "go-live");
    }
    here.settle(result, (toast, "go-live"), posted, |again| page(here, again)).await
}
