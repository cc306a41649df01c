//! Load tests: the end-of-test summary of k6 (JSON), and the sample logs of JMeter (JTL as CSV or XML).
//!
//! A CSV log is streamed: only the elapsed times are kept, four bytes each.

mod jtl;
mod k6;
mod targets;

pub use targets::targets;

use crate::source::{Invalid, Place};
use golive_core::load_test::Report;
use sha2::{Digest, Sha256};
use std::io::{Cursor, Read};

/// Bytes of a summary.
const MOST_SUMMARY: u64 = 16 << 20;
/// Bytes of a log in XML, which is read as a whole.
const MOST_XML: usize = 256 << 20;
/// Bytes of a log in CSV.
const MOST_CSV: u64 = 16 << 30;

/// Bytes of a line.
const MOST_LINE: usize = 1 << 20;

/// Reads a load test; the format is seen by its first character.
pub fn read(file: &str, mut reader: impl Read) -> Result<Report, Vec<Invalid>> {
    let one = |error: Invalid| vec![error];
    let broken = |error: std::io::Error| {
        one(Invalid::new(file, Place::File, "a readable file", error.to_string()))
    };
    let mut start = Vec::new();
    (&mut reader).take(512).read_to_end(&mut start).map_err(broken)?;
    let first = start
        .iter()
        .copied()
        .find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf));
    let mut whole = Hashed { inner: Cursor::new(start).chain(reader), hash: Sha256::new() };
    let mut report = match first {
        Some(b'{') => {
            let bytes = all(&mut whole, MOST_SUMMARY).map_err(broken)?;
            k6::read(file, &bytes, usize::try_from(MOST_SUMMARY).unwrap_or(usize::MAX))
                .map_err(one)?
        }
        Some(b'<') => {
            let bytes = all(&mut whole, MOST_XML as u64).map_err(broken)?;
            jtl::xml(file, &bytes, MOST_XML).map_err(one)?
        }
        Some(_) => jtl::csv(file, Lines { inner: (&mut whole).take(MOST_CSV), length: 0 })?,
        None => {
            let expected = "a summary of k6 or a log of JMeter";
            return Err(one(Invalid::new(file, Place::File, expected, "an empty file")));
        }
    };
    // Whatever is left unread belongs to the digest as well.
    std::io::copy(&mut whole, &mut std::io::sink()).map_err(broken)?;
    report.digest = format!("sha256:{}", hex::encode(whole.hash.finalize()));
    Ok(report)
}

/// One byte more than allowed, so that the reader of the format sees that it is too large.
fn all(reader: &mut impl Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A reader that hashes what goes through it.
struct Hashed<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(into)?;
        self.hash.update(&into[..read]);
        Ok(read)
    }
}

/// A reader that gives up where a line does not end: a row is kept in memory as a whole.
struct Lines<R> {
    inner: R,
    length: usize,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(into)?;
        let last = into[..read].iter().rposition(|byte| *byte == b'\n');
        self.length = last.map_or(self.length + read, |at| read - at);
        if self.length > MOST_LINE {
            return Err(std::io::Error::other(format!("a line of more than {MOST_LINE} bytes")));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
