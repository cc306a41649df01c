//! Database copies: asked for, done by an operation, proven, signed or rolled back.

use crate::environment::Administrator;
use crate::facts::Ground;
use crate::operations::copy_database::{Params, RECONCILE};
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::datacopy::sign_off::{Command, State, decide};
use golive_core::datacopy::{
    Done, Movement, Place, Plan, Preview, Report, Standing, Task, after_copy, gate_facts, preview,
    production_facts,
};
use golive_core::environment::{Environment, Purpose};
use golive_core::fact::Facts;
use golive_core::gate::Gate;
use golive_core::id::{EnvironmentId, OperationId, ProjectId, UserId};
use golive_core::operation::{Outcome, Record, output};
use golive_core::people::Action;
use golive_core::portfolio::Project;
use golive_core::service_request::Window;
use golive_store::{OperationRow, Session, Versioned, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A copy that shall be done.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyRequest {
    /// Where the data come from.
    #[schema(value_type = String)]
    pub source: EnvironmentId,
    /// Where they go: everything that is there is replaced.
    #[schema(value_type = String)]
    pub destination: EnvironmentId,
    /// The destination's name, typed by hand.
    pub typed_name: String,
    /// When the window begins; at once without it.
    #[serde(default)]
    pub starts: Option<String>,
    /// When the window ends; four hours after its start without it.
    #[serde(default)]
    pub ends: Option<String>,
}

/// A copy that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CopyView {
    /// The operation that did it.
    pub id: String,
    /// The project.
    pub project: String,
    /// Where the data came from.
    pub source: String,
    /// Where they went.
    pub destination: String,
    /// When it was done.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// `waiting`, `signed` or `rolled_back`.
    pub state: String,
    /// True when everything agrees.
    pub proven: bool,
    /// The report: worst first.
    #[schema(value_type = Object)]
    pub report: Report,
    /// The signature.
    #[schema(value_type = Object)]
    pub sign_off: State,
    /// What people do afterwards.
    #[schema(value_type = Vec<Object>)]
    pub tasks: Vec<Task>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

impl App {
    /// What a copy into an environment would change, before anything is done.
    pub async fn datacopy_preview(
        &self,
        actor: &Actor,
        destination: EnvironmentId,
    ) -> Result<PreviewView> {
        let mut session = self.store.session().await?;
        let (_, seen) =
            self.environment_seen(&mut session, actor, destination, Action::View).await?;
        let blueprint = self.blueprint(&mut session, &seen.value.spec.blueprint).await?;
        Ok(PreviewView {
            preview: preview(&blueprint.neutralisation, &[]),
            tasks: after_copy(&blueprint.after_copy),
        })
    }

    /// Copies a database. Into production it needs its gate, its window and the typed name.
    pub async fn datacopy_start(
        &self,
        actor: &Actor,
        project: ProjectId,
        wanted: &CopyRequest,
    ) -> Result<crate::operation::OperationView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let there = write.get::<Environment>(wanted.destination).await?.value;
        let action = match there.spec.purpose {
            Purpose::Production => Action::CopyProduction,
            Purpose::Sandbox | Purpose::Development | Purpose::GoldenConfiguration => {
                Action::ServiceSandbox
            }
        };
        self.member(&mut write, actor, project, action).await?;
        for id in [wanted.source, wanted.destination] {
            let owner = write.project_of::<Environment>(id).await?;
            if owner != project.to_string() {
                return Err(Error::not_found("environment", id));
            }
        }
        if wanted.typed_name != there.spec.name {
            return Err(Error::invalid("typed_name", "the destination's name", &wanted.typed_name));
        }
        let window = window(wanted, write.now())?;
        let asked = Asked {
            source: wanted.source,
            destination: wanted.destination,
            filed: write.now(),
            window,
            by: actor.user,
        };
        self.may_copy(&mut write, project, &asked).await?;
        let params = serde_json::json!({ "source": wanted.source, "typed_name": wanted.typed_name, "filed": asked.filed, "window": window });
        let operation = self
            .intend_at(
                &mut write,
                project,
                (wanted.destination, "copy_database"),
                (params, window.start),
            )
            .await?;
        write.commit().await?;
        self.operation_view(actor, operation).await
    }

    /// The copies of a project, newest first.
    pub async fn datacopy_list(&self, actor: &Actor, project: ProjectId) -> Result<Vec<CopyView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let mut views = Vec::new();
        for (id, seen) in session.of_project::<Movement>(project).await?.into_iter().rev() {
            views.push(self.view_of_copy(&mut session, actor, (id, project), seen).await);
        }
        Ok(views)
    }

    /// One copy with its report.
    pub async fn datacopy_view(&self, actor: &Actor, id: OperationId) -> Result<CopyView> {
        let mut session = self.store.session().await?;
        let (project, seen) = self.copy_seen(&mut session, actor, id, Action::View).await?;
        Ok(self.view_of_copy(&mut session, actor, (id, project), seen).await)
    }

    /// Signs the report of a copy, bound to its digest.
    pub async fn datacopy_sign_off(
        &self,
        actor: &Actor,
        id: OperationId,
        digest: &str,
        issues: Option<String>,
    ) -> Result<CopyView> {
        let project = self.project_of_copy(id).await?;
        let action = Action::SignReconciliation;
        self.signs(actor, project, action, "you sign the reconciliation").await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) = self.copy_seen(&mut write, actor, id, action).await?;
        let command = Command::Sign { by: actor.user, digest: digest.to_owned(), issues };
        let movement = &seen.value;
        let (state, event) =
            decide(&movement.sign_off, command, &movement.report, movement.started_by, write.now())
                .map_err(|refusal| Error::NotNow(refusal.to_string()))?;
        write.change(id, seen.version, &Movement { sign_off: state, ..seen.value }, &event).await?;
        write.commit().await?;
        self.datacopy_view(actor, id).await
    }

    /// Marks one task after the copy as done.
    pub async fn datacopy_task_done(
        &self,
        actor: &Actor,
        id: OperationId,
        task: &str,
    ) -> Result<CopyView> {
        let project = self.project_of_copy(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) = self.copy_seen(&mut write, actor, id, Action::ServiceSandbox).await?;
        let mut movement = seen.value;
        let found = movement.tasks.iter_mut().find(|line| line.task.id == task);
        let line = found.ok_or_else(|| Error::not_found("task", task))?;
        line.done = Some(Done { by: actor.user, at: write.now() });
        let event = serde_json::json!({ "event": "task_done", "task": task });
        write.change(id, seen.version, &movement, &event).await?;
        write.commit().await?;
        self.datacopy_view(actor, id).await
    }

    async fn may_copy(
        &self,
        session: &mut Session,
        project: ProjectId,
        asked: &Asked,
    ) -> Result<()> {
        let (source, destination) = (
            session.get::<Environment>(asked.source).await?.value,
            session.get::<Environment>(asked.destination).await?.value,
        );
        if asked.source == asked.destination {
            return Err(Error::invalid(
                "destination",
                "another environment than the source",
                &destination.spec.name,
            ));
        }
        if source.state.installed().is_none() || destination.state.installed().is_none() {
            return Err(Error::NotNow("both environments must be deployed".into()));
        }
        if source.spec.blueprint != destination.spec.blueprint {
            return Err(Error::NotNow("source and destination run different applications".into()));
        }
        same_administrator(&source, &destination)?;
        if destination.spec.purpose != Purpose::Production {
            return Ok(());
        }
        let place = |environment: &Environment| Place {
            name: environment.spec.name.clone(),
            geography: environment.spec.region.clone(),
            modules: environment
                .state
                .installed()
                .map(|installed| installed.modules.clone())
                .unwrap_or_default(),
            bytes: 0,
        };
        let open = session.open_operations().await?;
        let touches = |operation: &&OperationRow| {
            let on = [asked.source.to_string(), asked.destination.to_string()]
                .contains(&operation.environment);
            on && operation.kind != "copy_database"
        };
        let administrator = Administrator::of(session, &destination.spec.administrator).await?;
        let plan = Plan {
            source: place(&source),
            destination: place(&destination),
            capacity: self.free_bytes(),
            typed_name: destination.spec.name.clone(),
            restore_point: true, // The former database is kept by the exchange itself.
            filed: asked.filed,
            window: Some(asked.window),
            requested_by: asked.by,
            confirmed_by: None,
            operations_running: open.iter().filter(touches).count(),
            emergency_administrator: administrator.is_service_account(),
        };
        let verdict =
            self.judge_with(session, project, Gate::ProductionCopy, gate_facts(&plan)).await?;
        if verdict.is_open() { Ok(()) } else { Err(Error::GateShut(Box::new(verdict))) }
    }

    /// What is free where the data folder lies.
    fn free_bytes(&self) -> u64 {
        rustix::fs::statvfs(&self.folders.data).map_or(0, |stat| stat.f_bavail * stat.f_frsize)
    }

    async fn project_of_copy(&self, id: OperationId) -> Result<ProjectId> {
        let project = self.store.session().await?.project_of::<Movement>(id).await?;
        project.parse().map_err(Error::internal)
    }

    async fn copy_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        id: OperationId,
        action: Action,
    ) -> Result<(ProjectId, Versioned<Movement>)> {
        let project: ProjectId =
            session.project_of::<Movement>(id).await?.parse().map_err(Error::internal)?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("copy", id),
            other => other,
        };
        self.member(session, actor, project, action).await.map_err(hidden)?;
        Ok((project, session.get::<Movement>(id).await?))
    }

    async fn view_of_copy(
        &self,
        session: &mut Session,
        actor: &Actor,
        (id, project): (OperationId, ProjectId),
        seen: Versioned<Movement>,
    ) -> CopyView {
        let movement = seen.value;
        let allowed = self.member(session, actor, project, Action::SignReconciliation).await;
        let command =
            Command::Sign { by: actor.user, digest: movement.report.digest.clone(), issues: None };
        let tried = allowed.and_then(|_| {
            decide(
                &movement.sign_off,
                command,
                &movement.report,
                movement.started_by,
                self.clock.now(),
            )
            .map_err(|refusal| Error::NotNow(refusal.to_string()))
        });
        CopyView {
            id: id.to_string(),
            project: project.to_string(),
            source: movement.source.to_string(),
            destination: movement.destination.to_string(),
            at: movement.at,
            state: state_name(&movement.sign_off).to_owned(),
            proven: movement.report.is_proven(),
            actions: vec![ActionView::tried("datacopy_sign_off", tried)],
            report: movement.report,
            sign_off: movement.sign_off,
            tasks: movement.tasks,
        }
    }
}

