//! One package: what is in it, where it stands, what a check said, and everything that can be done with it.

use super::{deployed, instant, name_of, standing, window_fields};
use crate::components::action::{Action, Look, action_explained};
use crate::components::dialog::{Dialog, dialog};
use crate::components::facts::{Card, kv};
use crate::components::form::{self, Field, Input};
use crate::components::notice::banner;
use crate::components::state::{State, badge, st, tag};
use crate::components::steps::{Step, StepStands, sbar};
use crate::components::table::{Column, Row, Table, table};
use crate::layout::{self, ProjectPage};
use crate::pages::shell::{Again, InProject, Last, Posted, Shown};
use crate::words;
use axum::extract::Path;
use golive_app::Error;
use golive_app::environment::EnvironmentView;
use golive_app::package::{InstallRequest, PackageCheckView, PackageView};
use golive_core::id::{EnvironmentId, PackageId};
use golive_core::package::check::{Effect, Finding, Report};
use golive_core::package::library::State as Stands;
use golive_core::policy::Enforcement;
use maud::{Markup, html};

/// What a page shows besides the package: a form that came back, or the answer of a check.
struct Shows {
    again: Again,
    checked: Option<PackageCheckView>,
}

impl Shows {
    fn form(again: Again) -> Self {
        Self { again, checked: None }
    }
}

pub(super) async fn show(here: InProject, Last(id): Last<PackageId>) -> Shown {
    page(&here, id, Shows::form(Again::none())).await
}

async fn page(here: &InProject, id: PackageId, shows: Shows) -> Shown {
    let it = here.app.package_view(&here.actor, id).await?;
    if it.project != here.id.to_string() {
        return Err(Error::not_found("package", id).into());
    }
    let environments = here.app.environment_list(&here.actor, here.id).await?;
    let title = full_name(&it);
    let (state, word) = standing(&it.particulars);
    let lead = html! { (badge(state, word)) " " (it.title) " " a href=(here.at("packages")) { "All packages" } };
    let body = html! {
        (layout::head(&title, &lead, &main_actions(here, &it)))
        (sbar("package-state", "Where the package stands", &bar(here, &it.particulars, &environments)))
        (news(here, &it.particulars, &environments))
        div.cols.mt4 {
            div.stack.gap5 {
                @if let Some(checked) = &shows.checked { (check_card(checked)) }
                (modules_card(&it))
                (Card::new("facts", "The file").padded(&facts(here, &it, &environments)))
            }
            @if !matches!(it.particulars, Stands::Withdrawn { .. }) {
                aside.stack.gap5 aria-label="What can be done" {
                    (forms(here, &it, &environments, &shows.again))
                }
            }
        }
        (withdraw_dialog(here, &it, &shows.again))
    };
    here.live_unless(shows.checked.is_some(), (ProjectPage::Packages, &title), body).await
}

/// Name and version; many names end with the version already.
fn full_name(it: &PackageView) -> String {
    if it.name.ends_with(&it.version) {
        it.name.clone()
    } else {
        format!("{} {}", it.name, it.version)
    }
}

fn below(it: &PackageView, what: &str) -> String {
    format!("packages/{}/{what}", it.id)
}

fn refusals(it: &PackageView, op: &str) -> Vec<String> {
    it.actions.iter().find(|a| a.name == op).map(|a| a.refused.clone()).unwrap_or_default()
}

/// Buttons that make no sense in a state are left out; what is only refused stays, with its reasons.
fn main_actions(here: &InProject, it: &PackageView) -> Vec<Action> {
    let mut does = Vec::new();
    if !matches!(it.particulars, Stands::InProduction { .. } | Stands::Withdrawn { .. }) {
        does.push(
            Action::open("package_withdraw.open", "Withdraw…", "withdraw-dialog")
                .refused(refusals(it, "package_withdraw")),
        );
    }
    if !matches!(it.particulars, Stands::OnSandbox { .. } | Stands::SignedOff { .. }) {
        return does;
    }
    let candidate = here.act(
        &it.actions,
        "package_mark_candidate",
        "",
        ("Name it release candidate", &below(it, "mark-candidate")),
    );
    does.push(candidate.look(Look::Primary));
    does
}

