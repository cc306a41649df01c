//! Checks and generators for developers: `cargo xtask test`, `cargo xtask check`, `cargo xtask docs`.
//!
//! It depends on none of the product's crates, so that it builds in seconds and also judges a tree that does not build.

mod browser;
mod check;
mod crash;
mod docs;
mod postgres;
mod test;
mod tree;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Checks and generators for developers.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs every check and every test; installs or starts what they need.
    Test {
        /// Only tests whose name contains this; skips the other checks.
        filter: Option<String>,
    },
    /// Checks what the compiler does not: floors, sizes, headers, names, dependencies.
    Check,
    /// Kills the server again and again and checks what it promised.
    Crash {
        /// How often it is killed.
        #[arg(long, default_value_t = 20)]
        runs: u64,
        /// Determines when and during what; printed, so that a run can be repeated.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// `sqlite` or `postgres`; both without it.
        #[arg(long, value_parser = ["sqlite", "postgres"])]
        database: Option<String>,
    },
    /// Writes the generated documents.
    Docs {
        /// Compares them instead.
        #[arg(long)]
        check: bool,
    },
    /// Starts a throw-away PostgreSQL and a command with its address in `GOLIVE_TEST_POSTGRES`.
    Postgres {
        /// The command with its arguments.
        #[arg(trailing_var_arg = true, required = true)]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Test { filter } => test::run(filter.as_deref()),
        Command::Check => check::run(),
        Command::Crash { runs, seed, database } => crashes(runs, seed, database.as_deref()),
        Command::Docs { check } => docs::run(check),
        Command::Postgres { command } => postgres::with(&command),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// On SQLite, on PostgreSQL, or on one after the other.
fn crashes(runs: u64, seed: u64, database: Option<&str>) -> Result<bool> {
    let program = golive()?;
    std::env::set_current_dir(root()?)?;
    if database != Some("postgres") {
        crash::run(&program, runs, seed, None)?;
    }
    if database != Some("sqlite") {
        let cluster = postgres::start()?;
        crash::run(&program, runs, seed, Some(cluster.database("golive_crash")?))?;
    }
    Ok(true)
}

/// Builds golive and says where it is.
fn golive() -> Result<std::path::PathBuf> {
    let root = root()?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = std::process::Command::new(cargo);
    let built = build.args(["build", "-q", "--bin", "golive"]).current_dir(&root).status()?;
    anyhow::ensure!(built.success(), "golive does not build");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    Ok(target.join("debug/golive"))
}

/// The folder of the workspace.
fn root() -> Result<std::path::PathBuf> {
    let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(manifest.parent().expect("xtask lies in the workspace").canonicalize()?)
}
