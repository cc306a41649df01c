//! Hooks: one command of the blueprint against one database, ended at its deadline, its output read with a limit.

use super::LocalDriver;
use super::databases::{Entry, Origin};
use super::durable::{self, at};
use super::place::{Asker, Held, Place, plain_name};
use super::process::{self, Identity, Role, Start, Started, tail};
use golive_app::ports::driver::{Call, Database, DriverError, Hook, Site};
use golive_core::blueprint::{HookLine, fill};
use rustix::process::Signal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

/// What a hook may print if the blueprint sets no limit.
const OUTPUT_KIB: u64 = 4096;

/// The exit code with which a hook says "try again".
const AGAIN: i32 = 75;

/// A hook that runs; lies in `hooks/`.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    process: Identity,
    by: Asker,
    hook: String,
}

/// A hook ready to be started.
#[derive(Clone)]
pub(crate) struct Job {
    /// The place whose fence it stands behind and whose folders take its output.
    pub place: Place,
    pub asker: Asker,
    pub name: String,
    pub line: HookLine,
    pub command: Vec<String>,
    pub input: String,
    /// It changes something at `place`.
    pub changes: bool,
}

/// A hook that was started.
struct Run {
    started: Started,
    out: PathBuf,
    err: PathBuf,
    record: PathBuf,
    deadline: Duration,
}

/// The driver's verb.
pub(crate) async fn run(
    driver: &LocalDriver,
    call: &Call,
    site: &Site,
    database: &Database,
    hook: &Hook,
) -> Result<Value, DriverError> {
    let place = Place::of(site);
    let line = line(&place, &hook.name)?;
    let asker = Asker::from(call);
    let entry = place.manifest()?.get(database).cloned();
    let (identity, fresh) = match entry {
        Some(entry) => (entry.identity, false),
        None if line.creates && *database == Database::Current => {
            (driver.fenced(call, site, Place::new_database).await?, true)
        }
        None => {
            return Err(DriverError::Refused(format!(
                "there is no database {database:?} in {}",
                site.name
            )));
        }
    };
    let command = command(driver, &place, &asker, &identity, hook)?;
    let (changes, input) = (line.changes_data, hook.input.clone());
    let job =
        Job { place, asker: asker.clone(), name: hook.name.clone(), line, command, input, changes };
    let outcome = execute(driver, call, job).await;
    if fresh {
        settle(driver, call, site, &Entry::new(identity, &asker, Origin::Made), outcome.is_ok())
            .await?;
    }
    outcome
}

/// A new database becomes the current one when its hook has done its work, else it is thrown away.
async fn settle(
    driver: &LocalDriver,
    call: &Call,
    site: &Site,
    entry: &Entry,
    done: bool,
) -> Result<(), DriverError> {
    let (entry, faults) = (entry.clone(), driver.faults.clone());
    driver
        .fenced(call, site, move |place, held| {
            if done && place.manifest()?.current.is_none() {
                return place.name_database(held, &Database::Current, &entry, &faults).map(|_| ());
            }
            durable::remove_folder(&place.database_folder(&entry.identity))
        })
        .await
}

pub(crate) fn line(place: &Place, name: &str) -> Result<HookLine, DriverError> {
    let found = place.blueprint.hooks.get(name).cloned();
    found.ok_or_else(|| {
        DriverError::Refused(format!("the blueprint {} has no hook `{name}`", place.blueprint.id))
    })
}

