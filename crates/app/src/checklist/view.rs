//! The checklist as it is seen: the whole with its gate, one section with its questions, and everything for export.

use super::{Sheet, known, refused};
use crate::facts::Gathered;
use crate::views::{ActionView, GateView};
use crate::{Actor, App, Error, Result};
use golive_core::checklist::answer::{Answer, AnswerKind, Progress as Done};
use golive_core::checklist::facts::{Progress, answers, progress};
use golive_core::checklist::section::{
    Command as OnSection, Given, Section, decide as decide_section, digest,
};
use golive_core::checklist::template::{FactUse, Question};
use golive_core::checklist::{Command, State, decide};
use golive_core::fact::Facts;
use golive_core::gate::{Gate, Verdict};
use golive_core::id::{ProjectId, UserId};
use golive_core::people::{Action, Member};
use golive_core::policy::Policy;
use golive_core::value::Value;
use golive_store::Session;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

/// The checklist of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChecklistView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Its title.
    pub title: String,
    /// The template and its version.
    pub template: String,
    /// `open`, `submitted` or `returned`.
    pub state: String,
    /// The particulars of the state.
    #[schema(value_type = Object)]
    pub particulars: State,
    /// Who sent it or gave it back, by name.
    pub by: Option<String>,
    /// Questions answered, of those that apply.
    pub answered: usize,
    /// Questions that apply.
    pub applicable: usize,
    /// The digest of all answers as they are now.
    pub digest: String,
    /// Its sections.
    pub sections: Vec<ChecklistSectionSummary>,
    /// The gate before sending it, judged now.
    pub gate: GateView,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version.
    pub row_version: i64,
}

/// How far one section is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChecklistSectionSummary {
    /// Its name, for commands: `uat`.
    pub name: String,
    /// Its number for people.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Whether it applies to this project.
    pub applies: bool,
    /// Questions answered.
    pub answered: usize,
    /// Questions that apply.
    pub applicable: usize,
    /// Who fills it in.
    pub assigned: Option<String>,
}

/// One section with its questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChecklistSectionView {
    /// Its name.
    pub name: String,
    /// Its number for people.
    pub number: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub introduction: String,
    /// Whether it applies to this project.
    pub applies: bool,
    /// Who fills it in.
    pub assigned: Option<String>,
    /// The role that usually fills it in.
    pub usually: String,
    /// The questions that apply.
    pub questions: Vec<QuestionView>,
    /// The free comment at the end.
    pub comment: String,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version, for `row_version` and `If-Match`.
    pub row_version: i64,
}

/// One question with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuestionView {
    /// Its name, for commands: `ua-passed`.
    pub id: String,
    /// Its number for people.
    pub number: String,
    /// The question.
    pub text: String,
    /// What helps to answer it.
    pub help: String,
    /// The kind of answer: `yes-no`, `percent`, `table`, …
    #[schema(value_type = String)]
    pub kind: AnswerKind,
    /// Words to choose from.
    pub choices: Vec<String>,
    /// Whether several may be chosen.
    pub multiple: bool,
    /// Columns of an answer in rows.
    #[schema(value_type = Vec<Object>)]
    pub columns: Vec<golive_core::checklist::template::Column>,
    /// What a number counts.
    pub unit: Option<String>,
    /// What the answer is held against.
    pub threshold: Option<String>,
    /// Whether the checklist cannot be sent without it.
    pub required: bool,
    /// Whether "there is none" is an answer.
    pub may_be_none: bool,
    /// What golive itself knows about it.
    pub fact: Option<QuestionFactView>,
    /// The answer, as it would be sent.
    #[schema(value_type = Object)]
    pub answer: Option<Json>,
    /// The answer in words.
    pub words: Option<String>,
    /// A word about it.
    pub comment: String,
    /// Who gave it; nobody while it was only filled in from a fact.
    pub by: Option<String>,
    /// When it was given.
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
    /// Where the question comes from.
    pub source: String,
}

/// What golive knows about a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuestionFactView {
    /// The fact's name.
    pub fact: String,
    /// True when the answer is filled in from it; otherwise it is compared with it.
    pub fills_in: bool,
    /// Its value in words.
    pub value: String,
    /// Whether the answer says something else.
    pub differs: bool,
    /// The particulars behind it.
    pub details: Vec<String>,
}

