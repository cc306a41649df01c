//! The command `migrate`: brings a database to the modules of a release.
//!
//! Each SQL file runs statement by statement, with the transactions that the file itself opens and commits. So a file
//! can commit its first half and then fail: the database is then neither old nor new, and only a restore helps. How far
//! a file has come is stored with each commit, so that a run that was *ended* goes on where it stopped.

use crate::args::Args;
use crate::database::{self, Access, now};
use crate::effect::{self, Asker};
use crate::failure::Failure;
use crate::modules::{self, Module};
use crate::say;
use crate::statements::{Kind, Statement, split};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One SQL file of one module.
struct File<'a> {
    module: &'a str,
    name: String,
    digest: String,
    statements: Vec<Statement>,
}

/// Applies what is missing, module by module.
pub async fn run(args: &Args) -> Result<Value, Failure> {
    let folder = args.path("modules")?;
    let release = modules::read(&folder)?;
    let asker = Asker::of(args);
    let mut connection = database::open(&args.path("database")?, Access::Write).await?;
    let before = modules::installed(&mut connection).await?;
    let removals = judge(&before, &release, &folder)?;
    let mut applied = Vec::new();
    for module in &release {
        apply_module(&mut connection, module, asker.as_ref(), &mut applied).await?;
    }
    for name in &removals {
        remove_module(&mut connection, name, asker.as_ref()).await?;
    }
    let after = modules::installed(&mut connection).await?;
    database::close(connection).await?;
    say(format!("{} files applied, {} modules installed", applied.len(), after.len()));
    Ok(json!({ "applied": applied, "removed": removals, "before": before, "modules": after }))
}

/// The second line of defence: a module that is simply missing is never taken for a wish to remove it.
fn judge(
    before: &BTreeMap<String, String>,
    release: &[Module],
    folder: &Path,
) -> Result<Vec<String>, Failure> {
    let declared = modules::removals(folder)?;
    let gone = before.keys().filter(|name| !release.iter().any(|module| &module.name == *name));
    let (removed, missing): (Vec<String>, Vec<String>) =
        gone.cloned().partition(|name| declared.contains(name));
    if !missing.is_empty() {
        let names = missing.join(", ");
        return Err(Failure::refused(format!(
            "the release lacks installed modules and declares no removal: {names}"
        )));
    }
    Ok(removed)
}

async fn apply_module(
    connection: &mut SqliteConnection,
    module: &Module,
    asker: Option<&Asker>,
    applied: &mut Vec<Value>,
) -> Result<(), Failure> {
    let paths = files(module)?;
    refuse_newer(connection, module, &paths).await?;
    for path in paths {
        let file = File::read(&module.name, &path)?;
        let Some(from) = file.begin(connection).await? else { continue };
        say(format!(
            "{} {}: {} of {} statements",
            file.module,
            file.name,
            file.statements.len() - from,
            file.statements.len()
        ));
        file.apply(connection, from).await?;
        file.finish(connection, asker).await?;
        applied.push(json!({ "module": module.name, "file": file.name, "statements": file.statements.len() }));
    }
    set_version(connection, module, asker).await
}

/// A database that has seen files which the release lacks belongs to a later release.
async fn refuse_newer(
    connection: &mut SqliteConnection,
    module: &Module,
    paths: &[PathBuf],
) -> Result<(), Failure> {
    let rows = sqlx::query("SELECT file FROM module_migration WHERE module = $1 ORDER BY file")
        .bind(&module.name)
        .fetch_all(connection)
        .await?;
    let known =
        |file: &str| paths.iter().any(|path| path.file_name().is_some_and(|name| name == file));
    match rows.iter().map(|row| row.get::<String, _>(0)).find(|file| !known(file)) {
        Some(file) => {
            let name = &module.name;
            Err(Failure::refused(format!(
                "the database is newer than the release: {name}/{file} was applied to it"
            )))
        }
        None => Ok(()),
    }
}

fn files(module: &Module) -> Result<Vec<PathBuf>, Failure> {
    let folder = module.folder.join("migrations");
    let mut paths = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder)? {
            paths.push(entry?.path());
        }
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    paths.sort();
    Ok(paths)
}

async fn set_version(
    connection: &mut SqliteConnection,
    module: &Module,
    asker: Option<&Asker>,
) -> Result<(), Failure> {
    database::execute(connection, "BEGIN IMMEDIATE").await?;
    let sql = "INSERT INTO module (name, version, title, installed) VALUES ($1, $2, $3, $4)
               ON CONFLICT (name) DO UPDATE SET version = excluded.version, title = excluded.title,
               installed = excluded.installed WHERE module.version <> excluded.version";
    let done = sqlx::query(sql)
        .bind(&module.name)
        .bind(&module.version)
        .bind(&module.title)
        .bind(now())
        .execute(&mut *connection)
        .await?;
    if done.rows_affected() > 0 {
        effect::record(connection, asker, &format!("module {} {}", module.name, module.version))
            .await?;
    }
    database::execute(connection, "COMMIT").await?;
    Ok(())
}

