//! Page of the sizing: the active profile, the formulae with every term, later waves, and the size by hand.

use super::shell::{Again, InProject, PageCaller, Posted, Shown, Uploaded};
use crate::components::action::{Look, action};
use crate::components::facts::{Card, Fig, figs_bare, kv};
use crate::components::form::{self, Field, Input};
use crate::components::notice::{banner, empty};
use crate::components::state::{State, badge, st};
use crate::components::table::{Column, Row, Table, table};
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use golive_app::estimate::{EstimateDetails, EstimateView, Settlement, SizeView, SizingView};
use golive_app::{App, Error};
use golive_core::id::EstimateId;
use golive_core::sizing::machine::State as Stands;
use golive_core::sizing::{Amount, Computed};
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/estimate", get(show).post(import))
        .route("/projects/{slug}/estimate/{id}", get(other))
        .route("/projects/{slug}/estimate/{id}/activate", post(activate))
        .route("/projects/{slug}/estimate/{id}/discard", post(discard))
        .route("/projects/{slug}/sizing/{verb}", post(sizing))
}

async fn show(here: InProject) -> Shown {
    page(&here, None, Again::none()).await
}

async fn other(here: InProject, Path((_, id)): Path<(String, EstimateId)>) -> Shown {
    page(&here, Some(id), Again::none()).await
}

async fn page(here: &InProject, wanted: Option<EstimateId>, again: Again) -> Shown {
    let all = here.app.estimate_list(&here.actor, here.id).await?;
    let sizing = here.app.sizing_view(&here.actor, here.id).await?;
    let chosen = all.iter().find(|one| one.state == "active").or(all.first());
    let id = wanted.or_else(|| chosen.and_then(|one| one.id.parse().ok()));
    let details = match id {
        Some(id) => Some(here.app.estimate_view(&here.actor, id).await?),
        None => None,
    };
    let lead = html! { "Computed from licences and the one active estimate. The formula is shown; a person is the exception." };
    let body = html! {
        (layout::head("Sizing", &lead, &[]))
        div.cols {
            div.stack.gap5 {
                @match &details {
                    Some(details) => {
                        (profile(here, details, &all))
                        (sheet(details))
                        (waves(details))
                    }
                    None => (empty("No estimate yet", "Bring in the usage profile: processes with their peak lines, people by hour, jobs of the night, licences. The size follows from it.", &[])),
                }
            }
            aside.stack.gap5 aria-label="Questions and estimates" {
                (question(here, &sizing, &again))
                (by_hand(here, &sizing, &again))
                (estimates(here, &all))
                (bring_in(here, &again))
            }
        }
    };
    here.live_page(ProjectPage::Estimate, "Sizing", body).await
}

fn standing(one: &EstimateView) -> (State, &'static str) {
    match one.state.as_str() {
        "active" => (State::Done, "Active"),
        "draft" => (State::Wait, "Draft"),
        _ => (State::Idle, "Replaced"),
    }
}

fn profile(here: &InProject, details: &EstimateDetails, all: &[EstimateView]) -> Markup {
    let one = &details.estimate;
    let (state, word) = standing(one);
    let end = html! { (badge(state, word)) };
    let derived = &details.derived;
    let figures = [
        Fig::new(
            "Users at the same time",
            figure(derived.stated_peak_users),
            "by the customer's own word",
        ),
        Fig::new(
            "Client lines per hour, peak",
            figure(derived.client_peak),
            "busiest hour of the year",
        ),
        Fig::new("Integration lines per hour", figure(derived.integration_peak), ""),
        Fig::new("Batch lines per hour", figure(derived.batch_peak), "jobs running at once"),
        Fig::new("Licences, first day", figure(derived.licences), licences(details)),
        Fig::new(
            "Guessed",
            format!("{:.0} %", derived.guessed_share * 100.0),
            "of the weighted lines",
        ),
    ];
    let facts = [
        (
            "File",
            html! { (one.file) ", version " (one.estimate_version) ", numbers of " (one.as_of) },
        ),
        (
            "Brought in",
            html! { (one.imported_by) ", " (words::moment(one.imported_at, &here.clock)) },
        ),
        ("Digest", html! { code { (words::digest(&one.digest)) } }),
    ];
    Card::new("profile", &one.name).state(state).end(end).around(&html! {
        div.figs { (figs_bare(&figures)) }
        div.card-b.stack {
            @match &one.size { Some(size) => (size_box(size)), None => {} }
            @for fault in &one.faults { (banner("fault", State::Bad, "It cannot be sized.", &html! { (fault) }, &[])) }
            (kv(&facts))
            (buttons(here, one, all))
        }
    })
}

