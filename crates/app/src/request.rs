//! The production request: opened with an environment to be, configured, signed off, deployed.

use crate::people::{mail_address, one_line, plain_name};
use crate::views::{ActionView, GateView};
use crate::{Actor, App, Error, Result};
use golive_core::environment::{Purpose, Spec};
use golive_core::gate::Gate;
use golive_core::id::{OperationId, ProjectId, RequestId};
use golive_core::operation::Outcome;
use golive_core::people::Action;
use golive_core::portfolio::Project;
use golive_core::request::{
    Change, Command, Configuration, Event, Refusal, Request, State, decide,
};
use golive_core::service_model::ServiceModel;
use golive_store::{OperationRow, Session, Versioned, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What the customer asks for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestForm {
    /// The environment's name.
    pub name: String,
    /// Where it shall stand.
    pub region: String,
    /// The size's name.
    pub topology: String,
    /// The version of the application.
    pub version: String,
    /// Sign-in name of the administrator.
    pub administrator: String,
    /// Who is told, by mail address.
    #[serde(default)]
    pub notify: Vec<String>,
    /// The application, by blueprint.
    pub blueprint: String,
    /// The target that it is deployed to.
    pub target: String,
}

/// A production request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RequestView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// The environment that it is for.
    pub environment: String,
    /// `managed` or `self_service`.
    pub service_model: String,
    /// `configure`, `queued`, `deploying`, `deployed` or `failed`.
    pub state: String,
    /// What is asked for.
    #[schema(value_type = Object)]
    pub configuration: Configuration,
    /// The particulars of the state.
    #[schema(value_type = Object)]
    pub particulars: State,
    /// When the promised time is over, while its clock runs.
    #[schema(value_type = Option<String>)]
    pub due: Option<Timestamp>,
    /// The gate, judged now.
    pub gate: GateView,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version, for `If-Match`.
    pub row_version: i64,
}

