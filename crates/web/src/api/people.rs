//! Accounts, organisations, seats and invitations.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::invitation::InvitationView;
use golive_app::people::{
    InvitationAnswer, InvitationRequest, MemberView, NewInvitation, NewMember, NewOrganisation,
    NewPerson, OrganisationView, PersonView,
};
use golive_core::id::{InvitationId, MemberId, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(user_list, user_create))
        .routes(routes!(user_self))
        .routes(routes!(organisation_list, organisation_create))
        .routes(routes!(member_list, member_add))
        .routes(routes!(member_remove))
        .routes(routes!(invitation_list, invitation_send))
        .routes(routes!(invitation_accept))
        .routes(routes!(invitation_revoke))
}

/// A seat.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// Its id.
    #[schema(value_type = String)]
    pub member: MemberId,
}

/// Lists all accounts.
#[utoipa::path(get, path = "/api/v1/users", responses((status = 200, body = Vec<PersonView>), ApiProblem))]
async fn user_list(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Json<Vec<PersonView>>, Problem> {
    Ok(Json(app.user_list(&actor).await?))
}

/// Makes an account.
#[utoipa::path(post, path = "/api/v1/users", request_body = NewPerson, responses((status = 200, body = PersonView), ApiProblem))]
async fn user_create(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(body): Body<NewPerson>,
) -> Result<Json<PersonView>, Problem> {
    Ok(Json(app.user_create(&actor, &body).await?))
}

/// Shows oneself.
#[utoipa::path(get, path = "/api/v1/users/self", responses((status = 200, body = PersonView), ApiProblem))]
async fn user_self(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Json<PersonView>, Problem> {
    Ok(Json(app.user_self(&actor).await?))
}

/// Lists all organisations.
#[utoipa::path(get, path = "/api/v1/organisations", responses((status = 200, body = Vec<OrganisationView>), ApiProblem))]
async fn organisation_list(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Json<Vec<OrganisationView>>, Problem> {
    Ok(Json(app.organisation_list(&actor).await?))
}

/// Makes an organisation.
#[utoipa::path(post, path = "/api/v1/organisations", request_body = NewOrganisation, responses((status = 200, body = OrganisationView), ApiProblem))]
async fn organisation_create(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(body): Body<NewOrganisation>,
) -> Result<Json<OrganisationView>, Problem> {
    Ok(Json(app.organisation_create(&actor, &body).await?))
}

/// Lists the seats of a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/members", params(("id" = String, Path)), responses((status = 200, body = Vec<MemberView>), ApiProblem))]
async fn member_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<MemberView>>, Problem> {
    Ok(Json(app.member_list(&actor, id).await?))
}

/// Gives an account a seat in a project.
#[utoipa::path(post, path = "/api/v1/projects/{id}/members", params(("id" = String, Path)), request_body = NewMember, responses((status = 200, body = MemberView), ApiProblem))]
async fn member_add(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<NewMember>,
) -> Result<Json<MemberView>, Problem> {
    Ok(Json(app.member_add(&actor, id, &body).await?))
}

/// Takes a seat away; what the member signed stays on record.
#[utoipa::path(post, path = "/api/v1/projects/{id}/members/remove", params(("id" = String, Path)), request_body = Seat, responses((status = 200, body = MemberView), ApiProblem))]
async fn member_remove(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<Seat>,
) -> Result<Json<MemberView>, Problem> {
    Ok(Json(app.member_remove(&actor, id, body.member).await?))
}

/// Lists the invitations of a project that wait for an answer.
#[utoipa::path(get, path = "/api/v1/projects/{id}/invitations", params(("id" = String, Path)), responses((status = 200, body = Vec<InvitationView>), ApiProblem))]
async fn invitation_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
) -> Result<Json<Vec<InvitationView>>, Problem> {
    Ok(Json(app.invitation_list(&actor, id).await?))
}

/// Invites somebody who may not have an account yet.
#[utoipa::path(post, path = "/api/v1/projects/{id}/invitations", params(("id" = String, Path)), request_body = InvitationRequest, responses((status = 200, body = NewInvitation), ApiProblem))]
async fn invitation_send(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<ProjectId>,
    Body(body): Body<InvitationRequest>,
) -> Result<Json<NewInvitation>, Problem> {
    Ok(Json(app.invitation_send(&actor, id, &body).await?))
}

/// Takes up an invitation: makes the account and the seat.
#[utoipa::path(post, path = "/api/v1/invitations/{id}/accept", params(("id" = String, Path)), request_body = InvitationAnswer, responses((status = 200, body = MemberView), ApiProblem))]
async fn invitation_accept(
    State(app): State<App>,
    Id(id): Id<InvitationId>,
    Body(body): Body<InvitationAnswer>,
) -> Result<Json<MemberView>, Problem> {
    Ok(Json(app.invitation_accept(id, &body).await?))
}

/// Takes an invitation back.
#[utoipa::path(post, path = "/api/v1/invitations/{id}/revoke", params(("id" = String, Path)), responses((status = 204), ApiProblem))]
async fn invitation_revoke(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<InvitationId>,
) -> Result<axum::http::StatusCode, Problem> {
    app.invitation_revoke(&actor, id).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
