//! Dialogs for costly decisions: native `<dialog>`, opened without a script by a button that names it.

use super::action::op;
use super::form::{Filled, Form, field, form_errors};
use maud::{Markup, html};

/// A decision that costs something: what it does, what must be typed, the two ways out.
#[derive(Debug, Clone)]
pub struct Dialog {
    /// Opened by `popovertarget` with this id (see [`super::action::Action::open`]).
    pub id: String,
    /// What is decided.
    pub title: String,
    /// What it does and what it costs.
    pub text: Markup,
    /// The way back, in words of the case: `Keep 7 June`.
    pub keep: String,
    /// The form; its id must differ from the dialog's.
    pub form: Form,
    /// True for what ends or destroys something.
    pub is_danger: bool,
}

/// The dialog. When its form came back refused it stands open, with what was typed.
pub fn dialog(dialog: &Dialog, filled: &Filled) -> Markup {
    let is_open = filled.is_refused();
    let heading = format!("{}-h", dialog.id);
    let form = &dialog.form;
    html! {
        dialog.dialog id=(dialog.id) popover open[is_open] aria-labelledby=(heading) {
            form method="post" id=(form.id) action=(form.to) data-op=(op(&form.id)) data-fragment {
                div.dialog-h { h2 id=(heading) { (dialog.title) } }
                div.dialog-b {
                    div.small { (dialog.text) }
                    (form_errors(&form.id, &form.fields, filled))
                    @for (name, value) in &form.hidden { input type="hidden" name=(name) value=(value); }
                    @for each in &form.fields { (field(&form.id, each, filled)) }
                }
                div.dialog-f {
                    @if is_open { a.btn href="" { (dialog.keep) } }
                    @else {
                        button.btn type="button" popovertarget=(dialog.id) popovertargetaction="hide" { (dialog.keep) }
                    }
                    button.btn.btn-d-solid[dialog.is_danger].btn-p[!dialog.is_danger] type="submit" { (form.submit) }
                }
            }
        }
    }
}

/// A menu of actions behind one button: `popovertarget` names it.
pub fn menu(id: &str, label: &str, inside: &Markup) -> Markup {
    html! { div.menu id=(id) popover role="group" aria-label=(label) { (inside) } }
}
