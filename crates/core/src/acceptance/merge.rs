//! What an import would change, shown before it is done: added, changed, removed, unchanged, by stable name.

use super::scope::Case;
use serde::Serialize;
use std::collections::BTreeMap;

/// One thing that is there already and reads differently in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed<T> {
    /// As it is.
    pub before: T,
    /// As the file has it.
    pub after: T,
    /// The fields that differ.
    pub fields: Vec<String>,
}

/// What an import would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merge<T> {
    /// In the file and not in the project.
    pub added: Vec<T>,
    /// In both, and different.
    pub changed: Vec<Changed<T>>,
    /// In the project and not in the file; they go only if whoever imports says that the file is the whole.
    pub removed: Vec<T>,
    /// In both, and equal.
    pub unchanged: usize,
}

impl<T: Clone + Eq + Serialize> Merge<T> {
    /// Compares what is there with what a file brings. A key that comes twice counts as it comes last.
    pub fn of<'a>(
        have: impl IntoIterator<Item = &'a T>,
        incoming: &[T],
        key: impl Fn(&T) -> &str,
    ) -> Self
    where
        T: 'a,
    {
        let mut left: BTreeMap<String, &T> =
            have.into_iter().map(|one| (key(one).to_owned(), one)).collect();
        let mut merge =
            Self { added: Vec::new(), changed: Vec::new(), removed: Vec::new(), unchanged: 0 };
        let last: BTreeMap<&str, usize> =
            incoming.iter().enumerate().map(|(at, one)| (key(one), at)).collect();
        for (_, after) in incoming.iter().enumerate().filter(|(at, one)| last[key(one)] == *at) {
            match left.remove(key(after)) {
                None => merge.added.push(after.clone()),
                Some(before) if before == after => merge.unchanged += 1,
                Some(before) => {
                    let fields = fields(before, after);
                    merge.changed.push(Changed {
                        before: before.clone(),
                        after: after.clone(),
                        fields,
                    });
                }
            }
        }
        merge.removed = left.into_values().cloned().collect();
        merge
    }

    /// Whether nothing would happen.
    pub fn is_nothing(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

impl Merge<Case> {
    /// The changed cases whose results do not hold for the new wording.
    pub fn to_run_again(&self) -> impl Iterator<Item = &Changed<Case>> {
        self.changed.iter().filter(|changed| !changed.after.keeps_results_of(&changed.before))
    }
}

/// The names of the fields in which two rows differ.
fn fields<T: Serialize>(before: &T, after: &T) -> Vec<String> {
    let object = |row: &T| match serde_json::to_value(row) {
        Ok(serde_json::Value::Object(fields)) => fields,
        Ok(_) | Err(_) => serde_json::Map::new(),
    };
    let (before, after) = (object(before), object(after));
    before
        .iter()
        .filter(|(name, value)| after.get(*name) != Some(value))
        .map(|(name, _)| name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acceptance::tests::case;

    #[test]
    fn an_import_says_what_it_would_add_change_and_remove() {
        let have = [
            case("TC-1", "REQ-1"),
            case("TC-2", "REQ-1"),
            case("TC-3", "REQ-1"),
            case("TC-4", "REQ-1"),
        ];
        let renamed = Case { title: "Other title".into(), ..have[1].clone() };
        let rewritten = Case { expected: "Refused".into(), minutes: None, ..have[2].clone() };
        let incoming = [have[0].clone(), renamed, rewritten, case("TC-9", "REQ-2")];
        let merge = Merge::of(&have, &incoming, |case| &case.key);
        let keys = |cases: &[Case]| cases.iter().map(|case| case.key.clone()).collect::<Vec<_>>();
        assert_eq!(keys(&merge.added), ["TC-9"]);
        assert_eq!(keys(&merge.removed), ["TC-4"]);
        assert_eq!(merge.unchanged, 1);
        let fields: Vec<&[String]> =
            merge.changed.iter().map(|changed| changed.fields.as_slice()).collect();
        assert_eq!(
            fields,
            [&["title".to_owned()][..], &["expected".to_owned(), "minutes".to_owned()]]
        );
        let again: Vec<&str> =
            merge.to_run_again().map(|changed| changed.after.key.as_str()).collect();
        assert_eq!(again, ["TC-3"]);
    }

    #[test]
    fn the_same_file_again_changes_nothing() {
        let have = [case("TC-1", "REQ-1")];
        assert!(Merge::of(&have, &have, |case| &case.key).is_nothing());
    }
}
