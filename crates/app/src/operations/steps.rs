//! Operation steps that several kinds share.

use super::site::{Place, STOP};
use super::{End, Step, Trouble, Work, done, nothing};
use crate::ports::BoxFuture;
use crate::ports::driver::{Database, DatabaseInfo, Hook};
use golive_core::environment::{After, Environment, Installed};
use golive_core::operation::{Record, output};
use golive_store::OperationRow;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Stops the application.
pub(super) struct Stop;
impl Step for Stop {
    fn name(&self) -> &'static str {
        "stop"
    }
    fn title(&self) -> &'static str {
        "Stop the application"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            place.driver.stop(&work.call, &place.site, STOP).await?;
            done(Value::Null)
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            if was_running(&place.environment) {
                place.driver.start(&work.call, &place.site).await?;
            }
            Ok(())
        })
    }
}

/// Starts the application.
pub(super) struct Start;
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
            done(json!({ "url": running.url, "release": running.release }))
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            Ok(place.driver.stop(&work.call, &place.site, STOP).await?)
        })
    }
}

/// Sees that the application answers and that its administrator can sign in.
pub(super) struct Verify;
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
            done(
                json!({ "url": running.url, "release": running.release, "modules": health.modules }),
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
    let why = answer.get("reason").and_then(Value::as_str).unwrap_or("no reason given");
    Err(Trouble::NeedsAttention(format!(
        "the administrator cannot sign in to the application: {why}"
    )))
}

/// Keeps a copy of the current database aside, to come back to.
pub(super) struct RestorePoint;

/// The name of an operation's restore point.
pub(super) fn restore_point(operation: &OperationRow) -> Database {
    Database::Aside(format!("before-{}", operation.id))
}

impl Step for RestorePoint {
    fn name(&self) -> &'static str {
        "restore_point"
    }
    fn title(&self) -> &'static str {
        "Keep a restore point"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let from = (&place.site, &Database::Current);
            let into = restore_point(work.operation);
            let kept = place.driver.copy_database(&work.call, from, &place.site, &into).await?;
            done(serde_json::to_value(kept.database).expect("a plain value"))
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            remove(work, &place, &restore_point(work.operation)).await
        })
    }
}

/// Makes a side database the current one; the former one is kept aside.
pub(super) struct Swap;

/// The side database that an operation prepares.
pub(super) fn side(operation: &OperationRow) -> Database {
    Database::Side(format!("next-{}", operation.id))
}

/// The former database after a swap.
pub(super) fn former(operation: &OperationRow) -> Database {
    Database::Aside(format!("former-{}", operation.id))
}

impl Step for Swap {
    fn name(&self) -> &'static str {
        "swap"
    }
    fn title(&self) -> &'static str {
        "Exchange the databases; the former one is kept"
    }
    fn inspect<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<Option<Value>, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let there = databases(&place).await?;
            let swapped = find(&there, &side(work.operation)).is_none()
                && find(&there, &former(work.operation)).is_some();
            Ok(swapped.then(|| json!({ "data_set": data_set(&there) })))
        })
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let there = databases(&place).await?;
            let expected = find(&there, &Database::Current)
                .map(|info| info.identity.clone())
                .unwrap_or_default();
            let (side, aside) = (side(work.operation), former(work.operation));
            let now = place
                .driver
                .swap_database(&work.call, &place.site, &expected, &side, &aside)
                .await?;
            done(json!({ "data_set": now.identity, "former": expected }))
        })
    }
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let there = databases(&place).await?;
            if find(&there, &former(work.operation)).is_none() {
                return Ok(());
            }
            swap_back(work, &place, &there).await
        })
    }
}

/// The former database becomes the current one again; what was current is kept under a name of its own.
async fn swap_back(work: &Work<'_>, place: &Place, there: &[DatabaseInfo]) -> Result<(), Trouble> {
    let expected =
        find(there, &Database::Current).map(|info| info.identity.clone()).unwrap_or_default();
    let aside = Database::Aside(format!("undone-{}", work.operation.id));
    place
        .driver
        .swap_database(&work.call, &place.site, &expected, &former(work.operation), &aside)
        .await?;
    Ok(())
}

