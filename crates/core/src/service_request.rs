//! Service requests: the conversation with the operator, with a clock, a lead time and a window.
//!
//! ```text
//! Submitted ─start─► InProgress ─finish─► Done ─sign off─► SignedOff (perhaps with issues)
//!   │  ▲  │            │   ▲   └─fail─► Failed ─retry─► InProgress
//!   │  │  └─ask─► WaitingForCustomer ─answer─► back to where it was; its clock stands still meanwhile
//!   │  └─resubmit─ Denied
//!   ├─deny─► Denied (reason and suggestion)
//!   └─cancel─► Cancelled
//! ```

use crate::deadline::{Deadline, WorkingTime};
use crate::id::{EnvironmentId, OperationId, RequestId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod filed;
mod kind;
mod messages;
pub use filed::Filed;
pub use kind::{Against, Kind, Window, WindowCheck, WindowFault, check_window};
pub use messages::{Command, Event};

/// One service request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRequest {
    /// What is asked.
    pub kind: Kind,
    /// It in a few words.
    pub title: String,
    /// The environment that it is about.
    pub environment: Option<EnvironmentId>,
    /// Who asks; the server itself for the one that belongs to a production request.
    pub requested_by: Option<UserId>,
    /// The production request that it belongs to.
    pub linked: Option<RequestId>,
    /// The downtime that is offered.
    pub window: Option<Window>,
    /// The operator's clock.
    pub clock: Deadline,
    /// The conversation so far, oldest first.
    pub comments: Vec<Comment>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}

/// Where a request goes on when the customer has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resume {
    /// Nobody had begun.
    Submitted,
    /// It was being worked on.
    InProgress,
}

/// Where a request stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It is with the operator.
    Submitted,
    /// The operator has asked something.
    WaitingForCustomer {
        /// Who asked.
        asked_by: UserId,
        /// What.
        question: String,
        /// Where it goes on.
        resume: Resume,
    },
    /// Somebody works on it.
    InProgress {
        /// Who; the server itself when golive does it.
        operator: Option<UserId>,
        /// Since when.
        since: Timestamp,
    },
    /// Not done, with a way out.
    Denied {
        /// Who.
        operator: UserId,
        /// Why.
        reason: String,
        /// What would be possible instead.
        suggestion: String,
    },
    /// Taken back.
    Cancelled {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Done; it waits for the customer to look at it.
    Done {
        /// Who did it; the server itself when golive did.
        operator: Option<UserId>,
        /// When.
        at: Timestamp,
    },
    /// Looked at and accepted.
    SignedOff {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// What is not as it should be, if something.
        issues: Option<String>,
    },
    /// It went wrong and was taken back.
    Failed {
        /// The operation, to look into.
        activity: Option<OperationId>,
        /// What went wrong.
        diagnosis: String,
        /// When.
        at: Timestamp,
    },
}

/// The request to store and the event to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The request after.
    pub request: ServiceRequest,
    /// What happened.
    pub event: Event,
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a service request that is {state} cannot be asked to {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// Something must be said and was not.
    #[error("{0} must be given")]
    Missing(&'static str),
    /// Whoever did the work does not sign it off.
    #[error("whoever did the work does not sign it off")]
    OwnWork,
    /// Whoever asks is not the one who answers.
    #[error("whoever filed a request does not carry it out")]
    OwnRequest,
    /// Whoever asks does not answer.
    #[error("whoever asked does not answer")]
    OwnQuestion,
}

/// What a new request is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// What is asked.
    pub kind: Kind,
    /// It in a few words.
    pub title: String,
    /// The environment that it is about.
    pub environment: Option<EnvironmentId>,
    /// Who asks.
    pub requested_by: Option<UserId>,
    /// The production request that it belongs to.
    pub linked: Option<RequestId>,
    /// The downtime that is offered; checked by [`check_window`].
    pub window: Option<Window>,
}

