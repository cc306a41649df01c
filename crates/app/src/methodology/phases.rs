//! What is done with a phase: completed through its gate, reopened.

use super::Copy;
use super::views::Names;
use crate::views::{ActionView, GateView};
use crate::{Actor, App, Error, Result};
use golive_core::gate::{Gate, Verdict};
use golive_core::id::{PhaseId, ProjectId};
use golive_core::methodology::facts as rules;
use golive_core::methodology::phase::{Command, Phase, Refusal, State, decide};
use golive_core::people::Action;
use golive_core::portfolio::Project;
use golive_store::{Session, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A phase with its gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PhaseView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Its name in files: `analysis`.
    pub name: String,
    /// Its place in the order.
    pub number: u32,
    /// The name for people.
    pub title: String,
    /// What it is for.
    pub goal: String,
    /// It must be complete before production is requested.
    pub before_production_request: bool,
    /// `open`, `complete` or `reopened`.
    pub state: String,
    /// Who completed or reopened it.
    pub by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
    /// Why it was reopened.
    pub reason: String,
    /// Required steps.
    pub required: usize,
    /// Of these, settled ones.
    pub required_settled: usize,
    /// Optional steps.
    pub optional: usize,
    /// Of these, settled ones.
    pub optional_settled: usize,
    /// Its gate, judged now.
    pub gate: GateView,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version, for `If-Match`.
    pub row_version: i64,
}

