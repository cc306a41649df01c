//! Load tests: what was measured, held against the targets of each process and the peak of the active estimate.

use crate::acceptance::evidence::{Present, day};
use crate::acceptance::place::Subject;
use crate::fact::{Fact, Facts};
use crate::id::EvidenceId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The setting that says how long a load test holds.
pub const VALIDITY: &str = "evidence.performance_validity";

/// What was measured for one process, or for one kind of request.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Measured {
    /// The process, as the tool names it.
    pub process: String,
    /// How often it was done.
    pub samples: u64,
    /// How often it failed.
    pub errors: u64,
    /// Milliseconds: the mean.
    pub mean_ms: f64,
    /// Milliseconds: half are faster.
    pub median_ms: f64,
    /// Milliseconds: nine of ten are faster.
    pub p90_ms: f64,
    /// Milliseconds: ninety-five of a hundred are faster.
    pub p95_ms: f64,
    /// Milliseconds: ninety-nine of a hundred are faster, if the tool says so.
    pub p99_ms: Option<f64>,
    /// Milliseconds: the slowest.
    pub max_ms: f64,
    /// How often an hour.
    pub per_hour: Option<f64>,
}

impl Measured {
    /// Failed ones in percent.
    pub fn error_percent(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "sample counts stay far below 2^52")]
        let share = |part: u64, whole: u64| part as f64 * 100.0 / whole as f64;
        if self.samples == 0 { 0.0 } else { share(self.errors, self.samples) }
    }
}

/// A threshold that the tool itself judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// What it is about.
    pub metric: String,
    /// The threshold in the tool's words.
    pub expression: String,
    /// Whether it was kept.
    pub kept: bool,
}

/// A load test as it was read from a file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// The digest of the file.
    pub digest: String,
    /// The tool that made it.
    pub tool: String,
    /// The first measurement, if the file says when.
    pub started: Option<Timestamp>,
    /// How long it ran.
    pub seconds: Option<f64>,
    /// The most virtual users at once.
    pub users: Option<u64>,
    /// By process, in the order of the file.
    pub measured: Vec<Measured>,
    /// Thresholds that the tool judged.
    pub thresholds: Vec<Judged>,
}

/// What a process must keep under load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The process, as the tool names it.
    pub process: String,
    /// Milliseconds that ninety-five of a hundred must keep.
    pub p95_ms: f64,
    /// Errors in percent, at most.
    pub error_percent: f64,
    /// How often an hour at the peak, from the active estimate.
    pub per_hour: Option<f64>,
}

/// What people saw beside the numbers; nothing where nobody has looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Users, jobs and integrations ran together.
    pub combined: Option<bool>,
    /// Tier and data volume are like production.
    pub like_production: Option<bool>,
    /// A server or the database was near its limit.
    pub near_limit: Option<bool>,
    /// The night run ended with time to spare.
    pub night_run_in_time: Option<bool>,
}

/// A load test in the project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadTest {
    /// The file.
    pub evidence: EvidenceId,
    /// What was loaded.
    pub subject: Subject,
    /// When it was done.
    pub taken: Timestamp,
    /// What was measured.
    pub report: Report,
    /// What must be kept.
    pub targets: Vec<Target>,
    /// What people saw.
    pub seen: Seen,
}

/// One process held against its target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The process.
    pub process: String,
    /// What was measured, if anything.
    pub measured: Option<Measured>,
    /// The target.
    pub target: Target,
    /// What is not kept; empty when all is.
    pub misses: Vec<String>,
}

/// A whole load test held against the targets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assessment {
    /// By target.
    pub lines: Vec<Line>,
    /// Thresholds of the tool that were not kept.
    pub thresholds_missed: Vec<Judged>,
    /// The least share of a peak that was reached, in percent.
    pub load_share: Option<f64>,
}

impl Assessment {
    /// Whether something was measured, every target was kept and every threshold of the tool too.
    pub fn passed(&self) -> bool {
        let judged = !self.lines.is_empty();
        judged
            && self.thresholds_missed.is_empty()
            && self.lines.iter().all(|line| line.misses.is_empty())
    }

    /// Everything that was not kept, for people.
    pub fn misses(&self) -> Vec<String> {
        let lines = self.lines.iter();
        let of_lines = lines
            .flat_map(|line| line.misses.iter().map(|miss| format!("{}: {miss}", line.process)));
        let of_tool = self
            .thresholds_missed
            .iter()
            .map(|t| format!("{}: {} was not kept", t.metric, t.expression));
        of_lines.chain(of_tool).collect()
    }
}

