//! The methodology: phases with their gates at the left, the steps of one phase beside them; one step on a page of its own.

mod history;
mod step;

pub(crate) use history::history;

use super::shell::{Again, InProject, Last, PageCaller, Posted, Shown};
use crate::components::action::{Action, Look, action};
use crate::components::dialog::{Dialog, dialog};
use crate::components::facts::Card;
use crate::components::form::{Choice, Field, Form, Input, form};
use crate::components::icon::{Icon, icon_small};
use crate::components::notice::{banner, empty};
use crate::components::person::{Person, who};
use crate::components::state::{State, badge, st_icon};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::Query;
use axum::routing::{get, post};
use golive_app::methodology::{MethodologyView, PhaseView, StepFilter, StepRow};
use golive_app::views::ActionView;
use golive_app::{App, Error};
use golive_core::id::PhaseId;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/methodology", get(show).post(choose))
        .route("/projects/{slug}/methodology/complete/{phase}", post(complete))
        .route("/projects/{slug}/methodology/reopen/{phase}", post(reopen))
        .merge(step::routes())
}

/// Which phase is shown, and which of its steps.
#[derive(Debug, Clone, Default, Deserialize)]
struct Which {
    #[serde(default)]
    phase: String,
    #[serde(default)]
    flagged: String,
}

async fn show(here: InProject, Query(which): Query<Which>) -> Shown {
    page(&here, &which, Again::none()).await
}

async fn choose(here: InProject, posted: Posted) -> Shown {
    let template = posted.text("template").to_owned();
    let done = here.app.methodology_choose(&here.actor, here.id, &template).await;
    let to = ("The project has its own copy", "methodology");
    let which = Which::default();
    here.settle(done, to, &posted, |again| page(&here, &which, again)).await
}

async fn complete(here: InProject, Last(id): Last<PhaseId>) -> Shown {
    let done = here.app.phase_complete(&here.actor, id).await;
    let to = match &done {
        Ok(phase) => format!("methodology?phase={}", phase.name),
        Err(_) => "methodology".to_owned(),
    };
    here.done(done, "The phase is complete", &to)
}

async fn reopen(here: InProject, Last(id): Last<PhaseId>, posted: Posted) -> Shown {
    let done = here.app.phase_reopen(&here.actor, id, posted.text("reason")).await;
    let which = here.app.phase_view(&here.actor, id).await.map(|phase| phase.name);
    let which = Which { phase: which.unwrap_or_default(), flagged: String::new() };
    let to = format!("methodology?phase={}", which.phase);
    here.settle(done, ("The phase is open again", &to), &posted, |again| page(&here, &which, again))
        .await
}

async fn page(here: &InProject, which: &Which, again: Again) -> Shown {
    let view = here.app.methodology_view(&here.actor, here.id).await?;
    let body = if view.template.is_some() {
        chosen(here, &view, which, &again).await?
    } else {
        unchosen(here, &view, &again).await?
    };
    here.live_page(ProjectPage::Methodology, "Methodology", body).await
}

/// Before a template is chosen.
async fn unchosen(
    here: &InProject,
    view: &MethodologyView,
    again: &Again,
) -> Result<Markup, Error> {
    let templates = here.app.methodology_list(&here.actor).await?;
    let fits = |t: &&golive_app::methodology::TemplateView| {
        t.service_models.contains(&here.project().service_model)
            && t.project_types.contains(&here.project().project_type)
    };
    let choices: Vec<Choice> = templates
        .iter()
        .filter(fits)
        .map(|t| {
            let size =
                format!("{} phases, {} milestones, {} steps. ", t.phases, t.milestones, t.steps);
            Choice::new(&t.id, &t.title).note(format!("{size}{}", t.description))
        })
        .collect();
    let lead = html! { "The project takes a copy of a template and keeps it as its own: what changes later in the template does not touch it." };
    let refused = refused_of(&view.actions, "methodology_choose");
    Ok(html! {
        (layout::head("Methodology", &lead, &[onboarding(here)]))
        @if refused.is_empty() {
            (Card::new("choose", "Choose a methodology").padded(&form(
                &here.form("methodology_choose", "methodology", "Take a copy",
                    vec![Field::new("template", "Template", Input::Radios(choices))]),
                &again.of("methodology_choose"))))
        } @else {
            (empty("No methodology yet", "A project manager chooses one.", &[]))
        }
    })
}

/// Onboarding has no place of its own in the menu: it belongs to the first phase.
fn onboarding(here: &InProject) -> Action {
    Action::go("onboarding", "Onboarding", here.at("onboarding"))
}

