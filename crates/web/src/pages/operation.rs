//! Operations: the list, and one with its steps, its live log, its undo, and what a person may choose.

use super::shell::{Again, InProject, Last, Posted, Shown, folded_form};
use crate::caller::Query;
use crate::components::action::{Action, Look};
use crate::components::dialog::{Dialog, dialog};
use crate::components::facts::{Card, Fig, figs};
use crate::components::form::{self, Choice as Offered, Field, Input};
use crate::components::notice::{banner, empty};
use crate::components::ops::{LogLine, OpStands, OpStep, UndoStep, log, operation_steps, undo};
use crate::components::person::Person;
use crate::components::state::{State, badge};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use golive_app::operation::{DrillRequest, OperationView, StepView};
use golive_app::{App, Error};
use golive_core::id::{EnvironmentId, OperationId};
use golive_core::operation::Choice;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/operations", get(list).post(drill))
        .route("/projects/{slug}/operations/{id}", get(show))
        .route("/projects/{slug}/operations/{id}/choose", post(choose))
        .route("/projects/{slug}/operations/{id}/cancel", post(cancel))
}

/// State and word of an operation.
pub(crate) fn standing(state: &str) -> (State, &'static str) {
    match state {
        "open" => (State::Run, "Running"),
        "attention" => (State::Bad, "Needs a person"),
        "succeeded" => (State::Done, "Done"),
        "rolled_back" => (State::Held, "Failed, undone"),
        "cancelled" => (State::Held, "Stopped, undone"),
        "rollback_failed" => (State::Bad, "Undo failed"),
        _ => (State::Idle, "Waiting"),
    }
}

/// The badge of an operation.
pub(crate) fn state_badge(state: &str) -> Markup {
    let (state, word) = standing(state);
    badge(state, word)
}

