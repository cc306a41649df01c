//! Calls of the subject package.

use crate::caller::{Body, Caller, Id, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::operation::OperationView;
use golive_app::package::{InstallRequest, PackageCheckView, PackageView};
use golive_core::id::{EnvironmentId, PackageId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    let upload = OpenApiRouter::new()
        .routes(routes!(package_list, package_upload))
        .layer(axum::extract::DefaultBodyLimit::disable()); // The service has its own limit, from the policy pack.
    OpenApiRouter::new()
        .merge(upload)
        .routes(routes!(package_view))
        .routes(routes!(package_check))
        .routes(routes!(package_install))
        .routes(routes!(package_sign_off))
        .routes(routes!(package_mark_candidate))
        .routes(routes!(package_approve))
        .routes(routes!(package_withdraw))
}

/// The name of an uploaded file.
#[derive(Debug, Deserialize)]
struct Named {
    #[serde(default)]
    file: String,
}

/// Which environment is meant.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Where {
    /// The environment.
    #[schema(value_type = String)]
    pub environment: EnvironmentId,
}

/// Issues that are known.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Issues {
    /// One line each; none for a plain sign-off.
    #[serde(default)]
    pub issues: Vec<String>,
}

/// Why a package is taken out of use.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Why.
    pub reason: String,
}

/// Lists the packages of a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/packages", params(("id" = String, Path)),
    responses((status = 200, body = Vec<PackageView>), ApiProblem))]
async fn package_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<PackageView>>, Problem> {
    Ok(Json(app.package_list(&actor, id).await?))
}

/// Takes a package file into the library and looks inside.
#[utoipa::path(post, path = "/api/v1/projects/{id}/packages", params(("id" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = PackageView), ApiProblem))]
async fn package_upload(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(named): Query<Named>,
    body: axum::body::Body,
) -> Result<Json<PackageView>, Problem> {
    Ok(Json(app.package_upload(&actor, id, &named.file, body.into_data_stream()).await?))
}

/// Shows one package.
#[utoipa::path(get, path = "/api/v1/packages/{id}", params(("id" = String, Path)),
    responses((status = 200, body = PackageView), ApiProblem))]
async fn package_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<PackageId>,
) -> Result<Json<PackageView>, Problem> {
    Ok(Json(app.package_view(&actor, id).await?))
}

/// Checks a package against an environment without touching it.
#[utoipa::path(post, path = "/api/v1/packages/{id}/check", params(("id" = String, Path)), request_body = Where,
    responses((status = 200, body = PackageCheckView), ApiProblem))]
async fn package_check(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<PackageId>,
    Body(body): Body<Where>,
) -> Result<Json<PackageCheckView>, Problem> {
    Ok(Json(app.package_check(&actor, id, body.environment).await?))
}

/// Installs a package: on a sandbox at once, on production behind its gate and in its window.
#[utoipa::path(post, path = "/api/v1/packages/{id}/install", params(("id" = String, Path)), request_body = InstallRequest,
    responses((status = 200, body = OperationView), ApiProblem))]
async fn package_install(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<PackageId>,
    Body(body): Body<InstallRequest>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.package_install(&actor, id, &body).await?))
}

/// Signs that the package works on the sandbox, with the issues that are known.
#[utoipa::path(post, path = "/api/v1/packages/{id}/sign-off", params(("id" = String, Path)), request_body = Issues,
    responses((status = 200, body = PackageView), ApiProblem))]
async fn package_sign_off(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<PackageId>,
    Body(body): Body<Issues>,
) -> Result<Json<PackageView>, Problem> {
    Ok(Json(app.package_sign_off(&actor, id, &body.issues).await?))
}

/// Names the package the release candidate.
#[utoipa::path(post, path = "/api/v1/packages/{id}/mark-candidate", params(("id" = String, Path)),
    responses((status = 200, body = PackageView), ApiProblem))]
async fn package_mark_candidate(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<PackageId>,
) -> Result<Json<PackageView>, Problem> {
    Ok(Json(app.package_mark_candidate(&actor, id).await?))
}

/// Vouches for an unsigned package as the second person.
#[utoipa::path(post, path = "/api/v1/packages/{id}/approve", params(("id" = String, Path)),
    responses((status = 200, body = PackageView), ApiProblem))]
async fn package_approve(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<PackageId>,
) -> Result<Json<PackageView>, Problem> {
    Ok(Json(app.package_approve(&actor, id).await?))
}

/// Takes the package out of use.
#[utoipa::path(post, path = "/api/v1/packages/{id}/withdraw", params(("id" = String, Path)), request_body = Withdrawal,
    responses((status = 200, body = PackageView), ApiProblem))]
async fn package_withdraw(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<PackageId>,
    Body(body): Body<Withdrawal>,
) -> Result<Json<PackageView>, Problem> {
    Ok(Json(app.package_withdraw(&actor, id, &body.reason).await?))
}
