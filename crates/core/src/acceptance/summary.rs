//! The maintained sum of acceptance: every figure that a page or a gate needs, updated when something comes in.
//!
//! A requirement, a case and a standing result each contribute; a change is "take the old contribution away, add the new
//! one". So an import costs what it holds, and a page costs nothing. Standing results are summed per [`Stamp`]: what makes
//! a result stale is then judged once per stamp, not once per result (see [`super::figures`]).

use super::place::Subject;
use super::result::{Intake, Outcome, Standing};
use super::scope::{Case, CaseKind, Priority, Requirement, RoleKind};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What results have in common that go stale together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// Environment, version set, data set.
    #[serde(flatten)]
    pub subject: Subject,
    /// The day in UTC.
    pub day: Date,
}

impl Stamp {
    /// The stamp of a standing result.
    pub fn of(standing: &Standing) -> Self {
        Self { subject: standing.subject.clone(), day: super::evidence::day(standing.at) }
    }
}

/// Cases by what came out last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// As expected.
    pub passed: u32,
    /// Not as expected.
    pub failed: u32,
    /// Could not be done.
    pub blocked: u32,
}

impl Counts {
    /// All of them.
    pub fn total(self) -> u32 {
        self.passed + self.failed + self.blocked
    }

    /// Adds another count.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.blocked += other.blocked;
    }

    fn shift(&mut self, outcome: Outcome, by: Shift) {
        match outcome {
            Outcome::Passed => by.on(&mut self.passed),
            Outcome::Failed { .. } => by.on(&mut self.failed),
            Outcome::Blocked => by.on(&mut self.blocked),
            // A standing result was run; see `Standing::of`.
            Outcome::NotRun => {}
        }
    }
}

/// The sum over the standing results of one stamp.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// By business process.
    pub areas: BTreeMap<String, Counts>,
    /// The cases of priority critical.
    pub critical: Counts,
    /// The integration cases.
    pub integration: Counts,
    /// Results done with an administrator's role.
    pub administrator: u32,
    /// Passed cases by the role that was asked for and used.
    pub roles: BTreeMap<String, u32>,
    /// Passed cases by what they exercise.
    pub exercised: BTreeMap<String, u32>,
    /// Results by tester.
    pub testers: BTreeMap<String, u32>,
}

impl Tally {
    /// All cases of the stamp.
    pub fn counts(&self) -> Counts {
        let mut all = Counts::default();
        self.areas.values().for_each(|counts| all.add(*counts));
        all
    }

    fn shift(&mut self, case: &Case, standing: &Standing, by: Shift) {
        let area = self.areas.entry(case.process.clone()).or_default();
        area.shift(standing.outcome, by);
        self.areas.retain(|_, counts| counts.total() > 0);
        if case.priority == Priority::Critical {
            self.critical.shift(standing.outcome, by);
        }
        if case.kind == CaseKind::Integration {
            self.integration.shift(standing.outcome, by);
        }
        if standing.administrator {
            by.on(&mut self.administrator);
        }
        by.on_key(&mut self.testers, &standing.tester);
        if standing.outcome == Outcome::Passed {
            if standing.role == case.role {
                by.on_key(&mut self.roles, &case.role);
            }
            for key in case.exercises.iter().collect::<BTreeSet<_>>() {
                by.on_key(&mut self.exercised, key);
            }
        }
    }
}

/// A case that did not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotPassed {
    /// What came out.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Whether the case is critical.
    pub critical: bool,
}

/// The plan of one business process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Area {
    /// Requirements in scope.
    pub requirements: u32,
    /// Cases.
    pub cases: u32,
}

/// Every maintained figure of a project's acceptance.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// The requirements in scope, with their process.
    pub requirements: BTreeMap<String, String>,
    /// How many cases name a requirement.
    pub links: BTreeMap<String, u32>,
    /// Requirements in scope that no case names.
    pub uncovered: BTreeSet<String>,
    /// Requirements in scope that a baseline would miss something in.
    pub incomplete: BTreeMap<String, Vec<String>>,
    /// Requirements in scope that are gaps without a decision.
    pub undecided: BTreeSet<String>,
    /// The plan by business process.
    pub areas: BTreeMap<String, Area>,
    /// All cases.
    pub cases: u32,
    /// The cases of priority critical.
    pub critical: u32,
    /// The integration cases.
    pub integration: u32,
    /// The roles that cases ask for, with the number of cases.
    pub roles: BTreeMap<String, u32>,
    /// Where each of these roles comes from; a role that any case calls custom is custom.
    pub custom_roles: BTreeMap<String, u32>,
    /// Cases without a result that stands.
    pub not_run: BTreeSet<String>,
    /// Cases whose standing result is not a pass.
    pub not_passed: BTreeMap<String, NotPassed>,
    /// Cases that were done with another role than they ask for, with the role used.
    pub other_role: BTreeMap<String, String>,
    /// The standing results by stamp.
    #[serde(with = "pairs")]
    pub tallies: BTreeMap<Stamp, Tally>,
    /// Results that did not count, by environment and reason.
    pub refused: BTreeMap<String, u32>,
}

impl Summary {
    /// A requirement comes in.
    pub fn add_requirement(&mut self, requirement: &Requirement) {
        self.shift_requirement(requirement, Shift::Up);
    }

    /// A requirement goes, as it was when it came in.
    pub fn remove_requirement(&mut self, requirement: &Requirement) {
        self.shift_requirement(requirement, Shift::Down);
    }

