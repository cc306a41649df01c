//! Sizing: from a usage profile to the size of production, with every formula and every term shown.
//!
//! Parameters and formulae are data ([`Rules`]); [`compute`] evaluates them in order and keeps each value with the terms it
//! came from. The result is a proposal: what exceeds a limit is sized by hand ([`machine`]), with a reason on record.

mod compute;
mod expression;
mod kept;
pub mod machine;
mod phrases;

pub use compute::{Amount, Computed, Exceeded, Size, Term, compute};
pub use expression::{Expression, Fault};
pub use kept::Sizing;

use crate::policy::Policy;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A number of the rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name in formulae.
    pub id: String,
    /// What it says.
    pub title: String,
    /// Its value.
    pub value: f64,
    /// What it counts.
    pub unit: String,
    /// The lower end of its range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The upper end of its range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Where it comes from.
    pub source: String,
    /// What else to know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// How much own code there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionLevel {
    /// Its name in estimates.
    pub id: String,
    /// Its factor.
    pub factor: f64,
    /// What it means.
    pub meaning: String,
    /// Where it comes from.
    pub source: String,
}

/// A size of database that can be had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseClass {
    /// Its name.
    pub id: String,
    /// Its cores.
    pub cores: f64,
    /// Its memory.
    pub memory_gb: f64,
    /// The largest database it takes.
    pub storage_gb_max: f64,
}

/// A tier of sandbox for performance tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestTier {
    /// Its name.
    pub id: String,
    /// The peak lines up to which it serves; without a number it serves all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_lines_max: Option<f64>,
    /// What else to know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Where it comes from.
    pub source: String,
}

/// Beyond it, people size by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The amount that it limits: `design_lines`; `database_cores` is `database_cores_needed`.
    pub id: String,
    /// The largest value that is sized automatically.
    pub value: f64,
    /// What it counts.
    pub unit: String,
    /// What happens beyond it: `manual`.
    pub effect: String,
    /// What else to know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Where it comes from.
    pub source: String,
}

/// One line of arithmetic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// The name of its result.
    pub id: String,
    /// Its place.
    pub number: u32,
    /// What it says.
    pub title: String,
    /// The arithmetic, as people read it.
    pub expression: String,
    /// What the result counts; it says how it is rounded.
    pub unit: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub explanation: String,
}

/// All rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Stable name.
    pub id: String,
    /// Their version.
    pub version: String,
    /// Their title.
    pub title: String,
    /// The day from which they hold.
    pub valid_from: Date,
    /// The numbers.
    pub parameters: Vec<Parameter>,
    /// Levels of own code.
    pub extension_levels: Vec<ExtensionLevel>,
    /// Databases, the smallest first.
    pub database_classes: Vec<DatabaseClass>,
    /// Tiers for performance tests, the smallest first.
    pub test_tiers: Vec<TestTier>,
    /// Limits of automatic sizing.
    pub limits: Vec<Limit>,
    /// The arithmetic, in order.
    pub formulae: Vec<Formula>,
}

impl Rules {
    /// A number of the rules.
    pub fn parameter(&self, id: &str) -> Option<f64> {
        self.parameters.iter().find(|parameter| parameter.id == id).map(|parameter| parameter.value)
    }

    /// A level of own code.
    pub fn extension_level(&self, id: &str) -> Option<&ExtensionLevel> {
        self.extension_levels.iter().find(|level| level.id == id)
    }

    /// The values of a policy pack that take the place of the rules' own parameters.
    pub fn instead(policy: &Policy) -> BTreeMap<String, f64> {
        let headroom = policy.number("estimate.sizing_headroom");
        headroom.map(|percent| ("headroom".to_owned(), percent / 100.0)).into_iter().collect()
    }

    /// Every formula that cannot be read, with its id; formulae that use what is not computed before them too.
    pub fn faults(&self) -> Vec<(String, Fault)> {
        compute::faults(self)
    }
}

#[cfg(test)]
mod tests;
