//! An application that lives in memory: the driver's port, with the same refusals and the same fence as a real one.
//!
//! It has releases, databases and accounts, and counts what each hook changed by operation and step, so that a test
//! can say that nothing happened twice.

mod data;
mod driver;
mod hooks;

pub use data::{Data, Row, SiteState, Stored};
pub(crate) use hooks::fill;

use crate::plan::Plan;
use golive_app::ports::driver::{Call, DriverError, Site};
use golive_core::id::EnvironmentId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// The fake. Cheap to clone; all clones see the same world.
#[derive(Clone, Default)]
pub struct FakeDriver {
    world: Arc<Mutex<BTreeMap<EnvironmentId, SiteState>>>,
    fences: Arc<Mutex<BTreeMap<EnvironmentId, i64>>>,
    plan: Arc<Plan>,
}

impl FakeDriver {
    /// A fake whose verbs ask this plan.
    pub fn with(plan: Arc<Plan>) -> Self {
        Self { plan, ..Self::default() }
    }

    /// The plan that its verbs ask.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// What is there of an environment.
    pub fn site(&self, environment: EnvironmentId) -> SiteState {
        self.world().get(&environment).cloned().unwrap_or_default()
    }

    /// Changes what is there, behind golive's back.
    pub fn change(&self, environment: EnvironmentId, change: impl FnOnce(&mut SiteState)) {
        change(self.world().entry(environment).or_default());
    }

    fn world(&self) -> MutexGuard<'_, BTreeMap<EnvironmentId, SiteState>> {
        self.world.lock().expect("nothing panics while it is held")
    }

    /// Refuses a caller that a later one has overtaken.
    fn fence(&self, call: &Call, site: &Site) -> Result<(), DriverError> {
        let mut fences = self.fences.lock().expect("nothing panics while it is held");
        let seen = fences.entry(site.environment).or_insert(call.epoch);
        if *seen > call.epoch {
            return Err(DriverError::Fenced { seen: *seen });
        }
        *seen = call.epoch;
        Ok(())
    }

    /// A verb that changes something.
    async fn changing<T>(
        &self,
        call: &Call,
        site: &Site,
        effect: impl FnOnce(&mut SiteState) -> Result<T, DriverError>,
    ) -> Result<T, DriverError> {
        let number = self.plan.before_verb().await?;
        self.fence(call, site)?;
        let answer = effect(self.world().entry(site.environment).or_default())?;
        self.plan.after_verb(number).await?;
        Ok(answer)
    }
}

fn refused<T>(why: impl Into<String>) -> Result<T, DriverError> {
    Err(DriverError::Refused(why.into()))
}
