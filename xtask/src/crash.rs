//! `cargo xtask crash`: kills the server with SIGKILL again and again while outside clients work with it, and checks after
//! every kill that what was acknowledged is there, that every operation ends, and that no effect happened twice.
//!
//! Only the server is killed; the deployed applications live on. Effects are counted in the application's own database.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PASSWORD: &str = "crash-test-password";
/// How many clients work at once.
const CLIENTS: u64 = 3;

/// What the clients were told and therefore must find again.
#[derive(Default)]
struct Acknowledged {
    environments: BTreeSet<String>,
    operations: BTreeMap<String, String>,
}

/// A server with its data, and the golive program to talk to it.
struct Bench {
    program: PathBuf,
    data: PathBuf,
    database: Option<String>,
    port: u16,
    token: String,
    project: String,
    known: Arc<Mutex<Acknowledged>>,
}

/// A small generator that a seed determines.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// Runs the test on one database; SQLite when no address is given.
pub fn run(program: &Path, runs: u64, seed: u64, database: Option<String>) -> Result<()> {
    let kind = if database.is_some() { "PostgreSQL" } else { "SQLite" };
    let folder = std::env::temp_dir().join(format!("golive-crash-{}-{kind}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut bench = Bench {
        program: program.to_owned(),
        data: folder.clone(),
        database,
        port: free_port()?,
        token: String::new(),
        project: String::new(),
        known: Arc::default(),
    };
    let outcome = bench.all(runs, seed, kind);
    end_applications(&folder);
    match outcome {
        Ok(()) => Ok(std::fs::remove_dir_all(&folder)?),
        Err(error) => {
            Err(error.context(format!("seed {seed}; the data are kept in {}", folder.display())))
        }
    }
}

impl Bench {
    fn all(&mut self, runs: u64, seed: u64, kind: &str) -> Result<()> {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut server = self.start()?;
        self.set_up()?;
        let (mut inside, mut last_seq) = (0, 0);
        for run in 1..=runs {
            let before = self.interruptions()?;
            let stop = Arc::new(AtomicBool::new(false));
            let clients: Vec<_> = (0..CLIENTS).map(|n| self.client(run, n, &stop)).collect();
            let wait = 700 + dice.roll(1800);
            std::thread::sleep(Duration::from_millis(wait));
            server.kill().context("the server ended by itself")?;
            server.wait()?;
            stop.store(true, Ordering::SeqCst);
            for client in clients {
                let _its_calls_failed = client.join();
            }
            server = self.start()?;
            self.settle()?;
            let hit = self.interruptions()?;
            let steps: Vec<&String> = hit
                .iter()
                .filter(|(step, n)| before.get(*step) != Some(n))
                .map(|(step, _)| step)
                .collect();
            inside += u64::from(!steps.is_empty());
            last_seq = self.check(last_seq)?;
            let known = self.known.lock().expect("nothing panics while it is held");
            eprintln!(
                "{kind} run {run:>2}: killed after {wait} ms inside [{}]; {} environments, {} operations acknowledged, log at {last_seq}",
                names(&steps),
                known.environments.len(),
                known.operations.len()
            );
        }
        server.kill()?;
        server.wait()?;
        eprintln!(
            "{kind}: {runs} kills, {inside} inside a running operation step, seed {seed}: all that was acknowledged is there"
        );
        ensure!(
            inside * 4 >= runs * 3,
            "only {inside} of {runs} kills fell inside a running operation step"
        );
        Ok(())
    }

    fn start(&self) -> Result<Child> {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.data.join("server.log"))?;
        let mut command = Command::new(&self.program);
        command
            .arg("serve")
            .arg("--data")
            .arg(self.data.join("data"))
            .args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        if let Some(url) = &self.database {
            command.args(["--database", url]);
        }
        let child = command
            .env("GOLIVE_ADMIN_PASSWORD", PASSWORD)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let started = Instant::now();
        while self.golive("", &["server", "health"]).is_err() {
            ensure!(started.elapsed() < Duration::from_secs(30), "the server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(child)
    }

    /// One command of the golive program, as an outside client.
    fn golive(&self, token: &str, args: &[&str]) -> Result<Value> {
        command(&self.program, self.port, token, args)
    }

    fn set_up(&mut self) -> Result<()> {
        let text = |value: Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let sign_in = |login: &str| -> Result<String> {
            Ok(text(
                self.golive("", &["token", "sign-in", "--login", login, "--password", PASSWORD])?,
                "secret",
            ))
        };
        let admin = sign_in("admin")?;
        self.golive(&admin, &["blueprint", "apply", "-f", "blueprints/demo-erp.toml"])?;
        let made = |words: &str, id: &str| -> Result<String> {
            let words: Vec<&str> =
                words.split(' ').map(|word| if word == "ID" { id } else { word }).collect();
            Ok(text(self.golive(&admin, &words)?, "id"))
        };
        let organisation = made("organisation create --name Crash --calendar de", "")?;
        let person =
            "user create --login ops --name Ops --email o@crash.example --time-zone UTC --password";
        made(&format!("{person} {PASSWORD}"), "")?;
        let project = made(
            "project create --slug crash --name Crash --organisation ID --service-model managed \
             --project-type new_production --policy policy-2024 --calendar de --time-zone UTC",
            &organisation,
        )?;
        let seat = format!("member add {project} --login ops --organisation ID --side operator");
        made(&seat, &organisation)?;
        self.token = sign_in("ops")?;
        self.project = project;
        Ok(())
    }

    /// A client that plans, deploys and drills until the server goes away, and keeps what it was told.
    fn client(&self, run: u64, n: u64, stop: &Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
        let (program, port, token, project) =
            (self.program.clone(), self.port, self.token.clone(), self.project.clone());
        let (known, stop) = (self.known.clone(), stop.clone());
        std::thread::spawn(move || {
            let golive = |args: &[&str]| command(&program, port, &token, args);
            let told = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
            if n == 0 {
                let name = format!("env-{run}");
                let Ok(made) = golive(&[
                    "environment",
                    "create",
                    &project,
                    "--name",
                    &name,
                    "--purpose",
                    "sandbox",
                    "--tier",
                    "2",
                    "--hosting",
                    "operator",
                    "--region",
                    "eu",
                    "--blueprint",
                    "demo-erp",
                    "--target",
                    "local",
                    "--version",
                    "1.0",
                    "--administrator",
                    "svc-erp",
                ]) else {
                    return;
                };
                known
                    .lock()
                    .expect("nothing panics while it is held")
                    .environments
                    .insert(told(&made));
                if let Ok(operation) = golive(&["environment", "deploy", &told(&made)]) {
                    known
                        .lock()
                        .expect("nothing panics while it is held")
                        .operations
                        .insert(told(&operation), "succeeded".into());
                }
            }
            let mut turn = 0;
            while !stop.load(Ordering::SeqCst) {
                turn += 1;
                let refuses = turn % 3 == 0;
                let refuse_at = if refuses { "3" } else { "0" };
                let Ok(operation) = golive(&[
                    "operation",
                    "drill",
                    &project,
                    "--step-millis",
                    "150",
                    "--refuse-at",
                    refuse_at,
                ]) else {
                    return;
                };
                let outcome = if refuses { "rolled_back" } else { "succeeded" };
                known
                    .lock()
                    .expect("nothing panics while it is held")
                    .operations
                    .insert(told(&operation), outcome.into());
            }
        })
    }

    /// Waits until every operation has ended.
    fn settle(&self) -> Result<()> {
        let started = Instant::now();
        loop {
            let operations = self.operations()?;
            let open = operations.iter().filter(|operation| operation["state"] == "open").count();
            if open == 0 {
                return Ok(());
            }
            ensure!(started.elapsed() < Duration::from_mins(2), "{open} operations do not end");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn operations(&self) -> Result<Vec<Value>> {
        let list = self.golive(&self.token, &["operation", "list", &self.project])?;
        list.as_array().cloned().context("a list of operations")
    }

    /// How often each step of each operation was started; more than once means that a kill fell inside it.
    fn interruptions(&self) -> Result<BTreeMap<String, u64>> {
        let mut all = BTreeMap::new();
        for operation in self.operations()? {
            for step in operation["steps"].as_array().into_iter().flatten() {
                let times = step["times"].as_u64().unwrap_or_default();
                if times > 1 {
                    let name =
                        format!("{} {}/{}", operation["id"], operation["kind"], step["name"])
                            .replace('"', "");
                    all.insert(name, times);
                }
            }
        }
        Ok(all)
    }

    /// Everything that was acknowledged is there, ended as it should, and happened once. Returns where the log stands.
    fn check(&self, last_seq: i64) -> Result<i64> {
        let known = self.known.lock().expect("nothing panics while it is held");
        for (id, outcome) in &known.operations {
            let operation = self.golive(&self.token, &["operation", "view", id])?;
            ensure!(
                operation["state"] == outcome.as_str(),
                "operation {id}: {outcome} expected, {} found",
                operation["state"]
            );
        }
        for id in &known.environments {
            let environment = self.golive(&self.token, &["environment", "view", id])?;
            if environment["state"] == "running" {
                self.effects_are_single(id)?;
            }
        }
        let audit = self.golive(&self.token, &["audit", "verify", &self.project])?;
        let seq = audit["seq"].as_i64().unwrap_or_default();
        ensure!(audit["holds"] == true, "the log does not hold: {}", audit["fault"]);
        ensure!(seq >= last_seq, "the log went back from {last_seq} to {seq}");
        Ok(seq)
    }

    /// Counts the effects in the application's own database, by operation, step and effect.
    fn effects_are_single(&self, environment: &str) -> Result<()> {
        let root = self.data.join("data/environments").join(environment).join("databases");
        let mut seen = 0;
        for folder in std::fs::read_dir(&root).with_context(|| format!("{}", root.display()))? {
            let file = folder?.path().join("erp.sqlite");
            if !file.exists() {
                continue;
            }
            let output = Command::new(&self.program)
                .args(["demo-erp", "effects", "--database"])
                .arg(&file)
                .output()?;
            let effects: Value =
                serde_json::from_slice(&output.stdout).context("a list of effects")?;
            let rows =
                effects["effects"].as_array().or(effects.as_array()).cloned().unwrap_or_default();
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for row in &rows {
                *counts
                    .entry(format!("{} {} {}", row["operation"], row["step"], row["effect"]))
                    .or_default() += row["times"].as_u64().unwrap_or(1);
            }
            seen += counts.len();
            if let Some((effect, n)) = counts.iter().find(|(_, n)| **n != 1) {
                bail!("effect {effect} happened {n} times in {}", file.display());
            }
        }
        ensure!(seen > 0, "{environment} runs, but no effect is on record in its database");
        Ok(())
    }
}

fn command(program: &Path, port: u16, token: &str, args: &[&str]) -> Result<Value> {
    let output = Command::new(program)
        .args(["--output", "json", "--url", &format!("http://127.0.0.1:{port}")])
        .args(args)
        .env("GOLIVE_TOKEN", token)
        .output()?;
    if !output.status.success() {
        bail!("{}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).with_context(|| args.join(" "))
}

fn names(steps: &[&String]) -> String {
    let short: BTreeSet<&str> = steps.iter().filter_map(|step| step.split(' ').nth(1)).collect();
    short.into_iter().collect::<Vec<_>>().join(", ")
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Ends what was deployed: every process whose program lies in the test's folder.
fn end_applications(folder: &Path) {
    let Ok(processes) = std::fs::read_dir("/proc") else { return };
    for process in processes.flatten() {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let ours = String::from_utf8_lossy(&line).contains(&format!("{}/", folder.display()));
        if let (true, Some(pid)) = (ours, process.file_name().to_str()) {
            let _gone_already = Command::new("kill").args(["-9", pid]).status();
        }
    }
}
