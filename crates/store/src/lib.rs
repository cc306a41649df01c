//! All SQL lives here, and nothing else does.
//!
//! One text of SQL serves SQLite and PostgreSQL: `$1` placeholders, TEXT and BIGINT columns only, JSON and ids as
//! text, times as microseconds UTC. What the two cannot say alike is in [`dialect`].
//!
//! - [`Session`]: reading, in one snapshot.
//! - [`Write`]: one transaction that stores new states, their events and operation intents together.

mod cache;
mod dialect;
mod error;
mod idempotency;
mod log;
mod migrate;
mod operation;
mod outbox;
mod people;
mod server;
mod session;
mod subject;
mod subjects;
#[cfg(feature = "testing")]
pub mod testing;
mod write;

pub use error::{Result, StoreError};
pub use log::{Body, StoredEvent, Work};
pub use operation::{Claim, Intent, OperationRow, Phase};
pub use outbox::{Message, Queued};
pub use people::{SessionRow, TokenRow};
pub use server::{ClockKind, ServerRow};
pub use session::Session;
pub use subject::{Column, Subject, Versioned};
pub use subjects::{CaseFilter, ResultRow, fold};
pub use write::{Key, SERVER, Stamp, Told, Write};

use cache::Cache;
use dialect::Dialect;
use sqlx::AnyPool;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    /// For reading.
    readers: AnyPool,
    /// For writing. SQLite has one writer, so its pool holds one connection and waiting for it is fair.
    writers: AnyPool,
    dialect: Dialect,
    /// Writers of one log take turns before they take a connection, so that a busy log does not use up the pool.
    turns: Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>,
    /// Told after every commit; a hint for those who wait, never the only way to learn of it.
    changed: Arc<tokio::sync::watch::Sender<u64>>,
    /// What snapshots have read of projects whose logs have not moved since.
    cache: Arc<Cache>,
}

impl Store {
    /// Opens a database by its address (`sqlite://…?mode=rwc` or `postgres://…`) and brings its schema up to date.
    pub async fn open(url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(url)?;
        let writers = pool(url, dialect, dialect.writers()).await?;
        dialect.check(&writers).await?;
        migrate::run(&writers).await?;
        let readers = pool(url, dialect, 8).await?;
        let (changed, _) = tokio::sync::watch::channel(0);
        Ok(Self {
            readers,
            writers,
            dialect,
            turns: Arc::default(),
            changed: Arc::new(changed),
            cache: Arc::default(),
        })
    }

    /// A snapshot to read from.
    pub async fn session(&self) -> Result<Session> {
        let tx = self.readers.begin_with(self.dialect.begin_read()).await?;
        Ok(Session::new(tx, Arc::clone(&self.cache)))
    }

    /// Sees every commit of this process; look at the database after each change.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// The name of the database product, for the health page.
    pub fn product(&self) -> &'static str {
        self.dialect.name()
    }

    fn turn(&self, log: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().expect("nothing panics while it is held");
        Arc::clone(turns.entry(log.to_owned()).or_default())
    }

    /// Closes all connections; on SQLite this also folds the write-ahead log back into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

async fn pool(url: &str, dialect: Dialect, size: u32) -> Result<AnyPool> {
    let options = AnyConnectOptions::from_str(url)?;
    let pool = AnyPoolOptions::new()
        .max_connections(size)
        .min_connections(1)
        .acquire_timeout(Duration::from_mins(1))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for statement in dialect.on_connect() {
                    sqlx::query(*statement).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
        .connect_with(options)
        .await?;
    Ok(pool)
}
