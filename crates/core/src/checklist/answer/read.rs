//! Reading answers from what a form or a program sends, and from facts.

use super::super::template::{CellKind, Question};
use super::{Answer, AnswerKind, Problem, Progress, Range, Row};
use crate::id::MemberId;
use crate::value::Value;
use jiff::civil::{Date, DateTime};
use serde_json::Value as Json;

/// The longest text, and the most rows, of one answer.
pub(super) const LONGEST: usize = 20_000;
const MOST_ROWS: usize = 2_000;

/// A share can be more than all of it: a load test beyond the expected peak.
const MOST_PERCENT: f64 = 1000.0;

impl Answer {
    /// Reads an answer from JSON as a form or a program sends it: `"yes"`, `true`, `12`, `"2027-04-05"`, `["a"]`,
    /// `{"from": …, "until": …}`, rows; `null` says "there is none". All that is wrong is given.
    pub fn read(question: &Question, json: &Json) -> Result<Self, Vec<Problem>> {
        if json.is_null() {
            return if question.may_be_none() {
                Ok(Self::None)
            } else {
                Err(vec![problem(question, None, expected(question), "nothing")])
            };
        }
        let one = |answer: Option<Self>| {
            answer.ok_or_else(|| vec![problem(question, None, expected(question), json)])
        };
        match question.answer {
            AnswerKind::YesNo => one(yes_no(json).map(Self::YesNo)),
            AnswerKind::YesNoInProgress => one(progress(json).map(Self::Progress)),
            AnswerKind::Text => one(text(json).map(Self::Text)),
            AnswerKind::Number => one(number(json).map(Self::Number)),
            AnswerKind::Percent => {
                one(number(json).filter(|n| (0.0..=MOST_PERCENT).contains(n)).map(Self::Percent))
            }
            AnswerKind::Date => one(date(json).map(Self::Date)),
            AnswerKind::DateRange => one(range(json).map(Self::DateRange)),
            AnswerKind::Choice => one(choice(question, json).map(Self::Choice)),
            AnswerKind::People => one(people(json).map(Self::People)),
            AnswerKind::Table => table(question, json).map(Self::Table),
        }
    }

    /// The answer that a fact fills in, for kinds that a single value can fill.
    pub fn prefilled(question: &Question, fact: &Value) -> Option<Self> {
        let json = match (question.answer, fact) {
            (_, Value::Missing) | (AnswerKind::Table, _) => return None,
            (AnswerKind::DateRange, Value::Text(text)) => {
                return range_of(text).map(Self::DateRange);
            }
            (_, fact) => serde_json::to_value(fact).ok()?,
        };
        Self::read(question, &json).ok().filter(|answer| !answer.is_empty())
    }
}

fn problem(
    question: &Question,
    at: Option<String>,
    expected: impl Into<String>,
    found: impl std::fmt::Display,
) -> Problem {
    let found = format!("{found}").chars().take(200).collect();
    Problem { question: question.id.clone(), at, expected: expected.into(), found }
}

/// What an answer to the question looks like.
fn expected(question: &Question) -> String {
    match question.answer {
        AnswerKind::YesNo => "yes or no".to_owned(),
        AnswerKind::YesNoInProgress => "yes, no or in-progress".to_owned(),
        AnswerKind::Text => format!("a text of up to {LONGEST} characters"),
        AnswerKind::Number => match &question.unit {
            Some(unit) => format!("a number of {unit}, 0 or more"),
            None => "a number, 0 or more".to_owned(),
        },
        AnswerKind::Percent => format!("a number from 0 to {MOST_PERCENT}"),
        AnswerKind::Date => "a date such as 2027-04-05".to_owned(),
        AnswerKind::DateRange => "from and until, dates or times, in this order".to_owned(),
        AnswerKind::Choice if question.multiple => {
            format!("some of {}", question.choices.join(", "))
        }
        AnswerKind::Choice => format!("one of {}", question.choices.join(", ")),
        AnswerKind::People => "members of the project".to_owned(),
        AnswerKind::Table => format!("up to {MOST_ROWS} rows"),
    }
}

