//! Calls of the subject go live.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::go_live::{
    DecisionRequest, FactRecord, FactView, GoLiveView, SeatRequest, VoteRequest,
};
use golive_app::{App, Error};
use golive_core::id::{ProjectId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(go_live_view))
        .routes(routes!(seat_set))
        .routes(routes!(production_take_control))
        .routes(routes!(go_no_go_call))
        .routes(routes!(go_no_go_vote))
        .routes(routes!(go_no_go_propose))
        .routes(routes!(go_no_go_decide))
        .routes(routes!(go_no_go_minutes))
        .routes(routes!(go_no_go_fulfil))
        .routes(routes!(go_no_go_release))
        .routes(routes!(go_live_record))
        .routes(routes!(handover_take))
        .routes(routes!(project_close))
        .routes(routes!(fact_list, fact_record))
}

/// A condition.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionRequest {
    /// Its short name.
    pub condition: String,
    /// What must be done.
    pub what: String,
    /// The account id of who does it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub owner: Option<UserId>,
    /// Until when: `2027-04-09`.
    #[serde(default)]
    pub due: Option<String>,
}

/// A condition that is met.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FulfilRequest {
    /// Its short name.
    pub condition: String,
    /// What was done.
    pub note: String,
}

/// A condition that is no longer asked for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRequest {
    /// Its short name.
    pub condition: String,
    /// Why.
    pub reason: String,
}

/// Minutes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MinutesRequest {
    /// The text.
    pub text: String,
    /// Confirms them instead of writing them.
    #[serde(default)]
    pub confirm: bool,
}

/// When the project went live.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiveRequest {
    /// The instant: `2027-04-05T04:00:00Z`.
    pub since: String,
}

/// A line of the hand-over list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoverRequest {
    /// Its id.
    pub line: String,
    /// What was handed over.
    #[serde(default)]
    pub note: String,
}

/// Shows how far the project is from its go-live, and after it.
#[utoipa::path(get, path = "/api/v1/projects/{id}/go-live", params(("id" = String, Path)), responses((status = 200, body = GoLiveView), ApiProblem))]
async fn go_live_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<GoLiveView>, Problem> {
    Ok(Json(app.go_live_view(&actor, id).await?))
}

/// Gives a seat at the go/no-go table to a member.
#[utoipa::path(post, path = "/api/v1/projects/{id}/seats", params(("id" = String, Path)), request_body = SeatRequest, responses((status = 200, body = GoLiveView), ApiProblem))]
async fn seat_set(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<SeatRequest>,
) -> Result<Json<GoLiveView>, Problem> {
    Ok(Json(app.seat_set(&actor, id, &body).await?))
}

