//! A finding as it is seen: what it says, whose turn it is, every version of its mitigation, and the dialogue.

use super::finding::{decide, severity_of};
use super::proof::{FindingFileView, attached};
use super::{Desk, FindingFilter};
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::id::{FindingId, ProjectId, UserId};
use golive_core::people::Action;
use golive_core::review::finding::{Command, Finding, Mitigation, Party, State};
use golive_store::{Session, Versioned};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FindingView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// For people: `F-3`.
    pub number: String,
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
    /// What it came from.
    pub source: Vec<String>,
    /// `draft`, `open`, `proposed`, `proof_asked`, `accepted`, `closed` or `withdrawn`.
    pub state: String,
    /// The particulars of the state.
    #[schema(value_type = Object)]
    pub particulars: State,
    /// Whether it still counts against the project.
    pub counts: bool,
    /// Whose turn it is: `team` or `reviewer`.
    pub waits_for: Option<String>,
    /// Until when.
    #[schema(value_type = Option<String>)]
    pub due: Option<Timestamp>,
    /// Whether that time is over.
    pub late: bool,
    /// Every version of the mitigation, oldest first.
    pub mitigations: Vec<MitigationView>,
    /// The dialogue, oldest first.
    pub thread: Vec<FindingMessageView>,
    /// The files attached to it.
    pub files: Vec<FindingFileView>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version.
    pub row_version: i64,
}

/// One version of a mitigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MitigationView {
    /// The version, from 1.
    pub version: usize,
    /// Who offered it.
    pub by: String,
    /// What will be done.
    pub text: String,
    /// Who does it.
    pub owner: String,
    /// Until when.
    #[schema(value_type = String)]
    pub due: Date,
    /// Files that go with it, by id.
    pub evidence: Vec<String>,
}

/// One message of the dialogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingMessageView {
    /// Who.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// What.
    pub text: String,
}

impl App {
    /// One finding. A draft is there for reviewers only.
    pub async fn finding_view(&self, actor: &Actor, id: FindingId) -> Result<FindingView> {
        let project = self.project_of_finding(id).await?;
        let mut session = self.store.session().await?;
        let hidden = |_| Error::not_found("finding", id);
        self.project_seen(&mut session, actor, project).await.map_err(hidden)?;
        let desk = self.desk(&mut session, project).await?;
        let views = self.findings_of(&mut session, actor, &desk).await?;
        let wanted = id.to_string();
        views
            .into_iter()
            .find(|view| view.id == wanted)
            .ok_or_else(|| Error::not_found("finding", id))
    }

    /// The findings of a project's review. Drafts are there for reviewers only.
    pub async fn finding_list(
        &self,
        actor: &Actor,
        project: ProjectId,
        filter: &FindingFilter,
    ) -> Result<Vec<FindingView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        if let Some(severity) = &filter.severity {
            severity_of(severity)?;
        }
        let Some(desk) = self.desk_if_any(&mut session, project).await? else {
            return Ok(Vec::new());
        };
        let mut views = self.findings_of(&mut session, actor, &desk).await?;
        views.retain(|view| {
            let severity = filter.severity.as_ref().is_none_or(|wanted| *wanted == view.severity);
            let state = match filter.state.as_deref() {
                None => true,
                Some("unsettled") => view.counts,
                Some(state) => view.state == state,
            };
            severity && state
        });
        Ok(views)
    }

    /// All findings that this person may see.
    pub(super) async fn findings_of(
        &self,
        session: &mut Session,
        actor: &Actor,
        desk: &Desk,
    ) -> Result<Vec<FindingView>> {
        let reviews = self.member(session, actor, desk.at, Action::Review).await.map(|_| ());
        let mitigates = self.member(session, actor, desk.at, Action::Mitigate).await.map(|_| ());
        let mut views = Vec::new();
        for (id, seen) in &desk.findings {
            if matches!(seen.value.state, State::Draft) && reviews.is_err() {
                continue;
            }
            let files = attached(session, *id).await?;
            let files = files.into_iter().map(|(id, proof)| FindingFileView {
                id: id.to_string(),
                name: proof.name,
                digest: proof.digest,
                bytes: proof.bytes,
                by: desk.name(proof.by),
                at: proof.at,
            });
            let mut view = desk.finding_as_seen(*id, seen, self.clock.now());
            view.files = files.collect();
            view.actions =
                tried(&seen.value, (actor.user, self.clock.now()), [&reviews, &mitigates]);
            views.push(view);
        }
        Ok(views)
    }
}

