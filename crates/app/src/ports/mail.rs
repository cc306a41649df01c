//! The port for sending mail.

use super::BoxFuture;

/// A mail that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Becomes the Message-ID: a message that is sent twice after a crash can be recognised as one.
    pub id: String,
    /// The receiver's address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server could not be reached or asked to wait: try again.
    #[error("the mail server did not take it: {0}")]
    Later(String),
    /// The receiver or the message is refused for good.
    #[error("the mail server refuses it: {0}")]
    Refused(String),
}

/// Sends mail. Returning without an error means that the other side has taken responsibility for it.
pub trait Mailer: Send + Sync {
    /// Hands one mail over.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>>;
}
