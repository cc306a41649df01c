//! What the hooks of a blueprint do, in the shape that the demo ERP prints.

use super::data::{Data, Row, SiteState};
use super::refused;
use golive_app::ports::driver::{Call, DriverError, Hook, Site};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a neutralised copy locked.
const NEUTRALISED: &str = "neutralise";

/// Runs one hook against a database.
pub(super) fn run(
    call: &Call,
    site: &Site,
    state: &mut SiteState,
    database: &str,
    hook: &Hook,
) -> Result<Value, DriverError> {
    if hook.name == "init" && !state.databases.contains_key(database) {
        state.add(database, call, Data::default());
    }
    let release = hook.values.get("release").or(state.active.as_ref());
    let wanted = release.and_then(|release| state.releases.get(release)).cloned();
    let Some(stored) = state.databases.get_mut(database) else {
        return refused(format!("there is no database {database}"));
    };
    let data = &mut stored.data;
    let value = |name: &str| hook.values.get(name).map_or("", String::as_str);
    match hook.name.as_str() {
        "init" => Ok(init(call, data, &site.blueprint.accounts.administrator, &hook.input)),
        "set_administrator" => {
            Ok(set_administrator(call, data, &site.blueprint.accounts.administrator, &hook.input))
        }
        "migrate" => Ok(migrate(call, data, wanted.unwrap_or_default())),
        "seed" => Ok(seed(call, data)),
        "info" => Ok(json!({ "platform": "10.0", "modules": data.modules, "half_applied": [] })),
        "digest" => Ok(data.proof(&value("ignore").split(',').collect::<Vec<_>>())),
        "totals" => Ok(totals(data)),
        "accounts" => Ok(accounts(data)),
        "lock_accounts" => Ok(lock(call, data)),
        "unlock_accounts" => Ok(unlock(call, data, value("neutralised") == "yes")),
        "neutralise" => Ok(neutralise(call, data)),
        "neutralisation_preview" => Ok(preview(data)),
        "check_login" => Ok(check_login(data, value("login"), &hook.input)),
        "effects" => Ok(effects(data)),
        other => refused(format!("the blueprint has no hook `{other}`")),
    }
}

/// Told once, or again when something changed again.
fn effect(call: &Call, data: &mut Data, name: &str, changed: usize) {
    let told = (call.operation.to_string(), call.step.clone(), name.to_owned());
    if changed > 0 || !data.effects.contains(&told) {
        data.effects.push(told);
    }
}

fn row(columns: &[(&str, &str)]) -> Row {
    columns.iter().map(|(column, value)| ((*column).to_owned(), (*value).to_owned())).collect()
}

fn init(call: &Call, data: &mut Data, administrator: &str, password: &str) -> Value {
    let created = !data.tables.contains_key("account");
    if created {
        let columns = [
            ("login", administrator),
            ("password_hash", password),
            ("administrator", "1"),
            ("active", "1"),
            ("locked_by", ""),
        ];
        data.tables.insert("account".into(), vec![row(&columns)]);
        for table in ["session", "job", "mail_server", "endpoint", "protected_value", "party"] {
            data.tables.insert(table.into(), Vec::new());
        }
        effect(call, data, "init", 1);
    }
    json!({ "created": created, "administrator": administrator, "platform": "10.0" })
}

fn set_administrator(call: &Call, data: &mut Data, login: &str, password: &str) -> Value {
    let other = |row: &Row| row["login"] == login && row["password_hash"] != password;
    let changed = update(data, "account", other, &[("password_hash", password)]);
    if changed > 0 {
        effect(call, data, "set_administrator", changed);
    }
    json!({ "administrator": login, "changed": changed > 0 })
}

fn migrate(call: &Call, data: &mut Data, wanted: BTreeMap<String, String>) -> Value {
    let before = std::mem::replace(&mut data.modules, wanted);
    let after = data.modules.clone();
    let changed: Vec<String> = after
        .iter()
        .filter(|(name, version)| before.get(*name) != Some(*version))
        .map(|(name, _)| name.clone())
        .collect();
    for module in &changed {
        effect(call, data, &format!("migrate {module}"), 1);
    }
    let removed: Vec<&String> = before.keys().filter(|name| !after.contains_key(*name)).collect();
    json!({ "applied": changed, "removed": removed, "before": before, "modules": after })
}

fn seed(call: &Call, data: &mut Data) -> Value {
    fill(data);
    effect(call, data, "seed", 0);
    json!({ "added": { "account": 2 }, "size": 1 })
}

/// A few users and rows.
pub(crate) fn fill(data: &mut Data) {
    let mut add = |table: &str, columns: &[(&str, &str)]| {
        let rows = data.tables.entry(table.to_owned()).or_default();
        let new = row(columns);
        if !rows.contains(&new) {
            rows.push(new);
        }
    };
    for login in ["anna", "bert"] {
        add(
            "account",
            &[
                ("login", login),
                ("password_hash", "user password"),
                ("administrator", "0"),
                ("active", "1"),
                ("locked_by", ""),
            ],
        );
    }
    add("party", &[("code", "C1"), ("name", "Garden centre")]);
    add("job", &[("name", "billing"), ("status", "waiting")]);
    add("mail_server", &[("host", "mail.invalid")]);
}

