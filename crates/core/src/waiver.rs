//! Waivers: recorded exceptions to one criterion of one gate, decided by two people, for a limited time.
//!
//! ```text
//! propose ─► Proposed ─approve (each side)─► Active ─time─► Expired     a renewal is a new waiver that names the old
//!               │ refuse ► Refused             │ revoke ► Revoked
//!               │ withdraw ► Withdrawn         │ close ► Closed (no longer needed)
//!               └ time ► Expired
//! ```
//!
//! The criterion is still judged and shown as waived; when the waiver ends the gate is shut by it again.

use crate::fact::{Fact, Facts};
use crate::gate::{Exception, Gate};
use crate::id::{UserId, WaiverId};
use crate::people::Side;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod rules;
pub use rules::{Fault, Rules};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The gate.
    pub gate: Gate,
    /// The criterion of that gate.
    pub criterion: String,
    /// The setting that the criterion is judged by, if it is judged by one.
    #[serde(default)]
    pub setting: Option<String>,
    /// Why the criterion cannot be met now.
    pub reason: String,
    /// Who bears the risk until then.
    pub risk_owner: Option<UserId>,
    /// What is done instead.
    pub measure: String,
    /// When it ends by itself.
    pub expires: Timestamp,
}

/// One waiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// What is asked for.
    pub proposal: Proposal,
    /// Who asked.
    pub proposed_by: UserId,
    /// The digest of what the deciders are shown.
    pub digest: String,
    /// How often it was renewed, this one included.
    pub renewals: u32,
    /// The waiver that this one continues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews: Option<WaiverId>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

/// One of the two agreements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Who.
    pub by: UserId,
    /// For which side.
    pub side: Side,
    /// When.
    pub at: Timestamp,
}

