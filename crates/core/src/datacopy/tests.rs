//! A copy that is what it claims to be, and every way in which it is not.

use super::sign_off::{Command, Refusal, State};
use super::*;
use crate::blueprint::{BusinessTotal, NeutralisedTable};
use crate::fact::Facts;
use crate::gate::table::{table, tests::PACK};
use crate::gate::{Gate, Status, judge};
use crate::matrix::matrix;
use crate::service_model::ServiceModel;
use crate::service_request::Window;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn user(name: &str) -> UserId {
    UserId::named("t", name)
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(hour * 3600).unwrap()
}

fn table_proof(table: &str, rows: u64, digest: &str) -> TableProof {
    TableProof { table: table.into(), rows, digest: digest.into(), how: How::FullRows }
}

fn proof(tables: &[(&str, u64, &str)]) -> Proof {
    Proof {
        schema: "s1".into(),
        tables: tables
            .iter()
            .map(|(name, rows, digest)| table_proof(name, *rows, digest))
            .collect(),
        sequences: BTreeMap::from([("invoice".to_owned(), 17)]),
        large_objects: None,
    }
}

fn profile() -> Neutralisation {
    let change = |table: &str, columns: &[&str], what: &str| NeutralisedTable {
        table: table.into(),
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        what: what.into(),
    };
    Neutralisation {
        profile: "neutralise-standard".into(),
        changes: vec![
            change(
                "account",
                &["active", "locked_by"],
                "accounts other than the administrator are disabled",
            ),
            change("session", &[], "sessions are deleted"),
        ],
    }
}

fn business_totals() -> Vec<BusinessTotal> {
    let total = |id: &str, must_be: Option<&str>| BusinessTotal {
        id: id.into(),
        title: id.into(),
        unit: "EUR".into(),
        must_be: must_be.map(Into::into),
    };
    vec![total("stock", None), total("trial_balance", Some("0.00"))]
}

fn totals(stock: &str, balance: &str) -> Vec<Total> {
    vec![
        Total { id: "stock".into(), value: stock.into() },
        Total { id: "trial_balance".into(), value: balance.into() },
    ]
}

/// What was measured, to be spoilt by a test in one place.
struct Measured {
    source: Proof,
    copied: Proof,
    before: Proof,
    after: Proof,
    source_totals: Vec<Total>,
    copied_totals: Vec<Total>,
}

impl Default for Measured {
    fn default() -> Self {
        let whole = proof(&[("account", 143, "a1"), ("customer", 18, "c1"), ("session", 88, "s1")]);
        // Without the columns of the profile, `account` has another digest.
        let masked = |sessions| proof(&[("account", 143, "a0"), ("customer", 18, "c1"), sessions]);
        Self {
            source: whole.clone(),
            copied: whole,
            before: masked(("session", 88, "s1")),
            after: masked(("session", 0, "s0")),
            source_totals: totals("11382095.44", "0.00"),
            copied_totals: totals("11382095.44", "0"),
        }
    }
}

impl Measured {
    fn report(&self) -> Report {
        let Self { source, copied, before, after, source_totals, copied_totals } = self;
        let evidence = Evidence { source, copied, before, after, source_totals, copied_totals };
        reconcile(&evidence, &profile(), &business_totals(), &Limits::of(&PACK))
    }

    fn reasons(&self) -> Vec<String> {
        match self.report().outcome {
            Outcome::Proven => Vec::new(),
            Outcome::NotProven { reasons } => reasons,
        }
    }
}

#[test]
fn a_copy_is_proven_when_only_the_profile_made_a_difference() {
    let report = Measured::default().report();
    assert_eq!(report.outcome, Outcome::Proven);
    let lines: Vec<(&str, LineResult)> =
        report.lines.iter().map(|l| (l.table.as_str(), l.result)).collect();
    assert_eq!(
        lines,
        [
            ("account", LineResult::ChangedAsPlanned),
            ("session", LineResult::ChangedAsPlanned),
            ("customer", LineResult::Equal)
        ]
    );
    assert_eq!((report.lines[1].source_rows, report.lines[1].final_rows), (Some(88), Some(0)));
}

#[test]
fn every_way_to_differ_is_found_and_named() {
    let mut m = Measured::default();
    m.copied.tables[1] = table_proof("customer", 17, "c2");
    assert_eq!(m.reasons(), ["customer: differs"]);

    let mut m = Measured::default();
    m.copied.tables[1].digest = "c2".into();
    assert_eq!(m.reasons(), ["customer: differs"]);

    let mut m = Measured::default();
    m.copied.tables.remove(1);
    assert_eq!(m.reasons(), ["customer: missing in the copy"]);

    let mut m = Measured::default();
    m.copied.tables.push(table_proof("ghost", 1, "g"));
    assert_eq!(m.reasons(), ["ghost: only in the copy"]);

    let mut m = Measured::default();
    m.copied.sequences.insert("invoice".into(), 1);
    assert_eq!(m.reasons(), ["invoice: the sequence differs"]);

    let mut m = Measured::default();
    m.after.schema = "s2".into();
    assert_eq!(m.reasons(), ["the schema differs"]);
}

