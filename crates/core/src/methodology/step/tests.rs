//! Tests of one step: locks, evidence, records, work of the past, the second person.

use super::super::sample;
use super::*;
use crate::fact::Facts;
use crate::gate::{Compare, Threshold};
use crate::policy::Policy;
use crate::vocabulary::{Record, Verified};
use std::collections::BTreeMap;

struct Scene {
    steps: Vec<Step>,
    records: BTreeMap<String, Verified>,
    policy: Policy,
    phase_complete: bool,
}

impl Scene {
    fn new(scope_baselined: bool) -> Self {
        let record = Record {
            id: "scope-baselined".into(),
            fact: "scope.baselined".into(),
            test: Compare::Equals,
            threshold: Threshold::Fixed(true.into()),
        };
        let mut facts = Facts::default();
        facts.set("scope.baselined", scope_baselined);
        let policy = sample::policy();
        let records = [(record.id.clone(), record.verify(&facts, &policy))].into();
        Self { steps: sample::copy().steps, records, policy, phase_complete: false }
    }

    fn decide(&self, step: usize, command: Command) -> Result<Change, Refusal> {
        let around = Around {
            phase_complete: self.phase_complete,
            steps: &self.steps,
            records: &self.records,
            policy: &self.policy,
            today: jiff::civil::date(2027, 2, 19),
        };
        decide(&self.steps[step], command, &around, sample::now())
    }

    fn after(mut self, step: usize, command: Command) -> Self {
        self.steps[step] = self.decide(step, command).unwrap().step;
        self
    }
}

fn link() -> Proof {
    Proof::Link { url: "https://example.org/charter".into() }
}

fn complete(proofs: Vec<Proof>) -> Command {
    Command::Complete { by: sample::user(1), proofs, note: String::new() }
}

fn record_later(day: i8, proofs: Vec<Proof>) -> Command {
    let earlier = Earlier { on: jiff::civil::date(2027, 2, day), done_by: "A. Weber".into() };
    Command::RecordLater { by: sample::user(1), earlier, proofs, note: String::new() }
}

#[test]
fn a_step_is_locked_until_its_prerequisites_are_settled_and_says_by_which() {
    let scene = Scene::new(true);
    let refusal = scene.decide(1, complete(vec![])).unwrap_err();
    assert_eq!(refusal.to_string(), "the step is locked until others are done: 1.1 Charter");
    let scene = scene.after(0, complete(vec![link()]));
    assert!(scene.decide(1, complete(vec![])).is_ok());
}

#[test]
fn the_server_verifies_a_record_itself_and_refuses_what_does_not_hold() {
    let scene = Scene::new(false).after(0, complete(vec![link()]));
    let claimed = Proof::Record { record: "scope-baselined".into(), found: "yes".into() };
    let refusal = scene.decide(1, complete(vec![claimed])).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "the server verified it and it does not hold: scope.baselined is no, wanted yes"
    );
    let scene = Scene::new(true).after(0, complete(vec![link()]));
    let State::Done { proofs, .. } = scene.decide(1, complete(vec![])).unwrap().step.state else {
        panic!("the step is not done")
    };
    assert_eq!(proofs, [Proof::Record { record: "scope-baselined".into(), found: "yes".into() }]);
}

#[test]
fn evidence_of_another_kind_is_refused() {
    let file = Proof::File { evidence: EvidenceId::named("p", "e") };
    let refusal = Scene::new(true).decide(0, complete(vec![file])).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "evidence of the kind file does not prove this step; it takes document, link"
    );
}

#[test]
fn a_step_without_evidence_is_accepted_unless_the_pack_denies_it() {
    let mut scene = Scene::new(true);
    assert!(
        scene.decide(0, complete(vec![])).is_ok(),
        "it is accepted, and the gate of the phase warns"
    );
    scene.policy = sample::strict();
    assert_eq!(
        scene.decide(0, complete(vec![])).unwrap_err().to_string(),
        "evidence must be given: document, link"
    );
}

#[test]
fn work_of_the_past_is_recorded_with_its_day_its_doer_and_evidence() {
    let scene = Scene::new(false);
    assert!(matches!(scene.decide(0, record_later(20, vec![link()])), Err(Refusal::NotYet { .. })));
    assert!(matches!(scene.decide(0, record_later(1, vec![])), Err(Refusal::NoEvidence(_))));
    let change = scene.decide(0, record_later(1, vec![link()])).unwrap();
    assert!(matches!(change.event, Event::Completed { earlier: Some(Earlier { on, .. }), .. }
        if on == jiff::civil::date(2027, 2, 1)));
    let nobody = Earlier { on: jiff::civil::date(2027, 2, 1), done_by: " ".into() };
    let command = Command::RecordLater {
        by: sample::user(1),
        earlier: nobody,
        proofs: vec![link()],
        note: String::new(),
    };
    assert_eq!(scene.decide(0, command), Err(Refusal::Missing("who did it")));
}

