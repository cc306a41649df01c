//! Rows of the subject go-live: one for each project, and one for each value that people recorded.

use crate::subject::{Column, Subject};
use golive_core::go_live::GoLive;
use golive_core::go_live::measured::Measurement;
use golive_core::id::{EvidenceId, ProjectId};

impl Subject for GoLive {
    type Id = ProjectId;
    const TABLE: &'static str = "go_live";
    const KIND: &'static str = "go_live";
    const COLUMNS: &'static [&'static str] = &["phase"];
    fn columns(&self) -> Vec<Column> {
        vec![self.state.name().into()]
    }
}

impl Subject for Measurement {
    type Id = EvidenceId;
    const TABLE: &'static str = "measurement";
    const KIND: &'static str = "fact";
    const COLUMNS: &'static [&'static str] = &["fact"];
    fn columns(&self) -> Vec<Column> {
        vec![self.fact.to_string().into()]
    }
}
