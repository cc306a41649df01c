//! Makes a server from its configuration: database, content, drivers, clock.

use anyhow::{Context as _, Result, bail};
use golive_app::clock::BusinessClock;
use golive_app::operations::Registry;
use golive_app::ports::driver::Driver;
use golive_app::{App, Faults, Folders, live};
use golive_store::{ClockKind, Store};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a server is made from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where everything lives.
    pub data: PathBuf,
    /// The database; SQLite in the data folder by default.
    pub database: Option<String>,
    /// Makes a new server with a simulated clock that starts at this instant.
    pub simulated: Option<Timestamp>,
}

/// Keeps a second server away from the same data folder.
pub struct Lock(
    #[expect(dead_code, reason = "the lock holds while the file is open")] std::fs::File,
);

/// Opens, or makes, the server's data.
pub async fn open(settings: &Settings) -> Result<(App, Lock)> {
    std::fs::create_dir_all(&settings.data)
        .with_context(|| format!("cannot make {}", settings.data.display()))?;
    let data = settings.data.canonicalize()?;
    let lock = lock(&data)?;
    let url = settings
        .database
        .clone()
        .unwrap_or_else(|| format!("sqlite://{}?mode=rwc", data.join("golive.db").display()));
    let store = Store::open(&url).await?;
    let (kind, offset) = match settings.simulated {
        Some(at) => (ClockKind::Simulated, at.as_microsecond() - Timestamp::now().as_microsecond()),
        None => (ClockKind::Real, 0),
    };
    let clock = Arc::new(BusinessClock::new(&store.server(kind, offset).await?));
    store.expire_leases().await?;
    let content = golive_readers::content::shipped();
    let program = std::env::current_exe()?;
    let app = App {
        store,
        clock,
        operations: Arc::new(Registry::standard()),
        drivers: Arc::new(drivers(&program)),
        content,
        folders: Arc::new(Folders { data, program }),
        live: Arc::new(live::Lines::default()),
        faults: faults(),
    };
    Ok((app, lock))
}

fn lock(data: &Path) -> Result<Lock> {
    let path = data.join("golive.lock");
    let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(std::fs::TryLockError::WouldBlock) => {
            bail!("another golive works in {}", data.display())
        }
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}

fn drivers(program: &Path) -> BTreeMap<String, Arc<dyn Driver>> {
    let local: Arc<dyn Driver> = Arc::new(
        golive_drivers::local::LocalDriver::new(program.to_owned())
            .with_faults(golive_drivers::faults::Faults::from_environment()),
    );
    BTreeMap::from([(local.name().to_owned(), local)])
}

/// `GOLIVE_CRASH_AT=provision/start/after` ends the process at that place, as if the power had gone.
fn faults() -> Faults {
    let Ok(place) = std::env::var("GOLIVE_CRASH_AT") else { return Faults::default() };
    Faults::at(move |name| {
        if name == place {
            std::process::abort();
        }
    })
}
