//! What is refused, with every reason, and the way to production.

use super::check::{Effect, Report, Rule, Target, Trust, check};
use super::facts::{Asked, facts, library_facts};
use super::library::{Command, Entry, Event, Installation, Refusal, State, decide};
use super::*;
use crate::acceptance::tests::{at, environment, policy, policy_with, user};
use crate::fact::FactId;
use crate::id::OperationId;
use crate::policy::{Enforcement, Policy};
use crate::value::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;

fn module(name: &str, version: &str, depends: &[&str]) -> Module {
    let need = |name: &&str| Dependency { module: (*name).to_owned(), at_least: None };
    Module {
        name: name.into(),
        version: version.parse().unwrap(),
        depends: depends.iter().map(need).collect(),
        migrations: 1,
    }
}

fn package() -> Package {
    Package {
        name: "contoso-1.1".into(),
        version: "1.1".parse().unwrap(),
        title: "Release candidate".into(),
        kind: Kind::AllInOne,
        format: Format::Golive,
        platform: Some("10.0".parse().unwrap()),
        modules: vec![
            module("party", "1.1", &[]),
            module("item", "1.0", &[]),
            module("ledger", "1.1", &["party"]),
        ],
        removals: vec![],
        digest: "sha256:aa".into(),
        size: 4096,
    }
}

fn target(production: bool) -> Target {
    let modules = [("party", "1.0"), ("item", "1.0"), ("ledger", "1.0")];
    let modules = modules.map(|(name, version)| (name.to_owned(), version.parse().unwrap())).into();
    Target {
        name: "contoso-prod".into(),
        production,
        installed: VersionSet { platform: Some("10.0".parse().unwrap()), modules },
        vendor_modules: BTreeSet::new(),
    }
}

fn judged(package: &Package, target: &Target) -> Vec<(Rule, Enforcement, String)> {
    let report = check(package, target, &Trust::Unsigned, &policy());
    report
        .findings
        .iter()
        .map(|finding| (finding.rule, finding.enforcement, finding.to_string()))
        .collect()
}

#[test]
fn a_good_package_says_what_happens_to_each_module() {
    let report = check(&package(), &target(true), &Trust::Unsigned, &policy());
    assert!(report.is_accepted() && report.findings.is_empty(), "{:?}", report.findings);
    let v = |text: &str| text.parse::<Version>().unwrap();
    assert_eq!(report.effects["party"], Effect::Upgrade { from: v("1.0"), to: v("1.1") });
    assert_eq!(report.effects["item"], Effect::Skip { at: v("1.0") });
    let after = package().installed_over(&target(true).installed);
    assert_eq!(after.modules["ledger"], v("1.1"));
}

#[test]
fn f113_a_missing_module_warns_on_a_sandbox_and_refuses_production_unless_declared() {
    let mut short = package();
    short.modules.remove(1);
    let text =
        "item: expected the module, or its declared removal; found neither; 1.0 is installed"
            .to_owned();
    assert_eq!(
        judged(&short, &target(false)),
        [(Rule::MissingModule, Enforcement::Warn, text.clone())]
    );
    assert_eq!(judged(&short, &target(true)), [(Rule::MissingModule, Enforcement::Deny, text)]);
    short.removals = vec!["item".into()];
    assert_eq!(judged(&short, &target(true)), []);
    let report = check(&short, &target(true), &Trust::Unsigned, &policy());
    let from = "1.0".parse().unwrap();
    assert_eq!(report.effects["item"], Effect::Uninstall { from, declared: true });
}

#[test]
fn f114_a_removal_is_refused_for_each_reason_against_it() {
    let mut removing = package();
    removing.removals = vec!["party".into(), "edi".into()];
    let rules: Vec<_> =
        judged(&removing, &target(true)).into_iter().map(|(_, e, text)| (e, text)).collect();
    assert_eq!(
        rules,
        [
            (
                Enforcement::Deny,
                "party: expected a removed module that is not in the package as well; found it is in the package"
                    .to_owned()
            ),
            (Enforcement::Deny, "party: expected nobody who needs a removed module; found ledger needs it".to_owned()),
            (Enforcement::Warn, "edi: expected an installed module to remove; found it is not installed".to_owned()),
        ]
    );
}

#[test]
fn f112_f116_every_reason_is_listed_and_not_only_the_first() {
    let mut bad = package();
    bad.kind = Kind::Platform;
    bad.platform = Some("10.1".parse().unwrap());
    bad.size = 5_000_000_000;
    bad.modules = vec![module("party", "0.9", &["tax"]), module("item", "1.0", &[])];
    let report = check(
        &bad,
        &target(true),
        &Trust::Unknown { why: "the key is not known".into() },
        &policy(),
    );
    let rules: Vec<Rule> = report.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(
        rules,
        [
            Rule::Size,
            Rule::AllInOne,
            Rule::MissingModule,
            Rule::Downgrade,
            Rule::Platform,
            Rule::Dependency,
            Rule::Signature
        ]
    );
    assert!(report.findings.iter().all(|finding| finding.enforcement == Enforcement::Deny));
    assert!(!report.is_accepted());
}

