//! The third phase: integration test, two cycles of acceptance, claims of the customer, the release candidate, the signature.

use super::api::{rows, text};
use super::people::{MANAGER, OPERATOR, SPONSOR};
use super::servicing::{copy_into, id, install, operate, package, sandbox};
use super::story::Demo;
use super::{files, steps};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// Who brings results in.
const TESTER: &str = "ewa.kowalska";

/// From the candidate on the sandbox to the signature under acceptance.
pub async fn run(demo: &mut Demo) -> Result<()> {
    if steps::is_complete(demo, "test").await? {
        return Ok(());
    }
    let uat = id(demo, "uat").await?;
    let candidate = package(demo, "lukas.weber", "contoso-1.1").await?;
    steps::settle(demo, "test", "2026-11-20T08:00:00Z").await?;
    practise_copy(demo, &uat).await?;
    broken_package(demo).await?;
    cycle(demo, &SIT).await?;
    steps::settle(demo, "test", "2026-12-14T08:00:00Z").await?;
    fact(
        demo,
        "tim.becker",
        "training.key_users_trained",
        "yes",
        "Attendance lists of five courses",
    )
    .await?;
    fact(demo, "leila.haddad", "uat.roles_assigned", "yes", "List of the testers with their roles")
        .await?;
    cycle(demo, &UAT_1).await?;
    steps::milestone(demo, "acceptance-start", "2026-12-15").await?;
    cycle(demo, &UAT_2).await?;
    steps::settle(demo, "test", "2027-02-12T18:00:00Z").await?;
    proofs(demo).await?;
    release_candidate(demo, &candidate).await?;
    steps::settle(demo, "test", "2027-02-16T08:00:00Z").await?;
    demo.until("2027-02-17T09:00:00Z").await?;
    sign(demo).await?;
    steps::settle(demo, "test", "2027-02-17T10:00:00Z").await?;
    steps::milestone(demo, "test-complete", "2027-02-17").await?;
    steps::complete(demo, "test").await?;
    demo.look().await
}

/// A cycle with its results.
struct Cycle {
    name: &'static str,
    title: &'static str,
    kind: &'static str,
    starts: &'static str,
    ends: &'static str,
    results: &'static [(&'static str, &'static str)],
}

const SIT: Cycle = Cycle {
    name: "sit",
    title: "System integration test",
    kind: "integration",
    starts: "2026-11-30",
    ends: "2026-12-11",
    results: &[("sit.csv", files::SIT)],
};
const UAT_1: Cycle = Cycle {
    name: "uat-1",
    title: "User acceptance, first cycle",
    kind: "acceptance",
    starts: "2026-12-15",
    ends: "2027-01-22",
    results: &[("uat-1.csv", files::UAT_1), ("uat-1-automated.xml", files::UAT_1_AUTOMATED)],
};
const UAT_2: Cycle = Cycle {
    name: "uat-2",
    title: "User acceptance, second cycle",
    kind: "acceptance",
    starts: "2027-01-25",
    ends: "2027-02-12",
    results: &[("uat-2.csv", files::UAT_2), ("uat-2-automated.xml", files::UAT_2_AUTOMATED)],
};

