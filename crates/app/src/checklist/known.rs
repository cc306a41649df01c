//! Facts as the checklist compares them: people by their seats, so that an answer that names a member can be held against a
//! fact that names people.

use super::Sheet;
use golive_core::checklist::answer::AnswerKind;
use golive_core::checklist::section::Around;
use golive_core::checklist::template::Template;
use golive_core::fact::{Fact, FactId, Facts};
use golive_core::id::MemberId;
use golive_core::people::{Member, Side};
use golive_core::value::Value;

impl Sheet {
    /// What sections are judged in.
    pub(super) fn around<'a>(&'a self, facts: &'a Facts) -> Around<'a> {
        let writable = self.seen.value.state.is_writable();
        Around { template: self.template, writable, facts, members: &self.members }
    }
}

/// The facts, with members by their ids wherever a question asks for people.
pub(super) fn facts(facts: &Facts, sheet: &Sheet) -> Facts {
    let mut known = facts.clone();
    for (name, side) in [
        ("people.customer_key_stakeholders", Side::Customer),
        ("people.partner_key_stakeholders", Side::Partner),
    ] {
        let seats = sheet.members.iter().filter(|member| stands(member, side));
        known.set(name, Value::List(seats.map(|member| member.id.to_string()).collect()));
    }
    for id in people_facts(sheet.template) {
        let fact = known.get(id);
        let value = by_seat(&fact.value, &sheet.members);
        known.set(id.clone(), Fact { value, ..fact });
    }
    known
}

fn stands(member: &Member, side: Side) -> bool {
    member.side == side
        && member.key_stakeholder
        && !member.service_account
        && member.removed.is_none()
}

fn people_facts(template: &Template) -> impl Iterator<Item = &FactId> {
    let people = template.questions.iter().filter(|question| question.answer == AnswerKind::People);
    people.filter_map(|question| question.fact.as_ref().map(|link| &link.fact))
}

/// Names and accounts become seats; what names nobody in the project stays as it is.
fn by_seat(value: &Value, members: &[Member]) -> Value {
    let seat =
        |text: &String| seat_of(text, members).map_or_else(|| text.clone(), |id| id.to_string());
    match value {
        Value::Text(text) => Value::List(vec![seat(text)]),
        Value::List(all) => Value::List(all.iter().map(seat).collect()),
        Value::Missing | Value::Flag(_) | Value::Count(_) | Value::Number(_) => value.clone(),
    }
}

/// The seat of somebody who is named by the seat itself, the account, or the full name.
pub(crate) fn seat_of(text: &str, members: &[Member]) -> Option<MemberId> {
    let present = || members.iter().filter(|member| member.removed.is_none());
    let by_id = present().find(|m| m.id.to_string() == text || m.user.to_string() == text);
    by_id
        .or_else(|| {
            let mut named = present().filter(|member| member.name == text.trim());
            let first = named.next();
            // Two people of one name: nobody is meant rather than the wrong one.
            first.filter(|_| named.next().is_none())
        })
        .map(|member| member.id)
}
