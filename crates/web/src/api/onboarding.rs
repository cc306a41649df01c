//! Onboarding: sections, the agreed scope, a project file brought in.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::onboarding::{ApplyForm, ApplyView, OnboardingView, SectionForm};
use golive_core::id::ProjectId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(onboarding_view, onboarding_save_section))
        .routes(routes!(onboarding_complete))
        .routes(routes!(onboarding_agree_scope))
        .routes(routes!(project_apply))
}

/// Shows the onboarding of a project, section by section.
#[utoipa::path(get, path = "/api/v1/projects/{id}/onboarding", params(("id" = String, Path)), responses((status = 200, body = OnboardingView), ApiProblem))]
async fn onboarding_view(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<OnboardingView>, Problem> {
    Ok(Json(app.onboarding_view(&actor, id).await?))
}

/// Saves one section, whole or not.
#[utoipa::path(post, path = "/api/v1/projects/{id}/onboarding", params(("id" = String, Path)), request_body = SectionForm, responses((status = 200, body = OnboardingView), ApiProblem))]
async fn onboarding_save_section(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<SectionForm>,
) -> Result<Json<OnboardingView>, Problem> {
    Ok(Json(app.onboarding_save_section(&actor, id, &body).await?))
}

/// Says that onboarding is complete.
#[utoipa::path(post, path = "/api/v1/projects/{id}/onboarding/complete", params(("id" = String, Path)), responses((status = 200, body = OnboardingView), ApiProblem))]
async fn onboarding_complete(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<OnboardingView>, Problem> {
    Ok(Json(app.onboarding_complete(&actor, id).await?))
}

/// Agrees, for the customer, to scope and roll-out as they are now.
#[utoipa::path(post, path = "/api/v1/projects/{id}/onboarding/agree-scope", params(("id" = String, Path)), responses((status = 200, body = OnboardingView), ApiProblem))]
async fn onboarding_agree_scope(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<OnboardingView>, Problem> {
    Ok(Json(app.onboarding_agree_scope(&actor, id).await?))
}

/// Brings a project file in, or says what it would change (`dry_run`).
#[utoipa::path(post, path = "/api/v1/projects/{id}/apply", params(("id" = String, Path)), request_body = ApplyForm, responses((status = 200, body = ApplyView), ApiProblem))]
async fn project_apply(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<ApplyForm>,
) -> Result<Json<ApplyView>, Problem> {
    Ok(Json(app.project_apply(&actor, id, &body).await?))
}
