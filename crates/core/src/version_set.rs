//! Versions, and the set of versions that an environment has.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A version: numbers with dots, then perhaps `-word` (before the plain one) or `+word` (after it).
///
/// `1.2` and `1.2.0` are the same version; the text stays as it was written.
#[derive(Debug, Clone)]
pub struct Version {
    text: String,
    numbers: Vec<u64>,
    early: Option<String>,
    build: Option<String>,
}

/// A text that is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version such as 10.4.2")]
pub struct BadVersion(pub String);

/// More parts than any version has.
const MOST_NUMBERS: usize = 8;

impl Version {
    /// The version as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl std::str::FromStr for Version {
    type Err = BadVersion;
    fn from_str(text: &str) -> Result<Self, BadVersion> {
        let bad = || BadVersion(text.chars().take(60).collect());
        let (rest, build) = cut(text, '+');
        let (rest, early) = cut(rest, '-');
        let is_word = |word: &str| {
            (1..=40).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
        };
        if ![early, build].into_iter().flatten().all(is_word) {
            return Err(bad());
        }
        let number = |part: &str| {
            let plain =
                !part.is_empty() && part.len() < 19 && part.bytes().all(|b| b.is_ascii_digit());
            if plain { part.parse().map_err(|_| bad()) } else { Err(bad()) }
        };
        let numbers: Vec<u64> =
            rest.split('.').take(MOST_NUMBERS + 1).map(number).collect::<Result<_, _>>()?;
        if numbers.len() > MOST_NUMBERS {
            return Err(bad());
        }
        let owned = |word: Option<&str>| word.map(str::to_owned);
        Ok(Self { text: text.to_owned(), numbers, early: owned(early), build: owned(build) })
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.numbers.len().max(other.numbers.len());
        let number = |version: &Self, at: usize| version.numbers.get(at).copied().unwrap_or(0);
        let numbers =
            (0..length).map(|at| number(self, at).cmp(&number(other, at))).find(|o| o.is_ne());
        let early = match (&self.early, &other.early) {
            (None, None) => Ordering::Equal,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(two)) => words(one, two),
        };
        let build = match (&self.build, &other.build) {
            (Some(one), Some(two)) => words(one, two),
            (one, two) => one.is_some().cmp(&two.is_some()),
        };
        numbers.unwrap_or(Ordering::Equal).then(early).then(build)
    }
}

/// Words with dots: numbers by size, everything else by text.
fn words(one: &str, two: &str) -> Ordering {
    let part = |(one, two): (&str, &str)| match (one.parse::<u64>(), two.parse::<u64>()) {
        (Ok(one), Ok(two)) => one.cmp(&two),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => one.cmp(two),
    };
    let longer = one.split('.').count().cmp(&two.split('.').count());
    one.split('.').zip(two.split('.')).map(part).find(|o| o.is_ne()).unwrap_or(longer)
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What is installed: the platform and every module with its version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VersionSet {
    /// The platform below the modules, if it is known.
    pub platform: Option<Version>,
    /// Modules with versions.
    pub modules: BTreeMap<String, Version>,
}

/// One place in which two version sets differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The module, or `platform`.
    pub what: String,
    /// Here.
    pub here: Option<Version>,
    /// There.
    pub there: Option<Version>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |version: &Option<Version>| {
            version.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)
        };
        write!(f, "{}: {} here, {} there", self.what, text(&self.here), text(&self.there))
    }
}

impl VersionSet {
    /// Reads names and versions as environments and files hold them. All texts that are no version are named.
    pub fn parse<'a>(
        modules: impl IntoIterator<Item = (&'a String, &'a String)>,
    ) -> Result<Self, Vec<BadVersion>> {
        let mut set = Self::default();
        let mut bad = Vec::new();
        for (name, version) in modules {
            match version.parse() {
                Ok(version) => {
                    set.modules.insert(name.clone(), version);
                }
                Err(error) => bad.push(error),
            }
        }
        if bad.is_empty() { Ok(set) } else { Err(bad) }
    }

    /// One digest for the whole set. Versions that are written differently and are the same give the same digest.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"golive version set 1\0");
        hash.update(self.platform.as_ref().map(canonical).unwrap_or_default());
        for (name, version) in &self.modules {
            hash.update(format!("\0{name}\0{}", canonical(version)));
        }
        format!("sha256:{}", hex::encode(hash.finalize()))
    }

    /// Every place in which two sets differ; none when they are equal.
    pub fn differences(&self, there: &Self) -> Vec<Difference> {
        let mut differences = Vec::new();
        if self.platform != there.platform {
            let (here, there) = (self.platform.clone(), there.platform.clone());
            differences.push(Difference { what: "platform".into(), here, there });
        }
        let names: BTreeSet<&String> = self.modules.keys().chain(there.modules.keys()).collect();
        for name in names {
            let (here, there) = (self.modules.get(name), there.modules.get(name));
            if here != there {
                differences.push(Difference {
                    what: name.clone(),
                    here: here.cloned(),
                    there: there.cloned(),
                });
            }
        }
        differences
    }
}

/// A version without the zeros at its end.
fn canonical(version: &Version) -> String {
    let kept = version.numbers.iter().rposition(|number| *number != 0).map_or(0, |at| at + 1);
    let numbers: Vec<String> = version.numbers[..kept].iter().map(ToString::to_string).collect();
    let early = version.early.as_ref().map(|word| format!("-{word}")).unwrap_or_default();
    let build = version.build.as_ref().map(|word| format!("+{word}")).unwrap_or_default();
    format!("{}{early}{build}", numbers.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_compared_by_number_and_not_by_text() {
        let rising = [
            "1.0-beta.2",
            "1.0-beta.10",
            "1.0",
            "1.0+7",
            "1.0+203",
            "1.2",
            "1.10",
            "10.0.1",
            "10.0.1.1",
        ];
        for pair in rising.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{} before {}", pair[0], pair[1]);
        }
        assert_eq!(version("1.2"), version("1.2.0"));
        assert_eq!(version("1.2.0").to_string(), "1.2.0", "it stays as it was written");
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "",
            "1.",
            ".1",
            "v1",
            "1.2.x",
            "1-",
            "1+ü",
            "1.1.1.1.1.1.1.1.1",
            "99999999999999999999",
            "+1",
            "1 2",
        ] {
            assert_eq!(text.parse::<Version>(), Err(BadVersion(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn two_sets_name_every_difference_and_equal_ones_have_one_digest() {
        let set = |platform: &str, modules: &[(&str, &str)]| VersionSet {
            platform: Some(version(platform)),
            modules: modules.iter().map(|(name, v)| ((*name).to_owned(), version(v))).collect(),
        };
        let here = set("10.0", &[("item", "1.0"), ("ledger", "1.1"), ("edi", "1.0")]);
        let same = set("10.0.0", &[("item", "1"), ("ledger", "1.1.0"), ("edi", "1.0")]);
        assert_eq!(here.differences(&same), []);
        assert_eq!(here.digest(), same.digest());
        let there = set("10.1", &[("item", "1.0"), ("ledger", "1.2"), ("tax", "1.0")]);
        let lines: Vec<String> = here.differences(&there).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "platform: 10.0 here, 10.1 there",
                "edi: 1.0 here, none there",
                "ledger: 1.1 here, 1.2 there",
                "tax: none here, 1.0 there",
            ]
        );
        assert_ne!(here.digest(), there.digest());
    }
}
