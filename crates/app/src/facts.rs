//! Gathers what is true of a project, for the gates: each subject's facts in one sheet.
//!
//! Facts are read through the session that is given, so that a write judges what it is about to change.

use crate::{App, Result};
use golive_core::fact::Facts;
use golive_core::id::ProjectId;
use golive_core::portfolio::Project;
use golive_store::Session;

/// The facts of a project at this moment, with the project itself.
pub(crate) struct Gathered {
    /// The project.
    pub project: Project,
    /// Its facts.
    pub facts: Facts,
}

impl App {
    /// Everything that the gates may ask about a project.
    pub(crate) async fn facts(&self, session: &mut Session, id: ProjectId) -> Result<Gathered> {
        let project = session.get::<Project>(id).await?.value;
        let mut facts = Facts::default();
        project_facts(&project, &mut facts);
        Ok(Gathered { project, facts })
    }
}

fn project_facts(project: &Project, facts: &mut Facts) {
    facts.set("project.go_live_date", project.go_live.as_ref().map(|set| set.date.to_string()));
    facts.set("project.live", project.live_since.is_some());
    facts.set("project.type", project.project_type.as_str());
}
