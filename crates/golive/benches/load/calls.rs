//! One person's calls, and many of them at once with their times.

use anyhow::{Context as _, Result, bail};
use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use serde_json::{Value, json};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Somebody who is signed in, for the API and for the pages.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
    cookie: String,
}

impl Client {
    /// Signs in at the API.
    pub async fn sign_in(url: &str, login: &str, password: &str) -> Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(16)
            .build()?;
        let mut client =
            Self { http, url: url.to_owned(), token: String::new(), cookie: String::new() };
        let body = json!({ "login": login, "password": password });
        let answer = client.post("/sign-in", body).await?;
        answer["secret"]
            .as_str()
            .context("a sign-in answers with a token")?
            .clone_into(&mut client.token);
        Ok(client)
    }

    /// Signs in at the pages too.
    pub async fn with_pages(mut self, login: &str, password: &str) -> Result<Self> {
        let form = [("login", login), ("password", password)];
        let request = self.http.post(format!("{}/sign-in", self.url)).header(ORIGIN, &self.url);
        let answer = request.form(&form).send().await?;
        let lines = answer.headers().get_all(SET_COOKIE);
        let line = lines.iter().find_map(|line| line.to_str().ok());
        let line = line.context("the page of the sign-in sets a cookie")?;
        line.split(';').next().unwrap_or_default().clone_into(&mut self.cookie);
        Ok(self)
    }

    /// The same person at a server that was started again.
    pub fn at(mut self, url: &str) -> Self {
        url.clone_into(&mut self.url);
        self
    }

    /// Does something that must be accepted.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        let request = self.http.post(format!("{}/api/v1{path}", self.url));
        let request = if body.is_null() { request } else { request.json(&body) };
        Self::read(path, self.authorised(request).send().await?).await
    }

    /// Sends a file.
    pub async fn upload(&self, path: &str, bytes: &'static str) -> Result<Value> {
        let request = self.http.post(format!("{}/api/v1{path}", self.url)).body(bytes);
        let request = request.header("content-type", "application/octet-stream");
        Self::read(path, self.authorised(request).send().await?).await
    }

    fn authorised(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    async fn read(path: &str, answer: reqwest::Response) -> Result<Value> {
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            bail!("{path} answered {status}: {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Reads a call or a page to its end.
    async fn get(&self, path: &str) -> Result<()> {
        let request = self.http.get(format!("{}{path}", self.url));
        let request = if path.starts_with("/api/") {
            request.bearer_auth(&self.token)
        } else {
            request.header(COOKIE, &self.cookie)
        };
        let answer = request.send().await?;
        let status = answer.status();
        let _all = answer.bytes().await?;
        if !status.is_success() {
            bail!("GET {path} answered {status}");
        }
        Ok(())
    }
}

/// The times of many requests.
pub struct Load {
    times: Vec<Duration>,
    whole: Duration,
    /// What each took of the server's processors.
    pub cpu: Option<Duration>,
}

impl Load {
    /// Times that were taken otherwise.
    pub fn new(mut times: Vec<Duration>, whole: Duration) -> Self {
        times.sort_unstable();
        Self { times, whole, cpu: None }
    }

    fn at(&self, percent: usize) -> String {
        let time = self.times[(self.times.len() * percent / 100).min(self.times.len() - 1)];
        milliseconds(time)
    }

    fn row(&self, name: &str) -> String {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
        let rate = self.times.len() as f64 / self.whole.as_secs_f64();
        format!("| {name} | {} | {} | {rate:.0} |", self.at(50), self.at(99))
    }

    /// A row of the table.
    pub fn print(&self, name: &str) {
        println!("{}", self.row(name));
    }

    /// A row of the table of commands.
    pub fn print_with_cpu(&self, name: &str) {
        println!("{} {} |", self.row(name), self.cpu.map(milliseconds).unwrap_or_default());
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

/// Reads `count` times with `clients` at once.
pub async fn many(
    clients: usize,
    count: usize,
    of: impl Fn(usize) -> (Arc<Client>, String) + Send + Sync + 'static,
) -> Result<Load> {
    let done = each(clients, count, move |n| {
        let (client, path) = of(n);
        async move { client.get(&path).await }
    });
    done.await
}

/// Does something `count` times with `clients` at once.
pub async fn each<F, W>(clients: usize, count: usize, what: F) -> Result<Load>
where
    F: Fn(usize) -> W + Send + Sync + 'static,
    W: Future<Output = Result<()>> + Send,
{
    let (what, begun) = (Arc::new(what), Instant::now());
    let mut tasks = tokio::task::JoinSet::new();
    for client in 0..clients {
        let what = what.clone();
        tasks.spawn(async move {
            let mut times = Vec::new();
            for n in (client..count).step_by(clients) {
                let begun = Instant::now();
                what(n).await?;
                times.push(begun.elapsed());
            }
            anyhow::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done??);
    }
    Ok(Load::new(times, begun.elapsed()))
}
