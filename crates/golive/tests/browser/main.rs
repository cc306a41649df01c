//! The pages in a real browser: everything is reached by clicking, nothing by the API.
//!
//! - [`driver`]: the browser; [`server`]: `golive serve` on a folder of its own
//! - [`look`]: what is true of every page: its status, its headers, its width, no style in it, no error in the console
//! - [`stages`]: a project that went through all nine stages, page by page
//! - [`path`]: an empty server, from the first account through all nine stages to the certificate, by forms
//! - [`desk`]: who sits at the browser while that happens

mod desk;
mod driver;
mod look;
mod path;
mod server;
mod stages;

use anyhow::Result;
use driver::Browser;
use serde_json::Value;

/// Runs a walk; what the browser showed last is kept beside the build if it fails.
async fn walk<F>(name: &str, walked: F)
where
    F: AsyncFnOnce(&Browser) -> Result<()>,
{
    if let Err(error) = walked_to_the_end(name, walked).await {
        panic!("{error:#}");
    }
}

async fn walked_to_the_end<F>(name: &str, walked: F) -> Result<()>
where
    F: AsyncFnOnce(&Browser) -> Result<()>,
{
    let _set_already = rustls::crypto::ring::default_provider().install_default();
    let browser = Browser::start().await?;
    let done = walked(&browser).await;
    if done.is_err() {
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.html"));
        eprintln!("At {}; the page is in {}", browser.path().await?, file.display());
        let page = browser.ask("return document.documentElement.outerHTML", Value::Null).await?;
        std::fs::write(file, driver::text(&page))?;
    }
    browser.end().await?;
    done
}

#[tokio::test]
async fn a_project_that_is_live_can_be_walked_through_all_nine_stages_by_clicking() {
    walk("nine-stages", stages::walk).await;
}

#[tokio::test]
async fn on_an_empty_server_forms_lead_through_all_nine_stages() {
    walk("path", path::walk).await;
}
