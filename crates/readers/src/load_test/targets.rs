//! What each process must keep under load, from CSV or from a workbook.

use crate::source::Invalid;
use crate::table::{Row, Shape, Table, once};
use golive_core::load_test::Target;

const TARGETS: Shape = Shape {
    required: &["process", "p95_ms", "error_percent"],
    optional: &["per_hour"],
    aliases: &[],
    others: false,
};

/// Reads targets. `per_hour` is the peak of the active estimate.
pub fn targets(file: &str, bytes: &[u8]) -> Result<Vec<Target>, Vec<Invalid>> {
    let table = Table::either(file, bytes, "Targets", TARGETS)?;
    let mut errors = Vec::new();
    let rows = table.rows(&mut errors).read(target);
    once(&table, "process", &rows, |row| &row.process, &mut errors);
    if errors.is_empty() { Ok(rows.into_iter().map(|(_, row)| row).collect()) } else { Err(errors) }
}

fn target(row: &mut Row<'_>) -> Option<Target> {
    let process = row.required("process");
    let p95_ms = amount(row, "p95_ms");
    let error_percent = amount(row, "error_percent");
    let per_hour =
        if row.maybe("per_hour").is_some() { Some(amount(row, "per_hour")?) } else { None };
    Some(Target { process: process?, p95_ms: p95_ms?, error_percent: error_percent?, per_hour })
}

/// A number that is finite and not below zero.
fn amount(row: &mut Row<'_>, column: &str) -> Option<f64> {
    let text = row.required(column)?;
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    if number.is_none() {
        row.wrong(column, "a number from 0 on", &text);
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_numbers_from_zero_on() {
        let text = "process,p95_ms,error_percent,per_hour\norder,2000,1,\npick,-1,nan,4200\n";
        let errors = targets("t.csv", text.as_bytes()).unwrap_err();
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "t.csv row 3, column p95_ms: expected a number from 0 on; found -1",
                "t.csv row 3, column error_percent: expected a number from 0 on; found nan",
            ]
        );
    }
}
