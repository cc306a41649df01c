//! What there is of an environment, and what is in its databases.

use golive_app::ports::driver::{Call, Database, DatabaseInfo};
use golive_core::id::OperationId;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// One row of a table: column and value.
pub type Row = BTreeMap<String, String>;

/// Everything that there is of one environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SiteState {
    /// The folders are there.
    pub prepared: bool,
    /// The releases, with the modules of each.
    pub releases: BTreeMap<String, BTreeMap<String, String>>,
    /// The release that a start starts.
    pub active: Option<String>,
    /// The release that runs.
    pub running: Option<String>,
    /// The databases: `current`, `side:…`, `aside:…`.
    pub databases: BTreeMap<String, Stored>,
    /// Grows with every database that is made.
    pub made: u64,
}

/// A database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stored {
    /// Changes with every replacement.
    pub identity: String,
    /// The operation that made it.
    pub operation: OperationId,
    /// The step that made it.
    pub step: String,
    /// The name that it had before a swap.
    pub from: Option<String>,
    /// What is in it.
    pub data: Data,
}

/// What is in a database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Data {
    /// Installed modules with their versions.
    pub modules: BTreeMap<String, String>,
    /// Rows by table.
    pub tables: BTreeMap<String, Vec<Row>>,
    /// What hooks changed: operation, step, effect.
    pub effects: Vec<(String, String, String)>,
}

impl SiteState {
    /// The database that the application uses.
    pub fn current(&self) -> Option<&Data> {
        self.databases.get("current").map(|stored| &stored.data)
    }

    /// How often each effect happened in the current database, without the operations' ids.
    pub fn effects(&self) -> BTreeMap<String, usize> {
        let mut counted = BTreeMap::new();
        for (_, step, effect) in self.current().map_or(&[][..], |data| &data.effects) {
            *counted.entry(format!("{step}: {effect}")).or_default() += 1;
        }
        counted
    }

    /// Whether all accounts but the administrator's are locked.
    pub fn locked(&self) -> bool {
        let rows = self.current().and_then(|data| data.tables.get("account"));
        rows.is_some_and(|rows| {
            rows.iter().all(|row| row["administrator"] == "1" || row["active"] == "0")
        })
    }

    /// What a user of the environment could tell apart: what runs, on which data, and who may sign in. What operations
    /// leave behind on purpose (old databases, restore points, unused releases) is not part of it, a half-made side
    /// database is.
    pub fn essence(&self) -> Value {
        let sides: Vec<&String> =
            self.databases.keys().filter(|name| name.starts_with("side:")).collect();
        let current = self.current().map(|data| {
            let mut tables = data.tables.clone();
            for row in tables.get_mut("account").into_iter().flatten() {
                // The one names the operation that locked it, the other is each environment's own secret.
                row.entry("locked_by".into()).and_modify(|by| *by = (!by.is_empty()).to_string());
                row.remove("password_hash");
            }
            json!({ "modules": data.modules, "tables": tables })
        });
        json!({
            "prepared": self.prepared,
            "active": self.active,
            "running": self.running,
            "current": current,
            "side_databases": sides,
        })
    }

    pub(super) fn info(&self, name: &str) -> Option<DatabaseInfo> {
        let stored = self.databases.get(name)?;
        Some(DatabaseInfo {
            database: database_of(name),
            bytes: stored.data.rows() * 100,
            operation: Some(stored.operation),
            identity: stored.identity.clone(),
        })
    }

    pub(super) fn add(&mut self, name: &str, call: &Call, data: Data) {
        self.made += 1;
        let stored = Stored {
            identity: format!("db{:06}", self.made),
            operation: call.operation,
            step: call.step.clone(),
            from: None,
            data,
        };
        self.databases.insert(name.to_owned(), stored);
    }
}

impl Data {
    fn rows(&self) -> u64 {
        self.tables.values().map(|rows| rows.len() as u64).sum()
    }

    /// The digests of all tables, without some columns (`table.column`).
    pub fn proof(&self, ignore: &[&str]) -> Value {
        let table = |(name, rows): (&String, &Vec<Row>)| {
            let mut lines: Vec<String> = rows
                .iter()
                .map(|row| {
                    let kept = row.iter().filter(|(column, _)| {
                        !ignore.contains(&format!("{name}.{column}").as_str())
                    });
                    format!("{:?}", kept.collect::<Vec<_>>())
                })
                .collect();
            lines.sort_unstable();
            json!({ "table": name, "rows": rows.len(), "digest": digest(&lines), "how": "full_rows" })
        };
        let mut tables: Vec<Value> = self.tables.iter().map(table).collect();
        tables.push(json!({
            "table": "operation_effect", "rows": self.effects.len(), "digest": digest(&self.effects), "how": "full_rows",
        }));
        json!({ "schema": digest(&self.modules), "tables": tables, "sequences": {} })
    }
}

fn digest(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("plain values always serialise");
    hex::encode(Sha256::digest(text.as_bytes()))
}

pub(super) fn name_of(database: &Database) -> String {
    match database {
        Database::Current => "current".to_owned(),
        Database::Side(name) => format!("side:{name}"),
        Database::Aside(name) => format!("aside:{name}"),
    }
}

fn database_of(name: &str) -> Database {
    match name.split_once(':') {
        Some(("side", name)) => Database::Side(name.to_owned()),
        Some((_, name)) => Database::Aside(name.to_owned()),
        None => Database::Current,
    }
}
