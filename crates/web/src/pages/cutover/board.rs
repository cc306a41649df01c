//! The board of a run: how long to the point of no return, when we are through, what may start, what is late.

use super::super::shell::{Again, InProject, Posted, Shown};
use super::{refused, run_state, task_state, word};
use crate::components::action::{Action, Look, action};
use crate::components::dialog::{Dialog, dialog};
use crate::components::facts::Card;
use crate::components::form::{Field, Input};
use crate::components::measure::{Part, PartLook, seg};
use crate::components::notice::{Frame, banner};
use crate::components::state::{State, badge, tag};
use crate::components::table::{Column, Line, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use golive_app::cutover::{BackRequest, CutoverRunView, CutoverTaskView};
use golive_app::{App, Error};
use golive_core::id::RunId;
use maud::{Markup, html};
use std::collections::BTreeMap;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/cutover/run", get(newest))
        .route("/projects/{slug}/cutover/run/{id}", get(show))
        .route("/projects/{slug}/cutover/run/{id}/{verb}", post(command))
}

/// The run that is open, else the last one.
async fn newest(here: InProject) -> Shown {
    let runs = here.app.cutover_run_list(&here.actor, here.id).await?;
    let open = |state: &str| matches!(state, "running" | "paused" | "going_back" | "planned");
    let run = runs.iter().rfind(|run| open(&run.state)).or(runs.last());
    if let Some(id) = run.and_then(|run| run.id.parse::<RunId>().ok()) {
        return page(&here, id, Again::none()).await;
    }
    let body = html! { (layout::head("Cutover run", &html! {}, &[])) (super::plan::no_run(&here)) };
    here.page(ProjectPage::CutoverRun, "Cutover run", body).await
}

async fn show(here: InProject, Path((_, id)): Path<(String, RunId)>) -> Shown {
    page(&here, id, Again::none()).await
}

async fn command(
    here: InProject,
    Path((_, id, verb)): Path<(String, RunId, String)>,
    posted: Posted,
) -> Shown {
    let (app, actor, reason) = (&here.app, &here.actor, posted.text("reason"));
    let (done, said) = match verb.as_str() {
        "start" => (app.cutover_run_start(actor, id).await, "The run has started"),
        "pause" => (app.cutover_run_pause(actor, id, reason).await, "The run is held"),
        "resume" => (app.cutover_run_resume(actor, id).await, "The run goes on"),
        "close" => (app.cutover_run_close(actor, id).await, "The run is closed"),
        "cancel" => (app.cutover_run_cancel(actor, id, reason).await, "The run is given up"),
        "go-back" => {
            let back = BackRequest { reason: reason.to_owned(), knowing: posted.flag("knowing") };
            (app.cutover_run_go_back(actor, id, &back).await, "The way back is taken")
        }
        _ => return Err(Error::not_found("page", verb).into()),
    };
    let to = format!("cutover/run/{id}");
    if matches!(verb.as_str(), "start" | "resume" | "close") {
        return here.done(done, said, &to);
    }
    here.settle(done, (said, &to), &posted, |again| page(&here, id, again)).await
}

pub(super) async fn page(here: &InProject, id: RunId, again: Again) -> Shown {
    let run = here.app.cutover_run_view(&here.actor, id).await?;
    let own = format!("cutover/run/{id}");
    let dialogs = dialogs(here, &own);
    let body = html! {
        (layout::head(&run.title, &lead(here, &run), &does(here, &run, &own)))
        (gate(here, &run))
        @if let Some(it) = &run.forecast { (super::tiles::now(here, &run, it)) (super::tiles::gauge(here, it)) }
        (streams(&run))
        div.mc.mt4 {
            (column(here, &run, ("startable", "Startable"), |task| task.startable))
            (column(here, &run, ("progress", "In progress"), at_work))
            (column(here, &run, ("late", "Late or stuck"), is_stuck))
            (checkpoint(here, &run))
        }
        div.stack.gap5.mt4 {
            (super::incident::card(here, &run, &again))
            (all_tasks(here, &run))
        }
        @for it in &dialogs { (dialog(it, &again.of(&it.form.id))) }
    };
    let mut shown = here.bare(ProjectPage::CutoverRun, &run.title, body);
    let notes =
        vec![html! { (word(&run.state)) }, html! { (run.over) " of " (run.of) " tasks over" }];
    shown.frame = Some(match run.kind.as_str() {
        "live" => Frame::Live(notes),
        _ => Frame::Rehearsal(run.number, notes),
    });
    shown.live = Some(here.live_place(&own));
    here.show(shown).await
}

fn lead(here: &InProject, run: &CutoverRunView) -> Markup {
    html! {
        (badge(run_state(&run.state), word(&run.state).as_str())) " Day zero is " (words::day(&run.day_zero)) ", in "
        a href=(here.at(&format!("environments/{}", run.environment))) { "its environment" } "."
    }
}

