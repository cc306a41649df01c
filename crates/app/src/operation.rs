//! Operations as people see them: what is done, what is next, and what they may choose.

use crate::operations::Kind;
use crate::people::one_line;
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::id::{EnvironmentId, OperationId, ProjectId};
use golive_core::operation::{Choice, Next, Outcome, Record, next};
use golive_core::people::Action;
use golive_store::{Intent, OperationRow, Phase, Session};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// One operation step with how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    /// Its name within the operation.
    pub name: String,
    /// What it does.
    pub title: String,
    /// `waiting`, `running`, `done`, `failed`, `undoing`, `undone`.
    pub state: String,
    /// When it started last, by the business clock.
    #[schema(value_type = Option<String>)]
    pub started: Option<Timestamp>,
    /// When it ended, by the business clock.
    #[schema(value_type = Option<String>)]
    pub ended: Option<Timestamp>,
    /// How often it was started.
    pub times: usize,
    /// What went wrong, if something did.
    pub trouble: Option<String>,
}

/// An operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OperationView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// The environment that it works on, if any.
    pub environment: Option<String>,
    /// Its kind.
    pub kind: String,
    /// What it does.
    pub title: String,
    /// `open`, `attention`, `succeeded`, `rolled_back`, `cancelled` or `rollback_failed`.
    pub state: String,
    /// What went wrong or what a person must look at.
    pub diagnosis: Option<String>,
    /// Who asked for it.
    pub requested_by: String,
    /// When, by the business clock.
    #[schema(value_type = String)]
    pub created: Timestamp,
    /// Not before this instant of the business clock.
    #[schema(value_type = String)]
    pub due: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>)]
    pub ended: Option<Timestamp>,
    /// The steps in order.
    pub steps: Vec<StepView>,
    /// What a person may choose, with what each costs.
    pub choices: Vec<ChoiceView>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

/// A choice with what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChoiceView {
    /// Its name.
    pub name: String,
    /// What it costs.
    pub cost: String,
}

/// Lines of an operation's live log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogView {
    /// The lines.
    pub text: String,
    /// Where to go on reading.
    pub next: u64,
}

/// What a drill shall do.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrillRequest {
    /// The step, from 1 to 3, that refuses; 0 for none.
    #[serde(default)]
    pub refuse_at: usize,
    /// The step that needs attention; 0 for none.
    #[serde(default)]
    pub attention_at: usize,
    /// The step whose undo fails; 0 for none.
    #[serde(default)]
    pub undo_fails_at: usize,
    /// How long each step takes, in milliseconds, at most 60,000.
    #[serde(default)]
    pub step_millis: u64,
}

impl App {
    /// One operation.
    pub async fn operation_view(&self, actor: &Actor, id: OperationId) -> Result<OperationView> {
        let mut session = self.store.session().await?;
        let row = self.operation_seen(&mut session, actor, id, Action::View).await?;
        let settle =
            self.operation_seen(&mut session, actor, id, Action::SettleOperation).await.map(|_| ());
        let records = session.records(id).await?;
        Ok(self.view_of_operation(row, &records, settle))
    }

