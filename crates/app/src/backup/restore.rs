//! A backup becomes a server again: a new incarnation that trusts nothing of what went on after the backup was made.

use super::folder::{self, Tree};
use super::{DATABASE, Manifest, url};
use crate::clock::BusinessClock;
use crate::{Error, Result};
use golive_core::chain::Head;
use golive_core::id::OperationId;
use golive_core::operation::Record;
use golive_store::{Claim, ClockKind, OperationRow, Phase, SERVER, Stamp, Store, Told};
use jiff::Timestamp;
use serde_json::json;
use std::path::Path;

/// Under this name until everything is settled, so that no server starts on half of it.
const UNSETTLED: &str = "restoring.db";

/// How far apart the epochs of two incarnations are at least.
const EPOCHS: i64 = 1 << 40;

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The new incarnation.
    pub incarnation: i64,
    /// Where each log stood when the backup was made.
    pub heads: Vec<Head>,
    /// The operations that were under way; each waits for a person.
    pub operations: Vec<OperationId>,
}

/// Restores a backup into an empty folder, or one that is not there. Nothing is written unless the backup is whole.
pub async fn restore(backup: &Path, data: &Path) -> Result<Restored> {
    if data.is_dir() && std::fs::read_dir(data)?.next().is_some() {
        return Err(Error::invalid(data.display().to_string(), "an empty folder", "files"));
    }
    let (from, into) = (backup.to_owned(), data.to_owned());
    let (manifest, digest) = tokio::task::spawn_blocking(move || copied(&from, &into))
        .await
        .map_err(Error::internal)??;
    let database = data.join(UNSETTLED);
    let store = Store::open(&url(&database)).await?;
    let restored = settle(&store, manifest, &digest).await;
    store.close().await;
    let restored = restored?;
    std::fs::rename(&database, data.join(DATABASE))?;
    folder::sync(data)?;
    Ok(restored)
}

/// Checks the backup and copies it.
fn copied(backup: &Path, data: &Path) -> Result<(Manifest, String)> {
    let (manifest, digest) = Manifest::checked(backup)?;
    folder::make_private(data)?;
    let tree = Tree { from: backup, into: data };
    for entry in &manifest.entries {
        if tree.copy_file(Path::new(&entry.path))?.as_ref() != Some(entry) {
            return Err(Error::invalid(&entry.path, "the file that was just checked", "another"));
        }
    }
    std::fs::rename(data.join(DATABASE), data.join(UNSETTLED))?;
    Ok((manifest, digest))
}

/// Checks the logs and starts the new incarnation.
async fn settle(store: &Store, manifest: Manifest, digest: &str) -> Result<Restored> {
    check_logs(store, &manifest.heads).await?;
    let row = store.server(ClockKind::Real, 0).await?;
    let clock = BusinessClock::new(&row);
    let stamp = || Stamp { at: clock.now(), actor: "golive".into(), key: None };
    let incarnation = row.incarnation + 1;
    // The machine clock counts far faster than operations are claimed. So this incarnation's epochs lie above those of
    // every other one, even if the same backup is restored twice; targets refuse whoever is left of the others.
    let machine = Timestamp::now().as_microsecond();
    store.raise_epoch(machine.max(incarnation.saturating_mul(EPOCHS))).await?;
    store.remove_sessions(None).await?;
    store.revoke_token(None).await?;
    store.set_meta("incarnation", &incarnation.to_string()).await?;
    let open = store.session().await?.open_operations().await?;
    let mut operations = Vec::new();
    for row in open.into_iter().filter(|row| row.phase == Phase::Open) {
        operations.push(row.id);
        hold(store, row, stamp()).await?;
    }
    let mut write = store.write(SERVER, stamp()).await?;
    let payload = json!({
        "event": "restored",
        "incarnation": incarnation,
        "backup_made_at": manifest.made_at,
        "manifest": digest,
        "heads": manifest.heads,
        "operations": operations,
    });
    write.tell(SERVER, &Told::plain("server.restored", payload)).await?;
    write.commit().await?;
    Ok(Restored { incarnation, heads: manifest.heads, operations })
}

/// Every log must lead to the head that the manifest names.
async fn check_logs(store: &Store, kept: &[Head]) -> Result<()> {
    let mut session = store.session().await?;
    let mut faults = Vec::new();
    if session.heads().await? != kept {
        faults.push("the heads of the logs are not those of the manifest".to_owned());
    }
    for head in kept {
        faults.extend(session.verify_log(&head.log).await?.err().map(|fault| fault.to_string()));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::BadFile { file: DATABASE.to_owned(), faults })
    }
}

/// An operation that was under way waits for a person: nobody knows how far the other server came with it.
async fn hold(store: &Store, operation: OperationRow, stamp: Stamp) -> Result<()> {
    let mut write = store.write(&operation.project, stamp).await?;
    let log = write.records(operation.id).await?;
    let step = log.iter().rev().find_map(|(_, record)| match record {
        Record::Started { step, .. } | Record::UndoStarted { step, .. } => Some(*step),
        Record::Done { step, .. } => Some(step + 1),
        Record::Retrying { .. }
        | Record::Waiting { .. }
        | Record::Refused { .. }
        | Record::AttentionNeeded { .. }
        | Record::Chosen { .. }
        | Record::CancelAsked { .. }
        | Record::Undone { .. }
        | Record::UndoRetrying { .. }
        | Record::UndoFailed { .. } => None,
    });
    let diagnosis = "golive was restored from a backup. What the operation did after the backup was made is not known: \
                     look at the environment before you choose.";
    let record =
        Record::AttentionNeeded { step: step.unwrap_or(0), diagnosis: diagnosis.to_owned() };
    let claim = Claim { epoch: operation.epoch, operation };
    write.record(&claim, log.len(), &record).await?;
    write.settle(&claim, Phase::Attention, None).await?;
    write.commit().await?;
    Ok(())
}
