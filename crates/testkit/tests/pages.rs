//! Pages: guarded, linked without holes, harmless to click twice, honest when refused; and the streams that keep them live.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use futures_util::StreamExt as _;
use golive_app::Actor;
use golive_testkit::{Http, PASSWORD, Reply, TestApp};
use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;
use tower::ServiceExt as _;

/// A project with its team, a running sandbox, a drill and a production request.
async fn contoso(test: &TestApp) -> Actor {
    let project = test.project("contoso").await;
    let [henrik, ..] = test.team(project).await;
    test.running_environment(&henrik, project, "uat").await;
    test.operation_drill(&henrik, project, &golive_app::operation::DrillRequest::default())
        .await
        .expect("a drill begins");
    test.run_until_idle().await;
    let form = golive_app::request::RequestForm {
        name: "prod".into(),
        region: "eu".into(),
        topology: "L2".into(),
        version: "1.0".into(),
        administrator: "svc-erp".into(),
        notify: vec![],
        blueprint: "demo-erp".into(),
        target: "fake".into(),
    };
    test.request_create(&henrik, project, &form).await.expect("a request is opened");
    henrik
}

/// The addresses that a page leads to, on this server.
fn links(page: &str) -> Vec<String> {
    page.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.starts_with('/') && !href.starts_with("//"))
        .filter(|href| !href.starts_with("/assets/") && !href.starts_with("/api/"))
        .map(|href| href.split('#').next().unwrap_or_default().replace("&amp;", "&"))
        .collect()
}

fn is_guarded(path: &str, reply: &Reply) {
    let policy = reply.header("content-security-policy").unwrap_or_default();
    assert!(
        policy.contains("default-src 'self'") && !policy.contains("unsafe"),
        "{path}: {policy}"
    );
    let text = &reply.text;
    assert!(!text.contains(" style="), "{path} has a style attribute");
    assert!(!text.contains("<style"), "{path} has an inline style sheet");
    assert_eq!(
        text.matches("<script").count(),
        text.matches("<script type=\"module\" src=").count(),
        "{path}"
    );
    for event in [" onclick=", " onsubmit=", " onload=", " onchange=", "javascript:"] {
        assert!(!text.contains(event), "{path} has {event}");
    }
}

/// Ids that stand twice in a page.
fn twice(text: &str) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    let ids = text.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    ids.filter(|id| !seen.insert(*id)).collect()
}

