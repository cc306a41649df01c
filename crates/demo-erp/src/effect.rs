//! Which operation changed what: one row per effect, written in the transaction of the change itself.
//!
//! Nothing makes the rows unique on purpose: an effect that happened twice must be seen twice.

use crate::args::Args;
use crate::database::{self, Access};
use crate::failure::Failure;
use serde_json::{Value, json};
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

/// Who asks, if the caller says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// The operation.
    operation: String,
    /// Its step.
    step: String,
}

impl Asker {
    /// Reads `--operation` and `--step`.
    pub fn of(args: &Args) -> Option<Self> {
        let operation = args.maybe("operation")?.to_owned();
        Some(Self { operation, step: args.maybe("step").unwrap_or_default().to_owned() })
    }
}

/// The name under which a lock is remembered.
pub fn name(asker: Option<&Asker>) -> String {
    asker.map_or_else(|| "by hand".to_owned(), |asker| asker.operation.clone())
}

/// Records one effect, in the transaction that is open.
pub async fn record(
    connection: &mut SqliteConnection,
    asker: Option<&Asker>,
    effect: &str,
) -> Result<(), Failure> {
    let Some(asker) = asker else { return Ok(()) };
    sqlx::query(
        "INSERT INTO operation_effect (operation, step, effect, at) VALUES ($1, $2, $3, $4)",
    )
    .bind(&asker.operation)
    .bind(&asker.step)
    .bind(effect)
    .bind(database::now())
    .execute(connection)
    .await?;
    Ok(())
}

/// Records that a hook did its work: when it changed something, or when this step has not yet said so.
pub async fn record_run(
    connection: &mut SqliteConnection,
    asker: Option<&Asker>,
    effect: &str,
    changed: u64,
) -> Result<(), Failure> {
    let Some(who) = asker else { return Ok(()) };
    let sql =
        "SELECT count(*) FROM operation_effect WHERE operation = $1 AND step = $2 AND effect = $3";
    let known = sqlx::query(sql)
        .bind(&who.operation)
        .bind(&who.step)
        .bind(effect)
        .fetch_one(&mut *connection)
        .await?;
    if changed == 0 && known.get::<i64, _>(0) > 0 {
        return Ok(());
    }
    record(connection, asker, effect).await
}

/// The command `effects`: each effect with how often it happened.
pub async fn list(args: &Args) -> Result<Value, Failure> {
    let mut connection = database::open(&args.path("database")?, Access::Read).await?;
    let sql = "SELECT operation, step, effect, count(*) AS times FROM operation_effect
               GROUP BY operation, step, effect ORDER BY min(id)";
    let rows = sqlx::query(sql).fetch_all(&mut connection).await?;
    let effects: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "operation": row.get::<String, _>("operation"),
                "step": row.get::<String, _>("step"),
                "effect": row.get::<String, _>("effect"),
                "times": row.get::<i64, _>("times"),
            })
        })
        .collect();
    database::close(connection).await?;
    Ok(json!({ "effects": effects }))
}
