//! The databases of an environment. Each lies in a folder of its own that is never renamed; `manifest.json` says which
//! one is current, which is being prepared and which is set aside. So a swap is one rename of one small file, both
//! sides or neither, and what a killed verb leaves behind is a folder that nobody names.

use super::durable::{self, at};
use super::place::{Asker, Held, Place};
use crate::faults::Faults;
use golive_app::ports::driver::{Database, DatabaseInfo, DriverError};
use golive_core::id::OperationId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

/// Which database is which.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Counts folders, so that no name is ever used twice.
    last: u64,
    pub current: Option<Entry>,
    pub side: BTreeMap<String, Entry>,
    pub aside: BTreeMap<String, Entry>,
}

/// One database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The name of its folder.
    pub identity: String,
    pub operation: OperationId,
    pub step: String,
    pub origin: Origin,
    /// Under which name it was before it became what it is now.
    pub from: Option<Database>,
}

/// How a database came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origin {
    /// A hook made it.
    Made,
    /// It is a copy.
    Copied,
}

impl Entry {
    pub fn new(identity: String, asker: &Asker, origin: Origin) -> Self {
        Self { identity, operation: asker.operation, step: asker.step.clone(), origin, from: None }
    }
}

impl Manifest {
    pub fn get(&self, database: &Database) -> Option<&Entry> {
        match database {
            Database::Current => self.current.as_ref(),
            Database::Side(name) => self.side.get(name),
            Database::Aside(name) => self.aside.get(name),
        }
    }

    /// Puts an entry in its place and answers what stood there.
    pub fn set(&mut self, database: &Database, entry: Option<Entry>) -> Option<Entry> {
        match (database, entry) {
            (Database::Current, entry) => std::mem::replace(&mut self.current, entry),
            (Database::Side(name), Some(entry)) => self.side.insert(name.clone(), entry),
            (Database::Side(name), None) => self.side.remove(name),
            (Database::Aside(name), Some(entry)) => self.aside.insert(name.clone(), entry),
            (Database::Aside(name), None) => self.aside.remove(name),
        }
    }

    /// Every database with the name under which it is known.
    pub fn all(&self) -> Vec<(Database, &Entry)> {
        let current = self.current.iter().map(|entry| (Database::Current, entry));
        let side = self.side.iter().map(|(name, entry)| (Database::Side(name.clone()), entry));
        let aside = self.aside.iter().map(|(name, entry)| (Database::Aside(name.clone()), entry));
        current.chain(side).chain(aside).collect()
    }
}

/// A swap to make.
pub(crate) struct Swap<'a> {
    pub expected: &'a str,
    pub side: &'a Database,
    pub aside: &'a Database,
}

impl Place {
    pub fn manifest(&self) -> Result<Manifest, DriverError> {
        Ok(durable::read_json(&self.databases().join("manifest.json"))?.unwrap_or_default())
    }

    pub fn write_manifest(&self, _held: &Held, manifest: &Manifest) -> Result<(), DriverError> {
        durable::write_json(&self.databases().join("manifest.json"), manifest)
    }

    pub fn database_folder(&self, identity: &str) -> PathBuf {
        self.databases().join(identity)
    }

    /// The file of a database, as the blueprint names it.
    pub fn database_file(&self, identity: &str) -> PathBuf {
        self.database_folder(identity).join(&self.blueprint.database.file)
    }

    /// A folder that no database had before.
    pub fn new_database(&self, held: &Held) -> Result<String, DriverError> {
        let mut manifest = self.manifest()?;
        manifest.last += 1;
        let identity = format!("db{:06}", manifest.last);
        self.write_manifest(held, &manifest)?;
        let folder = self.database_folder(&identity);
        at(&folder, fs::DirBuilder::new().mode(0o700).create(&folder))?;
        Ok(identity)
    }

    pub fn info(&self, database: Database, entry: &Entry) -> DatabaseInfo {
        DatabaseInfo {
            database,
            bytes: durable::size(&self.database_folder(&entry.identity)),
            operation: Some(entry.operation),
            identity: entry.identity.clone(),
        }
    }

    /// Gives a finished database its name; what had the name before is removed.
    pub fn name_database(
        &self,
        held: &Held,
        database: &Database,
        entry: &Entry,
        faults: &Faults,
    ) -> Result<DatabaseInfo, DriverError> {
        let mut manifest = self.manifest()?;
        let replaced = manifest.set(database, Some(entry.clone()));
        faults.point("copy.before_manifest")?;
        self.write_manifest(held, &manifest)?;
        faults.point("copy.after_manifest")?;
        if let Some(old) = replaced.filter(|old| old.identity != entry.identity) {
            durable::remove_folder(&self.database_folder(&old.identity))?;
        }
        Ok(self.info(database.clone(), entry))
    }

    /// Exchanges the current database. Done already if the place looks as it should look afterwards.
    pub fn swap(
        &self,
        held: &Held,
        swap: &Swap<'_>,
        faults: &Faults,
    ) -> Result<DatabaseInfo, DriverError> {
        let mut manifest = self.manifest()?;
        if let Some(current) = manifest.current.as_ref().filter(|_| is_done(&manifest, swap)) {
            return Ok(self.info(Database::Current, current));
        }
        let found = manifest.current.as_ref().map_or("", |entry| entry.identity.as_str());
        if found != swap.expected {
            let text =
                format!("expected {} to be the current database; found {found}", swap.expected);
            return Err(DriverError::Refused(text));
        }
        if *swap.side == Database::Current
            || *swap.aside == Database::Current
            || manifest.get(swap.aside).is_some()
        {
            return Err(DriverError::Refused(format!(
                "{:?} cannot take the former database",
                swap.aside
            )));
        }
        let mut new = manifest
            .set(swap.side, None)
            .ok_or_else(|| DriverError::Refused(format!("there is no database {:?}", swap.side)))?;
        new.from = Some(swap.side.clone());
        let info = self.info(Database::Current, &new);
        if let Some(mut old) = manifest.set(&Database::Current, Some(new)) {
            old.from = Some(Database::Current);
            manifest.set(swap.aside, Some(old));
        }
        faults.point("swap.before_manifest")?;
        self.write_manifest(held, &manifest)?;
        faults.point("swap.after_manifest")?;
        Ok(info)
    }
}

/// Judged by what is there, not by who asked: the same question after an undo means another swap.
fn is_done(manifest: &Manifest, swap: &Swap<'_>) -> bool {
    let side_taken = manifest.get(swap.side).is_none()
        && manifest
            .current
            .as_ref()
            .is_some_and(|current| current.from.as_ref() == Some(swap.side));
    let former_kept = manifest.get(swap.aside).is_some_and(|old| old.identity == swap.expected);
    side_taken && (former_kept || swap.expected.is_empty())
}
