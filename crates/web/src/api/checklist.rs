//! The checklist.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use golive_app::checklist::{AnswersForm, ChecklistExport, ChecklistSectionView, ChecklistView};
use golive_app::{App, Error};
use golive_core::id::ProjectId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(checklist_view, checklist_open))
        .routes(routes!(checklist_section))
        .routes(routes!(checklist_answer))
        .routes(routes!(checklist_clear))
        .routes(routes!(checklist_comment))
        .routes(routes!(checklist_assign))
        .routes(routes!(checklist_import))
        .routes(routes!(checklist_prefill))
        .routes(routes!(checklist_submit))
        .routes(routes!(checklist_export))
}

/// A file of answers, as text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswersText {
    /// Its name; one that ends in `.json` is read as JSON, any other as TOML.
    pub file: String,
    /// What stands in it.
    pub text: String,
}

/// A question of the section.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistQuestion {
    /// Its name, such as `ua-passed`.
    pub question: String,
}

/// The free comment at the end of a section.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistComment {
    /// The comment; nothing takes it away.
    pub comment: String,
}

/// Who shall fill in a section.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistAssignment {
    /// A member by full name or id; nobody if nothing is said.
    #[serde(default)]
    pub person: Option<String>,
}

type InSection = Path<(String, String)>;

fn project(text: &str) -> Result<ProjectId, Error> {
    text.parse().map_err(|_| Error::not_found("project", text))
}

/// The version that the caller has seen, from `If-Match`.
fn seen_version(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get(IF_MATCH)?.to_str().ok()?;
    text.trim().trim_start_matches("W/").trim_matches('"').parse().ok()
}

/// Shows the checklist with its sections and its gate.
#[utoipa::path(get, path = "/api/v1/projects/{id}/checklist", params(("id" = String, Path)), responses((status = 200, body = ChecklistView), ApiProblem))]
async fn checklist_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<ChecklistView>, Problem> {
    Ok(Json(app.checklist_view(&actor, id).await?))
}

/// Opens the checklist of the project's methodology and fills in what is known.
#[utoipa::path(post, path = "/api/v1/projects/{id}/checklist", params(("id" = String, Path)), responses((status = 200, body = ChecklistView), ApiProblem))]
async fn checklist_open(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<ChecklistView>, Problem> {
    Ok(Json(app.checklist_open(&actor, id).await?))
}

/// Shows one section with its questions and answers.
#[utoipa::path(get, path = "/api/v1/projects/{id}/checklist/sections/{section}", params(("id" = String, Path), ("section" = String, Path)), responses((status = 200, body = ChecklistSectionView), ApiProblem))]
async fn checklist_section(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, section)): InSection,
) -> Result<Json<ChecklistSectionView>, Problem> {
    Ok(Json(app.checklist_section(&actor, project(&id)?, &section).await?))
}

/// Answers questions of one section, all or none; with `row_version` or `If-Match` nobody's answer is replaced unseen.
#[utoipa::path(post, path = "/api/v1/projects/{id}/checklist/sections/{section}/answers", params(("id" = String, Path), ("section" = String, Path)), request_body = AnswersForm, responses((status = 200, body = ChecklistSectionView), ApiProblem))]
async fn checklist_answer(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, section)): InSection,
    headers: HeaderMap,
    Body(mut body): Body<AnswersForm>,
) -> Result<Json<ChecklistSectionView>, Problem> {
    body.row_version = body.row_version.or(seen_version(&headers));
    Ok(Json(app.checklist_answer(&actor, project(&id)?, (&section, &body)).await?))
}

/// Takes an answer away.
#[utoipa::path(post, path = "/api/v1/projects/{id}/checklist/sections/{section}/clear", params(("id" = String, Path), ("section" = String, Path)), request_body = ChecklistQuestion, responses((status = 200, body = ChecklistSectionView), ApiProblem))]
async fn checklist_clear(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, section)): InSection,
    Body(body): Body<ChecklistQuestion>,
) -> Result<Json<ChecklistSectionView>, Problem> {
    Ok(Json(app.checklist_clear(&actor, project(&id)?, (&section, &body.question)).await?))
}

/// Writes the free comment at the end of a section.
#[utoipa::path(post, path = "/api/v1/projects/{id}/checklist/sections/{section}/comment", params(("id" = String, Path), ("section" = String, Path)), request_body = ChecklistComment, responses((status = 200, body = ChecklistSectionView), ApiProblem))]
async fn checklist_comment(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, section)): InSection,
    Body(body): Body<ChecklistComment>,
) -> Result<Json<ChecklistSectionView>, Problem> {
    Ok(Json(app.checklist_comment(&actor, project(&id)?, (&section, &body.comment)).await?))
}

/// Gives a section to a member, or to nobody.
#[utoipa::path(post, path = "/api/v1/projects/{id}/checklist/sections/{section}/assign", params(("id" = String, Path), ("section" = String, Path)), request_body = ChecklistAssignment, responses((status = 200, body = ChecklistSectionView), ApiProblem))]
async fn checklist_assign(
    State(app): State<App>,
    Caller(actor): Caller,
    Path((id, section)): InSection,
    Body(body): Body<ChecklistAssignment>,
) -> Result<Json<ChecklistSectionView>, Problem> {
    let to = body.person.as_deref();
    Ok(Json(app.checklist_assign(&actor, project(&id)?, (&section, to)).await?))
}

/// Takes the answers of a file (TOML or JSON), of any number of sections, all or none.
#[utoipa::path(post, path = "/api/v1/projects/{id}/checklist/import", params(("id" = String, Path)), request_body = AnswersText, responses((status = 200, body = ChecklistView), ApiProblem))]
async fn checklist_import(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<AnswersText>,
) -> Result<Json<ChecklistView>, Problem> {
    Ok(Json(app.checklist_import(&actor, id, (&body.file, &body.text)).await?))
}

/// Fills in again what is known and nobody has answered by hand.
#[utoipa::path(post, path = "/api/v1/projects/{id}/checklist/prefill", params(("id" = String, Path)), responses((status = 200, body = ChecklistView), ApiProblem))]
async fn checklist_prefill(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<ChecklistView>, Problem> {
    Ok(Json(app.checklist_prefill(&actor, id).await?))
}

/// Sends the checklist to the reviewer.
#[utoipa::path(post, path = "/api/v1/projects/{id}/checklist/submit", params(("id" = String, Path)), responses((status = 200, body = ChecklistView), ApiProblem))]
async fn checklist_submit(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<ChecklistView>, Problem> {
    Ok(Json(app.checklist_submit(&actor, id).await?))
}

/// Exports everything that the checklist says.
#[utoipa::path(get, path = "/api/v1/projects/{id}/checklist/export", params(("id" = String, Path)), responses((status = 200, body = ChecklistExport), ApiProblem))]
async fn checklist_export(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<ChecklistExport>, Problem> {
    Ok(Json(app.checklist_export(&actor, id).await?))
}
