//! The hand-over list: what support must have before hypercare can end.

use super::{People, settle, who};
use crate::components::facts::Card;
use crate::components::form::{self, Choice, Field, Input};
use crate::components::state::{State, badge, st};
use crate::components::table::{Column, Line, Row, Table, table};
use crate::components::time;
use crate::pages::shell::{Again, InProject, Posted, Shown};
use crate::words;
use golive_app::go_live::GoLiveView;
use golive_core::go_live::criteria::Handover;
use golive_core::go_live::{State as Stands, Taken};
use maud::{Markup, html};
use std::collections::BTreeMap;

pub(super) fn card(here: &InProject, view: &GoLiveView, people: &People, again: &Again) -> Markup {
    let (Stands::Live { handed_over, .. } | Stands::Ended { handed_over, .. }) =
        &view.particulars.state
    else {
        return html! {};
    };
    let all: Vec<&Handover> =
        here.app.content.criteria.values().flat_map(|set| &set.handover).collect();
    let left: Vec<&&Handover> =
        all.iter().filter(|line| !handed_over.contains_key(&line.id)).collect();
    let required = left.iter().filter(|line| line.required).count();
    let state = if required == 0 { State::Done } else { State::Wait };
    let word = format!("{} of {} taken over", all.len() - left.len(), all.len());
    let ended = matches!(view.particulars.state, Stands::Ended { .. });
    html! {
        (Card::new("handover", "Hand-over list").end(badge(state, word.as_str())).around(&list(here, handed_over, people)))
        @if !left.is_empty() && !ended { (take_form(here, &left, again)) }
    }
}

fn list(here: &InProject, taken: &BTreeMap<String, Taken>, people: &People) -> Markup {
    let columns = vec![
        Column::id("No."),
        Column::name("What"),
        Column::plain("From, to"),
        Column::summary("State"),
    ];
    let mut lines: Vec<Line> = Vec::new();
    for set in here.app.content.criteria.values() {
        for group in &set.handover_groups {
            lines.push(Line::Group(group.title.clone(), String::new()));
            let members = set.handover.iter().filter(|line| line.group == group.id);
            lines.extend(
                members.map(|line| Line::Row(row(here, line, taken.get(&line.id), people))),
            );
        }
    }
    table(&Table::new("Hand-over list", columns, lines).folding())
}

fn row(here: &InProject, line: &Handover, taken: Option<&Taken>, people: &People) -> Row {
    let state = match (taken, line.required) {
        (Some(taken), _) => html! {
            (st(State::Done, "Taken over"))
            div.xs.muted { (who(people, &taken.by)) ", " (time::time(taken.at, &here.clock)) }
        },
        (None, true) => st(State::Wait, "Needed"),
        (None, false) => st(State::Idle, "Useful"),
    };
    let cells = vec![
        html! { (line.number) },
        html! { (line.title) div.xs.muted.fw4.fmore { (line.done_when) } @if let Some(taken) = taken { @if !taken.note.is_empty() { div.xs.fw4.fmore { (taken.note) } } } },
        html! { (words::role(&line.from_role)) ", " (words::role(&line.to_role)) },
        state,
    ];
    Row::new(&line.title, cells).id(format!("handover-{}", line.id))
}

fn take_form(here: &InProject, left: &[&&Handover], again: &Again) -> Markup {
    let lines = left
        .iter()
        .map(|line| Choice::new(&line.id, format!("{} {}", line.number, line.title)))
        .collect();
    let fields = vec![
        Field::new("line", "Line", Input::Select(lines)),
        Field::new("note", "What was handed over", Input::Area(2)).optional(),
    ];
    let it = here.form("handover_take", "go-live/handover", "Take it over", fields).plain();
    Card::new("handover-take", "Take over a line")
        .padded(&form::form(&it, &again.of("handover_take")))
}

pub(super) async fn take(here: InProject, posted: Posted) -> Shown {
    let (line, note) = (posted.text("line"), posted.text("note"));
    let taken = here.app.handover_take(&here.actor, here.id, line, note).await;
    settle(&here, taken, "Taken over", &posted).await
}
