//! What can be asked of a decision, and what it tells.

use super::{Capacity, Delegation, Signature};
use crate::id::UserId;
use crate::people::Member;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// What is asked of a decision.
#[derive(Debug, Clone)]
pub enum Command {
    /// Take a seat.
    Sign {
        /// Who, with side and roles as they are now.
        by: Box<Member>,
        /// The rule.
        rule: String,
        /// The capacity.
        capacity: Capacity,
        /// The member whose capacity it is, as it is now, if it was delegated.
        on_behalf_of: Option<Box<Member>>,
        /// What the signature means.
        meaning: String,
        /// The digest of what was shown.
        digest: String,
    },
    /// Say no.
    Refuse {
        /// Who, with side and roles as they are now.
        by: Box<Member>,
        /// Why.
        reason: String,
    },
    /// Let somebody else sign for a while.
    Delegate {
        /// To whom, from whom, until when.
        delegation: Delegation,
        /// The longest delegation that the policy allows.
        longest: SignedDuration,
    },
    /// What is decided about has changed.
    Supersede {
        /// The digest of what it is now.
        digest: String,
        /// What changed, in words.
        changes: Vec<String>,
    },
    /// Remind those who could sign.
    Remind,
    /// Tell the deputies.
    Escalate,
    /// The time is over.
    Expire,
    /// Take it back.
    Withdraw {
        /// Who; only the one who asked.
        by: UserId,
    },
}

/// What happened to a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Somebody took a seat; others are open.
    Signed {
        /// The signature.
        signature: Signature,
    },
    /// The last seat was taken.
    Completed {
        /// The last signature.
        signature: Signature,
    },
    /// Somebody said no.
    Refused {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Somebody else may sign.
    Delegated {
        /// From whom, to whom, until when.
        delegation: Delegation,
    },
    /// What was signed is no longer what it is.
    Superseded {
        /// The digest now.
        digest: String,
        /// What changed.
        changes: Vec<String>,
        /// Who had signed.
        signed: Vec<UserId>,
    },
    /// The signers were reminded.
    Reminded,
    /// The deputies were told.
    Escalated,
    /// Nobody decided in time.
    Expired,
    /// Taken back.
    Withdrawn {
        /// Who.
        by: UserId,
    },
}

impl Command {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sign { .. } => "sign",
            Self::Refuse { .. } => "refuse",
            Self::Delegate { .. } => "delegate",
            Self::Supersede { .. } => "supersede",
            Self::Remind => "remind",
            Self::Escalate => "escalate",
            Self::Expire => "expire",
            Self::Withdraw { .. } => "withdraw",
        }
    }
}
