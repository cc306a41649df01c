//! Requirements, cases and defects: brought in from files, listed, looked at, changed.

use super::Named;
use crate::caller::{Body, Caller, Id, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::acceptance::{
    CaseList, CaseQuery, CaseView, DefectChange, DefectForm, DefectView, ImportMode, ImportView,
    RequirementList,
};
use golive_core::id::{CaseId, DefectId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this part.
pub fn routes() -> OpenApiRouter<App> {
    let uploads = OpenApiRouter::new()
        .routes(routes!(requirement_list, requirement_import))
        .routes(routes!(case_list, case_import))
        .routes(routes!(defect_import))
        .layer(axum::extract::DefaultBodyLimit::disable()); // The services have their own limits.
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(requirement_accept_baseline))
        .routes(routes!(case_view))
        .routes(routes!(defect_list, defect_record))
        .routes(routes!(defect_view))
        .routes(routes!(defect_change))
}

/// Which requirements are listed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RequirementQuery {
    after: Option<String>,
    uncovered: bool,
}

/// Which defects are listed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DefectQuery {
    severity: Option<String>,
    state: Option<String>,
}

/// What was shown.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineForm {
    /// The digest of the requirements as they were shown.
    pub digest: String,
}

/// Brings requirements in from CSV or a workbook, or shows what would change.
#[utoipa::path(post, path = "/api/v1/projects/{id}/requirements", params(
        ("id" = String, Path),
        ("dry_run" = Option<bool>, Query, description = "Shows what would change and changes nothing"),
        ("whole" = Option<bool>, Query, description = "The file is the whole: what is not in it goes")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ImportView), ApiProblem))]
async fn requirement_import(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(named): Query<Named>,
    Query(mode): Query<ImportMode>,
    body: axum::body::Body,
) -> Result<Json<ImportView>, Problem> {
    let incoming = app.acceptance_upload(&actor, id, &named.file, body.into_data_stream()).await?;
    Ok(Json(app.requirement_import(&actor, id, &incoming, mode).await?))
}

/// Lists the requirements of a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/requirements", params(
        ("id" = String, Path),
        ("after" = Option<String>, Query),
        ("uncovered" = Option<bool>, Query, description = "Only those that no case proves")),
    responses((status = 200, body = RequirementList), ApiProblem))]
async fn requirement_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(query): Query<RequirementQuery>,
) -> Result<Json<RequirementList>, Problem> {
    Ok(Json(app.requirement_list(&actor, id, query.after.as_deref(), query.uncovered).await?))
}

/// Accepts the requirements as the baseline, for the customer.
#[utoipa::path(post, path = "/api/v1/projects/{id}/requirements/accept-baseline", params(("id" = String, Path)),
    request_body = BaselineForm,
    responses((status = 200, body = RequirementList), ApiProblem))]
async fn requirement_accept_baseline(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<BaselineForm>,
) -> Result<Json<RequirementList>, Problem> {
    Ok(Json(app.requirement_accept_baseline(&actor, id, &body.digest).await?))
}

/// Brings cases in from CSV or a workbook, or shows what would change.
#[utoipa::path(post, path = "/api/v1/projects/{id}/cases", params(
        ("id" = String, Path),
        ("dry_run" = Option<bool>, Query, description = "Shows what would change and changes nothing"),
        ("whole" = Option<bool>, Query, description = "The file is the whole: what is not in it goes")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ImportView), ApiProblem))]
async fn case_import(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(named): Query<Named>,
    Query(mode): Query<ImportMode>,
    body: axum::body::Body,
) -> Result<Json<ImportView>, Problem> {
    let incoming = app.acceptance_upload(&actor, id, &named.file, body.into_data_stream()).await?;
    Ok(Json(app.case_import(&actor, id, &incoming, mode).await?))
}

/// Lists the cases of a project with the results that stand.
#[utoipa::path(get, path = "/api/v1/projects/{id}/cases", params(
        ("id" = String, Path),
        ("outcome" = Option<String>, Query, description = "not-run, passed, failed or blocked"),
        ("process" = Option<String>, Query),
        ("priority" = Option<String>, Query),
        ("after" = Option<String>, Query)),
    responses((status = 200, body = CaseList), ApiProblem))]
async fn case_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(query): Query<CaseQuery>,
) -> Result<Json<CaseList>, Problem> {
    Ok(Json(app.case_list(&actor, id, &query).await?))
}

/// Shows one case with everything that was ever recorded for it.
#[utoipa::path(get, path = "/api/v1/cases/{id}", params(("id" = String, Path)),
    responses((status = 200, body = CaseView), ApiProblem))]
async fn case_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<CaseId>,
) -> Result<Json<CaseView>, Problem> {
    Ok(Json(app.case_view(&actor, id).await?))
}

/// Brings defects in from CSV or a workbook, or shows what would change.
#[utoipa::path(post, path = "/api/v1/projects/{id}/defects/import", params(
        ("id" = String, Path),
        ("dry_run" = Option<bool>, Query, description = "Shows what would change and changes nothing")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ImportView), ApiProblem))]
async fn defect_import(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(named): Query<Named>,
    Query(mode): Query<ImportMode>,
    body: axum::body::Body,
) -> Result<Json<ImportView>, Problem> {
    let incoming = app.acceptance_upload(&actor, id, &named.file, body.into_data_stream()).await?;
    Ok(Json(app.defect_import(&actor, id, &incoming, mode).await?))
}

/// Lists the defects of a project, the worst first.
#[utoipa::path(get, path = "/api/v1/projects/{id}/defects", params(
        ("id" = String, Path),
        ("severity" = Option<String>, Query),
        ("state" = Option<String>, Query)),
    responses((status = 200, body = Vec<DefectView>), ApiProblem))]
async fn defect_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(query): Query<DefectQuery>,
) -> Result<Json<Vec<DefectView>>, Problem> {
    Ok(Json(
        app.defect_list(&actor, id, (query.severity.as_deref(), query.state.as_deref())).await?,
    ))
}

/// Records a defect.
#[utoipa::path(post, path = "/api/v1/projects/{id}/defects", params(("id" = String, Path)),
    request_body = DefectForm,
    responses((status = 200, body = DefectView), ApiProblem))]
async fn defect_record(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<DefectForm>,
) -> Result<Json<DefectView>, Problem> {
    Ok(Json(app.defect_record(&actor, id, &body).await?))
}

/// Shows one defect.
#[utoipa::path(get, path = "/api/v1/defects/{id}", params(("id" = String, Path)),
    responses((status = 200, body = DefectView), ApiProblem))]
async fn defect_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<DefectId>,
) -> Result<Json<DefectView>, Problem> {
    Ok(Json(app.defect_view(&actor, id).await?))
}

/// Mitigates, accepts, fixes, verifies, rejects or reopens a defect.
#[utoipa::path(post, path = "/api/v1/defects/{id}/change", params(("id" = String, Path)),
    request_body = DefectChange,
    responses((status = 200, body = DefectView), ApiProblem))]
async fn defect_change(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<DefectId>,
    Body(body): Body<DefectChange>,
) -> Result<Json<DefectView>, Problem> {
    Ok(Json(app.defect_change(&actor, id, &body).await?))
}
