//! Blueprints: what is deployed. Data and hooks of one application, never driver code.
//!
//! The shape is that of the file (schema `golive.blueprint/1`), so that a stored blueprint reads like the file it came
//! from. Reading bytes is the reader's; here stand the types, the placeholders and what must hold between the parts.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a blueprint file says in its first line.
pub const SCHEMA: &str = "golive.blueprint/1";

/// The hooks that golive's own operations call; a blueprint without one of them is refused.
pub const REQUIRED_HOOKS: [&str; 12] = [
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
    "administrator", // the administrator's login, as the blueprint names it
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
    /// The login of the administrator, a service account that stays usable when all others are locked.
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
    /// Who does it, by role.
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

/// A part of a blueprint that does not fit the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Keys and indexes from the root of the file: `["hook", "migrate", "command", "2"]`.
    pub path: Vec<String>,
    /// What may stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl Blueprint {
    /// Everything that does not fit together, in the order of the file; empty if the blueprint can be used.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Problems::default();
        if self.schema != SCHEMA {
            found.add(&["schema"], SCHEMA, &self.schema);
        }
        for (key, text) in [("id", &self.id), ("version", &self.version), ("title", &self.title)] {
            if text.trim().is_empty() {
                found.add(&[key], "a text", "nothing");
            }
        }
        if !self.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            found.add(&["id"], "small letters, digits and `-`", &self.id);
        }
        self.check_release(&mut found);
        self.check_service(&mut found);
        self.check_hooks(&mut found);
        self.check_lists(&mut found);
        found.0
    }

    fn check_release(&self, found: &mut Problems) {
        for (index, file) in self.release.files.iter().enumerate() {
            let at = index.to_string();
            found.check_inside(&["release", "file", &at, "to"], &file.to);
            found.check_placeholders(&["release", "file", &at, "from"], &file.from, &["golive"]);
        }
        found.check_inside(&["release", "modules"], &self.release.modules);
        found.check_inside(&["database", "file"], &self.database.file);
        if self.accounts.administrator.trim().is_empty() {
            found.add(&["accounts", "administrator"], "a login", "nothing");
        }
    }

    fn check_service(&self, found: &mut Problems) {
        found.check_command(&["service", "command"], &self.service.command, &PLACEHOLDERS);
        found.check_url(&["service", "url"], &self.service.url);
        found.check_url(&["health", "url"], &self.health.url);
        for (index, text) in self.health.expect.iter().enumerate() {
            found.check_placeholders(
                &["health", "expect", &index.to_string()],
                text,
                &PLACEHOLDERS,
            );
        }
        if self.health.expect.is_empty() {
            found.add(
                &["health", "expect"],
                "at least one text that the body must hold",
                "an empty list",
            );
        }
        found.check_seconds(&["service", "ready_seconds"], self.service.ready_seconds);
        found.check_seconds(&["service", "stop_seconds"], self.service.stop_seconds);
        found.check_seconds(&["health", "deadline_seconds"], self.health.deadline_seconds);
    }

    fn check_hooks(&self, found: &mut Problems) {
        for name in REQUIRED_HOOKS {
            if !self.hooks.contains_key(name) {
                found.add(&["hook"], &format!("a hook named `{name}`"), "none");
            }
        }
        for (name, hook) in &self.hooks {
            let mut known: Vec<&str> = PLACEHOLDERS.to_vec();
            known.extend(hook.values.iter().map(String::as_str));
            known.extend(hook.defaults.keys().map(String::as_str));
            found.check_command(&["hook", name, "command"], &hook.command, &known);
            found.check_seconds(&["hook", name, "deadline_seconds"], hook.deadline_seconds);
        }
        let takes_target = self
            .hooks
            .get("snapshot")
            .is_none_or(|hook| hook.values.iter().any(|value| value == "into"));
        if !takes_target {
            found.add(
                &["hook", "snapshot", "values"],
                "`into`, the file to write",
                "a list without it",
            );
        }
    }

    fn check_lists(&self, found: &mut Problems) {
        let tables = self.neutralisation.changes.iter().map(|change| &change.table);
        found.check_unique(&["neutralisation", "change"], "table", tables);
        found.check_unique(&["after_copy"], "id", self.after_copy.iter().map(|task| &task.id));
        found.check_unique(&["total"], "id", self.totals.iter().map(|total| &total.id));
    }
}

