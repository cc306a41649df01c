//! One question: as it is asked, with the input of its kind, and as it was answered.

use super::typed::{Names, fields, none_word, text};
use crate::components::form::Filled;
use crate::components::icon::{Icon, icon_small};
use crate::components::state::{State, badge, st};
use crate::components::time;
use crate::words::Clock;
use golive_app::checklist::{ChecklistSectionView, QuestionView};
use golive_core::checklist::answer::AnswerKind;
use golive_core::checklist::template::{CellKind, Column};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Empty rows below those that are there.
pub(super) const MORE_ROWS: usize = 2;

/// What was wrong with the whole section.
pub(super) fn errors(filled: &Filled) -> Markup {
    html! {
        div.errs role="alert" tabindex="-1" {
            p.errs-h { (crate::components::icon::icon(Icon::Bad)) "Not saved" }
            ul {
                @for why in &filled.refused { li { (why) } }
                @for (name, what) in &filled.errors { li { (name) ": " (what) } }
            }
        }
    }
}

/// A question with the input of its kind.
pub(super) fn asked(
    question: &QuestionView,
    people: &[(String, String)],
    filled: &Filled,
    clock: &Clock,
) -> Markup {
    let stored = fields(question, question.answer.as_ref());
    let typed = !filled.values.is_empty();
    let names = Names::of(&question.id);
    let values = if typed { names.among(&filled.values) } else { stored.clone() };
    let input = Drawn { question, people, values: &values };
    let wrong = wrong(question, filled);
    let comment = if typed { filled.values.get(&names.comment).cloned() } else { None };
    let comment = comment.unwrap_or_else(|| question.comment.clone());
    html! {
        li id=(format!("q-{}", question.id)) {
            (heading(question))
            div.ans {
                // What was seen, so that only what is changed is sent, and never over an answer that was not seen.
                input type="hidden" name=(names.was) value=(was(question));
                input type="hidden" name=(names.was_comment) value=(question.comment);
                @if let Some(at) = question.at { input type="hidden" name=(names.seen) value=(at); }
                (input.input())
                @if let Some(word) = none_word(question) {
                    label.choice {
                        input type="checkbox" name=(names.none) value="on" checked[values.contains_key(&names.none)];
                        span { (word) }
                    }
                }
                @for what in &wrong { span.err { (icon_small(Icon::Bad)) (what) } }
                (known(question))
                @let differs = is_different(question);
                details open[differs || !comment.is_empty()] {
                    summary.xs.muted { "A word about it" }
                    div.field {
                        label.vh for=(names.comment) { "A word about " (question.number) }
                        input.in.in-s id=(names.comment) name=(names.comment) type="text" value=(comment)
                            placeholder=[differs.then_some("Say why the answer differs from what is known")];
                    }
                }
                (given(question, clock))
            }
        }
    }
}

/// A question that cannot be changed now.
pub(super) fn told(question: &QuestionView, clock: &Clock) -> Markup {
    html! {
        li id=(format!("q-{}", question.id)) {
            (heading(question))
            div.ans {
                p.small { (question.words.as_deref().unwrap_or("No answer")) }
                @if let Some(rows) = question.answer.as_ref().and_then(|answer| answer.as_array()) {
                    @if question.kind == AnswerKind::Table && !rows.is_empty() { (rows_told(&question.columns, rows)) }
                }
                @if !question.comment.is_empty() { p.small.muted { "“" (question.comment) "”" } }
                (known(question))
                (given(question, clock))
            }
        }
    }
}

/// The free comment at the end of a section.
pub(super) fn section_comment(one: &ChecklistSectionView, filled: &Filled) -> Markup {
    let value = filled.values.get("section_comment").unwrap_or(&one.comment);
    html! {
        div.field {
            label for="section_comment" { "Anything else about this section" span.req { " (optional)" } }
            textarea.in id="section_comment" name="section_comment" rows="2" { (value) }
            input type="hidden" name="was_section_comment" value=(one.comment);
        }
    }
}

/// Whether it says something else than a fact that it is compared with. What was only filled in may be changed.
fn is_different(question: &QuestionView) -> bool {
    question.fact.as_ref().is_some_and(|fact| fact.differs && !fact.fills_in)
}

