//! Acceptance on both databases: many rows at once, results that cannot be seen before their batch, pages of cases.

use golive_core::acceptance::book::{Effect, Received, Recorded};
use golive_core::acceptance::place::Subject as Place;
use golive_core::acceptance::result::{Batch, Outcome, Standing, TestResult};
use golive_core::acceptance::scope::Case;
use golive_core::id::{CaseId, EnvironmentId, ProjectId, ResultsId, UserId};
use golive_store::testing::databases;
use golive_store::{CaseFilter, Stamp, Store, Told, Write};
use jiff::Timestamp;
use serde_json::json;

fn project() -> ProjectId {
    ProjectId::named("t", "mine")
}

fn case(key: &str, priority: &str) -> Case {
    serde_json::from_value(json!({
        "key": key, "title": "Order", "process": "order-to-cash", "kind": "functional", "polarity": "positive",
        "priority": priority, "requirements": ["REQ-1"], "role": "clerk", "role_kind": "default", "exercises": [],
        "legal_entity": "", "preconditions": "", "steps": "Do", "data": "", "expected": "Done", "automated": false,
        "minutes": null
    }))
    .expect("a case")
}

fn result(case: &str, outcome: Outcome) -> TestResult {
    let at = Timestamp::UNIX_EPOCH;
    let (tester, role) = ("emma".into(), "clerk".into());
    TestResult {
        case: case.into(),
        outcome,
        at,
        tester,
        role,
        administrator: false,
        comment: None,
        defect: None,
    }
}

fn received(number: i64, digest: &str) -> Received {
    let subject = Place {
        environment: EnvironmentId::named("t", "uat"),
        version_set: "v1".into(),
        data_set: "d1".into(),
    };
    let id = ResultsId::named("t", digest);
    Received {
        batch: Batch { id, subject, cycle: "uat-1".into(), digest: digest.into() },
        number,
        file: "r.csv".into(),
        by: UserId::named("t", "emma"),
        at: Timestamp::UNIX_EPOCH,
        effect: Effect::default(),
        superseded: None,
    }
}

async fn write(store: &Store) -> Write {
    let stamp = Stamp { at: Timestamp::UNIX_EPOCH, actor: "golive".into(), key: None };
    store.write(project(), stamp).await.expect("the store writes")
}

async fn insert_cases(store: &Store, cases: &[(CaseId, Recorded)]) {
    let mut write = write(store).await;
    write.put(project(), cases).await.expect("many rows");
    write.tell("cases", &Told::plain("case.imported", json!({}))).await.expect("one event");
    write.commit().await.expect("a commit");
}

fn recorded(n: usize) -> (CaseId, Recorded) {
    let key = format!("TC-{n:03}");
    let priority = if n.is_multiple_of(2) { "critical" } else { "low" };
    let recorded = Recorded { case: case(&key, priority), standing: None, worded_after: 0 };
    (CaseId::named("t", &key), recorded)
}

