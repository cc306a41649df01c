//! Forms: fields with hint and error that keep what was typed; a list of all errors above; file upload with progress.

use super::action::op;
use super::icon::{Icon, icon, icon_small};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What a person typed and what was wrong with it: how a refused form comes back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    /// By field name, as typed.
    pub values: BTreeMap<String, String>,
    /// By field name, in words: what was expected and what was found.
    pub errors: BTreeMap<String, String>,
    /// What is wrong with the whole.
    pub refused: Vec<String>,
}

impl Filled {
    /// With what was typed.
    pub fn typed<N: Into<String>, V: Into<String>>(
        values: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self {
            values: values.into_iter().map(|(n, v)| (n.into(), v.into())).collect(),
            ..Self::default()
        }
    }

    /// With one error more.
    #[must_use]
    pub fn error(mut self, field: impl Into<String>, what: impl Into<String>) -> Self {
        self.errors.insert(field.into(), what.into());
        self
    }

    /// True when there is something to mend.
    pub fn is_refused(&self) -> bool {
        !self.errors.is_empty() || !self.refused.is_empty()
    }
}

/// One choice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// What it means or costs.
    pub note: Option<String>,
}

impl Choice {
    /// A choice without a note.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), note: None }
    }

    /// With what it means or costs.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// What is typed or chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// One line: the HTML type (`text`, `email`, `date`, `number`, `datetime-local`, `password`, `search`).
    Line(&'static str),
    /// Several lines: how many.
    Area(u8),
    /// One of a list, folded.
    Select(Vec<Choice>),
    /// One of a few, each with its meaning.
    Radios(Vec<Choice>),
    /// Yes or no.
    Check,
    /// A file: what is accepted (`.csv,.xlsx`).
    File(&'static str),
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name that is sent; also the id, with the form's id before it.
    pub name: String,
    /// The label.
    pub label: String,
    /// What is typed or chosen.
    pub input: Input,
    /// The value before anybody typed.
    pub value: String,
    /// What to know when filling it in.
    pub hint: Option<String>,
    /// True when it must be given.
    pub is_required: bool,
    /// What the browser may fill in: `username`, `current-password`.
    pub autocomplete: Option<&'static str>,
}

impl Field {
    /// A required field.
    pub fn new(name: impl Into<String>, label: impl Into<String>, input: Input) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            input,
            value: String::new(),
            hint: None,
            is_required: true,
            autocomplete: None,
        }
    }

    /// One line of text.
    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(name, label, Input::Line("text"))
    }

    /// May be left empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.is_required = false;
        self
    }

    /// With a value to begin with.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// With a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What the browser may fill in.
    #[must_use]
    pub fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = Some(what);
        self
    }
}

/// A whole form.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Unique in the page.
    pub id: String,
    /// Where it is sent.
    pub to: String,
    /// The order on its button.
    pub submit: String,
    /// The fields in order.
    pub fields: Vec<Field>,
    /// Hidden fields: an idempotency key, a version.
    pub hidden: Vec<(String, String)>,
    /// True for the one primary action of the screen.
    pub is_primary: bool,
}

impl Form {
    /// A form with a primary button.
    pub fn new(
        id: impl Into<String>,
        to: impl Into<String>,
        submit: impl Into<String>,
        fields: Vec<Field>,
    ) -> Self {
        Self {
            id: id.into(),
            to: to.into(),
            submit: submit.into(),
            fields,
            hidden: Vec::new(),
            is_primary: true,
        }
    }

    /// With a hidden field.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// With a plain button.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.is_primary = false;
        self
    }

    /// True when one of its fields is a file.
    pub fn takes_files(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.input, Input::File(_)))
    }
}

/// The form, with what was typed and what was wrong. A form with a file shows how far the file has come.
pub fn form(form: &Form, filled: &Filled) -> Markup {
    let is_upload = form.takes_files();
    html! {
        form.form id=(form.id) method="post" action=(form.to) data-op=(op(&form.id)) data-fragment[!is_upload] data-upload[is_upload]
            enctype=[is_upload.then_some("multipart/form-data")] {
            (form_errors(&form.id, &form.fields, filled))
            @for (name, value) in &form.hidden { input type="hidden" name=(name) value=(value); }
            @for each in &form.fields { (field(&form.id, each, filled)) }
            @if is_upload { div { progress hidden {} span.xs.muted data-words aria-live="polite" {} } }
            div.acts { button.btn.btn-p[form.is_primary] type="submit" { (form.submit) } }
        }
    }
}

