//! Environments.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::environment::{EnvironmentView, NewEnvironment};
use golive_app::operation::OperationView;
use golive_core::id::{EnvironmentId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(environment_list, environment_create))
        .routes(routes!(environment_view))
        .routes(routes!(environment_deploy))
        .routes(routes!(environment_administrator_password))
}

/// A password.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PasswordView {
    /// The password.
    pub password: String,
}

/// Lists the environments of a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/environments", params(("id" = String, Path)), responses((status = 200, body = Vec<EnvironmentView>), ApiProblem))]
async fn environment_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<EnvironmentView>>, Problem> {
    Ok(Json(app.environment_list(&actor, id).await?))
}

/// Plans an environment; production is planned by its request.
#[utoipa::path(post, path = "/api/v1/projects/{id}/environments", params(("id" = String, Path)), request_body = NewEnvironment, responses((status = 200, body = EnvironmentView), ApiProblem))]
async fn environment_create(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<NewEnvironment>,
) -> Result<Json<EnvironmentView>, Problem> {
    Ok(Json(app.environment_create(&actor, id, &body).await?))
}

/// Shows one environment.
#[utoipa::path(get, path = "/api/v1/environments/{id}", params(("id" = String, Path)), responses((status = 200, body = EnvironmentView), ApiProblem))]
async fn environment_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
) -> Result<Json<EnvironmentView>, Problem> {
    Ok(Json(app.environment_view(&actor, id).await?))
}

/// Deploys a planned sandbox.
#[utoipa::path(post, path = "/api/v1/environments/{id}/deploy", params(("id" = String, Path)), responses((status = 200, body = OperationView), ApiProblem))]
async fn environment_deploy(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.environment_deploy_view(&actor, id).await?))
}

/// Shows the password of the application's administrator; that it was shown is on record.
#[utoipa::path(post, path = "/api/v1/environments/{id}/administrator-password", params(("id" = String, Path)), responses((status = 200, body = PasswordView), ApiProblem))]
async fn environment_administrator_password(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
) -> Result<Json<PasswordView>, Problem> {
    Ok(Json(PasswordView { password: app.environment_administrator_password(&actor, id).await? }))
}
