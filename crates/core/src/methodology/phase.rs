//! One phase of a project's methodology: open, complete, reopened.
//!
//! A phase is completed through its gate. It may always be reopened: that undoes nothing, but shuts every gate that depends on
//! it until it is complete again.

use crate::gate::{Gate, Verdict};
use crate::id::{PhaseId, ProjectId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A phase of one project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// The phase.
    pub id: PhaseId,
    /// The project.
    pub project: ProjectId,
    /// The name in files and facts: `analysis`.
    pub name: String,
    /// Its place in the order.
    pub number: u32,
    /// The name for people.
    pub title: String,
    /// What it is for.
    pub goal: String,
    /// It must be complete before production may be requested.
    pub before_production_request: bool,
    /// Where it stands.
    pub state: State,
}

/// Where a phase stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Work is going on.
    Open,
    /// All that it takes is done.
    Complete {
        /// Who completed it.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// It was complete, and work goes on again.
    Reopened {
        /// Who reopened it.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

impl State {
    /// The name for people and refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete { .. } => "complete",
            Self::Reopened { .. } => "reopened",
        }
    }

    /// Whether it is complete.
    pub fn is_complete(&self) -> bool {
        match self {
            Self::Complete { .. } => true,
            Self::Open | Self::Reopened { .. } => false,
        }
    }
}

/// What can be asked of a phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Complete it, with the gate as it was just judged.
    Complete {
        /// Who.
        by: UserId,
        /// The verdict of the phase gate.
        gate: Verdict,
    },
    /// Take it up again.
    Reopen {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
}

impl Command {
    /// The name for refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Complete { .. } => "be completed",
            Self::Reopen { .. } => "be reopened",
        }
    }
}

/// What happened to a phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was completed.
    Completed {
        /// Who.
        by: UserId,
        /// The gate as it was judged.
        gate: Verdict,
    },
    /// It was taken up again.
    Reopened {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// The phase to store and the event to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The phase after.
    pub phase: Phase,
    /// What happened.
    pub event: Event,
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a phase that is {state} cannot {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// The gate is shut; the verdict says why.
    #[error("the gate before completing the phase is shut")]
    GateShut(Box<Verdict>),
    /// A verdict of another gate was handed in.
    #[error("the verdict is not of the phase gate")]
    WrongGate,
    /// Something must be said and was not.
    #[error("{0} must be given")]
    Missing(&'static str),
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(phase: &Phase, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    use {Command as C, Event as E, State as S};
    let (state, event) = match (&phase.state, command) {
        (S::Open | S::Reopened { .. }, C::Complete { gate, .. }) if gate.gate != Gate::Phase => {
            return Err(Refusal::WrongGate);
        }
        (S::Open | S::Reopened { .. }, C::Complete { gate, .. }) if !gate.is_open() => {
            return Err(Refusal::GateShut(Box::new(gate)));
        }
        (S::Open | S::Reopened { .. }, C::Complete { by, gate }) => {
            (S::Complete { by, at: now }, E::Completed { by, gate })
        }
        (S::Complete { .. }, C::Reopen { reason, .. }) if reason.trim().is_empty() => {
            return Err(Refusal::Missing("a reason"));
        }
        (S::Complete { .. }, C::Reopen { by, reason }) => {
            (S::Reopened { by, at: now, reason: reason.clone() }, E::Reopened { by, reason })
        }
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    };
    Ok(Change { phase: Phase { state, ..phase.clone() }, event })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::gate::judge;

    fn gate(open: bool) -> Verdict {
        sample::verdict(Gate::Phase, open)
    }

    fn now() -> Timestamp {
        sample::now()
    }

    #[test]
    fn a_phase_is_completed_through_its_gate_only() {
        let phase = sample::copy().phases.remove(0);
        let by = sample::user(1);
        let refusal =
            decide(&phase, Command::Complete { by, gate: gate(false) }, now()).unwrap_err();
        assert!(matches!(refusal, Refusal::GateShut(verdict) if verdict.reasons().count() == 1));
        let other = judge(
            Gate::Checklist,
            &[],
            &sample::policy(),
            &crate::fact::Facts::default(),
            &[],
            now(),
        );
        assert_eq!(
            decide(&phase, Command::Complete { by, gate: other }, now()),
            Err(Refusal::WrongGate)
        );
        let change = decide(&phase, Command::Complete { by, gate: gate(true) }, now()).unwrap();
        assert!(change.phase.state.is_complete());
    }

    #[test]
    fn the_table_of_states_and_commands_is_as_it_was_agreed() {
        let by = sample::user(1);
        let states = [
            State::Open,
            State::Complete { by, at: now() },
            State::Reopened { by, at: now(), reason: "more".into() },
        ];
        let commands = || {
            [
                Command::Complete { by, gate: gate(true) },
                Command::Complete { by, gate: gate(false) },
                Command::Reopen { by, reason: "more scope".into() },
                Command::Reopen { by, reason: " ".into() },
            ]
        };
        let phase = sample::copy().phases.remove(0);
        let row = |state: &State| {
            let phase = Phase { state: state.clone(), ..phase.clone() };
            let cell = |command| match decide(&phase, command, now()) {
                Ok(change) => change.phase.state.name().to_owned(),
                Err(Refusal::WrongState { .. }) => "-".to_owned(),
                Err(other) => format!("{other}"),
            };
            format!("{:9} {}", state.name(), commands().map(cell).join(" | "))
        };
        let rows: Vec<String> = states.iter().map(row).collect();
        crate::matrix::keep_rows(
            &["complete", "complete past a shut gate", "reopen", "reopen without a reason"],
            &rows,
        );
        assert_eq!(
            rows,
            [
                "open      complete | the gate before completing the phase is shut | - | -",
                "complete  - | - | reopened | a reason must be given",
                "reopened  complete | the gate before completing the phase is shut | - | -",
            ]
        );
    }
}
