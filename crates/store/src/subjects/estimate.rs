//! Tables of the usage profiles and of the sizing.

use crate::subject::{Column, Subject};
use golive_core::estimate::Kept;
use golive_core::id;
use golive_core::sizing::Sizing;

impl Subject for Kept {
    type Id = id::EstimateId;
    const TABLE: &'static str = "estimate";
    const KIND: &'static str = "estimate";
    const COLUMNS: &'static [&'static str] = &["name", "phase"];
    fn columns(&self) -> Vec<Column> {
        vec![self.profile.id.clone().into(), self.state.name().into()]
    }
}

impl Subject for Sizing {
    type Id = id::ProjectId;
    const TABLE: &'static str = "sizing";
    const KIND: &'static str = "sizing";
    const COLUMNS: &'static [&'static str] = &["phase"];
    fn columns(&self) -> Vec<Column> {
        vec![self.state.name().into()]
    }
}
