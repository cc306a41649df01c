//! Evaluates the formulae in order and keeps each value with its terms; chooses class, tier and method.

use super::expression::{Expression, Fault, Names};
use super::phrases::{self, OfClass, Scope};
use super::{Formula, Rules};
use crate::estimate::Derived;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A name in a formula with its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// The name or phrase.
    pub name: String,
    /// Its value, unrounded.
    pub value: f64,
}

/// A result: a number or a word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Amount {
    /// A number, rounded as its unit asks.
    Number(f64),
    /// A name: of a class, a tier, a method.
    Word(String),
    /// One number for each class of users.
    ByClass(BTreeMap<String, f64>),
}

/// One line of the sizing sheet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Computed {
    /// The formula's id.
    pub id: String,
    /// Its place.
    pub number: u32,
    /// What it says.
    pub title: String,
    /// The formula, as people read it.
    pub expression: String,
    /// Why.
    pub explanation: String,
    /// What it counts.
    pub unit: String,
    /// The names in it with their values.
    pub terms: Vec<Term>,
    /// The result.
    pub result: Amount,
}

/// A limit that was exceeded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exceeded {
    /// The limit.
    pub limit: String,
    /// The largest value that is sized automatically.
    pub value: f64,
    /// What was computed.
    pub computed: f64,
}

/// The proposed size with the whole sheet behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// The rules: id and version.
    pub rules: String,
    /// Application servers for people.
    pub interactive_servers: u32,
    /// Application servers for jobs.
    pub batch_servers: u32,
    /// Cores of each server.
    pub cores_per_server: u32,
    /// The database class; `none` when no class is large enough.
    pub database_class: String,
    /// Its memory.
    pub database_memory_gb: f64,
    /// Storage.
    pub storage_gb: f64,
    /// The tier for performance tests.
    pub performance_test_tier: String,
    /// What was exceeded: then people size by hand.
    pub exceeded: Vec<Exceeded>,
    /// Every formula with its terms and its result.
    pub sheet: Vec<Computed>,
}

impl Size {
    /// True when no limit was exceeded.
    pub fn is_automatic(&self) -> bool {
        self.exceeded.is_empty()
    }

    /// A line of the sheet.
    pub fn line(&self, id: &str) -> Option<&Computed> {
        self.sheet.iter().find(|line| line.id == id)
    }

    /// A number of the sheet.
    pub fn number(&self, id: &str) -> Option<f64> {
        match self.line(id)?.result {
            Amount::Number(number) => Some(number),
            Amount::Word(_) | Amount::ByClass(_) => None,
        }
    }

    /// The size's name, for requests: `6+2/db-24`.
    pub fn name(&self) -> String {
        format!("{}+{}/{}", self.interactive_servers, self.batch_servers, self.database_class)
    }
}

/// Computes the size. `instead` holds values that take the place of parameters: the policy pack's head-room.
pub fn compute(
    rules: &Rules,
    input: &Derived,
    instead: &BTreeMap<String, f64>,
) -> Result<Size, Vec<(String, Fault)>> {
    let mut work = Work::default_of(rules, input, instead);
    for formula in &rules.formulae {
        work.take(formula).map_err(|fault| vec![(formula.id.clone(), fault)])?;
    }
    work.size().map_err(|fault| vec![("size".to_owned(), fault)])
}

/// Reads every formula and computes an ordinary profile: a formula that cannot be read, or uses a name before it is
/// computed, is a fault.
pub(super) fn faults(rules: &Rules) -> Vec<(String, Fault)> {
    let input = ordinary(rules);
    let nothing = BTreeMap::new();
    let mut work = Work::default_of(rules, &input, &nothing);
    let faults = rules.formulae.iter().filter_map(|formula| {
        let fault = work.take(formula).err()?;
        // What comes after it is judged as if it were there.
        work.results.insert(formula.id.clone(), 1.0);
        Some((formula.id.clone(), fault))
    });
    faults.collect()
}

