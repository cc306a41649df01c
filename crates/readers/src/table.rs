//! Tables from CSV and from workbooks: found by their header, read cell by cell, every error with its place.

use crate::limits::{Archive, Limits};
use crate::source::{Invalid, MOST_ERRORS, Place, one_of, sized, text};
use calamine::{Data, DataRef, Reader as _, Xlsx};
use std::collections::BTreeMap;
use std::io::Cursor;

/// Bytes of a CSV file or workbook.
pub const MOST_BYTES: usize = 64 << 20;
/// Rows of a table.
pub const MOST_ROWS: usize = 1_000_000;
/// Columns of a table.
const MOST_COLUMNS: u32 = 256;
/// Characters of a cell.
const MOST_TEXT: usize = 32_767;
/// A workbook's header stands within so many rows.
const HEADER_WITHIN: usize = 50;

/// A table with a header.
#[derive(Debug)]
pub struct Table {
    file: String,
    sheet: Option<String>,
    header_row: usize,
    columns: BTreeMap<String, usize>,
    rows: Vec<(usize, Vec<String>)>,
}

/// What a table must and may have.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Columns that must be there.
    pub required: &'static [&'static str],
    /// Columns that may be there.
    pub optional: &'static [&'static str],
    /// Other names of columns, each with the name that is meant.
    pub aliases: &'static [(&'static str, &'static str)],
    /// Whether other columns are passed over, as in files of other tools.
    pub others: bool,
}

impl Shape {
    /// The column that a header's cell means, as it is compared.
    fn meant(self, name: &str) -> String {
        let name = plain(name);
        self.aliases
            .iter()
            .find(|(alias, _)| plain(alias) == name)
            .map_or(name, |(_, meant)| plain(meant))
    }
}

impl Table {
    /// Reads CSV: comma, quotes where needed, a header row.
    pub fn csv(file: &str, bytes: &[u8], shape: Shape) -> Result<Self, Vec<Invalid>> {
        let text = text(file, bytes, MOST_BYTES).map_err(|error| vec![error])?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut rows: Vec<(usize, Vec<String>)> = Vec::new();
        let mut errors = Vec::new();
        for (index, record) in reader.records().enumerate() {
            let number = index + 1;
            let at = || Place::Row { row: number, column: None };
            match record {
                Err(error) => {
                    errors.push(Invalid::new(file, at(), "a row of CSV", error.to_string()));
                }
                Ok(record) => {
                    let cells: Vec<String> = record.iter().map(str::to_owned).collect();
                    let width = rows.first().map_or(cells.len(), |(_, header)| header.len());
                    let is_blank = cells.iter().all(|cell| cell.trim().is_empty());
                    if cells.len() != width && !is_blank {
                        let found = format!("{} cells", cells.len());
                        errors.push(Invalid::new(file, at(), format!("{width} cells"), found));
                    }
                    rows.push((number, cells));
                }
            }
            if errors.len() >= MOST_ERRORS || number > MOST_ROWS {
                break;
            }
        }
        if errors.is_empty() { Self::with_header(file, None, rows, shape) } else { Err(errors) }
    }

    /// Reads the sheet of a workbook that has the header; `named` is looked at first.
    pub fn xlsx(file: &str, bytes: &[u8], named: &str, shape: Shape) -> Result<Self, Vec<Invalid>> {
        sized(file, bytes, MOST_BYTES).map_err(|error| vec![error])?;
        Archive::open(file, Cursor::new(bytes), Limits::WORKBOOK)?.verify()?;
        let whole =
            |found: String| vec![Invalid::new(file, Place::File, "a workbook (xlsx)", found)];
        let mut workbook =
            Xlsx::new(Cursor::new(bytes)).map_err(|error| whole(error.to_string()))?;
        let mut sheets = workbook.sheet_names();
        sheets.sort_by_key(|name| !name.eq_ignore_ascii_case(named));
        for sheet in &sheets {
            let rows = cells(file, &mut workbook, sheet)?;
            let is_named = sheet.eq_ignore_ascii_case(named);
            if is_named || header(&rows, shape).is_some() {
                return Self::with_header(file, Some(sheet.clone()), rows, shape);
            }
        }
        let expected = format!("a sheet with the columns {}", shape.required.join(", "));
        Err(vec![Invalid::new(
            file,
            Place::File,
            expected,
            format!("the sheets {}", sheets.join(", ")),
        )])
    }

    /// CSV or workbook, by what the bytes begin with.
    pub fn either(
        file: &str,
        bytes: &[u8],
        named: &str,
        shape: Shape,
    ) -> Result<Self, Vec<Invalid>> {
        if bytes.starts_with(b"PK") {
            Self::xlsx(file, bytes, named, shape)
        } else {
            Self::csv(file, bytes, shape)
        }
    }

    /// The rows below the header that are not blank.
    pub fn rows<'t>(&'t self, errors: &'t mut Vec<Invalid>) -> Rows<'t> {
        Rows { table: self, errors }
    }

