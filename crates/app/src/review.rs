//! Services of the subject review.

use crate::facts::Ground;
use crate::{App, Result};
use golive_core::fact::Facts;
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
