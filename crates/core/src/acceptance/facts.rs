//! The facts that acceptance gives to gates, each with the names of what is missing.
//!
//! What lives here: `requirements.*`, `uat.*`, `sit.*`, `regulation.*`, `documentation.*`; [`quality`] has `defects.*` and
//! the signature. Customisation, load tests and servicing have their own files.

mod quality;

use super::cycle::{Cycle, CycleKind, State as CycleState};
use super::defect::Defect;
use super::evidence::{Claim, Present, Statement};
use super::figures::{Doubt, Figures, percent};
use super::place::DataSet;
use super::scope::{Named, Peripheral, PeripheralKind, Scope};
use super::sign_off;
use super::summary::Summary;
use crate::fact::{Fact, Facts};
use crate::id::EvidenceId;
use crate::value::Value;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A detail names at most so many things; the rest is a number.
const MOST_NAMES: usize = 12;

/// Everything that acceptance knows of a project.
#[derive(Debug, Clone, Copy)]
pub struct Ledger<'a> {
    /// The maintained sum.
    pub summary: &'a Summary,
    /// What is in scope.
    pub scope: &'a Scope,
    /// The data sets that environments were loaded with.
    pub data_sets: &'a [DataSet],
    /// The test cycles.
    pub cycles: &'a [Cycle],
    /// The defects.
    pub defects: &'a [Defect],
    /// What was stated, with its evidence.
    pub statements: &'a [Statement],
    /// The customer's signature.
    pub sign_off: &'a sign_off::State,
    /// The version set of the release candidate, if there is one.
    pub candidate: Option<&'a str>,
}

/// All facts of acceptance at one moment.
pub fn facts(ledger: Ledger<'_>, present: Present<'_>) -> Facts {
    let figures = Figures::of(ledger.summary, present);
    let mut facts = Facts::default();
    requirements(&mut facts, ledger);
    rates(&mut facts, ledger, &figures, present);
    places(&mut facts, ledger, &figures);
    data(&mut facts, ledger, &figures);
    people(&mut facts, ledger, &figures);
    peripherals(&mut facts, ledger.scope, &figures);
    cycles(&mut facts, ledger, &figures, present);
    claims(&mut facts, ledger, present);
    quality::defects(&mut facts, ledger.defects, present.policy);
    quality::signature(&mut facts, ledger.sign_off, present);
    facts
}

fn requirements(facts: &mut Facts, ledger: Ledger<'_>) {
    let summary = ledger.summary;
    let mut lacks: Vec<String> = summary
        .incomplete
        .iter()
        .map(|(key, what)| format!("{key}: without {}", what.join(" and ")))
        .collect();
    if summary.requirements.is_empty() {
        lacks.push("there are no requirements".to_owned());
    }
    if !ledger.scope.baseline_accepted {
        lacks.push("the baseline is not accepted".to_owned());
    }
    facts.set("requirements.baselined", Fact::from(lacks.is_empty()).because(lacks));
    let undecided = names(&summary.undecided);
    facts
        .set("requirements.gaps_undecided", Fact::from(summary.undecided.len()).because(undecided));
    let all = summary.requirements.len();
    let covered = all - summary.uncovered.len();
    let coverage = percent(count(covered), count(all));
    let uncovered = listed("no case for", &summary.uncovered);
    facts.set("uat.coverage", measured(all, coverage).because(uncovered));
}

fn rates(facts: &mut Facts, ledger: Ledger<'_>, figures: &Figures, present: Present<'_>) {
    let summary = ledger.summary;
    let planned = figures.planned as usize;
    let executed = percent(figures.executed, figures.planned);
    facts.set(
        "uat.executed",
        measured(planned, executed).because(listed("not run", &summary.not_run)),
    );
    let failing = |only_critical: bool| -> Vec<String> {
        let cases = summary.not_passed.iter().filter(|(_, case)| case.critical || !only_critical);
        capped(cases.map(|(key, case)| format!("{key} {}", case.outcome.name())).collect())
    };
    let doubts: Vec<String> =
        figures.doubts.iter().filter_map(|doubt| stale_line(doubt, present)).collect();
    let rate = |part: u32, ever: u32, whole: u32, setting: &str| {
        let least = present.policy.number(setting).unwrap_or(f64::INFINITY);
        let stale = percent(part, whole) < least && percent(ever, whole) >= least;
        Fact { stale, ..measured(whole as usize, percent(part, whole)) }.until(figures.until)
    };
    let unrun = listed("not run", &summary.not_run);
    let passed_ever = figures.passed + figures.passed_stale;
    let pass = rate(figures.passed, passed_ever, figures.planned, "acceptance.pass_rate_min");
    facts.set("uat.pass_rate", pass.because(failing(false)).because(unrun).because(doubts.clone()));
    let setting = "acceptance.critical_pass_rate_min";
    let critical =
        rate(figures.critical_passed, figures.critical_passed_ever, figures.critical, setting);
    let critical =
        if figures.critical == 0 && planned > 0 { Fact::not_applicable() } else { critical };
    facts.set("uat.critical_pass_rate", critical.because(failing(true)).because(doubts));
}

