//! Service requests: lead time and window, the conversation with its clock, four eyes, and the one of a production request.

use golive_app::request::RequestForm;
use golive_app::service_request::{
    NewServiceRequest, ServiceRequestFilter, ServiceRequestView, WindowForm,
};
use golive_app::{Actor, Error};
use golive_core::id::{ProjectId, RequestId, ServiceRequestId};
use golive_testkit::TestApp;
use jiff::{SignedDuration, Span, Timestamp};

fn new(kind: &str, window: Option<(Timestamp, Timestamp)>) -> NewServiceRequest {
    NewServiceRequest {
        kind: kind.into(),
        title: "Another address for the EDI partners".into(),
        text: "They change on Monday.".into(),
        environment: None,
        window_start: window.map(|w| w.0),
        window_end: window.map(|w| w.1),
    }
}

fn hours(test: &TestApp, from: i64, until: i64) -> Option<(Timestamp, Timestamp)> {
    let at = |hours: i64| test.clock.now().checked_add(Span::new().hours(hours)).expect("this era");
    Some((at(from), at(until)))
}

fn id(view: &ServiceRequestView) -> ServiceRequestId {
    view.id.parse().expect("an id that was just shown")
}

async fn list(test: &TestApp, actor: &Actor, project: ProjectId) -> Vec<ServiceRequestView> {
    let all = ServiceRequestFilter::default();
    test.service_request_list(actor, project, &all).await.expect("it reads")
}

#[tokio::test]
async fn a_request_is_talked_about_done_and_signed_on_each_database() {
    for test in TestApp::on_each_database().await {
        let project = test.project("contoso").await;
        let [henrik, priya, _, oskar] = test.team(project).await;
        let made =
            test.service_request_submit(&priya, project, &new("other", None)).await.expect("filed");
        assert_eq!((made.number.as_str(), made.state.as_str()), ("SR-1", "submitted"));
        let own = test.service_request_take_up(&priya, id(&made)).await;
        assert!(matches!(own, Err(Error::Forbidden(_))), "only operators take up: {own:?}");
        let asked =
            test.service_request_ask(&oskar, id(&made), "Which Monday?").await.expect("asked");
        assert_eq!(
            (asked.state.as_str(), asked.due),
            ("waiting_for_customer", None),
            "the clock stands still"
        );
        assert!(test.service_request_answer(&oskar, id(&made), "I guess").await.is_err());
        test.wait(SignedDuration::from_hours(24 * 3)).await;
        let answered =
            test.service_request_answer(&henrik, id(&made), "The 9th").await.expect("answered");
        assert!(answered.due.is_some() && !answered.is_late, "three days were not counted");
        test.service_request_take_up(&oskar, id(&made)).await.expect("taken up");
        test.service_request_finish(&oskar, id(&made)).await.expect("done");
        assert!(
            test.service_request_sign_off(&oskar, id(&made), None).await.is_err(),
            "not his own work"
        );
        let signed = test
            .service_request_sign_off(&priya, id(&made), Some("mail is slow"))
            .await
            .expect("signed");
        assert_eq!((signed.state.as_str(), signed.comments.len()), ("signed_off", 3));
        let gates = test.gate_list(&henrik, project).await.expect("judged");
        let facts = serde_json::to_string(&gates).expect("it serialises");
        assert!(facts.contains("practised-requests"), "the gate counts it");
        let open = ServiceRequestFilter { state: Some("open".into()), kind: None };
        let open = test.service_request_list(&henrik, project, &open).await.expect("it reads");
        assert_eq!((open.len(), list(&test, &henrik, project).await.len()), (0, 1));
    }
}

#[tokio::test]
async fn a_window_hears_everything_that_is_wrong_with_it() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, ..] = test.team(project).await;
    let soon_and_short = new("access_list", hours(&test, 1, 2));
    let refused = test.service_request_submit(&henrik, project, &soon_and_short).await;
    let Err(Error::Refused(reasons)) = refused else { panic!("{refused:?}") };
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    let none = test.service_request_submit(&henrik, project, &new("access_list", None)).await;
    assert!(matches!(none, Err(Error::Refused(_))), "{none:?}");
    let unknown = test.service_request_submit(&henrik, project, &new("coffee", None)).await;
    assert!(matches!(unknown, Err(Error::Invalid { .. })), "{unknown:?}");
    let fine = new("access_list", hours(&test, 6, 8));
    let filed = test.service_request_submit(&henrik, project, &fine).await.expect("enough time");
    assert_eq!(filed.kind, "access_list");
}

