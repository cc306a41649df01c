//! Which event of a log is told as which event of the notifications' content.
//!
//! The content speaks of what people know ("the environment was deployed"), the log of the subject that changed ("the request
//! was deployed"). Events of the content that are not listed here are not raised yet; a test names them.

/// The kind in the log, and the event in the content.
pub const TOLD_AS: &[(&str, &str)] = &[
    ("invitation.sent", "member.invited"),
    ("invitation.accepted", "member.accepted"),
    ("invitation.declined", "member.declined"),
    ("onboarding.completed", "onboarding.completed"),
    ("go_live_date.date_moved", "go_live.moved"),
    ("project.went_live", "project.went_live"),
    ("project.closed", "project.closed"),
    ("phase.completed", "phase.completed"),
    ("phase.reopened", "phase.reopened"),
    ("cycle.started", "cycle.started"),
    ("acceptance.signed", "acceptance.signed"),
    ("acceptance.superseded", "acceptance.superseded"),
    ("checklist_section.assigned", "checklist_section.assigned"),
    ("checklist.submitted", "checklist.submitted"),
    ("review.team_asked", "review_message.sent"),
    ("review.report_issued", "review.report_issued"),
    ("finding.closed", "finding.closed"),
    ("workshop.scheduled", "workshop.scheduled"),
    ("review.completed", "review.completed"),
    ("review.to_be_confirmed", "review.became_unconfirmed"),
    ("request.signed_off", "environment.signed_off"),
    ("request.sign_off_cleared", "environment.sign_off_cleared"),
    ("request.asked", "request_clock.paused"),
    ("request.deploy_started", "environment.deployment_started"),
    ("request.deployed", "environment.deployed"),
    ("request.deploy_failed", "environment.deployment_failed"),
    ("sizing.sized_automatically", "sizing.completed"),
    ("sizing.sized_by_hand", "sizing.completed"),
    ("estimate.activated", "estimate.activated"),
    ("service_request.commented", "service_request.commented"),
    ("service_request.asked", "service_request.commented"),
    ("service_request.answered", "service_request.commented"),
    ("service_request.denied", "service_request.denied"),
    ("service_request.started", "service_request.status_changed"),
    ("service_request.resubmitted", "service_request.status_changed"),
    ("service_request.window_moved", "service_request.status_changed"),
    ("service_request.cancelled", "service_request.status_changed"),
    ("service_request.failed", "service_request.status_changed"),
    ("service_request.signed_off", "service_request.status_changed"),
    ("service_request.done", "service_request.succeeded"),
    ("package.refused", "package.refused"),
    ("package.candidate_marked", "package.became_release_candidate"),
    ("operation.succeeded", "operation.succeeded"),
    ("operation.cancelled", "operation.cancelled"),
    ("operation.attention_needed", "operation.needs_person"),
    ("operation.rolled_back", "operation.rolled_back"),
    ("operation.rollback_failed", "operation.became_stuck"),
    ("waiver.proposed", "waiver.proposed"),
    ("waiver.activated", "waiver.granted"),
    ("waiver.expired", "waiver.expired"),
    ("cutover_run.started", "cutover_run.started"),
    ("cutover_run.closed", "cutover_run.closed"),
    ("cutover_task.failed", "cutover_task.failed"),
    ("go_no_go.decided", "go_no_go.decided"),
    ("go_live.decided", "go_no_go.decided"),
    ("go_live.taken_over", "production.handed_over"),
];

/// What an event of a log is told as.
pub(super) fn told_as(kind: &str) -> Option<&'static str> {
    TOLD_AS.iter().find(|(logged, _)| *logged == kind).map(|(_, told)| *told)
}

/// The kind in plain words, for what has no text of its own: `service_request.denied` → `service request denied`.
pub(super) fn words(kind: &str) -> String {
    kind.replace(['.', '_'], " ")
}

/// The page that shows what an event is about, below the project's own address.
pub(super) fn page(group: &str, subject: &str) -> String {
    let of_subject = subject.split('_').next().unwrap_or_default();
    match (group, of_subject) {
        (_, "srq") => format!("service-requests/{subject}"),
        (_, "op") => format!("operations/{subject}"),
        (_, "est") => "estimate".to_owned(),
        ("people", _) => "members".to_owned(),
        ("onboarding", _) => "onboarding".to_owned(),
        ("dates", _) => "schedule".to_owned(),
        ("steps", _) => "methodology".to_owned(),
        ("acceptance", _) => "acceptance".to_owned(),
        ("checklist", _) => "checklist".to_owned(),
        ("review", _) => "review".to_owned(),
        ("request", _) => "request".to_owned(),
        ("service-requests", _) => "service-requests".to_owned(),
        ("packages-and-copies", _) => "packages".to_owned(),
        ("environments", _) => "environments".to_owned(),
        ("cutover", _) => "cutover/run".to_owned(),
        ("decisions", _) => "waivers".to_owned(),
        ("hypercare", _) => "go-live".to_owned(),
        (_, _) => String::new(),
    }
}
