//! A folder with a database and module sources to change.

use golive_demo_erp::args::Args;
use golive_demo_erp::database::{self, Access};
use golive_demo_erp::failure::Failure;
use golive_demo_erp::{accounts, migrate, seed};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const PASSWORD: &str = "correct horse";

pub struct Ground {
    pub folder: TempDir,
}

impl Ground {
    pub async fn new() -> Self {
        let ground = Self { folder: tempfile::tempdir().expect("a folder") };
        let args = ground.args("init", &[("administrator", "admin")]);
        accounts::init(&args, PASSWORD).await.expect("init");
        ground
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command on this ground's database.
    pub fn args(&self, command: &str, options: &[(&str, &str)]) -> Args {
        let database = self.path("erp.sqlite").display().to_string();
        let mut line = vec![command.to_owned(), "--database".to_owned(), database];
        for (name, value) in options {
            line.extend([format!("--{name}"), (*value).to_owned()]);
        }
        Args::parse(line).expect("a right command line")
    }

    pub async fn migrate(&self, modules: &Path) -> Result<Value, Failure> {
        let modules = modules.display().to_string();
        migrate::run(
            &self.args("migrate", &[("modules", &modules), ("operation", "op_1"), ("step", "s")]),
        )
        .await
    }

    /// A database with an example package and sample data.
    pub async fn filled(&self, package: &str) {
        self.migrate(&example(package).join("modules")).await.expect("migrate");
        let key = self.path("key").display().to_string();
        seed::run(&self.args("seed", &[("size", "40"), ("key", &key)]), PASSWORD)
            .await
            .expect("seed");
    }

    /// Writes one module with one SQL file, and answers the folder of modules.
    pub fn module(&self, name: &str, file: &str, sql: &str) -> PathBuf {
        let folder = self.path("modules").join(name);
        std::fs::create_dir_all(folder.join("migrations")).expect("a folder");
        let head = format!("name = \"{name}\"\nversion = \"1.0\"\ntitle = \"{name}\"\n");
        std::fs::write(folder.join("module.toml"), head).expect("a file");
        std::fs::write(folder.join("migrations").join(file), sql).expect("a file");
        self.path("modules")
    }

    pub async fn number(&self, sql: &str) -> i64 {
        let mut connection =
            database::open(&self.path("erp.sqlite"), Access::Read).await.expect("open");
        database::number(&mut connection, sql).await.expect("a number")
    }

    pub async fn execute(&self, sql: &str) {
        let mut connection =
            database::open(&self.path("erp.sqlite"), Access::Write).await.expect("open");
        database::execute(&mut connection, sql).await.expect("it works");
        database::close(connection).await.expect("close");
    }
}

pub fn example(package: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/packages").join(package)
}
