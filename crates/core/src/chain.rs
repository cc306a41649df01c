//! The hash chain of a log: what is hashed, in which order, and how a stretch of a log is checked.
//!
//! The personal part of an event (salt, payload, state after) enters only through its digest, so it can be erased
//! and the chain still verifies.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The hash before the first event of every log.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// All of an event but its personal part. Enough to check the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventHeader {
    /// The log: `server`, an organisation's id or a project's id.
    pub log: String,
    /// Its place in the log, from 1, without gaps.
    pub seq: i64,
    /// When it happened, by the business clock.
    pub at: Timestamp,
    /// When it was written, by the machine clock.
    pub recorded_at: Timestamp,
    /// Who did it: a user's id, or `golive` for the server itself.
    pub actor: String,
    /// What it happened to: an id.
    pub subject: String,
    /// What happened: `environment.deployed`.
    pub kind: String,
    /// The number of the payload's shape.
    pub schema: i64,
    /// Hexadecimal SHA-256 over salt, payload and state after; see [`body_digest`].
    pub body_digest: String,
    /// The hash of the event before.
    pub prev_hash: String,
    /// The hash over all of the above; see [`link`].
    pub hash: String,
}

/// Where a log stands: its last event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The log.
    pub log: String,
    /// The place of the last event; 0 for an empty log.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

impl Head {
    /// The head of a log that has no events.
    pub fn empty(log: &str) -> Self {
        Self { log: log.to_owned(), seq: 0, hash: START.to_owned() }
    }
}

/// The digest over the personal part of an event, exactly as stored.
pub fn body_digest(salt: &str, payload: &str, state_after: &str) -> String {
    let mut hash = Sha256::new();
    for part in [salt, "\0", payload, "\0", state_after] {
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// The hash of an event, over its header and the hash before it. `header.hash` itself is not read.
pub fn link(header: &EventHeader) -> String {
    let mut hash = Sha256::new();
    let numbers = [
        header.seq,
        header.at.as_microsecond(),
        header.recorded_at.as_microsecond(),
        header.schema,
    ];
    let [seq, at, recorded_at, schema] = numbers.map(|n| n.to_string());
    for part in [
        &header.log,
        &seq,
        &at,
        &recorded_at,
        &header.actor,
        &header.subject,
        &header.kind,
        &schema,
        &header.body_digest,
        &header.prev_hash,
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// What is wrong with a stretch of a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// An event is missing, doubled or out of order.
    #[error("{log}: event {expected} expected, {found} found")]
    Gap {
        /// The log.
        log: String,
        /// The place that should come next.
        expected: i64,
        /// The place that came.
        found: i64,
    },
    /// The event does not follow from the one before it.
    #[error("{log}: event {seq} does not follow from the event before it")]
    Broken {
        /// The log.
        log: String,
        /// The place.
        seq: i64,
    },
    /// The event is not what was hashed.
    #[error("{log}: event {seq} was changed after it was written")]
    Changed {
        /// The log.
        log: String,
        /// The place.
        seq: i64,
    },
    /// The log ends elsewhere than a head that was kept says.
    #[error("{log}: ends at event {found}, but a head of event {expected} was kept")]
    Cut {
        /// The log.
        log: String,
        /// The place of the kept head.
        expected: i64,
        /// The last place that is there.
        found: i64,
    },
}

/// Checks that `headers` follow, without a gap, from `start`, and returns the head that they lead to.
pub fn verify<'a>(
    start: Head,
    headers: impl IntoIterator<Item = &'a EventHeader>,
) -> Result<Head, Fault> {
    let mut head = start;
    for header in headers {
        let log = head.log.clone();
        if header.seq != head.seq + 1 || header.log != head.log {
            return Err(Fault::Gap { log, expected: head.seq + 1, found: header.seq });
        }
        if header.prev_hash != head.hash {
            return Err(Fault::Broken { log, seq: header.seq });
        }
        if link(header) != header.hash {
            return Err(Fault::Changed { log, seq: header.seq });
        }
        head = Head { log, seq: header.seq, hash: header.hash.clone() };
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(n: i64) -> Vec<EventHeader> {
        let mut prev_hash = START.to_owned();
        (1..=n)
            .map(|seq| {
                let mut header = EventHeader {
                    log: "prj_a".into(),
                    seq,
                    at: Timestamp::UNIX_EPOCH,
                    recorded_at: Timestamp::UNIX_EPOCH,
                    actor: "usr_a".into(),
                    subject: "env_a".into(),
                    kind: "environment.deployed".into(),
                    schema: 1,
                    body_digest: body_digest("salt", "{}", "{}"),
                    prev_hash: prev_hash.clone(),
                    hash: String::new(),
                };
                header.hash = link(&header);
                prev_hash.clone_from(&header.hash);
                header
            })
            .collect()
    }

    #[test]
    fn an_untouched_log_leads_to_its_head() {
        let events = chain(3);
        let head = verify(Head::empty("prj_a"), &events).unwrap();
        assert_eq!((head.seq, head.hash.as_str()), (3, events[2].hash.as_str()));
    }

    #[test]
    fn every_kind_of_tampering_is_named() {
        let mut removed = chain(3);
        removed.remove(1);
        assert!(matches!(
            verify(Head::empty("prj_a"), &removed),
            Err(Fault::Gap { expected: 2, found: 3, .. })
        ));

        let mut changed = chain(3);
        changed[1].actor = "usr_b".into();
        assert!(matches!(
            verify(Head::empty("prj_a"), &changed),
            Err(Fault::Changed { seq: 2, .. })
        ));

        changed[1].hash = link(&changed[1]);
        assert!(matches!(
            verify(Head::empty("prj_a"), &changed),
            Err(Fault::Broken { seq: 3, .. })
        ));
    }

    #[test]
    fn a_text_cannot_move_from_one_field_to_the_next() {
        let mut one = chain(1).remove(0);
        let mut other = one.clone();
        one.actor = "ab".into();
        one.subject = "c".into();
        other.actor = "a".into();
        other.subject = "bc".into();
        assert_ne!(link(&one), link(&other));
    }
}
