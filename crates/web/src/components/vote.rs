//! Seats and votes: filled, open with who could still fill them, refused.

use super::person::{Person, avatar};
use super::state::{State, st};
use maud::{Markup, html};

/// One seat of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Set when it can be patched alone.
    pub id: String,
    /// Whose seat it is: `Customer`, `Integration`.
    pub capacity: String,
    /// How it stands.
    pub stands: SeatStands,
}

/// How a seat stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatStands {
    /// Open, with the people who could still fill it.
    Open(Vec<Person>),
    /// Filled in favour: by whom, the word (`approved`, `Go`), when in words.
    For(Person, String, String),
    /// Filled against: by whom, the word (`No-go`), why.
    Against(Person, String, String),
    /// Filled before what was shown changed: by whom, what changed.
    Superseded(Person, String),
}

impl SeatStands {
    fn state(&self) -> State {
        match self {
            Self::Open(_) => State::Idle,
            Self::For(..) => State::Done,
            Self::Against(..) => State::Bad,
            Self::Superseded(..) => State::Stale,
        }
    }
}

/// The seats of one decision as cards.
pub fn votes(seats: &[Seat]) -> Markup {
    html! { ul.votes { @for seat in seats { (vote(seat)) } } }
}

/// One seat.
pub fn vote(seat: &Seat) -> Markup {
    let state = seat.stands.state();
    html! {
        li.vote id=(seat.id) data-s=(state.key()) {
            @match &seat.stands {
                SeatStands::Open(people) => {
                    span.av aria-hidden="true" { "?" }
                    b.fw5 { (seat.capacity) }
                    small { (st(state, "Open")) (still_possible(people)) }
                },
                SeatStands::For(person, word, note) | SeatStands::Against(person, word, note) => {
                    (avatar(person))
                    b.fw5 { (seat.capacity) }
                    small { (st(state, word.as_str())) span { (person.name) ", " (note) } }
                },
                SeatStands::Superseded(person, change) => {
                    (avatar(person))
                    b.fw5 { (seat.capacity) }
                    small { (st(state, "Superseded")) span { (person.name) " must sign again: " (change) } }
                },
            }
        }
    }
}

fn still_possible(people: &[Person]) -> Markup {
    let names = people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ");
    html! {
        @if names.is_empty() { span.c-bad { "nobody can fill it" } }
        @else { span { "still possible: " (names) } }
    }
}

/// Seats as dots with the number in words, for lists.
pub fn seats(filled: usize, of: usize) -> Markup {
    html! {
        span.row.nowrap-row.gap-s {
            span.seats aria-hidden="true" { @for at in 0..of { i.on[at < filled] {} } }
            span.num.nowrap { (filled) " of " (of) }
        }
    }
}