#[tokio::test]
async fn a_denial_carries_a_suggestion_and_can_be_taken_up() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, _, _, oskar] = test.team(project).await;
    let made =
        test.service_request_submit(&henrik, project, &new("other", None)).await.expect("filed");
    let silent = test.service_request_deny(&oskar, id(&made), "no", " ").await;
    assert!(matches!(silent, Err(Error::NotNow(_))), "{silent:?}");
    let denied = test
        .service_request_deny(&oskar, id(&made), "storage is serviced", "Sunday")
        .await
        .expect("denied");
    assert_eq!(denied.state, "denied");
    let none = WindowForm::default();
    let again = test.service_request_resubmit(&henrik, id(&made), &none).await;
    assert_eq!(again.expect("asked again").state, "submitted");
    let back = test.service_request_cancel(&henrik, id(&made), "solved").await.expect("taken back");
    assert_eq!(back.state, "cancelled");
    let refused: Vec<&str> =
        back.actions.iter().filter(|a| a.is_open()).map(|a| a.name.as_str()).collect();
    assert_eq!(refused, ["service_request_comment"], "nothing else can be done with it");
}

#[tokio::test]
async fn a_stranger_learns_nothing_of_a_request() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, ..] = test.team(project).await;
    let made =
        test.service_request_submit(&henrik, project, &new("other", None)).await.expect("filed");
    let stranger = test.actor("mallory").await;
    let seen =
        test.http_as(&stranger).await.get(&format!("/api/v1/service-requests/{}", made.id)).await;
    assert_eq!(seen.status, 404);
}

#[tokio::test]
async fn the_sign_off_of_a_production_request_files_its_service_request_and_takes_it_along() {
    for test in TestApp::on_each_database().await {
        let project =
            test.project_with("contoso", |new| new.service_model = "managed".into()).await;
        let [henrik, _, _, oskar] = test.team(project).await;
        let form = RequestForm {
            name: "prod".into(),
            region: "eu".into(),
            topology: "6+2/db-24".into(),
            version: "1.0".into(),
            administrator: "svc-erp".into(),
            notify: Vec::new(),
            blueprint: "demo-erp".into(),
            target: "fake".into(),
        };
        let made = test.request_create(&henrik, project, &form).await.expect("a new request");
        let request: RequestId = made.id.parse().expect("an id");
        assert_eq!(list(&test, &henrik, project).await.len(), 0);
        test.request_sign_off(&henrik, request).await.expect("managed may be signed off early");
        let linked = list(&test, &henrik, project).await.remove(0);
        assert_eq!(
            (linked.linked_request.as_deref(), linked.state.as_str()),
            (Some(made.id.as_str()), "submitted")
        );
        let alone = test.service_request_cancel(&henrik, id(&linked), "no").await;
        assert!(matches!(alone, Err(Error::NotNow(_))), "it follows: {alone:?}");
        test.request_ask(&oskar, request, "Which countries go first?").await.expect("asked");
        assert_eq!(list(&test, &henrik, project).await[0].state, "waiting_for_customer");
        test.request_answer(&henrik, request, "Germany").await.expect("answered");
        assert_eq!(list(&test, &henrik, project).await[0].state, "submitted");
        test.request_deny(&oskar, request, "no such region", "eu-west").await.expect("denied");
        assert_eq!(list(&test, &henrik, project).await[0].state, "denied");
        test.request_sign_off(&henrik, request).await.expect("again");
        assert_eq!(list(&test, &henrik, project).await[0].state, "submitted");
        test.request_clear_sign_off(&henrik, request).await.expect("taken back");
        assert_eq!(list(&test, &henrik, project).await[0].state, "cancelled");
        test.request_sign_off(&henrik, request).await.expect("once more");
        let all = list(&test, &henrik, project).await;
        assert_eq!(
            (all.len(), all[0].number.as_str(), all[0].state.as_str()),
            (2, "SR-2", "submitted")
        );
    }
}
