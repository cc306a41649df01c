//! The go-live date and its history: set once, moved with a reason, and what a move does to the review.

use crate::fact::{Fact, Facts};
use crate::id::UserId;
use crate::policy::Policy;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Unit};
use serde::{Deserialize, Serialize};

/// One setting of the date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// From; nothing when it was set for the first time.
    pub from: Option<Date>,
    /// To.
    pub to: Date,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

impl Move {
    /// The days moved, whichever way.
    pub fn days(&self) -> i64 {
        self.from.map_or(0, |from| days_between(from, self.to).abs())
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until((Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()))
}

/// Where the date stands: unset, or set with its whole history.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// No date.
    #[default]
    Unset,
    /// A date.
    Set {
        /// The date.
        date: Date,
        /// Every setting, the first one first; never empty.
        history: Vec<Move>,
    },
}

impl State {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Set { .. } => "set",
        }
    }

    /// The date.
    pub fn date(&self) -> Option<Date> {
        match self {
            Self::Unset => None,
            Self::Set { date, .. } => Some(*date),
        }
    }

    fn history(&self) -> &[Move] {
        match self {
            Self::Unset => &[],
            Self::Set { history, .. } => history,
        }
    }

    /// The days of all moves since a moment, added up, whichever way they went.
    pub fn moved_since(&self, moment: Timestamp) -> i64 {
        self.history().iter().filter(|moved| moved.at > moment).map(Move::days).sum()
    }
}

/// Set or move the date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who.
    pub by: UserId,
    /// The new date.
    pub to: Date,
    /// Why; a move needs it.
    pub reason: String,
}

/// The date was set or moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was set for the first time.
    DateSet {
        /// The setting.
        set: Move,
    },
    /// It was moved.
    DateMoved {
        /// The move.
        moved: Move,
        /// The review must be confirmed, because this is beyond the tolerance.
        review_to_be_confirmed: Option<Beyond>,
    },
}

/// Which tolerance was exceeded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beyond {
    /// The setting.
    pub setting: String,
    /// Its days.
    pub days: i64,
    /// The days moved.
    pub moved: i64,
}

/// Why a date is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A move without a reason.
    #[error("moving the go-live date needs a reason")]
    NoReason,
    /// The same date.
    #[error("the go-live date is {0} already")]
    Same(Date),
    /// A day that has begun.
    #[error("{0} is not in the future")]
    Past(Date),
    /// The project is live.
    #[error("the project is live")]
    Live,
    /// So near, only the go-live authority moves the date.
    #[error("{days_left} days before it, only the go-live authority moves the date")]
    NotTheAuthority {
        /// Days to the date as it is.
        days_left: i64,
    },
}

/// What the rules must know.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The policy pack.
    pub policy: &'a Policy,
    /// The project's zone.
    pub zone: &'a TimeZone,
    /// True when the person has the role of the go-live authority.
    pub is_authority: bool,
    /// True when the project is live.
    pub is_live: bool,
    /// When the review was completed (or last confirmed), if it was.
    pub reviewed: Option<Timestamp>,
}

/// A new state and what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The new state.
    pub state: State,
    /// What happened.
    pub event: Event,
}

/// Sets or moves the date.
pub fn decide(
    state: &State,
    command: Command,
    around: Around<'_>,
    now: Timestamp,
) -> Result<Change, Refusal> {
    let today = around.zone.to_datetime(now).date();
    let Command { by, to, reason } = command;
    if around.is_live {
        return Err(Refusal::Live);
    }
    if to <= today {
        return Err(Refusal::Past(to));
    }
    let from = state.date();
    if let Some(from) = from {
        may_move(from, to, &reason, (around, today))?;
    }
    let moved = Move { from, to, by, at: now, reason };
    let mut history = state.history().to_vec();
    history.push(moved.clone());
    let next = State::Set { date: to, history };
    let event = if from.is_none() {
        Event::DateSet { set: moved }
    } else {
        let review_to_be_confirmed = beyond(&next, &moved, around);
        Event::DateMoved { moved, review_to_be_confirmed }
    };
    Ok(Change { state: next, event })
}

fn may_move(
    from: Date,
    to: Date,
    reason: &str,
    (around, today): (Around<'_>, Date),
) -> Result<(), Refusal> {
    if from == to {
        return Err(Refusal::Same(to));
    }
    if around.policy.flag("go_live.date_move_reason_required") && reason.trim().is_empty() {
        return Err(Refusal::NoReason);
    }
    let days_left = days_between(today, from);
    let near = around.policy.number("go_live.date_move_authority_within");
    #[expect(clippy::cast_precision_loss, reason = "days of a project are few")]
    let is_near = near.is_some_and(|near| days_left as f64 <= near);
    if is_near && !around.is_authority {
        return Err(Refusal::NotTheAuthority { days_left });
    }
    Ok(())
}

/// A single move, or all since the review, beyond what the policy tolerates.
fn beyond(state: &State, moved: &Move, around: Around<'_>) -> Option<Beyond> {
    let reviewed = around.reviewed?;
    if !around.policy.flag("review.reconfirm_on_date_move") {
        return None;
    }
    let exceeded = |setting: &str, moved: i64| {
        #[expect(clippy::cast_possible_truncation, reason = "a setting in whole days")]
        let days = around.policy.number(setting)?.floor() as i64;
        (moved > days).then(|| Beyond { setting: setting.to_owned(), days, moved })
    };
    exceeded("go_live.date_move_tolerance", moved.days())
        .or_else(|| exceeded("go_live.date_moves_total_tolerance", state.moved_since(reviewed)))
}

/// The facts that the date determines.
pub fn facts(state: &State, reviewed: Option<Timestamp>, zone: &TimeZone) -> Facts {
    let mut facts = Facts::default();
    facts.set("project.go_live_date", state.date().map(|date| date.to_string()));
    let last = state.history().last();
    let lead = last.map(|last| months_between(zone.to_datetime(last.at).date(), last.to));
    let lines = state.history().iter().map(|m| match m.from {
        Some(from) => format!("{from} → {}: {}", m.to, m.reason),
        None => m.to.to_string(),
    });
    facts.set("go_live.lead_months", Fact::from(lead).because(lines));
    let moved = reviewed.map_or(0, |reviewed| state.moved_since(reviewed));
    facts.set("go_live.moved_days_since_review", moved);
    facts
}

/// Months between two days, with the share of the month that was begun.
fn months_between(from: Date, to: Date) -> f64 {
    let Ok(span) = from.until((Unit::Month, to)) else { return 0.0 };
    let (months, days) = (span.get_months(), span.get_days());
    let whole = from.checked_add(Span::new().months(months)).unwrap_or(from);
    f64::from(months) + f64::from(days) / f64::from(whole.days_in_month())
}
