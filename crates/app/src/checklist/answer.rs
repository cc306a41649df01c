//! Answering: one section at a time, all answers of a request or none, and never over somebody else's answer unseen.

use super::view::{ChecklistSectionView, words_of};
use super::{Sheet, known};
use crate::{Actor, App, Error, Result};
use golive_core::checklist::answer::{Answer, AnswerKind};
use golive_core::checklist::section::{Command, Given, Refusal, Section, Sent, decide};
use golive_core::checklist::template::Question;
use golive_core::fact::Facts;
use golive_core::id::{ChecklistSectionId, ProjectId};
use golive_core::people::{Action, Member};
use golive_store::{Versioned, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Answers to questions of one section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswersForm {
    /// Answers by question: the answer itself, or `{ "answer": …, "comment": … }`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub answers: BTreeMap<String, SentAnswer>,
    /// Questions whose answers are taken away.
    #[serde(default)]
    pub clear: Vec<String>,
    /// The free comment at the end of the section; nothing leaves it as it is.
    #[serde(default)]
    pub comment: Option<String>,
    /// The version of the section that was seen; an answer that somebody else has given since is not replaced.
    #[serde(default)]
    pub row_version: Option<i64>,
}

/// One answer as it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "serde_json::Value", untagged)]
pub enum SentAnswer {
    /// With a word about it.
    Told(ToldAnswer),
    /// The answer alone.
    Plain(serde_json::Value),
}

impl TryFrom<serde_json::Value> for SentAnswer {
    type Error = serde_json::Error;

    /// Only an object with the key `answer` tells more than the answer itself; a range and a row are objects too.
    fn try_from(json: serde_json::Value) -> serde_json::Result<Self> {
        if json.get("answer").is_some() {
            serde_json::from_value(json).map(Self::Told)
        } else {
            Ok(Self::Plain(json))
        }
    }
}

/// An answer with a word about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldAnswer {
    /// The answer.
    pub answer: serde_json::Value,
    /// A word about it; where it differs from what is known it says why.
    #[serde(default)]
    pub comment: String,
    /// When the answer that was seen was given, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
}

impl SentAnswer {
    /// The answer, the comment, and what was seen.
    pub(super) fn told(&self) -> ToldAnswer {
        match self {
            Self::Told(told) => told.clone(),
            Self::Plain(answer) => {
                ToldAnswer { answer: answer.clone(), comment: String::new(), seen: None }
            }
        }
    }
}

impl App {
    /// Answers questions of one section.
    pub async fn checklist_answer(
        &self,
        actor: &Actor,
        project: ProjectId,
        (section, form): (&str, &AnswersForm),
    ) -> Result<ChecklistSectionView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::AnswerChecklist).await?;
        let sheet = self.sheet(&mut write, project).await?;
        let (_, seen) = sheet.section(section)?;
        let told = form.answers.iter().map(|(id, sent)| (id.clone(), sent.told())).collect();
        check_unseen(&sheet, seen, &told, form.row_version)?;
        let by = actor.user;
        let mut commands: Vec<Command> =
            form.clear.iter().map(|id| Command::Clear { by, question: id.clone() }).collect();
        if let Some(text) = &form.comment {
            commands.push(Command::Comment { by, text: text.trim().to_owned() });
        }
        if !told.is_empty() || commands.is_empty() {
            commands.push(Command::Answer { by, answers: sent(&sheet, told) });
        }
        carry_out(&mut write, &sheet, section, commands).await?;
        write.commit().await?;
        self.checklist_section(actor, project, section).await
    }

    /// Takes an answer away.
    pub async fn checklist_clear(
        &self,
        actor: &Actor,
        project: ProjectId,
        (section, question): (&str, &str),
    ) -> Result<ChecklistSectionView> {
        let command = Command::Clear { by: actor.user, question: question.to_owned() };
        self.section_command(actor, project, section, command).await
    }

    /// Writes the free comment at the end of a section.
    pub async fn checklist_comment(
        &self,
        actor: &Actor,
        project: ProjectId,
        (section, text): (&str, &str),
    ) -> Result<ChecklistSectionView> {
        let command = Command::Comment { by: actor.user, text: text.trim().to_owned() };
        self.section_command(actor, project, section, command).await
    }

    /// Gives a section to a member, or to nobody.
    pub async fn checklist_assign(
        &self,
        actor: &Actor,
        project: ProjectId,
        (section, person): (&str, Option<&str>),
    ) -> Result<ChecklistSectionView> {
        let mut session = self.store.session().await?;
        self.member(&mut session, actor, project, Action::AnswerChecklist).await?;
        let sheet = self.sheet(&mut session, project).await?;
        drop(session);
        let seat = |name: &str| {
            known::seat_of(name, &sheet.members).ok_or_else(|| Error::not_found("member", name))
        };
        let to = person.filter(|name| !name.trim().is_empty()).map(seat).transpose()?;
        self.section_command(actor, project, section, Command::Assign { by: actor.user, to }).await
    }

    async fn section_command(
        &self,
        actor: &Actor,
        project: ProjectId,
        section: &str,
        command: Command,
    ) -> Result<ChecklistSectionView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::AnswerChecklist).await?;
        let sheet = self.sheet(&mut write, project).await?;
        carry_out(&mut write, &sheet, section, vec![command]).await?;
        write.commit().await?;
        self.checklist_section(actor, project, section).await
    }
}

