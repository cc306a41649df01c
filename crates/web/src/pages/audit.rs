//! The audit log: every change, newest first; its chain checked.

use super::shell::{InProject, Posted, Shown};
use crate::caller::Query;
use crate::components::action::{Look, command};
use crate::components::facts::Card;
use crate::components::feed::{Entry, Voice};
use crate::components::icon::Icon;
use crate::components::notice::{banner, empty};
use crate::components::pager::{Pager, pager};
use crate::components::person::{Person, who};
use crate::components::state::State;
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::routing::get;
use golive_app::server::{AuditView, EventView};
use golive_app::{App, Error};
use golive_core::account::Person as Account;
use golive_core::id::UserId;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A page of the log; the service gives no more at once.
const PAGE: usize = 100;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/audit", get(show))
        .route("/projects/{slug}/audit/verify", axum::routing::post(verify))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Place {
    before: Option<i64>,
}

async fn show(here: InProject, Query(place): Query<Place>) -> Shown {
    page(&here, &place, None).await
}

async fn verify(here: InProject, _posted: Posted) -> Shown {
    let checked = here.app.audit_verify(&here.actor, Some(here.id)).await?;
    page(&here, &Place::default(), Some(&checked)).await
}

async fn page(here: &InProject, place: &Place, checked: Option<&AuditView>) -> Shown {
    let events = here.app.audit_list(&here.actor, here.id, place.before).await?;
    let people = names(here, &events).await?;
    let lead = html! { "Every change with who, when, what, before and after. Entries can be added, never changed or removed." };
    let verify = here.post("audit_verify", "Verify now", "audit/verify").look(Look::Primary);
    let next = (events.len() == PAGE).then(|| events.last().map(|event| event.seq)).flatten();
    let pages = Pager {
        what: "entries".to_owned(),
        shown: events.len(),
        total: None,
        first: place.before.map(|_| here.at("audit")),
        next: next.map(|seq| here.at(&format!("audit?before={seq}"))),
    };
    let body = html! {
        (layout::head("Audit log", &lead, &[verify]))
        @if let Some(checked) = checked { (verified(here, checked)) }
        @if events.is_empty() { (empty("Nothing has happened yet", "The first change of the project will stand here.", &[])) }
        @else {
            (Card::new("events", "Events").around(&html! { (list(here, &events, &people)) }))
            (pager(&pages))
        }
        p.small.muted.mt4 {
            "Anybody with the command line checks the same: "
            (command(&format!("golive audit verify {}", here.id)))
        }
    };
    here.page(ProjectPage::Audit, "Audit log", body).await
}

/// What the check of a log found.
pub(crate) fn verified(here: &InProject, checked: &AuditView) -> Markup {
    verdict(checked, &here.clock.local(here.clock.now).strftime("%H:%M:%S").to_string())
}

/// The same, for any log.
pub(crate) fn verdict(checked: &AuditView, at: &str) -> Markup {
    let (state, title) = if checked.holds {
        (State::Done, "The chain holds to its end.")
    } else {
        (State::Bad, "The chain is broken.")
    };
    let text = html! {
        @if let Some(fault) = &checked.fault { (fault) " " }
        (words::thousands(checked.seq)) " events, head " code.wrapany { (checked.hash) } ", checked at " (at)
        ". Keep the head elsewhere: it proves later that nothing before it was changed."
    };
    banner("verified", state, title, &text, &[])
}

fn list(here: &InProject, events: &[EventView], people: &BTreeMap<String, Person>) -> Markup {
    let columns = vec![
        Column::figure("No."),
        Column::short("When"),
        Column::short("Who"),
        Column::name("What"),
        Column::short("Hash").wide_only(),
    ];
    let rows = events.iter().map(|event| {
        Row::new(
            &event.kind,
            vec![
                html! { (event.seq) },
                time::time(event.at, &here.clock),
                person_cell(&event.actor, people),
                html! {
                    details {
                        summary { (sentence(&event.kind)) " " (subject(here, &event.subject)) }
                        pre.xs.wrapany { (pretty(event)) }
                    }
                },
                html! { span.mono.xs title=(event.hash) { (words::digest(&event.hash)) } },
            ],
        )
        .id(format!("event-{}", event.seq))
    });
    table(&Table::new("Events", columns, rows))
}

fn person_cell(actor: &str, people: &BTreeMap<String, Person>) -> Markup {
    html! {
        @match people.get(actor) {
            Some(person) => (who(person)),
            None if actor == "golive" => { span.muted { "golive" } },
            None => { span.mono.xs { (actor) } },
        }
    }
}

/// The members, and who else acted here: the server administrator has no seat.
async fn names(here: &InProject, events: &[EventView]) -> Result<BTreeMap<String, Person>, Error> {
    let mut people = here.people().await?;
    let mut session = here.app.store.session().await?;
    for event in events {
        let Ok(user) = event.actor.parse::<UserId>() else { continue };
        if people.contains_key(&event.actor) {
            continue;
        }
        if let Some(account) = session.find::<Account>(user).await? {
            people.insert(event.actor.clone(), Person::named(account.value.name));
        }
    }
    Ok(people)
}

/// What an event happened to: a link where there is a page for it.
fn subject(here: &InProject, id: &str) -> Markup {
    let (kind, _) = id.split_once('_').unwrap_or((id, ""));
    let page = match kind {
        "op" => Some("operations"),
        "env" => Some("environments"),
        "req" => Some("request"),
        _ => None,
    };
    let short = format!("{kind} …{}", id.get(id.len().saturating_sub(6)..).unwrap_or(id));
    html! {
        @match page {
            Some(page) => { a.mono.xs.fw4 href=(here.at(&format!("{page}/{id}"))) title=(id) { (short) } },
            None => { span.muted.mono.xs.fw4 title=(id) { (short) } },
        }
    }
}

fn pretty(event: &EventView) -> String {
    if event.payload.is_null() {
        return "The particulars were erased.".to_owned();
    }
    serde_json::to_string_pretty(&event.payload).unwrap_or_default()
}

/// `request.signed_off` → `request signed off`.
pub(crate) fn sentence(kind: &str) -> String {
    kind.replace(['.', '_'], " ")
}

/// Events as a feed.
pub(crate) fn happened<'a>(
    events: impl Iterator<Item = &'a EventView>,
    people: &BTreeMap<String, Person>,
) -> Vec<Entry> {
    events
        .map(|event| {
            let person = people.get(&event.actor);
            let by = person.map_or("golive", |person| person.name.as_str());
            Entry {
                id: None,
                voice: person
                    .map_or(Voice::System(Icon::Log, State::Idle), |p| Voice::Person(p.clone())),
                at: event.at,
                text: html! { b { (by) } " · " (sentence(&event.kind)) },
            }
        })
        .collect()
}
