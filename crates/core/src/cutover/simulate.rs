//! The plan run ten thousand times: triangular durations, the same seed always the same answer.
//!
//! Durations may hang together (a bad night is bad everywhere): then each run has one common mood, and every task's
//! chance is drawn around it with the correlation that is asked for.

use super::plan::Task;
use super::timetable::{Net, Standing, instant, seconds};
use jiff::Timestamp;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// How a plan is simulated; the numbers come from the policy pack, the seed from whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Simulation {
    /// How many runs.
    pub samples: u32,
    /// The seed: the same seed gives the same answer.
    pub seed: u64,
    /// How much durations hang together, 0 (not at all) to 1.
    pub correlation: f64,
}

/// When something is finished, over all simulated runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    sorted: Vec<i64>,
}

/// The usual points of a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    /// Half of the runs are finished.
    pub p50: Timestamp,
    /// 80 of 100 runs are finished.
    pub p80: Timestamp,
    /// 95 of 100 runs are finished.
    pub p95: Timestamp,
    /// The slowest run.
    pub worst: Timestamp,
}

impl Distribution {
    /// The moment by which this share of the runs (in per cent) is finished.
    pub fn at(&self, percent: f64) -> Timestamp {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "the share is brought between 0 and 1 and the number of runs is small"
        )]
        let rank = ((percent / 100.0).clamp(0.0, 1.0) * self.sorted.len() as f64).ceil() as usize;
        instant(self.sorted[rank.clamp(1, self.sorted.len()) - 1])
    }

    /// The share of the runs, in per cent, that are finished by then.
    pub fn finished_by(&self, moment: Timestamp) -> f64 {
        let inside = self.sorted.partition_point(|&finish| finish <= moment.as_second());
        #[expect(clippy::cast_precision_loss, reason = "the number of runs is small")]
        let share = inside as f64 * 100.0 / self.sorted.len() as f64;
        share
    }

    /// The usual points.
    pub fn percentiles(&self) -> Percentiles {
        Percentiles {
            p50: self.at(50.0),
            p80: self.at(80.0),
            p95: self.at(95.0),
            worst: self.at(100.0),
        }
    }
}

/// From where the simulation starts.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// Where each task stands.
    pub standing: &'a [Standing],
    /// What waits for nothing starts here.
    pub origin: i64,
    /// In a live run: nothing that is not started can start before it.
    pub now: Option<i64>,
}

/// Runs the plan many times; the answer has one distribution per target, in their order.
pub fn simulate(
    net: &Net,
    tasks: &[&Task],
    start: Start<'_>,
    targets: &[usize],
    how: Simulation,
) -> Vec<Distribution> {
    let lines = lines(net, tasks, start);
    let mut dice = Dice::new(how);
    let runs = how.samples.max(1) as usize;
    let mut found = vec![Vec::with_capacity(runs); targets.len()];
    let mut finish = vec![0.0; tasks.len()];
    for _ in 0..runs {
        dice.next_run();
        for line in &lines {
            let waits = line.predecessors.iter().map(|&p| finish[p]);
            let begin = waits.fold(line.earliest, f64::max);
            finish[line.at] = match line.standing {
                Standing::Over { .. } => line.earliest,
                Standing::Running { .. } => {
                    line.earliest + line.duration.at(line.duration.spent(&mut dice))
                }
                Standing::Open => begin + line.duration.at(dice.chance()),
            };
        }
        for (samples, &target) in found.iter_mut().zip(targets) {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "seconds of some weeks fit by far"
            )]
            samples.push(start.origin + finish[target].round() as i64);
        }
    }
    let sorted = |mut samples: Vec<i64>| {
        samples.sort_unstable();
        Distribution { sorted: samples }
    };
    found.into_iter().map(sorted).collect()
}

/// One task, ready for the inner loop; seconds after the origin.
struct Line<'a> {
    at: usize,
    predecessors: &'a [usize],
    standing: Standing,
    /// Over: its finish. Running: its start. Open: it does not start before this.
    earliest: f64,
    duration: Triangle,
}