async fn cycle(demo: &Demo, cycle: &Cycle) -> Result<()> {
    let all = demo.read(TESTER, "/cycles").await?;
    let seen = match rows(&all).find(|it| it["name"] == cycle.name) {
        Some(seen) => seen.clone(),
        None => {
            demo.until(&format!("{}T06:00:00Z", cycle.starts)).await?;
            let body = json!({
                "name": cycle.name, "title": cycle.title, "kind": cycle.kind,
                "starts": cycle.starts, "ends": cycle.ends, "exit": ["report: The report is written"],
            });
            demo.act(TESTER, "/cycles", body).await?
        }
    };
    let path = format!("/cycles/{}", text(&seen, "id")?);
    if seen["state"] == "planned" {
        demo.api.post(TESTER, &format!("{path}/open"), json!({ "environment": "uat" })).await?;
    }
    if seen["state"] == "closed" {
        return Ok(());
    }
    demo.until(&format!("{}T17:00:00Z", cycle.ends)).await?;
    let mut results = 0;
    for (file, bytes) in cycle.results {
        let query = format!("/results/import?file={file}&environment=uat&cycle={}", cycle.name);
        let taken = demo.api.upload(TESTER, &demo.of(&query), bytes.as_bytes()).await?;
        results += taken["results"].as_u64().unwrap_or_default();
    }
    demo.api.post(TESTER, &format!("{path}/close"), json!({ "met": ["report"] })).await?;
    demo.tell(&format!("{} ends with {results} results", cycle.title)).await
}

/// A copy into another sandbox, signed by somebody else, and a restore.
async fn practise_copy(demo: &Demo, uat: &str) -> Result<()> {
    let perf = sandbox(demo, "perf", 4).await?;
    let candidate = package(demo, "lukas.weber", "contoso-1.1").await?;
    install(demo, "lukas.weber", &candidate, &perf).await?;
    let copy = match copy_into(demo, &perf).await? {
        Some(copy) => copy,
        None => {
            let body = json!({ "source": uat, "destination": perf, "typed_name": "perf" });
            operate(demo, OPERATOR, &demo.of("/copies"), body).await?;
            demo.tell("The database of uat is copied into perf and proven").await?;
            copy_into(demo, &perf).await?.context("a copy that was done is listed")?
        }
    };
    if copy["state"] == "waiting" {
        let path = format!("/copies/{}/sign-off", text(&copy, "id")?);
        demo.api.post("katja.maas", &path, json!({ "digest": copy["report"]["digest"] })).await?;
    }
    Ok(())
}

/// A package that fails by its own SQL after committing half; everything is as before.
async fn broken_package(demo: &Demo) -> Result<()> {
    let perf = id(demo, "perf").await?;
    let broken = package(demo, "lukas.weber", "contoso-1.2-broken").await?;
    let tried = demo.read(OPERATOR, &format!("/operations?environment={perf}")).await?;
    if rows(&tried).any(|it| it["state"] == "rolled_back") {
        return Ok(());
    }
    let path = format!("/packages/{}", text(&broken, "id")?);
    let where_to = json!({ "environment": perf });
    demo.api.post("lukas.weber", &format!("{path}/check"), where_to.clone()).await?;
    let asked = demo.api.post("lukas.weber", &format!("{path}/install"), where_to).await?;
    let ended = demo.operation("lukas.weber", &text(&asked, "id")?, "rolled_back").await?;
    let why = ended["diagnosis"].as_str().unwrap_or_default();
    demo.tell(&format!("Package 1.2 fails half-way on perf and is rolled back by itself: {why}"))
        .await
}

/// Defects, load test, and what only people can state.
async fn proofs(demo: &Demo) -> Result<()> {
    if rows(&demo.read(TESTER, "/defects").await?).next().is_none() {
        let path = demo.of("/defects/import?file=defects.csv");
        demo.api.upload(TESTER, &path, files::DEFECTS.as_bytes()).await?;
    }
    for defect in rows(&demo.read(MANAGER, "/defects").await?) {
        let path = format!("/defects/{}/change", text(defect, "id")?);
        demo.api.attempt(MANAGER, &path, json!({ "change": "accept_mitigation" })).await?;
    }
    let path = demo.of("/load-test/targets?file=load-targets.csv");
    demo.api.upload("tom.harris", &path, files::LOAD_TARGETS.as_bytes()).await?;
    let query = "/load-test?file=load-test.json&environment=uat&taken=2027-02-05T20:00:00Z";
    demo.api.upload("tom.harris", &demo.of(query), files::LOAD_TEST.as_bytes()).await?;
    let seen = json!({ "combined": true, "like_production": true, "near_limit": false, "night_run_in_time": true });
    demo.act("tom.harris", "/load-test/observe", seen).await?;
    activate_estimate(demo).await?;
    claims(demo).await
}

