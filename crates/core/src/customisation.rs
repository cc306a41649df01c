//! Customisation analysis: what a checker says of the own code, what of it is critical, and what was justified.
//!
//! The analysis is a file of the build; golive keeps its lines, lets two people agree on an exception, and counts what is
//! left. Which severities are critical is a setting of the policy.

use crate::acceptance::evidence::{Present, day};
use crate::acceptance::place::Subject;
use crate::acceptance::words;
use crate::fact::{Fact, Facts};
use crate::id::{EvidenceId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The setting that says how long an analysis holds.
pub const VALIDITY: &str = "evidence.customisation_analysis_validity";

words! {
    /// How bad a line of the analysis is.
    Severity {
        /// Must be repaired or justified.
        Error = "error",
        /// Should be looked at.
        Warning = "warning",
        /// For information.
        Information = "information",
    }
}

words! {
    /// What a line is about.
    IssueKind {
        /// Program text.
        Code = "code",
        /// Tables, forms and other definitions.
        Metadata = "metadata",
        /// Neither is said.
        Other = "other",
    }
}

/// One line of the analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// A name that stays the same in the next analysis of the same code; see [`issue_key`].
    pub key: String,
    /// The rule that was broken.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub kind: IssueKind,
    /// The element it is in: a class, a table.
    pub element: String,
    /// Where in the element.
    pub location: String,
    /// What the checker says.
    pub message: String,
    /// The justification that the file itself carries.
    pub justification: Option<String>,
}

/// The stable name of a line: rule, element and place, and a number when the same stands there more than once.
pub fn issue_key(rule: &str, element: &str, location: &str, occurrence: usize) -> String {
    let place =
        if location.is_empty() { element.to_owned() } else { format!("{element}/{location}") };
    if occurrence > 1 { format!("{rule}@{place}#{occurrence}") } else { format!("{rule}@{place}") }
}

/// An analysis as it was read from a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The digest of the file.
    pub digest: String,
    /// All lines.
    pub issues: Vec<Issue>,
    /// What the analysis did not look at, in its author's words.
    pub coverage_note: Option<String>,
}

impl Report {
    /// How many lines of each severity.
    pub fn counts(&self) -> BTreeMap<Severity, u32> {
        let mut counts = BTreeMap::new();
        for issue in &self.issues {
            *counts.entry(issue.severity).or_insert(0) += 1;
        }
        counts
    }
}

/// A line that is left as it is, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Why it may stay.
    pub reason: String,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// Who agreed; until then it does not count.
    pub accepted_by: Option<UserId>,
}

/// An analysis in the project: the lines that matter, exceptions, and whether somebody has read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Analysis {
    /// The file.
    pub evidence: EvidenceId,
    /// The digest of the file.
    pub digest: String,
    /// What was analysed.
    pub subject: Subject,
    /// When the analysis was made.
    pub taken: Timestamp,
    /// How many lines of each severity.
    pub counts: BTreeMap<Severity, u32>,
    /// The lines above information, by key.
    pub issues: BTreeMap<String, Issue>,
    /// What the analysis did not look at.
    pub coverage_note: Option<String>,
    /// Exceptions, by the key of the line.
    pub exceptions: BTreeMap<String, Exception>,
    /// Who has read it, and when.
    pub read: Option<(UserId, Timestamp)>,
}

impl Analysis {
    /// Takes a report in. Accepted exceptions are kept for lines that are still there; a justification that the file
    /// carries is a proposal of whoever brought the file, until a second person agrees.
    pub fn take_in(
        report: Report,
        evidence: EvidenceId,
        (subject, taken): (Subject, Timestamp),
        by: UserId,
        before: Option<&Self>,
    ) -> Self {
        let counts = report.counts();
        let above =
            report.issues.into_iter().filter(|issue| issue.severity != Severity::Information);
        let issues: BTreeMap<String, Issue> =
            above.map(|issue| (issue.key.clone(), issue)).collect();
        let mut exceptions: BTreeMap<String, Exception> = issues
            .values()
            .filter_map(|issue| {
                let reason = issue.justification.clone()?;
                Some((issue.key.clone(), Exception { reason, proposed_by: by, accepted_by: None }))
            })
            .collect();
        let kept = before.into_iter().flat_map(|before| &before.exceptions);
        let kept = kept.filter(|(key, exception)| {
            exception.accepted_by.is_some() && issues.contains_key(*key)
        });
        exceptions.extend(kept.map(|(key, exception)| (key.clone(), exception.clone())));
        let (digest, coverage_note) = (report.digest, report.coverage_note);
        Self {
            evidence,
            digest,
            subject,
            taken,
            counts,
            issues,
            coverage_note,
            exceptions,
            read: None,
        }
    }

    /// The lines of these severities that are neither repaired nor excepted by two people.
    pub fn open<'a>(&'a self, severities: &'a [String]) -> impl Iterator<Item = &'a Issue> {
        self.issues.values().filter(|issue| {
            let excepted = self.exceptions.get(&issue.key).is_some_and(|e| e.accepted_by.is_some());
            severities.iter().any(|word| word == issue.severity.name()) && !excepted
        })
    }
}

