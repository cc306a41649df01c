//! Database copies: what will be changed, what was proven, who signed.
//!
//! A copy is proven twice. First every table of the side database is compared with the source, read in the very snapshot
//! that was copied. Then it is neutralised, and every table is compared again: only what the profile names may differ, and
//! in those tables only the named columns. Running the copy is an operation's work; the rules here only compare and judge.

use crate::blueprint::{AfterCopyTask, Neutralisation};
use crate::id::{EnvironmentId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod decimal;
mod facts;
mod proof;
mod report;
pub mod sign_off;
pub use decimal::Decimal;
pub use facts::{Place, Plan, Standing, gate_facts, production_facts};
pub use proof::{How, Proof, TableProof, Total};
pub use report::{Evidence, Limits, Line, LineResult, Outcome, Report, TotalLine, reconcile};

/// What neutralising will change, shown before the copy and confirmed with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The profile.
    pub profile: String,
    /// Each table that will change.
    pub changes: Vec<WillChange>,
    /// `sha256:` and the digest over all of the above: what a confirmation binds to.
    pub digest: String,
}

/// One table that will change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WillChange {
    /// The table.
    pub table: String,
    /// The columns that may change; none if rows come or go.
    pub columns: Vec<String>,
    /// What happens, for people.
    pub what: String,
    /// How many rows it would meet now, if somebody counted.
    pub rows: Option<u64>,
}

/// One table as the application counted it, before or after the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The table.
    pub table: String,
    /// The rows.
    pub rows: u64,
}

/// The list of what will change: everything that the profile may touch, with the application's own count where it gave one.
pub fn preview(profile: &Neutralisation, counted: &[Counted]) -> Preview {
    let rows = |table: &str| counted.iter().find(|line| line.table == table).map(|line| line.rows);
    let changes: Vec<WillChange> = profile
        .changes
        .iter()
        .map(|change| WillChange {
            table: change.table.clone(),
            columns: change.columns.clone(),
            what: change.what.clone(),
            rows: rows(&change.table),
        })
        .collect();
    let digest = digest_of(&(&profile.profile, &changes));
    Preview { profile: profile.profile.clone(), changes, digest }
}

/// The columns of the profile as the second proof leaves them out: `table.column`.
pub fn left_out(profile: &Neutralisation) -> Vec<String> {
    let of = |table: &str, columns: &[String]| -> Vec<String> {
        columns.iter().map(|column| format!("{table}.{column}")).collect()
    };
    profile.changes.iter().flat_map(|change| of(&change.table, &change.columns)).collect()
}

/// `sha256:` and the digest over a value as JSON.
pub(crate) fn digest_of(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("the types of a copy have text keys only");
    format!("sha256:{}", hex::encode(Sha256::digest(text.as_bytes())))
}

/// Something that people do after a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What, by whom and how, from the blueprint.
    #[serde(flatten)]
    pub task: AfterCopyTask,
    /// Who did it, once it is done.
    pub done: Option<Done>,
}

/// Who did a task, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// The list of what to do after a copy.
pub fn after_copy(tasks: &[AfterCopyTask]) -> Vec<Task> {
    tasks.iter().map(|task| Task { task: task.clone(), done: None }).collect()
}

/// A copy that was done: what was proven, who signs, what is left to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Where the data came from.
    pub source: EnvironmentId,
    /// Where they went.
    pub destination: EnvironmentId,
    /// Who started it.
    pub started_by: UserId,
    /// When it was done.
    pub at: Timestamp,
    /// What was proven.
    pub report: Report,
    /// The signature under the report.
    pub sign_off: sign_off::State,
    /// What people do afterwards.
    pub tasks: Vec<Task>,
}

#[cfg(test)]
mod tests;
