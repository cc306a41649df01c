//! The sample logs of JMeter. Only whole samples count: parts of a transaction are inside it already.

use crate::source::{Invalid, MOST_ERRORS, Place};
use crate::xml::{Piece, Xml};
use golive_core::load_test::{Measured, Report};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::io::Read;

/// Samples of one log.
const MOST_SAMPLES: usize = 20_000_000;
/// Labels of one log.
const MOST_LABELS: usize = 5_000;

/// What is kept of a label.
#[derive(Default)]
struct Label {
    elapsed: Vec<u32>,
    errors: u64,
}

/// What is kept of a log.
#[derive(Default)]
struct Log {
    labels: BTreeMap<String, Label>,
    samples: usize,
    first: Option<i64>,
    last: Option<i64>,
    users: Option<u64>,
}

/// One sample as it is written.
struct Sample<'a> {
    at: &'a str,
    elapsed: &'a str,
    label: &'a str,
    success: &'a str,
    users: Option<&'a str>,
}

/// What is wrong with a sample: field, expected, found.
type Wrong = (&'static str, String, String);

impl Log {
    fn add(&mut self, sample: &Sample<'_>) -> Result<(), Wrong> {
        let wrong =
            |field, expected: &str, found: &str| (field, expected.to_owned(), found.to_owned());
        let at: i64 = sample
            .at
            .parse()
            .map_err(|_| wrong("timeStamp", "milliseconds since 1970", sample.at))?;
        let elapsed: u32 =
            sample.elapsed.parse().map_err(|_| wrong("elapsed", "milliseconds", sample.elapsed))?;
        let passed = match sample.success {
            "true" => true,
            "false" => false,
            other => return Err(wrong("success", "true or false", other)),
        };
        if self.samples >= MOST_SAMPLES {
            return Err(("timeStamp", format!("at most {MOST_SAMPLES} samples"), "more".into()));
        }
        if self.labels.len() >= MOST_LABELS && !self.labels.contains_key(sample.label) {
            return Err(("label", format!("at most {MOST_LABELS} labels"), "more".into()));
        }
        self.samples += 1;
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        let end = at.saturating_add(i64::from(elapsed));
        self.last = Some(self.last.map_or(end, |last| last.max(end)));
        let users = sample.users.and_then(|users| users.parse().ok());
        self.users = self.users.max(users);
        let label = self.labels.entry(sample.label.to_owned()).or_default();
        label.elapsed.push(elapsed);
        label.errors += u64::from(!passed);
        Ok(())
    }

    fn report(self) -> Report {
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds of a test stay far below 2^52"
        )]
        let seconds = self.first.zip(self.last).map(|(first, last)| (last - first) as f64 / 1000.0);
        let measured =
            self.labels.into_iter().map(|(name, label)| measured(name, label, seconds)).collect();
        let started = self.first.and_then(|first| Timestamp::from_millisecond(first).ok());
        Report {
            tool: "jmeter".into(),
            started,
            seconds,
            users: self.users,
            measured,
            ..Report::default()
        }
    }
}

fn measured(process: String, mut label: Label, seconds: Option<f64>) -> Measured {
    label.elapsed.sort_unstable();
    let count = label.elapsed.len();
    // The smallest time that so many of a hundred keep.
    let rank = |percent: usize| label.elapsed[(count * percent).div_ceil(100).max(1) - 1];
    let sum: u64 = label.elapsed.iter().map(|ms| u64::from(*ms)).sum();
    #[expect(clippy::cast_precision_loss, reason = "sums of a test stay far below 2^52")]
    let (mean, samples) = (sum as f64 / count as f64, count as f64);
    Measured {
        process,
        samples: count as u64,
        errors: label.errors,
        mean_ms: mean,
        median_ms: f64::from(rank(50)),
        p90_ms: f64::from(rank(90)),
        p95_ms: f64::from(rank(95)),
        p99_ms: Some(f64::from(rank(99))),
        max_ms: f64::from(rank(100)),
        per_hour: seconds
            .filter(|seconds| *seconds > 0.0)
            .map(|seconds| samples * 3600.0 / seconds),
    }
}

/// A log in CSV, streamed.
pub(super) fn csv(file: &str, reader: impl Read) -> Result<Report, Vec<Invalid>> {
    let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
    let at =
        |row: usize, column: Option<&str>| Place::Row { row, column: column.map(str::to_owned) };
    let headers = match csv.headers() {
        Ok(headers) => headers.clone(),
        Err(error) => {
            return Err(vec![Invalid::new(file, at(1, None), "a header row", error.to_string())]);
        }
    };
    let column = |name: &str| headers.iter().position(|header| header == name);
    let needed = ["timeStamp", "elapsed", "label", "success"];
    let missing: Vec<Invalid> = needed
        .into_iter()
        .filter(|name| column(name).is_none())
        .map(|name| {
            Invalid::new(file, at(1, None), format!("a column {name}, as JMeter writes it"), "none")
        })
        .collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let (users, mut log, mut errors) = (column("allThreads"), Log::default(), Vec::new());
    let [time, elapsed, label, success] =
        needed.map(|name| column(name).expect("it was looked for above"));
    let (mut record, mut row) = (csv::StringRecord::new(), 1);
    loop {
        row += 1;
        match csv.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                return Err(vec![Invalid::new(
                    file,
                    at(row, None),
                    "a row of CSV",
                    error.to_string(),
                )]);
            }
        }
        let cell = |index: usize| record.get(index).unwrap_or_default();
        let sample = Sample {
            at: cell(time),
            elapsed: cell(elapsed),
            label: cell(label),
            success: cell(success),
            users: users.map(cell),
        };
        if let Err((field, expected, found)) = log.add(&sample) {
            errors.push(Invalid::new(file, at(row, Some(field)), expected, found));
        }
        if errors.len() >= MOST_ERRORS {
            break;
        }
    }
    finish(file, log, errors)
}

/// A log in XML: `<testResults>` with samples, in which samples may nest.
pub(super) fn xml(file: &str, bytes: &[u8], limit: usize) -> Result<Report, Invalid> {
    let mut xml = Xml::new(file, bytes, limit)?;
    match xml.piece()? {
        Piece::Open { name, .. } if name == "testResults" => {}
        Piece::Open { name, .. } => return Err(xml.wrong("<testResults>", format!("<{name}>"))),
        Piece::Text(_) | Piece::Close { .. } | Piece::End => {
            return Err(xml.wrong("<testResults>", "no element"));
        }
    }
    let mut log = Log::default();
    loop {
        match xml.piece()? {
            Piece::Open { attributes, .. } => {
                let field = |name: &str| attributes.get(name).map_or("", String::as_str);
                let users = attributes.get("na").map(String::as_str);
                let sample = Sample {
                    at: field("ts"),
                    elapsed: field("t"),
                    label: field("lb"),
                    success: field("s"),
                    users,
                };
                if let Err((field, expected, found)) = log.add(&sample) {
                    return Err(xml.wrong(format!("{field}: {expected}"), found));
                }
                xml.skip()?;
            }
            Piece::Close { .. } | Piece::End => break,
            Piece::Text(_) => {}
        }
    }
    finish(file, log, Vec::new()).map_err(|mut errors| errors.remove(0))
}

fn finish(file: &str, log: Log, mut errors: Vec<Invalid>) -> Result<Report, Vec<Invalid>> {
    if log.samples == 0 && errors.is_empty() {
        errors.push(Invalid::new(file, Place::File, "samples", "none"));
    }
    if errors.is_empty() { Ok(log.report()) } else { Err(errors) }
}
