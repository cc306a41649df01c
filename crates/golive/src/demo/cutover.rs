//! The cutover plan and its two rehearsals: the first to the end of its window, the second with the way back.

use super::api::{rows, text};
use super::people::{self, AUTHORITY, MANAGER, OPERATOR, SPONSOR};
use super::production::PRODUCTION;
use super::servicing::{id, operate};
use super::steps;
use super::story::Demo;
use super::testing::fact;
use super::timetable::{Timed, before, forward, way_back};
use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Who leads the cutover.
pub const LEADER: &str = "marco.conti";

/// One rehearsal on the sandbox.
struct Rehearsal {
    title: &'static str,
    day_zero: &'static str,
    /// The run is started now.
    begins: &'static str,
    /// The clock when the results are written down.
    ends: &'static str,
    /// From the times of the plan to those of the rehearsal.
    shift: SignedDuration,
    goes_back: bool,
}

/// Four weeks before, in winter time.
const FIRST: Rehearsal = Rehearsal {
    title: "Rehearsal 1",
    day_zero: "2027-03-08",
    begins: "2027-03-05T16:00:00Z",
    ends: "2027-03-07T17:00:00Z",
    shift: SignedDuration::from_hours(-28 * 24 + 1),
    goes_back: false,
};
/// Two weeks before, in winter time.
const DRESS: Rehearsal = Rehearsal {
    title: "Dress rehearsal with way back",
    day_zero: "2027-03-22",
    begins: "2027-03-19T16:00:00Z",
    ends: "2027-03-21T14:30:00Z",
    shift: SignedDuration::from_hours(-14 * 24 + 1),
    goes_back: true,
};

/// The plan is chosen, and rehearsed for the first time.
pub async fn first_rehearsal(demo: &Demo) -> Result<()> {
    if demo.read(LEADER, "/cutover-plan").await.is_err() {
        demo.act(LEADER, "/cutover-plan/choose", json!({ "template": "cutover-weekend" })).await?;
        let plan = demo.read(LEADER, "/cutover-plan").await?;
        let tasks = rows(&plan["tasks"]).count();
        demo.tell(&format!("Marco Conti chooses the cutover plan: {tasks} tasks")).await?;
    }
    rehearse(demo, &FIRST).await
}

/// From the dress rehearsal to production in the customer's hand and a live run that may start.
pub async fn run(demo: &mut Demo) -> Result<()> {
    rehearse(demo, &DRESS).await?;
    restore(demo).await?;
    demo.until("2027-03-22T08:00:00Z").await?;
    steps::milestone(demo, "rehearsal-complete", "2027-03-21").await?;
    sign(demo).await?;
    confirm(demo).await?;
    measured(demo).await?;
    take_control(demo).await?;
    steps::settle(demo, "deploy", "2027-03-22T16:00:00Z").await?;
    demo.look().await
}

async fn rehearse(demo: &Demo, rehearsal: &Rehearsal) -> Result<()> {
    let runs = demo.read(LEADER, "/cutover-runs").await?;
    let known = rows(&runs).find(|run| run["title"] == rehearsal.title);
    if known.is_some_and(|run| run["state"] == "completed" || run["state"] == "went_back") {
        return Ok(());
    }
    let id = match known {
        Some(run) => text(run, "id")?,
        None => {
            let body = json!({
                "kind": "rehearsal", "environment": id(demo, "perf").await?,
                "title": rehearsal.title, "day_zero": rehearsal.day_zero,
            });
            text(&demo.act(LEADER, "/cutover-runs", body).await?, "id")?
        }
    };
    demo.until(rehearsal.begins).await?;
    let path = format!("/cutover-runs/{id}");
    let mut run = demo.api.get(LEADER, &path).await?;
    if run["state"] == "planned" {
        run = demo.api.post(LEADER, &format!("{path}/start"), Value::Null).await?;
        demo.tell(&format!("{} begins on perf", rehearsal.title)).await?;
    }
    demo.until(rehearsal.ends).await?;
    let plan = demo.read(LEADER, "/cutover-plan").await?;
    let tasks: Vec<&Value> = rows(&plan["tasks"]).collect();
    let wanted = before(&tasks, "window-closes");
    let times: Vec<Timed<'_>> = forward(&tasks, rehearsal.shift)?
        .into_iter()
        .filter(|timed| wanted.contains(timed.id()))
        .collect();
    record(demo, &path, &run, &times).await?;
    if rehearsal.goes_back {
        go_back(demo, &path, (&run, &tasks)).await?;
    }
    let closed = demo.api.post(LEADER, &format!("{path}/close"), Value::Null).await?;
    let state = text(&closed, "state")?.replace('_', " ");
    demo.tell(&format!("{} is closed: {state}, {} tasks measured", rehearsal.title, closed["over"]))
        .await
}

async fn go_back(demo: &Demo, path: &str, (run, tasks): (&Value, &[&Value])) -> Result<()> {
    let now = demo.now().await?;
    let seen = demo.api.get(LEADER, path).await?;
    if seen["state"] == "running" {
        let body = json!({ "reason": "Rehearsed: from the point of no return, with a clock", "knowing": true });
        demo.api.post(LEADER, &format!("{path}/go-back"), body).await?;
        demo.tell("The way back is gone").await?;
    }
    let times = way_back(tasks, now)?;
    let end = times.iter().map(|timed| timed.finish).max().unwrap_or(now);
    demo.until(&end.to_string()).await?;
    record(demo, path, run, &times).await
}

