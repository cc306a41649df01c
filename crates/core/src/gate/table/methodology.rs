//! The gates of the team's own work: completing a phase, and sending the checklist.

use super::{Ask, ask};
use crate::gate::Criterion;

/// Before completing a phase. The facts are those of the phase in question.
pub(super) fn phase() -> Vec<Criterion> {
    vec![
        ask("required-steps", "Required steps still open", "phase.required_steps_open")
            .none_by("methodology.required_steps_complete")
            .mend(
                "partner-project-manager",
                "Do the open steps, have them waived, or justify that they do not apply.",
            )
            .at("methodology", "step list --open true", "S F021"),
        ask("earlier-phases", "Earlier phases still open", "phase.earlier_open")
            .none_by("methodology.earlier_phases_complete")
            .mend("partner-project-manager", "Complete the earlier phases first.")
            .at("methodology", "phase complete", "S F020"),
        ask(
            "steps-evidence",
            "Required steps done without evidence",
            "phase.steps_without_evidence",
        )
        .none_by("methodology.evidence_on_required_steps")
        .mend("partner-project-manager", "Attach what shows that the work was done.")
        .at("methodology", "step evidence", "S F022"),
        ask("steps-clicked-through", "Steps flagged as clicked through", "phase.bulk_flagged")
            .none_by("methodology.bulk_completion_steps")
            .mend("partner-project-manager", "Reopen the flagged steps, or add their evidence.")
            .at("methodology", "step list --flagged true", "P F026"),
        ask(
            "steps-not-applicable",
            "Steps set aside by one person alone",
            "phase.not_applicable_unconfirmed",
        )
        .none_by("methodology.not_applicable_second_person")
        .mend(
            "customer-project-manager",
            "Confirm, as the second person, that the step does not apply.",
        )
        .at("methodology", "step confirm-not-applicable", "P F021"),
    ]
}

/// Before submitting the checklist.
pub(super) fn checklist() -> Vec<Criterion> {
    vec![
        ask("all-answered", "Applicable questions without an answer", "checklist.unanswered")
            .none_by("checklist.all_answered")
            .mend(
                "partner-project-manager",
                "Answer the open questions, or hand them to whoever knows.",
            )
            .at("checklist", "checklist view", "A F059"),
        ask(
            "customer-stakeholder",
            "Key stakeholders of the customer named with it",
            "checklist.customer_key_stakeholders",
        )
        .at_least("checklist.customer_key_stakeholders_min")
        .mend("customer-project-manager", "Name a key stakeholder of the customer.")
        .at("checklist", "member add --key-stakeholder", "S F056"),
        ask(
            "partner-stakeholder",
            "Key stakeholders of the partner named with it",
            "checklist.partner_key_stakeholders",
        )
        .at_least("checklist.partner_key_stakeholders_min")
        .mend("partner-project-manager", "Name a key stakeholder of the partner.")
        .at("checklist", "member add --key-stakeholder", "S F056"),
        ask("acceptance-run", "Acceptance cases that were run", "uat.executed")
            .at_least("checklist.acceptance_executed_min")
            .mend("test-lead", "Run the planned cases before asking for the review.")
            .at("acceptance", "acceptance view", "P F054"),
        ask(
            "differences",
            "Answers that differ from the facts without a comment",
            "checklist.differences_unexplained",
        )
        .none_by("checklist.differences_explained")
        .mend("partner-project-manager", "Say why the answer differs, or correct it.")
        .at("checklist", "checklist view", "P F061"),
        ask("expected-until", "Days left until go-live, for a normal start", "go_live.days_left")
            .at_least("checklist.expected_until")
            .mend("customer-project-manager", "Send it now, or move the go-live date.")
            .at("schedule", "schedule view", "S F054"),
        ask("review-start", "Days left until go-live, for the review", "go_live.days_left")
            .at_least("review.latest_start")
            .mend(
                "customer-project-manager",
                "Agree with the reviewer that the date still holds, or move it.",
            )
            .at("schedule", "schedule view", "S F062"),
    ]
}
