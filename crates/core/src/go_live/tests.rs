//! The table, the votes, the decision, going live and the end of hypercare.

use super::*;
use crate::gate::Gate;
use crate::gate::tests::{open_verdict, shut_verdict};
use crate::matrix::matrix;
use crate::value::Value;
use jiff::civil::date;

fn who(name: &str) -> UserId {
    UserId::named("test", name)
}

fn now() -> Timestamp {
    "2027-04-04T10:00:00Z".parse().expect("a moment")
}

fn table() -> Table {
    let seat = |id: &str, holder: &str, deputy: &str| Seat {
        id: id.into(),
        title: id.into(),
        holder: who(holder),
        deputy: Some(who(deputy)),
    };
    Table {
        seats: vec![
            seat("finance", "katja", "joern"),
            seat("cutover", "marco", "jana"),
            seat("authority", "henrik", "martina"),
        ],
        voting: vec!["finance".into(), "cutover".into()],
        customer: ["katja", "joern", "henrik", "martina"].map(who).into(),
    }
}

const STRICT: Rules = Rules {
    authority_is_customer: true,
    conditions_complete: true,
    one_person_one_seat: true,
    caller_is_not_decider: true,
};

fn run(state: &State, command: Command, verdict: Option<&Verdict>) -> Result<Change, Refusal> {
    let table = table();
    let around = Around { table: &table, verdict, handover: &["handover-jobs"], rules: STRICT };
    decide(state, command, around, now())
}

fn next(state: &State, command: Command) -> State {
    run(state, command, Some(&open_verdict(Gate::GoLive))).expect("the command is allowed").state
}

fn obstacles(state: &State, command: Command, verdict: Option<&Verdict>) -> Vec<Obstacle> {
    match run(state, command, verdict) {
        Err(Refusal::NotNow(found)) => found,
        other => panic!("expected obstacles, found {other:?}"),
    }
}

fn vote(by: &str, seat: &str, say: Say) -> Command {
    let reason = "because".to_owned();
    Command::Vote { by: who(by), seat: seat.into(), say, reason, shown: "d1".into() }
}

fn decision(by: &str, go: bool) -> Command {
    let (answers, note) = (BTreeMap::new(), "as discussed".to_owned());
    Command::Decide { by: who(by), go, answers, note, shown: "d1".into() }
}

fn meeting() -> State {
    next(&State::Ahead, Command::Call { by: who("marco"), shown: "d1".into() })
}

fn go() -> State {
    let voted = next(&meeting(), vote("katja", "finance", Say::Go));
    next(&next(&voted, vote("marco", "cutover", Say::Go)), decision("henrik", true))
}

fn live() -> State {
    next(&go(), Command::GoLive { by: who("henrik"), since: now() })
}

fn value(state: &State, fact: &'static str) -> Value {
    facts::of(state, &table(), &["handover-jobs"], now()).value(fact)
}

#[test]
fn the_table_of_going_live() {
    let by = who("henrik");
    let text = || "words".to_owned();
    let ended = next(&live(), Command::End { by });
    let states = [
        ("ahead", State::Ahead),
        ("meeting", meeting()),
        ("no_go", next(&meeting(), decision("henrik", false))),
        ("go", go()),
        ("live", live()),
        ("ended", ended),
    ];
    let commands = [
        ("call", Command::Call { by: who("marco"), shown: "d1".into() }),
        ("show", Command::Show { shown: "d2".into() }),
        ("vote", vote("katja", "finance", Say::Go)),
        (
            "propose",
            Command::Propose { by, condition: "c".into(), what: text(), owner: None, due: None },
        ),
        ("go", decision("henrik", true)),
        ("no-go", decision("henrik", false)),
        ("write", Command::WriteMinutes { by, text: text() }),
        ("go_live", Command::GoLive { by, since: now() }),
        ("take_over", Command::TakeOver { by, line: "handover-jobs".into(), note: text() }),
        ("end", Command::End { by }),
    ];
    let open = open_verdict(Gate::GoLive);
    let table = matrix(&states, &commands, |state, command| {
        run(state, command, Some(&open)).ok().map(|change| change.state.name().to_owned())
    });
    assert_eq!(
        table,
        "ahead: call→meeting\n\
         meeting: show→meeting vote→meeting propose→meeting go→go no-go→no_go\n\
         no_go: call→meeting write→no_go\n\
         go: write→go go_live→live\n\
         live: write→live take_over→live end→ended\n\
         ended: (final)"
    );
}

