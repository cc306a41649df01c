//! The command `digest`: one digest per table over full rows, all read in one snapshot, so that a copy can be proven.
//!
//! The hashes of the rows are added up: the order of rows does not matter, and a row that is there twice counts twice.

use crate::args::Args;
use crate::database::{self, Access, quoted};
use crate::failure::Failure;
use crate::say;
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Column as _, Row as _, TypeInfo as _, ValueRef as _};
use std::collections::BTreeSet;

/// How tables are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct How {
    /// Columns that are left out, as `table.column`.
    pub ignore: BTreeSet<String>,
    /// Tables with more rows than this are proven by their keys only; 0 means never.
    pub keys_only_above: u64,
}

/// Runs the command.
pub async fn run(args: &Args) -> Result<Value, Failure> {
    let ignore = args.maybe("ignore").unwrap_or_default();
    let how = How {
        ignore: ignore.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        keys_only_above: args.parsed("keys-only-above", 0)?,
    };
    let mut connection = database::open(&args.path("database")?, Access::Read).await?;
    database::execute(&mut connection, "BEGIN").await?;
    let digest = of(&mut connection, &how).await?;
    database::execute(&mut connection, "COMMIT").await?;
    database::close(connection).await?;
    say(format!("{} tables", digest["tables"].as_array().map_or(0, Vec::len)));
    Ok(digest)
}

/// The digests of all tables, the counters and the schema. The caller holds a read transaction open.
pub async fn of(connection: &mut SqliteConnection, how: &How) -> Result<Value, Failure> {
    let schema = sqlx::query(
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut schema_hash = Sha256::new();
    for row in &schema {
        schema_hash.update(row.get::<String, _>(0).as_bytes());
        schema_hash.update([0]);
    }
    let names = sqlx::query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1")
        .fetch_all(&mut *connection)
        .await?;
    let mut tables = Vec::new();
    for row in &names {
        tables.push(of_table(connection, row.get(0), how).await?);
    }
    let sequences = sequences(connection).await?;
    Ok(
        json!({ "schema": hex::encode(schema_hash.finalize()), "tables": tables, "sequences": sequences }),
    )
}

async fn sequences(connection: &mut SqliteConnection) -> Result<Value, Failure> {
    if !database::has_table(connection, "sqlite_sequence").await? {
        return Ok(json!({}));
    }
    let rows = sqlx::query("SELECT name, seq FROM sqlite_sequence ORDER BY name")
        .fetch_all(connection)
        .await?;
    Ok(rows.iter().map(|row| (row.get::<String, _>(0), json!(row.get::<i64, _>(1)))).collect())
}

async fn of_table(
    connection: &mut SqliteConnection,
    table: String,
    how: &How,
) -> Result<Value, Failure> {
    let count =
        database::number(connection, &format!("SELECT count(*) FROM {}", quoted(&table))).await?;
    let keys_only = how.keys_only_above > 0
        && u64::try_from(count).is_ok_and(|rows| rows > how.keys_only_above);
    let columns = columns(connection, &table, how, keys_only).await?;
    let list: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
    let list = if list.is_empty() { "NULL".to_owned() } else { list.join(", ") };
    let sql = format!("SELECT {list} FROM {}", quoted(&table));
    let mut sum = Sum::default();
    let mut rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch(&mut *connection);
    while let Some(row) = rows.try_next().await? {
        sum.add(&row)?;
    }
    drop(rows);
    let how = if keys_only { "keys" } else { "full_rows" };
    Ok(json!({ "table": table, "rows": sum.rows, "digest": sum.text(), "how": how }))
}

async fn columns(
    connection: &mut SqliteConnection,
    table: &str,
    how: &How,
    keys_only: bool,
) -> Result<Vec<String>, Failure> {
    let rows = sqlx::query("SELECT name, pk FROM pragma_table_info($1) ORDER BY cid")
        .bind(table)
        .fetch_all(connection)
        .await?;
    let all = rows.iter().map(|row| (row.get::<String, _>(0), row.get::<i64, _>(1) > 0));
    let chosen = all.filter(|(name, key)| {
        (*key || !keys_only) && !how.ignore.contains(&format!("{table}.{name}"))
    });
    Ok(chosen.map(|(name, _)| name).collect())
}

/// The sum of row hashes in 256 bits, held as four words with carry.
#[derive(Default)]
struct Sum {
    rows: u64,
    words: [u64; 4],
}

impl Sum {
    fn add(&mut self, row: &SqliteRow) -> Result<(), Failure> {
        let mut hash = Sha256::new();
        for column in row.columns() {
            hash.update(column.name().as_bytes());
            hash_value(&mut hash, row, column.ordinal())?;
        }
        let mut carry = false;
        for (word, bytes) in self.words.iter_mut().zip(hash.finalize().chunks_exact(8)) {
            let mut raw = [0; 8];
            raw.copy_from_slice(bytes);
            let (sum, over) = word.overflowing_add(u64::from_le_bytes(raw));
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, over || again);
        }
        self.rows += 1;
        Ok(())
    }

    fn text(&self) -> String {
        let bytes: Vec<u8> = self.words.iter().flat_map(|word| word.to_le_bytes()).collect();
        hex::encode(bytes)
    }
}

/// Feeds one value with its type and length: 1, 1.0, '1' and x'31' are four different values.
fn hash_value(hash: &mut Sha256, row: &SqliteRow, index: usize) -> Result<(), Failure> {
    let raw = row.try_get_raw(index)?;
    let kind = if raw.is_null() { "NULL".to_owned() } else { raw.type_info().name().to_owned() };
    let bytes = match kind.as_str() {
        "NULL" => Vec::new(),
        "INTEGER" => row.try_get_unchecked::<i64, _>(index)?.to_le_bytes().to_vec(),
        "REAL" => row.try_get_unchecked::<f64, _>(index)?.to_bits().to_le_bytes().to_vec(),
        "TEXT" => row.try_get_unchecked::<String, _>(index)?.into_bytes(),
        "BLOB" => row.try_get_unchecked::<Vec<u8>, _>(index)?,
        other => return Err(Failure::refused(format!("a value of the unknown type {other}"))),
    };
    hash.update([0]);
    hash.update(kind.as_bytes());
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(&bytes);
    Ok(())
}
