//! The go/no-go: votes, conditions, the decision and its minutes.

use super::{People, page, refusals, settle, who};
use crate::components::action::{Action, action_explained};
use crate::components::facts::{Card, Item, items};
use crate::components::form::{self, Choice, Field, Input};
use crate::components::person::Person;
use crate::components::state::{State, badge};
use crate::components::time;
use crate::components::vote::{Seat, SeatStands, votes};
use crate::pages::shell::{Again, InProject, Posted, Shown, folded_form};
use crate::words;
use golive_app::Error;
use golive_app::go_live::{DecisionRequest, GoLiveView, VoteRequest};
use golive_core::go_live::{
    AUTHORITY, Condition, ConditionState, Decision, Minutes, Proposed, Say, State as Stands, Vote,
};
use golive_core::id::UserId;
use jiff::civil::Date;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What was said at the table so far, or was decided.
pub(super) fn card(here: &InProject, view: &GoLiveView, people: &People) -> Markup {
    match &view.particulars.state {
        Stands::Ahead => html! {},
        Stands::Meeting { called_by, shown, votes: given, superseded, conditions, .. } => {
            let inside = html! {
                div.stack {
                    p.small.muted { (who(people, called_by)) " called it. On the table is " code { (words::digest(shown)) } "." }
                    (votes(&seats(view, given, superseded, (here, people))))
                    (proposed(conditions, people))
                }
            };
            Card::new("go-no-go", "Go or no-go")
                .end(badge(State::Run, "The table sits"))
                .padded(&inside)
        }
        Stands::NoGo { decision } => decided(here, view, decision, (State::Bad, "No-go"), people),
        Stands::Go { decision }
        | Stands::Live { decision, .. }
        | Stands::Ended { decision, .. } => {
            decided(here, view, decision, (State::Done, "Go"), people)
        }
    }
}

fn person(people: &People, id: UserId) -> Person {
    people.get(&id.to_string()).cloned().unwrap_or_else(|| Person::named("somebody"))
}

fn seats(
    view: &GoLiveView,
    given: &BTreeMap<String, Vote>,
    superseded: &[Vote],
    (here, people): (&InProject, &People),
) -> Vec<Seat> {
    let table = &view.particulars.table;
    let stands = |id: &str| match given.get(id) {
        Some(vote) => said(vote, here, people),
        None => match superseded.iter().rev().find(|vote| vote.seat == id) {
            Some(old) => SeatStands::Superseded(
                person(people, old.by),
                "the measured values have changed".to_owned(),
            ),
            None => SeatStands::Open(table.seat(id).map_or_else(Vec::new, |seat| {
                [Some(seat.holder), seat.deputy]
                    .into_iter()
                    .flatten()
                    .map(|user| person(people, user))
                    .collect()
            })),
        },
    };
    let mut names = table.voting.clone();
    names.extend(given.keys().filter(|id| !table.voting.contains(id)).cloned());
    names
        .iter()
        .map(|id| Seat {
            id: format!("vote-{id}"),
            capacity: table.seat(id).map_or_else(|| words::role(id), |seat| seat.title.clone()),
            stands: stands(id),
        })
        .collect()
}

fn said(vote: &Vote, here: &InProject, people: &People) -> SeatStands {
    let at = words::moment(vote.at, &here.clock);
    let note = if vote.reason.is_empty() { at } else { format!("{at}: {}", vote.reason) };
    match vote.say {
        Say::Go => SeatStands::For(person(people, vote.by), "Go".into(), note),
        Say::NoGo => SeatStands::Against(person(people, vote.by), "No-go".into(), note),
    }
}

