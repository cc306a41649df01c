//! What can be asked of a review, what it tells, and why it says no.

use super::{Conflict, LateChange, OpenFindings, Verdict};
use crate::id::{EvidenceId, OrganisationId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is asked of a review.
#[derive(Debug, Clone)]
pub enum Command {
    /// Somebody shall review.
    Assign {
        /// Who.
        user: UserId,
        /// From which organisation.
        organisation: OrganisationId,
        /// Set by the caller when that is the customer or the partner.
        conflict: Option<Conflict>,
    },
    /// The team begins to answer the checklist.
    Begin,
    /// The checklist goes to the reviewer. Its own gate was judged by the caller.
    Submit {
        /// Who.
        by: UserId,
        /// The digest of what is sent.
        digest: String,
        /// When the first report is due, by the reviewer's calendar.
        due: Timestamp,
    },
    /// The reviewer needs to know more; the clock stands still.
    AskTeam {
        /// Who.
        by: UserId,
        /// What.
        question: String,
    },
    /// The team answers; the clock runs on.
    AnswerTeam {
        /// Who.
        by: UserId,
        /// What.
        text: String,
    },
    /// The report goes out; draft findings become open with it.
    IssueReport {
        /// Who.
        by: UserId,
        /// Best practices and recommendations.
        summary: String,
        /// The report as a file.
        file: Option<EvidenceId>,
        /// What is open with it.
        open: OpenFindings,
    },
    /// A finding was accepted, closed or raised.
    FindingsChanged {
        /// What is open now.
        open: OpenFindings,
    },
    /// The reviewer's word.
    Decide {
        /// Who.
        by: UserId,
        /// The word.
        verdict: Verdict,
        /// Why; must be given for "not ready".
        reason: String,
        /// What is open.
        open: OpenFindings,
        /// Whether the workshop was held.
        workshop_held: bool,
    },
    /// The project has changed after the release.
    NoteChange {
        /// What changed.
        change: LateChange,
        /// When the confirmation is due, by the reviewer's calendar.
        due: Timestamp,
    },
    /// The release still holds.
    Confirm {
        /// Who.
        by: UserId,
        /// What is open.
        open: OpenFindings,
    },
    /// The release does not hold: something must be mitigated.
    Reopen {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
}

impl Command {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Assign { .. } => "assign",
            Self::Begin => "begin",
            Self::Submit { .. } => "submit",
            Self::AskTeam { .. } => "ask_team",
            Self::AnswerTeam { .. } => "answer_team",
            Self::IssueReport { .. } => "issue_report",
            Self::FindingsChanged { .. } => "findings_changed",
            Self::Decide { .. } => "decide",
            Self::NoteChange { .. } => "note_change",
            Self::Confirm { .. } => "confirm",
            Self::Reopen { .. } => "reopen",
        }
    }
}

/// What happened to a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Somebody reviews.
    Assigned {
        /// Who.
        user: UserId,
        /// Why the reviewer may be partial.
        conflict: Option<Conflict>,
    },
    /// The team answers.
    Begun,
    /// The checklist is with the reviewer.
    Submitted {
        /// Who sent it.
        by: UserId,
        /// The digest of what was sent.
        digest: String,
        /// The round.
        round: u32,
        /// When the first report is due.
        due: Timestamp,
    },
    /// The clock stands still.
    TeamAsked {
        /// Who asked.
        by: UserId,
        /// What.
        question: String,
    },
    /// The clock runs on.
    TeamAnswered {
        /// Who answered.
        by: UserId,
        /// What.
        text: String,
    },
    /// The report is out.
    ReportIssued {
        /// Who wrote it.
        by: UserId,
        /// Whether the promised time was kept.
        in_time: bool,
        /// What is open with it.
        open: OpenFindings,
    },
    /// A finding was accepted, closed or raised.
    FindingsChanged {
        /// What is open now.
        open: OpenFindings,
    },
    /// The project is released.
    Completed {
        /// Who released it.
        by: UserId,
        /// It lapses if production is not requested until then.
        valid_until: Timestamp,
        /// What was open, and accepted as such.
        open: OpenFindings,
    },
    /// Not ready.
    Returned {
        /// Who said so.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Something changed; the release does not count until it is confirmed.
    ToBeConfirmed {
        /// What.
        change: LateChange,
        /// When the confirmation is due.
        due: Timestamp,
    },
    /// The release holds.
    Confirmed {
        /// Who.
        by: UserId,
        /// In spite of what.
        changes: Vec<LateChange>,
    },
    /// The release does not hold.
    Reopened {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a review that is {state} cannot be asked to {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// Nobody reviews yet.
    #[error("no reviewer is assigned")]
    NoReviewer,
    /// Somebody else reviews.
    #[error("only the assigned reviewer does this")]
    NotTheReviewer,
    /// Four eyes.
    #[error("the reviewer is never the submitter")]
    SubmitterReviews,
    /// The policy takes only reviewers from elsewhere.
    #[error("the reviewer comes from a party of the project")]
    ConflictOfInterest(Conflict),
    /// Critical findings are open.
    #[error("{open} critical findings are open; {most} may be")]
    CriticalOpen {
        /// How many are.
        open: usize,
        /// How many may be.
        most: usize,
    },
    /// High findings are open, and the policy counts them.
    #[error("{open} high findings are open; {most} may be")]
    HighOpen {
        /// How many are.
        open: usize,
        /// How many may be.
        most: usize,
    },
    /// The workshop must be held first.
    #[error("the workshop was not held")]
    NoWorkshop,
    /// Something must be said and was not.
    #[error("{0} must be given")]
    Missing(&'static str),
    /// The change is within the policy's tolerance.
    #[error("the change needs no confirmation")]
    Tolerated,
}
