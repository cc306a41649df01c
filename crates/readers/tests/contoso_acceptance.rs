//! The example project's acceptance, from its files to the facts: the first cycle fails, the second is good enough.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first fault")]

use golive_core::acceptance::cycle::{
    Condition, Cycle, CycleKind, Plan, Solution, State as CycleState,
};
use golive_core::acceptance::evidence::Present;
use golive_core::acceptance::facts::{Ledger, facts};
use golive_core::acceptance::place::{DataSet, Place, Subject, ineligible};
use golive_core::acceptance::result::{Batch, Standing, TestResult, take_in};
use golive_core::acceptance::scope::{Case, Peripheral, PeripheralKind, Role, Scope};
use golive_core::acceptance::sign_off;
use golive_core::acceptance::summary::Summary;
use golive_core::customisation::{self, Analysis};
use golive_core::fact::Facts;
use golive_core::id::{EnvironmentId, EvidenceId, ResultsId, UserId};
use golive_core::load_test::{self, LoadTest, Seen};
use golive_core::policy::Policy;
use golive_core::value::Value;
use golive_readers::content::shipped;
use golive_readers::junit::{self, Naming, Options};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// A file of the example project.
fn file(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/contoso");
    std::fs::read(folder.join(name)).expect("the example project has the file")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

struct Project {
    policy: Policy,
    place: Place,
    cases: BTreeMap<String, (Case, Option<Standing>)>,
    summary: Summary,
}

impl Project {
    fn new() -> Self {
        let mut summary = Summary::default();
        let requirements =
            golive_readers::cases::requirements("requirements.csv", &file("requirements.csv"))
                .unwrap();
        requirements.iter().for_each(|requirement| summary.add_requirement(requirement));
        let cases =
            golive_readers::cases::cases("test-cases.csv", &file("test-cases.csv")).unwrap();
        cases.iter().for_each(|case| summary.add_case(case, None));
        let place = Place {
            environment: EnvironmentId::named("contoso", "env-uat"),
            name: "Sandbox UAT".into(),
            kinds: vec!["sandbox".into(), "operator".into()],
            tier: Some(3),
            version_set: Some("10.4.2".into()),
            data_set: Some("trial-3".into()),
        };
        let policy = shipped().policies["policy-2024"].clone();
        let cases = cases.into_iter().map(|case| (case.key.clone(), (case, None))).collect();
        Self { policy, place, cases, summary }
    }

    fn import(&mut self, name: &str, results: &[TestResult]) {
        let subject = Subject {
            environment: self.place.environment,
            version_set: "10.4.2".into(),
            data_set: "trial-3".into(),
        };
        let id = ResultsId::named("contoso", name);
        let batch = Batch { id, subject, cycle: name[..5].into(), digest: String::new() };
        let intake = take_in(&batch, results, &self.cases, ineligible(&self.place, &self.policy));
        assert_eq!(intake.unknown, [""; 0], "{name}");
        self.summary.take_in(&intake, &self.cases, &self.place.name, results.len());
        for (key, standing) in intake.moved {
            self.cases.get_mut(&key).expect("a known case").1 = Some(standing);
        }
    }

    fn import_cycle(&mut self, cycle: &str) {
        let name = format!("{cycle}.csv");
        let administrators = ["administrator".to_owned()];
        let bytes = file(&format!("results/{name}"));
        let results =
            golive_readers::results::results(&name, &bytes, &berlin(), &administrators).unwrap();
        self.import(&name, &results);
        let options = Options {
            naming: Naming::of(self.cases.keys().map(String::as_str)),
            zone: berlin(),
            at: at("2027-02-10T19:00:00Z"),
            tester: "svc-tests".into(),
            role: "sales-clerk".into(),
            administrators: administrators.into(),
        };
        let name = format!("{cycle}-automated.xml");
        let report = junit::read(&name, &file(&format!("results/{name}")), &options).unwrap();
        assert_eq!(report.unnamed().count(), 0);
        self.import(&name, &report.results(&options));
    }

    fn present(&self) -> Present<'_> {
        let places = std::slice::from_ref(&self.place);
        Present { places, policy: &self.policy, now: at("2027-02-19T09:00:00Z") }
    }

    fn facts(&self) -> Facts {
        let scope = scope(&self.cases);
        let data = [DataSet {
            name: "trial-3".into(),
            migrated_master_data: true,
            opening_balances: true,
        }];
        let defects = golive_readers::defects::read("defects.csv", &file("defects.csv")).unwrap();
        let cycles = [cycle("sit", CycleKind::Integration), cycle("uat-2", CycleKind::Acceptance)];
        let ledger = Ledger {
            summary: &self.summary,
            scope: &scope,
            data_sets: &data,
            cycles: &cycles,
            defects: &defects,
            statements: &[],
            sign_off: &sign_off::State::Unsigned,
            candidate: Some("10.4.2"),
        };
        facts(ledger, self.present())
    }
}

/// Everything that the cases name is in scope.
fn scope(cases: &BTreeMap<String, (Case, Option<Standing>)>) -> Scope {
    let mut roles = BTreeMap::new();
    let mut exercised = BTreeMap::new();
    for (case, _) in cases.values() {
        roles.insert(case.role.clone(), case.role_kind);
        exercised.extend(case.exercises.iter().map(|key| (key.clone(), ())));
    }
    let kind = PeripheralKind::Integration;
    Scope {
        roles: roles.into_iter().map(|(key, kind)| Role { key, kind }).collect(),
        peripherals: exercised
            .into_keys()
            .map(|key| Peripheral { title: key.clone(), key, kind })
            .collect(),
        baseline_accepted: true,
        ..Scope::default()
    }
}

