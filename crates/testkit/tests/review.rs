//! From the answers of the checklist to the reviewer's release, through the services and over HTTP, on each database.

use golive_app::checklist::{AnswersForm, ChecklistView};
use golive_app::request::RequestForm;
use golive_app::review::{FindingFilter, FindingForm, FindingView, MitigationForm};
use golive_app::{Actor, Error};
use golive_core::gate::{Gate, Status};
use golive_core::id::{FindingId, ProjectId};
use golive_testkit::{Seat, TestApp};
use jiff::SignedDuration;
use jiff::civil::date;
use serde_json::json;

/// The answers of the example project, given by other people.
fn answers() -> String {
    include_str!("../../../examples/contoso/answers.toml")
        .replace("Henrik Brandt", "Henrik")
        .replace("Lena Hoffmann", "Henrik")
        .replace("Victor Lindqvist", "Priya")
}

struct Stage {
    test: TestApp,
    project: ProjectId,
    henrik: Actor,
    priya: Actor,
    rita: Actor,
}

/// A managed project with its go-live date and an open checklist.
async fn open_on(test: TestApp) -> Stage {
    let project = test.project_with("contoso", |new| new.service_model = "managed".into()).await;
    let [henrik, priya, rita, _] = test.team(project).await;
    test.go_live_date_set(&henrik, project, date(2026, 5, 4), "").await.expect("a first date");
    test.checklist_open(&henrik, project).await.expect("a project without a checklist");
    Stage { test, project, henrik, priya, rita }
}

impl Stage {
    async fn sent(&self) -> ChecklistView {
        let file = ("answers.toml", answers());
        let done = self.test.checklist_import(&self.priya, self.project, (file.0, &file.1)).await;
        assert_eq!(done.expect("the example answers are sound").state, "open");
        self.test
            .checklist_submit(&self.henrik, self.project)
            .await
            .expect("everything is answered")
    }

    async fn reported(&self) -> FindingView {
        self.sent().await;
        self.test.review_assign(&self.rita, self.project, None).await.expect("a reviewer");
        let report =
            self.test.review_issue_report(&self.rita, self.project, "Well prepared.").await;
        assert_eq!(report.expect("the reviewer reports").state, "mitigation");
        let filter = FindingFilter { severity: Some("critical".into()), state: None };
        let mut critical =
            self.test.finding_list(&self.henrik, self.project, &filter).await.expect("listed");
        assert_eq!(critical.len(), 1, "the way back is not described");
        critical.remove(0)
    }

    async fn released(&self) {
        let id = id_of(&self.reported().await);
        self.test.finding_mitigate(&self.priya, id, &mitigation()).await.expect("it is open");
        self.test.finding_accept(&self.rita, id).await.expect("by other eyes");
        let done = self.test.review_complete(&self.rita, self.project).await;
        assert_eq!(done.expect("nothing critical is open").state, "complete");
    }

    async fn status(&self, criterion: &str) -> Status {
        let view =
            self.test.gate_explain(&self.henrik, self.project, Gate::ProductionRequest).await;
        let verdict = view.expect("a gate is always judged").verdict;
        verdict
            .criteria
            .into_iter()
            .find(|judged| judged.id == criterion)
            .expect("of the table")
            .status
    }
}

fn id_of(finding: &FindingView) -> FindingId {
    finding.id.parse().expect("an id that was just shown")
}

fn mitigation() -> MitigationForm {
    MitigationForm {
        text: "Describe the way back and go it.".into(),
        owner: "Priya".into(),
        due: date(2026, 4, 13),
        evidence: Vec::new(),
    }
}

fn form(answers: serde_json::Value, row_version: Option<i64>) -> AnswersForm {
    let mut form = json!({ "answers": answers });
    form["row_version"] = json!(row_version);
    serde_json::from_value(form).expect("a form")
}

