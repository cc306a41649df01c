//! The runbook as data: sections, streams and tasks, with times relative to the go-live day.

use super::check::Problem;
use super::graph::Graph;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The section that is a plan of its own: it starts when going back is decided.
pub const WAY_BACK: &str = "rollback";

/// A moment relative to the go-live day, in the project's zone: `{ day = -3, time = "18:00" }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayTime {
    /// Days after the go-live day; negative is before it.
    pub day: i32,
    /// The local time.
    pub time: Time,
}

impl DayTime {
    /// The instant, once the go-live day and the zone are known; `None` when the day lies outside the calendar.
    ///
    /// A local time that a change of the clock skips becomes the same distance after the change, and one that happens
    /// twice is the first of the two.
    pub fn at(self, go_live: Date, zone: &TimeZone) -> Option<Timestamp> {
        let date = go_live.checked_add(Span::new().try_days(self.day).ok()?).ok()?;
        zone.to_timestamp(date.to_datetime(self.time)).ok()
    }
}

/// How long a task takes, in minutes: three points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Durations {
    /// If all goes well.
    pub optimistic: u32,
    /// What the plan says.
    pub planned: u32,
    /// If much goes wrong.
    pub pessimistic: u32,
}

/// What sort of task it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// Work of people.
    Task,
    /// A moment that is reached.
    Milestone,
    /// A decision; it cannot be skipped.
    Checkpoint,
    /// A message to people; the server may send it.
    Communication {
        /// The operation that sends it, if a person does not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operation: Option<String>,
    },
    /// Work of the server.
    Automatic {
        /// The operation that does it.
        operation: String,
    },
}

impl Kind {
    /// The word that files use.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Milestone => "milestone",
            Self::Checkpoint => "checkpoint",
            Self::Communication { .. } => "communication",
            Self::Automatic { .. } => "automatic",
        }
    }

    /// The operation that the server runs for it.
    pub fn operation(&self) -> Option<&str> {
        match self {
            Self::Communication { operation } => operation.as_deref(),
            Self::Automatic { operation } => Some(operation),
            Self::Task | Self::Milestone | Self::Checkpoint => None,
        }
    }

    /// True for a decision.
    pub fn is_checkpoint(&self) -> bool {
        *self == Self::Checkpoint
    }
}

/// A part of the plan in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Stable name.
    pub id: String,
    /// Its place, for people.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// What belongs to it.
    #[serde(default)]
    pub description: String,
}

/// A team's part of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// Stable name.
    pub id: String,
    /// Its place, for people.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// The role that leads it.
    pub lead: String,
    /// What belongs to it.
    #[serde(default)]
    pub description: String,
}

/// One line of the runbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Stable name; it joins files and server.
    pub id: String,
    /// Its number for people; it may change.
    pub number: u32,
    /// What is to be done.
    pub title: String,
    /// The section it stands in.
    pub section: String,
    /// The team that does it.
    pub stream: String,
    /// What sort of task it is.
    #[serde(flatten)]
    pub kind: Kind,
    /// The role (or member) that does it.
    pub owner: String,
    /// Who steps in.
    pub backup: String,
    /// How long it takes.
    #[serde(flatten)]
    pub durations: Durations,
    /// The tasks that must be finished before it starts.
    pub predecessors: Vec<String>,
    /// The moment before which it does not start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_start: Option<DayTime>,
    /// True for what cannot be taken back from the outside world.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub point_of_no_return: bool,
    /// How to know that it worked.
    pub verification: String,
    /// How to take it back.
    pub undo: String,
    /// How to do it.
    #[serde(default)]
    pub instructions: String,
}

/// A whole cutover plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Stable name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// When the window opens.
    pub window_start: DayTime,
    /// How long the window is.
    pub window_hours: u32,
    /// When the business starts in the new system.
    pub business_start: DayTime,
    /// When the old system is needed again, if the way back is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_system_needed_again: Option<DayTime>,
    /// Days to a second attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_days: Option<u32>,
    /// The task that opens the window.
    pub window_opens: String,
    /// The task that closes the window.
    pub window_closes: String,
    /// The teams.
    pub streams: Vec<Stream>,
    /// The parts in time.
    pub sections: Vec<Section>,
    /// The lines, those of the way back included.
    pub tasks: Vec<Task>,
}

impl Plan {
    /// The task with this id.
    pub fn task(&self, id: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// The tasks that lead to live operations.
    pub fn forward(&self) -> Vec<&Task> {
        self.tasks.iter().filter(|task| task.section != WAY_BACK).collect()
    }

    /// The tasks that run only if going back is decided.
    pub fn way_back(&self) -> Vec<&Task> {
        self.tasks.iter().filter(|task| task.section == WAY_BACK).collect()
    }

    /// The tasks that cannot be taken back from the outside world.
    pub fn points_of_no_return(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| task.point_of_no_return)
    }

    /// The last decision before the window closes: the go/no-go.
    pub fn go_no_go(&self) -> Option<&Task> {
        let graph = Graph::of(&self.forward()).ok()?;
        let before = graph.before(graph.index(&self.window_closes)?);
        let last = graph.order().iter().rev().copied();
        let found = last
            .filter(|&at| before[at])
            .find(|&at| self.task(graph.id(at)).is_some_and(Task::is_checkpoint))?;
        self.task(graph.id(found))
    }

    /// The tasks of the window: all of the sections in which work lies between its opening and its closing.
    pub fn window_tasks(&self) -> Result<Vec<&Task>, Vec<Problem>> {
        let tasks = self.forward();
        let graph = Graph::of(&tasks)?;
        let ends = graph.index(&self.window_opens).zip(graph.index(&self.window_closes));
        let Some((opens, closes)) = ends else { return Ok(Vec::new()) };
        let (after, before) = (graph.after(opens), graph.before(closes));
        let between = |&at: &usize| after[at] && before[at];
        let sections: BTreeSet<&str> =
            (0..tasks.len()).filter(between).map(|at| tasks[at].section.as_str()).collect();
        Ok(tasks.into_iter().filter(|task| sections.contains(task.section.as_str())).collect())
    }

    /// `sha256:` and the digest of everything that is signed: the whole plan.
    pub fn digest(&self) -> String {
        let text =
            serde_json::to_vec(self).expect("a plan has only string keys and finite numbers");
        format!("sha256:{}", hex::encode(Sha256::digest(text)))
    }
}

/// The tasks that open and close the window when the file does not name them: what starts with the window, and the
/// milestone that the point of no return waits for.
pub fn window_by_convention(
    tasks: &[Task],
    window_start: DayTime,
) -> (Option<String>, Option<String>) {
    let mut opening = tasks.iter().filter(|task| task.fixed_start == Some(window_start));
    let opens = opening.next().filter(|_| opening.next().is_none());
    let mut no_return =
        tasks.iter().filter(|task| task.point_of_no_return).flat_map(|task| &task.predecessors);
    let is_milestone =
        |id: &&String| tasks.iter().any(|task| &task.id == *id && task.kind == Kind::Milestone);
    let closes = no_return.find(is_milestone);
    (opens.map(|task| task.id.clone()), closes.cloned())
}

impl Task {
    /// True for a decision.
    pub fn is_checkpoint(&self) -> bool {
        self.kind.is_checkpoint()
    }

    /// True for a task of the way back.
    pub fn is_way_back(&self) -> bool {
        self.section == WAY_BACK
    }
}
