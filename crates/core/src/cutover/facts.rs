//! The facts that plan, runs, incidents and forecast determine, for the gates that ask for them.

use super::check::Problem;
use super::forecast::{Forecast, States, minutes_between};
use super::graph::Graph;
use super::incident::{self, Severity};
use super::plan::{Plan, Task};
use super::run::{self, Run};
use super::signature;
use super::task::State;
use super::timetable::{Anchor, Pace, longest_chain, moments, timetable};
use crate::fact::{Fact, Facts};
use crate::value::Value;
use jiff::{Span, Timestamp};
use std::collections::BTreeSet;

/// The section whose tasks are the validation scripts of the business.
const VALIDATION: &str = "validation";

/// What the plan itself determines. `confirmed` are the roles (or members) that have confirmed their part.
pub fn of_plan(
    plan: &Plan,
    anchor: Option<&Anchor>,
    signed: &signature::State,
    confirmed: &BTreeSet<String>,
) -> Facts {
    let mut facts = Facts::default();
    let problems = plan.problems();
    let words = problems.iter().map(Problem::to_string);
    facts.set("cutover.plan_complete", Fact::from(problems.is_empty()).because(words));
    facts.set("cutover.plan_signed", signed_fact(signed, &plan.digest()));
    facts.set("cutover.backups_named", backups(plan));
    facts.set("cutover.way_back_described", way_back_described(plan, &problems));
    facts.set("cutover.people_confirmed", people_confirmed(plan, confirmed));
    facts.set("validation.scripts_owned", scripts_owned(plan));
    if let Some(anchor) = anchor {
        facts.extend(dates(plan, anchor));
    }
    facts
}

fn signed_fact(state: &signature::State, digest: &str) -> Fact {
    match state {
        signature::State::Superseded { reason, .. } => {
            Fact { stale: true, ..Fact::from(false) }.because([format!("superseded: {reason}")])
        }
        signature::State::Draft | signature::State::Signed { .. } => {
            Fact::from(state.holds_for(digest))
        }
    }
}

fn backups(plan: &Plan) -> Fact {
    let without = |task: &&Task| task.backup.is_empty() || task.backup == task.owner;
    let missing: Vec<&Task> = plan.tasks.iter().filter(without).collect();
    share(plan.tasks.len() - missing.len(), plan.tasks.len())
        .because(missing.iter().map(|task| task.id.clone()))
}

fn way_back_described(plan: &Plan, problems: &[Problem]) -> Fact {
    let against = |problem: &&Problem| match problem {
        Problem::NoWayBack
        | Problem::WayBackWithoutDecision { .. }
        | Problem::NoPointOfNoReturn
        | Problem::NoUndo { .. } => true,
        Problem::Empty
        | Problem::Twice { .. }
        | Problem::UnknownPredecessor { .. }
        | Problem::Cycle { .. }
        | Problem::UnknownSection { .. }
        | Problem::UnknownStream { .. }
        | Problem::Durations { .. }
        | Problem::Window { .. }
        | Problem::Moment { .. }
        | Problem::NoOwner { .. }
        | Problem::NoBackup { .. }
        | Problem::BackupIsOwner { .. }
        | Problem::NoVerification { .. }
        | Problem::NoDecision => {
            problem.task().and_then(|id| plan.task(id)).is_some_and(Task::is_way_back)
        }
    };
    let found: Vec<String> = problems.iter().filter(against).map(ToString::to_string).collect();
    Fact::from(found.is_empty()).because(found)
}

fn people_confirmed(plan: &Plan, confirmed: &BTreeSet<String>) -> Fact {
    let people: BTreeSet<&str> =
        plan.tasks.iter().flat_map(|task| [task.owner.as_str(), &task.backup]).collect();
    let people: Vec<&str> = people.into_iter().filter(|name| !name.is_empty()).collect();
    let missing: Vec<&str> =
        people.iter().copied().filter(|name| !confirmed.contains(*name)).collect();
    share(people.len() - missing.len(), people.len()).because(missing)
}

fn scripts(plan: &Plan) -> impl Iterator<Item = &Task> {
    plan.tasks.iter().filter(|task| task.section == VALIDATION && !task.is_checkpoint())
}

fn scripts_owned(plan: &Plan) -> Fact {
    let whole = |task: &Task| {
        !task.owner.is_empty() && !task.backup.is_empty() && !task.verification.is_empty()
    };
    let missing: Vec<&Task> = scripts(plan).filter(|task| !whole(task)).collect();
    let all = scripts(plan).count();
    share(all - missing.len(), all).because(missing.iter().map(|task| task.id.clone()))
}

