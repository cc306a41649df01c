//! A small methodology for tests: two phases, three steps, and a pack with the settings that they are judged by.

use super::Doer;
use super::step::Step;
use super::template::{
    Copy, Methodology, MilestoneKind, MilestoneTemplate, PhaseTemplate, StepTemplate,
};
use crate::gate::{Compare, Criterion, Gate, Threshold, Verdict, judge};
use crate::id::{ProjectId, StepId, UserId};
use crate::policy::{Enforcement, Policy};
use crate::service_model::ServiceModel;
use crate::value::Value;
use crate::vocabulary::EvidenceKind;
use jiff::Timestamp;

pub(crate) fn now() -> Timestamp {
    "2027-02-19T09:00:00Z".parse().expect("a fixed instant")
}

pub(crate) fn user(n: u128) -> UserId {
    UserId::from_uuid(uuid::Uuid::from_u128(n))
}

pub(crate) fn project() -> ProjectId {
    ProjectId::from_uuid(uuid::Uuid::from_u128(1))
}

pub(crate) fn policy() -> Policy {
    let setting = |value: serde_json::Value, unit: &str, enforcement: Option<&str>| {
        serde_json::json!({ "title": "t", "value": value, "unit": unit, "enforcement": enforcement, "source": "S",
            "valid_from": "2021-10-27" })
    };
    serde_json::from_value(serde_json::json!({
        "id": "p", "version": "1", "title": "p", "description": "", "valid_from": "2021-10-27", "digest": "sha256:",
        "settings": {
            "methodology.phases_before_request": setting(serde_json::json!(["analysis"]), "list", Some("deny")),
            "methodology.bulk_completion_steps": setting(3.into(), "count", Some("warn")),
            "methodology.bulk_completion_within": setting(1.into(), "minutes", None),
            "methodology.evidence_on_required_steps": setting(true.into(), "flag", Some("warn")),
        },
    }))
    .expect("a fixed pack")
}

/// The same pack, strict about evidence.
pub(crate) fn strict() -> Policy {
    let mut policy = policy();
    let evidence = policy
        .settings
        .get_mut("methodology.evidence_on_required_steps")
        .expect("it is in the pack");
    evidence.enforcement = Some(Enforcement::Deny);
    policy
}

fn phase(id: &str, number: u32, title: &str) -> PhaseTemplate {
    PhaseTemplate {
        id: id.into(),
        number,
        title: title.into(),
        goal: String::new(),
        before_production_request: id == "analysis",
    }
}

fn step(id: &str, number: &str, phase: &str, title: &str) -> StepTemplate {
    StepTemplate {
        id: id.into(),
        number: number.into(),
        phase: phase.into(),
        title: title.into(),
        description: String::new(),
        required: true,
        side: Doer::Both,
        role: "customer-project-manager".into(),
        prerequisites: Vec::new(),
        evidence: vec![EvidenceKind::Document, EvidenceKind::Link],
        effort_person_days: 1.0,
        lead_business_days: 2,
        plan_days_before_go_live: 30,
        may_not_apply: false,
        source: "S F021".into(),
    }
}

pub(crate) fn methodology() -> Methodology {
    let scope = StepTemplate {
        prerequisites: vec!["charter".into()],
        evidence: vec![EvidenceKind::Record("scope-baselined".into())],
        may_not_apply: true,
        ..step("scope", "1.2", "analysis", "Scope")
    };
    Methodology {
        id: "m".into(),
        version: "1".into(),
        title: "M".into(),
        description: String::new(),
        service_models: ServiceModel::ALL.to_vec(),
        project_types: vec!["new_production".into()],
        checklist: "c".into(),
        cutover_plan: "c".into(),
        policy: "p".into(),
        phases: vec![phase("analysis", 1, "Analysis"), phase("operate", 2, "Operate")],
        milestones: vec![MilestoneTemplate {
            id: "go-live".into(),
            phase: "operate".into(),
            title: "Go-live".into(),
            meaning: String::new(),
            plan_days_before_go_live: 0,
            required: true,
            kind: MilestoneKind::GoLive,
        }],
        steps: vec![
            step("charter", "1.1", "analysis", "Charter"),
            scope,
            StepTemplate { required: false, ..step("survey", "2.1", "operate", "Survey") },
        ],
    }
}

pub(crate) fn copy() -> Copy {
    methodology().copy(project(), Some(jiff::civil::date(2027, 4, 5)))
}

/// Copies of the first step with ids of their own.
pub(crate) fn many_steps(n: usize) -> Vec<Step> {
    let first = copy().steps.remove(0);
    (0..n).map(|n| Step { id: StepId::named("many", &n.to_string()), ..first.clone() }).collect()
}

/// A verdict of one criterion that is met or not.
pub(crate) fn verdict(gate: Gate, open: bool) -> Verdict {
    let criterion = Criterion {
        id: "c".into(),
        title: "c".into(),
        fact: "f".into(),
        compare: Compare::Equals,
        threshold: Threshold::Fixed(Value::Flag(true)),
        enforcement: Enforcement::Deny,
        owner: "".into(),
        remedy: "".into(),
        page: "".into(),
        command: "".into(),
        source: "".into(),
    };
    let mut facts = crate::fact::Facts::default();
    facts.set("f", open);
    judge(gate, &[criterion], &policy(), &facts, &[], now())
}
