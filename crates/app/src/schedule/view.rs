//! The schedule counted back from the go-live date: the latest moment of everything, what is left, what no longer fits.

use super::{MoveView, moves, zone};
use crate::methodology::Names;
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::account::Organisation;
use golive_core::calendar::Calendar;
use golive_core::environment::Purpose;
use golive_core::id::ProjectId;
use golive_core::path::{Dates, StageId};
use golive_core::people::{Action, Member, Side};
use golive_core::policy::Enforcement;
use golive_core::portfolio::Project;
use golive_core::schedule::date::State;
use golive_core::schedule::milestone::Milestone;
use golive_core::schedule::{Basis, Fault, Fit, Item, Line, first_fitting, schedule};
use golive_store::Session;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The schedule of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScheduleView {
    /// The project.
    pub project: String,
    /// The go-live date; without one there is no schedule.
    pub go_live: Option<String>,
    /// Every setting of the date, the first one first.
    pub date_history: Vec<MoveView>,
    /// The lines in the order of the path.
    pub lines: Vec<LineView>,
    /// The first thing that no longer fits.
    pub first_miss: Option<String>,
    /// The next thing that must happen.
    pub next: Option<String>,
    /// The first go-live date with which everything still to be done fits.
    pub first_fitting: Option<String>,
    /// The first instant at which time alone makes a line miss.
    #[schema(value_type = Option<String>)]
    pub holds_until: Option<Timestamp>,
    /// The calendar of the reviewer's organisation.
    pub reviewer_calendar: String,
    /// What falls into the same weeks: period ends, holidays, campaigns, updates.
    pub clashes: Vec<ClashView>,
    /// Why there is no schedule, if there is none.
    pub faults: Vec<String>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

/// Something that falls into the same weeks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClashView {
    /// What.
    pub what: String,
    /// Its first day.
    pub starts: String,
    /// Its last day.
    pub ends: String,
    /// What is done about it.
    pub plan: String,
}

/// One thing with its latest moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineView {
    /// What: `checklist_sent`.
    pub item: String,
    /// It makes no sense before.
    #[schema(value_type = Option<String>)]
    pub earliest: Option<Timestamp>,
    /// The moment that is recommended.
    #[schema(value_type = Option<String>)]
    pub recommended: Option<Timestamp>,
    /// The latest moment.
    #[schema(value_type = String)]
    pub latest: Timestamp,
    /// The day that the milestone of it is planned for.
    pub planned: Option<String>,
    /// `done`, `done_late`, `fits` or `missed`.
    pub fit: String,
    /// When it was done.
    #[schema(value_type = Option<String>)]
    pub done_at: Option<Timestamp>,
    /// Whole minutes left; negative since it was missed.
    pub slack_minutes: Option<i64>,
    /// The settings that the moment comes from.
    pub settings: Vec<String>,
    /// What being late does: `deny`, `warn`, `off`; nothing when it is arithmetic.
    pub enforcement: Option<String>,
    /// False when the reviewer's holidays of that time are not known.
    pub calendar_covers: bool,
}

/// Which event says that a thing has happened.
const DONE_BY: [(Item, &str); 8] = [
    (Item::DateSet, "go_live_date.date_set"),
    (Item::ChecklistSent, "checklist.submitted"),
    (Item::ReviewStarted, "review.begun"),
    (Item::ReviewReceived, "review.submitted"),
    (Item::ReviewComplete, "review.completed"),
    (Item::ProductionSignedOff, "request.signed_off"),
    (Item::ProductionDeployed, "request.deployed"),
    (Item::PackageStarted, "package.installed_in_production"),
];

/// What has happened when something later has: the log may hold no event of its own for it.
const IMPLIED: [(Item, Item); 4] = [
    (Item::ReviewComplete, Item::ReviewReceived),
    (Item::ReviewReceived, Item::ReviewStarted),
    (Item::PackageStarted, Item::PackageFiled),
    (Item::CopyStarted, Item::CopyFiled),
];

/// Which milestone of the templates plans a thing.
const PLANNED_BY: [(Item, &str); 5] = [
    (Item::ChecklistSent, "checklist-sent"),
    (Item::ReviewComplete, "review-complete"),
    (Item::ProductionDeployed, "production-deployed"),
    (Item::CutoverStarted, "cutover-start"),
    (Item::GoLive, "go-live"),
];

/// What a schedule is counted from, as far as the store knows it.
pub(crate) struct Counted<'a> {
    calendar: &'a Calendar,
    zone: TimeZone,
    done: BTreeMap<Item, Timestamp>,
}

