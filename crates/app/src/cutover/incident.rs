//! Incidents of a run: reported, rated, lived with, solved.

use super::{IncidentView, project_of_run};
use crate::{Actor, App, Error, Result};
use golive_core::cutover::incident::{Command, Severity, decide, report};
use golive_core::cutover::kept::KeptIncident;
use golive_core::id::{IncidentId, ProjectId, RunId};
use golive_core::people::Action;

impl App {
    /// Reports an incident of a run.
    pub async fn incident_report(
        &self,
        actor: &Actor,
        run: RunId,
        how_bad: &str,
        what: &str,
    ) -> Result<Vec<IncidentView>> {
        let severity = severity(how_bad)?;
        let project = project_of_run(&mut self.store.session().await?, run).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::Converse).await?;
        let change = report(actor.user, severity, what.to_owned(), write.now())?;
        let id = IncidentId::from_uuid(uuid::Uuid::now_v7());
        write
            .insert(id, project, &KeptIncident { run, stands: change.state }, &change.event)
            .await?;
        write.commit().await?;
        self.incident_list(actor, run).await
    }

    /// Judges an incident anew.
    pub async fn incident_rate(
        &self,
        actor: &Actor,
        id: IncidentId,
        how_bad: &str,
        reason: &str,
    ) -> Result<Vec<IncidentView>> {
        let command = Command::Rate {
            by: actor.user,
            severity: severity(how_bad)?,
            reason: reason.to_owned(),
        };
        self.incident_command(actor, id, command, Action::RunCutover).await
    }

    /// Accepts to live with a workaround; whoever reported the incident does not accept it.
    pub async fn incident_accept(
        &self,
        actor: &Actor,
        id: IncidentId,
        workaround: &str,
    ) -> Result<Vec<IncidentView>> {
        let command =
            Command::AcceptWorkaround { by: actor.user, workaround: workaround.to_owned() };
        self.incident_command(actor, id, command, Action::RunCutover).await
    }

    /// Solves an incident.
    pub async fn incident_solve(
        &self,
        actor: &Actor,
        id: IncidentId,
        how: &str,
    ) -> Result<Vec<IncidentView>> {
        let command = Command::Solve { by: actor.user, how: how.to_owned() };
        self.incident_command(actor, id, command, Action::Converse).await
    }

    /// The incidents of a run.
    pub async fn incident_list(&self, actor: &Actor, run: RunId) -> Result<Vec<IncidentView>> {
        let mut session = self.store.session().await?;
        let project = project_of_run(&mut session, run).await?;
        self.project_seen(&mut session, actor, project).await?;
        let names = self.cutover_names(&mut session, project).await?;
        let rows = session.with::<KeptIncident>("run", run.to_string()).await?;
        Ok(rows
            .into_iter()
            .map(|(id, row)| IncidentView::of(id, row.value.stands, &names))
            .collect())
    }

    async fn incident_command(
        &self,
        actor: &Actor,
        id: IncidentId,
        command: Command,
        action: Action,
    ) -> Result<Vec<IncidentView>> {
        let owner = self.store.session().await?.project_of::<KeptIncident>(id).await?;
        let project: ProjectId = owner.parse().map_err(Error::internal)?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, action).await?;
        let seen = write.get::<KeptIncident>(id).await?;
        let change = decide(&seen.value.stands, command, write.now())?;
        let value = KeptIncident { stands: change.state, ..seen.value };
        write.change(id, seen.version, &value, &change.event).await?;
        write.commit().await?;
        self.incident_list(actor, value.run).await
    }
}

fn severity(text: &str) -> Result<Severity> {
    match text {
        "low" => Ok(Severity::Low),
        "medium" => Ok(Severity::Medium),
        "high" => Ok(Severity::High),
        "critical" => Ok(Severity::Critical),
        other => Err(Error::invalid("severity", "low, medium, high or critical", other)),
    }
}
