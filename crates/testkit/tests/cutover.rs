//! The cutover through its services: a signature ends with a change, a live run waits for its gate, an automatic task ends
//! with its operation, checkpoints are decided by their role, production is unclean after a mock cutover.

use golive_app::cutover::{BackRequest, CutoverSignature, RunRequest, TaskDecision, TaskMeasured};
use golive_app::{Actor, Error};
use golive_core::cutover::kept::KeptRun;
use golive_core::cutover::run::State as RunState;
use golive_core::environment::{Environment, Purpose};
use golive_core::gate::{Gate, Status};
use golive_core::id::{EnvironmentId, ProjectId, RunId};
use golive_core::value::Value;
use golive_store::{Told, Write};
use golive_testkit::{Seat, TestApp};
use serde_json::json;

const PLAN: &str = r#"
schema = "golive.cutover-plan/1"
[plan]
id = "small"
version = "1.0.0"
title = "Small"
window_start = { day = -1, time = "18:00" }
window_hours = 6
business_start = { day = 0, time = "06:00" }
old_system_needed_again = { day = 0, time = "05:00" }
window_opens = "open"
window_closes = "close"
[[stream]]
id = "all"
number = 1
title = "All"
lead = "cutover-manager"
[[section]]
id = "window"
number = 1
title = "Window"
[[section]]
id = "rollback"
number = 2
title = "Way back"
"#;

fn task(number: u32, id: &str, more: &str) -> String {
    format!(
        "[[task]]\nid = \"{id}\"\nnumber = {number}\ntitle = \"{id}\"\nstream = \"all\"\nowner = \"cutover-manager\"\nbackup = \"deputy-cutover-manager\"\nplanned = 10\noptimistic = 5\npessimistic = 20\nverification = \"seen\"\nundo = \"undone\"\ninstructions = \"\"\n{more}\n"
    )
}

fn plan() -> String {
    let window = "section = \"window\"\n";
    let tasks = [
        task(
            1,
            "open",
            &format!(
                "{window}kind = \"milestone\"\npredecessors = []\nfixed_start = {{ day = -1, time = \"18:00\" }}"
            ),
        ),
        task(
            2,
            "lock",
            &format!(
                "{window}kind = \"automatic\"\noperation = \"environment.lock_users\"\npredecessors = [\"open\"]"
            ),
        ),
        task(3, "decide", &format!("{window}kind = \"checkpoint\"\npredecessors = [\"lock\"]")),
        task(4, "close", &format!("{window}kind = \"milestone\"\npredecessors = [\"decide\"]")),
        task(
            5,
            "leave",
            &format!(
                "{window}kind = \"task\"\npoint_of_no_return = true\npredecessors = [\"close\"]"
            ),
        ),
        task(6, "back", "section = \"rollback\"\nkind = \"checkpoint\"\npredecessors = []"),
        task(
            7,
            "back-open",
            "section = \"rollback\"\nkind = \"checkpoint\"\npredecessors = [\"back\"]",
        ),
    ];
    format!("{PLAN}{}", tasks.concat())
}

struct Ground {
    app: TestApp,
    project: ProjectId,
    environment: EnvironmentId,
    henrik: Actor,
    anneke: Actor,
    priya: Actor,
}

async fn ground() -> Ground {
    let app = TestApp::new().await;
    let project = app.project("contoso").await;
    let seat =
        |side| Seat { side, project_manager: true, key_stakeholder: true, ..Seat::default() };
    let henrik = app
        .member_of(project, "henrik", Seat { roles: &["cutover-manager"], ..seat("customer") })
        .await;
    let anneke = app.member_of(project, "anneke", seat("customer")).await;
    let priya = app.member_of(project, "priya", seat("partner")).await;
    let environment = app.running_environment(&henrik, project, "prod").await;
    let date = "2026-04-06".parse().expect("a day");
    app.go_live_date_set(&henrik, project, date, "").await.expect("the date is set");
    app.cutover_plan_import(&priya, project, ("plan.toml", plan().as_bytes()), false)
        .await
        .expect("a good plan");
    Ground { app, project, environment, henrik, anneke, priya }
}

impl Ground {
    async fn write(&self) -> Write {
        self.app.store.write(self.project, self.app.own_stamp()).await.expect("the store writes")
    }

    /// The sandbox is taken for production from now on.
    async fn is_production(&self) {
        let mut write = self.write().await;
        let mut seen = write.get::<Environment>(self.environment).await.expect("it is there");
        seen.value.spec.purpose = Purpose::Production;
        let told = Told::plain("environment.changed", json!({}));
        write
            .change_told(self.environment, seen.version, &seen.value, &told)
            .await
            .expect("stored");
        write.commit().await.expect("stored");
    }

