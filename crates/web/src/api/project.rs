//! Projects.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::Error;
use golive_app::project::{NewProject, ProjectView};
use golive_core::id::ProjectId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(project_list, project_create))
        .routes(routes!(project_view))
        .routes(routes!(go_live_date_set))
}

/// The go-live date.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoLiveDateRequest {
    /// The first day of live operations: `2027-04-05`.
    pub date: String,
    /// Why it moves; needed for every move.
    #[serde(default)]
    pub reason: String,
}

fn date(text: &str) -> Result<Date, Error> {
    text.parse().map_err(|_| Error::invalid("date", "a date such as 2027-04-05", text))
}

/// Lists the projects that one has a seat in; the server administrator sees all.
#[utoipa::path(get, path = "/api/v1/projects", responses((status = 200, body = Vec<ProjectView>), ApiProblem))]
async fn project_list(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Json<Vec<ProjectView>>, Problem> {
    Ok(Json(app.project_list(&actor).await?))
}

/// Makes a project.
#[utoipa::path(post, path = "/api/v1/projects", request_body = NewProject, responses((status = 200, body = ProjectView), ApiProblem))]
async fn project_create(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(body): Body<NewProject>,
) -> Result<Json<ProjectView>, Problem> {
    Ok(Json(app.project_create(&actor, &body).await?))
}

/// Shows one project.
#[utoipa::path(get, path = "/api/v1/projects/{id}", params(("id" = String, Path)), responses((status = 200, body = ProjectView), ApiProblem))]
async fn project_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<ProjectView>, Problem> {
    Ok(Json(app.project_view(&actor, id).await?))
}

/// Sets or moves the go-live date.
#[utoipa::path(post, path = "/api/v1/projects/{id}/go-live-date", params(("id" = String, Path)), request_body = GoLiveDateRequest, responses((status = 200, body = ProjectView), ApiProblem))]
async fn go_live_date_set(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<GoLiveDateRequest>,
) -> Result<Json<ProjectView>, Problem> {
    Ok(Json(app.go_live_date_set(&actor, id, date(&body.date)?, &body.reason).await?))
}
