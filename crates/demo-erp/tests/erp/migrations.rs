//! Migrations: half done, ended and gone on, refused.

use crate::ground::{Ground, example};

const HALF: &str = "CREATE TABLE a (n INTEGER);\nBEGIN;\nINSERT INTO a VALUES (1);\nCOMMIT;\n\nINSERT INTO later VALUES (2);\n";

#[tokio::test]
async fn a_file_that_commits_half_and_fails_names_the_line_and_keeps_the_half() {
    let ground = Ground::new().await;
    let modules = ground.module("m", "1.sql", HALF);
    let failure = ground.migrate(&modules).await.expect_err("there is no table `later`");
    assert_eq!(failure.message, "modules/m/migrations/1.sql:6: no such table: later");
    assert_eq!((failure.exit, &failure.details["statement"]), (1, &5.into()));
    assert_eq!(ground.number("SELECT count(*) FROM a").await, 1);
    assert_eq!(ground.number("SELECT count(*) FROM module").await, 0);
    assert_eq!(
        ground.number("SELECT count(*) FROM operation_effect WHERE effect LIKE 'migrate%'").await,
        0
    );
}

#[tokio::test]
async fn a_run_that_was_ended_goes_on_after_its_last_commit() {
    let ground = Ground::new().await;
    let modules = ground.module("m", "1.sql", HALF);
    ground.migrate(&modules).await.expect_err("there is no table `later`");
    ground.execute("CREATE TABLE later (n INTEGER)").await;
    for _ in 0..2 {
        ground.migrate(&modules).await.expect("now there is");
        assert_eq!(
            ground.number("SELECT count(*) FROM a").await,
            1,
            "the committed half is not repeated"
        );
        assert_eq!(ground.number("SELECT count(*) FROM later").await, 1);
    }
    assert_eq!(
        ground.number("SELECT count(*) FROM operation_effect WHERE effect LIKE 'migrate%'").await,
        1
    );
}

#[tokio::test]
async fn an_open_transaction_and_a_changed_file_are_refused() {
    let ground = Ground::new().await;
    let modules = ground.module("m", "1.sql", "BEGIN; CREATE TABLE a (n INTEGER);");
    let failure = ground.migrate(&modules).await.expect_err("no commit");
    assert!(failure.message.ends_with("the file leaves a transaction open"), "{failure}");
    assert_eq!(ground.number("SELECT count(*) FROM sqlite_schema WHERE name = 'a'").await, 0);

    let ground = Ground::new().await;
    let modules = ground.module("m", "1.sql", "CREATE TABLE a (n INTEGER);");
    ground.migrate(&modules).await.expect("it is right");
    ground.module("m", "1.sql", "CREATE TABLE b (n INTEGER);");
    let failure = ground.migrate(&modules).await.expect_err("it was another text");
    assert!(failure.message.ends_with("not the one that was applied here before"), "{failure}");
}

#[tokio::test]
async fn a_missing_module_is_refused_and_a_declared_removal_is_not() {
    let ground = Ground::new().await;
    ground.filled("contoso-1.1").await;
    let failure = ground
        .migrate(&example("contoso-1.1-missing").join("modules"))
        .await
        .expect_err("shop_link");
    assert!(failure.message.ends_with("declares no removal: shop_link"), "{failure}");
    let folder = ground.path("release/modules");
    copy(&example("contoso-1.1-missing").join("modules"), &folder);
    std::fs::write(ground.path("release/package.toml"), "removals = [\"shop_link\"]\n")
        .expect("a file");
    let done = ground.migrate(&folder).await.expect("it is declared");
    assert_eq!(done["removed"], serde_json::json!(["shop_link"]));
    assert_eq!(ground.number("SELECT count(*) FROM module").await, 4);
    assert_eq!(ground.number("SELECT count(*) FROM shop_order").await, 10, "its data stay");
}

#[tokio::test]
async fn an_older_release_does_not_touch_a_newer_database() {
    let ground = Ground::new().await;
    ground.filled("contoso-1.1").await;
    let failure =
        ground.migrate(&example("contoso-1.0").join("modules")).await.expect_err("it is older");
    assert!(failure.message.starts_with("the database is newer than the release"), "{failure}");
    ground.migrate(&example("contoso-1.1.1").join("modules")).await.expect("it is newer");
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file");
        }
    }
}
