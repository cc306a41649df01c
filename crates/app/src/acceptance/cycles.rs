//! Test cycles: planned, opened on a frozen solution version, closed with their exit criteria met.

use super::{Known, find_place, name_of, names, places, reasoned};
use crate::people::{one_line, plain_name};
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::cycle::{Command, Condition, Cycle, Plan, Solution, State, decide};
use golive_core::id::{CycleId, ProjectId, UserId};
use golive_core::people::Action;
use golive_store::{Session, Versioned};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// The plan of a cycle.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CycleForm {
    /// Its stable name: `uat-2`.
    pub name: String,
    /// Its title for people.
    pub title: String,
    /// `integration`, `acceptance` or `performance`.
    pub kind: String,
    /// What it is to show.
    #[serde(default)]
    pub objective: String,
    /// First planned day.
    #[schema(value_type = String)]
    pub starts: Date,
    /// Last planned day.
    #[schema(value_type = String)]
    pub ends: Date,
    /// What must be true before it starts, a line each.
    #[serde(default)]
    pub entry: Vec<String>,
    /// What must be true before it ends, a line each.
    #[serde(default)]
    pub exit: Vec<String>,
}

/// What is tested: by default what is installed and loaded now.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SolutionForm {
    /// The environment, by id or name.
    pub environment: String,
    /// The version set, where it is not the one that is installed.
    #[serde(default)]
    pub version_set: Option<String>,
    /// The data set, where it is not the one that is loaded.
    #[serde(default)]
    pub data_set: Option<String>,
    /// Why the frozen version is left; only for a cycle that runs.
    #[serde(default)]
    pub reason: String,
}

/// What a cycle starts with.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CycleStart {
    /// The environment, by id or name; what is installed there is frozen.
    pub environment: String,
    /// The version set, where it is not the one that is installed.
    #[serde(default)]
    pub version_set: Option<String>,
    /// The data set, where it is not the one that is loaded.
    #[serde(default)]
    pub data_set: Option<String>,
    /// The entry criteria that are met, by name.
    #[serde(default)]
    pub met: Vec<String>,
}

/// A cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CycleView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Its stable name.
    pub name: String,
    /// Its title for people.
    pub title: String,
    /// What it tests.
    pub kind: String,
    /// What it is to show.
    pub objective: String,
    /// First planned day.
    #[schema(value_type = String)]
    pub starts: Date,
    /// Last planned day.
    #[schema(value_type = String)]
    pub ends: Date,
    /// What must be true before it starts.
    #[schema(value_type = Vec<Object>)]
    pub entry: Vec<Condition>,
    /// What must be true before it ends.
    #[schema(value_type = Vec<Object>)]
    pub exit: Vec<Condition>,
    /// `planned`, `running`, `closed` or `cancelled`.
    pub state: String,
    /// On what it runs or ran.
    #[schema(value_type = Option<Object>)]
    pub solution: Option<Solution>,
    /// When it started.
    #[schema(value_type = Option<String>)]
    pub started: Option<Timestamp>,
    /// When it was closed.
    #[schema(value_type = Option<String>)]
    pub closed: Option<Timestamp>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