/// A profile with one of everything, to try formulae with.
fn ordinary(rules: &Rules) -> Derived {
    let classes = ["enterprise", "activity", "team", "device"];
    Derived {
        client_peak: 1.0,
        integration_peak: 1.0,
        batch_peak: 1.0,
        annual_growth: 0.1,
        extension_level: rules
            .extension_levels
            .first()
            .map(|level| level.id.clone())
            .unwrap_or_default(),
        guessed_share: 0.5,
        users_at_busiest_hour: classes.map(|class| (class.to_owned(), 1)).into(),
        stated_peak_users: 1.0,
        process_users_sum: 1.0,
        night_lines: 1.0,
        night_window_hours: 1.0,
        stored_lines_per_day: 1.0,
        client_lines_per_day: 1.0,
        integration_lines_per_day: 1.0,
        initial_gb: 1.0,
        documents_gb_per_year: 1.0,
        licences: 1.0,
    }
}

/// The sheet in the making.
struct Work<'a> {
    rules: &'a Rules,
    input: &'a Derived,
    instead: &'a BTreeMap<String, f64>,
    results: BTreeMap<String, f64>,
    by_class: BTreeMap<String, BTreeMap<String, f64>>,
    words: BTreeMap<String, String>,
    sheet: Vec<Computed>,
}

impl<'a> Work<'a> {
    fn default_of(
        rules: &'a Rules,
        input: &'a Derived,
        instead: &'a BTreeMap<String, f64>,
    ) -> Self {
        let (results, by_class, words) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { rules, input, instead, results, by_class, words, sheet: Vec::new() }
    }

    fn take(&mut self, formula: &Formula) -> Result<(), Fault> {
        let (result, terms) = match formula.expression.as_str() {
            phrases::BATCH_PEAK => (self.number(formula, self.input.batch_peak), Vec::new()),
            phrases::DATABASE_CLASS => self.database_class(formula)?,
            phrases::TEST_TIER => self.test_tier(formula)?,
            phrases::METHOD => self.method(formula)?,
            _ => self.arithmetic(formula)?,
        };
        self.sheet.push(Computed {
            id: formula.id.clone(),
            number: formula.number,
            title: formula.title.clone(),
            expression: formula.expression.clone(),
            explanation: formula.explanation.clone(),
            unit: formula.unit.clone(),
            terms,
            result,
        });
        Ok(())
    }

    /// Remembers a result unrounded and gives it rounded.
    fn number(&mut self, formula: &Formula, value: f64) -> Amount {
        self.results.insert(formula.id.clone(), value);
        Amount::Number(rounded(value, &formula.unit))
    }

    fn arithmetic(&mut self, formula: &Formula) -> Result<(Amount, Vec<Term>), Fault> {
        let read = Expression::parse(&formula.expression)?;
        let names = read.names();
        let scope = Scope {
            rules: self.rules,
            input: self.input,
            instead: self.instead,
            results: &self.results,
            by_class: &self.by_class,
        };
        let known = names
            .iter()
            .filter_map(|name| Some(Term { name: name.clone(), value: scope.value(name)? }));
        let terms: Vec<Term> = known.collect();
        if !names.contains(phrases::OF_CLASS) {
            let value = read.value(&scope)?;
            return Ok((self.number(formula, value), terms));
        }
        let classes = self.input.users_at_busiest_hour.keys();
        let of =
            |class: &String| Ok((class.clone(), read.value(&OfClass { scope: &scope, class })?));
        let values: BTreeMap<String, f64> = classes.map(of).collect::<Result<_, Fault>>()?;
        let shown =
            values.iter().map(|(class, value)| (class.clone(), rounded(*value, &formula.unit)));
        let shown = Amount::ByClass(shown.collect());
        self.by_class.insert(formula.id.clone(), values);
        Ok((shown, terms))
    }

    fn result(&self, name: &str) -> Result<f64, Fault> {
        self.results.get(name).copied().ok_or_else(|| Fault::Unknown { name: name.to_owned() })
    }