fn proposed(conditions: &BTreeMap<String, Proposed>, people: &People) -> Markup {
    if conditions.is_empty() {
        return html! {};
    }
    let list: Vec<Item> = conditions
        .iter()
        .map(|(name, one)| {
            let owner = one.owner.map_or_else(|| "no owner".to_owned(), |id| who(people, &id));
            let complete = one.owner.is_some() && one.due.is_some();
            let due = one.due.map_or_else(|| "no date".to_owned(), words::date);
            let state = if complete { State::Wait } else { State::Warn };
            Item::new(state, &one.what)
                .note(
                    html! { code { (name) } ", " (owner) ", proposed by " (who(people, &one.by)) },
                )
                .due(due, None)
        })
        .collect();
    html! { div { h3 { "Conditions on the table" } (items(&list)) } }
}

fn decided(
    here: &InProject,
    view: &GoLiveView,
    decision: &Decision,
    (state, word): (State, &str),
    people: &People,
) -> Markup {
    let inside = html! {
        div.stack {
            div {
                h3.h-l { (word) @if !decision.conditions.is_empty() { ", with " (words::count(decision.conditions.len(), "condition", "conditions")) } }
                p.small.muted {
                    "Decided by " b.ink { (who(people, &decision.by)) } ", " (time::time(decision.at, &here.clock))
                    ". Called by " (who(people, &decision.called_by)) "."
                }
                @if !decision.note.is_empty() { blockquote.small.mt2 { (decision.note) } }
            }
            (votes(&seats(view, &decision.votes, &[], (here, people))))
            @for (seat, answer) in &decision.answers { p.small { "To the no of " (words::role(seat)) ": " (answer) } }
            (conditions(here, &decision.conditions, people))
            (minutes_shown(here, &decision.minutes, people))
        }
    };
    let end = html! { (badge(state, word)) " " span.muted.small { "shown " code { (words::digest(&decision.shown)) } } };
    Card::new("go-no-go", "Go or no-go").end(end).padded(&inside)
}

fn conditions(here: &InProject, all: &BTreeMap<String, Condition>, people: &People) -> Markup {
    if all.is_empty() {
        return html! {};
    }
    let list: Vec<Item> = all
        .values()
        .map(|one| {
            let (state, note) = match &one.state {
                ConditionState::Open if one.due < here.today() => (State::Bad, html! { "open" }),
                ConditionState::Open => (State::Wait, html! { "open" }),
                ConditionState::Fulfilled { by, at, note } => (
                    State::Done,
                    html! { "met, " (who(people, by)) ", " (time::time(*at, &here.clock)) ": " (note) },
                ),
                ConditionState::Released { by, at, reason } => (
                    State::Waive,
                    html! { "released, " (who(people, by)) ", " (time::time(*at, &here.clock)) ": " (reason) },
                ),
            };
            let owner = who(people, &one.owner);
            Item::new(state, &one.what)
                .note(html! { (owner) ", " (note) })
                .due(words::date(one.due), None)
        })
        .collect();
    html! { div { h3 { "Conditions" } (items(&list)) } }
}

fn minutes_shown(here: &InProject, minutes: &Minutes, people: &People) -> Markup {
    match minutes {
        Minutes::Missing => html! { p.small.muted { "The minutes are not written yet." } },
        Minutes::Draft { text, by } => html! {
            div { h3 { "Minutes, not confirmed" } p.small.muted { "written by " (who(people, by)) } @for line in text.lines() { p.small { (line) } } }
        },
        Minutes::Confirmed { text, written_by, by, at } => html! {
            div {
                h3 { "Minutes" }
                p.small.muted { "written by " (who(people, written_by)) ", confirmed by " (who(people, by)) ", " (time::time(*at, &here.clock)) }
                @for line in text.lines() { p.small { (line) } }
            }
        },
    }
}

