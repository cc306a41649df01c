//! Claims on record: migrated data, opening balances, rules confirmed, features described. Taken back with a reason.

use super::{Known, name_of, names, reasoned};
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::book::{Stated, TakenBack, may_state};
use golive_core::acceptance::evidence::{Claim, Statement};
use golive_core::id::{EvidenceId, ProjectId, UserId};
use golive_core::people::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What is stated.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementForm {
    /// `migrated_master_data`, `opening_balances`, `regulation_confirmed` or `feature_documented`.
    pub claim: String,
    /// The data sets, rules or features that it is stated of, by name.
    pub names: Vec<String>,
    /// Where the proof is.
    #[serde(default)]
    pub note: String,
}

/// A claim on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementView {
    /// Its id as evidence.
    pub id: String,
    /// What kind of claim.
    pub claim: String,
    /// Of what: the data set, the rule, the feature.
    pub name: String,
    /// Who states it.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Where the proof is.
    pub note: String,
    /// Why it was taken back.
    pub withdrawn: Option<String>,
}

impl StatementView {
    pub(super) fn of(id: EvidenceId, stated: &Stated, names: &BTreeMap<UserId, String>) -> Self {
        let (claim, name) = parts(&stated.statement.claim);
        Self {
            id: id.to_string(),
            claim: claim.to_owned(),
            name: name.to_owned(),
            by: name_of(names, stated.statement.by),
            at: stated.statement.at,
            note: stated.note.clone(),
            withdrawn: stated.withdrawn.as_ref().map(|taken| taken.reason.clone()),
        }
    }
}

impl App {
    /// States that data are migrated, a rule is met, a feature is described. Rules and descriptions are the customer's.
    pub async fn acceptance_confirm(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &StatementForm,
    ) -> Result<Vec<StatementView>> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let seat = self.member(&mut write, actor, project, Action::KeepAcceptance).await?;
        if seat.service_account {
            return Err(Error::forbidden("a service account confirms nothing"));
        }
        let known = Known::read(&mut write, project).await?;
        if form.names.iter().all(|name| name.trim().is_empty()) {
            return Err(Error::invalid("names", "at least one name", "none"));
        }
        let mut made = Vec::new();
        for name in form.names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            let claim = claim(&form.claim, name)?;
            may_state(&claim, seat.side).map_err(|no| Error::forbidden(no.to_string()))?;
            is_registered(&known, &claim)?;
            let evidence = EvidenceId::from_uuid(uuid::Uuid::now_v7());
            let statement =
                Statement { evidence, claim, subject: None, by: actor.user, at: write.now() };
            let stated = Stated { statement, note: form.note.trim().to_owned(), withdrawn: None };
            write
                .insert(
                    evidence,
                    project,
                    &stated,
                    &json!({ "event": "made", "claim": stated.statement.claim }),
                )
                .await?;
            made.push((evidence, stated));
        }
        self.settle_acceptance(&mut write, project).await?;
        let names = names(&mut write, project).await?;
        write.commit().await?;
        Ok(made.iter().map(|(id, stated)| StatementView::of(*id, stated, &names)).collect())
    }

    /// Takes a claim back, with the reason.
    pub async fn acceptance_withdraw(
        &self,
        actor: &Actor,
        id: EvidenceId,
        reason: &str,
    ) -> Result<StatementView> {
        let reason = reasoned(reason)?;
        let project: ProjectId = self
            .store
            .session()
            .await?
            .project_of::<Stated>(id)
            .await?
            .parse()
            .map_err(Error::internal)?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("statement", id),
            other => other,
        };
        let seat = self
            .member(&mut write, actor, project, Action::KeepAcceptance)
            .await
            .map_err(hidden)?;
        let seen = write.get::<Stated>(id).await?;
        may_state(&seen.value.statement.claim, seat.side)
            .map_err(|no| Error::forbidden(no.to_string()))?;
        if seen.value.withdrawn.is_some() {
            return Err(Error::NotNow("it was taken back before".into()));
        }
        let event = json!({ "event": "withdrawn", "reason": reason });
        let withdrawn = Some(TakenBack { by: actor.user, at: write.now(), reason });
        let stated = Stated { withdrawn, ..seen.value };
        write.change(id, seen.version, &stated, &event).await?;
        self.settle_acceptance(&mut write, project).await?;
        let names = names(&mut write, project).await?;
        write.commit().await?;
        Ok(StatementView::of(id, &stated, &names))
    }
}

fn claim(kind: &str, name: &str) -> Result<Claim> {
    let name = crate::people::one_line("names", name)?;
    Ok(match kind {
        "migrated_master_data" => Claim::MigratedMasterData { data_set: name },
        "opening_balances" => Claim::OpeningBalances { data_set: name },
        "regulation_confirmed" => Claim::RegulationConfirmed { regulation: name },
        "feature_documented" => Claim::FeatureDocumented { feature: name },
        other => {
            let words = "migrated_master_data, opening_balances, regulation_confirmed or feature_documented";
            return Err(Error::invalid("claim", words, other));
        }
    })
}

/// The kind of a claim, and what it is about.
pub(super) fn parts(claim: &Claim) -> (&'static str, &str) {
    match claim {
        Claim::MigratedMasterData { data_set } => ("migrated_master_data", data_set),
        Claim::OpeningBalances { data_set } => ("opening_balances", data_set),
        Claim::RegulationConfirmed { regulation } => ("regulation_confirmed", regulation),
        Claim::FeatureDocumented { feature } => ("feature_documented", feature),
    }
}

/// What is confirmed must be in the register, or the confirmation would count for nothing.
fn is_registered(known: &Known, claim: &Claim) -> Result<()> {
    let register = match claim {
        Claim::MigratedMasterData { .. } | Claim::OpeningBalances { .. } => return Ok(()),
        Claim::RegulationConfirmed { .. } => &known.scope.regulations,
        Claim::FeatureDocumented { .. } => &known.scope.features,
    };
    let (_, name) = parts(claim);
    if register.iter().any(|entry| entry.key == name) {
        return Ok(());
    }
    let known: Vec<&str> = register.iter().take(20).map(|entry| entry.key.as_str()).collect();
    Err(Error::invalid("names", format!("one of the register: {}", known.join(", ")), name))
}
