//! The methodology of a project: the copy is taken, steps are done with evidence, phases pass their gate.
//!
//! - this file: choosing, looking, what the gates ask
//! - [`steps`]: what is done with a step
//! - [`phases`]: what is done with a phase
//! - [`views`]: what is shown

mod evidence;
mod phases;
mod steps;
mod views;

pub use evidence::AttachmentView;
pub use phases::PhaseView;
pub(crate) use steps::day;
pub use steps::{EarlierForm, ProofForm, StepFilter};
pub use views::{HistoryLine, ProofView, RecordView, StepRow, StepView, WaitView};
pub(crate) use views::{Names, history};

use crate::facts::Ground;
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::fact::Facts;
use golive_core::id::{PhaseId, ProjectId};
use golive_core::methodology::attachment::Attachment;
use golive_core::methodology::choice::{Choice, Misfit, choose};
use golive_core::methodology::facts as rules;
use golive_core::methodology::phase::Phase;
use golive_core::methodology::step::Step;
use golive_core::methodology::template::Methodology;
use golive_core::people::Action;
use golive_core::portfolio::Project;
use golive_core::schedule::milestone::{Milestone, Plan};
use golive_store::{Session, Versioned, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// A template that projects may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateView {
    /// Its name: `erp-standard`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The name for people.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// The service models that it fits.
    pub service_models: Vec<String>,
    /// The kinds of project that it fits.
    pub project_types: Vec<String>,
    /// How many phases, milestones and steps it has.
    pub phases: usize,
    /// How many milestones.
    pub milestones: usize,
    /// How many steps.
    pub steps: usize,
}

/// The methodology of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MethodologyView {
    /// The project.
    pub project: String,
    /// The template that it works by; nothing until one is chosen.
    pub template: Option<String>,
    /// The version that was copied.
    pub version: Option<String>,
    /// The name for people.
    pub title: Option<String>,
    /// When it was copied.
    #[schema(value_type = Option<String>)]
    pub chosen_at: Option<Timestamp>,
    /// The phases in order.
    pub phases: Vec<PhaseView>,
    /// Steps that were marked many at a time without evidence.
    pub flagged: Vec<String>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

/// A project's copy, as it is now.
pub(crate) struct Copy {
    /// Phases in order.
    pub phases: Vec<Versioned<Phase>>,
    /// Steps in order.
    pub steps: Vec<Versioned<Step>>,
}

impl Copy {
    /// Reads the copy of a project; empty when no template was chosen.
    pub async fn read(session: &mut Session, project: ProjectId) -> Result<Self> {
        let mut phases: Vec<Versioned<Phase>> =
            session.of_project::<Phase>(project).await?.into_iter().map(|(_, seen)| seen).collect();
        phases.sort_by_key(|phase| phase.value.number);
        let mut steps: Vec<Versioned<Step>> =
            session.of_project::<Step>(project).await?.into_iter().map(|(_, seen)| seen).collect();
        steps.sort_by_cached_key(|step| number_key(&step.value.number));
        Ok(Self { phases, steps })
    }

    fn phases(&self) -> Vec<Phase> {
        self.phases.iter().map(|seen| seen.value.clone()).collect()
    }

    fn steps(&self) -> Vec<Step> {
        self.steps.iter().map(|seen| seen.value.clone()).collect()
    }

    fn phase(&self, id: PhaseId) -> Result<&Versioned<Phase>> {
        let found = self.phases.iter().find(|seen| seen.value.id == id);
        found.ok_or_else(|| Error::not_found("phase", id))
    }
}

/// `1.10` comes after `1.9`.
fn number_key(number: &str) -> Vec<u32> {
    number.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect()
}

impl App {
    /// The templates that projects may choose.
    #[expect(clippy::unused_async, reason = "every service is called alike")]
    pub async fn methodology_list(&self, _actor: &Actor) -> Result<Vec<TemplateView>> {
        Ok(self.content.methodologies.values().map(template_view).collect())
    }

