//! Environments: planned, looked at, started and stopped.

mod facts;
mod plan;

pub(crate) use facts::facts;
pub(crate) use plan::Administrator;

use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::environment::{Command, Environment, Installed, Purpose, State, decide};
use golive_core::id::{EnvironmentId, OperationId, ProjectId};
use golive_core::people::Action;
use golive_store::{Intent, Session, Versioned, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// A new environment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnvironment {
    /// Unique in the project.
    pub name: String,
    /// `sandbox`, `production`, `development` or `golden_configuration`.
    pub purpose: String,
    /// The tier, 1 to 5.
    pub tier: u8,
    /// Who hosts it: `operator`, `self_service`, `cloud_hosted`, `image`.
    pub hosting: String,
    /// Where it stands.
    pub region: String,
    /// The application, by blueprint.
    pub blueprint: String,
    /// The target that it is deployed to, such as `local`.
    pub target: String,
    /// The version of the application that is wanted.
    pub version: String,
    /// Sign-in name of the administrator in the application.
    pub administrator: String,
}

/// An environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EnvironmentView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Unique in the project.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// The tier.
    pub tier: u8,
    /// Who hosts it.
    pub hosting: String,
    /// Where it stands.
    pub region: String,
    /// The application, by blueprint.
    pub blueprint: String,
    /// The target.
    pub target: String,
    /// The version that is wanted.
    pub version: String,
    /// The administrator's login.
    pub administrator: String,
    /// True when that is a service account of this server; a person may leave.
    pub administrator_is_service_account: bool,
    /// `planned`, `working`, `running`, `stopped`, `blocked` or `deleted`.
    pub state: String,
    /// The operation that works on it or blocks it.
    pub operation: Option<String>,
    /// What is there, as operations found it.
    #[schema(value_type = Option<Object>)]
    pub installed: Option<Installed>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version, for `If-Match`.
    pub row_version: i64,
}

