//! Each rule on its own, one seat per person, bound to what was shown.

use super::*;
use crate::id::{MemberId, OrganisationId, ProjectId};
use crate::matrix::matrix;
use crate::people::Side;
use jiff::SignedDuration;
use proptest::prelude::*;

fn user(name: &str) -> UserId {
    UserId::named("t", name)
}

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(day * 86_400).unwrap()
}

fn member(name: &str, side: Side, roles: &[&str]) -> Member {
    Member {
        id: MemberId::named("t", name),
        user: user(name),
        organisation: OrganisationId::named("t", side.name()),
        project: ProjectId::named("t", "p"),
        name: name.into(),
        side,
        roles: roles.iter().map(|&role| role.to_owned()).collect(),
        project_manager: false,
        key_stakeholder: false,
        service_account: false,
        removed: None,
    }
}

fn role(name: &str) -> Capacity {
    Capacity::Role { role: name.into() }
}

fn rule(id: &str, seats: usize, any_of: &[Capacity]) -> Rule {
    Rule { id: id.into(), title: id.into(), seats, any_of: any_of.to_vec() }
}

fn approval(rules: Vec<Rule>) -> Approval {
    Approval {
        subject: "pln_1".into(),
        title: "Cutover plan v7".into(),
        requested_by: user("asker"),
        digest: "sha256:1".into(),
        rules,
        delegations: Vec::new(),
        state: State::Open {
            signatures: Vec::new(),
            expires: at(5),
            reminders: 0,
            escalated: false,
        },
    }
}

fn two_rules() -> Approval {
    approval(vec![
        rule("finance", 1, &[role("finance-lead")]),
        rule("customer", 1, &[Capacity::Side { side: Side::Customer }]),
    ])
}

fn sign(by: &Member, rule: &str, capacity: Capacity) -> Command {
    Command::Sign {
        by: Box::new(by.clone()),
        rule: rule.into(),
        capacity,
        on_behalf_of: None,
        meaning: "I have read the plan and accept it".into(),
        digest: "sha256:1".into(),
    }
}

fn customer() -> Capacity {
    Capacity::Side { side: Side::Customer }
}

fn done(approval: &Approval, command: Command) -> Approval {
    decide(approval, command, at(1)).unwrap().approval
}

fn refused(approval: &Approval, command: Command) -> Refusal {
    decide(approval, command, at(1)).unwrap_err()
}

#[test]
fn it_is_complete_when_each_rule_is_met_on_its_own() {
    let katja = member("katja", Side::Customer, &["finance-lead"]);
    let elif = member("elif", Side::Customer, &[]);
    let half = done(&two_rules(), sign(&katja, "finance", role("finance-lead")));
    assert_eq!(half.state.name(), "open");
    // Her signature could meet both rules; it counts for the one she chose.
    assert_eq!(refused(&half, sign(&katja, "customer", customer())), Refusal::SecondSeat);
    assert_eq!(done(&half, sign(&elif, "customer", customer())).state.name(), "complete");
}

#[test]
fn whoever_asked_never_approves_and_nobody_signs_what_he_is_not() {
    let asker = member("asker", Side::Customer, &["finance-lead"]);
    let partner = member("paolo", Side::Partner, &[]);
    let a = two_rules();
    assert_eq!(refused(&a, sign(&asker, "finance", role("finance-lead"))), Refusal::OwnRequest);
    assert_eq!(refused(&a, sign(&partner, "customer", customer())), Refusal::CapacityNotHeld);
    let other = Capacity::Side { side: Side::Partner };
    assert_eq!(
        refused(&a, sign(&partner, "customer", other)),
        Refusal::CapacityNotAsked("customer".into())
    );
    assert_eq!(
        refused(&a, sign(&partner, "board", customer())),
        Refusal::NoSuchRule("board".into())
    );
    let machine = Member { service_account: true, ..member("svc", Side::Customer, &[]) };
    let gone = Member { removed: Some(at(0)), ..member("gone", Side::Customer, &[]) };
    for nobody in [machine, gone] {
        assert_eq!(refused(&a, sign(&nobody, "customer", customer())), Refusal::CapacityNotHeld);
    }
}

