//! Answers: ten kinds, how one is read from what a form or a program sends, and how it stands to a fact.

use super::template::{CellKind, Question};
use crate::id::MemberId;
use crate::value::Value;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The kind of answer that a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerKind {
    /// Yes or no.
    YesNo,
    /// Yes, no or in progress.
    YesNoInProgress,
    /// Words.
    Text,
    /// A number with a unit.
    Number,
    /// 0 to 100.
    Percent,
    /// A day.
    Date,
    /// From one day or time to another.
    DateRange,
    /// One of the words given, or several.
    Choice,
    /// Members of the project.
    People,
    /// Rows.
    Table,
}

/// How far something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Done.
    Yes,
    /// Not begun.
    No,
    /// Begun.
    InProgress,
}

/// From one day or time to another, in the project's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The beginning.
    pub from: DateTime,
    /// The end; for whole days the last day, which counts.
    pub until: DateTime,
    /// True when days were given without times.
    pub whole_days: bool,
}

impl Range {
    /// Its length in hours.
    pub fn hours(&self) -> f64 {
        let hours = self.from.duration_until(self.until).as_secs_f64() / 3600.0;
        if self.whole_days { hours + 24.0 } else { hours }
    }

    /// Its length in days.
    pub fn days(&self) -> f64 {
        self.hours() / 24.0
    }
}

