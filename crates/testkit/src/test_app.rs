//! A whole golive for one test.

use crate::fake::FakeDriver;
use crate::left_over;
use crate::plan::Plan;
use golive_app::clock::BusinessClock;
use golive_app::operations::Registry;
use golive_app::ports::driver::Driver;
use golive_app::{App, Faults, Folders, live};
use golive_core::blueprint::Blueprint;
use golive_core::id::{BlueprintId, OperationId};
use golive_store::testing::{TestDatabase, databases, sqlite};
use golive_store::{Claim, ClockKind, SERVER, Store};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// When the clock of a test starts: a Monday morning in Berlin.
const START: &str = "2026-03-02T08:00:00Z";

/// How long an operation may take in real time.
const PATIENCE: Duration = Duration::from_mins(1);

/// The lease of a test's claims.
const LEASE: Duration = Duration::from_mins(1);

/// The blueprint of the demo ERP, as shipped.
const BLUEPRINT: &str = include_str!("../../../blueprints/demo-erp.toml");

/// A golive on a fresh database, with the fake application as target `fake`. It is an [`App`]: call services on it.
pub struct TestApp {
    app: App,
    /// The application that lives in memory.
    pub fake: FakeDriver,
    database: TestDatabase,
    _folder: tempfile::TempDir,
    may_leave_work: bool,
}

impl Deref for TestApp {
    type Target = App;
    fn deref(&self) -> &App {
        &self.app
    }
}

/// How a [`TestApp`] shall differ from the usual one.
pub struct Builder {
    database: TestDatabase,
    start: Option<Timestamp>,
    registry: Option<Registry>,
    plan: Arc<Plan>,
    program: PathBuf,
}

impl Builder {
    /// Starts the simulated clock at another instant.
    #[must_use]
    pub fn starting(mut self, at: &str) -> Self {
        self.start = Some(at.parse().expect("an instant such as 2026-03-02T08:00:00Z"));
        self
    }

    /// Runs on the real clock.
    #[must_use]
    pub fn on_the_real_clock(mut self) -> Self {
        self.start = None;
        self
    }

    /// Runs on another database.
    #[must_use]
    pub fn on(mut self, database: TestDatabase) -> Self {
        self.database = database;
        self
    }

    /// Knows other kinds of operations than the product's own.
    #[must_use]
    pub fn with_operations(mut self, registry: Registry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Steps and verbs ask this plan.
    #[must_use]
    pub fn with_plan(mut self, plan: Arc<Plan>) -> Self {
        self.plan = plan;
        self
    }

    /// The target `local` starts this program for blueprints that ship golive itself.
    #[must_use]
    pub fn with_program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = program.into();
        self
    }

    /// Makes it.
    pub async fn build(self) -> TestApp {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::open(&self.database.url).await.expect("a fresh database opens");
        let now = Timestamp::now().as_microsecond();
        let (kind, offset) = match self.start {
            Some(start) => (ClockKind::Simulated, start.as_microsecond() - now),
            None => (ClockKind::Real, 0),
        };
        let row = store.server(kind, offset).await.expect("a fresh database is written");
        let fake = FakeDriver::with(self.plan);
        let local = golive_drivers::local::LocalDriver::new(self.program.clone());
        let drivers: BTreeMap<String, Arc<dyn Driver>> = BTreeMap::from([
            ("fake".to_owned(), Arc::new(fake.clone()) as Arc<dyn Driver>),
            ("local".to_owned(), Arc::new(local) as Arc<dyn Driver>),
        ]);
        let app = App {
            store,
            clock: Arc::new(BusinessClock::new(&row)),
            operations: Arc::new(self.registry.unwrap_or_else(Registry::standard)),
            drivers: Arc::new(drivers),
            content: golive_readers::content::shipped(),
            folders: Arc::new(Folders { data: folder.path().to_owned(), program: self.program }),
            live: Arc::new(live::Lines::default()),
            faults: Faults::default(),
        };
        let test =
            TestApp { app, fake, database: self.database, _folder: folder, may_leave_work: false };
        test.bring_in_blueprint().await;
        test
    }
}