/// Why results of a stamp do not count: one line for people, if they do not.
fn stale_line(doubt: &Doubt, present: Present<'_>) -> Option<String> {
    let place = present.place(doubt.stamp.subject.environment);
    let name = place.map_or("an unknown environment", |place| place.name.as_str());
    let reasons: Vec<String> = doubt
        .ineligible
        .iter()
        .map(ToString::to_string)
        .chain(doubt.stale.iter().map(ToString::to_string))
        .collect();
    let all = reasons.join("; ");
    (!reasons.is_empty())
        .then(|| format!("{} results of {} in {name}: {all}", doubt.results, doubt.stamp.day))
}

fn places(facts: &mut Facts, ledger: Ledger<'_>, figures: &Figures) {
    let wrong: Vec<String> = figures
        .doubts
        .iter()
        .flat_map(|doubt| &doubt.ineligible)
        .map(ToString::to_string)
        .collect();
    let wrong: BTreeSet<String> = wrong.into_iter().collect();
    let refused =
        ledger.summary.refused.iter().map(|(why, n)| format!("{n} results do not count, {why}"));
    let fine = figures.executed > 0 && wrong.is_empty();
    let nothing = (figures.executed == 0).then(|| "no results that count".to_owned());
    let fact = Fact::from(fine).because(wrong).because(nothing).because(refused);
    facts.set("uat.environment_eligible", fact);
}

fn data(facts: &mut Facts, ledger: Ledger<'_>, figures: &Figures) {
    let stated =
        |claim: &Claim| ledger.statements.iter().find(|statement| statement.claim == *claim);
    let known = |name: &str| ledger.data_sets.iter().find(|set| set.name == name);
    let mut evidence: Vec<EvidenceId> = Vec::new();
    let mut ask =
        |what: &str, has: fn(&DataSet) -> bool, claim: fn(String) -> Claim| -> Vec<String> {
            let mut lacks = Vec::new();
            for name in &figures.data_sets {
                let statement = stated(&claim(name.clone()));
                evidence.extend(statement.map(|statement| statement.evidence));
                if !known(name).is_some_and(has) && statement.is_none() {
                    lacks.push(format!("{what} are not confirmed for data set {name}"));
                }
            }
            if figures.data_sets.is_empty() {
                lacks.push("no results that count".to_owned());
            }
            lacks
        };
    let master = ask(
        "migrated master data",
        |set| set.migrated_master_data,
        |data_set| Claim::MigratedMasterData { data_set },
    );
    let balances = ask(
        "opening balances",
        |set| set.opening_balances,
        |data_set| Claim::OpeningBalances { data_set },
    );
    facts.set("uat.migrated_master_data", Fact::from(master.is_empty()).because(master.clone()));
    facts.set("uat.opening_balances", Fact::from(balances.is_empty()).because(balances.clone()));
    let both: BTreeSet<String> = master.into_iter().chain(balances).collect();
    facts.set("uat.migrated_data", Fact::from(both.is_empty()).because(both).proven_by(evidence));
}

fn people(facts: &mut Facts, ledger: Ledger<'_>, figures: &Figures) {
    let summary = ledger.summary;
    let of_cases =
        || summary.roles.keys().map(|role| (role.clone(), summary.role_kind(role))).collect();
    let in_scope: Vec<_> = match ledger.scope.roles.as_slice() {
        [] => of_cases(),
        roles => roles.iter().map(|role| (role.key.clone(), role.kind)).collect(),
    };
    let missing: Vec<String> = in_scope
        .iter()
        .filter(|(role, _)| !figures.roles.contains(role))
        .map(|(role, kind)| format!("{role} ({kind})"))
        .collect();
    let covered = in_scope.len() - missing.len();
    let other = summary
        .other_role
        .iter()
        .map(|(case, role)| format!("{case} was done as {role}"))
        .collect();
    let missing = capped(missing).into_iter().map(|role| format!("no passed case as {role}"));
    let share = measured(in_scope.len(), percent(count(covered), count(in_scope.len())));
    facts.set(
        "uat.roles_covered",
        share.because(missing).because(capped(other)).until(figures.until),
    );
    let share = percent(figures.administrator, figures.executed);
    let line = format!("{} of {} results", figures.administrator, figures.executed);
    facts
        .set("uat.administrator_share", measured(figures.executed as usize, share).because([line]));
    let testers: Vec<String> =
        figures.testers.iter().map(|(name, n)| format!("{name}: {n} results")).collect();
    facts.set("uat.testers", testers);
}

