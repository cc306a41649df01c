//! Incidents of a run: what went wrong beside the tasks, how bad it is, and whether one can live with it.

use crate::id::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A nuisance.
    Low,
    /// It costs time.
    Medium,
    /// An important thing does not work.
    High,
    /// Without it there is no go.
    Critical,
}

/// Where an incident stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Not solved.
    Open {
        /// How bad it is.
        severity: Severity,
        /// Who found it.
        by: UserId,
        /// When.
        since: Timestamp,
        /// What happened.
        what: String,
    },
    /// Not solved, but those who must live with the workaround have accepted it.
    WorkedAround {
        /// How bad it is.
        severity: Severity,
        /// When it was found.
        since: Timestamp,
        /// What happened.
        what: String,
        /// The workaround.
        workaround: String,
        /// Who accepted it.
        accepted_by: UserId,
    },
    /// Solved.
    Solved {
        /// How bad it was.
        severity: Severity,
        /// When it was found.
        since: Timestamp,
        /// When it was solved.
        at: Timestamp,
        /// What happened.
        what: String,
        /// How it was solved.
        how: String,
        /// By whom.
        by: UserId,
    },
}

impl State {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::WorkedAround { .. } => "worked_around",
            Self::Solved { .. } => "solved",
        }
    }
}

/// What can be asked of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Judge it anew.
    Rate {
        /// Who.
        by: UserId,
        /// How bad it is.
        severity: Severity,
        /// Why.
        reason: String,
    },
    /// Live with a workaround.
    AcceptWorkaround {
        /// Who accepts it; not who found it.
        by: UserId,
        /// The workaround.
        workaround: String,
    },
    /// It is solved.
    Solve {
        /// Who.
        by: UserId,
        /// How.
        how: String,
    },
}

impl Command {
    /// The command's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Rate { .. } => "rate",
            Self::AcceptWorkaround { .. } => "accept_workaround",
            Self::Solve { .. } => "solve",
        }
    }
}

/// What happened to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was reported.
    Reported {
        /// Who.
        by: UserId,
        /// How bad it is.
        severity: Severity,
        /// What happened.
        what: String,
    },
    /// It was judged anew.
    Rated {
        /// Who.
        by: UserId,
        /// How bad it is.
        severity: Severity,
        /// Why.
        reason: String,
    },
    /// A workaround was accepted.
    WorkaroundAccepted {
        /// Who.
        by: UserId,
        /// The workaround.
        workaround: String,
    },
    /// It was solved.
    Solved {
        /// Who.
        by: UserId,
        /// How.
        how: String,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not from this state.
    #[error("an incident that is {state} cannot {command}")]
    WrongState {
        /// The state.
        state: &'static str,
        /// The command.
        command: &'static str,
    },
    /// Words are needed.
    #[error("words are needed: {what}")]
    NoWords {
        /// What for.
        what: &'static str,
    },
    /// Whoever reports an incident does not accept its workaround.
    #[error("whoever reported it does not accept the workaround")]
    OwnReport,
}

/// A new state and what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The new state.
    pub state: State,
    /// What happened.
    pub event: Event,
}

/// A new incident.
pub fn report(
    by: UserId,
    severity: Severity,
    what: String,
    now: Timestamp,
) -> Result<Change, Refusal> {
    given(&what, "what happened")?;
    let state = State::Open { severity, by, since: now, what: what.clone() };
    Ok(Change { state, event: Event::Reported { by, severity, what } })
}

/// Decides one command.
pub fn decide(state: &State, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    use {Command as C, Event as E, State as S};
    match (state.clone(), command) {
        (S::Open { by: found, since, what, .. }, C::Rate { by, severity, reason }) => {
            given(&reason, "why it is judged anew")?;
            let state = S::Open { severity, by: found, since, what };
            Ok(Change { state, event: E::Rated { by, severity, reason } })
        }
        (S::Open { severity, by: found, since, what }, C::AcceptWorkaround { by, workaround }) => {
            given(&workaround, "the workaround")?;
            if by == found {
                return Err(Refusal::OwnReport);
            }
            let state = S::WorkedAround {
                severity,
                since,
                what,
                workaround: workaround.clone(),
                accepted_by: by,
            };
            Ok(Change { state, event: E::WorkaroundAccepted { by, workaround } })
        }
        (
            S::Open { severity, since, what, .. } | S::WorkedAround { severity, since, what, .. },
            C::Solve { by, how },
        ) => {
            given(&how, "how it was solved")?;
            let state = S::Solved { severity, since, at: now, what, how: how.clone(), by };
            Ok(Change { state, event: E::Solved { by, how } })
        }
        (state, command) => {
            Err(Refusal::WrongState { state: state.name(), command: command.name() })
        }
    }
}

fn given(words: &str, what: &'static str) -> Result<(), Refusal> {
    if words.trim().is_empty() { Err(Refusal::NoWords { what }) } else { Ok(()) }
}
