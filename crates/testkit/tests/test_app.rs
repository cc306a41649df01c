//! The test kit itself: a project is led, an environment is deployed on the fake, and HTTP answers.

use golive_testkit::{Seat, TestApp};
use serde_json::json;

#[tokio::test]
async fn an_environment_is_deployed_and_seen_over_http_on_each_database() {
    for test in TestApp::on_each_database().await {
        let project = test.project("contoso").await;
        let henrik = test.manager(project).await;
        let uat = test.running_environment(&henrik, project, "uat").await;
        assert_eq!(test.stored(uat).await.state.name(), "running", "{}", test.database_kind());
        let site = test.fake.site(uat);
        assert!(site.running.is_some() && site.current().is_some());

        let http = test.http_as(&henrik).await;
        let seen = http.get(&format!("/api/v1/environments/{uat}")).await.ok();
        assert_eq!(seen["installed"]["url"], "http://uat.invalid/");
    }
}

#[tokio::test]
async fn nobody_is_refused_and_a_stranger_sees_nothing() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let path = format!("/api/v1/projects/{project}");
    assert_eq!(test.http().get(&path).await.status, 401);
    let stranger = test.actor("mallory").await;
    assert_eq!(test.http_as(&stranger).await.get(&path).await.status, 404);
    let seat = Seat { side: "partner", ..Seat::default() };
    let member = test.member_of(project, "priya", seat).await;
    assert_eq!(test.http_as(&member).await.get(&path).await.status, 200);
}

#[tokio::test]
async fn the_clock_moves_only_when_it_is_told_to() {
    let test = TestApp::new().await;
    let before = test.clock.now();
    test.wait_days(3).await;
    let moved = test.clock.now().duration_since(before).as_hours();
    assert_eq!(moved, 72);
}

#[tokio::test]
#[should_panic(expected = "work left over")]
async fn a_test_that_leaves_an_operation_open_fails() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let henrik = test.manager(project).await;
    let http = test.http_as(&henrik).await;
    http.post(&format!("/api/v1/projects/{project}/drills"), &json!({})).await.ok();
}

#[tokio::test]
async fn a_test_may_say_that_it_leaves_an_operation_open() {
    let mut test = TestApp::new().await;
    test.may_leave_work();
    let project = test.project("contoso").await;
    let henrik = test.manager(project).await;
    let drill = serde_json::from_value(json!({})).expect("all fields have defaults");
    test.operation_drill(&henrik, project, &drill).await.expect("a manager may drill");
}
