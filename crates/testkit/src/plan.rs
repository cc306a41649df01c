//! Where an operation step shall fail or be cut off. Steps and driver verbs report here what they are about to do.

use golive_app::operations::Trouble;
use golive_app::ports::driver::DriverError;
use std::collections::BTreeMap;
use std::sync::Mutex;
use tokio::sync::Notify;

/// The place within a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before the step does anything.
    Before,
    /// Before the driver's changing verb of this number, counted from 0, has its effect.
    BeforeVerb(usize),
    /// After that verb had its effect.
    AfterVerb(usize),
    /// After the step did everything, before that is recorded.
    After,
}

/// What happens there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The server ends at this place.
    Kill,
    /// Technology fails.
    Retry,
    /// The step refuses.
    Refuse,
    /// A person must look.
    Attention,
}

/// One fault. It strikes as often as it says, then never again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The step, from 0.
    pub step: usize,
    /// Whether it is meant for the undo of the step.
    pub undo: bool,
    /// The place.
    pub place: Place,
    /// What happens.
    pub what: What,
    /// How often.
    pub times: usize,
}

/// The faults to come, and what was seen so far.
#[derive(Default)]
pub struct Plan {
    inner: Mutex<Inner>,
    killed: Notify,
}

#[derive(Default)]
struct Inner {
    faults: Vec<Fault>,
    now: Option<(usize, bool)>,
    verbs: usize,
    counting: bool,
    most_verbs: BTreeMap<(usize, bool), usize>,
}

impl Plan {
    /// Replaces the faults.
    pub fn set(&self, faults: impl IntoIterator<Item = Fault>) {
        self.inner().faults = faults.into_iter().collect();
    }

    /// Counts the verbs of each step from here on, or stops counting: what prepares a scene has steps of its own.
    pub fn count(&self, counting: bool) {
        self.inner().counting = counting;
    }

    /// The faults that have not struck.
    pub fn left(&self) -> Vec<Fault> {
        self.inner().faults.clone()
    }

    /// How many changing verbs a step, or its undo, has called at most.
    pub fn verbs(&self, step: usize, undo: bool) -> usize {
        self.inner().most_verbs.get(&(step, undo)).copied().unwrap_or_default()
    }

    /// Returns when a fault has ended the server.
    pub async fn killed(&self) {
        self.killed.notified().await;
    }

    /// A step, or its undo, begins.
    pub(crate) async fn enter(&self, step: usize, undo: bool) -> Result<(), Trouble> {
        {
            let mut inner = self.inner();
            inner.now = Some((step, undo));
            inner.verbs = 0;
        }
        self.strike(Place::Before).await.map_or(Ok(()), |what| Err(trouble(what)))
    }

    /// A step, or its undo, has done everything.
    pub(crate) async fn leave(&self) -> Result<(), Trouble> {
        let struck = self.strike(Place::After).await;
        self.inner().now = None;
        struck.map_or(Ok(()), |what| Err(trouble(what)))
    }

    /// A changing verb of the driver begins; the answer is its number.
    pub(crate) async fn before_verb(&self) -> Result<usize, DriverError> {
        let number = {
            let mut inner = self.inner();
            let number = inner.verbs;
            inner.verbs += 1;
            let (now, verbs) = (inner.now, inner.verbs);
            if let Some(now) = now.filter(|_| inner.counting) {
                let most = inner.most_verbs.entry(now).or_default();
                *most = verbs.max(*most);
            }
            number
        };
        self.strike(Place::BeforeVerb(number)).await.map_or(Ok(number), |what| Err(error(what)))
    }

    /// The verb of this number had its effect.
    pub(crate) async fn after_verb(&self, number: usize) -> Result<(), DriverError> {
        self.strike(Place::AfterVerb(number)).await.map_or(Ok(()), |what| Err(error(what)))
    }

    async fn strike(&self, place: Place) -> Option<What> {
        let what = self.due(place)?;
        if what == What::Kill {
            self.killed.notify_one();
            std::future::pending::<()>().await;
        }
        Some(what)
    }

    fn due(&self, place: Place) -> Option<What> {
        let mut inner = self.inner();
        let (step, undo) = inner.now?;
        let meant =
            |fault: &Fault| fault.step == step && fault.undo == undo && fault.place == place;
        let at = inner.faults.iter().position(meant)?;
        inner.faults[at].times -= 1;
        let what = inner.faults[at].what;
        if inner.faults[at].times == 0 {
            inner.faults.remove(at);
        }
        Some(what)
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("nothing panics while it is held")
    }
}

fn trouble(what: What) -> Trouble {
    error(what).into()
}

fn error(what: What) -> DriverError {
    match what {
        What::Retry => DriverError::Retry("the test asked for it".to_owned()),
        What::Refuse => DriverError::Refused("the test asked for it".to_owned()),
        What::Attention | What::Kill => {
            DriverError::NeedsAttention("the test asked for it".to_owned())
        }
    }
}
