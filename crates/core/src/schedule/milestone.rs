//! The planned dates of a project: planned, moved with a reason, reached; and the plan of them: draft, published, confirmed.

use crate::fact::{Fact, Facts};
use crate::id::{MilestoneId, ProjectId, UserId};
use crate::methodology::template::{MilestoneKind, PlannedMilestone};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Unit};
use serde::{Deserialize, Serialize};

/// A planned date of one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// The milestone.
    pub id: MilestoneId,
    /// The project.
    pub project: ProjectId,
    /// The name in files: `test-complete`.
    pub name: String,
    /// Its phase: `test`.
    pub phase: String,
    /// The name for people.
    pub title: String,
    /// What has happened when it is reached.
    pub meaning: String,
    /// Calendar days before the go-live date, by the template; negative is after it.
    pub days_before_go_live: i32,
    /// The plan is not complete without its date.
    pub required: bool,
    /// What it is.
    pub kind: MilestoneKind,
    /// The planned day.
    pub planned: Option<Date>,
    /// Where it stands.
    pub state: State,
}

/// Where a milestone stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It lies ahead.
    Expected,
    /// It happened.
    Reached {
        /// On this day.
        on: Date,
        /// Who said so.
        by: UserId,
        /// When it was said.
        at: Timestamp,
    },
}

impl State {
    /// The name for people and refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::Reached { .. } => "reached",
        }
    }
}

/// What can be asked of a milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Plan it for a day, or move it.
    Plan {
        /// Who.
        by: UserId,
        /// The day.
        on: Date,
        /// Why; a published date moves only with a reason.
        reason: String,
    },
    /// Follow the go-live date, which moved for this reason.
    Follow {
        /// Who moved it.
        by: UserId,
        /// The go-live date.
        go_live: Date,
        /// Why.
        reason: String,
    },
    /// It happened.
    Reach {
        /// Who says so.
        by: UserId,
        /// On this day.
        on: Date,
    },
    /// It did not happen after all.
    TakeBack {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
}

impl Command {
    /// The name for refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Plan { .. } => "be planned",
            Self::Follow { .. } => "follow the go-live date",
            Self::Reach { .. } => "be reached",
            Self::TakeBack { .. } => "be taken back",
        }
    }
}

