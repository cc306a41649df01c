//! The customer's signature over the acceptance: bound to what was shown, superseded when that changes.
//!
//! ```text
//! Unsigned ─► Signed ─► Superseded (what was signed changed) ─► Signed
//!               └─► Revoked (signed in error, with a reason) ─► Signed
//! ```

use super::defect::Defect;
use super::evidence::{Statement, days, end_of};
use super::summary::Summary;
use crate::id::UserId;
use crate::people::Side;
use crate::policy::Policy;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a signature is over: one digest per part, so that a change can be named.
///
/// Age is no part of it: a signature is not superseded by the passing of time, it runs out (see [`valid_until`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Picture(pub BTreeMap<String, String>);

impl Picture {
    /// The picture of an acceptance. `files` names further evidence by what it is: its digest.
    pub fn of(
        summary: &Summary,
        defects: &[Defect],
        statements: &[Statement],
        files: &BTreeMap<String, String>,
    ) -> Self {
        let open: Vec<&Defect> = defects.iter().filter(|defect| defect.is_open()).collect();
        let plan = (&summary.requirements, &summary.links, &summary.areas, &summary.roles);
        let results =
            (&summary.tallies, &summary.not_run, &summary.not_passed, &summary.other_role);
        let stamps: Vec<_> = results.0.iter().collect();
        let mut parts = BTreeMap::from([
            ("requirements and cases".to_owned(), digest(&plan)),
            ("results".to_owned(), digest(&(stamps, results.1, results.2, results.3))),
            ("open defects".to_owned(), digest(&open)),
            ("statements".to_owned(), digest(&statements)),
        ]);
        parts.extend(files.iter().map(|(name, digest)| (name.clone(), digest.clone())));
        Self(parts)
    }

    /// The one digest that a signature is bound to.
    pub fn digest(&self) -> String {
        digest(&self.0)
    }

    /// The parts in which two pictures differ.
    pub fn changed(&self, now: &Self) -> Vec<String> {
        let names = self.0.keys().chain(now.0.keys()).collect::<std::collections::BTreeSet<_>>();
        names.into_iter().filter(|name| self.0.get(*name) != now.0.get(*name)).cloned().collect()
    }
}

fn digest(value: &impl Serialize) -> String {
    let text =
        serde_json::to_vec(value).expect("maps with text keys and plain values always serialise");
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

/// A known issue that the customer signs in spite of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// The defect or the matter.
    pub what: String,
    /// Who takes care of it.
    pub owner: String,
    /// Until when.
    pub until: jiff::civil::Date,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who signed.
    pub by: UserId,
    /// The capacity in which that person chose to sign.
    pub capacity: String,
    /// What the signature states.
    pub meaning: String,
    /// When.
    pub at: Timestamp,
    /// What was shown.
    pub picture: Picture,
    /// The issues that are known; none for a plain sign-off.
    pub issues: Vec<Issue>,
}

/// Where the acceptance stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Nobody has signed.
    #[default]
    Unsigned,
    /// The customer has signed, plainly or with issues.
    Signed {
        /// The signature.
        signature: Signature,
    },
    /// What was signed is not what is there now.
    Superseded {
        /// The signature that no longer holds.
        signature: Signature,
        /// Since when.
        at: Timestamp,
        /// What changed.
        changed: Vec<String>,
    },
    /// It was signed in error.
    Revoked {
        /// The signature that was taken back.
        signature: Signature,
        /// Who took it back.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

impl State {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Signed { .. } => "signed",
            Self::Superseded { .. } => "superseded",
            Self::Revoked { .. } => "revoked",
        }
    }
}

/// What can be asked of the sign-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Sign.
    Sign(Box<Signing>),
    /// Look whether what was signed is still what is there.
    Compare {
        /// What is there now.
        picture: Picture,
    },
    /// Take a signature back that was given in error.
    Revoke {
        /// Who takes it back.
        by: UserId,
        /// Whom that person acts for.
        side: Side,
        /// Why.
        reason: String,
    },
}

/// Everything that signing needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// Who signs.
    pub by: UserId,
    /// Whom that person acts for.
    pub side: Side,
    /// Whether the seat is a generic account.
    pub service_account: bool,
    /// The capacity in which that person chooses to sign.
    pub capacity: String,
    /// What the signature states.
    pub meaning: String,
    /// The digest that the signer was shown.
    pub shown: String,
    /// What is there now.
    pub picture: Picture,
    /// The acceptance gate's criteria that deny, by id; empty when it is open.
    pub gate_denies: Vec<String>,
    /// The known issues, for a sign-off with issues.
    pub issues: Vec<Issue>,
}

