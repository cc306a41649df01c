//! Cycles, defects and the customer's signature: who may do what when.

use super::*;
use crate::acceptance::sign_off::{
    Command, Issue, Picture, Reason, Refusal, Signing, State, decide,
};
use crate::acceptance::{cycle, defect};
use crate::people::Side;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

fn now() -> Timestamp {
    at("2027-02-17T15:00:00Z")
}

fn picture(results: &str) -> Picture {
    Picture(BTreeMap::from([
        ("results".into(), results.into()),
        ("open defects".into(), "none".into()),
    ]))
}

fn signing() -> Signing {
    Signing {
        by: user(1),
        side: Side::Customer,
        service_account: false,
        capacity: "customer-project-manager".into(),
        meaning: "The solution is accepted for live operations.".into(),
        shown: picture("a").digest(),
        picture: picture("a"),
        gate_denies: vec![],
        issues: vec![],
    }
}

fn signed() -> State {
    decide(&State::Unsigned, Command::Sign(Box::new(signing())), now()).unwrap().state
}

#[test]
fn f044_a_refused_signature_names_every_reason() {
    let wrong = Signing {
        side: Side::Partner,
        service_account: true,
        shown: picture("b").digest(),
        meaning: " ".into(),
        gate_denies: vec!["pass-rate".into(), "coverage".into()],
        ..signing()
    };
    let Refusal(reasons) =
        decide(&State::Unsigned, Command::Sign(Box::new(wrong)), now()).unwrap_err();
    assert_eq!(
        reasons,
        [
            Reason::NotCustomer(Side::Partner),
            Reason::ServiceAccount,
            Reason::GateShut(vec!["pass-rate".into(), "coverage".into()]),
            Reason::Changed,
            Reason::Missing("a meaning"),
        ]
    );
}

#[test]
fn f050_a_signature_is_superseded_by_name_when_what_was_signed_changes() {
    let same = decide(&signed(), Command::Compare { picture: picture("a") }, now());
    assert_eq!(same, Err(Refusal(vec![Reason::Unchanged])));
    let change = decide(&signed(), Command::Compare { picture: picture("b") }, now()).unwrap();
    let State::Superseded { changed, signature, .. } = change.state else { panic!("superseded") };
    assert_eq!(changed, ["results"]);
    assert_eq!(signature.by, user(1), "it stays on record");
}

#[test]
fn a_sign_off_with_issues_names_what_and_who() {
    let issue =
        Issue { what: "D-12".into(), owner: String::new(), until: jiff::civil::date(2027, 3, 1) };
    let bare = Signing { issues: vec![issue.clone()], ..signing() };
    assert!(decide(&State::Unsigned, Command::Sign(Box::new(bare)), now()).is_err());
    let owned = Signing { issues: vec![Issue { owner: "grace.lee".into(), ..issue }], ..signing() };
    let change = decide(&State::Unsigned, Command::Sign(Box::new(owned)), now()).unwrap();
    let State::Signed { signature } = change.state else { panic!("signed") };
    assert_eq!(signature.issues.len(), 1);
}

#[test]
fn the_sign_off_table_is_this() {
    let revoked =
        Command::Revoke { by: user(1), side: Side::Customer, reason: "wrong project".into() };
    let superseded =
        decide(&signed(), Command::Compare { picture: picture("b") }, now()).unwrap().state;
    let states = [
        State::Unsigned,
        signed(),
        superseded,
        decide(&signed(), revoked.clone(), now()).unwrap().state,
    ];
    let commands =
        [Command::Sign(Box::new(signing())), Command::Compare { picture: picture("c") }, revoked];
    let mut table = String::new();
    for state in &states {
        for command in &commands {
            let answer = match decide(state, command.clone(), now()) {
                Ok(change) => change.state.name().to_owned(),
                Err(refusal) => format!("no: {refusal}"),
            };
            writeln!(table, "{} + {} -> {answer}", state.name(), command.name()).unwrap();
        }
    }
    crate::matrix::keep(&table);
    assert_eq!(
        table,
        "unsigned + sign -> signed\n\
         unsigned + compare -> no: an acceptance that is unsigned cannot compare\n\
         unsigned + revoke -> no: an acceptance that is unsigned cannot revoke\n\
         signed + sign -> no: an acceptance that is signed cannot sign\n\
         signed + compare -> superseded\n\
         signed + revoke -> revoked\n\
         superseded + sign -> signed\n\
         superseded + compare -> no: an acceptance that is superseded cannot compare\n\
         superseded + revoke -> no: an acceptance that is superseded cannot revoke\n\
         revoked + sign -> signed\n\
         revoked + compare -> no: an acceptance that is revoked cannot compare\n\
         revoked + revoke -> no: an acceptance that is revoked cannot revoke\n"
    );
}

