//! Waivers: two people, a limited time, and what can never be waived; on each database.

use golive_app::waiver::WaiverForm;
use golive_app::{Actor, Error};
use golive_core::gate::{Gate, Status};
use golive_core::id::{ProjectId, WaiverId};
use golive_testkit::TestApp;
use jiff::SignedDuration;
use jiff::civil::date;

fn form(gate: &str, criterion: &str) -> WaiverForm {
    WaiverForm {
        gate: gate.into(),
        criterion: criterion.into(),
        reason: "The signature is on paper and comes with the courier next week.".into(),
        risk_owner: Some("Henrik".into()),
        measure: "A copy of the paper is on file.".into(),
        expires: date(2026, 3, 31),
    }
}

async fn status(test: &TestApp, actor: &Actor, project: ProjectId) -> Status {
    let view = test.gate_explain(actor, project, Gate::ProductionRequest).await.expect("judged");
    let criteria = view.verdict.criteria;
    criteria.into_iter().find(|judged| judged.id == "uat-signed-off").expect("of the table").status
}

#[tokio::test]
async fn a_waiver_opens_its_criterion_until_its_last_day_has_passed() {
    for test in TestApp::on_each_database().await {
        let project = test.project("contoso").await;
        let [henrik, priya, rita, _] = test.team(project).await;
        assert_eq!(status(&test, &henrik, project).await, Status::Unmet);
        let asked = form("production_request", "uat-signed-off");
        let waiver = test.waiver_propose(&priya, project, &asked).await.expect("a sound proposal");
        let id: WaiverId = waiver.id.parse().expect("an id that was just shown");
        test.waiver_approve(&henrik, id, &waiver.digest).await.expect("the customer agrees");
        assert_eq!(status(&test, &henrik, project).await, Status::Unmet, "one seat is not enough");
        let done =
            test.waiver_approve(&rita, id, &waiver.digest).await.expect("the reviewer agrees");
        assert_eq!((done.number.as_str(), done.state.as_str()), ("W-1", "active"));
        assert_eq!(status(&test, &henrik, project).await, Status::Waived);
        test.wait(SignedDuration::from_hours(29 * 24)).await;
        assert_eq!(status(&test, &henrik, project).await, Status::Waived, "31 March counts whole");
        test.wait(SignedDuration::from_hours(24)).await;
        assert_eq!(status(&test, &henrik, project).await, Status::Unmet);
        let late = test.waiver_revoke(&rita, id, "late").await.expect_err("it has run out");
        assert!(late.to_string().contains("expired"), "{late}");
        let listed = test.waiver_list(&henrik, project).await.expect("listed");
        assert_eq!(listed[0].particulars.name(), "expired", "on {}", test.database_kind());
    }
}

#[tokio::test]
async fn nobody_decides_his_own_proposal_or_what_has_changed() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, _, rita, _] = test.team(project).await;
    let asked = form("production_request", "uat-signed-off");
    let waiver = test.waiver_propose(&henrik, project, &asked).await.expect("a sound proposal");
    let id: WaiverId = waiver.id.parse().expect("an id that was just shown");
    let own = test.waiver_approve(&henrik, id, &waiver.digest).await.expect_err("his own");
    assert!(matches!(own, Error::Forbidden(_)), "{own}");
    let other = test.waiver_approve(&rita, id, "sha256:00").await.expect_err("not what was shown");
    assert!(matches!(other, Error::NotNow(_)), "{other}");
    let refused = test.waiver_refuse(&rita, id, "The paper can be scanned.").await.expect("one no");
    assert_eq!(refused.state, "refused");
    let offered = refused.actions.iter().filter(|action| action.is_open()).count();
    assert_eq!(offered, 0, "{:?}", refused.actions);
}

#[tokio::test]
async fn what_can_never_be_waived_and_every_other_fault_are_named_at_once() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, ..] = test.team(project).await;
    let bad = WaiverForm {
        reason: "short".into(),
        risk_owner: None,
        expires: date(2027, 3, 31),
        ..form("production_copy", "typed-name")
    };
    let refused = test.waiver_propose(&henrik, project, &bad).await;
    let Err(Error::Refused(reasons)) = refused else { panic!("{refused:?}") };
    assert!(reasons[0].contains("can never be waived"), "{reasons:?}");
    assert_eq!(reasons.len(), 4, "{reasons:?}");
    let unknown = test.waiver_propose(&henrik, project, &form("production_copy", "none")).await;
    assert!(matches!(unknown, Err(Error::Invalid { .. })));
}

#[tokio::test]
async fn a_waiver_is_proposed_and_approved_on_its_page() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, priya, ..] = test.team(project).await;
    let fields = [
        ("criterion", "production_request/uat-signed-off"),
        ("reason", "The signature is on paper and comes with the courier next week."),
        ("risk_owner", "Henrik"),
        ("measure", "A copy is on file."),
        ("expires", "2026-03-31"),
    ];
    let sent = test.http_as(&priya).await.form("/projects/contoso/waivers", &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let waiver = test.waiver_list(&henrik, project).await.expect("listed").remove(0);
    let http = test.http_as(&henrik).await;
    assert!(http.page("/projects/contoso/waivers").await.text.contains("W-1 waits for"));
    let path = format!("/projects/contoso/waivers/{}/approve", waiver.id);
    assert_eq!(http.form(&path, &[("digest", &waiver.digest)]).await.status, 303);
    let seats = test.waiver_list(&henrik, project).await.expect("listed").remove(0).seats;
    assert_eq!(seats[0].by.as_deref(), Some("Henrik"));
}