/// Follows every link from here and looks at each page once; one page of each kind is enough.
async fn crawl(http: &Http, from: &[&str]) -> BTreeSet<String> {
    let mut queue: VecDeque<String> = from.iter().map(|path| (*path).to_owned()).collect();
    let mut seen: BTreeSet<String> = queue.iter().cloned().collect();
    let mut broken = Vec::new();
    while let Some(path) = queue.pop_front() {
        let reply = http.page(&path).await;
        match reply.status {
            200 if reply
                .header("content-type")
                .is_some_and(|kind| kind.starts_with("text/html")) =>
            {
                is_guarded(&path, &reply);
                broken.extend(
                    twice(&reply.text).iter().map(|id| format!("{path} has the id {id} twice")),
                );
                let fresh = links(&reply.text).into_iter().filter(|to| seen.insert(to.clone()));
                queue.extend(fresh.take(40));
            }
            200 | 303 => {}
            status => broken.push(format!("{status} {path}")),
        }
        assert!(seen.len() < 3_000, "the pages never end");
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    seen
}

#[tokio::test]
async fn every_link_leads_to_a_guarded_page_with_nothing_inline() {
    let test = TestApp::new().await;
    let henrik = contoso(&test).await;
    let http = test.http_as(&henrik).await;
    let seen = crawl(&http, &["/", "/my-work", "/projects/contoso", "/calendar", "/me"]).await;
    for page in
        ["/portfolio", "/projects/contoso/gates/production_request", "/projects/contoso/members"]
    {
        assert!(seen.contains(page), "no page leads to {page}");
    }
    let admin = test.administrator().await;
    let http = test.http_as(&admin).await;
    // Without a seat the administrator sees where a project stands and who sits in it, and no more.
    for page in [
        "/server",
        "/portfolio",
        "/portfolio/new",
        "/my-work",
        "/calendar",
        "/projects/contoso",
        "/projects/contoso/members",
        "/projects/contoso/gates",
    ] {
        let reply = http.page(page).await;
        assert_eq!(reply.status, 200, "{page}");
        is_guarded(page, &reply);
    }
    assert_eq!(http.page("/projects/contoso/audit").await.status, 404);
    is_guarded("/sign-in", &test.http().page("/sign-in").await);
    is_guarded("/nowhere", &http.page("/nowhere").await);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_done_once() {
    let test = TestApp::new().await;
    let henrik = contoso(&test).await;
    let http = test.http_as(&henrik).await;
    let drill = [
        ("_key", "once"),
        ("_form", "operation_drill"),
        ("refuse_at", "0"),
        ("attention_at", "0"),
        ("undo_fails_at", "0"),
        ("step_millis", "0"),
    ];
    let count = |text: &str| text.matches(" id=\"operation-op_").count();
    let before = count(&http.page("/projects/contoso/operations").await.text);
    for _ in 0..2 {
        let reply = http.form("/projects/contoso/operations", &drill).await;
        assert_eq!(reply.status, 303, "{}", reply.text);
    }
    assert_eq!(count(&http.page("/projects/contoso/operations").await.text), before + 1);
    test.run_until_idle().await;
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_every_reason() {
    let test = TestApp::new().await;
    let henrik = contoso(&test).await;
    let http = test.http_as(&henrik).await;
    let typed = [
        ("_form", "environment_create"),
        ("name", "Not A Name"),
        ("purpose", "sandbox"),
        ("tier", "2"),
        ("hosting", "self_service"),
        ("region", "eu-typed"),
        ("blueprint", "demo-erp"),
        ("target", "fake"),
        ("version", "1.0"),
        ("administrator", "svc"),
    ];
    let reply = http.form("/projects/contoso/environments", &typed).await;
    assert_eq!(reply.status, 422);
    assert!(
        reply.text.contains("value=\"eu-typed\"") && reply.text.contains("aria-invalid=\"true\"")
    );
    let request = http.page("/projects/contoso/request").await;
    let to = request.text.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let configure =
        to.into_iter().find(|to| to.ends_with("/configure")).expect("it can be configured");
    let sign_off = configure.replace("/configure", "/sign-off");
    let reply = http.form(&sign_off, &[]).await;
    assert_eq!(reply.status, 409);
    assert!(reply.text.contains("is shut") && reply.text.contains("The go-live date is set"));
}

#[tokio::test]
async fn nobody_is_sent_to_sign_in_and_comes_back_to_where_he_was_going() {
    let test = TestApp::new().await;
    contoso(&test).await;
    test.give_password("henrik").await;
    let http = test.http();
    let reply = http.page("/projects/contoso/gates?x=1").await;
    let next = "/sign-in?next=/projects/contoso/gates%3Fx%3D1";
    assert_eq!((reply.status, reply.header("location")), (303, Some(next)));
    let typed = [("login", "henrik"), ("password", PASSWORD), ("next", "/projects/contoso/gates")];
    let reply = http.form("/sign-in", &typed).await;
    assert_eq!(reply.header("location"), Some("/projects/contoso/gates"));
    let cookie = reply.header("set-cookie").expect("a session");
    assert!(
        cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
            && !cookie.contains("Secure")
    );
    let foreign = [("login", "henrik"), ("password", PASSWORD), ("next", "//evil.example")];
    assert_eq!(http.form("/sign-in", &foreign).await.header("location"), Some("/"));
}

#[tokio::test]
async fn wrong_passwords_are_answered_a_few_times_and_then_must_wait() {
    let test = TestApp::new().await;
    contoso(&test).await;
    test.give_password("priya").await;
    let http = test.http();
    let wrong = [("login", "priya"), ("password", "not her password")];
    for _ in 0..5 {
        let reply = http.form("/sign-in", &wrong).await;
        assert_eq!(reply.status, 422);
        assert!(reply.text.contains("value=\"priya\"") && !reply.text.contains("not her password"));
    }
    let reply = http.form("/sign-in", &wrong).await;
    assert_eq!(reply.status, 429);
    assert!(reply.header("retry-after").is_some() && reply.text.contains("Too often"));
}

/// A request as a browser sends it, with headers of one's own, from an address of one's own.
async fn raw(
    test: &TestApp,
    peer: [u8; 4],
    headers: &[(&str, &str)],
    body: &str,
) -> axum::response::Response {
    let router = golive_web::router::router(test.app().clone());
    let mut request = Request::post("/sign-in")
        .header("host", "golive.test")
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body.to_owned())).expect("a request");
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 40_000))));
    router.oneshot(request).await.expect("an answer")
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_and_only_a_trusted_proxy_makes_cookies_secure() {
    let test = TestApp::new().await;
    contoso(&test).await;
    test.give_password("henrik").await;
    let body = format!("login=henrik&password={}", PASSWORD.replace(' ', "+"));
    let elsewhere = raw(&test, [127, 0, 0, 1], &[("sec-fetch-site", "cross-site")], &body).await;
    assert_eq!(elsewhere.status(), 403);
    let by_tls = [("sec-fetch-site", "same-origin"), ("x-forwarded-proto", "https")];
    let is_secure = |response: axum::response::Response| {
        response.headers()["set-cookie"].to_str().expect("text").contains("Secure")
    };
    assert!(is_secure(raw(&test, [127, 0, 0, 1], &by_tls, &body).await));
    assert!(!is_secure(raw(&test, [203, 0, 113, 9], &by_tls, &body).await));
}

