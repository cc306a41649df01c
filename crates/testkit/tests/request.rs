//! The production request over HTTP: what is typed reaches the environment to be, or is refused.

use golive_core::id::ProjectId;
use golive_testkit::{Http, TestApp};
use serde_json::{Value, json};

/// A managed project with its team; the customer's manager asks for production, administered by a person.
async fn asked() -> (TestApp, ProjectId, Http, Value) {
    let test = TestApp::new().await;
    let project = test.project_with("contoso", |new| new.service_model = "managed".into()).await;
    let [henrik, ..] = test.team(project).await;
    test.actor("svc-erp").await;
    let http = test.http_as(&henrik).await;
    let made = http.post(&format!("/api/v1/projects/{project}/requests"), &form("prod")).await.ok();
    (test, project, http, made)
}

fn form(name: &str) -> Value {
    json!({
        "name": name, "region": "eu", "topology": "L2", "version": "1.0", "administrator": "henrik",
        "notify": ["henrik@contoso.example"], "blueprint": "demo-erp", "target": "fake",
    })
}

fn with(mut form: Value, changes: &[(&str, &str)]) -> Value {
    for (name, value) in changes {
        form[*name] = json!(value);
    }
    form
}

async fn configure(http: &Http, request: &Value, form: &Value) -> golive_testkit::Reply {
    let path = format!("/api/v1/requests/{}/configure", request["id"].as_str().unwrap_or_default());
    http.post(&path, form).await
}

async fn environment(http: &Http, request: &Value) -> Value {
    let id = request["environment"].as_str().unwrap_or_default();
    http.get(&format!("/api/v1/environments/{id}")).await.ok()
}

async fn criterion(http: &Http, project: ProjectId, id: &str) -> Value {
    let gate = http.get(&format!("/api/v1/projects/{project}/gates/production_request")).await.ok();
    let all = gate["verdict"]["criteria"].as_array().cloned().unwrap_or_default();
    all.into_iter().find(|criterion| criterion["id"] == id).expect("it is judged")
}

#[tokio::test]
async fn f085_what_is_configured_later_is_what_is_built() {
    let (_test, project, http, request) = asked().await;
    let changed = with(
        form("contoso-prod"),
        &[
            ("region", "eu-west"),
            ("version", "1.1"),
            ("administrator", "svc-erp"),
            ("target", "local"),
        ],
    );
    let seen = configure(&http, &request, &changed).await.ok();
    assert_eq!(seen["environment"], request["environment"], "it is the same environment");
    let planned = environment(&http, &request).await;
    for field in ["name", "region", "version", "administrator", "blueprint", "target"] {
        assert_eq!(planned[field], changed[field], "{field}");
    }
    let log = http.get(&format!("/api/v1/projects/{project}/audit")).await.ok().to_string();
    assert!(log.contains("environment.replanned"), "{log}");
}

#[tokio::test]
async fn a_field_of_the_form_is_used_or_refused_and_never_forgotten() {
    let (_test, _, http, request) = asked().await;
    let before = environment(&http, &request).await;
    for (wrong, named) in [
        (with(form("prod"), &[("blueprint", "other-erp")]), "blueprint"),
        (with(form("prod"), &[("target", "moon")]), "target"),
        (with(form("prod"), &[("region", "")]), "region"),
        (
            with(form("prod"), &[("administrator_is_service_account", "yes")]),
            "administrator_is_service_account",
        ),
    ] {
        let refused = configure(&http, &request, &wrong).await;
        assert!([404, 422].contains(&refused.status), "{named}: {}", refused.status);
        assert!(refused.text.contains(named), "{named}: {}", refused.text);
    }
    let mut nobody = form("prod");
    nobody["notify"] = json!(["somebody"]);
    let refused = configure(&http, &request, &nobody).await;
    assert!(refused.status == 422 && refused.text.contains("notify"), "{}", refused.text);
    assert_eq!(environment(&http, &request).await, before, "a refusal changes nothing");
}

