//! Sign-in for programs: tokens are made with a token, or with login and password.

use crate::caller::{Body, Caller, Id};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::sign_in::{NewToken, TokenRequest, TokenView};
use golive_core::id::TokenId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(token_list, token_create))
        .routes(routes!(token_revoke))
        .routes(routes!(token_sign_in))
        .routes(routes!(password_change))
}

/// Login and password.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
}

/// The old and the new password.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now.
    pub old: String,
    /// The password from now on.
    pub new: String,
}

/// Lists one's own tokens.
#[utoipa::path(get, path = "/api/v1/tokens", responses((status = 200, body = Vec<TokenView>), ApiProblem))]
async fn token_list(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Json<Vec<TokenView>>, Problem> {
    Ok(Json(app.token_list(&actor).await?))
}

/// Makes a token for oneself; its secret is shown once.
#[utoipa::path(post, path = "/api/v1/tokens", request_body = TokenRequest, responses((status = 200, body = NewToken), ApiProblem))]
async fn token_create(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(body): Body<TokenRequest>,
) -> Result<Json<NewToken>, Problem> {
    Ok(Json(app.token_create(&actor, &body).await?))
}

/// Takes one of one's own tokens back.
#[utoipa::path(post, path = "/api/v1/tokens/{id}/revoke", params(("id" = String, Path)), responses((status = 204), ApiProblem))]
async fn token_revoke(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id<TokenId>,
) -> Result<axum::http::StatusCode, Problem> {
    app.token_revoke(&actor, &id.to_string()).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Makes a token from login and password, for the command line.
#[utoipa::path(post, path = "/api/v1/sign-in", request_body = SignIn, responses((status = 200, body = NewToken), ApiProblem))]
async fn token_sign_in(
    State(app): State<App>,
    Body(body): Body<SignIn>,
) -> Result<Json<NewToken>, Problem> {
    Ok(Json(app.token_sign_in(&body.login, &body.password).await?))
}

/// Changes one's own password and ends all sessions.
#[utoipa::path(post, path = "/api/v1/users/self/password", request_body = PasswordChange, responses((status = 204), ApiProblem))]
async fn password_change(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(body): Body<PasswordChange>,
) -> Result<axum::http::StatusCode, Problem> {
    app.password_change(&actor, &body.old, &body.new).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
