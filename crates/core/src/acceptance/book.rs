//! Acceptance as it is kept: a row for each case with the result that stands, a row for each batch, and one book with
//! what every page and gate asks, so that nobody counts rows. What is stored where is `golive-store`'s.

use super::defect::{self, Defect};
use super::evidence::{Claim, Statement};
use super::place::{Ineligible, Place};
use super::result::{Batch, Intake, Outcome, Standing};
use super::scope::{Case, Named, Peripheral, PeripheralKind, Requirement, Role, RoleKind, Scope};
use super::sign_off;
use super::summary::Summary;
use crate::environment::Environment;
use crate::id::{EnvironmentId, UserId};
use crate::load_test::Target;
use crate::onboarding::Whole;
use crate::people::Side;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// A case with the result that stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The case.
    pub case: Case,
    /// The result that counts.
    pub standing: Option<Standing>,
    /// Batches up to this number say nothing about the case as it is worded now.
    pub worded_after: i64,
}

impl Recorded {
    /// `not-run`, `passed`, `failed` or `blocked`.
    pub fn phase(&self) -> &'static str {
        self.standing.as_ref().map_or(Outcome::NotRun.name(), |standing| standing.outcome.name())
    }

    /// The case as a file has it now. Its result is kept where the wording still means the same.
    #[must_use]
    pub fn reworded(&self, case: &Case, batches: i64) -> Self {
        let keeps = case.keeps_results_of(&self.case);
        Self {
            case: case.clone(),
            standing: self.standing.clone().filter(|_| keeps),
            worded_after: if keeps { self.worded_after } else { batches },
        }
    }
}

/// What a batch did when it came in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Effect {
    /// Results that belong to cases.
    pub results: usize,
    /// Cases whose standing result changed.
    pub moved: usize,
    /// Results that a later one overrules.
    pub overruled: usize,
    /// Results that say "not run".
    pub not_run: usize,
    /// Results done with another role than the case asks for.
    pub other_role: usize,
    /// Names that are no case of the project.
    pub unknown: Vec<String>,
    /// Why results from the environment do not count; empty when they do.
    pub ineligible: Vec<Ineligible>,
}

impl Effect {
    /// The particulars of an intake in numbers.
    pub fn of(intake: &Intake, results: usize) -> Self {
        let unknown: BTreeSet<String> = intake.unknown.iter().cloned().collect();
        Self {
            results,
            moved: intake.moved.len(),
            overruled: intake.overruled,
            not_run: intake.not_run,
            other_role: intake.other_role.len(),
            unknown: unknown.into_iter().collect(),
            ineligible: intake.ineligible.clone(),
        }
    }
}

/// Something that was taken back, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// A batch of results in the project. The results themselves are rows of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// What all its results are about.
    #[serde(flatten)]
    pub batch: Batch,
    /// Counts up in the order in which batches came in.
    pub number: i64,
    /// The name of the file; empty for a result that was typed in.
    pub file: String,
    /// Who brought it in.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// What it did.
    pub effect: Effect,
    /// Set when the whole batch was wrong.
    pub superseded: Option<TakenBack>,
}

impl Received {
    /// Whether its results can stand.
    pub fn counts(&self) -> bool {
        self.effect.ineligible.is_empty() && self.superseded.is_none()
    }

    /// What makes the same file for the same place and cycle one batch.
    pub fn source(&self) -> String {
        match &self.superseded {
            Some(_) => format!("superseded/{}", self.batch.id),
            None => source(&self.batch),
        }
    }
}

/// What makes the same file for the same place and cycle one batch.
pub fn source(batch: &Batch) -> String {
    format!("{}/{}/{}", batch.digest, batch.subject.environment, batch.cycle)
}

/// A claim on record, with the word or file that carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// The claim.
    #[serde(flatten)]
    pub statement: Statement,
    /// Where the proof is, in words.
    pub note: String,
    /// Set when it was taken back.
    pub withdrawn: Option<TakenBack>,
}

/// Whether somebody of this side may state this: rules and descriptions are the customer's to confirm.
pub fn may_state(claim: &Claim, side: Side) -> Result<(), NotYours> {
    let customers = match claim {
        Claim::MigratedMasterData { .. } | Claim::OpeningBalances { .. } => false,
        Claim::RegulationConfirmed { .. } | Claim::FeatureDocumented { .. } => true,
    };
    if customers && side != Side::Customer { Err(NotYours(side)) } else { Ok(()) }
}

/// A claim that another side makes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("only the customer confirms this, not the {}", .0.name())]
pub struct NotYours(pub Side);

/// The baseline of the requirements, as it was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// Who accepted it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// The digest of the requirements that were shown.
    pub digest: String,
}

/// What people have put their names to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Acceptance {
    /// The customer's signature.
    pub sign_off: sign_off::State,
    /// The accepted baseline of the requirements.
    pub baseline: Option<Baseline>,
}

