//! Facts: cards, key figures, key-value lists, short lists, lists with due date and one action.

use super::action::{Action, action};
use super::icon::{Icon, icon, icon_small, icon_with};
use super::state::{State, st_icon};
use maud::{Markup, html};

/// A card with a heading. `id` names it, so that a live fragment can replace it.
#[derive(Debug, Clone, Default)]
pub struct Card {
    /// Unique in the page.
    pub id: String,
    /// The heading.
    pub title: String,
    /// How many things it lists.
    pub count: Option<usize>,
    /// Tints the card.
    pub state: Option<State>,
    /// What stands at the end of the heading: links, badges, buttons.
    pub end: Option<Markup>,
    /// What stands below: a note.
    pub foot: Option<Markup>,
}

impl Card {
    /// A card by id and heading.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { id: id.into(), title: title.into(), ..Self::default() }
    }

    /// With a number of things.
    #[must_use]
    pub fn count(mut self, count: usize) -> Self {
        self.count = Some(count);
        self
    }

    /// Tinted.
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// With something at the end of the heading.
    #[must_use]
    pub fn end(mut self, end: Markup) -> Self {
        self.end = Some(end);
        self
    }

    /// With a note below.
    #[must_use]
    pub fn foot(mut self, foot: Markup) -> Self {
        self.foot = Some(foot);
        self
    }

    /// The card around something that brings its own padding: a table, a list, a chart.
    pub fn around(&self, inside: &Markup) -> Markup {
        let heading = format!("{}-h", self.id);
        html! {
            section.card id=(self.id) data-s=[self.state.map(State::key)] aria-labelledby=(heading) {
                div.card-h {
                    h2 id=(heading) { (self.title) }
                    @if let Some(count) = self.count { span.count { (count) } }
                    @if let Some(end) = &self.end { div.end { (end) } }
                }
                (inside)
                @if let Some(foot) = &self.foot { div.card-f { (foot) } }
            }
        }
    }

    /// The card folded to its heading: for forms that are seldom needed. It stands open when its form came back.
    pub fn folded(&self, is_open: bool, inside: &Markup) -> Markup {
        html! {
            details.card id=(self.id) open[is_open] {
                summary.card-h.bd0 { (icon_with(Icon::Right, "i chev")) h2 { (self.title) } }
                div.card-b { (inside) }
            }
        }
    }

    /// The card around text or a form, with padding.
    pub fn padded(&self, inside: &Markup) -> Markup {
        self.around(&html! { div.card-b { (inside) } })
    }
}

/// One key figure: what it is, the figure, what goes with it.
#[derive(Debug, Clone)]
pub struct Fig {
    /// What it is.
    pub name: String,
    /// The figure.
    pub value: String,
    /// What goes with it: the threshold, the person, since when.
    pub note: Markup,
    /// Colours the figure and adds the state's word for screen readers.
    pub state: Option<State>,
    /// Opens what is behind the figure.
    pub href: Option<String>,
}

impl Fig {
    /// A figure with a plain note.
    pub fn new(name: impl Into<String>, value: impl Into<String>, note: impl AsRef<str>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            note: html! { (note.as_ref()) },
            state: None,
            href: None,
        }
    }

    /// Coloured.
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// A link to what is behind it.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// With a note that holds more than text.
    #[must_use]
    pub fn note(mut self, note: Markup) -> Self {
        self.note = note;
        self
    }

    fn inside(&self) -> Markup {
        html! {
            span.row.row-tight { @if let Some(state) = self.state { (st_icon(state, None)) } (self.name) }
            b data-s=[self.state.map(State::key)] class=[self.state.map(|_| "cc")] { (self.value) }
            span { (self.note) }
        }
    }
}

/// Key figures side by side in one card.
pub fn figs(id: &str, label: &str, figs: &[Fig]) -> Markup {
    html! {
        section.card.figs id=(id) aria-label=(label) { (figs_bare(figs)) }
    }
}

