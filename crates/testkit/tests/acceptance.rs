//! Acceptance as services, on each database: the example's files from preview to figures, wrong results taken back,
//! and every reason why the customer cannot sign yet.

use futures_util::stream;
use golive_app::acceptance::{
    CaseQuery, CycleForm, CycleStart, DefectChange, ImportMode, Incoming, ResultForm,
    ResultOptions, SignForm, StatementForm,
};
use golive_app::{Actor, App, Error};
use golive_core::acceptance::book::Acceptance;
use golive_core::acceptance::sign_off::{Picture, Signature, State};
use golive_core::id::{CycleId, DefectId, ProjectId, ResultsId};
use golive_testkit::TestApp;
use serde_json::json;
use std::collections::BTreeMap;

const APPLY: ImportMode = ImportMode { dry_run: false, whole: false };
const PREVIEW: ImportMode = ImportMode { dry_run: true, whole: false };

/// A file of the example project.
fn file(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/contoso");
    std::fs::read(folder.join(name)).expect("the example project has the file")
}

async fn upload(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    name: &str,
    bytes: Vec<u8>,
) -> Incoming {
    let stream = stream::iter([Ok::<_, std::io::Error>(axum::body::Bytes::from(bytes))]);
    app.acceptance_upload(actor, project, name, stream).await.expect("a file is kept")
}

/// A project with requirements, cases, a running sandbox and a running cycle.
struct Ground {
    test: TestApp,
    project: ProjectId,
    henrik: Actor,
    priya: Actor,
}

impl Ground {
    async fn on_each_database() -> Vec<Self> {
        let mut all = Vec::new();
        for database in golive_store::testing::databases().await {
            let test =
                TestApp::builder().on(database).starting("2027-02-19T09:00:00Z").build().await;
            all.push(Self::of(test).await);
        }
        all
    }

    async fn of(mut test: TestApp) -> Self {
        test.may_leave_work();
        let project = test.project("contoso").await;
        let [henrik, priya, _, _] = test.team(project).await;
        test.running_environment(&henrik, project, "uat").await;
        let ground = Self { test, project, henrik, priya };
        let (app, partner) = (&ground.test, &ground.priya);
        let requirements =
            upload(app, partner, project, "requirements.csv", file("requirements.csv")).await;
        app.requirement_import(partner, project, &requirements, APPLY).await.expect("requirements");
        let cases = upload(app, partner, project, "test-cases.csv", file("test-cases.csv")).await;
        app.case_import(partner, project, &cases, APPLY).await.expect("cases");
        ground.cycle("uat-1").await;
        ground
    }

    async fn cycle(&self, name: &str) -> CycleId {
        let form = CycleForm {
            name: name.into(),
            title: name.to_uppercase(),
            kind: "acceptance".into(),
            objective: String::new(),
            starts: jiff::civil::date(2027, 1, 25),
            ends: jiff::civil::date(2027, 2, 12),
            entry: vec![],
            exit: vec!["report: The report is written".into()],
        };
        let planned = self.test.cycle_plan(&self.priya, self.project, &form).await.expect("a plan");
        let id = planned.id.parse().expect("an id that was just shown");
        let start = CycleStart { environment: "uat".into(), ..CycleStart::default() };
        self.test.cycle_open(&self.priya, id, &start).await.expect("a cycle runs");
        id
    }

    async fn upload(&self, name: &str, bytes: Vec<u8>) -> Incoming {
        upload(&self.test, &self.priya, self.project, name, bytes).await
    }

    fn options() -> ResultOptions {
        ResultOptions {
            environment: "uat".into(),
            cycle: "uat-1".into(),
            ..ResultOptions::default()
        }
    }

    async fn import(&self, name: &str) -> golive_app::acceptance::ResultsView {
        let incoming = self.upload(name, file(name)).await;
        let done =
            self.test.result_import(&self.priya, self.project, &incoming, &Self::options()).await;
        done.expect("the example's results are right")
    }

