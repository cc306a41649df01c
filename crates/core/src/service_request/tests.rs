//! The conversation, its clock, and what a window is held against.

use super::*;
use crate::deadline::RoundTheClock;
use crate::gate::table::tests::PACK;
use crate::matrix::matrix;
use crate::policy::Policy;
use crate::service_model::ServiceModel;
use crate::value::Value;

fn user(name: &str) -> UserId {
    UserId::named("t", name)
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(hour * 3600).unwrap()
}

fn window(from: i64, until: i64) -> Window {
    Window { start: at(from), end: at(until) }
}

fn new() -> New {
    New {
        kind: Kind::DatabaseCopy,
        title: "Copy the sandbox into production".into(),
        environment: Some(EnvironmentId::named("t", "prod")),
        requested_by: Some(user("rin")),
        linked: None,
        window: Some(window(30, 34)),
    }
}

fn submitted() -> ServiceRequest {
    submit(new(), at(24), at(0)).unwrap().request
}

fn after(
    request: &ServiceRequest,
    commands: impl IntoIterator<Item = (i64, Command)>,
) -> ServiceRequest {
    commands.into_iter().fold(request.clone(), |r, (hour, c)| {
        decide(&r, c, at(hour), &RoundTheClock).unwrap().request
    })
}

fn refused(request: &ServiceRequest, command: Command) -> Refusal {
    decide(request, command, at(1), &RoundTheClock).unwrap_err()
}

fn start() -> Command {
    Command::Start { operator: Some(user("sven")) }
}

fn ask() -> Command {
    Command::Ask { operator: user("sven"), question: "On 4 May, or after the rehearsal?".into() }
}

fn answer() -> Command {
    Command::Answer { by: user("katja"), text: "On 4 May".into() }
}

fn deny() -> Command {
    Command::Deny {
        operator: user("sven"),
        reason: "storage is serviced".into(),
        suggestion: "Sunday".into(),
    }
}

fn sign_off(by: &str, issues: Option<&str>) -> Command {
    Command::SignOff { by: user(by), issues: issues.map(Into::into) }
}

#[test]
fn the_clock_stands_still_while_the_customer_is_asked() {
    let asked = after(&submitted(), [(5, ask())]);
    assert_eq!(asked.clock.due(), None);
    let answered = after(&asked, [(50, answer())]);
    assert_eq!((answered.state.name(), answered.clock.due()), ("submitted", Some(at(69))));
    let done = after(&answered, [(60, start()), (68, Command::Finish)]);
    assert!(!done.clock.is_breached(at(100)));
    let texts: Vec<&str> = done.comments.iter().map(|comment| comment.text.as_str()).collect();
    assert_eq!(texts, ["On 4 May, or after the rehearsal?", "On 4 May"]);
}

#[test]
fn a_question_in_the_middle_of_the_work_leads_back_to_the_work() {
    let working = after(&submitted(), [(1, start()), (2, ask())]);
    let cancel = Command::Cancel { by: user("rin"), reason: "no need".into() };
    assert!(matches!(refused(&working, cancel), Refusal::WrongState { .. }));
    assert_eq!(after(&working, [(3, answer())]).state.name(), "in_progress");
}

#[test]
fn work_that_is_late_says_so() {
    let late = after(&submitted(), [(1, start())]);
    let change = decide(&late, Command::Finish, at(25), &RoundTheClock).unwrap();
    assert_eq!(change.event, Event::Done { in_time: false });
}

#[test]
fn a_denial_carries_reason_and_suggestion_and_can_be_taken_up() {
    let silent =
        Command::Deny { operator: user("sven"), reason: "no".into(), suggestion: " ".into() };
    assert_eq!(refused(&submitted(), silent), Refusal::Missing("a suggestion"));
    let denied = after(&submitted(), [(3, deny())]);
    let again = Command::Resubmit { by: user("rin"), window: Some(window(54, 58)), due: at(28) };
    let resubmitted = after(&denied, [(4, again)]);
    assert_eq!(resubmitted.window, Some(window(54, 58)));
    assert_eq!((resubmitted.state.name(), resubmitted.clock.due()), ("submitted", Some(at(28))));
}

#[test]
fn nobody_works_on_his_own_request_or_signs_his_own_work() {
    let own = Command::Start { operator: Some(user("rin")) };
    assert_eq!(refused(&submitted(), own), Refusal::OwnRequest);
    let done = after(&submitted(), [(1, start()), (2, Command::Finish)]);
    assert_eq!(refused(&done, sign_off("sven", None)), Refusal::OwnWork);
    let State::SignedOff { issues, .. } =
        after(&done, [(3, sign_off("rin", Some("mail is not set up")))]).state
    else {
        panic!()
    };
    assert_eq!(issues.as_deref(), Some("mail is not set up"));
}

#[test]
fn a_failure_names_the_activity_and_can_be_tried_again() {
    let activity = Some(OperationId::named("t", "op"));
    let fail = Command::Fail { activity, diagnosis: "disk full".into() };
    let failed = after(&submitted(), [(1, start()), (2, fail)]);
    assert!(matches!(&failed.state, State::Failed { activity: a, .. } if *a == activity));
    assert_eq!(
        after(&failed, [(3, Command::Retry { operator: None })]).state.name(),
        "in_progress"
    );
}

