//! Usage profiles and the sizing: from the file to the sheet, exactly one active, and by hand as the exception.

use golive_app::estimate::Settlement;
use golive_app::request::RequestForm;
use golive_app::{Actor, Error};
use golive_core::id::{EstimateId, ProjectId, RequestId};
use golive_testkit::TestApp;
use serde_json::{Value, json};

const FILE: &[u8] = include_bytes!("../../../examples/contoso/estimate.toml");

/// The example's profile as another version.
fn version(number: u32) -> Vec<u8> {
    let text = String::from_utf8_lossy(FILE);
    text.replacen("version = 3", &format!("version = {number}"), 1).into_bytes()
}

async fn import(test: &TestApp, actor: &Actor, project: ProjectId, bytes: &[u8]) -> EstimateId {
    let seen = test.estimate_import(actor, project, "estimate.toml", bytes).await;
    seen.expect("the example is right").id.parse().expect("an id that was just shown")
}

/// A managed project whose request is signed off early and waits in Queued.
async fn queued(test: &TestApp, henrik: &Actor, project: ProjectId) -> RequestId {
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
    let made = test.request_create(henrik, project, &form).await.expect("a new request");
    let id = made.id.parse().expect("an id that was just shown");
    test.request_sign_off(henrik, id).await.expect("managed may be signed off early");
    id
}

async fn asked(test: &TestApp, actor: &Actor, id: RequestId) -> Value {
    let view = test.request_view(actor, id).await.expect("the request is there");
    serde_json::to_value(view.particulars).expect("it serialises")["clock"]["asked"].clone()
}

#[tokio::test]
async fn a_profile_is_read_sized_and_shown_with_every_term_on_each_database() {
    for test in TestApp::on_each_database().await {
        let project = test.project("contoso").await;
        let [henrik, ..] = test.team(project).await;
        let http = test.http_as(&henrik).await;
        let path = format!("/api/v1/projects/{project}/estimates?file=estimate.toml");
        let made = http.upload(&path, FILE).await.ok();
        assert_eq!((&made["state"], &made["size"]["name"]), (&json!("draft"), &json!("6+2/db-24")));
        assert_eq!(
            http.upload(&path, FILE).await.ok()["id"],
            made["id"],
            "the same file twice is one draft"
        );
        let id = made["id"].as_str().expect("an id");
        let seen = http.get(&format!("/api/v1/estimates/{id}")).await.ok();
        let sheet = seen["sheet"].as_array().expect("a sheet");
        let peak =
            sheet.iter().find(|line| line["id"] == "peak_lines").expect("a line of this name");
        assert_eq!(
            peak["expression"],
            "client_peak + integration_peak + batch_weight * batch_peak"
        );
        let terms = peak["terms"].as_array().expect("terms");
        assert!(
            terms.iter().any(|term| term == &json!({ "name": "client_peak", "value": 15350.0 })),
            "{terms:?}"
        );
        assert!(seen["waves"].as_array().is_some_and(|waves| waves.len() > 1));
    }
}

#[tokio::test]
async fn a_bad_file_changes_nothing_and_names_its_lines() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, ..] = test.team(project).await;
    let bad = String::from_utf8_lossy(FILE).replacen(
        "extension_level = \"medium\"",
        "extension_level = \"huge\"",
        1,
    );
    let refused = test.estimate_import(&henrik, project, "estimate.toml", bad.as_bytes()).await;
    let Err(Error::BadFile { faults, .. }) = refused else { panic!("{refused:?}") };
    assert!(faults[0].starts_with("estimate.toml:") && faults[0].contains("huge"), "{faults:?}");
    assert_eq!(test.estimate_list(&henrik, project).await.expect("it reads").len(), 0);
    let other = test.project("fabrikam").await;
    test.manager(other).await;
    let refused = test.estimate_import(&henrik, other, "estimate.toml", FILE).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "a profile of another project");
}

