//! The documents tell the truth about the tree: every crate and top-level module is named, every link leads somewhere.

use super::{Fault, text};
use crate::tree::File;
use std::collections::{BTreeMap, BTreeSet};

/// The document that names every crate and module.
const MAP: &str = "ARCHITECTURE.md";

pub(super) fn check(files: &[File]) -> Vec<Fault> {
    let mut faults = unnamed(files);
    for file in files.iter().filter(|file| file.is("md")) {
        faults.extend(dead_links(file, files));
    }
    faults
}

/// Crates and modules that the map does not name. A crate is named by a heading, its modules between that heading and
/// the next, each in backticks.
fn unnamed(files: &[File]) -> Vec<Fault> {
    let map = text(files, MAP);
    let mut faults = Vec::new();
    for (crate_, modules) in modules(files) {
        let heading = format!("### `{crate_}`");
        let Some((_, rest)) = map.split_once(heading.as_str()) else {
            faults.push(Fault::new(MAP, format!("has no heading {heading}")));
            continue;
        };
        let section = rest.split("\n### ").next().unwrap_or_default();
        for module in modules.iter().filter(|module| !section.contains(&format!("`{module}`"))) {
            faults.push(Fault::new(MAP, format!("{heading} does not name its module `{module}`")));
        }
        let named = backticked(section.lines().filter(|line| line.starts_with("- ")));
        for gone in named.difference(&modules) {
            faults.push(Fault::new(MAP, format!("{heading} lists `{gone}`, which is not there")));
        }
    }
    faults
}

/// The first word in backticks of each line of a list: the modules that it speaks of.
fn backticked<'l>(lines: impl Iterator<Item = &'l str>) -> BTreeSet<String> {
    let names = |line: &'l str| {
        let before = line.split(" — ").next().unwrap_or_default();
        before.split('`').skip(1).step_by(2).map(str::to_owned)
    };
    lines.flat_map(names).collect()
}

/// Each crate with its top-level modules.
fn modules(files: &[File]) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is("rs")) {
        let parts: Vec<&str> = file.path.split('/').collect();
        let (owner, module) = match parts.as_slice() {
            ["crates", owner, "src", module, ..] => (*owner, *module),
            ["xtask", "src", module, ..] => ("xtask", *module),
            _ => continue,
        };
        let module = module.trim_end_matches(".rs").to_owned();
        let modules = found.entry(owner.to_owned()).or_default();
        if !matches!(module.as_str(), "lib" | "main") {
            modules.insert(module);
        }
    }
    found
}

/// Links to files of the repository that are not there.
fn dead_links(file: &File, files: &[File]) -> Vec<Fault> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut faults = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let path = joined(folder, target);
            if !files
                .iter()
                .any(|known| known.path == path || known.path.starts_with(&format!("{path}/")))
            {
                let at = format!("{}:{}", file.path, number + 1);
                faults.push(Fault::new(at, format!("the link to `{target}` leads nowhere")));
            }
        }
    }
    faults
}

fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(map: &str) -> Vec<String> {
        let file = |path: &str, text: &str| File { path: path.into(), text: text.into() };
        let files = [
            file(MAP, map),
            file("crates/core/src/lib.rs", ""),
            file("crates/core/src/gate.rs", ""),
            file("crates/core/src/gate/table.rs", ""),
        ];
        check(&files).into_iter().map(|fault| fault.what).collect()
    }

    #[test]
    fn a_module_that_the_map_does_not_name_is_a_fault() {
        assert_eq!(faults("### `core`\n- `gate` — the gates\n"), [""; 0]);
        assert_eq!(faults("### `core`\n"), ["### `core` does not name its module `gate`"]);
        assert_eq!(faults("nothing"), ["has no heading ### `core`"]);
    }

    #[test]
    fn a_module_that_is_gone_is_a_fault() {
        let found = faults("### `core`\n- `gate`, `gone` — the gates and `Others`\n");
        assert_eq!(found, ["### `core` lists `gone`, which is not there"]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_a_fault() {
        let map = "### `core`\n- `gate` — see [gates](docs/gates.md) and [core](crates/core)\n";
        assert_eq!(faults(map), ["the link to `docs/gates.md` leads nowhere"]);
    }
}