fn check(kind: Kind, window: Option<Window>, policy: &Policy) -> WindowCheck {
    let maintenance = [Window { start: at(100), end: at(110) }];
    let model = ServiceModel::Managed;
    let against = Against { model, policy, maintenance: &maintenance, time: &RoundTheClock };
    check_window(kind, window, &against, at(0))
}

#[test]
fn a_window_hears_everything_that_is_wrong_with_it() {
    let early_and_short = check(Kind::DatabaseCopy, Some(window(4, 7)), &PACK).faults;
    assert_eq!(
        early_and_short,
        [WindowFault::TooEarly { earliest: at(5) }, WindowFault::TooShort { hours: 4 }]
    );
    assert_eq!(check(Kind::DatabaseCopy, Some(window(5, 9)), &PACK), WindowCheck::default());
    assert_eq!(
        check(Kind::DatabaseCopy, Some(window(9, 5)), &PACK).faults,
        [WindowFault::Backwards]
    );
    assert_eq!(check(Kind::DatabaseCopy, None, &PACK).faults, [WindowFault::Missing]);
    assert_eq!(check(Kind::Other, None, &PACK), WindowCheck::default());
}

#[test]
fn maintenance_wins_and_the_policy_says_whether_it_refuses() {
    let clash = [WindowFault::Maintenance { start: at(100), end: at(110) }];
    let warned = check(Kind::Package, Some(window(96, 101)), &PACK);
    assert_eq!((warned.faults.len(), warned.warnings.as_slice()), (0, clash.as_slice()));
    assert_eq!(check(Kind::Package, Some(window(96, 100)), &PACK), WindowCheck::default());
    let mut strict = PACK.clone();
    strict.settings.get_mut("service_request.maintenance_conflict").unwrap().value =
        Value::from("refuse");
    assert_eq!(check(Kind::Package, Some(window(96, 101)), &strict).faults, clash);
}

#[test]
fn every_kind_has_its_numbers_in_the_pack() {
    for kind in Kind::ALL {
        for model in ServiceModel::ALL {
            let earliest = kind.earliest(model, &PACK, at(0), &RoundTheClock);
            assert!((at(5)..=at(48)).contains(&earliest), "{} {earliest}", kind.name());
        }
        assert_eq!(
            kind.window_setting().is_some(),
            kind.least_window(&PACK).is_some(),
            "{}",
            kind.name()
        );
    }
}

fn states() -> Vec<(&'static str, ServiceRequest)> {
    let s = submitted();
    let fail = Command::Fail { activity: None, diagnosis: "disk full".into() };
    let cancel = Command::Cancel { by: user("rin"), reason: "no need".into() };
    vec![
        ("submitted", s.clone()),
        ("waiting", after(&s, [(1, ask())])),
        ("in_progress", after(&s, [(1, start())])),
        ("denied", after(&s, [(1, deny())])),
        ("cancelled", after(&s, [(1, cancel)])),
        ("done", after(&s, [(1, start()), (2, Command::Finish)])),
        ("failed", after(&s, [(1, start()), (2, fail)])),
        ("signed_off", after(&s, [(1, start()), (2, Command::Finish), (3, sign_off("rin", None))])),
    ]
}

#[test]
fn the_machine_is_this_table() {
    let commands = [
        ("start", start()),
        ("ask", ask()),
        ("answer", answer()),
        ("deny", deny()),
        ("resubmit", Command::Resubmit { by: user("rin"), window: None, due: at(30) }),
        ("move", Command::MoveWindow { by: user("rin"), window: window(40, 44) }),
        ("cancel", Command::Cancel { by: user("rin"), reason: "no need".into() }),
        ("finish", Command::Finish),
        ("fail", Command::Fail { activity: None, diagnosis: "disk full".into() }),
        ("retry", Command::Retry { operator: None }),
        ("sign", sign_off("rin", None)),
    ];
    let run = |r: &ServiceRequest, c| {
        decide(r, c, at(5), &RoundTheClock)
            .ok()
            .map(|change| change.request.state.name().to_owned())
    };
    assert_eq!(
        matrix(&states(), &commands, run),
        "submitted: start→in_progress ask→waiting_for_customer deny→denied move→submitted cancel→cancelled\n\
         waiting: answer→submitted deny→denied move→waiting_for_customer cancel→cancelled\n\
         in_progress: ask→waiting_for_customer finish→done fail→failed\n\
         denied: resubmit→submitted\n\
         cancelled: (final)\n\
         done: sign→signed_off\n\
         failed: retry→in_progress\n\
         signed_off: (final)"
    );
}

#[test]
fn anybody_may_comment_at_any_time_and_it_is_read_back_as_written() {
    for (_, request) in states() {
        let comment = Command::Comment { by: user("tom"), text: "seen".into() };
        let change = decide(&request, comment, at(9), &RoundTheClock).unwrap();
        assert_eq!(
            (change.request.state.name(), change.request.clock.clone()),
            (request.state.name(), request.clock)
        );
        let text = serde_json::to_string(&change.request).unwrap();
        assert_eq!(serde_json::from_str::<ServiceRequest>(&text).unwrap(), change.request);
    }
}
