//! The tables of an estimate's file, where they differ from the profile itself.

use super::Read;
use crate::source::tables::{Document, date};
use golive_core::estimate::{Derived, Estimate, Hour, NightWindow, Site, Wave};
use golive_core::sizing::Rules;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Draft,
    Active,
}

/// `[estimate]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    id: String,
    project: String,
    name: String,
    status: Status,
    version: u32,
    #[serde(deserialize_with = "date")]
    as_of: Date,
    author: String,
    time_zone: String,
    annual_growth: f64,
    extension_level: String,
    stated_peak_users: u32,
    initial_gb: f64,
    documents_gb_per_year: f64,
    night_window: NightWindow,
    #[serde(default)]
    note: String,
}

impl Head {
    pub(super) fn judge(&self, document: &mut Document<'_>, line: usize, rules: &Rules) {
        let mut refuse = |expected: &str, found: String| {
            document.refuse(line, "estimate", &self.id, expected, found);
        };
        if rules.extension_level(&self.extension_level).is_none() {
            let levels: Vec<&str> =
                rules.extension_levels.iter().map(|level| level.id.as_str()).collect();
            refuse(
                &format!("an extension level: {}", levels.join(", ")),
                format!("`{}`", self.extension_level),
            );
        }
        if TimeZone::get(&self.time_zone).is_err() {
            refuse("a time zone such as Europe/Berlin", format!("`{}`", self.time_zone));
        }
        if !(-0.9..=10.0).contains(&self.annual_growth) {
            refuse("growth a year such as 0.06", self.annual_growth.to_string());
        }
        if !(1..=24).contains(&self.night_window.hours) {
            refuse("a night of 1 to 24 hours", self.night_window.hours.to_string());
        }
        for size in [self.initial_gb, self.documents_gb_per_year] {
            if !(0.0..=1e9).contains(&size) {
                refuse("gigabytes that can be", size.to_string());
            }
        }
    }

    /// The profile without its lists.
    pub(super) fn read(self) -> Read {
        let active = matches!(self.status, Status::Active);
        let estimate = Estimate {
            id: self.id,
            name: self.name,
            version: self.version,
            as_of: self.as_of,
            author: self.author,
            time_zone: self.time_zone,
            annual_growth: self.annual_growth,
            extension_level: self.extension_level,
            stated_peak_users: self.stated_peak_users,
            initial_gb: self.initial_gb,
            documents_gb_per_year: self.documents_gb_per_year,
            night_window: self.night_window,
            note: self.note,
            characteristics: BTreeMap::new(),
            licences: Vec::new(),
            waves: Vec::new(),
            sites: Vec::new(),
            profiles: BTreeMap::new(),
            hours: Vec::new(),
            processes: Vec::new(),
            batches: Vec::new(),
            reports: Vec::new(),
        };
        Read { project: self.project, active, estimate }
    }
}

/// `[[wave]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WaveRow {
    number: u32,
    #[serde(deserialize_with = "date")]
    date: Date,
    title: String,
    legal_entities: Vec<String>,
    named_users: u32,
    load_factor: f64,
}

impl WaveRow {
    pub(super) fn wave(self) -> Wave {
        let Self { number, date, title, legal_entities, named_users, load_factor } = self;
        Wave { number, date, title, legal_entities, named_users, load_factor }
    }
}

/// `[[site]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteRow {
    name: String,
    time_zone: String,
    peak_users: u32,
    latency_ms: f64,
    bandwidth_mbit: f64,
    #[serde(deserialize_with = "date")]
    measured_on: Date,
}

impl SiteRow {
    pub(super) fn site(self) -> Site {
        let Self { name, time_zone, peak_users, latency_ms, bandwidth_mbit, measured_on } = self;
        Site { name, time_zone, peak_users, latency_ms, bandwidth_mbit, measured_on }
    }
}

/// `[[profile]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileRow {
    pub id: String,
    pub percent: Vec<u32>,
}

/// `[[hour]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HourRow {
    pub hour: u8,
    enterprise: u32,
    activity: u32,
    team: u32,
    device: u32,
}

impl HourRow {
    pub(super) fn hour(self) -> Hour {
        let users = [
            ("enterprise", self.enterprise),
            ("activity", self.activity),
            ("team", self.team),
            ("device", self.device),
        ];
        Hour {
            hour: self.hour,
            users: users.map(|(class, users)| (class.to_owned(), users)).into(),
        }
    }
}

/// `[derived]`: the sums that the author came to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DerivedRow {
    client_peak: Option<f64>,
    integration_peak: Option<f64>,
    batch_peak: Option<f64>,
    guessed_share: Option<f64>,
    process_users_sum: Option<f64>,
    night_lines: Option<f64>,
    stored_lines_per_day: Option<f64>,
    client_lines_per_day: Option<f64>,
    integration_lines_per_day: Option<f64>,
    licences: Option<f64>,
    busiest_hour: Option<f64>,
    users_at_busiest_hour: Option<f64>,
    night_window_hours: Option<f64>,
}

impl DerivedRow {
    /// Refuses every stated sum that the lines do not give, to four places.
    pub(super) fn compare(
        &self,
        document: &mut Document<'_>,
        line: usize,
        estimate: &Estimate,
        sums: &Derived,
    ) {
        let users: u32 = sums.users_at_busiest_hour.values().sum();
        let busiest =
            estimate.hours.iter().max_by_key(|hour| (hour.total(), std::cmp::Reverse(hour.hour)));
        let pairs = [
            ("client_peak", self.client_peak, sums.client_peak),
            ("integration_peak", self.integration_peak, sums.integration_peak),
            ("batch_peak", self.batch_peak, sums.batch_peak),
            ("guessed_share", self.guessed_share, sums.guessed_share),
            ("process_users_sum", self.process_users_sum, sums.process_users_sum),
            ("night_lines", self.night_lines, sums.night_lines),
            ("stored_lines_per_day", self.stored_lines_per_day, sums.stored_lines_per_day),
            ("client_lines_per_day", self.client_lines_per_day, sums.client_lines_per_day),
            (
                "integration_lines_per_day",
                self.integration_lines_per_day,
                sums.integration_lines_per_day,
            ),
            ("licences", self.licences, sums.licences),
            ("busiest_hour", self.busiest_hour, f64::from(busiest.map_or(0, |hour| hour.hour))),
            ("users_at_busiest_hour", self.users_at_busiest_hour, f64::from(users)),
            ("night_window_hours", self.night_window_hours, sums.night_window_hours),
        ];
        for (name, stated, computed) in pairs {
            if let Some(stated) = stated.filter(|stated| (stated - computed).abs() > 0.000_051) {
                let expected = format!("{name} = {}", (computed * 10_000.0).round() / 10_000.0);
                document.refuse(line, "derived", &estimate.id, expected, stated.to_string());
            }
        }
    }
}