/// Holds a report against its targets.
pub fn assess(report: &Report, targets: &[Target]) -> Assessment {
    let lines: Vec<Line> = targets
        .iter()
        .map(|target| {
            let measured =
                report.measured.iter().find(|measured| measured.process == target.process).cloned();
            let misses = misses(measured.as_ref(), target);
            Line { process: target.process.clone(), measured, target: target.clone(), misses }
        })
        .collect();
    let thresholds_missed =
        report.thresholds.iter().filter(|threshold| !threshold.kept).cloned().collect();
    let load_share = lines.iter().filter_map(share).reduce(f64::min);
    Assessment { lines, thresholds_missed, load_share }
}

fn misses(measured: Option<&Measured>, target: &Target) -> Vec<String> {
    let Some(measured) = measured.filter(|measured| measured.samples > 0) else {
        return vec!["not measured".to_owned()];
    };
    let mut misses = Vec::new();
    if measured.p95_ms > target.p95_ms {
        misses.push(format!(
            "95 of 100 within {:.0} ms, at most {:.0}",
            measured.p95_ms, target.p95_ms
        ));
    }
    if measured.error_percent() > target.error_percent {
        misses.push(format!(
            "{:.2} % errors, at most {:.2}",
            measured.error_percent(),
            target.error_percent
        ));
    }
    misses
}

/// The share of the peak that was reached; not measured counts as none.
fn share(line: &Line) -> Option<f64> {
    let peak = line.target.per_hour.filter(|peak| *peak > 0.0)?;
    Some(
        line.measured.as_ref().and_then(|measured| measured.per_hour).unwrap_or(0.0) * 100.0 / peak,
    )
}

/// The facts `performance.*` that a load test measures. Without one they are missing; an aged one is stale.
pub fn facts(test: Option<&LoadTest>, present: Present<'_>) -> Facts {
    let mut facts = Facts::default();
    let Some(test) = test else {
        facts.set("performance.passed", Fact::from(false).because(["no load test was brought in"]));
        facts.set(
            "performance.load_share",
            Fact::default().because(["no load test was brought in"]),
        );
        return facts;
    };
    let assessment = assess(&test.report, &test.targets);
    let freshness = present.freshness(&test.subject, day(test.taken), VALIDITY);
    let aged = freshness.stale.iter().chain(&freshness.warnings).map(ToString::to_string);
    let mut misses = assessment.misses();
    if test.targets.is_empty() {
        misses.push("no process has a target".to_owned());
    }
    misses.extend(aged);
    let least = present.policy.number("acceptance.performance_load_min").unwrap_or(100.0);
    let below = assessment.lines.iter().filter_map(|line| share(line).map(|share| (line, share)));
    let below = below.filter(|(_, share)| *share < least);
    let below: Vec<String> =
        below.map(|(line, share)| format!("{}: {share:.0} % of the peak", line.process)).collect();
    let fact = |value: Fact| {
        Fact { stale: !freshness.is_fresh(), ..value }
            .proven_by([test.evidence])
            .until(freshness.until)
    };
    facts.set("performance.passed", fact(Fact::from(assessment.passed()).because(misses)));
    facts.set("performance.load_share", fact(Fact::from(assessment.load_share).because(below)));
    facts.set(
        "performance.processes",
        fact(Fact::from(assessment.lines.iter().map(row).collect::<Vec<_>>())),
    );
    facts.set("performance.combined", fact(Fact::from(test.seen.combined)));
    facts.set(
        "performance.environment_like_production",
        fact(Fact::from(test.seen.like_production)),
    );
    facts.set("performance.near_limit", fact(Fact::from(test.seen.near_limit)));
    facts.set("performance.night_run_in_time", fact(Fact::from(test.seen.night_run_in_time)));
    facts
}

fn row(line: &Line) -> String {
    let measured = line.measured.as_ref().map_or_else(
        || "not measured".to_owned(),
        |m| format!("95 of 100 within {:.0} ms, {:.2} % errors", m.p95_ms, m.error_percent()),
    );
    format!("{}: {measured}, target {:.0} ms", line.process, line.target.p95_ms)
}

#[cfg(test)]
mod tests;
