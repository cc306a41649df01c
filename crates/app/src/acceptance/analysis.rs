//! Customisation analysis: brought in from the checker's workbook, read by somebody, exceptions agreed on by two people.

use super::upload::Incoming;
use super::{find_place, name_of, names, places, reasoned};
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::place::Subject;
use golive_core::customisation::{Analysis, Command, Issue, Severity, decide};
use golive_core::id::{EvidenceId, ProjectId, UserId};
use golive_core::people::Action;
use golive_core::portfolio::Project;
use golive_store::{Session, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Lines in one answer.
const MOST_LINES: usize = 500;

/// What the workbook of an analysis does not say itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AnalysisOptions {
    /// The environment whose code was analysed, by id or name.
    pub environment: String,
    /// The version set, where it is not the one that is installed.
    pub version_set: Option<String>,
    /// When the analysis was made; now by default.
    pub taken: Option<String>,
}

/// A line of the analysis, and what was agreed on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssueView {
    /// A name that stays the same in the next analysis of the same code.
    pub name: String,
    /// `error` or `warning`.
    pub severity: String,
    /// The rule that was broken.
    pub rule: String,
    /// The element it is in.
    pub element: String,
    /// What the checker says.
    pub message: String,
    /// True while it counts against the sign-off.
    pub open: bool,
    /// Why it may stay, if somebody proposed that.
    pub reason: Option<String>,
    /// Who proposed it.
    pub proposed_by: Option<String>,
    /// Who agreed.
    pub accepted_by: Option<String>,
}

/// An analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnalysisView {
    /// Its id as evidence.
    pub id: String,
    /// The project.
    pub project: String,
    /// The digest of the file.
    pub digest: String,
    /// The version set that was analysed.
    pub version_set: String,
    /// When it was made.
    #[schema(value_type = String)]
    pub taken: Timestamp,
    /// How many lines of each severity.
    #[schema(value_type = Object)]
    pub counts: BTreeMap<Severity, u32>,
    /// How many lines count against the sign-off.
    pub critical_open: usize,
    /// The lines, those that count first.
    pub issues: Vec<IssueView>,
    /// What the analysis did not look at.
    pub coverage_note: Option<String>,
    /// Who has read it.
    pub read_by: Option<String>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

