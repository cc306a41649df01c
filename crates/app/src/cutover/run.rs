//! Runs: opened as a rehearsal or for real, started, held, taken back, closed, and compared with their plan.

use super::automatic::hidden;
use super::plan::known;
use super::{CutoverDriftView, CutoverRunLine, CutoverRunView, Room, project_of_run};
use crate::{Actor, App, Error, Result};
use golive_core::cutover::drift::drift;
use golive_core::cutover::facts::Past;
use golive_core::cutover::kept::KeptRun;
use golive_core::cutover::plan::Plan;
use golive_core::cutover::run::{Around, Change, Command, Kind, Run, State, decide};
use golive_core::environment::{Environment, Purpose};
use golive_core::gate::{Gate, Verdict};
use golive_core::id::{EnvironmentId, ProjectId, RunId, UserId};
use golive_core::people::Action;
use golive_core::portfolio::Project;
use golive_store::{Session, Told, Write};
use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// A run that shall be opened.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// `rehearsal` or `live`.
    pub kind: String,
    /// Where it takes place.
    #[schema(value_type = String)]
    pub environment: EnvironmentId,
    /// Its title; `Rehearsal 2` or `Live` without it.
    #[serde(default)]
    pub title: Option<String>,
    /// The day that counts as the go-live day. A live run has the project's own; a rehearsal may have any, and without it
    /// its window opens today.
    #[serde(default)]
    pub day_zero: Option<String>,
}

/// Going back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackRequest {
    /// Why.
    pub reason: String,
    /// Said by somebody who knows that the point of no return is behind.
    #[serde(default)]
    pub knowing: bool,
}

