//! What is shown of packages, and what is asked of an installation.

use crate::views::ActionView;
use golive_core::id::EnvironmentId;
use golive_core::package::check::Report;
use golive_core::package::library::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A package of the library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PackageView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub kind: String,
    /// The file format.
    pub format: String,
    /// Its modules, `name version`.
    pub modules: Vec<String>,
    /// Modules that it takes away.
    pub removals: Vec<String>,
    /// The digest of the file.
    pub digest: String,
    /// The size of the file in bytes.
    pub bytes: u64,
    /// Where it stands.
    pub state: String,
    /// The particulars of that.
    #[schema(value_type = Object)]
    pub particulars: State,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

/// What the check of a package against an environment found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PackageCheckView {
    /// True when nothing denies it.
    pub accepted: bool,
    /// Every finding in words.
    pub findings: Vec<String>,
    /// What would happen to each module.
    #[schema(value_type = Object)]
    pub report: Report,
}

/// Where and when a package shall be installed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstallRequest {
    /// The environment.
    #[schema(value_type = String)]
    pub environment: EnvironmentId,
    /// When the window begins; at once without it.
    #[serde(default)]
    pub starts: Option<String>,
    /// When the window ends; four hours after its start without it.
    #[serde(default)]
    pub ends: Option<String>,
}