impl App {
    /// The phases of a project in order, each with its gate.
    pub async fn phase_list(&self, actor: &Actor, project: ProjectId) -> Result<Vec<PhaseView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let copy = Copy::read(&mut session, project).await?;
        self.phase_views(&mut session, actor, project, &copy).await
    }

    /// One phase with its gate.
    pub async fn phase_view(&self, actor: &Actor, id: PhaseId) -> Result<PhaseView> {
        let mut session = self.store.session().await?;
        let project = self.project_of_phase(&mut session, id).await?;
        self.project_seen(&mut session, actor, project).await.map_err(|error| hidden(error, id))?;
        let copy = Copy::read(&mut session, project).await?;
        let views = self.phase_views(&mut session, actor, project, &copy).await?;
        let found = views.into_iter().find(|view| view.id == id.to_string());
        found.ok_or_else(|| Error::not_found("phase", id))
    }

    /// Completes a phase through its gate; the whole verdict is kept with it.
    pub async fn phase_complete(&self, actor: &Actor, id: PhaseId) -> Result<PhaseView> {
        let project = self.project_of_phase(&mut self.store.session().await?, id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let may = self.member(&mut write, actor, project, Action::KeepMethodology).await;
        may.map_err(|error| hidden(error, id))?;
        let copy = Copy::read(&mut write, project).await?;
        let seen = copy.phase(id)?;
        let mut gates = self.phase_verdicts(&mut write, &copy, &[&seen.value]).await?;
        let gate = gates.pop().ok_or_else(|| Error::not_found("phase", id))?;
        let command = Command::Complete { by: actor.user, gate };
        let change = decide(&seen.value, command, write.now())?;
        write.change(id, seen.version, &change.phase, &change.event).await?;
        write.commit().await?;
        self.phase_view(actor, id).await
    }

    /// Takes a phase up again: it undoes nothing, and shuts every gate that depends on it.
    pub async fn phase_reopen(
        &self,
        actor: &Actor,
        id: PhaseId,
        reason: &str,
    ) -> Result<PhaseView> {
        let project = self.project_of_phase(&mut self.store.session().await?, id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let may = self.member(&mut write, actor, project, Action::KeepMethodology).await;
        may.map_err(|error| hidden(error, id))?;
        let seen = write.get::<Phase>(id).await?;
        let command = Command::Reopen { by: actor.user, reason: reason.trim().to_owned() };
        let change = decide(&seen.value, command, write.now())?;
        write.change(id, seen.version, &change.phase, &change.event).await?;
        write.commit().await?;
        self.phase_view(actor, id).await
    }

    async fn project_of_phase(&self, session: &mut Session, id: PhaseId) -> Result<ProjectId> {
        session.project_of::<Phase>(id).await?.parse().map_err(Error::internal)
    }

    /// The gates of some phases, judged by facts gathered once.
    async fn phase_verdicts(
        &self,
        session: &mut Session,
        copy: &Copy,
        wanted: &[&Phase],
    ) -> Result<Vec<Verdict>> {
        let Some(first) = wanted.first() else { return Ok(Vec::new()) };
        let project = session.get::<Project>(first.project).await?.value;
        let policy = self.policy(&project.policy)?;
        let (phases, steps) = (copy.phases(), copy.steps());
        let facts = wanted.iter().map(|phase| rules::phase(phase, &phases, &steps, policy));
        self.judge_each(session, first.project, Gate::Phase, facts.collect()).await
    }

    pub(super) async fn phase_views(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
        copy: &Copy,
    ) -> Result<Vec<PhaseView>> {
        let names = Names::read(session, project).await?;
        let wanted: Vec<&Phase> = copy.phases.iter().map(|seen| &seen.value).collect();
        let gates = self.phase_verdicts(session, copy, &wanted).await?;
        let mut views = Vec::with_capacity(copy.phases.len());
        for (seen, gate) in copy.phases.iter().zip(gates) {
            let actions = self.phase_actions(session, actor, &seen.value, &gate).await;
            views.push(view(seen, copy, &names, (gate, actions)));
        }
        Ok(views)
    }

    async fn phase_actions(
        &self,
        session: &mut Session,
        actor: &Actor,
        phase: &Phase,
        gate: &Verdict,
    ) -> Vec<ActionView> {
        let (by, now) = (actor.user, self.clock.now());
        let commands = [
            ("phase_complete", Command::Complete { by, gate: gate.clone() }),
            ("phase_reopen", Command::Reopen { by, reason: "-".into() }),
        ];
        let mut actions = Vec::new();
        for (name, command) in commands {
            let may = self.member(session, actor, phase.project, Action::KeepMethodology).await;
            let tried = decide(phase, command, now).map_err(Error::from);
            actions.push(ActionView::tried(name, may.and(tried)));
        }
        actions
    }
}

fn view(
    seen: &Versioned<Phase>,
    copy: &Copy,
    names: &Names,
    (gate, actions): (Verdict, Vec<ActionView>),
) -> PhaseView {
    let phase = &seen.value;
    let mine = || copy.steps.iter().map(|s| &s.value).filter(|step| step.phase == phase.id);
    let count = |required: bool, settled: bool| {
        let wanted = mine().filter(|step| step.required == required);
        wanted.filter(|step| !settled || step.state.is_settled()).count()
    };
    let (by, at, reason) = match &phase.state {
        State::Open => (None, None, String::new()),
        State::Complete { by, at } => (Some(*by), Some(*at), String::new()),
        State::Reopened { by, at, reason } => (Some(*by), Some(*at), reason.clone()),
    };
    PhaseView {
        id: phase.id.to_string(),
        project: phase.project.to_string(),
        name: phase.name.clone(),
        number: phase.number,
        title: phase.title.clone(),
        goal: phase.goal.clone(),
        before_production_request: phase.before_production_request,
        state: phase.state.name().to_owned(),
        by: by.map(|user| names.user(user)),
        at,
        reason,
        required: count(true, false),
        required_settled: count(true, true),
        optional: count(false, false),
        optional_settled: count(false, true),
        gate: GateView { project: phase.project.to_string(), open: gate.is_open(), verdict: gate },
        actions,
        row_version: seen.version,
    }
}

fn hidden(error: Error, id: PhaseId) -> Error {
    match error {
        Error::NotFound { kind: "project", .. } => Error::not_found("phase", id),
        other => other,
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::GateShut(verdict) => Self::GateShut(verdict),
            other @ (Refusal::WrongState { .. } | Refusal::WrongGate | Refusal::Missing(_)) => {
                Self::NotNow(other.to_string())
            }
        }
    }
}
