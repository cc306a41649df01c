//! Imports: a file is kept first, then what it would change is shown, and only then it is brought in.

use crate::components::facts::{Card, kv};
use crate::components::form::{Choice, Field, Filled, Input, form};
use crate::components::notice::banner;
use crate::components::state::State;
use crate::layout::{self, ProjectPage};
use crate::pages::shell::{InProject, Posted, Shown, Wrong};
use crate::words;
use axum::Router;
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, Multipart};
use axum::routing::{get, post};
use golive_app::acceptance::{
    AnalysisOptions, ImportMode, ImportView, Incoming, LoadTestOptions, ResultOptions, ResultsView,
};
use golive_app::{App, Error};
use maud::{Markup, html};
use std::collections::BTreeMap;

type Fields = BTreeMap<String, String>;

/// Kind, title, what it takes, and whether the file may be the whole.
const PLANS: [(&str, &str, &str, bool); 3] = [
    (
        "requirements",
        "Requirements",
        "CSV or a workbook: id, title, process, priority, kind, owner, …",
        true,
    ),
    (
        "cases",
        "Test cases",
        "CSV or a workbook: id, title, process, type, priority, requirements, role, steps, expected, …",
        true,
    ),
    ("defects", "Defects", "CSV or a workbook: id, title, severity, …", false),
];

pub(super) fn routes() -> Router<App> {
    let upload = Router::new()
        .route("/projects/{slug}/acceptance/import/preview", post(preview))
        .layer(DefaultBodyLimit::disable()); // The service has its own limit.
    Router::new()
        .merge(upload)
        .route("/projects/{slug}/acceptance/import", get(show))
        .route("/projects/{slug}/acceptance/import/apply", post(apply))
}

async fn show(here: InProject) -> Shown {
    let cycles = here.app.cycle_list(&here.actor, here.id).await?;
    let running: Vec<Choice> = cycles
        .iter()
        .filter(|cycle| cycle.state == "running")
        .map(|cycle| Choice::new(&cycle.name, &cycle.title))
        .collect();
    let places = here.app.environment_list(&here.actor, here.id).await?;
    let places: Vec<Choice> =
        places.iter().map(|place| Choice::new(&place.name, &place.name)).collect();
    let lead = html! { a href=(here.at("acceptance")) { "Acceptance" } ". A file is shown before it changes anything; the same file again changes nothing." };
    let body = html! {
        (layout::head("Import", &lead, &[]))
        div.cols {
            div.stack.gap5 {
                (results_form(&here, running, &places))
                @for (kind, title, takes, whole) in PLANS { (plan_form(&here, (kind, title, takes), whole)) }
            }
            aside.stack.gap5 {
                (proof_form(&here, ("analysis", "Customisation analysis", "The checker's workbook"), &places))
                (proof_form(&here, ("load-test", "Load test", "The summary of k6 or the log of JMeter"), &places))
                (plan_form(&here, ("targets", "Targets of the load test", "CSV or a workbook: process, p95_ms, error_percent, per_hour"), false))
            }
        }
    };
    here.page(ProjectPage::Acceptance, "Import", body).await
}

fn upload(here: &InProject, kind: &str, submit: &str, fields: Vec<Field>) -> Markup {
    // The kind stands in the address: what is not a file must be known before the file begins.
    let to = format!("acceptance/import/preview?kind={kind}");
    let it = here.form(&format!("import.{kind}"), &to, submit, fields).with("kind", kind).plain();
    form(&it, &Filled::default())
}

fn file(takes: &str) -> Field {
    Field::new("file", "File", Input::File(".csv,.xlsx,.xml,.json,.jtl")).hint(takes)
}

fn plan_form(here: &InProject, (kind, title, takes): (&str, &str, &str), whole: bool) -> Markup {
    let mut fields = Vec::new();
    if whole {
        fields.push(
            Field::new("whole", "The file is the whole: what is not in it goes", Input::Check)
                .optional(),
        );
    }
    fields.push(file(takes));
    Card::new(format!("import-{kind}"), title).padded(&upload(
        here,
        kind,
        "Show what would change",
        fields,
    ))
}

