//! The methodology: templates, phases, steps, evidence.

use crate::caller::{Body, Caller, Id, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use golive_app::methodology::{
    AttachmentView, EarlierForm, MethodologyView, PhaseView, ProofForm, StepFilter, StepRow,
    StepView, TemplateView,
};
use golive_app::{App, Error};
use golive_core::id::{EvidenceId, PhaseId, ProjectId, StepId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    let upload =
        OpenApiRouter::new().routes(routes!(step_evidence)).layer(DefaultBodyLimit::disable()); // The service has its own limit.
    OpenApiRouter::new()
        .merge(upload)
        .routes(routes!(methodology_list))
        .routes(routes!(methodology_view, methodology_choose))
        .routes(routes!(phase_list))
        .routes(routes!(phase_view))
        .routes(routes!(phase_complete))
        .routes(routes!(phase_reopen))
        .routes(routes!(step_list))
        .routes(routes!(step_view))
        .routes(routes!(step_complete))
        .routes(routes!(step_record_later))
        .routes(routes!(step_reopen))
        .routes(routes!(step_not_applicable))
        .routes(routes!(step_confirm_not_applicable))
        .routes(routes!(step_assign))
        .routes(routes!(step_plan))
        .routes(routes!(step_require))
        .routes(routes!(evidence_fetch))
}

/// Which template is taken.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateChoice {
    /// The template: `erp-standard`.
    pub template: String,
}

/// Why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepReason {
    /// Why.
    pub reason: String,
}

/// To whom.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// A member's sign-in name or id; nobody when left out.
    #[serde(default)]
    pub member: Option<String>,
}

/// For when.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedDay {
    /// The day: `2027-02-15`; no day when left out.
    #[serde(default)]
    pub on: Option<String>,
}

/// Whether a step is required in this project.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Required from now on; optional when left out.
    #[serde(default)]
    pub required: bool,
    /// Why.
    pub reason: String,
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    phase: Option<String>,
    #[serde(default)]
    open: bool,
    #[serde(default)]
    flagged: bool,
}

#[derive(Debug, Deserialize)]
struct Named {
    #[serde(default)]
    file: String,
    kind: Option<String>,
}

/// Lists the templates that projects may choose.
#[utoipa::path(get, path = "/api/v1/methodologies", responses((status = 200, body = Vec<TemplateView>), ApiProblem))]
async fn methodology_list(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Json<Vec<TemplateView>>, Problem> {
    Ok(Json(app.methodology_list(&actor).await?))
}

/// Shows the methodology of a project with its phases and their gates.
#[utoipa::path(get, path = "/api/v1/projects/{id}/methodology", params(("id" = String, Path)), responses((status = 200, body = MethodologyView), ApiProblem))]
async fn methodology_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<MethodologyView>, Problem> {
    Ok(Json(app.methodology_view(&actor, id).await?))
}

/// Takes a copy of a template for the project.
#[utoipa::path(post, path = "/api/v1/projects/{id}/methodology", params(("id" = String, Path)), request_body = TemplateChoice, responses((status = 200, body = MethodologyView), ApiProblem))]
async fn methodology_choose(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<TemplateChoice>,
) -> Result<Json<MethodologyView>, Problem> {
    Ok(Json(app.methodology_choose(&actor, id, &body.template).await?))
}

/// Lists the phases of a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/phases", params(("id" = String, Path)), responses((status = 200, body = Vec<PhaseView>), ApiProblem))]
async fn phase_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<PhaseView>>, Problem> {
    Ok(Json(app.phase_list(&actor, id).await?))
}

/// Shows one phase with its gate.
#[utoipa::path(get, path = "/api/v1/phases/{id}", params(("id" = String, Path)), responses((status = 200, body = PhaseView), ApiProblem))]
async fn phase_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<PhaseId>,
) -> Result<Json<PhaseView>, Problem> {
    Ok(Json(app.phase_view(&actor, id).await?))
}

/// Completes a phase through its gate.
#[utoipa::path(post, path = "/api/v1/phases/{id}/complete", params(("id" = String, Path)), responses((status = 200, body = PhaseView), ApiProblem))]
async fn phase_complete(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<PhaseId>,
) -> Result<Json<PhaseView>, Problem> {
    Ok(Json(app.phase_complete(&actor, id).await?))
}

/// Takes a phase up again; undoes nothing, and shuts every gate that depends on it.
#[utoipa::path(post, path = "/api/v1/phases/{id}/reopen", params(("id" = String, Path)), request_body = StepReason, responses((status = 200, body = PhaseView), ApiProblem))]
async fn phase_reopen(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<PhaseId>,
    Body(body): Body<StepReason>,
) -> Result<Json<PhaseView>, Problem> {
    Ok(Json(app.phase_reopen(&actor, id, &body.reason).await?))
}

/// Lists the steps of a project: `open=true` for unsettled ones, `flagged=true` for those clicked through.
#[utoipa::path(get, path = "/api/v1/projects/{id}/steps", params(("id" = String, Path), ("phase" = Option<String>, Query),
    ("open" = Option<bool>, Query), ("flagged" = Option<bool>, Query)), responses((status = 200, body = Vec<StepRow>), ApiProblem))]
async fn step_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<StepRow>>, Problem> {
    let filter =
        StepFilter { phase: wanted.phase.as_deref(), open: wanted.open, flagged: wanted.flagged };
    Ok(Json(app.step_list(&actor, id, filter).await?))
}

