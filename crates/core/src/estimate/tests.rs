//! The sums of a profile, its machine and its facts; the shipped profile is compared where it is read.

#![expect(clippy::float_cmp, reason = "sums of small numbers are exact")]

use super::machine::{Around, Change, Command, Event, Refusal, State, decide};
use super::*;
use crate::fact::Facts;
use crate::id::{EstimateId, UserId};
use crate::matrix::matrix;
use crate::value::Value;
use jiff::Timestamp;
use jiff::civil::{date, time};

fn process(id: &str, channel: Channel, peak: f64, basis: Basis) -> Process {
    Process {
        id: id.into(),
        title: id.into(),
        chain: "order-to-cash".into(),
        channel,
        peak_lines_per_hour: peak,
        lines_per_day: peak * 6.0,
        stored: basis != Basis::Guessed,
        profile: (channel == Channel::Client).then(|| "office".to_owned()),
        users: 10,
        basis,
    }
}

fn batch(process: &str, start: i8, hours: u32, lines: f64) -> Batch {
    let (start, process) = (time(start, 0, 0, 0), process.to_owned());
    Batch { process, start, hours, lines_per_run: lines, runs_per_day: 1, in_night_window: true }
}

fn profile() -> Estimate {
    let mut office = vec![0; 24];
    office[9] = 100;
    office[10] = 50;
    let hour = |hour, full, team| Hour {
        hour,
        users: [("enterprise".into(), full), ("team".into(), team)].into(),
    };
    Estimate {
        id: "e".into(),
        name: "First".into(),
        version: 1,
        as_of: date(2027, 2, 3),
        author: "lena".into(),
        time_zone: "Europe/Berlin".into(),
        annual_growth: 0.05,
        extension_level: "light".into(),
        stated_peak_users: 25,
        initial_gb: 20.0,
        documents_gb_per_year: 8.0,
        night_window: NightWindow { start: time(22, 0, 0, 0), hours: 8 },
        note: String::new(),
        characteristics: BTreeMap::new(),
        licences: vec![Licence {
            kind: "finance".into(),
            title: "Finance".into(),
            first_day: 30,
            after_last_wave: 40,
        }],
        waves: vec![],
        sites: vec![],
        profiles: [("office".to_owned(), office)].into(),
        hours: vec![hour(9, 20, 4), hour(10, 22, 2), hour(11, 5, 1)],
        processes: vec![
            process("orders", Channel::Client, 100.0, Basis::Measured),
            process("web", Channel::Integration, 300.0, Basis::Counted),
            process("planning", Channel::Batch, 400.0, Basis::Guessed),
        ],
        batches: vec![batch("planning", 23, 2, 800.0), batch("invoices", 0, 1, 100.0)],
        reports: vec![],
    }
}

#[test]
fn the_sums_are_those_of_the_busiest_hours() {
    let sums = Derived::of(&profile(), 0.5);
    assert_eq!((sums.client_peak, sums.integration_peak), (100.0, 300.0));
    // Planning runs over midnight: 400 lines an hour, and 100 of the invoices in the second.
    assert_eq!(sums.batch_peak, 500.0);
    assert_eq!(sums.night_lines, 900.0);
    assert_eq!(sums.guessed_share, 0.3333);
    assert_eq!(sums.users_at_busiest_hour["enterprise"], 20, "the first of two equal hours");
    assert_eq!((sums.process_users_sum, sums.licences), (30.0, 30.0));
    assert_eq!((sums.stored_lines_per_day, sums.client_lines_per_day), (2400.0, 600.0));
}

#[test]
fn a_sum_of_nothing_is_shown_without_a_sign() {
    let sums = Derived::of(&Estimate { processes: vec![], batches: vec![], ..profile() }, 0.5);
    let shown = [sums.client_peak, sums.guessed_share, sums.night_lines, sums.batch_peak];
    assert_eq!(shown.map(|sum| format!("{sum:.0}")), ["0"; 4]);
    let chart = Estimate { processes: vec![], batches: vec![], ..profile() }.load_chart();
    assert_eq!(chart[9].map(|lines| format!("{lines:.0}")), ["0"; 3]);
}

#[test]
fn the_load_chart_follows_the_shapes_and_the_jobs() {
    let chart = profile().load_chart();
    assert_eq!(chart[9], [100.0, 300.0, 0.0]);
    assert_eq!(chart[10], [50.0, 300.0, 0.0]);
    assert_eq!(chart[0], [0.0, 300.0, 500.0]);
}

