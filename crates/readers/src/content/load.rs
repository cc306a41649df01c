//! Many content files together: packs first, then the vocabulary, then all that uses their words, then what names each other.

use super::{Words, calendar, checklist, methodology, notification, policy, vocabulary};
use crate::source::{Invalid, Place};
use golive_core::calendar::Calendar;
use golive_core::checklist::template::Template;
use golive_core::methodology::template::Methodology;
use golive_core::notification::Set;
use golive_core::policy::Policy;
use golive_core::vocabulary::Vocabulary;
use std::collections::BTreeMap;

/// A file as it was handed in.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Its name, for errors.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
}

/// All content of a server. Every word in it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The words.
    pub vocabulary: Vocabulary,
    /// Policy packs by id, complete.
    pub policies: BTreeMap<String, Policy>,
    /// Calendars by id.
    pub calendars: BTreeMap<String, Calendar>,
    /// Methodologies by id.
    pub methodologies: BTreeMap<String, Methodology>,
    /// Checklists by id.
    pub checklists: BTreeMap<String, Template>,
    /// Sets of notifications by id.
    pub notifications: BTreeMap<String, Set>,
}

/// The name in a file's `schema = "golive.<name>/1"` line.
fn schema<'a>(file: &File<'a>) -> Option<&'a str> {
    let text = std::str::from_utf8(file.bytes).ok()?;
    let line = text.lines().find(|line| line.starts_with("schema"))?;
    line.split('"').nth(1)?.strip_prefix("golive.")?.split('/').next()
}

/// Reads files of all kinds. Kinds that are read elsewhere (cutover plans, criteria, sizing) are passed over; a file of no known
/// kind is an error. All errors of all files are given.
pub fn load(files: &[File]) -> Result<Content, Vec<Invalid>> {
    let mut of_kind = BTreeMap::<&str, Vec<&File>>::new();
    let mut errors = Vec::new();
    for file in files {
        match schema(file) {
            Some(kind) if KINDS.contains(&kind) => of_kind.entry(kind).or_default().push(file),
            other => {
                let found = other.map_or("none".to_owned(), |kind| format!("golive.{kind}/1"));
                errors.push(Invalid::new(
                    file.name,
                    Place::File,
                    "a schema that golive knows",
                    found,
                ));
            }
        }
    }
    let mut kind = |kind: &str| of_kind.remove(kind).unwrap_or_default();
    let packs: Vec<_> =
        all(&kind("policy"), &mut errors, |file| policy::read(file.name, file.bytes));
    let policies = policy::resolve_all(&packs).map_err(|more| joined(&mut errors, more))?;
    let Some(any) = policies.values().next() else {
        errors.push(Invalid::new("content", Place::File, "a policy pack", "none"));
        return Err(errors);
    };
    let vocabulary = match kind("vocabulary").as_slice() {
        [one] => {
            vocabulary::read(one.name, one.bytes, any).map_err(|more| joined(&mut errors, more))?
        }
        other => {
            let found = other.len().to_string();
            errors.push(Invalid::new("content", Place::File, "one vocabulary", found));
            return Err(errors);
        }
    };
    let words = Words { vocabulary: &vocabulary, policy: any };
    let calendars =
        all(&kind("calendar"), &mut errors, |file| calendar::read(file.name, file.bytes));
    let methodology_files = kind("methodology");
    let methodologies = all(&methodology_files, &mut errors, |file| {
        methodology::read(file.name, file.bytes, &words)
    });
    let checklists =
        all(&kind("checklist"), &mut errors, |file| checklist::read(file.name, file.bytes, &words));
    let notifications = all(&kind("notifications"), &mut errors, |file| {
        notification::read(file.name, file.bytes, &words)
    });
    let calendars = by_id(calendars, &mut errors, |c| c.id.clone());
    let methodologies = by_id(methodologies, &mut errors, |m| m.id.clone());
    let checklists = by_id(checklists, &mut errors, |c| c.id.clone());
    let notifications = by_id(notifications, &mut errors, |n| n.id.clone());
    let content =
        Content { vocabulary, policies, calendars, methodologies, checklists, notifications };
    check_names(&content, &mut errors);
    if errors.is_empty() { Ok(content) } else { Err(errors) }
}

const KINDS: [&str; 9] = [
    "policy",
    "vocabulary",
    "calendar",
    "methodology",
    "checklist",
    "notifications",
    "cutover-plan",
    "criteria",
    "sizing",
];

fn joined(errors: &mut Vec<Invalid>, more: Vec<Invalid>) -> Vec<Invalid> {
    errors.extend(more);
    std::mem::take(errors)
}

fn all<T>(
    files: &[&File],
    errors: &mut Vec<Invalid>,
    read: impl Fn(&File) -> Result<T, Vec<Invalid>>,
) -> Vec<T> {
    let mut good = Vec::new();
    for file in files {
        match read(file) {
            Ok(one) => good.push(one),
            Err(more) => errors.extend(more),
        }
    }
    good
}

fn by_id<T>(
    things: Vec<T>,
    errors: &mut Vec<Invalid>,
    id: impl Fn(&T) -> String,
) -> BTreeMap<String, T> {
    let mut map = BTreeMap::new();
    for thing in things {
        let id = id(&thing);
        if map.insert(id.clone(), thing).is_some() {
            errors.push(Invalid::new(
                "content",
                Place::File,
                "ids that are used once",
                format!("`{id}` twice"),
            ));
        }
    }
    map
}

/// Methodologies name a checklist and a pack.
fn check_names(content: &Content, errors: &mut Vec<Invalid>) {
    for methodology in content.methodologies.values() {
        let mut refuse = |expected: &str, found: &str| {
            let error = Invalid::new("content", Place::File, expected, format!("`{found}`"));
            errors.push(error.about("methodology", &methodology.id));
        };
        if !content.checklists.contains_key(&methodology.checklist) {
            refuse("a checklist that is there", &methodology.checklist);
        }
        if !content.policies.contains_key(&methodology.policy) {
            refuse("a policy pack that is there", &methodology.policy);
        }
    }
}
