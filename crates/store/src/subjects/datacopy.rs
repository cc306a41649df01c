//! Rows of the subject datacopy: each copy that was done, with its report.

use crate::subject::{Column, Subject};
use golive_core::datacopy::Movement;
use golive_core::id::OperationId;

impl Subject for Movement {
    type Id = OperationId;
    const TABLE: &'static str = "datacopy";
    const KIND: &'static str = "datacopy";
    const COLUMNS: &'static [&'static str] = &["destination"];
    fn columns(&self) -> Vec<Column> {
        vec![self.destination.to_string().into()]
    }
}
