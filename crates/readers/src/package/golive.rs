//! golive's own package: `package.toml`, and `modules/<name>/` with `module.toml` and numbered SQL migrations.

use super::{Errors, MOST_TEXT, Stamp, dependency};
use crate::limits::Archive;
use crate::source::Invalid;
use crate::source::tables::{Document, Located};
use golive_core::package::{Dependency, Format, Kind, Module, Package};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

pub(super) const MARKER: &str = "package.toml";
const SCHEMA: &str = "golive.package/1";
const BESIDE: [&str; 3] = [MARKER, "README.md", "LICENSE"];

/// `[[module]]` of `package.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    version: String,
    #[serde(default)]
    depends: Vec<String>,
}

/// `module.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    name: String,
    version: String,
    #[expect(dead_code, reason = "for people; it must be there")]
    title: String,
    #[serde(default)]
    depends: Vec<String>,
}

pub(super) fn read<R: Read + Seek>(
    file: &str,
    archive: &mut Archive<R>,
    stamp: Stamp,
) -> Result<Package, Vec<Invalid>> {
    let text = archive.read(MARKER, MOST_TEXT).map_err(|error| vec![error])?;
    let package = describe(file, &text, stamp)?;
    let mut errors = Errors::new(file);
    let migrations = contents(archive, &package, &mut errors);
    for module in &package.modules {
        own(file, archive, module, &mut errors);
    }
    if !errors.all.is_empty() {
        return Err(errors.all);
    }
    let count = |name: &str| migrations.get(name).map_or(0, BTreeSet::len);
    let count = |name: &str| u32::try_from(count(name)).unwrap_or(u32::MAX);
    let modules = package
        .modules
        .into_iter()
        .map(|module| Module { migrations: count(&module.name), ..module })
        .collect();
    Ok(Package { modules, ..package })
}

/// `package.toml` alone.
fn describe(file: &str, text: &[u8], stamp: Stamp) -> Result<Package, Vec<Invalid>> {
    let name = format!("{file}/{MARKER}");
    let mut document =
        Document::parse(&name, text, usize::try_from(MOST_TEXT).unwrap_or(usize::MAX), SCHEMA)?;
    let required = |document: &mut Document<'_>, key: &str| {
        let value = document.maybe::<String>(key);
        if value.is_none() {
            document.refuse_at(1, None, format!("{key} = \"…\""), "none");
        }
        value
    };
    let id = required(&mut document, "id");
    let version = required(&mut document, "version");
    let title = required(&mut document, "title");
    let kind = required(&mut document, "kind");
    let platform = document.maybe::<String>("platform");
    let removals =
        document.maybe::<Vec<String>>("removals").map(|found| found.row).unwrap_or_default();
    let rows = document.many::<Row>("module");
    let mut parse = |located: Option<Located<String>>| {
        let located = located?;
        let parsed = located.row.parse();
        if parsed.is_err() {
            document.refuse_at(located.line, None, "a version such as 10.4.2", located.row.clone());
        }
        parsed.ok()
    };
    let version = parse(version);
    let platform = parse(platform);
    let kind: Option<Kind> = kind.and_then(|found| {
        let parsed = found.row.parse();
        parsed
            .map_err(|words: String| document.refuse_at(found.line, None, words, found.row.clone()))
            .ok()
    });
    let modules = modules(&mut document, &rows);
    document.refuse_twice("module", rows.iter().map(|row| (row.line, row.name.as_str())));
    if rows.is_empty() && removals.is_empty() {
        document.refuse_at(1, None, "tables [[module]]", "none");
    }
    document.finish()?;
    let missing = "the document was refused when one of these was missing";
    Ok(Package {
        name: id.expect(missing).row,
        version: version.expect(missing),
        title: title.expect(missing).row,
        kind: kind.expect(missing),
        format: Format::Golive,
        platform,
        modules,
        removals,
        digest: stamp.digest,
        size: stamp.size,
    })
}