impl Command {
    /// The command's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sign(_) => "sign",
            Self::Compare { .. } => "compare",
            Self::Revoke { .. } => "revoke",
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The customer signed.
    Signed {
        /// Who.
        by: UserId,
        /// Over which digest.
        digest: String,
        /// How many known issues.
        issues: usize,
    },
    /// What was signed changed.
    Superseded {
        /// What changed.
        changed: Vec<String>,
    },
    /// It was taken back.
    Revoked {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// One reason why signing is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The state does not allow it.
    #[error("an acceptance that is {state} cannot {command}")]
    WrongState {
        /// The state.
        state: &'static str,
        /// The command.
        command: &'static str,
    },
    /// The gate is shut.
    #[error("the gate is shut: {}", .0.join(", "))]
    GateShut(Vec<String>),
    /// Only the customer signs.
    #[error("only the customer signs the acceptance, not the {}", .0.name())]
    NotCustomer(Side),
    /// A generic account signs nothing.
    #[error("a service account signs nothing")]
    ServiceAccount,
    /// What was shown is not what is there.
    #[error("what was shown has changed; look again and sign what is there now")]
    Changed,
    /// Something is missing.
    #[error("{0} is needed")]
    Missing(&'static str),
    /// Nothing changed: there is nothing to supersede.
    #[error("nothing that was signed has changed")]
    Unchanged,
}

/// Why a command is refused: all reasons.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Refusal(pub Vec<Reason>);

/// The new state and what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The new state.
    pub state: State,
    /// What happened.
    pub event: Event,
}

/// Judges one command.
pub fn decide(state: &State, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    let one = |reason| Err(Refusal(vec![reason]));
    let (state, event) = match (state.clone(), command) {
        (
            State::Unsigned | State::Superseded { .. } | State::Revoked { .. },
            Command::Sign(signing),
        ) => sign(*signing, now)?,
        (State::Signed { signature }, Command::Compare { picture }) => {
            let changed = signature.picture.changed(&picture);
            if changed.is_empty() {
                return one(Reason::Unchanged);
            }
            let event = Event::Superseded { changed: changed.clone() };
            (State::Superseded { signature, at: now, changed }, event)
        }
        (State::Signed { signature }, Command::Revoke { by, side, reason }) => {
            revocable(side, &reason)?;
            let event = Event::Revoked { by, reason: reason.clone() };
            (State::Revoked { signature, by, at: now, reason }, event)
        }
        (state, command) => {
            return one(Reason::WrongState { state: state.name(), command: command.name() });
        }
    };
    Ok(Change { state, event })
}

fn sign(signing: Signing, now: Timestamp) -> Result<(State, Event), Refusal> {
    let mut reasons = Vec::new();
    if signing.side != Side::Customer {
        reasons.push(Reason::NotCustomer(signing.side));
    }
    if signing.service_account {
        reasons.push(Reason::ServiceAccount);
    }
    if !signing.gate_denies.is_empty() {
        reasons.push(Reason::GateShut(signing.gate_denies));
    }
    let digest = signing.picture.digest();
    if signing.shown != digest {
        reasons.push(Reason::Changed);
    }
    let texts = [("a capacity", &signing.capacity), ("a meaning", &signing.meaning)];
    reasons.extend(
        texts
            .into_iter()
            .filter(|(_, text)| text.trim().is_empty())
            .map(|(what, _)| Reason::Missing(what)),
    );
    if signing
        .issues
        .iter()
        .any(|issue| issue.what.trim().is_empty() || issue.owner.trim().is_empty())
    {
        reasons.push(Reason::Missing("what and owner of every known issue"));
    }
    if !reasons.is_empty() {
        return Err(Refusal(reasons));
    }
    let event = Event::Signed { by: signing.by, digest, issues: signing.issues.len() };
    let signature = Signature {
        by: signing.by,
        capacity: signing.capacity,
        meaning: signing.meaning,
        at: now,
        picture: signing.picture,
        issues: signing.issues,
    };
    Ok((State::Signed { signature }, event))
}

fn revocable(side: Side, reason: &str) -> Result<(), Refusal> {
    let mut reasons = Vec::new();
    if side != Side::Customer {
        reasons.push(Reason::NotCustomer(side));
    }
    if reason.trim().is_empty() {
        reasons.push(Reason::Missing("a reason"));
    }
    if reasons.is_empty() { Ok(()) } else { Err(Refusal(reasons)) }
}

/// The instant at which a signature runs out.
pub fn valid_until(signature: &Signature, policy: &Policy) -> Option<Timestamp> {
    end_of(super::evidence::day(signature.at), days(policy, "acceptance.sign_off_validity")?)
}