/// Writes down when each task was started and finished, in this order.
async fn record(demo: &Demo, path: &str, run: &Value, times: &[Timed<'_>]) -> Result<()> {
    for timed in times {
        let state = rows(&run["tasks"]).find(|task| task["id"] == timed.task["id"]);
        let is_open = state.is_none_or(|task| task["state"] == "waiting");
        if !is_open {
            continue;
        }
        let who = worker(timed.task);
        let body = json!({
            "started": timed.start.to_string(), "finished": timed.finish.to_string(), "note": "As measured",
        });
        demo.api.post(who, &format!("{path}/tasks/{}/record", timed.id()), body).await?;
    }
    Ok(())
}

/// Whoever has the role of the task; else the leader of the cutover.
pub fn worker(task: &Value) -> &'static str {
    task["owner"].as_str().and_then(people::with_role).unwrap_or(LEADER)
}

/// A restore point and the way back to it, on the sandbox of the rehearsals.
async fn restore(demo: &Demo) -> Result<()> {
    let perf = id(demo, "perf").await?;
    let done = demo.read(OPERATOR, &format!("/operations?environment={perf}")).await?;
    if rows(&done).any(|it| it["kind"] == "restore" && it["state"] == "succeeded") {
        return Ok(());
    }
    let path = format!("/environments/{perf}");
    let taken = operate(demo, OPERATOR, &format!("{path}/restore-point"), Value::Null).await?;
    let kept = demo.api.get(OPERATOR, &format!("{path}/leftovers")).await?;
    let newest = text(&taken, "id")?;
    let named = |it: &&Value| it["name"].as_str().is_some_and(|name| name.contains(&newest));
    let point = rows(&kept).find(named);
    let point = point.context("a restore point that was taken is listed")?;
    operate(demo, OPERATOR, &format!("{path}/restore"), json!({ "point": point["name"] })).await?;
    demo.tell("perf is restored to its restore point, for practice").await
}

/// Signed by the customer; whoever changed the plan last may not.
async fn sign(demo: &Demo) -> Result<()> {
    let plan = demo.read(AUTHORITY, "/cutover-plan").await?;
    if plan["state"] == "signed" {
        return Ok(());
    }
    let body = json!({
        "digest": plan["digest"],
        "meaning": "The plan is complete and rehearsed; the customer stands by it",
    });
    let own = demo.api.refused(LEADER, &demo.of("/cutover-plan/sign"), body.clone()).await?;
    demo.tell_refusal("Marco Conti signs the plan that he has written", &own).await?;
    demo.act(AUTHORITY, "/cutover-plan/sign", body).await?;
    demo.tell("Henrik Brandt signs the cutover plan").await
}

/// Everybody on the plan says that he will be there.
async fn confirm(demo: &Demo) -> Result<()> {
    let plan = demo.read(LEADER, "/cutover-plan").await?;
    if rows(&plan["confirmed"]).next().is_some() {
        return Ok(());
    }
    let mut confirmed = 0;
    for person in people::persons() {
        let answer =
            demo.api.attempt(person, &demo.of("/cutover-plan/confirm"), Value::Null).await?;
        confirmed += usize::from(answer.status.is_success());
    }
    demo.tell(&format!("{confirmed} people confirm their part in the plan")).await
}

/// What people measured before the cutover.
async fn measured(demo: &Demo) -> Result<()> {
    for (who, name, value, note) in [
        ("sabine.koch", "data.plan_approved", "yes", "Approved in the meeting of 12 March"),
        ("tim.becker", "training.ends_before_go_live", "yes", "Last course on 31 March"),
        ("tim.becker", "training.trained_share", "97", "Attendance lists of all courses"),
        ("julia.fuchs", "support.ready", "yes", "Rota, tool and phone numbers are in place"),
        ("julia.fuchs", "support.test_ticket_answered", "yes", "Answered in eleven minutes"),
        ("julia.fuchs", "support.hypercare_shifts_filled", "100", "Rota of the first six weeks"),
        ("amelie.roth", "communication.notices_sent", "100", "Notices to staff and partners"),
        ("greta.nilsson", "manual.entrance-access", "yes", "Access of the cutover team tested"),
        ("oliver.stein", "restore.last_proof_age_days", "1", "Restored on perf on 21 March"),
    ] {
        fact(demo, who, name, value, note).await?;
    }
    Ok(())
}

async fn take_control(demo: &Demo) -> Result<()> {
    let seen = demo.read(MANAGER, "/go-live").await?;
    if seen["control_since"].is_string() {
        return Ok(());
    }
    demo.act(SPONSOR, "/go-live/take-control", Value::Null).await?;
    demo.tell(&format!("Martina Vogel takes {PRODUCTION} into the customer's hand")).await
}

/// The clock of a run is moved to this instant unless it is past it.
pub async fn wait(demo: &Demo, instant: Timestamp) -> Result<()> {
    demo.until(&instant.to_string()).await
}