/// Files a request. `due` is when the operator's clock runs out.
pub fn submit(new: New, due: Timestamp, now: Timestamp) -> Result<Change, Refusal> {
    if new.title.trim().is_empty() {
        return Err(Refusal::Missing("a title"));
    }
    let New { kind, title, environment, requested_by, linked, window } = new;
    let event = Event::Submitted { kind, linked };
    let clock = Deadline::start(now, due);
    let state = State::Submitted;
    let request = ServiceRequest {
        kind,
        title,
        environment,
        requested_by,
        linked,
        window,
        clock,
        comments: Vec::new(),
        state,
    };
    Ok(Change { request, event })
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(
    request: &ServiceRequest,
    command: Command,
    now: Timestamp,
    time: &dyn WorkingTime,
) -> Result<Change, Refusal> {
    use Command as C;
    let mut next = request.clone();
    let (state, event) = match command {
        C::Ask { .. } | C::Answer { .. } | C::Comment { .. } => {
            talk(&mut next, command, now, time)?
        }
        C::Deny { .. } | C::Resubmit { .. } | C::MoveWindow { .. } | C::Cancel { .. } => {
            arrange(&mut next, command, now)?
        }
        C::Start { .. } | C::Finish | C::Fail { .. } | C::Retry { .. } | C::SignOff { .. } => {
            work(&mut next, command, now)?
        }
    };
    Ok(Change { request: ServiceRequest { state, ..next }, event })
}

/// The conversation.
fn talk(
    next: &mut ServiceRequest,
    command: Command,
    now: Timestamp,
    time: &dyn WorkingTime,
) -> Result<(State, Event), Refusal> {
    use {Command as C, Event as E, State as S};
    Ok(match (next.state.clone(), command) {
        (from @ (S::Submitted | S::InProgress { .. }), C::Ask { operator, question }) => {
            check_operator(next, Some(operator))?;
            next.say(operator, &question, "a question", now)?;
            next.clock = next.clock.clone().pause(now, &question, time);
            (waiting(&from, operator, question.clone()), E::Asked { operator, question })
        }
        // One that follows a production request is answered by that request, whose own rule says by whom.
        (S::WaitingForCustomer { asked_by, .. }, C::Answer { by, .. })
            if by == asked_by && next.linked.is_none() =>
        {
            return Err(Refusal::OwnQuestion);
        }
        (S::WaitingForCustomer { resume, asked_by, .. }, C::Answer { by, text }) => {
            next.say(by, &text, "an answer", now)?;
            next.clock = next.clock.clone().resume(now, time);
            (resumed(resume, asked_by, now), E::Answered { by })
        }
        (state, C::Comment { by, text }) => {
            next.say(by, &text, "a comment", now)?;
            (state, E::Commented { by })
        }
        (state, command) => return Err(wrong(&state, &command)),
    })
}

/// Whether it is done at all, and when.
fn arrange(
    next: &mut ServiceRequest,
    command: Command,
    now: Timestamp,
) -> Result<(State, Event), Refusal> {
    use {Command as C, Event as E, State as S};
    Ok(match (next.state.clone(), command) {
        (S::Submitted | S::WaitingForCustomer { .. }, C::Deny { operator, reason, suggestion }) => {
            check_operator(next, Some(operator))?;
            check_said(&reason, "a reason")?;
            check_said(&suggestion, "a suggestion")?;
            next.clock = next.clock.clone().stop(now);
            let event =
                E::Denied { operator, reason: reason.clone(), suggestion: suggestion.clone() };
            (S::Denied { operator, reason, suggestion }, event)
        }
        (S::Denied { .. }, C::Resubmit { by, window, due }) => {
            next.window = window;
            next.clock = Deadline::start(now, due);
            (S::Submitted, E::Resubmitted { by, window })
        }
        (state @ (S::Submitted | S::WaitingForCustomer { .. }), C::MoveWindow { by, window }) => {
            next.window = Some(window);
            (state, E::WindowMoved { by, window })
        }
        (
            S::Submitted | S::WaitingForCustomer { resume: Resume::Submitted, .. },
            C::Cancel { by, reason },
        ) => {
            check_said(&reason, "a reason")?;
            next.clock = next.clock.clone().stop(now);
            (S::Cancelled { by, reason: reason.clone() }, E::Cancelled { by, reason })
        }
        (state, command) => return Err(wrong(&state, &command)),
    })
}

/// The work itself.
fn work(
    next: &mut ServiceRequest,
    command: Command,
    now: Timestamp,
) -> Result<(State, Event), Refusal> {
    use {Command as C, Event as E, State as S};
    Ok(match (next.state.clone(), command) {
        (S::Submitted, C::Start { operator }) => {
            check_operator(next, operator)?;
            (S::InProgress { operator, since: now }, E::Started { operator })
        }
        (S::InProgress { operator, .. }, C::Finish) => {
            next.clock = next.clock.clone().stop(now);
            (S::Done { operator, at: now }, E::Done { in_time: !next.clock.is_breached(now) })
        }
        (S::InProgress { .. }, C::Fail { activity, diagnosis }) => {
            check_said(&diagnosis, "what went wrong")?;
            (
                S::Failed { activity, diagnosis: diagnosis.clone(), at: now },
                E::Failed { activity, diagnosis },
            )
        }
        (S::Failed { .. }, C::Retry { operator }) => {
            check_operator(next, operator)?;
            (S::InProgress { operator, since: now }, E::Retried)
        }
        (S::Done { operator, .. }, C::SignOff { by, .. }) if operator == Some(by) => {
            return Err(Refusal::OwnWork);
        }
        (S::Done { .. }, C::SignOff { by, issues }) => {
            let issues = issues.filter(|text| !text.trim().is_empty());
            (S::SignedOff { by, at: now, issues: issues.clone() }, E::SignedOff { by, issues })
        }
        (state, command) => return Err(wrong(&state, &command)),
    })
}

fn wrong(state: &State, command: &Command) -> Refusal {
    Refusal::WrongState { state: state.name(), command: command.name() }
}

impl ServiceRequest {
    fn say(
        &mut self,
        by: UserId,
        text: &str,
        what: &'static str,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        check_said(text, what)?;
        self.comments.push(Comment { by, at, text: text.to_owned() });
        Ok(())
    }
}

/// The state while the customer is asked.
fn waiting(from: &State, asked_by: UserId, question: String) -> State {
    let begun = matches!(from, State::InProgress { .. });
    let resume = if begun { Resume::InProgress } else { Resume::Submitted };
    State::WaitingForCustomer { asked_by, question, resume }
}

/// The state after the answer.
fn resumed(resume: Resume, asked_by: UserId, now: Timestamp) -> State {
    match resume {
        Resume::Submitted => State::Submitted,
        Resume::InProgress => State::InProgress { operator: Some(asked_by), since: now },
    }
}

fn check_said(text: &str, what: &'static str) -> Result<(), Refusal> {
    if text.trim().is_empty() { Err(Refusal::Missing(what)) } else { Ok(()) }
}

/// Four eyes: the one who filed it does not carry it out.
fn check_operator(request: &ServiceRequest, operator: Option<UserId>) -> Result<(), Refusal> {
    if operator.is_some() && operator == request.requested_by {
        Err(Refusal::OwnRequest)
    } else {
        Ok(())
    }
}

impl State {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::WaitingForCustomer { .. } => "waiting_for_customer",
            Self::InProgress { .. } => "in_progress",
            Self::Denied { .. } => "denied",
            Self::Cancelled { .. } => "cancelled",
            Self::Done { .. } => "done",
            Self::SignedOff { .. } => "signed_off",
            Self::Failed { .. } => "failed",
        }
    }

    /// Whether it still needs somebody.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Submitted
            | Self::WaitingForCustomer { .. }
            | Self::InProgress { .. }
            | Self::Done { .. }
            | Self::Failed { .. } => true,
            Self::Denied { .. } | Self::Cancelled { .. } | Self::SignedOff { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests;
