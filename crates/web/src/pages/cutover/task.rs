//! One task of a run: what it is, what stands in its way, and everything that can be said about it.

use super::super::shell::{Again, InProject, Posted, Shown};
use super::{refused, task_state, word};
use crate::components::action::{Action, Look, action_explained};
use crate::components::facts::{Card, kv};
use crate::components::form::{self, Choice, Field, Input};
use crate::components::notice::banner;
use crate::components::state::{State, badge, tag};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use golive_app::cutover::{CutoverTaskView, TaskDecision};
use golive_app::{App, Error};
use golive_core::cutover::task::State as Stands;
use golive_core::id::RunId;
use maud::{Markup, html};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/cutover/run/{id}/tasks/{task}", get(show))
        .route("/projects/{slug}/cutover/run/{id}/tasks/{task}/{verb}", post(command))
}

async fn show(here: InProject, Path((_, id, task)): Path<(String, RunId, String)>) -> Shown {
    page(&here, (id, &task), Again::none()).await
}

type InTask = Path<(String, RunId, String, String)>;

async fn command(here: InProject, Path((_, id, task, verb)): InTask, posted: Posted) -> Shown {
    let (app, actor) = (&here.app, &here.actor);
    let (note, reason) = (posted.text("note"), posted.text("reason"));
    let (done, said) = match verb.as_str() {
        "start" => (app.task_start(actor, id, &task, posted.flag("by_hand")).await, "Started"),
        "finish" => (app.task_finish(actor, id, &task, note).await, "Finished"),
        "fail" => (app.task_fail(actor, id, &task, reason).await, "Recorded: it did not work"),
        "settle" => (app.task_settle(actor, id, &task, posted.text("how")).await, "Settled"),
        "skip" => (app.task_skip(actor, id, &task, reason).await, "Left out"),
        "reopen" => (app.task_reopen(actor, id, &task, reason).await, "Open again"),
        "decide" => {
            let decision = TaskDecision {
                decision: posted.text("decision").to_owned(),
                note: note.to_owned(),
            };
            (app.task_decide(actor, id, &task, &decision).await, "Decided")
        }
        _ => return Err(Error::not_found("page", verb).into()),
    };
    let own = format!("cutover/run/{id}/tasks/{task}");
    if posted.text("back") == "board" {
        return here.done(done, said, &format!("cutover/run/{id}"));
    }
    if verb == "start" {
        return here.done(done, said, &own);
    }
    here.settle(done, (said, &own), &posted, |again| page(&here, (id, &task), again)).await
}

async fn page(here: &InProject, (id, name): (RunId, &str), again: Again) -> Shown {
    let task = here.app.task_view(&here.actor, id, name).await?;
    let own = format!("cutover/run/{id}/tasks/{name}");
    let title = format!("#{} {}", task.number, task.title);
    let back = Action::go("board", "To the board", here.at(&format!("cutover/run/{id}")));
    let lead = html! {
        (badge(task_state(&task), word(&task.state).as_str())) " " (tag(&task.kind))
        @if let Some(operation) = &task.operation { " " (tag(operation)) }
        @if task.point_of_no_return { " " (tag("cannot be taken back")) }
    };
    let body = html! {
        (layout::head(&title, &lead, &[back]))
        @if !task.obstacles.is_empty() {
            div.mb5 { (banner("obstacles", State::Lock, "Not yet.", &html! { (task.obstacles.join("; ")) "." }, &[])) }
        }
        div.mb5 { (news(here, &task)) }
        div.stack.gap5 {
            (about(here, &task))
            (forms(here, &task, &own, &again))
        }
    };
    let mut shown = here.bare(ProjectPage::CutoverRun, &title, body);
    shown.live = Some(here.live_place(&own));
    here.show(shown).await
}

