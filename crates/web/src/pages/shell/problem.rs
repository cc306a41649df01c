//! Errors on their way to a person: a handler returns one, the frame makes a page of it.

use crate::components::action::{Action, Look};
use crate::components::notice::{Refused, refused};
use crate::components::state::State;
use crate::components::verdict;
use crate::problem::classify;
use crate::words;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use golive_app::Error;
use golive_core::gate::Verdict;
use maud::{Markup, html};
use std::sync::Arc;

/// What a page's handler returns.
pub type Shown = Result<Response, Wrong>;

/// An error that the frame makes a page of.
#[derive(Debug)]
pub struct Wrong(pub Error);

impl<E: Into<Error>> From<E> for Wrong {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// The error, on its way through the layers.
#[derive(Debug, Clone)]
pub(super) struct Turned(pub Arc<Error>);

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        let (status, kind, _) = classify(&self.0);
        if let Error::Internal(cause) = &self.0 {
            tracing::error!(error = ?cause, kind, "a page failed: {cause}");
        }
        let mut response = status.into_response();
        if let Error::TooMany { after_seconds } = &self.0 {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*after_seconds));
        }
        response.extensions_mut().insert(Turned(Arc::new(self.0)));
        response
    }
}

/// State and word of an error.
fn standing(error: &Error) -> (State, &'static str) {
    match error {
        Error::NotFound { .. } => (State::Idle, "Not found"),
        Error::SignInFirst | Error::ConfirmFirst(_) => (State::Lock, "Sign in"),
        Error::Forbidden(_) => (State::Lock, "Not allowed"),
        Error::Conflict { .. } | Error::Exists { .. } => (State::Warn, "Two versions"),
        Error::Replayed { .. } => (State::Done, "Done before"),
        Error::NotNow(_) | Error::GateShut(_) | Error::Refused(_) => (State::Bad, "Not now"),
        Error::TooMany { .. } => (State::Wait, "Too often"),
        Error::Invalid { .. } | Error::BadFile { .. } | Error::TooLarge { .. } => {
            (State::Bad, "Not accepted")
        }
        Error::Internal(_) => (State::Bad, "Our fault"),
    }
}

fn title(error: &Error) -> String {
    match error {
        Error::NotFound { kind, .. } => format!("There is no such {kind} here"),
        Error::GateShut(verdict) => {
            format!("The gate “{}” is shut", words::gate(verdict.gate))
        }
        Error::Forbidden(_) => "This is not yours to do".to_owned(),
        Error::Conflict { kind, .. } => format!("Somebody changed this {kind} while you did"),
        Error::Exists { kind, .. } => format!("There is already such a {kind}"),
        Error::NotNow(_) | Error::Refused(_) => "This cannot be done now".to_owned(),
        Error::TooMany { .. } => "Too many attempts".to_owned(),
        Error::BadFile { file, .. } => format!("{file} was not taken"),
        Error::Invalid { .. } | Error::TooLarge { .. } => "This was not taken".to_owned(),
        Error::Internal(_) => "Something went wrong on our side".to_owned(),
        Error::SignInFirst | Error::ConfirmFirst(_) => "Sign in first".to_owned(),
        Error::Replayed { .. } => "This was done before".to_owned(),
    }
}

fn text(error: &Error) -> Markup {
    match error {
        Error::NotFound { .. } => html! {
            p { "It never existed, it was removed, or you are not a member of its project." }
        },
        Error::GateShut(verdict) => html! {
            p { (verdict::answer(verdict)) " It was judged " time datetime=(verdict.at) { (verdict.at.strftime("%H:%M:%S UTC")) } ", when you sent. Nothing was changed." }
        },
        Error::Refused(_) | Error::BadFile { .. } => {
            html! { p { "Nothing was changed. Every reason:" } }
        }
        Error::Conflict { .. } => {
            html! { p { (error) ". Nothing of yours was stored; look again, then decide." } }
        }
        Error::Internal(_) => {
            html! { p { "The cause is in the server's log. Nothing was half done: what is written is written whole or not at all." } }
        }
        Error::Invalid { .. }
        | Error::TooLarge { .. }
        | Error::SignInFirst
        | Error::ConfirmFirst(_)
        | Error::Forbidden(_)
        | Error::NotNow(_)
        | Error::Exists { .. }
        | Error::Replayed { .. }
        | Error::TooMany { .. } => html! { p { (sentence(&error.to_string())) } },
    }
}

/// With a capital at its beginning and a stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

/// Every reason, each with the page that mends it.
fn reasons(error: &Error, project: Option<&str>) -> Vec<(String, Option<String>)> {
    match error {
        Error::GateShut(verdict) => of_gate(verdict, project),
        Error::Refused(reasons) => reasons.iter().map(|reason| (reason.clone(), None)).collect(),
        Error::BadFile { faults, .. } => faults.iter().map(|f| (f.clone(), None)).collect(),
        Error::Invalid { .. }
        | Error::TooLarge { .. }
        | Error::NotFound { .. }
        | Error::SignInFirst
        | Error::ConfirmFirst(_)
        | Error::Forbidden(_)
        | Error::NotNow(_)
        | Error::Conflict { .. }
        | Error::Exists { .. }
        | Error::Replayed { .. }
        | Error::TooMany { .. }
        | Error::Internal(_) => Vec::new(),
    }
}

fn of_gate(verdict: &Verdict, project: Option<&str>) -> Vec<(String, Option<String>)> {
    let pages = verdict.reasons().map(|judged| match (project, judged.page.as_str()) {
        (Some(project), "") => Some(project.to_owned()),
        (Some(project), page) => Some(format!("{project}/{page}")),
        (None, _) => None,
    });
    verdict::reasons(verdict).into_iter().zip(pages).collect()
}

/// The card of a problem page. `project` is the address of the project that the page was in, `back` where one came from.
pub(super) fn card(error: &Error, project: Option<&str>, back: Option<&str>) -> Markup {
    let (state, word) = standing(error);
    let mut does = Vec::new();
    if let (Error::GateShut(verdict), Some(project)) = (error, project) {
        let to = format!("{project}/gates/{}", verdict.gate.name());
        let all = format!("All {} criteria", verdict.criteria.len());
        does.push(Action::go("problem-gate", all, to).look(Look::Primary));
    }
    if let Some(back) = back {
        does.push(Action::go("problem-back", "Back", back));
    }
    if does.is_empty() {
        does.push(Action::go("problem-home", "To the portfolio", "/portfolio"));
    }
    refused(&Refused {
        state,
        word: word.to_owned(),
        title: title(error),
        text: text(error),
        reasons: reasons(error, project),
        trace: None,
        does,
    })
}
