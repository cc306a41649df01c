//! The maintained sum equals a recount, whatever came in and in whatever order.

use super::*;
use crate::acceptance::evidence::{Present, day};
use crate::acceptance::figures::Figures;
use crate::acceptance::place::ineligible;
use crate::acceptance::result::{Cause, Standing, take_in};
use crate::acceptance::summary::Summary;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};

/// A project as its rows would have it.
#[derive(Default)]
struct Rows {
    requirements: BTreeMap<String, Requirement>,
    cases: BTreeMap<String, Case>,
    standing: BTreeMap<String, Standing>,
    history: Vec<(TestResult, Batch)>,
    summary: Summary,
}

impl Rows {
    fn put_requirement(&mut self, requirement: &Requirement) {
        if let Some(before) = self.requirements.insert(requirement.key.clone(), requirement.clone())
        {
            self.summary.remove_requirement(&before);
        }
        self.summary.add_requirement(requirement);
    }

    fn drop_requirement(&mut self, key: &str) {
        if let Some(before) = self.requirements.remove(key) {
            self.summary.remove_requirement(&before);
        }
    }

    fn put_case(&mut self, case: &Case) {
        let key = case.key.clone();
        if let Some(before) = self.cases.insert(key.clone(), case.clone()) {
            self.summary.remove_case(&before, self.standing.get(&key));
            if !case.keeps_results_of(&before) {
                self.standing.remove(&key);
                self.history.retain(|(result, _)| result.case != key);
            }
        }
        self.summary.add_case(case, self.standing.get(&key));
    }

    fn drop_case(&mut self, key: &str) {
        if let Some(before) = self.cases.remove(key) {
            self.summary.remove_case(&before, self.standing.get(key));
            self.standing.remove(key);
            self.history.retain(|(result, _)| result.case != key);
        }
    }

    fn import(&mut self, batch: &Batch, results: &[TestResult], place: &Place) {
        let named: BTreeSet<&String> = results.iter().map(|result| &result.case).collect();
        let known: BTreeMap<String, (Case, Option<Standing>)> = named
            .into_iter()
            .filter_map(|key| {
                Some((key.clone(), (self.cases.get(key)?.clone(), self.standing.get(key).cloned())))
            })
            .collect();
        let intake = take_in(batch, results, &known, ineligible(place, &policy()));
        self.summary.take_in(&intake, &known, &place.name, results.len());
        if intake.ineligible.is_empty() {
            let counted = results.iter().filter(|result| self.cases.contains_key(&result.case));
            self.history.extend(counted.map(|result| (result.clone(), batch.clone())));
        }
        self.standing.extend(intake.moved);
    }

    fn supersede(&mut self, index: usize) {
        if self.history.is_empty() {
            return;
        }
        let (wrong, _) = self.history.remove(index % self.history.len());
        let case = &self.cases[&wrong.case];
        let left = self.history.iter().filter(|(result, _)| result.case == wrong.case);
        let after = Standing::after(left.map(|(result, batch)| (result, batch)));
        self.summary.restand(case, self.standing.get(&wrong.case), after.as_ref());
        match after {
            Some(after) => self.standing.insert(wrong.case, after),
            None => self.standing.remove(&wrong.case),
        };
    }

    /// Every figure counted anew from the rows, by other means than the summary's.
    fn recount(&self, present: Present<'_>) -> Vec<u32> {
        let count = |n: usize| u32::try_from(n).unwrap();
        let last: BTreeMap<&String, &(TestResult, Batch)> = {
            let mut run: Vec<&(TestResult, Batch)> = self
                .history
                .iter()
                .filter(|(result, _)| result.outcome != Outcome::NotRun)
                .collect();
            run.sort_by_key(|(result, _)| result.at);
            run.into_iter().map(|entry| (&entry.0.case, entry)).collect()
        };
        let fresh = |batch: &Batch, result: &TestResult| {
            let setting = "evidence.test_result_validity";
            present.freshness(&batch.subject, day(result.at), setting).is_fresh()
        };
        let passed = |only_fresh: bool, ask: &dyn Fn(&Case) -> bool| {
            let rows = last.iter().filter(|(key, (result, batch))| {
                result.outcome == Outcome::Passed
                    && ask(&self.cases[**key])
                    && (!only_fresh || fresh(batch, result))
            });
            count(rows.count())
        };
        let in_scope = self.requirements.values().filter(|r| r.is_in_scope());
        let uncovered =
            in_scope.filter(|r| !self.cases.values().any(|c| c.requirements.contains(&r.key)));
        let critical = |case: &Case| case.priority == Priority::Critical;
        let roles: BTreeSet<&String> = last
            .iter()
            .filter(|(key, (result, batch))| {
                let right = self.cases[**key].role == result.role;
                result.outcome == Outcome::Passed && right && fresh(batch, result)
            })
            .map(|(key, _)| &self.cases[*key].role)
            .collect();
        let exercised: BTreeSet<&String> = last
            .iter()
            .filter(|(_, (result, batch))| {
                result.outcome == Outcome::Passed && fresh(batch, result)
            })
            .flat_map(|(key, _)| &self.cases[*key].exercises)
            .collect();
        vec![
            count(self.cases.len()),
            count(last.len()),
            passed(true, &|_| true),
            passed(false, &|_| true) - passed(true, &|_| true),
            count(self.cases.values().filter(|c| critical(c)).count()),
            passed(true, &critical),
            passed(true, &|case| case.kind == CaseKind::Integration),
            count(last.values().filter(|(result, _)| result.administrator).count()),
            count(uncovered.count()),
            count(self.cases.len() - last.len()),
            count(roles.len()),
            count(exercised.len()),
        ]
    }
}

