//! Onboarding: a section after the other, each saved as far as it is known; a project file brought in with a preview.

mod fields;
mod lines;

use super::shell::{Again, InProject, PageCaller, Posted, Shown, Uploaded};
use crate::components::action::{Action, Look};
use crate::components::facts::Card;
use crate::components::form::{Choice, Field, Filled, Input, form};
use crate::components::icon::{Icon, icon_small};
use crate::components::notice::banner;
use crate::components::state::{State, badge, st};
use crate::components::steps::{Step, StepStands, stepper};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::Query;
use axum::routing::{get, post};
use golive_app::onboarding::{
    ApplyForm, ApplyView, ChangeView, OnboardingView, SectionForm, SectionView,
};
use golive_app::views::ActionView;
use golive_app::{App, Error};
use golive_core::onboarding::Part;
use maud::{Markup, html};
use serde::Deserialize;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/onboarding", get(show).post(save))
        .route("/projects/{slug}/onboarding/complete", post(complete))
        .route("/projects/{slug}/onboarding/agree", post(agree))
        .route("/projects/{slug}/onboarding/apply", post(apply))
}

/// Which section is shown.
#[derive(Debug, Clone, Default, Deserialize)]
struct Which {
    #[serde(default)]
    section: String,
}

async fn show(here: InProject, Query(which): Query<Which>) -> Shown {
    page(&here, &which, Again::none()).await
}

async fn save(here: InProject, posted: Posted) -> Shown {
    let which = Which { section: posted.text("section").to_owned() };
    let done = save_typed(&here, &which, &posted).await;
    let to = format!("onboarding?section={}", next(&which.section));
    here.settle(done, ("Saved", &to), &posted, |again| page(&here, &which, again)).await
}

async fn save_typed(
    here: &InProject,
    which: &Which,
    posted: &Posted,
) -> Result<OnboardingView, Error> {
    let part: Part = which
        .section
        .parse()
        .map_err(|why: String| Error::invalid("section", why, which.section.as_str()))?;
    let content = fields::content(part, posted)?;
    let form = SectionForm { section: which.section.clone(), content };
    here.app.onboarding_save_section(&here.actor, here.id, &form).await
}

async fn complete(here: InProject) -> Shown {
    let done = here.app.onboarding_complete(&here.actor, here.id).await;
    here.done(done, "Onboarding is complete", "onboarding")
}

async fn agree(here: InProject) -> Shown {
    let done = here.app.onboarding_agree_scope(&here.actor, here.id).await;
    here.done(done, "The scope is agreed", "onboarding?section=scope")
}

async fn apply(here: InProject, sent: Uploaded) -> Shown {
    let text = |name: &str| -> Result<(String, String), Error> {
        let (file, bytes) = sent.file(name)?;
        let text = String::from_utf8(bytes.to_vec());
        let text = text.map_err(|_| Error::invalid(name, "a text in UTF-8", "other bytes"))?;
        Ok((file.to_owned(), text))
    };
    let (file, project) = text("project")?;
    let (_, people) = text("people")?;
    let dry_run = sent.posted.text("mode") != "apply";
    let form = ApplyForm { file, text: project, people, dry_run };
    let done = here.app.project_apply(&here.actor, here.id, &form).await;
    match done {
        Ok(preview) if !preview.applied => previewed(&here, &preview).await,
        other => here.done(other, "The project file is brought in", "onboarding"),
    }
}

/// The section after this one; the last stays.
fn next(section: &str) -> &'static str {
    let at = Part::ALL.iter().position(|part| part.name() == section).unwrap_or(0);
    Part::ALL.get(at + 1).unwrap_or(&Part::ALL[at]).name()
}

async fn page(here: &InProject, which: &Which, again: Again) -> Shown {
    let view = here.app.onboarding_view(&here.actor, here.id).await?;
    let named = view.sections.iter().find(|section| section.section == which.section);
    let lacking = view.sections.iter().find(|section| !section.lacks.is_empty());
    let Some(section) = named.or(lacking).or(view.sections.first()) else {
        return Err(Error::not_found("section", &which.section).into());
    };
    let part: Part = section.section.parse().unwrap_or(Part::Profile);
    let may_save = refused_of(&view.actions, "onboarding_save_section").is_empty();
    let body = html! {
        (layout::head("Onboarding", &lead(&view), &actions(here, &view)))
        (stepper("Sections", &steps(here, &view, &section.section)))
        div.cols.mt5 {
            div.stack.gap5 {
                (scope_banner(here, &view, part))
                (section_card(here, section, part, &again, may_save))
            }
            div.stack.gap5 {
                (lacks(here, &view))
                @if may_save { (bring_in(here)) }
            }
        }
    };
    here.live_page(ProjectPage::Members, "Onboarding", body).await
}

