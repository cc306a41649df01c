//! Writing: state, event and intent in one transaction, in the order of the log.

use crate::cache::is_project;
use crate::error::{Result, StoreError};
use crate::session::{Session, bind};
use crate::subject::{Column, Subject};
use crate::{Store, idempotency};
use golive_core::chain::{EventHeader, Head, body_digest, link};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row};
use std::ops::{Deref, DerefMut};
use tokio::sync::OwnedMutexGuard;

/// The log of the server itself.
pub const SERVER: &str = "server";

/// The number of the shape that payloads are written in today.
const SHAPE: i64 = 1;

/// Those who read events later and must not miss one; each has a row in `pending` until it has caught up.
const SUBSCRIBERS: [&str; 2] = ["notifications", "reactions"];

/// Who writes, and when by the business clock.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// When it happens, by the business clock.
    pub at: Timestamp,
    /// A user's id, or `golive`.
    pub actor: String,
    /// Makes a repeated request lead to the same end.
    pub key: Option<Key>,
}

/// An idempotency key with the digest of the request it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Chosen by the caller.
    pub key: String,
    /// Digest over method, path and body.
    pub request: String,
}

/// What a write tells the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// `environment.deployed`.
    pub kind: String,
    /// The particulars.
    pub payload: Value,
}

impl Told {
    /// The event of a subject: the core's own event enum names what happened in its field `event`.
    pub fn of<T: Subject>(event: &impl Serialize) -> Self {
        let payload = serde_json::to_value(event).expect("our own events always serialise");
        let name = payload.get("event").and_then(Value::as_str).unwrap_or("changed");
        Self { kind: format!("{}.{name}", T::KIND), payload }
    }

    /// An event without an enum of its own.
    pub fn plain(kind: &str, payload: Value) -> Self {
        Self { kind: kind.to_owned(), payload }
    }
}

/// One write transaction on one log. Dropping it without [`Write::commit`] undoes it.
pub struct Write {
    session: Session,
    stamp: Stamp,
    head: Head,
    told: i64,
    /// Rows were changed, so an event must be told before the end.
    owes: bool,
    last_subject: String,
    changed: std::sync::Arc<tokio::sync::watch::Sender<u64>>,
    // Released after the transaction has ended.
    _turn: OwnedMutexGuard<()>,
}

impl Deref for Write {
    type Target = Session;
    fn deref(&self) -> &Session {
        &self.session
    }
}
impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}

impl Store {
    /// Opens a write on one log: `server`, an organisation's or a project's. A request that was carried out before
    /// ends here with [`StoreError::Replayed`].
    pub async fn write(&self, log: impl ToString, stamp: Stamp) -> Result<Write> {
        let log = log.to_string();
        let turn = self.turn(&log).lock_owned().await;
        let tx = self.writers.begin_with(self.dialect.begin_write()).await?;
        let mut session = Session::of_write(tx);
        if let Some(sql) = self.dialect.lock_log() {
            sqlx::query(sql).bind(log.clone()).fetch_one(session.connection()).await?;
        }
        if let Some(key) = &stamp.key {
            idempotency::check(&mut session, &stamp.actor, key).await?;
        }
        let head = session.head(&log).await?;
        let changed = self.changed.clone();
        Ok(Write {
            session,
            stamp,
            head,
            told: 0,
            owes: false,
            last_subject: String::new(),
            changed,
            _turn: turn,
        })
    }
}

impl Write {
    /// When this happens, by the business clock.
    pub fn now(&self) -> Timestamp {
        self.stamp.at
    }

    /// Who writes.
    pub fn actor(&self) -> &str {
        &self.stamp.actor
    }

    /// Where the log will stand after this write.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Stores a new subject and its first event.
    pub async fn insert<T: Subject>(
        &mut self,
        id: T::Id,
        project: impl ToString,
        value: &T,
        event: &impl Serialize,
    ) -> Result<()> {
        self.owes_event(&project.to_string())?;
        let state = json(value)?;
        let mut names = vec!["id", "project", "version", "state"];
        names.extend(T::COLUMNS);
        let places: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING",
            T::TABLE,
            names.join(", "),
            places.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .bind(project.to_string())
            .bind(1_i64)
            .bind(state.clone());
        for column in checked(value.columns())? {
            query = bind(query, column);
        }
        if query.execute(self.connection()).await?.rows_affected() != 1 {
            return Err(StoreError::Exists { kind: T::KIND, id: id.to_string() });
        }
        self.tell_state(&id.to_string(), &Told::of::<T>(event), &state).await
    }

    /// Stores a subject's new state and its event, if it still has the version that was seen.
    pub async fn change<T: Subject>(
        &mut self,
        id: T::Id,
        seen: i64,
        value: &T,
        event: &impl Serialize,
    ) -> Result<()> {
        self.change_told(id, seen, value, &Told::of::<T>(event)).await
    }

    /// Like [`Write::change`], with an event that has no enum of its own.
    pub async fn change_told<T: Subject>(
        &mut self,
        id: T::Id,
        seen: i64,
        value: &T,
        told: &Told,
    ) -> Result<()> {
        let state = json(value)?;
        let mut sets = vec!["state = $3".to_owned(), "version = version + 1".to_owned()];
        sets.extend(
            T::COLUMNS.iter().enumerate().map(|(n, column)| format!("{column} = ${}", n + 4)),
        );
        let sql = format!(
            "UPDATE {} SET {} WHERE id = $1 AND version = $2 RETURNING project",
            T::TABLE,
            sets.join(", ")
        );
        let mut query =
            sqlx::query(AssertSqlSafe(sql)).bind(id.to_string()).bind(seen).bind(state.clone());
        for column in checked(value.columns())? {
            query = bind(query, column);
        }
        let Some(row) = query.fetch_optional(self.connection()).await? else {
            return Err(StoreError::Stale { kind: T::KIND, id: id.to_string() });
        };
        self.owes_event(row.try_get("project")?)?;
        self.tell_state(&id.to_string(), told, &state).await
    }