#[test]
fn f116_the_same_versions_again_are_skipped_and_a_downgrade_only_warns_on_a_sandbox() {
    let mut same = package();
    same.modules =
        vec![module("party", "1.0", &[]), module("item", "1.0", &[]), module("ledger", "1.0", &[])];
    assert_eq!(judged(&same, &target(true))[0].0, Rule::NoChange);
    same.modules[0].version = "0.9".parse().unwrap();
    assert_eq!(judged(&same, &target(false))[0].1, Enforcement::Warn);
}

#[test]
fn a_dependency_may_be_met_by_the_vendor_and_may_ask_for_a_version() {
    let mut needs = package();
    needs.modules[1].depends =
        vec![Dependency { module: "tax".into(), at_least: Some("2.0".parse().unwrap()) }];
    let text = "item: expected tax 2.0 or newer in the package; found it is not there".to_owned();
    assert_eq!(judged(&needs, &target(true)), [(Rule::Dependency, Enforcement::Deny, text)]);
    let mut vendor = target(true);
    vendor.vendor_modules.insert("tax".into());
    vendor.installed.modules.insert("tax".into(), "1.9".parse().unwrap());
    assert_eq!(
        judged(&needs, &vendor)[0].2,
        "item: expected tax 2.0 or newer in the package; found 1.9"
    );
    vendor.installed.modules.insert("tax".into(), "2.1".parse().unwrap());
    assert_eq!(judged(&needs, &vendor), [], "and a vendor's module need not be in the package");
}

#[test]
fn a_signature_is_asked_for_only_where_the_policy_does_and_a_wrong_one_is_never_taken() {
    let strict = policy_with("package.signature_required", true, Enforcement::Deny);
    let refused =
        |trust, policy: &Policy| !check(&package(), &target(true), &trust, policy).is_accepted();
    assert!(refused(Trust::Unsigned, &strict));
    assert!(!refused(Trust::Unsigned, &policy()));
    assert!(!refused(Trust::Known { key: "build key 7".into() }, &strict));
    assert!(refused(Trust::Unknown { why: "another file".into() }, &policy()));
}

fn installation(n: u128) -> Installation {
    let operation = OperationId::from_uuid(uuid::Uuid::from_u128(n));
    Installation { environment: environment(n), operation, at: at("2027-02-01T00:00:00Z") }
}

fn entry(state: State) -> Entry {
    Entry { digest: "sha256:aa".into(), uploaded_by: user(1), approval: None, state }
}

fn good() -> Report {
    check(&package(), &target(false), &Trust::Unsigned, &policy())
}

fn commands() -> Vec<Command> {
    let digest = || "sha256:aa".to_owned();
    vec![
        Command::Validate { report: good() },
        Command::RecordInstalled { installation: installation(2) },
        Command::RecordFailed { environment: environment(2), why: "half a migration".into() },
        Command::SignOff { by: user(2), digest: digest(), issues: vec![] },
        Command::MarkCandidate { by: user(3), digest: digest(), issues_accepted: true },
        Command::Approve { by: user(4), digest: digest() },
        Command::RecordInProduction { installation: installation(3) },
        Command::Withdraw { by: user(2), reason: "replaced".into() },
    ]
}

fn run(entry: &Entry, command: Command) -> Entry {
    decide(entry, command, at("2027-02-02T00:00:00Z")).unwrap().entry
}

/// The path from upload to production, one entry per state.
fn path() -> Vec<Entry> {
    let [validate, install, _, sign, mark, _, produce, _] =
        <[Command; 8]>::try_from(commands()).unwrap();
    let mut path = vec![entry(State::Uploaded)];
    for command in [validate, install, sign, mark, produce] {
        let next = run(path.last().unwrap(), command);
        path.push(next);
    }
    path
}

#[test]
fn the_table_of_states_and_commands_is_this() {
    let mut entries = path();
    let bad = Report { findings: judged_bad(), ..good() };
    entries.push(run(&entries[0], Command::Validate { report: bad }));
    entries.push(run(&entries[1], commands().remove(2)));
    entries.push(run(&entries[0], commands().remove(7)));
    let mut table = String::new();
    for entry in &entries {
        let answers: Vec<String> = commands()
            .into_iter()
            .map(|command| match decide(entry, command, at("2027-02-02T00:00:00Z")) {
                Ok(change) => change.entry.state.name().to_owned(),
                Err(_) => "-".to_owned(),
            })
            .collect();
        writeln!(table, "{}: {}", entry.state.name(), answers.join(" ")).unwrap();
    }
    let rows: Vec<String> = table.lines().map(str::to_owned).collect();
    crate::matrix::keep_rows(
        &[
            "validate",
            "installed",
            "failed",
            "sign off",
            "mark candidate",
            "approve",
            "in production",
            "withdraw",
        ],
        &rows,
    );
    assert_eq!(
        table,
        "uploaded: validated - - - - uploaded - withdrawn\n\
         validated: validated on_sandbox failed - - validated - withdrawn\n\
         on_sandbox: on_sandbox on_sandbox on_sandbox signed_off - on_sandbox - withdrawn\n\
         signed_off: signed_off signed_off signed_off - candidate signed_off - withdrawn\n\
         candidate: candidate candidate candidate - - candidate in_production withdrawn\n\
         in_production: - in_production in_production - - in_production in_production -\n\
         refused: validated - - - - - - withdrawn\n\
         failed: validated on_sandbox failed - - failed - withdrawn\n\
         withdrawn: - - - - - - - -\n"
    );
}

