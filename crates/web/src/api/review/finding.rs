//! Findings of a review and the files that settle them.

use super::{ReviewReason, ReviewText};
use crate::api::methodology::download;
use crate::caller::{Body, Caller, Id, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use golive_app::App;
use golive_app::review::{FindingFilter, FindingForm, FindingView, MitigationForm, PROOF_LIMIT};
use golive_core::id::{EvidenceId, FindingId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(finding_list, finding_add))
        .routes(routes!(finding_view))
        .routes(routes!(finding_edit))
        .routes(routes!(finding_publish))
        .routes(routes!(finding_mitigate))
        .routes(routes!(finding_ask_proof))
        .routes(routes!(finding_reply))
        .routes(routes!(finding_accept))
        .routes(routes!(finding_close))
        .routes(routes!(finding_withdraw))
        .routes(routes!(finding_reopen))
        .routes(routes!(finding_regrade))
        .routes(routes!(finding_attach))
        .routes(routes!(finding_proof))
}

/// Files that prove it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingProven {
    /// Files attached to the finding before, by id.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// Another severity.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingRegrading {
    /// `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// `ReviewReason`.
    pub reason: String,
}

#[derive(Debug, Deserialize)]
struct Named {
    file: String,
}

/// Lists the findings of a project; drafts are there for reviewers only.
#[utoipa::path(get, path = "/api/v1/projects/{id}/findings", params(("id" = String, Path), ("severity" = Option<String>, Query), ("state" = Option<String>, Query)), responses((status = 200, body = Vec<FindingView>), ApiProblem))]
async fn finding_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(filter): Query<FindingFilter>,
) -> Result<Json<Vec<FindingView>>, Problem> {
    Ok(Json(app.finding_list(&actor, id, &filter).await?))
}

/// Adds a draft; only reviewers see it until it is published.
#[utoipa::path(post, path = "/api/v1/projects/{id}/findings", params(("id" = String, Path)), request_body = FindingForm, responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_add(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<FindingForm>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_add(&actor, id, &body).await?))
}

/// Shows one finding with its dialogue.
#[utoipa::path(get, path = "/api/v1/findings/{id}", params(("id" = String, Path)), responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_view(&actor, id).await?))
}

/// Writes a draft anew.
#[utoipa::path(post, path = "/api/v1/findings/{id}/edit", params(("id" = String, Path)), request_body = FindingForm, responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_edit(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
    Body(body): Body<FindingForm>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_edit(&actor, id, &body).await?))
}

/// Shows a draft to the team.
#[utoipa::path(post, path = "/api/v1/findings/{id}/publish", params(("id" = String, Path)), responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_publish(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_publish(&actor, id).await?))
}

/// Offers a mitigation with owner and date, or a new version of it.
#[utoipa::path(post, path = "/api/v1/findings/{id}/mitigate", params(("id" = String, Path)), request_body = MitigationForm, responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_mitigate(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
    Body(body): Body<MitigationForm>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_mitigate(&actor, id, &body).await?))
}

/// Asks for proof of a mitigation.
#[utoipa::path(post, path = "/api/v1/findings/{id}/ask-proof", params(("id" = String, Path)), request_body = ReviewText, responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_ask_proof(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
    Body(body): Body<ReviewText>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_ask_proof(&actor, id, &body.text).await?))
}

/// Says something about a finding.
#[utoipa::path(post, path = "/api/v1/findings/{id}/reply", params(("id" = String, Path)), request_body = ReviewText, responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_reply(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
    Body(body): Body<ReviewText>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_reply(&actor, id, &body.text).await?))
}

/// Accepts the mitigation.
#[utoipa::path(post, path = "/api/v1/findings/{id}/accept", params(("id" = String, Path)), responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_accept(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_accept(&actor, id).await?))
}

/// Closes a finding: what was promised is done.
#[utoipa::path(post, path = "/api/v1/findings/{id}/close", params(("id" = String, Path)), request_body = FindingProven, responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_close(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
    Body(body): Body<FindingProven>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_close(&actor, id, &body.evidence).await?))
}

/// Withdraws a finding, or drops a draft.
#[utoipa::path(post, path = "/api/v1/findings/{id}/withdraw", params(("id" = String, Path)), request_body = ReviewReason, responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_withdraw(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
    Body(body): Body<ReviewReason>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_withdraw(&actor, id, &body.reason).await?))
}

/// Reopens a finding that is not settled after all.
#[utoipa::path(post, path = "/api/v1/findings/{id}/reopen", params(("id" = String, Path)), request_body = ReviewReason, responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_reopen(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
    Body(body): Body<ReviewReason>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_reopen(&actor, id, &body.reason).await?))
}

/// Grades a finding anew.
#[utoipa::path(post, path = "/api/v1/findings/{id}/regrade", params(("id" = String, Path)), request_body = FindingRegrading, responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_regrade(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
    Body(body): Body<FindingRegrading>,
) -> Result<Json<FindingView>, Problem> {
    Ok(Json(app.finding_regrade(&actor, id, (&body.severity, &body.reason)).await?))
}

/// Attaches a file to a finding, to name it as evidence.
#[utoipa::path(post, path = "/api/v1/findings/{id}/proofs", params(("id" = String, Path)), request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = FindingView), ApiProblem))]
async fn finding_attach(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<FindingId>,
    Query(named): Query<Named>,
    body: axum::body::Body,
) -> Result<Json<FindingView>, Problem> {
    app.finding_attach_check(&actor, id).await?;
    let kept = app.keep_file(body.into_data_stream(), PROOF_LIMIT).await?;
    Ok(Json(app.finding_attach(&actor, id, (&named.file, kept)).await?))
}

/// Fetches a file that was attached to a finding.
#[utoipa::path(get, path = "/api/v1/proofs/{id}", params(("id" = String, Path)), responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), ApiProblem))]
async fn finding_proof(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<EvidenceId>,
) -> Result<Response, Problem> {
    let (name, path) = app.finding_proof(&actor, id).await?;
    Ok(download(&name, &path).await?)
}