#[test]
fn a_seat_is_spoken_for_by_its_holder_or_deputy_and_by_nobody_twice() {
    let seat = |seat: &str| seat.to_owned();
    let voted = next(&meeting(), vote("katja", "finance", Say::Go));
    assert_eq!(
        obstacles(&voted, vote("katja", "cutover", Say::Go), None),
        [
            Obstacle::NotYourSeat { seat: seat("cutover") },
            Obstacle::SecondSeat { seat: seat("finance") }
        ]
    );
    assert_eq!(
        obstacles(&voted, vote("henrik", "authority", Say::Go), None),
        [Obstacle::NoSeat { seat: seat("authority") }]
    );
    assert_eq!(
        obstacles(&voted, vote("jana", "sales", Say::Go), None),
        [Obstacle::NoSeat { seat: seat("sales") }]
    );
    // The deputy's vote takes the place of the holder's, and the holder's stays on record.
    let State::Meeting { votes, superseded, .. } =
        next(&voted, vote("joern", "finance", Say::NoGo))
    else {
        panic!("still meeting")
    };
    assert_eq!((votes["finance"].by, superseded[0].by), (who("joern"), who("katja")));
}

#[test]
fn other_values_end_the_votes_and_a_vote_on_old_values_is_refused() {
    let voted = next(&meeting(), vote("katja", "finance", Say::Go));
    assert_eq!(value(&voted, "go_no_go.votes_share"), Value::Number(50.0));
    let change = run(&voted, Command::Show { shown: "d2".into() }, None).unwrap();
    assert!(
        matches!(&change.event, Event::ValuesChanged { superseded, .. } if superseded.len() == 1)
    );
    assert_eq!(value(&change.state, "go_no_go.votes_share"), Value::Number(0.0));
    assert_eq!(
        obstacles(&change.state, vote("katja", "finance", Say::Go), None),
        [Obstacle::ShownOther]
    );
    // The same values end nothing.
    assert_eq!(next(&voted, Command::Show { shown: "d1".into() }), voted);
}

#[test]
fn every_reason_against_a_go_is_told_at_once() {
    let voted = next(&meeting(), vote("katja", "finance", Say::NoGo));
    let propose = Command::Propose {
        by: who("katja"),
        condition: "print".into(),
        what: "print on paper".into(),
        owner: Some(who("katja")),
        due: None,
    };
    let voted = next(&voted, propose);
    let shut = shut_verdict(Gate::GoLive);
    let Command::Decide { by, go, answers, note, .. } = decision("marco", true) else {
        unreachable!()
    };
    let late = Command::Decide { by, go, answers, note, shown: "d0".into() };
    assert_eq!(
        obstacles(&voted, late, Some(&shut)),
        [
            Obstacle::ShownOther,
            Obstacle::NotYourSeat { seat: "authority".into() },
            Obstacle::NotTheCustomer,
            Obstacle::OwnCall,
            Obstacle::NoUnanswered { seat: "finance".into() },
            Obstacle::ConditionIncomplete { condition: "print".into() },
            Obstacle::GateShut { gate: "go_live".into(), criteria: vec!["pass-rate".into()] },
        ]
    );
    assert_eq!(value(&voted, "go_no_go.conditions_without_owner"), Value::Count(1));
    assert_eq!(value(&voted, "go_no_go.no_votes"), Value::Count(1));
}

