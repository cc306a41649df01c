//! What may change after the release, and whether it matters.

use super::Rules;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Something that is no longer as it was reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum LateChange {
    /// The go-live date was moved.
    DateMoved {
        /// From.
        from: Date,
        /// To.
        to: Date,
        /// All moves since the report added up, in days, this one included.
        total_days: u32,
    },
    /// The scope was changed.
    ScopeChanged {
        /// What, in words.
        what: String,
    },
    /// Another version set is to go live.
    VersionChanged {
        /// From.
        from: String,
        /// To.
        to: String,
    },
}

impl Rules {
    /// Whether the reviewer must confirm.
    pub fn matters(&self, change: &LateChange) -> bool {
        match change {
            LateChange::DateMoved { from, to, total_days } => {
                let moved = from.until(*to).map_or(u32::MAX, |span| span.get_days().unsigned_abs());
                self.on_date_move
                    && (moved > self.move_days_most || *total_days > self.moves_total_most)
            }
            LateChange::ScopeChanged { .. } => self.on_scope_change,
            LateChange::VersionChanged { from, to } => self.on_version_change && from != to,
        }
    }
}