impl App {
    /// Opens a run of the plan that holds now.
    pub async fn cutover_run_open(
        &self,
        actor: &Actor,
        project: ProjectId,
        wanted: &RunRequest,
    ) -> Result<CutoverRunView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::RunCutover).await?;
        let (standing, plan) = known(&mut write, project).await?;
        let of = write.get::<Project>(project).await?.value;
        let kind = kind(&wanted.kind)?;
        let others = write.of_project::<KeptRun>(project).await?;
        place(&mut write, (project, &of), (kind, wanted.environment)).await?;
        free(
            &others.iter().map(|(_, run)| &run.value).collect::<Vec<_>>(),
            kind,
            wanted.environment,
        )?;
        let day_zero = self.day_zero(&of, kind, (wanted.day_zero.as_deref(), &plan))?;
        let number = others.iter().filter(|(_, run)| run.value.run.kind == kind).count() + 1;
        let title = match (&wanted.title, kind) {
            (Some(title), _) => crate::people::one_line("title", title)?,
            (None, Kind::Rehearsal) => format!("Rehearsal {number}"),
            (None, Kind::Live) => "Live".to_owned(),
        };
        let uuid = uuid::Uuid::now_v7();
        let (id, seed) = (RunId::from_uuid(uuid), uuid.as_u64_pair().1);
        let run = Run {
            title,
            kind,
            environment: wanted.environment,
            plan: standing.value.digest,
            day_zero,
            seed,
        };
        let event = json!({ "event": "opened", "by": actor.user, "run": run });
        write.insert(id, project, &KeptRun { run, stands: State::Planned }, &event).await?;
        write.commit().await?;
        self.cutover_run_view(actor, id).await
    }

    fn day_zero(
        &self,
        of: &Project,
        kind: Kind,
        (given, plan): (Option<&str>, &Plan),
    ) -> Result<Date> {
        let parse = |text: &str| {
            text.parse::<Date>()
                .map_err(|_| Error::invalid("day_zero", "a day such as 2027-04-05", text))
        };
        let given = given.map(parse).transpose()?;
        match kind {
            Kind::Live => {
                let set = of.go_live.as_ref().map(|set| set.date);
                let set = set.ok_or_else(|| Error::NotNow("the go-live date is not set".into()))?;
                match given {
                    Some(day) if day != set => Err(Error::invalid(
                        "day_zero",
                        format!("the go-live date {set}"),
                        day.to_string(),
                    )),
                    Some(_) | None => Ok(set),
                }
            }
            Kind::Rehearsal => {
                if let Some(day) = given {
                    return Ok(day);
                }
                let days = Span::new()
                    .try_days(i64::from(-plan.window_start.day))
                    .map_err(Error::internal)?;
                self.today(of).checked_add(days).map_err(Error::internal)
            }
        }
    }

    /// The runs of a project, oldest first.
    pub async fn cutover_run_list(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Vec<CutoverRunLine>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let mut lines = Vec::new();
        for (id, _) in session.of_project::<KeptRun>(project).await? {
            let room = self.room(&mut session, id).await?;
            lines.push(CutoverRunLine::of(&room));
        }
        Ok(lines)
    }

    /// Starts a run. A live run needs its gate.
    pub async fn cutover_run_start(&self, actor: &Actor, id: RunId) -> Result<CutoverRunView> {
        self.run_command(actor, id, |by| Command::Start { by }).await
    }

    /// Holds a run: tasks at work may end, none may start.
    pub async fn cutover_run_pause(
        &self,
        actor: &Actor,
        id: RunId,
        reason: &str,
    ) -> Result<CutoverRunView> {
        let reason = reason.to_owned();
        self.run_command(actor, id, |by| Command::Pause { by, reason }).await
    }

    /// Goes on with a run that was held.
    pub async fn cutover_run_resume(&self, actor: &Actor, id: RunId) -> Result<CutoverRunView> {
        self.run_command(actor, id, |by| Command::Resume { by }).await
    }

    /// Takes the way back.
    pub async fn cutover_run_go_back(
        &self,
        actor: &Actor,
        id: RunId,
        wanted: &BackRequest,
    ) -> Result<CutoverRunView> {
        let (reason, knowing) = (wanted.reason.clone(), wanted.knowing);
        self.run_command(actor, id, |by| Command::GoBack { by, reason, knowing }).await
    }

    /// Closes a run. A live run needs its gate.
    pub async fn cutover_run_close(&self, actor: &Actor, id: RunId) -> Result<CutoverRunView> {
        self.run_command(actor, id, |by| Command::Close { by }).await
    }

    /// Gives up a run that has not begun.
    pub async fn cutover_run_cancel(
        &self,
        actor: &Actor,
        id: RunId,
        reason: &str,
    ) -> Result<CutoverRunView> {
        let reason = reason.to_owned();
        self.run_command(actor, id, |by| Command::Cancel { by, reason }).await
    }

    async fn run_command(
        &self,
        actor: &Actor,
        id: RunId,
        command: impl FnOnce(UserId) -> Command,
    ) -> Result<CutoverRunView> {
        let project = project_of_run(&mut self.store.session().await?, id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let allowed = self.member(&mut write, actor, project, Action::RunCutover).await;
        allowed.map_err(|error| hidden(error, id))?;
        let room = self.room(&mut write, id).await?;
        let command = command(actor.user);
        let gate = self.run_gate(&mut write, &room, &command).await?;
        let change = room.decide_run(command, gate.as_ref(), write.now())?;
        keep_run(&mut write, &room, (&change, gate.as_ref())).await?;
        write.commit().await?;
        self.cutover_run_view(actor, id).await
    }

    /// The gate that stands before this command, judged now; a rehearsal has none.
    async fn run_gate(
        &self,
        session: &mut Session,
        room: &Room<'_>,
        command: &Command,
    ) -> Result<Option<Verdict>> {
        if room.kept.value.run.kind == Kind::Rehearsal {
            return Ok(None);
        }
        let gate = match command {
            Command::Start { .. } => Gate::CutoverStart,
            Command::Close { .. } => Gate::CutoverEnd,
            Command::Pause { .. }
            | Command::Resume { .. }
            | Command::GoBack { .. }
            | Command::Cancel { .. } => return Ok(None),
        };
        self.judge(session, room.project, gate).await.map(Some)
    }

    /// How a run went against its plan, and the durations it offers.
    pub async fn cutover_run_drift(&self, actor: &Actor, id: RunId) -> Result<CutoverDriftView> {
        let mut session = self.store.session().await?;
        let project = project_of_run(&mut session, id).await?;
        self.project_seen(&mut session, actor, project).await.map_err(|error| hidden(error, id))?;
        let room = self.room(&mut session, id).await?;
        Ok(CutoverDriftView::of(&room, drift(&room.plan, &room.states)))
    }
}

