//! Install package: stop, keep a restore point, switch the release, migrate, start, look. Until the application is open
//! to people again nothing of theirs can be lost, so any failure before that is undone by golive itself.

use super::steps::{self, RestorePoint, Start, Stop, Verify, restore_point};
use super::{End, Kind, Step, Trouble, Work, done};
use crate::ports::BoxFuture;
use crate::ports::driver::{Database, Release};
use crate::{App, Result, package};
use golive_core::environment::{After, Environment, Installed};
use golive_core::id::PackageId;
use golive_core::operation::{Outcome, Record};
use golive_core::package::Stored;
use golive_store::{OperationRow, Write};
use serde::Deserialize;
use serde_json::{Value, json};

/// The place of `verify` in the list of steps.
const VERIFY: usize = 6;

/// What the intent says.
#[derive(Debug, Deserialize)]
pub(crate) struct Params {
    /// The package.
    pub package: PackageId,
}

/// The steps of an installation.
pub(super) struct InstallPackage(Vec<Box<dyn Step>>);

impl Default for InstallPackage {
    fn default() -> Self {
        Self(vec![
            Box::new(PutRelease),
            Box::new(Stop),
            Box::new(RestorePoint),
            Box::new(Activate),
            Box::new(Migrate),
            Box::new(Start),
            Box::new(Verify),
        ])
    }
}

impl Kind for InstallPackage {
    fn name(&self) -> &'static str {
        "install_package"
    }

    fn title(&self) -> &'static str {
        "Install the package"
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
        Box::pin(package::start_installing(app, write, operation))
    }

    fn after(&self, operation: &OperationRow, environment: &Environment, log: &[Record]) -> After {
        let params: Option<Params> = serde_json::from_value(operation.params.clone()).ok();
        let before = Installed {
            package: params.map(|params| params.package),
            ..steps::installed(environment)
        };
        steps::after_verify(before, log, VERIFY)
    }

    fn finish<'a>(
        &'a self,
        _app: &'a App,
        write: &'a mut Write,
        operation: &'a OperationRow,
        (outcome, _log): (&'a Outcome, &'a [Record]),
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(package::end_installing(write, operation, outcome))
    }
}

async fn release(work: &Work<'_>) -> Result<Release, Trouble> {
    let params: Params = work.params()?;
    let mut session = work.app.store.session().await.map_err(crate::Error::from)?;
    let stored = session.get::<Stored>(params.package).await.map_err(crate::Error::from)?.value;
    let name: String =
        stored.package.digest.trim_start_matches("sha256:").chars().take(16).collect();
    Ok(Release {
        digest: format!("pkg-{name}"),
        package: Some(work.app.kept_file(&stored.package.digest)?),
    })
}

struct PutRelease;
impl Step for PutRelease {
    fn name(&self) -> &'static str {
        "put_release"
    }
    fn title(&self) -> &'static str {
        "Lay out the new release beside the old one"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let (place, release) = (work.place().await?, release(work).await?);
            place.driver.put_release(&work.call, &place.site, &release).await?;
            done(json!({ "release": release.digest }))
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let (place, release) = (work.place().await?, release(work).await?);
            if place.driver.active_release(&place.site).await?.as_deref() == Some(&release.digest) {
                return Ok(()); // It was installed before this operation.
            }
            Ok(place.driver.remove(&work.call, &place.site, "release", &release.digest).await?)
        })
    }
}

struct Activate;
impl Step for Activate {
    fn name(&self) -> &'static str {
        "activate"
    }
    fn title(&self) -> &'static str {
        "Switch to the new release"
    }
    fn inspect<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<Option<Value>, Trouble>> {
        Box::pin(async move {
            let (place, release) = (work.place().await?, release(work).await?);
            let active = place.driver.active_release(&place.site).await?;
            Ok((active.as_deref() == Some(&release.digest)).then_some(Value::Null))
        })
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let (place, release) = (work.place().await?, release(work).await?);
            let before = steps::installed(&place.environment).release;
            place
                .driver
                .activate(&work.call, &place.site, Some(&before), Some(&release.digest))
                .await?;
            done(Value::Null)
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let (place, release) = (work.place().await?, release(work).await?);
            let before = steps::installed(&place.environment).release;
            let active = place.driver.active_release(&place.site).await?;
            if active.as_deref() == Some(&release.digest) && before != release.digest {
                place
                    .driver
                    .activate(&work.call, &place.site, Some(&release.digest), Some(&before))
                    .await?;
            }
            Ok(())
        })
    }
}

struct Migrate;
impl Step for Migrate {
    fn name(&self) -> &'static str {
        "migrate"
    }
    fn title(&self) -> &'static str {
        "Bring the database up to the new release"
    }
    /// A migration may have committed half before it was cut off, so another attempt begins from the restore point.
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            if work.again {
                steps::back_to(work, &place, &restore_point(work.operation)).await?;
            }
            match steps::hook(work, &place, &Database::Current, "migrate", &[]).await {
                // The application is stopped and the restore point stands: nothing of anybody's can be lost by going back.
                Err(Trouble::NeedsAttention(why)) => Err(Trouble::Refused(why)),
                answer => done(answer?),
            }
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            steps::back_to(work, &place, &restore_point(work.operation)).await
        })
    }
}
