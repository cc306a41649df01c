//! The application itself: started, stopped, looked at. Its record says which process it is, from which release and on
//! which database and port.

use super::LocalDriver;
use super::durable;
use super::hook::{blocking, marks};
use super::place::{Asker, Held, Place};
use super::probe;
use super::process::{self, Identity, Role, Start, Started, tail};
use crate::faults::Faults;
use golive_app::ports::driver::{Call, DriverError, Health, Running, Site};
use golive_core::blueprint::fill;
use rustix::process::Signal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// So often another port is tried when a start ends because of the port.
const ATTEMPTS: usize = 3;

/// The exit code with which a service says that its port was taken.
const AGAIN: i32 = 75;

/// The running service; `process.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub process: Identity,
    pub release: String,
    pub database: String,
    pub port: u16,
}

/// How a start went.
enum Outcome {
    Ready(Running),
    PortTaken,
}

impl Place {
    fn record_path(&self) -> PathBuf {
        self.root.join("process.json")
    }

    /// The service, if it is alive.
    pub fn service(&self) -> Result<Option<Record>, DriverError> {
        let record: Option<Record> = durable::read_json(&self.record_path())?;
        Ok(record.filter(|record| record.process.is_alive()))
    }

    /// Whether any process of the service is alive, recorded or not.
    pub fn is_stopped(&self) -> Result<bool, DriverError> {
        Ok(self.service()?.is_none() && process::marked(&self.root, Role::Service).is_empty())
    }

    fn running(&self, record: &Record) -> Running {
        let values = BTreeMap::from([("port".to_owned(), record.port.to_string())]);
        let url = fill(&self.blueprint.service.url, &values).unwrap_or_default();
        Running { pid: record.process.pid, url, release: record.release.clone() }
    }
}

pub(crate) fn running(place: &Place) -> Result<Option<Running>, DriverError> {
    Ok(place.service()?.map(|record| place.running(&record)))
}

pub(crate) async fn start(
    driver: &LocalDriver,
    call: &Call,
    site: &Site,
) -> Result<Running, DriverError> {
    for _ in 0..ATTEMPTS {
        match attempt(driver, call, site).await? {
            Outcome::Ready(running) => return Ok(running),
            Outcome::PortTaken => call.say("the port was taken; trying another one"),
        }
    }
    Err(DriverError::Retry(format!("no port stayed free in {ATTEMPTS} attempts")))
}

