//! Results: what came out, who did it in which role, and which result of a case stands.

use super::place::{Ineligible, Subject};
use super::scope::Case;
use super::words;
use crate::id::ResultsId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// Why a case failed; each cause has its own owner. A gap is not a bug.
    Cause {
        /// Own code is wrong.
        Bug = "bug",
        /// A setting is wrong.
        Configuration = "configuration",
        /// Something was never asked for.
        Gap = "gap",
        /// The vendor's application is wrong.
        Product = "product",
        /// The solution was thought out wrongly.
        Design = "design",
        /// It works and could be better.
        Improvement = "improvement",
    }
}

impl Cause {
    /// Who owns the mending.
    pub fn owner(self) -> &'static str {
        match self {
            Self::Bug => "developers",
            Self::Configuration => "consultants",
            Self::Gap => "project manager",
            Self::Product => "vendor support",
            Self::Design => "architects",
            Self::Improvement => "business experts",
        }
    }
}

/// What came out of one run of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// As expected.
    Passed,
    /// Not as expected.
    Failed {
        /// Why, once somebody has looked.
        cause: Option<Cause>,
    },
    /// It could not be done.
    Blocked,
    /// It was left out; says nothing about the case.
    NotRun,
}

impl Outcome {
    /// The word on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed { .. } => "failed",
            Self::Blocked => "blocked",
            Self::NotRun => "not-run",
        }
    }
}

/// One run of one case, as a file or a form reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// The case.
    pub case: String,
    /// What came out.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// When it was done.
    pub at: Timestamp,
    /// Who did it.
    pub tester: String,
    /// The security role it was done with.
    pub role: String,
    /// Whether that role is an administrator's.
    pub administrator: bool,
    /// What else there is to say: an error text, a remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The defect it led to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defect: Option<String>,
}

/// Results that came in together, with what they are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The batch.
    pub id: ResultsId,
    /// Environment, version set and data set of every result in it.
    pub subject: Subject,
    /// The cycle they belong to.
    pub cycle: String,
    /// The digest of the file they came from.
    pub digest: String,
}

/// The result of a case that counts: the latest one from an eligible environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What came out; never `NotRun`.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// When it was done.
    pub at: Timestamp,
    /// Where, on what.
    pub subject: Subject,
    /// Who did it.
    pub tester: String,
    /// The security role it was done with.
    pub role: String,
    /// Whether that role is an administrator's.
    pub administrator: bool,
    /// The batch it came with.
    pub batch: ResultsId,
}

impl Standing {
    /// What a result would be if it stood.
    pub fn of(result: &TestResult, batch: &Batch) -> Option<Self> {
        (result.outcome != Outcome::NotRun).then(|| Self {
            outcome: result.outcome,
            at: result.at,
            subject: batch.subject.clone(),
            tester: result.tester.clone(),
            role: result.role.clone(),
            administrator: result.administrator,
            batch: batch.id,
        })
    }

    /// The one of two that stands: the later; of two at the same instant, the one that came in later.
    pub fn later(before: Option<Self>, after: Self) -> Self {
        match before {
            Some(before) if before.at > after.at => before,
            Some(_) | None => after,
        }
    }

    /// What stands after all of a case's results, in the order in which they came in.
    ///
    /// Superseding a wrong result is this fold again, without the result that was superseded.
    pub fn after<'a>(
        results: impl IntoIterator<Item = (&'a TestResult, &'a Batch)>,
    ) -> Option<Self> {
        results
            .into_iter()
            .filter_map(|(result, batch)| Self::of(result, batch))
            .fold(None, |before, after| Some(Self::later(before, after)))
    }
}

/// What a batch changes, worked out before anything is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake {
    /// The cases whose standing result changes, with the new one.
    pub moved: BTreeMap<String, Standing>,
    /// Names in the file that are no case of the project.
    pub unknown: Vec<String>,
    /// Results that an already known, later result overrules.
    pub overruled: usize,
    /// Results that say "not run".
    pub not_run: usize,
    /// Results done with another role than the case asks for: case and role used.
    pub other_role: BTreeMap<String, String>,
    /// Why none of the results counts; empty when they do.
    pub ineligible: Vec<Ineligible>,
}

/// Works out what a batch changes. `known` holds every case that the batch names, with the result that stands.
pub fn take_in(
    batch: &Batch,
    results: &[TestResult],
    known: &BTreeMap<String, (Case, Option<Standing>)>,
    ineligible: Vec<Ineligible>,
) -> Intake {
    let mut intake = Intake {
        moved: BTreeMap::new(),
        unknown: Vec::new(),
        overruled: 0,
        not_run: 0,
        other_role: BTreeMap::new(),
        ineligible,
    };
    for result in results {
        let Some((case, before)) = known.get(&result.case) else {
            intake.unknown.push(result.case.clone());
            continue;
        };
        let Some(after) = Standing::of(result, batch) else {
            intake.not_run += 1;
            continue;
        };
        if result.role != case.role {
            intake.other_role.insert(result.case.clone(), result.role.clone());
        }
        let before = intake.moved.get(&result.case).or(before.as_ref());
        if before.is_some_and(|before| before.at > after.at) {
            intake.overruled += 1;
        } else if intake.ineligible.is_empty() {
            intake.moved.insert(result.case.clone(), after);
        }
    }
    intake
}
