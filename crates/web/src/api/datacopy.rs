//! Calls of the subject datacopy.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::datacopy::{CopyRequest, CopyView, PreviewView};
use golive_app::operation::OperationView;
use golive_core::id::{EnvironmentId, OperationId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(datacopy_list, datacopy_start))
        .routes(routes!(datacopy_preview))
        .routes(routes!(datacopy_view))
        .routes(routes!(datacopy_sign_off))
        .routes(routes!(datacopy_task_done))
}

/// A signature under a report.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The digest of the report that was shown.
    pub digest: String,
    /// What is not as it should be, though the copy is proven.
    #[serde(default)]
    pub issues: Option<String>,
}

/// A task after a copy.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskName {
    /// Its id.
    pub task: String,
}

/// Lists the copies of a project, newest first.
#[utoipa::path(get, path = "/api/v1/projects/{id}/copies", params(("id" = String, Path)),
    responses((status = 200, body = Vec<CopyView>), ApiProblem))]
async fn datacopy_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<CopyView>>, Problem> {
    Ok(Json(app.datacopy_list(&actor, id).await?))
}

/// Copies a database into another environment.
#[utoipa::path(post, path = "/api/v1/projects/{id}/copies", params(("id" = String, Path)), request_body = CopyRequest,
    responses((status = 200, body = OperationView), ApiProblem))]
async fn datacopy_start(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<CopyRequest>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.datacopy_start(&actor, id, &body).await?))
}

/// Shows what a copy into an environment would change.
#[utoipa::path(get, path = "/api/v1/environments/{id}/copy-preview", params(("id" = String, Path)),
    responses((status = 200, body = PreviewView), ApiProblem))]
async fn datacopy_preview(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
) -> Result<Json<PreviewView>, Problem> {
    Ok(Json(app.datacopy_preview(&actor, id).await?))
}

/// Shows one copy with its report.
#[utoipa::path(get, path = "/api/v1/copies/{id}", params(("id" = String, Path)),
    responses((status = 200, body = CopyView), ApiProblem))]
async fn datacopy_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<OperationId>,
) -> Result<Json<CopyView>, Problem> {
    Ok(Json(app.datacopy_view(&actor, id).await?))
}

/// Signs the report of a copy, bound to its digest.
#[utoipa::path(post, path = "/api/v1/copies/{id}/sign-off", params(("id" = String, Path)), request_body = Signature,
    responses((status = 200, body = CopyView), ApiProblem))]
async fn datacopy_sign_off(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<OperationId>,
    Body(body): Body<Signature>,
) -> Result<Json<CopyView>, Problem> {
    Ok(Json(app.datacopy_sign_off(&actor, id, &body.digest, body.issues).await?))
}

/// Marks one task after a copy as done.
#[utoipa::path(post, path = "/api/v1/copies/{id}/tasks", params(("id" = String, Path)), request_body = TaskName,
    responses((status = 200, body = CopyView), ApiProblem))]
async fn datacopy_task_done(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<OperationId>,
    Body(body): Body<TaskName>,
) -> Result<Json<CopyView>, Problem> {
    Ok(Json(app.datacopy_task_done(&actor, id, &body.task).await?))
}
