//! Messages to people: written with the position of the reader that made them, sent once, kept until read.
//!
//! A mail has two times: `due` is business time (quiet hours, the daily digest), `not_before` machine time (the lease of the
//! one who sends it, and the pause before the next attempt).

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
    /// When a mail may go out, by the business clock.
    pub due: Timestamp,
    /// Whether a mail goes out with the others of that time, as one.
    pub is_digest: bool,
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

const ALL: &str = "id, project, recipient, channel, kind, address, subject, body, link, at, due, digest, phase, attempts, trouble";

impl Write {
    /// Adds a message, once.
    pub async fn add_message(&mut self, message: &Message) -> Result<()> {
        sqlx::query(
            "INSERT INTO message (id, project, recipient, channel, kind, address, subject, body, link, at, due, digest, phase, attempts, not_before, trouble)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'new', 0, 0, '') ON CONFLICT DO NOTHING",
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
        .bind(message.due.as_microsecond())
        .bind(i64::from(message.is_digest))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

impl Store {
    /// Mail that may go out now and that nobody else is sending.
    pub async fn mail_due(&self, now: Timestamp, limit: i64) -> Result<Vec<Queued>> {
        let sql = format!(
            "SELECT {ALL} FROM message WHERE phase = 'new' AND channel = 'mail' AND not_before <= {} AND due <= $1 ORDER BY due, address, id LIMIT $2",
            self.dialect.now()
        );
        let mut session = self.session().await?;
        let query = sqlx::query(AssertSqlSafe(sql)).bind(now.as_microsecond()).bind(limit);
        query.fetch_all(session.connection()).await?.iter().map(parse).collect()
    }

    /// Takes mail to send it, for some seconds; false when another server has taken a part of it.
    pub async fn mail_take(&self, ids: &[MessageId], lease_seconds: i64) -> Result<bool> {
        let sql = format!(
            "UPDATE message SET attempts = attempts + 1, not_before = {0} + $2 WHERE id = $1 AND phase = 'new' AND not_before <= {0}",
            self.dialect.now()
        );
        let mut tx = self.writers.begin_with(self.dialect.begin_write()).await?;
        for id in ids {
            let query = sqlx::query(AssertSqlSafe(sql.clone()))
                .bind(id.to_string())
                .bind(lease_seconds * 1_000_000);
            if query.execute(&mut *tx).await?.rows_affected() != 1 {
                return Ok(false);
            }
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Says how sending went: `sent`, `refused` for good, or `new` to be tried again after some seconds.
    pub async fn mail_done(
        &self,
        ids: &[MessageId],
        phase: &str,
        trouble: &str,
        again_after_seconds: i64,
    ) -> Result<()> {
        let sql = format!(
            "UPDATE message SET phase = $2, trouble = $3, not_before = {} + $4 WHERE id = $1",
            self.dialect.now()
        );
        let mut tx = self.writers.begin_with(self.dialect.begin_write()).await?;
        for id in ids {
            sqlx::query(AssertSqlSafe(sql.clone()))
                .bind(id.to_string())
                .bind(phase.to_owned())
                .bind(trouble.replace('\0', " "))
                .bind(again_after_seconds * 1_000_000)
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Marks the page messages of a person as read: one of them, or all up to an instant.
    pub async fn messages_read(
        &self,
        recipient: &str,
        one: Option<MessageId>,
        until: Timestamp,
    ) -> Result<()> {
        let which = if one.is_some() { "id = $3" } else { "$3 = ''" };
        let sql = format!(
            "UPDATE message SET phase = 'read' WHERE recipient = $1 AND channel = 'page' AND phase = 'new' AND at <= $2 AND {which}"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(recipient.to_owned())
            .bind(until.as_microsecond())
            .bind(one.map_or(String::new(), |id| id.to_string()))
            .execute(&self.writers)
            .await?;
        Ok(())
    }
}

impl Session {
    /// The newest messages of a person by one channel.
    pub async fn messages(
        &mut self,
        recipient: &str,
        channel: &str,
        limit: i64,
    ) -> Result<Vec<Queued>> {
        let sql = format!(
            "SELECT {ALL} FROM message WHERE recipient = $1 AND channel = $2 ORDER BY at DESC, id DESC LIMIT $3"
        );
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(recipient.to_owned())
            .bind(channel.to_owned())
            .bind(limit);
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
    let (at, due): (i64, i64) = (row.try_get("at")?, row.try_get("due")?);
    let digest: i64 = row.try_get("digest")?;
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
        due: Timestamp::from_microsecond(due).map_err(|_| corrupt())?,
        is_digest: digest != 0,
    };
    Ok(Queued {
        message,
        phase: row.try_get("phase")?,
        attempts: row.try_get("attempts")?,
        trouble: row.try_get("trouble")?,
    })
}