    async fn open(&self, kind: &str) -> RunId {
        let wanted = RunRequest {
            kind: kind.into(),
            environment: self.environment,
            title: None,
            day_zero: None,
        };
        let run = self
            .app
            .cutover_run_open(&self.henrik, self.project, &wanted)
            .await
            .expect("the run opens");
        run.id.parse().expect("an id that was just shown")
    }

    /// Past the gate, for what comes after it.
    async fn is_running(&self, run: RunId) {
        let mut write = self.write().await;
        let mut seen = write.get::<KeptRun>(run).await.expect("it is there");
        seen.value.stands = RunState::Running { since: write.now() };
        let told = Told::plain("cutover_run.started", json!({}));
        write.change_told(run, seen.version, &seen.value, &told).await.expect("stored");
        write.commit().await.expect("stored");
    }

    async fn wait_until_the_window(&self) {
        self.app.wait_days(35).await;
    }

    async fn measured(&self, run: RunId, task: &str) {
        let now = self.app.clock.now();
        let measured = TaskMeasured {
            started: now - jiff::SignedDuration::from_mins(30),
            finished: now,
            note: String::new(),
        };
        self.app.task_record(&self.henrik, run, task, &measured).await.expect("recorded");
    }

    async fn clean(&self) -> (Status, Value) {
        let gate = self
            .app
            .gate_explain(&self.henrik, self.project, Gate::CutoverStart)
            .await
            .expect("judged");
        let found = gate.verdict.criteria.iter().find(|c| c.id == "clean-production");
        let found = found.expect("the criterion is there");
        (found.status, found.value.clone())
    }
}

#[tokio::test]
async fn a_signature_binds_to_what_was_shown_and_ends_with_a_change() {
    let g = ground().await;
    let shown = g.app.cutover_plan_view(&g.anneke, g.project).await.expect("the plan is there");
    let sign =
        |digest: &str| CutoverSignature { digest: digest.into(), meaning: "we stand by it".into() };
    let other = g.app.cutover_plan_sign(&g.anneke, g.project, &sign("sha256:00")).await;
    assert!(matches!(other, Err(Error::NotNow(_))), "{other:?}");
    let partner = g.app.cutover_plan_sign(&g.priya, g.project, &sign(&shown.digest)).await;
    assert!(matches!(partner, Err(Error::Forbidden(_))), "{partner:?}");
    let signed =
        g.app.cutover_plan_sign(&g.anneke, g.project, &sign(&shown.digest)).await.expect("signed");
    assert_eq!(signed.state, "signed");

    let text = plan().replace("title = \"leave\"", "title = \"leave now\"");
    let preview = g
        .app
        .cutover_plan_import(&g.priya, g.project, ("plan.toml", text.as_bytes()), true)
        .await
        .expect("a good plan");
    assert!(preview.ends_signature && !preview.applied);
    assert_eq!(preview.changed.len(), 1);
    assert_eq!(g.app.cutover_plan_view(&g.anneke, g.project).await.expect("there").state, "signed");
    g.app
        .cutover_plan_import(&g.priya, g.project, ("plan.toml", text.as_bytes()), false)
        .await
        .expect("a good plan");
    assert_eq!(
        g.app.cutover_plan_view(&g.anneke, g.project).await.expect("there").state,
        "superseded"
    );
}

#[tokio::test]
async fn a_live_run_waits_for_its_gate_and_takes_place_in_production() {
    let g = ground().await;
    let wanted =
        RunRequest { kind: "live".into(), environment: g.environment, title: None, day_zero: None };
    let sandbox = g.app.cutover_run_open(&g.henrik, g.project, &wanted).await;
    assert!(matches!(sandbox, Err(Error::NotNow(_))), "{sandbox:?}");
    g.is_production().await;
    let run = g.open("live").await;
    let refused = g.app.cutover_run_start(&g.henrik, run).await;
    let Err(Error::GateShut(verdict)) = refused else { panic!("it started: {refused:?}") };
    assert!(verdict.reasons().any(|reason| reason.id.contains("plan-signed")), "{verdict:?}");
    let view = g.app.cutover_run_view(&g.henrik, run).await.expect("the board");
    let start =
        view.actions.iter().find(|action| action.name == "cutover_run_start").expect("offered");
    assert!(!start.is_open(), "the button and the refusal agree");
}

