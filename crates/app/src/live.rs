//! Lines of running operations, and the hint that something has changed. Everything here may be lost: a watcher looks
//! at the database and at the operation's file whenever it is told, and now and then without being told.

use golive_core::id::OperationId;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tokio::sync::broadcast;

/// The file, in an operation's folder, that its lines are kept in.
pub const FILE: &str = "log.txt";

/// Takes lines and hands them to watchers.
#[derive(Debug)]
pub struct Lines {
    sender: broadcast::Sender<(OperationId, String)>,
    nudges: broadcast::Sender<()>,
    open: Mutex<()>,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            sender: broadcast::channel(512).0,
            nudges: broadcast::channel(16).0,
            open: Mutex::new(()),
        }
    }
}

impl Lines {
    /// Adds one line to the operation's file and tells the watchers.
    pub fn say(&self, folder: &Path, operation: OperationId, line: &str) {
        let line = format!("{} {}", jiff::Timestamp::now().strftime("%H:%M:%S"), line.trim_end());
        let written = {
            let _turn = self.open.lock().expect("nothing panics while it is held");
            append(folder, &line)
        };
        if let Err(error) = written {
            tracing::warn!(%operation, %error, "a line of the operation's log could not be kept");
        }
        let _nobody_listens = self.sender.send((operation, line));
    }

    /// Watches all lines.
    pub fn watch(&self) -> broadcast::Receiver<(OperationId, String)> {
        self.sender.subscribe()
    }

    /// Says that something is due earlier than thought, such as after the clock was moved.
    pub fn nudge(&self) {
        let _nobody_listens = self.nudges.send(());
    }

    /// Is told of nudges.
    pub fn nudges(&self) -> broadcast::Receiver<()> {
        self.nudges.subscribe()
    }
}

fn append(folder: &Path, line: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(folder.join(FILE))?;
    writeln!(file, "{line}")
}

/// The lines of an operation so far, from a byte position; returns them with the position after them.
pub fn read(folder: &Path, from: u64) -> std::io::Result<(String, u64)> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    /// No more is read at once than this many bytes.
    const MOST: u64 = 1 << 20;
    let path: PathBuf = folder.join(FILE);
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((String::new(), from));
        }
        Err(error) => return Err(error),
    };
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes)?;
    let end = from + bytes.len() as u64;
    Ok((String::from_utf8_lossy(&bytes).into_owned(), end))
}
