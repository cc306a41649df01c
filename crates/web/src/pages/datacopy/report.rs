//! One copy that was done: the report worst first, the totals, the signature, and what people do afterwards.

use super::{log_of, name_of, standing};
use crate::components::action::{Action, Look, action_explained};
use crate::components::facts::{Card, Item, items, kv};
use crate::components::form::{self, Field, Input};
use crate::components::icon::icon;
use crate::components::person::Person;
use crate::components::state::{State, badge, st};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::pages::shell::{Again, InProject, Last, Posted, Shown};
use crate::words;
use axum::extract::Path;
use golive_app::Error;
use golive_app::datacopy::CopyView;
use golive_app::environment::EnvironmentView;
use golive_core::datacopy::sign_off::State as Signed;
use golive_core::datacopy::{How, Line, LineResult, Outcome};
use golive_core::id::OperationId;
use maud::{Markup, html};
use std::collections::BTreeMap;

type People = BTreeMap<String, Person>;

/// So many tables are shown at once; the others, all better, stay folded.
const SHOWN: usize = 30;

pub(super) async fn show(here: InProject, Last(id): Last<OperationId>) -> Shown {
    page(&here, id, Again::none()).await
}

async fn page(here: &InProject, id: OperationId, again: Again) -> Shown {
    let copy = here.app.datacopy_view(&here.actor, id).await?;
    if copy.project != here.id.to_string() {
        return Err(Error::not_found("copy", id).into());
    }
    let environments = here.app.environment_list(&here.actor, here.id).await?;
    let people = here.people().await?;
    let title = format!(
        "Database copy, {} into {}",
        name_of(&environments, &copy.source),
        name_of(&environments, &copy.destination)
    );
    let (state, word) = standing(&copy);
    let lead = html! { (badge(state, word)) " done " (time::time(copy.at, &here.clock)) ". " a href=(here.at("copies")) { "All copies" } };
    let body = html! {
        (layout::head(&title, &lead, &[]))
        (verdict(here, &copy, &people))
        (sides(here, &copy, &environments))
        div.cols.mt4 {
            div.stack.gap5 {
                (lines_card(&copy))
                (totals_card(&copy))
            }
            aside.stack.gap5 aria-label="Signature and tasks" {
                @if matches!(copy.sign_off, Signed::Waiting { .. }) { (sign_card(here, &copy, &again)) }
                (tasks_card(here, &copy, &people))
                (Card::new("proof", "The proof").padded(&proof(here, &copy)))
            }
        }
    };
    here.live_page(ProjectPage::Copies, &title, body).await
}

fn who(people: &People, id: &impl ToString) -> String {
    people.get(&id.to_string()).map_or_else(|| "somebody".to_owned(), |one| one.name.clone())
}

/// The answer in one sentence, and what goes with it.
fn verdict(here: &InProject, copy: &CopyView, people: &People) -> Markup {
    let (state, title, text) = match (&copy.sign_off, &copy.report.outcome) {
        (Signed::Signed { by, at, issues, .. }, _) => (
            State::Done,
            "Copied, proven and signed off.",
            html! {
                (who(people, by)) " signed " (time::time(*at, &here.clock)) "."
                @if let Some(issues) = issues { " With issues: " (issues) }
            },
        ),
        (Signed::RolledBack { by, at, reason }, _) => (
            State::Idle,
            "Rolled back.",
            html! { (who(people, by)) ", " (time::time(*at, &here.clock)) ": " (reason) },
        ),
        (Signed::Waiting { due }, Outcome::Proven) => (
            State::Wait,
            "Copied and proven. It waits for its signature.",
            html! { (agreement(copy)) " Due " (time::time(*due, &here.clock)) "." },
        ),
        (Signed::Waiting { .. }, Outcome::NotProven { reasons }) => (
            State::Bad,
            "Not proven. It must not be signed.",
            html! { ul { @for reason in reasons { li { (reason) } } } },
        ),
    };
    html! {
        section.verdict id="copy-verdict" data-s=(state.key()) aria-labelledby="copy-verdict-h" {
            span.glyphbig { (icon(state.icon())) }
            div { h2 id="copy-verdict-h" { (title) } div.muted.small { (text) } }
            (log_of(here, copy))
        }
    }
}

fn agreement(copy: &CopyView) -> String {
    let report = &copy.report;
    let planned = report.count(LineResult::ChangedAsPlanned);
    let equal = report.count(LineResult::Equal) + report.count(LineResult::EqualByKeys);
    let totals = report.totals.iter().filter(|line| line.agrees).count();
    let differ = words::count(planned, "table differs", "tables differ");
    format!(
        "{equal} of {} tables are equal, {differ} only where the profile says so. {totals} of {} totals agree.",
        report.lines.len(),
        report.totals.len()
    )
}

