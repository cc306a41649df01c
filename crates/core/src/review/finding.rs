//! Findings: what the reviewer sees at risk, and the dialogue about it until it is settled.
//!
//! ```text
//! Draft ─raise─► Open ─propose─► Proposed ─accept─► Accepted ─close─► Closed
//!   └─withdraw─►   │ ▲               │ ask proof ► ProofAsked ─propose─► Proposed
//!    Withdrawn ◄───┘ └─ reopen (from Accepted, Closed)
//! ```
//!
//! A draft is seen by reviewers only. Nobody accepts his own mitigation. An accepted one counts as settled; it is closed
//! when what was promised is done.

use crate::id::{EvidenceId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod machine;
pub use machine::{Change, Command, Event, Refusal, decide};

/// What kind of finding it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It may go wrong.
    Risk,
    /// It is wrong.
    Issue,
    /// It could be better.
    Recommendation,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// To be kept in sight.
    Medium,
    /// Needs a mitigation with owner and date.
    High,
    /// Shuts the gate before production.
    Critical,
}

impl Kind {
    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Risk => "risk",
            Self::Issue => "issue",
            Self::Recommendation => "recommendation",
        }
    }
}

impl Severity {
    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Risk, Self::Issue, Self::Recommendation]
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| format!("`{text}` is none of risk, issue, recommendation"))
    }
}

impl std::str::FromStr for Severity {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|severity| severity.name() == text)
            .ok_or_else(|| format!("`{text}` is none of low, medium, high, critical"))
    }
}

/// What a finding says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// What kind it is.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// It in a few words.
    pub title: String,
    /// What could happen.
    pub risk: String,
    /// What the reviewer recommends.
    pub recommendation: String,
    /// What it came from: a question of the checklist, a step, a rule.
    #[serde(default)]
    pub source: Vec<String>,
}

/// How the team wants to settle it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mitigation {
    /// Who proposed it.
    pub by: UserId,
    /// What will be done.
    pub text: String,
    /// Who does it.
    pub owner: UserId,
    /// Until when.
    pub due: Date,
    /// What proves it.
    #[serde(default)]
    pub evidence: Vec<EvidenceId>,
}

/// One message of the dialogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// For people: `F-3`.
    pub number: String,
    /// What it says.
    pub content: Content,
    /// The dialogue, oldest first.
    pub thread: Vec<Message>,
    /// Every version of the mitigation, oldest first.
    pub mitigations: Vec<Mitigation>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

impl Finding {
    /// A new draft.
    pub fn draft(number: &str, content: Content) -> Self {
        let (thread, mitigations) = (Vec::new(), Vec::new());
        Self { number: number.to_owned(), content, thread, mitigations, state: State::Draft }
    }

    /// Whether it still counts against the project.
    pub fn is_open(&self) -> bool {
        match self.state {
            State::Open { .. } | State::Proposed { .. } | State::ProofAsked { .. } => true,
            State::Draft
            | State::Accepted { .. }
            | State::Closed { .. }
            | State::Withdrawn { .. } => false,
        }
    }

    /// Who has to act, and until when; nobody when it is settled.
    pub fn waits_for(&self) -> Option<(Party, Option<Timestamp>)> {
        match self.state {
            State::Draft => Some((Party::Reviewer, None)),
            State::Open { due, .. } | State::ProofAsked { due, .. } => {
                Some((Party::Team, Some(due)))
            }
            State::Proposed { due, .. } => Some((Party::Reviewer, Some(due))),
            State::Accepted { .. } => Some((Party::Team, None)),
            State::Closed { .. } | State::Withdrawn { .. } => None,
        }
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// Customer and partner.
    Team,
    /// The reviewer.
    Reviewer,
}

/// Where a finding stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Only reviewers see it.
    Draft,
    /// It waits for the team's mitigation.
    Open {
        /// Since when.
        since: Timestamp,
        /// When the answer is due.
        due: Timestamp,
    },
    /// A mitigation waits for the reviewer.
    Proposed {
        /// Since when.
        since: Timestamp,
        /// When the reviewer's answer is due.
        due: Timestamp,
    },
    /// The reviewer wants proof.
    ProofAsked {
        /// Since when.
        since: Timestamp,
        /// When the answer is due.
        due: Timestamp,
    },
    /// The mitigation will do; what it promises must still be done.
    Accepted {
        /// Who accepted it.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// Settled.
    Closed {
        /// Who closed it.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// It was none.
    Withdrawn {
        /// Who withdrew it.
        by: UserId,
        /// Why.
        reason: String,
    },
}

impl State {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open { .. } => "open",
            Self::Proposed { .. } => "proposed",
            Self::ProofAsked { .. } => "proof_asked",
            Self::Accepted { .. } => "accepted",
            Self::Closed { .. } => "closed",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}