#[test]
fn a_step_that_a_record_proves_can_be_recorded_later_by_a_document_of_then() {
    let scene = Scene::new(false).after(0, record_later(1, vec![link()]));
    assert!(scene.decide(1, record_later(2, vec![link()])).is_ok());
}

#[test]
fn setting_a_step_aside_takes_a_second_person() {
    let set_aside = || Command::SetAside { by: sample::user(1), reason: "No shops".into() };
    assert_eq!(Scene::new(true).decide(0, set_aside()), Err(Refusal::AlwaysApplies));
    let scene = Scene::new(true).after(1, set_aside());
    assert_eq!(scene.decide(1, Command::Confirm { by: sample::user(1) }), Err(Refusal::SamePerson));
    let change = scene.decide(1, Command::Confirm { by: sample::user(2) }).unwrap();
    assert_eq!(change.step.state.name(), "not applicable");
}

#[test]
fn a_required_step_of_a_complete_phase_changes_only_after_the_phase_is_reopened() {
    let mut scene = Scene::new(true).after(0, complete(vec![link()]));
    scene.phase_complete = true;
    let reopen = || Command::Reopen { by: sample::user(1), reason: "wrong file".into() };
    assert_eq!(scene.decide(0, reopen()), Err(Refusal::PhaseComplete));
    scene.steps[2].required = false;
    let require = Command::Require { by: sample::user(1), required: true, reason: "audit".into() };
    assert_eq!(scene.decide(2, require), Err(Refusal::PhaseComplete));
    scene.phase_complete = false;
    let change = scene.decide(0, reopen()).unwrap();
    assert_eq!(change.step.state, State::Open);
    assert!(
        matches!(change.event, Event::Reopened { was: State::Done { .. }, .. }),
        "history keeps what it was"
    );
}

#[test]
fn the_table_of_states_and_commands_is_as_it_was_agreed() {
    let by = sample::user(1);
    let reason = || "because".to_owned();
    let done = State::Done {
        by,
        at: sample::now(),
        proofs: vec![link()],
        note: String::new(),
        earlier: None,
    };
    let aside = State::SetAside { by, at: sample::now(), reason: reason() };
    let never = State::NotApplicable {
        by,
        confirmed_by: sample::user(2),
        at: sample::now(),
        reason: reason(),
    };
    let commands = || {
        [
            complete(vec![]),
            record_later(1, vec![link()]),
            Command::Reopen { by, reason: reason() },
            Command::SetAside { by, reason: reason() },
            Command::Confirm { by: sample::user(2) },
            Command::Assign { by, to: None },
            Command::Plan { by, on: None },
            Command::Require { by, required: false, reason: reason() },
        ]
    };
    let row = |state: State| {
        let mut scene = Scene::new(true).after(0, complete(vec![link()]));
        scene.steps[1].state = state.clone();
        let cell = |command| match scene.decide(1, command) {
            Ok(change) => change.step.state.name(),
            Err(Refusal::WrongState { .. }) => "-",
            Err(_) => "refused",
        };
        format!("{:14} {}", state.name(), commands().map(cell).join(" | "))
    };
    let rows = [State::Open, done, aside, never].map(row);
    crate::matrix::keep_rows(
        &[
            "complete",
            "record later",
            "reopen",
            "set aside",
            "confirm",
            "assign",
            "plan",
            "require",
        ],
        &rows.each_ref().map(|row| {
            row.replace("set aside", "set_aside").replace("not applicable", "not_applicable")
        }),
    );
    assert_eq!(
        rows,
        [
            "open           done | done | - | set aside | - | open | open | open",
            "done           - | - | open | - | - | done | - | done",
            "set aside      done | done | open | - | not applicable | set aside | set aside | set aside",
            "not applicable - | - | open | - | - | not applicable | - | not applicable",
        ]
    );
}

#[test]
fn a_copy_plans_its_steps_back_from_the_go_live_date_and_is_repeatable() {
    let copy = sample::copy();
    assert_eq!(copy, sample::copy());
    assert_eq!(copy.steps[0].planned, Some(jiff::civil::date(2027, 3, 6)));
    assert_eq!(copy.milestones[0].planned, Some(jiff::civil::date(2027, 4, 5)));
    assert_eq!(copy.steps[1].prerequisites, [copy.steps[0].id].into());
}
