//! A run of the plan, rehearsal or live: started, paused, on its way back, closed.

use super::check::Problem;
use super::plan::Task;
use crate::gate::Verdict;
use crate::id::{EnvironmentId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// To learn how long things take.
    Rehearsal,
    /// The real one.
    Live,
}

/// What is settled when a run is made and does not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its title.
    pub title: String,
    /// Rehearsal or live.
    pub kind: Kind,
    /// Where it takes place.
    pub environment: EnvironmentId,
    /// The plan's digest, so that everybody knows which plan was run.
    pub plan: String,
    /// The day that counts as the go-live day.
    pub day_zero: Date,
    /// The seed of its forecasts.
    pub seed: u64,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Prepared, not begun.
    #[default]
    Planned,
    /// At work.
    Running {
        /// Since when.
        since: Timestamp,
    },
    /// Held by a person; tasks at work may end, none may start.
    Paused {
        /// When the run began.
        since: Timestamp,
        /// When it was paused.
        at: Timestamp,
        /// By whom.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// The way back is being gone.
    GoingBack {
        /// When the run began.
        since: Timestamp,
        /// When going back was decided.
        decided: Timestamp,
        /// By whom.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Ended as planned.
    Completed {
        /// When the run began.
        since: Timestamp,
        /// When it was closed.
        at: Timestamp,
        /// By whom.
        by: UserId,
    },
    /// Ended on the way back.
    WentBack {
        /// When the run began.
        since: Timestamp,
        /// When going back was decided.
        decided: Timestamp,
        /// When it was closed.
        at: Timestamp,
        /// By whom.
        by: UserId,
        /// Why it went back.
        reason: String,
    },
    /// Never begun.
    Cancelled {
        /// When.
        at: Timestamp,
        /// By whom.
        by: UserId,
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
            Self::Paused { .. } => "paused",
            Self::GoingBack { .. } => "going_back",
            Self::Completed { .. } => "completed",
            Self::WentBack { .. } => "went_back",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// True when tasks of this part of the plan may be started now.
    pub fn works_on(&self, task: &Task) -> bool {
        match self {
            Self::Running { .. } => !task.is_way_back(),
            Self::GoingBack { .. } => task.is_way_back(),
            Self::Planned
            | Self::Paused { .. }
            | Self::Completed { .. }
            | Self::WentBack { .. }
            | Self::Cancelled { .. } => false,
        }
    }

    /// True when nothing more can happen.
    pub fn is_closed(&self) -> bool {
        match self {
            Self::Completed { .. } | Self::WentBack { .. } | Self::Cancelled { .. } => true,
            Self::Planned | Self::Running { .. } | Self::Paused { .. } | Self::GoingBack { .. } => {
                false
            }
        }
    }
}

/// What can be asked of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin.
    Start {
        /// Who.
        by: UserId,
    },
    /// Hold.
    Pause {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Go on.
    Resume {
        /// Who.
        by: UserId,
    },
    /// Take the way back.
    GoBack {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
        /// True when he knows that something has left the house already.
        knowing: bool,
    },
    /// Close.
    Close {
        /// Who.
        by: UserId,
    },
    /// Give up what has not begun.
    Cancel {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
}

impl Command {
    /// The command's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::GoBack { .. } => "go_back",
            Self::Close { .. } => "close",
            Self::Cancel { .. } => "cancel",
        }
    }
}

/// What happened to a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It began.
    Started {
        /// Who.
        by: UserId,
    },
    /// It was held.
    Paused {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// It went on.
    Resumed {
        /// Who.
        by: UserId,
    },
    /// Going back was decided.
    WayBackTaken {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
        /// True when the point of no return was behind it.
        past_point_of_no_return: bool,
    },
    /// It was closed.
    Closed {
        /// Who.
        by: UserId,
        /// True when it ended on the way back.
        went_back: bool,
    },
    /// It was given up.
    Cancelled {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Not from this state.
    #[error("a run that is {state} cannot {command}")]
    WrongState {
        /// The state.
        state: &'static str,
        /// The command.
        command: &'static str,
    },
    /// The gate is shut.
    #[error("the gate {} is shut", .0.gate.name())]
    GateShut(Box<Verdict>),
    /// The live run needs the gate's answer.
    #[error("a live run needs the answer of its gate")]
    NotJudged,
    /// The plan cannot be run.
    #[error("the plan has {} problems", .0.len())]
    Plan(Vec<Problem>),
    /// Tasks are at work.
    #[error("at work: {}", .0.join(", "))]
    AtWork(Vec<String>),
    /// Something has left the house already.
    #[error("the point of no return is behind: {task}")]
    PastPointOfNoReturn {
        /// The task.
        task: String,
    },
    /// The way back is not finished.
    #[error("the way back is not finished: {}", .0.join(", "))]
    WayBackOpen(Vec<String>),
    /// A reason is needed.
    #[error("a reason is needed")]
    NoReason,
}

/// What a run must know of its plan and its tasks.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Rehearsal or live.
    pub kind: Kind,
    /// What keeps the plan from being run.
    pub problems: &'a [Problem],
    /// The gate that stands before the command: cutover start, or cutover end. A rehearsal has none.
    pub gate: Option<&'a Verdict>,
    /// Tasks at work.
    pub at_work: &'a [&'a str],
    /// Tasks of the way back that are not over.
    pub way_back_open: &'a [&'a str],
    /// The point of no return that was begun.
    pub no_return: Option<&'a str>,
}

