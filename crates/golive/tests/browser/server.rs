//! `golive` as a process, on a folder of its own.

use anyhow::{Context as _, Result, bail};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// A server that is not there within this time has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; it ends with the test.
pub struct Server {
    child: Child,
    /// Where its pages are.
    pub url: String,
}

impl Server {
    /// Starts it on this folder, with a simulated clock that stands at `now` if the folder is new.
    pub async fn start(data: &Path, now: &str, password: &Path) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = std::fs::File::create(data.with_extension("log"))?;
        let mut child = golive()
            .arg("serve")
            .arg("--data")
            .arg(data)
            .args(["--listen", &address.to_string(), "--simulated-clock", now])
            .arg("--admin-password-file")
            .arg(password)
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(address).await.is_err() {
            if child.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                bail!("the server is not there; see {}", data.with_extension("log").display());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Self { child, url: format!("http://{address}") })
    }

    /// Ends it in order.
    pub async fn end(mut self) -> Result<()> {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        let id = id.and_then(rustix::process::Pid::from_raw).context("a process has an id")?;
        rustix::process::kill_process(id, rustix::process::Signal::TERM)?;
        self.child.wait().await?;
        Ok(())
    }
}

/// Ends the applications that still run on a server's folder: golive leaves them when it ends.
pub fn end_applications(data: &Path) -> Result<()> {
    let named = data.display().to_string();
    for process in std::fs::read_dir("/proc")? {
        let process = process?;
        let id = process.file_name().to_str().and_then(|name| name.parse().ok());
        let Some(id) = id.and_then(rustix::process::Pid::from_raw) else { continue };
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains(&named) {
            // It may have ended meanwhile.
            let _ended = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
    }
    Ok(())
}

/// The program, not yet told what to do.
pub fn golive() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_golive"));
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// A file of the workspace.
pub fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
