//! The figures of acceptance at one moment: the maintained sum, held against what is installed, loaded and how old.

use super::evidence::{Freshness, Present, Why, days};
use super::place::{Ineligible, ineligible};
use super::summary::{Counts, Stamp, Summary};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The setting that says how long a result holds.
pub const RESULT_VALIDITY: &str = "evidence.test_result_validity";

/// One business process.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct AreaFigures {
    /// Requirements in scope.
    pub requirements: u32,
    /// Of them, those that no case names.
    pub uncovered: u32,
    /// Cases.
    pub cases: u32,
    /// What came out last.
    pub counts: Counts,
    /// Of the passed ones, those that have gone stale.
    pub stale: u32,
}

/// A stamp that does not count as it is, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// Environment, versions, data and day.
    pub stamp: Stamp,
    /// How many results.
    pub results: u32,
    /// Why the environment is not eligible.
    pub ineligible: Vec<Ineligible>,
    /// Why they are stale.
    pub stale: Vec<Why>,
    /// What the policy only warns of.
    pub warnings: Vec<Why>,
}

/// All figures at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    /// Cases planned.
    pub planned: u32,
    /// Cases with a standing result, stale or not.
    pub executed: u32,
    /// Standing results by outcome, stale or not.
    pub counts: Counts,
    /// Passed and fresh.
    pub passed: u32,
    /// Passed but stale, or from a place that is not eligible any more.
    pub passed_stale: u32,
    /// Critical cases planned.
    pub critical: u32,
    /// Critical cases passed and fresh.
    pub critical_passed: u32,
    /// Critical cases passed, stale or not.
    pub critical_passed_ever: u32,
    /// Integration cases planned.
    pub integration: u32,
    /// Integration cases passed and fresh.
    pub integration_passed: u32,
    /// Results done with an administrator's role.
    pub administrator: u32,
    /// Roles with a fresh passed case.
    pub roles: BTreeSet<String>,
    /// Peripherals with a fresh passed case, and how many.
    pub exercised: BTreeMap<String, u32>,
    /// Results by tester.
    pub testers: BTreeMap<String, u32>,
    /// Data sets that standing results rest on.
    pub data_sets: BTreeSet<String>,
    /// Version sets that standing results rest on.
    pub version_sets: BTreeSet<String>,
    /// By business process.
    pub areas: BTreeMap<String, AreaFigures>,
    /// Stamps that do not count as they are.
    pub doubts: Vec<Doubt>,
    /// The first instant at which age alone changes a figure.
    pub until: Option<Timestamp>,
    /// Passed cases that age alone makes stale within the time that the policy warns of, by the instant.
    pub going_stale: BTreeMap<Timestamp, u32>,
}

impl Figures {
    /// The figures of a summary at one moment. The work is per stamp and process, never per result.
    pub fn of(summary: &Summary, present: Present<'_>) -> Self {
        let mut figures = Self {
            planned: summary.cases,
            critical: summary.critical,
            integration: summary.integration,
            ..Self::default()
        };
        figures.plan(summary);
        for stamp in summary.tallies.keys() {
            figures.stamp(summary, stamp, present);
        }
        figures
    }

    fn plan(&mut self, summary: &Summary) {
        for (process, area) in &summary.areas {
            let line = self.areas.entry(process.clone()).or_default();
            line.requirements = area.requirements;
            line.cases = area.cases;
        }
        for key in &summary.uncovered {
            let process = summary.requirements.get(key).cloned().unwrap_or_default();
            self.areas.entry(process).or_default().uncovered += 1;
        }
    }

    fn stamp(&mut self, summary: &Summary, stamp: &Stamp, present: Present<'_>) {
        let tally = &summary.tallies[stamp];
        let counts = tally.counts();
        let freshness = present.freshness(&stamp.subject, stamp.day, RESULT_VALIDITY);
        let not_here = present.place(stamp.subject.environment).map_or_else(
            || vec![Ineligible::Kind { kind: "unknown".to_owned() }],
            |place| ineligible(place, present.policy),
        );
        let counted = freshness.is_fresh() && not_here.is_empty();
        self.executed += counts.total();
        self.counts.add(counts);
        self.administrator += tally.administrator;
        self.critical_passed_ever += tally.critical.passed;
        self.data_sets.insert(stamp.subject.data_set.clone());
        self.version_sets.insert(stamp.subject.version_set.clone());
        for (tester, count) in &tally.testers {
            *self.testers.entry(tester.clone()).or_default() += count;
        }
        for (process, counts) in &tally.areas {
            let line = self.areas.entry(process.clone()).or_default();
            line.counts.add(*counts);
            line.stale += if counted { 0 } else { counts.passed };
        }
        if counted {
            self.passed += counts.passed;
            self.critical_passed += tally.critical.passed;
            self.integration_passed += tally.integration.passed;
            self.roles.extend(tally.roles.keys().cloned());
            for (key, count) in &tally.exercised {
                *self.exercised.entry(key.clone()).or_default() += count;
            }
            self.until = [self.until, freshness.until].into_iter().flatten().min();
            self.warn(freshness.until, counts.passed, present);
        } else {
            self.passed_stale += counts.passed;
        }
        self.doubt(stamp, counts.total(), not_here, freshness);
    }

    fn warn(&mut self, until: Option<Timestamp>, passed: u32, present: Present<'_>) {
        let Some(days) = days(present.policy, "evidence.stale_warning_before") else { return };
        let notice = SignedDuration::from_hours(days.saturating_mul(24));
        let soon = until.filter(|until| until.duration_since(present.now) <= notice);
        if let Some(until) = soon.filter(|_| passed > 0) {
            *self.going_stale.entry(until).or_default() += passed;
        }
    }

    fn doubt(
        &mut self,
        stamp: &Stamp,
        results: u32,
        ineligible: Vec<Ineligible>,
        freshness: Freshness,
    ) {
        let Freshness { stale, warnings, until: _ } = freshness;
        if !(ineligible.is_empty() && stale.is_empty() && warnings.is_empty()) {
            self.doubts.push(Doubt { stamp: stamp.clone(), results, ineligible, stale, warnings });
        }
    }
}

/// A share in percent; of nothing, nothing.
pub fn percent(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) * 100.0 / f64::from(whole) }
}