    /// The operations of a project, or of one of its environments, newest first.
    pub async fn operation_list(
        &self,
        actor: &Actor,
        project: ProjectId,
        environment: Option<EnvironmentId>,
    ) -> Result<Vec<OperationView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let settle =
            self.member(&mut session, actor, project, Action::SettleOperation).await.map(|_| ());
        let environment = environment.map(|id| id.to_string());
        let rows = session.operations(&project.to_string(), environment.as_deref(), 200).await?;
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let records = session.records(row.id).await?;
            let settle =
                settle.as_ref().map(|&()| ()).map_err(|error| Error::forbidden(error.to_string()));
            views.push(self.view_of_operation(row, &records, settle));
        }
        Ok(views)
    }

    /// The lines of an operation, from a position.
    pub async fn operation_log(
        &self,
        actor: &Actor,
        id: OperationId,
        from: u64,
    ) -> Result<LogView> {
        let mut session = self.store.session().await?;
        self.operation_seen(&mut session, actor, id, Action::View).await?;
        let (text, next) = crate::live::read(&self.folders.operation(id), from)?;
        Ok(LogView { text, next })
    }

    /// Chooses what happens to an operation that needs attention or whose undo failed.
    pub async fn operation_choose(
        &self,
        actor: &Actor,
        id: OperationId,
        choice: Choice,
        reason: &str,
    ) -> Result<OperationView> {
        let reason = one_line("reason", reason)?;
        let record = Record::Chosen { by: actor.user, choice, reason };
        self.person_writes(actor, id, &record, may_choose).await
    }

    /// Stops an operation: what is done is undone.
    pub async fn operation_cancel(
        &self,
        actor: &Actor,
        id: OperationId,
        reason: &str,
    ) -> Result<OperationView> {
        let why = one_line("reason", reason)?;
        let record = Record::CancelAsked { by: actor.user, why };
        self.person_writes(actor, id, &record, may_cancel).await
    }

    /// Starts a drill: it changes nothing but its own file, and recovers like any operation.
    pub async fn operation_drill(
        &self,
        actor: &Actor,
        project: ProjectId,
        wanted: &DrillRequest,
    ) -> Result<OperationView> {
        if wanted.step_millis > 60_000 {
            return Err(Error::invalid(
                "step_millis",
                "at most 60000",
                wanted.step_millis.to_string(),
            ));
        }
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::RunEnvironment).await?;
        let intent = Intent {
            id: OperationId::from_uuid(uuid::Uuid::now_v7()),
            project: project.to_string(),
            environment: String::new(),
            kind: "drill".into(),
            kind_version: 1,
            params: serde_json::to_value(wanted).map_err(Error::internal)?,
            requested_by: actor.user.to_string(),
            due_at: write.now(),
        };
        write.add_operation(&intent).await?;
        write.commit().await?;
        self.operation_view(actor, intent.id).await
    }

    async fn person_writes(
        &self,
        actor: &Actor,
        id: OperationId,
        record: &Record,
        allowed: impl Fn(&OperationRow, &[Record]) -> Result<()>,
    ) -> Result<OperationView> {
        let project = self.store.session().await?.operation(id).await?.project;
        let mut write = self.store.write(&project, self.stamp(actor)).await?;
        let row = self.operation_seen(&mut write, actor, id, Action::SettleOperation).await?;
        let log: Vec<Record> =
            write.records(id).await?.into_iter().map(|(_, record)| record).collect();
        allowed(&row, &log)?;
        write.record_of_person(id, log.len(), record).await?;
        write.commit().await?;
        self.operation_view(actor, id).await
    }

    async fn operation_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        id: OperationId,
        action: Action,
    ) -> Result<OperationRow> {
        let row = session.operation(id).await?;
        let project: ProjectId = row.project.parse().map_err(Error::internal)?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("operation", id),
            other => other,
        };
        self.member(session, actor, project, action).await.map_err(hidden)?;
        Ok(row)
    }

    fn view_of_operation(
        &self,
        row: OperationRow,
        records: &[(Timestamp, Record)],
        settle: Result<()>,
    ) -> OperationView {
        let kind = self.operations.get(&row.kind, row.kind_version);
        let log: Vec<Record> = records.iter().map(|(_, record)| record.clone()).collect();
        let steps = kind.as_ref().map_or(0, |kind| kind.steps().len());
        let next = next(steps, &log, self.clock.now());
        let (cancel, choose) = match settle {
            Ok(()) => (may_cancel(&row, &log), may_choose(&row, &log)),
            Err(error) => (Err(Error::forbidden(error.to_string())), Err(error)),
        };
        let choices = if choose.is_ok() { Choice::ALL.to_vec() } else { vec![] };
        OperationView {
            id: row.id.to_string(),
            project: row.project,
            environment: Some(row.environment).filter(|id| !id.is_empty()),
            title: kind.as_ref().map_or(row.kind.as_str(), |kind| kind.title()).to_owned(),
            kind: row.kind,
            state: state_name(row.phase, row.outcome.as_ref()),
            diagnosis: diagnosis(&next, row.outcome.as_ref(), &log),
            requested_by: row.requested_by,
            created: row.created_at,
            due: row.due_at,
            ended: row.ended_at,
            steps: kind.map_or_else(Vec::new, |kind| step_views(&kind, records)),
            choices: choices
                .into_iter()
                .map(|(choice, cost)| ChoiceView { name: choice.name().into(), cost: cost.into() })
                .collect(),
            actions: vec![
                ActionView::tried("operation_cancel", cancel),
                ActionView::tried("operation_choose", choose),
            ],
        }
    }
}

