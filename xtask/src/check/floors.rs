//! Dependencies point down only: what each crate may know, read from its `Cargo.toml`.

use super::Fault;
use crate::tree::File;
use anyhow::Result;

/// A crate with the crates of the workspace that it may depend on.
const FLOORS: [(&str, &[&str]); 9] = [
    ("core", &[]),
    ("readers", &["golive-core"]),
    ("store", &["golive-core"]),
    ("app", &["golive-core", "golive-readers", "golive-store"]),
    ("drivers", &["golive-app", "golive-core"]),
    ("web", &["golive-app", "golive-core"]),
    ("demo-erp", &[]),
    (
        "golive",
        &[
            "golive-app",
            "golive-core",
            "golive-demo-erp",
            "golive-drivers",
            "golive-readers",
            "golive-store",
            "golive-web",
        ],
    ),
    (
        "testkit",
        &[
            "golive-app",
            "golive-core",
            "golive-drivers",
            "golive-readers",
            "golive-store",
            "golive-web",
        ],
    ),
];

/// What the pure floors never use.
const IMPURE: [&str; 7] =
    ["tokio", "sqlx", "axum", "reqwest", "tracing", "object_store", "tempfile"];

/// The floors that are pure. Randomness is handed to them as a seed; `clippy.toml` bans its sources there.
const PURE: [&str; 2] = ["core", "readers"];

pub(super) fn check(files: &[File]) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| is_manifest(&file.path)) {
        let name = file.path.split('/').nth(1).unwrap_or_default();
        let Some((_, allowed)) = FLOORS.iter().find(|(floor, _)| *floor == name) else {
            faults.push(Fault::new(&file.path, "a crate that has no floor; add it to FLOORS"));
            continue;
        };
        for dependency in dependencies(&file.text)? {
            let own = dependency.starts_with("golive-");
            if own && !allowed.contains(&dependency.as_str()) {
                faults.push(Fault::new(&file.path, format!("{name} must not know {dependency}")));
            }
            let impure = PURE.contains(&name) && IMPURE.contains(&dependency.as_str());
            if impure {
                faults.push(Fault::new(
                    &file.path,
                    format!("{name} is pure and must not use {dependency}"),
                ));
            }
        }
    }
    Ok(faults)
}

fn is_manifest(path: &str) -> bool {
    path.starts_with("crates/") && path.ends_with("/Cargo.toml") && path.matches('/').count() == 2
}

/// The names below `[dependencies]`; those of tests do not ship and may look anywhere.
fn dependencies(manifest: &str) -> Result<Vec<String>> {
    let manifest: toml::Table = manifest.parse()?;
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    Ok(table.into_iter().flat_map(|table| table.keys().cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(name: &str, dependency: &str) -> usize {
        let path = format!("crates/{name}/Cargo.toml");
        let text = format!("[dependencies]\n{dependency}.workspace = true\n");
        check(&[File { path, text }]).unwrap().len()
    }

    #[test]
    fn the_core_knows_nobody_and_touches_nothing() {
        assert_eq!(faults("core", "tokio"), 1);
        assert_eq!(faults("core", "golive-store"), 1);
        assert_eq!(faults("core", "serde"), 0);
    }

    #[test]
    fn the_web_does_not_know_the_store() {
        assert_eq!(faults("web", "golive-store"), 1);
        assert_eq!(faults("web", "golive-app"), 0);
    }

    #[test]
    fn a_crate_without_a_floor_is_a_fault() {
        assert_eq!(faults("newcomer", "serde"), 1);
    }
}
