//! A throw-away PostgreSQL for tests: a cluster of its own, on a free port, without any care for power cuts.

use anyhow::{Context as _, Result, bail};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The variable by which tests find the cluster.
pub const VARIABLE: &str = "GOLIVE_TEST_POSTGRES";

/// The oldest version that golive is tested with.
const OLDEST: u32 = 15;

/// A running cluster; it ends, and its data go away, with this value.
pub struct Cluster {
    server: Option<Server>,
    _folder: Option<tempfile::TempDir>,
    /// Its address, without a database.
    pub url: String,
    /// What it says it is.
    pub version: String,
}

/// The process, and how to end it so that it cleans up after itself.
struct Server {
    child: Child,
    stop: Command,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _gone_already = server.stop.status();
            let _gone_already = server.child.kill();
            let _status = server.child.wait();
        }
    }
}

impl Cluster {
    /// A fresh database with this name; an older one is dropped.
    pub fn database(&self, name: &str) -> Result<String> {
        let psql = find().map_or_else(|| PathBuf::from("psql"), |folder| folder.join("psql"));
        let create = format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        );
        let mut command = Command::new(psql);
        command.arg(format!("{}/postgres", self.url)).args(["-q", "-v", "ON_ERROR_STOP=1"]);
        output(command.args(["-c", &format!("DROP DATABASE IF EXISTS {name}"), "-c", &create]))?;
        Ok(format!("{}/{name}", self.url))
    }
}

/// Starts a cluster, or takes the one that the environment names.
pub fn start() -> Result<Cluster> {
    if let Ok(url) = std::env::var(VARIABLE) {
        return Ok(Cluster {
            server: None,
            _folder: None,
            url,
            version: "PostgreSQL as given".into(),
        });
    }
    let programs = programs()?;
    let version = output(Command::new(programs.join("postgres")).arg("--version"))?;
    let folder = tempfile::Builder::new().prefix("golive-postgres-").tempdir()?;
    let user = User::to_run_as()?;
    user.own(folder.path())?;
    let data = folder.path().join("data");
    make(&programs, &user, &data)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut command = user.command(&programs.join("postgres"));
    let log = std::fs::File::create(folder.path().join("log"))?;
    let child = command
        .arg("-D")
        .arg(&data)
        .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
        .arg("-c")
        .arg(format!("unix_socket_directories={}", folder.path().display()))
        .args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
        .args(["-c", "max_connections=400", "-c", "autovacuum=off"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()?;
    let url = format!("postgres://postgres@127.0.0.1:{port}");
    let version = version.trim().replace("postgres (PostgreSQL)", "PostgreSQL");
    let log = folder.path().join("log");
    let mut stop = user.command(&programs.join("pg_ctl"));
    stop.args(["stop", "-s", "-m", "immediate", "-D"]).arg(&data).current_dir(folder.path());
    let server = Some(Server { child, stop });
    let cluster = Cluster { server, _folder: Some(folder), url, version };
    wait(&programs, port, &log)?;
    Ok(cluster)
}

/// Runs a command with a cluster beside it.
pub fn with(command: &[String]) -> Result<bool> {
    let cluster = start()?;
    let (program, arguments) = command.split_first().context("which command?")?;
    Ok(Command::new(program).args(arguments).env(VARIABLE, &cluster.url).status()?.success())
}

fn make(programs: &Path, user: &User, data: &Path) -> Result<()> {
    let mut command = user.command(&programs.join("initdb"));
    command.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]);
    output(command.arg(data).current_dir(data.parent().unwrap_or(data))).map(drop)
}

fn wait(programs: &Path, port: u16, log: &Path) -> Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        let mut ready = Command::new(programs.join("pg_isready"));
        ready.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
        if ready.status().is_ok_and(|status| status.success()) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("PostgreSQL did not start: {}", std::fs::read_to_string(log).unwrap_or_default());
}

/// The folder with `initdb` and `postgres`; installs them if they are not there and that is allowed.
fn programs() -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    install(&["postgresql", "postgresql-client"], &format!("PostgreSQL {OLDEST} or newer"))?;
    find().with_context(|| {
        format!("PostgreSQL {OLDEST} or newer was installed but its programs were not found")
    })
}

fn find() -> Option<PathBuf> {
    let mut folders: Vec<(u32, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten() {
        let number = entry.file_name().to_string_lossy().parse().unwrap_or(0);
        folders.push((number, entry.path().join("bin")));
    }
    folders.sort();
    let newest = folders.pop().filter(|(number, _)| *number >= OLDEST).map(|(_, folder)| folder);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path);
    newest.into_iter().chain(on_path).find(|folder| {
        ["initdb", "postgres", "pg_isready"].iter().all(|name| folder.join(name).is_file())
    })
}

/// Installs packages of the system when this is root on a Debian; says what to install otherwise.
pub fn install(packages: &[&str], what: &str) -> Result<()> {
    let sentence =
        format!("install {what} first (on Debian: apt-get install {})", packages.join(" "));
    let may = is_root() && Path::new("/usr/bin/apt-get").exists();
    if !may {
        bail!("{sentence}");
    }
    eprintln!("installing {what} …");
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments).stdout(Stdio::null());
        command.status()
    };
    apt(&["update", "-q"])?;
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend(packages);
    if !apt(&arguments)?.success() {
        bail!("{sentence}");
    }
    Ok(())
}

/// Whether this process may do everything.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn output(command: &mut Command) -> Result<String> {
    let name = format!("{}", command.get_program().display());
    let output = command.output().with_context(|| format!("{name} cannot be run"))?;
    if !output.status.success() {
        bail!("{name} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whom PostgreSQL runs as: it refuses root.
struct User(Option<(u32, u32)>);

impl User {
    fn to_run_as() -> Result<Self> {
        if !is_root() {
            return Ok(Self(None));
        }
        let users = std::fs::read_to_string("/etc/passwd")?;
        let ids = |name: &str| {
            let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
            let mut fields = line.split(':').skip(2);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        };
        let found = ids("postgres").or_else(|| ids("nobody"));
        found.map(|ids| Self(Some(ids))).context("there is no user that PostgreSQL could run as")
    }

    fn own(&self, folder: &Path) -> Result<()> {
        if let Some((user, group)) = self.0 {
            std::os::unix::fs::chown(folder, Some(user), Some(group))?;
        }
        Ok(())
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}
