//! The methodology of a project over HTTP: its own copy, steps with evidence, two people, phases through their gate.

use golive_app::Actor;
use golive_core::id::ProjectId;
use golive_testkit::{Http, Seat, TestApp};
use serde_json::{Value, json};

const TEMPLATE: &str = "erp-standard";

/// A project with its copy: henrik leads for the customer, priya for the partner, oskar operates, mara works for the partner.
struct Project {
    test: TestApp,
    id: ProjectId,
    henrik: Http,
    priya: Http,
    oskar: Http,
    mara: Http,
}

impl Project {
    async fn new() -> Self {
        let test = TestApp::new().await;
        let id = test.project("contoso").await;
        let [henrik, priya, _, oskar] = test.team(id).await;
        let mara = test.member_of(id, "mara", Seat { side: "partner", ..Seat::default() }).await;
        let http = async |actor: &Actor| test.http_as(actor).await;
        let (henrik, priya) = (http(&henrik).await, http(&priya).await);
        let (oskar, mara) = (http(&oskar).await, http(&mara).await);
        let choice = json!({ "template": TEMPLATE });
        henrik.post(&format!("/api/v1/projects/{id}/methodology"), &choice).await.ok();
        Self { test, id, henrik, priya, oskar, mara }
    }

    async fn steps(&self) -> Vec<Value> {
        let steps = self.henrik.get(&format!("/api/v1/projects/{}/steps", self.id)).await.ok();
        steps.as_array().cloned().expect("a list")
    }

    async fn step(&self, name: &str) -> String {
        let steps = self.steps().await;
        let found = steps.iter().find(|step| step["name"] == name).expect("a step of the template");
        format!("/api/v1/steps/{}", found["id"].as_str().expect("an id"))
    }

    async fn phase(&self, name: &str) -> Value {
        let phases = self.henrik.get(&format!("/api/v1/projects/{}/phases", self.id)).await.ok();
        let all = phases.as_array().cloned().expect("a list");
        all.into_iter().find(|phase| phase["name"] == name).expect("a phase of the template")
    }

    /// Does every step of the first phase as work of the past, in an order that the locks allow.
    async fn do_analysis(&self) {
        let earlier = json!({ "on": "2020-05-04", "done_by": "A. Weber", "links": ["https://wiki.contoso.example/done"] });
        for _ in 0..10 {
            for step in self.steps().await {
                if step["phase"] == "analysis" && step["state"] == "open" && step["locked"] == false
                {
                    let path = format!(
                        "/api/v1/steps/{}/record-later",
                        step["id"].as_str().expect("an id")
                    );
                    self.henrik.post(&path, &earlier).await.ok();
                }
            }
        }
    }
}

#[tokio::test]
async fn a_project_takes_its_own_copy_once_and_steps_are_numbered_as_people_count() {
    let project = Project::new().await;
    let steps = project.steps().await;
    let numbers: Vec<&str> = steps.iter().filter_map(|step| step["number"].as_str()).collect();
    assert_eq!(&numbers[8..11], ["1.9", "1.10", "1.11"]);
    let path = format!("/api/v1/projects/{}/methodology", project.id);
    let again = project.henrik.post(&path, &json!({ "template": "erp-small" })).await;
    assert_eq!(again.status, 409, "{}", again.text);
    let view = project.henrik.get(&path).await.ok();
    assert_eq!(view["template"], TEMPLATE);
    assert_eq!(view["phases"].as_array().map(Vec::len), Some(5));
}

#[tokio::test]
async fn a_template_that_does_not_fit_the_project_is_refused_with_the_reason() {
    let test = TestApp::new().await;
    let id = test.project_with("old", |new| new.project_type = "upgrade".into()).await;
    let henrik = test.manager(id).await;
    let http = test.http_as(&henrik).await;
    let path = format!("/api/v1/projects/{id}/methodology");
    let refused = http.post(&path, &json!({ "template": TEMPLATE })).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.body["reasons"][0].as_str().is_some_and(|why| why.contains("not for upgrade")),
        "{}",
        refused.text
    );
    http.post(&path, &json!({ "template": "erp-upgrade" })).await.ok();
}

