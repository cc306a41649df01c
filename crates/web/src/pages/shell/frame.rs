//! The layer around all pages: the key of a form, errors made into pages, the password asked for again.

use super::caller::{PageCaller, html_answer, site};
use super::form::{encode, pairs};
use super::problem::{Turned, Wrong, card};
use super::project::InProject;
use crate::components::form::{Field, Filled, Form, Input, form};
use crate::layout::{self, Page};
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use golive_app::{App, Error, Key};
use maud::html;
use sha2::{Digest as _, Sha256};

/// A form is no larger than this; files go another way.
const FORM: usize = 2 << 20;

/// The layer for the pages: `from_fn_with_state(app, frame)`.
pub async fn frame(State(app): State<App>, request: Request, next: Next) -> Response {
    // A script that follows a redirect only wants to know where it leads; the browser asks for the page itself.
    if request.method() == Method::GET && request.headers().contains_key("x-fragment") {
        return StatusCode::OK.into_response();
    }
    let (mut parts, body) = request.into_parts();
    let is_form = is_form(&parts.headers);
    let mut sent = String::new();
    let body = if parts.method == Method::POST && is_form {
        let Ok(bytes) = to_bytes(body, FORM).await else {
            let error = Error::TooLarge { what: "the form".into(), limit: "2 MiB".into() };
            return shown(&app, parts, Wrong(error).into_response(), "").await;
        };
        sent = String::from_utf8_lossy(&bytes).into_owned();
        Body::from(bytes)
    } else {
        body
    };
    if let Some(key) = key(&parts, &sent) {
        parts.extensions.insert(key);
    }
    let mut kept = Request::from_parts(parts, ());
    let mut inner = Request::new(body);
    *inner.method_mut() = kept.method().clone();
    *inner.uri_mut() = kept.uri().clone();
    *inner.headers_mut() = kept.headers().clone();
    *inner.extensions_mut() = kept.extensions_mut().clone();
    let mut response = next.run(inner).await;
    if let Some(error) = bare(&response, kept.uri().path()) {
        response = Wrong(error).into_response();
    }
    if response.extensions().get::<Turned>().is_none() {
        return response;
    }
    shown(&app, kept.into_parts().0, response, &sent).await
}

/// The page for an address that nothing answers to.
pub async fn not_found(State(app): State<App>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let error = Error::not_found("page", parts.uri.path());
    if parts.uri.path().starts_with("/api/") {
        return crate::problem::Problem(error).into_response();
    }
    shown(&app, parts, Wrong(error).into_response(), "").await
}

/// What a request that no handler took was refused with, as an error of ours.
fn bare(response: &Response, path: &str) -> Option<Error> {
    let is_ours = response.extensions().get::<Turned>().is_some()
        || response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        _ if is_ours => None,
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            Some(Error::not_found("page", path))
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            Some(Error::TooLarge { what: "what was sent".into(), limit: "2 MiB".into() })
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::UNPROCESSABLE_ENTITY => {
            Some(Error::invalid("form", "a form of this page", "something else"))
        }
        _ => None,
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// What makes a form that is sent twice one: its key and everything in it. The same page sent with other words is
/// another form.
fn key(parts: &Parts, sent: &str) -> Option<Key> {
    let query = parts.uri.query().unwrap_or_default();
    let own = |text: &str| pairs(text).find(|(name, _)| name == "_key").map(|(_, key)| key);
    let key = own(sent).or_else(|| own(query)).filter(|key| key.len() <= 100)?;
    let mut hash = Sha256::new();
    hash.update(format!("{} {}\n", parts.method, parts.uri));
    for (name, value) in pairs(sent).filter(|(name, _)| !name.starts_with('_')) {
        hash.update(format!("{name}={value}\n"));
    }
    let request = hex::encode(hash.finalize());
    Some(Key { key: format!("{key}-{}", &request[..16]), request })
}

/// The error as a page, in the frame of who looks and of the project that the address is in.
async fn shown(app: &App, mut parts: Parts, turned: Response, sent: &str) -> Response {
    let (status, headers) = (turned.status(), turned.headers().clone());
    let Some(Turned(error)) = turned.extensions().get::<Turned>().cloned() else { return turned };
    let mut response = match &*error {
        Error::ConfirmFirst(why) => confirm(app, &parts, why, sent),
        other => problem(app, &mut parts, other).await,
    };
    *response.status_mut() = status;
    if let Some(after) = headers.get(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, after.clone());
    }
    response
}

async fn problem(app: &App, parts: &mut Parts, error: &Error) -> Response {
    let slug = parts.uri.path().strip_prefix("/projects/").and_then(|rest| rest.split('/').next());
    let slug = slug.map(str::to_owned);
    let back = back(parts);
    parts.method = Method::GET;
    let Ok(caller) = PageCaller::from_request_parts(parts, app).await else {
        let body = card(error, None, back.as_deref());
        return html_answer(&layout::sign_in("golive", &site(app), host(&parts.headers), &body));
    };
    let project = match slug {
        Some(slug) => InProject::open(caller.clone(), &slug).await.ok(),
        None => None,
    };
    let body = card(error, project.as_ref().map(|here| here.href.as_str()), back.as_deref());
    let page = Page::new("Problem", body);
    let shown = match &project {
        Some(here) => here.show(page).await,
        None => caller.show(page).await,
    };
    shown.unwrap_or_else(|wrong| {
        let body = card(&wrong.0, None, None);
        html_answer(&layout::sign_in("golive", &site(app), host(&parts.headers), &body))
    })
}

/// The page that one came from, if it is ours and another one.
fn back(parts: &Parts) -> Option<String> {
    let from = parts.headers.get(header::REFERER)?.to_str().ok()?;
    let (_, rest) = from.split_once("://")?;
    let (origin, path) = rest.split_once('/')?;
    (origin == host(&parts.headers) && format!("/{path}") != parts.uri.path())
        .then(|| format!("/{path}"))
}

/// The host that the browser asked for.
pub fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Asks for the password and then sends the same form again, so that nothing typed is lost.
fn confirm(app: &App, parts: &Parts, why: &str, sent: &str) -> Response {
    let here = parts.uri.path_and_query().map_or("/", |here| here.as_str());
    // After a wrong password it is still the first form that waits.
    let waiting = pairs(sent).find(|(name, _)| name == "_to" && parts.uri.path() == "/confirm");
    let to = waiting.map_or_else(|| encode(here), |(_, to)| to);
    let password = Field::new("_password", "Password", Input::Line("password"))
        .autocomplete("current-password");
    let mut again =
        Form::new("confirm", "/confirm", "Confirm and go on", vec![password]).with("_to", to);
    for (name, value) in pairs(sent).filter(|(name, _)| name != "_password" && name != "_to") {
        again = again.with(name, value);
    }
    let body = html! {
        p { "A signature asks for your password again: " (why) ". What you typed is kept and sent with it." }
        (form(&again, &Filled::default()))
    };
    html_answer(&layout::sign_in("Your password, please", &site(app), host(&parts.headers), &body))
}
