//! Working time by a calendar of business days: opening hours only, weekends and holidays left out.

use super::WorkingTime;
use crate::calendar::{Calendar, UnknownZone, civil_at, instant};
use jiff::{SignedDuration, Timestamp};

/// The opening hours of an organisation.
#[derive(Debug, Clone, Copy)]
pub struct OfficeHours<'a> {
    calendar: &'a Calendar,
    region: Option<&'a str>,
}

/// How many days without an end of the work are looked through: eleven years.
const FURTHEST_DAYS: usize = 4018;

impl<'a> OfficeHours<'a> {
    /// The opening hours of a calendar in one of its regions. The zone must be one that the zone database has.
    pub fn new(calendar: &'a Calendar, region: Option<&'a str>) -> Result<Self, UnknownZone> {
        civil_at(Timestamp::UNIX_EPOCH, calendar.zone(region))?;
        Ok(Self { calendar, region })
    }

    /// The opening hours of the day of an instant and of the days after it, as far as they lie after the instant.
    fn open_spans(self, from: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let zone = self.calendar.zone(self.region);
        let first = civil_at(from, zone).map(jiff::civil::DateTime::date);
        let days = first
            .into_iter()
            .flat_map(|first| first.series(jiff::Span::new().days(1)).take(FURTHEST_DAYS));
        days.filter(move |day| self.calendar.is_business_day(*day, self.region)).filter_map(
            move |day| {
                let opens = instant(day.to_datetime(self.calendar.opens), zone).ok()?.max(from);
                let closes = instant(day.to_datetime(self.calendar.closes), zone).ok()?;
                (opens < closes).then_some((opens, closes))
            },
        )
    }
}

impl WorkingTime for OfficeHours<'_> {
    fn days_after(&self, from: Timestamp, days: u32) -> Timestamp {
        let days = i32::try_from(days).unwrap_or(i32::MAX);
        self.calendar.due(from, days, self.region).unwrap_or(Timestamp::MAX)
    }

    fn after(&self, from: Timestamp, working: SignedDuration) -> Timestamp {
        let mut left = working;
        if left <= SignedDuration::ZERO {
            return from;
        }
        for (opens, closes) in self.open_spans(from) {
            let span = closes.duration_since(opens);
            if left <= span {
                return opens.saturating_add(left).unwrap_or(Timestamp::MAX);
            }
            left -= span;
        }
        Timestamp::MAX
    }

    fn between(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        if until <= from {
            return SignedDuration::ZERO;
        }
        self.calendar.working_time(from, until, self.region).unwrap_or(SignedDuration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadline::Deadline;
    use jiff::civil::{Date, date, time};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Nine to five in Hamburg, with Good Friday and Easter Monday of 2027.
    fn hamburg() -> Calendar {
        let holiday = |name: &str| crate::calendar::Holiday {
            name: name.into(),
            local_name: None,
            substitute: false,
            regions: BTreeSet::new(),
        };
        Calendar {
            id: "de".into(),
            version: "1.0.0".into(),
            title: "Germany".into(),
            country: "DE".into(),
            time_zone: "Europe/Berlin".into(),
            weekend: ["saturday".to_owned(), "sunday".to_owned()].into(),
            week_starts: "monday".into(),
            opens: time(9, 0, 0, 0),
            closes: time(17, 0, 0, 0),
            covers_from: date(2026, 1, 1),
            covers_until: date(2028, 12, 31),
            note: None,
            regions: BTreeMap::new(),
            holidays: [
                (date(2027, 3, 26), vec![holiday("Good Friday")]),
                (date(2027, 3, 29), vec![holiday("Easter Monday")]),
            ]
            .into(),
        }
    }

    fn at(day: Date, hour: i8) -> Timestamp {
        instant(day.at(hour, 0, 0, 0), "Europe/Berlin").unwrap()
    }

    #[test]
    fn the_first_report_is_due_after_three_business_days_with_easter_between() {
        let calendar = hamburg();
        let time = OfficeHours::new(&calendar, None).unwrap();
        assert_eq!(time.days_after(at(date(2027, 3, 25), 14), 3), at(date(2027, 4, 1), 17));
    }

    #[test]
    fn a_clock_that_was_paused_over_easter_runs_on_in_opening_hours() {
        let calendar = hamburg();
        let time = OfficeHours::new(&calendar, None).unwrap();
        let start = at(date(2027, 3, 24), 15);
        let clock = Deadline::start(start, time.days_after(start, 1));
        let paused = clock.pause(at(date(2027, 3, 25), 13), "the team answers", &time);
        let resumed = paused.resume(at(date(2027, 3, 30), 16), &time);
        assert_eq!(resumed.due(), Some(at(date(2027, 3, 31), 12)));
    }

    #[test]
    fn a_zone_that_does_not_exist_is_refused_at_once() {
        let calendar = Calendar { time_zone: "Europe/Atlantis".into(), ..hamburg() };
        assert!(OfficeHours::new(&calendar, None).is_err());
    }

    proptest! {
        #[test]
        fn going_on_for_some_working_time_takes_just_that_working_time(
            start in 1_798_000_000_i64..1_830_000_000,
            seconds in 1_i64..2_000_000,
        ) {
            let calendar = hamburg();
            let time = OfficeHours::new(&calendar, None).unwrap();
            let (from, working) = (Timestamp::from_second(start).unwrap(), SignedDuration::from_secs(seconds));
            prop_assert_eq!(time.between(from, time.after(from, working)), working);
        }
    }
}
