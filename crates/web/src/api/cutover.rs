//! The cutover: plan, runs, tasks, incidents.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::{Path, State};
use golive_app::App;
use golive_app::cutover::{
    BackRequest, CutoverDriftView, CutoverImportView, CutoverPlanView, CutoverRunLine,
    CutoverRunView, CutoverSignature, CutoverTaskView, DurationsRequest, IncidentView, PlanChoice,
    PlanFile, RunRequest, TaskDecision, TaskMeasured,
};
use golive_core::id::{IncidentId, ProjectId, RunId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(cutover_plan_view))
        .routes(routes!(cutover_plan_choose))
        .routes(routes!(cutover_plan_import))
        .routes(routes!(cutover_plan_export))
        .routes(routes!(cutover_plan_sign))
        .routes(routes!(cutover_plan_withdraw))
        .routes(routes!(cutover_plan_confirm))
        .routes(routes!(cutover_plan_take_durations))
        .routes(routes!(cutover_run_list, cutover_run_open))
        .routes(routes!(cutover_run_view))
        .routes(routes!(cutover_run_drift))
        .routes(routes!(cutover_run_start))
        .routes(routes!(cutover_run_pause))
        .routes(routes!(cutover_run_resume))
        .routes(routes!(cutover_run_go_back))
        .routes(routes!(cutover_run_close))
        .routes(routes!(cutover_run_cancel))
        .routes(routes!(task_view))
        .routes(routes!(task_start))
        .routes(routes!(task_finish))
        .routes(routes!(task_fail))
        .routes(routes!(task_settle))
        .routes(routes!(task_skip))
        .routes(routes!(task_decide))
        .routes(routes!(task_reopen))
        .routes(routes!(task_record))
        .routes(routes!(incident_list, incident_report))
        .routes(routes!(incident_rate))
        .routes(routes!(incident_accept))
        .routes(routes!(incident_solve))
}

/// Why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CutoverReason {
    /// Why.
    pub reason: String,
}

/// How something is settled.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CutoverSettlement {
    /// How.
    pub how: String,
}

/// How a task is started.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskStart {
    /// True when a person does what golive could do.
    #[serde(default)]
    pub by_hand: bool,
}

/// What was seen.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskNote {
    /// What was seen.
    #[serde(default)]
    pub note: String,
}

/// An incident.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentReport {
    /// `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// What happened.
    pub what: String,
}

/// A new rating.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentRating {
    /// `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// Why it is judged anew.
    pub reason: String,
}

/// A workaround.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentWorkaround {
    /// The workaround.
    pub workaround: String,
}

/// Shows the cutover plan with its times, problems and signature.
#[utoipa::path(get, path = "/api/v1/projects/{id}/cutover-plan", params(("id" = String, Path)), responses((status = 200, body = CutoverPlanView), ApiProblem))]
async fn cutover_plan_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<CutoverPlanView>, Problem> {
    Ok(Json(app.cutover_plan_view(&actor, id).await?))
}

/// Begins with a shipped cutover plan.
#[utoipa::path(post, path = "/api/v1/projects/{id}/cutover-plan/choose", params(("id" = String, Path)), request_body = PlanChoice, responses((status = 200, body = CutoverPlanView), ApiProblem))]
async fn cutover_plan_choose(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(wanted): Body<PlanChoice>,
) -> Result<Json<CutoverPlanView>, Problem> {
    Ok(Json(app.cutover_plan_choose(&actor, id, &wanted).await?))
}

/// Brings in a plan (TOML) or its tasks (CSV); a dry run only shows what would change.
#[utoipa::path(post, path = "/api/v1/projects/{id}/cutover-plan/import", params(("id" = String, Path)), request_body = PlanFile, responses((status = 200, body = CutoverImportView), ApiProblem))]
async fn cutover_plan_import(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(wanted): Body<PlanFile>,
) -> Result<Json<CutoverImportView>, Problem> {
    Ok(Json(
        app.cutover_plan_import(&actor, id, (&wanted.file, wanted.text.as_bytes()), wanted.dry_run)
            .await?,
    ))
}

