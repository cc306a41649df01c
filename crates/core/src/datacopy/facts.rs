//! What the gates are told about a copy: before it starts, and when it is done.

use super::sign_off::State;
use crate::fact::{Fact, Facts};
use crate::id::{EvidenceId, UserId};
use crate::service_request::Window;
use crate::value::Value;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// One end of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The environment's name, as it must be typed.
    pub name: String,
    /// The geography of its region.
    pub geography: String,
    /// Modules with their versions.
    pub modules: BTreeMap<String, String>,
    /// The size of its database in bytes.
    pub bytes: u64,
}

/// A copy that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where from.
    pub source: Place,
    /// Where to.
    pub destination: Place,
    /// What the destination can hold, in bytes, side database and restore point included.
    pub capacity: u64,
    /// The name that was typed.
    pub typed_name: String,
    /// Whether the old database can be kept as a restore point.
    pub restore_point: bool,
    /// When it was filed.
    pub filed: Timestamp,
    /// When it may be done.
    pub window: Option<Window>,
    /// Who asked.
    pub requested_by: UserId,
    /// Who confirmed.
    pub confirmed_by: Option<UserId>,
    /// Other operations on source or destination.
    pub operations_running: usize,
    /// Whether a second administrator of the destination exists.
    pub emergency_administrator: bool,
}

/// The facts `copy.*` for the gate before a copy into production.
pub fn gate_facts(plan: &Plan) -> Facts {
    let mut facts = Facts::default();
    let differ = differing(&plan.source.modules, &plan.destination.modules);
    facts.set("copy.versions_equal", Fact::from(differ.is_empty()).because(differ));
    let (from, to) = (&plan.source.geography, &plan.destination.geography);
    facts.set("copy.geography_equal", Fact::from(from == to).because([format!("{from} and {to}")]));
    // Side database and old database stand beside each other until the swap is signed.
    let needed = plan.source.bytes.saturating_add(plan.destination.bytes);
    let detail = format!("{needed} bytes needed, {} there", plan.capacity);
    facts.set("copy.capacity_fits", Fact::from(needed <= plan.capacity).because([detail]));
    facts.set("copy.name_typed", plan.typed_name == plan.destination.name);
    facts.set("copy.restore_point_ensured", plan.restore_point);
    let confirmed = plan.confirmed_by.is_some_and(|by| by != plan.requested_by);
    facts.set("copy.second_person_confirmed", confirmed);
    facts.set("copy.operations_running", plan.operations_running);
    facts.set("environment.emergency_administrator", plan.emergency_administrator);
    let hours = |from: Timestamp, to: Timestamp| Value::Count(to.duration_since(from).as_hours());
    facts.set(
        "copy.lead_hours",
        plan.window.map_or(Value::Missing, |window| hours(plan.filed, window.start)),
    );
    facts.set(
        "copy.window_hours",
        plan.window.map_or(Value::Missing, |window| hours(window.start, window.end)),
    );
    facts
}

/// Modules that the two sides do not have in the same version.
fn differing(
    source: &BTreeMap<String, String>,
    destination: &BTreeMap<String, String>,
) -> Vec<String> {
    let names: BTreeSet<&String> = source.keys().chain(destination.keys()).collect();
    let version = |side: &BTreeMap<String, String>, name: &String| {
        side.get(name).map_or("none".into(), Clone::clone)
    };
    names
        .into_iter()
        .filter(|name| source.get(*name) != destination.get(*name))
        .map(|name| format!("{name}: {} and {}", version(source, name), version(destination, name)))
        .collect()
}

/// How production came by its data.
pub enum Standing<'a> {
    /// It has not yet.
    Open,
    /// By a copy, which was swapped in.
    Copied {
        /// The report, as evidence.
        report: Option<EvidenceId>,
        /// Its sign-off.
        sign_off: &'a State,
    },
    /// Another way: a copy was declared not to apply.
    NotApplicable {
        /// Why.
        reason: &'a str,
        /// Whether the reconciliation of the load is signed.
        reconciled: bool,
    },
}

/// The facts `production.database_copied` and `production.reconciliation_signed`.
pub fn production_facts(standing: &Standing) -> Facts {
    let (copied, signed) = match standing {
        Standing::Open => {
            (Fact::from(false), Fact::from(false).because(["there is no report yet"]))
        }
        Standing::Copied { report, sign_off } => of_copy(*report, sign_off),
        Standing::NotApplicable { reason, reconciled } => {
            // The value is "yes" for a step that asks for this record; the gate and the path show that it does not apply.
            let declared = Fact { not_applicable: true, ..Fact::from(true) };
            (declared.because([format!("does not apply: {reason}")]), Fact::from(*reconciled))
        }
    };
    let mut facts = Facts::default();
    facts.set("production.database_copied", copied);
    facts.set("production.reconciliation_signed", signed);
    facts
}

fn of_copy(report: Option<EvidenceId>, sign_off: &State) -> (Fact, Fact) {
    match sign_off {
        State::Waiting { due } => (
            Fact::from(true),
            Fact::from(false).because([format!("due at {due}")]).proven_by(report),
        ),
        State::Signed { at, issues, .. } => {
            let issues = issues.iter().map(|text| format!("with issues: {text}"));
            (
                Fact::from(true),
                Fact::from(true)
                    .because([format!("signed at {at}")])
                    .because(issues)
                    .proven_by(report),
            )
        }
        State::RolledBack { reason, .. } => {
            let why = || [format!("rolled back: {reason}")];
            (Fact::from(false).because(why()), Fact::from(false).because(why()))
        }
    }
}
