//! Actions: a form button that works, or the same button in its place that says why it does not.

use super::icon::{Icon, icon, icon_small};
use maud::{Markup, html};

/// One thing that a person can do here.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Action {
    /// Unique in the page; begins with the operation id of the API, then a dot and the row if there are several:
    /// `waiver_approve.wvr_…`.
    pub id: String,
    /// The order, in words: `Sign off`.
    pub label: String,
    /// What it does when it is pressed.
    pub does: Does,
    /// Why it cannot be done now; empty when it can.
    pub refused: Vec<String>,
    /// How it looks.
    pub look: Look,
    /// The icon before the label.
    pub icon: Option<Icon>,
    /// Hidden fields that go with the form: an idempotency key, a version.
    pub fields: Vec<(String, String)>,
    /// The single key of the page for it.
    pub key: Option<char>,
}

/// What an action does when it is pressed.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Does {
    /// Nothing yet; a refused action needs no more.
    #[default]
    Nothing,
    /// Sends a form to this address.
    Post(String),
    /// Goes to this address.
    Go(String),
    /// Opens the dialog with this id.
    Open(String),
}

/// How an action looks. One primary per screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// The usual button.
    #[default]
    Plain,
    /// The one primary action.
    Primary,
    /// Ends or destroys something.
    Danger,
    /// Without a frame.
    Quiet,
    /// Small, for rows.
    Small,
    /// Small and primary.
    SmallPrimary,
    /// Large, for decisions.
    Large,
    /// Large and primary.
    LargePrimary,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "btn",
            Self::Primary => "btn btn-p",
            Self::Danger => "btn btn-d",
            Self::Quiet => "btn btn-q",
            Self::Small => "btn btn-s",
            Self::SmallPrimary => "btn btn-s btn-p",
            Self::Large => "btn btn-l",
            Self::LargePrimary => "btn btn-l btn-p",
        }
    }

    /// A refused button keeps its size and loses its colour.
    fn refused_class(self) -> &'static str {
        match self {
            Self::Plain | Self::Primary | Self::Danger | Self::Quiet => "btn",
            Self::Small | Self::SmallPrimary => "btn btn-s",
            Self::Large | Self::LargePrimary => "btn btn-l",
        }
    }

    fn icon(self, which: Icon) -> Markup {
        match self {
            Self::Small | Self::SmallPrimary => icon_small(which),
            Self::Plain
            | Self::Primary
            | Self::Danger
            | Self::Quiet
            | Self::Large
            | Self::LargePrimary => icon(which),
        }
    }
}

impl Action {
    /// Sends a form.
    pub fn post(id: impl Into<String>, label: impl Into<String>, to: impl Into<String>) -> Self {
        Self { id: id.into(), label: label.into(), does: Does::Post(to.into()), ..Self::default() }
    }

    /// Goes somewhere.
    pub fn go(id: impl Into<String>, label: impl Into<String>, to: impl Into<String>) -> Self {
        Self { id: id.into(), label: label.into(), does: Does::Go(to.into()), ..Self::default() }
    }

    /// Opens a dialog of the page.
    pub fn open(
        id: impl Into<String>,
        label: impl Into<String>,
        dialog: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            does: Does::Open(dialog.into()),
            ..Self::default()
        }
    }

    /// Cannot be done now, for these reasons; none means that it can.
    #[must_use]
    pub fn refused(mut self, reasons: Vec<String>) -> Self {
        self.refused = reasons;
        self
    }

    /// With this look.
    #[must_use]
    pub fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// With this icon.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// With a hidden field.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// With a single key.
    #[must_use]
    pub fn key(mut self, key: char) -> Self {
        self.key = Some(key);
        self
    }
}

/// The button. Refused, it keeps its place, can be reached by keyboard, is described by its reasons and opens them.
pub fn action(action: &Action) -> Markup {
    if !action.refused.is_empty() {
        return refused(action);
    }
    let class = action.look.class();
    let inside =
        html! { @if let Some(which) = action.icon { (action.look.icon(which)) } (action.label) };
    let key = action.key.map(String::from);
    match &action.does {
        Does::Post(to) => html! {
            form.act-f method="post" action=(to) data-fragment data-op=(op(&action.id)) {
                @for (name, value) in &action.fields { input type="hidden" name=(name) value=(value); }
                button id=(action.id) class=(class) type="submit" data-key=[key] { (inside) }
            }
        },
        Does::Go(to) => {
            html! { a id=(action.id) class=(class) href=(to) data-key=[key] { (inside) } }
        }
        Does::Open(dialog) => html! {
            button id=(action.id) class=(class) type="button" popovertarget=(dialog) data-key=[key] { (inside) }
        },
        Does::Nothing => html! { span class=(class) { (inside) } },
    }
}

/// The operation of the API that an id stands for: what is before the dot; after it stands the row.
pub(super) fn op(id: &str) -> &str {
    id.split_once('.').map_or(id, |(op, _)| op)
}

fn refused(action: &Action) -> Markup {
    let why = format!("{}-why", action.id);
    html! {
        button id=(action.id) class=(action.look.refused_class()) type="button" aria-disabled="true"
            aria-describedby=(why) popovertarget=(why) data-op=(op(&action.id)) {
            (action.look.icon(Icon::Lock)) (action.label)
        }
        div.why id=(why) popover { h3 { "Not now: " (action.label) } (reasons(&action.refused)) }
    }
}

/// Button and visible reasons below it, where there is room: decisions and signatures.
pub fn action_explained(it: &Action) -> Markup {
    html! {
        div { (action(it)) @if !it.refused.is_empty() { div.why-l { (reasons(&it.refused)) } } }
    }
}

/// The actions of a page's head or of a card, in one row.
pub fn actions(list: &[Action]) -> Markup {
    html! { div.acts { @for it in list { (action(it)) } } }
}

fn reasons(list: &[String]) -> Markup {
    html! { ul { @for reason in list { li data-s="bad" { (icon_small(Icon::Bad)) span { (reason) } } } } }
}

/// A command to type, with a button that copies it.
pub fn command(line: &str) -> Markup {
    html! {
        span.cmdline {
            code { (line) }
            button.copy type="button" data-copy=(line) aria-label="Copy the command" { (icon_small(Icon::Copy)) }
        }
    }
}
