//! JUnit XML in its dialects: nested suites, properties, retries, skipped cases, names that carry the case.
//!
//! A run belongs to a case when it says so: in a property, else in its name, class or suite. Runs without a case are
//! returned as well, so that nobody believes that they counted.

mod naming;
mod parse;

pub(crate) use parse::instant;

pub use naming::Naming;

use crate::source::Invalid;
use golive_core::acceptance::result::{Outcome, TestResult};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Bytes of one file.
pub const MOST_BYTES: usize = 64 << 20;

/// What the reader must be told because files do not say it.
#[derive(Debug, Clone)]
pub struct Options {
    /// How cases are found in names.
    pub naming: Naming,
    /// The zone of times without one.
    pub zone: TimeZone,
    /// When the tests were run, where the file does not say.
    pub at: Timestamp,
    /// Who ran them, where the file does not say.
    pub tester: String,
    /// With which role, where the file does not say.
    pub role: String,
    /// Roles that are an administrator's.
    pub administrators: Vec<String>,
}

/// One run of one test.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The line on which it stands.
    pub line: usize,
    /// The suites it is in, from the outside, and its class and name.
    pub name: String,
    /// The cases it belongs to; none when it does not say.
    pub cases: Vec<String>,
    /// What came out.
    pub outcome: Outcome,
    /// When, if the file says so.
    pub at: Option<Timestamp>,
    /// How long it took.
    pub seconds: Option<f64>,
    /// What the tool said of a failure.
    pub message: Option<String>,
    /// Properties of the test and of the suites around it; the nearest counts.
    pub properties: BTreeMap<String, String>,
}

/// A whole file.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// `sha256:` and the digest of the file.
    pub digest: String,
    /// Every run, in the order of the file.
    pub runs: Vec<Run>,
}

impl Report {
    /// The results of the runs that belong to cases.
    pub fn results(&self, options: &Options) -> Vec<TestResult> {
        let of_run = |run: &Run| {
            let said = |names: &[&str], usual: &str| {
                let found = names.iter().find_map(|name| run.properties.get(*name));
                found.cloned().unwrap_or_else(|| usual.to_owned())
            };
            let role = said(&["role"], &options.role);
            let administrator = options.administrators.contains(&role);
            let tester = said(&["tester", "user", "author"], &options.tester);
            let (outcome, at) = (run.outcome, run.at.unwrap_or(options.at));
            let result = move |case: &String| TestResult {
                case: case.clone(),
                outcome,
                at,
                tester: tester.clone(),
                role: role.clone(),
                administrator,
                comment: run.message.clone(),
                defect: run.properties.get("defect").cloned(),
            };
            run.cases.iter().map(result).collect::<Vec<_>>()
        };
        self.runs.iter().flat_map(of_run).collect()
    }

    /// The runs that belong to no case.
    pub fn unnamed(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|run| run.cases.is_empty())
    }
}

/// Reads a file.
pub fn read(file: &str, bytes: &[u8], options: &Options) -> Result<Report, Vec<Invalid>> {
    let runs = parse::runs(file, bytes, options)?;
    let digest = format!("sha256:{}", hex::encode(Sha256::digest(bytes)));
    Ok(Report { digest, runs })
}

#[cfg(test)]
mod tests;
