//! What an application says about its own data: the shape that the hooks `digest`, `snapshot` and `totals` print.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A database as it describes itself, all read in one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// A digest over the schema.
    pub schema: String,
    /// Every table.
    pub tables: Vec<TableProof>,
    /// Every sequence or counter with its value.
    #[serde(default)]
    pub sequences: BTreeMap<String, i64>,
    /// Large objects outside tables, if the database keeps any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub large_objects: Option<TableProof>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableProof {
    /// Its name.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// The digest over its rows, whatever their order.
    pub digest: String,
    /// What the digest covers.
    pub how: How,
}

/// What the digest of a table covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Whole rows.
    FullRows,
    /// The keys only, because the table is larger than the policy's limit.
    Keys,
}

/// One business total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Its name within the blueprint.
    pub id: String,
    /// The amount as printed.
    pub value: String,
}

impl Proof {
    /// Everything that is compared, by name. Large objects stand beside the tables.
    pub(super) fn by_name(&self) -> BTreeMap<&str, &TableProof> {
        self.tables
            .iter()
            .chain(&self.large_objects)
            .map(|table| (table.table.as_str(), table))
            .collect()
    }
}
