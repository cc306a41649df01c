//! What is done with a step: done with evidence, recorded later, reopened, declared not applicable and confirmed, assigned,
//! planned.

use super::evidence::of_step;
use super::views::{Names, Shown, StepRow, StepView};
use super::{Copy, attachments};
use crate::facts::Gathered;
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::id::{MemberId, ProjectId, StepId};
use golive_core::methodology::Doer;
use golive_core::methodology::attachment::Attachment;
use golive_core::methodology::facts::clicked_through;
use golive_core::methodology::step::{Around, Command, Earlier, Proof, Refusal, Step, decide};
use golive_core::people::{Action, Member};
use golive_core::policy::Policy;
use golive_core::vocabulary::Verified;
use golive_store::{Session, Versioned};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What proves a step, beyond the files that were attached to it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofForm {
    /// Addresses that people can open.
    #[serde(default)]
    pub links: Vec<String>,
    /// A word about it.
    #[serde(default)]
    pub note: String,
}

/// Work that was done before it was marked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EarlierForm {
    /// The real day: `2026-05-04`.
    pub on: String,
    /// Who did it, by name.
    pub done_by: String,
    /// Addresses that people can open.
    #[serde(default)]
    pub links: Vec<String>,
    /// A word about it.
    #[serde(default)]
    pub note: String,
}

/// Which steps are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StepFilter<'a> {
    /// Only those of this phase, by name.
    pub phase: Option<&'a str>,
    /// Only those that are not settled.
    pub open: bool,
    /// Only those that were clicked through.
    pub flagged: bool,
}

/// Everything that a step is judged in.
pub(crate) struct Scene<'a> {
    pub copy: Copy,
    pub steps: Vec<Step>,
    pub records: BTreeMap<String, Verified>,
    pub policy: &'a Policy,
    pub today: Date,
}

impl Scene<'_> {
    /// What the rules need for this step.
    pub fn around(&self, step: &Step) -> Around<'_> {
        let phase = self.copy.phases.iter().find(|phase| phase.value.id == step.phase);
        Around {
            phase_complete: phase.is_some_and(|phase| phase.value.state.is_complete()),
            steps: &self.steps,
            records: &self.records,
            policy: self.policy,
            today: self.today,
        }
    }
}

impl App {
    /// The steps of a project.
    pub async fn step_list(
        &self,
        actor: &Actor,
        project: ProjectId,
        filter: StepFilter<'_>,
    ) -> Result<Vec<StepRow>> {
        let mut session = self.store.session().await?;
        let seen = self.project_seen(&mut session, actor, project).await?.value;
        let copy = Copy::read(&mut session, project).await?;
        let names = Names::read(&mut session, project).await?;
        let policy = self.policy(&seen.policy)?;
        let records = BTreeMap::new();
        let (steps, today) = (copy.steps(), self.today(&seen));
        let flagged = clicked_through(&steps, policy);
        let around =
            Around { phase_complete: false, steps: &steps, records: &records, policy, today };
        let phases = phase_names(&copy);
        let shown = Shown { around, phases: &phases, names: &names, flagged: &flagged, today };
        let wanted = |row: &StepRow, step: &Step| {
            filter.phase.is_none_or(|phase| phase == row.phase)
                && (!filter.open || !step.state.is_settled())
                && (!filter.flagged || row.flagged)
        };
        let rows = steps.iter().map(|step| (shown.row(step), step));
        Ok(rows.filter(|(row, step)| wanted(row, step)).map(|(row, _)| row).collect())
    }

    /// One step with what proves it, what it waits for, and what can be done.
    pub async fn step_view(&self, actor: &Actor, id: StepId) -> Result<StepView> {
        let project = self.project_of_step(id).await?;
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await.map_err(|error| hidden(error, id))?;
        self.view_of_step(&mut session, actor, (project, id)).await
    }

