//! The sizing of a project: taken from the active estimate; by hand as the exception, which stops the clock of requests.

use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::id::{EstimateId, ProjectId, RequestId, UserId};
use golive_core::people::Action;
use golive_core::policy::Policy;
use golive_core::portfolio::Project;
use golive_core::request::{self, Request};
use golive_core::sizing::machine::{Chosen, Command, Refusal, State, decide};
use golive_core::sizing::{Size, Sizing};
use golive_store::{Session, Versioned, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where the sizing of a project stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SizingView {
    /// The project.
    pub project: String,
    /// `unsized`, `automatic`, `manual`, `question` or `settled`.
    pub state: String,
    /// The particulars of the state, with the sheet behind the size.
    #[schema(value_type = Object)]
    pub particulars: State,
    /// True when production can be deployed in this size.
    pub is_settled: bool,
    /// True while it stops the clock of the production request.
    pub pauses_clock: bool,
    /// The requests whose clock stands still for it.
    pub paused_requests: Vec<String>,
    /// When an answer is due from the operator, while it is to be sized by hand.
    #[schema(value_type = Option<String>)]
    pub due: Option<Timestamp>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

/// Why.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Why.
    pub reason: String,
}

/// A question about the profile.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What is asked.
    pub question: String,
}

/// An answer to a question.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What is answered.
    pub answer: String,
}

/// A size chosen by hand.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// Application servers for people.
    pub interactive_servers: u32,
    /// Application servers for jobs.
    pub batch_servers: u32,
    /// The database class, or its description when no class is large enough.
    pub database: String,
    /// Storage in gigabytes.
    pub storage_gb: u32,
    /// Why.
    pub reason: String,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::NotNow(refusal.to_string())
    }
}

