//! The few things that SQLite and PostgreSQL cannot say alike.

use crate::error::{Result, StoreError};
use sqlx::{AnyPool, Row};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(crate) fn of(url: &str) -> Result<Self> {
        if url.starts_with("sqlite:") {
            Ok(Self::Sqlite)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Ok(Self::Postgres)
        } else {
            Err(StoreError::Setup(
                "the database address must begin with sqlite: or postgres:".into(),
            ))
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    pub(crate) fn writers(self) -> u32 {
        match self {
            Self::Sqlite => 1,
            Self::Postgres => 12,
        }
    }

    /// Run on every new connection. FULL: with less, SQLite may lose the last commits when the power goes.
    pub(crate) fn on_connect(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA busy_timeout = 10000",
                "PRAGMA foreign_keys = ON",
                "PRAGMA cache_size = -16000",
            ],
            Self::Postgres => &["SET lock_timeout = '20s'", "SET client_min_messages = 'warning'"],
        }
    }

    pub(crate) fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// SQLite must take the write lock at once: a transaction that reads first and writes later is refused without
    /// waiting if another writer came between.
    pub(crate) fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Keeps writers of one log apart across server processes, until the transaction ends.
    pub(crate) fn lock_log(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(
                "SELECT count(*) FROM (SELECT pg_advisory_xact_lock(hashtextextended($1, 7))) AS taken",
            ),
        }
    }

    /// The machine clock in microseconds, read from the database so that several servers share it.
    pub(crate) fn now(self) -> &'static str {
        match self {
            Self::Sqlite => "CAST(unixepoch('subsec') * 1000000 AS BIGINT)",
            Self::Postgres => "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
        }
    }

    /// PostgreSQL must order text by bytes, as SQLite does; else lists differ between the two.
    pub(crate) async fn check(self, pool: &AnyPool) -> Result<()> {
        match self {
            Self::Sqlite => Ok(()),
            Self::Postgres => {
                let row = sqlx::query(
                    "SELECT datcollate FROM pg_database WHERE datname = current_database()",
                )
                .fetch_one(pool)
                .await?;
                let collation: String = row.try_get("datcollate")?;
                if collation == "C" || collation == "POSIX" {
                    return Ok(());
                }
                Err(StoreError::Setup(format!(
                    "golive's PostgreSQL database must be created with LC_COLLATE 'C', not '{collation}': \
                     CREATE DATABASE golive TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' ENCODING 'UTF8'"
                )))
            }
        }
    }
}
