//! The port to the places where environments live.
//!
//! Every changing verb carries a [`Call`]: which operation and step asks, and in which *epoch*. The place keeps the
//! highest epoch it has seen and refuses a lower one, so that a server that was frozen and wakes late does nothing
//! twice. Every verb may be called again with the same call and must then lead to the same end.

use super::BoxFuture;
use golive_core::blueprint::Blueprint;
use golive_core::id::{EnvironmentId, OperationId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Which environment, of which application, at which place.
#[derive(Debug, Clone)]
pub struct Site {
    /// The environment.
    pub environment: EnvironmentId,
    /// Its name for people, such as `contoso-prod`.
    pub name: String,
    /// What runs there.
    pub blueprint: Arc<Blueprint>,
    /// The folder, on the place's host, below which everything of this environment lives.
    pub root: PathBuf,
}

/// Who asks, for which step, in which epoch, and where the lines for people go.
#[derive(Clone)]
pub struct Call {
    /// The operation; towards the outside it is the idempotency key.
    pub operation: OperationId,
    /// The name of the operation step.
    pub step: String,
    /// Grows with every claim of any operation on this server; the fence at the place compares it.
    pub epoch: i64,
    /// Takes one line of the live log. Lines are for people: they may be lost.
    pub log: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Call {
    /// Writes one line of the live log.
    pub fn say(&self, line: impl AsRef<str>) {
        (self.log)(line.as_ref());
    }
}

/// What should be deployed: the blueprint's own files and, if given, the modules of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The name of the release folder, derived from what is in it.
    pub digest: String,
    /// The package file (zip) whose modules belong to the release.
    pub package: Option<PathBuf>,
}

/// Which database of an environment is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    /// The one that the application uses.
    Current,
    /// One that is being prepared beside it.
    Side(String),
    /// A restore point, or an old database that was renamed aside.
    Aside(String),
}

/// A database that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseInfo {
    /// Which one.
    pub database: Database,
    /// Its size on disk in bytes.
    pub bytes: u64,
    /// The operation that made it, if it says so.
    pub operation: Option<OperationId>,
    /// Changes with every replacement of the database, not with its rows: what a swap compares and sets.
    pub identity: String,
}

/// A database that was copied, with what the source said about itself in the very snapshot that was copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// The copy.
    pub database: DatabaseInfo,
    /// What the blueprint's `snapshot` hook printed: the digests of the source's tables, read in the same snapshot.
    pub source: serde_json::Value,
}

/// A running application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The process.
    pub pid: u32,
    /// Where people reach it.
    pub url: String,
    /// The release it was started from.
    pub release: String,
}

/// What a look at the application showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// It answers, and a call that needs its database works.
    pub healthy: bool,
    /// What was seen, for people.
    pub detail: String,
    /// The modules it says it runs, with their versions.
    pub modules: BTreeMap<String, String>,
}

/// Something left behind by an operation: it takes room and belongs to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// `release`, `side_database`, `old_database`, `restore_point`, `log`.
    pub kind: String,
    /// Its name at the place.
    pub name: String,
    /// Its size on disk in bytes.
    pub bytes: u64,
    /// When it was made, in seconds since 1970, by the place's own clock.
    pub made: i64,
    /// The operation that made it, if it says so.
    pub operation: Option<OperationId>,
    /// True when something still needs it, so that it cannot be removed.
    pub in_use: bool,
}

/// One hook of the blueprint to run.
#[derive(Debug, Clone, Default)]
pub struct Hook {
    /// Its name in the blueprint: `migrate`, `digest`, `lock_accounts`, …
    pub name: String,
    /// Further values for its command line, by placeholder. Never secrets.
    pub values: BTreeMap<String, String>,
    /// What it reads on standard input; secrets go here.
    pub input: String,
}

