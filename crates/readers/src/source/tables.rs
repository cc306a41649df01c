//! TOML read table by table: each table becomes a typed row with its line, each bad table one error with line and id.
//!
//! ```text
//! let mut document = Document::parse("m.toml", bytes, LIMIT, "golive.methodology/1")?;
//! let head = document.one::<Head>("methodology");          // [methodology]
//! let steps = document.many::<StepRow>("step");             // [[step]]
//! for step in &steps { if … { document.refuse(step.line, "step", &step.id, "…", "…") } }
//! document.finish()?;                                       // all errors, also keys that nobody asked for
//! ```
//!
//! Rows derive `serde::Deserialize` with `deny_unknown_fields`. A field of type [`toml::Spanned`] keeps its own place for
//! [`Document::line_of`].

use super::{Invalid, MOST_ERRORS, Place, text};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IntoDeserializer};
use std::ops::{Deref, Range};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A row with the line on which it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Located<T> {
    /// The line of the table's header, counted from 1.
    pub line: usize,
    /// The row.
    pub row: T,
}

impl<T> Deref for Located<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.row
    }
}

/// A TOML file that is being read, with the errors found so far.
pub struct Document<'a> {
    file: String,
    text: &'a str,
    starts: Vec<usize>,
    tables: DeTable<'a>,
    errors: Vec<Invalid>,
}

impl<'a> Document<'a> {
    /// Parses the text and checks its `schema = "…"` line; the values are typed later, table by table.
    pub fn parse(
        file: &str,
        bytes: &'a [u8],
        limit: usize,
        schema: &str,
    ) -> Result<Self, Vec<Invalid>> {
        let text = text(file, bytes, limit).map_err(|error| vec![error])?;
        let starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut document = Self {
            file: file.to_owned(),
            text,
            starts,
            tables: DeTable::new(),
            errors: Vec::new(),
        };
        match DeTable::parse(text) {
            Ok(tables) => document.tables = tables.into_inner(),
            Err(error) => {
                document.refuse_serde(&error, 1, None);
                return Err(document.errors);
            }
        }
        match document.take("schema") {
            Some((_, value)) if value.get_ref().as_str() == Some(schema) => Ok(document),
            Some((key, value)) => {
                let found = document.text[value.span()].to_owned();
                document.refuse_at(
                    document.line_at(key.span()),
                    None,
                    format!("schema = \"{schema}\""),
                    found,
                );
                Err(document.errors)
            }
            None => {
                document.refuse_at(1, None, format!("schema = \"{schema}\""), "no schema");
                Err(document.errors)
            }
        }
    }

    /// The table `[key]`; its absence is an error.
    pub fn one<T: DeserializeOwned>(&mut self, key: &str) -> Option<Located<T>> {
        if self.tables.get(key).is_none() {
            self.refuse_at(1, None, format!("a table [{key}]"), "none");
            return None;
        }
        self.maybe(key)
    }

    /// The table or value `key`, if it is there.
    pub fn maybe<T: DeserializeOwned>(&mut self, key: &str) -> Option<Located<T>> {
        let (_, value) = self.take(key)?;
        self.typed(key, value)
    }

    /// The tables `[[key]]`; there may be none. A bad one is left out and recorded.
    pub fn many<T: DeserializeOwned>(&mut self, key: &str) -> Vec<Located<T>> {
        let Some((at, value)) = self.take(key) else { return Vec::new() };
        match value.into_inner() {
            DeValue::Array(items) => {
                items.into_iter().filter_map(|item| self.typed(key, item)).collect()
            }
            other => {
                let line = self.line_at(at.span());
                self.refuse_at(line, None, format!("tables [[{key}]]"), other.type_str());
                Vec::new()
            }
        }
    }

    /// All tables that are left, two levels deep: `[group.name]` as `group.name`, in the order of the file.
    pub fn named<T: DeserializeOwned>(&mut self, kind: &str) -> Vec<(String, Located<T>)> {
        let mut rows = Vec::new();
        for (group, value) in std::mem::take(&mut self.tables) {
            let group_line = self.line_at(group.span());
            let DeValue::Table(names) = value.into_inner() else {
                self.refuse_at(
                    group_line,
                    None,
                    format!("a table [{}.name]", group.get_ref()),
                    "a value",
                );
                continue;
            };
            for (name, value) in names {
                let key = format!("{}.{}", group.get_ref(), name.get_ref());
                let line = self.line_at(value.span());
                if let Some(row) = self.typed_as(value, line, Some((kind, &key))) {
                    rows.push((key, row));
                }
            }
        }
        rows.sort_by_key(|(_, row)| row.line);
        rows
    }

