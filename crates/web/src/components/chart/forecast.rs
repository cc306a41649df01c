//! The forecast of a cutover's end: the window, the likely ends, the point of no return, and backing out.

use super::{Scale, framed, n, now_line};
use crate::words::Clock;
use jiff::Timestamp;
use maud::{Markup, html};

/// What is known about the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Unique in the page.
    pub id: String,
    /// The window begins.
    pub from: Timestamp,
    /// The planned end; then the reserve begins.
    pub planned_end: Timestamp,
    /// The window ends.
    pub window_end: Timestamp,
    /// Half of the simulated ends are earlier.
    pub p50: Timestamp,
    /// Four of five are earlier.
    pub p80: Timestamp,
    /// Nineteen of twenty are earlier.
    pub p95: Timestamp,
    /// The simulated ends in equal slices of time, from the earliest: slice start and share.
    pub density: Vec<(Timestamp, f64)>,
    /// The point of no return.
    pub no_return: Option<Timestamp>,
    /// When the old system would be open again if we backed out now.
    pub back_out_now: Option<Timestamp>,
    /// The same, if we backed out at the point of no return: the worst case.
    pub worst_case: Option<Timestamp>,
}

const WIDTH: f64 = 1280.0;
const BAR: f64 = 84.0;
const BAR_H: f64 = 26.0;

/// The chart, for the inside of a card, with its values as a list.
pub fn forecast(it: &Forecast, clock: &Clock) -> Markup {
    let last =
        [it.window_end, it.p95].into_iter().chain(it.worst_case).chain(it.back_out_now).max();
    let last = last.unwrap_or(it.window_end);
    let room = last.duration_since(it.from) / 16;
    let scale = Scale { from: it.from, to: last + room, left: 14.0, right: WIDTH - 14.0 };
    let label = sentence(it, clock);
    let svg = html! {
        svg.chart.mw62 viewBox=(format!("0 0 {WIDTH} 184")) role="img" aria-label=(label) {
            (zones(it, &scale, clock))
            (hours(&scale, clock))
            (density(it, &scale))
            (percentiles(it, &scale, clock))
            (no_return(it, &scale, clock))
            (back_out(it, &scale, clock))
            (now_line(&scale, clock.now, clock, 60.0, 172.0))
        }
    };
    framed(&it.id, &label, &svg, &list(it, clock))
}

fn at(moment: Timestamp, clock: &Clock) -> String {
    clock.local(moment).strftime("%a %H:%M").to_string()
}

fn list(it: &Forecast, clock: &Clock) -> Vec<(String, String)> {
    let named = [
        ("Window begins", Some(it.from)),
        ("Planned end", Some(it.planned_end)),
        ("Forecast P50", Some(it.p50)),
        ("Forecast P80", Some(it.p80)),
        ("Forecast P95", Some(it.p95)),
        ("Window ends", Some(it.window_end)),
        ("Point of no return", it.no_return),
        ("If we back out now, open again", it.back_out_now),
        ("Worst case, backing out at no return", it.worst_case),
    ];
    named
        .into_iter()
        .filter_map(|(name, moment)| Some((name.to_owned(), at(moment?, clock))))
        .collect()
}

fn sentence(it: &Forecast, clock: &Clock) -> String {
    list(it, clock)
        .into_iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect::<Vec<_>>()
        .join(". ")
}

fn zones(it: &Forecast, scale: &Scale, clock: &Clock) -> Markup {
    let zone = |class: &'static str, from: Timestamp, to: Timestamp| {
        let (x, end) = (scale.inside(from), scale.inside(to));
        html! { @if end > x { rect class=(class) x=(n(x)) y=(n(BAR)) width=(n(end - x)) height=(n(BAR_H)) {} } }
    };
    let done = scale.inside(clock.now) - scale.left;
    html! {
        (zone("z1", it.from, it.planned_end))
        (zone("z2", it.planned_end, it.window_end))
        (zone("z3", it.window_end, scale.to))
        (zone("b-run", it.from, clock.now))
        @if done > 90.0 { text.on x=(n(scale.left + 10.0)) y="101" { "done" } }
        text.tx.f115.mid x=(n(f64::midpoint(scale.inside(clock.now), scale.x(it.planned_end)))) y="101" { "planned time" }
        @if scale.x(it.window_end) - scale.x(it.planned_end) > 48.0 {
            text.c-warn.mid x=(n(f64::midpoint(scale.x(it.planned_end), scale.x(it.window_end)))) y="101" { "reserve" }
        }
        @if scale.right - scale.x(it.window_end) > 80.0 {
            text.c-bad.mid x=(n(f64::midpoint(scale.right, scale.x(it.window_end)))) y="101" { "past the window" }
        }
    }
}

