//! Chromium without a window, driven by the W3C `WebDriver` protocol.

use anyhow::{Context as _, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// What does not happen within this time does not happen.
const PATIENCE: Duration = Duration::from_secs(30);
/// The key under which the protocol hands out an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1440,900",
];

/// One browser with an empty profile.
pub struct Browser {
    http: reqwest::Client,
    session: String,
    driver: Child,
    _profile: TempDir,
}

/// An element of the page that is shown.
pub struct Element(String);

impl Browser {
    /// Starts the driver and, by it, the browser.
    pub async fn start() -> Result<Self> {
        let program = given("GOLIVE_TEST_CHROMEDRIVER", "/usr/bin/chromedriver");
        if !program.is_file() {
            bail!(
                "there is no {}: run `cargo xtask test`, or name it in GOLIVE_TEST_CHROMEDRIVER",
                program.display()
            );
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let profile = TempDir::new()?;
        let driver = Command::new(&program)
            .arg(format!("--port={port}"))
            .env("TMPDIR", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let http = reqwest::Client::builder().no_proxy().build()?;
        let url = format!("http://127.0.0.1:{port}");
        let session = session(&http, &url, profile.path()).await?;
        let browser = Self { http, session, driver, _profile: profile };
        browser.width(1440).await?;
        Ok(browser)
    }

    /// Ends the browser and its driver.
    pub async fn end(mut self) -> Result<()> {
        self.call(Method::DELETE, "", Value::Null).await?;
        Ok(self.driver.kill().await?)
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Result<Value> {
        let request = self.http.request(method, format!("{}{path}", self.session));
        let request = if body.is_null() { request } else { request.json(&body) };
        answer(request).await
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.call(Method::POST, path, body).await
    }

    /// Types an address; a walk does that once.
    pub async fn open(&self, url: &str) -> Result<()> {
        self.post("/url", json!({ "url": url })).await?;
        Ok(())
    }

    /// How wide the page is, in its own pixels.
    pub async fn width(&self, width: u32) -> Result<()> {
        let params =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        let body = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": params });
        self.post("/goog/cdp/execute", body).await?;
        Ok(())
    }

    /// Where downloads go; the browser asks nobody.
    pub async fn download_into(&self, folder: &Path) -> Result<()> {
        let params = json!({ "behavior": "allow", "downloadPath": folder });
        let body = json!({ "cmd": "Browser.setDownloadBehavior", "params": params });
        self.post("/goog/cdp/execute", body).await?;
        Ok(())
    }

    /// What a function of the page's own language gives.
    pub async fn ask(&self, script: &str, given: Value) -> Result<Value> {
        self.post("/execute/sync", json!({ "script": script, "args": [given] })).await
    }

    /// The path of the page that is shown.
    pub async fn path(&self) -> Result<String> {
        Ok(text(&self.ask("return location.pathname", Value::Null).await?))
    }

    /// What an element shows; none if it is not there.
    pub async fn words(&self, css: &str) -> Result<String> {
        Ok(text(
            &self.ask("return document.querySelector(arguments[0])?.innerText", css.into()).await?,
        ))
    }

    /// The first element that fits and can be seen.
    pub async fn seen(&self, css: &str) -> Result<Option<Element>> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].find(e => e.checkVisibility())";
        let found = self.ask(script, css.into()).await?;
        Ok(found[ELEMENT].as_str().map(|id| Element(id.to_owned())))
    }

    async fn element(&self, css: &str) -> Result<Element> {
        let found = self.seen(css).await?;
        match found {
            Some(element) => Ok(element),
            None => bail!("{}: nothing to be seen fits {css}", self.path().await?),
        }
    }

    /// Clicks.
    pub async fn click(&self, css: &str) -> Result<()> {
        let element = self.element(css).await?;
        let script = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
        self.ask(script, json!({ ELEMENT: element.0 })).await?;
        self.post(&format!("/element/{}/click", element.0), json!({}))
            .await
            .with_context(|| format!("click {css}"))?;
        Ok(())
    }

    /// Clicks, and waits for the page that comes of it.
    pub async fn follow(&self, css: &str) -> Result<()> {
        self.mark().await?;
        self.click(css).await?;
        self.until("return document.readyState === 'complete' && !window.wasHere")
            .await
            .with_context(|| format!("no page came of a click on {css}"))
    }

    /// Sends a form or presses the button of an action; its refusal is an error with the page's own words.
    pub async fn send(&self, css: &str) -> Result<()> {
        self.mark().await?;
        self.click(css).await?;
        let came = "return document.readyState === 'complete' && (!window.wasHere
            || document.querySelector('#was-here, form[aria-busy=true]') === null)";
        self.until(came).await.with_context(|| format!("nothing came of a click on {css}"))?;
        let refused = self.words(".errs").await?;
        let status = self.ask(ANSWERED, Value::Null).await?;
        if !refused.is_empty() || status.as_u64() != Some(200) {
            let page = self.words("main").await?;
            bail!("refused ({status}) after a click on {css}: {refused}\n{page}");
        }
        Ok(())
    }

