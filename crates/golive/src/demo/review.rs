//! The checklist, the go-live review with a critical finding and its mitigation, and the release.

use super::api::{rows, text};
use super::people::{MANAGER, PARTNER, REVIEWER};
use super::story::Demo;
use super::{files, steps};
use anyhow::Result;
use serde_json::{Value, json};

/// From the first answer to the release for production.
pub async fn run(demo: &mut Demo) -> Result<()> {
    if demo.reached(4) {
        return Ok(());
    }
    if !demo.reached(2) {
        checklist(demo).await?;
        demo.look().await?;
    }
    steps::settle(demo, "deploy", "2027-02-22T12:00:00Z").await?;
    report(demo).await?;
    findings(demo).await?;
    demo.look().await?;
    workshop(demo).await?;
    super::cutover::first_rehearsal(demo).await?;
    release(demo).await?;
    demo.look().await?;
    steps::settle(demo, "deploy", "2027-03-09T13:00:00Z").await
}

async fn checklist(demo: &Demo) -> Result<()> {
    demo.until("2027-02-18T08:00:00Z").await?;
    if demo.read(MANAGER, "/checklist").await.is_err() {
        demo.act(MANAGER, "/checklist", Value::Null).await?;
    }
    let seen = demo.read(MANAGER, "/checklist").await?;
    if seen["state"] == "submitted" {
        return Ok(());
    }
    let early = demo.api.refused(MANAGER, &demo.of("/checklist/submit"), Value::Null).await?;
    demo.tell_refusal("Lena Hoffmann sends the checklist without its answers", &early).await?;
    let body = json!({ "file": "answers.toml", "text": files::ANSWERS });
    let seen = demo.act(PARTNER, "/checklist/import", body).await?;
    demo.tell(&format!("{} of {} questions are answered", seen["answered"], seen["applicable"]))
        .await?;
    demo.until("2027-02-22T09:00:00Z").await?;
    demo.act(MANAGER, "/milestones/confirm", Value::Null).await?;
    demo.act(MANAGER, "/checklist/submit", Value::Null).await?;
    demo.tell("Lena Hoffmann sends the checklist").await?;
    steps::milestone(demo, "checklist-sent", "2027-02-22").await
}

/// Within three business days.
async fn report(demo: &Demo) -> Result<()> {
    let seen = demo.read(REVIEWER, "/review").await?;
    if seen["reviewer"].is_null() {
        demo.act(REVIEWER, "/review/assign", json!({})).await?;
    }
    if !seen["reported_at"].is_null() {
        return Ok(());
    }
    demo.until("2027-02-25T11:00:00Z").await?;
    let body =
        json!({ "summary": "Well prepared. The way back is not described; nobody has gone it." });
    let seen = demo.act(REVIEWER, "/review/report", body).await?;
    let open = rows(&seen["findings"]).count();
    demo.tell(&format!("Andrea Lee reports: {open} findings, {} critical", seen["critical_open"]))
        .await
}

/// Every finding that is critical or high gets a mitigation; the critical ones are accepted by the reviewer.
async fn findings(demo: &Demo) -> Result<()> {
    demo.until("2027-02-26T09:00:00Z").await?;
    for finding in rows(&demo.read(PARTNER, "/findings").await?) {
        let severe = matches!(finding["severity"].as_str(), Some("critical" | "high"));
        if severe && finding["mitigations"].as_array().is_none_or(Vec::is_empty) {
            mitigate(demo, finding).await?;
        }
    }
    for finding in rows(&demo.read(REVIEWER, "/findings").await?) {
        if finding["severity"] == "critical" && finding["state"] == "proposed" {
            accept(demo, finding).await?;
        }
    }
    Ok(())
}

async fn mitigate(demo: &Demo, finding: &Value) -> Result<()> {
    let path = format!("/findings/{}", text(finding, "id")?);
    if finding["severity"] == "critical" {
        let early = demo.api.refused(REVIEWER, &demo.of("/review/complete"), Value::Null).await?;
        let title = text(finding, "title")?;
        demo.tell_refusal(&format!("Andrea Lee releases the project with “{title}” open"), &early)
            .await?;
    }
    let body = json!({
        "text": "The way back is written into the plan, with a time for each task, and gone in the dress rehearsal.",
        "owner": "Marco Conti", "due": "2027-03-19",
    });
    demo.api.post(PARTNER, &format!("{path}/mitigate"), body).await?;
    demo.tell(&format!("Victor Lindqvist proposes a mitigation for {}", text(finding, "number")?))
        .await
}

async fn accept(demo: &Demo, finding: &Value) -> Result<()> {
    let path = format!("/findings/{}/accept", text(finding, "id")?);
    let number = text(finding, "number")?;
    let own = demo.api.refused(PARTNER, &path, Value::Null).await?;
    demo.tell_refusal(&format!("Victor Lindqvist accepts his own mitigation of {number}"), &own)
        .await?;
    demo.api.post(REVIEWER, &path, Value::Null).await?;
    demo.tell(&format!("Andrea Lee accepts the mitigation of {number}")).await
}

async fn workshop(demo: &Demo) -> Result<()> {
    let seen = demo.read(REVIEWER, "/review").await?;
    if seen["workshop"]["state"] == "held" {
        return Ok(());
    }
    if seen["workshop"].is_null() {
        let body = json!({
            "agenda": ["Findings", "The way back", "The two rehearsals"],
            "mandatory": ["Lena Hoffmann", "Victor Lindqvist", "Andrea Lee"],
            "starts": "2027-03-03T10:00",
        });
        demo.act(REVIEWER, "/review/schedule-workshop", body).await?;
    }
    demo.until("2027-03-03T11:00:00Z").await?;
    let body = json!({
        "attended": ["Lena Hoffmann", "Victor Lindqvist", "Andrea Lee"],
        "text": "All findings were gone through. The way back is rehearsed on 19 March.",
    });
    demo.act(REVIEWER, "/review/record-workshop", body).await?;
    demo.tell("The workshop was held").await
}

async fn release(demo: &Demo) -> Result<()> {
    let seen = demo.read(REVIEWER, "/review").await?;
    if seen["state"] == "complete" {
        return Ok(());
    }
    demo.until("2027-03-09T10:00:00Z").await?;
    demo.act(REVIEWER, "/review/complete", Value::Null).await?;
    demo.tell("Andrea Lee releases the project for production").await?;
    steps::milestone(demo, "review-complete", "2027-03-09").await
}
