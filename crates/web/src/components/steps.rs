//! The state bar (where a machine stands) and the stepper (where a person stands in a form).

use super::icon::{Icon, icon, icon_small};
use super::state::State;
use maud::{Markup, html};

/// How one step of a bar stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepStands {
    /// Behind us.
    Done,
    /// Here.
    Here,
    /// Here, and it failed or needs somebody.
    Failed,
    /// Ahead.
    Ahead,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name: `Queued`.
    pub name: String,
    /// What goes with it: when, by whom, how long it usually takes.
    pub note: String,
    /// How it stands.
    pub stands: StepStands,
    /// Where it leads, in a stepper.
    pub href: Option<String>,
}

impl Step {
    /// A step by name, note and standing.
    pub fn new(name: impl Into<String>, note: impl Into<String>, stands: StepStands) -> Self {
        Self { name: name.into(), note: note.into(), stands, href: None }
    }

    /// The steps of a machine: those before `here` are done, those after are ahead.
    pub fn bar(names: &[(&str, String)], here: usize) -> Vec<Self> {
        let stands = |at: usize| match at.cmp(&here) {
            std::cmp::Ordering::Less => StepStands::Done,
            std::cmp::Ordering::Equal => StepStands::Here,
            std::cmp::Ordering::Greater => StepStands::Ahead,
        };
        names
            .iter()
            .enumerate()
            .map(|(at, (name, note))| Self::new(*name, note, stands(at)))
            .collect()
    }
}

fn class(stands: StepStands) -> Option<&'static str> {
    match stands {
        StepStands::Done => Some("d"),
        StepStands::Failed => Some("b"),
        StepStands::Here | StepStands::Ahead => None,
    }
}

fn current(stands: StepStands) -> Option<&'static str> {
    match stands {
        StepStands::Here | StepStands::Failed => Some("step"),
        StepStands::Done | StepStands::Ahead => None,
    }
}

fn sign(stands: StepStands, draw: fn(Icon) -> Markup) -> Markup {
    let (state, word) = match stands {
        StepStands::Done => (State::Done, "done"),
        StepStands::Here => (State::Run, "here"),
        StepStands::Failed => (State::Bad, "needs attention"),
        StepStands::Ahead => (State::Idle, "ahead"),
    };
    html! { (draw(state.icon())) span.vh { (word) ": " } }
}

/// The state bar: the machine's states in order.
pub fn sbar(id: &str, label: &str, steps: &[Step]) -> Markup {
    html! {
        ol.sbar id=(id) aria-label=(label) tabindex="0" {
            @for step in steps {
                li class=[class(step.stands)] aria-current=[current(step.stands)] {
                    b { (sign(step.stands, icon)) (step.name) }
                    small { (step.note) }
                }
            }
        }
    }
}

/// The stepper: the parts of a long form.
pub fn stepper(label: &str, steps: &[Step]) -> Markup {
    html! {
        ol.stepper aria-label=(label) tabindex="0" {
            @for step in steps {
                li class=[class(step.stands)] aria-current=[current(step.stands)] {
                    b {
                        (sign(step.stands, icon_small))
                        @if let Some(href) = &step.href { a href=(href) { (step.name) } } @else { (step.name) }
                    }
                    small { (step.note) }
                }
            }
        }
    }
}
