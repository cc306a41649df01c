//! The table of waivers: every exception that was asked for, and what became of it.

use crate::subject::{Column, Subject};
use golive_core::id::WaiverId;
use golive_core::waiver::Waiver;

impl Subject for Waiver {
    type Id = WaiverId;
    const TABLE: &'static str = "waiver";
    const KIND: &'static str = "waiver";
    const COLUMNS: &'static [&'static str] = &["gate", "phase"];
    fn columns(&self) -> Vec<Column> {
        vec![self.proposal.gate.name().into(), self.state.name().into()]
    }
}