/// Everything that the checklist says, for other programs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChecklistExport {
    /// `golive.checklist-export/1`.
    pub schema: String,
    /// The checklist with its gate.
    pub checklist: ChecklistView,
    /// Every section that applies.
    pub sections: Vec<ChecklistSectionView>,
}

/// What a view is made of.
struct Seen<'a> {
    sheet: &'a Sheet,
    facts: Facts,
    policy: &'a Policy,
    may_answer: Result<(), String>,
    by: UserId,
    now: Timestamp,
}

impl App {
    /// The checklist of a project.
    pub async fn checklist_view(&self, actor: &Actor, project: ProjectId) -> Result<ChecklistView> {
        let found = self.checklist_find(actor, project).await?;
        found.ok_or(Error::NotFound { kind: "checklist", id: project.to_string() })
    }

    /// The checklist of a project, if it was opened.
    pub async fn checklist_find(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Option<ChecklistView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let Some(sheet) = self.sheet_if_open(&mut session, project).await? else { return Ok(None) };
        let (view, _) = self.looked_at(&mut session, (actor, project), &sheet).await?;
        Ok(Some(view))
    }

    /// One section of the checklist with its questions.
    pub async fn checklist_section(
        &self,
        actor: &Actor,
        project: ProjectId,
        section: &str,
    ) -> Result<ChecklistSectionView> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let sheet = self.sheet(&mut session, project).await?;
        let gathered = self.facts(&mut session, project).await?;
        let seen = self.seen(&mut session, (actor, project), &sheet, gathered).await?;
        one(&seen, section)
    }

    /// Everything that the checklist says.
    pub async fn checklist_export(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<ChecklistExport> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let sheet = self.sheet(&mut session, project).await?;
        let (checklist, seen) = self.looked_at(&mut session, (actor, project), &sheet).await?;
        let applies = checklist.sections.iter().filter(|section| section.applies);
        let sections = applies.map(|section| one(&seen, &section.name)).collect::<Result<_>>()?;
        Ok(ChecklistExport { schema: "golive.checklist-export/1".into(), checklist, sections })
    }

    /// The whole, and what it was made of; facts are gathered once for both.
    async fn looked_at<'a>(
        &self,
        session: &mut Session,
        (actor, project): (&Actor, ProjectId),
        sheet: &'a Sheet,
    ) -> Result<(ChecklistView, Seen<'a>)> {
        let (gathered, mut verdicts) = self.judge_all(session, project, &[Gate::Checklist]).await?;
        let gate = verdicts.pop().expect("one gate has one verdict");
        let seen = self.seen(session, (actor, project), sheet, gathered).await?;
        let may_submit = self.member(session, actor, project, Action::SubmitChecklist).await;
        Ok((whole(&seen, (project, gate), may_submit.map(|_| ())), seen))
    }

    async fn seen<'a>(
        &self,
        session: &mut Session,
        (actor, project): (&Actor, ProjectId),
        sheet: &'a Sheet,
        gathered: Gathered,
    ) -> Result<Seen<'a>> {
        let may = self.member(session, actor, project, Action::AnswerChecklist).await;
        Ok(Seen {
            sheet,
            facts: known::facts(&gathered.facts, sheet),
            policy: self
                .content
                .policies
                .get(&gathered.project.policy)
                .expect("facts were judged by it"),
            may_answer: may.map(|_| ()).map_err(|error| error.to_string()),
            by: actor.user,
            now: self.clock.now(),
        })
    }
}

fn whole(
    seen: &Seen,
    (project, gate): (ProjectId, Verdict),
    may_submit: Result<()>,
) -> ChecklistView {
    let sheet = seen.sheet;
    let checklist = &sheet.seen.value;
    let sections = sheet.bare();
    let how_far = progress(sheet.template, &sections, &seen.facts);
    let sum = |of: fn(&Progress) -> usize| how_far.values().map(of).sum();
    let digest = digest(&sections);
    let submit = Command::Submit { by: seen.by, gate: gate.clone(), digest: digest.clone() };
    let tried = may_submit.and_then(|()| decide(checklist, submit, seen.now).map_err(refused));
    let by = match &checklist.state {
        State::Open => None,
        State::Submitted { by, .. } | State::Returned { by, .. } => Some(name(*by, &sheet.members)),
    };
    ChecklistView {
        id: sheet.id.to_string(),
        project: project.to_string(),
        title: sheet.template.title.clone(),
        template: format!("{} {}", checklist.template, checklist.template_version),
        state: checklist.state.name().to_owned(),
        particulars: checklist.state.clone(),
        by,
        answered: sum(|progress| progress.answered),
        applicable: sum(|progress| progress.applicable),
        digest,
        sections: sections.iter().filter_map(|section| summary(seen, section, &how_far)).collect(),
        gate: GateView { project: project.to_string(), open: gate.is_open(), verdict: gate },
        actions: vec![
            ActionView::tried("checklist_submit", tried),
            ActionView::tried("checklist_prefill", writable(seen)),
            ActionView::tried("checklist_import", writable(seen)),
        ],
        row_version: sheet.seen.version,
    }
}