fn results_form(here: &InProject, running: Vec<Choice>, places: &[Choice]) -> Markup {
    if running.is_empty() {
        return super::nothing(
            "import-results",
            "Results",
            "No cycle is running. Open one, then results can come in.",
        );
    }
    let fields = vec![
        Field::new("cycle", "Cycle", Input::Select(running)),
        Field::new("environment", "Environment", Input::Select(places.to_vec())),
        Field::text("zone", "Zone of times without one").optional().hint("The project's, if empty"),
        Field::text("tester", "Who ran them")
            .optional()
            .hint("Only where a JUnit file does not say"),
        Field::text("role", "With which role")
            .optional()
            .hint("Only where a JUnit file does not say"),
        Field::new("skip_unknown", "Leave out names that are no case", Input::Check).optional(),
        file("CSV, a workbook or JUnit XML"),
    ];
    Card::new("import-results", "Results").padded(&upload(
        here,
        "results",
        "Show what would change",
        fields,
    ))
}

fn proof_form(
    here: &InProject,
    (kind, title, takes): (&str, &str, &str),
    places: &[Choice],
) -> Markup {
    let fields = vec![
        Field::new("environment", "Environment", Input::Select(places.to_vec())),
        Field::new("taken", "Made at", Input::Line("datetime-local"))
            .optional()
            .hint("Now, if empty and the file does not say"),
        file(takes),
    ];
    Card::new(format!("import-{kind}"), title).padded(&upload(here, kind, "Bring in", fields))
}

/// Reads the fields, keeps the file as it arrives, and shows what it would change.
async fn preview(here: InProject, mut sent: Multipart) -> Shown {
    let broken =
        |error: MultipartError| Wrong(Error::invalid("file", "a whole form", error.body_text()));
    let mut fields = Fields::new();
    while let Some(field) = sent.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(file) if !file.is_empty() => {
                let incoming = here
                    .app
                    .acceptance_upload(&here.actor, here.id, &file, Box::pin(field))
                    .await?;
                return shown(&here, &fields, &incoming).await;
            }
            Some(_) => {}
            None => {
                fields.insert(name, field.text().await.map_err(broken)?);
            }
        }
    }
    Err(Wrong(Error::invalid("file", "a file", "none")))
}

async fn shown(here: &InProject, fields: &Fields, incoming: &Incoming) -> Shown {
    let (app, actor, id) = (&here.app, &here.actor, here.id);
    let mode = ImportMode { dry_run: true, whole: is_on(fields, "whole") };
    let body = match kind(fields) {
        "requirements" => import_view(&app.requirement_import(actor, id, incoming, mode).await?),
        "cases" => import_view(&app.case_import(actor, id, incoming, mode).await?),
        "defects" => import_view(&app.defect_import(actor, id, incoming, mode).await?),
        "results" => {
            results_view(&app.result_import(actor, id, incoming, &options(fields, true)).await?)
        }
        _ => return bring_in(here, fields, incoming).await,
    };
    let mut go = here
        .form("import_apply", "acceptance/import/apply", "Bring it in", vec![])
        .with("file", &incoming.file)
        .with("digest", &incoming.digest);
    for (name, value) in fields.iter().filter(|(name, _)| !name.starts_with('_')) {
        go = go.with(name, value);
    }
    let lead = html! { "Nothing is changed yet. The file is kept as evidence: " code.xs { (words::digest(&incoming.digest)) } };
    let page = html! {
        (layout::head(&incoming.file, &lead, &[]))
        div.stack.gap5 {
            (body)
            div.row { (form(&go, &Filled::default())) a.btn href=(here.at("acceptance/import")) { "Leave it" } }
        }
    };
    here.page(ProjectPage::Acceptance, "Import", page).await
}

async fn apply(here: InProject, posted: Posted) -> Shown {
    let names = ["kind", "whole", "cycle", "environment", "zone", "tester", "role", "skip_unknown"];
    let fields: Fields =
        names.iter().map(|name| ((*name).to_owned(), posted.text(name).to_owned())).collect();
    let incoming = here
        .app
        .acceptance_kept(&here.actor, here.id, posted.text("file"), posted.text("digest"))
        .await?;
    bring_in(&here, &fields, &incoming).await
}

