//! Gates.

use crate::caller::{Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use golive_app::App;
use golive_app::Error;
use golive_app::views::GateView;
use golive_core::gate::Gate;
use golive_core::id::ProjectId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(gate_list)).routes(routes!(gate_explain))
}

fn project(text: &str) -> Result<ProjectId, Error> {
    text.parse().map_err(|_| Error::not_found("project", text))
}

fn gate_named(text: &str) -> Result<Gate, Error> {
    text.parse().map_err(|_| Error::not_found("gate", text))
}

/// Judges all gates of a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/gates", params(("id" = String, Path)), responses((status = 200, body = Vec<GateView>), ApiProblem))]
async fn gate_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<GateView>>, Problem> {
    Ok(Json(app.gate_list(&actor, id).await?))
}

/// Judges one gate, with every criterion.
#[utoipa::path(get, path = "/api/v1/projects/{id}/gates/{gate}", params(("id" = String, Path), ("gate" = String, Path)), responses((status = 200, body = GateView), ApiProblem))]
async fn gate_explain(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, gate)): Path<(String, String)>,
) -> Result<Json<GateView>, Problem> {
    Ok(Json(app.gate_explain(&actor, project(&id)?, gate_named(&gate)?).await?))
}
