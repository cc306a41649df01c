//! Policy packs: every number of the process, and how strictly each criterion is taken.
//!
//! What lives here: the typed pack and how rules read it, the units ([`Unit`]), how a pack extends another one ([`pack`]), and
//! the settings that rules read ([`read`]). Reading packs from files is `golive-readers`' work.

pub mod pack;
pub mod read;
mod unit;

pub use unit::Unit;

use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a criterion counts when it is not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// The gate is shut.
    Deny,
    /// A warning is shown, the gate stays open.
    Warn,
    /// It is not judged.
    Off,
}

/// One number of the process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// The number in words.
    pub title: String,
    /// The number itself, typed by `unit`.
    pub value: Value,
    /// What the value counts: `flag`, `count`, `percent`, `business_days`, …
    pub unit: String,
    /// Set only where the setting is a criterion of a gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforcement: Option<Enforcement>,
    /// Where it comes from: a letter and a feature number.
    pub source: String,
    /// The day it was published or chosen.
    pub valid_from: jiff::civil::Date,
    /// What else to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Fields that only some settings have: choices, anchor, `per_seconds`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, serde_json::Value>,
}

/// A whole pack, with everything that it took over from the pack it extends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// The name that projects choose it by.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title for people.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// The day from which the pack holds.
    pub valid_from: jiff::civil::Date,
    /// The pack that it differs from, if it extends one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// `sha256:` and the hexadecimal digest over the settings.
    pub digest: String,
    /// All settings by their dotted name.
    pub settings: BTreeMap<String, Setting>,
}

impl Policy {
    /// The setting with this dotted name; packs are complete, so one that a rule reads is always there.
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.get(key)
    }

    /// A numeric setting, in its own unit.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.setting(key).and_then(|setting| setting.value.number())
    }

    /// A yes-or-no setting; absent means no.
    pub fn flag(&self, key: &str) -> bool {
        self.setting(key).is_some_and(|setting| setting.value == Value::Flag(true))
    }

    /// A list setting; absent means empty.
    pub fn list(&self, key: &str) -> Vec<String> {
        match self.setting(key).map(|setting| &setting.value) {
            Some(Value::List(list)) => list.clone(),
            Some(
                Value::Missing
                | Value::Flag(_)
                | Value::Count(_)
                | Value::Number(_)
                | Value::Text(_),
            )
            | None => Vec::new(),
        }
    }

    /// A whole number, in its own unit.
    pub fn whole(&self, key: &str) -> Option<i64> {
        match self.setting(key).map(|setting| &setting.value) {
            Some(Value::Count(n)) => Some(*n),
            Some(
                Value::Missing
                | Value::Flag(_)
                | Value::Number(_)
                | Value::Text(_)
                | Value::List(_),
            )
            | None => None,
        }
    }

    /// A choice, as the word that was chosen.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.setting(key).map(|setting| &setting.value) {
            Some(Value::Text(text)) => Some(text),
            Some(
                Value::Missing
                | Value::Flag(_)
                | Value::Count(_)
                | Value::Number(_)
                | Value::List(_),
            )
            | None => None,
        }
    }

    /// A list of whole numbers, such as the days of a reminder; absent means empty.
    pub fn numbers(&self, key: &str) -> Vec<i64> {
        self.list(key).iter().filter_map(|text| text.parse().ok()).collect()
    }

    /// A length of time in seconds, minutes, hours or days of 24 hours; business days need a calendar.
    pub fn duration(&self, key: &str) -> Option<jiff::SignedDuration> {
        let seconds = Unit::named(&self.setting(key)?.unit)?.seconds()?;
        Some(jiff::SignedDuration::from_secs(self.whole(key)?.checked_mul(seconds)?))
    }

    /// How strictly the criterion of this setting is taken; without a word in the pack it denies.
    pub fn enforcement(&self, key: &str) -> Enforcement {
        self.setting(key).and_then(|setting| setting.enforcement).unwrap_or(Enforcement::Deny)
    }
}
