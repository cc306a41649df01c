//! Operations: intents, their records, and who works on them.
//!
//! A claim is one conditional update with a lease and an epoch; every later write of the owner is fenced by the epoch.
//! Leases run on the database's clock.

use crate::Store;
use crate::error::{Result, StoreError};
use crate::session::Session;
use crate::write::{Told, Write, json};
use golive_core::id::OperationId;
use golive_core::operation::Record;
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::time::Duration;

/// What shall be done, stored together with the decision to do it.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The operation's id; towards the outside it is the idempotency key.
    pub id: OperationId,
    /// The project that it belongs to.
    pub project: String,
    /// The environment that it works on; empty if it works on none.
    pub environment: String,
    /// Its kind: `provision`.
    pub kind: String,
    /// The version of its list of steps.
    pub kind_version: i64,
    /// What the steps need to know.
    pub params: Value,
    /// Who asked for it.
    pub requested_by: String,
    /// Not before this instant of the business clock.
    pub due_at: Timestamp,
}

/// Whether anything is still to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Something is to be done.
    Open,
    /// A person must choose.
    Attention,
    /// It is over.
    Done,
}

impl Phase {
    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Attention => "attention",
            Self::Done => "done",
        }
    }
}

/// An operation as it is stored.
#[derive(Debug, Clone)]
pub struct OperationRow {
    /// Its id.
    pub id: OperationId,
    /// The project.
    pub project: String,
    /// The environment, or empty.
    pub environment: String,
    /// Its kind.
    pub kind: String,
    /// The version of its list of steps.
    pub kind_version: i64,
    /// What the steps need to know.
    pub params: Value,
    /// Who asked for it.
    pub requested_by: String,
    /// When, by the business clock.
    pub created_at: Timestamp,
    /// Whether anything is to be done.
    pub phase: Phase,
    /// How it ended, if it did.
    pub outcome: Option<golive_core::operation::Outcome>,
    /// Not before this instant of the business clock.
    pub due_at: Timestamp,
    /// When it ended, by the business clock.
    pub ended_at: Option<Timestamp>,
    /// The epoch of the last claim.
    pub epoch: i64,
}

/// The right to work on an operation.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The operation.
    pub operation: OperationRow,
    /// Higher than the epoch of every earlier claim on this server.
    pub epoch: i64,
}

const ALL: &str = "id, project, environment, kind, kind_version, params, requested_by, created_at, phase, outcome, epoch, due_at, ended_at";

