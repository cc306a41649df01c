//! Claims on record: migrated data, rules, features; confirmed by form, taken back with a reason.

use super::{fold, settled, short};
use crate::components::facts::Card;
use crate::components::form::{Field, Input, form};
use crate::components::state::{State, st_icon};
use crate::components::time;
use crate::pages::shell::{Again, InProject, Last, Posted, Shown};
use axum::Router;
use axum::routing::post;
use golive_app::App;
use golive_app::acceptance::{AcceptanceView, ClaimedView, StatementForm};
use golive_core::id::EvidenceId;
use maud::{Markup, html};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/acceptance/confirm", post(confirm))
        .route("/projects/{slug}/acceptance/withdraw/{statement}", post(withdraw))
}

/// Data, rules and features, each folded once it is complete.
pub(super) fn cards(here: &InProject, view: &AcceptanceView, again: &Again) -> Markup {
    let (master, balances): (Vec<ClaimedView>, Vec<ClaimedView>) =
        view.data_sets.iter().cloned().partition(|claimed| claimed.title == "Migrated master data");
    html! {
        (register(here, ("migrated_master_data", "Migrated master data"), &master, again))
        (register(here, ("opening_balances", "Opening balances"), &balances, again))
        (register(here, ("regulation_confirmed", "Rules confirmed"), &view.regulations, again))
        (register(here, ("feature_documented", "Features described"), &view.features, again))
    }
}

fn register(
    here: &InProject,
    (claim, title): (&str, &str),
    entries: &[ClaimedView],
    again: &Again,
) -> Markup {
    if entries.is_empty() {
        return html! {};
    }
    let open: Vec<&str> =
        entries.iter().filter(|one| one.statement.is_none()).map(|one| one.name.as_str()).collect();
    let id = format!("acceptance_confirm.{claim}");
    let filled = again.of(&id);
    let fields = vec![
        Field::new("names", "Confirmed", Input::Area(3))
            .value(open.join("\n"))
            .hint("One name on each line"),
        Field::text("note", "Where the proof is").optional(),
    ];
    let it = here.form(&id, "acceptance/confirm", "Confirm", fields).with("claim", claim).plain();
    let said = html! { span.small.muted { (entries.len() - open.len()) " of " (entries.len()) } };
    Card::new(format!("claims-{claim}"), title).end(said).around(&html! {
        @if entries.len() <= 4 { (list(here, entries)) }
        @else { div.card-b { details { (fold("Show all")) (list(here, entries)) } } }
        @if !open.is_empty() {
            div.card-b { details open[filled.is_refused()] { (fold("Confirm")) (form(&it, &filled)) } }
        }
    })
}

fn list(here: &InProject, entries: &[ClaimedView]) -> Markup {
    html! { ul.list.small { @for one in entries { (entry(here, one)) } } }
}

fn entry(here: &InProject, one: &ClaimedView) -> Markup {
    let state = if one.statement.is_some() { State::Done } else { State::Bad };
    html! {
        li {
            (st_icon(state, None))
            div.grow {
                @if one.title == one.name || one.title == "Migrated master data" || one.title == "Opening balances" { (short(&one.name)) } @else { (one.title) }
                @match &one.statement {
                    Some(stated) => div.xs.muted {
                        (stated.by) ", " (time::time(stated.at, &here.clock)) @if !stated.note.is_empty() { ", " (stated.note) }
                    },
                    None => div.xs.muted { "not confirmed" },
                }
            }
            @if let Some(stated) = &one.statement {
                details { (fold("Take back"))
                    form method="post" action=(here.at(&format!("acceptance/withdraw/{}", stated.id))) {
                        label.vh for=(format!("why-{}", stated.id)) { "Why" }
                        input.in.in-s id=(format!("why-{}", stated.id)) name="reason" placeholder="Why" required;
                        button.btn.btn-s type="submit" { "Take back" }
                    }
                }
            }
        }
    }
}

async fn confirm(here: InProject, posted: Posted) -> Shown {
    let form = StatementForm {
        claim: posted.text("claim").to_owned(),
        names: posted.list("names"),
        note: posted.text("note").to_owned(),
    };
    let done = here.app.acceptance_confirm(&here.actor, here.id, &form).await;
    settled(&here, done, "Confirmed", &posted).await
}

async fn withdraw(here: InProject, Last(id): Last<EvidenceId>, posted: Posted) -> Shown {
    let done = here.app.acceptance_withdraw(&here.actor, id, posted.text("reason")).await;
    here.done(done, "Taken back", "acceptance")
}
