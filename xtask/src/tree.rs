//! The files of the repository, read once.

use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};

/// A file, with its path from the root.
pub struct File {
    /// `crates/core/src/lib.rs`.
    pub path: String,
    /// What is in it; nothing when it is not text.
    pub text: String,
}

impl File {
    /// Whether its name ends in a dot and this.
    pub fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }
}

/// All files that belong to the repository: everything but what is built, hidden or ignored.
pub fn files(root: &Path) -> Result<Vec<File>> {
    let mut found = Vec::new();
    walk(root, root, &mut found)?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<File>) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kept_hidden = matches!(name.as_str(), ".ci" | ".cargo" | ".config" | ".gitignore");
        if name == "target" || (name.starts_with('.') && !kept_hidden) {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, found)?;
        } else {
            // A picture has no text, but links lead to it.
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            found.push(File { path: from_root(root, &path), text });
        }
    }
    Ok(())
}

fn from_root(root: &Path, path: &Path) -> String {
    let below: PathBuf = path.strip_prefix(root).unwrap_or(path).to_owned();
    below.to_string_lossy().into_owned()
}
