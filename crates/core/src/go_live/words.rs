//! What can be asked of going live, and what then happened.

use super::{Say, Vote};
use crate::gate::Verdict;
use crate::id::UserId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Call the table together over these measured values.
    Call {
        /// Who.
        by: UserId,
        /// Their digest.
        shown: String,
    },
    /// The measured values have changed.
    Show {
        /// Their digest.
        shown: String,
    },
    /// Vote for a seat.
    Vote {
        /// Who.
        by: UserId,
        /// The seat.
        seat: String,
        /// What is said.
        say: Say,
        /// Why.
        reason: String,
        /// The digest that was shown.
        shown: String,
    },
    /// Put a condition on the table (or complete one).
    Propose {
        /// Who.
        by: UserId,
        /// Its name.
        condition: String,
        /// What must be done.
        what: String,
        /// Who does it.
        owner: Option<UserId>,
        /// Until when.
        due: Option<Date>,
    },
    /// Decide.
    Decide {
        /// Who.
        by: UserId,
        /// Go live?
        go: bool,
        /// The answer to each seat that said no.
        answers: BTreeMap<String, String>,
        /// What else is said; a no-go needs it.
        note: String,
        /// The digest that was shown.
        shown: String,
    },
    /// Write (or mend) the minutes.
    WriteMinutes {
        /// Who.
        by: UserId,
        /// The text.
        text: String,
    },
    /// Confirm the minutes.
    ConfirmMinutes {
        /// Who.
        by: UserId,
        /// The text that was read.
        text: String,
    },
    /// A condition is fulfilled.
    Fulfil {
        /// Who.
        by: UserId,
        /// The condition.
        condition: String,
        /// What was done.
        note: String,
    },
    /// A condition is no longer asked for.
    Release {
        /// Who.
        by: UserId,
        /// The condition.
        condition: String,
        /// Why.
        reason: String,
    },
    /// The business works in the new system.
    GoLive {
        /// Who records it.
        by: UserId,
        /// Since when.
        since: Timestamp,
    },
    /// Support takes over a line of the hand-over list.
    TakeOver {
        /// Who.
        by: UserId,
        /// The line.
        line: String,
        /// What was seen.
        note: String,
    },
    /// End hypercare.
    End {
        /// Who.
        by: UserId,
    },
}

impl Command {
    /// The command's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Call { .. } => "call",
            Self::Show { .. } => "show",
            Self::Vote { .. } => "vote",
            Self::Propose { .. } => "propose",
            Self::Decide { .. } => "decide",
            Self::WriteMinutes { .. } => "write_minutes",
            Self::ConfirmMinutes { .. } => "confirm_minutes",
            Self::Fulfil { .. } => "fulfil",
            Self::Release { .. } => "release",
            Self::GoLive { .. } => "go_live",
            Self::TakeOver { .. } => "take_over",
            Self::End { .. } => "end",
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The table was called together.
    MeetingCalled {
        /// Who.
        by: UserId,
        /// The digest on the table.
        shown: String,
    },
    /// Other values are on the table.
    ValuesChanged {
        /// Their digest.
        shown: String,
        /// The votes that this ended.
        superseded: Vec<Vote>,
    },
    /// A seat voted.
    Voted {
        /// The vote.
        vote: Vote,
        /// The vote of the seat that this ended.
        superseded: Option<Vote>,
    },
    /// A condition was put on the table.
    ConditionProposed {
        /// Who.
        by: UserId,
        /// Its name.
        condition: String,
        /// What must be done.
        what: String,
    },
    /// It was decided.
    Decided {
        /// Who.
        by: UserId,
        /// Go?
        go: bool,
        /// The full verdict that was on the table.
        verdict: Box<Verdict>,
    },
    /// Minutes were written.
    MinutesWritten {
        /// Who.
        by: UserId,
    },
    /// Minutes were confirmed.
    MinutesConfirmed {
        /// Who.
        by: UserId,
    },
    /// A condition was fulfilled.
    ConditionFulfilled {
        /// Who.
        by: UserId,
        /// The condition.
        condition: String,
    },
    /// A condition was released.
    ConditionReleased {
        /// Who.
        by: UserId,
        /// The condition.
        condition: String,
        /// Why.
        reason: String,
    },
    /// The business works in the new system.
    WentLive {
        /// Who recorded it.
        by: UserId,
        /// Since when.
        since: Timestamp,
    },
    /// Support took over a line.
    TakenOver {
        /// Who.
        by: UserId,
        /// The line.
        line: String,
    },
    /// Hypercare ended.
    HypercareEnded {
        /// Who.
        by: UserId,
        /// The full verdict.
        verdict: Box<Verdict>,
    },
}
