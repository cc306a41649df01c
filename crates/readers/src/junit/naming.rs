//! How a test says which case it belongs to.

use std::collections::BTreeMap;

/// Properties that name a case, the first that is there counts.
const PROPERTIES: [&str; 8] =
    ["case", "case_id", "case-id", "test_case", "testcase", "test_key", "test_id", "golive.case"];

/// The prefixes that the project's cases have: `TC` for `TC-001`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Naming {
    prefixes: Vec<String>,
}

impl Naming {
    /// Takes the prefixes from the cases that the project has.
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a str>) -> Self {
        let mut prefixes: Vec<String> = cases
            .into_iter()
            .filter_map(|key| key.rsplit_once('-'))
            .filter(|(_, number)| number.bytes().all(|b| b.is_ascii_digit()))
            .map(|(prefix, _)| prefix.to_uppercase())
            .collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        Self { prefixes }
    }

    /// The cases of a test: by property, else by name, else by class, else by suite.
    pub fn cases(&self, properties: &BTreeMap<String, String>, names: &[&str]) -> Vec<String> {
        if let Some(said) = PROPERTIES.iter().find_map(|name| properties.get(*name)) {
            let parts = said.split([';', ',', ' ']).map(str::trim).filter(|part| !part.is_empty());
            return parts.map(str::to_owned).collect();
        }
        names
            .iter()
            .map(|name| self.found_in(name))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// Every `PREFIX-number` or `prefix_number` in a text, written as cases are.
    fn found_in(&self, text: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (at, separator) in text.char_indices().filter(|(_, c)| matches!(c, '-' | '_')) {
            let after = &text[at + separator.len_utf8()..];
            let digits: &str = &after[..after.bytes().take_while(u8::is_ascii_digit).count()];
            let ends = !after[digits.len()..].starts_with(char::is_alphanumeric);
            let before = text[..at].to_uppercase();
            let prefix = self.prefixes.iter().filter(|prefix| before.ends_with(prefix.as_str()));
            let whole = |prefix: &&String| {
                !before[..before.len() - prefix.len()].ends_with(char::is_alphanumeric)
            };
            let longest = prefix.filter(whole).max_by_key(|prefix| prefix.len());
            if let Some(prefix) = longest.filter(|_| !digits.is_empty() && ends) {
                let key = format!("{prefix}-{digits}");
                if !found.contains(&key) {
                    found.push(key);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_found_in_a_name_as_people_and_tools_write_it() {
        let naming = Naming::of(["TC-001", "O2C-017"]);
        let found = |name: &str| naming.cases(&BTreeMap::new(), &[name]);
        assert_eq!(found("TC-001 Telephone order"), ["TC-001"]);
        assert_eq!(found("test_tc_001_telephone_order"), ["TC-001"]);
        assert_eq!(found("orders[O2C-017][TC-002]"), ["O2C-017", "TC-002"]);
        for other in ["UTF-8 names", "ABTC-001", "TC-12b", "TC-", "tc"] {
            assert_eq!(found(other), [""; 0], "{other}");
        }
    }

    #[test]
    fn a_property_counts_before_a_name_and_a_name_before_a_class() {
        let naming = Naming::of(["TC-001"]);
        let said = BTreeMap::from([("test_key".to_owned(), "TC-007, TC-008".to_owned())]);
        assert_eq!(naming.cases(&said, &["TC-001"]), ["TC-007", "TC-008"]);
        assert_eq!(naming.cases(&BTreeMap::new(), &["order", "suite.TC_009"]), ["TC-009"]);
    }
}