    /// Whether a column is there.
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// Text that stands above the header, cell by cell; reports say there what they did not look at.
    pub fn above(&self) -> impl Iterator<Item = &str> {
        let above = self.rows.iter().take_while(|(number, _)| *number < self.header_row);
        above.flat_map(|(_, cells)| cells).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }

    fn with_header(
        file: &str,
        sheet: Option<String>,
        rows: Vec<(usize, Vec<String>)>,
        shape: Shape,
    ) -> Result<Self, Vec<Invalid>> {
        let mut table =
            Self { file: file.to_owned(), sheet, header_row: 1, columns: BTreeMap::new(), rows };
        if table.rows.is_empty() && table.sheet.is_none() {
            return Err(vec![Invalid::new(file, Place::File, "a header row", "an empty file")]);
        }
        // Without the whole header the first row is named as the one that lacks something.
        let at = header(&table.rows, shape).unwrap_or(0);
        let names = table.rows.get(at).cloned().unwrap_or_default();
        table.header_row = names.0.max(1);
        let errors = table.take_header(&names.1, shape);
        if errors.is_empty() { Ok(table) } else { Err(errors) }
    }

    fn take_header(&mut self, names: &[String], shape: Shape) -> Vec<Invalid> {
        let mut errors = Vec::new();
        let known = || shape.required.iter().chain(shape.optional).copied();
        for (index, name) in names.iter().enumerate() {
            let name = shape.meant(name);
            let found = known().find(|known| plain(known) == name);
            let wrong = |expected: String, found: &str| {
                Invalid::new(&self.file, self.place(self.header_row, index, None), expected, found)
            };
            match found {
                None if shape.others || name.is_empty() => {}
                None => {
                    errors.push(wrong(format!("one of the columns {}", one_of(known())), &name));
                }
                Some(known) if self.columns.contains_key(known) => {
                    errors.push(wrong("each column once".into(), &format!("{known} again")));
                }
                Some(known) => {
                    self.columns.insert(known.to_owned(), index);
                }
            }
        }
        for missing in shape.required.iter().filter(|name| !self.columns.contains_key(**name)) {
            let place = match &self.sheet {
                None => Place::Row { row: self.header_row, column: None },
                Some(sheet) => {
                    Place::Cell { sheet: sheet.clone(), cell: format!("A{}", self.header_row) }
                }
            };
            errors.push(Invalid::new(&self.file, place, format!("a column {missing}"), "none"));
        }
        errors
    }

    fn place(&self, row: usize, index: usize, column: Option<&str>) -> Place {
        match &self.sheet {
            None => Place::Row { row, column: column.map(str::to_owned) },
            Some(sheet) => {
                Place::Cell { sheet: sheet.clone(), cell: format!("{}{row}", letters(index)) }
            }
        }
    }
}

/// The row that has all required columns.
fn header(rows: &[(usize, Vec<String>)], shape: Shape) -> Option<usize> {
    rows.iter().take(HEADER_WITHIN).position(|(_, cells)| {
        let cells: Vec<String> = cells.iter().map(|cell| shape.meant(cell)).collect();
        shape.required.iter().all(|name| cells.contains(&plain(name)))
    })
}

/// A column's name as it is compared: small letters, words with one underscore between them.
fn plain(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join("_")
}

fn letters(mut index: usize) -> String {
    let mut name = String::new();
    loop {
        let letter = u8::try_from(index % 26).expect("a remainder of 26 is small") + b'A';
        name.insert(0, char::from(letter));
        if index < 26 {
            return name;
        }
        index = index / 26 - 1;
    }
}

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// The used cells of a sheet as rows of text. Only used cells are kept: a cell far away must not cost a whole plane.
fn cells(
    file: &str,
    workbook: &mut Book<'_>,
    sheet: &str,
) -> Result<Vec<(usize, Vec<String>)>, Vec<Invalid>> {
    let at = |cell: String| Place::Cell { sheet: sheet.to_owned(), cell };
    let wrong = |cell: String, expected: String, found: String| {
        vec![Invalid::new(file, at(cell), expected, found)]
    };
    let bad = |error: calamine::XlsxError| {
        wrong("A1".into(), "a readable sheet".into(), error.to_string())
    };
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(bad)?;
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    while let Some(cell) = reader.next_cell().map_err(bad)? {
        let (row, column) = cell.get_position();
        let text = cell_text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let name = || format!("{}{}", letters(column as usize), u64::from(row) + 1);
        if column >= MOST_COLUMNS || row as usize >= MOST_ROWS {
            let expected = format!("at most {MOST_ROWS} rows and {MOST_COLUMNS} columns");
            return Err(wrong(name(), expected, "a cell beyond".into()));
        }
        if text.len() > MOST_TEXT * 4 {
            return Err(wrong(
                name(),
                format!("at most {MOST_TEXT} characters"),
                format!("{} bytes", text.len()),
            ));
        }
        let cells = rows.entry(row).or_default();
        if cells.len() <= column as usize {
            cells.resize(column as usize + 1, String::new());
        }
        cells[column as usize] = text;
    }
    Ok(rows.into_iter().map(|(row, cells)| (row as usize + 1, cells)).collect())
}

fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::DateTime(when) if when.is_datetime() => match when.to_ymd_hms_milli() {
            (year, month, day, 0, 0, 0, _) => format!("{year:04}-{month:02}-{day:02}"),
            (year, month, day, hour, minute, second, _) => {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
            }
        },
        other => Data::from(other.clone()).to_string().trim().to_owned(),
    }
}

/// The rows of a table, with the errors found in them.
pub struct Rows<'t> {
    table: &'t Table,
    errors: &'t mut Vec<Invalid>,
}

impl Rows<'_> {
    /// Reads every row with `read`; a row with an error is left out and its errors are kept.
    pub fn read<T>(self, mut read: impl FnMut(&mut Row<'_>) -> Option<T>) -> Vec<(usize, T)> {
        let mut all = Vec::new();
        let below = self.table.rows.iter().filter(|(number, _)| *number > self.table.header_row);
        for (number, cells) in below {
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if self.errors.len() >= MOST_ERRORS {
                break;
            }
            let before = self.errors.len();
            let mut row =
                Row { table: self.table, number: *number, cells, errors: &mut *self.errors };
            if let Some(value) = read(&mut row).filter(|_| before == self.errors.len()) {
                all.push((*number, value));
            }
        }
        all
    }
}

/// One row that is being read.
pub struct Row<'t> {
    table: &'t Table,
    /// Its number in the file, counted from 1.
    pub number: usize,
    cells: &'t [String],
    errors: &'t mut Vec<Invalid>,
}

impl Row<'_> {
    /// The cell of a column, trimmed; empty when there is none.
    pub fn text(&self, column: &str) -> String {
        let cell = self.table.columns.get(column).and_then(|index| self.cells.get(*index));
        cell.map(|cell| cell.trim().to_owned()).unwrap_or_default()
    }

    /// The cell, if there is something in it.
    pub fn maybe(&self, column: &str) -> Option<String> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// The cell, in which there must be something.
    pub fn required(&mut self, column: &str) -> Option<String> {
        let text = self.maybe(column);
        if text.is_none() {
            self.wrong(column, "something", "an empty cell");
        }
        text
    }

    /// A name without spaces: the key of a requirement or case.
    pub fn key(&mut self, column: &str) -> Option<String> {
        let text = self.required(column)?;
        let fits = text.len() <= 60
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if !fits {
            self.wrong(column, "at most 60 letters, digits, `-`, `_` or `.`", &text);
        }
        fits.then_some(text)
    }

    /// A word of a closed list, in which `Err` carries the words that would have been right.
    pub fn word<T: std::str::FromStr<Err = String>>(&mut self, column: &str) -> Option<T> {
        let text = self.text(column);
        text.to_lowercase()
            .parse()
            .map_err(|words: String| self.wrong(column, &format!("one of {words}"), &text))
            .ok()
    }

    /// Anything that can be parsed; an empty cell is nothing.
    pub fn parsed<T: std::str::FromStr>(&mut self, column: &str, what: &str) -> Option<T> {
        let text = self.maybe(column)?;
        text.parse().map_err(|_| self.wrong(column, what, &text)).ok()
    }

    /// Yes or no; an empty cell is no.
    pub fn flag(&mut self, column: &str) -> Option<bool> {
        let text = self.text(column).to_lowercase();
        match text.as_str() {
            "yes" | "true" | "1" | "y" => Some(true),
            "no" | "false" | "0" | "n" | "" => Some(false),
            other => {
                self.wrong(column, "yes or no", other);
                None
            }
        }
    }

    /// Several values in one cell, with `;` between them.
    pub fn list(&self, column: &str) -> Vec<String> {
        let text = self.text(column);
        text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// Says what is wrong with a cell.
    pub fn wrong(&mut self, column: &str, expected: &str, found: &str) {
        let index = self.table.columns.get(column).copied().unwrap_or(0);
        let place = self.table.place(self.number, index, Some(column));
        self.errors.push(Invalid::new(
            &self.table.file,
            place,
            expected,
            if found.is_empty() { "an empty cell" } else { found },
        ));
    }
}

/// Every key once: says which row repeats an earlier one.
pub fn once<T>(
    table: &Table,
    column: &str,
    rows: &[(usize, T)],
    key: impl Fn(&T) -> &str,
    errors: &mut Vec<Invalid>,
) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, row) in rows {
        if let Some(first) = seen.insert(key(row), *number) {
            let index = table.columns.get(column).copied().unwrap_or(0);
            let place = table.place(*number, index, Some(column));
            let found = format!("{}, as in row {first}", key(row));
            errors.push(Invalid::new(&table.file, place, "each name once", found));
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
