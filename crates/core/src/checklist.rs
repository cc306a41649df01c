//! The pre-go-live checklist: answered by the project, section by section, and sent to the reviewer through its gate.
//!
//! - [`template`]: sections and questions, and which of them apply.
//! - [`answer`]: the ten kinds of answer, with what is wrong with one.
//! - [`section`]: what several people do with one section.
//! - [`finding`]: the findings that answers give rise to.
//! - [`facts`]: what the gate asks of it.
//!
//! This file has the machine of the checklist as a whole:
//!
//! ```text
//! Open ─submit (gate)─► Submitted ─give back (reviewer)─► Returned ─submit (gate)─► Submitted
//! ```

pub mod answer;
pub mod facts;
pub mod finding;
pub mod section;
pub mod template;

#[cfg(test)]
mod sample;

use crate::gate::{Gate, Verdict};
use crate::id::{ChecklistId, ProjectId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The checklist of one project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checklist {
    /// The checklist.
    pub id: ChecklistId,
    /// The project.
    pub project: ProjectId,
    /// The template that it follows, by name.
    pub template: String,
    /// The version of the template.
    pub template_version: String,
    /// Where it stands.
    pub state: State,
}

/// Where the checklist stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It is being filled in.
    Open,
    /// The reviewer has it.
    Submitted {
        /// Who sent it.
        by: UserId,
        /// When.
        at: Timestamp,
        /// The digest of all answers as they were sent.
        digest: String,
    },
    /// The reviewer has given it back for more information.
    Returned {
        /// Who gave it back.
        by: UserId,
        /// When.
        at: Timestamp,
        /// What is missing.
        reason: String,
    },
}

impl State {
    /// The name for people and refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Submitted { .. } => "submitted",
            Self::Returned { .. } => "returned",
        }
    }

    /// Whether answers may be changed.
    pub fn is_writable(&self) -> bool {
        match self {
            Self::Open | Self::Returned { .. } => true,
            Self::Submitted { .. } => false,
        }
    }
}

/// What can be asked of a checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Send it to the reviewer.
    Submit {
        /// Who.
        by: UserId,
        /// The checklist gate as it was just judged.
        gate: Verdict,
        /// The digest of all answers.
        digest: String,
    },
    /// Give it back to the project.
    GiveBack {
        /// Who, of the reviewers.
        by: UserId,
        /// What is missing.
        reason: String,
    },
}

impl Command {
    /// The name for refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submit { .. } => "be submitted",
            Self::GiveBack { .. } => "be given back",
        }
    }
}

/// What happened to a checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was sent to the reviewer.
    Submitted {
        /// Who.
        by: UserId,
        /// The gate as it was judged.
        gate: Verdict,
        /// The digest of all answers.
        digest: String,
    },
    /// It was given back.
    GivenBack {
        /// Who.
        by: UserId,
        /// What is missing.
        reason: String,
    },
}

/// The checklist to store and the event to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The checklist after.
    pub checklist: Checklist,
    /// What happened.
    pub event: Event,
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a checklist that is {state} cannot {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// The gate is shut; the verdict says why.
    #[error("the gate before submitting the checklist is shut")]
    GateShut(Box<Verdict>),
    /// A verdict of another gate was handed in.
    #[error("the verdict is not of the checklist gate")]
    WrongGate,
    /// Something must be said and was not.
    #[error("{0} must be given")]
    Missing(&'static str),
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(checklist: &Checklist, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    use {Command as C, Event as E, State as S};
    let (state, event) = match (&checklist.state, command) {
        (S::Open | S::Returned { .. }, C::Submit { gate, .. }) if gate.gate != Gate::Checklist => {
            return Err(Refusal::WrongGate);
        }
        (S::Open | S::Returned { .. }, C::Submit { gate, .. }) if !gate.is_open() => {
            return Err(Refusal::GateShut(Box::new(gate)));
        }
        (S::Open | S::Returned { .. }, C::Submit { by, gate, digest }) => (
            S::Submitted { by, at: now, digest: digest.clone() },
            E::Submitted { by, gate, digest },
        ),
        (S::Submitted { .. }, C::GiveBack { reason, .. }) if reason.trim().is_empty() => {
            return Err(Refusal::Missing("what is missing"));
        }
        (S::Submitted { .. }, C::GiveBack { by, reason }) => {
            (S::Returned { by, at: now, reason: reason.clone() }, E::GivenBack { by, reason })
        }
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    };
    Ok(Change { checklist: Checklist { state, ..checklist.clone() }, event })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methodology::sample::{now, project, user, verdict};

    fn checklist(state: State) -> Checklist {
        let id = ChecklistId::named("p", "c");
        Checklist {
            id,
            project: project(),
            template: "c".into(),
            template_version: "1".into(),
            state,
        }
    }

    #[test]
    fn the_table_of_states_and_commands_is_as_it_was_agreed() {
        let by = user(1);
        let submit = |gate, open| Command::Submit {
            by,
            gate: verdict(gate, open),
            digest: "sha256:1".into(),
        };
        let commands = || {
            [
                submit(Gate::Checklist, true),
                submit(Gate::Checklist, false),
                submit(Gate::Phase, true),
                Command::GiveBack { by, reason: "which stock?".into() },
                Command::GiveBack { by, reason: String::new() },
            ]
        };
        let row = |state: State| {
            let cell = |command| match decide(&checklist(state.clone()), command, now()) {
                Ok(change) => change.checklist.state.name().to_owned(),
                Err(Refusal::WrongState { .. }) => "-".to_owned(),
                Err(other) => other.to_string(),
            };
            format!("{}: {}", state.name(), commands().map(cell).join(" | "))
        };
        let shut = "the gate before submitting the checklist is shut | the verdict is not of the checklist gate";
        let sent = State::Submitted { by, at: now(), digest: String::new() };
        let returned = State::Returned { by, at: now(), reason: "r".into() };
        let rows = [State::Open, sent, returned].map(row);
        crate::matrix::keep_rows(
            &[
                "submit",
                "submit past a shut gate",
                "submit by another gate",
                "give back",
                "give back without a reason",
            ],
            &rows,
        );
        assert_eq!(
            rows,
            [
                format!("open: submitted | {shut} | - | -"),
                "submitted: - | - | - | returned | what is missing must be given".to_owned(),
                format!("returned: submitted | {shut} | - | -"),
            ]
        );
    }
}
