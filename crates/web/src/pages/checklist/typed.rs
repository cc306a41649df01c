//! The form of a section on its way in: which answers were changed, and what they are now.

use super::Posted;
use golive_app::checklist::{
    AnswersForm, ChecklistSectionView, QuestionView, SentAnswer, ToldAnswer,
};
use golive_core::checklist::answer::AnswerKind;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// The names of the fields of one question.
pub(super) struct Names {
    pub answer: String,
    pub from: String,
    pub until: String,
    pub rows: String,
    pub none: String,
    pub comment: String,
    pub was: String,
    pub was_comment: String,
    pub seen: String,
}

impl Names {
    pub fn of(question: &str) -> Self {
        let name = |part: &str| format!("{part}.{question}");
        Self {
            answer: name("a"),
            from: name("from"),
            until: name("until"),
            rows: name("rows"),
            none: name("none"),
            comment: name("comment"),
            was: name("was"),
            was_comment: name("wasc"),
            seen: name("seen"),
        }
    }

    /// A cell of an answer in rows.
    pub fn cell(&self, row: usize, column: &str) -> String {
        format!("{}.{row}.{column}", self.answer)
    }

    /// The values of this question's fields among all that were sent.
    pub fn among(&self, all: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let cells = format!("{}.", self.answer);
        let mine = |name: &str| {
            name == self.answer
                || name == self.from
                || name == self.until
                || name == self.none
                || name.starts_with(&cells)
        };
        let kept = all.iter().filter(|(name, value)| mine(name) && !value.trim().is_empty());
        kept.map(|(name, value)| (name.clone(), value.trim().to_owned())).collect()
    }

    /// How many rows have anything in them, up to the last that has.
    pub fn rows_among(&self, values: &BTreeMap<String, String>) -> usize {
        let cells = format!("{}.", self.answer);
        let row = |name: &str| name.strip_prefix(&cells)?.split('.').next()?.parse::<usize>().ok();
        values.keys().filter_map(|name| row(name)).max().map_or(0, |last| last + 1)
    }
}

/// An answer as the fields of the form show it.
pub(super) fn fields(question: &QuestionView, answer: Option<&Json>) -> BTreeMap<String, String> {
    let names = Names::of(&question.id);
    let mut fields = BTreeMap::new();
    let Some(answer) = answer else { return fields };
    match (answer, question.kind) {
        (Json::Null, _) => drop(fields.insert(names.none, "on".to_owned())),
        (Json::Array(nothing), _) if nothing.is_empty() => {
            fields.insert(names.none, "on".to_owned());
        }
        (Json::Object(range), AnswerKind::DateRange) => {
            fields.insert(names.from.clone(), text(range.get("from")));
            fields.insert(names.until, text(range.get("until")));
        }
        (Json::Array(rows), AnswerKind::Table) => {
            for (n, row) in rows.iter().enumerate() {
                for column in &question.columns {
                    let cell = text(row.get(&column.id));
                    if !cell.is_empty() {
                        fields.insert(names.cell(n, &column.id), cell);
                    }
                }
            }
        }
        (Json::Array(words), _) => {
            let words: Vec<String> = words.iter().map(|word| text(Some(word))).collect();
            fields.insert(names.answer, words.join("\n"));
        }
        (one, _) => drop(fields.insert(names.answer, text(Some(one)))),
    }
    fields
}

const NONE_OF_THEM: &str = "None of them";

/// The words for "there is none", where that is an answer.
pub(super) fn none_word(question: &QuestionView) -> Option<&'static str> {
    let several = question.kind == AnswerKind::Table
        || question.kind == AnswerKind::Choice && question.multiple;
    match (several, question.may_be_none) {
        (true, _) => Some(NONE_OF_THEM),
        (false, true) => Some("There is none"),
        (false, false) => None,
    }
}

/// A value as it stands in a field.
pub(super) fn text(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        Some(Json::Number(number)) => number
            .as_f64()
            .filter(|n| n.fract() == 0.0)
            .map_or_else(|| number.to_string(), |n| format!("{n:.0}")),
        Some(other @ (Json::Array(_) | Json::Object(_))) => other.to_string(),
    }
}

