//! The verbs of the port.

use super::data::name_of;
use super::{FakeDriver, SiteState, Stored, hooks, refused};
use golive_app::ports::BoxFuture;
use golive_app::ports::driver::{
    Call, Copied, Database, DatabaseInfo, Driver, DriverError, Health, Hook, Leftover, Release,
    Running, Site,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

type Answer<'a, T> = BoxFuture<'a, Result<T, DriverError>>;

impl Driver for FakeDriver {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn prepare<'a>(&'a self, call: &'a Call, site: &'a Site) -> Answer<'a, ()> {
        Box::pin(self.changing(call, site, |state| {
            state.prepared = true;
            Ok(())
        }))
    }

    fn put_release<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        release: &'a Release,
    ) -> Answer<'a, ()> {
        Box::pin(self.changing(call, site, |state| {
            let modules = match &release.package {
                Some(file) => modules_of(file)?,
                None => BTreeMap::new(),
            };
            state.releases.entry(release.digest.clone()).or_insert(modules);
            Ok(())
        }))
    }

    fn active_release<'a>(&'a self, site: &'a Site) -> Answer<'a, Option<String>> {
        Box::pin(async move { Ok(self.site(site.environment).active) })
    }

    fn activate<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        expected: Option<&'a str>,
        release: Option<&'a str>,
    ) -> Answer<'a, ()> {
        Box::pin(self.changing(call, site, move |state| {
            if state.active.as_deref() == release {
                return Ok(());
            }
            if state.active.as_deref() != expected {
                return refused(format!("{:?} is active, not {expected:?}", state.active));
            }
            if release.is_some_and(|release| !state.releases.contains_key(release)) {
                return refused(format!("there is no release {release:?}"));
            }
            state.active = release.map(str::to_owned);
            Ok(())
        }))
    }

    fn start<'a>(&'a self, call: &'a Call, site: &'a Site) -> Answer<'a, Running> {
        Box::pin(self.changing(call, site, |state| {
            let Some(active) = state.active.clone() else {
                return refused("no release is active");
            };
            if state.current().is_none() {
                return refused("there is no database");
            }
            state.running = Some(active.clone());
            Ok(running(site, active))
        }))
    }

    fn stop<'a>(&'a self, call: &'a Call, site: &'a Site, _deadline: Duration) -> Answer<'a, ()> {
        Box::pin(self.changing(call, site, |state| {
            state.running = None;
            Ok(())
        }))
    }

    fn running<'a>(&'a self, site: &'a Site) -> Answer<'a, Option<Running>> {
        Box::pin(async move {
            Ok(self.site(site.environment).running.map(|release| running(site, release)))
        })
    }

    fn health<'a>(&'a self, site: &'a Site) -> Answer<'a, Health> {
        Box::pin(async move {
            let state = self.site(site.environment);
            let modules = state.current().map(|data| data.modules.clone()).unwrap_or_default();
            let healthy = state.running.is_some();
            let detail = if healthy { "it answers" } else { "nothing answers" }.to_owned();
            Ok(Health { healthy, detail, modules })
        })
    }

    fn hook<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        database: &'a Database,
        hook: &'a Hook,
    ) -> Answer<'a, Value> {
        Box::pin(async move {
            let changes =
                site.blueprint.hooks.get(&hook.name).is_some_and(|line| line.changes_data);
            if !changes {
                let mut state = self.site(site.environment);
                return hooks::run(call, site, &mut state, &name_of(database), hook);
            }
            self.changing(call, site, |state| {
                hooks::run(call, site, state, &name_of(database), hook)
            })
            .await
        })
    }

    fn databases<'a>(&'a self, site: &'a Site) -> Answer<'a, Vec<DatabaseInfo>> {
        Box::pin(async move {
            let state = self.site(site.environment);
            Ok(state.databases.keys().filter_map(|name| state.info(name)).collect())
        })
    }

    fn copy_database<'a>(
        &'a self,
        call: &'a Call,
        (source, from): (&'a Site, &'a Database),
        site: &'a Site,
        into: &'a Database,
    ) -> Answer<'a, Copied> {
        Box::pin(async move {
            let source = self.site(source.environment);
            self.changing(call, site, move |state| {
                let Some(stored) = source.databases.get(&name_of(from)) else {
                    return refused(format!("there is no database {from:?} to copy"));
                };
                if *into == Database::Current {
                    return refused("the current database is exchanged by a swap, never by a copy");
                }
                let name = name_of(into);
                let own =
                    |known: &Stored| known.operation == call.operation && known.step == call.step;
                if !state.databases.get(&name).is_some_and(own) {
                    state.add(&name, call, stored.data.clone());
                }
                let database = state.info(&name).expect("it is there or was just added");
                Ok(Copied { database, source: stored.data.proof(&[]) })
            })
            .await
        })
    }

    fn swap_database<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        expected: &'a str,
        side: &'a Database,
        aside: &'a Database,
    ) -> Answer<'a, DatabaseInfo> {
        Box::pin(self.changing(call, site, move |state| {
            if state.running.is_some() {
                return refused("the application must be stopped before a swap");
            }
            let (side, aside) = (name_of(side), name_of(aside));
            if swapped_before(state, expected, (&side, &aside)) {
                return Ok(state.info("current").expect("it was swapped in before"));
            }
            let current = state.databases.get("current").map(|stored| stored.identity.clone());
            if current.as_deref() != Some(expected) {
                return refused(format!("the current database is {current:?}, not {expected}"));
            }
            if state.databases.contains_key(&aside) {
                return refused(format!("{aside} cannot take the former database"));
            }
            let Some(prepared) = state.databases.remove(&side) else {
                return refused(format!("there is no database {side}"));
            };
            let prepared = Stored { from: Some(side), ..prepared };
            if let Some(former) = state.databases.insert("current".to_owned(), prepared) {
                state
                    .databases
                    .insert(aside, Stored { from: Some("current".to_owned()), ..former });
            }
            Ok(state.info("current").expect("it was just swapped in"))
        }))
    }

    fn leftovers<'a>(&'a self, site: &'a Site) -> Answer<'a, Vec<Leftover>> {
        Box::pin(async move {
            let state = self.site(site.environment);
            let databases = state.databases.iter().filter_map(|(name, stored)| {
                let (kind, name) = name.split_once(':')?;
                let kind = if kind == "side" { "side_database" } else { "old_database" };
                Some((kind, name, Some(stored.operation), false))
            });
            let releases = state.releases.keys().map(|name| {
                let used = state.active.as_ref() == Some(name);
                ("release", name.as_str(), None, used)
            });
            let leftover = |(kind, name, operation, in_use): (&str, &str, _, _)| Leftover {
                kind: kind.to_owned(),
                name: name.to_owned(),
                bytes: 100,
                made: 0,
                operation,
                in_use,
            };
            Ok(databases.chain(releases).map(leftover).collect())
        })
    }

    fn remove<'a>(
        &'a self,
        call: &'a Call,
        site: &'a Site,
        kind: &'a str,
        name: &'a str,
    ) -> Answer<'a, ()> {
        Box::pin(self.changing(call, site, move |state| {
            match kind {
                "release" if state.active.as_deref() == Some(name) => {
                    return refused(format!("the release {name} is in use"));
                }
                "release" => drop(state.releases.remove(name)),
                "side_database" => drop(state.databases.remove(&format!("side:{name}"))),
                "old_database" | "restore_point" => {
                    drop(state.databases.remove(&format!("aside:{name}")));
                }
                _ => {}
            }
            Ok(())
        }))
    }

    fn destroy<'a>(&'a self, call: &'a Call, site: &'a Site) -> Answer<'a, ()> {
        Box::pin(self.changing(call, site, |state| {
            *state = SiteState { made: state.made, ..Default::default() };
            Ok(())
        }))
    }
}

/// Judged by what is there, as the real drivers do: the same question after an undo means another swap.
fn swapped_before(state: &SiteState, expected: &str, (side, aside): (&String, &String)) -> bool {
    let from = state.databases.get("current").and_then(|stored| stored.from.as_ref());
    let kept = state.databases.get(aside).is_some_and(|stored| stored.identity == expected);
    !state.databases.contains_key(side) && from == Some(side) && kept
}

fn running(site: &Site, release: String) -> Running {
    Running { pid: 1, url: format!("http://{}.invalid/", site.name), release }
}

/// The modules of a package, by its own reader.
fn modules_of(file: &std::path::Path) -> Result<BTreeMap<String, String>, DriverError> {
    let opened = std::fs::File::open(file)
        .map_err(|error| DriverError::Retry(format!("{}: {error}", file.display())))?;
    let package = golive_readers::package::read(&file.display().to_string(), opened)
        .map_err(|faults| DriverError::Refused(format!("{faults:?}")))?;
    Ok(package
        .modules
        .iter()
        .map(|module| (module.name.clone(), module.version.to_string()))
        .collect())
}
