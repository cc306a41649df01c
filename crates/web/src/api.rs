//! The API: `/api/v1`, one file per subject. A handler reads the request, calls one service, and shows the answer.

mod acceptance;
mod certificate;
mod checklist;
mod cutover;
mod datacopy;
mod environment;
mod estimate;
mod gate;
mod go_live;
mod methodology;
mod notification;
mod onboarding;
mod operation;
mod package;
mod path;
mod people;
mod project;
mod request;
mod review;
mod schedule;
mod server;
mod service_request;
mod sign_in;
mod waiver;

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
        .merge(path::routes())
        .merge(people::routes())
        .merge(project::routes())
        .merge(request::routes())
        .merge(server::routes())
        .merge(sign_in::routes())
        .merge(methodology::routes())
        .merge(schedule::routes())
        .merge(onboarding::routes())
        .merge(acceptance::routes())
        .merge(checklist::routes())
        .merge(review::routes())
        .merge(estimate::routes())
        .merge(service_request::routes())
        .merge(waiver::routes())
        .merge(notification::routes())
        .merge(package::routes())
        .merge(datacopy::routes())
        .merge(cutover::routes())
        .merge(go_live::routes())
        .merge(certificate::routes())
}

/// The OpenAPI document.
pub fn document() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}
