//! The sections as forms: which fields each has, and how what was typed becomes its content.

use super::lines::{Holds, List};
use crate::components::form::{Field, Input};
use crate::pages::shell::Posted;
use Holds::{Maybe, MaybeNumber, Number, Text, Words, Yes};
use golive_app::Error;
use golive_core::onboarding::Part;
use serde_json::{Map, Value, json};

/// What belongs to a go-live, by its name in files.
const PARTS: [(&str, &str); 8] = [
    ("integrations", "Connections to other systems"),
    ("customisations", "Own or bought code"),
    ("linked_applications", "Applications that share data"),
    ("shops", "Shops and tills"),
    ("warehouse_devices", "Scanners and terminals"),
    ("upgrade", "A live system is upgraded"),
    ("printing", "Printing"),
    ("workflow", "Workflow"),
];

/// The lists of a section.
pub(super) fn lists(part: Part) -> &'static [List] {
    match part {
        Part::Profile => &PROFILE,
        Part::Scope => &SCOPE,
        Part::Contacts => &CONTACTS,
        Part::Rollout => &ROLLOUT,
        Part::Licences => &[],
        Part::Environments => &ENVIRONMENTS,
        Part::Registers => &REGISTERS,
    }
}

const fn list(
    name: &'static str,
    label: &'static str,
    columns: &'static [(&'static str, Holds)],
) -> List {
    List { name, label, columns }
}

const PROFILE: [List; 1] =
    [list("legacy", "Systems from before", &[("name", Text), ("use", Text), ("fate", Text)])];
const SCOPE: [List; 3] = [
    list(
        "features",
        "Functions",
        &[("id", Text), ("title", Text), ("in_scope", Yes), ("detail", Maybe)],
    ),
    list(
        "legal_entities",
        "Companies",
        &[
            ("id", Text),
            ("name", Text),
            ("country", Text),
            ("currency", Text),
            ("wave", Number),
            ("fiscal_year_starts", Text),
        ],
    ),
    list(
        "sites",
        "Sites",
        &[("name", Text), ("country", Text), ("time_zone", Text), ("users_first_day", Number)],
    ),
];
const CONTACTS: [List; 1] = [list(
    "contacts",
    "Contacts",
    &[("login", Text), ("function", Text), ("primary", Yes), ("consent", Yes)],
)];
const ROLLOUT: [List; 1] = [list(
    "waves",
    "Waves",
    &[
        ("number", Number),
        ("date", Text),
        ("users", Number),
        ("countries", Words),
        ("legal_entities", Words),
        ("functions", Text),
    ],
)];
const ENVIRONMENTS: [List; 3] = [
    list(
        "planned",
        "Environments",
        &[
            ("id", Text),
            ("name", Text),
            ("purpose", Text),
            ("tier", MaybeNumber),
            ("region", Text),
            ("administrator", Text),
            ("deployed_on", Maybe),
            ("version_set", Maybe),
            ("state", Text),
        ],
    ),
    list(
        "runs",
        "Rehearsals and the live run",
        &[
            ("title", Text),
            ("starts", Text),
            ("ends", Text),
            ("planned_hours", Number),
            ("kind", Text),
            ("environment", Text),
        ],
    ),
    list(
        "clashes",
        "What falls into the same weeks",
        &[("what", Text), ("starts", Text), ("ends", Text), ("plan", Text)],
    ),
];
const REGISTERS: [List; 8] = [
    list(
        "integrations",
        "Integrations",
        &[
            ("id", Text),
            ("name", Text),
            ("other_system", Text),
            ("direction", Text),
            ("trigger", Text),
            ("records_per_hour_at_peak", Number),
            ("owner_partner", Text),
            ("owner_customer", Text),
            ("critical", Yes),
        ],
    ),
    list(
        "devices",
        "Devices",
        &[
            ("id", Text),
            ("name", Text),
            ("kind", Text),
            ("count", Number),
            ("sites", Words),
            ("used_for", Text),
        ],
    ),
    list(
        "regulations",
        "Rules of law and house",
        &[
            ("id", Text),
            ("country", Text),
            ("title", Text),
            ("area", Text),
            ("owner", Text),
            ("proof", Text),
        ],
    ),
    list(
        "roles",
        "Roles of the application",
        &[("id", Text), ("title", Text), ("kind", Text), ("users", Number)],
    ),
    list(
        "data_loads",
        "Data to be brought over",
        &[
            ("id", Text),
            ("object", Text),
            ("source", Text),
            ("owner", Text),
            ("records", Number),
            ("when", Text),
            ("measured_minutes", Number),
            ("rehearsed", Yes),
        ],
    ),
    list(
        "extensions",
        "Own code",
        &[("id", Text), ("title", Text), ("area", Text), ("complexity", Text)],
    ),
    list(
        "add_ons",
        "Bought code",
        &[
            ("name", Text),
            ("version", Text),
            ("supplier", Text),
            ("licensed_for_production", Yes),
            ("supported_on_version", Yes),
        ],
    ),
    list(
        "risks",
        "Risks",
        &[
            ("id", Text),
            ("title", Text),
            ("probability", Text),
            ("effect", Text),
            ("mitigation", Text),
            ("owner", Text),
        ],
    ),
];

