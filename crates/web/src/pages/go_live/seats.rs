//! Who sits at the go/no-go table.

use super::{People, page, who};
use crate::components::facts::{Card, Item, items};
use crate::components::form::{self, Choice, Field, Form, Input};
use crate::components::state::State;
use crate::pages::shell::{Again, InProject, Posted, Shown};
use crate::words;
use golive_app::Error;
use golive_app::go_live::{GoLiveView, SeatRequest};
use golive_core::go_live::AUTHORITY;
use maud::{Markup, html};

/// The seats that the policy pack of the project wants to vote.
fn wanted(here: &InProject) -> Vec<String> {
    let policy = here.app.content.policies.get(&here.project().policy);
    policy.map(|policy| policy.list("go_no_go.seats")).unwrap_or_default()
}

pub(super) async fn card(
    here: &InProject,
    view: &GoLiveView,
    people: &People,
    again: &Again,
) -> Result<Markup, Error> {
    let table = &view.particulars.table;
    let mut names = wanted(here);
    names.push(AUTHORITY.to_owned());
    let others: Vec<String> =
        table.seats.iter().map(|seat| seat.id.clone()).filter(|id| !names.contains(id)).collect();
    names.extend(others);
    let list: Vec<Item> = names
        .iter()
        .map(|name| match table.seat(name) {
            Some(seat) => Item::new(State::Done, &seat.title).note(html! {
                span { (who(people, &seat.holder)) }
                @if let Some(deputy) = &seat.deputy { span { "deputy: " (who(people, deputy)) } }
                @if name == AUTHORITY { span { "decides, does not vote" } }
            }),
            None => Item::new(State::Idle, words::role(name)).note(html! { "nobody yet" }),
        })
        .collect();
    let filled = names.iter().filter(|name| table.seat(name).is_some()).count();
    let set = set_form(here, &names).await?;
    let filled_in = again.of("seat_set");
    let is_open = filled_in.is_refused() || filled == 0;
    Ok(html! {
        (Card::new("seats", "Seats").end(html! { span.muted { (filled) " of " (names.len()) } }).around(&items(&list)))
        (Card::new("seat-set", "Give a seat").folded(is_open, &form::form(&set, &filled_in)))
    })
}

async fn set_form(here: &InProject, names: &[String]) -> Result<Form, Error> {
    let members = here.app.member_list(&here.actor, here.id).await?;
    let persons = members.iter().filter(|member| !member.service_account);
    let persons: Vec<Choice> =
        persons.map(|member| Choice::new(&member.user, &member.name)).collect();
    let mut deputies = vec![Choice::new("", "Nobody")];
    deputies.extend(persons.iter().cloned());
    let seats = names.iter().map(|name| Choice::new(name, words::role(name))).collect();
    let fields = vec![
        Field::new("seat", "Seat", Input::Select(seats)),
        Field::text("title", "Its title").hint("As it stands in the minutes: Head of finance"),
        Field::new("holder", "Who holds it", Input::Select(persons)),
        Field::new("deputy", "Deputy", Input::Select(deputies)).optional(),
    ];
    Ok(here.form("seat_set", "go-live/seats", "Give it", fields).plain())
}

pub(super) async fn set(here: InProject, posted: Posted) -> Shown {
    let done = match posted.read::<SeatRequest>() {
        Ok(wanted) => here.app.seat_set(&here.actor, here.id, &wanted).await,
        Err(error) => Err(error),
    };
    here.settle(done, ("The seat is filled", "go-live"), &posted, |again| page(&here, again)).await
}
