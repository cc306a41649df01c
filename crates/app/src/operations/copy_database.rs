//! Copy database: into a side database, proven against the source, neutralised, proven again, exchanged in one go. The
//! former database is kept: it is the way back.

use super::steps::{self, Start, Stop, Swap, Verify, side};
use super::{End, Kind, Step, Trouble, Work, done, nothing};
use crate::ports::BoxFuture;
use crate::ports::driver::{Database, Hook};
use crate::{App, Result, datacopy};
use golive_core::datacopy::{Evidence, Limits, Proof, Report, Total, left_out, reconcile};
use golive_core::environment::{After, Environment, Installed};
use golive_core::id::EnvironmentId;
use golive_core::operation::{Outcome, Record, output};
use golive_core::portfolio::Project;
use golive_store::{OperationRow, Write};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const COPY: usize = 0;
const PROVE: usize = 1;
/// The place of the step that compares everything.
pub(crate) const RECONCILE: usize = 3;
const SWAP: usize = 5;
const VERIFY: usize = 7;

/// What the intent says.
#[derive(Debug, Deserialize)]
pub(crate) struct Params {
    /// Where the data come from.
    pub source: EnvironmentId,
}

/// The steps of a copy.
pub(super) struct CopyDatabase(Vec<Box<dyn Step>>);

impl Default for CopyDatabase {
    fn default() -> Self {
        Self(vec![
            Box::new(CopySide),
            Box::new(Prove),
            Box::new(Neutralise),
            Box::new(Reconcile),
            Box::new(Stop),
            Box::new(Swap),
            Box::new(Start),
            Box::new(Verify),
        ])
    }
}

impl Kind for CopyDatabase {
    fn name(&self) -> &'static str {
        "copy_database"
    }

    fn title(&self) -> &'static str {
        "Copy the database"
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
        Box::pin(datacopy::start_copying(app, write, operation))
    }

    fn after(&self, _operation: &OperationRow, environment: &Environment, log: &[Record]) -> After {
        let swapped =
            output(log, SWAP).and_then(|seen| seen.get("data_set")).and_then(Value::as_str);
        let before = Installed {
            data_set: swapped.unwrap_or_default().to_owned(),
            locked: true,
            ..steps::installed(environment)
        };
        steps::after_verify(before, log, VERIFY)
    }

    fn finish<'a>(
        &'a self,
        app: &'a App,
        write: &'a mut Write,
        operation: &'a OperationRow,
        (outcome, log): (&'a Outcome, &'a [Record]),
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(datacopy::end_copying(app, write, operation, (outcome, log)))
    }
}

fn read<T: DeserializeOwned>(value: &Value, what: &str) -> Result<T, Trouble> {
    serde_json::from_value(value.clone())
        .map_err(|error| Trouble::NeedsAttention(format!("{what} makes no sense: {error}")))
}

async fn totals(
    work: &Work<'_>,
    place: &super::site::Place,
    database: &Database,
) -> Result<Vec<Total>, Trouble> {
    let said = steps::hook(work, place, database, "totals", &[]).await?;
    read(said.get("totals").unwrap_or(&said), "what the hook `totals` printed")
}

struct CopySide;
impl Step for CopySide {
    fn name(&self) -> &'static str {
        "copy"
    }
    fn title(&self) -> &'static str {
        "Copy into a side database while the source is in use"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let params: Params = work.params()?;
            let (source, place) = (work.place_of(params.source).await?, work.place().await?);
            let from = (&source.site, &Database::Current);
            let copied = place
                .driver
                .copy_database(&work.call, from, &place.site, &side(work.operation))
                .await?;
            work.say(format!("{} bytes are in the side database", copied.database.bytes));
            done(json!({ "source": copied.source, "bytes": copied.database.bytes }))
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

struct Prove;
impl Step for Prove {
    fn name(&self) -> &'static str {
        "prove"
    }
    fn title(&self) -> &'static str {
        "Compare every table of the copy with the source"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            let side = side(work.operation);
            let ignore = left_out(&place.site.blueprint.neutralisation).join(",");
            let copied = steps::hook(work, &place, &side, "digest", &[]).await?;
            let before = steps::hook(work, &place, &side, "digest", &[("ignore", &ignore)]).await?;
            let totals = totals(work, &place, &side).await?;
            done(json!({ "copied": copied, "before": before, "totals": totals }))
        })
    }
    fn undo<'a>(&'a self, _work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        nothing()
    }
}

struct Neutralise;
impl Step for Neutralise {
    fn name(&self) -> &'static str {
        "neutralise"
    }
    fn title(&self) -> &'static str {
        "Neutralise the copy: accounts, jobs, mail, endpoints, encrypted fields"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let place = work.place().await?;
            // The administrator of the destination must be able to sign in, with the destination's password.
            let input = work.app.administrator_password(place.site.environment)?;
            let changed =
                steps::hook(work, &place, &side(work.operation), "neutralise", &[]).await?;
            let hook = Hook { name: "set_administrator".into(), input, ..Hook::default() };
            place.driver.hook(&work.call, &place.site, &side(work.operation), &hook).await?;
            done(changed)
        })
    }
    // The side database goes away as a whole.
    fn undo<'a>(&'a self, _work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        nothing()
    }
}

struct Reconcile;
impl Step for Reconcile {
    fn name(&self) -> &'static str {
        "reconcile"
    }
    fn title(&self) -> &'static str {
        "Prove that only what the profile names was changed"
    }
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let report = report(work).await?;
            for line in report.lines.iter().filter(|line| line.result.is_wrong()).take(20) {
                work.say(format!("{}: {:?}", line.table, line.result));
            }
            if !report.is_proven() {
                return Err(Trouble::Refused(format!(
                    "the copy is not proven: {:?}",
                    report.outcome
                )));
            }
            work.say(format!(
                "{} tables and {} totals agree",
                report.lines.len(),
                report.totals.len()
            ));
            done(serde_json::to_value(&report).expect("a plain value"))
        })
    }
    fn undo<'a>(&'a self, _work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        nothing()
    }
}

async fn report(work: &Work<'_>) -> Result<Report, Trouble> {
    let params: Params = work.params()?;
    let (source, place) = (work.place_of(params.source).await?, work.place().await?);
    let profile = &place.site.blueprint.neutralisation;
    let ignore = left_out(profile).join(",");
    let after =
        steps::hook(work, &place, &side(work.operation), "digest", &[("ignore", &ignore)]).await?;
    let proven = work.output(PROVE);
    let (from, copied): (Proof, Proof) = (
        read(&work.output(COPY)["source"], "what the source said")?,
        read(&proven["copied"], "what the copy said")?,
    );
    let (before, after): (Proof, Proof) = (
        read(&proven["before"], "what the copy said")?,
        read(&after, "what the neutralised copy said")?,
    );
    let source_totals = totals(work, &source, &Database::Current).await?;
    let copied_totals: Vec<Total> = read(&proven["totals"], "what the hook `totals` printed")?;
    let evidence = Evidence {
        source: &from,
        copied: &copied,
        before: &before,
        after: &after,
        source_totals: &source_totals,
        copied_totals: &copied_totals,
    };
    let mut session = work.app.store.session().await.map_err(crate::Error::from)?;
    let project: golive_core::id::ProjectId = work
        .operation
        .project
        .parse()
        .map_err(|_| Trouble::NeedsAttention("the operation names no project".into()))?;
    let project = session.get::<Project>(project).await.map_err(crate::Error::from)?.value;
    let limits = Limits::of(work.app.policy(&project.policy)?);
    Ok(reconcile(&evidence, profile, &place.site.blueprint.totals, &limits))
}
