//! The tables of a project file that hold dates.

use crate::source::tables::{date, maybe_date};
use golive_core::cutover::run::Kind;
use golive_core::project::{Chosen, Clash, Environment, Head, Milestone, PlannedRun, Wave};
use golive_core::service_model::ServiceModel;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

fn maybe_moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    crate::source::tables::moment(from).map(Some)
}

/// `[project]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeadRow {
    pub id: String,
    name: String,
    pub customer: String,
    pub partner: String,
    pub reviewer: String,
    pub operator: Option<String>,
    #[serde(rename = "type")]
    pub project_type: String,
    pub service_model: ServiceModel,
    product: String,
    industry: String,
    pub time_zone: String,
    region: String,
    pub calendar: String,
    pub calendar_region: Option<String>,
    pub methodology: String,
    pub policy: String,
    pub checklist: String,
    pub criteria: String,
    pub cutover_plan: String,
    estimate: Option<String>,
    people: String,
    requirements: Option<String>,
    test_cases: Option<String>,
    #[serde(deserialize_with = "date")]
    pub created: Date,
    #[serde(deserialize_with = "date")]
    pub go_live: Date,
    #[serde(default, deserialize_with = "maybe_moment")]
    pub cutover_start: Option<Timestamp>,
    #[serde(default, deserialize_with = "maybe_date")]
    pub retry_on: Option<Date>,
    #[serde(default, deserialize_with = "maybe_date")]
    as_of: Option<Date>,
    #[serde(default)]
    vision: String,
    #[serde(default)]
    measures: Vec<String>,
}

impl HeadRow {
    pub(super) fn head(self) -> Head {
        Head {
            id: self.id,
            name: self.name,
            customer: self.customer,
            partner: self.partner,
            reviewer: self.reviewer,
            operator: self.operator,
            project_type: self.project_type,
            model: self.service_model,
            product: self.product,
            industry: self.industry,
            time_zone: self.time_zone,
            region: self.region,
            calendar: self.calendar,
            calendar_region: self.calendar_region,
            content: Chosen {
                methodology: self.methodology,
                policy: self.policy,
                checklist: self.checklist,
                criteria: self.criteria,
                cutover_plan: self.cutover_plan,
                estimate: self.estimate,
                people: self.people,
                requirements: self.requirements,
                test_cases: self.test_cases,
            },
            created: self.created,
            go_live: self.go_live,
            cutover_start: self.cutover_start,
            retry_on: self.retry_on,
            as_of: self.as_of,
            vision: self.vision,
            measures: self.measures,
        }
    }
}

/// `[[milestone]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MilestoneRow {
    pub id: String,
    #[serde(deserialize_with = "date")]
    planned: Date,
    #[serde(default, deserialize_with = "maybe_date")]
    actual: Option<Date>,
}

impl MilestoneRow {
    pub(super) fn milestone(self) -> Milestone {
        Milestone { id: self.id, planned: self.planned, actual: self.actual }
    }
}

/// `[[wave]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WaveRow {
    pub number: u32,
    #[serde(deserialize_with = "date")]
    pub date: Date,
    users: u32,
    countries: Vec<String>,
    pub legal_entities: Vec<String>,
    functions: String,
}

impl WaveRow {
    pub(super) fn wave(self) -> Wave {
        let Self { number, date, users, countries, legal_entities, functions } = self;
        Wave { number, date, users, countries, legal_entities, functions }
    }
}

/// `[[environment]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EnvironmentRow {
    pub id: String,
    name: String,
    pub purpose: String,
    pub tier: Option<u32>,
    region: String,
    pub administrator: String,
    #[serde(default, deserialize_with = "maybe_date")]
    deployed_on: Option<Date>,
    version_set: Option<String>,
    state: String,
}

impl EnvironmentRow {
    pub(super) fn environment(self) -> Environment {
        let Self {
            id,
            name,
            purpose,
            tier,
            region,
            administrator,
            deployed_on,
            version_set,
            state,
        } = self;
        Environment {
            id,
            name,
            purpose,
            tier,
            region,
            administrator,
            deployed_on,
            version_set,
            state,
        }
    }
}

/// `[[clash]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClashRow {
    pub what: String,
    #[serde(deserialize_with = "date")]
    pub starts: Date,
    #[serde(deserialize_with = "date")]
    pub ends: Date,
    #[serde(default)]
    plan: String,
}

impl ClashRow {
    pub(super) fn clash(self) -> Clash {
        Clash { what: self.what, starts: self.starts, ends: self.ends, plan: self.plan }
    }
}

/// `[[run]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunRow {
    pub title: String,
    #[serde(deserialize_with = "date")]
    pub starts: Date,
    #[serde(deserialize_with = "date")]
    pub ends: Date,
    planned_hours: u32,
    kind: Kind,
    pub environment: String,
}

impl RunRow {
    pub(super) fn run(self) -> PlannedRun {
        let Self { title, starts, ends, planned_hours, kind, environment } = self;
        PlannedRun { title, starts, ends, planned_hours, kind, environment }
    }
}
