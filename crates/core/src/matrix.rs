//! Test helper: the state × command table of a machine, printed for comparing.

/// One line per state, one entry per command that the state accepts: `command→state after`.
pub(crate) fn matrix<S, C: Clone>(
    states: &[(&str, S)],
    commands: &[(&str, C)],
    run: impl Fn(&S, C) -> Option<String>,
) -> String {
    let line = |(name, state): &(&str, S)| {
        let accepted: Vec<String> = commands
            .iter()
            .filter_map(|(command, value)| {
                run(state, value.clone()).map(|after| format!("{command}→{after}"))
            })
            .collect();
        let accepted = if accepted.is_empty() { "(final)".to_owned() } else { accepted.join(" ") };
        format!("{name}: {accepted}")
    };
    let table = states.iter().map(line).collect::<Vec<_>>().join("\n");
    keep(&table);
    table
}

/// Keeps the table for `docs/state-machines.md`, under the name of the test that printed it, where `cargo xtask docs` asks
/// for it.
pub(crate) fn keep(table: &str) {
    #[expect(clippy::disallowed_methods, reason = "a generator of documents asks, not a rule")]
    let Ok(folder) = std::env::var("GOLIVE_STATE_TABLES") else { return };
    let test = std::thread::current().name().unwrap_or("unnamed").replace("::", ".");
    let free =
        |number: &usize| !std::path::Path::new(&format!("{folder}/{test}-{number}")).exists();
    let number = (1..10_000).find(free).expect("there are more numbers than machines");
    std::fs::write(format!("{folder}/{test}-{number}"), table).expect("the folder was made for it");
}

/// Keeps a table whose rows hold one answer per command, in the order of these labels. An answer of more than one word is a
/// refusal.
pub(crate) fn keep_rows(labels: &[&str], rows: &[String]) {
    let line = |row: &String| {
        let (state, answers) = row.split_once([':', ' ']).expect("a state and its answers");
        let answers: Vec<&str> = if answers.contains(" | ") {
            answers.split(" | ").map(str::trim).collect()
        } else {
            answers.split_whitespace().collect()
        };
        assert_eq!(labels.len(), answers.len(), "{row}");
        let accepted = labels
            .iter()
            .zip(answers)
            .filter(|(_, after)| !after.contains(' ') && !["-", "refused"].contains(after));
        let moves = accepted.map(|(label, after)| format!("{}→{after}", label.replace(' ', "_")));
        format!("{state}: {}", moves.collect::<Vec<_>>().join(" "))
    };
    keep(&rows.iter().map(line).collect::<Vec<_>>().join("\n"));
}
