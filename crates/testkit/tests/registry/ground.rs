//! Runs one operation after another on one app, each with faults of its own, and compares the ends.

use crate::fixtures::{Asked, Fixture};
use golive_app::Actor;
use golive_app::operations::Registry;
use golive_core::id::ProjectId;
use golive_core::operation::Choice;
use golive_testkit::{Fault, Place, Plan, TestApp, What, injected};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An app whose steps ask a plan, with one project.
pub struct Ground {
    pub test: TestApp,
    pub plan: Arc<Plan>,
    project: ProjectId,
    manager: Actor,
    fixture: Fixture,
    runs: AtomicUsize,
}

/// What a fixture prepares its run with.
pub struct Scene<'a> {
    pub test: &'a TestApp,
    pub project: ProjectId,
    pub manager: &'a Actor,
    pub number: usize,
}

impl Scene<'_> {
    /// A name that no other run uses.
    pub fn name(&self, text: &str) -> String {
        format!("{text}-{}", self.number)
    }
}

/// How things stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    /// The environment's state, without ids and times.
    environment: Value,
    /// What a user of the environment could tell apart.
    essence: Value,
    /// How often each effect happened.
    effects: BTreeMap<String, usize>,
    /// Files in the operation's folder, without its log.
    files: Vec<String>,
}

/// What one run did.
pub struct Trace {
    outcome: String,
    before: Stand,
    after: Stand,
    unstruck: Vec<Fault>,
    diagnosis: String,
}

impl Trace {
    /// It ended as named, just like the undisturbed run.
    #[track_caller]
    pub fn ends(&self, outcome: &str, like: &Stand, what: &str) {
        self.struck(what);
        assert_eq!(self.outcome, outcome, "{what}: {}", self.diagnosis);
        assert_eq!(&self.after, like, "{what}");
    }

    /// It ended as named, and everything is as before it was asked.
    #[track_caller]
    pub fn is_as_before(&self, outcome: &str, what: &str) {
        self.struck(what);
        assert_eq!(self.outcome, outcome, "{what}: {}", self.diagnosis);
        assert_eq!(self.after.environment, self.before.environment, "{what}");
        assert_eq!(self.after.essence, self.before.essence, "{what}");
        assert_eq!(self.after.files, self.before.files, "{what}");
    }

    /// A fault that never struck tests nothing.
    #[track_caller]
    fn struck(&self, what: &str) {
        assert!(self.unstruck.is_empty(), "{what}: never came to {:?}", self.unstruck);
    }
}

impl Ground {
    pub async fn new(fixture: Fixture) -> Self {
        let plan = Arc::new(Plan::default());
        let registry = injected(&Registry::standard(), &plan);
        let builder = TestApp::builder().with_plan(plan.clone()).with_operations(registry);
        let test = builder.build().await;
        let project = test.project("contoso").await;
        let manager = test.manager(project).await;
        Self { test, plan, project, manager, fixture, runs: AtomicUsize::new(0) }
    }

    pub fn steps(&self, kind: &str) -> usize {
        self.test.operations.newest(kind).expect("it is registered").steps().len()
    }

    /// The end of a run without faults.
    pub async fn undisturbed(&self) -> Stand {
        let trace = self.run(&[]).await;
        assert_eq!(trace.outcome, "succeeded", "{}", trace.diagnosis);
        trace.after
    }

    pub async fn run(&self, faults: &[Fault]) -> Trace {
        let (asked, before) = self.ask().await;
        self.plan.set(faults.iter().copied());
        self.carry_on().await;
        self.trace(&asked, before).await
    }

    /// Runs until a person is needed, chooses, and runs to the end.
    pub async fn run_and_choose(&self, faults: &[Fault], choice: Choice) -> Trace {
        let (asked, before) = self.ask().await;
        self.plan.set(faults.iter().copied());
        self.carry_on().await;
        let id = asked.operation;
        let waits = self.test.outcome(id).await;
        assert!(waits == "attention" || waits == "rollback_failed", "{faults:?}: {waits}");
        if let (Some(environment), "rollback_failed") = (asked.environment, waits.as_str()) {
            assert_eq!(self.test.stored(environment).await.state.name(), "blocked", "{faults:?}");
        }
        let chosen =
            self.test.operation_choose(&self.manager, id, choice, "as the test says").await;
        chosen.expect("a manager may settle it");
        self.carry_on().await;
        self.trace(&asked, before).await
    }

    /// Kills the server after a step, and stops the operation before it comes back.
    pub async fn cancel_after(&self, step: usize) -> Trace {
        let (asked, before) = self.ask().await;
        self.plan.set([Fault {
            step,
            undo: false,
            place: Place::After,
            what: What::Kill,
            times: 1,
        }]);
        self.carry_on_until_killed().await;
        let id = asked.operation;
        let cancelled = self.test.operation_cancel(&self.manager, id, "as the test says").await;
        cancelled.expect("a manager may stop it");
        self.carry_on().await;
        self.trace(&asked, before).await
    }

    /// Prepares a scene and asks for the operation, which has not begun then.
    async fn ask(&self) -> (Asked, Stand) {
        let number = self.runs.fetch_add(1, Ordering::Relaxed);
        self.plan.set([]);
        self.plan.count(false);
        let scene =
            Scene { test: &self.test, project: self.project, manager: &self.manager, number };
        let asked = (self.fixture)(&scene).await;
        let before = self.stand(&asked).await;
        self.plan.count(true);
        (asked, before)
    }

    /// Works until nothing is left; a server that was killed comes back at once.
    async fn carry_on(&self) {
        while self.carry_on_until_killed().await {}
    }

    /// Works until nothing is left; true when a fault has ended the server.
    async fn carry_on_until_killed(&self) -> bool {
        tokio::select! {
            () = self.test.run_until_idle() => false,
            () = self.plan.killed() => true,
        }
    }

    async fn trace(&self, asked: &Asked, before: Stand) -> Trace {
        let id = asked.operation;
        let view = self.test.operation_view(&self.manager, id).await.expect("a manager sees it");
        let trace = Trace {
            outcome: self.test.outcome(id).await,
            before,
            after: self.stand(asked).await,
            unstruck: self.plan.left(),
            diagnosis: view.diagnosis.unwrap_or_default(),
        };
        let mut session = self.test.store.session().await.expect("the store reads");
        let log = session.verify_log(&self.project.to_string()).await.expect("the store reads");
        assert!(log.is_ok(), "the log no longer holds: {log:?}");
        trace
    }

    async fn stand(&self, asked: &Asked) -> Stand {
        let id = asked.operation;
        let (environment, essence, effects) = match asked.environment {
            Some(id) => {
                let site = self.test.fake.site(id);
                let state = plain(&self.test.stored(id).await.state);
                (state, site.essence(), site.effects())
            }
            None => Default::default(),
        };
        let files = std::fs::read_dir(self.test.folders.operation(id)).into_iter().flatten();
        let mut files: Vec<String> = files
            .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
            .filter(|name| name != golive_app::live::FILE)
            .collect();
        files.sort();
        Stand { environment, essence, effects, files }
    }
}

/// A state without what differs from run to run.
fn plain(state: &golive_core::environment::State) -> Value {
    let mut value = serde_json::to_value(state).expect("a state serialises");
    value["since"] = json!(null);
    if let Some(installed) = value.get_mut("installed").filter(|installed| installed.is_object()) {
        installed["data_set"] = json!(null);
        installed["url"] = json!(null);
    }
    value
}
