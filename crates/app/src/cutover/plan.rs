//! The plan of a project: chosen, brought in with a preview, signed, confirmed, improved by what was measured.

use super::{
    CutoverImportView, CutoverPlanView, PlanTaskView, PlanTemplateView, current, holds, version_id,
    words_of,
};
use crate::server::bad_file;
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::cutover::advice::advice;
use golive_core::cutover::drift::{drift, take_over};
use golive_core::cutover::kept::{Standing, Version};
use golive_core::cutover::merge::{Preview, merged, preview};
use golive_core::cutover::signature::{Around, Command, Event, State, decide};
use golive_core::cutover::timetable::{Pace, timetable};
use golive_core::cutover::{Anchor, Plan};
use golive_core::id::{ProjectId, RunId};
use golive_core::people::{Action, Member, Side};
use golive_core::portfolio::Project;
use golive_readers::content::Words;
use golive_store::{Session, Told, Versioned, Write};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;

/// Which shipped plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanChoice {
    /// The template's id, such as `cutover-weekend`.
    pub template: String,
}

/// A plan as a file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// The file's name; `.toml` is a whole plan, `.csv` its tasks.
    pub file: String,
    /// What is in it.
    pub text: String,
    /// Only show what would change.
    #[serde(default)]
    pub dry_run: bool,
}

/// A signature under the plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CutoverSignature {
    /// The digest of the plan that was shown.
    pub digest: String,
    /// What the signature says.
    pub meaning: String,
}

/// Which measured durations go into the plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DurationsRequest {
    /// The run that measured them.
    #[schema(value_type = String)]
    pub run: RunId,
    /// The tasks; all that differ when none is named.
    #[serde(default)]
    pub tasks: Vec<String>,
}

impl App {
    /// The shipped plans that a project may begin with.
    pub fn cutover_templates(&self) -> Vec<PlanTemplateView> {
        let plans = self.content.cutover_plans.values();
        plans
            .map(|plan| PlanTemplateView {
                id: plan.id.clone(),
                title: plan.title.clone(),
                tasks: plan.tasks.len(),
            })
            .collect()
    }

