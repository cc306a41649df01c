//! Every criterion of every gate, as the shipped content and each shipped pack have it: shut by itself alone, opened when
//! all is as asked. `docs/gates.md` names these tests for each criterion.

use golive_core::fact::{Fact, Facts};
use golive_core::gate::{
    Compare, Criterion, Gate, Status, Threshold, Verdict, judge, table::table,
};
use golive_core::policy::{Enforcement, Policy};
use golive_core::service_model::ServiceModel;
use golive_core::value::Value;
use golive_readers::content::shipped;
use jiff::Timestamp;

/// One gate under one pack: the built-in criteria and those of the content, as the product judges them.
struct Scene {
    gate: Gate,
    policy: &'static Policy,
    criteria: Vec<Criterion>,
}

fn scenes() -> Vec<Scene> {
    let content = shipped();
    let mut scenes = Vec::new();
    for policy in content.policies.values() {
        for gate in Gate::ALL {
            for model in ServiceModel::ALL {
                let mut criteria = table(gate, model);
                criteria.extend(content.criteria.values().flat_map(|set| set.table(gate)));
                scenes.push(Scene { gate, policy, criteria });
            }
        }
    }
    scenes
}

impl Scene {
    fn asked(&self, criterion: &Criterion) -> Value {
        match &criterion.threshold {
            Threshold::Setting(key) => self.policy.settings[key.as_ref()].value.clone(),
            Threshold::Fixed(value) | Threshold::Governed { value, .. } => value.clone(),
        }
    }

    fn strictness(&self, criterion: &Criterion) -> Enforcement {
        let found = match &criterion.threshold {
            Threshold::Setting(key) | Threshold::Governed { setting: key, .. } => {
                self.policy.setting(key).and_then(|setting| setting.enforcement)
            }
            Threshold::Fixed(_) => None,
        };
        found.unwrap_or(criterion.enforcement)
    }

    /// Facts that are as every criterion asks. Two criteria may hold the same fact against two numbers.
    fn met(&self) -> Facts {
        let mut facts = Facts::default();
        for criterion in &self.criteria {
            let known = facts.get(&criterion.fact).value;
            let asked = self.asked(criterion);
            let tighter = match (known.number(), asked.number(), criterion.compare) {
                (Some(known), Some(asked), Compare::AtLeast) => known > asked,
                (Some(known), Some(asked), Compare::AtMost) => known < asked,
                _ => false,
            };
            facts.set(criterion.fact.clone(), Fact::from(if tighter { known } else { asked }));
        }
        facts
    }

    /// The same facts, but for the one of this criterion.
    fn all_but(&self, criterion: &Criterion) -> Facts {
        let wrong = match (self.asked(criterion), criterion.compare) {
            (Value::Flag(flag), _) => Value::Flag(!flag),
            (Value::Count(n), Compare::AtMost) => Value::Count(n + 1),
            (Value::Count(n), Compare::AtLeast | Compare::Equals) => Value::Count(n - 1),
            (Value::Number(n), Compare::AtMost) => Value::Number(n + 1.0),
            (Value::Number(n), Compare::AtLeast | Compare::Equals) => Value::Number(n - 1.0),
            (Value::Text(_) | Value::List(_) | Value::Missing, _) => Value::Missing,
        };
        let mut facts = self.met();
        facts.set(criterion.fact.clone(), Fact::from(wrong));
        facts
    }

    fn judged(&self, facts: &Facts) -> Verdict {
        judge(self.gate, &self.criteria, self.policy, facts, &[], Timestamp::UNIX_EPOCH)
    }
}

#[test]
fn each_criterion_alone_shuts_its_gate_or_warns_as_the_pack_says() {
    let mut shut = 0;
    for scene in scenes() {
        for criterion in &scene.criteria {
            let at = format!("{} {:?} {}", scene.policy.id, scene.gate, criterion.id);
            let verdict = scene.judged(&scene.all_but(criterion));
            let judged = verdict.criteria.iter().find(|judged| judged.id == criterion.id);
            let status = judged.expect("every criterion is judged").status;
            match scene.strictness(criterion) {
                Enforcement::Deny => {
                    assert_eq!((verdict.is_open(), status), (false, Status::Unmet), "{at}");
                    let strange: Vec<&str> = verdict
                        .reasons()
                        .filter(|reason| reason.fact != criterion.fact)
                        .map(|reason| reason.id.as_str())
                        .collect();
                    assert_eq!(strange, [""; 0], "{at} is not the only reason");
                    shut += 1;
                }
                Enforcement::Warn => assert_eq!(status, Status::Warning, "{at}"),
                Enforcement::Off => assert_eq!(status, Status::NotApplicable, "{at}"),
            }
        }
    }
    assert!(shut > 400, "{shut} is too few to be all of them");
}

#[test]
fn facts_as_asked_open_every_gate_in_every_pack() {
    for scene in scenes().into_iter().filter(|scene| !scene.criteria.is_empty()) {
        let verdict = scene.judged(&scene.met());
        let reasons: Vec<&str> = verdict.reasons().map(|reason| reason.id.as_str()).collect();
        assert_eq!(reasons, [""; 0], "{} {:?}", scene.policy.id, scene.gate);
        assert!(verdict.is_open());
    }
}

#[test]
fn no_gate_is_without_criteria() {
    for scene in scenes() {
        assert!(!scene.criteria.is_empty(), "{} {:?}", scene.policy.id, scene.gate);
    }
}
