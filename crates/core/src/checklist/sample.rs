//! A small checklist for tests: two sections, of which one is conditional.

use super::answer::AnswerKind;
use super::finding::{Kind, Rule, Severity, Test};
use super::template::{
    CellKind, Column, Condition, FactLink, FactUse, Question, Section, Template,
};
use crate::id::{MemberId, OrganisationId, UserId};
use crate::people::{Member, Side};
use crate::policy::Policy;

pub(super) fn policy() -> Policy {
    let mut policy = crate::methodology::sample::policy();
    let like = policy.settings["methodology.bulk_completion_steps"].clone();
    for (key, value) in [
        ("acceptance.pass_rate_min", 95_i64),
        ("checklist.customer_key_stakeholders_min", 1),
        ("review.latest_start", 28),
        ("cutover.window_max", 48),
        ("hypercare.duration_min", 14),
    ] {
        policy
            .settings
            .insert(key.into(), crate::policy::Setting { value: value.into(), ..like.clone() });
    }
    policy
}

pub(super) fn question(id: &str, answer: AnswerKind) -> Question {
    let column = |id: &str, kind| Column { id: id.into(), title: id.into(), kind };
    Question {
        id: id.into(),
        number: "1".into(),
        section: "main".into(),
        text: format!("{id}?"),
        help: String::new(),
        answer,
        choices: vec!["a".into(), "b".into(), "shops".into()],
        multiple: false,
        columns: vec![
            column("what", CellKind::Text),
            column("until", CellKind::Date),
            column("done", CellKind::YesNo),
        ],
        unit: None,
        fact: None,
        policy: None,
        show_when: None,
        required: true,
        assign_to: "test-lead".into(),
        source: "S".into(),
        findings: Vec::new(),
    }
}

pub(super) fn empty_rule() -> Rule {
    Rule {
        when: vec![Test::Empty(true)],
        severity: Severity::Medium,
        kind: Kind::Issue,
        title: "None".into(),
        risk: String::new(),
        recommendation: String::new(),
    }
}

fn with_fact(question: Question, fact: &'static str, purpose: FactUse) -> Question {
    Question { fact: Some(FactLink { fact: fact.into(), purpose }), ..question }
}

pub(super) fn template() -> Template {
    let section = |id: &str, show_when| Section {
        id: id.into(),
        number: "1".into(),
        title: id.into(),
        introduction: String::new(),
        area: None,
        show_when,
        assign_to: "test-lead".into(),
    };
    let shops = Condition::Any(vec![
        Condition::Includes { question: "parts".into(), word: "shops".into() },
        Condition::Fact { fact: "project.type".into(), value: "upgrade".into() },
    ]);
    let parts = Question { multiple: true, ..question("parts", AnswerKind::Choice) };
    let owner = question("owner", AnswerKind::People);
    let signed = question("signed", AnswerKind::YesNoInProgress);
    let in_progress = Condition::Is { question: "signed".into(), word: "in-progress".into() };
    let in_shops = |question: Question| Question { section: "shops".into(), ..question };
    let few = Condition::Above { question: "tills".into(), number: 2.0 };
    Template {
        id: "c".into(),
        version: "1".into(),
        title: "C".into(),
        description: String::new(),
        project_types: Vec::new(),
        areas: Vec::new(),
        sections: vec![section("main", None), section("shops", Some(shops))],
        questions: vec![
            with_fact(parts, "scope.parts", FactUse::Prefill),
            with_fact(owner, "people.customer_key_stakeholders", FactUse::Prefill),
            with_fact(signed, "uat.signed", FactUse::Verify),
            Question { show_when: Some(in_progress), ..question("pending", AnswerKind::Text) },
            question("window", AnswerKind::DateRange),
            Question {
                required: false,
                ..with_fact(question("risks", AnswerKind::Table), "risk.register", FactUse::Prefill)
            },
            in_shops(question("tills", AnswerKind::Number)),
            in_shops(Question { show_when: Some(few), ..question("till-plan", AnswerKind::Text) }),
        ],
    }
}

pub(super) fn members() -> Vec<Member> {
    let member = |n: u128, name: &str, side, key_stakeholder| Member {
        id: MemberId::named("p", name),
        user: UserId::from_uuid(uuid::Uuid::from_u128(n)),
        project: crate::methodology::sample::project(),
        organisation: OrganisationId::named("p", "o"),
        name: name.into(),
        side,
        roles: std::collections::BTreeSet::new(),
        project_manager: false,
        key_stakeholder,
        service_account: false,
        removed: None,
    };
    vec![
        member(1, "Anna", Side::Customer, true),
        member(2, "Paul", Side::Partner, true),
        member(3, "Carl", Side::Customer, false),
    ]
}