/// Window, first need of production and second attempt, as dates of the project's zone.
fn dates(plan: &Plan, anchor: &Anchor) -> Facts {
    let mut facts = Facts::default();
    let Ok(times) = timetable(plan, anchor, Pace::Planned) else { return facts };
    let local = |at: Timestamp| {
        at.to_zoned_datetime(anchor.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    };
    let m = times.moments;
    facts.set("cutover.window", Value::List(vec![local(m.window_opens), local(m.window_ends)]));
    let needs =
        |task: &&Task| task.kind.operation().is_some_and(needs_production) && !task.is_way_back();
    let first = plan
        .tasks
        .iter()
        .filter(needs)
        .filter_map(|task| times.slots.get(&task.id))
        .map(|s| s.earliest_start);
    let day = |at: Timestamp| at.to_zoned_datetime(anchor.zone.clone()).date().to_string();
    facts.set("cutover.production_needed_on", first.min().map(day));
    let retry = plan
        .retry_after_days
        .and_then(|days| anchor.go_live.checked_add(Span::new().days(days)).ok());
    facts.set("cutover.retry_on", retry.map(|date| date.to_string()));
    facts
}

/// Operations that work on production itself.
fn needs_production(operation: &str) -> bool {
    ["environment.", "package.", "database.", "access.", "jobs."]
        .iter()
        .any(|group| operation.starts_with(group))
}

/// A run with all that is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// What it is.
    pub run: &'a Run,
    /// Where it stands.
    pub state: &'a run::State,
    /// Its tasks.
    pub tasks: &'a States,
    /// The plan as it was run.
    pub plan: &'a Plan,
}

impl Past<'_> {
    /// When a task of it was over.
    fn over(&self, task: &str) -> Option<(Timestamp, Timestamp)> {
        self.tasks.get(task).and_then(State::over)
    }

    /// Minutes from the opening to the closing of the window, as measured.
    pub fn measured_minutes(&self) -> Option<i64> {
        let (opened, closed) =
            (self.over(&self.plan.window_opens)?, self.over(&self.plan.window_closes)?);
        Some(minutes_between(opened.0, closed.1))
    }

    /// The share of the forward tasks that were carried out, in per cent.
    pub fn done_share(&self) -> Value {
        let tasks = self.plan.forward();
        let done = tasks.iter().filter(|task| self.tasks.get(&task.id).is_some_and(was_done));
        share(done.count(), tasks.len()).value
    }

    /// When a rehearsal that went from the opening to the closing of the window ended.
    fn finished_rehearsal(&self) -> Option<Timestamp> {
        match (self.run.kind, self.state) {
            (
                run::Kind::Rehearsal,
                run::State::Completed { at, .. } | run::State::WentBack { at, .. },
            ) => self.measured_minutes().map(|_| *at),
            (run::Kind::Rehearsal | run::Kind::Live, _) => None,
        }
    }

    fn went_back(&self) -> bool {
        matches!((self.run.kind, self.state), (run::Kind::Rehearsal, run::State::WentBack { .. }))
    }
}

fn was_done(state: &State) -> bool {
    matches!(state, State::Done { .. } | State::Passed { .. })
}

