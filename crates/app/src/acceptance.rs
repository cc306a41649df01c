//! Acceptance: requirements and cases, cycles and results, defects, proofs, and the customer's signature over all that.
//!
//! What lives here: what is known of a project's acceptance, read once for facts, view and signature. The services are in
//! the files below. Whatever changes acceptance ends with [`App::settle_acceptance`], in the same write.

mod analysis;
mod cases;
mod cycles;
mod defects;
mod load_tests;
mod receive;
mod requirements;
mod results;
mod sign_off;
mod statements;
mod supersede;
mod upload;
mod view;

pub use analysis::{AnalysisOptions, AnalysisView, IssueView};
pub use cases::{CaseLine, CaseList, CaseQuery, CaseView, StandingView};
pub use cycles::{CycleForm, CycleStart, CycleView, SolutionForm};
pub use defects::{DefectChange, DefectForm, DefectView};
pub use load_tests::{LoadTestOptions, LoadTestView, SeenForm, TargetsView};
pub use requirements::{ChangedView, ImportMode, ImportView, RequirementLine, RequirementList};
pub use results::{ResultForm, ResultLine, ResultOptions, ResultsDetail, ResultsView};
pub use sign_off::{SignForm, SignOffView, SignatureView};
pub use statements::{StatementForm, StatementView};
pub use upload::Incoming;
pub use view::{AcceptanceView, AreaView, BaselineView, ClaimedView, FiguresView, PeripheralView};

use crate::facts::Ground;
use crate::{App, Error, Result};
use golive_core::acceptance::book::{Acceptance, Book, Stated, place};
use golive_core::acceptance::cycle::Cycle;
use golive_core::acceptance::defect::Defect;
use golive_core::acceptance::evidence::{Present, Statement};
use golive_core::acceptance::facts::Ledger;
use golive_core::acceptance::place::Place;
use golive_core::acceptance::scope::Scope;
use golive_core::acceptance::sign_off::{Command, Picture, State, decide};
use golive_core::customisation::{self, Analysis};
use golive_core::environment::Environment;
use golive_core::fact::Facts;
use golive_core::id::{CycleId, DefectId, EnvironmentId, EvidenceId, ProjectId, UserId};
use golive_core::load_test::{self, LoadTest};
use golive_core::onboarding::{Section, Whole};
use golive_core::package::Stored;
use golive_core::people::Member;
use golive_core::policy::Policy;
use golive_store::{Session, Versioned, Write};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Everything that is known of a project's acceptance.
pub(crate) struct Known {
    /// The maintained sums.
    pub book: Book,
    /// What people have put their names to.
    pub acceptance: Versioned<Acceptance>,
    /// The cycles.
    pub cycles: Vec<(CycleId, Versioned<Cycle>)>,
    /// The defects.
    pub defects: Vec<(DefectId, Versioned<Defect>)>,
    /// Claims, also those that were taken back.
    pub statements: Vec<(EvidenceId, Versioned<Stated>)>,
    /// The newest analysis.
    pub analysis: Option<(EvidenceId, Versioned<Analysis>)>,
    /// The newest load test.
    pub load_test: Option<(EvidenceId, Versioned<LoadTest>)>,
    /// All environments, also those that are no more.
    pub places: Vec<Place>,
    /// The register that acceptance is held against.
    pub scope: Scope,
    /// The version set of the release candidate.
    pub candidate: Option<String>,
}

impl Known {
    /// Reads it.
    pub async fn read(session: &mut Session, project: ProjectId) -> Result<Self> {
        let book = book_of(session, project).await?;
        let acceptance = acceptance_of(session, project).await?;
        let sections = session.of_project::<Section>(project).await?;
        let onboarding = Whole::of(sections.into_iter().map(|(_, seen)| seen.value.content));
        let scope = book.scope(&onboarding, acceptance.value.baseline.as_ref());
        Ok(Self {
            cycles: session.of_project(project).await?,
            defects: session.of_project(project).await?,
            statements: session.of_project(project).await?,
            analysis: session.newest(project).await?,
            load_test: session.newest(project).await?,
            places: places(session, project).await?,
            candidate: candidate(session, project).await?,
            book,
            acceptance,
            scope,
        })
    }

    /// The claims that hold.
    pub fn claims(&self) -> Vec<Statement> {
        let standing = self.statements.iter().filter(|(_, seen)| seen.value.withdrawn.is_none());
        standing.map(|(_, seen)| seen.value.statement.clone()).collect()
    }

    /// The defects alone.
    pub fn defects(&self) -> Vec<Defect> {
        self.defects.iter().map(|(_, seen)| seen.value.clone()).collect()
    }

    /// What a signature is over.
    pub fn picture(&self) -> Picture {
        let mut files = BTreeMap::new();
        if let Some((_, seen)) = &self.analysis {
            files.insert(
                "customisation analysis".to_owned(),
                digest(&(&seen.value.digest, &seen.value.exceptions)),
            );
        }
        if let Some((_, seen)) = &self.load_test {
            files.insert(
                "load test".to_owned(),
                digest(&(&seen.value.report.digest, &seen.value.targets)),
            );
        }
        Picture::of(&self.book.summary, &self.defects(), &self.claims(), &files)
    }

