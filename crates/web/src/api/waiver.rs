//! Waivers.

use crate::api::operation::Reason;
use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::waiver::{WaivableView, WaiverForm, WaiverView};
use golive_core::id::{ProjectId, WaiverId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(waiver_list, waiver_propose))
        .routes(routes!(waiver_candidates))
        .routes(routes!(waiver_view))
        .routes(routes!(waiver_approve))
        .routes(routes!(waiver_refuse))
        .routes(routes!(waiver_withdraw))
        .routes(routes!(waiver_revoke))
        .routes(routes!(waiver_close))
        .routes(routes!(waiver_renew))
}

/// What was shown, by its digest.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverShown {
    /// The digest of the waiver as it was shown.
    pub digest: String,
}

/// Another term of a waiver.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverRenewal {
    /// The last day on which it holds, in the project's zone.
    #[schema(value_type = String)]
    pub expires: Date,
    /// Why it is still needed.
    pub reason: String,
}

/// Lists the waivers of a project, newest first.
#[utoipa::path(get, path = "/api/v1/projects/{id}/waivers", params(("id" = String, Path)), responses((status = 200, body = Vec<WaiverView>), ApiProblem))]
async fn waiver_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<WaiverView>>, Problem> {
    Ok(Json(app.waiver_list(&actor, id).await?))
}

/// Asks for a waiver of one criterion of one gate.
#[utoipa::path(post, path = "/api/v1/projects/{id}/waivers", params(("id" = String, Path)), request_body = WaiverForm, responses((status = 200, body = WaiverView), ApiProblem))]
async fn waiver_propose(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<WaiverForm>,
) -> Result<Json<WaiverView>, Problem> {
    Ok(Json(app.waiver_propose(&actor, id, &body).await?))
}

/// Lists the criteria that keep gates shut now and can be waived.
#[utoipa::path(get, path = "/api/v1/projects/{id}/waivers/candidates", params(("id" = String, Path)), responses((status = 200, body = Vec<WaivableView>), ApiProblem))]
async fn waiver_candidates(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<WaivableView>>, Problem> {
    Ok(Json(app.waiver_candidates(&actor, id).await?))
}

/// Shows one waiver.
#[utoipa::path(get, path = "/api/v1/waivers/{id}", params(("id" = String, Path)), responses((status = 200, body = WaiverView), ApiProblem))]
async fn waiver_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<WaiverId>,
) -> Result<Json<WaiverView>, Problem> {
    Ok(Json(app.waiver_view(&actor, id).await?))
}

/// Agrees, for one's own side, to what was shown.
#[utoipa::path(post, path = "/api/v1/waivers/{id}/approve", params(("id" = String, Path)), request_body = WaiverShown, responses((status = 200, body = WaiverView), ApiProblem))]
async fn waiver_approve(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<WaiverId>,
    Body(body): Body<WaiverShown>,
) -> Result<Json<WaiverView>, Problem> {
    Ok(Json(app.waiver_approve(&actor, id, &body.digest).await?))
}

/// Says no.
#[utoipa::path(post, path = "/api/v1/waivers/{id}/refuse", params(("id" = String, Path)), request_body = Reason, responses((status = 200, body = WaiverView), ApiProblem))]
async fn waiver_refuse(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<WaiverId>,
    Body(body): Body<Reason>,
) -> Result<Json<WaiverView>, Problem> {
    Ok(Json(app.waiver_refuse(&actor, id, &body.reason).await?))
}

/// Takes one's own proposal back.
#[utoipa::path(post, path = "/api/v1/waivers/{id}/withdraw", params(("id" = String, Path)), responses((status = 200, body = WaiverView), ApiProblem))]
async fn waiver_withdraw(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<WaiverId>,
) -> Result<Json<WaiverView>, Problem> {
    Ok(Json(app.waiver_withdraw(&actor, id).await?))
}

/// Ends a waiver early: the criterion counts again.
#[utoipa::path(post, path = "/api/v1/waivers/{id}/revoke", params(("id" = String, Path)), request_body = Reason, responses((status = 200, body = WaiverView), ApiProblem))]
async fn waiver_revoke(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<WaiverId>,
    Body(body): Body<Reason>,
) -> Result<Json<WaiverView>, Problem> {
    Ok(Json(app.waiver_revoke(&actor, id, &body.reason).await?))
}

/// Says that a waiver is no longer needed.
#[utoipa::path(post, path = "/api/v1/waivers/{id}/close", params(("id" = String, Path)), responses((status = 200, body = WaiverView), ApiProblem))]
async fn waiver_close(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<WaiverId>,
) -> Result<Json<WaiverView>, Problem> {
    Ok(Json(app.waiver_close(&actor, id).await?))
}

/// Asks for another term; the old one runs to its own end.
#[utoipa::path(post, path = "/api/v1/waivers/{id}/renew", params(("id" = String, Path)), request_body = WaiverRenewal, responses((status = 200, body = WaiverView), ApiProblem))]
async fn waiver_renew(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<WaiverId>,
    Body(body): Body<WaiverRenewal>,
) -> Result<Json<WaiverView>, Problem> {
    Ok(Json(app.waiver_renew(&actor, id, (body.expires, &body.reason)).await?))
}
