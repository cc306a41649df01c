//! Who looks at a page: the session's cookie, the preferences, the key of a form, what has just happened.

use super::form::{encode, pairs};
use super::problem::{Shown, Wrong};
use crate::caller::{SESSION_COOKIE, cookie, same_origin};
use crate::components::action::{Action, Does};
use crate::components::form::{Field, Form};
use crate::components::notice::toast;
use crate::components::person::Person;
use crate::layout::{Nav, Page, Site, Theme, Viewer};
use crate::words::Clock;
use axum::extract::{ConnectInfo, FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use golive_app::views::ActionView;
use golive_app::{Actor, App, Error, Key};
use jiff::tz::TimeZone;
use maud::Markup;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// The log of the server itself.
const SERVER_LOG: &str = "server";
/// What has just happened, for the next page.
const TOAST_COOKIE: &str = "golive_toast";
/// The theme: `system`, `light` or `dark`.
pub const THEME_COOKIE: &str = "golive_theme";
/// Single keys: `off` when they were switched off.
pub const KEYS_COOKIE: &str = "golive_keys";

/// Whose word is taken for how a request came in. The router puts it beside every request.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// The addresses of proxies besides this machine itself.
    pub proxies: Vec<IpAddr>,
}

/// Everything that a page knows before it knows its subject.
#[derive(Clone)]
pub struct PageCaller {
    /// golive itself.
    pub app: App,
    /// Who looks. Its key is that of the form, so a double click is harmless.
    pub actor: Actor,
    /// The moment and the zone of the viewer.
    pub clock: Clock,
    /// The session's secret.
    pub(super) session: String,
    pub(super) headers: HeaderMap,
    pub(super) is_secure: bool,
    /// Path and query of the page: of the one that a form was in, when a form was sent.
    pub(super) address: String,
}

impl FromRequestParts<App> for PageCaller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Some(session) = cookie(&parts.headers, SESSION_COOKIE).map(str::to_owned) else {
            return Err(sign_in_first(parts));
        };
        same_origin(&parts.method, &parts.headers).map_err(|p| Wrong(p.0).into_response())?;
        let mut actor = match app.session_actor(&session).await {
            Ok(actor) => actor,
            Err(Error::SignInFirst | Error::NotFound { .. }) => return Err(sign_in_first(parts)),
            Err(error) => return Err(Wrong(error).into_response()),
        };
        actor.key = parts.extensions.get::<Key>().cloned();
        let zone = TimeZone::get(&actor.time_zone).unwrap_or(TimeZone::UTC);
        let clock = Clock { now: app.clock.now(), zone };
        let (headers, is_secure) = (parts.headers.clone(), is_secure(parts));
        let address = address(parts);
        Ok(Self { app: app.clone(), actor, clock, session, headers, is_secure, address })
    }
}

/// The page that is looked at.
fn address(parts: &Parts) -> String {
    let own = parts.uri.path_and_query().map_or("/", |own| own.as_str());
    let from = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let from = from
        .and_then(|url| url.split_once("://"))
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    match (parts.method.as_str(), from) {
        ("POST", Some(from)) => from.to_owned(),
        (_, _) => own.to_owned(),
    }
}

/// To the sign-in page, and back here afterwards if this can be looked at again.
fn sign_in_first(parts: &Parts) -> Response {
    let to = match (parts.method.as_str(), parts.uri.path_and_query()) {
        ("GET", Some(here)) if here.as_str() != "/" => {
            format!("/sign-in?next={}", encode(here.as_str()))
        }
        (_, _) => "/sign-in".to_owned(),
    };
    Redirect::to(&to).into_response()
}

/// Whether the browser came by TLS. A proxy says so, and only one that is trusted is believed.
pub fn is_secure(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let trusted = peer.is_some_and(|peer| {
        peer.is_loopback()
            || parts.extensions.get::<Trust>().is_some_and(|trust| trust.proxies.contains(&peer))
    });
    let proto = parts.headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    trusted && proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
}

/// A document as an answer.
pub fn html_answer(markup: &Markup) -> Response {
    Html(markup.0.clone()).into_response()
}

/// A cookie of ours: only sent back to us, not to be read by scripts, only by TLS if it came by TLS.
pub fn cookie_line(name: &str, value: &str, seconds: i64, is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    let line = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&line).unwrap_or(HeaderValue::from_static(""))
}

impl PageCaller {
    /// The session's secret, to end it or to confirm a password for.
    pub(in crate::pages) fn session(&self) -> &str {
        &self.session
    }

    /// Whether the browser came by TLS.
    pub(in crate::pages) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// A header of the request.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A page outside of a project.
    pub async fn page(&self, nav: Nav, title: &str, body: Markup) -> Shown {
        let mut page = Page::new(title, body);
        page.nav = nav;
        self.show(page).await
    }

    /// A page that needs more than title and body; site, viewer and toasts are set here.
    pub async fn show(&self, mut page: Page) -> Shown {
        page.site = self.site(page.site.audit_head.take()).await?;
        page.viewer = Some(self.viewer().await?);
        let message = cookie(&self.headers, TOAST_COOKIE).map(str::to_owned);
        if let Some(text) = &message {
            let text = pairs(&format!("t={text}")).next().map(|(_, text)| text);
            page.toasts.push(toast(text.as_deref().unwrap_or_default(), None));
        }
        let mut response = html_answer(&page.render());
        if message.is_some() {
            let gone = cookie_line(TOAST_COOKIE, "", 0, self.is_secure);
            response.headers_mut().append(header::SET_COOKIE, gone);
        }
        Ok(response)
    }