/// What each process must keep under load.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Targets {
    /// By process.
    pub targets: Vec<Target>,
    /// The digest of the file.
    pub digest: String,
}

/// The one maintained row: sums, and what the plan names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Book {
    /// Every figure.
    pub summary: Summary,
    /// What the cases exercise.
    pub exercises: BTreeSet<String>,
    /// The features that requirements name.
    pub features: BTreeSet<String>,
    /// The rules that requirements name.
    pub regulations: BTreeSet<String>,
    /// The digest of all requirements.
    pub requirements: String,
}

impl Book {
    /// The plan names these requirements from now on.
    pub fn set_requirements<'a>(&mut self, all: impl IntoIterator<Item = &'a Requirement>) {
        let mut hash = Sha256::new();
        (self.features, self.regulations) = (BTreeSet::new(), BTreeSet::new());
        for requirement in all {
            hash.update(serde_json::to_vec(requirement).expect("our own types always serialise"));
            if requirement.is_in_scope() {
                self.features.extend(Some(requirement.feature.clone()).filter(|f| !f.is_empty()));
                self.regulations.extend(requirement.regulations.iter().cloned());
            }
        }
        self.requirements = format!("sha256:{}", hex::encode(hash.finalize()));
    }

    /// The plan names these cases from now on.
    pub fn set_cases<'a>(&mut self, all: impl IntoIterator<Item = &'a Case>) {
        self.exercises = all.into_iter().flat_map(|case| case.exercises.iter().cloned()).collect();
    }

    /// Whether what was accepted is what is there.
    pub fn is_baseline(&self, baseline: Option<&Baseline>) -> bool {
        baseline.is_some_and(|baseline| baseline.digest == self.requirements)
    }

    /// The register that acceptance is held against: onboarding's, or what requirements and cases name themselves.
    pub fn scope(&self, onboarding: &Whole, baseline: Option<&Baseline>) -> Scope {
        let registers = &onboarding.registers;
        let roles = registers.roles.iter().map(|role| Role {
            key: role.id.clone(),
            kind: role.kind.parse().unwrap_or(RoleKind::Default),
        });
        let regulations = registers.regulations.iter().map(|rule| named(&rule.id, &rule.title));
        let features = onboarding.scope.features.iter().filter(|feature| feature.in_scope);
        let features = features.map(|feature| named(&feature.id, &feature.title));
        let own = |keys: &BTreeSet<String>| keys.iter().map(|key| named(key, key)).collect();
        Scope {
            roles: roles.collect(),
            peripherals: self.peripherals(onboarding),
            regulations: or(regulations.collect(), || own(&self.regulations)),
            features: or(features.collect(), || own(&self.features)),
            baseline_accepted: self.is_baseline(baseline),
        }
    }

    fn peripherals(&self, onboarding: &Whole) -> Vec<Peripheral> {
        use PeripheralKind::{Integration, Printer, Workflow};
        let (registers, parts) = (&onboarding.registers, onboarding.scope.parts);
        let one = |key: &str, title: &str, kind| Peripheral {
            key: key.to_owned(),
            title: title.to_owned(),
            kind,
        };
        let mut all: Vec<Peripheral> = registers
            .integrations
            .iter()
            .map(|other| one(&other.id, &other.name, Integration))
            .collect();
        let devices = registers.devices.iter();
        all.extend(
            devices.map(|device| {
                one(&device.id, &device.name, device.kind.parse().unwrap_or(Printer))
            }),
        );
        if all.is_empty() && !parts.workflow && !parts.printing {
            let kind = |key: &str| if key == Workflow.name() { Workflow } else { Integration };
            return self.exercises.iter().map(|key| one(key, key, kind(key))).collect();
        }
        if parts.workflow {
            all.push(one(Workflow.name(), "Workflow", Workflow));
        }
        if parts.printing && !all.iter().any(|peripheral| peripheral.kind == Printer) {
            all.push(one("printing", "Printing", Printer));
        }
        all
    }
}

fn named(key: &str, title: &str) -> Named {
    Named { key: key.to_owned(), title: title.to_owned() }
}

fn or<T>(first: Vec<T>, second: impl FnOnce() -> Vec<T>) -> Vec<T> {
    if first.is_empty() { second() } else { first }
}

/// An environment as acceptance sees it: purpose and hosting are its kinds, the release is its version set.
pub fn place(id: EnvironmentId, environment: &Environment) -> Place {
    let installed = environment.state.installed();
    Place {
        environment: id,
        name: environment.spec.name.clone(),
        kinds: vec![environment.spec.purpose.name().to_owned(), environment.spec.hosting.clone()],
        tier: Some(environment.spec.tier),
        version_set: installed.map(|there| there.release.clone()),
        data_set: installed.map(|there| there.data_set.clone()),
    }
}

