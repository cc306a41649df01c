//! What may be done with a step: the rules, and why not.

use super::{Command, Earlier, Event, Proof, State, Step};
use crate::id::{StepId, UserId};
use crate::policy::{Enforcement, Policy};
use crate::vocabulary::{EvidenceKind, Verified};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The step to store and the event to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The step after.
    pub step: Step,
    /// What happened.
    pub event: Event,
}

/// A prerequisite that is not settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The step that comes first.
    pub step: StepId,
    /// Its number and title.
    pub title: String,
}

/// What a step is judged in: its phase, the other steps, what the server verified, the day.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// True while the step's phase is complete.
    pub phase_complete: bool,
    /// All steps of the project.
    pub steps: &'a [Step],
    /// Records by name, as the server verified them now.
    pub records: &'a BTreeMap<String, Verified>,
    /// The project's pack.
    pub policy: &'a Policy,
    /// Today in the project's zone.
    pub today: Date,
}

impl Around<'_> {
    /// The prerequisites of a step that are not settled; while there are any it is locked.
    pub fn waiting(&self, step: &Step) -> Vec<Waiting> {
        let open = |id: &StepId| match self.steps.iter().find(|other| other.id == *id) {
            Some(other) if other.state.is_settled() => None,
            Some(other) => {
                Some(Waiting { step: *id, title: format!("{} {}", other.number, other.title) })
            }
            None => Some(Waiting {
                step: *id,
                title: "a step that this project no longer has".to_owned(),
            }),
        };
        step.prerequisites.iter().filter_map(open).collect()
    }
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a step that is {state} cannot {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// Other steps come first.
    #[error("the step is locked until others are done: {}", titles(.0))]
    Locked(Vec<Waiting>),
    /// The phase is complete; it has to be reopened first.
    #[error("the phase of this step is complete; reopen the phase first")]
    PhaseComplete,
    /// The server looked, and what the step asks for is not so.
    #[error("the server verified it and it does not hold: {}", found(.0))]
    NotVerified(Vec<Verified>),
    /// Evidence of a kind that does not prove this step.
    #[error("evidence of the kind {given} does not prove this step; it takes {taken}")]
    WrongEvidence {
        /// What was given.
        given: String,
        /// What the step takes.
        taken: String,
    },
    /// Nothing proves it.
    #[error("evidence must be given: {0}")]
    NoEvidence(String),
    /// Something must be said and was not.
    #[error("{0} must be given")]
    Missing(&'static str),
    /// The day lies ahead.
    #[error("{on} lies ahead of today, {today}")]
    NotYet {
        /// The day that was given.
        on: Date,
        /// Today.
        today: Date,
    },
    /// The step applies to every project.
    #[error("this step applies to every project; a waiver is the way around it")]
    AlwaysApplies,
    /// It takes a second person.
    #[error("whoever set the step aside cannot confirm it")]
    SamePerson,
}

fn titles(waiting: &[Waiting]) -> String {
    waiting.iter().map(|w| w.title.as_str()).collect::<Vec<_>>().join("; ")
}

fn found(records: &[Verified]) -> String {
    let said = |v: &Verified| format!("{} is {}, wanted {}", v.fact, v.found.value, v.wanted);
    records.iter().map(said).collect::<Vec<_>>().join("; ")
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(
    step: &Step,
    command: Command,
    around: &Around,
    now: Timestamp,
) -> Result<Change, Refusal> {
    use {Command as C, Event as E, State as S};
    let mut after = step.clone();
    let (state, event) = match (step.state.clone(), command) {
        (S::Open | S::SetAside { .. }, C::Complete { by, proofs, note }) => {
            done(by, now, completed(step, proofs, around)?, note, None)
        }
        (S::Open | S::SetAside { .. }, C::RecordLater { by, earlier, proofs, note }) => {
            recorded_later(step, &earlier, &proofs, around)?;
            done(by, now, proofs, note, Some(earlier))
        }
        (
            was @ (S::Done { .. } | S::SetAside { .. } | S::NotApplicable { .. }),
            C::Reopen { by, reason },
        ) => {
            changeable(step, around)?;
            said(&reason)?;
            (S::Open, E::Reopened { by, reason, was })
        }
        (S::Open, C::SetAside { by, reason }) => {
            if !step.may_not_apply && step.required {
                return Err(Refusal::AlwaysApplies);
            }
            changeable(step, around)?;
            said(&reason)?;
            (S::SetAside { by, at: now, reason: reason.clone() }, E::SetAside { by, reason })
        }
        (S::SetAside { by: first, .. }, C::Confirm { by }) if first == by => {
            return Err(Refusal::SamePerson);
        }
        (S::SetAside { by: first, reason, .. }, C::Confirm { by }) => {
            (S::NotApplicable { by: first, confirmed_by: by, at: now, reason }, E::Confirmed { by })
        }
        (state, C::Assign { by, to }) => {
            after.assigned = to;
            (state, E::Assigned { by, to })
        }
        (state @ (S::Open | S::SetAside { .. }), C::Plan { by, on }) => {
            let was = std::mem::replace(&mut after.planned, on);
            (state, E::Planned { by, on, was })
        }
        (state, C::Require { by, required, reason }) => {
            said(&reason)?;
            after.required = required;
            changeable(step, around).and(changeable(&after, around))?;
            (state, E::Required { by, required, reason })
        }
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    };
    after.state = state;
    Ok(Change { step: after, event })
}

/// A step that is done, and the event that tells it.
fn done(
    by: UserId,
    at: Timestamp,
    proofs: Vec<Proof>,
    note: String,
    earlier: Option<Earlier>,
) -> (State, Event) {
    let event = Event::Completed {
        by,
        proofs: proofs.clone(),
        note: note.clone(),
        earlier: earlier.clone(),
    };
    (State::Done { by, at, proofs, note, earlier }, event)
}

/// Whether a required step may change what its phase rests on.
fn changeable(step: &Step, around: &Around) -> Result<(), Refusal> {
    if around.phase_complete && step.required { Err(Refusal::PhaseComplete) } else { Ok(()) }
}

fn said(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() { Err(Refusal::Missing("a reason")) } else { Ok(()) }
}

/// What proves a step that is marked now: what was given, and the records that hold.
fn completed(step: &Step, given: Vec<Proof>, around: &Around) -> Result<Vec<Proof>, Refusal> {
    let waiting = around.waiting(step);
    if !waiting.is_empty() {
        return Err(Refusal::Locked(waiting));
    }
    let asked = || step.evidence.iter().map(EvidenceKind::name).collect::<Vec<_>>().join(", ");
    // Records are verified, never claimed.
    let mut proofs: Vec<Proof> =
        given.into_iter().filter(|proof| !matches!(proof, Proof::Record { .. })).collect();
    if let Some(other) = proofs.iter().find(|proof| !step.evidence.contains(&proof.kind())) {
        return Err(Refusal::WrongEvidence { given: other.kind().name(), taken: asked() });
    }
    let (held, failed): (Vec<Verified>, Vec<Verified>) =
        verified(step, around).into_iter().partition(|v| v.holds);
    proofs.extend(
        held.into_iter()
            .map(|v| Proof::Record { found: v.found.value.to_string(), record: v.record }),
    );
    if !proofs.is_empty() {
        return Ok(proofs);
    }
    if !failed.is_empty()
        && step.evidence.iter().all(|kind| matches!(kind, EvidenceKind::Record(_)))
    {
        return Err(Refusal::NotVerified(failed));
    }
    let strict = around.policy.enforcement("methodology.evidence_on_required_steps")
        == Enforcement::Deny
        && around.policy.flag("methodology.evidence_on_required_steps");
    if strict && step.required { Err(Refusal::NoEvidence(asked())) } else { Ok(proofs) }
}

/// The records that may prove the step, as verified now.
fn verified(step: &Step, around: &Around) -> Vec<Verified> {
    let record = |kind: &EvidenceKind| match kind {
        EvidenceKind::Record(record) => around.records.get(record).cloned(),
        EvidenceKind::Document | EvidenceKind::Link | EvidenceKind::File => None,
    };
    step.evidence.iter().filter_map(record).collect()
}

/// Work of the past needs its day, its doer and something that shows it; it cannot be verified any more.
fn recorded_later(
    step: &Step,
    earlier: &Earlier,
    proofs: &[Proof],
    around: &Around,
) -> Result<(), Refusal> {
    let waiting = around.waiting(step);
    if !waiting.is_empty() {
        return Err(Refusal::Locked(waiting));
    }
    if earlier.on > around.today {
        return Err(Refusal::NotYet { on: earlier.on, today: around.today });
    }
    if earlier.done_by.trim().is_empty() {
        return Err(Refusal::Missing("who did it"));
    }
    if proofs.iter().all(|proof| matches!(proof, Proof::Record { .. })) {
        return Err(Refusal::NoEvidence("a document, link or file of then".to_owned()));
    }
    Ok(())
}
