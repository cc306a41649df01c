//! Tasks of a run: started, finished, failed, settled, skipped, decided, reopened; in a rehearsal recorded as measured.
//!
//! A task is worked on by whoever holds its owner's or backup's role, or runs the cutover. A checkpoint is decided by the
//! holder of its role alone.

use super::automatic::{hidden, kind_of, params};
use super::{CutoverTaskView, Room, holds, project_of_run};
use crate::{Actor, App, Error, Result};
use golive_core::cutover::task::{Change, Command};
use golive_core::cutover::{Task, run as runs};
use golive_core::id::{OperationId, RunId, UserId};
use golive_core::people::{Action, Member, may};
use golive_store::{Session, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The decision at a checkpoint.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskDecision {
    /// `go` or `no_go`.
    pub decision: String,
    /// What was said; a no-go needs its reason.
    #[serde(default)]
    pub note: String,
}

/// A task of a rehearsal as it was measured.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskMeasured {
    /// When it was started.
    #[schema(value_type = String)]
    pub started: Timestamp,
    /// When it was finished, or a checkpoint passed.
    #[schema(value_type = String)]
    pub finished: Timestamp,
    /// What was seen.
    #[serde(default)]
    pub note: String,
}

impl App {
    /// One task of a run with everything that could be done.
    pub async fn task_view(
        &self,
        actor: &Actor,
        run: RunId,
        task: &str,
    ) -> Result<CutoverTaskView> {
        let mut session = self.store.session().await?;
        let project = project_of_run(&mut session, run).await?;
        let seen = self.member(&mut session, actor, project, Action::View).await;
        let member = seen.map_err(|error| hidden(error, run))?;
        let room = self.room(&mut session, run).await?;
        let names = self.cutover_names(&mut session, project).await?;
        Ok(self.view_of_task(&room, room.task(task)?, (Some(&member), &names)))
    }

    /// Starts a task. Automatic work whose operation golive knows is done by it, unless it is done by hand.
    pub async fn task_start(
        &self,
        actor: &Actor,
        run: RunId,
        task: &str,
        by_hand: bool,
    ) -> Result<CutoverTaskView> {
        let (mut write, mut room, _) = self.enter(actor, run, task).await?;
        let (planned, by) = (room.task(task)?.clone(), actor.user);
        let change = match kind_of(&planned).filter(|_| !by_hand) {
            Some(kind) => self.operate(&mut write, &room, (&planned, kind, by)).await?,
            None => room.decide(&planned, false, (Command::Start { by }, write.now()))?,
        };
        room.keep(&mut write, task, &change).await?;
        write.commit().await?;
        self.task_view(actor, run, task).await
    }

    /// Finishes a task that was verified.
    pub async fn task_finish(
        &self,
        actor: &Actor,
        run: RunId,
        task: &str,
        note: &str,
    ) -> Result<CutoverTaskView> {
        let note = note.to_owned();
        self.task_command(actor, run, task, |by| Command::Finish { by, note }).await
    }

    /// Records that a task did not work.
    pub async fn task_fail(
        &self,
        actor: &Actor,
        run: RunId,
        task: &str,
        reason: &str,
    ) -> Result<CutoverTaskView> {
        let reason = reason.to_owned();
        self.task_command(actor, run, task, |by| Command::Fail { by, reason }).await
    }

    /// Settles how to go on without a task that failed.
    pub async fn task_settle(
        &self,
        actor: &Actor,
        run: RunId,
        task: &str,
        how: &str,
    ) -> Result<CutoverTaskView> {
        let how = how.to_owned();
        self.task_command(actor, run, task, |by| Command::Settle { by, how }).await
    }

    /// Leaves a task out.
    pub async fn task_skip(
        &self,
        actor: &Actor,
        run: RunId,
        task: &str,
        reason: &str,
    ) -> Result<CutoverTaskView> {
        let reason = reason.to_owned();
        self.task_command(actor, run, task, |by| Command::Skip { by, reason }).await
    }

    /// Takes back that a task is over.
    pub async fn task_reopen(
        &self,
        actor: &Actor,
        run: RunId,
        task: &str,
        reason: &str,
    ) -> Result<CutoverTaskView> {
        let reason = reason.to_owned();
        self.task_command(actor, run, task, |by| Command::Reopen { by, reason }).await
    }

