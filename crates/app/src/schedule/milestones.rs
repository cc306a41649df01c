//! Planned dates: set, moved with a reason, reached; published, and confirmed from time to time.

use super::plan;
use crate::methodology::{HistoryLine, Names, day, history};
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::id::{MilestoneId, ProjectId, UserId};
use golive_core::methodology::phase::Phase;
use golive_core::methodology::template::MilestoneKind;
use golive_core::people::Action;
use golive_core::portfolio::Project;
use golive_core::schedule::milestone::{
    Around, Command, Milestone, Plan, PlanEvent, PlanRefusal, Refusal, State, decide,
};
use golive_store::{Session, Versioned, Write};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A planned date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MilestoneView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Its name in files: `test-complete`.
    pub name: String,
    /// Its phase.
    pub phase: String,
    /// The name for people.
    pub title: String,
    /// What has happened when it is reached.
    pub meaning: String,
    /// The plan is not complete without its date.
    pub required: bool,
    /// `planned`, `phase_end`, `cutover_start` or `go_live`.
    pub kind: String,
    /// The planned day.
    pub planned: Option<String>,
    /// The day counted from the go-live date.
    pub counted: Option<String>,
    /// `expected` or `reached`.
    pub state: String,
    /// The real day.
    pub reached_on: Option<String>,
    /// Who said so.
    pub reached_by: Option<String>,
    /// Days that the real or present day lies after the planned one; negative before it.
    pub days_late: Option<i32>,
    /// True when it should have been reached by now.
    pub late: bool,
    /// What happened to it; only when one milestone is asked for.
    pub history: Vec<HistoryLine>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version, for `If-Match`.
    pub row_version: i64,
}

/// All planned dates of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MilestonesView {
    /// The project.
    pub project: String,
    /// `draft` or `published`.
    pub state: String,
    /// Who published the plan.
    pub published_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>)]
    pub published_at: Option<Timestamp>,
    /// Who last said that the dates hold.
    pub confirmed_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>)]
    pub confirmed_at: Option<Timestamp>,
    /// The planned dates in the order of their days.
    pub milestones: Vec<MilestoneView>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

/// What milestones are shown with.
struct Shown<'a> {
    names: &'a Names,
    today: Date,
    go_live: Option<Date>,
    may: Result<(), String>,
    is_published: bool,
}

