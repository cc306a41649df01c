//! Archives that do no harm: safe names, few entries, bounded sizes, a bounded ratio, nothing that lies about itself.
//!
//! [`Archive::open`] judges names and the sizes that the directory declares. [`Archive::read`] and [`Archive::verify`]
//! count what really comes out, because a directory can lie. Entries are streamed; nothing is unpacked to disk here.

use crate::source::{Invalid, MOST_ERRORS, Place, shorten};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};
use zip::ZipArchive;

/// How much an archive may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Entries, folders included.
    pub entries: usize,
    /// Bytes of all entries together, unpacked.
    pub total: u64,
    /// Bytes of one entry, unpacked.
    pub entry: u64,
    /// Unpacked over packed, for entries above [`SMALL`].
    pub ratio: u64,
}

/// The ratio of an entry that unpacks to no more than this does not matter.
pub const SMALL: u64 = 1 << 20;

impl Limits {
    /// For deployable packages.
    pub const PACKAGE: Self = Self { entries: 50_000, total: 16 << 30, entry: 8 << 30, ratio: 200 };
    /// For workbooks.
    pub const WORKBOOK: Self =
        Self { entries: 2_000, total: 256 << 20, entry: 128 << 20, ratio: 300 };
}

/// An archive whose directory is in order.
pub struct Archive<R> {
    file: String,
    zip: ZipArchive<R>,
    limits: Limits,
    names: BTreeMap<String, usize>,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive and judges its directory: every entry that is wrong is named.
    pub fn open(file: &str, reader: R, limits: Limits) -> Result<Self, Vec<Invalid>> {
        let whole =
            |expected: &str, found: String| vec![Invalid::new(file, Place::File, expected, found)];
        let zip =
            ZipArchive::new(reader).map_err(|error| whole("a zip archive", error.to_string()))?;
        if zip.len() > limits.entries {
            return Err(whole(
                &format!("at most {} entries", limits.entries),
                format!("{} entries", zip.len()),
            ));
        }
        let mut archive = Self { file: file.to_owned(), zip, limits, names: BTreeMap::new() };
        let errors = archive.judge();
        if errors.is_empty() { Ok(archive) } else { Err(errors) }
    }

