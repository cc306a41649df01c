//! Results: read from CSV, workbook or JUnit, or typed in; batches listed and looked at. How a batch comes in is in
//! [`super::receive`].

use super::receive::Arriving;
use super::upload::Incoming;
use super::{digest, name_of, names, places};
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::book::Received;
use golive_core::acceptance::place::Place;
use golive_core::acceptance::result::{Cause, Outcome, TestResult};
use golive_core::id::{ProjectId, ResultsId, UserId};
use golive_core::people::Action;
use golive_core::portfolio::Project;
use golive_readers::junit::{self, Naming};
use golive_store::{ResultRow, Session, Versioned};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The roles that are an administrator's, where the import does not say others.
const ADMINISTRATORS: &str = "administrator, system-administrator";
/// A list of faults names at most so many.
const MOST_FAULTS: usize = 50;
/// Results on one page.
const PAGE: i64 = 200;

/// What a file of results does not say itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ResultOptions {
    /// The environment, by id or name.
    pub environment: String,
    /// The cycle, by name.
    pub cycle: String,
    /// The version set, where it is not the one that is installed.
    pub version_set: Option<String>,
    /// The data set, where it is not the one that is loaded.
    pub data_set: Option<String>,
    /// The IANA zone of times without one; the project's by default.
    pub zone: Option<String>,
    /// Roles that are an administrator's, with commas between.
    pub administrators: Option<String>,
    /// Who ran the tests, where a JUnit file does not say.
    pub tester: Option<String>,
    /// With which role, where a JUnit file does not say.
    pub role: Option<String>,
    /// When, where a JUnit file does not say.
    pub at: Option<String>,
    /// Leaves out results whose name is no case of the project.
    pub skip_unknown: bool,
    /// Shows what would change and changes nothing.
    pub dry_run: bool,
}

/// One result, typed in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultForm {
    /// The case, by name.
    pub case: String,
    /// `passed`, `failed` or `blocked`.
    pub outcome: String,
    /// Why it failed: `bug`, `configuration`, `gap`, `product`, `design` or `improvement`.
    #[serde(default)]
    pub cause: Option<String>,
    /// The role it was done with.
    pub role: String,
    /// Who did it; by default who types it in.
    #[serde(default)]
    pub tester: Option<String>,
    /// When; now by default.
    #[serde(default)]
    pub at: Option<String>,
    /// The environment, by id or name.
    pub environment: String,
    /// The cycle, by name.
    pub cycle: String,
    /// What else there is to say.
    #[serde(default)]
    pub comment: Option<String>,
    /// The defect it led to.
    #[serde(default)]
    pub defect: Option<String>,
}

/// A batch of results, or what it would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResultsView {
    /// Its id; nothing for a preview.
    pub id: Option<String>,
    /// Counts up in the order in which batches came in.
    pub number: i64,
    /// The name of the file; empty for a result that was typed in.
    pub file: String,
    /// The digest of the file, under which it is kept.
    pub digest: String,
    /// The cycle.
    pub cycle: String,
    /// The environment's name.
    pub environment: String,
    /// The version set that was installed.
    pub version_set: String,
    /// The data set that was loaded.
    pub data_set: String,
    /// Who brought it in.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Results that belong to cases.
    pub results: usize,
    /// Cases whose standing result changed.
    pub moved: usize,
    /// Results that a later one overrules.
    pub overruled: usize,
    /// Results that say "not run".
    pub not_run: usize,
    /// Results done with another role than the case asks for.
    pub other_role: usize,
    /// Names in the file that are no case of the project.
    pub unknown: Vec<String>,
    /// Why results from the environment do not count; empty when they do.
    pub does_not_count: Vec<String>,
    /// True when the same file was brought in before; nothing was changed then.
    pub known_already: bool,
    /// Why the whole batch was taken back.
    pub superseded: Option<String>,
}

/// One result of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResultLine {
    /// The batch.
    pub batch: String,
    /// Its place in the batch.
    pub position: i64,
    /// The result.
    #[schema(value_type = Object)]
    pub result: TestResult,
    /// True when it was taken back.
    pub superseded: bool,
}

impl ResultLine {
    pub(super) fn of(row: ResultRow) -> Self {
        let ResultRow { batch, position, result, superseded } = row;
        Self { batch: batch.to_string(), position, result, superseded }
    }
}

/// A batch with a page of its results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResultsDetail {
    /// The batch.
    pub batch: ResultsView,
    /// Results.
    pub results: Vec<ResultLine>,
    /// Give it as `after` for the next page.
    pub next: Option<i64>,
}

