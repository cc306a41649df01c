//! The life of one environment: from planned to in use, one operation at a time.
//!
//! ```text
//! Planned ─► Working(provision) ─► Running ◄─► Stopped
//!                │                   │ ▲          │ ▲
//!                └─► Planned         ▼ │          ▼ │
//!                                   Working(servicing) ─► Blocked (undo failed) ─► settled by a person
//! ```

use crate::id::{OperationId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an environment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Acceptance and practice.
    Sandbox,
    /// Live operations, and nothing else.
    Production,
    /// Building the solution.
    Development,
    /// Holds the configuration that production starts from.
    GoldenConfiguration,
}

impl Purpose {
    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Production => "production",
            Self::Development => "development",
            Self::GoldenConfiguration => "golden_configuration",
        }
    }
}

/// What a project wants: a place with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Unique in the project: `contoso-prod`.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The tier, 1 to 5; acceptance counts from the tier that the policy names.
    pub tier: u8,
    /// Who hosts it: `operator`, `self_service`, `cloud_hosted`, `image`.
    pub hosting: String,
    /// Where it stands: `eu-central`.
    pub region: String,
    /// The application, by blueprint.
    pub blueprint: String,
    /// The target that it is deployed to.
    pub target: String,
    /// The version of the application that is wanted.
    pub version: String,
    /// Sign-in name of the administrator in the application.
    pub administrator: String,
}

/// What is really there, as operations found it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Installed {
    /// The active release.
    pub release: String,
    /// The installed package, if any.
    pub package: Option<crate::id::PackageId>,
    /// Modules with versions.
    pub modules: BTreeMap<String, String>,
    /// Names the data that is in it; changes with every copy and restore.
    pub data_set: String,
    /// Where people reach it.
    pub url: String,
    /// True while only the administrator may sign in.
    pub locked: bool,
}

/// Where the environment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Nothing is there yet.
    Planned,
    /// An operation works on it; `before` is where it goes back to if that fails.
    Working {
        /// The operation.
        operation: OperationId,
        /// Its kind: `install_package`.
        kind: String,
        /// Where it stood before.
        before: Box<State>,
    },
    /// In use.
    Running {
        /// What is there.
        installed: Installed,
        /// Since when.
        since: Timestamp,
    },
    /// There, but not running.
    Stopped {
        /// What is there.
        installed: Installed,
        /// Since when.
        since: Timestamp,
    },
    /// An operation could not be undone; nothing happens here before a person settles it.
    Blocked {
        /// The operation.
        operation: OperationId,
        /// Why it could not be undone.
        why: String,
        /// Where it stood before the operation.
        before: Box<State>,
    },
    /// Removed; its name may be used again after the time that the policy says.
    Deleted {
        /// Since when.
        since: Timestamp,
    },
}

/// One environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// What is wanted.
    pub spec: Spec,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

/// What is asked of an environment.
#[derive(Debug, Clone)]
pub enum Command {
    /// Something else is wanted, while nothing is there.
    Replan {
        /// What is wanted now.
        spec: Box<Spec>,
    },
    /// An operation begins.
    Begin {
        /// The operation.
        operation: OperationId,
        /// Its kind.
        kind: String,
    },
    /// The operation is done and this is what is there now.
    Finish {
        /// The operation.
        operation: OperationId,
        /// What it left behind.
        after: After,
    },
    /// The operation ended without a change.
    Abandon {
        /// The operation.
        operation: OperationId,
    },
    /// The operation could not be undone.
    Block {
        /// The operation.
        operation: OperationId,
        /// Why.
        why: String,
    },
    /// A person looked and says what is there.
    Settle {
        /// Who.
        by: UserId,
        /// Why it is in order.
        reason: String,
    },
}

/// What an operation left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// It runs.
    Running(Installed),
    /// It is stopped.
    Stopped(Installed),
    /// Nothing is left.
    Deleted,
    /// As it was.
    Unchanged,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was planned.
    Planned {
        /// What is wanted.
        spec: Spec,
    },
    /// Something else is wanted.
    Replanned {
        /// What is wanted now.
        spec: Box<Spec>,
    },
    /// An operation began.
    WorkBegan {
        /// The operation.
        operation: OperationId,
        /// Its kind.
        kind: String,
    },
    /// An operation ended and left this behind.
    WorkFinished {
        /// The operation.
        operation: OperationId,
        /// What is there now.
        after: After,
    },
    /// An operation ended and everything is as before.
    WorkAbandoned {
        /// The operation.
        operation: OperationId,
    },
    /// An operation could not be undone.
    Blocked {
        /// The operation.
        operation: OperationId,
        /// Why.
        why: String,
    },
    /// A person settled it.
    Settled {
        /// Who.
        by: UserId,
        /// Why it is in order.
        reason: String,
    },
}

