//! Messages are made once whatever dies, mail goes out with bounded attempts, reminders follow the business clock.

use golive_app::notification::{ANCHORS, MessageRead, TOLD_AS};
use golive_app::ports::BoxFuture;
use golive_app::ports::mail::{Mail, MailError, Mailer};
use golive_app::service_request::NewServiceRequest;
use golive_app::{Actor, App, Faults};
use golive_core::id::{ProjectId, ServiceRequestId};
use golive_core::notification::Trigger;
use golive_store::Queued;
use golive_testkit::TestApp;
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

async fn filed(test: &TestApp, actor: &Actor, project: ProjectId) -> ServiceRequestId {
    let new = NewServiceRequest {
        kind: "other".into(),
        title: "A second printer".into(),
        text: String::new(),
        environment: None,
        window_start: None,
        window_end: None,
    };
    let made = test.service_request_submit(actor, project, &new).await.expect("filed");
    made.id.parse().expect("an id that was just shown")
}

async fn of(test: &TestApp, actor: &Actor, channel: &str) -> Vec<Queued> {
    let mut session = test.store.session().await.expect("the store reads");
    session.messages(&actor.user.to_string(), channel, 1000).await.expect("the store reads")
}

async fn of_kind(test: &TestApp, actor: &Actor, kind: &str) -> Vec<Queued> {
    let all = of(test, actor, "page").await;
    all.into_iter().filter(|queued| queued.message.kind == kind).collect()
}

/// Looks until nothing is new.
async fn told(test: &TestApp) {
    while test.notify().await.expect("it tells") > 0 {}
}

#[tokio::test]
async fn every_event_is_told_once_however_often_the_teller_is_killed() {
    for test in TestApp::on_each_database().await {
        let project = test.project("contoso").await;
        let [henrik, priya, _, oskar] = test.team(project).await;
        told(&test).await;
        let mut killed = 0;
        for round in 0..8_u64 {
            let request = filed(&test, &priya, project).await;
            for n in 0..3 {
                test.service_request_comment(&oskar, request, &format!("remark {n}"))
                    .await
                    .expect("said");
            }
            // Dropped at another point each time: before the write, within it, after it.
            for step in 0..12_u64 {
                let patience = Duration::from_micros(150 * (step + 1) * (round + 1));
                let dropped = tokio::time::timeout(patience, test.notify()).await.is_err();
                killed += usize::from(dropped);
            }
            // And dead with everything told and nothing committed.
            let app = App {
                faults: Faults::at(|name| assert_ne!(name, "notifications/told")),
                ..test.app().clone()
            };
            let died = tokio::spawn(async move { app.notify().await }).await.is_err();
            killed += usize::from(died);
        }
        told(&test).await;
        assert!(killed >= 8, "the test must kill: {killed}");
        let comments = of_kind(&test, &priya, "service-request-comment").await;
        assert_eq!(comments.len(), 24, "{}: one for each remark", test.database_kind());
        let mail = of(&test, &priya, "mail").await;
        let mail =
            mail.iter().filter(|queued| queued.message.kind == "service-request-comment").count();
        assert_eq!(mail, 24, "{}: and one mail", test.database_kind());
        assert!(
            of_kind(&test, &oskar, "service-request-comment").await.is_empty(),
            "nobody is told of his own words"
        );
        assert!(
            of_kind(&test, &henrik, "service-request-comment").await.is_empty(),
            "it is not his"
        );
        assert_eq!(
            test.store.work("notifications", 10).await.expect("it reads").len(),
            0,
            "nothing is left over"
        );
    }
}

#[tokio::test]
async fn a_message_is_filled_in_listed_and_read() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [_, priya, _, oskar] = test.team(project).await;
    let request = filed(&test, &priya, project).await;
    test.service_request_deny(&oskar, request, "no socket", "next week").await.expect("denied");
    told(&test).await;
    let http = test.http_as(&priya).await;
    let list = http.get("/api/v1/messages?unread=true").await.ok();
    let denied =
        list.as_array().expect("a list").iter().find(|m| m["kind"] == "service-request-denied");
    let denied = denied.expect("she is told");
    assert_eq!(denied["subject"], "SR-1, A second printer was denied");
    assert_eq!(denied["body"], "Reason: no socket. Suggestion: next week.");
    assert_eq!(denied["link"], format!("/projects/contoso/service-requests/{request}"));
    let one: MessageRead =
        serde_json::from_value(serde_json::json!({ "message": denied["id"] })).expect("an id");
    test.message_read(&priya, &one).await.expect("read");
    let unread = test.message_list(&priya, true).await.expect("it reads");
    assert!(unread.iter().all(|view| view.kind != "service-request-denied"));
    test.message_read(&priya, &MessageRead::default()).await.expect("all read");
    assert!(test.message_list(&priya, true).await.expect("it reads").is_empty());
}

