//! Environments that count, evidence that goes stale, exactly what is open again.

use super::*;
use crate::acceptance::evidence::{Consumer, Present, Record, Why, reopened};
use crate::acceptance::place::{Ineligible, ineligible};
use crate::acceptance::result::take_in;
use crate::acceptance::summary::Summary;
use crate::id::{EvidenceId, StepId};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn f037_only_a_managed_sandbox_of_the_tier_counts_and_every_reason_is_given() {
    assert_eq!(ineligible(&sandbox(), &policy()), []);
    let words = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>();
    let place =
        Place { kinds: words(&["development", "cloud_hosted"]), tier: Some(1), ..sandbox() };
    let reasons: Vec<String> =
        ineligible(&place, &policy()).iter().map(ToString::to_string).collect();
    assert_eq!(
        reasons,
        [
            "results from a development environment never count",
            "results from a cloud hosted environment never count",
            "tier 1, at least 2 is needed",
        ]
    );
    let image = Place { kinds: words(&["sandbox", "image"]), ..sandbox() };
    assert_eq!(ineligible(&image, &policy()), [Ineligible::Kind { kind: "image".into() }]);
    let production = Place { kinds: words(&["production"]), tier: None, ..sandbox() };
    let reasons = ineligible(&production, &policy());
    assert_eq!(reasons, [Ineligible::Production, Ineligible::Tier { found: None, at_least: 2 }]);
}

#[test]
fn f037_results_from_an_ineligible_environment_are_kept_and_move_nothing() {
    let mut summary = Summary::default();
    let case = case("TC-1", "REQ-1");
    summary.add_case(&case, None);
    let known = BTreeMap::from([("TC-1".to_owned(), (case, None))]);
    let results = [result("TC-1", Outcome::Passed, "2027-02-01T09:00:00Z")];
    let place = Place { name: "Build".into(), kinds: vec!["development".into()], ..sandbox() };
    let intake = take_in(&batch(1), &results, &known, ineligible(&place, &policy()));
    summary.take_in(&intake, &known, &place.name, results.len());
    assert!(summary.not_run.contains("TC-1"));
    let refused: Vec<_> = summary.refused.into_iter().collect();
    assert_eq!(
        refused,
        [("Build: results from a development environment never count".to_owned(), 1)]
    );
}

#[test]
fn an_intake_names_unknown_cases_other_roles_and_what_was_not_run() {
    let known = BTreeMap::from([("TC-1".to_owned(), (case("TC-1", "REQ-1"), None))]);
    let mut by_admin = result("TC-1", Outcome::Passed, "2027-02-01T09:00:00Z");
    by_admin.role = "administrator".into();
    let not_run = result("TC-1", Outcome::NotRun, "2027-02-01T10:00:00Z");
    let unknown = result("TC-9", Outcome::Passed, "2027-02-01T10:00:00Z");
    let intake = take_in(&batch(1), &[by_admin, not_run, unknown], &known, vec![]);
    assert_eq!(intake.unknown, ["TC-9"]);
    assert_eq!(intake.not_run, 1);
    assert_eq!(
        intake.other_role,
        BTreeMap::from([("TC-1".to_owned(), "administrator".to_owned())])
    );
    assert_eq!(
        intake.moved["TC-1"].outcome,
        Outcome::Passed,
        "not run says nothing about the case"
    );
}

fn record(n: u128, environment: EnvironmentId, consumers: &[Consumer]) -> Record {
    Record {
        evidence: EvidenceId::from_uuid(uuid::Uuid::from_u128(n)),
        subject: Subject { environment, ..subject() },
        taken: jiff::civil::date(2027, 2, 1),
        validity: "evidence.test_result_validity".into(),
        consumers: consumers.iter().cloned().collect(),
    }
}

#[test]
fn f049_a_version_change_opens_exactly_what_used_the_old_version() {
    let step = |n| Consumer::Step { step: StepId::from_uuid(uuid::Uuid::from_u128(n)) };
    let elsewhere = Place { environment: environment(2), name: "Sandbox SIT".into(), ..sandbox() };
    let updated = Place { version_set: Some("10.4.3".into()), ..sandbox() };
    let places = [updated, elsewhere];
    let policy = policy();
    let present = Present { places: &places, policy: &policy, now: at("2027-02-19T00:00:00Z") };
    let records = [
        record(1, environment(1), &[step(1), Consumer::SignOff]),
        record(2, environment(2), &[step(2), step(1)]),
    ];
    let open = reopened(&records, present);
    let why = Why::Version {
        environment: "Sandbox UAT".into(),
        used: "10.4.2".into(),
        now: "10.4.3".into(),
    };
    let because = BTreeSet::from([(records[0].evidence, why)]);
    assert_eq!(open, BTreeMap::from([(step(1), because.clone()), (Consumer::SignOff, because)]));
}

#[test]
fn evidence_ages_out_at_the_end_of_its_last_day() {
    let policy = policy();
    let places = [sandbox()];
    let fresh = |now: &str| {
        let present = Present { places: &places, policy: &policy, now: at(now) };
        present.freshness(
            &subject(),
            jiff::civil::date(2027, 2, 1),
            "evidence.test_result_validity",
        )
    };
    let before = fresh("2027-05-02T23:59:59Z");
    assert!(before.is_fresh());
    assert_eq!(before.until, Some(at("2027-05-03T00:00:00Z")));
    let after = fresh("2027-05-03T00:00:00Z");
    assert_eq!(after.stale, [Why::Age { taken: jiff::civil::date(2027, 2, 1), days: 90 }]);
    assert_eq!(after.until, None);
}

#[test]
fn other_data_only_warn_where_the_policy_says_so() {
    let places = [Place { data_set: Some("copy-of-production".into()), ..sandbox() }];
    let judge = |policy: &Policy| {
        let present = Present { places: &places, policy, now: at("2027-02-19T00:00:00Z") };
        present.freshness(
            &subject(),
            jiff::civil::date(2027, 2, 1),
            "evidence.test_result_validity",
        )
    };
    let warned = judge(&policy());
    assert!(warned.is_fresh() && warned.warnings.len() == 1);
    assert!(
        !judge(&policy_with("evidence.stale_on_database_copy", true, Enforcement::Deny)).is_fresh()
    );
    let off = judge(&policy_with("evidence.stale_on_database_copy", false, Enforcement::Deny));
    assert!(off.is_fresh() && off.warnings.is_empty());
}

#[test]
fn a_case_that_asks_for_something_else_loses_its_results() {
    let before = case("TC-1", "REQ-1");
    let renamed =
        Case { title: "Order by telephone".into(), priority: Priority::Low, ..before.clone() };
    assert!(renamed.keeps_results_of(&before));
    assert!(!Case { expected: "Order refused".into(), ..before.clone() }.keeps_results_of(&before));
    assert!(!Case { role: "buyer".into(), ..before.clone() }.keeps_results_of(&before));
}