impl App {
    /// Opens the production request of a project; there is one for each environment name.
    pub async fn request_create(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &RequestForm,
    ) -> Result<RequestView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::ConfigureRequest).await?;
        let model = write.get::<Project>(project).await?.value.model;
        let configuration = configuration(form)?;
        let wanted = spec(form, &configuration, model)?;
        let environment = self.plan(&mut write, project, wanted).await?;
        let request = Request { environment, model, configuration, state: State::Configure };
        let id = RequestId::named(&project.to_string(), &environment.to_string());
        let event = Event::Opened { configuration: request.configuration.clone() };
        write.insert(id, project, &request, &event).await?;
        write.commit().await?;
        self.request_view(actor, id).await
    }

    /// One production request with its gate.
    pub async fn request_view(&self, actor: &Actor, id: RequestId) -> Result<RequestView> {
        let mut session = self.store.session().await?;
        let (project, seen) = self.request_seen(&mut session, actor, id, Action::View).await?;
        self.view_of_request(&mut session, actor, (id, project), seen).await
    }

    /// The production requests of a project.
    pub async fn request_list(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Vec<RequestView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let mut views = Vec::new();
        for (id, seen) in session.of_project::<Request>(project).await? {
            views.push(self.view_of_request(&mut session, actor, (id, project), seen).await?);
        }
        Ok(views)
    }

    /// Changes what is asked for, before the sign-off; the environment to be is planned anew with it.
    pub async fn request_configure(
        &self,
        actor: &Actor,
        id: RequestId,
        form: &RequestForm,
    ) -> Result<RequestView> {
        let configuration = configuration(form)?;
        let project = self.project_of_request(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) = self.request_seen(&mut write, actor, id, Action::ConfigureRequest).await?;
        let wanted = spec(form, &configuration, seen.value.model)?;
        let change = decide(&seen.value, Command::Configure { configuration }, write.now())?;
        self.replan(&mut write, seen.value.environment, project, wanted).await?;
        self.store_request(&mut write, project, (id, &seen), &change).await?;
        write.commit().await?;
        self.request_view(actor, id).await
    }

    /// Signs the request off. Self-service: the deployment is intended in the same write.
    pub async fn request_sign_off(&self, actor: &Actor, id: RequestId) -> Result<RequestView> {
        let by = actor.user;
        let project = self.project_of_request(id).await?;
        self.signs(actor, project, Action::SignRequest, "you sign the production request off")
            .await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) = self.request_seen(&mut write, actor, id, Action::SignRequest).await?;
        let gate = self.judge(&mut write, project, Gate::ProductionRequest).await?;
        let change = decide(&seen.value, Command::SignOff { by, gate }, write.now())?;
        write.change(id, seen.version, &change.request, &change.event).await?;
        crate::service_request::follow(self, &mut write, project, (id, &change)).await?;
        self.sizing_after_sign_off(&mut write, project, by).await?;
        if change.request.model == ServiceModel::SelfService {
            let environment = change.request.environment;
            self.intend(&mut write, project, (environment, "provision"), json!({ "request": id }))
                .await?;
        }
        write.commit().await?;
        self.request_view(actor, id).await
    }

    /// Takes the sign-off back while the request is queued.
    pub async fn request_clear_sign_off(
        &self,
        actor: &Actor,
        id: RequestId,
    ) -> Result<RequestView> {
        let by = actor.user;
        self.request_command(actor, id, Action::SignRequest, |_| Command::ClearSignOff { by }).await
    }

    /// Deploys what is queued (managed): needs the open gate, and is judged again when the work starts.
    pub async fn request_deploy(&self, actor: &Actor, id: RequestId) -> Result<RequestView> {
        let project = self.project_of_request(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) = self.request_seen(&mut write, actor, id, Action::DeployRequest).await?;
        let gate = self.judge(&mut write, project, Gate::ProductionRequest).await?;
        let operation = OperationId::named("trial", "");
        decide(&seen.value, Command::StartDeploy { operation, gate }, write.now())?;
        let environment = seen.value.environment;
        self.intend(&mut write, project, (environment, "provision"), json!({ "request": id }))
            .await?;
        write.commit().await?;
        self.request_view(actor, id).await
    }

    /// Asks the customer something: the clock stands still.
    pub async fn request_ask(
        &self,
        actor: &Actor,
        id: RequestId,
        question: &str,
    ) -> Result<RequestView> {
        let (by, question) = (actor.user, question.trim().to_owned());
        self.request_command(actor, id, Action::DeployRequest, |_| Command::Ask { by, question })
            .await
    }

    /// The customer answers: the clock runs again.
    pub async fn request_answer(
        &self,
        actor: &Actor,
        id: RequestId,
        answer: &str,
    ) -> Result<RequestView> {
        let (by, answer) = (actor.user, answer.trim().to_owned());
        self.request_command(actor, id, Action::ConfigureRequest, |_| Command::Answer {
            by,
            answer,
        })
        .await
    }

    /// Turns a queued request down, with what would be accepted.
    pub async fn request_deny(
        &self,
        actor: &Actor,
        id: RequestId,
        reason: &str,
        suggestion: &str,
    ) -> Result<RequestView> {
        let (by, reason, suggestion) = (actor.user, reason.to_owned(), suggestion.to_owned());
        self.request_command(actor, id, Action::DeployRequest, |_| Command::Deny {
            by,
            reason,
            suggestion,
        })
        .await
    }

    /// Load, decide, store, for commands that need nothing but the request.
    async fn request_command(
        &self,
        actor: &Actor,
        id: RequestId,
        action: Action,
        command: impl FnOnce(&Request) -> Command,
    ) -> Result<RequestView> {
        let project = self.project_of_request(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) = self.request_seen(&mut write, actor, id, action).await?;
        let change = decide(&seen.value, command(&seen.value), write.now())?;
        self.store_request(&mut write, project, (id, &seen), &change).await?;
        write.commit().await?;
        self.request_view(actor, id).await
    }

    /// Stores a changed request with what follows from it.
    async fn store_request(
        &self,
        write: &mut Write,
        project: ProjectId,
        (id, seen): (RequestId, &Versioned<Request>),
        change: &Change,
    ) -> Result<()> {
        write.change(id, seen.version, &change.request, &change.event).await?;
        crate::service_request::follow(self, write, project, (id, change)).await?;
        if change.request.configuration != seen.value.configuration {
            crate::review::note_late_changes(self, write, project).await?;
        }
        Ok(())
    }

    async fn project_of_request(&self, id: RequestId) -> Result<ProjectId> {
        let project = self.store.session().await?.project_of::<Request>(id).await?;
        project.parse().map_err(Error::internal)
    }

    async fn request_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        id: RequestId,
        action: Action,
    ) -> Result<(ProjectId, Versioned<Request>)> {
        let project: ProjectId =
            session.project_of::<Request>(id).await?.parse().map_err(Error::internal)?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("request", id),
            other => other,
        };
        self.member(session, actor, project, action).await.map_err(hidden)?;
        Ok((project, session.get::<Request>(id).await?))
    }

    async fn view_of_request(
        &self,
        session: &mut Session,
        actor: &Actor,
        (id, project): (RequestId, ProjectId),
        seen: Versioned<Request>,
    ) -> Result<RequestView> {
        let gate = self.judge(session, project, Gate::ProductionRequest).await?;
        let (by, now, operation) = (actor.user, self.clock.now(), OperationId::named("trial", ""));
        let mut actions = Vec::new();
        for (name, action, command) in [
            (
                "request_configure",
                Action::ConfigureRequest,
                Command::Configure { configuration: seen.value.configuration.clone() },
            ),
            ("request_sign_off", Action::SignRequest, Command::SignOff { by, gate: gate.clone() }),
            ("request_clear_sign_off", Action::SignRequest, Command::ClearSignOff { by }),
            (
                "request_deploy",
                Action::DeployRequest,
                Command::StartDeploy { operation, gate: gate.clone() },
            ),
            ("request_ask", Action::DeployRequest, Command::Ask { by, question: "-".into() }),
            (
                "request_answer",
                Action::ConfigureRequest,
                Command::Answer { by, answer: "-".into() },
            ),
            (
                "request_deny",
                Action::DeployRequest,
                Command::Deny { by, reason: "-".into(), suggestion: "-".into() },
            ),
        ] {
            let allowed = self.member(session, actor, project, action).await;
            let tried =
                allowed.and_then(|_| decide(&seen.value, command, now).map_err(Error::from));
            actions.push(ActionView::tried(name, tried));
        }
        let policy = self.policy(&session.get::<Project>(project).await?.value.policy)?;
        let promised = match seen.value.model {
            ServiceModel::Managed => policy.duration("request.deployment_managed"),
            ServiceModel::SelfService => policy.duration("request.deployment_self_service"),
        };
        let due = match (&seen.value.state, promised) {
            (State::Queued { clock, .. } | State::Deploying { clock, .. }, Some(promised)) => {
                clock.due(promised)
            }
            (State::Configure | State::Deployed { .. } | State::Failed { .. }, _)
            | (State::Queued { .. } | State::Deploying { .. }, None) => None,
        };
        Ok(RequestView {
            id: id.to_string(),
            project: project.to_string(),
            environment: seen.value.environment.to_string(),
            service_model: seen.value.model.name().to_owned(),
            state: seen.value.state.name().to_owned(),
            configuration: seen.value.configuration,
            particulars: seen.value.state,
            due,
            gate: GateView { project: project.to_string(), open: gate.is_open(), verdict: gate },
            actions,
            row_version: seen.version,
        })
    }
}