/// The copy: phases at the left, the steps of one beside them.
async fn chosen(
    here: &InProject,
    view: &MethodologyView,
    which: &Which,
    again: &Again,
) -> Result<Markup, Error> {
    let named = view.phases.iter().find(|phase| phase.name == which.phase);
    let first_open = view.phases.iter().find(|phase| phase.state != "complete");
    let Some(phase) = named.or(first_open).or(view.phases.last()) else { return Ok(html! {}) };
    let filter =
        StepFilter { phase: Some(&phase.name), open: false, flagged: which.flagged == "yes" };
    let steps = here.app.step_list(&here.actor, here.id, filter).await?;
    let owners = here.owners().await?;
    let title = view.title.as_deref().unwrap_or_default();
    let lead = html! {
        "Template " (title) ", version " (view.version.as_deref().unwrap_or_default())
        @if let Some(at) = view.chosen_at { ", copied " (time::time(at, &here.clock)) }
        ". A step is done when the work is done and its evidence is attached."
    };
    let reopen = reopen_dialog(here, phase);
    Ok(html! {
        (layout::head("Methodology", &lead, &[onboarding(here)]))
        div.meth {
            nav aria-label="Phases" {
                ol.phases { @for (at, one) in view.phases.iter().enumerate() { (phase_link(here, view, at, one.id == phase.id)) } }
                p.xs.muted.mt3.px3 { "A phase can always be reopened. That shuts every gate that depends on it and never undoes a deployment." }
            }
            div.stack {
                @if !view.flagged.is_empty() { (flagged(here, view, phase)) }
                (steps_card(here, phase, &steps, &owners))
            }
        }
        (dialog(&reopen, &again.of(&reopen.form.id)))
    })
}

fn flagged(here: &InProject, view: &MethodologyView, phase: &PhaseView) -> Markup {
    let title = format!(
        "{} marked done within a minute and without evidence.",
        words::count(view.flagged.len(), "step was", "steps were")
    );
    let text = html! { "They count, but the reviewer sees the flag. Reopen them and attach what shows the work." };
    let href = format!("{}?phase={}&flagged=yes", here.at("methodology"), phase.name);
    banner(
        "flagged",
        State::Warn,
        &title,
        &text,
        &[Action::go("show-flagged", "Show them", href).look(Look::Small)],
    )
}

/// Phase and gate in the list at the left.
fn phase_link(here: &InProject, view: &MethodologyView, at: usize, is_here: bool) -> Markup {
    let phase = &view.phases[at];
    let before = at.checked_sub(1).and_then(|before| view.phases.get(before));
    let (state, note) = phase_stands(here, phase, before);
    let (gate, word) = gate_stands(phase, state);
    html! {
        li {
            a.phase href=(format!("{}?phase={}", here.at("methodology"), phase.name)) aria-current=[is_here.then_some("true")] data-s=(state.key()) {
                (st_icon(state, None))
                span.grow { b { (phase.title) } span.xs.muted.blk { (note) } }
                span.small.muted.num { (phase.required_settled) "/" (phase.required) }
            }
        }
        li.gatei data-s=(gate.key()) { span.st { (icon_small(Icon::Gate)) } span.xs.muted { "Gate: " (word) } }
    }
}

fn phase_stands(
    here: &InProject,
    phase: &PhaseView,
    before: Option<&PhaseView>,
) -> (State, String) {
    let day = |at: jiff::Timestamp| words::date_short(here.clock.local(at).date());
    match (phase.state.as_str(), phase.at) {
        ("complete", Some(at)) => (State::Done, format!("complete, {}", day(at))),
        ("reopened", Some(at)) => (State::Warn, format!("reopened, {}", day(at))),
        _ => match before.filter(|before| before.state != "complete") {
            Some(before) => (State::Lock, format!("after {}", before.title)),
            None => (State::Run, "in progress".to_owned()),
        },
    }
}

fn gate_stands(phase: &PhaseView, state: State) -> (State, String) {
    let reasons = phase.gate.verdict.reasons().count();
    match (phase.gate.open, state) {
        (true, _) => (State::Done, "open".to_owned()),
        (false, State::Lock) => (State::Idle, "not yet".to_owned()),
        (false, _) => (State::Bad, format!("shut, {}", words::count(reasons, "reason", "reasons"))),
    }
}

/// People by the role that they have.
type Owners = BTreeMap<String, Vec<Person>>;

fn steps_card(here: &InProject, phase: &PhaseView, steps: &[StepRow], owners: &Owners) -> Markup {
    let (state, word) = match phase.state.as_str() {
        "complete" => (State::Done, "Complete"),
        "reopened" => (State::Warn, "Reopened"),
        _ => (State::Run, "Open"),
    };
    let columns = vec![
        Column::id("Step"),
        Column::name("Title"),
        Column::summary("State"),
        Column::plain("Owner"),
        Column::short("Due"),
        Column::short("Evidence"),
    ];
    let end = html! {
        (badge(state, word))
        span.muted.small.hide-s {
            (phase.required_settled) " of " (phase.required) " required"
            @if phase.optional > 0 { ", " (phase.optional_settled) " of " (phase.optional) " optional" }
        }
        @for it in phase_actions(here, phase) { (action(&it)) }
    };
    let rows = steps.iter().map(|step| row(here, step, owners));
    let foot = html! {
        (phase.goal)
        @if phase.state == "reopened" { " Reopened by " (phase.by.as_deref().unwrap_or_default()) ": " (phase.reason) "." }
    };
    let card = Card::new("steps", &phase.title).end(end).foot(foot);
    if steps.is_empty() {
        return card.padded(&html! { p.muted { "No such steps." } });
    }
    card.around(&table(&Table::new(format!("Steps of {}", phase.title), columns, rows).folding()))
}