#[tokio::test(flavor = "multi_thread")]
async fn many_cases_are_put_changed_paged_and_taken_away_with_one_event_each_time() {
    for database in databases().await {
        let store = Store::open(&database.url).await.expect("a database");
        let mut cases: Vec<(CaseId, Recorded)> = (0..450).map(recorded).collect();
        insert_cases(&store, &cases).await;
        let batch = received(1, "sha256:a").batch;
        let standing = Standing::of(&result("TC-004", Outcome::Blocked), &batch);
        cases[4].1.standing = standing;
        insert_cases(&store, &cases[4..5]).await;

        let mut session = store.session().await.expect("a session");
        assert_eq!(session.head(&project().to_string()).await.expect("a head").seq, 2);
        let filter = CaseFilter { priority: Some("critical".into()), ..CaseFilter::default() };
        let first = session.case_page(project(), &filter, "", 100).await.expect("a page");
        let last = first.last().expect("a full page").1.value.case.key.clone();
        assert_eq!((first.len(), last.as_str()), (100, "TC-198"));
        let next = session.case_page(project(), &filter, &last, 200).await.expect("a page");
        assert_eq!(next.len(), 125);
        let blocked = CaseFilter { phase: Some("blocked".into()), ..CaseFilter::default() };
        let blocked = session.case_page(project(), &blocked, "", 10).await.expect("a page");
        assert_eq!((blocked.len(), blocked[0].1.version), (1, 2));
        let names = ["TC-001".to_owned(), "TC-999".to_owned()];
        assert_eq!(session.cases_named(project(), &names).await.expect("names").len(), 1);
        drop(session);

        let mut write = write(&store).await;
        let ids: Vec<CaseId> = cases[10..].iter().map(|(id, _)| *id).collect();
        write.take_away::<Recorded>(&ids).await.expect("rows go");
        assert_eq!(write.case_names(project()).await.expect("names").len(), 10);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staged_results_are_seen_once_their_batch_is_there_in_the_order_they_came_in() {
    for database in databases().await {
        let store = Store::open(&database.url).await.expect("a database");
        let (one, two) = (received(1, "sha256:a"), received(2, "sha256:b"));
        let names = ["TC-001".to_owned(), "TC-002".to_owned()];
        let many: Vec<TestResult> = (0..2_500)
            .map(|n| result(if n == 0 { "TC-001" } else { "TC-002" }, Outcome::Passed))
            .collect();
        store
            .stage_results(project(), two.batch.id, &[result("TC-001", Outcome::Blocked)])
            .await
            .expect("staged");
        store.stage_results(project(), one.batch.id, &many).await.expect("staged");
        let mut session = store.session().await.expect("a session");
        assert!(session.results_for(project(), &names, true).await.expect("results").is_empty());
        drop(session);

        let mut writing = write(&store).await;
        for received in [&one, &two] {
            let event = json!({ "event": "imported" });
            writing.insert(received.batch.id, project(), received, &event).await.expect("a batch");
        }
        writing.commit().await.expect("a commit");
        let mut session = store.session().await.expect("a session");
        assert_eq!(session.batches(project()).await.expect("a number"), 2);
        let of_one = session.results_for(project(), &names[..1], true).await.expect("results");
        let order: Vec<(i64, Outcome)> =
            of_one.iter().map(|(n, row)| (*n, row.result.outcome)).collect();
        assert_eq!(order, [(1, Outcome::Passed), (2, Outcome::Blocked)]);
        assert_eq!(session.results_of(one.batch.id, 2_400, 500).await.expect("a page").len(), 100);
        let newest = session.batch_page(project(), i64::MAX, 10).await.expect("a page");
        assert_eq!(newest[0].1.value.number, 2);
        let source = golive_core::acceptance::book::source(&one.batch);
        assert!(session.batch_from(project(), &source).await.expect("a look").is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_was_taken_back_is_kept_and_does_not_count() {
    for database in databases().await {
        let store = Store::open(&database.url).await.expect("a database");
        let one = received(1, "sha256:a");
        let results = [result("TC-001", Outcome::Passed), result("TC-002", Outcome::Passed)];
        store.stage_results(project(), one.batch.id, &results).await.expect("staged");
        let mut writing = write(&store).await;
        writing.insert(one.batch.id, project(), &one, &json!({})).await.expect("a batch");
        assert_eq!(writing.names_in(one.batch.id, Some(2)).await.expect("names"), ["TC-002"]);
        assert_eq!(writing.supersede_results(one.batch.id, Some(2)).await.expect("marked"), 1);
        let names = ["TC-001".to_owned(), "TC-002".to_owned()];
        assert_eq!(writing.results_for(project(), &names, true).await.expect("results").len(), 1);
        let all = writing.results_for(project(), &names, false).await.expect("results");
        assert_eq!(all.iter().filter(|(_, row)| row.superseded).count(), 1);
        assert_eq!(writing.supersede_results(one.batch.id, None).await.expect("marked"), 1);
    }
}
