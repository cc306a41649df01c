//! Onboarding: what sections lack, the machine, the scope baseline, facts of people.

use super::facts::{people, user_of};
use super::lacks::Around;
use super::*;
use crate::fact::FactId;
use crate::id::{MemberId, OrganisationId};
use crate::people::{Member, Side};
use crate::policy::Policy;
use crate::value::Value;
use jiff::civil::date;
use std::collections::BTreeSet;

fn now() -> Timestamp {
    "2027-02-19T09:00:00Z".parse().unwrap()
}

fn by() -> UserId {
    user_of("lena")
}

fn policy() -> Policy {
    let setting = |value: u32| {
        serde_json::json!({ "title": "t", "value": value, "unit": "count", "source": "S",
            "valid_from": "2021-10-27" })
    };
    serde_json::from_value(serde_json::json!({
        "id": "p", "version": "1", "title": "p", "description": "", "valid_from": "2021-10-27",
        "digest": "sha256:",
        "settings": { "onboarding.primary_contacts_min": setting(2), "estimate.licences_min": setting(20) },
    }))
    .unwrap()
}

fn feature(title: &str, in_scope: bool, detail: &str) -> Feature {
    Feature { id: title.into(), title: title.into(), in_scope, detail: detail.into() }
}

fn users() -> BTreeSet<UserId> {
    [user_of("lena"), user_of("victor")].into()
}

#[test]
fn every_yes_needs_a_word_and_a_section_never_saved_says_so() {
    let (policy, users) = (policy(), users());
    let around = Around { policy: &policy, go_live: Some(date(2027, 4, 5)), users: &users };
    let mut whole = Whole::default();
    assert_eq!(lacks::of(&whole, Part::Scope, &around), ["the section scope was never saved"]);
    let scope = Scope {
        features: vec![feature("Tax", true, " "), feature("Budgeting", false, "")],
        ..Scope::default()
    };
    whole.set(Content::Scope(scope));
    assert_eq!(
        lacks::of(&whole, Part::Scope, &around),
        ["Tax is in scope without a word on it", "no company", "no site"]
    );
    assert!(lacks::all(&whole, &around).contains(&"scope: no company".to_owned()));
}

#[test]
fn licences_are_within_those_bought_and_contacts_agree() {
    let (policy, users) = (policy(), users());
    let around = Around { policy: &policy, go_live: None, users: &users };
    let licences = Licences { bought: Some(10), allocated: Some(12) };
    let mut whole = Whole::of([Content::Licences(licences)]);
    assert_eq!(
        lacks::of(&whole, Part::Licences, &around),
        ["12 given, but 10 bought", "12 given, at least 20 are asked for"]
    );
    let contact = |login: &str, consent| Contact {
        login: login.into(),
        function: "finance".into(),
        primary: true,
        consent,
    };
    whole.set(Content::Contacts(Contacts {
        contacts: vec![contact("lena", false), contact("nobody", true)],
    }));
    assert_eq!(
        lacks::of(&whole, Part::Contacts, &around),
        ["lena has not agreed to be written to", "nobody is no member"]
    );
}

#[test]
fn onboarding_is_complete_once_and_only_without_lacks() {
    let open = Onboarding::default();
    let complete = |lacks: Vec<String>| Command::Complete { by: by(), lacks };
    let refused = decide(&open, complete(vec!["scope: no site".into()]), now()).unwrap_err();
    assert_eq!(refused, Refusal::Lacking(vec!["scope: no site".into()]));
    let (done, _) = decide(&open, complete(vec![]), now()).unwrap();
    assert_eq!(done.state.name(), "complete");
    assert_eq!(decide(&done, complete(vec![]), now()).unwrap_err(), Refusal::CompleteAlready);
    let lapsed = facts::of(&done, &Whole::default(), vec!["scope: no site".into()], None);
    assert_eq!(lapsed.value("onboarding.complete"), Value::Flag(false), "judged when asked");
}

#[test]
fn a_scope_that_changed_is_not_the_one_that_was_agreed() {
    let mut whole = Whole::default();
    let before = whole.scope_digest();
    let baseline = Command::Baseline { by: by(), digest: before.clone(), lacks: vec![] };
    let (agreed, _) = decide(&Onboarding::default(), baseline.clone(), now()).unwrap();
    assert_eq!(decide(&agreed, baseline, now()).unwrap_err(), Refusal::SameScope);
    let found = facts::of(&agreed, &whole, vec![], Some(now()));
    assert_eq!(found.value("scope.baselined"), Value::Flag(true));
    whole.set(Content::Scope(Scope {
        features: vec![feature("Tax", true, "DE")],
        ..Scope::default()
    }));
    let later = now() + jiff::SignedDuration::from_hours(1);
    let save = Command::Save { by: by(), part: Part::Scope, scope: (before, whole.scope_digest()) };
    let (changed, event) = decide(&agreed, save, later).unwrap();
    assert!(matches!(event, Event::SectionSaved { scope_changed: true, .. }));
    let found = facts::of(&changed, &whole, vec![], Some(now()));
    assert_eq!(found.value("scope.baselined"), Value::Flag(false));
    assert_eq!(found.value("scope.changed_since_review"), Value::Flag(true));
}

fn seated(login: &str, leads: bool, service_account: bool) -> Member {
    Member {
        id: MemberId::named("t", login),
        user: user_of(login),
        project: ProjectId::named("t", "p"),
        organisation: OrganisationId::named("t", "o"),
        name: login.to_uppercase(),
        side: Side::Customer,
        roles: BTreeSet::new(),
        project_manager: leads,
        key_stakeholder: false,
        service_account,
        removed: None,
    }
}

#[test]
fn administrators_of_environments_are_service_accounts_of_the_project() {
    let members =
        [seated("lena", true, false), seated("victor", false, false), seated("svc", false, true)];
    let whole = Whole::default();
    let found = people(&whole, &members, &["svc".to_owned(), "lena".to_owned()].into());
    let account = found.get(&FactId::new("people.service_account_in_project"));
    assert_eq!(account.details, ["lena is no service account of this project"]);
    assert_eq!(found.value("people.customer_administrators"), Value::Count(1));
    let found = people(&whole, &members, &["svc".to_owned()].into());
    assert_eq!(found.value("people.service_account_in_project"), Value::Flag(true));
}
