//! Findings that answers give rise to: each question has rules, and every rule whose tests all hold drafts one finding.

use super::answer::{Answer, Row};
use super::template::{Applicable, Template};
use crate::fact::Facts;
use crate::policy::Policy;
use crate::value::Value;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a thought.
    Low,
    /// Should be mended.
    Medium,
    /// Needs a plan.
    High,
    /// No production while it is open.
    Critical,
}

impl Severity {
    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something may go wrong.
    Risk,
    /// Something is wrong.
    Issue,
    /// Something could be better.
    Recommendation,
}

/// A rule of a question: when all tests hold, this is found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The tests.
    pub when: Vec<Test>,
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub kind: Kind,
    /// What was found.
    pub title: String,
    /// What may happen.
    pub risk: String,
    /// What to do.
    pub recommendation: String,
}

impl Rule {
    /// Whether the rule draws a finding from "there is none".
    pub fn tests_empty(&self) -> bool {
        self.when.contains(&Test::Empty(true))
    }
}

/// A cell of a row and what it must be; the empty text stands for an empty cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellTest {
    /// The column.
    pub column: String,
    /// What its cell is.
    pub is: Value,
}

/// One test of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The answer is this word or number.
    Is(Value),
    /// It is less.
    Below(f64),
    /// It is more.
    Above(f64),
    /// It is this or more.
    AtLeast(f64),
    /// It is this or less.
    AtMost(f64),
    /// Nothing stands in it, or something does.
    Empty(bool),
    /// There are fewer rows.
    RowsBelow(f64),
    /// There are more rows.
    RowsAbove(f64),
    /// One row has all these cells.
    AnyRow(Vec<CellTest>),
    /// It is less than the setting; for people, their number.
    BelowPolicy(String),
    /// It is more than the setting.
    AbovePolicy(String),
    /// From sending to the day answered there are fewer days than the setting says.
    DaysLeftBelowPolicy(String),
    /// The day is later than so many days before go-live.
    DaysBeforeGoLiveBelow(i32),
    /// The day is earlier than so many days after go-live.
    DaysAfterGoLiveBelow(i32),
    /// The range is longer than the setting, in hours.
    HoursAbovePolicy(String),
    /// The range is shorter than the setting, in days.
    DaysBelowPolicy(String),
    /// The answer says something else than the fact.
    DiffersFromFact(bool),
}

impl Test {
    /// The setting that it reads.
    pub fn setting(&self) -> Option<&str> {
        match self {
            Self::BelowPolicy(key)
            | Self::AbovePolicy(key)
            | Self::DaysLeftBelowPolicy(key)
            | Self::HoursAbovePolicy(key)
            | Self::DaysBelowPolicy(key) => Some(key),
            Self::Is(_)
            | Self::Below(_)
            | Self::Above(_)
            | Self::AtLeast(_)
            | Self::AtMost(_)
            | Self::Empty(_)
            | Self::RowsBelow(_)
            | Self::RowsAbove(_)
            | Self::AnyRow(_)
            | Self::DaysBeforeGoLiveBelow(_)
            | Self::DaysAfterGoLiveBelow(_)
            | Self::DiffersFromFact(_) => None,
        }
    }
}

/// What findings are drafted from, beside the answers.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The facts of the project.
    pub facts: &'a Facts,
    /// The project's pack.
    pub policy: &'a Policy,
    /// The day on which the checklist was sent, in the project's zone.
    pub sent: Date,
    /// The go-live date.
    pub go_live: Option<Date>,
}

/// A finding for the reviewer to take over, change or drop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Stable within the template: question and number of the rule, `ua-passed/1`.
    pub rule: String,
    /// The question.
    pub question: String,
    /// Its section.
    pub section: String,
    /// The area that it counts in.
    pub area: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub kind: Kind,
    /// What was found.
    pub title: String,
    /// What may happen.
    pub risk: String,
    /// What to do.
    pub recommendation: String,
}