#[test]
fn a_full_rule_takes_no_more() {
    let a = approval(vec![
        rule("customer", 1, &[customer()]),
        rule("finance", 1, &[role("finance-lead")]),
    ]);
    let half = done(&a, sign(&member("elif", Side::Customer, &[]), "customer", customer()));
    let next = sign(&member("lena", Side::Customer, &[]), "customer", customer());
    assert_eq!(refused(&half, next), Refusal::RuleMet("customer".into()));
}

#[test]
fn a_signature_binds_to_what_was_shown_and_a_change_supersedes_all() {
    let elif = member("elif", Side::Customer, &[]);
    let mut other = sign(&elif, "customer", customer());
    if let Command::Sign { digest, .. } = &mut other {
        "sha256:2".clone_into(digest);
    }
    assert_eq!(refused(&two_rules(), other), Refusal::Changed);
    let half = done(&two_rules(), sign(&elif, "customer", customer()));
    let change = |digest: &str| Command::Supersede {
        digest: digest.into(),
        changes: vec!["task 3.1 added".into()],
    };
    assert_eq!(refused(&half, change("sha256:1")), Refusal::NotChanged);
    let State::Superseded { signed, changes, .. } = done(&half, change("sha256:2")).state else {
        panic!()
    };
    assert_eq!((signed, changes), (vec![user("elif")], vec!["task 3.1 added".to_owned()]));
}

#[test]
fn a_delegate_signs_for_one_person_in_time_and_takes_that_persons_seat_too() {
    let katja = member("katja", Side::Customer, &["finance-lead"]);
    let deputy = member("deputy", Side::Customer, &[]);
    let for_her = || Command::Sign {
        by: Box::new(deputy.clone()),
        rule: "finance".into(),
        capacity: role("finance-lead"),
        on_behalf_of: Some(Box::new(katja.clone())),
        meaning: "accepted".into(),
        digest: "sha256:1".into(),
    };
    assert_eq!(refused(&two_rules(), for_her()), Refusal::NotDelegated);
    let lend = |until| Command::Delegate {
        delegation: Delegation { from: katja.user, to: deputy.user, until },
        longest: SignedDuration::from_hours(14 * 24),
    };
    assert_eq!(refused(&two_rules(), lend(at(16))), Refusal::BadDelegation { days: 14 });
    let delegated = done(&two_rules(), lend(at(3)));
    assert_eq!(decide(&delegated, for_her(), at(3)).unwrap_err(), Refusal::NotDelegated);
    let signed = done(&delegated, for_her());
    assert_eq!(refused(&signed, sign(&katja, "customer", customer())), Refusal::SecondSeat);
    assert_eq!(refused(&signed, sign(&deputy, "customer", customer())), Refusal::SecondSeat);
}

#[test]
fn what_is_missing_is_shown_by_a_matching() {
    let a = approval(vec![
        rule("finance", 1, &[role("finance-lead")]),
        rule("customer", 1, &[customer()]),
    ]);
    let katja = member("katja", Side::Customer, &["finance-lead"]);
    let elif = member("elif", Side::Customer, &[]);
    let asker = member("asker", Side::Customer, &["finance-lead"]);
    let list = missing(&a, &[katja.clone(), elif.clone(), asker.clone()], at(1));
    // Katja could sit on the customer's seat too, but then nobody is left for finance.
    assert_eq!(
        list[0],
        Missing { rule: "finance".into(), seats: 1, could: vec![katja.user], nobody_for: 0 }
    );
    assert_eq!(
        list[1],
        Missing { rule: "customer".into(), seats: 1, could: vec![elif.user], nobody_for: 0 }
    );
    let list = missing(&a, &[elif.clone(), asker], at(1));
    assert_eq!(list[0], Missing { rule: "finance".into(), seats: 1, could: vec![], nobody_for: 1 });
    let half = done(&a, sign(&elif, "customer", customer()));
    assert_eq!(missing(&half, &[katja.clone(), elif], at(1)).len(), 1);
}

fn states() -> Vec<(&'static str, Approval)> {
    let a = two_rules();
    let end = |state| Approval { state, ..a.clone() };
    let katja = member("katja", Side::Customer, &["finance-lead"]);
    let half = done(&a, sign(&katja, "finance", role("finance-lead")));
    let by = user("x");
    vec![
        ("open", a.clone()),
        ("half", half.clone()),
        (
            "complete",
            done(&half, sign(&member("elif", Side::Customer, &[]), "customer", customer())),
        ),
        ("refused", end(State::Refused { by, reason: "no".into(), at: at(1) })),
        (
            "superseded",
            end(State::Superseded {
                became: "x".into(),
                changes: vec![],
                signed: vec![],
                at: at(1),
            }),
        ),
        ("expired", end(State::Expired { at: at(1) })),
        ("withdrawn", end(State::Withdrawn { at: at(1) })),
    ]
}

