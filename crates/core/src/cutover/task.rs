//! One task of a run: its states, who may do what, and why not.
//!
//! A task is stored on its own row; what it needs to know of others (the run, its predecessors) comes in as [`Around`].
//! Checkpoints are decided, never skipped and never simply finished. Automatic tasks call an operation.

use crate::id::{OperationId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod judge;

pub use judge::{
    Around, Change, Obstacle, Refusal, Rules, decide, is_startable, late_after, late_by, obstacles,
};

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
