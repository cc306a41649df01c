//! The path and the production gate, shut and open.

use crate::contoso::{at, clock, person, stages};
use crate::{head, kind};
use golive_core::gate::{Compare, Gate, Judged, Status, Verdict};
use golive_core::value::Value;
use golive_web::components::action::{Action, Look};
use golive_web::components::icon::Icon;
use golive_web::components::path::{Stage, Standing, path};
use golive_web::components::steps::{Step, StepStands, sbar, stepper};
use golive_web::components::verdict::{self, Around};
use maud::{Markup, html};
use std::collections::BTreeMap;

pub fn page() -> Markup {
    let owners = BTreeMap::from([
        ("customer".to_owned(), vec![person("Katja Maas", "Customer")]),
        ("reviewer".to_owned(), vec![person("Amina Lee", "Reviewer")]),
        (
            "partner".to_owned(),
            vec![person("Paolo Ruiz", "Partner"), person("Joon-ho Park", "Partner")],
        ),
    ]);
    let clock = clock();
    let around = Around {
        project: "/projects/contoso-eu",
        id: "prj_contoso-eu",
        clock: &clock,
        owners: &owners,
        before: "requesting production",
    };
    let shut = production();
    let configure = Action::post("configure", "Configure production", "/x")
        .look(Look::Primary)
        .refused(verdict::reasons(&shut));
    let lead = html! { "The gate before " b { "Configure" } ". It is judged now, again when you submit, and again when the work starts." };
    let does = [
        Action::go("as-of", "As of…", "#").icon(Icon::Calendar),
        Action::go("what-if", "What if…", "#").icon(Icon::Wand),
        configure,
    ];
    html! {
        (head("Why can’t I request production?", &lead, &does))
        div.stack-l {
            (path(&nine()))
            (verdict::gate(&shut, &around))
            (kind("Open, with conditions", &verdict::head(&open(), &around)))
            (kind("State bar", &sbar("request-state", "Production request", &bar())))
            (kind("Stepper", &stepper("Parts of the request", &parts())))
        }
    }
}

fn nine() -> Vec<Stage> {
    let titles = [
        "Go-live date set",
        "Checklist sent",
        "Go-live review",
        "Released for production",
        "Production requested",
        "Package installed",
        "Database copied",
        "Ready, cutover",
        "Live",
    ];
    let latest =
        ["", "", "28 May", "28 May", "2 Jun", "3 Jun", "3 Jun", "Fri 4 Jun 20:00", "Mon 7 Jun"];
    titles
        .iter()
        .zip(stages())
        .zip(latest)
        .map(|((title, standing), latest)| Stage {
            title: (*title).to_owned(),
            standing,
            href: "#".to_owned(),
            who: (standing == Standing::Done).then(|| "K. Maas · 22 Jan".to_owned()),
            blocks: (standing == Standing::AtRisk).then(|| "3 findings open".to_owned()),
            planned: (standing == Standing::AtRisk).then(|| "7 May".to_owned()),
            latest: (!latest.is_empty() && standing != Standing::Skipped)
                .then(|| latest.to_owned()),
        })
        .collect()
}

fn bar() -> Vec<Step> {
    let names = [
        ("Configure", "since 12 Apr, K. Maas".to_owned()),
        ("Queued", "waits for the review".to_owned()),
        ("Deploying", "about 30 min".to_owned()),
        ("Deployed", String::new()),
    ];
    Step::bar(&names, 1)
}

fn parts() -> Vec<Step> {
    vec![
        Step::new("Version and region", "done", StepStands::Done),
        Step::new("Size", "from the estimate", StepStands::Done),
        Step::new("Administrator", "missing", StepStands::Failed),
        Step::new("Sign-off", "after the rest", StepStands::Ahead),
    ]
}

fn judged(id: &str, title: &str, status: Status, value: Value, threshold: Value) -> Judged {
    Judged {
        id: id.to_owned(),
        title: title.to_owned(),
        status,
        value,
        compare: Compare::Equals,
        threshold,
        unit: None,
        setting: None,
        fact: golive_core::fact::FactId::new("gallery.fact"),
        details: Vec::new(),
        evidence: Vec::new(),
        waiver: None,
        owner: "partner".to_owned(),
        remedy: String::new(),
        page: "acceptance".to_owned(),
        command: String::new(),
        source: "S F084".to_owned(),
    }
}