fn was(question: &QuestionView) -> String {
    question.answer.as_ref().map_or_else(String::new, ToString::to_string)
}

fn wrong(question: &QuestionView, filled: &Filled) -> Vec<String> {
    let mine = |why: &&String| {
        why.strip_prefix(question.id.as_str()).is_some_and(|rest| rest.starts_with([':', ',']))
    };
    let short =
        |why: &String| why[question.id.len()..].trim_start_matches([':', ',', ' ']).to_owned();
    filled.refused.iter().filter(mine).map(short).collect()
}

fn heading(question: &QuestionView) -> Markup {
    let differs = is_different(question);
    let state = match (&question.answer, differs, &question.by) {
        (None, ..) if question.required => badge(State::Idle, "Open"),
        (None, ..) => badge(State::Idle, "Optional"),
        (Some(_), true, _) if question.comment.is_empty() => badge(State::Warn, "Differs"),
        (Some(_), _, Some(_)) => badge(State::Done, "Answered"),
        (Some(_), _, None) => badge(State::Done, "Filled in"),
    };
    html! {
        div.qt {
            span.no { (question.number) }
            div.grow {
                h3 { (question.text) }
                @if !question.help.is_empty() { p.xs.muted { (question.help) } }
                @if let Some(threshold) = &question.threshold { p.xs.muted { "Held against: " (threshold) } }
            }
            (state)
        }
    }
}

/// What golive knows about it, beside the answer.
fn known(question: &QuestionView) -> Markup {
    let Some(fact) = &question.fact else { return html! {} };
    let differs = is_different(question);
    let state = if differs { State::Warn } else { State::Idle };
    let word = if differs { "golive knows otherwise" } else { "golive knows" };
    html! {
        @if fact.value != "not measured" {
            p.xs.muted {
                (st(state, word)) ": " (fact.value) " (" code { (fact.fact) } ")"
                @if !fact.details.is_empty() && differs { ". " (fact.details.iter().take(3).cloned().collect::<Vec<_>>().join("; ")) }
            }
        }
    }
}

fn given(question: &QuestionView, clock: &Clock) -> Markup {
    html! {
        @if let Some(at) = question.at {
            p.xs.faint {
                @match &question.by {
                    Some(name) => { (name) ", " (time::ago(at, clock)) },
                    None => { "filled in by golive, " (time::ago(at, clock)) },
                }
            }
        }
    }
}

fn rows_told(columns: &[Column], rows: &[serde_json::Value]) -> Markup {
    html! {
        div.tw tabindex="0" role="region" aria-label="Rows" {
            table.t {
                thead { tr { @for column in columns { th scope="col" { (column.title) } } } }
                tbody {
                    @for row in rows { tr { @for column in columns { td { (cell_words(&row[&column.id])) } } } }
                }
            }
        }
    }
}

fn cell_words(cell: &serde_json::Value) -> String {
    let words = text(Some(cell));
    if words.is_empty() { "–".to_owned() } else { words }
}

struct Drawn<'a> {
    question: &'a QuestionView,
    people: &'a [(String, String)],
    values: &'a BTreeMap<String, String>,
}

