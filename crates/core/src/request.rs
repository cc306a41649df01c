//! The production request: asked for, signed off, queued, deployed.
//!
//! ```text
//! Configure ─sign off─► Queued ─start─► Deploying ─► Deployed
//!    ▲  ▲                 │  │             │
//!    │  └─clear sign-off──┘  │             ▼
//!    └──────deny─────────────┘    Failed ─► sign off again, or configure
//! ```
//!
//! Self-service: the sign-off itself needs the open gate. Managed: it may be signed off early and stays queued; what
//! needs the open gate is the deployment. In both, the gate is judged again when the work starts.

use crate::gate::Verdict;
use crate::id::{EnvironmentId, OperationId, UserId};
use crate::service_model::ServiceModel;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What the customer asks for. It may change only before the sign-off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The environment's name.
    pub name: String,
    /// Where it shall stand.
    pub region: String,
    /// The size's name, from the sizing of the active estimate.
    pub topology: String,
    /// The version of the application.
    pub version: String,
    /// Sign-in name of the administrator.
    pub administrator: String,
    /// Who is told, by mail address.
    #[serde(default)]
    pub notify: Vec<String>,
}

/// One production request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The environment that it is for.
    pub environment: EnvironmentId,
    /// Who deploys.
    pub model: ServiceModel,
    /// What is asked for.
    pub configuration: Configuration,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

/// Where the request stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Not signed off; everything may change.
    Configure,
    /// Signed off and waiting.
    Queued {
        /// Who signed off.
        by: UserId,
        /// When.
        at: Timestamp,
        /// The deployment clock.
        clock: Clock,
    },
    /// The operation works on it.
    Deploying {
        /// Who signed off.
        by: UserId,
        /// The operation.
        operation: OperationId,
        /// Since when.
        since: Timestamp,
        /// The deployment clock.
        clock: Clock,
    },
    /// Production is there.
    Deployed {
        /// The operation that did it.
        operation: OperationId,
        /// Since when.
        since: Timestamp,
    },
    /// The deployment failed and everything is undone.
    Failed {
        /// The operation, to look into.
        operation: OperationId,
        /// What went wrong.
        why: String,
        /// Since when.
        since: Timestamp,
    },
}

/// The clock of the service level. It runs once the request is both signed off and released, and stands still while
/// the customer is asked something.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Clock {
    /// Since when the request is signed off and released.
    pub started: Option<Timestamp>,
    /// Since when the customer is asked, if so.
    pub asked: Option<Timestamp>,
    /// What the customer is asked, while that is so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// How long the customer was asked before, in seconds.
    pub paused_seconds: i64,
}

impl Clock {
    /// When the promised time is over; nothing while it does not run.
    pub fn due(&self, promised: SignedDuration) -> Option<Timestamp> {
        if self.asked.is_some() {
            return None;
        }
        let total = promised + SignedDuration::from_secs(self.paused_seconds);
        self.started.and_then(|started| started.checked_add(total).ok())
    }

    fn start(&mut self, now: Timestamp) {
        self.started.get_or_insert(now);
    }

    fn ask(&mut self, question: &str, now: Timestamp) {
        self.asked.get_or_insert(now);
        question.clone_into(&mut self.question);
    }

    fn answer(&mut self, now: Timestamp) {
        self.question.clear();
        if let (Some(asked), Some(started)) = (self.asked.take(), self.started) {
            self.paused_seconds += now.duration_since(asked.max(started)).as_secs().max(0);
        }
    }
}

