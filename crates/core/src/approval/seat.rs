//! The seats of a decision: what each asks for, who may sit there, and the signature that takes it.

use crate::id::UserId;
use crate::people::{Member, Side};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// In what capacity somebody signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "capacity", rename_all = "snake_case")]
pub enum Capacity {
    /// As anybody of a side.
    Side {
        /// The side.
        side: Side,
    },
    /// In a role of the vocabulary.
    Role {
        /// The role.
        role: String,
    },
    /// As project manager of a side.
    ProjectManager {
        /// The side.
        side: Side,
    },
    /// As key stakeholder of a side.
    KeyStakeholder {
        /// The side.
        side: Side,
    },
}

impl Capacity {
    /// Whether a member has it now. A service account, or who has left, has none.
    pub fn is_held_by(&self, member: &Member) -> bool {
        let held = match self {
            Self::Side { side } => member.side == *side,
            Self::Role { role } => member.has_role(role),
            Self::ProjectManager { side } => member.side == *side && member.project_manager,
            Self::KeyStakeholder { side } => member.side == *side && member.key_stakeholder,
        };
        held && !member.service_account && member.removed.is_none()
    }
}

/// One part of the decision: so many people, each in one of these capacities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name within the decision: `customer`.
    pub id: String,
    /// What it asks, in words.
    pub title: String,
    /// How many people.
    pub seats: usize,
    /// The capacities, any of which will do.
    pub any_of: Vec<Capacity>,
}

/// One member acts for another for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Whose capacity.
    pub from: UserId,
    /// Who uses it.
    pub to: UserId,
    /// Until when.
    pub until: Timestamp,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The rule that it counts for.
    pub rule: String,
    /// Who.
    pub by: UserId,
    /// In which capacity, as the signer chose.
    pub capacity: Capacity,
    /// For whom, if the capacity was delegated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<UserId>,
    /// What the signature means: "I have read the report and accept it".
    pub meaning: String,
    /// The digest of what was signed.
    pub digest: String,
    /// When.
    pub at: Timestamp,
}
