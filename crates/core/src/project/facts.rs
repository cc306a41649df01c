//! What a project's files determine.

use super::{
    Clash, DataLoad, Feature, Integration, Legacy, LoadWhen, Parts, People, Person, ProjectFile,
    Regulation, Wave,
};
use crate::fact::{Fact, Facts};
use crate::people::Side;
use crate::value::Value;
use jiff::civil::Date;

/// What scope and registers determine; `window` are the first and last day of the cutover window, once it is known.
pub fn of(project: &ProjectFile, people: &People, window: Option<(Date, Date)>) -> Facts {
    let mut facts = of_people(people);
    let head = &project.head;
    let name = |id: &String| {
        people.organisations.iter().find(|o| &o.id == id).map_or(id.clone(), |o| o.name.clone())
    };
    facts.set("project.parties", format!("{}; {}", name(&head.customer), name(&head.partner)));
    facts.set("project.type", head.project_type.as_str());
    facts.extend(of_scope(&project.features, project.parts, &project.waves, &project.legacy));
    facts.extend(of_registers(&project.integrations, &project.regulations, &project.data_loads));
    facts.extend(clashes_in(&project.clashes, window));
    facts
}

/// What is in and out, and when.
pub fn of_scope(features: &[Feature], parts: Parts, waves: &[Wave], legacy: &[Legacy]) -> Facts {
    let mut facts = Facts::default();
    let fates = legacy.iter().map(|old| format!("{} ({})", old.name, old.fate));
    facts.set("project.legacy", fates.collect::<Vec<_>>().join("; "));
    facts.set("scope.parts", parts.names().into_iter().map(str::to_owned).collect::<Vec<String>>());
    facts.set(
        "scope.features",
        listed(features, |f| format!("{}: {}", f.title, if f.in_scope { "yes" } else { "no" })),
    );
    facts.set(
        "scope.waves",
        listed(waves, |w| format!("{}: {}, {}", w.number, w.date, w.countries.join(" "))),
    );
    facts
}

/// What the registers of integrations, rules and data determine.
pub fn of_registers(
    integrations: &[Integration],
    regulations: &[Regulation],
    data_loads: &[DataLoad],
) -> Facts {
    let mut facts = Facts::default();
    facts.set("integration.registered", integrations.len());
    facts.set("integration.register", listed(integrations, |i| format!("{}: {}", i.id, i.name)));
    facts.set("regulation.registered", regulations.len());
    facts.set(
        "regulation.by_country",
        listed(regulations, |r| format!("{}: {}", r.country, r.title)),
    );
    facts.set("data.registered", data_loads.len());
    facts.set("data.objects", listed(data_loads, |d| format!("{}: {}", d.object, d.records)));
    let unrehearsed = data_loads.iter().filter(|load| !load.rehearsed);
    let unrehearsed: Vec<String> = unrehearsed.map(|load| load.object.clone()).collect();
    let all_tried = !data_loads.is_empty() && unrehearsed.is_empty();
    facts.set("data.trial_done", Fact::from(all_tried).because(unrehearsed));
    let in_window = data_loads.iter().filter(|load| load.when == LoadWhen::Window);
    let minutes: u32 = in_window.map(|load| load.measured_minutes).sum();
    facts.set("data.window_hours", f64::from(minutes) / 60.0);
    facts
}

/// What falls into the days of the cutover window, once that is known.
pub fn clashes_in(clashes: &[Clash], window: Option<(Date, Date)>) -> Facts {
    let mut facts = Facts::default();
    let line = |clash: &Clash| format!("{} – {}: {}", clash.starts, clash.ends, clash.what);
    facts.set("calendar.clashes", listed(clashes, line));
    if let Some((first, last)) = window {
        // A clash with a plan for its days is known and settled; maintenance and freezes inside the window are not.
        let inside = clashes
            .iter()
            .filter(|c| c.starts <= last && c.ends >= first && c.plan.trim().is_empty());
        let inside: Vec<String> = inside.map(line).collect();
        facts.set("calendar.clashes_in_window", Fact::from(inside.len()).because(inside));
    }
    facts
}

/// What the members determine.
pub fn of_people(people: &People) -> Facts {
    let mut facts = Facts::default();
    let names = |wanted: &dyn Fn(&Person) -> bool| {
        let found = people.members.iter().filter(|member| wanted(member));
        Value::List(found.map(|member| member.name.clone()).collect())
    };
    facts
        .set("people.contacts", names(&|member| member.contact_allowed && !member.service_account));
    let stakeholder =
        |side: Side| names(&move |member| member.key_stakeholder && member.side == side);
    facts.set("people.customer_key_stakeholders", stakeholder(Side::Customer));
    facts.set("people.partner_key_stakeholders", stakeholder(Side::Partner));
    let primary =
        people.members.iter().filter(|member| member.project_manager && member.contact_allowed);
    facts.set("people.primary_contacts", primary.count());
    facts
}

fn listed<T>(items: &[T], line: impl Fn(&T) -> String) -> Value {
    Value::List(items.iter().map(line).collect())
}