#[tokio::test]
async fn a_locked_step_names_what_it_waits_for_on_every_face() {
    let project = Project::new().await;
    let step = project.step("scope-baseline").await;
    let refused = project.henrik.post(&format!("{step}/complete"), &json!({})).await;
    assert_eq!(refused.status, 409);
    assert_eq!(
        refused.body["reasons"],
        json!(["waits for 1.1 Vision, goals and success measures agreed"])
    );
    let view = project.henrik.get(&step).await.ok();
    let complete =
        view["actions"].as_array().into_iter().flatten().find(|a| a["name"] == "step_complete");
    assert_eq!(
        complete.expect("it is offered")["refused"],
        refused.body["reasons"],
        "button and refusal agree"
    );
    let page = project.henrik.page("/projects/contoso/methodology?phase=analysis").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("waits for"), "the page says so too");
}

#[tokio::test]
async fn a_file_is_kept_and_proves_the_step_that_takes_it() {
    let project = Project::new().await;
    let step = project.step("project-charter").await;
    let evidence = project
        .henrik
        .upload(&format!("{step}/evidence?file=charter.pdf"), "the charter")
        .await
        .ok();
    assert_eq!(evidence["kind"], "document");
    let again = project
        .henrik
        .upload(&format!("{step}/evidence?file=charter.pdf"), "the charter")
        .await
        .ok();
    assert_eq!(again["id"], evidence["id"], "the same file twice is one piece of evidence");
    let done =
        project.henrik.post(&format!("{step}/complete"), &json!({ "note": "signed" })).await.ok();
    assert_eq!(done["state"], "done");
    assert_eq!(done["proven_by"][0]["text"], "charter.pdf");
    let file = project
        .henrik
        .get(&format!("/api/v1/evidence/{}", evidence["id"].as_str().expect("an id")))
        .await;
    assert_eq!((file.status, file.text.as_str()), (200, "the charter"));
    assert!(file.header("content-disposition").is_some_and(|it| it.starts_with("attachment")));
    let late = project.henrik.upload(&format!("{step}/evidence?file=more.pdf"), "more").await;
    assert_eq!(late.status, 409, "what is done is not changed behind the reviewer's back");
    let stranger = project.test.actor("mallory").await;
    let stranger = project.test.http_as(&stranger).await;
    assert_eq!(
        stranger
            .get(&format!("/api/v1/evidence/{}", evidence["id"].as_str().expect("an id")))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_step_that_a_record_proves_is_never_done_by_clicking() {
    let project = Project::new().await;
    let charter = project.step("project-charter").await;
    project
        .henrik
        .post(
            &format!("{charter}/complete"),
            &json!({ "links": ["https://wiki.contoso.example/charter"] }),
        )
        .await
        .ok();
    let step = project.step("project-onboarding").await;
    let refused =
        project.henrik.post(&format!("{step}/complete"), &json!({ "note": "trust me" })).await;
    assert_eq!(refused.status, 409);
    assert_eq!(refused.body["reasons"], json!(["onboarding.complete is no, wanted yes"]));
    let script =
        project.henrik.post(&format!("{charter}/reopen"), &json!({ "reason": "typo" })).await.ok();
    assert_eq!(script["state"], "open");
    let bad = json!({ "links": ["javascript:alert(1)"] });
    assert_eq!(project.henrik.post(&format!("{charter}/complete"), &bad).await.status, 422);
}

#[tokio::test]
async fn a_step_is_kept_by_those_whose_work_it_is() {
    let project = Project::new().await;
    let charter = project.step("project-charter").await;
    let link = json!({ "links": ["https://wiki.contoso.example/charter"] });
    assert_eq!(
        project.mara.post(&format!("{charter}/complete"), &link).await.status,
        403,
        "the customer's step"
    );
    assert_eq!(project.oskar.post(&format!("{charter}/complete"), &link).await.status, 403);
    project.priya.post(&format!("{charter}/complete"), &link).await.ok();
    let sandbox = project.step("sandbox-deployed").await;
    assert_eq!(project.mara.post(&format!("{sandbox}/complete"), &json!({})).await.status, 403);
    let operator = project.oskar.post(&format!("{sandbox}/complete"), &json!({})).await;
    assert_eq!(operator.status, 409, "his to do, and locked still: {}", operator.text);
}

#[tokio::test]
async fn not_applicable_takes_a_second_person() {
    let project = Project::new().await;
    let step = project.step("peripherals-exercised").await;
    let reason = json!({ "reason": "no devices in this wave" });
    let aside = project.henrik.post(&format!("{step}/not-applicable"), &reason).await.ok();
    assert_eq!(aside["state"], "set aside");
    let alone = project.henrik.post(&format!("{step}/confirm-not-applicable"), &json!({})).await;
    assert_eq!(alone.status, 403, "{}", alone.text);
    let seat = Seat { side: "customer", key_stakeholder: true, ..Seat::default() };
    let nora = project.test.member_of(project.id, "nora", seat).await;
    let nora = project.test.http_as(&nora).await;
    let confirmed = nora.post(&format!("{step}/confirm-not-applicable"), &json!({})).await.ok();
    assert_eq!(confirmed["state"], "not applicable");
    assert_eq!(confirmed["confirmed_by"], "Nora");
    let charter = project.step("project-charter").await;
    assert_eq!(
        project.henrik.post(&format!("{charter}/not-applicable"), &reason).await.status,
        409
    );
}

#[tokio::test]
async fn a_phase_passes_its_gate_with_all_reasons_and_reopening_shuts_the_production_request() {
    let project = Project::new().await;
    let phase = project.phase("analysis").await;
    let path = format!("/api/v1/phases/{}", phase["id"].as_str().expect("an id"));
    let shut = project.priya.post(&format!("{path}/complete"), &json!({})).await;
    assert_eq!((shut.status, shut.body["type"].as_str()), (409, Some("urn:golive:gate_shut")));
    project.do_analysis().await;
    let done = project.priya.post(&format!("{path}/complete"), &json!({})).await.ok();
    assert_eq!((done["state"].as_str(), done["by"].as_str()), (Some("complete"), Some("Priya")));
    let criterion = async || {
        let gate = format!("/api/v1/projects/{}/gates/production_request", project.id);
        let gate = project.henrik.get(&gate).await.ok();
        let all = gate["verdict"]["criteria"].as_array().cloned().expect("criteria");
        all.into_iter().find(|c| c["id"] == "analysis-complete").expect("it is judged")["status"]
            .clone()
    };
    assert_eq!(criterion().await, "met");
    let charter = project.step("project-charter").await;
    let locked = project.henrik.post(&format!("{charter}/reopen"), &json!({ "reason": "x" })).await;
    assert_eq!(locked.status, 409, "a step of a complete phase waits until that is reopened");
    project
        .henrik
        .post(&format!("{path}/reopen"), &json!({ "reason": "a new country" }))
        .await
        .ok();
    assert_eq!(criterion().await, "unmet");
    let design = project.phase("design").await;
    let reasons = design["gate"]["verdict"]["criteria"]
        .as_array()
        .expect("criteria")
        .iter()
        .filter(|c| c["status"] == "unmet")
        .count();
    assert!(reasons >= 2, "open steps and the earlier phase, all at once");
}

#[tokio::test]
async fn steps_clicked_through_within_a_minute_are_flagged_on_the_page() {
    let project = Project::new().await;
    project.do_analysis().await;
    let path = format!("/api/v1/projects/{}/steps?flagged=true", project.id);
    assert_eq!(project.henrik.get(&path).await.ok(), json!([]), "work of the past is no clicking");
    for step in project.steps().await {
        if step["phase"] == "analysis" && step["name"] != "project-charter" {
            let path = format!("/api/v1/steps/{}", step["id"].as_str().expect("an id"));
            project
                .henrik
                .post(&format!("{path}/reopen"), &json!({ "reason": "again" }))
                .await
                .ok();
        }
    }
    for name in [
        "scope-baseline",
        "process-blueprint",
        "requirements-baseline",
        "fit-gap-analysis",
        "regulation-register",
        "security-outline",
    ] {
        let step = project.step(name).await;
        project.henrik.post(&format!("{step}/complete"), &json!({})).await.ok();
    }
    let flagged = project.henrik.get(&path).await.ok();
    assert!(flagged.as_array().is_some_and(|all| all.len() >= 5), "{flagged}");
    let page = project.henrik.page("/projects/contoso/methodology?phase=analysis").await;
    assert!(page.text.contains("within a minute and without evidence"));
}
