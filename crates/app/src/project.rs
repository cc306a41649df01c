//! Projects: made by the server administrator, led by their managers.

use crate::people::{listed, one_line, plain_name, zone};
use crate::{Actor, App, Error, Result};
use golive_core::id::{OrganisationId, ProjectId};
use golive_core::people::Action;
use golive_core::policy::Policy;
use golive_core::portfolio::{PROJECT_TYPES, Project, ProjectEvent};
use golive_store::{Session, Versioned};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new project.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// Short name in addresses: `contoso`.
    pub slug: String,
    /// The name for people.
    pub name: String,
    /// The customer's organisation.
    pub organisation: String,
    /// `managed` or `self_service`.
    pub service_model: String,
    /// `new_production`, `new_workload`, `migration` or `upgrade`.
    pub project_type: String,
    /// The policy pack, such as `policy-2024`.
    pub policy: String,
    /// The calendar of its business days, such as `de`.
    pub calendar: String,
    /// IANA zone in which its dates are meant.
    pub time_zone: String,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProjectView {
    /// Its id.
    pub id: String,
    /// Short name in addresses.
    pub slug: String,
    /// The name for people.
    pub name: String,
    /// The customer's organisation.
    pub organisation: String,
    /// `managed` or `self_service`.
    pub service_model: String,
    /// The kind of project.
    pub project_type: String,
    /// The policy pack.
    pub policy: String,
    /// The calendar of its business days.
    pub calendar: String,
    /// IANA zone in which its dates are meant.
    pub time_zone: String,
    /// The first day of live operations.
    pub go_live_date: Option<String>,
    /// Days from today to the go-live date; negative after it.
    pub days_to_go_live: Option<i32>,
    /// `preparing`, `live` or `closed`.
    pub phase: String,
}

impl App {
    /// Makes a project.
    pub async fn project_create(&self, actor: &Actor, new: &NewProject) -> Result<ProjectView> {
        Self::administrator(actor)?;
        let slug = plain_name("slug", &new.slug)?;
        zone(&new.time_zone)?;
        let organisation: OrganisationId = new
            .organisation
            .parse()
            .map_err(|_| Error::not_found("organisation", &new.organisation))?;
        let model = new
            .service_model
            .parse()
            .map_err(|why| Error::invalid("service_model", "managed or self_service", why))?;
        self.policy(&new.policy)?;
        listed("project_type", PROJECT_TYPES, &new.project_type)?;
        let calendars = self.content.calendars.keys().map(String::as_str);
        listed("calendar", calendars, &new.calendar)?;
        let project = Project {
            slug: slug.clone(),
            name: one_line("name", &new.name)?,
            organisation,
            model,
            project_type: new.project_type.clone(),
            policy: new.policy.clone(),
            calendar: new.calendar.clone(),
            time_zone: new.time_zone.clone(),
            go_live: None,
            live_since: None,
            closed: None,
        };
        let id = ProjectId::named("server", &slug);
        let mut write = self.store.write(id, self.stamp(actor)).await?;
        write.get::<golive_core::account::Organisation>(organisation).await?;
        write.insert(id, id, &project, &ProjectEvent::Created).await?;
        write.commit().await?;
        Ok(self.project_as_seen(id, &project))
    }

    /// One project.
    pub async fn project_view(&self, actor: &Actor, id: ProjectId) -> Result<ProjectView> {
        let mut session = self.store.session().await?;
        let project = self.project_seen(&mut session, actor, id).await?.value;
        Ok(self.project_as_seen(id, &project))
    }

    /// The projects that the actor has a seat in; the server administrator sees all.
    pub async fn project_list(&self, actor: &Actor) -> Result<Vec<ProjectView>> {
        let mut session = self.store.session().await?;
        let mut projects = Vec::new();
        if Self::administrator(actor).is_ok() {
            projects = session.page::<Project>("folded_name", ("", ""), 1000).await?;
        } else {
            for seat in self.seats(&mut session, actor).await? {
                projects.push((seat.project, session.get::<Project>(seat.project).await?));
            }
        }
        Ok(projects.iter().map(|(id, seen)| self.project_as_seen(*id, &seen.value)).collect())
    }

    /// The project, for who may see it.
    pub(crate) async fn project_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        id: ProjectId,
    ) -> Result<Versioned<Project>> {
        if Self::administrator(actor).is_err() {
            self.member(session, actor, id, Action::View).await?;
        }
        Ok(session.get::<Project>(id).await?)
    }

    /// A policy pack by name.
    pub fn policy(&self, name: &str) -> Result<&Policy> {
        self.content.policies.get(name).ok_or_else(|| Error::not_found("policy pack", name))
    }

    /// Today, in the project's zone.
    pub(crate) fn today(&self, project: &Project) -> Date {
        let zone = jiff::tz::TimeZone::get(&project.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        zone.to_datetime(self.clock.now()).date()
    }

    pub(crate) fn project_as_seen(&self, id: ProjectId, project: &Project) -> ProjectView {
        let date = project.go_live.as_ref().map(|set| set.date);
        ProjectView {
            id: id.to_string(),
            slug: project.slug.clone(),
            name: project.name.clone(),
            organisation: project.organisation.to_string(),
            service_model: project.model.name().to_owned(),
            project_type: project.project_type.clone(),
            policy: project.policy.clone(),
            calendar: project.calendar.clone(),
            time_zone: project.time_zone.clone(),
            go_live_date: date.map(|date| date.to_string()),
            days_to_go_live: date.map(|date| (date - self.today(project)).get_days()),
            phase: project.phase().to_owned(),
        }
    }
}
