//! Findings: written or taken over by the reviewer, mitigated by the team, talked about, and settled by four eyes.

use super::{Desk, FindingView, refused};
use crate::{Actor, App, Error, Result};
use golive_core::id::{EvidenceId, FindingId, ProjectId};
use golive_core::people::Action;
use golive_core::review::finding::{self, Change, Command, Content, Finding, Mitigation, Severity};
use golive_core::review::{OpenFindings, State as ReviewState};
use golive_store::{Versioned, Write};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What a finding says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingForm {
    /// `risk`, `issue` or `recommendation`.
    pub kind: String,
    /// `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// It in a few words.
    pub title: String,
    /// What could happen.
    pub risk: String,
    /// What is recommended.
    pub recommendation: String,
    /// What it came from: questions, steps.
    #[serde(default)]
    pub source: Vec<String>,
}

/// How the team wants to settle a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MitigationForm {
    /// What will be done.
    pub text: String,
    /// Who does it: a member by full name or id.
    pub owner: String,
    /// Until when.
    #[schema(value_type = String)]
    pub due: Date,
    /// Files attached to the finding before, by id.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// Which findings are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingFilter {
    /// Only those of this severity.
    pub severity: Option<String>,
    /// Only those in this state; `unsettled` for all that still count.
    pub state: Option<String>,
}

impl App {
    /// Adds a draft; only reviewers see it until it is published.
    pub async fn finding_add(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &FindingForm,
    ) -> Result<FindingView> {
        let content = content(form)?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::Review).await?;
        let desk = self.desk(&mut write, project).await?;
        let id = FindingId::from_uuid(uuid::Uuid::now_v7());
        let draft = Finding::draft(&desk.next_number(0), content);
        write.insert(id, project, &draft, &json!({ "event": "drafted" })).await?;
        write.commit().await?;
        self.finding_view(actor, id).await
    }

    /// Writes a draft anew.
    pub async fn finding_edit(
        &self,
        actor: &Actor,
        id: FindingId,
        form: &FindingForm,
    ) -> Result<FindingView> {
        let mut content = content(form)?;
        self.finding_command(actor, id, Action::Review, |_, seen, _| {
            if content.source.is_empty() {
                content.source.clone_from(&seen.content.source);
            }
            Ok(Command::Edit { content })
        })
        .await
    }

    /// Shows a draft to the team.
    pub async fn finding_publish(&self, actor: &Actor, id: FindingId) -> Result<FindingView> {
        let by = actor.user;
        self.finding_command(actor, id, Action::Review, |desk, _, now| {
            Ok(Command::Raise { by, due: desk.due(now, desk.rules.answer_days)? })
        })
        .await
    }

    /// Offers a mitigation, or a new version of it, with owner and date.
    pub async fn finding_mitigate(
        &self,
        actor: &Actor,
        id: FindingId,
        form: &MitigationForm,
    ) -> Result<FindingView> {
        let evidence = self.proofs_of(id, &form.evidence).await?;
        self.finding_command(actor, id, Action::Mitigate, |desk, _, now| {
            let mitigation = Mitigation {
                by: actor.user,
                text: form.text.trim().to_owned(),
                owner: desk.user(&form.owner)?,
                due: form.due,
                evidence,
            };
            Ok(Command::Propose { mitigation, due: desk.due(now, desk.rules.answer_days)? })
        })
        .await
    }

    /// Asks for proof of a mitigation.
    pub async fn finding_ask_proof(
        &self,
        actor: &Actor,
        id: FindingId,
        text: &str,
    ) -> Result<FindingView> {
        let (by, text) = (actor.user, text.trim().to_owned());
        self.finding_command(actor, id, Action::Review, |desk, _, now| {
            Ok(Command::AskProof { by, text, due: desk.due(now, desk.rules.answer_days)? })
        })
        .await
    }

    /// Says something about a finding; the team and the reviewers may.
    pub async fn finding_reply(
        &self,
        actor: &Actor,
        id: FindingId,
        text: &str,
    ) -> Result<FindingView> {
        let project = self.project_of_finding(id).await?;
        let mut session = self.store.session().await?;
        let reviews = self.member(&mut session, actor, project, Action::Review).await.is_ok();
        drop(session);
        let action = if reviews { Action::Review } else { Action::Mitigate };
        let (by, text) = (actor.user, text.trim().to_owned());
        self.finding_command(actor, id, action, |_, _, _| Ok(Command::Comment { by, text })).await
    }

    /// The mitigation will do.
    pub async fn finding_accept(&self, actor: &Actor, id: FindingId) -> Result<FindingView> {
        let by = actor.user;
        self.finding_command(actor, id, Action::Review, |_, _, _| Ok(Command::Accept { by })).await
    }

    /// What was promised is done.
    pub async fn finding_close(
        &self,
        actor: &Actor,
        id: FindingId,
        evidence: &[String],
    ) -> Result<FindingView> {
        let evidence = self.proofs_of(id, evidence).await?;
        let by = actor.user;
        self.finding_command(actor, id, Action::Review, |_, _, _| {
            Ok(Command::Close { by, evidence })
        })
        .await
    }

    /// It was none; a draft is dropped this way.
    pub async fn finding_withdraw(
        &self,
        actor: &Actor,
        id: FindingId,
        reason: &str,
    ) -> Result<FindingView> {
        let (by, reason) = (actor.user, reason.trim().to_owned());
        self.finding_command(actor, id, Action::Review, |_, _, _| {
            Ok(Command::Withdraw { by, reason })
        })
        .await
    }

    /// It is not settled after all.
    pub async fn finding_reopen(
        &self,
        actor: &Actor,
        id: FindingId,
        reason: &str,
    ) -> Result<FindingView> {
        let (by, reason) = (actor.user, reason.trim().to_owned());
        self.finding_command(actor, id, Action::Review, |desk, _, now| {
            Ok(Command::Reopen { by, reason, due: desk.due(now, desk.rules.answer_days)? })
        })
        .await
    }

    /// It is worse, or not as bad.
    pub async fn finding_regrade(
        &self,
        actor: &Actor,
        id: FindingId,
        (severity, reason): (&str, &str),
    ) -> Result<FindingView> {
        let (by, reason) = (actor.user, reason.trim().to_owned());
        let severity = severity_of(severity)?;
        self.finding_command(actor, id, Action::Review, |_, _, _| {
            Ok(Command::Regrade { by, severity, reason })
        })
        .await
    }

    /// Load, decide, store; then the review learns what is open now.
    async fn finding_command(
        &self,
        actor: &Actor,
        id: FindingId,
        action: Action,
        command: impl FnOnce(&Desk, &Finding, Timestamp) -> Result<Command>,
    ) -> Result<FindingView> {
        let project = self.project_of_finding(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("finding", id),
            other => other,
        };
        self.member(&mut write, actor, project, action).await.map_err(hidden)?;
        let mut desk = self.desk(&mut write, project).await?;
        let at = desk.findings.iter().position(|(known, _)| *known == id);
        let at = at.ok_or_else(|| Error::not_found("finding", id))?;
        let seen = desk.findings[at].1.clone();
        let command = command(&desk, &seen.value, write.now())?;
        let change = decide(&seen.value, command, write.now())?;
        write.change(id, seen.version, &change.finding, &change.event).await?;
        desk.findings[at].1 = Versioned { value: change.finding, version: seen.version + 1 };
        tell_review(&mut write, &desk).await?;
        write.commit().await?;
        self.finding_view(actor, id).await
    }

    pub(super) async fn project_of_finding(&self, id: FindingId) -> Result<ProjectId> {
        let project = self.store.session().await?.project_of::<Finding>(id).await?;
        project.parse().map_err(Error::internal)
    }
}

