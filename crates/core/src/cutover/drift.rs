//! After a run: planned against actual, drift by task and owner, new durations to offer.

use super::forecast::{States, minutes_between};
use super::plan::{Durations, Plan};
use super::task::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How one task went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDrift {
    /// The task.
    pub task: String,
    /// Its owner's role.
    pub owner: String,
    /// What was planned, in minutes.
    pub planned: u32,
    /// What it took.
    pub actual: u32,
    /// The difference; positive is longer.
    pub minutes: i64,
    /// The durations that the next plan should have; `None` when the old ones held.
    pub offer: Option<Durations>,
}

/// How one owner's tasks went together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OwnerDrift {
    /// How many tasks were measured.
    pub tasks: u32,
    /// What was planned, in minutes.
    pub planned: u32,
    /// What they took.
    pub actual: u32,
    /// The difference; positive is longer.
    pub minutes: i64,
}

/// How a run went.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Drift {
    /// Each task that was measured, in the order of the plan.
    pub tasks: Vec<TaskDrift>,
    /// The sums by owner.
    pub owners: BTreeMap<String, OwnerDrift>,
    /// Tasks that were left out, with the reason.
    pub skipped: BTreeMap<String, String>,
    /// Tasks that failed and were settled, with how.
    pub settled: BTreeMap<String, String>,
}

/// Compares a run with its plan. What was skipped or settled says nothing about durations.
pub fn drift(plan: &Plan, states: &States) -> Drift {
    let mut found = Drift::default();
    for task in &plan.tasks {
        let Some(state) = states.get(&task.id) else { continue };
        match state {
            State::Done { started, finished: end, .. } | State::Passed { started, at: end, .. } => {
                let actual =
                    u32::try_from(minutes_between(*started, *end).max(0)).unwrap_or(u32::MAX);
                let planned = task.durations.planned;
                let minutes = i64::from(actual) - i64::from(planned);
                let offer = offer(task.durations, actual);
                let owner = found.owners.entry(task.owner.clone()).or_default();
                owner.tasks += 1;
                owner.planned += planned;
                owner.actual = owner.actual.saturating_add(actual);
                owner.minutes += minutes;
                let (task, owner) = (task.id.clone(), task.owner.clone());
                found.tasks.push(TaskDrift { task, owner, planned, actual, minutes, offer });
            }
            State::Skipped { reason, .. } => {
                found.skipped.insert(task.id.clone(), reason.clone());
            }
            State::Settled { how, .. } => {
                found.settled.insert(task.id.clone(), how.clone());
            }
            State::Waiting
            | State::Running { .. }
            | State::Operating { .. }
            | State::Held { .. }
            | State::Failed { .. } => {}
        }
    }
    found
}

/// What was measured becomes the plan; the range is widened to hold it. Nothing is offered for what took its time.
pub fn offer(old: Durations, actual: u32) -> Option<Durations> {
    let new = Durations {
        optimistic: old.optimistic.min(actual),
        planned: actual,
        pessimistic: old.pessimistic.max(actual),
    };
    (new != old).then_some(new)
}

/// The plan with the durations of the tasks that were chosen.
pub fn take_over(plan: &Plan, drift: &Drift, chosen: impl Fn(&TaskDrift) -> bool) -> Plan {
    let mut next = plan.clone();
    for measured in drift.tasks.iter().filter(|measured| chosen(measured)) {
        let task = next.tasks.iter_mut().find(|task| task.id == measured.task);
        if let (Some(task), Some(offer)) = (task, measured.offer) {
            task.durations = offer;
        }
    }
    next
}
