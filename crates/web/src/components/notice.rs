//! Notices: lasting conditions, reversible results, empty lists, frames of a run or of the past.

use super::action::{Action, action};
use super::icon::{Icon, icon};
use super::state::State;
use crate::words::{self, Clock};
use jiff::Timestamp;
use maud::{Markup, html};

/// A lasting condition: what is so, and what to do about it.
pub fn banner(id: &str, state: State, title: &str, text: &Markup, does: &[Action]) -> Markup {
    html! {
        div.banner id=(id) data-s=(state.key()) role="note" {
            (icon(state.icon()))
            div.grow { span.vh { (state.word()) ": " } b { (title) } " " (text) }
            @if !does.is_empty() { div.end { @for it in does { (action(it)) } } }
        }
    }
}

/// A result that has just happened; `undo` takes it back while that is possible.
pub fn toast(text: &str, undo: Option<&Action>) -> Markup {
    html! {
        div.toast { (icon(Icon::Check)) span { (text) } @if let Some(undo) = undo { (action(undo)) } }
    }
}

/// An empty list: what would stand here, why it is empty, the next thing to do.
pub fn empty(title: &str, text: &str, does: &[Action]) -> Markup {
    html! {
        div.empty {
            svg.art viewBox="0 0 104 72" aria-hidden="true" {
                rect.s-line x="14" y="10" width="76" height="14" rx="4" {}
                rect.s-line.dash4 x="14" y="30" width="76" height="14" rx="4" {}
                rect.s-line.dash4 x="14" y="50" width="76" height="14" rx="4" {}
                path.s-acc d="m22 17 3 3 5-6" {}
            }
            h3 { (title) }
            p { (text) }
            @if !does.is_empty() { div.row { @for it in does { (action(it)) } } }
        }
    }
}

/// The frame around a page that is not the everyday present.
#[derive(Debug, Clone)]
pub enum Frame {
    /// A live cutover: what everybody must know, and links.
    Live(Vec<Markup>),
    /// A rehearsal: its number and what everybody must know.
    Rehearsal(u32, Vec<Markup>),
    /// A past moment, as recorded or computed again, and the way back to now.
    AsOf {
        /// The moment.
        at: Timestamp,
        /// True when what is shown was recorded then; false when it is computed again from the log.
        is_recorded: bool,
        /// The page of today.
        now: String,
    },
}

/// The frame, under the project bar.
pub fn frame(frame: &Frame, clock: &Clock) -> Markup {
    match frame {
        Frame::Live(notes) => html! {
            div.mode.mode-live role="note" aria-label="Live cutover" { b.big { "LIVE CUTOVER" } (spans(notes)) }
        },
        Frame::Rehearsal(number, notes) => html! {
            div.mode.mode-rehearsal role="note" aria-label="Rehearsal" { b.big { "REHEARSAL " (number) } (spans(notes)) }
        },
        Frame::AsOf { at, is_recorded, now } => html! {
            div.mode.mode-past role="note" aria-label="A past moment" {
                b.big { "AS OF " time datetime=(at) { (words::moment(*at, clock)) } }
                span { @if *is_recorded { "as it was recorded then" } @else { "computed again from the log" } }
                span { "nothing can be changed here" }
                a.ml-auto href=(now) { "Back to now" }
            }
        },
    }
}

/// The simulated clock: on every page, for ever.
pub fn simulated(shown: &str) -> Markup {
    html! {
        div.mode.mode-sim role="note" aria-label="Simulated clock" {
            b.big { "SIMULATED CLOCK" }
            span { (shown) }
            span.hide-xs { "Every event and certificate of this server says so, for ever." }
        }
    }
}

fn spans(notes: &[Markup]) -> Markup {
    html! { @for note in notes { span { (note) } } }
}