/// Whether this person may answer now.
fn writable(seen: &Seen) -> Result<()> {
    seen.may_answer.clone().map_err(Error::Forbidden)?;
    let (_, first) = seen.sheet.sections.first().ok_or(Error::not_found("section", ""))?;
    let command = OnSection::Comment { by: seen.by, text: first.value.comment.clone() };
    let around = seen.sheet.around(&seen.facts);
    decide_section(&first.value, command, &around, seen.now)
        .map(|_| ())
        .map_err(|refusal| super::answer::refused(&first.value.name, refusal))
}

fn summary(
    seen: &Seen,
    section: &Section,
    how_far: &std::collections::BTreeMap<&str, Progress>,
) -> Option<ChecklistSectionSummary> {
    let template = seen.sheet.template.sections.iter().find(|t| t.id == section.name)?;
    let progress = how_far.get(section.name.as_str()).copied();
    Some(ChecklistSectionSummary {
        name: section.name.clone(),
        number: template.number.clone(),
        title: template.title.clone(),
        applies: progress.is_some(),
        answered: progress.unwrap_or_default().answered,
        applicable: progress.unwrap_or_default().applicable,
        assigned: assigned(section, &seen.sheet.members),
    })
}

fn assigned(section: &Section, members: &[Member]) -> Option<String> {
    let seat = section.assigned?;
    members.iter().find(|member| member.id == seat).map(|member| member.name.clone())
}

fn one(seen: &Seen, section: &str) -> Result<ChecklistSectionView> {
    let sheet = seen.sheet;
    let (_, stored) = sheet.section(section)?;
    let template = sheet.template.sections.iter().find(|t| t.id == section);
    let template = template.ok_or_else(|| Error::not_found("section of the checklist", section))?;
    let sections = sheet.bare();
    let given = answers(&sections);
    let applicable =
        sheet.template.applicable(|id| given.get(id).map(|given| &given.answer), &seen.facts);
    let here = applicable.iter().filter(|a| a.section.id == section);
    let questions: Vec<QuestionView> = here
        .map(|a| question(seen, a.question, given.get(a.question.id.as_str()).copied()))
        .collect();
    Ok(ChecklistSectionView {
        name: section.to_owned(),
        number: template.number.clone(),
        title: template.title.clone(),
        introduction: template.introduction.clone(),
        applies: !questions.is_empty(),
        assigned: assigned(&stored.value, &sheet.members),
        usually: template.assign_to.clone(),
        questions,
        comment: stored.value.comment.clone(),
        actions: ["checklist_answer", "checklist_clear", "checklist_comment", "checklist_assign"]
            .map(|name| ActionView::tried(name, writable(seen)))
            .into(),
        row_version: stored.version,
    })
}

fn question(seen: &Seen, question: &Question, given: Option<&Given>) -> QuestionView {
    let members = &seen.sheet.members;
    QuestionView {
        id: question.id.clone(),
        number: question.number.clone(),
        text: question.text.clone(),
        help: question.help.clone(),
        kind: question.answer,
        choices: question.choices.clone(),
        multiple: question.multiple,
        columns: question.columns.clone(),
        unit: question.unit.clone(),
        threshold: question.policy.as_ref().and_then(|key| threshold(seen.policy, key)),
        required: question.required,
        may_be_none: question.may_be_none(),
        fact: fact(seen, question, given),
        answer: given.map(|given| json_of(question, &given.answer)),
        words: given.map(|given| words_of(&given.answer, members)),
        comment: given.map_or(String::new(), |given| given.comment.clone()),
        by: given.and_then(|given| given.by).map(|by| name(by, members)),
        at: given.map(|given| given.at),
        source: question.source.clone(),
    }
}

