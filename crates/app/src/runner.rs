//! Carries operations out: claims them, asks `next` what to do, does it, records it. The process may die at any line.

use crate::operations::{End, Kind, Step, Trouble, Work};
use crate::ports::driver::Call;
use crate::{App, Error, Result};
use golive_core::environment::{self, Command, Environment, State};
use golive_core::id::EnvironmentId;
use golive_core::operation::{Next, Outcome, Record, attempts, next};
use golive_store::{Claim, Phase, StoreError, Write};
use std::sync::Arc;
use std::time::Duration;

/// How long a claim holds without a heartbeat, by the machine clock.
const LEASE: Duration = Duration::from_secs(15);
/// How often a step may fail for technical reasons before a person is asked.
const ATTEMPTS: usize = 6;
/// How many operations one server works on at a time.
const AT_A_TIME: usize = 4;
/// How long the runner sleeps at most when nothing is told.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Why the work on an operation stopped before its end.
enum Stop {
    /// A later owner has it, or a person wrote a record meanwhile: look again.
    LookAgain,
    Failed(Error),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Fenced | StoreError::Stale { kind: "operation", .. } => Self::LookAgain,
            other => Self::Failed(other.into()),
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Conflict { kind: "operation", .. } => Self::LookAgain,
            Error::Internal(cause) => match cause.downcast::<StoreError>() {
                Ok(store) => Self::from(*store),
                Err(cause) => Self::Failed(Error::Internal(cause)),
            },
            other => Self::Failed(other),
        }
    }
}

