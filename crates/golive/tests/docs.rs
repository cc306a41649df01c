//! The documents say what is: the generated ones are as the code prints them, and every command that a text names exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn golive(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_golive")).args(arguments).output();
    let output = output.expect("golive was built with this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("golive prints text")
}

fn document(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_generated_documents_are_what_the_code_says() {
    for (what, path) in [("openapi", "docs/openapi.json"), ("cli", "docs/cli.md")] {
        let same = document(path) == golive(&["reference", what]);
        assert!(same, "{path} is not what the code says; run `cargo xtask docs`");
    }
}

/// `noun verb` of every command, and the nouns and commands of one word.
fn commands() -> BTreeSet<String> {
    let reference = golive(&["reference", "cli"]);
    let mut commands = BTreeSet::new();
    for line in reference.lines() {
        let rest = line.strip_prefix("| `golive ").or_else(|| line.strip_prefix("## `golive "));
        let Some(rest) = rest else { continue };
        let words = rest.split('`').next().unwrap_or_default().split_whitespace();
        commands.insert(words.take(2).collect::<Vec<_>>().join(" "));
    }
    commands
}

#[test]
fn every_command_that_a_document_names_exists() {
    let commands = commands();
    let mut unknown = Vec::new();
    for path in documents() {
        let text = std::fs::read_to_string(&path).expect("it was just listed");
        for named in text.split("`golive ").skip(1).filter_map(|rest| rest.split('`').next()) {
            let words: Vec<&str> = named.split_whitespace().collect();
            // Words in capitals or with an ellipsis stand for something; flags and values follow the command.
            let plain = |word: &&&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            let command: Vec<&str> = words
                .iter()
                .take_while(plain)
                .filter(|word| !word.starts_with('-'))
                .take(2)
                .copied()
                .collect();
            let known = command.is_empty()
                || commands.contains(&command.join(" "))
                || commands.contains(command[0]) && command.len() == 1
                || ["demo-erp", "reference"].contains(&command[0]);
            if !known {
                unknown.push(format!("{}: golive {named}", path.display()));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

fn documents() -> Vec<PathBuf> {
    // Not the changelog: it speaks of what was and of what is to come.
    let mut found: Vec<PathBuf> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root().join(name)).to_vec();
    for folder in ["docs", "docs/decisions"] {
        let entries = std::fs::read_dir(root().join(folder)).expect("the folder is there");
        found.extend(entries.map(|entry| entry.expect("it can be read").path()));
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    found
}
