//! Gates: may the project go further, and if not, what exactly is missing?
//!
//! One function, [`judge`], answers for the list, the greyed-out button, the refusal, `golive gate explain` and the
//! check at the moment of execution. What each gate asks for is a table (`gate/table.rs`, or the criteria of
//! the content); what is true of the project comes in as [`Facts`].

use crate::fact::{FactId, Facts};
use crate::id::{EvidenceId, WaiverId};
use crate::policy::{Enforcement, Policy};
use crate::value::Value;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Where a gate stands. Each has one table of criteria.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Before completing a phase.
    Phase,
    /// Before the customer's acceptance sign-off.
    Acceptance,
    /// Before submitting the checklist.
    Checklist,
    /// Before configuring and signing off production (self-service), or before deploying it (managed).
    ProductionRequest,
    /// Before scheduling a package on production.
    ProductionPackage,
    /// Before copying a database into production.
    ProductionCopy,
    /// Before control of production is handed to the customer.
    ProductionReady,
    /// Before the live cutover run starts.
    CutoverStart,
    /// The go/no-go.
    GoLive,
    /// Before the cutover run is closed.
    CutoverEnd,
    /// Before the project is closed.
    HypercareExit,
}

impl Gate {
    /// All gates in the order of the path.
    pub const ALL: [Self; 11] = [
        Self::Phase,
        Self::Acceptance,
        Self::Checklist,
        Self::ProductionRequest,
        Self::ProductionPackage,
        Self::ProductionCopy,
        Self::ProductionReady,
        Self::CutoverStart,
        Self::GoLive,
        Self::CutoverEnd,
        Self::HypercareExit,
    ];

    /// The name on every floor: `production_request`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phase => "phase",
            Self::Acceptance => "acceptance",
            Self::Checklist => "checklist",
            Self::ProductionRequest => "production_request",
            Self::ProductionPackage => "production_package",
            Self::ProductionCopy => "production_copy",
            Self::ProductionReady => "production_ready",
            Self::CutoverStart => "cutover_start",
            Self::GoLive => "go_live",
            Self::CutoverEnd => "cutover_end",
            Self::HypercareExit => "hypercare_exit",
        }
    }
}

impl std::str::FromStr for Gate {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|gate| gate.name() == text)
            .ok_or_else(|| format!("no gate `{text}`; gates are {}", names()))
    }
}

/// How a measured value is compared with its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// The same value.
    Equals,
    /// This much or more.
    AtLeast,
    /// This much or less.
    AtMost,
}

/// What a value is held against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threshold {
    /// The setting of the project's policy pack, which also says how strictly it is taken.
    Setting(Cow<'static, str>),
    /// A fixed value that is no number of the process: "yes", "none open".
    Fixed(Value),
    /// A fixed value, taken as strictly as this setting says: "none open" for `methodology.required_steps_complete`,
    /// whose own value ("yes") is not what is measured.
    Governed {
        /// The setting.
        setting: Cow<'static, str>,
        /// The value.
        value: Value,
    },
}

/// One thing that a gate asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// Stable name within the product: `uat-signed-off`.
    pub id: Cow<'static, str>,
    /// What is asked, in words.
    pub title: Cow<'static, str>,
    /// The fact that is judged.
    pub fact: FactId,
    /// How it is compared.
    pub compare: Compare,
    /// What it is compared with.
    pub threshold: Threshold,
    /// How strictly it is taken when no setting says so.
    pub enforcement: Enforcement,
    /// The role or side that can mend it.
    pub owner: Cow<'static, str>,
    /// How to mend it, in words.
    pub remedy: Cow<'static, str>,
    /// The page to go to, below the project's own address: `acceptance`.
    pub page: Cow<'static, str>,
    /// The command to type, without the project: `acceptance sign-off`.
    pub command: Cow<'static, str>,
    /// Where the rule comes from: `S F084`.
    pub source: Cow<'static, str>,
}

/// The answer for one criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As asked.
    Met,
    /// Not as asked, and the gate is shut by it.
    Unmet,
    /// It was as asked, but what it rests on has aged or changed; shut.
    Stale,
    /// Not as asked, but an exception is on record.
    Waived,
    /// Not as asked, and only a warning.
    Warning,
    /// The question does not arise, or the policy switches it off.
    NotApplicable,
}

impl Status {
    /// True when this answer keeps the gate shut.
    pub fn denies(self) -> bool {
        match self {
            Self::Unmet | Self::Stale => true,
            Self::Met | Self::Waived | Self::Warning | Self::NotApplicable => false,
        }
    }
}

/// A criterion with its answer. This is what is stored, shown and sent: it explains itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The criterion's stable name.
    pub id: String,
    /// What was asked, in words.
    pub title: String,
    /// The answer.
    pub status: Status,
    /// What was measured.
    pub value: Value,
    /// How it was compared.
    pub compare: Compare,
    /// What it was held against.
    pub threshold: Value,
    /// The unit of value and threshold, if it is not plain.
    pub unit: Option<String>,
    /// The setting that holds the threshold.
    pub setting: Option<String>,
    /// The fact that was judged.
    pub fact: FactId,
    /// The particulars behind the value.
    pub details: Vec<String>,
    /// What the value rests on.
    pub evidence: Vec<EvidenceId>,
    /// The exception that stands in for it.
    pub waiver: Option<WaiverId>,
    /// The role or side that can mend it.
    pub owner: String,
    /// How to mend it.
    pub remedy: String,
    /// The page to go to, below the project's address.
    pub page: String,
    /// The command to type, without the project.
    pub command: String,
    /// Where the rule comes from.
    pub source: String,
}

