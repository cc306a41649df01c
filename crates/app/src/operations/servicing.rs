//! Small operations on a running environment: start, stop, lock, unlock, restore points, restore, clean-up.

use super::steps::{self, RestorePoint, Start, Stop, Swap, Verify, side};
use super::{End, Kind, Step, Trouble, Work, done, nothing};
use crate::ports::BoxFuture;
use crate::ports::driver::{Database, Hook};
use golive_core::environment::{After, Environment, Installed};
use golive_core::operation::{Record, output};
use golive_store::OperationRow;
use serde::Deserialize;
use serde_json::{Value, json};

/// A kind whose steps are all there is to say about it, and what it leaves behind.
pub(super) struct Servicing {
    name: &'static str,
    title: &'static str,
    steps: Vec<Box<dyn Step>>,
    after: fn(Installed, &[Record]) -> After,
}

impl Kind for Servicing {
    fn name(&self) -> &'static str {
        self.name
    }
    fn title(&self) -> &'static str {
        self.title
    }
    fn steps(&self) -> &[Box<dyn Step>] {
        &self.steps
    }
    fn after(&self, _operation: &OperationRow, environment: &Environment, log: &[Record]) -> After {
        (self.after)(steps::installed(environment), log)
    }
}

/// All small operations.
pub(super) fn all() -> Vec<Servicing> {
    vec![
        Servicing {
            name: "start",
            title: "Start the application",
            steps: vec![Box::new(Start), Box::new(Verify)],
            after: |before, log| steps::after_verify(before, log, 1),
        },
        Servicing {
            name: "stop",
            title: "Stop the application",
            steps: vec![Box::new(Stop)],
            after: |before, _| After::Stopped(before),
        },
        Servicing {
            name: "lock_accounts",
            title: "Lock all accounts but the administrator's",
            steps: vec![Box::new(Lock)],
            after: |before, _| After::Running(Installed { locked: true, ..before }),
        },
        Servicing {
            name: "unlock_accounts",
            title: "Let people sign in again",
            steps: vec![Box::new(Unlock)],
            after: |before, _| After::Running(Installed { locked: false, ..before }),
        },
        Servicing {
            name: "restore_point",
            title: "Keep a restore point",
            steps: vec![Box::new(RestorePoint)],
            after: |_, _| After::Unchanged,
        },
        Servicing {
            name: "restore",
            title: "Restore to a point",
            steps: vec![
                Box::new(CopyPoint),
                Box::new(Stop),
                Box::new(Swap),
                Box::new(Start),
                Box::new(Verify),
            ],
            after: |before, log| {
                let swapped =
                    output(log, 2).and_then(|seen| seen.get("data_set")).and_then(Value::as_str);
                let data_set = swapped.unwrap_or_default().to_owned();
                steps::after_verify(Installed { data_set, ..before }, log, 4)
            },
        },
        Servicing {
            name: "seed",
            title: "Load sample data",
            steps: vec![Box::new(RestorePoint), Box::new(Seed)],
            after: |before, _| After::Running(before),
        },
        Servicing {
            name: "clean_up",
            title: "Remove what an operation left behind",
            steps: vec![Box::new(Remove)],
            after: |_, _| After::Unchanged,
        },
    ]
}

struct Lock;
impl Step for Lock {
    fn name(&self) -> &'static str {
        "lock"
    }
    fn title(&self) -> &'static str {
        "Lock the accounts"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            done(steps::hook(work, &place, &Database::Current, "lock_accounts", &[]).await?)
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            if !steps::installed(&place.environment).locked {
                steps::hook(work, &place, &Database::Current, "unlock_accounts", &[]).await?;
            }
            Ok(())
        })
    }
}

struct Unlock;
impl Step for Unlock {
    fn name(&self) -> &'static str {
        "unlock"
    }
    fn title(&self) -> &'static str {
        "Unlock the accounts"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            done(
                steps::hook(
                    work,
                    &place,
                    &Database::Current,
                    "unlock_accounts",
                    &[("neutralised", "yes")],
                )
                .await?,
            )
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            if steps::installed(&place.environment).locked {
                steps::hook(work, &place, &Database::Current, "lock_accounts", &[]).await?;
            }
            Ok(())
        })
    }
}

/// Which restore point is meant.
#[derive(Debug, Deserialize)]
struct Point {
    point: String,
}

struct CopyPoint;
impl Step for CopyPoint {
    fn name(&self) -> &'static str {
        "copy"
    }
    fn title(&self) -> &'static str {
        "Copy the restore point into a side database"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let (place, params) = (work.place().await?, work.params::<Point>()?);
            let from = Database::Aside(params.point);
            let copied = place
                .driver
                .copy_database(&work.call, (&place.site, &from), &place.site, &side(work.operation))
                .await?;
            done(json!({ "bytes": copied.database.bytes }))
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            steps::remove(work, &place, &Database::Aside(format!("undone-{}", work.operation.id)))
                .await?;
            steps::remove(work, &place, &side(work.operation)).await
        })
    }
}

/// How much sample data.
#[derive(Debug, Deserialize)]
struct Amount {
    size: u64,
}

struct Seed;
impl Step for Seed {
    fn name(&self) -> &'static str {
        "seed"
    }
    fn title(&self) -> &'static str {
        "Load the sample data"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let (place, amount) = (work.place().await?, work.params::<Amount>()?);
            let input = work
                .app
                .secret(&format!("{}.sample", place.site.environment), crate::secrets::random)?;
            let values =
                std::collections::BTreeMap::from([("size".to_owned(), amount.size.to_string())]);
            let hook = Hook { name: "seed".into(), values, input };
            done(place.driver.hook(&work.call, &place.site, &Database::Current, &hook).await?)
        })
    }
    /// Back to the point before; for that the application must stand still.
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            place.driver.stop(&work.call, &place.site, super::site::STOP).await?;
            steps::back_to(work, &place, &steps::restore_point(work.operation)).await?;
            if steps::was_running(&place.environment) {
                place.driver.start(&work.call, &place.site).await?;
            }
            Ok(())
        })
    }
}

/// Which leftover is meant.
#[derive(Debug, Deserialize)]
struct Leftover {
    kind: String,
    name: String,
}

struct Remove;
impl Step for Remove {
    fn name(&self) -> &'static str {
        "remove"
    }
    fn title(&self) -> &'static str {
        "Remove it"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let (place, which) = (work.place().await?, work.params::<Leftover>()?);
            place.driver.remove(&work.call, &place.site, &which.kind, &which.name).await?;
            done(Value::Null)
        })
    }
    // What is removed is gone; the confirmation came before.
    fn undo<'a>(&'a self, _work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        nothing()
    }
}