fn hours(scale: &Scale, clock: &Clock) -> Markup {
    html! {
        @for tick in super::ticks(scale, clock) {
            @let x = n(scale.x(tick.at));
            line.grid2 x1=(x) x2=(x) y1="110" y2="115" {}
            @if scale.right - scale.x(tick.at) > 24.0 { text.tf.mid[scale.x(tick.at) > 40.0] x=(x) y="128" { (tick.label) } }
        }
    }
}

fn density(it: &Forecast, scale: &Scale) -> Markup {
    let highest = it.density.iter().map(|(_, share)| *share).fold(0.0, f64::max);
    let (Some(first), Some(last)) = (it.density.first(), it.density.last()) else {
        return html! {};
    };
    if highest <= 0.0 {
        return html! {};
    }
    let points: Vec<String> = it
        .density
        .iter()
        .map(|(moment, share)| {
            format!("{:.1} {:.1}", scale.inside(*moment), 80.0 - share / highest * 54.0)
        })
        .collect();
    let line = format!("M{}", points.join(" L"));
    let closed =
        format!("{line} L{:.1} 80 L{:.1} 80Z", scale.inside(last.0), scale.inside(first.0));
    html! { path.dens d=(closed) {} path.densl d=(line) {} }
}

fn percentiles(it: &Forecast, scale: &Scale, clock: &Clock) -> Markup {
    // Three labels that may stand close together get three heights.
    let all = [("P50", it.p50, 12.0), ("P80", it.p80, 27.0), ("P95", it.p95, 42.0)];
    html! {
        @for (name, moment, y) in all {
            @let x = scale.inside(moment);
            @let is_left = x > WIDTH - 130.0 || name == "P50";
            line.fline x1=(n(x)) x2=(n(x)) y1=(n(y - 8.0)) y2=(n(BAR)) {}
            text.tb.f12.halo.end[is_left] x=(n(if is_left { x - 5.0 } else { x + 5.0 })) y=(n(y)) {
                (name) " " (at(moment, clock))
            }
        }
    }
}

fn no_return(it: &Forecast, scale: &Scale, clock: &Clock) -> Markup {
    let Some(moment) = it.no_return else { return html! {} };
    let x = scale.inside(moment);
    html! {
        path.latest d=(format!("M{x:.1} 50V110")) {}
        path.latest-f d=(format!("M{x:.1} 50h10l-3 5 3 5h-10z")) {}
        text.tb x=(n(x + 15.0)) y="60" { "Point of no return, " (at(moment, clock)) }
    }
}

fn back_out(it: &Forecast, scale: &Scale, clock: &Clock) -> Markup {
    let line = |from: Timestamp, to: Timestamp, y: f64, words: &str, is_dashed: bool| {
        let (x, end) = (scale.inside(from), scale.inside(to));
        let at_end = end > WIDTH - 320.0;
        html! {
            path.bo.bo2[is_dashed] d=(format!("M{x:.1} {y:.1}H{end:.1}")) {}
            path.bo d=(format!("M{end:.1} {:.1}v10", y - 5.0)) {}
            text.tx.end[at_end] x=(n(if at_end { x - 8.0 } else { end + 8.0 })) y=(n(y + 4.0)) {
                (words) " " tspan.fw6 { (at(to, clock)) }
            }
        }
    };
    html! {
        @if let Some(open) = it.back_out_now { (line(clock.now, open, 144.0, "Back out now: the old system open again", false)) }
        @if let (Some(open), Some(from)) = (it.worst_case, it.no_return) {
            (line(from, open, 166.0, "Worst case, backing out at the point of no return:", true))
        }
    }
}