/// Shows one step with what proves it and what it waits for.
#[utoipa::path(get, path = "/api/v1/steps/{id}", params(("id" = String, Path)), responses((status = 200, body = StepView), ApiProblem))]
async fn step_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<StepId>,
) -> Result<Json<StepView>, Problem> {
    Ok(Json(app.step_view(&actor, id).await?))
}

/// Attaches a file to a step; it proves the step when that is completed.
#[utoipa::path(post, path = "/api/v1/steps/{id}/evidence", params(("id" = String, Path), ("kind" = Option<String>, Query)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = AttachmentView), ApiProblem))]
async fn step_evidence(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<StepId>,
    Query(named): Query<Named>,
    body: axum::body::Body,
) -> Result<Json<AttachmentView>, Problem> {
    let file = (named.file.as_str(), named.kind.as_deref());
    Ok(Json(app.step_evidence(&actor, id, file, body.into_data_stream()).await?))
}

/// Marks a step as done, with its files, these links, and the records that hold.
#[utoipa::path(post, path = "/api/v1/steps/{id}/complete", params(("id" = String, Path)), request_body = ProofForm, responses((status = 200, body = StepView), ApiProblem))]
async fn step_complete(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<StepId>,
    Body(body): Body<ProofForm>,
) -> Result<Json<StepView>, Problem> {
    Ok(Json(app.step_complete(&actor, id, &body).await?))
}

/// Marks a step as done earlier than now: the real day, by whom, and what shows it.
#[utoipa::path(post, path = "/api/v1/steps/{id}/record-later", params(("id" = String, Path)), request_body = EarlierForm, responses((status = 200, body = StepView), ApiProblem))]
async fn step_record_later(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<StepId>,
    Body(body): Body<EarlierForm>,
) -> Result<Json<StepView>, Problem> {
    Ok(Json(app.step_record_later(&actor, id, &body).await?))
}

/// Takes a step up again.
#[utoipa::path(post, path = "/api/v1/steps/{id}/reopen", params(("id" = String, Path)), request_body = StepReason, responses((status = 200, body = StepView), ApiProblem))]
async fn step_reopen(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<StepId>,
    Body(body): Body<StepReason>,
) -> Result<Json<StepView>, Problem> {
    Ok(Json(app.step_reopen(&actor, id, &body.reason).await?))
}

/// Says that a step does not apply; a second person confirms it.
#[utoipa::path(post, path = "/api/v1/steps/{id}/not-applicable", params(("id" = String, Path)), request_body = StepReason, responses((status = 200, body = StepView), ApiProblem))]
async fn step_not_applicable(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<StepId>,
    Body(body): Body<StepReason>,
) -> Result<Json<StepView>, Problem> {
    Ok(Json(app.step_not_applicable(&actor, id, &body.reason).await?))
}

/// Confirms, as a second person, that a step does not apply.
#[utoipa::path(post, path = "/api/v1/steps/{id}/confirm-not-applicable", params(("id" = String, Path)), responses((status = 200, body = StepView), ApiProblem))]
async fn step_confirm_not_applicable(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<StepId>,
) -> Result<Json<StepView>, Problem> {
    Ok(Json(app.step_confirm_not_applicable(&actor, id).await?))
}

/// Gives a step to a member, or to nobody.
#[utoipa::path(post, path = "/api/v1/steps/{id}/assign", params(("id" = String, Path)), request_body = Assignment, responses((status = 200, body = StepView), ApiProblem))]
async fn step_assign(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<StepId>,
    Body(body): Body<Assignment>,
) -> Result<Json<StepView>, Problem> {
    Ok(Json(app.step_assign(&actor, id, body.member.as_deref()).await?))
}

/// Plans a step for another day.
#[utoipa::path(post, path = "/api/v1/steps/{id}/plan", params(("id" = String, Path)), request_body = PlannedDay, responses((status = 200, body = StepView), ApiProblem))]
async fn step_plan(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<StepId>,
    Body(body): Body<PlannedDay>,
) -> Result<Json<StepView>, Problem> {
    Ok(Json(app.step_plan(&actor, id, body.on.as_deref()).await?))
}

/// Makes a step required or optional in this project.
#[utoipa::path(post, path = "/api/v1/steps/{id}/require", params(("id" = String, Path)), request_body = Requirement, responses((status = 200, body = StepView), ApiProblem))]
async fn step_require(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<StepId>,
    Body(body): Body<Requirement>,
) -> Result<Json<StepView>, Problem> {
    Ok(Json(app.step_require(&actor, id, (body.required, &body.reason)).await?))
}

/// Fetches the file behind a piece of evidence.
#[utoipa::path(get, path = "/api/v1/evidence/{id}", params(("id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), ApiProblem))]
async fn evidence_fetch(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EvidenceId>,
) -> Result<Response, Problem> {
    let (name, path) = app.evidence_file(&actor, id).await?;
    Ok(download(&name, &path).await?)
}

/// A file to be saved, never shown by the browser: what people send in is not ours to vouch for.
pub(crate) async fn download(name: &str, path: &std::path::Path) -> Result<Response, Error> {
    let file = tokio::fs::File::open(path).await?;
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' };
    let name: String = name.chars().map(plain).collect();
    let body = axum::body::Body::from_stream(tokio_util::io::ReaderStream::new(file));
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, body).into_response())
}
