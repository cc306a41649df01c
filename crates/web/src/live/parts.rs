//! The parts of a page: its main part, the project bar, and every card with an id, cut out of the document.
//!
//! The documents are our own and well-formed: every `section` that opens is closed.

use std::collections::BTreeMap;

/// The name of the main part among the parts.
pub(super) const MAIN: &str = "main";
/// The log of an operation comes line by line; its card is not sent again.
const LOG: &str = "log";

/// The parts of a document by id.
pub(super) fn of(document: &str) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    if let Some(bar) = element(document, "<section class=\"pbar\"", "section") {
        parts.insert("project-bar".to_owned(), bar.to_owned());
    }
    let Some(main) = element(document, "<main", "main") else { return parts };
    let mut rest = main;
    while let Some(start) = rest.find("<section") {
        let Some(section) = whole(&rest[start..], "section") else { break };
        if let Some(id) = id(section).filter(|id| *id != LOG) {
            parts.insert(id.to_owned(), section.to_owned());
        }
        rest = &rest[start + section.len()..];
    }
    for (tag, start) in [
        ("ol", "<ol class=\"sbar\""),
        ("div", "<div class=\"head\""),
        ("div", "<div class=\"banner\""),
    ] {
        if let Some(found) = element(main, start, tag)
            && let Some(id) = id(found)
        {
            parts.insert(id.to_owned(), found.to_owned());
        }
    }
    parts.insert(MAIN.to_owned(), main.to_owned());
    parts
}

/// An element without the keys of its forms, which are fresh every time.
pub(super) fn bare(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("name=\"_key\" value=\"") {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let after = after.split_once("value=\"").map_or("", |(_, value)| value);
        rest = after.split_once('"').map_or("", |(_, tail)| tail);
    }
    out.push_str(rest);
    out
}

/// The first element that begins like this.
fn element<'a>(document: &'a str, start: &str, tag: &str) -> Option<&'a str> {
    whole(&document[document.find(start)?..], tag)
}

/// The element at the beginning of the text, to its own end.
fn whole<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
    let mut depth = 0_u32;
    let mut at = 0;
    loop {
        let next_close = text[at..].find(&close)? + at;
        if let Some(found) = text[at..next_close].find(&open) {
            let end = at + found + open.len();
            // `<section` but not `<sectioning`.
            if text[end..].starts_with([' ', '>']) {
                depth += 1;
            }
            at = end;
        } else {
            depth = depth.checked_sub(1)?;
            at = next_close + close.len();
            if depth == 0 {
                return Some(&text[..at]);
            }
        }
    }
}

/// The id in the element's own tag.
fn id(element: &str) -> Option<&str> {
    let tag = &element[..element.find('>')?];
    let (_, rest) = tag.split_once(" id=\"")?;
    rest.split_once('"').map(|(id, _)| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<body><section class=\"pbar\" id=\"project-bar\">bar</section>\
        <main id=\"main\"><div class=\"head\" id=\"head\"><h1>x</h1></div><section class=\"card\" id=\"a\">1<section class=\"card\" id=\"b\">2</section></section>\
        <section id=\"log\">lines</section><section>no id</section></main></body>";

    #[test]
    fn a_page_is_cut_into_its_bar_its_head_its_cards_and_its_main_part() {
        let parts = of(PAGE);
        let ids: Vec<&str> = parts.keys().map(String::as_str).collect();
        assert_eq!(ids, ["a", "head", "main", "project-bar"]);
        assert!(parts["a"].ends_with("2</section></section>"));
        assert!(parts["main"].starts_with("<main") && parts["main"].ends_with("</main>"));
    }

    #[test]
    fn fresh_keys_do_not_make_a_part_another_one() {
        let form = |key: &str| format!("<input name=\"_key\" value=\"{key}\"><b>x</b>");
        assert_eq!(bare(&form("1")), bare(&form("2")));
        assert_ne!(bare(&form("1")), bare("<b>y</b>"));
    }
}
