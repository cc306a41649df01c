//! Charts as SVG: classes only, so that they follow the theme; a sentence for who cannot see them; and a list of the
//! same values beside each, for phones and screen readers.

use crate::words::{self, Clock};
use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp, ToSpan, Unit, ZonedDateTime, ZonedDateTimeRound};
use maud::{Markup, html};

pub mod forecast;
pub mod lines;
pub mod timeline;

/// Maps moments to places between two edges.
#[derive(Debug, Clone, Copy)]
struct Scale {
    from: Timestamp,
    to: Timestamp,
    left: f64,
    right: f64,
}

impl Scale {
    fn x(&self, at: Timestamp) -> f64 {
        let whole = self.to.duration_since(self.from).as_secs_f64().max(1.0);
        let part = at.duration_since(self.from).as_secs_f64() / whole;
        self.left + part * (self.right - self.left)
    }

    /// The same, kept inside the edges.
    fn inside(&self, at: Timestamp) -> f64 {
        self.x(at).clamp(self.left, self.right)
    }

    fn span(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }

    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.to
    }
}

/// A number as SVG reads it, to a tenth.
fn n(value: f64) -> String {
    format!("{value:.1}")
}

/// About how wide a text is at the charts' usual size.
#[expect(clippy::cast_precision_loss, reason = "labels are short")]
fn text_width(text: &str) -> f64 {
    text.chars().count() as f64 * 6.6
}

/// A line of the grid with its words.
#[derive(Debug, Clone, PartialEq)]
struct Tick {
    at: Timestamp,
    label: String,
    /// A month or a day begins here.
    is_major: bool,
}

/// Where the grid stands: weeks with months, days, or hours, by the length of what is shown.
fn ticks(scale: &Scale, clock: &Clock) -> Vec<Tick> {
    let hours = scale.span().as_hours();
    match hours {
        ..=14 => hourly(scale, clock, 1),
        15..=30 => hourly(scale, clock, 2),
        31..=72 => hourly(scale, clock, 6),
        73..=504 => daily(scale, clock, |_| true),
        505..=4_400 => daily(scale, clock, |day| day.weekday() == Weekday::Monday),
        _ => daily(scale, clock, |day| day.day() == 1),
    }
}

fn hourly(scale: &Scale, clock: &Clock, every: i8) -> Vec<Tick> {
    let start = clock.local(scale.from);
    let first = start.round(ZonedDateTimeRound::new().smallest(Unit::Hour)).unwrap_or(start);
    walk(first, 1.hour(), scale.to)
        .filter(|at| at.hour() % every == 0 && at.timestamp() >= scale.from)
        .enumerate()
        .map(|(index, at)| {
            let is_major = at.hour() == 0 || index == 0;
            let label = at.strftime(if is_major { "%a %H:%M" } else { "%H:%M" }).to_string();
            Tick { at: at.timestamp(), label, is_major }
        })
        .collect()
}

fn daily(scale: &Scale, clock: &Clock, is_shown: fn(&ZonedDateTime) -> bool) -> Vec<Tick> {
    let start = clock.local(scale.from);
    let first = start.start_of_day().unwrap_or(start);
    walk(first, 1.day(), scale.to)
        .filter(|at| at.timestamp() >= scale.from && (is_shown(at) || at.day() == 1))
        .map(|at| {
            let is_major = at.day() == 1;
            let label = at.strftime(if is_major { "%B" } else { "%-d" }).to_string();
            Tick { at: at.timestamp(), label, is_major }
        })
        .collect()
}

fn walk(
    first: ZonedDateTime,
    step: jiff::Span,
    to: Timestamp,
) -> impl Iterator<Item = ZonedDateTime> {
    std::iter::successors(Some(first), move |at| at.checked_add(step).ok())
        .take_while(move |at| at.timestamp() <= to)
}

/// The grid: lines and labels. Majors stand in the upper line of labels, the others in the lower.
fn grid(scale: &Scale, clock: &Clock, top: f64, bottom: f64) -> Markup {
    let is_hourly = scale.span().as_hours() <= 72;
    let ticks = ticks(scale, clock);
    let crowded = |at: usize| {
        ticks.get(at + 1).is_some_and(|next| scale.x(next.at) - scale.x(ticks[at].at) < 18.0)
    };
    html! {
        @for (at, tick) in ticks.iter().enumerate() {
            @let x = n(scale.x(tick.at));
            @let is_tall = tick.is_major && !is_hourly;
            line class=(if is_tall { "grid2" } else { "grid" }) x1=(x) x2=(x) y1=(n(if is_tall { 4.0 } else { top - 6.0 })) y2=(n(bottom)) {}
            @if is_tall { text.tb x=(n(scale.x(tick.at) + 4.0)) y="16" { (tick.label) } }
            @else if !crowded(at) { (tick_label(scale, tick, top)) }
        }
    }
}

fn tick_label(scale: &Scale, tick: &Tick, top: f64) -> Markup {
    let x = scale.x(tick.at);
    let at_end = x + text_width(&tick.label) > scale.right + 8.0;
    html! { text.tf.end[at_end] x=(n(if at_end { x - 3.0 } else { x + 3.0 })) y=(n(top - 8.0)) { (tick.label) } }
}

/// Now: a line with its flag.
fn now_line(scale: &Scale, at: Timestamp, clock: &Clock, top: f64, bottom: f64) -> Markup {
    if !scale.holds(at) {
        return html! {};
    }
    let local = clock.local(at);
    let label = if scale.span().as_hours() <= 72 {
        local.strftime("now %H:%M")
    } else {
        local.strftime("%-d %b")
    };
    let label = label.to_string();
    let width = text_width(&label) + 12.0;
    let x = scale.x(at);
    html! {
        path.now d=(format!("M{x:.1} {:.1}V{bottom:.1}", top - 2.0)) {}
        rect.now-f x=(n(x - width / 2.0)) y=(n(top - 19.0)) width=(n(width)) height="17" rx="4" {}
        text.now-t.mid x=(n(x)) y=(n(top - 7.0)) { (label) }
    }
}

/// A chart in its scrolling frame, followed by the same values as a list.
fn framed(id: &str, label: &str, svg: &Markup, list: &[(String, String)]) -> Markup {
    html! {
        div.card-b.svgw id=(id) tabindex="0" role="region" aria-label=(format!("Chart. {label}")) { (svg) }
        @if !list.is_empty() {
            details.chart-t {
                summary { (super::icon::icon_small(super::icon::Icon::List)) "The same as a list" }
                ul { @for (name, value) in list { li { b.fw5 { (name) } span.muted { (value) } } } }
            }
        }
    }
}

fn moment(at: Timestamp, scale: &Scale, clock: &Clock) -> String {
    let local = clock.local(at);
    if scale.span().as_hours() <= 72 {
        local.strftime("%a %H:%M").to_string()
    } else {
        words::date_short(local.date())
    }
}
