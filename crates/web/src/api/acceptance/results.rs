//! Results: brought in from files, typed in, listed, taken back.

use super::Named;
use crate::caller::{Body, Caller, Id, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::acceptance::{ResultForm, ResultOptions, ResultsDetail, ResultsView};
use golive_core::id::{ProjectId, ResultsId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this part.
pub fn routes() -> OpenApiRouter<App> {
    let uploads = OpenApiRouter::new()
        .routes(routes!(result_import))
        .layer(axum::extract::DefaultBodyLimit::disable()); // The services have their own limits.
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(result_list, result_record))
        .routes(routes!(result_view))
        .routes(routes!(result_supersede))
}

/// Where a page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Page {
    before: Option<i64>,
    after: Option<i64>,
}

/// Which result was wrong, and why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupersedeForm {
    /// The place of the result in its batch; the whole batch without it.
    #[serde(default)]
    pub position: Option<i64>,
    /// Why.
    pub reason: String,
}

/// Brings results in from CSV, a workbook or JUnit, or shows what would change.
#[utoipa::path(post, path = "/api/v1/projects/{id}/results/import", params(
        ("id" = String, Path),
        ("environment" = String, Query, description = "The environment, by id or name"),
        ("cycle" = String, Query, description = "The cycle, by name"),
        ("version_set" = Option<String>, Query),
        ("data_set" = Option<String>, Query),
        ("zone" = Option<String>, Query, description = "The IANA zone of times without one"),
        ("administrators" = Option<String>, Query, description = "Roles that are an administrator's, with commas between"),
        ("tester" = Option<String>, Query),
        ("role" = Option<String>, Query),
        ("at" = Option<String>, Query),
        ("skip_unknown" = Option<bool>, Query, description = "Leaves out names that are no case"),
        ("dry_run" = Option<bool>, Query, description = "Shows what would change and changes nothing")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ResultsView), ApiProblem))]
async fn result_import(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(named): Query<Named>,
    Query(options): Query<ResultOptions>,
    body: axum::body::Body,
) -> Result<Json<ResultsView>, Problem> {
    let incoming = app.acceptance_upload(&actor, id, &named.file, body.into_data_stream()).await?;
    Ok(Json(app.result_import(&actor, id, &incoming, &options).await?))
}

/// Records one result that was typed in.
#[utoipa::path(post, path = "/api/v1/projects/{id}/results", params(("id" = String, Path)),
    request_body = ResultForm,
    responses((status = 200, body = ResultsView), ApiProblem))]
async fn result_record(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ResultForm>,
) -> Result<Json<ResultsView>, Problem> {
    Ok(Json(app.result_record(&actor, id, &body).await?))
}

/// Lists the batches of results of a project, newest first.
#[utoipa::path(get, path = "/api/v1/projects/{id}/results", params(
        ("id" = String, Path),
        ("before" = Option<i64>, Query)),
    responses((status = 200, body = Vec<ResultsView>), ApiProblem))]
async fn result_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<ResultsView>>, Problem> {
    Ok(Json(app.result_list(&actor, id, page.before).await?))
}

/// Shows one batch with a page of its results.
#[utoipa::path(get, path = "/api/v1/results/{id}", params(
        ("id" = String, Path),
        ("after" = Option<i64>, Query)),
    responses((status = 200, body = ResultsDetail), ApiProblem))]
async fn result_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ResultsId>,
    Query(page): Query<Page>,
) -> Result<Json<ResultsDetail>, Problem> {
    Ok(Json(app.result_view(&actor, id, page.after).await?))
}

/// Takes back one result or a whole batch, with the reason; what stood before stands again.
#[utoipa::path(post, path = "/api/v1/results/{id}/supersede", params(("id" = String, Path)),
    request_body = SupersedeForm,
    responses((status = 200, body = ResultsDetail), ApiProblem))]
async fn result_supersede(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ResultsId>,
    Body(body): Body<SupersedeForm>,
) -> Result<Json<ResultsDetail>, Problem> {
    Ok(Json(app.result_supersede(&actor, id, body.position, &body.reason).await?))
}