#[test]
fn who_called_the_meeting_does_not_decide_it_and_who_voted_does_not_either() {
    let called = next(&State::Ahead, Command::Call { by: who("henrik"), shown: "d1".into() });
    let open = open_verdict(Gate::GoLive);
    assert_eq!(obstacles(&called, decision("henrik", true), Some(&open)), [Obstacle::OwnCall]);
    assert!(run(&called, decision("martina", true), Some(&open)).is_ok());
    let mut table = table();
    table.seats[0].holder = who("henrik");
    let around = Around { table: &table, verdict: Some(&open), handover: &[], rules: STRICT };
    let voted =
        decide(&meeting(), vote("henrik", "finance", Say::Go), around, now()).unwrap().state;
    let refused = decide(&voted, decision("henrik", true), around, now());
    assert_eq!(
        refused,
        Err(Refusal::NotNow(vec![Obstacle::SecondSeat { seat: "finance".into() }]))
    );
}

#[test]
fn a_no_go_needs_no_open_gate_but_a_reason_and_another_meeting_may_follow() {
    let shut = shut_verdict(Gate::GoLive);
    let change = run(&meeting(), decision("henrik", false), Some(&shut)).unwrap();
    assert!(
        matches!(&change.event, Event::Decided { go: false, verdict, .. } if **verdict == shut)
    );
    assert_eq!(value(&change.state, "go_no_go.decided_go"), Value::Flag(false));
    assert_eq!(
        next(&change.state, Command::Call { by: who("marco"), shown: "d1".into() }),
        meeting()
    );
}

#[test]
fn conditions_are_fulfilled_or_released_by_the_authority_and_minutes_confirmed_as_read() {
    let propose = Command::Propose {
        by: who("katja"),
        condition: "print".into(),
        what: "print on paper".into(),
        owner: Some(who("katja")),
        due: Some(date(2027, 4, 9)),
    };
    let go = next(&next(&meeting(), propose), decision("henrik", true));
    assert_eq!(value(&go, "go_no_go.conditions_open"), Value::Count(1));
    let release =
        |by| Command::Release { by: who(by), condition: "print".into(), reason: "done".into() };
    assert_eq!(
        obstacles(&go, release("katja"), None),
        [Obstacle::NotYourSeat { seat: "authority".into() }]
    );
    let fulfil =
        Command::Fulfil { by: who("katja"), condition: "print".into(), note: "printed".into() };
    let done = next(&go, fulfil);
    assert_eq!(value(&done, "go_no_go.conditions_open"), Value::Count(0));
    assert_eq!(
        obstacles(&done, release("henrik"), None),
        [Obstacle::NoCondition { condition: "print".into() }]
    );
    let written = next(&done, Command::WriteMinutes { by: who("jana"), text: "Go.".into() });
    let confirm = |text: &str| Command::ConfirmMinutes { by: who("henrik"), text: text.into() };
    assert_eq!(obstacles(&written, confirm("Go!"), None), [Obstacle::ShownOther]);
    assert_eq!(value(&written, "go_no_go.minutes_recorded"), Value::Flag(false));
    assert_eq!(
        value(&next(&written, confirm("Go.")), "go_no_go.minutes_recorded"),
        Value::Flag(true)
    );
}

#[test]
fn going_live_is_recorded_after_the_decision_and_not_ahead_of_time() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let live = |since| Command::GoLive { by: who("henrik"), since };
    let future = at("2027-04-05T04:00:00Z");
    assert_eq!(obstacles(&go(), live(future), None), [Obstacle::Future { since: future }]);
    let before = at("2027-04-04T09:00:00Z");
    assert_eq!(obstacles(&go(), live(before), None), [Obstacle::BeforeDecision { since: before }]);
    assert_eq!(value(&go(), "project.live"), Value::Flag(false));
    assert_eq!(value(&next(&go(), live(now())), "project.live"), Value::Flag(true));
}