    /// Marks a step as done, with the files attached to it, these links, and the records that hold.
    pub async fn step_complete(
        &self,
        actor: &Actor,
        id: StepId,
        form: &ProofForm,
    ) -> Result<StepView> {
        let links = links(&form.links)?;
        let (by, note) = (actor.user, form.note.trim().to_owned());
        self.step_command(actor, id, |step, files| {
            let taken = |proof: &Proof| step.evidence.contains(&proof.kind());
            let proofs = files.into_iter().filter(taken).chain(links).collect();
            Command::Complete { by, proofs, note }
        })
        .await
    }

    /// Marks a step as done earlier than now: the real day, by whom, and what shows it.
    pub async fn step_record_later(
        &self,
        actor: &Actor,
        id: StepId,
        form: &EarlierForm,
    ) -> Result<StepView> {
        let links = links(&form.links)?;
        let earlier = Earlier { on: day("on", &form.on)?, done_by: form.done_by.trim().to_owned() };
        let (by, note) = (actor.user, form.note.trim().to_owned());
        self.step_command(actor, id, |_, files| {
            let proofs = files.into_iter().chain(links).collect();
            Command::RecordLater { by, earlier, proofs, note }
        })
        .await
    }

    /// Takes a step up again.
    pub async fn step_reopen(&self, actor: &Actor, id: StepId, reason: &str) -> Result<StepView> {
        let (by, reason) = (actor.user, reason.trim().to_owned());
        self.step_command(actor, id, |_, _| Command::Reopen { by, reason }).await
    }

    /// Says that a step does not apply; a second person confirms it.
    pub async fn step_not_applicable(
        &self,
        actor: &Actor,
        id: StepId,
        reason: &str,
    ) -> Result<StepView> {
        let (by, reason) = (actor.user, reason.trim().to_owned());
        self.step_command(actor, id, |_, _| Command::SetAside { by, reason }).await
    }

    /// Confirms, as a second person, that a step does not apply.
    pub async fn step_confirm_not_applicable(&self, actor: &Actor, id: StepId) -> Result<StepView> {
        let project = self.project_of_step(id).await?;
        self.signs(actor, project, Action::Confirm, "you confirm that a step does not apply")
            .await?;
        self.step_rule(actor, id, Action::Confirm, Command::Confirm { by: actor.user }).await
    }

    /// Gives a step to a member, or to nobody.
    pub async fn step_assign(
        &self,
        actor: &Actor,
        id: StepId,
        member: Option<&str>,
    ) -> Result<StepView> {
        let project = self.project_of_step(id).await?;
        let to = match member {
            Some(text) => Some(self.seat_named(project, text).await?),
            None => None,
        };
        let by = actor.user;
        self.step_command(actor, id, |_, _| Command::Assign { by, to }).await
    }

    /// Plans a step for another day.
    pub async fn step_plan(&self, actor: &Actor, id: StepId, on: Option<&str>) -> Result<StepView> {
        let on = on.map(|text| day("on", text)).transpose()?;
        let by = actor.user;
        self.step_command(actor, id, |_, _| Command::Plan { by, on }).await
    }

    /// Makes a step required or optional in this project, with a reason.
    pub async fn step_require(
        &self,
        actor: &Actor,
        id: StepId,
        (required, reason): (bool, &str),
    ) -> Result<StepView> {
        let command =
            Command::Require { by: actor.user, required, reason: reason.trim().to_owned() };
        self.step_rule(actor, id, Action::ManageProject, command).await
    }

