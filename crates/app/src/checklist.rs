//! The checklist: opened from the template of the project's methodology, answered section by section by several people at
//! once, and sent to the reviewer through its gate.
//!
//! Here is what changes the checklist as a whole; answering is in `checklist/answer.rs`, whole files of answers in
//! `checklist/import.rs`, what is shown in `checklist/view.rs`.

use crate::facts::Ground;
use crate::{Actor, App, Error, Result};
use golive_core::checklist::section::{
    Command as OnSection, Refusal as SectionRefusal, Section, decide as decide_section, digest,
};
use golive_core::checklist::template::Template;
use golive_core::checklist::{Checklist, Command, Refusal, State, decide};
use golive_core::fact::Facts;
use golive_core::gate::Gate;
use golive_core::id::{ChecklistId, ChecklistSectionId, ProjectId};
use golive_core::methodology::choice::Choice;
use golive_core::people::{Action, Member};
use golive_core::portfolio::Project;
use golive_store::{Session, Versioned, Write};
use serde_json::json;

mod answer;
mod import;
mod known;
mod rows;
mod view;

pub use answer::{AnswersForm, SentAnswer, ToldAnswer};
pub use import::AnswersFile;
pub(crate) use known::seat_of;
pub use view::{
    ChecklistExport, ChecklistSectionSummary, ChecklistSectionView, ChecklistView,
    QuestionFactView, QuestionView,
};

/// A project's checklist with everything that it is judged by.
pub(crate) struct Sheet {
    /// Its id.
    pub id: ChecklistId,
    /// The checklist as it was read.
    pub seen: Versioned<Checklist>,
    /// Its sections as they were read, in the order of the template.
    pub sections: Vec<(ChecklistSectionId, Versioned<Section>)>,
    /// The template.
    pub template: &'static Template,
    /// Everybody in the project.
    pub members: Vec<Member>,
}

impl Sheet {
    /// The sections without their versions.
    pub(crate) fn bare(&self) -> Vec<Section> {
        self.sections.iter().map(|(_, seen)| seen.value.clone()).collect()
    }

    fn section(&self, name: &str) -> Result<&(ChecklistSectionId, Versioned<Section>)> {
        let found = self.sections.iter().find(|(_, seen)| seen.value.name == name);
        found.ok_or_else(|| Error::not_found("section of the checklist", name))
    }
}

