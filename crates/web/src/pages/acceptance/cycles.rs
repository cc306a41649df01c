//! Cycles: planned, opened and closed by form.

use super::{fold, settled, short};
use crate::components::facts::Card;
use crate::components::form::{Choice, Field, Input, form};
use crate::components::state::{State, badge};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::pages::shell::{Again, InProject, Last, Posted, Shown};
use crate::words;
use axum::Router;
use axum::routing::post;
use golive_app::App;
use golive_app::acceptance::{AcceptanceView, CycleForm, CycleStart, CycleView};
use golive_core::acceptance::cycle::Condition;
use golive_core::id::CycleId;
use maud::{Markup, html};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/acceptance/cycles", post(plan))
        .route("/projects/{slug}/acceptance/cycles/open/{cycle}", post(open))
        .route("/projects/{slug}/acceptance/cycles/close/{cycle}", post(close))
        .route("/projects/{slug}/acceptance/cycles/cancel/{cycle}", post(cancel))
}

pub(super) fn card(here: &InProject, view: &AcceptanceView, again: &Again) -> Markup {
    let columns = vec![
        Column::name("Cycle"),
        Column::summary("State"),
        Column::plain("Planned"),
        Column::plain("On"),
        Column::plain("Next"),
    ];
    let rows = view.cycles.iter().map(|cycle| row(here, cycle, again));
    let filled = again.of("cycle_plan");
    Card::new("cycles", "Cycles").count(view.cycles.len()).around(&html! {
        @if view.cycles.is_empty() { div.card-b { p.muted.small { "No cycle is planned. An integration cycle comes first, then acceptance." } } }
        @else { (table(&Table::new("Cycles", columns, rows).folding())) }
        div.card-b {
            details open[filled.is_refused()] {
                (fold("Plan a cycle"))
                (form(&here.form("cycle_plan", "acceptance/cycles", "Plan", plan_fields()).plain(), &filled))
            }
        }
    })
}

fn plan_fields() -> Vec<Field> {
    let kinds = vec![
        Choice::new("integration", "Integration"),
        Choice::new("acceptance", "Acceptance"),
        Choice::new("performance", "Performance"),
    ];
    vec![
        Field::text("name", "Short name").hint("Such as uat-2"),
        Field::text("title", "Title"),
        Field::new("kind", "What it tests", Input::Select(kinds)),
        Field::text("objective", "What it is to show").optional(),
        Field::new("starts", "First day", Input::Line("date")),
        Field::new("ends", "Last day", Input::Line("date")),
        Field::new("entry", "Before it starts", Input::Area(2))
            .optional()
            .hint("One condition on each line"),
        Field::new("exit", "Before it ends", Input::Area(2))
            .optional()
            .hint("One condition on each line"),
    ]
}

fn row(here: &InProject, cycle: &CycleView, again: &Again) -> Row {
    let (state, word) = match cycle.state.as_str() {
        "running" => (State::Run, "Running"),
        "closed" => (State::Done, "Closed"),
        "cancelled" => (State::Idle, "Given up"),
        _ => (State::Wait, "Planned"),
    };
    Row::new(
        cycle.title.clone(),
        vec![
            html! { (cycle.title) div.xs.muted.fw4 { (cycle.name) ", " (cycle.kind) } },
            badge(state, word),
            html! {
                (words::date_short(cycle.starts)) " to " (words::date_short(cycle.ends))
                @if let Some(at) = cycle.closed {
                    div.xs.muted { "closed " (time::time(at, &here.clock)) @if let Some(by) = &cycle.closed_by { ", " (by) } }
                }
            },
            html! { @if let Some(solution) = &cycle.solution { (short(&solution.version_set)) div.xs.muted { (short(&solution.data_set)) } } },
            next(here, cycle, again),
        ],
    )
}

/// The one thing to do: open it, or close it.
fn next(here: &InProject, cycle: &CycleView, again: &Again) -> Markup {
    let (op, label, to, fields) = match cycle.state.as_str() {
        "planned" => {
            let fields = [
                vec![
                    Field::text("environment", "Environment")
                        .hint("What is installed there is frozen"),
                ],
                met(&cycle.entry),
            ]
            .concat();
            ("cycle_open", "Open", format!("acceptance/cycles/open/{}", cycle.id), fields)
        }
        "running" => (
            "cycle_close",
            "Close",
            format!("acceptance/cycles/close/{}", cycle.id),
            met(&cycle.exit),
        ),
        _ => return html! {},
    };
    let id = format!("{op}.{}", cycle.name);
    let filled = again.of(&id);
    html! {
        details open[filled.is_refused()] {
            (fold(label))
            (form(&here.form(&id, &to, label, fields).plain(), &filled))
            form method="post" action=(here.at(&format!("acceptance/cycles/cancel/{}", cycle.id))) {
                label.vh for=(format!("cancel-{}", cycle.name)) { "Why it is given up" }
                input.in.in-s id=(format!("cancel-{}", cycle.name)) name="reason" placeholder="Why it is given up" required;
                button.btn.btn-s type="submit" { "Give up" }
            }
        }
    }
}

/// A box for each condition.
fn met(conditions: &[Condition]) -> Vec<Field> {
    conditions
        .iter()
        .map(|one| {
            Field::new(format!("met-{}", one.key), one.title.clone(), Input::Check).optional()
        })
        .collect()
}

/// The names of the boxes that were ticked.
fn ticked(posted: &Posted, cycle: &CycleView) -> Vec<String> {
    let all = cycle.entry.iter().chain(&cycle.exit).map(|one| one.key.clone());
    all.filter(|key| posted.flag(&format!("met-{key}"))).collect()
}

async fn plan(here: InProject, posted: Posted) -> Shown {
    let done = match posted.read::<CycleForm>() {
        Ok(wanted) => here.app.cycle_plan(&here.actor, here.id, &wanted).await,
        Err(error) => Err(error),
    };
    settled(&here, done, "Planned", &posted).await
}

async fn open(here: InProject, Last(id): Last<CycleId>, posted: Posted) -> Shown {
    let cycle = here.app.cycle_view(&here.actor, id).await?;
    let start = CycleStart {
        environment: posted.text("environment").to_owned(),
        met: ticked(&posted, &cycle),
        ..CycleStart::default()
    };
    let done = here.app.cycle_open(&here.actor, id, &start).await;
    settled(&here, done, "Testing has begun", &posted).await
}

async fn close(here: InProject, Last(id): Last<CycleId>, posted: Posted) -> Shown {
    let cycle = here.app.cycle_view(&here.actor, id).await?;
    let done = here.app.cycle_close(&here.actor, id, &ticked(&posted, &cycle)).await;
    settled(&here, done, "Closed", &posted).await
}

async fn cancel(here: InProject, Last(id): Last<CycleId>, posted: Posted) -> Shown {
    let done = here.app.cycle_cancel(&here.actor, id, posted.text("reason")).await;
    here.done(done, "Given up", "acceptance")
}
