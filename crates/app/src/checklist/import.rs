//! Answers from a file: of any number of sections, all or none.

use super::answer::{SentAnswer, carry_out, sent};
use super::{ChecklistView, Sheet};
use crate::{Actor, App, Error, Result};
use golive_core::checklist::section::Command;
use golive_core::id::ProjectId;
use golive_core::people::Action;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The largest file of answers.
const LIMIT: usize = 1 << 20;

/// What a file of answers begins with.
const SCHEMA: &str = "golive.answers/1";

/// A file of answers: TOML, or JSON if its name ends so.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswersFile {
    /// `golive.answers/1`.
    schema: String,
    /// Answers by question.
    #[serde(default)]
    answers: BTreeMap<String, SentAnswer>,
    /// Free comments by section.
    #[serde(default)]
    comments: BTreeMap<String, String>,
}

impl AnswersFile {
    /// Reads a file; the error names the place.
    pub fn read(file: &str, text: &str) -> Result<Self> {
        if text.len() > LIMIT {
            return Err(Error::TooLarge { what: file.to_owned(), limit: format!("{LIMIT} bytes") });
        }
        let is_json = std::path::Path::new(file)
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let read: Self = if is_json {
            serde_json::from_str(text).map_err(|error| fault(file, &error))?
        } else {
            let table: toml::Table =
                toml::from_str(text).map_err(|error| fault(file, error.message()))?;
            serde_json::from_value(json(toml::Value::Table(table)))
                .map_err(|error| fault(file, &error))?
        };
        if read.schema != SCHEMA {
            return Err(fault(file, format!("schema: expected {SCHEMA}; found {}", read.schema)));
        }
        Ok(read)
    }
}

fn fault(file: &str, what: impl ToString) -> Error {
    Error::BadFile { file: file.to_owned(), faults: vec![what.to_string()] }
}

/// TOML as JSON; its dates become texts, which is how answers write them.
fn json(value: toml::Value) -> Json {
    match value {
        toml::Value::String(text) => Json::String(text),
        toml::Value::Integer(n) => n.into(),
        toml::Value::Float(n) => n.into(),
        toml::Value::Boolean(yes) => Json::Bool(yes),
        toml::Value::Datetime(at) => Json::String(at.to_string()),
        toml::Value::Array(all) => all.into_iter().map(json).collect(),
        toml::Value::Table(table) => {
            table.into_iter().map(|(key, value)| (key, json(value))).collect()
        }
    }
}

impl App {
    /// Takes the answers of a file.
    pub async fn checklist_import(
        &self,
        actor: &Actor,
        project: ProjectId,
        (file, text): (&str, &str),
    ) -> Result<ChecklistView> {
        let read = AnswersFile::read(file, text)?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::AnswerChecklist).await?;
        let sheet = self.sheet(&mut write, project).await?;
        let commands = commands(&sheet, actor, file, read)?;
        let mut faults = Vec::new();
        for (section, commands) in commands {
            match carry_out(&mut write, &sheet, &section, commands).await {
                Ok(()) => {}
                Err(Error::BadFile { faults: more, .. }) => faults.extend(more),
                Err(error) => return Err(error),
            }
        }
        if !faults.is_empty() {
            return Err(Error::BadFile { file: file.to_owned(), faults });
        }
        write.commit().await?;
        self.checklist_view(actor, project).await
    }
}

/// What the file asks of each section; names that the template does not have are faults.
fn commands(
    sheet: &Sheet,
    actor: &Actor,
    file: &str,
    read: AnswersFile,
) -> Result<BTreeMap<String, Vec<Command>>> {
    let by = actor.user;
    let mut faults = Vec::new();
    let mut answers: BTreeMap<String, BTreeMap<_, _>> = BTreeMap::new();
    for (id, answer) in read.answers {
        match sheet.template.question(&id) {
            Some(question) => {
                answers.entry(question.section.clone()).or_default().insert(id, answer.told());
            }
            None => faults.push(format!("answers.{id}: expected a question of this checklist")),
        }
    }
    let mut commands: BTreeMap<String, Vec<Command>> = BTreeMap::new();
    for (section, told) in answers {
        let answers = sent(sheet, told);
        commands.entry(section).or_default().push(Command::Answer { by, answers });
    }
    for (section, text) in read.comments {
        match sheet.section(&section) {
            Ok(_) => commands.entry(section).or_default().push(Command::Comment { by, text }),
            Err(_) => {
                faults.push(format!("comments.{section}: expected a section of this checklist"));
            }
        }
    }
    if faults.is_empty() {
        Ok(commands)
    } else {
        Err(Error::BadFile { file: file.to_owned(), faults })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_a_toml_file_become_texts_and_unknown_keys_are_refused() {
        let text = "schema = \"golive.answers/1\"\n[answers]\nwhen = 2027-04-05\nhow = { answer = 3, comment = \"c\" }";
        let read = AnswersFile::read("a.toml", text).expect("a sound file");
        assert_eq!(read.answers["when"].told().answer, Json::from("2027-04-05"));
        assert_eq!(read.answers["how"].told().comment, "c");
        let rows = AnswersFile::read(
            "a.json",
            r#"{"schema": "golive.answers/1", "answers": {"list": [{"what": "a"}]}}"#,
        );
        let rows = rows.expect("a sound file").answers["list"].told().answer;
        assert_eq!(
            rows,
            serde_json::json!([{ "what": "a" }]),
            "one row is not a word about an answer"
        );
        let bad = AnswersFile::read("a.toml", "schema = \"golive.answers/1\"\nother = 1")
            .expect_err("a key too many");
        assert!(bad.to_string().contains("a.toml"), "{bad}");
        assert!(AnswersFile::read("a.json", "{\"schema\": \"golive.answers/2\"}").is_err());
    }
}
