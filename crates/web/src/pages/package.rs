//! Packages: the library of a project and the way in. One package has a page of its own.

mod one;

use super::shell::{Again, InProject, Posted, Shown, Wrong, folded_form};
use crate::components::action::Action;
use crate::components::facts::{Card, Fig, figs};
use crate::components::form::{Choice, Field, Form, Input};
use crate::components::notice::empty;
use crate::components::state::{State, badge};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, Multipart};
use axum::routing::{get, post};
use golive_app::environment::EnvironmentView;
use golive_app::package::PackageView;
use golive_app::{App, Error};
use golive_core::package::library::State as Stands;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    let upload = Router::new()
        .route("/projects/{slug}/packages", get(list).post(upload))
        .layer(DefaultBodyLimit::disable()); // The service has its own limit, from the policy pack.
    Router::new()
        .merge(upload)
        .route("/projects/{slug}/packages/{id}", get(one::show))
        .route("/projects/{slug}/packages/{id}/check", post(one::check))
        .route("/projects/{slug}/packages/{id}/install", post(one::install))
        .route("/projects/{slug}/packages/{id}/sign-off", post(one::sign_off))
        .route("/projects/{slug}/packages/{id}/mark-candidate", post(one::mark_candidate))
        .route("/projects/{slug}/packages/{id}/approve", post(one::approve))
        .route("/projects/{slug}/packages/{id}/withdraw", post(one::withdraw))
}

/// State and word of a package.
fn standing(state: &Stands) -> (State, &'static str) {
    match state {
        Stands::Uploaded => (State::Wait, "Not checked yet"),
        Stands::Refused { .. } => (State::Bad, "Refused"),
        Stands::Validated { .. } => (State::Run, "Checked"),
        Stands::Failed { .. } => (State::Bad, "Failed on a sandbox"),
        Stands::OnSandbox { .. } => (State::Run, "On a sandbox"),
        Stands::SignedOff { sign_off } if sign_off.issues.is_empty() => (State::Done, "Signed off"),
        Stands::SignedOff { .. } => (State::Warn, "Signed off with issues"),
        Stands::Candidate { .. } => (State::Done, "Release candidate"),
        Stands::InProduction { .. } => (State::Done, "In production"),
        Stands::Withdrawn { .. } => (State::Idle, "Withdrawn"),
    }
}

/// A day and a time of a form, in the project's zone, as the services want it; none if the field is empty.
pub(super) fn instant(
    here: &InProject,
    posted: &Posted,
    name: &str,
) -> Result<Option<String>, Error> {
    let text = posted.text(name);
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || Error::invalid(name, "a day and a time", text);
    let civil: DateTime = text.parse().map_err(|_| wrong())?;
    let zone = TimeZone::get(&here.project().time_zone).unwrap_or(TimeZone::UTC);
    zone.to_timestamp(civil).map(|at| Some(at.to_string())).map_err(|_| wrong())
}

/// The two fields of a window; both may stay empty.
pub(super) fn window_fields(here: &InProject) -> [Field; 2] {
    let field =
        |name: &str, label: &str| Field::new(name, label, Input::Line("datetime-local")).optional();
    let zone = &here.project().time_zone;
    [
        field("starts", "Window from").hint(format!("At once, if it stays empty. Times of {zone}")),
        field("ends", "Window until").hint("Four hours after its start, if it stays empty"),
    ]
}

/// The environments that something is there to install into or to copy from.
pub(super) fn deployed(all: &[EnvironmentView]) -> Vec<Choice> {
    let there = all.iter().filter(|one| one.installed.is_some());
    there.map(|one| Choice::new(&one.id, place(one))).collect()
}

fn place(one: &EnvironmentView) -> String {
    format!("{}, {}", one.name, words::role(&one.purpose))
}

async fn list(here: InProject) -> Shown {
    list_page(&here, Again::none()).await
}

async fn list_page(here: &InProject, again: Again) -> Shown {
    let mut all = here.app.package_list(&here.actor, here.id).await?;
    all.sort_by_key(|one| std::cmp::Reverse(when(&one.particulars)));
    let environments = here.app.environment_list(&here.actor, here.id).await?;
    let lead = html! { "A sandbox first, signed off there, then release candidate, then production. A package is checked before anything is touched." };
    let does = [
        Action::go("gate", "Explain the gate", here.at("gates/production_package")),
        Action::go("environments", "Environments", here.at("environments")),
    ];
    let body = html! {
        (layout::head("Packages", &lead, &does))
        div.stack.gap5 {
            @if all.is_empty() {
                (empty("No package yet", "A package is one file with every module that the environment shall have. It is kept as it was uploaded, by its digest.", &[]))
            } @else {
                (figures(here, &all))
                (library(here, &all, &environments))
            }
            (folded_form(("package-upload", "Upload a package"), all.is_empty(), &upload_form(here), &again))
        }
    };
    here.live_page(ProjectPage::Packages, "Packages", body).await
}

fn figures(here: &InProject, all: &[PackageView]) -> Markup {
    let newest = |of: fn(&Stands) -> bool| all.iter().find(|one| of(&one.particulars));
    let fig = |name: &str, found: Option<&PackageView>, state: State| match found {
        Some(one) => Fig::new(name, &one.version, &one.name)
            .state(state)
            .href(here.at(&format!("packages/{}", one.id))),
        None => Fig::new(name, "none", ""),
    };
    let waits = |state: &Stands| matches!(state, Stands::OnSandbox { .. });
    let stuck = |state: &Stands| matches!(state, Stands::Refused { .. } | Stands::Failed { .. });
    let list = [
        fig("In production", newest(|s| matches!(s, Stands::InProduction { .. })), State::Done),
        fig("Release candidate", newest(|s| matches!(s, Stands::Candidate { .. })), State::Done),
        fig("Waits for a signature", newest(waits), State::Wait),
        fig("Refused or failed", newest(stuck), State::Bad),
    ];
    figs("package-figures", "Where the packages stand", &list)
}

