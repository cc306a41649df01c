//! The words that all content uses: roles, kinds of evidence, records, facts and operations.
//!
//! A file that uses a word which is not here is not loaded; so a rule never asks for something that nobody measures.

use crate::fact::{Fact, FactId, Facts};
use crate::gate::{Compare, Threshold, holds};
use crate::people::Side;
use crate::policy::Policy;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A role that a member may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The name in files: `test-lead`.
    pub id: String,
    /// The name for people.
    pub title: String,
    /// Whom people with this role act for.
    pub side: Side,
}

/// What may prove that a step was done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// A file that people read.
    Document,
    /// An address that people can open.
    Link,
    /// A file that the server reads: results, an analysis, a reconciliation.
    File,
    /// A fact that the server verifies itself, by the name of the record.
    Record(String),
}

impl EvidenceKind {
    /// The name in files: `document`, `record:seats-filled`.
    pub fn name(&self) -> String {
        match self {
            Self::Document => "document".to_owned(),
            Self::Link => "link".to_owned(),
            Self::File => "file".to_owned(),
            Self::Record(record) => format!("record:{record}"),
        }
    }
}

impl std::str::FromStr for EvidenceKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("record:")) {
            ("document", _) => Ok(Self::Document),
            ("link", _) => Ok(Self::Link),
            ("file", _) => Ok(Self::File),
            (_, Some(record)) if !record.is_empty() => Ok(Self::Record(record.to_owned())),
            _ => {
                Err(format!("`{text}` is no kind of evidence: document, link, file or record:<id>"))
            }
        }
    }
}

/// Something that the server verifies itself by a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The name in files: `seats-filled`.
    pub id: String,
    /// The fact that is looked at.
    pub fact: FactId,
    /// How it is compared.
    pub test: Compare,
    /// With what.
    pub threshold: Threshold,
}

/// What the server found when it verified a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    /// The record.
    pub record: String,
    /// The fact.
    pub fact: FactId,
    /// How it was compared.
    pub test: Compare,
    /// With what.
    pub wanted: Value,
    /// What it is.
    pub found: Fact,
    /// Whether it is as the record says. A stale fact is not.
    pub holds: bool,
}

impl Record {
    /// Looks at the facts.
    pub fn verify(&self, facts: &Facts, policy: &Policy) -> Verified {
        let wanted = match &self.threshold {
            Threshold::Fixed(value) | Threshold::Governed { value, .. } => value.clone(),
            Threshold::Setting(key) => {
                policy.setting(key).map_or(Value::Missing, |setting| setting.value.clone())
            }
        };
        let found = facts.get(&self.fact);
        let holds =
            found.not_applicable || (!found.stale && holds(self.test, &found.value, &wanted));
        Verified {
            record: self.id.clone(),
            fact: self.fact.clone(),
            test: self.test,
            wanted,
            found,
            holds,
        }
    }
}

/// The shape of a fact's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactKind {
    /// Yes or no.
    Flag,
    /// A whole number of things.
    Count,
    /// Parts of a hundred.
    Percent,
    /// Parts of a thousand.
    Permille,
    /// Money in the project's currency.
    Amount,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days.
    Days,
    /// Months.
    Months,
    /// A day.
    Date,
    /// From one day or moment to another.
    DateRange,
    /// Words.
    Text,
    /// One word out of several.
    Choice,
    /// Several words.
    List,
    /// Members of the project.
    People,
    /// Rows.
    Table,
}

/// A measured value that files may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactWord {
    /// The name: `uat.pass_rate`.
    pub id: String,
    /// The shape of its value.
    pub kind: FactKind,
    /// The subject that measures it.
    pub origin: String,
    /// What it says.
    pub meaning: String,
    /// The setting that it is judged by, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// What an automatic task of a cutover plan may call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationWord {
    /// The name: `environment.restore_point`.
    pub id: String,
    /// What it does.
    pub title: String,
    /// False when it only looks.
    pub changes: bool,
    /// How it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
}

/// All words.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Vocabulary {
    /// Roles by id.
    pub roles: BTreeMap<String, Role>,
    /// Titles of the kinds of evidence, by name.
    pub evidence: BTreeMap<String, String>,
    /// Records by id.
    pub records: BTreeMap<String, Record>,
    /// Facts by id.
    pub facts: BTreeMap<String, FactWord>,
    /// Operations by id.
    pub operations: BTreeMap<String, OperationWord>,
}

impl Vocabulary {
    /// The title of a role, or its id when it is unknown.
    pub fn role_title<'v>(&'v self, id: &'v str) -> &'v str {
        self.roles.get(id).map_or(id, |role| role.title.as_str())
    }

    /// The records that hold by these facts.
    pub fn verified(&self, facts: &Facts, policy: &Policy) -> BTreeMap<String, Verified> {
        self.records.iter().map(|(id, record)| (id.clone(), record.verify(facts, policy))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        serde_json::from_value(serde_json::json!({
            "id": "p", "version": "1", "title": "p", "description": "", "valid_from": "2024-05-01", "digest": "sha256:",
            "settings": { "acceptance.coverage_min": {
                "title": "Coverage", "value": 90, "unit": "percent", "source": "S F038", "valid_from": "2024-05-01" } },
        }))
        .unwrap()
    }

    fn record(fact: &'static str, threshold: Threshold) -> Record {
        Record { id: "r".into(), fact: fact.into(), test: Compare::AtLeast, threshold }
    }

    #[test]
    fn a_record_is_verified_against_the_pack() {
        let coverage = record("uat.coverage", Threshold::Setting("acceptance.coverage_min".into()));
        let mut facts = Facts::default();
        assert!(!coverage.verify(&facts, &policy()).holds, "what nobody measured does not hold");
        facts.set("uat.coverage", 89.0);
        assert!(!coverage.verify(&facts, &policy()).holds);
        facts.set("uat.coverage", 90.0);
        let verified = coverage.verify(&facts, &policy());
        assert!(verified.holds);
        assert_eq!(verified.wanted, Value::Count(90));
        facts.set("uat.coverage", Fact { stale: true, ..Fact::from(100.0) });
        assert!(!coverage.verify(&facts, &policy()).holds, "stale is not proven");
    }

    #[test]
    fn a_kind_of_evidence_is_read_back_as_it_was_written() {
        for name in ["document", "link", "file", "record:seats-filled"] {
            assert_eq!(name.parse::<EvidenceKind>().unwrap().name(), name);
        }
        assert!("record:".parse::<EvidenceKind>().is_err());
        assert!("promise".parse::<EvidenceKind>().is_err());
    }
}
