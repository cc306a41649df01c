//! What is done to a request with words: turned down, asked, answered; each in a dialog.

use super::{Again, InProject, refusals};
use crate::components::dialog::{Dialog, dialog};
use crate::components::form::{Field, Filled, Input};
use golive_app::request::RequestView;
use maud::{Markup, html};

/// What needs words, and so opens a dialog.
pub(super) const SPOKEN: [(&str, &str, &str); 3] = [
    ("request_deny", "deny", "Deny…"),
    ("request_ask", "ask", "Ask the customer…"),
    ("request_answer", "answer", "Answer…"),
];

/// The dialog of one of them, if it is allowed.
pub(super) fn spoken_dialog(
    here: &InProject,
    request: &RequestView,
    (op, to): (&str, &str),
    again: &Again,
) -> Markup {
    if !refusals(request, op).is_empty() {
        return html! {};
    }
    let area = |name: &str, label: &str| Field::new(name, label, Input::Area(2));
    let (id, title, text, keep, submit, fields) = match op {
        "request_ask" => (
            "ask-dialog",
            "Ask the customer",
            "The promised time stands still until the answer. The question goes to the customer and stays on record.",
            "Ask nothing",
            "Ask",
            vec![area("question", "The question")],
        ),
        "request_answer" => (
            "answer-dialog",
            "Answer the operator",
            "The promised time runs again. The answer stays on record.",
            "Not yet",
            "Answer",
            vec![area("answer", "The answer")],
        ),
        _ => (
            "deny-dialog",
            "Turn the request down",
            "It goes back to Configure. Reason and suggestion go to the customer and stay on record.",
            "Keep it queued",
            "Deny",
            vec![area("reason", "Why"), area("suggestion", "What would be accepted")],
        ),
    };
    let filled: Filled = again.of(op);
    dialog(
        &Dialog {
            id: id.into(),
            title: title.into(),
            text: html! { (text) },
            keep: keep.into(),
            form: here.form(op, to, submit, fields),
            is_danger: op == "request_deny",
        },
        &filled,
    )
}
