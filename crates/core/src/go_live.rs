//! The go/no-go, going live, and hypercare until it is over.
//!
//! Criteria are measured, seats vote, one named authority decides, conditions have owner and date, minutes are
//! confirmed. One machine from the first call of the meeting to the end of hypercare; what a gate says comes in as a
//! verdict, who sits where as a [`Table`].

pub mod criteria;
mod decide;
pub mod facts;
pub mod measured;
mod words;

pub use criteria::{Criteria, Group};
pub use decide::{Around, Change, Obstacle, Refusal, Rules, decide};
pub use words::{Command, Event};

use crate::gate::Verdict;
use crate::id::UserId;
use crate::people::Side;
use crate::policy::Policy;
use crate::project::{People, SeatOf};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The seat that decides; it does not vote.
pub const AUTHORITY: &str = "authority";

/// A place at the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Its name: `finance`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who holds it.
    pub holder: UserId,
    /// Who stands in.
    pub deputy: Option<UserId>,
}

impl Seat {
    /// Whether this person may speak for the seat.
    pub fn is_held_by(&self, user: UserId) -> bool {
        self.holder == user || self.deputy == Some(user)
    }
}

/// Everybody at the table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Table {
    /// All seats, that of the authority included.
    pub seats: Vec<Seat>,
    /// The seats that must vote (`go_no_go.seats`).
    pub voting: Vec<String>,
    /// Members of the customer's side.
    pub customer: BTreeSet<UserId>,
}

impl Table {
    /// The table of a project: seats as the people's file has them, the voting ones as the pack says. A seat whose holder
    /// has no account is left out and so shows as missing.
    pub fn of(people: &People, policy: &Policy, user: impl Fn(&str) -> Option<UserId>) -> Self {
        let seat = |seat: &SeatOf| {
            let (id, title) = (seat.id.clone(), seat.title.clone());
            Some(Seat {
                id,
                title,
                holder: user(&seat.holder)?,
                deputy: seat.deputy.as_deref().and_then(&user),
            })
        };
        let customer = people
            .members
            .iter()
            .filter(|member| member.side == Side::Customer && !member.service_account);
        Self {
            seats: people.seats.iter().filter_map(seat).collect(),
            voting: policy.list("go_no_go.seats"),
            customer: customer.filter_map(|member| user(&member.id)).collect(),
        }
    }

    /// The seat with this name.
    pub fn seat(&self, id: &str) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.id == id)
    }

    /// The seat that decides.
    pub fn authority(&self) -> Option<&Seat> {
        self.seat(AUTHORITY)
    }
}

/// What a seat says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Say {
    /// Go live.
    Go,
    /// Do not.
    NoGo,
}

/// A vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// The seat.
    pub seat: String,
    /// Who spoke for it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// What was said.
    pub say: Say,
    /// Why; a no needs it.
    pub reason: String,
    /// The digest of the measured values that were on the table.
    pub shown: String,
}

/// A condition that was put on the table; it may still lack owner or date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// What must be done.
    pub what: String,
    /// Who proposed it.
    pub by: UserId,
    /// Who does it.
    pub owner: Option<UserId>,
    /// Until when.
    pub due: Option<Date>,
}

/// A condition of the go decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What must be done.
    pub what: String,
    /// Who does it.
    pub owner: UserId,
    /// Until when.
    pub due: Date,
    /// Where it stands.
    pub state: ConditionState,
}

/// Where a condition stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ConditionState {
    /// Not done.
    Open,
    /// Done.
    Fulfilled {
        /// Who says so.
        by: UserId,
        /// When.
        at: Timestamp,
        /// What was done.
        note: String,
    },
    /// The authority no longer asks for it.
    Released {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// The minutes of the meeting.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Minutes {
    /// Not written.
    #[default]
    Missing,
    /// Written, not confirmed.
    Draft {
        /// The text.
        text: String,
        /// Who wrote it.
        by: UserId,
    },
    /// Confirmed by the authority.
    Confirmed {
        /// The text.
        text: String,
        /// Who wrote it.
        written_by: UserId,
        /// Who confirmed it.
        by: UserId,
        /// When.
        at: Timestamp,
    },
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Who decided.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Who had called the meeting.
    pub called_by: UserId,
    /// The digest of the measured values that were on the table.
    pub shown: String,
    /// The votes by seat.
    pub votes: BTreeMap<String, Vote>,
    /// The authority's answer to each no.
    pub answers: BTreeMap<String, String>,
    /// What else was said.
    pub note: String,
    /// The conditions by their name.
    pub conditions: BTreeMap<String, Condition>,
    /// The minutes.
    pub minutes: Minutes,
}