#[tokio::test]
async fn after_a_jump_of_the_clock_only_the_last_reminder_of_a_series_goes_out() {
    for test in TestApp::on_each_database().await {
        let project = test.project("contoso").await;
        let [henrik, ..] = test.team(project).await;
        told(&test).await;
        assert!(of_kind(&test, &henrik, "onboarding-reminder").await.is_empty());
        test.wait(SignedDuration::from_hours(24 * 20)).await;
        told(&test).await;
        told(&test).await;
        let reminded = of_kind(&test, &henrik, "onboarding-reminder").await;
        assert_eq!(reminded.len(), 1, "{}: not one for each missed day", test.database_kind());
        assert!(reminded[0].message.subject.contains("Contoso"), "{:?}", reminded[0].message);
        test.wait(SignedDuration::from_hours(24 * 30)).await;
        told(&test).await;
        assert_eq!(of_kind(&test, &henrik, "onboarding-reminder").await.len(), 1);
    }
}

#[tokio::test]
async fn the_last_days_before_a_date_are_counted_down() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, ..] = test.team(project).await;
    let date = "2026-06-15".parse().expect("a date");
    test.go_live_date_set(&henrik, project, date, "first date").await.expect("it is set");
    told(&test).await;
    assert!(of_kind(&test, &henrik, "checklist-missing").await.is_empty());
    test.wait(SignedDuration::from_hours(24 * 77)).await;
    told(&test).await;
    let missing = of_kind(&test, &henrik, "checklist-missing").await;
    assert_eq!(missing.len(), 1, "30 days before: {:?}", of(&test, &henrik, "page").await);
    test.wait(SignedDuration::from_hours(24 * 30)).await;
    told(&test).await;
    assert_eq!(of_kind(&test, &henrik, "go-live-passed").await.len(), 1, "did it go live?");
}

/// Keeps what it was given, and answers as told.
#[derive(Default)]
struct Post {
    sent: Mutex<Vec<Mail>>,
    answer: Mutex<Option<MailError>>,
    hangs: bool,
}

impl Mailer for Post {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            self.sent.lock().expect("no panic").push(mail.clone());
            if self.hangs {
                std::future::pending::<()>().await;
            }
            self.answer.lock().expect("no panic").take().map_or(Ok(()), Err)
        })
    }
}

impl Post {
    fn ids(&self) -> Vec<String> {
        self.sent.lock().expect("no panic").iter().map(|mail| mail.id.clone()).collect()
    }
}

async fn with_mail(test: &TestApp) -> Actor {
    let project = test.project("contoso").await;
    let [_, priya, _, oskar] = test.team(project).await;
    let request = filed(test, &priya, project).await;
    test.service_request_deny(&oskar, request, "no socket", "next week").await.expect("denied");
    told(test).await;
    priya
}

async fn denied(test: &TestApp, priya: &Actor) -> Queued {
    let all = of(test, priya, "mail").await;
    all.into_iter().find(|q| q.message.kind == "service-request-denied").expect("a mail")
}

#[tokio::test]
async fn mail_is_sent_once_and_says_where_to_go() {
    for test in TestApp::on_each_database().await {
        let priya = with_mail(&test).await;
        let post = Post::default();
        test.send_mail(&post, "https://golive.example/").await.expect("it sends");
        test.send_mail(&post, "https://golive.example/").await.expect("it sends");
        let ids = post.ids();
        assert_eq!(
            ids.len(),
            ids.iter().collect::<BTreeSet<_>>().len(),
            "{}",
            test.database_kind()
        );
        let mail = denied(&test, &priya).await;
        assert_eq!(mail.phase, "sent");
        let sent = post.sent.lock().expect("no panic");
        let sent =
            sent.iter().find(|sent| sent.id == mail.message.id.to_string()).expect("it was sent");
        assert_eq!(sent.to, "priya@contoso.example");
        assert!(
            sent.body.contains(": https://golive.example/projects/contoso/service-requests/srq_"),
            "{}",
            sent.body
        );
    }
}

