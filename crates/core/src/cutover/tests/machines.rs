//! The machines of plan, run, task and incident.

use super::super::incident::{self, Severity};
use super::super::run::{self, Kind as RunKind};
use super::super::signature;
use super::super::task::{self, Around, Command, Obstacle, Refusal, Rules, State, decide};
use super::*;
use crate::gate::Gate;
use crate::gate::tests::{open_verdict, shut_verdict};
use crate::id::{EnvironmentId, OperationId};
use crate::matrix::matrix;

const STRICT: Rules = Rules {
    checkpoints_skippable: false,
    skip_reason_required: true,
    point_of_no_return_decided: true,
};

fn now() -> Timestamp {
    instant("2027-04-04T16:30:00Z")
}

fn earlier() -> Timestamp {
    instant("2027-04-04T16:00:00Z")
}

fn anna() -> UserId {
    who("anna")
}

fn operation() -> OperationId {
    OperationId::named("test", "copy")
}

const RUNNING: run::State = run::State::Running { since: Timestamp::UNIX_EPOCH };

fn around(task: &Task) -> Around<'_> {
    Around {
        task,
        kind: RunKind::Live,
        run: &RUNNING,
        predecessors: &[],
        successors_begun: &[],
        not_before: None,
        go_decided: true,
        is_decider: true,
        rules: STRICT,
    }
}

fn task_states() -> Vec<(&'static str, State)> {
    let (by, started, at) = (anna(), earlier(), now());
    let (note, reason) = (String::new(), "disk".to_owned());
    vec![
        ("waiting", State::Waiting),
        ("running", State::Running { by, since: started }),
        ("operating", State::Operating { by, since: started, operation: operation() }),
        ("done", State::Done { by, started, finished: at, note: note.clone() }),
        ("passed", State::Passed { by, started, at, note }),
        ("held", State::Held { by, started, at, reason: reason.clone() }),
        ("failed", State::Failed { started, at, reason: reason.clone() }),
        (
            "settled",
            State::Settled { by, started, at, failure: reason.clone(), how: "by hand".into() },
        ),
        ("skipped", State::Skipped { by, at, reason }),
    ]
}

fn task_commands() -> Vec<(&'static str, Command)> {
    let (by, operation) = (anna(), operation());
    let words = || "because".to_owned();
    vec![
        ("start", Command::Start { by }),
        ("operate", Command::Operate { by, operation }),
        ("finish", Command::Finish { by, note: words() }),
        ("succeeded", Command::OperationSucceeded { operation }),
        ("failed", Command::OperationFailed { operation, reason: words() }),
        ("fail", Command::Fail { by, reason: words() }),
        ("settle", Command::Settle { by, how: words() }),
        ("skip", Command::Skip { by, reason: words() }),
        ("go", Command::Decide { by, go: true, note: words() }),
        ("no-go", Command::Decide { by, go: false, note: words() }),
        ("reopen", Command::Reopen { by, reason: words() }),
    ]
}

fn table_of(kind: Kind) -> String {
    let task = Task { kind, ..super::task("t", 5, &[]) };
    matrix(&task_states(), &task_commands(), |state, command| {
        decide(state, command, around(&task), now())
            .ok()
            .map(|change| change.state.name().to_owned())
    })
}

#[test]
fn the_table_of_an_automatic_task() {
    assert_eq!(
        table_of(Kind::Automatic { operation: "database.copy".into() }),
        "waiting: start→running operate→operating skip→skipped\n\
         running: finish→done fail→failed\n\
         operating: succeeded→done failed→failed\n\
         done: reopen→waiting\n\
         passed: reopen→waiting\n\
         held: (final)\n\
         failed: start→running operate→operating settle→settled skip→skipped\n\
         settled: reopen→waiting\n\
         skipped: reopen→waiting"
    );
}

#[test]
fn the_table_of_a_checkpoint_has_no_finish_and_no_skip() {
    assert_eq!(
        table_of(Kind::Checkpoint),
        "waiting: start→running go→passed no-go→held\n\
         running: go→passed no-go→held\n\
         operating: (final)\n\
         done: reopen→waiting\n\
         passed: reopen→waiting\n\
         held: go→passed no-go→held\n\
         failed: start→running\n\
         settled: reopen→waiting\n\
         skipped: reopen→waiting"
    );
}

fn refused(task: &Task, around: Around<'_>, command: Command) -> Vec<Obstacle> {
    assert_eq!(around.task, task);
    match decide(&State::Waiting, command, around, now()) {
        Err(Refusal::NotNow { obstacles }) => obstacles,
        other => panic!("expected obstacles, found {other:?}"),
    }
}

