//! Documents that are generated from the code, so that they cannot tell anything else: the OpenAPI document, the command
//! line, the state machines, the gates.

mod gates;
mod machines;

use crate::tree;
use anyhow::{Context as _, Result, bail};
use std::path::Path;
use std::process::Command;

/// Writes the documents, or compares them; true when nothing had to change or nothing was compared.
pub fn run(check: bool) -> Result<bool> {
    let root = crate::root()?;
    let mut same = true;
    for (name, text) in documents(&root)? {
        let path = root.join("docs").join(name);
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        if known == text {
            continue;
        }
        if check {
            eprintln!("docs/{name} is not what the code says; run `cargo xtask docs`");
            same = false;
        } else {
            std::fs::write(&path, text).with_context(|| path.display().to_string())?;
            eprintln!("docs/{name} written");
        }
    }
    Ok(same)
}

fn documents(root: &Path) -> Result<Vec<(&'static str, String)>> {
    let gates = serde_json::from_str(&reference(root, "gates")?)?;
    Ok(vec![
        ("openapi.json", reference(root, "openapi")?),
        ("cli.md", reference(root, "cli")?),
        ("gates.md", gates::document(&gates, &tree::files(root)?)?),
        ("state-machines.md", machines::document(root)?),
    ])
}

/// What golive says about itself.
fn reference(root: &Path, what: &str) -> Result<String> {
    output(cargo(root).args(["run", "-q", "--bin", "golive", "--", "reference", what]))
}

fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
