//! The command line. Every call of the API is a command, `golive <noun> <verb>`, built from the same OpenAPI document:
//! what the API can do, the command line can.

mod call;
mod certificate;
mod command;
mod show;

use crate::serve;
use crate::server::Settings;
use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit codes by class: what a script can act on.
pub mod exit {
    /// Something went wrong.
    pub const ERROR: u8 = 1;
    /// The command line makes no sense.
    pub const USAGE: u8 = 2;
    /// A gate is shut, or a certificate's signer is unknown.
    pub const GATE_SHUT: u8 = 3;
    /// Somebody else was first, or the state does not allow it.
    pub const CONFLICT: u8 = 4;
    /// A person must choose.
    pub const NEEDS_PERSON: u8 = 5;
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let matches = cli().get_matches();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a process that has just started can make its threads");
    match runtime.block_on(run(&matches)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("golive: {error:#}");
            ExitCode::from(exit::ERROR)
        }
    }
}

async fn run(matches: &ArgMatches) -> Result<u8> {
    match matches.subcommand() {
        Some(("serve", serve)) => {
            tracing_subscriber::fmt()
                .with_env_filter(
                    tracing_subscriber::EnvFilter::try_from_default_env()
                        .unwrap_or_else(|_| "warn".into()),
                )
                .with_writer(std::io::stderr)
                .init();
            let listen: SocketAddr = *serve.get_one("listen").expect("it has a default");
            let password = first_password(serve)?;
            serve::serve(&settings(serve), listen, password).await?;
            Ok(0)
        }
        Some(("demo", demo)) => crate::demo::run(&demo_settings(demo)?).await,
        Some(("reference", what)) => {
            let what = what.get_one::<String>("what").expect("it is required");
            std::io::Write::write_all(
                &mut std::io::stdout(),
                crate::reference::text(what)?.as_bytes(),
            )?;
            Ok(0)
        }
        Some(("restore", given)) => restore(given).await,
        Some(("certificate", rest)) if rest.subcommand_name() == Some("verify") => {
            let given = rest.subcommand_matches("verify").expect("it was just named");
            certificate::run(given, is_json(matches))
        }
        Some((noun, rest)) => call::run(noun, rest, matches).await,
        None => Ok(exit::USAGE),
    }
}

/// A backup becomes a server again.
async fn restore(given: &ArgMatches) -> Result<u8> {
    let folder = given.get_one::<PathBuf>("folder").expect("it is required");
    let data = given.get_one::<PathBuf>("data").expect("it is required");
    let restored = match golive_app::backup::restore(folder, data).await {
        Ok(restored) => restored,
        Err(golive_app::Error::Internal(cause)) => return Err(anyhow::anyhow!("{cause}")),
        Err(error) => {
            if let golive_app::Error::BadFile { faults, .. } = &error {
                faults.iter().for_each(|fault| eprintln!("golive: {fault}"));
            }
            return Err(error.into());
        }
    };
    println!("{} is incarnation {}.", data.display(), restored.incarnation);
    println!("Everybody signs in again and makes new tokens.");
    for head in &restored.heads {
        println!("log        {}:{}:{}", head.log, head.seq, head.hash);
    }
    for operation in &restored.operations {
        println!("attention  {operation}");
    }
    Ok(if restored.operations.is_empty() { 0 } else { exit::NEEDS_PERSON })
}

/// Whether a machine reads the answer.
fn is_json(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("output").is_some_and(|output| output == "json")
}

fn settings(matches: &ArgMatches) -> Settings {
    Settings {
        data: matches.get_one::<PathBuf>("data").expect("it has a default").clone(),
        database: matches.get_one::<String>("database").cloned(),
        simulated: matches.get_one("simulated-clock").copied(),
    }
}

fn demo_settings(matches: &ArgMatches) -> Result<crate::demo::Settings> {
    Ok(crate::demo::Settings {
        data: matches.get_one::<PathBuf>("data").expect("it has a default").clone(),
        listen: matches.get_one("listen").copied(),
        exit: matches.get_flag("exit"),
        program: std::env::current_exe()?,
    })
}

