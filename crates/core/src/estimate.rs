//! The usage profile: what people, systems and jobs will do, hour by hour; and its machine: several, exactly one active.
//!
//! What lives here: the profile as data, the sums that sizing starts from ([`Derived`]), who may activate what. The
//! arithmetic of the size is [`crate::sizing`].

mod derive;
pub mod facts;
mod kept;
pub mod machine;

pub use derive::Derived;
pub use kept::Kept;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a line gets into the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// People and devices enter it.
    Client,
    /// Another system sends or fetches it.
    Integration,
    /// A job makes it.
    Batch,
}

/// How a number is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// From the old system's statistics.
    Measured,
    /// From documents.
    Counted,
    /// By somebody's experience.
    Guessed,
}

/// One business process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// Stable name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The chain it belongs to: `order-to-cash`.
    pub chain: String,
    /// How its lines come in.
    pub channel: Channel,
    /// Lines of the busiest hour of the year.
    pub peak_lines_per_hour: f64,
    /// Lines of a usual day.
    pub lines_per_day: f64,
    /// Whether its lines stay in the database.
    pub stored: bool,
    /// The shape of its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// People at work in it at the same time.
    pub users: u32,
    /// How the numbers are known.
    pub basis: Basis,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The process that it belongs to.
    pub process: String,
    /// When it starts.
    pub start: Time,
    /// How long it runs.
    pub hours: u32,
    /// Lines of one run.
    pub lines_per_run: f64,
    /// Runs a day.
    pub runs_per_day: u32,
    /// Whether it runs in the night window.
    pub in_night_window: bool,
}

/// People at work in one hour, by class (`enterprise`, `activity`, `team`, `device`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    /// The hour, 0 to 23.
    pub hour: u8,
    /// People by class.
    pub users: BTreeMap<String, u32>,
}

impl Hour {
    /// Everybody in this hour.
    pub fn total(&self) -> u32 {
        self.users.values().sum()
    }
}

/// Licences of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Stable name.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// How many on the first day.
    pub first_day: u32,
    /// How many after the last wave.
    pub after_last_wave: u32,
}

/// The load of one wave against the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    /// Its number.
    pub number: u32,
    /// Its date.
    pub date: Date,
    /// Its title.
    pub title: String,
    /// The companies in it.
    pub legal_entities: Vec<String>,
    /// Its users.
    pub named_users: u32,
    /// The load once it is live, the first wave being 1.
    pub load_factor: f64,
}

/// A place where people work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Its zone.
    pub time_zone: String,
    /// People there at the same time.
    pub peak_users: u32,
    /// The way to the data centre, in milliseconds.
    pub latency_ms: f64,
    /// Its line.
    pub bandwidth_mbit: f64,
    /// When that was measured.
    pub measured_on: Date,
}

/// A report that costs something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Its name.
    pub name: String,
    /// `light`, `medium` or `heavy`.
    pub weight: String,
    /// How often.
    pub frequency: String,
}

/// When the jobs of the night run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NightWindow {
    /// When it opens.
    pub start: Time,
    /// How long it is.
    pub hours: u32,
}

/// A whole usage profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Stable name.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The day of its numbers.
    pub as_of: Date,
    /// Who answers for it (a member's id in files).
    pub author: String,
    /// The zone of its hours.
    pub time_zone: String,
    /// Growth a year: 0.06.
    pub annual_growth: f64,
    /// How much own code: a level of the sizing rules.
    pub extension_level: String,
    /// The customer's own number of people at work at the same time.
    pub stated_peak_users: u32,
    /// The database on the first day.
    pub initial_gb: f64,
    /// Documents a year.
    pub documents_gb_per_year: f64,
    /// The night.
    pub night_window: NightWindow,
    /// What else to know.
    pub note: String,
    /// Counts that describe the company; not used by the arithmetic.
    pub characteristics: BTreeMap<String, serde_json::Value>,
    /// Licences by kind.
    pub licences: Vec<Licence>,
    /// Waves.
    pub waves: Vec<Wave>,
    /// Sites.
    pub sites: Vec<Site>,
    /// Shapes of a day: 24 shares of the peak, in per cent.
    pub profiles: BTreeMap<String, Vec<u32>>,
    /// People by hour.
    pub hours: Vec<Hour>,
    /// Processes.
    pub processes: Vec<Process>,
    /// Jobs.
    pub batches: Vec<Batch>,
    /// Reports.
    pub reports: Vec<Report>,
}

impl Estimate {
    /// `sha256:` and the digest of the whole profile.
    pub fn digest(&self) -> String {
        use sha2::{Digest, Sha256};
        let text =
            serde_json::to_vec(self).expect("a profile holds only finite numbers and string keys");
        format!("sha256:{}", hex::encode(Sha256::digest(text)))
    }

    /// Licences of the first day, all kinds together.
    pub fn licences_first_day(&self) -> u32 {
        self.licences.iter().map(|licence| licence.first_day).sum()
    }

    /// Lines in each hour of the day, by channel, from the shapes and the jobs: for the chart.
    pub fn load_chart(&self) -> Vec<[f64; 3]> {
        (0..24).map(|hour| derive::load_of(self, hour)).collect()
    }
}

#[cfg(test)]
mod tests;
