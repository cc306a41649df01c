//! Whether what a project file names is there.

use super::rows::{EnvironmentRow, HeadRow};
use super::{Known, Lists};
use crate::content::is_id;
use crate::source::tables::{Document, Located};
use golive_core::people::Side;
use golive_core::portfolio::PROJECT_TYPES;
use golive_core::project::People;
use jiff::tz::TimeZone;

const PURPOSES: [&str; 4] = ["golden_configuration", "development", "sandbox", "production"];

/// The head's words, names and dates.
pub(super) fn judge_head(document: &mut Document<'_>, head: &Located<HeadRow>, known: &Known<'_>) {
    let mut refuse = |expected: &str, found: &str| {
        document.refuse(head.line, "project", &head.id, expected, format!("`{found}`"));
    };
    if !is_id(&head.id) {
        refuse("an id such as contoso", &head.id);
    }
    if !PROJECT_TYPES.contains(&head.project_type.as_str()) {
        refuse(&format!("type: one of {}", PROJECT_TYPES.join(", ")), &head.project_type);
    }
    if TimeZone::get(&head.time_zone).is_err() {
        refuse("a time zone such as Europe/Berlin", &head.time_zone);
    }
    if head.go_live <= head.created {
        refuse("a go-live date after the project was created", &head.go_live.to_string());
    }
    if let Some(retry) = head.retry_on.filter(|retry| *retry <= head.go_live) {
        refuse("a second attempt after the first", &retry.to_string());
    }
    let zone = TimeZone::get(&head.time_zone).unwrap_or(TimeZone::UTC);
    if let Some(start) =
        head.cutover_start.filter(|start| zone.to_datetime(*start).date() > head.go_live)
    {
        refuse("a cutover that starts before the go-live date ends", &start.to_string());
    }
    for (side, id) in parties(head) {
        let found = known.people.organisations.iter().find(|organisation| organisation.id == id);
        if found.is_none_or(|organisation| organisation.side != side) {
            refuse(&format!("an organisation of the side {}", side.name()), id);
        }
    }
    let content = known.content;
    let names = [
        ("methodology", &head.methodology, content.methodologies.contains_key(&head.methodology)),
        ("policy pack", &head.policy, content.policies.contains_key(&head.policy)),
        ("checklist", &head.checklist, content.checklists.contains_key(&head.checklist)),
        (
            "cutover plan",
            &head.cutover_plan,
            content.cutover_plans.contains_key(&head.cutover_plan),
        ),
        ("set of criteria", &head.criteria, content.criteria.contains_key(&head.criteria)),
        ("calendar", &head.calendar, content.calendars.contains_key(&head.calendar)),
    ];
    for (what, name, _) in names.into_iter().filter(|(_, _, there)| !there) {
        refuse(&format!("a {what} of the content"), name);
    }
    let calendar = content.calendars.get(&head.calendar);
    if let (Some(calendar), Some(region)) = (calendar, &head.calendar_region)
        && !calendar.regions.contains_key(region)
    {
        refuse(&format!("a region of the calendar {}", calendar.id), region);
    }
}

fn parties(head: &HeadRow) -> impl Iterator<Item = (Side, &str)> {
    let three = [
        (Side::Customer, &head.customer),
        (Side::Partner, &head.partner),
        (Side::Reviewer, &head.reviewer),
    ];
    let operator = head.operator.as_ref().map(|id| (Side::Operator, id));
    three.into_iter().chain(operator).map(|(side, id)| (side, id.as_str()))
}

/// The lists: ids once, and every name that they use.
pub(super) fn judge_lists(
    document: &mut Document<'_>,
    lists: &Lists,
    head: Option<&HeadRow>,
    known: &Known<'_>,
) {
    each_once(document, lists);
    owners(document, lists, known.people);
    companies(document, lists);
    environments(document, lists, known.people);
    if let Some(methodology) =
        head.and_then(|head| known.content.methodologies.get(&head.methodology))
    {
        for row in &lists.milestones {
            if !methodology.milestones.iter().any(|milestone| milestone.id == row.id) {
                let expected = format!("a milestone of the methodology {}", methodology.id);
                document.refuse(row.line, "milestone", &row.id, expected, format!("`{}`", row.id));
            }
        }
    }
    for row in &lists.sites {
        if TimeZone::get(&row.time_zone).is_err() {
            let found = format!("`{}`", row.time_zone);
            document.refuse(
                row.line,
                "site",
                &row.name,
                "a time zone such as Europe/Berlin",
                found,
            );
        }
    }
    for row in &lists.clashes {
        if row.ends < row.starts {
            document.refuse(
                row.line,
                "clash",
                &row.what,
                "an end after the start",
                row.ends.to_string(),
            );
        }
    }
}

