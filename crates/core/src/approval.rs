//! Approvals: a decision that several people take, each in a capacity of his own.
//!
//! Rules are never merged: each is met on its own. One person takes one seat. Whoever asked never approves. A signature
//! binds to the digest of what was shown; when that changes, everything signed so far is superseded.
//!
//! ```text
//! Open ─sign (last seat)─► Complete ─supersede─► Superseded
//!  │ refuse ► Refused     │ withdraw ► Withdrawn     │ time ► Expired     │ supersede ► Superseded
//! ```

use crate::id::UserId;
use crate::people::Member;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod matching;
mod messages;
mod seat;
pub use matching::{Missing, missing};
pub use messages::{Command, Event};
pub use seat::{Capacity, Delegation, Rule, Signature};

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What is decided about: an id.
    pub subject: String,
    /// What is decided, in words.
    pub title: String,
    /// Who asked for it.
    pub requested_by: UserId,
    /// The digest of what is shown to the signers.
    pub digest: String,
    /// The rules; all must be met.
    pub rules: Vec<Rule>,
    /// Who may sign for whom.
    #[serde(default)]
    pub delegations: Vec<Delegation>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

/// Where a decision stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It waits for signatures.
    Open {
        /// Those given.
        signatures: Vec<Signature>,
        /// When it lapses.
        expires: Timestamp,
        /// How often the signers were reminded.
        reminders: u32,
        /// Whether the deputies were told.
        escalated: bool,
    },
    /// Every rule is met.
    Complete {
        /// The signatures.
        signatures: Vec<Signature>,
        /// Since when.
        at: Timestamp,
    },
    /// Somebody said no.
    Refused {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// What was shown has changed; it must be asked for again.
    Superseded {
        /// The digest of what it is now.
        became: String,
        /// What changed, in words.
        changes: Vec<String>,
        /// Who had signed and must be told.
        signed: Vec<UserId>,
        /// When.
        at: Timestamp,
    },
    /// Nobody decided in time.
    Expired {
        /// When.
        at: Timestamp,
    },
    /// Whoever asked took it back.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

/// The decision to store and the event to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The decision after.
    pub approval: Approval,
    /// What happened.
    pub event: Event,
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a decision that is {state} cannot be asked to {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// Whoever asked never approves.
    #[error("whoever asked for a decision does not take it")]
    OwnRequest,
    /// One person, one seat.
    #[error("one person takes one seat of a decision")]
    SecondSeat,
    /// There is no such rule.
    #[error("the decision has no rule `{0}`")]
    NoSuchRule(String),
    /// All seats of the rule are taken.
    #[error("every seat of `{0}` is taken")]
    RuleMet(String),
    /// The rule does not take this capacity.
    #[error("`{0}` does not take a signature in this capacity")]
    CapacityNotAsked(String),
    /// The signer does not have the capacity.
    #[error("the signer does not have this capacity")]
    CapacityNotHeld,
    /// Nobody gave the signer this capacity.
    #[error("this capacity was not delegated to the signer, or no longer is")]
    NotDelegated,
    /// What was shown is not what would be signed.
    #[error("it has changed since it was shown")]
    Changed,
    /// It has not changed.
    #[error("nothing has changed")]
    NotChanged,
    /// The time is over.
    #[error("the time for this decision is over")]
    Over,
    /// The time is not over.
    #[error("the time for this decision is not over yet")]
    NotExpired,
    /// A delegation must end, in time, and go to somebody else.
    #[error("a delegation goes to somebody else and ends within {days} days")]
    BadDelegation {
        /// The longest delegation in days.
        days: i64,
    },
    /// Only whoever asked takes it back.
    #[error("only whoever asked takes it back")]
    NotYours,
    /// Something must be said and was not.
    #[error("{0} must be given")]
    Missing(&'static str),
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(approval: &Approval, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    use {Command as C, Event as E, State as S};
    let mut delegations = approval.delegations.clone();
    let (state, event) = match (approval.state.clone(), command) {
        (S::Open { expires, .. }, C::Sign { .. } | C::Refuse { .. }) if now >= expires => {
            return Err(Refusal::Over);
        }
        (S::Open { signatures, expires, reminders, escalated }, command @ C::Sign { .. }) => {
            let signature = signature(approval, &signatures, command, now)?;
            let signatures: Vec<Signature> =
                signatures.into_iter().chain([signature.clone()]).collect();
            if approval.rules.iter().all(|rule| open_seats(rule, &signatures) == 0) {
                (S::Complete { signatures, at: now }, E::Completed { signature })
            } else {
                (S::Open { signatures, expires, reminders, escalated }, E::Signed { signature })
            }
        }
        (S::Open { .. }, C::Refuse { by, reason }) => refuse(approval, &by, reason, now)?,
        (state @ S::Open { .. }, C::Delegate { delegation, longest }) => {
            let allowed = delegation.until > now && delegation.until.duration_since(now) <= longest;
            if !allowed || delegation.from == delegation.to {
                return Err(Refusal::BadDelegation { days: longest.as_hours() / 24 });
            }
            delegations.push(delegation.clone());
            (state, E::Delegated { delegation })
        }
        (S::Open { .. } | S::Complete { .. }, C::Supersede { digest, .. })
            if digest == approval.digest =>
        {
            return Err(Refusal::NotChanged);
        }
        (
            S::Open { signatures, .. } | S::Complete { signatures, .. },
            C::Supersede { digest, changes },
        ) => {
            let signed: Vec<UserId> = signatures.iter().map(|signature| signature.by).collect();
            let event = E::Superseded {
                digest: digest.clone(),
                changes: changes.clone(),
                signed: signed.clone(),
            };
            (S::Superseded { became: digest, changes, signed, at: now }, event)
        }
        (S::Open { signatures, expires, reminders, escalated }, C::Remind) => {
            (S::Open { signatures, expires, reminders: reminders + 1, escalated }, E::Reminded)
        }
        (S::Open { signatures, expires, reminders, escalated: false }, C::Escalate) => {
            (S::Open { signatures, expires, reminders, escalated: true }, E::Escalated)
        }
        (S::Open { expires, .. }, C::Expire) if now < expires => return Err(Refusal::NotExpired),
        (S::Open { .. }, C::Expire) => (S::Expired { at: now }, E::Expired),
        (S::Open { .. }, C::Withdraw { by }) if by == approval.requested_by => {
            (S::Withdrawn { at: now }, E::Withdrawn { by })
        }
        (S::Open { .. }, C::Withdraw { .. }) => return Err(Refusal::NotYours),
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    };
    Ok(Change { approval: Approval { delegations, state, ..approval.clone() }, event })
}

/// Judges everything about one signature.
fn signature(
    approval: &Approval,
    given: &[Signature],
    command: Command,
    now: Timestamp,
) -> Result<Signature, Refusal> {
    let Command::Sign { by, rule, capacity, on_behalf_of, meaning, digest } = command else {
        return Err(Refusal::WrongState { state: "open", command: command.name() });
    };
    if digest != approval.digest {
        return Err(Refusal::Changed);
    }
    if meaning.trim().is_empty() {
        return Err(Refusal::Missing("what the signature means"));
    }
    let holder = on_behalf_of.as_deref().unwrap_or(&by);
    if [by.user, holder.user].contains(&approval.requested_by) {
        return Err(Refusal::OwnRequest);
    }
    let taken = |user: UserId| given.iter().any(|s| s.by == user || s.on_behalf_of == Some(user));
    if taken(by.user) || taken(holder.user) {
        return Err(Refusal::SecondSeat);
    }
    let asked = approval
        .rules
        .iter()
        .find(|r| r.id == rule)
        .ok_or_else(|| Refusal::NoSuchRule(rule.clone()))?;
    if !asked.any_of.contains(&capacity) {
        return Err(Refusal::CapacityNotAsked(rule));
    }
    if open_seats(asked, given) == 0 {
        return Err(Refusal::RuleMet(rule));
    }
    let may_act = |d: &&Delegation| d.from == holder.user && d.to == by.user && d.until > now;
    if holder.user != by.user && !approval.delegations.iter().any(|d| may_act(&d)) {
        return Err(Refusal::NotDelegated);
    }
    // Roles are looked at again now: who has left, or is no person, signs for nobody.
    if !capacity.is_held_by(holder) || by.removed.is_some() || by.service_account {
        return Err(Refusal::CapacityNotHeld);
    }
    let on_behalf_of = on_behalf_of.map(|member| member.user);
    Ok(Signature { rule, by: by.user, capacity, on_behalf_of, meaning, digest, at: now })
}

/// Only who could have said yes can say no.
fn refuse(
    approval: &Approval,
    by: &Member,
    reason: String,
    now: Timestamp,
) -> Result<(State, Event), Refusal> {
    if by.user == approval.requested_by {
        return Err(Refusal::OwnRequest);
    }
    if reason.trim().is_empty() {
        return Err(Refusal::Missing("a reason"));
    }
    let could = |rule: &Rule| rule.any_of.iter().any(|capacity| capacity.is_held_by(by));
    if !approval.rules.iter().any(could) {
        return Err(Refusal::CapacityNotHeld);
    }
    Ok((
        State::Refused { by: by.user, reason: reason.clone(), at: now },
        Event::Refused { by: by.user, reason },
    ))
}

/// The seats of a rule that nobody has taken.
fn open_seats(rule: &Rule, given: &[Signature]) -> usize {
    rule.seats.saturating_sub(given.iter().filter(|signature| signature.rule == rule.id).count())
}

impl State {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Complete { .. } => "complete",
            Self::Refused { .. } => "refused",
            Self::Superseded { .. } => "superseded",
            Self::Expired { .. } => "expired",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

#[cfg(test)]
mod tests;