    /// Marks the page and its main part: an answer brings another page, or another main part into this one.
    async fn mark(&self) -> Result<()> {
        let script = "window.wasHere = true;
            const mark = document.createElement('template');
            mark.id = 'was-here';
            document.getElementById('main')?.append(mark)";
        self.ask(script, Value::Null).await?;
        Ok(())
    }

    /// Waits for a script to say yes.
    pub async fn until(&self, script: &str) -> Result<()> {
        self.wait(script, Value::Null, PATIENCE).await
    }

    /// Waits so long for a script to say yes.
    pub async fn wait(&self, script: &str, given: Value, patience: Duration) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            // Between two pages there is nothing to ask.
            if self.ask(script, given.clone()).await.is_ok_and(|said| said == true) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("{}: waited in vain for {script}", self.path().await?)
    }

    /// Types into a field, in place of what was there; names a file for an upload.
    pub async fn fill(&self, css: &str, value: &str) -> Result<()> {
        let element = self.element(css).await?;
        // What is typed into a date depends on the country; its value does not.
        let script = "const [field, value] = arguments[0];
            if (['date', 'datetime-local'].includes(field.type)) { field.value = value; return true; }
            if (field.type !== 'file') field.value = '';
            return false";
        if self.ask(script, json!([{ ELEMENT: element.0 }, value])).await? != true {
            self.post(&format!("/element/{}/value", element.0), json!({ "text": value })).await?;
        }
        Ok(())
    }

    /// Chooses one of a list by its value or by how it begins to read.
    pub async fn choose(&self, css: &str, choice: &str) -> Result<()> {
        let script = "const [css, choice] = arguments[0];
            return [...document.querySelector(css).options].find(o => o.value === choice || o.label.startsWith(choice))";
        let option = self.ask(script, json!([css, choice])).await?;
        let Some(id) = option[ELEMENT].as_str() else { bail!("{css} does not offer {choice}") };
        self.post(&format!("/element/{id}/click"), json!({})).await?;
        Ok(())
    }

    /// What went wrong in the page since the last call, as the browser's console has it.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let log = self.post("/se/log", json!({ "type": "browser" })).await?;
        let grave = log.as_array().into_iter().flatten().filter(|entry| entry["level"] == "SEVERE");
        Ok(grave.map(|entry| text(&entry["message"])).collect())
    }

    /// The same page once more without the browser, with its cookies: to see the answer's headers.
    pub async fn answer(&self, url: &str) -> Result<reqwest::Response> {
        let cookies = self.call(Method::GET, "/cookie", Value::Null).await?;
        let pair = |cookie: &Value| format!("{}={}", text(&cookie["name"]), text(&cookie["value"]));
        let line: Vec<String> = cookies.as_array().into_iter().flatten().map(pair).collect();
        Ok(self.http.get(url).header("cookie", line.join("; ")).send().await?)
    }
}

/// The status with which the page came.
pub const STATUS: &str = "return performance.getEntriesByType('navigation')[0].responseStatus";

/// The status of what was sent last, whether it brought a page or came into this one.
const ANSWERED: &str = "const last = kind => performance.getEntriesByType(kind).filter(e => kind === 'navigation' || ['fetch', 'xmlhttprequest'].includes(e.initiatorType)).at(-1);
    return ((window.wasHere && last('resource')) || last('navigation')).responseStatus";

fn given(variable: &str, usual: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from)
}

async fn session(http: &reqwest::Client, url: &str, profile: &Path) -> Result<String> {
    let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!("--user-data-dir={}", profile.join("profile").display()));
    let browser = given("GOLIVE_TEST_CHROMIUM", "/usr/bin/chromium");
    let wanted = json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": { "binary": browser, "args": flags },
        "goog:loggingPrefs": { "browser": "ALL" },
    } } });
    let begun = Instant::now();
    while http.get(format!("{url}/status")).send().await.is_err() {
        if begun.elapsed() > PATIENCE {
            bail!("the browser's driver does not answer");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let made = answer(http.post(format!("{url}/session")).json(&wanted)).await?;
    Ok(format!("{url}/session/{}", text(&made["sessionId"])))
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Value> {
    let answer: Value = request.send().await?.json().await?;
    let value = &answer["value"];
    if let Some(error) = value["error"].as_str() {
        let said = text(&value["message"]);
        bail!("{error}: {}", said.lines().next().unwrap_or_default());
    }
    Ok(value.clone())
}

/// The text of a value; nothing for what is no text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
