//! Calls of the subject acceptance: the whole, its claims and its signature; the rest by part below.

mod cycles;
mod plan;
mod proofs;
mod results;

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::acceptance::{AcceptanceView, SignForm, StatementForm, StatementView};
use golive_core::id::{EvidenceId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(acceptance_view))
        .routes(routes!(acceptance_confirm))
        .routes(routes!(acceptance_withdraw))
        .routes(routes!(acceptance_sign_off))
        .routes(routes!(acceptance_revoke))
        .merge(plan::routes())
        .merge(cycles::routes())
        .merge(results::routes())
        .merge(proofs::routes())
}

/// The name of an uploaded file.
#[derive(Debug, Deserialize)]
struct Named {
    #[serde(default)]
    file: String,
}

/// Why something is taken back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeBack {
    /// Why.
    pub reason: String,
}

/// Shows the acceptance of a project: figures against thresholds, what is missing, what is stale, what is signed.
#[utoipa::path(get, path = "/api/v1/projects/{id}/acceptance", params(("id" = String, Path)),
    responses((status = 200, body = AcceptanceView), ApiProblem))]
async fn acceptance_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<AcceptanceView>, Problem> {
    Ok(Json(app.acceptance_view(&actor, id).await?))
}

/// States that data are migrated, a rule is met, or a feature is described.
#[utoipa::path(post, path = "/api/v1/projects/{id}/statements", params(("id" = String, Path)), request_body = StatementForm,
    responses((status = 200, body = Vec<StatementView>), ApiProblem))]
async fn acceptance_confirm(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<StatementForm>,
) -> Result<Json<Vec<StatementView>>, Problem> {
    Ok(Json(app.acceptance_confirm(&actor, id, &body).await?))
}

/// Takes a claim back, with the reason.
#[utoipa::path(post, path = "/api/v1/statements/{id}/withdraw", params(("id" = String, Path)), request_body = TakeBack,
    responses((status = 200, body = StatementView), ApiProblem))]
async fn acceptance_withdraw(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EvidenceId>,
    Body(body): Body<TakeBack>,
) -> Result<Json<StatementView>, Problem> {
    Ok(Json(app.acceptance_withdraw(&actor, id, &body.reason).await?))
}

/// Signs the acceptance for the customer, plainly or with issues; needs the open gate.
#[utoipa::path(post, path = "/api/v1/projects/{id}/acceptance/sign-off", params(("id" = String, Path)), request_body = SignForm,
    responses((status = 200, body = AcceptanceView), ApiProblem))]
async fn acceptance_sign_off(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<SignForm>,
) -> Result<Json<AcceptanceView>, Problem> {
    Ok(Json(app.acceptance_sign_off(&actor, id, &body).await?))
}

/// Takes a signature back that was given in error, with the reason.
#[utoipa::path(post, path = "/api/v1/projects/{id}/acceptance/revoke", params(("id" = String, Path)), request_body = TakeBack,
    responses((status = 200, body = AcceptanceView), ApiProblem))]
async fn acceptance_revoke(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<TakeBack>,
) -> Result<Json<AcceptanceView>, Problem> {
    Ok(Json(app.acceptance_revoke(&actor, id, &body.reason).await?))
}
