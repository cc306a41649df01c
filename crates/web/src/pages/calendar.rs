//! The calendar: what is planned and what is due, in all projects, month by month.

use super::shell::{PageCaller, Shown};
use crate::components::facts::{Card, Item, items};
use crate::components::notice::empty;
use crate::components::state::State;
use crate::layout::{self, Nav};
use crate::words;
use axum::Router;
use axum::routing::get;
use golive_app::{App, Error};
use golive_core::id::ProjectId;
use golive_core::path::State as StageState;
use jiff::civil::Date;
use maud::html;
use std::collections::BTreeMap;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new().route("/calendar", get(show))
}

/// One dated thing.
struct Dated {
    day: Date,
    title: String,
    project: String,
    href: String,
    state: State,
    word: &'static str,
}

async fn show(here: PageCaller) -> Shown {
    let mut all = gathered(&here).await?;
    let today = here.clock.today();
    all.sort_by(|a, b| (a.day, &a.project).cmp(&(b.day, &b.project)));
    let (behind, ahead): (Vec<Dated>, Vec<Dated>) = all.into_iter().partition(|it| it.day < today);
    let late = behind.into_iter().filter(|it| it.state == State::Bad);
    let mut months: BTreeMap<String, Vec<Dated>> = BTreeMap::new();
    for it in late.chain(ahead) {
        let month =
            if it.day < today { "0".to_owned() } else { it.day.strftime("%Y-%m").to_string() };
        months.entry(month).or_default().push(it);
    }
    let lead = html! { "What is planned and what is due in your projects, counted back from each go-live date. Today is " (words::date(today)) "." };
    let body = html! {
        (layout::head("Calendar", &lead, &[]))
        @if months.is_empty() {
            (empty("No date yet", "Once a project has a go-live date, its milestones and the latest day of every stage stand here.", &[]))
        }
        div.stack.gap5 { @for (month, list) in &months { (card(month, list)) } }
    };
    here.page(Nav::Calendar, "Calendar", body).await
}

fn card(month: &str, list: &[Dated]) -> maud::Markup {
    let title = match (month, list.first()) {
        ("0", _) | (_, None) => "Late".to_owned(),
        (_, Some(first)) => first.day.strftime("%B %Y").to_string(),
    };
    let lines: Vec<Item> = list
        .iter()
        .map(|it| {
            let mut item = Item::new(it.state, &it.title)
                .href(&it.href)
                .note(html! { span { (it.project) } span { (it.word) } })
                .due(words::date_short(it.day), (it.state == State::Bad).then_some(State::Bad));
            item.word = Some(it.word.to_owned());
            item
        })
        .collect();
    Card::new(format!("month-{month}"), title).count(list.len()).around(&items(&lines))
}

/// Milestones that are expected, and the latest day of every stage that is not done.
async fn gathered(here: &PageCaller) -> Result<Vec<Dated>, Error> {
    let mut all = Vec::new();
    let today = here.clock.today();
    for path in here.app.paths(&here.actor).await? {
        let id = ProjectId::named("server", &path.project.slug);
        let href = format!("/projects/{}", path.project.slug);
        let name = &path.project.name;
        let milestones = here.app.milestone_list(&here.actor, id).await?.milestones;
        for milestone in milestones.iter().filter(|milestone| milestone.state == "expected") {
            let Some(day) = milestone.planned.as_deref().and_then(|day| day.parse().ok()) else {
                continue;
            };
            let (state, word) =
                if day < today { (State::Bad, "late") } else { (State::Idle, "milestone") };
            let href = format!("{href}/schedule/milestones/{}", milestone.id);
            let title = milestone.title.clone();
            all.push(Dated { day, title, project: name.clone(), href, state, word });
        }
        for stage in path.stages.iter().filter(|stage| stage.state != StageState::Done) {
            let Some(day) = stage.dates.latest else { continue };
            let (state, word) =
                if day < today { (State::Bad, "late") } else { (State::Wait, "latest day") };
            let href = format!("{href}/{}", stage.page);
            let title = stage.id.title().to_owned();
            all.push(Dated { day, title, project: name.clone(), href, state, word });
        }
    }
    Ok(all)
}
