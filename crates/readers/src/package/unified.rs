//! The unified package of Dynamics 365: `PackageAssets/ImportConfig.xml` names managed zips, each with a module's
//! definition in JSON. The definition's field names differ between tools, so they are found by meaning.

use super::{Errors, MOST_TEXT, Stamp, nested};
use crate::limits::Archive;
use crate::source::Invalid;
use crate::xml::{Piece, Xml};
use golive_core::package::{Format, Kind, Module, Package};
use serde_json::Value;
use std::io::{Read, Seek};

pub(super) const MARKER: &str = "PackageAssets/ImportConfig.xml";
const ASSETS: &str = "PackageAssets/";
const DEFINITION: &str = "fnomoduledefinition.json";

pub(super) fn read<R: Read + Seek>(
    file: &str,
    archive: &mut Archive<R>,
    stamp: Stamp,
) -> Result<Package, Vec<Invalid>> {
    let one = |error: Invalid| vec![error];
    let bytes = archive.read(MARKER, MOST_TEXT).map_err(one)?;
    let assets = assets(&format!("{file}/{MARKER}"), &bytes).map_err(one)?;
    let mut errors = Errors::new(file);
    let (mut modules, mut platform) = (Vec::new(), None);
    for asset in assets {
        let entry = format!("{ASSETS}{asset}");
        if !archive.has(&entry) {
            errors.at(&entry, format!("the file that {MARKER} names"), "none");
            continue;
        }
        let Some(definition) = nested(archive, &entry, DEFINITION)? else {
            errors.at(&entry, DEFINITION, "none");
            continue;
        };
        let definition: Value = match serde_json::from_slice(&definition) {
            Ok(definition) => definition,
            Err(error) => {
                errors.at(&entry, format!("{DEFINITION} in JSON"), error.to_string());
                continue;
            }
        };
        modules.extend(module(&entry, &definition, &mut errors));
        let built = text(&definition, &["platformversion", "platform"]);
        platform = platform.or(built.and_then(|text| errors.version(&entry, &text)));
    }
    if modules.is_empty() && errors.all.is_empty() {
        errors.at(MARKER, "packages of type xpp", "none");
    }
    if !errors.all.is_empty() {
        return Err(errors.all);
    }
    let name = file.trim_end_matches(".zip").to_owned();
    let version = modules.iter().map(|module: &Module| module.version.clone()).max();
    Ok(Package {
        title: name.clone(),
        name,
        version: version.expect("there is a module, see above"),
        kind: Kind::Unified,
        format: Format::Unified,
        platform,
        modules,
        removals: Vec::new(),
        digest: stamp.digest,
        size: stamp.size,
    })
}

/// The files of `<package type="xpp" filename="…"/>`.
fn assets(file: &str, bytes: &[u8]) -> Result<Vec<String>, Invalid> {
    let mut xml = Xml::new(file, bytes, bytes.len())?;
    let mut assets = Vec::new();
    loop {
        match xml.piece()? {
            Piece::Open { name, attributes, .. } if name == "package" => {
                let is_module =
                    attributes.get("type").is_some_and(|kind| kind.eq_ignore_ascii_case("xpp"));
                assets.extend(attributes.get("filename").filter(|_| is_module).cloned());
            }
            Piece::End => return Ok(assets),
            Piece::Open { .. } | Piece::Text(_) | Piece::Close { .. } => {}
        }
    }
}

fn module(entry: &str, definition: &Value, errors: &mut Errors<'_>) -> Option<Module> {
    let name = text(definition, &["modulename", "name", "module"]);
    let version = text(definition, &["packageversion", "moduleversion", "version"]);
    let (Some(name), Some(version)) = (name, version) else {
        errors.at(entry, "a module's name and package version", "a definition without them");
        return None;
    };
    let version = errors.version(entry, &version)?;
    Some(Module { name: name.to_lowercase(), version, depends: Vec::new(), migrations: 0 })
}

/// The first text under one of these names, in this order, at any depth.
fn text(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| find(value, name))
}

fn find(value: &Value, wanted: &str) -> Option<String> {
    match value {
        Value::Object(fields) => {
            let plain = |name: &str| {
                name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
            };
            let here =
                fields.iter().find(|(name, value)| plain(name) == wanted && value.is_string());
            let here = here.and_then(|(_, value)| value.as_str()).map(str::to_owned);
            here.or_else(|| fields.values().find_map(|value| find(value, wanted)))
        }
        Value::Array(items) => items.iter().find_map(|value| find(value, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