/// Decides and stores commands on one section, all or none; every fault of every answer is given.
pub(super) async fn carry_out(
    write: &mut Write,
    sheet: &Sheet,
    section: &str,
    commands: Vec<Command>,
) -> Result<()> {
    let (id, seen): &(ChecklistSectionId, Versioned<Section>) = sheet.section(section)?;
    let facts = Facts::default();
    let around = sheet.around(&facts);
    let (mut value, mut version) = (seen.value.clone(), seen.version);
    for command in commands {
        let change = decide(&value, command, &around, write.now())
            .map_err(|refusal| refused(section, refusal))?;
        write.change(*id, version, &change.section, &change.event).await?;
        value = change.section;
        version += 1;
    }
    Ok(())
}

/// Answers as the core takes them: people who were named become their seats.
pub(super) fn sent(sheet: &Sheet, told: BTreeMap<String, ToldAnswer>) -> BTreeMap<String, Sent> {
    told.into_iter()
        .map(|(id, told)| {
            let people =
                sheet.template.question(&id).is_some_and(|q| q.answer == AnswerKind::People);
            let answer = if people { seats(told.answer, &sheet.members) } else { told.answer };
            (id, Sent { answer, comment: told.comment })
        })
        .collect()
}

fn seats(answer: serde_json::Value, members: &[Member]) -> serde_json::Value {
    use serde_json::Value as Json;
    match answer {
        Json::String(name) => match known::seat_of(&name, members) {
            Some(id) => Json::String(id.to_string()),
            None => Json::String(name),
        },
        Json::Array(all) => Json::Array(all.into_iter().map(|one| seats(one, members)).collect()),
        other @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_)) => other,
    }
}

/// Refuses to replace an answer that was given after the section was seen; both are shown.
fn check_unseen(
    sheet: &Sheet,
    stored: &Versioned<Section>,
    told: &BTreeMap<String, ToldAnswer>,
    row_version: Option<i64>,
) -> Result<()> {
    if row_version.is_none_or(|version| version == stored.version) {
        return Ok(());
    }
    let mut both = Vec::new();
    for (id, told) in told {
        let (Some(question), Some(given)) =
            (sheet.template.question(id), stored.value.answers.get(id))
        else {
            continue;
        };
        let json = sent(sheet, BTreeMap::from([(id.clone(), told.clone())])).remove(id);
        let same = json.is_some_and(|sent| {
            Answer::read(question, &sent.answer).is_ok_and(|answer| answer == given.answer)
        });
        if told.seen != Some(given.at) && !same {
            both.push(two_answers(sheet, question, given, told));
        }
    }
    if both.is_empty() { Ok(()) } else { Err(Error::Refused(both)) }
}

fn two_answers(sheet: &Sheet, question: &Question, given: &Given, told: &ToldAnswer) -> String {
    let who = given.by.and_then(|by| sheet.members.iter().find(|member| member.user == by));
    let who = who.map_or("A fact", |member| member.name.as_str());
    let stored = words_of(&given.answer, &sheet.members);
    let yours = Answer::read(question, &told.answer)
        .map_or_else(|_| told.answer.to_string(), |answer| words_of(&answer, &sheet.members));
    let at = given.at.strftime("%F %H:%M UTC");
    format!(
        "{} {}: {who} answered “{stored}” at {at}; you sent “{yours}”",
        question.number, question.text
    )
}

/// Every problem of every answer, or the one reason against the whole.
pub(super) fn refused(section: &str, refusal: Refusal) -> Error {
    match refusal {
        Refusal::Unfit(problems) => Error::BadFile {
            file: format!("section `{section}`"),
            faults: problems.iter().map(ToString::to_string).collect(),
        },
        Refusal::UnknownQuestion(question) => {
            Error::invalid("answers", format!("questions of section `{section}`"), question)
        }
        Refusal::UnknownMember(member) => Error::not_found("member", member),
        Refusal::TooLong(most) => {
            Error::TooLarge { what: "the comment".into(), limit: format!("{most} characters") }
        }
        other @ (Refusal::Submitted | Refusal::Unchanged) => Error::NotNow(other.to_string()),
    }
}
