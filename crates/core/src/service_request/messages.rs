//! What can be asked of a service request, and what it tells.

use super::kind::{Kind, Window};
use crate::id::{OperationId, RequestId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is asked of a request.
#[derive(Debug, Clone)]
pub enum Command {
    /// Begin.
    Start {
        /// Who; nobody when golive does it.
        operator: Option<UserId>,
    },
    /// Ask the customer something; the clock stands still.
    Ask {
        /// Who.
        operator: UserId,
        /// What.
        question: String,
    },
    /// Answer; the clock runs on.
    Answer {
        /// Who.
        by: UserId,
        /// What.
        text: String,
    },
    /// Say something; nothing else changes.
    Comment {
        /// Who.
        by: UserId,
        /// What.
        text: String,
    },
    /// Say no.
    Deny {
        /// Who.
        operator: UserId,
        /// Why.
        reason: String,
        /// What would be possible instead.
        suggestion: String,
    },
    /// Ask again, perhaps as suggested. The window was checked by [`check_window`].
    Resubmit {
        /// Who.
        by: UserId,
        /// The downtime that is offered now.
        window: Option<Window>,
        /// When the operator's clock runs out.
        due: Timestamp,
    },
    /// Offer another downtime, before the work begins.
    MoveWindow {
        /// Who.
        by: UserId,
        /// The downtime that is offered now.
        window: Window,
    },
    /// Take it back, before the work begins.
    Cancel {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// It is done.
    Finish,
    /// It went wrong and was taken back.
    Fail {
        /// The operation.
        activity: Option<OperationId>,
        /// What went wrong.
        diagnosis: String,
    },
    /// Try again.
    Retry {
        /// Who.
        operator: Option<UserId>,
    },
    /// Accept what was done.
    SignOff {
        /// Who.
        by: UserId,
        /// What is not as it should be, if something.
        issues: Option<String>,
    },
}

/// What happened to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Filed.
    Submitted {
        /// What.
        kind: Kind,
        /// The production request that it belongs to.
        linked: Option<RequestId>,
    },
    /// Somebody works on it.
    Started {
        /// Who.
        operator: Option<UserId>,
    },
    /// The operator asked; the clock stands still.
    Asked {
        /// Who.
        operator: UserId,
        /// What.
        question: String,
    },
    /// The customer answered; the clock runs on.
    Answered {
        /// Who.
        by: UserId,
    },
    /// Somebody said something.
    Commented {
        /// Who.
        by: UserId,
    },
    /// Not done.
    Denied {
        /// Who.
        operator: UserId,
        /// Why.
        reason: String,
        /// What would be possible instead.
        suggestion: String,
    },
    /// Asked again.
    Resubmitted {
        /// Who.
        by: UserId,
        /// The downtime now.
        window: Option<Window>,
    },
    /// Another downtime.
    WindowMoved {
        /// Who.
        by: UserId,
        /// The downtime now.
        window: Window,
    },
    /// Taken back.
    Cancelled {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Done.
    Done {
        /// Whether the promised time was kept.
        in_time: bool,
    },
    /// Went wrong.
    Failed {
        /// The operation.
        activity: Option<OperationId>,
        /// What went wrong.
        diagnosis: String,
    },
    /// Tried again.
    Retried,
    /// Accepted.
    SignedOff {
        /// Who.
        by: UserId,
        /// What is not as it should be.
        issues: Option<String>,
    },
}

impl Command {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::Ask { .. } => "ask",
            Self::Answer { .. } => "answer",
            Self::Comment { .. } => "comment",
            Self::Deny { .. } => "deny",
            Self::Resubmit { .. } => "resubmit",
            Self::MoveWindow { .. } => "move_window",
            Self::Cancel { .. } => "cancel",
            Self::Finish => "finish",
            Self::Fail { .. } => "fail",
            Self::Retry { .. } => "retry",
            Self::SignOff { .. } => "sign_off",
        }
    }
}