fn does(here: &InProject, run: &CutoverRunView, own: &str) -> Vec<Action> {
    let tell = |op: &str, label: &str, verb: &str| {
        here.act(&run.actions, op, "", (label, &format!("{own}/{verb}")))
    };
    let open = |op: &str, label: &str, dialog: &str| {
        Action::open(format!("{op}.open"), label, dialog).refused(refused(&run.actions, op))
    };
    match run.state.as_str() {
        "planned" => vec![
            open("cutover_run_cancel", "Give it up…", "cancel-dialog"),
            tell("cutover_run_start", "Start the run", "start").look(Look::Primary),
        ],
        "running" => vec![
            open("cutover_run_go_back", "Back out…", "back-dialog").look(Look::Danger),
            open("cutover_run_pause", "Hold…", "pause-dialog"),
            tell("cutover_run_close", "Close the run", "close"),
        ],
        "paused" => vec![
            open("cutover_run_go_back", "Back out…", "back-dialog").look(Look::Danger),
            tell("cutover_run_resume", "Go on", "resume").look(Look::Primary),
        ],
        "going_back" => vec![tell("cutover_run_close", "Close the run", "close")],
        _ => vec![Action::go("compare", "Compare with the plan", here.at("cutover/compare"))],
    }
}

fn gate(here: &InProject, run: &CutoverRunView) -> Markup {
    let Some(gate) = run.gate.as_ref().filter(|gate| !gate.open) else { return html! {} };
    let reasons: Vec<&str> = gate.verdict.reasons().map(|reason| reason.title.as_str()).collect();
    let look =
        Action::go("gate", "All criteria", here.at(&format!("gates/{}", gate.verdict.gate.name())))
            .look(Look::Small);
    let text = html! { (reasons.join("; ")) "." };
    banner(
        "gate",
        State::Lock,
        &format!("{} is shut.", words::gate(gate.verdict.gate)),
        &text,
        &[look],
    )
}

fn streams(run: &CutoverRunView) -> Markup {
    let mut by: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for task in forward(run) {
        let (over, all) = by.entry(&task.stream).or_default();
        *all += 1;
        *over += usize::from(is_over(task));
    }
    html! {
        section.card.mt4.streams id="streams" aria-label="Streams" {
            @for (stream, (over, all)) in &by {
                div {
                    div.between.small.nowrap-row { b { (word(stream)) } span.num.muted.nowrap { (over) " of " (all) } }
                    div.mt2 { (seg(&[part(*over, "over", PartLook::Passed), part(all - over, "open", PartLook::Open)], false)) }
                }
            }
        }
    }
}

fn part(count: usize, word: &str, look: PartLook) -> Part {
    Part { count, word: word.to_owned(), look }
}

/// The tasks of the way that is gone.
fn forward(run: &CutoverRunView) -> impl Iterator<Item = &CutoverTaskView> {
    let is_back = matches!(run.state.as_str(), "going_back" | "went_back");
    run.tasks
        .iter()
        .filter(move |task| (task.section == golive_core::cutover::plan::WAY_BACK) == is_back)
}

fn is_over(task: &CutoverTaskView) -> bool {
    matches!(task.state.as_str(), "done" | "passed" | "settled" | "skipped")
}

fn at_work(task: &CutoverTaskView) -> bool {
    matches!(task.state.as_str(), "running" | "operating")
}

fn is_stuck(task: &CutoverTaskView) -> bool {
    let late = task.late_minutes.is_some() && !is_over(task);
    late || matches!(task.state.as_str(), "failed" | "held")
}

fn column(
    here: &InProject,
    run: &CutoverRunView,
    (id, title): (&str, &str),
    which: impl Fn(&CutoverTaskView) -> bool,
) -> Markup {
    const MOST: usize = 12;
    let found: Vec<&CutoverTaskView> = forward(run).filter(|task| which(task)).collect();
    Card::new(id, title).count(found.len()).around(&html! {
        @if found.is_empty() { p.card-b.muted.small { "Nothing." } }
        ul { @for task in found.iter().take(MOST) { (line(here, id, task)) } }
        @if found.len() > MOST { p.card-b.muted.small { "and " (found.len() - MOST) " more, below" } }
    })
}

fn line(here: &InProject, column: &str, task: &CutoverTaskView) -> Markup {
    let own = format!("cutover/run/{}/tasks/{}", task.run, task.id);
    let quick = match (column, task.kind.as_str(), task.state.as_str()) {
        (_, "checkpoint", _) | ("late", _, _) | (_, _, "operating") => {
            Action::go(format!("open.{column}.{}", task.id), "Open", here.at(&own))
        }
        ("startable", _, _) => here
            .act(&task.actions, "task_start", &task.id, ("Start", &format!("{own}/start")))
            .with("back", "board"),
        (_, _, _) => here
            .act(&task.actions, "task_finish", &task.id, ("Done", &format!("{own}/finish")))
            .with("back", "board"),
    };
    html! {
        li.task data-s=[is_stuck(task).then_some("bad")] {
            span.id { "#" (task.number) }
            a href=(here.at(&own)) { (task.title) }
            (action(&quick.look(Look::Small)))
            span.sub {
                @if let Some(late) = task.late_minutes.filter(|_| !is_over(task)) { span.c-bad.strong { (super::hours(u32::try_from(late).unwrap_or(0))) " late" } }
                @if task.state == "failed" || task.state == "held" { span.c-bad.strong { (word(&task.state)) } }
                span { (task.by.clone().unwrap_or_else(|| words::role(&task.owner))) }
                span { (task.planned_minutes) " min" }
                @if task.by_golive { span { "golive does it" } }
                @if at_work(task) && let Some(finishes) = task.finishes { span { "ends " (time::time(finishes, &here.clock)) } }
                @if task.critical { span { "critical" } }
                @if column == "late" { @for obstacle in task.obstacles.iter().take(2) { span { (obstacle) } } }
            }
        }
    }
}

