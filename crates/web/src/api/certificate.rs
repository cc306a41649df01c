//! Calls of the subject certificate.

use crate::caller::{Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::certificate::CertificateKeyView;
use golive_core::id::ProjectId;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(certificate_key)).routes(routes!(certificate_make))
}

/// Shows the key that signs this server's certificates.
#[utoipa::path(get, path = "/api/v1/certificate/key", responses((status = 200, body = CertificateKeyView), ApiProblem))]
async fn certificate_key(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Json<CertificateKeyView>, Problem> {
    Ok(Json(app.certificate_key(&actor)?))
}

/// Issues the certificate of a project: a signed file that anybody can verify without a server.
#[utoipa::path(post, path = "/api/v1/projects/{id}/certificate", params(("id" = String, Path)), responses((status = 200, body = Object), ApiProblem))]
async fn certificate_make(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(app.certificate_make(&actor, id).await?))
}
