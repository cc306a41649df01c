//! When each project must be looked at again for reminders, by the business clock.

use crate::error::Result;
use crate::session::Session;
use crate::{Store, Write};
use jiff::Timestamp;
use sqlx::Row;

/// In order to be looked at as soon as possible.
const NOW: i64 = i64::MIN;

impl Write {
    /// Says when this log's project must be looked at for reminders; nothing means at once.
    pub async fn remind_at(&mut self, project: &str, due: Option<Timestamp>) -> Result<()> {
        let due = due.map_or(NOW, Timestamp::as_microsecond);
        sqlx::query(
            "INSERT INTO reminder (project, due) VALUES ($1, $2)
             ON CONFLICT (project) DO UPDATE SET due = excluded.due",
        )
        .bind(project.to_owned())
        .bind(due)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

impl Session {
    /// Who did the first thing to a subject.
    pub async fn first_actor(&mut self, subject: &str) -> Result<Option<String>> {
        let row =
            sqlx::query("SELECT actor FROM event WHERE subject = $1 ORDER BY log, seq LIMIT 1")
                .bind(subject.to_owned())
                .fetch_optional(self.connection())
                .await?;
        row.map(|row| Ok(row.try_get("actor")?)).transpose()
    }

    /// Whether a project is due to be looked at.
    pub async fn is_reminder_due(&mut self, project: &str, now: Timestamp) -> Result<bool> {
        let row = sqlx::query("SELECT due FROM reminder WHERE project = $1")
            .bind(project.to_owned())
            .fetch_optional(self.connection())
            .await?;
        let due: Option<i64> = row.map(|row| row.try_get("due")).transpose()?;
        Ok(due.is_some_and(|due| due <= now.as_microsecond()))
    }
}

impl Store {
    /// Projects that are due to be looked at, the longest due first.
    pub async fn reminders_due(&self, now: Timestamp, limit: i64) -> Result<Vec<String>> {
        let mut session = self.session().await?;
        let rows = sqlx::query(
            "SELECT project FROM reminder WHERE due <= $1 ORDER BY due, project LIMIT $2",
        )
        .bind(now.as_microsecond())
        .bind(limit)
        .fetch_all(session.connection())
        .await?;
        rows.iter().map(|row| Ok(row.try_get("project")?)).collect()
    }
}
