//! Files that show that a step was done: kept durably, then attached to the step.

use super::Copy;
use crate::people::one_line;
use crate::{Actor, App, Error, Result};
use bytes::Bytes;
use futures_util::Stream;
use golive_core::id::{EvidenceId, ProjectId, StepId};
use golive_core::methodology::attachment::{Attachment, Event, Kind};
use golive_core::methodology::step::State;
use golive_core::people::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use utoipa::ToSchema;

/// The largest file that proves a step.
const LARGEST: u64 = 64 << 20;

/// A file that was attached to a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttachmentView {
    /// The evidence's id.
    pub id: String,
    /// The step.
    pub step: String,
    /// `document` or `file`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its digest.
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
    /// Attaches a file to a step that is not done yet.
    pub async fn step_evidence<E: std::fmt::Display>(
        &self,
        actor: &Actor,
        id: StepId,
        (name, kind): (&str, Option<&str>),
        stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<AttachmentView> {
        let name = one_line("file", name)?;
        let kind = kind.unwrap_or("document");
        let kind: Kind =
            kind.parse().map_err(|_| Error::invalid("kind", "document or file", kind))?;
        // Asked before the upload, so that nobody sends a file in vain; and again when it is attached.
        let project = self.project_of_step(id).await?;
        let mut session = self.store.session().await?;
        self.step_kept_by(&mut session, actor, project, id).await?;
        drop(session);
        let kept = self.keep_file(stream, LARGEST).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (step, _) = self.step_kept_by(&mut write, actor, project, id).await?;
        if let State::Done { .. } = step.value.state {
            return Err(Error::NotNow("the step is done; reopen it to add evidence".into()));
        }
        let attachment = Attachment {
            id: EvidenceId::named(&id.to_string(), &format!("{}\0{name}", kept.digest)),
            project,
            step: id,
            kind,
            name,
            digest: kept.digest,
            bytes: kept.bytes,
            by: actor.user,
            at: write.now(),
        };
        let event = Event::Attached { by: actor.user, digest: attachment.digest.clone() };
        // The same file a second time is there already.
        if write.find::<Attachment>(attachment.id).await?.is_none() {
            write.insert(attachment.id, project, &attachment, &event).await?;
            write.commit().await?;
        }
        Ok(view(&attachment, &actor.name))
    }

    /// The file behind a piece of evidence: its name and where it lies.
    pub async fn evidence_file(&self, actor: &Actor, id: EvidenceId) -> Result<(String, PathBuf)> {
        let mut session = self.store.session().await?;
        let project = session.project_of::<Attachment>(id).await?;
        let project: ProjectId = project.parse().map_err(Error::internal)?;
        let hidden = |_| Error::not_found("evidence", id);
        self.member(&mut session, actor, project, Action::View).await.map_err(hidden)?;
        let attachment = session.get::<Attachment>(id).await?.value;
        Ok((attachment.name, self.kept_file(&attachment.digest)?))
    }
}

/// An attachment as it is shown.
pub(super) fn view(attachment: &Attachment, by: &str) -> AttachmentView {
    AttachmentView {
        id: attachment.id.to_string(),
        step: attachment.step.to_string(),
        kind: attachment.kind.name().to_owned(),
        name: attachment.name.clone(),
        digest: attachment.digest.clone(),
        bytes: attachment.bytes,
        by: by.to_owned(),
        at: attachment.at,
    }
}

/// The files of one step, oldest first.
pub(super) fn of_step(all: &[Attachment], step: StepId) -> Vec<Attachment> {
    let mut mine: Vec<Attachment> = all.iter().filter(|a| a.step == step).cloned().collect();
    mine.sort_by_key(|attachment| attachment.at);
    mine
}

impl Copy {
    /// The step with this id.
    pub(super) fn step(
        &self,
        id: StepId,
    ) -> Result<&golive_store::Versioned<golive_core::methodology::step::Step>> {
        let found = self.steps.iter().find(|seen| seen.value.id == id);
        found.ok_or_else(|| Error::not_found("step", id))
    }
}