    /// A case comes in, with the result that stands for it.
    pub fn add_case(&mut self, case: &Case, standing: Option<&Standing>) {
        self.shift_case(case, Shift::Up);
        self.shift_standing(case, standing, Shift::Up);
    }

    /// A case goes, as it was when it came in.
    pub fn remove_case(&mut self, case: &Case, standing: Option<&Standing>) {
        self.shift_case(case, Shift::Down);
        self.shift_standing(case, standing, Shift::Down);
        self.not_run.remove(&case.key);
    }

    /// Another result stands for a case.
    pub fn restand(&mut self, case: &Case, before: Option<&Standing>, after: Option<&Standing>) {
        self.shift_standing(case, before, Shift::Down);
        self.shift_standing(case, after, Shift::Up);
    }

    /// A whole batch, as [`super::result::take_in`] worked it out. `environment` is its name for people.
    pub fn take_in(
        &mut self,
        intake: &Intake,
        known: &BTreeMap<String, (Case, Option<Standing>)>,
        environment: &str,
        results: usize,
    ) {
        for (key, after) in &intake.moved {
            let (case, before) =
                known.get(key).expect("a batch moves only cases that were handed to it");
            self.restand(case, before.as_ref(), Some(after));
        }
        for reason in &intake.ineligible {
            let count = self.refused.entry(format!("{environment}: {reason}")).or_default();
            *count = count.saturating_add(u32::try_from(results).unwrap_or(u32::MAX));
        }
    }

    /// Where a role comes from.
    pub fn role_kind(&self, role: &str) -> RoleKind {
        if self.custom_roles.contains_key(role) { RoleKind::Custom } else { RoleKind::Default }
    }

    fn shift_requirement(&mut self, requirement: &Requirement, by: Shift) {
        if !requirement.is_in_scope() {
            return;
        }
        let key = &requirement.key;
        change_of(&mut self.areas, &requirement.process, |area| by.on(&mut area.requirements));
        let uncovered = !self.links.contains_key(key);
        match by {
            Shift::Up => {
                self.requirements.insert(key.clone(), requirement.process.clone());
                if uncovered {
                    self.uncovered.insert(key.clone());
                }
                let lacks: Vec<String> =
                    requirement.lacks().into_iter().map(str::to_owned).collect();
                if !lacks.is_empty() {
                    self.incomplete.insert(key.clone(), lacks);
                }
                if requirement.is_undecided() {
                    self.undecided.insert(key.clone());
                }
            }
            Shift::Down => {
                self.requirements.remove(key);
                self.uncovered.remove(key);
                self.incomplete.remove(key);
                self.undecided.remove(key);
            }
        }
    }

    fn shift_case(&mut self, case: &Case, by: Shift) {
        by.on(&mut self.cases);
        if case.priority == Priority::Critical {
            by.on(&mut self.critical);
        }
        if case.kind == CaseKind::Integration {
            by.on(&mut self.integration);
        }
        change_of(&mut self.areas, &case.process, |area| by.on(&mut area.cases));
        by.on_key(&mut self.roles, &case.role);
        if case.role_kind == RoleKind::Custom {
            by.on_key(&mut self.custom_roles, &case.role);
        }
        for key in case.requirements.iter().collect::<BTreeSet<_>>() {
            by.on_key(&mut self.links, key);
            if self.links.contains_key(key) {
                self.uncovered.remove(key);
            } else if self.requirements.contains_key(key) {
                self.uncovered.insert(key.clone());
            }
        }
    }

    fn shift_standing(&mut self, case: &Case, standing: Option<&Standing>, by: Shift) {
        let Some(standing) = standing else {
            match by {
                Shift::Up => self.not_run.insert(case.key.clone()),
                Shift::Down => self.not_run.remove(&case.key),
            };
            return;
        };
        let stamp = Stamp::of(standing);
        let tally = self.tallies.entry(stamp.clone()).or_default();
        tally.shift(case, standing, by);
        if *tally == Tally::default() {
            self.tallies.remove(&stamp);
        }
        match by {
            Shift::Up => {
                if standing.outcome != Outcome::Passed {
                    let critical = case.priority == Priority::Critical;
                    self.not_passed.insert(
                        case.key.clone(),
                        NotPassed { outcome: standing.outcome, critical },
                    );
                }
                if standing.role != case.role {
                    self.other_role.insert(case.key.clone(), standing.role.clone());
                }
            }
            Shift::Down => {
                self.not_passed.remove(&case.key);
                self.other_role.remove(&case.key);
            }
        }
    }
}

/// Whether a contribution is added or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shift {
    Up,
    Down,
}

impl Shift {
    fn on(self, count: &mut u32) {
        *count = match self {
            Self::Up => count.saturating_add(1),
            Self::Down => count.checked_sub(1).expect("only what was added is taken away"),
        };
    }

    fn on_key(self, counts: &mut BTreeMap<String, u32>, key: &str) {
        let count = counts.entry(key.to_owned()).or_default();
        self.on(count);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// Changes the value of a key, and drops it when it is as if it had never been there.
fn change_of<T: Default + PartialEq>(
    map: &mut BTreeMap<String, T>,
    key: &str,
    change: impl FnOnce(&mut T),
) {
    let value = map.entry(key.to_owned()).or_default();
    change(value);
    if *value == T::default() {
        map.remove(key);
    }
}

/// A map with keys that are no text, as a list of pairs.
mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    pub fn serialize<S, K, V>(map: &BTreeMap<K, V>, serializer: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
        K: Serialize,
        V: Serialize,
    {
        serializer.collect_seq(map)
    }

    pub fn deserialize<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        D: Deserializer<'de>,
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}
