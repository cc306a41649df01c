//! A folder with a driver, two environments and the example packages.

use golive_app::ports::driver::{Call, Database, Driver, DriverError, Hook, Release, Site};
use golive_core::blueprint::Blueprint;
use golive_core::id::{EnvironmentId, OperationId};
use golive_drivers::local::LocalDriver;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

pub const ADMINISTRATOR: &str = "svc-erp";
pub const PASSWORD: &str = "correct horse";
pub const DEADLINE: Duration = Duration::from_secs(10);

pub struct Ground {
    pub driver: LocalDriver,
    pub sandbox: Site,
    pub production: Site,
    pub folder: TempDir,
}

impl Ground {
    pub fn new() -> Self {
        Self::with(|_| ())
    }

    /// A ground whose blueprint differs from the shipped one.
    pub fn with(change: impl Fn(&mut Blueprint)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let bytes = std::fs::read(repository().join("blueprints/demo-erp.toml"))
            .expect("the shipped blueprint");
        let mut blueprint =
            golive_readers::blueprint::read("demo-erp.toml", &bytes).expect("it is right");
        change(&mut blueprint);
        let blueprint = Arc::new(blueprint);
        let site = |name: &str| Site {
            environment: EnvironmentId::named("test", name),
            name: name.to_owned(),
            blueprint: blueprint.clone(),
            root: folder.path().join(name),
        };
        let (sandbox, production) = (site("sandbox"), site("production"));
        Self { driver: LocalDriver::new(program()), sandbox, production, folder }
    }

    /// The release of an example package.
    pub fn release(&self, package: &str) -> Release {
        let path = self.folder.path().join(format!("{package}.zip"));
        let bytes =
            golive_demo_erp::package::build(&repository().join("examples/packages").join(package));
        std::fs::write(&path, bytes.expect("the sources are complete")).expect("a file");
        Release { digest: package.to_owned(), package: Some(path) }
    }

    /// An environment with a package, sample data and a running application.
    pub async fn deploy(&self, site: &Site, package: &str, rows: u32) {
        self.lay_out(site, package).await;
        self.hook(site, &Database::Current, with_input("init", PASSWORD)).await.expect("init");
        self.hook(site, &Database::Current, plain("migrate")).await.expect("migrate");
        let mut seed = with_input("seed", "user password");
        seed.values.insert("size".to_owned(), rows.to_string());
        self.hook(site, &Database::Current, seed).await.expect("seed");
        self.driver.start(&call("start", 1), site).await.expect("start");
    }

    pub async fn lay_out(&self, site: &Site, package: &str) {
        let release = self.release(package);
        self.driver.prepare(&call("prepare", 1), site).await.expect("prepare");
        self.driver.put_release(&call("put", 1), site, &release).await.expect("put");
        self.driver
            .activate(&call("activate", 1), site, None, Some(package))
            .await
            .expect("activate");
    }

    pub async fn hook(
        &self,
        site: &Site,
        database: &Database,
        hook: Hook,
    ) -> Result<Value, DriverError> {
        self.driver.hook(&call(&hook.name, 1), site, database, &hook).await
    }

    pub async fn totals(&self, site: &Site, database: &Database) -> Value {
        self.hook(site, database, plain("totals")).await.expect("totals")["totals"].clone()
    }

    /// Whether a login is let in.
    pub async fn lets_in(
        &self,
        site: &Site,
        database: &Database,
        login: &str,
        password: &str,
    ) -> bool {
        let mut hook = with_input("check_login", password);
        hook.values.insert("login".to_owned(), login.to_owned());
        self.hook(site, database, hook).await.expect("check_login")["ok"] == true
    }

    /// How often each effect happened, as the application itself has it.
    pub async fn effects(&self, site: &Site, database: &Database) -> BTreeMap<String, i64> {
        let printed = self.hook(site, database, plain("effects")).await.expect("effects");
        let effects = printed["effects"].as_array().expect("a list").iter();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        effects
            .map(|effect| (text(&effect["effect"]), effect["times"].as_i64().unwrap_or_default()))
            .collect()
    }

    pub async fn identity(&self, site: &Site, database: &Database) -> Option<String> {
        let all = self.driver.databases(site).await.expect("databases");
        all.into_iter().find(|info| info.database == *database).map(|info| info.identity)
    }
}

impl Drop for Ground {
    /// Processes outlive the driver on purpose, so that a failed test must end them itself.
    fn drop(&mut self) {
        for pid in marked(self.folder.path()) {
            let pid = rustix::process::Pid::from_raw(pid).expect("a pid is not zero");
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}

/// The living processes that carry the mark of an environment below this folder.
pub fn marked(folder: &Path) -> Vec<i32> {
    let folder = std::fs::canonicalize(folder).expect("it is there");
    let mark = format!("GOLIVE_SITE={}", folder.display());
    let entries = std::fs::read_dir("/proc").expect("this is Linux").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let carries = |pid: &i32| {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).split('\0').any(|pair| pair.starts_with(&mark))
    };
    pids.filter(carries).collect()
}

pub fn call(step: &str, epoch: i64) -> Call {
    Call {
        operation: OperationId::named("test", "one"),
        step: step.to_owned(),
        epoch,
        log: Arc::new(|_| ()),
    }
}

pub fn plain(name: &str) -> Hook {
    Hook { name: name.to_owned(), ..Hook::default() }
}

pub fn with_input(name: &str, input: &str) -> Hook {
    Hook { input: input.to_owned(), ..plain(name) }
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The example `erp` of this crate, which cargo builds together with the tests.
fn program() -> PathBuf {
    let own = std::env::current_exe().expect("a test is a program");
    let target = own.parent().and_then(Path::parent).expect("target/PROFILE/deps/TEST");
    let program = target.join("examples/erp");
    assert!(
        program.is_file(),
        "{} is missing: cargo build -p golive-drivers --examples",
        program.display()
    );
    program
}

/// One request, as plain as can be: status and body.
pub async fn http(url: &str, method: &str, path: &str, body: &str) -> (u16, String) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = tokio::net::TcpStream::connect(host).await.expect("it listens");
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("it answers");
    let (head, body) = text.split_once("\r\n\r\n").expect("HTTP");
    (
        head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status"),
        body.to_owned(),
    )
}
