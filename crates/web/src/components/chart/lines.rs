//! Lines over time: burn-up (done against scope), and runs compared with their plan.

use super::{Scale, framed, grid, moment, n, now_line};
use crate::words::Clock;
use jiff::Timestamp;
use maud::{Markup, html};

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineLook {
    /// The one that matters: thick, petrol.
    Main,
    /// An earlier or planned one: dashed.
    Plan,
    /// Another: dotted.
    Other,
}

impl LineLook {
    fn class(self) -> &'static str {
        match self {
            Self::Main => "l3",
            Self::Plan => "l2",
            Self::Other => "l1",
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name, at its end.
    pub name: String,
    /// How it is drawn.
    pub look: LineLook,
    /// Its points in the order of time.
    pub points: Vec<(Timestamp, f64)>,
}

/// A chart of lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// Unique in the page.
    pub id: String,
    /// What it says, as a sentence.
    pub label: String,
    /// What the values count, after the figure: `cases`, `h`.
    pub unit: String,
    /// The lines.
    pub series: Vec<Series>,
    /// A level to reach, with its name.
    pub target: Option<(f64, String)>,
    /// The right edge, if it lies beyond the last point.
    pub to: Option<Timestamp>,
}

const WIDTH: f64 = 680.0;
const TOP: f64 = 46.0;
const BOTTOM: f64 = 216.0;

/// The chart, for the inside of a card, with the last values as a list.
pub fn lines(chart: &Lines, clock: &Clock) -> Markup {
    let moments = || chart.series.iter().flat_map(|s| &s.points).map(|(at, _)| *at);
    let (Some(from), Some(last)) = (moments().min(), moments().max()) else {
        return html! { p.card-b.muted.small { "Nothing is measured yet." } };
    };
    let names = chart.series.iter().map(|s| super::text_width(&s.name)).fold(0.0, f64::max);
    let scale = Scale {
        from,
        to: chart.to.unwrap_or(last).max(last),
        left: 56.0,
        right: WIDTH - names - 20.0,
    };
    let levels = Levels::of(chart);
    let svg = html! {
        svg.chart.mw34 viewBox=(format!("0 0 {WIDTH} {}", BOTTOM + 14.0)) role="img" aria-label=(chart.label) {
            (grid(&scale, clock, TOP, BOTTOM))
            (levels.grid(&scale, &chart.unit))
            @if let Some((target, name)) = &chart.target {
                @let y = n(levels.y(*target));
                line.latest x1=(n(scale.left)) x2=(n(scale.right)) y1=(y) y2=(y) {}
                text.tb.c-bad x=(n(scale.left + 6.0)) y=(n(levels.y(*target) - 5.0)) { (name) }
            }
            @for each in &chart.series { (series_line(each, &scale, &levels)) }
            (now_line(&scale, clock.now, clock, TOP, BOTTOM))
        }
    };
    let words: Vec<(String, String)> =
        chart.series.iter().map(|it| last_point(it, chart, &scale, clock)).collect();
    framed(&chart.id, &chart.label, &svg, &words)
}

/// Done against scope over time, with the level that the policy asks for.
pub fn burn_up(
    id: &str,
    label: &str,
    unit: &str,
    days: &[(Timestamp, f64, f64)],
    target: Option<(f64, String)>,
) -> Lines {
    let of = |pick: fn(&(Timestamp, f64, f64)) -> f64| {
        days.iter().map(|day| (day.0, pick(day))).collect()
    };
    Lines {
        id: id.to_owned(),
        label: label.to_owned(),
        unit: unit.to_owned(),
        series: vec![
            Series { name: "in scope".to_owned(), look: LineLook::Plan, points: of(|day| day.1) },
            Series { name: "done".to_owned(), look: LineLook::Main, points: of(|day| day.2) },
        ],
        target,
        to: None,
    }
}

fn last_point(series: &Series, chart: &Lines, scale: &Scale, clock: &Clock) -> (String, String) {
    let words = series.points.last().map_or("nothing yet".to_owned(), |(at, value)| {
        format!("{} {} on {}", trim(*value), chart.unit, moment(*at, scale, clock))
    });
    (series.name.clone(), words)
}

fn series_line(series: &Series, scale: &Scale, levels: &Levels) -> Markup {
    let place = |(at, value): &(Timestamp, f64)| (scale.x(*at), levels.y(*value));
    let points: Vec<String> =
        series.points.iter().map(place).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    html! {
        polyline class=(series.look.class()) points=(points.join(" ")) {}
        @if let Some((x, y)) = series.points.last().map(place) {
            text.tx x=(n(x + 6.0)) y=(n(y + 4.0)) { (series.name) }
        }
    }
}

/// The scale of the values: from a round number below to a round number above.
struct Levels {
    low: f64,
    high: f64,
    step: f64,
}

impl Levels {
    fn of(chart: &Lines) -> Self {
        let values = || {
            chart
                .series
                .iter()
                .flat_map(|s| &s.points)
                .map(|(_, v)| *v)
                .chain(chart.target.iter().map(|t| t.0))
        };
        let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
        let step = round_step((high - low).max(1.0) / 4.0);
        Self {
            low: (low / step).floor() * step,
            high: ((high / step).ceil() * step).max(step),
            step,
        }
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (value - self.low) / (self.high - self.low) * (BOTTOM - TOP)
    }

    fn grid(&self, scale: &Scale, unit: &str) -> Markup {
        let levels = std::iter::successors(Some(self.low), |at| Some(at + self.step));
        html! {
            @for level in levels.take_while(|at| *at <= self.high + self.step / 2.0) {
                @let y = self.y(level);
                line class=(if level == 0.0 { "grid2" } else { "grid" }) x1=(n(scale.left)) x2=(n(scale.right)) y1=(n(y)) y2=(n(y)) {}
                text.tf.end x=(n(scale.left - 8.0)) y=(n(y + 4.0)) { (trim(level)) }
            }
            text.tf.end x=(n(scale.left - 8.0)) y="16" { (unit) }
        }
    }
}

/// 1, 2 or 5 times a power of ten, the next above.
fn round_step(raw: f64) -> f64 {
    let power = 10_f64.powf(raw.log10().floor());
    let lead = raw / power;
    let round = if lead <= 1.0 {
        1.0
    } else if lead <= 2.0 {
        2.0
    } else if lead <= 5.0 {
        5.0
    } else {
        10.0
    };
    round * power
}

fn trim(value: f64) -> String {
    format!("{}", (value * 10.0).round() / 10.0).replace('-', "−")
}
