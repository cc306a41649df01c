//! Exceptions need two people, and an analysis of other versions is stale.

use super::*;
use crate::acceptance::tests::{at, policy, sandbox, subject, user};
use crate::fact::FactId;
use crate::value::Value;

fn issue(key: &str, severity: Severity, justification: Option<&str>) -> Issue {
    Issue {
        key: key.into(),
        rule: "select-with-join".into(),
        severity,
        kind: IssueKind::Code,
        element: "SalesQuota".into(),
        location: "line 12".into(),
        message: "A join inside a loop".into(),
        justification: justification.map(str::to_owned),
    }
}

fn analysis(before: Option<&Analysis>) -> Analysis {
    let issues = vec![
        issue("a", Severity::Error, None),
        issue("b", Severity::Error, Some("Runs once a year")),
        issue("c", Severity::Warning, None),
        issue("d", Severity::Information, None),
    ];
    let report = Report { digest: "sha256:1".into(), issues, coverage_note: None };
    let evidence = EvidenceId::from_uuid(uuid::Uuid::from_u128(1));
    Analysis::take_in(report, evidence, (subject(), at("2027-02-01T00:00:00Z")), user(1), before)
}

fn critical_open(analysis: &Analysis) -> Fact {
    let (places, policy) = ([sandbox()], policy());
    let present = Present { places: &places, policy: &policy, now: at("2027-02-19T00:00:00Z") };
    facts(Some(analysis), Some("10.4.2"), present).get(&FactId::new("customisation.critical_open"))
}

#[test]
fn f042_a_justification_counts_when_a_second_person_agrees() {
    let analysis = analysis(None);
    assert_eq!(
        critical_open(&analysis).value,
        Value::Count(2),
        "the file's own reason is only a proposal"
    );
    let accept = |by| Command::Accept { key: "b".into(), by };
    let now = at("2027-02-10T00:00:00Z");
    assert_eq!(decide(&analysis, accept(user(1)), now), Err(Refusal::SamePerson));
    let accepted = decide(&analysis, accept(user(2)), now).unwrap().state;
    let open = critical_open(&accepted);
    assert_eq!(
        (open.value, open.details),
        (Value::Count(1), vec!["a: A join inside a loop".to_owned()])
    );
    let none = Command::Accept { key: "a".into(), by: user(2) };
    assert_eq!(decide(&accepted, none, now), Err(Refusal::NotProposed("a".into())));
}

#[test]
fn the_next_analysis_keeps_accepted_exceptions_of_lines_that_are_still_there() {
    let now = at("2027-02-10T00:00:00Z");
    let first = decide(&analysis(None), Command::Accept { key: "b".into(), by: user(2) }, now)
        .unwrap()
        .state;
    let second = analysis(Some(&first));
    assert_eq!(critical_open(&second).value, Value::Count(1));
    assert_eq!(second.read, None, "it must be read again");
}

#[test]
fn f042_an_analysis_that_is_unread_or_of_another_version_does_not_hold() {
    let (places, policy) = ([sandbox()], policy());
    let present = Present { places: &places, policy: &policy, now: at("2027-02-19T00:00:00Z") };
    let read = |analysis: Option<&Analysis>, candidate| {
        facts(analysis, Some(candidate), present).get(&FactId::new("customisation.analysis_read"))
    };
    assert_eq!(read(None, "10.4.2").details, ["no analysis was brought in"]);
    let unread = analysis(None);
    assert_eq!(read(Some(&unread), "10.4.2").details, ["nobody has read it"]);
    let known = decide(&unread, Command::Read { by: user(1) }, present.now).unwrap().state;
    let fact = read(Some(&known), "10.4.2");
    assert_eq!((fact.value, fact.stale), (Value::Flag(true), false));
    let other = read(Some(&known), "10.4.3");
    assert!(other.stale);
    assert_eq!(other.details, ["it is of 10.4.2, the candidate is 10.4.3"]);
}
