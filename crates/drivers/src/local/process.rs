//! Processes of this host: started in a group of their own with a bare environment, known by pid *and* start time, and
//! found again by marks in their environment even if nobody had the time to write their pid down.

use super::durable::at;
use golive_app::ports::driver::DriverError;
use rustix::process::{Pid, Resource, Rlimit, Signal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How long a killed process may take to vanish.
const VANISH: Duration = Duration::from_secs(5);

/// A process that cannot be mistaken for another one that got its number later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub pid: u32,
    /// Clock ticks after the host's start.
    started: u64,
    /// Which start of the host.
    boot: String,
}

/// What a process is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Service,
    Hook,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Hook => "hook",
        }
    }
}

/// A process that carries the marks of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marked {
    pub identity: Identity,
    pub epoch: i64,
    pub operation: String,
    pub step: String,
}

/// What to start.
pub(crate) struct Start<'a> {
    pub root: &'a Path,
    pub role: Role,
    pub command: Vec<String>,
    pub marks: BTreeMap<&'static str, String>,
    pub input: Option<String>,
    pub out: PathBuf,
    pub err: PathBuf,
    pub limits: &'a golive_core::blueprint::Limits,
}

/// A process that was started here.
pub(crate) struct Started {
    pub identity: Identity,
    /// Answers once, when it has ended.
    pub end: oneshot::Receiver<ExitStatus>,
}

impl Identity {
    /// The living process with this number; a zombie has stopped.
    pub fn of(pid: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        if matches!(*fields.first()?, "Z" | "X" | "x") {
            return None;
        }
        Some(Self { pid, started: fields.get(19)?.parse().ok()?, boot: boot() })
    }

    pub fn is_alive(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }

    /// Signals the process and its group, if it still is the one it was.
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid.filter(|_| self.is_alive()) {
            // Each of our processes leads its own group; a child of one does not.
            if rustix::process::kill_process_group(pid, signal).is_err() {
                let _ = rustix::process::kill_process(pid, signal);
            }
        }
    }
}

/// The host's own mark of its last start.
fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

/// Starts a process. Its output goes to files, not to a pipe that would break when golive ends.
pub(crate) fn start(start: Start<'_>) -> Result<Started, DriverError> {
    let (program, args) = start
        .command
        .split_first()
        .ok_or_else(|| DriverError::Refused("the command is empty".to_owned()))?;
    let open = |path: &Path| at(path, File::options().create(true).append(true).open(path));
    let mut child = Command::new(program)
        .args(args)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", start.root.join("state"))
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("GOLIVE_SITE", start.root)
        .env("GOLIVE_ROLE", start.role.name())
        .envs(start.marks)
        .current_dir(start.root)
        .stdin(if start.input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(open(&start.out)?)
        .stderr(open(&start.err)?)
        .process_group(0)
        .spawn()
        .map_err(|error| DriverError::Refused(format!("{program} cannot be started: {error}")))?;
    let pid = child.id();
    limit(pid, start.limits);
    // A process that has ended at once has no start time any more; that it ended is told by `end`.
    let identity = Identity::of(pid).unwrap_or(Identity { pid, started: 0, boot: String::new() });
    let (tell, end) = oneshot::channel();
    let input = start.input.zip(child.stdin.take());
    // A thread of its own: the process is reaped even when nobody waits for it any more.
    std::thread::spawn(move || {
        if let Some((text, mut stdin)) = input {
            // A process that does not read its input has its reasons.
            let _ = stdin.write_all(text.as_bytes());
        }
        if let Ok(status) = child.wait() {
            let _ = tell.send(status);
        }
    });
    Ok(Started { identity, end })
}

fn limit(pid: u32, limits: &golive_core::blueprint::Limits) {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return };
    let memory = limits.address_space_mib.map(|mib| mib.saturating_mul(1024 * 1024));
    for (resource, most) in [(Resource::Nofile, limits.open_files), (Resource::As, memory)] {
        let Some(most) = most else { continue };
        let new = Rlimit { current: Some(most), maximum: Some(most) };
        if let Err(error) = rustix::process::prlimit(Some(pid), resource, new) {
            tracing::warn!(%error, ?resource, "a limit could not be set");
        }
    }
}

/// All living processes of an environment in this role, children of ours included.
pub(crate) fn marked(root: &Path, role: Role) -> Vec<Marked> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| marked_one(pid, root, role)).collect()
}

fn marked_one(pid: u32, root: &Path, role: Role) -> Option<Marked> {
    let bytes = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let values: BTreeMap<&str, &str> =
        text.split('\0').filter_map(|pair| pair.split_once('=')).collect();
    let ours = values.get("GOLIVE_SITE").is_some_and(|site| Path::new(site) == root)
        && values.get("GOLIVE_ROLE") == Some(&role.name());
    let value = |name: &str| values.get(name).copied().unwrap_or_default();
    ours.then_some(())?;
    Some(Marked {
        identity: Identity::of(pid)?,
        epoch: value("GOLIVE_EPOCH").parse().unwrap_or_default(),
        operation: value("GOLIVE_OPERATION").to_owned(),
        step: value("GOLIVE_STEP").to_owned(),
    })
}

/// Kills the marked processes that are meant, and waits until they are gone.
pub(crate) fn end_marked(
    root: &Path,
    role: Role,
    meant: impl Fn(&Marked) -> bool,
) -> Result<(), DriverError> {
    let begun = Instant::now();
    loop {
        let left: Vec<Marked> = marked(root, role).into_iter().filter(&meant).collect();
        if left.is_empty() {
            return Ok(());
        }
        if begun.elapsed() > VANISH {
            let pids: Vec<String> =
                left.iter().map(|marked| marked.identity.pid.to_string()).collect();
            return Err(DriverError::Retry(format!(
                "killed processes do not vanish: {}",
                pids.join(", ")
            )));
        }
        for marked in left {
            marked.identity.signal(Signal::KILL);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until a process is gone; false if it is not.
pub(crate) async fn is_gone_within(identity: &Identity, most: Duration) -> bool {
    let begun = Instant::now();
    while identity.is_alive() {
        if begun.elapsed() >= most {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    true
}

/// The last lines of a log file, for a message.
pub(crate) fn tail(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(4096)..]).into_owned();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_another_start_time_is_another_process() {
        let own = Identity::of(std::process::id()).expect("it runs");
        assert!(own.is_alive());
        assert!(!Identity { started: own.started + 1, ..own.clone() }.is_alive());
        assert!(!Identity { boot: "another".to_owned(), ..own }.is_alive());
    }

    #[test]
    fn a_zombie_has_stopped() {
        let mut child = Command::new("true").spawn().expect("every host has it");
        let pid = child.id();
        let begun = Instant::now();
        while Identity::of(pid).is_some() {
            assert!(
                begun.elapsed() < Duration::from_secs(5),
                "it ends at once and nobody has waited for it"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(Path::new(&format!("/proc/{pid}")).exists(), "it is still there, as a zombie");
        child.wait().expect("it has ended");
    }
}
