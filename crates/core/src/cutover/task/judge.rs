//! The judge of one task: who may do what, and everything that stands in the way.

use super::{Command, Event, State};
use crate::cutover::plan::Task;
use crate::cutover::run;
use crate::cutover::timetable::Slot;
use crate::id::{OperationId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// Not from this state.
    #[error("a task that is {state} cannot {command}")]
    WrongState {
        /// The state.
        state: String,
        /// The command.
        command: String,
    },
    /// Not for this kind of task.
    #[error("a task of kind {kind} cannot {command}")]
    WrongKind {
        /// The kind.
        kind: String,
        /// The command.
        command: String,
    },
    /// One or more things stand in the way.
    #[error("{}", .obstacles.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    NotNow {
        /// All of them.
        obstacles: Vec<Obstacle>,
    },
    /// The operation is not the one that this task waits for.
    #[error("the task waits for another operation")]
    OtherOperation,
    /// A reason is needed.
    #[error("a reason is needed")]
    NoReason,
}

impl Refusal {
    fn wrong_state(state: &State, command: &Command) -> Self {
        Self::WrongState { state: state.name().to_owned(), command: command.name().to_owned() }
    }
}

/// Something that stands in the way of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "obstacle", rename_all = "snake_case")]
pub enum Obstacle {
    /// The run is not at work, or it is on its way back (or not).
    #[error("the run is {state}")]
    Run {
        /// The run's state.
        state: String,
    },
    /// A predecessor is not over.
    #[error("`{task}` is {state}")]
    Predecessor {
        /// The predecessor.
        task: String,
        /// Its state.
        state: String,
    },
    /// Before its fixed start.
    #[error("it does not start before {not_before}")]
    TooEarly {
        /// Its fixed start.
        not_before: Timestamp,
    },
    /// The point of no return needs a decision.
    #[error("it cannot be taken back: the go decision must be on record first")]
    NoGoDecision,
    /// A checkpoint is decided by whoever holds its role.
    #[error("the checkpoint is decided by {role}")]
    NotTheDecider {
        /// The role that decides.
        role: String,
    },
    /// Checkpoints are not skipped.
    #[error("a checkpoint cannot be skipped")]
    Checkpoint,
    /// What waits for it has begun.
    #[error("`{task}` has begun since")]
    SuccessorBegan {
        /// The successor.
        task: String,
    },
}

/// What a task must know of the rest of the run.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The task as the plan has it.
    pub task: &'a Task,
    /// Rehearsal or live.
    pub kind: run::Kind,
    /// The run's state.
    pub run: &'a run::State,
    /// Each predecessor with its state.
    pub predecessors: &'a [(&'a str, &'a State)],
    /// Successors that were started already.
    pub successors_begun: &'a [&'a str],
    /// Its fixed start as an instant.
    pub not_before: Option<Timestamp>,
    /// True when the go decision is on record (or the run is a rehearsal).
    pub go_decided: bool,
    /// True when the person holds the task's owner or backup role.
    pub is_decider: bool,
    /// What the policy pack says.
    pub rules: Rules,
}

/// The settings that tasks are judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// `cutover.checkpoints_skippable`.
    pub checkpoints_skippable: bool,
    /// `cutover.skip_reason_required`.
    pub skip_reason_required: bool,
    /// `cutover.point_of_no_return_decided`.
    pub point_of_no_return_decided: bool,
}

impl Rules {
    /// Reads them from the pack.
    pub fn of(policy: &crate::policy::Policy) -> Self {
        Self {
            checkpoints_skippable: policy.flag("cutover.checkpoints_skippable"),
            skip_reason_required: policy.flag("cutover.skip_reason_required"),
            point_of_no_return_decided: policy.flag("cutover.point_of_no_return_decided"),
        }
    }
}

/// A new state and what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The new state.
    pub state: State,
    /// What happened.
    pub event: Event,
}

