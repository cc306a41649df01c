//! One section of a checklist: what several people answer, each in a section of his own.

use super::answer::{Answer, Problem};
use super::template::{FactUse, Question, Template};
use crate::fact::Facts;
use crate::id::{ChecklistId, MemberId, UserId};
use crate::people::Member;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// The answer.
    pub answer: Answer,
    /// A word about it; where the answer differs from the facts it says why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Who gave it; nobody while it only was filled in from a fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// When.
    pub at: Timestamp,
}

/// A section of a project's checklist. A row of its own, so that people who fill in different sections never collide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// The checklist.
    pub checklist: ChecklistId,
    /// The section of the template.
    pub name: String,
    /// Who fills it in.
    pub assigned: Option<MemberId>,
    /// Answers by question.
    pub answers: BTreeMap<String, Given>,
    /// The free comment at the end.
    pub comment: String,
}

impl Section {
    /// An empty section.
    pub fn new(checklist: ChecklistId, name: &str) -> Self {
        let (answers, comment) = (BTreeMap::new(), String::new());
        Self { checklist, name: name.to_owned(), assigned: None, answers, comment }
    }
}

/// What can be asked of a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Answer questions; all of them or none.
    Answer {
        /// Who.
        by: UserId,
        /// What was sent, by question.
        answers: BTreeMap<String, Sent>,
    },
    /// Take an answer away.
    Clear {
        /// Who.
        by: UserId,
        /// The question.
        question: String,
    },
    /// Fill in from facts what nobody has answered, and refresh what nobody has touched.
    Prefill {
        /// Rows for answers in rows, by fact; a single value cannot hold them.
        #[serde(default)]
        tables: BTreeMap<String, serde_json::Value>,
    },
    /// Write the free comment.
    Comment {
        /// Who.
        by: UserId,
        /// The comment.
        text: String,
    },
    /// Give the section to somebody, or to nobody.
    Assign {
        /// Who gives it.
        by: UserId,
        /// To whom.
        to: Option<MemberId>,
    },
}

/// An answer as it was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// The answer as JSON.
    pub answer: serde_json::Value,
    /// A word about it.
    #[serde(default)]
    pub comment: String,
}

/// What happened to a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Questions were answered.
    Answered {
        /// Who.
        by: UserId,
        /// The answers, by question.
        answers: BTreeMap<String, Given>,
    },
    /// An answer was taken away.
    Cleared {
        /// Who.
        by: UserId,
        /// The question.
        question: String,
    },
    /// Answers were filled in from facts.
    Prefilled {
        /// The answers, by question.
        answers: BTreeMap<String, Given>,
    },
    /// The free comment was written.
    Commented {
        /// Who.
        by: UserId,
        /// The comment.
        text: String,
    },
    /// It was given to somebody.
    Assigned {
        /// Who gave it.
        by: UserId,
        /// To whom.
        to: Option<MemberId>,
    },
}

/// The section to store and the event to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The section after.
    pub section: Section,
    /// What happened.
    pub event: Event,
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The reviewer has the checklist.
    #[error("the checklist is with the reviewer; nothing changes until it is given back")]
    Submitted,
    /// Answers that are not as the questions ask.
    #[error("{} of the answers cannot be taken: {}", .0.len(), problems(.0))]
    Unfit(Vec<Problem>),
    /// The question is of another section, or of none.
    #[error("this section has no question `{0}`")]
    UnknownQuestion(String),
    /// Nothing to do.
    #[error("nothing would change")]
    Unchanged,
    /// The comment is too long.
    #[error("a comment has up to {0} characters")]
    TooLong(usize),
    /// Nobody of this id takes part.
    #[error("{0} is no member of this project")]
    UnknownMember(MemberId),
}

fn problems(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What a section is judged in.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The template.
    pub template: &'a Template,
    /// Whether answers may be changed.
    pub writable: bool,
    /// The facts of the project.
    pub facts: &'a Facts,
    /// Everybody in the project.
    pub members: &'a [Member],
}

const LONGEST_COMMENT: usize = 10_000;

