//! What a certificate says.

use crate::chain::{EventHeader, Head};
use crate::gate::Verdict;
use crate::id::{EvidenceId, ProjectId, WaiverId};
use crate::service_model::ServiceModel;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the first field of the schema says.
pub const SCHEMA: &str = "golive.certificate/1";

/// The statement. The clock stands first: a simulated one makes everything else a rehearsal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Whether time was real.
    pub clock: Clock,
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The server.
    pub server: Server,
    /// When it was issued, by the business clock.
    pub issued_at: Timestamp,
    /// When it was issued, by the machine clock.
    pub recorded_at: Timestamp,
    /// The project.
    pub project: ProjectEntry,
    /// Logs that can be followed here from their first event.
    pub logs: Vec<LogPart>,
    /// Heads of further logs, as witnesses.
    pub witnesses: Vec<Head>,
    /// The bodies of the events that matter.
    pub disclosed: Vec<Disclosed>,
    /// The verdict of every gate that was decided.
    pub verdicts: Vec<VerdictEntry>,
    /// Evidence with its digests.
    pub evidence: Vec<UsedEvidence>,
    /// Approvals, sign-offs and votes.
    pub approvals: Vec<SignedApproval>,
    /// Exceptions that were made.
    pub waivers: Vec<UsedWaiver>,
    /// Modules of production with their versions.
    pub package_set: BTreeMap<String, String>,
    /// The digest of the report of the database copy, if there was one.
    pub copy_report: Option<String>,
    /// The digest of the sealed log of the cutover run.
    pub cutover_log: Option<String>,
    /// The fingerprint of the key that signs.
    pub signer: String,
}

/// Whether time was real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// It was.
    Real,
    /// It was moved: nothing here happened when it says.
    Simulated,
}

/// The server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Its name or address.
    pub name: String,
    /// The version of golive.
    pub version: String,
    /// How often it was restored, from 1.
    pub incarnation: i64,
}

/// The project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectEntry {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Who deployed.
    pub service_model: ServiceModel,
    /// The policy pack.
    pub policy: String,
    /// The digest of the pack.
    pub policy_digest: String,
    /// The first day of live operations.
    pub go_live_date: Option<Date>,
    /// When going live was recorded.
    pub live_since: Option<Timestamp>,
}

/// A log from its first event to its head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogPart {
    /// The headers, in order.
    pub headers: Vec<EventHeader>,
    /// Where they lead.
    pub head: Head,
}

/// The body of an event: with it, the header's digest can be computed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosed {
    /// The log.
    pub log: String,
    /// The place in the log.
    pub seq: i64,
    /// The salt, as stored.
    pub salt: String,
    /// The payload, as stored.
    pub payload: String,
    /// The state after, as stored.
    pub state_after: String,
}

/// The verdict of a gate, and the event that carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictEntry {
    /// What was decided, in words.
    pub decision: String,
    /// The log.
    pub log: String,
    /// The place in the log; the event must be disclosed.
    pub seq: i64,
    /// Where in its payload the verdict stands, as a JSON pointer: `/gate`.
    pub at: String,
    /// The verdict.
    pub verdict: Verdict,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsedEvidence {
    /// Its id.
    pub id: EvidenceId,
    /// What it is.
    pub title: String,
    /// `sha256:` and the digest over its bytes.
    pub digest: String,
}

/// A decision with its signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedApproval {
    /// What was decided about: an id.
    pub subject: String,
    /// What was decided.
    pub title: String,
    /// The digest of what was shown.
    pub digest: String,
    /// Who signed.
    pub signatures: Vec<SignedBy>,
}

/// One signature under a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedBy {
    /// Who, by name.
    pub name: String,
    /// In which capacity.
    pub capacity: String,
    /// What it meant.
    pub meaning: String,
    /// When.
    pub at: Timestamp,
}

/// An exception that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsedWaiver {
    /// Its id.
    pub id: WaiverId,
    /// The gate and its criterion.
    pub criterion: String,
    /// Why.
    pub reason: String,
    /// What was done instead.
    pub measure: String,
    /// Who agreed, by name and side.
    pub agreed: Vec<String>,
    /// When it ended or ends.
    pub expires: Timestamp,
}