    /// A command by those whose work the step is.
    async fn step_command(
        &self,
        actor: &Actor,
        id: StepId,
        command: impl FnOnce(&Step, Vec<Proof>) -> Command,
    ) -> Result<StepView> {
        let project = self.project_of_step(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (seen, _) = self.step_kept_by(&mut write, actor, project, id).await?;
        let files: Vec<Proof> = of_step(&attachments(&mut write, project).await?, id)
            .iter()
            .map(Attachment::proof)
            .collect();
        let command = command(&seen.value, files);
        self.step_settle(write, actor, (project, seen), command).await
    }

    /// A command that needs a permission of its own.
    async fn step_rule(
        &self,
        actor: &Actor,
        id: StepId,
        action: Action,
        command: Command,
    ) -> Result<StepView> {
        let project = self.project_of_step(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, action).await.map_err(|error| hidden(error, id))?;
        let seen = write.get::<Step>(id).await?;
        self.step_settle(write, actor, (project, seen), command).await
    }

    async fn step_settle(
        &self,
        mut write: golive_store::Write,
        actor: &Actor,
        (project, seen): (ProjectId, Versioned<Step>),
        command: Command,
    ) -> Result<StepView> {
        let scene = self.scene(&mut write, project).await?;
        let change = decide(&seen.value, command, &scene.around(&seen.value), write.now())?;
        write.change(seen.value.id, seen.version, &change.step, &change.event).await?;
        write.commit().await?;
        let mut session = self.store.session().await?;
        self.view_of_step(&mut session, actor, (project, seen.value.id)).await
    }

    /// Everything that steps are judged in, from what the session sees.
    pub(crate) async fn scene(
        &self,
        session: &mut Session,
        project: ProjectId,
    ) -> Result<Scene<'_>> {
        let Gathered { project: seen, facts, .. } = self.facts(session, project).await?;
        let policy = self.policy(&seen.policy)?;
        let copy = Copy::read(session, project).await?;
        let steps = copy.steps();
        let records = self.content.vocabulary.verified(&facts, policy);
        Ok(Scene { copy, steps, records, policy, today: self.today(&seen) })
    }

    /// The step, for a member who may keep it.
    pub(super) async fn step_kept_by(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
        id: StepId,
    ) -> Result<(Versioned<Step>, Member)> {
        let seen = session.get::<Step>(id).await?;
        let team = self.member(session, actor, project, Action::KeepMethodology).await;
        // Operators and reviewers have steps of their own, and no say in those of the team.
        let member = match (team, seen.value.side) {
            (Err(Error::Forbidden(_)), Doer::Operator) => {
                self.member(session, actor, project, Action::Operate).await
            }
            (Err(Error::Forbidden(_)), Doer::Reviewer) => {
                self.member(session, actor, project, Action::Review).await
            }
            (team, _) => team,
        };
        let member = member.map_err(|error| hidden(error, id))?;
        let theirs = seen.value.side.may_be_kept_by(&member);
        theirs.map_err(|why| Error::forbidden(why.to_string()))?;
        Ok((seen, member))
    }

    pub(super) async fn project_of_step(&self, id: StepId) -> Result<ProjectId> {
        let project = self.store.session().await?.project_of::<Step>(id).await?;
        project.parse().map_err(Error::internal)
    }

    /// A member by id or sign-in name.
    async fn seat_named(&self, project: ProjectId, text: &str) -> Result<MemberId> {
        let user = golive_core::onboarding::facts::user_of(&golive_store::fold(text.trim()));
        let mut session = self.store.session().await?;
        let seats = session.of_project::<Member>(project).await?;
        let mine = |(id, seat): &(MemberId, Versioned<Member>)| {
            seat.value.removed.is_none() && (seat.value.user == user || id.to_string() == text)
        };
        let found = seats.into_iter().find(mine).map(|(id, _)| id);
        found.ok_or_else(|| Error::not_found("member", text))
    }

    async fn view_of_step(
        &self,
        session: &mut Session,
        actor: &Actor,
        (project, id): (ProjectId, StepId),
    ) -> Result<StepView> {
        let scene = self.scene(session, project).await?;
        let names = Names::read(session, project).await?;
        let attached = of_step(&attachments(session, project).await?, id);
        let events = session.history(&id.to_string()).await?;
        let seen = scene.copy.step(id)?;
        let actions = self.step_actions(session, actor, &scene, seen).await;
        let flagged = clicked_through(&scene.steps, scene.policy);
        let phases = phase_names(&scene.copy);
        let around = scene.around(&seen.value);
        let today = scene.today;
        let shown = Shown { around, phases: &phases, names: &names, flagged: &flagged, today };
        let mut view = shown.view((&seen.value, seen.version), (&attached, &events), actions);
        view.role_title = self.role_title(&view.row.role);
        Ok(view)
    }

