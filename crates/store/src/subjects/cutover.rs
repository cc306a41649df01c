//! Rows of the subject cutover: the plan's standing, its versions, runs, tasks and incidents.

use crate::subject::{Column, Subject};
use golive_core::cutover::kept::{KeptIncident, KeptRun, KeptTask, Standing, Version};
use golive_core::id::{IncidentId, PlanId, ProjectId, RunId, TaskId};

impl Subject for Standing {
    type Id = ProjectId;
    const TABLE: &'static str = "cutover_plan";
    const KIND: &'static str = "cutover_plan";
}

impl Subject for Version {
    type Id = PlanId;
    const TABLE: &'static str = "cutover_plan_version";
    const KIND: &'static str = "cutover_plan_version";
}

impl Subject for KeptRun {
    type Id = RunId;
    const TABLE: &'static str = "cutover_run";
    const KIND: &'static str = "cutover_run";
    const COLUMNS: &'static [&'static str] = &["environment"];
    fn columns(&self) -> Vec<Column> {
        vec![self.run.environment.to_string().into()]
    }
}

impl Subject for KeptTask {
    type Id = TaskId;
    const TABLE: &'static str = "cutover_task";
    const KIND: &'static str = "cutover_task";
    const COLUMNS: &'static [&'static str] = &["run", "task", "phase"];
    fn columns(&self) -> Vec<Column> {
        vec![self.run.to_string().into(), self.task.clone().into(), self.stands.name().into()]
    }
}

impl Subject for KeptIncident {
    type Id = IncidentId;
    const TABLE: &'static str = "cutover_incident";
    const KIND: &'static str = "cutover_incident";
    const COLUMNS: &'static [&'static str] = &["run"];
    fn columns(&self) -> Vec<Column> {
        vec![self.run.to_string().into()]
    }
}