/// What a copy would change, and what people do afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PreviewView {
    /// What the neutralisation profile changes.
    #[schema(value_type = Object)]
    pub preview: Preview,
    /// What people do afterwards.
    #[schema(value_type = Vec<Object>)]
    pub tasks: Vec<Task>,
}

struct Asked {
    source: EnvironmentId,
    destination: EnvironmentId,
    filed: Timestamp,
    window: Window,
    by: UserId,
}

fn state_name(state: &State) -> &'static str {
    match state {
        State::Waiting { .. } => "waiting",
        State::Signed { .. } => "signed",
        State::RolledBack { .. } => "rolled_back",
    }
}

fn window(wanted: &CopyRequest, now: Timestamp) -> Result<Window> {
    let request = crate::package::InstallRequest {
        environment: wanted.destination,
        starts: wanted.starts.clone(),
        ends: wanted.ends.clone(),
    };
    let (start, end) = crate::package::window(&request, now)?;
    Ok(Window { start, end })
}

/// The work starts: everything is judged again, in the write of the operation's first record.
pub(crate) async fn start_copying(
    app: &App,
    write: &mut Write,
    operation: &OperationRow,
) -> Result<()> {
    let params: Params =
        serde_json::from_value(operation.params.clone()).map_err(Error::internal)?;
    let project: ProjectId = operation.project.parse().map_err(Error::internal)?;
    let read = |name: &str| operation.params.get(name).cloned().unwrap_or_default();
    let asked = Asked {
        source: params.source,
        destination: operation.environment.parse().map_err(Error::internal)?,
        filed: serde_json::from_value(read("filed")).map_err(Error::internal)?,
        window: serde_json::from_value(read("window")).map_err(Error::internal)?,
        by: operation.requested_by.parse().map_err(Error::internal)?,
    };
    if write.now() > asked.window.end {
        return Err(Error::NotNow(format!("the window ended at {}", asked.window.end)));
    }
    app.may_copy(write, project, &asked).await
}

