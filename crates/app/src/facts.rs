//! Gathers what is true of a project, for the gates: each subject's facts in one sheet.
//!
//! Facts are read through the session that is given, so that a write judges what it is about to change.

use crate::{App, Result};
use golive_core::fact::Facts;
use golive_core::id::ProjectId;
use golive_core::policy::Policy;
use golive_core::portfolio::Project;
use golive_store::Session;
use jiff::Timestamp;

/// The facts of a project at this moment, with the project itself.
pub(crate) struct Gathered {
    /// The project.
    pub project: Project,
    /// Its facts.
    pub facts: Facts,
}

/// What every subject needs to know to say its facts.
pub(crate) struct Ground<'a> {
    /// The project's id.
    pub id: ProjectId,
    /// The project.
    pub project: &'a Project,
    /// The pack that it is judged by.
    pub policy: &'a Policy,
    /// Business time.
    pub now: Timestamp,
}

impl App {
    /// Everything that the gates may ask about a project.
    pub(crate) async fn facts(&self, session: &mut Session, id: ProjectId) -> Result<Gathered> {
        let project = session.get::<Project>(id).await?.value;
        let mut facts = Facts::default();
        project_facts(&project, &mut facts);
        let ground = Ground {
            id,
            project: &project,
            policy: self.policy(&project.policy)?,
            now: self.clock.now(),
        };
        crate::environment::facts(self, session, &ground, &mut facts).await?;
        crate::methodology::facts(self, session, &ground, &mut facts).await?;
        crate::schedule::facts(self, session, &ground, &mut facts).await?;
        crate::onboarding::facts(self, session, &ground, &mut facts).await?;
        crate::acceptance::facts(self, session, &ground, &mut facts).await?;
        crate::estimate::facts(self, session, &ground, &mut facts).await?;
        crate::service_request::facts(self, session, &ground, &mut facts).await?;
        crate::waiver::facts(self, session, &ground, &mut facts).await?;
        crate::notification::facts(self, session, &ground, &mut facts).await?;
        crate::package::facts(self, session, &ground, &mut facts).await?;
        crate::datacopy::facts(self, session, &ground, &mut facts).await?;
        crate::cutover::facts(self, session, &ground, &mut facts).await?;
        crate::go_live::facts(self, session, &ground, &mut facts).await?;
        crate::certificate::facts(self, session, &ground, &mut facts).await?;
        // These two hold what people said against all other facts.
        crate::checklist::facts(self, session, &ground, &mut facts).await?;
        crate::review::facts(self, session, &ground, &mut facts).await?;
        Ok(Gathered { project, facts })
    }
}

fn project_facts(project: &Project, facts: &mut Facts) {
    facts.set("project.go_live_date", project.go_live.as_ref().map(|set| set.date.to_string()));
    facts.set("project.live", project.live_since.is_some());
    facts.set("project.type", project.project_type.as_str());
}
