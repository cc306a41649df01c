//! The SQLite file: how it is opened, and the tables that are there before any module.

use crate::failure::Failure;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};
use std::path::Path;
use std::time::Duration;

/// How long a command waits for a writer before it gives up and may be tried again.
const BUSY: Duration = Duration::from_secs(30);

/// The tables of the platform itself; everything of the business comes with modules.
const SYSTEM: &str = "
CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY AUTOINCREMENT, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT NOT NULL,
    administrator INTEGER NOT NULL, active INTEGER NOT NULL, locked_by TEXT) STRICT;
CREATE TABLE IF NOT EXISTS session (
    token_hash TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES account (id), started TEXT NOT NULL,
    ends TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS module (
    name TEXT PRIMARY KEY, version TEXT NOT NULL, title TEXT NOT NULL, installed TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS module_migration (
    module TEXT NOT NULL, file TEXT NOT NULL, digest TEXT NOT NULL, statements_done INTEGER NOT NULL, finished TEXT,
    PRIMARY KEY (module, file)) STRICT;
CREATE TABLE IF NOT EXISTS job (name TEXT PRIMARY KEY, title TEXT NOT NULL, status TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS mail_server (name TEXT PRIMARY KEY, host TEXT NOT NULL, sender TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS endpoint (
    name TEXT PRIMARY KEY, title TEXT NOT NULL, url TEXT NOT NULL, enabled INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS protected_value (name TEXT PRIMARY KEY, title TEXT NOT NULL, cipher BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS operation_effect (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL, step TEXT NOT NULL, effect TEXT NOT NULL,
    at TEXT NOT NULL) STRICT;
";

/// What a command wants to do with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Look only: the connection itself cannot write.
    Read,
    /// Change what is there.
    Write,
    /// Make the file if there is none.
    Create,
}

/// The options that every connection shares.
pub fn options(path: &Path, access: Access) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY).foreign_keys(true);
    let options = options.disable_statement_logging();
    match access {
        Access::Read => options.read_only(true),
        Access::Write | Access::Create => options
            .create_if_missing(access == Access::Create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full),
    }
}

/// Opens one connection; a file that is not there, or not an initialised database, is refused.
pub async fn open(path: &Path, access: Access) -> Result<SqliteConnection, Failure> {
    if access != Access::Create && !path.is_file() {
        return Err(Failure::refused(format!("there is no database at {}", path.display())));
    }
    let mut connection = options(path, access).connect().await?;
    if access == Access::Create {
        sqlx::raw_sql(SYSTEM).execute(&mut connection).await?;
    } else if !has_table(&mut connection, "module_migration").await? {
        return Err(Failure::refused(format!("{} is not an initialised database", path.display())));
    }
    Ok(connection)
}

/// Closes a connection and lets SQLite tidy its log.
pub async fn close(connection: SqliteConnection) -> Result<(), Failure> {
    Ok(connection.close().await?)
}

/// Whether a table is there, since most come with modules.
pub async fn has_table(connection: &mut SqliteConnection, name: &str) -> Result<bool, Failure> {
    let found =
        sqlx::query("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1")
            .bind(name)
            .fetch_one(connection)
            .await?;
    Ok(found.get::<i64, _>(0) > 0)
}

/// Runs one statement that has no parameters, and answers how many rows it changed.
pub async fn execute(connection: &mut SqliteConnection, sql: &str) -> Result<u64, Failure> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await?;
    Ok(done.rows_affected())
}

/// Reads one number.
pub async fn number(connection: &mut SqliteConnection, sql: &str) -> Result<i64, Failure> {
    let row =
        sqlx::query(AssertSqlSafe(sql.to_owned())).persistent(false).fetch_one(connection).await?;
    Ok(row.get(0))
}

/// The present moment as it is stored: UTC, to the second, ordered as text.
pub fn now() -> String {
    text(jiff::Timestamp::now())
}

/// A moment as it is stored.
pub fn text(moment: jiff::Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A name as an SQL identifier.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
