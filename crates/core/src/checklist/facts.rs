//! What gates ask of the checklist: is everything answered, do both sides stand behind it, are differences explained?

use super::answer::Answer;
use super::section::{Given, Section};
use super::template::{FactUse, Question, Template};
use super::{Checklist, State};
use crate::fact::{Fact, Facts};
use crate::people::{Member, Side};
use std::collections::BTreeMap;

/// Answers of all sections, by question.
pub fn answers(sections: &[Section]) -> BTreeMap<&str, &Given> {
    sections
        .iter()
        .flat_map(|section| &section.answers)
        .map(|(id, given)| (id.as_str(), given))
        .collect()
}

/// How far a section is: questions answered out of those that apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Answered.
    pub answered: usize,
    /// That apply.
    pub applicable: usize,
}

/// How far each section is; a section that does not apply is not listed.
pub fn progress<'a>(
    template: &'a Template,
    sections: &'a [Section],
    facts: &Facts,
) -> BTreeMap<&'a str, Progress> {
    let given = answers(sections);
    let mut progress = BTreeMap::<&str, Progress>::new();
    for applicable in template.applicable(|id| given.get(id).map(|given| &given.answer), facts) {
        let section = progress.entry(&applicable.section.id).or_default();
        section.applicable += 1;
        section.answered += usize::from(applicable.answer.is_some());
    }
    progress
}

/// The facts that the checklist gate judges, and whether it was submitted.
pub fn facts(
    checklist: &Checklist,
    template: &Template,
    sections: &[Section],
    members: &[Member],
    project: &Facts,
) -> Facts {
    let given = answers(sections);
    let mut open = Vec::new();
    let mut different = Vec::new();
    for applicable in template.applicable(|id| given.get(id).map(|given| &given.answer), project) {
        let question = applicable.question;
        match given.get(question.id.as_str()) {
            None if question.required => open.push(line(question)),
            None => {}
            Some(given) => {
                if let Some(difference) = unexplained(question, given, project) {
                    different.push(difference);
                }
            }
        }
    }
    let count = |lines: Vec<String>| Fact::from(lines.len()).because(lines);
    let mut facts = Facts::default();
    facts.set("checklist.submitted", matches!(checklist.state, State::Submitted { .. }));
    facts.set("checklist.unanswered", count(open));
    facts.set("checklist.differences_unexplained", count(different));
    for (name, source, side) in [
        ("checklist.customer_key_stakeholders", "people.customer_key_stakeholders", Side::Customer),
        ("checklist.partner_key_stakeholders", "people.partner_key_stakeholders", Side::Partner),
    ] {
        facts.set(name, count(named(template, &given, members, source, side)));
    }
    facts
}

/// The key stakeholders of a side that the checklist names: in the answer to the question that asks for them.
fn named(
    template: &Template,
    given: &BTreeMap<&str, &Given>,
    members: &[Member],
    source: &str,
    side: Side,
) -> Vec<String> {
    let asks =
        |question: &&Question| question.fact.as_ref().is_some_and(|link| link.fact.0 == source);
    let ids = template
        .questions
        .iter()
        .filter(asks)
        .filter_map(|question| given.get(question.id.as_str()));
    let ids = ids.flat_map(|given| match &given.answer {
        Answer::People(people) => people.clone(),
        Answer::None
        | Answer::YesNo(_)
        | Answer::Progress(_)
        | Answer::Text(_)
        | Answer::Number(_)
        | Answer::Percent(_)
        | Answer::Date(_)
        | Answer::DateRange(_)
        | Answer::Choice(_)
        | Answer::Table(_) => Vec::new(),
    });
    let stands = |member: &&Member| {
        member.side == side
            && member.key_stakeholder
            && !member.service_account
            && member.removed.is_none()
    };
    ids.filter_map(|id| members.iter().filter(stands).find(|member| member.id == id))
        .map(|member| member.name.clone())
        .collect()
}

/// What an answer says against its fact without a word about it.
fn unexplained(question: &Question, given: &Given, project: &Facts) -> Option<String> {
    let link = question.fact.as_ref().filter(|link| link.purpose == FactUse::Verify)?;
    let fact = project.get(&link.fact).value;
    let differs = given.answer.differs(&fact) == Some(true) && given.comment.trim().is_empty();
    differs.then(|| format!("{}: {} is {fact}", line(question), link.fact))
}

fn line(question: &Question) -> String {
    format!("{} {}", question.number, question.text)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::fact::FactId;
    use crate::id::{ChecklistId, MemberId};
    use crate::methodology::sample::{now, project};
    use crate::value::Value;

    fn checklist() -> Checklist {
        let id = ChecklistId::named("p", "c");
        Checklist {
            id,
            project: project(),
            template: "c".into(),
            template_version: "1".into(),
            state: State::Open,
        }
    }

    fn section(answers: Vec<(&str, Answer, &str)>) -> Section {
        let given =
            |answer, comment: &str| Given { answer, comment: comment.into(), by: None, at: now() };
        let answers = answers
            .into_iter()
            .map(|(id, answer, comment)| (id.to_owned(), given(answer, comment)));
        Section { answers: answers.collect(), ..Section::new(ChecklistId::named("p", "c"), "main") }
    }

    fn judge(section: Section, project: &Facts) -> Facts {
        facts(&checklist(), &sample::template(), &[section], &sample::members(), project)
    }

    #[test]
    fn open_required_questions_that_apply_are_named() {
        let facts = judge(section(vec![("signed", Answer::YesNo(true), "")]), &Facts::default());
        let open = facts.get(&FactId::new("checklist.unanswered"));
        assert_eq!(open.value, Value::Count(3));
        assert_eq!(open.details, ["1 parts?", "1 owner?", "1 window?"]);
        assert_eq!(facts.value("checklist.submitted"), Value::Flag(false));
    }

    #[test]
    fn only_key_stakeholders_of_the_side_count_as_named() {
        let members = sample::members();
        let named = |ids: Vec<MemberId>| {
            let facts = judge(section(vec![("owner", Answer::People(ids), "")]), &Facts::default());
            facts.get(&FactId::new("checklist.customer_key_stakeholders"))
        };
        assert_eq!(named(vec![members[0].id]).details, ["Anna"]);
        assert_eq!(named(vec![members[1].id]).value, Value::Count(0), "of the partner");
        assert_eq!(named(vec![members[2].id]).value, Value::Count(0), "no key stakeholder");
    }

    #[test]
    fn a_difference_counts_until_it_is_explained() {
        let mut project = Facts::default();
        project.set("scope.parts", vec!["shops".to_owned()]);
        project.set("uat.signed", false);
        let answered =
            |comment| judge(section(vec![("signed", Answer::YesNo(true), comment)]), &project);
        let different = answered("").get(&FactId::new("checklist.differences_unexplained"));
        assert_eq!(different.details, ["1 signed?: uat.signed is no"]);
        assert_eq!(
            answered("signed on paper").value("checklist.differences_unexplained"),
            Value::Count(0)
        );
    }

    #[test]
    fn progress_counts_only_what_applies() {
        let template = sample::template();
        let sections = [section(vec![
            ("signed", Answer::YesNo(true), ""),
            ("tills", Answer::Number(1.0), ""),
        ])];
        let progress = progress(&template, &sections, &Facts::default());
        assert_eq!(progress["main"], Progress { answered: 1, applicable: 5 });
        assert!(!progress.contains_key("shops"));
    }
}
