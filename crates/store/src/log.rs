//! Reading the logs: histories, checks of the chain, and the work of those who follow them.

use crate::error::{Result, StoreError};
use crate::session::Session;
use crate::{Store, Write};
use golive_core::chain::{EventHeader, Fault, Head, body_digest, verify};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

/// An event as it is stored. The body is gone if it was erased.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Everything that the chain covers.
    pub header: EventHeader,
    /// The personal part, exactly as it was hashed.
    pub body: Option<Body>,
}

/// The personal part of an event, as text: what was stored is what was hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The random text that keeps the digest from being guessed.
    pub salt: String,
    /// The particulars, as JSON.
    pub payload: String,
    /// The subject's state after it, as JSON.
    pub state_after: String,
}

impl StoredEvent {
    /// The particulars; null when they were erased.
    pub fn payload(&self) -> Value {
        self.part(|body| &body.payload)
    }

    /// The subject's state after it; null when it was erased or there is none.
    pub fn state_after(&self) -> Value {
        self.part(|body| &body.state_after)
    }

    fn part(&self, of: impl Fn(&Body) -> &String) -> Value {
        self.body.as_ref().and_then(|body| serde_json::from_str(of(body)).ok()).unwrap_or_default()
    }
}

/// Events that a subscriber has not seen.
#[derive(Debug)]
pub struct Work {
    /// The log.
    pub log: String,
    /// The events, oldest first.
    pub events: Vec<StoredEvent>,
}

const ALL: &str = "log, seq, at, recorded_at, actor, subject, kind, shape, body_digest, prev_hash, hash, salt, payload, state_after";

