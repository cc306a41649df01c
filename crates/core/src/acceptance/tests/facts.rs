//! The facts, and that they open and shut criteria with the names of what is missing.

use super::*;
use crate::acceptance::cycle::Cycle;
use crate::acceptance::defect::{Defect, State as DefectState};
use crate::acceptance::evidence::{Claim, Present, Statement};
use crate::acceptance::facts::{Ledger, facts};
use crate::acceptance::figures::Figures;
use crate::acceptance::result::Standing;
use crate::acceptance::scope::{Named, Peripheral, PeripheralKind, Role, Scope};
use crate::acceptance::servicing::{self, Practice};
use crate::acceptance::sign_off;
use crate::acceptance::summary::Summary;
use crate::fact::{Fact, FactId, Facts};
use crate::id::EvidenceId;

struct Project {
    summary: Summary,
    scope: Scope,
    places: Vec<Place>,
    data_sets: Vec<DataSet>,
    cycles: Vec<Cycle>,
    defects: Vec<Defect>,
    statements: Vec<Statement>,
    sign_off: sign_off::State,
    policy: Policy,
    now: Timestamp,
}

impl Project {
    /// Twenty cases of one requirement, all passed by the right role; the first is critical and exercises `int-01`.
    fn good() -> Self {
        let mut summary = Summary::default();
        summary.add_requirement(&requirement("REQ-1"));
        for n in 1..=20 {
            let mut one = case(&format!("TC-{n:02}"), "REQ-1");
            if n == 1 {
                one.priority = Priority::Critical;
                one.exercises = vec!["int-01".into()];
            }
            let result = result(&one.key, Outcome::Passed, "2027-02-01T09:00:00Z");
            summary.add_case(&one, Standing::of(&result, &batch(1)).as_ref());
        }
        Self {
            summary,
            scope: Scope::default(),
            places: vec![sandbox()],
            data_sets: vec![data_set("trial-3")],
            cycles: vec![],
            defects: vec![],
            statements: vec![],
            sign_off: sign_off::State::Unsigned,
            policy: policy(),
            now: at("2027-02-19T00:00:00Z"),
        }
    }

    fn facts(&self) -> Facts {
        let ledger = Ledger {
            summary: &self.summary,
            scope: &self.scope,
            data_sets: &self.data_sets,
            cycles: &self.cycles,
            defects: &self.defects,
            statements: &self.statements,
            sign_off: &self.sign_off,
            candidate: Some("10.4.2"),
        };
        facts(ledger, Present { places: &self.places, policy: &self.policy, now: self.now })
    }

    fn fact(&self, id: &'static str) -> Fact {
        self.facts().get(&FactId::new(id))
    }
}

#[test]
fn a_good_project_has_full_figures_until_its_results_age() {
    let project = Project::good();
    let facts = project.facts();
    for id in [
        "uat.coverage",
        "uat.executed",
        "uat.pass_rate",
        "uat.critical_pass_rate",
        "uat.roles_covered",
    ] {
        assert_eq!(facts.value(id), Value::Number(100.0), "{id}");
    }
    assert_eq!(facts.value("uat.environment_eligible"), Value::Flag(true));
    assert_eq!(facts.value("uat.migrated_data"), Value::Flag(true));
    assert_eq!(project.fact("uat.pass_rate").holds_until, Some(at("2027-05-03T00:00:00Z")));
}

#[test]
fn results_that_go_stale_soon_are_counted_by_the_instant() {
    let mut project = Project::good();
    let soon = |project: &Project| {
        let present =
            Present { places: &project.places, policy: &project.policy, now: project.now };
        Figures::of(&project.summary, present).going_stale
    };
    assert!(soon(&project).is_empty());
    project.now = at("2027-04-26T00:00:00Z");
    assert_eq!(soon(&project).into_iter().collect::<Vec<_>>(), [(at("2027-05-03T00:00:00Z"), 20)]);
}

