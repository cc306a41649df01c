//! The schedule of a project: its go-live date with history, its milestones and their plan, and everything counted back.
//!
//! - this file: the go-live date, what the gates ask
//! - [`milestones`]: planned dates, publishing and confirming them
//! - [`view`]: the schedule counted back

pub(crate) mod milestones;
mod view;

pub use milestones::{MilestoneView, MilestonesView};
pub use view::{ClashView, LineView, ScheduleView};

use crate::facts::Ground;
use crate::methodology::Names;
use crate::project::ProjectView;
use crate::{Actor, App, Error, Result};
use golive_core::fact::Facts;
use golive_core::id::{ProjectId, UserId};
use golive_core::methodology::step::{Command as StepCommand, Step};
use golive_core::methodology::template::MilestoneKind;
use golive_core::people::Action;
use golive_core::portfolio::{Project, ProjectEvent};
use golive_core::schedule::date;
use golive_core::schedule::date::{Around, Command, Refusal, State, decide};
use golive_core::schedule::milestone::{self, Milestone, Plan};
use golive_store::{Session, Write};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The role that alone moves the date when it is near.
const AUTHORITY: &str = "go-live-authority";

/// Events after which moves of the date are counted again: the reviewer has seen the date.
const REVIEWED: [&str; 3] = ["review.report_issued", "review.completed", "review.confirmed"];

/// One setting of the go-live date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoveView {
    /// From; nothing when it was set for the first time.
    pub from: Option<String>,
    /// To.
    pub to: String,
    /// Who.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// Days moved, whichever way.
    pub days: i64,
}

/// The go-live date with its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GoLiveDateView {
    /// The project.
    pub project: String,
    /// The date.
    pub date: Option<String>,
    /// Every setting, the first one first.
    pub history: Vec<MoveView>,
    /// Days of all moves since the reviewer last saw the date.
    pub moved_days_since_review: i64,
}

impl App {
    /// Sets or moves the go-live date. Milestones and steps without a day of their own are counted back from it.
    pub async fn go_live_date_set(
        &self,
        actor: &Actor,
        id: ProjectId,
        date: Date,
        reason: &str,
    ) -> Result<ProjectView> {
        let mut write = self.store.write(id, self.stamp(actor)).await?;
        self.set_go_live(&mut write, actor, id, (date, reason)).await?;
        let project = write.get::<Project>(id).await?.value;
        write.commit().await?;
        Ok(self.project_as_seen(id, &project))
    }