/// Gives the tasks as CSV.
#[utoipa::path(get, path = "/api/v1/projects/{id}/cutover-plan/export", params(("id" = String, Path)), responses((status = 200, body = PlanFile), ApiProblem))]
async fn cutover_plan_export(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<PlanFile>, Problem> {
    Ok(Json(app.cutover_plan_export(&actor, id).await?))
}

/// Signs the plan that was shown, for the customer.
#[utoipa::path(post, path = "/api/v1/projects/{id}/cutover-plan/sign", params(("id" = String, Path)), request_body = CutoverSignature, responses((status = 200, body = CutoverPlanView), ApiProblem))]
async fn cutover_plan_sign(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(wanted): Body<CutoverSignature>,
) -> Result<Json<CutoverPlanView>, Problem> {
    Ok(Json(app.cutover_plan_sign(&actor, id, &wanted).await?))
}

/// Takes the signature back.
#[utoipa::path(post, path = "/api/v1/projects/{id}/cutover-plan/withdraw", params(("id" = String, Path)), request_body = CutoverReason, responses((status = 200, body = CutoverPlanView), ApiProblem))]
async fn cutover_plan_withdraw(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(wanted): Body<CutoverReason>,
) -> Result<Json<CutoverPlanView>, Problem> {
    Ok(Json(app.cutover_plan_withdraw(&actor, id, &wanted.reason).await?))
}

/// Confirms one's own part of the plan.
#[utoipa::path(post, path = "/api/v1/projects/{id}/cutover-plan/confirm", params(("id" = String, Path)), responses((status = 200, body = CutoverPlanView), ApiProblem))]
async fn cutover_plan_confirm(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<CutoverPlanView>, Problem> {
    Ok(Json(app.cutover_plan_confirm(&actor, id).await?))
}

/// Takes measured durations into the plan.
#[utoipa::path(post, path = "/api/v1/projects/{id}/cutover-plan/take-durations", params(("id" = String, Path)), request_body = DurationsRequest, responses((status = 200, body = CutoverPlanView), ApiProblem))]
async fn cutover_plan_take_durations(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(wanted): Body<DurationsRequest>,
) -> Result<Json<CutoverPlanView>, Problem> {
    Ok(Json(app.cutover_plan_take_durations(&actor, id, &wanted).await?))
}

/// Lists the runs of a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/cutover-runs", params(("id" = String, Path)), responses((status = 200, body = Vec<CutoverRunLine>), ApiProblem))]
async fn cutover_run_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<CutoverRunLine>>, Problem> {
    Ok(Json(app.cutover_run_list(&actor, id).await?))
}

/// Opens a rehearsal or the live run of the plan that holds now.
#[utoipa::path(post, path = "/api/v1/projects/{id}/cutover-runs", params(("id" = String, Path)), request_body = RunRequest, responses((status = 200, body = CutoverRunView), ApiProblem))]
async fn cutover_run_open(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(wanted): Body<RunRequest>,
) -> Result<Json<CutoverRunView>, Problem> {
    Ok(Json(app.cutover_run_open(&actor, id, &wanted).await?))
}

/// Shows the board of a run: tasks, forecast, way back, point of no return.
#[utoipa::path(get, path = "/api/v1/cutover-runs/{id}", params(("id" = String, Path)), responses((status = 200, body = CutoverRunView), ApiProblem))]
async fn cutover_run_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RunId>,
) -> Result<Json<CutoverRunView>, Problem> {
    Ok(Json(app.cutover_run_view(&actor, id).await?))
}

/// Compares a run with its plan.
#[utoipa::path(get, path = "/api/v1/cutover-runs/{id}/drift", params(("id" = String, Path)), responses((status = 200, body = CutoverDriftView), ApiProblem))]
async fn cutover_run_drift(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RunId>,
) -> Result<Json<CutoverDriftView>, Problem> {
    Ok(Json(app.cutover_run_drift(&actor, id).await?))
}

/// Starts a run; a live run needs its gate.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/start", params(("id" = String, Path)), responses((status = 200, body = CutoverRunView), ApiProblem))]
async fn cutover_run_start(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RunId>,
) -> Result<Json<CutoverRunView>, Problem> {
    Ok(Json(app.cutover_run_start(&actor, id).await?))
}

/// Holds a run.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/pause", params(("id" = String, Path)), request_body = CutoverReason, responses((status = 200, body = CutoverRunView), ApiProblem))]
async fn cutover_run_pause(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RunId>,
    Body(wanted): Body<CutoverReason>,
) -> Result<Json<CutoverRunView>, Problem> {
    Ok(Json(app.cutover_run_pause(&actor, id, &wanted.reason).await?))
}

/// Goes on with a run that was held.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/resume", params(("id" = String, Path)), responses((status = 200, body = CutoverRunView), ApiProblem))]
async fn cutover_run_resume(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RunId>,
) -> Result<Json<CutoverRunView>, Problem> {
    Ok(Json(app.cutover_run_resume(&actor, id).await?))
}

/// Takes the way back.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/go-back", params(("id" = String, Path)), request_body = BackRequest, responses((status = 200, body = CutoverRunView), ApiProblem))]
async fn cutover_run_go_back(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RunId>,
    Body(wanted): Body<BackRequest>,
) -> Result<Json<CutoverRunView>, Problem> {
    Ok(Json(app.cutover_run_go_back(&actor, id, &wanted).await?))
}

/// Closes a run; a live run needs its gate.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/close", params(("id" = String, Path)), responses((status = 200, body = CutoverRunView), ApiProblem))]
async fn cutover_run_close(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RunId>,
) -> Result<Json<CutoverRunView>, Problem> {
    Ok(Json(app.cutover_run_close(&actor, id).await?))
}

/// Gives up a run that has not begun.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/cancel", params(("id" = String, Path)), request_body = CutoverReason, responses((status = 200, body = CutoverRunView), ApiProblem))]
async fn cutover_run_cancel(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RunId>,
    Body(wanted): Body<CutoverReason>,
) -> Result<Json<CutoverRunView>, Problem> {
    Ok(Json(app.cutover_run_cancel(&actor, id, &wanted.reason).await?))
}

/// Shows one task of a run with what could be done.
#[utoipa::path(get, path = "/api/v1/cutover-runs/{id}/tasks/{task}", params(("id" = String, Path), ("task" = String, Path)), responses((status = 200, body = CutoverTaskView), ApiProblem))]
async fn task_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, task)): Path<(RunId, String)>,
) -> Result<Json<CutoverTaskView>, Problem> {
    Ok(Json(app.task_view(&actor, id, &task).await?))
}

