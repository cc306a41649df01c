//! The conditions after the decision: met, or released by the authority.

use super::{refusals_of_release, settle};
use crate::components::action::{Action, action_explained};
use crate::components::facts::Card;
use crate::components::form::{self, Choice, Field, Input};
use crate::pages::shell::{Again, InProject, Posted, Shown};
use golive_app::go_live::GoLiveView;
use golive_core::go_live::{ConditionState, Decision, State as Stands};
use maud::{Markup, html};

/// The forms for conditions that are open; nothing when none is.
pub(super) fn card(
    here: &InProject,
    view: &GoLiveView,
    decision: &Decision,
    again: &Again,
) -> Markup {
    let open: Vec<Choice> = decision
        .conditions
        .iter()
        .filter(|(_, one)| one.state == ConditionState::Open)
        .map(|(name, one)| Choice::new(name, &one.what))
        .collect();
    if open.is_empty() || matches!(view.particulars.state, Stands::Ended { .. }) {
        return html! {};
    }
    let which = |choices: Vec<Choice>| Field::new("condition", "Condition", Input::Select(choices));
    let note = Field::new("note", "What was done", Input::Area(2));
    let met = here
        .form("go_no_go_fulfil", "go-live/fulfil", "It is met", vec![which(open.clone()), note])
        .plain();
    let reason = Field::new("reason", "Why; it goes on record", Input::Area(2));
    let released = here
        .form("go_no_go_release", "go-live/release", "Release it", vec![which(open), reason])
        .plain();
    let refused = refusals_of_release(view, here);
    html! {
        div.cols-2 {
            (Card::new("fulfil", "A condition is met").padded(&form::form(&met, &again.of("go_no_go_fulfil"))))
            @if refused.is_empty() {
                (Card::new("release", "Release a condition").padded(&form::form(&released, &again.of("go_no_go_release"))))
            } @else {
                (Card::new("release", "Release a condition").padded(&action_explained(&Action::post("go_no_go_release", "Release it", "").refused(refused))))
            }
        }
    }
}

pub(super) async fn fulfil(here: InProject, posted: Posted) -> Shown {
    let (condition, note) = (posted.text("condition"), posted.text("note"));
    let met = here.app.go_no_go_fulfil(&here.actor, here.id, condition, note).await;
    settle(&here, met, "On record", &posted).await
}

pub(super) async fn release(here: InProject, posted: Posted) -> Shown {
    let (condition, reason) = (posted.text("condition"), posted.text("reason"));
    let released = here.app.go_no_go_release(&here.actor, here.id, condition, reason).await;
    settle(&here, released, "Released", &posted).await
}
