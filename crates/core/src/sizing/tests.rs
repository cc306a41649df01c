//! The published examples, the safety of the formula language, and sizing by hand.

#![expect(clippy::float_cmp, reason = "sums of small numbers are exact")]

use super::compute::rounded;
use super::expression::Names;
use super::*;
use crate::estimate::Derived;
use crate::gate::table::tests::PACK;
use crate::id::{EstimateId, UserId};
use std::collections::BTreeMap;

fn file() -> toml::Table {
    include_str!("../../../../content/sizing/sizing-standard.toml")
        .parse()
        .expect("the shipped rules are TOML")
}

fn part<T: serde::de::DeserializeOwned>(table: &toml::Table, key: &str) -> T {
    table[key].clone().try_into().expect("the shipped rules have this shape")
}

/// The shipped rules; readers have their own tests.
pub(crate) fn shipped() -> Rules {
    let file = file();
    let head: toml::Table = part(&file, "rules");
    Rules {
        id: part(&head, "id"),
        version: part(&head, "version"),
        title: part(&head, "title"),
        valid_from: jiff::civil::date(2026, 12, 1),
        parameters: part(&file, "parameter"),
        extension_levels: part(&file, "extension_level"),
        database_classes: part(&file, "database_class"),
        test_tiers: part(&file, "performance_test_tier"),
        limits: part(&file, "limit"),
        formulae: part(&file, "formula"),
    }
}

fn sized(input: &Derived) -> Size {
    compute(&shipped(), input, &BTreeMap::new()).expect("the shipped rules compute")
}

/// Every value of an example against the sheet.
fn compare(example: &toml::Table) {
    let size = sized(&part(example, "input"));
    let expected: toml::Table = part(example, "expected");
    assert!(expected.len() >= 25);
    for (name, wanted) in &expected {
        let found = match name.as_str() {
            "exceeded" => {
                let names: Vec<&str> = size.exceeded.iter().map(|e| e.limit.as_str()).collect();
                toml::Value::try_from(names).unwrap()
            }
            "database_memory_gb" => toml::Value::Float(size.database_memory_gb),
            _ => match &size.line(name).unwrap_or_else(|| panic!("no formula {name}")).result {
                Amount::Number(number) => toml::Value::Float(*number),
                Amount::Word(word) => toml::Value::String(word.clone()),
                Amount::ByClass(_) => panic!("{name} has no single value"),
            },
        };
        let number = |value: &toml::Value| {
            value
                .as_float()
                .or_else(|| value.as_integer().and_then(|n| i32::try_from(n).ok()).map(f64::from))
        };
        match (number(wanted), number(&found)) {
            (Some(wanted), Some(found)) => {
                assert!((wanted - found).abs() < 1e-9, "{name}: {wanted}, found {found}");
            }
            _ => assert_eq!(wanted, &found, "{name}"),
        }
    }
}

#[test]
fn the_three_published_examples_come_out_to_the_last_digit() {
    let examples: Vec<toml::Table> = part(&file(), "example");
    assert_eq!(examples.len(), 3);
    examples.iter().for_each(compare);
}

#[test]
fn the_shipped_rules_are_29_parameters_and_31_formulae_without_fault() {
    let rules = shipped();
    assert_eq!((rules.parameters.len(), rules.formulae.len()), (29, 31));
    assert_eq!(rules.faults(), []);
}

fn contoso() -> Derived {
    let examples: Vec<toml::Table> = part(&file(), "example");
    part(&examples[1], "input")
}

#[test]
fn every_line_shows_its_formula_and_the_value_of_each_term() {
    let size = sized(&contoso());
    let line = size.line("peak_lines").unwrap();
    assert_eq!(line.expression, "client_peak + integration_peak + batch_weight * batch_peak");
    let terms: Vec<(&str, f64)> =
        line.terms.iter().map(|term| (term.name.as_str(), term.value)).collect();
    assert_eq!(
        terms,
        [
            ("batch_peak", 60000.0),
            ("batch_weight", 0.5),
            ("client_peak", 15350.0),
            ("integration_peak", 12800.0)
        ]
    );
    let Amount::ByClass(classes) = &size.line("class_users").unwrap().result else {
        panic!("one for each class")
    };
    assert_eq!(classes["enterprise"], 186.0);
    assert_eq!(size.name(), "6+2/db-24");
}

#[test]
fn the_policy_packs_headroom_takes_the_place_of_the_rules_own() {
    let more =
        compute(&shipped(), &contoso(), &BTreeMap::from([("headroom".to_owned(), 0.5)])).unwrap();
    assert_eq!(more.interactive_servers, 7);
    assert_eq!(more.number("database_cores_needed"), Some(21.65));
}

struct Nothing;
impl Names for Nothing {
    fn value(&self, name: &str) -> Option<f64> {
        (name == "two words").then_some(2.0)
    }
    fn classes(&self) -> Vec<Box<dyn Names + '_>> {
        Vec::new()
    }
}

fn value(text: &str) -> Result<f64, Fault> {
    Expression::parse(text)?.value(&Nothing)
}

#[test]
fn the_language_computes_as_people_read_it() {
    for (text, wanted) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("-2 ^ 2", -4.0),
        ("10 - 4 - 3", 3.0),
        ("max(1, 2.5, two words)", 2.5),
        ("min(4, 3)", 3.0),
        ("ceil(2.1) + floor(2.9)", 5.0),
        ("ceil(12.0000000001)", 12.0),
        ("1 + sum for y = 0 .. 3 - 1 of 2 * (1 + y) ^ 2 + 100", 129.0),
        ("sum for y = 3 .. 1 of 5", 0.0),
    ] {
        assert_eq!(value(text), Ok(wanted), "{text}");
    }
}