/// Starts a task; automatic work is done by golive unless it is done by hand.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/tasks/{task}/start", params(("id" = String, Path), ("task" = String, Path)), request_body = TaskStart, responses((status = 200, body = CutoverTaskView), ApiProblem))]
async fn task_start(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, task)): Path<(RunId, String)>,
    Body(wanted): Body<TaskStart>,
) -> Result<Json<CutoverTaskView>, Problem> {
    Ok(Json(app.task_start(&actor, id, &task, wanted.by_hand).await?))
}

/// Finishes a task that was verified.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/tasks/{task}/finish", params(("id" = String, Path), ("task" = String, Path)), request_body = TaskNote, responses((status = 200, body = CutoverTaskView), ApiProblem))]
async fn task_finish(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, task)): Path<(RunId, String)>,
    Body(wanted): Body<TaskNote>,
) -> Result<Json<CutoverTaskView>, Problem> {
    Ok(Json(app.task_finish(&actor, id, &task, &wanted.note).await?))
}

/// Records that a task did not work.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/tasks/{task}/fail", params(("id" = String, Path), ("task" = String, Path)), request_body = CutoverReason, responses((status = 200, body = CutoverTaskView), ApiProblem))]
async fn task_fail(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, task)): Path<(RunId, String)>,
    Body(wanted): Body<CutoverReason>,
) -> Result<Json<CutoverTaskView>, Problem> {
    Ok(Json(app.task_fail(&actor, id, &task, &wanted.reason).await?))
}

/// Settles how to go on without a task that failed.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/tasks/{task}/settle", params(("id" = String, Path), ("task" = String, Path)), request_body = CutoverSettlement, responses((status = 200, body = CutoverTaskView), ApiProblem))]
async fn task_settle(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, task)): Path<(RunId, String)>,
    Body(wanted): Body<CutoverSettlement>,
) -> Result<Json<CutoverTaskView>, Problem> {
    Ok(Json(app.task_settle(&actor, id, &task, &wanted.how).await?))
}

