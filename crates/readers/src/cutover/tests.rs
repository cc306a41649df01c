//! The shipped plan in both forms, and what is refused where.

use super::*;
use crate::content::shipped;
use crate::source::listed;
use golive_core::cutover::merge::preview;
use golive_core::cutover::timetable::{Anchor, Pace, timetable};

const TOML: &[u8] = include_bytes!("../../../../content/cutover/cutover-weekend.toml");
const CSV: &[u8] = include_bytes!("../../../../content/cutover/cutover-weekend.csv");

fn words() -> Words<'static> {
    let content = shipped();
    let policy = content.policies.values().next().expect("packs are shipped");
    Words { vocabulary: &content.vocabulary, policy }
}

fn weekend() -> Plan {
    read("w.toml", TOML, &words()).unwrap_or_else(|errors| panic!("{}", listed(&errors)))
}

/// The errors after a change of the shipped file.
fn refused(from: &str, to: &str) -> Vec<String> {
    let text = std::str::from_utf8(TOML).unwrap();
    assert!(text.contains(from), "{from}");
    let errors = read("w.toml", text.replacen(from, to, 1).as_bytes(), &words()).unwrap_err();
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn the_shipped_plan_is_read_whole() {
    let plan = weekend();
    assert_eq!((plan.tasks.len(), plan.streams.len(), plan.sections.len()), (149, 8, 10));
    assert_eq!(plan.problems(), []);
    assert_eq!(
        (plan.window_opens.as_str(), plan.window_closes.as_str()),
        ("window-opens", "window-closes")
    );
}

#[test]
fn csv_holds_the_same_tasks_and_comes_back_byte_by_byte() {
    let plan = weekend();
    let found =
        tasks("w.csv", CSV, &plan, &words()).unwrap_or_else(|errors| panic!("{}", listed(&errors)));
    assert!(preview(&plan, &found).is_empty(), "{:?}", preview(&plan, &found).changed);
    assert_eq!(found, plan.tasks);
    let anchor = Anchor::new(jiff::civil::date(2027, 4, 5), "Europe/Berlin").unwrap();
    let times = timetable(&plan, &anchor, Pace::Planned).unwrap();
    assert_eq!(to_csv(&plan, Some((&times, &anchor))), std::str::from_utf8(CSV).unwrap());
    let again = tasks("again.csv", to_csv(&plan, None).as_bytes(), &plan, &words()).unwrap();
    assert_eq!(again, plan.tasks);
}

#[test]
fn a_changed_row_is_shown_before_it_is_stored() {
    let plan = weekend();
    let text = std::str::from_utf8(CSV).unwrap().replacen(",90,60,120,", ",95,60,120,", 1);
    let found = preview(&plan, &tasks("w.csv", text.as_bytes(), &plan, &words()).unwrap());
    assert_eq!((found.changed.len(), found.unchanged), (1, 148));
    assert_eq!(found.changed[0].fields[0].field, "planned_minutes");
}

#[test]
fn errors_of_a_plan_name_file_line_and_id() {
    assert_eq!(
        refused("owner = \"deputy-cutover-manager\"", "owner = \"deputy\""),
        [
            "w.toml:164: task \"prep-confirm-people\": expected a role of the vocabulary; found `deputy`"
        ]
    );
    assert_eq!(
        refused("predecessors = [\"prep-briefing\"]", "predecessors = [\"briefing\"]"),
        [
            "w.toml:164: task \"prep-confirm-people\": expected predecessors that are tasks of the same part of the plan; \
          found `briefing`"
        ]
    );
    assert_eq!(
        refused("predecessors = []", "predecessors = [\"prep-confirm-people\"]"),
        ["w.toml:146: task \"prep-briefing\": expected tasks that do not wait for each other; \
          found prep-briefing → prep-confirm-people"]
    );
    assert_eq!(
        refused("operation = \"configuration.compare\"\n", ""),
        [
            "w.toml:219: task \"prep-compare-settings\": expected an operation for an automatic task; found none"
        ]
    );
    assert!(refused("planned = 90", "planed = 90")[0].contains("unknown field `planed`"));
    assert!(refused("time = \"18:00\"", "time = \"25:00\"")[0].starts_with("w.toml:2"));
    assert!(
        refused("time_zone = \"project\"", "time_zone = \"UTC\"")[0]
            .contains("found unknown variant `UTC`")
    );
}

#[test]
fn errors_of_a_table_name_row_and_column() {
    let plan = weekend();
    let text = std::str::from_utf8(CSV).unwrap();
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let errors =
            tasks("w.csv", text.replacen(from, to, 1).as_bytes(), &plan, &words()).unwrap_err();
        listed(&errors)
    };
    assert_eq!(
        refused(",240,120,480,prep-briefing,", ",240,120,480,briefing,"),
        "w.csv row 3, column predecessors: task \"prep-confirm-people\": expected predecessors that are tasks of the same \
         part of the plan; found `briefing`"
    );
    assert_eq!(
        refused(",-13,10:00,", ",-13,soon,"),
        "w.csv row 2, column fixed_time: expected a day such as -3 and a time such as 18:00; found `-13` and `soon`"
    );
    assert_eq!(
        refused(",90,60,120,", ",long,60,120,"),
        "w.csv row 2, column planned_minutes: expected whole minutes; found long"
    );
    assert_eq!(
        refused("prep-confirm-people,1020", "prep-briefing,1020"),
        "w.csv row 3, column id: expected each name once; found prep-briefing, as in row 2"
    );
    assert!(
        refused("preparation,command,task", "nowhere,command,task")
            .contains("expected a section of the plan")
    );
}