fn yes_no(json: &Json) -> Option<bool> {
    match json {
        Json::Bool(yes) => Some(*yes),
        Json::String(word) if word == "yes" => Some(true),
        Json::String(word) if word == "no" => Some(false),
        Json::Null | Json::Number(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

fn progress(json: &Json) -> Option<Progress> {
    match (json.as_str(), yes_no(json)) {
        (Some("in-progress"), _) => Some(Progress::InProgress),
        (_, Some(true)) => Some(Progress::Yes),
        (_, Some(false)) => Some(Progress::No),
        (_, None) => None,
    }
}

fn text(json: &Json) -> Option<String> {
    let text = json.as_str()?.trim();
    let fits = !text.is_empty() && text.chars().count() <= LONGEST && !text.contains('\0');
    fits.then(|| text.to_owned())
}

fn number(json: &Json) -> Option<f64> {
    let number = json.as_f64().or_else(|| json.as_str()?.trim().parse().ok())?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

fn date(json: &Json) -> Option<Date> {
    json.as_str()?.trim().parse().ok()
}

fn range(json: &Json) -> Option<Range> {
    let side = |key: &str| json.get(key)?.as_str();
    range_between(side("from")?, side("until")?)
}

/// A range as a fact writes it: `2027-04-02T18:00/2027-04-04T14:00`.
pub(super) fn range_of(text: &str) -> Option<Range> {
    let (from, until) = text.split_once('/')?;
    range_between(from, until)
}

pub(super) fn range_between(from: &str, until: &str) -> Option<Range> {
    let whole_days = !from.contains(['T', ' ']) && !until.contains(['T', ' ']);
    let range = Range { from: moment(from)?, until: moment(until)?, whole_days };
    (range.from < range.until || whole_days && range.from == range.until).then_some(range)
}

fn moment(text: &str) -> Option<DateTime> {
    let text = text.trim();
    text.parse::<DateTime>()
        .ok()
        .or_else(|| text.parse::<Date>().ok().map(|day| day.at(0, 0, 0, 0)))
}

fn choice(question: &Question, json: &Json) -> Option<Vec<String>> {
    let words: Vec<String> = match json {
        Json::String(word) => vec![word.clone()],
        Json::Array(words) => {
            words.iter().map(|word| word.as_str().map(str::to_owned)).collect::<Option<_>>()?
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => return None,
    };
    let mut seen = std::collections::BTreeSet::new();
    let fits = words.iter().all(|word| question.choices.contains(word) && seen.insert(word));
    // Nothing chosen is an answer where several may be: none of these parts belongs to the project.
    let enough = if question.multiple { true } else { words.len() == 1 };
    (fits && enough).then_some(words)
}

fn people(json: &Json) -> Option<Vec<MemberId>> {
    let list = match json {
        Json::String(one) => vec![one.parse().ok()?],
        Json::Array(several) => several
            .iter()
            .map(|one| one.as_str()?.parse().ok())
            .collect::<Option<Vec<MemberId>>>()?,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => return None,
    };
    let distinct: std::collections::BTreeSet<_> = list.iter().collect();
    (!list.is_empty() && distinct.len() == list.len()).then_some(list)
}

fn table(question: &Question, json: &Json) -> Result<Vec<Row>, Vec<Problem>> {
    let Some(rows) = json.as_array().filter(|rows| rows.len() <= MOST_ROWS) else {
        return Err(vec![problem(question, None, expected(question), "something else")]);
    };
    let mut problems = Vec::new();
    let rows = rows
        .iter()
        .enumerate()
        .map(|(n, json)| row(question, n + 1, json, &mut problems))
        .collect();
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

fn row(question: &Question, n: usize, json: &Json, problems: &mut Vec<Problem>) -> Row {
    let Some(cells) = json.as_object() else {
        problems.push(problem(question, Some(format!("row {n}")), "a row with columns", json));
        return Row::new();
    };
    let unknown =
        cells.keys().filter(|key| !question.columns.iter().any(|column| column.id == **key));
    for key in unknown {
        problems.push(problem(
            question,
            Some(format!("row {n}")),
            "a column of this question",
            key,
        ));
    }
    let mut row = Row::new();
    for column in &question.columns {
        let at = || Some(format!("row {n}, {}", column.id));
        match cells.get(&column.id).map_or(Ok(Value::Missing), |json| cell(column.kind, json)) {
            Ok(value) => drop(row.insert(column.id.clone(), value)),
            Err(wanted) => problems.push(problem(question, at(), wanted, &cells[&column.id])),
        }
    }
    row
}

/// One cell; an empty one is missing, which a row may be in any column.
fn cell(kind: CellKind, json: &Json) -> Result<Value, &'static str> {
    if json.is_null() || json.as_str().is_some_and(|text| text.trim().is_empty()) {
        return Ok(Value::Missing);
    }
    match kind {
        CellKind::Text | CellKind::Choice | CellKind::People => {
            text(json).map(Value::Text).ok_or("a text")
        }
        CellKind::Number => number(json).map(Value::Number).ok_or("a number, 0 or more"),
        CellKind::Date => {
            date(json).map(|day| Value::Text(day.to_string())).ok_or("a date such as 2027-04-05")
        }
        CellKind::YesNo => yes_no(json).map(Value::Flag).ok_or("yes or no"),
    }
}
