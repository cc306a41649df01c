//! All cases page by page, one case with everything ever recorded for it, and one batch of results.

use super::overview::{case_table, outcome_state};
use super::{fold, short};
use crate::caller::Query;
use crate::components::action::Action;
use crate::components::facts::{Card, kv};
use crate::components::form::{Choice, Field, Input, form};
use crate::components::notice::empty;
use crate::components::pager::{Pager, pager};
use crate::components::state::{State, badge, st};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::pages::shell::{Again, InProject, Last, Posted, Shown, encode};
use axum::Router;
use axum::routing::{get, post};
use golive_app::App;
use golive_app::acceptance::{CaseQuery, CaseView, ResultForm, ResultLine};
use golive_core::id::{CaseId, ResultsId};
use maud::{Markup, html};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/acceptance/cases", get(list))
        .route("/projects/{slug}/acceptance/cases/{case}", get(show).post(record))
        .route("/projects/{slug}/acceptance/results/{batch}", get(batch))
        .route("/projects/{slug}/acceptance/supersede/{batch}", post(supersede))
}

async fn list(here: InProject, Query(query): Query<CaseQuery>) -> Shown {
    let list = here.app.case_list(&here.actor, here.id, &query).await?;
    let pair = |name: &str, value: &Option<String>| {
        value.as_ref().map(|text| format!("{name}={}&", encode(text)))
    };
    let same: String = [
        pair("outcome", &query.outcome),
        pair("process", &query.process),
        pair("priority", &query.priority),
    ]
    .into_iter()
    .flatten()
    .collect();
    let at = |rest: &str| here.at(&format!("acceptance/cases?{same}{rest}"));
    let pages = Pager {
        what: "cases".into(),
        shown: list.cases.len(),
        total: None,
        first: query.after.as_ref().map(|_| at("")),
        next: list.next.as_ref().map(|next| at(&format!("after={}", encode(next)))),
    };
    let filters = [
        ("", "All"),
        ("failed", "Failed"),
        ("blocked", "Blocked"),
        ("not-run", "Not run"),
        ("passed", "Passed"),
    ];
    let body = html! {
        (layout::head("Cases", &html! { "With the result that stands for each: the latest from an environment that counts." }, &[]))
        nav.btn-group aria-label="Which cases" {
            @for (outcome, label) in filters {
                @let on = query.outcome.as_deref().unwrap_or_default() == outcome;
                @let to = if outcome.is_empty() { here.at("acceptance/cases") } else { here.at(&format!("acceptance/cases?outcome={outcome}")) };
                a.btn.btn-s href=(to) aria-current=[on.then_some("page")] { (label) }
            }
        }
        div.mt4 {
            @if list.cases.is_empty() { (empty("No such cases", "Cases come in with a file; a filter may leave none.", &[Action::go("import", "Import", here.at("acceptance/import"))])) }
            @else { (Card::new("cases", "Cases").around(&html! { (case_table(&here, &list.cases)) (pager(&pages)) })) }
        }
    };
    here.page(ProjectPage::Acceptance, "Cases", body).await
}

async fn show(here: InProject, Last(id): Last<CaseId>) -> Shown {
    case_page(&here, id, Again::none()).await
}

async fn case_page(here: &InProject, id: CaseId, again: Again) -> Shown {
    let view = here.app.case_view(&here.actor, id).await?;
    let cycles = here.app.cycle_list(&here.actor, here.id).await?;
    let running: Vec<Choice> = cycles
        .iter()
        .filter(|cycle| cycle.state == "running")
        .map(|cycle| Choice::new(&cycle.name, &cycle.title))
        .collect();
    let case = &view.case;
    let (state, word) = outcome_state(&view.line.outcome);
    let lead = html! { a href=(here.at("acceptance/cases")) { "Cases" } ", " (view.line.name) ", " (super::overview::process_words(&view.line.process)) ", " (view.line.priority) };
    let facts = [
        ("As", html! { (case.role) }),
        ("Before", html! { (case.preconditions) }),
        ("Do", html! { (case.steps) }),
        ("With", html! { (case.data) }),
        ("Expect", html! { (case.expected) }),
        ("Proves", html! { (case.requirements.join(", ")) }),
        ("Exercises", html! { (case.exercises.join(", ")) }),
    ];
    let said: Vec<_> = facts.into_iter().filter(|(_, text)| !text.0.is_empty()).collect();
    let body = html! {
        (layout::head(&view.line.title, &lead, &[]))
        div.cols {
            div.stack.gap5 {
                (Card::new("case", "The case").end(badge(state, word)).padded(&kv(&said)))
                (history(here, &view))
            }
            aside.stack.gap5 { (recording(here, &view, running, &again)) }
        }
    };
    here.page(ProjectPage::Acceptance, &view.line.title, body).await
}

fn history(here: &InProject, view: &CaseView) -> Markup {
    if view.results.is_empty() {
        return super::nothing("results", "Results", "It was never run.");
    }
    Card::new("results", "Results").count(view.results.len()).around(&result_table(
        here,
        &view.results,
        &view.line.title,
    ))
}

