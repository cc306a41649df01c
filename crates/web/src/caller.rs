//! What a request brings: who asks, ids, bodies, keys. Everything is parsed into types here.

use crate::problem::Problem;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use golive_app::Key;
use golive_app::{Actor, App, Error};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// The name of the session's cookie.
pub const SESSION_COOKIE: &str = "golive_session";

/// Who asks, from a bearer token or the session's cookie.
pub struct Caller(pub Actor);

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let mut actor = match (bearer(&parts.headers), cookie(&parts.headers, SESSION_COOKIE)) {
            (Some(token), _) => app.token_actor(token).await?,
            (None, Some(secret)) => {
                same_origin(&parts.method, &parts.headers)?;
                app.session_actor(secret).await?
            }
            (None, None) => return Err(Error::SignInFirst.into()),
        };
        actor.key = parts.extensions.get::<Key>().cloned();
        Ok(Self(actor))
    }
}

/// The bearer token, if there is one.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// The value of a cookie, if there is one.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// A browser says where a request comes from; one that changes something must come from our own pages.
pub fn same_origin(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let same = match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), _, _) => site == "same-origin",
        (None, Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, from)| from == host)
        }
        (None, _, _) => false,
    };
    if same {
        Ok(())
    } else {
        Err(Error::forbidden("the request does not come from golive's own pages").into())
    }
}

/// An id in the path, already of its own type.
pub struct Id<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|error| Error::invalid("path", "one id", error.to_string()))?;
        text.parse().map(Self).map_err(|_| {
            Error::not_found("object", text.chars().take(60).collect::<String>()).into()
        })
    }
}

/// A JSON body of the expected shape, with an error that names the field.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|_| Error::TooLarge { what: "the request".into(), limit: "2 MiB".into() })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let at = format!("body, line {}, column {}", error.line(), error.column());
            Error::invalid(at, "JSON of the documented shape", error.to_string()).into()
        })
    }
}

/// A query string of the expected shape.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|axum::extract::Query(value)| Self(value)).map_err(|error| {
            Error::invalid("query", "the documented parameters", error.body_text()).into()
        })
    }
}
