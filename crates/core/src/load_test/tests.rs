//! A load test passes only when every target was measured and kept.

use super::*;
use crate::acceptance::tests::{at, policy, sandbox, subject};
use crate::fact::FactId;
use crate::value::Value;

fn measured(process: &str, p95_ms: f64, errors: u64) -> Measured {
    Measured {
        process: process.into(),
        samples: 1000,
        errors,
        p95_ms,
        per_hour: Some(900.0),
        ..Measured::default()
    }
}

fn target(process: &str) -> Target {
    Target { process: process.into(), p95_ms: 2000.0, error_percent: 1.0, per_hour: Some(1000.0) }
}

#[test]
fn f043_each_miss_is_named_and_what_was_not_measured_is_one() {
    let report = Report {
        measured: vec![measured("order", 1600.0, 0), measured("pick", 2500.0, 30)],
        thresholds: vec![Judged {
            metric: "checks".into(),
            expression: "rate>0.99".into(),
            kept: false,
        }],
        ..Report::default()
    };
    let assessment = assess(&report, &[target("order"), target("pick"), target("close")]);
    assert!(!assessment.passed());
    assert_eq!(
        assessment.misses(),
        [
            "pick: 95 of 100 within 2500 ms, at most 2000",
            "pick: 3.00 % errors, at most 1.00",
            "close: not measured",
            "checks: rate>0.99 was not kept",
        ]
    );
    assert_eq!(assessment.load_share, Some(0.0), "close reached nothing of its peak");
}

#[test]
fn a_load_test_without_targets_proves_nothing() {
    let report = Report { measured: vec![measured("order", 1.0, 0)], ..Report::default() };
    assert!(!assess(&report, &[]).passed());
}

#[test]
fn the_load_share_is_the_worst_and_names_who_is_below() {
    let (places, policy) = ([sandbox()], policy());
    let present = Present { places: &places, policy: &policy, now: at("2027-02-19T00:00:00Z") };
    let test = LoadTest {
        evidence: EvidenceId::from_uuid(uuid::Uuid::from_u128(1)),
        subject: subject(),
        taken: at("2027-02-01T00:00:00Z"),
        report: Report { measured: vec![measured("order", 1600.0, 0)], ..Report::default() },
        targets: vec![target("order")],
        seen: Seen::default(),
    };
    let facts = facts(Some(&test), present);
    assert_eq!(facts.value("performance.passed"), Value::Flag(true));
    let share = facts.get(&FactId::new("performance.load_share"));
    assert_eq!(
        (share.value, share.details),
        (Value::Number(90.0), vec!["order: 90 % of the peak".to_owned()])
    );
    assert!(facts.value("performance.combined").is_missing(), "nobody has looked");
}
