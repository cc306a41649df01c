//! Proofs: the customisation analysis with its exceptions, the load test held against its targets.

use super::{fold, nothing};
use crate::components::action::{Action, action};
use crate::components::facts::{Card, kv};
use crate::components::form::{Field, Filled, Input, form};
use crate::components::state::{State, badge, st};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::pages::shell::{InProject, Posted, Shown};
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use golive_app::acceptance::{AnalysisView, IssueView, LoadTestView, SeenForm};
use golive_app::{App, Error};
use maud::{Markup, html};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/acceptance/proofs", get(show))
        .route("/projects/{slug}/acceptance/analysis/read", post(read))
        .route("/projects/{slug}/acceptance/analysis/propose", post(propose))
        .route("/projects/{slug}/acceptance/analysis/accept", post(accept))
        .route("/projects/{slug}/acceptance/load-test/observe", post(observe))
}

pub(super) fn links(here: &InProject) -> Markup {
    Card::new("proofs", "Proofs").padded(&html! {
        p.small { a href=(here.at("acceptance/proofs")) { "Customisation analysis and load test" } }
        p.small { a href=(here.at("acceptance/defects")) { "Defects" } }
    })
}

/// Nothing where there is none yet.
fn maybe<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Ok(view) => Ok(Some(view)),
        Err(Error::NotFound { kind: "analysis" | "load test", .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn show(here: InProject) -> Shown {
    let analysis = maybe(here.app.analysis_view(&here.actor, here.id, None).await)?;
    let test = maybe(here.app.load_test_view(&here.actor, here.id, None).await)?;
    let lead = html! { a href=(here.at("acceptance")) { "Acceptance" } ". What a file proves, of which version, and how long it holds." };
    let body = html! {
        (layout::head("Proofs", &lead, &[Action::go("import", "Import", here.at("acceptance/import"))]))
        div.stack.gap5 {
            @match &analysis { Some(view) => (analysis_card(&here, view)), None => (nothing("analysis", "Customisation analysis", "None was brought in.")) }
            @match &test { Some(view) => (test_card(&here, view)), None => (nothing("load-test", "Load test", "None was brought in.")) }
        }
    };
    here.page(ProjectPage::Acceptance, "Proofs", body).await
}

fn analysis_card(here: &InProject, view: &AnalysisView) -> Markup {
    let (state, word) = match (view.critical_open, &view.read_by) {
        (0, Some(_)) => (State::Done, "Clean".to_owned()),
        (0, None) => (State::Wait, "Not read".to_owned()),
        (n, _) => (State::Bad, format!("{n} open")),
    };
    let counts: Vec<String> =
        view.counts.iter().map(|(severity, n)| format!("{n} {severity}")).collect();
    let read = here.act(
        &view.actions,
        "analysis_read",
        "",
        ("I have read it", "acceptance/analysis/read"),
    );
    let facts = [
        ("Of version", html! { (view.version_set) }),
        ("Made", time::time(view.taken, &here.clock)),
        ("Lines", html! { (words::and(&counts)) }),
        ("Not looked at", html! { (view.coverage_note.as_deref().unwrap_or("nothing is said")) }),
        ("Read by", html! { @match &view.read_by { Some(by) => (by), None => (action(&read)) } }),
    ];
    let columns = vec![
        Column::name("Line"),
        Column::summary("Counts"),
        Column::plain("What the checker says"),
        Column::plain("Exception"),
    ];
    let rows = view.issues.iter().map(|issue| issue_row(here, issue));
    Card::new("analysis", "Customisation analysis").end(badge(state, word.as_str())).around(&html! {
        div.card-b { (kv(&facts)) }
        @if !view.issues.is_empty() { (table(&Table::new("Lines of the analysis", columns, rows).folding())) }
    })
}

fn issue_row(here: &InProject, issue: &IssueView) -> Row {
    let counts = match (issue.open, &issue.accepted_by) {
        (true, _) => st(State::Bad, issue.severity.as_str()),
        (false, Some(_)) => st(State::Waive, "excepted"),
        (false, None) => st(State::Idle, issue.severity.as_str()),
    };
    Row::new(
        issue.name.clone(),
        vec![
            html! { @if issue.element.is_empty() { (issue.name) } @else { (issue.element) div.xs.muted.fw4 { (issue.rule) } } },
            counts,
            html! { (issue.message) },
            exception(here, issue),
        ],
    )
}

fn exception(here: &InProject, issue: &IssueView) -> Markup {
    let to = |verb: &str| here.at(&format!("acceptance/analysis/{verb}"));
    html! {
        @match (&issue.reason, &issue.accepted_by) {
            (Some(reason), Some(by)) => { (reason) div.xs.muted { "agreed by " (by) } }
            (Some(reason), None) => {
                (reason)
                div.xs.muted { "proposed by " (issue.proposed_by.as_deref().unwrap_or("somebody")) }
                form.act-f method="post" action=(to("accept")) {
                    input type="hidden" name="issue" value=(issue.name);
                    button.btn.btn-s type="submit" { "Agree" }
                }
            }
            (None, _) => details { (fold("Propose an exception"))
                form method="post" action=(to("propose")) {
                    input type="hidden" name="issue" value=(issue.name);
                    label.vh for=(format!("why-{}", issue.name)) { "Why it may stay" }
                    input.in.in-s id=(format!("why-{}", issue.name)) name="reason" placeholder="Why it may stay" required;
                    button.btn.btn-s type="submit" { "Propose" }
                }
            },
        }
    }
}

fn test_card(here: &InProject, view: &LoadTestView) -> Markup {
    let (state, word) =
        if view.passed { (State::Done, "Met its targets") } else { (State::Bad, "Missed targets") };
    let share = view.load_share.map_or_else(
        || "no peak is set".to_owned(),
        |share| format!("{share:.0} % of the peak at least"),
    );
    let facts = [
        ("By", html! { (view.tool) }),
        ("Done", time::time(view.taken, &here.clock)),
        (
            "On",
            html! { (super::short(&view.version_set)) ", data " (super::short(&view.data_set)) },
        ),
        (
            "Load",
            html! { (share) @if let Some(users) = view.users { ", up to " (users) " users at once" } },
        ),
    ];
    let columns = vec![
        Column::name("Process"),
        Column::figure("95 of 100 within"),
        Column::figure("Target"),
        Column::figure("Errors"),
        Column::summary("Kept"),
    ];
    let rows = view.lines.iter().map(|line| {
        let (p95, errors) = line.measured.as_ref().map_or((String::new(), String::new()), |m| {
            (format!("{:.0} ms", m.p95_ms), format!("{:.2} %", m.error_percent()))
        });
        let kept = if line.misses.is_empty() {
            st(State::Done, "kept")
        } else {
            html! { (st(State::Bad, "missed")) div.xs.muted { (line.misses.join("; ")) } }
        };
        Row::new(
            line.process.clone(),
            vec![
                html! { (line.process) },
                html! { (p95) },
                html! { (format!("{:.0} ms", line.target.p95_ms)) },
                html! { (errors) },
                kept,
            ],
        )
    });
    Card::new("load-test", "Load test").end(badge(state, word)).around(&html! {
        div.card-b.stack { (kv(&facts)) (seen(here, view)) }
        @if view.lines.is_empty() { div.card-b { p.small.muted { "No process has a target: import the targets, then the test again." } } }
        @else { (table(&Table::new("Load test by process", columns, rows).folding())) }
    })
}

/// What people saw beside the numbers.
fn seen(here: &InProject, view: &LoadTestView) -> Markup {
    let all = [
        ("combined", "Users, jobs and integrations ran together", view.seen.combined),
        ("like_production", "Tier and data volume are like production", view.seen.like_production),
        ("near_limit", "A server or the database was near its limit", view.seen.near_limit),
        (
            "night_run_in_time",
            "The night run ended with time to spare",
            view.seen.night_run_in_time,
        ),
    ];
    let said: Vec<&str> =
        all.iter().filter(|(.., seen)| *seen == Some(true)).map(|(_, title, _)| *title).collect();
    let value = |seen: Option<bool>| if seen == Some(true) { "on" } else { "" };
    let boxes = all.map(|(name, title, seen)| {
        Field::new(name, title, Input::Check).optional().value(value(seen))
    });
    let it = here
        .form("load_test_observe", "acceptance/load-test/observe", "Record", boxes.into())
        .plain();
    html! {
        @for title in said { p.small { (st(State::Done, title)) } }
        details { (fold("What people saw beside the numbers")) (form(&it, &Filled::default())) }
    }
}

async fn read(here: InProject) -> Shown {
    here.done(here.app.analysis_read(&here.actor, here.id).await, "Read", "acceptance/proofs")
}

async fn propose(here: InProject, posted: Posted) -> Shown {
    let done = here
        .app
        .analysis_propose_exception(
            &here.actor,
            here.id,
            posted.text("issue"),
            posted.text("reason"),
        )
        .await;
    here.done(done, "Proposed", "acceptance/proofs")
}

async fn accept(here: InProject, posted: Posted) -> Shown {
    let done = here.app.analysis_accept_exception(&here.actor, here.id, posted.text("issue")).await;
    here.done(done, "Agreed", "acceptance/proofs")
}

async fn observe(here: InProject, posted: Posted) -> Shown {
    let done = match posted.read::<SeenForm>() {
        Ok(seen) => here.app.load_test_observe(&here.actor, here.id, &seen).await,
        Err(error) => Err(error),
    };
    here.done(done, "Recorded", "acceptance/proofs")
}