#[tokio::test]
async fn exactly_one_profile_is_active_and_the_next_names_the_one_it_replaces() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, priya, _, oskar] = test.team(project).await;
    let first = import(&test, &priya, project, FILE).await;
    let second = import(&test, &priya, project, &version(4)).await;
    assert!(matches!(test.estimate_activate(&oskar, first, None).await, Err(Error::Forbidden(_))));
    test.estimate_activate(&henrik, first, None).await.expect("the first one");
    let refused = test.estimate_activate(&henrik, second, None).await;
    assert!(matches!(refused, Err(Error::NotNow(_))), "{refused:?}");
    test.estimate_activate(&henrik, second, Some(first)).await.expect("named");
    let all = test.estimate_list(&henrik, project).await.expect("it reads");
    let mut states: Vec<&str> = all.iter().map(|seen| seen.state.as_str()).collect();
    states.sort_unstable();
    assert_eq!(states, ["active", "retired"]);
    let again = test.estimate_import(&priya, project, "estimate.toml", &version(4).repeat(1)).await;
    assert_eq!(again.expect("the same content").state, "active");
}

#[tokio::test]
async fn a_table_of_processes_makes_the_next_version() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, ..] = test.team(project).await;
    let csv = "id,title,channel,peak_lines_per_hour,lines_per_day,stored,users,basis\nweb,Web orders,client,100,1000,yes,5,counted\n";
    let refused = test.estimate_import(&henrik, project, "processes.csv", csv.as_bytes()).await;
    assert!(matches!(refused, Err(Error::NotNow(_))), "{refused:?}");
    import(&test, &henrik, project, FILE).await;
    let refused = test.estimate_import(&henrik, project, "processes.csv", csv.as_bytes()).await;
    let Err(Error::BadFile { faults, .. }) = refused else { panic!("{refused:?}") };
    assert!(faults[0].contains("a job needs the process"), "{faults:?}");
}

#[tokio::test]
async fn a_size_by_hand_and_a_question_stop_the_clock_of_the_request() {
    let test = TestApp::new().await;
    let project = test.project_with("contoso", |new| new.service_model = "managed".into()).await;
    let [henrik, priya, _, oskar] = test.team(project).await;
    let estimate = import(&test, &priya, project, FILE).await;
    test.estimate_activate(&henrik, estimate, None).await.expect("the first one");
    let request = queued(&test, &henrik, project).await;
    assert_eq!(asked(&test, &henrik, request).await, Value::Null);
    assert!(
        test.sizing_ask(&henrik, project, "Is the night right?").await.is_err(),
        "the operator asks"
    );
    let sizing = test.sizing_ask(&oskar, project, "Is the night right?").await.expect("a question");
    assert_eq!((sizing.state.as_str(), sizing.paused_requests.len()), ("question", 1));
    assert_ne!(asked(&test, &henrik, request).await, Value::Null);
    assert!(test.sizing_answer(&oskar, project, "Yes").await.is_err(), "not by the one who asked");
    let sizing = test.sizing_answer(&priya, project, "Yes").await.expect("an answer");
    assert_eq!((sizing.state.as_str(), sizing.paused_requests.len()), ("automatic", 0));
    assert_eq!(asked(&test, &henrik, request).await, Value::Null);

    let sizing =
        test.sizing_ask_for_manual(&oskar, project, "two shops more").await.expect("the exception");
    assert_eq!((sizing.state.as_str(), sizing.due.is_some()), ("manual", true));
    assert_ne!(asked(&test, &henrik, request).await, Value::Null);
    let wanted = Settlement {
        interactive_servers: 7,
        batch_servers: 2,
        database: "db-32".into(),
        storage_gb: 900,
        reason: "agreed with the customer".into(),
    };
    let sizing = test.sizing_settle(&oskar, project, &wanted).await.expect("by the operator");
    assert!(sizing.is_settled && sizing.paused_requests.is_empty());
    assert_eq!(asked(&test, &henrik, request).await, Value::Null);
}

#[tokio::test]
async fn a_changed_profile_clears_the_sign_off_of_a_queued_request() {
    let test = TestApp::new().await;
    let project = test
        .project_with("contoso", |new| {
            new.service_model = "managed".into();
            new.policy = "policy-2021".into();
        })
        .await;
    let [henrik, priya, ..] = test.team(project).await;
    let first = import(&test, &priya, project, FILE).await;
    test.estimate_activate(&henrik, first, None).await.expect("the first one");
    let request = queued(&test, &henrik, project).await;
    let second = import(&test, &priya, project, &version(4)).await;
    test.estimate_activate(&henrik, second, Some(first))
        .await
        .expect("the pack clears the sign-off");
    let view = test.request_view(&henrik, request).await.expect("it reads");
    assert_eq!(view.state, "configure");
}
