//! A package's files into a release folder: only `package.toml` and what lies below `modules/`, with limits on all of it.

use super::durable::at;
use golive_app::ports::driver::DriverError;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use zip::ZipArchive;

const MOST_ENTRIES: usize = 20_000;
const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Unpacks a package. The package was read and judged before; this is the second line of defence.
pub(crate) fn package(package: &Path, folder: &Path, modules: &str) -> Result<(), DriverError> {
    let refused = |text: String| DriverError::Refused(format!("{}: {text}", package.display()));
    let file = at(package, File::open(package))?;
    let mut zip =
        ZipArchive::new(file).map_err(|error| refused(format!("not a zip file: {error}")))?;
    if zip.len() > MOST_ENTRIES {
        return Err(refused(format!(
            "expected at most {MOST_ENTRIES} entries; found {}",
            zip.len()
        )));
    }
    let mut left = MOST_BYTES;
    for index in 0..zip.len() {
        let mut entry =
            zip.by_index(index).map_err(|error| refused(format!("entry {index}: {error}")))?;
        if entry.is_dir() {
            continue;
        }
        let name =
            entry.name().map_err(|error| refused(format!("entry {index}: {error}")))?.into_owned();
        let to = target(&name, modules)
            .filter(|_| entry.is_file())
            .ok_or_else(|| refused(format!("entry `{name}` has no place in a release")))?;
        left = write(&mut entry, &folder.join(to), left)?.ok_or_else(|| {
            refused(format!("entry `{name}`: more than {MOST_BYTES} bytes in all"))
        })?;
    }
    Ok(())
}

/// Where an entry goes; nothing if its name is not one we know.
fn target(name: &str, modules: &str) -> Option<PathBuf> {
    if name == "package.toml" {
        return Some(PathBuf::from(name));
    }
    let inside = name.strip_prefix("modules/")?;
    let plain = inside
        .split('/')
        .all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0']));
    plain.then(|| Path::new(modules).join(inside))
}

/// Writes one entry; answers what is left of the limit, nothing if it was not enough.
fn write(
    entry: &mut impl std::io::Read,
    path: &Path,
    left: u64,
) -> Result<Option<u64>, DriverError> {
    if let Some(parent) = path.parent() {
        at(parent, fs::create_dir_all(parent))?;
    }
    let mut file = at(path, File::create_new(path))?;
    let written = at(path, std::io::copy(&mut entry.take(left.saturating_add(1)), &mut file))?;
    Ok(left.checked_sub(written))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_description_and_modules_have_a_place() {
        assert_eq!(target("modules/a/x.sql", "mods"), Some(PathBuf::from("mods/a/x.sql")));
        assert_eq!(target("package.toml", "mods"), Some(PathBuf::from("package.toml")));
        for name in [
            "bin/golive",
            "modules/../x",
            "/etc/passwd",
            "modules//x",
            "modules/a\\..\\b",
            "modules/",
        ] {
            assert_eq!(target(name, "mods"), None, "{name}");
        }
    }

    #[test]
    fn more_bytes_than_allowed_are_not_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut zeros = std::io::repeat(0);
        assert_eq!(write(&mut zeros, &folder.path().join("a"), 10), Ok(None));
        assert_eq!(fs::metadata(folder.path().join("a")).expect("written").len(), 11);
        assert_eq!(write(&mut &b"1234"[..], &folder.path().join("b"), 10), Ok(Some(6)));
    }
}