/// What was changed in the form; nothing if nothing was.
pub(super) fn read(section: &ChecklistSectionView, posted: &Posted) -> Option<AnswersForm> {
    let mut form = AnswersForm {
        answers: BTreeMap::new(),
        clear: Vec::new(),
        comment: None,
        row_version: posted.text("row_version").parse().ok(),
    };
    for question in &section.questions {
        let names = Names::of(&question.id);
        let was: Option<Json> = serde_json::from_str(posted.text(&names.was)).ok();
        let before = fields(question, was.as_ref());
        let now = sent(question, posted);
        let comment = posted.text(&names.comment);
        if before == now && comment == posted.text(&names.was_comment) {
            continue;
        }
        let seen = posted.text(&names.seen).parse().ok();
        match answer(question, &now) {
            Some(answer) => {
                let told = ToldAnswer { answer, comment: comment.to_owned(), seen };
                form.answers.insert(question.id.clone(), SentAnswer::Told(told));
            }
            None if was.is_some() => form.clear.push(question.id.clone()),
            None => {}
        }
    }
    let comment = posted.text("section_comment");
    if comment != posted.text("was_section_comment") {
        form.comment = Some(comment.to_owned());
    }
    let changed = !form.answers.is_empty() || !form.clear.is_empty() || form.comment.is_some();
    changed.then_some(form)
}

/// The fields of one question as they were sent.
fn sent(question: &QuestionView, posted: &Posted) -> BTreeMap<String, String> {
    let names = Names::of(&question.id);
    let mut all = BTreeMap::new();
    for name in [&names.answer, &names.from, &names.until, &names.none] {
        let several = question.multiple || question.kind == AnswerKind::People;
        let value =
            if several { posted.list(name).join("\n") } else { posted.text(name).to_owned() };
        all.insert(name.clone(), value);
    }
    let rows: usize = posted.text(&names.rows).parse().unwrap_or(0);
    for row in 0..rows.min(2_000) {
        for column in &question.columns {
            let name = names.cell(row, &column.id);
            all.insert(name.clone(), posted.text(&name).to_owned());
        }
    }
    names.among(&all)
}

/// The answer that the fields make; what is empty is none.
fn answer(question: &QuestionView, fields: &BTreeMap<String, String>) -> Option<Json> {
    let names = Names::of(&question.id);
    let one = fields.get(&names.answer);
    let given = match question.kind {
        AnswerKind::YesNo | AnswerKind::YesNoInProgress | AnswerKind::Text | AnswerKind::Date => {
            one.map(|text| json!(text))
        }
        AnswerKind::Number | AnswerKind::Percent => {
            // A decimal comma is what many keyboards offer.
            one.map(|text| json!(text.replace(',', ".")))
        }
        AnswerKind::DateRange => {
            let (from, until) = (fields.get(&names.from), fields.get(&names.until));
            (from.is_some() || until.is_some()).then(|| json!({ "from": from, "until": until }))
        }
        AnswerKind::Choice if question.multiple => {
            one.map(|all| json!(all.lines().collect::<Vec<_>>()))
        }
        AnswerKind::Choice => one.map(|word| json!(word)),
        AnswerKind::People => one.map(|all| json!(all.lines().collect::<Vec<_>>())),
        AnswerKind::Table => rows(question, &names, fields),
    };
    let none = if none_word(question) == Some(NONE_OF_THEM) { json!([]) } else { Json::Null };
    given.or_else(|| fields.contains_key(&names.none).then_some(none))
}

fn rows(question: &QuestionView, names: &Names, fields: &BTreeMap<String, String>) -> Option<Json> {
    let row = |n: usize| -> Map<String, Json> {
        let cells = question.columns.iter().filter_map(|column| {
            fields.get(&names.cell(n, &column.id)).map(|cell| (column.id.clone(), json!(cell)))
        });
        cells.collect()
    };
    let rows: Vec<Json> = (0..names.rows_among(fields))
        .map(row)
        .filter(|cells| !cells.is_empty())
        .map(Json::Object)
        .collect();
    (!rows.is_empty()).then_some(Json::Array(rows))
}
