//! What a certificate takes from the log of its project: all headers, the events that carry a verdict, and the sign-offs
//! that only the log remembers.

use crate::Result;
use golive_core::certificate::{Disclosed, VerdictEntry};
use golive_core::chain::{EventHeader, Head};
use golive_core::gate::{Gate, Verdict};
use golive_core::id::UserId;
use golive_store::{Session, StoredEvent};
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// How many events are read at once.
const PAGE: i64 = 500;

/// A sign-off of the production request.
pub(super) struct RequestSigned {
    pub request: String,
    pub by: UserId,
    pub at: Timestamp,
    pub gate: Verdict,
}

/// What the log gave.
pub(super) struct Read {
    pub head: Head,
    pub headers: Vec<EventHeader>,
    pub disclosed: Vec<Disclosed>,
    pub verdicts: Vec<VerdictEntry>,
    pub requests: Vec<RequestSigned>,
    /// The digest over the hashes of all events of the run that was asked for.
    pub run: Option<String>,
}

/// Reads a whole log. `run` names everything that belongs to the cutover run.
pub(super) async fn read(session: &mut Session, log: &str, run: &BTreeSet<String>) -> Result<Read> {
    let mut read = Read {
        head: session.head(log).await?,
        headers: Vec::new(),
        disclosed: Vec::new(),
        verdicts: Vec::new(),
        requests: Vec::new(),
        run: None,
    };
    let mut hash = Sha256::new();
    let mut seq = 0;
    loop {
        let events = session.events_after(log, seq, PAGE).await?;
        let Some(last) = events.last() else { break };
        seq = last.header.seq;
        for event in events {
            if run.contains(&event.header.subject) {
                hash.update(event.header.hash.as_bytes());
            }
            read.take(event);
        }
    }
    read.run = (!run.is_empty()).then(|| format!("sha256:{}", hex::encode(hash.finalize())));
    Ok(read)
}

impl Read {
    fn take(&mut self, event: StoredEvent) {
        let payload = event.payload();
        let mut found = Vec::new();
        find(&payload, String::new(), &mut found);
        let StoredEvent { header, body } = event;
        if let (Some(body), false) = (body, found.is_empty()) {
            self.disclosed.push(Disclosed {
                log: header.log.clone(),
                seq: header.seq,
                salt: body.salt,
                payload: body.payload,
                state_after: body.state_after,
            });
            if header.kind == "request.signed_off"
                && let Some((_, gate)) = found.first()
                && let Ok(by) = serde_json::from_value(payload["by"].clone())
            {
                let (request, at, gate) = (header.subject.clone(), header.at, gate.clone());
                self.requests.push(RequestSigned { request, by, at, gate });
            }
            let entry = |(at, verdict): (String, Verdict)| VerdictEntry {
                decision: decision(&header.kind, verdict.gate),
                log: header.log.clone(),
                seq: header.seq,
                at,
                verdict,
            };
            self.verdicts.extend(found.into_iter().map(entry));
        }
        self.headers.push(header);
    }
}

/// `request.signed_off` in words, with the gate that was asked.
fn decision(kind: &str, gate: Gate) -> String {
    format!("{}, gate {}", kind.replace('.', ": ").replace('_', " "), gate.name())
}

/// All verdicts in a payload, with where they stand. One that this golive would write differently is left alone: it could
/// not be compared.
fn find(value: &Value, at: String, found: &mut Vec<(String, Verdict)>) {
    match value {
        Value::Object(map) => {
            if map.contains_key("gate") && map.contains_key("criteria") {
                let read = serde_json::from_value::<Verdict>(value.clone()).ok();
                let same = read.filter(|v| serde_json::to_value(v).is_ok_and(|v| v == *value));
                if let Some(verdict) = same {
                    found.push((at, verdict));
                    return;
                }
            }
            for (name, part) in map {
                let name = name.replace('~', "~0").replace('/', "~1");
                find(part, format!("{at}/{name}"), found);
            }
        }
        Value::Array(all) => {
            for (place, part) in all.iter().enumerate() {
                find(part, format!("{at}/{place}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
