//! What the reviewer saw when he released the project, and how the project differs from it now.

use super::LateChange;
use crate::value::Value;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The project as it was released.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// When it was looked at.
    pub at: Timestamp,
    /// The go-live date.
    pub go_live: Option<Date>,
    /// The facts that say what belongs to the go-live, by name.
    pub scope: BTreeMap<String, Value>,
    /// The version that production is asked for, once it is asked for.
    pub version: Option<String>,
}

/// What happened to a baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The reviewer has released or confirmed what stands here.
    Taken {
        /// What he saw.
        baseline: Baseline,
    },
}

impl Baseline {
    /// Everything that is no longer as it was; `moved_days` are the days of all moves of the date since then, added up.
    /// What nobody knew at the time of the release has not changed.
    pub fn changes(&self, now: &Self, moved_days: u32) -> Vec<LateChange> {
        let mut changes = Vec::new();
        if let (Some(from), Some(to)) = (self.go_live, now.go_live)
            && from != to
        {
            let apart = from.until(to).map_or(u32::MAX, |span| span.get_days().unsigned_abs());
            changes.push(LateChange::DateMoved { from, to, total_days: moved_days.max(apart) });
        }
        let differs = |(name, before): &(&String, &Value)| {
            !before.is_missing() && now.scope.get(*name) != Some(before)
        };
        let what: Vec<&str> =
            self.scope.iter().filter(differs).map(|(name, _)| name.as_str()).collect();
        if !what.is_empty() {
            changes.push(LateChange::ScopeChanged { what: what.join(", ") });
        }
        if let (Some(from), Some(to)) = (&self.version, &now.version)
            && from != to
        {
            changes.push(LateChange::VersionChanged { from: from.clone(), to: to.clone() });
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn seen() -> Baseline {
        let scope = [
            ("scope.parts".to_owned(), Value::List(vec!["shops".into()])),
            ("scope.waves".to_owned(), Value::Missing),
        ];
        Baseline {
            at: Timestamp::UNIX_EPOCH,
            go_live: Some(date(2027, 4, 5)),
            scope: scope.into(),
            version: None,
        }
    }

    #[test]
    fn what_was_not_known_at_the_release_has_not_changed() {
        let mut now = seen();
        now.version = Some("1.1".into());
        now.scope.insert("scope.waves".into(), Value::List(vec!["1".into()]));
        assert_eq!(seen().changes(&now, 0), []);
    }

    #[test]
    fn date_scope_and_version_are_named_with_what_they_were() {
        let before = Baseline { version: Some("1.0".into()), ..seen() };
        let mut now = Baseline {
            version: Some("1.1".into()),
            go_live: Some(date(2027, 4, 12)),
            ..before.clone()
        };
        now.scope.insert("scope.parts".into(), Value::List(Vec::new()));
        let (from, to) = (date(2027, 4, 5), date(2027, 4, 12));
        assert_eq!(
            before.changes(&now, 21),
            [
                LateChange::DateMoved { from, to, total_days: 21 },
                LateChange::ScopeChanged { what: "scope.parts".into() },
                LateChange::VersionChanged { from: "1.0".into(), to: "1.1".into() },
            ]
        );
    }
}
