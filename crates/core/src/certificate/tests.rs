//! Every way of tampering with a certificate, and what is said about it.

use super::*;
use crate::chain::{self, EventHeader, Head, START, body_digest, link};
use crate::gate::{Gate, Verdict};
use crate::id::ProjectId;
use crate::service_model::ServiceModel;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use std::collections::BTreeMap;

const SEED: [u8; 32] = [7; 32];
const OTHER: [u8; 32] = [8; 32];
const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn log() -> String {
    ProjectId::named("t", "contoso").to_string()
}

fn verdict() -> Verdict {
    Verdict {
        gate: Gate::GoLive,
        at: AT,
        policy: "policy-2021".into(),
        criteria: vec![],
        holds_until: None,
    }
}

fn payload(seq: i64) -> String {
    if seq == 2 {
        serde_json::json!({ "event": "decided", "gate": verdict() }).to_string()
    } else {
        "{}".into()
    }
}

/// Links the headers anew, as somebody would who wants to hide a change.
fn rehash(headers: &mut [EventHeader]) {
    let mut prev = START.to_owned();
    for header in headers {
        header.prev_hash = prev;
        header.hash = link(header);
        prev = header.hash.clone();
    }
}

fn headers() -> Vec<EventHeader> {
    let mut headers: Vec<EventHeader> = (1..=4)
        .map(|seq| EventHeader {
            log: log(),
            seq,
            at: AT,
            recorded_at: AT,
            actor: "usr_a".into(),
            subject: "prj_a".into(),
            kind: "go_live.decided".into(),
            schema: 1,
            body_digest: body_digest("salt", &payload(seq), "{}"),
            prev_hash: String::new(),
            hash: String::new(),
        })
        .collect();
    rehash(&mut headers);
    headers
}

fn head(headers: &[EventHeader]) -> Head {
    let last = headers.last().unwrap();
    Head { log: last.log.clone(), seq: last.seq, hash: last.hash.clone() }
}

fn statement() -> Statement {
    let headers = headers();
    let head = head(&headers);
    Statement {
        clock: Clock::Simulated,
        schema: SCHEMA.into(),
        server: Server {
            name: "https://golive.contoso.example".into(),
            version: "0.1.0".into(),
            incarnation: 1,
        },
        issued_at: AT,
        recorded_at: AT,
        project: ProjectEntry {
            id: ProjectId::named("t", "contoso"),
            name: "Contoso".into(),
            service_model: ServiceModel::SelfService,
            policy: "policy-2021".into(),
            policy_digest: "sha256:1".into(),
            go_live_date: None,
            live_since: Some(AT),
        },
        logs: vec![LogPart { headers, head }],
        witnesses: vec![],
        disclosed: vec![Disclosed {
            log: log(),
            seq: 2,
            salt: "salt".into(),
            payload: payload(2),
            state_after: "{}".into(),
        }],
        verdicts: vec![VerdictEntry {
            decision: "go-live".into(),
            log: log(),
            seq: 2,
            at: "/gate".into(),
            verdict: verdict(),
        }],
        evidence: vec![],
        approvals: vec![],
        waivers: vec![],
        package_set: BTreeMap::from([("base".into(), "1.0".into())]),
        copy_report: Some("sha256:2".into()),
        cutover_log: None,
        signer: String::new(),
    }
}

fn pin() -> String {
    fingerprint(&ed25519_dalek::SigningKey::from_bytes(&SEED).verifying_key().to_bytes())
}

fn checked(file: &str, pinned: Option<&str>) -> Verification {
    verify(file.as_bytes(), &Check { pinned, kept: &[] }).unwrap()
}

/// The envelope with another payload but the old signature.
fn with_payload(file: &str, change: impl Fn(&mut Statement)) -> String {
    let mut envelope: Envelope = serde_json::from_str(file).unwrap();
    let mut statement: Statement =
        serde_json::from_slice(&STANDARD.decode(&envelope.payload).unwrap()).unwrap();
    change(&mut statement);
    envelope.payload = STANDARD.encode(serde_json::to_string(&statement).unwrap());
    serde_json::to_string(&envelope).unwrap()
}

