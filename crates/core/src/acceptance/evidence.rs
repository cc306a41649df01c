//! Evidence: what it is about, how long it holds, what makes it stale, and what is open again when it is.
//!
//! Evidence names its subject: environment, version set, data set. It goes stale when one of them changes or when it is
//! older than the policy allows. Whoever leaned on stale evidence is open again, and nobody else.

use super::place::{Place, Subject};
use crate::id::{EnvironmentId, EvidenceId, StepId, UserId};
use crate::policy::{Enforcement, Policy};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Why evidence does not hold any more, or not for long.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// Other versions are installed now.
    Version {
        /// The environment's name.
        environment: String,
        /// What the evidence used.
        used: String,
        /// What is there now.
        now: String,
    },
    /// Other data are loaded now.
    Data {
        /// The environment's name.
        environment: String,
        /// What the evidence used.
        used: String,
        /// What is there now.
        now: String,
    },
    /// It is too old.
    Age {
        /// The day it was taken.
        taken: Date,
        /// For how many days it holds.
        days: i64,
    },
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version { environment, used, now } => {
                write!(f, "taken on version {used} of {environment}, which now has {now}")
            }
            Self::Data { environment, used, now } => {
                write!(f, "taken with data {used} on {environment}, which now has {now}")
            }
            Self::Age { taken, days } => write!(f, "taken on {taken}, valid for {days} days"),
        }
    }
}

/// Whether evidence still holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Freshness {
    /// Why it does not hold; empty when it does.
    pub stale: Vec<Why>,
    /// What the policy only warns of.
    pub warnings: Vec<Why>,
    /// The instant at which age alone makes it stale.
    pub until: Option<Timestamp>,
}

impl Freshness {
    /// True when it holds.
    pub fn is_fresh(&self) -> bool {
        self.stale.is_empty()
    }

    fn add(&mut self, enforcement: Enforcement, why: Why) {
        match enforcement {
            Enforcement::Deny => self.stale.push(why),
            Enforcement::Warn => self.warnings.push(why),
            Enforcement::Off => {}
        }
    }
}

/// What is true now, as far as evidence is concerned.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// All environments, also those that are no more.
    pub places: &'a [Place],
    /// The project's policy pack.
    pub policy: &'a Policy,
    /// The time.
    pub now: Timestamp,
}

impl Present<'_> {
    /// The environment with this id.
    pub fn place(&self, id: EnvironmentId) -> Option<&Place> {
        self.places.iter().find(|place| place.environment == id)
    }

    /// Whether evidence with this subject, taken on this day, holds; `validity` names the setting with its days.
    pub fn freshness(&self, subject: &Subject, taken: Date, validity: &str) -> Freshness {
        let mut freshness = Freshness::default();
        if let Some(place) = self.place(subject.environment) {
            self.judge_subject(subject, place, &mut freshness);
        }
        self.judge_age(taken, validity, &mut freshness);
        freshness
    }

    /// Whether a statement without a subject, made on this day, holds.
    pub fn aged(&self, taken: Date, validity: &str) -> Freshness {
        let mut freshness = Freshness::default();
        self.judge_age(taken, validity, &mut freshness);
        freshness
    }

    fn judge_subject(&self, subject: &Subject, place: &Place, freshness: &mut Freshness) {
        let environment = || place.name.clone();
        if let Some(now) = place.version_set.as_ref().filter(|now| **now != subject.version_set) {
            let why = Why::Version {
                environment: environment(),
                used: subject.version_set.clone(),
                now: now.clone(),
            };
            freshness.add(strictness(self.policy, "evidence.stale_on_version_change"), why);
        }
        if let Some(now) = place.data_set.as_ref().filter(|now| **now != subject.data_set) {
            let why = Why::Data {
                environment: environment(),
                used: subject.data_set.clone(),
                now: now.clone(),
            };
            freshness.add(strictness(self.policy, "evidence.stale_on_database_copy"), why);
        }
    }

    fn judge_age(&self, taken: Date, validity: &str, freshness: &mut Freshness) {
        let Some(days) = days(self.policy, validity) else { return };
        let Some(ends) = end_of(taken, days) else { return };
        let enforcement = self.policy.enforcement(validity);
        if self.now >= ends {
            freshness.add(enforcement, Why::Age { taken, days });
        } else if enforcement != Enforcement::Off {
            freshness.until = Some(ends);
        }
    }
}

/// A yes-or-no setting counts as its enforcement says when it is yes, and not at all when it is no.
fn strictness(policy: &Policy, key: &str) -> Enforcement {
    if policy.flag(key) { policy.enforcement(key) } else { Enforcement::Off }
}

/// A setting in whole days.
pub(crate) fn days(policy: &Policy, key: &str) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "days of a policy are far below 2^52")]
    policy.number(key).map(|days| days as i64)
}

/// The first instant after the last valid day; days are those of UTC.
pub(crate) fn end_of(taken: Date, days: i64) -> Option<Timestamp> {
    let day =
        taken.checked_add(days.checked_add(1)?.try_into().ok().map(|n: i32| n.days())?).ok()?;
    Some(day.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
}

/// The day of an instant in UTC.
pub(crate) fn day(at: Timestamp) -> Date {
    at.to_zoned_datetime(TimeZone::UTC).date()
}

/// A claim of the customer or the team that a record proves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "claim", rename_all = "snake_case")]
pub enum Claim {
    /// The data set holds migrated master data.
    MigratedMasterData {
        /// The data set.
        data_set: String,
    },
    /// The data set holds migrated opening balances, even if not final.
    OpeningBalances {
        /// The data set.
        data_set: String,
    },
    /// A rule of company or industry is met.
    RegulationConfirmed {
        /// The rule.
        regulation: String,
    },
    /// The description of a feature is approved.
    FeatureDocumented {
        /// The feature.
        feature: String,
    },
}

/// A claim on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The evidence that carries it.
    pub evidence: EvidenceId,
    /// What is claimed.
    #[serde(flatten)]
    pub claim: Claim,
    /// What it is about, if it is about an environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Who states it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// Who leans on evidence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "consumer", rename_all = "snake_case")]
pub enum Consumer {
    /// A step that was completed with it.
    Step {
        /// The step.
        step: StepId,
    },
    /// The answer to a question of the checklist.
    Answer {
        /// The question.
        question: String,
    },
    /// The customer's acceptance.
    SignOff,
}

/// One piece of evidence with whoever leans on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The evidence.
    pub evidence: EvidenceId,
    /// What it is about.
    pub subject: Subject,
    /// The day it was taken.
    pub taken: Date,
    /// The setting that says how long it holds: `evidence.test_result_validity`.
    pub validity: String,
    /// Who leans on it.
    pub consumers: BTreeSet<Consumer>,
}

/// What is open again because evidence went stale: exactly those who lean on it, each with all the reasons.
pub fn reopened(
    records: &[Record],
    present: Present<'_>,
) -> BTreeMap<Consumer, BTreeSet<(EvidenceId, Why)>> {
    let mut open: BTreeMap<Consumer, BTreeSet<(EvidenceId, Why)>> = BTreeMap::new();
    for record in records {
        let freshness = present.freshness(&record.subject, record.taken, &record.validity);
        for consumer in &record.consumers {
            for why in &freshness.stale {
                open.entry(consumer.clone()).or_default().insert((record.evidence, why.clone()));
            }
        }
    }
    open
}