impl App {
    /// Plans a cycle; one that has not started may be planned anew.
    pub async fn cycle_plan(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &CycleForm,
    ) -> Result<CycleView> {
        let plan = plan(form)?;
        let id = CycleId::named(&project.to_string(), &plan.key);
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepAcceptance).await?;
        let event = json!({ "event": "planned", "name": plan.key });
        match write.find::<Cycle>(id).await? {
            None => {
                write.insert(id, project, &Cycle { plan, state: State::Planned }, &event).await?;
            }
            Some(seen) if seen.value.state == State::Planned => {
                write
                    .change(id, seen.version, &Cycle { plan, state: State::Planned }, &event)
                    .await?;
            }
            Some(seen) => {
                return Err(Error::NotNow(format!(
                    "a cycle that is {} cannot be planned anew",
                    seen.value.state.name()
                )));
            }
        }
        write.commit().await?;
        self.cycle_view(actor, id).await
    }

    /// Starts testing on what is installed and loaded.
    pub async fn cycle_open(
        &self,
        actor: &Actor,
        id: CycleId,
        start: &CycleStart,
    ) -> Result<CycleView> {
        let from = (start.environment.as_str(), start.version_set.clone(), start.data_set.clone());
        let met = met(&start.met);
        self.cycle_command(actor, id, Some(from), |solution| {
            Ok(Command::Start { solution: solution.expect("an environment was named"), met })
        })
        .await
    }

    /// Takes a new solution version into a running cycle, with the reason.
    pub async fn cycle_change_solution(
        &self,
        actor: &Actor,
        id: CycleId,
        form: &SolutionForm,
    ) -> Result<CycleView> {
        let from = (form.environment.as_str(), form.version_set.clone(), form.data_set.clone());
        let reason = reasoned(&form.reason)?;
        self.cycle_command(actor, id, Some(from), |solution| {
            Ok(Command::ChangeSolution {
                solution: solution.expect("an environment was named"),
                reason,
            })
        })
        .await
    }

    /// Ends a cycle with its exit criteria met.
    pub async fn cycle_close(
        &self,
        actor: &Actor,
        id: CycleId,
        named: &[String],
    ) -> Result<CycleView> {
        let (by, met) = (actor.user, met(named));
        self.cycle_command(actor, id, None, |_| Ok(Command::Close { by, met })).await
    }

    /// Gives a cycle up.
    pub async fn cycle_cancel(
        &self,
        actor: &Actor,
        id: CycleId,
        reason: &str,
    ) -> Result<CycleView> {
        let reason = reasoned(reason)?;
        self.cycle_command(actor, id, None, |_| Ok(Command::Cancel { reason })).await
    }

    /// The cycles of a project, the first one first.
    pub async fn cycle_list(&self, actor: &Actor, project: ProjectId) -> Result<Vec<CycleView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let known = Known::read(&mut session, project).await?;
        let names = names(&mut session, project).await?;
        let allowed =
            self.member(&mut session, actor, project, Action::KeepAcceptance).await.map(|_| ());
        Ok(self.views_of_cycles(actor, project, &known.cycles, (&names, &allowed)))
    }

    /// One cycle.
    pub async fn cycle_view(&self, actor: &Actor, id: CycleId) -> Result<CycleView> {
        let mut session = self.store.session().await?;
        let (project, seen) = self.cycle_seen(&mut session, actor, id, Action::View).await?;
        let names = names(&mut session, project).await?;
        let allowed =
            self.member(&mut session, actor, project, Action::KeepAcceptance).await.map(|_| ());
        Ok(self.views_of_cycles(actor, project, &[(id, seen)], (&names, &allowed)).remove(0))
    }

    pub(super) fn views_of_cycles(
        &self,
        actor: &Actor,
        project: ProjectId,
        cycles: &[(CycleId, Versioned<Cycle>)],
        (names, allowed): (&BTreeMap<UserId, String>, &Result<()>),
    ) -> Vec<CycleView> {
        let mut views: Vec<CycleView> = cycles
            .iter()
            .map(|(id, seen)| CycleView {
                actions: self.cycle_actions(actor, &seen.value, allowed),
                ..view(*id, project, &seen.value, names)
            })
            .collect();
        views.sort_by(|a, b| (a.starts, &a.name).cmp(&(b.starts, &b.name)));
        views
    }

    fn cycle_actions(&self, actor: &Actor, cycle: &Cycle, allowed: &Result<()>) -> Vec<ActionView> {
        let solution = || Solution { version_set: "-".into(), data_set: "-".into() };
        let all = |conditions: &[Condition]| conditions.iter().map(|one| one.key.clone()).collect();
        let commands = [
            ("cycle_open", Command::Start { solution: solution(), met: all(&cycle.plan.entry) }),
            (
                "cycle_change_solution",
                Command::ChangeSolution { solution: solution(), reason: "-".into() },
            ),
            ("cycle_close", Command::Close { by: actor.user, met: all(&cycle.plan.exit) }),
            ("cycle_cancel", Command::Cancel { reason: "-".into() }),
        ];
        let tried = |(name, command): (&str, Command)| {
            let answer = match allowed {
                Ok(()) => decide(&cycle.plan, &cycle.state, command, self.clock.now())
                    .map_err(|no| no.to_string()),
                Err(error) => Err(error.to_string()),
            };
            ActionView::tried(name, answer.map_err(Error::NotNow))
        };
        commands.into_iter().map(tried).collect()
    }

    async fn cycle_command(
        &self,
        actor: &Actor,
        id: CycleId,
        from: Option<(&str, Option<String>, Option<String>)>,
        command: impl FnOnce(Option<Solution>) -> Result<Command>,
    ) -> Result<CycleView> {
        let project: ProjectId = self
            .store
            .session()
            .await?
            .project_of::<Cycle>(id)
            .await?
            .parse()
            .map_err(Error::internal)?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) = self.cycle_seen(&mut write, actor, id, Action::KeepAcceptance).await?;
        let solution = match from {
            Some((environment, version_set, data_set)) => {
                Some(solution(&mut write, project, environment, (version_set, data_set)).await?)
            }
            None => None,
        };
        let change = decide(&seen.value.plan, &seen.value.state, command(solution)?, write.now())
            .map_err(|refusal| Error::NotNow(refusal.to_string()))?;
        write
            .change(id, seen.version, &Cycle { state: change.state, ..seen.value }, &change.event)
            .await?;
        write.commit().await?;
        self.cycle_view(actor, id).await
    }

    async fn cycle_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        id: CycleId,
        action: Action,
    ) -> Result<(ProjectId, Versioned<Cycle>)> {
        let project: ProjectId =
            session.project_of::<Cycle>(id).await?.parse().map_err(Error::internal)?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("cycle", id),
            other => other,
        };
        self.member(session, actor, project, action).await.map_err(hidden)?;
        Ok((project, session.get::<Cycle>(id).await?))
    }
}

