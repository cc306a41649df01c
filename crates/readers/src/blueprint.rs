//! Blueprint files: TOML of the schema `golive.blueprint/1` into [`Blueprint`], with the digest of the very bytes.

use crate::source::{Invalid, Place, text};
use golive_core::blueprint::{Blueprint, Problem};
use serde::Deserialize as _;
use sha2::{Digest as _, Sha256};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A blueprint file may have so many bytes.
pub const LIMIT: usize = 256 * 1024;

/// Reads a blueprint. Unknown keys are refused; everything that does not fit together is reported with its line.
pub fn read(file: &str, bytes: &[u8]) -> Result<Blueprint, Vec<Invalid>> {
    let text = text(file, bytes, LIMIT).map_err(|error| vec![error])?;
    let lines = Lines { file, text };
    let tables = DeTable::parse(text).map_err(|error| vec![lines.refused_by_parser(&error)])?;
    let typed = Blueprint::deserialize(toml::Deserializer::from(tables.clone()));
    let mut blueprint = typed.map_err(|error| vec![lines.refused_by_parser(&error)])?;
    let mut problems = blueprint.problems();
    if !blueprint.digest.is_empty() {
        let path = vec!["digest".to_owned()];
        problems.push(Problem {
            path,
            expected: "no digest: it is computed".into(),
            found: "one".into(),
        });
    }
    if problems.is_empty() {
        blueprint.digest = format!("sha256:{}", hex::encode(Sha256::digest(bytes)));
        return Ok(blueprint);
    }
    Err(problems.into_iter().map(|problem| lines.located(&tables, problem)).collect())
}

/// Finds lines in the text.
struct Lines<'a> {
    file: &'a str,
    text: &'a str,
}

impl Lines<'_> {
    fn line(&self, at: usize) -> Place {
        Place::Line { line: 1 + self.text[..at.min(self.text.len())].matches('\n').count() }
    }

    fn refused_by_parser(&self, error: &toml::de::Error) -> Invalid {
        let at = error.span().map_or(Place::File, |span| self.line(span.start));
        let message = error.message().replace('\n', " ");
        let (found, expected) = match message.split_once(", expected ") {
            Some((found, expected)) => (found.to_owned(), expected.to_owned()),
            None => match message.strip_prefix("missing field ") {
                Some(field) => ("none".to_owned(), format!("a field {field}")),
                None => (message, "a valid blueprint".to_owned()),
            },
        };
        Invalid::new(self.file, at, expected, found)
    }

    fn located(&self, tables: &Spanned<DeTable<'_>>, problem: Problem) -> Invalid {
        let at = span_of(tables, &problem.path).map_or(Place::File, |span| self.line(span.start));
        let key = problem.path.join(".");
        Invalid::new(self.file, at, problem.expected, problem.found).about("key", &key)
    }
}

/// The span of the deepest part of a path that is in the file.
fn span_of(tables: &Spanned<DeTable<'_>>, path: &[String]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    let mut value = tables.get_ref().get(first.as_str())?;
    for part in rest {
        let next = match value.get_ref() {
            DeValue::Table(table) => table.get(part.as_str()),
            DeValue::Array(items) => part.parse().ok().and_then(|index: usize| items.get(index)),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => None,
        };
        match next {
            Some(next) => value = next,
            None => break,
        }
    }
    Some(value.span())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = include_str!("../../../blueprints/demo-erp.toml");

    fn refused(from: &str, to: &str) -> Vec<String> {
        assert!(DEMO.contains(from), "the example has changed: {from}");
        let text = DEMO.replacen(from, to, 1);
        let errors = read("b.toml", text.as_bytes()).expect_err("it is bad");
        errors.iter().map(ToString::to_string).collect()
    }

    fn line_of(text: &str) -> usize {
        1 + DEMO[..DEMO.find(text).expect("it is in the example")].matches('\n').count()
    }

    #[test]
    fn the_blueprint_of_the_demo_is_read_with_its_digest() {
        let blueprint = read("demo-erp.toml", DEMO.as_bytes()).expect("it is right");
        assert_eq!((blueprint.id.as_str(), blueprint.hooks.len()), ("demo-erp", 15));
        assert!(blueprint.digest.starts_with("sha256:") && blueprint.digest.len() == 71);
        let json = serde_json::to_string(&blueprint).expect("it is plain data");
        assert_eq!(serde_json::from_str::<Blueprint>(&json).ok(), Some(blueprint));
    }

    #[test]
    fn an_unknown_key_is_refused_at_its_line() {
        let found = refused("stop_seconds = 10", "stop_second = 10");
        assert!(
            found[0].starts_with(&format!("b.toml:{}: ", line_of("stop_seconds = 10"))),
            "{found:?}"
        );
        assert!(found[0].contains("`stop_second`"), "{found:?}");
    }

    #[test]
    fn a_placeholder_that_nobody_fills_in_is_refused_at_its_line() {
        let found = refused("\"--login\", \"{login}\"", "\"--login\", \"{user}\"");
        let line = line_of("\"--login\", \"{login}\"");
        assert!(
            found[0].starts_with(&format!("b.toml:{line}: key \"hook.check_login.command.")),
            "{found:?}"
        );
        assert!(found[0].ends_with("found {user}"), "{found:?}");
    }

    #[test]
    fn a_missing_hook_a_digest_and_a_path_that_leaves_the_folder_are_refused() {
        assert!(refused("[hook.totals]", "[hook.sums]")[0].contains("a hook named `totals`"));
        assert!(
            refused("title = \"Contoso ERP\"", "title = \"x\"\ndigest = \"sha256:1\"")[0]
                .contains("no digest")
        );
        assert!(
            refused("to = \"bin/golive\"", "to = \"../golive\"")[0]
                .contains("a path inside the folder")
        );
        assert!(
            refused("ready_seconds = 30", "ready_seconds = 0")[0]
                .contains("seconds from 1 to 86400")
        );
        assert!(
            refused("table = \"session\"", "table = \"account\"")[0].contains("no other entry")
        );
    }

    #[test]
    fn a_file_that_is_too_large_or_no_toml_is_refused() {
        assert!(read("b", &vec![b'#'; LIMIT + 1]).is_err());
        let errors = read("b", b"schema = \"golive.blueprint/1\"\nid = \n").expect_err("no value");
        assert!(errors[0].to_string().starts_with("b:2"), "{errors:?}");
    }
}
