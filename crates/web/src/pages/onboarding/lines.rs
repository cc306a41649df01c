//! Lists as people type them: one item on each line, its columns between bars; or pasted from a spreadsheet, with tabs.

use golive_app::Error;
use serde_json::{Map, Value, json};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Words.
    Text,
    /// Words that may be left out.
    Maybe,
    /// A whole number.
    Number,
    /// A whole number that may be left out.
    MaybeNumber,
    /// `yes` or `no`.
    Yes,
    /// Several words, with commas between them.
    Words,
}

/// One column: its name in files and what it holds.
pub(super) type Column = (&'static str, Holds);

/// A list of a section.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    /// Its name in files: `features`.
    pub name: &'static str,
    /// The label.
    pub label: &'static str,
    /// Its columns in order.
    pub columns: &'static [Column],
}

impl List {
    /// What to type, as a hint.
    pub fn hint(&self) -> String {
        let names: Vec<String> =
            self.columns.iter().map(|(name, _)| name.replace('_', " ")).collect();
        format!("One on each line: {}", names.join(" | "))
    }

    /// The items as lines.
    pub fn show(&self, items: &Value) -> String {
        let line = |item: &Value| {
            let cells: Vec<String> = self
                .columns
                .iter()
                .map(|(name, _)| cell(item.get(name).unwrap_or(&Value::Null)))
                .collect();
            cells.join(" | ")
        };
        items
            .as_array()
            .map(|all| all.iter().map(line).collect::<Vec<_>>().join("\n"))
            .unwrap_or_default()
    }

    /// The lines as items; the error names the line.
    pub fn read(&self, text: &str) -> Result<Value, Error> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines
            .map(|(at, line)| self.item(at + 1, line))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array)
    }

    fn item(&self, at: usize, line: &str) -> Result<Value, Error> {
        let bar = if line.contains('\t') { '\t' } else { '|' };
        let cells: Vec<&str> = line.split(bar).map(str::trim).collect();
        if cells.len() > self.columns.len() {
            let expected = format!("at most {} columns", self.columns.len());
            return Err(Error::invalid(
                self.name,
                expected,
                format!("{} in line {at}", cells.len()),
            ));
        }
        let mut item = Map::new();
        for (n, (name, holds)) in self.columns.iter().enumerate() {
            let text = cells.get(n).copied().unwrap_or_default();
            let value = value(*holds, text).ok_or_else(|| {
                let found = if text.is_empty() { "nothing" } else { text };
                let expected =
                    format!("{} in the column {}", wanted(*holds), name.replace('_', " "));
                Error::invalid(self.name, expected, format!("{found} in line {at}"))
            })?;
            if !value.is_null() {
                item.insert((*name).to_owned(), value);
            }
        }
        Ok(Value::Object(item))
    }
}

fn wanted(holds: Holds) -> &'static str {
    match holds {
        Holds::Text | Holds::Maybe => "words",
        Holds::Number | Holds::MaybeNumber => "a whole number",
        Holds::Yes => "yes or no",
        Holds::Words => "words with commas between them",
    }
}

/// A cell as a value; null when it may be left out and is.
fn value(holds: Holds, text: &str) -> Option<Value> {
    match (holds, text) {
        (Holds::Text, "") => None,
        (Holds::Maybe | Holds::MaybeNumber, "") => Some(Value::Null),
        (Holds::Text | Holds::Maybe, text) => Some(json!(text)),
        (Holds::Number | Holds::MaybeNumber, text) => text.parse::<u32>().ok().map(|n| json!(n)),
        (Holds::Yes, "yes") => Some(json!(true)),
        (Holds::Yes, "no" | "") => Some(json!(false)),
        (Holds::Yes, _) => None,
        (Holds::Words, text) => {
            let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
            Some(json!(words.collect::<Vec<_>>()))
        }
    }
}

/// A value as a cell. A bar inside a text would begin another column.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.replace(['|', '\n', '\t'], "/"),
        Value::Array(words) => words.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEATURES: List = List {
        name: "features",
        label: "Functions",
        columns: &[
            ("id", Holds::Text),
            ("title", Holds::Text),
            ("in_scope", Holds::Yes),
            ("detail", Holds::Maybe),
        ],
    };

    #[test]
    fn what_is_shown_is_read_back_as_it_was() {
        let items = json!([
            { "id": "tax", "title": "Tax", "in_scope": true, "detail": "DE, FR" },
            { "id": "budget", "title": "Budgeting", "in_scope": false },
        ]);
        let shown = FEATURES.show(&items);
        assert_eq!(shown, "tax | Tax | yes | DE, FR\nbudget | Budgeting | no | ");
        assert_eq!(FEATURES.read(&shown).unwrap(), items);
        assert_eq!(FEATURES.read("tax\tTax\tyes\tDE, FR").unwrap()[0], items[0]);
    }

    #[test]
    fn a_slip_names_its_line_and_column() {
        let error = FEATURES.read("tax | Tax | yes\n\nsales | Sales | perhaps").unwrap_err();
        assert_eq!(
            error.to_string(),
            "features: expected yes or no in the column in scope; found perhaps in line 3"
        );
        assert!(FEATURES.read("a | b | yes | c | d").is_err());
    }
}