#[test]
fn a_start_out_of_order_is_refused_with_everything_that_stands_in_the_way() {
    let task = Task { point_of_no_return: true, ..super::task("t", 5, &["a", "b"]) };
    let failed = State::Failed { started: earlier(), at: now(), reason: "disk".into() };
    let predecessors = [("a", &State::Waiting), ("b", &failed)];
    let later = instant("2027-04-04T17:00:00Z");
    let paused =
        run::State::Paused { since: earlier(), at: now(), by: anna(), reason: "storm".into() };
    let around = Around {
        run: &paused,
        predecessors: &predecessors,
        not_before: Some(later),
        go_decided: false,
        ..around(&task)
    };
    let found = refused(&task, around, Command::Start { by: anna() });
    let waits =
        |task: &str, state: &str| Obstacle::Predecessor { task: task.into(), state: state.into() };
    assert_eq!(
        found,
        [
            Obstacle::Run { state: "paused".into() },
            waits("a", "waiting"),
            waits("b", "failed"),
            Obstacle::TooEarly { not_before: later },
            Obstacle::NoGoDecision,
        ]
    );
}

#[test]
fn a_rehearsal_may_run_ahead_of_the_clock_and_past_the_point_of_no_return() {
    let task = Task { point_of_no_return: true, ..super::task("t", 5, &[]) };
    let later = instant("2027-04-04T17:00:00Z");
    let rehearsal = Around {
        kind: RunKind::Rehearsal,
        not_before: Some(later),
        go_decided: false,
        ..around(&task)
    };
    assert!(task::is_startable(&State::Waiting, rehearsal, now()));
    assert!(!task::is_startable(
        &State::Waiting,
        Around { kind: RunKind::Live, ..rehearsal },
        now()
    ));
}

#[test]
fn what_was_skipped_or_settled_lets_its_successors_go_on() {
    let task = super::task("t", 5, &["a"]);
    for (name, state) in task_states() {
        let predecessors = [("a", &state)];
        let around = Around { predecessors: &predecessors, ..around(&task) };
        let expected = matches!(name, "done" | "passed" | "settled" | "skipped");
        assert_eq!(task::is_startable(&State::Waiting, around, now()), expected, "{name}");
    }
}

#[test]
fn a_checkpoint_is_decided_by_its_role_and_a_no_needs_a_reason() {
    let task = Task { kind: Kind::Checkpoint, ..super::task("t", 5, &[]) };
    let stranger = Around { is_decider: false, ..around(&task) };
    let go = Command::Decide { by: anna(), go: true, note: String::new() };
    assert_eq!(
        refused(&task, stranger, go.clone()),
        [Obstacle::NotTheDecider { role: "technical-lead".into() }]
    );
    assert!(decide(&State::Waiting, go, around(&task), now()).is_ok());
    let no = Command::Decide { by: anna(), go: false, note: " ".into() };
    assert_eq!(decide(&State::Waiting, no, around(&task), now()), Err(Refusal::NoReason));
    let skip = Command::Skip { by: anna(), reason: "late".into() };
    assert_eq!(refused(&task, around(&task), skip), [Obstacle::Checkpoint]);
}

#[test]
fn tasks_of_the_way_back_run_only_on_the_way_back() {
    let way_back = Task { section: plan::WAY_BACK.into(), ..super::task("t", 5, &[]) };
    let forward = super::task("t", 5, &[]);
    let back =
        run::State::GoingBack { since: earlier(), decided: now(), by: anna(), reason: "no".into() };
    assert!(!task::is_startable(&State::Waiting, around(&way_back), now()));
    assert!(task::is_startable(&State::Waiting, Around { run: &back, ..around(&way_back) }, now()));
    assert!(!task::is_startable(&State::Waiting, Around { run: &back, ..around(&forward) }, now()));
}

#[test]
fn a_mistake_is_taken_back_unless_somebody_built_on_it() {
    let task = super::task("t", 5, &[]);
    let done = &task_states()[3].1;
    let reopen = || Command::Reopen { by: anna(), reason: "wrong line".into() };
    let begun = Around { successors_begun: &["next"], ..around(&task) };
    assert!(matches!(decide(done, reopen(), begun, now()), Err(Refusal::NotNow { .. })));
    let change = decide(done, reopen(), around(&task), now()).unwrap();
    assert!(matches!(change.event, task::Event::Reopened { was, .. } if *was == *done));
}

