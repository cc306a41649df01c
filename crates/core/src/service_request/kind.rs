//! The kinds of service request, each with its lead time and its window, both settings of the policy pack.

use crate::deadline::WorkingTime;
use crate::policy::Policy;
use crate::service_model::ServiceModel;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What is asked of the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Deploy an environment.
    Environment,
    /// Install a package on production.
    Package,
    /// Copy a database into production.
    DatabaseCopy,
    /// Restore a sandbox to a moment.
    SandboxRestore,
    /// Restore production to a moment, before go-live.
    ProductionRestore,
    /// Switch maintenance mode on or off.
    MaintenanceMode,
    /// Change the network access list.
    AccessList,
    /// Set up the service of embedded reports.
    EmbeddedReports,
    /// Move to another directory.
    DirectoryMove,
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Environment,
        Self::Package,
        Self::DatabaseCopy,
        Self::SandboxRestore,
        Self::ProductionRestore,
        Self::MaintenanceMode,
        Self::AccessList,
        Self::EmbeddedReports,
        Self::DirectoryMove,
        Self::Other,
    ];

    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Package => "package",
            Self::DatabaseCopy => "database_copy",
            Self::SandboxRestore => "sandbox_restore",
            Self::ProductionRestore => "production_restore",
            Self::MaintenanceMode => "maintenance_mode",
            Self::AccessList => "access_list",
            Self::EmbeddedReports => "embedded_reports",
            Self::DirectoryMove => "directory_move",
            Self::Other => "other",
        }
    }

    /// The setting with the lead time.
    pub fn lead_setting(self, model: ServiceModel) -> &'static str {
        match (self, model) {
            (Self::Environment, _) => "service_request.environment_lead",
            (Self::Package, ServiceModel::Managed) => "package.lead_managed",
            (Self::Package, ServiceModel::SelfService) => "package.lead_self_service",
            (Self::DatabaseCopy, _) => "database_copy.lead",
            (Self::SandboxRestore, _) => "service_request.sandbox_restore_lead",
            (Self::ProductionRestore, _) => "service_request.production_restore_lead",
            (Self::MaintenanceMode, _) => "service_request.maintenance_mode_lead",
            (Self::AccessList, _) => "service_request.access_list_lead",
            (Self::EmbeddedReports, _) => "service_request.embedded_reports_lead",
            (Self::DirectoryMove, _) => "service_request.directory_move_lead",
            (Self::Other, _) => "service_request.other_lead",
        }
    }

    /// The setting with the length of the window, where the kind needs downtime.
    pub fn window_setting(self) -> Option<&'static str> {
        match self {
            Self::Package => Some("package.window"),
            Self::DatabaseCopy => Some("database_copy.window"),
            Self::SandboxRestore => Some("service_request.sandbox_restore_window"),
            Self::ProductionRestore => Some("service_request.production_restore_window"),
            Self::AccessList => Some("service_request.access_list_window"),
            Self::EmbeddedReports => Some("service_request.embedded_reports_window"),
            Self::Environment | Self::MaintenanceMode | Self::DirectoryMove | Self::Other => None,
        }
    }

    /// Filed now: the first moment at which the work may begin, or the answer is due where there is no window.
    ///
    /// Lead times in hours count round the clock, those in business days by the operator's calendar.
    pub fn earliest(
        self,
        model: ServiceModel,
        policy: &Policy,
        now: Timestamp,
        time: &dyn WorkingTime,
    ) -> Timestamp {
        let Some(setting) = policy.setting(self.lead_setting(model)) else { return Timestamp::MAX };
        let lead = setting.value.number().unwrap_or(f64::MAX).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float that is too large becomes the largest number"
        )]
        let lead = lead as i64;
        if setting.unit == "business_days" {
            return time.days_after(now, u32::try_from(lead).unwrap_or(u32::MAX));
        }
        let hours = SignedDuration::from_secs(lead.saturating_mul(3600));
        now.saturating_add(hours).unwrap_or(Timestamp::MAX)
    }

    /// The least length of the window.
    pub fn least_window(self, policy: &Policy) -> Option<SignedDuration> {
        let hours =
            policy.setting(self.window_setting()?).and_then(|setting| setting.value.number())?;
        SignedDuration::try_from_secs_f64(hours * 3600.0).ok()
    }
}

/// The downtime that the customer offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// From.
    pub start: Timestamp,
    /// Until.
    pub end: Timestamp,
}

impl Window {
    /// Whether two windows share a moment.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// What is wrong with a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum WindowFault {
    /// The kind needs one.
    #[error("a window must be given")]
    Missing,
    /// It ends before it starts.
    #[error("the window ends before it starts")]
    Backwards,
    /// It starts too early.
    #[error("the window may start at {earliest} at the earliest")]
    TooEarly {
        /// The first moment that is allowed.
        earliest: Timestamp,
    },
    /// It is too short.
    #[error("the window must be {hours} hours long at least")]
    TooShort {
        /// The least length in hours.
        hours: i64,
    },
    /// Planned maintenance wins over it.
    #[error("planned maintenance from {start} to {end} overlaps the window")]
    Maintenance {
        /// From.
        start: Timestamp,
        /// Until.
        end: Timestamp,
    },
}

/// What is wrong with a window, all at once; and what is only to be warned of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WindowCheck {
    /// These refuse the request.
    pub faults: Vec<WindowFault>,
    /// These are shown.
    pub warnings: Vec<WindowFault>,
}

/// What a window is held against.
pub struct Against<'a> {
    /// Who deploys.
    pub model: ServiceModel,
    /// The project's pack.
    pub policy: &'a Policy,
    /// Planned maintenance of the environment.
    pub maintenance: &'a [Window],
    /// The operator's calendar.
    pub time: &'a dyn WorkingTime,
}

/// Holds a window against lead time, length and planned maintenance.
pub fn check_window(
    kind: Kind,
    window: Option<Window>,
    against: &Against,
    now: Timestamp,
) -> WindowCheck {
    let mut check = WindowCheck::default();
    let Some(window) = window else {
        check.faults.extend(kind.window_setting().map(|_| WindowFault::Missing));
        return check;
    };
    if window.end <= window.start {
        check.faults.push(WindowFault::Backwards);
        return check;
    }
    let earliest = kind.earliest(against.model, against.policy, now, against.time);
    if window.start < earliest {
        check.faults.push(WindowFault::TooEarly { earliest });
    }
    if let Some(least) = kind
        .least_window(against.policy)
        .filter(|least| window.end.duration_since(window.start) < *least)
    {
        check.faults.push(WindowFault::TooShort { hours: least.as_hours() });
    }
    let refuses = against
        .policy
        .setting("service_request.maintenance_conflict")
        .is_some_and(|setting| setting.value == crate::value::Value::from("refuse"));
    let clashes = against.maintenance.iter().filter(|planned| planned.overlaps(&window));
    let clashes =
        clashes.map(|planned| WindowFault::Maintenance { start: planned.start, end: planned.end });
    if refuses {
        check.faults.extend(clashes);
    } else {
        check.warnings.extend(clashes);
    }
    check
}
