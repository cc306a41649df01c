//! Databases: copied and proven, neutralised, swapped and swapped back; a broken migration and the way back.

use crate::ground::{ADMINISTRATOR, DEADLINE, Ground, PASSWORD, call, plain};
use golive_app::ports::driver::{Database, Driver, DriverError};
use serde_json::Value;

fn side() -> Database {
    Database::Side("copy".to_owned())
}

fn aside(name: &str) -> Database {
    Database::Aside(name.to_owned())
}

#[tokio::test]
async fn a_sandbox_is_copied_into_production_proven_neutralised_and_swapped_in() {
    let ground = Ground::new();
    let (from, to) = (&ground.sandbox, &ground.production);
    ground.deploy(from, "contoso-1.0", 30).await;
    ground.deploy(to, "contoso-1.0", 1).await;
    let copy = async || {
        ground.driver.copy_database(&call("copy", 2), (from, &Database::Current), to, &side()).await
    };
    let copied = copy().await.expect("copy");
    assert_eq!(copy().await.expect("again"), copied, "the same step finds its copy");
    let proof = ground.hook_at(2, to, &side(), "digest", &[]).await;
    assert_eq!(copied.source, proof, "the copy equals the source in the snapshot that was copied");
    assert_eq!(ground.totals(from, &Database::Current).await, ground.totals(to, &side()).await);
    neutralise_and_prove(&ground, &proof).await;

    let old = ground.identity(to, &Database::Current).await.expect("production has a database");
    let swap = |expected: String| async move {
        let driver = golive_drivers::local::LocalDriver::new("/nowhere".into());
        driver.swap_database(&call("swap", 2), to, &expected, &side(), &aside("old")).await
    };
    let running = swap(old.clone()).await;
    assert!(matches!(running, Err(DriverError::Refused(_))), "the application runs: {running:?}");
    ground.driver.stop(&call("stop", 2), to, DEADLINE).await.expect("stop");
    assert!(
        matches!(swap("db999999".to_owned()).await, Err(DriverError::Refused(_))),
        "another one is current"
    );
    let swapped = swap(old.clone()).await.expect("swap");
    assert_eq!(swap(old.clone()).await, Ok(swapped.clone()), "asked again, it is done already");
    assert_eq!(swapped.identity, copied.database.identity);
    ground.driver.start(&call("start", 2), to).await.expect("start");
    assert!(ground.driver.health(to).await.expect("health").healthy);
    assert!(ground.lets_in(to, &Database::Current, ADMINISTRATOR, PASSWORD).await);
    assert!(!ground.lets_in(to, &Database::Current, "anna.keller", "user password").await);
    assert!(ground.lets_in(from, &Database::Current, "anna.keller", "user password").await);

    ground.driver.stop(&call("undo", 2), to, DEADLINE).await.expect("stop");
    for _ in 0..2 {
        let back = ground
            .driver
            .swap_database(&call("swap", 2), to, &swapped.identity, &aside("old"), &side())
            .await;
        assert_eq!(back.expect("back").identity, old);
    }
    let again = swap(old).await.expect("and forth again, by the very same call");
    assert_eq!(again.identity, copied.database.identity);
}

/// Only what the profile names may differ, table by table and column by column.
async fn neutralise_and_prove(ground: &Ground, before: &Value) {
    let site = &ground.production;
    let preview = ground.hook_at(2, site, &side(), "neutralisation_preview", &[]).await;
    let done = ground.hook_at(2, site, &side(), "neutralise", &[]).await;
    assert_eq!(preview["changes"], done["changes"], "the preview counts what is then changed");
    let after = ground.hook_at(2, site, &side(), "digest", &[]).await;
    let changed = differing(before, &after);
    let named: Vec<String> =
        site.blueprint.neutralisation.changes.iter().map(|change| change.table.clone()).collect();
    assert!(
        !changed.is_empty() && changed.iter().all(|table| named.contains(table)),
        "{changed:?}"
    );
    let columns = site.blueprint.neutralisation.changes.iter();
    let columns = columns.flat_map(|change| {
        change.columns.iter().map(|column| format!("{}.{column}", change.table))
    });
    let ignore = columns.collect::<Vec<_>>().join(",");
    let kept = ground.hook_at(2, site, &side(), "digest", &[("ignore", &ignore)]).await;
    let source = ground
        .hook_at(1, &ground.sandbox, &Database::Current, "digest", &[("ignore", &ignore)])
        .await;
    assert_eq!(
        differing(&source, &kept),
        ["operation_effect", "session"],
        "rows came or went only there"
    );
}

fn differing(left: &Value, right: &Value) -> Vec<String> {
    let tables = |digest: &Value| digest["tables"].as_array().expect("a list").clone();
    let pairs = tables(left).into_iter().zip(tables(right));
    pairs
        .filter(|(left, right)| left != right)
        .map(|(left, _)| left["table"].as_str().expect("a name").to_owned())
        .collect()
}

impl Ground {
    async fn hook_at(
        &self,
        epoch: i64,
        site: &golive_app::ports::driver::Site,
        database: &Database,
        name: &str,
        values: &[(&str, &str)],
    ) -> Value {
        let mut hook = plain(name);
        hook.values =
            values.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        self.driver.hook(&call(name, epoch), site, database, &hook).await.expect(name)
    }
}