impl Drawn<'_> {
    fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    fn input(&self) -> Markup {
        let names = Names::of(&self.question.id);
        let one = &names.answer;
        match self.question.kind {
            AnswerKind::YesNo => self.radios(one, &[("yes", "Yes"), ("no", "No")]),
            AnswerKind::YesNoInProgress => {
                self.radios(one, &[("yes", "Yes"), ("no", "No"), ("in-progress", "In progress")])
            }
            AnswerKind::Text => html! {
                textarea.in name=(one) rows="2" aria-label=(self.question.text) { (self.value(one)) }
            },
            AnswerKind::Number | AnswerKind::Percent => self.number(one),
            AnswerKind::Date => html! {
                input.in.in-s.w10 type="date" name=(one) value=(self.value(one)) aria-label=(self.question.text);
            },
            AnswerKind::DateRange => html! {
                div.row {
                    (self.line(&names.from, "From", "2027-04-02T18:00"))
                    (self.line(&names.until, "Until", "2027-04-04T16:00"))
                }
                p.xs.muted { "Days, such as 2027-04-02, or days with times, such as 2027-04-02T18:00." }
            },
            AnswerKind::Choice if self.question.multiple => {
                let choices: Vec<_> = self
                    .question
                    .choices
                    .iter()
                    .map(|w| (w.clone(), w.replace('-', " ")))
                    .collect();
                self.boxes(one, &choices)
            }
            AnswerKind::Choice => {
                let words: Vec<_> = self
                    .question
                    .choices
                    .iter()
                    .map(|w| (w.clone(), w.replace('-', " ")))
                    .collect();
                let choices: Vec<_> =
                    words.iter().map(|(w, shown)| (w.as_str(), shown.as_str())).collect();
                self.radios(one, &choices)
            }
            AnswerKind::People => self.boxes(one, self.people),
            AnswerKind::Table => self.rows(&names),
        }
    }

    fn radios(&self, name: &str, choices: &[(&str, &str)]) -> Markup {
        html! {
            div.row role="radiogroup" aria-label=(self.question.text) {
                @for (value, label) in choices {
                    label.choice {
                        input type="radio" name=(name) value=(value) checked[self.value(name) == *value]; (label)
                    }
                }
            }
        }
    }

    fn boxes(&self, name: &str, choices: &[(String, String)]) -> Markup {
        let chosen: Vec<&str> = self.value(name).lines().collect();
        html! {
            div.row role="group" aria-label=(self.question.text) {
                @for (value, label) in choices {
                    label.choice {
                        input type="checkbox" name=(name) value=(value) checked[chosen.contains(&value.as_str())]; (label)
                    }
                }
            }
        }
    }

    fn number(&self, name: &str) -> Markup {
        let named = self.question.unit.as_deref().filter(|unit| *unit != "count");
        let unit = if self.question.kind == AnswerKind::Percent { Some("%") } else { named };
        html! {
            div.row.row-tight {
                input.in.in-s.w7 type="text" inputmode="decimal" name=(name) value=(self.value(name)) aria-label=(self.question.text);
                @if let Some(unit) = unit { span.small.muted { (unit) } }
            }
        }
    }

    fn line(&self, name: &str, label: &str, like: &str) -> Markup {
        html! {
            div.field {
                label for=(name) { (label) }
                input.in.in-s id=(name) type="text" name=(name) value=(self.value(name)) placeholder=(like);
            }
        }
    }

    /// One row of inputs for each row that is there, and a few more.
    fn rows(&self, names: &Names) -> Markup {
        let there = names.rows_among(self.values);
        html! {
            input type="hidden" name=(names.rows) value=(there + MORE_ROWS);
            div.tw tabindex="0" role="region" aria-label=(self.question.text) {
                table.t {
                    thead { tr { @for column in &self.question.columns { th scope="col" { (column.title) } } } }
                    tbody {
                        @for row in 0..there + MORE_ROWS {
                            tr { @for column in &self.question.columns { td { (self.cell(names, row, column)) } } }
                        }
                    }
                }
            }
        }
    }

    fn cell(&self, names: &Names, row: usize, column: &Column) -> Markup {
        let name = names.cell(row, &column.id);
        let label = format!("{}, row {}", column.title, row + 1);
        let value = self.value(&name);
        match column.kind {
            CellKind::YesNo => html! {
                select.in.in-s name=(name) aria-label=(label) {
                    option value="" selected[value.is_empty()] { "–" }
                    option value="yes" selected[value == "yes"] { "yes" }
                    option value="no" selected[value == "no"] { "no" }
                }
            },
            CellKind::Date => {
                html! { input.in.in-s type="date" name=(name) value=(value) aria-label=(label); }
            }
            CellKind::Number => html! {
                input.in.in-s.w7 type="text" inputmode="decimal" name=(name) value=(value) aria-label=(label);
            },
            CellKind::Text | CellKind::Choice | CellKind::People => html! {
                input.in.in-s type="text" name=(name) value=(value) aria-label=(label);
            },
        }
    }
}