impl App {
    /// Plans an environment; production is planned by its request.
    pub async fn environment_create(
        &self,
        actor: &Actor,
        project: ProjectId,
        new: &NewEnvironment,
    ) -> Result<EnvironmentView> {
        let purpose = plan::purpose(&new.purpose)?;
        if purpose == Purpose::Production {
            return Err(Error::NotNow("production is asked for with a production request".into()));
        }
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::RunEnvironment).await?;
        let id = self.plan(&mut write, project, plan::spec(new, purpose)?).await?;
        write.commit().await?;
        self.environment_view(actor, id).await
    }

    /// One environment.
    pub async fn environment_view(
        &self,
        actor: &Actor,
        id: EnvironmentId,
    ) -> Result<EnvironmentView> {
        let mut session = self.store.session().await?;
        let (project, seen) = self.environment_seen(&mut session, actor, id, Action::View).await?;
        self.view_of_environment(&mut session, actor, (id, project), seen).await
    }

    /// The environments of a project.
    pub async fn environment_list(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Vec<EnvironmentView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let mut views = Vec::new();
        for (id, seen) in session.of_project::<Environment>(project).await? {
            views.push(self.view_of_environment(&mut session, actor, (id, project), seen).await?);
        }
        Ok(views)
    }

    /// Deploys a planned sandbox. Production is deployed by its request.
    pub async fn environment_deploy(
        &self,
        actor: &Actor,
        id: EnvironmentId,
    ) -> Result<OperationId> {
        let project = self.project_of(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) =
            self.environment_seen(&mut write, actor, id, Action::RunEnvironment).await?;
        may_deploy(&seen.value)?;
        let operation = self.intend(&mut write, project, (id, "provision"), json!({})).await?;
        write.commit().await?;
        Ok(operation)
    }

    /// Like [`App::environment_deploy`], with the operation to watch.
    pub async fn environment_deploy_view(
        &self,
        actor: &Actor,
        id: EnvironmentId,
    ) -> Result<crate::operation::OperationView> {
        let operation = self.environment_deploy(actor, id).await?;
        self.operation_view(actor, operation).await
    }

    /// Starts, stops, locks, unlocks an environment, keeps a restore point, restores, or removes a leftover.
    pub async fn environment_service(
        &self,
        actor: &Actor,
        id: EnvironmentId,
        servicing: &Servicing,
    ) -> Result<crate::operation::OperationView> {
        let project = self.project_of(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) =
            self.environment_seen(&mut write, actor, id, Action::RunEnvironment).await?;
        let (kind, params) = servicing.intent();
        may_service(&seen.value, kind)?;
        let operation = self.intend(&mut write, project, (id, kind), params).await?;
        write.commit().await?;
        self.operation_view(actor, operation).await
    }

    /// What operations have left behind at an environment.
    pub async fn environment_leftovers(
        &self,
        actor: &Actor,
        id: EnvironmentId,
    ) -> Result<Vec<LeftoverView>> {
        let mut session = self.store.session().await?;
        self.environment_seen(&mut session, actor, id, Action::View).await?;
        let place = self.place(&mut session, id).await?;
        drop(session);
        let found = place
            .driver
            .leftovers(&place.site)
            .await
            .map_err(|error| Error::NotNow(error.to_string()))?;
        Ok(found.into_iter().map(leftover).collect())
    }

    /// The password of the application's administrator, for those who run the environment.
    pub async fn environment_administrator_password(
        &self,
        actor: &Actor,
        id: EnvironmentId,
    ) -> Result<String> {
        let project = self.project_of(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.environment_seen(&mut write, actor, id, Action::RunEnvironment).await?;
        let told = golive_store::Told::plain(
            "environment.password_shown",
            json!({ "event": "password_shown" }),
        );
        write.tell(&id.to_string(), &told).await?;
        write.commit().await?;
        self.administrator_password(id)
    }

    /// Stores an intent to work on an environment now.
    pub(crate) async fn intend(
        &self,
        write: &mut Write,
        project: ProjectId,
        what: (EnvironmentId, &str),
        params: serde_json::Value,
    ) -> Result<OperationId> {
        let now = write.now();
        self.intend_at(write, project, what, (params, now)).await
    }

    /// Stores an intent to work on an environment from an instant on.
    pub(crate) async fn intend_at(
        &self,
        write: &mut Write,
        project: ProjectId,
        (environment, kind): (EnvironmentId, &str),
        (params, due_at): (serde_json::Value, Timestamp),
    ) -> Result<OperationId> {
        let known =
            self.operations.newest(kind).ok_or_else(|| Error::not_found("operation kind", kind))?;
        let intent = Intent {
            id: OperationId::from_uuid(uuid::Uuid::now_v7()),
            project: project.to_string(),
            environment: environment.to_string(),
            kind: kind.to_owned(),
            kind_version: known.version(),
            params,
            requested_by: write.actor().to_owned(),
            due_at,
        };
        write.add_operation(&intent).await?;
        Ok(intent.id)
    }

    /// The project of an environment; an unknown one does not exist.
    pub(crate) async fn project_of(&self, id: EnvironmentId) -> Result<ProjectId> {
        let project = self.store.session().await?.project_of::<Environment>(id).await?;
        project.parse().map_err(Error::internal)
    }

    /// The environment, for who may do this.
    pub(crate) async fn environment_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        id: EnvironmentId,
        action: Action,
    ) -> Result<(ProjectId, Versioned<Environment>)> {
        let project: ProjectId =
            session.project_of::<Environment>(id).await?.parse().map_err(Error::internal)?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("environment", id),
            other => other,
        };
        self.member(session, actor, project, action).await.map_err(hidden)?;
        Ok((project, session.get::<Environment>(id).await?))
    }

    async fn view_of_environment(
        &self,
        session: &mut Session,
        actor: &Actor,
        (id, project): (EnvironmentId, ProjectId),
        seen: Versioned<Environment>,
    ) -> Result<EnvironmentView> {
        let allowed =
            self.member(session, actor, project, Action::RunEnvironment).await.map(|_| ());
        let mut actions = Vec::new();
        let again = |allowed: &Result<()>| {
            allowed.as_ref().map(|&()| ()).map_err(|error| Error::forbidden(error.to_string()))
        };
        actions.push(ActionView::tried(
            "environment_deploy",
            again(&allowed).and_then(|()| may_deploy(&seen.value)),
        ));
        for kind in SERVICING {
            let tried = again(&allowed).and_then(|()| may_service(&seen.value, kind));
            actions.push(ActionView::tried(&format!("environment_{kind}"), tried));
        }
        let operation = match &seen.value.state {
            State::Working { operation, .. } | State::Blocked { operation, .. } => {
                Some(operation.to_string())
            }
            State::Planned
            | State::Running { .. }
            | State::Stopped { .. }
            | State::Deleted { .. } => None,
        };
        let Environment { spec, state } = seen.value;
        let account = Administrator::of(session, &spec.administrator).await?;
        Ok(EnvironmentView {
            id: id.to_string(),
            project: project.to_string(),
            name: spec.name,
            purpose: spec.purpose.name().to_owned(),
            tier: spec.tier,
            hosting: spec.hosting,
            region: spec.region,
            blueprint: spec.blueprint,
            target: spec.target,
            version: spec.version,
            administrator: spec.administrator,
            administrator_is_service_account: account.is_service_account(),
            state: state.name().to_owned(),
            operation,
            installed: state.installed().cloned(),
            actions,
            row_version: seen.version,
        })
    }
}

