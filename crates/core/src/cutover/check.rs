//! What is wrong with a plan: everything at once, each by the task's id.

use super::graph::Graph;
use super::plan::{Kind, Plan, Task};
use serde::{Deserialize, Serialize};

/// Something that is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// A plan without tasks.
    #[error("the plan has no task")]
    Empty,
    /// An id that two tasks have.
    #[error("`{task}` is there twice")]
    Twice {
        /// The id.
        task: String,
    },
    /// A predecessor that no task has, or one on the other side of the way back.
    #[error("`{task}` waits for `{predecessor}`, which is not a task of this part of the plan")]
    UnknownPredecessor {
        /// The task.
        task: String,
        /// What it waits for.
        predecessor: String,
    },
    /// Tasks that wait for each other.
    #[error("these tasks wait for each other: {}", tasks.join(" → "))]
    Cycle {
        /// The tasks, in the order of work; the first follows the last.
        tasks: Vec<String>,
    },
    /// A section that the plan does not list.
    #[error("`{task}` stands in the section `{section}`, which the plan does not list")]
    UnknownSection {
        /// The task.
        task: String,
        /// The section.
        section: String,
    },
    /// A stream that the plan does not list.
    #[error("`{task}` belongs to the stream `{stream}`, which the plan does not list")]
    UnknownStream {
        /// The task.
        task: String,
        /// The stream.
        stream: String,
    },
    /// Durations out of order.
    #[error("`{task}`: optimistic, planned and pessimistic minutes must not fall")]
    Durations {
        /// The task.
        task: String,
    },
    /// The task that opens or closes the window does not exist.
    #[error("the window {end} with `{task}`, which is not a task of the plan")]
    Window {
        /// `opens` or `closes`.
        end: String,
        /// The id that was named.
        task: String,
    },
    /// A moment that lies outside the calendar.
    #[error("`{task}`: the day lies outside the calendar")]
    Moment {
        /// The task, or the moment's name in the plan.
        task: String,
    },
    /// Nobody is named.
    #[error("`{task}` has no owner")]
    NoOwner {
        /// The task.
        task: String,
    },
    /// Nobody steps in.
    #[error("`{task}` has no backup")]
    NoBackup {
        /// The task.
        task: String,
    },
    /// The owner is his own backup.
    #[error("`{task}`: owner and backup are the same")]
    BackupIsOwner {
        /// The task.
        task: String,
    },
    /// No check.
    #[error("`{task}` does not say how to know that it worked")]
    NoVerification {
        /// The task.
        task: String,
    },
    /// No undo.
    #[error("`{task}` does not say how it is taken back")]
    NoUndo {
        /// The task.
        task: String,
    },
    /// No task is the point of no return.
    #[error("no task is marked as the point of no return")]
    NoPointOfNoReturn,
    /// No way back.
    #[error("the plan has no way back (section `rollback`)")]
    NoWayBack,
    /// The way back must begin with one decision.
    #[error("the way back must begin with one checkpoint; it begins with {}", tasks.join(", "))]
    WayBackWithoutDecision {
        /// What it begins with.
        tasks: Vec<String>,
    },
    /// No decision lies before the end of the window.
    #[error("no checkpoint lies before the end of the window")]
    NoDecision,
}

impl Problem {
    /// True when the plan cannot even be computed or run; the others make it incomplete.
    pub fn is_structural(&self) -> bool {
        match self {
            Self::Empty
            | Self::Twice { .. }
            | Self::UnknownPredecessor { .. }
            | Self::Cycle { .. }
            | Self::UnknownSection { .. }
            | Self::UnknownStream { .. }
            | Self::Durations { .. }
            | Self::Window { .. }
            | Self::Moment { .. } => true,
            Self::NoOwner { .. }
            | Self::NoBackup { .. }
            | Self::BackupIsOwner { .. }
            | Self::NoVerification { .. }
            | Self::NoUndo { .. }
            | Self::NoPointOfNoReturn
            | Self::NoWayBack
            | Self::WayBackWithoutDecision { .. }
            | Self::NoDecision => false,
        }
    }

