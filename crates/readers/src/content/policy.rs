//! Policy packs from TOML: `[pack]` and one table `[group.name]` for each setting.

use super::LIMIT;
use crate::source::tables::{Document, date, maybe_date};
use crate::source::{Invalid, Place, one_of};
use golive_core::policy::pack::{Change, Pack, Unresolved, resolve};
use golive_core::policy::read::unfit;
use golive_core::policy::{Enforcement, Policy};
use golive_core::value::Value;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The schema line of a pack.
pub const SCHEMA: &str = "golive.policy/1";

/// A pack as its file states it, with the line of each setting for errors that show only when packs are put together.
#[derive(Debug, Clone, PartialEq)]
pub struct PackFile {
    /// The file's name.
    pub file: String,
    /// What it states.
    pub pack: Pack,
    lines: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    version: String,
    extends: Option<String>,
    title: String,
    description: String,
    #[serde(deserialize_with = "date")]
    valid_from: Date,
    applies_to: Option<Vec<String>>,
    calendar: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    title: Option<String>,
    value: Option<toml::Value>,
    unit: Option<String>,
    enforcement: Option<Enforcement>,
    source: Option<String>,
    #[serde(default, deserialize_with = "maybe_date")]
    valid_from: Option<Date>,
    note: Option<String>,
    choices: Option<Vec<String>>,
    anchor: Option<String>,
    per_seconds: Option<i64>,
}

/// Reads one pack.
pub fn read(file: &str, bytes: &[u8]) -> Result<PackFile, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let head = document.one::<Head>("pack");
    let mut lines = BTreeMap::new();
    let mut changes = BTreeMap::new();
    for (key, row) in document.named::<Row>("setting") {
        let line = row.line;
        match change(row.row) {
            Ok(change) => drop(changes.insert(key.clone(), change)),
            Err((expected, found)) => document.refuse(line, "setting", &key, expected, found),
        }
        lines.insert(key, line);
    }
    if let Some(head) = &head {
        for model in head.applies_to.iter().flatten() {
            if let Err(wrong) = model.parse::<golive_core::service_model::ServiceModel>() {
                document.refuse(head.line, "pack", &head.id, "managed or self_service", wrong);
            }
        }
        if head.calendar.as_ref().is_some_and(|calendar| calendar != "project") {
            document.refuse(
                head.line,
                "pack",
                &head.id,
                "calendar = \"project\"",
                "another calendar",
            );
        }
    }
    document.finish()?;
    let head = head.expect("a missing head is an error, and there was none").row;
    let pack = Pack {
        id: head.id,
        version: head.version,
        title: head.title,
        description: head.description,
        valid_from: head.valid_from,
        extends: head.extends,
        changes,
    };
    Ok(PackFile { file: file.to_owned(), pack, lines })
}

/// Lays the packs over each other, checks that each has what the rules read, and gives them by id.
pub fn resolve_all(packs: &[PackFile]) -> Result<BTreeMap<String, Policy>, Vec<Invalid>> {
    let mut errors = Vec::new();
    let mut policies = BTreeMap::new();
    let find = |id: &str| packs.iter().map(|file| &file.pack).find(|pack| pack.id == id);
    for file in packs {
        match resolve(&file.pack, find) {
            Ok(policy) => {
                errors.extend(check(file, &policy));
                if policies.insert(policy.id.clone(), policy).is_some() {
                    let error = Invalid::new(
                        &file.file,
                        Place::File,
                        "an id that no other pack has",
                        &*file.pack.id,
                    );
                    errors.push(error.about("pack", &file.pack.id));
                }
            }
            Err(faults) => {
                let base = file.pack.extends.as_deref().and_then(find);
                let circle = faults.iter().any(|fault| matches!(fault, Unresolved::Circle(_)));
                // What is wrong with the pack below is told there, once.
                if circle || base.is_none_or(|base| resolve(base, find).is_ok()) {
                    errors.extend(faults.iter().map(|fault| unresolved(file, fault)));
                }
            }
        }
    }
    if errors.is_empty() { Ok(policies) } else { Err(errors) }
}

fn check(file: &PackFile, policy: &Policy) -> Vec<Invalid> {
    let mut errors = Vec::new();
    for unfit in unfit(policy) {
        let expected = format!("a setting {} in {}", unfit.key, unfit.needed.name());
        let found = unfit.found.unwrap_or_else(|| "none".to_owned());
        errors.push(at(file, Some(unfit.key), expected, found));
    }
    for key in policy.list("waiver.never") {
        if policy.setting(&key).is_none() {
            errors.push(at(file, Some("waiver.never"), "names of settings", format!("`{key}`")));
        }
    }
    errors
}

