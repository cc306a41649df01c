//! Conditions and tests of a checklist as files write them: `show_when = { … }` and `when = { … }`.

use super::super::Words;
use super::super::policy::plain;
use golive_core::checklist::answer::AnswerKind;
use golive_core::checklist::finding::{CellTest, Test};
use golive_core::checklist::template::{CellKind, Condition, Question};
use golive_core::fact::FactId;
use golive_core::policy::Unit;
use golive_core::value::Value;
use serde::Deserialize;

/// What was expected and what was found.
type Wrong = (String, String);

fn wrong<T>(expected: &str, found: impl Into<String>) -> Result<T, Wrong> {
    Err((expected.to_owned(), found.into()))
}

/// `show_when`: exactly one of its forms.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShowWhen {
    question: Option<String>,
    fact: Option<String>,
    is: Option<toml::Value>,
    includes: Option<String>,
    above: Option<f64>,
    any: Option<Vec<ShowWhen>>,
}

impl ShowWhen {
    pub(super) fn condition(self) -> Result<Condition, Wrong> {
        match (self.question, self.fact, self.is, self.includes, self.above, self.any) {
            (Some(question), None, Some(toml::Value::String(word)), None, None, None) => {
                Ok(Condition::Is { question, word })
            }
            (Some(question), None, None, Some(word), None, None) => {
                Ok(Condition::Includes { question, word })
            }
            (Some(question), None, None, None, Some(number), None) => {
                Ok(Condition::Above { question, number })
            }
            (None, Some(fact), Some(value), None, None, None) => {
                Ok(Condition::Fact { fact: FactId(fact.into()), value: plain(value)? })
            }
            (None, None, None, None, None, Some(any)) if !any.is_empty() => {
                Ok(Condition::Any(any.into_iter().map(Self::condition).collect::<Result<_, _>>()?))
            }
            _ => wrong(
                "show_when with question and is, includes or above, or fact and is, or any",
                "another combination",
            ),
        }
    }
}

/// The words that a condition waits for, by question.
pub(super) fn words(condition: &Condition) -> Vec<(&str, &str)> {
    match condition {
        Condition::Is { question, word } | Condition::Includes { question, word } => {
            vec![(question, word)]
        }
        Condition::Above { .. } | Condition::Fact { .. } => Vec::new(),
        Condition::Any(conditions) => conditions.iter().flat_map(words).collect(),
    }
}

/// Whether an answer of this kind can be this word.
pub(super) fn can_be_word(kind: AnswerKind, is_choice: impl Fn(&str) -> bool, word: &str) -> bool {
    match kind {
        AnswerKind::YesNo => ["yes", "no"].contains(&word),
        AnswerKind::YesNoInProgress => ["yes", "no", "in-progress"].contains(&word),
        AnswerKind::Choice => is_choice(word),
        AnswerKind::Text => true,
        AnswerKind::Number
        | AnswerKind::Percent
        | AnswerKind::Date
        | AnswerKind::DateRange
        | AnswerKind::People
        | AnswerKind::Table => false,
    }
}

/// `when`: all parts that are given must hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    is: Option<toml::Value>,
    below: Option<f64>,
    above: Option<f64>,
    at_least: Option<f64>,
    at_most: Option<f64>,
    empty: Option<bool>,
    rows_below: Option<f64>,
    rows_above: Option<f64>,
    any_row: Option<AnyRow>,
    below_policy: Option<String>,
    above_policy: Option<String>,
    days_left_below_policy: Option<String>,
    days_before_go_live_below: Option<i32>,
    days_after_go_live_below: Option<i32>,
    hours_above_policy: Option<String>,
    days_below_policy: Option<String>,
    differs_from_fact: Option<bool>,
}

