//! Usage profiles: TOML for whole ones, CSV and workbooks for the processes in them.
//!
//! The sums that a file states (`[derived]`) are computed from its lines; a file whose sums differ is refused.

mod rows;

use crate::content::{LIMIT, is_id};
use crate::source::tables::{Document, Located};
use crate::source::{Invalid, MOST_ERRORS};
use crate::table::{Row, Shape, Table, once};
use golive_core::estimate::{
    Basis, Batch, Channel, Derived, Estimate, Hour, Licence, Process, Report,
};
use golive_core::sizing::Rules;
use rows::{DerivedRow, Head, HourRow, ProfileRow, SiteRow, WaveRow};
use std::collections::{BTreeMap, BTreeSet};

/// The schema line of an estimate.
pub const SCHEMA: &str = "golive.estimate/1";

/// What a file of an estimate says.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The project it is for.
    pub project: String,
    /// True when the file calls it the active one.
    pub active: bool,
    /// The profile.
    pub estimate: Estimate,
}

/// Reads a usage profile; levels of own code and the weight of batch lines are those of the rules.
pub fn read(file: &str, bytes: &[u8], rules: &Rules) -> Result<Read, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let head = document.one::<Head>("estimate");
    let characteristics = document.maybe::<BTreeMap<String, serde_json::Value>>("characteristics");
    let licences = document.many::<Licence>("licence");
    document.refuse_twice("licence", licences.iter().map(|row| (row.line, row.kind.as_str())));
    let waves = document.many::<WaveRow>("wave");
    let sites = document.many::<SiteRow>("site");
    let profiles = profiles(&mut document);
    let hours = hours(&mut document);
    let processes = processes_of(&mut document, &profiles);
    let batches = batches(&mut document, &processes);
    let reports = document.many::<Report>("report");
    let stated = document.maybe::<DerivedRow>("derived");
    let read = head.map(|located| {
        let Located { line, row: head } = located;
        head.judge(&mut document, line, rules);
        let mut read = head.read();
        read.estimate.characteristics =
            characteristics.map(|located| located.row).unwrap_or_default();
        read.estimate.licences = plain(licences);
        read.estimate.waves = waves.into_iter().map(|located| located.row.wave()).collect();
        read.estimate.sites = sites.into_iter().map(|located| located.row.site()).collect();
        read.estimate.profiles = profiles;
        read.estimate.hours = hours;
        read.estimate.processes = processes;
        read.estimate.batches = batches;
        read.estimate.reports = plain(reports);
        read
    });
    if let (Some(read), Some(stated)) = (&read, &stated) {
        let weight = rules.parameter("batch_weight").unwrap_or(1.0);
        stated.row.compare(
            &mut document,
            stated.line,
            &read.estimate,
            &Derived::of(&read.estimate, weight),
        );
    }
    document.finish()?;
    Ok(read.expect("without a head there was an error"))
}

fn plain<T>(rows: Vec<Located<T>>) -> Vec<T> {
    rows.into_iter().map(|located| located.row).collect()
}

fn profiles(document: &mut Document<'_>) -> BTreeMap<String, Vec<u32>> {
    let rows = document.many::<ProfileRow>("profile");
    document.refuse_twice("profile", rows.iter().map(|row| (row.line, row.id.as_str())));
    for row in &rows {
        if row.percent.len() != 24 || row.percent.iter().any(|&percent| percent > 100) {
            let found = format!("{} shares", row.percent.len());
            document.refuse(row.line, "profile", &row.id, "24 shares, each 0 to 100", found);
        }
    }
    rows.into_iter().map(|located| (located.row.id, located.row.percent)).collect()
}

fn hours(document: &mut Document<'_>) -> Vec<Hour> {
    let rows = document.many::<HourRow>("hour");
    let mut seen = BTreeSet::new();
    for row in &rows {
        if row.hour > 23 || !seen.insert(row.hour) {
            document.refuse_at(row.line, None, "each hour from 0 to 23 once", row.hour.to_string());
        }
    }
    rows.into_iter().map(|located| located.row.hour()).collect()
}

