//! Puts everything together: API, pages, assets, and the layers around them.

use crate::layers::{Whole, idempotency};
use crate::pages::shell;
use crate::{api, assets, live, pages};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use golive_app::App;
use std::sync::{Arc, OnceLock};

/// The largest body of a request that is not an upload.
const BODY: usize = 2 << 20;

/// The whole of golive's HTTP; only a proxy on this machine is believed to say how a request came in.
pub fn router(app: App) -> Router {
    router_behind(app, shell::Trust::default())
}

/// The whole of golive's HTTP, behind proxies that are believed.
pub fn router_behind(app: App, trust: shell::Trust) -> Router {
    let (api, document) = api::routes().split_for_parts();
    let document = Arc::new(document);
    let whole: Whole = Arc::new(OnceLock::new());
    let router = Router::new()
        .merge(api)
        .merge(assets::routes())
        .merge(
            pages::routes()
                .merge(live::routes())
                .layer(from_fn_with_state(app.clone(), shell::frame)),
        )
        .route(
            "/api/v1/openapi.json",
            axum::routing::get(move || async move { axum::Json((*document).clone()) }),
        )
        .fallback(shell::not_found)
        .with_state(app)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn_with_state(whole.clone(), idempotency))
        .layer(axum::Extension(whole.clone()))
        .layer(axum::Extension(trust))
        .layer(from_fn(assets::guard));
    let _first = whole.set(router.clone());
    router
}
