//! What a gate, a refusal or a page tells people to type exists: every command of every criterion, built in or of the
//! content, and every command that the sources show, held against the command line itself.

use golive_core::gate::{Gate, table::table};
use golive_core::service_model::ServiceModel;
use golive_readers::content::shipped;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// What the program says of itself.
#[derive(Default)]
struct CommandLine {
    /// The help of each command that was asked for; nothing if there is no such command.
    helps: BTreeMap<String, Option<String>>,
}

impl CommandLine {
    fn help(&mut self, command: &str) -> Option<&str> {
        let ask = || {
            let mut program = Command::new(env!("CARGO_BIN_EXE_golive"));
            let output = program.args(command.split(' ')).arg("--help").output();
            let output = output.expect("golive was built with this test");
            output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
        };
        self.helps.entry(command.to_owned()).or_insert_with(ask).as_deref()
    }

    /// Why a text is no command: unknown words, or a flag that the command does not have.
    fn wrong(&mut self, text: &str) -> Option<String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let command: Vec<&str> =
            words.iter().take(2).copied().filter(|word| !word.starts_with('-')).collect();
        let Some(help) = self.help(&command.join(" ")) else {
            return Some(format!("`{text}` is no command"));
        };
        let known: BTreeSet<&str> = help.split_whitespace().collect();
        let flags = words.iter().filter(|word| word.starts_with("--"));
        let strange: Vec<&&str> = flags.filter(|flag| !known.contains(**flag)).collect();
        (!strange.is_empty()).then(|| format!("`{text}` has no {strange:?}"))
    }
}

#[test]
fn every_criterion_names_a_command_that_exists() {
    let content = shipped();
    let mut asked = BTreeSet::new();
    for gate in Gate::ALL {
        let own = ServiceModel::ALL.into_iter().flat_map(|model| table(gate, model));
        let brought = content.criteria.values().flat_map(|set| set.table(gate));
        for criterion in own.chain(brought) {
            asked.insert((criterion.command.into_owned(), criterion.id.to_string()));
        }
    }
    assert!(asked.len() > 100, "{} is too few to be all of them", asked.len());
    let mut line = CommandLine::default();
    let wrong: Vec<String> = asked
        .iter()
        .filter_map(|(command, id)| line.wrong(command).map(|why| format!("{id}: {why}")))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_command_that_a_page_or_a_refusal_shows_exists() {
    let mut shown = BTreeSet::new();
    for part in ["../web/src", "../app/src", "../core/src", "../readers/src", "../drivers/src"] {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(part), &mut shown);
    }
    assert!(shown.len() > 3, "the sources were not found: {shown:?}");
    let mut line = CommandLine::default();
    let wrong: Vec<String> = shown.iter().filter_map(|command| line.wrong(command)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The commands in literals of a source: between back quotes, or as the whole text with something to fill in.
fn read(path: &Path, shown: &mut BTreeSet<String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("it is there") {
            read(&entry.expect("it can be read").path(), shown);
        }
        return;
    }
    let source = std::fs::read_to_string(path).unwrap_or_default();
    for (start, end) in [("`golive ", '`'), ("\"golive ", '"')] {
        for rest in source.split(start).skip(1) {
            let text = rest.split(end).next().unwrap_or_default();
            // A sentence that begins with the name is no command; what a page shows as one has something to fill in.
            let is_command = start == "`golive "
                || text.contains('{') && text.contains("} ")
                || text.ends_with('}');
            if is_command {
                shown.insert(text.to_owned());
            }
        }
    }
}
