//! Acceptance as a whole: figures, cycles, what is missing, what is stale, what is signed, what could be done.

use super::cycles::CycleView;
use super::defects::DefectView;
use super::requirements::{may_accept, some};
use super::results::ResultsView;
use super::sign_off::{SignForm, SignOffView, refused, signing};
use super::statements::{StatementView, parts};
use super::{Known, name_of, names};
use crate::views::{ActionView, GateView};
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::evidence::Claim;
use golive_core::acceptance::figures::{Doubt, Figures, percent};
use golive_core::acceptance::scope::Named;
use golive_core::acceptance::sign_off::{Command, decide};
use golive_core::gate::Gate;
use golive_core::id::{ProjectId, UserId};
use golive_core::people::{Action, Member};
use golive_store::Session;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The figures of acceptance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FiguresView {
    /// Cases planned.
    pub cases: u32,
    /// Cases with a standing result.
    pub executed: u32,
    /// Passed and fresh.
    pub passed: u32,
    /// Passed but stale, or from a place that does not count any more.
    pub passed_stale: u32,
    /// Failed.
    pub failed: u32,
    /// Blocked.
    pub blocked: u32,
    /// Passed and fresh of all planned, in percent.
    pub pass_rate: f64,
    /// Critical cases planned.
    pub critical: u32,
    /// Critical cases passed and fresh.
    pub critical_passed: u32,
    /// Integration cases planned.
    pub integration: u32,
    /// Integration cases passed and fresh.
    pub integration_passed: u32,
    /// Requirements in scope.
    pub requirements: usize,
    /// Of them, those that a case proves.
    pub covered: usize,
    /// Results done with an administrator's role.
    pub administrator: u32,
    /// Passed cases that age alone makes stale soon, by the instant.
    #[schema(value_type = Object)]
    pub going_stale: BTreeMap<Timestamp, u32>,
}

/// One business process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AreaView {
    /// The process.
    pub process: String,
    /// Requirements in scope.
    pub requirements: u32,
    /// Of them, those that no case names.
    pub uncovered: u32,
    /// Cases.
    pub cases: u32,
    /// Passed last.
    pub passed: u32,
    /// Failed last.
    pub failed: u32,
    /// Blocked last.
    pub blocked: u32,
    /// Of the passed ones, those that have gone stale.
    pub stale: u32,
}

/// A rule or feature of the register, and whether it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimedView {
    /// Its stable name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The claim that confirms it.
    pub statement: Option<StatementView>,
}

/// Something around the application, and how many passed cases exercise it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeripheralView {
    /// Its stable name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub kind: String,
    /// Fresh passed cases.
    pub passed: u32,
}

/// The baseline of the requirements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BaselineView {
    /// The digest of the requirements as they are.
    pub digest: String,
    /// True when exactly these were accepted.
    pub accepted: bool,
    /// Who accepted a baseline last.
    pub by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
}

/// The acceptance of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AcceptanceView {
    /// The project.
    pub project: String,
    /// The figures.
    pub figures: FiguresView,
    /// By business process.
    pub areas: Vec<AreaView>,
    /// Requirements in scope that no case names.
    pub uncovered: Vec<String>,
    /// Cases without a result that counts.
    pub not_run: Vec<String>,
    /// Results that do not count as they are, in words.
    pub doubts: Vec<String>,
    /// Results that were refused, by environment and reason.
    #[schema(value_type = Object)]
    pub refused: BTreeMap<String, u32>,
    /// The cycles, the first one first.
    pub cycles: Vec<CycleView>,
    /// The newest batches of results.
    pub batches: Vec<ResultsView>,
    /// Open defects, the worst first.
    pub defects: Vec<DefectView>,
    /// The data sets that standing results rest on, each with what is stated of it.
    pub data_sets: Vec<ClaimedView>,
    /// The rules of company and industry.
    pub regulations: Vec<ClaimedView>,
    /// The features in use.
    pub features: Vec<ClaimedView>,
    /// Integrations, printing, workflow and devices.
    pub peripherals: Vec<PeripheralView>,
    /// The baseline of the requirements.
    pub baseline: BaselineView,
    /// The gate before the signature, judged now.
    pub gate: GateView,
    /// The signature.
    pub sign_off: SignOffView,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

