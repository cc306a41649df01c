//! The arithmetic of counting back.

use super::{Basis, Fault, Item};
use crate::calendar::{Calendar, UnknownZone, civil_at, instant};
use crate::cutover::timetable::{Anchor, Pace, Timetable, timetable};
use crate::cutover::{Plan, plan};
use crate::service_model::ServiceModel;
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};

/// The bounds of one thing.
pub(super) struct Bound {
    pub item: Item,
    pub earliest: Option<Timestamp>,
    pub recommended: Option<Timestamp>,
    pub latest: Timestamp,
    pub settings: Vec<&'static str>,
    pub judged_by: Option<&'static str>,
    pub calendar_covers: bool,
}

impl Bound {
    fn new(item: Item, latest: Timestamp, settings: &[&'static str]) -> Self {
        Self {
            item,
            earliest: None,
            recommended: None,
            latest,
            settings: settings.to_vec(),
            judged_by: None,
            calendar_covers: true,
        }
    }
}

/// All bounds in the order of the path.
pub(super) fn bounds(basis: &Basis<'_>) -> Result<Vec<Bound>, Fault> {
    let back = Back { basis };
    let cutover = back.cutover()?;
    let work = back.work_on_production(&cutover)?;
    let mut found = back.preparation()?;
    found.extend(back.review_and_request(work.needed)?);
    found.extend(work.bounds);
    let start = back.day_begins(basis.go_live)?;
    found.push(Bound::new(Item::CutoverStarted, cutover.opens, &["cutover.window_max"]));
    found.push(Bound::new(Item::CutoverEnded, cutover.ends, &["cutover.window_max"]));
    found.push(Bound::new(Item::GoLive, cutover.business_start.unwrap_or(start), &[]));
    Ok(found)
}

/// The moments of the cutover.
struct Cutover {
    opens: Timestamp,
    ends: Timestamp,
    business_start: Option<Timestamp>,
    /// When the plan installs the package.
    package: Option<Timestamp>,
    /// When the plan copies the database.
    copy: Option<Timestamp>,
}

/// Packages and copies, and when production is needed for them.
struct Work {
    bounds: Vec<Bound>,
    needed: Timestamp,
}

struct Back<'a> {
    basis: &'a Basis<'a>,
}

