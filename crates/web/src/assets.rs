//! The embedded style sheet, scripts and mark, served under a digest of them all; and the headers that guard every page.
//!
//! One digest names the whole set, so that a script can import its neighbour by a relative path and all of them may be
//! kept for ever.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// One embedded file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

const JS: &str = "text/javascript; charset=utf-8";

const STYLE: &str = concat!(
    include_str!("../assets/css/tokens.css"),
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/shell.css"),
    include_str!("../assets/css/parts.css"),
    include_str!("../assets/css/table.css"),
    include_str!("../assets/css/gate.css"),
    include_str!("../assets/css/forms.css"),
    include_str!("../assets/css/overlay.css"),
    include_str!("../assets/css/operation.css"),
    include_str!("../assets/css/cutover.css"),
    include_str!("../assets/css/chart.css"),
    include_str!("../assets/css/screens.css"),
    include_str!("../assets/css/small.css"),
    include_str!("../assets/css/phone-wall.css"),
    include_str!("../assets/css/responsive.css"),
    include_str!("../assets/css/media.css"),
);

const ASSETS: [Asset; 12] = [
    Asset { name: "golive.css", kind: "text/css; charset=utf-8", text: STYLE },
    Asset { name: "main.js", kind: JS, text: include_str!("../assets/main.js") },
    Asset { name: "patch.js", kind: JS, text: include_str!("../assets/patch.js") },
    Asset { name: "live.js", kind: JS, text: include_str!("../assets/live.js") },
    Asset { name: "forms.js", kind: JS, text: include_str!("../assets/forms.js") },
    Asset { name: "toast.js", kind: JS, text: include_str!("../assets/toast.js") },
    Asset { name: "upload.js", kind: JS, text: include_str!("../assets/upload.js") },
    Asset { name: "palette.js", kind: JS, text: include_str!("../assets/palette.js") },
    Asset { name: "keys.js", kind: JS, text: include_str!("../assets/keys.js") },
    Asset { name: "copy.js", kind: JS, text: include_str!("../assets/copy.js") },
    Asset { name: "clocks.js", kind: JS, text: include_str!("../assets/clocks.js") },
    Asset { name: "logo.svg", kind: "image/svg+xml", text: include_str!("../assets/logo.svg") },
];

/// The first half of the digest over all assets, in hexadecimal.
static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in &ASSETS {
        hash.update(asset.name);
        hash.update(asset.text);
    }
    hex::encode(&hash.finalize()[..8])
});

/// The policy of every page: everything from here, nothing inline, nothing framed.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; \
    font-src 'none'; object-src 'none'; frame-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// The address of an asset, with the digest in it.
pub fn url(name: &str) -> String {
    format!("/assets/{}/{name}", *DIGEST)
}

/// The scripts that a page should fetch at once instead of one after the other.
pub fn scripts() -> impl Iterator<Item = &'static str> {
    ASSETS
        .iter()
        .filter(|asset| asset.kind == JS)
        .map(|asset| asset.name)
        .filter(|name| *name != "main.js")
}

/// The text of an asset, for pages that are written to a file.
pub fn text(name: &str) -> Option<&'static str> {
    ASSETS.iter().find(|asset| asset.name == name).map(|asset| asset.text)
}

/// The routes of the assets.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{digest}/{name}", get(asset)).route("/favicon.ico", get(favicon))
}

async fn asset(Path((digest, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    serve(&digest, &name, &headers)
}

async fn favicon(headers: HeaderMap) -> Response {
    serve("", "logo.svg", &headers)
}

fn serve(digest: &str, name: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // A page of an older version asks with the older digest: it gets what there is now, and must not keep it.
    let keep = if digest == *DIGEST { "public, max-age=31536000, immutable" } else { "no-cache" };
    let etag = format!("\"{}\"", *DIGEST);
    let is_known =
        headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let common = [(header::CACHE_CONTROL, keep.to_owned()), (header::ETAG, etag)];
    if is_known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(header::CONTENT_TYPE, asset.kind)], Body::from(asset.text)).into_response()
}

/// Puts the guarding headers on an answer. A page that says nothing about caching is not kept anywhere.
pub fn security_headers(headers: &mut HeaderMap) {
    const FIXED: [(HeaderName, &str); 6] = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// The layer for the whole router: `axum::middleware::from_fn(assets::guard)`.
pub async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    security_headers(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request as HttpRequest;
    use tower::ServiceExt as _;

    async fn ask(path: &str, etag: Option<&str>) -> Response {
        let mut request = HttpRequest::get(path);
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let router: Router = routes().layer(axum::middleware::from_fn(guard));
        router.oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer")
    }

    #[tokio::test]
    async fn an_asset_is_kept_for_ever_under_its_digest_and_not_under_another() {
        let fresh = ask(&url("golive.css"), None).await;
        assert_eq!(fresh.status(), StatusCode::OK);
        assert_eq!(fresh.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(
            fresh.headers()[header::CACHE_CONTROL].to_str().expect("text").contains("immutable")
        );
        let old = ask("/assets/0000/golive.css", None).await;
        assert_eq!(old.headers()[header::CACHE_CONTROL], "no-cache");
    }

    #[tokio::test]
    async fn a_known_asset_is_not_sent_again_and_an_unknown_one_is_not_found() {
        let etag = ask(&url("main.js"), None).await.headers()[header::ETAG]
            .to_str()
            .expect("text")
            .to_owned();
        assert_eq!(ask(&url("main.js"), Some(&etag)).await.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(ask(&url("nothing.js"), None).await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn the_policy_allows_nothing_inline() {
        let answer = ask("/nowhere", None).await;
        let policy =
            answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
        assert!(policy.contains("default-src 'self'"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    }

    #[test]
    fn every_import_of_a_script_is_an_asset_and_no_script_is_long() {
        for asset in ASSETS.iter().filter(|asset| asset.kind == JS) {
            assert!(asset.text.lines().count() < 150, "{} is too long", asset.name);
            for line in asset.text.lines().filter(|line| line.starts_with("import ")) {
                let name = line
                    .rsplit("\"./")
                    .next()
                    .and_then(|rest| rest.split('"').next())
                    .unwrap_or_default();
                assert!(
                    text(name).is_some(),
                    "{} imports {name}, which is not embedded",
                    asset.name
                );
            }
        }
    }
}
