//! Results from CSV or from a workbook: one row a run of a case.

use crate::junit::instant;
use crate::source::Invalid;
use crate::table::{Row, Shape, Table};
use golive_core::acceptance::result::{Cause, Outcome, TestResult};
use jiff::tz::TimeZone;

const RESULTS: Shape = Shape {
    required: &["case", "outcome", "at", "tester", "role"],
    optional: &["cause", "comment", "defect"],
    aliases: &[],
    others: false,
};

/// Reads results. Times without offset are in `zone`; `administrators` are the roles that are an administrator's.
pub fn results(
    file: &str,
    bytes: &[u8],
    zone: &TimeZone,
    administrators: &[String],
) -> Result<Vec<TestResult>, Vec<Invalid>> {
    let table = Table::either(file, bytes, "Results", RESULTS)?;
    let mut errors = Vec::new();
    let rows = table.rows(&mut errors).read(|row| result(row, zone, administrators));
    if errors.is_empty() { Ok(rows.into_iter().map(|(_, row)| row).collect()) } else { Err(errors) }
}

fn result(row: &mut Row<'_>, zone: &TimeZone, administrators: &[String]) -> Option<TestResult> {
    let case = row.key("case");
    let outcome = outcome(row);
    let at = row.required("at").and_then(|text| {
        let at = instant(&text, zone);
        if at.is_none() {
            row.wrong("at", "a time such as 2027-02-01T09:00", &text);
        }
        at
    });
    let tester = row.required("tester");
    let role = row.required("role")?;
    Some(TestResult {
        case: case?,
        outcome: outcome?,
        at: at?,
        tester: tester?,
        administrator: administrators.contains(&role),
        role,
        comment: row.maybe("comment"),
        defect: row.maybe("defect"),
    })
}

fn outcome(row: &mut Row<'_>) -> Option<Outcome> {
    let cause: Option<Cause> = match row.maybe("cause") {
        Some(_) => Some(row.word("cause")?),
        None => None,
    };
    let text = row.text("outcome").to_lowercase();
    let outcome = match text.as_str() {
        "passed" => Outcome::Passed,
        "failed" => Outcome::Failed { cause },
        "blocked" => Outcome::Blocked,
        "not-run" => Outcome::NotRun,
        other => {
            row.wrong("outcome", "passed, failed, blocked or not-run", other);
            return None;
        }
    };
    if cause.is_some() && !matches!(outcome, Outcome::Failed { .. }) {
        row.wrong("cause", "a cause only beside failed", &text);
        return None;
    }
    Some(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tests::workbook;

    fn read(text: &str) -> Result<Vec<TestResult>, Vec<String>> {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        results("r.csv", text.as_bytes(), &zone, &["administrator".to_owned()])
            .map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn results_carry_when_who_and_in_which_role() {
        let text = "case,outcome,at,tester,role,cause,comment,defect\n\
                    TC-001,passed,2027-02-01T09:00,emma,sales-clerk,,,\n\
                    TC-002,failed,2027-07-01T09:00:00+01:00,emma,administrator,gap,Nobody asked for it,D-3\n";
        let results = read(text).unwrap();
        assert_eq!(results[0].at, "2027-02-01T08:00:00Z".parse().unwrap());
        assert_eq!(results[1].at, "2027-07-01T08:00:00Z".parse().unwrap());
        assert_eq!(results[1].outcome, Outcome::Failed { cause: Some(Cause::Gap) });
        assert!(results[1].administrator && !results[0].administrator);
    }

    #[test]
    fn every_wrong_cell_is_named() {
        let text = "case,outcome,at,tester,role,cause\n\
                    TC-001,ok,yesterday,,sales-clerk,\n\
                    TC-002,passed,2027-02-01T09:00,emma,,bug\n";
        assert_eq!(
            read(text).unwrap_err(),
            [
                "r.csv row 2, column outcome: expected passed, failed, blocked or not-run; found ok",
                "r.csv row 2, column at: expected a time such as 2027-02-01T09:00; found yesterday",
                "r.csv row 2, column tester: expected something; found an empty cell",
                "r.csv row 3, column cause: expected a cause only beside failed; found passed",
                "r.csv row 3, column role: expected something; found an empty cell",
            ]
        );
    }

    #[test]
    fn a_workbook_is_read_the_same_way() {
        let rows: &[&[&str]] = &[
            &["Case", "Outcome", "At", "Tester", "Role"],
            &["TC-001", "Passed", "2027-02-01T09:00", "emma", "buyer"],
        ];
        let bytes = workbook(&[("Results", rows)]);
        let results = results("r.xlsx", &bytes, &TimeZone::UTC, &[]).unwrap();
        assert_eq!(results[0].role, "buyer");
    }
}