#[tokio::test]
async fn a_refused_mail_is_not_tried_again_and_a_busy_server_is_asked_later() {
    let test = TestApp::new().await;
    let priya = with_mail(&test).await;
    let busy = Post { answer: Mutex::new(Some(MailError::Later("451".into()))), ..Post::default() };
    test.send_mail(&busy, "http://x").await.expect("it sends");
    let first = busy.ids().remove(0);
    test.send_mail(&busy, "http://x").await.expect("it sends");
    assert_eq!(
        busy.ids().iter().filter(|id| **id == first).count(),
        1,
        "not before its pause is over"
    );
    let all = of(&test, &priya, "mail").await;
    let waiting = all.iter().find(|queued| queued.message.id.to_string() == first);
    if let Some(waiting) = waiting {
        assert_eq!(
            (waiting.phase.as_str(), waiting.attempts, waiting.trouble.as_str()),
            ("new", 1, "451")
        );
    }
}

#[tokio::test]
async fn a_server_that_dies_while_sending_leaves_the_mail_to_nobody_else_for_a_while() {
    let test = TestApp::new().await;
    with_mail(&test).await;
    let hangs = Post { hangs: true, ..Post::default() };
    let cut =
        tokio::time::timeout(Duration::from_millis(300), test.send_mail(&hangs, "http://x")).await;
    assert!(cut.is_err(), "it was cut off while sending");
    let first = hangs.ids().remove(0);
    let other = Post::default();
    test.send_mail(&other, "http://x").await.expect("it sends the others");
    assert!(!other.ids().contains(&first), "its lease has not run out");
}

#[tokio::test]
async fn digest_mail_to_one_person_goes_out_as_one() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, priya, ..] = test.team(project).await;
    told(&test).await;
    let file = include_bytes!("../../../examples/contoso/estimate.toml");
    for n in [4, 5] {
        let text =
            String::from_utf8_lossy(file).replacen("version = 3", &format!("version = {n}"), 1);
        test.estimate_import(&priya, project, "e.toml", text.as_bytes()).await.expect("read");
    }
    let all = test.estimate_list(&priya, project).await.expect("it reads");
    let id = |n: usize| all[n].id.parse().expect("an id");
    test.estimate_activate(&priya, id(0), None).await.expect("active");
    test.estimate_activate(&priya, id(1), Some(id(0))).await.expect("active");
    told(&test).await;
    let mail = of(&test, &henrik, "mail").await;
    let mail: Vec<_> = mail.iter().filter(|q| q.message.kind == "estimate-activated").collect();
    assert_eq!(mail.len(), 2);
    if !mail[0].message.is_digest {
        return;
    }
    let post = Post::default();
    test.send_mail(&post, "http://x").await.expect("it sends");
    let to = |post: &Post| {
        post.sent.lock().expect("no panic").iter().filter(|m| m.to.starts_with("henrik")).count()
    };
    let now = to(&post);
    test.wait(SignedDuration::from_hours(24)).await;
    test.send_mail(&post, "http://x").await.expect("it sends");
    assert_eq!(to(&post) - now, 1, "in the morning, as one");
}

#[tokio::test]
async fn reactions_are_read_to_their_end() {
    for test in TestApp::on_each_database().await {
        let project = test.project("contoso").await;
        test.team(project).await;
        while test.react().await.expect("it reacts") > 0 {}
        assert_eq!(test.store.work("reactions", 10).await.expect("it reads").len(), 0);
    }
}

#[test]
fn the_notifications_that_nothing_raises_yet_are_these() {
    let content = golive_readers::content::shipped();
    let set = content.notifications.values().next().expect("there is one set");
    let told: BTreeSet<&str> = TOLD_AS.iter().map(|(_, told)| *told).collect();
    for name in &told {
        assert!(set.of_event(name).count() > 0, "{name} has no text");
    }
    let policy = &content.policies["policy-2021"];
    let raised = |trigger: &Trigger| match trigger {
        Trigger::Event(name) => told.contains(name.as_str()),
        Trigger::Schedule(setting) => {
            let anchor = policy.setting(setting).and_then(|s| s.extra.get("anchor")?.as_str());
            anchor
                .is_some_and(|anchor| ANCHORS.contains(&anchor) || anchor.starts_with("milestone."))
        }
    };
    let silent: Vec<&str> =
        set.notifications.iter().filter(|n| !raised(&n.trigger)).map(|n| n.id.as_str()).collect();
    let raised = set.notifications.len() - silent.len();
    assert!(raised >= 50, "{raised} are raised; silent: {silent:?}");
}
