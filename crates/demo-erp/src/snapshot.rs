//! The command `snapshot`: a consistent copy of the database while it is in use, with the source's digests read in
//! exactly the state that was copied.

use crate::args::Args;
use crate::database::{self, Access};
use crate::digest::{self, How};
use crate::failure::Failure;
use crate::say;
use serde_json::{Value, json};
use std::path::Path;

/// Copies the file. Writers wait while the file is written; readers do not, and the digests are read afterwards from a
/// read transaction that was opened while writers were waiting.
pub async fn run(args: &Args) -> Result<Value, Failure> {
    let source = args.path("database")?;
    let into = args.path("into")?;
    let target = into.to_str().ok_or_else(|| Failure::usage("--into must be UTF-8"))?;
    remove_rest(&into)?;
    let mut gate = database::open(&source, Access::Write).await?;
    let mut snapshot = database::open(&source, Access::Read).await?;
    let mut copier = database::open(&source, Access::Write).await?;
    database::execute(&mut gate, "BEGIN IMMEDIATE").await?;
    database::execute(&mut snapshot, "BEGIN").await?;
    database::number(&mut snapshot, "SELECT count(*) FROM sqlite_schema").await?;
    let written =
        database::execute(&mut copier, &format!("VACUUM INTO '{}'", target.replace('\'', "''")))
            .await;
    database::execute(&mut gate, "ROLLBACK").await?;
    written?;
    database::close(gate).await?;
    database::close(copier).await?;
    let source = digest::of(&mut snapshot, &How::default()).await?;
    database::execute(&mut snapshot, "COMMIT").await?;
    database::close(snapshot).await?;
    std::fs::File::open(&into)?.sync_all()?;
    let bytes = std::fs::metadata(&into)?.len();
    say(format!("{bytes} bytes copied"));
    Ok(json!({ "into": target, "bytes": bytes, "source": source }))
}

/// An earlier run may have been ended half-way: what it wrote is worth nothing.
fn remove_rest(into: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(into) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}
