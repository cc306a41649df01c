//! The workshop: its date, who comes, the agenda, and afterwards minutes and decisions.

use super::{page, refused_of};
use crate::components::action::action;
use crate::components::facts::{Card, kv};
use crate::components::form::{Field, Input, form};
use crate::components::state::{State, badge, st};
use crate::components::time;
use crate::pages::shell::{Again, InProject, Posted, Shown};
use axum::Router;
use axum::routing::post;
use golive_app::review::{MinutesForm, ResolutionForm, ReviewView, WorkshopForm, WorkshopView};
use golive_app::{App, Error, Result};
use golive_core::id::UserId;
use golive_core::review::workshop::{Appointment, Workshop};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/review/workshop", post(schedule))
        .route("/projects/{slug}/review/workshop/answer", post(answer))
        .route("/projects/{slug}/review/workshop/minutes", post(minutes))
        .route("/projects/{slug}/review/workshop/cancel", post(cancel))
}

async fn schedule(here: InProject, posted: Posted) -> Shown {
    let done = match posted.read::<WorkshopForm>() {
        Ok(form) => here.app.review_schedule_workshop(&here.actor, here.id, &form).await,
        Err(error) => Err(error),
    };
    settle(&here, done, "The workshop has its date", &posted).await
}

async fn answer(here: InProject, posted: Posted) -> Shown {
    let comes = posted.flag("comes");
    let done = here.app.review_answer_invitation(&here.actor, here.id, comes).await;
    settle(&here, done, if comes { "You come" } else { "You do not come" }, &posted).await
}

async fn minutes(here: InProject, posted: Posted) -> Shown {
    let done = match read_minutes(&posted) {
        Ok(form) => here.app.review_record_workshop(&here.actor, here.id, &form).await,
        Err(error) => Err(error),
    };
    settle(&here, done, "The workshop is recorded", &posted).await
}

async fn cancel(here: InProject, posted: Posted) -> Shown {
    let done = here.app.review_cancel_workshop(&here.actor, here.id, posted.text("reason")).await;
    settle(&here, done, "The workshop is called off", &posted).await
}

async fn settle(here: &InProject, done: Result<ReviewView>, toast: &str, posted: &Posted) -> Shown {
    here.settle(done, (toast, "review#workshop"), posted, |again| page(here, "", again)).await
}

/// Minutes from the lines of the form: one person, one excuse (`name: why`), one decision (`what | who | until`) on each.
fn read_minutes(posted: &Posted) -> Result<MinutesForm> {
    let excuse = |line: String| {
        let (name, why) = line.split_once(':').ok_or_else(|| {
            Error::invalid("excused", "lines such as `Anna Berg: ill, has read the report`", &line)
        })?;
        Ok((name.trim().to_owned(), why.trim().to_owned()))
    };
    let resolution = |line: String| {
        let mut parts = line.split('|').map(str::trim);
        let text = parts.next().unwrap_or_default().to_owned();
        let owner = parts.next().filter(|name| !name.is_empty()).map(str::to_owned);
        let due = match parts.next().filter(|day| !day.is_empty()) {
            Some(day) => Some(
                day.parse()
                    .map_err(|_| Error::invalid("resolutions", "a date such as 2027-05-03", day))?,
            ),
            None => None,
        };
        Ok(ResolutionForm { text, owner, due })
    };
    Ok(MinutesForm {
        attended: posted.list("attended"),
        excused: posted.list("excused").into_iter().map(excuse).collect::<Result<_>>()?,
        text: posted.text("text").to_owned(),
        resolutions: posted
            .list("resolutions")
            .into_iter()
            .map(resolution)
            .collect::<Result<_>>()?,
    })
}

/// The card of the workshop.
pub(super) fn card(here: &InProject, view: &ReviewView, names: &[String], again: &Again) -> Markup {
    let may = |op: &str| refused_of(&view.actions, op).is_empty();
    let workshop = view.workshop.as_ref();
    let state = match workshop.map(|workshop| workshop.state.as_str()) {
        Some("held") => badge(State::Done, "Held"),
        Some("scheduled") => badge(State::Wait, "Has its date"),
        Some(_) => badge(State::Bad, "Called off"),
        None => badge(State::Idle, "No date"),
    };
    Card::new("workshop", "Workshop with the reviewer").end(state).padded(&html! {
        div.stack {
            @if let Some(workshop) = workshop { (told(here, workshop)) }
            @if may("review_answer_invitation") && invited(here, workshop) { (invitation(here)) }
            @if may("review_schedule_workshop") { (date_form(here, workshop, again)) }
            @if may("review_record_workshop") { (minutes_form(here, names, again)) }
            @if may("review_cancel_workshop") {
                @let filled = again.of("review_cancel_workshop");
                details open[filled.is_refused()] {
                    summary.small { "Call it off" }
                    (form(&here.form("review_cancel_workshop", "review/workshop/cancel", "Call it off",
                        vec![Field::text("reason", "Why")]).plain(), &filled))
                }
            }
        }
    })
}

fn invited(here: &InProject, workshop: Option<&WorkshopView>) -> bool {
    let me = here.actor.user;
    match workshop.map(|workshop| &workshop.particulars) {
        Some(Workshop::Scheduled { appointment, .. }) => {
            appointment.mandatory.contains(&me) || appointment.optional.contains(&me)
        }
        Some(Workshop::Held { .. } | Workshop::Cancelled { .. }) | None => false,
    }
}