impl App {
    /// The schedule of a project, counted back from its go-live date.
    pub async fn schedule_view(&self, actor: &Actor, project: ProjectId) -> Result<ScheduleView> {
        let mut session = self.store.session().await?;
        let seen = self.project_seen(&mut session, actor, project).await?.value;
        let names = Names::read(&mut session, project).await?;
        let state = session.find::<State>(project).await?.map(|s| s.value).unwrap_or_default();
        let counted = self.counted(&mut session, project, &seen).await?;
        let milestones = super::milestones::all(&mut session, project).await?;
        let may = self.member(&mut session, actor, project, Action::ManageProject).await;
        let live =
            seen.live_since.map_or(Ok(()), |_| Err(Error::NotNow("the project is live".into())));
        let mut view = ScheduleView {
            project: project.to_string(),
            go_live: state.date().map(|date| date.to_string()),
            date_history: moves(&state, &names),
            lines: Vec::new(),
            first_miss: None,
            next: None,
            first_fitting: None,
            holds_until: None,
            reviewer_calendar: counted.calendar.title.clone(),
            clashes: clashes(&mut session, project).await?,
            faults: Vec::new(),
            actions: vec![ActionView::tried("go_live_date_set", may.and(live))],
        };
        match self.lines(&seen, &counted, &milestones, &mut view) {
            Some(Ok(())) => {}
            Some(Err(fault)) => view.faults.push(fault.to_string()),
            None => view.faults.push("no go-live date is set".to_owned()),
        }
        Ok(view)
    }

    /// Fills the lines in; nothing without a date.
    fn lines(
        &self,
        project: &Project,
        counted: &Counted<'_>,
        milestones: &[Milestone],
        view: &mut ScheduleView,
    ) -> Option<Result<(), Fault>> {
        let go_live = project.go_live.as_ref()?.date;
        let basis = self.basis(project, counted, go_live).ok()?;
        let now = self.clock.now();
        let mut fill = || {
            let made = schedule(&basis, &counted.done, now)?;
            view.first_miss = made.first_miss().map(|line| item_name(line.item));
            view.next = made.next().map(|line| item_name(line.item));
            view.holds_until = made.holds_until();
            view.lines = made.lines.iter().map(|line| line_view(line, milestones)).collect();
            if project.live_since.is_some() {
                return Ok(());
            }
            let fitting = first_fitting(&basis, &counted.done, now)?;
            view.first_fitting = fitting.map(|date| date.to_string());
            Ok(())
        };
        Some(fill())
    }

