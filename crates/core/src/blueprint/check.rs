//! What must hold between the parts of a blueprint, with the path of each part that does not fit.

use super::placeholders::placeholders;
use super::{Blueprint, PLACEHOLDERS, REQUIRED_HOOKS, SCHEMA};
use std::collections::BTreeSet;

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
