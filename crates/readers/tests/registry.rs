//! The registers against the code: settings that rules read, facts that gates judge, settings that the content reads.
//!
//! `policy::read::READ` is the list that packs are checked against, so it has to hold what the code really reads. This test reads
//! the code; when it fails it prints the table to put there.

use golive_core::gate::{Gate, Threshold, table::table};
use golive_core::policy::Unit;
use golive_core::policy::read::READ;
use golive_core::service_model::ServiceModel;
use golive_readers::content::shipped;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How a setting is named where a fact has the same name.
const READERS: [&str; 14] = [
    "equals",
    "at_least",
    "at_most",
    "yes_by",
    "none_by",
    "fully",
    "Setting",
    "number",
    "flag",
    "list",
    "whole",
    "text",
    "enforcement",
    "duration",
];

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            sources(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs")
            && !["tests.rs", "sample.rs"].contains(&name.as_str())
            && !path.ends_with("policy/read.rs")
        {
            files.push(path);
        }
    }
}

/// Text literals of a source, each with the word before it.
fn literals(text: &str) -> Vec<(String, String)> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let parts: Vec<&str> = text.split('"').collect();
    let word = |before: &str| {
        let before = before.trim_end().trim_end_matches('(').trim_end();
        before
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    (1..parts.len()).map(|n| (word(parts[n - 1]), parts[n].to_owned())).collect()
}

/// The settings of the shipped packs that the rules and services name.
fn read_by_code() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for part in ["core/src", "app/src"] {
        sources(&crates.join(part), &mut files);
    }
    let policy = &shipped().policies["policy-2021"];
    let facts = &shipped().vocabulary.facts;
    let mut read = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("it can be read");
        for (before, literal) in literals(&text) {
            let clear = !facts.contains_key(&literal) || READERS.contains(&before.as_str());
            if policy.setting(&literal).is_some() && clear {
                read.insert(literal);
            }
        }
    }
    read
}

/// Puts the table where it belongs.
fn bless(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/policy/read.rs");
    let text = std::fs::read_to_string(&path).expect("the register is there");
    let (head, rest) =
        text.split_once("pub const READ: &[Key] = &[\n").expect("the register has its table");
    let (_, tail) = rest.split_once("];").expect("the table ends");
    let text = format!("{head}pub const READ: &[Key] = &[\n{table}\n];{tail}");
    std::fs::write(path, text).expect("the register can be written");
}

#[test]
fn the_register_of_settings_holds_what_the_code_reads_and_nothing_else() {
    let read = read_by_code();
    let listed: BTreeSet<String> = READ.iter().map(|key| key.name.to_owned()).collect();
    let policy = &shipped().policies["policy-2021"];
    let line = |name: &String| {
        let unit = Unit::named(&policy.settings[name].unit).expect("the pack was checked");
        format!("    key(\"{name}\", Unit::{unit:?}),")
    };
    let table: Vec<String> = read.iter().map(line).collect();
    if std::env::var_os("GOLIVE_BLESS").is_some() {
        return bless(&table.join("\n"));
    }
    assert!(
        read == listed,
        "crates/core/src/policy/read.rs: READ needs {:?} and does not need {:?}; run again with GOLIVE_BLESS=1, or put:\n{}",
        read.difference(&listed).collect::<Vec<_>>(),
        listed.difference(&read).collect::<Vec<_>>(),
        table.join("\n")
    );
}

#[test]
fn every_fact_and_setting_that_a_gate_judges_is_known() {
    let content = shipped();
    let policy = &content.policies["policy-2021"];
    for gate in Gate::ALL {
        for criterion in ServiceModel::ALL.into_iter().flat_map(|model| table(gate, model)) {
            let fact = criterion.fact.to_string();
            assert!(content.vocabulary.facts.contains_key(&fact), "{}: fact {fact}", criterion.id);
            match &criterion.threshold {
                Threshold::Setting(key) | Threshold::Governed { setting: key, .. } => {
                    assert!(policy.setting(key).is_some(), "{}: setting {key}", criterion.id);
                }
                Threshold::Fixed(_) => {}
            }
            assert!(
                content.vocabulary.roles.contains_key(&*criterion.owner),
                "{}: {}",
                criterion.id,
                criterion.owner
            );
        }
    }
}
