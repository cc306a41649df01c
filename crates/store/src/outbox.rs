//! Messages to people: written with the position of the reader that made them, sent once, kept until read.

use crate::error::{Result, StoreError};
use crate::session::Session;
use crate::{Store, Write};
use golive_core::id::MessageId;
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

/// A message to one person by one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Derived from the event, the person and the channel, so that it is made once.
    pub id: MessageId,
    /// The project that it is about, or empty.
    pub project: String,
    /// Whom it is for: a user's id.
    pub recipient: String,
    /// `page` or `mail`.
    pub channel: String,
    /// The notification that it comes from.
    pub kind: String,
    /// The mail address, or empty.
    pub address: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// The path of the page to go to.
    pub link: String,
    /// When, by the business clock.
    pub at: Timestamp,
}

/// A message with how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The message.
    pub message: Message,
    /// `new`, `sent`, `read`, `refused`.
    pub phase: String,
    /// How often sending was tried.
    pub attempts: i64,
    /// What went wrong last.
    pub trouble: String,
}

const ALL: &str = "id, project, recipient, channel, kind, address, subject, body, link, at, phase, attempts, trouble";

impl Write {
    /// Adds a message, once.
    pub async fn add_message(&mut self, message: &Message) -> Result<()> {
        sqlx::query(
            "INSERT INTO message (id, project, recipient, channel, kind, address, subject, body, link, at, phase, attempts, not_before, trouble)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'new', 0, 0, '') ON CONFLICT DO NOTHING",
        )
        .bind(message.id.to_string())
        .bind(message.project.clone())
        .bind(message.recipient.clone())
        .bind(message.channel.clone())
        .bind(message.kind.clone())
        .bind(message.address.clone())
        .bind(message.subject.clone())
        .bind(message.body.clone())
        .bind(message.link.clone())
        .bind(message.at.as_microsecond())
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

impl Store {
    /// Mail that is due to be sent.
    pub async fn mail_due(&self, limit: i64) -> Result<Vec<Queued>> {
        let sql = format!(
            "SELECT {ALL} FROM message WHERE phase = 'new' AND channel = 'mail' AND not_before <= {} ORDER BY not_before, id LIMIT $1",
            self.dialect.now()
        );
        let mut session = self.session().await?;
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(limit).fetch_all(session.connection()).await?;
        rows.iter().map(parse).collect()
    }

    /// Says how sending went: sent, refused for good, or to be tried again after some seconds.
    pub async fn mail_done(&self, id: MessageId, phase: &str, trouble: &str, again_after_seconds: i64) -> Result<()> {
        let sql = format!(
            "UPDATE message SET phase = $2, trouble = $3, attempts = attempts + 1, not_before = {} + $4 WHERE id = $1",
            self.dialect.now()
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .bind(phase.to_owned())
            .bind(trouble.to_owned())
            .bind(again_after_seconds * 1_000_000)
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    /// Marks the page messages of a person as read, up to an instant.
    pub async fn messages_read(&self, recipient: &str, until: Timestamp) -> Result<()> {
        sqlx::query("UPDATE message SET phase = 'read' WHERE recipient = $1 AND channel = 'page' AND phase = 'new' AND at <= $2")
            .bind(recipient.to_owned())
            .bind(until.as_microsecond())
            .execute(&self.writers)
            .await?;
        Ok(())
    }
}

impl Session {
    /// The newest messages of a person by one channel.
    pub async fn messages(&mut self, recipient: &str, channel: &str, limit: i64) -> Result<Vec<Queued>> {
        let sql = format!(
            "SELECT {ALL} FROM message WHERE recipient = $1 AND channel = $2 ORDER BY at DESC, id DESC LIMIT $3"
        );
        let query =
            sqlx::query(AssertSqlSafe(sql)).bind(recipient.to_owned()).bind(channel.to_owned()).bind(limit);
        query.fetch_all(self.connection()).await?.iter().map(parse).collect()
    }
}

fn parse(row: &AnyRow) -> Result<Queued> {
    let id: String = row.try_get("id")?;
    let corrupt = || StoreError::Corrupt {
        table: "message",
        id: id.clone(),
        source: serde::de::Error::custom("not a message"),
    };
    let at: i64 = row.try_get("at")?;
    let message = Message {
        id: id.parse().map_err(|_| corrupt())?,
        project: row.try_get("project")?,
        recipient: row.try_get("recipient")?,
        channel: row.try_get("channel")?,
        kind: row.try_get("kind")?,
        address: row.try_get("address")?,
        subject: row.try_get("subject")?,
        body: row.try_get("body")?,
        link: row.try_get("link")?,
        at: Timestamp::from_microsecond(at).map_err(|_| corrupt())?,
    };
    Ok(Queued { message, phase: row.try_get("phase")?, attempts: row.try_get("attempts")?, trouble: row.try_get("trouble")? })
}
