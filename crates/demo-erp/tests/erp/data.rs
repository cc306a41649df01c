//! Digests, totals, sample data, locks and packages.

use crate::ground::{Ground, PASSWORD, example};
use golive_demo_erp::{accounts, digest, neutralise, package, totals};
use serde_json::Value;

async fn digest(ground: &Ground, options: &[(&str, &str)]) -> Value {
    digest::run(&ground.args("digest", options)).await.expect("digest")
}

fn table(digest: &Value, name: &str) -> Value {
    let tables = digest["tables"].as_array().expect("a list");
    tables.iter().find(|table| table["table"] == name).expect("the table").clone()
}

async fn rows(sql: &str) -> Value {
    let ground = Ground::new().await;
    ground.execute("CREATE TABLE t (a, b)").await;
    ground.execute(sql).await;
    table(&digest(&ground, &[]).await, "t")["digest"].clone()
}

#[tokio::test]
async fn a_digest_ignores_the_order_of_rows_and_sees_everything_else() {
    let one = rows("INSERT INTO t VALUES (1, 'x'), (2, 'y')").await;
    assert_eq!(one, rows("INSERT INTO t VALUES (2, 'y'), (1, 'x')").await);
    let others = [
        "INSERT INTO t VALUES (1, 'x'), (2, 'y'), (2, 'y'), (2, 'y')",
        "INSERT INTO t VALUES (1, 'y'), (2, 'x')",
        "INSERT INTO t VALUES ('1', 'x'), (2, 'y')",
        "INSERT INTO t VALUES (1.0, 'x'), (2, 'y')",
        "INSERT INTO t VALUES (1, x'78'), (2, 'y')",
        "INSERT INTO t VALUES (1, 'x'), (2, NULL)",
        "INSERT INTO t VALUES (1, 'x'), (2, '')",
    ];
    for other in others {
        assert_ne!(one, rows(other).await, "{other}");
    }
}

#[tokio::test]
async fn a_large_table_can_be_proven_by_its_keys_and_columns_can_be_left_out() {
    let ground = Ground::new().await;
    ground.filled("contoso-1.0").await;
    let keys = [("keys-only-above", "30")];
    let before = digest(&ground, &keys).await;
    let full = digest(&ground, &[]).await;
    let ignored = digest(&ground, &[("ignore", "item.price")]).await;
    assert_eq!(
        (&table(&before, "item")["how"], &table(&before, "job")["how"]),
        (&"keys".into(), &"full_rows".into())
    );
    ground.execute("UPDATE item SET price = price + 1").await;
    assert_eq!(table(&before, "item"), table(&digest(&ground, &keys).await, "item"));
    assert_ne!(table(&full, "item"), table(&digest(&ground, &[]).await, "item"));
    assert_eq!(ignored, digest(&ground, &[("ignore", "item.price")]).await);
    ground.execute("DELETE FROM item WHERE code NOT IN (SELECT item FROM season_price) OR code = (SELECT 'none')").await;
    ground
        .execute(
            "INSERT INTO item (code, name, unit, price, stock) VALUES ('new', 'n', 'piece', 1, 1)",
        )
        .await;
    assert_ne!(table(&before, "item"), table(&digest(&ground, &keys).await, "item"));
}

#[tokio::test]
async fn sample_data_are_always_the_same_and_the_ledger_sums_to_zero() {
    let (left, right) = (Ground::new().await, Ground::new().await);
    for ground in [&left, &right] {
        ground.filled("contoso-1.0").await;
        ground.filled("contoso-1.0").await;
    }
    let (one, two) = (
        totals::run(&left.args("totals", &[])).await,
        totals::run(&right.args("totals", &[])).await,
    );
    let one = one.expect("totals");
    assert_eq!(one, two.expect("totals"));
    assert_eq!(
        (&one["totals"][0]["id"], &one["totals"][0]["value"]),
        (&"trial_balance".into(), &"0.00".into())
    );
    assert_eq!(one["totals"][4]["value"], "40");
    let digests = [digest(&left, &[]).await, digest(&right, &[]).await];
    for name in ["party", "item", "open_item", "journal_line", "season_price", "shop_order"] {
        assert_eq!(table(&digests[0], name), table(&digests[1], name), "{name}");
    }
}

#[tokio::test]
async fn unlocking_gives_back_exactly_what_the_lock_took() {
    let ground = Ground::new().await;
    ground.filled("contoso-1.0").await;
    ground.execute("UPDATE account SET active = 0 WHERE login = 'david.shaw'").await;
    let active = "SELECT count(*) FROM account WHERE active = 1";
    let before = ground.number(active).await;
    let options = [("operation", "op_1"), ("step", "lock")];
    for _ in 0..2 {
        accounts::lock(&ground.args("lock_accounts", &options)).await.expect("lock");
        assert_eq!(ground.number(active).await, 1, "only the administrator");
    }
    for _ in 0..2 {
        accounts::unlock(&ground.args("unlock_accounts", &options)).await.expect("unlock");
        assert_eq!(ground.number(active).await, before);
    }
    assert_eq!(ground.number("SELECT count(*) FROM operation_effect WHERE step = 'lock'").await, 2);
}

#[tokio::test]
async fn accounts_that_a_copy_disabled_come_back_only_when_that_is_asked_for() {
    let ground = Ground::new().await;
    ground.filled("contoso-1.0").await;
    let active = "SELECT count(*) FROM account WHERE active = 1";
    let before = ground.number(active).await;
    accounts::lock(&ground.args("lock_accounts", &[])).await.expect("lock");
    neutralise::run(&ground.args("neutralise", &[])).await.expect("neutralise");
    accounts::unlock(&ground.args("unlock_accounts", &[])).await.expect("unlock");
    assert_eq!(ground.number(active).await, 1, "the lock of the sandbox must not open production");
    accounts::unlock(&ground.args("unlock_accounts", &[("neutralised", "yes")]))
        .await
        .expect("unlock");
    assert_eq!(ground.number(active).await, before);
}

#[tokio::test]
async fn a_login_is_judged_with_its_reason() {
    let ground = Ground::new().await;
    ground.filled("contoso-1.0").await;
    ground.execute("UPDATE account SET active = 0 WHERE login = 'david.shaw'").await;
    let judged = async |login, password| {
        let found =
            accounts::check_login(&ground.args("check_login", &[("login", login)]), password).await;
        found.expect("check")["reason"].as_str().expect("a text").to_owned()
    };
    assert_eq!(judged("admin", PASSWORD).await, "");
    assert_eq!(judged("admin", "no").await, "wrong password");
    assert_eq!(judged("david.shaw", PASSWORD).await, "account disabled");
    assert_eq!(judged("nobody", PASSWORD).await, "no such account");
}

#[test]
fn the_same_sources_make_the_same_package() {
    for name in
        ["contoso-1.0", "contoso-1.1", "contoso-1.1-missing", "contoso-1.1.1", "contoso-1.2-broken"]
    {
        let build = || package::build(&example(name)).expect("the sources are complete");
        assert_eq!(build(), build(), "{name}");
    }
    assert!(package::build(&example("none")).is_err());
}
