//! Usage profiles and the size computed from them: bring in, compare, activate exactly one; facts for the gates.
//!
//! The sizing itself, with its manual exception, is in [`sizing`].

mod sizing;
mod views;

pub use sizing::{Answer, Question, Reason, Settlement, SizingView};
pub use views::{EstimateDetails, EstimateView, SizeView, WaveView};

use crate::facts::Ground;
use crate::server::bad_file;
use crate::{Actor, App, Error, Result};
use golive_core::estimate::machine::{Around, Change, Command, Event, Refusal, State, decide};
use golive_core::estimate::{Estimate, Kept, facts as rules};
use golive_core::fact::Facts;
use golive_core::id::{EstimateId, ProjectId};
use golive_core::people::Action;
use golive_core::policy::Policy;
use golive_core::portfolio::Project;
use golive_core::sizing::{Rules, Size, compute};
use golive_store::{Session, Versioned, Write};
use std::collections::BTreeMap;

/// Estimates of a project with their ids, as stored.
type Rows = Vec<(EstimateId, Versioned<Kept>)>;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unsized(faults) => Self::Refused(faults),
            other @ (Refusal::WrongState { .. }
            | Refusal::OtherActive { .. }
            | Refusal::NoReason) => Self::NotNow(other.to_string()),
        }
    }
}

impl App {
    /// Brings a usage profile in as a draft: a whole one from TOML, or the processes of one from CSV or a workbook, which
    /// make the next version of the active (or else the newest) profile. The same file twice is one draft.
    pub async fn estimate_import(
        &self,
        actor: &Actor,
        project: ProjectId,
        file: &str,
        bytes: &[u8],
    ) -> Result<EstimateView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepEstimates).await?;
        let stored = write.get::<Project>(project).await?.value;
        let rows = write.of_project::<Kept>(project).await?;
        let profile = self.read_profile(&stored, &rows, file, bytes)?;
        let id = keep(
            &mut write,
            project,
            actor,
            Kept::draft(profile, file, actor.user, self.clock.now()),
        )
        .await?;
        write.commit().await?;
        let mut session = self.store.session().await?;
        self.estimate_as_seen(&mut session, actor, (project, id)).await
    }

    /// The usage profiles of a project, the newest first.
    pub async fn estimate_list(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Vec<EstimateView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let mut rows = session.of_project::<Kept>(project).await?;
        rows.sort_by_key(|(_, seen)| {
            std::cmp::Reverse((seen.value.imported_at, seen.value.profile.version))
        });
        let mut views = Vec::with_capacity(rows.len());
        for (id, _) in rows {
            views.push(self.estimate_as_seen(&mut session, actor, (project, id)).await?);
        }
        Ok(views)
    }

    /// One usage profile with its sums and the whole sizing sheet.
    pub async fn estimate_view(&self, actor: &Actor, id: EstimateId) -> Result<EstimateDetails> {
        let mut session = self.store.session().await?;
        let project = self.project_of_estimate(&mut session, id).await?;
        self.project_seen(&mut session, actor, project).await.map_err(|error| hidden(error, id))?;
        let estimate = self.estimate_as_seen(&mut session, actor, (project, id)).await?;
        let profile = session.get::<Kept>(id).await?.value.profile;
        let stored = session.get::<Project>(project).await?.value;
        self.details(self.policy(&stored.policy)?, estimate, profile)
    }

    /// Makes a profile the one that counts; `replaces` names the one that counted until now. The size is computed anew in
    /// the same write.
    pub async fn estimate_activate(
        &self,
        actor: &Actor,
        id: EstimateId,
        replaces: Option<EstimateId>,
    ) -> Result<EstimateView> {
        let project = self.project_of_estimate(&mut self.store.session().await?, id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepEstimates)
            .await
            .map_err(|error| hidden(error, id))?;
        let seen = write.get::<Kept>(id).await?;
        let policy = self.policy(&write.get::<Project>(project).await?.value.policy)?;
        let size = self.size_of(policy, &seen.value.profile);
        let rows = write.of_project::<Kept>(project).await?;
        let command = Command::Activate { by: actor.user, replaces };
        let change = decide(&seen.value.state, command, around(&rows, &size), write.now())?;
        if let Some(old) = replaces {
            retire(&mut write, &rows, old, id).await?;
        }
        store(&mut write, id, &seen, change).await?;
        let size = size.expect("a profile with faults is never activated");
        self.take_size(&mut write, (project, policy), (id, size), (actor.user, replaces)).await?;
        write.commit().await?;
        self.estimate_as_seen(&mut self.store.session().await?, actor, (project, id)).await
    }

    /// Gives a draft up.
    pub async fn estimate_discard(
        &self,
        actor: &Actor,
        id: EstimateId,
        reason: &str,
    ) -> Result<EstimateView> {
        let project = self.project_of_estimate(&mut self.store.session().await?, id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepEstimates)
            .await
            .map_err(|error| hidden(error, id))?;
        let seen = write.get::<Kept>(id).await?;
        let command = Command::Discard { by: actor.user, reason: reason.to_owned() };
        let around = Around { active: None, faults: &[] };
        let change = decide(&seen.value.state, command, around, write.now())?;
        store(&mut write, id, &seen, change).await?;
        write.commit().await?;
        self.estimate_as_seen(&mut self.store.session().await?, actor, (project, id)).await
    }

    /// The rules of sizing that this server has.
    pub(crate) fn sizing_rules(&self) -> &Rules {
        self.content.sizing.values().next().expect("the shipped content has sizing rules")
    }

    /// The size of a profile under a policy pack, or what keeps it from being sized.
    pub(crate) fn size_of(&self, policy: &Policy, profile: &Estimate) -> Result<Size, Vec<String>> {
        let rules = self.sizing_rules();
        let derived = golive_core::estimate::Derived::of(profile, batch_weight(rules));
        compute(rules, &derived, &headroom(policy)).map_err(|faults| {
            faults.iter().map(|(formula, fault)| format!("{formula}: {fault}")).collect()
        })
    }

    fn read_profile(
        &self,
        project: &Project,
        rows: &Rows,
        file: &str,
        bytes: &[u8],
    ) -> Result<Estimate> {
        let faults = |faults: Vec<golive_readers::source::Invalid>| bad_file(file, &faults);
        let ending = file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        if ending != "csv" && ending != "xlsx" {
            let read =
                golive_readers::estimate::read(file, bytes, self.sizing_rules()).map_err(faults)?;
            if read.project != project.slug {
                let expected = format!("the project `{}`", project.slug);
                return Err(Error::invalid(format!("{file}: project"), expected, read.project));
            }
            return Ok(read.estimate);
        }
        let processes = golive_readers::estimate::processes(file, bytes).map_err(faults)?;
        let newest =
            rows.iter().max_by_key(|(_, seen)| (seen.value.is_active(), seen.value.imported_at));
        let base = newest.map(|(_, seen)| &seen.value).ok_or_else(|| {
            Error::NotNow("a table of processes needs a whole estimate before it".to_owned())
        })?;
        let known = |id: &str| processes.iter().any(|process| process.id == id);
        let lost = base.profile.batches.iter().filter(|batch| !known(&batch.process));
        let lost: Vec<String> = lost
            .map(|batch| format!("{file}: a job needs the process `{}`", batch.process))
            .collect();
        if !lost.is_empty() {
            return Err(Error::BadFile { file: file.to_owned(), faults: lost });
        }
        let newest = rows.iter().filter(|(_, seen)| seen.value.profile.id == base.profile.id);
        let version =
            newest.map(|(_, seen)| seen.value.profile.version).max().unwrap_or_default() + 1;
        Ok(Estimate { processes, version, ..base.profile.clone() })
    }

    async fn project_of_estimate(
        &self,
        session: &mut Session,
        id: EstimateId,
    ) -> Result<ProjectId> {
        session.project_of::<Kept>(id).await?.parse().map_err(Error::internal)
    }
}

