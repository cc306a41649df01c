//! A pack as it is written: complete, or only what differs from the pack it extends; and how the two become one.

use super::{Enforcement, Policy, Setting, Unit};
use crate::value::Value;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a pack says about one setting; what it does not say is taken over.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Change {
    /// The number in words.
    pub title: Option<String>,
    /// The number itself.
    pub value: Option<Value>,
    /// What the value counts.
    pub unit: Option<String>,
    /// How strictly it is taken.
    pub enforcement: Option<Enforcement>,
    /// Where it comes from.
    pub source: Option<String>,
    /// The day from which it holds.
    pub valid_from: Option<Date>,
    /// What else to know.
    pub note: Option<String>,
    /// Fields that only some settings have.
    pub extra: BTreeMap<String, serde_json::Value>,
}

/// A pack before the packs that it extends are laid under it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// The name that projects choose it by.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title for people.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// The day from which the pack holds.
    pub valid_from: Date,
    /// The pack that it differs from.
    pub extends: Option<String>,
    /// What it says, by the dotted name of the setting.
    pub changes: BTreeMap<String, Change>,
}

/// Why a pack does not become a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// The pack that it extends is not there.
    #[error("no pack `{0}`")]
    UnknownPack(String),
    /// The packs extend each other in a circle.
    #[error("the packs extend each other in a circle: {}", .0.join(" → "))]
    Circle(Vec<String>),
    /// A complete pack leaves out a field.
    #[error("a field `{field}`")]
    Incomplete {
        /// The setting.
        key: String,
        /// The field.
        field: &'static str,
    },
    /// A pack that extends another one names a setting that the other does not have.
    #[error("`{base}` has no setting `{key}`")]
    UnknownSetting {
        /// The setting.
        key: String,
        /// The pack that does not have it.
        base: String,
    },
    /// The value is not one of the unit.
    #[error("{wanted}")]
    WrongValue {
        /// The setting.
        key: String,
        /// What a value must look like.
        wanted: String,
        /// What it is.
        found: String,
    },
}

impl Unresolved {
    /// The setting that it is about.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::UnknownPack(_) | Self::Circle(_) => None,
            Self::Incomplete { key, .. }
            | Self::UnknownSetting { key, .. }
            | Self::WrongValue { key, .. } => Some(key),
        }
    }
}

/// Lays a pack over those that it extends. All faults are given.
pub fn resolve<'p>(
    pack: &'p Pack,
    find: impl Fn(&str) -> Option<&'p Pack>,
) -> Result<Policy, Vec<Unresolved>> {
    let mut chain = vec![pack];
    while let Some(base) = chain[chain.len() - 1].extends.as_deref() {
        let base = find(base).ok_or_else(|| vec![Unresolved::UnknownPack(base.to_owned())])?;
        let circle = chain.iter().any(|seen| seen.id == base.id);
        chain.push(base);
        if circle {
            return Err(vec![Unresolved::Circle(
                chain.iter().map(|pack| pack.id.clone()).collect(),
            )]);
        }
    }
    let mut settings = BTreeMap::new();
    let mut faults = Vec::new();
    for pack in chain.into_iter().rev() {
        for (key, change) in &pack.changes {
            match lay(pack, key, change, settings.get(key)) {
                Ok(setting) => drop(settings.insert(key.clone(), setting)),
                Err(fault) => faults.push(fault),
            }
        }
    }
    if faults.is_empty() { Ok(policy(pack, settings)) } else { Err(faults) }
}

fn policy(pack: &Pack, settings: BTreeMap<String, Setting>) -> Policy {
    Policy {
        id: pack.id.clone(),
        version: pack.version.clone(),
        title: pack.title.clone(),
        description: pack.description.clone(),
        valid_from: pack.valid_from,
        extends: pack.extends.clone(),
        digest: digest(&settings),
        settings,
    }
}

