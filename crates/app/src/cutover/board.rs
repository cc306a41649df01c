//! The board of a run: tasks with what stands in their way, the forecast, and what could be done.

use super::automatic::{hidden, kind_of};
use super::task::{decider, may_work};
use super::views::{Names, kind_word};
use super::{
    BackOutView, CutoverForecastView, CutoverRunView, CutoverTaskView, NoReturnView, Room,
    project_of_run,
};
use crate::views::{ActionView, GateView};
use crate::{Actor, App, Error, Result};
use golive_core::cutover::Task;
use golive_core::cutover::forecast::{Forecast, How, forecast};
use golive_core::cutover::kept::KeptRun;
use golive_core::cutover::run::{Command as RunCommand, Kind, State as RunState};
use golive_core::cutover::task::{
    self as tasks, Command, Obstacle, State, late_after, late_by, obstacles,
};
use golive_core::cutover::timetable::{Pace, Timetable, timetable};
use golive_core::gate::{Gate, Verdict};
use golive_core::id::{OperationId, ProjectId, RunId, UserId};
use golive_core::people::{Action, Member};
use golive_store::Session;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// How much durations hang together in the careful second answer: one bad night slows all, but not wholly.
const TOGETHER: f64 = 0.5;

/// What a forecast was made from: the minute, and every state.
type Made = (i64, String);

/// The last forecast of each run. The answer to the same states holds for a minute, and it is asked for by every page.
static KEPT: Mutex<BTreeMap<RunId, (Made, Arc<Forecast>)>> = Mutex::new(BTreeMap::new());

impl App {
    /// The board of a run.
    pub async fn cutover_run_view(&self, actor: &Actor, id: RunId) -> Result<CutoverRunView> {
        let mut session = self.store.session().await?;
        let project = project_of_run(&mut session, id).await?;
        self.project_seen(&mut session, actor, project).await.map_err(|error| hidden(error, id))?;
        let member = self.member(&mut session, actor, project, Action::Converse).await.ok();
        let room = self.room(&mut session, id).await?;
        let names = self.cutover_names(&mut session, project).await?;
        let forecast = self.cutover_forecast(&room).await?;
        let gate = self.gate_ahead(&mut session, &room).await?;
        let times = timetable(&room.plan, &room.anchor, Pace::Planned).ok();
        let actions = self.run_actions(&mut session, actor, (&room, gate.as_ref())).await;
        let task = |task: &Task| {
            let mut view = self.view_of_task(&room, task, (member.as_ref(), &names));
            expect(&mut view, &room, forecast.as_deref());
            view.late_minutes = self.late(&room, task, times.as_ref());
            if room.state(&task.id).is_over() || !view.obstacles.is_empty() {
                view.actions = Vec::new();
            }
            view
        };
        let all = session.of_project::<KeptRun>(project).await?;
        let before = all
            .iter()
            .filter(|(other, run)| *other < id && run.value.run.kind == room.kept.value.run.kind);
        let number = u32::try_from(before.count() + 1).unwrap_or(u32::MAX);
        let (kept, (over, of)) = (&room.kept.value, room.progress());
        Ok(CutoverRunView {
            id: id.to_string(),
            project: project.to_string(),
            title: kept.run.title.clone(),
            kind: kind_word(kept.run.kind).to_owned(),
            number,
            environment: kept.run.environment.to_string(),
            plan: kept.run.plan.clone(),
            day_zero: kept.run.day_zero.to_string(),
            state: kept.stands.name().to_owned(),
            particulars: kept.stands.clone(),
            over,
            of,
            gate: gate.map(|verdict| GateView {
                project: project.to_string(),
                open: verdict.is_open(),
                verdict,
            }),
            forecast: forecast.as_ref().map(|it| forecast_view(&room, it, times.as_ref())),
            tasks: room.plan.tasks.iter().map(task).collect(),
            incidents: self.incident_list(actor, id).await?,
            actions,
            row_version: room.kept.version,
        })
    }

