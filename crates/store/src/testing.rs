//! A fresh database of each kind for a test: SQLite always, PostgreSQL where `GOLIVE_TEST_POSTGRES` names a cluster.

use sqlx::{AnyPool, AssertSqlSafe};

/// The variable that names a PostgreSQL cluster in which databases may be made.
pub const POSTGRES: &str = "GOLIVE_TEST_POSTGRES";

/// A database that nobody else uses.
pub struct TestDatabase {
    /// Its address.
    pub url: String,
    /// `sqlite` or `postgres`.
    pub kind: &'static str,
    _folder: Option<tempfile::TempDir>,
}

/// One database of each kind that is to be had.
pub async fn databases() -> Vec<TestDatabase> {
    let mut all = vec![sqlite()];
    if let Ok(cluster) = std::env::var(POSTGRES) {
        all.push(postgres(&cluster).await);
    }
    all
}

/// A SQLite file in a folder that goes away with it.
pub fn sqlite() -> TestDatabase {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("golive.db").display());
    TestDatabase { url, kind: "sqlite", _folder: Some(folder) }
}

/// A new PostgreSQL database in a cluster (`postgres://user@host:port`, without a database).
pub async fn postgres(cluster: &str) -> TestDatabase {
    sqlx::any::install_default_drivers();
    let name = format!("golive_{}", uuid::Uuid::now_v7().simple());
    let cluster = cluster.trim_end_matches('/');
    let pool =
        AnyPool::connect(&format!("{cluster}/postgres")).await.expect("the test cluster answers");
    let create = format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
    );
    sqlx::query(AssertSqlSafe(create)).execute(&pool).await.expect("a database can be made");
    pool.close().await;
    TestDatabase { url: format!("{cluster}/{name}"), kind: "postgres", _folder: None }
}

/// Marks a database as made by a golive that is newer than this one.
pub async fn pretend_newer_schema(url: &str) {
    let pool = AnyPool::connect(url).await.expect("the database answers");
    sqlx::query("INSERT INTO migration (number, at) VALUES (9999, 0)")
        .execute(&pool)
        .await
        .expect("the row is new");
    pool.close().await;
}
