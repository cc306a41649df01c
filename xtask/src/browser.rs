//! The browser that the tests of the pages drive.

use crate::postgres::install;
use anyhow::{Context as _, Result};
use std::path::PathBuf;
use std::process::Command;

/// The variable by which tests find the browser.
pub const BROWSER: &str = "GOLIVE_TEST_CHROMIUM";
/// The variable by which tests find the program that drives it.
pub const DRIVER: &str = "GOLIVE_TEST_CHROMEDRIVER";

/// A browser with the program that drives it.
pub struct Browser {
    /// The browser.
    pub program: PathBuf,
    /// What drives it.
    pub driver: PathBuf,
    /// What it says it is.
    pub version: String,
}

/// Finds a browser, or installs one if that is allowed.
pub fn find() -> Result<Browser> {
    if pair().is_none() {
        install(&["chromium", "chromium-driver"], "Chromium with its driver")?;
    }
    let (program, driver) = pair().context("Chromium was installed but was not found")?;
    let said = Command::new(&program).args(["--version", "--no-sandbox"]).output();
    let said =
        said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let version = said.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    Ok(Browser { program, driver, version })
}

fn pair() -> Option<(PathBuf, PathBuf)> {
    let program =
        given(BROWSER).or_else(|| on_path(&["chromium", "chromium-browser", "google-chrome"]))?;
    let driver = given(DRIVER).or_else(|| on_path(&["chromedriver", "chromium-driver"]))?;
    Some((program, driver))
}

fn given(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let all = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    all.into_iter().find(|program| program.is_file())
}
