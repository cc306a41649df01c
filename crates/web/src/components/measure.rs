//! The measure: a value against its threshold; and the bar of parts of a whole.

use super::state::State;
use maud::{Markup, html};

/// A bar with a tick where the threshold stands. Words with both numbers must stand beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// The value as a share of the scale, 0 to 100.
    pub value: f64,
    /// The threshold on the same scale.
    pub threshold: Option<f64>,
    /// Gives the colour.
    pub state: State,
}

impl Measure {
    /// `value` of `whole`, without a threshold.
    pub fn share(value: f64, whole: f64, state: State) -> Self {
        Self { value: percent(value, whole), threshold: None, state }
    }

    /// A value and a threshold on the scale on which both fit with a little room.
    pub fn against(value: f64, threshold: f64, is_percent: bool, state: State) -> Self {
        let scale = if is_percent { 100.0 } else { value.max(threshold) * 1.25 };
        Self { value: percent(value, scale), threshold: Some(percent(threshold, scale)), state }
    }
}

fn percent(value: f64, whole: f64) -> f64 {
    if whole <= 0.0 { 0.0 } else { (value / whole * 1000.0).round() / 10.0 }
}

/// The measure as SVG; its size comes from the class, its value from attributes.
pub fn meas(measure: Measure) -> Markup {
    let value = measure.value.clamp(0.0, 100.0);
    html! {
        svg.meas data-s=(measure.state.key()) aria-hidden="true" {
            rect.mv width=(format!("{value}%")) height="100%" rx="3" {}
            @if let Some(threshold) = measure.threshold {
                // A tick at the very end would stand outside the bar.
                rect.mk x=(format!("{}%", threshold.clamp(0.0, 99.0))) y="-4" width="2" height="14" rx="1" {}
            }
        }
    }
}

/// One part of a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it counts: `passed`.
    pub word: String,
    /// How many.
    pub count: usize,
    /// Gives colour and pattern.
    pub look: PartLook,
}

/// How a part is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartLook {
    /// Passed, done.
    Passed,
    /// Failed.
    Failed,
    /// Blocked: hatched.
    Blocked,
    /// Still open.
    Open,
}

impl PartLook {
    fn class(self) -> &'static str {
        match self {
            Self::Passed => "sp",
            Self::Failed => "sf",
            Self::Blocked => "sb",
            Self::Open => "so",
        }
    }
}

/// Parts of a whole as one bar; with `is_worded` the numbers stand below, else they must stand beside it.
pub fn seg(parts: &[Part], is_worded: bool) -> Markup {
    let whole: usize = parts.iter().map(|part| part.count).sum();
    let label =
        parts.iter().map(|p| format!("{} {}", p.count, p.word)).collect::<Vec<_>>().join(", ");
    let filled: Vec<&Part> = parts.iter().filter(|part| part.count > 0).collect();
    let before = |at: usize| filled[..at].iter().map(|part| part.count).sum::<usize>();
    html! {
        svg.seg role="img" aria-label=(label) {
            @for (at, part) in filled.iter().enumerate() {
                @let x = share(before(at), whole);
                rect class=(part.look.class()) x=(x) width=(share(part.count, whole)) height="100%" {}
                @if at > 0 { rect.gap x=(x) width="2" height="100%" {} }
            }
        }
        @if is_worded {
            div.seg-l { @for part in parts { span { i.sw.(part.look.class()) {} (part.count) " " (part.word) } } }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of cases are small")]
fn share(part: usize, whole: usize) -> String {
    format!("{}%", percent(part as f64, whole as f64))
}
