//! The server of the demo: this program as a child process, with a simulated clock.

use anyhow::{Context as _, Result, bail};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// The business time at which the example project begins.
pub const BEGINNING: &str = "2026-03-30T07:00:00Z";
/// A server that does not answer within this time has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
pub struct Server {
    child: Child,
    /// Its address.
    pub url: String,
}

impl Server {
    /// Starts the server on this address, or on a free port when none is given.
    pub async fn start(
        program: &Path,
        folder: &Path,
        listen: Option<SocketAddr>,
        password: &str,
    ) -> Result<Self> {
        let address = listen.map_or_else(free_address, Ok)?;
        let log = folder.join("server.log");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log)?;
        let password_file = folder.join("admin-password");
        super::secrets::write_private(&password_file, password)?;
        let mut child = Command::new(program)
            .arg("serve")
            .arg("--data")
            .arg(folder.join("server"))
            .args(["--listen", &address.to_string(), "--simulated-clock", BEGINNING])
            .arg("--admin-password-file")
            .arg(password_file)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let url = format!("http://{address}");
        answers(&url, &mut child, &log).await?;
        Ok(Self { child, url })
    }

    /// Ends the server in order.
    pub async fn end(mut self) -> Result<()> {
        if let Some(id) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            let process = rustix::process::Pid::from_raw(id).context("a process has an id")?;
            rustix::process::kill_process(process, rustix::process::Signal::TERM)?;
        }
        self.child.wait().await?;
        Ok(())
    }

    /// Waits until the server has ended.
    pub async fn wait(&mut self) -> Result<()> {
        self.child.wait().await?;
        Ok(())
    }
}

/// The usual port if nobody has it, else any.
fn free_address() -> Result<SocketAddr> {
    let usual = TcpListener::bind("127.0.0.1:7420");
    Ok(usual.or_else(|_| TcpListener::bind("127.0.0.1:0"))?.local_addr()?)
}

async fn answers(url: &str, child: &mut Child, log: &Path) -> Result<()> {
    let client = reqwest::Client::builder().build()?;
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if child.try_wait()?.is_some() {
            bail!("the server ended at once; see {}", log.display());
        }
        if client.get(format!("{url}/api/v1/health")).send().await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("the server does not answer; see {}", log.display())
}
