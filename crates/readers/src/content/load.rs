//! Many content files together: packs first, then the vocabulary, then all that uses their words, then what names each other.

use super::{Words, calendar, checklist, methodology, notification, policy, vocabulary};
use crate::source::{Invalid, Place};
use golive_core::calendar::Calendar;
use golive_core::checklist::template::Template;
use golive_core::cutover::plan::Plan;
use golive_core::go_live::criteria::Criteria;
use golive_core::methodology::template::Methodology;
use golive_core::notification::Set;
use golive_core::policy::Policy;
use golive_core::sizing::Rules;
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
    /// Cutover plans by id, as templates.
    pub cutover_plans: BTreeMap<String, Plan>,
    /// Sets of criteria by id.
    pub criteria: BTreeMap<String, Criteria>,
    /// Sizing rules by id.
    pub sizing: BTreeMap<String, Rules>,
}

/// The name in a file's `schema = "golive.<name>/1"` line.
fn schema<'a>(file: &File<'a>) -> Option<&'a str> {
    let text = std::str::from_utf8(file.bytes).ok()?;
    let line = text.lines().find(|line| line.starts_with("schema"))?;
    line.split('"').nth(1)?.strip_prefix("golive.")?.split('/').next()
}

/// Reads files of all kinds; a file of no known kind is an error. All errors of all files are given.
pub fn load(files: &[File]) -> Result<Content, Vec<Invalid>> {
    let mut pile = Pile::new(files);
    let packs: Vec<_> = pile.read("policy", policy::read);
    let policies = policy::resolve_all(&packs).map_err(|more| pile.with(more))?;
    let Some(any) = policies.values().next() else {
        return Err(pile.with(vec![Invalid::new("content", Place::File, "a policy pack", "none")]));
    };
    let mut vocabularies =
        pile.read("vocabulary", |file, bytes| vocabulary::read(file, bytes, any));
    let vocabulary = match (vocabularies.pop(), vocabularies.len()) {
        (Some(vocabulary), 0) => vocabulary,
        (_, others) => {
            let found = if others > 0 { "several" } else { "none that can be read" };
            return Err(pile.with(vec![Invalid::new(
                "content",
                Place::File,
                "one vocabulary",
                found,
            )]));
        }
    };
    let words = Words { vocabulary: &vocabulary, policy: any };
    let content = Content {
        calendars: pile.by_id("calendar", calendar::read, |c| &c.id),
        methodologies: pile.by_id("methodology", |f, b| methodology::read(f, b, &words), |m| &m.id),
        checklists: pile.by_id("checklist", |f, b| checklist::read(f, b, &words), |c| &c.id),
        notifications: pile.by_id(
            "notifications",
            |f, b| notification::read(f, b, &words),
            |n| &n.id,
        ),
        cutover_plans: pile.by_id(
            "cutover-plan",
            |f, b| crate::cutover::read(f, b, &words),
            |p| &p.id,
        ),
        criteria: pile.by_id("criteria", |f, b| crate::criteria::read(f, b, &words), |c| &c.id),
        sizing: pile.by_id("sizing", crate::sizing::read, |r| &r.id),
        vocabulary: vocabulary.clone(),
        policies: policies.clone(),
    };
    check_names(&content, &mut pile.errors);
    if pile.errors.is_empty() { Ok(content) } else { Err(pile.errors) }
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

/// The files by kind, and what is wrong with those read so far.
struct Pile<'a> {
    files: BTreeMap<&'a str, Vec<&'a File<'a>>>,
    errors: Vec<Invalid>,
}

impl<'a> Pile<'a> {
    fn new(files: &'a [File<'a>]) -> Self {
        let mut pile = Self { files: BTreeMap::new(), errors: Vec::new() };
        for file in files {
            match schema(file) {
                Some(kind) if KINDS.contains(&kind) => {
                    pile.files.entry(kind).or_default().push(file);
                }
                other => {
                    let found = other.map_or("none".to_owned(), |kind| format!("golive.{kind}/1"));
                    let expected = "a schema that golive knows";
                    pile.errors.push(Invalid::new(file.name, Place::File, expected, found));
                }
            }
        }
        pile
    }

    /// All files of a kind that can be read.
    fn read<T>(
        &mut self,
        kind: &str,
        read: impl Fn(&str, &[u8]) -> Result<T, Vec<Invalid>>,
    ) -> Vec<T> {
        let mut good = Vec::new();
        for file in self.files.remove(kind).unwrap_or_default() {
            match read(file.name, file.bytes) {
                Ok(one) => good.push(one),
                Err(more) => self.errors.extend(more),
            }
        }
        good
    }

    /// The same by id, which no two of a kind share.
    fn by_id<T>(
        &mut self,
        kind: &str,
        read: impl Fn(&str, &[u8]) -> Result<T, Vec<Invalid>>,
        id: impl Fn(&T) -> &String,
    ) -> BTreeMap<String, T> {
        let mut map = BTreeMap::new();
        for thing in self.read(kind, read) {
            let id = id(&thing).clone();
            if map.insert(id.clone(), thing).is_some() {
                let error =
                    Invalid::new("content", Place::File, "an id that is used once", "it twice");
                self.errors.push(error.about(kind, &id));
            }
        }
        map
    }

    /// All errors so far and these.
    fn with(&mut self, more: Vec<Invalid>) -> Vec<Invalid> {
        self.errors.extend(more);
        std::mem::take(&mut self.errors)
    }
}

/// Methodologies name a checklist, a cutover plan and a pack.
fn check_names(content: &Content, errors: &mut Vec<Invalid>) {
    for methodology in content.methodologies.values() {
        let mut refuse = |expected: &str, found: &str| {
            let error = Invalid::new("content", Place::File, expected, format!("`{found}`"));
            errors.push(error.about("methodology", &methodology.id));
        };
        if !content.checklists.contains_key(&methodology.checklist) {
            refuse("a checklist that is there", &methodology.checklist);
        }
        if !content.cutover_plans.contains_key(&methodology.cutover_plan) {
            refuse("a cutover plan that is there", &methodology.cutover_plan);
        }
        if !content.policies.contains_key(&methodology.policy) {
            refuse("a policy pack that is there", &methodology.policy);
        }
    }
}
