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
            section.mode.mode-live aria-label="Live cutover" { b.big { "LIVE CUTOVER" } (spans(notes)) }
        },
        Frame::Rehearsal(number, notes) => html! {
            section.mode.mode-rehearsal aria-label="Rehearsal" { b.big { "REHEARSAL " (number) } (spans(notes)) }
        },
        Frame::AsOf { at, is_recorded, now } => html! {
            section.mode.mode-past aria-label="A past moment" {
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
        section.mode.mode-sim aria-label="Simulated clock" {
            b.big { "SIMULATED CLOCK" }
            span { (shown) }
            span.hide-xs { "Every event and certificate of this server says so, for ever." }
        }
    }
}

fn spans(notes: &[Markup]) -> Markup {
    html! { @for note in notes { span { (note) } } }
}

/// Something was refused, was not found, or broke: what this is, why it is so, and the next thing to do.
#[derive(Debug, Clone)]
pub struct Refused {
    /// How it stands: `Bad` for a shut gate or our fault, `Lock` for a missing right, `Warn` for a conflict, `Idle` for
    /// not found.
    pub state: State,
    /// The word for it: `Not now`, `Not allowed`, `Two versions`, `Our fault`, `Not found`.
    pub word: String,
    /// What was refused: `Production cannot be requested yet`.
    pub title: String,
    /// Why, and what became of what was sent.
    pub text: Markup,
    /// Every reason, each with the page that mends it.
    pub reasons: Vec<(String, Option<String>)>,
    /// The identifier to give to the operators.
    pub trace: Option<String>,
    /// The next things to do.
    pub does: Vec<Action>,
}

/// The card of a problem page; also a fragment that stands in the page that was refused. Its id is `problem`.
pub fn refused(it: &Refused) -> Markup {
    html! {
        section.card.problem id="problem" data-s=(it.state.key()) role="alert" aria-labelledby="problem-h" {
            div.card-h { (super::state::badge(it.state, it.word.as_str())) h1.h-l id="problem-h" { (it.title) } }
            div.card-b.stack-s.small {
                div { (it.text) }
                @if !it.reasons.is_empty() {
                    ul.stack-s {
                        @for (reason, href) in &it.reasons {
                            li.row.nowrap-row.al-start data-s="bad" {
                                span.cc { (icon(Icon::Bad)) }
                                span.grow { (reason) }
                                @if let Some(href) = href { a.nowrap href=(href) { "Open" } }
                            }
                        }
                    }
                }
                @if !it.does.is_empty() { div.row.mt2 { @for each in &it.does { (action(each)) } } }
            }
            @if let Some(trace) = &it.trace { div.card-f.row.between { span { "For the operators" } code { "trace " (trace) } } }
        }
    }
}
