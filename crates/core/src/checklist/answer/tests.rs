//! Tests of answers: what is taken, what is refused, how an answer stands to its fact.

use super::super::sample::question;
use super::read::{LONGEST, range_between};
use super::*;
use serde_json::{Value as Json, json};

fn read(kind: AnswerKind, json: &Json) -> Option<Answer> {
    Answer::read(&question("q", kind), json).ok()
}

#[test]
fn each_kind_takes_what_a_form_and_a_program_send_and_nothing_else() {
    use AnswerKind as K;
    let range = |from: &str, until: &str| json!({ "from": from, "until": until });
    for (kind, good, bad) in [
        (K::YesNo, vec![json!("yes"), json!(false)], vec![json!("maybe"), json!(1)]),
        (K::YesNoInProgress, vec![json!("in-progress"), json!(true)], vec![json!("soon")]),
        (K::Text, vec![json!("words")], vec![json!(" "), json!(3), json!("x".repeat(LONGEST + 1))]),
        (K::Number, vec![json!(3), json!("4.5")], vec![json!(-1), json!("many"), json!("NaN")]),
        (K::Percent, vec![json!(0), json!("100")], vec![json!(1001), json!("inf")]),
        (K::Date, vec![json!("2027-04-05")], vec![json!("5 April"), json!("2027-02-30")]),
        (
            K::DateRange,
            vec![range("2027-04-05", "2027-04-05"), range("2027-04-02T18:00", "2027-04-04T14:00")],
            vec![range("2027-04-05", "2027-04-04"), json!({ "from": "2027-04-05" })],
        ),
        (K::Choice, vec![json!("a"), json!(["b"])], vec![json!("z"), json!(["a", "b"]), json!([])]),
    ] {
        for json in good {
            assert!(read(kind, &json).is_some(), "{kind:?} takes {json}");
        }
        for json in bad {
            assert!(read(kind, &json).is_none(), "{kind:?} refuses {json}");
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
    assert_eq!(Answer::Progress(Progress::InProgress).differs(&Value::Flag(false)), Some(false));
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
    assert!(matches!(range, Some(Answer::DateRange(range)) if (range.hours() - 44.0).abs() < 1e-9));
}

#[test]
fn whole_days_count_the_last_one() {
    let range = range_between("2027-04-05", "2027-04-18").unwrap();
    assert!((range.days() - 14.0).abs() < 1e-9);
}
