//! Shows an answer: tables for people, JSON for machines. Problems go to standard error, with every reason.

use super::call::Answer;
use anyhow::Result;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ColumnConstraint, ContentArrangement, Table};
use serde_json::Value;
use std::io::Write as _;

/// Columns that a table of many rows is too narrow for.
const LONG: [&str; 6] = ["actions", "steps", "verdict", "gate", "choices", "particulars"];

/// What tells rows apart, shown first.
const FIRST: [&str; 6] = ["id", "name", "title", "kind", "state", "status"];

/// A table is no wider than this where the terminal does not say how wide it is.
const WIDTH: u16 = 160;

/// Particulars of a criterion that are shown; JSON has them all.
const DETAILS: usize = 5;

/// Shows an answer.
pub fn answer(answer: &Answer, json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if !answer.status.is_success() {
        if json {
            writeln!(out, "{}", serde_json::to_string_pretty(&answer.body)?)?;
        }
        problem(answer);
        return Ok(());
    }
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&answer.body)?)?;
        return Ok(());
    }
    match &answer.body {
        Value::Null => {}
        Value::Array(rows) if rows.iter().all(Value::is_object) => writeln!(out, "{}", many(rows))?,
        Value::Object(_) if answer.body.get("verdict").is_some() => {
            writeln!(out, "{}", verdict(&answer.body["verdict"]))?;
        }
        Value::Object(_) => writeln!(out, "{}", one(&answer.body))?,
        other => writeln!(out, "{}", plain(other))?,
    }
    Ok(())
}

fn problem(answer: &Answer) {
    let body = &answer.body;
    let detail = body["detail"].as_str().or(body.as_str()).unwrap_or("the server gave no reason");
    eprintln!("golive: {detail}");
    if body.get("verdict").is_some_and(Value::is_object) {
        eprintln!("{}", verdict(&body["verdict"]));
        return;
    }
    for reason in body["reasons"].as_array().into_iter().flatten() {
        eprintln!("  - {}", plain(reason));
    }
}

/// A verdict, what is not met first.
fn verdict(verdict: &Value) -> String {
    let mut table = wrapped();
    table.set_header(["", "criterion", "measured", "asked", "who", "how"]);
    let criteria = verdict["criteria"].as_array().cloned().unwrap_or_default();
    let rank = |criterion: &Value| match criterion["status"].as_str() {
        Some("unmet") => 0,
        Some("stale") => 1,
        Some("warning") => 2,
        Some("waived") => 3,
        Some("met") => 4,
        Some(_) | None => 5,
    };
    let mut sorted = criteria;
    sorted.sort_by_key(rank);
    for criterion in sorted {
        let details: Vec<String> =
            criterion["details"].as_array().into_iter().flatten().map(plain).collect();
        let compare = match criterion["compare"].as_str() {
            Some("at_least") => "at least ",
            Some("at_most") => "at most ",
            Some(_) | None => "",
        };
        let mut measured = plain(&criterion["value"]);
        if !details.is_empty() {
            let more = details.len().saturating_sub(DETAILS);
            let shown: Vec<String> = details.into_iter().take(DETAILS).collect();
            measured = format!("{measured}: {}", shown.join("; "));
            if more > 0 {
                measured = format!("{measured}; and {more} more");
            }
        }
        table.add_row([
            plain(&criterion["status"]),
            plain(&criterion["title"]),
            measured,
            format!("{compare}{}", plain(&criterion["threshold"])),
            plain(&criterion["owner"]),
            plain(&criterion["remedy"]),
        ]);
    }
    table.to_string()
}

fn many(rows: &[Value]) -> String {
    let mut names: Vec<String> = Vec::new();
    for row in rows.iter().filter_map(Value::as_object) {
        for (name, value) in row {
            let shown = !LONG.contains(&name.as_str()) && !value.is_object() && !value.is_null();
            if shown && !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names.sort_by_key(|name| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
    let mut table = wrapped();
    table.set_header(&names);
    for row in rows {
        table.add_row(names.iter().map(|name| plain(&row[name])));
    }
    for (column, name) in table.column_iter_mut().zip(&names) {
        // Sentences wrap; ids, which people copy, must not.
        if rows.iter().all(|row| !plain(&row[name]).contains(' ')) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table.to_string()
}

fn one(object: &Value) -> String {
    let mut table = table();
    for (name, value) in object.as_object().into_iter().flatten() {
        let shown = match value {
            Value::Array(rows) if !rows.is_empty() && rows.iter().all(Value::is_object) => {
                many(rows)
            }
            Value::Object(_) if value.get("criteria").is_some() => verdict(value),
            Value::Object(_) => one(value),
            other => plain(other),
        };
        table.add_row([name.clone(), shown]);
    }
    table.to_string()
}

/// A table that fits the terminal.
fn wrapped() -> Table {
    let columns = rustix::termios::tcgetwinsize(std::io::stdout()).map_or(0, |size| size.ws_col);
    let mut table = table();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(if columns == 0 { WIDTH } else { columns });
    table
}

fn table() -> Table {
    let mut table = Table::new();
    *table.style_mut() = UTF8_HORIZONTAL_ONLY;
    table
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| format!("{name}: {}", plain(value)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}
