//! What people see of a cutover.

use super::Room;
use crate::views::{ActionView, GateView};
use golive_core::cutover::advice::Advice;
use golive_core::cutover::merge::{Preview, TaskChange};
use golive_core::cutover::simulate::Percentiles;
use golive_core::cutover::timetable::Moments;
use golive_core::cutover::{Slot, Task, incident, run, signature, task};
use golive_core::id::{IncidentId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The names of a project's people, those who left included.
pub(crate) struct Names(pub BTreeMap<UserId, String>);

impl Names {
    /// The name of a user; golive itself has none in the project.
    pub(crate) fn of(&self, user: UserId) -> String {
        self.0.get(&user).cloned().unwrap_or_else(|| user.to_string())
    }
}

/// A shipped plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanTemplateView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How many tasks it has.
    pub tasks: usize,
}

/// The cutover plan of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CutoverPlanView {
    /// The project.
    pub project: String,
    /// The plan's own id.
    pub plan: String,
    /// Its title.
    pub title: String,
    /// The version in its file.
    pub version: String,
    /// How often it was stored here.
    pub number: u32,
    /// The digest that a signature binds to.
    pub digest: String,
    /// `draft`, `signed` or `superseded`.
    pub state: String,
    /// Who signed it last.
    pub signed_by: Option<String>,
    /// The particulars of the state.
    #[schema(value_type = Object)]
    pub particulars: signature::State,
    /// Who stored this version.
    pub changed_by: String,
    /// When.
    #[schema(value_type = String)]
    pub changed_at: Timestamp,
    /// Roles that have confirmed their part.
    pub confirmed: Vec<String>,
    /// What is wrong or incomplete.
    pub problems: Vec<String>,
    /// In what it is not as the policy pack asks.
    #[schema(value_type = Vec<Object>)]
    pub advice: Vec<Advice>,
    /// The length of its window.
    pub window_hours: u32,
    /// The fixed moments, once the go-live date is set.
    #[schema(value_type = Option<Object>)]
    pub moments: Option<Moments>,
    /// The longest chain of work.
    pub longest_chain: Vec<String>,
    /// Its length in minutes.
    pub longest_chain_minutes: Option<u32>,
    /// When the window's work would end, by planned durations.
    #[schema(value_type = Option<String>)]
    pub planned_end: Option<Timestamp>,
    /// The tasks in the order of the plan.
    pub tasks: Vec<PlanTaskView>,
    /// The sections: id and title.
    #[schema(value_type = Vec<Vec<String>>)]
    pub sections: Vec<(String, String)>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version, for `If-Match`.
    pub row_version: i64,
}

/// A task of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanTaskView {
    /// The task as the plan has it.
    #[schema(value_type = Object)]
    #[serde(flatten)]
    pub task: Task,
    /// When it can start and must, once the go-live date is set.
    #[schema(value_type = Option<Object>)]
    pub slot: Option<Slot>,
}

impl PlanTaskView {
    pub(super) fn of(task: &Task, slot: Option<Slot>) -> Self {
        Self { task: task.clone(), slot }
    }
}

/// What an import would change, or has changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CutoverImportView {
    /// Tasks that are new.
    pub added: Vec<String>,
    /// Tasks that change, field by field.
    #[schema(value_type = Vec<Object>)]
    pub changed: Vec<TaskChange>,
    /// Tasks that go.
    pub removed: Vec<String>,
    /// How many stay as they are.
    pub unchanged: usize,
    /// The digest afterwards.
    pub digest: String,
    /// What is wrong or incomplete afterwards.
    pub problems: Vec<String>,
    /// True when it was done and not only shown.
    pub applied: bool,
    /// True when a signature ends by it.
    pub ends_signature: bool,
}

