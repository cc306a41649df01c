//! Sizing of a request: automatic from the active estimate; by hand as the exception, which pauses the deployment clock.

use super::{Exceeded, Size};
use crate::id::{EstimateId, UserId};
use crate::policy::Policy;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A size that somebody chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Application servers for people.
    pub interactive_servers: u32,
    /// Application servers for jobs.
    pub batch_servers: u32,
    /// The database class, or its description when no class is large enough.
    pub database: String,
    /// Storage in gigabytes.
    pub storage_gb: u32,
}

/// Where the sizing stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Nothing computed.
    #[default]
    Unsized,
    /// Sized by the rules.
    Automatic {
        /// The estimate it comes from.
        estimate: EstimateId,
        /// The size with its sheet.
        size: Box<Size>,
        /// When.
        at: Timestamp,
    },
    /// An operator must size it.
    Manual {
        /// The estimate.
        estimate: EstimateId,
        /// The computed start of the talk.
        computed: Box<Size>,
        /// Why: the limits that were exceeded, or nothing when a person asked for it.
        exceeded: Vec<Exceeded>,
        /// Why, in words.
        why: String,
        /// Since when.
        since: Timestamp,
    },
    /// The operator waits for the customer's answer about the profile.
    Question {
        /// The estimate.
        estimate: EstimateId,
        /// The computed size.
        computed: Box<Size>,
        /// Who asks.
        by: UserId,
        /// What.
        question: String,
        /// Since when.
        since: Timestamp,
    },
    /// Sized by hand.
    Settled {
        /// The estimate.
        estimate: EstimateId,
        /// What the rules had computed.
        computed: Box<Size>,
        /// What was chosen.
        chosen: Chosen,
        /// Who chose.
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
            Self::Unsized => "unsized",
            Self::Automatic { .. } => "automatic",
            Self::Manual { .. } => "manual",
            Self::Question { .. } => "question",
            Self::Settled { .. } => "settled",
        }
    }

    /// True while the deployment clock stands still for it, if the policy says so.
    pub fn pauses_clock(&self, policy: &Policy) -> bool {
        match self {
            Self::Manual { .. } | Self::Question { .. } => {
                policy.flag("estimate.sizing_manual_pauses_clock")
            }
            Self::Unsized | Self::Automatic { .. } | Self::Settled { .. } => false,
        }
    }

    /// True when production can be deployed in this size.
    pub fn is_settled(&self) -> bool {
        match self {
            Self::Automatic { .. } | Self::Settled { .. } => true,
            Self::Unsized | Self::Manual { .. } | Self::Question { .. } => false,
        }
    }

    fn computed(&self) -> Option<(EstimateId, &Size)> {
        match self {
            Self::Unsized => None,
            Self::Automatic { estimate, size: computed, .. }
            | Self::Manual { estimate, computed, .. }
            | Self::Question { estimate, computed, .. }
            | Self::Settled { estimate, computed, .. } => Some((*estimate, computed)),
        }
    }
}

/// What can be asked of the sizing.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Take a computed size, also of a changed estimate.
    Take {
        /// The estimate.
        estimate: EstimateId,
        /// The size.
        size: Box<Size>,
    },
    /// An operator wants to size by hand.
    AskForManual {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// An operator asks about the profile.
    Ask {
        /// Who.
        by: UserId,
        /// What.
        question: String,
    },
    /// The customer answers: the profile is right as it is.
    Answer {
        /// Who.
        by: UserId,
        /// What.
        answer: String,
    },
    /// An operator settles the size.
    Settle {
        /// Who.
        by: UserId,
        /// What is chosen.
        chosen: Chosen,
        /// Why.
        reason: String,
    },
}

impl Command {
    /// The command's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Take { .. } => "take",
            Self::AskForManual { .. } => "ask_for_manual",
            Self::Ask { .. } => "ask",
            Self::Answer { .. } => "answer",
            Self::Settle { .. } => "settle",
        }
    }
}