/// What the rehearsals determine; ages count to the start of the live window, if it has a date.
pub fn of_rehearsals(
    runs: &[Past<'_>],
    live_window_opens: Option<Timestamp>,
    now: Timestamp,
) -> Facts {
    let mut facts = Facts::default();
    let mut finished: Vec<(Timestamp, &Past<'_>)> =
        runs.iter().filter_map(|past| past.finished_rehearsal().map(|at| (at, past))).collect();
    finished.sort_by_key(|(at, _)| *at);
    let line = |(_, past): &(Timestamp, &Past<'_>)| {
        let minutes = past.measured_minutes().unwrap_or_default();
        let (title, hours) = (&past.run.title, past.plan.window_hours);
        format!("{title}: {hours} h planned, {} h {:02} measured", minutes / 60, minutes % 60)
    };
    let results: Vec<String> = finished.iter().map(line).collect();
    facts.set("cutover.rehearsals", Fact::from(finished.len()).because(results.clone()));
    facts.set("cutover.rehearsal_results", results);
    if let Some((at, past)) = finished.last() {
        let counts_to = live_window_opens.unwrap_or(now);
        facts.set(
            "cutover.last_rehearsal_age_days",
            minutes_between(*at, counts_to).div_euclid(24 * 60),
        );
        let fitted =
            past.measured_minutes().is_some_and(|m| m <= i64::from(past.plan.window_hours) * 60);
        facts.set("cutover.last_rehearsal_inside_window", fitted);
    }
    facts.set("cutover.rollback_proven", runs.iter().any(Past::went_back));
    facts
}

/// What the live run determines.
pub fn of_live(past: Past<'_>, anchor: &Anchor, incidents: &[incident::State]) -> Facts {
    let mut facts = Facts::default();
    let forward = past.plan.forward();
    let over = |task: &Task| past.over(&task.id).is_some();
    let open: Vec<&&Task> = forward.iter().filter(|task| !over(task)).collect();
    facts.set(
        "cutover.tasks_open",
        Fact::from(open.len()).because(open.iter().map(|task| task.id.clone())),
    );
    let unsettled = past.tasks.iter().filter(|(_, state)| matches!(state, State::Failed { .. }));
    let unsettled: Vec<&String> = unsettled.map(|(id, _)| id).collect();
    facts.set(
        "cutover.failures_unsettled",
        Fact::from(unsettled.len()).because(unsettled.into_iter().cloned()),
    );
    let violations = order_violations(past);
    facts.set("cutover.order_violations", Fact::from(violations.len()).because(violations));
    facts.set("cutover.critical_path_done", critical_path_done(past));
    facts.set("cutover.checkpoints_passed", checkpoints_passed(past));
    facts.set("cutover.inside_window", inside_window(past, anchor));
    facts.set("cutover.finished", matches!(past.state, run::State::Completed { .. }));
    let passed = scripts(past.plan).filter(|task| past.tasks.get(&task.id).is_some_and(was_done));
    facts.set("validation.scripts_passed", share(passed.count(), scripts(past.plan).count()));
    facts.set("cutover.incidents_critical_open", incidents_open(incidents, Severity::Critical));
    facts.set("cutover.incidents_high_open", incidents_open(incidents, Severity::High));
    facts
}

fn order_violations(past: Past<'_>) -> Vec<String> {
    let early = |task: &Task| {
        let started = past.tasks.get(&task.id).and_then(State::started)?;
        let before = |id: &&String| past.over(id).is_none_or(|(_, finished)| finished > started);
        let first = task.predecessors.iter().find(before)?;
        Some(format!("{} before {first}", task.id))
    };
    past.plan.tasks.iter().filter_map(early).collect()
}

fn critical_path_done(past: Past<'_>) -> Fact {
    let plan = past.plan;
    let decision = plan.go_no_go().map_or(plan.window_closes.as_str(), |task| &task.id);
    let chain =
        longest_chain(plan, &plan.window_opens, decision, Pace::Planned).map(|(chain, _)| chain);
    let chain: Vec<String> =
        chain.unwrap_or_default().into_iter().filter(|id| id != decision).collect();
    let open: Vec<String> = chain.iter().filter(|id| past.over(id).is_none()).cloned().collect();
    share(chain.len() - open.len(), chain.len()).because(open)
}

fn checkpoints_passed(past: Past<'_>) -> Fact {
    let tasks = past.plan.forward();
    let (Some(decision), Ok(graph)) = (past.plan.go_no_go(), Graph::of(&tasks)) else {
        return Fact::default();
    };
    let Some(at) = graph.index(&decision.id) else { return Fact::default() };
    let before = graph.before(at);
    let earlier =
        tasks.iter().enumerate().filter(|&(i, task)| before[i] && i != at && task.is_checkpoint());
    let earlier: Vec<&str> = earlier.map(|(_, task)| task.id.as_str()).collect();
    if earlier.is_empty() {
        return Fact::not_applicable();
    }
    let passed = |id: &&&str| matches!(past.tasks.get(**id), Some(State::Passed { .. }));
    let open = earlier.iter().filter(|id| !passed(id)).map(|id| (*id).to_owned());
    share(earlier.iter().filter(passed).count(), earlier.len()).because(open)
}

fn inside_window(past: Past<'_>, anchor: &Anchor) -> Fact {
    let closed = past.over(&past.plan.window_closes).map(|(_, at)| at);
    let ends = moments(past.plan, anchor).ok().map(|moments| moments.window_ends);
    Fact::from(closed.zip(ends).map(|(closed, ends)| closed <= ends))
}

fn incidents_open(incidents: &[incident::State], asked: Severity) -> Fact {
    let open = incidents.iter().filter_map(|state| match state {
        incident::State::Open { severity, what, .. } if *severity == asked => Some(what.clone()),
        // A workaround does not make a critical incident less critical.
        incident::State::WorkedAround { severity: Severity::Critical, what, .. }
            if asked == Severity::Critical =>
        {
            Some(what.clone())
        }
        incident::State::Open { .. }
        | incident::State::WorkedAround { .. }
        | incident::State::Solved { .. } => None,
    });
    let open: Vec<String> = open.collect();
    Fact::from(open.len()).because(open)
}

/// What a forecast determines. It changes with every minute, so it holds for one.
pub fn of_forecast(forecast: &Forecast) -> Facts {
    let mut facts = Facts::default();
    let until = forecast.at.checked_add(Span::new().minutes(1)).ok();
    let margin = forecast.closing.margin_minutes;
    facts.set("cutover.forecast_margin_minutes", Fact::from(margin).until(until));
    let back = forecast.back_out.and_then(|back| back.margin_minutes);
    facts.set("cutover.back_out_margin_minutes", Fact::from(back).until(until));
    facts
}

/// A share in per cent; of nothing, nothing was measured.
fn share(part: usize, whole: usize) -> Fact {
    if whole == 0 {
        return Fact::default();
    }
    #[expect(clippy::cast_precision_loss, reason = "tasks are counted in hundreds")]
    let percent = part as f64 * 100.0 / whole as f64;
    Fact::from(percent)
}