/// A row of an answer in rows: cells by column.
pub type Row = BTreeMap<String, Value>;

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub enum Answer {
    /// "There is none": an answer where a rule draws a finding from it.
    None,
    /// Yes or no.
    YesNo(bool),
    /// Yes, no or in progress.
    Progress(Progress),
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
    /// 0 to 100.
    Percent(f64),
    /// A day.
    Date(Date),
    /// From one day or time to another.
    DateRange(Range),
    /// The words that were chosen.
    Choice(Vec<String>),
    /// Members of the project.
    People(Vec<MemberId>),
    /// Rows.
    Table(Vec<Row>),
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{question}{}: expected {expected}; found {found}", at.as_ref().map(|at| format!(", {at}")).unwrap_or_default())]
pub struct Problem {
    /// The question.
    pub question: String,
    /// The cell, for an answer in rows: `row 2, until`.
    pub at: Option<String>,
    /// What would have been right.
    pub expected: String,
    /// What was given.
    pub found: String,
}

/// The longest text, and the most rows, of one answer.
const LONGEST: usize = 20_000;
const MOST_ROWS: usize = 2_000;

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
                one(number(json).filter(|n| (0.0..=100.0).contains(n)).map(Self::Percent))
            }
            AnswerKind::Date => one(date(json).map(Self::Date)),
            AnswerKind::DateRange => one(range(json).map(Self::DateRange)),
            AnswerKind::Choice => one(choice(question, json).map(Self::Choice)),
            AnswerKind::People => one(people(json).map(Self::People)),
            AnswerKind::Table => table(question, json).map(Self::Table),
        }
    }

    /// Whether the answer is this word, as `show_when` and rules write it.
    pub fn is_word(&self, word: &str) -> bool {
        match self {
            Self::Choice(words) => words.len() == 1 && words[0] == word,
            Self::Text(text) => text == word,
            Self::YesNo(_) | Self::Progress(_) => self.words().iter().any(|w| w == word),
            Self::None
            | Self::Number(_)
            | Self::Percent(_)
            | Self::Date(_)
            | Self::DateRange(_)
            | Self::People(_)
            | Self::Table(_) => false,
        }
    }

    /// The words of the answer.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::YesNo(yes) => vec![if *yes { "yes" } else { "no" }.to_owned()],
            Self::Progress(Progress::Yes) => vec!["yes".to_owned()],
            Self::Progress(Progress::No) => vec!["no".to_owned()],
            Self::Progress(Progress::InProgress) => vec!["in-progress".to_owned()],
            Self::Choice(words) => words.clone(),
            Self::Text(text) => vec![text.clone()],
            Self::None
            | Self::Number(_)
            | Self::Percent(_)
            | Self::Date(_)
            | Self::DateRange(_)
            | Self::People(_)
            | Self::Table(_) => Vec::new(),
        }
    }

    /// The answer as a number; for people and rows, how many there are.
    pub fn number(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "answers have at most a few thousand rows")]
        let count = |n: usize| Some(n as f64);
        match self {
            Self::Number(n) | Self::Percent(n) => Some(*n),
            Self::People(people) => count(people.len()),
            Self::Table(rows) => count(rows.len()),
            Self::None => Some(0.0),
            Self::YesNo(_)
            | Self::Progress(_)
            | Self::Text(_)
            | Self::Date(_)
            | Self::DateRange(_)
            | Self::Choice(_) => None,
        }
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::None => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Choice(words) => words.is_empty(),
            Self::People(people) => people.is_empty(),
            Self::Table(rows) => rows.is_empty(),
            Self::YesNo(_)
            | Self::Progress(_)
            | Self::Number(_)
            | Self::Percent(_)
            | Self::Date(_)
            | Self::DateRange(_) => false,
        }
    }

    /// Whether the answer says something else than the fact; `None` when the two cannot be compared.
    pub fn differs(&self, fact: &Value) -> Option<bool> {
        let sorted = |words: &[String]| {
            let mut words = words.to_vec();
            words.sort_unstable();
            words
        };
        let same = match (self, fact) {
            (_, Value::Missing) => return None,
            (Self::YesNo(yes), Value::Flag(flag)) => yes == flag,
            // What is in progress is not done yet.
            (Self::Progress(progress), Value::Flag(flag)) => (*progress == Progress::Yes) == *flag,
            (Self::Text(text), Value::Text(fact)) => text.trim() == fact.trim(),
            (Self::Date(day), Value::Text(fact)) => day.to_string() == *fact,
            (Self::Choice(words), Value::Text(fact)) => words.len() == 1 && words[0] == *fact,
            (Self::Choice(words), Value::List(fact)) => sorted(words) == sorted(fact),
            (Self::People(people), Value::List(fact)) => {
                sorted(&people.iter().map(ToString::to_string).collect::<Vec<_>>()) == sorted(fact)
            }
            (Self::DateRange(range), Value::Text(fact)) => {
                range_of(fact).is_some_and(|fact| fact == *range)
            }
            (answer, fact) => match (answer.number(), fact.number()) {
                (Some(answer), Some(fact)) => (answer - fact).abs() < 0.05,
                (Some(_), None) | (None, Some(_)) | (None, None) => return None,
            },
        };
        Some(!same)
    }

    /// The answer that a fact fills in, for kinds that a single value can fill.
    pub fn prefilled(question: &Question, fact: &Value) -> Option<Self> {
        let json = match (question.answer, fact) {
            (_, Value::Missing) => return None,
            (AnswerKind::DateRange, Value::Text(text)) => {
                return range_of(text).map(Self::DateRange);
            }
            (AnswerKind::Table, _) => return None,
            (_, fact) => serde_json::to_value(fact).ok()?,
        };
        Self::read(question, &json).ok().filter(|answer| !answer.is_empty())
    }
}

