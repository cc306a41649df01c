//! golive's HTTP without a socket: the same router, layers and all.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, header};
use serde_json::Value;
use std::net::SocketAddr;
use tower::ServiceExt as _;

/// A client with, or without, somebody's token.
#[derive(Clone)]
pub struct Http {
    pub(crate) router: Router,
    pub(crate) token: Option<String>,
    pub(crate) cookie: Option<String>,
}

/// What was answered.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as JSON; null if it is none.
    pub body: Value,
}

impl Reply {
    /// The body, if all went well; panics with what was answered otherwise.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text);
        self.body
    }

    /// One header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Http {
    /// Reads with the token.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path).body(Body::empty())).await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.json("POST", path, body).await
    }

    /// Sends JSON with another method.
    pub async fn json(&self, method: &str, path: &str, body: &Value) -> Reply {
        let request = self.request(method, path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string()))).await
    }

    /// Removes.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(self.request("DELETE", path).body(Body::empty())).await
    }

    /// Sends a file.
    pub async fn upload(&self, path: &str, bytes: impl Into<Vec<u8>>) -> Reply {
        let bytes = bytes.into();
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_LENGTH, bytes.len());
        self.send(request.body(Body::from(bytes))).await
    }

    /// Opens a page, as a browser that is signed in.
    pub async fn page(&self, path: &str) -> Reply {
        self.send(self.browser("GET", path).body(Body::empty())).await
    }

    /// Sends a form of a page, as a browser that is signed in.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let request = self
            .browser("POST", path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(pairs.join("&")))).await
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request =
            Request::builder().method(method).uri(path).header(header::HOST, "golive.test");
        match &self.token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    fn browser(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "golive.test")
            .header(header::ORIGIN, "http://golive.test")
            .header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT, "text/html");
        match &self.cookie {
            Some(cookie) => request
                .header(header::COOKIE, format!("{}={cookie}", golive_web::caller::SESSION_COOKIE)),
            None => request,
        }
    }

    async fn send(&self, request: axum::http::Result<Request<Body>>) -> Reply {
        let mut request = request.expect("a test asks for paths that exist");
        let address = SocketAddr::from(([127, 0, 0, 1], 40_000));
        request.extensions_mut().insert(ConnectInfo(address));
        let response =
            self.router.clone().oneshot(request).await.expect("the router answers everything");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("the answer ends");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Reply { status: parts.status.as_u16(), headers: parts.headers, text, body }
    }
}

fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    text.bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
