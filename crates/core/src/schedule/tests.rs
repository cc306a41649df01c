//! Counting back: the published numbers, the clocks, holidays, and a reference that searches by brute force.

use super::back::latest_receipt;
use super::date::{self, Around, Beyond, Command, Event, Refusal, State};
use super::*;
use crate::gate::table::tests::PACK;
use crate::id::UserId;
use crate::value::Value;
use jiff::civil;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("Berlin is a zone")
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("the test writes instants right")
}

/// A calendar of Berlin with the holidays of Easter 2027.
fn calendar() -> Calendar {
    let holiday = |name: &str| {
        let name = name.to_owned();
        vec![crate::calendar::Holiday {
            name,
            local_name: None,
            substitute: false,
            regions: BTreeSet::new(),
        }]
    };
    Calendar {
        id: "de".into(),
        version: "1".into(),
        title: "Germany".into(),
        country: "DE".into(),
        time_zone: "Europe/Berlin".into(),
        weekend: ["saturday".to_owned(), "sunday".to_owned()].into(),
        week_starts: "monday".into(),
        opens: civil::time(9, 0, 0, 0),
        closes: civil::time(17, 0, 0, 0),
        covers_from: civil::date(2026, 1, 1),
        covers_until: civil::date(2028, 12, 31),
        note: None,
        regions: BTreeMap::new(),
        holidays: [
            (civil::date(2027, 3, 26), holiday("Good Friday")),
            (civil::date(2027, 3, 29), holiday("Easter Monday")),
        ]
        .into(),
    }
}

fn lines(basis: &Basis<'_>, now: &str) -> Schedule {
    schedule(basis, &BTreeMap::new(), instant(now)).expect("the pack is complete")
}

