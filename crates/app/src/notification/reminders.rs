//! Reminders: what is due by the business clock. Each project has a time at which it is looked at again; a change of the
//! project, or of the clock, brings that forward. The ids of the messages come from what is reminded of, so each is made once,
//! and after a jump of the clock only the last reminder of a series goes out.

use super::crowd::Crowd;
use super::events::page;
use super::post::Cause;
use super::values::{Telling, link};
use crate::{App, Result};
use golive_core::calendar::Calendar;
use golive_core::fact::{FactId, Facts};
use golive_core::id::ProjectId;
use golive_core::methodology::step::Step;
use golive_core::methodology::template::MilestoneKind;
use golive_core::notification::{Notification, Trigger};
use golive_core::policy::Policy;
use golive_core::portfolio::Project;
use golive_core::schedule::milestone::{Milestone, State};
use golive_core::schedule::{Basis, Item, schedule};
use golive_core::value::Value;
use golive_store::Write;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use std::collections::BTreeMap;

/// The moments that reminders count from and that golive knows. A series with another anchor sends nothing yet.
pub const ANCHORS: [&str; 9] = [
    "project.created",
    "onboarding.completed",
    "project.went_live",
    "milestone.analysis-complete",
    "milestone.design-complete",
    "milestone.go-live",
    "milestone.any",
    "review.latest_start",
    "step.planned",
];

/// Looked at again after this many days at the latest.
const LATEST_DAYS: i64 = 30;

/// One moment that a series counts from.
#[derive(Debug, Clone)]
struct Anchor {
    /// What it is, for the id of the message: moving the day makes another reminder.
    name: String,
    /// The day, in the project's zone.
    day: Date,
    /// Names with values of their own.
    values: BTreeMap<&'static str, String>,
    /// Who is meant by owner or assignee.
    owner: Option<String>,
}

impl Anchor {
    fn new(name: &str, day: Date) -> Self {
        Self { name: format!("{name}@{day}"), day, values: BTreeMap::new(), owner: None }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(name, value.into());
        self
    }
}

/// A day as people read it.
fn said(day: Date) -> String {
    day.strftime("%a %-d %b %Y").to_string()
}

/// What the reminders of one project are made from.
struct Ground<'a> {
    id: ProjectId,
    project: Project,
    policy: &'a Policy,
    zone: TimeZone,
    facts: Facts,
    milestones: Vec<Milestone>,
    steps: Vec<Step>,
    times: BTreeMap<String, Timestamp>,
    review_latest_start: Option<Timestamp>,
    now: Timestamp,
}

impl App {
    /// Sends the reminders of all projects that are due to be looked at; how many there were.
    pub(super) async fn remind(&self) -> Result<usize> {
        let due = self.store.reminders_due(self.clock.now(), 50).await?;
        for log in &due {
            let mut write = self.store.write(log, self.own_stamp()).await?;
            let Ok(project) = log.parse::<ProjectId>() else { continue };
            let now = write.now();
            if write.is_reminder_due(log, now).await? {
                let next = self.remind_project(&mut write, project).await?;
                write.remind_at(log, Some(next)).await?;
                write.commit().await?;
            }
        }
        Ok(due.len())
    }

    /// Stores what is due of one project; when to look again.
    async fn remind_project(&self, write: &mut Write, id: ProjectId) -> Result<Timestamp> {
        let now = write.now();
        let mut next =
            now.saturating_add(Span::new().hours(24 * LATEST_DAYS)).unwrap_or(Timestamp::MAX);
        let Some(ground) = self.ground(write, id).await? else { return Ok(next) };
        let mut crowd = None;
        for notification in &self.notification_set().notifications {
            let Trigger::Schedule(setting) = &notification.trigger else { continue };
            for anchor in ground.anchors(setting) {
                let (due, later) = self.instants(&ground, setting, &anchor);
                next = later.map_or(next, |later| next.min(later));
                let Some(due) = due.filter(|_| ground.is_wanted(setting)) else { continue };
                if crowd.is_none() {
                    crowd = Some(Crowd::of(write, id).await?);
                }
                let Some(crowd) = &crowd else { continue };
                self.send_reminder(write, (&ground, crowd), (notification, &anchor), due).await?;
            }
        }
        Ok(next)
    }

