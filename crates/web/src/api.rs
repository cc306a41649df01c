//! The API: `/api/v1`, one file per subject. A handler reads the request, calls one service, and shows the answer.

mod environment;
mod gate;
mod operation;
mod people;
mod project;
mod request;
mod server;
mod sign_in;

use golive_app::App;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(info(
    title = "golive",
    description = "Takes an ERP implementation project to live operations."
))]
struct Document;

/// All calls, with the document that describes them.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(environment::routes())
        .merge(gate::routes())
        .merge(operation::routes())
        .merge(people::routes())
        .merge(project::routes())
        .merge(request::routes())
        .merge(server::routes())
        .merge(sign_in::routes())
}

/// The OpenAPI document.
pub fn document() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}