    /// Begins with a shipped plan, or puts it in the place of the plan that is there.
    pub async fn cutover_plan_choose(
        &self,
        actor: &Actor,
        project: ProjectId,
        choice: &PlanChoice,
    ) -> Result<CutoverPlanView> {
        let plan = self.content.cutover_plans.get(&choice.template);
        let plan =
            plan.ok_or_else(|| Error::not_found("cutover plan template", &choice.template))?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::RunCutover).await?;
        let seen = write.find::<Standing>(project).await?;
        let what = format!("template {} {}", plan.id, plan.version);
        store(&mut write, (actor, project), seen, (plan.clone(), what)).await?;
        write.commit().await?;
        self.cutover_plan_view(actor, project).await
    }

    /// Brings in a whole plan (TOML) or its tasks (CSV, xlsx): what would change, and unless it is a dry run, changes it.
    pub async fn cutover_plan_import(
        &self,
        actor: &Actor,
        project: ProjectId,
        (file, bytes): (&str, &[u8]),
        dry_run: bool,
    ) -> Result<CutoverImportView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::RunCutover).await?;
        let known = current(&mut write, project).await?;
        let next = self.plan_in(file, bytes, known.as_ref().map(|(_, plan)| &**plan))?;
        let change = match &known {
            Some((_, plan)) => preview(plan, &next.tasks),
            None => Preview { added: next.tasks.clone(), ..Preview::default() },
        };
        let (digest, problems) = (next.digest(), words_of(&next.problems()));
        let is_other = known.as_ref().is_none_or(|(seen, _)| seen.value.digest != digest);
        let ends_signature = is_other
            && known
                .as_ref()
                .is_some_and(|(seen, _)| matches!(seen.value.signature, State::Signed { .. }));
        let applied = !dry_run && is_other;
        let view = CutoverImportView::of(&change, (digest, problems), (applied, ends_signature));
        if applied {
            let what = format!(
                "{file}: {} added, {} changed, {} removed",
                view.added.len(),
                change.changed.len(),
                view.removed.len()
            );
            store(&mut write, (actor, project), known.map(|(seen, _)| seen), (next, what)).await?;
            write.commit().await?;
        }
        Ok(view)
    }

    fn plan_in(&self, file: &str, bytes: &[u8], known: Option<&Plan>) -> Result<Plan> {
        let policy = self
            .content
            .policies
            .values()
            .next()
            .ok_or_else(|| Error::not_found("policy pack", "any"))?;
        let words = Words { vocabulary: &self.content.vocabulary, policy };
        if std::path::Path::new(file).extension().is_some_and(|it| it.eq_ignore_ascii_case("toml"))
        {
            return golive_readers::cutover::read(file, bytes, &words)
                .map_err(|faults| bad_file(file, &faults));
        }
        let plan = known.ok_or_else(|| {
            Error::NotNow("a table of tasks needs a plan to go into; choose a template or bring in a TOML first".into())
        })?;
        let tasks = golive_readers::cutover::tasks(file, bytes, plan, &words)
            .map_err(|faults| bad_file(file, &faults))?;
        Ok(merged(plan, tasks))
    }

    /// The tasks as CSV, with stable ids.
    pub async fn cutover_plan_export(&self, actor: &Actor, project: ProjectId) -> Result<PlanFile> {
        let mut session = self.store.session().await?;
        let of = self.project_seen(&mut session, actor, project).await?.value;
        let (_, plan) = known(&mut session, project).await?;
        let anchor = anchor(&of);
        let times = anchor
            .as_ref()
            .and_then(|anchor| Some((timetable(&plan, anchor, Pace::Planned).ok()?, anchor)));
        let text = golive_readers::cutover::to_csv(
            &plan,
            times.as_ref().map(|(times, anchor)| (times, *anchor)),
        );
        Ok(PlanFile { file: format!("{}.csv", plan.id), text, dry_run: false })
    }

    /// The plan with its times, problems and signature.
    pub async fn cutover_plan_view(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<CutoverPlanView> {
        let mut session = self.store.session().await?;
        let of = self.project_seen(&mut session, actor, project).await?.value;
        let (seen, plan) = known(&mut session, project).await?;
        let names = self.cutover_names(&mut session, project).await?;
        let actions =
            self.cutover_plan_actions(&mut session, (actor, project), (&seen.value, &plan)).await;
        let anchor = anchor(&of);
        let times = anchor.as_ref().and_then(|anchor| timetable(&plan, anchor, Pace::Planned).ok());
        let policy = self.policy(&of.policy)?;
        let advice =
            anchor.as_ref().map(|anchor| advice(&plan, anchor, &[], policy)).unwrap_or_default();
        let slot = |id: &str| times.as_ref().and_then(|times| times.slots.get(id)).copied();
        Ok(CutoverPlanView {
            project: project.to_string(),
            plan: plan.id.clone(),
            title: plan.title.clone(),
            version: plan.version.clone(),
            number: seen.value.number,
            digest: seen.value.digest.clone(),
            state: seen.value.signature.name().to_owned(),
            signed_by: signer(&seen.value.signature).map(|by| names.of(by)),
            particulars: seen.value.signature.clone(),
            changed_by: names.of(seen.value.changed_by),
            changed_at: seen.value.changed_at,
            confirmed: seen.value.confirmed.iter().cloned().collect(),
            problems: words_of(&plan.problems()),
            advice,
            window_hours: plan.window_hours,
            moments: times.as_ref().map(|times| times.moments),
            longest_chain: times
                .as_ref()
                .map(|times| times.longest_chain.clone())
                .unwrap_or_default(),
            longest_chain_minutes: times.as_ref().map(|times| times.longest_chain_minutes),
            planned_end: times.as_ref().and_then(|times| times.finish(&plan.window_closes)),
            tasks: plan.tasks.iter().map(|task| PlanTaskView::of(task, slot(&task.id))).collect(),
            sections: plan
                .sections
                .iter()
                .map(|section| (section.id.clone(), section.title.clone()))
                .collect(),
            actions,
            row_version: seen.version,
        })
    }

    async fn cutover_plan_actions(
        &self,
        session: &mut Session,
        (actor, project): (&Actor, ProjectId),
        (seen, plan): (&Standing, &Plan),
    ) -> Vec<ActionView> {
        let (by, now) = (actor.user, self.clock.now());
        let problems = plan.problems();
        let sign = self.member(session, actor, project, Action::SignPlan).await;
        let around = |member: &Member| Around {
            digest: &seen.digest,
            problems: &problems,
            signer_is_customer: member.side == Side::Customer,
            changed_by: seen.changed_by,
        };
        let trial = |command: Command| match &sign {
            Ok(member) => decide(&seen.signature, command, around(member), now)
                .map(|_| ())
                .map_err(Error::from),
            Err(error) => Err(Error::forbidden(error.to_string())),
        };
        let run = self.member(session, actor, project, Action::RunCutover).await;
        let run = || run.as_ref().map(|_| ()).map_err(|error| Error::forbidden(error.to_string()));
        vec![
            ActionView::tried(
                "cutover_plan_sign",
                trial(Command::Sign { by, shown: seen.digest.clone(), meaning: "-".into() }),
            ),
            ActionView::tried(
                "cutover_plan_withdraw",
                trial(Command::Withdraw { by, reason: "-".into() }),
            ),
            ActionView::tried("cutover_plan_choose", run()),
            ActionView::tried("cutover_plan_import", run()),
            ActionView::tried("cutover_run_open", run()),
        ]
    }

    /// Signs the plan that was shown, for the customer.
    pub async fn cutover_plan_sign(
        &self,
        actor: &Actor,
        project: ProjectId,
        signature: &CutoverSignature,
    ) -> Result<CutoverPlanView> {
        self.signs(actor, project, Action::SignPlan, "you sign the cutover plan").await?;
        let meaning = crate::people::one_line("meaning", &signature.meaning)?;
        let command = Command::Sign { by: actor.user, shown: signature.digest.clone(), meaning };
        self.plan_signature(actor, project, command).await
    }

    /// Takes the signature back.
    pub async fn cutover_plan_withdraw(
        &self,
        actor: &Actor,
        project: ProjectId,
        reason: &str,
    ) -> Result<CutoverPlanView> {
        self.plan_signature(
            actor,
            project,
            Command::Withdraw { by: actor.user, reason: reason.to_owned() },
        )
        .await
    }

    async fn plan_signature(
        &self,
        actor: &Actor,
        project: ProjectId,
        command: Command,
    ) -> Result<CutoverPlanView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let member = self.member(&mut write, actor, project, Action::SignPlan).await?;
        let (seen, plan) = known(&mut write, project).await?;
        let problems = plan.problems();
        let around = Around {
            digest: &seen.value.digest,
            problems: &problems,
            signer_is_customer: member.side == Side::Customer,
            changed_by: seen.value.changed_by,
        };
        let change = decide(&seen.value.signature, command, around, write.now())?;
        let value = Standing { signature: change.state, ..seen.value.clone() };
        write.change(project, seen.version, &value, &change.event).await?;
        write.commit().await?;
        self.cutover_plan_view(actor, project).await
    }

    /// Confirms one's part: that one knows the tasks of one's roles and is there.
    pub async fn cutover_plan_confirm(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<CutoverPlanView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let member = self.member(&mut write, actor, project, Action::Converse).await?;
        let (seen, plan) = known(&mut write, project).await?;
        let roles = plan.tasks.iter().flat_map(|task| [&task.owner, &task.backup]);
        let mine: BTreeSet<String> = roles.filter(|role| holds(&member, role)).cloned().collect();
        if mine.is_empty() {
            return Err(Error::NotNow("no task of the plan is yours".into()));
        }
        let told =
            Told::plain("cutover_plan.confirmed", json!({ "by": actor.user, "roles": mine }));
        let mut value = seen.value;
        value.confirmed.extend(mine);
        write.change_told(project, seen.version, &value, &told).await?;
        write.commit().await?;
        self.cutover_plan_view(actor, project).await
    }

    /// Takes durations that a run has measured into the plan.
    pub async fn cutover_plan_take_durations(
        &self,
        actor: &Actor,
        project: ProjectId,
        wanted: &DurationsRequest,
    ) -> Result<CutoverPlanView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::RunCutover).await?;
        let room = self.room(&mut write, wanted.run).await?;
        if room.project != project {
            return Err(Error::not_found("cutover run", wanted.run));
        }
        let (seen, plan) = known(&mut write, project).await?;
        let measured = drift(&room.plan, &room.states);
        let chosen =
            |task: &str| wanted.tasks.is_empty() || wanted.tasks.iter().any(|id| id == task);
        let next = take_over(&plan, &measured, |line| chosen(&line.task));
        if next == *plan {
            return Err(Error::NotNow("the run offers no other durations for these tasks".into()));
        }
        let what = format!("durations measured in {}", room.kept.value.run.title);
        store(&mut write, (actor, project), Some(seen), (next, what)).await?;
        write.commit().await?;
        self.cutover_plan_view(actor, project).await
    }
}

