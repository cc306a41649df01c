//! The reconciliation: source against copy, copy against neutralised copy, totals against totals. Worst first.

use super::proof::{How, Proof, TableProof, Total};
use super::{Decimal, digest_of};
use crate::blueprint::{BusinessTotal, Neutralisation, NeutralisedTable};
use crate::policy::{Enforcement, Policy};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Everything that was measured.
pub struct Evidence<'a> {
    /// The source, read in the snapshot that was copied.
    pub source: &'a Proof,
    /// The side database before neutralising, whole.
    pub copied: &'a Proof,
    /// The side database before neutralising, without the columns of the profile (see [`super::left_out`]).
    pub before: &'a Proof,
    /// The side database after neutralising, without the columns of the profile.
    pub after: &'a Proof,
    /// Totals of the source.
    pub source_totals: &'a [Total],
    /// Totals of the side database before neutralising.
    pub copied_totals: &'a [Total],
}

/// How much may differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Tables that may differ.
    pub tables_most: usize,
    /// Whether tables with equal row counts and unequal digests count as different.
    pub digests_compared: bool,
    /// The largest difference of a total.
    pub total_most: Decimal,
}

impl Limits {
    /// Reads the limits from the pack. What it does not say is taken at its strictest.
    pub fn of(policy: &Policy) -> Self {
        let number = |key| policy.number(key).unwrap_or(0.0).max(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count that is not negative"
        )]
        let tables_most = number("database_copy.row_difference_max") as usize;
        Self {
            tables_most,
            digests_compared: policy.enforcement("database_copy.key_digest_compared")
                == Enforcement::Deny,
            total_most: format!("{:.9}", number("database_copy.total_difference_max"))
                .parse()
                .unwrap_or_default(),
        }
    }
}

/// What came of one table, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineResult {
    /// The copy does not have it.
    Missing,
    /// Row counts or digests differ.
    Differs,
    /// Only the copy has it.
    Unexpected,
    /// Neutralising changed something that the profile does not name.
    ChangedOutsideProfile,
    /// Neutralising changed what the profile names, and only that.
    ChangedAsPlanned,
    /// The keys are equal; the rows were too many to compare whole.
    EqualByKeys,
    /// Every row is equal.
    Equal,
}

impl LineResult {
    /// Whether the copy is not what it should be.
    pub fn is_wrong(self) -> bool {
        match self {
            Self::Missing | Self::Differs | Self::Unexpected | Self::ChangedOutsideProfile => true,
            Self::ChangedAsPlanned | Self::EqualByKeys | Self::Equal => false,
        }
    }
}

/// One table of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The table.
    pub table: String,
    /// What came of it.
    pub result: LineResult,
    /// Rows of the source.
    pub source_rows: Option<u64>,
    /// Rows of the copy before neutralising.
    pub copied_rows: Option<u64>,
    /// Rows of the copy after neutralising.
    pub final_rows: Option<u64>,
    /// The digest of the source.
    pub source_digest: Option<String>,
    /// The digest of the copy before neutralising.
    pub copied_digest: Option<String>,
    /// What the digests cover.
    pub how: Option<How>,
    /// What the profile says about it.
    pub planned: Option<String>,
}

/// One business total of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalLine {
    /// Its name within the blueprint.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Its unit.
    pub unit: String,
    /// The amount of the source, as printed.
    pub source: Option<String>,
    /// The amount of the copy, as printed.
    pub copied: Option<String>,
    /// The difference, if both are amounts.
    pub difference: Option<Decimal>,
    /// Whether it is as it should be.
    pub agrees: bool,
}

/// What came of the whole copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The copy is the source, but for what the profile names.
    Proven,
    /// It is not; it must not be swapped in.
    NotProven {
        /// Every reason, for people.
        reasons: Vec<String>,
    },
}