/// What happened to the sizing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The rules sized it.
    SizedAutomatically {
        /// The size's name.
        size: String,
    },
    /// People must size it.
    ManualSizingBegan {
        /// The limits that were exceeded.
        exceeded: Vec<Exceeded>,
        /// Why, in words.
        why: String,
    },
    /// A question about the profile.
    QuestionAsked {
        /// Who.
        by: UserId,
        /// What.
        question: String,
    },
    /// Its answer.
    QuestionAnswered {
        /// Who.
        by: UserId,
        /// What.
        answer: String,
    },
    /// Sized by hand.
    SizedByHand {
        /// Who.
        by: UserId,
        /// What was chosen.
        chosen: Chosen,
        /// Why.
        reason: String,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not from this state.
    #[error("a sizing that is {state}: no {command}")]
    WrongState {
        /// The state.
        state: &'static str,
        /// The command.
        command: &'static str,
    },
    /// A reason is needed.
    #[error("a reason is needed")]
    NoReason,
    /// Whoever asks does not answer.
    #[error("whoever asks does not answer")]
    OwnQuestion,
}

/// A new state and what happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The new state.
    pub state: State,
    /// What happened.
    pub event: Event,
}

/// Decides one command.
pub fn decide(
    state: &State,
    command: Command,
    policy: &Policy,
    now: Timestamp,
) -> Result<Change, Refusal> {
    use {Command as C, State as S};
    let seen = state.computed().map(|(estimate, size)| (estimate, Box::new(size.clone())));
    match (state, command, seen) {
        (_, C::Take { estimate, size }, _) => Ok(take(estimate, size, policy, now)),
        (
            S::Automatic { .. } | S::Settled { .. },
            C::AskForManual { by: _, reason },
            Some((estimate, computed)),
        ) => {
            given(&reason)?;
            Ok(manual(estimate, computed, reason, now))
        }
        (
            S::Automatic { .. } | S::Manual { .. },
            C::Ask { by, question },
            Some((estimate, computed)),
        ) => {
            given(&question)?;
            let state =
                S::Question { estimate, computed, by, question: question.clone(), since: now };
            Ok(Change { state, event: Event::QuestionAsked { by, question } })
        }
        (S::Question { by: asked, .. }, C::Answer { by, answer }, Some((estimate, computed))) => {
            if by == *asked {
                return Err(Refusal::OwnQuestion);
            }
            given(&answer)?;
            let state = take(estimate, computed, policy, now).state;
            Ok(Change { state, event: Event::QuestionAnswered { by, answer } })
        }
        (S::Manual { .. }, C::Settle { by, chosen, reason }, Some((estimate, computed))) => {
            given(&reason)?;
            let why = reason.clone();
            let state =
                S::Settled { estimate, computed, chosen: chosen.clone(), by, at: now, reason: why };
            Ok(Change { state, event: Event::SizedByHand { by, chosen, reason } })
        }
        (state, command, _) => {
            Err(Refusal::WrongState { state: state.name(), command: command.name() })
        }
    }
}

/// What the rules could size is automatic; what exceeds a limit is not.
fn take(estimate: EstimateId, size: Box<Size>, policy: &Policy, now: Timestamp) -> Change {
    let by_rules = policy.flag("estimate.sizing_automatic");
    if size.is_automatic() && by_rules {
        let event = Event::SizedAutomatically { size: size.name() };
        return Change { state: State::Automatic { estimate, size, at: now }, event };
    }
    let exceeded = size
        .exceeded
        .iter()
        .map(|e| format!("{} is {}, above {}", e.limit, e.computed.round(), e.value));
    let by_hand = (!by_rules).then(|| "the policy has everything sized by hand".to_owned());
    let why = exceeded.chain(by_hand).collect::<Vec<_>>().join("; ");
    manual(estimate, size, why, now)
}

fn manual(estimate: EstimateId, computed: Box<Size>, why: String, now: Timestamp) -> Change {
    let exceeded = computed.exceeded.clone();
    let event = Event::ManualSizingBegan { exceeded: exceeded.clone(), why: why.clone() };
    Change { state: State::Manual { estimate, computed, exceeded, why, since: now }, event }
}

fn given(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() { Err(Refusal::NoReason) } else { Ok(()) }
}
