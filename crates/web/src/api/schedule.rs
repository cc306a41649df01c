//! The schedule: the go-live date with its history, milestones, everything counted back.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::schedule::{GoLiveDateView, MilestoneView, MilestonesView, ScheduleView};
use golive_core::id::{MilestoneId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(schedule_view))
        .routes(routes!(go_live_date_view))
        .routes(routes!(milestone_list))
        .routes(routes!(milestone_publish))
        .routes(routes!(milestone_confirm))
        .routes(routes!(milestone_recount))
        .routes(routes!(milestone_view))
        .routes(routes!(milestone_set))
        .routes(routes!(milestone_reach))
        .routes(routes!(milestone_take_back))
}

/// A day for a milestone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneDay {
    /// The day: `2027-02-15`.
    pub on: String,
    /// Why; a published date moves only with a reason.
    #[serde(default)]
    pub reason: String,
}

/// The day on which a milestone was reached.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReachedDay {
    /// The day: `2027-02-17`.
    pub on: String,
}

/// Why dates change.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DateReason {
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// Shows the schedule counted back from the go-live date.
#[utoipa::path(get, path = "/api/v1/projects/{id}/schedule", params(("id" = String, Path)), responses((status = 200, body = ScheduleView), ApiProblem))]
async fn schedule_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<ScheduleView>, Problem> {
    Ok(Json(app.schedule_view(&actor, id).await?))
}

/// Shows the go-live date with its history.
#[utoipa::path(get, path = "/api/v1/projects/{id}/go-live-date", params(("id" = String, Path)), responses((status = 200, body = GoLiveDateView), ApiProblem))]
async fn go_live_date_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<GoLiveDateView>, Problem> {
    Ok(Json(app.go_live_date_view(&actor, id).await?))
}

/// Lists the milestones of a project and how their plan stands.
#[utoipa::path(get, path = "/api/v1/projects/{id}/milestones", params(("id" = String, Path)), responses((status = 200, body = MilestonesView), ApiProblem))]
async fn milestone_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<MilestonesView>, Problem> {
    Ok(Json(app.milestone_list(&actor, id).await?))
}

/// Publishes the plan of the milestones.
#[utoipa::path(post, path = "/api/v1/projects/{id}/milestones/publish", params(("id" = String, Path)), responses((status = 200, body = MilestonesView), ApiProblem))]
async fn milestone_publish(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<MilestonesView>, Problem> {
    Ok(Json(app.milestone_publish(&actor, id).await?))
}

/// Confirms that all dates still hold.
#[utoipa::path(post, path = "/api/v1/projects/{id}/milestones/confirm", params(("id" = String, Path)), responses((status = 200, body = MilestonesView), ApiProblem))]
async fn milestone_confirm(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<MilestonesView>, Problem> {
    Ok(Json(app.milestone_confirm(&actor, id).await?))
}

/// Counts every date that lies ahead back from the go-live date again.
#[utoipa::path(post, path = "/api/v1/projects/{id}/milestones/recount", params(("id" = String, Path)), request_body = DateReason, responses((status = 200, body = MilestonesView), ApiProblem))]
async fn milestone_recount(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<DateReason>,
) -> Result<Json<MilestonesView>, Problem> {
    Ok(Json(app.milestone_recount(&actor, id, &body.reason).await?))
}

/// Shows one milestone with its history.
#[utoipa::path(get, path = "/api/v1/milestones/{id}", params(("id" = String, Path)), responses((status = 200, body = MilestoneView), ApiProblem))]
async fn milestone_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<MilestoneId>,
) -> Result<Json<MilestoneView>, Problem> {
    Ok(Json(app.milestone_view(&actor, id).await?))
}

/// Plans a milestone for a day, or moves it.
#[utoipa::path(post, path = "/api/v1/milestones/{id}/set", params(("id" = String, Path)), request_body = MilestoneDay, responses((status = 200, body = MilestoneView), ApiProblem))]
async fn milestone_set(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<MilestoneId>,
    Body(body): Body<MilestoneDay>,
) -> Result<Json<MilestoneView>, Problem> {
    Ok(Json(app.milestone_set(&actor, id, (&body.on, &body.reason)).await?))
}

/// Says that a milestone was reached.
#[utoipa::path(post, path = "/api/v1/milestones/{id}/reach", params(("id" = String, Path)), request_body = ReachedDay, responses((status = 200, body = MilestoneView), ApiProblem))]
async fn milestone_reach(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<MilestoneId>,
    Body(body): Body<ReachedDay>,
) -> Result<Json<MilestoneView>, Problem> {
    Ok(Json(app.milestone_reach(&actor, id, &body.on).await?))
}

/// Says that a milestone was not reached after all.
#[utoipa::path(post, path = "/api/v1/milestones/{id}/take-back", params(("id" = String, Path)), request_body = DateReason, responses((status = 200, body = MilestoneView), ApiProblem))]
async fn milestone_take_back(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<MilestoneId>,
    Body(body): Body<DateReason>,
) -> Result<Json<MilestoneView>, Problem> {
    Ok(Json(app.milestone_take_back(&actor, id, &body.reason).await?))
}