/// What can be asked of an analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Say that it was read.
    Read {
        /// Who read it.
        by: UserId,
    },
    /// Propose to leave a line as it is.
    Propose {
        /// The line.
        key: String,
        /// Why.
        reason: String,
        /// Who proposes it.
        by: UserId,
    },
    /// Agree with a proposal.
    Accept {
        /// The line.
        key: String,
        /// Who agrees.
        by: UserId,
    },
    /// Take an exception back.
    Withdraw {
        /// The line.
        key: String,
        /// Who takes it back.
        by: UserId,
    },
}

/// What happened to an analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was read.
    Read {
        /// Who.
        by: UserId,
    },
    /// An exception was proposed.
    ExceptionProposed {
        /// The line.
        key: String,
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// An exception was agreed on.
    ExceptionAccepted {
        /// The line.
        key: String,
        /// Who.
        by: UserId,
    },
    /// An exception was taken back.
    ExceptionWithdrawn {
        /// The line.
        key: String,
        /// Who.
        by: UserId,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such line.
    #[error("the analysis has no line {0}")]
    UnknownIssue(String),
    /// Nobody has proposed an exception for the line.
    #[error("no exception is proposed for {0}")]
    NotProposed(String),
    /// A reason is needed.
    #[error("a reason is needed")]
    NoReason,
    /// Whoever proposes does not agree as well.
    #[error("whoever proposed an exception cannot accept it")]
    SamePerson,
    /// It was read before.
    #[error("it has been read already")]
    AlreadyRead,
}

/// The new state and what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The analysis from now on.
    pub state: Analysis,
    /// What happened.
    pub event: Event,
}

/// Judges one command.
pub fn decide(analysis: &Analysis, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    let mut state = analysis.clone();
    let event = match command {
        Command::Read { .. } if state.read.is_some() => return Err(Refusal::AlreadyRead),
        Command::Read { by } => {
            state.read = Some((by, now));
            Event::Read { by }
        }
        Command::Propose { key, reason, by } => {
            if !state.issues.contains_key(&key) {
                return Err(Refusal::UnknownIssue(key));
            }
            if reason.trim().is_empty() {
                return Err(Refusal::NoReason);
            }
            let exception =
                Exception { reason: reason.clone(), proposed_by: by, accepted_by: None };
            state.exceptions.insert(key.clone(), exception);
            Event::ExceptionProposed { key, by, reason }
        }
        Command::Accept { key, by } => {
            let exception =
                state.exceptions.get_mut(&key).ok_or_else(|| Refusal::NotProposed(key.clone()))?;
            if exception.proposed_by == by {
                return Err(Refusal::SamePerson);
            }
            exception.accepted_by = Some(by);
            Event::ExceptionAccepted { key, by }
        }
        Command::Withdraw { key, by } => {
            state.exceptions.remove(&key).ok_or_else(|| Refusal::NotProposed(key.clone()))?;
            Event::ExceptionWithdrawn { key, by }
        }
    };
    Ok(Change { state, event })
}

/// The facts `customisation.*`. Without an analysis they are missing; an aged one is stale.
///
/// `candidate` is the version set of the release candidate, which the analysis must be of.
pub fn facts(analysis: Option<&Analysis>, candidate: Option<&str>, present: Present<'_>) -> Facts {
    let mut facts = Facts::default();
    let Some(analysis) = analysis else {
        facts.set(
            "customisation.analysis_read",
            Fact::from(false).because(["no analysis was brought in"]),
        );
        facts.set(
            "customisation.critical_open",
            Fact::default().because(["no analysis was brought in"]),
        );
        return facts;
    };
    let freshness = present.freshness(&analysis.subject, day(analysis.taken), VALIDITY);
    let mut details: Vec<String> =
        freshness.stale.iter().chain(&freshness.warnings).map(ToString::to_string).collect();
    let other = candidate.filter(|name| *name != analysis.subject.version_set);
    details.extend(
        other.map(|name| {
            format!("it is of {}, the candidate is {name}", analysis.subject.version_set)
        }),
    );
    if analysis.read.is_none() {
        details.push("nobody has read it".to_owned());
    }
    details.extend(analysis.coverage_note.iter().map(|note| format!("not looked at: {note}")));
    let severities = present.policy.list("acceptance.customisation_critical_severities");
    let open: Vec<String> = analysis.open(&severities).map(line).collect();
    let stale = !freshness.is_fresh() || other.is_some();
    let fact =
        |value: Fact| Fact { stale, ..value }.proven_by([analysis.evidence]).until(freshness.until);
    facts.set(
        "customisation.analysis_read",
        fact(Fact::from(analysis.read.is_some()).because(details)),
    );
    facts.set("customisation.critical_open", fact(Fact::from(open.len()).because(open)));
    facts
}

fn line(issue: &Issue) -> String {
    format!("{}: {}", issue.key, issue.message)
}

#[cfg(test)]
mod tests;
