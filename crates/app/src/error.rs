//! One error type for every service, in terms that a caller can act on.

use golive_core::gate::Verdict;
use golive_store::StoreError;
use std::fmt::Display;

/// Why a service did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was sent makes no sense.
    #[error("{at}: expected {expected}; found {found}")]
    Invalid {
        /// The field, the file with its line, or the entry.
        at: String,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A file with several faults.
    #[error("{} faults in {file}", faults.len())]
    BadFile {
        /// Its name.
        file: String,
        /// Each fault with its place.
        faults: Vec<String>,
    },
    /// More than is taken.
    #[error("{what} is larger than {limit}")]
    TooLarge {
        /// What.
        what: String,
        /// The limit, with its unit.
        limit: String,
    },
    /// There is no such thing, or not for this person.
    #[error("no {kind} `{id}`")]
    NotFound {
        /// What kind of thing.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// Nobody is signed in, or the sign-in has ended.
    #[error("sign in first")]
    SignInFirst,
    /// The password must be given again.
    #[error("give your password again: {0}")]
    ConfirmFirst(&'static str),
    /// Not for this person.
    #[error("{0}")]
    Forbidden(String),
    /// The state does not allow it.
    #[error("{0}")]
    NotNow(String),
    /// A gate is shut; the verdict has all reasons.
    #[error("the gate `{}` is shut", .0.gate.name())]
    GateShut(Box<Verdict>),
    /// Several reasons, each with what would mend it.
    #[error("{}", .0.join("; "))]
    Refused(Vec<String>),
    /// Somebody else changed it first.
    #[error("somebody else changed {kind} `{id}` first; look again and retry")]
    Conflict {
        /// What kind of thing.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// There is one already.
    #[error("there is already a {kind} `{id}`")]
    Exists {
        /// What kind of thing.
        kind: &'static str,
        /// Its name.
        id: String,
    },
    /// This request was carried out before.
    #[error("this request was carried out before")]
    Replayed {
        /// What it changed.
        subject: String,
        /// The place of its last event.
        seq: i64,
    },
    /// Too often.
    #[error("too many attempts; try again in {after_seconds} seconds")]
    TooMany {
        /// When it may be tried again.
        after_seconds: u64,
    },
    /// Ours to mend. The cause goes to the log, never to the caller.
    #[error("something went wrong on our side")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The result of a service.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// No such thing.
    pub fn not_found(kind: &'static str, id: impl Display) -> Self {
        Self::NotFound { kind, id: id.to_string() }
    }

    /// Not for this person.
    pub fn forbidden(why: impl Into<String>) -> Self {
        Self::Forbidden(why.into())
    }

    /// A field that makes no sense; one that is empty is said to hold nothing.
    pub fn invalid(
        at: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        let found = found.into();
        let found = if found.trim().is_empty() { "nothing".to_owned() } else { found };
        Self::Invalid { at: at.into(), expected: expected.into(), found }
    }

    /// Something of ours that should not fail did.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(cause))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { kind, id } => Self::NotFound { kind, id },
            StoreError::Stale { kind, id } => Self::Conflict { kind, id },
            StoreError::Exists { kind, id } => Self::Exists { kind, id },
            StoreError::Replayed { subject, seq } => Self::Replayed { subject, seq },
            StoreError::KeyReused => Self::invalid(
                "Idempotency-Key",
                "a key of its own for every request",
                "a key of another request",
            ),
            StoreError::Nul => {
                Self::invalid("text", "characters that can be stored", "the character NUL")
            }
            other @ (StoreError::Fenced
            | StoreError::WrongLog { .. }
            | StoreError::Untold { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Setup(_)
            | StoreError::Database(_)) => Self::Internal(Box::new(other)),
        }
    }
}

impl From<golive_core::people::Denied> for Error {
    fn from(denied: golive_core::people::Denied) -> Self {
        Self::Forbidden(denied.to_string())
    }
}

impl From<golive_core::request::Refusal> for Error {
    fn from(refusal: golive_core::request::Refusal) -> Self {
        use golive_core::request::Refusal;
        match refusal {
            Refusal::GateShut(verdict) => Self::GateShut(verdict),
            wrong @ (Refusal::WrongState { .. } | Refusal::Missing(_) | Refusal::NothingAsked) => {
                Self::NotNow(wrong.to_string())
            }
        }
    }
}

impl From<golive_core::environment::Refusal> for Error {
    fn from(refusal: golive_core::environment::Refusal) -> Self {
        Self::NotNow(refusal.to_string())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}
