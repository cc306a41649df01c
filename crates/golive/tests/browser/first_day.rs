//! An empty server: the administrator makes what is needed; a member leads the project to a running application, a tested
//! case, an open checklist, and a production request that waits at its gate.

use super::driver::Browser;
use super::look;
use super::server::{Server, end_applications, file};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

const NOW: &str = "2026-12-07T08:00:00Z";
const ADMIN: &str = "a long first password";
const MEMBER: &str = "another long password";
const REQUIREMENTS: &str = "id,title,description,process,feature,priority,kind,fit,extension,integration,regulation,owner,legal_entities,acceptance_criterion
R-1,Orders are entered,By telephone,order-to-cash,sales,must,function,standard,,,,ada.king,,Within a minute
";
const CASES: &str = "id,title,process,type,polarity,priority,requirements,role,role_kind,exercises,legal_entity,preconditions,steps,data,expected,automated,minutes
TC-1,An order with two lines,order-to-cash,functional,positive,critical,R-1,sales-clerk,default,,,,Enter it,,It is confirmed,no,5
TC-2,An order without lines,order-to-cash,functional,negative,high,R-1,sales-clerk,default,,,,Enter it,,It is refused,no,5
";
/// An operation of the application ends within this time.
const PATIENCE: Duration = Duration::from_mins(2);

/// From the first sign-in to the installed package.
pub async fn walk(browser: &Browser) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let password = folder.path().join("admin-password");
    std::fs::write(&password, ADMIN)?;
    let server = Server::start(&folder.path().join("server"), NOW, &password).await?;
    let day = Day { browser, server: server.url.clone() };
    let lived = day.live(folder.path()).await;
    server.end().await?;
    end_applications(folder.path())?;
    lived
}

/// The first day under way.
struct Day<'a> {
    browser: &'a Browser,
    server: String,
}

