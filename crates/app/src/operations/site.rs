//! From an environment to the place where it lives.

use crate::operations::{Trouble, Work};
use crate::ports::driver::{Driver, Site};
use crate::{App, Error, Result};
use golive_core::blueprint::Blueprint;
use golive_core::environment::Environment;
use golive_core::id::{BlueprintId, EnvironmentId};
use golive_store::Session;
use std::sync::Arc;
use std::time::Duration;

/// How long an application may take to end before it is killed.
pub(crate) const STOP: Duration = Duration::from_secs(20);

/// An environment with its place and the driver that reaches it.
pub struct Place {
    /// The environment as it is stored.
    pub environment: Environment,
    /// Where it lives.
    pub site: Site,
    /// What reaches it.
    pub driver: Arc<dyn Driver>,
}

impl App {
    /// The blueprint with this name.
    pub async fn blueprint(&self, session: &mut Session, name: &str) -> Result<Blueprint> {
        let found = session.find::<Blueprint>(BlueprintId::named("server", name)).await?;
        found.map(|found| found.value).ok_or_else(|| Error::not_found("blueprint", name))
    }

    /// An environment with its place.
    pub async fn place(&self, session: &mut Session, id: EnvironmentId) -> Result<Place> {
        let environment = session.get::<Environment>(id).await?.value;
        let mut blueprint = self.blueprint(session, &environment.spec.blueprint).await?;
        // The application is administered by whom the project named; the blueprint's login is that of its own trials.
        environment.spec.administrator.clone_into(&mut blueprint.accounts.administrator);
        let target = &environment.spec.target;
        let driver =
            self.drivers.get(target).cloned().ok_or_else(|| Error::not_found("target", target))?;
        let root = self.folders.environment(id);
        let site = Site {
            environment: id,
            name: environment.spec.name.clone(),
            blueprint: Arc::new(blueprint),
            root,
        };
        Ok(Place { environment, site, driver })
    }
}

impl Work<'_> {
    /// The place of the environment that this operation works on.
    pub async fn place(&self) -> Result<Place, Trouble> {
        let id = self.operation.environment.parse();
        let id: EnvironmentId = id.map_err(|error| {
            Trouble::NeedsAttention(format!("the operation names no environment: {error}"))
        })?;
        self.place_of(id).await
    }

    /// The place of another environment.
    pub async fn place_of(&self, id: EnvironmentId) -> Result<Place, Trouble> {
        let mut session = self.app.store.session().await.map_err(Error::from)?;
        Ok(self.app.place(&mut session, id).await?)
    }
}