impl Store {
    /// Claims one operation that nobody works on and that is due. Several may try at once; one gets it.
    pub async fn claim(
        &self,
        owner: &str,
        business_now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Claim>> {
        let due = business_now.as_microsecond();
        let now = self.dialect.now();
        let open = format!(
            "phase = 'open' AND lease_until < {now} AND not_before <= {now} AND due_at <= $1"
        );
        let look = format!("SELECT id FROM operation WHERE {open} ORDER BY not_before, id LIMIT 1");
        let mut session = self.session().await?;
        let found =
            sqlx::query(AssertSqlSafe(look)).bind(due).fetch_optional(session.connection()).await?;
        drop(session);
        let Some(row) = found else { return Ok(None) };
        let id: String = row.try_get("id")?;

        let mut tx = self.writers.begin_with(self.dialect.begin_write()).await?;
        let row = sqlx::query(
            "UPDATE counter SET value = value + 1 WHERE name = 'epoch' RETURNING value",
        )
        .fetch_one(&mut *tx)
        .await?;
        let epoch: i64 = row.try_get("value")?;
        let take = format!(
            "UPDATE operation SET owner = $2, epoch = $3, lease_until = {now} + $4 WHERE id = $5 AND {open} RETURNING {ALL}"
        );
        let row = sqlx::query(AssertSqlSafe(take))
            .bind(due)
            .bind(owner.to_owned())
            .bind(epoch)
            .bind(micros(lease))
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
        tx.commit().await?;
        row.map(|row| Ok(Claim { operation: parse(&row)?, epoch })).transpose()
    }

    /// Keeps the lease. Fails with [`StoreError::Fenced`] when a later owner has it.
    pub async fn heartbeat(&self, id: OperationId, epoch: i64, lease: Duration) -> Result<()> {
        let sql = format!(
            "UPDATE operation SET lease_until = {} + $3 WHERE id = $1 AND epoch = $2 AND phase = 'open'",
            self.dialect.now()
        );
        let done = sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .bind(epoch)
            .bind(micros(lease))
            .execute(&self.writers)
            .await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Fenced) }
    }

    /// Gives the operation back, to be looked at again later: after a machine-clock delay, or at a business time.
    pub async fn put_back(
        &self,
        claim: &Claim,
        after: Duration,
        due_at: Option<Timestamp>,
    ) -> Result<()> {
        let now = self.dialect.now();
        let sql = format!(
            "UPDATE operation SET lease_until = 0, not_before = {now} + $3, due_at = CASE WHEN $4 > due_at THEN $4 ELSE due_at END
             WHERE id = $1 AND epoch = $2"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(claim.operation.id.to_string())
            .bind(claim.epoch)
            .bind(micros(after))
            .bind(due_at.map_or(0, Timestamp::as_microsecond))
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    /// Ends all leases at once: right after the start of the only server of an embedded database.
    pub async fn expire_leases(&self) -> Result<()> {
        if self.dialect == crate::dialect::Dialect::Sqlite {
            sqlx::query(
                "UPDATE operation SET lease_until = 0, not_before = 0 WHERE phase = 'open'",
            )
            .execute(&self.writers)
            .await?;
        }
        Ok(())
    }

    /// Raises the epoch counter to at least this value; a restored server starts above every epoch it may have used.
    pub async fn raise_epoch(&self, least: i64) -> Result<()> {
        sqlx::query("UPDATE counter SET value = $1 WHERE name = 'epoch' AND value < $1")
            .bind(least)
            .execute(&self.writers)
            .await?;
        Ok(())
    }
}

impl Session {
    /// One operation.
    pub async fn operation(&mut self, id: OperationId) -> Result<OperationRow> {
        let sql = format!("SELECT {ALL} FROM operation WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map_or_else(
            || Err(StoreError::NotFound { kind: "operation", id: id.to_string() }),
            parse,
        )
    }

    /// The operations of a project or, if given, of one of its environments, newest first.
    pub async fn operations(
        &mut self,
        project: &str,
        environment: Option<&str>,
        limit: i64,
    ) -> Result<Vec<OperationRow>> {
        let filter = if environment.is_some() { "AND environment = $2" } else { "AND $2 = $2" };
        let sql = format!(
            "SELECT {ALL} FROM operation WHERE project = $1 {filter} ORDER BY id DESC LIMIT $3"
        );
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(project.to_owned())
            .bind(environment.unwrap_or_default().to_owned())
            .bind(limit);
        query.fetch_all(self.connection()).await?.iter().map(parse).collect()
    }

    /// Everything that is not over, on the whole server.
    pub async fn open_operations(&mut self) -> Result<Vec<OperationRow>> {
        let sql = format!("SELECT {ALL} FROM operation WHERE phase <> 'done' ORDER BY id");
        sqlx::query(AssertSqlSafe(sql))
            .fetch_all(self.connection())
            .await?
            .iter()
            .map(parse)
            .collect()
    }

    /// The records of an operation, oldest first, with their business times.
    pub async fn records(&mut self, id: OperationId) -> Result<Vec<(Timestamp, Record)>> {
        let rows = sqlx::query(
            "SELECT at, seq, body FROM operation_record WHERE operation = $1 ORDER BY seq",
        )
        .bind(id.to_string())
        .fetch_all(self.connection())
        .await?;
        let record = |row: &AnyRow| {
            let body: String = row.try_get("body")?;
            let corrupt = |source| StoreError::Corrupt {
                table: "operation_record",
                id: id.to_string(),
                source,
            };
            Ok((time(row, "at")?, serde_json::from_str(&body).map_err(corrupt)?))
        };
        rows.iter().map(record).collect()
    }
}

impl Write {
    /// Stores an intent; from here the runner carries on by itself.
    pub async fn add_operation(&mut self, intent: &Intent) -> Result<()> {
        sqlx::query(
            "INSERT INTO operation (id, project, environment, kind, kind_version, params, requested_by, created_at, phase, outcome, owner, epoch, lease_until, not_before, due_at, ended_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', '', '', 0, 0, 0, $9, 0)",
        )
        .bind(intent.id.to_string())
        .bind(intent.project.clone())
        .bind(intent.environment.clone())
        .bind(intent.kind.clone())
        .bind(intent.kind_version)
        .bind(json(&intent.params)?)
        .bind(intent.requested_by.clone())
        .bind(self.now().as_microsecond())
        .bind(intent.due_at.as_microsecond())
        .execute(self.connection())
        .await?;
        let payload = json!({ "event": "asked", "kind": intent.kind, "environment": intent.environment, "params": intent.params, "due_at": intent.due_at });
        self.tell(&intent.id.to_string(), &Told::plain("operation.asked", payload)).await
    }

    /// Adds a record, fenced by the epoch of the claim.
    pub async fn record(&mut self, claim: &Claim, seq: usize, record: &Record) -> Result<()> {
        let fence = sqlx::query(
            "UPDATE operation SET epoch = epoch WHERE id = $1 AND epoch = $2 AND phase = 'open'",
        )
        .bind(claim.operation.id.to_string())
        .bind(claim.epoch)
        .execute(self.connection())
        .await?;
        if fence.rows_affected() != 1 {
            return Err(StoreError::Fenced);
        }
        self.add_record(claim.operation.id, seq, record).await
    }

    /// Adds a record that a person made: a choice or a wish to stop. Whoever works on the operation reads it next; the
    /// place in the log keeps the two from writing over each other.
    pub async fn record_of_person(
        &mut self,
        id: OperationId,
        seq: usize,
        record: &Record,
    ) -> Result<()> {
        self.add_record(id, seq, record).await?;
        sqlx::query("UPDATE operation SET phase = 'open', outcome = '', ended_at = 0, not_before = 0 WHERE id = $1")
            .bind(id.to_string())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn add_record(&mut self, id: OperationId, seq: usize, record: &Record) -> Result<()> {
        let body = json(record)?;
        let added = sqlx::query(
            "INSERT INTO operation_record (operation, seq, at, recorded_at, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(id.to_string())
        .bind(i64::try_from(seq).expect("a log has few records"))
        .bind(self.now().as_microsecond())
        .bind(Timestamp::now().as_microsecond())
        .bind(body)
        .execute(self.connection())
        .await?;
        if added.rows_affected() != 1 {
            return Err(StoreError::Stale { kind: "operation", id: id.to_string() });
        }
        let payload = serde_json::to_value(record).expect("our own records always serialise");
        let name = payload.get("record").and_then(Value::as_str).unwrap_or("recorded").to_owned();
        self.tell(&id.to_string(), &Told::plain(&format!("operation.{name}"), payload)).await
    }

    /// Ends the claim: over, or waiting for a person.
    pub async fn settle(
        &mut self,
        claim: &Claim,
        phase: Phase,
        outcome: Option<&golive_core::operation::Outcome>,
    ) -> Result<()> {
        let text = outcome.map(json).transpose()?.unwrap_or_default();
        let ended = if phase == Phase::Done { self.now().as_microsecond() } else { 0 };
        let done = sqlx::query(
            "UPDATE operation SET phase = $3, outcome = $4, ended_at = $5, lease_until = 0 WHERE id = $1 AND epoch = $2 AND phase = 'open'",
        )
        .bind(claim.operation.id.to_string())
        .bind(claim.epoch)
        .bind(phase.name())
        .bind(text)
        .bind(ended)
        .execute(self.connection())
        .await?;
        if done.rows_affected() != 1 {
            return Err(StoreError::Fenced);
        }
        let name = outcome.map_or(phase.name(), golive_core::operation::Outcome::name);
        let payload = json!({ "event": name, "outcome": outcome });
        self.tell(
            &claim.operation.id.to_string(),
            &Told::plain(&format!("operation.{name}"), payload),
        )
        .await
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}

fn time(row: &AnyRow, name: &str) -> Result<Timestamp> {
    let micros: i64 = row.try_get(name)?;
    Timestamp::from_microsecond(micros).map_err(|error| StoreError::Corrupt {
        table: "operation",
        id: name.to_owned(),
        source: serde::de::Error::custom(error),
    })
}

fn parse(row: &AnyRow) -> Result<OperationRow> {
    let id: String = row.try_get("id")?;
    let corrupt = |source| StoreError::Corrupt { table: "operation", id: id.clone(), source };
    let wrong = |what: String| corrupt(serde::de::Error::custom(what));
    let params: String = row.try_get("params")?;
    let outcome: String = row.try_get("outcome")?;
    let phase: String = row.try_get("phase")?;
    let phase = [Phase::Open, Phase::Attention, Phase::Done]
        .into_iter()
        .find(|p| p.name() == phase)
        .ok_or_else(|| wrong(format!("no phase `{phase}`")))?;
    let ended_at: i64 = row.try_get("ended_at")?;
    Ok(OperationRow {
        project: row.try_get("project")?,
        environment: row.try_get("environment")?,
        kind: row.try_get("kind")?,
        kind_version: row.try_get("kind_version")?,
        params: serde_json::from_str(&params).map_err(corrupt)?,
        requested_by: row.try_get("requested_by")?,
        created_at: time(row, "created_at")?,
        phase,
        outcome: if outcome.is_empty() {
            None
        } else {
            Some(serde_json::from_str(&outcome).map_err(corrupt)?)
        },
        due_at: time(row, "due_at")?,
        ended_at: if ended_at == 0 { None } else { Some(time(row, "ended_at")?) },
        epoch: row.try_get("epoch")?,
        id: id.parse().map_err(|_| wrong(format!("no operation id `{id}`")))?,
    })
}