#[test]
fn the_machine_is_this_table() {
    let lena = member("lena", Side::Customer, &[]);
    let commands = [
        ("sign", sign(&lena, "customer", customer())),
        ("refuse", Command::Refuse { by: Box::new(lena), reason: "no".into() }),
        ("supersede", Command::Supersede { digest: "sha256:2".into(), changes: vec![] }),
        ("remind", Command::Remind),
        ("escalate", Command::Escalate),
        ("withdraw", Command::Withdraw { by: user("asker") }),
    ];
    let run = |a: &Approval, c| {
        decide(a, c, at(1)).ok().map(|change| change.approval.state.name().to_owned())
    };
    assert_eq!(
        matrix(&states(), &commands, run),
        "open: sign→open refuse→refused supersede→superseded remind→open escalate→open withdraw→withdrawn\n\
         half: sign→complete refuse→refused supersede→superseded remind→open escalate→open withdraw→withdrawn\n\
         complete: supersede→superseded\n\
         refused: (final)\nsuperseded: (final)\nexpired: (final)\nwithdrawn: (final)"
    );
    let a = two_rules();
    assert_eq!(decide(&a, Command::Expire, at(4)).unwrap_err(), Refusal::NotExpired);
    assert_eq!(decide(&a, Command::Expire, at(5)).unwrap().approval.state.name(), "expired");
    let late = sign(&member("lena", Side::Customer, &[]), "customer", customer());
    assert_eq!(decide(&a, late, at(5)).unwrap_err(), Refusal::Over);
    assert_eq!(refused(&a, Command::Withdraw { by: user("lena") }), Refusal::NotYours);
}

#[test]
fn a_decision_is_read_back_as_it_was_written() {
    for (_, a) in states() {
        assert_eq!(
            serde_json::from_str::<Approval>(&serde_json::to_string(&a).unwrap()).unwrap(),
            a
        );
    }
}

proptest! {
    #[test]
    fn whoever_the_matching_names_can_sign_and_the_rest_can_still_be_filled(
        roles in prop::collection::vec(prop::collection::vec(0usize..4, 0..4), 1..7),
        seats in prop::collection::vec(1usize..3, 1..4),
    ) {
        let names = ["a", "b", "c", "d"];
        let rules = seats.iter().enumerate().map(|(at, n)| rule(names[at], *n, &[role(names[at])])).collect();
        let members: Vec<Member> = roles.iter().enumerate().map(|(at, held)| {
            let held: Vec<&str> = held.iter().map(|&role| names[role]).collect();
            member(&format!("m{at}"), Side::Customer, &held)
        }).collect();
        let mut a = approval(rules);
        // Taking any offered seat, again and again, never lowers what can be filled in all.
        let fillable = |a: &Approval| {
            let list = missing(a, &members, at(1));
            list.iter().map(|m| m.seats).sum::<usize>()
        };
        let before = fillable(&a);
        let mut taken = 0;
        while let Some((rule, by)) = missing(&a, &members, at(1)).into_iter()
            .find_map(|m| m.could.first().map(|&by| (m.rule.clone(), by))) {
            let who = members.iter().find(|m| m.user == by).unwrap();
            a = decide(&a, sign(who, &rule, role(&rule)), at(1)).unwrap().approval;
            taken += 1;
        }
        prop_assert!(taken <= before);
        // A largest matching was reached: compare with trying every order of seats.
        prop_assert_eq!(taken, best(&seats, &roles));
    }
}

/// The most seats that can be filled, by trying everything.
fn best(seats: &[usize], roles: &[Vec<usize>]) -> usize {
    let Some((held, others)) = roles.split_first() else { return 0 };
    let mut most = best(seats, others);
    for &role in held {
        if seats.get(role).is_some_and(|&n| n > 0) {
            let mut left = seats.to_vec();
            left[role] -= 1;
            most = most.max(1 + best(&left, others));
        }
    }
    most
}