#[test]
fn another_operation_does_not_end_the_task() {
    let task = Task { kind: Kind::Automatic { operation: "x".into() }, ..super::task("t", 5, &[]) };
    let other = Command::OperationSucceeded { operation: OperationId::named("test", "other") };
    assert_eq!(
        decide(&task_states()[2].1, other, around(&task), now()),
        Err(Refusal::OtherOperation)
    );
}

#[test]
fn a_task_is_late_only_beyond_the_policys_minutes() {
    let times = timetable(&small(), &easter(), timetable::Pace::Planned).unwrap();
    let slot = times.slots["a"];
    let late = |state: &State, time: &str| {
        task::late_by(state, slot, 15, instant(&format!("2027-04-04T{time}:00Z")))
    };
    assert_eq!(late(&State::Waiting, "16:15"), None);
    assert_eq!(late(&State::Waiting, "16:16"), Some(16));
    let running = State::Running { by: anna(), since: earlier() };
    assert_eq!(late(&running, "17:15"), None);
    assert_eq!(late(&running, "17:40"), Some(40));
}

fn run_states() -> Vec<(&'static str, run::State)> {
    let (since, decided, at, by, reason) = (earlier(), earlier(), now(), anna(), "no".to_owned());
    vec![
        ("planned", run::State::Planned),
        ("running", run::State::Running { since }),
        ("paused", run::State::Paused { since, at, by, reason: reason.clone() }),
        ("going_back", run::State::GoingBack { since, decided, by, reason: reason.clone() }),
        ("completed", run::State::Completed { since, at, by }),
        ("went_back", run::State::WentBack { since, decided, at, by, reason: reason.clone() }),
        ("cancelled", run::State::Cancelled { at, by, reason }),
    ]
}

fn run_around() -> run::Around<'static> {
    run::Around {
        kind: RunKind::Rehearsal,
        problems: &[],
        gate: None,
        at_work: &[],
        way_back_open: &[],
        no_return: None,
    }
}

#[test]
fn the_table_of_a_run() {
    let (by, reason) = (anna(), "because".to_owned());
    let commands = [
        ("start", run::Command::Start { by }),
        ("pause", run::Command::Pause { by, reason: reason.clone() }),
        ("resume", run::Command::Resume { by }),
        ("go_back", run::Command::GoBack { by, reason: reason.clone(), knowing: false }),
        ("close", run::Command::Close { by }),
        ("cancel", run::Command::Cancel { by, reason }),
    ];
    let table = matrix(&run_states(), &commands, |state, command| {
        run::decide(state, command, run_around(), now())
            .ok()
            .map(|change| change.state.name().to_owned())
    });
    assert_eq!(
        table,
        "planned: start→running cancel→cancelled\n\
         running: pause→paused go_back→going_back close→completed\n\
         paused: resume→running go_back→going_back\n\
         going_back: close→went_back\n\
         completed: (final)\n\
         went_back: (final)\n\
         cancelled: (final)"
    );
}

#[test]
fn a_live_run_stands_behind_its_gates_and_a_rehearsal_does_not() {
    let start = || run::Command::Start { by: anna() };
    let live = run::Around { kind: RunKind::Live, ..run_around() };
    let decide = |around| run::decide(&run::State::Planned, start(), around, now());
    assert_eq!(decide(live), Err(run::Refusal::NotJudged));
    let shut = shut_verdict(Gate::CutoverStart);
    let Err(run::Refusal::GateShut(verdict)) = decide(run::Around { gate: Some(&shut), ..live })
    else {
        panic!("the gate is shut")
    };
    assert_eq!(*verdict, shut);
    let open = open_verdict(Gate::CutoverStart);
    assert!(decide(run::Around { gate: Some(&open), ..live }).is_ok());
    assert!(decide(run_around()).is_ok());
    let problems = [Problem::Empty];
    let broken = run::Around { problems: &problems, ..run_around() };
    assert_eq!(decide(broken), Err(run::Refusal::Plan(vec![Problem::Empty])));
}

#[test]
fn past_the_point_of_no_return_only_somebody_who_knows_it_goes_back() {
    let back =
        |knowing| run::Command::GoBack { by: anna(), reason: "ledger wrong".into(), knowing };
    let around = run::Around { kind: RunKind::Live, no_return: Some("live"), ..run_around() };
    let running = run::State::Running { since: earlier() };
    assert_eq!(
        run::decide(&running, back(false), around, now()),
        Err(run::Refusal::PastPointOfNoReturn { task: "live".into() })
    );
    let change = run::decide(&running, back(true), around, now()).unwrap();
    assert!(matches!(change.event, run::Event::WayBackTaken { past_point_of_no_return: true, .. }));
}

