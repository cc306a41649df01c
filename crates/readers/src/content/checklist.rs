//! Checklists from TOML: `[checklist]`, `[[area]]`, `[[section]]`, `[[question]]` with `[[question.finding]]`.

mod when;

use super::{LIMIT, Words, is_id};
use crate::source::Invalid;
use crate::source::tables::{Document, Located};
use golive_core::checklist::answer::AnswerKind;
use golive_core::checklist::finding::{Kind, Rule, Severity};
use golive_core::checklist::template::{
    Area, Column, Condition, FactLink, FactUse, Question, Section, Template,
};
use golive_core::fact::FactId;
use golive_core::vocabulary::FactKind;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The schema line of a checklist.
pub const SCHEMA: &str = "golive.checklist/1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    version: String,
    title: String,
    description: String,
    project_types: Vec<String>,
    comment_per_section: bool,
    #[serde(default, deserialize_with = "crate::source::tables::maybe_date")]
    #[expect(dead_code, reason = "it tells the reader of the file how old it is")]
    valid_from: Option<jiff::civil::Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaRow {
    id: String,
    number: u32,
    title: String,
    expected: String,
    risk: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionRow {
    id: String,
    number: String,
    title: String,
    introduction: String,
    area: Option<String>,
    show_when: Option<when::ShowWhen>,
    assign_to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnRow {
    id: String,
    title: String,
    kind: golive_core::checklist::template::CellKind,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingRow {
    when: when::When,
    severity: Severity,
    kind: Kind,
    title: String,
    risk: String,
    recommendation: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionRow {
    id: String,
    number: String,
    section: String,
    text: String,
    help: String,
    answer: AnswerKind,
    #[serde(default)]
    choices: Vec<String>,
    #[serde(default)]
    multiple: bool,
    #[serde(default)]
    columns: Vec<ColumnRow>,
    unit: Option<String>,
    fact: Option<String>,
    fact_use: Option<FactUse>,
    policy: Option<String>,
    show_when: Option<when::ShowWhen>,
    required: bool,
    assign_to: String,
    source: String,
    #[serde(default)]
    finding: Vec<FindingRow>,
}

/// Reads one checklist. Conditions look only at earlier questions, and every test fits the kind of answer.
pub fn read(file: &str, bytes: &[u8], words: &Words) -> Result<Template, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let head = document.one::<Head>("checklist");
    let areas = areas(&mut document);
    let section_rows = document.many::<SectionRow>("section");
    let question_rows = document.many::<QuestionRow>("question");
    document.refuse_twice("section", section_rows.iter().map(|row| (row.line, row.id.as_str())));
    document.refuse_twice("question", question_rows.iter().map(|row| (row.line, row.id.as_str())));
    let order = order(&section_rows, &question_rows);
    let mut checked = Checked { document, words, order };
    let sections = section_rows.into_iter().map(|row| checked.section(row, &areas)).collect();
    let questions = question_rows.into_iter().map(|row| checked.question(row)).collect();
    if let Some(head) = head.as_ref().filter(|head| !head.comment_per_section) {
        let found = "comment_per_section = false";
        checked.document.refuse(
            head.line,
            "checklist",
            &head.id,
            "comment_per_section = true",
            found,
        );
    }
    checked.document.finish()?;
    let head = head.expect("a missing head is an error, and there was none").row;
    Ok(Template {
        id: head.id,
        version: head.version,
        title: head.title,
        description: head.description,
        project_types: head.project_types,
        areas,
        sections,
        questions,
    })
}

/// The place of each question in the order in which they are asked: section by section.
fn order(sections: &[Located<SectionRow>], questions: &[Located<QuestionRow>]) -> Order {
    let mut order = Order { questions: BTreeMap::new(), sections: BTreeMap::new() };
    for section in sections {
        order.sections.insert(section.id.clone(), order.questions.len());
        for question in questions.iter().filter(|question| question.section == section.id) {
            let place = order.questions.len();
            let shape = Shape {
                answer: question.answer,
                choices: question.choices.iter().cloned().collect(),
            };
            order.questions.insert(question.id.clone(), (place, shape));
        }
    }
    order
}

struct Order {
    questions: BTreeMap<String, (usize, Shape)>,
    sections: BTreeMap<String, usize>,
}

struct Shape {
    answer: AnswerKind,
    choices: BTreeSet<String>,
}

fn areas(document: &mut Document) -> Vec<Area> {
    let rows = document.many::<AreaRow>("area");
    document.refuse_twice("area", rows.iter().map(|row| (row.line, row.id.as_str())));
    let area = |Located { row, .. }: Located<AreaRow>| Area {
        id: row.id,
        number: row.number,
        title: row.title,
        expected: row.expected,
        risk: row.risk,
    };
    rows.into_iter().map(area).collect()
}

/// The file that is being checked, with the words that it may use.
struct Checked<'d, 'w> {
    document: Document<'d>,
    words: &'w Words<'w>,
    order: Order,
}

impl Checked<'_, '_> {
    fn section(&mut self, Located { line, row }: Located<SectionRow>, areas: &[Area]) -> Section {
        let mut refuse = |expected: &str, found: String| {
            self.document.refuse(line, "section", &row.id, expected, found);
        };
        if !is_id(&row.id) {
            refuse("an id of lower-case words", format!("`{}`", row.id));
        }
        if let Some(area) =
            row.area.as_ref().filter(|area| !areas.iter().any(|known| known.id == **area))
        {
            refuse("an area of this checklist", format!("`{area}`"));
        }
        if !self.words.knows_role(&row.assign_to) {
            refuse("a role of the vocabulary", format!("`{}`", row.assign_to));
        }
        let place = self.order.sections.get(&row.id).copied().unwrap_or(0);
        let show_when =
            row.show_when.and_then(|show| self.condition(show, line, ("section", &row.id), place));
        Section {
            id: row.id,
            number: row.number,
            title: row.title,
            introduction: row.introduction,
            area: row.area,
            show_when,
            assign_to: row.assign_to,
        }
    }

    fn question(&mut self, Located { line, row }: Located<QuestionRow>) -> Question {
        self.check_words(line, &row);
        self.check_shape(line, &row);
        let place = self.order.questions.get(&row.id).map_or(0, |(place, _)| *place);
        let columns: Vec<Column> = row
            .columns
            .into_iter()
            .map(|row| Column { id: row.id, title: row.title, kind: row.kind })
            .collect();
        let fact = row
            .fact
            .zip(row.fact_use)
            .map(|(fact, purpose)| FactLink { fact: FactId(fact.into()), purpose });
        let show_when =
            row.show_when.and_then(|show| self.condition(show, line, ("question", &row.id), place));
        let mut question = Question {
            id: row.id,
            number: row.number,
            section: row.section,
            text: row.text,
            help: row.help,
            answer: row.answer,
            choices: row.choices,
            multiple: row.multiple,
            columns,
            unit: row.unit,
            fact,
            policy: row.policy,
            show_when,
            required: row.required,
            assign_to: row.assign_to,
            source: row.source,
            findings: Vec::new(),
        };
        question.findings =
            row.finding.into_iter().filter_map(|row| self.rule(line, &question, row)).collect();
        question
    }

    /// Names in a question: section, role, fact of the right kind, setting.
    fn check_words(&mut self, line: usize, row: &QuestionRow) {
        let mut refuse = |expected: &str, found: String| {
            self.document.refuse(line, "question", &row.id, expected, found);
        };
        if !is_id(&row.id) {
            refuse("an id of lower-case words", format!("`{}`", row.id));
        }
        if !self.order.sections.contains_key(&row.section) {
            refuse("a section of this checklist", format!("`{}`", row.section));
        }
        if !self.words.knows_role(&row.assign_to) {
            refuse("a role of the vocabulary", format!("`{}`", row.assign_to));
        }
        if let Some(key) = row.policy.as_ref().filter(|key| !self.words.knows_setting(key)) {
            refuse("a setting of the policy pack", format!("`{key}`"));
        }
        match (&row.fact, row.fact_use) {
            (Some(fact), Some(_)) => match self.words.vocabulary.facts.get(fact) {
                None => refuse("a fact of the vocabulary", format!("`{fact}`")),
                Some(word) if !fits(row.answer, word.kind) => {
                    refuse(
                        "a fact of the same kind as the answer",
                        format!("`{fact}` of another kind"),
                    );
                }
                Some(_) => {}
            },
            (None, None) => {}
            (Some(_), None) => refuse("fact_use beside fact", "none".to_owned()),
            (None, Some(_)) => refuse("fact beside fact_use", "none".to_owned()),
        }
    }

    /// Choices belong to a choice, columns to a table, a unit to a number.
    fn check_shape(&mut self, line: usize, row: &QuestionRow) {
        let mut refuse = |expected: &str, found: &str| {
            self.document.refuse(line, "question", &row.id, expected, found);
        };
        let distinct: BTreeSet<&String> = row.choices.iter().collect();
        if (row.answer == AnswerKind::Choice) != (row.choices.len() > 1)
            || distinct.len() != row.choices.len()
        {
            refuse("two or more different choices, for a choice only", "other choices");
        }
        let columns: BTreeSet<&str> = row.columns.iter().map(|column| column.id.as_str()).collect();
        if (row.answer == AnswerKind::Table) == row.columns.is_empty()
            || columns.len() != row.columns.len()
        {
            refuse("different columns, for a table only", "other columns");
        }
        if row.multiple && row.answer != AnswerKind::Choice {
            refuse("multiple for a choice only", "multiple");
        }
        if (row.answer == AnswerKind::Number) != row.unit.is_some() {
            refuse("a unit for a number, and for a number only", "another unit");
        }
    }

    fn rule(&mut self, line: usize, question: &Question, row: FindingRow) -> Option<Rule> {
        match row.when.tests(question, self.words) {
            Ok(when) => Some(Rule {
                when,
                severity: row.severity,
                kind: row.kind,
                title: row.title,
                risk: row.risk,
                recommendation: row.recommendation,
            }),
            Err((expected, found)) => {
                let id = format!("{}, finding {}", question.id, row.title);
                self.document.refuse(line, "question", &id, expected, found);
                None
            }
        }
    }

    /// A condition whose questions stand earlier and whose facts are known.
    fn condition(
        &mut self,
        show: when::ShowWhen,
        line: usize,
        about: (&str, &str),
        place: usize,
    ) -> Option<Condition> {
        let (kind, id) = about;
        let condition = match show.condition() {
            Ok(condition) => condition,
            Err((expected, found)) => {
                self.document.refuse(line, kind, id, expected, found);
                return None;
            }
        };
        for name in condition.questions() {
            match self.order.questions.get(name) {
                Some((earlier, _)) if *earlier < place => {}
                Some(_) => {
                    self.document.refuse(
                        line,
                        kind,
                        id,
                        "show_when of an earlier question",
                        format!("`{name}`"),
                    );
                }
                None => {
                    self.document.refuse(
                        line,
                        kind,
                        id,
                        "show_when of a known question",
                        format!("`{name}`"),
                    );
                }
            }
        }
        for (name, word) in when::words(&condition) {
            if let Some((_, shape)) = self.order.questions.get(name)
                && !shape.knows(word)
            {
                self.document.refuse(
                    line,
                    kind,
                    id,
                    format!("a word that `{name}` can answer"),
                    format!("`{word}`"),
                );
            }
        }
        for fact in condition.facts() {
            if !self.words.knows_fact(&fact.0) {
                self.document.refuse(
                    line,
                    kind,
                    id,
                    "a fact of the vocabulary",
                    format!("`{fact}`"),
                );
            }
        }
        Some(condition)
    }
}

impl Shape {
    fn knows(&self, word: &str) -> bool {
        when::can_be_word(self.answer, |choice| self.choices.contains(choice), word)
    }
}

/// Whether a fact of this kind can fill in or check this kind of answer.
fn fits(answer: AnswerKind, fact: FactKind) -> bool {
    use {AnswerKind as A, FactKind as F};
    match answer {
        A::YesNo | A::YesNoInProgress => fact == F::Flag,
        A::Text => fact == F::Text,
        A::Number => {
            matches!(
                fact,
                F::Count | F::Amount | F::Minutes | F::Hours | F::Days | F::Months | F::Permille
            )
        }
        A::Percent => fact == F::Percent,
        A::Date => fact == F::Date,
        A::DateRange => fact == F::DateRange,
        A::Choice => matches!(fact, F::Choice | F::List),
        A::People => fact == F::People,
        A::Table => fact == F::Table,
    }
}