/// The state to store and the event to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The state after.
    pub state: State,
    /// What happened.
    pub event: Event,
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("an environment that is {state} cannot {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// Another operation works on it.
    #[error("the operation {operation} ({kind}) is working on it")]
    Busy {
        /// That operation.
        operation: OperationId,
        /// Its kind.
        kind: String,
    },
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(state: &State, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    use {Command as C, Event as E, State as S};
    let (state, event) = match (state.clone(), command) {
        (S::Planned, C::Replan { spec }) => (S::Planned, E::Replanned { spec }),
        (S::Planned, C::Begin { kind, .. }) if kind != "provision" => {
            return Err(Refusal::WrongState {
                state: "planned",
                command: "be serviced before it is deployed",
            });
        }
        (
            before @ (S::Planned | S::Running { .. } | S::Stopped { .. }),
            C::Begin { operation, kind },
        ) => {
            let event = E::WorkBegan { operation, kind: kind.clone() };
            (S::Working { operation, kind, before: Box::new(before) }, event)
        }
        (S::Working { operation, kind, .. }, C::Begin { .. }) => {
            return Err(Refusal::Busy { operation, kind });
        }
        (S::Working { operation, before, .. }, C::Finish { operation: by, after })
            if operation == by =>
        {
            let state = match after.clone() {
                After::Running(installed) => S::Running { installed, since: now },
                After::Stopped(installed) => S::Stopped { installed, since: now },
                After::Deleted => S::Deleted { since: now },
                After::Unchanged => *before,
            };
            (state, E::WorkFinished { operation, after })
        }
        (
            S::Working { operation, before, .. } | S::Blocked { operation, before, .. },
            C::Abandon { operation: by },
        ) if operation == by => (*before, E::WorkAbandoned { operation }),
        (
            S::Working { operation, before, .. } | S::Blocked { operation, before, .. },
            C::Block { operation: by, why },
        ) if operation == by => {
            (S::Blocked { operation, why: why.clone(), before }, E::Blocked { operation, why })
        }
        (S::Blocked { before, .. }, C::Settle { by, reason }) => {
            (*before, E::Settled { by, reason })
        }
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    };
    Ok(Change { state, event })
}

impl State {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Working { .. } => "working",
            Self::Running { .. } => "running",
            Self::Stopped { .. } => "stopped",
            Self::Blocked { .. } => "blocked",
            Self::Deleted { .. } => "deleted",
        }
    }

    /// What is there, as far as it is known: under an operation, what was there before it.
    pub fn installed(&self) -> Option<&Installed> {
        match self {
            Self::Running { installed, .. } | Self::Stopped { installed, .. } => Some(installed),
            Self::Working { before, .. } | Self::Blocked { before, .. } => before.installed(),
            Self::Planned | Self::Deleted { .. } => None,
        }
    }
}

impl Command {
    fn name(&self) -> &'static str {
        match self {
            Self::Replan { .. } => "be planned anew",
            Self::Begin { .. } => "begin an operation",
            Self::Finish { .. } => "finish that operation",
            Self::Abandon { .. } => "abandon that operation",
            Self::Block { .. } => "be blocked by that operation",
            Self::Settle { .. } => "be settled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> Spec {
        Spec {
            name: "prod".into(),
            purpose: Purpose::Production,
            tier: 5,
            hosting: "operator".into(),
            region: "eu".into(),
            blueprint: "demo-erp".into(),
            target: "local".into(),
            version: "1.0".into(),
            administrator: "svc".into(),
        }
    }

    fn operation(n: u128) -> OperationId {
        OperationId::from_uuid(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn the_table_is_what_we_documented() {
        let now = Timestamp::UNIX_EPOCH;
        let running = State::Running { installed: Installed::default(), since: now };
        let working = State::Working {
            operation: operation(1),
            kind: "restore".into(),
            before: Box::new(running.clone()),
        };
        let states = [
            State::Planned,
            running,
            State::Stopped { installed: Installed::default(), since: now },
            working.clone(),
            State::Blocked {
                operation: operation(1),
                why: "x".into(),
                before: Box::new(State::Planned),
            },
            State::Deleted { since: now },
        ];
        let commands = [
            Command::Replan { spec: Box::new(spec()) },
            Command::Begin { operation: operation(1), kind: "provision".into() },
            Command::Finish {
                operation: operation(1),
                after: After::Running(Installed::default()),
            },
            Command::Abandon { operation: operation(1) },
            Command::Block { operation: operation(1), why: "x".into() },
            Command::Settle { by: UserId::named("t", "u"), reason: "looked".into() },
        ];
        let mut table = String::new();
        for state in &states {
            for command in &commands {
                if let Ok(change) = decide(state, command.clone(), now) {
                    table += &format!(
                        "{} + {} -> {}\n",
                        state.name(),
                        command.name(),
                        change.state.name()
                    );
                }
            }
        }
        crate::matrix::keep(&table);
        assert_eq!(
            table,
            "planned + be planned anew -> planned\n\
             planned + begin an operation -> working\n\
             running + begin an operation -> working\n\
             stopped + begin an operation -> working\n\
             working + finish that operation -> running\n\
             working + abandon that operation -> running\n\
             working + be blocked by that operation -> blocked\n\
             blocked + abandon that operation -> planned\n\
             blocked + be blocked by that operation -> blocked\n\
             blocked + be settled -> planned\n"
        );
        let other = Command::Finish { operation: operation(2), after: After::Unchanged };
        assert!(decide(&working, other, now).is_err(), "another operation cannot end it");
    }

    #[test]
    fn nothing_is_serviced_before_it_is_deployed() {
        let command = Command::Begin { operation: operation(1), kind: "install_package".into() };
        assert!(decide(&State::Planned, command, Timestamp::UNIX_EPOCH).is_err());
    }

    #[test]
    fn a_second_operation_is_told_which_one_is_first() {
        let working = State::Working {
            operation: operation(1),
            kind: "restore".into(),
            before: Box::new(State::Planned),
        };
        let command = Command::Begin { operation: operation(2), kind: "stop".into() };
        let refusal = decide(&working, command, Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(refusal, Refusal::Busy { operation: operation(1), kind: "restore".into() });
    }
}