fn sides(here: &InProject, copy: &CopyView, environments: &[EnvironmentView]) -> Markup {
    let side = |id: &str, word: &str| {
        let found = environments.iter().find(|one| one.id == id);
        let purpose = found.map_or_else(String::new, |one| words::role(&one.purpose));
        let is_production = found.is_some_and(|one| one.purpose == "production");
        html! {
            article.card.env.env-prod[is_production] {
                div.eh {
                    span.glyph { (icon(crate::components::icon::Icon::Environment)) }
                    div.grow {
                        h2 { a.ink href=(here.at(&format!("environments/{id}"))) { (name_of(environments, id)) } }
                        div.xs.muted { (word) ", " (purpose) }
                    }
                }
            }
        }
    };
    html! {
        div.copyx.mt4 {
            (side(&copy.source, "Source"))
            div.copyarrow aria-hidden="true" { (icon(crate::components::icon::Icon::Arrow)) }
            (side(&copy.destination, "Destination"))
        }
    }
}

fn result(line: &Line) -> (State, &'static str) {
    match line.result {
        LineResult::Missing => (State::Bad, "Missing in the copy"),
        LineResult::Differs => (State::Bad, "Differs"),
        LineResult::Unexpected => (State::Bad, "Only in the copy"),
        LineResult::ChangedOutsideProfile => (State::Bad, "Changed, not planned"),
        LineResult::ChangedAsPlanned => (State::Warn, "Changed as planned"),
        LineResult::EqualByKeys => (State::Done, "Equal, by keys"),
        LineResult::Equal => (State::Done, "Equal"),
    }
}

fn lines_card(copy: &CopyView) -> Markup {
    let lines = &copy.report.lines;
    let (first, rest) = lines.split_at(lines.len().min(SHOWN));
    let wrong = lines.iter().filter(|line| line.result.is_wrong()).count();
    let planned = copy.report.count(LineResult::ChangedAsPlanned);
    let equal = lines.len() - wrong - planned;
    let end = html! {
        @if wrong > 0 { (badge(State::Bad, format!("{wrong} wrong").as_str())) " " }
        @if planned > 0 { (badge(State::Warn, format!("{planned} as planned").as_str())) " " }
        (badge(State::Done, format!("{equal} equal").as_str()))
    };
    let inside = html! {
        (lines_table("Tables", first))
        @if !rest.is_empty() {
            details { summary.card-f { "Show the other " (rest.len()) } (lines_table("The other tables", rest)) }
        }
    };
    Card::new("lines", "Reconciliation, worst first").end(end).around(&inside)
}

fn lines_table(label: &str, lines: &[Line]) -> Markup {
    let columns = vec![
        Column::name("Table"),
        Column::figure("Source rows"),
        Column::figure("Copied"),
        Column::figure("In the end"),
        Column::short("Proof"),
        Column::short("Digest of both"),
        Column::summary("Result"),
    ];
    let rows = lines.iter().map(|line| {
        let (state, word) = result(line);
        let cells = vec![
            html! { code.nowrap { (line.table) } @if let Some(planned) = &line.planned { div.xs.muted.fw4.fmore { (planned) } } },
            count(line.source_rows),
            count(line.copied_rows),
            count(line.final_rows),
            html! { @match line.how { Some(How::FullRows) => "full rows", Some(How::Keys) => "keys only", None => span.muted { "none" } } },
            digests(line),
            st(state, word),
        ];
        let row = Row::new(&line.table, cells);
        match state {
            State::Bad | State::Warn => row.state(state),
            State::Done | State::Run | State::Wait | State::Stale | State::Waive | State::Idle
            | State::Lock | State::Held => row,
        }
    });
    table(&Table::new(label, columns, rows).folding())
}

fn count(rows: Option<u64>) -> Markup {
    let shown = rows.map(|rows| words::thousands(i64::try_from(rows).unwrap_or(i64::MAX)));
    html! { @match shown { Some(shown) => (shown), None => span.muted { "none" } } }
}

fn digests(line: &Line) -> Markup {
    html! {
        @match (&line.source_digest, &line.copied_digest) {
            (Some(source), Some(copied)) if source == copied => code.xs { (words::digest(source)) },
            (Some(_), Some(_)) => span.c-bad { "they differ" },
            (Some(_), None) | (None, Some(_)) => span.c-bad { "one side only" },
            (None, None) => span.muted { "none" },
        }
    }
}

fn totals_card(copy: &CopyView) -> Markup {
    let columns = vec![
        Column::name("Business total"),
        Column::figure("Source"),
        Column::figure("Copy"),
        Column::figure("Difference"),
        Column::summary("Result"),
    ];
    let amount = |text: &Option<String>| {
        html! { @match text { Some(text) => (grouped(text)), None => span.muted { "none" } } }
    };
    let rows = copy.report.totals.iter().map(|line| {
        let (state, word) =
            if line.agrees { (State::Done, "Agrees") } else { (State::Bad, "Does not agree") };
        let difference = line.difference.as_ref().map(ToString::to_string);
        let cells = vec![
            html! { (line.title) span.muted { ", " (line.unit) } },
            amount(&line.source),
            amount(&line.copied),
            amount(&difference),
            st(state, word),
        ];
        Row::new(&line.title, cells)
    });
    Card::new("totals", "Business totals")
        .count(copy.report.totals.len())
        .end(html! { span.small.muted { "named by the application, computed on both sides" } })
        .around(&table(&Table::new("Business totals", columns, rows).folding()))
}

