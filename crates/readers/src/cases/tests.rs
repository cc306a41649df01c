//! The files of the example project, as CSV and as workbook, and files with errors.

use super::*;
use crate::table::tests::workbook;
use golive_core::acceptance::scope::{Fit, Priority, RoleKind};

const CONTOSO_REQUIREMENTS: &[u8] = include_bytes!("../../../../examples/contoso/requirements.csv");
const CONTOSO_CASES: &[u8] = include_bytes!("../../../../examples/contoso/test-cases.csv");

fn text(errors: &[Invalid]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn the_example_project_is_read_whole() {
    let requirements = requirements("requirements.csv", CONTOSO_REQUIREMENTS).unwrap();
    assert_eq!(requirements.len(), 60);
    assert_eq!(requirements[5].fit, Some(Fit::Extension));
    assert_eq!(requirements[0].legal_entities, ["CDE", "CFR", "CGB"]);
    assert!(requirements.iter().all(|requirement| requirement.lacks().is_empty()));
    let cases = cases("test-cases.csv", CONTOSO_CASES).unwrap();
    assert_eq!(cases.len(), 182);
    assert_eq!(cases.iter().filter(|case| case.priority == Priority::Critical).count(), 49);
    assert_eq!(cases.iter().filter(|case| case.role_kind == RoleKind::Custom).count(), 46);
    let known: std::collections::BTreeSet<&str> =
        requirements.iter().map(|r| r.key.as_str()).collect();
    assert!(
        cases.iter().flat_map(|case| &case.requirements).all(|key| known.contains(key.as_str()))
    );
}

#[test]
fn a_workbook_gives_the_same_cases_as_csv() {
    let csv = String::from_utf8(CONTOSO_CASES.to_vec()).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let rows: Vec<Vec<&str>> = records.iter().map(|record| record.iter().collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let bytes = workbook(&[("Notes", &[&["not here"]]), ("Test cases", &rows)]);
    assert_eq!(cases("test-cases.xlsx", &bytes), cases("test-cases.csv", CONTOSO_CASES));
}

#[test]
fn every_wrong_cell_is_named_with_what_would_have_been_right() {
    let file = "id,title,process,priority,kind,owner,fit\n\
                REQ-1,Orders,o2c,must,function,emma,standard\n\
                REQ 2,,o2c,urgent,function,emma,\n\
                REQ-1,Orders,o2c,must,function,emma,perfect\n";
    assert_eq!(
        text(&requirements("r.csv", file.as_bytes()).unwrap_err()),
        [
            "r.csv row 3, column id: expected at most 60 letters, digits, `-`, `_` or `.`; found REQ 2",
            "r.csv row 3, column title: expected something; found an empty cell",
            "r.csv row 3, column priority: expected one of must, should, could, wont; found urgent",
            "r.csv row 4, column fit: expected one of standard, configuration, extension, add-on, integration, \
             process-change, gap; found perfect",
        ]
    );
    let twice =
        "id,title,process,priority,kind,owner\nA,x,p,must,function,o\nA,y,p,must,function,o\n";
    let error = text(&requirements("r.csv", twice.as_bytes()).unwrap_err());
    assert_eq!(error, ["r.csv row 3, column id: expected each name once; found A, as in row 2"]);
}

#[test]
fn what_is_left_out_is_the_usual() {
    let file = "id,title,process,type,priority,requirements,role,steps,expected\n\
                TC-1,Order,o2c,functional,critical,REQ-1; REQ-2,sales-clerk,Enter it,Confirmed\n";
    let cases = cases("c.csv", file.as_bytes()).unwrap();
    assert_eq!(cases[0].requirements, ["REQ-1", "REQ-2"]);
    assert_eq!(
        (cases[0].role_kind, cases[0].automated, cases[0].minutes),
        (RoleKind::Default, false, None)
    );
}
