//! What an imported plan would change: shown before anything is stored, joined by the stable ids.

use super::plan::{Plan, Task};
use serde::{Deserialize, Serialize};

/// One field of a task that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field's name in files.
    pub field: String,
    /// What it says now.
    pub old: String,
    /// What it would say.
    pub new: String,
}

/// A task that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskChange {
    /// The task.
    pub task: String,
    /// Its changed fields.
    pub fields: Vec<FieldChange>,
}

/// What an import would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preview {
    /// Tasks that are new.
    pub added: Vec<Task>,
    /// Tasks that change.
    pub changed: Vec<TaskChange>,
    /// Tasks that are no longer there.
    pub removed: Vec<Task>,
    /// How many stay as they are.
    pub unchanged: usize,
}

impl Preview {
    /// True when the import would change nothing.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

/// Compares the tasks of a plan with those of an import.
pub fn preview(plan: &Plan, tasks: &[Task]) -> Preview {
    let mut found = Preview::default();
    for new in tasks {
        let Some(old) = plan.task(&new.id) else {
            found.added.push(new.clone());
            continue;
        };
        let fields = changes(old, new);
        if fields.is_empty() {
            found.unchanged += 1;
        } else {
            found.changed.push(TaskChange { task: new.id.clone(), fields });
        }
    }
    let gone = plan.tasks.iter().filter(|old| !tasks.iter().any(|new| new.id == old.id));
    found.removed = gone.cloned().collect();
    found
}

/// The plan with the imported tasks in place of its own; the rest of the plan stays.
pub fn merged(plan: &Plan, tasks: Vec<Task>) -> Plan {
    Plan { tasks, ..plan.clone() }
}

fn changes(old: &Task, new: &Task) -> Vec<FieldChange> {
    let pairs = fields(old).into_iter().zip(fields(new));
    pairs
        .filter(|((_, old), (_, new))| old != new)
        .map(|((field, old), (_, new))| FieldChange { field: field.to_owned(), old, new })
        .collect()
}

/// All fields of a task but its id, in the words of the files.
pub fn fields(task: &Task) -> [(&'static str, String); 18] {
    let d = task.durations;
    let fixed = task.fixed_start;
    [
        ("number", task.number.to_string()),
        ("title", task.title.clone()),
        ("section", task.section.clone()),
        ("stream", task.stream.clone()),
        ("kind", task.kind.name().to_owned()),
        ("operation", task.kind.operation().unwrap_or_default().to_owned()),
        ("owner", task.owner.clone()),
        ("backup", task.backup.clone()),
        ("planned_minutes", d.planned.to_string()),
        ("optimistic_minutes", d.optimistic.to_string()),
        ("pessimistic_minutes", d.pessimistic.to_string()),
        ("predecessors", task.predecessors.join(";")),
        ("fixed_day", fixed.map(|f| f.day.to_string()).unwrap_or_default()),
        ("fixed_time", fixed.map(|f| f.time.strftime("%H:%M").to_string()).unwrap_or_default()),
        (
            "point_of_no_return",
            if task.point_of_no_return { "yes".to_owned() } else { String::new() },
        ),
        ("verification", task.verification.clone()),
        ("undo", task.undo.clone()),
        ("instructions", task.instructions.clone()),
    ]
}