#[tokio::test]
async fn from_the_answers_to_the_release_and_the_clock_of_the_queued_request() {
    for test in TestApp::on_each_database().await {
        let stage = open_on(test).await;
        let (test, project) = (&stage.test, stage.project);
        let request =
            test.request_create(&stage.henrik, project, &request()).await.expect("a request");
        let id = request.id.parse().expect("an id that was just shown");
        test.request_sign_off(&stage.henrik, id).await.expect("managed: signed off early");
        assert_eq!(stage.status("review-complete").await, Status::Unmet);

        let critical = stage.reported().await;
        assert_eq!(stage.status("critical-findings").await, Status::Unmet);
        let early = test.review_complete(&stage.rita, project).await.expect_err("one is critical");
        assert_eq!(early.to_string(), "1 critical findings are open; 0 may be");

        let finding = id_of(&critical);
        test.finding_mitigate(&stage.priya, finding, &mitigation()).await.expect("it is open");
        test.finding_ask_proof(&stage.rita, finding, "With a clock.").await.expect("proposed");
        test.finding_mitigate(&stage.priya, finding, &mitigation())
            .await
            .expect("a second version");
        let own = test.finding_accept(&stage.priya, finding).await.expect_err("no reviewer");
        assert!(matches!(own, Error::Forbidden(_)), "{own}");
        test.finding_accept(&stage.rita, finding).await.expect("by other eyes");
        test.review_complete(&stage.rita, project).await.expect("nothing critical is open");
        assert_eq!(stage.status("review-complete").await, Status::Met);
        assert_eq!(stage.status("critical-findings").await, Status::Met);
        let due = test.request_view(&stage.henrik, id).await.expect("it is there").due;
        assert!(due.is_some(), "the 48 hours run on {}", test.database_kind());
    }
}

fn request() -> RequestForm {
    RequestForm {
        name: "prod".into(),
        region: "eu".into(),
        topology: "db-4".into(),
        version: "1.0".into(),
        administrator: "svc-erp".into(),
        notify: Vec::new(),
        blueprint: "demo-erp".into(),
        target: "fake".into(),
    }
}

#[tokio::test]
async fn nobodys_answer_is_replaced_unseen_and_a_conflict_shows_both() {
    let stage = open_on(TestApp::new().await).await;
    let (test, project) = (&stage.test, stage.project);
    let seen = test.checklist_section(&stage.henrik, project, "uat").await.expect("a section");
    let first = form(json!({ "ua-passed": 80 }), None);
    test.checklist_answer(&stage.priya, project, ("uat", &first)).await.expect("an answer");

    let late = form(json!({ "ua-passed": 96, "ua-close": "yes" }), Some(seen.row_version));
    let conflict = test.checklist_answer(&stage.henrik, project, ("uat", &late)).await;
    let Err(Error::Refused(both)) = conflict else { panic!("{conflict:?}") };
    assert!(
        both[0].contains("Priya answered “80 %”") && both[0].contains("you sent “96 %”"),
        "{both:?}"
    );

    let other = form(json!({ "ua-close": "yes" }), Some(seen.row_version));
    let done = test
        .checklist_answer(&stage.henrik, project, ("uat", &other))
        .await
        .expect("another question");
    let kept =
        done.questions.iter().find(|question| question.id == "ua-passed").expect("of this section");
    assert_eq!(kept.words.as_deref(), Some("80 %"));
}

#[tokio::test]
async fn what_onboarding_knows_is_filled_in_with_its_rows_until_somebody_answers() {
    let test = TestApp::new().await;
    let project = test.project("contoso").await;
    let [henrik, ..] = test.team(project).await;
    let scope = json!({
        "section": "scope",
        "content": {
            "features": [{ "id": "o2c", "title": "Order to cash", "in_scope": true, "detail": "" }],
            "parts": { "integrations": true, "customisations": false, "linked_applications": false,
                "shops": true, "warehouse_devices": false, "upgrade": false, "printing": false, "workflow": false },
            "legal_entities": [], "sites": [],
        },
    });
    let scope = serde_json::from_value(scope).expect("a section");
    test.onboarding_save_section(&henrik, project, &scope).await.expect("sound content");
    test.checklist_open(&henrik, project).await.expect("a project without a checklist");
    let section = test.checklist_section(&henrik, project, "scope").await.expect("a section");
    let features =
        section.questions.iter().find(|q| q.id == "sc-features").expect("of this section");
    let answer = features.answer.as_ref().expect("it was filled in");
    assert_eq!(answer[0]["feature"], "Order to cash");
    assert_eq!((features.by.as_deref(), answer[0]["first"].as_bool()), (None, Some(true)));
    let view = test.checklist_view(&henrik, project).await.expect("it is open");
    let applies =
        |name: &str| view.sections.iter().any(|section| section.name == name && section.applies);
    assert!(applies("shops") && applies("integration") && !applies("customisation"));
}

