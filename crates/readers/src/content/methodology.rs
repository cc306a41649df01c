//! Methodologies from TOML: `[methodology]`, `[[phase]]`, `[[milestone]]`, `[[step]]`.

use super::{LIMIT, Words, is_id};
use crate::source::Invalid;
use crate::source::tables::{Document, Located};
use golive_core::methodology::Doer;
use golive_core::methodology::template::{
    Methodology, MilestoneKind, MilestoneTemplate, PhaseTemplate, StepTemplate,
};
use golive_core::service_model::ServiceModel;
use golive_core::vocabulary::EvidenceKind;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The schema line of a methodology.
pub const SCHEMA: &str = "golive.methodology/1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    version: String,
    title: String,
    description: String,
    service_models: Vec<ServiceModel>,
    project_types: Vec<String>,
    checklist: String,
    cutover_plan: String,
    policy: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhaseRow {
    id: String,
    number: u32,
    title: String,
    goal: String,
    before_production_request: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MilestoneRow {
    id: String,
    phase: String,
    title: String,
    meaning: String,
    plan_days_before_go_live: i32,
    required: bool,
    kind: MilestoneKind,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepRow {
    id: String,
    number: String,
    phase: String,
    title: String,
    description: String,
    required: bool,
    side: Doer,
    role: String,
    prerequisites: Vec<String>,
    evidence: Vec<String>,
    effort_person_days: f64,
    lead_business_days: i32,
    plan_days_before_go_live: i32,
    #[serde(default)]
    not_applicable: bool,
    source: String,
}

/// Reads one methodology. Steps may only wait for steps that are planned no later and lie in no later phase.
pub fn read(file: &str, bytes: &[u8], words: &Words) -> Result<Methodology, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let head = document.one::<Head>("methodology");
    let phases = phases(&mut document);
    let numbers = phases.iter().map(|phase| (phase.id.clone(), phase.number)).collect();
    let milestones = milestones(&mut document, &numbers);
    let rows = document.many::<StepRow>("step");
    document.refuse_twice("step", rows.iter().map(|row| (row.line, row.id.as_str())));
    check_order(&mut document, &rows, &numbers);
    let steps = rows.into_iter().map(|row| step(&mut document, row, words)).collect();
    if let Some(head) = &head {
        check_ids(&mut document, head);
    }
    document.finish()?;
    let head = head.expect("a missing head is an error, and there was none").row;
    Ok(Methodology {
        id: head.id,
        version: head.version,
        title: head.title,
        description: head.description,
        service_models: head.service_models,
        project_types: head.project_types,
        checklist: head.checklist,
        cutover_plan: head.cutover_plan,
        policy: head.policy,
        phases,
        milestones,
        steps,
    })
}

fn check_ids(document: &mut Document, head: &Located<Head>) {
    for id in [&head.id, &head.checklist, &head.cutover_plan, &head.policy] {
        if !is_id(id) {
            document.refuse(
                head.line,
                "methodology",
                &head.id,
                "an id of lower-case words",
                format!("`{id}`"),
            );
        }
    }
}

fn phases(document: &mut Document) -> Vec<PhaseTemplate> {
    let rows = document.many::<PhaseRow>("phase");
    document.refuse_twice("phase", rows.iter().map(|row| (row.line, row.id.as_str())));
    for pair in rows.windows(2) {
        if pair[0].number >= pair[1].number {
            let found = format!("{} after {}", pair[1].number, pair[0].number);
            document.refuse(pair[1].line, "phase", &pair[1].id, "numbers that rise", found);
        }
    }
    if rows.is_empty() {
        document.refuse_at(1, None, "at least one [[phase]]", "none");
    }
    let phase = |Located { row, .. }: Located<PhaseRow>| PhaseTemplate {
        id: row.id,
        number: row.number,
        title: row.title,
        goal: row.goal,
        before_production_request: row.before_production_request,
    };
    rows.into_iter().map(phase).collect()
}

fn milestones(document: &mut Document, phases: &BTreeMap<String, u32>) -> Vec<MilestoneTemplate> {
    let rows = document.many::<MilestoneRow>("milestone");
    document.refuse_twice("milestone", rows.iter().map(|row| (row.line, row.id.as_str())));
    let mut go_lives = 0;
    for row in &rows {
        known_phase(document, "milestone", row.line, &row.id, &row.phase, phases);
        if row.kind == MilestoneKind::GoLive {
            go_lives += 1;
            if row.plan_days_before_go_live != 0 {
                let found = format!("{} days before it", row.plan_days_before_go_live);
                document.refuse(row.line, "milestone", &row.id, "the go-live date itself", found);
            }
        }
    }
    if go_lives != 1 {
        document.refuse_at(1, None, "one [[milestone]] of kind go_live", go_lives.to_string());
    }
    let milestone = |Located { row, .. }: Located<MilestoneRow>| MilestoneTemplate {
        id: row.id,
        phase: row.phase,
        title: row.title,
        meaning: row.meaning,
        plan_days_before_go_live: row.plan_days_before_go_live,
        required: row.required,
        kind: row.kind,
    };
    rows.into_iter().map(milestone).collect()
}

fn known_phase(
    document: &mut Document,
    kind: &str,
    line: usize,
    id: &str,
    phase: &str,
    phases: &BTreeMap<String, u32>,
) {
    if !phases.contains_key(phase) {
        document.refuse(line, kind, id, "a phase of this methodology", format!("`{phase}`"));
    }
}

/// Prerequisites: known, in no later phase, planned no later, never in a circle.
fn check_order(document: &mut Document, rows: &[Located<StepRow>], phases: &BTreeMap<String, u32>) {
    let by_id: BTreeMap<&str, &Located<StepRow>> =
        rows.iter().map(|row| (row.id.as_str(), row)).collect();
    for row in rows {
        known_phase(document, "step", row.line, &row.id, &row.phase, phases);
        for name in &row.prerequisites {
            let Some(first) = by_id.get(name.as_str()) else {
                document.refuse(
                    row.line,
                    "step",
                    &row.id,
                    "prerequisites that are steps here",
                    format!("`{name}`"),
                );
                continue;
            };
            if phases.get(&first.phase) > phases.get(&row.phase) {
                let found = format!("`{name}` of the later phase {}", first.phase);
                document.refuse(
                    row.line,
                    "step",
                    &row.id,
                    "prerequisites of no later phase",
                    found,
                );
            }
            if first.plan_days_before_go_live < row.plan_days_before_go_live {
                let found = format!("`{name}`, planned later");
                document.refuse(row.line, "step", &row.id, "prerequisites planned no later", found);
            }
        }
    }
    if let Some(row) = rows.iter().find(|row| waits_for_itself(&row.id, &by_id)) {
        document.refuse(
            row.line,
            "step",
            &row.id,
            "prerequisites without a circle",
            "a step that waits for itself",
        );
    }
}

fn waits_for_itself(id: &str, steps: &BTreeMap<&str, &Located<StepRow>>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut next: Vec<&str> = vec![id];
    while let Some(step) = next.pop() {
        for name in steps.get(step).into_iter().flat_map(|row| &row.prerequisites) {
            if name == id {
                return true;
            }
            if seen.insert(name.as_str()) {
                next.push(name);
            }
        }
    }
    false
}

fn step(
    document: &mut Document,
    Located { line, row }: Located<StepRow>,
    words: &Words,
) -> StepTemplate {
    let mut refuse =
        |expected: &str, found: String| document.refuse(line, "step", &row.id, expected, found);
    if !is_id(&row.id) {
        refuse("an id of lower-case words", format!("`{}`", row.id));
    }
    match words.vocabulary.roles.get(&row.role) {
        None => refuse("a role of the vocabulary", format!("`{}`", row.role)),
        Some(role) if !row.side.includes(role.side) => {
            refuse(
                "a role of the step's side",
                format!("`{}` of the {}", row.role, role.side.name()),
            );
        }
        Some(_) => {}
    }
    if row.lead_business_days < 0 || !(0.0..10_000.0).contains(&row.effort_person_days) {
        refuse("a length and an effort that are not negative", "another number".to_owned());
    }
    let mut evidence = Vec::new();
    for name in &row.evidence {
        match name.parse::<EvidenceKind>() {
            Ok(EvidenceKind::Record(record)) if !words.vocabulary.records.contains_key(&record) => {
                refuse("a record of the vocabulary", format!("`{record}`"));
            }
            Ok(kind) => evidence.push(kind),
            Err(wrong) => refuse("document, link, file or record:<id>", wrong),
        }
    }
    if row.evidence.is_empty() {
        refuse("something that may prove the step", "an empty list".to_owned());
    }
    StepTemplate {
        id: row.id,
        number: row.number,
        phase: row.phase,
        title: row.title,
        description: row.description,
        required: row.required,
        side: row.side,
        role: row.role,
        prerequisites: row.prerequisites,
        evidence,
        effort_person_days: row.effort_person_days,
        lead_business_days: row.lead_business_days,
        plan_days_before_go_live: row.plan_days_before_go_live,
        may_not_apply: row.not_applicable,
        source: row.source,
    }
}
