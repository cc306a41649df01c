//! A methodology as a template, and the copy that a project makes of it.

use super::Doer;
use super::phase::{Phase, State as PhaseState};
use super::step::{State as StepState, Step};
use crate::id::{MilestoneId, PhaseId, ProjectId, StepId};
use crate::service_model::ServiceModel;
use crate::vocabulary::EvidenceKind;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A methodology that projects may start from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Methodology {
    /// The name that projects choose it by: `erp-standard`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The name for people.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// The service models it fits.
    pub service_models: Vec<ServiceModel>,
    /// The kinds of project it fits: `new_production`, `upgrade`, …
    pub project_types: Vec<String>,
    /// The checklist that a project gets unless it names another.
    pub checklist: String,
    /// The cutover plan that a project gets unless it names another.
    pub cutover_plan: String,
    /// The policy pack that a project gets unless it names another.
    pub policy: String,
    /// Phases in their order.
    pub phases: Vec<PhaseTemplate>,
    /// Planned dates in their order.
    pub milestones: Vec<MilestoneTemplate>,
    /// Steps in their order.
    pub steps: Vec<StepTemplate>,
}

/// A phase of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhaseTemplate {
    /// The name in files: `analysis`.
    pub id: String,
    /// Its place in the order.
    pub number: u32,
    /// The name for people.
    pub title: String,
    /// What it is for.
    pub goal: String,
    /// It must be complete before production may be requested.
    pub before_production_request: bool,
}

/// What a planned date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MilestoneKind {
    /// A date within a phase.
    Planned,
    /// The end of its phase.
    PhaseEnd,
    /// The start of the cutover, which is not the go-live date.
    CutoverStart,
    /// The first day of live operations.
    GoLive,
}

/// A planned date of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MilestoneTemplate {
    /// The name in files: `test-complete`.
    pub id: String,
    /// Its phase.
    pub phase: String,
    /// The name for people.
    pub title: String,
    /// What has happened when it is reached.
    pub meaning: String,
    /// Calendar days before the go-live date; negative is after it.
    pub plan_days_before_go_live: i32,
    /// A project may not do without it.
    pub required: bool,
    /// What it is.
    pub kind: MilestoneKind,
}

/// A step of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepTemplate {
    /// The name in files: `fit-gap`.
    pub id: String,
    /// The number for people: `1.3`.
    pub number: String,
    /// Its phase.
    pub phase: String,
    /// The name for people.
    pub title: String,
    /// What done means.
    pub description: String,
    /// The phase cannot be completed without it.
    pub required: bool,
    /// Whose work it is.
    pub side: Doer,
    /// The usual role.
    pub role: String,
    /// Steps that must be done first.
    pub prerequisites: Vec<String>,
    /// What may prove it; one of these is enough.
    pub evidence: Vec<EvidenceKind>,
    /// Usual work in person-days.
    pub effort_person_days: f64,
    /// Usual length in business days.
    pub lead_business_days: i32,
    /// Calendar days before the go-live date; negative is after it.
    pub plan_days_before_go_live: i32,
    /// A project may declare that it does not apply.
    pub may_not_apply: bool,
    /// Where it comes from.
    pub source: String,
}

/// A planned date of a project, as copied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedMilestone {
    /// The milestone.
    pub id: MilestoneId,
    /// The date counted from the go-live date, if there is one.
    pub planned: Option<Date>,
    /// What it is.
    pub template: MilestoneTemplate,
}

/// A project's own copy of a methodology.
#[derive(Debug, Clone, PartialEq)]
pub struct Copy {
    /// Its phases, all open.
    pub phases: Vec<Phase>,
    /// Its milestones.
    pub milestones: Vec<PlannedMilestone>,
    /// Its steps, all open.
    pub steps: Vec<Step>,
}

impl Methodology {
    /// The copy for one project. Its ids follow from the project and the names in the template, so a second copy is the same.
    pub fn copy(&self, project: ProjectId, go_live: Option<Date>) -> Copy {
        let owner = project.to_string();
        let before =
            |days: i32| go_live.and_then(|day| day.checked_sub(jiff::Span::new().days(days)).ok());
        let phases = self.phases.iter().map(|phase| copy_phase(project, &owner, phase)).collect();
        let milestones = self.milestones.iter().map(|milestone| PlannedMilestone {
            id: MilestoneId::named(&owner, &milestone.id),
            planned: before(milestone.plan_days_before_go_live),
            template: milestone.clone(),
        });
        let steps = self.steps.iter().map(|step| {
            let planned = before(step.plan_days_before_go_live);
            copy_step(project, &owner, step, planned)
        });
        Copy { phases, milestones: milestones.collect(), steps: steps.collect() }
    }
}

fn copy_phase(project: ProjectId, owner: &str, phase: &PhaseTemplate) -> Phase {
    Phase {
        id: PhaseId::named(owner, &phase.id),
        project,
        name: phase.id.clone(),
        number: phase.number,
        title: phase.title.clone(),
        goal: phase.goal.clone(),
        before_production_request: phase.before_production_request,
        state: PhaseState::Open,
    }
}

fn copy_step(project: ProjectId, owner: &str, step: &StepTemplate, planned: Option<Date>) -> Step {
    Step {
        id: StepId::named(owner, &step.id),
        project,
        phase: PhaseId::named(owner, &step.phase),
        name: step.id.clone(),
        number: step.number.clone(),
        title: step.title.clone(),
        description: step.description.clone(),
        required: step.required,
        side: step.side,
        role: step.role.clone(),
        prerequisites: step.prerequisites.iter().map(|name| StepId::named(owner, name)).collect(),
        evidence: step.evidence.iter().cloned().collect::<BTreeSet<_>>(),
        lead_business_days: step.lead_business_days,
        may_not_apply: step.may_not_apply,
        planned,
        assigned: None,
        source: step.source.clone(),
        state: StepState::Open,
    }
}