/// The report: evidence to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The neutralisation profile.
    pub profile: String,
    /// Every table, worst first.
    pub lines: Vec<Line>,
    /// Every business total, those that differ first.
    pub totals: Vec<TotalLine>,
    /// Sequences whose values differ.
    pub sequences_differ: Vec<String>,
    /// Whether the schema is the same.
    pub schema_equal: bool,
    /// What came of it.
    pub outcome: Outcome,
    /// `sha256:` and the digest over all of the above: what a signature binds to.
    pub digest: String,
}

impl Report {
    /// How many tables came out so.
    pub fn count(&self, result: LineResult) -> usize {
        self.lines.iter().filter(|line| line.result == result).count()
    }

    /// Whether the copy is proven.
    pub fn is_proven(&self) -> bool {
        self.outcome == Outcome::Proven
    }
}

/// Compares everything and judges it.
pub fn reconcile(
    evidence: &Evidence,
    profile: &Neutralisation,
    totals: &[BusinessTotal],
    limits: &Limits,
) -> Report {
    let mut lines = lines(evidence, profile, limits);
    lines.sort_by(|a, b| (a.result, &a.table).cmp(&(b.result, &b.table)));
    let mut totals: Vec<TotalLine> =
        totals.iter().map(|total| total_line(total, evidence, limits)).collect();
    totals.sort_by_key(|line| line.agrees);
    let sequences_differ = sequences(evidence);
    let schema_equal = [&evidence.copied.schema, &evidence.before.schema, &evidence.after.schema]
        .into_iter()
        .all(|schema| *schema == evidence.source.schema);
    let outcome = outcome(&lines, &totals, &sequences_differ, schema_equal, limits);
    let profile = profile.profile.clone();
    let digest = digest_of(&(&profile, &lines, &totals, &sequences_differ, schema_equal, &outcome));
    Report { profile, lines, totals, sequences_differ, schema_equal, outcome, digest }
}

/// Every table that any of the four proofs knows.
fn lines(evidence: &Evidence, profile: &Neutralisation, limits: &Limits) -> Vec<Line> {
    let sides =
        [evidence.source, evidence.copied, evidence.before, evidence.after].map(Proof::by_name);
    let names: BTreeSet<&str> = sides.iter().flat_map(|side| side.keys().copied()).collect();
    let line = |name: &str| {
        let [source, copied, before, after] = sides.each_ref().map(|side| side.get(name).copied());
        let planned = profile.changes.iter().find(|change| change.table == name);
        let first = copy_result(source, copied, limits);
        let result = first.unwrap_or_else(|| neutralised(before, after, planned, limits));
        let result = match result {
            LineResult::Equal if source.is_some_and(|table| table.how == How::Keys) => {
                LineResult::EqualByKeys
            }
            other => other,
        };
        Line {
            table: name.to_owned(),
            result,
            source_rows: source.map(|table| table.rows),
            copied_rows: copied.map(|table| table.rows),
            final_rows: after.map(|table| table.rows),
            source_digest: source.map(|table| table.digest.clone()),
            copied_digest: copied.map(|table| table.digest.clone()),
            how: source.or(copied).map(|table| table.how),
            planned: planned.map(|change| change.what.clone()),
        }
    };
    names.into_iter().map(line).collect()
}

/// Source against copy; nothing when they are equal.
fn copy_result(
    source: Option<&TableProof>,
    copied: Option<&TableProof>,
    limits: &Limits,
) -> Option<LineResult> {
    match (source, copied) {
        (Some(source), Some(copied)) => {
            (!same(source, copied, limits)).then_some(LineResult::Differs)
        }
        (Some(_), None) => Some(LineResult::Missing),
        (None, Some(_)) => Some(LineResult::Unexpected),
        // Only the neutralised copy has it.
        (None, None) => Some(LineResult::ChangedOutsideProfile),
    }
}

