//! What each gate asks for, as tables of criteria.
//!
//! The numbers and the strictness are settings of the policy pack; here stand only which fact is held against which
//! setting, who can mend it and how. The criteria of the cutover's gates are content (`cutover-criteria`): what stands
//! here for them is only what no project may leave out, and the caller adds it to what the content asks.

mod acceptance;
mod cutover;
mod methodology;
mod production;
mod request;

use super::{Compare, Criterion, Gate, Threshold};
use crate::fact::FactId;
use crate::policy::Enforcement;
use crate::service_model::ServiceModel;
use crate::value::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The criteria of a gate, in the order in which they are shown.
///
/// For `CutoverStart` and `GoLive` these are the ones that stand whatever the content says; `CutoverEnd` and
/// `HypercareExit` have none of their own, so without content they stay shut.
pub fn table(gate: Gate, model: ServiceModel) -> Vec<Criterion> {
    match gate {
        Gate::Phase => methodology::phase(),
        Gate::Acceptance => acceptance::acceptance(),
        Gate::Checklist => methodology::checklist(),
        Gate::ProductionRequest => request::production_request(),
        Gate::ProductionPackage => production::package(model),
        Gate::ProductionCopy => production::copy(),
        Gate::ProductionReady => production::ready(),
        Gate::CutoverStart => cutover::start(),
        Gate::GoLive => cutover::go_live(),
        Gate::CutoverEnd | Gate::HypercareExit => Vec::new(),
    }
}

/// The settings that the tables read, of every gate and both service models.
pub fn settings() -> BTreeSet<String> {
    let tables =
        Gate::ALL.into_iter().flat_map(|gate| ServiceModel::ALL.map(|model| table(gate, model)));
    tables
        .flatten()
        .filter_map(|criterion| match criterion.threshold {
            Threshold::Setting(setting) | Threshold::Governed { setting, .. } => {
                Some(setting.into_owned())
            }
            Threshold::Fixed(_) => None,
        })
        .collect()
}

/// A criterion in the making: the fact first, then what it is held against, then who mends it.
fn ask(id: &'static str, title: &'static str, fact: &'static str) -> Criterion {
    Criterion {
        id: id.into(),
        title: title.into(),
        fact: FactId::new(fact),
        compare: Compare::Equals,
        threshold: Threshold::Fixed(Value::Flag(true)),
        enforcement: Enforcement::Deny,
        owner: Cow::Borrowed(""),
        remedy: Cow::Borrowed(""),
        page: Cow::Borrowed(""),
        command: Cow::Borrowed(""),
        source: Cow::Borrowed(""),
    }
}

/// How the tables are written: one line per part of a criterion.
trait Ask: Sized {
    /// The value of the setting, or more.
    fn at_least(self, setting: &'static str) -> Self;
    /// The value of the setting, or less.
    fn at_most(self, setting: &'static str) -> Self;
    /// Just the value of the setting.
    fn equals(self, setting: &'static str) -> Self;
    /// Yes, taken as strictly as the setting says.
    fn yes_by(self, setting: &'static str) -> Self;
    /// None, taken as strictly as the setting says.
    fn none_by(self, setting: &'static str) -> Self;
    /// All of it, taken as strictly as the setting says.
    fn fully(self, setting: &'static str) -> Self;
    /// The role that can mend it, and how.
    fn mend(self, owner: &'static str, remedy: &'static str) -> Self;
    /// The page and the command to go to, and the source of the rule.
    fn at(self, page: &'static str, command: &'static str, source: &'static str) -> Self;
}

/// Replaces comparison and threshold.
fn held(criterion: Criterion, compare: Compare, threshold: Threshold) -> Criterion {
    Criterion { compare, threshold, ..criterion }
}

impl Ask for Criterion {
    fn at_least(self, setting: &'static str) -> Self {
        held(self, Compare::AtLeast, Threshold::Setting(setting.into()))
    }

    fn at_most(self, setting: &'static str) -> Self {
        held(self, Compare::AtMost, Threshold::Setting(setting.into()))
    }

    fn equals(self, setting: &'static str) -> Self {
        held(self, Compare::Equals, Threshold::Setting(setting.into()))
    }

    fn yes_by(self, setting: &'static str) -> Self {
        let threshold = Threshold::Governed { setting: setting.into(), value: Value::Flag(true) };
        held(self, Compare::Equals, threshold)
    }

    fn none_by(self, setting: &'static str) -> Self {
        let threshold = Threshold::Governed { setting: setting.into(), value: Value::Count(0) };
        held(self, Compare::AtMost, threshold)
    }

    fn fully(self, setting: &'static str) -> Self {
        let threshold = Threshold::Governed { setting: setting.into(), value: Value::Count(100) };
        held(self, Compare::AtLeast, threshold)
    }

    fn mend(self, owner: &'static str, remedy: &'static str) -> Self {
        Self { owner: owner.into(), remedy: remedy.into(), ..self }
    }

    fn at(self, page: &'static str, command: &'static str, source: &'static str) -> Self {
        Self { page: page.into(), command: command.into(), source: source.into(), ..self }
    }
}

#[cfg(test)]
pub(crate) mod tests;