impl Defect {
    /// The defect as a file has it now. What was said in golive stays: a file neither mends nor accepts.
    #[must_use]
    pub fn updated(&self, file: &Self) -> Self {
        use defect::State;
        let state = match (&self.state, &file.state) {
            (State::Open, State::Mitigated { .. }) => file.state.clone(),
            (State::Mitigated { mitigation: before }, State::Mitigated { mitigation: after })
                if (&before.text, &before.owner, before.until)
                    != (&after.text, &after.owner, after.until) =>
            {
                file.state.clone()
            }
            (
                State::Open
                | State::Mitigated { .. }
                | State::Fixed { .. }
                | State::Closed { .. }
                | State::Rejected { .. },
                _,
            ) => self.state.clone(),
        };
        Self { state, ..file.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acceptance::defect::{Mitigation, State};
    use crate::acceptance::scope::Priority;
    use crate::acceptance::tests::{case, requirement, user};
    use crate::onboarding::Content;

    fn recorded() -> Recorded {
        Recorded { case: case("TC-1", "REQ-1"), standing: None, worded_after: 2 }
    }

    #[test]
    fn a_case_with_other_steps_starts_anew_and_one_with_another_title_does_not() {
        let retitled = Case { title: "Other".into(), ..recorded().case };
        assert_eq!(recorded().reworded(&retitled, 7).worded_after, 2);
        let rewritten = Case { steps: "Other".into(), ..recorded().case };
        assert_eq!(recorded().reworded(&rewritten, 7).worded_after, 7);
    }

    #[test]
    fn a_baseline_holds_until_a_requirement_changes() {
        let mut book = Book::default();
        book.set_requirements([&requirement("REQ-1")]);
        let baseline =
            Baseline { by: user(1), at: Timestamp::UNIX_EPOCH, digest: book.requirements.clone() };
        assert!(book.is_baseline(Some(&baseline)) && !book.is_baseline(None));
        book.set_requirements([&requirement("REQ-1"), &requirement("REQ-2")]);
        assert!(!book.is_baseline(Some(&baseline)));
    }

    #[test]
    fn scope_is_onboarding_s_and_without_it_what_the_plan_names() {
        let mut book = Book::default();
        book.set_requirements([&requirement("REQ-1")]);
        book.set_cases([&Case {
            exercises: vec!["int-01".into(), "workflow".into()],
            ..recorded().case
        }]);
        let own = book.scope(&Whole::default(), None);
        assert_eq!(own.features, [named("sales", "sales")]);
        let kinds: Vec<PeripheralKind> = own.peripherals.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [PeripheralKind::Integration, PeripheralKind::Workflow]);

        let scope = serde_json::json!({
            "features": [{ "id": "sales", "title": "Sales", "in_scope": true }, { "id": "hr", "title": "HR", "in_scope": false }],
            "parts": { "printing": true },
        });
        let scope = serde_json::from_value(scope).expect("a scope");
        let given = book.scope(&Whole::of([Content::Scope(scope)]), None);
        assert_eq!(given.features, [named("sales", "Sales")]);
        assert_eq!(given.peripherals.len(), 1);
        assert_eq!(given.peripherals[0].kind, PeripheralKind::Printer);
    }

    #[test]
    fn a_file_neither_mends_a_defect_nor_takes_an_acceptance_away() {
        let mitigation = |text: &str, accepted_by| State::Mitigated {
            mitigation: Mitigation {
                text: text.into(),
                owner: "emma".into(),
                until: jiff::civil::date(2027, 5, 31),
                accepted_by,
            },
        };
        let defect = |state| Defect {
            key: "D-1".into(),
            title: "Total differs".into(),
            severity: Priority::High,
            cause: None,
            case: None,
            owner: None,
            due: None,
            state,
        };
        let accepted = defect(mitigation("By hand", Some(user(1))));
        assert_eq!(accepted.updated(&defect(mitigation("By hand", None))).state, accepted.state);
        let other = defect(mitigation("Not at all", None));
        assert_eq!(accepted.updated(&other).state, other.state);
        let closed = defect(State::Closed { by: user(1), at: Timestamp::UNIX_EPOCH });
        assert_eq!(closed.updated(&defect(State::Open)).state, closed.state);
    }

    #[test]
    fn rules_and_descriptions_are_confirmed_by_the_customer_only() {
        let rule = Claim::RegulationConfirmed { regulation: "vat".into() };
        assert!(may_state(&rule, Side::Customer).is_ok());
        let refused =
            may_state(&rule, Side::Partner).expect_err("the partner does not confirm rules");
        assert_eq!(refused.to_string(), "only the customer confirms this, not the partner");
        let data = Claim::OpeningBalances { data_set: "trial-3".into() };
        assert!(may_state(&data, Side::Partner).is_ok());
    }
}