    /// Each command is tried without storing it.
    async fn step_actions(
        &self,
        session: &mut Session,
        actor: &Actor,
        scene: &Scene<'_>,
        seen: &Versioned<Step>,
    ) -> Vec<ActionView> {
        let (step, by, now) = (&seen.value, actor.user, self.clock.now());
        let around = scene.around(step);
        let note = || "-".to_owned();
        let earlier = Earlier { on: scene.today, done_by: note() };
        let shown = vec![Proof::Link { url: note() }];
        let kept = [
            ("step_complete", Command::Complete { by, proofs: vec![], note: note() }),
            (
                "step_record_later",
                Command::RecordLater { by, earlier, proofs: shown, note: note() },
            ),
            ("step_reopen", Command::Reopen { by, reason: note() }),
            ("step_not_applicable", Command::SetAside { by, reason: note() }),
            ("step_assign", Command::Assign { by, to: step.assigned }),
            ("step_plan", Command::Plan { by, on: step.planned }),
        ];
        let others = [
            ("step_confirm_not_applicable", Action::Confirm, Command::Confirm { by }),
            (
                "step_require",
                Action::ManageProject,
                Command::Require { by, required: !step.required, reason: note() },
            ),
        ];
        let mut actions = Vec::new();
        for (name, command) in kept {
            let may = self.step_kept_by(session, actor, step.project, step.id).await;
            let tried = decide(step, command, &around, now).map_err(Error::from);
            actions.push(ActionView::tried(name, may.and(tried)));
        }
        for (name, action, command) in others {
            let may = self.member(session, actor, step.project, action).await;
            let tried = decide(step, command, &around, now).map_err(Error::from);
            actions.push(ActionView::tried(name, may.and(tried)));
        }
        actions
    }
}

pub(super) fn phase_names(copy: &Copy) -> BTreeMap<String, String> {
    let phases = copy.phases.iter();
    phases.map(|phase| (phase.value.id.to_string(), phase.value.name.clone())).collect()
}

fn hidden(error: Error, id: StepId) -> Error {
    match error {
        Error::NotFound { kind: "project", .. } => Error::not_found("step", id),
        other => other,
    }
}

/// A day in a field.
pub(crate) fn day(field: &str, text: &str) -> Result<Date> {
    text.trim().parse().map_err(|_| Error::invalid(field, "a date such as 2027-04-05", text))
}

/// Addresses that a browser can open; nothing that runs.
fn links(texts: &[String]) -> Result<Vec<Proof>> {
    let link = |text: &String| {
        let url = text.trim();
        let opens = url.starts_with("https://") || url.starts_with("http://");
        let plain = url.len() <= 2000 && !url.chars().any(|c| c.is_control() || c.is_whitespace());
        if opens && plain {
            return Ok(Proof::Link { url: url.to_owned() });
        }
        Err(Error::invalid("links", "an address that begins with https:// or http://", url))
    };
    texts.iter().filter(|text| !text.trim().is_empty()).map(link).collect()
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Locked(waiting) => Self::Refused(
                waiting.into_iter().map(|w| format!("waits for {}", w.title)).collect(),
            ),
            Refusal::NotVerified(records) => Self::Refused(
                records
                    .iter()
                    .map(|v| format!("{} is {}, wanted {}", v.fact, v.found.value, v.wanted))
                    .collect(),
            ),
            Refusal::SamePerson => Self::Forbidden(refusal.to_string()),
            other @ (Refusal::WrongState { .. }
            | Refusal::PhaseComplete
            | Refusal::WrongEvidence { .. }
            | Refusal::NoEvidence(_)
            | Refusal::Missing(_)
            | Refusal::NotYet { .. }
            | Refusal::AlwaysApplies) => Self::NotNow(other.to_string()),
        }
    }
}
