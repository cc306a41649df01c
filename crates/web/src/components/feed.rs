//! Feeds of events, and conversations with a clock.

use super::icon::{Icon, icon};
use super::person::{Person, avatar};
use super::state::{State, tag};
use super::time;
use crate::words::Clock;
use jiff::Timestamp;
use maud::{Markup, html};

/// Who or what speaks in an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Voice {
    /// A person.
    Person(Person),
    /// The system: an icon and how it stands.
    System(Icon, State),
}

/// One entry of a feed or a thread.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Set when it can be linked to.
    pub id: Option<String>,
    /// Who.
    pub voice: Voice,
    /// When.
    pub at: Timestamp,
    /// What, with links. In a feed the sentence names the person; in a thread the head line does.
    pub text: Markup,
}

/// What happened, newest first.
pub fn feed(entries: &[Entry], clock: &Clock) -> Markup {
    html! {
        ol.feed {
            @for entry in entries {
                li id=[entry.id.as_deref()] data-s=[state(entry)] {
                    @match &entry.voice {
                        Voice::Person(person) => (avatar(person)),
                        Voice::System(which, _) => { span.ico { (icon(*which)) } },
                    }
                    div { (entry.text) br; (time::ago(entry.at, clock)) }
                }
            }
        }
    }
}

/// A conversation, oldest first; the system's lines (the clock starts, pauses) stand between.
pub fn thread(entries: &[Entry], clock: &Clock) -> Markup {
    html! {
        ol.thread {
            @for entry in entries {
                li id=[entry.id.as_deref()] data-s=[state(entry)] {
                    @match &entry.voice {
                        Voice::Person(person) => {
                            (avatar(person))
                            div {
                                div.by {
                                    b { (person.name) }
                                    @if let Some(role) = &person.role { (tag(role)) }
                                    (time::time(entry.at, clock))
                                }
                                (entry.text)
                            }
                        },
                        Voice::System(which, _) => {
                            span.ico { (icon(*which)) }
                            div.sys { (entry.text) " " (time::time(entry.at, clock)) }
                        },
                    }
                }
            }
        }
    }
}

fn state(entry: &Entry) -> Option<&'static str> {
    match &entry.voice {
        Voice::Person(_) => None,
        Voice::System(_, state) => Some(state.key()),
    }
}
