//! Provision: from an empty place to an application that answers and that only its administrator can sign in to.

use super::site::Place;
use super::{End, Kind, Step, Trouble, Work, done, nothing};
use crate::ports::BoxFuture;
use crate::ports::driver::{Database, Hook, Release};
use crate::{App, Result, request};
use golive_core::environment::{After, Installed};
use golive_core::operation::{Outcome, Record, output};
use golive_store::{OperationRow, Write};
use serde_json::{Value, json};
use std::collections::BTreeMap;

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

    fn after(&self, log: &[Record]) -> After {
        let seen = output(log, self.0.len() - 1).cloned().unwrap_or_default();
        let text =
            |name: &str| seen.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let modules: BTreeMap<String, String> =
            serde_json::from_value(seen.get("modules").cloned().unwrap_or_default())
                .unwrap_or_default();
        After::Running(Installed {
            release: text("release"),
            package: None,
            modules,
            data_set: text("data_set"),
            url: text("url"),
            locked: true,
        })
    }

    fn finish<'a>(
        &'a self,
        _app: &'a App,
        write: &'a mut Write,
        operation: &'a OperationRow,
        (outcome, _log): (&'a Outcome, &'a [Record]),
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(request::end_deploying(write, operation, outcome))
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

struct Start;
impl Step for Start {
    fn name(&self) -> &'static str {
        "start"
    }
    fn title(&self) -> &'static str {
        "Start the application"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let running = place.driver.start(&work.call, &place.site).await?;
            work.say(format!("it runs at {}", running.url));
            done(serde_json::to_value(running).expect("a plain value"))
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            Ok(place.driver.stop(&work.call, &place.site, super::site::STOP).await?)
        })
    }
}

struct Verify;
impl Step for Verify {
    fn name(&self) -> &'static str {
        "verify"
    }
    fn title(&self) -> &'static str {
        "See that it answers and that its administrator can sign in"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let health = place.driver.health(&place.site).await?;
            if !health.healthy {
                return Err(Trouble::Retry(health.detail));
            }
            sign_in(work, &place).await?;
            let running = place.driver.running(&place.site).await?;
            let running =
                running.ok_or_else(|| Trouble::Retry("the application has stopped".into()))?;
            let data_set = work.operation.id.to_string();
            done(
                json!({ "url": running.url, "release": running.release, "modules": health.modules, "data_set": data_set }),
            )
        })
    }
    fn undo<'a>(&'a self, _work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        nothing()
    }
}

/// A real sign-in of the administrator, through the blueprint's hook.
async fn sign_in(work: &Work<'_>, place: &Place) -> Result<(), Trouble> {
    let input = work.app.administrator_password(place.site.environment)?;
    let login = place.site.blueprint.accounts.administrator.clone();
    let values = BTreeMap::from([("login".to_owned(), login)]);
    let hook = Hook { name: "check_login".into(), values, input };
    let answer = place.driver.hook(&work.call, &place.site, &Database::Current, &hook).await?;
    if answer.get("ok") == Some(&Value::Bool(true)) {
        return Ok(());
    }
    Err(Trouble::Refused("the administrator cannot sign in to the application".into()))
}
