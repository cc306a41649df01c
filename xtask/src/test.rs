//! `cargo xtask test`: every check and every test, with what they need, and one line at the end.

use crate::browser::{self, Browser};
use crate::postgres::{self, Cluster};
use anyhow::{Context as _, Result};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// One part of the whole.
struct Part {
    name: &'static str,
    ok: bool,
    detail: String,
}

/// Runs everything; true when all is well. With a filter only the tests that it names.
pub fn run(filter: Option<&str>) -> Result<bool> {
    let begun = Instant::now();
    let root = crate::root()?;
    let cluster = postgres::start()?;
    let browser = browser::find()?;
    let mut parts = Vec::new();
    if filter.is_none() {
        parts.push(part("format", || cargo(&root, &["fmt", "--all", "--check"])));
        parts.push(part("check", crate::check::run));
        parts.push(part("clippy", || {
            cargo(&root, &["clippy", "-q", "--workspace", "--all-targets", "--", "-D", "warnings"])
        }));
        if has(&root, "deny") {
            let deny = ["deny", "--offline", "check", "bans", "licenses", "sources"];
            parts.push(part("deny", || cargo(&root, &deny)));
        }
    }
    // The tests start golive as a process, and one of them compares the documents that it prints.
    parts.push(part("build", || cargo(&root, &["build", "-q", "--bin", "golive"])));
    parts.push(tests(&root, filter, &cluster, &browser)?);
    if filter.is_none() {
        parts.push(part("documents", || crate::docs::run(true)));
    }
    let with = format!("SQLite, {}, {}", cluster.version, browser.version);
    Ok(summary(&parts, &with, begun))
}

fn part(name: &'static str, run: impl FnOnce() -> Result<bool>) -> Part {
    let begun = Instant::now();
    eprintln!("── {name}");
    let (ok, detail) = match run() {
        Ok(ok) => (ok, String::new()),
        Err(error) => {
            eprintln!("{error:#}");
            (false, String::new())
        }
    };
    eprintln!("── {name}: {} in {}", if ok { "ok" } else { "FAILED" }, time(begun));
    Part { name, ok, detail }
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<bool> {
    let status = Command::new(program()).args(arguments).current_dir(root).status();
    Ok(status.with_context(|| format!("cargo {} cannot be run", arguments.join(" ")))?.success())
}

fn program() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn has(root: &Path, tool: &str) -> bool {
    let asked = Command::new(program())
        .args([tool, "--version"])
        .current_dir(root)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    asked.is_ok_and(|status| status.success())
}

/// Runs the tests with nextest, or without it where it is not installed, and counts them.
fn tests(root: &Path, filter: Option<&str>, cluster: &Cluster, browser: &Browser) -> Result<Part> {
    let begun = Instant::now();
    eprintln!("── tests");
    let mut command = Command::new(program());
    if has(root, "nextest") {
        command.args(["nextest", "run", "--workspace", "--no-fail-fast", "--color", "never"]);
    } else {
        command.args(["test", "-q", "--workspace", "--no-fail-fast", "--color", "never"]);
    }
    command.args(filter).current_dir(root).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env(postgres::VARIABLE, &cluster.url);
    command.env(browser::BROWSER, &browser.program).env(browser::DRIVER, &browser.driver);
    let mut child = command.spawn().context("cargo cannot be run")?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let out = std::thread::spawn(move || out.map_or(Counted::default(), show));
    let mut counted = err.map_or(Counted::default(), show);
    counted.add(&out.join().unwrap_or_default());
    let ok = child.wait()?.success();
    eprintln!("── tests: {} in {}", if ok { "ok" } else { "FAILED" }, time(begun));
    let failed =
        if counted.failed > 0 { format!(", {} FAILED", counted.failed) } else { String::new() };
    Ok(Part { name: "tests", ok, detail: format!(" ({} passed{failed})", counted.passed) })
}

/// How many tests passed and failed.
#[derive(Default, Debug, PartialEq)]
struct Counted {
    passed: usize,
    failed: usize,
}

impl Counted {
    fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Reads a line such as `Summary [..] 13 tests run: 12 passed, 1 failed` or `test result: ok. 12 passed; 0 failed`.
    /// Indented, the second is what a failed test has said, which nextest repeats.
    fn read(line: &str) -> Self {
        let is_sum = line.contains("tests run:") || line.starts_with("test result:");
        let before = |word: &str| {
            let (front, _) = line.split_once(word)?;
            front.split_whitespace().next_back()?.parse().ok()
        };
        if !is_sum {
            return Self::default();
        }
        let timed_out: usize = before(" timed out").unwrap_or(0);
        let failed: usize = before(" failed").unwrap_or(0);
        Self { passed: before(" passed").unwrap_or(0), failed: failed + timed_out }
    }
}

/// Passes lines on and counts what they say.
fn show(stream: impl std::io::Read) -> Counted {
    let mut counted = Counted::default();
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        counted.add(&Counted::read(&line));
        eprintln!("{line}");
    }
    counted
}

fn summary(parts: &[Part], with: &str, begun: Instant) -> bool {
    let ok = parts.iter().all(|part| part.ok);
    let list = |wanted: bool| {
        let names = parts.iter().filter(|part| part.ok == wanted);
        names.map(|part| format!("{}{}", part.name, part.detail)).collect::<Vec<_>>().join(", ")
    };
    let time = time(begun);
    if ok {
        eprintln!("golive test: ok in {time}: {} [{with}]", list(true));
    } else {
        eprintln!("golive test: FAILED in {time}: {}; ok: {} [{with}]", list(false), list(true));
    }
    ok
}

fn time(begun: Instant) -> String {
    let seconds = begun.elapsed().as_secs();
    if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::Counted;

    #[test]
    fn the_sums_of_both_runners_are_read() {
        let nextest =
            "     Summary [  19.940s] 13 tests run: 11 passed (1 slow), 2 failed, 0 skipped";
        assert_eq!(Counted::read(nextest), Counted { passed: 11, failed: 2 });
        let plain =
            "test result: FAILED. 5 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(Counted::read(plain), Counted { passed: 5, failed: 1 });
        assert_eq!(Counted::read(&format!("    {plain}")), Counted::default());
        assert_eq!(Counted::read("    7 passed in a sentence"), Counted::default());
    }
}