#[tokio::test]
async fn a_name_stands_for_one_environment_also_after_it_was_changed() {
    let (test, project, http, request) = asked().await;
    let henrik = test.actor("henrik").await;
    test.environment(&henrik, project, "uat").await;
    let taken = configure(&http, &request, &form("uat")).await;
    assert!(taken.status == 409 && taken.text.contains("uat"), "{}", taken.text);
    configure(&http, &request, &form("live")).await.ok();
    let path = format!("/api/v1/projects/{project}/requests");
    assert_eq!(http.post(&path, &form("live")).await.status, 409);
    let second = http.post(&path, &form("prod")).await.ok();
    assert_ne!(second["environment"], request["environment"], "the old name is free again");
    assert_eq!(environment(&http, &second).await["name"], "prod");
    assert_eq!(environment(&http, &request).await["name"], "live");
}

#[tokio::test]
async fn f090_after_a_cleared_sign_off_everything_may_change() {
    let (_test, _, http, request) = asked().await;
    let path = format!("/api/v1/requests/{}", request["id"].as_str().expect("an id"));
    http.post(&format!("{path}/sign-off"), &json!({})).await.ok();
    let changed =
        with(form("contoso-prod"), &[("region", "eu-west"), ("administrator", "svc-erp")]);
    assert_eq!(configure(&http, &request, &changed).await.status, 409, "it is signed off");
    http.post(&format!("{path}/clear-sign-off"), &json!({})).await.ok();
    configure(&http, &request, &changed).await.ok();
    let planned = environment(&http, &request).await;
    assert_eq!((&planned["name"], &planned["region"]), (&json!("contoso-prod"), &json!("eu-west")));
}

#[tokio::test]
async fn f004_the_account_says_what_it_is_not_the_form() {
    let (_test, project, http, request) = asked().await;
    let seen = criterion(&http, project, "service-account").await;
    assert_eq!(seen["status"], "warning", "{seen}");
    assert!(seen.to_string().contains("henrik is a person"), "{seen}");
    assert_eq!(environment(&http, &request).await["administrator_is_service_account"], false);
    let page = http
        .page(&format!(
            "/projects/contoso/environments/{}",
            request["environment"].as_str().expect("an id")
        ))
        .await;
    assert!(page.text.contains("no service account"), "the page warns");
    let nobody = with(form("prod"), &[("administrator", "svc-nobody")]);
    configure(&http, &request, &nobody).await.ok();
    let seen = criterion(&http, project, "service-account").await;
    assert!(seen.to_string().contains("no account of this server"), "{seen}");
    let account = with(form("prod"), &[("administrator", "svc-erp")]);
    configure(&http, &request, &account).await.ok();
    assert_eq!(criterion(&http, project, "service-account").await["status"], "met");
    assert_eq!(environment(&http, &request).await["administrator_is_service_account"], true);
}

#[tokio::test]
async fn f091_the_clock_stands_still_for_a_question_in_words_until_its_answer() {
    let (test, project, http, request) = asked().await;
    let path = format!("/api/v1/requests/{}", request["id"].as_str().expect("an id"));
    http.post(&format!("{path}/sign-off"), &json!({})).await.ok();
    let oskar = test.http_as(&test.actor("oskar").await).await;
    let ask = format!("{path}/ask");
    assert_eq!(oskar.post(&ask, &json!({ "question": " " })).await.status, 409, "no words");
    let early = http.post(&format!("{path}/answer"), &json!({ "answer": "Yes" })).await;
    assert!(early.status == 409 && early.text.contains("nothing is asked"), "{}", early.text);
    let question = "Which countries go first?";
    let seen = oskar.post(&ask, &json!({ "question": question })).await.ok();
    assert_eq!(seen["particulars"]["clock"]["question"], question);
    let page = http
        .page(&format!("/projects/contoso/request/{}", request["id"].as_str().expect("an id")))
        .await;
    assert!(page.text.contains(question), "the page shows what is asked");
    let linked = http.get(&format!("/api/v1/projects/{project}/service-requests")).await.ok();
    assert!(linked.to_string().contains(question), "{linked}");
    let answer = [("_form", "request_answer"), ("answer", "Germany, then Poland.")];
    let page =
        format!("/projects/contoso/request/{}/answer", request["id"].as_str().expect("an id"));
    assert_eq!(http.form(&page, &answer).await.status, 303);
    let seen = http.get(&path).await.ok();
    assert_eq!(seen["particulars"]["clock"]["asked"], Value::Null);
    let log = http.get(&format!("/api/v1/projects/{project}/audit")).await.ok().to_string();
    assert!(log.contains(question) && log.contains("Germany, then Poland."), "{log}");
}