    /// What is true of the server, with the head of the page's log.
    pub(super) async fn site(&self, head: Option<(u64, String)>) -> Result<Site, Error> {
        let mut site = site(&self.app);
        site.audit_head = if let Some(head) = head {
            Some(head)
        } else {
            let head = self.app.store.session().await?.head(SERVER_LOG).await?;
            u64::try_from(head.seq).ok().map(|seq| (seq, head.hash))
        };
        Ok(site)
    }

    /// Who looks, and how.
    pub async fn viewer(&self) -> Result<Viewer, Error> {
        let user = self.actor.user.to_string();
        let messages = self.app.store.session().await?.messages(&user, "page", 100).await?;
        let theme = match cookie(&self.headers, THEME_COOKIE) {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            Some(_) | None => Theme::System,
        };
        Ok(Viewer {
            person: Person::named(&self.actor.name),
            href: "/me".to_owned(),
            unread: messages.iter().filter(|message| message.phase == "new").count(),
            is_administrator: self.actor.server_administrator,
            theme,
            has_keys: cookie(&self.headers, KEYS_COOKIE) != Some("off"),
            clock: self.clock.clone(),
        })
    }

    /// A key for one sending of one form.
    pub fn key() -> String {
        golive_app::secrets::random()
    }

    /// A form to an address, with its key. The id begins with the operation id of the API.
    pub fn form_to(id: &str, to: &str, submit: &str, fields: Vec<Field>) -> Form {
        let mut form = Form::new(id, to, submit, fields).with("_form", id);
        if form.takes_files() {
            form.to =
                format!("{to}{}_key={}", if to.contains('?') { '&' } else { '?' }, Self::key());
            return form;
        }
        form.with("_key", Self::key())
    }

    /// A button that posts to an address, with its key.
    pub fn post_to(id: &str, label: &str, to: &str) -> Action {
        Action::post(id, label, to).with("_key", Self::key())
    }

    /// A button for something that a view offers: refused with the view's reasons, not there if the view does not
    /// name it. `row` makes its id unique; it may be empty.
    pub fn act_on(actions: &[ActionView], op: &str, row: &str, label: &str, to: &str) -> Action {
        let id = if row.is_empty() { op.to_owned() } else { format!("{op}.{row}") };
        let button = Self::post_to(&id, label, to);
        match actions.iter().find(|action| action.name == op) {
            Some(action) => button.refused(action.refused.clone()),
            None => Action { does: Does::Nothing, ..button }
                .refused(vec!["this cannot be done here".to_owned()]),
        }
    }

    /// After a service: the redirect with a toast. A repeated form was done before and ends in the same place.
    pub fn done_at<T>(&self, result: Result<T, Error>, toast: &str, to: &str) -> Shown {
        match result {
            Ok(_) | Err(Error::Replayed { .. }) => {
                let mut response = Redirect::to(to).into_response();
                if !toast.is_empty() {
                    let line = cookie_line(TOAST_COOKIE, &encode(toast), 60, self.is_secure);
                    response.headers_mut().append(header::SET_COOKIE, line);
                }
                Ok(response)
            }
            Err(error) => Err(Wrong(error)),
        }
    }

    /// After a form: the redirect with a toast, or the page again with what was typed and every reason.
    pub async fn settle_at<T, F: Future<Output = Shown>>(
        &self,
        result: Result<T, Error>,
        (toast, to): (&str, &str),
        posted: &super::Posted,
        page: impl FnOnce(super::Again) -> F,
    ) -> Shown {
        let error = match result {
            Err(error) if mends(&error) => error,
            other => return self.done_at(other, toast, to),
        };
        let mut response = page(posted.again(&error)).await?;
        *response.status_mut() = crate::problem::classify(&error).0;
        Ok(response)
    }
}

/// Whether an error can be mended in the form that led to it.
fn mends(error: &Error) -> bool {
    match error {
        Error::Invalid { .. }
        | Error::BadFile { .. }
        | Error::TooLarge { .. }
        | Error::NotFound { .. }
        | Error::NotNow(_)
        | Error::GateShut(_)
        | Error::Refused(_)
        | Error::Conflict { .. }
        | Error::Exists { .. } => true,
        Error::SignInFirst
        | Error::ConfirmFirst(_)
        | Error::Forbidden(_)
        | Error::Replayed { .. }
        | Error::TooMany { .. }
        | Error::Internal(_) => false,
    }
}

/// What is true of the server, without a log.
pub fn site(app: &App) -> Site {
    let simulated = app.clock.is_simulated().then(|| {
        let now = app.clock.now().strftime("%a %-d %b %Y %H:%M UTC");
        format!("It is {now} here, not on the wall.")
    });
    Site { version: env!("CARGO_PKG_VERSION").to_owned(), audit_head: None, simulated }
}

/// The last part of a path, as a type of its own: `/projects/{slug}/waivers/{id}`.
pub struct Last<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Last<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(axum::response::IntoResponse::into_response)?;
        let text = params.iter().last().map(|(_, text)| text.to_owned()).unwrap_or_default();
        let missing = || {
            let shown: String = text.chars().take(60).collect();
            Wrong(Error::not_found("thing", shown)).into_response()
        };
        text.parse().map(Self).map_err(|_| missing())
    }
}
