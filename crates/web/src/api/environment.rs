//! Environments.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::environment::{EnvironmentView, LeftoverView, NewEnvironment, Servicing};
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
        .routes(routes!(environment_start))
        .routes(routes!(environment_stop))
        .routes(routes!(environment_lock_accounts))
        .routes(routes!(environment_unlock_accounts))
        .routes(routes!(environment_restore_point))
        .routes(routes!(environment_restore))
        .routes(routes!(environment_seed))
        .routes(routes!(environment_leftovers, environment_clean_up))
        .routes(routes!(environment_administrator_password))
}

/// A restore point.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Its name, from the list of leftovers.
    pub point: String,
}

/// How much sample data.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// How many of each kind, 1 to 100,000.
    pub size: u64,
}

/// A leftover.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leftover {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
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

/// Starts the application.
#[utoipa::path(post, path = "/api/v1/environments/{id}/start", params(("id" = String, Path)), responses((status = 200, body = OperationView), ApiProblem))]
async fn environment_start(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.environment_service(&actor, id, &Servicing::Start).await?))
}

/// Stops the application.
#[utoipa::path(post, path = "/api/v1/environments/{id}/stop", params(("id" = String, Path)), responses((status = 200, body = OperationView), ApiProblem))]
async fn environment_stop(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.environment_service(&actor, id, &Servicing::Stop).await?))
}

/// Locks all accounts but the administrator's.
#[utoipa::path(post, path = "/api/v1/environments/{id}/lock-accounts", params(("id" = String, Path)), responses((status = 200, body = OperationView), ApiProblem))]
async fn environment_lock_accounts(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.environment_service(&actor, id, &Servicing::LockAccounts).await?))
}

/// Lets people sign in again.
#[utoipa::path(post, path = "/api/v1/environments/{id}/unlock-accounts", params(("id" = String, Path)), responses((status = 200, body = OperationView), ApiProblem))]
async fn environment_unlock_accounts(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.environment_service(&actor, id, &Servicing::UnlockAccounts).await?))
}

/// Keeps a restore point.
#[utoipa::path(post, path = "/api/v1/environments/{id}/restore-point", params(("id" = String, Path)), responses((status = 200, body = OperationView), ApiProblem))]
async fn environment_restore_point(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.environment_service(&actor, id, &Servicing::RestorePoint).await?))
}

/// Restores to a point.
#[utoipa::path(post, path = "/api/v1/environments/{id}/restore", params(("id" = String, Path)), request_body = Point, responses((status = 200, body = OperationView), ApiProblem))]
async fn environment_restore(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
    Body(body): Body<Point>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.environment_service(&actor, id, &Servicing::Restore { point: body.point }).await?))
}

/// Lists what operations have left behind.
#[utoipa::path(get, path = "/api/v1/environments/{id}/leftovers", params(("id" = String, Path)), responses((status = 200, body = Vec<LeftoverView>), ApiProblem))]
async fn environment_leftovers(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
) -> Result<Json<Vec<LeftoverView>>, Problem> {
    Ok(Json(app.environment_leftovers(&actor, id).await?))
}

/// Removes a leftover.
#[utoipa::path(post, path = "/api/v1/environments/{id}/leftovers", params(("id" = String, Path)), request_body = Leftover, responses((status = 200, body = OperationView), ApiProblem))]
async fn environment_clean_up(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
    Body(body): Body<Leftover>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(
        app.environment_service(
            &actor,
            id,
            &Servicing::CleanUp { kind: body.kind, name: body.name },
        )
        .await?,
    ))
}

/// Loads sample data into a sandbox.
#[utoipa::path(post, path = "/api/v1/environments/{id}/seed", params(("id" = String, Path)), request_body = Amount, responses((status = 200, body = OperationView), ApiProblem))]
async fn environment_seed(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EnvironmentId>,
    Body(body): Body<Amount>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(
        app.environment_service(&actor, id, &Servicing::Seed { size: body.size.clamp(1, 100_000) })
            .await?,
    ))
}