/// Everything that can be said now.
pub(super) async fn forms(
    here: &InProject,
    view: &GoLiveView,
    again: &Again,
) -> Result<Markup, Error> {
    let state = &view.particulars.state;
    if let Stands::Meeting { .. } = state {
        let propose = propose_form(here).await?;
        return Ok(html! {
            div.cols-2 id="go-no-go-vote" {
                (vote_card(here, view, again))
                (decide_card(here, view, again))
            }
            (folded_form(("condition", "Propose a condition"), false, &propose, again))
        });
    }
    let Some(decision) = state.decision() else { return Ok(html! {}) };
    let follow = super::follow::card(here, view, decision, again);
    let minutes = match (&decision.minutes, state) {
        (Minutes::Confirmed { .. }, _) | (_, Stands::Ended { .. }) => html! {},
        (Minutes::Missing, _) => {
            folded_form(("minutes", "Write the minutes"), false, &minutes_form(here, ""), again)
        }
        (Minutes::Draft { text, .. }, _) => html! {
            (folded_form(("minutes-confirm", "Confirm the minutes"), true, &confirm_form(here, text), again))
            (folded_form(("minutes", "Write them again"), false, &minutes_form(here, text), again))
        },
    };
    Ok(html! { (follow) (minutes) })
}

fn go_choices() -> Input {
    Input::Radios(vec![Choice::new("true", "Go"), Choice::new("false", "No-go")])
}

fn vote_card(here: &InProject, view: &GoLiveView, again: &Again) -> Markup {
    let card = Card::new("vote", "Vote for a seat");
    let refused = refusals(view, "go_no_go_vote");
    if !refused.is_empty() {
        let button = Action::post("go_no_go_vote", "Vote", "").refused(refused);
        return card.padded(&action_explained(&button));
    }
    let table = &view.particulars.table;
    let me = here.actor.user;
    let mut voting: Vec<_> = table.seats.iter().filter(|seat| seat.id != AUTHORITY).collect();
    voting.sort_by_key(|seat| !seat.is_held_by(me));
    let seats = voting.iter().map(|seat| Choice::new(&seat.id, &seat.title)).collect();
    let fields = vec![
        Field::new("seat", "Seat", Input::Select(seats)).hint("Its holder or deputy speaks for it"),
        Field::new("go", "You say", go_choices()),
        Field::new("reason", "Why", Input::Area(2)).optional().hint("Needed for a no"),
    ];
    let it = here
        .form("go_no_go_vote", "go-live/vote", "Vote", fields)
        .with("shown", &view.shown)
        .plain();
    card.padded(&form::form(&it, &again.of("go_no_go_vote")))
}

fn decide_card(here: &InProject, view: &GoLiveView, again: &Again) -> Markup {
    let card = Card::new("decide", "Decide");
    let refused = refusals(view, "go_no_go_decide");
    if !refused.is_empty() {
        let button = Action::post("go_no_go_decide", "Decide", "").refused(refused);
        return card.padded(&action_explained(&button));
    }
    let mut fields = vec![Field::new("go", "The decision", go_choices())];
    let against = against(view);
    for (seat, title) in &against {
        let answer = Field::new(
            format!("answer_{seat}"),
            format!("Your answer to the no of {title}"),
            Input::Area(2),
        );
        fields.push(answer.optional().hint("A go needs it"));
    }
    fields
        .push(Field::new("note", "In words", Input::Area(3)).optional().hint("Needed for a no-go"));
    let mut it =
        here.form("go_no_go_decide", "go-live/decide", "Decide", fields).with("shown", &view.shown);
    for (seat, _) in against {
        it = it.with("against", seat);
    }
    let inside = html! {
        p.small.muted.mb3 { "Only the seat of the authority decides, on the values " code { (words::digest(&view.shown)) } "." }
        (form::form(&it, &again.of("go_no_go_decide")))
    };
    card.padded(&inside)
}

/// The seats that said no, with their titles.
fn against(view: &GoLiveView) -> Vec<(String, String)> {
    let Stands::Meeting { votes, .. } = &view.particulars.state else { return vec![] };
    let table = &view.particulars.table;
    let title = |id: &str| table.seat(id).map_or_else(|| words::role(id), |s| s.title.clone());
    let no = votes.values().filter(|vote| vote.say == Say::NoGo);
    no.map(|vote| (vote.seat.clone(), title(&vote.seat))).collect()
}