/// What happened to a milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was planned, or moved.
    Planned {
        /// Who.
        by: UserId,
        /// From.
        from: Option<Date>,
        /// To.
        to: Date,
        /// Why.
        reason: String,
    },
    /// It happened.
    Reached {
        /// Who said so.
        by: UserId,
        /// On this day.
        on: Date,
    },
    /// It did not happen after all.
    TakenBack {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a milestone that is {state} cannot {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// It moves with the go-live date only.
    #[error("this is the go-live date itself; it moves by setting the go-live date")]
    IsGoLive,
    /// A published date without a reason.
    #[error("moving a published date needs a reason")]
    NoReason,
    /// The same day.
    #[error("it is planned for {0} already")]
    Same(Date),
    /// The day lies ahead.
    #[error("{on} lies ahead of today, {today}")]
    NotYet {
        /// The day that was given.
        on: Date,
        /// Today.
        today: Date,
    },
}

/// What the rules must know.
#[derive(Debug, Clone, Copy)]
pub struct Around {
    /// True when the plan is published.
    pub is_published: bool,
    /// Today in the project's zone.
    pub today: Date,
}

impl Milestone {
    /// The milestone that a project gets from its template.
    pub fn copied(project: ProjectId, from: PlannedMilestone) -> Self {
        let PlannedMilestone { id, planned, template } = from;
        Self {
            id,
            project,
            name: template.id,
            phase: template.phase,
            title: template.title,
            meaning: template.meaning,
            days_before_go_live: template.plan_days_before_go_live,
            required: template.required,
            kind: template.kind,
            planned,
            state: State::Expected,
        }
    }

    /// Its day counted from a go-live date.
    pub fn counted(&self, go_live: Date) -> Option<Date> {
        go_live.checked_sub(Span::new().days(self.days_before_go_live)).ok()
    }

    /// Whether it should have been reached by now.
    pub fn is_late(&self, today: Date) -> bool {
        match self.state {
            State::Expected => self.planned.is_some_and(|planned| planned < today),
            State::Reached { .. } => false,
        }
    }
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(
    milestone: &Milestone,
    command: Command,
    around: Around,
    now: Timestamp,
) -> Result<(Milestone, Event), Refusal> {
    use {Command as C, Event as E, State as S};
    let mut after = milestone.clone();
    let event = match (&milestone.state, command) {
        (S::Expected, C::Plan { .. }) if milestone.kind == MilestoneKind::GoLive => {
            return Err(Refusal::IsGoLive);
        }
        (S::Expected, C::Plan { by, on, reason }) => {
            if milestone.planned == Some(on) {
                return Err(Refusal::Same(on));
            }
            if around.is_published && milestone.planned.is_some() && reason.trim().is_empty() {
                return Err(Refusal::NoReason);
            }
            after.planned = Some(on);
            E::Planned { by, from: milestone.planned, to: on, reason }
        }
        (S::Expected, C::Follow { by, go_live, reason }) => {
            let to = milestone.counted(go_live).unwrap_or(go_live);
            after.planned = Some(to);
            E::Planned { by, from: milestone.planned, to, reason }
        }
        (S::Expected, C::Reach { on, .. }) if on > around.today => {
            return Err(Refusal::NotYet { on, today: around.today });
        }
        (S::Expected, C::Reach { by, on }) => {
            after.state = S::Reached { on, by, at: now };
            E::Reached { by, on }
        }
        (S::Reached { .. }, C::TakeBack { reason, .. }) if reason.trim().is_empty() => {
            return Err(Refusal::NoReason);
        }
        (S::Reached { .. }, C::TakeBack { by, reason }) => {
            after.state = S::Expected;
            E::TakenBack { by, reason }
        }
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    };
    Ok((after, event))
}

/// The plan of all milestones of a project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Plan {
    /// Being made.
    #[default]
    Draft,
    /// Everybody may rely on it.
    Published {
        /// Who published it.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Who last said that the dates still hold.
        confirmed_by: UserId,
        /// When.
        confirmed_at: Timestamp,
    },
}

/// What happened to the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum PlanEvent {
    /// It was published with these dates.
    Published {
        /// Who.
        by: UserId,
        /// The days by milestone.
        dates: Vec<(String, Date)>,
    },
    /// Somebody looked at the dates and said that they hold.
    Confirmed {
        /// Who.
        by: UserId,
        /// The days by milestone.
        dates: Vec<(String, Date)>,
    },
}

/// Why a plan was not published or confirmed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefusal {
    /// Dates are missing.
    #[error("no date for {}", .0.join(", "))]
    NoDate(Vec<String>),
    /// The dates are not in the order of the phases.
    #[error("{}", .0.join("; "))]
    Disorder(Vec<String>),
    /// Dates lie behind and were not reached.
    #[error("these dates have passed and were not reached: {}", .0.join(", "))]
    Passed(Vec<String>),
    /// Nothing to confirm.
    #[error("the plan is not published yet")]
    Draft,
}

impl Plan {
    /// Whether it is published.
    pub fn is_published(&self) -> bool {
        match self {
            Self::Draft => false,
            Self::Published { .. } => true,
        }
    }

    /// Publishes the plan: every required milestone needs its date, and ends of phases must follow each other.
    pub fn publish(
        milestones: &[Milestone],
        phases: &[String],
        by: UserId,
        now: Timestamp,
    ) -> Result<(Self, PlanEvent), PlanRefusal> {
        let missing = without_date(milestones);
        if !missing.is_empty() {
            return Err(PlanRefusal::NoDate(missing));
        }
        let disorder = disorder(milestones, phases);
        if !disorder.is_empty() {
            return Err(PlanRefusal::Disorder(disorder));
        }
        let plan = Self::Published { by, at: now, confirmed_by: by, confirmed_at: now };
        Ok((plan, PlanEvent::Published { by, dates: dates(milestones) }))
    }