fn library(here: &InProject, all: &[PackageView], environments: &[EnvironmentView]) -> Markup {
    let columns = vec![
        Column::name("Package"),
        Column::short("Version"),
        Column::figure("Modules"),
        Column::figure("Size").wide_only(),
        Column::summary("State"),
        Column::plain("Where it stands"),
    ];
    let now_there = all.iter().find(|one| matches!(one.particulars, Stands::InProduction { .. }));
    let rows = all.iter().map(|one| {
        let is_replaced = matches!(one.particulars, Stands::InProduction { .. })
            && now_there.is_some_and(|there| there.id != one.id);
        let (state, word) = if is_replaced {
            (State::Idle, "Was in production")
        } else {
            standing(&one.particulars)
        };
        let cells = vec![
            html! {
                a.ink href=(here.at(&format!("packages/{}", one.id))) { (one.name) }
                div.xs.muted.fw4.fmore { (one.title) " " code { (words::digest(&one.digest)) } }
            },
            html! { (one.version) },
            html! { (one.modules.len()) @if !one.removals.is_empty() { ", " (one.removals.len()) " removed" } },
            html! { span.nowrap { (words::bytes(one.bytes)) } },
            badge(state, word),
            html! { (says(here, &one.particulars, environments)) },
        ];
        let row = Row::new(&one.name, cells).id(format!("package-{}", one.id));
        if state == State::Bad { row.state(State::Bad) } else { row }
    });
    Card::new("packages", "Library")
        .count(all.len())
        .foot(html! { "Kept as uploaded, by digest. Nothing in it can be changed; another file is another package." })
        .around(&table(&Table::new("Packages", columns, rows).folding()))
}

/// When the newest thing happened to a package; those that were only uploaded come first.
fn when(state: &Stands) -> Timestamp {
    match state {
        Stands::Uploaded => Timestamp::MAX,
        Stands::Refused { at, .. }
        | Stands::Validated { at }
        | Stands::Failed { at, .. }
        | Stands::Withdrawn { at, .. } => *at,
        Stands::OnSandbox { proven } => proven.at,
        Stands::SignedOff { sign_off } => sign_off.at,
        Stands::Candidate { candidate } => candidate.at,
        Stands::InProduction { installed, .. } => installed.at,
    }
}

/// The name of an environment by its id.
fn name_of(environments: &[EnvironmentView], id: &impl ToString) -> String {
    let id = id.to_string();
    environments
        .iter()
        .find(|one| one.id == id)
        .map_or_else(|| "an environment".to_owned(), |one| one.name.clone())
}

/// What a state means for whoever looks at the list.
fn says(here: &InProject, state: &Stands, environments: &[EnvironmentView]) -> Markup {
    let at = |at| time::time(at, &here.clock);
    let on = |id| name_of(environments, id);
    match state {
        Stands::Uploaded => html! { "check it against an environment" },
        Stands::Refused { findings, .. } => {
            html! { (words::count(findings.len(), "finding", "findings")) @if let Some(first) = findings.first() { ": " (first.what) } }
        }
        Stands::Validated { at: when } => html! { "fits; install it on a sandbox; " (at(*when)) },
        Stands::Failed { environment, why, .. } => html! { (on(environment)) ": " (why) },
        Stands::OnSandbox { proven } => html! { (on(&proven.environment)) ", " (at(proven.at)) },
        Stands::SignedOff { sign_off } => {
            html! { "proven on " (on(&sign_off.proven.environment)) ", " (at(sign_off.at)) }
        }
        Stands::Candidate { candidate } => html! { "named " (at(candidate.at)) },
        Stands::InProduction { installed, .. } => {
            html! { (on(&installed.environment)) ", " (at(installed.at)) }
        }
        Stands::Withdrawn { reason, .. } => html! { (reason) },
    }
}

fn upload_form(here: &InProject) -> Form {
    let file = Field::new("file", "Package file", Input::File(".zip,.tar,.tar.gz,.tgz")).hint(
        "Its digest is computed while it arrives. It is looked into, and nothing else happens.",
    );
    here.form("package_upload", "packages", "Upload", vec![file])
}

/// Keeps the file as it arrives and looks inside.
async fn upload(here: InProject, mut sent: Multipart) -> Shown {
    let broken =
        |error: MultipartError| Wrong(Error::invalid("file", "a whole form", error.body_text()));
    while let Some(field) = sent.next_field().await.map_err(broken)? {
        let file = field.file_name().unwrap_or_default().to_owned();
        if file.is_empty() {
            continue;
        }
        let kept = here.app.package_upload(&here.actor, here.id, &file, Box::pin(field)).await;
        let to = kept.as_ref().map_or("packages".to_owned(), |one| format!("packages/{}", one.id));
        return settled(&here, kept, &to).await;
    }
    settled(&here, Err(Error::invalid("file", "a package file", "none")), "packages").await
}

async fn settled(here: &InProject, kept: Result<PackageView, Error>, to: &str) -> Shown {
    // The file itself does not come back, so the form has nothing that was typed.
    let posted = Posted::parse("_form=package_upload&file=");
    here.settle(kept, ("Kept. Check it against an environment.", to), &posted, |again| {
        list_page(here, again)
    })
    .await
}
