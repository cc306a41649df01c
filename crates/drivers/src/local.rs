//! The `local` driver: environments as supervised processes of this host, each with a SQLite file per database.
//!
//! The folder of an environment is described in [`place`]. Every changing verb takes the lock of the fence, compares
//! the epoch, and acts in short sections: a long-running hook runs between two of them and carries marks by which a
//! later owner finds and ends it. What was checked before is checked again before it counts.

mod copy;
mod databases;
mod durable;
mod hook;
mod leftovers;
mod place;
mod probe;
mod process;
mod release;
mod service;
mod unpack;

use crate::faults::Faults;
use databases::Swap;
use golive_app::ports::BoxFuture;
use golive_app::ports::driver::{
    Call, Copied, Database, DatabaseInfo, Driver, DriverError, Health, Hook, Leftover, Release,
    Running, Site,
};
use hook::blocking;
use place::{Asker, Held, Place};
use process::Role;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Writes a file as a whole or not at all, so that it survives a power cut.
pub(crate) fn write_durably(path: &std::path::Path, bytes: &[u8]) -> Result<(), DriverError> {
    durable::write(path, bytes)
}

type Answer<'a, T> = BoxFuture<'a, Result<T, DriverError>>;

/// Runs environments on this host.
#[derive(Debug, Clone)]
pub struct LocalDriver {
    /// The server's own program, for blueprints that ship it.
    golive: PathBuf,
    faults: Faults,
}

impl LocalDriver {
    /// A driver whose blueprints find the server's own program at this path.
    pub fn new(golive: PathBuf) -> Self {
        Self { golive, faults: Faults::default() }
    }

    /// Lets a test stop the verbs half-way.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// Does something with the lock held and the epoch compared, on a thread that may block.
    async fn fenced<T: Send + 'static>(
        &self,
        call: &Call,
        site: &Site,
        act: impl FnOnce(&Place, &Held) -> Result<T, DriverError> + Send + 'static,
    ) -> Result<T, DriverError> {
        let (place, asker) = (Place::of(site), Asker::from(call));
        blocking(move || {
            let held = place.enter(&asker)?;
            act(&place, &held)
        })
        .await
    }

    /// Placeholders that only depend on the environment.
    fn settings(&self, place: &Place) -> BTreeMap<String, String> {
        let text = |path: PathBuf| path.display().to_string();
        let values = [
            ("state", text(place.state())),
            ("logs", text(place.logs())),
            ("environment", place.environment.clone()),
            ("name", place.name.clone()),
            ("administrator", place.blueprint.accounts.administrator.clone()),
            ("golive", text(self.golive.clone())),
        ];
        values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Placeholders of a command, without release and database.
    fn values(
        &self,
        place: &Place,
        asker: &Asker,
    ) -> Result<BTreeMap<String, String>, DriverError> {
        let mut values = self.settings(place);
        values.insert("port".to_owned(), place.port()?.unwrap_or_default().to_string());
        values.insert("operation".to_owned(), asker.operation.to_string());
        values.insert("step".to_owned(), asker.step.clone());
        Ok(values)
    }
}

