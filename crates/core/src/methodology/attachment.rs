//! A file that was attached to a step to show that its work was done.

use crate::id::{EvidenceId, ProjectId, StepId, UserId};
use crate::methodology::step::Proof;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// People read it.
    Document,
    /// The server can read it too: results, an analysis.
    File,
}

impl Kind {
    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::File => "file",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Document, Self::File]
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| format!("`{text}` is neither document nor file"))
    }
}

/// A file with the step that it belongs to. It is never changed; a better one is attached beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The evidence.
    pub id: EvidenceId,
    /// The project.
    pub project: ProjectId,
    /// The step.
    pub step: StepId,
    /// What kind of file it is.
    pub kind: Kind,
    /// Its name, as it was sent.
    pub name: String,
    /// `sha256:` and the hexadecimal digest.
    pub digest: String,
    /// Its size.
    pub bytes: u64,
    /// Who attached it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

impl Attachment {
    /// What it proves with.
    pub fn proof(&self) -> Proof {
        match self.kind {
            Kind::Document => Proof::Document { evidence: self.id },
            Kind::File => Proof::File { evidence: self.id },
        }
    }
}

/// What happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was attached.
    Attached {
        /// Who.
        by: UserId,
        /// The file's digest.
        digest: String,
    },
}
