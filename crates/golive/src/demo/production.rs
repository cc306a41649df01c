//! Production: the request signed and deployed, the release candidate installed, the database of the sandbox copied.

use super::api::{can, rows, text};
use super::people::{AUTHORITY, MANAGER, OPERATOR};
use super::servicing::{copy_into, environment, id, package};
use super::steps;
use super::story::Demo;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// The name of the production environment.
pub const PRODUCTION: &str = "production";

/// From the signature under the request to the signed report of the copy.
pub async fn run(demo: &mut Demo) -> Result<()> {
    if demo.reached(7) {
        return Ok(());
    }
    deploy(demo).await?;
    demo.look().await?;
    steps::settle(demo, "deploy", "2027-03-12T12:00:00Z").await?;
    install(demo).await?;
    missing_module(demo).await?;
    demo.look().await?;
    steps::settle(demo, "deploy", "2027-03-15T09:00:00Z").await?;
    copy(demo).await?;
    demo.look().await
}

async fn deploy(demo: &Demo) -> Result<()> {
    let all = demo.read(MANAGER, "/requests").await?;
    let request = rows(&all).next().context("the request was opened in the second phase")?;
    let path = format!("/requests/{}", text(request, "id")?);
    if request["state"] == "configure" {
        demo.until("2027-03-09T14:00:00Z").await?;
        let signed = demo.api.post(MANAGER, &format!("{path}/sign-off"), Value::Null).await?;
        let due = signed["due"].as_str().unwrap_or_default();
        demo.tell(&format!(
            "Lena Hoffmann signs the production request; the operator has until {due}"
        ))
        .await?;
    }
    let seen = demo.api.get(OPERATOR, &path).await?;
    if seen["state"] == "queued" {
        demo.until("2027-03-11T08:00:00Z").await?;
        demo.api.post(OPERATOR, &format!("{path}/deploy"), Value::Null).await?;
    }
    let production = id(demo, PRODUCTION).await?;
    last_operation(demo, &production, "provision").await?;
    if seen["state"] != "deployed" {
        demo.tell("Kenji Mori deploys production: a process of its own, its accounts locked")
            .await?;
        steps::milestone(demo, "production-deployed", "2027-03-11").await?;
    }
    Ok(())
}

/// Waits for the newest operation of this kind on an environment.
async fn last_operation(demo: &Demo, environment: &str, kind: &str) -> Result<Value> {
    let all = demo.read(OPERATOR, &format!("/operations?environment={environment}")).await?;
    let newest =
        rows(&all).filter(|it| it["kind"] == kind).max_by_key(|it| it["created"].to_string());
    let newest = newest.with_context(|| format!("there is no operation {kind}"))?;
    demo.operation(OPERATOR, &text(newest, "id")?, "succeeded").await
}

/// A package that lacks a module and does not say that it is to go.
async fn missing_module(demo: &Demo) -> Result<()> {
    if demo.reached(6) {
        return Ok(());
    }
    let lacking = package(demo, "lukas.weber", "contoso-1.1-missing").await?;
    let production = id(demo, PRODUCTION).await?;
    let path = format!("/packages/{}", text(&lacking, "id")?);
    let body = json!({
        "environment": production, "starts": "2027-03-14T06:00:00Z", "ends": "2027-03-14T11:00:00Z",
    });
    let refused = demo.api.refused(OPERATOR, &format!("{path}/install"), body).await?;
    demo.tell_refusal("A package without the module shop_link goes to production", &refused).await
}

async fn install(demo: &Demo) -> Result<()> {
    let production = environment(demo, PRODUCTION).await?.context("production was deployed")?;
    if production["installed"]["package"].is_string() {
        return Ok(());
    }
    let candidate = package(demo, "lukas.weber", "contoso-1.1").await?;
    let path = format!("/packages/{}", text(&candidate, "id")?);
    if can(&demo.api.get(AUTHORITY, &path).await?, "package_approve") {
        let own = demo.api.refused("lukas.weber", &format!("{path}/approve"), Value::Null).await?;
        demo.tell_refusal("Lukas Weber approves the package that he has built", &own).await?;
        demo.api.post(AUTHORITY, &format!("{path}/approve"), Value::Null).await?;
        demo.tell("Henrik Brandt approves the package as the second person").await?;
    }
    let (starts, ends) = ("2027-03-13T06:00:00Z", "2027-03-13T11:00:00Z");
    let body = json!({ "environment": production["id"], "starts": starts, "ends": ends });
    let asked = demo.api.post(OPERATOR, &format!("{path}/install"), body).await?;
    demo.tell("The release candidate is scheduled for the night").await?;
    demo.until(starts).await?;
    demo.operation(OPERATOR, &text(&asked, "id")?, "succeeded").await?;
    demo.tell("The release candidate is installed on production").await
}

/// The database of the sandbox, into production: proven, neutralised, signed by somebody else.
async fn copy(demo: &Demo) -> Result<()> {
    let (source, destination) = (id(demo, "uat").await?, id(demo, PRODUCTION).await?);
    let copy = match copy_into(demo, &destination).await? {
        Some(copy) => copy,
        None => copied(demo, &source, &destination).await?,
    };
    let path = format!("/copies/{}", text(&copy, "id")?);
    if copy["state"] == "waiting" {
        let body = json!({ "digest": copy["report"]["digest"] });
        let own = demo.api.refused(MANAGER, &format!("{path}/sign-off"), body.clone()).await?;
        demo.tell_refusal("Lena Hoffmann signs the report of the copy that she has started", &own)
            .await?;
        demo.api.post("katja.maas", &format!("{path}/sign-off"), body).await?;
        demo.tell("Katja Maas signs the reconciliation of the copy").await?;
    }
    for task in rows(&copy["tasks"]).filter(|task| task["done"].is_null()) {
        let name = task["task"]["id"].as_str().or(task["id"].as_str()).unwrap_or_default();
        demo.api.post("oliver.stein", &format!("{path}/tasks"), json!({ "task": name })).await?;
    }
    Ok(())
}

async fn copied(demo: &Demo, source: &str, destination: &str) -> Result<Value> {
    demo.until("2027-03-16T10:00:00Z").await?;
    let body = |typed: &str| {
        json!({
            "source": source, "destination": destination, "typed_name": typed,
            "starts": "2027-03-17T18:00:00Z", "ends": "2027-03-17T22:00:00Z",
        })
    };
    let wrong = demo.api.refused(MANAGER, &demo.of("/copies"), body("prodcution")).await?;
    demo.tell_refusal("Lena Hoffmann starts the copy and mistypes the name", &wrong).await?;
    let asked = demo.act(MANAGER, "/copies", body(PRODUCTION)).await?;
    demo.tell("The copy of uat into production is scheduled for tomorrow night").await?;
    demo.until("2027-03-17T18:00:00Z").await?;
    demo.operation(MANAGER, &text(&asked, "id")?, "succeeded").await?;
    demo.tell("The database is copied, proven row by row, neutralised and swapped in").await?;
    copy_into(demo, destination).await?.context("a copy that was done is listed")
}
