//! A finished project: the nine stages, every page of the menu, and one of each kind of thing that they list.

use super::driver::{Browser, text};
use super::look;
use super::server::{Server, golive};
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

/// Names a folder in which the demo has run, to walk through it again without waiting for it.
const DEMO: &str = "GOLIVE_TEST_DEMO";
/// The business time of an empty demo; one that has run goes on where it was.
const BEGINNING: &str = "2026-03-30T07:00:00Z";
/// The links of the project's menu.
const MENU: &str = "nav.side a[href^='/projects/']";
/// Links to pages in the main part that can be seen.
const INNER: &str = "return [...document.querySelectorAll('main a[href]')]
    .filter(a => a.checkVisibility() && a.origin === location.origin && !a.hasAttribute('download'))
    .map(a => a.getAttribute('href'))";

/// The kinds of pages that stand below the menu's; `*` is one of many. The only request of a project is in the menu itself.
const KINDS: [&str; 22] = [
    "acceptance/cases",
    "acceptance/cases/*",
    "acceptance/defects",
    "acceptance/import",
    "acceptance/proofs",
    "acceptance/results/*",
    "copies/*",
    "copies/into/*",
    "cutover/compare",
    "cutover/run/*",
    "cutover/run/*/tasks/*",
    "environments/*",
    "estimate/*",
    "gates/*",
    "go-live/values",
    "methodology/steps/*",
    "onboarding",
    "operations/*",
    "packages/*",
    "schedule/milestones/*",
    "service-requests/*",
    "service-requests/new",
];

/// A walk under way.
struct Walk<'a> {
    browser: &'a Browser,
    server: String,
    faults: Vec<String>,
    seen: usize,
}

/// From sign-in through everything.
pub async fn walk(browser: &Browser) -> Result<()> {
    let (folder, _temporary) = finished_project().await?;
    let admin = folder.join("admin-password");
    let server = Server::start(&folder.join("server"), BEGINNING, &admin).await?;
    let mut walk = Walk { browser, server: server.url.clone(), faults: Vec::new(), seen: 0 };
    browser.open(&server.url).await?;
    walk.look().await?;
    walk.sign_in("lena.hoffmann", &password(&folder, "people")?).await?;
    walk.everywhere().await?;
    let project = walk.enter_project().await?;
    walk.nine_stages(&project).await?;
    walk.project(&project).await?;
    walk.sign_out().await?;
    walk.sign_in("admin", &password(&folder, "admin")?).await?;
    walk.go("/server").await?;
    walk.look().await?;
    server.end().await?;
    eprintln!("{} pages were looked at", walk.seen);
    ensure!(walk.faults.is_empty(), "{:#?}", walk.faults);
    Ok(())
}

/// The example project, taken through its stages before the walk; the folder goes when the second part goes.
async fn finished_project() -> Result<(PathBuf, Option<tempfile::TempDir>)> {
    if let Some(folder) = std::env::var_os(DEMO) {
        return Ok((folder.into(), None));
    }
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("demo");
    let ran = golive().args(["demo", "--exit", "--data"]).arg(&data).output().await?;
    ensure!(ran.status.success(), "the demo: {}", String::from_utf8_lossy(&ran.stderr));
    Ok((data, Some(folder)))
}

fn password(folder: &Path, whose: &str) -> Result<String> {
    let secrets: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("secrets.json"))?)?;
    Ok(text(&secrets[whose]))
}