fn result_table(here: &InProject, results: &[ResultLine], of: &str) -> Markup {
    let columns = vec![
        Column::figure("No."),
        Column::name("Case"),
        Column::summary("Result"),
        Column::short("Tester, role"),
        Column::short("When"),
        Column::plain("Wrong?"),
    ];
    let rows = results.iter().map(|line| {
        let (state, word) = outcome_state(line.result.outcome.name());
        let place = format!("{}-{}", line.batch, line.position);
        Row::new(
            of.to_owned(),
            vec![
                html! { (line.position) },
                html! { (line.result.case) @if let Some(comment) = &line.result.comment { div.xs.muted.fw4 { (comment) } } @if let Some(defect) = &line.result.defect { div.xs.muted.fw4 { "Defect " (defect) } } },
                if line.superseded { st(State::Idle, "taken back") } else { badge(state, word) },
                html! { (line.result.tester) div.xs.muted { (line.result.role) } },
                time::time(line.result.at, &here.clock),
                html! {
                    @if !line.superseded {
                        details { (fold("Take back"))
                            form method="post" action=(here.at(&format!("acceptance/supersede/{}", line.batch))) {
                                input type="hidden" name="position" value=(line.position);
                                label.vh for=(place) { "Why it is wrong" }
                                input.in.in-s id=(place) name="reason" placeholder="Why it is wrong" required;
                                button.btn.btn-s type="submit" { "Take back" }
                            }
                        }
                    }
                },
            ],
        )
    });
    table(&Table::new("Results", columns, rows).folding())
}

fn recording(here: &InProject, view: &CaseView, running: Vec<Choice>, again: &Again) -> Markup {
    if running.is_empty() {
        return super::nothing("record", "Record a result", "No cycle is running.");
    }
    let outcomes = ["passed", "failed", "blocked"]
        .map(|outcome| Choice::new(outcome, outcome_state(outcome).1));
    let causes = ["bug", "configuration", "gap", "product", "design", "improvement"]
        .map(|cause| Choice::new(cause, cause));
    let fields = vec![
        Field::new("outcome", "Result", Input::Select(outcomes.into())),
        Field::new("cause", "Cause, if it failed", Input::Select(causes.into())).optional(),
        Field::text("role", "Done as").value(&view.line.role),
        Field::text("tester", "By").optional().hint("You, if empty"),
        Field::new("cycle", "Cycle", Input::Select(running)),
        Field::text("environment", "Environment"),
        Field::new("comment", "Remark", Input::Area(2)).optional(),
        Field::text("defect", "Defect").optional(),
    ];
    let it = here
        .form("result_record", &format!("acceptance/cases/{}", view.line.id), "Record", fields)
        .with("case", &view.line.name);
    Card::new("record", "Record a result").padded(&form(&it, &again.of("result_record")))
}

async fn record(here: InProject, Last(id): Last<CaseId>, posted: Posted) -> Shown {
    let done = match posted.read::<ResultForm>() {
        Ok(wanted) => here.app.result_record(&here.actor, here.id, &wanted).await,
        Err(error) => Err(error),
    };
    let to = format!("acceptance/cases/{id}");
    here.settle(done, ("Recorded", &to), &posted, |again| case_page(&here, id, again)).await
}

async fn batch(here: InProject, Last(id): Last<ResultsId>, Query(page): Query<After>) -> Shown {
    let detail = here.app.result_view(&here.actor, id, page.after).await?;
    let batch = &detail.batch;
    let at = format!("acceptance/results/{id}");
    let pages = Pager {
        what: "results".into(),
        shown: detail.results.len(),
        total: Some(batch.results),
        first: page.after.map(|_| here.at(&at)),
        next: detail.next.map(|next| here.at(&format!("{at}?after={next}"))),
    };
    let facts = [
        ("Cycle", html! { (batch.cycle) }),
        (
            "Where",
            html! { (batch.environment) ", version " (short(&batch.version_set)) ", data " (short(&batch.data_set)) },
        ),
        ("Brought in", html! { (batch.by) ", " (time::time(batch.at, &here.clock)) }),
        (
            "Effect",
            html! { (batch.results) " results, " (batch.moved) " cases moved, " (batch.overruled) " overruled by later ones, " (batch.other_role) " with another role than asked" },
        ),
        ("File", html! { code.xs { (batch.digest) } }),
    ];
    let name = if batch.file.is_empty() { "Typed in".to_owned() } else { batch.file.clone() };
    let take_back = here
        .form(
            "result_supersede",
            &format!("acceptance/supersede/{id}"),
            "Take the whole batch back",
            vec![Field::text("reason", "Why it is wrong")],
        )
        .plain();
    let body = html! {
        (layout::head(&name, &html! { a href=(here.at("acceptance")) { "Acceptance" } ", batch " (batch.number) }, &[]))
        div.stack.gap5 {
            (Card::new("batch", "The batch").padded(&html! {
                (kv(&facts))
                @for why in &batch.does_not_count { p { (st(State::Warn, why.as_str())) } }
                @match &batch.superseded {
                    Some(reason) => p { (st(State::Idle, "taken back")) " " (reason) },
                    None => details { (fold("The whole batch is wrong")) (form(&take_back, &crate::components::form::Filled::default())) },
                }
            }))
            (Card::new("results", "Results").around(&html! { (result_table(&here, &detail.results, "result")) (pager(&pages)) }))
        }
    };
    here.page(ProjectPage::Acceptance, &name, body).await
}

/// Where a page of results begins.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct After {
    after: Option<i64>,
}

async fn supersede(here: InProject, Last(id): Last<ResultsId>, posted: Posted) -> Shown {
    let position = posted.text("position").parse().ok();
    let done = here.app.result_supersede(&here.actor, id, position, posted.text("reason")).await;
    here.done(done, "Taken back", &format!("acceptance/results/{id}"))
}