    /// The forecast of a run that is not over; kept for a minute.
    pub(super) async fn cutover_forecast(&self, room: &Room<'_>) -> Result<Option<Arc<Forecast>>> {
        let now = self.clock.now();
        let seed = room.kept.value.run.seed;
        let Some(how) =
            How::of(room.policy, seed, TOGETHER).filter(|_| !room.kept.value.stands.is_closed())
        else {
            return Ok(None);
        };
        let states = serde_json::to_string(&room.states).map_err(Error::internal)?;
        let made = (now.as_second().div_euclid(60), states);
        let known =
            KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&room.id).cloned();
        if let Some((_, answer)) = known.filter(|(from, _)| *from == made) {
            return Ok(Some(answer));
        }
        let (plan, anchor, states) = (room.plan.clone(), room.anchor.clone(), room.states.clone());
        let work = tokio::task::spawn_blocking(move || forecast(&plan, &anchor, &states, now, how));
        let Ok(answer) = work.await.map_err(Error::internal)? else { return Ok(None) };
        let answer = Arc::new(answer);
        let mut kept = KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.insert(room.id, (made, answer.clone()));
        Ok(Some(answer))
    }

    /// The gate before the next step of a live run.
    async fn gate_ahead(&self, session: &mut Session, room: &Room<'_>) -> Result<Option<Verdict>> {
        let gate = match (room.kept.value.run.kind, &room.kept.value.stands) {
            (Kind::Live, RunState::Planned) => Gate::CutoverStart,
            (Kind::Live, RunState::Running { .. } | RunState::Paused { .. }) => Gate::CutoverEnd,
            (
                Kind::Live,
                RunState::GoingBack { .. }
                | RunState::Completed { .. }
                | RunState::WentBack { .. }
                | RunState::Cancelled { .. },
            )
            | (Kind::Rehearsal, _) => return Ok(None),
        };
        self.judge(session, room.project, gate).await.map(Some)
    }

    async fn run_actions(
        &self,
        session: &mut Session,
        actor: &Actor,
        (room, gate): (&Room<'_>, Option<&Verdict>),
    ) -> Vec<ActionView> {
        let allowed = self.member(session, actor, room.project, Action::RunCutover).await;
        let (by, now) = (actor.user, self.clock.now());
        let reason = || "-".to_owned();
        let tries = [
            ("cutover_run_start", RunCommand::Start { by }),
            ("cutover_run_pause", RunCommand::Pause { by, reason: reason() }),
            ("cutover_run_resume", RunCommand::Resume { by }),
            ("cutover_run_go_back", RunCommand::GoBack { by, reason: reason(), knowing: true }),
            ("cutover_run_close", RunCommand::Close { by }),
            ("cutover_run_cancel", RunCommand::Cancel { by, reason: reason() }),
        ];
        let tried = |(name, command)| {
            let tried = match &allowed {
                Ok(_) => room.decide_run(command, gate, now).map(|_| ()),
                Err(error) => Err(Error::forbidden(error.to_string())),
            };
            ActionView::tried(name, tried)
        };
        tries.into_iter().map(tried).collect()
    }

    pub(super) async fn cutover_names(
        &self,
        session: &mut Session,
        project: ProjectId,
    ) -> Result<Names> {
        let members = session.of_project::<Member>(project).await?;
        Ok(Names(members.into_iter().map(|(_, m)| (m.value.user, m.value.name)).collect()))
    }

    fn late(&self, room: &Room<'_>, task: &Task, times: Option<&Timetable>) -> Option<i64> {
        if room.kept.value.stands == RunState::Planned {
            return None;
        }
        let slot = *times?.slots.get(&task.id)?;
        late_by(room.state(&task.id), slot, late_after(room.policy), self.clock.now())
    }

    /// A task without its times, with everything that could be done.
    pub(super) fn view_of_task(
        &self,
        room: &Room<'_>,
        task: &Task,
        (member, names): (Option<&Member>, &Names),
    ) -> CutoverTaskView {
        let (state, now) = (room.state(&task.id), self.clock.now());
        let waits = matches!(state, State::Waiting | State::Failed { .. } | State::Held { .. });
        let in_the_way = if waits {
            room.around(task, true, |around| obstacles(around, now))
        } else {
            Vec::new()
        };
        let (starts, finishes) = match state.over() {
            Some((start, finish)) => (Some(start), Some(finish)),
            None => (state.started(), None),
        };
        CutoverTaskView {
            id: task.id.clone(),
            run: room.id.to_string(),
            number: task.number,
            title: task.title.clone(),
            section: task.section.clone(),
            stream: task.stream.clone(),
            kind: task.kind.name().to_owned(),
            operation: task.kind.operation().map(str::to_owned),
            by_golive: kind_of(task).is_some(),
            owner: task.owner.clone(),
            backup: task.backup.clone(),
            planned_minutes: task.durations.planned,
            predecessors: task.predecessors.clone(),
            point_of_no_return: task.point_of_no_return,
            state: state.name().to_owned(),
            particulars: state.clone(),
            by: who(state).map(|by| names.of(by)),
            startable: *state == State::Waiting && in_the_way.is_empty(),
            obstacles: in_the_way.iter().map(|it| in_words(room, it)).collect(),
            late_minutes: None,
            starts,
            finishes,
            critical: false,
            verification: task.verification.clone(),
            undo: task.undo.clone(),
            instructions: task.instructions.clone(),
            actions: task_actions(room, task, member, now),
        }
    }
}

