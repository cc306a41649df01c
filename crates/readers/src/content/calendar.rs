//! Calendars from TOML: `[calendar]`, `[[region]]`, `[[holiday]]`.

use super::LIMIT;
use crate::source::tables::{Document, Located, date};
use crate::source::{Invalid, one_of};
use golive_core::calendar::{Calendar, Holiday, Region, instant, weekday_name};
use jiff::civil::{Date, Time};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The schema line of a calendar.
pub const SCHEMA: &str = "golive.calendar/1";

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    version: String,
    title: String,
    country: String,
    time_zone: String,
    weekend: BTreeSet<String>,
    week_starts: String,
    working_hours: Hours,
    years: Vec<i16>,
    #[serde(deserialize_with = "date")]
    covers_from: Date,
    #[serde(deserialize_with = "date")]
    covers_until: Date,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    start: Time,
    end: Time,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayRow {
    #[serde(deserialize_with = "date")]
    date: Date,
    weekday: String,
    name: String,
    local_name: Option<String>,
    kind: Option<Kind>,
    #[serde(default)]
    regions: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Substitute,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionRow {
    id: String,
    title: String,
    time_zone: String,
}

/// Reads one calendar. The weekday of each holiday is compared with its date, so that a slip of the pen shows.
pub fn read(file: &str, bytes: &[u8]) -> Result<Calendar, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let head = document.one::<Head>("calendar");
    let regions = regions(&mut document);
    let holidays = document.many::<HolidayRow>("holiday");
    let mut by_date = BTreeMap::<Date, Vec<Holiday>>::new();
    for holiday in &holidays {
        if let Some(head) = &head {
            check_holiday(&mut document, holiday, head, &regions);
        }
    }
    for Located { row, .. } in holidays {
        let substitute = row.kind.is_some();
        let holiday = Holiday {
            name: row.name,
            local_name: row.local_name,
            substitute,
            regions: row.regions,
        };
        by_date.entry(row.date).or_default().push(holiday);
    }
    if let Some(head) = &head {
        check_head(&mut document, head);
    }
    document.finish()?;
    let head = head.expect("a missing head is an error, and there was none").row;
    Ok(Calendar {
        id: head.id,
        version: head.version,
        title: head.title,
        country: head.country,
        time_zone: head.time_zone,
        weekend: head.weekend,
        week_starts: head.week_starts,
        opens: head.working_hours.start,
        closes: head.working_hours.end,
        covers_from: head.covers_from,
        covers_until: head.covers_until,
        note: head.note,
        regions,
        holidays: by_date,
    })
}

fn regions(document: &mut Document) -> BTreeMap<String, Region> {
    let rows = document.many::<RegionRow>("region");
    document.refuse_twice("region", rows.iter().map(|row| (row.line, row.id.as_str())));
    let mut regions = BTreeMap::new();
    for Located { line, row: RegionRow { id, title, time_zone } } in rows {
        known_zone(document, "region", line, &id, &time_zone);
        regions.insert(id.clone(), Region { id, title, time_zone });
    }
    regions
}

fn check_head(document: &mut Document, head: &Located<Head>) {
    known_zone(document, "calendar", head.line, &head.id, &head.time_zone);
    let mut refuse = |expected: &str, found: String| {
        document.refuse(head.line, "calendar", &head.id, expected, found);
    };
    for day in head.weekend.iter().chain([&head.week_starts]) {
        if !WEEKDAYS.contains(&day.as_str()) {
            refuse(&one_of(WEEKDAYS), format!("`{day}`"));
        }
    }
    if head.weekend.len() >= WEEKDAYS.len() {
        refuse("a week with at least one day of work", "a weekend of seven days".to_owned());
    }
    if head.working_hours.start >= head.working_hours.end {
        refuse(
            "working hours that end after they start",
            format!("an end at {}", head.working_hours.end),
        );
    }
    let covered = head.covers_from..=head.covers_until;
    let years = head
        .years
        .iter()
        .filter(|&&year| Date::new(year, 1, 1).is_ok_and(|day| covered.contains(&day)));
    if covered.is_empty() || years.count() != head.years.len() {
        refuse("years that lie within covers_from and covers_until", format!("{:?}", head.years));
    }
}

fn check_holiday(
    document: &mut Document,
    holiday: &Located<HolidayRow>,
    head: &Head,
    regions: &BTreeMap<String, Region>,
) {
    let mut refuse = |expected: &str, found: String| {
        document.refuse(
            holiday.line,
            "holiday",
            &format!("{} {}", holiday.date, holiday.name),
            expected,
            found,
        );
    };
    if weekday_name(holiday.date.weekday()) != holiday.weekday {
        refuse(weekday_name(holiday.date.weekday()), format!("`{}`", holiday.weekday));
    }
    if !(head.covers_from..=head.covers_until).contains(&holiday.date) {
        refuse("a date that the calendar covers", holiday.date.to_string());
    }
    for region in holiday.regions.iter().filter(|id| !regions.contains_key(*id)) {
        refuse("a region of this calendar", format!("`{region}`"));
    }
}

fn known_zone(document: &mut Document, kind: &str, line: usize, id: &str, zone: &str) {
    if let Err(unknown) = instant(Date::constant(2027, 1, 1).at(0, 0, 0, 0), zone) {
        document.refuse(
            line,
            kind,
            id,
            "a time zone of the IANA database",
            format!("`{}`", unknown.0),
        );
    }
}
