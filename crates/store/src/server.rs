//! The server itself: how it was made, its clock, its settings.

use crate::Store;
use crate::error::Result;
use crate::session::Session;
use sqlx::Row;

/// Whether business time is real. Decided when the server is made, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockKind {
    /// The wall clock.
    Real,
    /// The wall clock plus an offset that can be moved forward.
    Simulated,
}

impl ClockKind {
    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Simulated => "simulated",
        }
    }
}

/// How the server was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerRow {
    /// Its clock.
    pub clock: ClockKind,
    /// What is added to the wall clock, in microseconds; 0 for a real clock.
    pub offset: i64,
    /// Grows with every restore from a backup.
    pub incarnation: i64,
}

impl Store {
    /// The server's row; made on the first call with the clock that was asked for.
    pub async fn server(&self, wanted: ClockKind, offset: i64) -> Result<ServerRow> {
        for (name, value) in [
            ("clock", wanted.name().to_owned()),
            ("offset", offset.to_string()),
            ("incarnation", "1".to_owned()),
        ] {
            sqlx::query("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(name)
                .bind(value)
                .execute(&self.writers)
                .await?;
        }
        let mut session = self.session().await?;
        let clock = match session.meta("clock").await?.as_deref() {
            Some("simulated") => ClockKind::Simulated,
            Some(_) | None => ClockKind::Real,
        };
        let number =
            |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or_default();
        let offset = number(session.meta("offset").await?);
        let incarnation = number(session.meta("incarnation").await?);
        Ok(ServerRow { clock, offset, incarnation })
    }

    /// Writes one value of the server's own.
    pub async fn set_meta(&self, name: &str, value: &str) -> Result<()> {
        sqlx::query("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
            .bind(name.to_owned())
            .bind(value.to_owned())
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    /// Writes a consistent copy of an embedded database into a new file, beside running writers.
    pub async fn copy_into(&self, file: &str) -> Result<()> {
        sqlx::query("VACUUM INTO $1").bind(file.to_owned()).execute(&self.readers).await?;
        Ok(())
    }

    /// How an embedded database answers for its durability (2 is FULL); nothing on PostgreSQL.
    pub async fn synchronous(&self) -> Result<Option<i64>> {
        if self.product() != "SQLite" {
            return Ok(None);
        }
        let row = sqlx::query("PRAGMA synchronous").fetch_one(&self.writers).await?;
        Ok(Some(row.try_get(0)?))
    }
}

impl Session {
    /// One value of the server's own.
    pub async fn meta(&mut self, name: &str) -> Result<Option<String>> {
        let row = sqlx::query("SELECT value FROM meta WHERE name = $1")
            .bind(name.to_owned())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| Ok(row.try_get("value")?)).transpose()
    }
}
