//! The live forecast and the facts of a run.

use super::super::facts::{self, Past};
use super::super::forecast::{How, States, forecast};
use super::super::incident::{self, Severity};
use super::super::run::{self, Run};
use super::super::simulate::Simulation;
use super::super::task::State;
use super::*;
use crate::fact::FactId;
use crate::id::EnvironmentId;
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};

fn how() -> How {
    How { simulation: Simulation { samples: 500, seed: 3, correlation: 0.5 }, percentile: 80.0 }
}

/// A time of the Sunday on which the small plan runs, in UTC (Berlin is two hours ahead).
fn sunday(time: &str) -> Timestamp {
    instant(&format!("2027-04-04T{time}:00Z"))
}

fn done(started: &str, finished: &str) -> State {
    State::Done {
        by: who("anna"),
        started: sunday(started),
        finished: sunday(finished),
        note: String::new(),
    }
}

fn running(since: &str) -> State {
    State::Running { by: who("anna"), since: sunday(since) }
}

fn states(known: &[(&str, State)]) -> States {
    known.iter().map(|(id, state)| ((*id).to_owned(), state.clone())).collect()
}

#[test]
fn what_is_not_started_ticks_with_the_clock() {
    let at = |now: &str, known: &[(&str, State)]| {
        forecast(&small(), &easter(), &states(known), sunday(now), how()).unwrap()
    };
    let before = at("12:00", &[]);
    assert_eq!(before.expected["close"].finish, sunday("17:10"));
    assert_eq!(before.critical_path, ["open", "a", "decide", "close"]);
    // Twenty minutes after the opening nobody has begun.
    let opened = ("open", done("16:00", "16:00"));
    let late = at("16:20", std::slice::from_ref(&opened));
    assert_eq!(late.expected["close"].finish, sunday("17:30"));
    assert_eq!(late.expected["a"].start, sunday("16:20"));
    // A task that overruns is expected to end now, at the earliest.
    let over =
        at("17:40", &[opened.clone(), ("a", running("16:00")), ("b", done("16:00", "16:30"))]);
    assert_eq!(over.expected["close"].finish, sunday("17:50"));
    assert_eq!(over.critical_path, ["a", "decide", "close"]);
    assert_eq!(over.no_return.as_ref().unwrap().seconds_left, 10 * 60);
    assert!(!over.no_return.unwrap().begun);
}

#[test]
fn the_forecast_of_a_running_task_leaves_out_the_durations_that_have_passed() {
    let mut plan = small();
    plan.tasks[1].durations = Durations { optimistic: 30, planned: 40, pessimistic: 120 };
    let known = states(&[
        ("open", done("16:00", "16:00")),
        ("a", running("16:00")),
        ("b", done("16:00", "16:30")),
    ]);
    let found = forecast(&plan, &easter(), &known, sunday("17:00"), how()).unwrap();
    let points = found.closing.percentiles;
    assert!(points.p50 > sunday("17:10") && points.worst <= sunday("18:10"), "{points:?}");
    let early = forecast(&plan, &easter(), &known, sunday("16:10"), how()).unwrap();
    assert!(early.closing.percentiles.p50 < points.p50);
}

#[test]
fn the_margin_counts_to_the_end_of_the_window_and_falls_below_zero() {
    let opened = states(&[("open", done("16:00", "16:00"))]);
    let margin =
        |now: &str| forecast(&small(), &easter(), &opened, sunday(now), how()).unwrap().closing;
    assert_eq!(margin("16:00").margin_minutes, 110);
    assert_eq!(margin("18:00").margin_minutes, -10);
    assert!((margin("18:00").inside_window - 0.0).abs() < f64::EPSILON);
    assert!((margin("16:00").inside_window - 100.0).abs() < f64::EPSILON);
}

#[test]
fn on_the_way_back_the_release_is_forecast_from_what_was_done() {
    let passed = State::Passed {
        by: who("eva"),
        started: sunday("16:30"),
        at: sunday("16:40"),
        note: String::new(),
    };
    let known = states(&[("back", passed), ("restore", running("16:40"))]);
    let back =
        forecast(&small(), &easter(), &known, sunday("17:00"), how()).unwrap().back_out.unwrap();
    assert_eq!(back.finished, sunday("17:30"));
}

fn rehearsal() -> Run {
    Run {
        title: "First".into(),
        kind: run::Kind::Rehearsal,
        environment: EnvironmentId::named("test", "sandbox"),
        plan: small().digest(),
        day_zero: date(2027, 4, 5),
        seed: 1,
    }
}

fn all_done() -> States {
    let passed = State::Passed {
        by: who("eva"),
        started: sunday("17:00"),
        at: sunday("17:10"),
        note: String::new(),
    };
    states(&[
        ("open", done("16:00", "16:00")),
        ("a", done("16:00", "17:00")),
        ("b", done("16:00", "16:30")),
        ("decide", passed),
        ("close", done("17:10", "17:10")),
        ("live", done("17:10", "17:20")),
    ])
}

fn value(facts: &crate::fact::Facts, name: &'static str) -> Value {
    facts.get(&FactId::new(name)).value
}

