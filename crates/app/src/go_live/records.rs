//! Values that people measure and record, for facts that no subject of golive computes.

use crate::people::one_line;
use crate::{Actor, App, Error, Result};
use golive_core::fact::FactId;
use golive_core::go_live::measured::Measurement;
use golive_core::id::{EvidenceId, ProjectId};
use golive_core::people::Action;
use golive_core::value::Value;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A measured value.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactRecord {
    /// The fact: `training.trained_share`, or `manual.` and a criterion.
    pub fact: String,
    /// The value: yes or no, a number, or a text.
    pub value: String,
    /// How it was measured; it goes on record.
    pub note: String,
}

/// A recorded value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FactView {
    /// The record.
    pub id: String,
    /// The fact.
    pub fact: String,
    /// The value.
    pub value: String,
    /// How it was measured.
    pub note: String,
    /// Who recorded it.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
}

impl App {
    /// Records a measured value. A later record of the same fact takes the place of an earlier one; both stay.
    pub async fn fact_record(
        &self,
        actor: &Actor,
        project: ProjectId,
        record: &FactRecord,
    ) -> Result<FactView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepMethodology).await?;
        let fact = FactId(record.fact.clone().into());
        let known = self.content.vocabulary.facts.contains_key(&record.fact)
            || record.fact.starts_with("manual.");
        if !known {
            return Err(Error::not_found("fact", &record.fact));
        }
        if self.computed(&mut write, project, &fact).await? {
            return Err(Error::NotNow(format!("golive measures `{fact}` itself")));
        }
        let measurement = Measurement {
            fact,
            value: value(&record.value),
            by: actor.user,
            at: write.now(),
            note: one_line("note", &record.note)?,
            evidence: Vec::new(),
        };
        let id = EvidenceId::from_uuid(uuid::Uuid::now_v7());
        let event = serde_json::json!({ "event": "recorded", "fact": measurement.fact, "value": measurement.value });
        write.insert(id, project, &measurement, &event).await?;
        write.commit().await?;
        Ok(view(id, measurement))
    }

    /// The recorded values of a project.
    pub async fn fact_list(&self, actor: &Actor, project: ProjectId) -> Result<Vec<FactView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let records = session.of_project::<Measurement>(project).await?;
        Ok(records.into_iter().map(|(id, seen)| view(id, seen.value)).collect())
    }

    /// Whether a subject of golive says this fact by itself.
    async fn computed(
        &self,
        session: &mut golive_store::Session,
        project: ProjectId,
        fact: &FactId,
    ) -> Result<bool> {
        let recorded = session.of_project::<Measurement>(project).await?;
        if recorded.iter().any(|(_, seen)| seen.value.fact == *fact) {
            return Ok(false);
        }
        let gathered = self.facts(session, project).await?;
        let found = gathered.facts.get(fact);
        Ok(!found.value.is_missing() || found.not_applicable)
    }
}

/// As people write values: yes, no, a number, or a text.
fn value(text: &str) -> Value {
    match text.trim() {
        "yes" | "true" => Value::Flag(true),
        "no" | "false" => Value::Flag(false),
        other => match (other.parse::<i64>(), other.parse::<f64>()) {
            (Ok(count), _) => Value::Count(count),
            (Err(_), Ok(number)) if number.is_finite() => Value::Number(number),
            (Err(_), Ok(_) | Err(_)) => Value::Text(other.to_owned()),
        },
    }
}

fn view(id: EvidenceId, measurement: Measurement) -> FactView {
    FactView {
        id: id.to_string(),
        fact: measurement.fact.to_string(),
        value: measurement.value.to_string(),
        note: measurement.note,
        by: measurement.by.to_string(),
        at: measurement.at,
    }
}