/// The hook's command line with every placeholder filled in.
pub(crate) fn command(
    driver: &LocalDriver,
    place: &Place,
    asker: &Asker,
    identity: &str,
    hook: &Hook,
) -> Result<Vec<String>, DriverError> {
    let line = line(place, &hook.name)?;
    let chosen = hook.values.get("release").cloned();
    let release = match chosen.map_or_else(|| place.active(), |digest| Ok(Some(digest)))? {
        Some(digest) => place.release(&digest)?,
        None => {
            return Err(DriverError::Refused(format!("no release is active in {}", place.name)));
        }
    };
    let mut values = driver.values(place, asker)?;
    values.insert("release".to_owned(), release.display().to_string());
    values.insert("database".to_owned(), place.database_file(identity).display().to_string());
    values.extend(line.defaults.clone());
    for (name, value) in &hook.values {
        if line.values.contains(name) || line.defaults.contains_key(name) {
            values.insert(name.clone(), value.clone());
        } else if name != "release" {
            return Err(DriverError::Refused(format!(
                "the hook `{}` takes no value `{name}`",
                hook.name
            )));
        }
    }
    let missing =
        |name| DriverError::Refused(format!("the hook `{}` needs the value `{name}`", hook.name));
    line.command.iter().map(|part| fill(part, &values).map_err(missing)).collect()
}

/// Starts a hook behind the fence, waits for it, and stands behind the fence again before its answer counts.
pub(crate) async fn execute(
    driver: &LocalDriver,
    call: &Call,
    job: Job,
) -> Result<Value, DriverError> {
    let (begun, faults) = (job.clone(), driver.faults.clone());
    let mut run = blocking(move || {
        // A hook that only reads changes nothing that a later owner could mind, so it needs no fence.
        let held = if begun.changes { Some(begun.place.enter(&begun.asker)?) } else { None };
        faults.point("hook.before_spawn")?;
        let run = start(&begun, held.as_ref())?;
        faults.point("hook.after_spawn")?;
        Ok(run)
    })
    .await?;
    let ended = wait(call, &job, &mut run).await;
    let (name, place, asker) = (job.name.clone(), job.place.clone(), job.asker.clone());
    let (record, changes, faults) = (run.record.clone(), job.changes, driver.faults.clone());
    let cut_off = !matches!(ended, Ended::Exit(_));
    blocking(move || {
        if cut_off {
            end_step(&place, &asker)?;
        }
        faults.point("hook.after_end")?;
        let _held = if changes { Some(place.enter(&asker)?) } else { None };
        durable::remove_file(&record)
    })
    .await?;
    let answer = judge(&name, &job, &run, &ended);
    if !job.changes && answer.is_ok() {
        let _ = (durable::remove_file(&run.out), durable::remove_file(&run.err));
    }
    answer
}

/// Ends what runs for this step, the children that its leader has left behind included.
fn end_step(place: &Place, asker: &Asker) -> Result<(), DriverError> {
    let operation = asker.operation.to_string();
    process::end_marked(&place.root, Role::Hook, |marked| {
        marked.operation == operation && marked.step == asker.step
    })
}

fn start(job: &Job, held: Option<&Held>) -> Result<Run, DriverError> {
    let Job { place, asker, .. } = job;
    if held.is_some() {
        end_step(place, asker)?;
        forget_ended(place);
    }
    let name = format!("{}-{}-{}", asker.operation, plain_name(&asker.step)?, job.name);
    let folder = place.logs().join("hooks");
    let number = (1..=u32::MAX)
        .find(|n| !folder.join(format!("{name}-{n}.out")).exists())
        .unwrap_or_default();
    let out = folder.join(format!("{name}-{number}.out"));
    let err = folder.join(format!("{name}-{number}.err"));
    let started = process::start(Start {
        root: &place.root,
        role: Role::Hook,
        command: job.command.clone(),
        marks: marks(asker),
        input: (!job.input.is_empty()).then(|| job.input.clone()),
        out: out.clone(),
        err: err.clone(),
        limits: &place.blueprint.limits,
    })?;
    let record = place.hooks().join(format!("{}.json", started.identity.pid));
    let by = asker.clone();
    durable::write_json(
        &record,
        &Record { process: started.identity.clone(), by, hook: job.name.clone() },
    )?;
    Ok(Run { started, out, err, record, deadline: Duration::from_secs(job.line.deadline_seconds) })
}

pub(crate) fn marks(asker: &Asker) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("GOLIVE_OPERATION", asker.operation.to_string()),
        ("GOLIVE_STEP", asker.step.clone()),
        ("GOLIVE_EPOCH", asker.epoch.to_string()),
    ])
}

