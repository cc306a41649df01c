//! How a run went against its plan, as people see it.

use super::{CutoverRunLine, Room};
use golive_core::cutover::Durations;
use golive_core::cutover::drift::{Drift, OwnerDrift, TaskDrift};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How a run went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CutoverDriftView {
    /// The run in a line.
    pub run: CutoverRunLine,
    /// Each task that was measured.
    pub tasks: Vec<DriftLine>,
    /// The sums by owner.
    pub owners: Vec<OwnerLine>,
    /// Tasks that were left out, with the reason.
    pub skipped: BTreeMap<String, String>,
    /// Tasks that failed and were settled, with how.
    pub settled: BTreeMap<String, String>,
}

/// One task, planned against actual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DriftLine {
    /// The task.
    pub task: String,
    /// Its number.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// Its owner's role.
    pub owner: String,
    /// Minutes planned.
    pub planned: u32,
    /// Minutes it took.
    pub actual: u32,
    /// The difference; positive is longer.
    pub minutes: i64,
    /// The durations that the next plan should have.
    #[schema(value_type = Option<Object>)]
    pub offer: Option<Durations>,
}

/// One owner's tasks together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OwnerLine {
    /// The role.
    pub owner: String,
    /// How many tasks.
    pub tasks: u32,
    /// The difference in minutes; positive is longer.
    pub minutes: i64,
}

impl CutoverDriftView {
    pub(super) fn of(room: &Room<'_>, drift: Drift) -> Self {
        let line = |measured: TaskDrift| {
            let task = room.plan.task(&measured.task)?;
            Some(DriftLine {
                number: task.number,
                title: task.title.clone(),
                task: measured.task,
                owner: measured.owner,
                planned: measured.planned,
                actual: measured.actual,
                minutes: measured.minutes,
                offer: measured.offer,
            })
        };
        let owner = |(owner, sum): (String, OwnerDrift)| OwnerLine {
            owner,
            tasks: sum.tasks,
            minutes: sum.minutes,
        };
        Self {
            run: CutoverRunLine::of(room),
            tasks: drift.tasks.into_iter().filter_map(line).collect(),
            owners: drift.owners.into_iter().map(owner).collect(),
            skipped: drift.skipped,
            settled: drift.settled,
        }
    }
}
