//! Calls of the subject notification: one's own messages.

use crate::caller::{Body, Caller, Query};
use crate::problem::{ApiProblem, Problem};
use axum::Json;
use axum::extract::State;
use golive_app::App;
use golive_app::notification::{MessageRead, MessageView};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(message_list)).routes(routes!(message_read))
}

/// Which messages are meant.
#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    unread: bool,
}

/// Lists one's own messages, the newest first.
#[utoipa::path(get, path = "/api/v1/messages", params(("unread" = Option<bool>, Query)), responses((status = 200, body = Vec<MessageView>), ApiProblem))]
async fn message_list(
    State(app): State<App>,
    Caller(actor): Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<MessageView>>, Problem> {
    Ok(Json(app.message_list(&actor, wanted.unread).await?))
}

/// Marks one's own messages as read: one of them, or all that there are.
#[utoipa::path(post, path = "/api/v1/messages/read", request_body = MessageRead, responses((status = 200, body = Vec<MessageView>), ApiProblem))]
async fn message_read(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(body): Body<MessageRead>,
) -> Result<Json<Vec<MessageView>>, Problem> {
    Ok(Json(app.message_read(&actor, &body).await?))
}