impl App {
    /// Brings an analysis in. Exceptions that were agreed on stay for lines that are still there.
    pub async fn analysis_import(
        &self,
        actor: &Actor,
        project: ProjectId,
        incoming: &Incoming,
        options: &AnalysisOptions,
    ) -> Result<AnalysisView> {
        let report = incoming.read(golive_readers::customisation::read).await?;
        let id = EvidenceId::named(&project.to_string(), &report.digest);
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepAcceptance).await?;
        if write.find::<Analysis>(id).await?.is_some() {
            drop(write);
            return self.analysis_view(actor, project, Some(id)).await;
        }
        let zone = zone_of(&mut write, project).await?;
        let taken = taken(options.taken.as_deref(), &zone, write.now())?;
        let place = find_place(&places(&mut write, project).await?, options.environment.trim())?;
        let version_set = options
            .version_set
            .clone()
            .filter(|text| !text.trim().is_empty())
            .or(place.version_set);
        let subject = Subject {
            environment: place.environment,
            version_set: version_set
                .ok_or_else(|| Error::NotNow(format!("{} is not deployed", place.name)))?,
            data_set: place.data_set.unwrap_or_default(),
        };
        let before = write.newest::<Analysis>(project).await?.map(|(_, seen)| seen.value);
        let analysis = Analysis::take_in(report, id, (subject, taken), actor.user, before.as_ref());
        let event = json!({ "event": "imported", "file": incoming.file, "digest": analysis.digest, "counts": analysis.counts });
        write.insert(id, project, &analysis, &event).await?;
        self.settle_acceptance(&mut write, project).await?;
        write.commit().await?;
        self.analysis_view(actor, project, Some(id)).await
    }

    /// The newest analysis of a project, or one of the earlier ones.
    pub async fn analysis_view(
        &self,
        actor: &Actor,
        project: ProjectId,
        id: Option<EvidenceId>,
    ) -> Result<AnalysisView> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let found = match id {
            Some(id) => Some((id, session.get::<Analysis>(id).await?)),
            None => session.newest::<Analysis>(project).await?,
        };
        let (id, seen) = found.ok_or_else(|| Error::not_found("analysis", "of this project"))?;
        self.view_of_analysis(&mut session, actor, (id, project), &seen.value).await
    }

    /// Says that the newest analysis was read.
    pub async fn analysis_read(&self, actor: &Actor, project: ProjectId) -> Result<AnalysisView> {
        self.analysis_command(
            actor,
            project,
            Action::KeepAcceptance,
            Command::Read { by: actor.user },
        )
        .await
    }

    /// Proposes to leave a line as it is.
    pub async fn analysis_propose_exception(
        &self,
        actor: &Actor,
        project: ProjectId,
        issue: &str,
        reason: &str,
    ) -> Result<AnalysisView> {
        let (key, reason, by) = (issue.to_owned(), reasoned(reason)?, actor.user);
        self.analysis_command(
            actor,
            project,
            Action::KeepAcceptance,
            Command::Propose { key, reason, by },
        )
        .await
    }

    /// Agrees to an exception as the second person.
    pub async fn analysis_accept_exception(
        &self,
        actor: &Actor,
        project: ProjectId,
        issue: &str,
    ) -> Result<AnalysisView> {
        self.signs(actor, project, Action::Confirm, "you agree to an exception").await?;
        let command = Command::Accept { key: issue.to_owned(), by: actor.user };
        self.analysis_command(actor, project, Action::Confirm, command).await
    }

    /// Takes an exception back.
    pub async fn analysis_withdraw_exception(
        &self,
        actor: &Actor,
        project: ProjectId,
        issue: &str,
    ) -> Result<AnalysisView> {
        let command = Command::Withdraw { key: issue.to_owned(), by: actor.user };
        self.analysis_command(actor, project, Action::KeepAcceptance, command).await
    }

    async fn analysis_command(
        &self,
        actor: &Actor,
        project: ProjectId,
        action: Action,
        command: Command,
    ) -> Result<AnalysisView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, action).await?;
        let found = write.newest::<Analysis>(project).await?;
        let (id, seen): (EvidenceId, Versioned<Analysis>) =
            found.ok_or_else(|| Error::not_found("analysis", "of this project"))?;
        let change = decide(&seen.value, command, write.now())
            .map_err(|refusal| Error::NotNow(refusal.to_string()))?;
        write.change(id, seen.version, &change.state, &change.event).await?;
        self.settle_acceptance(&mut write, project).await?;
        write.commit().await?;
        self.analysis_view(actor, project, Some(id)).await
    }

    async fn view_of_analysis(
        &self,
        session: &mut Session,
        actor: &Actor,
        (id, project): (EvidenceId, ProjectId),
        analysis: &Analysis,
    ) -> Result<AnalysisView> {
        let policy = self.policy(&session.get::<Project>(project).await?.value.policy)?;
        let severities = policy.list("acceptance.customisation_critical_severities");
        let open: Vec<&str> = analysis.open(&severities).map(|issue| issue.key.as_str()).collect();
        let names = names(session, project).await?;
        let mut issues: Vec<IssueView> = analysis
            .issues
            .values()
            .map(|issue| line(analysis, issue, open.contains(&issue.key.as_str()), &names))
            .collect();
        issues.sort_by_key(|issue| (!issue.open, issue.severity.clone()));
        issues.truncate(MOST_LINES);
        let read = Command::Read { by: actor.user };
        let allowed = self.member(session, actor, project, Action::KeepAcceptance).await;
        let tried = allowed.and_then(|_| {
            decide(analysis, read, self.clock.now()).map_err(|no| Error::NotNow(no.to_string()))
        });
        Ok(AnalysisView {
            id: id.to_string(),
            project: project.to_string(),
            digest: analysis.digest.clone(),
            version_set: analysis.subject.version_set.clone(),
            taken: analysis.taken,
            counts: analysis.counts.clone(),
            critical_open: open.len(),
            issues,
            coverage_note: analysis.coverage_note.clone(),
            read_by: analysis.read.map(|(user, _)| name_of(&names, user)),
            actions: vec![ActionView::tried("analysis_read", tried)],
        })
    }
}

fn line(
    analysis: &Analysis,
    issue: &Issue,
    open: bool,
    names: &BTreeMap<UserId, String>,
) -> IssueView {
    let exception = analysis.exceptions.get(&issue.key);
    IssueView {
        name: issue.key.clone(),
        severity: issue.severity.name().to_owned(),
        rule: issue.rule.clone(),
        element: issue.element.clone(),
        message: issue.message.clone(),
        open,
        reason: exception.map(|one| one.reason.clone()),
        proposed_by: exception.map(|one| name_of(names, one.proposed_by)),
        accepted_by: exception.and_then(|one| one.accepted_by).map(|user| name_of(names, user)),
    }
}

/// The zone in which the project's times are meant.
pub(super) async fn zone_of(
    session: &mut Session,
    project: ProjectId,
) -> Result<jiff::tz::TimeZone> {
    let name = session.get::<Project>(project).await?.value.time_zone;
    jiff::tz::TimeZone::get(&name).map_err(Error::internal)
}

/// When something was done: as said, else now; never in the future.
pub(super) fn taken(
    said: Option<&str>,
    zone: &jiff::tz::TimeZone,
    now: Timestamp,
) -> Result<Timestamp> {
    let Some(text) = said.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(now) };
    let at = super::results::moment("taken", text, zone)?;
    if at > now { Err(Error::invalid("taken", "a time that has passed", text)) } else { Ok(at) }
}
