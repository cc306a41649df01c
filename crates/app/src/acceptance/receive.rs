//! How a batch of results comes in: large files are staged in short transactions and switched in one, so that nobody
//! waits for them. A batch has one event with the digest of its file, and the same file again changes nothing.

use super::results::{ResultOptions, ResultsView, view};
use super::{book_of, find_place, names, places};
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::book::{Effect, Received, Recorded, source};
use golive_core::acceptance::cycle::{Cycle, State};
use golive_core::acceptance::place::{Place, Subject, ineligible};
use golive_core::acceptance::result::{Batch, Intake, Standing, TestResult, take_in};
use golive_core::acceptance::scope::Case;
use golive_core::id::{CaseId, CycleId, ProjectId, ResultsId, UserId};
use golive_core::people::Action;
use golive_core::portfolio::Project;
use golive_store::{Session, Versioned, Write};
use jiff::Timestamp;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// A list of faults names at most so many.
const MOST_FAULTS: usize = 50;

/// What is about to come in.
pub(super) struct Arriving {
    pub(super) place: Place,
    pub(super) subject: Subject,
    pub(super) cycle: Cycle,
    /// The name of the file.
    pub file: String,
    /// Its digest.
    pub digest: String,
    /// What is in it.
    pub results: Vec<TestResult>,
    pub(super) skip_unknown: bool,
    pub(super) by: UserId,
}

impl Arriving {
    fn batch(&self, id: ResultsId) -> Batch {
        Batch {
            id,
            subject: self.subject.clone(),
            cycle: self.cycle.plan.key.clone(),
            digest: self.digest.clone(),
        }
    }
}

type Found = BTreeMap<String, (CaseId, Versioned<Recorded>)>;
type Cases = BTreeMap<String, (Case, Option<Standing>)>;

impl App {
    /// Everything about a batch but its results.
    pub(super) async fn arriving(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
        options: &ResultOptions,
    ) -> Result<Arriving> {
        let place = find_place(&places(session, project).await?, options.environment.trim())?;
        let named = (options.version_set.clone(), options.data_set.clone());
        let solution =
            super::cycles::solution(session, project, options.environment.trim(), named).await?;
        let cycle = running(session, project, options.cycle.trim()).await?;
        if let State::Running { solution: frozen, .. } = &cycle.state
            && frozen.version_set != solution.version_set
        {
            return Err(Error::NotNow(format!(
                "the cycle {} tests version set {}, these results are of {}: take the new version into the cycle first",
                cycle.plan.key, frozen.version_set, solution.version_set
            )));
        }
        let environment = place.environment;
        let subject =
            Subject { environment, version_set: solution.version_set, data_set: solution.data_set };
        let (file, digest, results) = (String::new(), String::new(), Vec::new());
        Ok(Arriving {
            place,
            subject,
            cycle,
            file,
            digest,
            results,
            skip_unknown: options.skip_unknown,
            by: actor.user,
        })
    }

    pub(super) async fn preview(
        &self,
        project: ProjectId,
        arriving: &Arriving,
    ) -> Result<ResultsView> {
        let mut session = self.store.session().await?;
        let batch = arriving.batch(ResultsId::named("preview", &arriving.digest));
        let (places, names) =
            (places(&mut session, project).await?, names(&mut session, project).await?);
        if let Some((id, seen)) = session.batch_from(project, &source(&batch)).await? {
            return Ok(ResultsView {
                known_already: true,
                ..view(Some(id), &seen.value, &places, &names)
            });
        }
        let found = session.cases_named(project, &case_names(&arriving.results)).await?;
        let intake =
            self.intake(&mut session, project, arriving, (&batch, &standings(&found))).await?;
        let number = session.batches(project).await? + 1;
        let received = received(arriving, batch, number, (self.clock.now(), &intake));
        Ok(view(None, &received, &places, &names))
    }

