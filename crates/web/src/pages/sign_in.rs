//! Signing in and out, the password again, an invitation.

use super::shell::{Again, PageCaller, Posted, Shown, Wrong, cookie_line, html_answer};
use super::shell::{host, is_secure, site};
use crate::caller::{Query, SESSION_COOKIE, same_origin};
use crate::components::form::{self, Field, Filled, Form, Input};
use crate::layout;
use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use golive_app::people::InvitationAnswer;
use golive_app::{App, Error};
use golive_core::id::InvitationId;
use maud::{Markup, html};
use serde::Deserialize;

/// A session's cookie is kept this long; the session itself ends by itself.
const SESSION_SECONDS: i64 = 12 * 3600;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/sign-in", get(sign_in).post(sign_in_now))
        .route("/sign-out", post(sign_out))
        .route("/confirm", post(confirm))
        .route("/invitations/{id}", get(invitation).post(accept))
}

/// What is known of somebody who is not signed in.
struct Visitor {
    host: String,
    agent: String,
    is_secure: bool,
    has_session: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Wrong;
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Wrong> {
        same_origin(&parts.method, &parts.headers).map_err(|problem| Wrong(problem.0))?;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self {
            host: host(&parts.headers).to_owned(),
            agent: agent.unwrap_or("a browser").to_owned(),
            is_secure: is_secure(parts),
            has_session: crate::caller::cookie(&parts.headers, SESSION_COOKIE).is_some(),
        })
    }
}

impl Visitor {
    fn page(&self, app: &App, title: &str, inside: &Markup) -> Response {
        html_answer(&layout::sign_in(title, &site(app), &self.host, inside))
    }

    /// Goes on with a new session.
    fn enter(&self, secret: &str, to: &str) -> Response {
        let mut response = Redirect::to(to).into_response();
        let line = cookie_line(SESSION_COOKIE, secret, SESSION_SECONDS, self.is_secure);
        response.headers_mut().append(header::SET_COOKIE, line);
        response
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Next {
    next: String,
}

impl Next {
    /// A place of ours; anything else is home.
    fn place(&self) -> &str {
        own_place(&self.next)
    }
}

/// Only a path of this server: not `//host`, not `/\host`.
fn own_place(text: &str) -> &str {
    let second = text.chars().nth(1);
    let ours = text.starts_with('/')
        && !matches!(second, Some('/' | '\\'))
        && !text.chars().any(char::is_control);
    if ours { text } else { "/" }
}

async fn home(here: PageCaller) -> Shown {
    let mine = here.app.project_list(&here.actor).await?;
    let to =
        if mine.is_empty() || here.actor.server_administrator { "/portfolio" } else { "/my-work" };
    Ok(Redirect::to(to).into_response())
}

async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    Query(next): Query<Next>,
    here: Result<PageCaller, Response>,
) -> Response {
    if visitor.has_session && here.is_ok() {
        return Redirect::to(next.place()).into_response();
    }
    sign_in_page(&app, &visitor, next.place(), &Filled::default())
}

fn sign_in_page(app: &App, visitor: &Visitor, next: &str, filled: &Filled) -> Response {
    let fields = vec![
        Field::text("login", "Login").autocomplete("username"),
        Field::new("password", "Password", Input::Line("password"))
            .autocomplete("current-password"),
    ];
    let mut form = Form::new("token_sign_in", "/sign-in", "Sign in", fields);
    if next != "/" {
        form = form.with("next", next);
    }
    visitor.page(app, "Sign in", &html! { (form::form(&form, filled)) })
}

async fn sign_in_now(State(app): State<App>, visitor: Visitor, posted: Posted) -> Shown {
    let next = own_place(posted.text("next")).to_owned();
    let login = posted.text("login");
    match app.sign_in(login, posted.raw("password"), &visitor.agent).await {
        Ok(secret) => Ok(visitor.enter(&secret, &next)),
        Err(Error::Invalid { .. }) => {
            let mut filled = Filled::typed([("login", login)]);
            filled.refused = vec!["Login and password do not match.".to_owned()];
            let mut response = sign_in_page(&app, &visitor, &next, &filled);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(Wrong(error)),
    }
}

async fn sign_out(here: PageCaller) -> Shown {
    here.app.sign_out(here.session()).await?;
    let mut response = Redirect::to("/sign-in").into_response();
    let gone = cookie_line(SESSION_COOKIE, "", 0, here.is_secure());
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}

/// Takes the password again and sends the form that waited for it on its way: 307 keeps what was typed.
async fn confirm(here: PageCaller, posted: Posted) -> Shown {
    let encoded = posted.own("_to");
    let to = Posted::parse(&format!("to={encoded}")).text("to").to_owned();
    match here.app.confirm_password(&here.actor, here.session(), posted.own("_password")).await {
        Ok(()) => Ok(Redirect::temporary(own_place(&to)).into_response()),
        Err(Error::Invalid { .. }) => {
            Err(Wrong(Error::ConfirmFirst("the password did not match, try again")))
        }
        Err(error) => Err(Wrong(error)),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Secret {
    secret: String,
}

async fn invitation(
    State(app): State<App>,
    visitor: Visitor,
    super::shell::Last(id): super::shell::Last<InvitationId>,
    Query(secret): Query<Secret>,
) -> Response {
    invitation_page(&app, &visitor, (id, &secret.secret), &Again::none())
}

fn invitation_page(
    app: &App,
    visitor: &Visitor,
    (id, secret): (InvitationId, &str),
    again: &Again,
) -> Response {
    let fields = vec![
        Field::text("login", "Login")
            .autocomplete("username")
            .hint("Small letters, digits, . - _ @"),
        Field::new("password", "Password", Input::Line("password"))
            .autocomplete("new-password")
            .hint("At least 12 characters"),
        Field::text("time_zone", "Time zone").value("Europe/Berlin").hint("Such as Europe/Berlin"),
    ];
    let form = Form::new("invitation_accept", format!("/invitations/{id}"), "Join", fields)
        .with("_form", "invitation_accept")
        .with("secret", secret);
    let inside = html! {
        p.small.muted { "You were invited to a project. Choose how you sign in; the invitation ends once it is taken up." }
        (form::form(&form, &again.of("invitation_accept")))
    };
    visitor.page(app, "Join the project", &inside)
}

async fn accept(
    State(app): State<App>,
    visitor: Visitor,
    super::shell::Last(id): super::shell::Last<InvitationId>,
    posted: Posted,
) -> Shown {
    let answer = InvitationAnswer {
        secret: posted.text("secret").to_owned(),
        login: posted.text("login").to_owned(),
        password: posted.raw("password").to_owned(),
        time_zone: posted.text("time_zone").to_owned(),
    };
    match app.invitation_accept(id, &answer).await {
        Ok(_) => {
            let secret = app.sign_in(&answer.login, &answer.password, &visitor.agent).await?;
            Ok(visitor.enter(&secret, "/"))
        }
        Err(error @ (Error::Invalid { .. } | Error::Exists { .. })) => {
            let again = posted.again(&error);
            let mut response = invitation_page(&app, &visitor, (id, &answer.secret), &again);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(Wrong(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_sign_in_one_goes_only_to_places_of_this_server() {
        assert_eq!(own_place("/projects/contoso?x=1"), "/projects/contoso?x=1");
        for foreign in ["//evil.example", "/\\evil.example", "https://evil.example", "", "x"] {
            assert_eq!(own_place(foreign), "/", "{foreign}");
        }
    }
}
