//! My work: what waits for me in all projects, what has been said to me, my projects.

use super::operation;
use super::shell::{InProject, PageCaller, Shown, capacities, model_word, stage_words, standings};
use crate::components::action::{Action, Look};
use crate::components::facts::{Card, Item, items};
use crate::components::feed::{Entry, Voice, feed};
use crate::components::icon::Icon;
use crate::components::notice::empty;
use crate::components::path::notches;
use crate::components::state::State;
use crate::layout::{self, Nav};
use crate::words;
use axum::Router;
use axum::routing::get;
use golive_app::path::PathView;
use golive_app::{App, Error};
use golive_core::path::State as StageState;
use maud::{Markup, html};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new().route("/my-work", get(show))
}

async fn show(here: PageCaller) -> Shown {
    let paths = here.app.paths(&here.actor).await?;
    let mut mine: Vec<Item> = Vec::new();
    let mut projects: Vec<(Arc<PathView>, usize)> = Vec::new();
    for path in paths {
        let waiting = waiting(&here, &path).await?;
        if let Some(waiting) = waiting {
            projects.push((path, waiting.len()));
            mine.extend(waiting);
        }
    }
    mine.sort_by_key(|item| item.state != State::Bad);
    let name = here.actor.name.split_whitespace().next().unwrap_or("there");
    let local = here.clock.local(here.clock.now);
    let hello = match local.hour() {
        5..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    };
    let lead = html! { (words::date(local.date())) ", " (local.strftime("%H:%M %:z")) ". " (summary(mine.len())) };
    let body = html! {
        (layout::head(&format!("{hello}, {name}"), &lead, &[]))
        div.cols {
            div.stack.gap5 {
                @if mine.is_empty() { (empty("Nothing waits for you", "What you can mend, decide or sign in any project will stand here, with the page to do it on.", &[Action::go("portfolio", "To the portfolio", "/portfolio")])) }
                @else { (Card::new("now", "Waits for you").count(mine.len()).around(&items(&mine))) }
                (messages(&here).await?)
            }
            div.stack.gap5 { (my_projects(&projects)) }
        }
    };
    let mut page = layout::Page::new("My work", body);
    page.nav = Nav::MyWork;
    page.live = Some(("/live?page=/my-work".to_owned(), String::new()));
    here.show(page).await
}

fn summary(n: usize) -> String {
    match n {
        0 => "Nothing waits for you.".to_owned(),
        1 => "One thing waits for you.".to_owned(),
        n => format!("{n} things wait for you."),
    }
}

/// What waits for the viewer in a project; none where the viewer has no seat.
async fn waiting(here: &PageCaller, path: &PathView) -> Result<Option<Vec<Item>>, Error> {
    let within =
        InProject::open(here.clone(), &path.project.slug).await.map_err(|wrong| wrong.0)?;
    let members = here.app.member_list(&here.actor, within.id).await?;
    let user = here.actor.user.to_string();
    let Some(seat) = members.iter().find(|member| member.user == user) else { return Ok(None) };
    let names: BTreeSet<String> = capacities(seat).into_iter().collect();
    let mut found = blockers(&within, &names);
    let operations = here.app.operation_list(&here.actor, within.id, None).await?;
    for op in operations.iter().filter(|op| !op.choices.is_empty()) {
        let to = within.at(&format!("operations/{}", op.id));
        let open = Action::go(format!("open.{}", op.id), "Decide", &to).look(Look::Small);
        let note =
            html! { span { (within.project().name) } span { (operation::standing(&op.state).1) } };
        found.push(Item::new(State::Bad, &op.title).href(to).note(note).action(open));
    }
    Ok(Some(found))
}

/// Blockers of stages that can be acted on, where the viewer is the one who can mend them.
fn blockers(within: &InProject, names: &BTreeSet<String>) -> Vec<Item> {
    let mut seen = BTreeSet::new();
    let reachable = within.path.stages.iter().filter(|stage| match stage.state {
        StageState::Open | StageState::Waiting | StageState::AtRisk => true,
        StageState::NotYet | StageState::Done => false,
    });
    let blocks = reachable.flat_map(|stage| stage.blocks.iter().map(move |block| (stage, block)));
    blocks
        .filter(|(_, block)| names.contains(&block.owner) && seen.insert(block.title.clone()))
        .map(|(stage, block)| {
            let to = within.at(&block.page);
            let id = format!("open.{}-{}", within.project().slug, block.title.replace(' ', "-"));
            let state = if stage.state == StageState::AtRisk { State::Bad } else { State::Warn };
            let note = html! { span { (within.project().name) } span { (stage.id.title()) } @if let Some(detail) = block.details.first() { span { (detail) } } };
            let due = stage.dates.latest.map(words::date_short);
            let item = Item::new(state, &block.title).href(&to).note(note);
            let item = item.action(Action::go(id, "Open", &to).look(Look::Small));
            match due {
                Some(due) => item.due(format!("latest {due}"), (state == State::Bad).then_some(state)),
                None => item,
            }
        })
        .collect()
}

async fn messages(here: &PageCaller) -> Result<Markup, Error> {
    let user = here.actor.user.to_string();
    let all = here.app.store.session().await?.messages(&user, "page", 20).await?;
    let card = Card::new("notifications", "Notifications")
        .end(html! { a href="/messages" { "All" } })
        .count(all.iter().filter(|m| m.phase == "new").count());
    if all.is_empty() {
        return Ok(card.padded(&html! { p.muted { "Nothing has been said to you yet." } }));
    }
    let entries: Vec<Entry> = all
        .iter()
        .map(|queued| {
            let (message, is_new) = (&queued.message, queued.phase == "new");
            let state = if is_new { State::Run } else { State::Idle };
            Entry {
                id: Some(format!("message-{}", message.id)),
                voice: Voice::System(Icon::Bell, state),
                at: message.at,
                text: html! { @if is_new { span.vh { "new: " } } @if message.link.is_empty() { b { (message.subject) } } @else { a.strong href=(message.link) { (message.subject) } } div.small.muted { (message.body.lines().next().unwrap_or_default()) } },
            }
        })
        .collect();
    Ok(card.padded(&feed(&entries, &here.clock)))
}

fn my_projects(projects: &[(Arc<PathView>, usize)]) -> Markup {
    if projects.is_empty() {
        return Card::new("projects", "Your projects").padded(&html! { p.muted { "You have no seat in a project yet. A project manager or the server administrator gives you one." } });
    }
    Card::new("projects", "Your projects").count(projects.len()).end(html! { a href="/portfolio" { "Portfolio" } }).around(&html! {
        ul.list {
            @for (path, waiting) in projects {
                li {
                    div.grow {
                        a.strong href=(format!("/projects/{}", path.project.slug)) { (path.project.name) }
                        div.small.muted.row.row-tight { span.mini { (notches(&standings(&path.stages))) } span { (stage_words(path)) } span { (model_word(&path.project.service_model)) } }
                    }
                    span.small.muted { @match path.project.days_to_go_live { Some(days) if days > 0 => { "T−" (days) }, Some(0) => { "T" }, Some(days) => { "T+" (-days) }, None => { "no date" } } " · " (waiting) " yours" }
                }
            }
        }
    })
}
