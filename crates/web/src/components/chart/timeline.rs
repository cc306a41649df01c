//! Lanes in time: the schedule planned back from the go-live date, the cutover plan and run, the calendar of all projects.

use super::{Scale, framed, grid, moment, n, now_line, text_width};
use crate::words::Clock;
use jiff::Timestamp;
use jiff::civil::Weekday;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// How a bar is drawn; the legend gives its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BarLook {
    /// Done.
    Done,
    /// In progress.
    Run,
    /// Planned.
    Plan,
    /// Waiting for others, or fixed.
    Wait,
    /// Not yet.
    Idle,
    /// At risk.
    Warn,
    /// Late.
    Bad,
    /// Checked by the business.
    Check,
}

impl BarLook {
    fn class(self) -> &'static str {
        match self {
            Self::Done => "b-done",
            Self::Run => "b-run",
            Self::Plan => "b-plan",
            Self::Wait => "b-wait",
            Self::Idle => "b-idle",
            Self::Warn => "b-warn",
            Self::Bad => "b-bad",
            Self::Check => "b-waive",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Run => "in progress",
            Self::Plan => "planned",
            Self::Wait => "waits or is fixed",
            Self::Idle => "not yet",
            Self::Warn => "at risk",
            Self::Bad => "late",
            Self::Check => "validation",
        }
    }

    /// Filled with a strong colour, so that a label inside needs the light ink.
    fn is_solid(self) -> bool {
        match self {
            Self::Done | Self::Run => true,
            Self::Plan | Self::Wait | Self::Idle | Self::Warn | Self::Bad | Self::Check => false,
        }
    }
}

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Named by the bars that wait for it.
    pub id: String,
    /// Begins.
    pub from: Timestamp,
    /// Ends.
    pub to: Timestamp,
    /// How it is drawn.
    pub look: BarLook,
    /// True on the critical path.
    pub is_critical: bool,
    /// A name inside or beside the bar.
    pub label: Option<String>,
    /// The end that rehearsals lead one to expect.
    pub expected: Option<Timestamp>,
    /// The bars that it waits for; lines are drawn between critical ones.
    pub after: Vec<String>,
}

impl Bar {
    /// A bar without a label.
    pub fn new(id: impl Into<String>, from: Timestamp, to: Timestamp, look: BarLook) -> Self {
        Self {
            id: id.into(),
            from,
            to,
            look,
            is_critical: false,
            label: None,
            expected: None,
            after: Vec::new(),
        }
    }

    /// With a label.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// On the critical path, after these.
    #[must_use]
    pub fn critical(mut self, after: &[&str]) -> Self {
        self.is_critical = true;
        self.after = after.iter().map(|id| (*id).to_owned()).collect();
        self
    }

    /// Expected to end then.
    #[must_use]
    pub fn expected(mut self, at: Timestamp) -> Self {
        self.expected = Some(at);
        self
    }
}

/// One lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Its name at the left.
    pub name: String,
    /// A note at the right: the slack, the state.
    pub note: Option<String>,
    /// Its bars; those that overlap are stacked.
    pub bars: Vec<Bar>,
    /// The latest end that still fits; the slack is drawn up to it.
    pub latest: Option<Timestamp>,
}

impl Lane {
    /// A lane with bars.
    pub fn new(name: impl Into<String>, bars: Vec<Bar>) -> Self {
        Self { name: name.into(), note: None, bars, latest: None }
    }

    /// With the latest end and a note of the slack.
    #[must_use]
    pub fn latest(mut self, at: Timestamp, note: impl Into<String>) -> Self {
        self.latest = Some(at);
        self.note = Some(note.into());
        self
    }

    /// With a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// A moment that all lanes share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// Its name: `Go-live`, `CP2`, `no return`.
    pub label: String,
    /// True for a point of no return.
    pub is_last_chance: bool,
}

/// A time that all lanes share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Begins.
    pub from: Timestamp,
    /// Ends.
    pub to: Timestamp,
    /// What it is.
    pub kind: BandKind,
}

/// What a band is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BandKind {
    /// A holiday.
    Holiday,
    /// A freeze: nothing may be changed.
    Freeze,
}

