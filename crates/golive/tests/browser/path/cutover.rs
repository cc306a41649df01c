//! Stage 8: the plan brought in, rehearsed, signed and confirmed; production taken over; the live run up to its decision.

use super::{ADA, CHARLES, LUIGI, MARY, upload};
use crate::desk::Desk;
use anyhow::{Context as _, Result};
use serde_json::Value;

/// What only people can say before the live run.
const BEFORE: [(&str, &str); 2] =
    [("data.plan_approved", "yes"), ("training.ends_before_go_live", "yes")];

pub(super) async fn walk(desk: &Desk<'_>) -> Result<()> {
    desk.next(MARY).await?;
    desk.page("cutover").await?;
    let plan = [("file", upload("cutover-plan.toml")?), ("apply", "on".to_owned())];
    let plan = plan.each_ref().map(|(field, value)| (*field, value.as_str()));
    desk.form("cutover_plan_import", &plan).await?;
    desk.shows("main", "The old books are closed").await?;
    rehearsal(desk).await.context("the rehearsal")?;
    agreed(desk).await.context("who is there")?;
    live_run(desk).await.context("the live run")
}

/// Opened, run to the end of its window, closed.
async fn rehearsal(desk: &Desk<'_>) -> Result<()> {
    let run = [
        ("kind", "rehearsal"),
        ("environment", "rehearsal"),
        ("title", "The rehearsal"),
        ("day_zero", "2027-01-18"),
    ];
    desk.form("cutover_run_open", &run).await?;
    desk.clock("2027-01-17T08:00:00Z", MARY).await?;
    desk.page("cutover/run").await?;
    desk.press("cutover_run_start").await?;
    to_the_decision(desk).await?;
    desk.next(CHARLES).await?;
    desk.decided("cp-go").await?;
    desk.next(MARY).await?;
    desk.done("window-closes").await?;
    desk.page("cutover/run").await?;
    desk.press("cutover_run_close").await?;
    desk.shows("#head", "Completed").await
}

/// Everybody on the plan says that he will be there; the sponsor takes production over; whoever wrote the plan does not
/// sign it.
async fn agreed(desk: &Desk<'_>) -> Result<()> {
    for person in [MARY, LUIGI, ADA, CHARLES] {
        desk.next(person).await?;
        desk.page("cutover").await?;
        desk.press("cutover_plan_confirm").await?;
        if person == ADA {
            desk.page("go-live").await?;
            desk.press("production_take_control").await?;
            desk.recorded(&BEFORE).await?;
        }
    }
    desk.page("cutover").await?;
    desk.form("cutover_plan_sign", &[]).await?;
    desk.shows("main", "Signed").await
}

async fn live_run(desk: &Desk<'_>) -> Result<()> {
    desk.clock("2027-04-04T08:00:00Z", MARY).await?;
    desk.page("cutover").await?;
    let run = [("kind", "live"), ("environment", "production"), ("title", "The cutover")];
    desk.form("cutover_run_open", &run).await?;
    desk.press("cutover_run_start").await?;
    to_the_decision(desk).await
}

/// The tasks before the decision; golive itself keeps the restore point.
async fn to_the_decision(desk: &Desk<'_>) -> Result<()> {
    desk.done("window-opens").await?;
    desk.operated("restore-point").await?;
    desk.decided("cp-closed").await?;
    desk.next(ADA).await?;
    desk.task("check-figures").await?;
    desk.form("task_start", &[]).await?;
    desk.form("task_finish", &[("note", "They agree")]).await
}

impl Desk<'_> {
    /// The page of a task of the run under way.
    pub(super) async fn task(&self, task: &str) -> Result<()> {
        self.inner("cutover/run", &format!("/tasks/{task}")).await
    }

    /// A task that takes no time.
    pub(super) async fn done(&self, task: &str) -> Result<()> {
        self.task(task).await?;
        self.form("task_start", &[]).await?;
        self.form("task_finish", &[]).await
    }

    /// A task that golive does, on the environment of the run.
    pub(super) async fn operated(&self, task: &str) -> Result<()> {
        self.task(task).await?;
        self.form("task_start", &[]).await?;
        self.succeeds().await
    }

    /// A checkpoint is passed.
    pub(super) async fn decided(&self, task: &str) -> Result<()> {
        self.task(task).await?;
        self.form("task_decide", &[("decision", "go"), ("note", "As measured")]).await
    }

    /// Values that only people can measure are put on record.
    pub(super) async fn recorded(&self, values: &[(&str, &str)]) -> Result<()> {
        self.inner("go-live", "/go-live/values").await?;
        for (fact, value) in values {
            let value =
                [("fact", *fact), ("value", *value), ("note", "From the list of the office")];
            self.form("fact_record", &value).await?;
        }
        let rows = "return document.querySelectorAll('main table tbody tr').length";
        let rows = self.browser.ask(rows, Value::Null).await?;
        anyhow::ensure!(rows.as_u64() >= u64::try_from(values.len()).ok(), "{rows} on record");
        Ok(())
    }
}
