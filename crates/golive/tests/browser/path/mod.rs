//! The whole path on an empty server: every act of the nine stages by a form in a page, each by whoever may do it.
//!
//! Nothing calls the API. The server's clock is simulated; the administrator moves it by the form of the server's page. A
//! small project: one company, one requirement, two cases, the lightest policy pack, a plan of ten tasks.
//!
//! - [`begin`]: accounts, project, seats, go-live date, methodology, onboarding (stage 1)
//! - [`prepare`]: baseline, usage profile, sandboxes, package, practice: the first two phases
//! - [`accept`]: cycle, results, confirmations, the customer's signature: the third phase
//! - [`check`]: the checklist, answered and sent (2)
//! - [`review`]: findings, mitigation, release (3, 4)
//! - [`produce`]: the request, the deployment, the release candidate, the database (5 to 7)
//! - [`cutover`]: plan, rehearsal, signature, the live run up to the decision (8)
//! - [`live`]: go/no-go, the first day, the certificate (9)

mod accept;
mod begin;
mod check;
mod cutover;
mod live;
mod prepare;
mod produce;
mod review;

use super::desk::{ADMIN_PASSWORD, Desk};
use super::driver::Browser;
use super::look;
use super::server::{Server, end_applications, file};
use anyhow::{Context as _, Result};

/// The first day.
const NOW: &str = "2026-12-07T08:00:00Z";
/// Project manager and sponsor of the customer.
const ADA: &str = "ada.king";
/// Who decides for the customer.
const CHARLES: &str = "charles.babbage";
/// Project manager of the partner; leads the cutover.
const MARY: &str = "mary.somerville";
/// The reviewer.
const AUGUSTUS: &str = "augustus.morgan";
/// The operator.
const LUIGI: &str = "luigi.menabrea";

/// From the first sign-in to the certificate.
pub async fn walk(browser: &Browser) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let password = folder.path().join("admin-password");
    std::fs::write(&password, ADMIN_PASSWORD)?;
    let server = Server::start(&folder.path().join("server"), NOW, &password).await?;
    let desk = Desk::new(browser, &server.url, folder.path());
    let walked = nine_stages(&desk).await;
    server.end().await?;
    end_applications(folder.path())?;
    walked
}

async fn nine_stages(desk: &Desk<'_>) -> Result<()> {
    desk.browser.open(&desk.server).await?;
    look::sees(desk.browser, &desk.server).await?;
    begin::walk(desk).await.context("the beginning")?;
    prepare::walk(desk).await.context("analysis and design")?;
    accept::walk(desk).await.context("the acceptance")?;
    check::walk(desk).await.context("the checklist")?;
    review::walk(desk).await.context("the review")?;
    produce::walk(desk).await.context("production")?;
    cutover::walk(desk).await.context("the cutover")?;
    live::walk(desk).await.context("going live")
}

/// A file to upload, as a path to type.
fn upload(name: &str) -> Result<String> {
    let here = file("crates/golive/tests/browser/path/files").canonicalize()?;
    Ok(here.join(name).display().to_string())
}

impl Desk<'_> {
    /// Marks a step of the phase under way as done, with a document if it asks for one.
    async fn step(&self, title: &str, document: bool) -> Result<()> {
        self.page("methodology").await?;
        self.link(title).await?;
        if document {
            self.form("step_evidence", &[("file", &upload("agreed.txt")?)]).await?;
        }
        let links = self.browser.seen("#step_complete [name=links]").await?.is_some();
        let link = [("links", "https://engines.example/solution")];
        self.form("step_complete", if links { &link } else { &[] }).await?;
        self.shows("#head", "Reopen").await
    }

    /// Completes a phase.
    async fn phase(&self, name: &str) -> Result<()> {
        self.page("methodology").await?;
        self.press(&format!("phase_complete.{name}")).await
    }
}
