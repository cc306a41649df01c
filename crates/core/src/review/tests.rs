//! The review as it is told: who may say what, which clock runs, what shuts the gate.

use super::*;
use crate::deadline::RoundTheClock;
use crate::gate::table::tests::PACK;
use crate::matrix::matrix;
use jiff::civil::date;

mod dialogue;
mod gate_facts;

fn user(name: &str) -> UserId {
    UserId::named("t", name)
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(hour * 3600).unwrap()
}

fn rules() -> Rules {
    Rules::of(&PACK)
}

fn run(review: &Review, command: Command, hour: i64) -> Result<Change, Refusal> {
    decide(review, command, Context { now: at(hour), rules: &rules(), time: &RoundTheClock })
}

fn after(review: &Review, commands: impl IntoIterator<Item = Command>) -> Review {
    commands.into_iter().fold(review.clone(), |r, c| run(&r, c, 1).unwrap().review)
}

fn refused(review: &Review, command: Command) -> Refusal {
    run(review, command, 1).unwrap_err()
}

fn assign(name: &str) -> Command {
    Command::Assign {
        user: user(name),
        organisation: OrganisationId::named("t", "experts"),
        conflict: None,
    }
}

fn submit() -> Command {
    Command::Submit { by: user("paolo"), digest: "sha256:1".into(), due: at(72) }
}

fn report(critical: usize) -> Command {
    let open = OpenFindings { critical, high: 2, all: critical + 2 };
    Command::IssueReport { by: user("amina"), summary: "Five findings".into(), file: None, open }
}

fn verdict(verdict: Verdict, critical: usize) -> Command {
    let open = OpenFindings { critical, high: 2, all: critical + 2 };
    Command::Decide {
        by: user("amina"),
        verdict,
        reason: "cutover untested".into(),
        open,
        workshop_held: false,
    }
}

fn moved(days: i8, total_days: u32) -> Command {
    let (from, to) = (date(2027, 6, 7), date(2027, 6, 7 + days));
    Command::NoteChange { change: LateChange::DateMoved { from, to, total_days }, due: at(48) }
}

fn confirm() -> Command {
    Command::Confirm { by: user("amina"), open: OpenFindings::default() }
}

fn in_review() -> Review {
    after(&Review::default(), [assign("amina"), Command::Begin, submit()])
}

fn complete() -> Review {
    after(&in_review(), [report(0), verdict(Verdict::Ready, 0)])
}

#[test]
fn the_pack_gives_the_numbers() {
    let rules = rules();
    assert_eq!((rules.report_days, rules.confirm_days, rules.valid_days), (3, 2, 90));
    assert_eq!((rules.move_days_most, rules.moves_total_most, rules.critical_most), (7, 14, 0));
    assert!(rules.four_eyes && !rules.other_organisation_only && rules.high_most.is_none());
}

#[test]
fn the_reviewer_is_never_the_submitter() {
    let own = after(&Review::default(), [assign("paolo")]);
    assert_eq!(refused(&own, submit()), Refusal::SubmitterReviews);
    assert_eq!(refused(&in_review(), assign("paolo")), Refusal::SubmitterReviews);
    let unassigned = after(&Review::default(), [submit()]);
    assert_eq!(refused(&unassigned, report(0)), Refusal::NoReviewer);
    let other = after(&in_review(), [assign("tom")]);
    assert_eq!(refused(&other, report(0)), Refusal::NotTheReviewer);
}

#[test]
fn a_conflict_of_interest_is_named_and_a_strict_policy_refuses_it() {
    let partial = Command::Assign {
        user: user("joon"),
        organisation: OrganisationId::named("t", "fabrikam"),
        conflict: Some(Conflict::OfThePartner),
    };
    let review = after(&Review::default(), [partial.clone()]);
    assert_eq!(review.reviewer.unwrap().conflict, Some(Conflict::OfThePartner));
    let strict = Rules { other_organisation_only: true, ..rules() };
    let context = Context { now: at(1), rules: &strict, time: &RoundTheClock };
    let refusal = decide(&Review::default(), partial, context).unwrap_err();
    assert_eq!(refusal, Refusal::ConflictOfInterest(Conflict::OfThePartner));
}

#[test]
fn the_clock_of_the_first_report_stands_still_while_the_team_is_asked() {
    let question = Command::AskTeam { by: user("amina"), question: "How is stock counted?".into() };
    let asked = run(&in_review(), question, 10).unwrap().review;
    assert_eq!(asked.state.clock().unwrap().due(), None);
    let answer = Command::AnswerTeam { by: user("paolo"), text: "Twice, by two people".into() };
    let answered = run(&asked, answer.clone(), 110).unwrap().review;
    assert_eq!(answered.state.clock().unwrap().due(), Some(at(172)));
    assert!(matches!(refused(&answered, answer), Refusal::WrongState { .. }));
    let State::ReportIssued { report, .. } = run(&answered, report(0), 170).unwrap().review.state
    else {
        panic!()
    };
    assert!(report.in_time);
}

#[test]
fn a_late_report_is_on_record_as_late() {
    let Change { event, .. } = run(&in_review(), report(0), 73).unwrap();
    assert!(matches!(event, Event::ReportIssued { in_time: false, .. }));
}

#[test]
fn f074_no_release_while_a_critical_finding_is_open() {
    let mitigation = after(&in_review(), [report(1)]);
    assert_eq!(mitigation.state.name(), "mitigation");
    assert_eq!(
        refused(&mitigation, verdict(Verdict::Ready, 1)),
        Refusal::CriticalOpen { open: 1, most: 0 }
    );
    let settled = Command::FindingsChanged { open: OpenFindings { critical: 0, high: 2, all: 2 } };
    let settled = after(&mitigation, [settled]);
    assert_eq!(settled.state.name(), "report_issued");
    assert_eq!(after(&settled, [verdict(Verdict::Ready, 0)]).state.name(), "complete");
}