    async fn ground(&self, write: &mut Write, id: ProjectId) -> Result<Option<Ground<'_>>> {
        let Some(project) = write.find::<Project>(id).await?.map(|seen| seen.value) else {
            return Ok(None);
        };
        if project.closed.is_some() {
            return Ok(None);
        }
        let facts = self.facts(write, id).await?.facts;
        let milestones =
            write.of_project::<Milestone>(id).await?.into_iter().map(|(_, seen)| seen.value);
        let milestones = milestones.collect();
        let steps = write.of_project::<Step>(id).await?.into_iter().map(|(_, seen)| seen.value);
        let steps = steps.filter(|step| !step.state.is_settled()).collect();
        let kinds = ["project.created", "onboarding.completed", "project.went_live"];
        let times = write.last_times(&id.to_string(), &kinds).await?;
        let policy = self.policy(&project.policy)?;
        let zone = TimeZone::get(&project.time_zone).unwrap_or(TimeZone::UTC);
        let calendar = self.reviewer_calendar(write, id, &project).await?;
        let review_latest_start = latest_start(&project, policy, (&zone, calendar), write.now());
        let now = write.now();
        Ok(Some(Ground {
            id,
            project,
            policy,
            zone,
            facts,
            milestones,
            steps,
            times,
            review_latest_start,
            now,
        }))
    }

    /// The last moment of a series that has passed, if it still makes sense, and the next one.
    fn instants(
        &self,
        ground: &Ground<'_>,
        setting: &str,
        anchor: &Anchor,
    ) -> (Option<(i64, Timestamp)>, Option<Timestamp>) {
        let at = self.notification_set().digest_at;
        let mut offsets = ground.policy.numbers(setting);
        offsets.sort_unstable();
        let moment = |days: i64| {
            let day = anchor.day.checked_add(Span::new().try_days(days).ok()?).ok()?;
            ground.zone.to_timestamp(day.to_datetime(at)).ok()
        };
        let all: Vec<(i64, Timestamp)> =
            offsets.into_iter().filter_map(|days| Some((days, moment(days)?))).collect();
        let next = all.iter().map(|(_, at)| *at).find(|at| *at > ground.now);
        let passed = all.into_iter().rev().find(|(_, at)| *at <= ground.now);
        // "In seven days" makes no sense once the day is over.
        let today = ground.zone.to_datetime(ground.now).date();
        (passed.filter(|(days, _)| *days > 0 || today <= anchor.day), next)
    }

    async fn send_reminder(
        &self,
        write: &mut Write,
        (ground, crowd): (&Ground<'_>, &Crowd),
        (notification, anchor): (&Notification, &Anchor),
        (days, at): (i64, Timestamp),
    ) -> Result<()> {
        let mut extra = ground.values(anchor);
        extra.extend(anchor.values.clone());
        let owner = anchor
            .owner
            .clone()
            .map_or(serde_json::Value::Null, |owner| serde_json::json!({ "owner": owner }));
        let telling = Telling {
            project: &ground.project,
            actor: String::new(),
            actor_name: String::new(),
            at,
            payload: owner,
            state: serde_json::Value::Null,
            first_actor: None,
            administrator: None,
            link: link(&ground.project.slug, &page(&notification.group, "")),
            extra,
        };
        let cause = format!("{}/{}/{}/{days}", ground.id, notification.id, anchor.name);
        let cause = Cause { id: &cause, kind: &notification.id };
        self.post(write, ground.id, (notification, &cause), (&telling, crowd)).await
    }
}

/// The latest start of the review, counted back from the go-live date.
fn latest_start(
    project: &Project,
    policy: &Policy,
    (zone, reviewer): (&TimeZone, &Calendar),
    now: Timestamp,
) -> Option<Timestamp> {
    let go_live = project.go_live.as_ref()?.date;
    let basis = Basis {
        go_live,
        zone,
        model: project.model,
        policy,
        reviewer,
        region: None,
        cutover: None,
        copy_applies: true,
    };
    let made = schedule(&basis, &BTreeMap::new(), now).ok()?;
    made.line(Item::ReviewStarted).map(|line| line.latest)
}