/// What stands in the way of starting the task now; empty when it is startable.
pub fn obstacles(around: Around<'_>, now: Timestamp) -> Vec<Obstacle> {
    let mut found = at_work(around);
    found.extend(around.predecessors.iter().filter(|(_, state)| !state.is_over()).map(
        |(task, state)| Obstacle::Predecessor {
            task: (*task).to_owned(),
            state: state.name().to_owned(),
        },
    ));
    // A rehearsal may be run faster than the clock.
    let fixed = around.not_before.filter(|&at| around.kind == run::Kind::Live && at > now);
    found.extend(fixed.map(|not_before| Obstacle::TooEarly { not_before }));
    let undecided = around.rules.point_of_no_return_decided && !around.go_decided;
    if around.task.point_of_no_return && around.kind == run::Kind::Live && undecided {
        found.push(Obstacle::NoGoDecision);
    }
    found
}

/// True when a task that waits may be started now.
pub fn is_startable(state: &State, around: Around<'_>, now: Timestamp) -> bool {
    *state == State::Waiting && obstacles(around, now).is_empty()
}

/// The run must be going this task's way.
fn at_work(around: Around<'_>) -> Vec<Obstacle> {
    if around.run.works_on(around.task) {
        return Vec::new();
    }
    vec![Obstacle::Run { state: around.run.name().to_owned() }]
}

/// Decides one command.
pub fn decide(
    state: &State,
    command: Command,
    around: Around<'_>,
    now: Timestamp,
) -> Result<Change, Refusal> {
    use {Command as C, Event as E, State as S};
    kind_allows(&command, around)?;
    match (state, command) {
        (S::Waiting | S::Failed { .. }, C::Start { by }) => {
            none(obstacles(around, now))?;
            Ok(Change { state: S::Running { by, since: now }, event: E::Started { by } })
        }
        (S::Waiting | S::Failed { .. }, C::Operate { by, operation }) => {
            none(obstacles(around, now))?;
            let event = E::OperationStarted { by, operation };
            Ok(Change { state: S::Operating { by, since: now, operation }, event })
        }
        (S::Running { since, .. }, C::Finish { by, note }) => {
            none(at_work(around))?;
            Ok(done(by, *since, note, now))
        }
        (S::Operating { by, since, operation }, C::OperationSucceeded { operation: ended }) => {
            same(*operation, ended)?;
            Ok(done(*by, *since, String::new(), now))
        }
        (
            S::Operating { since, operation, .. },
            C::OperationFailed { operation: ended, reason },
        ) => {
            same(*operation, ended)?;
            Ok(failed(*since, reason, now))
        }
        (S::Running { since, .. }, C::Fail { by: _, reason }) => {
            given(&reason)?;
            Ok(failed(*since, reason, now))
        }
        (S::Failed { started, reason, .. }, C::Settle { by, how }) => {
            given(&how)?;
            none(at_work(around))?;
            let (started, failure) = (*started, reason.clone());
            let state = S::Settled { by, started, at: now, failure, how: how.clone() };
            Ok(Change { state, event: E::Settled { by, how } })
        }
        (S::Waiting | S::Failed { .. }, C::Skip { by, reason }) => skip(by, reason, around, now),
        (S::Waiting | S::Running { .. } | S::Held { .. }, C::Decide { by, go, note }) => {
            none(decision_obstacles(around, now))?;
            checkpoint(state, by, (go, note), now)
        }
        (over, C::Reopen { by, reason }) if over.is_over() => reopen(over, by, reason, around),
        (state, command) => Err(Refusal::wrong_state(state, &command)),
    }
}

fn done(by: UserId, started: Timestamp, note: String, now: Timestamp) -> Change {
    let state = State::Done { by, started, finished: now, note: note.clone() };
    Change { state, event: Event::Finished { by, note } }
}

fn failed(started: Timestamp, reason: String, now: Timestamp) -> Change {
    let state = State::Failed { started, at: now, reason: reason.clone() };
    Change { state, event: Event::Failed { reason } }
}

fn reopen(over: &State, by: UserId, reason: String, around: Around<'_>) -> Result<Change, Refusal> {
    given(&reason)?;
    none(reopen_obstacles(around))?;
    let event = Event::Reopened { by, reason, was: Box::new(over.clone()) };
    Ok(Change { state: State::Waiting, event })
}

