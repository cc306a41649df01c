//! Placeholders in command lines: `{name}`, filled in by a driver.

use std::collections::BTreeMap;

/// The names between braces, or nothing if a brace is left open. A `{` that is followed by anything but a small letter
/// is a plain character, so that JSON can be written.
pub(super) fn placeholders(text: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_lowercase()) {
            continue;
        }
        let close =
            rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))?;
        if !rest[close..].starts_with('}') {
            return None;
        }
        names.push(&rest[..close]);
        rest = &rest[close + 1..];
    }
    Some(names)
}

/// Puts values in the place of placeholders; the name of the first placeholder without a value is the error.
pub fn fill(text: &str, values: &BTreeMap<String, String>) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    for name in placeholders(text).ok_or_else(|| text.to_owned())? {
        let marker = format!("{{{name}}}");
        let at = rest.find(&marker).ok_or_else(|| name.to_owned())?;
        filled.push_str(&rest[..at]);
        filled.push_str(values.get(name).ok_or_else(|| name.to_owned())?);
        rest = &rest[at + marker.len()..];
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_a_missing_value_is_named() {
        let values = BTreeMap::from([
            ("port".to_owned(), "80".to_owned()),
            ("name".to_owned(), "{port}".to_owned()),
        ]);
        assert_eq!(fill("{name}:{port}/{port}", &values), Ok("{port}:80/80".to_owned()));
        assert_eq!(fill("{release}/x", &values), Err("release".to_owned()));
    }

    #[test]
    fn braces_of_json_are_plain_characters_but_an_open_placeholder_is_not() {
        assert_eq!(placeholders(r#"{"status":"{name}"}"#), Some(vec!["name"]));
        assert_eq!(placeholders("{port"), None);
        assert_eq!(placeholders("{port]"), None);
    }
}