/// The copy before against after neutralising.
fn neutralised(
    before: Option<&TableProof>,
    after: Option<&TableProof>,
    planned: Option<&NeutralisedTable>,
    limits: &Limits,
) -> LineResult {
    let (Some(before), Some(after)) = (before, after) else {
        return LineResult::ChangedOutsideProfile;
    };
    let unchanged = same(before, after, limits);
    match planned {
        // Rows come or go: anything may have happened to them.
        Some(change) if change.columns.is_empty() => LineResult::ChangedAsPlanned,
        // The named columns are left out of both digests: what is left must be the same.
        Some(_) if unchanged => LineResult::ChangedAsPlanned,
        None if unchanged => LineResult::Equal,
        Some(_) | None => LineResult::ChangedOutsideProfile,
    }
}

/// Whether two tables count as equal. Digests of different kinds prove nothing.
fn same(one: &TableProof, other: &TableProof, limits: &Limits) -> bool {
    let digests = one.how == other.how && one.digest == other.digest;
    one.rows == other.rows && (digests || !limits.digests_compared)
}

fn total_line(total: &BusinessTotal, evidence: &Evidence, limits: &Limits) -> TotalLine {
    let value = |totals: &[Total]| {
        totals.iter().find(|line| line.id == total.id).map(|line| line.value.clone())
    };
    let (source, copied) = (value(evidence.source_totals), value(evidence.copied_totals));
    let amount =
        |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Decimal>().ok());
    let difference =
        amount(&source).zip(amount(&copied)).map(|(source, copied)| copied.minus(source));
    let required = total.must_be.as_ref().and_then(|text| text.parse::<Decimal>().ok());
    let as_required = match (&total.must_be, required, amount(&copied)) {
        (None, ..) => true,
        (Some(_), Some(required), Some(copied)) => copied == required,
        (Some(_), ..) => false,
    };
    let agrees =
        as_required && difference.is_some_and(|difference| difference.abs() <= limits.total_most);
    TotalLine {
        id: total.id.clone(),
        title: total.title.clone(),
        unit: total.unit.clone(),
        source,
        copied,
        difference,
        agrees,
    }
}

/// Sequences that the copy does not have at the same value, or the source does not have.
fn sequences(evidence: &Evidence) -> Vec<String> {
    let (source, copied) = (&evidence.source.sequences, &evidence.copied.sequences);
    let names: BTreeSet<&String> = source.keys().chain(copied.keys()).collect();
    names.into_iter().filter(|name| source.get(*name) != copied.get(*name)).cloned().collect()
}

fn outcome(
    lines: &[Line],
    totals: &[TotalLine],
    sequences: &[String],
    schema_equal: bool,
    limits: &Limits,
) -> Outcome {
    let mut reasons = Vec::new();
    if lines.is_empty() {
        reasons.push("no table was compared".to_owned());
    }
    if !schema_equal {
        reasons.push("the schema differs".to_owned());
    }
    // A table that differs may be within the limit; one that neutralising touched without being told to never is.
    let differ: Vec<&Line> = lines
        .iter()
        .filter(|line| line.result.is_wrong() && line.result != LineResult::ChangedOutsideProfile)
        .collect();
    if differ.len() > limits.tables_most {
        reasons.extend(differ.iter().map(|line| format!("{}: {}", line.table, words(line.result))));
    }
    let outside = lines.iter().filter(|line| line.result == LineResult::ChangedOutsideProfile);
    reasons.extend(outside.map(|line| format!("{}: {}", line.table, words(line.result))));
    reasons.extend(sequences.iter().map(|name| format!("{name}: the sequence differs")));
    reasons.extend(
        totals
            .iter()
            .filter(|line| !line.agrees)
            .map(|line| format!("{}: the total differs", line.title)),
    );
    if reasons.is_empty() { Outcome::Proven } else { Outcome::NotProven { reasons } }
}

fn words(result: LineResult) -> &'static str {
    match result {
        LineResult::Missing => "missing in the copy",
        LineResult::Differs => "differs",
        LineResult::Unexpected => "only in the copy",
        LineResult::ChangedOutsideProfile => {
            "changed by neutralising, but not named in the profile"
        }
        LineResult::ChangedAsPlanned => "changed as planned",
        LineResult::EqualByKeys => "equal by keys",
        LineResult::Equal => "equal",
    }
}
