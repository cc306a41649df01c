//! Tables of the methodology: the choice, phases, steps, files that prove them.

use crate::subject::{Column, Subject};
use golive_core::id;
use golive_core::methodology::attachment::Attachment;
use golive_core::methodology::choice::Choice;
use golive_core::methodology::phase::Phase;
use golive_core::methodology::step::Step;

impl Subject for Choice {
    type Id = id::ProjectId;
    const TABLE: &'static str = "methodology";
    const KIND: &'static str = "methodology";
}

impl Subject for Phase {
    type Id = id::PhaseId;
    const TABLE: &'static str = "phase";
    const KIND: &'static str = "phase";
}

impl Subject for Step {
    type Id = id::StepId;
    const TABLE: &'static str = "step";
    const KIND: &'static str = "step";
    const COLUMNS: &'static [&'static str] = &["phase"];
    fn columns(&self) -> Vec<Column> {
        vec![self.phase.to_string().into()]
    }
}

impl Subject for Attachment {
    type Id = id::EvidenceId;
    const TABLE: &'static str = "step_evidence";
    const KIND: &'static str = "evidence";
    const COLUMNS: &'static [&'static str] = &["step"];
    fn columns(&self) -> Vec<Column> {
        vec![self.step.to_string().into()]
    }
}
