//! Business days and civil time: a calendar of one country with its regions, and the instant of a civil appointment.
//!
//! A day is a business day when it is no weekend day and no holiday that applies in the region. The day that a clock starts
//! on does not count. Outside the years that a calendar covers only weekends are known: [`Calendar::is_covered`].

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A part of a country with holidays of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// The name in files: `HH`.
    pub id: String,
    /// The name for people.
    pub title: String,
    /// Its IANA zone.
    pub time_zone: String,
}

/// A day off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The name in English.
    pub name: String,
    /// The name in the language of the place.
    pub local_name: Option<String>,
    /// True for a day off that stands in for a holiday on a weekend.
    pub substitute: bool,
    /// Where it applies; empty means everywhere.
    pub regions: BTreeSet<String>,
}

/// The business days of one country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// The name that projects choose it by: `de`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The name for people.
    pub title: String,
    /// ISO 3166 code of the country.
    pub country: String,
    /// The usual IANA zone.
    pub time_zone: String,
    /// Weekdays without work, as `saturday`; never all seven.
    pub weekend: BTreeSet<String>,
    /// The weekday that weeks are shown from.
    pub week_starts: String,
    /// When work begins.
    pub opens: Time,
    /// When work ends.
    pub closes: Time,
    /// First day whose holidays are known.
    pub covers_from: Date,
    /// Last day whose holidays are known.
    pub covers_until: Date,
    /// What else to know.
    pub note: Option<String>,
    /// Regions by id.
    pub regions: BTreeMap<String, Region>,
    /// Days off by date; regions may differ on one date.
    pub holidays: BTreeMap<Date, Vec<Holiday>>,
}

/// A time zone that the zone database does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time zone of the IANA database")]
pub struct UnknownZone(pub String);

impl Calendar {
    /// Whether work is done on this day in the region (`None`: only holidays of the whole country count).
    pub fn is_business_day(&self, day: Date, region: Option<&str>) -> bool {
        !self.weekend.contains(weekday_name(day.weekday())) && self.holiday(day, region).is_none()
    }

    /// The holiday that applies on this day in the region.
    pub fn holiday(&self, day: Date, region: Option<&str>) -> Option<&Holiday> {
        let applies = |holiday: &&Holiday| {
            holiday.regions.is_empty() || region.is_some_and(|r| holiday.regions.contains(r))
        };
        self.holidays.get(&day).into_iter().flatten().find(applies)
    }

    /// Whether the holidays of this day are known; a lead time that reaches beyond is to be checked by hand.
    pub fn is_covered(&self, day: Date) -> bool {
        (self.covers_from..=self.covers_until).contains(&day)
    }

    /// The day that is so many business days later, or earlier when negative. The day itself does not count; zero gives
    /// the day itself if it is a business day, else the next one.
    pub fn add_business_days(&self, from: Date, days: i32, region: Option<&str>) -> Date {
        let mut day = from;
        let mut left = days.unsigned_abs();
        if left == 0 && !self.is_business_day(day, region) {
            left = 1;
        }
        while left > 0 {
            let next = if days < 0 { day.yesterday() } else { day.tomorrow() };
            // The end of the calendar, in the year 9999: there is no later day.
            let Ok(next) = next else { break };
            day = next;
            left -= u32::from(self.is_business_day(day, region));
        }
        day
    }

    /// Business days after `from` up to and including `until`; negative when `until` is earlier.
    pub fn business_days_between(&self, from: Date, until: Date, region: Option<&str>) -> i32 {
        if until < from {
            return -self.business_days_between(until, from, region);
        }
        let days = from.series(jiff::Span::new().days(1)).skip(1).take_while(|day| *day <= until);
        let count = days.filter(|&day| self.is_business_day(day, region)).count();
        i32::try_from(count).unwrap_or(i32::MAX)
    }

    /// The zone of the region, or the usual one of the country.
    pub fn zone(&self, region: Option<&str>) -> &str {
        region
            .and_then(|id| self.regions.get(id))
            .map_or(&self.time_zone, |region| &region.time_zone)
    }

    /// When a clock of so many business days runs out that starts now: the end of work on the last of them.
    pub fn due(
        &self,
        start: Timestamp,
        days: i32,
        region: Option<&str>,
    ) -> Result<Timestamp, UnknownZone> {
        let zone = self.zone(region);
        let started = civil_at(start, zone)?.date();
        instant(self.add_business_days(started, days, region).to_datetime(self.closes), zone)
    }

    /// Working time between two instants: within opening hours, on business days. Pauses of a clock are subtracted with it.
    pub fn working_time(
        &self,
        from: Timestamp,
        until: Timestamp,
        region: Option<&str>,
    ) -> Result<SignedDuration, UnknownZone> {
        let zone = self.zone(region);
        let last = civil_at(until, zone)?.date();
        let mut sum = SignedDuration::ZERO;
        let mut day = civil_at(from, zone)?.date();
        while day <= last {
            if self.is_business_day(day, region) {
                let opens = instant(day.to_datetime(self.opens), zone)?.max(from);
                let closes = instant(day.to_datetime(self.closes), zone)?.min(until);
                sum += opens.duration_until(closes).max(SignedDuration::ZERO);
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        Ok(sum)
    }
}

/// The instant of a civil time in a zone. A time that the clocks jump over is taken with the offset before the jump (so it
/// is as much later); one that occurs twice is the first.
pub fn instant(at: DateTime, zone: &str) -> Result<Timestamp, UnknownZone> {
    let unknown = || UnknownZone(zone.to_owned());
    let zone = TimeZone::get(zone).map_err(|_| unknown())?;
    zone.to_ambiguous_timestamp(at).compatible().map_err(|_| unknown())
}

/// What clocks in a zone show at an instant.
pub fn civil_at(at: Timestamp, zone: &str) -> Result<DateTime, UnknownZone> {
    let zone = TimeZone::get(zone).map_err(|_| UnknownZone(zone.to_owned()))?;
    Ok(zone.to_datetime(at))
}

/// How a civil time stands to the clocks of its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clarity {
    /// It occurs once.
    Clear,
    /// The clocks jump over it.
    Skipped,
    /// It occurs twice.
    Twice,
}

/// Whether a civil time is clear in its zone; people are told when it is not.
pub fn clarity(at: DateTime, zone: &str) -> Result<Clarity, UnknownZone> {
    let zone = TimeZone::get(zone).map_err(|_| UnknownZone(zone.to_owned()))?;
    Ok(match zone.to_ambiguous_timestamp(at).offset() {
        jiff::tz::AmbiguousOffset::Unambiguous { .. } => Clarity::Clear,
        jiff::tz::AmbiguousOffset::Gap { .. } => Clarity::Skipped,
        jiff::tz::AmbiguousOffset::Fold { .. } => Clarity::Twice,
    })
}

/// The name of a weekday in files.
pub fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

#[cfg(test)]
mod tests;
