//! Reading: one snapshot of the database, shared by all reads of one request.

use crate::error::{Result, StoreError};
use crate::subject::{Column, Subject, Versioned};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row, Transaction};

/// A snapshot to read from. A [`crate::Write`] is one too, so that what is decided is read in the same transaction.
pub struct Session {
    tx: Transaction<'static, Any>,
}

impl Session {
    pub(crate) fn new(tx: Transaction<'static, Any>) -> Self {
        Self { tx }
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
        let sql = format!("SELECT id, version, state FROM {} WHERE id = $1", T::TABLE);
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| parse::<T>(&row).map(|(_, value)| value)).transpose()
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
        let sql =
            format!("SELECT id, version, state FROM {} WHERE {column} = $1 ORDER BY id", T::TABLE);
        let query = bind(sqlx::query(AssertSqlSafe(sql)), value.into());
        let rows = query.fetch_all(self.connection()).await?;
        rows.iter().map(parse::<T>).collect()
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
        let sql = format!("SELECT project FROM {} WHERE id = $1", T::TABLE);
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        let row = row.ok_or_else(|| StoreError::NotFound { kind: T::KIND, id: id.to_string() })?;
        Ok(row.try_get("project")?)
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
    let state: String = row.try_get("state")?;
    let corrupt = |source| StoreError::Corrupt { table: T::TABLE, id: id.clone(), source };
    let value = serde_json::from_str(&state).map_err(corrupt)?;
    let parsed =
        id.parse().map_err(|_| corrupt(serde::de::Error::custom("not an id of this kind")))?;
    Ok((parsed, Versioned { value, version: row.try_get("version")? }))
}