#[tokio::test]
async fn a_password_that_is_asked_again_sends_the_waiting_form_on_with_what_was_typed() {
    let test = TestApp::new().await;
    let henrik = contoso(&test).await;
    test.give_password("henrik").await;
    let http = test.http_as(&henrik).await;
    let to = ("_to", "/projects/contoso/operations");
    let wrong = [to, ("_password", "another one"), ("reason", "typed before")];
    let reply = http.form("/confirm", &wrong).await;
    assert_eq!(reply.status, 403);
    assert!(reply.text.contains("value=\"typed before\"") && !reply.text.contains("another one"));
    assert!(
        reply.text.contains("name=\"_to\" value=\"/projects/contoso/operations\""),
        "{}",
        reply.text
    );
    let right = [to, ("_password", PASSWORD), ("reason", "typed before")];
    let reply = http.form("/confirm", &right).await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (307, Some("/projects/contoso/operations"))
    );
}

/// The stream of a page, as text that comes.
async fn stream(test: &TestApp, cookie: &str, query: &str) -> axum::body::BodyDataStream {
    let router = golive_web::router::router(test.app().clone());
    let request = Request::get(format!("/live?{query}"))
        .header("host", "golive.test")
        .header("cookie", format!("{}={cookie}", golive_web::caller::SESSION_COOKIE))
        .body(Body::empty())
        .expect("a request");
    let response = router.oneshot(request).await.expect("an answer");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    response.into_body().into_data_stream()
}

/// What comes until a text has come.
async fn until(stream: &mut axum::body::BodyDataStream, wanted: &str) -> String {
    let mut text = String::new();
    let read = async {
        while let Some(chunk) = stream.next().await {
            text.push_str(&String::from_utf8_lossy(&chunk.expect("the stream holds")));
            if text.contains(wanted) {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), read)
        .await
        .unwrap_or_else(|_| panic!("no {wanted} came"));
    text
}

async fn session(test: &TestApp, login: &str) -> String {
    test.give_password(login).await;
    test.sign_in(login, PASSWORD, "test").await.expect("signed in")
}

#[tokio::test]
async fn many_open_pages_are_told_of_a_change_with_the_cards_that_changed_and_no_others() {
    let test = TestApp::new().await;
    let henrik = contoso(&test).await;
    let cookie = session(&test, "henrik").await;
    let project = golive_core::id::ProjectId::named("server", "contoso");
    let seq = test.path_view(&henrik, project).await.expect("a path").log_seq;
    let query = format!("page=/projects/contoso/environments&last_event_id={seq}");
    let mut streams = Vec::new();
    for _ in 0..40 {
        let mut one = stream(&test, &cookie, &query).await;
        until(&mut one, "event: beat").await;
        streams.push(one);
    }
    let mut first = streams.pop().expect("there are many");
    // It has looked at its page before anything happens.
    let looked = tokio::time::timeout(Duration::from_millis(500), first.next()).await;
    assert!(looked.is_err(), "a page that is up to date is sent nothing");
    streams.push(first);
    test.environment(&henrik, project, "second").await;
    for one in &mut streams {
        let text = until(one, "environments/env_").await;
        assert!(text.contains("id=\"environments\"") && text.contains("second"), "{text}");
        assert!(!text.contains("<main"), "only the card is sent");
    }
}

#[tokio::test]
async fn a_stream_resumes_with_what_was_written_while_nobody_listened() {
    let test = TestApp::new().await;
    let henrik = contoso(&test).await;
    let cookie = session(&test, "henrik").await;
    let project = golive_core::id::ProjectId::named("server", "contoso");
    let seq = test.path_view(&henrik, project).await.expect("a path").log_seq;
    test.environment(&henrik, project, "meanwhile").await;
    let query = format!("page=/projects/contoso/environments&last_event_id={seq}");
    let mut one = stream(&test, &cookie, &query).await;
    let text = until(&mut one, "meanwhile").await;
    assert!(text.contains("event: patch") && text.contains("id: "), "{text}");
}

#[tokio::test]
async fn the_log_of_an_operation_is_continued_from_the_line_that_was_seen() {
    let test = TestApp::new().await;
    let henrik = contoso(&test).await;
    let cookie = session(&test, "henrik").await;
    let project = golive_core::id::ProjectId::named("server", "contoso");
    let all = test.operation_list(&henrik, project, None).await.expect("operations");
    let drill = all.iter().find(|op| op.kind == "drill").expect("a drill");
    let id = drill.id.parse().expect("an id");
    let log = test.operation_log(&henrik, id, 0).await.expect("a log");
    let first = log.text.lines().next().expect("it said something").len() + 1;
    let seq = test.path_view(&henrik, project).await.expect("a path").log_seq;
    let query = format!(
        "page=/projects/contoso/operations/{id}&operation={id}&last_event_id={seq}.{first}.2"
    );
    let mut one = stream(&test, &cookie, &query).await;
    let text = until(&mut one, "op-log-2").await;
    assert!(!text.contains("\"op-log-1\""), "what was seen is not sent again: {text}");
    assert!(text.contains("data-append=\"op-log-lines\""));
}
