//! The checklist as a template: areas, sections, questions, and which of them apply to a project.

use super::answer::{Answer, AnswerKind};
use super::finding::Rule;
use crate::fact::{FactId, Facts};
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A checklist that projects may be given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// The name in files: `checklist-go-live`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The name for people.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// The kinds of project it fits.
    pub project_types: Vec<String>,
    /// The areas that findings are grouped by.
    pub areas: Vec<Area>,
    /// Sections in their order.
    pub sections: Vec<Section>,
    /// Questions in their order, section by section.
    pub questions: Vec<Question>,
}

/// An area of the readiness scorecard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// The name in files.
    pub id: String,
    /// Its place in the order.
    pub number: u32,
    /// The name for people.
    pub title: String,
    /// What is expected.
    pub expected: String,
    /// What happens otherwise.
    pub risk: String,
}

/// A section that one person can be asked to fill in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// The name in files: `uat`.
    pub id: String,
    /// The number for people: `4`, `A`.
    pub number: String,
    /// The name for people.
    pub title: String,
    /// What it is about.
    pub introduction: String,
    /// The area that its findings count in; the header has none.
    pub area: Option<String>,
    /// When it applies; always if nothing is said.
    pub show_when: Option<Condition>,
    /// The role that usually fills it in.
    pub assign_to: String,
}

/// How an answer and a fact belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactUse {
    /// The answer is filled in from the fact and may be changed.
    Prefill,
    /// The answer is compared with the fact, and a difference is shown to the reviewer.
    Verify,
}

/// The fact behind a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactLink {
    /// The fact.
    pub fact: FactId,
    /// What it is used for.
    pub purpose: FactUse,
}

/// The shape of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellKind {
    /// Words.
    Text,
    /// One word, free.
    Choice,
    /// A number.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    YesNo,
    /// Names of people or of roles.
    People,
}

/// A column of an answer in rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The name in files.
    pub id: String,
    /// The heading.
    pub title: String,
    /// What its cells hold.
    pub kind: CellKind,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The name in files: `ua-coverage`.
    pub id: String,
    /// The number for people: `4.4`.
    pub number: String,
    /// Its section.
    pub section: String,
    /// The question.
    pub text: String,
    /// What helps to answer it.
    pub help: String,
    /// The kind of answer.
    pub answer: AnswerKind,
    /// Words to choose from.
    pub choices: Vec<String>,
    /// Several of them may be chosen.
    pub multiple: bool,
    /// Columns of an answer in rows.
    pub columns: Vec<Column>,
    /// What a number counts.
    pub unit: Option<String>,
    /// The fact behind it.
    pub fact: Option<FactLink>,
    /// The setting that the answer is held against.
    pub policy: Option<String>,
    /// When it applies; always if nothing is said.
    pub show_when: Option<Condition>,
    /// The checklist cannot be sent without it.
    pub required: bool,
    /// The role that usually knows the answer.
    pub assign_to: String,
    /// Where it comes from.
    pub source: String,
    /// The findings that an answer may give rise to.
    pub findings: Vec<Rule>,
}

impl Question {
    /// Whether "there is none" is an answer: it is where a rule draws a finding from it.
    pub fn may_be_none(&self) -> bool {
        self.findings.iter().any(Rule::tests_empty)
    }
}

/// When a section or a question applies. It looks only at questions that stand earlier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The answer is this word.
    Is {
        /// The question.
        question: String,
        /// The word.
        word: String,
    },
    /// The answer has this word among others.
    Includes {
        /// The question.
        question: String,
        /// The word.
        word: String,
    },
    /// The answer is a greater number.
    Above {
        /// The question.
        question: String,
        /// The number.
        number: f64,
    },
    /// The fact has this value.
    Fact {
        /// The fact.
        fact: FactId,
        /// The value.
        value: Value,
    },
    /// One of these holds.
    Any(Vec<Condition>),
}

