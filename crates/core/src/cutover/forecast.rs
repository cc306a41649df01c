//! The live forecast: what is done is known, what is not started ticks with the clock.
//!
//! It answers what people ask in the cutover room: when are we through (as planned, and in 50, 80, 95 of 100 cases), when
//! would the old system be open again if we went back now, until when can that be decided, how long is it to the point
//! of no return.

use super::check::Problem;
use super::plan::{Plan, Task};
use super::simulate::{Distribution, Percentiles, Simulation, Start, simulate};
use super::task::State;
use super::timetable::{Anchor, Moments, Net, Pace, Standing, instant, moments, seconds};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The state of each task of a run, by the task's id; what is absent has not been started.
pub type States = BTreeMap<String, State>;

/// What a forecast is made with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct How {
    /// The simulation; its correlation is used for the second, careful answer.
    pub simulation: Simulation,
    /// `cutover.forecast_percentile`: the share of runs that must end inside the window.
    pub percentile: f64,
}

impl How {
    /// Reads the numbers from the pack; seed and correlation are handed in.
    pub fn of(policy: &crate::policy::Policy, seed: u64, correlation: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "brought inside its range"
        )]
        let samples = policy.number("cutover.forecast_samples")?.clamp(1.0, 100_000.0) as u32;
        let percentile = policy.number("cutover.forecast_percentile")?;
        Some(Self { simulation: Simulation { samples, seed, correlation }, percentile })
    }
}

/// When a task is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// It started, or will.
    pub start: Timestamp,
    /// It finished, or will.
    pub finish: Timestamp,
}

/// When something ends, over all simulated runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// The usual points.
    pub percentiles: Percentiles,
    /// The point that the policy asks for.
    pub at_policy: Timestamp,
    /// Runs that end inside the window, in per cent.
    pub inside_window: f64,
    /// Minutes between the policy's point and the end of the window; negative when it does not fit.
    pub margin_minutes: i64,
}

/// The way back, if it were decided now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackOut {
    /// The old system is open again, by planned durations.
    pub released: Timestamp,
    /// The same by pessimistic durations.
    pub released_pessimistic: Timestamp,
    /// Everything is done, what was written on paper included.
    pub finished: Timestamp,
    /// The old system is needed by then.
    pub needed: Option<Timestamp>,
    /// The last moment to decide it, by planned durations.
    pub latest_decision: Option<Timestamp>,
    /// The same by pessimistic durations.
    pub latest_decision_pessimistic: Option<Timestamp>,
    /// Minutes between the release and the need; negative: too late.
    pub margin_minutes: Option<i64>,
}

/// The task that cannot be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoReturn {
    /// Which one.
    pub task: String,
    /// When it starts, or started.
    pub at: Timestamp,
    /// Seconds until then; zero or less when it is behind.
    pub seconds_left: i64,
    /// True when it has begun.
    pub begun: bool,
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// When it was made.
    pub at: Timestamp,
    /// The fixed moments.
    pub moments: Moments,
    /// Each task of the forward plan, by planned durations.
    pub expected: BTreeMap<String, Expected>,
    /// The chain of tasks that decides when the window closes, from what drives it now.
    pub critical_path: Vec<String>,
    /// The end of the window's work, durations independent of each other.
    pub closing: Outlook,
    /// The same with durations that hang together.
    pub closing_together: Outlook,
    /// Each checkpoint that is still ahead.
    pub checkpoints: BTreeMap<String, Percentiles>,
    /// The way back, if the plan has one.
    pub back_out: Option<BackOut>,
    /// The first point of no return.
    pub no_return: Option<NoReturn>,
}

/// Makes the forecast of a run at a moment; before the run begins all tasks wait.
pub fn forecast(
    plan: &Plan,
    anchor: &Anchor,
    states: &States,
    now: Timestamp,
    how: How,
) -> Result<Forecast, Vec<Problem>> {
    let tasks = plan.forward();
    let net = Net::of(&tasks, Some(anchor))?;
    let moments = moments(plan, anchor)?;
    let live = Live {
        net: &net,
        tasks: &tasks,
        standing: standing(&tasks, states),
        moments: &moments,
        now,
    };
    let times = live.times(Pace::Planned);
    let expected = tasks.iter().zip(&times).map(|(task, &(start, finish))| {
        (task.id.clone(), Expected { start: instant(start), finish: instant(finish) })
    });
    let closes = net.graph.index(&plan.window_closes).ok_or_else(|| {
        vec![Problem::Window { end: "closes".to_owned(), task: plan.window_closes.clone() }]
    })?;
    let ahead: Vec<usize> = (0..tasks.len()).filter(|&at| live.is_checkpoint_ahead(at)).collect();
    let targets: Vec<usize> = std::iter::once(closes).chain(ahead.iter().copied()).collect();
    let alone = live.simulate(&targets, Simulation { correlation: 0.0, ..how.simulation });
    let together = live.simulate(&[closes], how.simulation);
    let checkpoints = ahead.iter().zip(&alone[1..]);
    Ok(Forecast {
        at: now,
        moments,
        expected: expected.collect(),
        critical_path: live.driving_chain(closes, &times),
        closing: outlook(&alone[0], &moments, how.percentile),
        closing_together: outlook(&together[0], &moments, how.percentile),
        checkpoints: checkpoints.map(|(&at, d)| (tasks[at].id.clone(), d.percentiles())).collect(),
        back_out: back_out(plan, states, &moments, now)?,
        no_return: live.no_return(&times),
    })
}

