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
    key("database_copy.key_digest_compared", Unit::Flag),
    key("database_copy.lead", Unit::Hours),
    key("database_copy.row_difference_max", Unit::Count),
    key("database_copy.total_difference_max", Unit::Amount),
    key("database_copy.window", Unit::Hours),
    key("go_live.date_move_tolerance", Unit::CalendarDays),
    key("go_live.date_moves_total_tolerance", Unit::CalendarDays),
    key("methodology.bulk_completion_steps", Unit::Count),
    key("methodology.bulk_completion_within", Unit::Minutes),
    key("package.lead_managed", Unit::Hours),
    key("package.lead_self_service", Unit::Hours),
    key("package.window", Unit::Hours),
    key("review.critical_findings_open_max", Unit::Count),
    key("review.first_report_within", Unit::BusinessDays),
    key("review.high_findings_open_max", Unit::Count),
    key("review.ready_valid_for", Unit::CalendarDays),
    key("review.reconfirm_on_date_move", Unit::Flag),
    key("review.reconfirm_on_scope_change", Unit::Flag),
    key("review.reconfirm_on_version_change", Unit::Flag),
    key("review.reconfirm_within", Unit::BusinessDays),
    key("review.reviewer_from_other_organisation", Unit::Flag),
    key("review.reviewer_is_not_submitter", Unit::Flag),
    key("review.team_answer_within", Unit::BusinessDays),
    key("review.workshop", Unit::Choice),
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
