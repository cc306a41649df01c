//! The review, its workshop and its clock.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::review::{MinutesForm, ReviewQueueItem, ReviewView, WorkshopForm};
use golive_core::id::ProjectId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod finding;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(review_view, review_open))
        .routes(routes!(review_queue))
        .routes(routes!(review_assign))
        .routes(routes!(review_ask))
        .routes(routes!(review_answer))
        .routes(routes!(review_issue_report))
        .routes(routes!(review_complete))
        .routes(routes!(review_refuse))
        .routes(routes!(review_confirm))
        .routes(routes!(review_reopen))
        .routes(routes!(review_schedule_workshop))
        .routes(routes!(review_answer_invitation))
        .routes(routes!(review_record_workshop))
        .routes(routes!(review_cancel_workshop))
        .merge(finding::routes())
}

/// Who shall review.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewerChoice {
    /// A member of the reviewer's side by full name or id; oneself if nothing is said.
    #[serde(default)]
    pub person: Option<String>,
}

/// Something that is said.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewText {
    /// The words.
    pub text: String,
}

/// What a report says beside the findings.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportSummary {
    /// Best practices and recommendations.
    pub summary: String,
}

/// A reason, which goes on record.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewReason {
    /// `ReviewReason`.
    pub reason: String,
}

/// Whether somebody comes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkshopComing {
    /// Yes or no.
    #[serde(default)]
    pub comes: bool,
}

/// Shows the review of a project with its findings.
#[utoipa::path(get, path = "/api/v1/projects/{id}/review", params(("id" = String, Path)), responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_view(&actor, id).await?))
}

/// Opens the review before the checklist is sent, so that a reviewer can be named early.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review", params(("id" = String, Path)), responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_open(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_open(&actor, id).await?))
}

/// Lists the reviews of all projects in which one sits on the reviewer's side, most urgent first.
#[utoipa::path(get, path = "/api/v1/reviews", responses((status = 200, body = Vec<ReviewQueueItem>), ApiProblem))]
async fn review_queue(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Json<Vec<ReviewQueueItem>>, Problem> {
    Ok(Json(app.review_queue(&actor).await?))
}

/// Names the reviewer: oneself, or another member of the reviewer's side.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/assign", params(("id" = String, Path)), request_body = ReviewerChoice, responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_assign(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ReviewerChoice>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_assign(&actor, id, body.person.as_deref()).await?))
}

/// Asks the team something: the reviewer's clock stands still.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/ask", params(("id" = String, Path)), request_body = ReviewText, responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_ask(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ReviewText>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_ask(&actor, id, &body.text).await?))
}

/// Answers the reviewer: the clock runs on.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/answer", params(("id" = String, Path)), request_body = ReviewText, responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_answer(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ReviewText>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_answer(&actor, id, &body.text).await?))
}

/// Issues the report: what is drafted becomes open with it.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/report", params(("id" = String, Path)), request_body = ReportSummary, responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_issue_report(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ReportSummary>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_issue_report(&actor, id, &body.summary).await?))
}

/// Releases the project.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/complete", params(("id" = String, Path)), responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_complete(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_complete(&actor, id).await?))
}

/// Says that the project is not ready: the checklist goes back and must be sent again.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/refuse", params(("id" = String, Path)), request_body = ReviewReason, responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_refuse(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ReviewReason>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_refuse(&actor, id, &body.reason).await?))
}

/// Confirms the release after a late change.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/confirm", params(("id" = String, Path)), responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_confirm(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_confirm(&actor, id).await?))
}

/// Takes the release back: something must be mitigated first.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/reopen", params(("id" = String, Path)), request_body = ReviewReason, responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_reopen(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ReviewReason>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_reopen(&actor, id, &body.reason).await?))
}

/// Sets the date of the workshop, or another one.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/schedule-workshop", params(("id" = String, Path)), request_body = WorkshopForm, responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_schedule_workshop(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<WorkshopForm>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_schedule_workshop(&actor, id, &body).await?))
}

/// Says whether one comes to the workshop.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/answer-invitation", params(("id" = String, Path)), request_body = WorkshopComing, responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_answer_invitation(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<WorkshopComing>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_answer_invitation(&actor, id, body.comes).await?))
}

/// Records that the workshop was held, with minutes and decisions.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/record-workshop", params(("id" = String, Path)), request_body = MinutesForm, responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_record_workshop(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<MinutesForm>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_record_workshop(&actor, id, &body).await?))
}

/// Calls the workshop off.
#[utoipa::path(post, path = "/api/v1/projects/{id}/review/cancel-workshop", params(("id" = String, Path)), request_body = ReviewReason, responses((status = 200, body = ReviewView), ApiProblem))]
async fn review_cancel_workshop(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ReviewReason>,
) -> Result<Json<ReviewView>, Problem> {
    Ok(Json(app.review_cancel_workshop(&actor, id, &body.reason).await?))
}