impl CutoverImportView {
    pub(super) fn of(
        change: &Preview,
        (digest, problems): (String, Vec<String>),
        (applied, ends_signature): (bool, bool),
    ) -> Self {
        let ids = |tasks: &[Task]| tasks.iter().map(|task| task.id.clone()).collect();
        Self {
            added: ids(&change.added),
            changed: change.changed.clone(),
            removed: ids(&change.removed),
            unchanged: change.unchanged,
            digest,
            problems,
            applied,
            ends_signature,
        }
    }
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CutoverRunLine {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// `rehearsal` or `live`.
    pub kind: String,
    /// Where it takes place.
    pub environment: String,
    /// `planned`, `running`, `paused`, `going_back`, `completed`, `went_back` or `cancelled`.
    pub state: String,
    /// The day that counts as the go-live day.
    pub day_zero: String,
    /// Tasks that are over, of the way that is gone.
    pub over: usize,
    /// All tasks of that way.
    pub tasks: usize,
    /// Minutes from the opening to the closing of the window, as measured.
    pub measured_minutes: Option<i64>,
    /// Minutes that the window has.
    pub window_minutes: i64,
}

pub(super) fn kind_word(kind: run::Kind) -> &'static str {
    match kind {
        run::Kind::Rehearsal => "rehearsal",
        run::Kind::Live => "live",
    }
}

impl CutoverRunLine {
    pub(super) fn of(room: &Room<'_>) -> Self {
        let kept = &room.kept.value;
        let (over, tasks) = room.progress();
        Self {
            id: room.id.to_string(),
            title: kept.run.title.clone(),
            kind: kind_word(kept.run.kind).to_owned(),
            environment: kept.run.environment.to_string(),
            state: kept.stands.name().to_owned(),
            day_zero: kept.run.day_zero.to_string(),
            over,
            tasks,
            measured_minutes: room.past().measured_minutes(),
            window_minutes: i64::from(room.plan.window_hours) * 60,
        }
    }
}

/// A run with its tasks and its forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CutoverRunView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Its title.
    pub title: String,
    /// `rehearsal` or `live`.
    pub kind: String,
    /// Its number among the runs of its kind.
    pub number: u32,
    /// Where it takes place.
    pub environment: String,
    /// The digest of the plan that is run.
    pub plan: String,
    /// The day that counts as the go-live day.
    pub day_zero: String,
    /// `planned`, `running`, `paused`, `going_back`, `completed`, `went_back` or `cancelled`.
    pub state: String,
    /// The particulars of the state.
    #[schema(value_type = Object)]
    pub particulars: run::State,
    /// Tasks that are over, of the way that is gone.
    pub over: usize,
    /// All tasks of that way.
    pub of: usize,
    /// The gate that stands before the next step of a live run.
    pub gate: Option<GateView>,
    /// When it ends, and everything that people ask in the cutover room; none when it is over.
    pub forecast: Option<CutoverForecastView>,
    /// The tasks in the order of the plan.
    pub tasks: Vec<CutoverTaskView>,
    /// The incidents.
    pub incidents: Vec<IncidentView>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version, for `If-Match`.
    pub row_version: i64,
}

/// A task of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CutoverTaskView {
    /// Its stable name.
    pub id: String,
    /// The run.
    pub run: String,
    /// Its number for people.
    pub number: u32,
    /// What is to be done.
    pub title: String,
    /// The section it stands in.
    pub section: String,
    /// The team that does it.
    pub stream: String,
    /// `task`, `milestone`, `checkpoint`, `communication` or `automatic`.
    pub kind: String,
    /// The operation that it names.
    pub operation: Option<String>,
    /// True when golive carries that operation out when the task is started.
    pub by_golive: bool,
    /// The role that does it.
    pub owner: String,
    /// Who steps in.
    pub backup: String,
    /// How long it should take.
    pub planned_minutes: u32,
    /// The tasks that must be over first.
    pub predecessors: Vec<String>,
    /// True for what cannot be taken back.
    pub point_of_no_return: bool,
    /// `waiting`, `running`, `operating`, `done`, `passed`, `held`, `failed`, `settled` or `skipped`.
    pub state: String,
    /// The particulars of the state.
    #[schema(value_type = Object)]
    pub particulars: task::State,
    /// Who had it last.
    pub by: Option<String>,
    /// True when it may be started now.
    pub startable: bool,
    /// What stands in the way; empty when it is started or startable.
    pub obstacles: Vec<String>,
    /// Minutes that it is late, if it is.
    pub late_minutes: Option<i64>,
    /// When it started or is expected to.
    #[schema(value_type = Option<String>)]
    pub starts: Option<Timestamp>,
    /// When it was finished or is expected to be.
    #[schema(value_type = Option<String>)]
    pub finishes: Option<Timestamp>,
    /// True when it decides when the window closes.
    pub critical: bool,
    /// How to know that it worked.
    pub verification: String,
    /// How to take it back.
    pub undo: String,
    /// How to do it.
    pub instructions: String,
    /// What could be done here, and why not if not; on the board only for tasks that are not over and not waiting.
    pub actions: Vec<ActionView>,
}

