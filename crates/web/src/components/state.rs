//! States: each is an icon of its own shape, a word and a colour, always all three.

use super::icon::{Icon, icon, icon_small};
use golive_core::gate::Status;
use maud::{Markup, html};

/// How something stands. It gives icon, word and colour; a page may say a more exact word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Done, met, passed.
    Done,
    /// Going on.
    Run,
    /// Waiting for somebody.
    Wait,
    /// Needs a look, blocks nothing.
    Warn,
    /// What it rests on has aged.
    Stale,
    /// Blocks, failed or late.
    Bad,
    /// An exception is on record.
    Waive,
    /// Not yet, nothing to do.
    Idle,
    /// Cannot be done yet, something stands before it.
    Lock,
    /// On hold: a freeze, a pause.
    Held,
}

impl State {
    /// All states, for the gallery and the tests.
    pub const ALL: [Self; 10] = [
        Self::Done,
        Self::Run,
        Self::Wait,
        Self::Warn,
        Self::Stale,
        Self::Bad,
        Self::Waive,
        Self::Idle,
        Self::Lock,
        Self::Held,
    ];

    /// The value of `data-s`, which gives the colours.
    pub fn key(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Run => "run",
            Self::Wait => "wait",
            Self::Warn => "warn",
            Self::Stale => "stale",
            Self::Bad => "bad",
            Self::Waive => "waive",
            Self::Idle => "idle",
            Self::Lock => "lock",
            Self::Held => "held",
        }
    }

    /// The word, when no more exact one is at hand.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Run => "In progress",
            Self::Wait => "Waiting",
            Self::Warn => "Needs attention",
            Self::Stale => "Stale",
            Self::Bad => "Blocking",
            Self::Waive => "Waived",
            Self::Idle => "Not yet",
            Self::Lock => "Locked",
            Self::Held => "On hold",
        }
    }

    /// The icon, of its own silhouette.
    pub fn icon(self) -> Icon {
        match self {
            Self::Done => Icon::Done,
            Self::Run => Icon::Run,
            Self::Wait => Icon::Wait,
            Self::Warn => Icon::Warn,
            Self::Stale => Icon::Stale,
            Self::Bad => Icon::Bad,
            Self::Waive => Icon::Waive,
            Self::Idle => Icon::Idle,
            Self::Lock => Icon::Lock,
            Self::Held => Icon::Held,
        }
    }
}

impl From<Status> for State {
    fn from(status: Status) -> Self {
        match status {
            Status::Met => Self::Done,
            Status::Unmet => Self::Bad,
            Status::Stale => Self::Stale,
            Status::Waived => Self::Waive,
            Status::Warning => Self::Warn,
            Status::NotApplicable => Self::Idle,
        }
    }
}

/// A badge: the state of the row's or page's subject. `word` is the exact word, or the state's own.
pub fn badge<'a>(state: State, word: impl Into<Option<&'a str>>) -> Markup {
    html! {
        span.badge data-s=(state.key()) { (icon(state.icon())) (word.into().unwrap_or(state.word())) }
    }
}

/// The quiet form: inside text, or where a column of badges would shout.
pub fn st<'a>(state: State, word: impl Into<Option<&'a str>>) -> Markup {
    html! {
        span.st data-s=(state.key()) { (icon_small(state.icon())) (word.into().unwrap_or(state.word())) }
    }
}

/// The icon with its word for screen readers only, where the text beside it says the rest.
pub fn st_icon<'a>(state: State, word: impl Into<Option<&'a str>>) -> Markup {
    html! {
        span.st data-s=(state.key()) { (icon_small(state.icon())) span.vh { (word.into().unwrap_or(state.word())) } }
    }
}

/// A number with its state, as the project menu shows it: `3` and the icon, the word hidden.
pub fn st_end(state: State, text: &str) -> Markup {
    html! {
        span.end.st data-s=(state.key()) {
            (text) (icon_small(state.icon())) span.vh { " " (state.word().to_lowercase()) }
        }
    }
}

/// A plain tag without a state.
pub fn tag(text: &str) -> Markup {
    html! { span.tag { (text) } }
}
