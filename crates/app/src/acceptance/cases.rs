//! Test cases: brought in from a file with a preview, listed page by page, looked at with all their results.

use super::requirements::{ImportMode, ImportView, PAGE, some};
use super::upload::Incoming;
use super::{book_of, places};
use crate::acceptance::results::ResultLine;
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::book::Recorded;
use golive_core::acceptance::merge::Merge;
use golive_core::acceptance::place::Place;
use golive_core::acceptance::result::{Outcome, Standing};
use golive_core::acceptance::scope::{Case, Requirement};
use golive_core::id::{CaseId, ProjectId};
use golive_core::people::Action;
use golive_store::{CaseFilter, Session};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Which cases are listed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseQuery {
    /// `not-run`, `passed`, `failed` or `blocked`.
    pub outcome: Option<String>,
    /// The business process.
    pub process: Option<String>,
    /// The priority.
    pub priority: Option<String>,
    /// The name after which the page begins.
    pub after: Option<String>,
}

/// The result that stands for a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StandingView {
    /// `passed`, `failed` or `blocked`.
    pub outcome: String,
    /// Why it failed, once somebody has looked.
    pub cause: Option<String>,
    /// When it was done.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who did it.
    pub tester: String,
    /// With which role.
    pub role: String,
    /// The environment's name.
    pub environment: String,
    /// The version set that was installed.
    pub version_set: String,
    /// The data set that was loaded.
    pub data_set: String,
    /// The batch it came with.
    pub batch: String,
}

impl StandingView {
    fn of(standing: &Standing, places: &[Place]) -> Self {
        let place = places.iter().find(|place| place.environment == standing.subject.environment);
        let cause = match standing.outcome {
            Outcome::Failed { cause } => cause,
            Outcome::Passed | Outcome::Blocked | Outcome::NotRun => None,
        };
        Self {
            outcome: standing.outcome.name().to_owned(),
            cause: cause.map(|cause| cause.name().to_owned()),
            at: standing.at,
            tester: standing.tester.clone(),
            role: standing.role.clone(),
            environment: place.map_or_else(
                || standing.subject.environment.to_string(),
                |place| place.name.clone(),
            ),
            version_set: standing.subject.version_set.clone(),
            data_set: standing.subject.data_set.clone(),
            batch: standing.batch.to_string(),
        }
    }
}

/// One case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseLine {
    /// Its id.
    pub id: String,
    /// Its stable name: `TC-001`.
    pub name: String,
    /// In a few words.
    pub title: String,
    /// The business process.
    pub process: String,
    /// How bad a failure would be.
    pub priority: String,
    /// The role that must do it.
    pub role: String,
    /// `not-run`, `passed`, `failed` or `blocked`.
    pub outcome: String,
    /// The result that stands.
    pub standing: Option<StandingView>,
}

impl CaseLine {
    fn of(id: CaseId, recorded: &Recorded, places: &[Place]) -> Self {
        let case = &recorded.case;
        Self {
            id: id.to_string(),
            name: case.key.clone(),
            title: case.title.clone(),
            process: case.process.clone(),
            priority: case.priority.name().to_owned(),
            role: case.role.clone(),
            outcome: recorded.phase().to_owned(),
            standing: recorded.standing.as_ref().map(|standing| StandingView::of(standing, places)),
        }
    }
}

/// A page of cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseList {
    /// The cases, by name.
    pub cases: Vec<CaseLine>,
    /// Give it as `after` for the next page.
    pub next: Option<String>,
}

/// One case with everything that was ever recorded for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseView {
    /// The case in short.
    pub line: CaseLine,
    /// The case.
    #[schema(value_type = Object)]
    pub case: Case,
    /// Its results in the order in which they came in, also those that do not count.
    pub results: Vec<ResultLine>,
}

