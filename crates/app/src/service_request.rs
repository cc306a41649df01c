//! Service requests: filed with a type, lead time and window; talked about; worked on; signed off.
//!
//! The one that belongs to a production request is in [`linked`]: made and moved in the writes of that request.

mod desk;
mod linked;
mod views;

pub(crate) use desk::Desk;
pub(crate) use linked::follow;
pub(crate) use views::names;
pub use views::{CommentView, ServiceRequestView};

use crate::facts::Ground;
use crate::people::one_line;
use crate::{Actor, App, Error, Result};
use golive_core::fact::Facts;
use golive_core::id::{EnvironmentId, ProjectId, ServiceRequestId};
use golive_core::people::{Action, Side};
use golive_core::portfolio::Project;
use golive_core::service_request::{
    Command, Filed, Kind, New, Refusal, State, Window, WindowCheck, submit,
};
use golive_store::{Session, Versioned, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest message.
const LONGEST: usize = 10_000;

/// A new service request.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceRequest {
    /// What is asked: `package`, `database_copy`, `sandbox_restore`, `access_list`, `other` and so on.
    pub kind: String,
    /// It in a few words.
    pub title: String,
    /// What the operator must know.
    #[serde(default)]
    pub text: String,
    /// The environment that it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub environment: Option<EnvironmentId>,
    /// The downtime that is offered: from.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub window_start: Option<Timestamp>,
    /// The downtime that is offered: until.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub window_end: Option<Timestamp>,
}

/// A downtime that is offered.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowForm {
    /// From.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub window_start: Option<Timestamp>,
    /// Until.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub window_end: Option<Timestamp>,
}

/// Which requests of a list are meant.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceRequestFilter {
    /// A state, or `open` for all that still need somebody.
    #[serde(default)]
    pub state: Option<String>,
    /// What is asked.
    #[serde(default)]
    pub kind: Option<String>,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::OwnWork | Refusal::OwnRequest | Refusal::OwnQuestion => {
                Self::forbidden(refusal.to_string())
            }
            Refusal::WrongState { .. } | Refusal::Missing(_) => Self::NotNow(refusal.to_string()),
        }
    }
}