/// A new state and what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The new state.
    pub state: State,
    /// What happened.
    pub event: Event,
}

/// Decides one command.
pub fn decide(
    state: &State,
    command: Command,
    around: Around<'_>,
    now: Timestamp,
) -> Result<Change, Refusal> {
    use {Command as C, Event as E, State as S};
    let change = |state, event| Ok(Change { state, event });
    match (state, command) {
        (S::Planned, C::Start { by }) => {
            if !around.problems.is_empty() {
                return Err(Refusal::Plan(around.problems.to_vec()));
            }
            open(around)?;
            change(S::Running { since: now }, E::Started { by })
        }
        (S::Planned, C::Cancel { by, reason }) => {
            given(&reason)?;
            change(
                S::Cancelled { at: now, by, reason: reason.clone() },
                E::Cancelled { by, reason },
            )
        }
        (S::Running { since }, C::Pause { by, reason }) => {
            given(&reason)?;
            let paused = S::Paused { since: *since, at: now, by, reason: reason.clone() };
            change(paused, E::Paused { by, reason })
        }
        (S::Paused { since, .. }, C::Resume { by }) => {
            change(S::Running { since: *since }, E::Resumed { by })
        }
        (S::Running { since } | S::Paused { since, .. }, C::GoBack { by, reason, knowing }) => {
            given(&reason)?;
            let past_point_of_no_return = allowed_back(around, knowing)?;
            let back = S::GoingBack { since: *since, decided: now, by, reason: reason.clone() };
            change(back, E::WayBackTaken { by, reason, past_point_of_no_return })
        }
        (S::Running { since }, C::Close { by }) => {
            idle(around)?;
            open(around)?;
            change(S::Completed { since: *since, at: now, by }, E::Closed { by, went_back: false })
        }
        (S::GoingBack { since, decided, reason, .. }, C::Close { by }) => {
            idle(around)?;
            if !around.way_back_open.is_empty() {
                return Err(Refusal::WayBackOpen(names(around.way_back_open)));
            }
            let (since, decided, reason) = (*since, *decided, reason.clone());
            change(
                S::WentBack { since, decided, at: now, by, reason },
                E::Closed { by, went_back: true },
            )
        }
        (state, command) => {
            Err(Refusal::WrongState { state: state.name(), command: command.name() })
        }
    }
}

/// A live run stands behind a gate; a rehearsal does not.
fn open(around: Around<'_>) -> Result<(), Refusal> {
    match (around.kind, around.gate) {
        (Kind::Rehearsal, _) => Ok(()),
        (Kind::Live, None) => Err(Refusal::NotJudged),
        (Kind::Live, Some(verdict)) if verdict.is_open() => Ok(()),
        (Kind::Live, Some(verdict)) => Err(Refusal::GateShut(Box::new(verdict.clone()))),
    }
}

fn idle(around: Around<'_>) -> Result<(), Refusal> {
    if around.at_work.is_empty() { Ok(()) } else { Err(Refusal::AtWork(names(around.at_work))) }
}

/// Whether the point of no return is behind; then only somebody who knows it may go back.
fn allowed_back(around: Around<'_>, knowing: bool) -> Result<bool, Refusal> {
    match (around.kind, around.no_return) {
        (Kind::Live, Some(task)) if !knowing => {
            Err(Refusal::PastPointOfNoReturn { task: task.to_owned() })
        }
        (Kind::Live, passed) => Ok(passed.is_some()),
        (Kind::Rehearsal, _) => Ok(false),
    }
}

fn names(tasks: &[&str]) -> Vec<String> {
    tasks.iter().map(|task| (*task).to_owned()).collect()
}

fn given(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() { Err(Refusal::NoReason) } else { Ok(()) }
}
