//! A service request as a project keeps it: with its number and what was warned of when it was filed.

use super::{Change, Command, Event, Refusal, ServiceRequest, State, WindowFault, decide};
use crate::deadline::WorkingTime;
use crate::id::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One service request of a project. Its own fields have names that no state has: they lie beside those of the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// Its number in the project, from 1.
    pub number: u32,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// What was warned of and accepted.
    #[serde(default)]
    pub warnings: Vec<WindowFault>,
    /// The request.
    #[serde(flatten)]
    pub request: ServiceRequest,
}

impl Filed {
    /// The short name for people: `SR-12`.
    pub fn name(&self) -> String {
        format!("SR-{}", self.number)
    }

    /// The same after a command.
    pub fn decide(
        &self,
        command: Command,
        now: Timestamp,
        time: &dyn WorkingTime,
    ) -> Result<(Self, Event), Refusal> {
        let Change { request, event } = decide(&self.request, command, now, time)?;
        Ok((Self { request, ..self.clone() }, event))
    }

    /// Everybody who has a part in it: who asked, who said something, who works on it.
    pub fn followers(&self) -> BTreeSet<UserId> {
        let said = self.request.comments.iter().map(|comment| comment.by);
        said.chain(self.request.requested_by).chain(self.operator()).collect()
    }

    /// Who of the operator's side has it in hand.
    pub fn operator(&self) -> Option<UserId> {
        match &self.request.state {
            State::InProgress { operator, .. } | State::Done { operator, .. } => *operator,
            State::WaitingForCustomer { asked_by: operator, .. }
            | State::Denied { operator, .. } => Some(*operator),
            State::Submitted
            | State::Cancelled { .. }
            | State::SignedOff { .. }
            | State::Failed { .. } => None,
        }
    }
}
