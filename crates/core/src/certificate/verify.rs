//! Checking a certificate: the signature, the signer, the chain, the bodies, and what was said elsewhere.

use super::envelope::{Envelope, PAYLOAD_TYPE, fingerprint, pre_authentication};
use super::statement::{Clock, Disclosed, LogPart, SCHEMA, Statement, VerdictEntry};
use crate::chain::{self, EventHeader, Head};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The largest file that is read.
pub const MOST_BYTES: usize = 256 << 20;

/// A file that is no certificate at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is too large.
    #[error("the file has {found} bytes; at most {most} are read")]
    TooLarge {
        /// The limit.
        most: usize,
        /// Its size.
        found: usize,
    },
    /// A part of it is not what it should be.
    #[error("{at}: expected {expected}, found {found}")]
    Invalid {
        /// Where.
        at: String,
        /// What may stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
}

/// What a certificate is held against.
#[derive(Debug, Clone, Default)]
pub struct Check<'a> {
    /// The fingerprint of the key that must have signed.
    pub pinned: Option<&'a str>,
    /// Heads that were kept elsewhere: in a mail, a backup, an earlier certificate.
    pub kept: &'a [Head],
}

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Signed by the pinned key, and everything fits together.
    Valid,
    /// Everything fits together, but nobody said whose key it should be.
    SignerUnknown,
    /// The payload is not what was signed.
    Altered,
    /// It was signed by another key than it should be.
    SignedByAnother,
    /// It was signed so, but its parts contradict each other, or a head that was kept.
    Broken,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// The signature does not fit the payload.
    #[error("the signature does not fit: the payload was altered after it was signed")]
    Signature,
    /// Another key signed.
    #[error("signed by {found}, not by {expected}")]
    Signer {
        /// The key that was pinned, or that the statement names.
        expected: String,
        /// The key that signed.
        found: String,
    },
    /// The body of an event is not what was hashed.
    #[error("{log}: the body of event {seq} is not what was written")]
    Body {
        /// The log.
        log: String,
        /// The place.
        seq: i64,
    },
    /// A verdict does not stand in the event that should carry it.
    #[error("{decision}: the verdict is not the one that event {seq} of {log} carries")]
    Verdict {
        /// The decision.
        decision: String,
        /// The log.
        log: String,
        /// The place.
        seq: i64,
    },
    /// A log ends elsewhere than a head that was kept says.
    #[error("{log}: at event {seq} the chain is not the one whose head was kept")]
    Kept {
        /// The log.
        log: String,
        /// The place.
        seq: i64,
    },
    /// The log of the project is missing.
    #[error("the log of the project is not in the certificate")]
    NoLog,
    /// The chain of a log is broken.
    #[error(transparent)]
    #[serde(untagged)]
    Chain(chain::Fault),
}

/// What checking a certificate showed.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a check that nobody reads proves nothing"]
pub struct Verification {
    /// Whether time was real; to be said first.
    pub clock: Clock,
    /// The answer in one word.
    pub outcome: Outcome,
    /// The key that signed.
    pub signer: String,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
    /// What the certificate says.
    pub statement: Statement,
}

/// Checks a file. An answer comes back for everything that can be read, with all its faults.
pub fn verify(file: &[u8], check: &Check) -> Result<Verification, Unreadable> {
    let (envelope, payload) = open(file)?;
    let statement: Statement = serde_json::from_slice(&payload)
        .map_err(|error| invalid("payload", "a statement", &error.to_string()))?;
    if statement.schema != SCHEMA {
        return Err(invalid("payload.schema", SCHEMA, &statement.schema));
    }
    let (signer, fits) = signature(&envelope, &payload)?;
    let mut faults = Vec::new();
    faults.extend((!fits).then_some(Fault::Signature));
    // The key that was pinned counts; without one at least the key that the statement itself names.
    let expected = check.pinned.map_or_else(|| statement.signer.clone(), str::to_ascii_lowercase);
    if expected != signer {
        faults.push(Fault::Signer { expected, found: signer.clone() });
    }
    faults.extend(inside(&statement));
    faults.extend(check.kept.iter().filter_map(|head| kept(head, &statement)));
    let outcome = outcome(&faults, check.pinned.is_some());
    Ok(Verification { clock: statement.clock, outcome, signer, faults, statement })
}

/// The envelope and its payload.
fn open(file: &[u8]) -> Result<(Envelope, Vec<u8>), Unreadable> {
    if file.len() > MOST_BYTES {
        return Err(Unreadable::TooLarge { most: MOST_BYTES, found: file.len() });
    }
    let envelope: Envelope = serde_json::from_slice(file)
        .map_err(|error| invalid("file", "a DSSE envelope", &error.to_string()))?;
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(invalid("payloadType", PAYLOAD_TYPE, &envelope.payload_type));
    }
    let payload = decode("payload", &envelope.payload)?;
    Ok((envelope, payload))
}