impl Room<'_> {
    /// Decides one command of the run.
    pub(super) fn decide_run(
        &self,
        command: Command,
        gate: Option<&Verdict>,
        now: jiff::Timestamp,
    ) -> Result<Change> {
        let problems = self.plan.structural_problems();
        let at_work = self.states.iter().filter(|(_, state)| state.is_at_work());
        let at_work: Vec<&str> = at_work.map(|(id, _)| id.as_str()).collect();
        let open = self.plan.way_back().into_iter().filter(|task| !self.state(&task.id).is_over());
        let way_back_open: Vec<&str> = open.map(|task| task.id.as_str()).collect();
        let mut begun =
            self.plan.points_of_no_return().filter(|task| self.state(&task.id).started().is_some());
        let around = Around {
            kind: self.kept.value.run.kind,
            problems: &problems,
            gate,
            at_work: &at_work,
            way_back_open: &way_back_open,
            no_return: begun.next().map(|task| task.id.as_str()),
        };
        decide(&self.kept.value.stands, command, around, now).map_err(Error::from)
    }

    /// The run for the rules about what it proved.
    pub(crate) fn past(&self) -> Past<'_> {
        let KeptRun { run, stands } = &self.kept.value;
        Past { run, state: stands, tasks: &self.states, plan: &self.plan }
    }
}

/// Stores what was decided; the event keeps the verdict that it rests on.
async fn keep_run(
    write: &mut Write,
    room: &Room<'_>,
    (change, gate): (&Change, Option<&Verdict>),
) -> Result<()> {
    let mut told = Told::of::<KeptRun>(&change.event);
    if let Some(verdict) = gate {
        told.payload["verdict"] = serde_json::to_value(verdict).map_err(Error::internal)?;
    }
    let value = KeptRun { stands: change.state.clone(), ..room.kept.value.clone() };
    Ok(write.change_told(room.id, room.kept.version, &value, &told).await?)
}

fn kind(text: &str) -> Result<Kind> {
    match text {
        "rehearsal" => Ok(Kind::Rehearsal),
        "live" => Ok(Kind::Live),
        other => Err(Error::invalid("kind", "rehearsal or live", other)),
    }
}

/// A live run takes place in production; a rehearsal there is a mock cutover, and only before the project is live.
async fn place(
    write: &mut Write,
    (project, of): (ProjectId, &Project),
    (kind, environment): (Kind, EnvironmentId),
) -> Result<()> {
    let owner = write.project_of::<Environment>(environment).await?;
    if owner != project.to_string() {
        return Err(Error::not_found("environment", environment));
    }
    let purpose = write.get::<Environment>(environment).await?.value.spec.purpose;
    let is_production = purpose == Purpose::Production;
    match kind {
        Kind::Live if !is_production => {
            Err(Error::NotNow("a live run takes place in production".into()))
        }
        Kind::Rehearsal if is_production && of.live_since.is_some() => {
            Err(Error::NotNow("production is in use: nothing is rehearsed there any more".into()))
        }
        Kind::Live | Kind::Rehearsal => Ok(()),
    }
}

/// One open run on an environment, and one open live run in all.
fn free(others: &[&KeptRun], kind: Kind, environment: EnvironmentId) -> Result<()> {
    let open = |run: &&&KeptRun| !run.stands.is_closed();
    let in_the_way = |run: &&&KeptRun| {
        run.run.environment == environment || (kind == Kind::Live && run.run.kind == Kind::Live)
    };
    match others.iter().filter(open).find(in_the_way) {
        None => Ok(()),
        Some(run) => Err(Error::NotNow(format!(
            "`{}` is open there: close or cancel it first",
            run.run.title
        ))),
    }
}
