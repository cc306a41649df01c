//! Where results come from: environments that count, the data in them, and the subject of evidence.

use crate::id::EnvironmentId;
use crate::policy::{Enforcement, Policy};
use serde::{Deserialize, Serialize};

/// What evidence is about: this environment, with these versions and these data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// The environment.
    pub environment: EnvironmentId,
    /// The name or digest of the version set that was installed.
    pub version_set: String,
    /// The name of the data set that was loaded.
    pub data_set: String,
}

/// An environment as acceptance sees it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The environment.
    pub environment: EnvironmentId,
    /// Its name for people.
    pub name: String,
    /// Words for purpose and hosting: `sandbox`, `cloud_hosted`.
    pub kinds: Vec<String>,
    /// Its tier, if its purpose has one.
    pub tier: Option<u8>,
    /// The version set installed now; nothing when the environment is no more.
    pub version_set: Option<String>,
    /// The data set loaded now; nothing when the environment is no more.
    pub data_set: Option<String>,
}

/// A set of data that environments are loaded with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSet {
    /// Its name: `trial-load-3`.
    pub name: String,
    /// Whether it holds migrated master data.
    pub migrated_master_data: bool,
    /// Whether it holds migrated opening balances, even if not final.
    pub opening_balances: bool,
}

/// Why results from an environment do not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Ineligible {
    /// Production is never a test environment.
    Production,
    /// A kind that the policy refuses.
    Kind {
        /// The refused kind.
        kind: String,
    },
    /// The tier is too small, or there is none.
    Tier {
        /// The tier.
        found: Option<u8>,
        /// The policy's minimum.
        at_least: i64,
    },
}

impl std::fmt::Display for Ineligible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Production => f.write_str("production is never a test environment"),
            Self::Kind { kind } => {
                write!(f, "results from a {} environment never count", kind.replace('_', " "))
            }
            Self::Tier { found: Some(tier), at_least } => {
                write!(f, "tier {tier}, at least {at_least} is needed")
            }
            Self::Tier { found: None, at_least } => {
                write!(f, "no tier, at least {at_least} is needed")
            }
        }
    }
}

/// Every reason why results from this environment do not count; none when they do.
pub fn ineligible(place: &Place, policy: &Policy) -> Vec<Ineligible> {
    let mut reasons = Vec::new();
    if place.kinds.iter().any(|kind| kind == "production") {
        reasons.push(Ineligible::Production);
    }
    if policy.enforcement("acceptance.environment_kinds_refused") == Enforcement::Deny {
        let refused = policy.list("acceptance.environment_kinds_refused");
        let is_refused = |kind: &str| {
            refused.iter().any(|word| word == kind || word.strip_prefix("virtual_") == Some(kind))
        };
        let kinds = place.kinds.iter().filter(|kind| is_refused(kind));
        reasons.extend(kinds.map(|kind| Ineligible::Kind { kind: kind.clone() }));
    }
    if policy.enforcement("acceptance.environment_tier_min") == Enforcement::Deny {
        #[expect(clippy::cast_possible_truncation, reason = "tiers are 1 to 5")]
        let at_least =
            policy.number("acceptance.environment_tier_min").map_or(i64::MAX, |n| n.ceil() as i64);
        if place.tier.is_none_or(|tier| i64::from(tier) < at_least) {
            reasons.push(Ineligible::Tier { found: place.tier, at_least });
        }
    }
    reasons
}