fn unresolved(file: &PackFile, fault: &Unresolved) -> Invalid {
    let (expected, found) = match fault {
        Unresolved::UnknownPack(id) => ("the id of another pack".to_owned(), format!("`{id}`")),
        Unresolved::Circle(ids) => {
            ("packs that do not extend each other".to_owned(), ids.join(" → "))
        }
        Unresolved::Incomplete { .. } => (fault.to_string(), "none".to_owned()),
        Unresolved::UnknownSetting { base, .. } => {
            (format!("a setting that {base} has"), "one that it does not have".to_owned())
        }
        Unresolved::WrongValue { wanted, found, .. } => (wanted.clone(), found.clone()),
    };
    at(file, fault.key(), expected, found)
}

/// An error at the line of a setting, or of the pack when the setting stands in another file.
fn at(
    file: &PackFile,
    key: Option<&str>,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> Invalid {
    let place = match key.and_then(|key| file.lines.get(key)) {
        Some(&line) => Place::Line { line },
        None => Place::File,
    };
    let error = Invalid::new(&file.file, place, expected, found);
    match key {
        Some(key) => error.about("setting", key),
        None => error.about("pack", &file.pack.id),
    }
}

/// A setting as the core knows it, or what is wrong with its value.
fn change(row: Row) -> Result<Change, (String, String)> {
    let mut extra = BTreeMap::new();
    if let Some(choices) = row.choices {
        extra.insert("choices".to_owned(), serde_json::json!(choices));
    }
    if let Some(anchor) = row.anchor {
        extra.insert("anchor".to_owned(), anchor.into());
    }
    if let Some(seconds) = row.per_seconds {
        extra.insert("per_seconds".to_owned(), seconds.into());
    }
    let value = row.value.map(|value| setting_value(value, &mut extra)).transpose()?;
    Ok(Change {
        title: row.title,
        value,
        unit: row.unit,
        enforcement: row.enforcement,
        source: row.source,
        valid_from: row.valid_from,
        note: row.note,
        extra,
    })
}

/// A window keeps its parts beside the value, so that the value itself reads well.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    start: String,
    hours: i64,
    days: Vec<String>,
}

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

fn setting_value(
    value: toml::Value,
    extra: &mut BTreeMap<String, serde_json::Value>,
) -> Result<Value, (String, String)> {
    if let toml::Value::Table(table) = value {
        let bad =
            |found: String| (golive_core::policy::Unit::WindowUtc.example().to_owned(), found);
        let window: Window =
            table.try_into().map_err(|error: toml::de::Error| bad(error.message().to_owned()))?;
        if let Some(day) = window.days.iter().find(|day| !WEEKDAYS.contains(&day.as_str())) {
            return Err((one_of(WEEKDAYS), format!("`{day}`")));
        }
        if window.start.parse::<jiff::civil::Time>().is_err() || !(1..=24).contains(&window.hours) {
            return Err(bad(format!("{} for {} hours", window.start, window.hours)));
        }
        let said = format!(
            "{} UTC for {} hours on {}",
            window.start,
            window.hours,
            window.days.join(", ")
        );
        extra.insert("start".to_owned(), window.start.into());
        extra.insert("hours".to_owned(), window.hours.into());
        extra.insert("days".to_owned(), window.days.into());
        return Ok(Value::Text(said));
    }
    plain(value)
}

/// A TOML value as a plain one; dates become text, lists hold words.
pub(crate) fn plain(value: toml::Value) -> Result<Value, (String, String)> {
    Ok(match value {
        toml::Value::Boolean(flag) => Value::Flag(flag),
        toml::Value::Integer(n) => Value::Count(n),
        toml::Value::Float(n) => Value::Number(n),
        toml::Value::String(text) => Value::Text(text),
        toml::Value::Datetime(at) => Value::Text(at.to_string()),
        toml::Value::Array(items) => {
            let word = |item: toml::Value| match item {
                toml::Value::String(text) => Ok(text),
                toml::Value::Integer(n) => Ok(n.to_string()),
                other => Err((
                    "a list of words or whole numbers".to_owned(),
                    other.type_str().to_owned(),
                )),
            };
            Value::List(items.into_iter().map(word).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(_) => return Err(("a plain value".to_owned(), "a table".to_owned())),
    })
}
