//! Puts a [`Plan`] around every step of every registered kind, so that any step can be made to fail or be cut off.

use crate::plan::Plan;
use golive_app::operations::{End, Kind, Registry, Step, Trouble, Work};
use golive_app::ports::BoxFuture;
use golive_app::{App, Result};
use golive_core::environment::{After, Environment};
use golive_core::operation::{Outcome, Record};
use golive_store::{OperationRow, Write};
use serde_json::Value;
use std::sync::Arc;

/// The same kinds, each step of which asks the plan first.
pub fn injected(registry: &Registry, plan: &Arc<Plan>) -> Registry {
    let mut around = Registry::default();
    for kind in registry.all() {
        let step = |index| -> Box<dyn Step> {
            Box::new(Watched { kind: kind.clone(), index, plan: plan.clone() })
        };
        let steps = (0..kind.steps().len()).map(step).collect();
        around.register(Around { kind: kind.clone(), steps });
    }
    around
}

struct Around {
    kind: Arc<dyn Kind>,
    steps: Vec<Box<dyn Step>>,
}

impl Kind for Around {
    fn name(&self) -> &'static str {
        self.kind.name()
    }

    fn version(&self) -> i64 {
        self.kind.version()
    }

    fn title(&self) -> &'static str {
        self.kind.title()
    }

    fn steps(&self) -> &[Box<dyn Step>] {
        &self.steps
    }

    fn begin<'a>(
        &'a self,
        app: &'a App,
        write: &'a mut Write,
        operation: &'a OperationRow,
    ) -> BoxFuture<'a, Result<()>> {
        self.kind.begin(app, write, operation)
    }

    fn after(&self, operation: &OperationRow, environment: &Environment, log: &[Record]) -> After {
        self.kind.after(operation, environment, log)
    }

    fn finish<'a>(
        &'a self,
        app: &'a App,
        write: &'a mut Write,
        operation: &'a OperationRow,
        end: (&'a Outcome, &'a [Record]),
    ) -> BoxFuture<'a, Result<()>> {
        self.kind.finish(app, write, operation, end)
    }
}

struct Watched {
    kind: Arc<dyn Kind>,
    index: usize,
    plan: Arc<Plan>,
}

impl Watched {
    fn step(&self) -> &dyn Step {
        self.kind.steps()[self.index].as_ref()
    }
}

impl Step for Watched {
    fn name(&self) -> &'static str {
        self.step().name()
    }

    fn title(&self) -> &'static str {
        self.step().title()
    }

    fn inspect<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<Option<Value>, Trouble>> {
        self.step().inspect(work)
    }

    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            self.plan.enter(self.index, false).await?;
            let end = self.step().apply(work).await?;
            self.plan.leave().await?;
            Ok(end)
        })
    }

    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            self.plan.enter(self.index, true).await?;
            self.step().undo(work).await?;
            self.plan.leave().await
        })
    }
}