impl App {
    /// The planned dates of a project and their plan.
    pub async fn milestone_list(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<MilestonesView> {
        let mut session = self.store.session().await?;
        let seen = self.project_seen(&mut session, actor, project).await?.value;
        let plan = plan(&mut session, project).await?;
        let names = Names::read(&mut session, project).await?;
        let may = self.member(&mut session, actor, project, Action::KeepMethodology).await;
        let may = may.map(|_| ()).map_err(|error| error.to_string());
        let shown = Shown {
            names: &names,
            today: self.today(&seen),
            go_live: seen.go_live.as_ref().map(|set| set.date),
            may,
            is_published: plan.is_published(),
        };
        let rows = rows(&mut session, project).await?;
        let values: Vec<Milestone> = rows.iter().map(|seen| seen.value.clone()).collect();
        let phases = phase_names(&mut session, project).await?;
        let milestones =
            rows.iter().map(|seen| shown.view(seen, Vec::new(), self.clock.now())).collect();
        let actions = self
            .plan_actions(&mut session, actor, project, (&plan, &values, &phases, shown.today))
            .await;
        let (state, published, confirmed) = match &plan {
            Plan::Draft => ("draft", None, None),
            Plan::Published { by, at, confirmed_by, confirmed_at } => (
                "published",
                Some((names.user(*by), *at)),
                Some((names.user(*confirmed_by), *confirmed_at)),
            ),
        };
        Ok(MilestonesView {
            project: project.to_string(),
            state: state.to_owned(),
            published_by: published.as_ref().map(|by| by.0.clone()),
            published_at: published.map(|by| by.1),
            confirmed_by: confirmed.as_ref().map(|by| by.0.clone()),
            confirmed_at: confirmed.map(|by| by.1),
            milestones,
            actions,
        })
    }

    /// One planned date with its history.
    pub async fn milestone_view(&self, actor: &Actor, id: MilestoneId) -> Result<MilestoneView> {
        let mut session = self.store.session().await?;
        let project = project_of(&mut session, id).await?;
        let seen = self.project_seen(&mut session, actor, project).await;
        let seen = seen.map_err(|error| hidden(error, id))?.value;
        let names = Names::read(&mut session, project).await?;
        let events = session.history(&id.to_string()).await?;
        let may = self.member(&mut session, actor, project, Action::KeepMethodology).await;
        let shown = Shown {
            names: &names,
            today: self.today(&seen),
            go_live: seen.go_live.as_ref().map(|set| set.date),
            may: may.map(|_| ()).map_err(|error| error.to_string()),
            is_published: plan(&mut session, project).await?.is_published(),
        };
        let milestone = session.get::<Milestone>(id).await?;
        let lines = history(&events, &names);
        Ok(shown.view(&milestone, lines, self.clock.now()))
    }

    /// Plans a milestone for a day, or moves it; a published date moves only with a reason.
    pub async fn milestone_set(
        &self,
        actor: &Actor,
        id: MilestoneId,
        (on, reason): (&str, &str),
    ) -> Result<MilestoneView> {
        let (by, on, reason) = (actor.user, day("on", on)?, reason.trim().to_owned());
        self.milestone_command(actor, id, Command::Plan { by, on, reason }).await
    }

    /// Says that a milestone was reached.
    pub async fn milestone_reach(
        &self,
        actor: &Actor,
        id: MilestoneId,
        on: &str,
    ) -> Result<MilestoneView> {
        let command = Command::Reach { by: actor.user, on: day("on", on)? };
        self.milestone_command(actor, id, command).await
    }

    /// Says that a milestone was not reached after all.
    pub async fn milestone_take_back(
        &self,
        actor: &Actor,
        id: MilestoneId,
        reason: &str,
    ) -> Result<MilestoneView> {
        let command = Command::TakeBack { by: actor.user, reason: reason.trim().to_owned() };
        self.milestone_command(actor, id, command).await
    }

    /// Counts every date that still lies ahead back from the go-live date again.
    pub async fn milestone_recount(
        &self,
        actor: &Actor,
        project: ProjectId,
        reason: &str,
    ) -> Result<MilestonesView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepMethodology).await?;
        let seen = write.get::<Project>(project).await?.value;
        let Some(go_live) = seen.go_live.as_ref().map(|set| set.date) else {
            return Err(Error::NotNow("no go-live date is set to count from".into()));
        };
        let is_published = plan(&mut write, project).await?.is_published();
        let around = Around { is_published, today: self.today(&seen) };
        let reason = reason.trim();
        if is_published && reason.is_empty() {
            return Err(Refusal::NoReason.into());
        }
        for row in rows(&mut write, project).await? {
            let is_same = row.value.planned == row.value.counted(go_live);
            if is_same || row.value.state != State::Expected {
                continue;
            }
            let command = Command::Follow { by: actor.user, go_live, reason: reason.to_owned() };
            let (after, event) = decide(&row.value, command, around, write.now())?;
            write.change(row.value.id, row.version, &after, &event).await?;
        }
        write.commit().await?;
        self.milestone_list(actor, project).await
    }

    /// Publishes the plan: from now on dates move only with a reason.
    pub async fn milestone_publish(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<MilestonesView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::ManageProject).await?;
        let milestones = all(&mut write, project).await?;
        let phases = phase_names(&mut write, project).await?;
        let published = Plan::publish(&milestones, &phases, actor.user, write.now())?;
        store_plan(&mut write, project, published).await?;
        write.commit().await?;
        self.milestone_list(actor, project).await
    }

    /// Confirms that all dates still hold.
    pub async fn milestone_confirm(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<MilestonesView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepMethodology).await?;
        let today = self.today(&write.get::<Project>(project).await?.value);
        let milestones = all(&mut write, project).await?;
        let now = write.now();
        let confirmed =
            plan(&mut write, project).await?.confirm(&milestones, today, actor.user, now)?;
        store_plan(&mut write, project, confirmed).await?;
        write.commit().await?;
        self.milestone_list(actor, project).await
    }

    async fn milestone_command(
        &self,
        actor: &Actor,
        id: MilestoneId,
        command: Command,
    ) -> Result<MilestoneView> {
        let project = project_of(&mut self.store.session().await?, id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let may = self.member(&mut write, actor, project, Action::KeepMethodology).await;
        may.map_err(|error| hidden(error, id))?;
        let seen = write.get::<Project>(project).await?.value;
        let is_published = plan(&mut write, project).await?.is_published();
        let around = Around { is_published, today: self.today(&seen) };
        let row = write.get::<Milestone>(id).await?;
        let (after, event) = decide(&row.value, command, around, write.now())?;
        write.change(id, row.version, &after, &event).await?;
        write.commit().await?;
        self.milestone_view(actor, id).await
    }

    async fn plan_actions(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
        (plan, milestones, phases, today): (&Plan, &[Milestone], &[String], Date),
    ) -> Vec<ActionView> {
        let (by, now) = (actor.user, self.clock.now());
        let keep = self.member(session, actor, project, Action::KeepMethodology).await;
        let manage = self.member(session, actor, project, Action::ManageProject).await;
        let publish = Plan::publish(milestones, phases, by, now).map_err(Error::from);
        let confirm = plan.confirm(milestones, today, by, now).map_err(Error::from);
        let recount =
            keep.as_ref().map(|_| ()).map_err(|error| Error::forbidden(error.to_string()));
        vec![
            ActionView::tried("milestone_publish", manage.and(publish)),
            ActionView::tried("milestone_confirm", keep.and(confirm)),
            ActionView::tried("milestone_recount", recount),
        ]
    }
}

/// All milestones of a project in the order of their days.
pub(super) async fn all(session: &mut Session, project: ProjectId) -> Result<Vec<Milestone>> {
    Ok(rows(session, project).await?.into_iter().map(|seen| seen.value).collect())
}

