//! Several usage profiles, exactly one active: draft, active, retired. A profile that was active is never edited.

use crate::id::{EstimateId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a profile stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Being written.
    #[default]
    Draft,
    /// The one that counts.
    Active {
        /// Who activated it.
        by: UserId,
        /// When.
        since: Timestamp,
    },
    /// Once active, or given up.
    Retired {
        /// When.
        at: Timestamp,
        /// Why: another one is active, or words.
        why: String,
    },
}

impl State {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active { .. } => "active",
            Self::Retired { .. } => "retired",
        }
    }
}

/// What can be asked of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Store new content.
    Write {
        /// Who.
        by: UserId,
        /// Its digest.
        digest: String,
    },
    /// Make it the one that counts.
    Activate {
        /// Who.
        by: UserId,
        /// The one that counted until now; it is retired in the same transaction.
        replaces: Option<EstimateId>,
    },
    /// Another one became active.
    Replace {
        /// The other one.
        by: EstimateId,
    },
    /// Give it up.
    Discard {
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
            Self::Write { .. } => "write",
            Self::Activate { .. } => "activate",
            Self::Replace { .. } => "replace",
            Self::Discard { .. } => "discard",
        }
    }
}

/// What happened to a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Content was stored.
    Written {
        /// Who.
        by: UserId,
        /// Its digest.
        digest: String,
    },
    /// It counts.
    Activated {
        /// Who.
        by: UserId,
        /// The one before it.
        replaces: Option<EstimateId>,
    },
    /// It no longer counts.
    Replaced {
        /// The one after it.
        by: EstimateId,
    },
    /// It was given up.
    Discarded {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not from this state.
    #[error("an estimate that is {state} cannot {command}")]
    WrongState {
        /// The state.
        state: &'static str,
        /// The command.
        command: &'static str,
    },
    /// Another one is active and was not named.
    #[error("{active} is active; it must be replaced by name")]
    OtherActive {
        /// The active one.
        active: EstimateId,
    },
    /// What it says cannot be sized.
    #[error("it cannot be sized: {}", .0.join("; "))]
    Unsized(Vec<String>),
    /// A reason is needed.
    #[error("a reason is needed")]
    NoReason,
}

/// What the machine must know.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The active one of the project.
    pub active: Option<EstimateId>,
    /// What keeps the profile from being sized.
    pub faults: &'a [String],
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
        (S::Draft, C::Write { by, digest }) => {
            Ok(Change { state: S::Draft, event: E::Written { by, digest } })
        }
        (S::Draft, C::Activate { by, replaces }) => {
            if let Some(active) = around.active.filter(|active| Some(*active) != replaces) {
                return Err(Refusal::OtherActive { active });
            }
            if !around.faults.is_empty() {
                return Err(Refusal::Unsized(around.faults.to_vec()));
            }
            Ok(Change { state: S::Active { by, since: now }, event: E::Activated { by, replaces } })
        }
        (S::Active { .. }, C::Replace { by }) => {
            let why = format!("replaced by {by}");
            Ok(Change { state: S::Retired { at: now, why }, event: E::Replaced { by } })
        }
        (S::Draft, C::Discard { by, reason }) => {
            if reason.trim().is_empty() {
                return Err(Refusal::NoReason);
            }
            let state = S::Retired { at: now, why: reason.clone() };
            Ok(Change { state, event: E::Discarded { by, reason } })
        }
        (state, command) => {
            Err(Refusal::WrongState { state: state.name(), command: command.name() })
        }
    }
}
