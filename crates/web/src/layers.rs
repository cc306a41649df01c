//! What stands around every request: idempotency keys, replays, limits.

use crate::problem::{Problem, Replayed};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use golive_app::{Error, Key};
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, OnceLock};
use tower::ServiceExt as _;

/// Bodies up to this size are part of what a key stands for; larger ones by their length only.
const HASHED: usize = 2 << 20;

/// The router itself, for answering a replay with the view.
pub type Whole = Arc<OnceLock<Router>>;

/// Reads `Idempotency-Key` and answers a request that was carried out before with the view of what it led to.
pub async fn idempotency(State(whole): State<Whole>, request: Request, next: Next) -> Response {
    let Some(key) =
        request.headers().get("idempotency-key").and_then(|v| v.to_str().ok()).map(str::to_owned)
    else {
        return next.run(request).await;
    };
    if key.is_empty() || key.len() > 200 {
        return Problem(Error::invalid("Idempotency-Key", "1 to 200 characters", "another length"))
            .into_response();
    }
    let length =
        request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    let (mut parts, mut body) = request.into_parts();
    let mut hash = Sha256::new();
    hash.update(format!("{} {}\n", parts.method, parts.uri));
    if length.is_none_or(|length| length <= HASHED) {
        let Ok(bytes) = to_bytes(body, HASHED).await else {
            return Problem(Error::TooLarge { what: "the request".into(), limit: "2 MiB".into() })
                .into_response();
        };
        hash.update(&bytes);
        body = Body::from(bytes);
    } else {
        hash.update(format!("{length:?}"));
    }
    parts.extensions.insert(Key { key, request: hex::encode(hash.finalize()) });
    let headers = parts.headers.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    match response.extensions().get::<Replayed>().and_then(|replayed| path_of(&replayed.0)) {
        Some(path) => replay(&whole, &path, &headers, response).await,
        None => response,
    }
}

/// Where the view of a subject is.
fn path_of(subject: &str) -> Option<String> {
    let (prefix, _) = subject.split_once('_')?;
    let noun = match prefix {
        "env" => "environments",
        "req" => "requests",
        "op" => "operations",
        "prj" => "projects",
        _ => return None,
    };
    Some(format!("/api/v1/{noun}/{subject}"))
}

async fn replay(
    whole: &Whole,
    path: &str,
    headers: &axum::http::HeaderMap,
    before: Response,
) -> Response {
    let Some(router) = whole.get().cloned() else { return before };
    let mut request = Request::builder()
        .method(Method::GET)
        .uri(path)
        .body(Body::empty())
        .expect("a plain request");
    for name in ["authorization", "cookie"] {
        if let Some(value) = headers.get(name) {
            request.headers_mut().insert(axum::http::HeaderName::from_static(name), value.clone());
        }
    }
    let Ok(mut response) = router.oneshot(request).await;
    response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    response
}
