//! Calls of the subject service request.

use crate::caller::{Body, Caller, Id, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::service_request::{
    NewServiceRequest, ServiceRequestFilter, ServiceRequestView, WindowForm,
};
use golive_core::id::{ProjectId, ServiceRequestId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service_request_list, service_request_submit))
        .routes(routes!(service_request_view))
        .routes(routes!(service_request_comment))
        .routes(routes!(service_request_take_up))
        .routes(routes!(service_request_ask))
        .routes(routes!(service_request_answer))
        .routes(routes!(service_request_deny))
        .routes(routes!(service_request_resubmit))
        .routes(routes!(service_request_move_window))
        .routes(routes!(service_request_cancel))
        .routes(routes!(service_request_finish))
        .routes(routes!(service_request_fail))
        .routes(routes!(service_request_sign_off))
}

/// A message.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// What is said.
    pub text: String,
}

/// A question to the customer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What is asked.
    pub question: String,
}

/// Why a service request is turned down.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Turned {
    /// Why.
    pub reason: String,
    /// What would be possible instead.
    pub suggestion: String,
}

/// Why a service request is taken back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakenBack {
    /// Why.
    pub reason: String,
}

/// What went wrong.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Diagnosis {
    /// What went wrong.
    pub diagnosis: String,
}

/// How the work is accepted.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// What is not as it should be, if something.
    #[serde(default)]
    pub issues: Option<String>,
}

/// Lists the service requests of a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/service-requests", params(("id" = String, Path), ("state" = Option<String>, Query), ("kind" = Option<String>, Query)),
    responses((status = 200, body = Vec<ServiceRequestView>), ApiProblem))]
async fn service_request_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(filter): Query<ServiceRequestFilter>,
) -> Result<Json<Vec<ServiceRequestView>>, Problem> {
    Ok(Json(app.service_request_list(&actor, id, &filter).await?))
}

/// Files a service request.
#[utoipa::path(post, path = "/api/v1/projects/{id}/service-requests", params(("id" = String, Path)), request_body = NewServiceRequest,
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_submit(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<NewServiceRequest>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_submit(&actor, id, &body).await?))
}

/// Shows one service request with its conversation.
#[utoipa::path(get, path = "/api/v1/service-requests/{id}", params(("id" = String, Path)),
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_view(&actor, id).await?))
}

/// Says something about a request.
#[utoipa::path(post, path = "/api/v1/service-requests/{id}/comment", params(("id" = String, Path)), request_body = Message,
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_comment(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
    Body(body): Body<Message>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_comment(&actor, id, &body.text).await?))
}

/// Takes a request up, or up again after a failure, as the operator.
#[utoipa::path(post, path = "/api/v1/service-requests/{id}/take-up", params(("id" = String, Path)),
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_take_up(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_take_up(&actor, id).await?))
}

/// Asks the customer something, as the operator: the clock stands still.
#[utoipa::path(post, path = "/api/v1/service-requests/{id}/ask", params(("id" = String, Path)), request_body = Asked,
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_ask(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
    Body(body): Body<Asked>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_ask(&actor, id, &body.question).await?))
}

/// Answers the operator: the clock runs on.
#[utoipa::path(post, path = "/api/v1/service-requests/{id}/answer", params(("id" = String, Path)), request_body = Message,
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_answer(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
    Body(body): Body<Message>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_answer(&actor, id, &body.text).await?))
}

/// Says no, with what would be possible instead, as the operator.
#[utoipa::path(post, path = "/api/v1/service-requests/{id}/deny", params(("id" = String, Path)), request_body = Turned,
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_deny(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
    Body(body): Body<Turned>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_deny(&actor, id, &body.reason, &body.suggestion).await?))
}

/// Asks again after a denial, perhaps as suggested.
#[utoipa::path(post, path = "/api/v1/service-requests/{id}/resubmit", params(("id" = String, Path)), request_body = WindowForm,
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_resubmit(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
    Body(body): Body<WindowForm>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_resubmit(&actor, id, &body).await?))
}

/// Offers another downtime, before the work begins.
#[utoipa::path(post, path = "/api/v1/service-requests/{id}/move-window", params(("id" = String, Path)), request_body = WindowForm,
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_move_window(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
    Body(body): Body<WindowForm>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_move_window(&actor, id, &body).await?))
}

/// Takes a request back, before the work begins.
#[utoipa::path(post, path = "/api/v1/service-requests/{id}/cancel", params(("id" = String, Path)), request_body = TakenBack,
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_cancel(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
    Body(body): Body<TakenBack>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_cancel(&actor, id, &body.reason).await?))
}

/// Says that it is done, as the operator.
#[utoipa::path(post, path = "/api/v1/service-requests/{id}/finish", params(("id" = String, Path)),
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_finish(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_finish(&actor, id).await?))
}

/// Says that it went wrong and was taken back, as the operator.
#[utoipa::path(post, path = "/api/v1/service-requests/{id}/fail", params(("id" = String, Path)), request_body = Diagnosis,
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_fail(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
    Body(body): Body<Diagnosis>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_fail(&actor, id, &body.diagnosis).await?))
}

/// Accepts what was done, perhaps with issues.
#[utoipa::path(post, path = "/api/v1/service-requests/{id}/sign-off", params(("id" = String, Path)), request_body = Accepted,
    responses((status = 200, body = ServiceRequestView), ApiProblem))]
async fn service_request_sign_off(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ServiceRequestId>,
    Body(body): Body<Accepted>,
) -> Result<Json<ServiceRequestView>, Problem> {
    Ok(Json(app.service_request_sign_off(&actor, id, body.issues.as_deref()).await?))
}
