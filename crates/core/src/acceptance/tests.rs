//! What acceptance promises: builders here, one file per subject below.

mod counting;
mod facts;
mod machines;
mod rules;

use super::place::{DataSet, Place, Subject};
use super::result::{Batch, Outcome, TestResult};
use super::scope::{
    Case, CaseKind, Fit, Importance, Polarity, Priority, Requirement, RequirementKind, RoleKind,
};
use crate::id::{EnvironmentId, ResultsId, UserId};
use crate::policy::{Enforcement, Policy, Setting};
use crate::value::Value;
use jiff::Timestamp;

pub fn user(n: u128) -> UserId {
    UserId::from_uuid(uuid::Uuid::from_u128(n))
}

pub fn environment(n: u128) -> EnvironmentId {
    EnvironmentId::from_uuid(uuid::Uuid::from_u128(n))
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("tests write times well")
}

pub fn requirement(key: &str) -> Requirement {
    Requirement {
        key: key.to_owned(),
        title: "Promise dates".into(),
        description: String::new(),
        process: "order-to-cash".into(),
        feature: "sales".into(),
        importance: Importance::Must,
        kind: RequirementKind::Function,
        fit: Some(Fit::Standard),
        extension: None,
        integrations: vec![],
        regulations: vec![],
        owner: "thomas.wendt".into(),
        legal_entities: vec!["CDE".into()],
        criterion: "The date is right".into(),
    }
}

pub fn case(key: &str, requirement: &str) -> Case {
    Case {
        key: key.to_owned(),
        title: "Telephone order".into(),
        process: "order-to-cash".into(),
        kind: CaseKind::Functional,
        polarity: Polarity::Positive,
        priority: Priority::High,
        requirements: vec![requirement.to_owned()],
        role: "sales-clerk".into(),
        role_kind: RoleKind::Default,
        exercises: vec![],
        legal_entity: "CDE".into(),
        preconditions: "Data are loaded".into(),
        steps: "Enter an order".into(),
        data: "Customer 10482".into(),
        expected: "Order confirmed".into(),
        automated: false,
        minutes: Some(10),
    }
}

pub fn result(case: &str, outcome: Outcome, when: &str) -> TestResult {
    TestResult {
        case: case.to_owned(),
        outcome,
        at: at(when),
        tester: "emma.clarke".into(),
        role: "sales-clerk".into(),
        administrator: false,
        comment: None,
        defect: None,
    }
}

pub fn subject() -> Subject {
    Subject {
        environment: environment(1),
        version_set: "10.4.2".into(),
        data_set: "trial-3".into(),
    }
}

pub fn batch(n: u128) -> Batch {
    Batch {
        id: ResultsId::from_uuid(uuid::Uuid::from_u128(n)),
        subject: subject(),
        cycle: "uat-2".into(),
        digest: format!("sha256:{n}"),
    }
}

pub fn sandbox() -> Place {
    Place {
        environment: environment(1),
        name: "Sandbox UAT".into(),
        kinds: vec!["sandbox".into(), "operator".into()],
        tier: Some(3),
        version_set: Some("10.4.2".into()),
        data_set: Some("trial-3".into()),
    }
}

pub fn data_set(name: &str) -> DataSet {
    DataSet { name: name.into(), migrated_master_data: true, opening_balances: true }
}

/// A pack with the settings that acceptance reads, at the values of the 2024 pack.
pub fn policy() -> Policy {
    use Enforcement::{Deny, Off, Warn};
    let words = |words: &[&str]| Value::List(words.iter().map(|word| (*word).to_owned()).collect());
    let settings = [
        ("acceptance.environment_tier_min", Value::Count(2), Deny),
        (
            "acceptance.environment_kinds_refused",
            words(&["development", "virtual_image", "cloud_hosted"]),
            Deny,
        ),
        ("acceptance.coverage_min", Value::Count(100), Deny),
        ("acceptance.executed_min", Value::Count(100), Deny),
        ("acceptance.pass_rate_min", Value::Count(95), Deny),
        ("acceptance.critical_pass_rate_min", Value::Count(100), Deny),
        ("acceptance.integration_pass_rate_min", Value::Count(95), Warn),
        ("acceptance.defects_critical_open_max", Value::Count(0), Deny),
        ("acceptance.defects_high_open_max", Value::Count(0), Deny),
        ("acceptance.defects_medium_open_max", Value::Count(1), Warn),
        ("acceptance.customisation_critical_severities", words(&["error"]), Deny),
        ("acceptance.performance_load_min", Value::Count(100), Warn),
        ("acceptance.sign_off_validity", Value::Count(90), Deny),
        ("evidence.test_result_validity", Value::Count(90), Deny),
        ("evidence.customisation_analysis_validity", Value::Count(60), Warn),
        ("evidence.performance_validity", Value::Count(90), Warn),
        ("evidence.regulation_validity", Value::Count(180), Warn),
        ("evidence.stale_warning_before", Value::Count(7), Warn),
        ("evidence.stale_on_version_change", Value::Flag(true), Deny),
        ("evidence.stale_on_database_copy", Value::Flag(true), Warn),
        ("package.signature_required", Value::Flag(false), Off),
        ("package.missing_module_sandbox", Value::Flag(false), Warn),
        ("package.missing_module_production", Value::Flag(false), Deny),
        ("package.downgrade_allowed", Value::Flag(false), Deny),
        ("package.platform_not_newer", Value::Flag(true), Deny),
        ("package.all_in_one", Value::Flag(true), Deny),
        ("package.sign_off_with_issues_accepted", Value::Flag(true), Warn),
        ("package.upload_max", Value::Count(4), Deny),
        ("request.practised_packages_min", Value::Count(1), Warn),
        ("request.practised_service_requests_min", Value::Count(1), Warn),
        ("request.practised_database_copies_min", Value::Count(1), Warn),
    ];
    let day = jiff::civil::date(2024, 5, 1);
    Policy {
        id: "test".into(),
        version: "1".into(),
        title: "Test".into(),
        description: String::new(),
        valid_from: day,
        extends: None,
        digest: "sha256:00".into(),
        settings: settings
            .map(|(key, value, enforcement)| (key.to_owned(), setting(value, enforcement)))
            .into(),
    }
}

fn setting(value: Value, enforcement: Enforcement) -> Setting {
    Setting {
        title: String::new(),
        value,
        unit: String::new(),
        enforcement: Some(enforcement),
        source: "P".into(),
        valid_from: jiff::civil::date(2024, 5, 1),
        note: None,
        extra: std::collections::BTreeMap::new(),
    }
}

/// The same pack with another value or strictness for one setting.
pub fn policy_with(key: &str, value: impl Into<Value>, enforcement: Enforcement) -> Policy {
    let mut policy = policy();
    let setting = policy.settings.get_mut(key).expect("the test pack has the setting");
    setting.value = value.into();
    setting.enforcement = Some(enforcement);
    policy
}
