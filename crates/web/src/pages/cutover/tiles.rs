//! The five figures that everybody in the cutover room asks for, and the chart of the window.

use super::super::shell::InProject;
use super::signed;
use crate::components::chart::forecast::{Forecast, forecast};
use crate::components::facts::{Card, Tile, tiles};
use crate::components::icon::Icon;
use crate::components::state::State;
use crate::components::time;
use crate::words::Clock;
use golive_app::cutover::{BackOutView, CutoverForecastView, CutoverRunView, NoReturnView};
use golive_core::cutover::run::State as Stands;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

/// Now, the end, the window, the way back, the point of no return.
pub(super) fn now(here: &InProject, run: &CutoverRunView, it: &CutoverForecastView) -> Markup {
    let clock = &here.clock;
    let all = [
        hour(run, clock),
        end(it, clock),
        window(it, clock),
        back(it.back_out.as_ref(), clock),
        no_return(it.no_return.as_ref(), clock),
    ];
    tiles("now", "Now", &all)
}

fn tile(name: &str, state: Option<State>, (value, note): (Markup, Markup), is_large: bool) -> Tile {
    Tile {
        name: name.to_owned(),
        icon: is_large.then_some(Icon::Timer),
        value,
        note,
        state,
        is_large,
    }
}

fn at(moment: Timestamp, clock: &Clock) -> String {
    clock.local(moment).strftime("%a %H:%M").to_string()
}

fn hour(run: &CutoverRunView, clock: &Clock) -> Tile {
    let since = match &run.particulars {
        Stands::Running { since }
        | Stands::Paused { since, .. }
        | Stands::GoingBack { since, .. } => {
            html! { "under way for " (time::since(*since, clock)) }
        }
        Stands::Planned
        | Stands::Completed { .. }
        | Stands::WentBack { .. }
        | Stands::Cancelled { .. } => {
            html! { "not started" }
        }
    };
    let local = clock.local(clock.now);
    let hour = local.strftime("%H:%M").to_string();
    tile(&local.strftime("%A %-d %B").to_string(), None, (html! { (hour) }, since), true)
}

fn end(it: &CutoverForecastView, clock: &Clock) -> Tile {
    let note = html! {
        b { "P80" } " " (at(it.percentiles.p80, clock)) " " b { "P95" } " " (at(it.percentiles.p95, clock))
        @if let Some(plan) = it.planned_end { " plan " (at(plan, clock)) }
    };
    tile("Forecast of the end", None, (html! { (at(it.percentiles.p50, clock)) }, note), false)
}

fn window(it: &CutoverForecastView, clock: &Clock) -> Tile {
    let fits = if it.margin_minutes >= 0 { State::Done } else { State::Bad };
    let share = format!("{:.0}", it.inside_window);
    let note = html! { "to its end " (at(it.window_ends, clock)) ", in " (share) " % of runs" };
    tile("Window", Some(fits), (html! { (signed(it.margin_minutes)) }, note), false)
}

fn back(back: Option<&BackOutView>, clock: &Clock) -> Tile {
    let Some(back) = back else {
        return tile(
            "If we back out now",
            None,
            (html! { "–" }, html! { "the plan has no way back" }),
            false,
        );
    };
    let note = html! {
        "old system open again; " (back.tasks) " tasks"
        @if let Some(last) = back.latest_decision { ", decide by " (at(last, clock)) }
    };
    tile("If we back out now", None, (html! { (at(back.released, clock)) }, note), false)
}

fn no_return(point: Option<&NoReturnView>, clock: &Clock) -> Tile {
    match point {
        None => tile(
            "Point of no return",
            None,
            (html! { "none" }, html! { "everything can be taken back" }),
            true,
        ),
        Some(point) if point.begun => tile(
            "Point of no return",
            Some(State::Warn),
            (html! { "behind us" }, html! { (point.title) }),
            true,
        ),
        Some(point) => {
            // Longer than that it would not fit a large tile.
            let is_near = point.at.duration_since(clock.now) < SignedDuration::from_hours(10);
            let note = html! { (at(point.at, clock)) ", " (point.title) };
            tile("Point of no return in", None, (time::countdown(point.at, clock), note), is_near)
        }
    }
}

/// The window with the likely ends.
pub(super) fn gauge(here: &InProject, it: &CutoverForecastView) -> Markup {
    let chart = Forecast {
        id: "forecast-chart".to_owned(),
        from: it.window_opens,
        planned_end: it.planned_end.unwrap_or(it.window_ends).min(it.window_ends),
        window_end: it.window_ends,
        p50: it.percentiles.p50,
        p80: it.percentiles.p80,
        p95: it.percentiles.p95,
        density: Vec::new(),
        no_return: it.no_return.as_ref().map(|point| point.at),
        back_out_now: it.back_out.as_ref().map(|back| back.released),
        worst_case: worst_case(it),
    };
    html! { div.mt4 { (Card::new("forecast", "Window and forecast").around(&forecast(&chart, &here.clock))) } }
}

/// The way back at its slowest, decided at the last moment at which it is one.
fn worst_case(it: &CutoverForecastView) -> Option<Timestamp> {
    let (back, point) = (it.back_out.as_ref()?, it.no_return.as_ref()?);
    let takes = back.released_pessimistic.duration_since(it.at);
    point.at.checked_add(takes).ok().filter(|_| !point.begun)
}
