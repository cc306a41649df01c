//! Durable operations: what to do next, judged only from the log.
//!
//! The runner writes a record before and after each operation step. After a crash the log is all that is left, so the
//! log alone must decide: a step that started and never reported is applied again, which is why steps may run twice.
//!
//! ```text
//! Apply ─► Done ─► … ─► Finish(Succeeded)
//!   ├─ NotYet, Retry: the same step again, later
//!   ├─ Refused, cancelled: Undo, backwards ─► Finish(RolledBack | Cancelled)
//!   │                       └─ cannot ─► Finish(RollbackFailed): blocks the environment until settled
//!   └─ NeedsAttention: a person chooses: retry, skip, roll back
//! ```

use crate::id::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One line of an operation's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// The step may have had an effect from here on.
    Started {
        /// Which step.
        step: usize,
        /// In which epoch, for the fence at the target.
        epoch: i64,
    },
    /// The step did what it should; `output` is read by later steps.
    Done {
        /// Which step.
        step: usize,
        /// What it found or made.
        output: Value,
    },
    /// Technology failed; the step is tried again.
    Retrying {
        /// Which step.
        step: usize,
        /// What went wrong.
        why: String,
    },
    /// The step must not go on before an instant of the business clock.
    Waiting {
        /// Which step.
        step: usize,
        /// Until when.
        until: Timestamp,
    },
    /// It will not work and nothing that matters was touched: undo.
    Refused {
        /// Which step.
        step: usize,
        /// What went wrong.
        why: String,
    },
    /// A person must look and choose.
    AttentionNeeded {
        /// Which step.
        step: usize,
        /// What was found.
        diagnosis: String,
    },
    /// A person chose.
    Chosen {
        /// Who.
        by: UserId,
        /// What.
        choice: Choice,
        /// Why.
        reason: String,
    },
    /// A person asked to stop.
    CancelAsked {
        /// Who.
        by: UserId,
        /// Why.
        why: String,
    },
    /// The undo of the step may have had an effect from here on.
    UndoStarted {
        /// Which step.
        step: usize,
        /// In which epoch.
        epoch: i64,
    },
    /// The step's effect is gone.
    Undone {
        /// Which step.
        step: usize,
    },
    /// The undo was tried and technology failed; it is tried again.
    UndoRetrying {
        /// Which step.
        step: usize,
        /// What went wrong.
        why: String,
    },
    /// The step's effect cannot be taken back.
    UndoFailed {
        /// Which step.
        step: usize,
        /// What went wrong.
        why: String,
    },
}

/// What a person may choose when an operation needs attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Try the same step again.
    Retry,
    /// Take the step as done, with the diagnosed item left as it is.
    Skip,
    /// Undo everything that was done.
    RollBack,
}

impl Choice {
    /// All choices with what each costs, for pages and command line.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Retry, "Tries the same step again. What is done stays done."),
        (
            Self::Skip,
            "Takes this step as done and goes on. The diagnosed item stays as it is; the reason is on record.",
        ),
        (
            Self::RollBack,
            "Undoes every step, newest first. What people entered since the restore point is lost.",
        ),
    ];

    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Skip => "skip",
            Self::RollBack => "roll_back",
        }
    }
}

impl std::str::FromStr for Choice {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .map(|(choice, _)| choice)
            .find(|choice| choice.name() == text)
            .ok_or_else(|| format!("no choice `{text}`; choices are retry, skip, roll_back"))
    }
}

/// The runner's next move.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Do the step, or do it again.
    Apply {
        /// Which step.
        step: usize,
    },
    /// Take the step back, or do so again.
    Undo {
        /// Which step.
        step: usize,
    },
    /// Nothing before this instant of the business clock.
    Wait {
        /// Until when.
        until: Timestamp,
    },
    /// Nothing before a person has chosen.
    NeedsAttention {
        /// Which step.
        step: usize,
        /// What was found.
        diagnosis: String,
    },
    /// It is over.
    Finish(Outcome),
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Every step is done.
    Succeeded,
    /// Something refused and all that had been done is undone.
    RolledBack {
        /// What refused.
        why: String,
    },
    /// A person stopped it and all that had been done is undone.
    Cancelled {
        /// Why.
        why: String,
    },
    /// Something could not be undone. The environment is blocked until a person settles it.
    RollbackFailed {
        /// The step that could not be undone.
        step: usize,
        /// Why not.
        why: String,
    },
}

impl Outcome {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::RolledBack { .. } => "rolled_back",
            Self::Cancelled { .. } => "cancelled",
            Self::RollbackFailed { .. } => "rollback_failed",
        }
    }
}