/// Points of a simulated end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CutoverForecastView {
    /// When it was made.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// The window opens.
    #[schema(value_type = String)]
    pub window_opens: Timestamp,
    /// The window's work ends, by planned durations and the plan alone.
    #[schema(value_type = Option<String>)]
    pub planned_end: Option<Timestamp>,
    /// The window ends.
    #[schema(value_type = String)]
    pub window_ends: Timestamp,
    /// The business starts.
    #[schema(value_type = String)]
    pub business_start: Timestamp,
    /// The end by planned durations, from where things stand.
    #[schema(value_type = Option<String>)]
    pub expected_end: Option<Timestamp>,
    /// Half, four of five, nineteen of twenty simulated runs have ended; and the slowest.
    #[schema(value_type = Object)]
    pub percentiles: Percentiles,
    /// The same when durations hang together: all late or all early.
    #[schema(value_type = Object)]
    pub together: Percentiles,
    /// The point that the policy asks for.
    #[schema(value_type = String)]
    pub at_policy: Timestamp,
    /// Simulated runs that end inside the window, in per cent.
    pub inside_window: f64,
    /// Minutes between the policy's point and the end of the window; negative when it does not fit.
    pub margin_minutes: i64,
    /// The tasks that decide the end, from now on.
    pub critical_path: Vec<String>,
    /// If we back out now.
    pub back_out: Option<BackOutView>,
    /// What cannot be taken back.
    pub no_return: Option<NoReturnView>,
}

/// Backing out now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BackOutView {
    /// The old system is open again.
    #[schema(value_type = String)]
    pub released: Timestamp,
    /// The same if it goes badly.
    #[schema(value_type = String)]
    pub released_pessimistic: Timestamp,
    /// Everything is done.
    #[schema(value_type = String)]
    pub finished: Timestamp,
    /// The old system is needed by then.
    #[schema(value_type = Option<String>)]
    pub needed: Option<Timestamp>,
    /// The last moment to decide it.
    #[schema(value_type = Option<String>)]
    pub latest_decision: Option<Timestamp>,
    /// The same if it goes badly.
    #[schema(value_type = Option<String>)]
    pub latest_decision_pessimistic: Option<Timestamp>,
    /// How many tasks the way back has.
    pub tasks: usize,
}

/// The point of no return.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NoReturnView {
    /// The task.
    pub task: String,
    /// Its title.
    pub title: String,
    /// When it starts, or started.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// True when it has begun.
    pub begun: bool,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentView {
    /// Its id.
    pub id: String,
    /// `open`, `worked_around` or `solved`.
    pub state: String,
    /// `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// What happened.
    pub what: String,
    /// Who reported it, accepted the workaround or solved it.
    pub by: String,
    /// The particulars.
    #[schema(value_type = Object)]
    pub particulars: incident::State,
}

impl IncidentView {
    pub(super) fn of(id: IncidentId, stands: incident::State, names: &Names) -> Self {
        use incident::State as S;
        let (severity, what, by) = match &stands {
            S::Open { severity, what, by, .. } | S::Solved { severity, what, by, .. } => {
                (*severity, what.clone(), *by)
            }
            S::WorkedAround { severity, what, accepted_by, .. } => {
                (*severity, what.clone(), *accepted_by)
            }
        };
        let severity = match severity {
            incident::Severity::Low => "low",
            incident::Severity::Medium => "medium",
            incident::Severity::High => "high",
            incident::Severity::Critical => "critical",
        };
        Self {
            id: id.to_string(),
            state: stands.name().to_owned(),
            severity: severity.to_owned(),
            what,
            by: names.of(by),
            particulars: stands,
        }
    }
}