/// Takes production in the customer's hand.
#[utoipa::path(post, path = "/api/v1/projects/{id}/go-live/take-control", params(("id" = String, Path)), responses((status = 200, body = GoLiveView), ApiProblem))]
async fn production_take_control(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<GoLiveView>, Problem> {
    Ok(Json(app.production_take_control(&actor, id).await?))
}

/// Calls the go/no-go meeting.
#[utoipa::path(post, path = "/api/v1/projects/{id}/go-no-go/call", params(("id" = String, Path)), responses((status = 200, body = GoLiveView), ApiProblem))]
async fn go_no_go_call(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<GoLiveView>, Problem> {
    Ok(Json(app.go_no_go_call(&actor, id).await?))
}

/// Votes for a seat, on what was shown.
#[utoipa::path(post, path = "/api/v1/projects/{id}/go-no-go/vote", params(("id" = String, Path)), request_body = VoteRequest, responses((status = 200, body = GoLiveView), ApiProblem))]
async fn go_no_go_vote(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<VoteRequest>,
) -> Result<Json<GoLiveView>, Problem> {
    Ok(Json(app.go_no_go_vote(&actor, id, &body).await?))
}

/// Puts a condition on the table.
#[utoipa::path(post, path = "/api/v1/projects/{id}/go-no-go/propose", params(("id" = String, Path)), request_body = ConditionRequest, responses((status = 200, body = GoLiveView), ApiProblem))]
async fn go_no_go_propose(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ConditionRequest>,
) -> Result<Json<GoLiveView>, Problem> {
    let due = body.due.as_deref().map(str::parse).transpose();
    let due = due.map_err(|_| {
        Error::invalid("due", "a date such as 2027-04-09", body.due.clone().unwrap_or_default())
    })?;
    Ok(Json(
        app.go_no_go_propose(&actor, id, (&body.condition, &body.what), (body.owner, due)).await?,
    ))
}

/// Decides, as the named authority.
#[utoipa::path(post, path = "/api/v1/projects/{id}/go-no-go/decide", params(("id" = String, Path)), request_body = DecisionRequest, responses((status = 200, body = GoLiveView), ApiProblem))]
async fn go_no_go_decide(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<DecisionRequest>,
) -> Result<Json<GoLiveView>, Problem> {
    Ok(Json(app.go_no_go_decide(&actor, id, &body).await?))
}

/// Writes or confirms the minutes.
#[utoipa::path(post, path = "/api/v1/projects/{id}/go-no-go/minutes", params(("id" = String, Path)), request_body = MinutesRequest, responses((status = 200, body = GoLiveView), ApiProblem))]
async fn go_no_go_minutes(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<MinutesRequest>,
) -> Result<Json<GoLiveView>, Problem> {
    Ok(Json(app.go_no_go_minutes(&actor, id, &body.text, body.confirm).await?))
}

/// Records that a condition of the decision is met.
#[utoipa::path(post, path = "/api/v1/projects/{id}/go-no-go/fulfil", params(("id" = String, Path)), request_body = FulfilRequest, responses((status = 200, body = GoLiveView), ApiProblem))]
async fn go_no_go_fulfil(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<FulfilRequest>,
) -> Result<Json<GoLiveView>, Problem> {
    Ok(Json(app.go_no_go_fulfil(&actor, id, &body.condition, &body.note).await?))
}

/// Releases a condition of the decision, as the named authority.
#[utoipa::path(post, path = "/api/v1/projects/{id}/go-no-go/release", params(("id" = String, Path)), request_body = ReleaseRequest, responses((status = 200, body = GoLiveView), ApiProblem))]
async fn go_no_go_release(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ReleaseRequest>,
) -> Result<Json<GoLiveView>, Problem> {
    Ok(Json(app.go_no_go_release(&actor, id, &body.condition, &body.reason).await?))
}

/// Records that the project is live.
#[utoipa::path(post, path = "/api/v1/projects/{id}/go-live/record", params(("id" = String, Path)), request_body = LiveRequest, responses((status = 200, body = GoLiveView), ApiProblem))]
async fn go_live_record(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<LiveRequest>,
) -> Result<Json<GoLiveView>, Problem> {
    let since = body.since.parse().map_err(|_| {
        Error::invalid("since", "an instant such as 2027-04-05T04:00:00Z", &body.since)
    })?;
    Ok(Json(app.go_live_record(&actor, id, since).await?))
}

/// Takes over one line of the hand-over list.
#[utoipa::path(post, path = "/api/v1/projects/{id}/handover", params(("id" = String, Path)), request_body = HandoverRequest, responses((status = 200, body = GoLiveView), ApiProblem))]
async fn handover_take(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<HandoverRequest>,
) -> Result<Json<GoLiveView>, Problem> {
    Ok(Json(app.handover_take(&actor, id, &body.line, &body.note).await?))
}

/// Ends hypercare and closes the project.
#[utoipa::path(post, path = "/api/v1/projects/{id}/close", params(("id" = String, Path)), responses((status = 200, body = GoLiveView), ApiProblem))]
async fn project_close(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<GoLiveView>, Problem> {
    Ok(Json(app.project_close(&actor, id).await?))
}

/// Lists the values that people recorded.
#[utoipa::path(get, path = "/api/v1/projects/{id}/facts", params(("id" = String, Path)), responses((status = 200, body = Vec<FactView>), ApiProblem))]
async fn fact_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<FactView>>, Problem> {
    Ok(Json(app.fact_list(&actor, id).await?))
}

/// Records a measured value for a fact that golive does not measure itself.
#[utoipa::path(post, path = "/api/v1/projects/{id}/facts", params(("id" = String, Path)), request_body = FactRecord, responses((status = 200, body = FactView), ApiProblem))]
async fn fact_record(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<FactRecord>,
) -> Result<Json<FactView>, Problem> {
    Ok(Json(app.fact_record(&actor, id, &body).await?))
}
