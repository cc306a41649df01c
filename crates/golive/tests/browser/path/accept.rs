//! The third phase: a cycle, its results, what people confirm, the analysis of the code, the customer's signature.

use super::{ADA, AUGUSTUS, MARY};
use crate::desk::Desk;
use crate::server::file;
use anyhow::{Context as _, Result};

/// What the customer puts its name to.
const CLAIMS: [&str; 4] =
    ["migrated_master_data", "opening_balances", "regulation_confirmed", "feature_documented"];

pub(super) async fn walk(desk: &Desk<'_>) -> Result<()> {
    desk.next(MARY).await?;
    cycle(desk).await.context("the cycle")?;
    analysis(desk).await.context("the analysis")?;
    desk.next(ADA).await?;
    confirmed(desk).await.context("what is confirmed")?;
    desk.step("Acceptance run", false).await?;
    desk.step("Rules and code confirmed", false).await?;
    signed(desk).await.context("the signature")?;
    desk.step("Acceptance signed", false).await?;
    desk.step("Release candidate named", false).await?;
    desk.phase("test").await
}

/// Planned, opened on the sandbox, every case run by hand, closed on its last day.
async fn cycle(desk: &Desk<'_>) -> Result<()> {
    desk.page("acceptance").await?;
    let cycle = [
        ("name", "uat-1"),
        ("title", "The first cycle"),
        ("kind", "acceptance"),
        ("starts", "2026-12-07"),
        ("ends", "2026-12-18"),
    ];
    desk.form("cycle_plan", &cycle).await?;
    desk.form("cycle_open.uat-1", &[("environment", "uat")]).await?;
    for _case in 0..2 {
        desk.inner("acceptance", "/acceptance/cases").await?;
        desk.go("/projects/first/acceptance/cases?outcome=not-run").await?;
        desk.follow("main a[href*='/acceptance/cases/']").await?;
        let result = [("outcome", "passed"), ("cycle", "uat-1"), ("environment", "uat")];
        desk.form("result_record", &result).await?;
        desk.shows("main", "Passed").await?;
    }
    desk.clock("2026-12-18T16:00:00Z", MARY).await?;
    desk.page("acceptance").await?;
    desk.form("cycle_close.uat-1", &[]).await
}

/// Two exceptions stand in the report; somebody else than whoever brought it in agrees to them.
async fn analysis(desk: &Desk<'_>) -> Result<()> {
    desk.page("acceptance").await?;
    desk.page("acceptance/import").await?;
    let report = file("examples/contoso/customisation-analysis.xlsx").canonicalize()?;
    let report = [("environment", "uat"), ("file", &report.display().to_string())];
    desk.form("import.analysis", &report).await?;
    desk.next(AUGUSTUS).await?;
    desk.inner("acceptance", "/acceptance/proofs").await?;
    for _exception in 0..2 {
        desk.browser.send("main form[action$='/analysis/accept'] button").await?;
    }
    desk.look().await
}

async fn confirmed(desk: &Desk<'_>) -> Result<()> {
    desk.inner("acceptance", "/acceptance/proofs").await?;
    desk.press("analysis_read").await?;
    desk.page("acceptance").await?;
    for claim in CLAIMS {
        let note = [("note", "Read on 18 December")];
        desk.form(&format!("acceptance_confirm.{claim}"), &note).await?;
    }
    Ok(())
}

/// Whoever tested does not sign; the sponsor does.
async fn signed(desk: &Desk<'_>) -> Result<()> {
    desk.page("acceptance").await?;
    desk.form("acceptance_sign_off", &[("capacity", "executive sponsor")]).await?;
    desk.shows("#seat", "Ada King").await
}