#[tokio::test]
async fn a_signature_in_the_browser_asks_for_a_password_that_was_given_too_long_ago() {
    let (test, _, http, request) = asked().await;
    let henrik = test.actor("henrik").await;
    test.give_password("henrik").await;
    let id = request["id"].as_str().expect("an id");
    let page = format!("/projects/contoso/request/{id}");
    let sign = format!("{page}/sign-off");
    let state = async || http.get(&format!("/api/v1/requests/{id}")).await.ok()["state"].clone();
    let old = test.http_signed_in(&henrik, 16).await;

    assert_eq!(old.page(&page).await.status, 200, "looking asks for nothing");
    let typed = [("_key", "k1"), ("note", "typed before")];
    let asked = old.form(&sign, &typed).await;
    assert_eq!((asked.status, state().await), (403, json!("configure")));
    assert!(asked.text.contains("you sign the production request off"), "{}", asked.text);
    assert!(asked.text.contains("name=\"note\" value=\"typed before\""), "nothing typed is lost");
    let waiting = asked.text.split("name=\"_to\" value=\"").nth(1).expect("where it goes on to");
    let waiting = waiting.split('"').next().expect("a value");

    let confirmed = [("_password", golive_testkit::PASSWORD), ("_to", waiting), typed[0], typed[1]];
    let on = old.form("/confirm", &confirmed).await;
    assert_eq!((on.status, on.header("location")), (307, Some(sign.as_str())));
    assert_eq!(old.form(&sign, &confirmed).await.status, 303);
    assert_eq!(state().await, "queued");
}

#[tokio::test]
async fn a_fresh_sign_in_and_a_token_sign_at_once_and_strangers_are_not_asked() {
    let (test, _, http, request) = asked().await;
    let id = request["id"].as_str().expect("an id");
    let sign = format!("/projects/contoso/request/{id}/sign-off");
    let fresh = test.http_signed_in(&test.actor("henrik").await, 14).await;
    assert_eq!(fresh.form(&sign, &[]).await.status, 303);
    http.post(&format!("/api/v1/requests/{id}/clear-sign-off"), &json!({})).await.ok();
    let old = test.http_signed_in(&test.actor("henrik").await, 600).await;
    let by_token = old.post(&format!("/api/v1/requests/{id}/sign-off"), &json!({})).await.ok();
    assert_eq!(by_token["state"], "queued");
    let partner = test.http_signed_in(&test.actor("priya").await, 600).await;
    let refused = partner.form(&sign, &[]).await;
    assert!(refused.status == 403 && !refused.text.contains("_password"), "{}", refused.text);
}

#[tokio::test]
async fn f004_the_application_is_administered_by_whom_the_environment_names() {
    let (test, project, http, _) = asked().await;
    test.actor("svc-other").await;
    let henrik = test.actor("henrik").await;
    let uat = test.running_environment(&henrik, project, "uat").await;
    let new = json!({
        "name": "perf", "purpose": "sandbox", "tier": 2, "hosting": "operator", "region": "eu",
        "blueprint": "demo-erp", "target": "fake", "version": "1.0", "administrator": "svc-other",
    });
    let perf = http.post(&format!("/api/v1/projects/{project}/environments"), &new).await.ok();
    let perf: golive_core::id::EnvironmentId =
        perf["id"].as_str().expect("an id").parse().expect("an id");
    http.post(&format!("/api/v1/environments/{perf}/deploy"), &json!({})).await.ok();
    test.run_until_idle().await;
    let administrator = || {
        let site = test.fake.site(perf);
        let rows = &site.current().expect("it is deployed").tables["account"];
        let found = rows.iter().find(|row| row["administrator"] == "1");
        found.expect("there is one")["login"].clone()
    };
    assert_eq!(administrator(), "svc-other");
    let copy = json!({ "source": uat, "destination": perf, "typed_name": "perf" });
    let refused = http.post(&format!("/api/v1/projects/{project}/copies"), &copy).await;
    assert_eq!(refused.status, 409, "a copy would bring the other one along");
    for word in ["svc-erp", "svc-other"] {
        assert!(refused.text.contains(word), "{word}: {}", refused.text);
    }
}