/// One cell, or several of the same row.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnyRow {
    One(CellRow),
    All(Vec<CellRow>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CellRow {
    column: String,
    is: toml::Value,
}

impl When {
    /// The tests, each of which fits the question.
    pub(super) fn tests(self, question: &Question, words: &Words) -> Result<Vec<Test>, Wrong> {
        let mut tests = Vec::new();
        if let Some(value) = self.is {
            tests.push(Test::Is(plain(value)?));
        }
        tests.extend(self.below.map(Test::Below));
        tests.extend(self.above.map(Test::Above));
        tests.extend(self.at_least.map(Test::AtLeast));
        tests.extend(self.at_most.map(Test::AtMost));
        tests.extend(self.empty.map(Test::Empty));
        tests.extend(self.rows_below.map(Test::RowsBelow));
        tests.extend(self.rows_above.map(Test::RowsAbove));
        if let Some(cells) = self.any_row {
            tests.push(Test::AnyRow(cells.tests()?));
        }
        tests.extend(self.below_policy.map(Test::BelowPolicy));
        tests.extend(self.above_policy.map(Test::AbovePolicy));
        tests.extend(self.days_left_below_policy.map(Test::DaysLeftBelowPolicy));
        tests.extend(self.days_before_go_live_below.map(Test::DaysBeforeGoLiveBelow));
        tests.extend(self.days_after_go_live_below.map(Test::DaysAfterGoLiveBelow));
        tests.extend(self.hours_above_policy.map(Test::HoursAbovePolicy));
        tests.extend(self.days_below_policy.map(Test::DaysBelowPolicy));
        tests.extend(self.differs_from_fact.map(Test::DiffersFromFact));
        if tests.is_empty() {
            return wrong("at least one test in when", "none");
        }
        for test in &tests {
            fits(test, question)?;
            setting_fits(test, words)?;
        }
        Ok(tests)
    }
}

impl AnyRow {
    fn tests(self) -> Result<Vec<CellTest>, Wrong> {
        let rows = match self {
            Self::One(row) => vec![row],
            Self::All(rows) => rows,
        };
        rows.into_iter()
            .map(|row| Ok(CellTest { column: row.column, is: plain(row.is)? }))
            .collect()
    }
}

/// Whether a test can be made of the question's answer.
fn fits(test: &Test, question: &Question) -> Result<(), Wrong> {
    use AnswerKind as A;
    let kind = question.answer;
    let counted = matches!(kind, A::Number | A::Percent);
    let good = match test {
        Test::Is(Value::Text(word)) => {
            can_be_word(kind, |choice| question.choices.iter().any(|c| c == choice), word)
        }
        Test::Is(value) => counted && value.number().is_some(),
        Test::Below(_) | Test::Above(_) | Test::AtLeast(_) | Test::AtMost(_) => counted,
        Test::BelowPolicy(_) | Test::AbovePolicy(_) => counted || kind == A::People,
        Test::Empty(_) => {
            matches!(kind, A::Text | A::Date | A::DateRange | A::People | A::Table | A::Choice)
        }
        Test::RowsBelow(_) | Test::RowsAbove(_) => kind == A::Table,
        Test::AnyRow(cells) => {
            kind == A::Table && cells.iter().all(|cell| cell_fits(cell, question))
        }
        Test::DaysLeftBelowPolicy(_)
        | Test::DaysBeforeGoLiveBelow(_)
        | Test::DaysAfterGoLiveBelow(_) => kind == A::Date,
        Test::HoursAbovePolicy(_) | Test::DaysBelowPolicy(_) => kind == A::DateRange,
        Test::DiffersFromFact(_) => question.fact.is_some(),
    };
    if good { Ok(()) } else { wrong("a test that fits the kind of answer", format!("{test:?}")) }
}

fn cell_fits(cell: &CellTest, question: &Question) -> bool {
    let Some(column) = question.columns.iter().find(|column| column.id == cell.column) else {
        return false;
    };
    match (&cell.is, column.kind) {
        (Value::Text(word), CellKind::YesNo) => ["yes", "no", ""].contains(&word.as_str()),
        (Value::Text(word), CellKind::Number) => word.is_empty(),
        (Value::Text(_), CellKind::Text | CellKind::Choice | CellKind::Date | CellKind::People)
        | (Value::Count(_) | Value::Number(_), CellKind::Number) => true,
        (
            Value::Missing | Value::Flag(_) | Value::Count(_) | Value::Number(_) | Value::List(_),
            _,
        ) => false,
    }
}

/// Whether the setting that a test reads exists and counts what the test takes it for.
fn setting_fits(test: &Test, words: &Words) -> Result<(), Wrong> {
    let Some(key) = test.setting() else { return Ok(()) };
    let Some(setting) = words.policy.setting(key) else {
        return wrong("a setting of the policy pack", format!("`{key}`"));
    };
    let unit = Unit::named(&setting.unit);
    let good = match test {
        Test::HoursAbovePolicy(_) => unit == Some(Unit::Hours),
        Test::DaysBelowPolicy(_) | Test::DaysLeftBelowPolicy(_) => unit == Some(Unit::CalendarDays),
        Test::BelowPolicy(_) | Test::AbovePolicy(_) => setting.value.number().is_some(),
        Test::Is(_)
        | Test::Below(_)
        | Test::Above(_)
        | Test::AtLeast(_)
        | Test::AtMost(_)
        | Test::Empty(_)
        | Test::RowsBelow(_)
        | Test::RowsAbove(_)
        | Test::AnyRow(_)
        | Test::DaysBeforeGoLiveBelow(_)
        | Test::DaysAfterGoLiveBelow(_)
        | Test::DiffersFromFact(_) => true,
    };
    if good {
        Ok(())
    } else {
        wrong("a setting of the unit that the test needs", format!("`{key}` in {}", setting.unit))
    }
}