    /// The names of all files, without folders; parts are separated by `/` whatever the archive has.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str).filter(|name| !name.ends_with('/'))
    }

    /// The archive's name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// How large the directory says that an entry is; endless when there is none.
    pub fn size(&mut self, name: &str) -> u64 {
        let index = self.names.get(name).copied();
        let entry = index.and_then(|index| self.zip.by_index_raw(index).ok());
        entry.map_or(u64::MAX, |entry| entry.size())
    }

    /// Whether there is a file with this name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// The bytes of one entry, at most `most` of them. The caller names only entries that are there.
    pub fn read(&mut self, name: &str, most: u64) -> Result<Vec<u8>, Invalid> {
        let mut bytes = Vec::new();
        self.stream(name, most, |reader| reader.read_to_end(&mut bytes).map(|_| ()))?;
        Ok(bytes)
    }

    /// Hands one entry to `take` as a stream that ends with an error where it grows beyond `most` or the limits.
    pub fn stream(
        &mut self,
        name: &str,
        most: u64,
        take: impl FnOnce(&mut dyn Read) -> std::io::Result<()>,
    ) -> Result<(), Invalid> {
        let (file, ratio) = (self.file.clone(), self.limits.ratio);
        let wrong = |expected: String, found: String| {
            let entry = shorten(name, 120);
            Invalid::new(&file, Place::Entry { entry }, expected, found)
        };
        let missing =
            |error: zip::result::ZipError| wrong("a readable entry".into(), error.to_string());
        let index = *self
            .names
            .get(name)
            .ok_or_else(|| wrong("an entry of this name".into(), "none".into()))?;
        let entry = self.zip.by_index(index).map_err(missing)?;
        let (packed, most) = (entry.compressed_size(), most.min(self.limits.entry));
        let mut counted = Counted { inner: entry, read: 0, most, packed, ratio, over: None };
        let outcome = take(&mut counted);
        match (outcome, counted.over) {
            (_, Some(Over::Size)) => {
                Err(wrong(format!("at most {most} bytes"), "more, when unpacked".into()))
            }
            (_, Some(Over::Ratio)) => {
                let found = format!("{} bytes or more from {packed}", counted.read);
                Err(wrong(format!("at most {ratio} times its packed size"), found))
            }
            (Err(error), None) => Err(wrong("an undamaged entry".into(), error.to_string())),
            (Ok(()), None) => Ok(()),
        }
    }

    /// Unpacks every entry into nothing: sizes, ratio and check sums are as the directory says.
    pub fn verify(&mut self) -> Result<(), Vec<Invalid>> {
        let mut errors = Vec::new();
        let mut total = 0;
        for name in self.names.clone().into_keys() {
            let left = self.limits.total - total;
            let verified = self.stream(&name, left, |reader| {
                total += std::io::copy(reader, &mut std::io::sink())?;
                Ok(())
            });
            errors.extend(verified.err());
            if errors.len() >= MOST_ERRORS {
                break;
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn judge(&mut self) -> Vec<Invalid> {
        let mut errors = Vec::new();
        let mut seen = BTreeSet::new();
        let mut total: u64 = 0;
        for index in 0..self.zip.len() {
            let mut wrong = |name: &str, reasons: Vec<Reason>| {
                let place = || Place::Entry { entry: shorten(name, 120) };
                let all = reasons.into_iter();
                errors.extend(
                    all.map(|(expected, found)| Invalid::new(&self.file, place(), expected, found)),
                );
            };
            let number = format!("number {}", index + 1);
            let entry = match self.zip.by_index_raw(index) {
                Ok(entry) => entry,
                Err(error) => {
                    wrong(&number, vec![("a readable entry".into(), error.to_string())]);
                    continue;
                }
            };
            let Ok(raw) = std::str::from_utf8(entry.name_raw()) else {
                wrong(&number, vec![("a name in UTF-8".into(), "other bytes".into())]);
                continue;
            };
            // Old tools on Windows write their own separator.
            let name = &raw.replace('\\', "/");
            total = total.saturating_add(entry.size());
            wrong(name, reasons(&entry, name, self.limits));
            // Letters that only differ in case meet on some file systems.
            if !seen.insert(name.trim_end_matches('/').to_lowercase()) {
                wrong(name, vec![("each name once".into(), "it is there again".into())]);
            }
            self.names.insert(name.clone(), index);
            if errors.len() >= MOST_ERRORS {
                break;
            }
        }
        if self.zip.has_duplicate_names() && errors.is_empty() {
            let found = "a name that is there twice";
            errors.push(Invalid::new(&self.file, Place::File, "each name once", found));
        }
        if total > self.limits.total {
            let expected = format!("at most {} bytes unpacked", self.limits.total);
            errors.push(Invalid::new(&self.file, Place::File, expected, format!("{total} bytes")));
        }
        errors
    }
}

/// What would have been right, and what stands there.
type Reason = (String, String);

/// Everything that speaks against one entry.
fn reasons<R: Read>(entry: &zip::read::ZipFile<'_, R>, name: &str, limits: Limits) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    if let Some(why) = unsafe_name(name) {
        reasons.push(("a name inside the archive".into(), why.into()));
    }
    if entry.is_symlink() {
        reasons.push(("a file or folder".into(), "a symbolic link".into()));
    }
    if entry.encrypted() {
        reasons.push(("an entry that is not encrypted".into(), "an encrypted one".into()));
    }
    let (size, packed) = (entry.size(), entry.compressed_size());
    if size > limits.entry {
        reasons.push((format!("at most {} bytes", limits.entry), format!("{size} bytes")));
    } else if is_bomb(size, packed, limits.ratio) {
        let expected = format!("at most {} times its packed size", limits.ratio);
        reasons.push((expected, format!("{size} bytes from {packed}")));
    }
    reasons
}

fn is_bomb(size: u64, packed: u64, ratio: u64) -> bool {
    size > SMALL && size / packed.max(1) > ratio
}

/// Why a name could lead out of the folder that the archive is unpacked into.
fn unsafe_name(name: &str) -> Option<&'static str> {
    if name.is_empty() || name.len() > 1000 {
        return Some("an empty or endless name");
    }
    if name.starts_with('/') {
        return Some("an absolute name");
    }
    if name.contains(':') {
        return Some("a colon, as in a drive's name");
    }
    if name.chars().any(char::is_control) {
        return Some("a control character");
    }
    let mut parts = name.trim_end_matches('/').split('/');
    parts.any(|part| matches!(part, "" | "." | "..")).then_some("a part that is empty, `.` or `..`")
}

/// Why reading was given up.
#[derive(Debug, Clone, Copy)]
enum Over {
    Size,
    Ratio,
}

/// A reader that counts and gives up.
struct Counted<R> {
    inner: R,
    read: u64,
    most: u64,
    packed: u64,
    ratio: u64,
    over: Option<Over>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(into)?;
        self.read += read as u64;
        if self.read > self.most {
            self.over = Some(Over::Size);
        } else if is_bomb(self.read, self.packed, self.ratio) {
            self.over = Some(Over::Ratio);
        }
        match self.over {
            Some(_) => Err(std::io::Error::other("over the limit")),
            None => Ok(read),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
