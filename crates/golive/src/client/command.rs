//! Commands from the OpenAPI document: operation id `request_sign_off` is `golive request sign-off`.

use clap::{Arg, ArgAction, Command};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One call of the API.
#[derive(Debug, Clone)]
pub struct Call {
    /// `request_sign_off`.
    pub id: String,
    /// `request`.
    pub noun: String,
    /// `sign-off`.
    pub verb: String,
    /// `POST`.
    pub method: String,
    /// `/api/v1/requests/{id}/sign-off`.
    pub path: String,
    /// What it does.
    pub about: String,
    /// Names in the path, in order.
    pub places: Vec<String>,
    /// Names in the query string.
    pub query: Vec<String>,
    /// Fields of the body, by name.
    pub fields: BTreeMap<String, Field>,
    /// True when the body is a file.
    pub upload: bool,
}

/// One field of a body.
#[derive(Debug, Clone)]
pub struct Field {
    /// How it is typed in.
    pub kind: Kind,
    /// Whether it must be given.
    pub required: bool,
    /// What it is.
    pub about: String,
}

/// How a field is typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As it is.
    Text,
    /// A number.
    Number,
    /// A flag.
    Flag,
    /// A flag that may be given several times.
    List,
    /// JSON.
    Json,
}

/// Nouns of more than one word.
const LONG_NOUNS: [&str; 8] = [
    "go_live_date",
    "go_live",
    "service_request",
    "load_test",
    "restore_point",
    "cutover_plan",
    "cutover_run",
    "go_no_go",
];

/// Every call of the API.
pub static CALLS: LazyLock<Vec<Call>> = LazyLock::new(|| {
    let document =
        serde_json::to_value(golive_web::api::document()).expect("our own document serialises");
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let mut calls = Vec::new();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().cloned().unwrap_or_default() {
            calls.push(call(&document, &path, &method, &operation));
        }
    }
    calls.sort_by(|a, b| a.id.cmp(&b.id));
    calls
});

fn call(document: &Value, path: &str, method: &str, operation: &Value) -> Call {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let (noun, verb) = split(&id);
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().cloned().unwrap_or_default() {
        if parameter["in"] == "query" {
            query.push(parameter["name"].as_str().unwrap_or_default().to_owned());
        }
    }
    let content = &operation["requestBody"]["content"];
    let schema = resolve(document, &content["application/json"]["schema"]);
    let upload = content.get("application/octet-stream").is_some();
    Call {
        noun,
        verb,
        method: method.to_uppercase(),
        path: path.to_owned(),
        about: operation["summary"]
            .as_str()
            .or(operation["description"].as_str())
            .unwrap_or_default()
            .trim()
            .to_owned(),
        places: places(path),
        query,
        fields: fields(document, &schema),
        upload,
        id,
    }
}

fn split(id: &str) -> (String, String) {
    let noun = LONG_NOUNS.into_iter().find(|noun| id.starts_with(&format!("{noun}_")));
    let noun = noun.unwrap_or_else(|| id.split('_').next().unwrap_or(id));
    let verb = id[noun.len()..].trim_start_matches('_');
    (noun.replace('_', "-"), verb.replace('_', "-"))
}

fn places(path: &str) -> Vec<String> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(str::to_owned)
        .collect()
}

fn resolve(document: &Value, schema: &Value) -> Value {
    match schema["$ref"].as_str() {
        Some(reference) => {
            document.pointer(reference.trim_start_matches('#')).cloned().unwrap_or_default()
        }
        None => schema.clone(),
    }
}

fn fields(document: &Value, schema: &Value) -> BTreeMap<String, Field> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    let field = |(name, property): (String, Value)| {
        let about = property["description"].as_str().unwrap_or_default().to_owned();
        let kind = kind(document, &resolve(document, &property));
        let required = required.iter().any(|r| r == name.as_str()) && kind != Kind::Flag;
        (name, Field { kind, required, about })
    };
    properties.into_iter().map(field).collect()
}

fn kind(document: &Value, property: &Value) -> Kind {
    let kinds: Vec<&str> = match &property["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    if kinds.contains(&"string") {
        Kind::Text
    } else if kinds.contains(&"integer") || kinds.contains(&"number") {
        Kind::Number
    } else if kinds.contains(&"boolean") {
        Kind::Flag
    } else if kinds.contains(&"array")
        && kind(document, &resolve(document, &property["items"])) == Kind::Text
    {
        Kind::List
    } else {
        Kind::Json
    }
}

/// One command for each noun, with a subcommand for each verb.
pub fn nouns() -> Vec<Command> {
    let mut nouns: BTreeMap<&str, Command> = BTreeMap::new();
    for call in CALLS.iter() {
        let noun = nouns.remove(call.noun.as_str()).unwrap_or_else(|| {
            Command::new(call.noun.clone())
                .about(format!("Commands for {}", call.noun.replace('-', " ")))
                .subcommand_required(true)
                .arg_required_else_help(true)
        });
        nouns.insert(&call.noun, noun.subcommand(verb(call)));
    }
    nouns.into_values().collect()
}

fn verb(call: &Call) -> Command {
    let mut command = Command::new(call.verb.clone()).about(call.about.clone());
    for place in &call.places {
        command = command
            .arg(Arg::new(format!("@{place}")).value_name(place.to_uppercase()).required(true));
    }
    for name in &call.query {
        command = command.arg(
            Arg::new(format!("?{name}"))
                .long(name.replace('_', "-"))
                .value_name(name.to_uppercase()),
        );
    }
    if call.upload {
        command = command.arg(
            Arg::new("upload")
                .long("file")
                .short('f')
                .required(true)
                .value_name("FILE")
                .help("The file to send"),
        );
    }
    for (name, field) in &call.fields {
        let action = match field.kind {
            Kind::Flag => ArgAction::SetTrue,
            Kind::List => ArgAction::Append,
            Kind::Text | Kind::Number | Kind::Json => ArgAction::Set,
        };
        let arg = Arg::new(name.clone())
            .long(name.replace('_', "-"))
            .action(action)
            .help(field.about.clone());
        let arg = if field.kind == Kind::Number { arg.allow_negative_numbers(true) } else { arg };
        command = command.arg(arg.required(field.required && !is_file(call, name)));
    }
    if call.fields.contains_key("text") && call.fields.contains_key("file") {
        command = command.arg(
            Arg::new("read")
                .short('f')
                .long("read")
                .value_name("FILE")
                .help("Reads `file` and `text` from here"),
        );
    }
    command
}

/// `file` and `text` come from one file when that is given.
pub fn is_file(call: &Call, name: &str) -> bool {
    matches!(name, "file" | "text")
        && call.fields.contains_key("file")
        && call.fields.contains_key("text")
}