/// The plan, or that there is none.
pub(super) async fn known(
    session: &mut Session,
    project: ProjectId,
) -> Result<(Versioned<Standing>, Arc<Plan>)> {
    current(session, project).await?.ok_or_else(|| Error::not_found("cutover plan", project))
}

/// The day that a plan's days count from, once it is set.
pub(super) fn anchor(project: &Project) -> Option<Anchor> {
    let date = project.go_live.as_ref()?.date;
    Anchor::new(date, &project.time_zone).ok()
}

fn signer(state: &State) -> Option<golive_core::id::UserId> {
    match state {
        State::Draft => None,
        State::Signed { signature } | State::Superseded { signature, .. } => Some(signature.by),
    }
}

/// Stores a version, and that it holds now; a signature of another version is superseded.
async fn store(
    write: &mut Write,
    (actor, project): (&Actor, ProjectId),
    seen: Option<Versioned<Standing>>,
    (plan, what): (Plan, String),
) -> Result<()> {
    let (by, digest, now) = (actor.user, plan.digest(), write.now());
    let id = version_id(project, &digest);
    if write.find::<Version>(id).await?.is_none() {
        let event = json!({ "event": "stored", "digest": digest, "plan": plan.id, "version": plan.version });
        write.insert(id, project, &Version(Arc::new(plan)), &event).await?;
    }
    let command = Command::Change { by, digest: digest.clone(), what: what.clone() };
    let around =
        Around { digest: &digest, problems: &[], signer_is_customer: false, changed_by: by };
    match seen {
        None => {
            let value = Standing {
                digest: digest.clone(),
                number: 1,
                signature: State::Draft,
                changed_by: by,
                changed_at: now,
                confirmed: BTreeSet::new(),
            };
            let event = Event::Changed { by, digest, what, superseded: None };
            write.insert(project, project, &value, &event).await?;
        }
        Some(seen) if seen.value.digest == digest => {
            return Err(Error::NotNow("the plan is this already".into()));
        }
        Some(seen) => {
            let change = decide(&seen.value.signature, command, around, now)?;
            let value = Standing {
                digest: digest.clone(),
                number: seen.value.number + 1,
                signature: change.state,
                changed_by: by,
                changed_at: now,
                confirmed: seen.value.confirmed,
            };
            write.change(project, seen.version, &value, &change.event).await?;
        }
    }
    Ok(())
}
