//! Files attached to a finding: kept by their digest, listed with it, and read again by whoever may see it.

use super::FindingView;
use super::finding::evidence_of;
use crate::files::Kept;
use crate::people::one_line;
use crate::{Actor, App, Error, Result};
use golive_core::id::{EvidenceId, FindingId};
use golive_core::people::Action;
use golive_core::review::finding::State;
use golive_core::review::proof::{Event, Proof};
use golive_store::Session;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use utoipa::ToSchema;

/// The largest file that is attached to a finding.
pub const PROOF_LIMIT: u64 = 50 << 20;

/// A file attached to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingFileView {
    /// Its id, for `evidence`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `sha256:` and the hexadecimal digest.
    pub digest: String,
    /// Its size.
    pub bytes: u64,
    /// Who attached it.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
}

impl App {
    /// Whether this person may attach a file to this finding; asked before anything is received.
    pub async fn finding_attach_check(&self, actor: &Actor, id: FindingId) -> Result<()> {
        let project = self.project_of_finding(id).await?;
        let mut session = self.store.session().await?;
        self.either(&mut session, actor, project, [Action::Mitigate, Action::Review]).await?;
        let finding = session.get::<golive_core::review::finding::Finding>(id).await?.value;
        match finding.state {
            State::Withdrawn { .. } => Err(Error::NotNow("the finding was withdrawn".into())),
            State::Draft
            | State::Open { .. }
            | State::Proposed { .. }
            | State::ProofAsked { .. }
            | State::Accepted { .. }
            | State::Closed { .. } => Ok(()),
        }
    }

    /// Attaches a file that was kept to a finding.
    pub async fn finding_attach(
        &self,
        actor: &Actor,
        id: FindingId,
        (name, kept): (&str, Kept),
    ) -> Result<FindingView> {
        self.finding_attach_check(actor, id).await?;
        let project = self.project_of_finding(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let proof = Proof {
            finding: id,
            name: one_line("file", name)?,
            digest: kept.digest.clone(),
            bytes: kept.bytes,
            by: actor.user,
            at: write.now(),
        };
        let event = Event::Attached { by: actor.user, digest: kept.digest };
        let evidence = EvidenceId::from_uuid(uuid::Uuid::now_v7());
        write.insert(evidence, project, &proof, &event).await?;
        write.commit().await?;
        self.finding_view(actor, id).await
    }

    /// Where an attached file lies, with its name, for who may see the finding.
    pub async fn finding_proof(&self, actor: &Actor, id: EvidenceId) -> Result<(String, PathBuf)> {
        let mut session = self.store.session().await?;
        let proof = session.get::<Proof>(id).await?.value;
        drop(session);
        self.finding_view(actor, proof.finding).await.map_err(|error| match error {
            Error::NotFound { .. } => Error::not_found("evidence", id),
            other => other,
        })?;
        Ok((proof.name, self.kept_file(&proof.digest)?))
    }

    /// Files that a form names; each must have been attached to this finding.
    pub(super) async fn proofs_of(
        &self,
        finding: FindingId,
        names: &[String],
    ) -> Result<Vec<EvidenceId>> {
        let mut session = self.store.session().await?;
        let known = attached(&mut session, finding).await?;
        let wanted = names.iter().filter(|name| !name.trim().is_empty());
        wanted
            .map(|name| {
                let id = evidence_of(name.trim())?;
                let is_known = known.iter().any(|(known, _)| *known == id);
                is_known
                    .then_some(id)
                    .ok_or_else(|| Error::not_found("file attached to this finding", name))
            })
            .collect()
    }
}

/// The files of a finding, oldest first.
pub(super) async fn attached(
    session: &mut Session,
    finding: FindingId,
) -> Result<Vec<(EvidenceId, Proof)>> {
    let rows = session.with::<Proof>("finding", finding.to_string()).await?;
    Ok(rows.into_iter().map(|(id, seen)| (id, seen.value)).collect())
}
