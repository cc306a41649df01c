//! What was read of a project, kept until the project's log moves on.
//!
//! Every change of a project's rows is told to the project's log in the same transaction ([`crate::Write`] sees to it),
//! so the head of the log says whether rows read earlier are still the rows: one look at the head serves all reads of a
//! snapshot, on both databases and with several servers. Nothing has to be told that something was changed.

use crate::subject::{Column, Subject, Versioned};
use golive_core::id::ProjectId;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many bytes of rows are kept, counted as the JSON they are stored as.
const MOST: usize = 128 << 20;
/// A single answer above this is not kept.
const MOST_OF_ONE: usize = 4 << 20;
/// What an answer takes beside its rows.
const OWN: usize = 200;
/// How many ids are known to belong to a project.
const MOST_HOMES: usize = 50_000;

/// Which rows: their kind, the column that was asked for, and its value.
type Question = (TypeId, &'static str, String);
/// Rows as a reader gets them.
pub(crate) type Rows<T> = Vec<(<T as Subject>::Id, Versioned<T>)>;

#[derive(Default)]
pub(crate) struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    projects: HashMap<String, Project>,
    bytes: usize,
    /// Which project an id belongs to; that never changes.
    homes: HashMap<String, String>,
}

#[derive(Default)]
struct Project {
    /// The hash of the head that these rows belong to.
    head: String,
    bytes: usize,
    answers: HashMap<Question, Arc<dyn Any + Send + Sync>>,
}

impl Cache {
    /// The project whose log tells all changes of the rows with this value, if that is known.
    pub(crate) fn home(&self, value: &Column) -> Option<String> {
        let Column::Text(text) = value else { return None };
        if is_project(text) {
            return Some(text.clone());
        }
        self.lock().homes.get(text).cloned()
    }

    /// Remembers which project an id belongs to.
    pub(crate) fn learn(&self, id: String, project: String) {
        if !is_project(&project) {
            return;
        }
        let mut kept = self.lock();
        if kept.homes.len() >= MOST_HOMES {
            kept.homes.clear();
        }
        kept.homes.insert(id, project);
    }

    /// The rows that were read before at this head.
    pub(crate) fn get<T: Subject>(
        &self,
        (project, head): (&str, &str),
        (column, value): (&'static str, &Column),
    ) -> Option<Arc<Rows<T>>> {
        let question = question::<T>(column, value)?;
        let kept = self.lock();
        let found = kept.projects.get(project).filter(|kept| kept.head == head)?;
        Arc::clone(found.answers.get(&question)?).downcast().ok()
    }

    /// Keeps rows that were read at this head; `bytes` is their size as JSON.
    pub(crate) fn keep<T: Subject>(
        &self,
        (project, head): (&str, &str),
        (column, value): (&'static str, &Column),
        rows: &Arc<Rows<T>>,
        bytes: usize,
    ) {
        let Some(question) = question::<T>(column, value).filter(|_| bytes <= MOST_OF_ONE) else {
            return;
        };
        let bytes = bytes + OWN;
        let mut kept = self.lock();
        if kept.projects.get(project).is_some_and(|kept| kept.head != head) {
            kept.forget(project);
        }
        while kept.bytes + bytes > MOST {
            // Any other project: the order of a hash map is as good as chance.
            let Some(other) = kept.projects.keys().find(|name| *name != project).cloned() else {
                return;
            };
            kept.forget(&other);
        }
        let of = kept.projects.entry(project.to_owned()).or_default();
        head.clone_into(&mut of.head);
        if of.answers.insert(question, Arc::<Rows<T>>::clone(rows)).is_none() {
            of.bytes += bytes;
            kept.bytes += bytes;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn forget(&mut self, project: &str) {
        if let Some(gone) = self.projects.remove(project) {
            self.bytes -= gone.bytes;
        }
    }
}

fn question<T: Subject>(column: &'static str, value: &Column) -> Option<Question> {
    match value {
        Column::Text(text) => Some((TypeId::of::<T>(), column, text.clone())),
        Column::Int(_) => None,
    }
}

/// Whether this is the name of a project's log, which is the project's id.
pub(crate) fn is_project(text: &str) -> bool {
    text.strip_prefix(ProjectId::PREFIX).is_some_and(|rest| rest.starts_with('_'))
}
