//! The gate of the production request: before Configure (self-service), before Deploying (managed).

use super::{Ask, ask};
use crate::gate::Criterion;

/// Everything that must be true before production is built.
pub(super) fn production_request() -> Vec<Criterion> {
    let mut table = progress();
    table.extend(review());
    table.extend(sizing());
    table.extend(environment());
    table.extend(onboarding());
    table.extend(practice());
    table
}

/// Phases, dates and acceptance.
fn progress() -> Vec<Criterion> {
    let phase = |id, title, fact| {
        ask(id, title, fact)
            .yes_by("methodology.phases_before_request")
            .mend("partner-project-manager", "Do the open steps, then complete the phase.")
            .at("methodology", "phase complete", "S F024")
    };
    vec![
        phase("analysis-complete", "Analysis is complete", "phase.analysis.complete"),
        phase("design-complete", "Design and develop is complete", "phase.design.complete"),
        phase("test-complete", "Test is complete", "phase.test.complete"),
        ask("go-live-date", "The go-live date is set", "go_live.date_set")
            .mend("customer-project-manager", "Set the first day of live operations.")
            .at("schedule", "go-live-date set", "S F032"),
        ask(
            "go-live-lead",
            "Months between the day it was set or moved and the date",
            "go_live.lead_months",
        )
        .at_least("go_live.date_set_latest")
        .mend(
            "customer-project-manager",
            "Nothing mends a date set late; check with the reviewer that it holds.",
        )
        .at("schedule", "go-live-date view", "S F032"),
        ask(
            "milestones",
            "Every phase has a date and the plan is published",
            "milestones.published",
        )
        .equals("go_live.milestones_required")
        .mend("customer-project-manager", "Give each phase its date and publish the plan.")
        .at("schedule", "milestone publish", "L F033"),
        ask(
            "milestones-confirmed",
            "Days since somebody confirmed the dates",
            "milestones.confirmed_days_ago",
        )
        .at_most("go_live.milestones_confirmed_every")
        .mend("customer-project-manager", "Look at the dates and confirm them, or correct them.")
        .at("schedule", "milestone confirm", "P F033"),
        ask("not-too-early", "Days left until go-live", "go_live.days_left")
            .at_most("request.earliest_before_go_live")
            .mend(
                "customer-project-manager",
                "Ask for production when the project is near its live operations.",
            )
            .at("schedule", "schedule view", "P F025"),
        ask(
            "uat-signed-off",
            "The customer has signed the acceptance, and it still holds",
            "uat.signed_valid",
        )
        .yes_by("acceptance.sign_off_validity")
        .mend(
            "customer-project-manager",
            "Open the acceptance gate and sign; sign again what has lapsed.",
        )
        .at("acceptance", "acceptance sign-off", "S F044; A F050"),
    ]
}

/// The go-live review.
fn review() -> Vec<Criterion> {
    vec![
        ask("review-complete", "The reviewer has released the project", "review.complete")
            .equals("review.required")
            .mend("reviewer", "Answer the findings; the reviewer releases the project.")
            .at("review", "review complete", "S F065"),
        ask("critical-findings", "Open findings of severity critical", "review.critical_open")
            .at_most("review.critical_findings_open_max")
            .mend(
                "partner-project-manager",
                "Propose a mitigation for each; the reviewer accepts it.",
            )
            .at("review", "finding list --severity critical", "S F068"),
        ask("high-findings", "Open findings of severity high", "review.high_open")
            .at_most("review.high_findings_open_max")
            .mend(
                "partner-project-manager",
                "Propose a mitigation for each; the reviewer accepts it.",
            )
            .at("review", "finding list --severity high", "P F074"),
        ask(
            "high-mitigations",
            "High findings without owner and date for their mitigation",
            "review.high_without_mitigation",
        )
        .none_by("review.mitigation_plan_for_high")
        .mend("partner-project-manager", "Name an owner and a date for each.")
        .at("review", "finding list --severity high", "S F068"),
        ask("workshop", "The workshop was held", "review.workshop_held")
            .yes_by("review.workshop")
            .mend("lead-reviewer", "Set a date, invite those who must attend, record the minutes.")
            .at("review", "review schedule-workshop", "S F070"),
    ]
}

