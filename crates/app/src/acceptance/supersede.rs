//! A wrong result is not edited: it is taken back with a reason, and what stood before it stands again.

use super::results::ResultsDetail;
use super::{book_of, reasoned};
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::book::{Received, Recorded, TakenBack};
use golive_core::acceptance::result::{Batch, Standing, TestResult};
use golive_core::id::{CaseId, ProjectId, ResultsId};
use golive_core::people::Action;
use golive_store::Write;
use serde_json::json;
use std::collections::BTreeMap;

impl App {
    /// Takes back one result of a batch, or with position 0 the whole batch, with the reason.
    pub async fn result_supersede(
        &self,
        actor: &Actor,
        id: ResultsId,
        position: Option<i64>,
        reason: &str,
    ) -> Result<ResultsDetail> {
        let reason = reasoned(reason)?;
        let position = position.filter(|position| *position > 0);
        let project = self.store.session().await?.project_of::<Received>(id).await?;
        let project: ProjectId = project.parse().map_err(Error::internal)?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) = self.results_seen(&mut write, actor, id, Action::KeepAcceptance).await?;
        let names = write.names_in(id, position).await?;
        if write.supersede_results(id, position).await? == 0 {
            let what = if names.is_empty() {
                "there is no such result"
            } else {
                "it was taken back before"
            };
            return Err(Error::NotNow(what.into()));
        }
        let event = json!({ "event": "superseded", "position": position, "reason": reason });
        let taken = TakenBack { by: actor.user, at: write.now(), reason };
        let superseded =
            if position.is_none() { Some(taken) } else { seen.value.superseded.clone() };
        write.change(id, seen.version, &Received { superseded, ..seen.value }, &event).await?;
        stand_again(&mut write, project, &names).await?;
        self.settle_acceptance(&mut write, project).await?;
        write.commit().await?;
        self.result_view(actor, id, None).await
    }
}

/// Works out again what stands for these cases, from the results that are left.
async fn stand_again(write: &mut Write, project: ProjectId, names: &[String]) -> Result<()> {
    let cases = write.cases_named(project, names).await?;
    let mut batches: BTreeMap<ResultsId, Batch> = BTreeMap::new();
    let mut left: BTreeMap<String, Vec<(i64, TestResult, ResultsId)>> = BTreeMap::new();
    for (number, row) in write.results_for(project, names, true).await? {
        if let std::collections::btree_map::Entry::Vacant(e) = batches.entry(row.batch) {
            e.insert(write.get::<Received>(row.batch).await?.value.batch);
        }
        left.entry(row.result.case.clone()).or_default().push((number, row.result, row.batch));
    }
    let mut book = book_of(write, project).await?;
    let mut moved: Vec<(CaseId, Recorded)> = Vec::new();
    for (name, (id, seen)) in cases {
        let results = left.get(&name).into_iter().flatten();
        let speaking = results.filter(|(number, ..)| *number > seen.value.worded_after);
        let standing =
            Standing::after(speaking.map(|(_, result, batch)| (result, &batches[batch])));
        if standing != seen.value.standing {
            book.summary.restand(&seen.value.case, seen.value.standing.as_ref(), standing.as_ref());
            moved.push((id, Recorded { standing, ..seen.value }));
        }
    }
    write.put(project, &moved).await?;
    Ok(write.put(project, &[(project, book)]).await?)
}