/// The reviewer has released the project: requests that wait in its queue are released, and their clock starts.
pub(crate) async fn release_queued(write: &mut Write, project: ProjectId) -> Result<()> {
    for (id, seen) in write.of_project::<Request>(project).await? {
        if !matches!(seen.value.state, State::Queued { .. }) {
            continue;
        }
        let change = decide(&seen.value, Command::Release, write.now())?;
        if change.request != seen.value {
            write.change(id, seen.version, &change.request, &change.event).await?;
        }
    }
    Ok(())
}

/// The work starts: the gate is judged again, in the write of the operation's first record.
pub(crate) async fn start_deploying(
    app: &App,
    write: &mut Write,
    operation: &OperationRow,
) -> Result<()> {
    let Some(id) = request_of(operation)? else { return Ok(()) };
    let project: ProjectId = operation.project.parse().map_err(Error::internal)?;
    let seen = write.get::<Request>(id).await?;
    let gate = app.judge(write, project, Gate::ProductionRequest).await?;
    let command = Command::StartDeploy { operation: operation.id, gate };
    let change = decide(&seen.value, command, write.now())?;
    write.change(id, seen.version, &change.request, &change.event).await?;
    crate::service_request::follow(app, write, project, (id, &change)).await
}

/// The work has ended; a request that it never started on is left as it is.
pub(crate) async fn end_deploying(
    app: &App,
    write: &mut Write,
    operation: &OperationRow,
    outcome: &Outcome,
) -> Result<()> {
    let Some(id) = request_of(operation)? else { return Ok(()) };
    let project: ProjectId = operation.project.parse().map_err(Error::internal)?;
    let seen = write.get::<Request>(id).await?;
    let command = match outcome {
        Outcome::Succeeded => Command::FinishDeploy { operation: operation.id },
        Outcome::RolledBack { why }
        | Outcome::Cancelled { why }
        | Outcome::RollbackFailed { why, .. } => {
            Command::FailDeploy { operation: operation.id, why: why.clone() }
        }
    };
    match decide(&seen.value, command, write.now()) {
        Ok(change) => {
            write.change(id, seen.version, &change.request, &change.event).await?;
            crate::service_request::follow(app, write, project, (id, &change)).await
        }
        Err(
            Refusal::WrongState { .. }
            | Refusal::GateShut(_)
            | Refusal::Missing(_)
            | Refusal::NothingAsked,
        ) => Ok(()),
    }
}

fn request_of(operation: &OperationRow) -> Result<Option<RequestId>> {
    match operation.params.get("request").and_then(serde_json::Value::as_str) {
        Some(text) => text.parse().map(Some).map_err(Error::internal),
        None => Ok(None),
    }
}

fn configuration(form: &RequestForm) -> Result<Configuration> {
    Ok(Configuration {
        name: plain_name("name", &form.name)?,
        region: one_line("region", &form.region)?,
        topology: one_line("topology", &form.topology)?,
        version: one_line("version", &form.version)?,
        administrator: one_line("administrator", &form.administrator)?,
        notify: form
            .notify
            .iter()
            .map(|address| mail_address("notify", address))
            .collect::<Result<_>>()?,
    })
}

fn spec(form: &RequestForm, configuration: &Configuration, model: ServiceModel) -> Result<Spec> {
    Ok(Spec {
        name: configuration.name.clone(),
        purpose: Purpose::Production,
        tier: 5,
        hosting: match model {
            ServiceModel::Managed => "operator".into(),
            ServiceModel::SelfService => "self_service".into(),
        },
        region: configuration.region.clone(),
        blueprint: one_line("blueprint", &form.blueprint)?,
        target: one_line("target", &form.target)?,
        version: configuration.version.clone(),
        administrator: configuration.administrator.clone(),
    })
}
