//! The path of a project, and the portfolio made of such paths.

use crate::caller::{Caller, Id, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::path::PathView;
use golive_app::portfolio::{PortfolioQuery, PortfolioView};
use golive_core::id::ProjectId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(path_view)).routes(routes!(portfolio_view))
}

/// Computes the nine stages of a project: where each stands, who acts, what blocks it.
#[utoipa::path(get, path = "/api/v1/projects/{id}/path", params(("id" = String, Path)), responses((status = 200, body = PathView), ApiProblem))]
async fn path_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<PathView>, Problem> {
    Ok(Json(app.path_view(&actor, id).await?))
}

/// Computes the paths of the projects that one may see: filtered, in order, 50 at a time.
#[utoipa::path(get, path = "/api/v1/portfolio", params(("q" = Option<String>, Query), ("show" = Option<String>, Query), ("sort" = Option<String>, Query), ("page" = Option<usize>, Query)), responses((status = 200, body = PortfolioView), ApiProblem))]
async fn portfolio_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Query(query): Query<PortfolioQuery>,
) -> Result<Json<PortfolioView>, Problem> {
    Ok(Json(app.portfolio_view(&actor, &query).await?))
}