#[test]
fn a_rehearsal_counts_when_it_went_from_opening_to_closing() {
    let (plan, run, tasks) = (small(), rehearsal(), all_done());
    let closed =
        run::State::Completed { since: sunday("16:00"), at: sunday("18:00"), by: who("anna") };
    let found = |state: &run::State, tasks: &States| {
        let past = Past { run: &run, state, tasks, plan: &plan };
        facts::of_rehearsals(&[past], Some(instant("2027-05-04T18:00:00Z")), sunday("19:00"))
    };
    let facts = found(&closed, &tasks);
    assert_eq!(value(&facts, "cutover.rehearsals"), Value::Count(1));
    assert_eq!(value(&facts, "cutover.last_rehearsal_age_days"), Value::Count(30));
    assert_eq!(value(&facts, "cutover.last_rehearsal_inside_window"), Value::Flag(true));
    assert_eq!(value(&facts, "cutover.rollback_proven"), Value::Flag(false));
    let half = states(&[("open", done("16:00", "16:00"))]);
    assert_eq!(value(&found(&closed, &half), "cutover.rehearsals"), Value::Count(0));
    let back = run::State::WentBack {
        since: sunday("16:00"),
        decided: sunday("17:30"),
        at: sunday("18:30"),
        by: who("anna"),
        reason: "to prove it".into(),
    };
    let facts = found(&back, &tasks);
    assert_eq!(value(&facts, "cutover.rehearsals"), Value::Count(1));
    assert_eq!(value(&facts, "cutover.rollback_proven"), Value::Flag(true));
}

#[test]
fn the_live_run_measures_what_its_gates_ask_for() {
    let (plan, run) = (small(), Run { kind: run::Kind::Live, ..rehearsal() });
    let state = run::State::Running { since: sunday("16:00") };
    let found = |tasks: &States, incidents: &[incident::State]| {
        facts::of_live(Past { run: &run, state: &state, tasks, plan: &plan }, &easter(), incidents)
    };
    let facts = found(&all_done(), &[]);
    for (name, wanted) in [
        ("cutover.tasks_open", Value::Count(0)),
        ("cutover.order_violations", Value::Count(0)),
        ("cutover.failures_unsettled", Value::Count(0)),
        ("cutover.critical_path_done", Value::Number(100.0)),
        ("cutover.inside_window", Value::Flag(true)),
        ("cutover.finished", Value::Flag(false)),
    ] {
        assert_eq!(value(&facts, name), wanted, "{name}");
    }
    let earlier = facts.get(&FactId::new("cutover.checkpoints_passed"));
    assert!(earlier.not_applicable, "the only checkpoint is the decision itself");
    let failed =
        State::Failed { started: sunday("16:00"), at: sunday("16:40"), reason: "disk".into() };
    let half =
        states(&[("open", done("16:00", "16:00")), ("a", failed), ("decide", running("16:10"))]);
    let what = "till".to_owned();
    let open = incident::State::Open {
        severity: Severity::Critical,
        by: who("a"),
        since: sunday("16:00"),
        what,
    };
    let facts = found(&half, &[open]);
    assert_eq!(facts.get(&FactId::new("cutover.order_violations")).details, ["decide before a"]);
    assert_eq!(value(&facts, "cutover.critical_path_done"), Value::Number(50.0));
    assert_eq!(value(&facts, "cutover.failures_unsettled"), Value::Count(1));
    assert_eq!(value(&facts, "cutover.incidents_critical_open"), Value::Count(1));
    assert_eq!(value(&facts, "cutover.incidents_high_open"), Value::Count(0));
}

#[test]
fn the_plan_measures_completeness_backups_and_dates() {
    let plan = weekend();
    let none = BTreeSet::new();
    let signed = super::super::signature::State::Draft;
    let facts = facts::of_plan(&plan, Some(&easter()), &signed, &none);
    assert_eq!(value(&facts, "cutover.plan_complete"), Value::Flag(true));
    assert_eq!(value(&facts, "cutover.backups_named"), Value::Number(100.0));
    assert_eq!(value(&facts, "cutover.way_back_described"), Value::Flag(true));
    assert_eq!(value(&facts, "cutover.plan_signed"), Value::Flag(false));
    assert_eq!(value(&facts, "cutover.people_confirmed"), Value::Number(0.0));
    assert_eq!(value(&facts, "validation.scripts_owned"), Value::Number(100.0));
    assert_eq!(value(&facts, "cutover.retry_on"), Value::from("2027-05-03"));
    let window =
        vec!["2027-04-02T18:00:00+02:00".to_owned(), "2027-04-04T14:00:00+02:00".to_owned()];
    assert_eq!(value(&facts, "cutover.window"), Value::List(window));
    let all: BTreeSet<String> =
        plan.tasks.iter().flat_map(|t| [t.owner.clone(), t.backup.clone()]).collect();
    let facts = facts::of_plan(&plan, None, &signed, &all);
    assert_eq!(value(&facts, "cutover.people_confirmed"), Value::Number(100.0));
}

#[test]
fn a_forecast_becomes_facts_that_hold_for_a_minute() {
    let found = forecast(&small(), &easter(), &BTreeMap::new(), sunday("16:00"), how()).unwrap();
    let facts = facts::of_forecast(&found);
    let margin = facts.get(&FactId::new("cutover.forecast_margin_minutes"));
    assert_eq!((margin.value, margin.holds_until), (Value::Count(110), Some(sunday("16:01"))));
    // Until 05:00 on Monday, Berlin, are eleven hours; the way back takes one... ten minutes of decision, fifty of work.
    assert_eq!(value(&facts, "cutover.back_out_margin_minutes"), Value::Count(11 * 60 - 10));
}
