//! Onboarding over HTTP: sections saved as far as known, the agreed scope, the Contoso files brought in.

use golive_testkit::{Http, Seat, TestApp};
use serde_json::{Value, json};

const PROJECT: &str = include_str!("../../../examples/contoso/project.toml");
const PEOPLE: &str = include_str!("../../../examples/contoso/people.toml");

async fn contoso() -> (TestApp, String, Http) {
    let test = TestApp::builder().starting("2026-06-01T08:00:00Z").build().await;
    let id = test.project_with("contoso", |new| new.service_model = "managed".into()).await;
    let seat =
        |side| Seat { side, project_manager: true, key_stakeholder: true, ..Seat::default() };
    let lena = test.member_of(id, "lena.hoffmann", seat("customer")).await;
    test.member_of(id, "victor.lindqvist", seat("partner")).await;
    test.member_of(id, "svc-golive", Seat { side: "customer", ..Seat::default() }).await;
    let http = test.http_as(&lena).await;
    (test, format!("/api/v1/projects/{id}"), http)
}

fn file(dry_run: bool) -> Value {
    json!({ "file": "project.toml", "text": PROJECT, "people": PEOPLE, "dry_run": dry_run })
}

async fn status(http: &Http, base: &str, criterion: &str) -> Value {
    let gate = http.get(&format!("{base}/gates/production_request")).await.ok();
    let all = gate["verdict"]["criteria"].as_array().cloned().expect("criteria");
    all.into_iter().find(|c| c["id"] == criterion).expect("it is judged")["status"].clone()
}

#[tokio::test]
async fn a_preview_says_what_the_real_thing_does_and_keeps_nothing() {
    let (_test, base, http) = contoso().await;
    let preview = http.post(&format!("{base}/apply"), &file(true)).await.ok();
    assert_eq!(preview["applied"], false);
    assert_eq!(http.get(&format!("{base}/methodology")).await.ok()["template"], Value::Null);
    let applied = http.post(&format!("{base}/apply"), &file(false)).await.ok();
    assert_eq!(applied["changes"], preview["changes"]);
    assert_eq!(http.get(&base).await.ok()["go_live_date"], "2027-04-05");
    let again = http.post(&format!("{base}/apply"), &file(false)).await.ok();
    assert_eq!(again["changes"], json!([]), "a second time there is nothing to change");
    let left = again["left_out"].to_string();
    assert!(left.contains("without a seat") && left.contains("lies ahead of today"), "{left}");
}

#[tokio::test]
async fn a_bad_file_changes_nothing_and_names_its_line() {
    let (_test, base, http) = contoso().await;
    let text = PROJECT.replace("fate = \"stays\"", "fat = \"stays\"");
    let bad = json!({ "file": "project.toml", "text": text, "people": PEOPLE });
    let refused = http.post(&format!("{base}/apply"), &bad).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("project.toml:"), "{}", refused.text);
    assert_eq!(http.get(&format!("{base}/methodology")).await.ok()["template"], Value::Null);
}

#[tokio::test]
async fn onboarding_is_complete_when_no_section_lacks_anything_and_opens_the_criterion() {
    let (_test, base, http) = contoso().await;
    http.post(&format!("{base}/apply"), &file(false)).await.ok();
    let path = format!("{base}/onboarding");
    let refused = http.post(&format!("{path}/complete"), &json!({})).await;
    let reasons = json!([
        "profile: the home of the source code is empty",
        "licences: the section licences was never saved"
    ]);
    assert_eq!((refused.status, refused.body["reasons"].clone()), (409, reasons));
    let view = http.get(&path).await.ok();
    let mut profile = view["sections"][0]["content"].clone();
    profile["code_home"] = json!("https://git.contoso.example/erp");
    http.post(&path, &json!({ "section": "profile", "content": profile })).await.ok();
    let short = json!({ "section": "licences", "content": { "bought": 700, "allocated": 740 } });
    let view = http.post(&path, &short).await.ok();
    assert_eq!(view["sections"][4]["lacks"], json!(["740 given, but 700 bought"]));
    let licences = json!({ "section": "licences", "content": { "bought": 900, "allocated": 740 } });
    http.post(&path, &licences).await.ok();
    assert_eq!(status(&http, &base, "onboarding").await, "unmet", "nobody has said so yet");
    http.post(&format!("{path}/complete"), &json!({})).await.ok();
    for criterion in ["onboarding", "primary-contacts", "service-account-member"] {
        assert_eq!(status(&http, &base, criterion).await, "met", "{criterion}");
    }
    http.post(&path, &short).await.ok();
    assert_eq!(status(&http, &base, "onboarding").await, "unmet", "judged when asked");
}

