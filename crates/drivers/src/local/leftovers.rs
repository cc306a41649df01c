//! What operations leave behind: listed with size, time and owner, and removed one by one.

use super::databases::Origin;
use super::durable;
use super::place::{Held, Place, plain_name};
use super::release::{MADE, Made};
use golive_app::ports::driver::{Database, DriverError, Leftover};
use golive_core::id::OperationId;
use std::path::Path;

/// Everything that takes room and is not the current state.
pub(crate) fn list(place: &Place) -> Result<Vec<Leftover>, DriverError> {
    let mut found = databases(place)?;
    found.extend(unnamed_databases(place)?);
    found.extend(releases(place)?);
    found.extend(logs(place)?);
    Ok(found)
}

fn leftover(kind: &str, name: &str, path: &Path, operation: Option<OperationId>) -> Leftover {
    Leftover {
        kind: kind.to_owned(),
        name: name.to_owned(),
        bytes: durable::size(path),
        made: durable::changed(path),
        operation,
        in_use: false,
    }
}

fn databases(place: &Place) -> Result<Vec<Leftover>, DriverError> {
    let manifest = place.manifest()?;
    let named = manifest.all().into_iter().filter_map(|(database, entry)| {
        let (kind, name) = match database {
            Database::Current => return None,
            Database::Side(name) => ("side_database", name),
            Database::Aside(name) if is_restore_point(entry) => ("restore_point", name),
            Database::Aside(name) => ("old_database", name),
        };
        Some(leftover(kind, &name, &place.database_folder(&entry.identity), Some(entry.operation)))
    });
    Ok(named.collect())
}

/// A copy that never was the current database.
fn is_restore_point(entry: &super::databases::Entry) -> bool {
    entry.origin == Origin::Copied && entry.from.is_none()
}

/// Folders of verbs that were cut off.
fn unnamed_databases(place: &Place) -> Result<Vec<Leftover>, DriverError> {
    let manifest = place.manifest()?;
    let named: Vec<&str> =
        manifest.all().iter().map(|(_, entry)| entry.identity.as_str()).collect();
    let folders =
        durable::names(&place.databases()).into_iter().filter(|name| name.starts_with("db"));
    let unnamed = folders.filter(|name| !named.contains(&name.as_str()));
    Ok(unnamed
        .map(|name| leftover("side_database", &name, &place.database_folder(&name), None))
        .collect())
}

fn releases(place: &Place) -> Result<Vec<Leftover>, DriverError> {
    let active = place.active()?;
    let running = place.service()?.map(|record| record.release);
    let one = |name: String| {
        let folder = place.releases().join(&name);
        let made: Option<Made> = durable::read_json(&folder.join(MADE)).ok().flatten();
        let used = active.as_ref() == Some(&name) || running.as_ref() == Some(&name);
        Leftover {
            in_use: used,
            ..leftover("release", &name, &folder, made.map(|made| made.by.operation))
        }
    };
    Ok(durable::names(&place.releases()).into_iter().map(one).collect())
}

fn logs(place: &Place) -> Result<Vec<Leftover>, DriverError> {
    let running = place.service()?.is_some();
    let mut found = Vec::new();
    for name in durable::names(&place.logs()).into_iter().filter(|name| name != "hooks") {
        let log = leftover("log", &name, &place.logs().join(&name), None);
        found.push(Leftover { in_use: running, ..log });
    }
    for name in durable::names(&place.logs().join("hooks")) {
        let operation = name.split('-').next().and_then(|operation| operation.parse().ok());
        found.push(leftover("log", &name, &place.logs().join("hooks").join(&name), operation));
    }
    Ok(found)
}

/// Removes one; what is gone already is no error, what is in use is refused.
pub(crate) fn remove(
    place: &Place,
    held: &Held,
    kind: &str,
    name: &str,
) -> Result<(), DriverError> {
    match kind {
        "side_database" => remove_database(place, held, &Database::Side(name.to_owned())),
        "old_database" | "restore_point" => {
            remove_database(place, held, &Database::Aside(name.to_owned()))
        }
        "release" => remove_release(place, name),
        "log" => remove_log(place, name),
        other => Err(DriverError::Refused(format!("nothing is left behind as `{other}`"))),
    }
}

/// First the name, then the folder: a folder without a name can be listed and removed again, not the other way round.
fn remove_database(place: &Place, held: &Held, database: &Database) -> Result<(), DriverError> {
    let mut manifest = place.manifest()?;
    if let Some(entry) = manifest.set(database, None) {
        place.write_manifest(held, &manifest)?;
        return durable::remove_folder(&place.database_folder(&entry.identity));
    }
    match database {
        Database::Side(name) if manifest.all().iter().all(|(_, entry)| entry.identity != *name) => {
            durable::remove_folder(&place.database_folder(plain_name(name)?))
        }
        Database::Side(name) => {
            Err(DriverError::Refused(format!("the database {name} has a name and is in use")))
        }
        Database::Current | Database::Aside(_) => Ok(()),
    }
}

fn remove_release(place: &Place, name: &str) -> Result<(), DriverError> {
    let running = place.service()?.map(|record| record.release);
    if place.active()?.as_deref() == Some(name) || running.as_deref() == Some(name) {
        return Err(DriverError::Refused(format!("the release {name} is in use")));
    }
    // The unfinished ones begin with a dot, which no name may that comes from outside.
    plain_name(name.strip_prefix('.').unwrap_or(name))?;
    durable::remove_folder(&place.releases().join(name))
}

fn remove_log(place: &Place, name: &str) -> Result<(), DriverError> {
    let name = plain_name(name)?;
    let of_service = place.logs().join(name);
    if of_service.is_file() && place.service()?.is_some() {
        return Err(DriverError::Refused(format!("the log {name} is being written")));
    }
    durable::remove_file(&of_service)?;
    durable::remove_file(&place.logs().join("hooks").join(name))
}
