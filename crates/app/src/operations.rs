//! The kinds of durable operations and what their steps may answer. The runner (`runner.rs`) carries them out.

pub(crate) mod copy_database;
mod drill;
pub(crate) mod install_package;
mod provision;
mod servicing;
pub mod site;
mod steps;

use crate::ports::BoxFuture;
use crate::ports::driver::{Call, DriverError};
use crate::{App, Error, Result};
use golive_core::environment::{After, Environment};
use golive_core::operation::{Outcome, Record, output};
use golive_store::{OperationRow, Write};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What an operation step has in its hands.
pub struct Work<'a> {
    /// Everything.
    pub app: &'a App,
    /// The operation.
    pub operation: &'a OperationRow,
    /// Goes with every driver verb: who asks, in which epoch, and where lines go.
    pub call: Call,
    /// What has happened so far.
    pub log: &'a [Record],
    /// Whether an earlier attempt at this step may have had an effect.
    pub again: bool,
}

impl Work<'_> {
    /// What the intent said.
    pub fn params<T: DeserializeOwned>(&self) -> Result<T, Trouble> {
        serde_json::from_value(self.operation.params.clone()).map_err(|error| {
            Trouble::NeedsAttention(format!("the operation's parameters make no sense: {error}"))
        })
    }

    /// What an earlier step found or made.
    pub fn output(&self, step: usize) -> &Value {
        output(self.log, step).unwrap_or(&Value::Null)
    }

    /// Writes one line of the live log.
    pub fn say(&self, line: impl AsRef<str>) {
        self.call.say(line);
    }
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// It did what it should.
    Done(Value),
    /// It must not go on before this instant of the business clock.
    Wait(Timestamp),
}

/// Why a step did not do what it should, in terms that the runner can act on.
#[derive(Debug)]
pub enum Trouble {
    /// Technology failed; try again, a bounded number of times.
    Retry(String),
    /// Still under way; look again after this long. Counts as no failure.
    NotYet(Duration),
    /// It will not work and nothing that matters was touched: undo.
    Refused(String),
    /// A person must look.
    NeedsAttention(String),
    /// A later owner has taken over: stop at once.
    Fenced,
}

impl From<DriverError> for Trouble {
    fn from(error: DriverError) -> Self {
        match error {
            DriverError::Retry(why) => Self::Retry(why),
            DriverError::NotYet { after } => Self::NotYet(after),
            DriverError::Refused(why) => Self::Refused(why),
            DriverError::NeedsAttention(why) => Self::NeedsAttention(why),
            DriverError::Fenced { .. } => Self::Fenced,
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::Internal(cause) => Self::Retry(format!("{cause:#}")),
            other => Self::Refused(other.to_string()),
        }
    }
}

/// One operation step. Every part may run more than once and must not mind.
pub trait Step: Send + Sync {
    /// Its name within the operation: `put_release`.
    fn name(&self) -> &'static str;

    /// What it does, for people.
    fn title(&self) -> &'static str;

    /// Whether its effect is there already, asked before it is applied again. By default it is applied again.
    fn inspect<'a>(&'a self, _work: &'a Work<'a>) -> BoxFuture<'a, Result<Option<Value>, Trouble>> {
        Box::pin(async { Ok(None) })
    }

    /// Does it.
    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>>;

    /// Takes it back; copes with nothing done.
    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>>;
}

/// One kind of operation: its steps, and what its beginning and end mean for the subjects.
pub trait Kind: Send + Sync {
    /// Its name: `provision`.
    fn name(&self) -> &'static str;

    /// The version of the list of steps; an old list stays registered while an open operation uses it.
    fn version(&self) -> i64 {
        1
    }

    /// What it does, for people.
    fn title(&self) -> &'static str;

    /// The steps in order.
    fn steps(&self) -> &[Box<dyn Step>];

    /// Judged again when the work starts, in the write of the first record. An error refuses the operation.
    fn begin<'a>(
        &'a self,
        _app: &'a App,
        _write: &'a mut Write,
        _operation: &'a OperationRow,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    /// What is there after success.
    fn after(
        &self,
        _operation: &OperationRow,
        _environment: &Environment,
        _log: &[Record],
    ) -> After {
        After::Unchanged
    }

    /// What the end means for other subjects than the environment, in the write of the end.
    fn finish<'a>(
        &'a self,
        _app: &'a App,
        _write: &'a mut Write,
        _operation: &'a OperationRow,
        _end: (&'a Outcome, &'a [Record]),
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// Every kind of operation that this build knows.
#[derive(Default)]
pub struct Registry {
    kinds: BTreeMap<(String, i64), Arc<dyn Kind>>,
}

impl Registry {
    /// All kinds of the product.
    pub fn standard() -> Self {
        let mut registry = Self::default();
        registry.register(provision::Provision::default());
        registry.register(drill::Drill::default());
        registry.register(install_package::InstallPackage::default());
        registry.register(copy_database::CopyDatabase::default());
        for kind in servicing::all() {
            registry.register(kind);
        }
        registry
    }

    /// Adds a kind.
    pub fn register(&mut self, kind: impl Kind + 'static) {
        let name = (kind.name().to_owned(), kind.version());
        let again = self.kinds.insert(name, Arc::new(kind));
        assert!(again.is_none(), "a kind of operation is registered twice");
    }

    /// A kind by name and version.
    pub fn get(&self, name: &str, version: i64) -> Option<Arc<dyn Kind>> {
        self.kinds.get(&(name.to_owned(), version)).cloned()
    }

    /// The newest version of a kind.
    pub fn newest(&self, name: &str) -> Option<Arc<dyn Kind>> {
        self.kinds
            .range((name.to_owned(), i64::MIN)..=(name.to_owned(), i64::MAX))
            .next_back()
            .map(|(_, kind)| kind.clone())
    }

    /// All kinds.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Kind>> {
        self.kinds.values()
    }
}

/// An undo for steps that leave nothing behind.
pub(crate) fn nothing<'a>() -> BoxFuture<'a, Result<(), Trouble>> {
    Box::pin(async { Ok(()) })
}

/// The answer of a step that is done.
pub(crate) fn done(output: impl Into<Value>) -> Result<End, Trouble> {
    Ok(End::Done(output.into()))
}
