//! The manifest of a backup: what belongs to it, with digests, and where the logs stood.

use super::folder;
use crate::{Error, Result};
use golive_core::chain::Head;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::io::Read as _;
use std::path::{Component, Path};

/// What the first field says.
pub(super) const SCHEMA: &str = "golive.backup/1";

/// Its name.
const FILE: &str = "manifest.json";

/// The largest manifest that is read.
const MOST_BYTES: u64 = 256 << 20;

/// The manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always `golive.backup/1`.
    pub schema: String,
    /// When it was made, by the machine clock.
    pub made_at: Timestamp,
    /// The golive that made it.
    pub version: String,
    /// `real` or `simulated`.
    pub clock: String,
    /// The server's incarnation.
    pub incarnation: i64,
    /// Where each log stood.
    pub heads: Vec<Head>,
    /// Every file.
    pub entries: Vec<Entry>,
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its path within the backup.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// `sha256:` and the hexadecimal digest.
    pub digest: String,
}

impl Manifest {
    /// Writes it durably; returns its digest.
    pub(super) fn write(&self, into: &Path) -> Result<String> {
        let text = serde_json::to_string_pretty(self).expect("a manifest has text keys only");
        let path = into.join(FILE);
        std::fs::write(&path, &text)?;
        folder::only_ours(&path)?;
        folder::sync(into)?;
        Ok(digest(text.as_bytes()))
    }

    /// Reads the manifest of a backup and checks every file that it names; returns its digest too. Nothing is written.
    pub(super) fn checked(backup: &Path) -> Result<(Self, String)> {
        let path = backup.join(FILE);
        let named = path.display().to_string();
        let mut bytes = Vec::new();
        let opened = std::fs::File::open(&path).map_err(|error| {
            Error::invalid(&named, "the manifest of a backup", error.to_string())
        })?;
        opened.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(Error::TooLarge { what: named, limit: format!("{MOST_BYTES} bytes") });
        }
        let manifest: Self = serde_json::from_slice(&bytes)
            .map_err(|error| Error::invalid(&named, "a manifest", error.to_string()))?;
        let faults = manifest.faults(backup);
        if faults.is_empty() {
            Ok((manifest, digest(&bytes)))
        } else {
            Err(Error::BadFile { file: named, faults })
        }
    }

    fn faults(&self, backup: &Path) -> Vec<String> {
        let mut faults = Vec::new();
        if self.schema != SCHEMA {
            faults.push(format!("schema: expected {SCHEMA}; found {}", self.schema));
        }
        if !self.entries.iter().any(|entry| entry.path == super::DATABASE) {
            faults.push(format!("entries: expected {}; found none", super::DATABASE));
        }
        for entry in &self.entries {
            faults.extend(fault(backup, entry));
        }
        faults
    }
}

/// What is wrong with one file.
fn fault(backup: &Path, entry: &Entry) -> Option<String> {
    if !is_inside(&entry.path) {
        return Some(format!("{}: expected a path within the backup", entry.path));
    }
    match folder::entry(backup, Path::new(&entry.path)) {
        Ok(found) if found == *entry => None,
        Ok(found) => Some(format!(
            "{}: expected {} bytes with {}; found {} bytes with {}",
            entry.path, entry.bytes, entry.digest, found.bytes, found.digest
        )),
        Err(error) => Some(format!("{}: expected a file; found {error}", entry.path)),
    }
}

/// The database, or something below one of the folders; never above or beside them.
fn is_inside(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    let first = parts.next();
    let plain = |part: Component| matches!(part, Component::Normal(_));
    let is_first = |name: &str| first == Some(Component::Normal(name.as_ref()));
    if is_first(super::DATABASE) {
        return parts.next().is_none();
    }
    super::FOLDERS.into_iter().any(is_first) && parts.all(plain)
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::is_inside;

    #[test]
    fn a_manifest_names_nothing_outside_its_folders() {
        for path in ["golive.db", "files/ab", "operations/op_1/log"] {
            assert!(is_inside(path), "{path}");
        }
        for path in ["/etc/passwd", "files/../../x", "other/x", "golive.db/x", ""] {
            assert!(!is_inside(path), "{path}");
        }
    }
}
