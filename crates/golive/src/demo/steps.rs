//! Steps of the methodology: each done by somebody whose work it is, with evidence, spread over the time of its phase.

use super::api::{rows, text};
use super::people::{self, MANAGER, OPERATOR, PARTNER, REVIEWER};
use super::story::Demo;
use anyhow::{Result, bail};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Does every step of a phase that can be done by now, until this instant.
pub async fn settle(demo: &Demo, phase: &str, until: &str) -> Result<()> {
    let end: Timestamp = until.parse()?;
    let mut waiting = BTreeSet::new();
    loop {
        let open = demo.read(MANAGER, &format!("/steps?phase={phase}&open=true")).await?;
        let ready: Vec<&Value> = rows(&open)
            .filter(|step| step["locked"] == false && !waiting.contains(&step["id"].to_string()))
            .collect();
        let count = i32::try_from(rows(&open).count()).unwrap_or(1).max(1);
        let mut moved = 0;
        for step in ready {
            let now = demo.now().await?;
            if now < end {
                let share = end.duration_since(now).checked_div(count + 1);
                demo.pass(share.unwrap_or_default()).await?;
            }
            if done(demo, step).await? {
                moved += 1;
            } else {
                waiting.insert(step["id"].to_string());
            }
        }
        if moved == 0 {
            return Ok(());
        }
    }
}

/// Completes one step with what proves it; false when what the server looked at does not hold yet.
async fn done(demo: &Demo, step: &Value) -> Result<bool> {
    let (id, who) = (text(step, "id")?, worker(step));
    let seen = demo.api.get(who, &format!("/steps/{id}")).await?;
    let takes = |kind: &str| rows(&seen["evidence"]).any(|it| it == kind);
    let name = text(step, "name")?;
    let links = if takes("link") && !takes("document") {
        vec![format!("https://contoso.example/project/{name}")]
    } else {
        Vec::new()
    };
    if takes("document") && seen["attachments"].as_array().is_none_or(Vec::is_empty) {
        let title = text(step, "title")?;
        let document = format!("Contoso Garden\n{title}\n\nApproved in the meeting of the team.\n");
        let path = format!("/steps/{id}/evidence?file={name}.txt&kind=document");
        demo.api.upload(who, &path, document.as_bytes()).await?;
    }
    let answer = demo
        .api
        .attempt(who, &format!("/steps/{id}/complete"), json!({ "links": links, "note": "" }))
        .await?;
    Ok(answer.status.is_success())
}

fn worker(step: &Value) -> &'static str {
    if let Some(who) = step["role"].as_str().and_then(people::with_role) {
        return who;
    }
    match step["side"].as_str() {
        Some("partner" | "both") => PARTNER,
        Some("operator") => OPERATOR,
        Some("reviewer") => REVIEWER,
        Some(_) | None => MANAGER,
    }
}

/// Completes a phase.
pub async fn complete(demo: &Demo, name: &str) -> Result<()> {
    let phases = demo.read(MANAGER, "/phases").await?;
    let Some(phase) = rows(&phases).find(|phase| phase["name"] == name) else {
        bail!("the project has no phase {name}");
    };
    if phase["state"] == "complete" {
        return Ok(());
    }
    demo.api
        .post(MANAGER, &format!("/phases/{}/complete", text(phase, "id")?), Value::Null)
        .await?;
    demo.tell(&format!("Phase complete: {}", text(phase, "title")?)).await
}

/// Whether a phase is complete.
pub async fn is_complete(demo: &Demo, name: &str) -> Result<bool> {
    let phases = demo.read(MANAGER, "/phases").await?;
    Ok(rows(&phases).any(|phase| phase["name"] == name && phase["state"] == "complete"))
}

/// Says on which day a milestone was reached, unless that was said.
pub async fn milestone(demo: &Demo, name: &str, on: &str) -> Result<()> {
    let seen = demo.read(MANAGER, "/milestones").await?;
    let Some(milestone) = rows(&seen["milestones"]).find(|it| it["name"] == name) else {
        bail!("the project has no milestone {name}");
    };
    if milestone["state"] == "expected" {
        let path = format!("/milestones/{}/reach", text(milestone, "id")?);
        demo.api.post(MANAGER, &path, json!({ "on": on })).await?;
    }
    Ok(())
}
