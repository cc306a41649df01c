//! Test cycles: planned, opened on a frozen solution version, closed.

use super::TakeBack;
use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::acceptance::{CycleForm, CycleStart, CycleView, SolutionForm};
use golive_core::id::{CycleId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this part.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(cycle_list, cycle_plan))
        .routes(routes!(cycle_view))
        .routes(routes!(cycle_open))
        .routes(routes!(cycle_change_solution))
        .routes(routes!(cycle_close))
        .routes(routes!(cycle_cancel))
}

/// What is true at the end of a cycle.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CycleEnd {
    /// The exit criteria that are met, by name.
    #[serde(default)]
    pub met: Vec<String>,
}

/// Lists the cycles of a project, the first one first.
#[utoipa::path(get, path = "/api/v1/projects/{id}/cycles", params(("id" = String, Path)),
    responses((status = 200, body = Vec<CycleView>), ApiProblem))]
async fn cycle_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<CycleView>>, Problem> {
    Ok(Json(app.cycle_list(&actor, id).await?))
}

/// Plans a cycle; one that has not started may be planned anew.
#[utoipa::path(post, path = "/api/v1/projects/{id}/cycles", params(("id" = String, Path)),
    request_body = CycleForm,
    responses((status = 200, body = CycleView), ApiProblem))]
async fn cycle_plan(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<CycleForm>,
) -> Result<Json<CycleView>, Problem> {
    Ok(Json(app.cycle_plan(&actor, id, &body).await?))
}

/// Shows one cycle.
#[utoipa::path(get, path = "/api/v1/cycles/{id}", params(("id" = String, Path)),
    responses((status = 200, body = CycleView), ApiProblem))]
async fn cycle_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<CycleId>,
) -> Result<Json<CycleView>, Problem> {
    Ok(Json(app.cycle_view(&actor, id).await?))
}

/// Starts testing on what is installed and loaded.
#[utoipa::path(post, path = "/api/v1/cycles/{id}/open", params(("id" = String, Path)),
    request_body = CycleStart,
    responses((status = 200, body = CycleView), ApiProblem))]
async fn cycle_open(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<CycleId>,
    Body(body): Body<CycleStart>,
) -> Result<Json<CycleView>, Problem> {
    Ok(Json(app.cycle_open(&actor, id, &body).await?))
}

/// Takes a new solution version into a running cycle, with the reason.
#[utoipa::path(post, path = "/api/v1/cycles/{id}/change-solution", params(("id" = String, Path)),
    request_body = SolutionForm,
    responses((status = 200, body = CycleView), ApiProblem))]
async fn cycle_change_solution(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<CycleId>,
    Body(body): Body<SolutionForm>,
) -> Result<Json<CycleView>, Problem> {
    Ok(Json(app.cycle_change_solution(&actor, id, &body).await?))
}

/// Ends a cycle with its exit criteria met.
#[utoipa::path(post, path = "/api/v1/cycles/{id}/close", params(("id" = String, Path)),
    request_body = CycleEnd,
    responses((status = 200, body = CycleView), ApiProblem))]
async fn cycle_close(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<CycleId>,
    Body(body): Body<CycleEnd>,
) -> Result<Json<CycleView>, Problem> {
    Ok(Json(app.cycle_close(&actor, id, &body.met).await?))
}

/// Gives a cycle up, with the reason.
#[utoipa::path(post, path = "/api/v1/cycles/{id}/cancel", params(("id" = String, Path)),
    request_body = TakeBack,
    responses((status = 200, body = CycleView), ApiProblem))]
async fn cycle_cancel(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<CycleId>,
    Body(body): Body<TakeBack>,
) -> Result<Json<CycleView>, Problem> {
    Ok(Json(app.cycle_cancel(&actor, id, &body.reason).await?))
}
