//! Values that people measure and record, because no subject of golive computes them.

use crate::components::action::{Action, Look, action};
use crate::components::facts::Card;
use crate::components::form::{self, Choice, Field, Form, Input};
use crate::components::notice::empty;
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::pages::shell::{Again, InProject, Posted, Shown};
use crate::words;
use golive_app::Error;
use golive_app::go_live::{FactRecord, FactView};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The way to this page, on the page of the go-live.
pub(super) fn link(here: &InProject) -> Markup {
    let go = Action::go("fact_record.page", "Recorded values", here.at("go-live/values"));
    let inside = html! {
        p.small.muted.mb3 { "What golive cannot measure itself, a person measures and records: tickets, training, answers to manual criteria." }
        (action(&go.look(Look::Small)))
    };
    Card::new("values", "Measured by people").padded(&inside)
}

pub(super) async fn show(here: InProject) -> Shown {
    page(&here, Again::none()).await
}

async fn page(here: &InProject, again: Again) -> Shown {
    let all = here.app.fact_list(&here.actor, here.id).await?;
    let people = here.people().await?;
    let asked = asked(here, &all).await?;
    let lead = html! { "The latest record of a value holds; earlier ones stay. What golive measures itself cannot be recorded." };
    let back = Action::go("go-live", "Go-live and hypercare", here.at("go-live"));
    let columns = vec![
        Column::name("Value of"),
        Column::figure("Value"),
        Column::plain("How it was measured"),
        Column::short("By"),
        Column::short("When"),
    ];
    let rows = all.iter().rev().map(|one| {
        let by = people.get(&one.by).map_or("somebody", |person| person.name.as_str());
        let title = asked.get(&one.fact).cloned().unwrap_or_else(|| meaning(here, &one.fact));
        let cells = vec![
            html! { (title) div.xs.muted.fw4 { code { (one.fact) } } },
            html! { (one.value) },
            html! { (one.note) },
            html! { (by) },
            time::time(one.at, &here.clock),
        ];
        Row::new(&one.fact, cells).id(format!("fact-{}", one.id))
    });
    let form = record_form(here, &asked);
    let body = html! {
        (layout::head("Recorded values", &lead, &[back]))
        div.cols {
            div.stack.gap5 {
                @if all.is_empty() { (empty("Nothing is recorded yet", "Gates ask for values that only people can measure. They are in the form's list.", &[])) }
                @else { (Card::new("facts", "On record").count(all.len()).around(&table(&Table::new("Recorded values", columns, rows)))) }
            }
            aside.stack.gap5 {
                (Card::new("fact-record", "Record a value").padded(&form::form(&form, &again.of("fact_record"))))
            }
        }
    };
    here.page(ProjectPage::GoLive, "Recorded values", body).await
}

/// What gates ask for and nothing measures, with the criterion's title; also what was recorded before.
async fn asked(here: &InProject, all: &[FactView]) -> Result<BTreeMap<String, String>, Error> {
    let gates = here.app.gate_list(&here.actor, here.id).await?;
    let criteria = gates.iter().flat_map(|gate| &gate.verdict.criteria);
    let recorded = |fact: &str| all.iter().any(|one| one.fact == fact);
    let open =
        criteria.filter(|judged| judged.value.is_missing() || recorded(&judged.fact.to_string()));
    Ok(open.map(|judged| (judged.fact.to_string(), judged.title.clone())).collect())
}

fn meaning(here: &InProject, fact: &str) -> String {
    let word = here.app.content.vocabulary.facts.get(fact);
    word.map_or_else(|| words::role(fact), |word| word.meaning.clone())
}

fn record_form(here: &InProject, asked: &BTreeMap<String, String>) -> Form {
    let mut choices: Vec<Choice> =
        asked.iter().map(|(fact, title)| Choice::new(fact, format!("{title} ({fact})"))).collect();
    choices.sort_by(|a, b| a.label.cmp(&b.label));
    let fields = vec![
        Field::new("fact", "Value of", Input::Select(choices)),
        Field::text("value", "Value").hint("yes, no, a number, or a text"),
        Field::new("note", "How it was measured", Input::Area(2)).hint("It goes on record"),
    ];
    here.form("fact_record", "go-live/values", "Record it", fields)
}

pub(super) async fn record(here: InProject, posted: Posted) -> Shown {
    let done = match posted.read::<FactRecord>() {
        Ok(record) => here.app.fact_record(&here.actor, here.id, &record).await,
        Err(error) => Err(error),
    };
    here.settle(done, ("On record", "go-live/values"), &posted, |again| page(&here, again)).await
}
