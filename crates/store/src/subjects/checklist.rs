//! Tables of the checklist: the whole with its state, and each section with its answers, so that many may answer at once.

use crate::subject::{Column, Subject};
use golive_core::checklist::Checklist;
use golive_core::checklist::section::Section;
use golive_core::id::{ChecklistId, ChecklistSectionId};

impl Subject for Checklist {
    type Id = ChecklistId;
    const TABLE: &'static str = "checklist";
    const KIND: &'static str = "checklist";
    const COLUMNS: &'static [&'static str] = &["phase"];
    fn columns(&self) -> Vec<Column> {
        vec![self.state.name().into()]
    }
}

impl Subject for Section {
    type Id = ChecklistSectionId;
    const TABLE: &'static str = "checklist_section";
    const KIND: &'static str = "checklist_section";
    const COLUMNS: &'static [&'static str] = &["name"];
    fn columns(&self) -> Vec<Column> {
        vec![self.name.clone().into()]
    }
}