impl App {
    /// Brings results in from CSV, a workbook or JUnit, or shows what would change. The same file again changes nothing.
    pub async fn result_import(
        &self,
        actor: &Actor,
        project: ProjectId,
        incoming: &Incoming,
        options: &ResultOptions,
    ) -> Result<ResultsView> {
        let mut session = self.store.session().await?;
        self.member(&mut session, actor, project, Action::KeepAcceptance).await?;
        let arriving = self.arriving(&mut session, actor, project, options).await?;
        let names = session.case_names(project).await?;
        let zone = zone(options, &session.get::<Project>(project).await?.value)?;
        drop(session);
        let results = self.read_results(incoming, options, (zone, actor), names).await?;
        let (file, digest) = (incoming.file.clone(), incoming.digest.clone());
        let arriving = Arriving { file, digest, results, ..arriving };
        if options.dry_run {
            self.preview(project, &arriving).await
        } else {
            self.receive(actor, project, arriving).await
        }
    }

    /// Records one result that was typed in.
    pub async fn result_record(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &ResultForm,
    ) -> Result<ResultsView> {
        let options = ResultOptions {
            environment: form.environment.clone(),
            cycle: form.cycle.clone(),
            ..ResultOptions::default()
        };
        let mut session = self.store.session().await?;
        self.member(&mut session, actor, project, Action::KeepAcceptance).await?;
        let arriving = self.arriving(&mut session, actor, project, &options).await?;
        let zone = zone(&options, &session.get::<Project>(project).await?.value)?;
        drop(session);
        let at = match given(&form.at) {
            Some(text) => moment("at", text, &zone)?,
            None => self.clock.now(),
        };
        if at > self.clock.now() {
            return Err(Error::invalid("at", "a time that has passed", at.to_string()));
        }
        let result = TestResult {
            case: form.case.trim().to_owned(),
            outcome: outcome(form)?,
            at,
            tester: given(&form.tester).unwrap_or(&actor.name).to_owned(),
            role: crate::people::one_line("role", &form.role)?,
            administrator: administrators(&options).contains(&form.role.trim().to_owned()),
            comment: given(&form.comment).map(str::to_owned),
            defect: given(&form.defect).map(str::to_owned),
        };
        let digest = digest(&result);
        self.receive(actor, project, Arriving { digest, results: vec![result], ..arriving }).await
    }

    /// The batches of a project, newest first, before a number.
    pub async fn result_list(
        &self,
        actor: &Actor,
        project: ProjectId,
        before: Option<i64>,
    ) -> Result<Vec<ResultsView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let found = session.batch_page(project, before.unwrap_or(i64::MAX), 50).await?;
        let (places, names) =
            (places(&mut session, project).await?, names(&mut session, project).await?);
        Ok(found.iter().map(|(id, seen)| view(Some(*id), &seen.value, &places, &names)).collect())
    }

    /// One batch with a page of its results.
    pub async fn result_view(
        &self,
        actor: &Actor,
        id: ResultsId,
        after: Option<i64>,
    ) -> Result<ResultsDetail> {
        let mut session = self.store.session().await?;
        let (project, seen) = self.results_seen(&mut session, actor, id, Action::View).await?;
        let rows = session.results_of(id, after.unwrap_or(0), PAGE).await?;
        let next =
            rows.last().filter(|_| i64::try_from(rows.len()) == Ok(PAGE)).map(|row| row.position);
        let (places, names) =
            (places(&mut session, project).await?, names(&mut session, project).await?);
        Ok(ResultsDetail {
            batch: view(Some(id), &seen.value, &places, &names),
            results: rows.into_iter().map(ResultLine::of).collect(),
            next,
        })
    }

    pub(super) async fn results_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        id: ResultsId,
        action: Action,
    ) -> Result<(ProjectId, Versioned<Received>)> {
        let project: ProjectId =
            session.project_of::<Received>(id).await?.parse().map_err(Error::internal)?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("results", id),
            other => other,
        };
        self.member(session, actor, project, action).await.map_err(hidden)?;
        Ok((project, session.get::<Received>(id).await?))
    }

    async fn read_results(
        &self,
        incoming: &Incoming,
        options: &ResultOptions,
        (zone, actor): (TimeZone, &Actor),
        names: Vec<String>,
    ) -> Result<Vec<TestResult>> {
        let administrators = administrators(options);
        let bytes = incoming.bytes().await?;
        let first =
            bytes.iter().find(|b| !b.is_ascii_whitespace() && !matches!(b, 0xef | 0xbb | 0xbf));
        let is_junit = first == Some(&b'<');
        let results = if is_junit {
            let told = junit::Options {
                naming: Naming::of(names.iter().map(String::as_str)),
                at: given(&options.at)
                    .map_or(Ok(self.clock.now()), |text| moment("at", text, &zone))?,
                zone,
                tester: given(&options.tester).unwrap_or(&actor.name).to_owned(),
                role: given(&options.role).unwrap_or("automated").to_owned(),
                administrators,
            };
            let report = incoming
                .read(move |file, bytes| Ok(junit::read(file, bytes, &told)?.results(&told)))
                .await?;
            if report.is_empty() {
                return Err(Error::invalid(&incoming.file, "a test that names a case", "none"));
            }
            report
        } else {
            incoming
                .read(move |file, bytes| {
                    golive_readers::results::results(file, bytes, &zone, &administrators)
                })
                .await?
        };
        refuse_ahead(&incoming.file, &results, self.clock.now())?;
        Ok(results)
    }
}