/// `sha256:` and the hash over the settings as JSON with sorted keys.
pub fn digest(settings: &BTreeMap<String, Setting>) -> String {
    let text = serde_json::to_vec(settings).expect("settings are plain values with text keys");
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

/// One setting: what the pack says over what was there.
fn lay(
    pack: &Pack,
    key: &str,
    change: &Change,
    below: Option<&Setting>,
) -> Result<Setting, Unresolved> {
    let setting = match (below, &pack.extends) {
        (Some(below), _) => over(pack, change, below),
        (None, Some(base)) => {
            return Err(Unresolved::UnknownSetting { key: key.to_owned(), base: base.clone() });
        }
        (None, None) => whole(key, change)?,
    };
    fits(key, &setting)?;
    Ok(setting)
}

fn over(pack: &Pack, change: &Change, below: &Setting) -> Setting {
    let decided = change.value.is_some() || change.enforcement.is_some();
    let mut extra = below.extra.clone();
    extra.extend(change.extra.clone());
    Setting {
        title: change.title.clone().unwrap_or_else(|| below.title.clone()),
        value: change.value.clone().unwrap_or_else(|| below.value.clone()),
        unit: change.unit.clone().unwrap_or_else(|| below.unit.clone()),
        enforcement: change.enforcement.or(below.enforcement),
        source: change.source.clone().unwrap_or_else(|| below.source.clone()),
        valid_from: change.valid_from.unwrap_or(if decided {
            pack.valid_from
        } else {
            below.valid_from
        }),
        note: change.note.clone().or_else(|| below.note.clone()),
        extra,
    }
}

fn whole(key: &str, change: &Change) -> Result<Setting, Unresolved> {
    let missing = |field| Unresolved::Incomplete { key: key.to_owned(), field };
    Ok(Setting {
        title: change.title.clone().ok_or_else(|| missing("title"))?,
        value: change.value.clone().ok_or_else(|| missing("value"))?,
        unit: change.unit.clone().ok_or_else(|| missing("unit"))?,
        enforcement: change.enforcement,
        source: change.source.clone().ok_or_else(|| missing("source"))?,
        valid_from: change.valid_from.ok_or_else(|| missing("valid_from"))?,
        note: change.note.clone(),
        extra: change.extra.clone(),
    })
}

/// Whether the value is of the unit, and a choice one of its choices.
fn fits(key: &str, setting: &Setting) -> Result<(), Unresolved> {
    let wrong = |wanted: String, found: String| Unresolved::WrongValue {
        key: key.to_owned(),
        wanted,
        found,
    };
    let Some(unit) = Unit::named(&setting.unit) else {
        let units = Unit::ALL.map(Unit::name).join(", ");
        return Err(wrong(format!("a unit out of {units}"), format!("`{}`", setting.unit)));
    };
    if !unit.accepts(&setting.value) {
        let wanted = format!("{} for the unit {}", unit.example(), unit.name());
        return Err(wrong(wanted, format!("`{}`", setting.value)));
    }
    if unit != Unit::Choice {
        return Ok(());
    }
    let choices: Vec<&str> = setting
        .extra
        .get("choices")
        .and_then(|c| c.as_array())
        .into_iter()
        .flatten()
        .filter_map(|c| c.as_str())
        .collect();
    match &setting.value {
        Value::Text(word) if choices.contains(&word.as_str()) => Ok(()),
        other => Err(wrong(format!("one of {}", choices.join(", ")), format!("`{other}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn change(value: Value, unit: &str) -> Change {
        Change {
            title: Some("Pass rate".into()),
            value: Some(value),
            unit: Some(unit.into()),
            enforcement: Some(Enforcement::Deny),
            source: Some("A F057".into()),
            valid_from: Some(date(2021, 10, 27)),
            ..Change::default()
        }
    }

    fn pack(
        id: &str,
        extends: Option<&str>,
        changes: impl IntoIterator<Item = (&'static str, Change)>,
    ) -> Pack {
        Pack {
            id: id.into(),
            version: "1".into(),
            title: id.into(),
            description: String::new(),
            valid_from: date(2024, 5, 1),
            extends: extends.map(Into::into),
            changes: changes.into_iter().map(|(key, change)| (key.to_owned(), change)).collect(),
        }
    }

    #[test]
    fn a_pack_takes_over_what_it_does_not_state() {
        let base = pack(
            "base",
            None,
            [
                ("a.rate", change(95_i64.into(), "percent")),
                ("a.days", change(7_i64.into(), "count")),
            ],
        );
        let stricter = Change { enforcement: Some(Enforcement::Warn), ..Change::default() };
        let over = pack("over", Some("base"), [("a.rate", stricter)]);
        let policy = resolve(&over, |_| Some(&base)).unwrap();
        let rate = policy.setting("a.rate").unwrap();
        assert_eq!(
            (rate.enforcement, &rate.value, rate.valid_from),
            (Some(Enforcement::Warn), &Value::Count(95), date(2024, 5, 1))
        );
        assert_eq!(policy.setting("a.days").unwrap().valid_from, date(2021, 10, 27));
        let plain = resolve(&base, |_| None).unwrap();
        assert_ne!(policy.digest, plain.digest);
        assert_eq!(plain.digest, digest(&plain.settings));
    }

    #[test]
    fn every_fault_of_a_pack_is_named() {
        let half = Change { value: None, ..change(1_i64.into(), "count") };
        let base =
            pack("base", None, [("a.half", half), ("a.rate", change(1200_i64.into(), "percent"))]);
        let faults: Vec<String> =
            resolve(&base, |_| None).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(faults, ["a field `value`", "a number from 0 to 1000 for the unit percent"]);
        let good = pack("good", None, [("a.rate", change(95_i64.into(), "percent"))]);
        let stray = pack("stray", Some("good"), [("a.rat", Change::default())]);
        assert_eq!(
            resolve(&stray, |_| Some(&good)).unwrap_err(),
            [Unresolved::UnknownSetting { key: "a.rat".into(), base: "good".into() }]
        );
    }

    #[test]
    fn a_circle_and_a_missing_pack_are_refused() {
        let one = pack("one", Some("two"), []);
        let two = pack("two", Some("one"), []);
        let find = |id: &str| if id == "one" { Some(&one) } else { Some(&two) };
        assert!(matches!(resolve(&one, find).unwrap_err()[..], [Unresolved::Circle(_)]));
        assert_eq!(resolve(&one, |_| None).unwrap_err(), [Unresolved::UnknownPack("two".into())]);
    }

    #[test]
    fn a_choice_must_be_one_of_its_choices() {
        let mut choice = change("queue".into(), "choice");
        choice.extra.insert("choices".into(), serde_json::json!(["queue", "refuse"]));
        assert!(resolve(&pack("p", None, [("a.early", choice.clone())]), |_| None).is_ok());
        choice.value = Some("later".into());
        let faults = resolve(&pack("p", None, [("a.early", choice)]), |_| None).unwrap_err();
        assert_eq!(faults[0].to_string(), "one of queue, refuse");
    }
}