#[test]
fn f038_a_requirement_without_a_case_is_named() {
    let mut project = Project::good();
    project.summary.add_requirement(&requirement("REQ-088"));
    let fact = project.fact("uat.coverage");
    assert_eq!(fact.value, Value::Number(50.0));
    assert_eq!(fact.details, ["no case for REQ-088"]);
}

#[test]
fn a_failing_case_is_named_and_counts_against_its_kind() {
    let mut project = Project::good();
    let failed = result("TC-21", Outcome::Failed { cause: None }, "2027-02-01T09:00:00Z");
    let critical = Case { priority: Priority::Critical, ..case("TC-21", "REQ-1") };
    project.summary.add_case(&critical, Standing::of(&failed, &batch(1)).as_ref());
    project.summary.add_case(&case("TC-22", "REQ-1"), None);
    assert_eq!(project.fact("uat.critical_pass_rate").value, Value::Number(50.0));
    let pass = project.fact("uat.pass_rate");
    assert_eq!(pass.details, ["TC-21 failed", "not run TC-22"]);
    assert!(!pass.stale, "it never passed");
}

#[test]
fn f049_a_new_package_makes_the_results_stale_and_says_which() {
    let mut project = Project::good();
    project.places[0].version_set = Some("10.4.3".into());
    let fact = project.fact("uat.pass_rate");
    assert_eq!(fact.value, Value::Number(0.0));
    assert!(fact.stale);
    assert_eq!(
        fact.details,
        [
            "20 results of 2027-02-01 in Sandbox UAT: taken on version 10.4.2 of Sandbox UAT, which now has 10.4.3"
        ]
    );
    assert_eq!(project.fact("uat.executed").value, Value::Number(100.0), "they were run");
}

#[test]
fn f039_data_that_nobody_called_migrated_shut_the_gate_and_a_statement_opens_it() {
    let mut project = Project::good();
    project.data_sets[0].opening_balances = false;
    let fact = project.fact("uat.migrated_data");
    assert_eq!(fact.value, Value::Flag(false));
    assert_eq!(fact.details, ["opening balances are not confirmed for data set trial-3"]);
    let evidence = EvidenceId::from_uuid(uuid::Uuid::from_u128(9));
    project.statements.push(Statement {
        evidence,
        claim: Claim::OpeningBalances { data_set: "trial-3".into() },
        subject: None,
        by: user(1),
        at: at("2027-02-01T00:00:00Z"),
    });
    let fact = project.fact("uat.migrated_data");
    assert_eq!((fact.value, fact.evidence), (Value::Flag(true), vec![evidence]));
}

#[test]
fn f040_a_role_counts_only_when_a_case_passed_in_it() {
    let mut project = Project::good();
    let role = |key: &str, kind| Role { key: key.into(), kind };
    project.scope.roles =
        vec![role("sales-clerk", RoleKind::Default), role("contoso-cashier", RoleKind::Custom)];
    let cashier = Case { role: "contoso-cashier".into(), ..case("TC-30", "REQ-1") };
    let mut by_admin = result("TC-30", Outcome::Passed, "2027-02-01T09:00:00Z");
    by_admin.role = "administrator".into();
    by_admin.administrator = true;
    project.summary.add_case(&cashier, Standing::of(&by_admin, &batch(1)).as_ref());
    let fact = project.fact("uat.roles_covered");
    assert_eq!(fact.value, Value::Number(50.0));
    assert_eq!(
        fact.details,
        ["no passed case as contoso-cashier (custom)", "TC-30 was done as administrator"]
    );
    let share = project.fact("uat.administrator_share");
    assert_eq!(share.details, ["1 of 21 results"]);
}

