//! How hooks end: well, refused, asking for another try, too late, too loud.

use crate::ground::{Ground, PASSWORD, call, marked, plain, with_input};
use golive_app::ports::driver::{Call, Database, Driver, DriverError, Hook};
use std::sync::{Arc, Mutex};

/// A ground with an initialised database whose hook `effects` is another command.
async fn ground(changes_data: bool, script: &str) -> Ground {
    let ground = Ground::with(|blueprint| {
        let line = blueprint.hooks.get_mut("effects").expect("it is in the blueprint");
        line.command = ["sh", "-c", script].map(str::to_owned).to_vec();
        line.changes_data = changes_data;
        line.deadline_seconds = 1;
    });
    ground.lay_out(&ground.sandbox, "contoso-1.0").await;
    ground
        .hook(&ground.sandbox, &Database::Current, with_input("init", PASSWORD))
        .await
        .expect("init");
    ground
}

async fn outcome(changes_data: bool, script: &str) -> Result<serde_json::Value, DriverError> {
    let ground = ground(changes_data, script).await;
    let outcome = ground.hook(&ground.sandbox, &Database::Current, plain("effects")).await;
    assert!(marked(ground.folder.path()).is_empty(), "nothing is left running");
    outcome
}

#[tokio::test]
async fn a_hanging_hook_is_ended_at_its_deadline_with_all_its_children() {
    let hang = "sleep 600 & sleep 600";
    assert!(
        matches!(outcome(true, hang).await, Err(DriverError::NeedsAttention(_))),
        "data may be half changed"
    );
    assert!(
        matches!(outcome(false, hang).await, Err(DriverError::Retry(_))),
        "nothing was changed"
    );
}

#[tokio::test]
async fn exit_codes_say_what_the_caller_can_do() {
    let refused = outcome(true, "echo 'no such column' >&2; exit 1").await;
    assert_eq!(
        refused,
        Err(DriverError::Refused("the hook `effects` ended with 1: no such column".to_owned()))
    );
    assert!(matches!(outcome(true, "exit 75").await, Err(DriverError::Retry(_))));
    let said = outcome(true, "echo '{\"error\":\"said in JSON\"}'; exit 1").await;
    assert!(matches!(said, Err(DriverError::Refused(text)) if text.ends_with("said in JSON")));
}

#[tokio::test]
async fn too_much_output_and_output_that_is_no_json_are_refused() {
    let loud = outcome(false, "yes").await;
    assert!(
        matches!(&loud, Err(DriverError::Retry(text)) if text.contains("printed more than")),
        "{loud:?}"
    );
    assert!(matches!(outcome(false, "echo hello").await, Err(DriverError::Refused(_))));
}

#[tokio::test]
async fn a_hook_has_a_bare_environment_and_no_secret_on_its_command_line() {
    let printed = outcome(
        false,
        "env | grep -c '^CARGO\\|^USER\\|^SECRET' >&2; echo \"{\\\"n\\\": $(env | grep -c ^CARGO)}\"",
    );
    assert_eq!(printed.await, Ok(serde_json::json!({ "n": 0 })));
}

#[tokio::test]
async fn what_a_hook_says_to_people_reaches_the_live_log() {
    let ground = ground(false, "echo one >&2; sleep 0.2; echo two >&2; echo '{}'").await;
    let lines = Arc::new(Mutex::new(Vec::new()));
    let taken = lines.clone();
    let log = Arc::new(move |line: &str| taken.lock().expect("no panic").push(line.to_owned()));
    let call = Call { log, ..call("effects", 1) };
    ground
        .driver
        .hook(&call, &ground.sandbox, &Database::Current, &plain("effects"))
        .await
        .expect("it ends");
    assert_eq!(*lines.lock().expect("no panic"), ["one", "two"]);
}

#[tokio::test]
async fn values_that_are_missing_or_unknown_are_refused_before_anything_runs() {
    let ground = Ground::new();
    let site = &ground.sandbox;
    let early = ground.driver.prepare(&call("prepare", 1), site).await;
    early.expect("prepare");
    let none = ground.hook(site, &Database::Current, plain("totals")).await;
    assert!(matches!(none, Err(DriverError::Refused(_))), "there is no database");
    ground.lay_out(site, "contoso-1.0").await;
    ground.hook(site, &Database::Current, with_input("init", PASSWORD)).await.expect("init");
    let missing = ground.hook(site, &Database::Current, plain("check_login")).await;
    assert!(
        matches!(&missing, Err(DriverError::Refused(text)) if text.contains("`login`")),
        "{missing:?}"
    );
    let values = [("bogus".to_owned(), "1".to_owned())].into();
    let unknown = ground.hook(site, &Database::Current, Hook { values, ..plain("totals") }).await;
    assert!(
        matches!(&unknown, Err(DriverError::Refused(text)) if text.contains("`bogus`")),
        "{unknown:?}"
    );
    let unknown = ground.hook(site, &Database::Current, plain("bogus")).await;
    assert!(matches!(unknown, Err(DriverError::Refused(_))));
}

#[tokio::test]
async fn a_database_whose_making_failed_is_not_there() {
    let ground = Ground::new();
    let site = &ground.sandbox;
    ground.lay_out(site, "contoso-1.0").await;
    let refused = ground.hook(site, &Database::Current, plain("init")).await;
    assert!(
        matches!(refused, Err(DriverError::Refused(_))),
        "no password, no database: {refused:?}"
    );
    assert_eq!(ground.driver.databases(site).await, Ok(Vec::new()));
    let left = ground.driver.leftovers(site).await.expect("leftovers");
    assert!(left.iter().all(|leftover| leftover.kind != "side_database"), "{left:?}");
}
