//! The same promises, kept by both databases.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first fault")]

use golive_core::environment::{
    Command, Environment, Event, Installed, Purpose, Spec, State, decide,
};
use golive_core::id::{EnvironmentId, OperationId, ProjectId};
use golive_core::operation::{Outcome, Record};
use golive_store::testing::{TestDatabase, databases};
use golive_store::{Intent, Key, Phase, Session, Stamp, Store, StoreError, Told};
use jiff::Timestamp;
use serde_json::json;
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(30);

async fn stores() -> Vec<(TestDatabase, Store)> {
    let mut all = vec![];
    for database in databases().await {
        let store = Store::open(&database.url).await.unwrap();
        all.push((database, store));
    }
    all
}

fn stamp() -> Stamp {
    Stamp { at: Timestamp::from_second(1_800_000_000).unwrap(), actor: "golive".into(), key: None }
}

fn project() -> ProjectId {
    ProjectId::named("t", "contoso")
}

fn environment(name: &str) -> Environment {
    let spec = Spec {
        name: name.into(),
        purpose: Purpose::Sandbox,
        tier: 2,
        hosting: "operator".into(),
        region: "eu".into(),
        blueprint: "demo-erp".into(),
        target: "local".into(),
        version: "1.0".into(),
        administrator: "svc".into(),
    };
    Environment { spec, state: State::Planned }
}

async fn planned(store: &Store, name: &str) -> EnvironmentId {
    let id = EnvironmentId::named("t", name);
    let value = environment(name);
    let mut write = store.write(project(), stamp()).await.unwrap();
    write
        .insert(id, project(), &value, &Event::Planned { spec: value.spec.clone() })
        .await
        .unwrap();
    write.commit().await.unwrap();
    id
}

fn intent(n: u128) -> Intent {
    Intent {
        id: OperationId::from_uuid(uuid::Uuid::from_u128(n)),
        project: project().to_string(),
        environment: String::new(),
        kind: "drill".into(),
        kind_version: 1,
        params: json!({}),
        requested_by: "usr".into(),
        due_at: Timestamp::UNIX_EPOCH,
    }
}

