//! After going live: one more package under the same gates, and the certificate.

use super::api::{can, text};
use super::people::{AUTHORITY, MANAGER, OPERATOR, REVIEWER};
use super::production::PRODUCTION;
use super::servicing::{environment, id, install, package};
use super::story::Demo;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// The first package after going live, and the certificate.
pub async fn run(demo: &mut Demo) -> Result<()> {
    package_after_live(demo).await?;
    demo.look().await?;
    certificate(demo).await
}

async fn package_after_live(demo: &Demo) -> Result<()> {
    let production = environment(demo, PRODUCTION).await?.context("production was deployed")?;
    demo.until("2027-04-19T08:00:00Z").await?;
    let next = package(demo, "lukas.weber", "contoso-1.1.1").await?;
    if production["installed"]["package"] == next["id"] {
        return Ok(());
    }
    let path = format!("/packages/{}", text(&next, "id")?);
    install(demo, "lukas.weber", &next, &id(demo, "perf").await?).await?;
    for (who, action, call, body) in [
        (MANAGER, "package_sign_off", "sign-off", json!({ "issues": [] })),
        (MANAGER, "package_mark_candidate", "mark-candidate", Value::Null),
        (AUTHORITY, "package_approve", "approve", Value::Null),
    ] {
        if can(&demo.api.get(who, &path).await?, action) {
            demo.api.post(who, &format!("{path}/{call}"), body).await?;
        }
    }
    let (starts, ends) = ("2027-04-20T20:00:00Z", "2027-04-21T01:00:00Z");
    let body = json!({ "environment": production["id"], "starts": starts, "ends": ends });
    let asked = demo.api.post(OPERATOR, &format!("{path}/install"), body).await?;
    demo.until(starts).await?;
    demo.operation(OPERATOR, &text(&asked, "id")?, "succeeded").await?;
    demo.tell("The first package after going live is installed, under the same gates").await?;
    let review = demo.read(REVIEWER, "/review").await?;
    if can(&review, "review_confirm") {
        demo.act(REVIEWER, "/review/confirm", Value::Null).await?;
        demo.tell("Andrea Lee confirms the review after the change of versions").await?;
    }
    Ok(())
}

/// Kept beside everything else; anybody can verify it offline.
async fn certificate(demo: &Demo) -> Result<()> {
    let file = demo.folder.join("certificate.json");
    if file.exists() {
        return Ok(());
    }
    let made = demo.act(MANAGER, "/certificate", Value::Null).await?;
    std::fs::write(&file, serde_json::to_vec(&made)?)?;
    let key = demo.api.get(MANAGER, "/certificate/key").await?;
    demo.tell("The certificate is issued. Verify it without any server:").await?;
    let fingerprint = text(&key, "fingerprint")?;
    eprintln!("{:18}golive certificate verify {} --key {fingerprint}", "", file.display());
    Ok(())
}