#[test]
fn a_run_is_closed_only_when_nobody_is_at_work_and_the_way_back_is_gone_to_its_end() {
    let close = || run::Command::Close { by: anna() };
    let running = run::State::Running { since: earlier() };
    let busy = run::Around { at_work: &["a"], ..run_around() };
    assert_eq!(
        run::decide(&running, close(), busy, now()),
        Err(run::Refusal::AtWork(vec!["a".into()]))
    );
    let back = &run_states()[3].1;
    let open = run::Around { way_back_open: &["restore"], ..run_around() };
    assert_eq!(
        run::decide(back, close(), open, now()),
        Err(run::Refusal::WayBackOpen(vec!["restore".into()]))
    );
}

fn sign_around(plan: &str) -> signature::Around<'_> {
    signature::Around {
        digest: plan,
        problems: &[],
        signer_is_customer: true,
        changed_by: who("marco"),
    }
}

#[test]
fn a_signature_binds_to_the_plan_that_was_shown_and_ends_when_it_changes() {
    use signature::{Command as C, State as S};
    let sign = |by: &str, shown: &str| C::Sign {
        by: who(by),
        shown: shown.into(),
        meaning: "I accept".into(),
    };
    let decide = |state: &S, command| signature::decide(state, command, sign_around("d1"), now());
    let shown_other = signature::Refusal::ShownOther { shown: "d0".into(), now: "d1".into() };
    assert_eq!(decide(&S::Draft, sign("henrik", "d0")), Err(shown_other));
    assert_eq!(decide(&S::Draft, sign("marco", "d1")), Err(signature::Refusal::OwnWork));
    let partner = signature::Around { signer_is_customer: false, ..sign_around("d1") };
    let refused = signature::decide(&S::Draft, sign("henrik", "d1"), partner, now());
    assert_eq!(refused, Err(signature::Refusal::NotTheCustomer));
    let signed = decide(&S::Draft, sign("henrik", "d1")).unwrap().state;
    assert!(signed.holds_for("d1") && !signed.holds_for("d2"));
    let change = |digest: &str| C::Change {
        by: who("marco"),
        digest: digest.into(),
        what: "one task added".into(),
    };
    assert_eq!(decide(&signed, change("d1")).unwrap().state, signed);
    let changed = decide(&signed, change("d2")).unwrap();
    assert_eq!(changed.state.name(), "superseded");
    assert!(matches!(changed.event, signature::Event::Changed { superseded: Some(_), .. }));
    let again =
        signature::decide(&changed.state, sign("henrik", "d2"), sign_around("d2"), now()).unwrap();
    assert!(again.state.holds_for("d2"));
}

#[test]
fn an_incident_is_solved_or_worked_around_by_somebody_else() {
    use incident::{Command as C, Refusal as R};
    let open = incident::report(anna(), Severity::High, "tills do not print".into(), earlier())
        .unwrap()
        .state;
    let accept = |by| C::AcceptWorkaround { by, workaround: "paper".into() };
    assert_eq!(incident::decide(&open, accept(anna()), now()), Err(R::OwnReport));
    let around = incident::decide(&open, accept(who("birgit")), now()).unwrap().state;
    let solved = incident::decide(&around, C::Solve { by: anna(), how: "driver".into() }, now())
        .unwrap()
        .state;
    assert_eq!(solved.name(), "solved");
    let again = incident::decide(&solved, accept(who("birgit")), now());
    assert_eq!(again, Err(R::WrongState { state: "solved", command: "accept_workaround" }));
}

#[test]
fn a_stored_state_reads_back() {
    for (name, state) in task_states() {
        let text = serde_json::to_value(&state).unwrap();
        assert_eq!(text["state"], name);
        assert_eq!(serde_json::from_value::<State>(text).unwrap(), state);
    }
    let run = run::Run {
        title: "Live".into(),
        kind: RunKind::Live,
        environment: EnvironmentId::named("t", "p"),
        plan: "sha256:0".into(),
        day_zero: date(2027, 4, 5),
        seed: 9,
    };
    assert_eq!(
        serde_json::from_str::<run::Run>(&serde_json::to_string(&run).unwrap()).unwrap(),
        run
    );
}
