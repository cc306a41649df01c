//! Defects from CSV or from a workbook, each with severity, owner, date and perhaps a way to live with it.
//!
//! A file only brings open defects: that a defect is mended, accepted or none is said in golive, by a person.

use crate::source::Invalid;
use crate::table::{Row, Shape, Table, once};
use golive_core::acceptance::defect::{Defect, Mitigation, State};
use golive_core::acceptance::result::Cause;

const DEFECTS: Shape = Shape {
    required: &["id", "title", "severity"],
    optional: &[
        "cause",
        "case",
        "owner",
        "due",
        "mitigation",
        "mitigation_owner",
        "mitigation_until",
    ],
    aliases: &[],
    others: false,
};

/// Reads defects. The order of the file is kept.
pub fn read(file: &str, bytes: &[u8]) -> Result<Vec<Defect>, Vec<Invalid>> {
    let table = Table::either(file, bytes, "Defects", DEFECTS)?;
    let mut errors = Vec::new();
    let rows = table.rows(&mut errors).read(defect);
    once(&table, "id", &rows, |row| &row.key, &mut errors);
    if errors.is_empty() { Ok(rows.into_iter().map(|(_, row)| row).collect()) } else { Err(errors) }
}

fn defect(row: &mut Row<'_>) -> Option<Defect> {
    let key = row.key("id");
    let title = row.required("title");
    let severity = row.word("severity");
    let cause: Option<Cause> =
        if row.maybe("cause").is_some() { Some(row.word("cause")?) } else { None };
    let due = row.parsed("due", "a day such as 2027-03-12");
    let state = state(row);
    Some(Defect {
        key: key?,
        title: title?,
        severity: severity?,
        cause,
        case: row.maybe("case"),
        owner: row.maybe("owner"),
        due,
        state: state?,
    })
}

/// A way to live with a defect needs an owner and an end; nobody has accepted it yet.
fn state(row: &mut Row<'_>) -> Option<State> {
    let Some(text) = row.maybe("mitigation") else { return Some(State::Open) };
    let owner = row.required("mitigation_owner");
    row.required("mitigation_until")?;
    let until = row.parsed("mitigation_until", "a day such as 2027-05-31");
    Some(State::Mitigated {
        mitigation: Mitigation { text, owner: owner?, until: until?, accepted_by: None },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use golive_core::acceptance::scope::Priority;

    fn refused(text: &str) -> Vec<String> {
        read("d.csv", text.as_bytes()).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_defect_is_open_or_lived_with_and_never_accepted_by_a_file() {
        let text = "id,title,severity,cause,owner,due,mitigation,mitigation_owner,mitigation_until\n\
                    D-1,Wrong total,critical,bug,grace.lee,2027-03-12,,,\n\
                    D-2,Slow label,high,,,,Print twice,emma,2027-05-31\n";
        let defects = read("d.csv", text.as_bytes()).unwrap();
        assert_eq!((defects[0].severity, defects[0].state.name()), (Priority::Critical, "open"));
        assert_eq!(defects[1].state.name(), "mitigated");
        assert!(!defects[1].is_accepted());
    }

    #[test]
    fn every_wrong_cell_is_named() {
        let text = "id,title,severity,due,mitigation,mitigation_owner,mitigation_until\n\
                    D-1,Wrong total,terrible,soon,By hand,,later\n";
        assert_eq!(
            refused(text),
            [
                "d.csv row 2, column severity: expected one of critical, high, medium, low; found terrible",
                "d.csv row 2, column due: expected a day such as 2027-03-12; found soon",
                "d.csv row 2, column mitigation_owner: expected something; found an empty cell",
                "d.csv row 2, column mitigation_until: expected a day such as 2027-05-31; found later",
            ]
        );
    }
}