/// Where each task stands, in seconds.
pub(crate) fn standing(tasks: &[&Task], states: &States) -> Vec<Standing> {
    tasks
        .iter()
        .map(|task| match states.get(&task.id) {
            None => Standing::Open,
            Some(state) => match (state.over(), state.is_at_work(), state.started()) {
                (Some((start, finish)), _, _) => {
                    Standing::Over { start: start.as_second(), finish: finish.as_second() }
                }
                (None, true, Some(since)) => Standing::Running { since: since.as_second() },
                // What failed or was held must be done again.
                (None, _, _) => Standing::Open,
            },
        })
        .collect()
}

/// The forward plan at a moment.
struct Live<'a> {
    net: &'a Net,
    tasks: &'a [&'a Task],
    standing: Vec<Standing>,
    moments: &'a Moments,
    now: Timestamp,
}

impl Live<'_> {
    fn times(&self, pace: Pace) -> Vec<(i64, i64)> {
        let durations: Vec<i64> =
            self.tasks.iter().map(|task| seconds(pace.minutes(task))).collect();
        self.net.forward(
            &durations,
            &self.standing,
            self.moments.window_opens.as_second(),
            Some(self.now.as_second()),
        )
    }

    fn simulate(&self, targets: &[usize], how: Simulation) -> Vec<Distribution> {
        let start = Start {
            standing: &self.standing,
            origin: self.moments.window_opens.as_second(),
            now: Some(self.now.as_second()),
        };
        simulate(self.net, self.tasks, start, targets, how)
    }

    fn is_checkpoint_ahead(&self, at: usize) -> bool {
        let over = matches!(self.standing[at], Standing::Over { .. });
        self.tasks[at].is_checkpoint() && !over
    }

    /// Back from the target through whatever decides each start, until something is over or waits for the clock.
    fn driving_chain(&self, target: usize, times: &[(i64, i64)]) -> Vec<String> {
        let mut chain = vec![self.tasks[target].id.clone()];
        let mut at = target;
        while matches!(self.standing[at], Standing::Open) {
            let driver = self
                .net
                .graph
                .predecessors(at)
                .iter()
                .copied()
                .find(|&p| times[p].1 == times[at].0);
            let Some(driver) =
                driver.filter(|&p| !matches!(self.standing[p], Standing::Over { .. }))
            else {
                break;
            };
            chain.push(self.tasks[driver].id.clone());
            at = driver;
        }
        chain.reverse();
        chain
    }

    fn no_return(&self, times: &[(i64, i64)]) -> Option<NoReturn> {
        let points = (0..self.tasks.len()).filter(|&at| self.tasks[at].point_of_no_return);
        let first = points.min_by_key(|&at| times[at].0)?;
        let start = times[first].0;
        Some(NoReturn {
            task: self.tasks[first].id.clone(),
            at: instant(start),
            seconds_left: start - self.now.as_second(),
            begun: !matches!(self.standing[first], Standing::Open),
        })
    }
}

fn outlook(distribution: &Distribution, moments: &Moments, percentile: f64) -> Outlook {
    let at_policy = distribution.at(percentile);
    Outlook {
        percentiles: distribution.percentiles(),
        at_policy,
        inside_window: distribution.finished_by(moments.window_ends),
        margin_minutes: minutes_between(at_policy, moments.window_ends),
    }
}

/// Whole minutes from one moment to another, rounded down.
pub(crate) fn minutes_between(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_second() - from.as_second()).div_euclid(60)
}

/// The way back if it is decided now (or as it goes, when it has been decided).
pub fn back_out(
    plan: &Plan,
    states: &States,
    moments: &Moments,
    now: Timestamp,
) -> Result<Option<BackOut>, Vec<Problem>> {
    let tasks = plan.way_back();
    if tasks.is_empty() {
        return Ok(None);
    }
    let net = Net::of(&tasks, None)?;
    let standing = standing(&tasks, states);
    let at = |pace: Pace| {
        let durations: Vec<i64> = tasks.iter().map(|task| seconds(pace.minutes(task))).collect();
        net.forward(&durations, &standing, now.as_second(), Some(now.as_second()))
    };
    let release = release_of(&tasks, &net);
    let (planned, pessimistic) = (at(Pace::Planned), at(Pace::Pessimistic));
    let released = |times: &[(i64, i64)]| instant(times[release].1);
    let end = planned.iter().map(|&(_, finish)| finish).max().unwrap_or_default();
    let needed = moments.old_system_needed;
    let latest = |released: Timestamp| {
        needed.map(|needed| instant(needed.as_second() - (released.as_second() - now.as_second())))
    };
    Ok(Some(BackOut {
        released: released(&planned),
        released_pessimistic: released(&pessimistic),
        finished: instant(end),
        needed,
        latest_decision: latest(released(&planned)),
        latest_decision_pessimistic: latest(released(&pessimistic)),
        margin_minutes: needed.map(|needed| minutes_between(released(&planned), needed)),
    }))
}

/// The task that releases the old system: the last checkpoint of the way back, or its last task.
fn release_of(tasks: &[&Task], net: &Net) -> usize {
    let order = net.graph.order();
    let last = order.iter().rev().copied().find(|&at| tasks[at].is_checkpoint());
    last.or(order.last().copied()).expect("the way back has tasks")
}