/// An amount with its thousands apart; a text that is no amount stays as it is.
fn grouped(amount: &str) -> String {
    let (sign, size) = amount.strip_prefix('-').map_or(("", amount), |size| ("-", size));
    let (whole, rest) = size.split_at(size.find('.').unwrap_or(size.len()));
    match whole.parse::<i64>() {
        Ok(whole) => format!("{sign}{}{rest}", words::thousands(whole)),
        Err(_) => amount.to_owned(),
    }
}

fn proof(here: &InProject, copy: &CopyView) -> Markup {
    let report = &copy.report;
    let sequences = if report.sequences_differ.is_empty() {
        html! { "equal" }
    } else {
        html! { span.c-bad { (words::and(&report.sequences_differ)) } }
    };
    kv(&[
        ("Profile", html! { (report.profile) }),
        (
            "Schema",
            html! { @if report.schema_equal { "equal" } @else { span.c-bad { "not equal" } } },
        ),
        ("Counters", sequences),
        ("Digest", html! { code.wrapany { (report.digest) } }),
        ("Gate", html! { a href=(here.at("gates/production_copy")) { "Copy into production" } }),
    ])
}

fn sign_card(here: &InProject, copy: &CopyView, again: &Again) -> Markup {
    let card = Card::new("sign", "Signature");
    let refused = copy.actions.iter().find(|a| a.name == "datacopy_sign_off");
    let refused = refused.map(|a| a.refused.clone()).unwrap_or_default();
    if !refused.is_empty() {
        let button = Action::post("datacopy_sign_off", "Sign off", "").refused(refused);
        return card.padded(&action_explained(&button));
    }
    let issues = Field::new("issues", "What is not as it should be", Input::Area(2))
        .optional()
        .hint("Leave it empty to sign without issues");
    let to = format!("copies/{}/sign-off", copy.id);
    let form = here
        .form("datacopy_sign_off", &to, "Sign off", vec![issues])
        .with("digest", &copy.report.digest);
    let inside = html! {
        p.small.muted.mb3 { "It binds to the report as it stands here, digest " code { (words::digest(&copy.report.digest)) } "." }
        (form::form(&form, &again.of("datacopy_sign_off")))
    };
    card.state(State::Wait).padded(&inside)
}

fn tasks_card(here: &InProject, copy: &CopyView, people: &People) -> Markup {
    let done = copy.tasks.iter().filter(|task| task.done.is_some()).count();
    let list: Vec<Item> = copy
        .tasks
        .iter()
        .map(|line| match &line.done {
            Some(done) => Item::new(State::Done, &line.task.title)
                .note(html! { (who(people, &done.by)) ", " (time::time(done.at, &here.clock)) }),
            None => Item::new(State::Idle, &line.task.title)
                .note(html! { (words::role(&line.task.role)) ": " (line.task.instructions) })
                .action(task_button(here, copy, &line.task.id)),
        })
        .collect();
    Card::new("tasks", "Now to do")
        .end(html! { span.muted { (done) " of " (list.len()) } })
        .around(&items(&list))
}

fn task_button(here: &InProject, copy: &CopyView, task: &str) -> Action {
    let to = format!("copies/{}/tasks", copy.id);
    here.post(&format!("datacopy_task_done.{task}"), "Done", &to)
        .with("task", task)
        .look(Look::Small)
}

type InCopy = Path<(String, OperationId)>;

pub(super) async fn sign_off(here: InProject, Path((_, id)): InCopy, posted: Posted) -> Shown {
    let issues = Some(posted.text("issues").to_owned()).filter(|text| !text.is_empty());
    let signed = here.app.datacopy_sign_off(&here.actor, id, posted.text("digest"), issues).await;
    let to = format!("copies/{id}");
    here.settle(signed, ("Signed off", &to), &posted, |again| page(&here, id, again)).await
}

pub(super) async fn task_done(here: InProject, Path((_, id)): InCopy, posted: Posted) -> Shown {
    let done = here.app.datacopy_task_done(&here.actor, id, posted.text("task")).await;
    here.done(done, "On record", &format!("copies/{id}"))
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_of_an_amount_stand_apart_and_what_is_no_amount_stays() {
        assert_eq!(grouped("-1238040.31"), "-1\u{202f}238\u{202f}040.31");
        assert_eq!(grouped("-0.50"), "-0.50");
        assert_eq!(grouped("not counted"), "not counted");
    }
}