    fn terms(&self, names: &[&str]) -> Result<Vec<Term>, Fault> {
        names
            .iter()
            .map(|&name| Ok(Term { name: name.to_owned(), value: self.result(name)? }))
            .collect()
    }

    fn word(&mut self, formula: &Formula, word: &str) -> Amount {
        self.words.insert(formula.id.clone(), word.to_owned());
        Amount::Word(word.to_owned())
    }

    fn database_class(&mut self, formula: &Formula) -> Result<(Amount, Vec<Term>), Fault> {
        let terms = self.terms(&["database_cores_needed", "storage_gb"])?;
        let (cores, storage) = (terms[0].value, terms[1].value);
        let fits =
            |class: &&super::DatabaseClass| class.cores >= cores && class.storage_gb_max >= storage;
        let found = self.rules.database_classes.iter().find(fits);
        let name = found.map_or("none", |class| class.id.as_str());
        Ok((self.word(formula, name), terms))
    }

    fn test_tier(&mut self, formula: &Formula) -> Result<(Amount, Vec<Term>), Fault> {
        let terms = self.terms(&["peak_lines"])?;
        let lines = terms[0].value;
        let serves = |tier: &&super::TestTier| tier.peak_lines_max.is_none_or(|most| most >= lines);
        let found = self.rules.test_tiers.iter().find(serves);
        let name = found.map_or("none", |tier| tier.id.as_str());
        Ok((self.word(formula, name), terms))
    }

    fn method(&mut self, formula: &Formula) -> Result<(Amount, Vec<Term>), Fault> {
        let limits = self.rules.limits.iter().map(|limit| limited(&limit.id)).collect::<Vec<_>>();
        let terms = self.terms(&limits)?;
        let name = if self.exceeded()?.is_empty() { "automatic" } else { "manual" };
        Ok((self.word(formula, name), terms))
    }

    fn exceeded(&self) -> Result<Vec<Exceeded>, Fault> {
        let mut found = Vec::new();
        for limit in &self.rules.limits {
            let computed = self.result(limited(&limit.id))?;
            if computed > limit.value {
                found.push(Exceeded { limit: limit.id.clone(), value: limit.value, computed });
            }
        }
        Ok(found)
    }

    fn size(self) -> Result<Size, Fault> {
        let word = |name: &str| {
            let found = self.words.get(name).cloned();
            found.ok_or_else(|| Fault::Unknown { name: name.to_owned() })
        };
        let (class, tier) = (word("database_class")?, word("performance_test_tier")?);
        let memory =
            self.rules.database_classes.iter().find(|c| c.id == class).map_or(0.0, |c| c.memory_gb);
        let cores = self.rules.parameter("cores_per_server");
        let cores = cores.ok_or_else(|| Fault::Unknown { name: "cores_per_server".to_owned() })?;
        Ok(Size {
            rules: format!("{} {}", self.rules.id, self.rules.version),
            interactive_servers: whole(self.result("interactive_servers")?),
            batch_servers: whole(self.result("batch_servers")?),
            cores_per_server: whole(cores),
            database_class: class,
            database_memory_gb: memory,
            storage_gb: rounded(self.result("storage_gb")?, "gigabytes"),
            performance_test_tier: tier,
            exceeded: self.exceeded()?,
            sheet: self.sheet,
        })
    }
}

/// The amount that a limit is about.
fn limited(limit: &str) -> &str {
    if limit == "database_cores" { "database_cores_needed" } else { limit }
}

/// Factors to four places, cores to two, all else to whole numbers; halves up.
pub(super) fn rounded(value: f64, unit: &str) -> f64 {
    let places = match unit {
        "factor" => 10_000.0,
        "cores" | "hours" => 100.0,
        _ => 1.0,
    };
    (value * places + 0.5 + 1e-9).floor() / places
}

fn whole(value: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of servers; what is absurd saturates"
    )]
    let whole = value.round() as u32;
    whole
}