/// The fields of a section with what it holds now.
pub(super) fn fields(part: Part, content: &Value) -> Vec<Field> {
    let text =
        |name: &str| content.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut fields = match part {
        Part::Profile => vec![
            Field::new("vision", "Vision", Input::Area(3)).optional().value(text("vision")),
            Field::new("measures", "Measures of success", Input::Area(3))
                .optional()
                .value(lines_of(&content["measures"]))
                .hint("One on each line."),
            Field::text("industry", "Industry").optional().value(text("industry")),
            Field::text("product", "Application").optional().value(text("product")),
            Field::text("code_home", "Home of the source code").optional().value(text("code_home")),
        ],
        Part::Scope => PARTS
            .iter()
            .map(|(name, label)| {
                let is_on = content["parts"][name] == json!(true);
                Field::new(*name, *label, Input::Check).optional().value(if is_on {
                    "on"
                } else {
                    ""
                })
            })
            .collect(),
        Part::Licences => {
            [("bought", "Bought by the customer"), ("allocated", "Of these, for this project")]
                .map(|(name, label)| {
                    let number = content[name].as_u64().map(|n| n.to_string()).unwrap_or_default();
                    Field::new(name, label, Input::Line("number")).optional().value(number)
                })
                .into()
        }
        Part::Contacts | Part::Rollout | Part::Environments | Part::Registers => Vec::new(),
    };
    fields.extend(lists(part).iter().map(|list| list_field(list, &content[list.name])));
    fields
}

fn list_field(list: &List, items: &Value) -> Field {
    let text = list.show(items);
    let rows = u8::try_from(text.lines().count().clamp(2, 17) + 1).unwrap_or(8);
    Field::new(list.name, list.label, Input::Area(rows)).optional().value(text).hint(list.hint())
}

fn lines_of(words: &Value) -> String {
    let words = words.as_array().into_iter().flatten().filter_map(Value::as_str);
    words.collect::<Vec<_>>().join("\n")
}

/// What was typed, as the content of the section.
pub(super) fn content(part: Part, posted: &Posted) -> Result<Value, Error> {
    let mut content = Map::new();
    let mut put = |name: &str, value: Value| drop(content.insert(name.to_owned(), value));
    match part {
        Part::Profile => {
            for name in ["vision", "industry", "product", "code_home"] {
                put(name, json!(posted.text(name)));
            }
            put("measures", json!(posted.list("measures")));
        }
        Part::Scope => {
            let parts =
                PARTS.iter().map(|(name, _)| ((*name).to_owned(), json!(posted.flag(name))));
            put("parts", Value::Object(parts.collect()));
        }
        Part::Licences => {
            for name in ["bought", "allocated"] {
                let is_given = !posted.text(name).is_empty();
                let number =
                    is_given.then(|| posted.value::<u32>(name, "a whole number")).transpose()?;
                put(name, json!(number));
            }
        }
        Part::Contacts | Part::Rollout | Part::Environments | Part::Registers => {}
    }
    for list in lists(part) {
        put(list.name, list.read(posted.raw(list.name))?);
    }
    Ok(Value::Object(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value that the column takes.
    fn sample(name: &str, holds: Holds) -> &'static str {
        match (name, holds) {
            ("direction", _) => "in",
            ("when", _) => "window",
            ("date" | "starts" | "ends" | "deployed_on", _) => "2027-04-05",
            ("kind", _) => "rehearsal",
            (_, Text | Maybe) => "some words",
            (_, Number | MaybeNumber) => "12",
            (_, Yes) => "yes",
            (_, Words) => "DE, FR",
        }
    }

    #[test]
    fn every_column_of_every_list_is_a_field_of_the_section_and_survives_the_form() {
        for part in Part::ALL {
            for list in lists(part) {
                let cells: Vec<&str> =
                    list.columns.iter().map(|(name, holds)| sample(name, *holds)).collect();
                let line = cells.join(" | ");
                let items = list.read(&line).expect("the sample fits the columns");
                let typed = serde_json::json!({ list.name: items });
                let content = part
                    .read(typed.clone())
                    .unwrap_or_else(|error| panic!("{}: {error}", list.name));
                let kept = serde_json::to_value(content).expect("it serialises");
                assert_eq!(kept["content"][list.name], typed[list.name], "{}", list.name);
                assert_eq!(list.show(&kept["content"][list.name]), line);
            }
        }
    }
}
