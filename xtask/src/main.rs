//! Checks and generators for developers: `cargo xtask test`, `cargo xtask check`, `cargo xtask docs`.
//!
//! It depends on none of the product's crates, so that it builds in seconds and also judges a tree that does not build.

mod browser;
mod check;
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

/// The folder of the workspace.
fn root() -> Result<std::path::PathBuf> {
    let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(manifest.parent().expect("xtask lies in the workspace").canonicalize()?)
}
