//! What the beginning and the end of an installation mean for the library.

use crate::operations::install_package::Params;
use crate::{App, Error, Result};
use golive_core::environment::{Environment, Purpose};
use golive_core::id::{EnvironmentId, ProjectId};
use golive_core::operation::Outcome;
use golive_core::package::Stored;
use golive_core::package::library::{Command, Installation, decide};
use golive_store::{OperationRow, Write};

/// The work starts: everything is judged again, in the write of the operation's first record.
pub(crate) async fn start_installing(
    app: &App,
    write: &mut Write,
    operation: &OperationRow,
) -> Result<()> {
    let params: Params =
        serde_json::from_value(operation.params.clone()).map_err(Error::internal)?;
    let instant = |name: &str| {
        operation
            .params
            .get(name)
            .and_then(|at| at.as_str()?.parse().ok())
            .unwrap_or(operation.created_at)
    };
    let project: ProjectId = operation.project.parse().map_err(Error::internal)?;
    let environment: EnvironmentId = operation.environment.parse().map_err(Error::internal)?;
    let stored = write.get::<Stored>(params.package).await?.value;
    let there = write.get::<Environment>(environment).await?.value;
    let times = (instant("filed"), instant("starts"), instant("ends"));
    if write.now() > times.2 {
        return Err(Error::NotNow(format!("the window ended at {}", times.2)));
    }
    app.may_install(write, project, &stored, (environment, &there), times).await
}

/// The work has ended: the library learns how.
pub(crate) async fn end_installing(
    write: &mut Write,
    operation: &OperationRow,
    outcome: &Outcome,
) -> Result<()> {
    let params: Params =
        serde_json::from_value(operation.params.clone()).map_err(Error::internal)?;
    let environment: EnvironmentId = operation.environment.parse().map_err(Error::internal)?;
    let production =
        write.get::<Environment>(environment).await?.value.spec.purpose == Purpose::Production;
    let seen = write.get::<Stored>(params.package).await?;
    let installation = Installation { environment, operation: operation.id, at: write.now() };
    let command = match outcome {
        Outcome::Succeeded if production => Command::RecordInProduction { installation },
        Outcome::Succeeded => Command::RecordInstalled { installation },
        Outcome::RolledBack { why }
        | Outcome::Cancelled { why }
        | Outcome::RollbackFailed { why, .. } => {
            Command::RecordFailed { environment, why: why.clone() }
        }
    };
    match decide(&seen.value.entry, command, write.now()) {
        Ok(change) => {
            let stored = Stored { entry: change.entry, ..seen.value };
            Ok(write.change(params.package, seen.version, &stored, &change.event).await?)
        }
        // A package that was withdrawn meanwhile, or never validated, learns nothing more.
        Err(_) => Ok(()),
    }
}
