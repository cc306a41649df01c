//! Requirements: brought in from a file with a preview, listed, and their baseline accepted by the customer.

use super::upload::Incoming;
use super::{acceptance_of, book_of, name_of, names};
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::book::{Acceptance, Baseline, Book};
use golive_core::acceptance::merge::{Changed, Merge};
use golive_core::acceptance::scope::Requirement;
use golive_core::id::{ProjectId, RequirementId};
use golive_core::people::Action;
use golive_store::{Session, Told};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A list names at most so many; the rest is a number.
const MOST_NAMES: usize = 200;
/// A page of a list.
pub(super) const PAGE: usize = 100;

/// How a file of requirements, cases or defects is brought in.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportMode {
    /// Shows what would change and changes nothing.
    pub dry_run: bool,
    /// The file is the whole: what is not in it goes.
    pub whole: bool,
}

/// What an import changes, or would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportView {
    /// The file.
    pub file: String,
    /// Its digest, under which it is kept.
    pub digest: String,
    /// False for a preview.
    pub applied: bool,
    /// How many are new.
    pub added: usize,
    /// The first of them.
    pub added_names: Vec<String>,
    /// How many differ.
    pub changed: usize,
    /// The first of them, with the fields that differ.
    pub changed_names: Vec<ChangedView>,
    /// How many are in the project and not in the file.
    pub missing: usize,
    /// The first of them.
    pub missing_names: Vec<String>,
    /// True when those go.
    pub removes_missing: bool,
    /// How many are equal.
    pub unchanged: usize,
    /// Cases that must be run again, because their results do not hold for the new wording.
    pub run_again: Vec<String>,
    /// What the file names and the project does not know.
    pub unknown: Vec<String>,
}

/// What differs in one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedView {
    /// Its stable name.
    pub name: String,
    /// The fields that differ.
    pub fields: Vec<String>,
}

impl ImportView {
    /// A merge in numbers and names.
    pub(super) fn of<T: Clone + Eq + Serialize>(
        incoming: &Incoming,
        mode: ImportMode,
        merge: &Merge<T>,
        key: impl Fn(&T) -> &str,
    ) -> Self {
        let first =
            |all: &[T]| all.iter().take(MOST_NAMES).map(|one| key(one).to_owned()).collect();
        let changed = |one: &Changed<T>| ChangedView {
            name: key(&one.after).to_owned(),
            fields: one.fields.clone(),
        };
        Self {
            file: incoming.file.clone(),
            digest: incoming.digest.clone(),
            applied: !mode.dry_run,
            added: merge.added.len(),
            added_names: first(&merge.added),
            changed: merge.changed.len(),
            changed_names: merge.changed.iter().take(MOST_NAMES).map(changed).collect(),
            missing: merge.removed.len(),
            missing_names: first(&merge.removed),
            removes_missing: mode.whole,
            unchanged: merge.unchanged,
            run_again: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// What the log is told, once for the file.
    pub(super) fn told(&self, kind: &str) -> Told {
        let removed = if self.removes_missing { self.missing } else { 0 };
        Told::plain(
            kind,
            json!({
                "file": self.file, "digest": self.digest, "added": self.added, "changed": self.changed,
                "removed": removed, "run_again": self.run_again.len(),
            }),
        )
    }
}

/// The first names of a list, and the rest as a number.
pub(super) fn some(all: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = all.len().saturating_sub(MOST_NAMES);
    let mut names: Vec<String> = all.take(MOST_NAMES).collect();
    names.extend((more > 0).then(|| format!("and {more} more")));
    names
}

/// One requirement in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequirementLine {
    /// Its id.
    pub id: String,
    /// The requirement.
    #[schema(value_type = Object)]
    pub requirement: Requirement,
    /// How many cases prove it.
    pub cases: u32,
}

/// A page of requirements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequirementList {
    /// The requirements, by name.
    pub requirements: Vec<RequirementLine>,
    /// Give it as `after` for the next page.
    pub next: Option<String>,
    /// How many are in scope.
    pub in_scope: usize,
    /// The digest of all requirements; the baseline is accepted over it.
    pub digest: String,
    /// Who accepted the baseline.
    pub accepted_by: Option<String>,
    /// When; nothing while what was accepted is not what is there.
    #[schema(value_type = Option<String>)]
    pub accepted_at: Option<Timestamp>,
}

