//! The schedule over HTTP: the go-live date and its history, milestones and their plan, everything counted back.

use golive_testkit::{Http, Seat, TestApp};
use jiff::civil::Date;
use serde_json::{Value, json};

async fn planned(days: i64) -> (TestApp, String, Http, Date) {
    let test = TestApp::new().await;
    let id = test.project("contoso").await;
    let henrik = test.manager(id).await;
    let http = test.http_as(&henrik).await;
    let base = format!("/api/v1/projects/{id}");
    http.post(&format!("{base}/methodology"), &json!({ "template": "erp-standard" })).await.ok();
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").expect("it exists");
    let today = zone.to_datetime(test.clock.now()).date();
    let date = today.checked_add(jiff::Span::new().days(days)).expect("a day of the calendar");
    http.post(&format!("{base}/go-live-date"), &json!({ "date": date.to_string() })).await.ok();
    (test, base, http, date)
}

async fn milestone(http: &Http, base: &str, name: &str) -> Value {
    let plan = http.get(&format!("{base}/milestones")).await.ok();
    let all = plan["milestones"].as_array().cloned().expect("a list");
    all.into_iter().find(|it| it["name"] == name).expect("a milestone of the template")
}

fn later(date: Date, days: i64) -> String {
    date.checked_add(jiff::Span::new().days(days)).expect("a day of the calendar").to_string()
}

#[tokio::test]
async fn setting_the_date_plans_milestones_and_steps_back_from_it() {
    let (_test, base, http, date) = planned(400).await;
    assert_eq!(milestone(&http, &base, "go-live").await["planned"], date.to_string());
    assert_eq!(milestone(&http, &base, "test-complete").await["planned"], later(date, -49));
    let steps = http.get(&format!("{base}/steps")).await.ok();
    assert_eq!(steps[0]["planned"], later(date, -365));
    let schedule = http.get(&format!("{base}/schedule")).await.ok();
    assert_eq!(
        (schedule["first_miss"].clone(), schedule["faults"].clone()),
        (Value::Null, json!([]))
    );
    assert_eq!(schedule["lines"].as_array().map(Vec::len), Some(14));
}

#[tokio::test]
async fn a_move_needs_a_reason_and_keeps_its_history() {
    let (_test, base, http, date) = planned(400).await;
    let path = format!("{base}/go-live-date");
    let moved = json!({ "date": later(date, 14) });
    assert_eq!(http.post(&path, &moved).await.status, 409, "no reason");
    let moved = json!({ "date": later(date, 14), "reason": "the bank is late" });
    http.post(&path, &moved).await.ok();
    let view = http.get(&path).await.ok();
    assert_eq!(view["history"][1]["reason"], "the bank is late");
    assert_eq!(
        (view["history"][1]["days"].clone(), view["history"][1]["by"].clone()),
        (json!(14), json!("Henrik"))
    );
    assert_eq!(
        milestone(&http, &base, "go-live").await["planned"],
        later(date, 14),
        "the milestone follows"
    );
    let page = http.page("/projects/contoso/schedule").await;
    assert!(page.status == 200 && page.text.contains("the bank is late"));
}

#[tokio::test]
async fn near_the_date_only_the_go_live_authority_moves_it() {
    let (test, base, http, date) = planned(20).await;
    let path = format!("{base}/go-live-date");
    let moved = json!({ "date": later(date, 7), "reason": "late" });
    let refused = http.post(&path, &moved).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    let id = base.rsplit('/').next().expect("an id").parse().expect("an id");
    let seat = Seat {
        side: "customer",
        roles: &["go-live-authority"],
        project_manager: true,
        ..Seat::default()
    };
    let martina = test.member_of(id, "martina", seat).await;
    test.http_as(&martina).await.post(&path, &moved).await.ok();
}

#[tokio::test]
async fn a_published_plan_moves_only_with_a_reason_and_is_confirmed_while_it_holds() {
    let (test, base, http, date) = planned(400).await;
    let fact = async |id: &str| {
        let gate = http.get(&format!("{base}/gates/production_request")).await.ok();
        let all = gate["verdict"]["criteria"].as_array().cloned().expect("criteria");
        all.into_iter().find(|c| c["id"] == id).expect("it is judged")["status"].clone()
    };
    assert_eq!(fact("milestones").await, "unmet");
    let plan = http.post(&format!("{base}/milestones/publish"), &json!({})).await.ok();
    assert_eq!(plan["state"], "published");
    assert_eq!(
        (fact("milestones").await, fact("milestones-confirmed").await),
        (json!("met"), json!("met"))
    );
    let test_complete = milestone(&http, &base, "test-complete").await;
    let path = format!("/api/v1/milestones/{}", test_complete["id"].as_str().expect("an id"));
    let bare = json!({ "on": later(date, -40) });
    assert_eq!(http.post(&format!("{path}/set"), &bare).await.status, 409);
    let moved = json!({ "on": later(date, -40), "reason": "two more weeks of testing" });
    let moved = http.post(&format!("{path}/set"), &moved).await.ok();
    assert_eq!(moved["counted"], later(date, -49));
    assert!(
        moved["history"]
            .as_array()
            .is_some_and(|all| all.iter().any(|e| e["note"] == "two more weeks of testing"))
    );
    let go_live = milestone(&http, &base, "go-live").await;
    let path = format!("/api/v1/milestones/{}/set", go_live["id"].as_str().expect("an id"));
    assert_eq!(http.post(&path, &json!({ "on": later(date, 1), "reason": "x" })).await.status, 409);
    test.wait_days(15).await;
    assert_eq!(fact("milestones-confirmed").await, "warning", "two weeks have passed");
    http.post(&format!("{base}/milestones/confirm"), &json!({})).await.ok();
    assert_eq!(fact("milestones-confirmed").await, "met");
    test.wait_days(200).await;
    let passed = http.post(&format!("{base}/milestones/confirm"), &json!({})).await;
    assert_eq!(passed.status, 409, "dates that passed unreached do not hold: {}", passed.text);
}

#[tokio::test]
async fn what_no_longer_fits_is_named_with_the_first_date_that_would() {
    let (_test, base, http, date) = planned(10).await;
    let schedule = http.get(&format!("{base}/schedule")).await.ok();
    assert_eq!(schedule["lines"][0]["fit"], "done_late", "it was set, but too late");
    assert_eq!(schedule["first_miss"], "checklist_sent");
    let fitting: Date =
        schedule["first_fitting"].as_str().and_then(|d| d.parse().ok()).expect("within a year");
    assert!(fitting > date);
    let page = http.page("/projects/contoso/schedule").await;
    assert!(page.text.contains("It no longer fits"));
}
