//! What golive can do, whoever asks: the page, the API, the command line and the runner call these services and
//! nothing below them.
//!
//! A service is load, decide, store, in one write. It asks [`golive_core::people::may`] first and answers with a view.

pub mod acceptance;
pub mod actor;
pub mod backup;
pub mod certificate;
pub mod checklist;
pub mod clock;
pub mod cutover;
pub mod datacopy;
pub mod environment;
pub mod error;
pub mod estimate;
pub mod facts;
pub mod files;
pub mod gate;
pub mod go_live;
pub mod invitation;
pub mod live;
pub mod methodology;
pub mod notification;
pub mod onboarding;
pub mod operation;
pub mod operations;
pub mod package;
pub mod path;
pub mod people;
pub mod portfolio;
pub mod ports;
pub mod project;
pub mod request;
pub mod review;
pub mod runner;
pub mod schedule;
pub mod secrets;
pub mod server;
pub mod service_request;
pub mod sign_in;
pub mod views;
pub mod waiver;

pub use actor::{Actor, Proof, Scope};
pub use error::{Error, Result};
pub use golive_store::Key;

use clock::BusinessClock;
use golive_core::id::OperationId;
use golive_store::Store;
use operations::Registry;
use ports::driver::Driver;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The one handle that every entry point holds. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// Business time.
    pub clock: Arc<BusinessClock>,
    /// Every kind of operation that this build knows.
    pub operations: Arc<Registry>,
    /// The ways of running environments, by name.
    pub drivers: Arc<BTreeMap<String, Arc<dyn Driver>>>,
    /// The shipped content: policy packs, methodologies, checklists, calendars.
    pub content: &'static golive_readers::content::Content,
    /// Where everything lives that is not in the database.
    pub folders: Arc<Folders>,
    /// Lines of running operations, for those who watch.
    pub live: Arc<live::Lines>,
    /// Named places where a test may stop the process.
    pub faults: Faults,
}

/// Where everything lives that is not in the database.
#[derive(Debug, Clone)]
pub struct Folders {
    /// The data folder.
    pub data: PathBuf,
    /// golive's own program, for blueprints that start it.
    pub program: PathBuf,
}

impl Folders {
    /// Where an environment of the local driver lives.
    pub fn environment(&self, id: golive_core::id::EnvironmentId) -> PathBuf {
        self.data.join("environments").join(id.to_string())
    }

    /// Where the lines of an operation are kept.
    pub fn operation(&self, id: OperationId) -> PathBuf {
        self.data.join("operations").join(id.to_string())
    }
}

/// Named places where a test may stop the process; nothing happens there otherwise.
#[derive(Clone, Default)]
pub struct Faults(Option<Arc<dyn Fn(&str) + Send + Sync>>);

impl Faults {
    /// Calls this at every named place.
    pub fn at(hook: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hook)))
    }

    /// A named place.
    pub fn point(&self, name: &str) {
        if let Some(hook) = &self.0 {
            hook(name);
        }
    }
}