impl App {
    /// The service requests of a project, the newest first.
    pub async fn service_request_list(
        &self,
        actor: &Actor,
        project: ProjectId,
        filter: &ServiceRequestFilter,
    ) -> Result<Vec<ServiceRequestView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let mut rows = session.of_project::<Filed>(project).await?;
        rows.retain(|(_, seen)| filter.takes(&seen.value));
        rows.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.value.number));
        let mut views = Vec::with_capacity(rows.len());
        let names = names(&mut session, project).await?;
        for row in rows {
            views.push(self.filed_as_seen(&mut session, (actor, project), row, &names).await?);
        }
        Ok(views)
    }

    /// One service request with its conversation.
    pub async fn service_request_view(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
    ) -> Result<ServiceRequestView> {
        let mut session = self.store.session().await?;
        let project = project_of(&mut session, id).await?;
        self.project_seen(&mut session, actor, project).await.map_err(|error| hidden(error, id))?;
        let seen = session.get::<Filed>(id).await?;
        let names = names(&mut session, project).await?;
        self.filed_as_seen(&mut session, (actor, project), (id, seen), &names).await
    }

    /// Files a service request. Lead time, length of the window and planned maintenance are checked all at once.
    pub async fn service_request_submit(
        &self,
        actor: &Actor,
        project: ProjectId,
        new: &NewServiceRequest,
    ) -> Result<ServiceRequestView> {
        let kind = kind(&new.kind)?;
        let window = window(new.window_start, new.window_end)?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::Converse).await?;
        if let Some(environment) = new.environment {
            let of = write.project_of::<golive_core::environment::Environment>(environment).await?;
            if of != project.to_string() {
                return Err(Error::not_found("environment", environment));
            }
        }
        let desk = Desk::of(self, &mut write, project).await?;
        let warnings = refuse(desk.check(kind, window, write.now()))?;
        let wanted = New {
            kind,
            title: one_line("title", &new.title)?,
            environment: new.environment,
            requested_by: Some(actor.user),
            linked: None,
            window,
        };
        let now = write.now();
        let mut change = submit(wanted, desk.due(kind, now), now)?;
        if !new.text.trim().is_empty() {
            let comment = Command::Comment { by: actor.user, text: said(&new.text)? };
            change.request = golive_core::service_request::decide(
                &change.request,
                comment,
                now,
                desk.time(kind).as_ref(),
            )?
            .request;
        }
        let filed = Filed {
            number: next_number(&mut write, project).await?,
            filed_at: now,
            warnings,
            request: change.request,
        };
        let id = fresh();
        write.insert(id, project, &filed, &change.event).await?;
        write.commit().await?;
        self.service_request_view(actor, id).await
    }

    /// Says something about a request.
    pub async fn service_request_comment(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
        text: &str,
    ) -> Result<ServiceRequestView> {
        let command = Command::Comment { by: actor.user, text: said(text)? };
        self.on_filed(actor, id, Action::Converse, command).await
    }

    /// Takes a request up, or takes it up again after a failure, as the operator.
    pub async fn service_request_take_up(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
    ) -> Result<ServiceRequestView> {
        let seen = self.store.session().await?.get::<Filed>(id).await?.value;
        let operator = Some(actor.user);
        let command = match seen.request.state {
            State::Failed { .. } => Command::Retry { operator },
            State::Submitted
            | State::WaitingForCustomer { .. }
            | State::InProgress { .. }
            | State::Denied { .. }
            | State::Cancelled { .. }
            | State::Done { .. }
            | State::SignedOff { .. } => Command::Start { operator },
        };
        self.on_filed(actor, id, Action::Operate, command).await
    }

    /// Asks the customer something, as the operator: the clock stands still.
    pub async fn service_request_ask(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
        question: &str,
    ) -> Result<ServiceRequestView> {
        let command = Command::Ask { operator: actor.user, question: said(question)? };
        self.on_filed(actor, id, Action::Operate, command).await
    }

    /// Answers the operator: the clock runs on.
    pub async fn service_request_answer(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
        text: &str,
    ) -> Result<ServiceRequestView> {
        let command = Command::Answer { by: actor.user, text: said(text)? };
        self.on_filed(actor, id, Action::Converse, command).await
    }

    /// Says no, with a reason and what would be possible instead, as the operator.
    pub async fn service_request_deny(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
        reason: &str,
        suggestion: &str,
    ) -> Result<ServiceRequestView> {
        let (reason, suggestion) = (said(reason)?, said(suggestion)?);
        let command = Command::Deny { operator: actor.user, reason, suggestion };
        self.on_filed(actor, id, Action::Operate, command).await
    }

    /// Asks again after a denial, perhaps as suggested.
    pub async fn service_request_resubmit(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
        wanted: &WindowForm,
    ) -> Result<ServiceRequestView> {
        let wanted = window(wanted.window_start, wanted.window_end)?;
        let by = actor.user;
        let make = |desk: &Desk<'_>, kind: Kind, now: Timestamp| {
            refuse(desk.check(kind, wanted, now))?;
            Ok(Command::Resubmit { by, window: wanted, due: desk.due(kind, now) })
        };
        self.on_filed_with(actor, id, Action::Converse, make).await
    }

    /// Offers another downtime, before the work begins.
    pub async fn service_request_move_window(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
        wanted: &WindowForm,
    ) -> Result<ServiceRequestView> {
        let wanted = window(wanted.window_start, wanted.window_end)?;
        let wanted =
            wanted.ok_or_else(|| Error::invalid("window_start", "an instant", "nothing"))?;
        let by = actor.user;
        let make = |desk: &Desk<'_>, kind: Kind, now: Timestamp| {
            refuse(desk.check(kind, Some(wanted), now))?;
            Ok(Command::MoveWindow { by, window: wanted })
        };
        self.on_filed_with(actor, id, Action::Converse, make).await
    }

    /// Takes a request back, before the work begins.
    pub async fn service_request_cancel(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
        reason: &str,
    ) -> Result<ServiceRequestView> {
        let command = Command::Cancel { by: actor.user, reason: said(reason)? };
        self.on_filed(actor, id, Action::Converse, command).await
    }

    /// Says that it is done, as the operator.
    pub async fn service_request_finish(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
    ) -> Result<ServiceRequestView> {
        self.on_filed(actor, id, Action::Operate, Command::Finish).await
    }

    /// Says that it went wrong and was taken back, as the operator.
    pub async fn service_request_fail(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
        diagnosis: &str,
    ) -> Result<ServiceRequestView> {
        let command = Command::Fail { activity: None, diagnosis: said(diagnosis)? };
        self.on_filed(actor, id, Action::Operate, command).await
    }

    /// Accepts what was done, perhaps with issues.
    pub async fn service_request_sign_off(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
        issues: Option<&str>,
    ) -> Result<ServiceRequestView> {
        let issues = issues.filter(|text| !text.trim().is_empty()).map(said).transpose()?;
        let command = Command::SignOff { by: actor.user, issues };
        self.on_filed(actor, id, Action::Converse, command).await
    }

    async fn on_filed(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
        action: Action,
        command: Command,
    ) -> Result<ServiceRequestView> {
        self.on_filed_with(actor, id, action, move |_, _, _| Ok(command)).await
    }

    /// Load, decide, store.
    async fn on_filed_with(
        &self,
        actor: &Actor,
        id: ServiceRequestId,
        action: Action,
        make: impl FnOnce(&Desk<'_>, Kind, Timestamp) -> Result<Command> + Send,
    ) -> Result<ServiceRequestView> {
        let project = project_of(&mut self.store.session().await?, id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let member = self.member(&mut write, actor, project, action).await;
        let member = member.map_err(|error| hidden(error, id))?;
        let seen = write.get::<Filed>(id).await?;
        let desk = Desk::of(self, &mut write, project).await?;
        let (kind, now) = (seen.value.request.kind, write.now());
        let command = make(&desk, kind, now)?;
        of_right_side(member.side, &seen.value, &command)?;
        let (next, event) = seen.value.decide(command, now, desk.time(kind).as_ref())?;
        write.change(id, seen.version, &next, &event).await?;
        write.commit().await?;
        self.service_request_view(actor, id).await
    }
}

/// The operators answer no question of their own and sign nothing off; the one that follows a production request is moved by
/// that request alone.
fn of_right_side(side: Side, filed: &Filed, command: &Command) -> Result<()> {
    let customers = matches!(
        command,
        Command::Answer { .. }
            | Command::SignOff { .. }
            | Command::Resubmit { .. }
            | Command::Cancel { .. }
    );
    if customers && !matches!(side, Side::Customer | Side::Partner) {
        return Err(Error::forbidden("this is for the customer's or the partner's side"));
    }
    let talks = matches!(command, Command::Comment { .. } | Command::SignOff { .. });
    if filed.request.linked.is_some() && !talks {
        let why = "it follows the production request; act there";
        return Err(Error::NotNow(why.to_owned()));
    }
    Ok(())
}

impl ServiceRequestFilter {
    fn takes(&self, filed: &Filed) -> bool {
        let state = match self.state.as_deref() {
            None | Some("") => true,
            Some("open") => filed.request.state.is_open(),
            Some(name) => filed.request.state.name() == name,
        };
        let kind = self.kind.as_deref().filter(|kind| !kind.is_empty());
        state && kind.is_none_or(|kind| filed.request.kind.name() == kind)
    }
}

/// Who may not see a project does not learn of its requests.
fn hidden(error: Error, id: ServiceRequestId) -> Error {
    match error {
        Error::NotFound { kind: "project", .. } => Error::not_found("service_request", id),
        other => other,
    }
}

async fn project_of(session: &mut Session, id: ServiceRequestId) -> Result<ProjectId> {
    session.project_of::<Filed>(id).await?.parse().map_err(Error::internal)
}

fn fresh() -> ServiceRequestId {
    ServiceRequestId::from_uuid(uuid::Uuid::now_v7())
}

/// The next number of a project. Writers of one project take turns, so no number is given twice.
async fn next_number(write: &mut Write, project: ProjectId) -> Result<u32> {
    let all = write.of_project::<Filed>(project).await?;
    Ok(all.iter().map(|(_, seen)| seen.value.number).max().unwrap_or_default() + 1)
}

fn kind(name: &str) -> Result<Kind> {
    let expected = || Kind::ALL.map(Kind::name).join(", ");
    let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    found.ok_or_else(|| Error::invalid("kind", format!("one of {}", expected()), name))
}

/// Both ends of a window, or none.
fn window(start: Option<Timestamp>, end: Option<Timestamp>) -> Result<Option<Window>> {
    match (start, end) {
        (Some(start), Some(end)) => Ok(Some(Window { start, end })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Error::invalid("window_end", "the end of the window", "nothing")),
        (None, Some(_)) => {
            Err(Error::invalid("window_start", "the start of the window", "nothing"))
        }
    }
}

/// Every fault of a window at once; warnings are kept with the request.
fn refuse(check: WindowCheck) -> Result<Vec<golive_core::service_request::WindowFault>> {
    if check.faults.is_empty() {
        return Ok(check.warnings);
    }
    Err(Error::Refused(check.faults.iter().map(ToString::to_string).collect()))
}

fn said(text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > LONGEST {
        let limit = format!("{LONGEST} characters");
        return Err(Error::TooLarge { what: "the message".into(), limit });
    }
    Ok(text.to_owned())
}

/// The facts that this subject knows of a project: the requests of its people that were carried through.
pub(crate) async fn facts(
    _app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let rows = session.of_project::<Filed>(ground.id).await?;
    let through = |(_, seen): &&(ServiceRequestId, Versioned<Filed>)| {
        let request = &seen.value.request;
        request.linked.is_none() && matches!(request.state, State::SignedOff { .. })
    };
    let practised = i64::try_from(rows.iter().filter(through).count()).unwrap_or(i64::MAX);
    facts.set("servicing.service_requests", practised);
    Ok(())
}

/// The project with its pack, as every service here needs it.
async fn stored(session: &mut Session, project: ProjectId) -> Result<Project> {
    Ok(session.get::<Project>(project).await?.value)
}
