//! Values that people measure and record: tickets, training, tills tried, answers to manual criteria.
//!
//! Nothing is edited: a later record of the same fact takes the place of an earlier one, and both stay.

use crate::fact::{Fact, FactId, Facts};
use crate::id::{EvidenceId, UserId};
use crate::value::Value;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The fact.
    pub fact: FactId,
    /// What was measured.
    pub value: Value,
    /// Who recorded it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// How it was measured.
    pub note: String,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceId>,
}

/// The fact that answers a manual criterion.
pub fn manual_fact(criterion: &str) -> FactId {
    FactId(format!("manual.{criterion}").into())
}

/// The latest record of each fact.
pub fn facts(measurements: &[Measurement]) -> Facts {
    let mut sorted: Vec<&Measurement> = measurements.iter().collect();
    sorted.sort_by_key(|measurement| measurement.at);
    let mut facts = Facts::default();
    for measurement in sorted {
        let fact = Fact::from(measurement.value.clone()).proven_by(measurement.evidence.clone());
        let said = (!measurement.note.is_empty()).then(|| measurement.note.clone());
        facts.set(measurement.fact.clone(), fact.because(said));
    }
    facts
}
