//! Deployable packages: what is in them, whether they fit an environment, and the way from upload to production.
//!
//! [`Package`] is the description that a reader made of a file. [`check`] holds it against a target, with every reason.
//! [`library`] is the package's life: validated, proven on a sandbox, signed off, release candidate, in production.
//! [`facts`] is what the gate before production judges. Reading zip files is the work of `golive-readers`.

pub mod check;
pub mod facts;
pub mod library;

#[cfg(test)]
mod tests;

use crate::acceptance::words;
use crate::version_set::{Version, VersionSet};
use serde::{Deserialize, Serialize};

words! {
    /// What a package is for.
    Kind {
        /// Every own and licensed module in one.
        AllInOne = "all-in-one",
        /// Own and licensed modules, perhaps not all.
        Application = "application",
        /// The vendor's platform.
        Platform = "platform",
        /// Several packages in one.
        Merged = "merged",
        /// The commerce part.
        Commerce = "commerce",
        /// Brings data to a newer form.
        DataUpgrade = "data-upgrade",
        /// The newer form for the admin centre.
        Unified = "unified",
    }
}

words! {
    /// The file format it came in.
    Format {
        /// golive's own.
        Golive = "golive",
        /// The deployable package of Dynamics 365.
        Dynamics = "dynamics",
        /// The unified package of Dynamics 365.
        Unified = "unified",
    }
}

/// What a module needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// The other module.
    pub module: String,
    /// At least in this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Version>,
}

/// One module of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// What it needs.
    pub depends: Vec<Dependency>,
    /// How many changes to the database it can bring.
    pub migrations: u32,
}

/// A package as its file describes it. Nothing of it changes; another file is another package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its name: `contoso-1.1`.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Its title for people.
    pub title: String,
    /// What it is for.
    pub kind: Kind,
    /// The file format.
    pub format: Format,
    /// The platform it was built for.
    pub platform: Option<Version>,
    /// Its modules.
    pub modules: Vec<Module>,
    /// Modules that it takes away on purpose.
    pub removals: Vec<String>,
    /// `sha256:` and the digest of the file.
    pub digest: String,
    /// The size of the file in bytes.
    pub size: u64,
}

impl Package {
    /// The module with this name.
    pub fn module(&self, name: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.name == name)
    }

    /// What an environment has after this package was installed on it.
    pub fn installed_over(&self, before: &VersionSet) -> VersionSet {
        let mut after = before.clone();
        after.modules.retain(|name, _| !self.removals.contains(name));
        after.modules.extend(
            self.modules.iter().map(|module| (module.name.clone(), module.version.clone())),
        );
        after
    }
}

/// A package in a project's library: what its file holds, and what is on record about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// What the file holds.
    pub package: Package,
    /// What is on record.
    pub entry: library::Entry,
}
