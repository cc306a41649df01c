//! Blueprints: what is deployed. Data and hooks of one application, never driver code.
//!
//! The shape is that of the file (schema `golive.blueprint/1`), so that a stored blueprint reads like the file it came
//! from. Reading bytes is the reader's; here stand the types, the placeholders and what must hold between the parts.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod check;
mod placeholders;

pub use check::Problem;
pub use placeholders::fill;

/// What a blueprint file says in its first line.
pub const SCHEMA: &str = "golive.blueprint/1";

/// The hooks that golive's own operations call; a blueprint without one of them is refused.
pub const REQUIRED_HOOKS: [&str; 13] = [
    "init",
    "migrate",
    "info",
    "digest",
    "totals",
    "accounts",
    "lock_accounts",
    "unlock_accounts",
    "neutralise",
    "neutralisation_preview",
    "snapshot",
    "check_login",
    "set_administrator",
];

/// The placeholders that every driver fills in by itself, for the service and for every hook.
pub const PLACEHOLDERS: [&str; 11] = [
    "release",       // the folder of the release
    "database",      // the database that is meant
    "port",          // the port that the service listens on
    "state",         // a folder that stays when releases and databases change
    "logs",          // the folder of the log files
    "environment",   // the environment's id
    "name",          // the environment's name for people
    "administrator", // the administrator's login, as the environment names it
    "operation",     // the operation that asks
    "step",          // the operation step that asks
    "golive",        // the program of the server itself
];

/// One application: release layout, service, database, hooks, accounts, neutralisation, business totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blueprint {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The name that projects choose it by, such as `demo-erp`.
    pub id: String,
    /// The version of the blueprint itself.
    pub version: String,
    /// The application's name for people.
    pub title: String,
    /// `sha256:` and the hexadecimal digest of the file it was read from. Set by the reader, never by the file.
    #[serde(default)]
    pub digest: String,
    /// What it is, for whoever chooses it.
    #[serde(default)]
    pub description: String,
    /// The platform version that packages must fit.
    pub platform: String,
    /// What a release folder holds.
    pub release: ReleaseLayout,
    /// The process to keep running.
    pub service: Service,
    /// How to see that it works.
    pub health: HealthCheck,
    /// Where its data are.
    pub database: DatabaseLayout,
    /// Who may sign in to it.
    pub accounts: Accounts,
    /// The commands that golive calls, by name.
    #[serde(rename = "hook")]
    pub hooks: BTreeMap<String, HookLine>,
    /// What is changed in a copied database before it is used.
    pub neutralisation: Neutralisation,
    /// What people do after a copy.
    #[serde(default)]
    pub after_copy: Vec<AfterCopyTask>,
    /// The figures that both sides of a copy must agree on.
    #[serde(default, rename = "total")]
    pub totals: Vec<BusinessTotal>,
    /// What its processes may use.
    #[serde(default)]
    pub limits: Limits,
}

/// What a release folder holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseLayout {
    /// The files that are there without any package.
    #[serde(default, rename = "file")]
    pub files: Vec<ReleaseFile>,
    /// The folder, inside the release, that holds the modules of the package.
    pub modules: String,
}

/// One file of a release folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseFile {
    /// A path on the server; `{golive}` is the server's own program.
    pub from: String,
    /// Its path inside the release.
    pub to: String,
    /// How it comes there.
    #[serde(default)]
    pub how: Placing,
}

/// How a file comes into a release folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placing {
    /// As a copy.
    #[default]
    Copy,
    /// As a hard link where the file system can, else as a copy.
    Link,
}

/// The process to keep running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Program and arguments, with placeholders.
    pub command: Vec<String>,
    /// Where people reach it, with `{port}`.
    pub url: String,
    /// It must answer within this time after its start.
    pub ready_seconds: u64,
    /// It is asked to end and is killed after this time.
    pub stop_seconds: u64,
}

/// How to see that the application works: the transport and a call that needs its database, with the body read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// The address to ask, with `{port}`.
    pub url: String,
    /// Texts that the body must hold, with placeholders.
    pub expect: Vec<String>,
    /// The key of the JSON body that maps module names to versions.
    #[serde(default)]
    pub modules: Option<String>,
    /// The time to wait for the answer.
    pub deadline_seconds: u64,
}

/// Where the application's data are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseLayout {
    /// The kind of database.
    pub kind: DatabaseKind,
    /// The name of the database file.
    pub file: String,
    /// Where the accounts live: locking them touches everything that shares that place.
    pub accounts: AccountsLive,
}

/// The kinds of database that a driver can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseKind {
    /// One `SQLite` file per database.
    SqliteFile,
}

/// Where the accounts of the application live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountsLive {
    /// In a table of the database itself: a copy brings its own.
    Database,
    /// As roles of the database cluster: all databases of the cluster share them.
    Cluster,
}

/// Who may sign in to the application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// The login of the administrator, which stays usable when all others are locked; an environment names its own.
    pub administrator: String,
}

/// One command that golive calls. It prints one JSON document and may be run twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookLine {
    /// Program and arguments, with placeholders.
    pub command: Vec<String>,
    /// It is ended after this time.
    pub deadline_seconds: u64,
    /// It changes data: it stands behind the fence, and a half-done run matters.
    pub changes_data: bool,
    /// It makes the database if there is none.
    #[serde(default)]
    pub creates: bool,
    /// What it reads on standard input, in words; secrets go there and nowhere else.
    #[serde(default)]
    pub input: Option<String>,
    /// Further placeholders that the caller must fill in.
    #[serde(default)]
    pub values: Vec<String>,
    /// Further placeholders that the caller may fill in, with what stands there otherwise.
    #[serde(default)]
    pub defaults: BTreeMap<String, String>,
}

/// What is changed in a copied database before it is used, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neutralisation {
    /// The profile's name, such as `neutralise-standard`.
    pub profile: String,
    /// Each table that may change.
    #[serde(rename = "change")]
    pub changes: Vec<NeutralisedTable>,
}

/// One table that neutralisation may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeutralisedTable {
    /// The table.
    pub table: String,
    /// The columns that may change; all other columns must stay as they were. Empty if rows come or go.
    #[serde(default)]
    pub columns: Vec<String>,
    /// What happens, for people.
    pub what: String,
}

/// Something that people do after a copy, because a program must not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterCopyTask {
    /// Its name within the blueprint.
    pub id: String,
    /// One line.
    pub title: String,
    /// Who does it: a role of the vocabulary.
    pub role: String,
    /// How.
    pub instructions: String,
}

/// A figure that both sides of a copy must agree on; the hook `totals` prints its value under this id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessTotal {
    /// Its name within the blueprint.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// A currency, `lines`, …
    pub unit: String,
    /// The value that it must have on any database, if there is one: a ledger sums to `0.00`.
    #[serde(default)]
    pub must_be: Option<String>,
}

/// What the application's processes may use; a limit that is not set is the server's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Open files of one process.
    #[serde(default)]
    pub open_files: Option<u64>,
    /// Address space of one process in MiB.
    #[serde(default)]
    pub address_space_mib: Option<u64>,
    /// What one hook may print, in KiB; more is an error.
    #[serde(default)]
    pub hook_output_kib: Option<u64>,
}
