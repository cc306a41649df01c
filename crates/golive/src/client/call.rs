//! Makes one call and shows its answer.

use super::command::{CALLS, Call, Kind, is_file};
use super::{exit, show};
use anyhow::{Context as _, Result, bail};
use clap::ArgMatches;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Map, Value};

/// A connection to a server with a token.
pub struct Server {
    client: Client,
    url: String,
    token: Option<String>,
}

/// What the server answered.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body; null when there is none.
    pub body: Value,
}

impl Server {
    /// A server by its address.
    pub fn new(url: &str, token: Option<String>) -> Result<Self> {
        let client = Client::builder().build()?;
        Ok(Self { client, url: url.trim_end_matches('/').to_owned(), token })
    }

    /// Makes one call with a JSON body.
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer> {
        let mut request = self.request(method, path)?;
        if let Some(body) = body {
            request = request.json(body);
        }
        self.send(request).await
    }

    /// Sends a file.
    pub async fn upload(&self, method: &str, path: &str, file: &str) -> Result<Answer> {
        let opened =
            tokio::fs::File::open(file).await.with_context(|| format!("cannot read {file}"))?;
        let length = opened.metadata().await?.len();
        let name =
            std::path::Path::new(file).file_name().map(|name| name.to_string_lossy().into_owned());
        let request = self
            .request(method, path)?
            .query(&[("file", name.unwrap_or_default())])
            .header("content-type", "application/octet-stream")
            .header("content-length", length)
            .body(opened);
        self.send(request).await
    }

    fn request(&self, method: &str, path: &str) -> Result<reqwest::RequestBuilder> {
        let request = self
            .client
            .request(Method::from_bytes(method.as_bytes())?, format!("{}{path}", self.url));
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer> {
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
}

/// `golive <noun> <verb> …`.
pub async fn run(noun: &str, matches: &ArgMatches, all: &ArgMatches) -> Result<u8> {
    let (verb, given) = matches.subcommand().context("which verb?")?;
    let call = CALLS
        .iter()
        .find(|call| call.noun == noun && call.verb == verb)
        .context("no such command")?;
    let server = Server::new(all.get_one::<String>("url").expect("it has a default"), token(all)?)?;
    let path = path(call, given);
    let answer = if call.upload {
        let file = given.get_one::<String>("upload").expect("it is required");
        server.upload(&call.method, &path, file).await?
    } else {
        let body = if call.fields.is_empty() { None } else { Some(body(call, given)?) };
        server.call(&call.method, &path, body.as_ref()).await?
    };
    // A certificate is a file, not something to look at.
    let json = super::is_json(all) || call.id == "certificate_make";
    show::answer(&answer, json)?;
    Ok(exit_code(&answer))
}

/// The class of an answer.
pub fn exit_code(answer: &Answer) -> u8 {
    let kind = answer.body["type"].as_str().unwrap_or_default();
    match (answer.status.as_u16(), kind) {
        (200..=299, _) if answer.body["state"] == "attention" => exit::NEEDS_PERSON,
        (200..=299, _) if answer.body["open"] == false && answer.body.get("verdict").is_some() => {
            exit::GATE_SHUT
        }
        (200..=299, _) => 0,
        (409, "urn:golive:gate_shut") => exit::GATE_SHUT,
        (409, _) => exit::CONFLICT,
        (422, _) => exit::USAGE,
        (_, _) => exit::ERROR,
    }
}

fn token(matches: &ArgMatches) -> Result<Option<String>> {
    if let Some(file) = matches.get_one::<String>("token-file") {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
        return Ok(Some(text.trim().to_owned()));
    }
    Ok(std::env::var("GOLIVE_TOKEN").ok())
}

fn path(call: &Call, given: &ArgMatches) -> String {
    let mut path = call.path.clone();
    for place in &call.places {
        let value = given.get_one::<String>(&format!("@{place}")).expect("it is required");
        path = path.replace(&format!("{{{place}}}"), &encoded(value));
    }
    let pairs: Vec<String> = call
        .query
        .iter()
        .filter_map(|name| {
            Some(format!("{name}={}", encoded(given.get_one::<String>(&format!("?{name}"))?)))
        })
        .collect();
    if pairs.is_empty() { path } else { format!("{path}?{}", pairs.join("&")) }
}

fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    text.bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn body(call: &Call, given: &ArgMatches) -> Result<Value> {
    let mut body = Map::new();
    for (name, field) in &call.fields {
        let value = match field.kind {
            Kind::Flag => Some(Value::Bool(given.get_flag(name))),
            Kind::List => {
                given.get_many::<String>(name).map(|all| all.cloned().map(Value::String).collect())
            }
            Kind::Text => given.get_one::<String>(name).cloned().map(Value::String),
            Kind::Number | Kind::Json => given
                .get_one::<String>(name)
                .map(|text| {
                    serde_json::from_str(text).with_context(|| {
                        format!("--{name}: expected a number or JSON, found {text}")
                    })
                })
                .transpose()?,
        };
        if let Some(value) = value {
            body.insert(name.clone(), value);
        }
    }
    if call.fields.keys().any(|name| is_file(call, name)) {
        let Some(file) = given.get_one::<String>("read") else {
            if body.contains_key("text") {
                return Ok(Value::Object(body));
            }
            bail!("give the file with -f FILE");
        };
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
        body.insert("file".into(), Value::String(file.clone()));
        body.insert("text".into(), Value::String(text));
    }
    Ok(Value::Object(body))
}