impl Condition {
    /// Whether it holds, given the answers of questions that apply.
    pub fn holds(&self, answers: &BTreeMap<&str, &Answer>, facts: &Facts) -> bool {
        match self {
            Self::Is { question, word } => {
                answers.get(question.as_str()).is_some_and(|answer| answer.is_word(word))
            }
            Self::Includes { question, word } => answers
                .get(question.as_str())
                .is_some_and(|answer| answer.words().iter().any(|w| w == word)),
            Self::Above { question, number } => answers
                .get(question.as_str())
                .and_then(|answer| answer.number())
                .is_some_and(|n| n > *number),
            Self::Fact { fact, value } => facts.get(fact).value == *value,
            Self::Any(conditions) => {
                conditions.iter().any(|condition| condition.holds(answers, facts))
            }
        }
    }

    /// The questions that it looks at.
    pub fn questions(&self) -> Vec<&str> {
        match self {
            Self::Is { question, .. }
            | Self::Includes { question, .. }
            | Self::Above { question, .. } => {
                vec![question]
            }
            Self::Fact { .. } => Vec::new(),
            Self::Any(conditions) => {
                conditions.iter().flat_map(|condition| condition.questions()).collect()
            }
        }
    }

    /// The facts that it looks at.
    pub fn facts(&self) -> Vec<&FactId> {
        match self {
            Self::Is { .. } | Self::Includes { .. } | Self::Above { .. } => Vec::new(),
            Self::Fact { fact, .. } => vec![fact],
            Self::Any(conditions) => {
                conditions.iter().flat_map(|condition| condition.facts()).collect()
            }
        }
    }
}

/// A question that applies, with its answer if it has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Applicable<'a> {
    /// The section.
    pub section: &'a Section,
    /// The question.
    pub question: &'a Question,
    /// The answer.
    pub answer: Option<&'a Answer>,
}

impl Template {
    /// The questions that apply, in their order. What a question that does not apply was once answered counts for nothing.
    pub fn applicable<'a>(
        &'a self,
        answers: impl Fn(&str) -> Option<&'a Answer>,
        facts: &Facts,
    ) -> Vec<Applicable<'a>> {
        let mut known = BTreeMap::new();
        let mut applicable = Vec::new();
        for section in &self.sections {
            let shown =
                section.show_when.as_ref().is_none_or(|condition| condition.holds(&known, facts));
            for question in
                self.questions.iter().filter(|question| shown && question.section == section.id)
            {
                if question
                    .show_when
                    .as_ref()
                    .is_some_and(|condition| !condition.holds(&known, facts))
                {
                    continue;
                }
                let answer = answers(&question.id);
                if let Some(answer) = answer {
                    known.insert(question.id.as_str(), answer);
                }
                applicable.push(Applicable { section, question, answer });
            }
        }
        applicable
    }

    /// The question of this name.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn applicable(answers: &BTreeMap<String, Answer>, facts: &Facts) -> Vec<String> {
        let template = sample::template();
        template
            .applicable(|id| answers.get(id), facts)
            .iter()
            .map(|a| a.question.id.clone())
            .collect()
    }

    #[test]
    fn a_section_and_a_question_appear_only_where_they_apply() {
        let mut answers = BTreeMap::new();
        let facts = Facts::default();
        assert_eq!(applicable(&answers, &facts), ["parts", "owner", "signed", "window", "risks"]);
        answers.insert("parts".into(), Answer::Choice(vec!["shops".into()]));
        answers
            .insert("signed".into(), Answer::Progress(super::super::answer::Progress::InProgress));
        assert_eq!(
            applicable(&answers, &facts),
            ["parts", "owner", "signed", "pending", "window", "risks", "tills"]
        );
    }

    #[test]
    fn the_answer_of_a_question_that_no_longer_applies_opens_nothing() {
        let mut answers: BTreeMap<String, Answer> =
            [("tills".to_owned(), Answer::Number(3.0))].into();
        assert!(!applicable(&answers, &Facts::default()).contains(&"till-plan".to_owned()));
        answers.insert("parts".into(), Answer::Choice(vec!["shops".into()]));
        assert!(applicable(&answers, &Facts::default()).contains(&"till-plan".to_owned()));
    }

    #[test]
    fn a_fact_can_open_a_section_too() {
        let mut facts = Facts::default();
        facts.set("project.type", "upgrade");
        assert!(applicable(&BTreeMap::new(), &facts).contains(&"tills".to_owned()));
    }
}