fn news(here: &InProject, task: &CutoverTaskView) -> Markup {
    match &task.particulars {
        Stands::Operating { operation, .. } => {
            let look = Action::go(
                "look",
                "Watch the operation",
                here.at(&format!("operations/{operation}")),
            )
            .look(Look::Small);
            banner(
                "news",
                State::Run,
                "golive is at work.",
                &html! { "The task ends when the operation ends." },
                &[look],
            )
        }
        Stands::Failed { reason, .. } => banner(
            "news",
            State::Bad,
            "It did not work.",
            &html! { (reason) ". Start it again, settle how to go on without it, or leave it out." },
            &[],
        ),
        Stands::Held { reason, .. } => {
            banner("news", State::Held, "No-go.", &html! { (reason) }, &[])
        }
        Stands::Settled { failure, how, .. } => {
            banner("news", State::Warn, "Settled.", &html! { (failure) ". " (how) }, &[])
        }
        Stands::Skipped { reason, .. } => {
            banner("news", State::Waive, "Left out.", &html! { (reason) }, &[])
        }
        Stands::Waiting | Stands::Running { .. } | Stands::Done { .. } | Stands::Passed { .. } => {
            html! {}
        }
    }
}

fn about(here: &InProject, task: &CutoverTaskView) -> Markup {
    let moment = |at| html! { @match at { Some(at) => (time::time(at, &here.clock)), None => { span.muted { "not yet" } } } };
    let or = |text: &str| html! { @if text.is_empty() { span.muted { "not described" } } @else { (text) } };
    let after = html! {
        @if task.predecessors.is_empty() { span.muted { "nothing" } }
        @for (n, id) in task.predecessors.iter().enumerate() { @if n > 0 { ", " } a href=(here.at(&format!("cutover/run/{}/tasks/{id}", task.run))) { (id) } }
    };
    Card::new("about", "What it is").padded(&kv(&[
        ("How", or(&task.instructions)),
        ("Works when", or(&task.verification)),
        ("Way back", or(&task.undo)),
        ("Owner", html! { (words::role(&task.owner)) ", backup " (words::role(&task.backup)) }),
        ("Who had it", html! { @match &task.by { Some(name) => (name), None => { span.muted { "nobody yet" } } } }),
        ("Planned", html! { (task.planned_minutes) " minutes" }),
        ("Started", moment(task.starts)),
        ("Finished", moment(task.finishes)),
        ("After", after),
    ]))
}

/// One small card for each thing that can be said; what is refused keeps its reasons.
fn forms(here: &InProject, task: &CutoverTaskView, own: &str, again: &Again) -> Markup {
    let area = |name: &str, label: &str| Field::new(name, label, Input::Area(2));
    let choice =
        vec![Choice::new("go", "Go"), Choice::new("no_go", "No-go").note("needs its reason")];
    let by_hand =
        Field::new("by_hand", "By hand, without golive's operation", Input::Check).optional();
    let start = if task.by_golive { vec![by_hand] } else { Vec::new() };
    let all = [
        ("task_start", "start", "Start", start),
        (
            "task_decide",
            "decide",
            "Decide",
            vec![
                Field::new("decision", "Decision", Input::Radios(choice)),
                area("note", "What was said").optional(),
            ],
        ),
        ("task_finish", "finish", "Finished", vec![area("note", "What was seen").optional()]),
        ("task_fail", "fail", "It did not work", vec![area("reason", "What happened")]),
        ("task_settle", "settle", "Settle", vec![area("how", "How we go on without it")]),
        ("task_skip", "skip", "Leave it out", vec![area("reason", "Why")]),
        ("task_reopen", "reopen", "Open again", vec![area("reason", "Why it is not over")]),
    ];
    let makes_sense = |verb: &str| match (verb, task.state.as_str()) {
        ("decide", state) => {
            task.kind == "checkpoint" && matches!(state, "waiting" | "running" | "held")
        }
        ("start" | "skip", "waiting" | "failed")
        | ("settle", "failed")
        | ("finish" | "fail", "running") => verb != "start" || task.kind != "checkpoint",
        ("reopen", "done" | "passed" | "settled" | "skipped") => true,
        (_, _) => false,
    };
    html! {
        @for (op, verb, label, fields) in all {
            @if makes_sense(verb) && task.actions.iter().any(|action| action.name == op) {
                @let reasons = refused(&task.actions, op);
                @if reasons.is_empty() {
                    @let it = here.form(op, &format!("{own}/{verb}"), label, fields);
                    (Card::new(format!("{verb}-card"), label).padded(&form::form(&it.plain(), &again.of(op))))
                } @else {
                    (Card::new(format!("{verb}-card"), label).padded(&action_explained(&Action::post(op, label, "").refused(reasons))))
                }
            }
        }
    }
}
