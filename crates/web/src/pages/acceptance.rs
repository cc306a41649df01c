//! Pages: acceptance. The whole on one page; cases, defects, proofs and imports on pages of their own.

mod cases;
mod claims;
mod cycles;
mod defects;
mod imports;
mod overview;
mod proofs;
mod seat;

use super::shell::{Again, InProject, Posted, Shown};
use crate::components::action::{Action, Look};
use crate::components::facts::{Card, Fig, figs};
use crate::components::icon::{Icon, icon_with};
use crate::components::notice::banner;
use crate::components::state::State;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use golive_app::App;
use golive_app::acceptance::AcceptanceView;
use golive_core::gate::Judged;
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/acceptance", get(show))
        .route("/projects/{slug}/acceptance/sign", post(seat::sign))
        .route("/projects/{slug}/acceptance/revoke", post(seat::revoke))
        .route("/projects/{slug}/acceptance/baseline", post(seat::baseline))
        .merge(cases::routes())
        .merge(claims::routes())
        .merge(cycles::routes())
        .merge(defects::routes())
        .merge(imports::routes())
        .merge(proofs::routes())
}

async fn show(here: InProject) -> Shown {
    page(&here, Again::none()).await
}

/// The whole, with a form that came back.
async fn page(here: &InProject, again: Again) -> Shown {
    let view = here.app.acceptance_view(&here.actor, here.id).await?;
    let body = html! {
        (layout::head("Acceptance", &lead(&view), &head_actions(here, &view)))
        (changed(&view))
        (figures(here, &view))
        div.cols.mt4 {
            div.stack.gap5 {
                (overview::coverage(here, &view))
                (overview::attention(here).await?)
                (cycles::card(here, &view, &again))
                (defects::card(here, &view))
                (overview::batches(here, &view))
            }
            aside.stack.gap5 aria-label="Conditions and signature" {
                (seat::card(here, &view, &again))
                (overview::conditions(here, &view))
                (claims::cards(here, &view, &again))
                (overview::peripherals(&view))
                (proofs::links(here))
            }
        }
    };
    here.live_page(ProjectPage::Acceptance, "Acceptance", body).await
}

fn lead(view: &AcceptanceView) -> Markup {
    let running = view.cycles.iter().find(|cycle| cycle.state == "running");
    html! {
        @match running {
            Some(cycle) => {
                (cycle.title) " is running"
                @if let Some(solution) = &cycle.solution { " on version " (short(&solution.version_set)) ", data set " (short(&solution.data_set)) }
                "."
            }
            None => "No cycle is running. Results come in while one does.",
        }
    }
}

fn head_actions(here: &InProject, view: &AcceptanceView) -> Vec<Action> {
    let mut actions = vec![
        Action::go("import", "Import", here.at("acceptance/import")).icon(Icon::Upload),
        Action::go("cases", "All cases", here.at("acceptance/cases")),
    ];
    let tried = here.act(&view.actions, "acceptance_sign_off", "head", ("Sign off", "acceptance"));
    match (view.sign_off.state.as_str(), tried.refused.is_empty()) {
        ("signed", _) => {}
        (_, true) => actions.push(Action::go("sign", "Sign off", "#seat").look(Look::Primary)),
        (_, false) => actions.push(tried),
    }
    actions
}

/// A signature that no longer holds is the first thing to be seen.
fn changed(view: &AcceptanceView) -> Markup {
    if view.sign_off.state.as_str() == "superseded" {
        let text = html! { "Changed since then: " (words::and(&view.sign_off.changed)) ". It must be signed again." };
        banner("superseded", State::Stale, "The signature no longer holds.", &text, &[])
    } else {
        html! {}
    }
}

/// One criterion of the gate by its id.
fn criterion<'a>(view: &'a AcceptanceView, id: &str) -> Option<&'a Judged> {
    view.gate.verdict.criteria.iter().find(|judged| judged.id == id)
}

