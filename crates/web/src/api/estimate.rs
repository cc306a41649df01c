//! Calls of the subjects estimate and sizing.

use crate::caller::{Body, Caller, Id, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::estimate::{
    Answer, EstimateDetails, EstimateView, Question, Reason, Settlement, SizingView,
};
use golive_app::{App, Error};
use golive_core::id::{EstimateId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest file of an estimate.
const LIMIT: usize = 2 << 20;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(estimate_list, estimate_import))
        .routes(routes!(estimate_view))
        .routes(routes!(estimate_activate))
        .routes(routes!(estimate_discard))
        .routes(routes!(sizing_view))
        .routes(routes!(sizing_ask_for_manual))
        .routes(routes!(sizing_ask))
        .routes(routes!(sizing_answer))
        .routes(routes!(sizing_settle))
}

/// The name of an uploaded file.
#[derive(Debug, Deserialize)]
struct Named {
    #[serde(default)]
    file: String,
}

/// Which estimate is replaced.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// The one that is active until now; it must be named when there is one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub replaces: Option<EstimateId>,
}

/// Lists the usage profiles of a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/estimates", params(("id" = String, Path)), responses((status = 200, body = Vec<EstimateView>), ApiProblem))]
async fn estimate_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<EstimateView>>, Problem> {
    Ok(Json(app.estimate_list(&actor, id).await?))
}

/// Brings in a usage profile (TOML), or the processes of the next version of one (CSV, workbook).
#[utoipa::path(post, path = "/api/v1/projects/{id}/estimates", params(("id" = String, Path)), request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = EstimateView), ApiProblem))]
async fn estimate_import(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(named): Query<Named>,
    body: axum::body::Body,
) -> Result<Json<EstimateView>, Problem> {
    let large = |_| Error::TooLarge { what: "the file".into(), limit: "2 MiB".into() };
    let bytes = axum::body::to_bytes(body, LIMIT).await.map_err(large)?;
    Ok(Json(app.estimate_import(&actor, id, &named.file, &bytes).await?))
}

/// Shows one usage profile with its sums and the sizing sheet.
#[utoipa::path(get, path = "/api/v1/estimates/{id}", params(("id" = String, Path)), responses((status = 200, body = EstimateDetails), ApiProblem))]
async fn estimate_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EstimateId>,
) -> Result<Json<EstimateDetails>, Problem> {
    Ok(Json(app.estimate_view(&actor, id).await?))
}

/// Makes a profile the one that counts.
#[utoipa::path(post, path = "/api/v1/estimates/{id}/activate", params(("id" = String, Path)), request_body = Activation, responses((status = 200, body = EstimateView), ApiProblem))]
async fn estimate_activate(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EstimateId>,
    Body(body): Body<Activation>,
) -> Result<Json<EstimateView>, Problem> {
    Ok(Json(app.estimate_activate(&actor, id, body.replaces).await?))
}

/// Gives a draft up.
#[utoipa::path(post, path = "/api/v1/estimates/{id}/discard", params(("id" = String, Path)), request_body = Reason, responses((status = 200, body = EstimateView), ApiProblem))]
async fn estimate_discard(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EstimateId>,
    Body(body): Body<Reason>,
) -> Result<Json<EstimateView>, Problem> {
    Ok(Json(app.estimate_discard(&actor, id, &body.reason).await?))
}

/// Shows where the sizing of a project stands.
#[utoipa::path(get, path = "/api/v1/projects/{id}/sizing", params(("id" = String, Path)), responses((status = 200, body = SizingView), ApiProblem))]
async fn sizing_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<SizingView>, Problem> {
    Ok(Json(app.sizing_view(&actor, id).await?))
}

/// Asks for a size by hand, as the operator.
#[utoipa::path(post, path = "/api/v1/projects/{id}/sizing/ask-for-manual", params(("id" = String, Path)), request_body = Reason, responses((status = 200, body = SizingView), ApiProblem))]
async fn sizing_ask_for_manual(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<Reason>,
) -> Result<Json<SizingView>, Problem> {
    Ok(Json(app.sizing_ask_for_manual(&actor, id, &body.reason).await?))
}

/// Asks the customer about the profile, as the operator: the clock of the request stands still.
#[utoipa::path(post, path = "/api/v1/projects/{id}/sizing/ask", params(("id" = String, Path)), request_body = Question, responses((status = 200, body = SizingView), ApiProblem))]
async fn sizing_ask(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<Question>,
) -> Result<Json<SizingView>, Problem> {
    Ok(Json(app.sizing_ask(&actor, id, &body.question).await?))
}

/// Answers that the profile is right as it is: the clock runs on.
#[utoipa::path(post, path = "/api/v1/projects/{id}/sizing/answer", params(("id" = String, Path)), request_body = Answer, responses((status = 200, body = SizingView), ApiProblem))]
async fn sizing_answer(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<Answer>,
) -> Result<Json<SizingView>, Problem> {
    Ok(Json(app.sizing_answer(&actor, id, &body.answer).await?))
}

/// Settles the size by hand, as the operator.
#[utoipa::path(post, path = "/api/v1/projects/{id}/sizing/settle", params(("id" = String, Path)), request_body = Settlement, responses((status = 200, body = SizingView), ApiProblem))]
async fn sizing_settle(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<Settlement>,
) -> Result<Json<SizingView>, Problem> {
    Ok(Json(app.sizing_settle(&actor, id, &body).await?))
}
