//! What is planned: the environment as it is wanted, before anything is there.

use super::NewEnvironment;
use crate::people::{one_line, plain_name};
use crate::{App, Error, Result};
use golive_core::account::Person;
use golive_core::environment::{Command, Environment, Event, Purpose, Spec, State, decide};
use golive_core::id::{EnvironmentId, ProjectId};
use golive_store::{Session, Write};

impl App {
    /// Stores a planned environment.
    pub(crate) async fn plan(
        &self,
        write: &mut Write,
        project: ProjectId,
        spec: Spec,
    ) -> Result<EnvironmentId> {
        self.check_plan(write, &spec).await?;
        name_is_free(write, project, &spec.name, None).await?;
        let id = free_id(write, project, &spec.name).await?;
        let event = Event::Planned { spec: spec.clone() };
        write.insert(id, project, &Environment { spec, state: State::Planned }, &event).await?;
        Ok(id)
    }

    /// Plans an environment anew, while nothing is there; the same plan again changes nothing.
    pub(crate) async fn replan(
        &self,
        write: &mut Write,
        id: EnvironmentId,
        project: ProjectId,
        spec: Spec,
    ) -> Result<()> {
        let seen = write.get::<Environment>(id).await?;
        self.check_plan(write, &spec).await?;
        if spec == seen.value.spec {
            return Ok(());
        }
        name_is_free(write, project, &spec.name, Some(id)).await?;
        let command = Command::Replan { spec: Box::new(spec.clone()) };
        let change = decide(&seen.value.state, command, write.now())?;
        let environment = Environment { spec, state: change.state };
        Ok(write.change(id, seen.version, &environment, &change.event).await?)
    }

    /// The plan's blueprint and target must be there.
    async fn check_plan(&self, session: &mut Session, spec: &Spec) -> Result<()> {
        self.blueprint(session, &spec.blueprint).await?;
        if !self.drivers.contains_key(&spec.target) {
            return Err(Error::not_found("target", &spec.target));
        }
        Ok(())
    }
}

/// Who administers an environment, as the accounts of this server say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Administrator {
    /// A generic account that no single person owns.
    ServiceAccount,
    /// Somebody who may leave.
    Person,
    /// No account here has this login, or it was closed.
    Unknown,
}

impl Administrator {
    /// Looks the login up.
    pub(crate) async fn of(session: &mut Session, login: &str) -> Result<Self> {
        let login = golive_store::fold(login.trim());
        let found = session.with::<Person>("login", login).await?.into_iter().next();
        Ok(match found {
            Some((_, person)) if person.value.closed.is_some() => Self::Unknown,
            Some((_, person)) if person.value.service_account => Self::ServiceAccount,
            Some(_) => Self::Person,
            None => Self::Unknown,
        })
    }

    pub(crate) fn is_service_account(self) -> bool {
        self == Self::ServiceAccount
    }

    /// What the account is, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::ServiceAccount => "a service account",
            Self::Person => "a person, who may leave",
            Self::Unknown => "no account of this server",
        }
    }
}

/// A name stands for one environment of a project.
async fn name_is_free(
    session: &mut Session,
    project: ProjectId,
    name: &str,
    own: Option<EnvironmentId>,
) -> Result<()> {
    let all = session.of_project::<Environment>(project).await?;
    if all.iter().any(|(id, seen)| seen.value.spec.name == name && Some(*id) != own) {
        return Err(Error::Exists { kind: "environment", id: name.to_owned() });
    }
    Ok(())
}

/// The id of a new environment comes from its name; one that was planned anew under another name keeps its own.
async fn free_id(session: &mut Session, project: ProjectId, name: &str) -> Result<EnvironmentId> {
    let project = project.to_string();
    let mut id = EnvironmentId::named(&project, name);
    let mut number = 1;
    while session.find::<Environment>(id).await?.is_some() {
        number += 1;
        id = EnvironmentId::named(&project, &format!("{name}#{number}"));
    }
    Ok(id)
}

pub(super) fn purpose(text: &str) -> Result<Purpose> {
    [Purpose::Sandbox, Purpose::Production, Purpose::Development, Purpose::GoldenConfiguration]
        .into_iter()
        .find(|purpose| purpose.name() == text)
        .ok_or_else(|| {
            Error::invalid(
                "purpose",
                "sandbox, production, development or golden_configuration",
                text,
            )
        })
}

pub(super) fn spec(new: &NewEnvironment, purpose: Purpose) -> Result<Spec> {
    if !(1..=5).contains(&new.tier) {
        return Err(Error::invalid("tier", "1 to 5", new.tier.to_string()));
    }
    Ok(Spec {
        name: plain_name("name", &new.name)?,
        purpose,
        tier: new.tier,
        hosting: one_line("hosting", &new.hosting)?,
        region: one_line("region", &new.region)?,
        blueprint: one_line("blueprint", &new.blueprint)?,
        target: one_line("target", &new.target)?,
        version: one_line("version", &new.version)?,
        administrator: one_line("administrator", &new.administrator)?,
    })
}
