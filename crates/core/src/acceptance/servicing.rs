//! Servicing practised before the real thing: counted from the history of the environments, never typed in.

use crate::fact::{Fact, Facts};
use crate::policy::Policy;
use crate::value::Value;

/// What the team has done in sandboxes, counted from history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Practice {
    /// Packages installed and signed off.
    pub packages: i64,
    /// Service requests carried through.
    pub service_requests: i64,
    /// Database copies done and signed off.
    pub database_copies: i64,
    /// Restores done.
    pub restores: i64,
}

/// The facts `servicing.*` that come from history.
pub fn facts(practice: Practice, policy: &Policy) -> Facts {
    let asked = [
        ("packages", practice.packages, "request.practised_packages_min"),
        ("service requests", practice.service_requests, "request.practised_service_requests_min"),
        ("database copies", practice.database_copies, "request.practised_database_copies_min"),
    ];
    let missing: Vec<String> = asked
        .into_iter()
        .filter_map(|(what, done, key)| {
            let least = policy.number(key)?;
            let short = Value::Count(done).number()? < least;
            short.then(|| format!("{what}: {done} of {}", Value::Number(least)))
        })
        .collect();
    let mut facts = Facts::default();
    facts.set("servicing.packages", practice.packages);
    facts.set("servicing.service_requests", practice.service_requests);
    facts.set("servicing.database_copies", practice.database_copies);
    facts.set("servicing.restores", practice.restores);
    facts.set("servicing.practised", Fact::from(missing.is_empty()).because(missing));
    facts
}