/// The modules whose versions and dependencies can be read.
fn modules(document: &mut Document<'_>, rows: &[Located<Row>]) -> Vec<Module> {
    let mut modules = Vec::new();
    for row in rows {
        let version = row.version.parse().map_err(|_| "a version such as 10.4.2");
        let depends: Option<Vec<Dependency>> =
            row.depends.iter().map(|text| dependency(text)).collect();
        match (version, depends) {
            (Ok(version), Some(depends)) => {
                modules.push(Module { name: row.name.clone(), version, depends, migrations: 0 });
            }
            (Err(expected), _) => {
                document.refuse(row.line, "module", &row.name, expected, &*row.version);
            }
            (Ok(_), None) => {
                let expected = "dependencies such as \"party\" or \"party >= 1.1\"";
                document.refuse(row.line, "module", &row.name, expected, row.depends.join(", "));
            }
        }
    }
    modules
}

/// What else is in the archive: only declared modules, and migrations with numbers. Gives the numbers by module.
fn contents<R: Read + Seek>(
    archive: &Archive<R>,
    package: &Package,
    errors: &mut Errors<'_>,
) -> BTreeMap<String, BTreeSet<u32>> {
    let mut migrations: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for entry in archive.names() {
        let Some(inside) = entry.strip_prefix("modules/") else {
            if !BESIDE.contains(&entry) {
                errors.at(entry, format!("{} or modules/…", BESIDE.join(", ")), "another file");
            }
            continue;
        };
        let Some((name, rest)) = inside.split_once('/') else {
            errors.at(entry, "modules/<name>/…", "a file beside the modules");
            continue;
        };
        if package.module(name).is_none() {
            errors.at(entry, format!("a module that {MARKER} declares"), name);
        } else if let Some(migration) = rest.strip_prefix("migrations/") {
            match number(migration) {
                None => errors.at(entry, "migrations/NNNN_name.sql", migration),
                Some(number) if !migrations.entry(name.to_owned()).or_default().insert(number) => {
                    errors.at(entry, "each number once", format!("{number:04} again"));
                }
                Some(_) => {}
            }
        }
    }
    migrations
}

/// The number of `0001_parties.sql`.
fn number(migration: &str) -> Option<u32> {
    let (number, name) = migration.strip_suffix(".sql")?.split_once('_')?;
    let fits = number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit());
    let named = !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    (fits && named).then(|| number.parse().ok()).flatten()
}

/// A module's own description says the same as the package's.
fn own<R: Read + Seek>(
    file: &str,
    archive: &mut Archive<R>,
    module: &Module,
    errors: &mut Errors<'_>,
) {
    let entry = format!("modules/{}/module.toml", module.name);
    if !archive.has(&entry) {
        errors.at(&entry, "the module's description", "none");
        return;
    }
    let bytes = match archive.read(&entry, MOST_TEXT) {
        Ok(bytes) => bytes,
        Err(error) => return errors.all.push(error),
    };
    let name = format!("{file}/{entry}");
    let text = match crate::source::text(&name, &bytes, bytes.len()) {
        Ok(text) => text,
        Err(error) => return errors.all.push(error),
    };
    let own: Own = match toml::from_str(text) {
        Ok(own) => own,
        Err(error) => {
            return errors.at(&entry, "name, version, title, depends", error.message().to_owned());
        }
    };
    if own.name != module.name {
        errors.at(&entry, format!("name = \"{}\"", module.name), own.name.clone());
    }
    if own.version.parse().ok().as_ref() != Some(&module.version) {
        errors.at(&entry, format!("version = \"{}\"", module.version), own.version.clone());
    }
    let says: Option<Vec<Dependency>> = own.depends.iter().map(|text| dependency(text)).collect();
    if says.as_ref() != Some(&module.depends) {
        errors.at(&entry, format!("depends as in {MARKER}"), own.depends.join(", "));
    }
}
