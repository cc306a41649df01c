//! The criteria of the cutover as content: entrance, go/no-go, exit, end of hypercare, and the hand-over list.

use crate::gate::{Criterion, Gate};
use serde::{Deserialize, Serialize};

/// A group of criteria; each stands before one gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Before the live run starts.
    Entrance,
    /// On the table of the go/no-go.
    GoNoGo,
    /// Before the run is closed.
    Exit,
    /// Before hypercare ends.
    HypercareExit,
}

impl Group {
    /// All groups in the order of the path.
    pub const ALL: [Self; 4] = [Self::Entrance, Self::GoNoGo, Self::Exit, Self::HypercareExit];

    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entrance => "entrance",
            Self::GoNoGo => "go_no_go",
            Self::Exit => "exit",
            Self::HypercareExit => "hypercare_exit",
        }
    }

    /// The gate that they stand before.
    pub fn gate(self) -> Gate {
        match self {
            Self::Entrance => Gate::CutoverStart,
            Self::GoNoGo => Gate::GoLive,
            Self::Exit => Gate::CutoverEnd,
            Self::HypercareExit => Gate::HypercareExit,
        }
    }
}

/// A group's title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// The group.
    pub group: Group,
    /// Its title.
    pub title: String,
    /// What it says.
    pub description: String,
}

/// One criterion with what only its file knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Its number, for people.
    pub number: String,
    /// Its group.
    pub group: Group,
    /// The unit of value and threshold.
    pub unit: String,
    /// True when a person answers instead of a measurement.
    pub manual: bool,
    /// The kinds of evidence that answer it.
    pub evidence: Vec<String>,
    /// What the gate judges.
    pub criterion: Criterion,
}

/// A line of the hand-over list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Stable name.
    pub id: String,
    /// Its number, for people.
    pub number: String,
    /// The part of the list.
    pub group: String,
    /// What is handed over.
    pub title: String,
    /// When it is done.
    pub done_when: String,
    /// The role that hands over.
    pub from_role: String,
    /// The role that takes over.
    pub to_role: String,
    /// Whether hypercare can end without it.
    pub required: bool,
    /// Where it comes from.
    pub source: String,
}

/// A part of the hand-over list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverGroup {
    /// Stable name.
    pub id: String,
    /// Its place.
    pub number: u32,
    /// Its title.
    pub title: String,
}

/// A whole set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criteria {
    /// Stable name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// The groups, in order.
    pub headings: Vec<Heading>,
    /// The criteria, in order.
    pub asked: Vec<Asked>,
    /// The parts of the hand-over list.
    pub handover_groups: Vec<HandoverGroup>,
    /// The hand-over list.
    pub handover: Vec<Handover>,
}

impl Criteria {
    /// The table of a gate, in the order of the file; other gates have none here.
    pub fn table(&self, gate: Gate) -> Vec<Criterion> {
        let of_gate = self.asked.iter().filter(|asked| asked.group.gate() == gate);
        of_gate.map(|asked| asked.criterion.clone()).collect()
    }

    /// The criterion with this id.
    pub fn asked(&self, id: &str) -> Option<&Asked> {
        self.asked.iter().find(|asked| asked.criterion.id == id)
    }

    /// The lines without which hypercare does not end.
    pub fn required_handover(&self) -> Vec<&str> {
        self.handover.iter().filter(|line| line.required).map(|line| line.id.as_str()).collect()
    }
}

/// The page on which a fact is mended, below the project's address.
pub fn page_of(fact: &str) -> &'static str {
    match fact.split('.').next().unwrap_or_default() {
        "uat" | "defects" | "sit" | "performance" => "acceptance",
        "production" | "restore" | "environment" | "access" | "jobs" => "environments",
        "cutover" | "validation" | "integration" | "devices" | "security" | "data" => "cutover",
        "calendar" => "schedule",
        "waiver" => "waivers",
        _ => "go-live",
    }
}