#[test]
fn neutralising_may_touch_only_what_the_profile_names() {
    let outside =
        |name: &str| vec![format!("{name}: changed by neutralising, but not named in the profile")];
    let mut m = Measured::default();
    m.after.tables[1].digest = "c2".into();
    assert_eq!(m.reasons(), outside("customer"));
    // A column of `account` that the profile does not name.
    let mut m = Measured::default();
    m.after.tables[0].digest = "a9".into();
    assert_eq!(m.reasons(), outside("account"));
    let mut m = Measured::default();
    m.after.tables.push(table_proof("ghost", 1, "g"));
    assert_eq!(m.reasons(), outside("ghost"));
}

#[test]
fn a_total_must_agree_and_be_what_it_must_be() {
    let m = Measured { copied_totals: totals("11382095.43", "0.00"), ..Measured::default() };
    assert_eq!(m.reasons(), ["stock: the total differs"]);
    assert_eq!(m.report().totals[0].difference.unwrap().to_string(), "-0.01");
    let unbalanced = || totals("1.00", "0.01");
    let m = Measured {
        source_totals: unbalanced(),
        copied_totals: unbalanced(),
        ..Measured::default()
    };
    assert_eq!(m.reasons(), ["trial_balance: the total differs"]);
    let m = Measured { copied_totals: vec![], ..Measured::default() };
    assert_eq!(m.reasons().len(), 2);
}

#[test]
fn digests_of_different_kinds_prove_nothing_and_keys_say_that_they_are_only_keys() {
    let mut m = Measured::default();
    m.copied.tables[1].how = How::Keys;
    assert_eq!(m.reasons(), ["customer: differs"]);
    let mut m = Measured::default();
    for side in [&mut m.source, &mut m.copied, &mut m.before, &mut m.after] {
        side.tables[1].how = How::Keys;
    }
    assert_eq!(m.report().count(LineResult::EqualByKeys), 1);
}

#[test]
fn nothing_compared_is_nothing_proven() {
    let empty = || proof(&[]);
    let m = Measured {
        source: empty(),
        copied: empty(),
        before: empty(),
        after: empty(),
        ..Measured::default()
    };
    assert_eq!(m.reasons(), ["no table was compared"]);
}

#[test]
fn what_will_change_is_shown_with_counts_and_a_digest() {
    let counted = [Counted { table: "account".into(), rows: 142 }];
    let shown = preview(&profile(), &counted);
    assert_eq!((shown.changes[0].rows, shown.changes[1].rows), (Some(142), None));
    assert_eq!(left_out(&profile()), ["account.active", "account.locked_by"]);
    assert_ne!(shown.digest, preview(&profile(), &[]).digest);
}

#[test]
fn the_report_of_the_application_is_read_as_it_is_printed() {
    let printed = r#"{"schema":"ab","tables":[{"table":"t","rows":2,"digest":"cd","how":"full_rows"}],"sequences":{"t":2}}"#;
    let read: Proof = serde_json::from_str(printed).unwrap();
    assert_eq!((read.tables[0].rows, read.sequences["t"]), (2, 2));
}

fn sign(by: &str, report: &Report) -> Command {
    Command::Sign { by: user(by), digest: report.digest.clone(), issues: None }
}

fn decide(state: &State, command: Command, report: &Report) -> std::result::Result<State, Refusal> {
    sign_off::decide(state, command, report, user("rin"), at(1)).map(|(state, _)| state)
}

#[test]
fn only_a_proven_report_is_signed_by_somebody_else_as_it_was_shown() {
    let waiting = State::Waiting { due: at(24) };
    let good = Measured::default().report();
    assert_eq!(decide(&waiting, sign("rin", &good), &good), Err(Refusal::OwnCopy));
    let other = Command::Sign { by: user("katja"), digest: "sha256:0".into(), issues: None };
    assert_eq!(decide(&waiting, other, &good), Err(Refusal::Changed));
    let bad = Measured { copied_totals: totals("1.00", "0.00"), ..Measured::default() }.report();
    let refusal = decide(&waiting, sign("katja", &bad), &bad);
    assert_eq!(refusal, Err(Refusal::NotProven(vec!["stock: the total differs".into()])));
    assert_eq!(decide(&waiting, sign("katja", &good), &good).unwrap().name(), "signed");
}

