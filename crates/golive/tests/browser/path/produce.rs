//! Stages 5 to 7: production signed for and deployed, the release candidate installed, the database copied and signed.

use super::{ADA, MARY};
use crate::desk::Desk;
use anyhow::{Context as _, Result};

pub(super) async fn walk(desk: &Desk<'_>) -> Result<()> {
    deployed(desk).await.context("the deployment")?;
    desk.next(MARY).await?;
    installed(desk).await.context("the package")?;
    copied(desk).await.context("the database")
}

/// The gate is open now; whoever signs starts the deployment, for the service model is self-service.
async fn deployed(desk: &Desk<'_>) -> Result<()> {
    desk.page("request").await?;
    desk.press("request_sign_off").await?;
    desk.browser
        .until("return document.querySelector('main').innerText.includes('Production is there')")
        .await?;
    desk.look().await
}

/// In a window, because production is behind its gate.
async fn installed(desk: &Desk<'_>) -> Result<()> {
    desk.page("packages").await?;
    desk.link("contoso-1.1").await?;
    let window = [
        ("environment", "production"),
        ("starts", "2026-12-21T18:00"),
        ("ends", "2026-12-21T23:00"),
    ];
    desk.form("package_install", &window).await?;
    in_the_night(desk, "2026-12-21T18:01:00Z", MARY).await
}

async fn copied(desk: &Desk<'_>) -> Result<()> {
    let window = [("starts", "2026-12-22T18:00"), ("ends", "2026-12-22T22:00")];
    desk.copy_into("production", &window).await?;
    in_the_night(desk, "2026-12-22T18:01:00Z", ADA).await?;
    desk.sign_copy().await?;
    let task = "main form[action$='/tasks'] button";
    while desk.browser.seen(task).await?.is_some() {
        desk.browser.send(task).await?;
    }
    desk.shows("main", "6 of 6").await?;
    desk.look().await
}

/// The clock goes to the window; the operation whose page is shown is followed to its end.
async fn in_the_night(desk: &Desk<'_>, to: &str, login: &str) -> Result<()> {
    let operation = desk.browser.path().await?;
    desk.clock(to, login).await?;
    desk.page("operations").await?;
    desk.go(&operation).await?;
    desk.succeeds().await
}
