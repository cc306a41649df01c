//! The only place where an error becomes a status: RFC 9457 problems for programs, a page for people.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use golive_app::Error;
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

/// A request that was turned down.
#[derive(Debug)]
pub struct Problem(pub Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// What a program is told, after RFC 9457.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// `urn:golive:` and the kind of problem; stable.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What exactly.
    pub detail: String,
    /// Every reason, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// The verdict of the gate that is shut, with all criteria.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub verdict: Option<golive_core::gate::Verdict>,
}

/// Every way a request can be turned down, for the OpenAPI document.
#[derive(IntoResponses)]
pub enum ApiProblem {
    /// Sign in first
    #[response(status = 401)]
    SignIn(ProblemBody),
    /// Not for this person
    #[response(status = 403)]
    Forbidden(ProblemBody),
    /// No such thing
    #[response(status = 404)]
    NotFound(ProblemBody),
    /// Not now: wrong state, shut gate, or changed meanwhile
    #[response(status = 409)]
    Conflict(ProblemBody),
    /// Larger than is taken
    #[response(status = 413)]
    TooLarge(ProblemBody),
    /// It makes no sense
    #[response(status = 422)]
    Invalid(ProblemBody),
    /// Too often
    #[response(status = 429)]
    TooMany(ProblemBody),
}

/// Status, stable kind and title of an error.
pub fn classify(error: &Error) -> (StatusCode, &'static str, &'static str) {
    match error {
        Error::Invalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "It makes no sense"),
        Error::BadFile { .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, "bad_file", "The file has faults")
        }
        Error::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Too large"),
        Error::NotFound { .. } => (StatusCode::NOT_FOUND, "not_found", "No such thing"),
        Error::SignInFirst => (StatusCode::UNAUTHORIZED, "sign_in_first", "Sign in first"),
        Error::ConfirmFirst(_) => {
            (StatusCode::FORBIDDEN, "confirm_first", "Give your password again")
        }
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", "Not yours to do"),
        Error::NotNow(_) => (StatusCode::CONFLICT, "not_now", "Not now"),
        Error::GateShut(_) => (StatusCode::CONFLICT, "gate_shut", "The gate is shut"),
        Error::Refused(_) => (StatusCode::CONFLICT, "refused", "Refused"),
        Error::Conflict { .. } => (StatusCode::CONFLICT, "conflict", "Changed by somebody else"),
        Error::Exists { .. } => (StatusCode::CONFLICT, "exists", "There is one already"),
        Error::Replayed { .. } => (StatusCode::OK, "replayed", "Carried out before"),
        Error::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many", "Too often"),
        Error::Internal(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side")
        }
    }
}

/// What was changed by the first of two equal requests; a layer answers with its view.
#[derive(Debug, Clone)]
pub struct Replayed(pub String);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, kind, title) = classify(&self.0);
        let reasons = match &self.0 {
            Error::GateShut(verdict) => {
                verdict.reasons().map(|reason| reason.title.clone()).collect()
            }
            Error::BadFile { faults, .. } => faults.clone(),
            Error::Refused(reasons) => reasons.clone(),
            _ => vec![],
        };
        if let Error::Internal(cause) = &self.0 {
            tracing::error!(error = ?cause, "a request failed: {cause}");
        }
        let body = ProblemBody {
            kind: format!("urn:golive:{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.0.to_string(),
            reasons,
            verdict: match &self.0 {
                Error::GateShut(verdict) => Some((**verdict).clone()),
                _ => None,
            },
        };
        let mut response = (status, Json(body)).into_response();
        let problem = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem);
        match self.0 {
            Error::TooMany { after_seconds } => {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from(after_seconds));
            }
            Error::SignInFirst => {
                response
                    .headers_mut()
                    .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Error::Replayed { subject, .. } => {
                response.extensions_mut().insert(Replayed(subject));
            }
            _ => {}
        }
        response
    }
}
