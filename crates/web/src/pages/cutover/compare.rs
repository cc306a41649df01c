//! Runs beside each other, planned against actual, and the durations they offer for the plan.

use super::super::shell::{InProject, Posted, Shown};
use super::{hours, signed};
use crate::components::action::{Action, Look, action};
use crate::components::facts::{Card, Fig, figs};
use crate::components::notice::empty;
use crate::components::state::State;
use crate::components::table::{Column, Row, Table, table};
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use golive_app::App;
use golive_app::cutover::{CutoverDriftView, DurationsRequest};
use golive_core::id::RunId;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// So many runs stand beside each other: the newest.
const BESIDE: usize = 4;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/cutover/compare", get(show))
        .route("/projects/{slug}/cutover/compare/take", post(take))
}

async fn take(here: InProject, posted: Posted) -> Shown {
    let done = match posted.value::<RunId>("run", "a run of this project") {
        Ok(run) => {
            let wanted = DurationsRequest { run, tasks: posted.list("tasks") };
            here.app.cutover_plan_take_durations(&here.actor, here.id, &wanted).await
        }
        Err(error) => Err(error),
    };
    here.done(done, "The plan has the measured durations; it must be signed again", "cutover")
}

async fn show(here: InProject) -> Shown {
    page(&here).await
}

async fn page(here: &InProject) -> Shown {
    let runs = here.app.cutover_run_list(&here.actor, here.id).await?;
    let begun = runs.iter().filter(|run| !matches!(run.state.as_str(), "planned" | "cancelled"));
    let ids: Vec<RunId> = begun.filter_map(|run| run.id.parse().ok()).collect();
    let mut drifts = Vec::new();
    for id in ids.iter().rev().take(BESIDE).rev() {
        drifts.push(here.app.cutover_run_drift(&here.actor, *id).await?);
    }
    let body = html! {
        (layout::head("Runs, compared", &html! { "Planned against actual, task by task; the newest runs, at most " (BESIDE) "." }, &[]))
        @if drifts.is_empty() {
            (empty("Nothing to compare yet", "A run must have begun.", &[Action::go("plan", "To the plan", here.at("cutover"))]))
        } @else {
            div.mb5 { (figs("runs", "Runs", &drifts.iter().map(fig).collect::<Vec<_>>())) }
            div.stack.gap5 {
                (tasks(here, &drifts))
                @if let Some(last) = drifts.last() { (owners(last)) (offers(here, last)) }
            }
        }
    };
    here.page(ProjectPage::CutoverRun, "Runs, compared", body).await
}

fn fig(drift: &CutoverDriftView) -> Fig {
    let run = &drift.run;
    let note = format!(
        "{} tasks measured, {} left out, {} settled",
        drift.tasks.len(),
        drift.skipped.len(),
        drift.settled.len()
    );
    match run.measured_minutes {
        Some(took) => {
            let left = run.window_minutes - took;
            let state = if left >= 0 { State::Done } else { State::Bad };
            let size = hours(u32::try_from(took.max(0)).unwrap_or(u32::MAX));
            Fig::new(&run.title, size, format!("{} to the end of the window; {note}", signed(left)))
                .state(state)
        }
        None => Fig::new(&run.title, "–", format!("the window was not gone through; {note}")),
    }
}

fn tasks(here: &InProject, drifts: &[CutoverDriftView]) -> Markup {
    let mut columns = vec![
        Column::id("#"),
        Column::name("Task"),
        Column::plain("Owner").wide_only(),
        Column::figure("Plan"),
    ];
    columns.extend(drifts.iter().map(|drift| Column::figure(&drift.run.title)));
    columns.push(Column::summary("Drift, last"));
    let mut rows: BTreeMap<(u32, &str), Vec<Option<(u32, i64)>>> = BTreeMap::new();
    let mut about = BTreeMap::new();
    for (at, drift) in drifts.iter().enumerate() {
        for line in &drift.tasks {
            let cells =
                rows.entry((line.number, &line.task)).or_insert_with(|| vec![None; drifts.len()]);
            cells[at] = Some((line.actual, line.minutes));
            about.insert(line.task.as_str(), line);
        }
    }
    let count = rows.len();
    let rows = rows.into_iter().filter_map(|((number, id), cells)| {
        let line = about.get(id)?;
        let drift = cells.last().copied().flatten().map(|(_, minutes)| minutes);
        let mut row = vec![html! { "#" (number) }, html! { (line.title) }, html! { (words::role(&line.owner)) }, html! { (hours(line.planned)) }];
        row.extend(cells.iter().map(|cell| html! { @match cell { Some((actual, _)) => (hours(*actual)), None => { span.faint { "–" } } } }));
        row.push(html! { @match drift { Some(m) => { span.c-bad[m > 0].num { (signed(m)) } }, None => { span.faint { "–" } } } });
        Some(Row::new(&line.title, row))
    });
    let end = html! { a href=(here.at("cutover")) { "The plan" } };
    Card::new("tasks", "Task by task")
        .count(count)
        .end(end)
        .around(&table(&Table::new("Task by task", columns, rows).folding()))
}

fn owners(last: &CutoverDriftView) -> Markup {
    let mut owners: Vec<_> = last.owners.iter().collect();
    owners.sort_by_key(|line| -line.minutes);
    let columns = vec![Column::name("Owner"), Column::figure("Tasks"), Column::summary("Drift")];
    let rows = owners.iter().map(|line| {
        Row::new(
            words::role(&line.owner),
            vec![
                html! { (words::role(&line.owner)) },
                html! { (line.tasks) },
                html! { (signed(line.minutes)) },
            ],
        )
    });
    Card::new("owners", format!("Drift by owner, {}", last.run.title)).around(&table(&Table::new(
        "Drift by owner",
        columns,
        rows,
    )))
}

fn offers(here: &InProject, last: &CutoverDriftView) -> Markup {
    let offered = last.tasks.iter().filter(|line| line.offer.is_some()).count();
    if offered == 0 {
        return html! {};
    }
    let take = here
        .post("cutover_plan_take_durations", "Take them into the plan", "cutover/compare/take")
        .with("run", last.run.id.clone())
        .look(Look::Primary);
    Card::new("learned", "Learned").count(offered).padded(&html! {
        div.stack-s {
            p { (last.run.title) " measured other durations for " (words::count(offered, "task", "tasks")) ". The range of each is widened to hold what was measured." }
            p.small.muted { "It makes a new version of the plan, which needs a new signature. Earlier versions stay as they were signed." }
            (action(&take))
        }
    })
}
