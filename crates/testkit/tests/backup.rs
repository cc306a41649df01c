//! A backup is made while others write, and becomes a server again: the same heads, a new incarnation, nobody signed in,
//! and a person asked about every operation that was under way.

use golive_app::backup::{BackupView, restore};
use golive_app::operation::DrillRequest;
use golive_app::secrets;
use golive_core::chain::Head;
use golive_core::id::{OperationId, ProjectId};
use golive_core::operation::Record;
use golive_store::{ClockKind, Phase, SERVER, Store, Told};
use golive_testkit::TestApp;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn heads(backup: &BackupView) -> Vec<Head> {
    let head = |h: &golive_app::backup::HeadView| Head {
        log: h.log.clone(),
        seq: h.seq,
        hash: h.hash.clone(),
    };
    backup.heads.iter().map(head).collect()
}

async fn opened(data: &Path) -> Store {
    let url = format!("sqlite://{}?mode=rw", data.join("golive.db").display());
    Store::open(&url).await.expect("a restored database opens")
}

/// Makes a backup while two tasks write into the project's log.
async fn backup_while_writing(test: &TestApp, project: ProjectId) -> BackupView {
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..2)
        .map(|_| {
            let (app, stop) = (test.app().clone(), stop.clone());
            tokio::spawn(async move {
                let told = Told::plain("test.written", serde_json::json!({}));
                let mut written = 0;
                while !stop.load(Ordering::SeqCst) {
                    let write = app.store.write(project, app.own_stamp()).await;
                    let mut write = write.expect("writers wait for their turn");
                    write.tell("test", &told).await.expect("the store writes");
                    write.commit().await.expect("the store writes");
                    written += 1;
                }
                written
            })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let administrator = test.administrator().await;
    let backup = test.server_backup(&administrator).await.expect("a backup is made");
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        assert!(writer.await.expect("a writer ends") > 0);
    }
    backup
}

async fn drill(test: &TestApp, project: ProjectId) -> OperationId {
    let henrik = test.manager(project).await;
    let drill = test.operation_drill(&henrik, project, &DrillRequest::default()).await;
    drill.expect("a manager may drill").id.parse().expect("an id that was just shown")
}

#[tokio::test]
async fn a_backup_made_while_others_write_is_restored_with_the_heads_of_its_manifest() {
    let mut test = TestApp::new().await;
    test.may_leave_work();
    let project = test.project("contoso").await;
    let operation = drill(&test, project).await;
    let password = test.secret("uat.administrator", secrets::random).expect("a secret");
    let admin = test.administrator().await;
    let _http = test.http_as(&admin).await;
    let backup = backup_while_writing(&test, project).await;

    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("new");
    let restored = restore(Path::new(&backup.folder), &data).await.expect("the backup is whole");
    assert_eq!(restored.heads, heads(&backup));
    assert_eq!(restored.operations, vec![operation]);
    assert_eq!(restored.incarnation, 2);

    let store = opened(&data).await;
    let mut session = store.session().await.expect("the store reads");
    for head in heads(&backup) {
        let now = session.verify_log(&head.log).await.expect("the store reads");
        assert!(now.expect("the chain holds").seq >= head.seq);
        // What stood at the place of the head is what the manifest says.
        let at = session.events_after(&head.log, head.seq - 1, 1).await.expect("the store reads");
        assert_eq!(at[0].header.hash, head.hash, "{}", head.log);
    }
    let fork = session.events_before(SERVER, i64::MAX, 1).await.expect("the store reads");
    assert_eq!(fork[0].header.kind, "server.restored");
    let told: Vec<Head> =
        serde_json::from_value(fork[0].payload()["heads"].clone()).expect("heads");
    assert_eq!(told, heads(&backup));
    let kept = std::fs::read_to_string(data.join("secrets/uat.administrator"));
    assert_eq!(kept.expect("secrets are restored"), password);
    drop(session);
    store.close().await;
}

