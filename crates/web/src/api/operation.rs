//! Operations.

use crate::caller::{Body, Caller, Id, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::Error;
use golive_app::operation::{DrillRequest, LogView, OperationView};
use golive_core::id::{EnvironmentId, OperationId, ProjectId};
use golive_core::operation::Choice;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(operation_list))
        .routes(routes!(operation_view))
        .routes(routes!(operation_log))
        .routes(routes!(operation_choose))
        .routes(routes!(operation_cancel))
        .routes(routes!(operation_drill))
}

#[derive(Debug, Deserialize)]
struct Filter {
    environment: Option<EnvironmentId>,
}

#[derive(Debug, Deserialize)]
struct From {
    #[serde(default)]
    from: u64,
}

/// A choice with its reason.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choosing {
    /// `retry`, `skip` or `roll_back`.
    pub choice: String,
    /// Why; it goes on record.
    pub reason: String,
}

/// A reason, which goes on record.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Why.
    pub reason: String,
}

fn choice(text: &str) -> Result<Choice, Error> {
    text.parse().map_err(|_| Error::invalid("choice", "retry, skip or roll_back", text))
}

/// Lists the operations of a project, newest first.
#[utoipa::path(get, path = "/api/v1/projects/{id}/operations", params(("id" = String, Path), ("environment" = Option<String>, Query)), responses((status = 200, body = Vec<OperationView>), ApiProblem))]
async fn operation_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(filter): Query<Filter>,
) -> Result<Json<Vec<OperationView>>, Problem> {
    Ok(Json(app.operation_list(&actor, id, filter.environment).await?))
}

/// Shows one operation.
#[utoipa::path(get, path = "/api/v1/operations/{id}", params(("id" = String, Path)), responses((status = 200, body = OperationView), ApiProblem))]
async fn operation_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<OperationId>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.operation_view(&actor, id).await?))
}

/// Reads the lines of an operation from a position.
#[utoipa::path(get, path = "/api/v1/operations/{id}/log", params(("id" = String, Path), ("from" = Option<u64>, Query)), responses((status = 200, body = LogView), ApiProblem))]
async fn operation_log(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<OperationId>,
    Query(place): Query<From>,
) -> Result<Json<LogView>, Problem> {
    Ok(Json(app.operation_log(&actor, id, place.from).await?))
}

/// Chooses what happens to an operation that needs attention.
#[utoipa::path(post, path = "/api/v1/operations/{id}/choose", params(("id" = String, Path)), request_body = Choosing, responses((status = 200, body = OperationView), ApiProblem))]
async fn operation_choose(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<OperationId>,
    Body(body): Body<Choosing>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.operation_choose(&actor, id, choice(&body.choice)?, &body.reason).await?))
}

/// Stops an operation: what is done is undone.
#[utoipa::path(post, path = "/api/v1/operations/{id}/cancel", params(("id" = String, Path)), request_body = Reason, responses((status = 200, body = OperationView), ApiProblem))]
async fn operation_cancel(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<OperationId>,
    Body(body): Body<Reason>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.operation_cancel(&actor, id, &body.reason).await?))
}

/// Starts a drill, to practise recovery.
#[utoipa::path(post, path = "/api/v1/projects/{id}/drills", params(("id" = String, Path)), request_body = DrillRequest, responses((status = 200, body = OperationView), ApiProblem))]
async fn operation_drill(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<DrillRequest>,
) -> Result<Json<OperationView>, Problem> {
    Ok(Json(app.operation_drill(&actor, id, &body).await?))
}
