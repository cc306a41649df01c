//! The path of a project: nine stages, what blocks now, what has happened.

use super::audit::happened;
use super::shell::{InProject, Shown, standing};
use crate::components::action::{Action, Look};
use crate::components::facts::{Card, Item, items};
use crate::components::feed::feed;
use crate::components::notice::empty;
use crate::components::path::{Stage as Drawn, path};
use crate::components::person::{Person, who};
use crate::components::state::State;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::routing::get;
use golive_app::server::EventView;
use golive_app::{App, Error};
use golive_core::path::{Actor, Block, Stage, State as StageState};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new().route("/projects/{slug}", get(show))
}

async fn show(here: InProject) -> Shown {
    let owners = here.owners().await?;
    let people = here.people().await?;
    let events = recent(&here).await?;
    let body = html! {
        (layout::head("Path to go-live", &lead(&here), &first_action(&here)))
        (stages(&here))
        div.cols.mt5 {
            div.stack.gap5 { (blocks(&here, &owners)) }
            div.stack.gap5 {
                @if !events.is_empty() {
                    (Card::new("happened", "What has happened").end(html! { a href=(here.at("audit")) { "Audit log" } })
                        .padded(&feed(&happened(events.iter().take(8), &people), &here.clock)))
                }
            }
        }
    };
    here.live_page(ProjectPage::Path, "Path", body).await
}

/// The newest events, for who may read the log.
async fn recent(here: &InProject) -> Result<Vec<EventView>, Error> {
    match here.app.audit_list(&here.actor, here.id, None).await {
        Err(Error::NotFound { .. } | Error::Forbidden(_)) => Ok(vec![]),
        other => other,
    }
}

/// The nine stages, large: also a live part.
pub(crate) fn stages(here: &InProject) -> Markup {
    let drawn: Vec<Drawn> = here.path.stages.iter().map(|stage| large(here, stage)).collect();
    path(&drawn)
}

fn large(here: &InProject, stage: &Stage) -> Drawn {
    let day = |date: jiff::civil::Date| words::date_short(date);
    Drawn {
        title: stage.id.title().to_owned(),
        standing: standing(stage),
        href: here.at(&stage.page),
        who: stage.actor.map(|actor| actor_word(actor).to_owned()),
        blocks: block_words(stage),
        planned: stage.dates.planned.map(day),
        latest: stage.dates.latest.map(day),
    }
}

fn block_words(stage: &Stage) -> Option<String> {
    match (stage.risks.first(), stage.blocks.len()) {
        (Some(risk), _) => Some(risk.clone()),
        (None, 0) => None,
        (None, 1) => stage.blocks.first().map(|block| block.title.clone()),
        (None, n) => Some(format!("{n} things block it")),
    }
}

/// Who acts, in a word.
pub(crate) fn actor_word(actor: Actor) -> &'static str {
    match actor {
        Actor::Team => "customer and partner",
        Actor::Customer => "customer",
        Actor::Reviewer => "reviewer",
        Actor::Operator => "operator",
        Actor::Golive => "golive",
        Actor::DataOwner => "data owner",
        Actor::CutoverTeam => "cutover team",
    }
}

/// Who acts, within a sentence.
fn actor_said(actor: Actor) -> String {
    match actor {
        Actor::Golive => actor_word(actor).to_owned(),
        other @ (Actor::Team
        | Actor::Customer
        | Actor::Reviewer
        | Actor::Operator
        | Actor::DataOwner
        | Actor::CutoverTeam) => format!("the {}", actor_word(other)),
    }
}

fn here_now(here: &InProject) -> Option<&Stage> {
    here.path.stage.and_then(|number| here.path.stages.iter().find(|s| s.number == number))
}

fn lead(here: &InProject) -> Markup {
    let late: Vec<&Stage> =
        here.path.stages.iter().filter(|stage| stage.state == StageState::AtRisk).collect();
    html! {
        @match (late.first(), here_now(here)) {
            (Some(stage), _) => { "At risk: " a href=(here.at(&stage.page)) { (stage.id.title()) } @if let Some(risk) = stage.risks.first() { ", " (risk) } "." },
            (None, Some(stage)) => {
                "It stands at " a href=(here.at(&stage.page)) { (stage.id.title()) }
                @if let Some(actor) = stage.actor { "; it is up to " (actor_said(actor)) } "."
            },
            (None, None) => { "It is live." },
        }
    }
}

fn first_action(here: &InProject) -> Vec<Action> {
    let Some(stage) = here_now(here) else { return vec![] };
    let (label, page) = match stage.blocks.first() {
        Some(block) if !block.remedy.is_empty() => (short(&block.remedy), &block.page),
        Some(_) | None => (format!("Open {}", stage.id.title()), &stage.page),
    };
    vec![Action::go("act", label, here.at(page)).look(Look::Primary)]
}

/// A remedy as a button: not longer than a line.
fn short(text: &str) -> String {
    let text = text.trim_end_matches('.');
    if text.chars().count() <= 44 { text.to_owned() } else { "Mend the first blocker".to_owned() }
}

fn blocks(here: &InProject, owners: &BTreeMap<String, Vec<Person>>) -> Markup {
    let Some(stage) = here_now(here) else {
        return empty(
            "Nothing is ahead",
            "The project is live. Hypercare and operation go on under the same gates.",
            &[Action::go("hypercare", "To hypercare", here.at("go-live")).look(Look::Primary)],
        );
    };
    let card = Card::new("blocks", format!("What blocks “{}” now", stage.id.title()))
        .count(stage.blocks.len())
        .end(html! { a href=(here.at("gates")) { "All gates" } });
    if stage.blocks.is_empty() {
        let text = match stage.actor {
            Some(actor) => format!("It waits for {} to act.", actor_said(actor)),
            None => "It can be acted on.".to_owned(),
        };
        return card.padded(&html! { p { "Nothing blocks it. " (text) } });
    }
    let list: Vec<Item> =
        stage.blocks.iter().enumerate().map(|(at, block)| item(here, at, block, owners)).collect();
    card.around(&items(&list))
}

fn item(
    here: &InProject,
    at: usize,
    block: &Block,
    owners: &BTreeMap<String, Vec<Person>>,
) -> Item {
    let people = owners.get(&block.owner).map_or(&[] as &[Person], Vec::as_slice);
    let note = html! {
        @for person in people.iter().take(2) { (who(person)) }
        span { (words::role(&block.owner)) }
        @if let Some(detail) = block.details.first() { span { (detail) } }
        @if !block.remedy.is_empty() { span { (block.remedy) } }
    };
    let open = Action::go(format!("open.{at}"), "Open", here.at(&block.page)).look(Look::Small);
    Item::new(State::Bad, &block.title).href(here.at(&block.page)).note(note).action(open)
}