impl Ground<'_> {
    fn day(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    fn go_live(&self) -> Option<Date> {
        self.project.go_live.as_ref().map(|set| set.date)
    }

    fn is(&self, fact: &'static str) -> bool {
        self.facts.value(fact) == Value::Flag(true)
    }

    /// The moments that a series counts from in this project.
    fn anchors(&self, setting: &str) -> Vec<Anchor> {
        let anchor = self.policy.setting(setting).and_then(|s| s.extra.get("anchor")?.as_str());
        let Some(name) = anchor else { return Vec::new() };
        let happened = |name: &str| self.times.get(name).map(|at| Anchor::new(name, self.day(*at)));
        match name {
            "project.created" | "onboarding.completed" | "project.went_live" => {
                happened(name).into_iter().collect()
            }
            "milestone.go-live" => {
                let anchor =
                    self.go_live().map(|day| Anchor::new(name, day).with("date", said(day)));
                anchor.into_iter().collect()
            }
            "review.latest_start" => self
                .review_latest_start
                .map(|at| {
                    let day = self.day(at);
                    let missing = if self.is("checklist.submitted") {
                        "the start itself"
                    } else {
                        "the checklist is not sent"
                    };
                    let days = self.days_until(day).to_string();
                    Anchor::new(name, day)
                        .with("date", said(day))
                        .with("days", days)
                        .with("missing", missing)
                })
                .into_iter()
                .collect(),
            "milestone.any" => self.milestones(|milestone| milestone.kind != MilestoneKind::GoLive),
            "step.planned" => self.planned_steps(),
            other => match other.strip_prefix("milestone.") {
                Some(wanted) => self.milestones(|milestone| milestone.name == wanted),
                None => Vec::new(),
            },
        }
    }

    fn days_until(&self, day: Date) -> i64 {
        self.day(self.now).until(day).map_or(0, |span| i64::from(span.get_days()))
    }

    fn milestones(&self, picks: impl Fn(&Milestone) -> bool) -> Vec<Anchor> {
        let open =
            self.milestones.iter().filter(|m| matches!(m.state, State::Expected) && picks(m));
        open.filter_map(|milestone| {
            let day = milestone.planned.or_else(|| milestone.counted(self.go_live()?))?;
            let (done, all) = self.steps_before(day);
            Some(
                Anchor::new(&milestone.name, day)
                    .with("milestone", milestone.title.clone())
                    .with("milestone_date", said(day))
                    .with("date", said(day))
                    .with("done", done.to_string())
                    .with("all", all.to_string()),
            )
        })
        .collect()
    }

    /// Steps planned until a day: done is what is not among the open ones.
    fn steps_before(&self, day: Date) -> (usize, usize) {
        let open =
            self.steps.iter().filter(|step| step.planned.is_some_and(|planned| planned <= day));
        let open = open.count();
        let all = self.facts_count("steps.all").unwrap_or(open);
        (all.saturating_sub(open), all)
    }

    fn facts_count(&self, fact: &'static str) -> Option<usize> {
        match self.facts.value(fact) {
            Value::Count(n) => usize::try_from(n).ok(),
            Value::Missing
            | Value::Flag(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_) => None,
        }
    }

    fn planned_steps(&self) -> Vec<Anchor> {
        let late = self.steps.iter().filter_map(|step| {
            let day = step.planned?;
            let waiting = self.steps.iter().filter(|other| other.prerequisites.contains(&step.id));
            let blocked: Vec<&str> = waiting.map(|other| other.title.as_str()).take(3).collect();
            let blocked =
                if blocked.is_empty() { "nothing else".to_owned() } else { blocked.join(", ") };
            let mut anchor = Anchor::new(&step.id.to_string(), day)
                .with("step", format!("{} {}", step.number, step.title))
                .with("days", (-self.days_until(day)).to_string())
                .with("blocked", blocked);
            anchor.owner = step.assigned.map(|member| member.to_string());
            Some(anchor)
        });
        late.collect()
    }

    /// Whether a series still says something that is true and new.
    fn is_wanted(&self, setting: &str) -> bool {
        let live = self.project.live_since.is_some();
        match setting {
            "reminder.onboarding" => !self.is("onboarding.complete"),
            "reminder.checklist_open" | "reminder.checklist_missing" => {
                !live && !self.is("checklist.submitted")
            }
            "reminder.review_latest_start" => {
                !live
                    && !self.times.contains_key("review.submitted")
                    && !self.is("checklist.submitted")
            }
            "reminder.graduation" => live,
            _another => !live,
        }
    }

    /// Values that any reminder may name.
    fn values(&self, anchor: &Anchor) -> BTreeMap<&'static str, String> {
        let mut values = BTreeMap::new();
        let left = self.go_live().map(|day| self.days_until(day));
        values.insert("days_left", left.map_or_else(|| "?".to_owned(), |days| days.to_string()));
        values.insert("date", said(anchor.day));
        if let Some(at) = self.review_latest_start {
            values.insert("review_latest_start", said(self.day(at)));
        }
        if let (Some(day), Some(&open)) =
            (self.go_live(), self.policy.numbers("reminder.checklist_open").first())
            && let Ok(opens) = day.checked_add(Span::new().days(open))
        {
            values.insert("checklist_opens_on", opens.to_string());
        }
        let lacking = self.facts.get(&FactId::new("onboarding.complete")).details;
        values.insert("open_pages", lacking.len().to_string());
        values.insert("all_pages", golive_core::onboarding::Part::ALL.len().to_string());
        values.insert("open_page_names", lacking.join(", "));
        let tier = self.policy.whole("acceptance.environment_tier_min");
        values.insert("tier_min", tier.map_or_else(|| "?".to_owned(), |tier| tier.to_string()));
        let unanswered = self.facts_count("checklist.unanswered");
        values.insert(
            "open",
            unanswered.map_or_else(|| "all questions".to_owned(), |n| n.to_string()),
        );
        values
    }
}