/// An exception on record that is in force: decided by the two people, not yet expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The waiver.
    pub waiver: WaiverId,
    /// The gate it is for.
    pub gate: Gate,
    /// The criterion it stands in for.
    pub criterion: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// The answer of a gate, with all its reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use = "a verdict that nobody reads guards nothing"]
pub struct Verdict {
    /// The gate.
    pub gate: Gate,
    /// When it was judged, by the business clock.
    pub at: Timestamp,
    /// The pack it was judged by.
    pub policy: String,
    /// Every criterion with its answer, in the order of the table.
    pub criteria: Vec<Judged>,
    /// The first instant at which time alone could change the answer.
    pub holds_until: Option<Timestamp>,
}

impl Verdict {
    /// Open when no criterion denies. A gate without criteria guards nothing and is shut.
    pub fn is_open(&self) -> bool {
        !self.criteria.is_empty() && !self.criteria.iter().any(|judged| judged.status.denies())
    }

    /// The criteria that keep it shut.
    pub fn reasons(&self) -> impl Iterator<Item = &Judged> {
        self.criteria.iter().filter(|judged| judged.status.denies())
    }
}

/// Judges one gate: every criterion of the table against the facts, never only the first.
#[expect(
    clippy::too_many_arguments,
    reason = "everything that a verdict rests on, and nothing else"
)]
pub fn judge(
    gate: Gate,
    table: &[Criterion],
    policy: &Policy,
    facts: &Facts,
    exceptions: &[Exception],
    now: Timestamp,
) -> Verdict {
    let in_force: Vec<&Exception> =
        exceptions.iter().filter(|e| e.gate == gate && e.expires > now).collect();
    let never = policy.list("waiver.never");
    let mut holds_until: Option<Timestamp> = None;
    let criteria = table
        .iter()
        .map(|criterion| {
            let (judged, until) = judge_one(criterion, policy, facts, &in_force, &never);
            holds_until = [holds_until, until.filter(|&at| at > now)].into_iter().flatten().min();
            judged
        })
        .collect();
    Verdict { gate, at: now, policy: policy.id.clone(), criteria, holds_until }
}

/// One criterion, with the instant at which time alone could change its answer.
fn judge_one(
    criterion: &Criterion,
    policy: &Policy,
    facts: &Facts,
    exceptions: &[&Exception],
    never: &[String],
) -> (Judged, Option<Timestamp>) {
    let fact = facts.get(&criterion.fact);
    let setting = match &criterion.threshold {
        Threshold::Setting(key) | Threshold::Governed { setting: key, .. } => Some(key.as_ref()),
        Threshold::Fixed(_) => None,
    };
    let (threshold, enforcement, unit) =
        match (&criterion.threshold, setting.and_then(|key| policy.setting(key))) {
            (Threshold::Fixed(value), _) => (value.clone(), criterion.enforcement, None),
            (Threshold::Governed { value, .. }, found) => (
                value.clone(),
                found.and_then(|found| found.enforcement).unwrap_or(criterion.enforcement),
                None,
            ),
            (Threshold::Setting(_), Some(found)) => (
                found.value.clone(),
                found.enforcement.unwrap_or(criterion.enforcement),
                Some(found.unit.clone()),
            ),
            // A pack without the setting cannot say how much is enough: nothing is.
            (Threshold::Setting(_), None) => (Value::Missing, Enforcement::Deny, None),
        };
    let waiver = exceptions.iter().find(|e| {
        e.criterion == criterion.id && !setting.is_some_and(|key| never.iter().any(|n| n == key))
    });
    let as_asked = holds(criterion.compare, &fact.value, &threshold);
    let status = if fact.not_applicable || enforcement == Enforcement::Off {
        Status::NotApplicable
    } else if as_asked && !fact.stale {
        Status::Met
    } else if waiver.is_some() {
        Status::Waived
    } else if enforcement == Enforcement::Warn {
        Status::Warning
    } else if fact.stale {
        Status::Stale
    } else {
        Status::Unmet
    };
    let waiver = waiver.filter(|_| status == Status::Waived);
    let until = [fact.holds_until, waiver.map(|e| e.expires)].into_iter().flatten().min();
    let judged = Judged {
        id: criterion.id.to_string(),
        title: criterion.title.to_string(),
        status,
        value: fact.value,
        compare: criterion.compare,
        threshold,
        unit,
        setting: setting.map(str::to_owned),
        fact: criterion.fact.clone(),
        details: fact.details,
        evidence: fact.evidence,
        waiver: waiver.map(|e| e.waiver),
        owner: criterion.owner.to_string(),
        remedy: criterion.remedy.to_string(),
        page: criterion.page.to_string(),
        command: criterion.command.to_string(),
        source: criterion.source.to_string(),
    };
    (judged, until)
}

/// Whether a value is as asked. What is missing, or cannot be compared, never is.
pub fn holds(compare: Compare, value: &Value, threshold: &Value) -> bool {
    if value.is_missing() || threshold.is_missing() {
        return false;
    }
    match (value.number(), threshold.number()) {
        (Some(value), Some(threshold)) => match compare {
            Compare::Equals => (value - threshold).abs() < 1e-9,
            Compare::AtLeast => value >= threshold,
            Compare::AtMost => value <= threshold,
        },
        (None, None) => match compare {
            Compare::Equals => value == threshold,
            // Dates and times are compared as text: ISO order is time order.
            Compare::AtLeast => {
                matches!((value, threshold), (Value::Text(v), Value::Text(t)) if v >= t)
            }
            Compare::AtMost => {
                matches!((value, threshold), (Value::Text(v), Value::Text(t)) if v <= t)
            }
        },
        (Some(_), None) | (None, Some(_)) => false,
    }
}

pub mod table;

#[cfg(test)]
pub(crate) mod tests;