impl App {
    /// Brings requirements in from a file, or shows what would change.
    pub async fn requirement_import(
        &self,
        actor: &Actor,
        project: ProjectId,
        incoming: &Incoming,
        mode: ImportMode,
    ) -> Result<ImportView> {
        let rows = incoming.read(golive_readers::cases::requirements).await?;
        if mode.dry_run {
            let mut session = self.store.session().await?;
            self.member(&mut session, actor, project, Action::KeepAcceptance).await?;
            let (_, merge) = merged(&mut session, project, &rows).await?;
            return Ok(ImportView::of(incoming, mode, &merge, |one| &one.key));
        }
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepAcceptance).await?;
        let (have, merge) = merged(&mut write, project, &rows).await?;
        let view = ImportView::of(incoming, mode, &merge, |one| &one.key);
        if merge.added.is_empty()
            && merge.changed.is_empty()
            && (merge.removed.is_empty() || !mode.whole)
        {
            return Ok(view);
        }
        let mut book = book_of(&mut write, project).await?;
        let mut all: BTreeMap<String, Requirement> =
            have.into_iter().map(|one| (one.key.clone(), one)).collect();
        for one in &merge.changed {
            book.summary.remove_requirement(&one.before);
        }
        let put: Vec<Requirement> =
            merge.changed.into_iter().map(|one| one.after).chain(merge.added).collect();
        for one in &put {
            book.summary.add_requirement(one);
            all.insert(one.key.clone(), one.clone());
        }
        let removed = if mode.whole { merge.removed } else { Vec::new() };
        for one in &removed {
            book.summary.remove_requirement(one);
            all.remove(&one.key);
        }
        book.set_requirements(all.values());
        let id = |one: &Requirement| RequirementId::named(&project.to_string(), &one.key);
        write.take_away::<Requirement>(&removed.iter().map(id).collect::<Vec<_>>()).await?;
        write.put(project, &put.into_iter().map(|one| (id(&one), one)).collect::<Vec<_>>()).await?;
        write.put(project, &[(project, book)]).await?;
        write.tell(&project.to_string(), &view.told("requirement.imported")).await?;
        self.settle_acceptance(&mut write, project).await?;
        write.commit().await?;
        Ok(view)
    }

    /// The requirements of a project by name; `uncovered` shows only those without a case.
    pub async fn requirement_list(
        &self,
        actor: &Actor,
        project: ProjectId,
        after: Option<&str>,
        uncovered: bool,
    ) -> Result<RequirementList> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let book = book_of(&mut session, project).await?;
        let found = if uncovered {
            let mut found = Vec::new();
            let left = book
                .summary
                .uncovered
                .iter()
                .filter(|key| key.as_str() > after.unwrap_or_default());
            for key in left.take(PAGE) {
                let id = RequirementId::named(&project.to_string(), key);
                found.push((id, session.get::<Requirement>(id).await?));
            }
            found
        } else {
            session.requirement_page(project, after.unwrap_or_default(), PAGE as i64).await?
        };
        let full = found.len() == PAGE;
        let next = found.last().filter(|_| full).map(|(_, seen)| seen.value.key.clone());
        let line =
            |(id, seen): (RequirementId, golive_store::Versioned<Requirement>)| RequirementLine {
                id: id.to_string(),
                cases: book.summary.links.get(&seen.value.key).copied().unwrap_or(0),
                requirement: seen.value,
            };
        let baseline = acceptance_of(&mut session, project).await?.value.baseline;
        let baseline = baseline.filter(|accepted| book.is_baseline(Some(accepted)));
        let names = names(&mut session, project).await?;
        Ok(RequirementList {
            requirements: found.into_iter().map(line).collect(),
            next,
            in_scope: book.summary.requirements.len(),
            digest: book.requirements.clone(),
            accepted_by: baseline.as_ref().map(|accepted| name_of(&names, accepted.by)),
            accepted_at: baseline.map(|accepted| accepted.at),
        })
    }

    /// Accepts the requirements as the baseline; bound to the digest that was shown.
    pub async fn requirement_accept_baseline(
        &self,
        actor: &Actor,
        project: ProjectId,
        digest: &str,
    ) -> Result<RequirementList> {
        self.signs(
            actor,
            project,
            Action::SignAcceptance,
            "you accept the requirements as the baseline",
        )
        .await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::SignAcceptance).await?;
        let book = book_of(&mut write, project).await?;
        let seen = acceptance_of(&mut write, project).await?;
        may_accept(&book, seen.value.baseline.as_ref())?;
        if book.requirements != digest {
            return Err(Error::NotNow(
                "the requirements have changed; look again and accept what is there now".into(),
            ));
        }
        let baseline = Baseline { by: actor.user, at: write.now(), digest: digest.to_owned() };
        let acceptance = Acceptance { baseline: Some(baseline), ..seen.value };
        let event = json!({ "event": "baseline_accepted", "digest": digest });
        match seen.version {
            0 => write.insert(project, project, &acceptance, &event).await?,
            version => write.change(project, version, &acceptance, &event).await?,
        }
        write.commit().await?;
        self.requirement_list(actor, project, None, false).await
    }
}

/// Whether there is something to accept.
pub(super) fn may_accept(book: &Book, baseline: Option<&Baseline>) -> Result<()> {
    if book.summary.requirements.is_empty() {
        return Err(Error::NotNow("there are no requirements in scope".into()));
    }
    if book.is_baseline(baseline) {
        return Err(Error::NotNow("the baseline is accepted".into()));
    }
    Ok(())
}

async fn merged(
    session: &mut Session,
    project: ProjectId,
    rows: &[Requirement],
) -> Result<(Vec<Requirement>, Merge<Requirement>)> {
    let have = session.of_project::<Requirement>(project).await?;
    let have: Vec<Requirement> = have.into_iter().map(|(_, seen)| seen.value).collect();
    let merge = Merge::of(&have, rows, |one| &one.key);
    Ok((have, merge))
}
