//! Two people, two sides, a limited time.

use super::*;
use crate::fact::{Fact, Facts};
use crate::gate::judge;
use crate::gate::table::{table, tests::PACK};
use crate::matrix::matrix;
use crate::service_model::ServiceModel;

const DAY: i64 = 86_400;

fn user(name: &str) -> UserId {
    UserId::named("t", name)
}

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(day * DAY).unwrap()
}

fn proposal() -> Proposal {
    Proposal {
        gate: Gate::Acceptance,
        criterion: "analysis-critical".into(),
        setting: Some("acceptance.customisation_critical_max".into()),
        reason: "The repair of the index needs the vendor's next version, due in March.".into(),
        risk_owner: Some(user("owner")),
        measure: "Nightly index check, log kept".into(),
        expires: at(30),
    }
}

fn rules() -> Rules {
    Rules::of(&PACK)
}

fn waiver() -> Waiver {
    propose(proposal(), user("asker"), "sha256:1", &rules(), at(0)).unwrap().waiver
}

fn approve(by: &str, side: Side) -> Command {
    Command::Approve { by: user(by), side, digest: "sha256:1".into() }
}

fn after(waiver: &Waiver, commands: impl IntoIterator<Item = Command>) -> Waiver {
    commands.into_iter().fold(waiver.clone(), |w, c| decide(&w, c, &rules(), at(1)).unwrap().waiver)
}

fn active() -> Waiver {
    after(&waiver(), [approve("anneke", Side::Customer), approve("amina", Side::Reviewer)])
}

#[test]
fn the_pack_asks_for_customer_and_reviewer() {
    assert_eq!(rules().sides, [Side::Customer, Side::Reviewer]);
    assert_eq!((rules().longest_days, rules().renewals_most, rules().reason_least), (60, 2, 40));
}

#[test]
fn a_proposal_hears_all_its_faults_at_once() {
    let bad = Proposal {
        setting: Some("package.downgrade_allowed".into()),
        reason: "because".into(),
        risk_owner: None,
        measure: " ".into(),
        expires: at(61),
        ..proposal()
    };
    let Err(Refusal::Faults(faults)) = propose(bad, user("asker"), "d", &rules(), at(0)) else {
        panic!("taken");
    };
    assert_eq!(
        faults,
        [
            Fault::Never { setting: "package.downgrade_allowed".into() },
            Fault::ReasonTooShort { least: 40, found: 7 },
            Fault::NoRiskOwner,
            Fault::NoMeasure,
            Fault::TooLong { days: 60 },
        ]
    );
}

#[test]
fn it_is_in_force_only_when_both_sides_have_agreed() {
    let half = after(&waiver(), [approve("anneke", Side::Customer)]);
    assert_eq!(half.state.name(), "proposed");
    assert_eq!(exception(WaiverId::named("t", "w"), &half, at(1)), None);
    assert_eq!(active().state.name(), "active");
    assert!(exception(WaiverId::named("t", "w"), &active(), at(29)).is_some());
    assert_eq!(exception(WaiverId::named("t", "w"), &active(), at(30)), None);
}

#[test]
fn the_people_rules_are_judged() {
    let refused = |w: &Waiver, c| decide(w, c, &rules(), at(1)).unwrap_err();
    assert_eq!(refused(&waiver(), approve("asker", Side::Customer)), Refusal::OwnProposal);
    assert_eq!(refused(&waiver(), approve("paolo", Side::Partner)), Refusal::NoSeat("partner"));
    let half = after(&waiver(), [approve("anneke", Side::Customer)]);
    assert_eq!(refused(&half, approve("anneke", Side::Reviewer)), Refusal::SecondSeat);
    assert_eq!(refused(&half, approve("elif", Side::Customer)), Refusal::SeatTaken("customer"));
    let other =
        Command::Approve { by: user("amina"), side: Side::Reviewer, digest: "sha256:2".into() };
    assert_eq!(refused(&half, other), Refusal::Changed);
    assert_eq!(refused(&waiver(), Command::Withdraw { by: user("elif") }), Refusal::NotYours);
    assert_eq!(
        decide(&half, approve("amina", Side::Reviewer), &rules(), at(30)).unwrap_err(),
        Refusal::Over
    );
}

