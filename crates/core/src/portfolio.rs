//! A project as the portfolio knows it: whose it is, how it is run, when it goes live.

use crate::id::OrganisationId;
use crate::service_model::ServiceModel;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The kinds of projects: methodologies and checklists say which they are for.
pub const PROJECT_TYPES: [&str; 4] = ["new_production", "new_workload", "migration", "upgrade"];

/// One project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Short name in addresses: `contoso`.
    pub slug: String,
    /// The name for people.
    pub name: String,
    /// The customer.
    pub organisation: OrganisationId,
    /// Who deploys.
    pub model: ServiceModel,
    /// One of [`PROJECT_TYPES`].
    pub project_type: String,
    /// The policy pack that it is judged by.
    pub policy: String,
    /// The calendar of its business days.
    pub calendar: String,
    /// IANA zone in which its dates are meant.
    pub time_zone: String,
    /// The first day of live operations, and when it was set to that.
    pub go_live: Option<GoLiveDate>,
    /// When it went live.
    #[serde(default)]
    pub live_since: Option<Timestamp>,
    /// When it was closed.
    #[serde(default)]
    pub closed: Option<Timestamp>,
}

/// The go-live date: the first day of live operations, not the start of the cutover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoLiveDate {
    /// The day, in the project's zone.
    pub date: Date,
    /// When it was set to this day.
    pub set_at: Timestamp,
    /// When a go-live date was set for the first time.
    pub first_set_at: Timestamp,
    /// How many days later than at first.
    pub moved_days: i32,
}

/// What happened to a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ProjectEvent {
    /// It was made.
    Created,
    /// Its name, policy, calendar or zone was changed.
    Changed,
    /// The go-live date was set or moved.
    GoLiveDateSet {
        /// From.
        from: Option<Date>,
        /// To.
        to: Date,
        /// Why.
        reason: String,
    },
    /// It went live.
    WentLive,
    /// It was closed.
    Closed,
}

/// Why a go-live date was turned down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateRefusal {
    /// A move without a reason.
    #[error("moving the go-live date needs a reason")]
    ReasonMissing,
    /// The project is live.
    #[error("the project has been live since {0}")]
    AlreadyLive(Timestamp),
    /// A date that lies behind.
    #[error("{0} has passed")]
    Past(Date),
}

impl Project {
    /// Sets or moves the go-live date.
    pub fn set_go_live(
        &self,
        date: Date,
        reason: &str,
        now: Timestamp,
        today: Date,
    ) -> Result<(Self, ProjectEvent), DateRefusal> {
        if let Some(since) = self.live_since {
            return Err(DateRefusal::AlreadyLive(since));
        }
        if date < today {
            return Err(DateRefusal::Past(date));
        }
        let from = self.go_live.as_ref().map(|set| set.date);
        if from.is_some() && reason.trim().is_empty() {
            return Err(DateRefusal::ReasonMissing);
        }
        let moved = |set: &GoLiveDate| (date - set.date).get_days() + set.moved_days;
        let go_live = GoLiveDate {
            date,
            set_at: now,
            first_set_at: self.go_live.as_ref().map_or(now, |set| set.first_set_at),
            moved_days: self.go_live.as_ref().map_or(0, moved),
        };
        let event = ProjectEvent::GoLiveDateSet { from, to: date, reason: reason.to_owned() };
        Ok((Self { go_live: Some(go_live), ..self.clone() }, event))
    }

    /// `preparing`, `live` or `closed`.
    pub fn phase(&self) -> &'static str {
        match (self.closed, self.live_since) {
            (Some(_), _) => "closed",
            (None, Some(_)) => "live",
            (None, None) => "preparing",
        }
    }
}