#[test]
fn a_policy_may_ask_for_the_workshop_and_count_high_findings() {
    let issued = after(&in_review(), [report(0)]);
    let strict = Rules { workshop_required: true, high_most: Some(1), ..rules() };
    let ask = |open, workshop_held| {
        let reason = String::new();
        let command = Command::Decide {
            by: user("amina"),
            verdict: Verdict::Ready,
            reason,
            open,
            workshop_held,
        };
        decide(&issued, command, Context { now: at(1), rules: &strict, time: &RoundTheClock })
    };
    let high = OpenFindings { high: 2, ..OpenFindings::default() };
    assert_eq!(ask(high, true).unwrap_err(), Refusal::HighOpen { open: 2, most: 1 });
    assert_eq!(ask(OpenFindings::default(), false).unwrap_err(), Refusal::NoWorkshop);
    assert!(ask(OpenFindings::default(), true).is_ok());
}

#[test]
fn not_ready_sends_it_back_and_the_next_submission_is_another_round() {
    let returned = after(&in_review(), [report(1), verdict(Verdict::NotReady, 1)]);
    assert_eq!((returned.state.name(), returned.round), ("returned", 1));
    assert_eq!(after(&returned, [submit()]).round, 2);
    let silent = Command::Decide {
        by: user("amina"),
        verdict: Verdict::NotReady,
        reason: " ".into(),
        open: OpenFindings::default(),
        workshop_held: true,
    };
    assert_eq!(refused(&after(&in_review(), [report(0)]), silent), Refusal::Missing("a reason"));
}

#[test]
fn f078_a_change_within_the_tolerance_leaves_the_release_alone() {
    assert_eq!(refused(&complete(), moved(7, 14)), Refusal::Tolerated);
    assert_eq!(after(&complete(), [moved(8, 8)]).state.name(), "to_be_confirmed");
    assert_eq!(after(&complete(), [moved(1, 15)]).state.name(), "to_be_confirmed");
    assert_eq!(after(&complete(), [moved(-6, 20)]).state.name(), "to_be_confirmed");
    let version = |to: &str| Command::NoteChange {
        change: LateChange::VersionChanged { from: "26.4.1".into(), to: to.into() },
        due: at(48),
    };
    assert_eq!(refused(&complete(), version("26.4.1")), Refusal::Tolerated);
    assert_eq!(after(&complete(), [version("26.4.2")]).state.name(), "to_be_confirmed");
    let scope = Command::NoteChange {
        change: LateChange::ScopeChanged { what: "shops added".into() },
        due: at(48),
    };
    let both = after(&complete(), [version("26.4.2"), scope]);
    assert!(matches!(&both.state, State::ToBeConfirmed { changes, .. } if changes.len() == 2));
    assert_eq!(after(&both, [confirm()]).state.name(), "complete");
}

#[test]
fn the_machine_is_this_table() {
    let start = after(&Review::default(), [assign("amina")]);
    let paused = after(
        &in_review(),
        [Command::AskTeam { by: user("amina"), question: "How is stock counted?".into() }],
    );
    let states = [
        ("planned", start.clone()),
        ("discover", after(&start, [Command::Begin])),
        ("in_review", in_review()),
        ("paused", paused),
        ("report_issued", after(&in_review(), [report(0)])),
        ("mitigation", after(&in_review(), [report(1)])),
        ("returned", after(&in_review(), [report(1), verdict(Verdict::NotReady, 1)])),
        ("complete", complete()),
        ("to_be_confirmed", after(&complete(), [moved(8, 8)])),
    ];
    let commands = [
        ("assign", assign("amina")),
        ("begin", Command::Begin),
        ("submit", submit()),
        ("ask", Command::AskTeam { by: user("amina"), question: "How?".into() }),
        ("answer", Command::AnswerTeam { by: user("paolo"), text: "So".into() }),
        ("report", report(1)),
        (
            "findings",
            Command::FindingsChanged { open: OpenFindings { critical: 1, high: 0, all: 1 } },
        ),
        ("ready", verdict(Verdict::Ready, 0)),
        ("not_ready", verdict(Verdict::NotReady, 1)),
        ("change", moved(8, 8)),
        ("confirm", confirm()),
        ("reopen", Command::Reopen { by: user("amina"), reason: "the date".into() }),
    ];
    let run = |r: &Review, c| run(r, c, 1).ok().map(|change| change.review.state.name().to_owned());
    assert_eq!(
        matrix(&states, &commands, run),
        "planned: assign→planned begin→discover submit→in_review\n\
         discover: assign→discover submit→in_review\n\
         in_review: assign→in_review ask→in_review report→mitigation\n\
         paused: assign→in_review ask→in_review answer→in_review report→mitigation\n\
         report_issued: assign→report_issued findings→mitigation ready→complete not_ready→returned\n\
         mitigation: assign→mitigation findings→mitigation ready→complete not_ready→returned\n\
         returned: assign→returned submit→in_review\n\
         complete: change→to_be_confirmed reopen→mitigation\n\
         to_be_confirmed: assign→to_be_confirmed change→to_be_confirmed confirm→complete reopen→mitigation"
    );
    for (_, review) in states {
        assert_eq!(
            serde_json::from_str::<Review>(&serde_json::to_string(&review).unwrap()).unwrap(),
            review
        );
    }
}