    /// Takes a copy of a template for a project: phases, steps and milestones of its own.
    pub async fn methodology_choose(
        &self,
        actor: &Actor,
        project: ProjectId,
        template: &str,
    ) -> Result<MethodologyView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        if Self::administrator(actor).is_err() {
            self.member(&mut write, actor, project, Action::ManageProject).await?;
        }
        self.take_copy(&mut write, actor, project, template).await?;
        write.commit().await?;
        self.methodology_view(actor, project).await
    }

    /// The methodology of a project with its phases.
    pub async fn methodology_view(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<MethodologyView> {
        let mut session = self.store.session().await?;
        let seen = self.project_seen(&mut session, actor, project).await?;
        let choice = session.find::<Choice>(project).await?.map(|choice| choice.value);
        let copy = Copy::read(&mut session, project).await?;
        let policy = self.policy(&seen.value.policy)?;
        let steps = copy.steps();
        let clicked = rules::clicked_through(&steps, policy);
        let flagged = steps.iter().filter(|step| clicked.contains(&step.id));
        let flagged = flagged.map(|step| format!("{} {}", step.number, step.title)).collect();
        let phases = self.phase_views(&mut session, actor, project, &copy).await?;
        let may_choose =
            match self.member(&mut session, actor, project, Action::ManageProject).await {
                Ok(_) if choice.is_some() => Err(chosen_already(choice.as_ref())),
                Ok(_) => Ok(()),
                Err(error) => Err(error),
            };
        Ok(MethodologyView {
            project: project.to_string(),
            template: choice.as_ref().map(|choice| choice.template.clone()),
            version: choice.as_ref().map(|choice| choice.version.clone()),
            title: choice.as_ref().map(|choice| choice.title.clone()),
            chosen_at: choice.as_ref().map(|choice| choice.at),
            phases,
            flagged,
            actions: vec![ActionView::tried("methodology_choose", may_choose)],
        })
    }

    /// Stores the copy in the write of whoever needs it.
    pub(crate) async fn take_copy(
        &self,
        write: &mut Write,
        actor: &Actor,
        project: ProjectId,
        template: &str,
    ) -> Result<()> {
        let template = self
            .content
            .methodologies
            .get(template)
            .ok_or_else(|| Error::not_found("methodology", template))?;
        if let Some(before) = write.find::<Choice>(project).await? {
            return Err(chosen_already(Some(&before.value)));
        }
        let seen = write.get::<Project>(project).await?.value;
        let kind = (seen.model, seen.project_type.as_str());
        let (choice, event) =
            choose(template, kind, actor.user, write.now()).map_err(|misfits| misfit(&misfits))?;
        write.insert(project, project, &choice, &event).await?;
        let go_live = seen.go_live.as_ref().map(|set| set.date);
        self.store_copy(write, project, template.copy(project, go_live)).await
    }

    /// The template that a project's copy was taken from, as it is shipped now.
    pub(crate) async fn template_of(
        &self,
        session: &mut Session,
        project: ProjectId,
    ) -> Result<Option<&Methodology>> {
        let choice = session.find::<Choice>(project).await?;
        Ok(choice.and_then(|choice| self.content.methodologies.get(&choice.value.template)))
    }

    async fn store_copy(
        &self,
        write: &mut Write,
        project: ProjectId,
        copy: golive_core::methodology::template::Copy,
    ) -> Result<()> {
        let copied = json!({ "event": "copied" });
        for phase in &copy.phases {
            write.insert(phase.id, project, phase, &copied).await?;
        }
        for step in &copy.steps {
            write.insert(step.id, project, step, &copied).await?;
        }
        for planned in copy.milestones {
            let milestone = Milestone::copied(project, planned);
            write.insert(milestone.id, project, &milestone, &copied).await?;
        }
        if write.find::<Plan>(project).await?.is_none() {
            write.insert(project, project, &Plan::Draft, &copied).await?;
        }
        Ok(())
    }
}

fn chosen_already(choice: Option<&Choice>) -> Error {
    let title = choice.map_or("a methodology", |choice| choice.title.as_str());
    Error::NotNow(format!("this project works by `{title}` already and has its own copy of it"))
}

fn misfit(misfits: &[Misfit]) -> Error {
    Error::Refused(misfits.iter().map(ToString::to_string).collect())
}

fn template_view(template: &Methodology) -> TemplateView {
    TemplateView {
        id: template.id.clone(),
        version: template.version.clone(),
        title: template.title.clone(),
        description: template.description.clone(),
        service_models: template.service_models.iter().map(|m| m.name().to_owned()).collect(),
        project_types: template.project_types.clone(),
        phases: template.phases.len(),
        milestones: template.milestones.len(),
        steps: template.steps.len(),
    }
}

/// The facts that this subject knows of a project. The facts of the phase gate are those of the first open phase.
pub(crate) async fn facts(
    _app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let copy = Copy::read(session, ground.id).await?;
    let (phases, steps) = (copy.phases(), copy.steps());
    facts.extend(rules::phases(&phases, &steps, ground.policy));
    if let Some(open) = phases.iter().find(|phase| !phase.state.is_complete()) {
        facts.extend(rules::phase(open, &phases, &steps, ground.policy));
    }
    Ok(())
}

/// All files that were attached to the steps of a project.
async fn attachments(session: &mut Session, project: ProjectId) -> Result<Vec<Attachment>> {
    let all = session.of_project::<Attachment>(project).await?;
    Ok(all.into_iter().map(|(_, seen)| seen.value).collect())
}
