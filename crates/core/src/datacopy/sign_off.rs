//! The sign-off of a copy: somebody other than whoever started it reads the report and signs, or has it rolled back.
//!
//! ```text
//! Waiting ─sign─► Signed (perhaps with issues)
//!    └──────roll back──────► RolledBack ◄──roll back── Signed
//! ```

use super::Report;
use crate::id::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where the sign-off stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// The report waits for its signature.
    Waiting {
        /// When it is due.
        due: Timestamp,
    },
    /// Signed.
    Signed {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// The digest of the report that was signed.
        digest: String,
        /// What is not as it should be, though the copy is proven.
        issues: Option<String>,
    },
    /// The destination has its old database back.
    RolledBack {
        /// Who asked for it.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Accept the copy.
    Sign {
        /// Who.
        by: UserId,
        /// The digest of what was shown.
        digest: String,
        /// What is not as it should be.
        issues: Option<String>,
    },
    /// Record that the old database was put back.
    RollBack {
        /// Who asked for it.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Signed.
    Signed {
        /// Who.
        by: UserId,
        /// The digest of the report.
        digest: String,
        /// What is not as it should be.
        issues: Option<String>,
        /// Whether it was signed in time.
        in_time: bool,
    },
    /// The destination has its old database back.
    RolledBack {
        /// Who asked for it.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a copy that is {state} cannot be asked to {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// The report proves nothing.
    #[error("a copy that is not proven cannot be signed")]
    NotProven(Vec<String>),
    /// What was shown is not this report.
    #[error("the report has changed since it was shown")]
    Changed,
    /// Four eyes.
    #[error("whoever started a copy does not sign it")]
    OwnCopy,
    /// A reason must be given.
    #[error("a reason must be given")]
    NoReason,
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(
    state: &State,
    command: Command,
    report: &Report,
    started_by: UserId,
    now: Timestamp,
) -> Result<(State, Event), Refusal> {
    use {Command as C, Event as E, State as S};
    Ok(match (state, command) {
        (S::Waiting { due }, C::Sign { by, digest, issues }) => {
            if by == started_by {
                return Err(Refusal::OwnCopy);
            }
            if digest != report.digest {
                return Err(Refusal::Changed);
            }
            if let super::Outcome::NotProven { reasons } = &report.outcome {
                return Err(Refusal::NotProven(reasons.clone()));
            }
            let issues = issues.filter(|text| !text.trim().is_empty());
            let event = E::Signed {
                by,
                digest: digest.clone(),
                issues: issues.clone(),
                in_time: now <= *due,
            };
            (S::Signed { by, at: now, digest, issues }, event)
        }
        (S::Waiting { .. } | S::Signed { .. }, C::RollBack { by, reason }) => {
            if reason.trim().is_empty() {
                return Err(Refusal::NoReason);
            }
            (S::RolledBack { by, at: now, reason: reason.clone() }, E::RolledBack { by, reason })
        }
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    })
}

impl State {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Signed { .. } => "signed",
            Self::RolledBack { .. } => "rolled_back",
        }
    }
}

impl Command {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sign { .. } => "sign",
            Self::RollBack { .. } => "roll_back",
        }
    }
}
