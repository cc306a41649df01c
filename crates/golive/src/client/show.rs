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

/// A sentence in a table of many rows gets this much of it.
const SENTENCE: usize = 32;
/// What a table leaves free between two columns.
const GAP: usize = 3;

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
    let (shown, left_out) = fitting(rows, names, width());
    let mut table = wrapped();
    table.set_header(&shown);
    for row in rows {
        table.add_row(shown.iter().map(|name| plain(&row[name])));
    }
    for (column, name) in table.column_iter_mut().zip(&shown) {
        // Sentences wrap; ids, which people copy, must not.
        if rows.iter().all(|row| !plain(&row[name]).contains(' ')) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    if left_out.is_empty() {
        return table.to_string();
    }
    format!("{table}\nNot shown, --output json has it: {}", left_out.join(", "))
}

/// The columns that stand beside each other in this width, and those that do not; a sentence may wrap.
fn fitting(rows: &[Value], names: Vec<String>, width: u16) -> (Vec<String>, Vec<String>) {
    let mut free = usize::from(width);
    names.into_iter().partition(|name| {
        let cells = rows.iter().map(|row| plain(&row[name]));
        let most = cells.map(|cell| match cell.chars().count() {
            long if cell.contains(' ') => long.min(SENTENCE),
            long => long,
        });
        let needed = most.max().unwrap_or(0).max(name.chars().count()) + GAP;
        let fits = needed <= free;
        free -= if fits { needed } else { 0 };
        fits
    })
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
    let mut table = table();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width());
    table
}

fn width() -> u16 {
    let columns = rustix::termios::tcgetwinsize(std::io::stdout()).map_or(0, |size| size.ws_col);
    if columns == 0 { WIDTH } else { columns }
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_table_of_many_rows_shows_what_fits_and_names_the_rest() {
        let id = "op_01a20ecc90dd766281b452d4db92541f";
        let row = json!({ "created": "2027-04-20T20:00:00.393955Z", "environment": id, "id": id, "project": id,
            "title": "Let people sign in again", "owner": id, "due": "2027-04-20T20:00:00.393955Z", "ended": null });
        let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let all = names(&["id", "title", "created", "due", "environment", "owner", "project"]);
        let (shown, left_out) = fitting(std::slice::from_ref(&row), all, WIDTH);
        assert_eq!(shown, names(&["id", "title", "created", "due"]));
        assert_eq!(left_out, names(&["environment", "owner", "project"]));
        let table = many(&[row]);
        assert!(table.lines().all(|line| line.chars().count() <= usize::from(WIDTH)), "{table}");
        assert!(table.contains("Let people sign in again") && table.contains(id), "{table}");
        assert!(table.ends_with("has it: environment, owner, project"), "{table}");
    }
}