/// Where a waiver stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It waits for the sides that must agree.
    Proposed {
        /// Who has agreed so far.
        agreed: Vec<Agreement>,
    },
    /// In force.
    Active {
        /// Who agreed.
        agreed: Vec<Agreement>,
        /// Since when.
        since: Timestamp,
    },
    /// Somebody said no.
    Refused {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Taken back before it was decided.
    Withdrawn {
        /// Who.
        by: UserId,
    },
    /// Its time is over; the criterion counts again.
    Expired {
        /// When.
        at: Timestamp,
    },
    /// Ended early.
    Revoked {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// The criterion is met without it.
    Closed {
        /// Who.
        by: UserId,
    },
}

/// What is asked of a waiver.
#[derive(Debug, Clone)]
pub enum Command {
    /// Agree, for one side, to what was shown.
    Approve {
        /// Who.
        by: UserId,
        /// The side he signs for.
        side: Side,
        /// The digest of what was shown.
        digest: String,
    },
    /// Say no.
    Refuse {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Take the proposal back.
    Withdraw {
        /// Who; only the one who proposed it.
        by: UserId,
    },
    /// End it early.
    Revoke {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// It is no longer needed.
    Close {
        /// Who.
        by: UserId,
    },
    /// Its time is over.
    Expire,
}

/// What happened to a waiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Asked for.
    Proposed {
        /// What.
        proposal: Proposal,
    },
    /// One side agreed; another one is missing.
    Approved {
        /// Who.
        by: UserId,
        /// For which side.
        side: Side,
    },
    /// The last side agreed: in force.
    Activated {
        /// Who.
        by: UserId,
        /// For which side.
        side: Side,
    },
    /// Somebody said no.
    Refused {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Taken back.
    Withdrawn {
        /// Who.
        by: UserId,
    },
    /// Ended early.
    Revoked {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// No longer needed.
    Closed {
        /// Who.
        by: UserId,
    },
    /// Its time is over.
    Expired,
}

/// The waiver to store and the event to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The waiver after.
    pub waiver: Waiver,
    /// What happened.
    pub event: Event,
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a waiver that is {state} cannot be asked to {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// The proposal is not complete; all reasons at once.
    #[error("the proposal does not hold")]
    Faults(Vec<Fault>),
    /// Whoever proposed it does not decide it.
    #[error("whoever proposed a waiver does not decide it")]
    OwnProposal,
    /// One person, one seat.
    #[error("one person takes one seat of a decision")]
    SecondSeat,
    /// That side has agreed already.
    #[error("the {0} side has agreed already")]
    SeatTaken(&'static str),
    /// That side has no say.
    #[error("the {0} side has no seat in this decision")]
    NoSeat(&'static str),
    /// What was shown is not what would be decided.
    #[error("it has changed since it was shown")]
    Changed,
    /// It is over.
    #[error("its end lies in the past")]
    Over,
    /// Only whoever proposed it takes it back.
    #[error("only whoever proposed it takes it back")]
    NotYours,
    /// The end has not come yet.
    #[error("it has not expired yet")]
    NotExpired,
    /// A reason must be given.
    #[error("a reason must be given")]
    NoReason,
}

/// Asks for a waiver. `digest` is that of the proposal as the deciders will see it.
pub fn propose(
    proposal: Proposal,
    by: UserId,
    digest: &str,
    rules: &Rules,
    now: Timestamp,
) -> Result<Change, Refusal> {
    proposed(proposal, by, digest, (0, None), (rules, now))
}

/// Asks for another term. The old waiver runs to its own end.
pub fn renew(
    old: (WaiverId, &Waiver),
    proposal: Proposal,
    by: UserId,
    digest: &str,
    (rules, now): (&Rules, Timestamp),
) -> Result<Change, Refusal> {
    let (id, waiver) = old;
    match waiver.state {
        State::Active { .. } | State::Expired { .. } => {
            proposed(proposal, by, digest, (waiver.renewals + 1, Some(id)), (rules, now))
        }
        State::Proposed { .. }
        | State::Refused { .. }
        | State::Withdrawn { .. }
        | State::Revoked { .. }
        | State::Closed { .. } => {
            Err(Refusal::WrongState { state: waiver.state.name(), command: "renew" })
        }
    }
}

fn proposed(
    proposal: Proposal,
    by: UserId,
    digest: &str,
    (renewals, renews): (u32, Option<WaiverId>),
    (rules, now): (&Rules, Timestamp),
) -> Result<Change, Refusal> {
    let faults = rules.faults(&proposal, renewals, now);
    if !faults.is_empty() {
        return Err(Refusal::Faults(faults));
    }
    let event = Event::Proposed { proposal: proposal.clone() };
    let state = State::Proposed { agreed: Vec::new() };
    let waiver =
        Waiver { proposal, proposed_by: by, digest: digest.to_owned(), renewals, renews, state };
    Ok(Change { waiver, event })
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(
    waiver: &Waiver,
    command: Command,
    rules: &Rules,
    now: Timestamp,
) -> Result<Change, Refusal> {
    use {Command as C, Event as E, State as S};
    let (state, event) = match (waiver.state.clone(), command) {
        (S::Proposed { agreed }, C::Approve { by, side, digest }) => {
            if digest != waiver.digest {
                return Err(Refusal::Changed);
            }
            approve(waiver, agreed, Agreement { by, side, at: now }, rules)?
        }
        (S::Proposed { .. }, C::Refuse { by, reason }) => {
            check_decider(waiver, by)?;
            check_reason(&reason)?;
            (S::Refused { by, reason: reason.clone() }, E::Refused { by, reason })
        }
        (S::Proposed { .. }, C::Withdraw { by }) if by == waiver.proposed_by => {
            (S::Withdrawn { by }, E::Withdrawn { by })
        }
        (S::Proposed { .. }, C::Withdraw { .. }) => return Err(Refusal::NotYours),
        (S::Active { .. }, C::Revoke { by, reason }) => {
            check_reason(&reason)?;
            (S::Revoked { by, reason: reason.clone() }, E::Revoked { by, reason })
        }
        (S::Active { .. }, C::Close { by }) => (S::Closed { by }, E::Closed { by }),
        (S::Proposed { .. } | S::Active { .. }, C::Expire) if now >= waiver.proposal.expires => {
            (S::Expired { at: now }, E::Expired)
        }
        (S::Proposed { .. } | S::Active { .. }, C::Expire) => return Err(Refusal::NotExpired),
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    };
    Ok(Change { waiver: Waiver { state, ..waiver.clone() }, event })
}

/// Takes one seat; the last one puts the waiver in force.
fn approve(
    waiver: &Waiver,
    mut agreed: Vec<Agreement>,
    new: Agreement,
    rules: &Rules,
) -> Result<(State, Event), Refusal> {
    let (by, side, now) = (new.by, new.side, new.at);
    check_decider(waiver, by)?;
    if now >= waiver.proposal.expires {
        return Err(Refusal::Over);
    }
    if !rules.sides.contains(&side) {
        return Err(Refusal::NoSeat(side.name()));
    }
    if agreed.iter().any(|other| other.by == by) {
        return Err(Refusal::SecondSeat);
    }
    if agreed.iter().any(|other| other.side == side) {
        return Err(Refusal::SeatTaken(side.name()));
    }
    agreed.push(new);
    if rules.sides.iter().all(|side| agreed.iter().any(|other| other.side == *side)) {
        return Ok((State::Active { agreed, since: now }, Event::Activated { by, side }));
    }
    Ok((State::Proposed { agreed }, Event::Approved { by, side }))
}

fn check_decider(waiver: &Waiver, by: UserId) -> Result<(), Refusal> {
    if by == waiver.proposed_by { Err(Refusal::OwnProposal) } else { Ok(()) }
}

fn check_reason(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() { Err(Refusal::NoReason) } else { Ok(()) }
}

/// The exception that a waiver stands for, while it is in force.
pub fn exception(id: WaiverId, waiver: &Waiver, now: Timestamp) -> Option<Exception> {
    let active = matches!(waiver.state, State::Active { .. }) && waiver.proposal.expires > now;
    active.then(|| Exception {
        waiver: id,
        gate: waiver.proposal.gate,
        criterion: waiver.proposal.criterion.clone(),
        expires: waiver.proposal.expires,
    })
}

/// The fact `waiver.active`: how many are in force, which, and when the first of them ends.
pub fn facts<'a>(
    waivers: impl IntoIterator<Item = (WaiverId, &'a Waiver)>,
    now: Timestamp,
) -> Facts {
    let active: Vec<Exception> =
        waivers.into_iter().filter_map(|(id, waiver)| exception(id, waiver, now)).collect();
    let names =
        active.iter().map(|e| format!("{} of {} until {}", e.criterion, e.gate.name(), e.expires));
    let mut facts = Facts::default();
    let ends = active.iter().map(|exception| exception.expires).min();
    facts.set("waiver.active", Fact::from(active.len()).because(names).until(ends));
    facts
}

impl State {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Proposed { .. } => "proposed",
            Self::Active { .. } => "active",
            Self::Refused { .. } => "refused",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Expired { .. } => "expired",
            Self::Revoked { .. } => "revoked",
            Self::Closed { .. } => "closed",
        }
    }
}

impl Command {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Approve { .. } => "approve",
            Self::Refuse { .. } => "refuse",
            Self::Withdraw { .. } => "withdraw",
            Self::Revoke { .. } => "revoke",
            Self::Close { .. } => "close",
            Self::Expire => "expire",
        }
    }
}

#[cfg(test)]
mod tests;