#[test]
fn f045_everything_in_scope_must_be_exercised_and_what_is_not_in_scope_is_not_asked() {
    let mut project = Project::good();
    assert!(project.fact("uat.peripherals_exercised").not_applicable);
    let peripheral =
        |key: &str, kind| Peripheral { key: key.into(), title: "Web shop".into(), kind };
    project.scope.peripherals = vec![
        peripheral("int-01", PeripheralKind::Integration),
        peripheral("dev-till", PeripheralKind::CommerceDevice),
    ];
    let fact = project.fact("uat.peripherals_exercised");
    assert_eq!(fact.value, Value::Flag(false));
    assert_eq!(fact.details, ["no passed case for dev-till Web shop"]);
    assert_eq!(project.fact("uat.shop_devices").value, Value::Flag(false));
    assert!(project.fact("uat.warehouse_devices").not_applicable);
}

#[test]
fn f041_rules_and_features_are_confirmed_one_by_one() {
    let mut project = Project::good();
    assert_eq!(
        project.fact("regulation.confirmed").value,
        Value::Flag(false),
        "an empty register proves nothing"
    );
    let named = |key: &str| Named { key: key.into(), title: "Electronic invoices".into() };
    project.scope.regulations = vec![named("reg-01"), named("reg-02")];
    project.statements.push(Statement {
        evidence: EvidenceId::from_uuid(uuid::Uuid::from_u128(9)),
        claim: Claim::RegulationConfirmed { regulation: "reg-01".into() },
        subject: None,
        by: user(1),
        at: at("2027-02-01T00:00:00Z"),
    });
    let fact = project.fact("regulation.confirmed");
    assert_eq!(
        (fact.value, fact.details),
        (Value::Flag(false), vec!["not confirmed reg-02 Electronic invoices".into()])
    );
}

#[test]
fn f053_defects_are_counted_by_severity_and_an_accepted_workaround_helps_only_the_high_ones() {
    let mut project = Project::good();
    let mitigation = crate::acceptance::defect::Mitigation {
        text: "By hand".into(),
        owner: "emma.clarke".into(),
        until: jiff::civil::date(2027, 5, 1),
        accepted_by: Some(user(1)),
    };
    let defect = |key: &str, severity| Defect {
        key: key.into(),
        title: "Wrong total".into(),
        severity,
        cause: None,
        case: None,
        owner: Some("grace.lee".into()),
        due: Some(jiff::civil::date(2027, 3, 1)),
        state: DefectState::Mitigated { mitigation: mitigation.clone() },
    };
    project.defects = vec![defect("D-1", Priority::High), defect("D-2", Priority::Critical)];
    let facts = project.facts();
    assert_eq!(facts.value("defects.high_open"), Value::Count(0));
    assert_eq!(facts.value("defects.critical_open"), Value::Count(1));
    let within = facts.get(&FactId::new("defects.within_limits"));
    assert_eq!(within.details, ["1 open of severity critical, at most 0"]);
}

#[test]
fn a_signature_runs_out_and_says_so() {
    let mut project = Project::good();
    assert_eq!(project.fact("uat.signed_valid").value, Value::Flag(false));
    let signature = sign_off::Signature {
        by: user(1),
        capacity: "customer-project-manager".into(),
        meaning: "Accepted.".into(),
        at: at("2027-02-17T15:00:00Z"),
        picture: sign_off::Picture(std::collections::BTreeMap::new()),
        issues: vec![],
    };
    project.sign_off = sign_off::State::Signed { signature };
    let fact = project.fact("uat.signed_valid");
    assert_eq!(
        (fact.value, fact.holds_until),
        (Value::Flag(true), Some(at("2027-05-19T00:00:00Z")))
    );
    project.now = at("2027-05-19T00:00:00Z");
    let fact = project.fact("uat.signed_valid");
    assert_eq!((fact.value, fact.stale), (Value::Flag(false), true));
}

#[test]
fn f046_servicing_is_practised_only_when_all_three_kinds_were_done() {
    let practice = Practice { packages: 1, service_requests: 0, database_copies: 2, restores: 1 };
    let fact = servicing::facts(practice, &policy()).get(&FactId::new("servicing.practised"));
    assert_eq!(
        (fact.value, fact.details),
        (Value::Flag(false), vec!["service requests: 0 of 1".to_owned()])
    );
}