impl App {
    /// Where the sizing of a project stands.
    pub async fn sizing_view(&self, actor: &Actor, project: ProjectId) -> Result<SizingView> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        self.sizing_as_seen(&mut session, actor, project).await
    }

    /// Asks for a size by hand, as the operator.
    pub async fn sizing_ask_for_manual(
        &self,
        actor: &Actor,
        project: ProjectId,
        reason: &str,
    ) -> Result<SizingView> {
        let command = Command::AskForManual { by: actor.user, reason: reason.to_owned() };
        self.sizing_command(actor, project, Action::Operate, command).await
    }

    /// Asks the customer about the profile, as the operator.
    pub async fn sizing_ask(
        &self,
        actor: &Actor,
        project: ProjectId,
        question: &str,
    ) -> Result<SizingView> {
        let command = Command::Ask { by: actor.user, question: question.to_owned() };
        self.sizing_command(actor, project, Action::Operate, command).await
    }

    /// Answers a question about the profile: it is right as it is. Otherwise another estimate is activated.
    pub async fn sizing_answer(
        &self,
        actor: &Actor,
        project: ProjectId,
        answer: &str,
    ) -> Result<SizingView> {
        let command = Command::Answer { by: actor.user, answer: answer.to_owned() };
        self.sizing_command(actor, project, Action::KeepEstimates, command).await
    }

    /// Settles the size by hand, as the operator.
    pub async fn sizing_settle(
        &self,
        actor: &Actor,
        project: ProjectId,
        wanted: &Settlement,
    ) -> Result<SizingView> {
        let chosen = Chosen {
            interactive_servers: wanted.interactive_servers,
            batch_servers: wanted.batch_servers,
            database: wanted.database.clone(),
            storage_gb: wanted.storage_gb,
        };
        let command = Command::Settle { by: actor.user, chosen, reason: wanted.reason.clone() };
        self.sizing_command(actor, project, Action::Operate, command).await
    }

    async fn sizing_command(
        &self,
        actor: &Actor,
        project: ProjectId,
        action: Action,
        command: Command,
    ) -> Result<SizingView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, action).await?;
        let policy = self.policy(&write.get::<Project>(project).await?.value.policy)?;
        self.size_by(&mut write, (project, policy), command, actor.user).await?;
        write.commit().await?;
        self.sizing_as_seen(&mut self.store.session().await?, actor, project).await
    }

    /// The size of a newly activated estimate, in the write that activates it. A request that was signed off with another
    /// size is treated as the policy says.
    pub(super) async fn take_size(
        &self,
        write: &mut Write,
        (project, policy): (ProjectId, &Policy),
        (estimate, size): (EstimateId, Size),
        (by, replaces): (UserId, Option<EstimateId>),
    ) -> Result<()> {
        if replaces.is_some() {
            self.change_after_sign_off(write, (project, policy), by).await?;
        }
        let command = Command::Take { estimate, size: Box::new(size) };
        self.size_by(write, (project, policy), command, by).await
    }

    async fn change_after_sign_off(
        &self,
        write: &mut Write,
        (project, policy): (ProjectId, &Policy),
        by: UserId,
    ) -> Result<()> {
        let says = policy.text("estimate.change_after_sign_off").unwrap_or("refused");
        if says == "allowed_with_warning" {
            return Ok(());
        }
        for (id, seen) in write.of_project::<Request>(project).await? {
            if !matches!(seen.value.state, request::State::Queued { .. }) {
                continue;
            }
            if says == "refused" {
                let why = "the production request is signed off; clear its sign-off before the estimate changes";
                return Err(Error::NotNow(why.to_owned()));
            }
            let command = request::Command::ClearSignOff { by };
            self.on_request(write, project, (id, seen), command).await?;
        }
        Ok(())
    }

    /// Carries out a command on the sizing, and stops or starts the clocks of the requests with it.
    async fn size_by(
        &self,
        write: &mut Write,
        (project, policy): (ProjectId, &Policy),
        command: Command,
        by: UserId,
    ) -> Result<()> {
        let seen = write.find::<Sizing>(project).await?;
        let (sizing, version) =
            seen.map_or_else(Default::default, |seen| (seen.value, seen.version));
        let change = decide(&sizing.state, command, policy, write.now())?;
        let next = Sizing { state: change.state, paused: sizing.paused };
        let next = self.settle_clocks(write, (project, policy), next, by).await?;
        if version == 0 {
            write.insert(project, project, &next, &change.event).await?;
        } else {
            write.change(project, version, &next, &change.event).await?;
        }
        Ok(())
    }

    /// A sizing that waits for people stops the clock of requests; one that is settled starts again what it stopped.
    async fn settle_clocks(
        &self,
        write: &mut Write,
        (project, policy): (ProjectId, &Policy),
        mut sizing: Sizing,
        by: UserId,
    ) -> Result<Sizing> {
        let pauses = sizing.state.pauses_clock(policy);
        for (id, seen) in write.of_project::<Request>(project).await? {
            let request::State::Queued { clock, .. } = &seen.value.state else { continue };
            let asked = clock.asked.is_some();
            if pauses && !asked {
                let by = asker(&sizing.state).unwrap_or(by);
                let question = question(&sizing.state);
                let ask = request::Command::Ask { by, question };
                self.on_request(write, project, (id, seen), ask).await?;
                sizing.paused.insert(id);
            } else if !pauses && asked && sizing.paused.contains(&id) {
                let answer = "The sizing is settled.".to_owned();
                let answer = request::Command::Answer { by, answer };
                self.on_request(write, project, (id, seen), answer).await?;
            }
        }
        if !pauses {
            sizing.paused.clear();
        }
        Ok(sizing)
    }

    async fn on_request(
        &self,
        write: &mut Write,
        project: ProjectId,
        (id, seen): (RequestId, Versioned<Request>),
        command: request::Command,
    ) -> Result<()> {
        let change = request::decide(&seen.value, command, write.now())?;
        write.change(id, seen.version, &change.request, &change.event).await?;
        crate::service_request::follow(self, write, project, (id, &change)).await
    }

    /// A request was signed off: if its size waits for people, its clock stands still from the start.
    pub(crate) async fn sizing_after_sign_off(
        &self,
        write: &mut Write,
        project: ProjectId,
        by: UserId,
    ) -> Result<()> {
        let Some(seen) = write.find::<Sizing>(project).await? else { return Ok(()) };
        let policy = self.policy(&write.get::<Project>(project).await?.value.policy)?;
        let before = seen.value.paused.clone();
        let next = self.settle_clocks(write, (project, policy), seen.value, by).await?;
        if next.paused == before {
            return Ok(());
        }
        let told = golive_store::Told::plain(
            "sizing.clock_stopped",
            serde_json::json!({ "event": "clock_stopped" }),
        );
        Ok(write.change_told(project, seen.version, &next, &told).await?)
    }

    async fn sizing_as_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<SizingView> {
        let sizing =
            session.find::<Sizing>(project).await?.map(|seen| seen.value).unwrap_or_default();
        let stored = session.get::<Project>(project).await?.value;
        let policy = self.policy(&stored.policy)?;
        let pauses = sizing.state.pauses_clock(policy);
        let due = match &sizing.state {
            State::Manual { since, .. } => {
                self.manual_due(session, (project, policy), *since).await?
            }
            State::Unsized
            | State::Automatic { .. }
            | State::Question { .. }
            | State::Settled { .. } => None,
        };
        let actions =
            self.tried_on_sizing(session, (actor, project), (&sizing.state, policy)).await;
        Ok(SizingView {
            project: project.to_string(),
            state: sizing.state.name().to_owned(),
            is_settled: sizing.state.is_settled(),
            pauses_clock: pauses,
            paused_requests: sizing.paused.iter().map(ToString::to_string).collect(),
            particulars: sizing.state,
            due,
            actions,
        })
    }

    /// When a size by hand is due, by the calendar of the operators.
    async fn manual_due(
        &self,
        session: &mut Session,
        (project, policy): (ProjectId, &Policy),
        since: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let days =
            policy.whole("estimate.sizing_manual_within").and_then(|days| u32::try_from(days).ok());
        let desk = crate::service_request::Desk::of(self, session, project).await?;
        Ok(days.map(|days| desk.days_after(since, days)))
    }

    async fn tried_on_sizing(
        &self,
        session: &mut Session,
        (actor, project): (&Actor, ProjectId),
        (state, policy): (&State, &Policy),
    ) -> Vec<ActionView> {
        let (by, text) = (actor.user, || "-".to_owned());
        let chosen =
            Chosen { interactive_servers: 0, batch_servers: 0, database: text(), storage_gb: 0 };
        let commands = [
            (
                "sizing_ask_for_manual",
                Action::Operate,
                Command::AskForManual { by, reason: text() },
            ),
            ("sizing_ask", Action::Operate, Command::Ask { by, question: text() }),
            ("sizing_answer", Action::KeepEstimates, Command::Answer { by, answer: text() }),
            ("sizing_settle", Action::Operate, Command::Settle { by, chosen, reason: text() }),
        ];
        let mut actions = Vec::new();
        for (name, action, command) in commands {
            let allowed = self.member(session, actor, project, action).await;
            let now = self.clock.now();
            let tried =
                allowed.and_then(|_| decide(state, command, policy, now).map_err(Error::from));
            actions.push(ActionView::tried(name, tried));
        }
        actions
    }
}

/// Why requests wait for the sizing.
fn question(state: &State) -> String {
    match state {
        State::Question { question, .. } => question.clone(),
        State::Manual { why, .. } if !why.trim().is_empty() => {
            format!("Production is sized by hand: {why}")
        }
        State::Manual { .. } | State::Unsized | State::Automatic { .. } | State::Settled { .. } => {
            "Production is sized by hand.".to_owned()
        }
    }
}

/// Who asked about the profile, while that is why the clocks stand still.
fn asker(state: &State) -> Option<UserId> {
    match state {
        State::Question { by, .. } => Some(*by),
        State::Unsized | State::Automatic { .. } | State::Manual { .. } | State::Settled { .. } => {
            None
        }
    }
}
