//! For every criterion of every table: facts that shut the gate by it alone, and facts that open it.
//!
//! Judged by the shipped pack, so a setting that does not exist, or whose value cannot be compared with the fact, is
//! found here.

use super::table;
use crate::fact::{Fact, Facts};
use crate::gate::{Compare, Criterion, Exception, Gate, Status, Threshold, judge};
use crate::id::WaiverId;
use crate::policy::{Enforcement, Policy, Setting};
use crate::service_model::ServiceModel;
use crate::value::Value;
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The complete pack as shipped. Reading packs for real, with all refusals, is the readers' work.
pub(crate) static PACK: LazyLock<Policy> = LazyLock::new(|| {
    let text = include_str!("../../../../../content/policies/policy-2021.toml");
    let file: BTreeMap<String, toml::Value> = toml::from_str(text).unwrap();
    let mut settings = BTreeMap::new();
    for (group, table) in file.iter().filter(|(key, _)| !matches!(key.as_str(), "pack" | "schema"))
    {
        for (name, row) in table.as_table().unwrap() {
            settings.insert(format!("{group}.{name}"), setting(row));
        }
    }
    Policy {
        id: "policy-2021".into(),
        version: "1.0.0".into(),
        title: String::new(),
        description: String::new(),
        valid_from: jiff::civil::date(2021, 10, 27),
        extends: None,
        digest: String::new(),
        settings,
    }
});

fn setting(row: &toml::Value) -> Setting {
    let json = serde_json::to_value(row).unwrap();
    Setting {
        title: json["title"].as_str().unwrap().to_owned(),
        value: serde_json::from_value(json["value"].clone()).unwrap_or_default(),
        unit: json["unit"].as_str().unwrap().to_owned(),
        enforcement: serde_json::from_value(json["enforcement"].clone()).ok(),
        source: json["source"].as_str().unwrap().to_owned(),
        valid_from: jiff::civil::date(2021, 10, 27),
        note: None,
        extra: BTreeMap::new(),
    }
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn every_table() -> impl Iterator<Item = (Gate, Vec<Criterion>)> {
    Gate::ALL.into_iter().flat_map(|gate| ServiceModel::ALL.map(|model| (gate, table(gate, model))))
}

fn threshold(policy: &Policy, criterion: &Criterion) -> Value {
    match &criterion.threshold {
        Threshold::Setting(key) => policy.setting(key).unwrap().value.clone(),
        Threshold::Fixed(value) | Threshold::Governed { value, .. } => value.clone(),
    }
}

fn enforcement(policy: &Policy, criterion: &Criterion) -> Enforcement {
    match &criterion.threshold {
        Threshold::Setting(key) | Threshold::Governed { setting: key, .. } => {
            policy.enforcement(key)
        }
        Threshold::Fixed(_) => criterion.enforcement,
    }
}

/// A value that is not as asked.
fn wrong(policy: &Policy, criterion: &Criterion) -> Value {
    match (threshold(policy, criterion), criterion.compare) {
        (Value::Flag(flag), _) => Value::Flag(!flag),
        (Value::Count(n), Compare::AtMost) => Value::Count(n + 1),
        (Value::Count(n), Compare::AtLeast | Compare::Equals) => Value::Count(n - 1),
        (other, _) => {
            panic!("{}: {other:?} is nothing that a fact could be held against", criterion.id)
        }
    }
}

/// Facts that meet every criterion of a table. Two criteria may hold the same fact against two numbers.
fn all_met(policy: &Policy, table: &[Criterion]) -> Facts {
    let mut facts = Facts::default();
    for criterion in table {
        let value = match (
            facts.get(&criterion.fact).value,
            threshold(policy, criterion),
            criterion.compare,
        ) {
            (Value::Count(old), Value::Count(new), Compare::AtLeast) => Value::Count(old.max(new)),
            (Value::Count(old), Value::Count(new), Compare::AtMost) => Value::Count(old.min(new)),
            (_, asked, _) => asked,
        };
        facts.set(criterion.fact.clone(), Fact::from(value));
    }
    facts
}

fn denying(policy: &Policy, facts: &Facts, gate: Gate, table: &[Criterion]) -> Vec<String> {
    judge(gate, table, policy, facts, &[], NOW).reasons().map(|judged| judged.id.clone()).collect()
}

#[test]
fn every_setting_that_a_table_names_is_in_the_shipped_pack_and_can_be_compared() {
    for (gate, table) in every_table() {
        for criterion in &table {
            if let Threshold::Setting(key) | Threshold::Governed { setting: key, .. } =
                &criterion.threshold
            {
                let setting = PACK.setting(key).unwrap_or_else(|| panic!("{gate:?} names {key}"));
                assert!(
                    setting.enforcement.is_some(),
                    "{key} does not say how strictly it is taken"
                );
            }
            let asked = threshold(&PACK, criterion);
            assert!(
                matches!(asked, Value::Flag(_) | Value::Count(_)),
                "{gate:?} {}: {asked:?}",
                criterion.id
            );
        }
    }
}

#[test]
fn every_criterion_is_complete_and_its_id_is_unique_in_its_gate() {
    for (gate, table) in every_table() {
        let mut ids: Vec<&str> = table.iter().map(|criterion| criterion.id.as_ref()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), table.len(), "{gate:?}");
        for c in &table {
            let words = [&c.title, &c.owner, &c.remedy, &c.page, &c.command, &c.source];
            assert!(words.iter().all(|word| !word.is_empty()), "{gate:?} {}", c.id);
        }
    }
}

