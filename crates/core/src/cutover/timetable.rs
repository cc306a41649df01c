//! Forward and backward pass: when each task can start, when it must, and the longest chain of work.

use super::check::Problem;
use super::graph::Graph;
use super::plan::{Plan, Task};
use crate::calendar::UnknownZone;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a plan's relative times count from: the go-live day (or day zero of a rehearsal) and the project's zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Anchor {
    /// The go-live day.
    pub go_live: Date,
    /// The project's zone.
    pub zone: TimeZone,
}

impl Anchor {
    /// Names the zone as the project does.
    pub fn new(go_live: Date, zone: &str) -> Result<Self, UnknownZone> {
        let zone = TimeZone::get(zone).map_err(|_| UnknownZone(zone.to_owned()))?;
        Ok(Self { go_live, zone })
    }
}

/// Which of the three durations counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Everything goes well.
    Optimistic,
    /// As planned.
    Planned,
    /// Everything goes badly.
    Pessimistic,
}

impl Pace {
    /// The minutes of a task at this pace.
    pub fn minutes(self, task: &Task) -> u32 {
        match self {
            Self::Optimistic => task.durations.optimistic,
            Self::Planned => task.durations.planned,
            Self::Pessimistic => task.durations.pessimistic,
        }
    }
}

/// The fixed moments of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moments {
    /// The window opens.
    pub window_opens: Timestamp,
    /// The window ends.
    pub window_ends: Timestamp,
    /// The business starts.
    pub business_start: Timestamp,
    /// The old system is needed again, if the way back is taken.
    pub old_system_needed: Option<Timestamp>,
}

/// When a task can start and when it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// It can start then.
    pub earliest_start: Timestamp,
    /// It is finished then.
    pub earliest_finish: Timestamp,
    /// It must start then, or the window (or the start of business) is missed.
    pub latest_start: Timestamp,
    /// It must be finished then.
    pub latest_finish: Timestamp,
    /// Minutes between the two; negative when the plan does not fit.
    pub slack_minutes: i64,
    /// True on the longest chain of work in the window.
    pub on_longest_chain: bool,
}

/// All times of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timetable {
    /// The fixed moments.
    pub moments: Moments,
    /// The times by task.
    pub slots: BTreeMap<String, Slot>,
    /// The longest chain of work from the opening to the closing of the window; waiting does not count.
    pub longest_chain: Vec<String>,
    /// Its length.
    pub longest_chain_minutes: u32,
}

impl Timetable {
    /// When a task is finished at the earliest.
    pub fn finish(&self, task: &str) -> Option<Timestamp> {
        self.slots.get(task).map(|slot| slot.earliest_finish)
    }
}

/// Computes all times of the forward plan.
pub fn timetable(plan: &Plan, anchor: &Anchor, pace: Pace) -> Result<Timetable, Vec<Problem>> {
    let tasks = plan.forward();
    let net = Net::of(&tasks, Some(anchor))?;
    let moments = moments(plan, anchor)?;
    let durations: Vec<i64> = tasks.iter().map(|task| seconds(pace.minutes(task))).collect();
    let origin = moments.window_opens.as_second();
    let early = net.forward(&durations, &vec![Standing::Open; tasks.len()], origin, None);
    let late = net.backward(&durations, &deadlines(plan, &net, &early, &moments));
    let (chain, minutes) = longest_chain(plan, &plan.window_opens, &plan.window_closes, pace)?;
    let slots = tasks.iter().enumerate().map(|(at, task)| {
        let slot = Slot {
            earliest_start: instant(early[at].0),
            earliest_finish: instant(early[at].1),
            latest_start: instant(late[at] - durations[at]),
            latest_finish: instant(late[at]),
            slack_minutes: (late[at] - early[at].1).div_euclid(60),
            on_longest_chain: chain.contains(&task.id),
        };
        (task.id.clone(), slot)
    });
    let slots = slots.collect();
    Ok(Timetable { moments, slots, longest_chain: chain, longest_chain_minutes: minutes })
}

/// What must be finished when: the closing by the end of the window, what the start of business waits for by then,
/// and everything else by the end of the plan.
fn deadlines(plan: &Plan, net: &Net, early: &[(i64, i64)], moments: &Moments) -> Vec<i64> {
    let end = early.iter().map(|&(_, finish)| finish).max().unwrap_or_default();
    let business = moments.business_start.as_second();
    let closes = net.graph.index(&plan.window_closes);
    (0..net.graph.len())
        .map(|at| match closes {
            Some(closes) if closes == at => moments.window_ends.as_second(),
            Some(_) | None if net.not_before[at] == Some(business) => {
                business + early[at].1 - early[at].0
            }
            Some(_) | None => end,
        })
        .collect()
}

