//! Answers: ten kinds, what each says, and how it stands to a fact. Reading one from what was sent is in `answer/read.rs`.

mod read;

use read::range_of;

use crate::id::MemberId;
use crate::value::Value;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
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
    /// Parts of a hundred; a load can be more than all of it.
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
    /// Parts of a hundred; a load can be more than all of it.
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

impl Answer {
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
                (Some(_) | None, None) | (None, Some(_)) => return None,
            },
        };
        Some(!same)
    }
}

#[cfg(test)]
mod tests;
