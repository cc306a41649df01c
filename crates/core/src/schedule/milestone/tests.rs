//! Milestones: the table of the machine, publishing, confirming, facts.

use super::*;
use crate::fact::FactId;
use crate::value::Value;
use jiff::civil::date;

fn now() -> Timestamp {
    "2027-02-19T09:00:00Z".parse().unwrap()
}

fn by() -> UserId {
    UserId::named("t", "lena")
}

fn milestone(name: &str, phase: &str, days: i32) -> Milestone {
    Milestone {
        id: MilestoneId::named("t", name),
        project: ProjectId::named("t", "p"),
        name: name.into(),
        phase: phase.into(),
        title: name.to_uppercase(),
        meaning: String::new(),
        days_before_go_live: days,
        required: true,
        kind: if days == 0 { MilestoneKind::GoLive } else { MilestoneKind::PhaseEnd },
        planned: None,
        state: State::Expected,
    }
}

fn around(is_published: bool) -> Around {
    Around { is_published, today: date(2027, 2, 19) }
}

fn follow(milestone: &Milestone) -> Milestone {
    let command =
        Command::Follow { by: by(), go_live: date(2027, 4, 5), reason: "date set".into() };
    decide(milestone, command, around(false), now()).unwrap().0
}

#[test]
fn the_table_of_states_and_commands_is_as_it_was_agreed() {
    let planned = follow(&milestone("test", "test", 49));
    let reached = Milestone {
        state: State::Reached { on: date(2027, 2, 17), by: by(), at: now() },
        ..planned.clone()
    };
    let commands = || {
        [
            Command::Plan { by: by(), on: date(2027, 2, 20), reason: String::new() },
            Command::Plan { by: by(), on: date(2027, 2, 20), reason: "late".into() },
            Command::Follow { by: by(), go_live: date(2027, 4, 12), reason: "x".into() },
            Command::Reach { by: by(), on: date(2027, 2, 18) },
            Command::Reach { by: by(), on: date(2027, 2, 20) },
            Command::TakeBack { by: by(), reason: "wrong".into() },
        ]
    };
    let row = |milestone: &Milestone| {
        let cell = |command| match decide(milestone, command, around(true), now()) {
            Ok((after, _)) => after.state.name().to_owned(),
            Err(Refusal::WrongState { .. }) => "-".to_owned(),
            Err(other) => other.to_string(),
        };
        format!("{}: {}", milestone.state.name(), commands().map(cell).join(" | "))
    };
    let rows = [row(&planned), row(&reached)];
    crate::matrix::keep_rows(
        &["plan without a reason", "plan", "follow", "reach", "reach in the future", "take back"],
        &rows,
    );
    assert_eq!(
        rows,
        [
            "expected: moving a published date needs a reason | expected | expected | reached | \
             2027-02-20 lies ahead of today, 2027-02-19 | -",
            "reached: - | - | - | - | - | expected",
        ]
    );
}

#[test]
fn the_go_live_date_itself_is_not_moved_as_a_milestone() {
    let command = Command::Plan { by: by(), on: date(2027, 5, 24), reason: "later".into() };
    let refused = decide(&milestone("go-live", "deploy", 0), command, around(true), now());
    assert_eq!(refused.unwrap_err(), Refusal::IsGoLive);
}

#[test]
fn a_plan_is_published_with_every_date_in_the_order_of_the_phases() {
    let phases = ["test".to_owned(), "deploy".to_owned()];
    let mut milestones = vec![milestone("test", "test", 49), milestone("go-live", "deploy", 0)];
    let refused = Plan::publish(&milestones, &phases, by(), now()).unwrap_err();
    assert_eq!(refused, PlanRefusal::NoDate(vec!["TEST".into(), "GO-LIVE".into()]));
    milestones = milestones.iter().map(follow).collect();
    assert_eq!(milestones[0].planned, Some(date(2027, 2, 15)));
    milestones[0].planned = Some(date(2027, 4, 6));
    let refused = Plan::publish(&milestones, &phases, by(), now()).unwrap_err();
    assert!(matches!(refused, PlanRefusal::Disorder(why) if why.len() == 1));
    milestones[0].planned = Some(date(2027, 2, 15));
    let (plan, _) = Plan::publish(&milestones, &phases, by(), now()).unwrap();
    assert!(plan.is_published());
}

#[test]
fn dates_that_passed_unreached_are_not_confirmed() {
    let phases = ["test".to_owned(), "deploy".to_owned()];
    let milestones: Vec<Milestone> =
        [milestone("test", "test", 49), milestone("go-live", "deploy", 0)]
            .iter()
            .map(follow)
            .collect();
    let (plan, _) = Plan::publish(&milestones, &phases, by(), now()).unwrap();
    let refused = plan.confirm(&milestones, date(2027, 2, 19), by(), now()).unwrap_err();
    assert_eq!(refused, PlanRefusal::Passed(vec!["TEST".into()]));
    assert!(plan.confirm(&milestones, date(2027, 2, 15), by(), now()).is_ok());
    assert_eq!(
        Plan::Draft.confirm(&milestones, date(2027, 2, 15), by(), now()).unwrap_err(),
        PlanRefusal::Draft
    );
}

#[test]
fn the_facts_say_what_is_missing_and_how_old_the_confirmation_is() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let found = facts(&Plan::Draft, &[milestone("test", "test", 49)], &zone, now());
    let published = found.get(&FactId::new("milestones.published"));
    assert_eq!(published.value, Value::Flag(false));
    assert_eq!(published.details, ["TEST: no date", "the plan is not published"]);
    let at = "2027-02-09T22:30:00Z".parse().unwrap();
    let plan = Plan::Published { by: by(), at, confirmed_by: by(), confirmed_at: at };
    let found = facts(&plan, &[follow(&milestone("test", "test", 49))], &zone, now());
    let fact = found.get(&FactId::new("milestones.confirmed_days_ago"));
    assert_eq!(fact.value, Value::Count(10));
    assert_eq!(fact.holds_until, Some("2027-02-19T23:00:00Z".parse().unwrap()));
    let left = days_left(Some(date(2027, 4, 5)), &zone, now());
    assert_eq!(left.value("go_live.days_left"), Value::Count(45));
}
