//! What is kept of a cutover: the plan's standing, each version of the plan, runs, their tasks, their incidents.
//!
//! A task that was never touched has no row; it waits.

use super::plan::Plan;
use super::{incident, run, signature, task};
use crate::id::{RunId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The cutover plan of a project: which version holds, and who signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The digest of the version that holds.
    pub digest: String,
    /// How often it was changed.
    pub number: u32,
    /// Its signature.
    pub signature: signature::State,
    /// Who stored this version.
    pub changed_by: UserId,
    /// When.
    pub changed_at: Timestamp,
    /// The roles that have confirmed their part.
    #[serde(default)]
    pub confirmed: BTreeSet<String>,
}

/// One version of a plan, as it was stored; it never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub std::sync::Arc<Plan>);

/// A run with its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRun {
    /// What it is.
    pub run: run::Run,
    /// Where it stands.
    pub stands: run::State,
}

/// A task of a run with its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptTask {
    /// The run.
    pub run: RunId,
    /// The task's id in the plan.
    pub task: String,
    /// Where it stands.
    pub stands: task::State,
}

/// An incident of a run with its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptIncident {
    /// The run.
    pub run: RunId,
    /// Where it stands.
    pub stands: incident::State,
}
