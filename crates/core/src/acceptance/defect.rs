//! Defects: what is broken, how badly, who mends it until when, and how one works around it.

use super::result::Cause;
use super::scope::Priority;
use crate::id::UserId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A way to live with a defect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mitigation {
    /// What is done instead.
    pub text: String,
    /// Who does it.
    pub owner: String,
    /// Until when it may last.
    pub until: Date,
    /// Who of the customer accepted it.
    pub accepted_by: Option<UserId>,
}

/// Where a defect stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It is there.
    #[default]
    Open,
    /// It is there, and there is a way to live with it.
    Mitigated {
        /// The way.
        mitigation: Mitigation,
    },
    /// Somebody says it is mended.
    Fixed {
        /// Who.
        by: UserId,
        /// With which version set.
        version_set: String,
    },
    /// Somebody else has seen that it is mended.
    Closed {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// It is none.
    Rejected {
        /// Who says so.
        by: UserId,
        /// Why.
        reason: String,
    },
}

impl State {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Mitigated { .. } => "mitigated",
            Self::Fixed { .. } => "fixed",
            Self::Closed { .. } => "closed",
            Self::Rejected { .. } => "rejected",
        }
    }
}

/// One defect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    /// Its stable name: `D-204`.
    pub key: String,
    /// In a few words.
    pub title: String,
    /// How bad it is.
    pub severity: Priority,
    /// Why it is there, once somebody has looked.
    pub cause: Option<Cause>,
    /// The case that found it.
    pub case: Option<String>,
    /// Who mends it.
    pub owner: Option<String>,
    /// Until when.
    pub due: Option<Date>,
    /// Where it stands.
    pub state: State,
}

impl Defect {
    /// Whether it still counts: mended is not yet seen to be mended.
    pub fn is_open(&self) -> bool {
        match self.state {
            State::Open | State::Mitigated { .. } | State::Fixed { .. } => true,
            State::Closed { .. } | State::Rejected { .. } => false,
        }
    }

    /// Whether the customer has accepted a way to live with it.
    pub fn is_accepted(&self) -> bool {
        matches!(&self.state, State::Mitigated { mitigation } if mitigation.accepted_by.is_some())
    }

    /// What a blocking issue must have and this one lacks.
    pub fn lacks(&self) -> Vec<&'static str> {
        let mut lacks = Vec::new();
        if self.owner.as_ref().is_none_or(|owner| owner.trim().is_empty()) {
            lacks.push("owner");
        }
        if self.due.is_none() {
            lacks.push("date");
        }
        if matches!(self.state, State::Open) {
            lacks.push("mitigation");
        }
        lacks
    }

    /// One line for people: key, title, state and what is missing.
    pub fn line(&self) -> String {
        let lacks = self.lacks();
        let lacks = if lacks.is_empty() {
            String::new()
        } else {
            format!(", without {}", lacks.join(" and "))
        };
        format!("{} {} ({}{lacks})", self.key, self.title, self.state.name())
    }
}

/// What can be asked of a defect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Offer a way to live with it.
    Mitigate {
        /// The way.
        text: String,
        /// Who does it.
        owner: String,
        /// Until when it may last.
        until: Date,
    },
    /// The customer accepts that way.
    AcceptMitigation {
        /// Who accepts.
        by: UserId,
        /// Whether this person stands on the customer's side.
        is_customer: bool,
    },
    /// Say that it is mended.
    Fix {
        /// Who mended it.
        by: UserId,
        /// With which version set.
        version_set: String,
    },
    /// See that it is mended.
    Verify {
        /// Who saw it.
        by: UserId,
    },
    /// Say that it is none.
    Reject {
        /// Who says so.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// It is there after all.
    Reopen {
        /// Why.
        reason: String,
    },
}

impl Command {
    /// The command's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Mitigate { .. } => "mitigate",
            Self::AcceptMitigation { .. } => "accept mitigation",
            Self::Fix { .. } => "fix",
            Self::Verify { .. } => "verify",
            Self::Reject { .. } => "reject",
            Self::Reopen { .. } => "reopen",
        }
    }
}

/// What happened to a defect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A way to live with it was offered.
    Mitigated,
    /// The customer accepted it.
    MitigationAccepted {
        /// Who.
        by: UserId,
    },
    /// Somebody says it is mended.
    Fixed {
        /// Who.
        by: UserId,
    },
    /// Somebody else saw that it is mended.
    Verified {
        /// Who.
        by: UserId,
    },
    /// It is none.
    Rejected {
        /// Who says so.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// It is there after all.
    Reopened {
        /// Why.
        reason: String,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a defect that is {state} cannot be asked to {command}")]
    WrongState {
        /// The state.
        state: &'static str,
        /// The command.
        command: &'static str,
    },
    /// A text is missing.
    #[error("{0} is needed")]
    Missing(&'static str),
    /// Only the customer accepts living with a defect.
    #[error("only the customer accepts a mitigation")]
    NotCustomer,
    /// Whoever mended it does not see for himself that it is mended.
    #[error("whoever fixed it cannot verify it")]
    SamePerson,
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
pub fn decide(state: &State, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    use Command as C;
    use State as S;
    let (state, event) = match (state.clone(), command) {
        (S::Open | S::Mitigated { .. }, C::Mitigate { text, owner, until }) => {
            let (text, owner) = (present("a mitigation", text)?, present("an owner", owner)?);
            (
                S::Mitigated { mitigation: Mitigation { text, owner, until, accepted_by: None } },
                Event::Mitigated,
            )
        }
        (S::Mitigated { mitigation }, C::AcceptMitigation { by, is_customer }) => {
            if !is_customer {
                return Err(Refusal::NotCustomer);
            }
            let mitigation = Mitigation { accepted_by: Some(by), ..mitigation };
            (S::Mitigated { mitigation }, Event::MitigationAccepted { by })
        }
        (S::Open | S::Mitigated { .. }, C::Fix { by, version_set }) => (
            S::Fixed { by, version_set: present("a version set", version_set)? },
            Event::Fixed { by },
        ),
        (S::Fixed { by: fixer, .. }, C::Verify { by }) if fixer == by => {
            return Err(Refusal::SamePerson);
        }
        (S::Fixed { .. }, C::Verify { by }) => (S::Closed { by, at: now }, Event::Verified { by }),
        (S::Open | S::Mitigated { .. }, C::Reject { by, reason }) => {
            let reason = present("a reason", reason)?;
            (S::Rejected { by, reason: reason.clone() }, Event::Rejected { by, reason })
        }
        (S::Fixed { .. } | S::Closed { .. } | S::Rejected { .. }, C::Reopen { reason }) => {
            (S::Open, Event::Reopened { reason: present("a reason", reason)? })
        }
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    };
    Ok(Change { state, event })
}

fn present(what: &'static str, text: String) -> Result<String, Refusal> {
    if text.trim().is_empty() { Err(Refusal::Missing(what)) } else { Ok(text) }
}
