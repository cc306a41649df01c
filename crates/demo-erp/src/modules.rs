//! Modules: what the release folder brings and what the database has installed.

use crate::args::Args;
use crate::database::{self, Access};
use crate::failure::Failure;
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// One module of the release, as its `module.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// Its name, equal to its folder's.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its name for people.
    pub title: String,
    /// The modules whose tables it needs.
    #[serde(default)]
    pub depends: Vec<String>,
    /// Its folder.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// The part of `package.toml` beside the modules that matters when they are installed.
#[derive(Debug, Default, Deserialize)]
struct Declared {
    #[serde(default)]
    removals: Vec<String>,
}

/// All modules of a folder, each after those it depends on.
pub fn read(folder: &Path) -> Result<Vec<Module>, Failure> {
    let mut found = BTreeMap::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder)? {
            let folder = entry?.path();
            let module = read_one(&folder)?;
            found.insert(module.name.clone(), module);
        }
    }
    ordered(found)
}

/// The modules whose removal the package beside this folder declares.
pub fn removals(folder: &Path) -> Result<BTreeSet<String>, Failure> {
    let file = folder.with_file_name("package.toml");
    if !file.is_file() {
        return Ok(BTreeSet::new());
    }
    let declared: Declared = toml::from_str(&std::fs::read_to_string(&file)?)
        .map_err(|error| Failure::refused(format!("{}: {error}", file.display())))?;
    Ok(declared.removals.into_iter().collect())
}

fn read_one(folder: &Path) -> Result<Module, Failure> {
    let file = folder.join("module.toml");
    let text = std::fs::read_to_string(&file)
        .map_err(|error| Failure::refused(format!("{} cannot be read: {error}", file.display())))?;
    let mut module: Module = toml::from_str(&text)
        .map_err(|error| Failure::refused(format!("{}: {error}", file.display())))?;
    if folder.file_name().is_none_or(|name| name != module.name.as_str()) {
        return Err(Failure::refused(format!(
            "{}: the module is named `{}`",
            folder.display(),
            module.name
        )));
    }
    folder.clone_into(&mut module.folder);
    Ok(module)
}

fn ordered(mut left: BTreeMap<String, Module>) -> Result<Vec<Module>, Failure> {
    let mut done: Vec<Module> = Vec::new();
    while !left.is_empty() {
        let ready = left.values().find(|module| {
            module.depends.iter().all(|need| done.iter().any(|module| &module.name == need))
        });
        let Some(name) = ready.map(|module| module.name.clone()) else {
            let names: Vec<&str> = left.keys().map(String::as_str).collect();
            let names = names.join(", ");
            return Err(Failure::refused(format!(
                "modules that depend on something missing or on each other: {names}"
            )));
        };
        done.extend(left.remove(&name));
    }
    Ok(done)
}

/// The modules that a database has, with their versions.
pub async fn installed(
    connection: &mut SqliteConnection,
) -> Result<BTreeMap<String, String>, Failure> {
    let rows =
        sqlx::query("SELECT name, version FROM module ORDER BY name").fetch_all(connection).await?;
    Ok(rows.iter().map(|row| (row.get("name"), row.get("version"))).collect())
}

/// The command `info`.
pub async fn info(args: &Args) -> Result<Value, Failure> {
    let mut connection = database::open(&args.path("database")?, Access::Read).await?;
    let modules = installed(&mut connection).await?;
    let half = sqlx::query(
        "SELECT module || '/' || file FROM module_migration WHERE finished IS NULL ORDER BY 1",
    )
    .fetch_all(&mut connection)
    .await?;
    let half: Vec<String> = half.iter().map(|row| row.get(0)).collect();
    database::close(connection).await?;
    Ok(json!({ "platform": crate::PLATFORM, "modules": modules, "half_applied": half }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str, depends: &[&str]) -> (String, Module) {
        let depends = depends.iter().map(ToString::to_string).collect();
        let text = |text: &str| text.to_owned();
        let module = Module {
            name: text(name),
            version: text("1.0"),
            title: text(name),
            depends,
            folder: PathBuf::new(),
        };
        (text(name), module)
    }

    #[test]
    fn a_module_comes_after_what_it_depends_on() {
        let modules = BTreeMap::from([module("a", &["c"]), module("b", &[]), module("c", &["b"])]);
        let names: Vec<String> =
            ordered(modules).expect("no circle").into_iter().map(|module| module.name).collect();
        assert_eq!(names, ["b", "c", "a"]);
    }

    #[test]
    fn a_circle_and_a_missing_module_are_named() {
        let modules =
            BTreeMap::from([module("a", &["b"]), module("b", &["a"]), module("c", &["gone"])]);
        assert!(ordered(modules).expect_err("a circle").message.ends_with("a, b, c"));
    }
}