impl Desk {
    /// The name of somebody.
    pub(super) fn name(&self, user: UserId) -> String {
        let member = self.members.iter().find(|member| member.user == user);
        member.map_or_else(|| user.to_string(), |member| member.name.clone())
    }

    fn finding_as_seen(
        &self,
        id: FindingId,
        seen: &Versioned<Finding>,
        now: Timestamp,
    ) -> FindingView {
        let finding = &seen.value;
        let waits = finding.waits_for();
        let due = waits.and_then(|(_, due)| due);
        let thread = finding.thread.iter().map(|message| FindingMessageView {
            by: self.name(message.by),
            at: message.at,
            text: message.text.clone(),
        });
        let mitigations = finding.mitigations.iter().enumerate();
        FindingView {
            id: id.to_string(),
            project: self.at.to_string(),
            number: finding.number.clone(),
            kind: finding.content.kind.name().to_owned(),
            severity: finding.content.severity.name().to_owned(),
            title: finding.content.title.clone(),
            risk: finding.content.risk.clone(),
            recommendation: finding.content.recommendation.clone(),
            source: finding.content.source.clone(),
            state: finding.state.name().to_owned(),
            particulars: finding.state.clone(),
            counts: finding.is_open(),
            waits_for: waits.map(|(party, _)| party_name(party).to_owned()),
            due,
            late: due.is_some_and(|due| now > due),
            mitigations: mitigations.map(|(n, m)| self.mitigation_as_seen(n + 1, m)).collect(),
            thread: thread.collect(),
            files: Vec::new(),
            actions: Vec::new(),
            row_version: seen.version,
        }
    }

    fn mitigation_as_seen(&self, version: usize, mitigation: &Mitigation) -> MitigationView {
        MitigationView {
            version,
            by: self.name(mitigation.by),
            text: mitigation.text.clone(),
            owner: self.name(mitigation.owner),
            due: mitigation.due,
            evidence: mitigation.evidence.iter().map(ToString::to_string).collect(),
        }
    }
}

fn party_name(party: Party) -> &'static str {
    match party {
        Party::Team => "team",
        Party::Reviewer => "reviewer",
    }
}

/// What could be done with a finding, tried without storing.
fn tried(
    finding: &Finding,
    (by, now): (UserId, Timestamp),
    [reviews, mitigates]: [&Result<()>; 2],
) -> Vec<ActionView> {
    let words = || "-".to_owned();
    let mitigation =
        Mitigation { by, text: words(), owner: by, due: Date::MAX, evidence: Vec::new() };
    let speaks = if reviews.is_ok() { reviews } else { mitigates };
    let severity = finding.content.severity;
    [
        ("finding_edit", reviews, Command::Edit { content: finding.content.clone() }),
        ("finding_publish", reviews, Command::Raise { by, due: now }),
        ("finding_mitigate", mitigates, Command::Propose { mitigation, due: now }),
        ("finding_ask_proof", reviews, Command::AskProof { by, text: words(), due: now }),
        ("finding_reply", speaks, Command::Comment { by, text: words() }),
        ("finding_accept", reviews, Command::Accept { by }),
        ("finding_close", reviews, Command::Close { by, evidence: Vec::new() }),
        ("finding_withdraw", reviews, Command::Withdraw { by, reason: words() }),
        ("finding_reopen", reviews, Command::Reopen { by, reason: words(), due: now }),
        ("finding_regrade", reviews, Command::Regrade { by, severity, reason: words() }),
    ]
    .into_iter()
    .map(|(name, allowed, command)| match allowed {
        Ok(()) => ActionView::tried(name, decide(finding, command, now)),
        Err(error) => ActionView { name: name.to_owned(), refused: vec![error.to_string()] },
    })
    .collect()
}
