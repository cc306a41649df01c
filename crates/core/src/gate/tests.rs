//! The verdict: every reason, exceptions, staleness, and when it must be judged again.

use super::*;
use crate::fact::Fact;
use std::collections::BTreeMap;

fn policy(value: Value, enforcement: Option<Enforcement>) -> Policy {
    let setting = crate::policy::Setting {
        title: "Pass rate".into(),
        value,
        unit: "percent".into(),
        enforcement,
        source: "A F047".into(),
        valid_from: jiff::civil::date(2021, 10, 27),
        note: None,
        extra: BTreeMap::new(),
    };
    Policy {
        id: "test".into(),
        version: "1.0.0".into(),
        title: String::new(),
        description: String::new(),
        valid_from: jiff::civil::date(2021, 10, 27),
        extends: None,
        digest: String::new(),
        settings: BTreeMap::from([("acceptance.pass_rate_min".to_owned(), setting)]),
    }
}

fn criterion() -> Criterion {
    Criterion {
        id: "pass-rate".into(),
        title: "Enough cases pass".into(),
        fact: FactId::new("uat.pass_rate"),
        compare: Compare::AtLeast,
        threshold: Threshold::Setting("acceptance.pass_rate_min".into()),
        enforcement: Enforcement::Deny,
        owner: "test-lead".into(),
        remedy: "Retest the failed cases".into(),
        page: "acceptance".into(),
        command: "acceptance view".into(),
        source: "A F047".into(),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn judged(policy: &Policy, fact: Fact, exceptions: &[Exception]) -> Verdict {
    let mut facts = Facts::default();
    facts.set("uat.pass_rate", fact);
    judge(Gate::Acceptance, &[criterion()], policy, &facts, exceptions, at(100))
}

#[test]
fn an_open_verdict_carries_its_values() {
    let verdict = judged(&policy(95.into_value(), None), Fact::from(97.5), &[]);
    assert!(verdict.is_open());
    assert_eq!(verdict.criteria[0].value, Value::Number(97.5));
    assert_eq!(verdict.criteria[0].threshold, Value::Count(95));
}

#[test]
fn what_nobody_measured_is_not_met() {
    let verdict = judged(&policy(0.into_value(), None), Fact::default(), &[]);
    assert_eq!(verdict.criteria[0].status, Status::Unmet);
}

#[test]
fn a_pack_without_the_setting_denies() {
    let mut pack = policy(95.into_value(), None);
    pack.settings.clear();
    assert!(!judged(&pack, Fact::from(100.0), &[]).is_open());
}

#[test]
fn a_warning_leaves_the_gate_open_and_off_is_not_judged() {
    let warned = judged(&policy(95.into_value(), Some(Enforcement::Warn)), Fact::from(50.0), &[]);
    assert_eq!((warned.is_open(), warned.criteria[0].status), (true, Status::Warning));
    let off = judged(&policy(95.into_value(), Some(Enforcement::Off)), Fact::from(50.0), &[]);
    assert_eq!(off.criteria[0].status, Status::NotApplicable);
}

#[test]
fn a_stale_value_shuts_even_when_it_is_high_enough() {
    let fact = Fact { stale: true, ..Fact::from(99.0) };
    assert_eq!(judged(&policy(95.into_value(), None), fact, &[]).criteria[0].status, Status::Stale);
}

#[test]
fn an_exception_stands_in_until_it_expires() {
    let exception = |expires| Exception {
        waiver: WaiverId::named("t", "w"),
        gate: Gate::Acceptance,
        criterion: "pass-rate".into(),
        expires: at(expires),
    };
    let pack = policy(95.into_value(), None);
    let waived = judged(&pack, Fact::from(90.0), &[exception(200)]);
    assert_eq!((waived.is_open(), waived.criteria[0].status), (true, Status::Waived));
    assert_eq!(waived.holds_until, Some(at(200)));
    assert!(!judged(&pack, Fact::from(90.0), &[exception(100)]).is_open());
}

#[test]
fn what_may_never_be_waived_is_not() {
    let mut pack = policy(95.into_value(), None);
    let mut never = pack.settings["acceptance.pass_rate_min"].clone();
    never.value = Value::List(vec!["acceptance.pass_rate_min".into()]);
    pack.settings.insert("waiver.never".into(), never);
    let exception = Exception {
        waiver: WaiverId::named("t", "w"),
        gate: Gate::Acceptance,
        criterion: "pass-rate".into(),
        expires: at(200),
    };
    assert!(!judged(&pack, Fact::from(90.0), &[exception]).is_open());
}

#[test]
fn a_gate_without_criteria_is_shut() {
    let verdict =
        judge(Gate::GoLive, &[], &policy(0.into_value(), None), &Facts::default(), &[], at(0));
    assert!(!verdict.is_open());
}

/// Shorter than `Value::Count` in a list of cases.
trait IntoValue {
    fn into_value(self) -> Value;
}
impl IntoValue for i64 {
    fn into_value(self) -> Value {
        Value::Count(self)
    }
}

/// A verdict with one met criterion, for the tests of other subjects.
pub(crate) fn open_verdict(gate: Gate) -> Verdict {
    Verdict { gate, ..judged(&policy(95.into_value(), None), Fact::from(100.0), &[]) }
}

/// A verdict with one unmet criterion, for the tests of other subjects.
pub(crate) fn shut_verdict(gate: Gate) -> Verdict {
    Verdict { gate, ..judged(&policy(95.into_value(), None), Fact::from(1.0), &[]) }
}
