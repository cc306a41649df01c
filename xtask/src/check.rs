//! What the compiler does not check: the floors, where SQL may stand, sizes, headers, names, dependencies.

mod dependencies;
mod documents;
mod floors;
mod sources;

use crate::tree::{self, File};
use anyhow::Result;

/// Something that is not as it should be.
pub struct Fault {
    /// The file, with the line if there is one.
    pub at: String,
    /// What is wrong.
    pub what: String,
}

impl Fault {
    fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: at.into(), what: what.into() }
    }
}

/// Runs all checks; true when there is nothing to say.
pub fn run() -> Result<bool> {
    let root = crate::root()?;
    let files = tree::files(&root)?;
    let faults = all(&files)?;
    for Fault { at, what } in &faults {
        eprintln!("{at}: {what}");
    }
    eprintln!("xtask check: {} files, {} faults", files.len(), faults.len());
    Ok(faults.is_empty())
}

fn all(files: &[File]) -> Result<Vec<Fault>> {
    let mut faults = floors::check(files)?;
    faults.extend(sources::check(files));
    faults.extend(documents::check(files));
    faults.extend(dependencies::check(files)?);
    Ok(faults)
}

/// The text of one file; empty if it is not there.
fn text<'f>(files: &'f [File], path: &str) -> &'f str {
    files.iter().find(|file| file.path == path).map_or("", |file| file.text.as_str())
}