#[tokio::test]
async fn answers_that_do_not_fit_are_all_named_and_none_is_kept() {
    let stage = open_on(TestApp::new().await).await;
    let (test, project) = (&stage.test, stage.project);
    let bad = form(
        json!({ "ua-passed": "many", "ua-period": { "from": "2026-02-01" }, "ua-close": "yes" }),
        None,
    );
    let refused = test.checklist_answer(&stage.priya, project, ("uat", &bad)).await;
    let Err(Error::BadFile { faults, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(faults.len(), 2, "{faults:?}");
    let section = test.checklist_section(&stage.henrik, project, "uat").await.expect("a section");
    assert!(section.questions.iter().all(|question| question.answer.is_none()));
}

#[tokio::test]
async fn an_unfinished_checklist_is_refused_with_every_open_question() {
    let stage = open_on(TestApp::new().await).await;
    let refused = stage.test.checklist_submit(&stage.henrik, stage.project).await;
    let Err(Error::GateShut(verdict)) = refused else { panic!("{refused:?}") };
    let open = verdict.reasons().find(|judged| judged.id == "all-answered").expect("a reason");
    assert!(open.details.iter().any(|line| line.starts_with("9.7 ")), "{:?}", open.details);
}

#[tokio::test]
async fn drafts_are_the_reviewers_own_until_the_report() {
    let stage = open_on(TestApp::new().await).await;
    stage.sent().await;
    let (test, all) = (&stage.test, FindingFilter::default());
    let team = test.finding_list(&stage.henrik, stage.project, &all).await.expect("listed");
    let reviewer = test.finding_list(&stage.rita, stage.project, &all).await.expect("listed");
    assert_eq!((team.len(), reviewer.len() > 5), (0, true));
    let hidden = test.finding_view(&stage.henrik, id_of(&reviewer[0])).await.expect_err("a draft");
    assert!(matches!(hidden, Error::NotFound { .. }));
    let form = FindingForm {
        kind: "risk".into(),
        severity: "low".into(),
        title: "One approver".into(),
        risk: "He is ill.".into(),
        recommendation: "Name a second one.".into(),
        source: Vec::new(),
    };
    let added = test.finding_add(&stage.rita, stage.project, &form).await.expect("a draft");
    assert_eq!(added.number, format!("F-{}", reviewer.len() + 1));
}

#[tokio::test]
async fn not_ready_gives_the_checklist_back_and_the_next_round_keeps_what_was_settled() {
    let stage = open_on(TestApp::new().await).await;
    let (test, project) = (&stage.test, stage.project);
    stage.reported().await;
    let all =
        test.finding_list(&stage.rita, project, &FindingFilter::default()).await.expect("listed");
    test.review_refuse(&stage.rita, project, "The way back.").await.expect("the reviewer's word");
    let back = test.checklist_view(&stage.henrik, project).await.expect("open again");
    assert_eq!(back.state, "returned");
    let mended = form(json!({ "cu-way-back": "yes" }), None);
    test.checklist_answer(&stage.priya, project, ("cutover", &mended))
        .await
        .expect("it is open again");
    test.checklist_submit(&stage.henrik, project).await.expect("the next round");
    let review = test.review_view(&stage.rita, project).await.expect("the same review");
    assert_eq!((review.round, review.state.as_str()), (2, "in_review"));
    assert_eq!(review.findings.len(), all.len(), "no rule finds the same twice");
}

#[tokio::test]
async fn a_change_after_the_release_must_be_confirmed() {
    let stage = open_on(TestApp::new().await).await;
    stage.released().await;
    let (test, project) = (&stage.test, stage.project);
    test.wait(SignedDuration::from_hours(24)).await;
    test.go_live_date_set(&stage.henrik, project, date(2026, 6, 1), "Whitsun")
        .await
        .expect("a move");
    assert_eq!(stage.status("review-complete").await, Status::Stale);
    let review = test.review_view(&stage.rita, project).await.expect("there");
    assert_eq!(review.state, "to_be_confirmed");
    assert!(review.changes[0].contains("from 2026-05-04 to 2026-06-01"), "{:?}", review.changes);
    let team = test.review_confirm(&stage.henrik, project).await.expect_err("not the reviewer");
    assert!(matches!(team, Error::Forbidden(_)));
    test.review_confirm(&stage.rita, project).await.expect("the reviewer confirms");
    assert_eq!(stage.status("review-complete").await, Status::Met);
}

#[tokio::test]
async fn a_question_to_the_team_stops_the_clock_and_the_answer_starts_it() {
    let stage = open_on(TestApp::new().await).await;
    stage.sent().await;
    let (test, project) = (&stage.test, stage.project);
    test.review_assign(&stage.rita, project, None).await.expect("a reviewer");
    let asked = test.review_ask(&stage.rita, project, "Which stock?").await.expect("in review");
    let due =
        |view: &golive_app::review::ReviewView| view.clock.as_ref().and_then(|clock| clock.due);
    assert_eq!(due(&asked), None);
    test.wait(SignedDuration::from_hours(7 * 24)).await;
    let answered =
        test.review_answer(&stage.priya, project, "All of it.").await.expect("it was asked");
    assert!(
        due(&answered).is_some_and(|due| due > test.clock.now()),
        "a week of waiting does not count"
    );
}

#[tokio::test]
async fn a_reviewer_of_the_partners_organisation_is_a_named_conflict() {
    let stage = open_on(TestApp::new().await).await;
    let (test, project) = (&stage.test, stage.project);
    stage.sent().await;
    let administrator = test.administrator().await;
    let new = serde_json::from_value(json!({
        "login": "ravi", "side": "reviewer", "organisation": test.organisation("Fabrikam Consulting").await,
    }));
    let ravi = test.actor("ravi").await;
    test.member_add(&administrator, project, &new.expect("a seat")).await.expect("a free seat");
    let view = test.review_assign(&ravi, project, None).await.expect("the pack only warns");
    let conflict = view.reviewer.and_then(|reviewer| reviewer.conflict);
    assert_eq!(conflict.as_deref(), Some("comes from the partner"));
}

#[tokio::test]
async fn the_form_of_a_section_saves_what_was_changed_and_comes_back_with_what_was_typed() {
    let stage = open_on(TestApp::new().await).await;
    let seat = Seat { side: "partner", ..Seat::default() };
    let paula = stage.test.member_of(stage.project, "paula", seat).await;
    let http = stage.test.http_as(&paula).await;
    let page = http.page("/projects/contoso/checklist?section=uat").await;
    assert!(page.text.contains("Has a month-end close been played through?"), "{}", page.status);
    let path = "/projects/contoso/checklist/answers/uat";
    let good = [("a.ua-passed", "96,5"), ("a.ua-close", "yes"), ("section_comment", "Done twice.")];
    assert_eq!(http.form(path, &good).await.status, 303);
    let section =
        stage.test.checklist_section(&paula, stage.project, "uat").await.expect("a section");
    let words =
        |id: &str| section.questions.iter().find(|q| q.id == id).and_then(|q| q.words.clone());
    assert_eq!(
        (words("ua-passed").as_deref(), words("ua-close").as_deref()),
        (Some("96.5 %"), Some("Yes"))
    );
    assert_eq!(section.comment, "Done twice.");
    let bad = [("_form", "checklist_answer"), ("a.ua-critical", "nearly all")];
    let back = http.form(path, &bad).await;
    assert_eq!(back.status, 422);
    assert!(
        back.text.contains("nearly all") && back.text.contains("Not saved"),
        "what was typed stays"
    );
    assert_eq!(http.page("/projects/contoso/review").await.status, 200);
}
