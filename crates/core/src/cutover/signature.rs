//! The plan's own machine: draft, signed, superseded. A signature binds to the digest of what was shown.

use super::check::Problem;
use crate::id::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who signed what, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// The digest of the plan that was shown.
    pub digest: String,
    /// What the signature says, in the signer's words or the page's.
    pub meaning: String,
}

/// Where the plan stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Never signed.
    #[default]
    Draft,
    /// Signed as it is.
    Signed {
        /// The signature.
        signature: Signature,
    },
    /// Signed once, changed since.
    Superseded {
        /// The signature that no longer holds.
        signature: Signature,
        /// Since when.
        since: Timestamp,
        /// What changed, or why it was withdrawn.
        reason: String,
    },
}

impl State {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Signed { .. } => "signed",
            Self::Superseded { .. } => "superseded",
        }
    }

    /// True when exactly this plan is signed.
    pub fn holds_for(&self, digest: &str) -> bool {
        match self {
            Self::Signed { signature } => signature.digest == digest,
            Self::Draft | Self::Superseded { .. } => false,
        }
    }
}

/// What can be asked of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Another version of the plan was stored.
    Change {
        /// Who.
        by: UserId,
        /// The digest of the new version.
        digest: String,
        /// What changed, in words.
        what: String,
    },
    /// Sign it.
    Sign {
        /// Who.
        by: UserId,
        /// The digest that he was shown.
        shown: String,
        /// What the signature says.
        meaning: String,
    },
    /// Take a signature back.
    Withdraw {
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
            Self::Change { .. } => "change",
            Self::Sign { .. } => "sign",
            Self::Withdraw { .. } => "withdraw",
        }
    }
}

/// What happened to the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was changed.
    Changed {
        /// Who.
        by: UserId,
        /// The digest of the new version.
        digest: String,
        /// What changed.
        what: String,
        /// The signature that this ended.
        superseded: Option<Signature>,
    },
    /// It was signed.
    Signed {
        /// The signature.
        signature: Signature,
    },
    /// A signature was taken back.
    Withdrawn {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
        /// The signature.
        signature: Signature,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not from this state.
    #[error("a plan that is {state} cannot {command}")]
    WrongState {
        /// The state.
        state: &'static str,
        /// The command.
        command: &'static str,
    },
    /// The plan has changed since it was shown.
    #[error("the plan has changed since it was shown")]
    ShownOther {
        /// The digest that was shown.
        shown: String,
        /// The digest now.
        now: String,
    },
    /// A plan that cannot be run is not signed.
    #[error("the plan has {} problems", .0.len())]
    Plan(Vec<Problem>),
    /// The customer signs.
    #[error("the plan is signed by the customer")]
    NotTheCustomer,
    /// Whoever made the last change does not sign it.
    #[error("whoever changed the plan last does not sign it")]
    OwnWork,
    /// A reason is needed.
    #[error("a reason is needed")]
    NoReason,
}

/// What the machine must know of plan and people.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The digest of the plan as stored.
    pub digest: &'a str,
    /// What keeps the plan from being run.
    pub problems: &'a [Problem],
    /// True when the signer is of the customer's side.
    pub signer_is_customer: bool,
    /// Who stored this version of the plan.
    pub changed_by: UserId,
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
    match (state, command) {
        (S::Signed { signature }, C::Change { by, digest, what }) if signature.digest != digest => {
            let (signature, reason) = (signature.clone(), what.clone());
            let event = E::Changed { by, digest, what, superseded: Some(signature.clone()) };
            Ok(Change { state: S::Superseded { signature, since: now, reason }, event })
        }
        (state, C::Change { by, digest, what }) => Ok(Change {
            state: state.clone(),
            event: E::Changed { by, digest, what, superseded: None },
        }),
        (S::Draft | S::Superseded { .. }, C::Sign { by, shown, meaning }) => {
            may_sign(by, &shown, around)?;
            let signature = Signature { by, at: now, digest: shown, meaning };
            Ok(Change {
                state: S::Signed { signature: signature.clone() },
                event: E::Signed { signature },
            })
        }
        (S::Signed { signature }, C::Withdraw { by, reason }) => {
            if reason.trim().is_empty() {
                return Err(Refusal::NoReason);
            }
            let signature = signature.clone();
            let event = E::Withdrawn { by, reason: reason.clone(), signature: signature.clone() };
            Ok(Change { state: S::Superseded { signature, since: now, reason }, event })
        }
        (state, command) => {
            Err(Refusal::WrongState { state: state.name(), command: command.name() })
        }
    }
}

fn may_sign(by: UserId, shown: &str, around: Around<'_>) -> Result<(), Refusal> {
    if shown != around.digest {
        return Err(Refusal::ShownOther { shown: shown.to_owned(), now: around.digest.to_owned() });
    }
    if !around.problems.is_empty() {
        return Err(Refusal::Plan(around.problems.to_vec()));
    }
    if !around.signer_is_customer {
        return Err(Refusal::NotTheCustomer);
    }
    if by == around.changed_by {
        return Err(Refusal::OwnWork);
    }
    Ok(())
}