/// What stands in the way, by number and title, and in the project's own time.
fn in_words(room: &Room<'_>, obstacle: &Obstacle) -> String {
    let named = |id: &str| match room.plan.task(id) {
        Some(task) => format!("#{} {}", task.number, task.title),
        None => id.to_owned(),
    };
    match obstacle {
        Obstacle::Predecessor { task, state } => format!("{} is {state}", named(task)),
        Obstacle::SuccessorBegan { task } => format!("{} has begun since", named(task)),
        Obstacle::TooEarly { not_before } => {
            let local = (*not_before).to_zoned_datetime(room.anchor.zone.clone());
            format!("it does not start before {}", local.strftime("%a %-d %b %H:%M %:z"))
        }
        other @ (Obstacle::Run { .. }
        | Obstacle::NoGoDecision
        | Obstacle::NotTheDecider { .. }
        | Obstacle::Checkpoint) => other.to_string(),
    }
}

/// When a task that is not over is expected, and whether it decides the end.
fn expect(view: &mut CutoverTaskView, room: &Room<'_>, forecast: Option<&Forecast>) {
    let Some(forecast) = forecast else { return };
    view.critical = forecast.critical_path.contains(&view.id);
    if room.state(&view.id).is_over() {
        return;
    }
    if let Some(expected) = forecast.expected.get(&view.id) {
        view.starts = view.starts.or(Some(expected.start));
        view.finishes = Some(expected.finish);
    }
}

fn who(state: &State) -> Option<UserId> {
    match state {
        State::Waiting | State::Failed { .. } => None,
        State::Running { by, .. }
        | State::Operating { by, .. }
        | State::Done { by, .. }
        | State::Passed { by, .. }
        | State::Held { by, .. }
        | State::Settled { by, .. }
        | State::Skipped { by, .. } => Some(*by),
    }
}

fn task_actions(
    room: &Room<'_>,
    task: &Task,
    member: Option<&Member>,
    now: Timestamp,
) -> Vec<ActionView> {
    let by = member.map_or_else(|| UserId::named("nobody", ""), |member| member.user);
    let words = || "-".to_owned();
    let start = if kind_of(task).is_some() {
        Command::Operate { by, operation: OperationId::named("trial", "") }
    } else {
        Command::Start { by }
    };
    let mut tries = vec![("task_start", start)];
    if task.is_checkpoint() {
        tries.push(("task_decide", Command::Decide { by, go: true, note: words() }));
    } else {
        tries.push(("task_finish", Command::Finish { by, note: words() }));
        tries.push(("task_fail", Command::Fail { by, reason: words() }));
        tries.push(("task_settle", Command::Settle { by, how: words() }));
    }
    tries.push(("task_skip", Command::Skip { by, reason: words() }));
    tries.push(("task_reopen", Command::Reopen { by, reason: words() }));
    let tried = |(name, command)| {
        let answer = match member {
            None => Err(Error::forbidden("only members work on tasks")),
            Some(member) => may_work(member, task)
                .and_then(|()| room.decide(task, decider(member, task), (command, now)))
                .map(|_: tasks::Change| ()),
        };
        ActionView::tried(name, answer)
    };
    tries.into_iter().map(tried).collect()
}

fn forecast_view(room: &Room<'_>, it: &Forecast, times: Option<&Timetable>) -> CutoverForecastView {
    let plan = &room.plan;
    CutoverForecastView {
        at: it.at,
        window_opens: it.moments.window_opens,
        planned_end: times.and_then(|times| times.finish(&plan.window_closes)),
        window_ends: it.moments.window_ends,
        business_start: it.moments.business_start,
        expected_end: it.expected.get(&plan.window_closes).map(|expected| expected.finish),
        percentiles: it.closing.percentiles,
        together: it.closing_together.percentiles,
        at_policy: it.closing.at_policy,
        inside_window: it.closing.inside_window,
        margin_minutes: it.closing.margin_minutes,
        critical_path: it.critical_path.clone(),
        back_out: it.back_out.map(|back| BackOutView {
            released: back.released,
            released_pessimistic: back.released_pessimistic,
            finished: back.finished,
            needed: back.needed,
            latest_decision: back.latest_decision,
            latest_decision_pessimistic: back.latest_decision_pessimistic,
            tasks: plan.way_back().len(),
        }),
        no_return: it.no_return.as_ref().map(|point| NoReturnView {
            title: plan.task(&point.task).map(|task| task.title.clone()).unwrap_or_default(),
            task: point.task.clone(),
            at: point.at,
            begun: point.begun,
        }),
    }
}

impl Room<'_> {
    /// Tasks that are over, and all tasks, of the way that is gone.
    pub(crate) fn progress(&self) -> (usize, usize) {
        let back = matches!(
            self.kept.value.stands,
            RunState::GoingBack { .. } | RunState::WentBack { .. }
        );
        let way = if back { self.plan.way_back() } else { self.plan.forward() };
        (way.iter().filter(|task| self.state(&task.id).is_over()).count(), way.len())
    }
}