fn judged_bad() -> Vec<super::check::Finding> {
    let mut short = package();
    short.modules.clear();
    check(&short, &target(true), &Trust::Unsigned, &policy()).findings
}

#[test]
fn f115_a_decision_is_bound_to_the_file_that_was_shown() {
    let on_sandbox = &path()[2];
    let other = Command::SignOff { by: user(2), digest: "sha256:bb".into(), issues: vec![] };
    let refusal = decide(on_sandbox, other, at("2027-02-02T00:00:00Z")).unwrap_err();
    assert_eq!(refusal.to_string(), "this is about sha256:bb, the package is sha256:aa");
}

#[test]
fn a_sign_off_with_issues_makes_a_candidate_only_where_the_policy_takes_it() {
    let issues = vec!["label printer is slow".to_owned()];
    let signed = run(
        &path()[2],
        Command::SignOff { by: user(2), digest: "sha256:aa".into(), issues: issues.clone() },
    );
    let mark = |policy: &Policy| Command::mark_candidate(user(3), "sha256:aa".into(), policy);
    let strict = policy_with("package.sign_off_with_issues_accepted", false, Enforcement::Deny);
    let now = at("2027-02-02T00:00:00Z");
    assert_eq!(decide(&signed, mark(&strict), now), Err(Refusal::HasIssues(issues)));
    assert_eq!(decide(&signed, mark(&policy()), now).unwrap().entry.state.name(), "candidate");
}

#[test]
fn whoever_brought_a_package_does_not_vouch_for_it() {
    let approve = |by| Command::Approve { by, digest: "sha256:aa".into() };
    let now = at("2027-02-02T00:00:00Z");
    assert_eq!(decide(&path()[4], approve(user(1)), now), Err(Refusal::SamePerson));
    let change = decide(&path()[4], approve(user(9)), now).unwrap();
    assert_eq!(change.event, Event::Approved { by: user(9) });
    assert!(change.entry.approval.is_some());
}

#[test]
fn f107_the_facts_before_production_say_what_is_missing() {
    let now = at("2027-02-12T00:00:00Z");
    let mut short = package();
    short.modules.remove(1);
    let report = check(&short, &target(true), &Trust::Unsigned, &policy());
    let path = path();
    let of = |entry: &Entry, id: &'static str| {
        let cutover = Some(jiff::civil::date(2027, 4, 2));
        let asked = Asked { entry, report: &report, trust: &Trust::Unsigned, cutover };
        facts(asked, &policy(), now).get(&FactId::new(id))
    };
    let validated = of(&path[1], "package.release_candidate");
    assert_eq!(
        (validated.value, validated.details),
        (Value::Flag(false), vec!["the package is validated".into()])
    );
    assert_eq!(of(&path[4], "package.release_candidate").value, Value::Flag(true));
    assert_eq!(of(&path[1], "package.sandbox_proven").value, Value::Flag(false));
    assert_eq!(of(&path[2], "package.sandbox_proven").value, Value::Flag(true));
    assert_eq!(of(&path[4], "package.superset").value, Value::Flag(false));
    assert_eq!(of(&path[4], "package.downgrades").value, Value::Flag(false));
    assert_eq!(of(&path[4], "package.platform_not_newer").value, Value::Flag(true));
    assert_eq!(of(&path[4], "package.candidate_age_days").value, Value::Count(10));
    assert_eq!(of(&path[4], "package.candidate_days_before_cutover").value, Value::Count(59));
    let trusted = of(&path[4], "package.signed_or_approved");
    assert_eq!(trusted.details, ["no signature", "no second person has approved it"]);
}

#[test]
fn the_library_knows_its_newest_candidate() {
    let path = path();
    let none = library_facts([("contoso-1.0", &path[1])]);
    assert_eq!(none.value("package.release_candidate"), Value::Flag(false));
    let facts = library_facts([("contoso-1.0", &path[1]), ("contoso-1.1", &path[4])]);
    assert_eq!(facts.get(&FactId::new("package.release_candidate")).details, ["contoso-1.1"]);
    assert_eq!(facts.value("package.candidate_on"), Value::Text("2027-02-02".into()));
}