/// The work is done: the report is kept and waits for its signature.
pub(crate) async fn end_copying(
    app: &App,
    write: &mut Write,
    operation: &OperationRow,
    (outcome, log): (&Outcome, &[Record]),
) -> Result<()> {
    if *outcome != Outcome::Succeeded {
        return Ok(());
    }
    let params: Params =
        serde_json::from_value(operation.params.clone()).map_err(Error::internal)?;
    let project: ProjectId = operation.project.parse().map_err(Error::internal)?;
    let destination: EnvironmentId = operation.environment.parse().map_err(Error::internal)?;
    let report: Report =
        serde_json::from_value(output(log, RECONCILE).cloned().unwrap_or_default())
            .map_err(Error::internal)?;
    let policy = app.policy(&write.get::<Project>(project).await?.value.policy)?;
    let within = policy.duration("database_copy.sign_off_within").unwrap_or_default();
    let blueprint = write.get::<Environment>(destination).await?.value.spec.blueprint;
    let tasks = after_copy(&app.blueprint(write, &blueprint).await?.after_copy);
    let movement = Movement {
        source: params.source,
        destination,
        started_by: operation.requested_by.parse().map_err(Error::internal)?,
        at: write.now(),
        sign_off: State::Waiting { due: write.now() + within },
        report,
        tasks,
    };
    let event = serde_json::json!({ "event": "copied", "digest": movement.report.digest });
    Ok(write.insert(operation.id, project, &movement, &event).await?)
}