    /// The task that it is about, if it is about one.
    pub fn task(&self) -> Option<&str> {
        match self {
            Self::Twice { task }
            | Self::UnknownPredecessor { task, .. }
            | Self::UnknownSection { task, .. }
            | Self::UnknownStream { task, .. }
            | Self::Durations { task }
            | Self::Window { task, .. }
            | Self::Moment { task }
            | Self::NoOwner { task }
            | Self::NoBackup { task }
            | Self::BackupIsOwner { task }
            | Self::NoVerification { task }
            | Self::NoUndo { task } => Some(task),
            Self::Cycle { tasks } | Self::WayBackWithoutDecision { tasks } => {
                tasks.first().map(String::as_str)
            }
            Self::Empty | Self::NoPointOfNoReturn | Self::NoWayBack | Self::NoDecision => None,
        }
    }
}

impl Plan {
    /// Everything that is wrong with the plan, the structure first.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.forward().is_empty() {
            found.push(Problem::Empty);
        }
        for part in [self.forward(), self.way_back()] {
            found.extend(Graph::of(&part).err().unwrap_or_default());
        }
        found.extend(self.twice_across());
        for (end, task) in [("opens", &self.window_opens), ("closes", &self.window_closes)] {
            if !self.tasks.iter().any(|t| &t.id == task && !t.is_way_back()) {
                found.push(Problem::Window { end: end.to_owned(), task: task.clone() });
            }
        }
        found.extend(self.tasks.iter().flat_map(|task| self.problems_of(task)));
        if found.iter().all(|problem| !problem.is_structural()) {
            found.extend(self.problems_of_the_whole());
        }
        found
    }

    /// The problems that keep the plan from being computed or run.
    pub fn structural_problems(&self) -> Vec<Problem> {
        self.problems().into_iter().filter(Problem::is_structural).collect()
    }

    fn twice_across(&self) -> Vec<Problem> {
        let back = self.way_back();
        let in_both =
            self.forward().into_iter().filter(|task| back.iter().any(|other| other.id == task.id));
        in_both.map(|task| Problem::Twice { task: task.id.clone() }).collect()
    }

    fn problems_of(&self, task: &Task) -> Vec<Problem> {
        let id = || task.id.clone();
        let mut found = Vec::new();
        if !self.sections.iter().any(|section| section.id == task.section) {
            found.push(Problem::UnknownSection { task: id(), section: task.section.clone() });
        }
        if !self.streams.iter().any(|stream| stream.id == task.stream) {
            found.push(Problem::UnknownStream { task: id(), stream: task.stream.clone() });
        }
        let d = task.durations;
        if d.optimistic > d.planned || d.planned > d.pessimistic {
            found.push(Problem::Durations { task: id() });
        }
        if task.owner.is_empty() {
            found.push(Problem::NoOwner { task: id() });
        }
        if task.backup.is_empty() {
            found.push(Problem::NoBackup { task: id() });
        } else if task.backup == task.owner {
            found.push(Problem::BackupIsOwner { task: id() });
        }
        if task.verification.is_empty() {
            found.push(Problem::NoVerification { task: id() });
        }
        if task.undo.is_empty() {
            found.push(Problem::NoUndo { task: id() });
        }
        found
    }

    fn problems_of_the_whole(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.points_of_no_return().next().is_none() {
            found.push(Problem::NoPointOfNoReturn);
        }
        let back = self.way_back();
        let starts: Vec<&&Task> = back.iter().filter(|task| task.predecessors.is_empty()).collect();
        if back.is_empty() {
            found.push(Problem::NoWayBack);
        } else if starts.len() != 1 || starts[0].kind != Kind::Checkpoint {
            let tasks = starts.iter().map(|task| task.id.clone()).collect();
            found.push(Problem::WayBackWithoutDecision { tasks });
        }
        if self.go_no_go().is_none() {
            found.push(Problem::NoDecision);
        }
        found
    }
}
