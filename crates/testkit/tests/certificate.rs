//! The certificate from its issue to its check by somebody who has only the file and a fingerprint; every way of
//! tampering is seen.

use golive_app::Actor;
use golive_core::certificate::{
    Check, Clock, Fault, Outcome, Statement, Verification, sign, verify,
};
use golive_core::chain::{self, body_digest, link};
use golive_core::gate::Gate;
use golive_core::id::ProjectId;
use golive_testkit::TestApp;
use serde_json::{Value, json};

/// A key that is not the server's.
const OTHER: [u8; 32] = [7; 32];

struct Issued {
    file: String,
    pinned: String,
    seed: [u8; 32],
    statement: Statement,
}

async fn issued(test: &TestApp) -> (Issued, ProjectId, Actor) {
    let project = test.project("contoso").await;
    let henrik = test.manager(project).await;
    let file = test.certificate_make(&henrik, project).await.expect("a member may export");
    let pinned = test.certificate_key(&henrik).expect("the key is readable").fingerprint;
    let secret = test.secret("certificate.key", || unreachable!("it was made")).expect("a secret");
    let mut seed = [0; 32];
    hex::decode_to_slice(secret, &mut seed).expect("hexadecimal");
    let file = file.to_string();
    let statement = checked(&file, &pinned).statement;
    (Issued { file, pinned, seed, statement }, project, henrik)
}

fn checked(file: &str, pinned: &str) -> Verification {
    verify(file.as_bytes(), &Check { pinned: Some(pinned), kept: &[] }).expect("it can be read")
}

#[tokio::test]
async fn a_certificate_is_valid_and_carries_every_verdict_of_its_moment() {
    for test in TestApp::on_each_database().await {
        let (issued, project, _) = issued(&test).await;
        let found = checked(&issued.file, &issued.pinned);
        assert_eq!(found.faults, vec![]);
        assert_eq!(found.outcome, Outcome::Valid, "{}", test.database_kind());
        let now = &issued.statement.verdicts;
        let last = issued.statement.logs[0].head.seq;
        for gate in Gate::ALL {
            let at_issue =
                now.iter().filter(|entry| entry.seq == last && entry.verdict.gate == gate);
            assert_eq!(at_issue.count(), 1, "{}", gate.name());
        }
        let mut session = test.store.session().await.expect("the store reads");
        let head = session.head(&project.to_string()).await.expect("the store reads");
        assert_eq!(issued.statement.logs[0].head, head);
        assert_eq!(issued.statement.witnesses[0].log, "server");
    }
}

#[tokio::test]
async fn without_a_pinned_key_the_signer_is_unknown() {
    let test = TestApp::new().await;
    let (issued, _, _) = issued(&test).await;
    let found = verify(issued.file.as_bytes(), &Check::default()).expect("it can be read");
    assert_eq!(found.outcome, Outcome::SignerUnknown);
    assert_eq!(found.signer, issued.pinned);
}

#[tokio::test]
async fn the_clock_is_said_first_and_a_simulated_one_is_named() {
    let test = TestApp::new().await;
    let (issued, _, _) = issued(&test).await;
    assert_eq!(issued.statement.clock, Clock::Simulated);
    let text = serde_json::to_string(&issued.statement).expect("a statement is written");
    assert!(text.starts_with("{\"clock\":\"simulated\","), "{}", &text[..40]);

    let test = TestApp::builder().on_the_real_clock().build().await;
    let (issued, _, _) = self::issued(&test).await;
    assert_eq!(issued.statement.clock, Clock::Real);
}

#[tokio::test]
async fn a_certificate_that_another_key_signed_again_is_not_valid() {
    let test = TestApp::new().await;
    let (issued, _, _) = issued(&test).await;
    let forged = sign(issued.statement.clone(), &OTHER);
    let found = checked(&forged, &issued.pinned);
    assert_eq!(found.outcome, Outcome::SignedByAnother);
    assert!(matches!(found.faults.as_slice(), [Fault::Signer { .. }]), "{:?}", found.faults);
}

