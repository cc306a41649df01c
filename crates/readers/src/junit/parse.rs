//! From pieces of XML to runs.

use super::{MOST_BYTES, Options, Run};
use crate::source::{Invalid, shorten};
use crate::xml::{Piece, Xml};
use golive_core::acceptance::result::Outcome;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Runs in one file.
const MOST_RUNS: usize = 500_000;
/// Characters of a failure's message.
const MOST_MESSAGE: usize = 2_000;

type Attributes = BTreeMap<String, String>;

/// A suite that is open.
#[derive(Default)]
struct Suite {
    name: String,
    at: Option<Timestamp>,
    properties: BTreeMap<String, String>,
}

struct Parser<'a> {
    xml: Xml<'a>,
    options: &'a Options,
    suites: Vec<Suite>,
    runs: Vec<Run>,
}

pub(super) fn runs(file: &str, bytes: &[u8], options: &Options) -> Result<Vec<Run>, Vec<Invalid>> {
    let one = |error: Invalid| vec![error];
    let xml = Xml::new(file, bytes, MOST_BYTES).map_err(one)?;
    let mut parser = Parser { xml, options, suites: Vec::new(), runs: Vec::new() };
    match parser.xml.piece().map_err(one)? {
        Piece::Open { name, attributes, .. } if name == "testsuites" || name == "testsuite" => {
            parser.suite(&attributes).map_err(one)?;
        }
        Piece::Open { name, .. } => {
            return Err(one(parser.xml.wrong("<testsuites> or <testsuite>", format!("<{name}>"))));
        }
        Piece::Text(_) | Piece::Close { .. } | Piece::End => {
            return Err(one(parser.xml.wrong("<testsuites> or <testsuite>", "no element")));
        }
    }
    match parser.xml.piece().map_err(one)? {
        Piece::End => Ok(parser.runs),
        Piece::Open { .. } | Piece::Text(_) | Piece::Close { .. } => {
            Err(one(parser.xml.wrong("the end of the file", "another element")))
        }
    }
}