impl Walk<'_> {
    async fn look(&mut self) -> Result<()> {
        self.seen += 1;
        self.faults.extend(look::faults(self.browser, &self.server).await?);
        Ok(())
    }

    /// Clicks the link with this address, in the menu's drawer if it is there.
    async fn go(&self, href: &str) -> Result<()> {
        let link = format!("a[href='{href}']");
        if self.browser.seen(&link).await?.is_none() {
            self.browser.click(".menu-btn").await?;
        }
        self.browser.follow(&link).await
    }

    async fn sign_in(&mut self, login: &str, password: &str) -> Result<()> {
        self.browser.fill("#token_sign_in-login", login).await?;
        self.browser.fill("#token_sign_in-password", password).await?;
        self.browser.send("#token_sign_in button[type=submit]").await?;
        self.look().await
    }

    async fn sign_out(&self) -> Result<()> {
        self.go("/me").await?;
        self.browser.send("#sign_out").await?;
        ensure!(self.browser.path().await? == "/sign-in");
        Ok(())
    }

    /// What belongs to a person and not to a project.
    async fn everywhere(&mut self) -> Result<()> {
        for href in ["/my-work", "/calendar", "/messages", "/me", "/portfolio"] {
            self.go(href).await?;
            self.look().await?;
        }
        Ok(())
    }

    /// From the portfolio, where it is the only one.
    async fn enter_project(&mut self) -> Result<String> {
        let first = "const link = document.querySelector('main td a[href^=\"/projects/\"], main th a[href^=\"/projects/\"]');
            return link?.getAttribute('href')";
        let project = text(&self.browser.ask(first, Value::Null).await?);
        ensure!(!project.is_empty(), "the portfolio leads to no project");
        self.go(&project).await?;
        self.look().await?;
        Ok(project)
    }

    /// Each stage is done, and its name leads to the page where it is worked on.
    async fn nine_stages(&mut self, project: &str) -> Result<()> {
        let standing =
            "return [...document.querySelectorAll('#path li .meta')].map(m => m.innerText)";
        let standing = self.browser.ask(standing, Value::Null).await?;
        let standing: Vec<String> = standing.as_array().into_iter().flatten().map(text).collect();
        ensure!(standing.len() == 9, "{} stages", standing.len());
        ensure!(standing.iter().all(|words| words.starts_with("Done")), "{standing:?}");
        for stage in 1..=9 {
            let link = format!("#path li:nth-child({stage}) a");
            self.browser.follow(&link).await.with_context(|| format!("stage {stage}"))?;
            let path = self.browser.path().await?;
            ensure!(path.starts_with(&format!("{project}/")), "stage {stage} leads to {path}");
            self.look().await?;
            self.go(project).await?;
        }
        Ok(())
    }

    /// Every page of the menu, and below each, one page of each kind.
    async fn project(&mut self, project: &str) -> Result<()> {
        let menu = format!(
            "return [...document.querySelectorAll(\"{MENU}\")].map(a => a.getAttribute('href'))"
        );
        let menu = self.browser.ask(&menu, Value::Null).await?;
        let menu: Vec<String> = menu.as_array().into_iter().flatten().map(text).collect();
        ensure!(menu.len() >= 20, "the menu has {} entries", menu.len());
        let mut known: BTreeSet<String> = menu.iter().map(|href| kind(href)).collect();
        let mut trails: VecDeque<Vec<String>> = menu.into_iter().map(|href| vec![href]).collect();
        let mut reached: BTreeMap<String, String> = BTreeMap::new();
        while let Some(trail) = trails.pop_front() {
            if let Err(error) = self.along(&trail).await {
                self.faults.push(format!("{trail:?}: {error:#}"));
                continue;
            }
            self.look().await?;
            reached.insert(kind(&self.browser.path().await?), trail.join(" → "));
            let inner = self.browser.ask(INNER, Value::Null).await?;
            for href in inner.as_array().into_iter().flatten().map(text) {
                let is_page = href.starts_with(&format!("{project}/")) && !href.contains(".csv");
                if is_page && known.insert(kind(&href)) {
                    trails.push_back(trail.iter().cloned().chain([href]).collect());
                }
            }
        }
        let reached_kind =
            |wanted: &&str| reached.contains_key(&format!("{}/{wanted}", kind(project)));
        let missed: Vec<&str> = KINDS.into_iter().filter(|wanted| !reached_kind(wanted)).collect();
        if !missed.is_empty() {
            bail!("no click leads to {missed:?}; reached: {reached:#?}");
        }
        Ok(())
    }

    /// Clicks from the menu to a page, link by link.
    async fn along(&self, trail: &[String]) -> Result<()> {
        let (first, rest) = trail.split_first().context("a trail has a beginning")?;
        self.go(first).await?;
        for href in rest {
            self.browser.follow(&format!("main a[href='{href}']")).await?;
        }
        Ok(())
    }
}

/// An address without what names one of many: `/projects/x/packages/*`.
fn kind(href: &str) -> String {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    let mut before = "";
    let mut parts = Vec::new();
    for part in path.split('/') {
        let many = ["cases", "gates", "milestones", "steps", "tasks"].contains(&before);
        let is_id = part.split_once('_').is_some_and(|(_, rest)| rest.len() > 15);
        parts.push(if many || is_id { "*" } else { part });
        before = part;
    }
    parts.join("/")
}
