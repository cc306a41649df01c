//! What the lock file may hold: one sqlx, one jiff, no OpenSSL, crates.io only. `cargo deny` also reads the licences.

use super::{Fault, text};
use crate::tree::File;
use anyhow::Result;
use std::collections::BTreeMap;

const LOCK: &str = "Cargo.lock";

/// A second version of these would be a second database layer, a second clock, a second runtime.
const ONCE: [&str; 6] = ["sqlx", "sqlx-core", "libsqlite3-sys", "jiff", "tokio", "axum"];

/// Needs a C library of the system, or says the same as something that is here already.
const NEVER: [&str; 3] = ["openssl-sys", "native-tls", "rusqlite"];

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(files: &[File]) -> Result<Vec<Fault>> {
    let lock: toml::Table = text(files, LOCK).parse()?;
    let packages = lock.get("package").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut faults = Vec::new();
    for package in &packages {
        let field =
            |name: &str| package.get(name).and_then(toml::Value::as_str).unwrap_or_default();
        let (name, source) = (field("name"), field("source"));
        if !source.is_empty() && source != CRATES_IO {
            faults.push(Fault::new(LOCK, format!("{name} comes from {source}")));
        }
        if NEVER.contains(&name) {
            faults.push(Fault::new(LOCK, format!("{name} is not wanted")));
        }
        versions.entry(name.to_owned()).or_default().push(field("version").to_owned());
    }
    for name in ONCE {
        if let Some(several) = versions.get(name).filter(|versions| versions.len() > 1) {
            faults.push(Fault::new(
                LOCK,
                format!("{name} is there {} times: {}", several.len(), several.join(", ")),
            ));
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(packages: &[(&str, &str)]) -> usize {
        let package = |(name, version): &(&str, &str)| {
            format!(
                "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"{CRATES_IO}\"\n"
            )
        };
        let text = packages.iter().map(package).collect();
        check(&[File { path: LOCK.into(), text }]).unwrap().len()
    }

    #[test]
    fn a_second_sqlx_and_any_openssl_are_faults() {
        assert_eq!(faults(&[("sqlx", "0.9.0"), ("sha2", "0.10.0"), ("sha2", "0.11.0")]), 0);
        assert_eq!(faults(&[("sqlx", "0.9.0"), ("sqlx", "0.8.0")]), 1);
        assert_eq!(faults(&[("openssl-sys", "0.9.0")]), 1);
    }
}