fn peripherals(facts: &mut Facts, scope: &Scope, figures: &Figures) {
    let passed = |one: &Peripheral| figures.exercised.get(&one.key).copied().unwrap_or(0);
    let rows: Vec<String> = scope
        .peripherals
        .iter()
        .map(|one| {
            format!("{} {} ({}): {} passed cases", one.key, one.title, one.kind, passed(one))
        })
        .collect();
    facts.set("uat.peripherals", rows);
    let mut ask = |id: &'static str, kinds: &[PeripheralKind]| {
        let in_scope: Vec<&Peripheral> =
            scope.peripherals.iter().filter(|one| kinds.contains(&one.kind)).collect();
        if in_scope.is_empty() {
            facts.set(id, Fact::not_applicable());
            return;
        }
        let missing = in_scope.iter().filter(|one| passed(one) == 0);
        let missing = capped(
            missing.map(|one| format!("no passed case for {} {}", one.key, one.title)).collect(),
        );
        facts.set(id, Fact::from(missing.is_empty()).because(missing).until(figures.until));
    };
    ask("uat.peripherals_exercised", PeripheralKind::ALL);
    ask("uat.integrations_exercised", &[PeripheralKind::Integration]);
    ask("uat.printing_exercised", &[PeripheralKind::Printer]);
    ask("uat.workflow_exercised", &[PeripheralKind::Workflow]);
    ask("uat.warehouse_devices", &[PeripheralKind::WarehouseDevice]);
    ask("uat.shop_devices", &[PeripheralKind::CommerceDevice]);
}

fn cycles(facts: &mut Facts, ledger: Ledger<'_>, figures: &Figures, present: Present<'_>) {
    let of = |kind: CycleKind| ledger.cycles.iter().filter(move |cycle| cycle.plan.kind == kind);
    let closed = |kind| of(kind).filter(|cycle| matches!(cycle.state, CycleState::Closed { .. }));
    facts.set("uat.cycles_finished", closed(CycleKind::Acceptance).count());
    facts.set("uat.period", Fact::from(period(ledger)));
    facts.set("uat.version_set_is_candidate", version_is_candidate(ledger));
    let rate = percent(figures.integration_passed, figures.integration);
    let least =
        present.policy.number("acceptance.integration_pass_rate_min").unwrap_or(f64::INFINITY);
    let mut lacks = Vec::new();
    if rate < least {
        lacks.push(format!(
            "{} of {} integration cases passed",
            figures.integration_passed, figures.integration
        ));
    }
    if closed(CycleKind::Integration).next().is_none() {
        lacks.push("no integration cycle is closed".to_owned());
    }
    facts.set("sit.passed", Fact::from(lacks.is_empty()).because(lacks).until(figures.until));
    facts.set("sit.pass_rate", measured(figures.integration as usize, rate).until(figures.until));
    let first = of(CycleKind::Acceptance)
        .filter_map(|cycle| run_of(&cycle.state))
        .map(|(start, _)| start)
        .min();
    let runs = closed(CycleKind::Integration).filter_map(|cycle| run_of(&cycle.state));
    let fact = match (first, runs.filter_map(|(_, end)| end).max()) {
        (None, _) => Fact::default(),
        (Some(first), Some(end)) => Fact::from(end <= first),
        (Some(_), None) => Fact::from(false)
            .because(["acceptance started before any integration cycle was closed"]),
    };
    facts.set("sit.before_acceptance", fact);
}

/// First and last day of a cycle that has started.
fn run_of(state: &CycleState) -> Option<(Date, Option<Date>)> {
    let day = super::evidence::day;
    match state {
        CycleState::Running { since, .. } => Some((day(*since), None)),
        CycleState::Closed { started, at, .. } => Some((day(*started), Some(day(*at)))),
        CycleState::Planned | CycleState::Cancelled { .. } => None,
    }
}

/// First and last day of the acceptance cycles; without cycles, of the results.
fn period(ledger: Ledger<'_>) -> Option<String> {
    let acceptance = ledger.cycles.iter().filter(|cycle| cycle.plan.kind == CycleKind::Acceptance);
    let runs: Vec<(Date, Option<Date>)> =
        acceptance.filter_map(|cycle| run_of(&cycle.state)).collect();
    let days = || ledger.summary.tallies.keys().map(|stamp| stamp.day);
    let start = runs.iter().map(|run| run.0).min().or_else(|| days().min())?;
    let end = runs.iter().filter_map(|run| run.1).max().or_else(|| days().max())?;
    Some(format!("{start}/{end}"))
}