fn told(here: &InProject, view: &WorkshopView) -> Markup {
    match &view.particulars {
        Workshop::Scheduled { appointment, answers, moves } => html! {
            (when(here, view, appointment))
            @if *moves > 0 { p.xs.muted { "Moved " (moves) " times." } }
            (guests(view, appointment, answers))
        },
        Workshop::Held { appointment, minutes, .. } => html! {
            (when(here, view, appointment))
            p.small { "There: " (people(view, &minutes.attended)) "." }
            @for (user, why) in &minutes.excused { p.small.muted { (name(view, *user)) " was excused: " (why) } }
            @for line in minutes.text.lines() { p.small { (line) } }
            @if !minutes.resolutions.is_empty() {
                h3 { "Decided" }
                ul.list.small {
                    @for resolution in &minutes.resolutions {
                        li { div.grow { (resolution.text)
                            div.muted.xs {
                                @if let Some(owner) = resolution.owner { (name(view, owner)) }
                                @if let Some(due) = resolution.due { " until " (time::day(due)) }
                            }
                        } }
                    }
                }
            }
        },
        Workshop::Cancelled { by, reason } => html! {
            p.small { (name(view, *by)) " called it off: " (reason) }
        },
    }
}

fn when(here: &InProject, view: &WorkshopView, appointment: &Appointment) -> Markup {
    let starts = view.starts.map(|at| time::time_relative(at, &here.clock));
    kv(&[
        (
            "When",
            html! { @if let Some(starts) = starts { (starts) } ", " (appointment.minutes) " minutes" },
        ),
        ("Meant in", html! { (appointment.zone) }),
        ("Agenda", html! { ol.small { @for point in &appointment.agenda { li { (point) } } } }),
    ])
}

fn guests(
    view: &WorkshopView,
    appointment: &Appointment,
    answers: &BTreeMap<UserId, bool>,
) -> Markup {
    let all = appointment.mandatory.iter().map(|user| (user, true));
    let all = all.chain(appointment.optional.iter().map(|user| (user, false)));
    html! {
        ul.list.small {
            @for (user, must) in all {
                li {
                    div.grow { (name(view, *user)) @if must { span.muted { ", must be there" } } }
                    @match answers.get(user) {
                        Some(true) => (st(State::Done, "Comes")),
                        Some(false) => (st(State::Bad, "Does not come")),
                        None => (st(State::Wait, "No answer")),
                    }
                }
            }
        }
    }
}

fn name(view: &WorkshopView, user: UserId) -> String {
    view.names.get(&user.to_string()).cloned().unwrap_or_else(|| user.to_string())
}

fn people(view: &WorkshopView, users: &BTreeSet<UserId>) -> String {
    users.iter().map(|user| name(view, *user)).collect::<Vec<_>>().join(", ")
}

fn invitation(here: &InProject) -> Markup {
    let answer = |id: &str, label: &str, comes: &str| {
        here.post(id, label, "review/workshop/answer").with("comes", comes)
    };
    html! {
        div.row {
            (action(&answer("review_answer_invitation.yes", "I come", "on")))
            (action(&answer("review_answer_invitation.no", "I do not come", "")))
        }
    }
}

fn date_form(here: &InProject, workshop: Option<&WorkshopView>, again: &Again) -> Markup {
    let planned = match workshop.map(|workshop| (&workshop.particulars, workshop)) {
        Some((Workshop::Scheduled { appointment, .. }, workshop)) => Some((appointment, workshop)),
        Some((Workshop::Held { .. } | Workshop::Cancelled { .. }, _)) | None => None,
    };
    let lines = |users: &BTreeSet<UserId>, view: &WorkshopView| {
        users.iter().map(|user| name(view, *user)).collect::<Vec<_>>().join("\n")
    };
    let mut fields = vec![
        Field::new("starts", "When, in the project's zone", Input::Line("datetime-local")).value(
            planned.map(|(a, _)| a.starts.strftime("%FT%H:%M").to_string()).unwrap_or_default(),
        ),
        Field::new("agenda", "Agenda, one point on each line", Input::Area(3))
            .value(planned.map(|(a, _)| a.agenda.join("\n")).unwrap_or_default()),
        Field::new("mandatory", "Who must be there, one name on each line", Input::Area(3))
            .value(planned.map(|(a, view)| lines(&a.mandatory, view)).unwrap_or_default()),
        Field::new("optional", "Who may come", Input::Area(2))
            .value(planned.map(|(a, view)| lines(&a.optional, view)).unwrap_or_default())
            .optional(),
    ];
    let (title, submit) =
        if planned.is_some() { ("Move it", "Move it") } else { ("Set its date", "Set the date") };
    if planned.is_some() {
        fields.push(Field::text("reason", "Why it is moved"));
    }
    let filled = again.of("review_schedule_workshop");
    let it = here.form("review_schedule_workshop", "review/workshop", submit, fields).plain();
    html! { details open[filled.is_refused() || workshop.is_none()] { summary.small { (title) } (form(&it, &filled)) } }
}

fn minutes_form(here: &InProject, names: &[String], again: &Again) -> Markup {
    let fields = vec![
        Field::new("attended", "Who was there, one name on each line", Input::Area(4))
            .hint(names.join(", ")),
        Field::new("excused", "Who is excused, and why", Input::Area(2))
            .hint("Name: why it is all right")
            .optional(),
        Field::new("text", "Minutes", Input::Area(5)),
        Field::new("resolutions", "Decisions, one on each line", Input::Area(3))
            .hint("What | who | until, such as: Replay the queue | Paolo Ruiz | 2027-05-03")
            .optional(),
    ];
    let filled = again.of("review_record_workshop");
    let it =
        here.form("review_record_workshop", "review/workshop/minutes", "Record it", fields).plain();
    html! { details open[filled.is_refused()] { summary.small { "Record that it was held" } (form(&it, &filled)) } }
}