fn cycle(key: &str, kind: CycleKind) -> Cycle {
    let condition = Condition { key: "report".into(), title: "The report is written".into() };
    let day = jiff::civil::date(2027, 1, 25);
    let solution = Solution { version_set: "10.4.2".into(), data_set: "trial-3".into() };
    let started = if kind == CycleKind::Integration {
        at("2026-11-30T08:00:00Z")
    } else {
        at("2027-01-25T08:00:00Z")
    };
    let ended = if kind == CycleKind::Integration {
        at("2026-12-11T16:00:00Z")
    } else {
        at("2027-02-12T16:00:00Z")
    };
    Cycle {
        plan: Plan {
            key: key.into(),
            title: key.into(),
            kind,
            objective: String::new(),
            starts: day,
            ends: day,
            entry: vec![],
            exit: vec![condition],
        },
        state: CycleState::Closed {
            started,
            at: ended,
            by: UserId::named("contoso", "lena.hoffmann"),
            solution,
        },
    }
}

fn number(facts: &Facts, id: &'static str) -> f64 {
    facts.value(id).number().unwrap_or(-1.0)
}

#[test]
fn the_first_cycle_is_not_good_enough_and_the_second_is() {
    let mut project = Project::new();
    let nothing = project.facts();
    assert_eq!(nothing.value("uat.coverage"), Value::Number(100.0));
    assert_eq!(nothing.value("uat.executed"), Value::Number(0.0));

    project.import_cycle("uat-1");
    let first = project.facts();
    assert_eq!(first.value("uat.executed"), Value::Number(100.0));
    assert!(number(&first, "uat.pass_rate") < 95.0, "{}", number(&first, "uat.pass_rate"));
    assert!(number(&first, "uat.critical_pass_rate") < 100.0);
    assert!(number(&first, "uat.administrator_share") > 0.0);

    project.import_cycle("uat-2");
    let second = project.facts();
    assert!((number(&second, "uat.pass_rate") - 178.0 * 100.0 / 182.0).abs() < 1e-9);
    for id in ["uat.executed", "uat.critical_pass_rate", "uat.roles_covered"] {
        assert_eq!(second.value(id), Value::Number(100.0), "{id}");
    }
    for id in [
        "uat.environment_eligible",
        "uat.migrated_data",
        "uat.peripherals_exercised",
        "uat.version_set_is_candidate",
        "sit.passed",
        "sit.before_acceptance",
        "defects.within_limits",
        "requirements.baselined",
    ] {
        assert_eq!(second.value(id), Value::Flag(true), "{id}");
    }
    assert_eq!(second.value("uat.administrator_share"), Value::Number(0.0));
}

#[test]
fn the_integration_test_is_part_of_the_results_and_later_ones_overrule_it() {
    let mut project = Project::new();
    project.import_cycle("uat-2");
    let before = project.summary.clone();
    let bytes = file("results/sit.csv");
    let results = golive_readers::results::results("sit.csv", &bytes, &berlin(), &[]).unwrap();
    assert_eq!(results.len(), 27);
    project.import("sit.csv", &results);
    assert_eq!(project.summary, before);
}

#[test]
fn the_analysis_is_clean_once_its_two_exceptions_are_agreed() {
    let project = Project::new();
    let report =
        golive_readers::customisation::read("a.xlsx", &file("customisation-analysis.xlsx"))
            .unwrap();
    let evidence = EvidenceId::named("contoso", "analysis");
    let subject = Subject {
        environment: project.place.environment,
        version_set: "10.4.2".into(),
        data_set: "trial-3".into(),
    };
    let (partner, customer) =
        (UserId::named("contoso", "aisha.rahman"), UserId::named("contoso", "oliver.stein"));
    let mut analysis =
        Analysis::take_in(report, evidence, (subject, at("2027-02-08T12:00:00Z")), partner, None);
    let open = |analysis: &Analysis| {
        customisation::facts(Some(analysis), Some("10.4.2"), project.present())
            .value("customisation.critical_open")
    };
    assert_eq!(open(&analysis), Value::Count(2));
    for key in analysis.exceptions.clone().into_keys() {
        let accept = customisation::Command::Accept { key, by: customer };
        analysis =
            customisation::decide(&analysis, accept, at("2027-02-09T12:00:00Z")).unwrap().state;
    }
    assert_eq!(open(&analysis), Value::Count(0));
}

#[test]
fn the_load_test_keeps_every_target_at_the_peak_of_the_estimate() {
    let project = Project::new();
    let report =
        golive_readers::load_test::read("load-test.json", file("load-test.json").as_slice())
            .unwrap();
    let targets =
        golive_readers::load_test::targets("load-targets.csv", &file("load-targets.csv")).unwrap();
    assert_eq!(targets.len(), 18);
    let test = LoadTest {
        evidence: EvidenceId::named("contoso", "load-test"),
        subject: Subject {
            environment: EnvironmentId::named("contoso", "env-perf"),
            version_set: "10.4.2".into(),
            data_set: "trial-3".into(),
        },
        taken: at("2027-02-05T20:00:00Z"),
        report,
        targets,
        seen: Seen::default(),
    };
    let facts = load_test::facts(Some(&test), project.present());
    assert_eq!(facts.value("performance.passed"), Value::Flag(true));
    assert!(number(&facts, "performance.load_share") >= 100.0);
}
