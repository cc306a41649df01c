//! What the policy pack asks of a waiver, and everything that can be wrong with a proposal.

use super::Proposal;
use crate::people::Side;
use crate::policy::{Enforcement, Policy};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What is wrong with a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// The criterion can never be waived.
    #[error("`{setting}` can never be waived")]
    Never {
        /// The setting.
        setting: String,
    },
    /// The reason is too short.
    #[error("the reason has {found} characters; at least {least} are asked for")]
    ReasonTooShort {
        /// How long it must be.
        least: usize,
        /// How long it is.
        found: usize,
    },
    /// Nobody bears the risk.
    #[error("a risk owner must be named")]
    NoRiskOwner,
    /// Nothing is done instead.
    #[error("a compensating measure must be named")]
    NoMeasure,
    /// It would end before it begins.
    #[error("it must end in the future")]
    EndsInThePast,
    /// It would last too long.
    #[error("it may last {days} days at most")]
    TooLong {
        /// The longest validity.
        days: u32,
    },
    /// It was renewed too often.
    #[error("it was renewed {most} times already")]
    RenewedTooOften {
        /// How often it may be renewed.
        most: u32,
    },
}

/// What the policy pack asks of waivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The sides that must agree, one person each.
    pub sides: Vec<Side>,
    /// The shortest reason, in characters.
    pub reason_least: usize,
    /// Whether a risk owner must be named.
    pub risk_owner: bool,
    /// Whether a compensating measure must be named.
    pub measure: bool,
    /// The longest validity in days.
    pub longest_days: u32,
    /// How often it may be renewed.
    pub renewals_most: u32,
    /// Settings whose criteria can never be waived.
    pub never: Vec<String>,
}

impl Rules {
    /// Reads the rules from the pack. What a pack leaves out is taken at its strictest.
    pub fn of(policy: &Policy) -> Self {
        let count = |key| policy.setting(key).and_then(|s| s.value.number()).map_or(0, to_u32);
        let denies = |key| policy.flag(key) && policy.enforcement(key) == Enforcement::Deny;
        let sides = policy
            .list("waiver.sides_required")
            .iter()
            .filter_map(|side| side.parse().ok())
            .collect();
        Self {
            sides,
            reason_least: count("waiver.reason_length_min") as usize,
            risk_owner: denies("waiver.risk_owner_required"),
            measure: denies("waiver.compensation_required"),
            longest_days: count("waiver.validity_max"),
            renewals_most: count("waiver.renewals_max"),
            never: policy.list("waiver.never"),
        }
    }

    /// Everything that is wrong with a proposal.
    pub(super) fn faults(&self, proposal: &Proposal, renewals: u32, now: Timestamp) -> Vec<Fault> {
        let mut faults = Vec::new();
        if let Some(setting) = proposal.setting.as_ref().filter(|key| self.never.contains(key)) {
            faults.push(Fault::Never { setting: setting.clone() });
        }
        let found = proposal.reason.trim().chars().count();
        if found < self.reason_least.max(1) {
            faults.push(Fault::ReasonTooShort { least: self.reason_least.max(1), found });
        }
        if self.risk_owner && proposal.risk_owner.is_none() {
            faults.push(Fault::NoRiskOwner);
        }
        if self.measure && proposal.measure.trim().is_empty() {
            faults.push(Fault::NoMeasure);
        }
        let longest = SignedDuration::from_hours(24 * i64::from(self.longest_days));
        if proposal.expires <= now {
            faults.push(Fault::EndsInThePast);
        } else if proposal.expires.duration_since(now) > longest {
            faults.push(Fault::TooLong { days: self.longest_days });
        }
        if renewals > self.renewals_most {
            faults.push(Fault::RenewedTooOften { most: self.renewals_most });
        }
        faults
    }
}

/// A setting as a whole number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "settings are small and not negative"
)]
fn to_u32(number: f64) -> u32 {
    number.clamp(0.0, f64::from(u32::MAX)) as u32
}