#[tokio::test]
async fn a_broken_migration_commits_half_and_the_restore_point_brings_everything_back() {
    let ground = Ground::new();
    let site = &ground.sandbox;
    ground.deploy(site, "contoso-1.1", 30).await;
    let before = ground.hook_at(1, site, &Database::Current, "digest", &[]).await;
    ground.driver.stop(&call("stop", 2), site, DEADLINE).await.expect("stop");
    let point = aside("before");
    let current = (site, &Database::Current);
    ground
        .driver
        .copy_database(&call("snapshot", 2), current, site, &point)
        .await
        .expect("a restore point");
    let release = ground.release("contoso-1.2-broken");
    ground.driver.put_release(&call("put", 2), site, &release).await.expect("put");
    let (old, new) = (Some("contoso-1.1"), Some("contoso-1.2-broken"));
    ground.driver.activate(&call("activate", 2), site, old, new).await.expect("activate");
    let failed =
        ground.driver.hook(&call("migrate", 2), site, &Database::Current, &plain("migrate")).await;
    let cause =
        "garden_pricing/migrations/0003_finer_discounts.sql:9: no such column: discount_percent";
    assert!(
        matches!(&failed, Err(DriverError::Refused(text)) if text.contains(cause)),
        "{failed:?}"
    );
    let info = ground.hook_at(2, site, &Database::Current, "info", &[]).await;
    assert_eq!(info["half_applied"][0], "garden_pricing/0003_finer_discounts.sql");
    assert_ne!(
        ground.hook_at(2, site, &Database::Current, "digest", &[]).await["schema"],
        before["schema"]
    );

    let half = ground.identity(site, &Database::Current).await.expect("it is there");
    let swapped =
        ground.driver.swap_database(&call("undo", 2), site, &half, &point, &aside("failed")).await;
    swapped.expect("restore");
    ground.driver.activate(&call("undo", 2), site, new, old).await.expect("the old release");
    ground.driver.start(&call("undo", 2), site).await.expect("start");
    assert_eq!(ground.hook_at(2, site, &Database::Current, "digest", &[]).await, before);
}

#[tokio::test]
async fn what_stays_behind_is_listed_with_its_owner_and_removed_unless_in_use() {
    let ground = Ground::new();
    let site = &ground.sandbox;
    ground.deploy(site, "contoso-1.0", 5).await;
    let current = (site, &Database::Current);
    ground.driver.copy_database(&call("copy", 1), current, site, &side()).await.expect("copy");
    ground
        .driver
        .copy_database(&call("point", 1), current, site, &aside("point"))
        .await
        .expect("a restore point");
    let list = || async { ground.driver.leftovers(site).await.expect("leftovers") };
    let left = list().await;
    let find = |kind: &str| left.iter().find(|leftover| leftover.kind == kind).expect(kind);
    for kind in ["side_database", "restore_point"] {
        let found = find(kind);
        assert!(
            found.bytes > 10_000 && found.made > 0 && found.operation.is_some() && !found.in_use,
            "{found:?}"
        );
    }
    assert!(find("release").in_use);
    let refused = ground.driver.remove(&call("tidy", 1), site, "release", "contoso-1.0").await;
    assert!(matches!(refused, Err(DriverError::Refused(_))), "{refused:?}");
    let current = ground.identity(site, &Database::Current).await.expect("it is there");
    let refused = ground.driver.remove(&call("tidy", 1), site, "side_database", &current).await;
    assert!(
        matches!(refused, Err(DriverError::Refused(_))),
        "the current database is no leftover: {refused:?}"
    );
    for _ in 0..2 {
        ground
            .driver
            .remove(&call("tidy", 1), site, "side_database", "copy")
            .await
            .expect("removed");
        ground
            .driver
            .remove(&call("tidy", 1), site, "restore_point", "point")
            .await
            .expect("removed");
    }
    assert!(
        list().await.iter().all(|leftover| !leftover.kind.contains("database")),
        "{:?}",
        list().await
    );
    assert!(ground.driver.remove(&call("tidy", 1), site, "log", "../../x").await.is_err());
    assert!(ground.driver.health(site).await.expect("health").healthy);
}

#[tokio::test]
async fn a_copy_while_the_source_is_written_to_is_consistent() {
    let ground = std::sync::Arc::new(Ground::new());
    let site = &ground.sandbox;
    ground.deploy(site, "contoso-1.0", 200).await;
    ground.driver.prepare(&call("prepare", 1), &ground.production).await.expect("prepare");
    let writer = ground.clone();
    let task = tokio::spawn(async move {
        for number in 0..20 {
            let name = if number % 2 == 0 { "lock_accounts" } else { "unlock_accounts" };
            writer.hook(&writer.sandbox, &Database::Current, plain(name)).await.expect(name);
        }
    });
    for round in 0..3 {
        let step = format!("copy-{round}");
        let from = (site, &Database::Current);
        let copied = ground
            .driver
            .copy_database(&call(&step, 1), from, &ground.production, &side())
            .await
            .expect("copy");
        let mut digest = plain("digest");
        digest.values.insert("ignore".to_owned(), String::new());
        assert!(
            ground.production.root.join("current").symlink_metadata().is_err(),
            "only the source has a release"
        );
        let proof = sandbox_reads(&ground, &copied.database.identity).await;
        assert_eq!(copied.source, proof, "round {round}");
    }
    task.await.expect("no panic");
}

/// Production has no release here, so the sandbox's program reads the copy.
async fn sandbox_reads(ground: &Ground, identity: &str) -> Value {
    let program = ground.sandbox.root.join("current/bin/golive");
    let database = ground.production.root.join("databases").join(identity).join("erp.sqlite");
    let output = tokio::process::Command::new(program)
        .args(["demo-erp", "digest", "--database"])
        .arg(database)
        .output()
        .await
        .expect("it runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}
