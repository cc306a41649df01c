//! Copying folders file by file, each with its digest, durable and private.

use super::Entry;
use crate::{Error, Result};
use sha2::{Digest as _, Sha256};
use std::fs::{File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// How much is read at once.
const CHUNK: usize = 1 << 20;

/// Where to copy from, and into which folder.
pub(super) struct Tree<'a> {
    pub from: &'a Path,
    pub into: &'a Path,
}

impl Tree<'_> {
    /// Copies a folder with everything below it. What vanishes meanwhile was never named by anything: an upload under way.
    pub fn copy(&self, folder: &Path) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(folder) = open.pop() {
            let found = match std::fs::read_dir(self.from.join(&folder)) {
                Ok(found) => found,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            };
            make_private(&self.into.join(&folder))?;
            for one in found {
                let one = one?;
                let path = folder.join(one.file_name());
                let kind = one.file_type()?;
                if kind.is_dir() {
                    open.push(path);
                } else if kind.is_file() && !is_incoming(&path) {
                    entries.extend(self.copy_file(&path)?);
                }
            }
            sync(&self.into.join(&folder))?;
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    /// Copies one file; nothing if it is not there.
    pub fn copy_file(&self, path: &Path) -> Result<Option<Entry>> {
        let mut from = match File::open(self.from.join(path)) {
            Ok(from) => from,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let target = self.into.join(path);
        if let Some(parent) = target.parent() {
            make_private(parent)?;
        }
        let mut into = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&target)?;
        let (digest, bytes) = read(&mut from, |chunk| into.write_all(chunk))?;
        into.sync_all()?;
        Ok(Some(Entry { path: text(path)?, bytes, digest }))
    }
}

/// The entry of a file that is there.
pub(super) fn entry(folder: &Path, path: &Path) -> Result<Entry> {
    let mut file = File::open(folder.join(path))
        .map_err(|error| Error::invalid(path.display().to_string(), "a file", error.to_string()))?;
    let (digest, bytes) = read(&mut file, |_| Ok(()))?;
    Ok(Entry { path: text(path)?, bytes, digest })
}

/// Reads to the end, and hands every chunk on.
fn read(
    file: &mut File,
    mut each: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> Result<(String, u64)> {
    let (mut hash, mut bytes, mut chunk) = (Sha256::new(), 0_u64, vec![0; CHUNK]);
    loop {
        let length = file.read(&mut chunk)?;
        if length == 0 {
            return Ok((format!("sha256:{}", hex::encode(hash.finalize())), bytes));
        }
        hash.update(&chunk[..length]);
        each(&chunk[..length])?;
        bytes += length as u64;
    }
}

/// Files under way have names of their own until they are whole.
fn is_incoming(path: &Path) -> bool {
    path.starts_with("files")
        && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("incoming-"))
}

fn text(path: &Path) -> Result<String> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| Error::invalid("path", "a name in UTF-8", path.display().to_string()))
}

/// Makes a folder, and those above it, that only golive's user can read.
pub(super) fn make_private(folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        std::fs::create_dir_all(folder)?;
        std::fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Makes a file that others wrote durable and private.
pub(super) fn only_ours(path: &PathBuf) -> Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(0o600))?;
    sync(path)
}

/// Makes a folder's names, or a file, durable.
pub(super) fn sync(path: &Path) -> Result<()> {
    Ok(File::open(path)?.sync_all()?)
}
