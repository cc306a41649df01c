//! The schedule counted back from the go-live date: the latest start of each thing on the path, and the first that no
//! longer fits.
//!
//! Every number is a setting of the policy pack. Days and months are days of the project's calendar and end at its midnight;
//! hours are hours, whatever the clocks do; the reviewer's business days count in the calendar of his organisation. The
//! moments of the cutover come from its plan, if there is one.

mod back;
pub mod date;
pub mod milestone;

use crate::calendar::Calendar;
use crate::cutover::{Plan, Problem};
use crate::policy::{Enforcement, Policy};
use crate::service_model::ServiceModel;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A thing on the path with a latest moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// The go-live date is set.
    DateSet,
    /// The checklist is sent to the reviewer.
    ChecklistSent,
    /// The review starts.
    ReviewStarted,
    /// The reviewer has what he needs for his first report.
    ReviewReceived,
    /// The review is complete.
    ReviewComplete,
    /// The production request is signed off.
    ProductionSignedOff,
    /// Production is deployed.
    ProductionDeployed,
    /// The package for production is filed.
    PackageFiled,
    /// Its installation starts.
    PackageStarted,
    /// The database copy is filed.
    CopyFiled,
    /// The copy starts.
    CopyStarted,
    /// The cutover window opens.
    CutoverStarted,
    /// The cutover window closes.
    CutoverEnded,
    /// The first day of live operations.
    GoLive,
}

impl Item {
    /// All of them in the order of the path.
    pub const ALL: [Self; 14] = [
        Self::DateSet,
        Self::ChecklistSent,
        Self::ReviewStarted,
        Self::ReviewReceived,
        Self::ReviewComplete,
        Self::ProductionSignedOff,
        Self::ProductionDeployed,
        Self::PackageFiled,
        Self::PackageStarted,
        Self::CopyFiled,
        Self::CopyStarted,
        Self::CutoverStarted,
        Self::CutoverEnded,
        Self::GoLive,
    ];
}

/// How a thing stands to its latest moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fit", rename_all = "snake_case")]
pub enum Fit {
    /// It is done, in time.
    Done {
        /// When.
        at: Timestamp,
    },
    /// It is done, but after its latest moment.
    DoneLate {
        /// When.
        at: Timestamp,
    },
    /// There is time left.
    Fits {
        /// Whole minutes until its latest moment.
        slack_minutes: i64,
    },
    /// Its latest moment has passed.
    Missed {
        /// Whole minutes since.
        late_minutes: i64,
    },
}

/// One line of the schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// What.
    pub item: Item,
    /// It makes no sense before; only some things have it.
    pub earliest: Option<Timestamp>,
    /// The moment that is recommended; only some things have it.
    pub recommended: Option<Timestamp>,
    /// The latest moment.
    pub latest: Timestamp,
    /// The settings that it comes from.
    pub settings: Vec<String>,
    /// What the policy says of being late: a warning, a shut gate, or nothing because it is arithmetic.
    pub enforcement: Option<Enforcement>,
    /// False when the reviewer's holidays of that time are not known.
    pub calendar_covers: bool,
    /// How it stands.
    pub fit: Fit,
}

/// The whole schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// The date it counts from.
    pub go_live: Date,
    /// When it was computed.
    pub at: Timestamp,
    /// The lines in the order of the path.
    pub lines: Vec<Line>,
}

impl Schedule {
    /// The line of a thing; a copy that does not apply has none.
    pub fn line(&self, item: Item) -> Option<&Line> {
        self.lines.iter().find(|line| line.item == item)
    }

    /// The first thing that no longer fits.
    pub fn first_miss(&self) -> Option<&Line> {
        self.lines.iter().find(|line| matches!(line.fit, Fit::Missed { .. }))
    }

    /// The next thing that must happen.
    pub fn next(&self) -> Option<&Line> {
        let open = self.lines.iter().filter(|line| matches!(line.fit, Fit::Fits { .. }));
        open.min_by_key(|line| line.latest)
    }

    /// The first instant at which time alone makes a line miss.
    pub fn holds_until(&self) -> Option<Timestamp> {
        self.next().map(|line| line.latest)
    }
}

/// What a schedule is made from.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// The first day of live operations.
    pub go_live: Date,
    /// The project's zone.
    pub zone: &'a TimeZone,
    /// Who deploys.
    pub model: ServiceModel,
    /// The policy pack.
    pub policy: &'a Policy,
    /// The calendar of the reviewer's organisation.
    pub reviewer: &'a Calendar,
    /// Its region.
    pub region: Option<&'a str>,
    /// The cutover plan.
    pub cutover: Option<&'a Plan>,
    /// False when no database is copied into production.
    pub copy_applies: bool,
}

/// Why a schedule cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The pack lacks a number.
    #[error("the policy pack has no number `{0}`")]
    NoSetting(String),
    /// The cutover plan cannot be computed.
    #[error("the cutover plan has {} problems", .0.len())]
    Plan(Vec<Problem>),
    /// A day that no calendar has.
    #[error("a day outside the calendar")]
    OutOfCalendar,
    /// The reviewer's zone.
    #[error(transparent)]
    Zone(#[from] crate::calendar::UnknownZone),
}

/// Computes the schedule at a moment; `done` says what has happened, and when.
pub fn schedule(
    basis: &Basis<'_>,
    done: &BTreeMap<Item, Timestamp>,
    now: Timestamp,
) -> Result<Schedule, Fault> {
    let bounds = back::bounds(basis)?;
    let line = |bound: back::Bound| Line {
        item: bound.item,
        earliest: bound.earliest,
        recommended: bound.recommended,
        latest: bound.latest,
        enforcement: bound.judged_by.map(|key| basis.policy.enforcement(key)),
        settings: bound.settings.into_iter().map(str::to_owned).collect(),
        calendar_covers: bound.calendar_covers,
        fit: fit(done.get(&bound.item).copied(), bound.latest, now),
    };
    Ok(Schedule { go_live: basis.go_live, at: now, lines: bounds.into_iter().map(line).collect() })
}

fn fit(done: Option<Timestamp>, latest: Timestamp, now: Timestamp) -> Fit {
    let minutes = (latest.as_second() - now.as_second()).div_euclid(60);
    match done {
        Some(at) if at <= latest => Fit::Done { at },
        Some(at) => Fit::DoneLate { at },
        None if now <= latest => Fit::Fits { slack_minutes: minutes },
        None => Fit::Missed { late_minutes: -minutes },
    }
}

/// The first go-live date, from the one of the basis on, with which everything that is still to be done fits; looked for over
/// a year.
pub fn first_fitting(
    basis: &Basis<'_>,
    done: &BTreeMap<Item, Timestamp>,
    now: Timestamp,
) -> Result<Option<Date>, Fault> {
    for days in 0..=366 {
        let go_live = basis
            .go_live
            .checked_add(jiff::Span::new().days(days))
            .map_err(|_| Fault::OutOfCalendar)?;
        let tried = schedule(&Basis { go_live, ..*basis }, done, now)?;
        // The date itself is set now, whatever its lead: only what must still happen counts.
        let misses = tried
            .lines
            .iter()
            .any(|line| line.item != Item::DateSet && matches!(line.fit, Fit::Missed { .. }));
        if !misses {
            return Ok(Some(go_live));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
