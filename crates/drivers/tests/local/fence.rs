//! Owners that come too late, and what they may have left running.

use crate::ground::{DEADLINE, Ground, call, marked, plain};
use golive_app::ports::driver::{Database, Driver, DriverError};
use golive_core::blueprint::HookLine;
use std::time::Duration;

#[tokio::test]
async fn a_late_owner_changes_nothing_whatever_it_asks() {
    let ground = Ground::new();
    let site = &ground.sandbox;
    ground.deploy(site, "contoso-1.0", 1).await;
    let release = ground.release("contoso-1.1");
    ground.driver.prepare(&call("prepare", 7), site).await.expect("the new owner");
    let before = ground.driver.running(site).await;
    let (late, copy) = (call("late", 6), Database::Side("copy".to_owned()));
    let aside = Database::Aside("old".to_owned());
    let from = Some("contoso-1.0");
    let driver = &ground.driver;
    let answers = [
        driver.prepare(&late, site).await.err(),
        driver.put_release(&late, site, &release).await.err(),
        driver.activate(&late, site, from, None).await.err(),
        driver.start(&late, site).await.err(),
        driver.stop(&late, site, DEADLINE).await.err(),
        driver.hook(&late, site, &Database::Current, &plain("lock_accounts")).await.err(),
        driver.copy_database(&late, (site, &Database::Current), site, &copy).await.err(),
        driver.swap_database(&late, site, "db000001", &copy, &aside).await.err(),
        driver.remove(&late, site, "log", "erp.log").await.err(),
        driver.destroy(&late, site).await.err(),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer, Some(DriverError::Fenced { seen: 7 }), "verb {number}");
    }
    assert_eq!(ground.driver.running(site).await, before);
    assert!(!ground.effects(site, &Database::Current).await.contains_key("lock_accounts"));
    assert!(!site.root.join("releases/contoso-1.1").exists());
}

#[tokio::test]
async fn the_hook_of_an_old_owner_is_ended_before_the_new_one_acts() {
    let ground = std::sync::Arc::new(Ground::with(|blueprint| {
        let command = ["sh", "-c", "sleep 600 & wait"].map(str::to_owned).to_vec();
        blueprint.hooks.insert("hang".to_owned(), line(command, 500));
    }));
    ground.lay_out(&ground.sandbox, "contoso-1.0").await;
    let init = crate::ground::with_input("init", "a password");
    ground.hook(&ground.sandbox, &Database::Current, init).await.expect("init");
    let old = ground.clone();
    let task = tokio::spawn(async move {
        old.driver.hook(&call("old", 1), &old.sandbox, &Database::Current, &plain("hang")).await
    });
    while marked(ground.folder.path()).len() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ground.driver.prepare(&call("new", 2), &ground.sandbox).await.expect("the new owner");
    assert!(marked(ground.folder.path()).is_empty(), "the hook and its child are gone");
    assert_eq!(task.await.expect("no panic"), Err(DriverError::Fenced { seen: 2 }));
}

#[tokio::test]
async fn the_same_step_asked_again_ends_its_earlier_run() {
    let ground = std::sync::Arc::new(Ground::with(|blueprint| {
        let command =
            ["sh", "-c", "[ -e seen ] && echo '{\"second\":true}' && exit; touch seen; sleep 600"];
        blueprint.hooks.insert("hang".to_owned(), line(command.map(str::to_owned).to_vec(), 500));
    }));
    ground.lay_out(&ground.sandbox, "contoso-1.0").await;
    let init = crate::ground::with_input("init", "a password");
    ground.hook(&ground.sandbox, &Database::Current, init).await.expect("init");
    let first = ground.clone();
    let task = tokio::spawn(async move {
        first
            .driver
            .hook(&call("step", 1), &first.sandbox, &Database::Current, &plain("hang"))
            .await
    });
    while !ground.sandbox.root.join("seen").exists() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let second = ground
        .driver
        .hook(&call("step", 1), &ground.sandbox, &Database::Current, &plain("hang"))
        .await;
    assert_eq!(second, Ok(serde_json::json!({ "second": true })));
    assert!(matches!(task.await.expect("no panic"), Err(DriverError::NeedsAttention(_))));
}

#[tokio::test]
async fn after_its_end_an_environment_still_refuses_a_late_owner() {
    let ground = Ground::new();
    let site = &ground.sandbox;
    ground.deploy(site, "contoso-1.0", 1).await;
    for _ in 0..2 {
        ground.driver.destroy(&call("destroy", 3), site).await.expect("destroy");
    }
    let left: Vec<_> = std::fs::read_dir(&site.root)
        .expect("the folder")
        .flatten()
        .map(|e| e.file_name())
        .collect();
    assert_eq!(left, ["fence"]);
    assert!(marked(ground.folder.path()).is_empty());
    let late = ground.driver.activate(&call("late", 2), site, None, None).await;
    assert_eq!(late, Err(DriverError::Fenced { seen: 3 }));
}

#[tokio::test]
async fn where_nothing_was_made_an_undo_finds_nothing_and_a_start_is_refused() {
    let ground = Ground::new();
    let (driver, site) = (&ground.driver, &ground.sandbox);
    assert_eq!(driver.stop(&call("stop", 1), site, DEADLINE).await, Ok(()));
    assert_eq!(driver.remove(&call("remove", 1), site, "release", "contoso-1.0").await, Ok(()));
    assert_eq!(driver.destroy(&call("destroy", 1), site).await, Ok(()));
    assert!(!site.root.exists());
    for refused in [
        driver.start(&call("start", 1), site).await.map(|_| ()),
        driver.activate(&call("activate", 1), site, None, Some("contoso-1.0")).await,
    ] {
        assert!(matches!(refused, Err(DriverError::Refused(_))), "{refused:?}");
    }
}

fn line(command: Vec<String>, deadline_seconds: u64) -> HookLine {
    HookLine {
        command,
        deadline_seconds,
        changes_data: true,
        creates: false,
        input: None,
        values: Vec::new(),
        defaults: std::collections::BTreeMap::new(),
    }
}
