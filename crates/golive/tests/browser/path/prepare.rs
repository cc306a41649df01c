//! The first two phases: baseline and usage profile; two sandboxes, a package, data, a practised copy and request.

use super::{ADA, LUIGI, MARY, upload};
use crate::desk::Desk;
use crate::server::file;
use anyhow::{Context as _, Result};

pub(super) async fn walk(desk: &Desk<'_>) -> Result<()> {
    analysis(desk).await.context("analysis")?;
    sandbox(desk, "uat").await.context("the first sandbox")?;
    desk.next(MARY).await?;
    sandbox(desk, "rehearsal").await.context("the second sandbox")?;
    package(desk).await.context("the package")?;
    seed(desk).await.context("the data")?;
    desk.copy_into("rehearsal", &[]).await?;
    desk.succeeds().await?;
    practised_request(desk).await.context("the practised request")?;
    desk.next(ADA).await?;
    desk.sign_copy().await.context("the report of the practised copy")?;
    candidate(desk).await.context("the release candidate")?;
    design(desk).await.context("design")
}

/// What the phase asks for, then its steps.
async fn analysis(desk: &Desk<'_>) -> Result<()> {
    for kind in ["requirements", "cases"] {
        desk.page("acceptance").await?;
        desk.page("acceptance/import").await?;
        let list = upload(&format!("{kind}.csv"))?;
        desk.form(&format!("import.{kind}"), &[("file", &list)]).await?;
        desk.form("import_apply", &[]).await?;
    }
    desk.page("acceptance").await?;
    desk.press("requirement_accept_baseline").await?;
    desk.page("estimate").await?;
    desk.form("estimate_import", &[("file", &upload("usage-profile.toml")?)]).await?;
    desk.press("estimate_activate").await?;
    desk.step("Onboarding and goals", false).await?;
    desk.step("Go-live date set", false).await?;
    desk.step("Scope and fit agreed", true).await?;
    desk.step("Rules, interfaces and data listed", true).await?;
    desk.step("Usage profile entered", false).await?;
    desk.phase("analysis").await
}

async fn design(desk: &Desk<'_>) -> Result<()> {
    desk.step("Sandbox with service account", false).await?;
    desk.step("Solution set up and documented", true).await?;
    desk.step("Servicing practised", false).await?;
    desk.step("Trial load of data", false).await?;
    desk.step("Acceptance cases written", false).await?;
    desk.phase("design").await
}

/// Planned, deployed, running.
async fn sandbox(desk: &Desk<'_>, name: &str) -> Result<()> {
    desk.page("environments").await?;
    let environment = [
        ("name", name),
        ("tier", "3"),
        ("region", "here"),
        ("blueprint", "demo-erp"),
        ("version", "1.0"),
        ("administrator", "svc-erp"),
    ];
    desk.form("environment_create", &environment).await?;
    desk.shows("#facts", "service account").await?;
    desk.press("environment_deploy").await?;
    desk.succeeds().await?;
    desk.page("environments").await?;
    desk.shows("#environments", "Running").await
}

/// Brought in, checked, and installed in both sandboxes.
async fn package(desk: &Desk<'_>) -> Result<()> {
    let sources = file("examples/packages/contoso-1.1");
    let built = golive_demo_erp::package::build(&sources);
    let built = built.map_err(|failure| anyhow::anyhow!("{}", failure.message))?;
    let package = desk.folder.join("contoso-1.1.zip");
    std::fs::write(&package, built)?;
    desk.page("packages").await?;
    desk.form("package_upload", &[("file", &package.display().to_string())]).await?;
    desk.form("package_check", &[("environment", "uat")]).await?;
    desk.shows("#check", "It fits").await?;
    for sandbox in ["uat", "rehearsal"] {
        desk.page("packages").await?;
        desk.link("contoso-1.1").await?;
        desk.form("package_install", &[("environment", sandbox)]).await?;
        desk.succeeds().await?;
    }
    Ok(())
}

async fn seed(desk: &Desk<'_>) -> Result<()> {
    desk.page("environments").await?;
    desk.link("uat").await?;
    desk.shows("#facts", "garden_pricing").await?;
    desk.form("environment_seed", &[("size", "100")]).await?;
    desk.succeeds().await
}

/// Filed by one, done by the operator, signed off by whoever filed it.
async fn practised_request(desk: &Desk<'_>) -> Result<()> {
    desk.page("service-requests").await?;
    desk.page("service-requests/new").await?;
    let request = [
        ("kind", "other"),
        ("environment", "uat"),
        ("title", "Open the sandbox to the office in Reading"),
        ("text", "For practice"),
    ];
    desk.form("service_request_submit", &request).await?;
    desk.next(LUIGI).await?;
    desk.page("service-requests").await?;
    desk.press("service_request_take_up").await?;
    desk.form("service_request_comment", &[("text", "The addresses are on the list")]).await?;
    desk.press("service_request_finish").await?;
    desk.next(MARY).await?;
    desk.page("service-requests").await?;
    desk.form("service_request_sign_off", &[]).await
}

/// Signed off, named the candidate, and vouched for by a second person: it carries no signature of a known key.
async fn candidate(desk: &Desk<'_>) -> Result<()> {
    desk.page("packages").await?;
    desk.link("contoso-1.1").await?;
    desk.form("package_sign_off", &[]).await?;
    desk.press("package_mark_candidate").await?;
    desk.press("package_approve").await?;
    desk.shows("#head", "Release candidate").await
}

impl Desk<'_> {
    /// Asks for a copy of the acceptance sandbox into this environment; its name is typed.
    pub(super) async fn copy_into(&self, name: &str, window: &[(&str, &str)]) -> Result<()> {
        self.page("copies").await?;
        let script = "return [...document.querySelectorAll('main *')]
            .filter(e => e.innerText?.includes('Into ' + arguments[0]) && e.querySelector('a[href*=\"/copies/into/\"]'))
            .at(-1)?.querySelector('a').getAttribute('href')";
        let href = self.browser.ask(script, name.into()).await?;
        self.go(href.as_str().context("the environment is listed")?).await?;
        let copy = [&[("source", "uat"), ("typed_name", name)], window].concat();
        self.form("datacopy_start", &copy).await
    }

    /// Reads the newest report and signs it; whoever started the copy may not.
    pub(super) async fn sign_copy(&self) -> Result<()> {
        self.page("copies").await?;
        self.link("uat into").await?;
        self.shows("main", "8 of 8 totals agree").await?;
        self.form("datacopy_sign_off", &[]).await?;
        self.shows("#head", "Signed off").await
    }
}
