//! What proves the rest: customisation analysis and load tests.

use super::Named;
use crate::caller::{Body, Caller, Id, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::acceptance::{
    AnalysisOptions, AnalysisView, LoadTestOptions, LoadTestView, SeenForm, TargetsView,
};
use golive_core::id::{EvidenceId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this part.
pub fn routes() -> OpenApiRouter<App> {
    let uploads = OpenApiRouter::new()
        .routes(routes!(analysis_view, analysis_import))
        .routes(routes!(load_test_view, load_test_import))
        .routes(routes!(load_test_set_targets))
        .layer(axum::extract::DefaultBodyLimit::disable()); // The services have their own limits.
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(analysis_read))
        .routes(routes!(analysis_propose_exception))
        .routes(routes!(analysis_accept_exception))
        .routes(routes!(analysis_withdraw_exception))
        .routes(routes!(load_test_observe))
}

/// Which one is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    evidence: Option<EvidenceId>,
}

/// A line that shall stay as it is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExceptionForm {
    /// The line, by name.
    pub issue: String,
    /// Why it may stay.
    pub reason: String,
}

/// A line of the analysis.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueName {
    /// The line, by name.
    pub issue: String,
}

/// Brings a customisation analysis in from its workbook.
#[utoipa::path(post, path = "/api/v1/projects/{id}/analysis", params(
        ("id" = String, Path),
        ("environment" = String, Query, description = "The environment, by id or name"),
        ("version_set" = Option<String>, Query),
        ("taken" = Option<String>, Query)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = AnalysisView), ApiProblem))]
async fn analysis_import(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(named): Query<Named>,
    Query(options): Query<AnalysisOptions>,
    body: axum::body::Body,
) -> Result<Json<AnalysisView>, Problem> {
    let incoming = app.acceptance_upload(&actor, id, &named.file, body.into_data_stream()).await?;
    Ok(Json(app.analysis_import(&actor, id, &incoming, &options).await?))
}

/// Shows the newest customisation analysis, or an earlier one.
#[utoipa::path(get, path = "/api/v1/projects/{id}/analysis", params(
        ("id" = String, Path),
        ("evidence" = Option<String>, Query, description = "An earlier one, by its id")),
    responses((status = 200, body = AnalysisView), ApiProblem))]
async fn analysis_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(which): Query<Which>,
) -> Result<Json<AnalysisView>, Problem> {
    Ok(Json(app.analysis_view(&actor, id, which.evidence).await?))
}

/// Says that the newest analysis was read.
#[utoipa::path(post, path = "/api/v1/projects/{id}/analysis/read", params(("id" = String, Path)),
    responses((status = 200, body = AnalysisView), ApiProblem))]
async fn analysis_read(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<AnalysisView>, Problem> {
    Ok(Json(app.analysis_read(&actor, id).await?))
}

/// Proposes to leave a line as it is.
#[utoipa::path(post, path = "/api/v1/projects/{id}/analysis/exceptions", params(("id" = String, Path)),
    request_body = ExceptionForm,
    responses((status = 200, body = AnalysisView), ApiProblem))]
async fn analysis_propose_exception(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ExceptionForm>,
) -> Result<Json<AnalysisView>, Problem> {
    Ok(Json(app.analysis_propose_exception(&actor, id, &body.issue, &body.reason).await?))
}

/// Agrees to an exception as the second person.
#[utoipa::path(post, path = "/api/v1/projects/{id}/analysis/exceptions/accept", params(("id" = String, Path)),
    request_body = IssueName,
    responses((status = 200, body = AnalysisView), ApiProblem))]
async fn analysis_accept_exception(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<IssueName>,
) -> Result<Json<AnalysisView>, Problem> {
    Ok(Json(app.analysis_accept_exception(&actor, id, &body.issue).await?))
}

/// Takes an exception back.
#[utoipa::path(post, path = "/api/v1/projects/{id}/analysis/exceptions/withdraw", params(("id" = String, Path)),
    request_body = IssueName,
    responses((status = 200, body = AnalysisView), ApiProblem))]
async fn analysis_withdraw_exception(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<IssueName>,
) -> Result<Json<AnalysisView>, Problem> {
    Ok(Json(app.analysis_withdraw_exception(&actor, id, &body.issue).await?))
}

/// Brings a load test in: the summary of k6 or the log of `JMeter`.
#[utoipa::path(post, path = "/api/v1/projects/{id}/load-test", params(
        ("id" = String, Path),
        ("environment" = String, Query, description = "The environment, by id or name"),
        ("version_set" = Option<String>, Query),
        ("data_set" = Option<String>, Query),
        ("taken" = Option<String>, Query)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = LoadTestView), ApiProblem))]
async fn load_test_import(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(named): Query<Named>,
    Query(options): Query<LoadTestOptions>,
    body: axum::body::Body,
) -> Result<Json<LoadTestView>, Problem> {
    let incoming = app.acceptance_upload(&actor, id, &named.file, body.into_data_stream()).await?;
    Ok(Json(app.load_test_import(&actor, id, &incoming, &options).await?))
}

/// Shows the newest load test, or an earlier one.
#[utoipa::path(get, path = "/api/v1/projects/{id}/load-test", params(
        ("id" = String, Path),
        ("evidence" = Option<String>, Query, description = "An earlier one, by its id")),
    responses((status = 200, body = LoadTestView), ApiProblem))]
async fn load_test_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(which): Query<Which>,
) -> Result<Json<LoadTestView>, Problem> {
    Ok(Json(app.load_test_view(&actor, id, which.evidence).await?))
}

/// Sets what each process must keep under load, from CSV or a workbook.
#[utoipa::path(post, path = "/api/v1/projects/{id}/load-test/targets", params(("id" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = TargetsView), ApiProblem))]
async fn load_test_set_targets(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(named): Query<Named>,
    body: axum::body::Body,
) -> Result<Json<TargetsView>, Problem> {
    let incoming = app.acceptance_upload(&actor, id, &named.file, body.into_data_stream()).await?;
    Ok(Json(app.load_test_set_targets(&actor, id, &incoming).await?))
}

/// Records what people saw beside the numbers of the newest load test.
#[utoipa::path(post, path = "/api/v1/projects/{id}/load-test/observe", params(("id" = String, Path)),
    request_body = SeenForm,
    responses((status = 200, body = LoadTestView), ApiProblem))]
async fn load_test_observe(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<SeenForm>,
) -> Result<Json<LoadTestView>, Problem> {
    Ok(Json(app.load_test_observe(&actor, id, &body).await?))
}
