//! Environments, packages and copies: real operations on real processes.

use super::api::{rows, text};
use super::files;
use super::people::OPERATOR;
use super::story::Demo;
use anyhow::{Context as _, Result, anyhow};
use serde_json::{Value, json};

/// Where the application is asked to stand.
pub const REGION: &str = "germany-west";
/// The version of the application.
pub const VERSION: &str = "1.0";
/// The administrator of every environment: the project's service account, as its people file names it.
pub const ACCOUNT: &str = "svc-golive";

/// The environment with this name, if it is there.
pub async fn environment(demo: &Demo, name: &str) -> Result<Option<Value>> {
    let all = demo.read(OPERATOR, "/environments").await?;
    Ok(rows(&all).find(|environment| environment["name"] == name).cloned())
}

/// The id of an environment that must be there.
pub async fn id(demo: &Demo, name: &str) -> Result<String> {
    let seen = environment(demo, name).await?;
    text(&seen.with_context(|| format!("there is no environment {name}"))?, "id")
}

/// A sandbox that is running: planned and deployed when it is not there, started when it was stopped.
pub async fn sandbox(demo: &Demo, name: &str, tier: u8) -> Result<String> {
    let seen = match environment(demo, name).await? {
        Some(seen) => seen,
        None => {
            let body = json!({
                "name": name, "purpose": "sandbox", "tier": tier, "hosting": "operator", "region": REGION,
                "blueprint": "demo-erp", "target": "local", "version": VERSION,
                "administrator": ACCOUNT,
            });
            demo.act(OPERATOR, "/environments", body).await?
        }
    };
    let id = text(&seen, "id")?;
    let call = match seen["state"].as_str() {
        Some("planned") => "deploy",
        Some("stopped") => "start",
        Some(_) | None => return Ok(id),
    };
    operate(demo, OPERATOR, &format!("/environments/{id}/{call}"), Value::Null).await?;
    demo.tell(&format!("Sandbox {name} runs as a process of its own, with its own database"))
        .await?;
    Ok(id)
}

/// Asks for an operation and waits until it has succeeded.
pub async fn operate(demo: &Demo, who: &str, path: &str, body: Value) -> Result<Value> {
    let operation = demo.api.post(who, path, body).await?;
    demo.operation(who, &text(&operation, "id")?, "succeeded").await
}

/// The package made from this folder of sources: uploaded when it is not in the library.
pub async fn package(demo: &Demo, who: &str, folder: &str) -> Result<Value> {
    let sources = demo.folder.join("packages");
    files::write_packages(&sources)?;
    let (from, name) = (sources.join(folder), folder.to_owned());
    let built = tokio::task::spawn_blocking(move || golive_demo_erp::package::build(&from)).await?;
    let bytes = built.map_err(|failure| anyhow!("{name}: {}", failure.message))?;
    let library = demo.read(who, "/packages").await?;
    let digest = digest(&bytes);
    if let Some(known) =
        rows(&library).find(|it| it["digest"].as_str().is_some_and(|it| it.ends_with(&digest)))
    {
        return Ok(known.clone());
    }
    let path = demo.of(&format!("/packages?file={folder}.zip"));
    let made = demo.api.upload(who, &path, &bytes).await?;
    demo.tell(&format!("Package {folder} is in the library")).await?;
    Ok(made)
}

fn digest(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}

/// Installs a package on a sandbox, unless that was done.
pub async fn install(demo: &Demo, who: &str, package: &Value, environment: &str) -> Result<()> {
    let id = text(package, "id")?;
    let there = demo.api.get(who, &format!("/environments/{environment}")).await?;
    if there["installed"]["package"] == id {
        return Ok(());
    }
    demo.api
        .post(who, &format!("/packages/{id}/check"), json!({ "environment": environment }))
        .await?;
    let body = json!({ "environment": environment });
    operate(demo, who, &format!("/packages/{id}/install"), body).await?;
    demo.tell(&format!("{} is installed on {}", text(package, "title")?, text(&there, "name")?))
        .await
}

/// The newest copy into this environment, if there was one.
pub async fn copy_into(demo: &Demo, environment: &str) -> Result<Option<Value>> {
    let copies = demo.read(OPERATOR, "/copies").await?;
    Ok(rows(&copies).find(|copy| copy["destination"] == environment).cloned())
}
