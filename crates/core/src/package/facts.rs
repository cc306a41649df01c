//! The facts `package.*`: of one package before production, and of a project's whole library.

use super::check::{Report, Rule, Trust};
use super::library::{Entry, State};
use crate::acceptance::evidence::{day, days, end_of};
use crate::fact::{Fact, Facts};
use crate::policy::{Enforcement, Policy};
use jiff::Timestamp;
use jiff::civil::Date;

/// What the gate before production needs to know of one package.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The package in the library.
    pub entry: &'a Entry,
    /// The check against production.
    pub report: &'a Report,
    /// Who vouches for the file.
    pub trust: &'a Trust,
    /// The day on which the cutover starts, if one is planned.
    pub cutover: Option<Date>,
}

/// The facts of one package that is to go to production.
pub fn facts(asked: Asked<'_>, policy: &Policy, now: Timestamp) -> Facts {
    let mut facts = Facts::default();
    state_facts(&mut facts, asked.entry);
    check_facts(&mut facts, asked.report);
    let known = matches!(asked.trust, Trust::Known { .. });
    let why = match asked.trust {
        Trust::Known { key } => format!("signed by {key}"),
        Trust::Unsigned => "no signature".to_owned(),
        Trust::Unknown { why } => why.clone(),
    };
    facts.set("package.signed", Fact::from(known).because([why.clone()]));
    let approved = asked.entry.approval.is_some();
    let nobody = (!approved).then(|| "no second person has approved it".to_owned());
    let fact =
        Fact::from(known || approved).because(if known { None } else { Some(why) }).because(nobody);
    facts.set("package.signed_or_approved", if known { Fact::from(true) } else { fact });
    if let Some(candidate) = asked.entry.state.candidate() {
        let named = day(candidate.at);
        let age = i64::from((day(now) - named).get_days());
        let until = days(policy, "package.candidate_age_max").and_then(|most| end_of(named, most));
        facts.set(
            "package.candidate_age_days",
            Fact::from(age).until(until.filter(|until| *until > now)),
        );
        let fact = asked.cutover.map_or_else(Fact::not_applicable, |cutover| {
            Fact::from(i64::from((cutover - named).get_days()))
        });
        facts.set("package.candidate_days_before_cutover", fact);
    }
    facts
}

/// Lead and length of the window that is asked for.
pub fn window_facts(filed: Timestamp, starts: Timestamp, ends: Timestamp) -> Facts {
    let hours = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs_f64() / 3600.0;
    let mut facts = Facts::default();
    facts.set("package.lead_hours", hours(filed, starts));
    facts.set("package.window_hours", hours(starts, ends));
    facts
}

/// The facts of a project's library: is there a release candidate, and since when?
pub fn library_facts<'a>(entries: impl IntoIterator<Item = (&'a str, &'a Entry)>) -> Facts {
    let mut facts = Facts::default();
    let candidates =
        entries.into_iter().filter_map(|(name, entry)| Some((name, entry.state.candidate()?)));
    match candidates.max_by_key(|(_, candidate)| candidate.at) {
        Some((name, candidate)) => {
            facts.set("package.release_candidate", Fact::from(true).because([name]));
            facts.set("package.candidate_on", day(candidate.at).to_string());
        }
        None => {
            facts
                .set("package.release_candidate", Fact::from(false).because(["no package is one"]));
        }
    }
    facts
}

fn state_facts(facts: &mut Facts, entry: &Entry) {
    let candidate = entry.state.candidate();
    let is = format!("the package is {}", entry.state.name().replace('_', " "));
    let not = candidate.is_none().then(|| is.clone());
    let issues = candidate.map(|candidate| candidate.sign_off.issues.clone()).unwrap_or_default();
    let issues = issues.into_iter().map(|issue| format!("known issue: {issue}"));
    facts.set(
        "package.release_candidate",
        Fact::from(candidate.is_some()).because(not).because(issues),
    );
    facts.set("package.candidate_on", candidate.map(|candidate| day(candidate.at).to_string()));
    let proven = entry.state.proven().is_some();
    let why = match &entry.state {
        State::Failed { why, .. } => Some(format!("it failed on a sandbox: {why}")),
        State::Uploaded
        | State::Refused { .. }
        | State::Validated { .. }
        | State::OnSandbox { .. }
        | State::SignedOff { .. }
        | State::Candidate { .. }
        | State::InProduction { .. }
        | State::Withdrawn { .. } => (!proven).then_some(is),
    };
    facts.set("package.sandbox_proven", Fact::from(proven).because(why));
}

fn check_facts(facts: &mut Facts, report: &Report) {
    let lines = |rules: &[Rule]| -> Vec<String> {
        let of = report.findings.iter().filter(|finding| rules.contains(&finding.rule));
        // A removal of what is not there is only strange.
        let of = of.filter(|finding| {
            finding.rule != Rule::Removal || finding.enforcement == Enforcement::Deny
        });
        of.map(ToString::to_string).collect()
    };
    let none = |rules: &[Rule]| {
        let lines = lines(rules);
        Fact::from(lines.is_empty()).because(lines)
    };
    facts.set("package.superset", none(&[Rule::MissingModule, Rule::Removal, Rule::AllInOne]));
    let downgrades = lines(&[Rule::Downgrade]);
    facts.set("package.downgrades", Fact::from(!downgrades.is_empty()).because(downgrades));
    facts.set("package.platform_not_newer", none(&[Rule::Platform]));
    facts.set("package.dependencies_met", none(&[Rule::Dependency]));
    let all: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    facts.set("package.valid", Fact::from(report.is_accepted()).because(all));
}