/// The review goes into mitigation, or out of it, by what is open now.
async fn tell_review(write: &mut Write, desk: &Desk) -> Result<()> {
    match &desk.seen.value.state {
        ReviewState::ReportIssued { .. } | ReviewState::Mitigation { .. } => {}
        ReviewState::Planned
        | ReviewState::Discover { .. }
        | ReviewState::InReview { .. }
        | ReviewState::Returned { .. }
        | ReviewState::Complete { .. }
        | ReviewState::ToBeConfirmed { .. } => return Ok(()),
    }
    let open: OpenFindings = desk.open();
    let command = golive_core::review::Command::FindingsChanged { open };
    let change = desk.decide(&desk.seen.value, command, write.now())?;
    if change.review != desk.seen.value {
        write.change(desk.id, desk.seen.version, &change.review, &change.event).await?;
    }
    Ok(())
}

/// Decides about a finding, in the terms of a caller.
pub(super) fn decide(finding: &Finding, command: Command, now: Timestamp) -> Result<Change> {
    use finding::Refusal;
    finding::decide(finding, command, now).map_err(|refusal| match refusal {
        Refusal::Missing(what) => refused(golive_core::review::Refusal::Missing(what)),
        Refusal::OwnMitigation => Error::forbidden(refusal.to_string()),
        Refusal::WrongState { .. } => Error::NotNow(refusal.to_string()),
    })
}

pub(super) fn severity_of(text: &str) -> Result<Severity> {
    text.parse().map_err(|_| Error::invalid("severity", "low, medium, high or critical", text))
}

fn content(form: &FindingForm) -> Result<Content> {
    let said = |name: &str, text: &str| match text.trim() {
        "" => Err(Error::invalid(name, "some words", "nothing")),
        text if text.chars().count() > 10_000 => {
            Err(Error::TooLarge { what: name.to_owned(), limit: "10000 characters".into() })
        }
        text => Ok(text.to_owned()),
    };
    let kind = form.kind.parse();
    Ok(Content {
        kind: kind
            .map_err(|_| Error::invalid("kind", "risk, issue or recommendation", &form.kind))?,
        severity: severity_of(&form.severity)?,
        title: said("title", &form.title)?,
        risk: said("risk", &form.risk)?,
        recommendation: said("recommendation", &form.recommendation)?,
        source: form.source.clone(),
    })
}

/// Evidence that a form names by id.
pub(super) fn evidence_of(text: &str) -> Result<EvidenceId> {
    text.parse().map_err(|_| Error::not_found("evidence", text))
}