/// What the log says, folded.
#[derive(Default)]
struct Fold {
    /// Steps that may have had an effect, oldest first.
    touched: Vec<usize>,
    /// How many steps are done.
    done: usize,
    /// Why it goes backwards, and whether a person wanted it.
    back: Option<(String, bool)>,
    wait: Option<Timestamp>,
    attention: Option<(usize, String)>,
    undo_failed: Option<(usize, String)>,
}

/// Decides the next move of an operation with `steps` steps. An operation without steps is a fault of the program
/// and needs attention; it never succeeds.
pub fn next(steps: usize, log: &[Record], now: Timestamp) -> Next {
    if steps == 0 {
        return Next::NeedsAttention {
            step: 0,
            diagnosis: "this golive knows no steps for this operation".into(),
        };
    }
    let fold = fold(log);
    if let Some((step, why)) = fold.undo_failed {
        return Next::Finish(Outcome::RollbackFailed { step, why });
    }
    if let Some((step, diagnosis)) = fold.attention {
        return Next::NeedsAttention { step, diagnosis };
    }
    match (fold.back, fold.touched.last()) {
        (Some((why, true)), None) => Next::Finish(Outcome::Cancelled { why }),
        (Some((why, false)), None) => Next::Finish(Outcome::RolledBack { why }),
        (Some(_), Some(&step)) => Next::Undo { step },
        (None, _) if fold.done >= steps => Next::Finish(Outcome::Succeeded),
        (None, _) => match fold.wait.filter(|&until| until > now) {
            Some(until) => Next::Wait { until },
            None => Next::Apply { step: fold.done },
        },
    }
}

fn fold(log: &[Record]) -> Fold {
    let mut fold = Fold::default();
    for record in log {
        fold.wait = None;
        match record {
            Record::Started { step, .. } => {
                if fold.touched.last() != Some(step) {
                    fold.touched.push(*step);
                }
            }
            Record::Done { step, .. } => fold.done = step + 1,
            Record::Waiting { until, .. } => fold.wait = Some(*until),
            Record::Refused { why, .. } => {
                fold.back.get_or_insert_with(|| (why.clone(), false));
            }
            Record::CancelAsked { why, .. } => {
                fold.attention = None;
                fold.back.get_or_insert_with(|| (why.clone(), true));
            }
            Record::AttentionNeeded { step, diagnosis } => {
                fold.attention = Some((*step, diagnosis.clone()));
            }
            Record::Chosen { choice, reason, .. } => choose(&mut fold, *choice, reason),
            Record::Undone { step } => fold.touched.retain(|touched| touched != step),
            Record::UndoFailed { step, why } => fold.undo_failed = Some((*step, why.clone())),
            Record::Retrying { .. } | Record::UndoStarted { .. } | Record::UndoRetrying { .. } => {}
        }
    }
    fold
}

/// A choice after a failed undo means trying the undo again (retry) or leaving its effect in place (skip).
fn choose(fold: &mut Fold, choice: Choice, reason: &str) {
    if let Some((step, _)) = fold.undo_failed.take() {
        match choice {
            Choice::Retry | Choice::RollBack => {}
            Choice::Skip => fold.touched.retain(|&touched| touched != step),
        }
        return;
    }
    let Some((step, _)) = fold.attention.take() else { return };
    match choice {
        Choice::Retry => {}
        Choice::Skip => fold.done = step + 1,
        Choice::RollBack => {
            fold.back.get_or_insert_with(|| (reason.to_owned(), false));
        }
    }
}

/// How many times in a row the step has failed for technical reasons; the runner bounds it.
pub fn attempts(log: &[Record], step: usize) -> usize {
    log.iter()
        .rev()
        .take_while(|record| !matches!(record, Record::Chosen { .. }))
        .filter(|record| match record {
            Record::Retrying { step: s, .. } | Record::UndoRetrying { step: s, .. } => *s == step,
            Record::Started { .. }
            | Record::Done { .. }
            | Record::Waiting { .. }
            | Record::Refused { .. }
            | Record::AttentionNeeded { .. }
            | Record::Chosen { .. }
            | Record::CancelAsked { .. }
            | Record::UndoStarted { .. }
            | Record::Undone { .. }
            | Record::UndoFailed { .. } => false,
        })
        .count()
}

/// What an earlier step found or made, if it is done.
pub fn output(log: &[Record], wanted: usize) -> Option<&Value> {
    log.iter().rev().find_map(|record| match record {
        Record::Done { step, output } if *step == wanted => Some(output),
        Record::Done { .. }
        | Record::Started { .. }
        | Record::Retrying { .. }
        | Record::Waiting { .. }
        | Record::Refused { .. }
        | Record::AttentionNeeded { .. }
        | Record::Chosen { .. }
        | Record::CancelAsked { .. }
        | Record::UndoStarted { .. }
        | Record::Undone { .. }
        | Record::UndoRetrying { .. }
        | Record::UndoFailed { .. } => None,
    })
}

#[cfg(test)]
mod tests;
