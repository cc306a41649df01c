//! The first phase: the project file, onboarding, the go-live date, scope, requirements and the first usage profile.

use super::api::{can, rows};
use super::people::{MANAGER, PARTNER, SPONSOR};
use super::story::Demo;
use super::{files, steps};
use anyhow::Result;
use serde_json::{Value, json};

/// From the first day to the end of analysis.
pub async fn run(demo: &mut Demo) -> Result<()> {
    if steps::is_complete(demo, "analysis").await? {
        return Ok(());
    }
    bring_in(demo).await?;
    onboarding(demo).await?;
    demo.look().await?;
    requirements(demo).await?;
    estimate(demo).await?;
    demo.until("2026-04-08T08:00:00Z").await?;
    steps::settle(demo, "analysis", "2026-07-20T08:00:00Z").await?;
    demo.until("2026-07-22T12:00:00Z").await?;
    steps::milestone(demo, "analysis-complete", "2026-07-22").await?;
    steps::complete(demo, "analysis").await?;
    demo.look().await
}

/// The project file: methodology, go-live date, milestones, onboarding, seats of the go/no-go.
async fn bring_in(demo: &Demo) -> Result<()> {
    let body = json!({ "file": "project.toml", "text": files::PROJECT, "people": files::PEOPLE });
    let applied = demo.act(MANAGER, "/apply", body).await?;
    let changes = rows(&applied["changes"]).count();
    if changes > 0 {
        demo.tell(&format!(
            "Lena Hoffmann brings the project file in: {changes} changes, live on 2027-04-05"
        ))
        .await?;
    }
    Ok(())
}

async fn onboarding(demo: &Demo) -> Result<()> {
    let seen = demo.read(MANAGER, "/onboarding").await?;
    if seen["complete"] == true {
        return Ok(());
    }
    let section = |name: &str| {
        rows(&seen["sections"])
            .find(|it| it["section"] == name)
            .map_or(Value::Null, |it| it["content"].clone())
    };
    let mut profile = section("profile");
    profile["code_home"] = json!("https://code.contoso.example/erp");
    save(demo, "profile", profile).await?;
    save(demo, "licences", json!({ "bought": 900, "allocated": 870 })).await?;
    let seen = demo.read(MANAGER, "/onboarding").await?;
    if can(&seen, "onboarding_complete") || seen["state"] == "open" {
        demo.act(MANAGER, "/onboarding/complete", Value::Null).await?;
        demo.tell("Lena Hoffmann completes onboarding").await?;
    }
    if seen["scope_agreed_by"].is_null() {
        demo.act(SPONSOR, "/onboarding/agree-scope", Value::Null).await?;
        demo.tell("Martina Vogel agrees to the scope").await?;
    }
    let plan = demo.read(MANAGER, "/milestones").await?;
    if plan["state"] == "draft" {
        demo.act(MANAGER, "/milestones/publish", Value::Null).await?;
        demo.tell("The milestones are published").await?;
    }
    Ok(())
}

async fn save(demo: &Demo, section: &str, content: Value) -> Result<()> {
    let body = json!({ "section": section, "content": content });
    demo.act(MANAGER, "/onboarding", body).await?;
    Ok(())
}

async fn requirements(demo: &Demo) -> Result<()> {
    let seen = demo.read(PARTNER, "/requirements").await?;
    if !seen["accepted_at"].is_null() {
        return Ok(());
    }
    let path = demo.of("/requirements?file=requirements.csv");
    demo.api.upload("aisha.rahman", &path, files::REQUIREMENTS.as_bytes()).await?;
    let seen = demo.read(SPONSOR, "/requirements").await?;
    let body = json!({ "digest": seen["digest"] });
    demo.act(SPONSOR, "/requirements/accept-baseline", body).await?;
    demo.tell(&format!("{} requirements are accepted as the baseline", seen["in_scope"])).await
}

/// The usage profile; it is activated when the solution is tested.
async fn estimate(demo: &Demo) -> Result<()> {
    if rows(&demo.read(PARTNER, "/estimates").await?).next().is_some() {
        return Ok(());
    }
    let path = demo.of("/estimates?file=estimate.toml");
    demo.api.upload("aisha.rahman", &path, files::ESTIMATE.as_bytes()).await?;
    demo.tell("Aisha Rahman brings the usage profile in").await
}
