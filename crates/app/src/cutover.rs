//! The cutover: the plan and its signature, runs and their tasks, the forecast, and what was learnt.
//!
//! [`Room`] is everything that is known of one run, read at once; tasks, run and board are judged from it.

mod automatic;
mod board;
mod drift;
mod facts;
mod incident;
mod plan;
mod run;
mod task;
mod views;

pub(crate) use automatic::operation_ended;
pub use drift::{CutoverDriftView, DriftLine, OwnerLine};
pub(crate) use facts::facts;
pub use plan::{CutoverSignature, DurationsRequest, PlanChoice, PlanFile};
pub use run::{BackRequest, RunRequest};
pub use task::{TaskDecision, TaskMeasured};
pub use views::{
    BackOutView, CutoverForecastView, CutoverImportView, CutoverPlanView, CutoverRunLine,
    CutoverRunView, CutoverTaskView, IncidentView, NoReturnView, PlanTaskView, PlanTemplateView,
};

use crate::{App, Error, Result};
use golive_core::cutover::forecast::States;
use golive_core::cutover::kept::{KeptIncident, KeptRun, KeptTask, Standing, Version};
use golive_core::cutover::{
    Anchor, Plan, Problem, Task, incident as incidents, run as runs, task as tasks,
};
use golive_core::id::{PlanId, ProjectId, RunId, TaskId};
use golive_core::people::Member;
use golive_core::policy::Policy;
use golive_core::portfolio::Project;
use golive_store::{Session, Versioned, Write};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was never touched waits.
static WAITING: tasks::State = tasks::State::Waiting;

/// Everything that is known of one run.
pub(crate) struct Room<'a> {
    /// The run's id.
    pub id: RunId,
    /// The project.
    pub project: ProjectId,
    /// The run with its version.
    pub kept: Versioned<KeptRun>,
    /// The plan as it is run.
    pub plan: Arc<Plan>,
    /// Its tasks that were touched.
    pub states: States,
    /// The versions of their rows.
    versions: BTreeMap<String, i64>,
    /// What its days count from.
    pub anchor: Anchor,
    /// The pack that it is judged by.
    pub policy: &'a Policy,
}

impl App {
    /// Reads a run with its plan and tasks.
    pub(crate) async fn room(&self, session: &mut Session, id: RunId) -> Result<Room<'_>> {
        let project = project_of_run(session, id).await?;
        let kept = session.get::<KeptRun>(id).await?;
        let of = session.get::<Project>(project).await?.value;
        let plan = version(session, project, &kept.value.run.plan).await?;
        let anchor =
            Anchor::new(kept.value.run.day_zero, &of.time_zone).map_err(Error::internal)?;
        let (mut states, mut versions) = (States::new(), BTreeMap::new());
        for (_, row) in session.with::<KeptTask>("run", id.to_string()).await? {
            versions.insert(row.value.task.clone(), row.version);
            states.insert(row.value.task, row.value.stands);
        }
        let policy = self.policy(&of.policy)?;
        Ok(Room { id, project, kept, plan, states, versions, anchor, policy })
    }
}

impl Room<'_> {
    /// A task of the plan.
    pub(crate) fn task(&self, id: &str) -> Result<&Task> {
        self.plan.task(id).ok_or_else(|| Error::not_found("cutover task", id))
    }

    /// Where a task stands.
    pub(crate) fn state(&self, task: &str) -> &tasks::State {
        self.states.get(task).unwrap_or(&WAITING)
    }

    /// Judges something with all that a task must know of the rest.
    pub(crate) fn around<T>(
        &self,
        task: &Task,
        is_decider: bool,
        judge: impl FnOnce(tasks::Around<'_>) -> T,
    ) -> T {
        let run = &self.kept.value;
        let predecessors: Vec<(&str, &tasks::State)> =
            task.predecessors.iter().map(|id| (id.as_str(), self.state(id))).collect();
        let began = |next: &&Task| {
            next.predecessors.contains(&task.id) && *self.state(&next.id) != tasks::State::Waiting
        };
        let successors_begun: Vec<&str> =
            self.plan.tasks.iter().filter(began).map(|next| next.id.as_str()).collect();
        judge(tasks::Around {
            task,
            kind: run.run.kind,
            run: &run.stands,
            predecessors: &predecessors,
            successors_begun: &successors_begun,
            not_before: task
                .fixed_start
                .and_then(|at| at.at(self.anchor.go_live, &self.anchor.zone)),
            go_decided: self.go_decided(),
            is_decider,
            rules: tasks::Rules::of(self.policy),
        })
    }

    /// Decides one command of a task.
    pub(crate) fn decide(
        &self,
        task: &Task,
        is_decider: bool,
        (command, now): (tasks::Command, Timestamp),
    ) -> Result<tasks::Change> {
        self.around(task, is_decider, |around| {
            tasks::decide(self.state(&task.id), command, around, now)
        })
        .map_err(Error::from)
    }

    /// The go of this run: a rehearsal needs none, a live run has passed the last checkpoint of its window.
    fn go_decided(&self) -> bool {
        match self.kept.value.run.kind {
            runs::Kind::Rehearsal => true,
            runs::Kind::Live => self
                .plan
                .go_no_go()
                .is_some_and(|task| matches!(self.state(&task.id), tasks::State::Passed { .. })),
        }
    }

    /// Stores what was decided about a task.
    pub(crate) async fn keep(
        &mut self,
        write: &mut Write,
        task: &str,
        change: &tasks::Change,
    ) -> Result<()> {
        let id = TaskId::named(&self.id.to_string(), task);
        let value = KeptTask { run: self.id, task: task.to_owned(), stands: change.state.clone() };
        match self.versions.get(task) {
            Some(seen) => write.change(id, *seen, &value, &change.event).await?,
            None => write.insert(id, self.project, &value, &change.event).await?,
        }
        *self.versions.entry(task.to_owned()).or_insert(0) += 1;
        self.states.insert(task.to_owned(), change.state.clone());
        Ok(())
    }
}

