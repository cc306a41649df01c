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
        slug: "contoso-eu",
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

fn production() -> Verdict {
    let yes = || Value::Flag(true);
    let mut finding = judged(
        "no-critical-finding",
        "No critical finding is open",
        Status::Unmet,
        Value::Count(1),
        Value::Count(0),
    );
    finding.details =
        vec!["F-3: no rollback proof for the webshop interface, due Mon 26 Apr".to_owned()];
    finding.owner = "customer".to_owned();
    (finding.remedy, finding.page, finding.command) =
        ("Answer F-3".to_owned(), "review".to_owned(), "review mitigate F-3".to_owned());
    let mut uat = judged(
        "uat-pass-rate",
        "UAT pass rate",
        Status::Unmet,
        Value::Number(91.4),
        Value::Count(95),
    );
    (uat.compare, uat.unit) = (Compare::AtLeast, Some("percent".to_owned()));
    uat.details = vec![
        "128 of 140 cases passed".to_owned(),
        "12 cases to pass or decide by Tue 4 May".to_owned(),
    ];
    (uat.remedy, uat.command) = ("Open 12 cases".to_owned(), "acceptance cases --open".to_owned());
    let mut phase = judged(
        "test-complete",
        "The Test phase is complete",
        Status::Unmet,
        Value::Count(14),
        Value::Count(19),
    );
    phase.compare = Compare::AtLeast;
    (phase.remedy, phase.page) = ("Open 5 steps".to_owned(), "methodology".to_owned());
    phase.details = vec!["2 steps can start now, 3 are locked by them".to_owned()];
    let mut load = judged(
        "load-test",
        "Load test at peak meets its target",
        Status::Stale,
        Value::Number(1.6),
        Value::Number(2.0),
    );
    (load.compare, load.unit) = (Compare::AtMost, Some("seconds".to_owned()));
    load.details = vec!["taken on 26.4.1; 26.4.2 reached CTSO-UAT on 4 May".to_owned()];
    load.remedy = "Plan a repeat".to_owned();
    let mut waived = judged(
        "customisation",
        "Customisation analysis has no critical issue",
        Status::Waived,
        Value::Count(1),
        Value::Count(0),
    );
    waived.details =
        vec!["Waiver W-2 until 31 May. Compensating measure: nightly index check".to_owned()];
    waived.owner = "customer".to_owned();
    let mut account = judged(
        "service-account",
        "Administrator is a service account",
        Status::Warning,
        Value::Flag(false),
        yes(),
    );
    account.remedy = "Change the administrator".to_owned();
    account.owner = "customer".to_owned();
    let mut lead = judged(
        "date-lead",
        "Go-live date set in time",
        Status::Met,
        Value::Count(136),
        Value::Count(60),
    );
    (lead.compare, lead.unit) = (Compare::AtLeast, Some("calendar_days".to_owned()));
    let met = |id: &str, title: &str| judged(id, title, Status::Met, yes(), yes());
    let criteria = vec![
        met("analysis-complete", "Analysis is complete"),
        met("design-complete", "Design and develop is complete"),
        phase,
        lead,
        uat,
        finding,
        load,
        waived,
        account,
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
    ];
    Verdict {
        gate: Gate::ProductionRequest,
        at: at("2027-04-27T08:42:07Z"),
        policy: "lcs-classic 3.2".to_owned(),
        criteria,
        holds_until: Some(at("2027-05-04T04:00:00Z")),
    }
}

fn open() -> Verdict {
    let shut = production();
    let criteria = shut.criteria.into_iter().filter(|judged| !judged.status.denies()).collect();
    Verdict { gate: Gate::CutoverStart, criteria, ..production() }
}