#[tokio::test]
async fn a_live_run_goes_from_operation_to_checkpoint_to_no_return() {
    let g = ground().await;
    g.is_production().await;
    let run = g.open("live").await;
    g.is_running(run).await;
    let early = g.app.task_start(&g.henrik, run, "open", false).await;
    assert!(matches!(early, Err(Error::Refused(_))), "before its fixed start: {early:?}");
    g.wait_until_the_window().await;
    g.app.task_start(&g.henrik, run, "open", false).await.expect("started");
    g.app.task_finish(&g.henrik, run, "open", "seen").await.expect("finished");

    let at_work =
        g.app.task_start(&g.henrik, run, "lock", false).await.expect("the operation is planned");
    assert_eq!(at_work.state, "operating");
    let decided_early = g.app.task_decide(&g.henrik, run, "decide", &said("go")).await;
    assert!(matches!(decided_early, Err(Error::Refused(_))), "{decided_early:?}");
    g.app.run_until_idle().await;
    assert_eq!(g.app.task_view(&g.henrik, run, "lock").await.expect("there").state, "done");
    let locked =
        g.app.stored(g.environment).await.state.installed().is_some_and(|there| there.locked);
    assert!(locked, "the operation was real");

    let other = g.app.task_decide(&g.priya, run, "decide", &said("go")).await;
    assert!(matches!(other, Err(Error::Refused(_))), "only its role decides: {other:?}");
    let skipped = g.app.task_skip(&g.henrik, run, "decide", "no time").await;
    assert!(matches!(skipped, Err(Error::Refused(_))), "{skipped:?}");
    let held = g.app.task_decide(&g.henrik, run, "decide", &said("no_go")).await.expect("held");
    assert_eq!(held.state, "held");
    assert_eq!(
        g.app.task_decide(&g.henrik, run, "decide", &said("go")).await.expect("passed").state,
        "passed"
    );

    for task in ["close", "leave"] {
        g.app.task_start(&g.henrik, run, task, false).await.expect("started");
        g.app.task_finish(&g.henrik, run, task, "").await.expect("finished");
    }
    let blind = BackRequest { reason: "it burns".into(), knowing: false };
    let refused = g.app.cutover_run_go_back(&g.henrik, run, &blind).await;
    assert!(matches!(&refused, Err(Error::NotNow(why)) if why.contains("leave")), "{refused:?}");
    let closed = g.app.cutover_run_close(&g.henrik, run).await;
    assert!(matches!(closed, Err(Error::GateShut(_))), "the end has its gate too: {closed:?}");
}

#[tokio::test]
async fn an_operation_that_is_cancelled_fails_its_task() {
    let mut g = ground().await;
    g.app.may_leave_work();
    let run = g.open("rehearsal").await;
    g.app.cutover_run_start(&g.henrik, run).await.expect("a rehearsal has no gate");
    g.measured(run, "open").await;
    let at_work = g.app.task_start(&g.henrik, run, "lock", false).await.expect("planned");
    let operation = match at_work.particulars {
        golive_core::cutover::task::State::Operating { operation, .. } => operation,
        other => panic!("{other:?}"),
    };
    g.app.operation_cancel(&g.henrik, operation, "not today").await.expect("cancelled");
    g.app.run_until_idle().await;
    let task = g.app.task_view(&g.henrik, run, "lock").await.expect("there");
    assert_eq!(task.state, "failed");
    let again = task.actions.iter().find(|action| action.name == "task_start").expect("offered");
    assert!(again.is_open(), "it may be tried again: {again:?}");
}

#[tokio::test]
async fn production_is_unclean_after_a_mock_cutover() {
    let g = ground().await;
    g.is_production().await;
    assert_eq!(g.clean().await, (Status::Met, Value::Flag(true)));
    let run = g.open("rehearsal").await;
    g.app.cutover_run_start(&g.henrik, run).await.expect("started");
    assert_eq!(g.clean().await.1, Value::Flag(false), "while it is under way");
    for task in ["open", "lock", "decide", "close", "leave"] {
        g.measured(run, task).await;
    }
    g.app.cutover_run_close(&g.henrik, run).await.expect("closed");
    assert_eq!(g.clean().await.1, Value::Flag(false));
    let drift = g.app.cutover_run_drift(&g.henrik, run).await.expect("compared");
    assert!(drift.tasks.iter().all(|line| line.actual == 30 && line.minutes == 20), "{drift:?}");
}

fn said(decision: &str) -> TaskDecision {
    TaskDecision { decision: decision.into(), note: "as we talked".into() }
}