impl App {
    /// Brings cases in from a file, or shows what would change. A case with other steps loses its result.
    pub async fn case_import(
        &self,
        actor: &Actor,
        project: ProjectId,
        incoming: &Incoming,
        mode: ImportMode,
    ) -> Result<ImportView> {
        let rows = incoming.read(golive_readers::cases::cases).await?;
        if mode.dry_run {
            let mut session = self.store.session().await?;
            self.member(&mut session, actor, project, Action::KeepAcceptance).await?;
            let (_, merge) = merged(&mut session, project, &rows).await?;
            return view(&mut session, project, (incoming, mode), &merge, &rows).await;
        }
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepAcceptance).await?;
        let (mut have, merge) = merged(&mut write, project, &rows).await?;
        let view = view(&mut write, project, (incoming, mode), &merge, &rows).await?;
        if merge.added.is_empty()
            && merge.changed.is_empty()
            && (merge.removed.is_empty() || !mode.whole)
        {
            return Ok(view);
        }
        let (mut book, batches) =
            (book_of(&mut write, project).await?, write.batches(project).await?);
        let mut put = Vec::new();
        for one in merge.changed {
            let before = have.remove(&one.after.key).expect("a changed case was there before");
            let after = before.reworded(&one.after, batches);
            book.summary.remove_case(&before.case, before.standing.as_ref());
            put.push(after);
        }
        put.extend(merge.added.into_iter().map(|case| Recorded {
            case,
            standing: None,
            worded_after: batches,
        }));
        let removed = if mode.whole { merge.removed } else { Vec::new() };
        for case in &removed {
            let before = have.remove(&case.key).expect("a removed case was there before");
            book.summary.remove_case(&before.case, before.standing.as_ref());
        }
        put.iter().for_each(|one| book.summary.add_case(&one.case, one.standing.as_ref()));
        book.set_cases(have.values().chain(&put).map(|one| &one.case));
        let id = |key: &str| CaseId::named(&project.to_string(), key);
        write
            .take_away::<Recorded>(&removed.iter().map(|case| id(&case.key)).collect::<Vec<_>>())
            .await?;
        write
            .put(project, &put.into_iter().map(|one| (id(&one.case.key), one)).collect::<Vec<_>>())
            .await?;
        write.put(project, &[(project, book)]).await?;
        write.tell(&project.to_string(), &view.told("case.imported")).await?;
        self.settle_acceptance(&mut write, project).await?;
        write.commit().await?;
        Ok(view)
    }

    /// The cases of a project by name, page by page.
    pub async fn case_list(
        &self,
        actor: &Actor,
        project: ProjectId,
        query: &CaseQuery,
    ) -> Result<CaseList> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let places = places(&mut session, project).await?;
        let filter = CaseFilter {
            phase: query.outcome.clone(),
            process: query.process.clone(),
            priority: query.priority.clone(),
        };
        let after = query.after.as_deref().unwrap_or_default();
        let found = session.case_page(project, &filter, after, PAGE as i64).await?;
        let next = found
            .last()
            .filter(|_| found.len() == PAGE)
            .map(|(_, seen)| seen.value.case.key.clone());
        Ok(CaseList {
            cases: found.iter().map(|(id, seen)| CaseLine::of(*id, &seen.value, &places)).collect(),
            next,
        })
    }

    /// One case with everything that was ever recorded for it.
    pub async fn case_view(&self, actor: &Actor, id: CaseId) -> Result<CaseView> {
        let mut session = self.store.session().await?;
        let project: ProjectId =
            session.project_of::<Recorded>(id).await?.parse().map_err(Error::internal)?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("case", id),
            other => other,
        };
        self.project_seen(&mut session, actor, project).await.map_err(hidden)?;
        let recorded = session.get::<Recorded>(id).await?.value;
        let places = places(&mut session, project).await?;
        let rows =
            session.results_for(project, std::slice::from_ref(&recorded.case.key), false).await?;
        let line = CaseLine::of(id, &recorded, &places);
        Ok(CaseView {
            line,
            results: rows.into_iter().map(|(_, row)| ResultLine::of(row)).collect(),
            case: recorded.case,
        })
    }
}

type Have = BTreeMap<String, Recorded>;

async fn merged(
    session: &mut Session,
    project: ProjectId,
    rows: &[Case],
) -> Result<(Have, Merge<Case>)> {
    let have = session.of_project::<Recorded>(project).await?;
    let have: Have =
        have.into_iter().map(|(_, seen)| (seen.value.case.key.clone(), seen.value)).collect();
    let merge = Merge::of(have.values().map(|one| &one.case), rows, |case| &case.key);
    Ok((have, merge))
}

/// The preview, with the requirements that nobody knows and the cases that must be run again.
async fn view(
    session: &mut Session,
    project: ProjectId,
    (incoming, mode): (&Incoming, ImportMode),
    merge: &Merge<Case>,
    rows: &[Case],
) -> Result<ImportView> {
    let known = session.of_project::<Requirement>(project).await?;
    let known: BTreeSet<&String> = known.iter().map(|(_, seen)| &seen.value.key).collect();
    let named: BTreeSet<&String> = rows.iter().flat_map(|case| &case.requirements).collect();
    let unknown: Vec<String> =
        named.into_iter().filter(|key| !known.contains(key)).cloned().collect();
    let again: Vec<String> =
        merge.to_run_again().map(|changed| changed.after.key.clone()).collect();
    let view = ImportView::of(incoming, mode, merge, |case| &case.key);
    Ok(ImportView {
        run_again: some(again.into_iter()),
        unknown: some(unknown.into_iter()),
        ..view
    })
}
