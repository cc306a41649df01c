//! Puts the statement of a certificate together from one snapshot.

use super::{approvals, log};
use crate::{App, Error, Result};
use golive_core::certificate::{
    Clock, LogPart, ProjectEntry, SCHEMA, Server, Statement, UsedEvidence, UsedWaiver,
};
use golive_core::cutover::kept::{KeptIncident, KeptRun, KeptTask};
use golive_core::cutover::run::{Kind, State as RunState};
use golive_core::datacopy::Movement;
use golive_core::environment::{Environment, Purpose};
use golive_core::id::{EnvironmentId, ProjectId};
use golive_core::methodology::attachment::Attachment;
use golive_core::portfolio::Project;
use golive_core::review::proof::Proof;
use golive_core::waiver::{State as WaiverState, Waiver};
use golive_store::{SERVER, Session};
use std::collections::{BTreeMap, BTreeSet};

impl App {
    /// The statement; `issued` is the place of the event that carries the verdicts of this moment.
    pub(super) async fn statement(
        &self,
        session: &mut Session,
        project: ProjectId,
        issued: i64,
    ) -> Result<Statement> {
        let value = session.get::<Project>(project).await?.value;
        let names = approvals::Names::of(session, project).await?;
        let run = run(session, project).await?;
        let read = log::read(session, &project.to_string(), &run).await?;
        let event = read.headers.iter().find(|header| header.seq == issued);
        let event = event.ok_or_else(|| Error::not_found("event", issued))?;
        let production = production(session, project).await?;
        Ok(Statement {
            clock: if self.clock.is_simulated() { Clock::Simulated } else { Clock::Real },
            schema: SCHEMA.to_owned(),
            server: server(session).await?,
            issued_at: event.at,
            recorded_at: event.recorded_at,
            project: self.project_entry(project, value)?,
            witnesses: vec![session.head(SERVER).await?],
            evidence: evidence(session, project).await?,
            approvals: approvals::all(session, project, &read.requests, &names).await?,
            waivers: waivers(session, project, &names).await?,
            package_set: production.iter().flat_map(|(_, set)| set.clone()).collect(),
            copy_report: copy_report(session, project, &production).await?,
            cutover_log: read.run,
            logs: vec![LogPart { headers: read.headers, head: read.head }],
            disclosed: read.disclosed,
            verdicts: read.verdicts,
            signer: String::new(),
        })
    }

    fn project_entry(&self, id: ProjectId, project: Project) -> Result<ProjectEntry> {
        let policy_digest = self.policy(&project.policy)?.digest.clone();
        Ok(ProjectEntry {
            id,
            name: project.name,
            service_model: project.model,
            policy: project.policy,
            policy_digest,
            go_live_date: project.go_live.map(|set| set.date),
            live_since: project.live_since,
        })
    }
}

async fn server(session: &mut Session) -> Result<Server> {
    let incarnation = session.meta("incarnation").await?;
    // The machine's own name; a certificate is trusted by its key, never by this.
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    Ok(Server {
        name: name.trim().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        incarnation: incarnation.and_then(|text| text.parse().ok()).unwrap_or(1),
    })
}

/// Production environments with their modules.
async fn production(
    session: &mut Session,
    project: ProjectId,
) -> Result<Vec<(EnvironmentId, BTreeMap<String, String>)>> {
    let all = session.of_project::<Environment>(project).await?;
    let production =
        all.into_iter().filter(|(_, seen)| seen.value.spec.purpose == Purpose::Production);
    let modules = |environment: &Environment| {
        environment.state.installed().map(|installed| installed.modules.clone())
    };
    Ok(production.map(|(id, seen)| (id, modules(&seen.value).unwrap_or_default())).collect())
}

/// The report of the last copy into production.
async fn copy_report(
    session: &mut Session,
    project: ProjectId,
    production: &[(EnvironmentId, BTreeMap<String, String>)],
) -> Result<Option<String>> {
    let all = session.of_project::<Movement>(project).await?;
    let all = all.into_iter().map(|(_, seen)| seen.value);
    let into = all.filter(|copy| production.iter().any(|(id, _)| *id == copy.destination));
    Ok(into.max_by_key(|copy| copy.at).map(|copy| copy.report.digest))
}

