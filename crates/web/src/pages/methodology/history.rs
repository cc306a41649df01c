//! What happened to a step or a milestone, newest first, in words.

use crate::components::feed::{Entry, Voice};
use crate::components::person::Person;
use crate::words;
use golive_app::methodology::HistoryLine;
use maud::html;

/// Events newest first, in words.
pub(crate) fn history(lines: &[HistoryLine]) -> Vec<Entry> {
    let entry = |line: &HistoryLine| Entry {
        id: None,
        voice: Voice::Person(Person::named(&line.by)),
        at: line.at,
        text: html! {
            b { (line.by) } " " (event_words(&line.kind))
            @if !line.note.is_empty() && line.note != "-" { ": " (line.note) }
        },
    };
    lines.iter().rev().map(entry).collect()
}

fn event_words(kind: &str) -> String {
    let known = match kind {
        "step.copied" | "milestone.copied" => "took the copy",
        "step.completed" => "marked it as done",
        "step.reopened" => "took it up again",
        "step.set_aside" => "said that it does not apply",
        "step.confirmed" => "confirmed that it does not apply",
        "step.assigned" => "assigned it",
        "step.planned" | "milestone.planned" => "planned the day",
        "step.required" => "changed whether it is required",
        "milestone.reached" => "said that it was reached",
        "milestone.taken_back" => "said that it was not reached after all",
        other => return words::role(&other.replace(['.', '_'], " ")),
    };
    known.to_owned()
}
