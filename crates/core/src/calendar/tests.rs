//! Tests of business days, of clocks that run in them, and of civil times around a change of the clocks.

use super::*;
use jiff::civil::{date, time};

fn calendar() -> Calendar {
    let day = |name: &str, regions: &[&str]| Holiday {
        name: name.into(),
        local_name: None,
        substitute: false,
        regions: regions.iter().map(|r| (*r).to_owned()).collect(),
    };
    let region =
        Region { id: "HH".into(), title: "Hamburg".into(), time_zone: "Europe/Berlin".into() };
    Calendar {
        id: "t".into(),
        version: "1".into(),
        title: "Test".into(),
        country: "DE".into(),
        time_zone: "Europe/Berlin".into(),
        weekend: ["saturday".to_owned(), "sunday".to_owned()].into(),
        week_starts: "monday".into(),
        opens: time(9, 0, 0, 0),
        closes: time(17, 0, 0, 0),
        covers_from: date(2027, 1, 1),
        covers_until: date(2027, 12, 31),
        note: None,
        regions: [("HH".to_owned(), region)].into(),
        holidays: [
            (date(2027, 3, 26), vec![day("Good Friday", &[])]),
            (date(2027, 3, 29), vec![day("Easter Monday", &[])]),
            (date(2027, 10, 1), vec![day("Town day", &["HH"])]),
        ]
        .into(),
    }
}

#[test]
fn three_business_days_step_over_weekend_and_holidays() {
    assert_eq!(calendar().add_business_days(date(2027, 3, 25), 3, None), date(2027, 4, 1));
    assert_eq!(calendar().add_business_days(date(2027, 4, 1), -3, None), date(2027, 3, 25));
}

#[test]
fn zero_business_days_is_the_day_itself_or_the_next_one_that_works() {
    assert_eq!(calendar().add_business_days(date(2027, 3, 25), 0, None), date(2027, 3, 25));
    assert_eq!(calendar().add_business_days(date(2027, 3, 26), 0, None), date(2027, 3, 30));
}

#[test]
fn a_holiday_of_a_region_counts_only_there() {
    assert!(calendar().is_business_day(date(2027, 10, 1), None));
    assert!(!calendar().is_business_day(date(2027, 10, 1), Some("HH")));
    assert_eq!(calendar().add_business_days(date(2027, 9, 30), 1, Some("HH")), date(2027, 10, 4));
}

#[test]
fn counting_and_adding_agree() {
    let calendar = calendar();
    let start = date(2027, 3, 20);
    for days in 1..=15 {
        let end = calendar.add_business_days(start, days, Some("HH"));
        assert_eq!(calendar.business_days_between(start, end, Some("HH")), days, "{end}");
    }
    assert_eq!(calendar.business_days_between(date(2027, 4, 1), date(2027, 3, 25), None), -3);
}

#[test]
fn beyond_its_years_a_calendar_knows_only_weekends_and_says_so() {
    assert!(calendar().is_covered(date(2027, 12, 31)));
    assert!(!calendar().is_covered(date(2028, 1, 1)));
    assert_eq!(calendar().add_business_days(date(2028, 12, 22), 1, None), date(2028, 12, 25));
    assert_eq!(calendar().add_business_days(Date::MAX, 3, None), Date::MAX);
}

#[test]
fn a_clock_of_business_days_runs_out_when_work_ends_also_after_the_clocks_change() {
    // From Thursday (UTC+1) over Easter and the change to summer time to Thursday (UTC+2).
    let start = "2027-03-25T10:00:00Z".parse().unwrap();
    assert_eq!(calendar().due(start, 3, Some("HH")).unwrap().to_string(), "2027-04-01T15:00:00Z");
}

#[test]
fn a_clock_starts_on_the_day_that_the_zone_shows() {
    // 23:30 UTC on Wednesday is already Thursday in Berlin.
    let start = "2027-03-24T23:30:00Z".parse().unwrap();
    assert_eq!(calendar().due(start, 1, None).unwrap().to_string(), "2027-03-30T15:00:00Z");
}

#[test]
fn working_time_counts_only_opening_hours_of_business_days() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let worked =
        |from, until| calendar().working_time(at(from), at(until), None).unwrap().as_mins();
    assert_eq!(worked("2027-03-25T15:00:00Z", "2027-03-30T08:00:00Z"), 60 + 60);
    assert_eq!(worked("2027-03-25T06:00:00Z", "2027-03-25T20:00:00Z"), 8 * 60);
    assert_eq!(worked("2027-03-27T06:00:00Z", "2027-03-28T20:00:00Z"), 0);
    assert_eq!(worked("2027-03-25T12:00:00Z", "2027-03-25T11:00:00Z"), 0);
}

#[test]
fn a_civil_time_that_is_skipped_moves_on_and_one_that_occurs_twice_is_the_first() {
    let berlin = "Europe/Berlin";
    let spring = date(2027, 3, 28).at(2, 30, 0, 0);
    assert_eq!(instant(spring, berlin).unwrap().to_string(), "2027-03-28T01:30:00Z");
    assert_eq!(clarity(spring, berlin), Ok(Clarity::Skipped));
    let autumn = date(2027, 10, 31).at(2, 30, 0, 0);
    assert_eq!(instant(autumn, berlin).unwrap().to_string(), "2027-10-31T00:30:00Z");
    assert_eq!(clarity(autumn, berlin), Ok(Clarity::Twice));
    assert_eq!(clarity(date(2027, 4, 2).at(18, 0, 0, 0), berlin), Ok(Clarity::Clear));
}

#[test]
fn an_unknown_zone_is_refused() {
    assert_eq!(
        instant(date(2027, 4, 2).at(18, 0, 0, 0), "Mars/Olympus"),
        Err(UnknownZone("Mars/Olympus".into()))
    );
}