async fn ask(store: &Store, intent: &Intent) {
    let mut write = store.write(project(), stamp()).await.unwrap();
    write.add_operation(intent).await.unwrap();
    write.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn state_and_event_are_stored_together_and_versions_guard() {
    for (database, store) in stores().await {
        let id = planned(&store, "uat").await;
        let seen = store.session().await.unwrap().get::<Environment>(id).await.unwrap();
        let command = Command::Begin { operation: intent(1).id, kind: "provision".into() };
        let change = decide(&seen.value.state, command, stamp().at).unwrap();
        let next = Environment { state: change.state, ..seen.value };
        for expected_ok in [true, false] {
            let mut write = store.write(project(), stamp()).await.unwrap();
            let done = write.change(id, seen.version, &next, &change.event).await;
            assert_eq!(done.is_ok(), expected_ok, "{}: {done:?}", database.kind);
            if done.is_ok() {
                write.commit().await.unwrap();
            }
        }
        let mut session = store.session().await.unwrap();
        assert_eq!(session.get::<Environment>(id).await.unwrap().value, next);
        let history = session.history(&id.to_string()).await.unwrap();
        let kinds: Vec<&str> = history.iter().map(|event| event.header.kind.as_str()).collect();
        assert_eq!(kinds, ["environment.planned", "environment.work_began"]);
        assert_eq!(history[1].state_after()["state"], "working");
        assert_eq!(session.verify_log(&project().to_string()).await.unwrap().unwrap().seq, 2);
    }
}

async fn names(session: &mut Session) -> Vec<String> {
    let all = session.of_project::<Environment>(project()).await.unwrap();
    all.into_iter().map(|(_, seen)| seen.value.spec.name).collect()
}

async fn rename(store: &Store, id: EnvironmentId, name: &str) {
    let mut write = store.write(project(), stamp()).await.unwrap();
    let seen = write.get::<Environment>(id).await.unwrap();
    let told = Told::plain("environment.renamed", json!({}));
    write.change_told(id, seen.version, &environment(name), &told).await.unwrap();
    write.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_stays_as_it_is_and_the_next_one_sees_what_changed() {
    for (database, store) in stores().await {
        let id = planned(&store, "uat").await;
        let other_server = Store::open(&database.url).await.unwrap();
        for by in [&store, &other_server] {
            rename(&store, id, "uat").await;
            let mut before = store.session().await.unwrap();
            assert_eq!(names(&mut before).await, ["uat"], "{}", database.kind);
            assert_eq!(before.get::<Environment>(id).await.unwrap().value.spec.name, "uat");
            rename(by, id, "gold").await;
            let mut after = store.session().await.unwrap();
            assert_eq!(names(&mut after).await, ["gold"], "{}", database.kind);
            assert_eq!(after.get::<Environment>(id).await.unwrap().value.spec.name, "gold");
            assert_eq!(names(&mut before).await, ["uat"], "{}", database.kind);
            assert_eq!(names(&mut store.session().await.unwrap()).await, ["gold"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_project_change_on_its_own_log_which_tells_of_it() {
    for (_database, store) in stores().await {
        let id = planned(&store, "uat").await;
        let told = Told::plain("environment.renamed", json!({}));
        let mut write = store.write("server", stamp()).await.unwrap();
        let seen = write.get::<Environment>(id).await.unwrap();
        let done = write.change_told(id, seen.version, &seen.value, &told).await;
        assert!(matches!(done, Err(StoreError::WrongLog { .. })), "{done:?}");
        drop(write);
        let mut write = store.write(project(), stamp()).await.unwrap();
        write.put(project(), &[(id, environment("gold"))]).await.unwrap();
        assert!(matches!(write.commit().await, Err(StoreError::Untold { .. })));
        assert_eq!(names(&mut store.session().await.unwrap()).await, ["uat"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_dropped_leaves_nothing() {
    for (_database, store) in stores().await {
        let mut write = store.write(project(), stamp()).await.unwrap();
        write.tell("x", &Told::plain("test.told", json!({}))).await.unwrap();
        drop(write);
        let mut session = store.session().await.unwrap();
        assert_eq!(session.head(&project().to_string()).await.unwrap().seq, 0);
        assert!(session.events_after(&project().to_string(), 0, 10).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_of_one_log_leave_no_gap() {
    for (database, store) in stores().await {
        let mut tasks = vec![];
        for task in 0..8 {
            let store = store.clone();
            tasks.push(tokio::spawn(async move {
                for n in 0..10 {
                    let mut write = store.write(project(), stamp()).await.unwrap();
                    write
                        .tell("x", &Told::plain("test.told", json!({ "n": task * 100 + n })))
                        .await
                        .unwrap();
                    write.commit().await.unwrap();
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let mut session = store.session().await.unwrap();
        let head = session.verify_log(&project().to_string()).await.unwrap().unwrap();
        assert_eq!(head.seq, 80, "{}", database.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_postgresql_share_a_log() {
    for (database, first) in
        stores().await.into_iter().filter(|(database, _)| database.kind == "postgres")
    {
        let second = Store::open(&database.url).await.unwrap();
        let write = |store: Store| async move {
            for _ in 0..20 {
                let mut write = store.write(project(), stamp()).await.unwrap();
                write.tell("x", &Told::plain("test.told", json!({}))).await.unwrap();
                write.commit().await.unwrap();
            }
        };
        tokio::join!(write(first.clone()), write(second));
        let head = first
            .session()
            .await
            .unwrap()
            .verify_log(&project().to_string())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(head.seq, 40);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tampering_is_found_and_erasing_is_not_tampering() {
    for (_database, store) in stores().await {
        planned(&store, "a").await;
        planned(&store, "b").await;
        let log = project().to_string();
        let mut write = store.write(project(), stamp()).await.unwrap();
        write.erase(&log, 1).await.unwrap();
        write.commit().await.unwrap();
        assert!(store.session().await.unwrap().verify_log(&log).await.unwrap().is_ok());
        assert_eq!(
            store.session().await.unwrap().events_after(&log, 0, 1).await.unwrap()[0].body,
            None
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_leads_to_the_same_end() {
    for (_database, store) in stores().await {
        let key = |request: &str| Some(Key { key: "k1".into(), request: request.into() });
        let mut write = store.write(project(), Stamp { key: key("r1"), ..stamp() }).await.unwrap();
        write.tell("env_x", &Told::plain("test.told", json!({}))).await.unwrap();
        write.commit().await.unwrap();
        let again =
            store.write(project(), Stamp { key: key("r1"), ..stamp() }).await.err().unwrap();
        assert!(matches!(again, StoreError::Replayed { subject, seq: 1 } if subject == "env_x"));
        let other =
            store.write(project(), Stamp { key: key("r2"), ..stamp() }).await.err().unwrap();
        assert!(matches!(other, StoreError::KeyReused));
        let somebody = Stamp { key: key("r2"), actor: "usr_other".into(), ..stamp() };
        assert!(store.write(project(), somebody).await.is_ok(), "keys belong to their actor");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_operation_is_claimed_once_by_many_runners() {
    for (database, store) in stores().await {
        for n in 0..20 {
            ask(&store, &intent(n)).await;
        }
        let mut tasks = vec![];
        for runner in 0..6 {
            let store = store.clone();
            tasks.push(tokio::spawn(async move {
                let mut mine = vec![];
                for _ in 0..20 {
                    if let Some(claim) =
                        store.claim(&format!("r{runner}"), stamp().at, LEASE).await.unwrap()
                    {
                        mine.push((claim.operation.id, claim.epoch));
                    }
                }
                mine
            }));
        }
        let mut all = vec![];
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        while let Some(claim) = store.claim("last", stamp().at, LEASE).await.unwrap() {
            all.push((claim.operation.id, claim.epoch));
        }
        all.sort_unstable();
        let (ids, mut epochs): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        assert_eq!(ids.len(), 20, "{}", database.kind);
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "none twice");
        epochs.sort_unstable();
        assert!(epochs.windows(2).all(|pair| pair[0] < pair[1]), "no epoch twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_whose_lease_ran_out_writes_nothing_more() {
    for (_database, store) in stores().await {
        ask(&store, &intent(1)).await;
        let first = store.claim("first", stamp().at, Duration::ZERO).await.unwrap().unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
        let second = store.claim("second", stamp().at, LEASE).await.unwrap().unwrap();
        assert!(second.epoch > first.epoch);
        let record = Record::Started { step: 0, epoch: first.epoch };
        let mut write = store.write(project(), stamp()).await.unwrap();
        assert!(matches!(write.record(&first, 0, &record).await, Err(StoreError::Fenced)));
        drop(write);
        assert!(matches!(
            store.heartbeat(intent(1).id, first.epoch, LEASE).await,
            Err(StoreError::Fenced)
        ));
        let mut write = store.write(project(), stamp()).await.unwrap();
        write.record(&second, 0, &record).await.unwrap();
        write.settle(&second, Phase::Done, Some(&Outcome::Succeeded)).await.unwrap();
        write.commit().await.unwrap();
        let mut session = store.session().await.unwrap();
        assert_eq!(
            session.operation(intent(1).id).await.unwrap().outcome,
            Some(Outcome::Succeeded)
        );
        assert_eq!(session.records(intent(1).id).await.unwrap().len(), 1);
        assert!(store.claim("third", stamp().at, LEASE).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_waits_for_its_business_time() {
    for (_database, store) in stores().await {
        let due_at = stamp().at + jiff::SignedDuration::from_hours(5);
        ask(&store, &Intent { due_at, ..intent(1) }).await;
        assert!(store.claim("r", stamp().at, LEASE).await.unwrap().is_none());
        let claim = store.claim("r", due_at, LEASE).await.unwrap().unwrap();
        store
            .put_back(&claim, Duration::ZERO, Some(due_at + jiff::SignedDuration::from_hours(1)))
            .await
            .unwrap();
        assert!(store.claim("r", due_at, LEASE).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_the_log_misses_nothing_and_costs_nothing_when_nothing_happens() {
    for (_database, store) in stores().await {
        planned(&store, "a").await;
        planned(&store, "b").await;
        let work = store.work("notifications", 10).await.unwrap();
        assert_eq!((work.len(), work[0].events.len()), (1, 2));
        let mut write = store.write(project(), stamp()).await.unwrap();
        assert_eq!(write.position("notifications").await.unwrap(), 0);
        write.seen("notifications", 2).await.unwrap();
        write.commit().await.unwrap();
        assert!(store.work("notifications", 10).await.unwrap().is_empty());
        planned(&store, "c").await;
        let work = store.work("notifications", 10).await.unwrap();
        assert_eq!(work[0].events[0].header.seq, 3);
        assert_eq!(
            store.work("reactions", 10).await.unwrap()[0].events.len(),
            3,
            "readers are independent"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nul_is_refused_by_both() {
    for (database, store) in stores().await {
        let mut value = environment("nul");
        value.spec.region = "e\0u".into();
        let mut write = store.write(project(), stamp()).await.unwrap();
        let event = Event::Planned { spec: environment("x").spec };
        let id = EnvironmentId::named("t", "nul");
        let refused = write.insert(id, project(), &value, &event).await;
        assert!(matches!(refused, Err(StoreError::Nul)), "{}: {refused:?}", database.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_thing_with_the_same_name_is_refused() {
    for (_database, store) in stores().await {
        planned(&store, "uat").await;
        let value = environment("uat");
        let mut write = store.write(project(), stamp()).await.unwrap();
        let other = EnvironmentId::named("other", "uat");
        let refused = write
            .insert(other, project(), &value, &Event::Planned { spec: value.spec.clone() })
            .await;
        assert!(
            matches!(refused, Err(StoreError::Exists { kind: "environment", .. })),
            "{refused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_the_same_order_from_both() {
    for (_database, store) in stores().await {
        for name in ["b", "a", "ä", "B", "_"] {
            planned(&store, name).await;
        }
        let mut session = store.session().await.unwrap();
        let page = session.page::<Environment>("name", ("", ""), 10).await.unwrap();
        let names: Vec<&str> = page.iter().map(|(_, env)| env.value.spec.name.as_str()).collect();
        assert_eq!(names, ["B", "_", "a", "b", "ä"]);
        assert_eq!(session.count::<Environment>().await.unwrap(), 5);
        assert_eq!(session.of_project::<Environment>(project()).await.unwrap().len(), 5);
        assert!(
            page[0].1.value.state.installed().unwrap_or(&Installed::default()).modules.is_empty()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_is_as_durable_as_it_can_be() {
    for (database, store) in stores().await {
        let expected = if database.kind == "sqlite" { Some(2) } else { None };
        assert_eq!(store.synchronous().await.unwrap(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_refused() {
    let database = golive_store::testing::sqlite();
    drop(Store::open(&database.url).await.unwrap());
    golive_store::testing::pretend_newer_schema(&database.url).await;
    let refused = Store::open(&database.url).await.err().unwrap();
    assert!(refused.to_string().contains("use a newer golive"), "{refused}");
}
