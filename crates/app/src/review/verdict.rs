//! The reviewer's word: report, release, refusal, confirmation.

use super::{Desk, ReviewView, finding, late};
use crate::{Actor, App, Error, Result};
use golive_core::checklist;
use golive_core::id::ProjectId;
use golive_core::people::Action;
use golive_core::review::finding::{Command as OnFinding, State as FindingState};
use golive_core::review::workshop::Workshop;
use golive_core::review::{Command, Verdict};
use golive_store::Write;

impl App {
    /// Issues the report: what is drafted becomes open with it.
    pub async fn review_issue_report(
        &self,
        actor: &Actor,
        project: ProjectId,
        summary: &str,
    ) -> Result<ReviewView> {
        let (mut write, mut desk) = self.at_the_desk(actor, project).await?;
        raise_drafts(&mut write, &mut desk, actor).await?;
        let command = Command::IssueReport {
            by: actor.user,
            summary: summary.trim().to_owned(),
            file: None,
            open: desk.open(),
        };
        let change = desk.decide(&desk.seen.value, command, write.now())?;
        write.change(desk.id, desk.seen.version, &change.review, &change.event).await?;
        write.commit().await?;
        self.review_view(actor, project).await
    }

    /// Releases the project. Managed requests that wait are released in the same write: their clock starts.
    pub async fn review_complete(&self, actor: &Actor, project: ProjectId) -> Result<ReviewView> {
        let (mut write, desk) = self.at_the_desk(actor, project).await?;
        let command = Command::Decide {
            by: actor.user,
            verdict: Verdict::Ready,
            reason: String::new(),
            open: desk.open(),
            workshop_held: desk.workshop_held(),
        };
        self.release(&mut write, &desk, command).await?;
        write.commit().await?;
        self.review_view(actor, project).await
    }

    /// Says that the project is not ready: the checklist goes back to it, and must be sent again.
    pub async fn review_refuse(
        &self,
        actor: &Actor,
        project: ProjectId,
        reason: &str,
    ) -> Result<ReviewView> {
        let (mut write, desk) = self.at_the_desk(actor, project).await?;
        let (by, reason) = (actor.user, reason.trim().to_owned());
        let command = Command::Decide {
            by,
            verdict: Verdict::NotReady,
            reason: reason.clone(),
            open: desk.open(),
            workshop_held: desk.workshop_held(),
        };
        let change = desk.decide(&desk.seen.value, command, write.now())?;
        write.change(desk.id, desk.seen.version, &change.review, &change.event).await?;
        let back = checklist::Command::GiveBack { by, reason };
        crate::checklist::give_back(self, &mut write, project, back).await?;
        write.commit().await?;
        self.review_view(actor, project).await
    }

    /// Confirms a release after a late change.
    pub async fn review_confirm(&self, actor: &Actor, project: ProjectId) -> Result<ReviewView> {
        let (mut write, mut desk) = self.at_the_desk(actor, project).await?;
        let facts = self.facts(&mut write, project).await?.facts;
        late::note(&mut write, &mut desk, &facts).await?;
        let command = Command::Confirm { by: actor.user, open: desk.open() };
        self.release(&mut write, &desk, command).await?;
        write.commit().await?;
        self.review_view(actor, project).await
    }

    /// Takes a release back: something must be mitigated first.
    pub async fn review_reopen(
        &self,
        actor: &Actor,
        project: ProjectId,
        reason: &str,
    ) -> Result<ReviewView> {
        let (mut write, mut desk) = self.at_the_desk(actor, project).await?;
        let facts = self.facts(&mut write, project).await?.facts;
        late::note(&mut write, &mut desk, &facts).await?;
        let command = Command::Reopen { by: actor.user, reason: reason.trim().to_owned() };
        let change = desk.decide(&desk.seen.value, command, write.now())?;
        write.change(desk.id, desk.seen.version, &change.review, &change.event).await?;
        write.commit().await?;
        self.review_view(actor, project).await
    }

    /// A write on the review by somebody of the reviewer's side.
    async fn at_the_desk(&self, actor: &Actor, project: ProjectId) -> Result<(Write, Desk)> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::Review).await?;
        let desk = self.desk(&mut write, project).await?;
        Ok((write, desk))
    }

    /// The release, what it is for, and what waits for it.
    async fn release(&self, write: &mut Write, desk: &Desk, command: Command) -> Result<()> {
        let change = desk.decide(&desk.seen.value, command, write.now())?;
        write.change(desk.id, desk.seen.version, &change.review, &change.event).await?;
        let facts = self.facts(write, desk.at).await?.facts;
        late::take_baseline(write, desk, &facts).await?;
        crate::request::release_queued(write, desk.at).await
    }
}

impl Desk {
    pub(super) fn workshop_held(&self) -> bool {
        self.workshop.as_ref().is_some_and(|seen| Workshop::is_held(&seen.value))
    }
}

/// Shows every draft to the team.
async fn raise_drafts(write: &mut Write, desk: &mut Desk, actor: &Actor) -> Result<()> {
    let now = write.now();
    let due = desk.due(now, desk.rules.answer_days)?;
    for (id, seen) in &mut desk.findings {
        if !matches!(seen.value.state, FindingState::Draft) {
            continue;
        }
        let raise = OnFinding::Raise { by: actor.user, due };
        let change = finding::decide(&seen.value, raise, now).map_err(|error| match error {
            Error::Invalid { at, .. } => {
                Error::NotNow(format!("{}: {at} must be given", seen.value.number))
            }
            other => other,
        })?;
        write.change(*id, seen.version, &change.finding, &change.event).await?;
        seen.value = change.finding;
        seen.version += 1;
    }
    Ok(())
}
