//! Findings and the workshop: the dialogue until it is settled.

use super::{at, user};
use crate::matrix::matrix;
use crate::review::finding::{self, Content, Finding, Kind, Mitigation, Party, Severity};
use crate::review::workshop::{self, Appointment, Minutes, Workshop};
use finding::{Command, Refusal};
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn content(severity: Severity) -> Content {
    Content {
        kind: Kind::Risk,
        severity,
        title: "No rollback proof for the webshop interface".into(),
        risk: "Orders of the window would be lost or shipped twice.".into(),
        recommendation: "One timed replay with counts on both sides.".into(),
        source: vec!["question 8.4".into()],
    }
}

pub(super) fn raised(number: &str, severity: Severity) -> Finding {
    after(&Finding::draft(number, content(severity)), [raise()])
}

fn raise() -> Command {
    Command::Raise { by: user("amina"), due: at(48) }
}

pub(super) fn propose() -> Command {
    let mitigation = Mitigation {
        by: user("katja"),
        text: "Replay booked for today with 912 orders.".into(),
        owner: user("rin"),
        due: date(2027, 4, 27),
        evidence: vec![],
    };
    Command::Propose { mitigation, due: at(72) }
}

fn proof() -> Command {
    Command::AskProof {
        by: user("amina"),
        text: "Counts on both sides, please.".into(),
        due: at(48),
    }
}

pub(super) fn accept(by: &str) -> Command {
    Command::Accept { by: user(by) }
}

pub(super) fn after(finding: &Finding, commands: impl IntoIterator<Item = Command>) -> Finding {
    commands
        .into_iter()
        .fold(finding.clone(), |f, c| finding::decide(&f, c, at(1)).unwrap().finding)
}

fn refused(finding: &Finding, command: Command) -> Refusal {
    finding::decide(finding, command, at(1)).unwrap_err()
}

#[test]
fn f073_the_dialogue_stays_in_order_with_every_version_of_the_mitigation() {
    let finding =
        after(&raised("F-3", Severity::Critical), [propose(), proof(), propose(), accept("amina")]);
    assert_eq!((finding.thread.len(), finding.mitigations.len()), (4, 2));
    assert_eq!(finding.thread[2].text, "Counts on both sides, please.");
    assert!(!finding.is_open());
}

#[test]
fn it_says_whose_turn_it_is() {
    let open = raised("F-3", Severity::Critical);
    assert_eq!(open.waits_for(), Some((Party::Team, Some(at(48)))));
    let proposed = after(&open, [propose()]);
    assert_eq!(proposed.waits_for(), Some((Party::Reviewer, Some(at(72)))));
    assert_eq!(after(&proposed, [proof()]).waits_for(), Some((Party::Team, Some(at(48)))));
}

#[test]
fn nobody_accepts_his_own_mitigation() {
    let proposed = after(&raised("F-3", Severity::Critical), [propose()]);
    for own in ["katja", "rin"] {
        assert_eq!(refused(&proposed, accept(own)), Refusal::OwnMitigation);
    }
    let accepted = after(&proposed, [accept("amina")]);
    let close = Command::Close { by: user("rin"), evidence: vec![] };
    assert_eq!(refused(&accepted, close), Refusal::OwnMitigation);
}

#[test]
fn a_finding_is_graded_anew_only_with_a_reason() {
    let regrade = |reason: &str| Command::Regrade {
        by: user("amina"),
        severity: Severity::High,
        reason: reason.into(),
    };
    let finding = raised("F-3", Severity::Critical);
    assert_eq!(refused(&finding, regrade("")), Refusal::Missing("a reason"));
    assert_eq!(after(&finding, [regrade("fewer orders")]).content.severity, Severity::High);
}

#[test]
fn the_machine_of_a_finding_is_this_table() {
    let draft = Finding::draft("F-3", content(Severity::High));
    let open = raised("F-3", Severity::High);
    let accepted = after(&open, [propose(), accept("amina")]);
    let close = || Command::Close { by: user("amina"), evidence: vec![] };
    let withdraw = || Command::Withdraw { by: user("amina"), reason: "a misunderstanding".into() };
    let states = [
        ("draft", draft.clone()),
        ("open", open.clone()),
        ("proposed", after(&open, [propose()])),
        ("proof_asked", after(&open, [propose(), proof()])),
        ("accepted", accepted.clone()),
        ("closed", after(&accepted, [close()])),
        ("withdrawn", after(&draft, [withdraw()])),
    ];
    let commands = [
        ("edit", Command::Edit { content: content(Severity::Low) }),
        ("raise", raise()),
        ("propose", propose()),
        ("proof", proof()),
        ("accept", accept("amina")),
        ("close", close()),
        ("withdraw", withdraw()),
        (
            "reopen",
            Command::Reopen { by: user("amina"), reason: "it came back".into(), due: at(48) },
        ),
        ("comment", Command::Comment { by: user("tom"), text: "seen".into() }),
    ];
    let run = |f: &Finding, c| {
        finding::decide(f, c, at(1)).ok().map(|change| change.finding.state.name().to_owned())
    };
    assert_eq!(
        matrix(&states, &commands, run),
        "draft: edit→draft raise→open withdraw→withdrawn\n\
         open: propose→proposed withdraw→withdrawn comment→open\n\
         proposed: propose→proposed proof→proof_asked accept→accepted withdraw→withdrawn comment→proposed\n\
         proof_asked: propose→proposed withdraw→withdrawn comment→proof_asked\n\
         accepted: close→closed reopen→open comment→accepted\n\
         closed: reopen→open comment→closed\n\
         withdrawn: (final)"
    );
    for (_, finding) in states {
        assert_eq!(
            serde_json::from_str::<Finding>(&serde_json::to_string(&finding).unwrap()).unwrap(),
            finding
        );
    }
}