    async fn passed(&self) -> u32 {
        let view = self.test.acceptance_view(&self.henrik, self.project).await.expect("a view");
        view.figures.passed
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_s_files_become_figures_and_the_same_file_again_changes_nothing() {
    for ground in Ground::on_each_database().await {
        let (test, project, priya) = (&ground.test, ground.project, &ground.priya);
        let again = ground.upload("test-cases.csv", file("test-cases.csv")).await;
        let again = test.case_import(priya, project, &again, APPLY).await.expect("cases");
        assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 182));

        let first = ground.import("results/uat-2.csv").await;
        let incoming = ground.upload("uat-2.csv", file("results/uat-2.csv")).await;
        let shown = ResultOptions { dry_run: true, ..Ground::options() };
        let known = test.result_import(priya, project, &incoming, &shown).await.expect("a preview");
        assert!(known.known_already && known.id == first.id);
        let second = ground.import("results/uat-2.csv").await;
        assert!(second.known_already && second.id == first.id);

        ground.import("results/uat-2-automated.xml").await;
        let view = test.acceptance_view(&ground.henrik, project).await.expect("a view");
        assert_eq!(
            (view.figures.cases, view.figures.executed, view.figures.passed),
            (182, 182, 178)
        );
        assert_eq!(
            (view.figures.covered, view.figures.requirements),
            (view.figures.requirements, view.figures.covered)
        );
        assert!(view.uncovered.is_empty() && view.not_run.is_empty());
        let failed = CaseQuery { outcome: Some("failed".into()), ..CaseQuery::default() };
        let failed = test.case_list(priya, project, &failed).await.expect("a list");
        assert_eq!(failed.cases.len(), 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_changes_nothing_and_a_rewritten_case_must_be_run_again() {
    for ground in Ground::on_each_database().await {
        let (test, project, priya) = (&ground.test, ground.project, &ground.priya);
        ground.import("results/uat-2.csv").await;
        let before = ground.passed().await;
        let text = String::from_utf8(file("test-cases.csv")).expect("text");
        let text = text.replacen(
            "Order confirmed in under three minutes",
            "Order confirmed in under two minutes",
            1,
        );
        let incoming = ground.upload("test-cases.csv", text.into_bytes()).await;
        let shown = test.case_import(priya, project, &incoming, PREVIEW).await.expect("a preview");
        assert_eq!((shown.changed, shown.run_again.as_slice()), (1, &["TC-001".to_owned()][..]));
        assert_eq!(ground.passed().await, before);
        let done = test.case_import(priya, project, &incoming, APPLY).await.expect("an import");
        assert!(done.applied && done.changed_names == shown.changed_names);
        assert_eq!(ground.passed().await, before - 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_result_is_taken_back_and_what_stood_before_stands_again() {
    for ground in Ground::on_each_database().await {
        let (test, project, priya) = (&ground.test, ground.project, &ground.priya);
        ground.import("results/uat-2.csv").await;
        let before = ground.passed().await;
        let form = ResultForm {
            case: "TC-001".into(),
            outcome: "failed".into(),
            cause: Some("bug".into()),
            role: "sales-clerk".into(),
            tester: None,
            at: None,
            environment: "uat".into(),
            cycle: "uat-1".into(),
            comment: None,
            defect: None,
        };
        let typed = test.result_record(priya, project, &form).await.expect("a result");
        assert_eq!(ground.passed().await, before - 1);
        let id: ResultsId = typed.id.expect("it is stored").parse().expect("an id");
        let no_reason = test.result_supersede(priya, id, Some(1), " ").await;
        assert!(matches!(no_reason, Err(Error::Invalid { .. })));
        let taken = test
            .result_supersede(priya, id, Some(1), "The wrong customer")
            .await
            .expect("taken back");
        assert!(taken.results[0].superseded);
        assert_eq!(ground.passed().await, before);
        let again = test.result_supersede(priya, id, Some(1), "Once more").await;
        assert!(matches!(again, Err(Error::NotNow(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_of_tomorrow_of_unknown_cases_and_of_a_closed_cycle_are_refused() {
    for ground in Ground::on_each_database().await {
        let (test, project, priya) = (&ground.test, ground.project, &ground.priya);
        let refused = |text: &str| {
            let text = format!("case,outcome,at,tester,role\n{text}\n");
            async move {
                let incoming = ground_upload(test, priya, project, text).await;
                test.result_import(priya, project, &incoming, &Ground::options()).await
            }
        };
        let ahead = refused("TC-001,passed,2027-02-20T09:00,emma,sales-clerk").await;
        let Err(Error::BadFile { faults, .. }) = ahead else { panic!("{ahead:?}") };
        assert_eq!(faults.len(), 1);
        assert!(
            faults[0].starts_with("r.csv, TC-001: expected a time up to 2027-02-19T"),
            "{faults:?}"
        );
        assert!(faults[0].ends_with("; found 2027-02-20T08:00:00Z"), "{faults:?}");
        let unknown = refused("TC-999,passed,2027-02-10T09:00,emma,sales-clerk").await;
        assert!(matches!(unknown, Err(Error::BadFile { .. })), "{unknown:?}");
        let id = CycleId::named(&project.to_string(), "uat-1");
        let open = test.cycle_close(priya, id, &[]).await;
        assert!(open.is_err_and(|error| error.to_string().contains("The report is written")));
        test.cycle_close(priya, id, &["report".into()]).await.expect("the exit criterion is met");
        let late = refused("TC-001,passed,2027-02-10T09:00,emma,sales-clerk").await;
        assert!(matches!(late, Err(Error::NotNow(_))), "{late:?}");
    }
}

async fn ground_upload(app: &App, actor: &Actor, project: ProjectId, text: String) -> Incoming {
    upload(app, actor, project, "r.csv", text.into_bytes()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shut_gate_names_every_reason_and_a_signature_falls_with_what_it_was_over() {
    for ground in Ground::on_each_database().await {
        let (test, project, henrik) = (&ground.test, ground.project, &ground.henrik);
        let view = test.acceptance_view(henrik, project).await.expect("a view");
        let form = SignForm {
            digest: view.sign_off.digest.clone(),
            capacity: "project manager".into(),
            meaning: "We accept".into(),
            issues: vec![],
        };
        let Err(Error::GateShut(verdict)) = test.acceptance_sign_off(henrik, project, &form).await
        else {
            panic!("the gate is shut");
        };
        let button = view
            .actions
            .iter()
            .find(|action| action.name == "acceptance_sign_off")
            .expect("a button");
        let reasons: Vec<String> = verdict.reasons().map(|reason| reason.title.clone()).collect();
        assert_eq!(button.refused, reasons);
        assert!(matches!(
            test.acceptance_sign_off(&ground.priya, project, &form).await,
            Err(Error::Forbidden(_))
        ));

        let signature = Signature {
            by: henrik.user,
            capacity: "project manager".into(),
            meaning: "We accept".into(),
            at: test.clock.now(),
            picture: Picture(BTreeMap::new()),
            issues: vec![],
        };
        let mut write =
            test.store.write(project, test.own_stamp()).await.expect("the store writes");
        let signed = Acceptance { sign_off: State::Signed { signature }, baseline: None };
        write
            .insert(project, project, &signed, &json!({ "event": "signed" }))
            .await
            .expect("a row");
        write.commit().await.expect("a commit");
        ground.import("results/uat-2.csv").await;
        let view = test.acceptance_view(henrik, project).await.expect("a view");
        assert_eq!(view.sign_off.state, "superseded");
        assert!(view.sign_off.changed.contains(&"results".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_confirms_rules_accepts_workarounds_and_the_baseline_until_it_changes() {
    for ground in Ground::on_each_database().await {
        let (test, project) = (&ground.test, ground.project);
        let (henrik, priya) = (&ground.henrik, &ground.priya);
        let view = test.acceptance_view(henrik, project).await.expect("a view");
        let rule = view.regulations.first().expect("requirements name rules").name.clone();
        let form = StatementForm {
            claim: "regulation_confirmed".into(),
            names: vec![rule.clone()],
            note: String::new(),
        };
        assert!(matches!(
            test.acceptance_confirm(priya, project, &form).await,
            Err(Error::Forbidden(_))
        ));
        let made = test.acceptance_confirm(henrik, project, &form).await.expect("confirmed");
        let id = made[0].id.parse().expect("an id");
        test.acceptance_withdraw(henrik, id, "The rule has changed").await.expect("taken back");
        let other = StatementForm { names: vec!["no-such-rule".into()], ..form };
        assert!(matches!(
            test.acceptance_confirm(henrik, project, &other).await,
            Err(Error::Invalid { .. })
        ));

        let defects = ground.upload("defects.csv", file("defects.csv")).await;
        let brought = test.defect_import(priya, project, &defects, APPLY).await.expect("defects");
        assert_eq!(brought.added, 4);
        let id = DefectId::named(&project.to_string(), "D-102");
        let accept = DefectChange { change: "accept_mitigation".into(), ..DefectChange::default() };
        assert!(
            test.defect_change(priya, id, &accept).await.is_err(),
            "the partner does not accept for the customer"
        );
        let accepted = test.defect_change(henrik, id, &accept).await.expect("accepted");
        assert_eq!(accepted.accepted_by.as_deref(), Some("Henrik"));

        let list = test.requirement_list(henrik, project, None, false).await.expect("a list");
        let accepted = test
            .requirement_accept_baseline(henrik, project, &list.digest)
            .await
            .expect("a baseline");
        assert_eq!(accepted.accepted_by.as_deref(), Some("Henrik"));
        let text = String::from_utf8(file("requirements.csv")).expect("text").replacen(
            "Enter sales orders",
            "Take sales orders",
            1,
        );
        let changed = ground.upload("requirements.csv", text.into_bytes()).await;
        test.requirement_import(priya, project, &changed, APPLY).await.expect("requirements");
        let list = test.requirement_list(henrik, project, None, false).await.expect("a list");
        assert_eq!(list.accepted_by, None, "what was accepted is not what is there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_show_what_is_there_and_take_a_result() {
    let test = TestApp::builder().starting("2027-02-19T09:00:00Z").build().await;
    let ground = Ground::of(test).await;
    ground.import("results/uat-1.csv").await;
    let http = ground.test.http_as(&ground.henrik).await;
    for page in [
        "acceptance",
        "acceptance/cases?outcome=failed",
        "acceptance/import",
        "acceptance/defects",
        "acceptance/proofs",
    ] {
        let reply = http.page(&format!("/projects/contoso/{page}")).await;
        assert_eq!(reply.status, 200, "{page}: {}", reply.text);
    }
    let list = ground
        .test
        .case_list(&ground.henrik, ground.project, &CaseQuery::default())
        .await
        .expect("a list");
    let case = format!("/projects/contoso/acceptance/cases/{}", list.cases[0].id);
    assert!(http.page(&case).await.text.contains("The case"));
    let fields = [
        ("_form", "result_record"),
        ("case", list.cases[0].name.as_str()),
        ("outcome", "blocked"),
        ("role", "sales-clerk"),
        ("cycle", "uat-1"),
        ("environment", "uat"),
    ];
    assert_eq!(http.form(&case, &fields).await.status, 303);
    let refused = http
        .form(&case, &[fields[0], fields[1], ("outcome", "maybe"), fields[3], fields[4], fields[5]])
        .await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("passed, failed or blocked"));
}