/// What is tested: what was given, else what is installed and loaded now.
pub(super) async fn solution(
    session: &mut Session,
    project: ProjectId,
    environment: &str,
    (version_set, data_set): (Option<String>, Option<String>),
) -> Result<Solution> {
    let place = find_place(&places(session, project).await?, environment)?;
    let said = |given: Option<String>, there: Option<String>, what: &str| {
        let given = given.filter(|text| !text.trim().is_empty()).or(there);
        given.ok_or_else(|| {
            Error::NotNow(format!("{} has no {what}: it is not deployed", place.name))
        })
    };
    Ok(Solution {
        version_set: said(version_set, place.version_set.clone(), "version set")?,
        data_set: said(data_set, place.data_set.clone(), "data set")?,
    })
}

fn plan(form: &CycleForm) -> Result<Plan> {
    let kind = form
        .kind
        .parse()
        .map_err(|words| Error::invalid("kind", format!("one of {words}"), &form.kind))?;
    if form.ends < form.starts {
        return Err(Error::invalid(
            "ends",
            format!("{} or later", form.starts),
            form.ends.to_string(),
        ));
    }
    Ok(Plan {
        key: plain_name("name", &form.name)?,
        title: one_line("title", &form.title)?,
        kind,
        objective: form.objective.trim().to_owned(),
        starts: form.starts,
        ends: form.ends,
        entry: conditions("entry", &form.entry)?,
        exit: conditions("exit", &form.exit)?,
    })
}

/// A line each; its name is the number of the line unless it has one: `report: The report is written`.
fn conditions(field: &str, lines: &[String]) -> Result<Vec<Condition>> {
    let lines = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    let conditions: Vec<Condition> = lines
        .enumerate()
        .map(|(at, line)| match line.split_once(": ") {
            Some((key, title)) if !key.contains(' ') => {
                Condition { key: key.to_owned(), title: title.to_owned() }
            }
            Some(_) | None => Condition { key: (at + 1).to_string(), title: line.to_owned() },
        })
        .collect();
    let keys: BTreeSet<&str> = conditions.iter().map(|one| one.key.as_str()).collect();
    if keys.len() == conditions.len() {
        Ok(conditions)
    } else {
        Err(Error::invalid(field, "a name of its own for every line", "the same name twice"))
    }
}

fn met(named: &[String]) -> BTreeSet<String> {
    named.iter().map(|name| name.trim().to_owned()).collect()
}

fn view(
    id: CycleId,
    project: ProjectId,
    cycle: &Cycle,
    names: &BTreeMap<UserId, String>,
) -> CycleView {
    let (solution, started, closed, closed_by) = match &cycle.state {
        State::Planned | State::Cancelled { .. } => (None, None, None, None),
        State::Running { since, solution } => (Some(solution.clone()), Some(*since), None, None),
        State::Closed { started, at, by, solution } => {
            (Some(solution.clone()), Some(*started), Some(*at), Some(name_of(names, *by)))
        }
    };
    let plan = cycle.plan.clone();
    CycleView {
        id: id.to_string(),
        project: project.to_string(),
        name: plan.key,
        title: plan.title,
        kind: plan.kind.name().to_owned(),
        objective: plan.objective,
        starts: plan.starts,
        ends: plan.ends,
        entry: plan.entry,
        exit: plan.exit,
        state: cycle.state.name().to_owned(),
        solution,
        started,
        closed,
        closed_by,
        actions: Vec::new(),
    }
}
