//! `golive certificate verify`: checks a certificate without a server.

use super::exit;
use anyhow::{Context as _, Result, bail};
use clap::{Arg, ArgAction, ArgMatches, Command};
use golive_core::certificate::{Check, Clock, MOST_BYTES, Outcome, Verification, verify};
use golive_core::chain::Head;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};

/// The verb, beside those that come from the API.
pub fn verb() -> Command {
    Command::new("verify")
        .about("Checks a certificate; needs no server. Exit code 0: valid, 3: consistent but the signer is unknown, 1: not valid")
        .arg(Arg::new("certificate").value_name("FILE").required(true).help("The certificate"))
        .arg(
            Arg::new("key")
                .long("key")
                .value_name("FINGERPRINT")
                .help("The key that must have signed (`golive certificate key`), kept elsewhere"),
        )
        .arg(
            Arg::new("head")
                .long("head")
                .value_name("LOG:SEQ:HASH")
                .action(ArgAction::Append)
                .help("A head of a log that was kept elsewhere: from a mail, a backup, an earlier certificate"),
        )
}

/// Checks the file and says what was found, the clock first.
pub fn run(given: &ArgMatches, as_json: bool) -> Result<u8> {
    let file = given.get_one::<String>("certificate").expect("it is required");
    let bytes = read(file)?;
    let kept: Vec<Head> = given
        .get_many::<String>("head")
        .into_iter()
        .flatten()
        .map(|t| head(t))
        .collect::<Result<_>>()?;
    let pinned = given.get_one::<String>("key").map(String::as_str);
    let verification =
        verify(&bytes, &Check { pinned, kept: &kept }).with_context(|| file.clone())?;
    let said = if as_json { as_value(&verification)? } else { words(&verification)? };
    std::io::stdout().write_all(said.as_bytes())?;
    for fault in &verification.faults {
        eprintln!("golive: {fault}");
    }
    Ok(exit_code(verification.outcome))
}

fn exit_code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Valid => 0,
        Outcome::SignerUnknown => exit::GATE_SHUT,
        Outcome::Altered | Outcome::SignedByAnother | Outcome::Broken => exit::ERROR,
    }
}

/// Reads no more than is checked.
fn read(file: &str) -> Result<Vec<u8>> {
    let opened = std::fs::File::open(file).with_context(|| format!("cannot read {file}"))?;
    let mut bytes = Vec::new();
    opened.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn head(text: &str) -> Result<Head> {
    let mut parts = text.rsplitn(3, ':');
    let (Some(hash), Some(seq), Some(log)) = (parts.next(), parts.next(), parts.next()) else {
        bail!("--head: expected LOG:SEQ:HASH, found {text}");
    };
    let seq = seq.parse().with_context(|| format!("--head: expected a number, found {seq}"))?;
    Ok(Head { log: log.to_owned(), seq, hash: hash.to_ascii_lowercase() })
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Valid => "valid",
        Outcome::SignerUnknown => {
            "consistent, signer unknown: without --key anybody could have made it from beginning to end"
        }
        Outcome::Altered => "NOT valid: altered after it was signed",
        Outcome::SignedByAnother => "NOT valid: signed by another key",
        Outcome::Broken => "NOT valid: its parts contradict each other, or a head that was kept",
    }
}

fn words(verification: &Verification) -> Result<String> {
    let statement = &verification.statement;
    let mut text = String::new();
    let clock = match verification.clock {
        Clock::Real => "real",
        Clock::Simulated => "SIMULATED: a rehearsal; nothing happened when it says",
    };
    writeln!(text, "clock      {clock}")?;
    writeln!(text, "outcome    {}", outcome(verification.outcome))?;
    writeln!(text, "signer     {}", verification.signer)?;
    let server = &statement.server;
    writeln!(
        text,
        "server     {} (golive {}, incarnation {})",
        server.name, server.version, server.incarnation
    )?;
    let project = &statement.project;
    writeln!(text, "project    {} ({})", project.name, project.id)?;
    writeln!(text, "issued     {}", statement.issued_at)?;
    let live = project.live_since.map_or("not yet".to_owned(), |since| since.to_string());
    writeln!(text, "live since {live}")?;
    writeln!(text, "policy     {} {}", project.policy, project.policy_digest)?;
    for part in &statement.logs {
        let Head { log, seq, hash } = &part.head;
        writeln!(text, "log        {log}:{seq}:{hash}")?;
    }
    for Head { log, seq, hash } in &statement.witnesses {
        writeln!(text, "witness    {log}:{seq}:{hash}")?;
    }
    for entry in &statement.verdicts {
        let open = if entry.verdict.is_open() { "open" } else { "shut" };
        writeln!(text, "verdict    event {}: {}: {open}", entry.seq, entry.decision)?;
    }
    for approval in &statement.approvals {
        for by in &approval.signatures {
            writeln!(
                text,
                "approval   {}: {} ({}) {} on {}",
                approval.title, by.name, by.capacity, by.meaning, by.at
            )?;
        }
    }
    for waiver in &statement.waivers {
        let agreed = waiver.agreed.join(", ");
        writeln!(
            text,
            "waiver     {}, agreed by {agreed}, until {}",
            waiver.criterion, waiver.expires
        )?;
    }
    for file in &statement.evidence {
        writeln!(text, "evidence   {} {}", file.digest, file.title)?;
    }
    for (module, version) in &statement.package_set {
        writeln!(text, "package    {module} {version}")?;
    }
    for (name, digest) in [("copy", &statement.copy_report), ("cutover", &statement.cutover_log)] {
        if let Some(digest) = digest {
            writeln!(text, "{name:<10} {digest}")?;
        }
    }
    Ok(text)
}

fn as_value(verification: &Verification) -> Result<String> {
    let value = json!({
        "clock": verification.clock,
        "outcome": verification.outcome,
        "signer": verification.signer,
        "faults": verification.faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "statement": verification.statement,
    });
    Ok(format!("{}\n", serde_json::to_string_pretty(&value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_tell_valid_unknown_and_false_apart() {
        assert_eq!(exit_code(Outcome::Valid), 0);
        assert_eq!(exit_code(Outcome::SignerUnknown), 3);
        for outcome in [Outcome::Altered, Outcome::SignedByAnother, Outcome::Broken] {
            assert_eq!(exit_code(outcome), 1);
        }
    }

    #[test]
    fn a_head_is_read_and_nonsense_is_refused() {
        let read = head("prj_1:12:AB").expect("three parts");
        assert_eq!((read.log.as_str(), read.seq, read.hash.as_str()), ("prj_1", 12, "ab"));
        assert!(head("prj_1:12").is_err() && head("prj_1:x:ab").is_err());
    }
}