/// Everything that belongs to the live cutover run that ended last: the run, its tasks, its incidents.
async fn run(session: &mut Session, project: ProjectId) -> Result<BTreeSet<String>> {
    let ended = |state: &RunState| match state {
        RunState::Completed { at, .. } | RunState::WentBack { at, .. } => Some(*at),
        RunState::Planned
        | RunState::Running { .. }
        | RunState::Paused { .. }
        | RunState::GoingBack { .. }
        | RunState::Cancelled { .. } => None,
    };
    let runs = session.of_project::<KeptRun>(project).await?;
    let live = runs.into_iter().filter(|(_, seen)| seen.value.run.kind == Kind::Live);
    let last = live
        .filter_map(|(id, seen)| Some((ended(&seen.value.stands)?, id)))
        .max_by_key(|(at, _)| *at);
    let Some((_, id)) = last else { return Ok(BTreeSet::new()) };
    let mut all = BTreeSet::from([id.to_string()]);
    let tasks = session.with::<KeptTask>("run", id.to_string()).await?;
    all.extend(tasks.into_iter().map(|(id, _)| id.to_string()));
    let incidents = session.with::<KeptIncident>("run", id.to_string()).await?;
    all.extend(incidents.into_iter().map(|(id, _)| id.to_string()));
    Ok(all)
}

/// Files that were attached to steps and findings.
async fn evidence(session: &mut Session, project: ProjectId) -> Result<Vec<UsedEvidence>> {
    let steps = session.of_project::<Attachment>(project).await?;
    let findings = session.of_project::<Proof>(project).await?;
    let steps = steps.into_iter().map(|(id, seen)| (id, seen.value.name, seen.value.digest));
    let findings = findings.into_iter().map(|(id, seen)| (id, seen.value.name, seen.value.digest));
    Ok(steps
        .chain(findings)
        .map(|(id, title, digest)| UsedEvidence { id, title, digest })
        .collect())
}

/// Waivers that are, or were, in force.
async fn waivers(
    session: &mut Session,
    project: ProjectId,
    names: &approvals::Names,
) -> Result<Vec<UsedWaiver>> {
    let mut used = Vec::new();
    for (id, seen) in session.of_project::<Waiver>(project).await? {
        let agreed = match seen.value.state {
            WaiverState::Active { agreed, .. } => agreed,
            // Who had agreed stands in the log; a proposal that ran out was never in force.
            WaiverState::Expired { .. }
            | WaiverState::Revoked { .. }
            | WaiverState::Closed { .. } => earlier(session, &id.to_string()).await?,
            WaiverState::Proposed { .. }
            | WaiverState::Refused { .. }
            | WaiverState::Withdrawn { .. } => continue,
        };
        if agreed.is_empty() {
            continue;
        }
        let proposal = seen.value.proposal;
        used.push(UsedWaiver {
            id,
            criterion: format!("{}: {}", proposal.gate.name(), proposal.criterion),
            reason: proposal.reason,
            measure: proposal.measure,
            agreed: agreed
                .iter()
                .map(|one| format!("{} ({})", names.name(one.by), one.side.name()))
                .collect(),
            expires: proposal.expires,
        });
    }
    Ok(used)
}

/// The agreements of a waiver that was in force once, from its history.
async fn earlier(
    session: &mut Session,
    waiver: &str,
) -> Result<Vec<golive_core::waiver::Agreement>> {
    let history = session.history(waiver).await?;
    let states = history.iter().rev().map(golive_store::StoredEvent::state_after);
    let active = states.filter_map(|state| serde_json::from_value::<Waiver>(state).ok()).find_map(
        |waiver| match waiver.state {
            WaiverState::Active { agreed, .. } => Some(agreed),
            WaiverState::Proposed { .. }
            | WaiverState::Refused { .. }
            | WaiverState::Withdrawn { .. }
            | WaiverState::Expired { .. }
            | WaiverState::Revoked { .. }
            | WaiverState::Closed { .. } => None,
        },
    );
    Ok(active.unwrap_or_default())
}
