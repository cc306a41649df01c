//! What the gate before production hears of the review.

use super::dialogue::{accept, after as settle, propose, raised};
use super::{after, at, complete, in_review, moved, report};
use crate::fact::Facts;
use crate::gate::table::{table, tests::PACK};
use crate::gate::{Gate, Status, judge};
use crate::review::finding::{Finding, Severity};
use crate::review::{OpenFindings, Review, Standing, facts};
use crate::service_model::ServiceModel;

fn told(review: Option<&Review>, findings: &[Finding], requested: bool, hour: i64) -> Facts {
    facts(&Standing { review, findings, workshop: None, requested }, at(hour))
}

fn status(facts: &Facts, criterion: &str, hour: i64) -> Status {
    let table = table(Gate::ProductionRequest, ServiceModel::SelfService);
    let verdict = judge(Gate::ProductionRequest, &table, &PACK, facts, &[], at(hour));
    verdict.criteria.into_iter().find(|judged| judged.id == criterion).unwrap().status
}

#[test]
fn before_the_report_nobody_knows_whether_anything_is_critical() {
    for facts in [told(None, &[], false, 1), told(Some(&in_review()), &[], false, 1)] {
        assert_eq!(status(&facts, "critical-findings", 1), Status::Unmet);
        assert_eq!(status(&facts, "review-complete", 1), Status::Unmet);
    }
}

#[test]
fn a_critical_finding_shuts_until_its_mitigation_is_accepted() {
    let review = after(&in_review(), [report(1)]);
    let open = [raised("F-3", Severity::Critical), raised("F-1", Severity::High)];
    let facts = told(Some(&review), &open, false, 1);
    assert_eq!(status(&facts, "critical-findings", 1), Status::Unmet);
    assert_eq!(status(&facts, "high-mitigations", 1), Status::Warning);
    let details = facts.get(&"review.critical_open".into()).details;
    assert_eq!(details, ["F-3: No rollback proof for the webshop interface"]);
    let settled = open.map(|f| settle(&f, [propose(), accept("amina")]));
    let facts = told(Some(&review), &settled, false, 1);
    assert_eq!(status(&facts, "critical-findings", 1), Status::Met);
    assert_eq!(OpenFindings::of(&settled), OpenFindings::default());
}

#[test]
fn a_release_opens_and_lapses_unless_production_was_requested() {
    let hours = 1 + 90 * 24;
    let open = told(Some(&complete()), &[], false, hours - 1);
    assert_eq!(status(&open, "review-complete", hours - 1), Status::Met);
    assert_eq!(open.get(&"review.complete".into()).holds_until, Some(at(hours)));
    assert_eq!(
        status(&told(Some(&complete()), &[], false, hours), "review-complete", hours),
        Status::Stale
    );
    assert_eq!(
        status(&told(Some(&complete()), &[], true, hours), "review-complete", hours),
        Status::Met
    );
}

#[test]
fn a_late_change_shuts_the_gate_and_says_what_changed() {
    let changed = after(&complete(), [moved(8, 8)]);
    let facts = told(Some(&changed), &[], false, 1);
    assert_eq!(status(&facts, "review-complete", 1), Status::Stale);
    let details = facts.get(&"review.complete".into()).details;
    assert_eq!(
        details,
        ["go-live moved from 2027-06-07 to 2027-06-15, 8 days in all since the report"]
    );
}
