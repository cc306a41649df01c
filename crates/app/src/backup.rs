//! Backups of golive itself, made beside the running server, and how one becomes a server again.
//!
//! ```text
//! DATA/backups/20260302T080000Z/
//!   golive.db        a consistent copy of the database
//!   files/           evidence, packages, dumps
//!   secrets/         names as in DATA/secrets; only golive's user can read them
//!   operations/      the lines of operations
//!   manifest.json    digests of all of the above, and the heads of all logs
//! ```
//!
//! The database is copied first: every file that it names was durable before it was named. Applications are not part of
//! it; they have restore points of their own.

mod folder;
mod manifest;
mod restore;

pub use manifest::{Entry, Manifest};
pub use restore::{Restored, restore};

use crate::{Actor, App, Error, Result};
use folder::Tree;
use golive_core::chain::Head;
use golive_store::{SERVER, Store, Told};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::{Path, PathBuf};
use utoipa::ToSchema;

/// The name of the database within a backup and within a data folder.
const DATABASE: &str = "golive.db";

/// The folders that are copied.
const FOLDERS: [&str; 3] = ["files", "secrets", "operations"];

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BackupView {
    /// The folder. Copy it to another machine.
    pub folder: String,
    /// When it was made, by the machine clock.
    #[schema(value_type = String)]
    pub made_at: Timestamp,
    /// How many files it has.
    pub files: usize,
    /// Their size together.
    pub bytes: u64,
    /// The digest of its manifest; keep it elsewhere.
    pub manifest: String,
    /// Where each log stood.
    pub heads: Vec<HeadView>,
}

/// Where a log stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeadView {
    /// The log.
    pub log: String,
    /// The place of its last event.
    pub seq: i64,
    /// The hash of that event.
    pub hash: String,
}

impl App {
    /// Makes a backup beside the running server.
    pub async fn server_backup(&self, actor: &Actor) -> Result<BackupView> {
        Self::administrator(actor)?;
        if self.store.product() != "SQLite" {
            return Err(Error::NotNow(format!(
                "the database is {}: copy it with its own tools (pg_dump) first, and then the folders {} of the data folder",
                self.store.product(),
                FOLDERS.join(", ")
            )));
        }
        let made_at = Timestamp::now();
        let all = self.folders.data.join("backups");
        let name = made_at.strftime("%Y%m%dT%H%M%S%3fZ").to_string();
        let (partial, done) = (all.join(format!("{name}.partial")), all.join(&name));
        folder::make_private(&all)?;
        folder::make_private(&partial)?;
        let backup = self.backup_into(&partial, made_at).await;
        if backup.is_err() {
            std::fs::remove_dir_all(&partial)?;
        }
        let (manifest, digest) = backup?;
        std::fs::rename(&partial, &done)?;
        folder::sync(&all)?;
        let view = view(&done, &manifest, digest);
        let mut write = self.store.write(SERVER, self.stamp(actor)).await?;
        let payload = json!({ "event": "backed_up", "folder": name, "manifest": view.manifest, "heads": view.heads });
        write.tell(SERVER, &Told::plain("server.backed_up", payload)).await?;
        write.commit().await?;
        Ok(view)
    }

    async fn backup_into(&self, into: &Path, made_at: Timestamp) -> Result<(Manifest, String)> {
        let database = into.join(DATABASE);
        self.store.copy_into(&database.display().to_string()).await?;
        folder::only_ours(&database)?;
        let (heads, incarnation) = looked_at(&database).await?;
        let (data, target) = (self.folders.data.clone(), into.to_owned());
        let entries = tokio::task::spawn_blocking(move || copied(&data, &target))
            .await
            .map_err(Error::internal)??;
        let manifest = Manifest {
            schema: manifest::SCHEMA.to_owned(),
            made_at,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            clock: self.clock.kind().name().to_owned(),
            incarnation,
            heads,
            entries,
        };
        let digest = manifest.write(into)?;
        Ok((manifest, digest))
    }
}

/// Copies the folders beside the database, and lists everything.
fn copied(data: &Path, into: &Path) -> Result<Vec<Entry>> {
    let mut entries = vec![folder::entry(into, Path::new(DATABASE))?];
    for name in FOLDERS {
        entries.extend(Tree { from: data, into }.copy(&PathBuf::from(name))?);
    }
    folder::sync(into)?;
    Ok(entries)
}

/// Where the logs stand in the copy itself: the running server has gone on meanwhile.
async fn looked_at(database: &Path) -> Result<(Vec<Head>, i64)> {
    let store = Store::open(&url(database)).await?;
    let mut session = store.session().await?;
    let heads = session.heads().await?;
    let incarnation = session.meta("incarnation").await?.and_then(|text| text.parse().ok());
    drop(session);
    store.close().await;
    Ok((heads, incarnation.unwrap_or(1)))
}

fn url(database: &Path) -> String {
    format!("sqlite://{}?mode=rw", database.display())
}

fn view(folder: &Path, manifest: &Manifest, digest: String) -> BackupView {
    let head =
        |head: &Head| HeadView { log: head.log.clone(), seq: head.seq, hash: head.hash.clone() };
    BackupView {
        folder: folder.display().to_string(),
        made_at: manifest.made_at,
        files: manifest.entries.len(),
        bytes: manifest.entries.iter().map(|entry| entry.bytes).sum(),
        manifest: digest,
        heads: manifest.heads.iter().map(head).collect(),
    }
}