    /// Records what is wrong with a row that was read.
    pub fn refuse(
        &mut self,
        line: usize,
        kind: &str,
        id: &str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.refuse_at(line, Some((kind, id)), expected, found);
    }

    /// Records what is wrong at a line.
    pub fn refuse_at(
        &mut self,
        line: usize,
        about: Option<(&str, &str)>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        let error = Invalid::new(&self.file, Place::Line { line }, expected, found);
        let error = match about {
            Some((kind, id)) => error.about(kind, id),
            None => error,
        };
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error);
        }
    }

    /// Refuses every id that occurs a second time.
    pub fn refuse_twice<'r>(
        &mut self,
        kind: &str,
        rows: impl IntoIterator<Item = (usize, &'r str)>,
    ) {
        let mut seen = std::collections::BTreeMap::new();
        for (line, id) in rows {
            if let Some(first) = seen.insert(id, line) {
                self.refuse(
                    line,
                    kind,
                    id,
                    "an id that is not used yet",
                    format!("the id of line {first} again"),
                );
            }
        }
    }

    /// The line of a value that was read as [`Spanned`].
    pub fn line_of<T>(&self, value: &Spanned<T>) -> usize {
        self.line_at(value.span())
    }

    /// The file's name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Ends reading: refuses the keys that nobody asked for and gives all errors.
    pub fn finish(mut self) -> Result<(), Vec<Invalid>> {
        for (key, _) in std::mem::take(&mut self.tables) {
            let line = self.line_at(key.span());
            self.refuse_at(line, None, "a key that is known here", format!("`{}`", key.get_ref()));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }

    fn take(
        &mut self,
        key: &str,
    ) -> Option<(Spanned<std::borrow::Cow<'a, str>>, Spanned<DeValue<'a>>)> {
        self.tables.remove_entry(key)
    }

    fn typed<T: DeserializeOwned>(
        &mut self,
        kind: &str,
        value: Spanned<DeValue<'a>>,
    ) -> Option<Located<T>> {
        let line = self.line_at(value.span());
        let id = value
            .get_ref()
            .as_table()
            .and_then(|table| table.get("id"))
            .and_then(|id| id.get_ref().as_str());
        let id = id.map(str::to_owned);
        self.typed_as(value, line, id.as_deref().map(|id| (kind, id)))
    }

    fn typed_as<T: DeserializeOwned>(
        &mut self,
        value: Spanned<DeValue<'a>>,
        line: usize,
        about: Option<(&str, &str)>,
    ) -> Option<Located<T>> {
        match T::deserialize(value.into_deserializer()) {
            Ok(row) => Some(Located { line, row }),
            Err(error) => {
                self.refuse_serde(&error, line, about);
                None
            }
        }
    }

    fn refuse_serde(&mut self, error: &toml::de::Error, line: usize, about: Option<(&str, &str)>) {
        let line = error.span().map_or(line, |span| self.line_at(span));
        let (expected, found) = said(error.message());
        self.refuse_at(line, about, expected, found);
    }

    fn line_at(&self, span: Range<usize>) -> usize {
        self.starts.partition_point(|&start| start <= span.start)
    }
}

/// Turns serde's sentence into expected and found.
fn said(message: &str) -> (String, String) {
    if let Some(field) = message.strip_prefix("missing field ") {
        return (format!("a field {field}"), "none".to_owned());
    }
    match message.split_once(", expected ") {
        Some((found, expected)) => {
            let found =
                found.trim_start_matches("invalid type: ").trim_start_matches("invalid value: ");
            (expected.to_owned(), found.to_owned())
        }
        None => ("a valid file".to_owned(), message.replace('\n', " ")),
    }
}

/// Reads a TOML date, for `#[serde(deserialize_with = "…")]`.
pub fn date<'de, D: serde::Deserializer<'de>>(from: D) -> Result<jiff::civil::Date, D::Error> {
    let found = toml::value::Datetime::deserialize(from)?;
    match (found.date, found.time, found.offset) {
        (Some(date), None, None) => {
            civil(date).ok_or_else(|| serde::de::Error::custom("no such day"))
        }
        (_, _, _) => {
            Err(serde::de::Error::custom(format!("`{found}`, expected a date such as 2027-04-05")))
        }
    }
}

