//! The lists of a project file.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A system from before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legacy {
    /// Its name.
    pub name: String,
    /// What it is used for.
    #[serde(rename = "use")]
    pub used_for: String,
    /// `replaced` or `stays`.
    pub fate: String,
}

/// A date of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// The milestone of the methodology.
    pub id: String,
    /// The planned day.
    pub planned: Date,
    /// The real one.
    pub actual: Option<Date>,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalEntity {
    /// Its short name.
    pub id: String,
    /// Its legal name.
    pub name: String,
    /// ISO code of its country.
    pub country: String,
    /// ISO code of its currency.
    pub currency: String,
    /// The wave in which it goes live.
    pub wave: u32,
    /// The month in which its year starts.
    pub fiscal_year_starts: String,
}

/// A wave of the roll-out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wave {
    /// Its number.
    pub number: u32,
    /// Its first day of live operations.
    pub date: Date,
    /// Its users.
    pub users: u32,
    /// Its countries.
    pub countries: Vec<String>,
    /// Its companies.
    pub legal_entities: Vec<String>,
    /// What is used, in words.
    pub functions: String,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Its country.
    pub country: String,
    /// Its zone.
    pub time_zone: String,
    /// Users on the first day.
    pub users_first_day: u32,
}

/// A function of the application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// Stable name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it belongs to this go-live.
    pub in_scope: bool,
    /// What else to know.
    #[serde(default)]
    pub detail: String,
}

/// What belongs to this go-live; it decides which questions and criteria apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "a list of parts that are there or not")]
pub struct Parts {
    /// Connections to other systems.
    pub integrations: bool,
    /// Own or bought code.
    pub customisations: bool,
    /// Applications that share data.
    pub linked_applications: bool,
    /// Shops and tills.
    pub shops: bool,
    /// Scanners and terminals.
    pub warehouse_devices: bool,
    /// A live system is upgraded.
    pub upgrade: bool,
    /// Printing.
    pub printing: bool,
    /// Workflow.
    pub workflow: bool,
}

impl Parts {
    /// The parts that are there, by the names that checklists use.
    pub fn names(self) -> Vec<&'static str> {
        let all = [
            ("integrations", self.integrations),
            ("customisations", self.customisations),
            ("linked-applications", self.linked_applications),
            ("shops", self.shops),
            ("warehouse-devices", self.warehouse_devices),
            ("upgrade", self.upgrade),
            ("printing", self.printing),
            ("workflow", self.workflow),
        ];
        all.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
    }
}

/// An environment of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Stable name.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// `sandbox`, `production`, `development`, `golden_configuration`.
    pub purpose: String,
    /// Its tier; production has none.
    pub tier: Option<u32>,
    /// Where it stands.
    pub region: String,
    /// The member that administers it.
    pub administrator: String,
    /// When it was deployed.
    pub deployed_on: Option<Date>,
    /// The version set installed.
    pub version_set: Option<String>,
    /// `deployed`, `not_requested`, …
    pub state: String,
}

/// Which way data go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the application.
    In,
    /// Out of it.
    Out,
    /// Both.
    Both,
}

/// A connection to another system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Integration {
    /// Stable name.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The other system.
    pub other_system: String,
    /// Which way.
    pub direction: Direction,
    /// When it runs, in words.
    pub trigger: String,
    /// Records in the busiest hour.
    pub records_per_hour_at_peak: u32,
    /// The partner's (or any) member who answers for it.
    pub owner_partner: String,
    /// The customer's (or any) member who answers for it.
    pub owner_customer: String,
    /// Whether the first day needs it.
    pub critical: bool,
}

/// A kind of device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Stable name.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `printer`, `warehouse_device`, `shop_floor_device`, `commerce_device`.
    pub kind: String,
    /// How many.
    pub count: u32,
    /// Where, in words.
    pub sites: Vec<String>,
    /// What for.
    pub used_for: String,
}

/// A rule of law or house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regulation {
    /// Stable name.
    pub id: String,
    /// Country, `EU` or `GROUP`.
    pub country: String,
    /// What it asks.
    pub title: String,
    /// The area: `invoicing`.
    pub area: String,
    /// The member who confirms it.
    pub owner: String,
    /// How it is proven.
    pub proof: String,
}

/// A role of the application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Stable name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// `default` or `custom`.
    pub kind: String,
    /// How many have it.
    pub users: u32,
}

/// When data are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadWhen {
    /// Before the cutover window.
    Before,
    /// In it.
    Window,
}

/// Data to be brought over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataLoad {
    /// Stable name.
    pub id: String,
    /// What.
    pub object: String,
    /// From where.
    pub source: String,
    /// The member who answers for it.
    pub owner: String,
    /// How many records.
    pub records: u32,
    /// When.
    pub when: LoadWhen,
    /// How long it took.
    pub measured_minutes: u32,
    /// Whether it was loaded at least once.
    pub rehearsed: bool,
}

/// Own code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Stable name.
    pub id: String,
    /// What it does.
    pub title: String,
    /// Where.
    pub area: String,
    /// `low`, `medium` or `high`.
    pub complexity: String,
}

/// Bought code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddOn {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Who sells it.
    pub supplier: String,
    /// Whether it may run in production.
    pub licensed_for_production: bool,
    /// Whether its supplier supports it on the application's version.
    pub supported_on_version: bool,
}

/// Something that falls into the same days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// What.
    pub what: String,
    /// Its first day.
    pub starts: Date,
    /// Its last day.
    pub ends: Date,
    /// What is done about it.
    pub plan: String,
}

/// A risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// Stable name.
    pub id: String,
    /// What may happen.
    pub title: String,
    /// `low`, `medium` or `high`.
    pub probability: String,
    /// `low`, `medium`, `high` or `critical`.
    pub effect: String,
    /// What is done about it.
    pub mitigation: String,
    /// The member who watches it.
    pub owner: String,
}

/// A run of the cutover as planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRun {
    /// Its title.
    pub title: String,
    /// Its first day.
    pub starts: Date,
    /// Its last day.
    pub ends: Date,
    /// How long it should take.
    pub planned_hours: u32,
    /// Rehearsal or live.
    pub kind: crate::cutover::run::Kind,
    /// Where.
    pub environment: String,
}
