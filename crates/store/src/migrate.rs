//! Brings the schema up to date. Migrations only add; an older binary refuses a newer schema.

use crate::error::{Result, StoreError};
use sqlx::{AnyPool, AssertSqlSafe, Row};

/// All migrations in order. Append only.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_base.sql")),
    (2, include_str!("../migrations/0002_people.sql")),
    (3, include_str!("../migrations/0003_environments.sql")),
    (10, include_str!("../migrations/0010_methodology.sql")),
    (11, include_str!("../migrations/0011_schedule.sql")),
    (12, include_str!("../migrations/0012_onboarding.sql")),
    (13, include_str!("../migrations/0013_acceptance.sql")),
    (14, include_str!("../migrations/0014_checklist.sql")),
    (15, include_str!("../migrations/0015_review.sql")),
    (16, include_str!("../migrations/0016_estimate.sql")),
    (17, include_str!("../migrations/0017_service_request.sql")),
    (18, include_str!("../migrations/0018_waiver.sql")),
    (19, include_str!("../migrations/0019_notification.sql")),
    (20, include_str!("../migrations/0020_package.sql")),
    (21, include_str!("../migrations/0021_datacopy.sql")),
    (22, include_str!("../migrations/0022_cutover.sql")),
    (23, include_str!("../migrations/0023_go_live.sql")),
    (24, include_str!("../migrations/0024_certificate.sql")),
];

pub(crate) async fn run(pool: &AnyPool) -> Result<()> {
    sqlx::query(
        "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, at BIGINT NOT NULL)",
    )
    .execute(pool)
    .await?;
    let row = sqlx::query("SELECT coalesce(max(number), 0) AS number FROM migration")
        .fetch_one(pool)
        .await?;
    let done: i64 = row.try_get("number")?;
    let newest = MIGRATIONS.last().map_or(0, |(number, _)| *number);
    if done > newest {
        return Err(StoreError::Setup(format!(
            "the database has schema {done}, this golive knows schemas up to {newest}: use a newer golive"
        )));
    }
    for (number, text) in MIGRATIONS.iter().filter(|(number, _)| *number > done) {
        let mut tx = pool.begin().await?;
        for statement in text.split(";\n").map(str::trim).filter(|statement| !statement.is_empty())
        {
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