/// All errors above the form, each a link to its field.
pub fn form_errors(form: &str, fields: &[Field], filled: &Filled) -> Markup {
    let label = |name: &str| {
        fields.iter().find(|f| f.name == name).map_or(name.to_owned(), |f| f.label.clone())
    };
    html! {
        @if filled.is_refused() {
            div.errs role="alert" tabindex="-1" {
                p.errs-h { (icon(Icon::Bad)) "Not sent" }
                ul {
                    @for why in &filled.refused { li { (why) } }
                    @for (name, what) in &filled.errors {
                        li { a href=(format!("#{form}-{name}")) { (label(name)) } ": " (what) }
                    }
                }
            }
        }
    }
}

/// One field with label, input, hint and error.
pub fn field(form: &str, field: &Field, filled: &Filled) -> Markup {
    let id = format!("{form}-{}", field.name);
    let value = filled.values.get(&field.name).unwrap_or(&field.value);
    let error = filled.errors.get(&field.name);
    let drawn = Drawn { id: &id, field, value, error };
    match &field.input {
        Input::Check => drawn.check(filled),
        Input::Radios(choices) => drawn.radios(choices),
        Input::Line(_) | Input::Area(_) | Input::Select(_) | Input::File(_) => html! {
            div.field {
                label for=(id) { (field.label) @if !field.is_required { span.req { " (optional)" } } }
                (drawn.input())
                (drawn.notes())
            }
        },
    }
}

/// A field on its way to HTML.
struct Drawn<'a> {
    id: &'a str,
    field: &'a Field,
    value: &'a str,
    error: Option<&'a String>,
}

impl Drawn<'_> {
    fn describedby(&self) -> Option<String> {
        let hint = self.field.hint.as_ref().map(|_| format!("{}-hint", self.id));
        let error = self.error.map(|_| format!("{}-err", self.id));
        let ids: Vec<String> = [error, hint].into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn notes(&self) -> Markup {
        html! {
            @if let Some(error) = self.error {
                span.err id=(format!("{}-err", self.id)) { (icon_small(Icon::Bad)) (error) }
            }
            @if let Some(hint) = &self.field.hint { span.hint id=(format!("{}-hint", self.id)) { (hint) } }
        }
    }

    fn input(&self) -> Markup {
        let (name, required) = (&self.field.name, self.field.is_required);
        let invalid = self.error.map(|_| "true");
        let by = self.describedby();
        match &self.field.input {
            Input::Area(rows) => html! {
                textarea.in id=(self.id) name=(name) rows=(rows) required[required] aria-invalid=[invalid]
                    aria-describedby=[by] { (self.value) }
            },
            Input::Select(choices) => html! {
                select.in id=(self.id) name=(name) required[required] aria-invalid=[invalid] aria-describedby=[by] {
                    @if self.value.is_empty() { option value="" { "Choose…" } }
                    @for choice in choices {
                        option value=(choice.value) selected[choice.value == self.value] { (choice.label) }
                    }
                }
            },
            Input::File(accept) => html! {
                div.drop {
                    input id=(self.id) name=(name) type="file" accept=(accept) required[required]
                        aria-invalid=[invalid] aria-describedby=[by];
                }
            },
            Input::Line(kind) => html! {
                input.in id=(self.id) name=(name) type=(kind) value=[(*kind != "password").then_some(self.value)]
                    required[required] autocomplete=[self.field.autocomplete] aria-invalid=[invalid]
                    aria-describedby=[by];
            },
            Input::Check | Input::Radios(_) => html! {},
        }
    }

    fn check(&self, filled: &Filled) -> Markup {
        // A browser sends nothing for an empty box: once something was typed, absent means no.
        let was_sent = !filled.values.is_empty();
        let is_on = if was_sent {
            filled.values.contains_key(&self.field.name)
        } else {
            self.value == "on"
        };
        html! {
            div.field {
                label.choice {
                    input id=(self.id) name=(self.field.name) type="checkbox" value="on" checked[is_on]
                        aria-describedby=[self.describedby()];
                    span { (self.field.label) }
                }
                (self.notes())
            }
        }
    }

    fn radios(&self, choices: &[Choice]) -> Markup {
        html! {
            fieldset.fs id=(self.id) aria-describedby=[self.describedby()] {
                legend.label { (self.field.label) }
                div.choices.mt2 {
                    @for choice in choices {
                        label.choice-card {
                            input type="radio" name=(self.field.name) value=(choice.value)
                                required[self.field.is_required] checked[choice.value == self.value];
                            span {
                                b { (choice.label) }
                                @if let Some(note) = &choice.note { span.muted.blk { (note) } }
                            }
                        }
                    }
                }
                (self.notes())
            }
        }
    }
}

/// The filter of a list: a search field that sends itself as the page's query.
pub fn filter(name: &str, label: &str, value: &str) -> Markup {
    html! {
        form.search role="search" method="get" {
            label.vh for=(format!("filter-{name}")) { (label) }
            (icon(Icon::Search))
            input.in.in-s id=(format!("filter-{name}")) name=(name) type="search" value=(value) placeholder=(label)
                data-filter;
        }
    }
}
