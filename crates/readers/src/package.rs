//! Deployable packages: golive's own zip, the deployable package of Dynamics 365, and its unified package.
//!
//! The archive is judged first (names, sizes, ratio, check sums), then its description. Large entries are streamed.

mod dynamics;
mod golive;
mod unified;

use crate::limits::{Archive, Limits};
use crate::source::{Invalid, MOST_ERRORS, Place, shorten};
use golive_core::package::{Dependency, Package};
use golive_core::version_set::Version;
use sha2::{Digest, Sha256};
use std::io::{Cursor, Read, Seek, SeekFrom};

/// Bytes of a description: `package.toml`, a manifest, a list of modules.
const MOST_TEXT: u64 = 4 << 20;
/// Bytes of a package inside the package that is read as a whole; a larger one is only streamed.
const MOST_NESTED: u64 = 64 << 20;

/// Reads a package of any known format.
pub fn read<R: Read + Seek>(file: &str, mut reader: R) -> Result<Package, Vec<Invalid>> {
    let broken = |error: std::io::Error| {
        vec![Invalid::new(file, Place::File, "a readable file", error.to_string())]
    };
    let (digest, size) = digest(&mut reader).map_err(broken)?;
    let mut archive = Archive::open(file, reader, Limits::PACKAGE)?;
    archive.verify()?;
    let stamp = Stamp { digest, size };
    if archive.has(golive::MARKER) {
        golive::read(file, &mut archive, stamp)
    } else if archive.has(dynamics::MARKER) {
        dynamics::read(file, &mut archive, stamp)
    } else if archive.has(unified::MARKER) {
        unified::read(file, &mut archive, stamp)
    } else {
        let expected = format!("{}, {} or {}", golive::MARKER, dynamics::MARKER, unified::MARKER);
        let names: Vec<&str> = archive.names().take(5).collect();
        let found = if names.is_empty() { "an empty archive".to_owned() } else { names.join(", ") };
        Err(vec![Invalid::new(file, Place::File, expected, found)])
    }
}

/// What is known of the file as a whole.
struct Stamp {
    digest: String,
    size: u64,
}

/// Digest and size of the whole file, read in pieces.
fn digest<R: Read + Seek>(reader: &mut R) -> std::io::Result<(String, u64)> {
    reader.seek(SeekFrom::Start(0))?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 64 << 10]);
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            reader.seek(SeekFrom::Start(0))?;
            return Ok((format!("sha256:{}", hex::encode(hash.finalize())), size));
        }
        hash.update(&buffer[..read]);
        size += read as u64;
    }
}

/// Errors of a package, each at its entry.
struct Errors<'f> {
    file: &'f str,
    all: Vec<Invalid>,
}

impl<'f> Errors<'f> {
    fn new(file: &'f str) -> Self {
        Self { file, all: Vec::new() }
    }

    fn at(&mut self, entry: &str, expected: impl Into<String>, found: impl Into<String>) {
        if self.all.len() < MOST_ERRORS {
            let place = Place::Entry { entry: shorten(entry, 120) };
            self.all.push(Invalid::new(self.file, place, expected, found));
        }
    }

    fn version(&mut self, entry: &str, text: &str) -> Option<Version> {
        text.trim().parse().map_err(|_| self.at(entry, "a version such as 10.4.2", text)).ok()
    }
}

/// `party` or `party >= 1.1`.
fn dependency(text: &str) -> Option<Dependency> {
    let is_name = |name: &str| {
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        (1..=120).contains(&name.len()) && name.chars().all(fits)
    };
    let (name, at_least) = match text.split_once(">=") {
        None => (text.trim(), None),
        Some((name, version)) => (name.trim(), Some(version.trim().parse().ok()?)),
    };
    is_name(name).then(|| Dependency { module: name.to_owned(), at_least })
}

/// The first file inside a nested archive whose name ends so.
///
/// A small archive is read as a whole; a large one is streamed from its first entry on, which needs no memory.
fn nested<R: Read + Seek>(
    archive: &mut Archive<R>,
    entry: &str,
    ending: &str,
) -> Result<Option<Vec<u8>>, Vec<Invalid>> {
    let file = format!("{}/{entry}", archive.file());
    if archive.size(entry) <= MOST_NESTED {
        let bytes = archive.read(entry, MOST_NESTED).map_err(|error| vec![error])?;
        let mut inner = Archive::open(&file, Cursor::new(bytes), Limits::PACKAGE)?;
        let Some(name) = inner.names().find(|name| name.ends_with(ending)).map(str::to_owned)
        else {
            return Ok(None);
        };
        return inner.read(&name, MOST_TEXT).map(Some).map_err(|error| vec![error]);
    }
    let mut found = None;
    let streamed = archive.stream(entry, Limits::PACKAGE.entry, |mut reader| {
        while let Some(mut inner) = zip::read::read_zipfile_from_stream(&mut reader)? {
            let is_it = inner.name().is_ok_and(|name| name.ends_with(ending));
            if is_it {
                let mut bytes = Vec::new();
                (&mut inner).take(MOST_TEXT).read_to_end(&mut bytes)?;
                found = Some(bytes);
                break;
            }
            std::io::copy(&mut inner, &mut std::io::sink())?;
        }
        Ok(())
    });
    streamed.map_err(|error| vec![error])?;
    Ok(found)
}

#[cfg(test)]
mod tests;