/// From a file, or from the environment; never from the argument list, where others could read it.
fn first_password(matches: &ArgMatches) -> Result<Option<String>> {
    if let Some(file) = matches.get_one::<PathBuf>("admin-password-file") {
        return Ok(Some(std::fs::read_to_string(file)?.trim().to_owned()));
    }
    Ok(std::env::var("GOLIVE_ADMIN_PASSWORD").ok())
}

/// The whole command line.
pub fn cli() -> Command {
    let mut cli = Command::new("golive")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Takes an ERP implementation project to live operations.")
        .arg_required_else_help(true)
        .subcommand_required(true)
        .arg(
            global("url", "GOLIVE_URL", "The server's address")
                .default_value("http://127.0.0.1:7420"),
        )
        .arg(global(
            "token-file",
            "GOLIVE_TOKEN_FILE",
            "A file with the API token; GOLIVE_TOKEN holds the token itself",
        ))
        .arg(
            Arg::new("output")
                .long("output")
                .global(true)
                .value_parser(["table", "json"])
                .default_value("table")
                .help("Tables for people, JSON for machines"),
        )
        .subcommand(serve_command())
        .subcommand(restore_command())
        .subcommand(demo_command())
        .subcommand(
            Command::new("reference")
                .hide(true)
                .about("Prints what golive says about itself")
                .arg(Arg::new("what").required(true)),
        );
    for noun in command::nouns() {
        let offline = noun.get_name() == "certificate";
        let noun = if offline { noun.subcommand(certificate::verb()) } else { noun };
        cli = cli.subcommand(noun);
    }
    cli
}

fn global(name: &'static str, variable: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).env(variable).global(true).help(help).action(ArgAction::Set)
}

fn serve_command() -> Command {
    Command::new("serve")
        .about("Runs the server")
        .arg(
            Arg::new("data")
                .long("data")
                .env("GOLIVE_DATA")
                .value_parser(value_parser!(PathBuf))
                .default_value("golive-data")
                .help("The folder for everything"),
        )
        .arg(Arg::new("database").long("database").env("GOLIVE_DATABASE").hide_env_values(true).help("postgres://…; SQLite in the data folder without it"))
        .arg(
            Arg::new("listen")
                .long("listen")
                .env("GOLIVE_LISTEN")
                .value_parser(value_parser!(SocketAddr))
                .default_value("127.0.0.1:7420")
                .help("Address and port"),
        )
        .arg(
            Arg::new("simulated-clock")
                .long("simulated-clock")
                .value_parser(value_parser!(jiff::Timestamp))
                .help("Makes a new server whose clock is simulated, for ever, and starts at this instant"),
        )
        .arg(
            Arg::new("admin-password-file")
                .long("admin-password-file")
                .value_parser(value_parser!(PathBuf))
                .help("The first password of `admin`; GOLIVE_ADMIN_PASSWORD does the same"),
        )
}

fn demo_command() -> Command {
    Command::new("demo")
        .about("Takes an example project through the nine stages, with a server of its own")
        .arg(
            Arg::new("data")
                .long("data")
                .value_parser(value_parser!(PathBuf))
                .default_value("golive-demo")
                .help("The folder for everything; run again with the same folder it goes on where it stopped"),
        )
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_parser(value_parser!(SocketAddr))
                .help("Address and port; 127.0.0.1:7420 or a free port without it"),
        )
        .arg(
            Arg::new("exit")
                .long("exit")
                .action(ArgAction::SetTrue)
                .help("Ends after the table instead of serving the pages"),
        )
}

fn restore_command() -> Command {
    Command::new("restore")
        .about("Makes a server's data folder from a backup; needs no server. Exit code 5: operations wait for a person")
        .arg(
            Arg::new("folder")
                .value_name("FOLDER")
                .value_parser(value_parser!(PathBuf))
                .required(true)
                .help("The backup"),
        )
        .arg(
            Arg::new("data")
                .long("data")
                .value_parser(value_parser!(PathBuf))
                .required(true)
                .help("The new data folder; it must be empty"),
        )
}