    /// The go-live date with its history.
    pub async fn go_live_date_view(&self, actor: &Actor, id: ProjectId) -> Result<GoLiveDateView> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, id).await?;
        let state = session.find::<State>(id).await?.map(|seen| seen.value).unwrap_or_default();
        let names = Names::read(&mut session, id).await?;
        let reviewed = reviewed(&mut session, id).await?;
        Ok(GoLiveDateView {
            project: id.to_string(),
            date: state.date().map(|date| date.to_string()),
            history: moves(&state, &names),
            moved_days_since_review: reviewed.map_or(0, |at| state.moved_since(at)),
        })
    }

    /// Sets the date in the write of whoever needs it; asks the permission itself.
    pub(crate) async fn set_go_live(
        &self,
        write: &mut Write,
        actor: &Actor,
        id: ProjectId,
        (date, reason): (Date, &str),
    ) -> Result<()> {
        let member = self.member(write, actor, id, Action::ManageProject).await?;
        let project = write.get::<Project>(id).await?;
        let policy = self.policy(&project.value.policy)?;
        let zone = zone(&project.value);
        let reviewed = reviewed(write, id).await?;
        let around = Around {
            policy,
            zone: &zone,
            is_authority: member.has_role(AUTHORITY),
            is_live: project.value.live_since.is_some(),
            reviewed,
        };
        let before = write.find::<State>(id).await?;
        let state = before.as_ref().map(|seen| seen.value.clone()).unwrap_or_default();
        let command = Command { by: actor.user, to: date, reason: reason.trim().to_owned() };
        let change = decide(&state, command, around, write.now())?;
        match before {
            Some(seen) => write.change(id, seen.version, &change.state, &change.event).await?,
            None => write.insert(id, id, &change.state, &change.event).await?,
        }
        let today = self.today(&project.value);
        let moved = project.value.set_go_live(date, reason, write.now(), today);
        let (after, event): (Project, ProjectEvent) =
            moved.map_err(|why| Error::NotNow(why.to_string()))?;
        write.change(id, project.version, &after, &event).await?;
        self.follow(write, actor, id, (date, reason, today)).await?;
        crate::review::note_late_changes(self, write, id).await
    }

    /// The go-live milestone moves with the date; what has no day yet gets the day counted back.
    async fn follow(
        &self,
        write: &mut Write,
        actor: &Actor,
        id: ProjectId,
        (go_live, reason, today): (Date, &str, Date),
    ) -> Result<()> {
        let is_published = plan(write, id).await?.is_published();
        let around = milestone::Around { is_published, today };
        for (key, seen) in write.of_project::<Milestone>(id).await? {
            let is_bound = seen.value.kind == MilestoneKind::GoLive || seen.value.planned.is_none();
            if is_bound && seen.value.state == milestone::State::Expected {
                let command = milestone::Command::Follow {
                    by: actor.user,
                    go_live,
                    reason: reason.trim().to_owned(),
                };
                let (after, event) = milestone::decide(&seen.value, command, around, write.now())?;
                write.change(key, seen.version, &after, &event).await?;
            }
        }
        self.plan_steps(write, actor, id, go_live).await
    }

    /// Steps without a day get the day counted back from the go-live date.
    async fn plan_steps(
        &self,
        write: &mut Write,
        actor: &Actor,
        id: ProjectId,
        go_live: Date,
    ) -> Result<()> {
        let Some(template) = self.template_of(write, id).await? else { return Ok(()) };
        let counted = template.copy(id, Some(go_live)).steps;
        let scene = self.scene(write, id).await?;
        for (key, seen) in write.of_project::<Step>(id).await? {
            let day = counted.iter().find(|step| step.id == key).and_then(|step| step.planned);
            if seen.value.planned.is_some() || day.is_none() || seen.value.state.is_settled() {
                continue;
            }
            let command = StepCommand::Plan { by: actor.user, on: day };
            let around = scene.around(&seen.value);
            let change =
                golive_core::methodology::step::decide(&seen.value, command, &around, write.now())?;
            write.change(key, seen.version, &change.step, &change.event).await?;
        }
        Ok(())
    }
}

/// The project's zone; an unknown one counts as UTC.
pub(crate) fn zone(project: &Project) -> TimeZone {
    TimeZone::get(&project.time_zone).unwrap_or(TimeZone::UTC)
}

/// When the reviewer last saw the date and the scope.
pub(crate) async fn reviewed(session: &mut Session, id: ProjectId) -> Result<Option<Timestamp>> {
    let times = session.last_times(&id.to_string(), &REVIEWED).await?;
    Ok(times.into_values().max())
}

/// The plan of the milestones; without a methodology there is only a draft.
async fn plan(session: &mut Session, id: ProjectId) -> Result<Plan> {
    Ok(session.find::<Plan>(id).await?.map(|seen| seen.value).unwrap_or_default())
}

fn moves(state: &State, names: &Names) -> Vec<MoveView> {
    let history = match state {
        State::Unset => &[][..],
        State::Set { history, .. } => history,
    };
    let name = |by: UserId| names.user(by);
    let view = |moved: &date::Move| MoveView {
        from: moved.from.map(|from| from.to_string()),
        to: moved.to.to_string(),
        by: name(moved.by),
        at: moved.at,
        reason: moved.reason.clone(),
        days: moved.days(),
    };
    history.iter().map(view).collect()
}

/// The facts that this subject knows of a project.
pub(crate) async fn facts(
    _app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let zone = zone(ground.project);
    let state = session.find::<State>(ground.id).await?.map(|seen| seen.value).unwrap_or_default();
    let reviewed = reviewed(session, ground.id).await?;
    facts.extend(date::facts(&state, reviewed, &zone));
    facts.extend(milestone::days_left(state.date(), &zone, ground.now));
    let plan = plan(session, ground.id).await?;
    let milestones = milestones::all(session, ground.id).await?;
    facts.extend(milestone::facts(&plan, &milestones, &zone, ground.now));
    Ok(())
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Past(date) => Self::invalid("date", "a day after today", date.to_string()),
            Refusal::NotTheAuthority { .. } => Self::Forbidden(refusal.to_string()),
            other @ (Refusal::NoReason | Refusal::Same(_) | Refusal::Live) => {
                Self::NotNow(other.to_string())
            }
        }
    }
}
