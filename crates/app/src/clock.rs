//! Business time: what lead times, deadlines and go-live dates are counted in.
//!
//! A server's clock is real or simulated, for ever. Only a simulated one can be moved; its offset is a row of the
//! database, so that a server that is killed wakes up at the right time. Machine time (leases, time-outs, sessions)
//! is the database's or monotonic and has nothing to do with this.

use crate::{App, Error, Result};
use golive_store::{ClockKind, ServerRow};
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};

/// The business clock.
#[derive(Debug)]
pub struct BusinessClock {
    kind: ClockKind,
    offset: AtomicI64,
}

impl BusinessClock {
    /// The clock as the server was made with.
    pub fn new(row: &ServerRow) -> Self {
        let offset = match row.clock {
            ClockKind::Real => 0,
            ClockKind::Simulated => row.offset,
        };
        Self { kind: row.clock, offset: AtomicI64::new(offset) }
    }

    /// Whether it is real.
    pub fn kind(&self) -> ClockKind {
        self.kind
    }

    /// True when business time is not the time on the wall.
    pub fn is_simulated(&self) -> bool {
        self.kind == ClockKind::Simulated
    }

    /// Now, in whole microseconds as the database keeps them.
    pub fn now(&self) -> Timestamp {
        let micros = Timestamp::now().as_microsecond() + self.offset.load(Ordering::SeqCst);
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }
}

impl App {
    /// Moves a simulated clock forward, for the server administrator.
    pub async fn clock_move_by(&self, actor: &crate::Actor, to: Timestamp) -> Result<Timestamp> {
        Self::administrator(actor)?;
        self.clock_move(to).await
    }

    /// Moves a simulated clock forward to an instant. Everything that became due happens from there on.
    pub async fn clock_move(&self, to: Timestamp) -> Result<Timestamp> {
        if !self.clock.is_simulated() {
            return Err(Error::NotNow("this server's clock is real and cannot be moved".into()));
        }
        let now = self.clock.now();
        if to < now {
            return Err(Error::NotNow(format!("the clock only moves forward; it is {now}")));
        }
        let by: SignedDuration = to.duration_since(now);
        let micros =
            i64::try_from(by.as_micros()).map_err(|_| Error::NotNow("that is too far".into()))?;
        let offset = self.clock.offset.load(Ordering::SeqCst) + micros;
        self.store.set_meta("offset", &offset.to_string()).await?;
        self.clock.offset.store(offset, Ordering::SeqCst);
        self.live.nudge();
        Ok(self.clock.now())
    }
}