async fn bring_in(here: &InProject, fields: &Fields, incoming: &Incoming) -> Shown {
    let (app, actor, id) = (&here.app, &here.actor, here.id);
    let mode = ImportMode { dry_run: false, whole: is_on(fields, "whole") };
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let proofs = "acceptance/proofs";
    match kind(fields) {
        "requirements" => here.done(
            app.requirement_import(actor, id, incoming, mode).await,
            "Requirements brought in",
            "acceptance",
        ),
        "cases" => here.done(
            app.case_import(actor, id, incoming, mode).await,
            "Cases brought in",
            "acceptance",
        ),
        "defects" => here.done(
            app.defect_import(actor, id, incoming, mode).await,
            "Defects brought in",
            "acceptance/defects",
        ),
        "results" => here.done(
            app.result_import(actor, id, incoming, &options(fields, false)).await,
            "Results brought in",
            "acceptance",
        ),
        "analysis" => {
            let options = AnalysisOptions {
                environment: text("environment"),
                version_set: None,
                taken: fields.get("taken").cloned(),
            };
            here.done(
                app.analysis_import(actor, id, incoming, &options).await,
                "Analysis brought in",
                proofs,
            )
        }
        "load-test" => {
            let options = LoadTestOptions {
                environment: text("environment"),
                taken: fields.get("taken").cloned(),
                ..LoadTestOptions::default()
            };
            here.done(
                app.load_test_import(actor, id, incoming, &options).await,
                "Load test brought in",
                proofs,
            )
        }
        "targets" => {
            here.done(app.load_test_set_targets(actor, id, incoming).await, "Targets set", proofs)
        }
        other => Err(Wrong(Error::invalid("kind", "a kind of file that acceptance takes", other))),
    }
}

fn kind(fields: &Fields) -> &str {
    fields.get("kind").map_or("", String::as_str)
}

fn is_on(fields: &Fields, name: &str) -> bool {
    matches!(fields.get(name).map(String::as_str), Some("on" | "true"))
}

fn options(fields: &Fields, dry_run: bool) -> ResultOptions {
    let given = |name: &str| fields.get(name).filter(|text| !text.trim().is_empty()).cloned();
    ResultOptions {
        environment: given("environment").unwrap_or_default(),
        cycle: given("cycle").unwrap_or_default(),
        zone: given("zone"),
        tester: given("tester"),
        role: given("role"),
        skip_unknown: is_on(fields, "skip_unknown"),
        dry_run,
        ..ResultOptions::default()
    }
}

fn import_view(view: &ImportView) -> Markup {
    let missing = if view.removes_missing { "go" } else { "stay, though they are not in the file" };
    let facts = [
        ("New", html! { (view.added) }),
        ("Changed", html! { (view.changed) }),
        ("Equal", html! { (view.unchanged) }),
        ("Not in the file", html! { (view.missing) @if view.missing > 0 { ", they " (missing) } }),
    ];
    html! {
        @if view.removes_missing && view.missing > 0 {
            (banner("goes", State::Warn, "This removes what is not in the file.", &html! { (view.missing) " entries." }, &[]))
        }
        @if !view.unknown.is_empty() {
            (banner("unknown", State::Warn, "The file names what the project does not know.", &html! { (view.unknown.join(", ")) }, &[]))
        }
        (Card::new("preview", "What would change").padded(&kv(&facts)))
        (names("added", "New", &view.added_names))
        @if !view.changed_names.is_empty() {
            (Card::new("changed", "Changed").count(view.changed).around(&html! {
                ul.list.small { @for one in &view.changed_names { li { div.grow { (one.name) } span.muted { (one.fields.join(", ")) } } } }
            }))
        }
        (names("again", "Must be run again: the wording is another", &view.run_again))
        @if view.removes_missing { (names("missing", "Go", &view.missing_names)) }
    }
}

fn names(id: &str, title: &str, all: &[String]) -> Markup {
    html! {
        @if !all.is_empty() {
            details.card id=(id) {
                summary.card-h.bd0 { h2 { (title) } span.count { (all.len()) } }
                div.card-b.small { (all.join(", ")) }
            }
        }
    }
}

fn results_view(view: &ResultsView) -> Markup {
    let facts = [
        ("Results of cases", html! { (view.results) }),
        ("Cases that move", html! { (view.moved) }),
        ("Overruled by later ones", html! { (view.overruled) }),
        ("Not run", html! { (view.not_run) }),
        ("With another role than asked", html! { (view.other_role) }),
        (
            "Where",
            html! { (view.environment) ", version " (view.version_set) ", data " (view.data_set) },
        ),
    ];
    html! {
        @if view.known_already { (banner("known", State::Idle, "This file was brought in before.", &html! { "Nothing would change." }, &[])) }
        @for why in &view.does_not_count { (banner("ineligible", State::Warn, "These results would not count.", &html! { (why) }, &[])) }
        @if !view.unknown.is_empty() { (banner("unknown", State::Warn, "Names that are no case of the project.", &html! { (view.unknown.join(", ")) }, &[])) }
        (Card::new("preview", "What would change").padded(&kv(&facts)))
    }
}
