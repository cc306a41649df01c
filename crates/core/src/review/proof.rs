//! A file that was attached to a finding to show that what was promised is done.

use crate::id::{FindingId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A file with the finding that it belongs to. It is never changed; a better one is attached beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The finding.
    pub finding: FindingId,
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
