//! Services of the subject waiver.

use crate::facts::Ground;
use crate::{App, Result};
use golive_core::fact::Facts;
use golive_core::gate::Exception;
use golive_core::id::ProjectId;
use golive_store::Session;

/// The facts that this subject knows of a project.
pub(crate) async fn facts(
    _app: &App,
    _session: &mut Session,
    _ground: &Ground<'_>,
    _facts: &mut Facts,
) -> Result<()> {
    Ok(())
}

/// The waivers of a project that are in force, as the gates take them.
pub(crate) async fn exceptions(_app: &App, _session: &mut Session, _project: ProjectId) -> Result<Vec<Exception>> {
    Ok(Vec::new())
}