fn figures(here: &InProject, view: &AcceptanceView) -> Markup {
    let it = &view.figures;
    let state = |id: &str| criterion(view, id).map_or(State::Idle, |judged| judged.status.into());
    let asked = |id: &str| criterion(view, id).map(words::threshold).unwrap_or_default();
    let least =
        criterion(view, "pass-rate").and_then(|judged| judged.threshold.number()).unwrap_or(100.0);
    let more = missing(least, it.cases, it.passed);
    let rate = Fig::new(
        "Pass rate",
        format!("{:.1} %", it.pass_rate),
        format!("{} of {} cases, {}", it.passed, it.cases, asked("pass-rate")),
    )
    .state(state("pass-rate"));
    let to_go = match more {
        0 => Fig::new(
            "To the threshold",
            "reached",
            format!("{} failed, {} blocked", it.failed, it.blocked),
        )
        .state(State::Done),
        n => Fig::new(
            "To the threshold",
            format!("{n} more"),
            format!("passes; {} failed, {} blocked", it.failed, it.blocked),
        ),
    };
    let covered = Fig::new(
        "Scope covered",
        format!("{} of {}", it.covered, it.requirements),
        requirement_note(view),
    )
    .state(state("coverage"));
    let stale: u32 = it.going_stale.values().sum();
    let soon = match it.going_stale.keys().next() {
        Some(at) => Fig::new(
            "Going stale",
            words::count(stale as usize, "result", "results"),
            format!("from {}", words::moment(*at, &here.clock)),
        )
        .state(State::Warn),
        None if it.passed_stale > 0 => Fig::new(
            "Stale",
            words::count(it.passed_stale as usize, "result", "results"),
            "passed, and must be run again",
        )
        .state(State::Stale),
        None => Fig::new("Going stale", "none", "nothing ages out soon"),
    };
    figs("figures", "Figures", &[rate, to_go, covered, soon])
}

fn requirement_note(view: &AcceptanceView) -> String {
    match view.uncovered.as_slice() {
        [] if view.figures.requirements == 0 => "there are no requirements yet".to_owned(),
        [] => "every requirement has a case".to_owned(),
        [one] => format!("{one} has no case"),
        [one, ..] => format!("{one} and others have no case"),
    }
}

/// How many passes are missing to a share in percent.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count of cases"
)]
fn missing(least: f64, cases: u32, passed: u32) -> u32 {
    let needed = (least * f64::from(cases) / 100.0).ceil() as u32;
    needed.saturating_sub(passed)
}

/// The head of something folded.
fn fold(label: &str) -> Markup {
    html! { summary.small.row.row-tight.nowrap-row { (icon_with(Icon::Right, "i chev")) (label) } }
}

/// A name that a machine made, shortened; the whole of it is in its title.
fn short(name: &str) -> Markup {
    let count = name.chars().count();
    let shown: String = if count > 22 {
        let (start, end) = (name.chars().take(12), name.chars().skip(count - 4));
        start.chain(std::iter::once('…')).chain(end).collect()
    } else {
        name.to_owned()
    };
    html! { span.nowrap title=(name) { (shown) } }
}

/// A card with a quiet word where there is nothing yet.
fn nothing(id: &str, title: &str, text: &str) -> Markup {
    Card::new(id, title).padded(&html! { p.muted.small { (text) } })
}

/// After a form of the page: back to it, or the page again with what was typed.
async fn settled<T>(
    here: &InProject,
    done: Result<T, golive_app::Error>,
    toast: &str,
    posted: &Posted,
) -> Shown {
    here.settle(done, (toast, "acceptance"), posted, |again| page(here, again)).await
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn passes_that_are_missing_are_whole_ones() {
        assert_eq!(missing(95.0, 140, 128), 5);
        assert_eq!(missing(95.0, 182, 178), 0);
        assert_eq!(missing(100.0, 0, 0), 0);
    }
}
