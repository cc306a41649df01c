//! The vocabulary from TOML: `[[role]]`, `[[evidence]]`, `[[record]]`, `[[fact]]`, `[[operation]]`.

use super::policy::plain;
use super::{LIMIT, is_id};
use crate::source::Invalid;
use crate::source::tables::{Document, Located};
use golive_core::fact::FactId;
use golive_core::gate::{Compare, Threshold};
use golive_core::people::Side;
use golive_core::policy::Policy;
use golive_core::vocabulary::{FactKind, FactWord, OperationWord, Record, Role, Vocabulary};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The schema line of a vocabulary.
pub const SCHEMA: &str = "golive.vocabulary/1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleRow {
    id: String,
    title: String,
    side: Side,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceRow {
    id: String,
    title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordRow {
    id: String,
    fact: String,
    test: Compare,
    value: Option<toml::Value>,
    value_policy: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactRow {
    id: String,
    kind: FactKind,
    origin: String,
    meaning: String,
    policy: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperationRow {
    id: String,
    title: String,
    changes: bool,
    undo: Option<String>,
}

/// Reads the vocabulary; settings are checked against a pack.
pub fn read(file: &str, bytes: &[u8], policy: &Policy) -> Result<Vocabulary, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let mut vocabulary = Vocabulary::default();
    let roles = document.many::<RoleRow>("role");
    document.refuse_twice("role", roles.iter().map(|row| (row.line, row.id.as_str())));
    for row in roles {
        name(&mut document, "role", row.line, &row.id, is_id);
        let Located { row: RoleRow { id, title, side }, .. } = row;
        vocabulary.roles.insert(id.clone(), Role { id, title, side });
    }
    for Located { line, row } in document.many::<EvidenceRow>("evidence") {
        if !["document", "link", "file", "record"].contains(&row.id.as_str()) {
            document.refuse(
                line,
                "evidence",
                &row.id,
                "document, link, file or record",
                format!("`{}`", row.id),
            );
        }
        vocabulary.evidence.insert(row.id, row.title);
    }
    vocabulary.facts = facts(&mut document, policy);
    vocabulary.records = records(&mut document, &vocabulary.facts, policy);
    let operations = document.many::<OperationRow>("operation");
    document.refuse_twice("operation", operations.iter().map(|row| (row.line, row.id.as_str())));
    for Located { line, row: OperationRow { id, title, changes, undo } } in operations {
        name(&mut document, "operation", line, &id, is_dotted);
        vocabulary.operations.insert(id.clone(), OperationWord { id, title, changes, undo });
    }
    document.finish()?;
    Ok(vocabulary)
}

fn facts(document: &mut Document, policy: &Policy) -> BTreeMap<String, FactWord> {
    let rows = document.many::<FactRow>("fact");
    document.refuse_twice("fact", rows.iter().map(|row| (row.line, row.id.as_str())));
    let mut facts = BTreeMap::new();
    for Located { line, row: FactRow { id, kind, origin, meaning, policy: setting } } in rows {
        name(document, "fact", line, &id, is_dotted);
        known_setting(document, "fact", line, &id, setting.as_deref(), policy);
        facts.insert(id.clone(), FactWord { id, kind, origin, meaning, policy: setting });
    }
    facts
}

fn records(
    document: &mut Document,
    facts: &BTreeMap<String, FactWord>,
    policy: &Policy,
) -> BTreeMap<String, Record> {
    let rows = document.many::<RecordRow>("record");
    document.refuse_twice("record", rows.iter().map(|row| (row.line, row.id.as_str())));
    let mut records = BTreeMap::new();
    for Located { line, row } in rows {
        let id = row.id;
        name(document, "record", line, &id, is_id);
        if !facts.contains_key(&row.fact) {
            document.refuse(
                line,
                "record",
                &id,
                "a fact of this vocabulary",
                format!("`{}`", row.fact),
            );
        }
        known_setting(document, "record", line, &id, row.value_policy.as_deref(), policy);
        let threshold = match (row.value, row.value_policy) {
            (Some(value), None) => plain(value).map(Threshold::Fixed),
            (None, Some(key)) => Ok(Threshold::Setting(key.into())),
            (Some(_), Some(_)) => {
                Err(("either value or value_policy".to_owned(), "both".to_owned()))
            }
            (None, None) => Err(("value or value_policy".to_owned(), "none".to_owned())),
        };
        match threshold {
            Ok(threshold) => {
                let fact = FactId(row.fact.into());
                records.insert(id.clone(), Record { id, fact, test: row.test, threshold });
            }
            Err((expected, found)) => document.refuse(line, "record", &id, expected, found),
        }
    }
    records
}

fn known_setting(
    document: &mut Document,
    kind: &str,
    line: usize,
    id: &str,
    key: Option<&str>,
    policy: &Policy,
) {
    if let Some(key) = key
        && policy.setting(key).is_none()
    {
        document.refuse(line, kind, id, "a setting of the policy pack", format!("`{key}`"));
    }
}

fn name(document: &mut Document, kind: &str, line: usize, id: &str, is_good: fn(&str) -> bool) {
    if !is_good(id) {
        document.refuse(line, kind, id, "an id of lower-case words", format!("`{id}`"));
    }
}

/// `group.name`, possibly deeper, in lower-case words joined by underscores.
fn is_dotted(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    text.len() <= 80 && text.contains('.') && text.split('.').all(word)
}