/// What is asked of a request.
#[derive(Debug, Clone)]
pub enum Command {
    /// Change what is asked for.
    Configure {
        /// The whole configuration.
        configuration: Configuration,
    },
    /// The customer signs off.
    SignOff {
        /// Who.
        by: UserId,
        /// The gate, judged just now.
        gate: Verdict,
    },
    /// The customer takes the sign-off back.
    ClearSignOff {
        /// Who.
        by: UserId,
    },
    /// The review is complete: the clock may run.
    Release,
    /// The operator needs something from the customer: the clock stands still.
    Ask {
        /// Who.
        by: UserId,
        /// What is asked.
        question: String,
    },
    /// The customer has answered.
    Answer {
        /// Who.
        by: UserId,
        /// The answer.
        answer: String,
    },
    /// The operator turns it down.
    Deny {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
        /// What would be accepted.
        suggestion: String,
    },
    /// The work starts.
    StartDeploy {
        /// The operation.
        operation: OperationId,
        /// The gate, judged just now.
        gate: Verdict,
    },
    /// The work is done.
    FinishDeploy {
        /// The operation.
        operation: OperationId,
    },
    /// The work failed and is undone.
    FailDeploy {
        /// The operation.
        operation: OperationId,
        /// What went wrong.
        why: String,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was opened.
    Opened {
        /// What is asked for at first.
        configuration: Configuration,
    },
    /// It was changed.
    Configured {
        /// What is asked for now.
        configuration: Configuration,
    },
    /// The customer signed off.
    SignedOff {
        /// Who.
        by: UserId,
        /// The gate as it was shown.
        gate: Verdict,
    },
    /// The customer took the sign-off back.
    SignOffCleared {
        /// Who.
        by: UserId,
    },
    /// The clock runs.
    Released,
    /// The clock stands still.
    Asked {
        /// Who asked.
        by: UserId,
        /// What.
        #[serde(default)]
        question: String,
    },
    /// The clock runs again.
    Answered {
        /// Who answered.
        by: UserId,
        /// What.
        #[serde(default)]
        answer: String,
    },
    /// It was turned down.
    Denied {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
        /// What would be accepted.
        suggestion: String,
    },
    /// The work started.
    DeployStarted {
        /// The operation.
        operation: OperationId,
        /// The gate as it was judged at the start.
        gate: Verdict,
    },
    /// Production is there.
    Deployed {
        /// The operation.
        operation: OperationId,
    },
    /// The work failed and is undone.
    DeployFailed {
        /// The operation.
        operation: OperationId,
        /// What went wrong.
        why: String,
    },
}

/// The request to store and the event to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The request after.
    pub request: Request,
    /// What happened.
    pub event: Event,
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a production request that is in {state} cannot {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// The gate is shut; the verdict says why.
    #[error("the gate before production is shut")]
    GateShut(Box<Verdict>),
    /// Something must be said and was not.
    #[error("{0} must be given")]
    Missing(&'static str),
    /// Nobody waits for an answer.
    #[error("nothing is asked")]
    NothingAsked,
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(request: &Request, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    use {Command as C, Event as E, State as S};
    let mut configuration = request.configuration.clone();
    let (state, event) = match (request.state.clone(), command) {
        (S::Configure | S::Failed { .. }, C::Configure { configuration: wanted }) => {
            configuration = wanted.clone();
            (S::Configure, E::Configured { configuration: wanted })
        }
        (S::Configure | S::Failed { .. }, C::SignOff { by, gate }) => {
            sign_off(request.model, by, gate, now)?
        }
        (S::Queued { .. }, C::ClearSignOff { by }) => (S::Configure, E::SignOffCleared { by }),
        (S::Queued { by, at, mut clock }, C::Release) => {
            clock.start(now);
            (S::Queued { by, at, clock }, E::Released)
        }
        (S::Queued { by, at, mut clock }, C::Ask { by: operator, question }) => {
            check_said(&question, "a question")?;
            clock.ask(&question, now);
            (S::Queued { by, at, clock }, E::Asked { by: operator, question })
        }
        (S::Queued { clock, .. }, C::Answer { .. }) if clock.asked.is_none() => {
            return Err(Refusal::NothingAsked);
        }
        (S::Queued { by, at, mut clock }, C::Answer { by: customer, answer }) => {
            check_said(&answer, "an answer")?;
            clock.answer(now);
            (S::Queued { by, at, clock }, E::Answered { by: customer, answer })
        }
        (S::Queued { .. }, C::Deny { by, reason, suggestion }) => {
            check_said(&reason, "a reason and a suggestion")?;
            check_said(&suggestion, "a reason and a suggestion")?;
            (S::Configure, E::Denied { by, reason, suggestion })
        }
        (S::Queued { .. }, C::StartDeploy { gate, .. }) if !gate.is_open() => {
            return Err(Refusal::GateShut(Box::new(gate)));
        }
        (S::Queued { by, mut clock, .. }, C::StartDeploy { operation, gate }) => {
            clock.start(now);
            clock.answer(now);
            (
                S::Deploying { by, operation, since: now, clock },
                E::DeployStarted { operation, gate },
            )
        }
        (S::Deploying { operation, .. }, C::FinishDeploy { operation: by }) if operation == by => {
            (S::Deployed { operation, since: now }, E::Deployed { operation })
        }
        (S::Deploying { operation, .. }, C::FailDeploy { operation: by, why })
            if operation == by =>
        {
            (
                S::Failed { operation, why: why.clone(), since: now },
                E::DeployFailed { operation, why },
            )
        }
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    };
    Ok(Change { request: Request { configuration, state, ..request.clone() }, event })
}

fn check_said(text: &str, what: &'static str) -> Result<(), Refusal> {
    if text.trim().is_empty() { Err(Refusal::Missing(what)) } else { Ok(()) }
}

/// Self-service needs the open gate here; managed starts the clock only if the gate is open.
fn sign_off(
    model: ServiceModel,
    by: UserId,
    gate: Verdict,
    now: Timestamp,
) -> Result<(State, Event), Refusal> {
    if model == ServiceModel::SelfService && !gate.is_open() {
        return Err(Refusal::GateShut(Box::new(gate)));
    }
    let started = gate.is_open().then_some(now);
    let clock = Clock { started, ..Clock::default() };
    Ok((State::Queued { by, at: now, clock }, Event::SignedOff { by, gate }))
}

impl State {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Configure => "configure",
            Self::Queued { .. } => "queued",
            Self::Deploying { .. } => "deploying",
            Self::Deployed { .. } => "deployed",
            Self::Failed { .. } => "failed",
        }
    }
}

impl Command {
    fn name(&self) -> &'static str {
        match self {
            Self::Configure { .. } => "be configured",
            Self::SignOff { .. } => "be signed off",
            Self::ClearSignOff { .. } => "have its sign-off cleared",
            Self::Release => "be released",
            Self::Ask { .. } => "ask the customer",
            Self::Answer { .. } => "be answered",
            Self::Deny { .. } => "be denied",
            Self::StartDeploy { .. } => "start deploying",
            Self::FinishDeploy { .. } => "finish deploying",
            Self::FailDeploy { .. } => "fail deploying",
        }
    }
}

#[cfg(test)]
mod tests;
