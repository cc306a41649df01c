//! Brings the schema up to date. Migrations only add; an older binary refuses a newer schema.

use crate::error::{Result, StoreError};
use sqlx::{AnyPool, AssertSqlSafe, Row};

/// All migrations in order. Append only.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_base.sql")),
    (2, include_str!("../migrations/0002_people.sql")),
    (3, include_str!("../migrations/0003_environments.sql")),
];

pub(crate) async fn run(pool: &AnyPool) -> Result<()> {
    sqlx::query("CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, at BIGINT NOT NULL)")
        .execute(pool)
        .await?;
    let row = sqlx::query("SELECT coalesce(max(number), 0) AS number FROM migration").fetch_one(pool).await?;
    let done: i64 = row.try_get("number")?;
    let newest = MIGRATIONS.last().map_or(0, |(number, _)| *number);
    if done > newest {
        return Err(StoreError::Setup(format!(
            "the database has schema {done}, this golive knows schemas up to {newest}: use a newer golive"
        )));
    }
    for (number, text) in MIGRATIONS.iter().filter(|(number, _)| *number > done) {
        let mut tx = pool.begin().await?;
        for statement in text.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
            sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut *tx).await?;
        }
        sqlx::query("INSERT INTO migration (number, at) VALUES ($1, $2)")
            .bind(number)
            .bind(jiff::Timestamp::now().as_microsecond())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
    }
    Ok(())
}