fn processes_of(
    document: &mut Document<'_>,
    profiles: &BTreeMap<String, Vec<u32>>,
) -> Vec<Process> {
    let rows = document.many::<Process>("process");
    document.refuse_twice("process", rows.iter().map(|row| (row.line, row.id.as_str())));
    for row in &rows {
        if let Some(shape) = row.profile.as_ref().filter(|shape| !profiles.contains_key(*shape)) {
            document.refuse(
                row.line,
                "process",
                &row.id,
                "a profile of this file",
                format!("`{shape}`"),
            );
        }
        if let Some(found) = no_amount(&row.row) {
            document.refuse(
                row.line,
                "process",
                &row.id,
                "lines that are not negative",
                found.to_string(),
            );
        }
    }
    plain(rows)
}

/// A number of lines that cannot be.
fn no_amount(process: &Process) -> Option<f64> {
    [process.peak_lines_per_hour, process.lines_per_day]
        .into_iter()
        .find(|n| !n.is_finite() || *n < 0.0)
}

fn batches(document: &mut Document<'_>, processes: &[Process]) -> Vec<Batch> {
    let rows = document.many::<Batch>("batch");
    for row in &rows {
        if !processes.iter().any(|process| process.id == row.process) {
            document.refuse(
                row.line,
                "batch",
                &row.process,
                "a process of this file",
                format!("`{}`", row.process),
            );
        }
        if !(1..=24).contains(&row.hours) {
            document.refuse(
                row.line,
                "batch",
                &row.process,
                "1 to 24 hours",
                row.hours.to_string(),
            );
        }
    }
    plain(rows)
}

/// The columns of a table of processes.
const SHAPE: Shape = Shape {
    required: &[
        "id",
        "title",
        "channel",
        "peak_lines_per_hour",
        "lines_per_day",
        "stored",
        "users",
        "basis",
    ],
    optional: &["chain", "profile"],
    aliases: &[],
    others: false,
};

/// Reads the processes of a profile from CSV or a workbook (sheet `processes`).
pub fn processes(file: &str, bytes: &[u8]) -> Result<Vec<Process>, Vec<Invalid>> {
    let table = Table::either(file, bytes, "processes", SHAPE)?;
    let mut errors = Vec::new();
    let rows = table.rows(&mut errors).read(process);
    once(&table, "id", &rows, |process: &Process| &process.id, &mut errors);
    errors.truncate(MOST_ERRORS);
    if errors.is_empty() {
        Ok(rows.into_iter().map(|(_, process)| process).collect())
    } else {
        Err(errors)
    }
}

fn process(row: &mut Row<'_>) -> Option<Process> {
    let id = row.required("id")?;
    if !is_id(&id) {
        row.wrong("id", "an id such as web-orders", &id);
    }
    let title = row.required("title");
    let channel = match row.text("channel").as_str() {
        "client" => Some(Channel::Client),
        "integration" => Some(Channel::Integration),
        "batch" => Some(Channel::Batch),
        other => {
            row.wrong("channel", "client, integration or batch", other);
            None
        }
    };
    let basis = match row.text("basis").as_str() {
        "measured" => Some(Basis::Measured),
        "counted" => Some(Basis::Counted),
        "guessed" => Some(Basis::Guessed),
        other => {
            row.wrong("basis", "measured, counted or guessed", other);
            None
        }
    };
    let process = Process {
        id,
        title: title?,
        chain: row.text("chain"),
        channel: channel?,
        peak_lines_per_hour: amount(row, "peak_lines_per_hour")?,
        lines_per_day: amount(row, "lines_per_day")?,
        stored: row.flag("stored")?,
        profile: row.maybe("profile"),
        users: row.parsed("users", "a whole number").unwrap_or_default(),
        basis: basis?,
    };
    if let Some(found) = no_amount(&process) {
        row.wrong("peak_lines_per_hour", "lines that are not negative", &found.to_string());
    }
    Some(process)
}

fn amount(row: &mut Row<'_>, column: &str) -> Option<f64> {
    row.required(column)?;
    row.parsed(column, "a number")
}

#[cfg(test)]
mod tests;