/// The usage profile.
fn sizing() -> Vec<Criterion> {
    vec![
        ask("estimate-active", "Exactly one estimate is active", "estimate.active")
            .yes_by("estimate.active_exactly")
            .mend("solution-architect", "Activate the estimate that describes the first year.")
            .at("estimate", "estimate activate", "L F079"),
        ask("estimate-age", "Age of the active estimate", "estimate.age_days")
            .at_most("estimate.age_max")
            .mend(
                "solution-architect",
                "Check the estimate against what is known now and activate it again.",
            )
            .at("estimate", "estimate activate", "P F079"),
        ask(
            "licences",
            "Licences allocated are enough and within those bought",
            "licences.sufficient",
        )
        .yes_by("estimate.licences_min")
        .mend("customer-project-manager", "Allocate the licences of the first day.")
        .at("estimate", "estimate view", "A F014"),
    ]
}

/// What production will be, beside what was signed off.
fn environment() -> Vec<Criterion> {
    vec![
        ask(
            "service-account",
            "The administrator is a service account",
            "environment.admin_is_service_account",
        )
        .equals("request.administrator_is_service_account")
        .mend("it-lead", "Name a generic account; a person may leave.")
        .at("request", "request configure --administrator", "S F004"),
        ask(
            "region-equal",
            "Region equals that of the signed-off sandbox",
            "environment.region_equal",
        )
        .equals("request.region_equals_sandbox")
        .mend(
            "operator",
            "Choose the sandbox's region, or accept in another region what was tested in this one.",
        )
        .at("request", "request configure --region", "S F086"),
        ask(
            "version-equal",
            "Version equals that of the signed-off sandbox",
            "environment.version_equal",
        )
        .equals("request.version_equals_sandbox")
        .mend("release-manager", "Choose the sandbox's version, or test the other one first.")
        .at("request", "request configure --version", "A F087"),
        ask("version-supported", "The version is supported", "environment.version_supported")
            .equals("request.version_supported")
            .mend("release-manager", "Move to a supported version and test it.")
            .at("environments", "environment view", "L F150"),
        ask(
            "version-support-left",
            "Support left on the version at go-live is enough",
            "environment.support_left_enough",
        )
        .yes_by("request.version_support_left_min")
        .mend("release-manager", "Prefer a version that is supported for longer.")
        .at("environments", "environment view", "A F087"),
    ]
}

/// Project and people are registered.
fn onboarding() -> Vec<Criterion> {
    vec![
        ask("onboarding", "Onboarding is complete", "onboarding.complete")
            .equals("onboarding.complete")
            .mend("customer-project-manager", "Fill in the pages that are left.")
            .at("onboarding", "onboarding view", "L F010"),
        ask("primary-contacts", "Primary contacts named", "people.primary_contacts")
            .at_least("onboarding.primary_contacts_min")
            .mend("customer-project-manager", "Name the people who answer for the project.")
            .at("members", "member list", "L F012"),
        ask(
            "customer-administrators",
            "Project administrators of the customer",
            "people.customer_administrators",
        )
        .at_least("onboarding.customer_administrators_min")
        .mend(
            "customer-project-manager",
            "Make a member of the customer administrator of the project.",
        )
        .at("members", "member list", "P F012"),
        ask(
            "service-account-member",
            "The administrator's account is a member",
            "people.service_account_in_project",
        )
        .equals("onboarding.service_account_in_project")
        .mend("customer-project-manager", "Invite the generic account.")
        .at("members", "member add", "P F004"),
    ]
}

/// What the team has practised in a sandbox, counted from history.
fn practice() -> Vec<Criterion> {
    vec![
        ask(
            "practised-packages",
            "Packages installed in a sandbox by the team",
            "servicing.packages",
        )
        .at_least("request.practised_packages_min")
        .mend("release-manager", "Install a package in a sandbox and sign it off.")
        .at("packages", "package install", "S F046"),
        ask("practised-requests", "Service requests carried through", "servicing.service_requests")
            .at_least("request.practised_service_requests_min")
            .mend("release-manager", "Carry a service request through to its sign-off.")
            .at("service-requests", "service-request submit", "S F046"),
        ask("practised-copies", "Database copies done by the team", "servicing.database_copies")
            .at_least("request.practised_database_copies_min")
            .mend("data-migration-lead", "Copy a database between sandboxes and sign the report.")
            .at("copies", "datacopy start", "S F046"),
    ]
}
