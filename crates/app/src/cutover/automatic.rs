//! Automatic tasks: the operation that a task calls, and the task's end when the operation ends.
//!
//! Only operations that need nothing but their environment are called from here. Packages, copies and requests have
//! gates and parameters of their own: those tasks are done by a person, through their own pages.

use super::{Room, project_of_run};
use crate::{App, Error, Result};
use golive_core::cutover::{Task, task as tasks};
use golive_core::id::{OperationId, RunId};
use golive_core::operation::Outcome;
use golive_store::{OperationRow, Session, Write};
use serde_json::{Value, json};

/// The kind of operation behind a word of the vocabulary, if golive carries it out for a task.
pub(super) fn kind_of(task: &Task) -> Option<&'static str> {
    match task.kind.operation()? {
        "environment.lock_users" => Some("lock_accounts"),
        "environment.unlock_users" => Some("unlock_accounts"),
        "environment.restore_point" => Some("restore_point"),
        "database.restore" => Some("restore"),
        _ => None,
    }
}

/// What the operation must know: which task waits for it, and for a restore the run's newest restore point.
pub(super) async fn params(
    session: &mut Session,
    room: &Room<'_>,
    (task, kind): (&str, &str),
) -> Result<Value> {
    let mut params = json!({ "run": room.id, "task": task });
    if kind == "restore" {
        let environment = room.kept.value.run.environment.to_string();
        let run = room.id.to_string();
        let done = session.operations(&room.project.to_string(), Some(&environment), 1000).await?;
        let point = done.into_iter().find(|row| {
            row.kind == "restore_point"
                && row.outcome == Some(Outcome::Succeeded)
                && row.params["run"].as_str() == Some(&run)
        });
        let point = point.ok_or_else(|| {
            Error::NotNow(
                "this run has kept no restore point; restore by hand, then finish the task".into(),
            )
        })?;
        // The name that the step of a restore point gives.
        params["point"] = json!(format!("before-{}", point.id));
    }
    Ok(params)
}

/// An operation has ended: the task that waits for it ends too. Whatever became of the task meanwhile, the operation's
/// own end is never held up.
pub(crate) async fn operation_ended(
    app: &App,
    write: &mut Write,
    operation: &OperationRow,
    outcome: &Outcome,
) -> Result<()> {
    let named = |key: &str| operation.params.get(key).and_then(Value::as_str);
    let (Some(run), Some(task)) =
        (named("run").and_then(|run| run.parse::<RunId>().ok()), named("task"))
    else {
        return Ok(());
    };
    match project_of_run(write, run).await {
        Ok(_) => {}
        Err(Error::NotFound { .. }) => return Ok(()),
        Err(other) => return Err(other),
    }
    let mut room = app.room(write, run).await?;
    let Some(planned) = room.plan.task(task).cloned() else { return Ok(()) };
    let command = ended(operation.id, outcome);
    let Ok(change) = room.decide(&planned, false, (command, write.now())) else { return Ok(()) };
    room.keep(write, task, &change).await
}

fn ended(operation: OperationId, outcome: &Outcome) -> tasks::Command {
    match outcome {
        Outcome::Succeeded => tasks::Command::OperationSucceeded { operation },
        Outcome::RolledBack { why }
        | Outcome::Cancelled { why }
        | Outcome::RollbackFailed { why, .. } => {
            let reason =
                if why.trim().is_empty() { outcome.name().replace('_', " ") } else { why.clone() };
            tasks::Command::OperationFailed { operation, reason }
        }
    }
}

/// A run that is not there is told as what it is for who asks.
pub(super) fn hidden(error: Error, run: RunId) -> Error {
    match error {
        Error::NotFound { kind: "project", .. } => Error::not_found("cutover run", run),
        other => other,
    }
}
