//! The facts of a small project; the shipped one is compared where it is read.

use super::*;
use crate::people::Side;
use crate::value::Value;
use jiff::civil::date;

fn person(id: &str, side: Side, leads: bool) -> Person {
    Person {
        id: id.into(),
        name: id.to_uppercase(),
        organisation: "contoso".into(),
        side,
        roles: ["it-lead".to_owned()].into(),
        title: String::new(),
        email: format!("{id}@contoso.example"),
        time_zone: "Europe/Berlin".into(),
        contact_allowed: true,
        project_manager: leads,
        project_administrator: false,
        key_stakeholder: leads,
        service_account: false,
    }
}

#[test]
fn stakeholders_and_primary_contacts_are_counted_by_side() {
    let members = vec![
        person("lena", Side::Customer, true),
        person("victor", Side::Partner, true),
        person("tom", Side::Partner, false),
    ];
    let people = People { members, ..People::default() };
    let facts = facts::of_people(&people);
    assert_eq!(facts.value("people.customer_key_stakeholders"), Value::List(vec!["LENA".into()]));
    assert_eq!(facts.value("people.partner_key_stakeholders"), Value::List(vec!["VICTOR".into()]));
    assert_eq!(facts.value("people.primary_contacts"), Value::Count(2));
    assert_eq!(people.with_role("it-lead").count(), 3);
}

#[test]
fn parts_are_named_as_checklists_name_them() {
    let parts = Parts { warehouse_devices: true, integrations: true, ..Parts::default() };
    assert_eq!(parts.names(), ["integrations", "warehouse-devices"]);
}

#[test]
fn a_clash_inside_the_window_counts_unless_it_has_a_plan() {
    let clash = |plan: &str| Clash {
        what: "Vendor update".into(),
        starts: date(2027, 4, 3),
        ends: date(2027, 4, 3),
        plan: plan.into(),
    };
    let count = |clashes: &[Clash], first, last| {
        facts::clashes_in(clashes, Some((first, last))).value("calendar.clashes_in_window")
    };
    let window = (date(2027, 4, 2), date(2027, 4, 4));
    assert_eq!(count(&[clash(""), clash("paused")], window.0, window.1), Value::Count(1));
    assert_eq!(count(&[clash("")], date(2027, 4, 4), date(2027, 4, 5)), Value::Count(0));
}
