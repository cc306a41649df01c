//! Releases: a folder per release, laid out beside and renamed when it is complete; `current` names the active one.

use super::durable::{self, at};
use super::place::{Asker, Held, Place, plain_name};
use super::unpack;
use crate::faults::Faults;
use golive_app::ports::driver::{DriverError, Release};
use golive_core::blueprint::{Placing, fill};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Who made a release; lies in its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Made {
    pub by: Asker,
    pub package: Option<PathBuf>,
}

/// The file of a release folder that says who made it.
pub(crate) const MADE: &str = "release.json";

/// Lays out a release unless it is there.
pub(crate) fn put(
    place: &Place,
    asker: &Asker,
    release: &Release,
    golive: &Path,
    faults: &Faults,
) -> Result<(), DriverError> {
    let target = place.releases().join(plain_name(&release.digest)?);
    let beside = place.releases().join(format!(".new-{:020}-{}", asker.epoch, release.digest));
    {
        let _held = place.enter(asker)?;
        if target.is_dir() {
            return Ok(());
        }
        remove_unfinished(place, asker.epoch)?;
        at(&beside, fs::create_dir(&beside))?;
    }
    // Nobody else writes here: the folder carries the epoch, so that even a late owner has one of his own.
    lay_out(place, &beside, release, golive)?;
    durable::write_json(
        &beside.join(MADE),
        &Made { by: asker.clone(), package: release.package.clone() },
    )?;
    sync_all(&beside)?;
    let _held = place.enter(asker)?;
    faults.point("release.before_rename")?;
    at(&target, fs::rename(&beside, &target))?;
    durable::sync_folder(&place.releases())?;
    faults.point("release.after_rename")
}

/// What was not finished by this or an earlier owner is worth nothing.
fn remove_unfinished(place: &Place, epoch: i64) -> Result<(), DriverError> {
    for name in durable::names(&place.releases()) {
        let made_in = name
            .strip_prefix(".new-")
            .and_then(|rest| rest.get(..20))
            .and_then(|text| text.parse().ok());
        if made_in.is_some_and(|made_in: i64| made_in <= epoch) {
            durable::remove_folder(&place.releases().join(name))?;
        }
    }
    Ok(())
}

fn lay_out(
    place: &Place,
    folder: &Path,
    release: &Release,
    golive: &Path,
) -> Result<(), DriverError> {
    let layout = &place.blueprint.release;
    let values = BTreeMap::from([("golive".to_owned(), golive.display().to_string())]);
    for file in &layout.files {
        let from = fill(&file.from, &values).map_err(|name| {
            DriverError::Refused(format!("the release file `{}` needs {{{name}}}", file.from))
        })?;
        let (from, to) = (PathBuf::from(from), folder.join(&file.to));
        if let Some(parent) = to.parent() {
            at(parent, fs::create_dir_all(parent))?;
        }
        let linked = file.how == Placing::Link && fs::hard_link(&from, &to).is_ok();
        if !linked {
            at(&from, fs::copy(&from, &to))?;
        }
    }
    let modules = folder.join(&layout.modules);
    at(&modules, fs::create_dir_all(&modules))?;
    match &release.package {
        Some(package) => unpack::package(package, folder, &layout.modules),
        None => Ok(()),
    }
}

/// One call for all files of the folder's file system is faster than one per file.
fn sync_all(folder: &Path) -> Result<(), DriverError> {
    let file = at(folder, fs::File::open(folder))?;
    at(folder, rustix::fs::syncfs(&file).map_err(std::io::Error::from))
}

/// Switches `current`, if it is what was expected.
pub(crate) fn activate(
    place: &Place,
    _held: &Held,
    expected: Option<&str>,
    release: Option<&str>,
    faults: &Faults,
) -> Result<(), DriverError> {
    let active = place.active()?;
    if active.as_deref() == release {
        return Ok(());
    }
    if active.as_deref() != expected {
        let name = |release: Option<&str>| release.unwrap_or("none").to_owned();
        let (expected, active) = (name(expected), name(active.as_deref()));
        return Err(DriverError::Refused(format!(
            "expected the active release to be {expected}; found {active}"
        )));
    }
    let link = place.root.join("current");
    faults.point("activate.before_rename")?;
    match release {
        Some(digest) => {
            place.release(digest)?;
            let beside = place.root.join(".current.new");
            durable::remove_file(&beside)?;
            let target = Path::new("releases").join(digest);
            at(&beside, std::os::unix::fs::symlink(target, &beside))?;
            at(&link, fs::rename(&beside, &link))?;
        }
        None => durable::remove_file(&link)?,
    }
    durable::sync_folder(&place.root)?;
    faults.point("activate.after_rename")
}
