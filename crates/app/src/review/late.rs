//! What changed after the release: the date moved beyond the tolerance, the scope, the version. The review is then to be
//! confirmed, whether or not anybody has looked at it since.

use super::{Desk, review_id};
use crate::{App, Result};
use golive_core::fact::{FactId, Facts};
use golive_core::id::ProjectId;
use golive_core::review::baseline::{Baseline, Event};
use golive_core::review::{Command, LateChange, Review, State};
use golive_core::schedule::date;
use golive_store::{Session, Write};
use jiff::Timestamp;

/// The facts that say what belongs to the go-live.
const SCOPE: [&str; 3] = ["scope.features", "scope.parts", "scope.waves"];

/// The project as a reviewer would see it now.
fn look(desk: &Desk, facts: &Facts, now: Timestamp) -> Baseline {
    let value = |name: &'static str| (name.to_owned(), facts.get(&FactId::new(name)).value);
    Baseline {
        at: now,
        go_live: desk.project.go_live.as_ref().map(|set| set.date),
        scope: SCOPE.map(value).into(),
        version: desk.requests.first().map(|request| request.configuration.version.clone()),
    }
}

/// Every change since the release that matters and that the review does not name yet.
async fn unnoted(
    session: &mut Session,
    desk: &Desk,
    facts: &Facts,
    now: Timestamp,
) -> Result<Vec<LateChange>> {
    let Some(baseline) = desk.baseline.as_ref().map(|seen| &seen.value) else {
        return Ok(Vec::new());
    };
    let noted = match &desk.seen.value.state {
        State::ToBeConfirmed { changes, .. } => changes.as_slice(),
        State::Complete { .. } => &[],
        State::Planned
        | State::Discover { .. }
        | State::InReview { .. }
        | State::ReportIssued { .. }
        | State::Mitigation { .. }
        | State::Returned { .. } => return Ok(Vec::new()),
    };
    let history = session.find::<date::State>(desk.at).await?;
    let moved = history.map_or(0, |seen| seen.value.moved_since(baseline.at));
    let moved = u32::try_from(moved).unwrap_or(u32::MAX);
    let changes = baseline.changes(&look(desk, facts, now), moved);
    let counts = |change: &LateChange| desk.rules.matters(change) && !noted.contains(change);
    Ok(changes.into_iter().filter(counts).collect())
}

/// The review with what has changed since, even if nobody has written it down yet: a gate never opens by an old release.
pub(super) async fn as_of_now(
    session: &mut Session,
    desk: &Desk,
    facts: &Facts,
    now: Timestamp,
) -> Result<Review> {
    let mut review = desk.seen.value.clone();
    for change in unnoted(session, desk, facts, now).await? {
        let due = desk.due(now, desk.rules.confirm_days)?;
        review = desk.decide(&review, Command::NoteChange { change, due }, now)?.review;
    }
    Ok(review)
}

/// Writes down what has changed since the release.
pub(super) async fn note(write: &mut Write, desk: &mut Desk, facts: &Facts) -> Result<()> {
    let now = write.now();
    for change in unnoted(write, desk, facts, now).await? {
        let due = desk.due(now, desk.rules.confirm_days)?;
        let change = desk.decide(&desk.seen.value, Command::NoteChange { change, due }, now)?;
        write.change(desk.id, desk.seen.version, &change.review, &change.event).await?;
        desk.seen.value = change.review;
        desk.seen.version += 1;
    }
    Ok(())
}

/// Keeps what the reviewer has released or confirmed.
pub(super) async fn take_baseline(write: &mut Write, desk: &Desk, facts: &Facts) -> Result<()> {
    let baseline = look(desk, facts, write.now());
    let event = Event::Taken { baseline: baseline.clone() };
    match &desk.baseline {
        Some(seen) => Ok(write.change(desk.id, seen.version, &baseline, &event).await?),
        None => Ok(write.insert(desk.id, desk.at, &baseline, &event).await?),
    }
}

/// Called in the write of whatever may change date, scope or version, after the change: a release that no longer holds is
/// to be confirmed from this moment, and the reviewer's clock starts. Nothing happens while nothing was released.
pub(crate) async fn note_late_changes(
    app: &App,
    write: &mut Write,
    project: ProjectId,
) -> Result<()> {
    if write.find::<Review>(review_id(project)).await?.is_none() {
        return Ok(());
    }
    let facts = app.facts(write, project).await?.facts;
    let mut desk = app.desk(write, project).await?;
    note(write, &mut desk, &facts).await
}
