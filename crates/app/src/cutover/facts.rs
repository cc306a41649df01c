//! What the gates may ask about the cutover: the plan, the rehearsals, the live run, a clean production.

use super::{Room, current, incidents_of};
use crate::facts::Ground;
use crate::{App, Result};
use golive_core::cutover::facts::{Past, of_forecast, of_live, of_plan, of_rehearsals};
use golive_core::cutover::kept::KeptRun;
use golive_core::cutover::run::{Kind, State};
use golive_core::cutover::timetable::moments;
use golive_core::environment::{Environment, Purpose};
use golive_core::fact::{Fact, Facts};
use golive_core::id::EnvironmentId;
use golive_core::operation::Outcome;
use golive_store::{OperationRow, Session};
use jiff::Timestamp;

/// Operations of an environment that are looked at.
const MANY: i64 = 10_000;

/// The facts that this subject knows of a project.
pub(crate) async fn facts(
    app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let mut rooms = Vec::new();
    for (id, _) in session.of_project::<KeptRun>(ground.id).await? {
        rooms.push(app.room(session, id).await?);
    }
    clean(session, ground, (&rooms, facts)).await?;
    let Some((standing, plan)) = current(session, ground.id).await? else { return Ok(()) };
    let anchor = super::plan::anchor(ground.project);
    let standing = standing.value;
    facts.extend(of_plan(&plan, anchor.as_ref(), &standing.signature, &standing.confirmed));
    let opens = anchor.as_ref().and_then(|anchor| Some(moments(&plan, anchor).ok()?.window_opens));
    let past: Vec<Past<'_>> = rooms.iter().map(Room::past).collect();
    facts.extend(of_rehearsals(&past, opens, ground.now));
    let is_live = |room: &&Room<'_>| {
        room.kept.value.run.kind == Kind::Live
            && !matches!(room.kept.value.stands, State::Cancelled { .. })
    };
    // Ids of runs grow with time: the last is the newest.
    let Some(live) = rooms.iter().rfind(is_live) else { return Ok(()) };
    let incidents = incidents_of(session, live.id).await?;
    facts.extend(of_live(live.past(), &live.anchor, &incidents));
    if matches!(
        live.kept.value.stands,
        State::Running { .. } | State::Paused { .. } | State::GoingBack { .. }
    ) && let Some(forecast) = app.cutover_forecast(live).await?
    {
        facts.extend(of_forecast(&forecast));
    }
    Ok(())
}

/// A mock cutover leaves its data behind: after it production is restored or deployed again.
async fn clean(
    session: &mut Session,
    ground: &Ground<'_>,
    (rooms, facts): (&[Room<'_>], &mut Facts),
) -> Result<()> {
    let all = session.of_project::<Environment>(ground.id).await?;
    let production: Vec<EnvironmentId> = all
        .iter()
        .filter(|(_, env)| env.value.spec.purpose == Purpose::Production)
        .map(|(id, _)| *id)
        .collect();
    if production.is_empty() {
        return Ok(());
    }
    let there = |room: &&Room<'_>| {
        let run = &room.kept.value.run;
        run.kind == Kind::Rehearsal && production.contains(&run.environment)
    };
    let mut unclean = Vec::new();
    for room in rooms.iter().filter(there) {
        let title = &room.kept.value.run.title;
        match last_touch(&room.kept.value.stands) {
            Touch::Never => {}
            Touch::Still => unclean.push(format!("{title} is under way in production")),
            Touch::Until(at) => {
                let environment = room.kept.value.run.environment.to_string();
                let done =
                    session.operations(&ground.id.to_string(), Some(&environment), MANY).await?;
                if !done.iter().any(|row| renews(row, at)) {
                    unclean.push(format!("not restored since {title}"));
                }
            }
        }
    }
    facts.set("production.clean", Fact::from(unclean.is_empty()).because(unclean));
    Ok(())
}

fn renews(row: &OperationRow, after: Timestamp) -> bool {
    matches!(row.kind.as_str(), "restore" | "provision")
        && row.outcome == Some(Outcome::Succeeded)
        && row.ended_at.is_some_and(|at| at > after)
}

enum Touch {
    Never,
    Still,
    Until(Timestamp),
}

fn last_touch(state: &State) -> Touch {
    match state {
        State::Planned | State::Cancelled { .. } => Touch::Never,
        State::Running { .. } | State::Paused { .. } | State::GoingBack { .. } => Touch::Still,
        State::Completed { at, .. } | State::WentBack { at, .. } => Touch::Until(*at),
    }
}