/// The moment of going live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// Since when the business works in the new system.
    pub since: Timestamp,
    /// Who recorded it.
    pub by: UserId,
    /// When it was recorded.
    pub recorded: Timestamp,
}

/// Who signed a line of the hand-over list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// What was seen.
    pub note: String,
}

/// Where going live stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// No meeting was called.
    #[default]
    Ahead,
    /// The table sits.
    Meeting {
        /// Who called it.
        called_by: UserId,
        /// When.
        since: Timestamp,
        /// The digest of the measured values on the table.
        shown: String,
        /// The votes that hold, by seat.
        votes: BTreeMap<String, Vote>,
        /// Votes that were changed, or given on values that have changed since.
        superseded: Vec<Vote>,
        /// The conditions on the table, by their name.
        conditions: BTreeMap<String, Proposed>,
    },
    /// It was decided not to go live; another meeting may be called.
    NoGo {
        /// The decision.
        decision: Decision,
    },
    /// It was decided to go live.
    Go {
        /// The decision.
        decision: Decision,
    },
    /// Live; hypercare.
    Live {
        /// The decision.
        decision: Decision,
        /// Since when, recorded by whom.
        live: Live,
        /// The lines of the hand-over list that support has signed.
        handed_over: BTreeMap<String, Taken>,
    },
    /// Hypercare is over.
    Ended {
        /// The decision.
        decision: Decision,
        /// Since when it was live.
        live: Live,
        /// The hand-over list.
        handed_over: BTreeMap<String, Taken>,
        /// Who ended hypercare.
        by: UserId,
        /// When.
        at: Timestamp,
    },
}

impl State {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ahead => "ahead",
            Self::Meeting { .. } => "meeting",
            Self::NoGo { .. } => "no_go",
            Self::Go { .. } => "go",
            Self::Live { .. } => "live",
            Self::Ended { .. } => "ended",
        }
    }

    /// The decision, once there is one.
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Ahead | Self::Meeting { .. } => None,
            Self::NoGo { decision }
            | Self::Go { decision }
            | Self::Live { decision, .. }
            | Self::Ended { decision, .. } => Some(decision),
        }
    }

    /// True when the decision to go live is on record.
    pub fn is_go(&self) -> bool {
        match self {
            Self::Go { .. } | Self::Live { .. } | Self::Ended { .. } => true,
            Self::Ahead | Self::Meeting { .. } | Self::NoGo { .. } => false,
        }
    }

    /// Since when it is live.
    pub fn live(&self) -> Option<&Live> {
        match self {
            Self::Live { live, .. } | Self::Ended { live, .. } => Some(live),
            Self::Ahead | Self::Meeting { .. } | Self::NoGo { .. } | Self::Go { .. } => None,
        }
    }
}

/// `sha256:` and the digest of the measured values of a verdict. What the meeting itself determines is left out, so a
/// vote does not end the votes before it.
pub fn shown(verdict: &Verdict) -> String {
    let measured = verdict.criteria.iter().filter(|judged| !judged.fact.0.starts_with("go_no_go."));
    let lines: Vec<_> = measured
        .map(|judged| (&judged.id, judged.status, &judged.value, &judged.threshold))
        .collect();
    let text = serde_json::to_vec(&lines).expect("criteria are plain values");
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

/// Going live, as a project keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GoLive {
    /// Who sits where.
    pub table: Table,
    /// How far it is.
    #[serde(flatten)]
    pub state: State,
    /// When the customer took control of production, if that has happened.
    #[serde(default)]
    pub control: Option<Control>,
}

/// The customer has production in hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Who took it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests;