fn bar(here: &InProject, state: &Stands, environments: &[EnvironmentView]) -> Vec<Step> {
    let at = |at| words::moment(at, &here.clock);
    let on = |id| name_of(environments, id);
    let mut notes = [
        "against an environment",
        "installed by an operation",
        "by somebody of the customer",
        "goes to production",
        "",
    ]
    .map(str::to_owned);
    if let Some(proven) = state.proven() {
        notes[0] = String::new();
        notes[1] = format!("{}, {}", on(&proven.environment), at(proven.at));
    }
    if let Some(candidate) = state.candidate() {
        notes[2] = at(candidate.sign_off.at);
        notes[3] = at(candidate.at);
    }
    let place = match state {
        Stands::Uploaded => 0,
        Stands::Refused { at: when, .. } => {
            notes[0] = at(*when);
            0
        }
        Stands::Validated { at: when } => {
            notes[0] = at(*when);
            1
        }
        Stands::Failed { environment, at: when, .. } => {
            notes[1] = format!("{}, {}", on(environment), at(*when));
            1
        }
        Stands::OnSandbox { .. } => 2,
        Stands::SignedOff { sign_off } => {
            notes[2] = at(sign_off.at);
            3
        }
        Stands::Candidate { .. } => 4,
        Stands::InProduction { installed, .. } => {
            notes[4] = format!("{}, {}", on(&installed.environment), at(installed.at));
            5
        }
        Stands::Withdrawn { .. } => 0,
    };
    let titles = ["Checked", "On a sandbox", "Signed off", "Release candidate", "In production"];
    let names: Vec<(&str, String)> = titles.into_iter().zip(notes).collect();
    let mut steps = Step::bar(&names, place);
    if matches!(state, Stands::Refused { .. } | Stands::Failed { .. } | Stands::Withdrawn { .. }) {
        steps[place].stands = StepStands::Failed;
    }
    steps
}

/// What must be known before anything is done with it.
fn news(here: &InProject, state: &Stands, environments: &[EnvironmentView]) -> Markup {
    match state {
        Stands::Refused { findings, .. } => {
            let text = html! { (words::count(findings.len(), "finding", "findings")) " of the last check." (finding_list(findings)) };
            banner("news", State::Bad, "Refused.", &text, &[])
        }
        Stands::Failed { environment, why, .. } => {
            let look =
                Action::go("operations", "Operations", here.at("operations")).look(Look::Small);
            let name = name_of(environments, environment);
            banner("news", State::Bad, &format!("Failed on {name}."), &html! { (why) }, &[look])
        }
        Stands::Withdrawn { reason, at, .. } => {
            let text = html! { (reason) ", " (words::moment(*at, &here.clock)) };
            banner("news", State::Idle, "Withdrawn.", &text, &[])
        }
        Stands::SignedOff { sign_off } if !sign_off.issues.is_empty() => issues(&sign_off.issues),
        Stands::Candidate { candidate } | Stands::InProduction { candidate, .. }
            if !candidate.sign_off.issues.is_empty() =>
        {
            issues(&candidate.sign_off.issues)
        }
        Stands::Uploaded
        | Stands::Validated { .. }
        | Stands::OnSandbox { .. }
        | Stands::SignedOff { .. }
        | Stands::Candidate { .. }
        | Stands::InProduction { .. } => html! {},
    }
}

fn issues(list: &[String]) -> Markup {
    let text = html! { ul { @for issue in list { li { (issue) } } } };
    banner("news", State::Warn, "Signed off with issues.", &text, &[])
}

fn finding_list(findings: &[Finding]) -> Markup {
    html! {
        ul.stack-s.small.mt2 {
            @for found in findings { li { (st(weight(found), None)) " " (found.to_string()) } }
        }
    }
}

fn weight(found: &Finding) -> State {
    match found.enforcement {
        Enforcement::Deny => State::Bad,
        Enforcement::Warn => State::Warn,
        Enforcement::Off => State::Idle,
    }
}

/// What the check that was just asked for has found.
fn check_card(checked: &PackageCheckView) -> Markup {
    let report = &checked.report;
    let (state, word) =
        if checked.accepted { (State::Done, "It fits") } else { (State::Bad, "It does not fit") };
    let inside = html! {
        @if report.findings.is_empty() { div.card-b { p.small.muted { "Nothing is against it." } } }
        @else { div.card-b { (finding_list(&report.findings)) } }
        (effects(report))
    };
    Card::new("check", format!("Checked against {}", report.target))
        .state(state)
        .end(badge(state, word))
        .around(&inside)
}

