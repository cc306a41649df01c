//! The gates in front of production itself: package, database copy, handing over.

use super::{Ask, ask};
use crate::gate::Criterion;
use crate::service_model::ServiceModel;

/// Before a package is scheduled on production.
pub(super) fn package(model: ServiceModel) -> Vec<Criterion> {
    let mut table = package_content();
    table.extend(package_proof());
    table.extend(package_time(model));
    table
}

/// What the package is.
fn package_content() -> Vec<Criterion> {
    vec![
        ask(
            "release-candidate",
            "A release candidate, signed off on a sandbox",
            "package.release_candidate",
        )
        .equals("package.release_candidate_only")
        .mend(
            "release-manager",
            "Sign the package off on a sandbox and mark it as release candidate.",
        )
        .at("packages", "package mark-candidate", "L F115"),
        ask("sandbox-first", "Installed on a sandbox before", "package.sandbox_proven")
            .equals("package.sandbox_first")
            .mend("release-manager", "Install it on a sandbox first.")
            .at("packages", "package install", "L F115"),
        ask(
            "superset",
            "It holds every installed module, or declares the removal",
            "package.superset",
        )
        .yes_by("package.missing_module_production")
        .mend("release-manager", "Add the missing modules, or declare that they are to be removed.")
        .at("packages", "package view", "S F107; L F113"),
        ask(
            "no-downgrade",
            "An installed module would go back to an older version",
            "package.downgrades",
        )
        .equals("package.downgrade_allowed")
        .mend(
            "release-manager",
            "Build the package from the versions that are installed, or newer ones.",
        )
        .at("packages", "package view", "L F116"),
        ask(
            "platform",
            "Its platform is not newer than that of production",
            "package.platform_not_newer",
        )
        .equals("package.platform_not_newer")
        .mend("operator", "Update production's platform first.")
        .at("packages", "package view", "L F112"),
    ]
}

/// Who vouches for the package, and since when.
fn package_proof() -> Vec<Criterion> {
    vec![
        ask(
            "trusted",
            "Signed by a known key, or approved by a second person",
            "package.signed_or_approved",
        )
        .mend(
            "release-manager",
            "Sign it with a key the server knows, or ask a second person to approve it.",
        )
        .at("packages", "package approve", "P F112"),
        ask("signed", "Signed by a known key", "package.signed")
            .yes_by("package.signature_required")
            .mend("release-manager", "Sign it with a key the server knows.")
            .at("packages", "package view", "P F112"),
        ask("candidate-age", "Age of the release candidate", "package.candidate_age_days")
            .at_most("package.candidate_age_max")
            .mend("release-manager", "Prove it again on a sandbox and mark it anew.")
            .at("packages", "package mark-candidate", "P F115"),
    ]
}

/// When it is to be installed.
fn package_time(model: ServiceModel) -> Vec<Criterion> {
    let lead = match model {
        ServiceModel::Managed => "package.lead_managed",
        ServiceModel::SelfService => "package.lead_self_service",
    };
    vec![
        ask("lead", "Hours between filing and the start of the window", "package.lead_hours")
            .at_least(lead)
            .mend("release-manager", "Choose a later window.")
            .at("packages", "package install --starts", "S F108"),
        ask("window", "Length of the window", "package.window_hours")
            .at_least("package.window")
            .mend("release-manager", "Ask for a longer window: the spare time is for going back.")
            .at("packages", "package install --starts", "S F108"),
        ask("freeze", "No freeze in force, or an override", "package.freeze_clear")
            .equals("package.freeze_respected")
            .mend(
                "operations-lead",
                "Wait for the end of the freeze, or override it with a reason.",
            )
            .at("schedule", "schedule view", "P F140"),
        ask(
            "code-freeze",
            "Days between the candidate and the cutover",
            "package.candidate_days_before_cutover",
        )
        .at_least("package.code_freeze_before_cutover")
        .mend("release-manager", "Keep the earlier candidate, or rehearse with this one.")
        .at("schedule", "schedule view", "A F142"),
    ]
}

/// Before a database is copied into production.
pub(super) fn copy() -> Vec<Criterion> {
    let mut table = copy_fits();
    table.extend(copy_time());
    table
}

