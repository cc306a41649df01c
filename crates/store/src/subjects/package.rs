//! Rows of the subject package: the library of a project.

use crate::subject::{Column, Subject};
use golive_core::id::PackageId;
use golive_core::package::Stored;

impl Subject for Stored {
    type Id = PackageId;
    const TABLE: &'static str = "package";
    const KIND: &'static str = "package";
    const COLUMNS: &'static [&'static str] = &["phase"];
    fn columns(&self) -> Vec<Column> {
        vec![self.entry.state.name().into()]
    }
}
