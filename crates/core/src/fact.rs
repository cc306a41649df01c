//! Facts: the measured values that gates judge, each with where it comes from and how long it holds.

use crate::id::EvidenceId;
use crate::value::Value;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The name of a fact, such as `uat.pass_rate`; the vocabulary lists them all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactId(pub Cow<'static, str>);

impl FactId {
    /// A fact that the code names itself.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }
}

impl From<&'static str> for FactId {
    fn from(name: &'static str) -> Self {
        Self::new(name)
    }
}

impl std::fmt::Display for FactId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One measured value.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Fact {
    /// What was measured.
    pub value: Value,
    /// What the value rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceId>,
    /// The particulars behind the value: the open steps, the missing cases, the unequal version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// The first instant at which time alone changes the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds_until: Option<Timestamp>,
    /// True when the value was right once but what it rests on has changed or aged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stale: bool,
    /// True when the question does not arise for this project.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_applicable: bool,
}

impl<T: Into<Value>> From<T> for Fact {
    fn from(value: T) -> Self {
        Self { value: value.into(), ..Self::default() }
    }
}

impl Fact {
    /// The question does not arise for this project.
    pub fn not_applicable() -> Self {
        Self { not_applicable: true, ..Self::default() }
    }

    /// Adds the particulars behind the value.
    #[must_use]
    pub fn because(mut self, details: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.details.extend(details.into_iter().map(Into::into));
        self
    }

    /// Names what the value rests on.
    #[must_use]
    pub fn proven_by(mut self, evidence: impl IntoIterator<Item = EvidenceId>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Says when time alone changes the value.
    #[must_use]
    pub fn until(mut self, instant: Option<Timestamp>) -> Self {
        self.holds_until = instant;
        self
    }
}

/// All facts of one project at one moment. A fact that is absent is missing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<FactId, Fact>);

impl Facts {
    /// Records a fact; a later value replaces an earlier one.
    pub fn set(&mut self, id: impl Into<FactId>, fact: impl Into<Fact>) {
        self.0.insert(id.into(), fact.into());
    }

    /// The fact, or a missing one.
    pub fn get(&self, id: &FactId) -> Fact {
        self.0.get(id).cloned().unwrap_or_default()
    }

    /// The value of a fact that the code names.
    pub fn value(&self, name: &'static str) -> Value {
        self.get(&FactId::new(name)).value
    }

    /// All facts in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&FactId, &Fact)> {
        self.0.iter()
    }

    /// Takes in the facts of another subject.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}
