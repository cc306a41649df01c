//! One milestone: its day, its moves, whether it was reached.

use super::{milestone_state, refused_of};
use crate::components::facts::{Card, kv};
use crate::components::feed::feed;
use crate::components::form::{Field, Form, Input, form};
use crate::components::state::badge;
use crate::layout::{self, ProjectPage};
use crate::pages::methodology::history;
use crate::pages::shell::{Again, InProject, Last, Posted, Shown};
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use golive_app::schedule::MilestoneView;
use golive_app::{App, Error};
use golive_core::id::MilestoneId;
use maud::{Markup, html};

/// The pages of one milestone.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/schedule/milestones/{milestone}", get(show))
        .route("/projects/{slug}/schedule/set/{milestone}", post(set))
        .route("/projects/{slug}/schedule/reach/{milestone}", post(reach))
        .route("/projects/{slug}/schedule/take-back/{milestone}", post(take_back))
}

async fn show(here: InProject, Last(id): Last<MilestoneId>) -> Shown {
    page(&here, id, Again::none()).await
}

async fn settled(
    here: InProject,
    id: MilestoneId,
    posted: &Posted,
    (done, toast): (Result<MilestoneView, Error>, &str),
) -> Shown {
    let to = format!("schedule/milestones/{id}");
    here.settle(done, (toast, &to), posted, |again| page(&here, id, again)).await
}

async fn set(here: InProject, Last(id): Last<MilestoneId>, posted: Posted) -> Shown {
    let wanted = (posted.text("on"), posted.text("reason"));
    let done = here.app.milestone_set(&here.actor, id, wanted).await;
    settled(here, id, &posted, (done, "The day is set")).await
}

async fn reach(here: InProject, Last(id): Last<MilestoneId>, posted: Posted) -> Shown {
    let done = here.app.milestone_reach(&here.actor, id, posted.text("on")).await;
    settled(here, id, &posted, (done, "Reached")).await
}

async fn take_back(here: InProject, Last(id): Last<MilestoneId>, posted: Posted) -> Shown {
    let done = here.app.milestone_take_back(&here.actor, id, posted.text("reason")).await;
    settled(here, id, &posted, (done, "It lies ahead again")).await
}

async fn page(here: &InProject, id: MilestoneId, again: Again) -> Shown {
    let it = here.app.milestone_view(&here.actor, id).await?;
    let (state, word) = milestone_state(&it);
    let lead = html! { a href=(here.at("schedule")) { "Schedule" } ". " (it.meaning) };
    let body = html! {
        (layout::head(&it.title, &lead, &[]))
        div.cols {
            div.stack.gap5 {
                @for (op, title, each) in forms(here, &it) {
                    @if refused_of(&it.actions, op).is_empty() {
                        (Card::new(format!("card-{op}"), title).padded(&form(&each, &again.of(op))))
                    }
                }
                @if it.kind == "go_live" { p.muted { "This is the go-live date itself; it moves on the " a href=(here.at("schedule")) { "schedule" } "." } }
            }
            div.stack.gap5 {
                (Card::new("facts", "Facts").end(badge(state, word.as_str())).padded(&facts(&it)))
                (Card::new("history", "What happened").padded(&feed(&history(&it.history), &here.clock)))
            }
        }
    };
    here.live_page(ProjectPage::Schedule, &it.title, body).await
}

fn facts(it: &MilestoneView) -> Markup {
    let day = |text: &Option<String>| {
        let day = text.as_deref().and_then(|day| day.parse().ok());
        day.map_or_else(|| "no day".to_owned(), words::date)
    };
    let reached = html! {
        @if it.reached_on.is_some() { (day(&it.reached_on)) ", said " (it.reached_by.as_deref().unwrap_or_default()) }
        @else { "not yet" }
    };
    kv(&[
        ("Planned", html! { (day(&it.planned)) }),
        ("Counted back", html! { (day(&it.counted)) }),
        ("Reached", reached),
        ("Phase", html! { (words::role(&it.phase)) }),
        ("Name in files", html! { code { (it.name) } }),
    ])
}

/// Operation, title and form of what can be done with a milestone.
fn forms(here: &InProject, it: &MilestoneView) -> [(&'static str, &'static str, Form); 3] {
    let why = Field::new("reason", "Why", Input::Area(2));
    let planned = it.planned.clone().unwrap_or_default();
    let set = here.form(
        "milestone_set",
        &format!("schedule/set/{}", it.id),
        "Set the day",
        vec![
            Field::new("on", "Planned for", Input::Line("date")).value(planned),
            why.clone().optional().hint("Needed once the plan is published."),
        ],
    );
    let on = Field::new("on", "On", Input::Line("date")).value(here.today().to_string());
    let to = format!("schedule/reach/{}", it.id);
    let reach = here.form("milestone_reach", &to, "It was reached", vec![on]).plain();
    let to = format!("schedule/take-back/{}", it.id);
    let back = here.form("milestone_take_back", &to, "Take it back", vec![why]).plain();
    [
        ("milestone_set", "Plan", set),
        ("milestone_reach", "Reached", reach),
        ("milestone_take_back", "Not reached after all", back),
    ]
}
