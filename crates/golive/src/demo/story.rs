//! What the demo knows while it runs: the project, the clock, when each stage was reached, and what it tells people.

use super::api::{ADMIN, Api, rows, text};
use anyhow::{Context as _, Result, bail};
use comfy_table::{Table, presets::UTF8_HORIZONTAL_ONLY};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The zone in which the demo tells the time.
const ZONE: &str = "Europe/Berlin";
/// An operation of the demo ends within this time.
const PATIENCE: Duration = Duration::from_mins(2);

/// When a stage was first seen to hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Reached {
    business: String,
    real_millis: u64,
}

/// What is kept from one run to the next.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    worked_millis: u64,
    reached: BTreeMap<u64, Reached>,
}

/// A demo under way.
pub struct Demo {
    /// The calls.
    pub api: Api,
    /// The folder for everything.
    pub folder: PathBuf,
    /// The project's id, once it is there.
    pub project: String,
    kept: Kept,
    started: Instant,
    before: u64,
}

impl Demo {
    /// A demo in this folder.
    pub fn new(api: Api, folder: PathBuf) -> Result<Self> {
        let kept: Kept = match std::fs::read_to_string(folder.join("times.json")) {
            Ok(text) => serde_json::from_str(&text).context("cannot read times.json")?,
            Err(_) => Kept::default(),
        };
        let before = kept.worked_millis;
        let started = Instant::now();
        Ok(Self { api, folder, project: String::new(), kept, started, before })
    }

    /// A path below the project.
    pub fn of(&self, rest: &str) -> String {
        format!("/projects/{}{rest}", self.project)
    }

    /// Reads something of the project.
    pub async fn read(&self, who: &str, rest: &str) -> Result<Value> {
        self.api.get(who, &self.of(rest)).await
    }

    /// Does something in the project.
    pub async fn act(&self, who: &str, rest: &str, body: Value) -> Result<Value> {
        self.api.post(who, &self.of(rest), body).await
    }

    /// The business time.
    pub async fn now(&self) -> Result<Timestamp> {
        Ok(text(&self.api.get(ADMIN, "/health").await?, "now")?.parse()?)
    }

    /// Moves the clock forward to this instant, unless it is past it.
    pub async fn until(&self, instant: &str) -> Result<()> {
        let wanted: Timestamp = instant.parse()?;
        if self.now().await? < wanted {
            self.api.post(ADMIN, "/clock", json!({ "to": wanted.to_string() })).await?;
        }
        Ok(())
    }

    /// Lets business time pass.
    pub async fn pass(&self, time: SignedDuration) -> Result<()> {
        let wanted = self.now().await?.checked_add(time)?;
        self.until(&wanted.to_string()).await
    }

    /// Tells what happens, with the business time.
    pub async fn tell(&self, what: &str) -> Result<()> {
        let zone = jiff::tz::TimeZone::get(ZONE)?;
        let now = zone.to_datetime(self.now().await?);
        eprintln!("{}  {what}", now.strftime("%Y-%m-%d %H:%M"));
        Ok(())
    }

    /// Tells of a refusal that had to come, with its reasons.
    pub async fn tell_refusal(&self, what: &str, problem: &Value) -> Result<()> {
        let detail = problem["detail"].as_str().unwrap_or("refused");
        self.tell(&format!("{what}: refused. {detail}")).await?;
        for reason in super::api::reasons(problem) {
            eprintln!("{:18}- {reason}", "");
        }
        Ok(())
    }

    /// Waits for an operation to end in this state, and gives it.
    pub async fn operation(&self, who: &str, id: &str, wanted: &str) -> Result<Value> {
        let started = Instant::now();
        loop {
            let seen = self.api.get(who, &format!("/operations/{id}")).await?;
            let state = text(&seen, "state")?;
            if state == wanted {
                return Ok(seen);
            }
            let over = matches!(
                state.as_str(),
                "succeeded" | "rolled_back" | "attention" | "cancelled" | "rollback_failed"
            );
            if over || started.elapsed() > PATIENCE {
                let diagnosis = seen["diagnosis"].as_str().unwrap_or_default();
                bail!("{} is {state}, not {wanted}: {diagnosis}", text(&seen, "title")?);
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// Looks at the path: notes the stages that hold by now, and says so.
    pub async fn look(&mut self) -> Result<()> {
        let path = self.read("lena.hoffmann", "/path").await?;
        let now = self.now().await?.to_string();
        self.kept.worked_millis = self.before + millis(self.started.elapsed());
        for stage in rows(&path["stages"]).take_while(|stage| stage["state"] == "done") {
            let number = stage["number"].as_u64().unwrap_or_default();
            let reached = Reached { business: now.clone(), real_millis: self.kept.worked_millis };
            if self.kept.reached.insert_new(number, reached) {
                eprintln!("{:18}── stage {number} holds", "");
            }
        }
        let text = serde_json::to_string_pretty(&self.kept)?;
        Ok(std::fs::write(self.folder.join("times.json"), text)?)
    }

    /// Whether this stage was reached in this run or an earlier one.
    pub fn reached(&self, stage: u64) -> bool {
        self.kept.reached.contains_key(&stage)
    }

    /// Prints the nine stages with their times; true when all hold.
    pub async fn table(&mut self) -> Result<bool> {
        if self.project.is_empty() {
            return Ok(false);
        }
        self.look().await?;
        let path = self.read("lena.hoffmann", "/path").await?;
        let mut table = Table::new();
        *table.style_mut() = UTF8_HORIZONTAL_ONLY;
        table.set_header(["", "stage", "state", "business time", "real time"]);
        let mut holds = true;
        for stage in rows(&path["stages"]) {
            holds &= stage["state"] == "done";
            let number = stage["number"].as_u64().unwrap_or_default();
            let reached = self.kept.reached.get(&number);
            table.add_row([
                number.to_string(),
                stage["id"].as_str().unwrap_or_default().replace('_', " "),
                stage["state"].as_str().unwrap_or_default().replace('_', " "),
                reached.map(|it| it.business.chars().take(16).collect()).unwrap_or_default(),
                reached.map(|it| seconds(it.real_millis)).unwrap_or_default(),
            ]);
        }
        println!("{table}");
        for stage in rows(&path["stages"]).filter(|stage| stage["state"] != "done").take(1) {
            for block in rows(&stage["blocks"]) {
                println!(
                    "stage {}: {}",
                    stage["number"],
                    block["title"].as_str().unwrap_or_default()
                );
            }
        }
        Ok(holds)
    }

    /// Leaves nothing running behind: the applications are stopped in order.
    pub async fn leave(&self) -> Result<()> {
        let operator = super::people::OPERATOR;
        for environment in rows(&self.read(operator, "/environments").await?) {
            if environment["state"] == "running" {
                let path = format!("/environments/{}/stop", text(environment, "id")?);
                let operation = self.api.post(operator, &path, Value::Null).await?;
                self.operation(operator, &text(&operation, "id")?, "succeeded").await?;
            }
        }
        Ok(())
    }
}

trait InsertNew {
    fn insert_new(&mut self, number: u64, reached: Reached) -> bool;
}

impl InsertNew for BTreeMap<u64, Reached> {
    fn insert_new(&mut self, number: u64, reached: Reached) -> bool {
        let is_new = !self.contains_key(&number);
        self.entry(number).or_insert(reached);
        is_new
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn seconds(millis: u64) -> String {
    format!("{}.{} s", millis / 1000, millis % 1000 / 100)
}