fn problem(
    question: &Question,
    at: Option<String>,
    expected: impl Into<String>,
    found: impl ToString,
) -> Problem {
    let found = found.to_string().chars().take(200).collect();
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
        AnswerKind::Percent => "a number from 0 to 100".to_owned(),
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
fn range_of(text: &str) -> Option<Range> {
    let (from, until) = text.split_once('/')?;
    range_between(from, until)
}

fn range_between(from: &str, until: &str) -> Option<Range> {
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

#[cfg(test)]
mod tests {
    use super::super::sample::question;
    use super::*;
    use serde_json::json;

    fn read(kind: AnswerKind, json: Json) -> Option<Answer> {
        Answer::read(&question("q", kind), &json).ok()
    }

    #[test]
    fn each_kind_takes_what_a_form_and_a_program_send_and_nothing_else() {
        use AnswerKind as K;
        let range = |from: &str, until: &str| json!({ "from": from, "until": until });
        for (kind, good, bad) in [
            (K::YesNo, vec![json!("yes"), json!(false)], vec![json!("maybe"), json!(1)]),
            (K::YesNoInProgress, vec![json!("in-progress"), json!(true)], vec![json!("soon")]),
            (
                K::Text,
                vec![json!("words")],
                vec![json!(" "), json!(3), json!("x".repeat(LONGEST + 1))],
            ),
            (K::Number, vec![json!(3), json!("4.5")], vec![json!(-1), json!("many"), json!("NaN")]),
            (K::Percent, vec![json!(0), json!("100")], vec![json!(101), json!("inf")]),
            (K::Date, vec![json!("2027-04-05")], vec![json!("5 April"), json!("2027-02-30")]),
            (
                K::DateRange,
                vec![
                    range("2027-04-05", "2027-04-05"),
                    range("2027-04-02T18:00", "2027-04-04T14:00"),
                ],
                vec![range("2027-04-05", "2027-04-04"), json!({ "from": "2027-04-05" })],
            ),
            (
                K::Choice,
                vec![json!("a"), json!(["b"])],
                vec![json!("z"), json!(["a", "b"]), json!([])],
            ),
        ] {
            for json in good {
                assert!(read(kind, json.clone()).is_some(), "{kind:?} takes {json}");
            }
            for json in bad {
                assert!(read(kind, json.clone()).is_none(), "{kind:?} refuses {json}");
            }
        }
    }

    #[test]
    fn rows_name_every_bad_cell() {
        let problems = Answer::read(
            &question("q", AnswerKind::Table),
            &json!([{ "what": "press", "until": "2027-04-01", "done": "no" }, { "until": "soon", "done": 3, "else": 1 }]),
        )
        .unwrap_err();
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "q, row 2: expected a column of this question; found else",
                "q, row 2, until: expected a date such as 2027-04-05; found \"soon\"",
                "q, row 2, done: expected yes or no; found 3",
            ]
        );
    }

    #[test]
    fn there_is_none_is_an_answer_only_where_a_rule_draws_a_finding_from_it() {
        let mut asked = question("q", AnswerKind::Date);
        assert!(Answer::read(&asked, &Json::Null).is_err());
        asked.findings = vec![super::super::sample::empty_rule()];
        assert_eq!(Answer::read(&asked, &Json::Null), Ok(Answer::None));
    }

    #[test]
    fn an_answer_is_compared_with_its_fact() {
        let yes = Answer::YesNo(true);
        assert_eq!(yes.differs(&Value::Flag(true)), Some(false));
        assert_eq!(yes.differs(&Value::Missing), None, "what nobody measured cannot differ");
        assert_eq!(
            Answer::Progress(Progress::InProgress).differs(&Value::Flag(false)),
            Some(false)
        );
        assert_eq!(Answer::Percent(95.0).differs(&Value::Number(94.4)), Some(true));
        let words = Answer::Choice(vec!["b".into(), "a".into()]);
        assert_eq!(words.differs(&Value::List(vec!["a".into(), "b".into()])), Some(false));
        assert_eq!(Answer::Table(vec![Row::new()]).differs(&Value::Count(2)), Some(true));
    }

    #[test]
    fn a_fact_fills_in_the_answer_that_it_can() {
        let prefilled = |kind, value: Value| Answer::prefilled(&question("q", kind), &value);
        assert_eq!(prefilled(AnswerKind::Number, Value::Count(3)), Some(Answer::Number(3.0)));
        assert_eq!(prefilled(AnswerKind::YesNo, Value::Flag(false)), Some(Answer::YesNo(false)));
        assert_eq!(
            prefilled(AnswerKind::Choice, "z".into()),
            None,
            "a word that is no choice fills in nothing"
        );
        let range = prefilled(AnswerKind::DateRange, "2027-04-02T18:00/2027-04-04T14:00".into());
        assert!(
            matches!(range, Some(Answer::DateRange(range)) if (range.hours() - 44.0).abs() < 1e-9)
        );
    }

    #[test]
    fn whole_days_count_the_last_one() {
        let range = range_between("2027-04-05", "2027-04-18").unwrap();
        assert!((range.days() - 14.0).abs() < 1e-9);
    }
}
