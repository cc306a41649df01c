//! Tables that are found by their header, and errors that name the cell.

use super::*;
use crate::limits::tests::zipped;
use std::fmt::Write as _;

const SHAPE: Shape =
    Shape { required: &["id", "title"], optional: &["minutes"], aliases: &[], others: false };

/// A minimal workbook of these sheets; every cell is an inline text, `None` is left out.
pub(crate) fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut files: Vec<(String, String)> = vec![(
        "_rels/.rels".into(),
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.into(),
    )];
    let mut names = String::new();
    let mut links = String::new();
    for (index, (name, rows)) in sheets.iter().enumerate() {
        let n = index + 1;
        write!(names, r#"<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>"#).unwrap();
        write!(links, r#"<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{n}.xml"/>"#).unwrap();
        let mut data = String::new();
        for (row, cells) in rows.iter().enumerate() {
            write!(data, r#"<row r="{}">"#, row + 1).unwrap();
            for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                let place = format!("{}{}", letters(column), row + 1);
                write!(
                    data,
                    r#"<c r="{place}" t="inlineStr"><is><t>{}</t></is></c>"#,
                    escape(text)
                )
                .unwrap();
            }
            data += "</row>";
        }
        let sheet = format!(
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{data}</sheetData></worksheet>"#
        );
        files.push((format!("xl/worksheets/sheet{n}.xml"), sheet));
    }
    files.push((
        "xl/workbook.xml".into(),
        format!(
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{names}</sheets></workbook>"#
        ),
    ));
    files.push((
        "xl/_rels/workbook.xml.rels".into(),
        format!(r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>"#),
    ));
    let entries: Vec<(&str, &[u8])> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zipped(&entries)
}

fn read(table: &Table) -> (Vec<(usize, String)>, Vec<String>) {
    let mut errors = Vec::new();
    let rows = table.rows(&mut errors).read(|row| {
        row.parsed::<u32>("minutes", "a whole number");
        row.required("title")
    });
    (rows, errors.iter().map(ToString::to_string).collect())
}

fn refused(result: Result<Table, Vec<Invalid>>) -> Vec<String> {
    result.unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn csv_rows_are_numbered_with_the_header_as_row_one() {
    let table = Table::csv("c.csv", b"id,title,minutes\nA,One,5\n\nB,,x\n", SHAPE).unwrap();
    let (rows, errors) = read(&table);
    assert_eq!(rows, [(2, "One".to_owned())]);
    assert_eq!(
        errors,
        [
            "c.csv row 3, column minutes: expected a whole number; found x",
            "c.csv row 3, column title: expected something; found an empty cell",
        ]
    );
}

#[test]
fn a_header_that_is_not_right_names_every_column() {
    assert_eq!(
        refused(Table::csv("c.csv", b"id,name,id\n", SHAPE)),
        [
            "c.csv row 1: expected one of the columns id, title or minutes; found name",
            "c.csv row 1: expected each column once; found id again",
            "c.csv row 1: expected a column title; found none",
        ]
    );
    assert_eq!(
        refused(Table::csv("c.csv", b"", SHAPE)),
        ["c.csv: expected a header row; found an empty file"]
    );
    assert_eq!(
        refused(Table::csv("c.csv", b"id,title\nA\n", SHAPE)),
        ["c.csv row 2: expected 2 cells; found 1 cells"]
    );
}

#[test]
fn a_workbook_is_found_by_its_header_wherever_it_stands() {
    let about: &[&[&str]] = &[&["About this file"]];
    let cases: &[&[&str]] = &[
        &["Made on Monday"],
        &[],
        &["ID", "Minutes", "Title"],
        &["A", "5", "One"],
        &["B", "x", ""],
    ];
    let bytes = workbook(&[("About", about), ("Cases", cases)]);
    let table = Table::either("c.xlsx", &bytes, "Sheet1", SHAPE).unwrap();
    assert_eq!(table.above().collect::<Vec<_>>(), ["Made on Monday"]);
    let (rows, errors) = read(&table);
    assert_eq!(rows, [(4, "One".to_owned())]);
    assert_eq!(
        errors,
        [
            "c.xlsx sheet Cases, cell B5: expected a whole number; found x",
            "c.xlsx sheet Cases, cell C5: expected something; found an empty cell",
        ]
    );
}

#[test]
fn a_workbook_without_the_header_says_which_sheets_it_has() {
    let bytes = workbook(&[("About", &[&["nothing"]])]);
    let found = "c.xlsx: expected a sheet with the columns id, title; found the sheets About";
    assert_eq!(refused(Table::xlsx("c.xlsx", &bytes, "Cases", SHAPE)), [found]);
    let named = "c.xlsx sheet About, cell A1: expected a column id; found none";
    assert_eq!(refused(Table::xlsx("c.xlsx", &bytes, "about", SHAPE))[1], named);
}

#[test]
fn a_cell_at_the_far_end_of_a_sheet_costs_nothing_and_is_refused() {
    let mut far: Vec<&str> = vec![""; 300];
    far[299] = "x";
    let bytes = workbook(&[("Cases", &[&["id", "title"], &far])]);
    let error = refused(Table::xlsx("c.xlsx", &bytes, "Cases", SHAPE)).remove(0);
    let expected = "c.xlsx sheet Cases, cell KN2: expected at most 1000000 rows and 256 columns; found a cell beyond";
    assert_eq!(error, expected);
}

#[test]
fn a_workbook_that_is_a_bomb_is_refused_before_it_is_read() {
    let bytes = crate::limits::tests::gibibyte_of_zeros();
    let error = refused(Table::xlsx("c.xlsx", &bytes, "Cases", SHAPE)).remove(0);
    assert_eq!(
        error,
        "c.xlsx entry zeros: expected at most 134217728 bytes; found 1073741824 bytes"
    );
}
