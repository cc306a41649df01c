//! One task of a run: its states, who may do what, and why not.
//!
//! A task is stored on its own row; what it needs to know of others (the run, its predecessors) comes in as [`Around`].
//! Checkpoints are decided, never skipped and never simply finished. Automatic tasks call an operation.

use super::plan::Task;
use super::run;
use crate::id::{OperationId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a task of a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Not started.
    #[default]
    Waiting,
    /// At work.
    Running {
        /// Who started it.
        by: UserId,
        /// When.
        since: Timestamp,
    },
    /// The server is at work.
    Operating {
        /// Who started it.
        by: UserId,
        /// When.
        since: Timestamp,
        /// The operation that does it.
        operation: OperationId,
    },
    /// Finished and verified.
    Done {
        /// Who finished it; for automatic work who started it.
        by: UserId,
        /// When it was started.
        started: Timestamp,
        /// When it was finished.
        finished: Timestamp,
        /// What was seen.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// A checkpoint that was passed.
    Passed {
        /// Who decided.
        by: UserId,
        /// When the talk began.
        started: Timestamp,
        /// When it was decided.
        at: Timestamp,
        /// What was said.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// A checkpoint that was not passed; it may be decided again.
    Held {
        /// Who decided.
        by: UserId,
        /// When the talk began.
        started: Timestamp,
        /// When it was decided.
        at: Timestamp,
        /// Why not.
        reason: String,
    },
    /// It did not work.
    Failed {
        /// When it was started.
        started: Timestamp,
        /// When it failed.
        at: Timestamp,
        /// What happened.
        reason: String,
    },
    /// It did not work, and it was settled how to go on without it.
    Settled {
        /// Who settled it.
        by: UserId,
        /// When it was started.
        started: Timestamp,
        /// When it was settled.
        at: Timestamp,
        /// What happened.
        failure: String,
        /// How it is settled.
        how: String,
    },
    /// Left out.
    Skipped {
        /// Who decided it.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

impl State {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running { .. } => "running",
            Self::Operating { .. } => "operating",
            Self::Done { .. } => "done",
            Self::Passed { .. } => "passed",
            Self::Held { .. } => "held",
            Self::Failed { .. } => "failed",
            Self::Settled { .. } => "settled",
            Self::Skipped { .. } => "skipped",
        }
    }

    /// True when successors may go on.
    pub fn is_over(&self) -> bool {
        self.over().is_some()
    }

    /// Start and finish of what is over; what was skipped took no time.
    pub fn over(&self) -> Option<(Timestamp, Timestamp)> {
        match self {
            Self::Done { started, finished: at, .. }
            | Self::Passed { started, at, .. }
            | Self::Settled { started, at, .. } => Some((*started, *at)),
            Self::Skipped { at, .. } => Some((*at, *at)),
            Self::Waiting
            | Self::Running { .. }
            | Self::Operating { .. }
            | Self::Held { .. }
            | Self::Failed { .. } => None,
        }
    }

    /// When it was started, if it was.
    pub fn started(&self) -> Option<Timestamp> {
        match self {
            Self::Running { since: at, .. } | Self::Operating { since: at, .. } => Some(*at),
            Self::Done { started, .. }
            | Self::Passed { started, .. }
            | Self::Held { started, .. }
            | Self::Failed { started, .. }
            | Self::Settled { started, .. } => Some(*started),
            Self::Waiting | Self::Skipped { .. } => None,
        }
    }

    /// True while people or the server are at work.
    pub fn is_at_work(&self) -> bool {
        match self {
            Self::Running { .. } | Self::Operating { .. } => true,
            Self::Waiting
            | Self::Done { .. }
            | Self::Passed { .. }
            | Self::Held { .. }
            | Self::Failed { .. }
            | Self::Settled { .. }
            | Self::Skipped { .. } => false,
        }
    }
}

/// What can be asked of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin (also after a failure).
    Start {
        /// Who.
        by: UserId,
    },
    /// Have the server begin.
    Operate {
        /// Who.
        by: UserId,
        /// The operation that was planned for it.
        operation: OperationId,
    },
    /// It is finished and verified.
    Finish {
        /// Who.
        by: UserId,
        /// What was seen.
        note: String,
    },
    /// The operation ended well.
    OperationSucceeded {
        /// The operation.
        operation: OperationId,
    },
    /// The operation did not end well.
    OperationFailed {
        /// The operation.
        operation: OperationId,
        /// What happened.
        reason: String,
    },
    /// It did not work.
    Fail {
        /// Who.
        by: UserId,
        /// What happened.
        reason: String,
    },
    /// Go on without what failed.
    Settle {
        /// Who.
        by: UserId,
        /// How.
        how: String,
    },
    /// Leave it out.
    Skip {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Decide a checkpoint.
    Decide {
        /// Who.
        by: UserId,
        /// Go on?
        go: bool,
        /// What was said; a reason if not.
        note: String,
    },
    /// Take back a mistake: it is not finished after all.
    Reopen {
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
            Self::Operate { .. } => "operate",
            Self::Finish { .. } => "finish",
            Self::OperationSucceeded { .. } => "operation_succeeded",
            Self::OperationFailed { .. } => "operation_failed",
            Self::Fail { .. } => "fail",
            Self::Settle { .. } => "settle",
            Self::Skip { .. } => "skip",
            Self::Decide { .. } => "decide",
            Self::Reopen { .. } => "reopen",
        }
    }
}

/// What happened to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was started.
    Started {
        /// Who.
        by: UserId,
    },
    /// The server started it.
    OperationStarted {
        /// Who asked.
        by: UserId,
        /// The operation.
        operation: OperationId,
    },
    /// It was finished.
    Finished {
        /// Who.
        by: UserId,
        /// What was seen.
        note: String,
    },
    /// It failed.
    Failed {
        /// What happened.
        reason: String,
    },
    /// A failure was settled.
    Settled {
        /// Who.
        by: UserId,
        /// How.
        how: String,
    },
    /// It was left out.
    Skipped {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// A checkpoint was passed.
    CheckpointPassed {
        /// Who decided.
        by: UserId,
        /// What was said.
        note: String,
    },
    /// A checkpoint was not passed.
    CheckpointHeld {
        /// Who decided.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// A mistake was taken back.
    Reopened {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
        /// The state that was superseded.
        was: Box<State>,
    },
}

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
    let change = |state, event| Ok(Change { state, event });
    match (state, command) {
        (S::Waiting | S::Failed { .. }, C::Start { by }) => {
            none(obstacles(around, now))?;
            change(S::Running { by, since: now }, E::Started { by })
        }
        (S::Waiting | S::Failed { .. }, C::Operate { by, operation }) => {
            none(obstacles(around, now))?;
            change(
                S::Operating { by, since: now, operation },
                E::OperationStarted { by, operation },
            )
        }
        (S::Running { since, .. }, C::Finish { by, note }) => {
            none(at_work(around))?;
            change(
                S::Done { by, started: *since, finished: now, note: note.clone() },
                E::Finished { by, note },
            )
        }
        (S::Operating { by, since, operation }, C::OperationSucceeded { operation: ended }) => {
            same(*operation, ended)?;
            let done = S::Done { by: *by, started: *since, finished: now, note: String::new() };
            change(done, E::Finished { by: *by, note: String::new() })
        }
        (
            S::Operating { since, operation, .. },
            C::OperationFailed { operation: ended, reason },
        ) => {
            same(*operation, ended)?;
            change(
                S::Failed { started: *since, at: now, reason: reason.clone() },
                E::Failed { reason },
            )
        }
        (S::Running { since, .. }, C::Fail { by: _, reason }) => {
            given(&reason)?;
            change(
                S::Failed { started: *since, at: now, reason: reason.clone() },
                E::Failed { reason },
            )
        }
        (S::Failed { started, reason, .. }, C::Settle { by, how }) => {
            given(&how)?;
            none(at_work(around))?;
            let (started, failure) = (*started, reason.clone());
            change(
                S::Settled { by, started, at: now, failure, how: how.clone() },
                E::Settled { by, how },
            )
        }
        (S::Waiting | S::Failed { .. }, C::Skip { by, reason }) => skip(by, reason, around, now),
        (S::Waiting | S::Running { .. } | S::Held { .. }, C::Decide { by, go, note }) => {
            none(decision_obstacles(around, now))?;
            checkpoint(state, by, (go, note), now)
        }
        (over, C::Reopen { by, reason }) if over.is_over() => {
            given(&reason)?;
            none(reopen_obstacles(around))?;
            change(S::Waiting, E::Reopened { by, reason, was: Box::new(over.clone()) })
        }
        (state, command) => Err(Refusal::WrongState {
            state: state.name().to_owned(),
            command: command.name().to_owned(),
        }),
    }
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

/// How many minutes a task is late beyond what the policy allows (`cutover.late_alert_after`); `None` when it is not.
pub fn late_by(
    state: &State,
    slot: super::Slot,
    allowed_minutes: i64,
    now: Timestamp,
) -> Option<i64> {
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
