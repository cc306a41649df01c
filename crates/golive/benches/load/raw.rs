//! The raw rate of the database, without golive: the same driver, the same settings, the same disk.

use super::calls::{Load, each};
use anyhow::Result;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::time::Instant;

/// Reads one row by its key, again and again.
pub async fn reads(file: &Path, ids: &[String], clients: usize, count: usize) -> Result<Load> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let all = u32::try_from(clients)?;
    let pool = SqlitePoolOptions::new().max_connections(all).connect_with(options).await?;
    let ids = ids.to_vec();
    let load = each(clients, count, move |n| {
        let (pool, id) = (pool.clone(), ids[n * 7 % ids.len()].clone());
        async move {
            let _row = sqlx::query("SELECT state FROM project WHERE id = $1")
                .bind(id)
                .fetch_one(&pool)
                .await?;
            Ok(())
        }
    });
    load.await
}

/// Commits one row of 1 KiB, again and again, each durable before the next.
pub async fn commits(file: &Path, count: usize) -> Result<Load> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    sqlx::query("CREATE TABLE one (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
        .execute(&pool)
        .await?;
    let body = "x".repeat(1024);
    let (begun, before) = (Instant::now(), cpu()?);
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let begun = Instant::now();
        sqlx::query("INSERT INTO one (body) VALUES ($1)").bind(&body).execute(&pool).await?;
        times.push(begun.elapsed());
    }
    let mut load = Load::new(times, begun.elapsed());
    load.cpu = Some(cpu()?.saturating_sub(before) / u32::try_from(count)?);
    Ok(load)
}

fn cpu() -> Result<std::time::Duration> {
    super::server::cpu(&std::fs::read_to_string("/proc/self/stat")?)
}
