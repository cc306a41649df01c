//! Every registered kind of operation, every step of it: repeated, failed in each way, cut off before, within and after
//! its effect, and undone, with the undo itself failed and cut off. Whatever happens, it ends as if nothing had
//! happened, or as if the operation had never been asked for.
//!
//! A kind without a fixture in `registry/fixtures.rs` fails this test, so a new kind cannot be forgotten.

#[path = "registry/fixtures.rs"]
mod fixtures;
#[path = "registry/ground.rs"]
mod ground;

use fixtures::fixture;
use futures_util::FutureExt as _;
use golive_app::operations::Registry;
use golive_core::operation::Choice;
use golive_testkit::{Fault, Place, What};
use ground::{Ground, Trace};
use std::panic::AssertUnwindSafe;

fn kinds() -> Vec<&'static str> {
    let mut names: Vec<&str> = Registry::standard().all().map(|kind| kind.name()).collect();
    names.dedup();
    names
}

#[test]
fn every_kind_has_a_fixture() {
    let missing: Vec<&str> = kinds().into_iter().filter(|kind| fixture(kind).is_none()).collect();
    assert!(missing.is_empty(), "kinds that nobody tests: {missing:?}");
}

fn fault(step: usize, place: Place, what: What) -> Fault {
    Fault { step, undo: false, place, what, times: 1 }
}

/// The fault that makes everything be undone: the last step refuses after it did everything.
fn refusal(steps: usize) -> Fault {
    fault(steps - 1, Place::After, What::Refuse)
}

/// All places of a step, or of its undo.
fn places(verbs: usize) -> Vec<Place> {
    let within = (0..verbs).flat_map(|n| [Place::BeforeVerb(n), Place::AfterVerb(n)]);
    std::iter::once(Place::Before).chain(within).chain([Place::After]).collect()
}

/// Runs for every kind that has a fixture, and says of all that failed.
async fn each_kind(run: impl AsyncFn(&Ground, &'static str, usize)) {
    let mut failed = Vec::new();
    for kind in kinds() {
        let Some(fixture) = fixture(kind) else { continue };
        let one = async {
            let ground = Ground::new(fixture).await;
            let steps = ground.steps(kind);
            run(&ground, kind, steps).await;
        };
        if AssertUnwindSafe(one).catch_unwind().await.is_err() {
            failed.push(kind);
        }
    }
    assert!(failed.is_empty(), "failed, see above: {failed:?}");
}

#[tokio::test]
async fn a_step_that_is_cut_off_anywhere_is_done_again_and_leads_to_the_same_end() {
    each_kind(async |ground, kind, steps| {
        let undisturbed = ground.undisturbed().await;
        for step in 0..steps {
            for place in places(ground.plan.verbs(step, false)) {
                let trace = ground.run(&[fault(step, place, What::Kill)]).await;
                trace.ends(
                    "succeeded",
                    &undisturbed,
                    &format!("{kind}, step {step}, killed {place:?}"),
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_step_that_fails_for_technical_reasons_is_done_again_and_leads_to_the_same_end() {
    each_kind(async |ground, kind, steps| {
        let undisturbed = ground.undisturbed().await;
        for step in 0..steps {
            for place in places(ground.plan.verbs(step, false)) {
                let trace = ground.run(&[fault(step, place, What::Retry)]).await;
                trace.ends(
                    "succeeded",
                    &undisturbed,
                    &format!("{kind}, step {step}, retried {place:?}"),
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_step_that_refuses_undoes_everything() {
    each_kind(async |ground, kind, steps| {
        ground.undisturbed().await;
        for step in 0..steps {
            for place in places(ground.plan.verbs(step, false)) {
                let trace = ground.run(&[fault(step, place, What::Refuse)]).await;
                trace.is_as_before(
                    "rolled_back",
                    &format!("{kind}, step {step}, refused {place:?}"),
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_step_that_needs_attention_waits_and_goes_the_way_that_is_chosen() {
    each_kind(async |ground, kind, steps| {
        let undisturbed = ground.undisturbed().await;
        for step in 0..steps {
            for place in [Place::Before, Place::After] {
                let what = format!("{kind}, step {step}, asked for a person {place:?}");
                let asked = [fault(step, place, What::Attention)];
                let trace = ground.run_and_choose(&asked, Choice::Retry).await;
                trace.ends("succeeded", &undisturbed, &format!("{what}, retried"));
                let trace = ground.run_and_choose(&asked, Choice::RollBack).await;
                trace.is_as_before("rolled_back", &format!("{what}, rolled back"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_undo_that_is_cut_off_or_fails_anywhere_is_done_again_and_leaves_nothing() {
    each_kind(async |ground, kind, steps| {
        ground.undisturbed().await;
        ground.run(&[refusal(steps)]).await.is_as_before("rolled_back", kind);
        for step in 0..steps {
            for place in places(ground.plan.verbs(step, true)) {
                for what in [What::Kill, What::Retry] {
                    let undo = Fault { undo: true, ..fault(step, place, what) };
                    let trace = ground.run(&[refusal(steps), undo]).await;
                    let text = format!("{kind}, undo of step {step}, {what:?} {place:?}");
                    trace.is_as_before("rolled_back", &text);
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_undo_that_cannot_be_done_blocks_until_a_person_settles_it() {
    each_kind(async |ground, kind, steps| {
        ground.undisturbed().await;
        for step in 0..steps {
            let undo = Fault { undo: true, ..fault(step, Place::After, What::Attention) };
            let trace = ground.run_and_choose(&[refusal(steps), undo], Choice::Retry).await;
            trace.is_as_before(
                "rolled_back",
                &format!("{kind}, undo of step {step} needed a person"),
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_person_may_stop_an_operation_after_any_step() {
    each_kind(async |ground, kind, steps| {
        ground.undisturbed().await;
        for step in 0..steps {
            let trace: Trace = ground.cancel_after(step).await;
            trace.is_as_before("cancelled", &format!("{kind}, stopped after step {step}"));
        }
    })
    .await;
}
