//! The server itself: health, clock, backups, blueprints, audit.

use crate::caller::{Body, Caller, Id, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::backup::BackupView;
use golive_app::server::{AuditView, BlueprintView, EventView, HealthView};
use golive_app::{Actor, Error};
use golive_core::id::ProjectId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(server_health))
        .routes(routes!(clock_move))
        .routes(routes!(server_backup))
        .routes(routes!(blueprint_list, blueprint_apply))
        .routes(routes!(audit_list))
        .routes(routes!(audit_verify))
        .routes(routes!(audit_verify_server))
}

/// Where to move a simulated clock.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockRequest {
    /// The instant: `2027-04-02T16:00:00Z`.
    pub to: String,
}

/// A file as text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileText {
    /// Its name, for messages.
    pub file: String,
    /// What is in it.
    pub text: String,
}

#[derive(Debug, Deserialize)]
struct Page {
    before: Option<i64>,
}

async fn moved(app: &App, actor: &Actor, body: &ClockRequest) -> Result<HealthView, Error> {
    let to = body
        .to
        .parse()
        .map_err(|_| Error::invalid("to", "an instant such as 2027-04-02T16:00:00Z", &body.to))?;
    app.clock_move_by(actor, to).await?;
    app.server_health().await
}

/// Says how the server is; needs no sign-in.
#[utoipa::path(get, path = "/api/v1/health", responses((status = 200, body = HealthView), ApiProblem))]
async fn server_health(State(app): State<App>) -> Result<Json<HealthView>, Problem> {
    Ok(Json(app.server_health().await?))
}

/// Moves a simulated clock forward.
#[utoipa::path(post, path = "/api/v1/clock", request_body = ClockRequest, responses((status = 200, body = HealthView), ApiProblem))]
async fn clock_move(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(body): Body<ClockRequest>,
) -> Result<Json<HealthView>, Problem> {
    Ok(Json(moved(&app, &actor, &body).await?))
}

/// Makes a backup of golive in its data folder, beside the running server (server administrator).
#[utoipa::path(post, path = "/api/v1/backups", responses((status = 200, body = BackupView), ApiProblem))]
async fn server_backup(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Json<BackupView>, Problem> {
    Ok(Json(app.server_backup(&actor).await?))
}

/// Lists the blueprints that projects may choose among.
#[utoipa::path(get, path = "/api/v1/blueprints", responses((status = 200, body = Vec<BlueprintView>), ApiProblem))]
async fn blueprint_list(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Json<Vec<BlueprintView>>, Problem> {
    Ok(Json(app.blueprint_list(&actor).await?))
}

/// Brings a blueprint in, or a new version of it (server administrator).
#[utoipa::path(post, path = "/api/v1/blueprints", request_body = FileText, responses((status = 200, body = BlueprintView), ApiProblem))]
async fn blueprint_apply(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(body): Body<FileText>,
) -> Result<Json<BlueprintView>, Problem> {
    Ok(Json(app.blueprint_apply(&actor, &body.file, body.text.as_bytes()).await?))
}

/// Lists the events of a project, newest first.
#[utoipa::path(get, path = "/api/v1/projects/{id}/audit", params(("id" = String, Path), ("before" = Option<i64>, Query)), responses((status = 200, body = Vec<EventView>), ApiProblem))]
async fn audit_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<EventView>>, Problem> {
    Ok(Json(app.audit_list(&actor, id, page.before).await?))
}

/// Checks the hash chain of a project's log to its end.
#[utoipa::path(get, path = "/api/v1/projects/{id}/audit/verify", params(("id" = String, Path)), responses((status = 200, body = AuditView), ApiProblem))]
async fn audit_verify(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<AuditView>, Problem> {
    Ok(Json(app.audit_verify(&actor, Some(id)).await?))
}

/// Checks the hash chain of the server's own log.
#[utoipa::path(get, path = "/api/v1/audit/verify", responses((status = 200, body = AuditView), ApiProblem))]
async fn audit_verify_server(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Json<AuditView>, Problem> {
    Ok(Json(app.audit_verify(&actor, None).await?))
}