    fn basis<'a>(
        &'a self,
        project: &Project,
        counted: &'a Counted<'_>,
        go_live: Date,
    ) -> Result<Basis<'a>> {
        Ok(Basis {
            go_live,
            zone: &counted.zone,
            model: project.model,
            policy: self.policy(&project.policy)?,
            reviewer: counted.calendar,
            region: None,
            cutover: None,
            copy_applies: true,
        })
    }

    /// Planned and latest day of each stage of the path; without a go-live date, or when a calendar cannot say, none.
    pub(crate) async fn stage_dates(
        &self,
        session: &mut Session,
        id: ProjectId,
        project: &Project,
    ) -> Result<[Dates; 9]> {
        let Some(set) = &project.go_live else { return Ok([Dates::default(); 9]) };
        let counted = self.counted(session, id, project).await?;
        let milestones = super::milestones::all(session, id).await?;
        let basis = self.basis(project, &counted, set.date)?;
        let Ok(made) = schedule(&basis, &counted.done, self.clock.now()) else {
            return Ok([Dates::default(); 9]);
        };
        Ok(StageId::ALL.map(|stage| match made.line(item_of(stage)) {
            Some(line) => Dates {
                planned: planned(line.item, &milestones).and_then(|it| it.planned),
                latest: Some(counted.zone.to_datetime(line.latest).date()),
            },
            None => Dates::default(),
        }))
    }

    /// Gathers what the schedule is counted from.
    async fn counted(
        &self,
        session: &mut Session,
        id: ProjectId,
        project: &Project,
    ) -> Result<Counted<'_>> {
        let kinds = DONE_BY.map(|(_, kind)| kind);
        let times = session.last_times(&id.to_string(), &kinds).await?;
        let happened = DONE_BY.iter().filter_map(|(item, kind)| Some((*item, *times.get(*kind)?)));
        let mut done: BTreeMap<Item, Timestamp> = happened.collect();
        let copies = crate::datacopy::copies(session, id).await?.into_iter();
        let into_production = copies.filter(|(_, into)| *into == Purpose::Production);
        if let Some(at) = into_production.map(|(copy, _)| copy.at).max() {
            done.insert(Item::CopyStarted, at);
        }
        for (later, earlier) in IMPLIED {
            if let Some(at) = done.get(&later).copied() {
                done.entry(earlier).or_insert(at);
            }
        }
        if let Some(since) = project.live_since {
            done.insert(Item::GoLive, since);
            done.insert(Item::CutoverEnded, since);
            done.entry(Item::CutoverStarted).or_insert(since);
        }
        // The lead of the date is measured when it was last set or moved.
        if let Some(set) = &project.go_live {
            done.insert(Item::DateSet, set.set_at);
        }
        let calendar = self.reviewer_calendar(session, id, project).await?;
        Ok(Counted { calendar, zone: zone(project), done })
    }

    /// The calendar of the reviewer's organisation; without a reviewer, the project's own.
    pub(crate) async fn reviewer_calendar(
        &self,
        session: &mut Session,
        id: ProjectId,
        project: &Project,
    ) -> Result<&Calendar> {
        let seats = session.of_project::<Member>(id).await?;
        let reviewer = seats
            .into_iter()
            .map(|(_, seat)| seat.value)
            .find(|member| member.side == Side::Reviewer && member.removed.is_none());
        let mut name = project.calendar.clone();
        if let Some(member) = reviewer {
            let organisation = session.find::<Organisation>(member.organisation).await?;
            name = organisation.map_or(name, |seen| seen.value.calendar);
        }
        let calendars = &self.content.calendars;
        let found = calendars.get(&name).or_else(|| calendars.get(&project.calendar));
        found.ok_or_else(|| Error::not_found("calendar", name))
    }
}

/// What onboarding says of the weeks around the go-live date.
async fn clashes(session: &mut Session, id: ProjectId) -> Result<Vec<ClashView>> {
    let known = crate::onboarding::whole(session, id).await?.environments.clashes;
    let view = |clash: golive_core::project::Clash| ClashView {
        what: clash.what,
        starts: clash.starts.to_string(),
        ends: clash.ends.to_string(),
        plan: clash.plan,
    };
    Ok(known.into_iter().map(view).collect())
}

/// The name of a thing on every floor.
fn item_name(item: Item) -> String {
    let name = serde_json::to_value(item).ok();
    name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The thing whose latest moment is that of a stage.
fn item_of(stage: StageId) -> Item {
    match stage {
        StageId::DateSet => Item::DateSet,
        StageId::ChecklistSent => Item::ChecklistSent,
        StageId::Review | StageId::Released => Item::ReviewComplete,
        StageId::Production => Item::ProductionDeployed,
        StageId::Package => Item::PackageStarted,
        StageId::Copy => Item::CopyStarted,
        StageId::Ready => Item::CutoverStarted,
        StageId::Live => Item::GoLive,
    }
}

/// The milestone that plans a thing.
fn planned(item: Item, milestones: &[Milestone]) -> Option<&Milestone> {
    let name = PLANNED_BY.iter().find(|(of, _)| *of == item).map(|(_, name)| *name)?;
    milestones.iter().find(|it| it.name == name)
}

fn line_view(line: &Line, milestones: &[Milestone]) -> LineView {
    let planned = planned(line.item, milestones);
    let (fit, done_at, slack) = match line.fit {
        Fit::Done { at } => ("done", Some(at), None),
        Fit::DoneLate { at } => ("done_late", Some(at), None),
        Fit::Fits { slack_minutes } => ("fits", None, Some(slack_minutes)),
        Fit::Missed { late_minutes } => ("missed", None, Some(-late_minutes)),
    };
    let enforcement = line.enforcement.map(|enforcement| match enforcement {
        Enforcement::Deny => "deny",
        Enforcement::Warn => "warn",
        Enforcement::Off => "off",
    });
    LineView {
        item: item_name(line.item),
        earliest: line.earliest,
        recommended: line.recommended,
        latest: line.latest,
        planned: planned.and_then(|it| it.planned).map(|day| day.to_string()),
        fit: fit.to_owned(),
        done_at,
        slack_minutes: slack,
        settings: line.settings.clone(),
        enforcement: enforcement.map(str::to_owned),
        calendar_covers: line.calendar_covers,
    }
}