impl Parser<'_> {
    /// One suite with everything in it. Suites nest; the depth is limited by the XML reader.
    fn suite(&mut self, attributes: &Attributes) -> Result<(), Invalid> {
        let at = self.when(attributes)?;
        let inherited = self.suites.last().and_then(|suite| suite.at);
        let name = attributes.get("name").cloned().unwrap_or_default();
        self.suites.push(Suite { name, at: at.or(inherited), properties: BTreeMap::new() });
        loop {
            match self.xml.piece()? {
                Piece::Open { name, attributes, line } => match name.as_str() {
                    "testsuite" | "testsuites" => self.suite(&attributes)?,
                    "testcase" => self.run(&attributes, line)?,
                    "properties" => {
                        let read = self.properties()?;
                        self.suites.last_mut().expect("a suite is open").properties.extend(read);
                    }
                    _ => self.xml.skip()?,
                },
                Piece::Close { .. } | Piece::End => break,
                Piece::Text(_) => {}
            }
        }
        self.suites.pop();
        Ok(())
    }

    fn run(&mut self, attributes: &Attributes, line: usize) -> Result<(), Invalid> {
        let said_at = self.when(attributes)?;
        let seconds = self.seconds(attributes)?;
        let mut properties: BTreeMap<String, String> = BTreeMap::new();
        for suite in &self.suites {
            properties.extend(suite.properties.clone());
        }
        let mut outcome = by_attribute(attributes);
        let mut message = None;
        loop {
            match self.xml.piece()? {
                Piece::Open { name, attributes, .. } => match name.as_str() {
                    "failure" | "error" => {
                        outcome = Outcome::Failed { cause: None };
                        message = message.or(Some(self.message(&attributes)?));
                    }
                    "skipped" | "disabled" => {
                        outcome = Outcome::NotRun;
                        message = Some(self.message(&attributes)?);
                    }
                    "properties" => properties.extend(self.properties()?),
                    // Retries say nothing: a test that failed before it passed did pass, and one that did not
                    // pass in the end has a failure of its own.
                    _ => self.xml.skip()?,
                },
                Piece::Close { .. } | Piece::End => break,
                Piece::Text(_) => {}
            }
        }
        if self.runs.len() >= MOST_RUNS {
            return Err(self.xml.wrong(format!("at most {MOST_RUNS} test cases"), "more"));
        }
        let own = attributes.get("name").map_or("", String::as_str);
        let class = attributes
            .get("classname")
            .or_else(|| attributes.get("class"))
            .map_or("", String::as_str);
        let suites = self.suites.iter().map(|suite| suite.name.as_str());
        let mut names = vec![own, class];
        names.extend(suites.clone().rev());
        let cases = self.options.naming.cases(&properties, &names);
        let whole: Vec<&str> = suites.chain([class, own]).filter(|part| !part.is_empty()).collect();
        let at = said_at.or_else(|| self.suites.last().and_then(|suite| suite.at));
        let message = message.filter(|text| !text.is_empty());
        let name = shorten(&whole.join(" / "), 500);
        self.runs.push(Run { line, name, cases, outcome, at, seconds, message, properties });
        Ok(())
    }

    /// `<property name="" value=""/>`, or with the value as text.
    fn properties(&mut self) -> Result<BTreeMap<String, String>, Invalid> {
        let mut properties = BTreeMap::new();
        loop {
            match self.xml.piece()? {
                Piece::Open { name, attributes, .. } if name == "property" => {
                    let text = self.xml.inner_text(MOST_MESSAGE)?;
                    let value =
                        attributes.get("value").cloned().unwrap_or_else(|| text.trim().to_owned());
                    if let Some(name) = attributes.get("name") {
                        properties.insert(name.clone(), value);
                    }
                }
                Piece::Open { .. } => self.xml.skip()?,
                Piece::Close { .. } | Piece::End => return Ok(properties),
                Piece::Text(_) => {}
            }
        }
    }

    fn message(&mut self, attributes: &Attributes) -> Result<String, Invalid> {
        let text = self.xml.inner_text(MOST_MESSAGE)?;
        let said = attributes.get("message").cloned().unwrap_or_default();
        let whole = if said.trim().is_empty() { text.trim().to_owned() } else { said };
        Ok(whole.chars().take(MOST_MESSAGE).collect())
    }

    /// Seconds, also as `1,234.5`.
    fn seconds(&mut self, attributes: &Attributes) -> Result<Option<f64>, Invalid> {
        let Some(text) = attributes.get("time").filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        let parsed = text.trim().trim_end_matches('s').replace(',', "").parse::<f64>();
        match parsed.ok().filter(|seconds| seconds.is_finite() && *seconds >= 0.0) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(self.xml.wrong("a time in seconds", text.as_str())),
        }
    }

    /// An instant with offset, or a civil time in the zone of the options.
    fn when(&mut self, attributes: &Attributes) -> Result<Option<Timestamp>, Invalid> {
        let Some(text) = attributes.get("timestamp").filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        match instant(text.trim(), &self.options.zone) {
            Some(at) => Ok(Some(at)),
            None => Err(self.xml.wrong("a time such as 2027-02-01T09:00:00", text.as_str())),
        }
    }
}

/// An instant with offset, or a civil time in a zone.
pub(crate) fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let civil: DateTime = text.parse().ok()?;
    Some(civil.to_zoned_datetime(zone.clone()).ok()?.timestamp())
}

/// What some tools say in an attribute instead of an element.
fn by_attribute(attributes: &Attributes) -> Outcome {
    let word = |name: &str| attributes.get(name).map(|text| text.to_lowercase());
    let words = [word("status"), word("result")];
    let is = |list: &[&str]| words.iter().flatten().any(|word| list.contains(&word.as_str()));
    if is(&["notrun", "skipped", "disabled", "ignored", "pending", "suppressed"]) {
        Outcome::NotRun
    } else if is(&["failed", "failure", "error", "errored"]) {
        Outcome::Failed { cause: None }
    } else if is(&["blocked"]) {
        Outcome::Blocked
    } else {
        Outcome::Passed
    }
}