/// Going live on its date reaches the milestone of it, unless somebody has said so before.
pub(crate) async fn went_live(
    write: &mut Write,
    (project, by): (ProjectId, UserId),
    (on, today): (Date, Date),
) -> Result<()> {
    let around = Around { is_published: plan(write, project).await?.is_published(), today };
    for row in rows(write, project).await? {
        if row.value.kind != MilestoneKind::GoLive || row.value.state != State::Expected {
            continue;
        }
        let command = Command::Reach { by, on };
        let (after, event) = decide(&row.value, command, around, write.now())?;
        write.change(row.value.id, row.version, &after, &event).await?;
    }
    Ok(())
}

async fn rows(session: &mut Session, project: ProjectId) -> Result<Vec<Versioned<Milestone>>> {
    let rows = session.of_project::<Milestone>(project).await?;
    let mut rows: Vec<Versioned<Milestone>> = rows.into_iter().map(|(_, seen)| seen).collect();
    rows.sort_by_key(|seen| {
        let row = &seen.value;
        (std::cmp::Reverse(row.days_before_go_live), row.name.clone())
    });
    Ok(rows)
}

async fn phase_names(session: &mut Session, project: ProjectId) -> Result<Vec<String>> {
    let phases = session.of_project::<Phase>(project).await?;
    let mut phases: Vec<Phase> = phases.into_iter().map(|(_, seen)| seen.value).collect();
    phases.sort_by_key(|phase| phase.number);
    Ok(phases.into_iter().map(|phase| phase.name).collect())
}

async fn store_plan(
    write: &mut Write,
    project: ProjectId,
    (plan, event): (Plan, PlanEvent),
) -> Result<()> {
    match write.find::<Plan>(project).await? {
        Some(seen) => Ok(write.change(project, seen.version, &plan, &event).await?),
        None => Ok(write.insert(project, project, &plan, &event).await?),
    }
}

async fn project_of(session: &mut Session, id: MilestoneId) -> Result<ProjectId> {
    session.project_of::<Milestone>(id).await?.parse().map_err(Error::internal)
}

impl Shown<'_> {
    fn view(
        &self,
        seen: &Versioned<Milestone>,
        history: Vec<HistoryLine>,
        now: Timestamp,
    ) -> MilestoneView {
        let it = &seen.value;
        let (reached_on, reached_by) = match &it.state {
            State::Expected => (None, None),
            State::Reached { on, by, .. } => (Some(*on), Some(self.names.user(*by))),
        };
        let late = |planned: Date| (reached_on.unwrap_or(self.today) - planned).get_days();
        let kind =
            serde_json::to_value(it.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
        MilestoneView {
            id: it.id.to_string(),
            project: it.project.to_string(),
            name: it.name.clone(),
            phase: it.phase.clone(),
            title: it.title.clone(),
            meaning: it.meaning.clone(),
            required: it.required,
            kind: kind.unwrap_or_default(),
            planned: it.planned.map(|day| day.to_string()),
            counted: self.go_live.and_then(|go_live| it.counted(go_live)).map(|d| d.to_string()),
            state: it.state.name().to_owned(),
            reached_on: reached_on.map(|day| day.to_string()),
            reached_by,
            days_late: it.planned.map(late),
            late: it.is_late(self.today),
            history,
            actions: self.actions(it, now),
            row_version: seen.version,
        }
    }

    fn actions(&self, it: &Milestone, now: Timestamp) -> Vec<ActionView> {
        let around = Around { is_published: self.is_published, today: self.today };
        let by = golive_core::onboarding::facts::user_of("");
        let next = it.planned.and_then(|day| day.tomorrow().ok()).unwrap_or(self.today);
        let reason = || "-".to_owned();
        let commands = [
            ("milestone_set", Command::Plan { by, on: next, reason: reason() }),
            ("milestone_reach", Command::Reach { by, on: self.today }),
            ("milestone_take_back", Command::TakeBack { by, reason: reason() }),
        ];
        let tried = |(name, command)| {
            let may = self.may.clone().map_err(Error::Forbidden);
            let decided = decide(it, command, around, now).map_err(Error::from);
            ActionView::tried(name, may.and(decided))
        };
        commands.map(tried).into_iter().collect()
    }
}

fn hidden(error: Error, id: MilestoneId) -> Error {
    match error {
        Error::NotFound { kind: "project", .. } => Error::not_found("milestone", id),
        other => other,
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::NotNow(refusal.to_string())
    }
}

impl From<PlanRefusal> for Error {
    fn from(refusal: PlanRefusal) -> Self {
        match refusal {
            PlanRefusal::NoDate(missing) => {
                Self::Refused(missing.iter().map(|title| format!("{title} has no date")).collect())
            }
            PlanRefusal::Disorder(why) => Self::Refused(why),
            PlanRefusal::Passed(passed) => Self::Refused(
                passed
                    .iter()
                    .map(|title| format!("{title} has passed and was not reached"))
                    .collect(),
            ),
            PlanRefusal::Draft => Self::NotNow(refusal.to_string()),
        }
    }
}