impl Back<'_> {
    fn number(&self, key: &'static str) -> Result<f64, Fault> {
        self.basis.policy.number(key).ok_or_else(|| Fault::NoSetting(key.to_owned()))
    }

    /// A setting that counts whole things.
    fn whole(&self, key: &'static str) -> Result<i32, Fault> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "settings count days and months; what is absurd saturates"
        )]
        let whole = self.number(key)?.round() as i32;
        Ok(whole)
    }

    fn hours(&self, key: &'static str) -> Result<SignedDuration, Fault> {
        Ok(duration(self.number(key)? * 3600.0))
    }

    fn day_begins(&self, day: Date) -> Result<Timestamp, Fault> {
        self.basis.zone.to_timestamp(day.at(0, 0, 0, 0)).map_err(|_| Fault::OutOfCalendar)
    }

    /// The end of a day is the beginning of the next.
    fn day_ends(&self, day: Date) -> Result<Timestamp, Fault> {
        self.day_begins(day.tomorrow().map_err(|_| Fault::OutOfCalendar)?)
    }

    /// The day that lies so long before the go-live date.
    fn before(&self, span: Span) -> Result<Date, Fault> {
        self.basis.go_live.checked_sub(span).map_err(|_| Fault::OutOfCalendar)
    }

    fn days_before(&self, key: &'static str) -> Result<Date, Fault> {
        let span = Span::new().try_days(self.whole(key)?).map_err(|_| Fault::OutOfCalendar)?;
        self.before(span)
    }

    fn months_before(&self, key: &'static str) -> Result<Date, Fault> {
        let span = Span::new().try_months(self.whole(key)?).map_err(|_| Fault::OutOfCalendar)?;
        self.before(span)
    }

    /// Date, checklist and the start of the review: days and months before the go-live date.
    fn preparation(&self) -> Result<Vec<Bound>, Fault> {
        const RECOMMENDED: &str = "go_live.date_set_recommended";
        const LATEST: &str = "go_live.date_set_latest";
        const OPENS: &str = "checklist.opens_before";
        const UNTIL: &str = "checklist.expected_until";
        const FROM: &str = "checklist.expected_from";
        const REVIEW: &str = "review.latest_start";
        let latest = self.day_ends(self.months_before(LATEST)?)?;
        let date = Bound {
            recommended: Some(self.day_ends(self.months_before(RECOMMENDED)?)?),
            judged_by: Some(LATEST),
            ..Bound::new(Item::DateSet, latest, &[RECOMMENDED, LATEST])
        };
        let checklist = Bound {
            earliest: Some(self.day_begins(self.days_before(OPENS)?)?),
            recommended: Some(self.day_begins(self.days_before(FROM)?)?),
            judged_by: Some(UNTIL),
            ..Bound::new(
                Item::ChecklistSent,
                self.day_ends(self.days_before(UNTIL)?)?,
                &[OPENS, FROM, UNTIL],
            )
        };
        let review = Bound {
            judged_by: Some(REVIEW),
            ..Bound::new(Item::ReviewStarted, self.day_ends(self.days_before(REVIEW)?)?, &[REVIEW])
        };
        Ok(vec![date, checklist, review])
    }

    /// From the moment at which production is needed back through deployment and review.
    fn review_and_request(&self, needed: Timestamp) -> Result<Vec<Bound>, Fault> {
        const REPORT: &str = "review.first_report_within";
        let (deployment, settings): (SignedDuration, &[&'static str]) = match self.basis.model {
            ServiceModel::Managed => (
                self.hours("request.deployment_managed")? + self.hours("request.queued_usual")?,
                &["request.deployment_managed", "request.queued_usual"],
            ),
            ServiceModel::SelfService => (
                duration(self.number("request.deployment_self_service")? * 60.0),
                &["request.deployment_self_service"],
            ),
        };
        let signed = earlier(needed, deployment);
        let received =
            latest_receipt(self.basis.reviewer, self.basis.region, signed, self.whole(REPORT)?)?;
        let report = Bound {
            calendar_covers: self.basis.reviewer.is_covered(self.basis.go_live),
            ..Bound::new(Item::ReviewReceived, received, &[REPORT])
        };
        // The clock of a managed deployment starts when it is signed off and the reviewer has released it.
        let complete = Bound {
            judged_by: Some("review.required"),
            ..Bound::new(Item::ReviewComplete, signed, &[])
        };
        let request = Bound::new(Item::ProductionSignedOff, signed, settings);
        let deployed = Bound::new(Item::ProductionDeployed, needed, &[]);
        Ok(vec![report, complete, request, deployed])
    }

    /// Package and copy: where the plan has them, else ended one after the other before the window opens.
    fn work_on_production(&self, cutover: &Cutover) -> Result<Work, Fault> {
        let copy_window = self.hours("database_copy.window")?;
        let package_window = self.hours("package.window")?;
        let copy_starts = cutover.copy.unwrap_or_else(|| earlier(cutover.opens, copy_window));
        let package_ends = if self.basis.copy_applies { copy_starts } else { cutover.opens };
        let package_starts =
            cutover.package.unwrap_or_else(|| earlier(package_ends, package_window));
        let lead = match self.basis.model {
            ServiceModel::Managed => "package.lead_managed",
            ServiceModel::SelfService => "package.lead_self_service",
        };
        let package_filed = earlier(package_starts, self.hours(lead)?);
        let mut bounds = vec![
            Bound {
                judged_by: Some(lead),
                ..Bound::new(Item::PackageFiled, package_filed, &[lead])
            },
            Bound::new(Item::PackageStarted, package_starts, &["package.window"]),
        ];
        let mut needed = package_filed;
        if self.basis.copy_applies {
            const LEAD: &str = "database_copy.lead";
            const NOTICE: &str = "database_copy.notice_recommended";
            let filed = earlier(copy_starts, self.hours(LEAD)?);
            bounds.push(Bound {
                recommended: Some(earlier(copy_starts, self.hours(NOTICE)?)),
                judged_by: Some(LEAD),
                ..Bound::new(Item::CopyFiled, filed, &[LEAD, NOTICE])
            });
            bounds.push(Bound::new(Item::CopyStarted, copy_starts, &["database_copy.window"]));
            needed = needed.min(filed);
        }
        Ok(Work { bounds, needed })
    }

    fn cutover(&self) -> Result<Cutover, Fault> {
        let Some(plan) = self.basis.cutover else {
            let ends = self.day_begins(self.basis.go_live)?;
            let opens = earlier(ends, self.hours("cutover.window_max")?);
            return Ok(Cutover { opens, ends, business_start: None, package: None, copy: None });
        };
        let anchor = Anchor { go_live: self.basis.go_live, zone: self.basis.zone.clone() };
        let times = timetable(plan, &anchor, Pace::Planned).map_err(Fault::Plan)?;
        Ok(Cutover {
            opens: times.moments.window_opens,
            ends: times.moments.window_ends,
            business_start: Some(times.moments.business_start),
            package: first_start(plan, &times, "package.install"),
            copy: first_start(plan, &times, "database.copy"),
        })
    }
}

/// When the plan first calls an operation on its way forward.
fn first_start(plan: &Plan, times: &Timetable, operation: &str) -> Option<Timestamp> {
    let calls =
        |task: &&plan::Task| !task.is_way_back() && task.kind.operation() == Some(operation);
    let tasks = plan.tasks.iter().filter(calls);
    tasks.filter_map(|task| times.slots.get(&task.id)).map(|slot| slot.earliest_start).min()
}

fn duration(seconds: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(seconds).unwrap_or(SignedDuration::ZERO)
}

/// The instant that lies so much earlier; before the calendar begins, its beginning.
fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// The last moment at which a clock of so many business days may start and still run out by `until`: the end of a day in the
/// reviewer's zone, because the day of receipt does not count.
pub(super) fn latest_receipt(
    calendar: &Calendar,
    region: Option<&str>,
    until: Timestamp,
    days: i32,
) -> Result<Timestamp, UnknownZone> {
    let zone = calendar.zone(region);
    let mut last = civil_at(until, zone)?.date();
    let closes = |day: Date| instant(day.to_datetime(calendar.closes), zone);
    while !calendar.is_business_day(last, region) || closes(last)? > until {
        let Ok(before) = last.yesterday() else { break };
        last = before;
    }
    let day = if days < 1 {
        last
    } else {
        let first = calendar.add_business_days(last, 1 - days, region);
        first.yesterday().unwrap_or(first)
    };
    let next = day.tomorrow().unwrap_or(day);
    // The last second of the day: at midnight the next day has begun.
    Ok(earlier(instant(next.at(0, 0, 0, 0), zone)?, SignedDuration::from_secs(1)))
}
