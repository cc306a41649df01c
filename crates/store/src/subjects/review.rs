//! Tables of the review: the review, what it released, its workshop, findings, and the files that settle them.

use crate::subject::{Column, Subject};
use golive_core::id::{EvidenceId, FindingId, ReviewId};
use golive_core::review::Review;
use golive_core::review::baseline::Baseline;
use golive_core::review::finding::Finding;
use golive_core::review::proof::Proof;
use golive_core::review::workshop::Workshop;

impl Subject for Review {
    type Id = ReviewId;
    const TABLE: &'static str = "review";
    const KIND: &'static str = "review";
    const COLUMNS: &'static [&'static str] = &["phase", "reviewer"];
    fn columns(&self) -> Vec<Column> {
        let reviewer = self.reviewer.as_ref().map_or(String::new(), |who| who.user.to_string());
        vec![self.state.name().into(), reviewer.into()]
    }
}

impl Subject for Baseline {
    type Id = ReviewId;
    const TABLE: &'static str = "review_baseline";
    const KIND: &'static str = "review_baseline";
}

impl Subject for Workshop {
    type Id = ReviewId;
    const TABLE: &'static str = "review_workshop";
    const KIND: &'static str = "workshop";
}

impl Subject for Finding {
    type Id = FindingId;
    const TABLE: &'static str = "finding";
    const KIND: &'static str = "finding";
    const COLUMNS: &'static [&'static str] = &["severity", "phase"];
    fn columns(&self) -> Vec<Column> {
        vec![self.content.severity.name().into(), self.state.name().into()]
    }
}

impl Subject for Proof {
    type Id = EvidenceId;
    const TABLE: &'static str = "finding_proof";
    const KIND: &'static str = "finding_proof";
    const COLUMNS: &'static [&'static str] = &["finding"];
    fn columns(&self) -> Vec<Column> {
        vec![self.finding.to_string().into()]
    }
}