pub(super) fn view(
    id: Option<ResultsId>,
    received: &Received,
    places: &[Place],
    names: &BTreeMap<UserId, String>,
) -> ResultsView {
    let (batch, effect) = (&received.batch, received.effect.clone());
    let place = places.iter().find(|place| place.environment == batch.subject.environment);
    ResultsView {
        id: id.map(|id| id.to_string()),
        number: received.number,
        file: received.file.clone(),
        digest: batch.digest.clone(),
        cycle: batch.cycle.clone(),
        environment: place
            .map_or_else(|| batch.subject.environment.to_string(), |place| place.name.clone()),
        version_set: batch.subject.version_set.clone(),
        data_set: batch.subject.data_set.clone(),
        by: name_of(names, received.by),
        at: received.at,
        results: effect.results,
        moved: effect.moved,
        overruled: effect.overruled,
        not_run: effect.not_run,
        other_role: effect.other_role,
        unknown: effect.unknown,
        does_not_count: effect.ineligible.iter().map(ToString::to_string).collect(),
        known_already: false,
        superseded: received.superseded.as_ref().map(|taken| taken.reason.clone()),
    }
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn zone(options: &ResultOptions, project: &Project) -> Result<TimeZone> {
    let name = given(&options.zone).unwrap_or(&project.time_zone);
    TimeZone::get(name)
        .map_err(|_| Error::invalid("zone", "an IANA zone such as Europe/Berlin", name))
}

fn administrators(options: &ResultOptions) -> Vec<String> {
    let said = given(&options.administrators).unwrap_or(ADMINISTRATORS);
    said.split(',').map(|role| role.trim().to_owned()).filter(|role| !role.is_empty()).collect()
}

/// An instant with offset, or a civil time in the zone.
pub(super) fn moment(field: &str, text: &str, zone: &TimeZone) -> Result<Timestamp> {
    let civil = || {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        zone.to_timestamp(civil).ok()
    };
    let at = text.parse::<Timestamp>().ok().or_else(civil);
    at.ok_or_else(|| Error::invalid(field, "a time such as 2027-02-01T09:00", text))
}

fn outcome(form: &ResultForm) -> Result<Outcome> {
    let cause: Option<Cause> = given(&form.cause)
        .map(|text| {
            text.parse().map_err(|words| Error::invalid("cause", format!("one of {words}"), text))
        })
        .transpose()?;
    match (form.outcome.trim(), cause) {
        ("failed", cause) => Ok(Outcome::Failed { cause }),
        ("passed", None) => Ok(Outcome::Passed),
        ("blocked", None) => Ok(Outcome::Blocked),
        ("passed" | "blocked", Some(cause)) => {
            Err(Error::invalid("cause", "a cause only beside failed", cause.name()))
        }
        (other, _) => Err(Error::invalid("outcome", "passed, failed or blocked", other)),
    }
}

/// Nobody has done tomorrow's tests.
fn refuse_ahead(file: &str, results: &[TestResult], now: Timestamp) -> Result<()> {
    let ahead = results.iter().filter(|result| result.at > now).take(MOST_FAULTS);
    let faults: Vec<String> = ahead
        .map(|result| {
            format!("{file}, {}: expected a time up to {now}; found {}", result.case, result.at)
        })
        .collect();
    let file = file.to_owned();
    if faults.is_empty() { Ok(()) } else { Err(Error::BadFile { file, faults }) }
}
