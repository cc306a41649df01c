//! Reading: one snapshot of the database, shared by all reads of one request.

use crate::cache::{Cache, Rows};
use crate::error::{Result, StoreError};
use crate::subject::{Column, Subject, Versioned};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row, Transaction};
use std::collections::HashMap;
use std::sync::Arc;

/// A snapshot to read from. A [`crate::Write`] is one too, so that what is decided is read in the same transaction.
pub struct Session {
    tx: Transaction<'static, Any>,
    /// What others have read at the same head; a write looks at the database alone.
    cache: Option<Arc<Cache>>,
    /// The heads that this snapshot has looked at, as hashes.
    heads: HashMap<String, String>,
}

impl Session {
    /// The reading part of a write: whatever it reads is in the database now.
    pub(crate) fn of_write(tx: Transaction<'static, Any>) -> Self {
        Self { tx, cache: None, heads: HashMap::new() }
    }

    pub(crate) fn new(tx: Transaction<'static, Any>, cache: Arc<Cache>) -> Self {
        Self { tx, cache: Some(cache), heads: HashMap::new() }
    }

    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }

    /// The subject with this id.
    pub async fn get<T: Subject>(&mut self, id: T::Id) -> Result<Versioned<T>> {
        self.find(id)
            .await?
            .ok_or_else(|| StoreError::NotFound { kind: T::KIND, id: id.to_string() })
    }

    /// The subject with this id, if there is one.
    pub async fn find<T: Subject>(&mut self, id: T::Id) -> Result<Option<Versioned<T>>> {
        let rows = self.rows::<T>("id", id.to_string().into()).await?;
        Ok(Arc::unwrap_or_clone(rows).pop().map(|(_, seen)| seen))
    }

    /// All subjects of a project, in the order of their ids.
    pub async fn of_project<T: Subject>(
        &mut self,
        project: impl ToString,
    ) -> Result<Vec<(T::Id, Versioned<T>)>> {
        self.with::<T>("project", project.to_string()).await
    }

    /// All subjects with this value in this column, in the order of their ids.
    pub async fn with<T: Subject>(
        &mut self,
        column: &'static str,
        value: impl Into<Column>,
    ) -> Result<Vec<(T::Id, Versioned<T>)>> {
        let rows = self.rows::<T>(column, value.into()).await?;
        Ok(Arc::unwrap_or_clone(rows))
    }

    /// The rows with this value, from the cache if they were read before at the same head of their project's log.
    async fn rows<T: Subject>(
        &mut self,
        column: &'static str,
        value: Column,
    ) -> Result<Arc<Rows<T>>> {
        let home = self.cache.clone().and_then(|cache| Some((cache.home(&value)?, cache)));
        let Some((project, cache)) = home else {
            return Ok(self.read::<T>(column, &value).await?.0);
        };
        let head = self.head_hash(&project).await?;
        let (place, question) = ((project.as_str(), head.as_str()), (column, &value));
        if let Some(rows) = cache.get::<T>(place, question) {
            return Ok(rows);
        }
        let (rows, bytes) = self.read::<T>(column, &value).await?;
        cache.keep(place, question, &rows, bytes);
        Ok(rows)
    }

    async fn head_hash(&mut self, log: &str) -> Result<String> {
        if let Some(hash) = self.heads.get(log) {
            return Ok(hash.clone());
        }
        let hash = self.head(log).await?.hash;
        self.heads.insert(log.to_owned(), hash.clone());
        Ok(hash)
    }

    /// The rows with this value from the database, with their size as JSON.
    async fn read<T: Subject>(
        &mut self,
        column: &'static str,
        value: &Column,
    ) -> Result<(Arc<Rows<T>>, usize)> {
        let sql = format!(
            "SELECT id, version, state, project FROM {} WHERE {column} = $1 ORDER BY id",
            T::TABLE
        );
        let query = bind(sqlx::query(AssertSqlSafe(sql)), value.clone());
        let rows = query.fetch_all(self.connection()).await?;
        let size = |row: &AnyRow| row.try_get::<&str, _>("state").map_or(0, str::len);
        let bytes = rows.iter().map(size).sum();
        if let (Some(cache), [row], "id") = (&self.cache, rows.as_slice(), column) {
            cache.learn(row.try_get("id")?, row.try_get("project")?);
        }
        Ok((Arc::new(rows.iter().map(parse::<T>).collect::<Result<_>>()?), bytes))
    }

    /// A page of all subjects in the order of a text column and then the id, after a given pair.
    pub async fn page<T: Subject>(
        &mut self,
        column: &'static str,
        after: (&str, &str),
        limit: i64,
    ) -> Result<Vec<(T::Id, Versioned<T>)>> {
        let sql = format!(
            "SELECT id, version, state FROM {} WHERE {column} > $1 OR ({column} = $1 AND id > $2) ORDER BY {column}, id LIMIT $3",
            T::TABLE
        );
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(after.0.to_owned())
            .bind(after.1.to_owned())
            .bind(limit);
        let rows = query.fetch_all(self.connection()).await?;
        rows.iter().map(parse::<T>).collect()
    }

    /// The project that a subject belongs to.
    pub async fn project_of<T: Subject>(&mut self, id: T::Id) -> Result<String> {
        let known = self.cache.as_ref().and_then(|cache| cache.home(&id.to_string().into()));
        if let Some(project) = known {
            return Ok(project);
        }
        let sql = format!("SELECT project FROM {} WHERE id = $1", T::TABLE);
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        let row = row.ok_or_else(|| StoreError::NotFound { kind: T::KIND, id: id.to_string() })?;
        let project: String = row.try_get("project")?;
        if let Some(cache) = &self.cache {
            cache.learn(id.to_string(), project.clone());
        }
        Ok(project)
    }

    /// How many subjects there are.
    pub async fn count<T: Subject>(&mut self) -> Result<i64> {
        let sql = format!("SELECT count(*) AS n FROM {}", T::TABLE);
        Ok(sqlx::query(AssertSqlSafe(sql)).fetch_one(self.connection()).await?.try_get("n")?)
    }
}

pub(crate) type Query<'q> = sqlx::query::Query<'q, Any, sqlx::any::AnyArguments>;

pub(crate) fn bind(query: Query<'_>, value: Column) -> Query<'_> {
    match value {
        Column::Text(text) => query.bind(text),
        Column::Int(number) => query.bind(number),
    }
}

pub(crate) fn parse<T: Subject>(row: &AnyRow) -> Result<(T::Id, Versioned<T>)> {
    let id: String = row.try_get("id")?;
    let corrupt = |source| StoreError::Corrupt { table: T::TABLE, id: id.clone(), source };
    let value = serde_json::from_str(row.try_get("state")?).map_err(corrupt)?;
    let parsed =
        id.parse().map_err(|_| corrupt(serde::de::Error::custom("not an id of this kind")))?;
    Ok((parsed, Versioned { value, version: row.try_get("version")? }))
}