#[test]
fn hypercare_counts_its_days_and_ends_behind_its_gate() {
    let later: Timestamp = "2027-04-14T12:00:00Z".parse().unwrap();
    let days = facts::of(&live(), &table(), &[], later).get(&"hypercare.days".into());
    assert_eq!(days.value, Value::Count(10));
    assert_eq!(days.holds_until, Some("2027-04-15T10:00:00Z".parse().unwrap()));
    assert_eq!(value(&live(), "handover.signed"), Value::Flag(false));
    let taken =
        Command::TakeOver { by: who("julia"), line: "handover-jobs".into(), note: String::new() };
    assert_eq!(value(&next(&live(), taken), "handover.signed"), Value::Flag(true));
    let shut = shut_verdict(Gate::HypercareExit);
    let gate =
        Obstacle::GateShut { gate: "hypercare_exit".into(), criteria: vec!["pass-rate".into()] };
    assert_eq!(obstacles(&live(), Command::End { by: who("henrik") }, Some(&shut)), [gate]);
    assert_eq!(obstacles(&live(), Command::End { by: who("henrik") }, None), [Obstacle::NotJudged]);
}

#[test]
fn the_digest_of_what_is_shown_changes_with_a_measured_value_but_not_with_a_vote() {
    let verdict = open_verdict(Gate::GoLive);
    let mut other = verdict.clone();
    other.at = now();
    assert_eq!(shown(&verdict), shown(&other));
    other.criteria[0].value = Value::Number(99.0);
    assert_ne!(shown(&verdict), shown(&other));
    other = verdict.clone();
    let mut votes = verdict.criteria[0].clone();
    votes.fact = "go_no_go.votes_share".into();
    other.criteria.push(votes);
    assert_eq!(shown(&verdict), shown(&other));
}

#[test]
fn seats_that_are_missing_doubled_or_without_deputy_are_named() {
    let mut table = table();
    table.voting.push("it".into());
    table.seats[1].holder = who("katja");
    table.seats[1].deputy = None;
    let filled = facts::of_table(&table).get(&"people.seats_filled".into());
    assert_eq!(filled.value, Value::Flag(false));
    assert_eq!(
        filled.details,
        ["it: no such seat", "cutover: no deputy", "cutover: its holder also holds finance"]
    );
}

#[test]
fn the_latest_record_of_a_fact_counts() {
    let record = |value: i64, at: &str| measured::Measurement {
        fact: "hypercare.critical_open".into(),
        value: value.into(),
        by: who("bjorn"),
        at: at.parse().unwrap(),
        note: "from the desk".into(),
        evidence: vec![],
    };
    let facts =
        measured::facts(&[record(0, "2027-04-20T08:00:00Z"), record(2, "2027-04-10T08:00:00Z")]);
    assert_eq!(facts.value("hypercare.critical_open"), Value::Count(0));
}

#[test]
fn a_stored_state_reads_back() {
    for state in [State::Ahead, meeting(), go(), live()] {
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state);
    }
}

#[test]
fn the_table_comes_from_the_peoples_file_and_the_pack() {
    use crate::gate::table::tests::PACK;
    use crate::project::{People, Person, SeatOf};
    let person = |id: &str, side, service_account| Person {
        id: id.into(),
        name: id.into(),
        organisation: "o".into(),
        side,
        roles: [].into(),
        title: String::new(),
        email: String::new(),
        time_zone: "UTC".into(),
        contact_allowed: true,
        project_manager: false,
        project_administrator: false,
        key_stakeholder: false,
        service_account,
    };
    let seat = |id: &str, holder: &str| SeatOf {
        id: id.into(),
        title: id.into(),
        holder: holder.into(),
        deputy: Some("jana".into()),
    };
    let people = People {
        members: vec![
            person("henrik", Side::Customer, false),
            person("svc", Side::Customer, true),
            person("jana", Side::Partner, false),
        ],
        seats: vec![seat("authority", "henrik"), seat("it", "nobody")],
        ..People::default()
    };
    let table = Table::of(&people, &PACK, |id| (id != "nobody").then(|| who(id)));
    assert_eq!(table.seats.len(), 1);
    assert_eq!(table.authority().map(|seat| seat.holder), Some(who("henrik")));
    assert_eq!(table.customer, [who("henrik")].into());
    assert_eq!(table.voting, ["finance", "supply_chain", "sales", "it", "partner", "cutover"]);
}
