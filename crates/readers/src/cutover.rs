//! Cutover plans: TOML for whole plans, CSV and workbooks for their tasks, with stable ids; and back to CSV.
//!
//! What cannot be computed or run is an error with line (or row) and id; what is only incomplete (no backup, no undo) is
//! taken in and shown by the plan itself.

mod problems;
mod rows;
mod write;

pub use write::to_csv;

use crate::content::{LIMIT, Words, is_id};
use crate::source::tables::{Document, Located};
use crate::source::{Invalid, MOST_ERRORS, Place};
use crate::table::{Shape, Table, once};
use golive_core::cutover::merge::merged;
use golive_core::cutover::plan::window_by_convention;
use golive_core::cutover::{DayTime, Plan, Section, Stream, Task};
use rows::{Head, TaskRow};
use std::collections::BTreeMap;

/// The schema line of a cutover plan.
pub const SCHEMA: &str = "golive.cutover-plan/1";

/// A plan has no more tasks than this.
pub const MOST_TASKS: usize = 5_000;

/// The columns of a table of tasks.
const SHAPE: Shape = Shape {
    required: &["id", "number", "title", "section", "stream", "kind", "owner", "planned_minutes"],
    optional: &[
        "operation",
        "backup",
        "optimistic_minutes",
        "pessimistic_minutes",
        "predecessors",
        "fixed_day",
        "fixed_time",
        "point_of_no_return",
        "verification",
        "undo",
        "instructions",
        "example_start",
        "example_finish",
    ],
    aliases: &[],
    others: false,
};

/// Reads a whole plan.
pub fn read(file: &str, bytes: &[u8], words: &Words<'_>) -> Result<Plan, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let head = document.one::<Head>("plan");
    // Figures for testing a scheduler; they are no part of the plan.
    document.maybe::<toml::Table>("expected");
    let streams = document.many::<Stream>("stream");
    let sections = document.many::<Section>("section");
    document.refuse_twice("stream", streams.iter().map(|row| (row.line, row.id.as_str())));
    document.refuse_twice("section", sections.iter().map(|row| (row.line, row.id.as_str())));
    for stream in &streams {
        rows::known_role(&mut document, ("stream", stream.line, &stream.id), &stream.lead, words);
    }
    let tasks = tasks_of(&mut document, words);
    let lines: BTreeMap<String, usize> =
        tasks.iter().map(|task| (task.id.clone(), task.line)).collect();
    let parts = (plain(streams), plain(sections), plain(tasks));
    let plan = head.and_then(|head| whole(&mut document, head, parts));
    document.finish()?;
    let plan = plan.expect("without a head there was an error");
    // Only now: what a bad table leaves out is not also missed by others.
    let wrong = plan.structural_problems().into_iter().take(MOST_ERRORS).map(|problem| {
        let line = problem.task().and_then(|id| lines.get(id)).copied().unwrap_or(1);
        let (expected, found) = problems::said(&problem);
        Invalid::new(file, Place::Line { line }, expected, found)
            .about("task", problem.task().unwrap_or(&plan.id))
    });
    let wrong: Vec<Invalid> = wrong.collect();
    if wrong.is_empty() { Ok(plan) } else { Err(wrong) }
}

fn plain<T>(rows: Vec<Located<T>>) -> Vec<T> {
    rows.into_iter().map(|located| located.row).collect()
}

fn tasks_of(document: &mut Document<'_>, words: &Words<'_>) -> Vec<Located<Task>> {
    let rows = document.many::<TaskRow>("task");
    if rows.len() > MOST_TASKS {
        let found = format!("{} tasks", rows.len());
        document.refuse_at(1, None, format!("at most {MOST_TASKS} tasks"), found);
    }
    let mut tasks = Vec::with_capacity(rows.len());
    for Located { line, row } in rows {
        let id = row.id.clone();
        if !is_id(&id) {
            document.refuse(line, "task", &id, "an id such as data-extract", format!("`{id}`"));
        }
        for role in [&row.owner, &row.backup].into_iter().filter(|role| !role.is_empty()) {
            rows::known_role(document, ("task", line, &id), role, words);
        }
        match row.task(words) {
            Ok(task) => tasks.push(Located { line, row: task }),
            Err((expected, found)) => document.refuse(line, "task", &id, expected, found),
        }
    }
    tasks
}

type Parts = (Vec<Stream>, Vec<Section>, Vec<Task>);

/// The plan, with the tasks that open and close its window.
fn whole(
    document: &mut Document<'_>,
    head: Located<Head>,
    (streams, sections, tasks): Parts,
) -> Option<Plan> {
    let Located { line, row } = head;
    let (opens, closes) = window_by_convention(&tasks, row.window_start);
    let mut named = |given: Option<String>, found: Option<String>, key: &str| {
        let task = given.or(found);
        if task.is_none() {
            let expected = format!("{key} = \"…\": the task that does it");
            document.refuse(line, "plan", &row.id, expected, "none, and no task that it could be");
        }
        task
    };
    let window_opens = named(row.window_opens, opens, "window_opens");
    let window_closes = named(row.window_closes, closes, "window_closes");
    Some(Plan {
        id: row.id,
        version: row.version,
        title: row.title,
        description: row.description,
        window_start: row.window_start,
        window_hours: row.window_hours,
        business_start: row.business_start,
        old_system_needed_again: row.old_system_needed_again,
        retry_after_days: row.retry_after_days,
        window_opens: window_opens?,
        window_closes: window_closes?,
        streams,
        sections,
        tasks,
    })
}

/// Reads the tasks of a plan from CSV or a workbook (sheet `tasks`); sections and streams are those of the plan that they are
/// for. Show [`golive_core::cutover::merge::preview`] before they are stored.
pub fn tasks(
    file: &str,
    bytes: &[u8],
    plan: &Plan,
    words: &Words<'_>,
) -> Result<Vec<Task>, Vec<Invalid>> {
    let table = Table::either(file, bytes, "tasks", SHAPE)?;
    let mut errors = Vec::new();
    let rows = table.rows(&mut errors).read(|row| rows::task_of(row, words));
    once(&table, "id", &rows, |task: &Task| &task.id, &mut errors);
    if rows.len() > MOST_TASKS {
        let found = format!("{} rows", rows.len());
        errors.push(Invalid::new(file, Place::File, format!("at most {MOST_TASKS} tasks"), found));
    }
    let numbers: BTreeMap<String, usize> =
        rows.iter().map(|(number, task)| (task.id.clone(), *number)).collect();
    let tasks: Vec<Task> = rows.into_iter().map(|(_, task)| task).collect();
    if errors.is_empty() {
        for problem in merged(plan, tasks.clone()).structural_problems() {
            let row = problem.task().and_then(|id| numbers.get(id)).copied().unwrap_or(1);
            let (expected, found) = problems::said(&problem);
            let place = Place::Row { row, column: problems::column(&problem).map(str::to_owned) };
            errors.push(
                Invalid::new(file, place, expected, found)
                    .about("task", problem.task().unwrap_or("?")),
            );
        }
    }
    errors.truncate(MOST_ERRORS);
    if errors.is_empty() { Ok(tasks) } else { Err(errors) }
}

/// A moment relative to the go-live day, from two cells.
fn moment(day: &str, time: &str) -> Option<DayTime> {
    Some(DayTime { day: day.parse().ok()?, time: time.parse().ok()? })
}

#[cfg(test)]
mod tests;
