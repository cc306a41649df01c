//! Each source file: its header, its length, no SQL where none belongs, nothing that only its writer understands.

use super::Fault;
use crate::tree::File;

/// No file is longer than this.
const LINES: usize = 500;

/// What a statement of SQL begins with, inside a string.
const STATEMENTS: [&str; 6] =
    ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM ", "\"CREATE TABLE ", "\"PRAGMA "];

/// Crates that may speak SQL: the store, and the demo ERP, which is an application of its own.
const SPEAK_SQL: [&str; 2] = ["crates/store/", "crates/demo-erp/"];

pub(super) fn check(files: &[File]) -> Vec<Fault> {
    let sources = files.iter().filter(|file| file.is("rs"));
    let mut faults: Vec<Fault> = sources.flat_map(source).collect();
    faults.extend(files.iter().flat_map(strange));
    faults
}

fn source(file: &File) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !file.text.starts_with("//! ") {
        faults.push(Fault::new(
            format!("{}:1", file.path),
            "no `//!` header that says what lives here",
        ));
    }
    let lines = file.text.lines().count();
    if lines > LINES {
        faults.push(Fault::new(&file.path, format!("{lines} lines; split it below {LINES}")));
    }
    let ships = file.path.starts_with("crates/") && file.path.contains("/src/");
    if ships && !SPEAK_SQL.iter().any(|crate_| file.path.starts_with(crate_)) {
        faults.extend(sql(file));
    }
    faults
}

fn sql(file: &File) -> Vec<Fault> {
    let speaks = |line: &str| {
        line.contains("sqlx::") || STATEMENTS.iter().any(|statement| line.contains(statement))
    };
    let lines = file.text.lines().enumerate().filter(|(_, line)| speaks(line));
    lines
        .map(|(number, _)| {
            Fault::new(format!("{}:{}", file.path, number + 1), "SQL belongs into `crates/store`")
        })
        .collect()
}

/// What means something only on the machine, or on the day, on which it was written.
fn strange(file: &File) -> Vec<Fault> {
    // Written in two parts, so that this file is not its own fault.
    let words = [
        concat!("/sha", "red/"),
        concat!("/wo", "rk/"),
        concat!("../se", "ed"),
        concat!("this ses", "sion of work"),
        concat!("next ses", "sion"),
        concat!("last ses", "sion"),
        concat!("previous ses", "sion"),
        concat!("another ses", "sion's"),
    ];
    let mut faults = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        let small = line.to_lowercase();
        for word in words.iter().filter(|word| small.contains(**word)) {
            let at = format!("{}:{}", file.path, number + 1);
            faults.push(Fault::new(at, format!("`{word}` means nothing to a reader")));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> Vec<String> {
        let file = File { path: path.into(), text: text.into() };
        check(&[file]).into_iter().map(|fault| fault.what).collect()
    }

    #[test]
    fn a_file_needs_a_header() {
        assert_eq!(faults("crates/core/src/a.rs", "fn a() {}\n").len(), 1);
        assert_eq!(faults("crates/core/src/a.rs", "//! A.\n").len(), 0);
    }

    #[test]
    fn a_file_of_501_lines_is_too_long() {
        let text = |lines: usize| format!("//! A.\n{}", "\n".repeat(lines - 1));
        assert_eq!(faults("crates/core/src/a.rs", &text(500)).len(), 0);
        assert_eq!(faults("crates/core/src/a.rs", &text(501)).len(), 1);
    }

    #[test]
    fn sql_stands_in_the_store_only() {
        let text = "//! A.\nconst A: &str = \"SELECT 1\";\n";
        assert_eq!(faults("crates/app/src/a.rs", text), ["SQL belongs into `crates/store`"]);
        assert_eq!(faults("crates/store/src/a.rs", text).len(), 0);
        assert_eq!(faults("crates/app/tests/a.rs", text).len(), 0);
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        let text = format!("see {}notes\n", concat!("/wo", "rk/"));
        assert_eq!(faults("docs/a.md", &text).len(), 1);
    }
}