/// A whole chart of lanes. Weekends are drawn by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// Unique in the page.
    pub id: String,
    /// What it says, as a sentence.
    pub label: String,
    /// The left edge.
    pub from: Timestamp,
    /// The right edge.
    pub to: Timestamp,
    /// True to draw the line of now.
    pub shows_now: bool,
    /// The lanes.
    pub lanes: Vec<Lane>,
    /// Moments.
    pub marks: Vec<Mark>,
    /// Freezes and holidays.
    pub bands: Vec<Band>,
}

const TOP: f64 = 46.0;

/// A bar in its place.
struct Placed<'a> {
    bar: &'a Bar,
    x: f64,
    width: f64,
    y: f64,
}

/// A lane in its place.
struct LaneBox<'a> {
    lane: &'a Lane,
    top: f64,
    height: f64,
    bars: Vec<Placed<'a>>,
}

struct Drawing<'a> {
    chart: &'a Timeline,
    clock: &'a Clock,
    scale: Scale,
    width: f64,
    bar: f64,
    bottom: f64,
    lanes: Vec<LaneBox<'a>>,
}

/// The chart, for the inside of a card, with legend and list.
pub fn timeline(chart: &Timeline, clock: &Clock) -> Markup {
    let drawing = Drawing::of(chart, clock);
    let list: Vec<(String, String)> =
        chart.lanes.iter().map(|lane| drawing.in_words(lane)).collect();
    html! {
        (framed(&chart.id, &chart.label, &drawing.svg(), &list))
        (drawing.legend())
    }
}

impl<'a> Drawing<'a> {
    fn of(chart: &'a Timeline, clock: &'a Clock) -> Self {
        let is_labelled =
            chart.lanes.iter().any(|lane| lane.bars.iter().any(|bar| bar.label.is_some()));
        let (width, bar) = if is_labelled { (1280.0, 24.0) } else { (960.0, 14.0) };
        let name =
            chart.lanes.iter().map(|lane| text_width(&lane.name)).fold(60.0, f64::max) + 16.0;
        let note = chart
            .lanes
            .iter()
            .filter_map(|lane| lane.note.as_deref())
            .map(text_width)
            .fold(0.0, f64::max);
        let scale =
            Scale { from: chart.from, to: chart.to, left: name, right: width - note - 12.0 };
        let mut drawing = Self { chart, clock, scale, width, bar, bottom: TOP, lanes: Vec::new() };
        for lane in &chart.lanes {
            let placed = drawing.place(lane);
            drawing.bottom = placed.top + placed.height;
            drawing.lanes.push(placed);
        }
        drawing
    }

