//! What the page shows beside forms: coverage, cases that need somebody, conditions, batches, peripherals.

use super::{nothing, short};
use crate::components::facts::Card;
use crate::components::measure::{Part, PartLook, seg};
use crate::components::state::{State, badge, st, st_icon};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::pages::shell::InProject;
use crate::words;
use golive_app::Error;
use golive_app::acceptance::{AcceptanceView, AreaView, CaseLine, CaseQuery};
use golive_core::gate::Status;
use maud::{Markup, html};

/// Cases on the first page that need somebody.
const SHOWN: usize = 20;

pub(super) fn coverage(here: &InProject, view: &AcceptanceView) -> Markup {
    if view.areas.is_empty() {
        return nothing(
            "coverage",
            "Coverage and results",
            "No requirements and cases yet. Import them first.",
        );
    }
    let columns = vec![
        Column::name("Process"),
        Column::summary("Requirements"),
        Column::figure("Cases"),
        Column::plain("Results"),
        Column::short("Freshness"),
    ];
    let rows = view.areas.iter().map(|area| area_row(here, area));
    let legend = html! {
        span.legend { @for (class, word) in [("sp", "passed"), ("sf", "failed"), ("sb", "blocked"), ("so", "open")] { span { i.sw.(class) {} (word) } } }
    };
    Card::new("coverage", "Coverage and results")
        .end(legend)
        .around(&table(&Table::new("Coverage by process", columns, rows).folding()))
}

fn area_row(here: &InProject, area: &AreaView) -> Row {
    let covered = area.requirements - area.uncovered.min(area.requirements);
    let state = if area.uncovered == 0 { State::Done } else { State::Bad };
    let ran = area.passed + area.failed + area.blocked;
    let part =
        |word: &str, count: u32, look| Part { word: word.to_owned(), count: count as usize, look };
    let parts = [
        part("passed", area.passed, PartLook::Passed),
        part("failed", area.failed, PartLook::Failed),
        part("blocked", area.blocked, PartLook::Blocked),
        part("open", area.cases.saturating_sub(ran), PartLook::Open),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|part| part.count > 0)
        .map(|part| format!("{} {}", part.count, part.word))
        .collect();
    let name = process_words(&area.process);
    Row::new(
        name.clone(),
        vec![
            html! { a.ink href=(here.at(&format!("acceptance/cases?process={}", crate::pages::shell::encode(&area.process)))) { (name) } },
            st(state, format!("{covered} of {}", area.requirements).as_str()),
            html! { (area.cases) },
            html! { (seg(&parts, false)) span.xs.muted { (said.join(", ")) } },
            if area.stale > 0 {
                st(State::Stale, format!("{} stale", area.stale).as_str())
            } else if ran == 0 {
                html! { span.muted { "not run" } }
            } else {
                st(State::Done, "fresh")
            },
        ],
    )
}

/// `order-to-cash` is Order to cash.
pub(super) fn process_words(key: &str) -> String {
    let text = key.replace(['-', '_'], " ");
    let mut letters = text.chars();
    letters.next().map_or_else(
        || "Without a process".to_owned(),
        |first| first.to_uppercase().chain(letters).collect(),
    )
}

/// Cases that did not pass, the first of each kind.
pub(super) async fn attention(here: &InProject) -> Result<Markup, Error> {
    let mut found: Vec<CaseLine> = Vec::new();
    let mut more = false;
    for outcome in ["failed", "blocked"] {
        let query = CaseQuery { outcome: Some(outcome.to_owned()), ..CaseQuery::default() };
        let list = here.app.case_list(&here.actor, here.id, &query).await?;
        more |= list.next.is_some() || list.cases.len() + found.len() > SHOWN;
        found.extend(list.cases);
    }
    found.truncate(SHOWN);
    if found.is_empty() {
        return Ok(nothing(
            "attention",
            "Cases that need somebody",
            "No case has failed or is blocked.",
        ));
    }
    let foot = html! {
        @if more { "The first " (SHOWN) ". " }
        a href=(here.at("acceptance/cases?outcome=failed")) { "All that failed" } ", "
        a href=(here.at("acceptance/cases?outcome=blocked")) { "all that are blocked" } ", "
        a href=(here.at("acceptance/cases?outcome=not-run")) { "all that are not run" }
    };
    Ok(Card::new("attention", "Cases that need somebody")
        .count(found.len())
        .foot(foot)
        .around(&case_table(here, &found)))
}

