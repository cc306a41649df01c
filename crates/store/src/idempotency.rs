//! Keys that make a repeated request lead to the same end.

use crate::error::{Result, StoreError};
use crate::session::Session;
use crate::write::Key;
use sqlx::Row;

/// Ends a request that was carried out before.
pub(crate) async fn check(session: &mut Session, actor: &str, key: &Key) -> Result<()> {
    let row = sqlx::query(
        "SELECT request, subject, seq FROM idempotency WHERE actor = $1 AND idem_key = $2",
    )
    .bind(actor.to_owned())
    .bind(key.key.clone())
    .fetch_optional(session.connection())
    .await?;
    let Some(row) = row else { return Ok(()) };
    let request: String = row.try_get("request")?;
    if request != key.request {
        return Err(StoreError::KeyReused);
    }
    Err(StoreError::Replayed { subject: row.try_get("subject")?, seq: row.try_get("seq")? })
}

/// Remembers what a request led to.
pub(crate) async fn keep(
    session: &mut Session,
    actor: &str,
    key: &Key,
    done: (String, i64),
) -> Result<()> {
    sqlx::query("INSERT INTO idempotency (actor, idem_key, request, subject, seq, at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(actor.to_owned())
        .bind(key.key.clone())
        .bind(key.request.clone())
        .bind(done.0)
        .bind(done.1)
        .bind(jiff::Timestamp::now().as_microsecond())
        .execute(session.connection())
        .await?;
    Ok(())
}
