//! Customisation analysis reports: the workbook of the best-practice checker, found by its header.
//!
//! Column titles differ between versions of the checker, so columns are found by name and by the names that are known to
//! be used instead. Lines get a name that stays the same in the next report of the same code.

use crate::source::Invalid;
use crate::table::{Row, Shape, Table};
use golive_core::customisation::{Issue, IssueKind, Report, Severity, issue_key};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The sheet that the checker writes.
const SHEET: &str = "Issues List";

/// What no report of the checker lists, said because nobody would miss it.
const NOT_LISTED: &str = "the report does not list extensions";

const ISSUES: Shape = Shape {
    required: &["severity", "rule"],
    optional: &["type", "element", "location", "message", "justification"],
    aliases: &[
        ("rule name", "rule"),
        ("moniker", "rule"),
        ("best practice rule", "rule"),
        ("issue type", "type"),
        ("category", "type"),
        ("element name", "element"),
        ("object", "element"),
        ("path", "element"),
        ("target", "element"),
        ("line", "location"),
        ("position", "location"),
        ("description", "message"),
        ("details", "message"),
        ("exception", "justification"),
        ("suppression justification", "justification"),
        ("exception justification", "justification"),
    ],
    others: true,
};

/// Reads a report.
pub fn read(file: &str, bytes: &[u8]) -> Result<Report, Vec<Invalid>> {
    let table = Table::xlsx(file, bytes, SHEET, ISSUES)?;
    let mut errors = Vec::new();
    let rows = table.rows(&mut errors).read(line);
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let issues = rows.into_iter().map(|(_, issue)| named(issue, &mut seen)).collect();
    let above: Vec<&str> = table.above().collect();
    let note = if above.is_empty() {
        NOT_LISTED.to_owned()
    } else {
        format!("{NOT_LISTED}; {}", above.join(" "))
    };
    let digest = format!("sha256:{}", hex::encode(Sha256::digest(bytes)));
    Ok(Report { digest, issues, coverage_note: Some(note) })
}

fn line(row: &mut Row<'_>) -> Option<Issue> {
    let rule = row.required("rule");
    let severity = severity(row);
    let kind = match row.text("type").to_lowercase() {
        text if text.contains("code") => IssueKind::Code,
        text if text.contains("metadata") => IssueKind::Metadata,
        _ => IssueKind::Other,
    };
    Some(Issue {
        key: String::new(),
        rule: rule?,
        severity: severity?,
        kind,
        element: row.text("element"),
        location: row.text("location"),
        message: row.text("message"),
        justification: row.maybe("justification"),
    })
}

fn severity(row: &mut Row<'_>) -> Option<Severity> {
    let text = row.text("severity");
    match text.to_lowercase().as_str() {
        "error" | "errors" => Some(Severity::Error),
        "warning" | "warnings" => Some(Severity::Warning),
        "information" | "informational" | "info" => Some(Severity::Information),
        _ => {
            row.wrong("severity", "Error, Warning or Information", &text);
            None
        }
    }
}

/// Gives a line its name. The line number is no part of it when there is an element: it moves with every change above.
fn named(issue: Issue, seen: &mut BTreeMap<String, usize>) -> Issue {
    let location = if issue.element.is_empty() { issue.location.as_str() } else { "" };
    let plain = issue_key(&issue.rule, &issue.element, location, 1);
    let occurrence = seen.entry(plain).and_modify(|n| *n += 1).or_insert(1);
    let key = issue_key(&issue.rule, &issue.element, location, *occurrence);
    Issue { key, ..issue }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tests::workbook;

    fn refused(bytes: &[u8]) -> Vec<String> {
        read("car.xlsx", bytes).unwrap_err().iter().map(ToString::to_string).collect()
    }

    const ISSUES_LIST: &[&[&str]] = &[
        &["Binary modules of vendors were not analysed"],
        &[
            "Issue Type",
            "Rule Name",
            "Severity",
            "Path",
            "Line",
            "Description",
            "Exception",
            "Owner",
        ],
        &[
            "Code",
            "SelectWithJoin",
            "Error",
            "classes/SalesQuota",
            "12",
            "A join in a loop",
            "",
            "x",
        ],
        &[
            "Code",
            "SelectWithJoin",
            "Error",
            "classes/SalesQuota",
            "40",
            "A join in a loop",
            "Once a year",
            "x",
        ],
        &[
            "Metadata",
            "MissingDeleteActions",
            "Warning",
            "tables/Quota",
            "",
            "No delete action",
            "",
            "x",
        ],
        &["Code", "SkipValidation", "Info", "", "7", "Skipped", "", ""],
    ];

    #[test]
    fn f051_lines_are_found_by_header_with_severity_rule_and_justification() {
        let report =
            read("car.xlsx", &workbook(&[("Summary", &[&["Total", "4"]]), (SHEET, ISSUES_LIST)]))
                .unwrap();
        let keys: Vec<&str> = report.issues.iter().map(|issue| issue.key.as_str()).collect();
        assert_eq!(
            keys,
            [
                "SelectWithJoin@classes/SalesQuota",
                "SelectWithJoin@classes/SalesQuota#2",
                "MissingDeleteActions@tables/Quota",
                "SkipValidation@/7",
            ]
        );
        assert_eq!(report.issues[1].justification.as_deref(), Some("Once a year"));
        assert_eq!(report.issues[2].kind, IssueKind::Metadata);
        assert_eq!(report.counts()[&Severity::Error], 2);
        let note =
            "the report does not list extensions; Binary modules of vendors were not analysed";
        assert_eq!(report.coverage_note.as_deref(), Some(note));
    }

    #[test]
    fn a_wrong_severity_and_a_missing_rule_name_their_cells() {
        let issues: &[&[&str]] = &[&["Rule", "Severity"], &["", "Error"], &["EmptyLoop", "Fatal"]];
        assert_eq!(
            refused(&workbook(&[(SHEET, issues)])),
            [
                "car.xlsx sheet Issues List, cell A2: expected something; found an empty cell",
                "car.xlsx sheet Issues List, cell B3: expected Error, Warning or Information; found Fatal",
            ]
        );
    }

    #[test]
    fn a_workbook_without_such_a_sheet_and_a_text_file_are_refused() {
        let other = workbook(&[("Plan", &[&["Task", "Owner"]])]);
        let expected =
            "car.xlsx: expected a sheet with the columns severity, rule; found the sheets Plan";
        assert_eq!(refused(&other), [expected]);
        assert!(
            refused(b"Severity,Rule\n")[0].starts_with("car.xlsx: expected a zip archive; found ")
        );
    }
}
