//! What every reader shares: the error that names file, place, id, expected and found, and the guards on size and
//! encoding. Reading TOML with line numbers is in [`tables`].

pub mod tables;

use serde::Serialize;

/// A file is given up after so many errors: nobody mends more at once.
pub const MOST_ERRORS: usize = 50;

/// A place in a file, as exact as the format allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "place", rename_all = "snake_case")]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line of a text file, counted from 1.
    Line {
        /// The line.
        line: usize,
    },
    /// A row of a table, counted from 1 with the header as row 1, and the column's name if it is about one cell.
    Row {
        /// The row.
        row: usize,
        /// The column's name.
        column: Option<String>,
    },
    /// A cell of a workbook.
    Cell {
        /// The sheet's name.
        sheet: String,
        /// The cell in A1 notation.
        cell: String,
    },
    /// An entry of an archive.
    Entry {
        /// The entry's name, shortened and made printable.
        entry: String,
    },
}

/// One thing that is wrong in a file, said so that its author can mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Invalid {
    /// The file's name, as its author knows it.
    pub file: Box<str>,
    /// Where in the file.
    pub at: Place,
    /// The thing it is about: `step "fit-gap"`.
    pub id: Option<String>,
    /// What would have been right.
    pub expected: Box<str>,
    /// What stands there.
    pub found: Box<str>,
}

impl Invalid {
    /// Says what is wrong at a place.
    pub fn new(
        file: &str,
        at: Place,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        let found = shorten(&found.into(), 200).into();
        Self { file: file.into(), at, id: None, expected: expected.into().into(), found }
    }

    /// Says which thing it is about.
    #[must_use]
    pub fn about(mut self, kind: &str, id: &str) -> Self {
        self.id = Some(format!("{kind} \"{}\"", shorten(id, 80)));
        self
    }

    fn sentence(&self) -> String {
        let place = match &self.at {
            Place::File => String::new(),
            Place::Line { line } => format!(":{line}"),
            Place::Row { row, column: None } => format!(" row {row}"),
            Place::Row { row, column: Some(column) } => format!(" row {row}, column {column}"),
            Place::Cell { sheet, cell } => format!(" sheet {sheet}, cell {cell}"),
            Place::Entry { entry } => format!(" entry {entry}"),
        };
        let about = self.id.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
        format!("{}{place}: {about}expected {}; found {}", self.file, self.expected, self.found)
    }
}

/// All errors of a file in one text, one a line.
pub fn listed(errors: &[Invalid]) -> String {
    errors.iter().map(Invalid::to_string).collect::<Vec<_>>().join("\n")
}

/// Refuses a file that is larger than allowed, before anything else looks at it.
pub fn sized<'a>(file: &str, bytes: &'a [u8], limit: usize) -> Result<&'a [u8], Invalid> {
    if bytes.len() > limit {
        let found = format!("{} bytes", bytes.len());
        return Err(Invalid::new(file, Place::File, format!("at most {limit} bytes"), found));
    }
    Ok(bytes)
}

/// The file as text: within the limit, UTF-8 (a byte order mark is dropped), without NUL.
pub fn text<'a>(file: &str, bytes: &'a [u8], limit: usize) -> Result<&'a str, Invalid> {
    let bytes = sized(file, bytes, limit)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let line = |upto: usize| Place::Line { line: bytes[..upto].split(|&b| b == b'\n').count() };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Invalid::new(file, line(at), "UTF-8 text", format!("the byte 0x{:02x}", bytes[at]))
    })?;
    match text.find('\0') {
        Some(at) => Err(Invalid::new(file, line(at), "text without NUL", "a NUL character")),
        None => Ok(text),
    }
}

/// Cuts a text that goes into a message, and makes control characters visible.
pub fn shorten(text: &str, most: usize) -> String {
    let mut short: String =
        text.chars().take(most).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(most).is_some() {
        short.push('…');
    }
    short
}

/// A list of words for a message: "a, b or c".
pub fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.as_slice() {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_file_place_thing_expected_and_found() {
        let at = Place::Line { line: 123 };
        let error = Invalid::new("m.toml", at, "required or optional", "\"maybe\"")
            .about("step", "fit-gap");
        assert_eq!(
            error.to_string(),
            "m.toml:123: step \"fit-gap\": expected required or optional; found \"maybe\""
        );
        let at = Place::Row { row: 4, column: Some("kind".into()) };
        assert_eq!(
            Invalid::new("r.csv", at, "a word", "nothing").to_string(),
            "r.csv row 4, column kind: expected a word; found nothing"
        );
    }

    #[test]
    fn a_file_that_is_too_large_or_not_text_is_refused_with_its_place() {
        let refused = |bytes: &[u8], limit| {
            text("f", bytes, limit).map(str::to_owned).unwrap_err().to_string()
        };
        assert_eq!(refused(b"abcd", 3), "f: expected at most 3 bytes; found 4 bytes");
        assert_eq!(refused(b"a\nb\xff", 9), "f:2: expected UTF-8 text; found the byte 0xff");
        assert_eq!(refused(b"a\n\n\0", 9), "f:3: expected text without NUL; found a NUL character");
        assert_eq!(text("f", b"\xef\xbb\xbfok", 9), Ok("ok"));
    }

    #[test]
    fn found_text_is_cut_and_made_printable() {
        assert_eq!(shorten("a\u{7}bcd", 3), "a\u{fffd}b…");
        assert_eq!(one_of(["a", "b", "c"]), "a, b or c");
    }
}