impl App {
    /// The acceptance of a project: figures against thresholds, what is missing, what is stale, what is signed.
    pub async fn acceptance_view(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<AcceptanceView> {
        let mut session = self.store.session().await?;
        let seen = self.project_seen(&mut session, actor, project).await?;
        let policy = self.policy(&seen.value.policy)?;
        let known = Known::read(&mut session, project).await?;
        let present = known.present(policy, self.clock.now());
        let figures = Figures::of(&known.book.summary, present);
        let names = names(&mut session, project).await?;
        let gate = self.judge(&mut session, project, Gate::Acceptance).await?;
        let gate = GateView { project: project.to_string(), open: gate.is_open(), verdict: gate };
        let allowed =
            self.member(&mut session, actor, project, Action::KeepAcceptance).await.map(|_| ());
        let open: Vec<_> =
            known.defects.iter().filter(|(_, seen)| seen.value.is_open()).cloned().collect();
        let batches = session.batch_page(project, i64::MAX, 12).await?;
        let actions = self.acceptance_actions(&mut session, actor, project, (&known, &gate)).await;
        Ok(AcceptanceView {
            project: project.to_string(),
            areas: areas(&figures),
            uncovered: some(known.book.summary.uncovered.iter().cloned()),
            not_run: some(known.book.summary.not_run.iter().cloned()),
            doubts: figures.doubts.iter().map(|doubt| doubt_line(doubt, &known)).collect(),
            refused: known.book.summary.refused.clone(),
            cycles: self.views_of_cycles(actor, project, &known.cycles, (&names, &allowed)),
            batches: batches
                .iter()
                .map(|(id, seen)| {
                    super::results::view(Some(*id), &seen.value, &known.places, &names)
                })
                .collect(),
            defects: self.views_of_defects(&mut session, actor, project, &open).await?,
            data_sets: data_sets(&known, &figures, &names),
            regulations: claimed(&known, &known.scope.regulations, "regulation_confirmed", &names),
            features: claimed(&known, &known.scope.features, "feature_documented", &names),
            peripherals: peripherals(&known, &figures),
            baseline: baseline(&known, &names),
            sign_off: super::sign_off::view(&known, policy, &names),
            figures: in_short(&known, figures),
            gate,
            actions,
        })
    }

    async fn acceptance_actions(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
        (known, gate): (&Known, &GateView),
    ) -> Vec<ActionView> {
        let now = self.clock.now();
        let keeps = self.member(session, actor, project, Action::KeepAcceptance).await;
        let signs = self.member(session, actor, project, Action::SignAcceptance).await;
        let state = &known.acceptance.value.sign_off;
        let digest = known.picture().digest();
        let form = SignForm { digest, capacity: "-".into(), meaning: "-".into(), issues: vec![] };
        let sign = |seat: Member| {
            if !gate.open {
                return Err(Error::GateShut(Box::new(gate.verdict.clone())));
            }
            let command = Command::Sign(Box::new(signing(&seat, known, &gate.verdict, &form)));
            decide(state, command, now).map_err(refused)
        };
        let revoke = |seat: Member| {
            let command = Command::Revoke { by: seat.user, side: seat.side, reason: "-".into() };
            decide(state, command, now).map_err(refused)
        };
        let accept = |_: Member| may_accept(&known.book, known.acceptance.value.baseline.as_ref());
        let mut actions = vec![
            ActionView::tried("acceptance_sign_off", again(&signs).and_then(sign)),
            ActionView::tried("acceptance_revoke", again(&signs).and_then(revoke)),
            ActionView::tried("requirement_accept_baseline", again(&signs).and_then(accept)),
        ];
        let imports = [
            "requirement_import",
            "case_import",
            "cycle_plan",
            "result_import",
            "defect_import",
            "analysis_import",
            "load_test_import",
            "acceptance_confirm",
        ];
        actions.extend(imports.into_iter().map(|name| ActionView::tried(name, again(&keeps))));
        actions
    }
}

/// The same answer once more: a refusal in words.
fn again(seat: &Result<Member>) -> Result<Member> {
    match seat {
        Ok(member) => Ok(member.clone()),
        Err(error) => Err(Error::forbidden(error.to_string())),
    }
}

fn in_short(known: &Known, figures: Figures) -> FiguresView {
    let summary = &known.book.summary;
    FiguresView {
        cases: figures.planned,
        executed: figures.executed,
        passed: figures.passed,
        passed_stale: figures.passed_stale,
        failed: figures.counts.failed,
        blocked: figures.counts.blocked,
        pass_rate: percent(figures.passed, figures.planned),
        critical: figures.critical,
        critical_passed: figures.critical_passed,
        integration: figures.integration,
        integration_passed: figures.integration_passed,
        requirements: summary.requirements.len(),
        covered: summary.requirements.len() - summary.uncovered.len(),
        administrator: figures.administrator,
        going_stale: figures.going_stale,
    }
}

fn areas(figures: &Figures) -> Vec<AreaView> {
    let area =
        |(process, area): (&String, &golive_core::acceptance::figures::AreaFigures)| AreaView {
            process: process.clone(),
            requirements: area.requirements,
            uncovered: area.uncovered,
            cases: area.cases,
            passed: area.counts.passed,
            failed: area.counts.failed,
            blocked: area.counts.blocked,
            stale: area.stale,
        };
    figures.areas.iter().map(area).collect()
}

fn doubt_line(doubt: &Doubt, known: &Known) -> String {
    let place =
        known.places.iter().find(|place| place.environment == doubt.stamp.subject.environment);
    let name = place.map_or("an unknown environment", |place| place.name.as_str());
    let ineligible = doubt.ineligible.iter().map(ToString::to_string);
    let whys = doubt.stale.iter().chain(&doubt.warnings).map(ToString::to_string);
    let reasons: Vec<String> = ineligible.chain(whys).collect();
    format!("{} results of {} in {name}: {}", doubt.results, doubt.stamp.day, reasons.join("; "))
}

/// The newest claim of this kind about this name that holds.
fn stated(
    known: &Known,
    kind: &str,
    name: &str,
    names: &BTreeMap<UserId, String>,
) -> Option<StatementView> {
    let standing = known.statements.iter().rev().filter(|(_, seen)| seen.value.withdrawn.is_none());
    let mut found = standing.filter(|(_, seen)| parts(&seen.value.statement.claim) == (kind, name));
    found.next().map(|(id, seen)| StatementView::of(*id, &seen.value, names))
}

fn claimed(
    known: &Known,
    register: &[Named],
    kind: &str,
    names: &BTreeMap<UserId, String>,
) -> Vec<ClaimedView> {
    let entry = |entry: &Named| ClaimedView {
        name: entry.key.clone(),
        title: entry.title.clone(),
        statement: stated(known, kind, &entry.key, names),
    };
    register.iter().map(entry).collect()
}

/// Each data set twice: its migrated master data, its opening balances.
fn data_sets(
    known: &Known,
    figures: &Figures,
    names: &BTreeMap<UserId, String>,
) -> Vec<ClaimedView> {
    let claims: [(fn(String) -> Claim, &str); 2] = [
        (|data_set| Claim::MigratedMasterData { data_set }, "Migrated master data"),
        (|data_set| Claim::OpeningBalances { data_set }, "Opening balances"),
    ];
    let both = |name: &String| {
        claims.map(|(claim, title)| ClaimedView {
            name: name.clone(),
            title: title.to_owned(),
            statement: stated(known, parts(&claim(name.clone())).0, name, names),
        })
    };
    figures.data_sets.iter().flat_map(both).collect()
}

fn peripherals(known: &Known, figures: &Figures) -> Vec<PeripheralView> {
    let one = |one: &golive_core::acceptance::scope::Peripheral| PeripheralView {
        name: one.key.clone(),
        title: one.title.clone(),
        kind: one.kind.name().to_owned(),
        passed: figures.exercised.get(&one.key).copied().unwrap_or(0),
    };
    known.scope.peripherals.iter().map(one).collect()
}

fn baseline(known: &Known, names: &BTreeMap<UserId, String>) -> BaselineView {
    let accepted = known.acceptance.value.baseline.as_ref();
    BaselineView {
        digest: known.book.requirements.clone(),
        accepted: known.book.is_baseline(accepted),
        by: accepted.map(|baseline| name_of(names, baseline.by)),
        at: accepted.map(|baseline| baseline.at),
    }
}
