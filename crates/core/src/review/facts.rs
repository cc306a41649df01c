//! What the gates are told about a review.

use super::finding::{Finding, Severity};
use super::workshop::Workshop;
use super::{LateChange, OpenFindings, Review, State};
use crate::fact::{Fact, Facts};
use crate::value::Value;
use jiff::Timestamp;

/// Everything that the facts of a review rest on.
pub struct Standing<'a> {
    /// The review; none before the project has one.
    pub review: Option<&'a Review>,
    /// All its findings.
    pub findings: &'a [Finding],
    /// Its workshop, if one was scheduled.
    pub workshop: Option<&'a Workshop>,
    /// Whether production was requested: from then on the release does not lapse.
    pub requested: bool,
}

impl OpenFindings {
    /// Counts what is open.
    pub fn of(findings: &[Finding]) -> Self {
        let of = |severity| {
            findings.iter().filter(|f| f.is_open() && f.content.severity == severity).count()
        };
        Self {
            critical: of(Severity::Critical),
            high: of(Severity::High),
            all: findings.iter().filter(|f| f.is_open()).count(),
        }
    }
}

/// The facts `review.*`. Findings are not counted before the report: nobody has looked yet.
pub fn facts(standing: &Standing, now: Timestamp) -> Facts {
    let mut facts = Facts::default();
    let issued = standing.review.is_some_and(|review| review.state.report().is_some());
    facts.set("review.report_issued", issued);
    facts.set("review.workshop_held", standing.workshop.is_some_and(Workshop::is_held));
    facts.set("review.complete", complete(standing, now));
    for (name, severity) in
        [("review.critical_open", Severity::Critical), ("review.high_open", Severity::High)]
    {
        let open = |f: &&Finding| f.is_open() && f.content.severity == severity;
        facts.set(name, counted(standing, issued, open));
    }
    let unplanned = |f: &&Finding| {
        f.is_open() && f.content.severity == Severity::High && f.mitigations.is_empty()
    };
    facts.set("review.high_without_mitigation", counted(standing, issued, unplanned));
    facts
}

/// How many findings there are of a kind, and which.
fn counted(standing: &Standing, issued: bool, of_kind: impl Fn(&&Finding) -> bool) -> Fact {
    if !issued {
        return Fact::from(Value::Missing).because(["no report was issued yet"]);
    }
    let these: Vec<&Finding> = standing.findings.iter().filter(of_kind).collect();
    Fact::from(these.len())
        .because(these.iter().map(|f| format!("{}: {}", f.number, f.content.title)))
}

/// Whether the release counts now, until when, and if not, what it waits for.
fn complete(standing: &Standing, now: Timestamp) -> Fact {
    let waits = |why: String| Fact::from(false).because([why]);
    let Some(review) = standing.review else { return waits("no review was asked for".into()) };
    match &review.state {
        State::Planned | State::Discover { .. } => {
            waits("the checklist is not with the reviewer".into())
        }
        State::InReview { clock, .. } => match clock.due() {
            Some(due) => waits(format!("the first report is due at {due}")),
            None => waits("the reviewer waits for an answer of the team".into()),
        },
        State::ReportIssued { .. } => waits("the reviewer has not released the project yet".into()),
        State::Mitigation { .. } => waits("findings must be mitigated first".into()),
        State::Returned { reason, .. } => waits(format!("not ready: {reason}")),
        State::ToBeConfirmed { changes, .. } => {
            Fact { stale: true, ..Fact::from(false) }.because(changes.iter().map(LateChange::words))
        }
        State::Complete { release, .. } if standing.requested => {
            Fact::from(true).because([format!("released at {}", release.at)])
        }
        State::Complete { release, .. } if now < release.valid_until => Fact::from(true)
            .because([format!("released at {}", release.at)])
            .until(Some(release.valid_until)),
        State::Complete { release, .. } => Fact { stale: true, ..Fact::from(false) }
            .because([format!("the release has lapsed at {}", release.valid_until)]),
    }
}

impl LateChange {
    /// The change as a detail of a fact.
    pub fn words(&self) -> String {
        match self {
            Self::DateMoved { from, to, total_days } => {
                format!(
                    "go-live moved from {from} to {to}, {total_days} days in all since the report"
                )
            }
            Self::ScopeChanged { what } => format!("scope changed: {what}"),
            Self::VersionChanged { from, to } => format!("version changed from {from} to {to}"),
        }
    }
}