/// Brings the current database back to a restore point, whatever is in it now. May run again at any time.
pub(super) async fn back_to(
    work: &Work<'_>,
    place: &Place,
    point: &Database,
) -> Result<(), Trouble> {
    let there = databases(place).await?;
    if find(&there, point).is_none() {
        return Ok(());
    }
    // Named by the operation: an attempt that was cut off is finished by the next one and leaves nothing behind.
    let id = work.operation.id;
    let (side, aside) =
        (Database::Side(format!("again-{id}")), Database::Aside(format!("spoilt-{id}")));
    if find(&there, &aside).is_none() {
        place.driver.copy_database(&work.call, (&place.site, point), &place.site, &side).await?;
        let expected =
            find(&there, &Database::Current).map(|info| info.identity.clone()).unwrap_or_default();
        place.driver.swap_database(&work.call, &place.site, &expected, &side, &aside).await?;
    }
    work.say("the database is as it was at the restore point");
    remove(work, place, &aside).await
}

/// All databases of a place.
pub(super) async fn databases(place: &Place) -> Result<Vec<DatabaseInfo>, Trouble> {
    Ok(place.driver.databases(&place.site).await?)
}

/// The one that is meant.
pub(super) fn find<'a>(there: &'a [DatabaseInfo], database: &Database) -> Option<&'a DatabaseInfo> {
    there.iter().find(|info| info.database == *database)
}

/// Names the data that are in the current database.
pub(super) fn data_set(there: &[DatabaseInfo]) -> String {
    find(there, &Database::Current).map(|info| info.identity.clone()).unwrap_or_default()
}

/// Removes a database that is not the current one.
pub(super) async fn remove(
    work: &Work<'_>,
    place: &Place,
    database: &Database,
) -> Result<(), Trouble> {
    let (kind, name) = match database {
        Database::Current => return Ok(()),
        Database::Side(name) => ("side_database", name),
        Database::Aside(name) => ("old_database", name),
    };
    Ok(place.driver.remove(&work.call, &place.site, kind, name).await?)
}

/// Whether the application ran before this operation.
pub(super) fn was_running(environment: &Environment) -> bool {
    use golive_core::environment::State;
    match &environment.state {
        State::Working { before, .. } | State::Blocked { before, .. } => {
            matches!(**before, State::Running { .. })
        }
        State::Running { .. } => true,
        State::Planned | State::Stopped { .. } | State::Deleted { .. } => false,
    }
}

/// What was there before this operation.
pub(super) fn installed(environment: &Environment) -> Installed {
    environment.state.installed().cloned().unwrap_or_default()
}

/// What is there after an operation whose step `verify` looked, on top of what was there before.
pub(super) fn after_verify(before: Installed, log: &[Record], verify: usize) -> After {
    let seen = output(log, verify).cloned().unwrap_or_default();
    let text =
        |name: &str, old: String| seen.get(name).and_then(Value::as_str).map_or(old, str::to_owned);
    let modules =
        seen.get("modules").and_then(|modules| serde_json::from_value(modules.clone()).ok());
    After::Running(Installed {
        release: text("release", before.release),
        url: text("url", before.url),
        modules: modules.unwrap_or(before.modules),
        package: before.package,
        data_set: before.data_set,
        locked: before.locked,
    })
}

/// Calls one hook that takes nothing and changes data.
pub(super) async fn hook(
    work: &Work<'_>,
    place: &Place,
    database: &Database,
    name: &str,
    values: &[(&str, &str)],
) -> Result<Value, Trouble> {
    let values =
        values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let hook = Hook { name: name.into(), values, input: String::new() };
    Ok(place.driver.hook(&work.call, &place.site, database, &hook).await?)
}