/// The whole machine.
pub fn decide(
    section: &Section,
    command: Command,
    around: &Around,
    now: Timestamp,
) -> Result<Change, Refusal> {
    if !around.writable {
        return Err(Refusal::Submitted);
    }
    let mut after = section.clone();
    let event = match command {
        Command::Answer { by, answers } => {
            let answers = read(section, &answers, around, by, now)?;
            after.answers.extend(answers.clone());
            Event::Answered { by, answers }
        }
        Command::Clear { by, question } => {
            after
                .answers
                .remove(&question)
                .ok_or_else(|| Refusal::UnknownQuestion(question.clone()))?;
            Event::Cleared { by, question }
        }
        Command::Prefill { tables } => {
            let answers = prefilled(section, &tables, around, now);
            if answers.is_empty() {
                return Err(Refusal::Unchanged);
            }
            after.answers.extend(answers.clone());
            Event::Prefilled { answers }
        }
        Command::Comment { by, text } => {
            short(&text)?;
            after.comment.clone_from(&text);
            Event::Commented { by, text }
        }
        Command::Assign { by, to } => {
            if let Some(unknown) = to.filter(|to| !takes_part(*to, around)) {
                return Err(Refusal::UnknownMember(unknown));
            }
            after.assigned = to;
            Event::Assigned { by, to }
        }
    };
    Ok(Change { section: after, event })
}

fn short(text: &str) -> Result<(), Refusal> {
    if text.chars().count() > LONGEST_COMMENT {
        Err(Refusal::TooLong(LONGEST_COMMENT))
    } else {
        Ok(())
    }
}

fn takes_part(member: MemberId, around: &Around) -> bool {
    around.members.iter().any(|other| other.id == member && other.removed.is_none())
}

fn question<'a>(
    section: &Section,
    id: &str,
    template: &'a Template,
) -> Result<&'a Question, Refusal> {
    let found = template.question(id).filter(|question| question.section == section.name);
    found.ok_or_else(|| Refusal::UnknownQuestion(id.to_owned()))
}

/// Reads all answers that were sent; every problem of every answer is given.
fn read(
    section: &Section,
    sent: &BTreeMap<String, Sent>,
    around: &Around,
    by: UserId,
    now: Timestamp,
) -> Result<BTreeMap<String, Given>, Refusal> {
    if sent.is_empty() {
        return Err(Refusal::Unchanged);
    }
    let mut given = BTreeMap::new();
    let mut problems = Vec::new();
    for (id, sent) in sent {
        let question = question(section, id, around.template)?;
        short(&sent.comment)?;
        match Answer::read(question, &sent.answer) {
            Ok(answer) => {
                problems.extend(strangers(question, &answer, around));
                let comment = sent.comment.trim().to_owned();
                given.insert(id.clone(), Given { answer, comment, by: Some(by), at: now });
            }
            Err(wrong) => problems.extend(wrong),
        }
    }
    if problems.is_empty() { Ok(given) } else { Err(Refusal::Unfit(problems)) }
}

/// People in an answer who are not in the project.
fn strangers(question: &Question, answer: &Answer, around: &Around) -> Vec<Problem> {
    let Answer::People(people) = answer else { return Vec::new() };
    let stranger = |member: &&MemberId| !takes_part(**member, around);
    let problem = |member: &MemberId| Problem {
        question: question.id.clone(),
        at: None,
        expected: "members of the project".to_owned(),
        found: member.to_string(),
    };
    people.iter().filter(stranger).map(problem).collect()
}

/// What facts fill in where nobody has answered by hand, if it is new.
fn prefilled(
    section: &Section,
    tables: &BTreeMap<String, serde_json::Value>,
    around: &Around,
    now: Timestamp,
) -> BTreeMap<String, Given> {
    let mut given = BTreeMap::new();
    for question in
        around.template.questions.iter().filter(|question| question.section == section.name)
    {
        let Some(link) = question.fact.as_ref().filter(|link| link.purpose == FactUse::Prefill)
        else {
            continue;
        };
        let before = section.answers.get(&question.id);
        if before.is_some_and(|given| given.by.is_some()) {
            continue;
        }
        let answer = match tables.get(&*link.fact.0) {
            Some(rows) => Answer::read(question, rows).ok(),
            None => Answer::prefilled(question, &around.facts.get(&link.fact).value),
        };
        let Some(answer) = answer.filter(|answer| strangers(question, answer, around).is_empty())
        else {
            continue;
        };
        if before.is_none_or(|given| given.answer != answer) {
            given.insert(
                question.id.clone(),
                Given { answer, comment: String::new(), by: None, at: now },
            );
        }
    }
    given
}