fn version_is_candidate(ledger: Ledger<'_>) -> Fact {
    let Some(candidate) = ledger.candidate else {
        return Fact::from(false).because(["there is no release candidate"]);
    };
    let acceptance = ledger.cycles.iter().filter(|cycle| cycle.plan.kind == CycleKind::Acceptance);
    let last = acceptance.filter_map(|cycle| match &cycle.state {
        CycleState::Running { since, solution } => Some((*since, solution)),
        CycleState::Closed { started, solution, .. } => Some((*started, solution)),
        CycleState::Planned | CycleState::Cancelled { .. } => None,
    });
    match last.max_by_key(|(started, _)| *started) {
        None => Fact::from(false).because(["no acceptance cycle has started"]),
        Some((_, solution)) if solution.version_set == candidate => Fact::from(true),
        Some((_, solution)) => Fact::from(false).because([format!(
            "the last cycle ran on {}, the candidate is {candidate}",
            solution.version_set
        )]),
    }
}

fn claims(facts: &mut Facts, ledger: Ledger<'_>, present: Present<'_>) {
    facts.set("regulation.registered", ledger.scope.regulations.len());
    let regulation = |key: &str| Claim::RegulationConfirmed { regulation: key.to_owned() };
    let stated = claimed(
        ledger,
        &ledger.scope.regulations,
        regulation,
        "evidence.regulation_validity",
        present,
    );
    let fact = Fact::from(stated.whole > 0 && stated.part == stated.whole);
    facts.set("regulation.confirmed", stated.onto(fact, "not confirmed"));
    let feature = |key: &str| Claim::FeatureDocumented { feature: key.to_owned() };
    let stated = claimed(ledger, &ledger.scope.features, feature, "", present);
    facts.set(
        "documentation.features_documented",
        Fact::from(stated.whole > 0 && stated.part == stated.whole),
    );
    let fact = measured(stated.whole, percent(count(stated.part), count(stated.whole)));
    facts.set("documentation.features_approved", stated.onto(fact, "no approved description of"));
}

/// How many of a register's entries are stated.
struct Stated {
    part: usize,
    whole: usize,
    missing: Vec<String>,
    aged: Vec<String>,
    evidence: Vec<EvidenceId>,
    until: Option<jiff::Timestamp>,
}

impl Stated {
    fn onto(self, fact: Fact, missing: &str) -> Fact {
        let stale = !self.aged.is_empty() && self.missing.is_empty();
        let missing = capped(self.missing).into_iter().map(|name| format!("{missing} {name}"));
        Fact { stale, ..fact }
            .because(missing)
            .because(capped(self.aged))
            .proven_by(self.evidence)
            .until(self.until)
    }
}

fn claimed(
    ledger: Ledger<'_>,
    register: &[Named],
    claim: impl Fn(&str) -> Claim,
    validity: &str,
    present: Present<'_>,
) -> Stated {
    let whole = register.len();
    let mut stated =
        Stated { part: 0, whole, missing: vec![], aged: vec![], evidence: vec![], until: None };
    for entry in register {
        let claim = claim(&entry.key);
        let Some(found) = ledger.statements.iter().rev().find(|statement| statement.claim == claim)
        else {
            stated.missing.push(format!("{} {}", entry.key, entry.title));
            continue;
        };
        let freshness = present.aged(super::evidence::day(found.at), validity);
        if freshness.is_fresh() {
            stated.part += 1;
            stated.until = [stated.until, freshness.until].into_iter().flatten().min();
        }
        stated.evidence.push(found.evidence);
        let whys = freshness.stale.iter().chain(&freshness.warnings);
        stated.aged.extend(whys.map(|why| format!("{}: {why}", entry.key)));
    }
    stated
}

/// A share of something; of nothing, it is missing rather than zero.
fn measured(whole: usize, share: f64) -> Fact {
    if whole == 0 { Fact::default() } else { Fact::from(Value::Number(share)) }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn names(set: &BTreeSet<String>) -> Vec<String> {
    capped(set.iter().cloned().collect())
}

fn listed(what: &str, set: &BTreeSet<String>) -> Vec<String> {
    names(set).into_iter().map(|name| format!("{what} {name}")).collect()
}

fn capped(mut names: Vec<String>) -> Vec<String> {
    let more = names.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        names.truncate(MOST_NAMES);
        names.push(format!("and {more} more"));
    }
    names
}