/// Why a verb did not do what was asked, in terms that the runner can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DriverError {
    /// Technology failed; it may work if asked again.
    #[error("{0}")]
    Retry(String),
    /// Still under way; ask again.
    #[error("not yet done")]
    NotYet {
        /// After this long.
        after: Duration,
    },
    /// It will not work, and nothing that matters was touched: undo.
    #[error("{0}")]
    Refused(String),
    /// It did not work, and a person must look.
    #[error("{0}")]
    NeedsAttention(String),
    /// A later owner has been here: stop at once and touch nothing.
    #[error("a later owner has taken over (epoch {seen})")]
    Fenced {
        /// The highest epoch that the place has seen.
        seen: i64,
    },
}

type Answer<'a, T> = BoxFuture<'a, Result<T, DriverError>>;

/// One way of running environments. Each verb says what it may be asked again and what undoes it.
pub trait Driver: Send + Sync {
    /// `local`, `ssh`, …
    fn name(&self) -> &'static str;

    /// Makes the folders and reserves the address. Undone by `destroy`.
    fn prepare<'a>(&'a self, call: &'a Call, site: &'a Site) -> Answer<'a, ()>;
    /// Lays out a release folder, complete or not at all. Undone by `remove`.
    fn put_release<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        release: &'a Release,
    ) -> Answer<'a, ()>;
    /// The release that `start` would start.
    fn active_release<'a>(&'a self, site: &'a Site) -> Answer<'a, Option<String>>;
    /// Switches from the expected release to another. Refused if something else is active. Undone by switching back.
    fn activate<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        expected: Option<&'a str>,
        release: Option<&'a str>,
    ) -> Answer<'a, ()>;
    /// Starts the active release and returns once it answers. Undone by `stop`.
    fn start<'a>(&'a self, call: &'a Call, site: &'a Site) -> Answer<'a, Running>;
    /// Stops the application and waits for its end; kills it after the deadline. Undone by `start`.
    fn stop<'a>(&'a self, call: &'a Call, site: &'a Site, deadline: Duration) -> Answer<'a, ()>;
    /// The running application, if there is one.
    fn running<'a>(&'a self, site: &'a Site) -> Answer<'a, Option<Running>>;
    /// Looks at the application.
    fn health<'a>(&'a self, site: &'a Site) -> Answer<'a, Health>;
    /// Runs one hook against a database and returns the JSON that it printed. An earlier run of the same step that is
    /// still alive is ended first. A hook that changes data stands behind the fence, one that only reads does not.
    /// Exit 1 is `Refused`, exit 75 `Retry`; a run that was cut off is `Retry` if it only reads, else `NeedsAttention`.
    /// The value `release` chooses another release than the active one.
    fn hook<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        database: &'a Database,
        hook: &'a Hook,
    ) -> Answer<'a, serde_json::Value>;
    /// All databases of the environment.
    fn databases<'a>(&'a self, site: &'a Site) -> Answer<'a, Vec<DatabaseInfo>>;
    /// Copies a database of `source` into a database of `site`, consistently and while the source is in use. What is
    /// there under that name is replaced; the current database is never replaced by this verb.
    fn copy_database<'a>(
        &'a self,
        call: &'a Call,
        source: (&'a Site, &'a Database),
        site: &'a Site,
        into: &'a Database,
    ) -> Answer<'a, Copied>;
    /// Makes `side` the current database and keeps the former one as `aside`, both or neither. Refused unless the
    /// current one has the expected identity. The application must be stopped. Undone by swapping back.
    fn swap_database<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        expected: &'a str,
        side: &'a Database,
        aside: &'a Database,
    ) -> Answer<'a, DatabaseInfo>;
    /// What operations have left behind here.
    fn leftovers<'a>(&'a self, site: &'a Site) -> Answer<'a, Vec<Leftover>>;
    /// Removes one leftover; nothing happens if it is gone already.
    fn remove<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        kind: &'a str,
        name: &'a str,
    ) -> Answer<'a, ()>;
    /// Stops the application and removes everything of the environment.
    fn destroy<'a>(&'a self, call: &'a Call, site: &'a Site) -> Answer<'a, ()>;
}