fn none(obstacles: Vec<Obstacle>) -> Result<(), Refusal> {
    if obstacles.is_empty() { Ok(()) } else { Err(Refusal::NotNow { obstacles }) }
}

fn same(waits_for: OperationId, ended: OperationId) -> Result<(), Refusal> {
    if waits_for == ended { Ok(()) } else { Err(Refusal::OtherOperation) }
}

fn given(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() { Err(Refusal::NoReason) } else { Ok(()) }
}

/// A checkpoint is decided, automatic work is the server's, and only checkpoints are decided.
fn kind_allows(command: &Command, around: Around<'_>) -> Result<(), Refusal> {
    use Command as C;
    let kind = &around.task.kind;
    let allowed = match command {
        C::Start { .. } | C::Skip { .. } | C::Reopen { .. } => true,
        C::Decide { .. } => kind.is_checkpoint(),
        C::Operate { .. } => kind.operation().is_some(),
        C::Finish { .. }
        | C::Fail { .. }
        | C::Settle { .. }
        | C::OperationSucceeded { .. }
        | C::OperationFailed { .. } => !kind.is_checkpoint(),
    };
    let command = || command.name().to_owned();
    if allowed {
        Ok(())
    } else {
        Err(Refusal::WrongKind { kind: kind.name().to_owned(), command: command() })
    }
}

fn skip(by: UserId, reason: String, around: Around<'_>, now: Timestamp) -> Result<Change, Refusal> {
    if around.rules.skip_reason_required {
        given(&reason)?;
    }
    let mut found = at_work(around);
    if around.task.is_checkpoint() && !around.rules.checkpoints_skippable {
        found.push(Obstacle::Checkpoint);
    }
    none(found)?;
    Ok(Change {
        state: State::Skipped { by, at: now, reason: reason.clone() },
        event: Event::Skipped { by, reason },
    })
}

fn decision_obstacles(around: Around<'_>, now: Timestamp) -> Vec<Obstacle> {
    let mut found = obstacles(around, now);
    if !around.is_decider {
        found.push(Obstacle::NotTheDecider { role: around.task.owner.clone() });
    }
    found
}

fn checkpoint(
    state: &State,
    by: UserId,
    said: (bool, String),
    now: Timestamp,
) -> Result<Change, Refusal> {
    let started = state.started().unwrap_or(now);
    let (go, note) = said;
    if go {
        let passed = State::Passed { by, started, at: now, note: note.clone() };
        return Ok(Change { state: passed, event: Event::CheckpointPassed { by, note } });
    }
    given(&note)?;
    let held = State::Held { by, started, at: now, reason: note.clone() };
    Ok(Change { state: held, event: Event::CheckpointHeld { by, reason: note } })
}

fn reopen_obstacles(around: Around<'_>) -> Vec<Obstacle> {
    let mut found = at_work(around);
    let begun = around.successors_begun.iter();
    found.extend(begun.map(|task| Obstacle::SuccessorBegan { task: (*task).to_owned() }));
    found
}

/// The minutes after which a task counts as late.
pub fn late_after(policy: &crate::policy::Policy) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a setting in minutes")]
    let minutes = policy.number("cutover.late_alert_after").unwrap_or_default() as i64;
    minutes
}

/// How many minutes a task is late beyond what the policy allows ([`late_after`]); `None` when it is not.
pub fn late_by(state: &State, slot: Slot, allowed_minutes: i64, now: Timestamp) -> Option<i64> {
    let (due, at) = match state {
        State::Waiting => (slot.earliest_start, now),
        State::Running { .. }
        | State::Operating { .. }
        | State::Held { .. }
        | State::Failed { .. } => (slot.earliest_finish, now),
        State::Done { finished: at, .. } | State::Passed { at, .. } | State::Settled { at, .. } => {
            (slot.earliest_finish, *at)
        }
        State::Skipped { .. } => return None,
    };
    let minutes = (at.as_second() - due.as_second()).div_euclid(60);
    (minutes > allowed_minutes).then_some(minutes)
}