impl Session {
    /// A stretch of a log, oldest first, after a place.
    pub async fn events_after(
        &mut self,
        log: &str,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<StoredEvent>> {
        let sql =
            format!("SELECT {ALL} FROM event WHERE log = $1 AND seq > $2 ORDER BY seq LIMIT $3");
        let query =
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(log.to_owned()).bind(seq).bind(limit);
        query.fetch_all(self.connection()).await?.iter().map(parse).collect()
    }

    /// A stretch of a log, newest first, before a place.
    pub async fn events_before(
        &mut self,
        log: &str,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<StoredEvent>> {
        let sql = format!(
            "SELECT {ALL} FROM event WHERE log = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"
        );
        let query =
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(log.to_owned()).bind(seq).bind(limit);
        query.fetch_all(self.connection()).await?.iter().map(parse).collect()
    }

    /// Everything that happened to one subject, oldest first.
    pub async fn history(&mut self, subject: &str) -> Result<Vec<StoredEvent>> {
        let sql = format!("SELECT {ALL} FROM event WHERE subject = $1 ORDER BY log, seq");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(subject.to_owned());
        query.fetch_all(self.connection()).await?.iter().map(parse).collect()
    }

    /// The heads of all logs.
    pub async fn heads(&mut self) -> Result<Vec<Head>> {
        let rows = sqlx::query("SELECT log, seq, hash FROM log_head ORDER BY log")
            .fetch_all(self.connection())
            .await?;
        let head = |row: &AnyRow| {
            Ok(Head {
                log: row.try_get("log")?,
                seq: row.try_get("seq")?,
                hash: row.try_get("hash")?,
            })
        };
        rows.iter().map(head).collect()
    }

    /// Checks a whole log against its head: the chain, the bodies that are still there, and the end.
    pub async fn verify_log(&mut self, log: &str) -> Result<Result<Head, Fault>> {
        let kept = self.head(log).await?;
        let mut head = Head::empty(log);
        loop {
            let events = self.events_after(log, head.seq, 1000).await?;
            if events.is_empty() {
                break;
            }
            head = match check(head, &events) {
                Ok(head) => head,
                Err(fault) => return Ok(Err(fault)),
            };
        }
        if head != kept {
            return Ok(Err(Fault::Cut {
                log: log.to_owned(),
                expected: kept.seq,
                found: head.seq,
            }));
        }
        Ok(Ok(head))
    }
}

/// Header chain and bodies of one stretch.
fn check(head: Head, events: &[StoredEvent]) -> Result<Head, Fault> {
    for event in events {
        let Some(body) = &event.body else { continue };
        if body_digest(&body.salt, &body.payload, &body.state_after) != event.header.body_digest {
            return Err(Fault::Changed { log: event.header.log.clone(), seq: event.header.seq });
        }
    }
    verify(head, events.iter().map(|event| &event.header))
}

impl Store {
    /// What a subscriber has not seen yet: for each log that has news, the events after its place.
    pub async fn work(&self, subscriber: &str, limit: i64) -> Result<Vec<Work>> {
        let mut session = self.session().await?;
        let rows =
            sqlx::query("SELECT log FROM pending WHERE subscriber = $1 ORDER BY log LIMIT 100")
                .bind(subscriber.to_owned())
                .fetch_all(session.connection())
                .await?;
        let mut work = Vec::with_capacity(rows.len());
        for row in rows {
            let log: String = row.try_get("log")?;
            let seen = position(&mut session, subscriber, &log).await?;
            let events = session.events_after(&log, seen, limit).await?;
            work.push(Work { log, events });
        }
        Ok(work)
    }
}

impl Write {
    /// Moves a subscriber's place in this write's log, together with what it made of the events.
    pub async fn seen(&mut self, subscriber: &str, seq: i64) -> Result<()> {
        let log = self.head().log.clone();
        sqlx::query(
            "INSERT INTO reader_position (subscriber, log, seq) VALUES ($1, $2, $3)
             ON CONFLICT (subscriber, log) DO UPDATE SET seq = excluded.seq",
        )
        .bind(subscriber.to_owned())
        .bind(log.clone())
        .bind(seq)
        .execute(self.connection())
        .await?;
        if seq == self.head().seq {
            sqlx::query("DELETE FROM pending WHERE subscriber = $1 AND log = $2")
                .bind(subscriber.to_owned())
                .bind(log)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    /// The subscriber's place in this write's log.
    pub async fn position(&mut self, subscriber: &str) -> Result<i64> {
        let log = self.head().log.clone();
        position(self, subscriber, &log).await
    }

    /// Erases the personal part of an event; the chain still verifies.
    pub async fn erase(&mut self, log: &str, seq: i64) -> Result<()> {
        sqlx::query("UPDATE event SET salt = NULL, payload = NULL, state_after = NULL WHERE log = $1 AND seq = $2")
            .bind(log.to_owned())
            .bind(seq)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

async fn position(session: &mut Session, subscriber: &str, log: &str) -> Result<i64> {
    let row = sqlx::query("SELECT seq FROM reader_position WHERE subscriber = $1 AND log = $2")
        .bind(subscriber.to_owned())
        .bind(log.to_owned())
        .fetch_optional(session.connection())
        .await?;
    row.map_or(Ok(0), |row| Ok(row.try_get("seq")?))
}

fn parse(row: &AnyRow) -> Result<StoredEvent> {
    let log: String = row.try_get("log")?;
    let seq: i64 = row.try_get("seq")?;
    let corrupt =
        |source| StoreError::Corrupt { table: "event", id: format!("{log}/{seq}"), source };
    let time = |name: &str| -> Result<Timestamp> {
        let micros: i64 = row.try_get(name)?;
        Timestamp::from_microsecond(micros).map_err(|e| corrupt(serde::de::Error::custom(e)))
    };
    let text = |name: &str| -> Result<Option<String>> { Ok(row.try_get(name)?) };
    let body = match (text("salt")?, text("payload")?, text("state_after")?) {
        (Some(salt), Some(payload), Some(state_after)) => Some(Body { salt, payload, state_after }),
        (None, None, None) => None,
        (_, _, _) => return Err(corrupt(serde::de::Error::custom("half of the body is missing"))),
    };
    let header = EventHeader {
        at: time("at")?,
        recorded_at: time("recorded_at")?,
        actor: row.try_get("actor")?,
        subject: row.try_get("subject")?,
        kind: row.try_get("kind")?,
        schema: row.try_get("shape")?,
        body_digest: row.try_get("body_digest")?,
        prev_hash: row.try_get("prev_hash")?,
        hash: row.try_get("hash")?,
        log: log.clone(),
        seq,
    };
    Ok(StoredEvent { header, body })
}