/// A removed module is no longer run; its tables stay, because data are removed by people.
async fn remove_module(
    connection: &mut SqliteConnection,
    name: &str,
    asker: Option<&Asker>,
) -> Result<(), Failure> {
    database::execute(connection, "BEGIN IMMEDIATE").await?;
    sqlx::query("DELETE FROM module WHERE name = $1").bind(name).execute(&mut *connection).await?;
    effect::record(connection, asker, &format!("module {name} removed")).await?;
    database::execute(connection, "COMMIT").await?;
    Ok(())
}

impl<'a> File<'a> {
    fn read(module: &'a str, path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::refused(format!("{} cannot be read: {error}", path.display()))
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let digest = hex::encode(Sha256::digest(text.as_bytes()));
        Ok(Self { module, name, digest, statements: split(&text) })
    }

    /// The index of the first statement that is still to run; nothing if the file is done.
    async fn begin(&self, connection: &mut SqliteConnection) -> Result<Option<usize>, Failure> {
        let sql =
            "SELECT digest, statements_done, finished IS NOT NULL AS done FROM module_migration
                   WHERE module = $1 AND file = $2";
        let known = sqlx::query(sql)
            .bind(self.module)
            .bind(&self.name)
            .fetch_optional(&mut *connection)
            .await?;
        let Some(row) = known else {
            let sql = "INSERT INTO module_migration (module, file, digest, statements_done) VALUES ($1, $2, $3, 0)";
            sqlx::query(sql)
                .bind(self.module)
                .bind(&self.name)
                .bind(&self.digest)
                .execute(connection)
                .await?;
            return Ok(Some(0));
        };
        let done = usize::try_from(row.get::<i64, _>("statements_done")).unwrap_or_default();
        if row.get::<String, _>("digest") != self.digest {
            return Err(self.failure(done, "the file is not the one that was applied here before"));
        }
        Ok((row.get::<i64, _>("done") == 0).then_some(done))
    }

    async fn apply(&self, connection: &mut SqliteConnection, from: usize) -> Result<(), Failure> {
        let mut open = false;
        for (index, statement) in self.statements.iter().enumerate().skip(from) {
            let outcome = self.apply_one(connection, index, statement, &mut open).await;
            if let Err(error) = outcome {
                // Whatever is open is dropped; whatever the file has committed stays, and that is the point.
                let _ = database::execute(connection, "ROLLBACK").await;
                return Err(if error.exit == 75 {
                    error
                } else {
                    self.failure(index, &error.message)
                });
            }
        }
        if open {
            let _ = database::execute(connection, "ROLLBACK").await;
            return Err(self.failure(self.statements.len(), "the file leaves a transaction open"));
        }
        Ok(())
    }

    async fn apply_one(
        &self,
        connection: &mut SqliteConnection,
        index: usize,
        statement: &Statement,
        open: &mut bool,
    ) -> Result<(), Failure> {
        match statement.kind() {
            Kind::Begin => {
                database::execute(connection, &statement.sql).await?;
                *open = true;
            }
            Kind::Commit if *open => {
                self.mark(connection, index + 1).await?;
                database::execute(connection, "COMMIT").await?;
                *open = false;
            }
            Kind::Rollback | Kind::Outside => {
                database::execute(connection, &statement.sql).await?;
                *open = *open && statement.kind() == Kind::Outside;
                if !*open {
                    self.mark(connection, index + 1).await?;
                }
            }
            Kind::Plain if *open => {
                database::execute(connection, &statement.sql).await?;
            }
            Kind::Commit | Kind::Plain => {
                database::execute(connection, "BEGIN IMMEDIATE").await?;
                database::execute(connection, &statement.sql).await?;
                self.mark(connection, index + 1).await?;
                database::execute(connection, "COMMIT").await?;
            }
        }
        Ok(())
    }

    async fn mark(&self, connection: &mut SqliteConnection, done: usize) -> Result<(), Failure> {
        sqlx::query(
            "UPDATE module_migration SET statements_done = $3 WHERE module = $1 AND file = $2",
        )
        .bind(self.module)
        .bind(&self.name)
        .bind(i64::try_from(done).unwrap_or(i64::MAX))
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn finish(
        &self,
        connection: &mut SqliteConnection,
        asker: Option<&Asker>,
    ) -> Result<(), Failure> {
        database::execute(connection, "BEGIN IMMEDIATE").await?;
        sqlx::query("UPDATE module_migration SET finished = $3 WHERE module = $1 AND file = $2")
            .bind(self.module)
            .bind(&self.name)
            .bind(now())
            .execute(&mut *connection)
            .await?;
        effect::record(connection, asker, &format!("migrate {} {}", self.module, self.name))
            .await?;
        database::execute(connection, "COMMIT").await?;
        Ok(())
    }

    /// Says which statement failed, where it stands and what is already committed.
    fn failure(&self, index: usize, message: &str) -> Failure {
        let statement = self.statements.get(index);
        let line = statement.map_or(0, |statement| statement.line);
        let sql: String =
            statement.map_or("", |statement| &statement.sql).chars().take(400).collect();
        let file = format!("modules/{}/migrations/{}", self.module, self.name);
        Failure::refused(format!("{file}:{line}: {message}")).with(json!({
            "module": self.module, "file": file, "line": line, "statement": index + 1,
            "statements": self.statements.len(), "sql": sql, "cause": message,
        }))
    }
}
