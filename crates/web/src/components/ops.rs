//! Operations: their steps with log, what an undo would do, and the choices when a person is needed.

use super::icon::{Icon, icon_small, icon_with};
use super::measure::{Measure, meas};
use super::state::State;
use crate::words::Clock;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

/// How one operation step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpStands {
    /// Not started.
    Ahead,
    /// Running.
    Running,
    /// Waits until a moment.
    Waiting,
    /// Done.
    Done,
    /// Failed.
    Failed,
    /// Left out, with a reason.
    Skipped,
    /// Taken back.
    Undone,
}

impl OpStands {
    /// State for colour and icon.
    pub fn state(self) -> State {
        match self {
            Self::Ahead => State::Idle,
            Self::Running => State::Run,
            Self::Waiting => State::Wait,
            Self::Done => State::Done,
            Self::Failed => State::Bad,
            Self::Skipped => State::Waive,
            Self::Undone => State::Held,
        }
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ahead => "not started",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Undone => "undone",
        }
    }
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its number in the operation.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who writes: `install`, `golive`.
    pub source: String,
    /// What.
    pub text: String,
    /// Marks notices and errors.
    pub state: Option<State>,
}

/// One operation step.
#[derive(Debug, Clone, Default)]
pub struct OpStep {
    /// What it does.
    pub title: String,
    /// What it did, or what it usually takes.
    pub note: String,
    /// How it stands.
    pub stands: Option<OpStands>,
    /// How far it is, 0 to 100.
    pub percent: Option<f64>,
    /// How long it took or has taken.
    pub took: Option<SignedDuration>,
    /// Its log, the newest at the bottom; empty when there is none.
    pub log: Vec<LogLine>,
}

/// The steps of operation `id`, numbered. Each can be patched alone: `<id>-step-<n>`.
pub fn operation_steps(id: &str, steps: &[OpStep], clock: &Clock) -> Markup {
    html! {
        ol.ops id=(format!("{id}-steps")) {
            @for (at, step) in steps.iter().enumerate() { (operation_step(id, at + 1, step, clock)) }
        }
    }
}

/// One step; a running or failed one is open at its log.
pub fn operation_step(id: &str, number: usize, step: &OpStep, clock: &Clock) -> Markup {
    let stands = step.stands.unwrap_or(OpStands::Ahead);
    let is_open = matches!(stands, OpStands::Running | OpStands::Failed);
    let own = format!("{id}-step-{number}");
    html! {
        li id=(own) data-s=(stands.state().key()) {
            @if step.log.is_empty() { div.op { (line(number, step, stands)) span {} } }
            @else {
                details open[is_open] {
                    summary { (line(number, step, stands)) (icon_with(Icon::Right, "i chev i-s")) }
                    (log(&format!("{own}-log"), &format!("Log of step {number}"), &step.log, clock))
                }
            }
        }
    }
}

fn line(number: usize, step: &OpStep, stands: OpStands) -> Markup {
    let (which, class) = match stands {
        OpStands::Running => (Icon::Spin, "i st-i spin"),
        OpStands::Ahead
        | OpStands::Waiting
        | OpStands::Done
        | OpStands::Failed
        | OpStands::Skipped
        | OpStands::Undone => (stands.state().icon(), "i st-i"),
    };
    html! {
        (icon_with(which, class))
        span.ttl {
            (number) " " (step.title) span.vh[stands == OpStands::Ahead || stands == OpStands::Done] { ", " (stands.word()) }
            small { (step.note) }
        }
        span.mid {
            @if let Some(percent) = step.percent {
                span.blk.w9 { (meas(Measure { value: percent, threshold: None, state: stands.state() })) }
            }
        }
        span.dur { @if let Some(took) = step.took { (crate::words::duration(took)) } }
    }
}

/// A log that follows its end until the reader scrolls up. New lines come as `append` to `<id>-lines`.
pub fn log(id: &str, label: &str, lines: &[LogLine], clock: &Clock) -> Markup {
    html! {
        div.log id=(id) tabindex="0" role="log" aria-label=(label) data-follow {
            ol id=(format!("{id}-lines")) { @for each in lines { (log_line(id, each, clock)) } }
        }
    }
}

/// New lines for a log that is in the page already.
pub fn log_append(id: &str, lines: &[LogLine], clock: &Clock) -> Markup {
    html! { ol data-append=(format!("{id}-lines")) { @for each in lines { (log_line(id, each, clock)) } } }
}

fn log_line(id: &str, line: &LogLine, clock: &Clock) -> Markup {
    html! {
        li id=(format!("{id}-{}", line.number)) data-s=[line.state.map(State::key)] {
            span { (line.number) }
            span { (clock.local(line.at).strftime("%H:%M:%S%.3f")) }
            span { (line.source) }
            span { (line.text) }
        }
    }
}

/// One link of an undo chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoStep {
    /// What taking it back does: `put release 198 back`.
    pub text: String,
    /// True when there is nothing to take back yet.
    pub is_pending: bool,
}

/// What an undo would do, newest first.
pub fn undo(steps: &[UndoStep]) -> Markup {
    html! {
        ol.undo aria-label="Undo, newest first" {
            @for step in steps {
                li { span.tag.pend[step.is_pending] { (icon_small(Icon::Undo)) (step.text) } }
            }
        }
    }
}
