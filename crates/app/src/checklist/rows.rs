//! Rows for answers in rows, from what onboarding holds: a single fact cannot carry them.

use super::Sheet;
use crate::Result;
use golive_core::account::Person;
use golive_core::id::ProjectId;
use golive_core::onboarding::{Section, Whole};
use golive_core::project::Direction;
use golive_store::Session;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The rows that are known, by fact; a register that is empty gives none.
pub(super) async fn known(
    session: &mut Session,
    project: ProjectId,
    sheet: &Sheet,
) -> Result<BTreeMap<String, Json>> {
    let sections = session.of_project::<Section>(project).await?;
    let whole = Whole::of(sections.into_iter().map(|(_, seen)| seen.value.content));
    let mut tables = registers(&whole);
    tables.insert("people.contacts", contacts(session, &whole, sheet).await?);
    let filled = tables.into_iter().filter(|(_, rows)| !rows.is_empty());
    Ok(filled.map(|(fact, rows)| (fact.to_owned(), Json::Array(rows))).collect())
}

fn rows<T>(all: &[T], row: impl Fn(&T) -> Json) -> Vec<Json> {
    all.iter().map(row).collect()
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

fn registers(whole: &Whole) -> BTreeMap<&'static str, Vec<Json>> {
    let it = &whole.registers;
    BTreeMap::from([
        (
            "scope.features",
            rows(
                &whole.scope.features,
                |f| json!({ "feature": f.title, "first": yes(f.in_scope), "comment": f.detail }),
            ),
        ),
        (
            "scope.waves",
            rows(&whole.rollout.waves, |w| {
                json!({
                    "date": w.date, "users": w.users, "functions": w.functions,
                    "countries": w.countries.join(" "), "entities": w.legal_entities.join(" "),
                })
            }),
        ),
        (
            "regulation.by_country",
            rows(&it.regulations, |r| json!({ "country": r.country, "need": r.title })),
        ),
        (
            "risk.register",
            rows(
                &it.risks,
                |r| json!({ "risk": r.title, "effect": r.effect, "mitigation": r.mitigation, "owner": r.owner }),
            ),
        ),
        (
            "integration.register",
            rows(&it.integrations, |i| {
                json!({
                    "name": i.name, "direction": direction(i.direction), "trigger": i.trigger,
                    "peak": i.records_per_hour_at_peak, "owner": i.owner_customer,
                })
            }),
        ),
        (
            "data.objects",
            rows(&it.data_loads, |load| {
                json!({
                    "object": load.object, "source": load.source, "records": load.records,
                    "owner": load.owner, "rehearsed": yes(load.rehearsed),
                })
            }),
        ),
        (
            "add_on.register",
            rows(&it.add_ons, |a| {
                json!({
                    "name": a.name, "version": a.version,
                    "supported": yes(a.supported_on_version), "licensed": yes(a.licensed_for_production),
                })
            }),
        ),
        (
            "calendar.clashes",
            rows(
                &whole.environments.clashes,
                |c| json!({ "what": c.what, "from": c.starts, "to": c.ends, "plan": c.plan }),
            ),
        ),
    ])
}

fn direction(direction: Direction) -> Json {
    serde_json::to_value(direction).expect("a plain word")
}

/// Members who answer for the project, with their address and whether they agree to be written to.
async fn contacts(session: &mut Session, whole: &Whole, sheet: &Sheet) -> Result<Vec<Json>> {
    let mut rows = Vec::new();
    for member in sheet.members.iter().filter(|member| member.removed.is_none()) {
        let Some(person) = session.find::<Person>(member.user).await? else { continue };
        let contact = whole.contacts.contacts.iter().find(|c| c.login == person.value.login);
        if let Some(contact) = contact {
            rows.push(json!({
                "name": member.name, "side": member.side.name(), "role": contact.function,
                "mail": person.value.email, "contact-allowed": yes(contact.consent),
            }));
        }
    }
    Ok(rows)
}