#[tokio::test]
async fn after_a_restore_operations_wait_for_a_person_and_everybody_is_signed_out() {
    let mut test = TestApp::new().await;
    test.may_leave_work();
    let project = test.project("contoso").await;
    let operation = drill(&test, project).await;
    let admin = test.administrator().await;
    let _http = test.http_as(&admin).await;
    let before = test.claim().await.expect("the drill is due").epoch;
    let backup = test.server_backup(&admin).await.expect("a backup is made");

    let data = tempfile::tempdir().expect("a temporary folder");
    restore(Path::new(&backup.folder), data.path()).await.expect("the backup is whole");
    let store = opened(data.path()).await;
    let row = store.server(ClockKind::Real, 0).await.expect("the store reads");
    assert_eq!((row.incarnation, row.clock), (2, ClockKind::Simulated));
    let mut session = store.session().await.expect("the store reads");
    let held = session.operation(operation).await.expect("the operation is there");
    assert_eq!(held.phase, Phase::Attention);
    let log = session.records(operation).await.expect("the store reads");
    assert!(matches!(log.last(), Some((_, Record::AttentionNeeded { .. }))), "{log:?}");
    let tokens = session.tokens(&admin.user.to_string()).await.expect("the store reads");
    assert!(!tokens.is_empty() && tokens.iter().all(|token| token.revoked));
    drop(session);

    // A person chooses to go on; the claim's epoch lies far above every one of the old server.
    let mut write = store.write(project, test.own_stamp()).await.expect("the store writes");
    let chosen = Record::Chosen {
        by: admin.user,
        choice: golive_core::operation::Choice::Retry,
        reason: "looked at".into(),
    };
    write.record_of_person(operation, log.len(), &chosen).await.expect("the store writes");
    write.commit().await.expect("the store writes");
    let lease = std::time::Duration::from_mins(1);
    let claim = store.claim("new", test.clock.now(), lease).await.expect("the store claims");
    assert!(claim.expect("it is open again").epoch >= before + (1 << 40));
    store.close().await;
}

#[tokio::test]
async fn an_operation_that_was_held_before_it_began_begins_when_a_person_says_so() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let operation = drill(&test, project).await;
    let claim = test.claim().await.expect("the drill is due");
    let by = test.actor("henrik").await.user;
    let mut write = test.store.write(project, test.own_stamp()).await.expect("the store writes");
    let held = Record::AttentionNeeded { step: 0, diagnosis: "held".into() };
    write.record(&claim, 0, &held).await.expect("the store writes");
    write.settle(&claim, Phase::Attention, None).await.expect("the store writes");
    write.commit().await.expect("the store writes");
    let mut write = test.store.write(project, test.own_stamp()).await.expect("the store writes");
    let chosen =
        Record::Chosen { by, choice: golive_core::operation::Choice::Retry, reason: "go".into() };
    write.record_of_person(operation, 1, &chosen).await.expect("the store writes");
    write.commit().await.expect("the store writes");
    test.run_until_idle().await;
    assert_eq!(test.outcome(operation).await, "succeeded");
}

#[tokio::test]
async fn a_backup_that_was_changed_is_refused_and_nothing_is_written() {
    let test = TestApp::new().await;
    test.secret("a", secrets::random).expect("a secret");
    let admin = test.administrator().await;
    let backup = test.server_backup(&admin).await.expect("a backup is made");
    let secret = Path::new(&backup.folder).join("secrets/a");
    std::fs::write(&secret, "another").expect("it can be changed");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("new");
    let refused = restore(Path::new(&backup.folder), &data).await;
    let Err(golive_app::Error::BadFile { faults, .. }) = refused else {
        panic!("expected the faults of the backup, found {refused:?}");
    };
    assert!(faults.len() == 1 && faults[0].starts_with("secrets/a: "), "{faults:?}");
    assert!(!data.exists());
}

#[tokio::test]
async fn a_folder_with_files_is_not_restored_into() {
    let test = TestApp::new().await;
    let admin = test.administrator().await;
    let backup = test.server_backup(&admin).await.expect("a backup is made");
    let data = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(data.path().join("mine"), "mine").expect("a file");
    assert!(restore(Path::new(&backup.folder), data.path()).await.is_err());
}

#[tokio::test]
async fn only_the_server_administrator_makes_backups() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let henrik = test.manager(project).await;
    let http = test.http_as(&henrik).await;
    assert_eq!(http.post("/api/v1/backups", &serde_json::json!({})).await.status, 403);
    let admin = test.administrator().await;
    let made =
        test.http_as(&admin).await.post("/api/v1/backups", &serde_json::json!({})).await.ok();
    assert!(made["files"].as_u64() >= Some(1), "{made}");
}