#[tokio::test]
async fn the_customer_agrees_to_the_scope_and_a_change_opens_it_again() {
    let (test, base, http) = contoso().await;
    http.post(&format!("{base}/apply"), &file(false)).await.ok();
    let path = format!("{base}/onboarding");
    let victor = test.actor("victor.lindqvist").await;
    let victor = test.http_as(&victor).await;
    assert_eq!(victor.post(&format!("{path}/agree-scope"), &json!({})).await.status, 403);
    let agreed = http.post(&format!("{path}/agree-scope"), &json!({})).await.ok();
    assert_eq!(
        (agreed["scope_as_agreed"].clone(), agreed["scope_agreed_by"].clone()),
        (json!(true), json!("Lena.hoffmann"))
    );
    let mut scope = agreed["sections"][1]["content"].clone();
    scope["features"][0]["detail"] = json!("Five dimensions");
    let changed = victor.post(&path, &json!({ "section": "scope", "content": scope })).await.ok();
    assert_eq!(changed["scope_as_agreed"], false);
    let unknown = json!({ "section": "scope", "content": { "featurs": [] } });
    let refused = http.post(&path, &unknown).await;
    assert!(refused.status == 422 && refused.text.contains("featurs"), "{}", refused.text);
}

#[tokio::test]
async fn the_page_saves_a_section_without_a_script_and_keeps_what_was_typed() {
    let (_test, base, http) = contoso().await;
    let page = http.page("/projects/contoso/onboarding").await;
    assert!(page.status == 200 && page.text.contains("Profile"));
    let slip = [
        ("_form", "onboarding_save_section"),
        ("section", "rollout"),
        ("waves", "one | 2027-04-05 | 740 | DE | CDE | All"),
    ];
    let refused = http.form("/projects/contoso/onboarding", &slip).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("in line 1") && refused.text.contains("one | 2027-04-05"),
        "the typed text comes back"
    );
    let right = [
        ("_form", "onboarding_save_section"),
        ("section", "rollout"),
        ("waves", "1 | 2027-04-05 | 740 | DE, FR | CDE | All"),
    ];
    assert_eq!(http.form("/projects/contoso/onboarding", &right).await.status, 303);
    let view = http.get(&format!("{base}/onboarding")).await.ok();
    assert_eq!(view["sections"][3]["content"]["waves"][0]["countries"], json!(["DE", "FR"]));
}

#[tokio::test]
async fn f018_a_project_is_of_a_kind_that_exists() {
    let test = TestApp::new().await;
    let http = test.http_as(&test.administrator().await).await;
    let project = |kind: &str, calendar: &str| {
        let organisation = test.organisation("Contoso Garden AG");
        let (kind, calendar) = (kind.to_owned(), calendar.to_owned());
        async move {
            json!({
                "slug": "contoso", "name": "Contoso", "organisation": organisation.await,
                "service_model": "managed", "project_type": kind, "policy": "policy-2024",
                "calendar": calendar, "time_zone": "Europe/Berlin",
            })
        }
    };
    let refused = http.post("/api/v1/projects", &project("renovation", "de").await).await;
    assert_eq!(refused.status, 422);
    for word in ["project_type", "renovation", "new_production, new_workload, migration, upgrade"] {
        assert!(refused.text.contains(word), "{word}: {}", refused.text);
    }
    let refused = http.post("/api/v1/projects", &project("upgrade", "moon").await).await;
    assert!(refused.status == 422 && refused.text.contains("calendar"), "{}", refused.text);
    http.post("/api/v1/projects", &project("upgrade", "de").await).await.ok();
}

#[tokio::test]
async fn f006_a_seat_has_roles_of_the_vocabulary_only() {
    let (test, base, _) = contoso().await;
    test.actor("nora").await;
    let http = test.http_as(&test.administrator().await).await;
    let seat = |roles: Value, organisation: String| json!({ "login": "nora", "organisation": organisation, "side": "customer", "roles": roles });
    let organisation = test.organisation("Contoso Garden AG").await;
    let path = format!("{base}/members");
    let refused = http.post(&path, &seat(json!(["test-laed"]), organisation.clone())).await;
    assert_eq!(refused.status, 422);
    for word in ["roles", "test-laed", "test-lead", "go-live-authority"] {
        assert!(refused.text.contains(word), "{word}: {}", refused.text);
    }
    let invited = json!({
        "email": "kim@contoso.example", "name": "Kim", "organisation": organisation,
        "side": "customer", "roles": ["boss"],
    });
    assert_eq!(http.post(&format!("{base}/invitations"), &invited).await.status, 422);
    let made = http.post(&path, &seat(json!(["test-lead"]), organisation)).await.ok();
    assert_eq!(made["roles"], json!(["test-lead"]));
}
