//! Passwords and tokens of the demo's people, in one file that only its owner reads.

use anyhow::{Context as _, Result};
use rand::distr::{Alphanumeric, SampleString as _};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// What is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    admin: String,
    people: String,
    tokens: BTreeMap<String, String>,
}

/// Passwords and tokens.
#[derive(Debug)]
pub struct Secrets {
    file: PathBuf,
    kept: Kept,
}

impl Secrets {
    /// Reads them from this folder, or makes them.
    pub fn open(folder: &Path) -> Result<Self> {
        let file = folder.join("secrets.json");
        if let Ok(text) = std::fs::read_to_string(&file) {
            let kept = serde_json::from_str(&text)
                .with_context(|| format!("cannot read {}", file.display()))?;
            return Ok(Self { file, kept });
        }
        let password = || Alphanumeric.sample_string(&mut rand::rng(), 20);
        let kept = Kept { admin: password(), people: password(), tokens: BTreeMap::new() };
        let secrets = Self { file, kept };
        secrets.write()?;
        Ok(secrets)
    }

    /// The password of a person; the people of the demo share one.
    pub fn password(&self, who: &str) -> &str {
        if who == super::api::ADMIN { &self.kept.admin } else { &self.kept.people }
    }

    /// The token of a person, if there is one.
    pub fn token(&self, who: &str) -> Option<String> {
        self.kept.tokens.get(who).cloned()
    }

    /// Keeps a token.
    pub fn keep(&mut self, who: &str, token: &str) -> Result<()> {
        self.kept.tokens.insert(who.to_owned(), token.to_owned());
        self.write()
    }

    fn write(&self) -> Result<()> {
        write_private(&self.file, &serde_json::to_string_pretty(&self.kept)?)
    }
}

/// Writes a file that only its owner reads.
pub fn write_private(file: &Path, text: &str) -> Result<()> {
    let mut open = std::fs::OpenOptions::new();
    let mut opened = open.create(true).truncate(true).write(true).mode(0o600).open(file)?;
    writeln!(opened, "{text}")?;
    Ok(())
}