impl TestApp {
    /// On SQLite, with a simulated clock.
    pub async fn new() -> Self {
        Self::builder().build().await
    }

    /// One on each database that is to be had: SQLite, and PostgreSQL where `GOLIVE_TEST_POSTGRES` names a cluster.
    pub async fn on_each_database() -> Vec<Self> {
        let mut all = Vec::new();
        for database in databases().await {
            all.push(Self::builder().on(database).build().await);
        }
        all
    }

    /// To differ from the usual one.
    pub fn builder() -> Builder {
        Builder {
            database: sqlite(),
            start: Some(START.parse().expect("a constant instant")),
            registry: None,
            plan: Arc::default(),
            program: PathBuf::from("/bin/true"),
        }
    }

    /// The app itself.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// `sqlite` or `postgres`.
    pub fn database_kind(&self) -> &'static str {
        self.database.kind
    }

    /// Operations and unread events may be left over at the end of this test.
    pub fn may_leave_work(&mut self) {
        self.may_leave_work = true;
    }

    /// Moves the simulated clock forward.
    pub async fn wait(&self, by: SignedDuration) {
        let to = self.clock.now().checked_add(by).expect("a test stays in this era");
        self.clock_move(to).await.expect("the clock is simulated and moves forward");
    }

    /// Moves the simulated clock forward by whole days.
    pub async fn wait_days(&self, days: i64) {
        self.wait(SignedDuration::from_hours(24 * days)).await;
    }

    /// Carries out what is due until nothing is left, or until only people can go on. Waiting for a next attempt is cut
    /// short on SQLite.
    pub async fn run_until_idle(&self) {
        let begun = Instant::now();
        let mut seen: HashMap<OperationId, (usize, usize)> = HashMap::new();
        while begun.elapsed() < PATIENCE {
            self.skip_pauses().await;
            let Some(claim) = self.claim().await else {
                if !self.is_anything_due(&seen).await {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let id = claim.operation.id;
            self.app.work_on(claim).await;
            let records = self.records(id).await;
            let (before, idle) = seen.get(&id).copied().unwrap_or((usize::MAX, 0));
            let idle = if before == records { idle + 1 } else { 0 };
            if idle > 5 {
                return;
            }
            seen.insert(id, (records, idle));
        }
        panic!("operations were still going on after {PATIENCE:?}");
    }

    /// Claims the next operation that is due.
    pub async fn claim(&self) -> Option<Claim> {
        self.store.claim("test", self.clock.now(), LEASE).await.expect("the store claims")
    }

    /// What a restart of an embedded server does: all leases end, and nothing waits for its next attempt.
    pub async fn skip_pauses(&self) {
        self.store.expire_leases().await.expect("the store writes");
    }

    async fn records(&self, id: OperationId) -> usize {
        let mut session = self.store.session().await.expect("the store reads");
        session.records(id).await.expect("the store reads").len()
    }

    async fn is_anything_due(&self, seen: &HashMap<OperationId, (usize, usize)>) -> bool {
        let mut session = self.store.session().await.expect("the store reads");
        let open = session.open_operations().await.expect("the store reads");
        let now = self.clock.now();
        let stuck = |id: &OperationId| seen.get(id).is_some_and(|(_, idle)| *idle > 3);
        open.iter().any(|operation| {
            operation.phase == golive_store::Phase::Open
                && operation.due_at <= now
                && !stuck(&operation.id)
        })
    }

    async fn bring_in_blueprint(&self) {
        let read = golive_readers::blueprint::read("demo-erp.toml", BLUEPRINT.as_bytes());
        let blueprint: Blueprint = read.expect("the shipped blueprint is right");
        let id = BlueprintId::named("server", &blueprint.id);
        let mut write = self.store.write(SERVER, self.own_stamp()).await.expect("the store writes");
        let event = serde_json::json!({ "event": "applied", "digest": blueprint.digest });
        write.insert(id, "", &blueprint, &event).await.expect("a fresh database");
        write.commit().await.expect("the store writes");
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if self.may_leave_work || std::thread::panicking() {
            return;
        }
        let left = left_over::find(self.database.url.clone());
        assert!(left.is_empty(), "the test ended with work left over: {}", left.join("; "));
    }
}