impl Day<'_> {
    async fn live(&self, folder: &Path) -> Result<()> {
        self.browser.open(&self.server).await?;
        look::sees(self.browser, &self.server).await?;
        self.sign_in("admin", ADMIN).await?;
        self.server().await.context("the server's page")?;
        self.project().await.context("the project")?;
        self.members().await.context("its members")?;
        self.sign_out().await?;
        self.sign_in("ada.king", MEMBER).await?;
        self.go("/portfolio").await?;
        self.go("/projects/first").await?;
        self.date().await.context("the date")?;
        self.methodology().await.context("the methodology")?;
        let environment = self.environment().await.context("the environment")?;
        self.package(folder).await.context("the package")?;
        self.acceptance(folder).await.context("the acceptance")?;
        self.checklist().await.context("the checklist")?;
        self.request().await.context("the request")?;
        self.stop(&environment).await.context("the end")
    }

    /// Every page on the way is as pages must be.
    async fn look(&self) -> Result<()> {
        let faults = look::faults(self.browser, &self.server).await?;
        ensure!(faults.is_empty(), "{faults:#?}");
        Ok(())
    }

    async fn go(&self, href: &str) -> Result<()> {
        self.browser.follow(&format!("a[href='{href}']")).await?;
        self.look().await
    }

    /// A page of the project's menu.
    async fn page(&self, page: &str) -> Result<()> {
        self.go(&format!("/projects/first/{page}")).await
    }

    /// Fills a form in and sends it; a folded one is unfolded first.
    async fn form(&self, form: &str, typed: &[(&str, &str)]) -> Result<()> {
        let button = format!("[id='{form}'] button[type=submit]");
        if self.browser.seen(&button).await?.is_none() {
            self.browser.click(&format!("details:has([id='{form}']) > summary")).await?;
        }
        for (field, value) in typed {
            let css = format!("[id='{form}'] [name='{field}']");
            let kind =
                "const it = document.querySelector(arguments[0]); return it?.type ?? it?.tagName";
            match self.browser.ask(kind, json!(css)).await?.as_str() {
                Some("select-one") => self.browser.choose(&css, value).await?,
                Some("radio") => self.browser.click(&format!("{css}[value='{value}']")).await?,
                Some("checkbox") => self.browser.click(&css).await?,
                Some(_) => self.browser.fill(&css, value).await?,
                None => anyhow::bail!("{form} has no field {field}"),
            }
        }
        self.browser.send(&button).await?;
        self.look().await.with_context(|| format!("after {form}"))
    }

    async fn sign_in(&self, login: &str, password: &str) -> Result<()> {
        self.form("token_sign_in", &[("login", login), ("password", password)]).await
    }

    async fn sign_out(&self) -> Result<()> {
        self.go("/me").await?;
        self.browser.send("#sign_out").await
    }

    /// An organisation, an account and the application.
    async fn server(&self) -> Result<()> {
        self.go("/server").await?;
        let organisation = [("name", "Analytical Engines"), ("calendar", "gb")];
        self.form("organisation_create", &organisation).await?;
        let account = [
            ("name", "Ada King"),
            ("login", "ada.king"),
            ("email", "ada@engines.example"),
            ("time_zone", "Europe/London"),
            ("password", MEMBER),
        ];
        self.form("user_create", &account).await?;
        let blueprint = file("blueprints/demo-erp.toml").canonicalize()?;
        self.form("blueprint_apply", &[("file", &blueprint.display().to_string())]).await?;
        for made in ["Analytical Engines", "Ada King", "demo-erp"] {
            self.shows("main", made).await?;
        }
        Ok(())
    }

    async fn shows(&self, css: &str, words: &str) -> Result<()> {
        let shown = self.browser.words(css).await?;
        ensure!(shown.contains(words), "{css} does not show {words}: {shown}");
        Ok(())
    }

    async fn project(&self) -> Result<()> {
        self.browser.follow("#project_create").await?;
        let project = [
            ("name", "The first engine"),
            ("slug", "first"),
            ("organisation", "Analytical Engines"),
            ("service_model", "self_service"),
            ("policy", "policy-light"),
            ("calendar", "gb"),
        ];
        self.form("project_create", &project).await
    }

    async fn members(&self) -> Result<()> {
        let seat = [
            ("login", "ada.king"),
            ("organisation", "Analytical Engines"),
            ("side", "customer"),
            ("roles", "customer-project-manager"),
            ("project_manager", "on"),
            ("key_stakeholder", "on"),
        ];
        self.form("member_add", &seat).await?;
        self.shows("#members", "Ada King").await
    }

    /// The go-live date: the path counts to it.
    async fn date(&self) -> Result<()> {
        self.page("members").await?;
        self.form("go_live_date_set", &[("date", "2027-04-05")]).await?;
        self.shows("#project-bar", "T−119").await
    }

    /// The project takes its copy of a methodology; the first stage is begun.
    async fn methodology(&self) -> Result<()> {
        self.page("methodology").await?;
        self.form("methodology_choose", &[("template", "erp-small")]).await?;
        self.page("onboarding").await
    }

    /// Planned, deployed, running; its path comes back.
    async fn environment(&self) -> Result<String> {
        self.page("environments").await?;
        let environment = [
            ("name", "uat"),
            ("region", "here"),
            ("blueprint", "demo-erp"),
            ("version", "1.0"),
            ("administrator", "svc-erp"),
        ];
        self.form("environment_create", &environment).await?;
        let path = self.browser.path().await?;
        self.browser.send("#environment_deploy").await?;
        self.succeeds().await?;
        self.page("environments").await?;
        self.shows("#environments", "Running").await?;
        self.go(&path).await?;
        Ok(path)
    }

    /// Waits on the page of an operation, which follows it by itself.
    async fn succeeds(&self) -> Result<()> {
        let over = "return document.querySelector('#head .badge')?.innerText === 'Done'";
        self.browser.wait(over, Value::Null, PATIENCE).await?;
        self.look().await
    }

    async fn package(&self, folder: &Path) -> Result<()> {
        let sources = file("examples/packages/contoso-1.0");
        let built = golive_demo_erp::package::build(&sources);
        let built = built.map_err(|failure| anyhow::anyhow!("{}", failure.message))?;
        let package = folder.join("contoso-1.0.zip");
        std::fs::write(&package, built)?;
        self.page("packages").await?;
        self.form("package_upload", &[("file", &package.display().to_string())]).await?;
        self.form("package_check", &[("environment", "uat")]).await?;
        self.shows("#check", "It fits").await?;
        self.form("package_install", &[("environment", "uat")]).await?;
        self.succeeds().await
    }

    /// Test cases from a file, a cycle, and a result by hand.
    async fn acceptance(&self, folder: &Path) -> Result<()> {
        for (kind, text) in [("requirements", REQUIREMENTS), ("cases", CASES)] {
            let list = folder.join(format!("{kind}.csv"));
            std::fs::write(&list, text)?;
            self.page("acceptance").await?;
            self.page("acceptance/import").await?;
            self.form(&format!("import.{kind}"), &[("file", &list.display().to_string())]).await?;
            self.form("import_apply", &[]).await?;
        }
        let cycle = [
            ("name", "uat-1"),
            ("title", "The first cycle"),
            ("kind", "acceptance"),
            ("starts", "2026-12-07"),
            ("ends", "2026-12-18"),
        ];
        self.form("cycle_plan", &cycle).await?;
        self.form("cycle_open.uat-1", &[("environment", "uat")]).await?;
        self.browser.follow("main a[href*='/acceptance/cases?']").await?;
        self.look().await?;
        self.browser.follow("main a[href*='/acceptance/cases/']").await?;
        self.look().await?;
        let result = [("outcome", "passed"), ("cycle", "uat-1"), ("environment", "uat")];
        self.form("result_record", &result).await?;
        self.shows("main", "Passed").await
    }

    /// The checklist is opened; sent without its answers it is refused with every reason.
    async fn checklist(&self) -> Result<()> {
        self.page("checklist").await?;
        self.browser.send("#checklist_open").await?;
        self.look().await?;
        self.refused("checklist_submit").await?;
        Ok(())
    }

    /// Production is asked for, and not given: the gate before it is shut.
    async fn request(&self) -> Result<()> {
        self.page("request").await?;
        let request = [
            ("name", "production"),
            ("region", "here"),
            ("topology", "db-4"),
            ("version", "1.0"),
            ("administrator", "svc-erp"),
            ("notify", "ada@engines.example"),
            ("blueprint", "demo-erp"),
        ];
        self.form("request_create", &request).await?;
        self.shows("main", "db-4").await
    }

    /// A button that is refused opens its reasons.
    async fn refused(&self, action: &str) -> Result<()> {
        self.browser.click(&format!("[id='{action}'][aria-disabled=true]")).await?;
        let reasons = self.browser.words(&format!("[id='{action}-why']:popover-open ul")).await?;
        ensure!(!reasons.is_empty(), "{action} is refused without a reason");
        Ok(())
    }

    /// The modules are there; the application is stopped, and nothing runs on.
    async fn stop(&self, environment: &str) -> Result<()> {
        self.page("environments").await?;
        self.go(environment).await?;
        self.shows("#facts", "garden_pricing").await?;
        self.browser.send("#environment_stop").await?;
        self.succeeds().await
    }
}
