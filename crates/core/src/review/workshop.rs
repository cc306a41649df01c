//! The workshop with the lead reviewer: date, agenda, who must be there, minutes and decisions.

use crate::id::{EvidenceId, UserId};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// When and with whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appointment {
    /// The local time; an appointment keeps it when the zone's rules change.
    pub starts: DateTime,
    /// The IANA time zone.
    pub zone: String,
    /// How long, in minutes.
    pub minutes: u32,
    /// What will be talked about, in order.
    pub agenda: Vec<String>,
    /// Who must be there.
    pub mandatory: BTreeSet<UserId>,
    /// Who may come.
    #[serde(default)]
    pub optional: BTreeSet<UserId>,
}

/// One decision of the workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    /// What was decided.
    pub text: String,
    /// Who carries it out.
    pub owner: Option<UserId>,
    /// Until when.
    pub due: Option<jiff::civil::Date>,
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minutes {
    /// Who was there.
    pub attended: BTreeSet<UserId>,
    /// Who had to be there, was not, and why that is all right.
    #[serde(default)]
    pub excused: BTreeMap<UserId, String>,
    /// The minutes.
    pub text: String,
    /// What was decided.
    pub resolutions: Vec<Resolution>,
    /// Slides, recordings, pictures.
    #[serde(default)]
    pub files: Vec<EvidenceId>,
}

/// Where a workshop stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Workshop {
    /// It has a date.
    Scheduled {
        /// When and with whom.
        appointment: Appointment,
        /// Who will come (yes) or will not (no).
        answers: BTreeMap<UserId, bool>,
        /// How often the date was moved.
        moves: u32,
    },
    /// It has taken place.
    Held {
        /// When and with whom it was planned.
        appointment: Appointment,
        /// What was said.
        minutes: Minutes,
        /// Who recorded it.
        by: UserId,
        /// When it was recorded.
        at: Timestamp,
    },
    /// It will not take place.
    Cancelled {
        /// Who said so.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// What is asked of a workshop.
#[derive(Debug, Clone)]
pub enum Command {
    /// Another date, agenda or guests.
    Move {
        /// When and with whom now.
        appointment: Appointment,
        /// Why.
        reason: String,
    },
    /// I will come, or not.
    Answer {
        /// Who.
        by: UserId,
        /// Whether.
        comes: bool,
    },
    /// It has taken place.
    Hold {
        /// Who records it.
        by: UserId,
        /// What was said.
        minutes: Minutes,
    },
    /// It will not take place.
    Cancel {
        /// Who says so.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// What happened to a workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It has a date.
    Scheduled {
        /// When and with whom.
        appointment: Appointment,
    },
    /// It has another date.
    Moved {
        /// When and with whom now.
        appointment: Appointment,
        /// Why.
        reason: String,
    },
    /// Somebody will come, or not.
    Answered {
        /// Who.
        by: UserId,
        /// Whether.
        comes: bool,
    },
    /// It has taken place.
    Held {
        /// Who recorded it.
        by: UserId,
        /// How many decisions were taken.
        resolutions: usize,
    },
    /// It will not take place.
    Cancelled {
        /// Who said so.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a workshop that is {state} cannot be asked to {command}")]
    WrongState {
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        command: &'static str,
    },
    /// Something must be said and was not.
    #[error("{0} must be given")]
    Missing(&'static str),
    /// People who had to be there were not and are not excused.
    #[error("{} people who had to be there were not", .0.len())]
    Absent(BTreeSet<UserId>),
    /// Not on the list.
    #[error("only who is invited answers")]
    NotInvited,
}

/// Sets the first date.
pub fn schedule(appointment: Appointment) -> Result<(Workshop, Event), Refusal> {
    check(&appointment)?;
    let event = Event::Scheduled { appointment: appointment.clone() };
    Ok((Workshop::Scheduled { appointment, answers: BTreeMap::new(), moves: 0 }, event))
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(
    workshop: &Workshop,
    command: Command,
    now: Timestamp,
) -> Result<(Workshop, Event), Refusal> {
    use {Command as C, Event as E, Workshop as W};
    Ok(match (workshop.clone(), command) {
        (W::Scheduled { moves, .. }, C::Move { appointment, reason }) => {
            check(&appointment)?;
            check_said(&reason, "a reason")?;
            let event = E::Moved { appointment: appointment.clone(), reason };
            // Whoever had agreed to the old date has not agreed to the new one.
            (W::Scheduled { appointment, answers: BTreeMap::new(), moves: moves + 1 }, event)
        }
        (W::Scheduled { appointment, mut answers, moves }, C::Answer { by, comes }) => {
            if !appointment.mandatory.contains(&by) && !appointment.optional.contains(&by) {
                return Err(Refusal::NotInvited);
            }
            answers.insert(by, comes);
            (W::Scheduled { appointment, answers, moves }, E::Answered { by, comes })
        }
        (W::Scheduled { appointment, .. }, C::Hold { by, minutes }) => {
            check_said(&minutes.text, "minutes")?;
            let there = |user: &UserId| {
                minutes.attended.contains(user) || minutes.excused.contains_key(user)
            };
            let absent: BTreeSet<UserId> =
                appointment.mandatory.iter().filter(|u| !there(u)).copied().collect();
            if !absent.is_empty() {
                return Err(Refusal::Absent(absent));
            }
            let resolutions = minutes.resolutions.len();
            (W::Held { appointment, minutes, by, at: now }, E::Held { by, resolutions })
        }
        (W::Scheduled { .. }, C::Cancel { by, reason }) => {
            check_said(&reason, "a reason")?;
            (W::Cancelled { by, reason: reason.clone() }, E::Cancelled { by, reason })
        }
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    })
}

fn check(appointment: &Appointment) -> Result<(), Refusal> {
    if appointment.agenda.is_empty() {
        return Err(Refusal::Missing("an agenda"));
    }
    if appointment.mandatory.is_empty() {
        return Err(Refusal::Missing("somebody who must be there"));
    }
    if appointment.minutes == 0 { Err(Refusal::Missing("a length")) } else { Ok(()) }
}

fn check_said(text: &str, what: &'static str) -> Result<(), Refusal> {
    if text.trim().is_empty() { Err(Refusal::Missing(what)) } else { Ok(()) }
}

impl Workshop {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Scheduled { .. } => "scheduled",
            Self::Held { .. } => "held",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether it has taken place.
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Held { .. })
    }
}

impl Command {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Move { .. } => "move",
            Self::Answer { .. } => "answer",
            Self::Hold { .. } => "hold",
            Self::Cancel { .. } => "cancel",
        }
    }
}
