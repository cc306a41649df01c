//! The journal's rule, by example and by every crash point.

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn started(step: usize) -> Record {
    Record::Started { step, epoch: 1 }
}
fn done(step: usize) -> Record {
    Record::Done { step, output: Value::Null }
}
fn refused(step: usize) -> Record {
    Record::Refused { step, why: "disk full".into() }
}
fn attention(step: usize) -> Record {
    Record::AttentionNeeded { step, diagnosis: "totals differ".into() }
}
fn chosen(choice: Choice) -> Record {
    Record::Chosen { by: UserId::named("t", "u"), choice, reason: "seen".into() }
}

#[test]
fn a_fresh_operation_starts_at_the_first_step() {
    assert_eq!(next(2, &[], NOW), Next::Apply { step: 0 });
}

#[test]
fn an_operation_without_steps_never_succeeds() {
    assert!(matches!(next(0, &[], NOW), Next::NeedsAttention { .. }));
}

#[test]
fn a_crash_in_the_middle_of_a_step_applies_that_step_again() {
    assert_eq!(next(2, &[started(0), done(0), started(1)], NOW), Next::Apply { step: 1 });
}

#[test]
fn a_refused_step_is_undone_too_because_it_may_have_had_an_effect() {
    assert_eq!(
        next(2, &[started(0), done(0), started(1), refused(1)], NOW),
        Next::Undo { step: 1 }
    );
}

#[test]
fn undo_goes_backwards_and_ends_in_rolled_back() {
    let mut log = vec![started(0), done(0), started(1), refused(1), Record::Undone { step: 1 }];
    assert_eq!(next(2, &log, NOW), Next::Undo { step: 0 });
    log.push(Record::Undone { step: 0 });
    assert_eq!(next(2, &log, NOW), Next::Finish(Outcome::RolledBack { why: "disk full".into() }));
}

#[test]
fn a_person_who_stops_it_gets_cancelled_not_rolled_back() {
    let cancel = Record::CancelAsked { by: UserId::named("t", "u"), why: "wrong package".into() };
    let log = [started(0), done(0), cancel, Record::Undone { step: 0 }];
    assert_eq!(
        next(2, &log, NOW),
        Next::Finish(Outcome::Cancelled { why: "wrong package".into() })
    );
}

#[test]
fn waiting_ends_when_the_business_clock_says_so() {
    let until = Timestamp::from_second(60).unwrap();
    let log = [started(0), Record::Waiting { step: 0, until }];
    assert_eq!(next(1, &log, NOW), Next::Wait { until });
    assert_eq!(next(1, &log, until), Next::Apply { step: 0 });
}

#[test]
fn attention_waits_for_a_choice_and_each_choice_leads_elsewhere() {
    let log = vec![started(0), attention(0)];
    assert!(matches!(next(2, &log, NOW), Next::NeedsAttention { step: 0, .. }));
    let after = |choice| next(2, &[log.clone(), vec![chosen(choice)]].concat(), NOW);
    assert_eq!(after(Choice::Retry), Next::Apply { step: 0 });
    assert_eq!(after(Choice::Skip), Next::Apply { step: 1 });
    assert_eq!(after(Choice::RollBack), Next::Undo { step: 0 });
}

#[test]
fn a_failed_undo_ends_it_until_a_person_chooses() {
    let mut log =
        vec![started(0), refused(0), Record::UndoFailed { step: 0, why: "no route".into() }];
    assert_eq!(
        next(1, &log, NOW),
        Next::Finish(Outcome::RollbackFailed { step: 0, why: "no route".into() })
    );
    log.push(chosen(Choice::Retry));
    assert_eq!(next(1, &log, NOW), Next::Undo { step: 0 });
    *log.last_mut().unwrap() = chosen(Choice::Skip);
    assert_eq!(next(1, &log, NOW), Next::Finish(Outcome::RolledBack { why: "disk full".into() }));
}

#[test]
fn attempts_count_from_the_last_choice() {
    let retry = || Record::Retrying { step: 0, why: "busy".into() };
    assert_eq!(attempts(&[started(0), retry(), retry()], 0), 2);
    assert_eq!(
        attempts(&[started(0), retry(), attention(0), chosen(Choice::Retry), retry()], 0),
        1
    );
}

/// Whatever refuses and wherever the process dies, every operation ends, and ends clean.
#[test]
fn every_crash_point_ends_clean() {
    const STEPS: usize = 3;
    for refusing in 0..=STEPS {
        for crash_after in 0..40 {
            let mut log: Vec<Record> = vec![];
            let mut effects = [0u8; STEPS];
            let mut writes = 0;
            let outcome = loop {
                writes += 1;
                assert!(writes < 200, "it never ends");
                let dies = writes == crash_after; // acts, dies before reporting
                match next(STEPS, &log, NOW) {
                    Next::Finish(outcome) => break outcome,
                    Next::Apply { step } => {
                        log.push(started(step));
                        effects[step] = 1;
                        if !dies {
                            log.push(if step == refusing { refused(step) } else { done(step) });
                        }
                    }
                    Next::Undo { step } => {
                        log.push(Record::UndoStarted { step, epoch: 1 });
                        effects[step] = 0;
                        if !dies {
                            log.push(Record::Undone { step });
                        }
                    }
                    other @ (Next::Wait { .. } | Next::NeedsAttention { .. }) => {
                        panic!("{other:?}")
                    }
                }
            };
            let clean = if refusing == STEPS { [1; STEPS] } else { [0; STEPS] };
            assert_eq!(effects, clean, "refusing {refusing}, crash {crash_after}: {outcome:?}");
        }
    }
}