    /// Tells the log something that changes no subject's state.
    pub async fn tell(&mut self, subject: &str, told: &Told) -> Result<()> {
        self.tell_state(subject, told, "null").await
    }

    /// A row of a project is changed by a write on the project's own log, which tells of it: readers look at the head of
    /// that log to know whether what they have read still stands.
    pub(crate) fn owes_event(&mut self, project: &str) -> Result<()> {
        if is_project(project) && self.head.log != project {
            let (project, log) = (project.to_owned(), self.head.log.clone());
            return Err(StoreError::WrongLog { project, log });
        }
        self.owes = true;
        Ok(())
    }

    async fn tell_state(&mut self, subject: &str, told: &Told, state: &str) -> Result<()> {
        let payload = json(&told.payload)?;
        let salt = hex::encode(rand::random::<[u8; 16]>());
        let mut header = EventHeader {
            log: self.head.log.clone(),
            seq: self.head.seq + 1,
            at: self.stamp.at,
            recorded_at: Timestamp::now(),
            actor: self.stamp.actor.clone(),
            subject: subject.to_owned(),
            kind: told.kind.clone(),
            schema: SHAPE,
            body_digest: body_digest(&salt, &payload, state),
            prev_hash: self.head.hash.clone(),
            hash: String::new(),
        };
        // The database keeps microseconds; what is hashed must be what is stored.
        header.at = micros(header.at);
        header.recorded_at = micros(header.recorded_at);
        header.hash = link(&header);
        insert_event(self.connection(), &header, [&salt, &payload, state]).await?;
        self.head = Head { log: header.log, seq: header.seq, hash: header.hash };
        self.told += 1;
        subject.clone_into(&mut self.last_subject);
        Ok(())
    }

    /// Makes everything of this write durable, or nothing.
    pub async fn commit(mut self) -> Result<Head> {
        if self.owes && self.told == 0 {
            return Err(StoreError::Untold { log: self.head.log });
        }
        if self.told > 0 {
            self.settle_head().await?;
        }
        if let Some(key) = self.stamp.key.clone() {
            let done = (self.last_subject.clone(), self.head.seq);
            idempotency::keep(&mut self.session, &self.stamp.actor, &key, done).await?;
        }
        let Self { session, head, changed, _turn, .. } = self;
        session.commit().await?;
        changed.send_modify(|n| *n += 1);
        Ok(head)
    }

    async fn settle_head(&mut self) -> Result<()> {
        let Head { log, seq, hash } = self.head.clone();
        sqlx::query(
            "INSERT INTO log_head (log, seq, hash) VALUES ($1, $2, $3)
             ON CONFLICT (log) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
        )
        .bind(log.clone())
        .bind(seq)
        .bind(hash)
        .execute(self.connection())
        .await?;
        for subscriber in SUBSCRIBERS {
            sqlx::query(
                "INSERT INTO pending (subscriber, log) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            )
            .bind(subscriber)
            .bind(log.clone())
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }
}

impl Session {
    /// Where a log stands.
    pub async fn head(&mut self, log: &str) -> Result<Head> {
        let row = sqlx::query("SELECT seq, hash FROM log_head WHERE log = $1")
            .bind(log.to_owned())
            .fetch_optional(self.connection())
            .await?;
        let Some(row) = row else { return Ok(Head::empty(log)) };
        Ok(Head { log: log.to_owned(), seq: row.try_get("seq")?, hash: row.try_get("hash")? })
    }
}

async fn insert_event(
    connection: &mut sqlx::AnyConnection,
    header: &EventHeader,
    body: [&str; 3],
) -> Result<()> {
    let [salt, payload, state] = body.map(str::to_owned);
    sqlx::query(
        "INSERT INTO event (log, seq, at, recorded_at, actor, subject, kind, shape, body_digest, prev_hash, hash, salt, payload, state_after)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(header.log.clone())
    .bind(header.seq)
    .bind(header.at.as_microsecond())
    .bind(header.recorded_at.as_microsecond())
    .bind(header.actor.clone())
    .bind(header.subject.clone())
    .bind(header.kind.clone())
    .bind(header.schema)
    .bind(header.body_digest.clone())
    .bind(header.prev_hash.clone())
    .bind(header.hash.clone())
    .bind(salt)
    .bind(payload)
    .bind(state)
    .execute(connection)
    .await?;
    Ok(())
}

/// PostgreSQL refuses NUL in text and SQLite does not, so neither gets one. JSON writes it as `\u0000`.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<String> {
    let text = serde_json::to_string(value).expect("our own types always serialise");
    if text.contains("\\u0000") { Err(StoreError::Nul) } else { Ok(text) }
}

pub(crate) fn checked(columns: Vec<Column>) -> Result<Vec<Column>> {
    let has_nul = |column: &Column| matches!(column, Column::Text(text) if text.contains('\0'));
    if columns.iter().any(has_nul) { Err(StoreError::Nul) } else { Ok(columns) }
}

fn micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).expect("it was a timestamp before")
}
