//! What gates and checklists ask of onboarding: completeness, scope, people, registers.

use super::{Onboarding, State, Whole};
use crate::fact::{Fact, Facts};
use crate::id::UserId;
use crate::people::{Action, Member, Side, may};
use crate::project::facts as registers;
use crate::project::{People, Person};
use crate::value::Value;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The state of onboarding as facts; `reviewed` is when the review was completed.
pub fn of(
    onboarding: &Onboarding,
    whole: &Whole,
    lacks: Vec<String>,
    reviewed: Option<Timestamp>,
) -> Facts {
    let mut facts = Facts::default();
    let is_complete = match onboarding.state {
        State::Open => false,
        State::Complete { .. } => lacks.is_empty(),
    };
    let why = if is_complete || !lacks.is_empty() {
        lacks
    } else {
        vec!["everything is filled in; nobody has said yet that it is complete".to_owned()]
    };
    facts.set("onboarding.complete", Fact::from(is_complete).because(why));
    facts.set("scope.baselined", baselined(onboarding, &whole.scope_digest()));
    let changed = |at: Timestamp| onboarding.scope_changed_at.is_some_and(|changed| changed > at);
    facts.set("scope.changed_since_review", reviewed.is_some_and(changed));
    facts.extend(scope(whole));
    facts
}

fn baselined(onboarding: &Onboarding, now: &str) -> Fact {
    match &onboarding.baseline {
        None => Fact::from(false).because(["the customer has not agreed to a scope yet"]),
        Some(agreed) if agreed.digest == now => Fact::from(true),
        Some(agreed) => Fact::from(false)
            .because([format!("the scope was changed since it was agreed on {}", agreed.at)]),
    }
}

/// Scope and registers.
fn scope(whole: &Whole) -> Facts {
    let mut facts = registers::of_scope(
        &whole.scope.features,
        whole.scope.parts,
        &whole.rollout.waves,
        &whole.profile.legacy,
    );
    let it = &whole.registers;
    facts.extend(registers::of_registers(&it.integrations, &it.regulations, &it.data_loads));
    facts.set(
        "risk.register",
        lines(it.risks.iter().map(|risk| {
            format!(
                "{}: {} ({} × {}), {}",
                risk.id, risk.title, risk.probability, risk.effect, risk.owner
            )
        })),
    );
    facts
}

fn lines(lines: impl Iterator<Item = String>) -> Value {
    Value::List(lines.collect())
}

/// What the members and contacts determine; `administrators` are the sign-in names of environments' administrators.
pub fn people(whole: &Whole, members: &[Member], administrators: &BTreeSet<String>) -> Facts {
    let present: Vec<&Member> = members.iter().filter(|m| m.removed.is_none()).collect();
    let mut facts = registers::of_people(&as_people(whole, &present));
    let primary = whole.contacts.contacts.iter().filter(|contact| {
        contact.primary && contact.consent && seat_of(&present, &contact.login).is_some()
    });
    facts.set("people.primary_contacts", primary.count());
    let administers = present.iter().filter(|member| {
        member.side == Side::Customer && may(member, Action::ManageProject).is_ok()
    });
    let names: Vec<String> = administers.map(|member| member.name.clone()).collect();
    facts.set("people.customer_administrators", Fact::from(names.len()).because(names));
    facts.set("people.service_account_in_project", service_account(&present, administrators));
    facts
}

/// The member with this sign-in name.
fn seat_of<'m>(present: &[&'m Member], login: &str) -> Option<&'m Member> {
    let user = user_of(login);
    present.iter().copied().find(|member| member.user == user)
}

fn service_account(present: &[&Member], administrators: &BTreeSet<String>) -> Fact {
    let is_one =
        |login: &String| seat_of(present, login).is_some_and(|member| member.service_account);
    let others: Vec<String> = administrators
        .iter()
        .filter(|login| !is_one(login))
        .map(|login| format!("{login} is no service account of this project"))
        .collect();
    let any = present.iter().any(|member| member.service_account);
    Fact::from(any && others.is_empty()).because(others)
}

/// The people of a project file, as far as members and contacts tell.
fn as_people(whole: &Whole, present: &[&Member]) -> People {
    let contacts = whole.contacts.contacts.iter().filter(|contact| contact.consent);
    let consenting: BTreeSet<UserId> = contacts.map(|contact| user_of(&contact.login)).collect();
    let person = |member: &&Member| Person {
        id: member.user.to_string(),
        name: member.name.clone(),
        organisation: member.organisation.to_string(),
        side: member.side,
        roles: member.roles.clone(),
        title: String::new(),
        email: String::new(),
        time_zone: String::new(),
        contact_allowed: consenting.contains(&member.user),
        project_manager: member.project_manager,
        project_administrator: member.project_manager,
        key_stakeholder: member.key_stakeholder,
        service_account: member.service_account,
    };
    People {
        project: String::new(),
        organisations: Vec::new(),
        members: present.iter().map(person).collect(),
        seats: Vec::new(),
    }
}

/// The account of a sign-in name: accounts are named after it.
pub fn user_of(login: &str) -> UserId {
    UserId::named("login", login)
}