/// The findings of all questions that apply, in the order of the template. What is not answered finds nothing: a required answer
/// that is missing keeps the gate shut instead.
pub fn draft<'a>(
    template: &'a Template,
    answers: impl Fn(&str) -> Option<&'a Answer>,
    around: &Around,
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for Applicable { section, question, answer } in template.applicable(answers, around.facts) {
        let Some(answer) = answer else { continue };
        let fact = question.fact.as_ref().map(|link| around.facts.get(&link.fact).value);
        for (n, rule) in question.findings.iter().enumerate() {
            if rule.when.iter().all(|test| holds(test, answer, fact.as_ref(), around)) {
                drafts.push(Draft {
                    rule: format!("{}/{}", question.id, n + 1),
                    question: question.id.clone(),
                    section: section.id.clone(),
                    area: section.area.clone(),
                    severity: rule.severity,
                    kind: rule.kind,
                    title: rule.title.clone(),
                    risk: rule.risk.clone(),
                    recommendation: rule.recommendation.clone(),
                });
            }
        }
    }
    drafts
}

/// Whether one test holds. A test that cannot be made of the answer does not.
fn holds(test: &Test, answer: &Answer, fact: Option<&Value>, around: &Around) -> bool {
    let number = || answer.number();
    let setting = |key: &str| around.policy.number(key);
    let against = |key: &str, is: fn(f64, f64) -> bool| matches!((answer.number(), setting(key)), (Some(answer), Some(setting)) if is(answer, setting));
    match test {
        Test::Is(Value::Text(word)) => answer.is_word(word),
        Test::Is(value) => {
            matches!((number(), value.number()), (Some(a), Some(b)) if (a - b).abs() < 1e-9)
        }
        Test::Below(limit) | Test::RowsBelow(limit) => number().is_some_and(|n| n < *limit),
        Test::Above(limit) | Test::RowsAbove(limit) => number().is_some_and(|n| n > *limit),
        Test::AtLeast(limit) => number().is_some_and(|n| n >= *limit),
        Test::AtMost(limit) => number().is_some_and(|n| n <= *limit),
        Test::Empty(empty) => answer.is_empty() == *empty,
        Test::AnyRow(cells) => {
            matches!(answer, Answer::Table(rows) if rows.iter().any(|row| has(row, cells)))
        }
        Test::BelowPolicy(key) => against(key, |answer, setting| answer < setting),
        Test::AbovePolicy(key) => against(key, |answer, setting| answer > setting),
        Test::DaysLeftBelowPolicy(key) => {
            matches!((day(answer), setting(key)), (Some(day), Some(limit)) if days(around.sent, day) < limit)
        }
        Test::DaysBeforeGoLiveBelow(limit) => matches!(
            (day(answer), around.go_live),
            (Some(day), Some(go_live)) if days(day, go_live) < f64::from(*limit)
        ),
        Test::DaysAfterGoLiveBelow(limit) => matches!(
            (day(answer), around.go_live),
            (Some(day), Some(go_live)) if days(go_live, day) < f64::from(*limit)
        ),
        Test::HoursAbovePolicy(key) => {
            matches!((answer, setting(key)), (Answer::DateRange(range), Some(limit)) if range.hours() > limit)
        }
        Test::DaysBelowPolicy(key) => {
            matches!((answer, setting(key)), (Answer::DateRange(range), Some(limit)) if range.days() < limit)
        }
        Test::DiffersFromFact(differs) => {
            fact.and_then(|fact| answer.differs(fact)) == Some(*differs)
        }
    }
}

fn day(answer: &Answer) -> Option<Date> {
    match answer {
        Answer::Date(day) => Some(*day),
        Answer::None
        | Answer::YesNo(_)
        | Answer::Progress(_)
        | Answer::Text(_)
        | Answer::Number(_)
        | Answer::Percent(_)
        | Answer::DateRange(_)
        | Answer::Choice(_)
        | Answer::People(_)
        | Answer::Table(_) => None,
    }
}

fn days(from: Date, until: Date) -> f64 {
    from.duration_until(until).as_secs_f64() / 86_400.0
}

