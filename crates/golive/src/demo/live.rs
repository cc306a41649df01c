//! The live run: every task by its own people, real operations on production, the go/no-go, the first day, the end of the
//! run.

use super::api::{rows, text};
use super::cutover::{LEADER, wait, worker};
use super::decision;
use super::people::{AUTHORITY, MANAGER};
use super::production::PRODUCTION;
use super::servicing::id;
use super::steps;
use super::story::Demo;
use super::testing::fact;
use super::timetable::{Timed, forward};
use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// An operation that a task has called ends within this time.
const PATIENCE: Duration = Duration::from_mins(1);

/// From the first task, two weeks before, to the end of hypercare's first day.
pub async fn run(demo: &mut Demo) -> Result<()> {
    let path = opened(demo).await?;
    let run = demo.api.get(LEADER, &path).await?;
    if run["state"] == "running" {
        let plan = demo.read(LEADER, "/cutover-plan").await?;
        let tasks: Vec<&Value> = rows(&plan["tasks"]).collect();
        let times = forward(&tasks, SignedDuration::ZERO)?;
        perform(demo, &path, (&run, &times)).await?;
        close(demo, &path).await?;
    }
    steps::settle(demo, "deploy", "2027-04-05T18:00:00Z").await?;
    demo.look().await
}

async fn opened(demo: &Demo) -> Result<String> {
    let runs = demo.read(LEADER, "/cutover-runs").await?;
    let known = rows(&runs).find(|run| run["kind"] == "live" && run["state"] != "cancelled");
    let run = match known {
        Some(run) => run.clone(),
        None => {
            let body = json!({ "kind": "live", "environment": id(demo, PRODUCTION).await? });
            demo.act(LEADER, "/cutover-runs", body).await?
        }
    };
    let path = format!("/cutover-runs/{}", text(&run, "id")?);
    if run["state"] == "planned" {
        demo.until("2027-03-23T08:00:00Z").await?;
        demo.api.post(LEADER, &format!("{path}/start"), Value::Null).await?;
        demo.tell("The gate of the cutover is open; Marco Conti starts the live run").await?;
        let note = "The gate of the cutover's start was open on 23 March";
        fact(demo, LEADER, "cutover.entrance_met", "yes", note).await?;
    }
    Ok(path)
}

/// What happens at an instant.
enum Moment<'a> {
    Start(&'a Timed<'a>),
    Finish(&'a Timed<'a>),
}

/// Every start and every finish in the order of time.
async fn perform(demo: &mut Demo, path: &str, (run, times): (&Value, &[Timed<'_>])) -> Result<()> {
    let state = |timed: &Timed<'_>| {
        let task = rows(&run["tasks"]).find(|task| task["id"] == timed.task["id"]);
        task.and_then(|task| task["state"].as_str()).unwrap_or("waiting").to_owned()
    };
    let mut moments: Vec<(Timestamp, u8, Moment<'_>)> = Vec::new();
    for timed in times {
        let state = state(timed);
        let is_open = matches!(state.as_str(), "waiting" | "failed" | "held");
        // What ends comes first; then what takes no time, begun and ended at once; then what begins.
        let at_once = timed.start == timed.finish;
        if is_open {
            moments.push((timed.start, if at_once { 1 } else { 2 }, Moment::Start(timed)));
        }
        if is_open || matches!(state.as_str(), "running" | "operating") {
            moments.push((timed.finish, u8::from(at_once), Moment::Finish(timed)));
        }
    }
    moments.sort_by_key(|(at, rank, _)| (*at, *rank));
    for (at, _, moment) in moments {
        wait(demo, at).await?;
        match moment {
            Moment::Start(timed) => start(demo, path, timed).await?,
            Moment::Finish(timed) => finish(demo, path, timed).await?,
        }
    }
    Ok(())
}

async fn start(demo: &mut Demo, path: &str, timed: &Timed<'_>) -> Result<()> {
    if timed.task["kind"] == "checkpoint" {
        return Ok(());
    }
    let (who, task) = (worker(timed.task), format!("{path}/tasks/{}", timed.id()));
    let seen = demo.api.get(who, &task).await?;
    let by_hand = seen["by_golive"] == false;
    demo.api.post(who, &format!("{task}/start"), json!({ "by_hand": by_hand })).await?;
    if by_hand {
        return Ok(());
    }
    let started = Instant::now();
    loop {
        let seen = demo.api.get(who, &task).await?;
        match seen["state"].as_str() {
            Some("done") => break,
            Some("operating") if started.elapsed() < PATIENCE => {}
            other => bail!("{} is {other:?}: {}", timed.id(), seen["particulars"]),
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    demo.tell(&format!("{}: done by golive on production", text(timed.task, "title")?)).await
}

async fn finish(demo: &mut Demo, path: &str, timed: &Timed<'_>) -> Result<()> {
    let (who, task) = (worker(timed.task), format!("{path}/tasks/{}", timed.id()));
    if timed.task["kind"] == "checkpoint" {
        if timed.id() == "cp-go" {
            decision::go(demo).await?;
        }
        let body = json!({ "decision": "go", "note": "As measured" });
        demo.api.post(who, &format!("{task}/decide"), body).await?;
        demo.tell(&format!("Checkpoint passed: {}", text(timed.task, "title")?)).await?;
    } else {
        let seen = demo.api.get(who, &task).await?;
        if seen["state"] == "done" {
            return Ok(());
        }
        let note = note(timed.id());
        demo.api.post(who, &format!("{task}/finish"), json!({ "note": note })).await?;
    }
    match timed.id() {
        "go-minutes" => decision::minutes(demo).await,
        "live" => first_day(demo).await,
        _ => Ok(()),
    }
}

/// What is said to tasks that were done otherwise than the plan has them.
fn note(task: &str) -> &'static str {
    match task {
        "prep-file-package" | "prep-install-package" | "prep-check-package" => {
            "The release candidate has been installed since 13 March; nothing newer is to come"
        }
        "prep-file-copy" | "tech-copy" | "tech-prove-copy" | "tech-sign-copy" => {
            "The copy of 17 March stands, proven and signed; nothing was posted in production since"
        }
        _ => "",
    }
}

async fn first_day(demo: &mut Demo) -> Result<()> {
    let since = demo.now().await?.to_string();
    demo.act(AUTHORITY, "/go-live/record", json!({ "since": since })).await?;
    demo.tell("Contoso is live; Henrik Brandt records it").await?;
    steps::milestone(demo, "cutover-start", "2027-04-02").await?;
    demo.look().await
}

/// What was measured at the end, and the end of the run.
async fn close(demo: &Demo, path: &str) -> Result<()> {
    for (who, name, value, note) in [
        ("katja.maas", "validation.signed_by_owners", "100", "Signed lists of all areas"),
        ("leila.haddad", "access.users_enabled", "100", "740 of 740 accounts"),
        ("ravi.iyer", "jobs.released_under_service_account", "100", "List of the jobs"),
        (
            MANAGER,
            "validation.first_documents_right",
            "100",
            "First sale, shipment, order and invoice",
        ),
        ("marek.nowak", "legacy.posting_locked", "yes", "ORION takes no postings since 4 April"),
        ("oliver.stein", "production.restore_point_kept", "yes", "The point of 4 April is kept"),
        (LEADER, "cutover.log_sealed", "yes", "The chain of the log verifies"),
    ] {
        fact(demo, who, name, value, note).await?;
    }
    let closed = demo.api.post(LEADER, &format!("{path}/close"), Value::Null).await?;
    demo.tell(&format!("The live run is closed: {} of {} tasks", closed["over"], closed["of"]))
        .await
}
