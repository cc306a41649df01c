//! Pages: request.

use axum::Router;
use golive_app::App;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
}
