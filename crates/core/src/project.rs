//! A project as its files describe it: scope, environments, registers, waves, dates, people. References are ids of files.
//!
//! What lives here: the data and what it determines ([`facts`]). How the product keeps a project is [`crate::portfolio`];
//! reading the files is `golive-readers`' work.

pub mod facts;
mod people;
mod registers;

pub use people::{Organisation, People, Person, SeatOf};
pub use registers::{
    AddOn, Clash, DataLoad, Device, Direction, Environment, Extension, Feature, Integration,
    Legacy, LegalEntity, LoadWhen, Milestone, Parts, PlannedRun, Regulation, Risk, Role, Site,
    Wave,
};

use crate::service_model::ServiceModel;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The head of a project file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Stable name.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The customer's organisation.
    pub customer: String,
    /// The partner's.
    pub partner: String,
    /// The reviewer's.
    pub reviewer: String,
    /// The operator's, if the model has one.
    pub operator: Option<String>,
    /// `new_production`, `new_workload`, `migration` or `upgrade`.
    pub project_type: String,
    /// Who deploys.
    pub model: ServiceModel,
    /// The application.
    pub product: String,
    /// What the company does.
    pub industry: String,
    /// IANA zone of its dates.
    pub time_zone: String,
    /// Where production will stand.
    pub region: String,
    /// The calendar of its business days.
    pub calendar: String,
    /// Its region.
    pub calendar_region: Option<String>,
    /// What it works with.
    pub content: Chosen,
    /// When the project began.
    pub created: Date,
    /// The first day of live operations.
    pub go_live: Date,
    /// When the cutover starts.
    pub cutover_start: Option<Timestamp>,
    /// The day of a second attempt.
    pub retry_on: Option<Date>,
    /// The day of the file.
    pub as_of: Option<Date>,
    /// What it is for.
    pub vision: String,
    /// How success is measured.
    pub measures: Vec<String>,
}

/// The content that a project works with, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Chosen {
    /// The methodology.
    pub methodology: String,
    /// The policy pack.
    pub policy: String,
    /// The checklist.
    pub checklist: String,
    /// The criteria of the cutover.
    pub criteria: String,
    /// The cutover plan.
    pub cutover_plan: String,
    /// The active estimate.
    pub estimate: Option<String>,
    /// The people.
    pub people: String,
    /// The file of requirements.
    pub requirements: Option<String>,
    /// The file of test cases.
    pub test_cases: Option<String>,
}

/// A whole project file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectFile {
    /// The head.
    pub head: Head,
    /// Systems that are replaced, and those that stay.
    pub legacy: Vec<Legacy>,
    /// Planned and actual dates.
    pub milestones: Vec<Milestone>,
    /// Companies.
    pub legal_entities: Vec<LegalEntity>,
    /// Roll-out.
    pub waves: Vec<Wave>,
    /// Places.
    pub sites: Vec<Site>,
    /// Functions.
    pub features: Vec<Feature>,
    /// What belongs to this go-live.
    pub parts: Parts,
    /// Environments.
    pub environments: Vec<Environment>,
    /// Connections to other systems.
    pub integrations: Vec<Integration>,
    /// Devices.
    pub devices: Vec<Device>,
    /// Rules of law and house.
    pub regulations: Vec<Regulation>,
    /// Roles of the application.
    pub roles: Vec<Role>,
    /// Data to be brought over.
    pub data_loads: Vec<DataLoad>,
    /// Own code.
    pub extensions: Vec<Extension>,
    /// Bought code.
    pub add_ons: Vec<AddOn>,
    /// What falls into the same days.
    pub clashes: Vec<Clash>,
    /// Risks.
    pub risks: Vec<Risk>,
    /// Rehearsals and the live run, as planned.
    pub runs: Vec<PlannedRun>,
}

#[cfg(test)]
mod tests;
