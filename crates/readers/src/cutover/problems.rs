//! A plan's problems in the words of a file's errors.

use golive_core::cutover::Problem;

/// What was expected and what was found.
pub(super) fn said(problem: &Problem) -> (String, String) {
    let (expected, found) = match problem {
        Problem::Empty => ("at least one task", "none".to_owned()),
        Problem::Twice { task } => ("an id that is not used yet", format!("`{task}` again")),
        Problem::UnknownPredecessor { predecessor, .. } => {
            ("predecessors that are tasks of the same part of the plan", format!("`{predecessor}`"))
        }
        Problem::Cycle { tasks } => ("tasks that do not wait for each other", tasks.join(" → ")),
        Problem::UnknownSection { section, .. } => {
            ("a section of the plan", format!("`{section}`"))
        }
        Problem::UnknownStream { stream, .. } => ("a stream of the plan", format!("`{stream}`")),
        Problem::Durations { .. } => {
            ("optimistic, planned and pessimistic minutes that do not fall", "others".to_owned())
        }
        Problem::Window { end, task } => {
            return (format!("a task of the plan where the window {end}"), format!("`{task}`"));
        }
        Problem::Moment { .. } => ("a day inside the calendar", "one outside it".to_owned()),
        // Incomplete plans are taken in; these are shown by the plan.
        Problem::NoOwner { .. }
        | Problem::NoBackup { .. }
        | Problem::BackupIsOwner { .. }
        | Problem::NoVerification { .. }
        | Problem::NoUndo { .. }
        | Problem::NoPointOfNoReturn
        | Problem::NoWayBack
        | Problem::WayBackWithoutDecision { .. }
        | Problem::NoDecision => ("a complete plan", problem.to_string()),
    };
    (expected.to_owned(), found)
}

/// The column of a table that a problem is about.
pub(super) fn column(problem: &Problem) -> Option<&'static str> {
    match problem {
        Problem::Twice { .. } => Some("id"),
        Problem::UnknownPredecessor { .. } | Problem::Cycle { .. } => Some("predecessors"),
        Problem::UnknownSection { .. } => Some("section"),
        Problem::UnknownStream { .. } => Some("stream"),
        Problem::Durations { .. } => Some("planned_minutes"),
        Problem::Moment { .. } => Some("fixed_day"),
        Problem::NoOwner { .. } => Some("owner"),
        Problem::NoBackup { .. } | Problem::BackupIsOwner { .. } => Some("backup"),
        Problem::NoVerification { .. } => Some("verification"),
        Problem::NoUndo { .. } => Some("undo"),
        Problem::Empty
        | Problem::Window { .. }
        | Problem::NoPointOfNoReturn
        | Problem::NoWayBack
        | Problem::WayBackWithoutDecision { .. }
        | Problem::NoDecision => None,
    }
}