    /// Confirms that the dates still hold; one that has passed without being reached does not.
    pub fn confirm(
        &self,
        milestones: &[Milestone],
        today: Date,
        by: UserId,
        now: Timestamp,
    ) -> Result<(Self, PlanEvent), PlanRefusal> {
        let Self::Published { by: publisher, at, .. } = self else {
            return Err(PlanRefusal::Draft);
        };
        let passed = milestones.iter().filter(|milestone| milestone.is_late(today));
        let passed: Vec<String> = passed.map(|milestone| milestone.title.clone()).collect();
        if !passed.is_empty() {
            return Err(PlanRefusal::Passed(passed));
        }
        let plan = Self::Published { by: *publisher, at: *at, confirmed_by: by, confirmed_at: now };
        Ok((plan, PlanEvent::Confirmed { by, dates: dates(milestones) }))
    }
}

fn dates(milestones: &[Milestone]) -> Vec<(String, Date)> {
    milestones.iter().filter_map(|m| Some((m.name.clone(), m.planned?))).collect()
}

fn without_date(milestones: &[Milestone]) -> Vec<String> {
    let missing = milestones.iter().filter(|m| m.required && m.planned.is_none());
    missing.map(|m| m.title.clone()).collect()
}

/// Phases without an end date, and ends that do not come in the order of the phases.
fn disorder(milestones: &[Milestone], phases: &[String]) -> Vec<String> {
    let end = |phase: &String| {
        let dated = milestones.iter().filter(|m| m.phase == *phase);
        dated.filter_map(|m| m.planned.map(|day| (day, m.title.clone()))).max()
    };
    let mut found = Vec::new();
    let mut before: Option<(Date, String)> = None;
    for phase in phases {
        match end(phase) {
            None => found.push(format!("the phase {phase} has no date")),
            Some(last) => {
                if let Some(earlier) = before.take().filter(|earlier| earlier.0 > last.0) {
                    found.push(format!(
                        "{} ({}) comes before {} ({}) of an earlier phase",
                        last.1, last.0, earlier.1, earlier.0
                    ));
                }
                before = Some(last);
            }
        }
    }
    found
}

/// The facts that the plan determines.
pub fn facts(plan: &Plan, milestones: &[Milestone], zone: &TimeZone, now: Timestamp) -> Facts {
    let mut facts = Facts::default();
    let mut why = without_date(milestones)
        .into_iter()
        .map(|title| format!("{title}: no date"))
        .collect::<Vec<_>>();
    if !plan.is_published() {
        why.push("the plan is not published".to_owned());
    }
    facts.set("milestones.published", Fact::from(why.is_empty()).because(why));
    if let Plan::Published { confirmed_at, .. } = plan {
        facts.set("milestones.confirmed_days_ago", days_since(*confirmed_at, zone, now));
    }
    facts
}

/// Whole days since a moment, in the project's zone; it grows at midnight.
fn days_since(moment: Timestamp, zone: &TimeZone, now: Timestamp) -> Fact {
    let today = zone.to_datetime(now).date();
    let days = days_between(zone.to_datetime(moment).date(), today);
    Fact::from(days).until(midnight_after(today, zone))
}

/// The facts of the date itself that time alone changes: days left.
pub fn days_left(go_live: Option<Date>, zone: &TimeZone, now: Timestamp) -> Facts {
    let mut facts = Facts::default();
    let today = zone.to_datetime(now).date();
    facts.set("go_live.date_set", go_live.is_some());
    if let Some(go_live) = go_live {
        let left = days_between(today, go_live);
        facts.set("go_live.days_left", Fact::from(left).until(midnight_after(today, zone)));
    }
    facts
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until((Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()))
}

fn midnight_after(today: Date, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(today.tomorrow().ok()?.at(0, 0, 0, 0)).ok()
}

#[cfg(test)]
mod tests;
