//! Promised times that stand still while somebody else has to answer.
//!
//! How working time is counted (business days, time zone, holidays) is the calendar's matter; here is only the clock
//! that runs, is paused with a reason, runs on, and stops.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

mod office_hours;
pub use office_hours::OfficeHours;

/// Working time as somebody's calendar counts it.
pub trait WorkingTime {
    /// The end of so many working days; the day itself does not count.
    fn days_after(&self, from: Timestamp, days: u32) -> Timestamp;
    /// The instant at which so much working time has passed.
    fn after(&self, from: Timestamp, working: SignedDuration) -> Timestamp;
    /// The working time between two instants; none if they are in the wrong order.
    fn between(&self, from: Timestamp, until: Timestamp) -> SignedDuration;
}

/// Every hour counts: for promises in hours.
#[derive(Debug, Clone, Copy)]
pub struct RoundTheClock;

impl WorkingTime for RoundTheClock {
    fn days_after(&self, from: Timestamp, days: u32) -> Timestamp {
        self.after(from, SignedDuration::from_hours(24 * i64::from(days)))
    }

    fn after(&self, from: Timestamp, working: SignedDuration) -> Timestamp {
        from.saturating_add(working).unwrap_or(Timestamp::MAX)
    }

    fn between(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        until.duration_since(from).max(SignedDuration::ZERO)
    }
}

/// One promised time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "clock", rename_all = "snake_case")]
pub enum Deadline {
    /// It runs.
    Running {
        /// Since when, counted from the last pause.
        since: Timestamp,
        /// When it runs out.
        due: Timestamp,
    },
    /// It stands still.
    Paused {
        /// Since when.
        since: Timestamp,
        /// Working seconds that were left; negative if it had run out before.
        left: i64,
        /// For whom or what it waits.
        why: String,
    },
    /// What was promised is done.
    Stopped {
        /// When.
        at: Timestamp,
        /// When it was due.
        due: Timestamp,
    },
}

impl Deadline {
    /// Starts the clock.
    pub fn start(now: Timestamp, due: Timestamp) -> Self {
        Self::Running { since: now, due }
    }

    /// Stands still from now on. A clock that does not run stays as it is.
    #[must_use]
    pub fn pause(self, now: Timestamp, why: &str, time: &dyn WorkingTime) -> Self {
        match self {
            Self::Running { due, .. } => {
                let left =
                    if now <= due { time.between(now, due) } else { -time.between(due, now) };
                Self::Paused { since: now, left: left.as_secs(), why: why.to_owned() }
            }
            other @ (Self::Paused { .. } | Self::Stopped { .. }) => other,
        }
    }

    /// Runs on with what was left. A clock that is not paused stays as it is.
    #[must_use]
    pub fn resume(self, now: Timestamp, time: &dyn WorkingTime) -> Self {
        match self {
            Self::Paused { left, .. } if left >= 0 => {
                Self::Running { since: now, due: time.after(now, SignedDuration::from_secs(left)) }
            }
            // It had run out before it was paused: it has run out still.
            Self::Paused { since, left, .. } => {
                let due =
                    since.saturating_add(SignedDuration::from_secs(left)).unwrap_or(Timestamp::MIN);
                Self::Running { since: now, due: due.min(now) }
            }
            other @ (Self::Running { .. } | Self::Stopped { .. }) => other,
        }
    }

    /// What was promised is done. A paused clock stops as due now, or as overdue as it was.
    #[must_use]
    pub fn stop(self, now: Timestamp) -> Self {
        match self {
            Self::Running { due, .. } => Self::Stopped { at: now, due },
            Self::Paused { left, .. } => {
                let due =
                    now.saturating_add(SignedDuration::from_secs(left)).unwrap_or(Timestamp::MAX);
                Self::Stopped { at: now, due }
            }
            other @ Self::Stopped { .. } => other,
        }
    }

    /// When it runs out; nothing while it stands still.
    pub fn due(&self) -> Option<Timestamp> {
        match self {
            Self::Running { due, .. } | Self::Stopped { due, .. } => Some(*due),
            Self::Paused { .. } => None,
        }
    }

    /// Whether the promise is broken.
    pub fn is_breached(&self, now: Timestamp) -> bool {
        match self {
            Self::Running { due, .. } => now > *due,
            Self::Paused { left, .. } => *left < 0,
            Self::Stopped { at, due } => at > due,
        }
    }

    /// The share of the time that has run, in per cent; a paused or stopped clock has none.
    pub fn percent_run(&self, now: Timestamp, time: &dyn WorkingTime) -> Option<i64> {
        let Self::Running { since, due } = self else { return None };
        let total = time.between(*since, *due).as_secs().max(1);
        Some(time.between(*since, now).as_secs() * 100 / total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).unwrap()
    }

    #[test]
    fn a_paused_clock_runs_on_with_what_was_left() {
        let clock =
            Deadline::start(at(0), at(48)).pause(at(10), "the customer answers", &RoundTheClock);
        assert_eq!((clock.due(), clock.is_breached(at(1000))), (None, false));
        let clock = clock.resume(at(100), &RoundTheClock);
        assert_eq!(clock.due(), Some(at(138)));
        assert!(!clock.is_breached(at(138)) && clock.is_breached(at(139)));
    }

    #[test]
    fn a_pause_never_mends_a_broken_promise() {
        let clock = Deadline::start(at(0), at(5)).pause(at(6), "late", &RoundTheClock);
        assert!(clock.is_breached(at(6)));
        let clock = clock.resume(at(20), &RoundTheClock);
        assert!(clock.is_breached(at(20)) && clock.stop(at(21)).is_breached(at(22)));
    }

    #[test]
    fn pausing_twice_keeps_the_first_pause_and_stopping_is_for_good() {
        let paused = Deadline::start(at(0), at(48)).pause(at(1), "first", &RoundTheClock);
        assert_eq!(paused.clone().pause(at(2), "second", &RoundTheClock), paused);
        let stopped = Deadline::start(at(0), at(48)).stop(at(3));
        assert_eq!(
            stopped.clone().resume(at(4), &RoundTheClock).pause(at(5), "x", &RoundTheClock),
            stopped
        );
        assert!(!stopped.is_breached(at(1000)));
    }

    #[test]
    fn the_share_that_has_run_is_a_percentage() {
        let clock = Deadline::start(at(0), at(100));
        assert_eq!(clock.percent_run(at(66), &RoundTheClock), Some(66));
        assert_eq!(clock.stop(at(3)).percent_run(at(4), &RoundTheClock), None);
    }
}