/// Reads a TOML date that may be absent, for `#[serde(default, deserialize_with = "…")]`.
pub fn maybe_date<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<jiff::civil::Date>, D::Error> {
    date(from).map(Some)
}

/// Reads a TOML moment with offset (`2027-02-19T18:00:00+01:00`), for `#[serde(deserialize_with = "…")]`.
pub fn moment<'de, D: serde::Deserializer<'de>>(from: D) -> Result<jiff::Timestamp, D::Error> {
    let found = toml::value::Datetime::deserialize(from)?.to_string();
    let bad = |_| serde::de::Error::custom(format!("`{found}`, expected a time with offset"));
    found.parse().map_err(bad)
}

fn civil(date: toml::value::Date) -> Option<jiff::civil::Date> {
    jiff::civil::Date::new(
        i16::try_from(date.year).ok()?,
        i8::try_from(date.month).ok()?,
        i8::try_from(date.day).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Side {
        Customer,
        Partner,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        id: String,
        side: Side,
        #[serde(default, deserialize_with = "maybe_date")]
        day: Option<jiff::civil::Date>,
    }

    fn errors(body: &str) -> Vec<String> {
        let text = format!("schema = \"s/1\"\n{body}");
        let read =
            Document::parse("f.toml", text.as_bytes(), 4096, "s/1").and_then(|mut document| {
                let rows = document.many::<Row>("row");
                document.refuse_twice("row", rows.iter().map(|row| (row.line, row.id.as_str())));
                document.finish()
            });
        read.map_or_else(|errors| errors.iter().map(ToString::to_string).collect(), |()| Vec::new())
    }

    #[test]
    fn a_good_table_is_typed_and_knows_its_line() {
        let text = b"# head\nschema = \"s/1\"\n\n[[row]]\nid = \"a\"\nside = \"partner\"\nday = 2027-04-05\n";
        let mut document = Document::parse("f", text, 999, "s/1").expect("the text is right");
        let rows = document.many::<Row>("row");
        assert_eq!((rows[0].line, rows[0].id.as_str(), &rows[0].side), (4, "a", &Side::Partner));
        assert_eq!(rows[0].day, Some(jiff::civil::date(2027, 4, 5)));
        assert_eq!(document.finish(), Ok(()));
    }

    #[test]
    fn every_bad_table_is_one_error_with_line_and_id() {
        let found = errors(concat!(
            "[[row]]\nid = \"a\"\nside = \"maybe\"\n",
            "[[row]]\nid = \"b\"\nside = \"partner\"\nsise = 1\n",
            "[[row]]\nid = \"c\"\n",
            "[[row]]\nid = \"d\"\nside = \"partner\"\nday = \"soon\"\n",
        ));
        assert_eq!(
            found,
            [
                "f.toml:4: row \"a\": expected `customer` or `partner`; found unknown variant `maybe`",
                "f.toml:8: row \"b\": expected one of `id`, `side`, `day`; found unknown field `sise`",
                "f.toml:9: row \"c\": expected a field `side`; found none",
                "f.toml:14: row \"d\": expected a TOML datetime; found string \"soon\"",
            ]
        );
    }

    #[test]
    fn an_id_used_twice_and_a_key_nobody_knows_are_refused() {
        let row = "[[row]]\nid = \"a\"\nside = \"partner\"\n";
        assert_eq!(
            errors(&format!("stray = 1\n{row}{row}")),
            [
                "f.toml:6: row \"a\": expected an id that is not used yet; found the id of line 3 again",
                "f.toml:2: expected a key that is known here; found `stray`",
            ]
        );
    }

    #[test]
    fn text_that_is_no_toml_and_another_schema_are_refused_at_their_line() {
        assert_eq!(errors("[[row]]\nid = \n").len(), 1);
        assert!(
            errors("[[row]]\nid = \n")[0].starts_with("f.toml:3: "),
            "{:?}",
            errors("[[row]]\nid = \n")
        );
        let other =
            Document::parse("f", b"schema = \"t/1\"", 99, "s/1").err().expect("another schema");
        assert_eq!(other[0].to_string(), "f:1: expected schema = \"s/1\"; found \"t/1\"");
    }

    #[test]
    fn deeply_nested_text_is_refused_and_does_not_overflow() {
        let deep = format!("schema = \"s/1\"\nrow = {}{}", "[".repeat(20_000), "]".repeat(20_000));
        assert!(Document::parse("f", deep.as_bytes(), 100_000, "s/1").is_err());
    }
}