/// Whether a row has all these cells.
fn has(row: &Row, cells: &[CellTest]) -> bool {
    cells.iter().all(|test| {
        let cell = row.get(&test.column).unwrap_or(&Value::Missing);
        match (&test.is, cell) {
            (Value::Text(text), Value::Missing) => text.is_empty(),
            (Value::Text(text), Value::Flag(flag)) => text == if *flag { "yes" } else { "no" },
            (wanted, cell) => match (wanted.number(), cell.number()) {
                (Some(wanted), Some(cell)) => (wanted - cell).abs() < 1e-9,
                (Some(_), None) | (None, Some(_)) => false,
                (None, None) => wanted == cell,
            },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::answer::{AnswerKind, Progress};
    use super::super::sample::{policy, question};
    use super::*;
    use jiff::civil::date;
    use serde_json::json;

    fn found(answer: &Answer, test: &Test, fact: Option<&Value>) -> bool {
        let facts = Facts::default();
        let policy = policy();
        let around = Around {
            facts: &facts,
            policy: &policy,
            sent: date(2027, 2, 19),
            go_live: Some(date(2027, 4, 5)),
        };
        holds(test, answer, fact, &around)
    }

    fn read(kind: AnswerKind, json: &serde_json::Value) -> Answer {
        Answer::read(&question("q", kind), json).unwrap()
    }

    #[test]
    fn words_and_numbers_are_compared() {
        let progress = Answer::Progress(Progress::InProgress);
        assert!(found(&progress, &Test::Is("in-progress".into()), None));
        assert!(!found(&progress, &Test::Is("no".into()), None));
        assert!(found(&Answer::Number(0.0), &Test::Is(Value::Count(0)), None));
        assert!(found(
            &Answer::Percent(94.9),
            &Test::BelowPolicy("acceptance.pass_rate_min".into()),
            None
        ));
        assert!(!found(
            &Answer::Percent(95.0),
            &Test::BelowPolicy("acceptance.pass_rate_min".into()),
            None
        ));
        assert!(found(&Answer::None, &Test::Empty(true), None));
    }

    #[test]
    fn people_and_rows_are_counted() {
        assert!(found(&Answer::Table(vec![Row::new()]), &Test::RowsBelow(2.0), None));
        let nobody = Answer::People(Vec::new());
        assert!(found(
            &nobody,
            &Test::BelowPolicy("checklist.customer_key_stakeholders_min".into()),
            None
        ));
    }

    #[test]
    fn one_row_must_have_all_the_cells() {
        let rows = read(
            AnswerKind::Table,
            &json!([{ "what": "a", "done": "yes" }, { "what": "b", "done": "no" }]),
        );
        let cell = |column: &str, is: Value| CellTest { column: column.into(), is };
        assert!(found(&rows, &Test::AnyRow(vec![cell("done", "no".into())]), None));
        assert!(!found(
            &rows,
            &Test::AnyRow(vec![cell("what", "a".into()), cell("done", "no".into())]),
            None
        ));
        assert!(found(&rows, &Test::AnyRow(vec![cell("until", "".into())]), None), "an empty cell");
    }

    #[test]
    fn days_are_counted_to_and_from_go_live() {
        let late = Answer::Date(date(2027, 4, 1));
        assert!(found(&late, &Test::DaysBeforeGoLiveBelow(5), None));
        assert!(!found(&late, &Test::DaysBeforeGoLiveBelow(4), None));
        assert!(found(&Answer::Date(date(2027, 5, 1)), &Test::DaysAfterGoLiveBelow(60), None));
        assert!(!found(&Answer::Date(date(2027, 6, 4)), &Test::DaysAfterGoLiveBelow(60), None));
        let key = || "review.latest_start".to_owned();
        assert!(found(&Answer::Date(date(2027, 3, 18)), &Test::DaysLeftBelowPolicy(key()), None));
        assert!(!found(&Answer::Date(date(2027, 3, 19)), &Test::DaysLeftBelowPolicy(key()), None));
    }

    #[test]
    fn ranges_are_measured_in_hours_and_days() {
        let window = read(
            AnswerKind::DateRange,
            &json!({ "from": "2027-04-02T18:00", "until": "2027-04-04T18:01" }),
        );
        assert!(found(&window, &Test::HoursAbovePolicy("cutover.window_max".into()), None));
        let care =
            read(AnswerKind::DateRange, &json!({ "from": "2027-04-05", "until": "2027-04-17" }));
        assert!(found(&care, &Test::DaysBelowPolicy("hypercare.duration_min".into()), None));
    }

    #[test]
    fn a_difference_from_the_fact_is_found_only_where_there_is_a_fact() {
        let answer = Answer::Date(date(2027, 4, 5));
        assert!(found(&answer, &Test::DiffersFromFact(true), Some(&"2027-04-12".into())));
        assert!(!found(&answer, &Test::DiffersFromFact(true), Some(&"2027-04-05".into())));
        assert!(!found(&answer, &Test::DiffersFromFact(true), Some(&Value::Missing)));
    }
}