    /// Decides a checkpoint.
    pub async fn task_decide(
        &self,
        actor: &Actor,
        run: RunId,
        task: &str,
        said: &TaskDecision,
    ) -> Result<CutoverTaskView> {
        let go = match said.decision.as_str() {
            "go" => true,
            "no_go" => false,
            other => return Err(Error::invalid("decision", "go or no_go", other)),
        };
        let note = said.note.clone();
        self.task_command(actor, run, task, |by| Command::Decide { by, go, note }).await
    }

    /// Records a task of a rehearsal as it was measured: started and finished (or passed) in one.
    pub async fn task_record(
        &self,
        actor: &Actor,
        run: RunId,
        task: &str,
        measured: &TaskMeasured,
    ) -> Result<CutoverTaskView> {
        let (mut write, mut room, member) = self.enter(actor, run, task).await?;
        let (planned, by, note) = (room.task(task)?.clone(), actor.user, measured.note.clone());
        if room.kept.value.run.kind == runs::Kind::Live {
            return Err(Error::NotNow(
                "only a rehearsal takes times as measured; a live run is told as it goes".into(),
            ));
        }
        if measured.finished < measured.started || measured.finished > write.now() {
            let expected = "a moment after the start and not in the future";
            return Err(Error::invalid("finished", expected, measured.finished.to_string()));
        }
        let decider = decider(&member, &planned);
        let began = room.decide(&planned, decider, (Command::Start { by }, measured.started))?;
        room.keep(&mut write, task, &began).await?;
        let end = if planned.is_checkpoint() {
            Command::Decide { by, go: true, note }
        } else {
            Command::Finish { by, note }
        };
        let ended = room.decide(&planned, decider, (end, measured.finished))?;
        room.keep(&mut write, task, &ended).await?;
        write.commit().await?;
        self.task_view(actor, run, task).await
    }

    async fn task_command(
        &self,
        actor: &Actor,
        run: RunId,
        task: &str,
        command: impl FnOnce(UserId) -> Command,
    ) -> Result<CutoverTaskView> {
        let (mut write, mut room, member) = self.enter(actor, run, task).await?;
        let planned = room.task(task)?.clone();
        let decider = decider(&member, &planned);
        let change = room.decide(&planned, decider, (command(actor.user), write.now()))?;
        room.keep(&mut write, task, &change).await?;
        write.commit().await?;
        self.task_view(actor, run, task).await
    }

    /// Opens a write on a run, for who may work on this task.
    async fn enter(
        &self,
        actor: &Actor,
        run: RunId,
        task: &str,
    ) -> Result<(Write, Room<'_>, Member)> {
        let project = project_of_run(&mut self.store.session().await?, run).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let seen = self.member(&mut write, actor, project, Action::Converse).await;
        let member = seen.map_err(|error| hidden(error, run))?;
        let room = self.room(&mut write, run).await?;
        may_work(&member, room.task(task)?)?;
        Ok((write, room, member))
    }

    async fn operate(
        &self,
        write: &mut Write,
        room: &Room<'_>,
        (task, kind, by): (&Task, &str, UserId),
    ) -> Result<Change> {
        let trial = OperationId::named("trial", "");
        let now = write.now();
        room.decide(task, false, (Command::Operate { by, operation: trial }, now))?;
        let params = params(write as &mut Session, room, (&task.id, kind)).await?;
        let environment = room.kept.value.run.environment;
        let operation = self.intend(write, room.project, (environment, kind), params).await?;
        room.decide(task, false, (Command::Operate { by, operation }, now))
    }
}

/// Whoever holds the task's role, or runs the cutover.
pub(super) fn may_work(member: &Member, task: &Task) -> Result<()> {
    if holds(member, &task.owner) || holds(member, &task.backup) {
        return Ok(());
    }
    Ok(may(member, Action::RunCutover)?)
}

/// Whether a member decides this checkpoint; a service account never does.
pub(super) fn decider(member: &Member, task: &Task) -> bool {
    !member.service_account && (holds(member, &task.owner) || holds(member, &task.backup))
}