async fn propose_form(here: &InProject) -> Result<form::Form, Error> {
    let members = here.app.member_list(&here.actor, here.id).await?;
    let mut owners = vec![Choice::new("", "Nobody yet")];
    let persons = members.iter().filter(|member| !member.service_account);
    owners.extend(persons.map(|member| Choice::new(&member.user, &member.name)));
    let fields = vec![
        Field::text("condition", "Short name").hint("second-shift"),
        Field::new("what", "What must be done", Input::Area(2)),
        Field::new("owner", "Who does it", Input::Select(owners)).optional(),
        Field::new("due", "Until", Input::Line("date")).optional(),
    ];
    Ok(here.form("go_no_go_propose", "go-live/propose", "Put it on the table", fields).plain())
}

fn minutes_form(here: &InProject, text: &str) -> form::Form {
    let text = Field::new("text", "Minutes", Input::Area(6)).value(text);
    here.form("go_no_go_minutes", "go-live/minutes", "Keep them", vec![text]).plain()
}

fn confirm_form(here: &InProject, text: &str) -> form::Form {
    let text = Field::new("text", "The minutes as you confirm them", Input::Area(6)).value(text);
    here.form("go_no_go_minutes.confirm", "go-live/minutes", "Confirm them", vec![text])
        .with("confirm", "true")
        .plain()
}

pub(super) async fn call(here: InProject, posted: Posted) -> Shown {
    let called = here.app.go_no_go_call(&here.actor, here.id).await;
    settle(&here, called, "The table sits", &posted).await
}

fn says_go(posted: &Posted) -> Result<bool, Error> {
    posted.value("go", "go or no-go")
}

pub(super) async fn vote(here: InProject, posted: Posted) -> Shown {
    let text = |name: &str| posted.text(name).to_owned();
    let voted = match says_go(&posted) {
        Ok(go) => {
            let vote = VoteRequest {
                seat: text("seat"),
                go,
                reason: text("reason"),
                shown: text("shown"),
            };
            here.app.go_no_go_vote(&here.actor, here.id, &vote).await
        }
        Err(error) => Err(error),
    };
    settle(&here, voted, "Your vote is on record", &posted).await
}

fn owner_and_date(posted: &Posted) -> Result<(Option<UserId>, Option<Date>), Error> {
    let given = |name: &str| !posted.text(name).is_empty();
    let owner = given("owner").then(|| posted.value("owner", "a member")).transpose()?;
    let due = given("due").then(|| posted.value("due", "a date")).transpose()?;
    Ok((owner, due))
}

pub(super) async fn propose(here: InProject, posted: Posted) -> Shown {
    let words = (posted.text("condition"), posted.text("what"));
    let done = match owner_and_date(&posted) {
        Ok(rest) => here.app.go_no_go_propose(&here.actor, here.id, words, rest).await,
        Err(error) => Err(error),
    };
    settle(&here, done, "It is on the table", &posted).await
}

pub(super) async fn decide(here: InProject, posted: Posted) -> Shown {
    let text = |name: &str| posted.text(name).to_owned();
    let decided = match says_go(&posted) {
        Ok(go) => {
            // The form has one answer field for each seat that said no.
            let seats = posted.list("against").into_iter();
            let answers = seats.map(|seat| (seat.clone(), text(&format!("answer_{seat}"))));
            let (answers, note, shown) = (answers.collect(), text("note"), text("shown"));
            let decision = DecisionRequest { go, note, answers, shown };
            here.app.go_no_go_decide(&here.actor, here.id, &decision).await
        }
        Err(error) => Err(error),
    };
    settle(&here, decided, "Decided", &posted).await
}

pub(super) async fn minutes(here: InProject, posted: Posted) -> Shown {
    let (text, confirm) = (posted.text("text"), posted.flag("confirm"));
    let kept = here.app.go_no_go_minutes(&here.actor, here.id, text, confirm).await;
    let toast = if confirm { "Confirmed" } else { "Kept" };
    here.settle(kept, (toast, "go-live"), &posted, |again| page(&here, again)).await
}