/// A small operation on an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Servicing {
    /// Start the application.
    Start,
    /// Stop it.
    Stop,
    /// Lock all accounts but the administrator's.
    LockAccounts,
    /// Let people sign in again.
    UnlockAccounts,
    /// Keep a restore point.
    RestorePoint,
    /// Restore to a point.
    Restore {
        /// The restore point's name.
        point: String,
    },
    /// Load sample data; never into production.
    Seed {
        /// How many of each kind.
        size: u64,
    },
    /// Remove a leftover.
    CleanUp {
        /// Its kind.
        kind: String,
        /// Its name.
        name: String,
    },
}

/// The kinds of small operations, for the list of actions.
const SERVICING: [&str; 8] = [
    "start",
    "stop",
    "lock_accounts",
    "unlock_accounts",
    "restore_point",
    "restore",
    "seed",
    "clean_up",
];

impl Servicing {
    fn intent(&self) -> (&'static str, serde_json::Value) {
        match self {
            Self::Start => ("start", json!({})),
            Self::Stop => ("stop", json!({})),
            Self::LockAccounts => ("lock_accounts", json!({})),
            Self::UnlockAccounts => ("unlock_accounts", json!({})),
            Self::RestorePoint => ("restore_point", json!({})),
            Self::Restore { point } => ("restore", json!({ "point": point })),
            Self::Seed { size } => ("seed", json!({ "size": size })),
            Self::CleanUp { kind, name } => ("clean_up", json!({ "kind": kind, "name": name })),
        }
    }
}

/// Something that an operation left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeftoverView {
    /// `release`, `side_database`, `old_database`, `restore_point` or `log`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was made.
    #[schema(value_type = String)]
    pub made: Timestamp,
    /// The operation that made it, if it says so.
    pub operation: Option<String>,
    /// True when something still needs it.
    pub in_use: bool,
}

fn leftover(found: crate::ports::driver::Leftover) -> LeftoverView {
    LeftoverView {
        kind: found.kind,
        name: found.name,
        bytes: found.bytes,
        made: Timestamp::from_second(found.made).unwrap_or_default(),
        operation: found.operation.map(|id| id.to_string()),
        in_use: found.in_use,
    }
}

/// What a small operation answers, tried without storing.
fn may_service(environment: &Environment, kind: &str) -> Result<()> {
    let trial =
        Command::Begin { operation: OperationId::named("trial", ""), kind: kind.to_owned() };
    decide(&environment.state, trial, Timestamp::UNIX_EPOCH)?;
    let locked = environment.state.installed().is_some_and(|installed| installed.locked);
    let running = matches!(environment.state, State::Running { .. });
    let wrong = match kind {
        "start" => running.then_some("the application runs already"),
        "stop" => (!running).then_some("the application is stopped already"),
        "lock_accounts" => locked.then_some("the accounts are locked already"),
        "unlock_accounts" => (!locked).then_some("the accounts are not locked"),
        "seed" => (environment.spec.purpose == Purpose::Production)
            .then_some("production takes no sample data"),
        _ => None,
    };
    wrong.map_or(Ok(()), |why| Err(Error::NotNow(why.to_owned())))
}

/// What deploying answers, tried without storing.
fn may_deploy(environment: &Environment) -> Result<()> {
    if environment.spec.purpose == Purpose::Production {
        return Err(Error::NotNow("production is deployed by its production request".into()));
    }
    if environment.state != State::Planned {
        return Err(Error::NotNow(format!(
            "the environment is {} already",
            environment.state.name()
        )));
    }
    let trial =
        Command::Begin { operation: OperationId::named("trial", ""), kind: "provision".into() };
    decide(&environment.state, trial, jiff::Timestamp::UNIX_EPOCH)?;
    Ok(())
}