/// Who signed, and whether the signature fits.
fn signature(envelope: &Envelope, payload: &[u8]) -> Result<(String, bool), Unreadable> {
    let [entry] = envelope.signatures.as_slice() else {
        return Err(invalid("signatures", "one signature", &envelope.signatures.len().to_string()));
    };
    let public_key: [u8; 32] = decode("signatures[0].publicKey", &entry.public_key)?
        .try_into()
        .map_err(|bytes: Vec<u8>| {
            invalid("signatures[0].publicKey", "32 bytes", &bytes.len().to_string())
        })?;
    let signature = Signature::from_slice(&decode("signatures[0].sig", &entry.sig)?)
        .map_err(|error| invalid("signatures[0].sig", "64 bytes", &error.to_string()))?;
    let key = VerifyingKey::from_bytes(&public_key).map_err(|error| {
        invalid("signatures[0].publicKey", "an ed25519 key", &error.to_string())
    })?;
    let signed =
        key.verify_strict(&pre_authentication(&envelope.payload_type, payload), &signature).is_ok();
    Ok((fingerprint(&public_key), signed))
}

/// Whether the parts of the statement fit each other.
fn inside(statement: &Statement) -> Vec<Fault> {
    let mut faults: Vec<Fault> =
        statement.logs.iter().filter_map(|part| follow(part).err()).map(Fault::Chain).collect();
    let project = statement.project.id.to_string();
    if !statement.logs.iter().any(|part| part.head.log == project && !part.headers.is_empty()) {
        faults.push(Fault::NoLog);
    }
    let headers: BTreeMap<(&str, i64), &EventHeader> = statement
        .logs
        .iter()
        .flat_map(|part| &part.headers)
        .map(|header| ((header.log.as_str(), header.seq), header))
        .collect();
    let bodies: BTreeMap<(&str, i64), &Disclosed> =
        statement.disclosed.iter().map(|body| ((body.log.as_str(), body.seq), body)).collect();
    for (place, body) in &bodies {
        let digest = chain::body_digest(&body.salt, &body.payload, &body.state_after);
        if headers.get(place).is_none_or(|header| header.body_digest != digest) {
            faults.push(Fault::Body { log: body.log.clone(), seq: body.seq });
        }
    }
    let carried = |entry: &&VerdictEntry| {
        !bodies.get(&(entry.log.as_str(), entry.seq)).is_some_and(|body| carries(body, entry))
    };
    faults.extend(statement.verdicts.iter().filter(carried).map(|entry| Fault::Verdict {
        decision: entry.decision.clone(),
        log: entry.log.clone(),
        seq: entry.seq,
    }));
    faults
}

/// Follows a log from its first event to the head that it should lead to.
fn follow(part: &LogPart) -> Result<(), chain::Fault> {
    let head = chain::verify(Head::empty(&part.head.log), &part.headers)?;
    if head.seq != part.head.seq {
        return Err(chain::Fault::Cut { log: head.log, expected: part.head.seq, found: head.seq });
    }
    if head.hash == part.head.hash {
        Ok(())
    } else {
        Err(chain::Fault::Changed { log: head.log, seq: head.seq })
    }
}

/// Whether the payload of an event carries this verdict.
fn carries(body: &Disclosed, entry: &VerdictEntry) -> bool {
    let payload: Option<serde_json::Value> = serde_json::from_str(&body.payload).ok();
    let verdict = payload.as_ref().and_then(|payload| payload.pointer(&entry.at));
    verdict.is_some_and(|verdict| {
        serde_json::to_value(&entry.verdict).is_ok_and(|said| said == *verdict)
    })
}

/// Whether a head that was kept is the one of the same place here. One beyond the end means that the tail was cut.
fn kept(head: &Head, statement: &Statement) -> Option<Fault> {
    let part = statement.logs.iter().find(|part| part.head.log == head.log)?;
    if head.seq > part.head.seq {
        let found = part.head.seq;
        return Some(Fault::Chain(chain::Fault::Cut {
            log: head.log.clone(),
            expected: head.seq,
            found,
        }));
    }
    let same = head.seq == 0
        || part.headers.iter().any(|header| header.seq == head.seq && header.hash == head.hash);
    (!same).then(|| Fault::Kept { log: head.log.clone(), seq: head.seq })
}

fn outcome(faults: &[Fault], pinned: bool) -> Outcome {
    let is_signer = |fault: &Fault| matches!(fault, Fault::Signer { .. });
    if faults.contains(&Fault::Signature) {
        Outcome::Altered
    } else if faults.iter().any(is_signer) {
        Outcome::SignedByAnother
    } else if !faults.is_empty() {
        Outcome::Broken
    } else if pinned {
        Outcome::Valid
    } else {
        Outcome::SignerUnknown
    }
}

fn decode(at: &str, text: &str) -> Result<Vec<u8>, Unreadable> {
    STANDARD.decode(text).map_err(|error| invalid(at, "base64", &error.to_string()))
}

fn invalid(at: &str, expected: &'static str, found: &str) -> Unreadable {
    Unreadable::Invalid { at: at.to_owned(), expected, found: found.chars().take(200).collect() }
}