fn appointment() -> Appointment {
    Appointment {
        starts: date(2027, 4, 29).at(10, 0, 0, 0),
        zone: "Europe/Berlin".into(),
        minutes: 90,
        agenda: vec!["Date and scope".into(), "Cutover plan".into()],
        mandatory: BTreeSet::from([user("katja"), user("joon")]),
        optional: BTreeSet::from([user("tom")]),
    }
}

fn minutes(attended: &[&str], excused: &[(&str, &str)]) -> Minutes {
    Minutes {
        attended: attended.iter().map(|name| user(name)).collect(),
        excused: excused.iter().map(|(name, why)| (user(name), (*why).to_owned())).collect(),
        text: "All points were gone through.".into(),
        resolutions: vec![],
        files: vec![],
    }
}

fn hold(attended: &[&str], excused: &[(&str, &str)]) -> workshop::Command {
    workshop::Command::Hold { by: user("amina"), minutes: minutes(attended, excused) }
}

#[test]
fn f076_a_workshop_was_held_when_everybody_who_must_be_there_was_or_is_excused() {
    let (planned, _) = workshop::schedule(appointment()).unwrap();
    let refusal = workshop::decide(&planned, hold(&["katja", "tom"], &[]), at(1)).unwrap_err();
    assert_eq!(refusal, workshop::Refusal::Absent(BTreeSet::from([user("joon")])));
    let (held, _) =
        workshop::decide(&planned, hold(&["katja"], &[("joon", "ill; read the minutes")]), at(1))
            .unwrap();
    assert!(held.is_held());
    assert_eq!(
        serde_json::from_str::<Workshop>(&serde_json::to_string(&held).unwrap()).unwrap(),
        held
    );
}

#[test]
fn moving_a_workshop_asks_everybody_again() {
    let (planned, _) = workshop::schedule(appointment()).unwrap();
    let answer = |by: &str| workshop::Command::Answer { by: user(by), comes: true };
    let (agreed, _) = workshop::decide(&planned, answer("katja"), at(1)).unwrap();
    assert_eq!(
        workshop::decide(&agreed, answer("stranger"), at(1)).unwrap_err(),
        workshop::Refusal::NotInvited
    );
    let moved = workshop::Command::Move {
        appointment: appointment(),
        reason: "the architect is ill".into(),
    };
    let (moved, _) = workshop::decide(&agreed, moved, at(1)).unwrap();
    assert!(matches!(moved, Workshop::Scheduled { answers, moves: 1, .. } if answers.is_empty()));
    let bare = Appointment { agenda: vec![], ..appointment() };
    assert_eq!(workshop::schedule(bare).unwrap_err(), workshop::Refusal::Missing("an agenda"));
}

#[test]
fn the_machine_of_a_workshop_is_this_table() {
    let (planned, _) = workshop::schedule(appointment()).unwrap();
    let (held, _) = workshop::decide(&planned, hold(&["katja", "joon"], &[]), at(1)).unwrap();
    let cancel = || workshop::Command::Cancel { by: user("amina"), reason: "not needed".into() };
    let (cancelled, _) = workshop::decide(&planned, cancel(), at(1)).unwrap();
    let states = [("scheduled", planned), ("held", held), ("cancelled", cancelled)];
    let commands = [
        ("move", workshop::Command::Move { appointment: appointment(), reason: "ill".into() }),
        ("answer", workshop::Command::Answer { by: user("tom"), comes: false }),
        ("hold", hold(&["katja", "joon"], &[])),
        ("cancel", cancel()),
    ];
    let run = |w: &Workshop, c| {
        workshop::decide(w, c, at(1)).ok().map(|(after, _)| after.name().to_owned())
    };
    assert_eq!(
        matrix(&states, &commands, run),
        "scheduled: move→scheduled answer→scheduled hold→held cancel→cancelled\nheld: (final)\ncancelled: (final)"
    );
    let none: BTreeMap<crate::id::UserId, String> = BTreeMap::new();
    assert_eq!(minutes(&[], &[]).excused, none);
}
