//! Provision: from an empty place to an application that answers and that only its administrator can sign in to.

use super::site::Place;
use super::steps::{self, Start, Verify};
use super::{End, Kind, Step, Trouble, Work, done, nothing};
use crate::ports::BoxFuture;
use crate::ports::driver::{Database, Hook, Release};
use crate::{App, Result, request};
use golive_core::environment::{After, Environment, Installed};
use golive_core::operation::{Outcome, Record};
use golive_store::{OperationRow, Write};
use serde_json::{Value, json};

/// The place of `verify` in the list of steps.
const VERIFY: usize = 6;

/// The steps of a first deployment.
pub(super) struct Provision(Vec<Box<dyn Step>>);

impl Default for Provision {
    fn default() -> Self {
        Self(vec![
            Box::new(Prepare),
            Box::new(PutRelease),
            Box::new(Activate),
            Box::new(Initialise),
            Box::new(Migrate),
            Box::new(Start),
            Box::new(Verify),
        ])
    }
}

impl Kind for Provision {
    fn name(&self) -> &'static str {
        "provision"
    }

    fn title(&self) -> &'static str {
        "Deploy the environment"
    }

    fn steps(&self) -> &[Box<dyn Step>] {
        &self.0
    }

    fn begin<'a>(
        &'a self,
        app: &'a App,
        write: &'a mut Write,
        operation: &'a OperationRow,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(request::start_deploying(app, write, operation))
    }

    fn after(&self, operation: &OperationRow, _environment: &Environment, log: &[Record]) -> After {
        let before =
            Installed { data_set: operation.id.to_string(), locked: true, ..Installed::default() };
        steps::after_verify(before, log, VERIFY)
    }

    fn finish<'a>(
        &'a self,
        app: &'a App,
        write: &'a mut Write,
        operation: &'a OperationRow,
        (outcome, _log): (&'a Outcome, &'a [Record]),
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(request::end_deploying(app, write, operation, outcome))
    }
}

/// The release of an environment without any package.
fn base_release(place: &Place) -> Release {
    let digest = place.site.blueprint.digest.replace("sha256:", "");
    Release {
        digest: format!("base-{}", digest.chars().take(16).collect::<String>()),
        package: None,
    }
}

struct Prepare;
impl Step for Prepare {
    fn name(&self) -> &'static str {
        "prepare"
    }
    fn title(&self) -> &'static str {
        "Make the folders and reserve the address"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            place.driver.prepare(&work.call, &place.site).await?;
            done(Value::Null)
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            Ok(place.driver.destroy(&work.call, &place.site).await?)
        })
    }
}

struct PutRelease;
impl Step for PutRelease {
    fn name(&self) -> &'static str {
        "put_release"
    }
    fn title(&self) -> &'static str {
        "Lay out the release"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let release = base_release(&place);
            place.driver.put_release(&work.call, &place.site, &release).await?;
            done(json!({ "release": release.digest }))
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            Ok(place
                .driver
                .remove(&work.call, &place.site, "release", &base_release(&place).digest)
                .await?)
        })
    }
}

struct Activate;
impl Step for Activate {
    fn name(&self) -> &'static str {
        "activate"
    }
    fn title(&self) -> &'static str {
        "Make it the active release"
    }
    fn inspect<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<Option<Value>, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let active = place.driver.active_release(&place.site).await?;
            Ok((active.as_deref() == Some(&base_release(&place).digest)).then_some(Value::Null))
        })
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let release = base_release(&place).digest;
            place.driver.activate(&work.call, &place.site, None, Some(&release)).await?;
            done(Value::Null)
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let release = base_release(&place).digest;
            if place.driver.active_release(&place.site).await?.as_deref() == Some(&release) {
                place.driver.activate(&work.call, &place.site, Some(&release), None).await?;
            }
            Ok(())
        })
    }
}

struct Initialise;
impl Step for Initialise {
    fn name(&self) -> &'static str {
        "initialise"
    }
    fn title(&self) -> &'static str {
        "Make the database with its administrator"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let password = work.app.administrator_password(place.site.environment)?;
            let hook = Hook { name: "init".into(), input: password, ..Hook::default() };
            place.driver.hook(&work.call, &place.site, &Database::Current, &hook).await?;
            done(json!({ "data_set": work.operation.id }))
        })
    }
    // The database lies in the folders that `prepare` takes away.
    fn undo<'a>(&'a self, _work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        nothing()
    }
}

struct Migrate;
impl Step for Migrate {
    fn name(&self) -> &'static str {
        "migrate"
    }
    fn title(&self) -> &'static str {
        "Bring the database up to the release"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let hook = Hook { name: "migrate".into(), ..Hook::default() };
            done(place.driver.hook(&work.call, &place.site, &Database::Current, &hook).await?)
        })
    }
    // The database lies in the folders that `prepare` takes away.
    fn undo<'a>(&'a self, _work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        nothing()
    }
}