fn licences(details: &EstimateDetails) -> String {
    let kinds = details.licences.iter().map(|kind| format!("{} {}", kind.first_day, kind.title));
    kinds.collect::<Vec<_>>().join(", ")
}

fn buttons(here: &InProject, one: &EstimateView, all: &[EstimateView]) -> Markup {
    if one.state != "draft" {
        return html! {};
    }
    let active = all.iter().find(|other| other.state == "active");
    let label = if active.is_some() { "Make it the active one" } else { "Activate" };
    let to = format!("estimate/{}/activate", one.id);
    let mut activate =
        here.act(&one.actions, "estimate_activate", "", (label, &to)).look(Look::Primary);
    if let Some(active) = active {
        activate = activate.with("replaces", &active.id);
    }
    let to = format!("estimate/{}/discard", one.id);
    let discard = here
        .act(&one.actions, "estimate_discard", "", ("Give it up", &to))
        .with("reason", "given up on the page");
    html! { div.row { (action(&activate)) (action(&discard)) } }
}

fn size_box(size: &SizeView) -> Markup {
    html! {
        div.sizebox {
            div { span.small.muted { "Size" } div.clock-m { (size.name) } }
            div.grow.small {
                b { (size.interactive_servers) " servers for people and " (size.batch_servers) " for jobs, " (size.cores_per_server) " cores each" }
                div.muted { "database " (size.database_class) ", " (figure(size.database_memory_gb)) " GB memory, " (figure(size.storage_gb)) " GB storage; performance tests on " (size.performance_test_tier) }
            }
            div {
                @if size.is_automatic { (st(State::Done, "within all limits")) }
                @else { (st(State::Warn, "by hand")) div.xs.muted { @for limit in &size.exceeded { div { (words::role(&limit.limit)) " " (figure(limit.computed)) " above " (figure(limit.value)) } } } }
            }
        }
    }
}

