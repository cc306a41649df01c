//! Why a command failed, with the exit code that tells the caller what to do.

use serde_json::{Value, json};

/// A failure for people (message) and for the caller (exit code and details).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// One sentence.
    pub message: String,
    /// 1: it will not work; 2: wrong usage; 75: try again.
    pub exit: u8,
    /// What the JSON document says beside the message.
    pub details: Value,
}

impl Failure {
    /// It will not work, however often it is tried.
    pub fn refused(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: 1, details: json!({}) }
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: 2, details: json!({}) }
    }

    /// It may work if tried again.
    pub fn again(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: 75, details: json!({}) }
    }

    /// Adds what a program may want to know.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    /// The JSON document that is printed.
    pub fn document(&self) -> Value {
        json!({ "error": self.message, "details": self.details })
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<sqlx::Error> for Failure {
    /// A locked database is worth another try; every other error of the database is not.
    fn from(error: sqlx::Error) -> Self {
        let text = match &error {
            sqlx::Error::Database(inner) => inner.message().to_owned(),
            other => other.to_string(),
        };
        if text.contains("database is locked") { Self::again(text) } else { Self::refused(text) }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::refused(error.to_string())
    }
}
