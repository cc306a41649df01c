//! Calls of the API, each with the token of the member who makes it. The demo has no other way in.

use super::secrets::Secrets;
use anyhow::{Context as _, Result, bail};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// The server administrator's sign-in name.
pub const ADMIN: &str = "admin";

/// A server and the tokens of those who call it.
pub struct Api {
    client: Client,
    url: String,
    secrets: Mutex<Secrets>,
}

/// What the server answered.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body; null when there is none.
    pub body: Value,
}

/// What is sent with a call.
#[derive(Clone)]
enum Payload {
    Nothing,
    Json(Value),
    Bytes(Vec<u8>),
}

impl Api {
    /// Calls to the server at this address.
    pub fn new(url: String, secrets: Secrets) -> Result<Self> {
        let client = Client::builder().build()?;
        Ok(Self { client, url, secrets: Mutex::new(secrets) })
    }

    /// The password that the people of the demo share.
    pub async fn password(&self) -> String {
        self.secrets.lock().await.password("").to_owned()
    }

    /// Reads something.
    pub async fn get(&self, who: &str, path: &str) -> Result<Value> {
        let answer = self.send(who, (Method::GET, path), Payload::Nothing).await?;
        accepted(answer, who, path)
    }

    /// Does something that must be accepted.
    pub async fn post(&self, who: &str, path: &str, body: Value) -> Result<Value> {
        accepted(self.attempt(who, path, body).await?, who, path)
    }

    /// Does something that may be refused.
    pub async fn attempt(&self, who: &str, path: &str, body: Value) -> Result<Answer> {
        let payload = if body.is_null() { Payload::Nothing } else { Payload::Json(body) };
        self.send(who, (Method::POST, path), payload).await
    }

    /// Sends a file; `path` ends with its query.
    pub async fn upload(&self, who: &str, path: &str, bytes: &[u8]) -> Result<Value> {
        let payload = Payload::Bytes(bytes.to_vec());
        let answer = self.send(who, (Method::POST, path), payload).await?;
        accepted(answer, who, path)
    }

    /// Does something that must be refused, and gives the problem.
    pub async fn refused(&self, who: &str, path: &str, body: Value) -> Result<Value> {
        let answer = self.attempt(who, path, body).await?;
        if answer.status.is_success() {
            bail!("{who}: POST {path} was accepted, and should have been refused");
        }
        if !matches!(answer.status.as_u16(), 403 | 409 | 422) {
            return accepted(answer, who, path);
        }
        Ok(answer.body)
    }

    /// A token that has ended is made again; one that is too old to sign with, too.
    async fn send(&self, who: &str, call: (Method, &str), payload: Payload) -> Result<Answer> {
        let token = self.token(who).await?;
        let answer = self.once(&token, &call, payload.clone()).await?;
        let again = answer.status == StatusCode::UNAUTHORIZED
            || answer.body["type"] == "urn:golive:confirm_first";
        if !again {
            return Ok(answer);
        }
        let token = self.fresh_token(who).await?;
        self.once(&token, &call, payload).await
    }

    async fn once(
        &self,
        token: &str,
        (method, path): &(Method, &str),
        payload: Payload,
    ) -> Result<Answer> {
        let request = self.client.request(method.clone(), format!("{}/api/v1{path}", self.url));
        let request = request.bearer_auth(token);
        let request = match payload {
            Payload::Nothing => request,
            Payload::Json(body) => request.json(&body),
            Payload::Bytes(bytes) => {
                request.header("content-type", "application/octet-stream").body(bytes)
            }
        };
        self.answer(request).await
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Answer> {
        let response =
            request.send().await.with_context(|| format!("{} does not answer", self.url))?;
        let status = response.status();
        let text = response.text().await?;
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        };
        Ok(Answer { status, body })
    }

    async fn token(&self, who: &str) -> Result<String> {
        let known = self.secrets.lock().await.token(who);
        match known {
            Some(token) => Ok(token),
            None => self.fresh_token(who).await,
        }
    }

    /// Signs in with the password and makes a token that lasts.
    async fn fresh_token(&self, who: &str) -> Result<String> {
        let mut secrets = self.secrets.lock().await;
        let sign_in = json!({ "login": who, "password": secrets.password(who) });
        let request = self.client.post(format!("{}/api/v1/sign-in", self.url)).json(&sign_in);
        let signed_in = accepted(self.answer(request).await?, who, "/sign-in")?;
        let first = text(&signed_in, "secret")?;
        let wanted = json!({ "name": "demo", "scope": "full", "days": 365 });
        let payload = Payload::Json(wanted);
        let made = self.once(&first, &(Method::POST, "/tokens"), payload).await?;
        let token = text(&accepted(made, who, "/tokens")?, "secret")?;
        secrets.keep(who, &token)?;
        Ok(token)
    }
}

fn accepted(answer: Answer, who: &str, path: &str) -> Result<Value> {
    if answer.status.is_success() {
        return Ok(answer.body);
    }
    let mut told = vec![answer.body["detail"].as_str().unwrap_or("no reason given").to_owned()];
    told.extend(reasons(&answer.body));
    bail!("{who}: {path} answered {}: {}", answer.status.as_u16(), told.join("; "))
}

/// Every reason of a refusal.
pub fn reasons(problem: &Value) -> Vec<String> {
    let all = problem["reasons"].as_array().into_iter().flatten();
    all.filter_map(|reason| reason.as_str().map(str::to_owned)).collect()
}

/// A text of an answer.
pub fn text(body: &Value, name: &str) -> Result<String> {
    let found = body[name].as_str().map(str::to_owned);
    found.with_context(|| format!("the answer has no `{name}`"))
}

/// The rows of an answer.
pub fn rows(body: &Value) -> impl Iterator<Item = &Value> {
    body.as_array().into_iter().flatten()
}

/// Whether a view says that this action would be accepted now.
pub fn can(view: &Value, action: &str) -> bool {
    rows(&view["actions"])
        .any(|it| it["name"] == action && it["refused"].as_array().is_none_or(Vec::is_empty))
}