/// Source and destination.
fn copy_fits() -> Vec<Criterion> {
    vec![
        ask(
            "versions-equal",
            "Source and destination have the same version set",
            "copy.versions_equal",
        )
        .equals("database_copy.versions_equal")
        .mend("release-manager", "Install the same package on both.")
        .at("copies", "environment view", "L F126"),
        ask(
            "geography-equal",
            "Source and destination are in the same geography",
            "copy.geography_equal",
        )
        .equals("database_copy.geography_equal")
        .mend("operator", "Choose a source in the geography of production.")
        .at("copies", "environment list", "L F126"),
        ask("capacity", "The source fits into the destination", "copy.capacity_fits")
            .equals("database_copy.capacity_fits")
            .mend("operator", "Clean the source up, or give the destination more space.")
            .at("copies", "datacopy preview", "L F126"),
        ask("typed-name", "The name of the destination was typed", "copy.name_typed")
            .equals("database_copy.typed_name")
            .mend(
                "data-migration-lead",
                "Type the name of the environment that will be overwritten.",
            )
            .at("copies", "datacopy start --typed-name", "P F126"),
        ask(
            "restore-point",
            "A restore point of the destination is ensured",
            "copy.restore_point_ensured",
        )
        .equals("database_copy.restore_point")
        .mend("operator", "Make room for the old database to be kept.")
        .at("environments", "environment restore-point", "P F134"),
        ask("not-live", "A wave of the project is live", "project.live")
            .equals("database_copy.after_go_live_allowed")
            .mend(
                "operator",
                "A live production is never overwritten; load what is missing instead.",
            )
            .at("copies", "datacopy preview", "S F124"),
        ask("second-person", "Confirmed by a second person", "copy.second_person_confirmed")
            .equals("database_copy.second_person")
            .mend("operator", "Ask somebody else to confirm the copy.")
            .at("waivers", "waiver propose", "P F124"),
        ask(
            "emergency-administrator",
            "A second emergency administrator exists",
            "environment.emergency_administrator",
        )
        .equals("environment.emergency_administrator")
        .mend("it-lead", "Name a second administrator, who can still sign in if the first cannot.")
        .at("environments", "environment view", "P F004"),
    ]
}

/// Lead time, window, and nothing else under way.
fn copy_time() -> Vec<Criterion> {
    vec![
        ask("lead", "Hours between filing and the start of the window", "copy.lead_hours")
            .at_least("database_copy.lead")
            .mend("data-migration-lead", "Choose a later window.")
            .at("copies", "datacopy start --starts", "S F125"),
        ask("notice", "Hours between filing and the window, for comfort", "copy.lead_hours")
            .at_least("database_copy.notice_recommended")
            .mend(
                "data-migration-lead",
                "Nothing must be done; an earlier request is kinder to the operator.",
            )
            .at("copies", "datacopy start --starts", "L F125"),
        ask("window", "Length of the window", "copy.window_hours")
            .at_least("database_copy.window")
            .mend("data-migration-lead", "Ask for a longer window.")
            .at("copies", "datacopy start --starts", "S F125"),
        ask("alone", "Other operations on source or destination", "copy.operations_running")
            .none_by("database_copy.operations_at_a_time")
            .mend("operator", "Wait until they have ended.")
            .at("operations", "operation list", "A F132"),
    ]
}

/// Before control of production is handed to the customer.
pub(super) fn ready() -> Vec<Criterion> {
    vec![
        ask("deployed", "Production is deployed", "request.deployed")
            .mend("operator", "Finish the deployment.")
            .at("request", "request view", "S F092"),
        ask(
            "package-installed",
            "The release candidate is installed",
            "production.package_installed",
        )
        .mend("release-manager", "Schedule the release candidate on production.")
        .at("packages", "package install", "S F107"),
        ask(
            "version",
            "The version set is that of the release candidate",
            "production.version_equal",
        )
        .yes_by("package.release_candidate_only")
        .mend("release-manager", "Install the candidate, or find out what else was installed.")
        .at("environments", "environment view", "L F115"),
        ask(
            "copied",
            "The database is copied, or that is declared not to apply",
            "production.database_copied",
        )
        .mend("data-migration-lead", "Copy the database, or declare that data come another way.")
        .at("copies", "datacopy start", "S F124"),
        ask("reconciled", "The reconciliation is signed", "production.reconciliation_signed")
            .equals("production.reconciliation_signed")
            .mend("data-owner", "Read the report and sign it.")
            .at("copies", "datacopy sign-off", "P F135"),
        ask(
            "administrator-first",
            "The administrator has signed in first",
            "production.admin_signed_in",
        )
        .equals("request.first_sign_in_administrator_only")
        .mend("environment-administrator", "Sign in to production and confirm the check.")
        .at("environments", "environment view", "S F096"),
        ask(
            "users-locked",
            "Healthy, and only the administrator is enabled",
            "production.healthy_and_locked",
        )
        .equals("production.users_locked_until_ready")
        .mend("operator", "Lock all accounts but the administrator's; repair what is not green.")
        .at("environments", "environment lock-accounts", "S F128"),
    ]
}