fn with(mut it: Judged, details: &[&str], remedy: (&str, &str, &str), owner: &str) -> Judged {
    it.details = details.iter().map(|line| (*line).to_owned()).collect();
    (it.remedy, it.page, it.command) =
        (remedy.0.to_owned(), remedy.1.to_owned(), remedy.2.to_owned());
    owner.clone_into(&mut it.owner);
    it
}

fn measured(mut it: Judged, compare: Compare, unit: &str) -> Judged {
    it.compare = compare;
    it.unit = (!unit.is_empty()).then(|| unit.to_owned());
    it
}

fn yes() -> Value {
    Value::Flag(true)
}

fn not_met() -> Vec<Judged> {
    let finding = judged(
        "no-critical-finding",
        "No critical finding is open",
        Status::Unmet,
        Value::Count(1),
        Value::Count(0),
    );
    let uat = judged(
        "uat-pass-rate",
        "UAT pass rate",
        Status::Unmet,
        Value::Number(91.4),
        Value::Count(95),
    );
    let phase = judged(
        "test-complete",
        "The Test phase is complete",
        Status::Unmet,
        Value::Count(14),
        Value::Count(19),
    );
    let load = judged(
        "load-test",
        "Load test at peak meets its target",
        Status::Stale,
        Value::Number(1.6),
        Value::Number(2.0),
    );
    vec![
        measured(
            with(
                phase,
                &["2 steps can start now, 3 are locked by them"],
                ("Open 5 steps", "methodology", ""),
                "partner",
            ),
            Compare::AtLeast,
            "",
        ),
        measured(
            with(
                uat,
                &["128 of 140 cases passed", "12 cases to pass or decide by Tue 4 May"],
                ("Open 12 cases", "acceptance", "case list --outcome not-run"),
                "partner",
            ),
            Compare::AtLeast,
            "percent",
        ),
        with(
            finding,
            &["F-3: no rollback proof for the webshop interface, due Mon 26 Apr"],
            ("Answer F-3", "review", "review mitigate F-3"),
            "customer",
        ),
        measured(
            with(
                load,
                &["taken on 26.4.1; 26.4.2 reached CTSO-UAT on 4 May"],
                ("Plan a repeat", "acceptance", ""),
                "partner",
            ),
            Compare::AtMost,
            "seconds",
        ),
    ]
}

fn the_rest() -> Vec<Judged> {
    let waived = judged(
        "customisation",
        "Customisation analysis has no critical issue",
        Status::Waived,
        Value::Count(1),
        Value::Count(0),
    );
    let account = judged(
        "service-account",
        "Administrator is a service account",
        Status::Warning,
        Value::Flag(false),
        yes(),
    );
    let ahead = judged(
        "date-lead",
        "Go-live date set in time",
        Status::Met,
        Value::Count(136),
        Value::Count(60),
    );
    let met = |id: &str, title: &str| judged(id, title, Status::Met, yes(), yes());
    vec![
        with(
            waived,
            &["Waiver W-2 until 31 May. Compensating measure: nightly index check"],
            ("", "", ""),
            "customer",
        ),
        with(account, &[], ("Change the administrator", "request", ""), "customer"),
        measured(ahead, Compare::AtLeast, "calendar_days"),
        met("one-estimate", "One active estimate"),
        judged(
            "region",
            "Region equals the signed-off sandbox",
            Status::Met,
            "Germany West".into(),
            "Germany West".into(),
        ),
        judged(
            "commerce",
            "Commerce devices exercised where in scope",
            Status::NotApplicable,
            Value::Missing,
            yes(),
        ),
    ]
}

/// Met first, as a table may have it: the page puts what is not met on top.
fn production() -> Verdict {
    let met = |id: &str, title: &str| judged(id, title, Status::Met, yes(), yes());
    let first = [
        met("analysis-complete", "Analysis is complete"),
        met("design-complete", "Design and develop is complete"),
    ];
    Verdict {
        gate: Gate::ProductionRequest,
        at: at("2027-04-27T08:42:07Z"),
        policy: "lcs-classic 3.2".to_owned(),
        criteria: first.into_iter().chain(not_met()).chain(the_rest()).collect(),
        holds_until: Some(at("2027-05-04T04:00:00Z")),
    }
}

fn open() -> Verdict {
    let shut = production();
    let criteria = shut.criteria.into_iter().filter(|judged| !judged.status.denies()).collect();
    Verdict { gate: Gate::CutoverStart, criteria, ..production() }
}