pub(crate) async fn project_of_run(session: &mut Session, id: RunId) -> Result<ProjectId> {
    session.project_of::<KeptRun>(id).await?.parse().map_err(Error::internal)
}

/// One version of a project's plan.
async fn version(session: &mut Session, project: ProjectId, digest: &str) -> Result<Arc<Plan>> {
    Ok(session.get::<Version>(version_id(project, digest)).await?.value.0)
}

fn version_id(project: ProjectId, digest: &str) -> PlanId {
    PlanId::named(&project.to_string(), digest)
}

/// The plan that holds now, with its standing.
async fn current(
    session: &mut Session,
    project: ProjectId,
) -> Result<Option<(Versioned<Standing>, Arc<Plan>)>> {
    let Some(standing) = session.find::<Standing>(project).await? else { return Ok(None) };
    let plan = version(session, project, &standing.value.digest).await?;
    Ok(Some((standing, plan)))
}

/// The incidents of a run, in the order of their report.
async fn incidents_of(session: &mut Session, run: RunId) -> Result<Vec<incidents::State>> {
    let rows = session.with::<KeptIncident>("run", run.to_string()).await?;
    Ok(rows.into_iter().map(|(_, row)| row.value.stands).collect())
}

/// Whether a member is who a plan means by a role: by role, side, or as project manager or key stakeholder of a side.
fn holds(member: &Member, role: &str) -> bool {
    let side = member.side.name();
    let manager = role == "project-manager" || role == format!("{side}-project-manager");
    let stakeholder = role == "key-stakeholder" || role == format!("{side}-key-stakeholder");
    member.has_role(role)
        || role == side
        || (member.project_manager && manager)
        || (member.key_stakeholder && stakeholder)
}

fn words_of(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

impl From<runs::Refusal> for Error {
    fn from(refusal: runs::Refusal) -> Self {
        use runs::Refusal as R;
        match refusal {
            R::GateShut(verdict) => Self::GateShut(verdict),
            R::Plan(problems) => Self::Refused(words_of(&problems)),
            other @ (R::WrongState { .. }
            | R::NotJudged
            | R::AtWork(_)
            | R::PastPointOfNoReturn { .. }
            | R::WayBackOpen(_)
            | R::NoReason) => Self::NotNow(other.to_string()),
        }
    }
}

impl From<tasks::Refusal> for Error {
    fn from(refusal: tasks::Refusal) -> Self {
        use tasks::Refusal as R;
        match refusal {
            R::NotNow { obstacles } => {
                Self::Refused(obstacles.iter().map(ToString::to_string).collect())
            }
            R::NoReason => Self::invalid("reason", "a reason", "none"),
            other @ (R::WrongState { .. } | R::WrongKind { .. } | R::OtherOperation) => {
                Self::NotNow(other.to_string())
            }
        }
    }
}

impl From<golive_core::cutover::signature::Refusal> for Error {
    fn from(refusal: golive_core::cutover::signature::Refusal) -> Self {
        use golive_core::cutover::signature::Refusal as R;
        match refusal {
            R::Plan(problems) => Self::Refused(words_of(&problems)),
            R::NoReason => Self::invalid("reason", "a reason", "none"),
            R::NotTheCustomer => Self::forbidden(R::NotTheCustomer.to_string()),
            R::OwnWork => Self::forbidden(R::OwnWork.to_string()),
            other @ (R::WrongState { .. } | R::ShownOther { .. }) => {
                Self::NotNow(other.to_string())
            }
        }
    }
}

impl From<incidents::Refusal> for Error {
    fn from(refusal: incidents::Refusal) -> Self {
        Self::NotNow(refusal.to_string())
    }
}