async fn attempt(driver: &LocalDriver, call: &Call, site: &Site) -> Result<Outcome, DriverError> {
    let (asker, again) = (Asker::from(call), driver.clone());
    let (record, started) =
        driver.fenced(call, site, move |place, held| spawn(&again, place, held, &asker)).await?;
    let place = Place::of(site);
    call.say(format!("process {} on port {}", record.process.pid, record.port));
    let ready = Duration::from_secs(place.blueprint.service.ready_seconds);
    let mut end = started.map(|started| started.end);
    let begun = Instant::now();
    loop {
        let health = look(driver, &place, &record).await?;
        if health.healthy {
            return Ok(Outcome::Ready(place.running(&record)));
        }
        let ended = match end.as_mut().map(tokio::sync::oneshot::Receiver::try_recv) {
            Some(Ok(status)) => Some(status.code()),
            Some(Err(_)) | None => (!record.process.is_alive()).then_some(None),
        };
        if let Some(code) = ended {
            let text = tail(&place.logs().join("service.err"));
            return if code == Some(AGAIN) {
                Ok(Outcome::PortTaken)
            } else {
                Err(did_not_start(&text))
            };
        }
        if begun.elapsed() > ready {
            stop(driver, call, site, Duration::from_secs(1)).await?;
            let text = format!(
                "it did not become healthy within {} s: {}",
                ready.as_secs(),
                health.detail
            );
            return Err(DriverError::Refused(text));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn did_not_start(text: &str) -> DriverError {
    DriverError::Refused(format!("the application ended at once: {text}"))
}

/// Starts the active release, or answers with the process that was started before.
fn spawn(
    driver: &LocalDriver,
    place: &Place,
    held: &Held,
    asker: &Asker,
) -> Result<(Record, Option<Started>), DriverError> {
    let none = |what: &str| DriverError::Refused(format!("{} has no {what} to start", place.name));
    let release = place.active()?.ok_or_else(|| none("active release"))?;
    let database = place.manifest()?.current.ok_or_else(|| none("database"))?.identity;
    if let Some(record) = place.service()? {
        if record.release == release && record.database == database {
            return Ok((record, None));
        }
        return Err(DriverError::Refused(
            "another release or database is running: stop it first".to_owned(),
        ));
    }
    // One that was started by an owner who died before he could write it down.
    process::end_marked(&place.root, Role::Service, |_| true)?;
    let port = place.free_port(held)?;
    let command = command(driver, place, asker, &release, &database)?;
    driver.faults.point("start.before_spawn")?;
    let started = process::start(Start {
        root: &place.root,
        role: Role::Service,
        command,
        marks: marks(asker),
        input: None,
        out: place.logs().join("service.out"),
        err: place.logs().join("service.err"),
        limits: &place.blueprint.limits,
    })?;
    driver.faults.point("start.after_spawn")?;
    let record = Record { process: started.identity.clone(), release, database, port };
    durable::write_json(&place.record_path(), &record)?;
    Ok((record, Some(started)))
}

fn command(
    driver: &LocalDriver,
    place: &Place,
    asker: &Asker,
    release: &str,
    database: &str,
) -> Result<Vec<String>, DriverError> {
    let mut values = driver.values(place, asker)?;
    values.insert("release".to_owned(), place.release(release)?.display().to_string());
    values.insert("database".to_owned(), place.database_file(database).display().to_string());
    let missing = |name| DriverError::Refused(format!("the service's command needs {{{name}}}"));
    place
        .blueprint
        .service
        .command
        .iter()
        .map(|part| fill(part, &values).map_err(missing))
        .collect()
}

/// Asks it to end, waits, kills it; what nobody wrote down is ended too.
pub(crate) async fn stop(
    driver: &LocalDriver,
    call: &Call,
    site: &Site,
    deadline: Duration,
) -> Result<(), DriverError> {
    let faults = driver.faults.clone();
    let processes = driver.fenced(call, site, move |place, _| ask_to_end(place, &faults)).await?;
    let begun = Instant::now();
    for identity in &processes {
        let left = deadline.saturating_sub(begun.elapsed());
        if !process::is_gone_within(identity, left).await {
            call.say(format!(
                "process {} did not end within {} s and is killed",
                identity.pid,
                deadline.as_secs()
            ));
        }
    }
    driver
        .fenced(call, site, |place, _| {
            process::end_marked(&place.root, Role::Service, |_| true)?;
            durable::remove_file(&place.record_path())
        })
        .await
}

fn ask_to_end(place: &Place, faults: &Faults) -> Result<Vec<Identity>, DriverError> {
    let recorded = place.service()?.map(|record| record.process);
    let marked =
        process::marked(&place.root, Role::Service).into_iter().map(|marked| marked.identity);
    let processes: Vec<Identity> = marked.chain(recorded).collect();
    for identity in &processes {
        identity.signal(Signal::TERM);
    }
    faults.point("stop.after_signal")?;
    Ok(processes)
}

pub(crate) async fn health(driver: &LocalDriver, site: &Site) -> Result<Health, DriverError> {
    let place = Place::of(site);
    let at = place.clone();
    match blocking(move || at.service()).await? {
        Some(record) => look(driver, &place, &record).await,
        None => Ok(unhealthy("it is not running")),
    }
}

fn unhealthy(detail: impl Into<String>) -> Health {
    Health { healthy: false, detail: detail.into(), modules: BTreeMap::new() }
}

/// Asks the application and reads the body: the right one answers, and its database works.
async fn look(driver: &LocalDriver, place: &Place, record: &Record) -> Result<Health, DriverError> {
    let check = &place.blueprint.health;
    let mut values = driver.settings(place);
    values.insert("port".to_owned(), record.port.to_string());
    let wrong = |name| DriverError::Refused(format!("the health check needs {{{name}}}"));
    let url = fill(&check.url, &values).map_err(wrong)?;
    let (status, body) = match probe::get(&url, Duration::from_secs(check.deadline_seconds)).await {
        Ok(answer) => answer,
        Err(error) => return Ok(unhealthy(error)),
    };
    let shown: String = body.chars().take(300).collect();
    if !(200..300).contains(&status) {
        return Ok(unhealthy(format!("status {status}: {shown}")));
    }
    for text in &check.expect {
        let text = fill(text, &values).map_err(wrong)?;
        if !body.contains(&text) {
            return Ok(unhealthy(format!("the answer lacks {text}: {shown}")));
        }
    }
    let document: Value = serde_json::from_str(&body).unwrap_or_default();
    let modules =
        check.modules.as_ref().and_then(|key| serde_json::from_value(document[key].clone()).ok());
    Ok(Health {
        healthy: true,
        detail: format!("status {status}"),
        modules: modules.unwrap_or_default(),
    })
}
