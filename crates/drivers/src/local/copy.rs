//! Copies of databases: the source's own snapshot hook writes into a new folder, which gets its name when it is whole.

use super::LocalDriver;
use super::databases::{Entry, Origin};
use super::durable;
use super::hook::{self, Job};
use super::place::{Asker, Place};
use golive_app::ports::driver::{Call, Copied, Database, DriverError, Hook, Site};
use serde_json::Value;
use std::collections::BTreeMap;

/// The file beside a copy that says what its source said about itself.
const SOURCE: &str = "source.json";

/// Copies `from` into `into`. The same step asked again finds its copy.
pub(crate) async fn run(
    driver: &LocalDriver,
    call: &Call,
    (source, from): (&Site, &Database),
    site: &Site,
    into: &Database,
) -> Result<Copied, DriverError> {
    if *into == Database::Current {
        return Err(DriverError::Refused(
            "the current database is exchanged by a swap, never by a copy".to_owned(),
        ));
    }
    let (asker, place) = (Asker::from(call), Place::of(site));
    let (name, by) = (into.clone(), asker.clone());
    let begun = driver.fenced(call, site, move |place, held| match done(place, &name, &by)? {
        Some(copied) => Ok(Err(copied)),
        None => place.new_database(held).map(Ok),
    });
    let identity = match begun.await? {
        Ok(identity) => identity,
        Err(copied) => return Ok(copied),
    };
    let outcome = snapshot(driver, call, (source, from), &place, &identity).await;
    let (entry, name, faults) =
        (Entry::new(identity, &asker, Origin::Copied), into.clone(), driver.faults.clone());
    let source = match outcome {
        Ok(document) => document.get("source").cloned().unwrap_or(document),
        Err(error) => {
            // What was written has no name and is worth nothing; if it cannot be removed now, it is listed.
            let _ = durable::remove_folder(&place.database_folder(&entry.identity));
            return Err(error);
        }
    };
    let said = source.clone();
    let database = driver.fenced(call, site, move |place, held| {
        let folder = place.database_folder(&entry.identity);
        durable::write_json(&folder.join(SOURCE), &said)?;
        durable::sync_folder(&folder)?;
        place.name_database(held, &name, &entry, &faults)
    });
    Ok(Copied { database: database.await?, source })
}

/// The copy that this very step has made before.
fn done(place: &Place, into: &Database, asker: &Asker) -> Result<Option<Copied>, DriverError> {
    let manifest = place.manifest()?;
    let own = |entry: &&Entry| entry.operation == asker.operation && entry.step == asker.step;
    let Some(entry) = manifest.get(into).filter(own) else { return Ok(None) };
    let source: Option<Value> =
        durable::read_json(&place.database_folder(&entry.identity).join(SOURCE))?;
    Ok(source.map(|source| Copied { database: place.info(into.clone(), entry), source }))
}

async fn snapshot(
    driver: &LocalDriver,
    call: &Call,
    (source, from): (&Site, &Database),
    place: &Place,
    identity: &str,
) -> Result<Value, DriverError> {
    let (origin, asker) = (Place::of(source), Asker::from(call));
    let entry = origin.manifest()?.get(from).cloned();
    let entry = entry.ok_or_else(|| {
        DriverError::Refused(format!("there is no database {from:?} in {}", source.name))
    })?;
    let into = place.database_file(identity).display().to_string();
    let hook = Hook {
        name: "snapshot".to_owned(),
        values: BTreeMap::from([("into".to_owned(), into)]),
        input: String::new(),
    };
    let command = hook::command(driver, &origin, &asker, &entry.identity, &hook)?;
    let line = hook::line(&origin, "snapshot")?;
    call.say(format!("copying {} of {}", entry.identity, source.name));
    // It reads the source, but it writes here: it stands behind the fence of the place that it writes to.
    let job = Job {
        place: place.clone(),
        asker,
        name: hook.name,
        line,
        command,
        input: String::new(),
        changes: true,
    };
    hook::execute(driver, call, job).await
}
