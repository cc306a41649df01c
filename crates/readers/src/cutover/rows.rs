//! One task as a TOML table or as a row.

use crate::content::{Words, is_id};
use crate::source::tables::Document;
use crate::table::Row;
use golive_core::cutover::{DayTime, Durations, Kind, Task};
use serde::Deserialize;

/// `[plan]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub id: String,
    pub version: String,
    pub title: String,
    #[serde(default)]
    pub description: String,
    /// The project's zone is the only one there is.
    #[serde(rename = "time_zone")]
    _time_zone: Option<ProjectZone>,
    pub window_start: DayTime,
    pub window_hours: u32,
    pub business_start: DayTime,
    pub old_system_needed_again: Option<DayTime>,
    pub retry_after_days: Option<u32>,
    pub window_opens: Option<String>,
    pub window_closes: Option<String>,
    #[serde(rename = "example_go_live")]
    _example_go_live: Option<toml::value::Datetime>,
    #[serde(rename = "example_time_zone")]
    _example_time_zone: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ProjectZone {
    Project,
}

/// `[[task]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskRow {
    pub id: String,
    number: u32,
    title: String,
    section: String,
    stream: String,
    kind: String,
    operation: Option<String>,
    #[serde(default)]
    pub owner: String,
    #[serde(default)]
    pub backup: String,
    planned: u32,
    optimistic: Option<u32>,
    pessimistic: Option<u32>,
    #[serde(default)]
    predecessors: Vec<String>,
    fixed_start: Option<DayTime>,
    #[serde(default)]
    point_of_no_return: bool,
    #[serde(default)]
    verification: String,
    #[serde(default)]
    undo: String,
    #[serde(default)]
    instructions: String,
}

impl TaskRow {
    /// The task, or what was expected and found.
    pub(super) fn task(self, words: &Words<'_>) -> Result<Task, (String, String)> {
        Ok(Task {
            kind: kind(&self.kind, self.operation, words)?,
            durations: Durations {
                optimistic: self.optimistic.unwrap_or(self.planned),
                planned: self.planned,
                pessimistic: self.pessimistic.unwrap_or(self.planned),
            },
            id: self.id,
            number: self.number,
            title: self.title,
            section: self.section,
            stream: self.stream,
            owner: self.owner,
            backup: self.backup,
            predecessors: self.predecessors,
            fixed_start: self.fixed_start,
            point_of_no_return: self.point_of_no_return,
            verification: self.verification,
            undo: self.undo,
            instructions: self.instructions,
        })
    }
}

/// What sort of task it is; what the server does has an operation that it knows.
fn kind(
    word: &str,
    operation: Option<String>,
    words: &Words<'_>,
) -> Result<Kind, (String, String)> {
    if let Some(operation) = &operation
        && !words.vocabulary.operations.contains_key(operation)
    {
        return Err(("an operation of the vocabulary".to_owned(), format!("`{operation}`")));
    }
    let none = |kind: Kind| match &operation {
        None => Ok(kind),
        Some(operation) => Err((format!("no operation for a {word}"), format!("`{operation}`"))),
    };
    match word {
        "task" => none(Kind::Task),
        "milestone" => none(Kind::Milestone),
        "checkpoint" => none(Kind::Checkpoint),
        "communication" => Ok(Kind::Communication { operation }),
        "automatic" => operation
            .map(|operation| Kind::Automatic { operation })
            .ok_or_else(|| ("an operation for an automatic task".to_owned(), "none".to_owned())),
        other => {
            let expected = "task, milestone, checkpoint, communication or automatic";
            Err((expected.to_owned(), format!("`{other}`")))
        }
    }
}

/// Refuses a role that the vocabulary does not have.
pub(super) fn known_role(
    document: &mut Document<'_>,
    (kind, line, id): (&str, usize, &str),
    role: &str,
    words: &Words<'_>,
) {
    if !words.knows_role(role) {
        document.refuse(line, kind, id, "a role of the vocabulary", format!("`{role}`"));
    }
}

/// A task from a row.
pub(super) fn task_of(row: &mut Row<'_>, words: &Words<'_>) -> Option<Task> {
    let id = row.required("id")?;
    if !is_id(&id) {
        row.wrong("id", "an id such as data-extract", &id);
    }
    let planned: Option<u32> = minutes(row, "planned_minutes");
    let optimistic = minutes(row, "optimistic_minutes").or(planned);
    let pessimistic = minutes(row, "pessimistic_minutes").or(planned);
    let number = whole(row, "number");
    let (title, section, stream) =
        (row.required("title"), row.required("section"), row.required("stream"));
    let word = row.text("kind");
    let kind = kind(&word, row.maybe("operation"), words).map_err(|(expected, found)| {
        let column = if expected.contains("operation") { "operation" } else { "kind" };
        row.wrong(column, &expected, found.trim_matches('`'));
    });
    let fixed_start = fixed_start(row);
    let point_of_no_return = row.flag("point_of_no_return")?;
    for column in ["owner", "backup"] {
        let role = row.text(column);
        if !role.is_empty() && !words.knows_role(&role) {
            row.wrong(column, "a role of the vocabulary", &role);
        }
    }
    Some(Task {
        id,
        number: number?,
        title: title?,
        section: section?,
        stream: stream?,
        kind: kind.ok()?,
        owner: row.text("owner"),
        backup: row.text("backup"),
        durations: Durations {
            optimistic: optimistic?,
            planned: planned?,
            pessimistic: pessimistic?,
        },
        predecessors: row.list("predecessors"),
        fixed_start,
        point_of_no_return,
        verification: row.text("verification"),
        undo: row.text("undo"),
        instructions: row.text("instructions"),
    })
}

fn minutes(row: &mut Row<'_>, column: &str) -> Option<u32> {
    row.parsed(column, "whole minutes")
}

fn whole(row: &mut Row<'_>, column: &str) -> Option<u32> {
    row.required(column)?;
    row.parsed(column, "a whole number")
}

/// Day and time belong together.
fn fixed_start(row: &mut Row<'_>) -> Option<DayTime> {
    let (day, time) = (row.text("fixed_day"), row.text("fixed_time"));
    if day.is_empty() && time.is_empty() {
        return None;
    }
    let found = super::moment(&day, &time);
    if found.is_none() {
        let column = if day.parse::<i32>().is_ok() { "fixed_time" } else { "fixed_day" };
        row.wrong(
            column,
            "a day such as -3 and a time such as 18:00",
            &format!("`{day}` and `{time}`"),
        );
    }
    found
}