/// The next decision.
fn checkpoint(here: &InProject, run: &CutoverRunView) -> Markup {
    let ahead = forward(run).filter(|task| task.kind == "checkpoint" && !is_over(task));
    let Some(next) = ahead.min_by_key(|task| (task.starts, task.number)) else { return html! {} };
    let own = format!("cutover/run/{}/tasks/{}", next.run, next.id);
    let card = Card::new("checkpoint", "Next decision").state(State::Wait);
    card.padded(&html! {
        div.stack-s {
            p { b { (next.title) } }
            p.small.muted { "decided by " (words::role(&next.owner)) ", cannot be skipped" }
            @if let Some(at) = next.starts { p.small { "expected " (time::time(at, &here.clock)) ", in " (time::countdown(at, &here.clock)) } }
            @if !next.obstacles.is_empty() { ul.small { @for it in &next.obstacles { li { (it) } } } }
            (action(&Action::go("decide", "Open the decision", here.at(&own)).look(Look::Primary)))
        }
    })
}

fn all_tasks(here: &InProject, run: &CutoverRunView) -> Markup {
    let columns = vec![
        Column::id("#"),
        Column::name("Task"),
        Column::summary("State"),
        Column::plain("Who"),
        Column::short("Start"),
        Column::short("Finish"),
        Column::figure("Late"),
    ];
    let mut lines: Vec<Line> = Vec::new();
    let mut section = "";
    for task in &run.tasks {
        if task.section != section {
            section = &task.section;
            let of = run.tasks.iter().filter(|it| it.section == section);
            let (all, over) =
                of.fold((0, 0), |(all, over), it| (all + 1, over + usize::from(is_over(it))));
            lines.push(Line::Group(word(section), format!("{over} of {all}")));
        }
        lines.push(Line::Row(row(here, task)));
    }
    Card::new("tasks", "All tasks")
        .count(run.tasks.len())
        .around(&table(&Table::new("All tasks", columns, lines).folding()))
}

fn row(here: &InProject, task: &CutoverTaskView) -> Row {
    let own = here.at(&format!("cutover/run/{}/tasks/{}", task.run, task.id));
    let moment = |at| html! { @match at { Some(at) => (time::time(at, &here.clock)), None => { span.faint { "–" } } } };
    let state = if task.startable { "Startable".to_owned() } else { word(&task.state) };
    Row::new(
        &task.title,
        vec![
            html! { "#" (task.number) },
            html! { a href=(own) { (task.title) } " " @if task.kind == "checkpoint" { (tag("checkpoint")) } @if task.critical { " " span.xs.c-bad { "critical" } } },
            badge(task_state(task), state.as_str()),
            html! { (task.by.clone().unwrap_or_else(|| words::role(&task.owner))) },
            moment(task.starts),
            moment(task.finishes),
            html! { @match task.late_minutes { Some(late) => { span.c-bad { (super::signed(late)) } }, None => { "" } } },
        ],
    )
}

fn dialogs(here: &InProject, own: &str) -> [Dialog; 3] {
    let why = || Field::new("reason", "Why", Input::Area(2));
    let knowing = Field::new(
        "knowing",
        "We know that something may have left the house already",
        Input::Check,
    )
    .optional();
    let of = |id: &str, title: &str, text: &str, keep: &str, form| Dialog {
        id: id.to_owned(),
        title: title.to_owned(),
        text: html! { (text) },
        keep: keep.to_owned(),
        form,
        is_danger: id != "pause-dialog",
    };
    [
        of(
            "pause-dialog",
            "Hold the run",
            "Tasks at work may end; none may start.",
            "Go on",
            here.form("cutover_run_pause", &format!("{own}/pause"), "Hold", vec![why()]),
        ),
        of(
            "back-dialog",
            "Take the way back",
            "The forward plan stops. The tasks of the way back become startable.",
            "Go on",
            here.form(
                "cutover_run_go_back",
                &format!("{own}/go-back"),
                "Back out",
                vec![why(), knowing],
            ),
        ),
        of(
            "cancel-dialog",
            "Give the run up",
            "It stays on record as never begun.",
            "Keep it",
            here.form("cutover_run_cancel", &format!("{own}/cancel"), "Give it up", vec![why()]),
        ),
    ]
}
