//! The service request of a production request: made with its sign-off, moved with it, in the same writes.

use super::{Desk, fresh, next_number, stored};
use crate::{App, Result};
use golive_core::id::{OperationId, ProjectId, RequestId, ServiceRequestId};
use golive_core::request::{Change, Event};
use golive_core::service_request::{Command, Filed, Kind, New, State, submit};
use golive_store::{Versioned, Write};

/// What happened to a production request happens to its service request too.
pub(crate) async fn follow(
    app: &App,
    write: &mut Write,
    project: ProjectId,
    (id, change): (RequestId, &Change),
) -> Result<()> {
    let linked = write.with::<Filed>("linked", id.to_string()).await?;
    let newest = linked.into_iter().max_by_key(|(_, seen)| seen.value.number);
    let Some((own, seen)) = newest.filter(|(_, seen)| !is_closed(&seen.value)) else {
        return match &change.event {
            Event::SignedOff { .. } => file(app, write, project, (id, change)).await,
            Event::Opened { .. }
            | Event::Configured { .. }
            | Event::SignOffCleared { .. }
            | Event::Released
            | Event::Asked { .. }
            | Event::Answered { .. }
            | Event::Denied { .. }
            | Event::DeployStarted { .. }
            | Event::Deployed { .. }
            | Event::DeployFailed { .. } => Ok(()),
        };
    };
    let desk = Desk::of(app, write, project).await?;
    let now = write.now();
    let seen = end_question(write, (own, seen), &change.event, &desk).await?;
    let Some(command) = command(&change.event, &seen.value, desk.due(Kind::Environment, now))
    else {
        return Ok(());
    };
    let result = seen.value.decide(command, now, desk.time(Kind::Environment).as_ref());
    step(write, own, &seen, result).await
}

/// The start of the work ends a question that is still open, as it does in the production request.
async fn end_question(
    write: &mut Write,
    (own, seen): (ServiceRequestId, Versioned<Filed>),
    event: &Event,
    desk: &Desk<'_>,
) -> Result<Versioned<Filed>> {
    let State::WaitingForCustomer { asked_by, .. } = seen.value.request.state else {
        return Ok(seen);
    };
    if !matches!(event, Event::DeployStarted { .. }) {
        return Ok(seen);
    }
    let text = "The deployment begins.".to_owned();
    let answer = Command::Answer { by: asked_by, text };
    let result = seen.value.decide(answer, write.now(), desk.time(Kind::Environment).as_ref());
    step(write, own, &seen, result).await?;
    Ok(write.get::<Filed>(own).await?)
}

type Decided =
    Result<(Filed, golive_core::service_request::Event), golive_core::service_request::Refusal>;

/// What the conversation cannot follow is left as it is: the production request is what counts.
async fn step(
    write: &mut Write,
    id: ServiceRequestId,
    seen: &Versioned<Filed>,
    result: Decided,
) -> Result<()> {
    match result {
        Ok((next, event)) => Ok(write.change(id, seen.version, &next, &event).await?),
        Err(why) => {
            tracing::debug!(%id, %why, "the service request {id} does not follow: {why}");
            Ok(())
        }
    }
}

/// A request that was taken back or accepted is over; the next sign-off makes another.
fn is_closed(filed: &Filed) -> bool {
    matches!(filed.request.state, State::Cancelled { .. } | State::SignedOff { .. })
}

async fn file(
    app: &App,
    write: &mut Write,
    project: ProjectId,
    (id, change): (RequestId, &Change),
) -> Result<()> {
    let policy = app.policy(&stored(write, project).await?.policy)?;
    if !policy.flag("request.service_request_automatic") {
        return Ok(());
    }
    let configuration = &change.request.configuration;
    let new = New {
        kind: Kind::Environment,
        title: format!(
            "Deploy {} ({}, {})",
            configuration.name, configuration.topology, configuration.region
        ),
        environment: Some(change.request.environment),
        requested_by: None,
        linked: Some(id),
        window: None,
    };
    let (desk, now) = (Desk::of(app, write, project).await?, write.now());
    let made = submit(new, desk.due(Kind::Environment, now), now)?;
    let number = next_number(write, project).await?;
    let filed = Filed { number, filed_at: now, warnings: Vec::new(), request: made.request };
    Ok(write.insert(fresh(), project, &filed, &made.event).await?)
}

/// The command that belongs to what happened to the production request, if one does.
fn command(event: &Event, filed: &Filed, due: jiff::Timestamp) -> Option<Command> {
    let failed = matches!(filed.request.state, State::Failed { .. });
    match event {
        Event::SignedOff { by, .. } => Some(Command::Resubmit { by: *by, window: None, due }),
        Event::SignOffCleared { by } => {
            let reason = "the sign-off of the production request was taken back".to_owned();
            Some(Command::Cancel { by: *by, reason })
        }
        Event::Asked { by, question } => {
            Some(Command::Ask { operator: *by, question: question.clone() })
        }
        Event::Answered { by, answer } => Some(Command::Answer { by: *by, text: answer.clone() }),
        Event::Denied { by, reason, suggestion } => Some(Command::Deny {
            operator: *by,
            reason: reason.clone(),
            suggestion: suggestion.clone(),
        }),
        Event::DeployStarted { .. } if failed => Some(Command::Retry { operator: None }),
        Event::DeployStarted { .. } => Some(Command::Start { operator: None }),
        Event::Deployed { .. } => Some(Command::Finish),
        Event::DeployFailed { operation, why } => Some(fail(*operation, why)),
        Event::Opened { .. } | Event::Configured { .. } | Event::Released => None,
    }
}

fn fail(operation: OperationId, why: &str) -> Command {
    let said = !why.trim().is_empty();
    let diagnosis = if said { why.to_owned() } else { "the deployment failed".to_owned() };
    Command::Fail { activity: Some(operation), diagnosis }
}
