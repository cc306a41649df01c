//! The application as a process: started, found again, killed, stopped; its port; its release.

use crate::ground::{ADMINISTRATOR, DEADLINE, Ground, PASSWORD, call, http, marked};
use golive_app::ports::driver::{Driver, DriverError, Release};
use golive_drivers::local::LocalDriver;
use std::io::Write as _;

#[tokio::test]
async fn an_environment_is_deployed_and_every_verb_may_be_asked_again() {
    let ground = Ground::new();
    let site = &ground.sandbox;
    ground.deploy(site, "contoso-1.0", 20).await;
    let first = ground.driver.running(site).await.expect("running").expect("it runs");
    ground.deploy(site, "contoso-1.0", 20).await;
    let second = ground.driver.running(site).await.expect("running").expect("it runs");
    assert_eq!(first, second, "the second start found the first process");
    let health = ground.driver.health(site).await.expect("health");
    assert!(health.healthy, "{}", health.detail);
    assert_eq!(health.modules.get("shop_link").map(String::as_str), Some("1.0"));
    let (status, body) = http(&first.url, "GET", "/login", "").await;
    assert!(status == 200 && body.contains("sandbox") && !body.contains("style="), "{body}");
    let login = format!(r#"{{"login":"{ADMINISTRATOR}","password":"{PASSWORD}"}}"#);
    assert_eq!(http(&first.url, "POST", "/api/login", &login).await.0, 200);
    let wrong = format!(r#"{{"login":"{ADMINISTRATOR}","password":"no"}}"#);
    assert_eq!(http(&first.url, "POST", "/api/login", &wrong).await.0, 401);
    for _ in 0..2 {
        ground.driver.stop(&call("stop", 1), site, DEADLINE).await.expect("stop");
        assert_eq!(ground.driver.running(site).await, Ok(None));
    }
    assert!(!ground.driver.health(site).await.expect("health").healthy);
    let log =
        std::fs::read_to_string(site.root.join("logs/erp.log")).expect("it writes its own log");
    assert!(log.contains("environment sandbox") && log.trim_end().ends_with("end"), "{log}");
}

#[tokio::test]
async fn the_application_outlives_the_driver_and_another_driver_finds_it() {
    let ground = Ground::new();
    ground.deploy(&ground.sandbox, "contoso-1.0", 1).await;
    let before = ground.driver.running(&ground.sandbox).await.expect("running").expect("it runs");
    let later = LocalDriver::new("/nowhere".into());
    assert_eq!(later.running(&ground.sandbox).await, Ok(Some(before.clone())));
    assert_eq!(later.start(&call("start", 2), &ground.sandbox).await, Ok(before));
}

#[tokio::test]
async fn a_killed_application_is_seen_as_stopped_and_starts_again() {
    let ground = Ground::new();
    let site = &ground.sandbox;
    ground.deploy(site, "contoso-1.0", 1).await;
    let before = ground.driver.running(site).await.expect("running").expect("it runs");
    for pid in marked(ground.folder.path()) {
        let pid = rustix::process::Pid::from_raw(pid).expect("not zero");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it was alive");
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(ground.driver.running(site).await, Ok(None));
    assert_eq!(ground.driver.health(site).await.expect("health").detail, "it is not running");
    let after = ground.driver.start(&call("start", 1), site).await.expect("start");
    assert!(after.pid != before.pid && after.url == before.url, "{after:?}");
}

#[tokio::test]
async fn a_taken_port_is_left_alone_and_another_one_is_kept() {
    let ground = Ground::new();
    let site = &ground.sandbox;
    ground.deploy(site, "contoso-1.0", 1).await;
    let before = ground.driver.running(site).await.expect("running").expect("it runs");
    ground.driver.stop(&call("stop", 1), site, DEADLINE).await.expect("stop");
    let host = before.url.trim_start_matches("http://").trim_end_matches('/');
    let other = std::net::TcpListener::bind(host).expect("the port is free now");
    let moved = ground.driver.start(&call("start", 1), site).await.expect("start");
    assert_ne!(moved.url, before.url);
    drop(other);
    ground.driver.stop(&call("stop", 1), site, DEADLINE).await.expect("stop");
    assert_eq!(ground.driver.start(&call("start", 1), site).await.expect("start").url, moved.url);
}

#[tokio::test]
async fn an_application_that_does_not_start_says_why() {
    let ground = Ground::new();
    let site = &ground.sandbox;
    ground.lay_out(site, "contoso-1.0").await;
    let refused = ground.driver.start(&call("start", 1), site).await;
    assert_eq!(refused, Err(DriverError::Refused("sandbox has no database to start".to_owned())));
    let broken = Ground::with(|blueprint| blueprint.service.command[2] = "bogus".to_owned());
    broken.lay_out(&broken.sandbox, "contoso-1.0").await;
    let init = crate::ground::with_input("init", PASSWORD);
    broken
        .hook(&broken.sandbox, &golive_app::ports::driver::Database::Current, init)
        .await
        .expect("init");
    let refused = broken.driver.start(&call("start", 1), &broken.sandbox).await;
    assert!(
        matches!(&refused, Err(DriverError::Refused(text)) if text.contains("ended at once")),
        "{refused:?}"
    );
    assert_eq!(broken.driver.running(&broken.sandbox).await, Ok(None));
}

#[tokio::test]
async fn one_that_ignores_the_wish_to_end_is_killed_after_the_deadline() {
    let ground = Ground::with(|blueprint| {
        let line = "trap '' TERM; \"$0\" demo-erp serve --database \"$1\" --port \"$2\" --modules \"$3\" --log \"$4\" \
                    --key \"$5\" --environment \"$6\" & while true; do sleep 0.1; done";
        let words =
            ["sh", "-c", line, "{release}/bin/golive", "{database}", "{port}", "{release}/modules"];
        let rest = ["{logs}/erp.log", "{state}/erp.key", "{environment}"];
        blueprint.service.command = words.iter().chain(&rest).map(ToString::to_string).collect();
    });
    ground.deploy(&ground.sandbox, "contoso-1.0", 1).await;
    let begun = std::time::Instant::now();
    let deadline = std::time::Duration::from_millis(400);
    ground.driver.stop(&call("stop", 1), &ground.sandbox, deadline).await.expect("stop");
    assert!(begun.elapsed() >= deadline);
    assert!(marked(ground.folder.path()).is_empty(), "its children are gone too");
}

#[tokio::test]
async fn activating_compares_what_is_there_and_a_release_is_whole_or_absent() {
    let ground = Ground::new();
    let site = &ground.sandbox;
    ground.lay_out(site, "contoso-1.0").await;
    let release = ground.release("contoso-1.1");
    ground.driver.put_release(&call("put", 1), site, &release).await.expect("put");
    let to = Some("contoso-1.1");
    let wrong = ground.driver.activate(&call("activate", 1), site, None, to).await;
    assert!(matches!(wrong, Err(DriverError::Refused(_))), "{wrong:?}");
    let absent = ground
        .driver
        .activate(&call("activate", 1), site, Some("contoso-1.0"), Some("contoso-9"))
        .await;
    assert!(matches!(absent, Err(DriverError::Refused(_))), "{absent:?}");
    for _ in 0..2 {
        ground
            .driver
            .activate(&call("activate", 1), site, Some("contoso-1.0"), to)
            .await
            .expect("activate");
    }
    assert_eq!(ground.driver.active_release(site).await, Ok(to.map(str::to_owned)));
    let path = ground.folder.path().join("bad.zip");
    std::fs::File::create(&path).and_then(|mut file| file.write_all(b"no zip")).expect("a file");
    let bad = Release { digest: "bad".to_owned(), package: Some(path) };
    assert!(matches!(
        ground.driver.put_release(&call("put", 1), site, &bad).await,
        Err(DriverError::Refused(_))
    ));
    assert!(!site.root.join("releases/bad").exists());
}
