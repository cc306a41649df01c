//! The sums that sizing starts from, derived from the usage profile.

use super::{Basis, Channel, Estimate, Process};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the sizing rules start from. It can also be given by hand, without a profile behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    /// Client lines in the busiest hour.
    pub client_peak: f64,
    /// Integration lines in the busiest hour.
    pub integration_peak: f64,
    /// Batch lines in the hour with most of them.
    pub batch_peak: f64,
    /// Growth a year.
    pub annual_growth: f64,
    /// How much own code.
    pub extension_level: String,
    /// The share of the weighted lines that is guessed, to four places.
    pub guessed_share: f64,
    /// People of the busiest hour, by class.
    pub users_at_busiest_hour: BTreeMap<String, u32>,
    /// The customer's own number.
    pub stated_peak_users: f64,
    /// People summed over the processes.
    pub process_users_sum: f64,
    /// Lines of all jobs of the night.
    pub night_lines: f64,
    /// Length of the night.
    pub night_window_hours: f64,
    /// Lines a day that stay in the database.
    pub stored_lines_per_day: f64,
    /// Client lines a day.
    pub client_lines_per_day: f64,
    /// Integration lines a day.
    pub integration_lines_per_day: f64,
    /// The database on the first day.
    pub initial_gb: f64,
    /// Documents a year.
    pub documents_gb_per_year: f64,
    /// Licences of the first day.
    pub licences: f64,
}

impl Derived {
    /// Sums up a profile. `batch_weight` is the sizing rules' weight of a batch line against an online line.
    pub fn of(estimate: &Estimate, batch_weight: f64) -> Self {
        let busiest =
            estimate.hours.iter().max_by_key(|hour| (hour.total(), std::cmp::Reverse(hour.hour)));
        Self {
            client_peak: peaks(estimate, Channel::Client),
            integration_peak: peaks(estimate, Channel::Integration),
            batch_peak: (0..24).map(|hour| batch_lines_in(estimate, hour)).fold(0.0, f64::max),
            annual_growth: estimate.annual_growth,
            extension_level: estimate.extension_level.clone(),
            guessed_share: guessed_share(estimate, batch_weight),
            users_at_busiest_hour: busiest.map(|hour| hour.users.clone()).unwrap_or_default(),
            stated_peak_users: f64::from(estimate.stated_peak_users),
            process_users_sum: total(
                estimate.processes.iter().map(|process| f64::from(process.users)),
            ),
            night_lines: night_lines(estimate),
            night_window_hours: f64::from(estimate.night_window.hours),
            stored_lines_per_day: daily(estimate, |process| process.stored),
            client_lines_per_day: daily(estimate, |process| process.channel == Channel::Client),
            integration_lines_per_day: daily(estimate, |process| {
                process.channel == Channel::Integration
            }),
            initial_gb: estimate.initial_gb,
            documents_gb_per_year: estimate.documents_gb_per_year,
            licences: f64::from(estimate.licences_first_day()),
        }
    }
}

/// The sum, which is 0 of nothing: `sum` makes −0 of it, and pages would show that.
fn total(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |sum, number| sum + number)
}

fn peaks(estimate: &Estimate, channel: Channel) -> f64 {
    let of_channel = estimate.processes.iter().filter(|process| process.channel == channel);
    total(of_channel.map(|process| process.peak_lines_per_hour))
}

fn daily(estimate: &Estimate, counts: impl Fn(&Process) -> bool) -> f64 {
    let counted = estimate.processes.iter().filter(|process| counts(process));
    total(counted.map(|process| process.lines_per_day))
}

fn guessed_share(estimate: &Estimate, batch_weight: f64) -> f64 {
    let weighted = |process: &Process| match process.channel {
        Channel::Batch => process.peak_lines_per_hour * batch_weight,
        Channel::Client | Channel::Integration => process.peak_lines_per_hour,
    };
    let all = total(estimate.processes.iter().map(weighted));
    let guesses = estimate.processes.iter().filter(|p| p.basis == Basis::Guessed);
    let guessed = total(guesses.map(weighted));
    // To four places, as profiles state it: the published sizes start from that.
    if all > 0.0 { (guessed / all * 10_000.0).round() / 10_000.0 } else { 0.0 }
}

fn night_lines(estimate: &Estimate) -> f64 {
    let of_night = estimate.batches.iter().filter(|batch| batch.in_night_window);
    total(of_night.map(|batch| batch.lines_per_run * f64::from(batch.runs_per_day)))
}

/// Lines that the jobs running in this hour of the day make in it.
fn batch_lines_in(estimate: &Estimate, hour: u32) -> f64 {
    let running = estimate.batches.iter().filter(|batch| {
        let since = (hour + 24 - u32::from(batch.start.hour().unsigned_abs())) % 24;
        since < batch.hours
    });
    total(running.map(|batch| batch.lines_per_run / f64::from(batch.hours.max(1))))
}

/// Client, integration and batch lines of one hour of the day.
pub(super) fn load_of(estimate: &Estimate, hour: u32) -> [f64; 3] {
    let shaped =
        |channel: Channel| {
            let of_channel =
                estimate.processes.iter().filter(move |process| process.channel == channel);
            total(of_channel.map(|process| {
                process.peak_lines_per_hour * share(estimate, process, hour) / 100.0
            }))
        };
    [shaped(Channel::Client), shaped(Channel::Integration), batch_lines_in(estimate, hour)]
}

/// The share of its peak that a process has in this hour; without a shape it always has all of it.
fn share(estimate: &Estimate, process: &Process, hour: u32) -> f64 {
    let shape = process.profile.as_ref().and_then(|name| estimate.profiles.get(name));
    let index = usize::try_from(hour).unwrap_or_default();
    shape.and_then(|shape| shape.get(index)).map_or(100.0, |&percent| f64::from(percent))
}