#[test]
fn every_owner_is_a_role_of_the_vocabulary() {
    let vocabulary = include_str!("../../../../../content/vocabulary.toml");
    for (gate, table) in every_table() {
        for c in table {
            assert!(
                vocabulary.contains(&format!("id = \"{}\"", c.owner)),
                "{gate:?} {}: {}",
                c.id,
                c.owner
            );
        }
    }
}

#[test]
fn every_fact_is_a_word_of_the_vocabulary() {
    let vocabulary = include_str!("../../../../../content/vocabulary.toml");
    for (gate, table) in every_table() {
        for c in table {
            assert!(
                vocabulary.contains(&format!("id = \"{}\"", c.fact)),
                "{gate:?} {}: {}",
                c.id,
                c.fact
            );
        }
    }
}

#[test]
fn the_settings_that_the_tables_read_are_listed() {
    let settings = super::settings();
    assert!(
        settings.contains("package.lead_managed") && settings.contains("package.lead_self_service")
    );
    assert!(settings.len() > 70, "{}", settings.len());
}

#[test]
fn facts_that_meet_every_criterion_open_the_gate() {
    for (gate, table) in every_table().filter(|(_, table)| !table.is_empty()) {
        assert_eq!(denying(&PACK, &all_met(&PACK, &table), gate, &table), [""; 0], "{gate:?}");
        assert!(judge(gate, &table, &PACK, &all_met(&PACK, &table), &[], NOW).is_open());
    }
}

#[test]
fn one_fact_that_is_not_as_asked_shuts_the_gate_for_exactly_that_reason() {
    for (gate, table) in every_table() {
        for criterion in table.iter().filter(|c| enforcement(&PACK, c) == Enforcement::Deny) {
            let mut facts = all_met(&PACK, &table);
            facts.set(criterion.fact.clone(), Fact::from(wrong(&PACK, criterion)));
            assert_eq!(denying(&PACK, &facts, gate, &table), [criterion.id.as_ref()], "{gate:?}");
        }
    }
}

