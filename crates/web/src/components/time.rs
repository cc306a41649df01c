//! Times: always machine-readable, in the viewer's zone, with offset.

use crate::words::{self, Clock};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};

/// `Tue 27 Apr 10:42 +02:00`.
pub fn time(at: Timestamp, clock: &Clock) -> Markup {
    html! { time datetime=(at) { (words::moment(at, clock)) } }
}

/// `Tue 27 Apr 10:42 +02:00, in 6 days`.
pub fn time_relative(at: Timestamp, clock: &Clock) -> Markup {
    html! { time datetime=(at) { (words::moment(at, clock)) } ", " span.rel { (words::relative(at, clock.now)) } }
}

/// `3 min ago`, with the exact moment on hover and for screen readers.
pub fn ago(at: Timestamp, clock: &Clock) -> Markup {
    let exact = words::moment(at, clock);
    html! { time datetime=(at) title=(exact) { (words::relative(at, clock.now)) span.vh { ", " (exact) } } }
}

/// A civil date.
pub fn day(date: Date) -> Markup {
    html! { time datetime=(date) { (words::date(date)) } }
}

/// A countdown that ticks in the browser; without a script it says how long it was when the page was made.
pub fn countdown(to: Timestamp, clock: &Clock) -> Markup {
    html! { span.num role="timer" data-count-to=(to) { (words::duration(to.duration_since(clock.now))) } }
}

/// The time since a moment, ticking.
pub fn since(from: Timestamp, clock: &Clock) -> Markup {
    html! { span.num role="timer" data-count-from=(from) { (words::duration(clock.now.duration_since(from))) } }
}
