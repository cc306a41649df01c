//! The production request: its table, both service models, and its clock.

use super::*;
use crate::gate::Gate;
use crate::gate::tests::{open_verdict, shut_verdict};

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(hours * 3600).unwrap()
}

fn by() -> UserId {
    UserId::named("t", "u")
}

fn operation() -> OperationId {
    OperationId::named("t", "o")
}

fn request(model: ServiceModel, state: State) -> Request {
    let configuration = Configuration {
        name: "contoso-prod".into(),
        region: "eu-central".into(),
        topology: "db-24".into(),
        version: "1.0".into(),
        administrator: "svc-golive".into(),
        notify: vec![],
    };
    Request { environment: EnvironmentId::named("t", "e"), model, configuration, state }
}

fn queued(clock: Clock) -> State {
    State::Queued { by: by(), at: at(0), clock }
}

fn all_commands() -> Vec<Command> {
    let gate = open_verdict(Gate::ProductionRequest);
    vec![
        Command::Configure {
            configuration: request(ServiceModel::Managed, State::Configure).configuration,
        },
        Command::SignOff { by: by(), gate: gate.clone() },
        Command::ClearSignOff { by: by() },
        Command::Release,
        ask(),
        answer(),
        Command::Deny { by: by(), reason: "no room".into(), suggestion: "eu-west".into() },
        Command::StartDeploy { operation: operation(), gate },
        Command::FinishDeploy { operation: operation() },
        Command::FailDeploy { operation: operation(), why: "no disk".into() },
    ]
}

#[test]
fn the_table_is_what_we_documented() {
    let asked = Clock { asked: Some(at(0)), question: "Which?".into(), ..Clock::default() };
    let states = [
        State::Configure,
        queued(asked),
        State::Deploying {
            by: by(),
            operation: operation(),
            since: at(0),
            clock: Clock::default(),
        },
        State::Deployed { operation: operation(), since: at(0) },
        State::Failed { operation: operation(), why: "x".into(), since: at(0) },
    ];
    let mut table = String::new();
    for state in states {
        let before = request(ServiceModel::SelfService, state);
        for command in all_commands() {
            let name = command.name();
            if let Ok(change) = decide(&before, command, at(1)) {
                table += &format!(
                    "{} + {name} -> {}\n",
                    before.state.name(),
                    change.request.state.name()
                );
            }
        }
    }
    crate::matrix::keep(&table);
    assert_eq!(
        table,
        "configure + be configured -> configure\n\
         configure + be signed off -> queued\n\
         queued + have its sign-off cleared -> configure\n\
         queued + be released -> queued\n\
         queued + ask the customer -> queued\n\
         queued + be answered -> queued\n\
         queued + be denied -> configure\n\
         queued + start deploying -> deploying\n\
         deploying + finish deploying -> deployed\n\
         deploying + fail deploying -> failed\n\
         failed + be configured -> configure\n\
         failed + be signed off -> queued\n"
    );
}

#[test]
fn self_service_is_refused_with_the_whole_verdict_and_managed_stays_queued() {
    let gate = shut_verdict(Gate::ProductionRequest);
    let sign_off = || Command::SignOff { by: by(), gate: gate.clone() };
    let refusal = decide(&request(ServiceModel::SelfService, State::Configure), sign_off(), at(0))
        .unwrap_err();
    assert_eq!(refusal, Refusal::GateShut(Box::new(gate.clone())));

    let early =
        decide(&request(ServiceModel::Managed, State::Configure), sign_off(), at(0)).unwrap();
    assert_eq!(early.request.state, queued(Clock::default()), "the clock does not run yet");
    let start = Command::StartDeploy { operation: operation(), gate };
    assert!(matches!(decide(&early.request, start, at(1)), Err(Refusal::GateShut(_))));
}

#[test]
fn the_clock_runs_from_release_and_stands_still_while_the_customer_is_asked() {
    let promised = SignedDuration::from_hours(48);
    let mut request = request(ServiceModel::Managed, queued(Clock::default()));
    let clock = |request: &Request| match &request.state {
        State::Queued { clock, .. } => clock.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(clock(&request).due(promised), None);
    for (hour, command) in [(10, Command::Release), (12, ask()), (20, answer())] {
        request = decide(&request, command, at(hour)).unwrap().request;
    }
    assert_eq!(clock(&request).due(promised), Some(at(10 + 48 + 8)));
    request = decide(&request, ask(), at(30)).unwrap().request;
    assert_eq!(clock(&request).due(promised), None, "no promise while the customer is asked");
}

#[test]
fn what_was_asked_before_the_release_does_not_count_twice() {
    let mut request = request(ServiceModel::Managed, queued(Clock::default()));
    for (hour, command) in [(1, ask()), (5, Command::Release), (9, answer())] {
        request = decide(&request, command, at(hour)).unwrap().request;
    }
    let State::Queued { clock, .. } = request.state else { panic!() };
    assert_eq!(clock.due(SignedDuration::from_hours(48)), Some(at(5 + 48 + 4)));
}

#[test]
fn a_denial_says_why_and_what_would_do() {
    let command = Command::Deny { by: by(), reason: "no room".into(), suggestion: " ".into() };
    let refusal = decide(&request(ServiceModel::Managed, queued(Clock::default())), command, at(0))
        .unwrap_err();
    assert_eq!(refusal, Refusal::Missing("a reason and a suggestion"));
}

#[test]
fn f091_a_question_and_its_answer_are_said_in_words_and_an_answer_needs_a_question() {
    let waiting = request(ServiceModel::Managed, queued(Clock::default()));
    let silent = Command::Ask { by: by(), question: " ".into() };
    assert_eq!(decide(&waiting, silent, at(1)), Err(Refusal::Missing("a question")));
    assert_eq!(decide(&waiting, answer(), at(1)), Err(Refusal::NothingAsked));
    let asked = decide(&waiting, ask(), at(1)).unwrap().request;
    let State::Queued { clock, .. } = &asked.state else { panic!("{asked:?}") };
    assert_eq!(clock.question, "Which countries go first?");
    let silent = Command::Answer { by: by(), answer: String::new() };
    assert_eq!(decide(&asked, silent, at(2)), Err(Refusal::Missing("an answer")));
    let answered = decide(&asked, answer(), at(2)).unwrap().request;
    assert_eq!(answered.state, waiting.state, "the clock had not begun, so nothing was paused");
}

fn ask() -> Command {
    Command::Ask { by: by(), question: "Which countries go first?".into() }
}

fn answer() -> Command {
    Command::Answer { by: by(), answer: "Germany, then Poland.".into() }
}