#[test]
fn a_criterion_that_only_warns_says_so_and_leaves_the_gate_open() {
    let mut warned = 0;
    for (gate, table) in every_table() {
        for criterion in table.iter().filter(|c| enforcement(&PACK, c) == Enforcement::Warn) {
            let mut facts = all_met(&PACK, &table);
            facts.set(criterion.fact.clone(), Fact::from(wrong(&PACK, criterion)));
            let verdict = judge(gate, &table, &PACK, &facts, &[], NOW);
            let judged = verdict.criteria.iter().find(|judged| judged.id == criterion.id).unwrap();
            assert_eq!(
                (verdict.is_open(), judged.status),
                (true, Status::Warning),
                "{gate:?} {}",
                criterion.id
            );
            warned += 1;
        }
    }
    assert!(warned > 30, "{warned}");
}

#[test]
fn a_project_of_which_nothing_is_known_hears_every_reason_at_once() {
    let table = table(Gate::ProductionRequest, ServiceModel::SelfService);
    let denying = denying(&PACK, &Facts::default(), Gate::ProductionRequest, &table);
    let strict = table.iter().filter(|c| enforcement(&PACK, c) == Enforcement::Deny).count();
    assert_eq!(denying.len(), strict);
    assert!(strict >= 15, "{strict}");
}

#[test]
fn the_lead_time_of_a_package_is_that_of_the_service_model() {
    let lead = |model| {
        let table = table(Gate::ProductionPackage, model);
        table.into_iter().find(|c| c.id == "lead").unwrap().threshold
    };
    assert_eq!(lead(ServiceModel::Managed), Threshold::Setting("package.lead_managed".into()));
    assert_eq!(
        lead(ServiceModel::SelfService),
        Threshold::Setting("package.lead_self_service".into())
    );
}

#[test]
fn the_gates_of_the_cutover_take_their_criteria_from_the_content() {
    let count = |gate| table(gate, ServiceModel::Managed).len();
    assert_eq!(
        [Gate::CutoverStart, Gate::GoLive, Gate::CutoverEnd, Gate::HypercareExit].map(count),
        [1, 1, 0, 0]
    );
}

/// What may be true of one fact: as asked, not as asked, missing, stale, not applicable.
fn fact(policy: &Policy, criterion: &Criterion, kind: u8) -> Option<Fact> {
    let asked = threshold(policy, criterion);
    match kind {
        0 | 1 => Some(Fact::from(asked)),
        2 => Some(Fact::from(wrong(policy, criterion))),
        3 => Some(Fact { stale: true, ..Fact::from(asked) }),
        4 => Some(Fact::not_applicable()),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn a_gate_is_open_exactly_when_no_criterion_denies(
        gate in prop::sample::select(&Gate::ALL[..]),
        model in prop::sample::select(&ServiceModel::ALL[..]),
        kinds in prop::collection::vec(0u8..6, 40),
        waived in prop::collection::vec(any::<bool>(), 40),
    ) {
        let table = table(gate, model);
        let mut facts = Facts::default();
        for (criterion, &kind) in table.iter().zip(&kinds) {
            if let Some(fact) = fact(&PACK, criterion, kind) {
                facts.set(criterion.fact.clone(), fact);
            }
        }
        let exceptions: Vec<Exception> = table.iter().zip(&waived).filter(|(_, waived)| **waived).map(|(c, _)| Exception {
            waiver: WaiverId::named("t", &c.id),
            gate,
            criterion: c.id.to_string(),
            expires: Timestamp::MAX,
        }).collect();
        let verdict = judge(gate, &table, &PACK, &facts, &exceptions, NOW);
        let never = PACK.list("waiver.never");
        let denied = table.iter().zip(&verdict.criteria).any(|(criterion, judged)| {
            let waivable = !judged.setting.as_ref().is_some_and(|key| never.contains(key));
            let excused = waivable && exceptions.iter().any(|e| e.criterion == criterion.id);
            let fact = facts.get(&criterion.fact);
            let met = super::super::holds(criterion.compare, &fact.value, &threshold(&PACK, criterion)) && !fact.stale;
            enforcement(&PACK, criterion) == Enforcement::Deny && !fact.not_applicable && !met && !excused
        });
        prop_assert_eq!(verdict.is_open(), !denied && !table.is_empty());
        prop_assert_eq!(verdict.criteria.len(), table.len());
    }
}