#[test]
fn a_true_certificate_is_valid_for_who_pinned_the_key_and_consistent_for_the_rest() {
    let file = sign(statement(), &SEED);
    let verification = checked(&file, Some(&pin()));
    assert_eq!((verification.outcome, verification.faults.len()), (Outcome::Valid, 0));
    assert_eq!(checked(&file, Some(&pin().to_uppercase())).outcome, Outcome::Valid);
    let unknown = checked(&file, None);
    assert_eq!((unknown.outcome, unknown.signer), (Outcome::SignerUnknown, pin()));
}

#[test]
fn the_clock_is_said_first() {
    let file = sign(statement(), &SEED);
    assert_eq!(checked(&file, None).clock, Clock::Simulated);
    let envelope: Envelope = serde_json::from_str(&file).unwrap();
    let payload = String::from_utf8(STANDARD.decode(envelope.payload).unwrap()).unwrap();
    assert!(payload.starts_with(r#"{"clock":"simulated""#));
}

#[test]
fn an_altered_payload_is_found_whatever_else_was_made_to_fit() {
    let file = with_payload(&sign(statement(), &SEED), |s| s.clock = Clock::Real);
    let verification = checked(&file, Some(&pin()));
    assert_eq!(
        (verification.outcome, verification.faults),
        (Outcome::Altered, vec![Fault::Signature])
    );
}

#[test]
fn a_certificate_signed_again_by_another_key_is_found_by_the_pin() {
    let file = sign(statement(), &OTHER);
    let verification = checked(&file, Some(&pin()));
    assert_eq!(verification.outcome, Outcome::SignedByAnother);
    assert!(
        matches!(&verification.faults[..], [Fault::Signer { expected, .. }] if *expected == pin())
    );
}

#[test]
fn a_key_that_the_statement_does_not_name_is_found_without_a_pin() {
    let honest: Envelope = serde_json::from_str(&sign(statement(), &SEED)).unwrap();
    let payload = STANDARD.decode(&honest.payload).unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&OTHER);
    let sig = ed25519_dalek::Signer::sign(&key, &pre_authentication(PAYLOAD_TYPE, &payload));
    let forged = Envelope {
        signatures: vec![Signature {
            keyid: honest.signatures[0].keyid.clone(),
            sig: STANDARD.encode(sig.to_bytes()),
            public_key: STANDARD.encode(key.verifying_key().to_bytes()),
        }],
        ..honest
    };
    let verification = checked(&serde_json::to_string(&forged).unwrap(), None);
    assert_eq!(verification.outcome, Outcome::SignedByAnother);
}

#[test]
fn an_event_that_was_removed_breaks_the_chain() {
    let mut s = statement();
    s.logs[0].headers.remove(2);
    let verification = checked(&sign(s, &SEED), Some(&pin()));
    assert_eq!(verification.outcome, Outcome::Broken);
    let gap = chain::Fault::Gap { log: log(), expected: 3, found: 4 };
    assert_eq!(verification.faults, [Fault::Chain(gap)]);
}

#[test]
fn a_tail_that_was_cut_is_shorter_than_the_head_says() {
    let mut s = statement();
    s.logs[0].headers.pop();
    let cut = chain::Fault::Cut { log: log(), expected: 4, found: 3 };
    assert_eq!(checked(&sign(s, &SEED), Some(&pin())).faults, [Fault::Chain(cut)]);
}

#[test]
fn a_verdict_that_was_changed_is_not_in_its_event() {
    let mut s = statement();
    s.verdicts[0].verdict.policy = "policy-light".into();
    let faults = checked(&sign(s, &SEED), Some(&pin())).faults;
    assert_eq!(faults, [Fault::Verdict { decision: "go-live".into(), log: log(), seq: 2 }]);
}

#[test]
fn a_verdict_changed_in_its_event_too_is_not_what_was_hashed() {
    let mut s = statement();
    s.verdicts[0].verdict.policy = "policy-light".into();
    s.disclosed[0].payload = s.disclosed[0].payload.replace("policy-2021", "policy-light");
    let faults = checked(&sign(s, &SEED), Some(&pin())).faults;
    assert_eq!(faults, [Fault::Body { log: log(), seq: 2 }]);
}

/// A verdict changed, its event and all later ones hashed again, the head replaced: only signed anew it is consistent.
fn rewritten() -> Statement {
    let mut s = statement();
    s.verdicts[0].verdict.policy = "policy-light".into();
    s.disclosed[0].payload = s.disclosed[0].payload.replace("policy-2021", "policy-light");
    s.logs[0].headers[1].body_digest = body_digest("salt", &s.disclosed[0].payload, "{}");
    rehash(&mut s.logs[0].headers);
    s.logs[0].head = head(&s.logs[0].headers);
    s
}

#[test]
fn a_verdict_changed_and_hashed_again_is_found_by_signature_pin_or_kept_head() {
    let unsigned = with_payload(&sign(statement(), &SEED), |s| {
        *s = Statement { signer: s.signer.clone(), ..rewritten() };
    });
    assert_eq!(checked(&unsigned, Some(&pin())).faults, [Fault::Signature]);
    let resigned = sign(rewritten(), &OTHER);
    assert_eq!(checked(&resigned, Some(&pin())).outcome, Outcome::SignedByAnother);
    assert_eq!(checked(&resigned, None).outcome, Outcome::SignerUnknown);
    let kept = [head(&headers())];
    let verification = verify(resigned.as_bytes(), &Check { pinned: None, kept: &kept }).unwrap();
    assert_eq!(verification.faults, [Fault::Kept { log: log(), seq: 4 }]);
}

#[test]
fn a_head_kept_elsewhere_shows_that_the_tail_was_cut_before_signing() {
    let mut s = statement();
    s.logs[0].headers.pop();
    s.logs[0].head = head(&s.logs[0].headers);
    let file = sign(s, &SEED);
    assert_eq!(checked(&file, Some(&pin())).outcome, Outcome::Valid);
    let kept = [head(&headers())];
    let pinned = pin();
    let verification =
        verify(file.as_bytes(), &Check { pinned: Some(&pinned), kept: &kept }).unwrap();
    let cut = chain::Fault::Cut { log: log(), expected: 4, found: 3 };
    assert_eq!(
        (verification.outcome, verification.faults),
        (Outcome::Broken, vec![Fault::Chain(cut)])
    );
}

#[test]
fn a_certificate_without_the_projects_log_proves_nothing() {
    let mut s = statement();
    s.logs.clear();
    let verification = checked(&sign(s, &SEED), Some(&pin()));
    assert_eq!(verification.outcome, Outcome::Broken);
    assert!(verification.faults.contains(&Fault::NoLog));
}

#[test]
fn a_file_that_is_no_certificate_says_where() {
    let said = |file: &str| verify(file.as_bytes(), &Check::default()).unwrap_err().to_string();
    assert!(said("").starts_with("file: expected a DSSE envelope"));
    let file = sign(statement(), &SEED);
    assert!(said(&file.replace(PAYLOAD_TYPE, "text/plain")).starts_with("payloadType: expected"));
    let broken = with_payload(&file, |s| s.schema = "golive.certificate/9".into());
    assert_eq!(
        said(&broken),
        "payload.schema: expected golive.certificate/1, found golive.certificate/9"
    );
    let mut envelope: Envelope = serde_json::from_str(&file).unwrap();
    envelope.signatures.clear();
    assert_eq!(
        said(&serde_json::to_string(&envelope).unwrap()),
        "signatures: expected one signature, found 0"
    );
}

#[test]
fn what_is_signed_is_the_standards_own_example() {
    assert_eq!(
        pre_authentication("http://example.com/HelloWorld", b"hello world"),
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    );
}

#[test]
fn a_fault_is_written_and_read_back() {
    let faults = vec![
        Fault::Signature,
        Fault::Chain(chain::Fault::Broken { log: log(), seq: 2 }),
        Fault::Body { log: log(), seq: 2 },
    ];
    let text = serde_json::to_string(&faults).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Fault>>(&text).unwrap(), faults);
}