    /// Puts the bars of a lane into as few rows as do not overlap, labels included.
    fn place(&self, lane: &'a Lane) -> LaneBox<'a> {
        let step = self.bar + 10.0;
        let mut rows: Vec<f64> = Vec::new();
        let mut bars = Vec::new();
        for bar in &lane.bars {
            let x = self.scale.inside(bar.from);
            let width = (self.scale.inside(bar.to) - x).max(3.0);
            let label = bar.label.as_deref().map_or(0.0, |label| text_width(label) + 14.0);
            let reach = x + if label > width { width + label } else { width };
            let row = rows.iter().position(|end| *end <= x + 0.5).unwrap_or(rows.len());
            if row == rows.len() {
                rows.push(reach);
            } else {
                rows[row] = reach;
            }
            #[expect(clippy::cast_precision_loss, reason = "a lane has a few rows")]
            let y = self.bottom + 7.0 + row as f64 * step;
            bars.push(Placed { bar, x, width, y });
        }
        #[expect(clippy::cast_precision_loss, reason = "a lane has a few rows")]
        let height = rows.len().max(1) as f64 * step + 4.0;
        LaneBox { lane, top: self.bottom, height, bars }
    }

    fn svg(&self) -> Markup {
        let (width, height) = (self.width, self.bottom + 6.0);
        let class = if self.bar > 20.0 { "chart mw66" } else { "chart mw46" };
        html! {
            svg class=(class) viewBox=(format!("0 0 {width} {height:.0}")) role="img" aria-label=(self.chart.label) {
                (self.bands())
                (grid(&self.scale, self.clock, TOP, self.bottom))
                @for lane in &self.lanes { (self.lane(lane)) }
                (self.links())
                (self.marks())
                @if self.chart.shows_now { (now_line(&self.scale, self.clock.now, self.clock, TOP, self.bottom)) }
            }
        }
    }

    fn bands(&self) -> Markup {
        let weekends = if self.scale.span().as_hours() > 72 { self.weekends() } else { Vec::new() };
        let own = self.chart.bands.iter().map(|band| {
            let class = match band.kind {
                BandKind::Holiday => "hol",
                BandKind::Freeze => "frz",
            };
            (band.from, band.to, class)
        });
        let all = weekends.into_iter().map(|(from, to)| (from, to, "wk")).chain(own);
        html! {
            @for (from, to, class) in all {
                @let x = self.scale.inside(from);
                @let width = self.scale.inside(to) - x;
                @if width > 0.0 {
                    rect class=(class) x=(n(x)) y=(n(TOP)) width=(n(width)) height=(n(self.bottom - TOP)) {}
                }
            }
        }
    }

    fn weekends(&self) -> Vec<(Timestamp, Timestamp)> {
        let Ok(first) = self.clock.local(self.scale.from).start_of_day() else { return Vec::new() };
        super::walk(first, jiff::ToSpan::days(1), self.scale.to)
            .filter(|day| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
            .filter_map(|day| Some((day.timestamp(), day.tomorrow().ok()?.timestamp())))
            .collect()
    }

    fn lane(&self, it: &LaneBox<'_>) -> Markup {
        let middle = it.top + 7.0 + self.bar / 2.0;
        html! {
            line.grid x1="0" x2=(n(self.width)) y1=(n(it.top)) y2=(n(it.top)) {}
            text.tx x="4" y=(n(middle + 4.0)) { (it.lane.name) }
            @if let (Some(latest), Some(last)) = (it.lane.latest, it.bars.last()) {
                (self.latest(last.x + last.width, latest, middle))
            }
            @for placed in &it.bars { (self.bar(placed)) }
            @if let Some(note) = &it.lane.note {
                text.tx.end.f115 x=(n(self.width - 2.0)) y=(n(middle + 4.0)) { (note) }
            }
        }
    }

    fn latest(&self, end: f64, latest: Timestamp, middle: f64) -> Markup {
        if !self.scale.holds(latest) {
            return html! {};
        }
        let x = self.scale.x(latest);
        html! {
            @if x > end { line.slack x1=(n(end)) x2=(n(x)) y1=(n(middle)) y2=(n(middle)) {} }
            path.latest d=(format!("M{x:.1} {:.1}v20", middle - 10.0)) {}
            path.latest-f d=(format!("M{:.1} {:.1}h8l-4 5z", x - 4.0, middle - 11.0)) {}
        }
    }

    fn bar(&self, placed: &Placed<'_>) -> Markup {
        let Placed { bar, x, width, y } = placed;
        let middle = y + self.bar / 2.0 + 4.0;
        html! {
            rect class={ (bar.look.class()) @if bar.is_critical { " crit-o" } } x=(n(*x)) y=(n(*y)) width=(n(*width))
                height=(n(self.bar)) rx=(if self.bar > 20.0 { 4 } else { 3 }) {}
            @if let Some(expected) = bar.expected {
                line.fline.exp x1=(n(*x)) x2=(n(self.scale.inside(expected))) y1=(n(y + self.bar + 3.5)) y2=(n(y + self.bar + 3.5)) {}
            }
            @if let Some(label) = &bar.label {
                @let fits = text_width(label) + 14.0 <= *width;
                text.bl.on[fits && bar.look.is_solid()] x=(n(if fits { x + 7.0 } else { x + width + 6.0 })) y=(n(middle)) { (label) }
            }
        }
    }

    /// Lines between bars of the critical path.
    fn links(&self) -> Markup {
        let at: BTreeMap<&str, &Placed<'_>> = self
            .lanes
            .iter()
            .flat_map(|lane| &lane.bars)
            .map(|placed| (placed.bar.id.as_str(), placed))
            .collect();
        let links = at.values().flat_map(|to| {
            to.bar
                .after
                .iter()
                .filter_map(|id| at.get(id.as_str()))
                .map(|from| (*from, *to))
                .collect::<Vec<_>>()
        });
        html! {
            @for (from, to) in links {
                @let (x, y) = (from.x + from.width, from.y + self.bar / 2.0);
                path.dep d=(format!("M{x:.1} {y:.1}h4V{:.1}H{:.1}", to.y + self.bar / 2.0, to.x.max(x + 4.0))) {}
            }
        }
    }

    fn marks(&self) -> Markup {
        html! {
            @for mark in self.chart.marks.iter().filter(|mark| self.scale.holds(mark.at)) {
                @let x = self.scale.x(mark.at);
                @let at_end = x + text_width(&mark.label) + 16.0 > self.width;
                path.grid2.s-ink d=(format!("M{x:.1} 18V{:.1}", self.bottom)) {}
                path.dia d=(format!("m{x:.1} 4 7 7-7 7-7-7z")) {}
                text.tb.end[at_end].c-bad[mark.is_last_chance] x=(n(if at_end { x - 11.0 } else { x + 11.0 })) y="15" { (mark.label) }
            }
        }
    }

    fn legend(&self) -> Markup {
        let mut looks: Vec<BarLook> =
            self.chart.lanes.iter().flat_map(|lane| &lane.bars).map(|b| b.look).collect();
        looks.sort_unstable();
        looks.dedup();
        let bars = || self.chart.lanes.iter().flat_map(|lane| &lane.bars);
        let sample = |inside: Markup, word: &str| html! { span { svg.chart viewBox="0 0 18 12" aria-hidden="true" { (inside) } (word) } };
        html! {
            div.card-f.legend {
                @for look in looks {
                    (sample(html! { rect class=(look.class()) x="1" y="2" width="16" height="8" rx="2" {} }, look.word()))
                }
                @if bars().any(|bar| bar.is_critical) {
                    (sample(html! { rect.b-plan.crit-o x="1" y="2" width="16" height="8" rx="2" {} }, "critical path"))
                }
                @if bars().any(|bar| bar.expected.is_some()) {
                    (sample(html! { path.fline.exp d="M0 6h18" {} }, "expected from rehearsals"))
                }
                @if self.chart.lanes.iter().any(|lane| lane.latest.is_some()) {
                    (sample(html! { path.latest d="M9 2v10" {} path.latest-f d="M5 0h8l-4 5z" {} }, "latest end"))
                    (sample(html! { path.slack d="M0 6h18" {} }, "slack"))
                }
                @if self.scale.span().as_hours() > 72 { (sample(html! { rect.wk width="18" height="12" {} }, "weekend")) }
                @if self.chart.bands.iter().any(|band| band.kind == BandKind::Holiday) {
                    (sample(html! { rect.hol width="18" height="12" {} }, "holiday"))
                }
                @if self.chart.bands.iter().any(|band| band.kind == BandKind::Freeze) {
                    (sample(html! { rect.frz width="18" height="12" {} }, "freeze"))
                }
            }
        }
    }

    /// A lane as words: for the list beside the chart.
    fn in_words(&self, lane: &Lane) -> (String, String) {
        let at = |moment_at| moment(moment_at, &self.scale, self.clock);
        let mut parts: Vec<String> = lane
            .bars
            .iter()
            .map(|bar| {
                let name =
                    bar.label.as_deref().map(|label| format!("{label} ")).unwrap_or_default();
                let critical = if bar.is_critical { ", critical" } else { "" };
                format!("{name}{} to {}, {}{critical}", at(bar.from), at(bar.to), bar.look.word())
            })
            .collect();
        parts.extend(lane.latest.map(|latest| format!("latest {}", at(latest))));
        parts.extend(lane.note.clone());
        (lane.name.clone(), parts.join("; "))
    }
}