/// Records of hooks that have ended while nobody looked.
fn forget_ended(place: &Place) {
    for name in durable::names(&place.hooks()) {
        let path = place.hooks().join(name);
        let alive = durable::read_json::<Record>(&path)
            .ok()
            .flatten()
            .is_some_and(|record| record.process.is_alive());
        if !alive {
            let _ = durable::remove_file(&path);
        }
    }
}

/// How a run ended.
enum Ended {
    Exit(ExitStatus),
    TooLate,
    TooLoud,
}

/// Waits for the end and passes on what the hook says to people. One that is too late or too loud is killed, and may still
/// be dying.
async fn wait(call: &Call, job: &Job, run: &mut Run) -> Ended {
    let begun = Instant::now();
    let mut said = 0;
    loop {
        let end = tokio::time::timeout(Duration::from_millis(50), &mut run.started.end).await;
        said = say_new(call, run, said);
        let broken = match end {
            Ok(Ok(status)) => return Ended::Exit(status),
            Ok(Err(_)) => return Ended::Exit(ExitStatus::from_raw(9)),
            Err(_) if begun.elapsed() > run.deadline => Ended::TooLate,
            Err(_) if durable::size(&run.out) + durable::size(&run.err) > most(job) => {
                Ended::TooLoud
            }
            Err(_) => continue,
        };
        run.started.identity.signal(Signal::KILL);
        return broken;
    }
}

fn most(job: &Job) -> u64 {
    job.place.blueprint.limits.hook_output_kib.unwrap_or(OUTPUT_KIB).saturating_mul(1024)
}

fn say_new(call: &Call, run: &Run, said: usize) -> usize {
    let bytes = std::fs::read(&run.err).unwrap_or_default();
    let new = bytes.get(said..).unwrap_or_default();
    let Some(end) = new.iter().rposition(|byte| *byte == b'\n') else { return said };
    for line in String::from_utf8_lossy(&new[..end]).lines() {
        call.say(line);
    }
    said + end + 1
}

fn judge(name: &str, job: &Job, run: &Run, ended: &Ended) -> Result<Value, DriverError> {
    let status = match ended {
        Ended::Exit(status) => *status,
        Ended::TooLate => {
            return Err(cut_off(
                job,
                format!("the hook `{name}` did not end within {} s", run.deadline.as_secs()),
            ));
        }
        Ended::TooLoud => {
            return Err(cut_off(
                job,
                format!("the hook `{name}` printed more than {} bytes", most(job)),
            ));
        }
    };
    let printed = if durable::size(&run.out) > most(job) {
        Vec::new()
    } else {
        at(&run.out, std::fs::read(&run.out))?
    };
    let document: Option<Value> = serde_json::from_slice(&printed).ok();
    let because =
        document.as_ref().and_then(|document| document["error"].as_str()).map(str::to_owned);
    let because = because.unwrap_or_else(|| tail(&run.err));
    match (status.code(), document) {
        (Some(0), Some(document)) => Ok(document),
        (Some(0), None) => {
            Err(DriverError::Refused(format!("the hook `{name}` printed no JSON document")))
        }
        (Some(AGAIN), _) => {
            Err(DriverError::Retry(format!("the hook `{name}` asks to be tried again: {because}")))
        }
        (Some(code), _) => {
            Err(DriverError::Refused(format!("the hook `{name}` ended with {code}: {because}")))
        }
        (None, _) => Err(cut_off(job, format!("the hook `{name}` was killed: {because}"))),
    }
}

/// A run that was cut off can be repeated if it only reads; else nobody knows how far it came.
fn cut_off(job: &Job, text: String) -> DriverError {
    if job.line.changes_data { DriverError::NeedsAttention(text) } else { DriverError::Retry(text) }
}

/// Runs what blocks where it may block.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DriverError> + Send + 'static,
) -> Result<T, DriverError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(DriverError::NeedsAttention(format!("the driver broke: {error}")))
    })
}