fn effects(report: &Report) -> Markup {
    let columns = vec![
        Column::name("Module"),
        Column::short("There now"),
        Column::short("Afterwards"),
        Column::summary("Judgement"),
    ];
    let none = || html! { span.faint { "none" } };
    let rows = report.effects.iter().map(|(module, effect)| {
        let (from, to, state, word) = match effect {
            Effect::Install { to } => (none(), html! { (to) }, State::Run, "New"),
            Effect::Upgrade { from, to } => {
                (html! { (from) }, html! { (to) }, State::Done, "Newer")
            }
            Effect::Skip { at } => (html! { (at) }, html! { (at) }, State::Idle, "Stays as it is"),
            Effect::Downgrade { from, to } => {
                (html! { (from) }, html! { (to) }, State::Bad, "Older")
            }
            Effect::Uninstall { from, declared: true } => {
                (html! { (from) }, none(), State::Warn, "Goes, as declared")
            }
            Effect::Uninstall { from, declared: false } => {
                (html! { (from) }, none(), State::Bad, "Goes, not declared")
            }
        };
        Row::new(module, vec![html! { code { (module) } }, from, to, st(state, word)])
    });
    table(&Table::new("Modules compared", columns, rows).folding())
}

fn modules_card(it: &PackageView) -> Markup {
    let inside = html! {
        div.row.gap-s { @for module in &it.modules { (tag(module)) } }
        @if !it.removals.is_empty() {
            p.small.mt3 { "Takes away, as it declares: " (words::and(&it.removals)) "." }
        }
    };
    Card::new("modules", "Modules").count(it.modules.len()).padded(&inside)
}

fn facts(here: &InProject, it: &PackageView, environments: &[EnvironmentView]) -> Markup {
    let mut list = vec![
        ("Kind", html! { (words::role(&it.kind)) }),
        ("Format", html! { (it.format) }),
        ("Size", html! { (words::bytes(it.bytes)) }),
        ("Digest", html! { code.wrapany { (it.digest) } }),
    ];
    if let Some(proven) = it.particulars.proven() {
        let to = here.at(&format!("operations/{}", proven.operation));
        list.push((
            "Proven",
            html! { "on " (name_of(environments, &proven.environment)) " by " a href=(to) { "an operation" } },
        ));
    }
    if let Stands::InProduction { installed, .. } = &it.particulars {
        let to = here.at(&format!("operations/{}", installed.operation));
        list.push((
            "Production",
            html! { (name_of(environments, &installed.environment)) " by " a href=(to) { "an operation" } },
        ));
    }
    kv(&list)
}

fn forms(
    here: &InProject,
    it: &PackageView,
    environments: &[EnvironmentView],
    again: &Again,
) -> Markup {
    let check = || check_form(here, it, environments, again);
    let install = || install_form(here, it, environments, again);
    match &it.particulars {
        Stands::Uploaded | Stands::Refused { .. } => html! { (check()) },
        Stands::Validated { .. } | Stands::Failed { .. } => {
            html! { (check()) (install()) (approve_card(here, it)) }
        }
        Stands::OnSandbox { .. } => {
            html! { (sign_off_form(here, it, again)) (install()) (approve_card(here, it)) }
        }
        Stands::SignedOff { .. } | Stands::Candidate { .. } => {
            html! { (install()) (approve_card(here, it)) }
        }
        Stands::InProduction { .. } => html! { (install()) },
        Stands::Withdrawn { .. } => html! {},
    }
}

fn nowhere(here: &InProject, id: &str, title: &str) -> Markup {
    Card::new(id, title).padded(
        &html! { p.small.muted { "No environment is deployed yet. " a href=(here.at("environments")) { "Environments" } } },
    )
}

fn check_form(
    here: &InProject,
    it: &PackageView,
    environments: &[EnvironmentView],
    again: &Again,
) -> Markup {
    let places = deployed(environments);
    if places.is_empty() {
        return nowhere(here, "check-it", "Check it");
    }
    let place = Field::new("environment", "Against", Input::Select(places))
        .hint("Reads what is installed there and touches nothing");
    let form = here.form("package_check", &below(it, "check"), "Check it", vec![place]).plain();
    Card::new("check-it", "Check it").padded(&form::form(&form, &again.of("package_check")))
}

fn install_form(
    here: &InProject,
    it: &PackageView,
    environments: &[EnvironmentView],
    again: &Again,
) -> Markup {
    let places = deployed(environments);
    if places.is_empty() {
        return nowhere(here, "install-it", "Install it");
    }
    let [starts, ends] = window_fields(here);
    let place = Field::new("environment", "Into", Input::Select(places))
        .hint("Production is behind its gate: a release candidate, in a window, outside a freeze");
    let form = here
        .form("package_install", &below(it, "install"), "Install it", vec![place, starts, ends])
        .plain();
    let gate = html! { a.small href=(here.at("gates/production_package")) { "Explain the gate" } };
    Card::new("install-it", "Install it")
        .end(gate)
        .padded(&form::form(&form, &again.of("package_install")))
}

