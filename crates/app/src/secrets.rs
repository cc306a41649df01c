//! Secrets of the server: files that only golive's user can read. They are named, never shown, never logged.

use crate::{App, Error, Result};
use golive_core::id::EnvironmentId;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

/// A random text of 160 bits, in hexadecimal.
pub fn random() -> String {
    hex::encode(rand::random::<[u8; 20]>())
}

/// The digest under which a random secret is kept. Random secrets need no slow hash.
pub fn digest(secret: &str) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(secret.as_bytes()))
}

impl App {
    /// The password of an environment's administrator; made on first use and the same ever after.
    pub fn administrator_password(&self, environment: EnvironmentId) -> Result<String> {
        self.secret(&format!("{environment}.administrator"), random)
    }

    /// A named secret; made on first use and the same ever after.
    pub fn secret(&self, name: &str, make: impl FnOnce() -> String) -> Result<String> {
        let folder = self.folders.data.join("secrets");
        let path = folder.join(name);
        if let Some(found) = read(&path)? {
            return Ok(found);
        }
        std::fs::create_dir_all(&folder)?;
        let fresh = folder.join(format!("{name}.{}", random()));
        let mut file =
            std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&fresh)?;
        file.write_all(make().as_bytes())?;
        file.sync_all()?;
        // A link fails if another process was first; then its secret holds.
        let linked = std::fs::hard_link(&fresh, &path);
        std::fs::remove_file(&fresh)?;
        std::fs::File::open(&folder)?.sync_all()?;
        match (linked, read(&path)?) {
            (_, Some(secret)) => Ok(secret),
            (Err(error), None) => Err(error.into()),
            (Ok(()), None) => Err(Error::NotNow("a secret was removed while it was made".into())),
        }
    }
}

fn read(path: &PathBuf) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(secret) => Ok(Some(secret)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
