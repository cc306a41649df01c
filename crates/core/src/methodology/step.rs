//! One step of a project's methodology: open, done, or not applicable.
//!
//! ```text
//! Open ─complete / record later─► Done ─reopen─► Open
//!   └─declare not applicable─► SetAside ─confirm (a second person)─► NotApplicable ─reopen─► Open
//! ```
//!
//! A step is locked until its prerequisites are settled. Done means: with evidence. What the server can verify by a record it
//! verifies itself, so a step that only records can prove is never done by clicking.

mod decide;

pub use decide::{Around, Change, Refusal, Waiting, decide};

use super::Doer;
use crate::id::{EvidenceId, MemberId, PhaseId, ProjectId, StepId, UserId};
use crate::vocabulary::EvidenceKind;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A step of one project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The step.
    pub id: StepId,
    /// The project.
    pub project: ProjectId,
    /// The phase it belongs to.
    pub phase: PhaseId,
    /// The name in files: `fit-gap`.
    pub name: String,
    /// The number for people: `1.3`.
    pub number: String,
    /// The name for people.
    pub title: String,
    /// What done means.
    pub description: String,
    /// The phase cannot be completed without it.
    pub required: bool,
    /// Whose work it is.
    pub side: Doer,
    /// The usual role.
    pub role: String,
    /// Steps that must be settled first.
    pub prerequisites: BTreeSet<StepId>,
    /// What may prove it; one of these is enough.
    pub evidence: BTreeSet<EvidenceKind>,
    /// Usual length in business days.
    pub lead_business_days: i32,
    /// The project may declare that it does not apply.
    pub may_not_apply: bool,
    /// When it should be done.
    pub planned: Option<Date>,
    /// Who does it.
    pub assigned: Option<MemberId>,
    /// Where it comes from.
    pub source: String,
    /// Where it stands.
    pub state: State,
}

/// What proves that a step was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proof {
    /// A file that people read.
    Document {
        /// The evidence.
        evidence: EvidenceId,
    },
    /// An address that people can open.
    Link {
        /// The address.
        url: String,
    },
    /// A file that the server read.
    File {
        /// The evidence.
        evidence: EvidenceId,
    },
    /// A fact that the server verified when the step was done.
    Record {
        /// The record.
        record: String,
        /// What it found, in words.
        found: String,
    },
}

impl Proof {
    /// The kind of evidence that it is.
    pub fn kind(&self) -> EvidenceKind {
        match self {
            Self::Document { .. } => EvidenceKind::Document,
            Self::Link { .. } => EvidenceKind::Link,
            Self::File { .. } => EvidenceKind::File,
            Self::Record { record, .. } => EvidenceKind::Record(record.clone()),
        }
    }

    /// The evidence that it points to.
    pub fn evidence(&self) -> Option<EvidenceId> {
        match self {
            Self::Document { evidence } | Self::File { evidence } => Some(*evidence),
            Self::Link { .. } | Self::Record { .. } => None,
        }
    }
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// To do.
    Open,
    /// The work is done.
    Done {
        /// Who marked it.
        by: UserId,
        /// When it was marked.
        at: Timestamp,
        /// What proves it.
        proofs: Vec<Proof>,
        /// A word about it.
        note: String,
        /// Set when the work was done before it was marked.
        earlier: Option<Earlier>,
    },
    /// One person says that it does not apply.
    SetAside {
        /// Who says so.
        by: UserId,
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Two people say that it does not apply.
    NotApplicable {
        /// Who said so first.
        by: UserId,
        /// Who confirmed it.
        confirmed_by: UserId,
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// Work that was done before golive knew of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// The real day.
    pub on: Date,
    /// Who did it, by name: not everybody of then is a member now.
    pub done_by: String,
}

impl State {
    /// The name for people and refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done { .. } => "done",
            Self::SetAside { .. } => "set aside",
            Self::NotApplicable { .. } => "not applicable",
        }
    }

    /// Whether later steps may begin and the phase may be completed. What one person set aside counts; how strictly the
    /// missing second person is taken is a criterion of its own.
    pub fn is_settled(&self) -> bool {
        match self {
            Self::Open => false,
            Self::Done { .. } | Self::SetAside { .. } | Self::NotApplicable { .. } => true,
        }
    }
}

/// What can be asked of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Mark it as done.
    Complete {
        /// Who.
        by: UserId,
        /// What proves it; records that hold are added by themselves.
        proofs: Vec<Proof>,
        /// A word about it.
        note: String,
    },
    /// Mark it as done earlier than now.
    RecordLater {
        /// Who marks it.
        by: UserId,
        /// When and by whom it was really done.
        earlier: Earlier,
        /// What proves it; any kind, but at least one.
        proofs: Vec<Proof>,
        /// A word about it.
        note: String,
    },
    /// Take it up again.
    Reopen {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Say that it does not apply.
    SetAside {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Confirm, as a second person, that it does not apply.
    Confirm {
        /// Who.
        by: UserId,
    },
    /// Give it to somebody, or to nobody.
    Assign {
        /// Who gives it.
        by: UserId,
        /// To whom.
        to: Option<MemberId>,
    },
    /// Plan it for another day.
    Plan {
        /// Who.
        by: UserId,
        /// The day.
        on: Option<Date>,
    },
    /// Make it required or optional in this project.
    Require {
        /// Who.
        by: UserId,
        /// Whether it is required from now on.
        required: bool,
        /// Why.
        reason: String,
    },
}

impl Command {
    /// The name for refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Complete { .. } => "be completed",
            Self::RecordLater { .. } => "be recorded later",
            Self::Reopen { .. } => "be reopened",
            Self::SetAside { .. } => "be set aside",
            Self::Confirm { .. } => "be confirmed as not applicable",
            Self::Assign { .. } => "be assigned",
            Self::Plan { .. } => "be planned",
            Self::Require { .. } => "be made required or optional",
        }
    }
}

/// What happened to a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was marked as done.
    Completed {
        /// Who.
        by: UserId,
        /// What proves it.
        proofs: Vec<Proof>,
        /// A word about it.
        note: String,
        /// Set when it was done before it was marked.
        earlier: Option<Earlier>,
    },
    /// It was taken up again.
    Reopened {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
        /// Where it stood before.
        was: State,
    },
    /// One person said that it does not apply.
    SetAside {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// A second person confirmed it.
    Confirmed {
        /// Who.
        by: UserId,
    },
    /// It was given to somebody.
    Assigned {
        /// Who gave it.
        by: UserId,
        /// To whom.
        to: Option<MemberId>,
    },
    /// It was planned for another day.
    Planned {
        /// Who.
        by: UserId,
        /// The day.
        on: Option<Date>,
        /// The day before.
        was: Option<Date>,
    },
    /// It was made required or optional.
    Required {
        /// Who.
        by: UserId,
        /// Whether it is required.
        required: bool,
        /// Why.
        reason: String,
    },
}

#[cfg(test)]
mod tests;