#[tokio::test]
async fn a_verdict_that_was_changed_is_seen_even_if_its_event_was_hashed_again() {
    let test = TestApp::new().await;
    let (issued, _, _) = issued(&test).await;
    let mut statement = issued.statement.clone();
    let shut = statement.verdicts.iter_mut().find(|entry| !entry.verdict.is_open());
    let entry = shut.expect("a new project has shut gates");
    entry.verdict.criteria.truncate(0);
    let (seq, at) = (entry.seq, entry.at.clone());
    let verdict = serde_json::to_value(&entry.verdict).expect("a verdict is written");
    // Only the verdict: the event says something else.
    let found = checked(&sign(statement.clone(), &issued.seed), &issued.pinned);
    assert!(matches!(found.faults.as_slice(), [Fault::Verdict { .. }]), "{:?}", found.faults);

    // The event as well, hashed again: its header no longer fits.
    let body = statement.disclosed.iter_mut().find(|body| body.seq == seq).expect("disclosed");
    let mut payload: Value = serde_json::from_str(&body.payload).expect("JSON");
    *payload.pointer_mut(&at).expect("the verdict is there") = verdict;
    body.payload = payload.to_string();
    let digest = body_digest(&body.salt, &body.payload, &body.state_after);
    let found = checked(&sign(statement.clone(), &issued.seed), &issued.pinned);
    assert_eq!(found.faults, vec![Fault::Body { log: body_log(&statement), seq }]);

    // The header as well: the chain breaks, or ends elsewhere than its head.
    let part = &mut statement.logs[0];
    let header = part.headers.iter_mut().find(|header| header.seq == seq).expect("in the log");
    header.body_digest = digest;
    header.hash = link(header);
    let found = checked(&sign(statement.clone(), &issued.seed), &issued.pinned);
    assert_eq!(found.outcome, Outcome::Broken);
    assert!(matches!(found.faults.as_slice(), [Fault::Chain(_)]), "{:?}", found.faults);

    // The head as well: only one that was kept elsewhere tells.
    let kept = issued.statement.logs[0].head.clone();
    let part = &mut statement.logs[0];
    part.head.hash = part.headers.last().expect("events").hash.clone();
    let file = sign(statement, &issued.seed);
    let check = Check { pinned: Some(&issued.pinned), kept: &[kept] };
    let found = verify(file.as_bytes(), &check).expect("it can be read");
    assert!(matches!(found.faults.as_slice(), [Fault::Kept { .. }]), "{:?}", found.faults);
}

fn body_log(statement: &Statement) -> String {
    statement.logs[0].head.log.clone()
}

#[tokio::test]
async fn an_event_that_was_removed_leaves_a_gap() {
    let test = TestApp::new().await;
    let (issued, _, _) = issued(&test).await;
    let mut statement = issued.statement;
    statement.logs[0].headers.remove(1);
    let found = checked(&sign(statement, &issued.seed), &issued.pinned);
    assert!(
        matches!(found.faults.as_slice(), [Fault::Chain(chain::Fault::Gap { expected: 2, .. })]),
        "{:?}",
        found.faults
    );
}

#[tokio::test]
async fn a_tail_that_was_cut_is_seen_by_the_head_of_the_log_or_by_one_that_was_kept() {
    let test = TestApp::new().await;
    let (issued, _, _) = issued(&test).await;
    let kept = issued.statement.logs[0].head.clone();
    let mut statement = issued.statement;
    statement.logs[0].headers.pop();
    statement.disclosed.retain(|body| body.seq != kept.seq);
    statement.verdicts.retain(|entry| entry.seq != kept.seq);
    let found = checked(&sign(statement.clone(), &issued.seed), &issued.pinned);
    assert!(
        matches!(found.faults.as_slice(), [Fault::Chain(chain::Fault::Cut { .. })]),
        "{:?}",
        found.faults
    );
    // With a new head it holds together, but not against the head that was kept.
    let part = &mut statement.logs[0];
    let last = part.headers.last().expect("events");
    (part.head.seq, part.head.hash) = (last.seq, last.hash.clone());
    let file = sign(statement, &issued.seed);
    let check = Check { pinned: Some(&issued.pinned), kept: &[kept] };
    let found = verify(file.as_bytes(), &check).expect("it can be read");
    assert!(
        matches!(found.faults.as_slice(), [Fault::Chain(chain::Fault::Cut { .. })]),
        "{:?}",
        found.faults
    );
}

#[tokio::test]
async fn a_letter_changed_in_the_file_does_not_fit_its_signature() {
    let test = TestApp::new().await;
    let (issued, _, _) = issued(&test).await;
    let other = sign(
        Statement { package_set: [("a".into(), "1".into())].into(), ..issued.statement },
        &issued.seed,
    );
    let mut envelope: Value = serde_json::from_str(&issued.file).expect("JSON");
    let other: Value = serde_json::from_str(&other).expect("JSON");
    envelope["payload"] = other["payload"].clone();
    assert_eq!(checked(&envelope.to_string(), &issued.pinned).outcome, Outcome::Altered);
}

#[tokio::test]
async fn the_api_issues_for_members_only_and_every_issue_is_on_record() {
    let test = TestApp::new().await;
    let (issued, project, henrik) = issued(&test).await;
    let http = test.http_as(&henrik).await;
    let path = format!("/api/v1/projects/{project}/certificate");
    let file = http.post(&path, &json!({})).await.ok();
    assert_eq!(checked(&file.to_string(), &issued.pinned).outcome, Outcome::Valid);
    let key = http.get("/api/v1/certificate/key").await.ok();
    assert_eq!((&key["fingerprint"], &key["clock"]), (&json!(issued.pinned), &json!("simulated")));
    let log = test.audit_list(&henrik, project, None).await.expect("a member reads the log");
    assert_eq!(log.iter().filter(|event| event.kind == "certificate.issued").count(), 2);
    let stranger = test.actor("mallory").await;
    assert_eq!(test.http_as(&stranger).await.post(&path, &json!({})).await.status, 404);
}