/// The copies of a project, each with the purpose of the environment that it went into.
pub(crate) async fn copies(
    session: &mut Session,
    project: ProjectId,
) -> Result<Vec<(Movement, Purpose)>> {
    let mut copies = Vec::new();
    for (_, seen) in session.of_project::<Movement>(project).await? {
        let into = session.get::<Environment>(seen.value.destination).await?.value.spec.purpose;
        copies.push((seen.value, into));
    }
    Ok(copies)
}

/// The facts that this subject knows of a project.
pub(crate) async fn facts(
    _app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let copies = copies(session, ground.id).await?;
    let into_production = |(_, into): &&(Movement, Purpose)| *into == Purpose::Production;
    let newest = copies.iter().rfind(into_production).map(|(movement, _)| movement);
    let practised = copies.len() - copies.iter().filter(into_production).count();
    facts.set("servicing.database_copies", practised);
    let standing = newest.map_or(Standing::Open, |movement| Standing::Copied {
        report: None,
        sign_off: &movement.sign_off,
    });
    facts.extend(production_facts(&standing));
    Ok(())
}

/// A copy brings the accounts along, and nothing but what the profile names is changed in it: so the administrator whom the
/// destination names must be the one who comes.
fn same_administrator(source: &Environment, destination: &Environment) -> Result<()> {
    let (from, to) = (&source.spec.administrator, &destination.spec.administrator);
    if from == to {
        return Ok(());
    }
    Err(Error::NotNow(format!(
        "the administrator of {} is {from}, that of {} is {to}; a copy brings the administrator along",
        source.spec.name, destination.spec.name
    )))
}