fn figures(summary: &Summary, present: Present<'_>) -> Vec<u32> {
    let figures = Figures::of(summary, present);
    let count = |n: usize| u32::try_from(n).unwrap();
    vec![
        figures.planned,
        figures.executed,
        figures.passed,
        figures.passed_stale,
        figures.critical,
        figures.critical_passed,
        figures.integration_passed,
        figures.administrator,
        count(summary.uncovered.len()),
        count(summary.not_run.len()),
        count(figures.roles.len()),
        count(figures.exercised.len()),
    ]
}

fn any_case(rng: &mut ChaCha8Rng) -> Case {
    let mut one = case(
        &format!("TC-{}", rng.random_range(0..25)),
        &format!("REQ-{}", rng.random_range(0..10)),
    );
    if rng.random_bool(0.3) {
        one.requirements.push(format!("REQ-{}", rng.random_range(0..10)));
    }
    one.priority = if rng.random_bool(0.4) { Priority::Critical } else { Priority::Low };
    one.kind = if rng.random_bool(0.3) { CaseKind::Integration } else { CaseKind::Process };
    one.process = ["order-to-cash", "warehouse"][rng.random_range(0..2)].into();
    one.role = ["sales-clerk", "buyer", "contoso-cashier"][rng.random_range(0..3)].into();
    one.exercises =
        (0..rng.random_range(0..3)).map(|_| format!("int-{}", rng.random_range(0..4))).collect();
    one.steps = ["One way", "Another way"][rng.random_range(0..2)].into();
    one
}

fn any_result(rng: &mut ChaCha8Rng) -> TestResult {
    let outcome = match rng.random_range(0..6) {
        0 => Outcome::Failed { cause: Some(Cause::Bug) },
        1 => Outcome::Blocked,
        2 => Outcome::NotRun,
        _ => Outcome::Passed,
    };
    // One batch in ten names a case that nobody knows.
    let key = format!("TC-{}", rng.random_range(0..27));
    let mut one = result(&key, outcome, &format!("2027-0{}-10T08:00:00Z", rng.random_range(1..4)));
    one.role =
        ["sales-clerk", "buyer", "contoso-cashier", "administrator"][rng.random_range(0..4)].into();
    one.administrator = one.role == "administrator";
    one
}

fn any_change(rows: &mut Rows, rng: &mut ChaCha8Rng, step: u32, places: &[Place]) {
    match rng.random_range(0..10) {
        0 => rows.put_requirement(&Requirement {
            importance: if rng.random_bool(0.2) { Importance::Wont } else { Importance::Must },
            ..requirement(&format!("REQ-{}", rng.random_range(0..10)))
        }),
        1 => rows.drop_requirement(&format!("REQ-{}", rng.random_range(0..10))),
        2..5 => rows.put_case(&any_case(rng)),
        5 => rows.drop_case(&format!("TC-{}", rng.random_range(0..25))),
        6 => rows.supersede(rng.random_range(0..1000)),
        _ => {
            let place = &places[rng.random_range(0..places.len())];
            let mut batch = batch(u128::from(step));
            batch.subject.environment = place.environment;
            batch.subject.version_set = ["10.4.1", "10.4.2"][rng.random_range(0..2)].into();
            let results: Vec<TestResult> =
                (0..rng.random_range(1..12)).map(|_| any_result(rng)).collect();
            rows.import(&batch, &results, place);
        }
    }
}

#[test]
fn the_maintained_sum_equals_a_recount_after_any_changes() {
    let policy = policy();
    let development = Place {
        environment: environment(2),
        kinds: vec!["development".into()],
        tier: Some(1),
        ..sandbox()
    };
    let places = [sandbox(), development];
    let present = Present { places: &places, policy: &policy, now: at("2027-04-30T00:00:00Z") };
    for seed in 0..60 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut rows = Rows::default();
        for step in 0..120 {
            any_change(&mut rows, &mut rng, step, &places);
            assert_eq!(
                figures(&rows.summary, present),
                rows.recount(present),
                "seed {seed}, step {step}"
            );
        }
        let mut anew = Summary { refused: rows.summary.refused.clone(), ..Summary::default() };
        rows.cases.iter().for_each(|(key, case)| anew.add_case(case, rows.standing.get(key)));
        rows.requirements.values().for_each(|requirement| anew.add_requirement(requirement));
        assert_eq!(rows.summary, anew, "seed {seed}: nothing is left over from what went away");
    }
}

#[test]
fn the_sum_survives_being_stored() {
    let mut rows = Rows::default();
    rows.put_requirement(&requirement("REQ-1"));
    rows.put_case(&case("TC-1", "REQ-1"));
    rows.import(&batch(1), &[result("TC-1", Outcome::Passed, "2027-02-01T09:00:00Z")], &sandbox());
    let text = serde_json::to_string(&rows.summary).unwrap();
    assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), rows.summary);
}

#[test]
fn a_retest_replaces_the_failure_and_an_older_result_does_not() {
    let mut rows = Rows::default();
    rows.put_case(&case("TC-1", "REQ-1"));
    let failed = Outcome::Failed { cause: None };
    rows.import(&batch(1), &[result("TC-1", failed, "2027-01-20T09:00:00Z")], &sandbox());
    assert_eq!(rows.summary.not_passed.len(), 1);
    rows.import(&batch(2), &[result("TC-1", Outcome::Passed, "2027-02-01T09:00:00Z")], &sandbox());
    assert!(rows.summary.not_passed.is_empty());
    rows.import(&batch(3), &[result("TC-1", failed, "2027-01-25T09:00:00Z")], &sandbox());
    assert!(rows.summary.not_passed.is_empty(), "it was done before the pass");
}