#[test]
fn the_machine_of_the_sign_off_is_this_table() {
    let report = Measured::default().report();
    let waiting = State::Waiting { due: at(24) };
    let back = || Command::RollBack { by: user("katja"), reason: "wrong source".into() };
    let signed = decide(&waiting, sign("katja", &report), &report).unwrap();
    let rolled = decide(&waiting, back(), &report).unwrap();
    let states = [("waiting", waiting), ("signed", signed), ("rolled_back", rolled)];
    let commands = [("sign", sign("katja", &report)), ("roll_back", back())];
    let run = |s: &State, c| decide(s, c, &report).ok().map(|after| after.name().to_owned());
    assert_eq!(
        matrix(&states, &commands, run),
        "waiting: sign→signed roll_back→rolled_back\nsigned: roll_back→rolled_back\nrolled_back: (final)"
    );
}

fn plan() -> Plan {
    let place = |name: &str, bytes| Place {
        name: name.into(),
        geography: "europe".into(),
        modules: BTreeMap::from([("base".to_owned(), "1.0".to_owned())]),
        bytes,
    };
    Plan {
        source: place("contoso-uat", 20),
        destination: place("contoso-prod", 5),
        capacity: 25,
        typed_name: "contoso-prod".into(),
        restore_point: true,
        filed: at(0),
        window: Some(Window { start: at(24), end: at(28) }),
        requested_by: user("rin"),
        confirmed_by: Some(user("sven")),
        operations_running: 0,
        emergency_administrator: true,
    }
}

fn shut_by(plan: &Plan, live: bool) -> Vec<String> {
    let mut facts: Facts = gate_facts(plan);
    facts.set("project.live", live);
    let table = table(Gate::ProductionCopy, ServiceModel::Managed);
    let verdict = judge(Gate::ProductionCopy, &table, &PACK, &facts, &[], at(0));
    let shut = verdict.criteria.into_iter().filter(|judged| judged.status != Status::Met);
    shut.map(|judged| judged.id).collect()
}

#[test]
fn the_gate_before_a_copy_names_what_is_wrong() {
    assert_eq!(shut_by(&plan(), false), [""; 0]);
    assert_eq!(shut_by(&plan(), true), ["not-live"]);
    let mut wrong = plan();
    wrong.source.modules.insert("retail".into(), "2.0".into());
    wrong.typed_name = "Contoso-Prod".into();
    wrong.capacity = 24;
    wrong.window = Some(Window { start: at(4), end: at(7) });
    wrong.confirmed_by = Some(user("rin"));
    wrong.operations_running = 1;
    let expected = [
        "versions-equal",
        "capacity",
        "typed-name",
        "second-person",
        "lead",
        "notice",
        "window",
        "alone",
    ];
    assert_eq!(shut_by(&wrong, false), expected);
    assert_eq!(
        gate_facts(&wrong).get(&"copy.versions_equal".into()).details,
        ["retail: 2.0 and none"]
    );
}

#[test]
fn production_hears_whether_its_data_are_there_and_signed() {
    let told = |standing| {
        let facts = production_facts(&standing);
        [facts.value("production.database_copied"), facts.value("production.reconciliation_signed")]
    };
    let flags = |copied: bool, signed: bool| [copied.into(), signed.into()];
    let report = Measured::default().report();
    let waiting = State::Waiting { due: at(24) };
    let signed = decide(&waiting, sign("katja", &report), &report).unwrap();
    let rolled = State::RolledBack { by: user("x"), at: at(1), reason: "wrong".into() };
    assert_eq!(told(Standing::Open), flags(false, false));
    assert_eq!(told(Standing::Copied { report: None, sign_off: &waiting }), flags(true, false));
    assert_eq!(told(Standing::Copied { report: None, sign_off: &signed }), flags(true, true));
    assert_eq!(told(Standing::Copied { report: None, sign_off: &rolled }), flags(false, false));
    assert_eq!(
        told(Standing::NotApplicable { reason: "loaded", reconciled: true }),
        flags(true, true)
    );
}

proptest! {
    #[test]
    fn one_digest_or_count_that_differs_anywhere_outside_the_profile_is_always_found(
        tables in prop::collection::btree_map("[a-z]{1,6}_t", (0u64..5, "[0-9a-f]{8}"), 1..12),
        which in any::<prop::sample::Index>(),
        side in 0usize..2,
        more_rows in any::<bool>(),
    ) {
        let list: Vec<(&str, u64, &str)> = tables.iter().map(|(n, (r, d))| (n.as_str(), *r, d.as_str())).collect();
        let whole = proof(&list);
        let mut m = Measured { source: whole.clone(), copied: whole.clone(), before: whole.clone(), after: whole,
            ..Measured::default() };
        prop_assert_eq!(m.report().outcome, Outcome::Proven);
        let at = which.index(list.len());
        let spoilt = if side == 0 { &mut m.copied.tables[at] } else { &mut m.after.tables[at] };
        if more_rows { spoilt.rows += 1 } else { spoilt.digest.push('x') }
        let report = m.report();
        prop_assert!(!report.is_proven());
        prop_assert_eq!(&report.lines[0].table, list[at].0);
        prop_assert!(report.lines[0].result.is_wrong());
    }
}