fn each_once(document: &mut Document<'_>, lists: &Lists) {
    fn ids<T>(rows: &[Located<T>], id: impl Fn(&T) -> &str) -> Vec<(usize, &str)> {
        rows.iter().map(|row| (row.line, id(&row.row))).collect()
    }
    let all = [
        ("milestone", ids(&lists.milestones, |row| &row.id)),
        ("legal_entity", ids(&lists.legal_entities, |row| &row.id)),
        ("site", ids(&lists.sites, |row| &row.name)),
        ("feature", ids(&lists.features, |row| &row.id)),
        ("environment", ids(&lists.environments, |row| &row.id)),
        ("integration", ids(&lists.integrations, |row| &row.id)),
        ("device", ids(&lists.devices, |row| &row.id)),
        ("regulation", ids(&lists.regulations, |row| &row.id)),
        ("role", ids(&lists.roles, |row| &row.id)),
        ("data_load", ids(&lists.data_loads, |row| &row.id)),
        ("extension", ids(&lists.extensions, |row| &row.id)),
        ("risk", ids(&lists.risks, |row| &row.id)),
    ];
    for (kind, rows) in all {
        document.refuse_twice(kind, rows);
    }
}

/// Everybody who answers for something is a member.
fn owners(document: &mut Document<'_>, lists: &Lists, people: &People) {
    let mut owned: Vec<(usize, &str, &str, &str)> = Vec::new();
    for row in &lists.integrations {
        owned.push((row.line, "integration", &row.id, &row.owner_partner));
        owned.push((row.line, "integration", &row.id, &row.owner_customer));
    }
    owned.extend(
        lists.regulations.iter().map(|r| (r.line, "regulation", r.id.as_str(), r.owner.as_str())),
    );
    owned.extend(
        lists.data_loads.iter().map(|r| (r.line, "data_load", r.id.as_str(), r.owner.as_str())),
    );
    owned.extend(lists.risks.iter().map(|r| (r.line, "risk", r.id.as_str(), r.owner.as_str())));
    for (line, kind, id, owner) in owned {
        if people.member(owner).is_none() {
            document.refuse(line, kind, id, "a member of the project", format!("`{owner}`"));
        }
    }
}

/// Companies and waves name each other, and agree.
fn companies(document: &mut Document<'_>, lists: &Lists) {
    let mut numbers = std::collections::BTreeSet::new();
    for wave in &lists.waves {
        let id = wave.number.to_string();
        if !numbers.insert(wave.number) {
            document.refuse(wave.line, "wave", &id, "each wave once", format!("{id} again"));
        }
        for entity in &wave.legal_entities {
            let found = lists.legal_entities.iter().find(|row| &row.id == entity);
            if found.is_none_or(|row| row.wave != wave.number) {
                let expected = format!("legal entities whose wave is {id}");
                document.refuse(wave.line, "wave", &id, expected, format!("`{entity}`"));
            }
        }
    }
    for entity in &lists.legal_entities {
        if !numbers.contains(&entity.wave) {
            document.refuse(
                entity.line,
                "legal_entity",
                &entity.id,
                "a wave of this file",
                entity.wave.to_string(),
            );
        }
    }
}

fn environments(document: &mut Document<'_>, lists: &Lists, people: &People) {
    for row in &lists.environments {
        judge_environment(document, row, people);
    }
    for row in &lists.runs {
        if !lists.environments.iter().any(|environment| environment.id == row.environment) {
            let found = format!("`{}`", row.environment);
            document.refuse(row.line, "run", &row.title, "an environment of this file", found);
        }
        if row.ends < row.starts {
            document.refuse(
                row.line,
                "run",
                &row.title,
                "an end after the start",
                row.ends.to_string(),
            );
        }
    }
}

fn judge_environment(document: &mut Document<'_>, row: &Located<EnvironmentRow>, people: &People) {
    let mut refuse = |expected: &str, found: &str| {
        document.refuse(row.line, "environment", &row.id, expected, format!("`{found}`"));
    };
    if !PURPOSES.contains(&row.purpose.as_str()) {
        refuse(&format!("purpose: one of {}", PURPOSES.join(", ")), &row.purpose);
    }
    if row.purpose == "sandbox" && !row.tier.is_some_and(|tier| (1..=5).contains(&tier)) {
        refuse("a tier from 1 to 5", &row.tier.map_or("none".to_owned(), |tier| tier.to_string()));
    }
    if people.member(&row.administrator).is_none() {
        refuse("a member of the project", &row.administrator);
    }
}
