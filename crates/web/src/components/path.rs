//! The path: nine stages large on its page, nine notches small everywhere.

use super::state::{State, st};
use maud::{Markup, html};

/// How one stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Passed.
    Done,
    /// This is the stage; it moves.
    Now,
    /// This is the stage; it waits for somebody.
    Waiting,
    /// This is the stage; it may come too late.
    AtRisk,
    /// This is the stage; something is late or blocks.
    Blocked,
    /// Ahead, and could begin.
    Open,
    /// Ahead.
    NotYet,
    /// Ahead, behind a shut gate.
    Shut,
    /// Does not apply to this project.
    Skipped,
}

impl Standing {
    /// State for colour and icon.
    pub fn state(self) -> State {
        match self {
            Self::Done => State::Done,
            Self::Now => State::Run,
            Self::Waiting => State::Wait,
            Self::AtRisk => State::Warn,
            Self::Blocked => State::Bad,
            Self::Open | Self::NotYet | Self::Skipped => State::Idle,
            Self::Shut => State::Lock,
        }
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Now => "In progress",
            Self::Waiting => "Waiting",
            Self::AtRisk => "At risk",
            Self::Blocked => "Blocked",
            Self::Open => "Can begin",
            Self::NotYet => "Not yet",
            Self::Shut => "Gate shut",
            Self::Skipped => "Does not apply",
        }
    }

    fn is_current(self) -> bool {
        match self {
            Self::Now | Self::Waiting | Self::AtRisk | Self::Blocked => true,
            Self::Done | Self::Open | Self::NotYet | Self::Shut | Self::Skipped => false,
        }
    }

    fn knob_class(self) -> &'static str {
        match self {
            Self::Done => "d",
            Self::Now | Self::Waiting => "n",
            Self::AtRisk => "n w",
            Self::Blocked => "n b",
            Self::Open | Self::NotYet | Self::Shut => "a",
            Self::Skipped => "x",
        }
    }

    fn notch_class(self) -> &'static str {
        match self {
            Self::Done => "d",
            Self::Now | Self::Waiting => "n",
            Self::AtRisk => "w",
            Self::Blocked => "b",
            Self::Open | Self::NotYet | Self::Shut => "a",
            Self::Skipped => "x",
        }
    }
}

/// One stage of the nine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// What it is: `Go-live review`.
    pub title: String,
    /// How it stands.
    pub standing: Standing,
    /// The page to act on.
    pub href: String,
    /// Who acts.
    pub who: Option<String>,
    /// What blocks it, in a few words.
    pub blocks: Option<String>,
    /// The planned date, in words.
    pub planned: Option<String>,
    /// The latest date that still fits, in words.
    pub latest: Option<String>,
}

/// The nine stages, large. Its id is `path`.
pub fn path(stages: &[Stage]) -> Markup {
    html! {
        section.card id="path" aria-label="Nine stages" {
            div.card-b.pad-path {
                ol.path { @for (at, stage) in stages.iter().enumerate() { (large(at + 1, stage)) } }
            }
        }
    }
}

fn large(number: usize, stage: &Stage) -> Markup {
    let standing = stage.standing;
    html! {
        li class=(standing.knob_class()) aria-current=[standing.is_current().then_some("step")] {
            div.knob { span.n0 { (number) } }
            div {
                a href=(stage.href) { (stage.title) }
                div.meta {
                    (st(standing.state(), standing.word()))
                    @if let Some(blocks) = &stage.blocks { span { (blocks) } }
                    @if let Some(who) = &stage.who { span { (who) } }
                    @if let Some(planned) = &stage.planned { span { "plan " (planned) } }
                    @if let Some(latest) = &stage.latest { span { "latest " (latest) } }
                }
            }
        }
    }
}

/// The stage that a project stands in, counted from 1: the first current one, else the one after the last done.
pub fn stage_now(standings: &[Standing]) -> usize {
    let current = standings.iter().position(|s| s.is_current());
    let done = || standings.iter().rposition(|s| *s == Standing::Done).map_or(0, |at| at + 1);
    current.unwrap_or_else(|| done().min(standings.len().saturating_sub(1))) + 1
}

/// The notches alone: `Stage 3 of 9` must stand beside them in words.
pub fn notches(standings: &[Standing]) -> Markup {
    html! {
        span.notches aria-hidden="true" { @for standing in standings { i class=(standing.notch_class()) {} } }
    }
}