fn who() -> UserId {
    UserId::named("test", "lena")
}

fn now() -> Timestamp {
    "2027-02-19T22:30:00Z".parse().expect("a moment")
}

fn other() -> EstimateId {
    EstimateId::named("contoso", "other")
}

#[test]
fn the_table_of_an_estimate() {
    let states = [
        ("draft", State::Draft),
        ("active", State::Active { by: who(), since: now() }),
        ("retired", State::Retired { at: now(), why: "old".into() }),
    ];
    let commands = [
        ("write", Command::Write { by: who(), digest: "d".into() }),
        ("activate", Command::Activate { by: who(), replaces: None }),
        ("replace", Command::Replace { by: other() }),
        ("discard", Command::Discard { by: who(), reason: "wrong".into() }),
    ];
    let table = matrix(&states, &commands, |state, command| {
        let around = Around { active: None, faults: &[] };
        decide(state, command, around, now()).ok().map(|change| change.state.name().to_owned())
    });
    assert_eq!(
        table,
        "draft: write→draft activate→active discard→retired\n\
         active: replace→retired\n\
         retired: (final)"
    );
}

#[test]
fn exactly_one_is_active_and_the_one_before_is_replaced_by_name() {
    let activate = |replaces, active| {
        let around = Around { active, faults: &[] };
        decide(&State::Draft, Command::Activate { by: who(), replaces }, around, now())
    };
    assert_eq!(activate(None, Some(other())), Err(Refusal::OtherActive { active: other() }));
    let Ok(Change { event: Event::Activated { replaces, .. }, .. }) =
        activate(Some(other()), Some(other()))
    else {
        panic!("it may be activated")
    };
    assert_eq!(replaces, Some(other()));
    let faults = ["no such level".to_owned()];
    let broken = decide(
        &State::Draft,
        Command::Activate { by: who(), replaces: None },
        Around { active: None, faults: &faults },
        now(),
    );
    assert_eq!(broken, Err(Refusal::Unsized(faults.to_vec())));
}

fn found(states: &[State], licences: facts::Licences) -> Facts {
    let profile = profile();
    let estimates: Vec<(&Estimate, &State)> =
        states.iter().map(|state| (&profile, state)).collect();
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    facts::of(&estimates, licences, &policy(), &zone, now())
}

/// A pack with the one setting that licences are judged by.
fn policy() -> crate::policy::Policy {
    let setting = crate::policy::Setting {
        title: "Licences".into(),
        value: Value::Count(20),
        unit: "count".into(),
        enforcement: None,
        source: "A F014".into(),
        valid_from: date(2026, 1, 1),
        note: None,
        extra: BTreeMap::new(),
    };
    crate::policy::Policy {
        id: "test".into(),
        version: "1".into(),
        title: String::new(),
        description: String::new(),
        valid_from: date(2026, 1, 1),
        extends: None,
        digest: String::new(),
        settings: [("estimate.licences_min".to_owned(), setting)].into(),
    }
}

#[test]
fn the_facts_count_estimates_age_and_licences() {
    let active = || State::Active { by: who(), since: now() };
    let facts = found(&[active(), State::Draft], facts::Licences::default());
    assert_eq!(facts.value("estimate.count"), Value::Count(2));
    assert_eq!(facts.value("estimate.active"), Value::Flag(true));
    let age = facts.get(&"estimate.age_days".into());
    assert_eq!(age.value, Value::Count(16));
    assert_eq!(
        age.holds_until,
        Some("2027-02-19T23:00:00Z".parse().unwrap()),
        "midnight in Berlin"
    );
    assert_eq!(facts.value("licences.sufficient"), Value::Flag(true));
    assert_eq!(
        found(&[active(), active()], facts::Licences::default()).value("estimate.active"),
        Value::Flag(false)
    );
    let few = facts::Licences { allocated: Some(19), bought: Some(10) };
    let short = found(&[active()], few).get(&"licences.sufficient".into());
    assert_eq!(short.value, Value::Flag(false));
    assert_eq!(
        short.details,
        [
            "19 allocated, 30 needed on the first day",
            "19 allocated, 10 bought",
            "19 allocated, at least 20 are asked for"
        ]
    );
}
