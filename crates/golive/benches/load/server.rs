//! The server under load: a process of its own, and what it takes.

use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// The business time at which the example project begins.
const BEGINNING: &str = "2026-03-30T07:00:00Z";

/// A running server.
pub struct Server {
    child: Child,
    folder: PathBuf,
    /// Its address.
    pub url: String,
    /// The administrator's password.
    pub password: String,
    /// From the start of the process to the first answer.
    pub started_in: Duration,
}

impl Server {
    /// Starts it on a free port.
    pub async fn start(folder: &Path) -> Result<Self> {
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let password = "a password for the load test".to_owned();
        let file = folder.join("password");
        std::fs::write(&file, &password)?;
        let log = std::fs::File::create(folder.join("server.log"))?;
        let begun = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_golive"))
            .arg("serve")
            .arg("--data")
            .arg(folder)
            .args(["--listen", &address.to_string(), "--simulated-clock", BEGINNING])
            .arg("--admin-password-file")
            .arg(file)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let url = format!("http://{address}");
        let client = reqwest::Client::new();
        while client.get(format!("{url}/api/v1/health")).send().await.is_err() {
            if begun.elapsed() > Duration::from_secs(30) {
                bail!("the server does not answer");
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let started_in = begun.elapsed();
        Ok(Self { child, folder: folder.to_owned(), url, password, started_in })
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its database.
    pub fn database(&self) -> PathBuf {
        self.folder.join("golive.db")
    }

    fn process(&self, name: &str) -> Result<String> {
        let id = self.child.id().context("the server runs")?;
        Ok(std::fs::read_to_string(format!("/proc/{id}/{name}"))?)
    }

    fn status(&self, name: &str) -> Result<u64> {
        let text = self.process("status")?;
        let line = text.lines().find(|line| line.starts_with(name)).context("Linux says it")?;
        let kib: u64 = line.split_whitespace().nth(1).context("a number follows")?.parse()?;
        Ok(kib / 1024)
    }

    /// The memory that it holds now, in MiB.
    pub fn memory(&self) -> Result<u64> {
        self.status("VmRSS:")
    }

    /// The most memory that it held, in MiB.
    pub fn most(&self) -> Result<u64> {
        self.status("VmHWM:")
    }

    /// The time that its threads took of the processors.
    pub fn cpu(&self) -> Result<Duration> {
        cpu(&self.process("stat")?)
    }

    /// Ends it in order.
    pub async fn end(mut self) -> Result<()> {
        let id = i32::try_from(self.child.id().context("the server runs")?)?;
        let process = rustix::process::Pid::from_raw(id).context("a process has an id")?;
        rustix::process::kill_process(process, rustix::process::Signal::TERM)?;
        self.child.wait().await?;
        Ok(())
    }
}

/// User and system time of a line of `/proc/ID/stat`; Linux counts a hundredth of a second.
pub fn cpu(stat: &str) -> Result<Duration> {
    let (_, rest) = stat.rsplit_once(')').context("the name is in parentheses")?;
    let ticks = rest.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    let ticks: u64 = ticks.sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(ticks * 10))
}
