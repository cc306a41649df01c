//! A small but real business application, so that golive has something to deploy: parties, items and a double-entry
//! ledger on a SQLite file, modules with SQL migrations, accounts and sessions, pages and a JSON API.
//!
//! It runs as `golive demo-erp <command>` and knows nothing of golive: `serve` is the service, every other command is a
//! hook that prints one JSON document on standard output, says the same for people on standard error, and may be run
//! twice.

pub mod accounts;
pub mod args;
pub mod database;
pub mod digest;
pub mod effect;
pub mod failure;
pub mod migrate;
pub mod modules;
pub mod neutralise;
pub mod package;
pub mod protect;
pub mod seed;
pub mod serve;
pub mod snapshot;
pub mod statements;
pub mod totals;

use args::Args;
use failure::Failure;
use serde_json::Value;
use std::io::{Read as _, Write as _};

/// The version of the platform below all modules; packages say which one they need.
pub const PLATFORM: &str = "10.0";

/// The commands, as they are shown to whoever types a wrong one.
pub const USAGE: &str = "usage: demo-erp COMMAND --OPTION VALUE …

  serve                   --database --port --modules --log --key [--environment] [--name]
  init                    --database --administrator [--operation --step]      password on standard input
  migrate                 --database --modules [--operation --step]
  seed                    --database --key --size [--operation --step]         password on standard input
  info | totals | accounts | effects | neutralisation_preview   --database
  digest                  --database [--ignore TABLE.COLUMN,…] [--keys-only-above ROWS]
  snapshot                --database --into
  check_login             --database --login                                   password on standard input
  set_administrator       --database [--operation --step]                      password on standard input
  lock_accounts           --database [--operation --step]
  unlock_accounts         --database [--neutralised yes|no] [--operation --step]
  neutralise              --database [--operation --step]
  package                 --folder --into";

/// Runs one command and answers with its exit code.
pub async fn run(args: Vec<String>) -> u8 {
    let outcome = match Args::parse(args) {
        Ok(args) if args.command == "serve" => serve::run(&args).await.map(|()| Value::Null),
        Ok(args) => hook(&args).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(Value::Null) => 0,
        Ok(document) => {
            print(&document);
            0
        }
        Err(failure) => {
            print(&failure.document());
            let _ = writeln!(std::io::stderr(), "{}", failure.message);
            failure.exit
        }
    }
}

async fn hook(args: &Args) -> Result<Value, Failure> {
    let known: &[&str] = match args.command.as_str() {
        "init" => &["database", "administrator", "operation", "step"],
        "migrate" => &["database", "modules", "operation", "step"],
        "seed" => &["database", "key", "size", "operation", "step"],
        "info" | "totals" | "accounts" | "effects" | "neutralisation_preview" => &["database"],
        "digest" => &["database", "ignore", "keys-only-above"],
        "snapshot" => &["database", "into"],
        "check_login" => &["database", "login"],
        "lock_accounts" | "neutralise" | "set_administrator" => &["database", "operation", "step"],
        "unlock_accounts" => &["database", "neutralised", "operation", "step"],
        "package" => &["folder", "into"],
        other => return Err(Failure::usage(format!("there is no command `{other}`\n\n{USAGE}"))),
    };
    args.only(known)?;
    match args.command.as_str() {
        "init" => accounts::init(args, &secret()?).await,
        "migrate" => migrate::run(args).await,
        "seed" => seed::run(args, &secret()?).await,
        "info" => modules::info(args).await,
        "totals" => totals::run(args).await,
        "accounts" => accounts::list(args).await,
        "effects" => effect::list(args).await,
        "digest" => digest::run(args).await,
        "snapshot" => snapshot::run(args).await,
        "check_login" => accounts::check_login(args, &secret()?).await,
        "set_administrator" => accounts::set_administrator(args, &secret()?).await,
        "lock_accounts" => accounts::lock(args).await,
        "unlock_accounts" => accounts::unlock(args).await,
        "neutralise" => neutralise::run(args).await,
        "neutralisation_preview" => neutralise::preview(args).await,
        _ => package::run(args),
    }
}

/// Reads a password from standard input: it never stands on a command line, where every user of the host can see it.
fn secret() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("no password on standard input: {error}")))?;
    let secret = text.trim_end_matches(['\r', '\n']).to_owned();
    if secret.is_empty() {
        return Err(Failure::usage("expected a password on standard input; found nothing"));
    }
    Ok(secret)
}

/// Says one line to people; standard output belongs to the JSON document.
pub(crate) fn say(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "{}", line.as_ref());
}

fn print(document: &Value) {
    let _ = writeln!(std::io::stdout(), "{document}");
}