/// The digest of all answers and comments, which a submission and an approval are bound to.
pub fn digest(sections: &[Section]) -> String {
    let mut sorted: Vec<&Section> = sections.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let said: Vec<_> = sorted
        .iter()
        .map(|section| {
            let answers: BTreeMap<_, _> = section
                .answers
                .iter()
                .map(|(id, given)| (id, (&given.answer, &given.comment)))
                .collect();
            (&section.name, answers, &section.comment)
        })
        .collect();
    let text = serde_json::to_vec(&said).expect("answers are plain values with text keys");
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::methodology::sample::{now, user};
    use serde_json::json;

    fn sent(answers: &[(&str, serde_json::Value)]) -> Command {
        let sent =
            |answer: &serde_json::Value| Sent { answer: answer.clone(), comment: String::new() };
        let answers = answers.iter().map(|(id, answer)| ((*id).to_owned(), sent(answer))).collect();
        Command::Answer { by: user(1), answers }
    }

    fn run(section: &Section, facts: &Facts, command: Command) -> Result<Change, Refusal> {
        let (template, members) = (sample::template(), sample::members());
        let around = Around { template: &template, writable: true, facts, members: &members };
        decide(section, command, &around, now())
    }

    fn prefill() -> Command {
        Command::Prefill { tables: BTreeMap::new() }
    }

    fn empty() -> Section {
        Section::new(ChecklistId::named("p", "c"), "main")
    }

    #[test]
    fn answers_are_taken_all_together_or_not_at_all() {
        let facts = Facts::default();
        let refusal =
            run(&empty(), &facts, sent(&[("signed", json!("yes")), ("window", json!("soon"))]))
                .unwrap_err();
        assert!(
            refusal
                .to_string()
                .starts_with("1 of the answers cannot be taken: window: expected from and until")
        );
        let change = run(&empty(), &facts, sent(&[("signed", json!("in-progress"))])).unwrap();
        assert_eq!(change.section.answers["signed"].by, Some(user(1)));
    }

    #[test]
    fn only_members_can_be_named() {
        let stranger = MemberId::named("p", "stranger").to_string();
        let refusal =
            run(&empty(), &Facts::default(), sent(&[("owner", json!([stranger]))])).unwrap_err();
        assert!(matches!(refusal, Refusal::Unfit(problems) if problems[0].question == "owner"));
        let customer = sample::members()[0].id.to_string();
        assert!(run(&empty(), &Facts::default(), sent(&[("owner", json!([customer]))])).is_ok());
    }

    #[test]
    fn a_question_of_another_section_is_refused() {
        let refusal = run(&empty(), &Facts::default(), sent(&[("tills", json!(3))])).unwrap_err();
        assert_eq!(refusal, Refusal::UnknownQuestion("tills".into()));
    }

    #[test]
    fn facts_fill_in_what_nobody_answered_and_leave_the_rest() {
        let mut facts = Facts::default();
        facts.set("scope.parts", vec!["shops".to_owned()]);
        let filled = run(&empty(), &facts, prefill()).unwrap().section;
        assert_eq!(filled.answers["parts"].answer, Answer::Choice(vec!["shops".into()]));
        assert_eq!(run(&filled, &facts, prefill()), Err(Refusal::Unchanged));
        facts.set("scope.parts", Vec::<String>::new());
        let answered = run(&filled, &facts, sent(&[("parts", json!(["shops"]))])).unwrap().section;
        assert_eq!(
            run(&answered, &facts, prefill()),
            Err(Refusal::Unchanged),
            "a person has answered it"
        );
    }

    #[test]
    fn rows_fill_in_an_answer_in_rows() {
        let rows = json!([{ "what": "press", "until": "2027-04-01", "done": "no" }]);
        let tables = [("risk.register".to_owned(), rows)].into();
        let filled = run(&empty(), &Facts::default(), Command::Prefill { tables }).unwrap().section;
        assert!(matches!(&filled.answers["risks"].answer, Answer::Table(rows) if rows.len() == 1));
    }

    #[test]
    fn nothing_changes_while_the_reviewer_has_it() {
        let (template, facts) = (sample::template(), Facts::default());
        let around = Around { template: &template, writable: false, facts: &facts, members: &[] };
        let refusal = decide(&empty(), prefill(), &around, now());
        assert_eq!(refusal, Err(Refusal::Submitted));
    }

    #[test]
    fn the_digest_changes_with_an_answer_and_not_with_the_order_of_sections() {
        let facts = Facts::default();
        let one = run(&empty(), &facts, sent(&[("signed", json!("yes"))])).unwrap().section;
        let two = Section { name: "shops".into(), ..empty() };
        assert_eq!(digest(&[one.clone(), two.clone()]), digest(&[two.clone(), one.clone()]));
        let other = run(&one, &facts, sent(&[("signed", json!("no"))])).unwrap().section;
        assert_ne!(digest(&[one, two.clone()]), digest(&[other, two]));
    }
}