fn local(schedule: &Schedule, item: Item) -> String {
    let line = schedule.line(item).expect("the item is on the path");
    line.latest.to_zoned_datetime(berlin()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn basis<'a>(zone: &'a TimeZone, reviewer: &'a Calendar) -> Basis<'a> {
    Basis {
        go_live: civil::date(2027, 4, 5),
        zone,
        model: ServiceModel::Managed,
        policy: &PACK,
        reviewer,
        region: None,
        cutover: None,
        copy_applies: true,
    }
}

#[test]
fn the_published_numbers_are_counted_back_from_the_go_live_date() {
    let (zone, reviewer) = (berlin(), calendar());
    let found = lines(&basis(&zone, &reviewer), "2027-01-01T08:00:00Z");
    let expected = [
        (Item::DateSet, "2027-02-06 00:00"), // two months: 5 February ends
        (Item::ChecklistSent, "2027-03-09 00:00"), // 28 days: 8 March ends
        (Item::ReviewStarted, "2027-03-09 00:00"), // 28 days
        (Item::ReviewReceived, "2027-03-23 23:59"), // business days 24, 25, 30 March: Easter lies between
        (Item::ReviewComplete, "2027-03-31 07:00"), // when production must be signed off
        (Item::ProductionSignedOff, "2027-03-31 07:00"), // 4 h in the queue and 48 h before it is needed
        (Item::ProductionDeployed, "2027-04-02 11:00"),  // when the package is filed
        (Item::PackageFiled, "2027-04-02 11:00"),        // 5 h before its window
        (Item::PackageStarted, "2027-04-02 16:00"), // its window of 4 h ends when the copy starts
        (Item::CopyFiled, "2027-04-02 15:00"),      // 5 h before its window
        (Item::CopyStarted, "2027-04-02 20:00"),    // its window of 4 h ends when the cutover opens
        (Item::CutoverStarted, "2027-04-03 00:00"), // 48 h at most
        (Item::CutoverEnded, "2027-04-05 00:00"),
        (Item::GoLive, "2027-04-05 00:00"),
    ];
    let all: Vec<(Item, String)> =
        found.lines.iter().map(|line| (line.item, local(&found, line.item))).collect();
    assert_eq!(all, expected.map(|(item, at)| (item, at.to_owned())));
    assert_eq!(
        found.line(Item::DateSet).unwrap().recommended,
        Some(instant("2027-01-05T23:00:00Z"))
    );
    let opens = found.line(Item::ChecklistSent).unwrap().earliest;
    assert_eq!(opens, Some(instant("2027-02-07T23:00:00Z")), "eight weeks");
}

#[test]
fn self_service_deploys_in_half_an_hour_and_a_project_without_a_copy_has_no_copy() {
    let (zone, reviewer) = (berlin(), calendar());
    let basis =
        Basis { model: ServiceModel::SelfService, copy_applies: false, ..basis(&zone, &reviewer) };
    let found = lines(&basis, "2027-01-01T08:00:00Z");
    assert_eq!(local(&found, Item::PackageStarted), "2027-04-02 20:00");
    assert_eq!(local(&found, Item::ProductionDeployed), "2027-04-02 15:00");
    assert_eq!(local(&found, Item::ProductionSignedOff), "2027-04-02 14:30");
    assert!(found.line(Item::CopyStarted).is_none());
}

#[test]
fn hours_are_hours_when_the_clocks_change_and_days_are_days() {
    // Clocks go forward on Sunday, 28 March 2027: that day has 23 hours.
    let (zone, reviewer) = (berlin(), calendar());
    let found = lines(
        &Basis { go_live: civil::date(2027, 3, 29), ..basis(&zone, &reviewer) },
        "2027-01-01T08:00:00Z",
    );
    assert_eq!(local(&found, Item::CutoverStarted), "2027-03-26 23:00");
    assert_eq!(local(&found, Item::ReviewStarted), "2027-03-02 00:00");
}

#[test]
fn the_first_thing_that_no_longer_fits_is_named_and_what_is_done_does_not_count() {
    let (zone, reviewer) = (berlin(), calendar());
    let basis = basis(&zone, &reviewer);
    let now = instant("2027-03-10T08:00:00Z");
    let done =
        |items: &[(Item, &str)]| items.iter().map(|(item, at)| (*item, instant(at))).collect();
    let found = schedule(&basis, &done(&[(Item::DateSet, "2026-12-01T09:00:00Z")]), now).unwrap();
    let miss = found.first_miss().unwrap();
    assert_eq!(miss.item, Item::ChecklistSent);
    assert_eq!(miss.fit, Fit::Missed { late_minutes: 33 * 60 });
    let sent =
        [(Item::DateSet, "2026-12-01T09:00:00Z"), (Item::ChecklistSent, "2027-03-09T09:00:00Z")];
    let found = schedule(&basis, &done(&sent), now).unwrap();
    assert_eq!(found.first_miss().unwrap().item, Item::ReviewStarted);
    assert_eq!(found.first_miss().unwrap().enforcement, Some(Enforcement::Warn));
    assert_eq!(
        found.line(Item::DateSet).unwrap().fit,
        Fit::Done { at: instant("2026-12-01T09:00:00Z") }
    );
    assert!(matches!(found.line(Item::ChecklistSent).unwrap().fit, Fit::DoneLate { .. }));
    assert_eq!(found.next().unwrap().item, Item::ReviewReceived);
    assert_eq!(found.holds_until(), Some(instant("2027-03-23T22:59:59Z")));
}

#[test]
fn the_first_date_that_fits_is_found() {
    let (zone, reviewer) = (berlin(), calendar());
    let basis = basis(&zone, &reviewer);
    let fits = |now| first_fitting(&basis, &BTreeMap::new(), instant(now)).unwrap();
    assert_eq!(fits("2027-01-10T08:00:00Z"), Some(civil::date(2027, 4, 5)));
    // 28 days after 20 March, whose day still counts.
    assert_eq!(fits("2027-03-20T08:00:00Z"), Some(civil::date(2027, 4, 17)));
}

#[test]
fn the_pack_and_the_plan_must_be_whole() {
    let (zone, reviewer) = (berlin(), calendar());
    let mut policy = PACK.clone();
    policy.settings.remove("review.latest_start");
    let broken = schedule(
        &Basis { policy: &policy, ..basis(&zone, &reviewer) },
        &BTreeMap::new(),
        Timestamp::UNIX_EPOCH,
    );
    assert_eq!(broken, Err(Fault::NoSetting("review.latest_start".into())));
}

/// The same by trying every day, from the last one back.
fn by_brute_force(calendar: &Calendar, until: Timestamp, days: i32) -> Timestamp {
    let mut day = calendar_day(until).tomorrow().unwrap();
    loop {
        let noon = crate::calendar::instant(day.at(12, 0, 0, 0), "Europe/Berlin").unwrap();
        if calendar.due(noon, days, None).unwrap() <= until {
            let midnight =
                crate::calendar::instant(day.tomorrow().unwrap().at(0, 0, 0, 0), "Europe/Berlin")
                    .unwrap();
            return midnight.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap();
        }
        day = day.yesterday().unwrap();
    }
}

fn calendar_day(at: Timestamp) -> civil::Date {
    berlin().to_datetime(at).date()
}

proptest! {
    #[test]
    fn the_latest_receipt_is_the_one_that_trying_every_day_finds(
        hours in 0i64..24 * 200,
        days in 0i32..12,
        off in prop::collection::btree_set(0i32..200, 0..40),
    ) {
        let first = civil::date(2027, 1, 1);
        let mut calendar = calendar();
        for day in off {
            let date = first.checked_add(jiff::Span::new().days(day)).unwrap();
            calendar.holidays.insert(date, calendar.holidays[&civil::date(2027, 3, 26)].clone());
        }
        let until = instant("2027-01-01T00:00:00Z").checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
        let found = latest_receipt(&calendar, None, until, days).unwrap();
        prop_assert_eq!(found, by_brute_force(&calendar, until, days));
    }

    #[test]
    fn every_latest_moment_lies_before_what_it_waits_for(day in 0i32..1500, copy in any::<bool>(), managed in any::<bool>()) {
        let (zone, reviewer) = (berlin(), calendar());
        let go_live = civil::date(2026, 3, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        let model = if managed { ServiceModel::Managed } else { ServiceModel::SelfService };
        let basis = Basis { go_live, model, copy_applies: copy, ..basis(&zone, &reviewer) };
        let found = lines(&basis, "2026-01-01T00:00:00Z");
        let at = |item| found.line(item).unwrap().latest;
        prop_assert!(at(Item::DateSet) < at(Item::ChecklistSent));
        prop_assert!(at(Item::ReviewReceived) < at(Item::ReviewComplete));
        prop_assert!(at(Item::ReviewComplete) <= at(Item::ProductionSignedOff));
        prop_assert!(at(Item::ProductionSignedOff) < at(Item::ProductionDeployed));
        prop_assert!(at(Item::ProductionDeployed) <= at(Item::PackageFiled));
        prop_assert!(at(Item::PackageFiled) < at(Item::PackageStarted));
        if copy {
            prop_assert!(at(Item::CopyFiled) < at(Item::CopyStarted));
            prop_assert!(at(Item::PackageStarted) < at(Item::CopyStarted));
            prop_assert!(at(Item::CopyStarted) < at(Item::CutoverStarted));
        }
        prop_assert!(at(Item::CutoverStarted) < at(Item::CutoverEnded));
        prop_assert!(at(Item::CutoverEnded) <= at(Item::GoLive));
    }
}

fn around<'a>(zone: &'a TimeZone, reviewed: Option<&str>) -> Around<'a> {
    Around {
        policy: &PACK,
        zone,
        is_authority: false,
        is_live: false,
        reviewed: reviewed.map(instant),
    }
}

fn to(day: civil::Date) -> Command {
    Command { by: UserId::named("t", "lena"), to: day, reason: "supplier late".into() }
}

fn set(day: civil::Date) -> State {
    let zone = berlin();
    let now = instant("2026-12-01T09:00:00Z");
    date::decide(&State::Unset, to(day), around(&zone, None), now).unwrap().state
}

#[test]
fn a_move_needs_a_reason_keeps_history_and_near_the_date_the_authority() {
    let zone = berlin();
    let state = set(civil::date(2027, 4, 5));
    let silent = Command { reason: " ".into(), ..to(civil::date(2027, 4, 12)) };
    let early = instant("2027-01-10T09:00:00Z");
    assert_eq!(date::decide(&state, silent, around(&zone, None), early), Err(Refusal::NoReason));
    assert_eq!(
        date::decide(&state, to(civil::date(2027, 4, 5)), around(&zone, None), early),
        Err(Refusal::Same(civil::date(2027, 4, 5)))
    );
    assert_eq!(
        date::decide(&state, to(civil::date(2027, 1, 10)), around(&zone, None), early),
        Err(Refusal::Past(civil::date(2027, 1, 10)))
    );
    let late = instant("2027-03-10T09:00:00Z");
    let near = date::decide(&state, to(civil::date(2027, 4, 12)), around(&zone, None), late);
    assert_eq!(near, Err(Refusal::NotTheAuthority { days_left: 26 }));
    let authority = Around { is_authority: true, ..around(&zone, None) };
    let State::Set { date, history } =
        date::decide(&state, to(civil::date(2027, 4, 12)), authority, late).unwrap().state
    else {
        panic!("it is set")
    };
    assert_eq!(
        (date, history.len(), history[1].from),
        (civil::date(2027, 4, 12), 2, Some(civil::date(2027, 4, 5)))
    );
    let live = Around { is_live: true, ..authority };
    assert_eq!(date::decide(&state, to(civil::date(2027, 4, 12)), live, late), Err(Refusal::Live));
}

#[test]
fn a_move_beyond_the_tolerance_asks_for_confirmation_and_so_do_small_moves_added_up() {
    let zone = berlin();
    let around = Around { is_authority: true, ..around(&zone, Some("2027-01-08T09:00:00Z")) };
    let moved = |state: &State, day| {
        let change = date::decide(state, to(day), around, instant("2027-01-10T09:00:00Z")).unwrap();
        let Event::DateMoved { review_to_be_confirmed, .. } = change.event else {
            panic!("it was moved")
        };
        (change.state, review_to_be_confirmed)
    };
    let first = set(civil::date(2027, 4, 5));
    let beyond = |setting: &str, days, moved| Some(Beyond { setting: setting.into(), days, moved });
    assert_eq!(
        moved(&first, civil::date(2027, 4, 13)).1,
        beyond("go_live.date_move_tolerance", 7, 8)
    );
    let (second, one) = moved(&first, civil::date(2027, 4, 12));
    let (third, back) = moved(&second, civil::date(2027, 4, 5));
    assert_eq!((one, back), (None, None), "seven days there and seven back are tolerated");
    let total = moved(&third, civil::date(2027, 4, 6)).1;
    assert_eq!(total, beyond("go_live.date_moves_total_tolerance", 14, 15));
    let unreviewed = Around { reviewed: None, ..around };
    let change = date::decide(
        &first,
        to(civil::date(2027, 5, 5)),
        unreviewed,
        instant("2027-01-10T09:00:00Z"),
    );
    assert!(matches!(change.unwrap().event, Event::DateMoved { review_to_be_confirmed: None, .. }));
}

#[test]
fn the_lead_is_measured_when_the_date_was_last_set() {
    let zone = berlin();
    let state = set(civil::date(2027, 4, 5));
    let facts = date::facts(&state, None, &zone);
    assert_eq!(facts.value("project.go_live_date"), Value::from("2027-04-05"));
    let Value::Number(months) = facts.value("go_live.lead_months") else {
        panic!("a number of months")
    };
    assert!((months - (4.0 + 4.0 / 30.0)).abs() < 1e-9, "{months}");
    assert_eq!(
        date::facts(&State::Unset, None, &zone).value("go_live.lead_months"),
        Value::Missing
    );
}
