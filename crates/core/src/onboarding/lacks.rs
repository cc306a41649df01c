//! What onboarding still needs, section by section.

use super::facts::user_of;
use super::{Part, Whole};
use crate::id::UserId;
use crate::policy::Policy;
use crate::project::Feature;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What sections are held against.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The project's pack.
    pub policy: &'a Policy,
    /// The go-live date.
    pub go_live: Option<Date>,
    /// The accounts of the members.
    pub users: &'a BTreeSet<UserId>,
}

/// What one section lacks; empty when it is complete.
pub fn of(whole: &Whole, part: Part, around: &Around<'_>) -> Vec<String> {
    if !whole.saved.contains(&part) {
        return vec![format!("the section {} was never saved", part.name())];
    }
    match part {
        Part::Profile => profile(whole),
        Part::Scope => scope(whole),
        Part::Contacts => contacts(whole, around),
        Part::Rollout => rollout(whole, around),
        Part::Licences => licences(whole, around.policy),
        Part::Environments => environments(whole),
        Part::Registers => registers(whole),
    }
}

/// What all sections lack, each with its name.
pub fn all(whole: &Whole, around: &Around<'_>) -> Vec<String> {
    let line = |part: Part| {
        let lacks = of(whole, part, around);
        lacks.into_iter().map(move |lack| format!("{}: {lack}", part.name()))
    };
    Part::ALL.into_iter().flat_map(line).collect()
}

/// Gathers sentences for conditions that do not hold.
#[derive(Default)]
struct Lacks(Vec<String>);

impl Lacks {
    fn unless(&mut self, holds: bool, lack: impl Into<String>) {
        if !holds {
            self.0.push(lack.into());
        }
    }

    fn text(&mut self, text: &str, what: &str) {
        self.unless(!text.trim().is_empty(), format!("{what} is empty"));
    }
}

fn profile(whole: &Whole) -> Vec<String> {
    let mut lacks = Lacks::default();
    lacks.text(&whole.profile.vision, "the vision");
    lacks.unless(!whole.profile.measures.is_empty(), "no measure of success");
    lacks.text(&whole.profile.industry, "the industry");
    lacks.text(&whole.profile.product, "the application");
    lacks.text(&whole.profile.code_home, "the home of the source code");
    lacks.0
}

fn scope(whole: &Whole) -> Vec<String> {
    let mut lacks = Lacks::default();
    let features = &whole.scope.features;
    lacks.unless(features.iter().any(|feature| feature.in_scope), "no function is in scope");
    let bare = |feature: &&Feature| feature.in_scope && feature.detail.trim().is_empty();
    for feature in features.iter().filter(bare) {
        lacks.unless(false, format!("{} is in scope without a word on it", feature.title));
    }
    lacks.unless(!whole.scope.legal_entities.is_empty(), "no company");
    lacks.unless(!whole.scope.sites.is_empty(), "no site");
    lacks.0
}

fn contacts(whole: &Whole, around: &Around<'_>) -> Vec<String> {
    let mut lacks = Lacks::default();
    let (contacts, known) = (&whole.contacts.contacts, around.users);
    for contact in contacts {
        lacks.unless(
            known.contains(&user_of(&contact.login)),
            format!("{} is no member", contact.login),
        );
        lacks.text(&contact.function, &format!("the function of {}", contact.login));
        lacks.unless(
            !contact.primary || contact.consent,
            format!("{} has not agreed to be written to", contact.login),
        );
    }
    let primary = contacts.iter().filter(|contact| contact.primary).count();
    let least = around.policy.whole("onboarding.primary_contacts_min").unwrap_or(0);
    let enough = i64::try_from(primary).is_ok_and(|primary| primary >= least);
    lacks.unless(enough, format!("{primary} primary contacts, {least} are asked for"));
    lacks.0
}

fn rollout(whole: &Whole, around: &Around<'_>) -> Vec<String> {
    let mut lacks = Lacks::default();
    lacks.unless(around.go_live.is_some(), "no go-live date is set");
    let first = whole.rollout.waves.iter().min_by_key(|wave| wave.number);
    lacks.unless(first.is_some(), "no wave");
    if let (Some(first), Some(go_live)) = (first, around.go_live) {
        lacks.unless(
            first.date == go_live,
            format!("the first wave goes live on {}, the go-live date is {go_live}", first.date),
        );
    }
    let entities: BTreeSet<&str> =
        whole.scope.legal_entities.iter().map(|entity| entity.id.as_str()).collect();
    for wave in &whole.rollout.waves {
        let unknown = wave.legal_entities.iter().filter(|id| !entities.contains(id.as_str()));
        for id in unknown {
            lacks.unless(false, format!("wave {} has the unknown company {id}", wave.number));
        }
    }
    lacks.0
}

fn licences(whole: &Whole, policy: &Policy) -> Vec<String> {
    let mut lacks = Lacks::default();
    let licences = whole.licences;
    lacks.unless(licences.bought.is_some(), "how many licences were bought is not said");
    lacks.unless(licences.allocated.is_some(), "how many are given to this project is not said");
    if let (Some(bought), Some(allocated)) = (licences.bought, licences.allocated) {
        lacks.unless(allocated <= bought, format!("{allocated} given, but {bought} bought"));
        let least = policy.number("estimate.licences_min").unwrap_or(0.0);
        lacks.unless(
            f64::from(allocated) >= least,
            format!("{allocated} given, at least {least} are asked for"),
        );
    }
    lacks.0
}

fn environments(whole: &Whole) -> Vec<String> {
    let mut lacks = Lacks::default();
    let planned = &whole.environments.planned;
    let sandbox = |tier: Option<u32>| tier.is_some_and(|tier| tier >= 2);
    lacks.unless(
        planned.iter().any(|e| e.purpose == "sandbox" && sandbox(e.tier)),
        "no sandbox of tier 2 or higher is planned",
    );
    lacks.unless(planned.iter().any(|e| e.purpose == "production"), "no production is planned");
    for environment in planned {
        lacks.text(
            &environment.administrator,
            &format!("the administrator of {}", environment.name),
        );
    }
    lacks.0
}

/// A part that is there is described in its register.
fn registers(whole: &Whole) -> Vec<String> {
    let mut lacks = Lacks::default();
    let (parts, registers) = (whole.scope.parts, &whole.registers);
    lacks.unless(
        !parts.integrations || !registers.integrations.is_empty(),
        "integrations are in scope and none is registered",
    );
    lacks.unless(
        !parts.customisations || !registers.extensions.is_empty() || !registers.add_ons.is_empty(),
        "customisations are in scope and none is registered",
    );
    let device = |kind: &str| registers.devices.iter().any(|device| device.kind == kind);
    lacks.unless(
        !parts.warehouse_devices || device("warehouse_device"),
        "warehouse devices are in scope and none is registered",
    );
    lacks.unless(
        !parts.shops || device("commerce_device"),
        "shops are in scope and no till is registered",
    );
    lacks.unless(!parts.printing || device("printer"), "printing is in scope without a printer");
    lacks.unless(!registers.risks.is_empty(), "no risk is registered");
    lacks.0
}
