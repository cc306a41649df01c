//! What can be done with a finding, by whom, and what comes of it.

use super::{Content, Finding, Message, Mitigation, Severity, State};
use crate::id::{EvidenceId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is asked of a finding. Whether `by` is a reviewer or of the team, the caller has judged.
#[derive(Debug, Clone)]
pub enum Command {
    /// Write it anew, while it is a draft.
    Edit {
        /// What it says now.
        content: Content,
    },
    /// Show it to the team.
    Raise {
        /// Who.
        by: UserId,
        /// When the team's answer is due.
        due: Timestamp,
    },
    /// Offer a mitigation, or a new version of it.
    Propose {
        /// What.
        mitigation: Mitigation,
        /// When the reviewer's answer is due.
        due: Timestamp,
    },
    /// Ask for proof.
    AskProof {
        /// Who.
        by: UserId,
        /// What must be shown.
        text: String,
        /// When the answer is due.
        due: Timestamp,
    },
    /// The mitigation will do.
    Accept {
        /// Who.
        by: UserId,
    },
    /// What was promised is done.
    Close {
        /// Who.
        by: UserId,
        /// What proves it.
        evidence: Vec<EvidenceId>,
    },
    /// It was none.
    Withdraw {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// It is not settled after all.
    Reopen {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
        /// When the team's answer is due.
        due: Timestamp,
    },
    /// It is worse, or not as bad.
    Regrade {
        /// Who.
        by: UserId,
        /// How bad it is.
        severity: Severity,
        /// Why.
        reason: String,
    },
    /// Say something.
    Comment {
        /// Who.
        by: UserId,
        /// What.
        text: String,
    },
}

/// What happened to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Written anew.
    Edited,
    /// The team sees it.
    Raised {
        /// Who raised it.
        by: UserId,
        /// How bad it is.
        severity: Severity,
    },
    /// A mitigation is offered.
    Proposed {
        /// The version, from 1.
        version: usize,
        /// What.
        mitigation: Mitigation,
    },
    /// Proof is asked for.
    ProofAsked {
        /// Who asked.
        by: UserId,
        /// What must be shown.
        text: String,
    },
    /// The mitigation will do.
    Accepted {
        /// Who accepted it.
        by: UserId,
        /// The version that was accepted.
        version: usize,
    },
    /// Settled.
    Closed {
        /// Who closed it.
        by: UserId,
        /// What proves it.
        evidence: Vec<EvidenceId>,
    },
    /// It was none.
    Withdrawn {
        /// Who withdrew it.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Not settled after all.
    Reopened {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Graded anew.
    Regraded {
        /// Who.
        by: UserId,
        /// From.
        from: Severity,
        /// To.
        to: Severity,
        /// Why.
        reason: String,
    },
    /// Somebody said something.
    Commented {
        /// Who.
        by: UserId,
    },
}

/// The finding to store and the event to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The finding after.
    pub finding: Finding,
    /// What happened.
    pub event: Event,
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a finding that is {state} cannot be asked to {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// Four eyes.
    #[error("nobody accepts or closes a mitigation that is his own")]
    OwnMitigation,
    /// Something must be said and was not.
    #[error("{0} must be given")]
    Missing(&'static str),
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(finding: &Finding, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    use Command as C;
    let mut next = finding.clone();
    let (state, event) = match command {
        C::Edit { .. } | C::Regrade { .. } | C::Comment { .. } => word(&mut next, command, now)?,
        C::Propose { .. } | C::AskProof { .. } | C::Accept { .. } | C::Close { .. } => {
            settle(&mut next, command, now)?
        }
        C::Raise { .. } | C::Withdraw { .. } | C::Reopen { .. } => stand(&mut next, command, now)?,
    };
    next.state = state;
    Ok(Change { finding: next, event })
}

/// What it says, and what is said about it.
fn word(next: &mut Finding, command: Command, now: Timestamp) -> Result<(State, Event), Refusal> {
    use {Command as C, Event as E, State as S};
    Ok(match (next.state.clone(), command) {
        (S::Draft, C::Edit { content }) => {
            check_said(&content.title, "a title")?;
            next.content = content;
            (S::Draft, E::Edited)
        }
        (state @ S::Withdrawn { .. }, command) => return Err(wrong(&state, &command)),
        (state, C::Regrade { by, severity, reason }) => {
            next.say(by, &reason, "a reason", now)?;
            let from = std::mem::replace(&mut next.content.severity, severity);
            (state, E::Regraded { by, from, to: severity, reason })
        }
        // A draft is the reviewer's own: there is nobody to talk to.
        (
            state @ (S::Open { .. }
            | S::Proposed { .. }
            | S::ProofAsked { .. }
            | S::Accepted { .. }
            | S::Closed { .. }),
            C::Comment { by, text },
        ) => {
            next.say(by, &text, "a comment", now)?;
            (state, E::Commented { by })
        }
        (state, command) => return Err(wrong(&state, &command)),
    })
}

/// The mitigation.
fn settle(next: &mut Finding, command: Command, now: Timestamp) -> Result<(State, Event), Refusal> {
    use {Command as C, Event as E, State as S};
    Ok(match (next.state.clone(), command) {
        (
            S::Open { .. } | S::ProofAsked { .. } | S::Proposed { .. },
            C::Propose { mitigation, due },
        ) => {
            next.say(mitigation.by, &mitigation.text, "what will be done", now)?;
            next.mitigations.push(mitigation.clone());
            (
                S::Proposed { since: now, due },
                E::Proposed { version: next.mitigations.len(), mitigation },
            )
        }
        (S::Proposed { .. }, C::AskProof { by, text, due }) => {
            next.say(by, &text, "what must be shown", now)?;
            (S::ProofAsked { since: now, due }, E::ProofAsked { by, text })
        }
        (S::Proposed { .. }, C::Accept { by }) => {
            next.check_not_own(by)?;
            (S::Accepted { by, at: now }, E::Accepted { by, version: next.mitigations.len() })
        }
        (S::Accepted { .. }, C::Close { by, evidence }) => {
            next.check_not_own(by)?;
            (S::Closed { by, at: now }, E::Closed { by, evidence })
        }
        (state, command) => return Err(wrong(&state, &command)),
    })
}

/// Whether it stands at all.
fn stand(next: &mut Finding, command: Command, now: Timestamp) -> Result<(State, Event), Refusal> {
    use {Command as C, Event as E, State as S};
    Ok(match (next.state.clone(), command) {
        (S::Draft, C::Raise { by, due }) => {
            let text = next.content.risk.clone();
            next.say(by, &text, "the risk", now)?;
            (S::Open { since: now, due }, E::Raised { by, severity: next.content.severity })
        }
        (
            S::Draft | S::Open { .. } | S::Proposed { .. } | S::ProofAsked { .. },
            C::Withdraw { by, reason },
        ) => {
            check_said(&reason, "a reason")?;
            (S::Withdrawn { by, reason: reason.clone() }, E::Withdrawn { by, reason })
        }
        (S::Accepted { .. } | S::Closed { .. }, C::Reopen { by, reason, due }) => {
            next.say(by, &reason, "a reason", now)?;
            (S::Open { since: now, due }, E::Reopened { by, reason })
        }
        (state, command) => return Err(wrong(&state, &command)),
    })
}

impl Finding {
    fn say(
        &mut self,
        by: UserId,
        text: &str,
        what: &'static str,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        check_said(text, what)?;
        self.thread.push(Message { by, at, text: text.to_owned() });
        Ok(())
    }

    /// Whoever wrote the mitigation, or carries it out, does not judge it.
    fn check_not_own(&self, by: UserId) -> Result<(), Refusal> {
        let own = self.mitigations.last().is_some_and(|m| m.by == by || m.owner == by);
        if own { Err(Refusal::OwnMitigation) } else { Ok(()) }
    }
}

fn check_said(text: &str, what: &'static str) -> Result<(), Refusal> {
    if text.trim().is_empty() { Err(Refusal::Missing(what)) } else { Ok(()) }
}

fn wrong(state: &State, command: &Command) -> Refusal {
    Refusal::WrongState { state: state.name(), command: command.name() }
}

impl Command {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Edit { .. } => "edit",
            Self::Raise { .. } => "raise",
            Self::Propose { .. } => "propose",
            Self::AskProof { .. } => "ask_proof",
            Self::Accept { .. } => "accept",
            Self::Close { .. } => "close",
            Self::Withdraw { .. } => "withdraw",
            Self::Reopen { .. } => "reopen",
            Self::Regrade { .. } => "regrade",
            Self::Comment { .. } => "comment",
        }
    }
}
