//! Production requests.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::request::{RequestForm, RequestView};
use golive_core::id::{ProjectId, RequestId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(request_list, request_create))
        .routes(routes!(request_view))
        .routes(routes!(request_configure))
        .routes(routes!(request_sign_off))
        .routes(routes!(request_clear_sign_off))
        .routes(routes!(request_deploy))
        .routes(routes!(request_ask))
        .routes(routes!(request_answer))
        .routes(routes!(request_deny))
}

/// Why a request is turned down.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Denial {
    /// Why.
    pub reason: String,
    /// What would be accepted.
    pub suggestion: String,
}

/// A question to the customer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestQuestion {
    /// What is asked.
    pub question: String,
}

/// The customer's answer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestAnswer {
    /// The answer.
    pub answer: String,
}

/// Lists the production requests of a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/requests", params(("id" = String, Path)), responses((status = 200, body = Vec<RequestView>), ApiProblem))]
async fn request_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<RequestView>>, Problem> {
    Ok(Json(app.request_list(&actor, id).await?))
}

/// Opens a production request.
#[utoipa::path(post, path = "/api/v1/projects/{id}/requests", params(("id" = String, Path)), request_body = RequestForm, responses((status = 200, body = RequestView), ApiProblem))]
async fn request_create(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<RequestForm>,
) -> Result<Json<RequestView>, Problem> {
    Ok(Json(app.request_create(&actor, id, &body).await?))
}

/// Shows one production request with its gate.
#[utoipa::path(get, path = "/api/v1/requests/{id}", params(("id" = String, Path)), responses((status = 200, body = RequestView), ApiProblem))]
async fn request_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RequestId>,
) -> Result<Json<RequestView>, Problem> {
    Ok(Json(app.request_view(&actor, id).await?))
}

/// Changes what is asked for, before the sign-off.
#[utoipa::path(post, path = "/api/v1/requests/{id}/configure", params(("id" = String, Path)), request_body = RequestForm, responses((status = 200, body = RequestView), ApiProblem))]
async fn request_configure(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RequestId>,
    Body(body): Body<RequestForm>,
) -> Result<Json<RequestView>, Problem> {
    Ok(Json(app.request_configure(&actor, id, &body).await?))
}

/// Signs the request off for the customer.
#[utoipa::path(post, path = "/api/v1/requests/{id}/sign-off", params(("id" = String, Path)), responses((status = 200, body = RequestView), ApiProblem))]
async fn request_sign_off(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RequestId>,
) -> Result<Json<RequestView>, Problem> {
    Ok(Json(app.request_sign_off(&actor, id).await?))
}

/// Takes the sign-off back while the request is queued.
#[utoipa::path(post, path = "/api/v1/requests/{id}/clear-sign-off", params(("id" = String, Path)), responses((status = 200, body = RequestView), ApiProblem))]
async fn request_clear_sign_off(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RequestId>,
) -> Result<Json<RequestView>, Problem> {
    Ok(Json(app.request_clear_sign_off(&actor, id).await?))
}

/// Deploys what is queued (managed).
#[utoipa::path(post, path = "/api/v1/requests/{id}/deploy", params(("id" = String, Path)), responses((status = 200, body = RequestView), ApiProblem))]
async fn request_deploy(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RequestId>,
) -> Result<Json<RequestView>, Problem> {
    Ok(Json(app.request_deploy(&actor, id).await?))
}

/// Asks the customer something: the clock stands still.
#[utoipa::path(post, path = "/api/v1/requests/{id}/ask", params(("id" = String, Path)), request_body = RequestQuestion, responses((status = 200, body = RequestView), ApiProblem))]
async fn request_ask(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RequestId>,
    Body(body): Body<RequestQuestion>,
) -> Result<Json<RequestView>, Problem> {
    Ok(Json(app.request_ask(&actor, id, &body.question).await?))
}

/// Answers for the customer: the clock runs again.
#[utoipa::path(post, path = "/api/v1/requests/{id}/answer", params(("id" = String, Path)), request_body = RequestAnswer, responses((status = 200, body = RequestView), ApiProblem))]
async fn request_answer(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RequestId>,
    Body(body): Body<RequestAnswer>,
) -> Result<Json<RequestView>, Problem> {
    Ok(Json(app.request_answer(&actor, id, &body.answer).await?))
}

/// Turns a queued request down, with what would be accepted.
#[utoipa::path(post, path = "/api/v1/requests/{id}/deny", params(("id" = String, Path)), request_body = Denial, responses((status = 200, body = RequestView), ApiProblem))]
async fn request_deny(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<RequestId>,
    Body(body): Body<Denial>,
) -> Result<Json<RequestView>, Problem> {
    Ok(Json(app.request_deny(&actor, id, &body.reason, &body.suggestion).await?))
}
