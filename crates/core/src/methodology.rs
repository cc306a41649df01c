//! The methodology of a project: its own copy of a template, with phases and steps that are done, not clicked through.
//!
//! - [`template`]: what a project starts from, and the copy that it gets.
//! - [`step`]: one step: open, done with evidence, or not applicable with a second person.
//! - [`phase`]: one phase: open, complete, reopened.
//! - [`facts`]: what gates ask of it.

pub mod facts;
pub mod phase;
pub mod step;
pub mod template;

#[cfg(test)]
pub(crate) mod sample;

use crate::people::Side;
use serde::{Deserialize, Serialize};

/// Whose work a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doer {
    /// The company that goes live.
    Customer,
    /// The company that implements.
    Partner,
    /// Both of them together.
    Both,
    /// Those who run the environments.
    Operator,
    /// The experts who review.
    Reviewer,
}

impl Doer {
    /// Whether people of this side do it.
    pub fn includes(self, side: Side) -> bool {
        match self {
            Self::Customer => side == Side::Customer,
            Self::Partner => side == Side::Partner,
            Self::Both => side == Side::Customer || side == Side::Partner,
            Self::Operator => side == Side::Operator,
            Self::Reviewer => side == Side::Reviewer,
        }
    }
}