fn totals(data: &Data) -> Value {
    let parties = data.tables.get("party").map_or(0, Vec::len).to_string();
    let total = |id: &str, unit: &str, value: &str| json!({ "id": id, "title": id, "unit": unit, "value": value });
    json!({
        "totals": [
            total("trial_balance", "EUR", "0.00"),
            total("receivables_open", "EUR", "0.00"),
            total("payables_open", "EUR", "0.00"),
            total("stock_value", "EUR", "0.00"),
            total("open_items", "lines", "0"),
            total("parties", "records", &parties),
            total("items", "records", "0"),
            total("journal_entries", "records", "0"),
        ],
        "balances": [],
    })
}

fn accounts(data: &Data) -> Value {
    let rows = data.tables.get("account").cloned().unwrap_or_default();
    let active = rows.iter().filter(|row| row["active"] == "1").count();
    let one = |row: &Row| {
        json!({
            "login": row["login"], "name": row["login"], "locked_by": row["locked_by"],
            "administrator": row["administrator"] == "1", "active": row["active"] == "1",
        })
    };
    json!({ "accounts": rows.iter().map(one).collect::<Vec<_>>(), "active": active })
}

/// Changes the rows of a table that fit, and counts them.
fn update(
    data: &mut Data,
    table: &str,
    fits: impl Fn(&Row) -> bool,
    set: &[(&str, &str)],
) -> usize {
    let mut changed = 0;
    for row in data.tables.get_mut(table).into_iter().flatten().filter(|row| fits(row)) {
        for (column, value) in set {
            row.insert((*column).to_owned(), (*value).to_owned());
        }
        changed += 1;
    }
    changed
}

fn lock(call: &Call, data: &mut Data) -> Value {
    let by = call.operation.to_string();
    let usable = |row: &Row| row["administrator"] == "0" && row["active"] == "1";
    let locked = update(data, "account", usable, &[("active", "0"), ("locked_by", &by)]);
    effect(call, data, "lock_accounts", locked);
    json!({ "locked": locked, "sessions_ended": 0 })
}

fn unlock(call: &Call, data: &mut Data, also_neutralised: bool) -> Value {
    let taken = |row: &Row| {
        !row["locked_by"].is_empty() && (also_neutralised || row["locked_by"] != NEUTRALISED)
    };
    let unlocked = update(data, "account", taken, &[("active", "1"), ("locked_by", "")]);
    effect(call, data, "unlock_accounts", unlocked);
    json!({ "unlocked": unlocked })
}

fn neutralise(call: &Call, data: &mut Data) -> Value {
    let usable = |row: &Row| row["administrator"] == "0" && row["active"] == "1";
    let set = [("active", "0"), ("locked_by", NEUTRALISED)];
    let accounts = update(data, "account", usable, &set);
    let jobs = update(data, "job", |row| row["status"] != "held", &[("status", "held")]);
    let mail = update(data, "mail_server", |row| !row["host"].is_empty(), &[("host", "")]);
    effect(call, data, "neutralise", accounts + jobs + mail);
    json!({
        "profile": "neutralise-standard",
        "changes": changes(accounts, jobs, mail),
        "rows": accounts + jobs + mail,
    })
}

fn preview(data: &Data) -> Value {
    let mut copy = data.clone();
    let usable = |row: &Row| row["administrator"] == "0" && row["active"] == "1";
    let accounts = update(&mut copy, "account", usable, &[]);
    let jobs = update(&mut copy, "job", |row| row["status"] != "held", &[]);
    let mail = update(&mut copy, "mail_server", |row| !row["host"].is_empty(), &[]);
    json!({ "profile": "neutralise-standard", "changes": changes(accounts, jobs, mail) })
}

fn changes(accounts: usize, jobs: usize, mail: usize) -> Value {
    json!([
        { "table": "account", "rows": accounts, "what": "Accounts other than the administrator are disabled" },
        { "table": "job", "rows": jobs, "what": "Jobs are held until somebody releases them" },
        { "table": "mail_server", "rows": mail, "what": "Mail servers are cleared" },
    ])
}

fn check_login(data: &Data, login: &str, password: &str) -> Value {
    let rows = data.tables.get("account").map_or(&[][..], Vec::as_slice);
    let reason = match rows.iter().find(|row| row["login"] == login) {
        None => "no such account",
        Some(row) if row["password_hash"] != password => "wrong password",
        Some(row) if row["active"] == "0" => "account disabled",
        Some(_) => "",
    };
    json!({ "login": login, "ok": reason.is_empty(), "reason": reason, "at": 0 })
}

fn effects(data: &Data) -> Value {
    let mut counted: BTreeMap<&(String, String, String), usize> = BTreeMap::new();
    for effect in &data.effects {
        *counted.entry(effect).or_default() += 1;
    }
    let one = |((operation, step, effect), times): (&(String, String, String), usize)| json!({ "operation": operation, "step": step, "effect": effect, "times": times });
    json!({ "effects": counted.into_iter().map(one).collect::<Vec<_>>() })
}