impl Driver for LocalDriver {
    fn name(&self) -> &'static str {
        "local"
    }

    fn prepare<'a>(&'a self, call: &'a Call, site: &'a Site) -> Answer<'a, ()> {
        Box::pin(async move {
            let root = site.root.clone();
            blocking(move || durable::at(&root, std::fs::create_dir_all(&root))).await?;
            let place = Place::of(site);
            blocking(move || place.prepare()).await?;
            self.fenced(call, site, |place, held| match place.port()? {
                Some(_) => Ok(()),
                None => place.free_port(held).map(|_| ()),
            })
            .await
        })
    }

    fn put_release<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        release: &'a Release,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let (place, asker, release) = (Place::of(site), Asker::from(call), release.clone());
            let (golive, faults) = (self.golive.clone(), self.faults.clone());
            blocking(move || release::put(&place, &asker, &release, &golive, &faults)).await
        })
    }

    fn active_release<'a>(&'a self, site: &'a Site) -> Answer<'a, Option<String>> {
        Box::pin(async move { Place::of(site).active() })
    }

    fn activate<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        expected: Option<&'a str>,
        release: Option<&'a str>,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let (expected, release) = (expected.map(str::to_owned), release.map(str::to_owned));
            let faults = self.faults.clone();
            self.fenced(call, site, move |place, held| {
                release::activate(place, held, expected.as_deref(), release.as_deref(), &faults)
            })
            .await
        })
    }

    fn start<'a>(&'a self, call: &'a Call, site: &'a Site) -> Answer<'a, Running> {
        Box::pin(service::start(self, call, site))
    }

    fn stop<'a>(&'a self, call: &'a Call, site: &'a Site, deadline: Duration) -> Answer<'a, ()> {
        Box::pin(async move {
            if is_untouched(site) {
                return Ok(());
            }
            service::stop(self, call, site, deadline).await
        })
    }

    fn running<'a>(&'a self, site: &'a Site) -> Answer<'a, Option<Running>> {
        Box::pin(async move { service::running(&Place::of(site)) })
    }

    fn health<'a>(&'a self, site: &'a Site) -> Answer<'a, Health> {
        Box::pin(service::health(self, site))
    }

    fn hook<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        database: &'a Database,
        hook: &'a Hook,
    ) -> Answer<'a, Value> {
        Box::pin(hook::run(self, call, site, database, hook))
    }

    fn databases<'a>(&'a self, site: &'a Site) -> Answer<'a, Vec<DatabaseInfo>> {
        Box::pin(async move {
            let place = Place::of(site);
            let manifest = place.manifest()?;
            Ok(manifest
                .all()
                .into_iter()
                .map(|(database, entry)| place.info(database, entry))
                .collect())
        })
    }

    fn copy_database<'a>(
        &'a self,
        call: &'a Call,
        source: (&'a Site, &'a Database),
        site: &'a Site,
        into: &'a Database,
    ) -> Answer<'a, Copied> {
        Box::pin(copy::run(self, call, source, site, into))
    }

    fn swap_database<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        expected: &'a str,
        prepared: &'a Database,
        aside: &'a Database,
    ) -> Answer<'a, DatabaseInfo> {
        Box::pin(async move {
            let (expected, prepared, aside) =
                (expected.to_owned(), prepared.clone(), aside.clone());
            let faults = self.faults.clone();
            self.fenced(call, site, move |place, held| {
                if !place.is_stopped()? {
                    return Err(DriverError::Refused(
                        "the application must be stopped before a swap".to_owned(),
                    ));
                }
                place.swap(
                    held,
                    &Swap { expected: &expected, side: &prepared, aside: &aside },
                    &faults,
                )
            })
            .await
        })
    }

    fn leftovers<'a>(&'a self, site: &'a Site) -> Answer<'a, Vec<Leftover>> {
        Box::pin(async move {
            let place = Place::of(site);
            blocking(move || leftovers::list(&place)).await
        })
    }

    fn remove<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        kind: &'a str,
        name: &'a str,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            if is_untouched(site) {
                return Ok(());
            }
            let (kind, name) = (kind.to_owned(), name.to_owned());
            self.fenced(call, site, move |place, held| leftovers::remove(place, held, &kind, &name))
                .await
        })
    }

    fn destroy<'a>(&'a self, call: &'a Call, site: &'a Site) -> Answer<'a, ()> {
        Box::pin(async move {
            if is_untouched(site) {
                return Ok(());
            }
            let deadline = Duration::from_secs(site.blueprint.service.stop_seconds);
            service::stop(self, call, site, deadline).await?;
            self.fenced(call, site, |place, _| empty(place)).await
        })
    }
}

/// Where nothing was ever made, there is nothing to stop or to remove: an undo must cope with that.
fn is_untouched(site: &Site) -> bool {
    !site.root.join("fence").exists()
}

/// Removes all but the fence: a late owner must still be refused after the environment is gone.
fn empty(place: &Place) -> Result<(), DriverError> {
    process::end_marked(&place.root, Role::Hook, |_| true)?;
    for name in durable::names(&place.root).into_iter().filter(|name| name != "fence") {
        let path = place.root.join(name);
        if path.is_dir() && !path.is_symlink() {
            durable::remove_folder(&path)?;
        } else {
            durable::remove_file(&path)?;
        }
    }
    durable::sync_folder(&place.root)
}