impl App {
    /// Opens the checklist of a project and fills in what is known already.
    pub async fn checklist_open(&self, actor: &Actor, project: ProjectId) -> Result<ChecklistView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::AnswerChecklist).await?;
        let template = self.checklist_template(&mut write, project).await?;
        let id = checklist_id(project);
        let checklist = Checklist {
            id,
            project,
            template: template.id.clone(),
            template_version: template.version.clone(),
            state: State::Open,
        };
        let event =
            json!({ "event": "opened", "template": template.id, "version": template.version });
        write.insert(id, project, &checklist, &event).await?;
        for section in &template.sections {
            let row = section_id(id, &section.id);
            let event = json!({ "event": "opened", "section": section.id });
            write.insert(row, project, &Section::new(id, &section.id), &event).await?;
        }
        self.prefill(&mut write, project).await?;
        write.commit().await?;
        self.checklist_view(actor, project).await
    }

    /// Fills in again what is known and nobody has answered by hand.
    pub async fn checklist_prefill(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<ChecklistView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::AnswerChecklist).await?;
        self.prefill(&mut write, project).await?;
        write.commit().await?;
        self.checklist_view(actor, project).await
    }

    /// Sends the checklist to the reviewer, with the names that stand behind it; the review begins in the same write.
    pub async fn checklist_submit(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<ChecklistView> {
        self.signs(actor, project, Action::SubmitChecklist, "you submit the checklist").await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::SubmitChecklist).await?;
        let sheet = self.sheet(&mut write, project).await?;
        let gate = self.judge(&mut write, project, Gate::Checklist).await?;
        let digest = digest(&sheet.bare());
        let command = Command::Submit { by: actor.user, gate, digest: digest.clone() };
        let change = decide(&sheet.seen.value, command, write.now()).map_err(refused)?;
        write.change(sheet.id, sheet.seen.version, &change.checklist, &change.event).await?;
        let facts = self.facts(&mut write, project).await?;
        crate::review::begin(self, &mut write, &sheet, (actor.user, digest), &facts).await?;
        write.commit().await?;
        self.checklist_view(actor, project).await
    }

    /// The checklist of a project, if it was opened.
    pub(crate) async fn sheet_if_open(
        &self,
        session: &mut Session,
        project: ProjectId,
    ) -> Result<Option<Sheet>> {
        let id = checklist_id(project);
        let Some(seen) = session.find::<Checklist>(id).await? else { return Ok(None) };
        let template = self.template(&seen.value.template)?;
        let mut sections = session.of_project::<Section>(project).await?;
        let place = |name: &str| template.sections.iter().position(|section| section.id == name);
        sections.sort_by_key(|(_, seen)| place(&seen.value.name));
        let members = session.of_project::<Member>(project).await?;
        let members = members.into_iter().map(|(_, seen)| seen.value).collect();
        Ok(Some(Sheet { id, seen, sections, template, members }))
    }

    /// The checklist of a project.
    pub(crate) async fn sheet(&self, session: &mut Session, project: ProjectId) -> Result<Sheet> {
        let sheet = self.sheet_if_open(session, project).await?;
        sheet.ok_or(Error::NotFound { kind: "checklist", id: project.to_string() })
    }

    fn template(&self, name: &str) -> Result<&'static Template> {
        self.content
            .checklists
            .get(name)
            .ok_or_else(|| Error::not_found("checklist template", name))
    }

    /// The template of the project's methodology; before one is chosen, the only one that fits the kind of project.
    async fn checklist_template(
        &self,
        session: &mut Session,
        project: ProjectId,
    ) -> Result<&'static Template> {
        if let Some(choice) = session.find::<Choice>(project).await? {
            return self.template(&choice.value.checklist);
        }
        let kind = session.get::<Project>(project).await?.value.project_type;
        let mut fitting = self
            .content
            .checklists
            .values()
            .filter(|template| template.project_types.contains(&kind));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(only),
            (_, _) => {
                Err(Error::NotNow("choose a methodology first; it names the checklist".into()))
            }
        }
    }

    /// Takes facts over into answers that nobody has given by hand.
    async fn prefill(&self, write: &mut Write, project: ProjectId) -> Result<()> {
        let sheet = self.sheet(write, project).await?;
        let facts = self.facts(write, project).await?.facts;
        let facts = known::facts(&facts, &sheet);
        let tables = rows::known(write, project, &sheet).await?;
        let around = sheet.around(&facts);
        for (id, seen) in &sheet.sections {
            let command = OnSection::Prefill { tables: tables.clone() };
            match decide_section(&seen.value, command, &around, write.now()) {
                Ok(change) => {
                    write.change(*id, seen.version, &change.section, &change.event).await?;
                }
                Err(SectionRefusal::Unchanged) => {}
                Err(refusal) => return Err(answer::refused(&seen.value.name, refusal)),
            }
        }
        Ok(())
    }
}

/// Gives the checklist back to the project, in the write of the reviewer's "not ready".
pub(crate) async fn give_back(
    app: &App,
    write: &mut Write,
    project: ProjectId,
    command: Command,
) -> Result<()> {
    let sheet = app.sheet(write, project).await?;
    let change = decide(&sheet.seen.value, command, write.now()).map_err(refused)?;
    Ok(write.change(sheet.id, sheet.seen.version, &change.checklist, &change.event).await?)
}

/// A project has one checklist.
fn checklist_id(project: ProjectId) -> ChecklistId {
    ChecklistId::named(&project.to_string(), "checklist")
}

fn section_id(checklist: ChecklistId, name: &str) -> ChecklistSectionId {
    ChecklistSectionId::named(&checklist.to_string(), name)
}

pub(crate) fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::GateShut(verdict) => Error::GateShut(verdict),
        other @ (Refusal::WrongState { .. } | Refusal::WrongGate | Refusal::Missing(_)) => {
            Error::NotNow(other.to_string())
        }
    }
}

/// The facts that this subject knows of a project. It compares answers with the facts of all others, so it comes after them.
pub(crate) async fn facts(
    app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let Some(sheet) = app.sheet_if_open(session, ground.id).await? else {
        facts.set("checklist.submitted", false);
        return Ok(());
    };
    let project = known::facts(facts, &sheet);
    let own = golive_core::checklist::facts::facts(
        &sheet.seen.value,
        sheet.template,
        &sheet.bare(),
        &sheet.members,
        &project,
    );
    facts.extend(own);
    Ok(())
}