/// Who may not see a project does not learn of its estimates.
fn hidden(error: Error, id: EstimateId) -> Error {
    match error {
        Error::NotFound { kind: "project", .. } => Error::not_found("estimate", id),
        other => other,
    }
}

fn batch_weight(rules: &Rules) -> f64 {
    rules.parameter("batch_weight").unwrap_or(1.0)
}

/// The policy pack's reserve takes the place of the rules' own.
fn headroom(policy: &Policy) -> BTreeMap<String, f64> {
    let reserve = policy.number("estimate.sizing_headroom");
    reserve.map(|percent| ("headroom".to_owned(), percent / 100.0)).into_iter().collect()
}

/// What the machine must know of the others.
fn around<'a>(rows: &Rows, size: &'a Result<Size, Vec<String>>) -> Around<'a> {
    let active = rows.iter().find(|(_, seen)| seen.value.is_active()).map(|(id, _)| *id);
    Around { active, faults: size.as_ref().err().map_or(&[], Vec::as_slice) }
}

/// Stores a draft: a new one, other content of one that is a draft still, or nothing if it is there already.
async fn keep(
    write: &mut Write,
    project: ProjectId,
    actor: &Actor,
    draft: Kept,
) -> Result<EstimateId> {
    let name = format!("{}/{}", draft.profile.id, draft.profile.version);
    let id = EstimateId::named(&project.to_string(), &name);
    match write.find::<Kept>(id).await? {
        Some(seen) if seen.value.digest == draft.digest => {}
        Some(seen) => {
            let command = Command::Write { by: actor.user, digest: draft.digest.clone() };
            let around = Around { active: None, faults: &[] };
            let Change { state, event } = decide(&seen.value.state, command, around, write.now())?;
            write.change(id, seen.version, &Kept { state, ..draft }, &event).await?;
        }
        None => {
            let event = Event::Written { by: actor.user, digest: draft.digest.clone() };
            write.insert(id, project, &draft, &event).await?;
        }
    }
    Ok(id)
}

/// The one that counted until now, in the write that activates another.
async fn retire(write: &mut Write, rows: &Rows, old: EstimateId, by: EstimateId) -> Result<()> {
    let found = rows.iter().find(|(id, seen)| *id == old && seen.value.is_active());
    let (_, seen) =
        found.ok_or_else(|| Error::NotNow(format!("{old} is not the active estimate")))?;
    let nothing = Around { active: None, faults: &[] };
    let change = decide(&seen.value.state, Command::Replace { by }, nothing, write.now())?;
    store(write, old, seen, change).await
}

async fn store(
    write: &mut Write,
    id: EstimateId,
    seen: &Versioned<Kept>,
    change: Change,
) -> Result<()> {
    let Change { state, event } = change;
    let kept = Kept { state, ..seen.value.clone() };
    Ok(write.change(id, seen.version, &kept, &event).await?)
}

/// The facts that this subject knows of a project.
pub(crate) async fn facts(
    _app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let rows = session.of_project::<Kept>(ground.id).await?;
    let all: Vec<(&Estimate, &State)> =
        rows.iter().map(|(_, seen)| (&seen.value.profile, &seen.value.state)).collect();
    let zone =
        jiff::tz::TimeZone::get(&ground.project.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    // Licences beyond those of the estimate come from nobody yet; what nobody entered is not judged.
    let licences = rules::Licences::default();
    facts.extend(rules::of(&all, licences, ground.policy, &zone, ground.now));
    Ok(())
}
