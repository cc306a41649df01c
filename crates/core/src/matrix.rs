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
    states.iter().map(line).collect::<Vec<_>>().join("\n")
}
