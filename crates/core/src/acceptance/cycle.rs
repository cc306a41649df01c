//! Test cycles: each is a small go-live with entry and exit criteria, on one frozen solution version.

use super::words;
use crate::id::UserId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// What a cycle tests.
    CycleKind {
        /// The system with its neighbours, before the business tests it.
        Integration = "integration",
        /// The business accepts the solution.
        Acceptance = "acceptance",
        /// Speed under load.
        Performance = "performance",
    }
}

/// What must be true before a cycle starts, or ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Its stable name.
    pub key: String,
    /// What must be true.
    pub title: String,
}

/// The plan of a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its stable name: `uat-2`.
    pub key: String,
    /// Its title for people.
    pub title: String,
    /// What it tests.
    pub kind: CycleKind,
    /// What it is to show.
    pub objective: String,
    /// First planned day.
    pub starts: Date,
    /// Last planned day.
    pub ends: Date,
    /// What must be true before it starts.
    pub entry: Vec<Condition>,
    /// What must be true before it ends.
    pub exit: Vec<Condition>,
}

/// Code, settings and data, frozen for one cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solution {
    /// The version set.
    pub version_set: String,
    /// The data set.
    pub data_set: String,
}

/// Where a cycle stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It has not started.
    #[default]
    Planned,
    /// Testing goes on.
    Running {
        /// Since when.
        since: Timestamp,
        /// On which solution version.
        solution: Solution,
    },
    /// It has ended, with every exit criterion met.
    Closed {
        /// When it started.
        started: Timestamp,
        /// When it ended.
        at: Timestamp,
        /// Who closed it.
        by: UserId,
        /// On which solution version it ended.
        solution: Solution,
    },
    /// It was given up.
    Cancelled {
        /// Why.
        reason: String,
    },
}

impl State {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running { .. } => "running",
            Self::Closed { .. } => "closed",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// What can be asked of a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Start testing on a solution version.
    Start {
        /// What is tested.
        solution: Solution,
        /// The entry criteria that are met.
        met: BTreeSet<String>,
    },
    /// Take a new solution version into a running cycle, with the reason.
    ChangeSolution {
        /// What is tested from now on.
        solution: Solution,
        /// Why the frozen version is left.
        reason: String,
    },
    /// End it.
    Close {
        /// Who closes it.
        by: UserId,
        /// The exit criteria that are met.
        met: BTreeSet<String>,
    },
    /// Give it up.
    Cancel {
        /// Why.
        reason: String,
    },
}

impl Command {
    /// The command's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::ChangeSolution { .. } => "change solution",
            Self::Close { .. } => "close",
            Self::Cancel { .. } => "cancel",
        }
    }
}

/// What happened to a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Testing began.
    Started {
        /// On what.
        solution: Solution,
    },
    /// The frozen version was left.
    SolutionChanged {
        /// What was tested before.
        before: Solution,
        /// What is tested now.
        after: Solution,
        /// Why.
        reason: String,
    },
    /// It ended.
    Closed {
        /// Who closed it.
        by: UserId,
    },
    /// It was given up.
    Cancelled {
        /// Why.
        reason: String,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a cycle that is {state} cannot {command}")]
    WrongState {
        /// The state.
        state: &'static str,
        /// The command.
        command: &'static str,
    },
    /// Criteria are not met; all of them are named.
    #[error("not met: {}", .0.iter().map(|c| c.title.as_str()).collect::<Vec<_>>().join("; "))]
    NotMet(Vec<Condition>),
    /// A reason is needed.
    #[error("a reason is needed")]
    NoReason,
}

/// The new state and what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The new state.
    pub state: State,
    /// What happened.
    pub event: Event,
}

/// Judges one command.
pub fn decide(
    plan: &Plan,
    state: &State,
    command: Command,
    now: Timestamp,
) -> Result<Change, Refusal> {
    let (state, event) = match (state.clone(), command) {
        (State::Planned, Command::Start { solution, met }) => {
            unmet(&plan.entry, &met)?;
            let event = Event::Started { solution: solution.clone() };
            (State::Running { since: now, solution }, event)
        }
        (
            State::Running { since, solution: before },
            Command::ChangeSolution { solution, reason },
        ) => {
            let reason = reasoned(reason)?;
            let event = Event::SolutionChanged { before, after: solution.clone(), reason };
            (State::Running { since, solution }, event)
        }
        (State::Running { since, solution }, Command::Close { by, met }) => {
            unmet(&plan.exit, &met)?;
            (State::Closed { started: since, at: now, by, solution }, Event::Closed { by })
        }
        (State::Planned | State::Running { .. }, Command::Cancel { reason }) => {
            let reason = reasoned(reason)?;
            (State::Cancelled { reason: reason.clone() }, Event::Cancelled { reason })
        }
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    };
    Ok(Change { state, event })
}

fn unmet(conditions: &[Condition], met: &BTreeSet<String>) -> Result<(), Refusal> {
    let unmet: Vec<Condition> =
        conditions.iter().filter(|c| !met.contains(&c.key)).cloned().collect();
    if unmet.is_empty() { Ok(()) } else { Err(Refusal::NotMet(unmet)) }
}

fn reasoned(reason: String) -> Result<String, Refusal> {
    if reason.trim().is_empty() { Err(Refusal::NoReason) } else { Ok(reason) }
}

/// A cycle with its plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycle {
    /// The plan.
    pub plan: Plan,
    /// Where it stands.
    pub state: State,
}