/// How it ended, or how far it is.
pub(crate) fn ends(op: &OperationView) -> Markup {
    let done = op.steps.iter().filter(|step| step.state == "done").count();
    let words = match (&op.diagnosis, op.ended) {
        (Some(why), _) => why.clone(),
        (None, Some(ended)) => {
            format!("took {}", words::duration(ended.duration_since(op.created)))
        }
        (None, None) => format!("step {} of {}", (done + 1).min(op.steps.len()), op.steps.len()),
    };
    html! { span.wrapany { (words) } }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Filter {
    environment: Option<EnvironmentId>,
}

async fn list(here: InProject, Query(filter): Query<Filter>) -> Shown {
    list_page(&here, filter.environment, Again::none()).await
}

async fn list_page(here: &InProject, environment: Option<EnvironmentId>, again: Again) -> Shown {
    let all = here.app.operation_list(&here.actor, here.id, environment).await?;
    let names = environments(here).await?;
    let people = here.people().await?;
    let waiting = all.iter().filter(|op| standing(&op.state).0 == State::Bad).count();
    let lead = html! {
        "Durable work on environments: every step is on record before it begins, and undone if the whole fails. "
        @if waiting > 0 { b { (words::count(waiting, "waits", "wait")) " for a person." } }
    };
    let body = html! {
        (layout::head("Operations", &lead, &[]))
        div.stack.gap5 {
            @if all.is_empty() { (empty("Nothing has been done yet", "Deploying an environment, installing a package or copying a database begins an operation. A drill practises one and touches nothing.", &[])) }
            @else { (Card::new("operations", "Operations").count(all.len()).around(&list_table(here, &all, (&names, &people)))) }
            (folded_form(("drill", "Practise recovery"), all.is_empty(), &drill_form(here), &again))
        }
    };
    here.live_page(ProjectPage::Operations, "Operations", body).await
}

async fn environments(here: &InProject) -> Result<BTreeMap<String, String>, Error> {
    let all = here.app.environment_list(&here.actor, here.id).await?;
    Ok(all.into_iter().map(|e| (e.id, e.name)).collect())
}

fn list_table(
    here: &InProject,
    all: &[OperationView],
    (names, people): (&BTreeMap<String, String>, &BTreeMap<String, Person>),
) -> Markup {
    let columns = vec![
        Column::name("Operation"),
        Column::short("Environment"),
        Column::short("Asked by"),
        Column::short("When"),
        Column::summary("State"),
        Column::plain("How far"),
    ];
    let rows = all.iter().map(|op| {
        let place = op.environment.as_ref().and_then(|id| names.get(id));
        let by = people.get(&op.requested_by).map_or("golive", |person| person.name.as_str());
        let row = Row::new(
            &op.title,
            vec![
                html! { a.ink href=(here.at(&format!("operations/{}", op.id))) { (op.title) } },
                html! { @match place { Some(name) => { (name) }, None => { span.muted { "none" } } } },
                html! { (by) },
                time::time(op.created, &here.clock),
                state_badge(&op.state),
                ends(op),
            ],
        )
        .id(format!("operation-{}", op.id));
        if standing(&op.state).0 == State::Bad { row.state(State::Bad) } else { row }
    });
    table(&Table::new("Operations", columns, rows).folding())
}

fn drill_form(here: &InProject) -> form::Form {
    let step = |name: &str, label: &str| {
        Field::new(name, label, Input::Line("number")).value("0").hint("1 to 3; 0 for none")
    };
    let fields = vec![
        step("refuse_at", "The step that refuses: all is undone"),
        step("attention_at", "The step that needs a person"),
        step("undo_fails_at", "The step whose undo fails"),
        Field::new(
            "step_millis",
            "How long each step takes, in milliseconds",
            Input::Line("number"),
        )
        .value("2000")
        .hint("At most 60000"),
    ];
    here.form("operation_drill", "operations", "Start the drill", fields).plain()
}

async fn drill(here: InProject, posted: Posted) -> Shown {
    let begun = match posted.read::<DrillRequest>() {
        Ok(wanted) => here.app.operation_drill(&here.actor, here.id, &wanted).await,
        Err(error) => Err(error),
    };
    let to = begun.as_ref().map_or("operations".to_owned(), |op| format!("operations/{}", op.id));
    here.settle(begun, ("The drill begins", &to), &posted, |again| list_page(&here, None, again))
        .await
}

async fn show(here: InProject, Last(id): Last<OperationId>) -> Shown {
    page(&here, id, Again::none()).await
}

async fn page(here: &InProject, id: OperationId, again: Again) -> Shown {
    let op = here.app.operation_view(&here.actor, id).await?;
    if op.project != here.id.to_string() {
        return Err(Error::not_found("operation", id).into());
    }
    let names = environments(here).await?;
    let people = here.people().await?;
    let (text, next) = whole_log(here, id).await?;
    let lines = log_lines(&text, 1, Timestamp::now());
    let number = lines.len() + 1;
    let (state, word) = standing(&op.state);
    let lead = html! {
        (badge(state, word)) " "
        @if let Some((id, name)) = op.environment.as_ref().and_then(|id| names.get_key_value(id)) { "on " a href=(here.at(&format!("environments/{id}"))) { (name) } " " }
        span.mono.xs { (op.id) }
    };
    let body = html! {
        (layout::head(&op.title, &lead, &main_actions(here, &op)))
        div.cols {
            div.stack.gap5 {
                (figures(here, &op, &people))
                (attention(here, &op, &again))
                (Card::new("steps", "Steps").count(op.steps.len()).around(&operation_steps("op", &steps(&op, here.clock.now), &here.clock)))
                (Card::new("log", "Log").end(html! { span.small.muted { "newest at the bottom" } }).around(&log("op-log", "Log of the operation", &lines, &here.clock)))
            }
            div.stack.gap5 { (Card::new("undo", "If it must be undone").padded(&undo_chain(&op))) }
        }
        (cancel_dialog(here, &op, &again))
    };
    let mut page = here.bare(ProjectPage::Operations, &op.title, body);
    let (live, from) = here.live_place(&format!("operations/{id}"));
    page.live = Some((format!("{live}&operation={id}"), format!("{from}.{next}.{number}")));
    here.show(page).await
}

/// The lines so far. The service gives a stretch at a time; a page holds no more than a few.
async fn whole_log(here: &InProject, id: OperationId) -> Result<(String, u64), Error> {
    /// More than this is read with the command line.
    const MOST: usize = 4 << 20;
    let (mut text, mut at) = (String::new(), 0);
    loop {
        let log = here.app.operation_log(&here.actor, id, at).await?;
        if log.next == at || text.len() > MOST {
            return Ok((text, at));
        }
        text.push_str(&log.text);
        at = log.next;
    }
}

fn main_actions(here: &InProject, op: &OperationView) -> Vec<Action> {
    let refused = refusals(op, "operation_cancel");
    let all = Action::go("operations", "All operations", here.at("operations"));
    if op.ended.is_some() {
        return vec![all];
    }
    vec![
        all,
        Action::open("operation_cancel.open", "Cancel…", "cancel-dialog")
            .look(Look::Danger)
            .refused(refused),
    ]
}

fn refusals(op: &OperationView, name: &str) -> Vec<String> {
    op.actions.iter().find(|a| a.name == name).map(|a| a.refused.clone()).unwrap_or_default()
}

fn figures(here: &InProject, op: &OperationView, people: &BTreeMap<String, Person>) -> Markup {
    let by = people.get(&op.requested_by).map_or("golive", |person| person.name.as_str());
    let done = op.steps.iter().filter(|step| step.state == "done").count();
    let begun = op.steps.iter().filter_map(|step| step.started).min();
    let took = match (begun, op.ended) {
        (Some(begun), Some(ended)) => {
            Fig::new("Took", words::duration(ended.duration_since(begun)), "")
        }
        (Some(begun), None) => {
            let since = here.clock.local(begun).strftime("%H:%M:%S").to_string();
            Fig::new("Running since", since, "").note(time::since(begun, &here.clock))
        }
        (None, _) => Fig::new("Starts", words::relative(op.due, here.clock.now), "")
            .note(time::time(op.due, &here.clock)),
    };
    let asked = Fig::new("Asked by", by, "").note(time::time(op.created, &here.clock));
    let (state, word) = standing(&op.state);
    figs(
        "op-figures",
        "Key figures",
        &[
            Fig::new("State", word, "").state(state),
            Fig::new("Steps", format!("{done} of {}", op.steps.len()), "done"),
            took,
            asked,
        ],
    )
}

/// The diagnosis, and the choices when a person is needed.
fn attention(here: &InProject, op: &OperationView, again: &Again) -> Markup {
    let (state, _) = standing(&op.state);
    let Some(diagnosis) = &op.diagnosis else { return html! {} };
    if op.choices.is_empty() {
        let title = if op.ended.is_some() { "How it ended." } else { "What was found." };
        return banner("diagnosis", state, title, &html! { (diagnosis) }, &[]);
    }
    let choices = op
        .choices
        .iter()
        .map(|choice| Offered::new(&choice.name, words::role(&choice.name)).note(&choice.cost));
    let fields = vec![
        Field::new("choice", "What shall happen?", Input::Radios(choices.collect())),
        Field::new("reason", "Why; it goes on record", Input::Area(2)),
    ];
    let form =
        here.form("operation_choose", &format!("operations/{}/choose", op.id), "Do this", fields);
    Card::new("attention", "Needs a person").state(State::Bad).padded(&html! {
        div.stack-s {
            h3 { "Diagnosis" }
            p { (diagnosis) }
            (form::form(&form, &again.of("operation_choose")))
        }
    })
}

/// The steps as the component draws them.
pub(crate) fn steps(op: &OperationView, now: Timestamp) -> Vec<OpStep> {
    op.steps.iter().map(|step| drawn(step, now)).collect()
}

fn drawn(step: &StepView, now: Timestamp) -> OpStep {
    let stands = match step.state.as_str() {
        "running" | "undoing" => OpStands::Running,
        "done" => OpStands::Done,
        "failed" => OpStands::Failed,
        "undone" => OpStands::Undone,
        _ if step.times > 0 => OpStands::Waiting,
        _ => OpStands::Ahead,
    };
    let took = step.started.map(|from| step.ended.unwrap_or(now).duration_since(from));
    let note = match (&step.trouble, step.times) {
        (Some(trouble), _) => trouble.clone(),
        (None, times) if times > 1 => format!("tried {times} times"),
        (None, _) if step.state == "undoing" => "being undone".to_owned(),
        (None, _) => String::new(),
    };
    OpStep {
        title: step.title.clone(),
        note,
        stands: Some(stands),
        percent: None,
        took,
        log: vec![],
    }
}

/// Lines of the log as they are kept, numbered from `first`: `10:41:12 text`, by the machine clock.
pub(crate) fn log_lines(text: &str, first: u64, now: Timestamp) -> Vec<LogLine> {
    let day = TimeZone::UTC.to_datetime(now).date();
    text.lines()
        .zip(first..)
        .map(|(line, number)| {
            let (clock, rest) = line.split_at_checked(8).unwrap_or(("", line));
            let time = clock.parse::<jiff::civil::Time>().ok();
            let at = time.and_then(|time| TimeZone::UTC.to_timestamp(day.to_datetime(time)).ok());
            let at = at.unwrap_or(now);
            let said = if time.is_some() { rest.trim_start() } else { line };
            let state = said.contains("failed").then_some(State::Bad);
            LogLine { number, at, source: "golive".to_owned(), text: said.to_owned(), state }
        })
        .collect()
}

fn undo_chain(op: &OperationView) -> Markup {
    let chain: Vec<UndoStep> = op
        .steps
        .iter()
        .rev()
        .filter(|step| step.state != "undone")
        .map(|step| UndoStep { text: step.title.clone(), is_pending: step.times == 0 })
        .collect();
    html! {
        p.small.muted { "Newest first. Each step that has begun knows how to take itself back; those not begun have nothing to take back." }
        @if chain.is_empty() { p.small { "Everything is undone." } } @else { (undo(&chain)) }
    }
}

fn cancel_dialog(here: &InProject, op: &OperationView, again: &Again) -> Markup {
    if !refusals(op, "operation_cancel").is_empty() {
        return html! {};
    }
    let reason = Field::new("reason", "Why; it goes on record", Input::Area(2));
    dialog(
        &Dialog {
            id: "cancel-dialog".into(),
            title: "Stop the operation".into(),
            text: html! { "What is done is undone, newest step first. The environment is then as it was before." },
            keep: "Let it run".into(),
            form: here.form(
                "operation_cancel",
                &format!("operations/{}/cancel", op.id),
                "Stop and undo",
                vec![reason],
            ),
            is_danger: true,
        },
        &again.of("operation_cancel"),
    )
}

type InOperation = Path<(String, OperationId)>;

async fn choose(here: InProject, Path((_, id)): InOperation, posted: Posted) -> Shown {
    let chosen = match posted.value::<Choice>("choice", "retry, skip or roll back") {
        Ok(choice) => {
            here.app.operation_choose(&here.actor, id, choice, posted.text("reason")).await
        }
        Err(error) => Err(error),
    };
    let to = format!("operations/{id}");
    here.settle(chosen, ("It goes on", &to), &posted, |again| page(&here, id, again)).await
}

async fn cancel(here: InProject, Path((_, id)): InOperation, posted: Posted) -> Shown {
    let stopped = here.app.operation_cancel(&here.actor, id, posted.text("reason")).await;
    let to = format!("operations/{id}");
    here.settle(stopped, ("It is being undone", &to), &posted, |again| page(&here, id, again)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_on_and_keep_their_time_of_day() {
        let now: Timestamp = "2027-04-27T10:00:00Z".parse().expect("a moment");
        let lines = log_lines("09:41:12 left mark 1\nno time here\n", 7, now);
        assert_eq!((lines[0].number, lines[0].text.as_str()), (7, "left mark 1"));
        assert_eq!(lines[0].at.to_string(), "2027-04-27T09:41:12Z");
        assert_eq!((lines[1].number, lines[1].text.as_str()), (8, "no time here"));
    }
}