/// Cases with the results that stand.
pub(super) fn case_table(here: &InProject, cases: &[CaseLine]) -> Markup {
    let columns = vec![
        Column::id("Case"),
        Column::name("What is tested"),
        Column::summary("Result"),
        Column::short("Tester, role"),
        Column::short("When"),
    ];
    let rows = cases.iter().map(|case| {
        let (state, word) = outcome_state(&case.outcome);
        Row::new(
            case.title.clone(),
            vec![
                html! { span.nowrap { (case.name) } },
                html! {
                    a.ink href=(here.at(&format!("acceptance/cases/{}", case.id))) { (case.title) }
                    div.xs.muted.fw4.fmore { (process_words(&case.process)) ", " (case.priority) }
                },
                badge(state, word),
                html! {
                    @if let Some(standing) = &case.standing { (standing.tester) div.xs.muted { (standing.role) } }
                    @else { span.muted { "as " (case.role) } }
                },
                html! { @if let Some(standing) = &case.standing { (time::time(standing.at, &here.clock)) } },
            ],
        )
    });
    table(&Table::new("Cases", columns, rows).folding())
}

/// An outcome as a state with its word.
pub(super) fn outcome_state(outcome: &str) -> (State, &'static str) {
    match outcome {
        "passed" => (State::Done, "Passed"),
        "failed" => (State::Bad, "Failed"),
        "blocked" => (State::Held, "Blocked"),
        _ => (State::Idle, "Not run"),
    }
}

/// The gate's criteria in one short list.
pub(super) fn conditions(here: &InProject, view: &AcceptanceView) -> Markup {
    let foot =
        html! { a href=(here.at("gates/acceptance")) { "Every criterion with its reasons" } };
    Card::new("conditions", "Conditions for the sign-off").foot(foot).around(&html! {
        ul.list.small {
            @for judged in &view.gate.verdict.criteria {
                li {
                    (st_icon(judged.status.into(), None))
                    div.grow {
                        (judged.title)
                        @if matches!(judged.status, Status::Unmet | Status::Stale) {
                            @if let Some(first) = judged.details.first() { div.xs.muted { (first) } }
                        }
                    }
                    span.num.r { (words::value(&judged.value, judged.unit.as_deref())) div.xs.muted { (words::threshold(judged)) } }
                }
            }
        }
    })
}

pub(super) fn batches(here: &InProject, view: &AcceptanceView) -> Markup {
    if view.batches.is_empty() {
        return nothing(
            "batches",
            "Results as they came in",
            "No results yet. Import a file or record them one by one.",
        );
    }
    let columns = vec![
        Column::figure("No."),
        Column::name("File"),
        Column::short("Cycle"),
        Column::plain("Where"),
        Column::summary("Results"),
        Column::short("When"),
    ];
    let rows = view.batches.iter().map(|batch| {
        let name = if batch.file.is_empty() { "typed in" } else { batch.file.as_str() };
        let id = batch.id.clone().unwrap_or_default();
        let stands = match (&batch.superseded, batch.does_not_count.first()) {
            (Some(_), _) => st(State::Idle, "taken back"),
            (None, Some(why)) => html! { (st(State::Warn, "does not count")) div.xs.muted { (why) } },
            (None, None) => html! { (batch.results) div.xs.muted { (batch.moved) " now stand" } },
        };
        Row::new(
            name.to_owned(),
            vec![
                html! { (batch.number) },
                html! { a.ink href=(here.at(&format!("acceptance/results/{id}"))) { (name) } div.xs.muted.fw4 { "by " (batch.by) } },
                html! { (batch.cycle) },
                html! { (batch.environment) div.xs.muted { (short(&batch.version_set)) ", " (short(&batch.data_set)) } },
                stands,
                time::time(batch.at, &here.clock),
            ],
        )
    });
    Card::new("batches", "Results as they came in")
        .around(&table(&Table::new("Batches of results", columns, rows).folding()))
}

pub(super) fn peripherals(view: &AcceptanceView) -> Markup {
    if view.peripherals.is_empty() {
        return html! {};
    }
    let open = view.peripherals.iter().filter(|one| one.passed == 0).count();
    let word = if open == 0 { "all exercised".to_owned() } else { format!("{open} not exercised") };
    html! {
        details.card id="peripherals" {
            summary.card-h.bd0 {
                (crate::components::icon::icon_with(crate::components::icon::Icon::Right, "i chev"))
                h2 { "Integrations, printing, devices" } span.count { (view.peripherals.len()) }
                span.end.small.muted { (word) }
            }
            ul.list.small {
                @for one in &view.peripherals {
                    li {
                        (st_icon(if one.passed > 0 { State::Done } else { State::Bad }, None))
                        div.grow { (one.title) div.xs.muted { (one.name) ", " (words::role(&one.kind)) } }
                        span.num { (words::count(one.passed as usize, "pass", "passes")) }
                    }
                }
            }
        }
    }
}