#[test]
fn it_may_be_renewed_as_often_as_the_pack_says() {
    let id = WaiverId::named("t", "w");
    let mut old = active();
    for _ in 0..2 {
        let again = renew((id, &old), proposal(), user("asker"), "sha256:1", (&rules(), at(1)))
            .unwrap()
            .waiver;
        assert_eq!(again.renews, Some(id));
        old = after(&again, [approve("anneke", Side::Customer), approve("amina", Side::Reviewer)]);
    }
    let refusal = renew((id, &old), proposal(), user("asker"), "d", (&rules(), at(1))).unwrap_err();
    assert_eq!(refusal, Refusal::Faults(vec![Fault::RenewedTooOften { most: 2 }]));
    assert!(renew((id, &waiver()), proposal(), user("asker"), "d", (&rules(), at(1))).is_err());
}

#[test]
fn it_stands_in_for_the_criterion_until_it_expires() {
    let table = table(Gate::Acceptance, ServiceModel::Managed);
    let mut facts = Facts::default();
    facts.set("customisation.critical_open", Fact::from(1_i64));
    let open = |now| {
        let exceptions: Vec<Exception> =
            exception(WaiverId::named("t", "w"), &active(), now).into_iter().collect();
        let verdict = judge(Gate::Acceptance, &table, &PACK, &facts, &exceptions, now);
        !verdict.reasons().any(|reason| reason.id == "analysis-critical")
    };
    assert!(open(at(29)) && !open(at(30)));
}

#[test]
fn those_in_force_are_counted_until_the_first_ends() {
    let (one, other) = (active(), waiver());
    let all = [(WaiverId::named("t", "1"), &one), (WaiverId::named("t", "2"), &other)];
    let fact = facts(all, at(1)).get(&"waiver.active".into());
    assert_eq!((fact.value, fact.holds_until), (1_usize.into(), Some(at(30))));
    assert_eq!(facts(all, at(30)).value("waiver.active"), 0_usize.into());
}

#[test]
fn the_machine_is_this_table() {
    let w = waiver();
    let end = |state| Waiver { state, ..w.clone() };
    let by = user("x");
    let reason = || "a reason".to_owned();
    let states = [
        ("proposed", w.clone()),
        ("half", after(&w, [approve("anneke", Side::Customer)])),
        ("active", active()),
        ("refused", end(State::Refused { by, reason: reason() })),
        ("withdrawn", end(State::Withdrawn { by })),
        ("expired", end(State::Expired { at: at(30) })),
        ("revoked", end(State::Revoked { by, reason: reason() })),
        ("closed", end(State::Closed { by })),
    ];
    let commands = [
        ("approve", approve("amina", Side::Reviewer)),
        ("refuse", Command::Refuse { by: user("amina"), reason: reason() }),
        ("withdraw", Command::Withdraw { by: user("asker") }),
        ("revoke", Command::Revoke { by: user("amina"), reason: reason() }),
        ("close", Command::Close { by: user("amina") }),
    ];
    let run = |w: &Waiver, c| {
        decide(w, c, &rules(), at(1)).ok().map(|change| change.waiver.state.name().to_owned())
    };
    assert_eq!(
        matrix(&states, &commands, run),
        "proposed: approve→proposed refuse→refused withdraw→withdrawn\n\
         half: approve→active refuse→refused withdraw→withdrawn\n\
         active: revoke→revoked close→closed\n\
         refused: (final)\nwithdrawn: (final)\nexpired: (final)\nrevoked: (final)\nclosed: (final)"
    );
    for w in [&w, &active()] {
        assert_eq!(decide(w, Command::Expire, &rules(), at(29)).unwrap_err(), Refusal::NotExpired);
        assert_eq!(
            decide(w, Command::Expire, &rules(), at(30)).unwrap().waiver.state.name(),
            "expired"
        );
    }
}

#[test]
fn a_waiver_is_read_back_as_it_was_written() {
    for w in [waiver(), active()] {
        let text = serde_json::to_string(&w).unwrap();
        assert_eq!(serde_json::from_str::<Waiver>(&text).unwrap(), w);
    }
}
