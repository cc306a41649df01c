//! Incidents on the board of a run.

use super::super::shell::{Again, InProject, Posted, Shown};
use super::word;
use crate::components::facts::Card;
use crate::components::form::{self, Choice, Field, Input};
use crate::components::state::{State, badge};
use axum::Router;
use axum::extract::Path;
use axum::routing::post;
use golive_app::cutover::{CutoverRunView, IncidentView};
use golive_app::{App, Error};
use golive_core::id::{IncidentId, RunId};
use maud::{Markup, html};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/cutover/incidents/{run}", post(report))
        .route("/projects/{slug}/cutover/incidents/{run}/{id}/{verb}", post(command))
}

async fn report(here: InProject, Path((_, run)): Path<(String, RunId)>, posted: Posted) -> Shown {
    let done = here
        .app
        .incident_report(&here.actor, run, posted.text("severity"), posted.text("what"))
        .await;
    let to = format!("cutover/run/{run}");
    here.settle(done, ("Reported", &to), &posted, |again| super::board::page(&here, run, again))
        .await
}

async fn command(
    here: InProject,
    Path((_, run, id, verb)): Path<(String, RunId, IncidentId, String)>,
    posted: Posted,
) -> Shown {
    let words = posted.text("words");
    let (done, said) = match verb.as_str() {
        "accept" => {
            (here.app.incident_accept(&here.actor, id, words).await, "We live with the workaround")
        }
        "solve" => (here.app.incident_solve(&here.actor, id, words).await, "Solved"),
        _ => return Err(Error::not_found("page", verb).into()),
    };
    here.done(done, said, &format!("cutover/run/{run}"))
}

/// The incidents, with a form for a new one.
pub(super) fn card(here: &InProject, run: &CutoverRunView, again: &Again) -> Markup {
    let severities = ["low", "medium", "high", "critical"].map(|it| Choice::new(it, word(it)));
    let fields = vec![
        Field::new("severity", "How bad", Input::Select(severities.to_vec())).value("medium"),
        Field::new("what", "What happened", Input::Area(2)),
    ];
    let new =
        here.form("incident_report", &format!("cutover/incidents/{}", run.id), "Report", fields);
    let open = run.incidents.iter().filter(|it| it.state != "solved").count();
    Card::new("incidents", "Incidents").count(open).padded(&html! {
        div.stack-s {
            @if run.incidents.is_empty() { p.muted.small { "None was reported." } }
            @for it in &run.incidents { (one(here, run, it)) }
            details { summary { "Report an incident" } (form::form(&new.plain(), &again.of("incident_report"))) }
        }
    })
}

fn one(here: &InProject, run: &CutoverRunView, it: &IncidentView) -> Markup {
    let state = match (it.state.as_str(), it.severity.as_str()) {
        ("solved", _) => State::Done,
        ("worked_around", _) => State::Waive,
        (_, "high" | "critical") => State::Bad,
        (_, _) => State::Warn,
    };
    let words = |label: &str| vec![Field::new("words", label, Input::Area(2))];
    let to = |verb: &str| format!("cutover/incidents/{}/{}/{verb}", run.id, it.id);
    html! {
        div.stack-s id=(it.id) {
            p { (badge(state, word(&it.severity).as_str())) " " (it.what) " " span.muted.small { (word(&it.state)) ", " (it.by) } }
            @if it.state != "solved" {
                details { summary { "Settle it" }
                    @let solve = here.form(&format!("incident_solve.{}", it.id), &to("solve"), "Solved", words("How it was solved"));
                    (form::form(&solve.plain(), &form::Filled::default()))
                    @if it.state == "open" {
                        @let accept = here.form(&format!("incident_accept.{}", it.id), &to("accept"), "Live with it", words("The workaround"));
                        (form::form(&accept.plain(), &form::Filled::default()))
                    }
                }
            }
        }
    }
}