fn plan() -> cycle::Plan {
    let condition =
        |key: &str| cycle::Condition { key: key.into(), title: format!("{key} is there") };
    cycle::Plan {
        key: "uat-1".into(),
        title: "First acceptance cycle".into(),
        kind: cycle::CycleKind::Acceptance,
        objective: "Every process once".into(),
        starts: jiff::civil::date(2026, 12, 14),
        ends: jiff::civil::date(2027, 1, 22),
        entry: vec![condition("data"), condition("testers")],
        exit: vec![condition("report")],
    }
}

fn solution(version_set: &str) -> cycle::Solution {
    cycle::Solution { version_set: version_set.into(), data_set: "trial-3".into() }
}

#[test]
fn a_cycle_starts_and_ends_only_with_its_criteria_and_names_all_that_are_not_met() {
    let start = |met: &[&str]| cycle::Command::Start {
        solution: solution("10.4.1"),
        met: met.iter().map(|key| (*key).to_owned()).collect(),
    };
    let refused = cycle::decide(&plan(), &cycle::State::Planned, start(&[]), now()).unwrap_err();
    assert_eq!(refused.to_string(), "not met: data is there; testers is there");
    let running =
        cycle::decide(&plan(), &cycle::State::Planned, start(&["data", "testers"]), now())
            .unwrap()
            .state;
    let close = |met: &[&str]| cycle::Command::Close {
        by: user(1),
        met: met.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>(),
    };
    assert!(cycle::decide(&plan(), &running, close(&[]), now()).is_err());
    assert_eq!(
        cycle::decide(&plan(), &running, close(&["report"]), now()).unwrap().state.name(),
        "closed"
    );
    let quietly =
        cycle::Command::ChangeSolution { solution: solution("10.4.2"), reason: String::new() };
    assert_eq!(cycle::decide(&plan(), &running, quietly, now()), Err(cycle::Refusal::NoReason));
    assert!(matches!(
        cycle::decide(&plan(), &cycle::State::Planned, close(&["report"]), now()),
        Err(cycle::Refusal::WrongState { state: "planned", command: "close" })
    ));
}

#[test]
fn f053_a_defect_needs_the_customer_to_live_with_it_and_another_eye_to_close_it() {
    use defect::{Command as C, Refusal, State as S};
    let until = jiff::civil::date(2027, 3, 1);
    let mitigate = C::Mitigate { text: "By hand".into(), owner: "emma.clarke".into(), until };
    let mitigated = defect::decide(&S::Open, mitigate, now()).unwrap().state;
    let accept = |is_customer| C::AcceptMitigation { by: user(2), is_customer };
    assert_eq!(defect::decide(&mitigated, accept(false), now()), Err(Refusal::NotCustomer));
    let accepted = defect::decide(&mitigated, accept(true), now()).unwrap().state;
    let fixed =
        defect::decide(&accepted, C::Fix { by: user(3), version_set: "10.4.2".into() }, now())
            .unwrap()
            .state;
    assert_eq!(defect::decide(&fixed, C::Verify { by: user(3) }, now()), Err(Refusal::SamePerson));
    assert_eq!(
        defect::decide(&fixed, C::Verify { by: user(4) }, now()).unwrap().state.name(),
        "closed"
    );
    let blocking = defect::Defect {
        key: "D-1".into(),
        title: "Orders are lost".into(),
        severity: Priority::Critical,
        cause: None,
        case: None,
        owner: None,
        due: None,
        state: S::Open,
    };
    assert_eq!(
        blocking.line(),
        "D-1 Orders are lost (open, without owner and date and mitigation)"
    );
}