/// Completing, or reopening: whichever the phase is ready for.
fn phase_actions(here: &InProject, phase: &PhaseView) -> Vec<Action> {
    if phase.state == "complete" {
        let open = Action::open("phase_reopen", "Reopen…", format!("reopen-{}", phase.name));
        return vec![open.look(Look::Small).refused(refused_of(&phase.actions, "phase_reopen"))];
    }
    let to = format!("methodology/complete/{}", phase.id);
    let complete = here.act(&phase.actions, "phase_complete", &phase.name, ("Complete phase", &to));
    vec![complete.look(Look::SmallPrimary)]
}

fn reopen_dialog(here: &InProject, phase: &PhaseView) -> Dialog {
    let id = format!("phase_reopen.{}", phase.name);
    let why = Field::new("reason", "Why", Input::Area(2));
    Dialog {
        id: format!("reopen-{}", phase.name),
        title: format!("Reopen {}", phase.title),
        text: html! { "Nothing is undone. Every gate that needs this phase is shut until it is complete again; a queued request stays queued." },
        keep: "Keep it complete".to_owned(),
        form: here.form(&id, &format!("methodology/reopen/{}", phase.id), "Reopen", vec![why]),
        is_danger: true,
    }
}

/// How a step stands, as one state and word.
fn stands(step: &StepRow) -> (State, &'static str) {
    match (step.state.as_str(), step.flagged, step.locked, step.late) {
        ("done", true, ..) => (State::Warn, "Done, flagged"),
        ("done", false, ..) => (State::Done, "Done"),
        ("not applicable", ..) => (State::Idle, "Not applicable"),
        ("set aside", ..) => (State::Wait, "Waits for a second person"),
        (_, _, true, _) => (State::Lock, "Locked"),
        (_, _, false, true) => (State::Bad, "Late"),
        (_, _, false, false) => (State::Idle, "Open"),
    }
}

fn row(here: &InProject, step: &StepRow, owners: &Owners) -> Row {
    let (state, word) = stands(step);
    let href = here.at(&format!("methodology/steps/{}", step.id));
    let planned = step.planned.as_deref().and_then(|day| day.parse().ok());
    let title = html! {
        a.ink href=(href) { (step.title) }
        @if !step.required { " " (crate::components::state::tag("optional")) }
        @if !step.waits_for.is_empty() {
            div.xs.muted.fw4.mt05.fmore { (icon_small(Icon::Lock)) " waits for " (waits(here, step)) }
        }
    };
    let usual = owners.get(&step.role).and_then(|people| people.first());
    let owner = match (&step.assigned, usual) {
        (Some(name), _) => who(&Person::named(name)),
        (None, Some(person)) => html! { (who(person)) div.xs.muted { (words::role(&step.role)) } },
        (None, None) => html! { span.muted { (words::role(&step.role)) } },
    };
    let cells = vec![
        html! { (step.number) },
        title,
        badge(state, word),
        owner,
        html! { @match planned { Some(day) => { span.c-bad[step.late].strong[step.late] { (words::date_short(day)) } }, None => { span.faint { "no day" } } } },
        html! { @if step.proofs == 0 { span.faint { "none" } } @else { a href=(href) { (icon_small(Icon::File)) " " (step.proofs) } } },
    ];
    let row = Row::new(&step.title, cells).id(format!("step-{}", step.id));
    if step.flagged { row.state(State::Warn) } else { row }
}

/// The steps that come first, each a link.
fn waits(here: &InProject, step: &StepRow) -> Markup {
    html! {
        @for (n, wait) in step.waits_for.iter().enumerate() {
            @if n > 0 { ", " }
            a href=(here.at(&format!("methodology/steps/{}", wait.step))) { (wait.title) }
        }
    }
}

/// Why something that a view offers cannot be done now.
fn refused_of(actions: &[ActionView], op: &str) -> Vec<String> {
    actions.iter().find(|action| action.name == op).map(|a| a.refused.clone()).unwrap_or_default()
}

/// A form whose file goes to the service as a stream.
fn upload_form(id: &str, to: &str, submit: &str, fields: Vec<Field>) -> Form {
    PageCaller::form_to(id, to, submit, fields)
}
