//! Both service models, from the first day to live.

use super::*;
use crate::gate::judge;
use crate::gate::table::{table, tests::PACK};
use jiff::Timestamp;
use jiff::civil::date;

/// What becomes true on the way, in order.
const WAY: [(&str, bool); 13] = [
    ("go_live.date_set", true),
    ("phases.before_request_complete", true),
    ("checklist.submitted", true),
    ("review.report_issued", true),
    ("review.complete", true),
    ("request.signed_off", true),
    ("request.deployed", true),
    ("production.package_installed", true),
    ("production.database_copied", true),
    ("production.reconciliation_signed", true),
    ("production.ready", true),
    ("cutover.finished", true),
    ("project.live", true),
];

fn facts(steps: usize) -> Facts {
    let mut facts = Facts::default();
    for (name, value) in &WAY[..steps] {
        facts.set(*name, *value);
        if *name == "review.report_issued" {
            facts.set("review.critical_open", 0_usize);
        }
    }
    facts
}

fn computed(model: ServiceModel, facts: &Facts, dates: &[Dates; 9]) -> Vec<Stage> {
    path(&Inputs { model, facts, verdicts: &[], dates, today: date(2027, 4, 27) })
}

fn line(stages: &[Stage]) -> String {
    let word = |stage: &Stage| match stage.state {
        State::NotYet => "-",
        State::Open => "open",
        State::Waiting => "wait",
        State::Done => "done",
        State::AtRisk => "risk",
    };
    stages.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn story(model: ServiceModel) -> String {
    (0..=WAY.len())
        .map(|n| line(&computed(model, &facts(n), &[Dates::default(); 9])))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn self_service_goes_step_by_step() {
    assert_eq!(
        story(ServiceModel::SelfService),
        "open - - - - - - - -\n\
         done open - - - - - - -\n\
         done open - - - - - - -\n\
         done done wait - - - - - -\n\
         done done done wait - - - - -\n\
         done done done done open - - - -\n\
         done done done done wait - - - -\n\
         done done done done done open - - -\n\
         done done done done done done open - -\n\
         done done done done done done wait - -\n\
         done done done done done done done open -\n\
         done done done done done done done wait -\n\
         done done done done done done done done open\n\
         done done done done done done done done done"
    );
}

#[test]
fn managed_production_may_be_asked_for_before_the_review() {
    let mut early = facts(2);
    assert_eq!(
        line(&computed(ServiceModel::Managed, &early, &[Dates::default(); 9])),
        "done open - - open - - - -"
    );
    early.set("request.signed_off", true);
    let stages = computed(ServiceModel::Managed, &early, &[Dates::default(); 9]);
    assert_eq!((stages[4].state, stages[4].actor), (State::Waiting, Some(Actor::Reviewer)));
    let released = computed(ServiceModel::Managed, &facts(6), &[Dates::default(); 9]);
    assert_eq!(released[4].actor, Some(Actor::Operator));
    assert_eq!(
        computed(ServiceModel::SelfService, &facts(6), &[Dates::default(); 9])[4].actor,
        Some(Actor::Golive)
    );
}

#[test]
fn the_current_stage_is_the_first_that_is_not_done() {
    let stages = computed(ServiceModel::SelfService, &facts(3), &[Dates::default(); 9]);
    assert_eq!(current(&stages).map(|stage| stage.number), Some(3));
    let stages = computed(ServiceModel::SelfService, &facts(WAY.len()), &[Dates::default(); 9]);
    assert!(current(&stages).is_none());
}

#[test]
fn a_stage_that_cannot_be_in_time_is_at_risk_and_says_why() {
    let mut dates = [Dates::default(); 9];
    dates[1] = Dates { planned: Some(date(2027, 4, 26)), latest: Some(date(2027, 5, 10)) };
    dates[2] = Dates { planned: Some(date(2027, 6, 1)), latest: Some(date(2027, 5, 28)) };
    dates[4] = Dates { planned: None, latest: Some(date(2027, 4, 26)) };
    let stages = computed(ServiceModel::SelfService, &facts(1), &dates);
    assert_eq!(line(&stages), "done risk risk - risk - - - -");
    assert_eq!(stages[1].risks, ["was planned for 2027-04-26"]);
    assert_eq!(stages[2].risks, ["is planned for 2027-06-01, after the latest date 2027-05-28"]);
    assert_eq!(stages[4].risks, ["had to be done by 2027-04-26"]);
}

#[test]
fn a_critical_finding_and_a_release_in_doubt_are_risks() {
    let mut open = facts(4);
    open.set("review.critical_open", Fact::from(1_usize).because(["F-3: no rollback proof"]));
    let stages = computed(ServiceModel::SelfService, &open, &[Dates::default(); 9]);
    assert_eq!(stages[2].risks, ["critical findings open: 1"]);
    assert_eq!(stages[2].blocks[0].details, ["F-3: no rollback proof"]);
    let mut doubt = facts(5);
    doubt.set(
        "review.complete",
        Fact { stale: true, ..Fact::from(false) }.because(["scope changed: shops added"]),
    );
    let stages = computed(ServiceModel::SelfService, &doubt, &[Dates::default(); 9]);
    assert_eq!(
        (stages[3].state, stages[3].risks.as_slice()),
        (State::AtRisk, &["scope changed: shops added".to_owned()][..])
    );
}

#[test]
fn a_copy_that_does_not_apply_is_passed_over() {
    let mut facts = facts(8);
    facts.set("production.database_copied", Fact { not_applicable: true, ..Fact::from(true) });
    let stages = computed(ServiceModel::SelfService, &facts, &[Dates::default(); 9]);
    assert_eq!(
        (stages[6].state, stages[6].applies, stages[7].state),
        (State::Done, false, State::Open)
    );
}

#[test]
fn what_blocks_a_stage_are_the_reasons_of_its_gate() {
    let facts = facts(5);
    let table = table(Gate::ProductionRequest, ServiceModel::SelfService);
    let verdict = judge(Gate::ProductionRequest, &table, &PACK, &facts, &[], Timestamp::UNIX_EPOCH);
    let reasons = verdict.reasons().count();
    let dates = [Dates::default(); 9];
    let inputs = Inputs {
        model: ServiceModel::SelfService,
        facts: &facts,
        verdicts: &[verdict],
        dates: &dates,
        today: date(2027, 4, 27),
    };
    let stages = path(&inputs);
    assert_eq!(stages[4].blocks.len(), reasons);
    assert!(stages[4].blocks.iter().any(|block| block.owner == "solution-architect"));
    assert!(stages[3].blocks.is_empty());
}