fn lines<'a>(net: &'a Net, tasks: &[&Task], start: Start<'a>) -> Vec<Line<'a>> {
    #[expect(clippy::cast_precision_loss, reason = "seconds of some weeks are exact")]
    let after = |second: i64| (second - start.origin) as f64;
    let line = |&at: &usize| {
        let standing = start.standing[at];
        let predecessors = match standing {
            Standing::Open => net.graph.predecessors(at),
            Standing::Running { .. } | Standing::Over { .. } => &[],
        };
        let mut duration = Triangle::of(tasks[at]);
        let earliest = match standing {
            Standing::Over { finish, .. } => after(finish),
            Standing::Running { since } => {
                duration.gone = start.now.map_or(0.0, |now| after(now) - after(since)).max(0.0);
                after(since)
            }
            Standing::Open => {
                let origin = predecessors
                    .is_empty()
                    .then_some(start.origin)
                    .filter(|_| net.not_before[at].is_none());
                [net.not_before[at], start.now, origin]
                    .into_iter()
                    .flatten()
                    .max()
                    .map_or(f64::MIN, after)
            }
        };
        Line { at, predecessors, standing, earliest, duration }
    };
    net.graph.order().iter().map(line).collect()
}

/// A triangular duration in seconds, and how much of it is gone.
#[derive(Clone, Copy)]
struct Triangle {
    low: f64,
    mode: f64,
    high: f64,
    gone: f64,
}

impl Triangle {
    fn of(task: &Task) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a task's seconds are exact")]
        let points = |minutes: u32| seconds(minutes) as f64;
        let d = task.durations;
        Self {
            low: points(d.optimistic),
            mode: points(d.planned),
            high: points(d.pessimistic),
            gone: 0.0,
        }
    }

    /// The duration at this chance, 0 to 1; never less than what is gone.
    fn at(self, chance: f64) -> f64 {
        let (wide, left, right) =
            (self.high - self.low, self.mode - self.low, self.high - self.mode);
        if wide <= 0.0 {
            return self.low.max(self.gone);
        }
        let drawn = if chance * wide < left {
            self.low + (chance * wide * left).sqrt()
        } else {
            self.high - ((1.0 - chance) * wide * right).sqrt()
        };
        drawn.max(self.gone)
    }

    /// A chance among those durations that are longer than what is gone.
    fn spent(self, dice: &mut Dice) -> f64 {
        let past = self.share(self.gone);
        past + (1.0 - past) * dice.chance()
    }

    /// The share of durations up to this one.
    fn share(self, duration: f64) -> f64 {
        let wide = self.high - self.low;
        if duration <= self.low {
            0.0
        } else if duration >= self.high || wide <= 0.0 {
            1.0
        } else if duration < self.mode {
            (duration - self.low).powi(2) / (wide * (self.mode - self.low))
        } else {
            1.0 - (self.high - duration).powi(2) / (wide * (self.high - self.mode))
        }
    }
}

/// Chances between 0 and 1, drawn around the mood of the run.
struct Dice {
    random: ChaCha8Rng,
    correlation: f64,
    mood: f64,
    spare: Option<f64>,
}

impl Dice {
    fn new(how: Simulation) -> Self {
        let correlation = how.correlation.clamp(0.0, 1.0);
        Self { random: ChaCha8Rng::seed_from_u64(how.seed), correlation, mood: 0.0, spare: None }
    }

    fn next_run(&mut self) {
        if self.correlation > 0.0 {
            self.mood = self.normal();
        }
    }

    fn chance(&mut self) -> f64 {
        if self.correlation <= 0.0 {
            return self.random.random();
        }
        let own = self.normal();
        below(self.correlation.sqrt() * self.mood + (1.0 - self.correlation).sqrt() * own)
    }

    /// A number of the standard normal distribution; they come in pairs.
    fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        // 1 - [0, 1) is never zero, so the logarithm is finite.
        let radius = (-2.0 * (1.0 - self.random.random::<f64>()).ln()).sqrt();
        let (sine, cosine) = (std::f64::consts::TAU * self.random.random::<f64>()).sin_cos();
        self.spare = Some(radius * sine);
        radius * cosine
    }
}

/// The share of the standard normal distribution below a value, to seven digits (Abramowitz and Stegun 7.1.26).
fn below(value: f64) -> f64 {
    let x = value.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    let tail = series.iter().fold(0.0, |sum, factor| (sum + factor) * t) * (-x * x).exp();
    if value < 0.0 { tail / 2.0 } else { 1.0 - tail / 2.0 }
}