/// The fixed moments of a plan, as instants.
pub fn moments(plan: &Plan, anchor: &Anchor) -> Result<Moments, Vec<Problem>> {
    let at = |moment: super::plan::DayTime, name: &str| {
        moment
            .at(anchor.go_live, &anchor.zone)
            .ok_or_else(|| vec![Problem::Moment { task: name.to_owned() }])
    };
    let window_opens = at(plan.window_start, &plan.window_opens)?;
    Ok(Moments {
        window_opens,
        window_ends: instant(window_opens.as_second() + i64::from(plan.window_hours) * 3600),
        business_start: at(plan.business_start, "business_start")?,
        old_system_needed: plan
            .old_system_needed_again
            .map(|m| at(m, "old_system_needed_again"))
            .transpose()?,
    })
}

/// The longest chain of work between two tasks, by duration alone, and its minutes.
pub fn longest_chain(
    plan: &Plan,
    from: &str,
    to: &str,
    pace: Pace,
) -> Result<(Vec<String>, u32), Vec<Problem>> {
    let tasks = plan.forward();
    let graph = Graph::of(&tasks)?;
    let (Some(from), Some(to)) = (graph.index(from), graph.index(to)) else {
        return Ok((Vec::new(), 0));
    };
    let (after, before) = (graph.after(from), graph.before(to));
    let mut best: Vec<Option<(u32, Option<usize>)>> = vec![None; tasks.len()];
    for &at in graph.order().iter().filter(|&&at| after[at] && before[at]) {
        let driver = graph
            .predecessors(at)
            .iter()
            .filter_map(|&p| best[p].map(|(length, _)| (length, p)))
            .max_by_key(|&(length, p)| (length, std::cmp::Reverse(p)));
        let length = driver.map_or(0, |(length, _)| length) + pace.minutes(tasks[at]);
        best[at] = Some((length, driver.map(|(_, p)| p)));
    }
    let minutes = best[to].map_or(0, |(length, _)| length);
    let mut chain = Vec::new();
    let mut at = best[to].is_some().then_some(to);
    while let Some(task) = at {
        chain.push(graph.id(task).to_owned());
        at = best[task].and_then(|(_, driver)| driver);
    }
    chain.reverse();
    Ok((chain, minutes))
}

/// Where a task stands when times are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not started.
    Open,
    /// At work since this second.
    Running {
        /// When it was started.
        since: i64,
    },
    /// Done, settled or skipped.
    Over {
        /// When it was started.
        start: i64,
        /// When it was finished.
        finish: i64,
    },
}

/// The graph with the moments before which tasks do not start, in seconds.
#[derive(Debug, Clone)]
pub struct Net {
    /// The graph.
    pub graph: Graph,
    /// The fixed starts.
    pub not_before: Vec<Option<i64>>,
}

impl Net {
    /// Builds it; without an anchor (the way back) fixed starts do not count.
    pub fn of(tasks: &[&Task], anchor: Option<&Anchor>) -> Result<Self, Vec<Problem>> {
        let graph = Graph::of(tasks)?;
        let fixed = tasks.iter().map(|task| match (anchor, task.fixed_start) {
            (Some(anchor), Some(moment)) => moment
                .at(anchor.go_live, &anchor.zone)
                .map(|at| Some(at.as_second()))
                .ok_or_else(|| vec![Problem::Moment { task: task.id.clone() }]),
            (Some(_) | None, _) => Ok(None),
        });
        let not_before = fixed.collect::<Result<_, _>>()?;
        Ok(Self { graph, not_before })
    }

    /// Start and finish of each task. What waits for nothing starts at `origin`; with `now`, what is not started cannot
    /// start earlier than now and what runs cannot have ended before it.
    pub fn forward(
        &self,
        durations: &[i64],
        standing: &[Standing],
        origin: i64,
        now: Option<i64>,
    ) -> Vec<(i64, i64)> {
        let mut times = vec![(0, 0); self.graph.len()];
        for &at in self.graph.order() {
            times[at] = match standing[at] {
                Standing::Over { start, finish } => (start, finish),
                Standing::Running { since } => {
                    (since, (since + durations[at]).max(now.unwrap_or(i64::MIN)))
                }
                Standing::Open => {
                    let waits = self.graph.predecessors(at).iter().map(|&p: &usize| times[p].1);
                    let start = waits
                        .chain(self.not_before[at])
                        .max()
                        .unwrap_or(origin)
                        .max(now.unwrap_or(i64::MIN));
                    (start, start + durations[at])
                }
            };
        }
        times
    }

    /// The latest finish of each task so that every deadline holds.
    pub fn backward(&self, durations: &[i64], deadlines: &[i64]) -> Vec<i64> {
        let mut latest = deadlines.to_vec();
        for &at in self.graph.order().iter().rev() {
            for &next in self.graph.successors(at) {
                latest[at] = latest[at].min(latest[next] - durations[next]);
            }
        }
        latest
    }
}

/// Minutes as seconds.
pub(crate) fn seconds(minutes: u32) -> i64 {
    i64::from(minutes) * 60
}

/// The instant of a second; what lies outside the calendar becomes its edge.
pub(crate) fn instant(second: i64) -> Timestamp {
    let (least, most) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(second.clamp(least, most))
        .expect("the second was brought inside the calendar")
}