    /// Stages the results, then switches them in with everything that they change.
    pub(super) async fn receive(
        &self,
        actor: &Actor,
        project: ProjectId,
        mut arriving: Arriving,
    ) -> Result<ResultsView> {
        let id = ResultsId::from_uuid(uuid::Uuid::now_v7());
        let batch = arriving.batch(id);
        let mut session = self.store.session().await?;
        if let Some((id, _)) = session.batch_from(project, &source(&batch)).await? {
            drop(session);
            return self.known_batch(actor, id).await;
        }
        let found = session.cases_named(project, &case_names(&arriving.results)).await?;
        drop(session);
        let unknown = leave_out_unknown(&mut arriving, &found)?;
        self.store.stage_results(project, id, &arriving.results).await?;

        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepAcceptance).await?;
        if let Some((id, _)) = write.batch_from(project, &source(&batch)).await? {
            drop(write);
            return self.known_batch(actor, id).await;
        }
        self.switch(&mut write, project, &arriving, (batch, unknown)).await?;
        self.settle_acceptance(&mut write, project).await?;
        write.commit().await?;
        Ok(self.result_view(actor, id, None).await?.batch)
    }

    async fn known_batch(&self, actor: &Actor, id: ResultsId) -> Result<ResultsView> {
        Ok(ResultsView { known_already: true, ..self.result_view(actor, id, None).await?.batch })
    }

    /// What was staged is there from now on: standing results, the sums, the batch, its event.
    async fn switch(
        &self,
        write: &mut Write,
        project: ProjectId,
        arriving: &Arriving,
        (batch, unknown): (Batch, Vec<String>),
    ) -> Result<()> {
        running(write, project, &batch.cycle).await?;
        let seen = write.cases_named(project, &case_names(&arriving.results)).await?;
        let cases = standings(&seen);
        let mut intake = self.intake(write, project, arriving, (&batch, &cases)).await?;
        let mut book = book_of(write, project).await?;
        book.summary.take_in(&intake, &cases, &arriving.place.name, arriving.results.len());
        let stands = |(key, standing): (&String, &Standing)| {
            let (id, seen) = &seen[key];
            (*id, Recorded { standing: Some(standing.clone()), ..seen.value.clone() })
        };
        let moved: Vec<(CaseId, Recorded)> = intake.moved.iter().map(stands).collect();
        intake.unknown.extend(unknown);
        let number = write.batches(project).await? + 1;
        let id = batch.id;
        let received = received(arriving, batch, number, (write.now(), &intake));
        let event = json!({
            "event": "imported", "digest": received.batch.digest, "file": received.file, "effect": received.effect,
        });
        write.put(project, &moved).await?;
        write.put(project, &[(project, book)]).await?;
        Ok(write.insert(id, project, &received, &event).await?)
    }

    async fn intake(
        &self,
        session: &mut Session,
        project: ProjectId,
        arriving: &Arriving,
        (batch, cases): (&Batch, &Cases),
    ) -> Result<Intake> {
        let policy = self.policy(&session.get::<Project>(project).await?.value.policy)?;
        Ok(take_in(batch, &arriving.results, cases, ineligible(&arriving.place, policy)))
    }
}

/// The cycle with this name, if it runs.
async fn running(session: &mut Session, project: ProjectId, name: &str) -> Result<Cycle> {
    let id = CycleId::named(&project.to_string(), name);
    let seen = session.find::<Cycle>(id).await?.ok_or_else(|| Error::not_found("cycle", name))?;
    match seen.value.state {
        State::Running { .. } => Ok(seen.value),
        State::Planned | State::Closed { .. } | State::Cancelled { .. } => {
            Err(Error::NotNow(format!(
                "the cycle {name} is {}, results come in while it runs",
                seen.value.state.name()
            )))
        }
    }
}

fn case_names(results: &[TestResult]) -> Vec<String> {
    let names: BTreeSet<&String> = results.iter().map(|result| &result.case).collect();
    names.into_iter().cloned().collect()
}

/// The cases with the results that stand for them.
fn standings(found: &Found) -> Cases {
    let one = |(_, seen): &(CaseId, Versioned<Recorded>)| {
        (seen.value.case.clone(), seen.value.standing.clone())
    };
    found.iter().map(|(key, row)| (key.clone(), one(row))).collect()
}

/// Results of cases that the project does not have are an error, unless they are to be left out.
fn leave_out_unknown(arriving: &mut Arriving, cases: &Found) -> Result<Vec<String>> {
    let unknown: BTreeSet<String> = arriving
        .results
        .iter()
        .filter(|result| !cases.contains_key(&result.case))
        .map(|result| result.case.clone())
        .collect();
    if !unknown.is_empty() && !arriving.skip_unknown {
        let faults = unknown.iter().take(MOST_FAULTS);
        let faults = faults
            .map(|name| format!("{}: expected a case of the project; found {name}", arriving.file))
            .collect();
        return Err(Error::BadFile { file: arriving.file.clone(), faults });
    }
    arriving.results.retain(|result| cases.contains_key(&result.case));
    if arriving.results.is_empty() {
        return Err(Error::invalid(&arriving.file, "a result of a case of the project", "none"));
    }
    Ok(unknown.into_iter().collect())
}

fn received(
    arriving: &Arriving,
    batch: Batch,
    number: i64,
    (at, intake): (Timestamp, &Intake),
) -> Received {
    let effect = Effect::of(intake, arriving.results.len());
    Received {
        batch,
        number,
        file: arriving.file.clone(),
        by: arriving.by,
        at,
        effect,
        superseded: None,
    }
}
