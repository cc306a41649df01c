//! Requirements and test cases from CSV or from a workbook.

use crate::source::Invalid;
use crate::table::{Row, Shape, Table, once};
use golive_core::acceptance::scope::{Case, Requirement};

const REQUIREMENTS: Shape = Shape {
    required: &["id", "title", "process", "priority", "kind", "owner"],
    optional: &[
        "description",
        "feature",
        "fit",
        "extension",
        "integration",
        "regulation",
        "legal_entities",
        "acceptance_criterion",
    ],
    aliases: &[],
    others: false,
};

const CASES: Shape = Shape {
    required: &[
        "id",
        "title",
        "process",
        "type",
        "priority",
        "requirements",
        "role",
        "steps",
        "expected",
    ],
    optional: &[
        "polarity",
        "role_kind",
        "exercises",
        "legal_entity",
        "preconditions",
        "data",
        "automated",
        "minutes",
    ],
    aliases: &[],
    others: false,
};

/// Reads requirements. The order of the file is kept.
pub fn requirements(file: &str, bytes: &[u8]) -> Result<Vec<Requirement>, Vec<Invalid>> {
    let table = Table::either(file, bytes, "Requirements", REQUIREMENTS)?;
    let mut errors = Vec::new();
    let rows = table.rows(&mut errors).read(requirement);
    once(&table, "id", &rows, |row| &row.key, &mut errors);
    finish(rows, errors)
}

/// Reads test cases. The order of the file is kept.
pub fn cases(file: &str, bytes: &[u8]) -> Result<Vec<Case>, Vec<Invalid>> {
    let table = Table::either(file, bytes, "Test cases", CASES)?;
    let mut errors = Vec::new();
    let rows = table.rows(&mut errors).read(case);
    once(&table, "id", &rows, |row| &row.key, &mut errors);
    finish(rows, errors)
}

fn finish<T>(rows: Vec<(usize, T)>, errors: Vec<Invalid>) -> Result<Vec<T>, Vec<Invalid>> {
    if errors.is_empty() { Ok(rows.into_iter().map(|(_, row)| row).collect()) } else { Err(errors) }
}

/// One requirement. Every cell is read before the first that is wrong ends it, so that all errors are named.
fn requirement(row: &mut Row<'_>) -> Option<Requirement> {
    let key = row.key("id");
    let title = row.required("title");
    let process = row.required("process");
    let importance = row.word("priority");
    let kind = row.word("kind");
    let fit = if row.maybe("fit").is_some() { row.word("fit").map(Some) } else { Some(None) };
    Some(Requirement {
        key: key?,
        title: title?,
        description: row.text("description"),
        process: process?,
        feature: row.text("feature"),
        importance: importance?,
        kind: kind?,
        fit: fit?,
        extension: row.maybe("extension"),
        integrations: row.list("integration"),
        regulations: row.list("regulation"),
        owner: row.text("owner"),
        legal_entities: row.list("legal_entities"),
        criterion: row.text("acceptance_criterion"),
    })
}

fn case(row: &mut Row<'_>) -> Option<Case> {
    let key = row.key("id");
    let title = row.required("title");
    let process = row.required("process");
    let kind = row.word("type");
    let polarity = or(row, "polarity", "positive");
    let priority = row.word("priority");
    let role = row.required("role");
    let role_kind = or(row, "role_kind", "default");
    let steps = row.required("steps");
    let expected = row.required("expected");
    let automated = row.flag("automated");
    let minutes = row.parsed("minutes", "a whole number");
    Some(Case {
        key: key?,
        title: title?,
        process: process?,
        kind: kind?,
        polarity: polarity?,
        priority: priority?,
        requirements: row.list("requirements"),
        role: role?,
        role_kind: role_kind?,
        exercises: row.list("exercises"),
        legal_entity: row.text("legal_entity"),
        preconditions: row.text("preconditions"),
        steps: steps?,
        data: row.text("data"),
        expected: expected?,
        automated: automated?,
        minutes,
    })
}

/// A word, or the usual one where the cell is empty or the column is not there.
fn or<T: std::str::FromStr<Err = String>>(
    row: &mut Row<'_>,
    column: &str,
    usual: &str,
) -> Option<T> {
    if row.maybe(column).is_some() { row.word(column) } else { usual.parse().ok() }
}

#[cfg(test)]
mod tests;
