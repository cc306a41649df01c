//! The gate before the customer's acceptance sign-off.

use super::{Ask, ask};
use crate::gate::Criterion;

/// Before the sign-off: scope and results, data and roles, proofs, open defects.
pub(super) fn acceptance() -> Vec<Criterion> {
    let mut table = results();
    table.extend(data_and_roles());
    table.extend(proofs());
    table.extend(defects());
    table
}

/// The scope is covered and the cases pass, in an environment that counts.
fn results() -> Vec<Criterion> {
    vec![
        ask("coverage", "Requirements in scope covered by cases", "uat.coverage")
            .at_least("acceptance.coverage_min")
            .mend("test-lead", "Write cases for the requirements that have none, or take them out of scope on record.")
            .at("acceptance", "requirement list --uncovered true", "S F038"),
        ask("executed", "Planned cases that were run", "uat.executed")
            .at_least("acceptance.executed_min")
            .mend("test-lead", "Run the cases that are left.")
            .at("acceptance", "case list --outcome not-run", "S F038"),
        ask("pass-rate", "Planned cases that passed", "uat.pass_rate")
            .at_least("acceptance.pass_rate_min")
            .mend("test-lead", "Repair what failed and run it again.")
            .at("acceptance", "case list --outcome failed", "A F047"),
        ask("critical-pass-rate", "Critical cases that passed", "uat.critical_pass_rate")
            .at_least("acceptance.critical_pass_rate_min")
            .mend("test-lead", "Critical cases must pass: repair and run them again.")
            .at("acceptance", "case list --outcome failed --priority critical", "P F047"),
        ask("eligible-environment", "All results come from environments that count", "uat.environment_eligible")
            .yes_by("acceptance.environment_tier_min")
            .mend("test-lead", "Run the cases again in a managed sandbox of the tier that the policy asks for.")
            .at("acceptance", "acceptance view", "S F037"),
        ask("candidate-version", "The last cycle ran on the release candidate", "uat.version_set_is_candidate")
            .yes_by("evidence.stale_on_version_change")
            .mend("test-lead", "Run the last cycle on the version set that goes to production.")
            .at("acceptance", "acceptance view", "A F049"),
        ask("cycles", "Acceptance cycles finished", "uat.cycles_finished")
            .at_least("acceptance.cycles_min")
            .mend("test-lead", "Plan and finish another cycle.")
            .at("acceptance", "cycle list", "P F047"),
        ask("integration-pass-rate", "Cases of the system integration test that passed", "sit.pass_rate")
            .at_least("acceptance.integration_pass_rate_min")
            .mend("integration-lead", "Repair what failed in the integration test and run it again.")
            .at("acceptance", "acceptance view", "A F052"),
        ask("integration-first", "The system integration test ended before acceptance began", "sit.before_acceptance")
            .equals("acceptance.integration_before_acceptance")
            .mend("test-lead", "Nothing mends the order; look for results that rest on a broken interface.")
            .at("acceptance", "cycle list", "A F052"),
    ]
}

/// Migrated data, and the roles that people will have.
fn data_and_roles() -> Vec<Criterion> {
    vec![
        ask("migrated-master-data", "Tested with migrated master data", "uat.migrated_master_data")
            .equals("acceptance.migrated_master_data")
            .mend("data-migration-lead", "Load migrated master data and test with them.")
            .at("acceptance", "acceptance view", "S F039"),
        ask(
            "opening-balances",
            "Tested with migrated opening balances, even if not final",
            "uat.opening_balances",
        )
        .equals("acceptance.opening_balances")
        .mend("data-migration-lead", "Load the balances as they are now and test with them.")
        .at("acceptance", "acceptance view", "S F039"),
        ask(
            "roles",
            "Roles of the first day, default and custom, with passed cases",
            "uat.roles_covered",
        )
        .at_least("acceptance.role_coverage_min")
        .mend("test-lead", "Run a case in each role that has none.")
        .at("acceptance", "acceptance view", "S F040"),
        ask(
            "administrator-results",
            "Results produced with an administrator's role",
            "uat.administrator_share",
        )
        .at_most("acceptance.administrator_results_max")
        .mend("test-lead", "Run them again with the roles of the first day.")
        .at("acceptance", "acceptance view", "P F040"),
        ask(
            "regulation",
            "Rules of company and industry confirmed by name",
            "regulation.confirmed",
        )
        .equals("acceptance.regulation_confirmed")
        .mend("compliance-officer", "Have the owner of each rule confirm it.")
        .at("acceptance", "acceptance confirm --claim regulation_confirmed", "S F041"),
        ask(
            "peripherals",
            "Integrations, printing, workflow and devices in scope exercised",
            "uat.peripherals_exercised",
        )
        .equals("acceptance.peripherals_exercised")
        .mend("test-lead", "Run a case for each one that has none.")
        .at("acceptance", "acceptance view", "S F045"),
    ]
}

/// Customisation analysis, load test, documents.
fn proofs() -> Vec<Criterion> {
    vec![
        ask(
            "analysis-read",
            "Customisation analysis of the candidate read",
            "customisation.analysis_read",
        )
        .yes_by("acceptance.customisation_critical_max")
        .mend("technical-lead", "Run the analysis on the release candidate and import it.")
        .at("acceptance", "analysis import", "S F042"),
        ask(
            "analysis-critical",
            "Critical lines of the analysis without repair or exception",
            "customisation.critical_open",
        )
        .at_most("acceptance.customisation_critical_max")
        .mend("technical-lead", "Repair them, or justify an exception for each.")
        .at("acceptance", "analysis view", "S F042"),
        ask("performance", "Load test met its targets", "performance.passed")
            .equals("acceptance.performance_passed")
            .mend("performance-engineer", "Tune what is slow and repeat the test.")
            .at("acceptance", "load-test view", "S F043"),
        ask(
            "performance-load",
            "Load reached, of the peak in the active estimate",
            "performance.load_share",
        )
        .at_least("acceptance.performance_load_min")
        .mend("performance-engineer", "Repeat the test at the estimate's peak.")
        .at("acceptance", "load-test view", "P F043"),
        ask(
            "features-documented",
            "Features with an approved description",
            "documentation.features_approved",
        )
        .fully("acceptance.features_documented")
        .mend(
            "solution-architect",
            "Describe the missing features and have the customer approve them.",
        )
        .at("acceptance", "acceptance confirm --claim feature_documented", "S F044"),
    ]
}

/// What is known to be broken.
fn defects() -> Vec<Criterion> {
    vec![
        ask("defects-critical", "Open defects of severity critical", "defects.critical_open")
            .at_most("acceptance.defects_critical_open_max")
            .mend("partner-project-manager", "Repair them.")
            .at("acceptance", "defect list --severity critical", "A F053"),
        ask(
            "defects-high",
            "Open defects of severity high without a workaround",
            "defects.high_open",
        )
        .at_most("acceptance.defects_high_open_max")
        .mend("partner-project-manager", "Repair them, or have the customer accept a workaround.")
        .at("acceptance", "defect list --severity high", "A F053"),
        ask("defects-medium", "Open defects of severity medium", "defects.medium_open")
            .at_most("acceptance.defects_medium_open_max")
            .mend("partner-project-manager", "Bring the number down before people start.")
            .at("acceptance", "defect list --severity medium", "P F053"),
    ]
}