async fn activate_estimate(demo: &Demo) -> Result<()> {
    let estimates = demo.read(MANAGER, "/estimates").await?;
    for estimate in rows(&estimates).filter(|it| it["state"] != "active") {
        let path = format!("/estimates/{}/activate", text(estimate, "id")?);
        demo.api.post("oliver.stein", &path, json!({})).await?;
        demo.tell(&format!("The usage profile is active; size {}", estimate["size"]["name"]))
            .await?;
    }
    Ok(())
}

/// What the customer puts its name to: data, rules, descriptions.
async fn claims(demo: &Demo) -> Result<()> {
    let view = demo.read(MANAGER, "/acceptance").await?;
    let open = |list: &str| -> Vec<Value> {
        let all = rows(&view[list]).filter(|it| it["statement"].is_null());
        all.map(|it| it["name"].clone()).collect()
    };
    let mut data_sets = open("data_sets");
    data_sets.dedup();
    for (who, claim, names) in [
        ("sabine.koch", "migrated_master_data", data_sets.clone()),
        ("katja.maas", "opening_balances", data_sets),
        ("friedrich.lang", "regulation_confirmed", open("regulations")),
        ("sabine.koch", "feature_documented", open("features")),
    ] {
        if !names.is_empty() {
            let count = names.len();
            let body =
                json!({ "claim": claim, "names": names, "note": "Handbook, chapter of the area" });
            demo.act(who, "/statements", body).await?;
            demo.tell(&format!("Confirmed: {} ({count})", claim.replace('_', " "))).await?;
        }
    }
    Ok(())
}

async fn release_candidate(demo: &Demo, package: &Value) -> Result<()> {
    let path = format!("/packages/{}", text(package, "id")?);
    let seen = demo.api.get(MANAGER, &path).await?;
    if super::api::can(&seen, "package_sign_off") {
        demo.api.post(MANAGER, &format!("{path}/sign-off"), json!({ "issues": [] })).await?;
    }
    let seen = demo.api.get(MANAGER, &path).await?;
    if super::api::can(&seen, "package_mark_candidate") {
        demo.api.post(MANAGER, &format!("{path}/mark-candidate"), Value::Null).await?;
        demo.tell("Package 1.1 is signed off and named the release candidate").await?;
    }
    Ok(())
}

async fn sign(demo: &Demo) -> Result<()> {
    let view = demo.read(SPONSOR, "/acceptance").await?;
    if view["sign_off"]["state"] == "signed" {
        return Ok(());
    }
    let body = json!({
        "digest": view["sign_off"]["digest"], "capacity": "executive sponsor",
        "meaning": "The solution does what we need; we accept it for production",
    });
    let own =
        demo.api.refused("ewa.kowalska", &demo.of("/acceptance/sign-off"), body.clone()).await?;
    demo.tell_refusal("Ewa Kowalska signs the acceptance of her own tests", &own).await?;
    demo.act(SPONSOR, "/acceptance/sign-off", body).await?;
    demo.tell("Martina Vogel signs the acceptance").await
}

/// Records a value that people measured, unless it is on record.
pub async fn fact(demo: &Demo, who: &str, fact: &str, value: &str, note: &str) -> Result<()> {
    let known = demo.read(who, "/facts").await?;
    if rows(&known).any(|it| it["fact"] == fact && it["value"] == value) {
        return Ok(());
    }
    let body = json!({ "fact": fact, "value": value, "note": note });
    let answer = demo.api.attempt(who, &demo.of("/facts"), body).await?;
    if !answer.status.is_success() {
        let why = answer.body["detail"].as_str().unwrap_or_default();
        demo.tell(&format!("{fact} is not recorded: {why}")).await?;
    }
    Ok(())
}