impl App {
    /// Works on operations until told to stop.
    pub async fn run_operations(self, owner: String, mut stop: tokio::sync::watch::Receiver<bool>) {
        let places = Arc::new(tokio::sync::Semaphore::new(AT_A_TIME));
        let mut changes = self.store.changes();
        let mut nudges = self.live.nudges();
        while !*stop.borrow() {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            match self.store.claim(&owner, self.clock.now(), LEASE).await {
                Ok(Some(claim)) => {
                    let app = self.clone();
                    tokio::spawn(async move {
                        app.work_on(claim).await;
                        drop(place);
                    });
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::error!(?error, "no operation could be claimed"),
            }
            drop(place);
            tokio::select! {
                _ = changes.changed() => {}
                _ = nudges.recv() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Works on one claimed operation until it ends, must wait, or is lost to a later owner.
    pub async fn work_on(&self, claim: Claim) {
        let id = claim.operation.id;
        let done = tokio::select! {
            done = self.carry_out(&claim) => done,
            () = self.keep_lease(&claim) => Err(Stop::LookAgain),
        };
        match done {
            Ok(()) => {}
            Err(Stop::LookAgain) => {
                let _lease_runs_out = self.store.put_back(&claim, Duration::ZERO, None).await;
            }
            Err(Stop::Failed(error)) => {
                tracing::error!(operation = %id, ?error, "operation {id} could not go on; it is tried again");
                let _lease_runs_out =
                    self.store.put_back(&claim, Duration::from_secs(2), None).await;
            }
        }
    }

    /// Returns only when the lease is lost.
    async fn keep_lease(&self, claim: &Claim) {
        loop {
            tokio::time::sleep(LEASE / 3).await;
            match self.store.heartbeat(claim.operation.id, claim.epoch, LEASE).await {
                Ok(()) => {}
                Err(StoreError::Fenced) => return,
                Err(error) => tracing::warn!(?error, "a heartbeat failed"),
            }
        }
    }

    async fn carry_out(&self, claim: &Claim) -> Result<(), Stop> {
        let operation = &claim.operation;
        let records = self.store.session().await?.records(operation.id).await?;
        let mut log: Vec<Record> = records.into_iter().map(|(_, record)| record).collect();
        let kind = self.operations.get(&operation.kind, operation.kind_version);
        let steps = kind.as_ref().map_or(&[][..], |kind| kind.steps());
        loop {
            match next(steps.len(), &log, self.clock.now()) {
                Next::Apply { step } => {
                    let kind = kind.as_ref().expect("a kind without steps is never applied");
                    if !self.apply(claim, kind, &mut log, step).await? {
                        return Ok(());
                    }
                }
                Next::Undo { step } => {
                    if !self.undo(claim, steps[step].as_ref(), &mut log, step).await? {
                        return Ok(());
                    }
                }
                Next::Wait { until } => {
                    self.store.put_back(claim, Duration::ZERO, Some(until)).await?;
                    return Ok(());
                }
                Next::NeedsAttention { step, diagnosis } => {
                    return self.ask_a_person(claim, &mut log, step, diagnosis).await;
                }
                Next::Finish(outcome) => {
                    return self.finish(claim, kind.as_ref(), &log, outcome).await;
                }
            }
        }
    }

    /// Applies one step; false when the operation is put back for later.
    async fn apply(
        &self,
        claim: &Claim,
        kind: &Arc<dyn Kind>,
        log: &mut Vec<Record>,
        step: usize,
    ) -> Result<bool, Stop> {
        let this = &kind.steps()[step];
        let again = log
            .iter()
            .any(|record| matches!(record, Record::Started { step: s, .. } if *s == step));
        // An operation that was held before it ever started has records, but has taken nothing yet.
        let begun = log.iter().any(|record| matches!(record, Record::Started { .. }));
        if begun {
            self.record(claim, log, Record::Started { step, epoch: claim.epoch }).await?;
        } else {
            match self.begin(claim, kind, log, step).await? {
                Begun::Yes => {}
                Begun::Later(after) => {
                    self.store.put_back(claim, after, None).await?;
                    return Ok(false);
                }
                Begun::Refused => return Ok(true),
            }
        }
        let name = format!("{}/{}", kind.name(), this.name());
        self.faults.point(&format!("{name}/before"));
        let answer = loop {
            let work = self.work(claim, this.name(), (log, again));
            match once(this.as_ref(), &work).await {
                Err(Trouble::NotYet(after)) => {
                    tokio::time::sleep(after).await;
                    if self.store.session().await?.records(claim.operation.id).await?.len()
                        != log.len()
                    {
                        return Err(Stop::LookAgain);
                    }
                }
                answer => break answer,
            }
        };
        self.faults.point(&format!("{name}/after"));
        self.note(claim, log, step, answer).await
    }

    /// Records how a step ended; false when the operation is put back for later.
    async fn note(
        &self,
        claim: &Claim,
        log: &mut Vec<Record>,
        step: usize,
        answer: Result<End, Trouble>,
    ) -> Result<bool, Stop> {
        let record = match answer {
            Ok(End::Done(output)) => Record::Done { step, output },
            Ok(End::Wait(until)) => Record::Waiting { step, until },
            Err(Trouble::Refused(why)) => Record::Refused { step, why },
            Err(Trouble::NeedsAttention(diagnosis)) => Record::AttentionNeeded { step, diagnosis },
            Err(Trouble::Fenced) => return Err(Stop::LookAgain),
            // Only an undo gets here with it; applying waits in place.
            Err(Trouble::NotYet(after)) => {
                self.store.put_back(claim, after, None).await?;
                return Ok(false);
            }
            Err(Trouble::Retry(why)) => {
                let tried = attempts(log, step) + 1;
                self.say(claim, &format!("attempt {tried} of {ATTEMPTS} failed: {why}"));
                if tried >= ATTEMPTS {
                    Record::AttentionNeeded {
                        step,
                        diagnosis: format!("failed {tried} times, the last time with: {why}"),
                    }
                } else {
                    self.record(claim, log, Record::Retrying { step, why }).await?;
                    self.store.put_back(claim, back_off(tried), None).await?;
                    return Ok(false);
                }
            }
        };
        self.record(claim, log, record).await?;
        Ok(true)
    }

    /// Takes one step back; false when the operation is put back for later.
    async fn undo(
        &self,
        claim: &Claim,
        this: &dyn Step,
        log: &mut Vec<Record>,
        step: usize,
    ) -> Result<bool, Stop> {
        self.record(claim, log, Record::UndoStarted { step, epoch: claim.epoch }).await?;
        let name = format!("{}/{}", claim.operation.kind, this.name());
        self.faults.point(&format!("{name}/undo-before"));
        let work = self.work(claim, this.name(), (log, true));
        work.say(format!("undo: {}", this.title()));
        let answer = this.undo(&work).await;
        self.faults.point(&format!("{name}/undo-after"));
        let record = match answer {
            Ok(()) => Record::Undone { step },
            Err(Trouble::Fenced) => return Err(Stop::LookAgain),
            Err(Trouble::NotYet(after)) => {
                self.store.put_back(claim, after, None).await?;
                return Ok(false);
            }
            Err(Trouble::Retry(why)) if attempts(log, step) + 1 < ATTEMPTS => {
                let after = back_off(attempts(log, step) + 1);
                self.say(claim, &format!("undo failed and is tried again: {why}"));
                self.record(claim, log, Record::UndoRetrying { step, why }).await?;
                self.store.put_back(claim, after, None).await?;
                return Ok(false);
            }
            Err(Trouble::Retry(why) | Trouble::Refused(why) | Trouble::NeedsAttention(why)) => {
                Record::UndoFailed { step, why }
            }
        };
        self.record(claim, log, record).await?;
        Ok(true)
    }

    fn work<'a>(
        &'a self,
        claim: &'a Claim,
        step: &str,
        (log, again): (&'a [Record], bool),
    ) -> Work<'a> {
        let (lines, folder, id) =
            (self.live.clone(), self.folders.operation(claim.operation.id), claim.operation.id);
        let log_line = Arc::new(move |line: &str| lines.say(&folder, id, line));
        let call = Call { operation: id, step: step.to_owned(), epoch: claim.epoch, log: log_line };
        Work { app: self, operation: &claim.operation, call, log, again }
    }

    fn say(&self, claim: &Claim, line: &str) {
        self.live.say(&self.folders.operation(claim.operation.id), claim.operation.id, line);
    }

    async fn record(
        &self,
        claim: &Claim,
        log: &mut Vec<Record>,
        record: Record,
    ) -> Result<(), Stop> {
        let mut write = self.store.write(&claim.operation.project, self.own_stamp()).await?;
        write.record(claim, log.len(), &record).await?;
        write.commit().await?;
        log.push(record);
        Ok(())
    }

    /// The first record: the environment is taken, the kind judges again, and all is stored together.
    async fn begin(
        &self,
        claim: &Claim,
        kind: &Arc<dyn Kind>,
        log: &mut Vec<Record>,
        step: usize,
    ) -> Result<Begun, Stop> {
        let operation = &claim.operation;
        let mut write = self.store.write(&operation.project, self.own_stamp()).await?;
        let refused = match self.take_environment(&mut write, claim).await? {
            Taken::Busy => return Ok(Begun::Later(Duration::from_secs(1))),
            Taken::Refused(why) => Some(why),
            Taken::Yes => match kind.begin(self, &mut write, operation).await {
                Ok(()) => None,
                Err(error @ Error::Internal(_)) => return Err(error.into()),
                Err(error) => Some(because(&error)),
            },
        };
        let record = match &refused {
            None => Record::Started { step, epoch: claim.epoch },
            Some(why) => {
                // What `begin` and the taking of the environment wrote must not stay.
                drop(write);
                write = self.store.write(&operation.project, self.own_stamp()).await?;
                Record::Refused { step, why: why.clone() }
            }
        };
        write.record(claim, log.len(), &record).await?;
        write.commit().await?;
        log.push(record);
        if let Some(why) = refused {
            self.say(claim, &format!("refused: {why}"));
            return Ok(Begun::Refused);
        }
        Ok(Begun::Yes)
    }

    async fn take_environment(&self, write: &mut Write, claim: &Claim) -> Result<Taken, Stop> {
        let Ok(id) = claim.operation.environment.parse::<EnvironmentId>() else {
            return Ok(Taken::Yes);
        };
        let seen = write.get::<Environment>(id).await?;
        let command =
            Command::Begin { operation: claim.operation.id, kind: claim.operation.kind.clone() };
        match environment::decide(&seen.value.state, command, write.now()) {
            Ok(change) => {
                let value = Environment { state: change.state, ..seen.value };
                write.change(id, seen.version, &value, &change.event).await?;
                Ok(Taken::Yes)
            }
            Err(environment::Refusal::Busy { .. }) => Ok(Taken::Busy),
            Err(refusal @ environment::Refusal::WrongState { .. }) => {
                Ok(Taken::Refused(refusal.to_string()))
            }
        }
    }

    async fn ask_a_person(
        &self,
        claim: &Claim,
        log: &mut Vec<Record>,
        step: usize,
        diagnosis: String,
    ) -> Result<(), Stop> {
        if !matches!(log.last(), Some(Record::AttentionNeeded { .. })) {
            self.record(claim, log, Record::AttentionNeeded { step, diagnosis: diagnosis.clone() })
                .await?;
        }
        let mut write = self.store.write(&claim.operation.project, self.own_stamp()).await?;
        write.settle(claim, Phase::Attention, None).await?;
        write.commit().await?;
        self.say(claim, &format!("needs attention: {diagnosis}"));
        Ok(())
    }

    async fn finish(
        &self,
        claim: &Claim,
        kind: Option<&Arc<dyn Kind>>,
        log: &[Record],
        outcome: Outcome,
    ) -> Result<(), Stop> {
        let mut write = self.store.write(&claim.operation.project, self.own_stamp()).await?;
        self.release_environment(&mut write, claim, kind, log, &outcome).await?;
        if let Some(kind) = kind {
            kind.finish(self, &mut write, &claim.operation, (&outcome, log)).await?;
        }
        crate::cutover::operation_ended(self, &mut write, &claim.operation, &outcome).await?;
        write.settle(claim, Phase::Done, Some(&outcome)).await?;
        write.commit().await?;
        self.say(claim, &format!("ended: {}", outcome.name().replace('_', " ")));
        Ok(())
    }

    async fn release_environment(
        &self,
        write: &mut Write,
        claim: &Claim,
        kind: Option<&Arc<dyn Kind>>,
        log: &[Record],
        outcome: &Outcome,
    ) -> Result<(), Stop> {
        let Ok(id) = claim.operation.environment.parse::<EnvironmentId>() else { return Ok(()) };
        let seen = write.get::<Environment>(id).await?;
        let operation = claim.operation.id;
        let ours = match &seen.value.state {
            State::Working { operation: by, .. } | State::Blocked { operation: by, .. } => {
                *by == operation
            }
            State::Planned
            | State::Running { .. }
            | State::Stopped { .. }
            | State::Deleted { .. } => false,
        };
        if !ours {
            return Ok(());
        }
        let command = match outcome {
            Outcome::Succeeded => {
                let after = kind.map_or(environment::After::Unchanged, |kind| {
                    kind.after(&claim.operation, &seen.value, log)
                });
                Command::Finish { operation, after }
            }
            Outcome::RolledBack { .. } | Outcome::Cancelled { .. } => {
                Command::Abandon { operation }
            }
            Outcome::RollbackFailed { why, .. } => Command::Block { operation, why: why.clone() },
        };
        let change =
            environment::decide(&seen.value.state, command, write.now()).map_err(Error::from)?;
        let value = Environment { state: change.state, ..seen.value };
        write.change(id, seen.version, &value, &change.event).await?;
        Ok(())
    }
}

enum Begun {
    Yes,
    Later(Duration),
    Refused,
}

enum Taken {
    Yes,
    Busy,
    Refused(String),
}

/// Applies a step, unless a look shows that an earlier attempt has done it already.
async fn once(step: &dyn Step, work: &Work<'_>) -> Result<End, Trouble> {
    if work.again
        && let Some(found) = step.inspect(work).await?
    {
        work.say(format!("{}: already done", step.title()));
        return Ok(End::Done(found));
    }
    work.say(format!("{}{}", step.title(), if work.again { " (again)" } else { "" }));
    step.apply(work).await
}

/// All reasons in one line.
fn because(error: &Error) -> String {
    match error {
        Error::GateShut(verdict) => {
            let reasons: Vec<&str> =
                verdict.reasons().map(|reason| reason.title.as_str()).collect();
            format!("the gate `{}` is shut: {}", verdict.gate.name(), reasons.join("; "))
        }
        other => other.to_string(),
    }
}

/// One second, then twice as long each time, at most half a minute.
fn back_off(tried: usize) -> Duration {
    Duration::from_millis(500 << tried.min(6)).min(Duration::from_secs(30))
}
