//! The cutover's rules, judged by the shipped weekend and by small plans.

mod figures;
mod live;
mod machines;
mod plans;

use super::plan::window_by_convention;
use super::*;
use crate::id::UserId;
use jiff::Timestamp;
use jiff::civil::date;

fn who(name: &str) -> UserId {
    UserId::named("test", name)
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("the test writes instants right")
}

/// A part of a TOML file as the type that it stands for.
fn part<T: serde::de::DeserializeOwned>(table: &toml::Table, key: &str) -> T {
    table[key].clone().try_into().expect("the shipped plan has this shape")
}

/// The shipped cutover weekend; readers have their own tests.
fn weekend() -> Plan {
    let file = include_str!("../../../../content/cutover/cutover-weekend.toml");
    let file: toml::Table = file.parse().expect("the shipped plan is TOML");
    let head: toml::Table = part(&file, "plan");
    let tasks: Vec<Task> = part(&file, "task");
    let (opens, closes) = window_by_convention(&tasks, part(&head, "window_start"));
    Plan {
        id: part(&head, "id"),
        version: part(&head, "version"),
        title: part(&head, "title"),
        description: part(&head, "description"),
        window_start: part(&head, "window_start"),
        window_hours: part(&head, "window_hours"),
        business_start: part(&head, "business_start"),
        old_system_needed_again: Some(part(&head, "old_system_needed_again")),
        retry_after_days: Some(part(&head, "retry_after_days")),
        window_opens: opens.expect("one task opens the window"),
        window_closes: closes.expect("one milestone closes it"),
        streams: part(&file, "stream"),
        sections: part(&file, "section"),
        tasks,
    }
}

/// Go-live on Monday, 5 April 2027, in Berlin.
fn easter() -> Anchor {
    Anchor::new(date(2027, 4, 5), "Europe/Berlin").expect("Berlin is a zone")
}

fn task(id: &str, minutes: u32, predecessors: &[&str]) -> Task {
    Task {
        id: id.into(),
        number: 1,
        title: id.into(),
        section: "work".into(),
        stream: "all".into(),
        kind: Kind::Task,
        owner: "technical-lead".into(),
        backup: "operator".into(),
        durations: Durations { optimistic: minutes, planned: minutes, pessimistic: minutes },
        predecessors: predecessors.iter().map(|&p| p.to_owned()).collect(),
        fixed_start: None,
        point_of_no_return: false,
        verification: "seen".into(),
        undo: "take back".into(),
        instructions: String::new(),
    }
}

fn at(day: i32, hour: i8) -> DayTime {
    DayTime { day, time: jiff::civil::time(hour, 0, 0, 0) }
}

/// open → a (60) and b (30) → decide → close → live, with a way back of a checkpoint and one task.
fn small() -> Plan {
    let mut decide = task("decide", 10, &["a", "b"]);
    decide.kind = Kind::Checkpoint;
    let mut live = task("live", 5, &["close"]);
    live.point_of_no_return = true;
    let mut close = task("close", 0, &["decide"]);
    close.kind = Kind::Milestone;
    let mut open = task("open", 0, &[]);
    open.fixed_start = Some(at(-1, 18));
    let mut back = task("back", 10, &[]);
    back.kind = Kind::Checkpoint;
    let mut restore = task("restore", 50, &["back"]);
    for task in [&mut back, &mut restore] {
        task.section = plan::WAY_BACK.into();
    }
    let section = |id: &str| Section {
        id: id.into(),
        number: 1,
        title: id.into(),
        description: String::new(),
    };
    let lead = "technical-lead".to_owned();
    Plan {
        id: "small".into(),
        version: "1".into(),
        title: "Small".into(),
        description: String::new(),
        window_start: at(-1, 18),
        window_hours: 3,
        business_start: at(0, 6),
        old_system_needed_again: Some(at(0, 5)),
        retry_after_days: Some(7),
        window_opens: "open".into(),
        window_closes: "close".into(),
        streams: vec![Stream {
            id: "all".into(),
            number: 1,
            title: "All".into(),
            lead,
            description: String::new(),
        }],
        sections: vec![section("work"), section(plan::WAY_BACK)],
        tasks: vec![
            open,
            task("a", 60, &["open"]),
            task("b", 30, &["open"]),
            decide,
            close,
            live,
            back,
            restore,
        ],
    }
}
