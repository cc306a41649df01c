//! When the tasks of a cutover plan are worked on, for rehearsals and the live run.

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A task with its times.
pub struct Timed<'a> {
    /// The task as the plan has it.
    pub task: &'a Value,
    /// When it is started.
    pub start: Timestamp,
    /// When it is finished.
    pub finish: Timestamp,
}

impl Timed<'_> {
    /// Its name.
    pub fn id(&self) -> &str {
        self.task["id"].as_str().unwrap_or_default()
    }
}

/// The tasks of the way forward, as early as the plan has them and moved by a shift, in the order of their starts.
pub fn forward<'a>(tasks: &[&'a Value], shift: SignedDuration) -> Result<Vec<Timed<'a>>> {
    let mut all = Vec::new();
    for task in tasks.iter().filter(|task| task["section"] != "rollback") {
        let instant = |name: &str| -> Result<Timestamp> {
            let text =
                task["slot"][name].as_str().context("a task of the way forward has its slot")?;
            Ok(text.parse::<Timestamp>()?.checked_add(shift)?)
        };
        all.push(Timed {
            task,
            start: instant("earliest_start")?,
            finish: instant("earliest_finish")?,
        });
    }
    // Tasks without a duration come before those that start when they end.
    all.sort_by_key(|timed| (timed.start, timed.finish, timed.task["number"].as_u64()));
    Ok(all)
}

/// The tasks of the way back, each as soon as what comes before it is done, from this instant on.
pub fn way_back<'a>(tasks: &[&'a Value], from: Timestamp) -> Result<Vec<Timed<'a>>> {
    let mut finished: BTreeMap<&str, Timestamp> = BTreeMap::new();
    let mut open: Vec<&Value> =
        tasks.iter().copied().filter(|task| task["section"] == "rollback").collect();
    let mut all = Vec::new();
    while let Some(at) =
        open.iter().position(|task| names(task).all(|name| finished.contains_key(name)))
    {
        let task = open.remove(at);
        let start =
            names(task).filter_map(|name| finished.get(name)).max().copied().unwrap_or(from);
        let minutes = task["planned"].as_i64().unwrap_or_default();
        let finish = start.checked_add(SignedDuration::from_mins(minutes))?;
        finished.insert(task["id"].as_str().unwrap_or_default(), finish);
        all.push(Timed { task, start, finish });
    }
    Ok(all)
}

fn names(task: &Value) -> impl Iterator<Item = &str> {
    task["predecessors"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// A task and everything that comes before it.
pub fn before<'a>(tasks: &[&'a Value], last: &'a str) -> BTreeSet<&'a str> {
    let mut wanted = BTreeSet::new();
    let mut open = vec![last];
    while let Some(name) = open.pop() {
        if wanted.insert(name) {
            let task = tasks.iter().find(|task| task["id"] == name);
            open.extend(task.into_iter().flat_map(|task| names(task)));
        }
    }
    wanted
}