fn sign_off_form(here: &InProject, it: &PackageView, again: &Again) -> Markup {
    let refused = refusals(it, "package_sign_off");
    let card = Card::new("sign-off", "Sign it off");
    if !refused.is_empty() {
        let button = Action::post("package_sign_off", "Sign off", "").refused(refused);
        return card.padded(&action_explained(&button));
    }
    let issues = Field::new("issues", "Issues that are known", Input::Area(3))
        .optional()
        .hint("One on each line; none for a plain sign-off");
    let form =
        here.form("package_sign_off", &below(it, "sign-off"), "Sign off", vec![issues]).plain();
    let inside = html! {
        p.small.muted.mb3 { "You sign that it works on the sandbox. It binds to the digest " code { (words::digest(&it.digest)) } "." }
        (form::form(&form, &again.of("package_sign_off")))
    };
    card.padded(&inside)
}

fn approve_card(here: &InProject, it: &PackageView) -> Markup {
    let button =
        here.act(&it.actions, "package_approve", "", ("Vouch for it", &below(it, "approve")));
    let inside = html! {
        p.small.muted.mb3 { "A package without the signature of a known key needs the word of a second person." }
        (action_explained(&button))
    };
    Card::new("approve", "Second person").padded(&inside)
}

fn withdraw_dialog(here: &InProject, it: &PackageView, again: &Again) -> Markup {
    if !refusals(it, "package_withdraw").is_empty() {
        return html! {};
    }
    let reason = Field::new("reason", "Why; it goes on record", Input::Area(2));
    dialog(
        &Dialog {
            id: "withdraw-dialog".into(),
            title: format!("Withdraw {}", full_name(it)),
            text: html! { "It cannot be installed any more. Where it is installed, it stays." },
            keep: "Keep it".into(),
            form: here.form(
                "package_withdraw",
                &below(it, "withdraw"),
                "Withdraw it",
                vec![reason],
            ),
            is_danger: true,
        },
        &again.of("package_withdraw"),
    )
}

type InPackage = Path<(String, PackageId)>;

/// The answer is not kept but as the package's state, so it is shown at once.
pub(super) async fn check(here: InProject, Path((_, id)): InPackage, posted: Posted) -> Shown {
    let asked = match posted.value::<EnvironmentId>("environment", "an environment") {
        Ok(environment) => here.app.package_check(&here.actor, id, environment).await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(checked) => {
            page(&here, id, Shows { again: Again::none(), checked: Some(checked) }).await
        }
        other => settle(&here, id, other, "Checked", &posted).await,
    }
}

pub(super) async fn install(here: InProject, Path((_, id)): InPackage, posted: Posted) -> Shown {
    let begun = match wanted(&here, &posted) {
        Ok(wanted) => here.app.package_install(&here.actor, id, &wanted).await,
        Err(error) => Err(error),
    };
    let to = begun.as_ref().map_or(format!("packages/{id}"), |op| format!("operations/{}", op.id));
    here.settle(begun, ("On record. The page follows it.", &to), &posted, |again| {
        page(&here, id, Shows::form(again))
    })
    .await
}

fn wanted(here: &InProject, posted: &Posted) -> Result<InstallRequest, Error> {
    Ok(InstallRequest {
        environment: posted.value("environment", "an environment")?,
        starts: instant(here, posted, "starts")?,
        ends: instant(here, posted, "ends")?,
    })
}

pub(super) async fn sign_off(here: InProject, Path((_, id)): InPackage, posted: Posted) -> Shown {
    let signed = here.app.package_sign_off(&here.actor, id, &posted.list("issues")).await;
    settle(&here, id, signed, "Signed off", &posted).await
}

pub(super) async fn mark_candidate(here: InProject, Path((_, id)): InPackage) -> Shown {
    let marked = here.app.package_mark_candidate(&here.actor, id).await;
    here.done(marked, "It is a release candidate", &format!("packages/{id}"))
}

pub(super) async fn approve(here: InProject, Path((_, id)): InPackage) -> Shown {
    let approved = here.app.package_approve(&here.actor, id).await;
    here.done(approved, "You vouch for it", &format!("packages/{id}"))
}

pub(super) async fn withdraw(here: InProject, Path((_, id)): InPackage, posted: Posted) -> Shown {
    let gone = here.app.package_withdraw(&here.actor, id, posted.text("reason")).await;
    settle(&here, id, gone, "Withdrawn", &posted).await
}

async fn settle<T>(
    here: &InProject,
    id: PackageId,
    result: Result<T, Error>,
    toast: &str,
    posted: &Posted,
) -> Shown {
    let to = format!("packages/{id}");
    here.settle(result, (toast, &to), posted, |again| page(here, id, Shows::form(again))).await
}