/// Leaves a task out.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/tasks/{task}/skip", params(("id" = String, Path), ("task" = String, Path)), request_body = CutoverReason, responses((status = 200, body = CutoverTaskView), ApiProblem))]
async fn task_skip(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, task)): Path<(RunId, String)>,
    Body(wanted): Body<CutoverReason>,
) -> Result<Json<CutoverTaskView>, Problem> {
    Ok(Json(app.task_skip(&actor, id, &task, &wanted.reason).await?))
}

/// Decides a checkpoint: go or no-go.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/tasks/{task}/decide", params(("id" = String, Path), ("task" = String, Path)), request_body = TaskDecision, responses((status = 200, body = CutoverTaskView), ApiProblem))]
async fn task_decide(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, task)): Path<(RunId, String)>,
    Body(wanted): Body<TaskDecision>,
) -> Result<Json<CutoverTaskView>, Problem> {
    Ok(Json(app.task_decide(&actor, id, &task, &wanted).await?))
}

/// Takes back that a task is over.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/tasks/{task}/reopen", params(("id" = String, Path), ("task" = String, Path)), request_body = CutoverReason, responses((status = 200, body = CutoverTaskView), ApiProblem))]
async fn task_reopen(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, task)): Path<(RunId, String)>,
    Body(wanted): Body<CutoverReason>,
) -> Result<Json<CutoverTaskView>, Problem> {
    Ok(Json(app.task_reopen(&actor, id, &task, &wanted.reason).await?))
}

/// Records a task of a rehearsal as it was measured.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/tasks/{task}/record", params(("id" = String, Path), ("task" = String, Path)), request_body = TaskMeasured, responses((status = 200, body = CutoverTaskView), ApiProblem))]
async fn task_record(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, task)): Path<(RunId, String)>,
    Body(wanted): Body<TaskMeasured>,
) -> Result<Json<CutoverTaskView>, Problem> {
    Ok(Json(app.task_record(&actor, id, &task, &wanted).await?))
}

/// Lists the incidents of a run.
#[utoipa::path(get, path = "/api/v1/cutover-runs/{id}/incidents", params(("id" = String, Path)), responses((status = 200, body = Vec<IncidentView>), ApiProblem))]
async fn incident_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RunId>,
) -> Result<Json<Vec<IncidentView>>, Problem> {
    Ok(Json(app.incident_list(&actor, id).await?))
}

/// Reports an incident of a run.
#[utoipa::path(post, path = "/api/v1/cutover-runs/{id}/incidents", params(("id" = String, Path)), request_body = IncidentReport, responses((status = 200, body = Vec<IncidentView>), ApiProblem))]
async fn incident_report(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RunId>,
    Body(wanted): Body<IncidentReport>,
) -> Result<Json<Vec<IncidentView>>, Problem> {
    Ok(Json(app.incident_report(&actor, id, &wanted.severity, &wanted.what).await?))
}

/// Judges an incident anew.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/rate", params(("id" = String, Path)), request_body = IncidentRating, responses((status = 200, body = Vec<IncidentView>), ApiProblem))]
async fn incident_rate(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<IncidentId>,
    Body(wanted): Body<IncidentRating>,
) -> Result<Json<Vec<IncidentView>>, Problem> {
    Ok(Json(app.incident_rate(&actor, id, &wanted.severity, &wanted.reason).await?))
}

/// Accepts to live with a workaround.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/accept", params(("id" = String, Path)), request_body = IncidentWorkaround, responses((status = 200, body = Vec<IncidentView>), ApiProblem))]
async fn incident_accept(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<IncidentId>,
    Body(wanted): Body<IncidentWorkaround>,
) -> Result<Json<Vec<IncidentView>>, Problem> {
    Ok(Json(app.incident_accept(&actor, id, &wanted.workaround).await?))
}

/// Solves an incident.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/solve", params(("id" = String, Path)), request_body = CutoverSettlement, responses((status = 200, body = Vec<IncidentView>), ApiProblem))]
async fn incident_solve(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<IncidentId>,
    Body(wanted): Body<CutoverSettlement>,
) -> Result<Json<Vec<IncidentView>>, Problem> {
    Ok(Json(app.incident_solve(&actor, id, &wanted.how).await?))
}
