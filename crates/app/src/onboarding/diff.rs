//! What a file would change, item by item.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The fields that name an item of a list.
const NAMES: [&str; 6] = ["id", "login", "number", "name", "title", "what"];

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangeView {
    /// `added`, `changed` or `removed`.
    pub change: String,
    /// Where: `scope.features`, `milestone`.
    pub at: String,
    /// Which item.
    pub item: String,
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
}

impl ChangeView {
    /// A change from one value to another; nothing when they are equal.
    pub(super) fn between(at: &str, item: &str, from: &Value, to: &Value) -> Option<Self> {
        if from == to {
            return None;
        }
        let change = match (is_empty(from), is_empty(to)) {
            (true, _) => "added",
            (false, true) => "removed",
            (false, false) => "changed",
        };
        Some(Self {
            change: change.to_owned(),
            at: at.to_owned(),
            item: item.to_owned(),
            from: words(from),
            to: words(to),
        })
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !is_empty(value))
            .map(|(name, value)| format!("{name}: {}", words(value)))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Array(list) => list.iter().map(words).collect::<Vec<_>>().join("; "),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// The changes of one section: its fields, and its lists item by item.
pub(super) fn of_section(section: &str, from: &Value, to: &Value) -> Vec<ChangeView> {
    let empty = serde_json::Map::new();
    let (before, after) = (from.as_object().unwrap_or(&empty), to.as_object().unwrap_or(&empty));
    let mut changes = Vec::new();
    for (field, value) in after {
        let at = format!("{section}.{field}");
        let old = before.get(field).unwrap_or(&Value::Null);
        match (old.as_array(), value.as_array()) {
            (old, Some(new))
                if new.iter().chain(old.into_iter().flatten()).all(Value::is_object) =>
            {
                changes.extend(of_list(&at, old.map_or(&[], Vec::as_slice), new));
            }
            _ => changes.extend(ChangeView::between(&at, "", old, value)),
        }
    }
    changes
}

fn of_list(at: &str, before: &[Value], after: &[Value]) -> Vec<ChangeView> {
    let mut changes = Vec::new();
    for item in after {
        let name = name_of(item);
        let old = before.iter().find(|other| name_of(other) == name).unwrap_or(&Value::Null);
        changes.extend(ChangeView::between(at, &name, old, item));
    }
    for item in before.iter().filter(|old| !after.iter().any(|new| name_of(new) == name_of(old))) {
        changes.extend(ChangeView::between(at, &name_of(item), item, &Value::Null));
    }
    changes
}

fn name_of(item: &Value) -> String {
    NAMES.iter().find_map(|name| item.get(name)).map(words).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_compared_item_by_item_and_fields_as_a_whole() {
        let before = json!({ "vision": "old", "legacy": [{ "name": "ORION", "fate": "stays" }, { "name": "Shop" }] });
        let after = json!({ "vision": "new", "legacy": [{ "name": "ORION", "fate": "replaced" }, { "name": "Pay" }] });
        let changes = of_section("profile", &before, &after);
        let told: Vec<String> =
            changes.iter().map(|c| format!("{} {} {}", c.change, c.at, c.item)).collect();
        assert_eq!(
            told,
            [
                "changed profile.legacy ORION",
                "added profile.legacy Pay",
                "removed profile.legacy Shop",
                "changed profile.vision ",
            ]
        );
        assert!(of_section("profile", &after, &after).is_empty());
    }
}
