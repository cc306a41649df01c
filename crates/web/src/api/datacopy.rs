//! Calls of the subject datacopy.

use golive_app::App;
use utoipa_axum::router::OpenApiRouter;

/// The calls of this subject.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