/// A number as people read it.
fn figure(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e12 {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
        let whole = number as i64;
        return words::thousands(whole);
    }
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn amount(amount: &Amount) -> String {
    match amount {
        Amount::Number(number) => figure(*number),
        Amount::Word(word) => word.clone(),
        Amount::ByClass(classes) => {
            let each = classes.iter().map(|(class, number)| format!("{class} {}", figure(*number)));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Every formula with the value of each of its terms.
fn sheet(details: &EstimateDetails) -> Markup {
    if details.sheet.is_empty() {
        return html! {};
    }
    let rules = details.estimate.size.as_ref().map(|size| size.rules.clone()).unwrap_or_default();
    let columns = vec![
        Column::figure("No."),
        Column::name("What"),
        Column::plain("Formula"),
        Column::figure("Result"),
    ];
    let rows = details.sheet.iter().map(sheet_row);
    let foot = html! { span.xs.muted { "Rules " (rules) ", reserve from the policy pack. The same numbers always give the same size." } };
    Card::new("sheet", "How the size was computed")
        .count(details.sheet.len())
        .foot(foot)
        .around(&table(&Table::new("Sizing sheet", columns, rows)))
}

fn sheet_row(line: &Computed) -> Row {
    let terms = line
        .terms
        .iter()
        .map(|term| format!("{} = {}", words::role(&term.name), figure(term.value)));
    let terms = terms.collect::<Vec<_>>().join(" · ");
    Row::new(
        &line.title,
        vec![
            html! { (line.number) },
            html! { (line.title) @if !line.explanation.is_empty() { div.xs.muted.fw4 { (line.explanation) } } },
            html! { code.xs { (line.expression) } @if !terms.is_empty() { div.xs.muted { (terms) } } },
            html! { b { (amount(&line.result)) } " " span.xs.muted { (words::role(&line.unit)) } },
        ],
    )
}

/// What later waves need, beside what is sized now.
fn waves(details: &EstimateDetails) -> Markup {
    if details.waves.is_empty() {
        return html! {};
    }
    let now = details.estimate.size.as_ref().map(|size| size.name.clone()).unwrap_or_default();
    let columns = vec![
        Column::name("Wave"),
        Column::short("Date"),
        Column::figure("Load"),
        Column::short("Size"),
        Column::summary("Fits"),
    ];
    let rows = details.waves.iter().map(|wave| {
        let size = wave.size.as_ref().map_or_else(|| "none".to_owned(), |size| size.name.clone());
        let fits =
            if size == now { st(State::Done, "as now") } else { st(State::Warn, "another size") };
        Row::new(
            &wave.title,
            vec![
                html! { (wave.number) " " (wave.title) },
                html! { (wave.date) },
                html! { "× " (figure(wave.load_factor)) },
                html! { (size) },
                fits,
            ],
        )
    });
    Card::new("waves", "Later waves")
        .count(details.waves.len())
        .around(&table(&Table::new("Waves", columns, rows)))
}

fn is_open(sizing: &SizingView, op: &str) -> bool {
    sizing.actions.iter().any(|action| action.name == op && action.is_open())
}

/// The form of one thing that can be done with the sizing; nothing if it cannot be done by the viewer now.
fn sizing_form(
    here: &InProject,
    sizing: &SizingView,
    what: (&str, &str, Vec<Field>),
    again: &Again,
) -> Markup {
    let (op, submit, fields) = what;
    if !is_open(sizing, op) {
        return html! {};
    }
    let verb = op.trim_start_matches("sizing_").replace('_', "-");
    let form = here.form(op, &format!("sizing/{verb}"), submit, fields).plain();
    form::form(&form, &again.of(op))
}

fn area(name: &str, label: &str) -> Field {
    Field::new(name, label, Input::Area(2))
}

fn question(here: &InProject, sizing: &SizingView, again: &Again) -> Markup {
    let ask = sizing_form(
        here,
        sizing,
        ("sizing_ask", "Ask", vec![area("question", "Ask the customer about the profile")]),
        again,
    );
    let answer = sizing_form(
        here,
        sizing,
        ("sizing_answer", "Answer", vec![area("answer", "The profile is right as it is, because")]),
        again,
    );
    let Stands::Question { question, since, .. } = &sizing.particulars else {
        return if is_open(sizing, "sizing_ask") {
            Card::new("question", "A question about the size").padded(&ask)
        } else {
            html! {}
        };
    };
    let end = html! { (badge(State::Wait, "Waits for the customer")) };
    Card::new("question", "A question about the size").state(State::Wait).end(end).padded(&html! {
        p { (question) }
        p.xs.muted { "Since " (words::moment(*since, &here.clock)) ". " (paused(sizing)) }
        (answer)
    })
}

fn paused(sizing: &SizingView) -> &'static str {
    match (sizing.pauses_clock, sizing.paused_requests.is_empty()) {
        (true, false) => "The clock of the production request stands still.",
        (true, true) => "Nothing is paused: no request waits.",
        (false, _) => "",
    }
}

fn by_hand(here: &InProject, sizing: &SizingView, again: &Again) -> Markup {
    let reason = || area("reason", "Why");
    let ask = sizing_form(
        here,
        sizing,
        ("sizing_ask_for_manual", "Size it by hand", vec![reason()]),
        again,
    );
    let count = |name: &str, label: &str| Field::new(name, label, Input::Line("number"));
    let fields = vec![
        count("interactive_servers", "Servers for people"),
        count("batch_servers", "Servers for jobs"),
        Field::text("database", "Database"),
        count("storage_gb", "Storage, GB"),
        reason(),
    ];
    let settle = sizing_form(here, sizing, ("sizing_settle", "Settle the size", fields), again);
    let card = Card::new("by-hand", "Size by hand");
    match &sizing.particulars {
        Stands::Manual { why, .. } => card.state(State::Wait).end(html! { (badge(State::Wait, "By hand")) }).padded(&html! {
            p { (why) }
            p.xs.muted { @if let Some(due) = sizing.due { "The operator's answer is due " (words::moment(due, &here.clock)) ". " } (paused(sizing)) }
            (settle)
        }),
        Stands::Settled { chosen, reason, .. } => card.state(State::Done).end(html! { (badge(State::Done, "Settled")) }).padded(&html! {
            p { b { (chosen.interactive_servers) "+" (chosen.batch_servers) "/" (chosen.database) } ", " (chosen.storage_gb) " GB storage" }
            p.small.muted { (reason) }
            (ask)
        }),
        Stands::Unsized | Stands::Automatic { .. } | Stands::Question { .. } => card.padded(&html! {
            p.small.muted { "The exception: an operator sizes by hand. The production request waits until the size is there." }
            (ask)
        }),
    }
}

fn estimates(here: &InProject, all: &[EstimateView]) -> Markup {
    if all.is_empty() {
        return html! {};
    }
    let columns = vec![Column::name("Estimate"), Column::short("Size"), Column::summary("State")];
    let rows = all.iter().map(|one| {
        let (state, word) = standing(one);
        let size = one.size.as_ref().map_or("–", |size| size.name.as_str());
        let href = here.at(&format!("estimate/{}", one.id));
        Row::new(
            &one.name,
            vec![
                html! { a.ink href=(href) { (one.name) } div.xs.muted.fw4 { "version " (one.estimate_version) ", " (one.as_of) } },
                html! { (size) },
                st(state, word),
            ],
        )
    });
    Card::new("estimates", "Estimates").count(all.len()).around(&table(&Table::new(
        "Estimates",
        columns,
        rows,
    )))
}

fn bring_in(here: &InProject, again: &Again) -> Markup {
    let hint = "A whole profile as TOML, or its processes as CSV or workbook: then the next version of the active one";
    let file = Field::new("file", "File", Input::File(".toml,.csv,.xlsx")).hint(hint);
    let to = format!("{}?_key={}", here.at("estimate"), PageCaller::key());
    let upload = PageCaller::form_to("estimate_import", &to, "Bring it in", vec![file]).plain();
    Card::new("bring-in", "Bring in an estimate")
        .padded(&form::form(&upload, &again.of("estimate_import")))
}

async fn import(here: InProject, sent: Uploaded) -> Shown {
    let done = match sent.file("file") {
        Ok((file, bytes)) => here.app.estimate_import(&here.actor, here.id, file, bytes).await,
        Err(error) => Err(error),
    };
    let to = done
        .as_ref()
        .map_or_else(|_| "estimate".to_owned(), |made| format!("estimate/{}", made.id));
    here.settle(done, ("The estimate is there as a draft", &to), &sent.posted, |again| {
        page(&here, None, again)
    })
    .await
}

async fn activate(
    here: InProject,
    Path((_, id)): Path<(String, EstimateId)>,
    posted: Posted,
) -> Shown {
    let replaces = posted.text("replaces").parse().ok();
    let done = here.app.estimate_activate(&here.actor, id, replaces).await;
    here.done(done, "It is the active one", "estimate")
}

async fn discard(
    here: InProject,
    Path((_, id)): Path<(String, EstimateId)>,
    posted: Posted,
) -> Shown {
    let done = here.app.estimate_discard(&here.actor, id, posted.text("reason")).await;
    here.done(done, "Given up", "estimate")
}

async fn sizing(here: InProject, Path((_, verb)): Path<(String, String)>, posted: Posted) -> Shown {
    let (app, actor, id) = (&here.app, &here.actor, here.id);
    let done = match verb.as_str() {
        "ask" => app.sizing_ask(actor, id, posted.text("question")).await,
        "answer" => app.sizing_answer(actor, id, posted.text("answer")).await,
        "ask-for-manual" => app.sizing_ask_for_manual(actor, id, posted.text("reason")).await,
        "settle" => match posted.read::<Settlement>() {
            Ok(wanted) => app.sizing_settle(actor, id, &wanted).await,
            Err(error) => Err(error),
        },
        _ => Err(Error::not_found("page", verb)),
    };
    here.settle(done, ("Done", "estimate"), &posted, |again| page(&here, None, again)).await
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn whole_numbers_have_no_places_and_others_no_zeros_at_their_end() {
        assert_eq!(figure(6.0), "6");
        assert_eq!(figure(0.25), "0.25");
        assert_eq!(figure(1.157_65), "1.1577");
    }
}
