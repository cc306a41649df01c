//! The commands `neutralise` and `neutralisation_preview`: what a copied database must lose before it is used.
//!
//! One list says which tables are touched and how; the preview counts with the same conditions that the change uses.

use crate::args::Args;
use crate::database::{self, Access};
use crate::effect::{self, Asker};
use crate::failure::Failure;
use crate::say;
use serde_json::{Value, json};

/// The name of the profile.
pub const PROFILE: &str = "neutralise-standard";

/// What stands in `account.locked_by` of an account that was disabled by a copy.
pub const MARK: &str = "neutralised";

/// One change: its table, what happens, the change itself, and which rows it meets.
struct Change {
    table: &'static str,
    what: &'static str,
    statement: &'static str,
    rows: &'static str,
}

const CHANGES: [Change; 6] = [
    Change {
        table: "account",
        what: "accounts other than the administrator are disabled",
        statement: "UPDATE account SET active = 0, locked_by = 'neutralised' WHERE",
        rows: "administrator = 0 AND (active = 1 OR (locked_by IS NOT NULL AND locked_by <> 'neutralised'))",
    },
    Change {
        table: "session",
        what: "sessions are deleted",
        statement: "DELETE FROM session WHERE",
        rows: "1 = 1",
    },
    Change {
        table: "job",
        what: "jobs are held until somebody releases them",
        statement: "UPDATE job SET status = 'held' WHERE",
        rows: "status <> 'held'",
    },
    Change {
        table: "mail_server",
        what: "mail servers are cleared",
        statement: "UPDATE mail_server SET host = '', sender = '' WHERE",
        rows: "host <> '' OR sender <> ''",
    },
    Change {
        table: "endpoint",
        what: "addresses of connected systems are cleared and switched off",
        statement: "UPDATE endpoint SET url = '', enabled = 0 WHERE",
        rows: "url <> '' OR enabled <> 0",
    },
    Change {
        table: "protected_value",
        what: "encrypted fields are cleared, to be entered again",
        statement: "UPDATE protected_value SET cipher = x'' WHERE",
        rows: "length(cipher) > 0",
    },
];

/// Changes what the profile names, all of it or nothing.
pub async fn run(args: &Args) -> Result<Value, Failure> {
    let asker = Asker::of(args);
    let mut connection = database::open(&args.path("database")?, Access::Write).await?;
    database::execute(&mut connection, "BEGIN IMMEDIATE").await?;
    let mut changes = Vec::new();
    let mut total = 0;
    for Change { table, what, statement, rows } in CHANGES {
        let count = database::execute(&mut connection, &format!("{statement} {rows}")).await?;
        total += count;
        say(format!("{table}: {count} rows, {what}"));
        changes.push(json!({ "table": table, "rows": count, "what": what }));
    }
    effect::record_run(&mut connection, asker.as_ref(), "neutralise", total).await?;
    database::execute(&mut connection, "COMMIT").await?;
    database::close(connection).await?;
    Ok(json!({ "profile": PROFILE, "changes": changes, "rows": total }))
}

/// Counts what would be changed.
pub async fn preview(args: &Args) -> Result<Value, Failure> {
    let mut connection = database::open(&args.path("database")?, Access::Read).await?;
    database::execute(&mut connection, "BEGIN").await?;
    let mut changes = Vec::new();
    for Change { table, what, rows, .. } in CHANGES {
        let count = database::number(
            &mut connection,
            &format!("SELECT count(*) FROM {table} WHERE {rows}"),
        )
        .await?;
        say(format!("{table}: {count} rows, {what}"));
        changes.push(json!({ "table": table, "rows": count, "what": what }));
    }
    database::execute(&mut connection, "COMMIT").await?;
    database::close(connection).await?;
    Ok(json!({ "profile": PROFILE, "changes": changes }))
}