fn may_choose(row: &OperationRow, _log: &[Record]) -> Result<()> {
    let failed_undo = matches!(row.outcome, Some(Outcome::RollbackFailed { .. }));
    if row.phase == Phase::Attention || failed_undo {
        return Ok(());
    }
    Err(Error::NotNow("the operation does not wait for a choice".into()))
}

fn may_cancel(row: &OperationRow, log: &[Record]) -> Result<()> {
    if row.phase == Phase::Done {
        return Err(Error::NotNow("the operation has ended".into()));
    }
    let goes_back =
        |record: &Record| matches!(record, Record::CancelAsked { .. } | Record::Refused { .. });
    if log.iter().any(goes_back) {
        return Err(Error::NotNow("the operation is being undone already".into()));
    }
    Ok(())
}

fn state_name(phase: Phase, outcome: Option<&Outcome>) -> String {
    outcome.map_or(phase.name(), Outcome::name).to_owned()
}

fn diagnosis(next: &Next, outcome: Option<&Outcome>, log: &[Record]) -> Option<String> {
    match (next, outcome) {
        (
            _,
            Some(
                Outcome::RolledBack { why }
                | Outcome::Cancelled { why }
                | Outcome::RollbackFailed { why, .. },
            ),
        ) => Some(why.clone()),
        (Next::NeedsAttention { diagnosis, .. }, _) => Some(diagnosis.clone()),
        (Next::Undo { .. }, _) => log.iter().find_map(|record| match record {
            Record::Refused { why, .. } | Record::CancelAsked { why, .. } => Some(why.clone()),
            Record::Started { .. }
            | Record::Done { .. }
            | Record::Retrying { .. }
            | Record::Waiting { .. }
            | Record::AttentionNeeded { .. }
            | Record::Chosen { .. }
            | Record::UndoStarted { .. }
            | Record::Undone { .. }
            | Record::UndoRetrying { .. }
            | Record::UndoFailed { .. } => None,
        }),
        (Next::Apply { .. } | Next::Wait { .. } | Next::Finish(_), _) => None,
    }
}

fn step_views(kind: &Arc<dyn Kind>, records: &[(Timestamp, Record)]) -> Vec<StepView> {
    let mut views: Vec<StepView> = kind
        .steps()
        .iter()
        .map(|step| StepView {
            name: step.name().into(),
            title: step.title().into(),
            state: "waiting".into(),
            started: None,
            ended: None,
            times: 0,
            trouble: None,
        })
        .collect();
    for (at, record) in records {
        let mut set = |step: usize, state: &str, trouble: Option<&String>| {
            let Some(view) = views.get_mut(step) else { return };
            state.clone_into(&mut view.state);
            match state {
                "running" => {
                    view.started = Some(*at);
                    view.ended = None;
                    view.times += 1;
                }
                "done" | "failed" | "undone" => view.ended = Some(*at),
                _ => {}
            }
            view.trouble = trouble.cloned().or_else(|| view.trouble.take());
        };
        match record {
            Record::Started { step, .. } => set(*step, "running", None),
            Record::Done { step, .. } => set(*step, "done", None),
            Record::Retrying { step, why } => set(*step, "waiting", Some(why)),
            Record::Waiting { step, .. } => set(*step, "waiting", None),
            Record::Refused { step, why } => set(*step, "failed", Some(why)),
            Record::AttentionNeeded { step, diagnosis } => set(*step, "failed", Some(diagnosis)),
            Record::UndoStarted { step, .. } => set(*step, "undoing", None),
            Record::Undone { step } => set(*step, "undone", None),
            Record::UndoRetrying { step, why } => set(*step, "undoing", Some(why)),
            Record::UndoFailed { step, why } => set(*step, "failed", Some(why)),
            Record::Chosen { .. } | Record::CancelAsked { .. } => {}
        }
    }
    views
}