fn lead(view: &OnboardingView) -> Markup {
    let open = view.sections.iter().filter(|section| !section.lacks.is_empty()).count();
    html! {
        "Who the project is, what is in scope, who answers for it. Each section is saved as far as it is known. "
        @if view.complete { "It is complete." }
        @else if open == 0 { "Every section is filled in; say that it is complete." }
        @else { (words::count(open, "section lacks something.", "sections lack something.")) }
    }
}

fn actions(here: &InProject, view: &OnboardingView) -> Vec<Action> {
    if view.complete {
        return Vec::new();
    }
    let label = ("Complete onboarding", "onboarding/complete");
    vec![here.act(&view.actions, "onboarding_complete", "", label).look(Look::Primary)]
}

fn steps(here: &InProject, view: &OnboardingView, now: &str) -> Vec<Step> {
    let step = |section: &SectionView| {
        let stands = match (section.section == now, section.lacks.is_empty()) {
            (true, _) => StepStands::Here,
            (false, true) => StepStands::Done,
            (false, false) => StepStands::Ahead,
        };
        let note = match (section.lacks.len(), section.saved_at) {
            (0, _) => "complete".to_owned(),
            (_, None) => "not begun".to_owned(),
            (n, Some(_)) => words::count(n, "thing is left", "things are left"),
        };
        let mut step = Step::new(section_words(&section.section), note, stands);
        step.href = Some(format!("{}?section={}", here.at("onboarding"), section.section));
        step
    };
    view.sections.iter().map(step).collect()
}

fn section_words(section: &str) -> &'static str {
    match section {
        "profile" => "Profile",
        "scope" => "Scope",
        "contacts" => "Contacts",
        "rollout" => "Roll-out",
        "licences" => "Licences",
        "environments" => "Environments",
        _ => "Registers",
    }
}

/// Whether the customer agreed to the scope as it is.
fn scope_banner(here: &InProject, view: &OnboardingView, part: Part) -> Markup {
    if !matches!(part, Part::Scope | Part::Rollout) {
        return html! {};
    }
    let label = ("Agree to this scope", "onboarding/agree");
    let agree = here.act(&view.actions, "onboarding_agree_scope", "", label).look(Look::Small);
    match (&view.scope_agreed_by, view.scope_agreed_at, view.scope_as_agreed) {
        (Some(by), Some(at), true) => {
            let text =
                html! { "By " (by) ", " (time::ago(at, &here.clock)) ". A change opens it again." };
            banner("scope", State::Done, "Scope and roll-out are agreed.", &text, &[])
        }
        (Some(by), Some(at), false) => {
            let text = html! { "Agreed by " (by) ", " (time::ago(at, &here.clock)) "; the customer agrees again." };
            banner(
                "scope",
                State::Warn,
                "The scope was changed since it was agreed.",
                &text,
                &[agree],
            )
        }
        (_, _, _) => {
            let text =
                html! { "The customer agrees to scope and roll-out once they are complete." };
            banner("scope", State::Idle, "Not agreed yet.", &text, &[agree])
        }
    }
}

fn section_card(
    here: &InProject,
    section: &SectionView,
    part: Part,
    again: &Again,
    may_save: bool,
) -> Markup {
    let (state, word) =
        if section.lacks.is_empty() { (State::Done, "Complete") } else { (State::Run, "Open") };
    let foot = if let (Some(by), Some(at)) = (&section.saved_by, section.saved_at) {
        html! { "Saved by " (by) ", " (time::ago(at, &here.clock)) "." }
    } else {
        html! { "Not saved yet." }
    };
    let edit = here
        .form(
            "onboarding_save_section",
            "onboarding",
            "Save and go on",
            fields::fields(part, &section.content),
        )
        .with("section", part.name());
    let inside = html! {
        @if !section.lacks.is_empty() && section.saved_at.is_some() {
            ul.list.small.mb5 { @for lack in &section.lacks { li { (st(State::Warn, "lacks")) div.grow { (lack) } } } }
        }
        @if may_save { (form(&edit, &again.of("onboarding_save_section"))) }
        @else { (shown(part, &section.content)) }
    };
    Card::new("section", section_words(part.name()))
        .end(badge(state, word))
        .foot(foot)
        .padded(&inside)
}