    /// What gates ask of it.
    pub fn facts(&self, policy: &Policy, now: Timestamp) -> Facts {
        let present = self.present(policy, now);
        let (defects, claims) = (self.defects(), self.claims());
        let cycles: Vec<Cycle> = self.cycles.iter().map(|(_, seen)| seen.value.clone()).collect();
        let ledger = Ledger {
            summary: &self.book.summary,
            scope: &self.scope,
            data_sets: &[], // What a data set holds is stated by people; see `acceptance_confirm`.
            cycles: &cycles,
            defects: &defects,
            statements: &claims,
            sign_off: &self.acceptance.value.sign_off,
            candidate: self.candidate.as_deref(),
        };
        let mut facts = golive_core::acceptance::facts::facts(ledger, present);
        let analysis = self.analysis.as_ref().map(|(_, seen)| &seen.value);
        facts.extend(customisation::facts(analysis, self.candidate.as_deref(), present));
        facts.extend(load_test::facts(
            self.load_test.as_ref().map(|(_, seen)| &seen.value),
            present,
        ));
        facts
    }

    /// What is true now, as far as evidence is concerned.
    pub fn present<'a>(&'a self, policy: &'a Policy, now: Timestamp) -> Present<'a> {
        Present { places: &self.places, policy, now }
    }
}

impl App {
    /// A signature over something that has changed is superseded. Called in the write that changes.
    pub(crate) async fn settle_acceptance(
        &self,
        write: &mut Write,
        project: ProjectId,
    ) -> Result<()> {
        let seen = acceptance_of(write, project).await?;
        if !matches!(seen.value.sign_off, State::Signed { .. }) {
            return Ok(());
        }
        let picture = Known::read(write, project).await?.picture();
        // Refused means that nothing that was signed has changed.
        if let Ok(change) = decide(&seen.value.sign_off, Command::Compare { picture }, write.now())
        {
            let acceptance = Acceptance { sign_off: change.state, ..seen.value };
            write.change(project, seen.version, &acceptance, &change.event).await?;
        }
        Ok(())
    }
}

/// What people have put their names to; version 0 when nothing is stored yet.
pub(crate) async fn acceptance_of(
    session: &mut Session,
    project: ProjectId,
) -> Result<Versioned<Acceptance>> {
    let seen = session.find::<Acceptance>(project).await?;
    Ok(seen.unwrap_or(Versioned { value: Acceptance::default(), version: 0 }))
}

/// The maintained sums; empty when nothing came in yet.
pub(crate) async fn book_of(session: &mut Session, project: ProjectId) -> Result<Book> {
    Ok(session.find::<Book>(project).await?.map(|seen| seen.value).unwrap_or_default())
}

/// The environments as acceptance sees them.
pub(crate) async fn places(session: &mut Session, project: ProjectId) -> Result<Vec<Place>> {
    let all = session.of_project::<Environment>(project).await?;
    Ok(all.iter().map(|(id, seen)| place(*id, &seen.value)).collect())
}

/// The environment with this id or name.
pub(crate) fn find_place(places: &[Place], named: &str) -> Result<Place> {
    let id = named.parse::<EnvironmentId>().ok();
    let found = places.iter().find(|place| Some(place.environment) == id || place.name == named);
    found.cloned().ok_or_else(|| Error::not_found("environment", named))
}

/// The version set of the newest release candidate, as an environment says it once the package is installed.
async fn candidate(session: &mut Session, project: ProjectId) -> Result<Option<String>> {
    let library = session.of_project::<Stored>(project).await?;
    let candidates = library
        .iter()
        .filter_map(|(_, seen)| Some((seen.value.entry.state.candidate()?.at, &seen.value)));
    Ok(candidates.max_by_key(|(at, _)| *at).map(|(_, stored)| release_of(&stored.package.digest)))
}

/// The release that installing a package makes; `operations::install_package` names it so.
pub(crate) fn release_of(digest: &str) -> String {
    let short: String = digest.trim_start_matches("sha256:").chars().take(16).collect();
    format!("pkg-{short}")
}

/// The names of the members, by account.
pub(crate) async fn names(
    session: &mut Session,
    project: ProjectId,
) -> Result<BTreeMap<UserId, String>> {
    let members = session.of_project::<Member>(project).await?;
    Ok(members.into_iter().map(|(_, seen)| (seen.value.user, seen.value.name)).collect())
}

/// A name for people, or the account's id for somebody who never had a seat.
pub(crate) fn name_of(names: &BTreeMap<UserId, String>, user: UserId) -> String {
    names.get(&user).cloned().unwrap_or_else(|| user.to_string())
}

/// A digest over a value of ours.
pub(crate) fn digest(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_vec(value).expect("our own types always serialise");
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

/// A text that must be there, on one or several lines.
pub(crate) fn reasoned(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        Err(Error::invalid("reason", "a reason", "nothing"))
    } else {
        Ok(text.to_owned())
    }
}

/// The facts that this subject knows of a project.
pub(crate) async fn facts(
    _app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    facts.extend(Known::read(session, ground.id).await?.facts(ground.policy, ground.now));
    Ok(())
}
