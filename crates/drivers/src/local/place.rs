//! The folder of one environment: what lies where in it, and who may change it.
//!
//! ```text
//! fence            the highest epoch seen; whoever changes anything holds its lock
//! site.json        the port
//! current          -> releases/DIGEST, swapped by rename
//! releases/        one folder per release
//! databases/       manifest.json says which one is current; one folder per database, never renamed
//! process.json     the running service: pid, start time, release, database, port
//! hooks/           one file per running hook: pid, start time, operation, step, epoch
//! logs/            what service and hooks print
//! state/           the application's own files, which stay when releases and databases change
//! ```

use super::durable::{self, at};
use super::process::{self, Role};
use golive_app::ports::driver::{Call, DriverError, Site};
use golive_core::blueprint::Blueprint;
use golive_core::id::OperationId;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a verb waits for another owner who is just now changing something.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// Who asks, without the live log: what blocking sections need of a [`Call`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asker {
    pub operation: OperationId,
    pub step: String,
    pub epoch: i64,
}

impl From<&Call> for Asker {
    fn from(call: &Call) -> Self {
        Self { operation: call.operation, step: call.step.clone(), epoch: call.epoch }
    }
}

/// What stays of an environment while it is stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Address {
    port: u16,
}

/// One environment's folder.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub root: PathBuf,
    pub blueprint: Arc<Blueprint>,
    pub environment: String,
    pub name: String,
}

/// The right to change the place, until it is dropped.
pub(crate) struct Held {
    /// Closing the file gives the lock back.
    _file: File,
}

impl Place {
    pub fn of(site: &Site) -> Self {
        // Processes are told apart by this path, so it must always be the same one for the same folder.
        let root = fs::canonicalize(&site.root).unwrap_or_else(|_| site.root.clone());
        Self {
            root,
            blueprint: site.blueprint.clone(),
            environment: site.environment.to_string(),
            name: site.name.clone(),
        }
    }

    pub fn releases(&self) -> PathBuf {
        self.root.join("releases")
    }

    pub fn databases(&self) -> PathBuf {
        self.root.join("databases")
    }

    pub fn hooks(&self) -> PathBuf {
        self.root.join("hooks")
    }

    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    pub fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// Makes the folders and picks the port; what is there stays.
    pub fn prepare(&self) -> Result<(), DriverError> {
        for folder in [
            self.releases(),
            self.databases(),
            self.hooks(),
            self.logs().join("hooks"),
            self.state(),
        ] {
            at(&folder, fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder))?;
        }
        let fence = self.root.join("fence");
        at(&fence, File::options().create(true).truncate(false).write(true).open(&fence))?;
        durable::sync_folder(&self.root)
    }

    /// Takes the lock, refuses whoever is older than the newest seen, and ends the hooks that an older one left.
    pub fn enter(&self, asker: &Asker) -> Result<Held, DriverError> {
        let path = self.root.join("fence");
        let mut file = File::options().read(true).write(true).open(&path).map_err(|_| {
            DriverError::Refused(format!("{} is not prepared", self.root.display()))
        })?;
        lock(&file, &path)?;
        let mut text = String::new();
        at(&path, file.read_to_string(&mut text))?;
        let seen = epoch(&text, &path)?;
        if asker.epoch < seen {
            return Err(DriverError::Fenced { seen });
        }
        if asker.epoch > seen {
            // First ended, then written: a crash in between ends them again.
            process::end_marked(&self.root, Role::Hook, |marked| marked.epoch < asker.epoch)?;
            at(&path, file.seek(SeekFrom::Start(0)))?;
            at(&path, file.write_all(format!("{:020}\n", asker.epoch).as_bytes()))?;
            at(&path, file.sync_all())?;
        }
        Ok(Held { _file: file })
    }

    /// The port of the environment, if it has one.
    pub fn port(&self) -> Result<Option<u16>, DriverError> {
        let address: Option<Address> = durable::read_json(&self.root.join("site.json"))?;
        Ok(address.map(|address| address.port))
    }

    /// The environment's port if it is free, else another one, which is then kept.
    pub fn free_port(&self, _held: &Held) -> Result<u16, DriverError> {
        if let Some(port) = self.port()?.filter(|port| is_free(*port)) {
            return Ok(port);
        }
        let path = self.root.join("site.json");
        let listener = at(&path, std::net::TcpListener::bind(("127.0.0.1", 0)))?;
        let port = at(&path, listener.local_addr())?.port();
        durable::write_json(&path, &Address { port })?;
        Ok(port)
    }

    /// The digest of the release that `current` names.
    pub fn active(&self) -> Result<Option<String>, DriverError> {
        let link = self.root.join("current");
        match fs::read_link(&link) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            other => {
                let target = at(&link, other)?;
                Ok(target.file_name().map(|name| name.to_string_lossy().into_owned()))
            }
        }
    }

    /// The folder of a release that must be there.
    pub fn release(&self, digest: &str) -> Result<PathBuf, DriverError> {
        let folder = self.releases().join(plain_name(digest)?);
        if folder.is_dir() {
            return Ok(folder);
        }
        Err(DriverError::Refused(format!("there is no release {digest} in {}", self.name)))
    }
}

/// Refuses a name that would lead out of its folder.
pub(crate) fn plain_name(name: &str) -> Result<&str, DriverError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '+');
    if name.is_empty() || name.len() > 200 || name.starts_with('.') || !name.chars().all(plain) {
        return Err(DriverError::Refused(format!("`{name}` cannot be a name here")));
    }
    Ok(name)
}

fn lock(file: &File, path: &Path) -> Result<(), DriverError> {
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(fs::TryLockError::WouldBlock) if begun.elapsed() < LOCK_WAIT => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(fs::TryLockError::WouldBlock) => {
                return Err(DriverError::Retry(format!(
                    "another owner holds {} and does not let go",
                    path.display()
                )));
            }
            Err(fs::TryLockError::Error(error)) => return at(path, Err(error)),
        }
    }
}

fn epoch(text: &str, path: &Path) -> Result<i64, DriverError> {
    match text.trim() {
        "" => Ok(i64::MIN),
        text => text.parse().map_err(|_| {
            DriverError::NeedsAttention(format!("{} holds no epoch but `{text}`", path.display()))
        }),
    }
}

fn is_free(port: u16) -> bool {
    std::net::TcpListener::bind(("127.0.0.1", port)).is_ok()
}