#[test]
fn what_is_no_formula_is_refused_with_its_place() {
    let expected = |expected: &str, at| Err(Fault::Expected { expected: expected.into(), at });
    assert_eq!(value("1 +"), expected("a number, a name or `(`", 4));
    assert_eq!(value("(1 + 2"), expected("`)`", 7));
    assert_eq!(value("1 2"), expected("an operator or the end", 3));
    assert_eq!(value("3 ; 4"), expected("a number, a name or an operator", 3));
    assert_eq!(value("ceil(1, 2)"), expected("one value", 11));
    assert_eq!(value("sum for y = 0 to 3 of y"), expected("`..`", 15));
    assert_eq!(value("three words here"), Err(Fault::Unknown { name: "three words here".into() }));
    assert_eq!(value("1 / 0"), Err(Fault::NoNumber));
}

#[test]
fn a_hostile_formula_ends_at_once() {
    assert_eq!(value(&"(".repeat(500)), Err(Fault::TooDeep));
    assert_eq!(value(&"-".repeat(900)), Err(Fault::TooDeep));
    assert_eq!(value(&"1+".repeat(600)), Err(Fault::TooLong));
    assert_eq!(value("sum for y = 0 .. 10 ^ 300 of 1"), Err(Fault::TooManySteps));
    assert_eq!(value("sum for y = 0 .. 1 / 0 of 1"), Err(Fault::NoNumber));
    assert_eq!(value("9 ^ 9 ^ 9 ^ 9"), Err(Fault::NoNumber));
}

#[test]
fn a_formula_that_uses_what_comes_later_is_a_fault_with_its_id() {
    let mut rules = shipped();
    rules.formulae.swap(3, 7);
    let faults = rules.faults();
    assert_eq!(faults[0], ("design_lines".into(), Fault::Unknown { name: "peak_lines".into() }));
    let mut rules = shipped();
    rules.formulae[3].expression = "client_peak +".into();
    assert_eq!(rules.faults()[0].0, "peak_lines");
}

#[test]
fn halves_are_rounded_up_at_the_end() {
    assert_eq!(rounded(1.157_65, "factor"), 1.1577);
    assert_eq!(rounded(0.125, "cores"), 0.13);
    assert_eq!(rounded(2.5, "users"), 3.0);
}

fn who(name: &str) -> UserId {
    UserId::named("test", name)
}

#[test]
fn sizing_by_hand_is_the_exception_and_stops_the_clock() {
    use machine::{Command as C, Refusal as R, State as S};
    let decide = |state: &S, command, now| machine::decide(state, command, &PACK, now);
    let now = "2027-02-20T09:00:00Z".parse().unwrap();
    let estimate = EstimateId::named("contoso", "e");
    let take = |input: &Derived| C::Take { estimate, size: Box::new(sized(input)) };
    let automatic = decide(&S::Unsized, take(&contoso()), now).unwrap().state;
    assert!(automatic.is_settled() && !automatic.pauses_clock(&PACK));
    let large: Derived = part(&part::<Vec<toml::Table>>(&file(), "example")[2], "input");
    let manual = decide(&S::Unsized, take(&large), now).unwrap();
    assert!(manual.state.pauses_clock(&PACK) && !manual.state.is_settled());
    let S::Manual { why, .. } = &manual.state else { panic!("it exceeds limits") };
    assert_eq!(why, "design_lines is 515852, above 250000; database_cores is 101, above 80");
    let chosen = machine::Chosen {
        interactive_servers: 24,
        batch_servers: 18,
        database: "two of db-80".into(),
        storage_gb: 10_000,
    };
    let settle = |reason: &str| C::Settle {
        by: who("kenji"),
        chosen: chosen.clone(),
        reason: reason.into(),
    };
    assert_eq!(decide(&manual.state, settle(""), now), Err(R::NoReason));
    let settled = decide(&manual.state, settle("agreed on 20 February"), now).unwrap().state;
    assert!(settled.is_settled());
    let wrong = R::WrongState { state: "automatic", command: "settle" };
    assert_eq!(decide(&automatic, settle("larger"), now), Err(wrong));
    // A question about the profile waits for somebody else's answer.
    let asked = decide(
        &automatic,
        C::Ask { by: who("kenji"), question: "Is the night run right?".into() },
        now,
    );
    let asked = asked.unwrap().state;
    assert!(asked.pauses_clock(&PACK));
    let answer = |by| C::Answer { by: who(by), answer: "Yes.".into() };
    assert_eq!(decide(&asked, answer("kenji"), now), Err(R::OwnQuestion));
    assert_eq!(decide(&asked, answer("lena"), now).unwrap().state.name(), "automatic");
}

#[test]
fn a_pack_may_have_everything_sized_by_hand() {
    use machine::{Command, State, decide};
    let mut policy = PACK.clone();
    let setting = policy.settings.get_mut("estimate.sizing_automatic").expect("the pack has it");
    setting.value = false.into();
    let size = Box::new(sized(&contoso()));
    let take = Command::Take { estimate: EstimateId::named("contoso", "e"), size };
    let state = decide(&State::Unsized, take, &policy, jiff::Timestamp::UNIX_EPOCH).unwrap().state;
    let State::Manual { why, .. } = state else { panic!("sized by hand") };
    assert_eq!(why, "the policy has everything sized by hand");
}

#[test]
fn the_packs_headroom_is_read_as_a_share() {
    assert_eq!(Rules::instead(&PACK), BTreeMap::from([("headroom".to_owned(), 0.2)]));
}
