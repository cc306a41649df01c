//! The shipped weekend against the figures that were published with it.

use super::super::forecast::{How, forecast};
use super::super::simulate::Simulation;
use super::super::timetable::{Pace, longest_chain, moments, timetable};
use super::*;
use std::collections::BTreeMap;

/// A moment of the weekend, local: `Sun 12:20`.
fn local(at: Timestamp) -> String {
    at.to_zoned_datetime(easter().zone).strftime("%a %H:%M").to_string()
}

fn finish(pace: Pace, task: &str) -> String {
    local(timetable(&weekend(), &easter(), pace).unwrap().finish(task).unwrap())
}

#[test]
fn the_shipped_plan_is_complete_and_counts_as_published() {
    let plan = weekend();
    assert_eq!(plan.problems(), []);
    assert_eq!((plan.tasks.len(), plan.forward().len(), plan.way_back().len()), (149, 133, 16));
    assert_eq!(
        (plan.window_opens.as_str(), plan.window_closes.as_str()),
        ("window-opens", "window-closes")
    );
    assert_eq!(plan.go_no_go().unwrap().id, "cp-go");
    let points: Vec<&str> = plan.points_of_no_return().map(|task| task.id.as_str()).collect();
    assert_eq!(points, ["start-interfaces"]);
}

#[test]
fn the_work_between_opening_and_closing_is_the_published_93_tasks() {
    let plan = weekend();
    assert_eq!(plan.window_tasks().unwrap().len(), 93);
}

#[test]
fn the_longest_chain_is_the_published_one() {
    let expected: toml::Table = {
        let file = include_str!("../../../../../content/cutover/cutover-weekend.toml");
        part(&file.parse().unwrap(), "expected")
    };
    let chain = |pace| longest_chain(&weekend(), "window-opens", "window-closes", pace).unwrap();
    assert_eq!(chain(Pace::Planned).0, part::<Vec<String>>(&expected, "longest_chain"));
    let minutes = [Pace::Planned, Pace::Optimistic, Pace::Pessimistic].map(|pace| chain(pace).1);
    assert_eq!(minutes, [31 * 60 + 40, 19 * 60 + 55, 53 * 60 + 45]);
}

#[test]
fn planned_optimistic_and_pessimistic_times_are_the_published_ones() {
    assert_eq!(finish(Pace::Planned, "cp-data-complete"), "Sat 13:00");
    let validation = [Pace::Planned, Pace::Optimistic, Pace::Pessimistic]
        .map(|pace| finish(pace, "cp-validation"));
    assert_eq!(validation, ["Sun 09:30", "Sun 08:40", "Sun 20:55"]);
    assert_eq!(finish(Pace::Planned, "cp-go"), "Sun 12:00");
    let closing = [Pace::Planned, Pace::Optimistic, Pace::Pessimistic]
        .map(|pace| finish(pace, "window-closes"));
    assert_eq!(closing, ["Sun 12:20", "Sun 11:40", "Mon 00:15"]);
    let moments = moments(&weekend(), &easter()).unwrap();
    assert_eq!(
        (local(moments.window_opens), local(moments.window_ends)),
        ("Fri 18:00".into(), "Sun 14:00".into())
    );
}

#[test]
fn every_start_and_finish_is_that_of_the_shipped_example() {
    let times = timetable(&weekend(), &easter(), Pace::Planned).unwrap();
    let csv = include_str!("../../../../../content/cutover/cutover-weekend.csv");
    let mut compared = 0;
    for line in csv.lines().skip(1) {
        let id = line.split(',').next().unwrap();
        let mut last = line.rsplit(',');
        let (finish, start) = (last.next().unwrap(), last.next().unwrap());
        let Some(slot) = times.slots.get(id) else { continue };
        assert_eq!(
            (slot.earliest_start, slot.earliest_finish),
            (instant(start), instant(finish)),
            "{id}"
        );
        compared += 1;
    }
    assert_eq!(compared, 133);
}

#[test]
fn the_way_back_takes_the_published_time() {
    let plan = weekend();
    let now = instant("2027-04-04T10:00:00Z");
    let moments = moments(&plan, &easter()).unwrap();
    let back =
        super::super::forecast::back_out(&plan, &BTreeMap::new(), &moments, now).unwrap().unwrap();
    let minutes = |until: Timestamp| (until.as_second() - now.as_second()) / 60;
    assert_eq!(minutes(back.released), 4 * 60 + 15);
    assert_eq!(minutes(back.released_pessimistic), 7 * 60 + 10);
    assert_eq!(minutes(back.finished), 6 * 60 + 30);
    assert_eq!(local(back.latest_decision.unwrap()), "Mon 00:45");
    assert_eq!(local(back.latest_decision_pessimistic.unwrap()), "Sun 21:50");
    assert_eq!(back.margin_minutes, Some(17 * 60 - 4 * 60 - 15));
}

#[test]
fn ten_thousand_runs_give_the_published_percentiles() {
    let how = How {
        simulation: Simulation { samples: 10_000, seed: 7, correlation: 0.5 },
        percentile: 80.0,
    };
    let before = instant("2027-03-01T08:00:00Z");
    let found = forecast(&weekend(), &easter(), &BTreeMap::new(), before, how).unwrap();
    let near = |found: Timestamp, published: &str, within: i64| {
        let minutes = (found.as_second() - instant(published).as_second()).abs() / 60;
        assert!(minutes <= within, "{} is {minutes} minutes from {published}", local(found));
    };
    let validation = found.checkpoints["cp-validation"];
    near(validation.p50, "2027-04-04T09:44:00+02:00", 2);
    near(validation.p80, "2027-04-04T10:02:00+02:00", 2);
    near(validation.p95, "2027-04-04T10:18:00+02:00", 2);
    near(found.closing.percentiles.p50, "2027-04-04T12:26:00+02:00", 2);
    near(found.closing.percentiles.p80, "2027-04-04T12:39:00+02:00", 2);
    near(found.closing.percentiles.p95, "2027-04-04T12:50:00+02:00", 2);
    assert!((found.closing.inside_window - 100.0).abs() < 0.1, "{}", found.closing.inside_window);
    // A bad night is bad everywhere: the tail grows, and some runs miss the window.
    near(found.closing_together.percentiles.p95, "2027-04-04T14:13:00+02:00", 20);
    assert!(
        (found.closing_together.inside_window - 94.5).abs() < 1.5,
        "{}",
        found.closing_together.inside_window
    );
    assert_eq!(found.closing.at_policy, found.closing.percentiles.p80);
}

#[test]
fn the_same_seed_gives_the_same_forecast_and_another_seed_another() {
    let at = instant("2027-03-01T08:00:00Z");
    let with = |seed| {
        let simulation = Simulation { samples: 200, seed, correlation: 0.5 };
        forecast(&weekend(), &easter(), &BTreeMap::new(), at, How { simulation, percentile: 95.0 })
            .unwrap()
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1).closing, with(2).closing);
}

#[test]
fn slack_says_how_late_a_task_may_be_before_the_window_is_missed() {
    let times = timetable(&weekend(), &easter(), Pace::Planned).unwrap();
    // The closing has 1 h 40 to the end of the window; the count on Friday night also has the night's rest.
    assert_eq!(times.slots["window-closes"].slack_minutes, 100);
    assert_eq!(times.slots["cp-go"].slack_minutes, 100);
    assert!(times.slots["legacy-count"].slack_minutes > 9 * 60);
    assert!(times.slots["legacy-count"].on_longest_chain);
}
