//! The settings that rules read, each with its unit. A pack that lacks one, or has it in another unit, is not loaded;
//! the settings of a pack that nobody reads are listed in `docs/gates.md`.
//!
//! A rule that begins to read a setting adds a line here; a test of the readers compares this table with the code.

use super::{Policy, Unit};

/// A setting that a rule reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The dotted name.
    pub name: &'static str,
    /// What the rule takes its value for.
    pub unit: Unit,
}

/// A short way to write the table.
const fn key(name: &'static str, unit: Unit) -> Key {
    Key { name, unit }
}

/// Every setting that a rule reads, sorted by name.
pub const READ: &[Key] = &[
    key("acceptance.administrator_results_max", Unit::Percent),
    key("acceptance.coverage_min", Unit::Percent),
    key("acceptance.critical_pass_rate_min", Unit::Percent),
    key("acceptance.customisation_critical_max", Unit::Count),
    key("acceptance.customisation_critical_severities", Unit::List),
    key("acceptance.cycles_min", Unit::Count),
    key("acceptance.defects_critical_open_max", Unit::Count),
    key("acceptance.defects_high_open_max", Unit::Count),
    key("acceptance.defects_medium_open_max", Unit::Count),
    key("acceptance.environment_kinds_refused", Unit::List),
    key("acceptance.environment_tier_min", Unit::Count),
    key("acceptance.executed_min", Unit::Percent),
    key("acceptance.features_documented", Unit::Flag),
    key("acceptance.integration_before_acceptance", Unit::Flag),
    key("acceptance.integration_pass_rate_min", Unit::Percent),
    key("acceptance.migrated_master_data", Unit::Flag),
    key("acceptance.opening_balances", Unit::Flag),
    key("acceptance.pass_rate_min", Unit::Percent),
    key("acceptance.performance_load_min", Unit::Percent),
    key("acceptance.performance_passed", Unit::Flag),
    key("acceptance.peripherals_exercised", Unit::Flag),
    key("acceptance.regulation_confirmed", Unit::Flag),
    key("acceptance.role_coverage_min", Unit::Percent),
    key("acceptance.sign_off_validity", Unit::CalendarDays),
    key("approval.one_person_one_seat", Unit::Flag),
    key("checklist.acceptance_executed_min", Unit::Percent),
    key("checklist.all_answered", Unit::Flag),
    key("checklist.customer_key_stakeholders_min", Unit::Count),
    key("checklist.differences_explained", Unit::Flag),
    key("checklist.expected_from", Unit::CalendarDays),
    key("checklist.expected_until", Unit::CalendarDays),
    key("checklist.opens_before", Unit::CalendarDays),
    key("checklist.partner_key_stakeholders_min", Unit::Count),
    key("cutover.checkpoints_skippable", Unit::Flag),
    key("cutover.forecast_percentile", Unit::Percent),
    key("cutover.forecast_samples", Unit::Count),
    key("cutover.holiday_distance", Unit::CalendarDays),
    key("cutover.late_alert_after", Unit::Minutes),
    key("cutover.month_end_distance", Unit::CalendarDays),
    key("cutover.point_of_no_return_decided", Unit::Flag),
    key("cutover.retry_date_named", Unit::Flag),
    key("cutover.skip_reason_required", Unit::Flag),
    key("cutover.undo_described", Unit::Percent),
    key("cutover.window_max", Unit::Hours),
    key("database_copy.after_go_live_allowed", Unit::Flag),
    key("database_copy.capacity_fits", Unit::Flag),
    key("database_copy.geography_equal", Unit::Flag),
    key("database_copy.key_digest_compared", Unit::Flag),
    key("database_copy.lead", Unit::Hours),
    key("database_copy.notice_recommended", Unit::Hours),
    key("database_copy.operations_at_a_time", Unit::Count),
    key("database_copy.restore_point", Unit::Flag),
    key("database_copy.row_difference_max", Unit::Count),
    key("database_copy.second_person", Unit::Flag),
    key("database_copy.sign_off_within", Unit::Hours),
    key("database_copy.total_difference_max", Unit::Amount),
    key("database_copy.typed_name", Unit::Flag),
    key("database_copy.versions_equal", Unit::Flag),
    key("database_copy.window", Unit::Hours),
    key("environment.emergency_administrator", Unit::Flag),
    key("estimate.active_exactly", Unit::Count),
    key("estimate.age_max", Unit::CalendarDays),
    key("estimate.change_after_sign_off", Unit::Choice),
    key("estimate.licences_min", Unit::Count),
    key("estimate.sizing_automatic", Unit::Flag),
    key("estimate.sizing_headroom", Unit::Percent),
    key("estimate.sizing_manual_pauses_clock", Unit::Flag),
    key("estimate.sizing_manual_within", Unit::BusinessDays),
    key("evidence.customisation_analysis_validity", Unit::CalendarDays),
    key("evidence.performance_validity", Unit::CalendarDays),
    key("evidence.regulation_validity", Unit::CalendarDays),
    key("evidence.stale_on_database_copy", Unit::Flag),
    key("evidence.stale_on_version_change", Unit::Flag),
    key("evidence.stale_warning_before", Unit::CalendarDays),
    key("evidence.test_result_validity", Unit::CalendarDays),
    key("go_live.date_move_authority_within", Unit::CalendarDays),
    key("go_live.date_move_reason_required", Unit::Flag),
    key("go_live.date_move_tolerance", Unit::CalendarDays),
    key("go_live.date_moves_total_tolerance", Unit::CalendarDays),
    key("go_live.date_set_latest", Unit::Months),
    key("go_live.date_set_recommended", Unit::Months),
    key("go_live.milestones_confirmed_every", Unit::CalendarDays),
    key("go_live.milestones_required", Unit::Flag),
    key("go_no_go.authority_is_customer", Unit::Flag),
    key("go_no_go.conditions_have_owner_and_date", Unit::Flag),
    key("go_no_go.seats", Unit::List),
    key("methodology.bulk_completion_steps", Unit::Count),
    key("methodology.bulk_completion_within", Unit::Minutes),
    key("methodology.earlier_phases_complete", Unit::Flag),
    key("methodology.evidence_on_required_steps", Unit::Flag),
    key("methodology.not_applicable_second_person", Unit::Flag),
    key("methodology.phases_before_request", Unit::List),
    key("methodology.required_steps_complete", Unit::Flag),
    key("onboarding.complete", Unit::Flag),
    key("onboarding.customer_administrators_min", Unit::Count),
    key("onboarding.primary_contacts_min", Unit::Count),
    key("onboarding.service_account_in_project", Unit::Flag),
    key("package.all_in_one", Unit::Flag),
    key("package.candidate_age_max", Unit::CalendarDays),
    key("package.code_freeze_before_cutover", Unit::CalendarDays),
    key("package.downgrade_allowed", Unit::Flag),
    key("package.freeze_respected", Unit::Flag),
    key("package.lead_managed", Unit::Hours),
    key("package.lead_self_service", Unit::Hours),
    key("package.missing_module_production", Unit::Flag),
    key("package.missing_module_sandbox", Unit::Flag),
    key("package.platform_not_newer", Unit::Flag),
    key("package.release_candidate_only", Unit::Flag),
    key("package.sandbox_first", Unit::Flag),
    key("package.sign_off_with_issues_accepted", Unit::Flag),
    key("package.signature_required", Unit::Flag),
    key("package.upload_max", Unit::Gigabytes),
    key("package.window", Unit::Hours),
    key("production.reconciliation_signed", Unit::Flag),
    key("production.users_locked_until_ready", Unit::Flag),
    key("reminder.checklist_missing", Unit::DaysList),
    key("reminder.checklist_open", Unit::DaysList),
    key("reminder.graduation", Unit::DaysList),
    key("reminder.onboarding", Unit::DaysList),
    key("reminder.review_latest_start", Unit::DaysList),
    key("request.administrator_is_service_account", Unit::Flag),
    key("request.deployment_managed", Unit::Hours),
    key("request.deployment_self_service", Unit::Minutes),
    key("request.earliest_before_go_live", Unit::CalendarDays),
    key("request.first_sign_in_administrator_only", Unit::Flag),
    key("request.practised_database_copies_min", Unit::Count),
    key("request.practised_packages_min", Unit::Count),
    key("request.practised_service_requests_min", Unit::Count),
    key("request.queued_usual", Unit::Hours),
    key("request.region_equals_sandbox", Unit::Flag),
    key("request.requester_is_not_approver", Unit::Flag),
    key("request.service_request_automatic", Unit::Flag),
    key("request.version_equals_sandbox", Unit::Flag),
    key("request.version_support_left_min", Unit::CalendarDays),
    key("request.version_supported", Unit::Flag),
    key("review.critical_findings_open_max", Unit::Count),
    key("review.first_report_within", Unit::BusinessDays),
    key("review.high_findings_open_max", Unit::Count),
    key("review.latest_start", Unit::CalendarDays),
    key("review.mitigation_plan_for_high", Unit::Flag),
    key("review.ready_valid_for", Unit::CalendarDays),
    key("review.reconfirm_on_date_move", Unit::Flag),
    key("review.reconfirm_on_scope_change", Unit::Flag),
    key("review.reconfirm_on_version_change", Unit::Flag),
    key("review.reconfirm_within", Unit::BusinessDays),
    key("review.required", Unit::Flag),
    key("review.reviewer_from_other_organisation", Unit::Flag),
    key("review.reviewer_is_not_submitter", Unit::Flag),
    key("review.team_answer_within", Unit::BusinessDays),
    key("review.workshop", Unit::Choice),
    key("review.workshop_length", Unit::Minutes),
    key("service_request.access_list_lead", Unit::Hours),
    key("service_request.access_list_window", Unit::Hours),
    key("service_request.directory_move_lead", Unit::BusinessDays),
    key("service_request.embedded_reports_lead", Unit::Hours),
    key("service_request.embedded_reports_window", Unit::Hours),
    key("service_request.environment_lead", Unit::BusinessDays),
    key("service_request.maintenance_conflict", Unit::Choice),
    key("service_request.maintenance_mode_lead", Unit::Hours),
    key("service_request.other_lead", Unit::BusinessDays),
    key("service_request.production_restore_lead", Unit::Hours),
    key("service_request.production_restore_window", Unit::Hours),
    key("service_request.sandbox_restore_lead", Unit::Hours),
    key("service_request.sandbox_restore_window", Unit::Hours),
    key("signature.password_age_max", Unit::Minutes),
    key("waiver.compensation_required", Unit::Flag),
    key("waiver.never", Unit::List),
    key("waiver.reason_length_min", Unit::Characters),
    key("waiver.renewals_max", Unit::Count),
    key("waiver.risk_owner_required", Unit::Flag),
    key("waiver.sides_required", Unit::List),
    key("waiver.validity_max", Unit::CalendarDays),
];

/// A setting that is not as the rules need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The setting.
    pub key: &'static str,
    /// The unit that the rule needs.
    pub needed: Unit,
    /// The unit that it has; `None` when the pack has no such setting.
    pub found: Option<String>,
}

/// What a pack lacks for the rules to work.
pub fn unfit(policy: &Policy) -> Vec<Unfit> {
    let judge = |key: &Key| match policy.setting(key.name) {
        Some(setting) if setting.unit == key.unit.name() => None,
        Some(setting) => {
            Some(Unfit { key: key.name, needed: key.unit, found: Some(setting.unit.clone()) })
        }
        None => Some(Unfit { key: key.name, needed: key.unit, found: None }),
    };
    READ.iter().filter_map(judge).collect()
}

/// The settings of a pack that neither a rule nor one of these other readers (criteria and questions of the content) reads.
pub fn unread<'p>(policy: &'p Policy, others: &[&str]) -> Vec<&'p str> {
    let is_read = |name: &str| READ.iter().any(|key| key.name == name) || others.contains(&name);
    policy.settings.keys().map(String::as_str).filter(|name| !is_read(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_nothing_twice() {
        assert!(READ.windows(2).all(|pair| pair[0].name < pair[1].name));
    }
}
