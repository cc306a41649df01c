//! Files that survive a power cut: written beside, synced, renamed, and the folder synced.

use golive_app::ports::driver::DriverError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Names the file in an error of the operating system; such an error may be gone next time.
pub(crate) fn at<T>(path: &Path, result: std::io::Result<T>) -> Result<T, DriverError> {
    result.map_err(|error| DriverError::Retry(format!("{}: {error}", path.display())))
}

/// Writes a file as a whole or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), DriverError> {
    let beside = beside(path);
    at(&beside, write_synced(&beside, bytes))?;
    at(path, fs::rename(&beside, path))?;
    sync_folder(parent(path))
}

/// Writes a value as JSON, as a whole or not at all.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), DriverError> {
    let bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| DriverError::NeedsAttention(format!("{}: {error}", path.display())))?;
    write(path, &bytes)
}

/// Reads a JSON file that may be missing. One that cannot be understood needs a person.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, DriverError> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        other => at(path, other)?,
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| {
        DriverError::NeedsAttention(format!("{} cannot be understood: {error}", path.display()))
    })
}

/// Makes renames, new and removed names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), DriverError> {
    at(folder, File::open(folder).and_then(|file| file.sync_all()))
}

/// Removes a file that may be missing.
pub(crate) fn remove_file(path: &Path) -> Result<(), DriverError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => at(path, Err(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Removes a folder that may be missing.
pub(crate) fn remove_folder(path: &Path) -> Result<(), DriverError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => at(path, Err(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The size of a file, or of everything in a folder; what vanishes meanwhile counts nothing.
pub(crate) fn size(path: &Path) -> u64 {
    let Ok(meta) = fs::symlink_metadata(path) else { return 0 };
    if !meta.is_dir() {
        return meta.len();
    }
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    entries.flatten().map(|entry| size(&entry.path())).sum()
}

/// When a file was last changed, in seconds since 1970.
pub(crate) fn changed(path: &Path) -> i64 {
    let modified = fs::symlink_metadata(path).and_then(|meta| meta.modified());
    let since = modified.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or_default()
}

/// The names in a folder, sorted; none if there is no folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.new"))
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}