/// A section for who may only look.
fn shown(part: Part, content: &serde_json::Value) -> Markup {
    let fields = fields::fields(part, content);
    html! {
        dl.kv {
            @for field in &fields {
                dt { (field.label) }
                dd {
                    @if field.value.is_empty() { span.faint { "nothing" } }
                    @for line in field.value.lines() { div { (if line == "on" { "yes" } else { line }) } }
                }
            }
        }
    }
}

/// What is left, over all sections.
fn lacks(here: &InProject, view: &OnboardingView) -> Markup {
    let open = view
        .sections
        .iter()
        .flat_map(|section| section.lacks.iter().map(move |lack| (section.section.as_str(), lack)));
    let open: Vec<(&str, &String)> = open.collect();
    if open.is_empty() {
        return html! {};
    }
    Card::new("lacks", "What is left").count(open.len()).around(&html! {
        ul.list.small {
            @for (section, lack) in &open {
                li { (icon_small(Icon::Right)) div.grow { a href=(format!("{}?section={section}", here.at("onboarding"))) { (section_words(section)) } div.muted { (lack) } } }
            }
        }
    })
}

/// The forms for a project file.
fn bring_in(here: &InProject) -> Markup {
    let modes = vec![
        Choice::new("preview", "Preview").note("Says what would change."),
        Choice::new("apply", "Bring it in").note("Changes milestones and sections."),
    ];
    let upload = PageCaller::form_to(
        "project_apply",
        &here.at("onboarding/apply"),
        "Go",
        vec![
            Field::new("project", "Project file", Input::File(".toml")),
            Field::new("people", "Its people", Input::File(".toml")),
            Field::new("mode", "What to do", Input::Radios(modes)).value("preview"),
        ],
    )
    .plain();
    Card::new("bring-in", "From a file").padded(&form(&upload, &Filled::default()))
}

/// What a file would change.
async fn previewed(here: &InProject, preview: &ApplyView) -> Shown {
    let columns = vec![
        Column::summary("Change"),
        Column::plain("Where"),
        Column::name("What"),
        Column::plain("Before"),
        Column::plain("After"),
    ];
    let rows = preview.changes.iter().map(change_row);
    let lead = html! { "Nothing has changed yet. Choose “Bring it in” on the " a href=(here.at("onboarding")) { "onboarding page" } " to keep it." };
    let body = html! {
        (layout::head("What the project file would change", &lead, &[]))
        @for left in &preview.left_out { (banner("left-out", State::Warn, "Left out.", &html! { (left) }, &[])) }
        @if preview.changes.is_empty() { p.muted { "Nothing: the project is as the file says." } }
        @else {
            (Card::new("changes", "Changes").count(preview.changes.len())
                .around(&table(&Table::new("Changes", columns, rows).folding())))
        }
    };
    here.page(ProjectPage::Members, "Project file", body).await
}

fn change_row(change: &ChangeView) -> Row {
    let state = match change.change.as_str() {
        "added" => State::Done,
        "removed" => State::Bad,
        _ => State::Run,
    };
    let short = |text: &str| -> String { text.chars().take(160).collect() };
    Row::new(
        &change.item,
        vec![
            badge(state, change.change.as_str()),
            html! { code.xs { (change.at) } },
            html! { @if change.item.is_empty() { span.faint { "all" } } @else { (change.item) } },
            html! { span.xs.muted { (short(&change.from)) } },
            html! { span.xs { (short(&change.to)) } },
        ],
    )
}

fn refused_of(actions: &[ActionView], op: &str) -> Vec<String> {
    actions.iter().find(|action| action.name == op).map(|a| a.refused.clone()).unwrap_or_default()
}
