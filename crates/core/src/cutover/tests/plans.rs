//! What is wrong with a plan, its order, its merge and its drift.

use super::super::drift::{drift, take_over};
use super::super::merge::{merged, preview};
use super::super::task::State;
use super::*;
use std::collections::BTreeMap;

fn sentences(plan: &Plan) -> Vec<String> {
    plan.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn a_sound_plan_has_no_problem() {
    assert_eq!(small().problems(), []);
}

#[test]
fn every_cycle_is_named_with_its_tasks_in_the_order_of_work() {
    let mut plan = small();
    plan.tasks[1].predecessors = vec!["decide".into()];
    let mut x = task("x", 5, &["y"]);
    x.number = 7;
    plan.tasks.extend([x, task("y", 5, &["x"])]);
    assert_eq!(
        sentences(&plan),
        ["these tasks wait for each other: a → decide", "these tasks wait for each other: x → y"]
    );
    assert!(timetable(&plan, &easter(), timetable::Pace::Planned).is_err());
}

#[test]
fn a_task_that_waits_for_itself_is_a_cycle() {
    let mut plan = small();
    plan.tasks[1].predecessors.push("a".into());
    assert_eq!(sentences(&plan), ["these tasks wait for each other: a"]);
}

#[test]
fn all_problems_are_told_at_once_and_by_the_tasks_id() {
    let mut plan = small();
    plan.tasks[1].predecessors.push("nobody".into());
    plan.tasks[2].backup = plan.tasks[2].owner.clone();
    plan.tasks[2].undo.clear();
    plan.tasks[2].durations.optimistic = 99;
    plan.tasks[3].owner.clear();
    plan.tasks[4].section = "elsewhere".into();
    plan.window_closes = "closing".into();
    assert_eq!(
        sentences(&plan),
        [
            "`a` waits for `nobody`, which is not a task of this part of the plan",
            "the window closes with `closing`, which is not a task of the plan",
            "`b`: optimistic, planned and pessimistic minutes must not fall",
            "`b`: owner and backup are the same",
            "`b` does not say how it is taken back",
            "`decide` has no owner",
            "`close` stands in the section `elsewhere`, which the plan does not list",
        ]
    );
    assert_eq!(plan.structural_problems().len(), 4);
}

#[test]
fn the_forward_plan_does_not_wait_for_the_way_back() {
    let mut plan = small();
    plan.tasks[1].predecessors.push("restore".into());
    assert_eq!(
        sentences(&plan),
        ["`a` waits for `restore`, which is not a task of this part of the plan"]
    );
}

#[test]
fn a_plan_without_a_way_back_or_point_of_no_return_is_incomplete_but_runs() {
    let mut plan = small();
    plan.tasks.retain(|task| !task.is_way_back());
    plan.tasks.iter_mut().for_each(|task| task.point_of_no_return = false);
    assert_eq!(plan.problems(), [Problem::NoPointOfNoReturn, Problem::NoWayBack]);
    assert_eq!(plan.structural_problems(), []);
}

#[test]
fn the_digest_changes_with_every_word_and_with_nothing_else() {
    let plan = small();
    assert_eq!(plan.digest(), small().digest());
    let mut other = plan.clone();
    other.tasks[0].instructions.push('.');
    assert_ne!(plan.digest(), other.digest());
    let back: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(back, plan);
}

#[test]
fn a_fixed_start_keeps_its_local_time_over_the_change_of_the_clocks() {
    // Clocks go forward in Berlin on Sunday, 28 March 2027, at 02:00.
    let anchor = Anchor::new(date(2027, 3, 29), "Europe/Berlin").unwrap();
    let moment = |day, hour| at(day, hour).at(anchor.go_live, &anchor.zone).unwrap();
    assert_eq!(moment(-2, 18), instant("2027-03-27T17:00:00Z"));
    assert_eq!(moment(-1, 18), instant("2027-03-28T16:00:00Z"));
    assert_eq!(
        moment(-1, 2),
        instant("2027-03-28T01:00:00Z"),
        "02:00 does not exist and becomes 03:00"
    );
    // A window of 24 hours is 24 hours long, whatever the clocks do.
    let plan = Plan { window_start: at(-2, 18), window_hours: 24, ..small() };
    let moments = timetable::moments(&plan, &anchor).unwrap();
    assert_eq!(moments.window_ends, instant("2027-03-28T17:00:00Z"));
}

#[test]
fn a_preview_tells_what_an_import_adds_changes_and_removes() {
    let plan = small();
    let mut tasks = plan.tasks.clone();
    tasks.remove(2);
    tasks[1].durations.planned = 61;
    tasks[1].durations.pessimistic = 61;
    tasks[2].predecessors = vec!["a".into(), "c".into()];
    tasks.push(task("c", 15, &["open"]));
    let found = preview(&plan, &tasks);
    assert_eq!(found.added.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), ["c"]);
    assert_eq!(found.removed.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(found.unchanged, 5);
    let changed: Vec<String> = found
        .changed
        .iter()
        .flat_map(|c| {
            c.fields.iter().map(move |f| format!("{} {}: {} → {}", c.task, f.field, f.old, f.new))
        })
        .collect();
    assert_eq!(
        changed,
        [
            "a planned_minutes: 60 → 61",
            "a pessimistic_minutes: 60 → 61",
            "decide predecessors: a;b → a;c"
        ]
    );
    assert_eq!(merged(&plan, tasks).problems(), []);
    assert!(preview(&plan, &plan.tasks).is_empty());
}

fn done(started: &str, finished: &str) -> State {
    State::Done {
        by: who("anna"),
        started: instant(started),
        finished: instant(finished),
        note: String::new(),
    }
}

#[test]
fn drift_is_told_by_task_and_owner_and_offers_new_durations() {
    let mut plan = small();
    plan.tasks[2].owner = "data-engineer".into();
    let skipped = State::Skipped {
        by: who("anna"),
        at: instant("2027-04-04T16:00:00Z"),
        reason: "no shop".into(),
    };
    let states = BTreeMap::from([
        ("a".to_owned(), done("2027-04-04T16:00:00Z", "2027-04-04T17:30:40Z")),
        ("b".to_owned(), done("2027-04-04T16:00:00Z", "2027-04-04T16:30:00Z")),
        ("close".to_owned(), skipped),
    ]);
    let found = drift(&plan, &states);
    let lines: Vec<(&str, u32, i64)> =
        found.tasks.iter().map(|t| (t.task.as_str(), t.actual, t.minutes)).collect();
    assert_eq!(lines, [("a", 90, 30), ("b", 30, 0)]);
    assert_eq!(found.owners["technical-lead"].minutes, 30);
    assert_eq!(found.owners["data-engineer"].minutes, 0);
    assert_eq!(found.skipped["close"], "no shop");
    let offer = Durations { optimistic: 60, planned: 90, pessimistic: 90 };
    assert_eq!(found.tasks[0].offer, Some(offer));
    assert_eq!(found.tasks[1].offer, None);
    let next = take_over(&plan, &found, |_| true);
    assert_eq!(next.task("a").unwrap().durations, offer);
    assert_eq!(take_over(&plan, &found, |drift| drift.task != "a"), plan);
}

/// Germany with the holidays of Easter 2027.
fn germany() -> crate::calendar::Calendar {
    let holiday = |name: &str| {
        let name = name.to_owned();
        vec![crate::calendar::Holiday {
            name,
            local_name: None,
            substitute: false,
            regions: [].into(),
        }]
    };
    crate::calendar::Calendar {
        id: "de".into(),
        version: "1".into(),
        title: "Germany".into(),
        country: "DE".into(),
        time_zone: "Europe/Berlin".into(),
        weekend: ["saturday".to_owned(), "sunday".to_owned()].into(),
        week_starts: "monday".into(),
        opens: jiff::civil::time(9, 0, 0, 0),
        closes: jiff::civil::time(17, 0, 0, 0),
        covers_from: date(2026, 1, 1),
        covers_until: date(2028, 12, 31),
        note: None,
        regions: BTreeMap::new(),
        holidays: [
            (date(2027, 3, 26), holiday("Good Friday")),
            (date(2027, 3, 29), holiday("Easter Monday")),
        ]
        .into(),
    }
}

#[test]
fn a_plan_is_held_against_the_pack() {
    use super::super::advice::{Site, advice};
    use crate::gate::table::tests::PACK;
    let germany = germany();
    let sites = [Site { calendar: &germany, region: None }];
    let found = |plan: &Plan, go_live| {
        let anchor = Anchor::new(go_live, "Europe/Berlin").unwrap();
        let advice = advice(plan, &anchor, &sites, &PACK);
        let line = |a: advice::Advice| {
            format!("{} {} of {}: {}", a.setting, a.value, a.threshold, a.details.join(", "))
        };
        advice.into_iter().map(line).collect::<Vec<_>>()
    };
    // Contoso's window opens two days after the end of the quarter; Easter is far enough.
    let plan = weekend();
    assert_eq!(found(&plan, date(2027, 4, 5)), ["cutover.month_end_distance 2 of 3: 2027-03-31"]);
    assert_eq!(found(&plan, date(2027, 4, 19)), [""; 0]);
    assert_eq!(
        found(&plan, date(2027, 3, 29)),
        [
            "cutover.holiday_distance 0 of 2: 2027-03-26: Good Friday (Germany), 2027-03-29: Easter Monday (Germany)"
        ]
    );
    let mut long = Plan { window_hours: 49, retry_after_days: None, ..plan };
    long.tasks[0].undo.clear();
    assert_eq!(
        found(&long, date(2027, 4, 19)),
        [
            "cutover.window_max 49 of 48: ",
            "cutover.undo_described 99.33 of 100: prep-briefing",
            "cutover.retry_date_named no of yes: "
        ]
    );
}