/// Key figures for the inside of a card: wrap them in `div.figs`.
pub fn figs_bare(figs: &[Fig]) -> Markup {
    html! {
        @for fig in figs {
            @if let Some(href) = &fig.href { a.fig href=(href) { (fig.inside()) } }
            @else { div.fig { (fig.inside()) } }
        }
    }
}

/// One tile of a cutover: what, the figure (a clock may tick), what goes with it.
#[derive(Debug, Clone)]
pub struct Tile {
    /// What it is.
    pub name: String,
    /// The icon before it.
    pub icon: Option<Icon>,
    /// The figure.
    pub value: Markup,
    /// What goes with it.
    pub note: Markup,
    /// Colours the figure.
    pub state: Option<State>,
    /// True for the two that everybody looks at.
    pub is_large: bool,
}

/// The numbers of a cutover, five in a row.
pub fn tiles(id: &str, label: &str, tiles: &[Tile]) -> Markup {
    html! {
        section.card.tiles id=(id) aria-label=(label) {
            @for tile in tiles {
                div data-s=[tile.state.map(State::key)] {
                    div.k {
                        @if let Some(which) = tile.icon { (icon_small(which)) }
                        @if let Some(state) = tile.state { (st_icon(state, None)) }
                        (tile.name)
                    }
                    div.clock[tile.is_large].clock-m[!tile.is_large].cc[tile.state.is_some()] { (tile.value) }
                    div.s { (tile.note) }
                }
            }
        }
    }
}

/// Facts by name.
pub fn kv<K: AsRef<str>>(facts: &[(K, Markup)]) -> Markup {
    html! { dl.kv { @for (name, value) in facts { dt { (name.as_ref()) } dd { (value) } } } }
}

/// One line of a short list.
#[derive(Debug, Clone)]
pub struct Item {
    /// How it stands.
    pub state: State,
    /// The icon's word, if it is not the state's own.
    pub word: Option<String>,
    /// What it is, in one line.
    pub title: String,
    /// Where it leads.
    pub href: Option<String>,
    /// Who, until when.
    pub note: Markup,
    /// When it is due, in words; the state of lateness colours it.
    pub due: Option<(String, Option<State>)>,
    /// The one thing to do.
    pub action: Option<Action>,
}

impl Item {
    /// A line by state and title.
    pub fn new(state: State, title: impl Into<String>) -> Self {
        Self {
            state,
            word: None,
            title: title.into(),
            href: None,
            note: html! {},
            due: None,
            action: None,
        }
    }

    /// Leads somewhere.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// Who, until when.
    #[must_use]
    pub fn note(mut self, note: Markup) -> Self {
        self.note = note;
        self
    }

    /// Due then; late or soon colours it.
    #[must_use]
    pub fn due(mut self, words: impl Into<String>, state: Option<State>) -> Self {
        self.due = Some((words.into(), state));
        self
    }

    /// With its one action.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }
}

/// A list with state, person, due date and one action each: what blocks, what is mine.
pub fn items(items: &[Item]) -> Markup {
    html! {
        ul.list.duel data-calm {
            @for item in items {
                li data-row {
                    (st_icon(item.state, item.word.as_deref()))
                    div.grow {
                        @if let Some(href) = &item.href { a.strong href=(href) { (item.title) } }
                        @else { span.strong { (item.title) } }
                        div.small.muted.row.row-tight { (item.note) }
                    }
                    @if let Some((words, state)) = &item.due {
                        span.due.small data-s=[state.map(State::key)] class=[state.map(|_| "cc")] { (words) }
                    }
                    @if let Some(it) = &item.action { (action(it)) }
                }
            }
        }
    }
}

/// Short dated lines with an icon: next dates.
pub fn dates(lines: &[(Icon, Markup, Markup)]) -> Markup {
    html! {
        ul.list.small {
            @for (which, title, note) in lines {
                li { (icon(*which)) div.grow { (title) div.muted.xs { (note) } } }
            }
        }
    }
}