/// Collects problems with their paths.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, path: &[&str], expected: &str, found: &str) {
        self.0.push(Problem {
            path: path.iter().map(ToString::to_string).collect(),
            expected: expected.to_owned(),
            found: found.chars().take(120).collect(),
        });
    }

    fn check_inside(&mut self, path: &[&str], text: &str) {
        let inside =
            !text.is_empty() && text.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !inside || text.contains('\\') {
            self.add(path, "a path inside the folder, such as `bin/app`", text);
        }
    }

    fn check_command(&mut self, path: &[&str], command: &[String], known: &[&str]) {
        if command.is_empty() {
            self.add(path, "a program and its arguments", "an empty list");
        }
        for (index, part) in command.iter().enumerate() {
            let index = index.to_string();
            let at: Vec<&str> = path.iter().copied().chain([index.as_str()]).collect();
            self.check_placeholders(&at, part, known);
        }
    }

    fn check_placeholders(&mut self, path: &[&str], text: &str, known: &[&str]) {
        match placeholders(text) {
            None => self.add(path, "`{name}` with both braces", text),
            Some(names) => {
                for name in names.into_iter().filter(|name| !known.contains(name)) {
                    self.add(path, &format!("one of {}", known.join(", ")), &format!("{{{name}}}"));
                }
            }
        }
    }

    fn check_url(&mut self, path: &[&str], url: &str) {
        if !url.starts_with("http://127.0.0.1:{port}/") {
            self.add(path, "an address that starts with `http://127.0.0.1:{port}/`", url);
        }
        self.check_placeholders(path, url, &["port"]);
    }

    fn check_seconds(&mut self, path: &[&str], seconds: u64) {
        if !(1..=86_400).contains(&seconds) {
            self.add(path, "seconds from 1 to 86400", &seconds.to_string());
        }
    }

    fn check_unique<'a>(
        &mut self,
        path: &[&str],
        key: &str,
        names: impl Iterator<Item = &'a String>,
    ) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.enumerate() {
            if name.trim().is_empty() || !seen.insert(name) {
                let index = index.to_string();
                let at: Vec<&str> = path.iter().copied().chain([index.as_str(), key]).collect();
                self.add(&at, "a name that no other entry has", name);
            }
        }
    }
}

/// The names between braces, or nothing if a brace is left open. A `{` that is followed by anything but a small letter
/// is a plain character, so that JSON can be written.
fn placeholders(text: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_lowercase()) {
            continue;
        }
        let close =
            rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))?;
        if !rest[close..].starts_with('}') {
            return None;
        }
        names.push(&rest[..close]);
        rest = &rest[close + 1..];
    }
    Some(names)
}

/// Puts values in the place of placeholders; the name of the first placeholder without a value is the error.
pub fn fill(text: &str, values: &BTreeMap<String, String>) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    for name in placeholders(text).ok_or_else(|| text.to_owned())? {
        let marker = format!("{{{name}}}");
        let at = rest.find(&marker).ok_or_else(|| name.to_owned())?;
        filled.push_str(&rest[..at]);
        filled.push_str(values.get(name).ok_or_else(|| name.to_owned())?);
        rest = &rest[at + marker.len()..];
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_a_missing_value_is_named() {
        let values = BTreeMap::from([
            ("port".to_owned(), "80".to_owned()),
            ("name".to_owned(), "{port}".to_owned()),
        ]);
        assert_eq!(fill("{name}:{port}/{port}", &values), Ok("{port}:80/80".to_owned()));
        assert_eq!(fill("{release}/x", &values), Err("release".to_owned()));
    }

    #[test]
    fn braces_of_json_are_plain_characters_but_an_open_placeholder_is_not() {
        assert_eq!(placeholders(r#"{"status":"{name}"}"#), Some(vec!["name"]));
        assert_eq!(placeholders("{port"), None);
        assert_eq!(placeholders("{port]"), None);
    }
}
