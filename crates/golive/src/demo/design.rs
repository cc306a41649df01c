//! The second phase: the sandbox, the early production request with every unmet reason, practice in servicing.

use super::api::{rows, text};
use super::people::{MANAGER, OPERATOR};
use super::servicing::{ACCOUNT, REGION, VERSION, install, package, sandbox};
use super::story::Demo;
use super::{files, steps};
use anyhow::Result;
use serde_json::{Value, json};

/// From the first sandbox to the end of design.
pub async fn run(demo: &mut Demo) -> Result<()> {
    if steps::is_complete(demo, "design").await? {
        return Ok(());
    }
    demo.until("2026-07-24T07:00:00Z").await?;
    let uat = sandbox(demo, "uat", 3).await?;
    early_request(demo).await?;
    steps::settle(demo, "design", "2026-08-20T08:00:00Z").await?;
    practise(demo, &uat).await?;
    demo.until("2026-09-14T08:00:00Z").await?;
    test_cases(demo).await?;
    demo.until("2026-10-12T08:00:00Z").await?;
    let candidate = package(demo, "lukas.weber", "contoso-1.1").await?;
    install(demo, "lukas.weber", &candidate, &uat).await?;
    analysis(demo).await?;
    trial_load(demo, &uat).await?;
    steps::settle(demo, "design", "2026-11-05T08:00:00Z").await?;
    demo.until("2026-11-06T15:00:00Z").await?;
    steps::milestone(demo, "design-complete", "2026-11-06").await?;
    steps::complete(demo, "design").await?;
    demo.look().await
}

/// The request is opened and signed early; it may not be deployed, and everything that is in the way is said.
async fn early_request(demo: &Demo) -> Result<()> {
    let all = demo.read(MANAGER, "/requests").await?;
    let request = match rows(&all).next() {
        Some(request) => request.clone(),
        None => {
            let body = json!({
                "name": "production", "region": REGION, "topology": "db-4", "version": VERSION,
                "administrator": ACCOUNT,
                "notify": ["lena.hoffmann@contoso.example"], "blueprint": "demo-erp", "target": "local",
            });
            let made = demo.act(MANAGER, "/requests", body).await?;
            demo.tell("Lena Hoffmann opens the production request and signs it early").await?;
            demo.api
                .post(MANAGER, &format!("/requests/{}/sign-off", text(&made, "id")?), Value::Null)
                .await?
        }
    };
    if request["state"] != "queued" {
        return Ok(());
    }
    let path = format!("/requests/{}", text(&request, "id")?);
    let refused = demo.api.refused(OPERATOR, &format!("{path}/deploy"), Value::Null).await?;
    demo.tell_refusal("Kenji Mori deploys production", &refused).await?;
    demo.api.post(MANAGER, &format!("{path}/clear-sign-off"), Value::Null).await?;
    demo.tell("Lena Hoffmann takes the sign-off back; the request is changed until it is time")
        .await
}

/// A package on the sandbox, and a service request carried through.
async fn practise(demo: &Demo, uat: &str) -> Result<()> {
    let first = package(demo, "lukas.weber", "contoso-1.0").await?;
    install(demo, "lukas.weber", &first, uat).await?;
    if first["state"] != "signed_off" {
        let path = format!("/packages/{}/sign-off", text(&first, "id")?);
        demo.api.attempt(MANAGER, &path, json!({ "issues": [] })).await?;
    }
    let asked = demo.read(OPERATOR, "/service-requests").await?;
    if rows(&asked).any(|request| request["kind"] == "other") {
        return Ok(());
    }
    let body = json!({
        "kind": "other", "environment": uat, "title": "Open the sandbox to the office in Lyon",
        "text": "Practice: the first service request of the team.",
    });
    let filed = demo.act("oliver.stein", "/service-requests", body).await?;
    let path = format!("/service-requests/{}", text(&filed, "id")?);
    demo.api.post(OPERATOR, &format!("{path}/take-up"), Value::Null).await?;
    let note = json!({ "text": "The addresses of Lyon are on the list." });
    demo.api.post(OPERATOR, &format!("{path}/comment"), note).await?;
    demo.api.post(OPERATOR, &format!("{path}/finish"), Value::Null).await?;
    demo.api.post("oliver.stein", &format!("{path}/sign-off"), json!({})).await?;
    demo.tell("A service request is filed, done by the operator and signed off").await
}

async fn test_cases(demo: &Demo) -> Result<()> {
    let seen = demo.read(MANAGER, "/cases").await?;
    if rows(&seen["cases"]).next().is_none() {
        let path = demo.of("/cases?file=test-cases.csv");
        let done = demo.api.upload("ewa.kowalska", &path, files::CASES.as_bytes()).await?;
        demo.tell(&format!("Ewa Kowalska brings in {} test cases", done["added"])).await?;
    }
    Ok(())
}

/// The analysis of the customisations, read by the customer; exceptions need a second person.
async fn analysis(demo: &Demo) -> Result<()> {
    if demo.read(MANAGER, "/analysis").await.is_ok_and(|seen| seen["read_by"].is_string()) {
        return Ok(());
    }
    let path = demo.of("/analysis?file=customisation-analysis.xlsx&environment=uat");
    let seen = demo.api.upload("ravi.iyer", &path, files::ANALYSIS).await?;
    for issue in rows(&seen["issues"]) {
        if issue["reason"].is_string() && issue["accepted_by"].is_null() {
            let body = json!({ "issue": issue["name"] });
            demo.act(MANAGER, "/analysis/exceptions/accept", body).await?;
        }
    }
    let read = demo.act("oliver.stein", "/analysis/read", Value::Null).await?;
    demo.tell(&format!(
        "The customisation analysis is read: {} critical issues open",
        read["critical_open"]
    ))
    .await
}

/// Data in the sandbox.
async fn trial_load(demo: &Demo, uat: &str) -> Result<()> {
    let body = json!({ "size": 400 });
    super::servicing::operate(demo, OPERATOR, &format!("/environments/{uat}/seed"), body).await?;
    demo.tell("The trial load has filled the sandbox").await
}
