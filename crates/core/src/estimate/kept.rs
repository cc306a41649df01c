//! A usage profile as a project keeps it: its content, where it came from, and where it stands.

use super::Estimate;
use super::machine::State;
use crate::id::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One usage profile of a project. Its own fields have names that no state has: they lie beside those of the state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What it says.
    pub profile: Estimate,
    /// Digest of what it says.
    pub digest: String,
    /// The file that it was read from.
    pub file: String,
    /// Who brought it in.
    pub imported_by: UserId,
    /// When.
    pub imported_at: Timestamp,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

impl Kept {
    /// A fresh draft.
    pub fn draft(profile: Estimate, file: &str, by: UserId, at: Timestamp) -> Self {
        let digest = profile.digest();
        Self {
            profile,
            digest,
            file: file.to_owned(),
            imported_by: by,
            imported_at: at,
            state: State::Draft,
        }
    }

    /// Whether it is the one that counts.
    pub fn is_active(&self) -> bool {
        match self.state {
            State::Active { .. } => true,
            State::Draft | State::Retired { .. } => false,
        }
    }
}
