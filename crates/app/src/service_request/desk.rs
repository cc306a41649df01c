//! The operators' desk: by which calendar their promises are counted, and what a window is held against.

use super::stored;
use crate::{App, Result};
use golive_core::account::Organisation;
use golive_core::calendar::Calendar;
use golive_core::deadline::{OfficeHours, RoundTheClock, WorkingTime};
use golive_core::id::ProjectId;
use golive_core::people::{Member, Side};
use golive_core::policy::Policy;
use golive_core::service_model::ServiceModel;
use golive_core::service_request::{Against, Kind, Window, WindowCheck, check_window};
use golive_store::Session;
use jiff::Timestamp;

/// How the operators of one project count time.
pub(crate) struct Desk<'a> {
    model: ServiceModel,
    policy: &'a Policy,
    /// The calendar of the operators' organisation, or else the project's.
    calendar: Option<&'a Calendar>,
}

impl<'a> Desk<'a> {
    /// The desk of a project.
    pub async fn of(app: &'a App, session: &mut Session, project: ProjectId) -> Result<Self> {
        let stored = stored(session, project).await?;
        let members = session.of_project::<Member>(project).await?;
        let operator = members.into_iter().map(|(_, seen)| seen.value);
        let operator =
            operator.into_iter().find(|m| m.side == Side::Operator && m.removed.is_none());
        let mut name = stored.calendar;
        if let Some(operator) = operator
            && let Some(found) = session.find::<Organisation>(operator.organisation).await?
        {
            name = found.value.calendar;
        }
        let calendar = app.content.calendars.get(&name);
        Ok(Self { model: stored.model, policy: app.policy(&stored.policy)?, calendar })
    }

    /// Working time for this kind: promises in hours run round the clock, those in business days by the calendar.
    pub fn time(&self, kind: Kind) -> Box<dyn WorkingTime + Send + Sync + 'a> {
        let setting = self.policy.setting(kind.lead_setting(self.model));
        if setting.is_some_and(|setting| setting.unit == "business_days") {
            self.office()
        } else {
            Box::new(RoundTheClock)
        }
    }

    fn office(&self) -> Box<dyn WorkingTime + Send + Sync + 'a> {
        match self.calendar.map(|calendar| OfficeHours::new(calendar, None)) {
            Some(Ok(hours)) => Box::new(hours),
            Some(Err(_)) | None => Box::new(RoundTheClock),
        }
    }

    /// The end of so many of the operators' business days.
    pub fn days_after(&self, from: Timestamp, days: u32) -> Timestamp {
        self.office().days_after(from, days)
    }

    /// When the operators must have answered or begun.
    pub fn due(&self, kind: Kind, now: Timestamp) -> Timestamp {
        kind.earliest(self.model, self.policy, now, self.time(kind).as_ref())
    }

    /// Holds a window against lead time, length and planned maintenance.
    pub fn check(&self, kind: Kind, window: Option<Window>, now: Timestamp) -> WindowCheck {
        let time = self.time(kind);
        // Nobody plans maintenance in golive yet.
        let against = Against {
            model: self.model,
            policy: self.policy,
            maintenance: &[],
            time: time.as_ref(),
        };
        check_window(kind, window, &against, now)
    }
}