/// The setting that an answer is held against, in words.
fn threshold(policy: &Policy, key: &str) -> Option<String> {
    let setting = policy.setting(key)?;
    let unit = setting.unit.replace('_', " ");
    let value = match &setting.value {
        Value::Flag(_) | Value::Missing => return None,
        value if unit == "percent" => format!("{value} %"),
        value if matches!(unit.as_str(), "count" | "choice" | "list" | "tier") => value.to_string(),
        value => format!("{value} {unit}"),
    };
    Some(format!("{}: {value}", setting.title))
}

fn fact(seen: &Seen, question: &Question, given: Option<&Given>) -> Option<QuestionFactView> {
    let link = question.fact.as_ref()?;
    let fact = seen.facts.get(&link.fact);
    let people = |text: &String| {
        let member = seen.sheet.members.iter().find(|member| member.id.to_string() == *text);
        member.map_or_else(|| text.clone(), |member| member.name.clone())
    };
    let value = match (&fact.value, question.answer) {
        (Value::List(all), AnswerKind::People) => Value::List(all.iter().map(people).collect()),
        (value, _) => value.clone(),
    };
    Some(QuestionFactView {
        fact: link.fact.to_string(),
        fills_in: link.purpose == FactUse::Prefill,
        differs: given.is_some_and(|given| given.answer.differs(&fact.value) == Some(true)),
        value: value.to_string(),
        details: fact.details,
    })
}

fn name(user: UserId, members: &[Member]) -> String {
    let member = members.iter().find(|member| member.user == user);
    member.map_or_else(|| user.to_string(), |member| member.name.clone())
}

/// An answer as it would be sent.
fn json_of(question: &Question, answer: &Answer) -> Json {
    match answer {
        Answer::None => Json::Null,
        Answer::YesNo(_) | Answer::Progress(_) => json!(answer.words().first()),
        Answer::Text(text) => json!(text),
        Answer::Number(n) | Answer::Percent(n) => json!(n),
        Answer::Date(day) => json!(day.to_string()),
        Answer::DateRange(range) if range.whole_days => {
            json!({ "from": range.from.date().to_string(), "until": range.until.date().to_string() })
        }
        Answer::DateRange(range) => {
            json!({ "from": moment(range.from), "until": moment(range.until) })
        }
        Answer::Choice(words) if question.multiple => json!(words),
        Answer::Choice(words) => json!(words.first()),
        Answer::People(people) => json!(people),
        Answer::Table(rows) => json!(rows),
    }
}

/// A time without the seconds that nobody typed.
fn moment(at: jiff::civil::DateTime) -> String {
    let short = at.second() == 0 && at.subsec_nanosecond() == 0;
    if short { at.strftime("%FT%H:%M").to_string() } else { at.to_string() }
}

/// An answer in words.
pub(super) fn words_of(answer: &Answer, members: &[Member]) -> String {
    let seat = |id: &golive_core::id::MemberId| {
        members
            .iter()
            .find(|member| member.id == *id)
            .map_or_else(|| id.to_string(), |m| m.name.clone())
    };
    match answer {
        Answer::None => "There is none".to_owned(),
        Answer::YesNo(true) | Answer::Progress(Done::Yes) => "Yes".to_owned(),
        Answer::YesNo(false) | Answer::Progress(Done::No) => "No".to_owned(),
        Answer::Progress(Done::InProgress) => "In progress".to_owned(),
        Answer::Text(text) => text.clone(),
        Answer::Number(n) => Value::Number(*n).to_string(),
        Answer::Percent(n) => format!("{} %", Value::Number(*n)),
        Answer::Date(day) => day.to_string(),
        Answer::DateRange(range) if range.whole_days => {
            format!("{} to {}", range.from.date(), range.until.date())
        }
        Answer::DateRange(range) => {
            format!("{} to {}", range.from.strftime("%F %H:%M"), range.until.strftime("%F %H:%M"))
        }
        Answer::Choice(words) if words.is_empty() => "None of them".to_owned(),
        Answer::Choice(words) => words.join(", "),
        Answer::People(people) => people.iter().map(seat).collect::<Vec<_>>().join(", "),
        Answer::Table(rows) if rows.is_empty() => "None of them".to_owned(),
        Answer::Table(rows) if rows.len() == 1 => "1 row".to_owned(),
        Answer::Table(rows) => format!("{} rows", rows.len()),
    }
}
